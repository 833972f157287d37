//! What a pod asks for: resources and host ports.
//!
//! Models: k8s.io/component-helpers/resource/helpers.go (PodRequests) and pkg/scheduler/framework/types.go (Resource).
//! Differs: resizing in place isn't simulated, so what a running pod has is what its spec requests.

use crate::api::json;
use crate::api::pod::{Container, PodSpec, ResourceList, ResourceRequirements};
use crate::api::quantity::Quantity;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Amounts of resources. cpu is in thousandths, the rest in whole units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    pub milli_cpu: i64,
    pub memory: i64,
    pub ephemeral_storage: i64,
    /// Extended resources, huge pages and attachable volumes, by name.
    pub scalar: BTreeMap<Rc<str>, i64>,
}

impl Resources {
    /// `pods` and what isn't a resource for the scheduler are left out.
    pub fn of(list: &ResourceList) -> Resources {
        let mut resources = Resources::default();
        for (name, quantity) in list {
            resources.set(name, quantity);
        }
        resources
    }

    fn set(&mut self, name: &str, quantity: &Quantity) {
        match name {
            "cpu" => self.milli_cpu = quantity.milli_value(),
            "memory" => self.memory = quantity.value(),
            "ephemeral-storage" => self.ephemeral_storage = quantity.value(),
            name if is_scalar(name) => {
                self.scalar.insert(name.into(), quantity.value());
            }
            _ => {}
        }
    }

    pub fn add(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_add);
    }

    pub fn subtract(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_sub);
        self.scalar.retain(|_, amount| *amount != 0);
    }

    fn raise_to(&mut self, other: &Resources) {
        self.combine(other, i64::max);
    }

    fn combine(&mut self, other: &Resources, f: impl Fn(i64, i64) -> i64) {
        self.milli_cpu = f(self.milli_cpu, other.milli_cpu);
        self.memory = f(self.memory, other.memory);
        self.ephemeral_storage = f(self.ephemeral_storage, other.ephemeral_storage);
        for (name, amount) in &other.scalar {
            let own = self.scalar.entry(Rc::clone(name)).or_default();
            *own = f(*own, *amount);
        }
    }
}

/// Models: pkg/apis/core/v1/helper/helpers.go, IsScalarResourceName.
fn is_scalar(name: &str) -> bool {
    name.contains('/') || name.starts_with("hugepages-") || name.starts_with("attachable-volumes-")
}

/// What a pod needs on a node: the greater of what its containers need together and what any moment of its start needs, and the overhead.
///
/// Models: k8s.io/component-helpers/resource/helpers.go, PodRequests.
pub fn pod_request(spec: &PodSpec) -> Resources {
    let mut running = Resources::default();
    for container in &spec.containers {
        running.add(&Resources::of(&container.resources.requests));
    }
    let mut sidecars = Resources::default();
    let mut starting = Resources::default();
    for container in &spec.init_containers {
        let mut now = Resources::of(&container.resources.requests);
        if is_sidecar(container) {
            running.add(&now);
            sidecars.add(&now);
            starting.raise_to(&sidecars);
        } else {
            now.add(&sidecars);
            starting.raise_to(&now);
        }
    }
    let mut request = running;
    request.raise_to(&starting);
    for (name, quantity) in &pod_level_requests(spec) {
        if name == "cpu" || name == "memory" || name.starts_with("hugepages-") {
            request.set(name, quantity);
        }
    }
    request.add(&Resources::of(&spec.overhead));
    request
}

/// `spec.resources` of the pod itself, which takes the place of the containers' sum.
fn pod_level_requests(spec: &PodSpec) -> ResourceList {
    spec.extra
        .get("resources")
        .and_then(|value| json::read::<ResourceRequirements>(value.clone()).ok())
        .map(|resources| resources.requests)
        .unwrap_or_default()
}

fn is_sidecar(init_container: &Container) -> bool {
    init_container.restart_policy == "Always"
}

/// A port of the node that a pod takes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostPort {
    pub port: i32,
    pub protocol: String,
    pub host_ip: String,
}

/// Every address of the node.
const ANY_IP: &str = "0.0.0.0";

impl HostPort {
    pub fn conflicts(&self, other: &HostPort) -> bool {
        self.port == other.port
            && self.protocol == other.protocol
            && (self.host_ip == other.host_ip || self.host_ip == ANY_IP || other.host_ip == ANY_IP)
    }
}

/// The host ports of containers and sidecars.
///
/// Models: pkg/scheduler/util, GetHostPorts.
pub fn host_ports(spec: &PodSpec) -> Vec<HostPort> {
    let or = |text: &str, default: &str| if text.is_empty() { default } else { text }.to_owned();
    spec.init_containers
        .iter()
        .filter(|container| is_sidecar(container))
        .chain(&spec.containers)
        .flat_map(|container| &container.ports)
        .filter(|port| port.host_port > 0)
        .map(|port| HostPort {
            port: port.host_port,
            protocol: or(&port.protocol, "TCP"),
            host_ip: or(&port.host_ip, ANY_IP),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(spec: &str, expect: Expect) {
        let spec: PodSpec = serde_json::from_str(spec).unwrap();
        let r = pod_request(&spec);
        let scalar: Vec<String> = r.scalar.iter().map(|(k, v)| format!(" {k} {v}")).collect();
        expect.assert_eq(&format!(
            "cpu {}m memory {}{}",
            r.milli_cpu,
            r.memory,
            scalar.concat()
        ));
    }

    #[test]
    fn containers_add_up() {
        check(
            r#"{"containers":[
                {"resources":{"requests":{"cpu":"100m","memory":"10"}}},
                {"resources":{"requests":{"cpu":"50m","example.com/gpu":"2"}}}]}"#,
            expect!["cpu 150m memory 10 example.com/gpu 2"],
        );
    }

    #[test]
    fn an_init_container_counts_when_it_needs_more() {
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m","memory":"10"}}}],
                "initContainers":[{"resources":{"requests":{"cpu":"300m","memory":"5"}}}]}"#,
            expect!["cpu 300m memory 10"],
        );
    }

    #[test]
    fn a_sidecar_runs_beside_what_starts_after_it() {
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}}],
                "initContainers":[
                    {"resources":{"requests":{"cpu":"190m"}}},
                    {"restartPolicy":"Always","resources":{"requests":{"cpu":"50m"}}},
                    {"resources":{"requests":{"cpu":"200m"}}}]}"#,
            expect!["cpu 250m memory 0"],
        );
    }

    #[test]
    fn overhead_comes_on_top() {
        check(
            r#"{"overhead":{"cpu":"10m","memory":"1"},
                "containers":[{"resources":{"requests":{"cpu":"100m"}}}]}"#,
            expect!["cpu 110m memory 1"],
        );
    }

    #[test]
    fn pod_level_requests_replace_the_sum() {
        check(
            r#"{"resources":{"requests":{"cpu":"1"}},
                "containers":[{"resources":{"requests":{"cpu":"100m","memory":"7"}}}]}"#,
            expect!["cpu 1000m memory 7"],
        );
    }
}
