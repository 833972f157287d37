//! Taint eviction: pods that don't tolerate a NoExecute taint of their node are deleted, at once or after their tolerationSeconds.
//!
//! Models: pkg/controller/tainteviction/taint_eviction.go.
//! Differs: pods that are being deleted already are left alone, so that the event doesn't come twice.

use super::pods_by_node::PodsByNode;
use crate::api::node::{Node, Taint};
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::{Pod, Toleration};
use crate::api::taint;
use crate::apiserver::{Change, DeleteOptions, WatchEvent};
use crate::client::events::reference;
use crate::client::{Client, Component};
use crate::reason::Decision;
use crate::reason::node::NodeDecision;
use crate::sim::map::Map;
use crate::sim::queue::{EventQueue, Ticket};
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, TraceId};
use std::rc::Rc;

#[derive(Clone, Debug, Default)]
pub struct TaintEviction {
    pods: PodsByNode,
    /// The NoExecute taints of the nodes that have some.
    tainted: Map<Rc<str>, Vec<Taint>>,
    queue: EventQueue<Due>,
    /// Pods that will be deleted.
    timers: Map<Key, Timer>,
}

#[derive(Clone, Debug)]
struct Timer {
    ticket: Ticket,
    pod: Rc<Pod>,
}

#[derive(Clone, Debug)]
enum Due {
    /// The node's NoExecute taints changed.
    Node(Rc<str>, Option<TraceId>),
    /// The pod is new there, or its tolerations changed, or it went.
    Pod(Key, Option<TraceId>),
    Delete(Key, Option<TraceId>),
}

/// When a pod has to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stay {
    Forever,
    /// Because of that taint.
    For(i64, Taint),
    /// That taint isn't tolerated at all.
    No(Taint),
}

/// How long tolerations let a pod stay with these NoExecute taints.
///
/// Models: GetMatchingTolerations (the first toleration that fits each taint) and getMinTolerationTime.
pub fn stay(taints: &[Taint], tolerations: &[Toleration]) -> Stay {
    let mut least: Option<(i64, &Taint)> = None;
    for taint in taints {
        let Some(toleration) = tolerations.iter().find(|t| taint::tolerates(t, taint)) else {
            return Stay::No(taint.clone());
        };
        if let Some(seconds) = toleration.toleration_seconds {
            let seconds = seconds.max(0);
            if least.is_none_or(|(l, _)| seconds < l) {
                least = Some((seconds, taint));
            }
        }
    }
    least.map_or(Stay::Forever, |(seconds, taint)| {
        Stay::For(seconds, taint.clone())
    })
}

fn no_execute(node: &Node) -> Vec<Taint> {
    let mut taints = node.spec.taints.clone();
    taints.retain(|t| t.effect == taint::NO_EXECUTE);
    taints
}

impl Component for TaintEviction {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        match &event.object {
            Object::Node(node) => {
                let name: Rc<str> = node.metadata.name.as_str().into();
                let taints = if event.change == Change::Deleted {
                    Vec::new()
                } else {
                    no_execute(node)
                };
                let changed = self.tainted.get(&name).map_or(&[][..], Vec::as_slice) != taints;
                if !changed {
                    return;
                }
                if taints.is_empty() {
                    self.tainted.remove(&name);
                } else {
                    self.tainted.insert(Rc::clone(&name), taints);
                }
                // Of a node that is gone the pods are left to pod GC; their timers run on.
                if event.change != Change::Deleted {
                    self.queue.push(now, Due::Node(name, event.cause));
                }
            }
            Object::Pod(pod) if event.change == Change::Deleted => {
                self.pods.remove(&pod.key());
                if self.timers.contains_key(&pod.key()) {
                    self.queue.push(now, Due::Pod(pod.key(), event.cause));
                }
            }
            Object::Pod(pod) => {
                let old = self.pods.upsert(pod);
                let same = old.is_some_and(|old| {
                    old.spec.node_name == pod.spec.node_name
                        && old.spec.tolerations == pod.spec.tolerations
                });
                if !same && self.tainted.contains_key(pod.spec.node_name.as_str()) {
                    self.queue.push(now, Due::Pod(pod.key(), event.cause));
                }
            }
            _ => {}
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        self.queue.next_at()
    }

    fn run(&mut self, client: &mut Client<'_>) {
        if self.next_due().is_none_or(|at| at > client.now) {
            return;
        }
        client.actor = Actor::TaintEvictionController;
        match self.queue.pop() {
            Some((_, Due::Node(name, cause))) => {
                let pods: Vec<_> = self.pods.on(&name).cloned().collect();
                for pod in pods {
                    client.cause = cause;
                    self.process(client, &pod);
                }
            }
            Some((_, Due::Pod(key, cause))) => {
                client.cause = cause;
                match self.pods.get(&key).cloned() {
                    Some(pod) => self.process(client, &pod),
                    None => self.cancel(client, &key),
                }
            }
            Some((_, Due::Delete(key, cause))) => {
                client.cause = cause;
                if let Some(timer) = self.timers.remove(&key) {
                    evict(client, &timer.pod);
                }
            }
            None => {}
        }
    }
}

impl TaintEviction {
    /// Models: processPodOnNode.
    fn process(&mut self, client: &mut Client<'_>, pod: &Rc<Pod>) {
        let key = pod.key();
        let taints = self
            .tainted
            .get(pod.spec.node_name.as_str())
            .map_or(&[][..], Vec::as_slice);
        let stay = if taints.is_empty() {
            Stay::Forever
        } else {
            stay(taints, &pod.spec.tolerations)
        };
        match stay {
            Stay::Forever => self.cancel(client, &key),
            Stay::No(taint) => {
                self.cancel(client, &key);
                if !pod.metadata.is_terminating() {
                    decide(client, pod, taint, None);
                    evict(client, pod);
                }
            }
            Stay::For(seconds, taint) => {
                // A timer that runs keeps its time: later taints don't start it anew.
                if self.timers.contains_key(&key) || pod.metadata.is_terminating() {
                    return;
                }
                decide(client, pod, taint, Some(seconds));
                let wait = SimDuration::secs(seconds.unsigned_abs());
                let due = Due::Delete(key.clone(), client.cause);
                let ticket = self.queue.push(client.now + wait, due);
                let pod = Rc::clone(pod);
                self.timers.insert(key, Timer { ticket, pod });
            }
        }
    }

    fn cancel(&mut self, client: &mut Client<'_>, key: &Key) {
        let Some(timer) = self.timers.remove(key) else {
            return;
        };
        self.queue.cancel(timer.ticket);
        let decision = NodeDecision::EvictionCancelled {
            pod: Rc::clone(&key.name),
        };
        client.decide(Kind::Pod, key, Decision::Node(decision));
        let about = reference(&Object::Pod(Rc::clone(&timer.pod)));
        let message = format!("Cancelling deletion of Pod {key}");
        client.event(&about, false, "TaintManagerEviction", &message);
    }
}

fn decide(client: &mut Client<'_>, pod: &Rc<Pod>, taint: Taint, after_seconds: Option<i64>) {
    let key = pod.key();
    let decision = NodeDecision::Evict {
        pod: Rc::clone(&key.name),
        taint,
        after_seconds,
    };
    client.decide(Kind::Pod, &key, Decision::Node(decision));
}

/// Models: deletePodHandler, addConditionAndDeletePod.
fn evict(client: &mut Client<'_>, pod: &Rc<Pod>) {
    let key = pod.key();
    let about = reference(&Object::Pod(Rc::clone(pod)));
    let message = format!("Marking for deletion Pod {key}");
    client.event(&about, false, "TaintManagerEviction", &message);
    let same = client
        .server
        .get::<Pod>(&key)
        .is_some_and(|live| live.metadata.uid == pod.metadata.uid);
    if !same {
        return;
    }
    let now = client.time();
    // Either write can only find that the pod went, which is what it is for.
    let _ = client.patch_status::<Pod>(&key, "status: disruption target", |pod| {
        pod.status.set_condition(
            "DisruptionTarget",
            "True",
            "DeletionByTaintManager",
            "Taint manager: deleting due to NoExecute taint",
            now,
        );
    });
    let _ = client.delete::<Pod>(&key, &DeleteOptions::default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::harness::{self, Harness};

    fn toleration(text: &str) -> Toleration {
        let (key, seconds) = text.split_once('=').unwrap_or((text, ""));
        Toleration {
            key: key.trim_start_matches('*').to_owned(),
            operator: "Exists".to_owned(),
            effect: taint::NO_EXECUTE.to_owned(),
            toleration_seconds: seconds.parse().ok(),
            ..Toleration::default()
        }
    }

    fn taint_of(key: &str) -> Taint {
        Taint {
            key: key.to_owned(),
            effect: taint::NO_EXECUTE.to_owned(),
            ..Taint::default()
        }
    }

    #[test]
    fn the_shortest_toleration_counts() {
        for (taints, tolerations, expect) in [
            ("a", "", "no a"),
            ("a", "a", "forever"),
            ("a b", "a", "no b"),
            ("a b", "a=30 b=20", "20 b"),
            ("a b", "a=30 b", "30 a"),
            ("a", "a=-5", "0 a"),
            // The first that fits is the one that counts.
            ("a", "*=10 a=5", "10 a"),
        ] {
            let taints: Vec<_> = taints.split_whitespace().map(taint_of).collect();
            let list: Vec<_> = tolerations.split_whitespace().map(toleration).collect();
            let text = match stay(&taints, &list) {
                Stay::Forever => "forever".to_owned(),
                Stay::For(seconds, taint) => format!("{seconds} {}", taint.key),
                Stay::No(taint) => format!("no {}", taint.key),
            };
            assert_eq!(text, expect, "{tolerations}");
        }
    }

    fn set_taints(h: &mut Harness, taints: &[&str]) {
        let taints = taints.iter().map(|t| taint_of(t)).collect();
        h.client()
            .patch::<Node>(&Key::new("", "node-1"), "taints", |n| {
                n.spec.taints = taints;
            })
            .unwrap();
    }

    /// One pod tolerates `a` for ten seconds, one for ever, one not at all.
    fn scene() -> (Harness, TaintEviction) {
        let mut h = Harness::default();
        h.add(harness::node("node-1"));
        for (name, tolerations) in [("soon", "a=10"), ("stays", "a"), ("now", "")] {
            let mut pod = harness::pod(name, "node-1", "app:1");
            pod.spec.tolerations = tolerations.split_whitespace().map(toleration).collect();
            h.add(pod);
        }
        let mut c = TaintEviction::default();
        h.run_for_secs(1, &mut [&mut c]);
        (h, c)
    }

    fn terminating(h: &Harness) -> Vec<&str> {
        ["now", "soon", "stays"]
            .into_iter()
            .filter(|name| h.pod(name).metadata.is_terminating())
            .collect()
    }

    #[test]
    fn pods_go_when_their_time_is_over() {
        let (mut h, mut c) = scene();
        set_taints(&mut h, &["a"]);
        h.run_for_secs(9, &mut [&mut c]);
        assert_eq!(terminating(&h), ["now"]);
        h.run_for_secs(1, &mut [&mut c]);
        assert_eq!(terminating(&h), ["now", "soon"]);
        assert_eq!(
            h.events("now"),
            ["TaintManagerEviction: Marking for deletion Pod default/now"]
        );
        let pod = h.pod("soon");
        let condition = pod.status.condition("DisruptionTarget").unwrap();
        assert_eq!(condition.reason, "DeletionByTaintManager");
        assert_eq!(c.next_due(), None);
    }

    #[test]
    fn a_taint_that_goes_in_time_cancels() {
        let (mut h, mut c) = scene();
        set_taints(&mut h, &["a"]);
        h.run_for_secs(5, &mut [&mut c]);
        set_taints(&mut h, &[]);
        h.run_for_secs(60, &mut [&mut c]);
        assert_eq!(terminating(&h), ["now"]);
        assert_eq!(
            h.events("soon"),
            ["TaintManagerEviction: Cancelling deletion of Pod default/soon"]
        );
    }

    #[test]
    fn a_pod_that_comes_later_is_judged_too() {
        let (mut h, mut c) = scene();
        set_taints(&mut h, &["a"]);
        h.run_for_secs(1, &mut [&mut c]);
        h.add(harness::pod("late", "node-1", "app:1"));
        h.run_for_secs(1, &mut [&mut c]);
        assert!(h.pod("late").metadata.is_terminating());
    }
}
