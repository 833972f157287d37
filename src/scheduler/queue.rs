//! The scheduling queue: which pod is next, which ones wait, and what wakes them.
//!
//! A pod is *active*, in *back-off*, or *parked* because it didn't fit. A back-off only lets others go first: a scheduler that has nothing else to do doesn't wait for its end. A parked pod costs nothing until something happens that concerns it, or until it has been parked for five minutes.
//!
//! Models: pkg/scheduler/backend/queue (scheduling_queue.go, active_queue.go, backoff_queue.go, with gate SchedulerPopFromBackoffQ).
//! Differs:
//! - Parked pods are looked for by node, not by asking each failing plugin for a hint.
//! - The five minutes end exactly, not at the next of the 30-second checks.

use crate::api::object::Key;
use crate::sim::map::{Map, Set};
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::TraceId;
use std::cmp::Reverse;
use std::fmt;
use std::rc::Rc;

/// How long one scheduling cycle takes: some 300 pods a second.
///
/// Differs: constant; upstream's depends on the machine and the cluster.
pub const CYCLE: SimDuration = SimDuration::millis(3);
const BACK_OFF_FIRST: SimDuration = SimDuration::secs(1);
const BACK_OFF_MAX: SimDuration = SimDuration::secs(10);
const PARKED_MAX: SimDuration = SimDuration::secs(300);

/// Why a pod that didn't fit is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wake {
    NodeAdded { node: Rc<str> },
    NodeChanged { node: Rc<str> },
    PodLeft { pod: Key, node: Rc<str> },
    PodShrank { pod: Key, node: Rc<str> },
    NominationCleared { pod: Key, node: Rc<str> },
    OwnUpdate,
    ParkedLong,
}

impl fmt::Display for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wake::NodeAdded { node } => write!(f, "node/{node} added"),
            Wake::NodeChanged { node } => write!(f, "node/{node} changed"),
            Wake::PodLeft { pod, node } => write!(f, "pod/{} left {node}", pod.name),
            Wake::PodShrank { pod, node } => {
                write!(f, "pod/{} on {node} requests less", pod.name)
            }
            Wake::NominationCleared { pod, node } => {
                write!(f, "pod/{} no longer waits for {node}", pod.name)
            }
            Wake::OwnUpdate => f.write_str("the pod changed"),
            Wake::ParkedLong => f.write_str("unschedulable for 5 minutes"),
        }
    }
}

/// A pod that the queue hands out.
#[derive(Clone, Debug)]
pub struct Queued {
    pub key: Key,
    pub priority: i32,
    /// How often it was tried, this time included.
    pub attempts: u32,
    pub cause: Option<TraceId>,
    /// Why it is tried again; `None` the first time.
    pub wake: Option<Wake>,
    /// The reason it failed for last, where a node that joins may be news to it though it can't use that node.
    pub lacked: Lacked,
}

/// Models: EventsToRegister of NodePorts and NodeResourcesFit: every new node, or one that is large enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacked {
    pub ports: bool,
    pub resources: bool,
}

/// Where a pod is in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Active,
    BackOff {
        until: SimTime,
    },
    /// Unschedulable. `nodes` are those that it can wait for; empty is any.
    Parked {
        since: SimTime,
        nodes: Vec<Rc<str>>,
    },
}

#[derive(Clone, Debug)]
struct Entry {
    pod: Queued,
    place: Place,
    /// Where it stands in the order of its place.
    seq: u64,
    /// Since when it is active.
    at: SimTime,
}

#[derive(Clone, Debug, Default)]
pub struct SchedulingQueue {
    seq: u64,
    entries: Map<Key, Entry>,
    active: Map<(Reverse<i32>, SimTime, u64), Key>,
    back_off: Map<(SimTime, Reverse<i32>, u64), Key>,
    parked: Map<(SimTime, u64), Key>,
    by_node: Map<Rc<str>, Set<Key>>,
    anywhere: Set<Key>,
    /// When the next cycle ends; meaningful while a pod is active or in back-off.
    cycle_at: SimTime,
}

impl SchedulingQueue {
    /// Queues a pod that is new.
    pub fn add(&mut self, key: Key, priority: i32, now: SimTime, cause: Option<TraceId>) {
        let pod = Queued {
            key,
            priority,
            attempts: 0,
            cause,
            wake: None,
            lacked: Lacked::default(),
        };
        self.activate(pod, now);
    }

    pub fn contains(&self, key: &Key) -> bool {
        self.entries.contains_key(key)
    }

    pub fn place(&self, key: &Key) -> Option<&Place> {
        self.entries.get(key).map(|entry| &entry.place)
    }

    /// All pods in the queue and where they are.
    pub fn iter(&self) -> impl Iterator<Item = (&Queued, &Place)> {
        self.entries
            .values()
            .map(|entry| (&entry.pod, &entry.place))
    }

    /// Forgets a pod, wherever it is.
    pub fn remove(&mut self, key: &Key) -> Option<Queued> {
        let entry = self.entries.remove(key)?;
        match &entry.place {
            Place::Active => {
                let at = (Reverse(entry.pod.priority), entry.at, entry.seq);
                self.active.remove(&at);
            }
            Place::BackOff { until } => {
                let at = (window(*until), Reverse(entry.pod.priority), entry.seq);
                self.back_off.remove(&at);
            }
            Place::Parked { since, nodes } => {
                self.parked.remove(&(*since, entry.seq));
                self.anywhere.remove(key);
                for node in nodes {
                    if let Some(keys) = self.by_node.get_mut(node) {
                        keys.remove(key);
                        if keys.is_empty() {
                            self.by_node.remove(node);
                        }
                    }
                }
            }
        }
        Some(entry.pod)
    }

    fn insert(&mut self, pod: Queued, place: Place, now: SimTime) {
        self.seq += 1;
        let (key, seq) = (pod.key.clone(), self.seq);
        let idle = self.active.is_empty() && self.back_off.is_empty();
        if idle && !matches!(place, Place::Parked { .. }) {
            self.cycle_at = self.cycle_at.max(now + CYCLE);
        }
        match &place {
            Place::Active => {
                self.active
                    .insert((Reverse(pod.priority), now, seq), key.clone());
            }
            Place::BackOff { until } => {
                let at = (window(*until), Reverse(pod.priority), seq);
                self.back_off.insert(at, key.clone());
            }
            Place::Parked { since, nodes } => {
                self.parked.insert((*since, seq), key.clone());
                if nodes.is_empty() {
                    self.anywhere.insert(key.clone());
                }
                for node in nodes {
                    self.by_node.or_default(Rc::clone(node)).insert(key.clone());
                }
            }
        }
        let entry = Entry {
            pod,
            place,
            seq,
            at: now,
        };
        self.entries.insert(key, entry);
    }

    fn activate(&mut self, pod: Queued, now: SimTime) {
        self.insert(pod, Place::Active, now);
    }

    /// Keeps a pod that didn't fit until something happens on one of these nodes (on any, if there are none).
    pub fn park(&mut self, pod: Queued, nodes: Vec<Rc<str>>, now: SimTime) {
        self.insert(pod, Place::Parked { since: now, nodes }, now);
    }

    /// Wakes one pod, if it is parked: it becomes active, or waits for the rest of its back-off.
    pub fn wake(&mut self, key: &Key, wake: &Wake, cause: Option<TraceId>, now: SimTime) {
        let Some(Place::Parked { since, .. }) = self.place(key) else {
            return;
        };
        let since = *since;
        let Some(mut pod) = self.remove(key) else {
            return;
        };
        pod.wake = Some(wake.clone());
        pod.cause = cause;
        let until = since + back_off(pod.attempts);
        if until > now {
            self.insert(pod, Place::BackOff { until }, now);
        } else {
            self.activate(pod, now);
        }
    }

    /// Wakes the pods that can use this node.
    pub fn wake_node(&mut self, node: &str, wake: &Wake, cause: Option<TraceId>, now: SimTime) {
        if self.parked.is_empty() {
            return;
        }
        let mut keys: Vec<Key> = self
            .by_node
            .get(node)
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        keys.extend(self.anywhere.iter().cloned());
        for key in keys {
            self.wake(&key, wake, cause, now);
        }
    }

    /// When the queue has something to do, if ever.
    pub fn next_due(&self) -> Option<SimTime> {
        let parked = self
            .parked
            .first_key_value()
            .map(|((since, _), _)| *since + PARKED_MAX);
        self.next_progress().into_iter().chain(parked).min()
    }

    /// The same without the flush of pods that nothing has changed for.
    pub fn next_progress(&self) -> Option<SimTime> {
        let idle = self.active.is_empty() && self.back_off.is_empty();
        (!idle).then_some(self.cycle_at)
    }

    /// The next pod, if a cycle is over: an active one, else one in back-off. Ends back-offs and wakes the pods that were parked for long.
    pub fn pop(&mut self, now: SimTime) -> Option<Queued> {
        while let Some(((since, _), key)) = self.parked.first_key_value()
            && *since + PARKED_MAX <= now
        {
            let key = key.clone();
            let cause = self.entries.get(&key).and_then(|entry| entry.pod.cause);
            self.wake(&key, &Wake::ParkedLong, cause, now);
        }
        while let Some(((until, ..), key)) = self.back_off.first_key_value()
            && *until <= window(now)
        {
            let key = key.clone();
            if let Some(pod) = self.remove(&key) {
                self.activate(pod, now);
            }
        }
        if self.cycle_at > now {
            return None;
        }
        let active = self.active.first_key_value().map(|(_, key)| key);
        let waits = || self.back_off.first_key_value().map(|(_, key)| key);
        let key = active.or_else(waits)?.clone();
        let mut pod = self.remove(&key)?;
        pod.attempts = pod.attempts.saturating_add(1);
        self.cycle_at = now + CYCLE;
        Some(pod)
    }
}

/// Back-offs that end in the same second are equal; then priority decides.
///
/// Models: backoff_queue.go, alignToWindow.
fn window(at: SimTime) -> SimTime {
    SimTime(at.0 - at.0 % 1000)
}

/// 1 s, doubled with each attempt, at most 10 s.
///
/// Models: pkg/scheduler/backend/queue/backoff_queue.go, calculateBackoffDuration.
fn back_off(attempts: u32) -> SimDuration {
    (1..attempts.min(16)).fold(BACK_OFF_FIRST, |delay, _| delay.doubled(BACK_OFF_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::new("default", name)
    }

    fn pop(queue: &mut SchedulingQueue) -> Option<String> {
        let at = queue.next_due()?;
        queue
            .pop(at)
            .map(|pod| format!("{} {}", at.0, pod.key.name))
    }

    #[test]
    fn priority_then_time_decides_at_one_pod_a_cycle() {
        let mut queue = SchedulingQueue::default();
        queue.add(key("early"), 0, SimTime(10), None);
        queue.add(key("late"), 0, SimTime(11), None);
        queue.add(key("important"), 5, SimTime(12), None);
        let order: Vec<_> = std::iter::from_fn(|| pop(&mut queue)).collect();
        assert_eq!(order, ["13 important", "16 early", "19 late"]);
    }

    #[test]
    fn back_off_doubles_up_to_ten_seconds() {
        let delays: Vec<u64> = (1..=6).map(|n| back_off(n).0).collect();
        assert_eq!(delays, [1000, 2000, 4000, 8000, 10_000, 10_000]);
    }

    #[test]
    fn a_parked_pod_wakes_for_its_node_alone() {
        let mut queue = SchedulingQueue::default();
        queue.add(key("a"), 0, SimTime(0), None);
        let a = queue.pop(SimTime(3)).unwrap();
        queue.park(a, vec!["node-1".into()], SimTime(3));
        let wake = |node: &str| Wake::NodeChanged { node: node.into() };
        queue.wake_node("node-2", &wake("node-2"), None, SimTime(5));
        assert_eq!(queue.next_due(), Some(SimTime(300_003)));
        queue.wake_node("node-1", &wake("node-1"), None, SimTime(5));
        assert!(matches!(
            queue.place(&key("a")),
            Some(Place::BackOff { .. })
        ));
        assert_eq!(pop(&mut queue).as_deref(), Some("8 a"));
        assert_eq!(queue.next_due(), None);
    }

    #[test]
    fn a_back_off_lets_others_go_first() {
        let mut queue = SchedulingQueue::default();
        for (name, priority) in [("a", 0), ("b", 9)] {
            queue.add(key(name), priority, SimTime(0), None);
        }
        for at in [3, 6] {
            let pod = queue.pop(SimTime(at)).unwrap();
            queue.park(pod, Vec::new(), SimTime(at));
        }
        let wake = Wake::OwnUpdate;
        queue.wake(&key("a"), &wake, None, SimTime(10));
        queue.wake(&key("b"), &wake, None, SimTime(10));
        queue.add(key("new"), 0, SimTime(10), None);
        let order: Vec<_> = std::iter::from_fn(|| pop(&mut queue)).collect();
        assert_eq!(order, ["13 new", "16 b", "19 a"]);
    }

    #[test]
    fn a_pod_is_not_parked_for_more_than_five_minutes() {
        let mut queue = SchedulingQueue::default();
        queue.add(key("a"), 0, SimTime(0), None);
        let a = queue.pop(SimTime(3)).unwrap();
        queue.park(a, Vec::new(), SimTime(3));
        assert!(queue.pop(SimTime(300_002)).is_none());
        assert!(queue.pop(SimTime(300_003)).is_none());
        assert_eq!(queue.place(&key("a")), Some(&Place::Active));
    }

    #[test]
    fn a_removed_pod_leaves_nothing_to_do() {
        let mut queue = SchedulingQueue::default();
        queue.add(key("a"), 0, SimTime(0), None);
        let a = queue.pop(SimTime(3)).unwrap();
        queue.park(a, vec!["node-1".into()], SimTime(3));
        queue.remove(&key("a"));
        assert_eq!(queue.next_due(), None);
        assert!(queue.by_node.is_empty());
    }
}
