//! Every call to the browser that isn't a component's own event.
//!
//! Natively (render tests, `cargo check`) these are never reached, since effects don't run there.

pub mod canvas;
