//! Answers that need the whole cluster: what would change a verdict, each answer tried out on a fork of the simulation.

pub mod remedy;
