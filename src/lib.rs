//! The DaemonSet playground.
pub mod api;
pub mod apiserver;
pub mod client;
pub mod conformance;
pub mod controllers;
pub mod reason;
pub mod sim;
pub mod trace;
#[cfg(feature = "web")]
pub mod view;
