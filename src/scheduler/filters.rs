//! The filter plugins: may this pod run on this node?
//!
//! Pure, and each failure says what stands in the way. The scheduler stops at the first failure; the page shows all of them.
//! Left out are the plugins for volumes, pod affinity, topology spread and dynamic resources: nothing here uses them.
//!
//! Models: pkg/scheduler/framework/plugins/{nodeunschedulable,nodename,tainttoleration,nodeaffinity,nodeports,noderesources}.

use super::node_info::{NodeInfo, PodInfo};
use crate::api::node::Taint;
use crate::api::selector::node_mismatch;
use crate::api::taint;
use crate::reason::scheduling::{Failure, Plugin, PortConflict, Shortage};

/// What one filter says. `failure` is `None` when the pod passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub plugin: Plugin,
    pub failure: Option<Failure>,
}

/// What every filter says, in their order.
pub fn check_all(pod: &PodInfo, node: &NodeInfo) -> Vec<Check> {
    Plugin::ALL
        .into_iter()
        .map(|plugin| Check {
            plugin,
            failure: check(plugin, pod, node),
        })
        .collect()
}

/// What the first filter that fails says; `None` if the pod can run there.
///
/// Models: pkg/scheduler/framework/runtime/framework.go, RunFilterPlugins.
pub fn first_failure(pod: &PodInfo, node: &NodeInfo) -> Option<Failure> {
    Plugin::ALL
        .into_iter()
        .find_map(|plugin| check(plugin, pod, node))
}

/// What one filter says; `None` if the pod passes. A `NodeInfo` without a node passes those that look at the node.
pub fn check(plugin: Plugin, pod: &PodInfo, info: &NodeInfo) -> Option<Failure> {
    if plugin == Plugin::NodePorts {
        return node_ports(pod, info);
    }
    if plugin == Plugin::NodeResourcesFit {
        return node_resources_fit(pod, info);
    }
    let (spec, node) = (&pod.pod.spec, info.node.as_deref()?);
    match plugin {
        Plugin::NodeUnschedulable => {
            let tolerated = || {
                let cordon = Taint {
                    key: taint::UNSCHEDULABLE.to_owned(),
                    effect: taint::NO_SCHEDULE.to_owned(),
                    ..Taint::default()
                };
                taint::is_tolerated(&cordon, &spec.tolerations)
            };
            (node.spec.unschedulable && !tolerated()).then_some(Failure::Unschedulable)
        }
        Plugin::NodeName => (!spec.node_name.is_empty() && spec.node_name != node.metadata.name)
            .then(|| Failure::NodeName {
                wanted: spec.node_name.clone(),
            }),
        Plugin::TaintToleration => taint::first_untolerated(
            &node.spec.taints,
            &spec.tolerations,
            &[taint::NO_SCHEDULE, taint::NO_EXECUTE],
        )
        .cloned()
        .map(Failure::Taint),
        Plugin::NodeAffinity => node_mismatch(spec, node).map(Failure::Affinity),
        Plugin::NodePorts | Plugin::NodeResourcesFit => None,
    }
}

fn node_ports(pod: &PodInfo, info: &NodeInfo) -> Option<Failure> {
    let conflicts: Vec<PortConflict> = pod
        .host_ports
        .iter()
        .filter_map(|wanted| {
            Some(PortConflict {
                port: wanted.port,
                protocol: wanted.protocol.clone(),
                host_ip: wanted.host_ip.clone(),
                taken_by: info.port_owner(wanted)?.clone(),
            })
        })
        .collect();
    (!conflicts.is_empty()).then_some(Failure::Ports(conflicts))
}

/// Models: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest.
fn node_resources_fit(pod: &PodInfo, info: &NodeInfo) -> Option<Failure> {
    let (request, used, has) = (&pod.request, &info.requested, &info.allocatable);
    let mut shortages = Vec::new();
    let mut check = |resource: &str, requested: i64, used: i64, allocatable: i64| {
        if requested > 0 && requested > allocatable.saturating_sub(used) {
            shortages.push(Shortage {
                resource: resource.into(),
                requested,
                used,
                allocatable,
            });
        }
    };
    check("pods", 1, info.pods.len() as i64, info.allowed_pods);
    check("cpu", request.milli_cpu, used.milli_cpu, has.milli_cpu);
    check("memory", request.memory, used.memory, has.memory);
    check(
        "ephemeral-storage",
        request.ephemeral_storage,
        used.ephemeral_storage,
        has.ephemeral_storage,
    );
    for (name, amount) in &request.scalar {
        let of = |list: &super::resources::Resources| list.scalar.get(name).copied().unwrap_or(0);
        check(name, *amount, of(used), of(has));
    }
    (!shortages.is_empty()).then_some(Failure::Resources(shortages))
}
