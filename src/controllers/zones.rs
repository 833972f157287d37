//! How many nodes of each zone are in trouble, and how fast their pods may be evicted.
//!
//! One node in ten seconds a zone gets its NoExecute taint. When most of a zone is down, one in a hundred seconds, or none if the zone is small (up to 50 nodes); when every node of every zone is down, none: then it is likelier that the control plane is cut off.
//!
//! Models: pkg/controller/nodelifecycle (ComputeZoneState, handleDisruption, setLimiterInZone) and scheduler/rate_limited_queue.go with a burst of one.

use crate::api::node::Node;
use crate::reason::node::{NodeDecision, ZoneState};
use crate::sim::map::{Map, Set};
use crate::sim::shared_map::SharedMap;
use crate::sim::time::{SimDuration, SimTime};
use std::rc::Rc;

const PERIOD: SimDuration = SimDuration::secs(10);
const SLOW_PERIOD: SimDuration = SimDuration::secs(100);
const LARGE_ZONE: u32 = 50;
/// A zone with more than two nodes down and this many of a hundred is disrupted.
const UNHEALTHY_PERCENT: u64 = 55;

#[derive(Clone, Debug, Default)]
pub struct Zones {
    zones: Map<String, Zone>,
    stopped: bool,
}

#[derive(Clone, Debug, Default)]
struct Zone {
    ready: u32,
    not_ready: Set<Rc<str>>,
    nodes: SharedMap<Rc<str>, bool>,
    state: ZoneState,
    waiting: Line,
    /// When the next node may be tainted.
    next_token: SimTime,
    armed: bool,
}

/// Nodes that wait, first come first served.
#[derive(Clone, Debug, Default)]
struct Line {
    seq: u64,
    order: Map<u64, Rc<str>>,
    places: Map<Rc<str>, u64>,
}

impl Line {
    fn push(&mut self, node: &Rc<str>) {
        if !self.places.contains_key(node) {
            self.seq += 1;
            self.order.insert(self.seq, Rc::clone(node));
            self.places.insert(Rc::clone(node), self.seq);
        }
    }

    fn pop(&mut self) -> Option<Rc<str>> {
        let (_, node) = self.order.pop_first()?;
        self.places.remove(&node);
        Some(node)
    }

    fn remove(&mut self, node: &str) {
        if let Some(place) = self.places.remove(node) {
            self.order.remove(&place);
        }
    }

    fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

/// What a look at the zones came to.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub decisions: Vec<NodeDecision>,
    /// Limiters that run (again) from then on.
    pub armed: Vec<(String, SimTime)>,
    /// All nodes of all zones have just gone down.
    pub all_down: bool,
    /// They were, and aren't any more.
    pub back: bool,
}

impl Zone {
    /// How long between two taints; `None`: none at all.
    fn period(&self) -> Option<SimDuration> {
        match self.state {
            ZoneState::Normal | ZoneState::Full => Some(PERIOD),
            ZoneState::Partial if self.nodes.len() as u64 > u64::from(LARGE_ZONE) => {
                Some(SLOW_PERIOD)
            }
            ZoneState::Partial => None,
        }
    }

    fn judge(&self) -> ZoneState {
        let (ready, not_ready) = (u64::from(self.ready), self.not_ready.len() as u64);
        if ready == 0 && not_ready > 0 {
            ZoneState::Full
        } else if not_ready > 2 && not_ready * 100 >= UNHEALTHY_PERCENT * (ready + not_ready) {
            ZoneState::Partial
        } else {
            ZoneState::Normal
        }
    }
}

impl Zones {
    /// Region and zone of a node, from its labels.
    ///
    /// Models: k8s.io/component-helpers/node/topology, GetZoneKey.
    pub fn key(node: &Node) -> String {
        let label = |key: &str| node.metadata.label(key).unwrap_or("");
        let region = label("topology.kubernetes.io/region");
        let zone = label("topology.kubernetes.io/zone");
        if region.is_empty() && zone.is_empty() {
            String::new()
        } else {
            format!("{region}:{zone}")
        }
    }

    pub fn set(&mut self, zone: &str, node: &Rc<str>, ready: bool) {
        if !self.zones.contains_key(zone) {
            self.zones.insert(zone.to_owned(), Zone::default());
        }
        let Some(zone) = self.zones.get_mut(zone) else {
            return;
        };
        let before = zone.nodes.insert(Rc::clone(node), ready);
        if before == Some(ready) {
            return;
        }
        if before == Some(true) {
            zone.ready = zone.ready.saturating_sub(1);
        }
        if ready {
            zone.ready += 1;
            zone.not_ready.remove(node);
        } else {
            zone.not_ready.insert(Rc::clone(node));
        }
    }

    pub fn remove(&mut self, key: &str, node: &str) {
        self.forget(key, node);
        let Some(zone) = self.zones.get_mut(key) else {
            return;
        };
        if zone.nodes.remove(node) == Some(true) {
            zone.ready = zone.ready.saturating_sub(1);
        }
        zone.not_ready.remove(node);
        if zone.nodes.is_empty() && !zone.armed {
            self.zones.remove(key);
        }
    }

    /// The node needs no taint any more.
    pub fn forget(&mut self, zone: &str, node: &str) {
        if let Some(zone) = self.zones.get_mut(zone) {
            zone.waiting.remove(node);
        }
    }

    /// All nodes that aren't ready, by zone and name.
    pub fn not_ready(&self) -> Vec<Rc<str>> {
        self.zones
            .values()
            .flat_map(|zone| zone.not_ready.iter().cloned())
            .collect()
    }

    /// The node waits for its NoExecute taint. Returns when to come for one, unless that is arranged already.
    pub fn enqueue(&mut self, zone: &str, node: &Rc<str>, now: SimTime) -> Option<SimTime> {
        let stopped = self.stopped;
        let zone = self.zones.get_mut(zone)?;
        zone.waiting.push(node);
        if stopped || zone.armed || zone.period().is_none() {
            return None;
        }
        zone.armed = true;
        // The monitor's look at the zones comes first.
        Some(zone.next_token.max(now + SimDuration::millis(100)))
    }

    /// Takes the next node, if the limiter lets it; and when to come again.
    pub fn take(&mut self, key: &str, now: SimTime) -> (Option<Rc<str>>, Option<SimTime>) {
        let stopped = self.stopped;
        let Some(zone) = self.zones.get_mut(key) else {
            return (None, None);
        };
        zone.armed = false;
        let Some(period) = zone.period().filter(|_| !stopped) else {
            return (None, None);
        };
        let node = if zone.next_token <= now {
            zone.waiting.pop()
        } else {
            None
        };
        if node.is_some() {
            zone.next_token = now + period;
        }
        zone.armed = !zone.waiting.is_empty();
        let next = zone.armed.then_some(zone.next_token);
        if zone.nodes.is_empty() && !zone.armed {
            self.zones.remove(key);
        }
        (node, next)
    }

    /// Which zones are in trouble now.
    pub fn judge(&mut self, now: SimTime) -> Judgement {
        let mut result = Judgement::default();
        let all_down =
            !self.zones.is_empty() && self.zones.values().all(|z| z.judge() == ZoneState::Full);
        let was_down = self.stopped;
        self.stopped = all_down;
        for (key, zone) in self.zones.iter_mut() {
            let state = zone.judge();
            if state != zone.state {
                zone.state = state;
                result.decisions.push(NodeDecision::Disruption {
                    zone: key.clone(),
                    state,
                    ready: zone.ready,
                    not_ready: zone.not_ready.len() as u32,
                });
            }
            if all_down && !was_down {
                zone.waiting = Line::default();
            }
            if !all_down && !zone.armed && !zone.waiting.is_empty() && zone.period().is_some() {
                zone.armed = true;
                result.armed.push((key.clone(), zone.next_token.max(now)));
            }
        }
        result.all_down = all_down && !was_down;
        result.back = was_down && !all_down;
        result
    }
}
