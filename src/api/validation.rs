//! stub
use super::{apps::DaemonSet, core::*, meta::ObjectMeta, node::Node, pod::Pod, status::FieldError};
pub fn validate_daemon_set(_: &DaemonSet) -> Vec<FieldError> {
    vec![]
}
pub fn validate_daemon_set_update(_: &DaemonSet, _: &DaemonSet) -> Vec<FieldError> {
    vec![]
}
pub fn validate_pod(_: &Pod) -> Vec<FieldError> {
    vec![]
}
pub fn validate_pod_update(_: &Pod, _: &Pod) -> Vec<FieldError> {
    vec![]
}
pub fn validate_node(_: &Node) -> Vec<FieldError> {
    vec![]
}
pub fn validate_node_update(_: &Node, _: &Node) -> Vec<FieldError> {
    vec![]
}
pub fn validate_namespace(_: &Namespace) -> Vec<FieldError> {
    vec![]
}
pub fn validate_priority_class(_: &PriorityClass) -> Vec<FieldError> {
    vec![]
}
pub fn validate_meta(_: &ObjectMeta, _: bool) -> Vec<FieldError> {
    vec![]
}
