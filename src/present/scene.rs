//! What the view models are made of: the pods by node, and what each node is to the chosen DaemonSet.
//!
//! Kept from picture to picture: the trace tells what was written since, so following costs what has changed, not what
//! there is. After a jump (seeking back, undo, another session) it is made anew; both ways give the same.

use super::cluster::CARDS_MAX;
use super::pod::{self, PodRevision, PodTile, Revisions};
use super::rollout::{current_hash, is_owned, own_revisions, uses_budget};
use super::stage::ring::{Ring, RingKind};
use super::words::Tone;
use crate::api::apps::{CONTROLLER_REVISION_HASH, DaemonSet};
use crate::api::object::{Key, Kind};
use crate::api::pod::Pod;
use crate::apiserver::table::Table;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::assess::{Lens, assess};
use crate::controllers::daemon_set::history::template_of;
use crate::controllers::daemon_set::ledger::{Basis, Ledger};
use crate::controllers::daemon_set::pod::target_node;
use crate::controllers::daemon_set::sync::lens;
use crate::reason::daemon::Verdict;
use crate::session::lineage::Lineage;
use crate::sim::hash::fnv1a_64;
use crate::sim::map::{Map, Set};
use crate::sim::sort::Order;
use crate::sim::time::SimTime;
use crate::trace::{Entry, What};
use std::rc::Rc;

#[derive(Debug, Default)]
pub struct Scene {
    lineage: Option<Lineage>,
    /// How much of the trace has been looked at.
    seen: usize,
    pods: Table<Pod>,
    /// Pods by the node that they are on or meant for, each node's by key.
    by_node: Map<Rc<str>, Vec<Rc<Pod>>>,
    /// Pods that aren't bound.
    waiting: Map<Key, Rc<Pod>>,
    /// How many of them have a node, by owner's uid and revision hash.
    hashes: Map<String, Map<String, u32>>,
    revisions: Revisions,
    /// The chosen DaemonSet as its nodes were assessed, and what they were assessed with.
    set: Option<(Rc<DaemonSet>, Lens)>,
    /// Of the chosen DaemonSet, as a controller would have it that sees everything at once.
    ledger: Ledger,
    /// Nodes that use the budget and won't get better by waiting a moment.
    stuck: Set<Rc<str>>,
    /// The chosen DaemonSet's revisions, newest first: number, hash, images.
    history: Vec<(i64, String, String)>,
    /// What each pod waits for that has a known end.
    rings: Map<Key, Ring>,
    /// Which colour and glyph each DaemonSet has, by uid.
    marks: Map<String, u8>,
    /// Pods that are about to go.
    leaving: Vec<Key>,
    now: SimTime,
}

/// Entries in which the rings of a moment are looked for after a jump.
const RINGS_SEARCH_MAX: usize = 20_000;

/// DaemonSets told apart by colour and glyph; further ones share the first.
pub const MARKS: u8 = 6;

/// Where something may look different since the last picture.
#[derive(Debug, Default)]
pub struct Touched {
    pub is_everywhere: bool,
    pub nodes: Set<Rc<str>>,
    /// The user did something: also what the API doesn't show may be different.
    pub has_command: bool,
}

impl Scene {
    /// Brings it up to date.
    pub fn follow(
        &mut self,
        cluster: &Cluster,
        lineage: &Lineage,
        set: Option<&Rc<DaemonSet>>,
    ) -> Touched {
        let mut touched = Touched::default();
        let goes_on = self.lineage.as_ref() == Some(lineage);
        if !goes_on {
            *self = Scene::of(cluster);
            self.lineage = Some(lineage.remember());
            touched.is_everywhere = true;
        }
        self.count_down(cluster.now(), &mut touched);
        touched.is_everywhere |= self.mark_sets(cluster);
        // Cells of a map have no rings.
        let has_cards = cluster.server.nodes.len() <= CARDS_MAX;
        let mut has_revisions = !goes_on;
        for entry in cluster.trace.iter_from(self.seen) {
            let key = &entry.subject.key;
            let ringed = self.ring(cluster, entry);
            touched.nodes.extend(ringed.filter(|_| has_cards));
            match (entry.subject.kind, &entry.what) {
                (_, What::Command(_)) => touched.has_command = true,
                (_, What::Event { .. } | What::Woken(_) | What::Decided(_)) => {}
                (Kind::Pod, _) => self.follow_pod(cluster, key, &mut touched.nodes),
                (Kind::Node, _) => {
                    touched.nodes.insert(Rc::clone(&key.name));
                }
                (Kind::ControllerRevision, _) => has_revisions = true,
                _ => {}
            }
        }
        self.seen = cluster.trace.len();
        if has_revisions {
            let revisions = revisions(cluster);
            touched.is_everywhere |= self.revisions != revisions;
            self.revisions = revisions;
        }
        touched.is_everywhere |= self.choose(cluster, set, has_revisions);
        self.assess(cluster, &mut touched);
        touched
    }

    /// With all pods; nothing is assessed yet.
    fn of(cluster: &Cluster) -> Scene {
        let mut scene = Scene {
            seen: cluster.trace.len(),
            pods: cluster.server.pods.clone(),
            ..Scene::default()
        };
        for pod in cluster.server.pods.iter() {
            scene.link(pod);
        }
        scene.now = cluster.now();
        scene.mark_sets(cluster);
        let from = scene.seen.saturating_sub(RINGS_SEARCH_MAX);
        for entry in cluster.trace.iter_from(from) {
            scene.ring(cluster, entry);
        }
        scene
    }

    /// Takes in the ring that an entry begins, if its pod is still there; gives the pod's node.
    fn ring(&mut self, cluster: &Cluster, entry: &Entry) -> Option<Rc<str>> {
        let key = &entry.subject.key;
        if (entry.subject.kind, &entry.what) == (Kind::Pod, &What::Created) {
            // Another pod of the same name.
            self.rings.remove(key);
        }
        let ring = Ring::of(entry)?;
        let pod = cluster.server.pods.get(key)?;
        self.rings.insert(key.clone(), ring);
        target_node(pod).map(Rc::from)
    }

    /// Makes these the pods that are about to go.
    pub fn leave(&mut self, leaving: &[Key], touched: &mut Touched) {
        if self.leaving == leaving {
            return;
        }
        let before = std::mem::replace(&mut self.leaving, leaving.to_vec());
        let both = before.iter().chain(leaving);
        let nodes = both.filter_map(|key| target_node(self.pods.get(key)?));
        touched.nodes.extend(nodes.map(Rc::from));
    }

    /// A tile that counts seconds down is drawn again for each of them.
    fn count_down(&mut self, now: SimTime, touched: &mut Touched) {
        let before = std::mem::replace(&mut self.now, now);
        if now.0 / 1000 == before.0 / 1000 {
            return;
        }
        let is_counting =
            |ring: &Ring| ring.kind == RingKind::BackOff && before.0 < ring.until_ms + 1000;
        let counting = self.rings.iter().filter(|(_, ring)| is_counting(ring));
        let nodes = counting.filter_map(|(key, _)| target_node(self.pods.get(key)?));
        touched.nodes.extend(nodes.map(Rc::from));
    }

    /// Gives each DaemonSet a mark; true if there are others now.
    ///
    /// Its name says which: so it keeps its colour when others come and go, unless two want the same one.
    fn mark_sets(&mut self, cluster: &Cluster) -> bool {
        let sets = &cluster.server.daemon_sets;
        let is_same = sets.len() == self.marks.len()
            && sets
                .iter()
                .all(|set| self.marks.contains_key(&set.metadata.uid));
        if is_same {
            return false;
        }
        self.marks.clear();
        let mut all: Vec<_> = sets.iter().collect();
        all.order_by_key(|set| set.metadata.creation_timestamp);
        for set in all {
            let wanted = (fnv1a_64(set.metadata.name.as_bytes()) % u64::from(MARKS)) as u8;
            let is_free = |mark: &u8| !self.marks.values().any(|used| used == mark);
            let mut from = (0..MARKS).map(|step| (wanted + step) % MARKS);
            let mark = from.find(is_free).unwrap_or(wanted);
            self.marks.insert(set.metadata.uid.clone(), mark);
        }
        true
    }

    /// The DaemonSet's colour and glyph.
    pub fn mark(&self, uid: &str) -> Option<u8> {
        self.marks.get(uid).copied()
    }

    /// Of a single moment.
    pub fn at(cluster: &Cluster, set: &Rc<DaemonSet>) -> Scene {
        let mut scene = Scene::of(cluster);
        scene.choose(cluster, Some(set), true);
        scene.assess(cluster, &mut Touched::default());
        scene
    }

    fn follow_pod(&mut self, cluster: &Cluster, key: &Key, touched: &mut Set<Rc<str>>) {
        let (old, new) = (self.pods.get(key).cloned(), cluster.server.pods.get(key));
        // Several entries may be about the same pod.
        if old.as_ref().map(Rc::as_ptr) == new.map(Rc::as_ptr) {
            return;
        }
        if let Some(old) = old {
            touched.extend(self.unlink(key, &old));
            self.pods.remove(key);
            if new.is_none() {
                self.rings.remove(key);
            }
        }
        if let Some(new) = new {
            touched.extend(self.link(new));
            self.pods.insert(Rc::clone(new));
        }
    }

    /// Takes a pod in; gives its node.
    fn link(&mut self, pod: &Rc<Pod>) -> Option<Rc<str>> {
        if !pod.is_bound() {
            self.waiting.insert(Key::of(&pod.metadata), Rc::clone(pod));
        }
        let target = target_node(pod)?;
        let node = match self.by_node.get_key_value(target) {
            Some((node, _)) => Rc::clone(node),
            None => target.into(),
        };
        let pods = self.by_node.or_default(Rc::clone(&node));
        let place = pods.partition_point(|other| order(other) < order(pod));
        pods.insert(place, Rc::clone(pod));
        if let Some((uid, hash)) = revision_of(pod) {
            let counts = self.hashes.or_default(uid.to_owned());
            *counts.or_default(hash.to_owned()) += 1;
        }
        Some(node)
    }

    /// Takes a pod out; gives the node that it had.
    fn unlink(&mut self, key: &Key, pod: &Pod) -> Option<Rc<str>> {
        self.waiting.remove(key);
        let (node, _) = self.by_node.get_key_value(target_node(pod)?)?;
        let node = Rc::clone(node);
        if let Some(pods) = self.by_node.get_mut(&node) {
            pods.retain(|other| order(other) != order(pod));
            if pods.is_empty() {
                self.by_node.remove(&node);
            }
        }
        let count =
            revision_of(pod).and_then(|(uid, hash)| self.hashes.get_mut(uid)?.get_mut(hash));
        if let Some(count) = count {
            *count -= 1;
        }
        Some(node)
    }

    /// Makes this the chosen DaemonSet; true if every node has to be looked at for it.
    fn choose(
        &mut self,
        cluster: &Cluster,
        set: Option<&Rc<DaemonSet>>,
        has_revisions: bool,
    ) -> bool {
        let Some(set) = set else {
            self.ledger = Ledger::default();
            self.stuck.clear();
            return self.set.take().is_some();
        };
        let is_same = |(old, _): &(Rc<DaemonSet>, Lens)| {
            old.metadata.uid == set.metadata.uid
                && old.template_generation() == set.template_generation()
                && old.spec == set.spec
        };
        if !has_revisions && self.set.as_ref().is_some_and(is_same) {
            return false;
        }
        self.history = history(cluster, set);
        let hash = current_hash(cluster, set);
        let lens = lens(set, &hash);
        self.set = Some((Rc::clone(set), lens));
        let set = Rc::clone(set);
        let is_new = self.ledger.rebase(Basis { set, hash });
        if is_new {
            self.stuck.clear();
            for node in cluster.server.nodes.iter() {
                self.ledger.mark(&node.metadata.name.as_str().into());
            }
        }
        is_new
    }

    /// Assesses the nodes on which something happened, or which time has changed.
    fn assess(&mut self, cluster: &Cluster, touched: &mut Touched) {
        touched.nodes.extend(self.ledger.take_dirty(cluster.time()));
        for name in &touched.nodes {
            self.assess_node(cluster, name);
        }
    }

    fn assess_node(&mut self, cluster: &Cluster, name: &Rc<str>) {
        let Some((_, lens)) = &self.set else { return };
        let node = cluster.server.nodes.get(&Key::new("", name));
        let own: Vec<Rc<Pod>> = self.owned_on(name).cloned().collect();
        let assessment = node.map(|node| assess(lens, Some(node), &own, cluster.time()));
        let class = assessment.as_ref().and_then(|assessment| assessment.class);
        let is_ready = node.is_some_and(|node| node.is_ready());
        let is_stuck = class.is_some_and(|class| uses_budget(&class))
            && (!is_ready || own.iter().any(|pod| is_stuck(pod)));
        if is_stuck {
            self.stuck.insert(Rc::clone(name));
        } else {
            self.stuck.remove(name);
        }
        self.ledger.put(name, assessment);
    }

    /// What the chosen DaemonSet makes of a node.
    pub fn verdict(&self, node: &str) -> Option<&Verdict> {
        self.ledger.get(node)?.verdict.as_ref()
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub fn is_stuck(&self) -> bool {
        !self.stuck.is_empty()
    }

    pub fn min_ready_seconds(&self) -> u64 {
        let set = self.set.as_ref();
        set.map_or(0, |(set, _)| set.spec.min_ready_seconds.max(0) as u64)
    }

    pub fn on(&self, node: &str) -> &[Rc<Pod>] {
        self.by_node.get(node).map_or(&[], Vec::as_slice)
    }

    /// The chosen DaemonSet's pods on a node, by name.
    pub fn owned_on(&self, node: &str) -> impl Iterator<Item = &Rc<Pod>> {
        let set = self.set.as_ref().map(|(set, _)| set);
        let is_own = move |pod: &&Rc<Pod>| set.is_some_and(|set| is_owned(pod, set));
        self.on(node).iter().filter(is_own)
    }

    /// Pods that aren't bound, with their keys.
    pub fn waiting_by_key(&self) -> impl Iterator<Item = (&Key, &Rc<Pod>)> {
        self.waiting.iter()
    }

    /// Pods that aren't bound, by key.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Rc<Pod>> {
        self.waiting.values()
    }

    /// The chosen DaemonSet's revisions, newest first: number, hash, images.
    pub fn history(&self) -> &[(i64, String, String)] {
        &self.history
    }

    /// The chosen DaemonSet's name.
    pub fn set_name(&self) -> Option<&str> {
        self.set.as_ref().map(|(set, _)| &*set.metadata.name)
    }

    /// How many of an owner's pods are of a revision.
    pub fn pods_of(&self, uid: &str, hash: &str) -> u32 {
        let count = self.hashes.get(uid).and_then(|counts| counts.get(hash));
        count.copied().unwrap_or(0)
    }

    pub fn tile(&self, pod: &Pod) -> PodTile {
        let key = Key::of(&pod.metadata);
        let ring = self.rings.get(&key).copied();
        let owner = pod.metadata.controller_ref();
        let mark = owner.and_then(|owner| self.mark(&owner.uid));
        let mut tile = pod::tile(pod, &self.revisions, mark, ring, self.now);
        tile.is_leaving = self.leaving.contains(&key);
        tile
    }

    pub fn revision(&self, pod: &Pod) -> Option<PodRevision> {
        pod::revision(pod, &self.revisions)
    }
}

fn order(pod: &Pod) -> (&str, &str) {
    (&pod.metadata.namespace, &pod.metadata.name)
}

/// The owner's uid and the revision's hash; a pod without a label counts as of no revision.
fn revision_of(pod: &Pod) -> Option<(&str, &str)> {
    let owner = pod.metadata.controller_ref()?;
    let hash = pod.metadata.label(CONTROLLER_REVISION_HASH).unwrap_or("");
    Some((&owner.uid, hash))
}

/// Crashing, without its image, or without a node: not just on its way.
fn is_stuck(pod: &Pod) -> bool {
    is_refused(pod) || pod::state(pod).tone() == Tone::Bad
}

/// The scheduler found no place for it.
pub fn is_refused(pod: &Pod) -> bool {
    let scheduled = pod.status.condition("PodScheduled");
    scheduled.is_some_and(|condition| condition.status == "False")
}

/// The revision numbers by owner and hash; the highest of an owner is the current one.
fn revisions(cluster: &Cluster) -> Revisions {
    let mut revisions = Revisions::new();
    for revision in cluster.server.controller_revisions.iter() {
        let Some(owner) = revision.metadata.controller_ref() else {
            continue;
        };
        let Some(hash) = revision.metadata.label(CONTROLLER_REVISION_HASH) else {
            continue;
        };
        let (number, is_current) = (revision.revision, false);
        let own = revisions.or_default(owner.uid.clone());
        own.insert(hash.to_owned(), PodRevision { number, is_current });
    }
    for own in revisions.values_mut() {
        if let Some(newest) = own.values_mut().max_by_key(|revision| revision.number) {
            newest.is_current = true;
        }
    }
    revisions
}

fn history(cluster: &Cluster, set: &DaemonSet) -> Vec<(i64, String, String)> {
    let rows = own_revisions(cluster, set).map(|revision| {
        let hash = revision.metadata.label(CONTROLLER_REVISION_HASH);
        let images = template_of(revision).map(|template| {
            let images = template.spec.containers.iter().map(|c| c.image.as_str());
            images.collect::<Vec<_>>().join(", ")
        });
        (
            revision.revision,
            hash.unwrap_or("").to_owned(),
            images.unwrap_or_default(),
        )
    });
    let mut rows: Vec<_> = rows.collect();
    rows.order_by_key(|(number, ..)| std::cmp::Reverse(*number));
    rows
}
