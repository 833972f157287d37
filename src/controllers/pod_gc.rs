//! Pod garbage collection: pods of nodes that are gone, pods that were being deleted before they had a node, and too many ended pods.
//!
//! Upstream looks every 20 seconds. Here the same ticks are armed only while there may be something to do.
//!
//! Models: pkg/controller/podgc/gc_controller.go.
//! Differs: pods on nodes with the out-of-service taint aren't treated; a pod that a finalizer keeps is tried once, not every 20 seconds.

use super::pods_by_node::PodsByNode;
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::{Pod, phase};
use crate::apiserver::{Change, DeleteOptions, WatchEvent};
use crate::client::{Client, Component};
use crate::reason::Decision;
use crate::reason::node::NodeDecision;
use crate::sim::map::{Map, Set};
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, TraceId};
use std::cmp::Reverse;
use std::rc::Rc;

pub const PERIOD: SimDuration = SimDuration::secs(20);
/// How long a node has to be unknown before its pods go.
pub const QUARANTINE: SimDuration = SimDuration::secs(40);
pub const TERMINATED_POD_THRESHOLD: usize = 12_500;

#[derive(Clone, Debug)]
pub struct PodGc {
    pods: PodsByNode,
    nodes: Set<Rc<str>>,
    /// Unknown nodes with pods: since when a look knows of them, and what made the node go.
    quarantine: Map<Rc<str>, (Option<SimTime>, Option<TraceId>)>,
    /// Being deleted, and never bound.
    unscheduled: Set<Key>,
    /// Ended pods in the order in which they go.
    terminated: Set<(Ended, Key)>,
    threshold: usize,
    next: Option<SimTime>,
}

impl Default for PodGc {
    fn default() -> Self {
        PodGc {
            pods: PodsByNode::default(),
            nodes: Set::new(),
            quarantine: Map::new(),
            unscheduled: Set::new(),
            terminated: Set::new(),
            threshold: TERMINATED_POD_THRESHOLD,
            next: None,
        }
    }
}

/// Evicted pods first, then the oldest.
///
/// Models: byEvictionAndCreationTimestamp.
type Ended = (Reverse<bool>, Option<Time>);

fn place(pod: &Pod) -> (Ended, Key) {
    let evicted = pod.status.phase == phase::FAILED && pod.status.reason == "Evicted";
    let ended = (Reverse(evicted), pod.metadata.creation_timestamp);
    (ended, pod.key())
}

/// The first tick at or after `now`.
fn tick(now: SimTime) -> SimTime {
    SimTime(now.0.div_ceil(PERIOD.0) * PERIOD.0)
}

impl Component for PodGc {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        match &event.object {
            Object::Node(node) => {
                let name: Rc<str> = node.metadata.name.as_str().into();
                if event.change == Change::Deleted {
                    self.nodes.remove(&name);
                    if self.pods.on(&name).next().is_some() {
                        self.quarantine.insert(name, (None, event.cause));
                    }
                } else {
                    self.quarantine.remove(&name);
                    self.nodes.insert(name);
                }
            }
            Object::Pod(pod) => self.observe_pod(pod, event),
            _ => return,
        }
        if self.next.is_none() && self.has_work() {
            self.next = Some(tick(now));
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        self.next
    }

    /// One look at everything that may have to go.
    fn run(&mut self, client: &mut Client<'_>) {
        if self.next.is_none_or(|at| at > client.now) {
            return;
        }
        client.actor = Actor::PodGarbageCollector;
        self.collect_terminated(client);
        self.collect_orphaned(client);
        for key in std::mem::take(&mut self.unscheduled) {
            if let Some(pod) = self.pods.get(&key).cloned() {
                client.cause = None;
                let pod_name = Rc::clone(&key.name);
                decide(
                    client,
                    &key,
                    NodeDecision::UnscheduledTerminating { pod: pod_name },
                );
                fail_and_delete(client, &pod, None);
            }
        }
        let again = client.now + PERIOD;
        self.next = self.has_work().then_some(again);
    }
}

impl PodGc {
    fn has_work(&self) -> bool {
        !self.quarantine.is_empty()
            || !self.unscheduled.is_empty()
            || self.terminated.len() > self.threshold
    }

    fn observe_pod(&mut self, pod: &Rc<Pod>, event: &WatchEvent) {
        let key = pod.key();
        if event.change == Change::Deleted {
            let node: Rc<str> = pod.spec.node_name.as_str().into();
            self.pods.remove(&key);
            self.unscheduled.remove(&key);
            self.terminated.remove(&place(pod));
            if self.pods.on(&node).next().is_none() {
                self.quarantine.remove(&node);
            }
            return;
        }
        let old = self.pods.upsert(pod);
        if let Some(old) = &old {
            self.terminated.remove(&place(old));
        }
        if pod.is_terminal() {
            self.terminated.insert(place(pod));
        }
        let was_terminating = old.as_ref().is_some_and(|p| p.metadata.is_terminating());
        if pod.metadata.is_terminating() && !pod.is_bound() && !was_terminating {
            self.unscheduled.insert(key);
        }
        let newly_bound = old.is_none_or(|old| old.spec.node_name != pod.spec.node_name);
        if newly_bound && pod.is_bound() && !self.nodes.contains(pod.spec.node_name.as_str()) {
            let node: Rc<str> = pod.spec.node_name.as_str().into();
            self.quarantine.or_insert(node, (None, event.cause));
        }
    }

    /// Models: gcTerminated: those beyond the threshold, evicted ones first, then the oldest.
    fn collect_terminated(&mut self, client: &mut Client<'_>) {
        let surplus = self.terminated.len().saturating_sub(self.threshold);
        let oldest: Vec<_> = self.terminated.iter().take(surplus).cloned().collect();
        for place in oldest {
            self.terminated.remove(&place);
            let (_, key) = place;
            let Some(pod) = self.pods.get(&key).cloned() else {
                continue;
            };
            client.cause = None;
            let decision = NodeDecision::TooManyTerminated {
                pod: Rc::clone(&key.name),
                kept: u32::try_from(self.threshold).unwrap_or(u32::MAX),
            };
            decide(client, &key, decision);
            fail_and_delete(client, &pod, None);
        }
    }

    /// Models: gcOrphaned: the first look notes the unknown node, a later one, after the quarantine and a live check, deletes its pods.
    fn collect_orphaned(&mut self, client: &mut Client<'_>) {
        let now = client.now;
        let mut gone = Vec::new();
        for (node, (since, cause)) in self.quarantine.iter_mut() {
            match since {
                None => *since = Some(now),
                Some(since) if now.since(*since) >= QUARANTINE => {
                    gone.push((Rc::clone(node), *cause));
                }
                Some(_) => {}
            }
        }
        for (node, cause) in gone {
            self.quarantine.remove(&node);
            if client.server.get::<Node>(&Key::new("", &node)).is_some() {
                continue;
            }
            let pods: Vec<_> = self.pods.on(&node).cloned().collect();
            for pod in pods {
                client.cause = cause;
                let key = pod.key();
                let pod_name = Rc::clone(&key.name);
                decide(client, &key, NodeDecision::Orphaned { pod: pod_name });
                let condition = ("DeletionByPodGC", "PodGC: node no longer exists");
                fail_and_delete(client, &pod, Some(condition));
            }
        }
    }
}

fn decide(client: &mut Client<'_>, key: &Key, decision: NodeDecision) {
    client.decide(Kind::Pod, key, Decision::Node(decision));
}

/// Models: markFailedAndDeletePodWithCondition.
fn fail_and_delete(client: &mut Client<'_>, pod: &Rc<Pod>, condition: Option<(&str, &str)>) {
    let key = pod.key();
    let same = client
        .server
        .get::<Pod>(&key)
        .is_some_and(|live| live.metadata.uid == pod.metadata.uid);
    if !same {
        return;
    }
    let now = client.time();
    // Either write can only find that the pod went, which is what it is for.
    let _ = client.patch_status::<Pod>(&key, "status: failed by pod GC", |pod| {
        if pod.is_terminal() {
            return;
        }
        phase::FAILED.clone_into(&mut pod.status.phase);
        if let Some((reason, message)) = condition {
            pod.status
                .set_condition("DisruptionTarget", "True", reason, message, now);
        }
    });
    let options = DeleteOptions {
        grace_period_seconds: Some(0),
        uid: Some(pod.metadata.uid.clone()),
        ..DeleteOptions::default()
    };
    let _ = client.delete::<Pod>(&key, &options);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::harness::{self, Harness};

    fn scene() -> (Harness, PodGc) {
        let mut h = Harness::default();
        h.add(harness::node("node-1"));
        h.add(harness::pod("a", "node-1", "app:1"));
        let mut gc = PodGc::default();
        h.run_for_secs(5, &mut [&mut gc]);
        assert_eq!(gc.next_due(), None, "nothing to collect, nothing armed");
        (h, gc)
    }

    fn remove_node(h: &mut Harness) {
        let options = DeleteOptions::default();
        h.client()
            .delete::<Node>(&Key::new("", "node-1"), &options)
            .unwrap();
    }

    #[test]
    fn pods_of_a_removed_node_go_after_the_quarantine() {
        let (mut h, mut gc) = scene();
        remove_node(&mut h);
        // Noticed at 20 s, deleted at 60 s.
        h.run_until(SimTime(59_999), &mut [&mut gc]);
        assert!(h.has_pod("a"));
        h.run_until(SimTime(60_000), &mut [&mut gc]);
        assert!(!h.has_pod("a"));
        assert_eq!(gc.next_due(), None);
        let last = h.trace.iter().next_back().unwrap().to_string();
        assert_eq!(last, "60000 pod-garbage-collector pod/a deleted");
    }

    #[test]
    fn a_node_that_comes_back_in_time_keeps_its_pods() {
        let (mut h, mut gc) = scene();
        remove_node(&mut h);
        h.run_until(SimTime(50_000), &mut [&mut gc]);
        h.add(harness::node("node-1"));
        h.run_until(SimTime(200_000), &mut [&mut gc]);
        assert!(h.has_pod("a"));
        assert_eq!(gc.next_due(), None);
    }

    #[test]
    fn evicted_pods_go_then_the_oldest() {
        let (mut h, mut gc) = scene();
        gc.threshold = 2;
        for (name, reason) in [
            ("p1", ""),
            ("p2", ""),
            ("p3", "Evicted"),
            ("p4", "OutOfcpu"),
        ] {
            h.add(harness::pod(name, "node-1", "app:1"));
            let key = Key::new("default", name);
            h.client()
                .patch_status::<Pod>(&key, "ended", |p| {
                    p.status.phase = phase::FAILED.to_owned();
                    p.status.reason = reason.to_owned();
                })
                .unwrap();
            h.run_for_secs(1, &mut [&mut gc]);
        }
        h.run_for_secs(20, &mut [&mut gc]);
        let left = ["p1", "p2", "p3", "p4"].map(|name| h.has_pod(name));
        assert_eq!(left, [false, true, false, true]);
        assert_eq!(gc.next_due(), None);
    }

    #[test]
    fn an_unbound_terminating_pod_is_tried_once() {
        let (mut h, mut gc) = scene();
        let mut pod = harness::pod("held", "", "app:1");
        pod.metadata.finalizers = vec!["example.com/hold".to_owned()];
        h.add(pod);
        let key = Key::new("default", "held");
        h.client()
            .delete::<Pod>(&key, &DeleteOptions::default())
            .unwrap();
        h.run_for_secs(120, &mut [&mut gc]);
        assert_eq!(h.pod("held").status.phase, phase::FAILED);
        assert_eq!(gc.next_due(), None);
    }
}
