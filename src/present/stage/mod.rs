//! The stage: what the control plane does right now, and where each pod is on its way.
//!
//! Places are named (controller, queue, node), never measured: the page and a picture without a browser draw the same.

pub mod cue;
pub mod pacing;
pub mod ring;
pub mod strip;

#[cfg(test)]
mod tests;
