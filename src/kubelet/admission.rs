//! Does a bound pod fit on its node? The kubelet asks again, after the scheduler, and fails pods that don't.
//!
//! Models: pkg/kubelet/lifecycle/predicate.go (generalFilter) and pkg/kubelet/eviction/eviction_manager.go (Admit).
//! Differs: critical pods don't preempt others here; resources that the node doesn't list count as zero.

use crate::api::node::Node;
use crate::api::pod::{Pod, ResourceList};
use crate::api::pod_needs::{self, HostPort, host_ports};
use crate::api::selector::node_mismatch;
use crate::api::taint;
use crate::sim::map::{Map, Set};

/// Priorities from here on are system critical.
pub const SYSTEM_CRITICAL_PRIORITY: i32 = 2_000_000_000;

/// Amounts by resource: cpu in thousandths, all else in units.
pub type Amounts = Map<String, i64>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub reason: String,
    pub message: String,
}

impl Rejection {
    fn predicate(name: &str, why: &str) -> Rejection {
        Rejection {
            reason: name.to_owned(),
            message: format!("Predicate {name} failed: {why}"),
        }
    }
}

/// What the pods that are on the node already take.
#[derive(Clone, Debug, Default)]
pub struct Used {
    pub pods: i64,
    pub amounts: Amounts,
    pub ports: Set<HostPort>,
}

impl Used {
    pub fn add(&mut self, pod: &Pod) {
        self.pods += 1;
        add_all(&mut self.amounts, &requests(pod));
        self.ports.extend(host_ports(&pod.spec));
    }
}

pub fn is_critical(pod: &Pod) -> bool {
    pod.spec.priority.unwrap_or(0) >= SYSTEM_CRITICAL_PRIORITY
}

/// Checks a pod against its node, what others use, and the pressures that the node reports.
pub fn check(pod: &Pod, node: &Node, used: &Used, pressures: &[&str]) -> Option<Rejection> {
    under_pressure(pod, pressures)
        .or_else(|| insufficient(pod, node, used))
        .or_else(|| {
            node_mismatch(&pod.spec, node).map(|_| {
                Rejection::predicate(
                    "NodeAffinity",
                    "node(s) didn't match Pod's node affinity/selector",
                )
            })
        })
        .or_else(|| {
            host_ports(&pod.spec)
                .iter()
                .any(|port| used.ports.iter().any(|other| port.conflicts(other)))
                .then(|| {
                    Rejection::predicate(
                        "NodePorts",
                        "node(s) didn't have free ports for the requested pod ports",
                    )
                })
        })
        .or_else(|| {
            node.spec
                .taints
                .iter()
                .any(|t| {
                    t.effect == taint::NO_EXECUTE && !taint::is_tolerated(t, &pod.spec.tolerations)
                })
                .then(|| {
                    Rejection::predicate(
                        "TaintToleration",
                        "node(s) had taints that the pod didn't tolerate",
                    )
                })
        })
}

/// While the node is under pressure it takes no pods, but for critical ones and, when only memory is short, those that ask for some or tolerate the taint.
fn under_pressure(pod: &Pod, pressures: &[&str]) -> Option<Rejection> {
    if pressures.is_empty() || is_critical(pod) {
        return None;
    }
    if pressures == ["MemoryPressure"] {
        let tolerated = pod.spec.tolerations.iter().any(|t| {
            let taint = crate::api::node::Taint {
                key: taint::MEMORY_PRESSURE.to_owned(),
                effect: taint::NO_SCHEDULE.to_owned(),
                ..Default::default()
            };
            taint::tolerates(t, &taint)
        });
        if tolerated || pod.status.qos_class != "BestEffort" {
            return None;
        }
    }
    Some(Rejection {
        reason: "Evicted".to_owned(),
        message: format!("The node had condition: [{}]. ", pressures.join(" ")),
    })
}

fn insufficient(pod: &Pod, node: &Node, used: &Used) -> Option<Rejection> {
    let rejection = |resource: &str, requested: i64, used: i64, capacity: i64| Rejection {
        reason: format!("OutOf{resource}"),
        message: format!(
            "Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, capacity: {capacity}"
        ),
    };
    let allocatable = amounts(&node.status.allocatable);
    if let Some(capacity) = allocatable.get("pods")
        && used.pods + 1 > *capacity
    {
        return Some(rejection("pods", 1, used.pods, *capacity));
    }
    let requests = requests(pod);
    // Upstream's order: cpu, memory, ephemeral-storage, then the others.
    let first = ["cpu", "memory", "ephemeral-storage"];
    let others = requests.keys().map(String::as_str);
    let order = first
        .into_iter()
        .chain(others.filter(|name| !first.contains(name)));
    for resource in order {
        let requested = requests.get(resource).copied().unwrap_or(0);
        if requested == 0 || node.status.allocatable.is_empty() {
            continue;
        }
        let taken = used.amounts.get(resource).copied().unwrap_or(0);
        let capacity = allocatable.get(resource).copied().unwrap_or(0);
        if requested > capacity.saturating_sub(taken) {
            return Some(rejection(resource, requested, taken, capacity));
        }
    }
    None
}

fn amounts(list: &ResourceList) -> Amounts {
    list.iter()
        .map(|(name, quantity)| {
            let amount = if name == "cpu" {
                quantity.milli_value()
            } else {
                quantity.value()
            };
            (name.clone(), amount)
        })
        .collect()
}

fn add_all(sum: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        let total = sum.or_default(name.clone());
        *total = total.saturating_add(*amount);
    }
}

/// A pod's requests.
pub fn requests(pod: &Pod) -> Amounts {
    amounts(&pod_needs::totals(&pod.spec, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::pod::{ContainerPort, Toleration};
    use crate::api::quantity::Quantity;
    use crate::client::harness;

    fn pod(requests: &[(&str, &str)]) -> Pod {
        let mut pod = harness::pod("new", "node-1", "app:1");
        pod.status.qos_class = "BestEffort".to_owned();
        for (name, amount) in requests {
            pod.spec.containers[0]
                .resources
                .requests
                .insert((*name).to_owned(), Quantity::parse(amount).unwrap());
        }
        pod
    }

    #[track_caller]
    fn check_with(pod: &Pod, others: &[Pod], pressures: &[&str], expect: &str) {
        let mut used = Used::default();
        for other in others {
            used.add(other);
        }
        let node = harness::node("node-1");
        let result = check(pod, &node, &used, pressures)
            .map_or(String::new(), |r| format!("{}: {}", r.reason, r.message));
        assert_eq!(result, expect);
    }

    #[test]
    fn resources_are_summed() {
        check_with(&pod(&[("cpu", "4")]), &[], &[], "");
        check_with(
            &pod(&[("cpu", "1")]),
            &[pod(&[("cpu", "3500m")])],
            &[],
            "OutOfcpu: Node didn't have enough resource: cpu, requested: 1000, used: 3500, capacity: 4000",
        );
        check_with(
            &pod(&[("memory", "9Gi")]),
            &[],
            &[],
            "OutOfmemory: Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8589934592",
        );
        check_with(
            &pod(&[("nvidia.com/gpu", "1")]),
            &[],
            &[],
            "OutOfnvidia.com/gpu: Node didn't have enough resource: nvidia.com/gpu, requested: 1, used: 0, capacity: 0",
        );
        check_with(
            &pod(&[]),
            &vec![pod(&[]); 110],
            &[],
            "OutOfpods: Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110",
        );
    }

    #[test]
    fn init_containers_count_by_their_maximum() {
        let mut with_init = pod(&[("cpu", "1")]);
        let mut init = pod(&[("cpu", "3")]).spec.containers.remove(0);
        let mut sidecar = pod(&[("cpu", "500m")]).spec.containers.remove(0);
        sidecar.restart_policy = "Always".to_owned();
        init.restart_policy.clear();
        with_init.spec.init_containers = vec![sidecar, init];
        assert_eq!(requests(&with_init).get("cpu"), Some(&3500));
    }

    #[test]
    fn ports_affinity_and_taints() {
        let mut with_port = pod(&[]);
        with_port.spec.containers[0].ports = vec![ContainerPort {
            host_port: 80,
            ..ContainerPort::default()
        }];
        check_with(
            &with_port,
            std::slice::from_ref(&with_port),
            &[],
            "NodePorts: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
        );
        let mut elsewhere = pod(&[]);
        elsewhere
            .spec
            .node_selector
            .insert("disk".to_owned(), "ssd".to_owned());
        check_with(
            &elsewhere,
            &[],
            &[],
            "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        );
    }

    #[test]
    fn pressure_keeps_pods_out() {
        check_with(
            &pod(&[]),
            &[],
            &["DiskPressure"],
            "Evicted: The node had condition: [DiskPressure]. ",
        );
        check_with(
            &pod(&[]),
            &[],
            &["MemoryPressure"],
            "Evicted: The node had condition: [MemoryPressure]. ",
        );
        let mut burstable = pod(&[("cpu", "1")]);
        burstable.status.qos_class = "Burstable".to_owned();
        check_with(&burstable, &[], &["MemoryPressure"], "");
        let mut tolerating = pod(&[]);
        tolerating.spec.tolerations = vec![Toleration {
            key: taint::MEMORY_PRESSURE.to_owned(),
            operator: "Exists".to_owned(),
            ..Toleration::default()
        }];
        check_with(&tolerating, &[], &["MemoryPressure"], "");
        let mut critical = pod(&[]);
        critical.spec.priority = Some(SYSTEM_CRITICAL_PRIORITY);
        check_with(&critical, &[], &["DiskPressure"], "");
    }
}
