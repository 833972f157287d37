//! stub
use super::{apps::DaemonSet, node::Node, pod::Pod};
pub fn default_daemon_set(_: &mut DaemonSet) {}
pub fn default_pod(_: &mut Pod) {}
pub fn default_node(_: &mut Node) {}
