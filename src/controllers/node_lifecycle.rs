//! The node lifecycle controller: conditions become taints, and silent nodes become Unknown.
//!
//! Two speeds, as upstream. Taints with effect NoSchedule follow a change of the node at once. Everything else waits for the monitor's next look, every five seconds; here a look is armed only for nodes about which there is something to find out.
//! Heartbeats aren't simulated one by one. The cluster says when a kubelet falls silent, and one timer is set for the look at which the grace period will be over.
//!
//! Models: pkg/controller/nodelifecycle/node_lifecycle_controller.go.
//! Differs: a node that hasn't reported keeps its not-ready taint (real kubelets register with Ready=False); looks come at multiples of five seconds from the start; the last lease before a failure is up to ten seconds old, by the stream `lease/NODE`; a pod's Ready condition is written by one worker, not by eight.

use super::pods_by_node::PodsByNode;
use super::zones::Zones;
use crate::api::core::ObjectReference;
use crate::api::meta::Time;
use crate::api::node::{Node, NodeCondition, Taint};
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::Pod;
use crate::api::taint;
use crate::apiserver::{Change, WatchEvent};
use crate::client::events::reference;
use crate::client::{Client, Component, api_time};
use crate::reason::Decision;
use crate::reason::node::NodeDecision;
use crate::sim::queue::{EventQueue, Ticket};
use crate::sim::shared_map::SharedMap;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, TraceId, What};
use std::rc::Rc;

pub const MONITOR_PERIOD: SimDuration = SimDuration::secs(5);
pub const LEASE_RENEW_PERIOD: SimDuration = SimDuration::secs(10);
/// How long a node may be silent (`node-monitor-grace-period`).
pub const GRACE_PERIOD: SimDuration = SimDuration::secs(50);
/// The same for a node that never reported.
pub const STARTUP_GRACE_PERIOD: SimDuration = SimDuration::secs(60);

/// The conditions that become Unknown with the node, in upstream's order.
const MONITORED: [&str; 4] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

#[derive(Clone, Debug, Default)]
pub struct NodeLifecycle {
    pods: PodsByNode,
    nodes: SharedMap<Rc<str>, Health>,
    zones: Zones,
    queue: EventQueue<Due>,
    zones_look: Option<SimTime>,
}

#[derive(Clone, Debug)]
struct Health {
    node: Rc<Node>,
    zone: String,
    /// Waits for the monitor's next look.
    dirty: bool,
    registered: bool,
    /// Heartbeats have stopped.
    silent: bool,
    silence: Option<Ticket>,
    cause: Option<TraceId>,
}

#[derive(Clone, Debug)]
enum Due {
    /// NoSchedule taints follow the node at once.
    NoSchedule(Rc<str>),
    /// The labels of old follow the stable ones at once.
    Labels(Rc<str>),
    /// The monitor looks at one node.
    Look(Rc<str>),
    /// The monitor has looked at all: how many zones are in trouble?
    Zones,
    /// A zone's limiter lets the next node be tainted.
    NoExecute(String),
    /// The grace period of a silent node is over.
    Silent(Rc<str>),
    /// The node is gone from the list.
    Removed(ObjectReference, Option<TraceId>),
}

/// The old labels that old manifests still select by, and the stable ones that they follow.
const LABELS: [(&str, &str); 2] = [
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
];

/// Labels that have to follow, with the values they should have.
fn stale_labels(node: &Node) -> impl Iterator<Item = (&'static str, String)> {
    let labels = &node.metadata.labels;
    LABELS.into_iter().filter_map(|(old, stable)| {
        let wanted = labels.get(stable)?;
        (labels.get(old) != Some(wanted)).then(|| (old, wanted.clone()))
    })
}

/// The first look at or after `at`.
fn look_at(at: SimTime) -> SimTime {
    SimTime(at.0.div_ceil(MONITOR_PERIOD.0) * MONITOR_PERIOD.0)
}

fn ready_status(node: &Node) -> &str {
    node.condition("Ready").map_or("Unknown", |c| &c.status)
}

impl Component for NodeLifecycle {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        match &event.object {
            Object::Pod(pod) => {
                if event.change == Change::Deleted {
                    self.pods.remove(&pod.key());
                } else {
                    self.pods.upsert(pod);
                }
            }
            Object::Node(node) if event.change == Change::Deleted => self.remove(now, node, event),
            Object::Node(node) => self.upsert(now, node, event),
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
        client.actor = Actor::NodeLifecycleController;
        match self.queue.pop() {
            Some((_, Due::NoSchedule(name))) => self.taint_no_schedule(client, &name),
            Some((_, Due::Labels(name))) => self.reconcile_labels(client, &name),
            Some((_, Due::Look(name))) => self.look(client, &name),
            Some((_, Due::Zones)) => self.look_at_zones(client),
            Some((_, Due::NoExecute(zone))) => self.taint_no_execute(client, &zone),
            Some((_, Due::Silent(name))) => self.mark_unknown(client, &name),
            Some((_, Due::Removed(node, cause))) => {
                client.cause = cause;
                let name = node.name.clone();
                node_event(client, &node, &name, "RemovingNode", "Removing");
            }
            None => {}
        }
    }
}

impl NodeLifecycle {
    /// The node's kubelet has fallen silent (power off, network gone).
    pub fn heartbeats_stopped(&mut self, client: &mut Client<'_>, name: &str) {
        let since_lease = client
            .stream(&format!("lease/{name}"))
            .below(LEASE_RENEW_PERIOD.0);
        let cause = client.cause;
        let Some((name, health)) = self.nodes.get_key_value(name) else {
            return;
        };
        if health.silent {
            return;
        }
        let name = Rc::clone(name);
        let never = health.node.condition("Ready").is_none();
        let last_lease = client.now - SimDuration(since_lease);
        let renewed = api_time(client.epoch, last_lease);
        client.server.stale_leases.insert(name.to_string(), renewed);
        if let Some(health) = self.nodes.get_mut(&name) {
            health.silent = true;
            health.cause = cause.or(health.cause);
        }
        if !never {
            // The controller counts from the look at which it saw the last lease.
            self.arm_silence(&name, look_at(last_lease) + GRACE_PERIOD);
        }
    }

    /// The node's kubelet reports again.
    pub fn heartbeats_resumed(&mut self, client: &mut Client<'_>, name: &str) {
        client.server.stale_leases.remove(name);
        if let Some(health) = self.nodes.get_mut(name) {
            health.silent = false;
            if let Some(ticket) = health.silence.take() {
                self.queue.cancel(ticket);
            }
        }
    }

    fn arm_silence(&mut self, name: &Rc<str>, at: SimTime) {
        if let Some(health) = self.nodes.get_mut(name) {
            if let Some(ticket) = health.silence.take() {
                self.queue.cancel(ticket);
            }
            health.silence = Some(self.queue.push(at, Due::Silent(Rc::clone(name))));
        }
    }

    fn upsert(&mut self, now: SimTime, node: &Rc<Node>, event: &WatchEvent) {
        let name: Rc<str> = node.metadata.name.as_str().into();
        let zone = Zones::key(node);
        let old = self.nodes.get(&name).cloned();
        let mut health = old.clone().unwrap_or(Health {
            node: Rc::clone(node),
            zone: zone.clone(),
            dirty: false,
            registered: false,
            silent: false,
            silence: None,
            cause: event.cause,
        });
        if old.as_ref().is_some_and(|o| o.zone != zone) {
            self.zones.remove(&health.zone, &name);
        }
        health.zone.clone_from(&zone);
        health.node = Rc::clone(node);
        health.cause = event.cause.or(health.cause);
        let before = old.as_ref().map(|o| Rc::clone(&o.node));
        self.nodes.insert(Rc::clone(&name), health);
        if node.condition("Ready").is_some() {
            self.zones.set(&zone, &name, ready_status(node) == "True");
        }
        if stale_labels(node).next().is_some() {
            self.queue.push(now, Due::Labels(Rc::clone(&name)));
        }
        let conditions = |n: &Node| -> Vec<(String, String)> {
            n.status
                .conditions
                .iter()
                .map(|c| (c.type_.clone(), c.status.clone()))
                .collect()
        };
        let same = before
            .as_ref()
            .is_some_and(|old| old.spec == node.spec && conditions(old) == conditions(node));
        if same {
            return;
        }
        if no_schedule_changes(node) != (Vec::new(), Vec::new()) {
            self.queue.push(now, Due::NoSchedule(Rc::clone(&name)));
        }
        let reported = node.condition("Ready").is_some();
        match before {
            None if !reported => self.arm_silence(&name, look_at(now) + STARTUP_GRACE_PERIOD),
            Some(old) if reported && old.condition("Ready").is_none() => {
                // The first report ends the wait for it.
                if let Some(ticket) = self.nodes.get_mut(&name).and_then(|h| h.silence.take()) {
                    self.queue.cancel(ticket);
                }
            }
            _ => {}
        }
        let new = old.is_none();
        let moved = old.is_some_and(|o| ready_status(&o.node) != ready_status(node));
        if new || moved || no_execute_differs(node) {
            self.want_look(now, &name);
        }
    }

    fn remove(&mut self, now: SimTime, node: &Rc<Node>, event: &WatchEvent) {
        let name = node.metadata.name.as_str();
        if let Some(health) = self.nodes.remove(name) {
            if let Some(ticket) = health.silence {
                self.queue.cancel(ticket);
            }
            self.zones.remove(&health.zone, name);
            let about = reference(&Object::Node(Rc::clone(node)));
            self.queue
                .push(look_at(now), Due::Removed(about, event.cause));
            self.arm_zones(now);
        }
    }

    fn want_look(&mut self, now: SimTime, name: &Rc<str>) {
        if let Some(health) = self.nodes.get_mut(name)
            && !health.dirty
        {
            health.dirty = true;
            self.queue.push(look_at(now), Due::Look(Rc::clone(name)));
        }
        self.arm_zones(now);
    }

    fn arm_zones(&mut self, now: SimTime) {
        // One moment later than the nodes, so that all of them are counted.
        let at = look_at(now) + SimDuration::millis(1);
        if self.zones_look.is_none_or(|armed| armed < at) {
            self.zones_look = Some(at);
            self.queue.push(at, Due::Zones);
        }
    }

    /// Models: reconcileNodeLabels. A label whose stable one is missing stays as it is.
    fn reconcile_labels(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let Some(health) = self.nodes.get(name) else {
            return;
        };
        client.cause = health.cause;
        let stale: Vec<(&str, String)> = stale_labels(&health.node).collect();
        if stale.is_empty() {
            return;
        }
        // It can only fail because the node went, which the watch will tell.
        let _ = client.patch::<Node>(&Key::new("", name), "labels", |node| {
            for (key, value) in &stale {
                let labels = &mut node.metadata.labels;
                labels.insert((*key).to_owned(), value.clone());
            }
        });
    }

    /// Models: doNoScheduleTaintingPass.
    fn taint_no_schedule(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let Some(health) = self.nodes.get(name) else {
            return;
        };
        client.cause = health.cause;
        let (add, remove) = no_schedule_changes(&health.node);
        swap_taints(client, name, add, remove);
    }

    /// Models: one node's turn in monitorNodeHealth, with processTaintBaseEviction.
    fn look(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let Some(health) = self.nodes.get_mut(name) else {
            return;
        };
        health.dirty = false;
        client.cause = health.cause;
        let (node, zone) = (Rc::clone(&health.node), health.zone.clone());
        if !health.registered {
            health.registered = true;
            let about = reference(&Object::Node(Rc::clone(&node)));
            node_event(client, &about, name, "RegisteredNode", "Registered");
        }
        if node.condition("Ready").is_none() {
            return;
        }
        let (wanted, other) = match ready_status(&node) {
            "True" => {
                self.zones.forget(&zone, name);
                let both = [taint::NOT_READY, taint::UNREACHABLE];
                let remove = both
                    .into_iter()
                    .filter(|key| has_no_execute(&node, key))
                    .map(no_execute)
                    .collect();
                swap_taints(client, name, Vec::new(), remove);
                return;
            }
            "False" => (taint::NOT_READY, taint::UNREACHABLE),
            _ => (taint::UNREACHABLE, taint::NOT_READY),
        };
        if has_no_execute(&node, other) {
            // The one kind of trouble became the other: no limit for that.
            let add = vec![(no_execute(wanted), condition_text(&node, "Ready"))];
            swap_taints(client, name, add, vec![no_execute(other)]);
        } else if !has_no_execute(&node, wanted) {
            let due = self.zones.enqueue(&zone, name, client.now);
            self.arm_no_execute(&zone, due);
        }
    }

    fn arm_no_execute(&mut self, zone: &str, at: Option<SimTime>) {
        if let Some(at) = at {
            self.queue.push(at, Due::NoExecute(zone.to_owned()));
        }
    }

    /// Models: handleDisruption.
    fn look_at_zones(&mut self, client: &mut Client<'_>) {
        if self.zones_look.is_some_and(|at| at <= client.now) {
            self.zones_look = None;
        }
        client.cause = None;
        let change = self.zones.judge(client.now);
        for decision in change.decisions {
            let key = Key::new("", "nodes");
            client.note(Kind::Generic, &key, What::Decided(Decision::Node(decision)));
        }
        for (zone, at) in change.armed {
            self.arm_no_execute(&zone, Some(at));
        }
        if change.all_down {
            // Rather than every node, the master itself may be cut off: nobody is evicted.
            for name in self.zones.not_ready() {
                let Some(health) = self.nodes.get(&name) else {
                    continue;
                };
                let both = [taint::NOT_READY, taint::UNREACHABLE];
                let remove = both
                    .into_iter()
                    .filter(|key| has_no_execute(&health.node, key))
                    .map(no_execute)
                    .collect();
                swap_taints(client, &name, Vec::new(), remove);
            }
        }
        if change.back {
            let next = client.now + MONITOR_PERIOD;
            for name in self.zones.not_ready() {
                let waits = self.nodes.get(&name).is_some_and(|h| h.silence.is_some());
                if waits {
                    // All nodes count as seen just now.
                    self.arm_silence(&name, look_at(client.now) + GRACE_PERIOD);
                } else if let Some(health) = self.nodes.get_mut(&name)
                    && !health.dirty
                {
                    health.dirty = true;
                    self.queue.push(look_at(next), Due::Look(name));
                }
            }
        }
    }

    /// Models: doNoExecuteTaintingPass.
    fn taint_no_execute(&mut self, client: &mut Client<'_>, zone: &str) {
        let (name, next) = self.zones.take(zone, client.now);
        self.arm_no_execute(zone, next);
        let Some(health) = name.as_ref().and_then(|name| self.nodes.get(name)) else {
            return;
        };
        client.cause = health.cause;
        let node = Rc::clone(&health.node);
        let (wanted, other) = match ready_status(&node) {
            "True" => return,
            "False" => (taint::NOT_READY, taint::UNREACHABLE),
            _ => (taint::UNREACHABLE, taint::NOT_READY),
        };
        let add = vec![(no_execute(wanted), condition_text(&node, "Ready"))];
        let remove = if has_no_execute(&node, other) {
            vec![no_execute(other)]
        } else {
            Vec::new()
        };
        swap_taints(client, &node.metadata.name, add, remove);
    }

    /// Models: tryUpdateNodeHealth, from where the grace period is over, and MarkPodsNotReady.
    fn mark_unknown(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let Some(health) = self.nodes.get_mut(name) else {
            return;
        };
        health.silence = None;
        client.cause = health.cause;
        let key = Key::new("", name);
        let was_ready = health.node.is_ready();
        let silent = if health.node.condition("Ready").is_none() {
            STARTUP_GRACE_PERIOD
        } else {
            GRACE_PERIOD
        };
        let decision = NodeDecision::HeartbeatsStopped {
            silent_ms: silent.0,
        };
        client.decide(Kind::Node, &key, Decision::Node(decision));
        let now = client.time();
        // The node may just have gone; then there is nothing to mark.
        let written = client.patch_status::<Node>(&key, "status: unknown", |node| {
            let created = node.metadata.creation_timestamp;
            for type_ in MONITORED {
                set_unknown(&mut node.status.conditions, type_, created, now);
            }
        });
        let Ok(node) = written else {
            return;
        };
        if !was_ready {
            return;
        }
        let about = reference(&Object::Node(node));
        let message = format!("Node {name} status is now: NodeNotReady");
        client.event(&about, false, "NodeNotReady", &message);
        let pods: Vec<_> = self.pods.on(name).cloned().collect();
        for pod in pods {
            mark_pod_not_ready(client, &pod, now);
        }
    }
}

fn set_unknown(conditions: &mut Vec<NodeCondition>, type_: &str, created: Option<Time>, now: Time) {
    match conditions.iter_mut().find(|c| c.type_ == type_) {
        None => conditions.push(NodeCondition {
            type_: type_.to_owned(),
            status: "Unknown".to_owned(),
            reason: "NodeStatusNeverUpdated".to_owned(),
            message: "Kubelet never posted node status.".to_owned(),
            last_heartbeat_time: created,
            last_transition_time: Some(now),
        }),
        Some(condition) if condition.status != "Unknown" => {
            condition.status = "Unknown".to_owned();
            condition.reason = "NodeStatusUnknown".to_owned();
            condition.message = "Kubelet stopped posting node status.".to_owned();
            condition.last_transition_time = Some(now);
        }
        Some(_) => {}
    }
}

/// Only Ready changes, and keeps its reason: whether containers are ready nobody knows.
fn mark_pod_not_ready(client: &mut Client<'_>, pod: &Rc<Pod>, now: Time) {
    if !pod.is_ready() {
        return;
    }
    let written = client.patch_status::<Pod>(&pod.key(), "status: not ready", |pod| {
        let old = pod.status.condition("Ready").cloned().unwrap_or_default();
        pod.status
            .set_condition("Ready", "False", &old.reason, &old.message, now);
    });
    if written.is_ok() {
        let about = reference(&Object::Pod(Rc::clone(pod)));
        client.event(&about, true, "NodeNotReady", "Node is not ready");
    }
}

/// Models: RecordNodeEvent.
fn node_event(
    client: &mut Client<'_>,
    about: &ObjectReference,
    name: &str,
    reason: &str,
    verb: &str,
) {
    let preposition = if verb == "Removing" { "from" } else { "in" };
    let message = format!("Node {name} event: {verb} Node {name} {preposition} Controller");
    client.event(about, false, reason, &message);
}

fn no_execute(key: &str) -> Taint {
    Taint {
        key: key.to_owned(),
        effect: taint::NO_EXECUTE.to_owned(),
        ..Taint::default()
    }
}

fn has_no_execute(node: &Node, key: &str) -> bool {
    node.spec
        .taints
        .iter()
        .any(|t| t.key == key && t.effect == taint::NO_EXECUTE)
}

/// Do the NoExecute taints not say what the Ready condition says?
fn no_execute_differs(node: &Node) -> bool {
    let status = ready_status(node);
    has_no_execute(node, taint::NOT_READY) != (status == "False")
        || has_no_execute(node, taint::UNREACHABLE) != (status == "Unknown")
}

fn condition_text(node: &Node, type_: &str) -> String {
    let status = node.condition(type_).map_or("Unknown", |c| &c.status);
    format!("{type_}={status}")
}

/// Which NoSchedule taint a condition with that status calls for.
///
/// Models: nodeConditionToTaintKeyStatusMap.
fn taint_of(condition: &NodeCondition) -> Option<&'static str> {
    Some(
        match (condition.type_.as_str(), condition.status.as_str()) {
            ("Ready", "False") => taint::NOT_READY,
            ("Ready", "Unknown") => taint::UNREACHABLE,
            ("MemoryPressure", "True") => taint::MEMORY_PRESSURE,
            ("DiskPressure", "True") => taint::DISK_PRESSURE,
            ("NetworkUnavailable", "True") => taint::NETWORK_UNAVAILABLE,
            ("PIDPressure", "True") => taint::PID_PRESSURE,
            _ => return None,
        },
    )
}

/// The keys of NoSchedule taints that this controller owns.
const OWNED: [&str; 7] = [
    taint::NOT_READY,
    taint::UNREACHABLE,
    taint::NETWORK_UNAVAILABLE,
    taint::MEMORY_PRESSURE,
    taint::DISK_PRESSURE,
    taint::PID_PRESSURE,
    taint::UNSCHEDULABLE,
];

/// Taints to add (with what calls for them) and taints to remove.
type Changes = (Vec<(Taint, String)>, Vec<Taint>);

fn no_schedule_changes(node: &Node) -> Changes {
    let mut wanted: Vec<(&str, String)> = Vec::new();
    for condition in &node.status.conditions {
        if let Some(key) = taint_of(condition) {
            wanted.push((key, format!("{}={}", condition.type_, condition.status)));
        }
    }
    if node.spec.unschedulable {
        wanted.push((taint::UNSCHEDULABLE, "spec.unschedulable".to_owned()));
    }
    let present: Vec<&Taint> = node
        .spec
        .taints
        .iter()
        .filter(|t| t.effect == taint::NO_SCHEDULE && OWNED.contains(&t.key.as_str()))
        .collect();
    // A node that hasn't reported keeps the taint that it came with.
    let reported = node.condition("Ready").is_some();
    let remove = present
        .iter()
        .filter(|t| wanted.iter().all(|(key, _)| *key != t.key))
        .filter(|t| reported || t.key != taint::NOT_READY)
        .map(|t| (*t).clone())
        .collect();
    let add = wanted
        .into_iter()
        .filter(|(key, _)| present.iter().all(|t| t.key != *key))
        .map(|(key, why)| {
            let taint = Taint {
                key: key.to_owned(),
                effect: taint::NO_SCHEDULE.to_owned(),
                ..Taint::default()
            };
            (taint, why)
        })
        .collect();
    (add, remove)
}

/// Models: SwapNodeControllerTaint: adds (behind those that are there, with timeAdded), then removes.
fn swap_taints(client: &mut Client<'_>, name: &str, add: Vec<(Taint, String)>, remove: Vec<Taint>) {
    if add.is_empty() && remove.is_empty() {
        return;
    }
    let key = Key::new("", name);
    for (taint, condition) in &add {
        let decision = NodeDecision::Taint {
            taint: taint.clone(),
            condition: condition.clone(),
        };
        client.decide(Kind::Node, &key, Decision::Node(decision));
    }
    for taint in &remove {
        let decision = NodeDecision::Untaint {
            taint: taint.clone(),
        };
        client.decide(Kind::Node, &key, Decision::Node(decision));
    }
    let now = client.time();
    // The node may just have gone; then there is nothing to taint.
    let _ = client.patch::<Node>(&key, "spec.taints", |node| {
        let taints = &mut node.spec.taints;
        for (taint, _) in add {
            if !taints
                .iter()
                .any(|t| t.key == taint.key && t.effect == taint.effect)
            {
                taints.push(Taint {
                    time_added: Some(now),
                    ..taint
                });
            }
        }
        taints.retain(|t| {
            !remove
                .iter()
                .any(|r| r.key == t.key && r.effect == t.effect)
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::harness::{self, Harness};

    fn scene(nodes: u32) -> (Harness, NodeLifecycle) {
        let mut h = Harness::default();
        for i in 1..=nodes {
            h.add(harness::node(&format!("node-{i}")));
        }
        let mut c = NodeLifecycle::default();
        h.run_for_secs(6, &mut [&mut c]);
        assert_eq!(c.next_due(), None, "nothing to find out, nothing armed");
        (h, c)
    }

    fn set(h: &mut Harness, node: &str, type_: &str, status: &str) {
        h.client()
            .patch_status::<Node>(&Key::new("", node), "conditions", |n| {
                match n.status.conditions.iter_mut().find(|c| c.type_ == type_) {
                    Some(c) => c.status = status.to_owned(),
                    None => n.status.conditions.push(harness::condition(type_, status)),
                }
            })
            .unwrap();
    }

    #[test]
    fn conditions_become_taints_at_once() {
        for (type_, status, expect) in [
            ("MemoryPressure", "True", "memory-pressure:NoSchedule"),
            ("DiskPressure", "True", "disk-pressure:NoSchedule"),
            ("PIDPressure", "True", "pid-pressure:NoSchedule"),
            (
                "NetworkUnavailable",
                "True",
                "network-unavailable:NoSchedule",
            ),
            ("Ready", "False", "not-ready:NoSchedule"),
            ("Ready", "Unknown", "unreachable:NoSchedule"),
            ("MemoryPressure", "Unknown", ""),
        ] {
            let (mut h, mut c) = scene(2);
            set(&mut h, "node-1", type_, status);
            h.run_for_secs(1, &mut [&mut c]);
            assert_eq!(h.taints("node-1"), expect, "{type_}={status}");
            let healthy = if type_ == "Ready" { "True" } else { "False" };
            set(&mut h, "node-1", type_, healthy);
            h.run_for_secs(10, &mut [&mut c]);
            assert_eq!(h.taints("node-1"), "");
        }
    }

    #[test]
    fn labels_of_old_follow_the_stable_ones() {
        let (mut h, mut c) = scene(1);
        let key = Key::new("", "node-1");
        let relabel = |h: &mut Harness, labels: &[(&str, &str)]| {
            let labels = labels
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            let labels: crate::api::meta::StringMap = labels.collect();
            let patch = |n: &mut Node| n.metadata.labels.clone_from(&labels);
            h.client().patch::<Node>(&key, "labels", patch).unwrap();
        };
        relabel(
            &mut h,
            &[
                ("kubernetes.io/os", "linux"),
                ("beta.kubernetes.io/os", "x"),
            ],
        );
        h.run_for_secs(1, &mut [&mut c]);
        let label = |h: &Harness, name: &str| {
            let node = h.server.nodes.get(&key).unwrap();
            node.metadata.labels.get(name).cloned()
        };
        assert_eq!(label(&h, "beta.kubernetes.io/os").as_deref(), Some("linux"));
        assert_eq!(label(&h, "beta.kubernetes.io/arch"), None);
        // Without the stable one it stays.
        relabel(&mut h, &[("beta.kubernetes.io/arch", "mips")]);
        h.run_for_secs(1, &mut [&mut c]);
        assert_eq!(
            label(&h, "beta.kubernetes.io/arch").as_deref(),
            Some("mips")
        );
    }

    /// As recorded in `not-ready-node-gets-a-pod`.
    #[test]
    fn no_execute_follows_at_the_next_look() {
        let (mut h, mut c) = scene(2);
        set(&mut h, "node-1", "Ready", "False");
        h.run_for_secs(1, &mut [&mut c]);
        assert_eq!(h.taints("node-1"), "not-ready:NoSchedule");
        h.run_until(SimTime(12_000), &mut [&mut c]);
        assert_eq!(
            h.taints("node-1"),
            "not-ready:NoSchedule not-ready:NoExecute"
        );
        set(&mut h, "node-1", "Ready", "Unknown");
        h.run_for_secs(1, &mut [&mut c]);
        assert_eq!(
            h.taints("node-1"),
            "not-ready:NoExecute unreachable:NoSchedule"
        );
        h.run_for_secs(5, &mut [&mut c]);
        assert_eq!(
            h.taints("node-1"),
            "unreachable:NoSchedule unreachable:NoExecute"
        );
        let node = h.node("node-1");
        assert!(node.spec.taints.iter().all(|t| t.time_added.is_some()));
        set(&mut h, "node-1", "Ready", "True");
        h.run_for_secs(6, &mut [&mut c]);
        assert_eq!(h.taints("node-1"), "");
        assert_eq!(c.next_due(), None);
    }

    #[test]
    fn cordon_taints() {
        let (mut h, mut c) = scene(1);
        let cordon = |h: &mut Harness, on| {
            h.client()
                .patch::<Node>(&Key::new("", "node-1"), "cordon", |n| {
                    n.spec.unschedulable = on;
                })
                .unwrap()
        };
        cordon(&mut h, true);
        h.run_for_secs(1, &mut [&mut c]);
        assert_eq!(h.taints("node-1"), "unschedulable:NoSchedule");
        cordon(&mut h, false);
        h.run_for_secs(1, &mut [&mut c]);
        assert_eq!(h.taints("node-1"), "");
    }

    #[test]
    fn a_silent_node_becomes_unknown() {
        let (mut h, mut c) = scene(3);
        let mut pod = harness::pod("a", "node-1", "app:1");
        pod.metadata.name = "a".to_owned();
        h.add(pod);
        let now = h.client().time();
        h.client()
            .patch_status::<Pod>(&Key::new("default", "a"), "ready", |p| {
                p.status.set_condition("Ready", "True", "", "", now);
            })
            .unwrap();
        h.run_until(SimTime(100_000), &mut [&mut c]);
        c.heartbeats_stopped(&mut h.client(), "node-1");
        h.run_until(SimTime(139_999), &mut [&mut c]);
        assert!(h.node("node-1").is_ready(), "a look sooner is impossible");
        h.run_until(SimTime(156_000), &mut [&mut c]);
        let node = h.node("node-1");
        for type_ in MONITORED {
            let condition = node.condition(type_).unwrap();
            assert_eq!(condition.status, "Unknown");
            assert_eq!(condition.reason, "NodeStatusUnknown");
            assert_eq!(condition.message, "Kubelet stopped posting node status.");
        }
        assert!(!h.pod("a").is_ready());
        assert_eq!(h.events("a"), ["NodeNotReady: Node is not ready"]);
        assert_eq!(
            h.events("node-1"),
            [
                "RegisteredNode: Node node-1 event: Registered Node node-1 in Controller",
                "NodeNotReady: Node node-1 status is now: NodeNotReady"
            ]
        );
        assert_eq!(
            h.taints("node-1"),
            "unreachable:NoSchedule unreachable:NoExecute"
        );
        assert_eq!(c.next_due(), None);
    }

    #[test]
    fn a_node_that_is_back_in_time_stays_ready() {
        let (mut h, mut c) = scene(3);
        c.heartbeats_stopped(&mut h.client(), "node-1");
        h.run_for_secs(20, &mut [&mut c]);
        c.heartbeats_resumed(&mut h.client(), "node-1");
        h.run_for_secs(100, &mut [&mut c]);
        assert!(h.node("node-1").is_ready());
    }

    #[test]
    fn a_node_that_never_reports_becomes_unknown_after_a_minute() {
        let (mut h, mut c) = scene(2);
        let mut node = harness::node("late");
        node.status.conditions.clear();
        h.add(node);
        h.run_for_secs(60, &mut [&mut c]);
        assert_eq!(h.taints("late"), "not-ready:NoSchedule");
        h.run_for_secs(10, &mut [&mut c]);
        let node = h.node("late");
        let condition = node.condition("Ready").unwrap();
        assert_eq!(condition.reason, "NodeStatusNeverUpdated");
        assert_eq!(
            h.taints("late"),
            "unreachable:NoSchedule unreachable:NoExecute"
        );
    }

    fn tainted(h: &Harness) -> usize {
        h.server
            .nodes
            .iter()
            .filter(|n| has_no_execute(n, taint::NOT_READY))
            .count()
    }

    #[test]
    fn no_execute_taints_come_one_in_ten_seconds() {
        let (mut h, mut c) = scene(10);
        for i in 1..=3 {
            set(&mut h, &format!("node-{i}"), "Ready", "False");
        }
        let mut counts = Vec::new();
        for _ in 0..4 {
            h.run_for_secs(10, &mut [&mut c]);
            counts.push(tainted(&h));
        }
        assert_eq!(counts, [1, 2, 3, 3]);
        assert_eq!(c.next_due(), None);
    }

    #[test]
    fn most_of_a_small_zone_down_stops_evictions() {
        let (mut h, mut c) = scene(5);
        for i in 1..=4 {
            set(&mut h, &format!("node-{i}"), "Ready", "False");
        }
        h.run_for_secs(100, &mut [&mut c]);
        let stuck = tainted(&h);
        assert!(stuck <= 1, "{stuck}");
        set(&mut h, "node-1", "Ready", "True");
        set(&mut h, "node-2", "Ready", "True");
        h.run_for_secs(100, &mut [&mut c]);
        assert_eq!(tainted(&h), 2);
    }

    #[test]
    fn all_nodes_down_evicts_nobody() {
        let (mut h, mut c) = scene(2);
        set(&mut h, "node-1", "Ready", "False");
        h.run_for_secs(20, &mut [&mut c]);
        assert_eq!(tainted(&h), 1);
        set(&mut h, "node-2", "Ready", "False");
        h.run_for_secs(20, &mut [&mut c]);
        assert_eq!(tainted(&h), 0);
        set(&mut h, "node-2", "Ready", "True");
        h.run_for_secs(30, &mut [&mut c]);
        assert_eq!(h.taints("node-2"), "");
        assert_eq!(
            h.taints("node-1"),
            "not-ready:NoSchedule not-ready:NoExecute"
        );
    }

    #[test]
    fn a_removed_node_is_announced() {
        let (mut h, mut c) = scene(2);
        let options = crate::apiserver::DeleteOptions::default();
        h.client()
            .delete::<Node>(&Key::new("", "node-1"), &options)
            .unwrap();
        h.run_for_secs(10, &mut [&mut c]);
        assert_eq!(
            h.events("node-1").last().unwrap(),
            "RemovingNode: Node node-1 event: Removing Node node-1 from Controller"
        );
    }

    #[test]
    fn one_change_costs_the_same_among_5000_nodes() {
        let mut costs = Vec::new();
        for nodes in [5, 5000] {
            let (mut h, mut c) = scene(nodes);
            let before = h.runs;
            set(&mut h, "node-2", "Ready", "False");
            h.run_for_secs(60, &mut [&mut c]);
            assert_eq!(tainted(&h), 1);
            assert_eq!(c.next_due(), None);
            costs.push(h.runs - before);
        }
        assert_eq!(costs[0], costs[1]);
    }

    #[test]
    fn all_of_5000_nodes_may_fail() {
        let (mut h, mut c) = scene(5000);
        for i in 1..=5000 {
            c.heartbeats_stopped(&mut h.client(), &format!("node-{i}"));
        }
        h.run_for_secs(120, &mut [&mut c]);
        assert!(h.server.nodes.iter().all(|n| !n.is_ready()));
        assert_eq!(c.next_due(), None, "nobody is evicted");
    }
}
