//! Pressure on a node: which pod has to go first, and what it is told.
//!
//! Models: pkg/kubelet/eviction (eviction_manager.go, helpers.go: rankMemoryPressure, rankDiskPressureFunc, rankPIDPressure).
//! Differs: usage isn't simulated. A pod that asks for memory is taken to use half of it, one that asks for none to use 20 to 200 MiB, from its uid; so those without requests go first, as they usually do. Nodes don't free space by deleting images.

use super::{Due, Kubelets, Stage, fail, node};
use crate::api::object::{Kind, Object, Resource};
use crate::api::pod::Pod;
use crate::client::Client;
use crate::client::events::reference;
use crate::reason::Decision;
use crate::reason::kubelet::KubeletDecision;
use crate::sim::hash::fnv1a_64;
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::Actor;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::rc::Rc;

/// How often the kubelet looks (`monitoringInterval`): one pod a look.
pub const INTERVAL: SimDuration = SimDuration::secs(10);
/// How long a condition stays after the pressure is over (`evictionPressureTransitionPeriod`).
pub const TRANSITION_PERIOD: SimDuration = SimDuration::secs(300);

const MIB: i64 = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Pressure {
    Disk,
    Memory,
    Pid,
}

impl Pressure {
    /// The type of the node's condition.
    pub fn condition(self) -> &'static str {
        match self {
            Pressure::Disk => "DiskPressure",
            Pressure::Memory => "MemoryPressure",
            Pressure::Pid => "PIDPressure",
        }
    }

    /// Reason and message of the condition, and the reason of its event.
    pub(super) fn words(self, on: bool) -> (&'static str, &'static str, &'static str) {
        match (self, on) {
            (Pressure::Memory, true) => (
                "KubeletHasInsufficientMemory",
                "kubelet has insufficient memory available",
                "NodeHasInsufficientMemory",
            ),
            (Pressure::Memory, false) => (
                "KubeletHasSufficientMemory",
                "kubelet has sufficient memory available",
                "NodeHasSufficientMemory",
            ),
            (Pressure::Disk, true) => (
                "KubeletHasDiskPressure",
                "kubelet has disk pressure",
                "NodeHasDiskPressure",
            ),
            (Pressure::Disk, false) => (
                "KubeletHasNoDiskPressure",
                "kubelet has no disk pressure",
                "NodeHasNoDiskPressure",
            ),
            (Pressure::Pid, true) => (
                "KubeletHasInsufficientPID",
                "kubelet has insufficient PID available",
                "NodeHasInsufficientPID",
            ),
            (Pressure::Pid, false) => (
                "KubeletHasSufficientPID",
                "kubelet has sufficient PID available",
                "NodeHasSufficientPID",
            ),
        }
    }

    fn resource(self) -> &'static str {
        match self {
            Pressure::Disk => "ephemeral-storage",
            Pressure::Memory => "memory",
            Pressure::Pid => "pids",
        }
    }

    /// Threshold and what was available, as the message names them.
    fn threshold(self) -> (&'static str, &'static str) {
        match self {
            Pressure::Disk => ("10523066572", "9437184Ki"),
            Pressure::Memory => ("100Mi", "92412Ki"),
            Pressure::Pid => ("3276", "2048"),
        }
    }
}

/// A pod as the ranking sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rank {
    exceeds: bool,
    priority: i32,
    above: i64,
    usage: i64,
    request: i64,
}

/// Models: the order exceedMemoryRequests, priority, memory (and likewise for disk); for process ids by priority and number.
fn rank(pod: &Pod, kind: Pressure) -> Rank {
    let invented = (fnv1a_64(pod.metadata.uid.as_bytes()) % 180) as i64;
    let request = super::admission::requests(pod)
        .get(kind.resource())
        .copied()
        .unwrap_or(0);
    let usage = match (kind, request) {
        (Pressure::Pid, _) => invented,
        (_, 0) => (20 + invented) * MIB,
        (_, request) => request / 2,
    };
    Rank {
        exceeds: kind != Pressure::Pid && usage > request,
        priority: pod.spec.priority.unwrap_or(0),
        above: usage.saturating_sub(request),
        usage,
        request,
    }
}

fn message(pod: &Pod, kind: Pressure, rank: Rank) -> String {
    let resource = kind.resource();
    let (threshold, available) = kind.threshold();
    let mut text = format!(
        "The node was low on resource: {resource}. Threshold quantity: {threshold}, available: {available}. "
    );
    if let (true, Some(container)) = (rank.exceeds, pod.spec.containers.first()) {
        text.push_str(&format!(
            "Container {} was using {}Ki, request is {}, has larger consumption of {resource}. ",
            container.name,
            rank.usage / 1024,
            rank.request
        ));
    }
    text
}

impl Kubelets {
    pub(super) fn arm_eviction(&mut self, name: &Rc<str>, at: SimTime) {
        if let Some(kubelet) = self.nodes.get_mut(name)
            && !kubelet.pressure.is_empty()
            && !kubelet.eviction_armed
            && self.profile.mode == super::Mode::Simulated
        {
            kubelet.eviction_armed = true;
            self.loops.push(at, Due::Eviction(Rc::clone(name)));
        }
    }

    /// Kills the first pod in order, and comes back for the next.
    pub(super) fn evict_one(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let Some(kubelet) = self.nodes.get_mut(name) else {
            return;
        };
        kubelet.eviction_armed = false;
        let Some(node) = kubelet.node.clone().filter(|_| kubelet.works()) else {
            return;
        };
        // Memory first, as upstream sorts the thresholds.
        let kind = [Pressure::Memory, Pressure::Disk, Pressure::Pid]
            .into_iter()
            .find(|kind| kubelet.pressure.contains(kind));
        let Some(kind) = kind else {
            return;
        };
        let mut candidates: Vec<(Rank, &Rc<str>)> = kubelet
            .pods
            .iter()
            .filter_map(|uid| self.pods.get_key_value(uid))
            .filter(|(_, w)| matches!(w.stage, Stage::Active | Stage::Sandbox { .. }))
            .filter(|(_, w)| !w.pod.metadata.is_terminating() && !w.pod.is_terminal())
            .filter(|(_, w)| !super::admission::is_critical(&w.pod))
            .map(|(uid, w)| (rank(&w.pod, kind), uid))
            .collect();
        candidates.order_by_key(|(r, uid)| {
            (
                Reverse(r.exceeds),
                r.priority,
                Reverse(r.above),
                Rc::clone(uid),
            )
        });
        let more = candidates.len() > 1;
        let Some((rank, uid)) = candidates.first().map(|(r, uid)| (*r, Rc::clone(uid))) else {
            return;
        };
        let number = kubelet.number;
        client.actor = Actor::Kubelet(Rc::clone(name));
        client.cause = kubelet.cause;
        let Some(worker) = self.pods.get_mut(&uid) else {
            return;
        };
        client.decide(
            Kind::Pod,
            &worker.pod.key(),
            Decision::Kubelet(KubeletDecision::Evict {
                resource: kind.resource().to_owned(),
                usage_above_request: rank.above,
                exceeds_request: rank.exceeds,
                priority: rank.priority,
            }),
        );
        worker.cause = client.cause;
        let text = message(&worker.pod, kind, rank);
        let about = reference(&Object::Pod(Rc::clone(&worker.pod)));
        client.event(&about, true, "Evicted", &text);
        super::announce_stop(client, worker);
        let (now, time) = (client.now, client.time());
        worker.stop_all(now, time, 137, "Error");
        worker.stage = Stage::Failed;
        kubelet.retire(&uid);
        let wake = worker.wake.take();
        super::patch(client, worker, "status: disruption target", |status| {
            status.set_condition(
                "DisruptionTarget",
                "True",
                "TerminationByKubelet",
                &text,
                time,
            );
        });
        fail(
            client,
            worker,
            &node::host_ip(&node, number),
            "Evicted",
            &text,
        );
        self.cancel(wake);
        if more {
            self.arm_eviction(name, now + INTERVAL);
        }
    }
}
