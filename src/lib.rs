//! The DaemonSet playground.
pub mod api;
pub mod sim;
