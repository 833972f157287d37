//! Why: each check that the controller and the scheduler make, what decided, and the chain of causes.

use super::daemon_set::{DaemonSetId, figures};
use super::groups::message;
use super::node::{self, Health};
use super::page::{Subject, badge, key};
use super::pod::{self, PodId};
use super::scene::Scene;
use super::words::{Tone, age, clock, span};
use crate::api::apps::DaemonSet;
use crate::api::node::Node;
use crate::api::object::{Key, Kind};
use crate::api::pod::{Pod, PodSpec};
use crate::api::selector::{NodeMismatch, TermMismatch, node_mismatch};
use crate::api::taint::{self, is_tolerated, repels};
use crate::cluster::Cluster;
use crate::controllers::daemon_set::eligibility::with_daemon_tolerations;
use crate::controllers::daemon_set::pod::{available_from, daemon_pod, target_node};
use crate::reason::Decision;
use crate::reason::daemon::{DaemonDecision, SkipReason, Verdict};
use crate::session::Session;
use crate::trace::{Actor, Entry, TraceId, What};
use std::collections::BTreeSet;
use std::rc::Rc;

/// So many entries of the trace are searched for the newest one about an object.
const SEARCH_MAX: usize = 20_000;
/// A chain of causes longer than this is cut in the middle.
const CAUSES_MAX: usize = 14;

/// What the why panel shows for the node or pod that was clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyPanel {
    /// `Node node-2` or `Pod my-daemonset-x7k2p`
    pub title: String,
    /// The verdict in one sentence.
    pub answer: String,
    pub tone: Tone,
    /// The exact field that decided, if one did: `node-2: spec.taints[0]`.
    pub decided_by: Option<String>,
    pub groups: Vec<CheckGroup>,
    /// Name and value, for what isn't a check.
    pub facts: Vec<Fact>,
    pub causes: Vec<Cause>,
    /// It is gone at this moment of the timeline.
    pub is_gone: bool,
    /// The pod that can be deleted or made to fail here.
    pub pod: Option<PodId>,
}

/// The checks of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckGroup {
    /// `DaemonSet controller: should node-2 run agent?`
    pub title: String,
    pub checks: Vec<Check>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub outcome: Outcome,
    pub title: String,
    pub detail: String,
    /// Where in the YAML: `spec.template.spec.nodeSelector`.
    pub field: String,
    /// This one decided.
    pub decides: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Fail,
    /// Not asked: an earlier check decided, or there is nothing to check.
    Skipped,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Pass => "Pass",
            Outcome::Fail => "Fail",
            Outcome::Skipped => "Skipped",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

/// One link of the chain, the effect first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub at: String,
    pub at_ms: u64,
    pub actor: String,
    pub text: String,
    /// The node that it happened on, or was about.
    pub node: Option<Rc<str>>,
    pub pod: Option<PodId>,
}

/// How a node or a pod takes part in the chain that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The numbers of its links, as in the list: `1, 3`.
    pub links: String,
    /// One of them is pointed at.
    pub is_pointed: bool,
}

impl WhyPanel {
    /// How a node takes part, if it does.
    pub fn part_of_node(&self, node: &str, pointed: Option<usize>) -> Option<Part> {
        self.part(pointed, |cause| cause.node.as_deref() == Some(node))
    }

    pub fn part_of_pod(&self, pod: &PodId, pointed: Option<usize>) -> Option<Part> {
        self.part(pointed, |cause| cause.pod.as_ref() == Some(pod))
    }

    /// The nodes that take part, each once.
    pub fn nodes(&self) -> BTreeSet<Rc<str>> {
        let nodes = self.causes.iter().filter_map(|cause| cause.node.clone());
        nodes.collect()
    }

    fn part(&self, pointed: Option<usize>, is_in: impl Fn(&Cause) -> bool) -> Option<Part> {
        let links = self.causes.iter().enumerate().filter(|(_, c)| is_in(c));
        let links: Vec<usize> = links.map(|(index, _)| index).collect();
        let numbers: Vec<String> = links.iter().map(|link| (link + 1).to_string()).collect();
        (!links.is_empty()).then(|| Part {
            links: match numbers.as_slice() {
                [first, _, _, .., last] => format!("{first}…{last}"),
                few => few.join(", "),
            },
            is_pointed: pointed.is_some_and(|pointed| links.contains(&pointed)),
        })
    }

    /// For a console: the answer, what decided, the checks that failed, and the way back to the user's command.
    pub fn text(&self) -> String {
        let mut out = format!("{}: {}\n", self.title, self.answer);
        if let Some(field) = &self.decided_by {
            out.push_str(&format!("Decided by: {field}\n"));
        }
        for group in &self.groups {
            let failed = group.checks.iter().filter(|c| c.outcome == Outcome::Fail);
            let failed = failed.map(|c| format!("  {}: {}\n", c.title, c.detail));
            let failed: String = failed.collect();
            let all = if failed.is_empty() { " all passed" } else { "" };
            out.push_str(&format!("{}{all}\n{failed}", group.title));
        }
        if !self.causes.is_empty() {
            out.push_str("How it came about, newest first:\n");
        }
        for cause in &self.causes {
            let Cause {
                at, actor, text, ..
            } = cause;
            out.push_str(&format!("  {at:>8}  {actor:<22} {text}\n"));
        }
        out
    }
}

pub fn build(
    session: &Session,
    scene: &Scene,
    subject: Subject<'_>,
    set: Option<&DaemonSet>,
) -> Option<WhyPanel> {
    match subject {
        Subject::None => None,
        Subject::Node(name) => Some(why_node(session.cluster(), scene, name, set)),
        Subject::Pod(id) => Some(why_pod(session.cluster(), scene, id)),
        Subject::Figure(id, field) => Some(why_figure(session.cluster(), id, field)),
        Subject::Event(id) => Some(why_event(session.cluster(), id)),
    }
}

/// A number of a status: what it counts, and what changed it last.
fn why_figure(cluster: &Cluster, id: &DaemonSetId, field: &str) -> WhyPanel {
    let key = key(id);
    let found = cluster.server.daemon_sets.get(&key).and_then(|set| {
        let figures = figures(set, None).into_iter();
        figures.into_iter().find(|figure| figure.field == field)
    });
    let Some(figure) = found else {
        let title = format!("{field} of {}", id.name);
        return gone(title, "This DaemonSet doesn't exist at this moment.");
    };
    let is_about = |e: &Entry| e.subject.kind == Kind::DaemonSet && e.subject.key == key;
    let change = find(cluster, |e| match &e.what {
        What::Counted(numbers) => is_about(e) && numbers.iter().any(|n| n.field == field),
        _ => false,
    });
    let entry = change.and_then(|id| cluster.trace.get(id));
    let last = entry.and_then(|entry| match &entry.what {
        What::Counted(numbers) => {
            let number = numbers.iter().find(|n| n.field == field)?;
            let (before, after) = (number.before, number.after);
            Some(format!(
                "It went from {before} to {after} at {}.",
                clock(entry.at.0)
            ))
        }
        _ => None,
    });
    let start = || find(cluster, |e| is_about(e) && e.what == What::Created);
    let cause = change.or_else(start);
    WhyPanel {
        answer: format!(
            "{}: {}. {}",
            figure.value,
            figure.meaning,
            last.as_deref().unwrap_or("It never changed.")
        ),
        tone: figure.tone,
        causes: cause.map_or_else(Vec::new, |id| causes(cluster, id)),
        ..empty(format!("{} of {}", figure.label, id.name))
    }
}

fn why_event(cluster: &Cluster, id: TraceId) -> WhyPanel {
    let entry = cluster.trace.get(id);
    let Some((
        entry,
        What::Event {
            warning,
            reason,
            message,
        },
    )) = entry.map(|e| (e, &e.what))
    else {
        return gone(
            "Event".to_owned(),
            "This event hasn't come yet at this moment.",
        );
    };
    let facts = [
        ("Object", entry.subject.to_string()),
        ("From", entry.actor.to_string()),
        ("At", clock(entry.at.0)),
    ];
    let facts = facts.into_iter().map(|(name, value)| Fact {
        name: name.to_owned(),
        value,
    });
    WhyPanel {
        answer: message.clone(),
        tone: if *warning { Tone::Warn } else { Tone::Plain },
        facts: facts.collect(),
        causes: causes(cluster, id),
        ..empty(format!("Event {reason}"))
    }
}

fn why_node(cluster: &Cluster, scene: &Scene, name: &str, set: Option<&DaemonSet>) -> WhyPanel {
    let title = format!("Node {name}");
    let Some(node) = cluster.server.nodes.get(&Key::new("", name)) else {
        return gone(title, "This node doesn't exist at this moment.");
    };
    let Some(set) = set else {
        return WhyPanel {
            answer: "There is no DaemonSet that could want this node.".to_owned(),
            ..empty(title)
        };
    };
    let verdict = cluster.verdict(set, node);
    let pods: Vec<&Rc<Pod>> = scene.owned_on(name).collect();
    let set_name = &set.metadata.name;
    let mut answer = match (&verdict, pods.first()) {
        (Verdict::Run, Some(pod)) if pod.is_ready() => {
            format!("{set_name} wants a pod here, and it is ready.")
        }
        (Verdict::Run, Some(pod)) => {
            format!("{set_name} wants a pod here; it is {}.", pod::status(pod))
        }
        (Verdict::Run, None) => format!("{set_name} wants a pod here; it isn't there yet."),
        (verdict, pod) => {
            let badge = badge(verdict, pod.is_some());
            format!(
                "{}: {}.",
                if pod.is_some() { badge.word } else { "No pod" },
                badge.sentence
            )
        }
    };
    if let Some(pod) = pods.first() {
        answer.push_str(&notes(cluster, scene, set, node, pod));
    }
    let tone = match &verdict {
        Verdict::Run if pods.first().is_some_and(|pod| pod.is_terminal()) => Tone::Bad,
        Verdict::Run => Tone::Good,
        Verdict::Keep(_) if !pods.is_empty() => Tone::Warn,
        Verdict::Keep(_) | Verdict::Skip(_) => Tone::Bad,
    };
    let mut groups = vec![controller_checks(set, node, &verdict)];
    // A node that isn't wanted never gets as far as the scheduler.
    if verdict.should_run() {
        let pod = pods
            .first()
            .map_or_else(|| Rc::new(daemon_pod(set, name, "")), |pod| Rc::clone(pod));
        groups.extend(scheduler_checks(cluster, &pod, name));
    }
    let decided_by = groups
        .iter()
        .flat_map(|g| &g.checks)
        .find(|c| c.decides)
        .map(|c| c.field.clone());
    let newest = pods
        .first()
        .and_then(|pod| newest(cluster, Kind::Pod, &Key::of(&pod.metadata)));
    let cause = newest.or_else(|| newest_on_node(cluster, name));
    WhyPanel {
        answer,
        tone,
        decided_by,
        groups,
        causes: cause.map_or_else(Vec::new, |id| causes(cluster, id)),
        ..empty(title)
    }
}

fn why_pod(cluster: &Cluster, scene: &Scene, id: &PodId) -> WhyPanel {
    let title = format!("Pod {}", id.name);
    let key = Key::new(&id.namespace, &id.name);
    let chain = || newest(cluster, Kind::Pod, &key).map_or_else(Vec::new, |id| causes(cluster, id));
    let Some(pod) = cluster.server.pods.get(&key) else {
        return WhyPanel {
            causes: chain(),
            ..gone(title, "This pod doesn't exist at this moment.")
        };
    };
    let status = pod::status(pod);
    let (state, node) = (pod::state(pod), target_node(pod).unwrap_or(""));
    let target = cluster.server.nodes.get(&Key::new("", node));
    let is_old = target.is_some_and(|target| node::health(target) != Health::Ready);
    let mut answer = match (pod.is_bound(), pod.is_ready()) {
        _ if pod.metadata.is_terminating() => {
            "It was asked to stop, and has its grace period to do so.".to_owned()
        }
        (true, true) => format!("It runs on {node} and is ready."),
        (true, false) if is_old => format!("It is on {node}, and its status says {status}."),
        (true, false) => format!("It is on {node}, {status}: {}.", state.meaning()),
        (false, _) => {
            let message = message(pod).unwrap_or("");
            if message.is_empty() {
                "It waits for the scheduler.".to_owned()
            } else {
                message.to_owned()
            }
        }
    };
    let set = pod.metadata.controller_ref().and_then(|owner| {
        let set = cluster
            .server
            .daemon_sets
            .get(&Key::new(&id.namespace, &owner.name))?;
        (set.metadata.uid == owner.uid).then_some(set)
    });
    let mut groups = Vec::new();
    if let Some(target) = target {
        if let Some(set) = set {
            groups.push(controller_checks(
                set,
                target,
                &cluster.verdict(set, target),
            ));
            answer.push_str(&notes(cluster, scene, set, target, pod));
        }
        groups.extend(scheduler_checks(cluster, pod, node));
    }
    let decided_by = groups
        .iter()
        .flat_map(|g| &g.checks)
        .find(|c| c.decides)
        .map(|c| c.field.clone());
    WhyPanel {
        answer,
        tone: state.tone(),
        decided_by,
        groups,
        facts: pod_facts(cluster, pod, node),
        pod: (!pod.metadata.is_terminating()).then(|| id.clone()),
        causes: chain(),
        ..empty(title)
    }
}

/// What neither a check nor the pod's status says, but people stumble over; each a sentence behind the answer.
fn notes(cluster: &Cluster, scene: &Scene, set: &DaemonSet, node: &Node, pod: &Pod) -> String {
    let mut notes = String::new();
    let mut note = |text: &str| notes.push_str(&format!(" {text}"));
    let is_node_ready = node::health(node) == Health::Ready;
    if let Some(message) = message(pod).filter(|_| !pod.is_bound()) {
        note(&format!(
            "A daemon pod is meant for one node, so only {} counts.",
            node.metadata.name
        ));
        if message.contains("No preemption victims") {
            note(&format!(
                "No pod there has a lower priority than its {}, so it can't push one out (preemption).",
                pod.spec.priority.unwrap_or(0)
            ));
        }
    }
    if !is_node_ready {
        note(&format!(
            "{} is NotReady, so this is what its kubelet said last. Daemon pods tolerate not-ready and unreachable for ever: nobody evicts this one.",
            node.metadata.name
        ));
        if pod.metadata.is_terminating() {
            note(
                "It goes when the kubelet confirms that it has stopped, or when the node is deleted.",
            );
        }
    }
    if node.spec.unschedulable {
        note(
            "The node is cordoned: daemon pods tolerate that, and kubectl drain leaves them alone.",
        );
    }
    let reason = [&*pod.status.reason, &*pod.status.message].map(str::trim);
    if pod.is_terminal() {
        note(&format!(
            "It failed: {}. The controller deletes a failed pod and creates another, each time after a longer back-off{}.",
            reason.join(": ").trim_end_matches(['.', ' ']),
            back_off(cluster, pod).map_or_else(String::new, |ms| format!(" (now {})", span(ms)))
        ));
    }
    let available = available_from(pod, set.spec.min_ready_seconds);
    if is_node_ready && available.is_some_and(|at| at > cluster.time()) {
        note(&format!(
            "It counts as available when it has stayed ready for minReadySeconds ({}).",
            span(set.spec.min_ready_seconds.max(0) as u64 * 1000)
        ));
    }
    let others = scene.on(&node.metadata.name).iter();
    let mut running = others.filter(|other| other.is_ready() && !is_daemon_pod(other));
    if let Some(other) = running
        .next()
        .filter(|_| is_node_ready && pod.is_bound() && !pod.is_ready())
    {
        note(&format!(
            "Other pods don't wait for it: {} runs here already. Only a taint that the node joins with, and that {} tolerates, would keep them away until then.",
            other.metadata.name, set.metadata.name
        ));
    }
    notes
}

fn is_daemon_pod(pod: &Pod) -> bool {
    let owner = pod.metadata.controller_ref();
    owner.is_some_and(|owner| owner.kind == "DaemonSet")
}

/// How long the controller waits before it deletes this failed pod, if it said so.
fn back_off(cluster: &Cluster, pod: &Pod) -> Option<u64> {
    let entries = cluster.trace.iter().rev().take(SEARCH_MAX);
    let mut delays = entries.filter_map(|entry| match &entry.what {
        What::Decided(Decision::Daemon(DaemonDecision::BackOff {
            pod: of, delay_ms, ..
        })) if **of == *pod.metadata.name => Some(*delay_ms),
        _ => None,
    });
    delays.next()
}

fn pod_facts(cluster: &Cluster, pod: &Pod, node: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: String| {
        facts.push(Fact {
            name: name.to_owned(),
            value,
        })
    };
    let (ready, all) = pod::ready_containers(pod);
    fact(
        "Status",
        format!(
            "{}, {ready}/{all} ready, {} restarts",
            pod::status(pod),
            pod::restarts(pod)
        ),
    );
    fact(
        "Node",
        if pod.is_bound() {
            node.to_owned()
        } else {
            format!("{node} (not bound)")
        },
    );
    if let Some(owner) = pod.metadata.controller_ref() {
        fact("Controlled by", format!("{}/{}", owner.kind, owner.name));
    }
    if let Some(created) = pod.metadata.creation_timestamp {
        fact(
            "Age",
            age(cluster.time().0.saturating_sub(created.0).max(0) as u64),
        );
    }
    for container in &pod.spec.containers {
        fact("Image", container.image.clone());
    }
    for container in &pod.status.container_statuses {
        if let Some(waiting) = container
            .state
            .waiting
            .as_ref()
            .filter(|w| !w.message.is_empty())
        {
            fact(
                "Waiting",
                format!("{}: {}", waiting.reason, waiting.message),
            );
        }
    }
    facts
}

fn empty(title: String) -> WhyPanel {
    WhyPanel {
        title,
        answer: String::new(),
        tone: Tone::Plain,
        decided_by: None,
        groups: Vec::new(),
        facts: Vec::new(),
        causes: Vec::new(),
        is_gone: false,
        pod: None,
    }
}

fn gone(title: String, answer: &str) -> WhyPanel {
    WhyPanel {
        answer: answer.to_owned(),
        is_gone: true,
        ..empty(title)
    }
}

/// The checks of the DaemonSet controller in its order, with the one that decided.
///
/// Models: daemon_controller.go, NodeShouldRunDaemonPod: node name, then selector and affinity, then taints.
fn controller_checks(set: &DaemonSet, node: &Node, verdict: &Verdict) -> CheckGroup {
    let spec = with_daemon_tolerations(&set.spec.template.spec);
    let name = &node.metadata.name;
    let mut checks = Vec::new();
    let mut is_decided = false;
    let mut push = |mut check: Check| {
        if is_decided {
            check.outcome = Outcome::Skipped;
            check.detail = "not asked: an earlier check decided".to_owned();
        }
        check.decides = !is_decided && check.outcome == Outcome::Fail;
        is_decided |= check.decides;
        checks.push(check);
    };
    push(name_check(&spec, name, verdict));
    let mismatch = node_mismatch(&spec, node);
    push(selector_check(&spec, mismatch.as_ref()));
    push(affinity_check(&spec, mismatch.as_ref()));
    for check in taint_checks(&spec, node) {
        push(check);
    }
    if !node.spec.taints.iter().any(repels) {
        push(Check {
            outcome: Outcome::Pass,
            title: "Taints".to_owned(),
            detail: "the node has no NoSchedule or NoExecute taint".to_owned(),
            field: format!("node {name}: spec.taints"),
            decides: false,
        });
    }
    CheckGroup {
        title: format!(
            "DaemonSet controller: should {name} run {}?",
            set.metadata.name
        ),
        checks,
    }
}

fn name_check(spec: &PodSpec, node: &str, verdict: &Verdict) -> Check {
    let (outcome, detail) = match verdict {
        Verdict::Skip(SkipReason::NodeName { wanted }) => (
            Outcome::Fail,
            format!("the template asks for {wanted}, this is {node}"),
        ),
        _ if spec.node_name.is_empty() => (Outcome::Pass, "the template names no node".to_owned()),
        _ => (Outcome::Pass, format!("the template asks for {node}")),
    };
    Check {
        outcome,
        title: "Node name".to_owned(),
        detail,
        field: "spec.template.spec.nodeName".to_owned(),
        decides: false,
    }
}

fn selector_check(spec: &PodSpec, mismatch: Option<&NodeMismatch>) -> Check {
    let field = "spec.template.spec.nodeSelector";
    let (outcome, detail, field) = match mismatch {
        Some(reason @ NodeMismatch::Selector { key, .. }) => {
            let detail = SkipReason::Mismatch(reason.clone()).to_string();
            (Outcome::Fail, detail, format!("{field}[{key}]"))
        }
        _ if spec.node_selector.is_empty() => (
            Outcome::Pass,
            "the template has no nodeSelector".to_owned(),
            field.to_owned(),
        ),
        _ => {
            let all: Vec<String> = spec
                .node_selector
                .iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect();
            (
                Outcome::Pass,
                format!("the node has {}", all.join(", ")),
                field.to_owned(),
            )
        }
    };
    Check {
        outcome,
        title: "nodeSelector".to_owned(),
        detail,
        field,
        decides: false,
    }
}

fn affinity_check(spec: &PodSpec, mismatch: Option<&NodeMismatch>) -> Check {
    let field = "spec.template.spec.affinity.nodeAffinity";
    let required = spec
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref())
        .and_then(|a| a.required.as_ref());
    let (outcome, detail, field) = match mismatch {
        Some(reason @ NodeMismatch::Affinity { terms }) => {
            let at = terms
                .iter()
                .enumerate()
                .find_map(|(i, term)| place(i, term));
            let detail = SkipReason::Mismatch(reason.clone()).to_string();
            (
                Outcome::Fail,
                detail,
                at.unwrap_or_else(|| field.to_owned()),
            )
        }
        // nodeSelector failed already, so this says nothing about affinity.
        Some(NodeMismatch::Selector { .. }) => (Outcome::Skipped, String::new(), field.to_owned()),
        None if required.is_none() => (
            Outcome::Pass,
            "the template has no required node affinity".to_owned(),
            field.to_owned(),
        ),
        None => (
            Outcome::Pass,
            "a term matches the node".to_owned(),
            field.to_owned(),
        ),
    };
    Check {
        outcome,
        title: "Node affinity (required)".to_owned(),
        detail,
        field,
        decides: false,
    }
}

/// `….nodeSelectorTerms[0].matchExpressions[1]`
fn place(term: usize, mismatch: &TermMismatch) -> Option<String> {
    let (in_fields, index) = match mismatch {
        TermMismatch::Empty => return Some(format!("nodeSelectorTerms[{term}]")),
        TermMismatch::Requirement {
            in_fields, index, ..
        }
        | TermMismatch::Malformed {
            in_fields, index, ..
        } => (in_fields, index),
    };
    let list = if *in_fields {
        "matchFields"
    } else {
        "matchExpressions"
    };
    Some(format!("nodeSelectorTerms[{term}].{list}[{index}]"))
}

/// One check for each taint; the one that decides comes as upstream picks it: NoExecute before NoSchedule.
fn taint_checks(spec: &PodSpec, node: &Node) -> Vec<Check> {
    let fails = |t: &crate::api::node::Taint| repels(t) && !is_tolerated(t, &spec.tolerations);
    let all = node.spec.taints.iter().enumerate().map(|(index, t)| {
        let text = taint::to_string(t);
        let (outcome, detail) = match t.effect.as_str() {
            taint::PREFER_NO_SCHEDULE => (
                Outcome::Pass,
                "PreferNoSchedule never keeps a daemon pod away".to_owned(),
            ),
            taint::NO_EXECUTE if fails(t) => (
                Outcome::Fail,
                "no toleration matches: no pod is created, and a running one is removed".to_owned(),
            ),
            _ if fails(t) => (
                Outcome::Fail,
                "no toleration matches: no pod is created; one that runs already stays".to_owned(),
            ),
            _ => (Outcome::Pass, tolerated_by(spec, t)),
        };
        Check {
            outcome,
            title: format!("Taint {text}"),
            detail,
            field: format!("node {}: spec.taints[{index}]", node.metadata.name),
            decides: false,
        }
    });
    let mut checks: Vec<Check> = all.collect();
    let decides = |c: &Check| {
        (
            c.outcome != Outcome::Fail,
            !c.title.ends_with(taint::NO_EXECUTE),
        )
    };
    // Stable: the node's order stays among equals.
    checks.sort_by_key(|c| {
        if c.outcome == Outcome::Fail {
            (1, decides(c).1)
        } else {
            (0, false)
        }
    });
    checks
}

fn tolerated_by(spec: &PodSpec, t: &crate::api::node::Taint) -> String {
    let at = spec
        .tolerations
        .iter()
        .position(|toleration| taint::tolerates(toleration, t));
    let own = at.and_then(|at| spec.tolerations.get(at));
    match own {
        Some(toleration) if toleration.key.is_empty() => {
            "tolerated: a toleration without key takes every taint".to_owned()
        }
        Some(toleration) if toleration.key.starts_with("node.kubernetes.io/") => {
            "tolerated: every daemon pod gets this toleration".to_owned()
        }
        Some(toleration) => format!("tolerated by key {}", toleration.key),
        None => "tolerated".to_owned(),
    }
}

/// What each filter of the scheduler says.
fn scheduler_checks(cluster: &Cluster, pod: &Rc<Pod>, node: &str) -> Option<CheckGroup> {
    let all = cluster.parts.scheduler.checks(pod, node)?;
    let mut is_decided = false;
    let checks = all.into_iter().map(|check| {
        let failure = check.failure.as_ref();
        let decides = failure.is_some() && !is_decided;
        is_decided |= decides;
        Check {
            outcome: if failure.is_some() {
                Outcome::Fail
            } else {
                Outcome::Pass
            },
            title: check.plugin.name().to_owned(),
            detail: failure.map_or_else(String::new, |f| format!("{}: {}", f, f.detail())),
            field: failure.map_or_else(String::new, |f| scheduler_field(f, node)),
            decides,
        }
    });
    Some(CheckGroup {
        title: format!("Scheduler: can it be bound to {node}?"),
        checks: checks.collect(),
    })
}

fn scheduler_field(failure: &crate::reason::scheduling::Failure, node: &str) -> String {
    use crate::reason::scheduling::Failure;
    match failure {
        Failure::Unschedulable => format!("node {node}: spec.unschedulable"),
        Failure::NodeName { .. } => "spec.nodeName".to_owned(),
        Failure::Taint(_) => format!("node {node}: spec.taints"),
        Failure::Affinity(_) => "spec.affinity.nodeAffinity".to_owned(),
        Failure::Ports(_) => "spec.containers[*].ports[*].hostPort".to_owned(),
        Failure::Resources(shortages) => {
            let names: Vec<String> = shortages.iter().map(|s| s.resource.to_string()).collect();
            format!(
                "spec.containers[*].resources.requests ({})",
                names.join(", ")
            )
        }
    }
}

/// The newest entry about an object that isn't a mere event.
fn newest(cluster: &Cluster, kind: Kind, key: &Key) -> Option<TraceId> {
    find(cluster, |e| {
        e.subject.kind == kind && e.subject.key == *key && !matches!(e.what, What::Event { .. })
    })
}

/// The newest entry that is like this.
fn find(cluster: &Cluster, is_it: impl FnMut(&Entry) -> bool) -> Option<TraceId> {
    let len = cluster.trace.len();
    let newest_first = cluster.trace.iter().rev().take(SEARCH_MAX);
    let found = newest_first.into_iter().position(is_it)?;
    Some(TraceId((len - 1 - found) as u32))
}

/// The newest entry about a node, or about what the DaemonSet controller did there.
fn newest_on_node(cluster: &Cluster, name: &str) -> Option<TraceId> {
    let is_about = |what: &What| match what {
        What::Decided(Decision::Daemon(
            DaemonDecision::Create { node, .. }
            | DaemonDecision::Delete { node, .. }
            | DaemonDecision::BackOff { node, .. },
        )) => &**node == name,
        _ => false,
    };
    find(cluster, |e| {
        let is_node = e.subject.kind == Kind::Node && &*e.subject.key.name == name;
        is_about(&e.what) || (is_node && !matches!(e.what, What::Event { .. }))
    })
}

/// From the effect back to the user's command.
fn causes(cluster: &Cluster, id: TraceId) -> Vec<Cause> {
    let chain = cluster.trace.causes(id);
    let skipped = chain.len().saturating_sub(CAUSES_MAX);
    let shown = chain
        .iter()
        .enumerate()
        .filter(|(i, _)| *i < CAUSES_MAX / 2 || *i >= CAUSES_MAX / 2 + skipped);
    shown
        .filter_map(|(_, id)| cluster.trace.get(*id))
        .map(|entry| {
            let (node, pod) = whereabouts(cluster, entry);
            Cause {
                at: clock(entry.at.0),
                at_ms: entry.at.0,
                actor: entry.actor.to_string(),
                text: match (&entry.actor, &entry.what) {
                    (Actor::User, What::Command(text)) => text.clone(),
                    (_, what) => format!("{}: {what}", entry.subject),
                },
                node,
                pod,
            }
        })
        .collect()
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
            (node.or(of_actor), Some(id(name)))
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
