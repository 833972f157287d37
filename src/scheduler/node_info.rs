//! A node as the filters see it: what it offers, who is on it, what is left.
//!
//! The sums are kept up to date as pods come and go; nothing is ever added up again.
//!
//! Models: pkg/scheduler/framework/types.go, NodeInfo and PodInfo.

use super::resources::{Resources, pod_request};
use super::topology::Terms;
use crate::api::node::Node;
use crate::api::object::{Key, Resource};
use crate::api::pod::Pod;
use crate::api::pod_needs::{HostPort, host_ports};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A pod with what it asks for.
#[derive(Clone, Debug)]
pub struct PodInfo {
    pub key: Key,
    pub pod: Rc<Pod>,
    pub request: Resources,
    pub host_ports: Vec<HostPort>,
    pub terms: Rc<Terms>,
}

impl PodInfo {
    pub fn new(pod: Rc<Pod>) -> PodInfo {
        PodInfo {
            key: pod.key(),
            request: pod_request(&pod.spec),
            host_ports: host_ports(&pod.spec),
            terms: Rc::new(Terms::of(&pod)),
            pod,
        }
    }

    /// The same requests on a newer version of the pod.
    pub fn with_pod(&self, pod: Rc<Pod>) -> PodInfo {
        PodInfo {
            key: self.key.clone(),
            request: self.request.clone(),
            host_ports: self.host_ports.clone(),
            terms: Rc::clone(&self.terms),
            pod,
        }
    }

    pub fn priority(&self) -> i32 {
        self.pod.spec.priority.unwrap_or(0)
    }
}

/// A node and the pods on it, assumed ones included. Pods that ended aren't on it any more, terminating ones are.
#[derive(Clone, Debug, Default)]
pub struct NodeInfo {
    /// `None` while pods name a node that doesn't exist.
    pub node: Option<Rc<Node>>,
    pub allocatable: Resources,
    /// How many pods the node takes.
    pub allowed_pods: i64,
    pub pods: BTreeMap<Key, Rc<PodInfo>>,
    /// The sum of the requests of `pods`.
    pub requested: Resources,
    /// The host ports of `pods`, with their pod.
    pub used_ports: BTreeSet<(HostPort, Key)>,
}

impl NodeInfo {
    pub fn new(node: Rc<Node>) -> NodeInfo {
        let mut info = NodeInfo::default();
        info.set_node(node);
        info
    }

    pub fn set_node(&mut self, node: Rc<Node>) {
        let allocatable = &node.status.allocatable;
        if self
            .node
            .as_ref()
            .is_none_or(|old| old.status.allocatable != *allocatable)
        {
            self.allocatable = Resources::of(allocatable);
            self.allowed_pods = allocatable.get("pods").map_or(0, |pods| pods.value());
        }
        self.node = Some(node);
    }

    /// Adds a pod, or replaces the version of it that is there.
    pub fn add_pod(&mut self, pod: Rc<PodInfo>) {
        self.remove_pod(&pod.key);
        self.requested.add(&pod.request);
        for port in &pod.host_ports {
            self.used_ports.insert((port.clone(), pod.key.clone()));
        }
        self.pods.insert(pod.key.clone(), pod);
    }

    pub fn remove_pod(&mut self, key: &Key) -> Option<Rc<PodInfo>> {
        let pod = self.pods.remove(key)?;
        self.requested.subtract(&pod.request);
        for port in &pod.host_ports {
            self.used_ports.remove(&(port.clone(), key.clone()));
        }
        Some(pod)
    }

    /// The pod that has a port which conflicts with this one.
    pub fn port_owner(&self, wanted: &HostPort) -> Option<&Key> {
        let first = HostPort {
            port: wanted.port,
            protocol: String::new(),
            host_ip: String::new(),
        };
        self.used_ports
            .range((first, Key::default())..)
            .take_while(|(used, _)| used.port == wanted.port)
            .find(|(used, _)| used.conflicts(wanted))
            .map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_return_to_zero_when_the_pods_go() {
        let pod = |name: &str| {
            let json = format!(
                r#"{{"metadata":{{"name":"{name}"}},"spec":{{"containers":[{{
                    "ports":[{{"hostPort":80}}],
                    "resources":{{"requests":{{"cpu":"100m","example.com/gpu":"1"}}}}}}]}}}}"#
            );
            Rc::new(PodInfo::new(Rc::new(serde_json::from_str(&json).unwrap())))
        };
        let mut info = NodeInfo::default();
        info.add_pod(pod("a"));
        info.add_pod(pod("b"));
        info.add_pod(pod("a"));
        assert_eq!((info.requested.milli_cpu, info.used_ports.len()), (200, 2));
        info.remove_pod(&Key::new("", "a"));
        assert_eq!(
            info.port_owner(&pod("c").host_ports[0]),
            Some(&Key::new("", "b"))
        );
        info.remove_pod(&Key::new("", "b"));
        assert_eq!(info.requested, Resources::default());
        assert!(info.used_ports.is_empty());
    }
}
