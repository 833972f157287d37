//! What the server adds or refuses beyond validation: priority, default tolerations, the not-ready taint of new nodes, missing namespaces; and the objects that every cluster starts with.
//!
//! Models: plugin/pkg/admission (priority, defaulttolerationseconds, nodetaint, namespace/lifecycle).

use super::{ApiServer, Stored};
use crate::api::core::{Namespace, PriorityClass};
use crate::api::meta::{ObjectMeta, Time};
use crate::api::node::{Node, Taint};
use crate::api::object::{Key, Kind};
use crate::api::pod::{Pod, PodSpec, Toleration};
use crate::api::status::{Reason, Status};
use crate::api::taint;

/// How long ordinary pods stay on a node that isn't ready or can't be reached.
const DEFAULT_TOLERATION_SECONDS: i64 = 300;

pub(super) fn bootstrap(server: &mut ApiServer, now: Time) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        let namespace = Namespace {
            metadata: ObjectMeta::named(name),
            ..Namespace::default()
        };
        server
            .create(namespace, now)
            .expect("a built-in namespace is valid");
    }
    for (name, value, about) in [
        (
            "system-cluster-critical",
            2_000_000_000,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
        ),
        (
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their current node.",
        ),
    ] {
        let class = PriorityClass {
            metadata: ObjectMeta {
                generation: 1,
                ..ObjectMeta::named(name)
            },
            value,
            description: about.to_owned(),
            preemption_policy: Some("PreemptLowerPriority".to_owned()),
            ..PriorityClass::default()
        };
        server
            .create(class, now)
            .expect("a built-in priority class is valid");
    }
    server.drain_log();
}

/// Models: apiserver/pkg/admission/plugin/namespace/lifecycle.
pub(super) fn check_namespace<T: Stored>(server: &ApiServer, object: &T) -> Result<(), Status> {
    if !object.is_namespaced() || T::KIND == Kind::Event {
        return Ok(());
    }
    let meta = object.meta();
    // Cluster-scoped kinds that we don't know by type keep an empty namespace.
    if meta.namespace.is_empty() {
        return Ok(());
    }
    let Some(namespace) = server.namespaces.get(&Key::new("", &meta.namespace)) else {
        return Err(Status::not_found("namespaces", &meta.namespace));
    };
    if namespace.metadata.is_terminating() {
        let name = if meta.name.is_empty() {
            &meta.generate_name
        } else {
            &meta.name
        };
        return Err(Status::new(
            Reason::Forbidden,
            format!(
                "{} \"{name}\" is forbidden: unable to create new content in namespace {} because it is being terminated",
                object.resource(),
                meta.namespace
            ),
        ));
    }
    Ok(())
}

pub(super) fn admit_pod(server: &ApiServer, pod: &mut Pod) -> Result<(), Status> {
    set_priority(server, pod)?;
    add_default_tolerations(&mut pod.spec);
    Ok(())
}

/// Models: plugin/pkg/admission/priority, admitPod.
fn set_priority(server: &ApiServer, pod: &mut Pod) -> Result<(), Status> {
    let class = if pod.spec.priority_class_name.is_empty() {
        server
            .priority_classes
            .iter()
            .filter(|c| c.global_default)
            .min_by_key(|c| c.value)
    } else {
        let name = &pod.spec.priority_class_name;
        let class = server.priority_classes.get(&Key::new("", name));
        if class.is_none() {
            let pod_name = if pod.metadata.name.is_empty() {
                &pod.metadata.generate_name
            } else {
                &pod.metadata.name
            };
            return Err(Status::new(
                Reason::Forbidden,
                format!(
                    "pods \"{pod_name}\" is forbidden: no PriorityClass with name {name} was found"
                ),
            ));
        }
        class
    };
    let policy = class.and_then(|c| c.preemption_policy.clone());
    pod.spec.priority = Some(class.map_or(0, |c| c.value));
    if pod.spec.priority_class_name.is_empty()
        && let Some(class) = class
    {
        pod.spec
            .priority_class_name
            .clone_from(&class.metadata.name);
    }
    if pod.spec.preemption_policy.is_none() {
        pod.spec.preemption_policy = policy.or_else(|| Some("PreemptLowerPriority".to_owned()));
    }
    Ok(())
}

/// Models: plugin/pkg/admission/defaulttolerationseconds.
fn add_default_tolerations(spec: &mut PodSpec) {
    for key in [taint::NOT_READY, taint::UNREACHABLE] {
        let known = spec.tolerations.iter().any(|t| {
            (t.key.is_empty() || t.key == key)
                && (t.effect.is_empty() || t.effect == taint::NO_EXECUTE)
        });
        if !known {
            spec.tolerations.push(Toleration {
                key: key.to_owned(),
                operator: "Exists".to_owned(),
                effect: taint::NO_EXECUTE.to_owned(),
                toleration_seconds: Some(DEFAULT_TOLERATION_SECONDS),
                ..Toleration::default()
            });
        }
    }
}

/// A node that isn't Ready yet starts with the not-ready taint; one that is cordoned with the unschedulable taint.
///
/// Models: plugin/pkg/admission/nodetaint.
/// Differs: upstream adds it always and the node lifecycle controller takes it away; here a node that is created Ready never has it.
pub(super) fn admit_node(node: &mut Node) {
    let taint = Taint {
        key: taint::NOT_READY.to_owned(),
        effect: taint::NO_SCHEDULE.to_owned(),
        ..Taint::default()
    };
    if !node.is_ready()
        && !node
            .spec
            .taints
            .iter()
            .any(|t| t.key == taint.key && t.effect == taint.effect)
    {
        node.spec.taints.push(taint);
    }
}

/// Models: pkg/apis/core/v1/helper/qos, ComputePodQOS: for cpu and memory alone.
pub(super) fn qos_class(spec: &PodSpec) -> &'static str {
    let containers = || spec.init_containers.iter().chain(&spec.containers);
    let compute = |list: &crate::api::pod::ResourceList, name: &str| {
        list.get(name)
            .filter(|q| q.milli_value() > 0)
            .map(|q| q.milli_value())
    };
    let any = containers().any(|c| {
        ["cpu", "memory"].iter().any(|r| {
            compute(&c.resources.limits, r).is_some() || compute(&c.resources.requests, r).is_some()
        })
    });
    let guaranteed = containers().all(|c| {
        ["cpu", "memory"].iter().all(|r| {
            let limit = compute(&c.resources.limits, r);
            limit.is_some() && compute(&c.resources.requests, r).or(limit) == limit
        })
    });
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}
