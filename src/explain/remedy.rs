//! What would change it: the smallest edits after which a DaemonSet's pod comes to a node, or goes from it.
//!
//! Each is tried out on a copy of the cluster before it is suggested; what doesn't help there isn't suggested.

use crate::api::apps::{
    CONTROLLER_REVISION_HASH, ControllerRevision, DaemonSet, ON_DELETE, POD_TEMPLATE_GENERATION,
};
use crate::api::meta::ObjectMeta;
use crate::api::node::{Node, Taint};
use crate::api::object::{Key, Resource};
use crate::api::pod::{NodeSelectorRequirement, Pod, PodSpec, Toleration};
use crate::api::quantity::Quantity;
use crate::api::selector::{NodeMismatch, TermMismatch, node_mismatch};
use crate::api::taint;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::eligibility::with_daemon_tolerations;
use crate::controllers::daemon_set::history::{History, template_patch};
use crate::controllers::daemon_set::pod::target_node;
use crate::controllers::daemon_set::rolling::budget;
use crate::kubectl::convert::PatchType;
use crate::reason::daemon::{SkipReason, Verdict};
use crate::reason::scheduling::{Failure, PortConflict, Shortage};
use crate::session::command::Command;
use crate::session::execute::execute;
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

/// An edit shows its effect within this time, or isn't suggested.
const TRIAL_TIME: SimDuration = SimDuration::secs(180);
const TRIAL_STEPS: u32 = 60_000;
/// A condition such as DiskPressure stays for five minutes after its cause is gone, and a whole rollout takes its time.
const LONG_TRIAL_TIME: SimDuration = SimDuration::secs(30 * 60);
/// More edits nobody reads.
const REMEDIES_MAX: usize = 6;
/// Labels that one edit sets at the most.
const LABELS_MAX: usize = 8;

/// An edit that was tried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// `Remove the taint dedicated=db:NoSchedule from node-2`
    pub title: String,
    /// One after the other.
    pub commands: Vec<Command>,
    pub effect: Effect,
}

/// What the trial showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A pod of the set is bound to the node after so long.
    PodComes { after: SimDuration },
    /// The set's pod there is ready after so long.
    PodReady { after: SimDuration },
    /// Another pod of the set is ready there after so long.
    PodReplaced { after: SimDuration },
    /// The set has no pod there any more after so long.
    PodGoes { after: SimDuration },
    /// The node counts as wanted again, after so long: its pod isn't misscheduled.
    Wanted { after: SimDuration },
    /// The rollout is over after so long; without the edit it takes longer.
    RolloutDone {
        after: SimDuration,
        instead_of: SimDuration,
    },
    /// One more pod of the new revision, or one more at all, is ready after so long.
    RolloutGoesOn { after: SimDuration },
}

impl Effect {
    pub fn after(&self) -> SimDuration {
        match self {
            Effect::PodComes { after }
            | Effect::PodReady { after }
            | Effect::PodReplaced { after }
            | Effect::PodGoes { after }
            | Effect::Wanted { after }
            | Effect::RolloutDone { after, .. }
            | Effect::RolloutGoesOn { after } => *after,
        }
    }
}

/// What an edit is for.
#[derive(Clone, Copy, Debug)]
enum Goal<'a> {
    Bound(&'a str),
    Ready(&'a str),
    /// As `Ready`, for what takes its time.
    Recovered(&'a str),
    /// As `Ready`, by another pod than the one with this uid.
    Replaced(&'a str, &'a str),
    Gone(&'a str),
    Wanted(&'a str),
    /// All pods updated and available; it takes so long without the edit.
    Done {
        otherwise: SimDuration,
    },
    /// More pods ready, or more of them new, than these.
    Progress(Progress),
}

/// How many pods of a set are ready, and how many of them have the current template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    ready: usize,
    updated: usize,
}

impl Goal<'_> {
    fn is_reached(self, cluster: &Cluster, set: &DaemonSet) -> bool {
        let pods = |node| pods_on(cluster, set, node);
        let is_staying = |pod: &&&Rc<Pod>| !pod.metadata.is_terminating();
        match self {
            Goal::Bound(node) => pods(node)
                .iter()
                .filter(is_staying)
                .any(|pod| pod.is_bound()),
            Goal::Ready(node) | Goal::Recovered(node) => {
                let nodes = &cluster.server.nodes;
                let is_node_ready = nodes
                    .get(&Cluster::node_key(node))
                    .is_some_and(|node| node.is_ready());
                is_node_ready
                    && pods(node)
                        .iter()
                        .filter(is_staying)
                        .any(|pod| pod.is_ready())
            }
            Goal::Replaced(node, old) => {
                let is_new = |pod: &&Rc<Pod>| pod.is_ready() && pod.metadata.uid != old;
                pods(node).iter().any(is_new)
            }
            Goal::Gone(node) => pods(node).is_empty(),
            Goal::Wanted(node) => is_wanted(cluster, set, node),
            Goal::Done { .. } => is_rolled_out(cluster, set),
            Goal::Progress(before) => {
                let now = progress(cluster, set);
                now.ready > before.ready || now.updated > before.updated
            }
        }
    }

    fn effect(self, after: SimDuration) -> Effect {
        match self {
            Goal::Bound(_) => Effect::PodComes { after },
            Goal::Ready(_) | Goal::Recovered(_) => Effect::PodReady { after },
            Goal::Replaced(..) => Effect::PodReplaced { after },
            Goal::Gone(_) => Effect::PodGoes { after },
            Goal::Wanted(_) => Effect::Wanted { after },
            Goal::Done { otherwise } => Effect::RolloutDone {
                after,
                instead_of: otherwise,
            },
            Goal::Progress(_) => Effect::RolloutGoesOn { after },
        }
    }
}

struct Candidate {
    title: String,
    commands: Vec<Command>,
}

impl Candidate {
    fn new(title: impl Into<String>, command: Command) -> Candidate {
        Candidate {
            title: title.into(),
            commands: vec![command],
        }
    }
}

/// Edits that bring the set's pod to the node, make it ready, or up to date where somebody has to see to that.
///
/// Where all is well there is nothing to mend.
pub fn remedies(cluster: &Cluster, set: &DaemonSet, node: &str) -> Vec<Remedy> {
    let Some(node) = cluster.server.nodes.get(&Cluster::node_key(node)) else {
        return Vec::new();
    };
    let pods = pods_on(cluster, set, &node.metadata.name);
    let name = node.metadata.name.as_str();
    let tried = |candidates, goal| try_all(cluster, set, candidates, goal);
    let repaired = tried(faults(cluster, node), Goal::Ready(name));
    if !repaired.is_empty() {
        return repaired;
    }
    match cluster.verdict(set, node) {
        Verdict::Run
            if pressures(node).next().is_some() && !pods.iter().any(|pod| pod.is_ready()) =>
        {
            tried(to_bear_pressure(set, node), Goal::Recovered(name))
        }
        verdict @ Verdict::Keep(_) if !pods.is_empty() => {
            let mut found = tried(to_be_eligible(set, node, &verdict), Goal::Wanted(name));
            found.extend(tried(to_be_rid_of(set, node, &pods), Goal::Gone(name)));
            found
        }
        Verdict::Run => match pods.first() {
            Some(pod) if pod.is_ready() => {
                let goal = Goal::Replaced(name, &pod.metadata.uid);
                let old = is_left_old(cluster, set, pod).then(|| delete_old(pod));
                tried(old.into_iter().collect(), goal)
            }
            Some(pod) if pod.is_bound() => {
                tried(to_get_ready(cluster, set, pod), Goal::Ready(name))
            }
            Some(pod) => tried(to_be_bound(cluster, set, node, pod), Goal::Bound(name)),
            // The controller is about to create it.
            None => Vec::new(),
        },
        verdict => tried(to_be_eligible(set, node, &verdict), Goal::Bound(name)),
    }
}

/// When the set's pod on the node gets ready, or the old one there is replaced, if nobody does anything.
///
/// Nothing for what is as it should be, and for what is in trouble: that may get ready and fail again.
pub fn wait(cluster: &Cluster, set: &DaemonSet, node: &str) -> Option<Effect> {
    let node = cluster.server.nodes.get(&Cluster::node_key(node))?;
    let name = node.metadata.name.as_str();
    if cluster.verdict(set, node) != Verdict::Run || !faults(cluster, node).is_empty() {
        return None;
    }
    let pods = pods_on(cluster, set, name);
    let goal = match pods.first() {
        Some(pod) if pod.is_ready() && is_current(cluster, set, pod) => return None,
        Some(pod) if pod.is_ready() => Goal::Replaced(name, &pod.metadata.uid),
        Some(pod) if is_in_trouble(pod) => return None,
        _ => Goal::Ready(name),
    };
    let nothing = Candidate {
        title: String::new(),
        commands: Vec::new(),
    };
    try_out(cluster, set, nothing, goal).map(|remedy| remedy.effect)
}

/// Edits after which a rollout that is stuck goes on.
pub fn ways_out(cluster: &Cluster, set: &DaemonSet) -> Vec<Remedy> {
    let mut candidates = Vec::new();
    let mut is_waiting = false;
    for node in cluster.server.nodes.iter() {
        if candidates.len() >= REMEDIES_MAX {
            break;
        }
        let pods = pods_on(cluster, set, &node.metadata.name);
        // A pod on a node that isn't wanted any more counts in the rollout too.
        if pods.is_empty() && cluster.verdict(set, node) != Verdict::Run {
            continue;
        }
        let holds = !node.is_ready() || !pods.iter().any(|pod| pod.is_ready());
        if !holds {
            continue;
        }
        let repairs = faults(cluster, node);
        if repairs.is_empty() {
            match pods.first() {
                Some(pod) if pod.is_bound() => is_waiting = true,
                Some(pod) => candidates.extend(to_be_bound(cluster, set, node, pod)),
                None => {}
            }
            continue;
        }
        candidates.extend(repairs);
        let name = node.metadata.name.clone();
        let title = format!("Delete {name}, if it won't come back");
        candidates.push(Candidate::new(title, Command::RemoveNode { node: name }));
    }
    if is_waiting {
        candidates.extend(roll_back(cluster, set));
    }
    candidates.extend(loosen(cluster, set));
    let goal = Goal::Progress(progress(cluster, set));
    try_all(cluster, set, candidates, goal)
}

/// Edits after which a rollout that goes on is over sooner.
pub fn faster(cluster: &Cluster, set: &DaemonSet) -> Vec<Remedy> {
    let wait = Candidate {
        title: String::new(),
        commands: Vec::new(),
    };
    let goal = Goal::Done {
        otherwise: SimDuration::ZERO,
    };
    let Some(Remedy {
        effect: Effect::RolloutDone { after, .. },
        ..
    }) = try_out(cluster, set, wait, goal)
    else {
        return Vec::new();
    };
    let goal = Goal::Done { otherwise: after };
    let mut found = try_all(cluster, set, more_at_a_time(set), goal);
    found.retain(|remedy| {
        matches!(remedy.effect, Effect::RolloutDone { after, instead_of } if after < instead_of)
    });
    found
}

/// More nodes at a time, by a share that grows with the cluster if that is more.
fn more_at_a_time(set: &DaemonSet) -> Vec<Candidate> {
    let desired = set.status.desired_number_scheduled;
    let Ok(budget) = budget(set, desired) else {
        return Vec::new();
    };
    let (field, now) = match budget.max_surge {
        0 => ("maxUnavailable", budget.max_unavailable),
        surge => ("maxSurge", surge),
    };
    let more = if desired > 4 * now {
        json!("25%")
    } else {
        json!(now.saturating_add(1))
    };
    let name = &set.metadata.name;
    let title = format!(
        "Raise {name}'s {field} to {}",
        more.to_string().trim_matches('"')
    );
    let change = json!({"spec": {"updateStrategy": {"rollingUpdate": {field: more}}}});
    vec![Candidate::new(title, patch(set, PatchType::Merge, change))]
}

/// As it is in the fork: the edit may have changed it.
fn now_in<'a>(cluster: &'a Cluster, set: &DaemonSet) -> Option<&'a Rc<DaemonSet>> {
    let key = Key::new(&set.metadata.namespace, &set.metadata.name);
    cluster.server.daemon_sets.get(&key)
}

fn is_wanted(cluster: &Cluster, set: &DaemonSet, node: &str) -> bool {
    let node = cluster.server.nodes.get(&Cluster::node_key(node));
    let both = now_in(cluster, set).zip(node);
    both.is_some_and(|(set, node)| cluster.verdict(set, node) == Verdict::Run)
}

fn is_rolled_out(cluster: &Cluster, set: &DaemonSet) -> bool {
    now_in(cluster, set).is_some_and(|set| {
        let status = &set.status;
        status.observed_generation >= set.metadata.generation
            && status.updated_number_scheduled >= status.desired_number_scheduled
            && status.number_available >= status.desired_number_scheduled
    })
}

fn progress(cluster: &Cluster, set: &DaemonSet) -> Progress {
    let generation = now_in(cluster, set).and_then(|set| set.template_generation());
    let is_ready = |pod: &&Rc<Pod>| pod.is_ready() && !pod.metadata.is_terminating();
    let ready: Vec<&Rc<Pod>> = own_pods(cluster, set).filter(is_ready).collect();
    let label = generation.map(|generation| generation.to_string());
    let is_new = |pod: &&&Rc<Pod>| {
        label.is_some() && pod.metadata.label(POD_TEMPLATE_GENERATION) == label.as_deref()
    };
    Progress {
        ready: ready.len(),
        updated: ready.iter().filter(is_new).count(),
    }
}

/// An old pod that stays until somebody deletes it.
fn is_left_old(cluster: &Cluster, set: &DaemonSet, pod: &Pod) -> bool {
    set.spec.update_strategy.type_ == ON_DELETE
        && !pod.metadata.is_terminating()
        && !is_current(cluster, set, pod)
}

/// It has the set's present template; so it is also taken to be until the controller has stored that.
fn is_current(cluster: &Cluster, set: &DaemonSet, pod: &Pod) -> bool {
    let revisions = &cluster.server.controller_revisions;
    let own = revisions.in_namespace(&set.metadata.namespace);
    let own = own.filter(|revision| revision.metadata.is_controlled_by(&set.metadata.uid));
    let history = History::sort(own.cloned().collect(), &template_patch(&set.spec.template));
    let hash = |meta: &ObjectMeta| meta.label(CONTROLLER_REVISION_HASH).map(str::to_owned);
    let current = history.keeper().and_then(|it| hash(&it.metadata));
    current.is_none_or(|current| hash(&pod.metadata) == Some(current))
}

fn delete_old(pod: &Pod) -> Candidate {
    let title = format!("Delete the old pod {}", pod.metadata.name);
    Candidate::new(title, delete_pod(&pod.key()))
}

/// More room for the rollout, or another way to roll.
fn loosen(cluster: &Cluster, set: &DaemonSet) -> Vec<Candidate> {
    let strategy = &set.spec.update_strategy;
    let name = &set.metadata.name;
    if strategy.type_ == ON_DELETE {
        let old = own_pods(cluster, set).filter(|pod| is_left_old(cluster, set, pod));
        let mut pods: Vec<&Rc<Pod>> = old.collect();
        pods.order_by_key(|pod| (pod.metadata.creation_timestamp, pod.metadata.name.clone()));
        let oldest = pods.first().map(|pod| delete_old(pod));
        let title = format!("Switch {name} to RollingUpdate");
        let change = json!({"spec": {"updateStrategy": {"type": "RollingUpdate"}}});
        let rolling = Candidate::new(title, patch(set, PatchType::Merge, change));
        return oldest.into_iter().chain([rolling]).collect();
    }
    let Ok(budget) = budget(set, set.status.desired_number_scheduled) else {
        return Vec::new();
    };
    let (title, change) = if budget.max_surge > 0 {
        let title = format!("Roll {name} without surge: maxSurge 0, maxUnavailable 1");
        (title, json!({"maxSurge": 0, "maxUnavailable": 1}))
    } else {
        let more = budget.max_unavailable.saturating_add(1);
        let title = format!("Raise {name}'s maxUnavailable to {more}");
        (title, json!({"maxUnavailable": more}))
    };
    let change = json!({"spec": {"updateStrategy": {"rollingUpdate": change}}});
    vec![Candidate::new(title, patch(set, PatchType::Merge, change))]
}

fn try_all(
    cluster: &Cluster,
    set: &DaemonSet,
    candidates: Vec<Candidate>,
    goal: Goal<'_>,
) -> Vec<Remedy> {
    let trials = candidates.into_iter();
    let trials = trials.filter_map(|candidate| try_out(cluster, set, candidate, goal));
    trials.take(REMEDIES_MAX).collect()
}

fn own_pods<'a>(
    cluster: &'a Cluster,
    set: &'a DaemonSet,
) -> impl Iterator<Item = &'a Rc<Pod>> + use<'a> {
    let pods = cluster.server.pods.in_namespace(&set.metadata.namespace);
    pods.filter(|pod| pod.metadata.is_controlled_by(&set.metadata.uid))
}

fn pods_on<'a>(cluster: &'a Cluster, set: &'a DaemonSet, node: &'a str) -> Vec<&'a Rc<Pod>> {
    let on_node = |pod: &&Rc<Pod>| target_node(pod) == Some(node);
    own_pods(cluster, set).filter(on_node).collect()
}

/// Carries an edit out on a copy, and looks whether and when it does what it is for.
fn try_out(
    cluster: &Cluster,
    set: &DaemonSet,
    candidate: Candidate,
    goal: Goal<'_>,
) -> Option<Remedy> {
    let mut fork = cluster.clone();
    for command in &candidate.commands {
        execute(&mut fork, command).ok()?;
    }
    let time = match goal {
        Goal::Done { .. } | Goal::Recovered(_) => LONG_TRIAL_TIME,
        _ => TRIAL_TIME,
    };
    let (start, end) = (cluster.now(), cluster.now() + time);
    let mut seen = None;
    for _ in 0..TRIAL_STEPS {
        let version = fork.server.resource_version();
        if seen != Some(version) && goal.is_reached(&fork, set) {
            return Some(Remedy {
                title: candidate.title,
                commands: candidate.commands,
                effect: goal.effect(fork.now().since(start)),
            });
        }
        seen = Some(version);
        if fork.next_due().is_none_or(|due: SimTime| due > end) || !fork.step() {
            return None;
        }
    }
    None
}

pub(super) fn patch(set: &DaemonSet, type_: PatchType, patch: Value) -> Command {
    Command::Patch {
        namespace: set.metadata.namespace.clone(),
        name: set.metadata.name.clone(),
        type_,
        patch,
    }
}

fn patch_pod_spec(set: &DaemonSet, spec: Value) -> Command {
    patch(
        set,
        PatchType::Merge,
        json!({"spec": {"template": {"spec": spec}}}),
    )
}

/// The controller keeps the pod away: labels, taints or the template have to change, perhaps more than one of them.
fn to_be_eligible(set: &DaemonSet, node: &Node, verdict: &Verdict) -> Vec<Candidate> {
    let spec = &set.spec.template.spec;
    let (set_name, node_name) = (&set.metadata.name, &node.metadata.name);
    if let Verdict::Skip(SkipReason::NodeName { wanted }) = verdict {
        let title =
            format!("Remove nodeName from {set_name}'s template, which limits it to {wanted}");
        return vec![Candidate::new(
            title,
            patch_pod_spec(set, json!({"nodeName": null})),
        )];
    }
    let labels = missing_labels(spec, node);
    let selectors = to_drop_constraints(set, node);
    let taints = untolerated(spec, node);
    let on_node: Vec<Candidate> = match (labels, taints.is_empty()) {
        (Some(labels), true) => vec![label(node_name, &labels)],
        (Some(labels), false) if labels.is_empty() => vec![untaint(node, &taints)],
        (Some(labels), false) => {
            let (label, untaint) = (label(node_name, &labels), untaint(node, &taints));
            vec![Candidate {
                title: format!("{}; {}", label.title, untaint.title),
                commands: label.commands.into_iter().chain(untaint.commands).collect(),
            }]
        }
        // No label can do it.
        (None, _) => Vec::new(),
    };
    let mut on_set = Vec::new();
    match (selectors, taints.is_empty()) {
        (None, true) => {}
        (None, false) => on_set.push(tolerate(set, &taints)),
        (Some(drop), true) => on_set.push(drop),
        (Some(drop), false) => {
            let tolerate = tolerate(set, &taints);
            on_set.push(Candidate {
                title: format!("{}; {}", drop.title, tolerate.title),
                commands: drop.commands.into_iter().chain(tolerate.commands).collect(),
            });
        }
    }
    on_node.into_iter().chain(on_set).collect()
}

/// The label changes after which nodeSelector and required affinity match; none if no labels can do that.
fn missing_labels(spec: &PodSpec, node: &Node) -> Option<BTreeMap<String, Option<String>>> {
    let mut changed = node.clone();
    let mut labels = BTreeMap::new();
    for _ in 0..LABELS_MAX {
        let (key, value) = match node_mismatch(spec, &changed) {
            None => return Some(labels),
            Some(NodeMismatch::Selector { key, wanted, .. }) => (key, Some(wanted)),
            Some(NodeMismatch::Affinity { terms }) => {
                let fix = |term: &TermMismatch| match term {
                    TermMismatch::Requirement {
                        in_fields: false,
                        requirement,
                        ..
                    } => meet(requirement),
                    _ => None,
                };
                terms.iter().find_map(fix)?
            }
        };
        let present = &mut changed.metadata.labels;
        match &value {
            Some(value) => present.insert(key.clone(), value.clone()),
            None => present.remove(&key),
        };
        labels.insert(key, value);
    }
    None
}

/// A value of the label that meets a requirement; `None` inside: no such label.
fn meet(requirement: &NodeSelectorRequirement) -> Option<(String, Option<String>)> {
    let first = || requirement.values.first().cloned();
    let number = || first()?.parse::<i64>().ok();
    let value = match requirement.operator.as_str() {
        "In" => Some(first()?),
        "Exists" => Some(String::new()),
        "NotIn" | "DoesNotExist" => None,
        "Gt" => Some(number()?.checked_add(1)?.to_string()),
        "Lt" => Some(number()?.checked_sub(1)?.to_string()),
        _ => return None,
    };
    Some((requirement.key.clone(), value))
}

fn label(node: &str, labels: &BTreeMap<String, Option<String>>) -> Candidate {
    let mut set: Vec<String> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for (key, value) in labels {
        match value {
            Some(value) => set.push(format!("{key}={value}")),
            None => words.push(format!("remove the label {key} from {node}")),
        }
    }
    if !set.is_empty() {
        words.insert(0, format!("label {node} with {}", set.join(" and ")));
    }
    let title = capitalized(&words.join(" and "));
    let command = Command::LabelNode {
        node: node.to_owned(),
        labels: labels.clone(),
    };
    Candidate::new(title, command)
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// Takes what doesn't match the node out of the template.
fn to_drop_constraints(set: &DaemonSet, node: &Node) -> Option<Candidate> {
    let mut spec = set.spec.template.spec.clone();
    let mut dropped = Vec::new();
    let mut change = json!({});
    while let Some(mismatch) = node_mismatch(&spec, node) {
        match mismatch {
            NodeMismatch::Selector { key, .. } => {
                spec.node_selector.remove(&key);
                change["nodeSelector"][&key] = Value::Null;
                dropped.push(format!("nodeSelector {key}"));
            }
            NodeMismatch::Affinity { .. } => {
                spec.affinity = None;
                let required = "requiredDuringSchedulingIgnoredDuringExecution";
                change["affinity"] = json!({"nodeAffinity": {required: null}});
                dropped.push("the required node affinity".to_owned());
            }
        }
    }
    let title = format!(
        "Remove {} from {}'s template",
        dropped.join(" and "),
        set.metadata.name
    );
    (!dropped.is_empty()).then(|| Candidate::new(title, patch_pod_spec(set, change)))
}

/// The taints that keep the pod away, whatever the controller tolerates by itself.
fn untolerated(spec: &PodSpec, node: &Node) -> Vec<Taint> {
    let spec = with_daemon_tolerations(spec);
    let keeps_away = |t: &&Taint| taint::repels(t) && !taint::is_tolerated(t, &spec.tolerations);
    node.spec
        .taints
        .iter()
        .filter(keeps_away)
        .cloned()
        .collect()
}

fn named(taints: &[Taint]) -> String {
    let texts: Vec<String> = taints.iter().map(taint::to_string).collect();
    texts.join(" and ")
}

fn plural(taints: &[Taint]) -> &'static str {
    if taints.len() > 1 { "taints" } else { "taint" }
}

fn untaint(node: &Node, taints: &[Taint]) -> Candidate {
    let left = node.spec.taints.iter().filter(|t| !taints.contains(t));
    let name = &node.metadata.name;
    let command = Command::TaintNode {
        node: name.clone(),
        taints: left.cloned().collect(),
    };
    Candidate::new(
        format!(
            "Remove the {} {} from {name}",
            plural(taints),
            named(taints)
        ),
        command,
    )
}

fn tolerate(set: &DaemonSet, taints: &[Taint]) -> Candidate {
    let own = &set.spec.template.spec.tolerations;
    let new = taints.iter().map(|taint| Toleration {
        key: taint.key.clone(),
        operator: if taint.value.is_empty() {
            "Exists"
        } else {
            "Equal"
        }
        .to_owned(),
        value: taint.value.clone(),
        effect: taint.effect.clone(),
        ..Toleration::default()
    });
    let all: Vec<Toleration> = own.iter().cloned().chain(new).collect();
    let title = format!(
        "Let {} tolerate {}: add a toleration to its template",
        set.metadata.name,
        named(taints)
    );
    let tolerations = serde_json::to_value(all).unwrap_or_default();
    Candidate::new(
        title,
        patch_pod_spec(set, json!({"tolerations": tolerations})),
    )
}

/// The scheduler finds no room: what it lacks, and who has it.
fn to_be_bound(cluster: &Cluster, set: &DaemonSet, node: &Node, pod: &Rc<Pod>) -> Vec<Candidate> {
    let name = &node.metadata.name;
    let checks = cluster
        .parts
        .scheduler
        .checks(pod, name)
        .unwrap_or_default();
    let mut candidates = Vec::new();
    for failure in checks.into_iter().filter_map(|check| check.failure) {
        match failure {
            Failure::Ports(conflicts) => candidates.extend(free_ports(set, &conflicts)),
            Failure::Resources(shortages) => {
                candidates.extend(request_less(set, &shortages));
                candidates.extend(make_room(cluster, set, node, pod));
            }
            _ => {}
        }
    }
    candidates
}

fn free_ports(set: &DaemonSet, conflicts: &[PortConflict]) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = conflicts
        .iter()
        .map(|conflict| {
            let Key { namespace, name } = &conflict.taken_by;
            let title = format!(
                "Delete the pod {namespace}/{name}, which uses host port {}",
                conflict.port
            );
            Candidate::new(title, delete_pod(&conflict.taken_by))
        })
        .collect();
    let mut operations = Vec::new();
    for (c, container) in set.spec.template.spec.containers.iter().enumerate() {
        for (p, port) in container.ports.iter().enumerate() {
            if conflicts
                .iter()
                .any(|conflict| conflict.port == port.host_port)
            {
                let path = format!("/spec/template/spec/containers/{c}/ports/{p}/hostPort");
                operations.push(json!({"op": "remove", "path": path}));
            }
        }
    }
    if !operations.is_empty() {
        let title = format!("Remove hostPort from {}'s template", set.metadata.name);
        candidates.push(Candidate::new(
            title,
            patch(set, PatchType::Json, Value::Array(operations)),
        ));
    }
    candidates
}

fn delete_pod(key: &Key) -> Command {
    Command::DeleteObject {
        kind: "Pod".to_owned(),
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
        propagation: crate::apiserver::Propagation::Background,
        grace_period_seconds: None,
    }
}

/// Lower requests, as far as the room that there is; only if one container alone can give enough.
fn request_less(set: &DaemonSet, shortages: &[Shortage]) -> Option<Candidate> {
    let containers = &set.spec.template.spec.containers;
    let mut commands = Vec::new();
    let mut words = Vec::new();
    for shortage in shortages {
        let resource = &*shortage.resource;
        let free = shortage.allocatable - shortage.used;
        let missing = shortage.requested - free;
        let in_units = |quantity: &Quantity| {
            if resource == "cpu" {
                quantity.milli_value()
            } else {
                quantity.value()
            }
        };
        let requested = |container: &crate::api::pod::Container| {
            container
                .resources
                .requests
                .get(resource)
                .map(in_units)
                .unwrap_or(0)
        };
        let container = containers.iter().max_by_key(|c| requested(c))?;
        let to = requested(container) - missing;
        if to <= 0 {
            return None;
        }
        let to = if resource == "cpu" {
            format!("{to}m")
        } else {
            binary(to)
        };
        words.push(format!("{resource} {to}"));
        commands.push(Command::SetRequest {
            namespace: set.metadata.namespace.clone(),
            name: set.metadata.name.clone(),
            container: container.name.clone(),
            resource: resource.to_owned(),
            amount: to,
        });
    }
    let title = format!(
        "Lower the request to {}, which fits on the node",
        words.join(" and ")
    );
    (!commands.is_empty()).then_some(Candidate { title, commands })
}

/// The largest number of whole Mi or Ki that isn't more.
fn binary(bytes: i64) -> String {
    match bytes {
        _ if bytes >= 1 << 20 => format!("{}Mi", bytes >> 20),
        _ if bytes >= 1 << 10 => format!("{}Ki", bytes >> 10),
        _ => bytes.to_string(),
    }
}

/// A higher priority, so that others have to go; or another pod deleted.
fn make_room(cluster: &Cluster, set: &DaemonSet, node: &Node, pod: &Pod) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    candidates.extend(raise_priority(set, "pods of lower priority make room"));
    let others = cluster.server.pods.iter().filter(|other| {
        other.spec.node_name == node.metadata.name
            && other.metadata.controller_ref().is_none()
            && !other.metadata.is_terminating()
            && other.metadata.uid != pod.metadata.uid
    });
    let bare = others.take(3).map(|other| {
        let key = other.key();
        let title = format!("Delete the pod {key}, which no controller recreates");
        Candidate::new(title, delete_pod(&key))
    });
    candidates.extend(bare);
    candidates
}

fn raise_priority(set: &DaemonSet, effect: &str) -> Option<Candidate> {
    let class = "system-node-critical";
    let title = format!(
        "Give {} the priority class {class}: {effect}",
        set.metadata.name
    );
    let change = json!({"priorityClassName": class});
    let spec = &set.spec.template.spec;
    (spec.priority_class_name.is_empty())
        .then(|| Candidate::new(title, patch_pod_spec(set, change)))
}

/// It is on its node, but doesn't get ready.
fn to_get_ready(cluster: &Cluster, set: &DaemonSet, pod: &Pod) -> Vec<Candidate> {
    let back = roll_back(cluster, set).filter(|_| is_in_trouble(pod));
    back.into_iter().collect()
}

/// A container failed, or can't be started. One that is being pulled or created only takes its time.
fn is_in_trouble(pod: &Pod) -> bool {
    let status = &pod.status;
    let all = status.init_container_statuses.iter();
    let mut all = all.chain(&status.container_statuses);
    all.any(|container| {
        let waiting = container.state.waiting.as_ref();
        let is_failing = waiting
            .is_some_and(|it| !["ContainerCreating", "PodInitializing"].contains(&&*it.reason));
        is_failing || container.restart_count > 0
    })
}

fn roll_back(cluster: &Cluster, set: &DaemonSet) -> Option<Candidate> {
    let revisions = &cluster.server.controller_revisions;
    let own =
        |revision: &&Rc<ControllerRevision>| revision.metadata.is_controlled_by(&set.metadata.uid);
    let revisions = revisions.in_namespace(&set.metadata.namespace).filter(own);
    let title = format!("Roll back {} to the previous revision", set.metadata.name);
    let command = Command::RolloutUndo {
        namespace: set.metadata.namespace.clone(),
        name: set.metadata.name.clone(),
        to_revision: 0,
    };
    (revisions.count() > 1).then(|| Candidate::new(title, command))
}

/// Without these the node is as it should be; the taints that they brought would come again if only those were removed.
fn faults(cluster: &Cluster, node: &Node) -> Vec<Candidate> {
    let name = &node.metadata.name;
    let is_tainted = |key: &str| node.spec.taints.iter().any(|taint| taint.key == key);
    let one = |title: String, command: Command| vec![Candidate::new(title, command)];
    let node = name.clone();
    if cluster.parts.kubelets.is_down(name) {
        let command = Command::SetNodeDown { node, down: false };
        return one(format!("Power {name} on"), command);
    }
    if is_tainted("node.kubernetes.io/not-ready") {
        let command = Command::SetNodeNotReady {
            node,
            not_ready: false,
        };
        return one(format!("Let {name}'s kubelet report Ready"), command);
    }
    if is_tainted("node.kubernetes.io/network-unavailable") {
        let command = Command::SetPressure {
            node,
            condition: "NetworkUnavailable".to_owned(),
            on: false,
        };
        return one(format!("Restore {name}'s network route"), command);
    }
    Vec::new()
}

/// Conditions under which a kubelet evicts pods, and admits only critical ones.
const PRESSURES: [&str; 3] = ["DiskPressure", "MemoryPressure", "PIDPressure"];

fn pressures(node: &Node) -> impl Iterator<Item = &'static str> {
    let is_on = |name: &&str| node.condition(name).is_some_and(|c| c.status == "True");
    PRESSURES.into_iter().filter(is_on)
}

/// The kubelet throws the pod out: take away the cause, or make the pod one that it keeps.
fn to_bear_pressure(set: &DaemonSet, node: &Node) -> Vec<Candidate> {
    let name = &node.metadata.name;
    let relieve = pressures(node).map(|condition| {
        let title = format!("End {name}'s {condition}");
        let command = Command::SetPressure {
            node: name.clone(),
            condition: condition.to_owned(),
            on: false,
        };
        Candidate::new(title, command)
    });
    let mut candidates: Vec<Candidate> = relieve.collect();
    candidates.extend(raise_priority(set, "the kubelet keeps critical pods"));
    candidates
}

/// It isn't wanted but stays; what would take it away.
fn to_be_rid_of(set: &DaemonSet, node: &Node, pods: &[&Rc<Pod>]) -> Vec<Candidate> {
    let name = &node.metadata.name;
    let away = untolerated(&set.spec.template.spec, node);
    let mut evicting = node.spec.taints.clone();
    for taint in evicting.iter_mut().filter(|taint| away.contains(taint)) {
        taint.effect = taint::NO_EXECUTE.to_owned();
    }
    let command = Command::TaintNode {
        node: name.clone(),
        taints: evicting,
    };
    let title = format!(
        "Change {name}'s {} {} to NoExecute",
        plural(&away),
        named(&away)
    );
    let mut candidates = vec![Candidate::new(title, command)];
    candidates.extend(pods.first().map(|pod| {
        let title = format!(
            "Delete the pod {}: no new one is created",
            pod.metadata.name
        );
        Candidate::new(title, delete_pod(&pod.key()))
    }));
    candidates
}

#[cfg(test)]
pub mod tests;
