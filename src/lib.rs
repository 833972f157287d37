//! The DaemonSet playground.
pub mod sim;
pub mod api;
pub mod reason;
pub mod trace;
pub mod apiserver;
pub mod client;
