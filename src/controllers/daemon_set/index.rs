//! The controller's pod cache with the two look-ups that a sync needs: the pods of an owner by target node, and the orphans of a namespace.

use super::pod::target_node;
use crate::api::apps::{CONTROLLER_REVISION_HASH, POD_TEMPLATE_GENERATION};
use crate::api::meta::Time;
use crate::api::object::{Key, Resource};
use crate::api::pod::{Pod, phase};
use crate::client::informer::Informer;
use crate::sim::map::{Map, Set};
use crate::sim::shared_map::SharedMap;
use crate::sim::sort::Order;
use std::rc::Rc;

type ByNode = SharedMap<Rc<str>, OnNode>;

/// Pods in the order in which they are taken.
type ByAge = Map<(Option<Time>, Key), Rc<Pod>>;

/// An owner's pods on one node. A surge on a node that refuses pods leaves thousands of failed ones, which a sync must not look
/// through each time: they lie apart, by revision and in the order in which they are taken.
#[derive(Clone, Debug, Default)]
struct OnNode {
    pods: Map<Key, Rc<Pod>>,
    failed: Map<[String; 2], ByAge>,
}

/// The revision of a failed pod that nothing but a look at all of them tells from the others.
fn failed_of(pod: &Pod) -> Option<[String; 2]> {
    let is_one = pod.status.phase == phase::FAILED
        && pod.is_bound()
        && !pod.is_ready()
        && !pod.metadata.is_terminating();
    let label = |name| pod.metadata.label(name).unwrap_or("").to_owned();
    is_one.then(|| [CONTROLLER_REVISION_HASH, POD_TEMPLATE_GENERATION].map(label))
}

impl OnNode {
    fn insert(&mut self, pod: &Rc<Pod>) {
        let key = pod.key();
        match failed_of(pod) {
            None => {
                self.pods.insert(key, Rc::clone(pod));
            }
            Some(revision) => {
                let order = (pod.metadata.creation_timestamp, key);
                let failed = self.failed.or_default(revision);
                failed.insert(order, Rc::clone(pod));
            }
        }
    }

    fn remove(&mut self, pod: &Pod) {
        let key = pod.key();
        let Some(revision) = failed_of(pod) else {
            self.pods.remove(&key);
            return;
        };
        if let Some(failed) = self.failed.get_mut(&revision) {
            failed.remove(&(pod.metadata.creation_timestamp, key));
            if failed.is_empty() {
                self.failed.remove(&revision);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.pods.is_empty() && self.failed.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &Rc<Pod>> {
        let failed = self.failed.values().flat_map(Map::values);
        self.pods.values().chain(failed)
    }

    /// Of the failed ones only the first two and the last of each revision.
    fn few(&self) -> Vec<Rc<Pod>> {
        let mut few: Vec<Rc<Pod>> = self.pods.values().cloned().collect();
        for failed in self.failed.values() {
            let first = failed.values().take(2);
            let last = failed.values().next_back().filter(|_| failed.len() > 2);
            few.extend(first.chain(last).cloned());
        }
        few
    }
}

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
                by_node.or_default(node_of(pod)).insert(pod);
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
            pods.remove(pod);
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

    fn at(&self, uid: &str, node: &str) -> Option<&OnNode> {
        self.owned.get(uid)?.get(node)
    }

    /// The owner's pods meant for a node, by name.
    pub fn on_node(&self, uid: &str, node: &str) -> Vec<Rc<Pod>> {
        let pods = self.at(uid, node).into_iter().flat_map(OnNode::all);
        let mut pods: Vec<Rc<Pod>> = pods.cloned().collect();
        pods.order_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        pods
    }

    /// Those of them that an assessment of the node rests on, however many failed there. Not enough where all are to go.
    pub fn few_on_node(&self, uid: &str, node: &str) -> Vec<Rc<Pod>> {
        self.at(uid, node).map(OnNode::few).unwrap_or_default()
    }

    /// Is one of the owner's pods bound to the node?
    pub fn is_bound_to(&self, uid: &str, node: &str) -> bool {
        let pods = self.at(uid, node);
        pods.is_some_and(|pods| !pods.failed.is_empty() || pods.pods.values().any(|p| p.is_bound()))
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
            .flat_map(|by_node| by_node.values().flat_map(OnNode::all))
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
