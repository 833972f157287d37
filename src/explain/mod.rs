//! Answers that need more than one look: what would change a verdict, each answer tried out on a fork of the simulation; what a manifest's author may have got wrong.

pub mod hints;
pub mod remedy;
