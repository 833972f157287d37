//! One node as a card: what it is, what keeps pods away, what runs there.

use super::pod::PodTile;
use super::words::{Tone, count};
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::pod::{Pod, PodSpec};
use crate::api::pod_needs;
use crate::api::quantity::Quantity;
use crate::api::taint;
use crate::sim::sort::Order;
use std::rc::Rc;

/// What a node card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeCard {
    pub name: Rc<str>,
    /// When it joined.
    pub created: Option<Time>,
    /// `worker`, `control-plane`, …, from the node-role labels.
    pub roles: Vec<String>,
    /// `linux/amd64`
    pub platform: String,
    pub health: Health,
    /// STATUS as kubectl prints it: `Ready,SchedulingDisabled`.
    pub status: String,
    pub is_cordoned: bool,
    /// The machine is switched off; the API doesn't know that.
    pub is_down: bool,
    pub is_not_ready: bool,
    /// Conditions that are bad news: `MemoryPressure`, …
    pub pressures: Vec<Pressure>,
    /// Labels that a person gave; those that every node has come after, for the editor.
    pub labels: Vec<Label>,
    pub taints: Vec<TaintChip>,
    pub usage: Vec<Usage>,
    pub pods: Vec<Rc<PodTile>>,
    /// What the chosen DaemonSet makes of this node.
    pub verdict: Option<VerdictBadge>,
    pub summary: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Ready,
    NotReady,
    Unknown,
}

impl Health {
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Ready => "Ready",
            Health::NotReady => "NotReady",
            Health::Unknown => "Unknown",
        }
    }
}

/// A condition that the node's menu can switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pressure {
    Memory,
    Disk,
    Pid,
    Network,
}

impl Pressure {
    pub const ALL: [Pressure; 4] = [
        Pressure::Memory,
        Pressure::Disk,
        Pressure::Pid,
        Pressure::Network,
    ];

    /// The condition's name in the API.
    pub fn condition(self) -> &'static str {
        match self {
            Pressure::Memory => "MemoryPressure",
            Pressure::Disk => "DiskPressure",
            Pressure::Pid => "PIDPressure",
            Pressure::Network => "NetworkUnavailable",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub key: String,
    pub value: String,
    /// Every node has it: shown only while editing.
    pub is_builtin: bool,
}

impl Label {
    pub fn text(&self) -> String {
        if self.value.is_empty() {
            self.key.clone()
        } else {
            format!("{}={}", self.key, self.value)
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaintChip {
    pub key: String,
    pub value: String,
    pub effect: String,
    /// Set by the node lifecycle controller: taking it off is of no use.
    pub is_automatic: bool,
}

impl TaintChip {
    pub fn text(&self) -> String {
        if self.value.is_empty() {
            format!("{}:{}", self.key, self.effect)
        } else {
            format!("{}={}:{}", self.key, self.value, self.effect)
        }
    }
}

/// A bar: how much of a resource the node's pods ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub resource: &'static str,
    pub used: String,
    pub capacity: String,
    pub permille: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictBadge {
    /// `wanted`, `stays`, `not wanted`
    pub word: &'static str,
    pub tone: Tone,
    pub sentence: String,
}

/// What the API doesn't say about a node, but the simulation knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    pub is_down: bool,
    pub is_not_ready: bool,
}

pub fn card(
    node: &Node,
    pods: &[Rc<Pod>],
    tiles: Vec<Rc<PodTile>>,
    machine: Machine,
    verdict: Option<VerdictBadge>,
) -> NodeCard {
    let health = health(node);
    let roles = roles(node);
    let pressures: Vec<Pressure> = Pressure::ALL
        .into_iter()
        .filter(|p| {
            node.condition(p.condition())
                .is_some_and(|c| c.status == "True")
        })
        .collect();
    let taints: Vec<TaintChip> = node.spec.taints.iter().map(taint_chip).collect();
    let mut status = match health {
        Health::Ready => "Ready",
        Health::NotReady | Health::Unknown => "NotReady",
    }
    .to_owned();
    if node.spec.unschedulable {
        status.push_str(",SchedulingDisabled");
    }
    let mut summary = format!(
        "Node {}, {status}, {}",
        node.metadata.name,
        count(tiles.len() as u64, "pod")
    );
    if !taints.is_empty() {
        summary.push_str(&format!(", {}", count(taints.len() as u64, "taint")));
    }
    if let Some(verdict) = &verdict {
        summary.push_str(&format!(", {}", verdict.word));
    }
    NodeCard {
        name: node.metadata.name.as_str().into(),
        created: node.metadata.creation_timestamp,
        roles,
        platform: platform(node),
        health,
        status,
        is_cordoned: node.spec.unschedulable,
        is_down: machine.is_down,
        is_not_ready: machine.is_not_ready,
        pressures,
        labels: labels(node),
        taints,
        usage: usage(node, pods),
        pods: tiles,
        verdict,
        summary,
    }
}

pub fn health(node: &Node) -> Health {
    match node.condition("Ready").map(|c| c.status.as_str()) {
        Some("True") => Health::Ready,
        Some("Unknown") => Health::Unknown,
        _ => Health::NotReady,
    }
}

/// ROLES as kubectl prints them.
fn roles(node: &Node) -> Vec<String> {
    let labels = &node.metadata.labels;
    labels
        .iter()
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) if !role.is_empty() => Some(role.to_owned()),
                _ if key == "kubernetes.io/role" && !value.is_empty() => Some(value.clone()),
                _ => None,
            },
        )
        .collect()
}

fn platform(node: &Node) -> String {
    let label = |key| node.metadata.label(key).unwrap_or("?");
    format!(
        "{}/{}",
        label("kubernetes.io/os"),
        label("kubernetes.io/arch")
    )
}

fn labels(node: &Node) -> Vec<Label> {
    let all = node.metadata.labels.iter().map(|(key, value)| Label {
        key: key.clone(),
        value: value.clone(),
        is_builtin: is_builtin(key),
    });
    let mut all: Vec<Label> = all.collect();
    all.order_by_key(|label| label.is_builtin);
    all
}

/// Labels that kubelets give to all nodes, and role labels, which the card shows by other means.
fn is_builtin(key: &str) -> bool {
    key.starts_with("kubernetes.io/")
        || key.starts_with("beta.kubernetes.io/")
        || key.starts_with("node-role.kubernetes.io/")
}

fn taint_chip(taint: &crate::api::node::Taint) -> TaintChip {
    TaintChip {
        key: taint.key.clone(),
        value: taint.value.clone(),
        effect: taint.effect.clone(),
        is_automatic: [
            taint::NOT_READY,
            taint::UNREACHABLE,
            taint::UNSCHEDULABLE,
            taint::DISK_PRESSURE,
            taint::MEMORY_PRESSURE,
            taint::PID_PRESSURE,
            taint::NETWORK_UNAVAILABLE,
        ]
        .contains(&taint.key.as_str()),
    }
}

fn usage(node: &Node, pods: &[Rc<Pod>]) -> Vec<Usage> {
    let room = if node.status.allocatable.is_empty() {
        &node.status.capacity
    } else {
        &node.status.allocatable
    };
    let live = || {
        pods.iter()
            .filter(|pod| !pod.is_terminal() && pod.is_bound())
    };
    let mut bars = Vec::new();
    if let Some(cpu) = room.get("cpu") {
        let used = live()
            .map(|pod| requested(&pod.spec, "cpu", Quantity::milli_value))
            .sum();
        bars.push(bar("cpu", used, cpu.milli_value(), cores));
    }
    if let Some(memory) = room.get("memory") {
        let used = live()
            .map(|pod| requested(&pod.spec, "memory", Quantity::value))
            .sum();
        bars.push(bar("memory", used, memory.value(), bytes));
    }
    if let Some(pods) = room.get("pods") {
        bars.push(bar("pods", live().count() as i64, pods.value(), |n| {
            n.to_string()
        }));
    }
    // Bars that are as good as empty tell nothing.
    if bars.iter().all(|bar| bar.permille < 20) {
        bars.clear();
    }
    bars
}

fn bar(resource: &'static str, used: i64, room: i64, print: fn(i64) -> String) -> Usage {
    let permille = if room <= 0 {
        0
    } else {
        used.max(0).saturating_mul(1000) / room
    };
    Usage {
        resource,
        used: print(used),
        capacity: print(room),
        permille: permille.min(1000) as u32,
    }
}

/// A pod's request for one resource.
pub fn requested(spec: &PodSpec, resource: &str, amount: fn(&Quantity) -> i64) -> i64 {
    let all = pod_needs::totals(spec, false);
    all.get(resource).map_or(0, amount)
}

/// `250m`, `4`
fn cores(milli: i64) -> String {
    if milli % 1000 == 0 {
        (milli / 1000).to_string()
    } else {
        format!("{milli}m")
    }
}

/// `128Mi`, `7.6Gi`
fn bytes(n: i64) -> String {
    const KI: i64 = 1024;
    let (unit, name) = match n {
        _ if n >= KI * KI * KI => (KI * KI * KI, "Gi"),
        _ if n >= KI * KI => (KI * KI, "Mi"),
        _ if n >= KI => (KI, "Ki"),
        _ => return n.to_string(),
    };
    let tenths = n / (unit / 10).max(1);
    if tenths % 10 == 0 || tenths >= 1000 {
        format!("{}{name}", tenths / 10)
    } else {
        format!("{}.{}{name}", tenths / 10, tenths % 10)
    }
}
