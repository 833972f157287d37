//! View models: what a screen needs, in the screen's words; plain values, no state.

pub mod fleet;
