//! Does a node get a daemon pod? Node name, selector and affinity, taints: nothing else is looked at.

use crate::api::node::Node;
use crate::api::pod::{PodSpec, Toleration};
use crate::api::selector::node_mismatch;
use crate::api::taint::{self, is_tolerated, repels};
use crate::reason::daemon::{SkipReason, Verdict};

/// The verdict for one node. `spec` is the template's spec with the automatic tolerations, see `with_daemon_tolerations`.
///
/// Models: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod and predicates.
pub fn verdict(spec: &PodSpec, node: &Node) -> Verdict {
    if !spec.node_name.is_empty() && spec.node_name != node.metadata.name {
        return Verdict::Skip(SkipReason::NodeName {
            wanted: spec.node_name.clone(),
        });
    }
    if let Some(mismatch) = node_mismatch(spec, node) {
        return Verdict::Skip(SkipReason::Mismatch(mismatch));
    }
    let mut untolerated = node
        .spec
        .taints
        .iter()
        .filter(|t| repels(t) && !is_tolerated(t, &spec.tolerations));
    let Some(first) = untolerated.next() else {
        return Verdict::Run;
    };
    let no_execute = std::iter::once(first)
        .chain(untolerated)
        .find(|t| t.effect == taint::NO_EXECUTE);
    match no_execute {
        Some(taint) => Verdict::Skip(SkipReason::Untolerated(taint.clone())),
        None => Verdict::Keep(first.clone()),
    }
}

/// The tolerations that every daemon pod gets, in upstream's order.
///
/// Models: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations.
pub fn daemon_tolerations(host_network: bool) -> Vec<Toleration> {
    let mut keys = vec![
        (taint::NOT_READY, taint::NO_EXECUTE),
        (taint::UNREACHABLE, taint::NO_EXECUTE),
        (taint::DISK_PRESSURE, taint::NO_SCHEDULE),
        (taint::MEMORY_PRESSURE, taint::NO_SCHEDULE),
        (taint::PID_PRESSURE, taint::NO_SCHEDULE),
        (taint::UNSCHEDULABLE, taint::NO_SCHEDULE),
    ];
    if host_network {
        keys.push((taint::NETWORK_UNAVAILABLE, taint::NO_SCHEDULE));
    }
    keys.into_iter()
        .map(|(key, effect)| Toleration {
            key: key.to_owned(),
            operator: "Exists".to_owned(),
            effect: effect.to_owned(),
            ..Toleration::default()
        })
        .collect()
}

/// The spec with the automatic tolerations behind its own; one of the same key, effect, operator and value is replaced.
///
/// Models: pkg/apis/core/v1/helper, AddOrUpdateTolerationInPodSpec.
pub fn with_daemon_tolerations(spec: &PodSpec) -> PodSpec {
    let mut spec = spec.clone();
    for toleration in daemon_tolerations(spec.host_network) {
        let same = |t: &&mut Toleration| {
            t.key == toleration.key
                && t.effect == toleration.effect
                && t.operator == toleration.operator
                && t.value == toleration.value
        };
        match spec.tolerations.iter_mut().find(same) {
            Some(known) => *known = toleration,
            None => spec.tolerations.push(toleration),
        }
    }
    spec
}
