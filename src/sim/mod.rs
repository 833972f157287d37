//! Time, the event queue and seeded randomness: everything a deterministic simulation needs, and not one Kubernetes word.

pub mod chunked;
pub mod hash;
pub mod map;
pub mod queue;
pub mod rng;
pub mod shared_map;
pub mod sort;
pub mod time;
