//! An informer of pods that also knows which of them are on which node, so that a change of one node costs as much as it has pods.

use crate::api::object::{Key, Resource};
use crate::api::pod::Pod;
use crate::client::informer::Informer;
use crate::sim::map::Set;
use crate::sim::shared_map::SharedMap;
use std::rc::Rc;

#[derive(Clone, Debug, Default)]
pub struct PodsByNode {
    pods: Informer<Pod>,
    by_node: SharedMap<Rc<str>, Set<Key>>,
}

impl PodsByNode {
    /// Takes an added or modified pod; returns what was known before.
    pub fn upsert(&mut self, pod: &Rc<Pod>) -> Option<Rc<Pod>> {
        let old = self.pods.upsert(pod);
        let same = old
            .as_ref()
            .is_some_and(|old| old.spec.node_name == pod.spec.node_name);
        if !same {
            if let Some(old) = &old {
                self.unlink(old);
            }
            if pod.is_bound() {
                self.by_node
                    .or_default(pod.spec.node_name.as_str().into())
                    .insert(pod.key());
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
        let node = pod.spec.node_name.as_str();
        if let Some(keys) = self.by_node.get_mut(node) {
            keys.remove(&pod.key());
            if keys.is_empty() {
                self.by_node.remove(node);
            }
        }
    }

    pub fn get(&self, key: &Key) -> Option<&Rc<Pod>> {
        self.pods.get(key)
    }

    /// The pods bound to a node, by name.
    pub fn on<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Rc<Pod>> {
        self.by_node
            .get(node)
            .into_iter()
            .flatten()
            .filter_map(|key| self.pods.get(key))
    }

    /// The nodes that have pods, whether they exist or not.
    pub fn nodes(&self) -> impl Iterator<Item = &Rc<str>> {
        self.by_node.keys()
    }

    pub fn len(&self) -> usize {
        self.pods.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }
}
