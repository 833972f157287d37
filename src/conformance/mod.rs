//! Runs conformance cases (data restated from Kubernetes' own tests) through the public, pure parts of the simulation.

pub mod scheduling;
