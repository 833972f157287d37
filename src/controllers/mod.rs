//! Controllers: they see their informer, late, decide with pure functions, and act through `client`.

pub mod daemon_set;
pub mod garbage_collector;
pub mod namespace;
pub mod node_lifecycle;
pub mod pod_gc;
pub mod pods_by_node;
pub mod taint_eviction;
pub mod zones;
