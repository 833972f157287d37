//! What people see: Yew components, and every call to the browser.

pub mod editor;
pub mod fleet;
pub mod platform;
