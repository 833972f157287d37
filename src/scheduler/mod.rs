//! kube-scheduler (`default-scheduler`): gives each pod without a node one that fits, or says why none does.
//!
//! `Scheduler` is the driver: it keeps the cache and the queue, runs one pod through the cycle, and writes what comes of it.
//! The decisions are pure and in the files below: which nodes to look at (`prefilter`), whether the pod fits (`filters`), who would have to go (`preemption`), and how a failure reads (`message`).
//! A daemon pod names its node by affinity, so its cycle looks at one node, however many there are.
//!
//! Models: pkg/scheduler/schedule_one.go and eventhandlers.go.
//! Differs: binding is part of the cycle, not a thread of its own. Scores are replaced by one rule, see `least_requested`.

pub mod cache;
pub mod filters;
pub mod message;
pub mod node_info;
pub mod preemption;
pub mod prefilter;
pub mod queue;
pub mod resources;
pub mod topology;

use crate::api::node::Node;
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::Pod;
use crate::apiserver::{Change, DeleteOptions, WatchEvent};
use crate::client::{Client, Component, events};
use crate::reason::Decision;
use crate::reason::scheduling::{Plugin, Rejection, SchedulingDecision};
use crate::sim::time::SimTime;
use crate::trace::{TraceId, What};
use cache::Cache;
use filters::Check;
use message::Reasons;
use node_info::{NodeInfo, PodInfo};
use preemption::Outcome;
use prefilter::Candidates;
use queue::{Lacked, Place, Queued, SchedulingQueue, Wake};
use std::rc::Rc;
use topology::Topology;

pub const SCHEDULER_NAME: &str = "default-scheduler";

/// How many rejected nodes a decision keeps; a daemon pod has one.
const REJECTIONS_KEPT: usize = 8;

#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    pub cache: Cache,
    pub queue: SchedulingQueue,
}

impl Component for Scheduler {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        match &event.object {
            Object::Pod(pod) if event.change == Change::Deleted || pod.is_terminal() => {
                self.pod_left(&pod.key(), event.cause, now);
            }
            Object::Pod(pod) if pod.is_bound() => self.pod_placed(pod, event.cause, now),
            Object::Pod(pod) => self.pod_waits(pod, event.cause, now),
            Object::Node(node) if event.change == Change::Deleted => {
                self.cache.remove_node(&node.metadata.name);
            }
            Object::Node(node) => self.node_changed(node, event.cause, now),
            _ => {}
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        self.queue.next_due()
    }

    fn next_progress(&self) -> Option<SimTime> {
        self.queue.next_progress()
    }

    fn run(&mut self, client: &mut Client<'_>) {
        let Some(queued) = self.queue.pop(client.now) else {
            return;
        };
        // The queue holds no pod that the cache doesn't know.
        let Some(pod) = self.cache.pod(&queued.key).map(Rc::clone) else {
            return;
        };
        client.cause = queued.cause;
        if let Some(wake) = &queued.wake {
            let woken = What::Woken(wake.to_string());
            client.cause = Some(client.note(Kind::Pod, &queued.key, woken));
        }
        match self.find_node(&pod) {
            Ok(found) => self.bind(client, &pod, found),
            Err(unfit) => self.fail(client, queued, &pod, unfit),
        }
    }
}

/// What the watch events tell.
impl Scheduler {
    /// A pod is gone or has ended: who waits for its room can try again.
    fn pod_left(&mut self, key: &Key, cause: Option<TraceId>, now: SimTime) {
        self.queue.remove(key);
        let nomination = self.cache.nomination(key).map(Rc::clone);
        let Some(old) = self.cache.remove_pod(key) else {
            return;
        };
        let pod = key.clone();
        if old.pod.is_bound() {
            let node: Rc<str> = old.pod.spec.node_name.as_str().into();
            let wake = Wake::PodLeft {
                pod,
                node: Rc::clone(&node),
            };
            self.queue.wake_node(&node, &wake, cause, now);
        } else if let Some(node) = nomination {
            let wake = Wake::NominationCleared {
                pod,
                node: Rc::clone(&node),
            };
            self.queue.wake_node(&node, &wake, cause, now);
        }
    }

    /// A pod is on a node, whoever put it there.
    fn pod_placed(&mut self, pod: &Rc<Pod>, cause: Option<TraceId>, now: SimTime) {
        let key = pod.key();
        self.queue.remove(&key);
        let old = self.cache.upsert_pod(&key, pod);
        let shrank = match (&old, self.cache.pod(&key)) {
            (Some(old), Some(new)) => {
                old.pod.is_bound()
                    && (old.request != new.request || old.host_ports != new.host_ports)
            }
            _ => false,
        };
        if shrank {
            let node: Rc<str> = pod.spec.node_name.as_str().into();
            let wake = Wake::PodShrank {
                pod: key,
                node: Rc::clone(&node),
            };
            self.queue.wake_node(&node, &wake, cause, now);
        }
    }

    /// A pod has no node yet.
    fn pod_waits(&mut self, pod: &Rc<Pod>, cause: Option<TraceId>, now: SimTime) {
        let key = pod.key();
        // Older than our own binding: its event is still on the way.
        if self.cache.is_assumed(&key) {
            return;
        }
        if !is_ours(pod) {
            self.pod_left(&key, cause, now);
            return;
        }
        let old = self.cache.upsert_pod(&key, pod);
        if !self.queue.contains(&key) {
            let priority = pod.spec.priority.unwrap_or(0);
            self.queue.add(key, priority, now, cause);
        } else if old.is_some_and(|old| concerns_pod(&old.pod, pod)) {
            self.queue.wake(&key, &Wake::OwnUpdate, cause, now);
        }
    }

    fn node_changed(&mut self, node: &Rc<Node>, cause: Option<TraceId>, now: SimTime) {
        let old = self.cache.upsert_node(node);
        let name: Rc<str> = node.metadata.name.as_str().into();
        let wake = match old {
            None => Wake::NodeAdded {
                node: Rc::clone(&name),
            },
            Some(old) if concerns_node(&old, node) => Wake::NodeChanged {
                node: Rc::clone(&name),
            },
            Some(_) => return,
        };
        self.queue.wake_node(&name, &wake, cause, now);
        if let Wake::NodeAdded { .. } = wake {
            self.tell_of(&name, &wake, cause, now);
        }
    }

    /// A node has joined: pods that wait for another one are tried again, too, where the plugin that refused them asks for that.
    fn tell_of(&mut self, name: &str, wake: &Wake, cause: Option<TraceId>, now: SimTime) {
        let Some((_, info)) = self.cache.node(name) else {
            return;
        };
        let fits = |key: &Key| {
            let pod = self.cache.pod(key);
            let failure = |pod| filters::check(Plugin::NodeResourcesFit, pod, info);
            pod.is_some_and(|pod| failure(pod).is_none())
        };
        let parked = self.queue.iter().filter(|(queued, place)| {
            let Lacked { ports, resources } = queued.lacked;
            matches!(place, Place::Parked { .. }) && (ports || resources && fits(&queued.key))
        });
        let keys: Vec<Key> = parked.map(|(queued, _)| queued.key.clone()).collect();
        for key in keys {
            self.queue.wake(&key, wake, cause, now);
        }
    }
}

/// Does this scheduler have to place the pod? Not if it is being deleted, has gates, or asks for another scheduler.
fn is_ours(pod: &Pod) -> bool {
    let name = pod.spec.scheduler_name.as_str();
    let gates = pod.spec.extra.get("schedulingGates");
    let gated = gates
        .and_then(|gates| gates.as_array())
        .is_some_and(|gates| !gates.is_empty());
    (name.is_empty() || name == SCHEDULER_NAME) && !pod.metadata.is_terminating() && !gated
}

/// Can the change of a waiting pod make it fit? Our own writes of its status can't.
fn concerns_pod(old: &Pod, new: &Pod) -> bool {
    old.metadata.labels != new.metadata.labels
        || old.metadata.generation != new.metadata.generation
        || old.spec != new.spec
}

/// Can the change of a node make a pod fit? A heartbeat can't.
fn concerns_node(old: &Node, new: &Node) -> bool {
    old.spec.unschedulable != new.spec.unschedulable
        || old.spec.taints != new.spec.taints
        || old.metadata.labels != new.metadata.labels
        || old.status.allocatable != new.status.allocatable
}

/// A node for a pod.
struct Found {
    node: Rc<str>,
    feasible: u32,
}

/// Why there is no node for a pod.
struct Unfit {
    rejections: Vec<Rejection>,
    /// What PreFilter says when it leaves nothing to filter.
    pre_filter: &'static str,
    /// The nodes that PreFilter left over; empty is all. What the pod waits for.
    named: Vec<Rc<str>>,
}

/// One scheduling cycle.
impl Scheduler {
    /// What every filter says to this pod on this node, for the page. `None` if the node isn't known (yet).
    pub fn checks(&self, pod: &Rc<Pod>, node: &str) -> Option<Vec<Check>> {
        let key = pod.key();
        let pod = PodInfo::new(Rc::clone(pod));
        let mut view = self.cache.view(&pod, node)?;
        // A pod that is there already doesn't stand in its own way.
        if view.pods.contains_key(&key) {
            Rc::make_mut(&mut view).remove_pod(&key);
        }
        let mut all = filters::check_all(&pod, &view);
        let other = Topology::new(&self.cache, &pod);
        let failure = other.and_then(|other| other.failure(view.node.as_deref()?));
        all.extend(failure.map(|failure| Check {
            plugin: failure.plugin(),
            failure: Some(failure),
        }));
        Some(all)
    }

    /// Models: schedulePod and findNodesThatFitPod.
    fn find_node(&self, pod: &PodInfo) -> Result<Found, Unfit> {
        let mut unfit = Unfit {
            rejections: Vec::new(),
            pre_filter: "",
            named: Vec::new(),
        };
        let nominated = self.cache.nomination(&pod.key).map(Rc::clone);
        let topology = Topology::new(&self.cache, pod);
        let first_failure = |info: &NodeInfo| {
            let others = || topology.as_ref()?.failure(info.node.as_deref()?);
            filters::first_failure(pod, info).or_else(others)
        };
        if let Some(node) = nominated
            && self
                .cache
                .view(pod, &node)
                .is_some_and(|info| first_failure(&info).is_none())
        {
            return Ok(Found { node, feasible: 1 });
        }
        let mut feasible = Vec::new();
        let mut look = |node: &Rc<str>| {
            let Some(info) = self.cache.view(pod, node) else {
                return;
            };
            match first_failure(&info) {
                None => feasible.push((Rc::clone(node), info)),
                Some(failure) => unfit.rejections.push(Rejection {
                    node: Rc::clone(node),
                    failure,
                }),
            }
        };
        match prefilter::candidates(&pod.pod.spec) {
            Candidates::All => self.cache.nodes().for_each(|(name, _)| look(name)),
            Candidates::Named(names) => {
                for name in names {
                    let name: Rc<str> = name.into();
                    look(&name);
                    unfit.named.push(name);
                }
            }
            Candidates::Conflict => unfit.pre_filter = message::CONFLICT,
        }
        match least_requested(pod, &feasible) {
            Some(node) => Ok(Found {
                node,
                feasible: u32::try_from(feasible.len()).unwrap_or(u32::MAX),
            }),
            None => Err(unfit),
        }
    }

    fn bind(&mut self, client: &mut Client<'_>, pod: &PodInfo, found: Found) {
        let (key, node) = (&pod.key, found.node);
        let bound = SchedulingDecision::Bound {
            node: Rc::clone(&node),
            feasible: found.feasible,
            nodes: self.cache.node_count(),
        };
        client.decide(Kind::Pod, key, Decision::Scheduling(bound));
        let about = events::reference(&Object::Pod(Rc::clone(&pod.pod)));
        match client.bind(key, Some(&pod.pod.metadata.uid), &node) {
            Ok(stored) => {
                self.cache.assume(key, &stored);
                let text = format!(
                    "Successfully assigned {}/{} to {node}",
                    key.namespace, key.name
                );
                client.event(&about, false, "Scheduled", &text);
            }
            // The pod is gone, going or bound: the event that says so is on the way, nothing is to be tried again.
            Err(status) => {
                let refused = SchedulingDecision::BindingRefused {
                    node,
                    error: status.message.clone(),
                };
                client.decide(Kind::Pod, key, Decision::Scheduling(refused));
                let text =
                    format!("binding rejected: running Bind plugin \"DefaultBinder\": {status}");
                client.event(&about, true, "FailedScheduling", &text);
            }
        }
    }

    /// No node fits: tries preemption, says why, and parks the pod.
    ///
    /// Models: schedulingCycle's PostFilter and handleSchedulingFailure.
    fn fail(&mut self, client: &mut Client<'_>, mut queued: Queued, pod: &PodInfo, unfit: Unfit) {
        let key = &queued.key;
        let nodes = self.cache.node_count();
        let text = if nodes == 0 {
            message::NO_NODES.to_owned()
        } else {
            let post_filter = self.make_room(client, pod, &unfit.rejections, nodes);
            message::fit_error(nodes, unfit.pre_filter, &count(&unfit, nodes), &post_filter)
        };
        let Unfit {
            mut rejections,
            mut named,
            ..
        } = unfit;
        let lacks = |plugin| rejections.iter().any(|it| it.failure.plugin() == plugin);
        let lacked = Lacked {
            ports: lacks(Plugin::NodePorts),
            resources: lacks(Plugin::NodeResourcesFit),
        };
        if lacks(Plugin::InterPodAffinity) || lacks(Plugin::PodTopologySpread) {
            // What happens on any node may make room on this one.
            named.clear();
        }
        rejections.truncate(REJECTIONS_KEPT);
        let decision = SchedulingDecision::Unschedulable {
            message: text.clone(),
            rejections,
        };
        client.decide(Kind::Pod, key, Decision::Scheduling(decision));
        let about = events::reference(&Object::Pod(Rc::clone(&pod.pod)));
        client.event(&about, true, "FailedScheduling", &message::for_event(&text));
        let nomination = self.cache.nomination(key).map_or("", |node| node);
        let now = client.time();
        // A pod that is gone can't be told; its event takes it out of the queue.
        let _ = client.patch_status::<Pod>(key, "PodScheduled=False", |pod| {
            nomination.clone_into(&mut pod.status.nominated_node_name);
            pod.status
                .set_condition("PodScheduled", "False", "Unschedulable", &text, now);
        });
        queued.lacked = lacked;
        self.queue.park(queued, named, client.now);
    }

    /// Preempts if that helps, and updates the pod's nomination. Returns what the failure's message says about it.
    fn make_room(
        &mut self,
        client: &mut Client<'_>,
        pod: &PodInfo,
        rejections: &[Rejection],
        nodes: u32,
    ) -> String {
        let nominated = self.cache.nomination(&pod.key).map(Rc::clone);
        let view = |node: &str| self.cache.view(pod, node);
        match preemption::preempt(pod, rejections, nodes, nominated.as_deref(), view) {
            Outcome::NotEligible(why) => message::post_filter(why),
            Outcome::NoCandidate(why) => {
                self.cache.clear_nomination(&pod.key);
                message::post_filter(&why)
            }
            Outcome::Preempt(chosen) => {
                let victims: Vec<Rc<str>> = chosen
                    .victims
                    .iter()
                    .map(|victim| Rc::clone(&victim.key.name))
                    .collect();
                let decision = SchedulingDecision::Preempting {
                    node: Rc::clone(&chosen.node),
                    victims,
                };
                client.decide(Kind::Pod, &pod.key, Decision::Scheduling(decision));
                for victim in &chosen.victims {
                    remove_victim(client, pod, victim, &chosen.node);
                }
                self.end_lower_nominations(client, pod, &chosen.node);
                self.cache.nominate(&pod.key, &chosen.node);
                String::new()
            }
        }
    }

    /// Pods of lower priority that wait for the same room have to look for another.
    ///
    /// Models: framework/preemption, prepareCandidate's clearing of nominated pods.
    fn end_lower_nominations(&mut self, client: &mut Client<'_>, pod: &PodInfo, node: &Rc<str>) {
        for key in self.cache.nominated_below(node, pod.priority()) {
            self.cache.clear_nomination(&key);
            // A pod that is gone has no nomination to lose.
            let _ = client.patch_status::<Pod>(&key, "nominatedNodeName", |other| {
                other.status.nominated_node_name.clear();
            });
            let wake = Wake::NominationCleared {
                pod: key.clone(),
                node: Rc::clone(node),
            };
            self.queue.wake(&key, &wake, client.cause, client.now);
        }
    }
}

/// How many nodes have which reason. The nodes that PreFilter left out are a matter of arithmetic.
fn count(unfit: &Unfit, nodes: u32) -> Reasons {
    let mut reasons = Reasons::default();
    for rejection in &unfit.rejections {
        for reason in rejection.failure.reasons() {
            reasons.add(&reason, 1);
        }
    }
    let looked_at = u32::try_from(unfit.rejections.len()).unwrap_or(u32::MAX);
    reasons.add(message::NOT_SATISFIED, nodes.saturating_sub(looked_at));
    reasons
}

/// Marks a victim, deletes it with its own grace period, and tells it why. One that is going already is left to go.
///
/// Models: framework/preemption, PreemptPod.
fn remove_victim(client: &mut Client<'_>, pod: &PodInfo, victim: &PodInfo, node: &str) {
    if victim.pod.metadata.is_terminating() {
        return;
    }
    let now = client.time();
    let options = DeleteOptions {
        uid: Some(victim.pod.metadata.uid.clone()),
        ..DeleteOptions::default()
    };
    let marked = client.patch_status::<Pod>(&victim.key, "DisruptionTarget=True", |pod| {
        pod.status.set_condition(
            preemption::DISRUPTION_TARGET,
            "True",
            preemption::BY_SCHEDULER,
            preemption::VICTIM_MESSAGE,
            now,
        );
    });
    let deleted = marked.and_then(|_| client.delete::<Pod>(&victim.key, &options));
    if deleted.is_err() {
        // It went by itself: there is nobody left to tell.
        return;
    }
    let about = events::reference(&Object::Pod(Rc::clone(&victim.pod)));
    let text = format!("Preempted by pod {} on node {node}", pod.pod.metadata.uid);
    client.event(&about, false, "Preempted", &text);
}

/// The node whose cpu and memory would be requested the least with the pod on it; then the one with the fewest pods; then the first by name.
///
/// Differs: upstream adds up the scores of a dozen plugins and draws among the best.
fn least_requested(pod: &PodInfo, nodes: &[(Rc<str>, Rc<NodeInfo>)]) -> Option<Rc<str>> {
    let share = |used: i64, more: i64, of: i64| {
        let used = i128::from(used) + i128::from(more);
        if of > 0 {
            used * 1_000_000 / i128::from(of)
        } else {
            0
        }
    };
    let (name, _) = nodes.iter().min_by_key(|(name, info)| {
        let (used, has) = (&info.requested, &info.allocatable);
        let requested = share(used.milli_cpu, pod.request.milli_cpu, has.milli_cpu)
            + share(used.memory, pod.request.memory, has.memory);
        (requested, info.pods.len(), Rc::clone(name))
    })?;
    Some(Rc::clone(name))
}

#[cfg(test)]
mod tests;
