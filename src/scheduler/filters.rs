//! The filter plugins: may this pod run on this node?
//!
//! Pure, and each failure says what stands in the way. The scheduler stops at the first failure; the page shows all of them.
//! What looks at other nodes, too, is in `topology`. Left out are the plugins for volumes and dynamic resources.
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
        Plugin::NodePorts
        | Plugin::NodeResourcesFit
        | Plugin::PodTopologySpread
        | Plugin::InterPodAffinity => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};
    use std::rc::Rc;

    /// Node spec and pod spec; an existing pod has cpu 800m of 1 and host port 80/TCP.
    #[track_caller]
    fn check(node: Value, pod: Value, expect: Expect) {
        let read = |spec: Value, name: &str| {
            let pod = json!({"metadata": {"name": name, "namespace": "default"}, "spec": spec});
            PodInfo::new(Rc::new(serde_json::from_value(pod).unwrap()))
        };
        let node = json!({
            "metadata": {"name": "node-1", "labels": {"disk": "ssd"}}, "spec": node,
            "status": {"allocatable": {"cpu": "1", "memory": "1000", "pods": "3"}},
        });
        let mut info = NodeInfo::new(Rc::new(serde_json::from_value(node).unwrap()));
        let web = json!({"containers": [{
            "ports": [{"hostPort": 80}], "resources": {"requests": {"cpu": "800m"}}}]});
        info.add_pod(Rc::new(read(web, "web")));
        let text = match first_failure(&read(pod, "agent"), &info) {
            None => "fits".to_owned(),
            Some(failure) => {
                let hope = if failure.preemption_may_help() {
                    "; preemption may help"
                } else {
                    ""
                };
                format!(
                    "{}: {failure}: {}{hope}",
                    failure.plugin(),
                    failure.detail()
                )
            }
        };
        expect.assert_eq(&text);
    }

    #[test]
    fn a_cordoned_node_takes_who_tolerates_it() {
        let cordoned = json!({"unschedulable": true});
        let tolerations = json!({"tolerations": [
            {"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"}]});
        check(
            cordoned.clone(),
            json!({}),
            expect![
                "NodeUnschedulable: node(s) were unschedulable: the node is cordoned, and the pod has no toleration for node.kubernetes.io/unschedulable:NoSchedule"
            ],
        );
        check(cordoned, tolerations, expect!["fits"]);
    }

    #[test]
    fn the_first_taint_that_is_not_tolerated_decides() {
        let taints = json!({"taints": [
            {"key": "soft", "effect": "PreferNoSchedule"},
            {"key": "gpu", "value": "yes", "effect": "NoExecute"}]});
        check(
            taints.clone(),
            json!({}),
            expect![
                "TaintToleration: node(s) had untolerated taint(s): taint gpu=yes:NoExecute is not tolerated"
            ],
        );
        check(
            taints,
            json!({"tolerations": [{"key": "gpu", "value": "yes"}]}),
            expect!["fits"],
        );
    }

    #[test]
    fn labels_have_to_match() {
        check(
            json!({}),
            json!({"nodeSelector": {"disk": "hdd"}}),
            expect![
                "NodeAffinity: node(s) didn't match Pod's node affinity/selector: nodeSelector wants label disk=hdd, the node has disk=ssd"
            ],
        );
    }

    #[test]
    fn host_ports_are_taken_by_a_pod() {
        let ports = |ports: Value| json!({"containers": [{"ports": ports}]});
        check(
            json!({}),
            ports(json!([{"hostPort": 80, "hostIP": "10.0.0.1"}])),
            expect![
                "NodePorts: node(s) didn't have free ports for the requested pod ports: host port 80/TCP is taken by pod default/web; preemption may help"
            ],
        );
        check(
            json!({}),
            ports(json!([{"hostPort": 80, "protocol": "UDP"}, {"containerPort": 80}])),
            expect!["fits"],
        );
    }

    #[test]
    fn resources_run_short() {
        let requests = |r: Value| json!({"containers": [{"resources": {"requests": r}}]});
        check(
            json!({}),
            requests(json!({"cpu": "300m", "example.com/gpu": "1"})),
            expect![
                "NodeResourcesFit: Insufficient cpu, Insufficient example.com/gpu: cpu: requested 300m, used 800m of 1000m; example.com/gpu: requested 1, used 0 of 0"
            ],
        );
        check(
            json!({}),
            requests(json!({"cpu": "300m"})),
            expect![
                "NodeResourcesFit: Insufficient cpu: cpu: requested 300m, used 800m of 1000m; preemption may help"
            ],
        );
        check(json!({}), requests(json!({"cpu": "200m"})), expect!["fits"]);
    }
}
