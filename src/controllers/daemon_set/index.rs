//! The controller's pod cache with the two look-ups that a sync needs: the pods of an owner by target node, and the orphans of a namespace.

use super::pod::target_node;
use crate::api::object::{Key, Resource};
use crate::api::pod::Pod;
use crate::client::informer::Informer;
use crate::sim::map::{Map, Set};
use crate::sim::shared_map::SharedMap;
use std::rc::Rc;

type ByNode = SharedMap<Rc<str>, Map<Key, Rc<Pod>>>;

#[derive(Clone, Debug, Default)]
pub struct PodIndex {
    pods: Informer<Pod>,
    owned: Map<Rc<str>, ByNode>,
    orphans: Map<Key, Rc<Pod>>,
}

/// Pods with no recognisable target node are listed under no name.
pub fn node_of(pod: &Pod) -> Rc<str> {
    target_node(pod).unwrap_or("").into()
}

fn owner_of(pod: &Pod) -> Option<&str> {
    pod.metadata
        .controller_ref()
        .map(|owner| owner.uid.as_str())
}

impl PodIndex {
    pub fn upsert(&mut self, pod: &Rc<Pod>) -> Option<Rc<Pod>> {
        let old = self.pods.upsert(pod);
        if let Some(old) = &old {
            self.unlink(old);
        }
        match owner_of(pod) {
            Some(uid) => {
                let by_node = match self.owned.get_mut(uid) {
                    Some(by_node) => by_node,
                    None => self.owned.or_default(uid.into()),
                };
                by_node
                    .or_default(node_of(pod))
                    .insert(pod.key(), Rc::clone(pod));
            }
            None => {
                self.orphans.insert(pod.key(), Rc::clone(pod));
            }
        }
        old
    }

    pub fn remove(&mut self, key: &Key) -> Option<Rc<Pod>> {
        let old = self.pods.remove(key)?;
        self.unlink(&old);
        Some(old)
    }

    fn unlink(&mut self, pod: &Pod) {
        let key = pod.key();
        let Some(uid) = owner_of(pod) else {
            self.orphans.remove(&key);
            return;
        };
        let Some(by_node) = self.owned.get_mut(uid) else {
            return;
        };
        let node = node_of(pod);
        if let Some(pods) = by_node.get_mut(&node) {
            pods.remove(&key);
            if pods.is_empty() {
                by_node.remove(&node);
            }
        }
        if by_node.is_empty() {
            self.owned.remove(uid);
        }
    }

    pub fn get(&self, key: &Key) -> Option<&Rc<Pod>> {
        self.pods.get(key)
    }

    /// The owner's pods meant for a node, by name.
    pub fn on_node(&self, uid: &str, node: &str) -> Vec<Rc<Pod>> {
        let pods = self.owned.get(uid).and_then(|by_node| by_node.get(node));
        pods.map(|pods| pods.values().cloned().collect())
            .unwrap_or_default()
    }

    /// Is one of the owner's pods bound to the node?
    pub fn is_bound_to(&self, uid: &str, node: &str) -> bool {
        let pods = self.owned.get(uid).and_then(|by_node| by_node.get(node));
        pods.is_some_and(|pods| pods.values().any(|p| p.is_bound()))
    }

    /// The nodes that the owner's pods are meant for.
    pub fn nodes_of(&self, uid: &str) -> impl Iterator<Item = &Rc<str>> {
        self.owned
            .get(uid)
            .into_iter()
            .flat_map(|by_node| by_node.keys())
    }

    pub fn owned_by(&self, uid: &str) -> impl Iterator<Item = &Rc<Pod>> {
        self.owned
            .get(uid)
            .into_iter()
            .flat_map(|by_node| by_node.values().flat_map(|pods| pods.values()))
    }

    pub fn orphans<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Rc<Pod>> {
        self.orphans
            .iter_from(&Key::new(namespace, ""))
            .take_while(move |(key, _)| &*key.namespace == namespace)
            .map(|(_, pod)| pod)
    }

    /// The hashes on the owner's pods.
    pub fn hashes(&self, uid: &str) -> Set<String> {
        let label = crate::api::apps::CONTROLLER_REVISION_HASH;
        self.owned_by(uid)
            .filter_map(|p| p.metadata.label(label).map(str::to_owned))
            .collect()
    }
}
