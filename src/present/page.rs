//! The whole screen, made anew from a session; what didn't change stays the same object.

use super::availability::{AvailabilityChart, chart};
use super::cluster::{CARDS_MAX, ClusterView, Density};
use super::daemon_set::{self, DaemonSetId, DaemonSetPanel};
use super::events::{self, EventFeed};
use super::eye::{Eye, eye};
use super::fleet::group::{self, group_of};
use super::fleet::{CellFlags, CellRevision, CellState, FleetGroup, FleetNode, FleetView, GroupBy};
use super::groups::{Groups, badge, groups};
use super::node::{self, Machine, NodeCard};
use super::pod::{self, PodState};
use super::rollout::Count;
use super::scene::{self, Scene, Touched};
use super::stage::pacing::Shown;
use super::stage::strip::strip;
use super::timeline::{self, Pace, Speed, Timeline};
use super::why::{self, WhyPanel};
use super::words::count;
use crate::api::apps::{DaemonSet, DaemonSetStatus};
use crate::api::node::Node;
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::chunk::in_chunk;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::pod::target_node;
use crate::reason::daemon::Verdict;
use crate::session::Session;
use crate::session::history::Place;
use crate::session::lineage::Lineage;
use crate::sim::map::Map;
use crate::sim::sort::Order;
use crate::sim::time::SimTime;
use crate::trace::TraceId;
use std::rc::Rc;

// None of these is asked for before there was a command.
in_chunk!(engine 16, fn why(cluster: &Cluster, scene: &Scene, subject: Subject<'_>, set: Option<&DaemonSet>) -> Option<WhyPanel> = why::build);
in_chunk!(engine 17, fn eye_of(cluster: &Cluster, set: &DaemonSet) -> Eye = eye);
in_chunk!(engine 18, fn chart_of(cluster: &Cluster, set: &DaemonSet) -> Option<AvailabilityChart> = chart);
in_chunk!(engine 19, fn groups_of(cluster: &Cluster, scene: &Scene, set: &DaemonSet) -> Groups = groups);
in_chunk!(engine 20, fn fleet_of(cluster: &Cluster, scene: &Scene, touched: &Touched, old: Option<&FleetView>) -> FleetView = fleet);
in_chunk!(engine 21, fn fleet_groups(page: &mut Page, cluster: &Cluster, touched: Option<&Touched>) -> bool = Page::make_fleet_groups);
in_chunk!(engine 22, fn panel_of(page: &mut Page, cluster: &Cluster, set: &DaemonSet) -> DaemonSetPanel = Page::panel);

/// While many nodes play, the feed and the chart are made for every so many pictures: nobody reads sixty of them in a
/// second, and they are the most that there is to draw.
const DETAILS_EVERY: u32 = 20;

/// What the user looks at; everything else follows from the session.
pub struct Look<'a> {
    pub subject: Subject<'a>,
    pub daemon_set: Option<&'a DaemonSetId>,
    pub pace: Pace,
    pub speed: Speed,
    /// What the map's nodes are grouped by.
    pub group_by: GroupBy,
    /// Is the reconcile loop shown?
    pub has_eye: bool,
    /// The moment that is shown, if the session is ahead of it.
    pub cluster: Option<&'a Cluster>,
    pub shown: &'a Shown,
    /// What happened last.
    pub last_line: &'a str,
    /// Where we were before a jump.
    pub back: Option<Place>,
    /// The answer whose causes are being walked through.
    pub walk: Option<&'a WhyPanel>,
}

/// What the why panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    None,
    Node(&'a Rc<str>),
    Pod(&'a pod::PodId),
    /// A number of a DaemonSet's status, by its field.
    Figure(&'a DaemonSetId, &'static str),
    Event(TraceId),
}

impl Subject<'_> {
    /// The node that is chosen, or that the chosen pod is on.
    fn node(self, cluster: &Cluster) -> Option<Rc<str>> {
        match self {
            Subject::None | Subject::Figure(..) | Subject::Event(_) => None,
            Subject::Node(name) => Some(name.clone()),
            Subject::Pod(id) => {
                let pod = cluster
                    .server
                    .pods
                    .get(&Key::new(&id.namespace, &id.name))?;
                target_node(pod).map(Rc::from)
            }
        }
    }
}

/// Everything on the screen but the editor.
#[derive(Debug, Default)]
pub struct Page {
    pub daemon_sets: Rc<[DaemonSetId]>,
    /// The DaemonSets' colours and glyphs.
    pub marks: Vec<(DaemonSetId, u8)>,
    pub panel: Option<Rc<DaemonSetPanel>>,
    /// With very many nodes, as of the last time that nothing played.
    pub groups: Option<Rc<Groups>>,
    pub cluster: Rc<ClusterView>,
    pub feed: Rc<EventFeed>,
    /// Availability over time.
    pub chart: Option<Rc<AvailabilityChart>>,
    pub eye: Option<Rc<Eye>>,
    pub why: Option<Rc<WhyPanel>>,
    /// Instead of cards, when there are too many nodes for them.
    pub fleet: Option<Rc<FleetView>>,
    /// The map in groups, if they are wanted.
    pub fleet_groups: Rc<Vec<FleetGroup>>,
    group_by: GroupBy,
    /// The chosen node, where there are no cards.
    pub focus: Option<Rc<NodeCard>>,
    pub timeline: Rc<Timeline>,
    scene: Scene,
    stamp: Stamp,
    /// `groups` is older than the rest.
    groups_late: bool,
    /// What `why` is about.
    subject: String,
    /// Since when the status has been this one, and something else than a fresh count.
    differs: Option<(SimTime, DaemonSetStatus)>,
    /// How many pictures `feed` and `chart` are behind.
    behind: u32,
}

/// When two of these are equal, the cluster looks the same.
#[derive(Debug, Default, PartialEq)]
struct Stamp {
    lineage: Option<Lineage>,
    resource_version: u64,
    entries: usize,
    second: u64,
    chosen: Option<DaemonSetId>,
    is_settled: bool,
    shown: u32,
}

impl Page {
    /// Follows the session; true if anything looks different now.
    pub fn refresh(&mut self, session: &Session, look: &Look<'_>) -> bool {
        let cluster = look.cluster.unwrap_or(session.cluster());
        let chosen = chosen(cluster, look.daemon_set);
        let set = chosen
            .as_ref()
            .and_then(|id| cluster.server.daemon_sets.get(&key(id)))
            .cloned();
        let stamp = Stamp {
            lineage: Some(session.lineage().remember()),
            resource_version: cluster.server.resource_version(),
            entries: cluster.trace.len(),
            second: cluster.now().0 / 1000,
            is_settled: match look.cluster {
                Some(_) => look.shown.is_settled,
                None => session.is_settled(),
            },
            chosen,
            shown: look.shown.number,
        };
        let is_same = self.stamp == stamp;
        let is_quiet = self.stamp.entries == stamp.entries;
        let mut changed = false;
        if !is_same {
            self.stamp = stamp;
            changed |= self.refresh_cluster(session.lineage(), cluster, set.as_ref(), look.shown);
        }
        if self.group_by != look.group_by {
            self.group_by = look.group_by;
            changed |= self.refresh_fleet_groups(cluster, None);
        }
        changed |= self.refresh_groups(cluster, set.as_deref(), look.pace, is_same, is_quiet);
        self.behind += u32::from(!is_same || self.behind > 0);
        let is_busy = matches!(look.pace, Pace::Playing | Pace::Jumping)
            && self.cluster.node_count > CARDS_MAX;
        if self.behind >= if is_busy { DETAILS_EVERY } else { 1 } {
            self.behind = 0;
            let feed = events::feed(cluster, &self.feed);
            changed |= renew(&mut self.feed, feed);
            let chart = set.as_deref().and_then(|set| chart_of(cluster, set));
            changed |= renew_some(&mut self.chart, chart);
        }
        if !is_same || look.has_eye != self.eye.is_some() {
            let set = set.as_deref().filter(|_| look.has_eye);
            changed |= renew_some(&mut self.eye, set.map(|set| eye_of(cluster, set)));
        }
        changed |= self.refresh_focus(cluster, look.subject, is_same);
        let subject = format!("{:?}", look.subject);
        if !is_same || subject != self.subject {
            let why = match look.subject {
                Subject::None => None,
                subject => why(cluster, &self.scene, subject, set.as_deref()),
            };
            changed |= renew_some(&mut self.why, why);
            self.subject = subject;
        }
        let why = look.walk.or(self.why.as_deref());
        let causes = why.map_or(&[][..], |why| &why.causes);
        changed | renew(&mut self.timeline, timeline::build(session, look, causes))
    }

    /// All nodes are looked at for these, so with very many of them not while time passes.
    fn refresh_groups(
        &mut self,
        cluster: &Cluster,
        set: Option<&DaemonSet>,
        pace: Pace,
        is_same: bool,
        is_quiet: bool,
    ) -> bool {
        let is_many = self.cluster.node_count > CARDS_MAX;
        let is_playing = matches!(pace, Pace::Playing | Pace::Jumping);
        // Where nothing was written since the last picture there is time for it.
        let is_late = is_many && is_playing && !(self.groups_late && is_quiet);
        self.groups_late |= is_late && !is_same && !is_quiet;
        if is_late || (is_same && !self.groups_late) {
            return false;
        }
        self.groups_late = false;
        // Without nodes there is nothing to ask.
        let set = set.filter(|_| self.cluster.node_count > 0);
        let found = set.map(|set| groups_of(cluster, &self.scene, set));
        renew_some(&mut self.groups, found)
    }

    /// The map's groups, of which only what was touched is looked at, if that is known.
    fn refresh_fleet_groups(&mut self, cluster: &Cluster, touched: Option<&Touched>) -> bool {
        if self.group_by == GroupBy::Nothing || self.fleet.is_none() {
            return renew(&mut self.fleet_groups, Vec::new());
        }
        fleet_groups(self, cluster, touched)
    }

    fn make_fleet_groups(&mut self, cluster: &Cluster, touched: Option<&Touched>) -> bool {
        let by = self.group_by;
        let nodes = &cluster.server.nodes;
        let touched = touched.filter(|touched| !touched.is_everywhere);
        let followed = touched.and_then(|touched| {
            let mut groups = (*self.fleet_groups).clone();
            for name in &touched.nodes {
                let node = nodes.get(&Key::new("", name))?;
                let cell = fleet_node(&self.scene, node);
                group::replace(&mut groups, &group_of(node, by), cell).then_some(())?;
            }
            let count: u32 = groups.iter().map(|group| group.view.count()).sum();
            (count as usize == nodes.len()).then_some(groups)
        });
        let groups = followed.unwrap_or_else(|| {
            let cells = in_order(cluster);
            group::groups(cells.map(|node| (group_of(node, by), fleet_node(&self.scene, node))))
        });
        renew(&mut self.fleet_groups, groups)
    }

    /// Beside the map, the chosen node still has its card.
    fn refresh_focus(&mut self, cluster: &Cluster, subject: Subject<'_>, is_same: bool) -> bool {
        let name = subject
            .node(cluster)
            .filter(|_| self.cluster.node_count > CARDS_MAX);
        let known = self.focus.as_ref().map(|card| &card.name);
        if is_same && name.as_ref() == known {
            return false;
        }
        let node = name.and_then(|name| cluster.server.nodes.get(&Key::new("", &name)));
        let card = node.map(|node| card(cluster, &self.scene, node, self.focus.as_ref()));
        renew_some(&mut self.focus, card)
    }

    fn refresh_cluster(
        &mut self,
        lineage: &Lineage,
        cluster: &Cluster,
        set: Option<&Rc<DaemonSet>>,
        shown: &Shown,
    ) -> bool {
        let sets = cluster.server.daemon_sets.iter();
        let ids: Vec<DaemonSetId> = sets.map(|set| id(set)).collect();
        let mut changed = *self.daemon_sets != *ids;
        if changed {
            self.daemon_sets = ids.into();
        }
        let mut touched = self.scene.follow(cluster, lineage, set);
        self.scene.leave(&shown.leaving, &mut touched);
        let sets = cluster.server.daemon_sets.iter();
        let marks = sets.filter_map(|set| Some((id(set), self.scene.mark(&set.metadata.uid)?)));
        self.marks = marks.collect();
        let mut view = view(
            cluster,
            &self.scene,
            &touched,
            &self.cluster,
            !shown.is_jump,
        );
        view.strip = self.cluster.strip.clone();
        let set_now = set.map(Rc::as_ref);
        let strip = strip(cluster, &self.scene, set_now, shown, &view.strip);
        renew(&mut view.strip, strip);
        changed |= renew(&mut self.cluster, view);
        let is_fleet = self.cluster.node_count > CARDS_MAX;
        let fleet =
            is_fleet.then(|| fleet_of(cluster, &self.scene, &touched, self.fleet.as_deref()));
        changed |= renew_some(&mut self.fleet, fleet);
        changed |= self.refresh_fleet_groups(cluster, Some(&touched));
        let panel = set.map(|set| panel_of(self, cluster, set));
        changed | renew_some(&mut self.panel, panel)
    }

    fn panel(&mut self, cluster: &Cluster, set: &DaemonSet) -> DaemonSetPanel {
        let fresh = Count::of(cluster, &self.scene);
        let now = cluster.now();
        let is_behind = set.status.observed_generation < set.metadata.generation;
        self.differs = match self.differs.take() {
            _ if !is_behind && !fresh.differs(&set.status) => None,
            Some((since, status)) if since <= now && status == set.status => Some((since, status)),
            _ => Some((now, set.status.clone())),
        };
        // In flight, the controller is about to count again: only what stays different is stale.
        let is_stale = self
            .differs
            .as_ref()
            .is_some_and(|(since, _)| now.since(*since).0 > 1000 || cluster.is_settled());
        daemon_set::panel(&self.scene, set, &fresh, is_stale)
    }
}

/// Keeps the old object if the new one is equal, so that pointers tell what changed; true if it did.
fn renew<T: PartialEq>(old: &mut Rc<T>, new: T) -> bool {
    let changed = **old != new;
    if changed {
        *old = Rc::new(new);
    }
    changed
}

fn renew_some<T: PartialEq>(old: &mut Option<Rc<T>>, new: Option<T>) -> bool {
    let changed = old.as_deref() != new.as_ref();
    if changed {
        *old = new.map(Rc::new);
    }
    changed
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

fn view(
    cluster: &Cluster,
    scene: &Scene,
    touched: &Touched,
    old: &ClusterView,
    is_moving: bool,
) -> ClusterView {
    let count_all = cluster.server.nodes.len();
    let mut cards: Vec<Rc<NodeCard>> = Vec::new();
    if count_all <= CARDS_MAX {
        let is_anew = touched.is_everywhere || touched.has_command;
        let known = old.cards.iter().map(|card| (&*card.name, card));
        let known: Map<&str, &Rc<NodeCard>> = known.collect();
        cards.extend(cluster.server.nodes.iter().map(|node| {
            let name = node.metadata.name.as_str();
            match known.get(name) {
                Some(known) if !is_anew && !touched.nodes.contains(name) => Rc::clone(known),
                Some(known) => {
                    let card = card(cluster, scene, node, Some(known));
                    let is_same = card == ***known;
                    if is_same {
                        Rc::clone(known)
                    } else {
                        Rc::new(card)
                    }
                }
                None => Rc::new(card(cluster, scene, node, None)),
            }
        }));
        // New ones come last, so that none of those that are there moves.
        cards.order_by(|a, b| {
            let by_name = || natural(&a.name).cmp(&natural(&b.name));
            a.created.cmp(&b.created).then_with(by_name)
        });
    }
    let summary = format!(
        "{}, {}",
        count(count_all as u64, "node"),
        count(cluster.server.pods.len() as u64, "pod")
    );
    ClusterView {
        summary,
        cards,
        node_count: count_all,
        density: Density::of(count_all),
        strip: Rc::default(),
        is_moving,
    }
}

/// `node-2` before `node-10`.
pub fn natural(name: &str) -> (&str, u64, &str) {
    let digits = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match name[digits.len()..].parse() {
        Ok(number) => (digits, number, ""),
        Err(_) => (name, 0, name),
    }
}

fn card(cluster: &Cluster, scene: &Scene, node: &Node, old: Option<&Rc<NodeCard>>) -> NodeCard {
    let name = node.metadata.name.as_str();
    let pods = scene.on(name);
    // A pod that is on its way to be bound is in the scheduler's queue; one that can't be bound is waited for here.
    let here = |pod: &&Rc<Pod>| pod.is_bound() || scene::is_refused(pod);
    let mut pods_here: Vec<&Rc<Pod>> = pods.iter().filter(here).collect();
    // A new one comes last, so that none of those that are there moves.
    pods_here.order_by_key(|pod| pod.metadata.creation_timestamp);
    let tiles = pods_here.into_iter().map(|pod| {
        let tile = scene.tile(pod);
        match old.and_then(|card| card.pods.iter().find(|known| ***known == tile)) {
            Some(known) => Rc::clone(known),
            None => Rc::new(tile),
        }
    });
    let is_down = cluster.parts.kubelets.is_down(name);
    let machine = Machine {
        is_down,
        is_not_ready: !is_down && node::health(node) == node::Health::NotReady,
    };
    node::card(node, pods, tiles.collect(), machine, badge(scene, node))
}

/// Every node as a cell. What wasn't touched is taken from the old view.
pub(super) fn fleet(
    cluster: &Cluster,
    scene: &Scene,
    touched: &Touched,
    old: Option<&FleetView>,
) -> FleetView {
    let nodes = &cluster.server.nodes;
    let followed = old.filter(|_| !touched.is_everywhere).and_then(|old| {
        let mut view = old.clone();
        for name in &touched.nodes {
            let node = nodes.get(&Key::new("", name))?;
            view.replace(fleet_node(scene, node)).then_some(())?;
        }
        (view.count() as usize == nodes.len()).then_some(view)
    });
    followed.unwrap_or_else(|| {
        let nodes = in_order(cluster);
        nodes.map(|node| fleet_node(scene, node)).collect()
    })
}

/// All nodes, `node-2` before `node-10`.
fn in_order(cluster: &Cluster) -> impl Iterator<Item = &Rc<Node>> {
    // Keys first: taking names apart at each comparison costs more than the rest of the picture.
    let nodes = cluster.server.nodes.iter();
    let keyed = nodes.map(|node| (natural(&node.metadata.name), node));
    let mut keyed: Vec<_> = keyed.collect();
    keyed.order_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, node)| node)
}

fn cell_state(pod: &Pod) -> CellState {
    match pod::state(pod) {
        PodState::Unscheduled => CellState::Pending,
        PodState::Pending | PodState::Pulling | PodState::Starting | PodState::Running => {
            CellState::Starting
        }
        PodState::Ready => CellState::Ready,
        PodState::Terminating | PodState::Succeeded => CellState::Terminating,
        PodState::CrashLoop | PodState::ImageError | PodState::Failed => CellState::Failed,
    }
}

fn fleet_node(scene: &Scene, node: &Node) -> FleetNode {
    let name = node.metadata.name.as_str();
    let should_run = scene.verdict(name).is_some_and(Verdict::should_run);
    // While two are here, the one that is still to come is the one to watch.
    let watched = |pod: &&Rc<Pod>| (pod.metadata.is_terminating(), pod.is_ready());
    let pod = scene.owned_on(name).min_by_key(watched);
    let is_down = node::health(node) != node::Health::Ready;
    let state = match pod {
        _ if is_down => CellState::NodeDown,
        None if should_run => CellState::Missing,
        None => CellState::NotWanted,
        Some(pod) => cell_state(pod),
    };
    let revision = |pod: &Rc<Pod>| match scene.revision(pod) {
        Some(revision) if !revision.is_current => CellRevision::Old,
        _ => CellRevision::New,
    };
    let others = scene
        .owned_on(name)
        .filter(|other| !is_down && pod.is_some_and(|pod| !Rc::ptr_eq(pod, other)));
    FleetNode {
        name: name.into(),
        state,
        revision: pod.map_or(CellRevision::None, revision),
        second: others
            .min_by_key(watched)
            .map(|other| (cell_state(other), revision(other))),
        pod: pod.map(|pod| pod.metadata.name.as_str().into()),
        flags: CellFlags {
            cordoned: node.spec.unschedulable,
            misscheduled: pod.is_some() && !should_run,
        },
    }
}

#[cfg(test)]
mod tests;
