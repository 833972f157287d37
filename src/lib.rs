//! The DaemonSet playground.
pub mod api;
pub mod sim;
#[cfg(feature = "web")]
pub mod view;
