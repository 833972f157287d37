//! The whole screen, made anew from a session; what didn't change stays the same object.

use super::cluster::{CARDS_MAX, ClusterView, Density};
use super::daemon_set::{self, DaemonSetId, DaemonSetPanel};
use super::events::{self, EventFeed};
use super::fleet::{CellFlags, CellRevision, CellState, FleetNode, FleetView};
use super::node::{self, Machine, NodeCard, VerdictBadge};
use super::pod::{self, PodRevision, PodState, PodTile, Revisions};
use super::rollout::{Count, is_owned};
use super::timeline::{self, Pace, Speed, Timeline};
use super::why::{self, WhyPanel};
use super::words::{Tone, count};
use crate::api::apps::{CONTROLLER_REVISION_HASH, DaemonSet};
use crate::api::node::Node;
use crate::api::object::Key;
use crate::api::pod::{Pod, PodSpec};
use crate::cluster::Cluster;
use crate::controllers::daemon_set::eligibility::{verdict, with_daemon_tolerations};
use crate::reason::daemon::Verdict;
use crate::session::Session;
use crate::sim::time::SimTime;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the user looks at; everything else follows from the session.
pub struct Look<'a> {
    pub subject: Subject<'a>,
    pub daemon_set: Option<&'a DaemonSetId>,
    pub pace: Pace,
    pub speed: Speed,
    /// What happened last.
    pub last_line: &'a str,
}

/// What the why panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    None,
    Node(&'a Rc<str>),
    Pod(&'a pod::PodId),
}

impl Subject<'_> {
    /// Is it a pod, and its name: enough to see that it is another one.
    fn id(self) -> Option<(bool, Rc<str>)> {
        match self {
            Subject::None => None,
            Subject::Node(name) => Some((false, name.clone())),
            Subject::Pod(id) => Some((true, id.name.clone())),
        }
    }

    /// The node that is chosen, or that the chosen pod is on.
    fn node(self, cluster: &Cluster) -> Option<Rc<str>> {
        match self {
            Subject::None => None,
            Subject::Node(name) => Some(name.clone()),
            Subject::Pod(id) => {
                let pod = cluster
                    .server
                    .pods
                    .get(&Key::new(&id.namespace, &id.name))?;
                pod::target_node(pod).map(Rc::from)
            }
        }
    }
}

/// Everything on the screen but the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub daemon_sets: Rc<[DaemonSetId]>,
    pub panel: Option<Rc<DaemonSetPanel>>,
    pub cluster: Rc<ClusterView>,
    pub feed: Rc<EventFeed>,
    pub why: Option<Rc<WhyPanel>>,
    /// Instead of cards, when there are too many nodes for them.
    pub fleet: Option<Rc<FleetView>>,
    /// The chosen node, where there are no cards.
    pub focus: Option<Rc<NodeCard>>,
    pub timeline: Rc<Timeline>,
    stamp: Stamp,
    /// What `why` is about.
    subject: Option<(bool, Rc<str>)>,
}

/// When two of these are equal, the cluster looks the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Stamp {
    resource_version: u64,
    entries: usize,
    second: u64,
    hash: u64,
    chosen: Option<DaemonSetId>,
    nodes: usize,
    is_settled: bool,
    /// Since when the status has been something else than a fresh count.
    differs_since: Option<SimTime>,
}

impl Default for Page {
    fn default() -> Self {
        Page {
            daemon_sets: Rc::new([]),
            panel: None,
            cluster: Rc::new(ClusterView::default()),
            feed: Rc::new(EventFeed::default()),
            why: None,
            fleet: None,
            focus: None,
            timeline: Rc::new(Timeline::default()),
            stamp: Stamp::default(),
            subject: None,
        }
    }
}

impl Page {
    /// Follows the session; true if anything looks different now.
    pub fn refresh(&mut self, session: &Session, look: &Look<'_>) -> bool {
        let before = self.clone();
        let cluster = session.cluster();
        let chosen = chosen(cluster, look.daemon_set);
        let set = chosen
            .as_ref()
            .and_then(|id| cluster.server.daemon_sets.get(&key(id)))
            .cloned();
        let stamp = Stamp {
            resource_version: cluster.server.resource_version(),
            entries: cluster.trace.len(),
            second: cluster.now().0 / 1000,
            hash: cluster.trace.hash(),
            nodes: cluster.server.nodes.len(),
            is_settled: session.is_settled(),
            differs_since: self.stamp.differs_since,
            chosen,
        };
        let is_same = self.stamp == stamp;
        let has_moved = self.stamp.entries <= stamp.entries && look.pace != Pace::Paused;
        if !is_same {
            self.stamp = stamp;
            self.refresh_cluster(session, set.as_ref(), has_moved);
        }
        self.refresh_focus(cluster, look.subject, set.as_deref(), is_same);
        let subject = look.subject.id();
        if !is_same || subject != self.subject {
            let why = why::build(session, look.subject, set.as_deref());
            self.why = keep_some(why, &self.why);
            self.subject = subject;
        }
        self.timeline = keep(timeline::build(session, look), &self.timeline);
        let is_changed = !is_same && *self != before;
        is_changed
            || self.why != before.why
            || self.focus != before.focus
            || self.timeline != before.timeline
    }

    /// Beside the map, the chosen node still has its card.
    fn refresh_focus(
        &mut self,
        cluster: &Cluster,
        subject: Subject<'_>,
        set: Option<&DaemonSet>,
        is_same: bool,
    ) {
        let name = subject
            .node(cluster)
            .filter(|_| self.cluster.node_count > CARDS_MAX);
        let known = self.focus.as_ref().map(|card| &card.name);
        if is_same && name.as_ref() == known {
            return;
        }
        let node = name.and_then(|name| cluster.server.nodes.get(&Key::new("", &name)));
        let card = node.map(|node| card(&Scene::new(cluster, set), node, self.focus.as_ref()));
        self.focus = keep_some(card, &self.focus);
    }

    fn refresh_cluster(&mut self, session: &Session, set: Option<&Rc<DaemonSet>>, has_moved: bool) {
        let cluster = session.cluster();
        let ids: Vec<DaemonSetId> = cluster
            .server
            .daemon_sets
            .iter()
            .map(|set| id(set))
            .collect();
        if *self.daemon_sets != *ids {
            self.daemon_sets = ids.into();
        }
        let scene = Scene::new(cluster, set.map(Rc::as_ref));
        let view = view(&scene, &self.cluster, has_moved);
        self.cluster = keep(view, &self.cluster);
        let is_fleet = self.cluster.node_count > CARDS_MAX;
        self.fleet = keep_some(is_fleet.then(|| fleet(&scene)), &self.fleet);
        self.panel = match set {
            None => None,
            Some(set) => {
                let is_large = self.cluster.node_count > CARDS_MAX;
                let kept = is_large.then(|| Count::of_ledger(&scene, set)).flatten();
                let fresh = kept.unwrap_or_else(|| Count::take(&scene, set));
                self.stamp.differs_since = match self.stamp.differs_since {
                    _ if !fresh.differs(&set.status) => None,
                    Some(since) if since <= cluster.now() => Some(since),
                    _ => Some(cluster.now()),
                };
                let since = self.stamp.differs_since;
                // In flight, the controller is about to count again: only what stays different is stale.
                let is_stale = since
                    .is_some_and(|at| cluster.now().since(at).0 > 1000 || cluster.is_settled());
                keep_some(
                    Some(daemon_set::panel(&scene, set, &fresh, is_stale)),
                    &self.panel,
                )
            }
        };
        self.feed = keep(events::feed(cluster, &self.feed), &self.feed);
    }
}

/// The old object if the new one is equal, so that pointers tell what changed.
fn keep<T: PartialEq>(new: T, old: &Rc<T>) -> Rc<T> {
    if **old == new {
        Rc::clone(old)
    } else {
        Rc::new(new)
    }
}

fn keep_some<T: PartialEq>(new: Option<T>, old: &Option<Rc<T>>) -> Option<Rc<T>> {
    match (new, old) {
        (Some(new), Some(old)) => Some(keep(new, old)),
        (Some(new), None) => Some(Rc::new(new)),
        (None, _) => None,
    }
}

pub fn id(set: &DaemonSet) -> DaemonSetId {
    DaemonSetId {
        namespace: set.metadata.namespace.clone(),
        name: set.metadata.name.clone(),
    }
}

pub fn key(id: &DaemonSetId) -> Key {
    Key::new(&id.namespace, &id.name)
}

/// The DaemonSet that was chosen, if it is there, or the first one.
fn chosen(cluster: &Cluster, wanted: Option<&DaemonSetId>) -> Option<DaemonSetId> {
    let wanted = wanted.filter(|id| cluster.server.daemon_sets.get(&key(id)).is_some());
    wanted
        .cloned()
        .or_else(|| cluster.server.daemon_sets.iter().next().map(|set| id(set)))
}

/// What the view models are made of: the cluster, with its pods sorted by node.
pub struct Scene<'a> {
    pub cluster: &'a Cluster,
    pub set: Option<&'a DaemonSet>,
    pub revisions: Revisions,
    /// Pods by the node that they are on or meant for.
    pub pods: BTreeMap<&'a str, Vec<Rc<Pod>>>,
    /// Pods that aren't bound.
    pub waiting: Vec<Rc<Pod>>,
    pub pod_count: usize,
    /// The chosen DaemonSet's spec with the tolerations that its pods get.
    spec: Option<PodSpec>,
}

impl<'a> Scene<'a> {
    pub fn new(cluster: &'a Cluster, set: Option<&'a DaemonSet>) -> Scene<'a> {
        let mut pods: BTreeMap<&str, Vec<Rc<Pod>>> = BTreeMap::new();
        let mut waiting = Vec::new();
        for pod in cluster.server.pods.iter() {
            if let Some(node) = pod::target_node(pod) {
                pods.entry(node).or_default().push(Rc::clone(pod));
            }
            if !pod.is_bound() {
                waiting.push(Rc::clone(pod));
            }
        }
        Scene {
            cluster,
            set,
            revisions: revisions(cluster),
            pods,
            waiting,
            pod_count: cluster.server.pods.len(),
            spec: set.map(|set| with_daemon_tolerations(&set.spec.template.spec)),
        }
    }

    /// What the chosen DaemonSet makes of a node.
    pub fn verdict(&self, node: &Node) -> Option<Verdict> {
        self.spec.as_ref().map(|spec| verdict(spec, node))
    }

    pub fn on(&self, node: &str) -> &[Rc<Pod>] {
        self.pods.get(node).map_or(&[], Vec::as_slice)
    }

    pub fn tile(&self, pod: &Pod) -> PodTile {
        pod::tile(pod, &self.revisions)
    }
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
        let own = revisions.entry(owner.uid.clone()).or_default();
        own.insert(hash.to_owned(), PodRevision { number, is_current });
    }
    for own in revisions.values_mut() {
        if let Some(newest) = own.values_mut().max_by_key(|revision| revision.number) {
            newest.is_current = true;
        }
    }
    revisions
}

fn view(scene: &Scene<'_>, old: &ClusterView, is_moving: bool) -> ClusterView {
    const LANE_MAX: usize = 12;
    let nodes = scene.cluster.server.nodes.len();
    let mut known: BTreeMap<Rc<str>, Rc<NodeCard>> = BTreeMap::new();
    if nodes <= CARDS_MAX {
        known.extend(
            old.cards
                .iter()
                .map(|card| (card.name.clone(), card.clone())),
        );
    }
    let cards = scene
        .cluster
        .server
        .nodes
        .iter()
        .take(if nodes > CARDS_MAX { 0 } else { nodes })
        .map(|node| {
            let known = known.get(node.metadata.name.as_str());
            let card = card(scene, node, known);
            match known {
                Some(known) if **known == card => Rc::clone(known),
                _ => Rc::new(card),
            }
        });
    let mut cards: Vec<Rc<NodeCard>> = cards.collect();
    cards.sort_by(|a, b| natural(&a.name).cmp(&natural(&b.name)));
    let waits = scene.waiting.len();
    let mut summary = format!(
        "{}, {}",
        count(nodes as u64, "node"),
        count(scene.pod_count as u64, "pod")
    );
    if waits > 0 {
        summary.push_str(&format!(", {waits} without a node"));
    }
    ClusterView {
        summary,
        cards,
        node_count: nodes,
        density: Density::of(nodes),
        lane: scene
            .waiting
            .iter()
            .take(LANE_MAX)
            .map(|pod| Rc::new(scene.tile(pod)))
            .collect(),
        lane_total: waits,
        is_moving,
    }
}

/// `node-2` before `node-10`.
fn natural(name: &str) -> (&str, u64, &str) {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match name[digits.len()..].parse() {
        Ok(number) => (digits, number, ""),
        Err(_) => (name, 0, name),
    }
}

fn card(scene: &Scene<'_>, node: &Node, old: Option<&Rc<NodeCard>>) -> NodeCard {
    let name = node.metadata.name.as_str();
    let pods = scene.on(name);
    let tiles = pods.iter().map(|pod| {
        let tile = scene.tile(pod);
        match old.and_then(|card| card.pods.iter().find(|known| ***known == tile)) {
            Some(known) => Rc::clone(known),
            None => Rc::new(tile),
        }
    });
    let is_down = scene.cluster.parts.kubelets.is_down(name);
    let machine = Machine {
        is_down,
        is_not_ready: !is_down && node::health(node) == node::Health::NotReady,
    };
    let verdict = scene
        .verdict(node)
        .map(|verdict| badge(&verdict, !pods.is_empty()));
    node::card(node, pods, tiles.collect(), machine, verdict)
}

/// The verdict of the DaemonSet controller in a word and a sentence.
pub fn badge(verdict: &Verdict, has_pods: bool) -> VerdictBadge {
    let sentence = match verdict {
        Verdict::Run => "eligible: a pod belongs here".to_owned(),
        Verdict::Keep(taint) => {
            let taint = crate::api::taint::to_string(taint);
            if has_pods {
                format!("taint {taint} isn't tolerated: no new pod would come, the one here stays")
            } else {
                format!("taint {taint} isn't tolerated")
            }
        }
        Verdict::Skip(reason) => reason.to_string(),
    };
    let (word, tone) = match verdict {
        Verdict::Run => ("Wanted", Tone::Good),
        Verdict::Keep(_) if has_pods => ("Only tolerated", Tone::Warn),
        Verdict::Keep(_) | Verdict::Skip(_) => ("Not wanted", Tone::Plain),
    };
    VerdictBadge {
        word,
        tone,
        sentence,
    }
}

/// Every node as a cell.
fn fleet(scene: &Scene<'_>) -> FleetView {
    // Keys first: taking names apart at each comparison costs more than the rest of the picture.
    let nodes = scene.cluster.server.nodes.iter();
    let mut nodes: Vec<_> = nodes
        .map(|node| (natural(&node.metadata.name), node))
        .collect();
    nodes.sort_unstable_by_key(|(key, _)| *key);
    FleetView {
        nodes: nodes
            .into_iter()
            .map(|(_, node)| fleet_node(scene, node))
            .collect(),
    }
}

fn fleet_node(scene: &Scene<'_>, node: &Node) -> FleetNode {
    let name = node.metadata.name.as_str();
    let set = scene.set;
    let should_run = scene
        .verdict(node)
        .is_some_and(|verdict| verdict.should_run());
    let own = |pod: &&Rc<Pod>| set.is_some_and(|set| is_owned(pod, set));
    // While two are here, the one that is still to come is the one to watch.
    let own = scene.on(name).iter().filter(own);
    let pod = own.min_by_key(|pod| (pod.metadata.is_terminating(), pod.is_ready()));
    let state = match pod {
        _ if node::health(node) != node::Health::Ready => CellState::NodeDown,
        None if should_run => CellState::Missing,
        None => CellState::NotWanted,
        Some(pod) => match pod::state(pod) {
            PodState::Unscheduled => CellState::Pending,
            PodState::Pending | PodState::Pulling | PodState::Starting | PodState::Running => {
                CellState::Starting
            }
            PodState::Ready => CellState::Ready,
            PodState::Terminating | PodState::Succeeded => CellState::Terminating,
            PodState::CrashLoop | PodState::ImageError | PodState::Failed => CellState::Failed,
        },
    };
    let revision = pod.and_then(|pod| pod::revision(pod, &scene.revisions));
    FleetNode {
        name: name.into(),
        state,
        revision: match (pod, revision) {
            (None, _) => CellRevision::None,
            (Some(_), Some(revision)) if !revision.is_current => CellRevision::Old,
            (Some(_), _) => CellRevision::New,
        },
        pod: pod.map(|pod| pod.metadata.name.as_str().into()),
        flags: CellFlags {
            cordoned: node.spec.unschedulable,
            misscheduled: pod.is_some() && !should_run,
        },
    }
}
