//! The DaemonSet playground.
pub mod api;
pub mod apiserver;
pub mod client;
pub mod controllers;
pub mod reason;
pub mod sim;
pub mod trace;
pub mod present;
pub mod app;
#[cfg(feature = "web")]
pub mod view;
