//! The controllers of kube-controller-manager.

pub mod garbage_collector;
pub mod namespace;
pub mod node_lifecycle;
pub mod pod_gc;
pub mod pods_by_node;
pub mod taint_eviction;
