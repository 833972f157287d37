//! What the scheduler knows: nodes with the pods on them, pods that wait, and what it has promised itself.
//!
//! It is fed by late watch events. A pod that was just bound is *assumed* on its node until its event arrives, so that the next pod doesn't take the same room.
//! Cheap to clone: nodes and pods are shared until they change.
//!
//! Models: pkg/scheduler/backend/cache, and the nominator of pkg/scheduler/backend/queue.

use super::node_info::{NodeInfo, PodInfo};
use crate::api::node::Node;
use crate::api::object::{Key, Resource};
use crate::api::pod::Pod;
use crate::sim::map::{Map, Set};
use crate::sim::shared_map::SharedMap;
use std::rc::Rc;

#[derive(Clone, Debug, Default)]
pub struct Cache {
    nodes: SharedMap<Rc<str>, Rc<NodeInfo>>,
    /// How many of `nodes` exist; the others are only named by pods.
    node_count: u32,
    /// Pods that wait and pods that are placed; none that ended.
    pods: SharedMap<Key, Rc<PodInfo>>,
    assumed: Set<Key>,
    /// Pods on nodes that don't want certain others near them.
    anti: Set<Key>,
    nominated: Map<Rc<str>, Set<Key>>,
    nominations: Map<Key, Rc<str>>,
}

impl Cache {
    /// Does any pod on a node have a required anti-affinity?
    pub fn has_anti_affinity(&self) -> bool {
        !self.anti.is_empty()
    }

    pub fn node_count(&self) -> u32 {
        self.node_count
    }

    /// The nodes that exist, by name.
    pub fn nodes(&self) -> impl Iterator<Item = (&Rc<str>, &Rc<NodeInfo>)> {
        self.nodes.iter().filter(|(_, info)| info.node.is_some())
    }

    pub fn node(&self, name: &str) -> Option<(&Rc<str>, &Rc<NodeInfo>)> {
        self.nodes
            .get_key_value(name)
            .filter(|(_, info)| info.node.is_some())
    }

    pub fn pod(&self, key: &Key) -> Option<&Rc<PodInfo>> {
        self.pods.get(key)
    }

    /// A node as the filters see it for this pod: with the pods on it, and with those of at least the same priority that are nominated to it.
    ///
    /// Models: pkg/scheduler/framework/runtime/framework.go, RunFilterPluginsWithNominatedPods.
    pub fn view(&self, pod: &PodInfo, node: &str) -> Option<Rc<NodeInfo>> {
        let (_, info) = self.node(node)?;
        let mut view = Rc::clone(info);
        for key in self.nominated.get(node).into_iter().flatten() {
            if let Some(other) = self.pods.get(key)
                && other.key != pod.key
                && other.priority() >= pod.priority()
            {
                Rc::make_mut(&mut view).add_pod(Rc::clone(other));
            }
        }
        Some(view)
    }

    /// Takes an added or modified node; returns what was known before.
    pub fn upsert_node(&mut self, node: &Rc<Node>) -> Option<Rc<Node>> {
        let info = Rc::make_mut(self.node_entry(&node.metadata.name));
        let old = info.node.clone();
        info.set_node(Rc::clone(node));
        self.node_count += u32::from(old.is_none());
        old
    }

    pub fn remove_node(&mut self, name: &str) {
        let Some(info) = self.nodes.get_mut(name) else {
            return;
        };
        if info.node.is_some() {
            self.node_count -= 1;
        }
        if info.pods.is_empty() {
            self.nodes.remove(name);
        } else {
            let info = Rc::make_mut(info);
            *info = NodeInfo {
                pods: std::mem::take(&mut info.pods),
                requested: std::mem::take(&mut info.requested),
                used_ports: std::mem::take(&mut info.used_ports),
                ..NodeInfo::default()
            };
        }
    }

    fn node_entry(&mut self, name: &str) -> &mut Rc<NodeInfo> {
        self.nodes.or_default(name.into())
    }

    /// Takes a pod that is on a node or waits for one; returns what was known before. A nomination in its status counts.
    pub fn upsert_pod(&mut self, key: &Key, pod: &Rc<Pod>) -> Option<Rc<PodInfo>> {
        let old = self.remove_from_node(key);
        let info = Rc::new(match &old {
            Some(old) if same_spec(&old.pod, pod) => old.with_pod(Rc::clone(pod)),
            _ => PodInfo::new(Rc::clone(pod)),
        });
        if pod.is_bound() {
            self.clear_nomination(key);
            self.assumed.remove(key);
            if !info.terms.anti.is_empty() {
                self.anti.insert(key.clone());
            }
            Rc::make_mut(self.node_entry(&pod.spec.node_name)).add_pod(Rc::clone(&info));
        } else {
            let said = &pod.status.nominated_node_name;
            let before = old
                .as_ref()
                .map_or("", |old| &old.pod.status.nominated_node_name);
            // An event that is older than our own nomination doesn't end it.
            if said.is_empty() && !before.is_empty() {
                self.clear_nomination(key);
            } else if !said.is_empty() {
                self.nominate(key, said);
            }
        }
        self.pods.insert(key.clone(), info);
        old
    }

    /// Takes our own binding before its event arrives.
    pub fn assume(&mut self, key: &Key, pod: &Rc<Pod>) {
        self.upsert_pod(key, pod);
        self.assumed.insert(key.clone());
    }

    /// Was the pod bound by us, and the event hasn't arrived yet?
    pub fn is_assumed(&self, key: &Key) -> bool {
        self.assumed.contains(key)
    }

    /// Forgets a pod that is gone or has ended.
    pub fn remove_pod(&mut self, key: &Key) -> Option<Rc<PodInfo>> {
        let old = self.remove_from_node(key);
        self.assumed.remove(key);
        self.clear_nomination(key);
        self.pods.remove(key);
        old
    }

    /// Takes a pod off its node, if it is on one; returns what is known of it.
    fn remove_from_node(&mut self, key: &Key) -> Option<Rc<PodInfo>> {
        let old = Rc::clone(self.pods.get(key)?);
        self.anti.remove(key);
        let name = old.pod.spec.node_name.as_str();
        if let Some(node) = self.nodes.get_mut(name) {
            let info = Rc::make_mut(node);
            info.remove_pod(key);
            if info.node.is_none() && info.pods.is_empty() {
                self.nodes.remove(name);
            }
        }
        Some(old)
    }

    pub fn nominate(&mut self, key: &Key, node: &str) {
        self.clear_nomination(key);
        let node: Rc<str> = node.into();
        self.nominated
            .or_default(Rc::clone(&node))
            .insert(key.clone());
        self.nominations.insert(key.clone(), node);
    }

    pub fn clear_nomination(&mut self, key: &Key) -> Option<Rc<str>> {
        let node = self.nominations.remove(key)?;
        if let Some(keys) = self.nominated.get_mut(&node) {
            keys.remove(key);
            if keys.is_empty() {
                self.nominated.remove(&node);
            }
        }
        Some(node)
    }

    /// The node that preemption makes room on for this pod.
    pub fn nomination(&self, key: &Key) -> Option<&Rc<str>> {
        self.nominations.get(key)
    }

    /// The pods of a lower priority that are nominated to a node.
    pub fn nominated_below(&self, node: &str, priority: i32) -> Vec<Key> {
        self.nominated
            .get(node)
            .into_iter()
            .flatten()
            .filter(|key| {
                self.pods
                    .get(*key)
                    .is_some_and(|pod| pod.priority() < priority)
            })
            .cloned()
            .collect()
    }
}

/// A pod's requests can only change with its generation, or in another pod.
fn same_spec(old: &Pod, new: &Pod) -> bool {
    let (old, new) = (old.meta(), new.meta());
    new.generation > 0 && old.generation == new.generation && old.uid == new.uid
}
