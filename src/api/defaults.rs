//! What the API server fills in when an object is created or changed.
//!
//! Models: pkg/apis/core/v1/defaults.go, pkg/apis/apps/v1/defaults.go, and the parts of the create strategies that users see.
//! Differs: admission (priority, tolerations, service account tokens) isn't here; it needs other objects.

pub mod pod_spec;

use super::apps::{DaemonSet, ROLLING_UPDATE, RollingUpdateDaemonSet};
use super::core::{Namespace, PriorityClass};
use super::int_or_percent::IntOrString;
use super::kinds;
use super::node::Node;
use super::object::Object;
use super::pod::Pod;
use std::rc::Rc;

/// Defaults of whatever kind it is; the namespace is `namespace_or_default`'s business.
pub fn default_object(object: &mut Object) {
    match object {
        Object::DaemonSet(this) => default_daemon_set(Rc::make_mut(this)),
        Object::Pod(this) => default_pod(Rc::make_mut(this)),
        Object::Node(this) => default_node(Rc::make_mut(this)),
        Object::Namespace(this) => default_namespace(Rc::make_mut(this)),
        Object::PriorityClass(this) => default_priority_class(Rc::make_mut(this)),
        Object::ControllerRevision(_) | Object::Event(_) | Object::Generic(_) => {}
    }
}

/// kubectl's namespace for an object of a namespaced kind that names none.
pub fn namespace_or_default(object: &mut Object) {
    let namespaced = kinds::of(object).is_none_or(|info| info.namespaced);
    if namespaced && object.meta().namespace.is_empty() {
        object.meta_mut().namespace = "default".to_owned();
    }
}

/// Models: pkg/apis/apps/v1/defaults.go, SetDefaults_DaemonSet.
pub fn default_daemon_set(daemon_set: &mut DaemonSet) {
    let spec = &mut daemon_set.spec;
    pod_spec::default_pod_spec(&mut spec.template.spec);
    let strategy = &mut spec.update_strategy;
    if strategy.type_.is_empty() {
        strategy.type_ = ROLLING_UPDATE.to_owned();
    }
    if strategy.type_ == ROLLING_UPDATE {
        let rolling = strategy
            .rolling_update
            .get_or_insert_with(RollingUpdateDaemonSet::default);
        rolling.max_unavailable.get_or_insert(IntOrString::Int(1));
        rolling.max_surge.get_or_insert(IntOrString::Int(0));
    }
    spec.revision_history_limit.get_or_insert(10);
}

/// Models: SetDefaults_Pod and what is below it.
pub fn default_pod(pod: &mut Pod) {
    pod_spec::default_pod_spec(&mut pod.spec);
    pod_spec::default_pod_only(&mut pod.spec);
    if pod.status.phase.is_empty() {
        pod.status.phase = super::pod::phase::PENDING.to_owned();
    }
}

/// Models: SetDefaults_NodeStatus.
pub fn default_node(node: &mut Node) {
    let status = &mut node.status;
    if status.allocatable.is_empty() {
        status.allocatable = status.capacity.clone();
    }
    pod_spec::round_up(&mut status.capacity);
    pod_spec::round_up(&mut status.allocatable);
}

/// Models: SetDefaults_Namespace; pkg/registry/core/namespace/strategy.go, PrepareForCreate.
pub fn default_namespace(namespace: &mut Namespace) {
    let name = namespace.metadata.name.clone();
    if !name.is_empty() {
        namespace
            .metadata
            .labels
            .insert("kubernetes.io/metadata.name".to_owned(), name);
    }
    namespace
        .spec
        .entry("finalizers".to_owned())
        .or_insert_with(|| serde_json::json!(["kubernetes"]));
    if namespace.status.phase.is_empty() {
        namespace.status.phase = "Active".to_owned();
    }
}

/// Models: pkg/apis/scheduling/v1/defaults.go, SetDefaults_PriorityClass.
pub fn default_priority_class(class: &mut PriorityClass) {
    class
        .preemption_policy
        .get_or_insert_with(|| "PreemptLowerPriority".to_owned());
}

#[cfg(test)]
mod tests;
