//! The chain of causes as a story: oldest first, in the words of somebody who watched it.

use super::{Cause, WhyPanel, find, gone, newest};
use crate::api::object::{Key, Kind};
use crate::cluster::Cluster;
use crate::controllers::daemon_set::pod::target_node;
use crate::present::daemon_set::label;
use crate::present::groups::reason_here;
use crate::present::pod::PodId;
use crate::present::scene::Scene;
use crate::present::words::{clock, list, said, span};
use crate::reason::Decision;
use crate::reason::daemon::{CreateReason, DaemonDecision};
use crate::reason::kubelet::KubeletDecision;
use crate::reason::node::NodeDecision;
use crate::reason::scheduling::SchedulingDecision;
use crate::trace::{Actor, Entry, TraceId, What};
use std::rc::Rc;

/// A longer chain is cut in the middle.
const CAUSES_MAX: usize = 14;
/// Names of pods in one sentence.
const NAMED_MAX: usize = 3;

/// From the user's command to the effect.
pub fn causes(cluster: &Cluster, id: TraceId) -> Vec<Cause> {
    let chain = cluster.trace.causes(id);
    let entries = chain.iter().rev().filter_map(|id| cluster.trace.get(*id));
    let mut all: Vec<&Entry> = entries.collect();
    let told: Vec<bool> = (0..all.len())
        .map(|i| {
            is_told(
                all[i],
                i.checked_sub(1).map(|i| all[i]),
                all.get(i + 1).copied(),
            )
        })
        .collect();
    let mut told = told.into_iter();
    all.retain(|_| told.next().unwrap_or(true));
    let mut own = own_steps(cluster, &all).into_iter();
    all.retain(|_| own.next().unwrap_or(true));
    let skipped = all.len().saturating_sub(CAUSES_MAX);
    let is_shown = |i: usize| i < CAUSES_MAX / 2 || i >= CAUSES_MAX / 2 + skipped;
    let shown = all.into_iter().enumerate().filter(|(i, _)| is_shown(*i));
    let shown = shown.map(|(_, entry)| {
        let (node, pod) = whereabouts(cluster, entry);
        Cause {
            at: clock(entry.at.0),
            at_ms: entry.at.0,
            actor: entry.actor.to_string(),
            text: tell(cluster, entry, node.as_deref()),
            node,
            pod,
        }
    });
    shown.collect()
}

/// Which steps belong to the story of the last one's node or pod. The loop that came to it served others before: of
/// what happened to those, only the step that led here does.
fn own_steps(cluster: &Cluster, all: &[&Entry]) -> Vec<bool> {
    let places: Vec<_> = all
        .iter()
        .map(|entry| whereabouts(cluster, entry))
        .collect();
    let here = places
        .iter()
        .rev()
        .find(|(node, pod)| node.is_some() || pod.is_some());
    let Some((node, pod)) = here else {
        return vec![true; all.len()];
    };
    let is_elsewhere = |at: &(Option<Rc<str>>, Option<PodId>)| match (at, node, pod) {
        ((Some(at), _), Some(node), _) => at != node,
        ((None, Some(at)), _, Some(pod)) => at != pod,
        _ => false,
    };
    let mut is_own = vec![true; all.len()];
    let mut from = None;
    for (i, at) in places.iter().enumerate() {
        if matches!(all[i].what, What::Command(_)) {
            continue;
        }
        if is_elsewhere(at) {
            // What came between two steps elsewhere, and the first of them, led there.
            let from = *from.get_or_insert(i);
            is_own[from..i].fill(false);
        } else if at.0.is_some() || at.1.is_some() {
            from = None;
        }
    }
    is_own
}

/// A decision and its write are one step of the story, and that a key was queued and taken is how it always goes.
fn is_told(entry: &Entry, before: Option<&Entry>, after: Option<&Entry>) -> bool {
    let (before, after) = (before.map(|it| &it.what), after.map(|it| &it.what));
    match (&entry.what, before, after) {
        (What::Woken(_), ..) => false,
        (What::Decided(decision), _, Some(after)) => !matches!(
            (decision, after),
            (
                Decision::Daemon(DaemonDecision::Create { .. }),
                What::Created
            ) | (
                Decision::Scheduling(SchedulingDecision::Bound { .. }),
                What::Updated(_)
            )
        ),
        (What::Updated("status: conditions"), Some(What::Decided(Decision::Kubelet(_))), _)
        | (What::Updated("spec.taints"), Some(What::Decided(Decision::Node(_))), _)
        | (What::Updated("taints"), Some(What::Command(_)), Some(_))
        | (What::Updated("status: seen by the kubelet"), _, Some(_)) => false,
        _ => true,
    }
}

/// A pod that isn't there any more, or not yet.
pub fn gone_pod(cluster: &Cluster, scene: &Scene, id: &PodId, title: String) -> WhyPanel {
    let key = Key::new(&id.namespace, &id.name);
    let Some(last) = newest(cluster, Kind::Pod, &key) else {
        return gone(title, "This pod doesn't exist at this moment.".to_owned());
    };
    let chain = cluster.trace.causes(last);
    let mut entries = chain.iter().filter_map(|id| cluster.trace.get(*id));
    let node = entries.clone().find_map(|entry| match &entry.what {
        What::Decided(Decision::Daemon(
            DaemonDecision::Delete { node, .. } | DaemonDecision::Create { node, .. },
        )) => Some(Rc::clone(node)),
        _ => match &entry.actor {
            Actor::Kubelet(node) => Some(Rc::clone(node)),
            _ => None,
        },
    });
    let reason = entries.find_map(|entry| reason_to_go(entry, &id.name));
    let at = cluster.trace.get(last).map_or(0, |entry| entry.at.0);
    let mut answer = match reason {
        Some(reason) => format!("This pod has gone, at {}: {reason}.", clock(at)),
        None => format!("This pod has gone, at {}.", clock(at)),
    };
    // Names of daemon pods are the set's and five letters.
    let owner = id.name.rsplit_once('-').map_or("", |(owner, _)| owner);
    let pods = node.iter().flat_map(|node| scene.on(node));
    let heirs = pods.filter(|pod| {
        let by = pod.metadata.controller_ref();
        by.is_some_and(|by| by.name == owner) && *pod.metadata.namespace == *id.namespace
    });
    let heir = heirs.max_by_key(|pod| (pod.metadata.creation_timestamp, &pod.metadata.name));
    if let (Some(heir), Some(node)) = (heir, &node) {
        let name = &heir.metadata.name;
        answer.push_str(&format!(" {name} replaced it on {node}."));
    }
    WhyPanel {
        causes: causes(cluster, last),
        replaced_by: heir.map(|heir| PodId {
            namespace: id.namespace.clone(),
            name: heir.metadata.name.as_str().into(),
        }),
        ..gone(title, answer)
    }
}

/// Why a pod was deleted, if this entry says it.
fn reason_to_go(entry: &Entry, pod: &str) -> Option<String> {
    match &entry.what {
        What::Decided(Decision::Daemon(DaemonDecision::Delete { pod: of, why, .. }))
            if **of == *pod =>
        {
            Some(said(&why.to_string()))
        }
        What::Decided(Decision::Node(decision)) => match decision {
            NodeDecision::Evict { .. }
            | NodeDecision::Orphaned { .. }
            | NodeDecision::OwnerGone { .. } => Some(said(&decision.to_string())),
            _ => None,
        },
        What::Command(text) => Some(command(text)),
        _ => None,
    }
}

/// A node that isn't there any more, or not yet.
pub fn gone_node(cluster: &Cluster, name: &str, title: String) -> WhyPanel {
    let last = find(cluster, |entry| {
        let is_it = entry.subject.kind == Kind::Node && &*entry.subject.key.name == name;
        is_it && entry.what == What::Deleted
    });
    let Some((last, entry)) = last.and_then(|id| Some((id, cluster.trace.get(id)?))) else {
        return gone(title, "This node doesn't exist at this moment.".to_owned());
    };
    WhyPanel {
        causes: causes(cluster, last),
        ..gone(
            title,
            format!("This node has gone, at {}.", clock(entry.at.0)),
        )
    }
}

/// Who acts, in a sentence.
fn who(actor: &Actor) -> String {
    match actor {
        Actor::User => "you".to_owned(),
        Actor::ApiServer => "the API server".to_owned(),
        Actor::DaemonSetController => "the controller".to_owned(),
        Actor::Scheduler => "the scheduler".to_owned(),
        Actor::Kubelet(node) => format!("the kubelet on {node}"),
        Actor::NodeLifecycleController => "the node controller".to_owned(),
        Actor::TaintEvictionController => "the taint eviction controller".to_owned(),
        Actor::PodGarbageCollector => "the pod garbage collector".to_owned(),
        Actor::GarbageCollector => "the garbage collector".to_owned(),
        Actor::NamespaceController => "the namespace controller".to_owned(),
    }
}

/// What happened, as a sentence without its dot.
fn tell(cluster: &Cluster, entry: &Entry, node: Option<&str>) -> String {
    let (name, who) = (&entry.subject.key.name, who(&entry.actor));
    let kind = entry.subject.kind;
    match (&entry.what, kind) {
        (What::Command(text), _) => command(text),
        (What::Created, Kind::Node) => format!("{name} joined"),
        (What::Created, Kind::Pod) => {
            let place = node.map_or_else(String::new, |node| format!(" for {node}"));
            let cause = entry.cause.and_then(|id| cluster.trace.get(id));
            let why = match cause.map(|cause| &cause.what) {
                Some(What::Decided(Decision::Daemon(DaemonDecision::Create { why, .. })))
                    if *why != CreateReason::NoPod =>
                {
                    format!(": {}", said(&why.to_string()))
                }
                _ => String::new(),
            };
            format!("{who} created {name}{place}{why}")
        }
        (What::Created, _) => format!("{who} created {} {name}", kind.name()),
        (What::Updated(what), _) => updated(what, entry, &who, node),
        (What::Counted(numbers), _) => {
            let numbers = numbers
                .iter()
                .map(|n| format!("{} {} → {}", label(n.field), n.before, n.after));
            let numbers: Vec<String> = numbers.collect();
            format!("{who} counted again: {}", numbers.join(", "))
        }
        (What::DeletionRequested { grace_seconds }, Kind::Pod) => {
            format!("{who} told {name} to stop within {grace_seconds} s")
        }
        (What::DeletionRequested { .. }, _) => {
            format!("{who} began to delete {} {name}", kind.name())
        }
        (What::Deleted, Kind::Pod) => format!("{name} was removed"),
        (What::Deleted, _) => format!("{who} deleted {} {name}", kind.name()),
        (What::Woken(_), _) => format!("{who} looked at {name} again"),
        (What::Decided(decision), _) => decided(decision, name, &who),
        (
            What::Event {
                reason, message, ..
            },
            _,
        ) => format!("{who} reported {reason}: {message}"),
        (What::Broken(text), _) => text.clone(),
    }
}

/// What the user did.
fn command(text: &str) -> String {
    let begins = [
        ("kubectl ", "you ran kubectl "),
        ("add ", "you added "),
        ("power off ", "you powered off "),
        ("power on ", "you powered on "),
        ("taints of ", "you set the taints of "),
        ("change ", "you changed "),
    ];
    let found = begins
        .iter()
        .find_map(|(old, new)| Some(format!("{new}{}", text.strip_prefix(old)?)));
    let others = || {
        let kubelet = text.split_once("'s kubelet says ");
        let condition = text
            .split_once(" on ")
            .filter(|(word, _)| !word.contains(' '));
        let switch = condition.and_then(|(condition, rest)| {
            let (node, on) = rest.split_once(": ")?;
            Some(format!("you set {condition} on {node} to {on}"))
        });
        let fails = || text.strip_prefix("pod ")?.split_once(" fails: ");
        match (kubelet, switch, fails()) {
            (Some((node, "ready")), ..) => format!("you made {node}'s kubelet report Ready"),
            (Some((node, _)), ..) => format!("you made {node}'s kubelet report NotReady"),
            (_, Some(switch), _) => switch,
            (.., Some((pod, reason))) => format!("you made {pod} fail: {reason}"),
            _ if text == "the cluster starts" => "the cluster started".to_owned(),
            _ => format!("you: {text}"),
        }
    };
    found.unwrap_or_else(others)
}

fn updated(what: &str, entry: &Entry, who: &str, node: Option<&str>) -> String {
    let name = &entry.subject.key.name;
    match (what, entry.subject.kind) {
        ("spec.nodeName", Kind::Pod) => match node {
            Some(node) => format!("{who} bound {name} to {node}"),
            None => format!("{who} bound {name}"),
        },
        ("PodScheduled=False", Kind::Pod) => format!("{name} stayed pending"),
        ("status: ready", Kind::Pod) => format!("{name} became ready"),
        ("status: running, not ready", Kind::Pod) => format!("{name} started, not ready yet"),
        ("status: not ready", Kind::Pod) => format!("{name} stopped being ready"),
        ("status: failed", Kind::Pod) => format!("{name} failed"),
        ("status: succeeded", Kind::Pod) => format!("{name} completed"),
        ("status: seen by the kubelet", Kind::Pod) => format!("{who} accepted {name}"),
        ("status", _) => format!("{who} wrote the status of {name}"),
        ("status: conditions", _) => format!("{who} reported its conditions"),
        ("status: not ready", _) => format!("{who} marked {name} NotReady"),
        ("status: unknown", _) => format!("{who} marked {name} Unknown"),
        ("spec.taints" | "taints", _) => format!("{who} changed the taints of {name}"),
        ("the template, by a restart", _) => format!("a restart changed the template of {name}"),
        ("the template, by a rollback", _) => format!("a rollback changed the template of {name}"),
        ("eviction", _) => format!("{who} evicted {name}"),
        (what, _) => match (what.strip_prefix("status: "), what.strip_prefix("by ")) {
            (Some(status), _) => format!("{name}: {status}"),
            (_, Some(by)) => format!("{by} changed {name}"),
            (None, None) => format!("{who} updated {name}: {what}"),
        },
    }
}

fn decided(decision: &Decision, name: &str, who: &str) -> String {
    match decision {
        Decision::Daemon(decision) => by_controller(decision, who),
        Decision::Scheduling(decision) => match decision {
            SchedulingDecision::Bound { node, .. } => {
                format!("{who} chose {node}: all filters passed")
            }
            SchedulingDecision::Unschedulable { message, .. } => {
                let reason = reason_here(message);
                let reason = reason.strip_prefix("scheduler: ").unwrap_or(&reason);
                format!("{who} found no place for {name}: {reason}")
            }
            SchedulingDecision::Preempting { node, victims } => {
                let victims = list(victims, victims.len(), NAMED_MAX);
                format!("{who} preempted {victims} on {node}")
            }
            SchedulingDecision::BindingRefused { node, error } => {
                format!("the binding of {name} to {node} was refused: {error}")
            }
        },
        Decision::Kubelet(decision) => by_kubelet(decision, name, who),
        Decision::Node(decision) => match decision {
            NodeDecision::HeartbeatsStopped { silent_ms } => {
                format!("{who} heard nothing from {name} for {}", span(*silent_ms))
            }
            NodeDecision::Evict {
                pod,
                taint,
                after_seconds: None,
            } => {
                let taint = crate::api::taint::to_string(taint);
                format!("{who} evicted {pod}: taint {taint} isn't tolerated")
            }
            NodeDecision::Taint { taint, .. } => {
                let taint = crate::api::taint::to_string(taint);
                format!("{who} tainted {name}: {taint}")
            }
            NodeDecision::Untaint { taint } => {
                let taint = crate::api::taint::to_string(taint);
                format!("{who} removed the taint {taint} from {name}")
            }
            other => format!("{who}: {}", said(&other.to_string())),
        },
    }
}

fn by_controller(decision: &DaemonDecision, who: &str) -> String {
    match decision {
        DaemonDecision::Create { node, why } => {
            format!("{who} gave {node} a pod: {}", said(&why.to_string()))
        }
        DaemonDecision::Delete { pod, node, why } => {
            format!("{who} took {pod} off {node}: {}", said(&why.to_string()))
        }
        DaemonDecision::BackOff {
            pod,
            node,
            delay_ms,
        } => format!(
            "{who} kept the failed {pod} on {node} for now: back-off of {}",
            span(*delay_ms)
        ),
        DaemonDecision::NewRevision { revision, .. } => format!("{who} stored revision {revision}"),
        other => format!("{who}: {}", said(&other.to_string())),
    }
}

fn by_kubelet(decision: &KubeletDecision, name: &str, who: &str) -> String {
    match decision {
        KubeletDecision::Rejected { message, .. } => format!("{who} rejected {name}: {message}"),
        KubeletDecision::Pull { image, pull_ms, .. } => {
            format!("{who} began to pull {image}: {}", span(*pull_ms))
        }
        KubeletDecision::PullBackOff {
            image, back_off_ms, ..
        } => format!(
            "{who} couldn't pull {image}; next try in {}",
            span(*back_off_ms)
        ),
        KubeletDecision::Restart {
            container,
            exit_code,
            back_off_ms,
        } => match back_off_ms {
            0 => format!("{container} exited with code {exit_code} and restarts"),
            ms => format!(
                "{container} exited with code {exit_code}; restart in {}",
                span(*ms)
            ),
        },
        KubeletDecision::Ended {
            container,
            exit_code,
        } => format!("{container} exited with code {exit_code}"),
        KubeletDecision::Stop {
            shutdown_ms,
            grace_ms,
            killed,
        } => match killed {
            true => format!("{name} ignored SIGTERM: SIGKILL after {}", span(*grace_ms)),
            false => format!("{name} exited {} after SIGTERM", span(*shutdown_ms)),
        },
        KubeletDecision::Evict { resource, .. } => {
            format!("{who} evicted {name}: low on {resource}")
        }
        KubeletDecision::Report {
            condition, status, ..
        } => match (&**condition, &**status) {
            ("Ready", "True") => format!("{name} became Ready"),
            ("Ready", _) => format!("{name} became NotReady"),
            (condition, status) => format!("{who} reported {condition}={status}"),
        },
        other => format!("{who}: {}", said(&other.to_string())),
    }
}

/// The node and the pod that an entry is about, as far as it tells or they are still there.
fn whereabouts(cluster: &Cluster, entry: &Entry) -> (Option<Rc<str>>, Option<PodId>) {
    let Key { namespace, name } = &entry.subject.key;
    let id = |name: &Rc<str>| PodId {
        namespace: namespace.clone(),
        name: name.clone(),
    };
    let of_actor = match &entry.actor {
        Actor::Kubelet(node) => Some(node.clone()),
        _ => None,
    };
    match (entry.subject.kind, &entry.what) {
        (Kind::Node, _) => (Some(name.clone()), None),
        (Kind::Pod, _) => {
            let pod = cluster.server.pods.get(&entry.subject.key);
            let node = pod.and_then(|pod| target_node(pod)).map(Rc::from);
            // Of a pod that is gone, the controller's decision knows it.
            let decided = || {
                let cause = cluster.trace.get(entry.cause?)?;
                match &cause.what {
                    What::Decided(Decision::Daemon(
                        DaemonDecision::Create { node, .. } | DaemonDecision::Delete { node, .. },
                    )) => Some(node.clone()),
                    _ => None,
                }
            };
            (node.or(of_actor).or_else(decided), Some(id(name)))
        }
        (_, What::Decided(Decision::Daemon(decision))) => match decision {
            DaemonDecision::Create { node, .. } => (Some(node.clone()), None),
            DaemonDecision::Delete { node, pod, .. }
            | DaemonDecision::BackOff { node, pod, .. } => (Some(node.clone()), Some(id(pod))),
            _ => (None, None),
        },
        _ => (of_actor, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_did_is_told_as_a_sentence() {
        let told = [
            "kubectl apply -f -",
            "add 3 Worker nodes",
            "power off node-1",
            "node-1's kubelet says not ready",
            "node-1's kubelet says ready",
            "DiskPressure on node-2: true",
            "pod agent-x7k2p fails: Evicted",
            "taints of node-2: none",
            "change how kubelets behave",
            "the cluster starts",
        ]
        .map(command);
        assert_eq!(
            told.join("\n"),
            "you ran kubectl apply -f -
you added 3 Worker nodes
you powered off node-1
you made node-1's kubelet report NotReady
you made node-1's kubelet report Ready
you set DiskPressure on node-2 to true
you made agent-x7k2p fail: Evicted
you set the taints of node-2: none
you changed how kubelets behave
the cluster started"
        );
    }
}
