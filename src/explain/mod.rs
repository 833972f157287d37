//! Answers that need more than one look: what would change a verdict, each answer tried out on a fork of the simulation; which rollout strategy does best, tried out likewise; what a manifest's author may have got wrong.

pub mod compare;
pub mod hints;
pub mod remedy;
pub mod times;
