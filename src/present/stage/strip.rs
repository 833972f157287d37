//! The control plane at work, in a few words: the small, always visible form of the controller's eye.

use super::cue::{Cue, Named};
use super::pacing::Shown;
use crate::api::apps::DaemonSet;
use crate::api::object::{Key, Resource};
use crate::cluster::Cluster;
use crate::present::pod::PodTile;
use crate::present::rollout::uses_budget;
use crate::present::scene::Scene;
use crate::present::words::{Tone, count, list, span};
use crate::reason::daemon::{DaemonDecision, DeleteReason};
use std::rc::Rc;

/// Waiting pods that the strip draws; the rest is counted.
const QUEUE_MAX: usize = 2;
/// Names in a sentence.
const NAMED_MAX: usize = 2;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strip {
    /// Another number for each moment: the lights run once for each.
    pub number: u32,
    pub lit: Lit,
    /// `create`, `delete` or `create, delete`
    pub act: &'static str,
    pub controller: Words,
    /// Pods that the controller created in this moment.
    pub fresh: Vec<Rc<PodTile>>,
    pub fresh_count: usize,
    pub scheduler: Words,
    /// Pods that wait for the scheduler to bind them.
    pub queue: Vec<Rc<PodTile>>,
    pub queue_count: usize,
    /// Nothing happens.
    pub is_quiet: bool,
}

/// How far the controller's loop went in this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lit {
    #[default]
    Nothing,
    /// It took a key from its queue and found nothing to do.
    Sync,
    /// It created or deleted pods.
    Act,
}

impl Lit {
    pub fn as_str(self) -> &'static str {
        match self {
            Lit::Nothing => "nothing",
            Lit::Sync => "sync",
            Lit::Act => "act",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub tone: Tone,
}

impl Words {
    fn new(tone: Tone, text: String) -> Words {
        Words { text, tone }
    }
}

/// The strip for a moment. What was said before stays until there is something else to say.
pub fn strip(
    cluster: &Cluster,
    scene: &Scene,
    set: Option<&DaemonSet>,
    shown: &Shown,
    before: &Strip,
) -> Strip {
    let cue = &shown.cue;
    let is_new = before.number != shown.number;
    let is_quiet = cluster.is_settled();
    let is_over = is_quiet || shown.is_over;
    let acts = [!cue.created_on.is_empty(), !cue.deleted_on.is_empty()];
    let said = controller(scene, set, cue).filter(|_| is_new);
    // A wait is told for as long as it lasts.
    let is_waiting = before.controller.tone == Tone::Warn && !holders(scene).is_empty();
    let controller = match said {
        Some(words) => name_set(cluster, cue, words),
        None if before.controller.text.is_empty()
            || is_new && shown.is_jump
            || is_over && !is_waiting =>
        {
            at_rest(scene, set, is_quiet)
        }
        None => before.controller.clone(),
    };
    let is_fresh = |key: &Key| shown.is_at_controller && cue.created.contains(key);
    let (mut fresh, mut queue) = (Vec::new(), Vec::new());
    let (mut fresh_count, mut queue_count) = (0, 0);
    for (key, pod) in scene.waiting_by_key() {
        let (list, count) = if is_fresh(key) {
            (&mut fresh, &mut fresh_count)
        } else {
            (&mut queue, &mut queue_count)
        };
        *count += 1;
        if list.len() < QUEUE_MAX {
            list.push(Rc::new(scene.tile(pod)));
        }
    }
    Strip {
        number: shown.number,
        lit: match (acts, cue.has_sync) {
            ([false, false], false) => Lit::Nothing,
            ([false, false], true) => Lit::Sync,
            _ => Lit::Act,
        },
        act: match acts {
            [true, true] => "create, delete",
            [false, true] => "delete",
            [true, false] => "create",
            [false, false] => "act",
        },
        controller,
        scheduler: scheduler(scene, cue, queue_count),
        fresh,
        fresh_count,
        queue,
        queue_count,
        is_quiet,
    }
}

/// With several DaemonSets, the sentence says whose controller loop it is about.
fn name_set(cluster: &Cluster, cue: &Cue, words: Words) -> Words {
    match &cue.set {
        Some(key) if cluster.server.daemon_sets.len() > 1 => {
            Words::new(words.tone, format!("{}: {}", key.name, words.text))
        }
        _ => words,
    }
}

fn controller(scene: &Scene, set: Option<&DaemonSet>, cue: &Cue) -> Option<Words> {
    let mut said = Vec::new();
    if !cue.created_on.is_empty() {
        said.push(on(
            "creates a pod for",
            "creates pods for",
            "creates",
            &cue.created_on,
        ));
    }
    if !cue.deleted_on.is_empty() {
        let one = match cue.delete_reason {
            Some(DeleteReason::RollingUpdate | DeleteReason::OldUnavailable) => {
                "deletes the old pod on"
            }
            Some(DeleteReason::SurgeDone) => "replaced: deletes the old pod on",
            Some(DeleteReason::NotEligible(_)) => "not eligible: deletes the pod on",
            Some(DeleteReason::Failed) => "deletes the failed pod on",
            _ => "deletes the pod on",
        };
        said.push(on(one, "deletes pods on", "deletes", &cue.deleted_on));
    }
    if !said.is_empty() {
        return Some(Words::new(Tone::Busy, said.join("; ")));
    }
    let words = match cue.decided.as_ref()? {
        DaemonDecision::WaitForBudget {
            unavailable,
            max_unavailable,
            max_surge,
            ..
        } => {
            let what = match max_surge {
                0 => format!("budget {max_unavailable}"),
                _ => format!("surge {max_surge}"),
            };
            let is_own = set.is_some_and(|set| cue.set.as_ref() == Some(&set.key()));
            let holders = is_own.then(|| holders(scene)).filter(|all| !all.is_empty());
            match holders {
                Some(nodes) => Words::new(
                    Tone::Warn,
                    format!(
                        "waits: {what} used by {}",
                        list(&nodes, nodes.len(), NAMED_MAX)
                    ),
                ),
                None => Words::new(
                    Tone::Warn,
                    format!("waits: {what}, {unavailable} unavailable"),
                ),
            }
        }
        DaemonDecision::WaitForExpectations { .. } => {
            Words::new(Tone::Busy, "waits to see its own writes".to_owned())
        }
        DaemonDecision::BackOff { node, delay_ms, .. } => Words::new(
            Tone::Warn,
            format!("the pod on {node} failed: next try in {}", span(*delay_ms)),
        ),
        DaemonDecision::NewRevision { revision, .. } => {
            Words::new(Tone::Busy, format!("records revision {revision}"))
        }
        DaemonDecision::RevisionRenumbered { revision, .. } => Words::new(
            Tone::Busy,
            format!("an earlier template: it becomes revision {revision}"),
        ),
        DaemonDecision::Adopt { pod } => Words::new(Tone::Busy, format!("adopts {pod}")),
        DaemonDecision::Release { pod } => Words::new(Tone::Busy, format!("releases {pod}")),
        DaemonDecision::Retry { delay_ms, .. } => Words::new(
            Tone::Warn,
            format!("the sync failed: next try in {}", span(*delay_ms)),
        ),
        DaemonDecision::RevisionPruned { .. }
        | DaemonDecision::Create { .. }
        | DaemonDecision::Delete { .. } => return None,
    };
    Some(words)
}

/// Nodes that use the rollout's budget.
fn holders(scene: &Scene) -> Vec<Rc<str>> {
    let classes = scene.ledger().classes().iter();
    let holding = classes.filter(|(class, _)| uses_budget(class));
    holding
        .flat_map(|(_, names)| names.iter().cloned())
        .collect()
}

fn at_rest(scene: &Scene, set: Option<&DaemonSet>, is_quiet: bool) -> Words {
    let Some(set) = set else {
        return Words::new(Tone::Plain, "no DaemonSet: nothing to do".to_owned());
    };
    let totals = scene.ledger().totals();
    let text = match (totals.desired, totals.current) {
        (0, _) => format!("{}: no eligible nodes", set.metadata.name),
        (desired, current) if desired == current && is_quiet => format!(
            "idle: {} {} pod",
            count(desired.max(0) as u64, "node"),
            if desired == 1 {
                "has its"
            } else {
                "have their"
            }
        ),
        (desired, current) => format!("{current} of {desired} eligible nodes have a pod"),
    };
    Words::new(Tone::Plain, text)
}

fn scheduler(scene: &Scene, cue: &Cue, waiting: usize) -> Words {
    if !cue.bound_to.is_empty() {
        let text = on("binds a pod to", "binds pods to", "binds", &cue.bound_to);
        return Words::new(Tone::Busy, text);
    }
    let refused = scene
        .waiting()
        .filter(|pod| crate::present::scene::is_refused(pod))
        .count();
    match (waiting, refused) {
        (0, _) => Words::new(Tone::Plain, "queue empty".to_owned()),
        (_, 0) => Words::new(
            Tone::Busy,
            format!("{} in the queue", count(waiting as u64, "pod")),
        ),
        (_, refused) => Words::new(
            Tone::Warn,
            format!("{} without a node that fits", count(refused as u64, "pod")),
        ),
    }
}

/// `creates a pod for node-1`, `creates pods for node-1 and node-2`, `creates 12 pods`
fn on(one: &str, some: &str, many: &str, nodes: &Named) -> String {
    match nodes.count {
        1 => format!("{one} {}", list(&nodes.names, 1, 1)),
        n if n <= NAMED_MAX => format!("{some} {}", list(&nodes.names, n, NAMED_MAX)),
        n => format!("{many} {}", count(n as u64, "pod")),
    }
}
