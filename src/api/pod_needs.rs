//! What a pod needs of its node: resources and host ports. The scheduler, the kubelets, quotas, `describe` and the page all ask here.
//!
//! Differs: resizing in place isn't simulated, so what a running pod has is what its spec requests.

use super::json;
use super::pod::{Container, PodSpec, ResourceList, ResourceRequirements};

/// The requests or limits of a pod: the greater of what its containers need together and what any moment of its start
/// needs. The pod's own `resources` take the place of the sum; its overhead is requested on top.
///
/// Models: k8s.io/component-helpers/resource/helpers.go, PodRequests and PodLimits.
pub fn totals(spec: &PodSpec, limits: bool) -> ResourceList {
    let pick = |resources: &ResourceRequirements| match limits {
        true => resources.limits.clone(),
        false => resources.requests.clone(),
    };
    let mut sum = ResourceList::new();
    for container in &spec.containers {
        add(&mut sum, &pick(&container.resources));
    }
    let (mut sidecars, mut starting) = (ResourceList::new(), ResourceList::new());
    for container in &spec.init_containers {
        let mut own = pick(&container.resources);
        if is_sidecar(container) {
            add(&mut sum, &own);
            add(&mut sidecars, &own);
            own = sidecars.clone();
        } else {
            add(&mut own, &sidecars);
        }
        raise(&mut starting, &own);
    }
    raise(&mut sum, &starting);
    let of_pod = spec.extra.get("resources");
    if let Some(Ok(resources)) = of_pod.map(|it| json::read::<ResourceRequirements>(it.clone())) {
        let own = pick(&resources).into_iter();
        sum.extend(own.filter(|(name, _)| {
            name == "cpu" || name == "memory" || name.starts_with("hugepages-")
        }));
    }
    if !limits {
        add(&mut sum, &spec.overhead);
    }
    sum
}

pub fn add(sum: &mut ResourceList, more: &ResourceList) {
    for (name, amount) in more {
        let total = match sum.get(name) {
            Some(old) => old.plus(amount),
            None => amount.clone(),
        };
        sum.insert(name.clone(), total);
    }
}

fn raise(sum: &mut ResourceList, to: &ResourceList) {
    for (name, amount) in to {
        if sum.get(name).is_none_or(|old| old.compare(amount).is_lt()) {
            sum.insert(name.clone(), amount.clone());
        }
    }
}

/// An init container that goes on running beside the others.
pub fn is_sidecar(init_container: &Container) -> bool {
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
