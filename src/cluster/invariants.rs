//! What is true of a cluster at every moment, whatever a user does to it: for tests, and for a build that checks itself.

use super::Cluster;
use super::parts::Part;
use crate::api::apps::{DaemonSet, ROLLING_UPDATE};
use crate::api::int_or_percent::IntOrString;
use crate::api::meta::ObjectMeta;
use crate::api::names;
use crate::api::object::{Key, Kind};
use crate::api::pod::Pod;
use crate::api::quantity::Quantity;
use crate::controllers::daemon_set::pod::target_node;
use crate::sim::map::{Map, Set};
use crate::trace::What;
use std::rc::Rc;

/// `check` looks at no more of the trace than this many newest entries; `broken` at as many as it is told.
const NEWEST: usize = 500;

/// Everything that is wrong now, one sentence each.
pub fn check(cluster: &Cluster) -> Vec<String> {
    let mut wrong = broken(cluster, cluster.trace.len().saturating_sub(NEWEST));
    objects(cluster, &mut wrong);
    pods_per_node(cluster, &mut wrong);
    owners(cluster, &mut wrong);
    capacity(cluster, &mut wrong);
    for set in cluster.server.daemon_sets.iter() {
        status(cluster, set, &mut wrong);
    }
    wrong
}

/// What the trace calls broken, from entry `start` on.
pub fn broken(cluster: &Cluster, start: usize) -> Vec<String> {
    cluster
        .trace
        .iter_from(start)
        .filter(|entry| matches!(entry.what, What::Broken(_)))
        .map(|entry| format!("the trace says: {entry}"))
        .collect()
}

fn is_moving(cluster: &Cluster, part: Part) -> bool {
    !cluster.inboxes[part as usize].waiting.is_empty()
        || cluster.parts.get(part).next_progress().is_some()
}

/// Names are valid, uids and resourceVersions unique, and no resourceVersion is from the future.
fn objects(cluster: &Cluster, wrong: &mut Vec<String>) {
    let mut uids = Set::new();
    let mut versions = Set::new();
    let newest = cluster.server.resource_version();
    let kinds = [
        Kind::Namespace,
        Kind::Node,
        Kind::DaemonSet,
        Kind::ControllerRevision,
        Kind::Pod,
    ];
    for kind in kinds {
        for object in cluster.server.list_objects(kind) {
            let meta: &ObjectMeta = object.meta();
            let name = &meta.name;
            let what = kind.name();
            for error in names::dns_subdomain(name) {
                wrong.push(format!("{what} {name:?} has a name that {error}"));
            }
            if !uids.insert(meta.uid.clone()) {
                wrong.push(format!("{what} {name} has the uid of another object"));
            }
            match meta.resource_version.parse::<u64>() {
                Ok(version) if version > newest => {
                    wrong.push(format!(
                        "{what} {name} has version {version}, the newest is {newest}"
                    ));
                }
                Ok(version) if !versions.insert(version) => {
                    wrong.push(format!(
                        "{what} {name} has version {version} of another object"
                    ));
                }
                Ok(_) => {}
                Err(_) => wrong.push(format!("{what} {name} has no resourceVersion")),
            }
        }
    }
}

fn surges(set: &DaemonSet) -> bool {
    let strategy = &set.spec.update_strategy;
    let surge = strategy
        .rolling_update
        .as_ref()
        .and_then(|rolling| rolling.max_surge.as_ref());
    strategy.type_ == ROLLING_UPDATE
        && surge.is_some_and(|surge| match surge {
            IntOrString::Int(number) => *number != 0,
            IntOrString::String(text) => text != "0%",
        })
}

/// One living pod a node and DaemonSet; two with maxSurge, or until the controller has seen that there is no maxSurge any more.
fn pods_per_node(cluster: &Cluster, wrong: &mut Vec<String>) {
    let mut living: Map<(&str, &str), u32> = Map::new();
    for pod in cluster.server.pods.iter() {
        let owner = pod.metadata.controller_ref();
        if let (Some(owner), Some(node)) = (owner, target_node(pod))
            && !pod.metadata.is_terminating()
            && !pod.is_terminal()
        {
            *living.or_default((&owner.uid, node)) += 1;
        }
    }
    for ((uid, node), count) in living {
        let set = cluster
            .server
            .daemon_sets
            .iter()
            .find(|set| set.metadata.uid == uid);
        let Some(set) = set else { continue };
        let seen = set.status.observed_generation >= set.metadata.generation;
        let most = if surges(set) || !seen { 2 } else { 1 };
        if count > most {
            wrong.push(format!(
                "DaemonSet {} has {count} living pods on {node}, {most} may be",
                set.metadata.name
            ));
        }
    }
}

/// A pod's controller exists, or someone is about to see that it doesn't.
fn owners(cluster: &Cluster, wrong: &mut Vec<String>) {
    let sets: Set<&str> = cluster
        .server
        .daemon_sets
        .iter()
        .map(|set| set.metadata.uid.as_str())
        .collect();
    for pod in cluster.server.pods.iter() {
        let Some(owner) = pod.metadata.controller_ref() else {
            continue;
        };
        if owner.kind == "DaemonSet"
            && !sets.contains(owner.uid.as_str())
            && !pod.metadata.is_terminating()
            && !is_moving(cluster, Part::GarbageCollector)
        {
            wrong.push(format!(
                "pod {} has an owner that is gone, and nobody collects it",
                pod.metadata.name
            ));
        }
    }
}

/// Pods that the scheduler bound fit their node: their number and their CPU.
fn capacity(cluster: &Cluster, wrong: &mut Vec<String>) {
    let mut bound: Map<&str, Vec<&Rc<Pod>>> = Map::new();
    for pod in cluster.server.pods.iter() {
        if pod.is_bound() && !pod.is_terminal() && !by_name(cluster, pod) {
            bound.or_default(&pod.spec.node_name).push(pod);
        }
    }
    for (name, pods) in bound {
        let Some(node) = cluster.server.nodes.get(&Key::new("", name)) else {
            continue;
        };
        let room = |resource: &str| node.status.allocatable.get(resource);
        if let Some(most) = room("pods").map(Quantity::value)
            && pods.len() as i64 > most
        {
            wrong.push(format!("{} pods are bound to {name}", pods.len()));
        }
        let cpu: i64 = pods
            .iter()
            .flat_map(|pod| &pod.spec.containers)
            .filter_map(|container| container.resources.requests.get("cpu"))
            .map(Quantity::milli_value)
            .sum();
        if let Some(most) = room("cpu").map(Quantity::milli_value)
            && cpu > most
        {
            wrong.push(format!("pods that want {cpu}m CPU are bound to {name}"));
        }
    }
}

/// Did the template name the node, so that no scheduler asked for room?
fn by_name(cluster: &Cluster, pod: &Pod) -> bool {
    let Some(owner) = pod.metadata.controller_ref() else {
        return true;
    };
    cluster
        .server
        .daemon_sets
        .get(&Key::new(&pod.metadata.namespace, &owner.name))
        .is_some_and(|set| !set.spec.template.spec.node_name.is_empty())
}

fn status(cluster: &Cluster, set: &DaemonSet, wrong: &mut Vec<String>) {
    let (name, s) = (&set.metadata.name, &set.status);
    let mut claim = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("DaemonSet {name}: {what}: {s:?}"));
        }
    };
    claim(
        s.observed_generation <= set.metadata.generation,
        "observedGeneration is ahead of generation",
    );
    claim(
        s.number_unavailable == s.desired_number_scheduled - s.number_available,
        "numberUnavailable isn't desired - available",
    );
    claim(
        s.number_available <= s.number_ready,
        "more available than ready",
    );
    claim(
        s.number_ready <= s.current_number_scheduled,
        "more ready than current",
    );
    claim(
        s.updated_number_scheduled <= s.current_number_scheduled,
        "more updated than current",
    );
    claim(
        s.current_number_scheduled <= s.desired_number_scheduled,
        "more current than desired",
    );
    let numbers = [
        s.desired_number_scheduled,
        s.current_number_scheduled,
        s.number_misscheduled,
        s.number_ready,
        s.number_available,
        s.updated_number_scheduled,
        s.number_unavailable,
    ];
    claim(numbers.iter().all(|n| *n >= 0), "a number is below 0");
    // The controller isn't woken when a node goes, only when pod GC takes its pod; and a terminating DaemonSet keeps its status.
    let nodes = cluster.server.nodes.len() as i32;
    let orphaned = cluster.server.pods.iter().any(|pod| {
        pod.metadata.is_controlled_by(&set.metadata.uid)
            && target_node(pod)
                .is_some_and(|node| cluster.server.nodes.get(&Cluster::node_key(node)).is_none())
    });
    let late = orphaned || set.metadata.is_terminating() || is_moving(cluster, Part::DaemonSet);
    claim(
        late || s.desired_number_scheduled + s.number_misscheduled <= nodes,
        "more than the nodes",
    );
}
