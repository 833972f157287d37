//! The DaemonSet playground.
pub mod sim;
pub mod api;
