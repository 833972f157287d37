//! What a kubelet reports of its node: conditions, addresses, and the events that go with them; and switching a node off and on.
//!
//! Models: pkg/kubelet/nodestatus/setters.go, pkg/kubelet/kubelet_node_status.go.
//! Differs: a status is written when something changes, not every five minutes. A node is down because its power is off: it comes back with another boot id, and its containers start again.

use super::eviction::{self, Pressure};
use super::{Due, Kubelets, NodeKubelet, Stage, node_key, node_reference};
use crate::api::meta::Time;
use crate::api::node::{Node, NodeCondition};
use crate::api::object::Kind;
use crate::client::Client;
use crate::client::events::reference;
use crate::reason::Decision;
use crate::reason::kubelet::KubeletDecision;
use crate::sim::hash::uuid;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::Actor;
use std::rc::Rc;

/// The node's InternalIP, or one made of its number.
pub fn host_ip(node: &Node, number: u32) -> String {
    let addresses = node
        .status
        .extra
        .get("addresses")
        .and_then(|v| v.as_array());
    let internal = addresses.into_iter().flatten().find_map(|a| {
        (a.get("type")?.as_str()? == "InternalIP").then(|| a.get("address")?.as_str())?
    });
    internal.map_or_else(
        || format!("10.0.{}.{}", number / 250 % 250, number % 250 + 1),
        str::to_owned,
    )
}

/// The next address of the node's podCIDR, or of a network made of its number.
pub fn pod_ip(node: Option<&Node>, number: u32, nth: u32) -> String {
    let cidr = node.and_then(|node| node.spec.extra.get("podCIDR")?.as_str());
    let network = cidr
        .and_then(|cidr| cidr.strip_suffix(".0/24"))
        .map_or_else(
            || format!("10.{}.{}", 128 + number / 256 % 100, number % 256),
            str::to_owned,
        );
    format!("{network}.{}", nth % 253 + 2)
}

/// What the kubelet says of one condition.
struct Report {
    type_: &'static str,
    status: &'static str,
    reason: &'static str,
    message: &'static str,
    /// The event's reason when the condition becomes this.
    event: &'static str,
}

fn reports(kubelet: &NodeKubelet) -> [Report; 4] {
    let pressure = |kind: Pressure| {
        let on = kubelet.reported.contains(&kind);
        let (reason, message, event) = kind.words(on);
        Report {
            type_: kind.condition(),
            status: if on { "True" } else { "False" },
            reason,
            message,
            event,
        }
    };
    let ready = if kubelet.not_ready {
        Report {
            type_: "Ready",
            status: "False",
            reason: "KubeletNotReady",
            message: "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
            event: "NodeNotReady",
        }
    } else {
        Report {
            type_: "Ready",
            status: "True",
            reason: "KubeletReady",
            message: "kubelet is posting ready status",
            event: "NodeReady",
        }
    };
    [
        pressure(Pressure::Memory),
        pressure(Pressure::Disk),
        pressure(Pressure::Pid),
        ready,
    ]
}

fn boot_id_of(node: &Node) -> Option<&str> {
    let id = node.status.extra.get("nodeInfo")?.get("bootID")?.as_str()?;
    (!id.is_empty()).then_some(id)
}

/// The conditions with which a kubelet registers its node: all well, or waiting for its network.
///
/// Models: registerWithAPIServer, initialNode.
pub fn first_conditions(ready: bool, now: Time) -> Vec<NodeCondition> {
    let kubelet = NodeKubelet {
        not_ready: !ready,
        ..NodeKubelet::default()
    };
    let mut conditions = Vec::new();
    for report in reports(&kubelet) {
        write_condition(&mut conditions, &report, now);
    }
    conditions
}

fn write_condition(conditions: &mut Vec<NodeCondition>, report: &Report, now: Time) {
    let index = conditions.iter().position(|c| c.type_ == report.type_);
    let transition = match index.and_then(|i| conditions.get(i)) {
        Some(old) if old.status == report.status => old.last_transition_time.or(Some(now)),
        _ => Some(now),
    };
    let new = NodeCondition {
        type_: report.type_.to_owned(),
        status: report.status.to_owned(),
        last_heartbeat_time: Some(now),
        last_transition_time: transition,
        reason: report.reason.to_owned(),
        message: report.message.to_owned(),
    };
    match index.and_then(|i| conditions.get_mut(i)) {
        Some(old) => *old = new,
        None => conditions.push(new),
    }
}

impl Kubelets {
    /// Writes the node's conditions, with an event for each that changed.
    pub(super) fn report_node(&mut self, client: &mut Client<'_>, name: &str) {
        let Some(kubelet) = self.nodes.get(name) else {
            return;
        };
        let key = node_key(name);
        let Some(live) = client.server.get::<Node>(&key).cloned() else {
            return;
        };
        client.actor = Actor::Kubelet(name.into());
        let now = client.time();
        let reports = reports(kubelet);
        let changed: Vec<&Report> = reports
            .iter()
            .filter(|r| live.condition(r.type_).is_none_or(|c| c.status != r.status))
            .collect();
        for report in &changed {
            client.decide(
                Kind::Node,
                &key,
                Decision::Kubelet(KubeletDecision::Report {
                    condition: report.type_.to_owned(),
                    status: report.status.to_owned(),
                    reason: report.reason.to_owned(),
                }),
            );
        }
        let boot_id = &kubelet.boot_id;
        let known = boot_id_of(&live);
        let rebooted = known.is_some_and(|id| !boot_id.is_empty() && id != boot_id);
        // A node can only be missing here, which the watch will tell.
        let _ = client.patch_status::<Node>(&key, "status: conditions", |node| {
            if rebooted && let Some(info) = node.status.extra.get_mut("nodeInfo") {
                info["bootID"] = boot_id.as_str().into();
            }
            for report in &reports {
                write_condition(&mut node.status.conditions, report, now);
            }
        });
        let about = node_reference(&live);
        if rebooted {
            let message = format!("Node {name} has been rebooted, boot id: {boot_id}");
            client.event(&about, true, "Rebooted", &message);
        }
        for report in changed {
            let message = format!("Node {name} status is now: {}", report.event);
            client.event(&about, false, report.event, &message);
        }
    }

    pub(super) fn report_schedulable(&mut self, client: &mut Client<'_>, name: &Rc<str>, on: bool) {
        let Some(kubelet) = self.nodes.get(name).filter(|n| n.works()) else {
            return;
        };
        let Some(node) = &kubelet.node else {
            return;
        };
        client.actor = Actor::Kubelet(Rc::clone(name));
        client.cause = kubelet.cause;
        let reason = if on {
            "NodeSchedulable"
        } else {
            "NodeNotSchedulable"
        };
        let message = format!("Node {name} status is now: {reason}");
        client.event(&node_reference(node), false, reason, &message);
    }

    /// Switches a node off (nothing happens there and nothing is confirmed) or on again.
    ///
    /// The node lifecycle controller has to be told as well, that heartbeats stop or come.
    pub fn set_node_down(&mut self, client: &mut Client<'_>, name: &str, down: bool) {
        let name: Rc<str> = match self.nodes.get_key_value(name) {
            Some((name, _)) => Rc::clone(name),
            None => name.into(),
        };
        let kubelet = self.nodes.or_default(Rc::clone(&name));
        if kubelet.down == down {
            return;
        }
        kubelet.down = down;
        if kubelet.node.is_none() {
            // It has just joined, and its kubelet hasn't seen it yet.
            return;
        }
        kubelet.cause = client.cause.or(kubelet.cause);
        if down {
            kubelet.booting = false;
            kubelet.said_starting = false;
            kubelet.images.free_at = SimTime::ZERO;
            let uids = kubelet.all_pods();
            for uid in uids {
                let wake = self.pods.get_mut(&uid).and_then(|w| w.wake.take());
                self.cancel(wake);
            }
        } else {
            kubelet.booting = true;
            let at = client.now + SimDuration(self.profile.node_start_ms);
            self.queue.push(at, Due::Boot(name));
        }
    }

    /// The kubelet of a new node says what it registered; Ready follows.
    pub(super) fn registered(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let Some(kubelet) = self.nodes.get_mut(name).filter(|n| n.booting) else {
            return;
        };
        let Some(node) = &kubelet.node else {
            return;
        };
        kubelet.said_starting = true;
        client.actor = Actor::Kubelet(Rc::clone(name));
        client.cause = kubelet.cause;
        let about = node_reference(node);
        client.event(&about, false, "Starting", "Starting kubelet.");
        for report in reports(kubelet).iter().filter(|r| r.type_ != "Ready") {
            // What it didn't register comes with its first report.
            if node.condition(report.type_).is_some() {
                let message = format!("Node {name} status is now: {}", report.event);
                client.event(&about, false, report.event, &message);
            }
        }
    }

    /// The kubelet is up: it reports the node and starts again what it finds there.
    pub(super) fn boot(&mut self, client: &mut Client<'_>, name: &Rc<str>) {
        let simulated = self.simulated();
        let Some(kubelet) = self.nodes.get_mut(name) else {
            return;
        };
        let Some(node) = kubelet
            .node
            .clone()
            .filter(|_| kubelet.booting && simulated)
        else {
            return;
        };
        kubelet.booting = false;
        let rebooted = !std::mem::replace(&mut kubelet.said_starting, false);
        if rebooted {
            let drawn = client.stream(&format!("reboot/{name}")).next_u64();
            kubelet.boot_id = uuid(&drawn.to_le_bytes());
        }
        client.actor = Actor::Kubelet(Rc::clone(name));
        client.cause = kubelet.cause;
        let uids = kubelet.all_pods();
        if !uids.is_empty() {
            let pods = uids.len() as u32;
            client.decide(
                Kind::Node,
                &node_key(name),
                Decision::Kubelet(KubeletDecision::NodeRestarted { pods }),
            );
        }
        if rebooted {
            let about = node_reference(&node);
            client.event(&about, false, "Starting", "Starting kubelet.");
        }
        self.report_node(client, name);
        let (now, time, cause) = (client.now, client.time(), client.cause);
        for uid in uids {
            if let Some(worker) = self.pods.get_mut(&uid) {
                if worker.stage == Stage::New && !worker.pod.status.container_statuses.is_empty() {
                    worker.adopt(now);
                }
                if !matches!(worker.stage, Stage::New | Stage::Failed) {
                    worker.cause = cause;
                    if matches!(worker.stage, Stage::Terminating { .. }) {
                        // Whatever ran died with the machine.
                        worker.stage = Stage::Terminating {
                            stop_at: now,
                            exit_code: 255,
                        };
                    } else {
                        let ran = worker.runs_anything();
                        worker.node_restarted(now, time);
                        let ready_at = now + SimDuration(self.profile.sandbox_ms);
                        worker.stage = Stage::Sandbox { ready_at };
                        if ran && !worker.pod.metadata.is_terminating() {
                            let about =
                                reference(&crate::api::object::Object::Pod(Rc::clone(&worker.pod)));
                            client.event(
                                &about,
                                false,
                                "SandboxChanged",
                                "Pod sandbox changed, it will be killed and re-created.",
                            );
                        }
                    }
                }
            }
            self.wake(&uid, now);
        }
        self.arm_eviction(name, now);
    }

    /// The kubelet is alive and says that its node isn't ready (or is again).
    pub fn set_node_not_ready(&mut self, client: &mut Client<'_>, name: &str, not_ready: bool) {
        // A node that has just joined is known by its machine before its kubelet has seen it.
        let kubelet = self.nodes.or_default(name.into());
        kubelet.not_ready = not_ready;
        if kubelet.works() {
            self.report_node(client, name);
        }
    }

    /// The node runs short of something, or has enough again. The condition stays for five minutes after that.
    pub fn set_pressure(&mut self, client: &mut Client<'_>, name: &str, kind: Pressure, on: bool) {
        let Some((name, _)) = self.nodes.get_key_value(name) else {
            return;
        };
        let name = Rc::clone(name);
        let Some(kubelet) = self.nodes.get_mut(&name) else {
            return;
        };
        kubelet.cause = client.cause.or(kubelet.cause);
        if on {
            if !kubelet.pressure.insert(kind) {
                return;
            }
            kubelet.reported.insert(kind);
            if kubelet.works() {
                self.report_node(client, &name);
            }
            self.arm_eviction(&name, client.now);
        } else if kubelet.pressure.remove(&kind) {
            let at = client.now + eviction::TRANSITION_PERIOD;
            self.queue.push(at, Due::PressureOver(name, kind));
        }
    }

    pub(super) fn pressure_over(
        &mut self,
        client: &mut Client<'_>,
        name: &Rc<str>,
        kind: Pressure,
    ) {
        let Some(kubelet) = self.nodes.get_mut(name) else {
            return;
        };
        // It came back meanwhile, or the timer is of an earlier spell.
        if kubelet.pressure.contains(&kind) || !kubelet.reported.remove(&kind) {
            return;
        }
        client.cause = kubelet.cause;
        if kubelet.works() {
            self.report_node(client, name);
        }
    }
}
