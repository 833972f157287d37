//! Two strategies side by side at one moment: each side's nodes with their pods, and how far it is.

use super::compare::{CompareResult, Row};
use super::fleet::FleetView;
use super::node::{Health, health};
use super::page::{fleet, natural};
use super::pod::PodTile;
use super::scene::Scene;
use super::words::{Tone, clock, count};
use crate::api::object::Key;
use crate::cluster::Cluster;
use crate::explain::compare::race::Race;
use crate::session::lineage::Lineage;
use crate::sim::sort::Order;
use crate::sim::time::SimDuration;
use std::rc::Rc;

/// Up to so many nodes are shown with their pods as tiles; more are a map.
const TILES_MAX: usize = 24;
/// So many times as fast as it is.
pub const SPEEDS: [u32; 8] = [1, 2, 5, 10, 30, 60, 300, 1000];
/// Of these the one with which a race takes about so long.
const WHOLE_MS: u64 = 20_000;
/// After a strategy's last move: so long what keeps one that hangs is seen, and so long the last old pods end.
const HANG_MS: u64 = 30_000;
const REST_MS: u64 = 3_000;

/// What the view of two sides shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RacePane {
    /// What can be watched: rows of the result, with their strategies.
    pub choices: Rc<[(usize, String)]>,
    pub sides: [Rc<RaceSide>; 2],
    pub now_ms: u64,
    pub end_ms: u64,
    /// `0:07.3`
    pub now: String,
    pub end: String,
    pub is_playing: bool,
    pub is_over: bool,
    /// On its way to a moment, or to the beginning.
    pub is_seeking: bool,
    pub speed: u32,
}

/// One side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RaceSide {
    /// Its row of the result.
    pub row: usize,
    pub strategy: String,
    /// Its own time: it stands when the side is through.
    pub time: String,
    /// `Rolling out`, `Finished after 14 s`
    pub state: String,
    pub tone: Tone,
    pub is_over: bool,
    /// `2 of 3`
    pub updated: String,
    /// `2`
    pub available: String,
    pub worst: String,
    /// Pods beyond those that there were, now.
    pub extra: String,
    pub nodes: Vec<Rc<RaceNode>>,
    /// Instead of the nodes, when there are many.
    pub fleet: Option<Rc<FleetView>>,
    /// All of it in a sentence.
    pub summary: String,
}

/// A node with the pods that the DaemonSet has on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaceNode {
    pub name: Rc<str>,
    pub health: Health,
    pub pods: Vec<Rc<PodTile>>,
}

/// What one side looks like, kept from moment to moment.
#[derive(Debug, Default)]
pub struct Picture {
    scene: Scene,
    stamp: (Option<Lineage>, usize, u64),
    nodes: Vec<Rc<RaceNode>>,
    fleet: Option<Rc<FleetView>>,
}

impl Picture {
    fn follow(&mut self, cluster: &Cluster, lineage: &Lineage, set: &Key) {
        let entries = cluster.trace.len();
        let stamp = (Some(lineage.remember()), entries, cluster.now().0 / 1000);
        if self.stamp == stamp {
            return;
        }
        self.stamp = stamp;
        let set = cluster.server.daemon_sets.get(set);
        let touched = self.scene.follow(cluster, lineage, set);
        let nodes = &cluster.server.nodes;
        if nodes.len() > TILES_MAX {
            let view = fleet(cluster, &self.scene, &touched, self.fleet.as_deref());
            if self.fleet.as_deref() != Some(&view) {
                self.fleet = Some(Rc::new(view));
            }
            return;
        }
        let mut all: Vec<Rc<RaceNode>> = Vec::new();
        for node in nodes.iter() {
            let name = node.metadata.name.as_str();
            let pods = self.scene.owned_on(name);
            let mut pods: Vec<_> = pods.map(|pod| Rc::new(self.scene.tile(pod))).collect();
            // The old one first: it stays where it is when the new one comes.
            pods.order_by_key(|pod| pod.revision.map(|revision| revision.number));
            let node = RaceNode {
                name: name.into(),
                health: health(node),
                pods,
            };
            let known = self.nodes.iter().find(|known| ***known == node);
            all.push(known.cloned().unwrap_or_else(|| Rc::new(node)));
        }
        all.order_by(|a, b| natural(&a.name).cmp(&natural(&b.name)));
        self.nodes = all;
    }
}

/// The rows of a result that can be watched.
pub fn choices(result: &CompareResult) -> impl Iterator<Item = (usize, &Row)> {
    let rows = result.rows.iter().enumerate();
    rows.filter(|(_, row)| row.after_ms.is_some())
}

/// How long a strategy is watched.
pub fn watch_time(row: &Row) -> SimDuration {
    let more = if row.tone == Tone::Bad {
        HANG_MS
    } else {
        REST_MS
    };
    SimDuration(row.after_ms.unwrap_or(0) + more)
}

pub fn side(
    row: (usize, &Row),
    race: &Race,
    which: usize,
    set: &Key,
    picture: &mut Picture,
) -> RaceSide {
    let trial = &race.sides()[which];
    picture.follow(trial.cluster(), race.lineage(), set);
    let (index, row) = row;
    let is_hanging = row.tone == Tone::Bad;
    let over_at = match is_hanging {
        true => watch_time(row),
        false => SimDuration(row.after_ms.unwrap_or(0)),
    };
    let is_over = race.now() >= over_at;
    // What comes after the rollout isn't its doing.
    let tally = trial.tally(over_at);
    let (state, tone) = match is_over {
        false => ("Rolling out".to_owned(), Tone::Busy),
        true if is_hanging => (row.finish.clone(), Tone::Bad),
        true => (format!("Finished after {}", row.finish), Tone::Good),
    };
    let updated = format!("{} of {}", tally.updated, tally.desired);
    let (available, worst) = (tally.available.to_string(), tally.worst.to_string());
    RaceSide {
        row: index,
        time: clock(race.now().min(over_at).0),
        summary: format!(
            "{}: {state}, {updated} updated, {available} available, fewest {}, {}",
            row.strategy,
            worst,
            count(tally.extra.into(), "extra pod"),
        ),
        strategy: row.strategy.clone(),
        state,
        tone,
        is_over,
        updated,
        available,
        worst,
        extra: tally.extra.to_string(),
        nodes: picture.nodes.clone(),
        fleet: picture.fleet.clone(),
    }
}

/// A speed at which all of it can be watched.
pub fn speed_for(end: SimDuration) -> u32 {
    let fast = |speed: &&u32| end.0 / u64::from(**speed) <= WHOLE_MS;
    *SPEEDS.iter().find(fast).unwrap_or(&1000)
}
