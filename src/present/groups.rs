//! Why DESIRED is what it is: all nodes, grouped by the reason for which they run a pod or don't.

use super::node::{self, VerdictBadge};
use super::pod;
use super::scene::Scene;
use super::words::{Tone, count, said};
use crate::api::apps::DaemonSet;
use crate::api::node::Node;
use crate::api::pod::Pod;
use crate::api::taint;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::assess::{Assessment, Side};
use crate::reason::daemon::Verdict;
use crate::sim::map::Map;
use std::rc::Rc;

/// So many nodes of a group are named.
const NAMED_MAX: usize = 6;
/// More groups than these are one.
const ROWS_MAX: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// `Why DESIRED is 3 with 5 nodes`
    pub title: String,
    /// Nodes that run their pod first, then those that should, then the others.
    pub rows: Vec<GroupRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    pub state: NodeState,
    pub count: u32,
    pub reason: String,
    /// The first few.
    pub nodes: Vec<Rc<str>>,
}

/// What a DaemonSet has on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeState {
    Running,
    /// Its pod is ready, and waits to be replaced.
    Outdated,
    /// There is a pod, but it isn't ready, or not for long enough to count as available.
    NotReady,
    BeingReplaced,
    /// The pod should run, but has no node yet, or isn't there at all.
    Pending,
    Misscheduled,
    Skipped,
}

impl NodeState {
    pub fn word(self) -> &'static str {
        match self {
            NodeState::Running | NodeState::Outdated | NodeState::NotReady => "Should run",
            NodeState::BeingReplaced => "Being replaced",
            NodeState::Pending => "Should run, pending",
            NodeState::Misscheduled => "Misscheduled",
            NodeState::Skipped => "Skipped",
        }
    }

    pub fn tone(self) -> Tone {
        match self {
            NodeState::Running => Tone::Good,
            NodeState::Outdated | NodeState::BeingReplaced | NodeState::NotReady => Tone::Busy,
            NodeState::Pending | NodeState::Misscheduled => Tone::Warn,
            NodeState::Skipped => Tone::Plain,
        }
    }
}

/// So begins what the scheduler has to say.
const SCHEDULER: &str = "scheduler: ";

/// How many nodes, and the first few.
type Named = (u32, Vec<Rc<str>>);

/// All nodes of the cluster, by what the set has there and why.
pub fn groups(cluster: &Cluster, scene: &Scene, set: &DaemonSet) -> Groups {
    let mut found: Map<(NodeState, String), Named> = Map::new();
    for node in cluster.server.nodes.iter() {
        let Some(state) = state(scene, node) else {
            continue;
        };
        let (number, names) = found.or_default(state);
        *number += 1;
        if names.len() < NAMED_MAX {
            names.push(node.metadata.name.as_str().into());
        }
    }
    let row = |((state, reason), (count, nodes))| GroupRow {
        state,
        count,
        reason,
        nodes,
    };
    let mut rows: Vec<GroupRow> = found.into_iter().map(row).collect();
    if rows.len() > ROWS_MAX {
        let rest = rows.split_off(ROWS_MAX - 1);
        rows.push(GroupRow {
            state: NodeState::Skipped,
            count: rest.iter().map(|row| row.count).sum(),
            reason: format!("{} more reasons", rest.len()),
            nodes: Vec::new(),
        });
    }
    Groups {
        title: format!(
            "Why DESIRED is {} with {}",
            set.status.desired_number_scheduled,
            count(cluster.server.nodes.len() as u64, "node")
        ),
        rows,
    }
}

/// What the chosen DaemonSet has on a node.
pub fn state(scene: &Scene, node: &Node) -> Option<(NodeState, String)> {
    let assessment = scene.ledger().get(&node.metadata.name)?;
    Some(state_of(
        node,
        scene.owned_on(&node.metadata.name),
        assessment,
    ))
}

/// What a DaemonSet has on a node where these are its pods.
pub fn state_of<'a>(
    node: &Node,
    mut pods: impl Iterator<Item = &'a Rc<Pod>>,
    assessment: &Assessment,
) -> (NodeState, String) {
    let first = pods.next();
    let second = pods.next();
    let is_there = first.is_some();
    let nowhere = match is_there {
        true => NodeState::Misscheduled,
        false => NodeState::Skipped,
    };
    match &assessment.verdict {
        Some(Verdict::Keep(taint)) => {
            let taint = taint::to_string(taint);
            let stays = match is_there {
                true => ": no new pod is created, the one here stays",
                false => "",
            };
            return (nowhere, format!("taint {taint} isn't tolerated{stays}"));
        }
        Some(Verdict::Skip(reason)) => return (nowhere, said(&reason.to_string())),
        Some(Verdict::Run) | None => {}
    }
    let Some(pod) = first else {
        return (
            NodeState::Pending,
            "the controller is about to create its pod".to_owned(),
        );
    };
    if second.is_some() || pod.metadata.is_terminating() {
        let both = [Some(pod), second].into_iter().flatten();
        let unscheduled = both.filter(|pod| !pod.is_bound());
        let message = unscheduled.flat_map(|pod| message(pod)).next();
        let reason = message.map_or_else(
            || "the old pod goes, a new one comes".to_owned(),
            |message| {
                format!(
                    "the new pod is Pending beside the old one; {}",
                    reason_here(message)
                )
            },
        );
        return (NodeState::BeingReplaced, reason);
    }
    if node::health(node) != node::Health::Ready {
        let reason = "the node is NotReady, so its pod's status may be out of date".to_owned();
        return (NodeState::NotReady, reason);
    }
    if !pod.is_bound() {
        return (NodeState::Pending, reason_here(message(pod).unwrap_or("")));
    }
    if pod.is_ready() {
        if assessment
            .class
            .is_some_and(|class| class.new == Side::Unavailable)
        {
            let reason = "its pod is ready, and counts as available after minReadySeconds";
            return (NodeState::NotReady, reason.to_owned());
        }
        if assessment
            .class
            .is_some_and(|class| class.old != Side::None)
        {
            let reason = "its pod is ready, but still has the old template";
            return (NodeState::Outdated, reason.to_owned());
        }
        return (
            NodeState::Running,
            "eligible, and its pod is ready".to_owned(),
        );
    }
    let status = pod::status(pod);
    let reason = if pod.is_terminal() {
        format!("its pod failed ({status}); the controller replaces it after a back-off")
    } else {
        format!("its pod is {status}")
    };
    (NodeState::NotReady, reason)
}

/// For a node's card: the state in a word and a sentence.
pub fn badge(scene: &Scene, node: &Node) -> Option<VerdictBadge> {
    let (state, sentence) = state(scene, node)?;
    // What passes in a moment isn't worth a warning.
    let is_brief = state == NodeState::Pending && !sentence.starts_with(SCHEDULER);
    // With more than one DaemonSet a skipped node has to say by which.
    let sentence = match (state, scene.set_name()) {
        (NodeState::Skipped, Some(set)) => format!("by {set}: {sentence}"),
        _ => sentence,
    };
    Some(VerdictBadge {
        word: state.word(),
        tone: if is_brief { Tone::Busy } else { state.tone() },
        sentence,
    })
}

/// What the scheduler says to a pod that it can't place.
pub fn message(pod: &Pod) -> Option<&str> {
    let scheduled = pod.status.condition("PodScheduled");
    scheduled.map(|condition| condition.message.as_str())
}

/// A daemon pod may only go to its own node, so of the scheduler's sum over all nodes just this node's part counts.
pub fn reason_here(message: &str) -> String {
    let reasons = message
        .split_once(": ")
        .map_or(message, |(_, reasons)| reasons);
    let own = reasons
        .split(". ")
        .next()
        .unwrap_or("")
        .split(", ")
        .find(|reason| {
            !reason.contains("didn't satisfy plugin") && !reason.contains("didn't match")
        })
        .unwrap_or("");
    let own = own
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
        .trim_end_matches('.');
    if own.is_empty() {
        "it waits for the scheduler".to_owned()
    } else {
        format!("{SCHEDULER}{own}")
    }
}
