//! Why: the answer, the causes as a story, and each check that the controller and the scheduler make.

mod checks;
mod story;

use super::daemon_set::{DaemonSetId, figures};
use super::groups::{NodeState, message, reason_here, state_of};
use super::marks::{Marks, Sources};
use super::node::{self, Health};
use super::page::{self, Subject, key};
use super::pod::{self, PodId};
use super::rollout::{current_hash, is_owned};
use super::scene::Scene;
use super::stage::ring::RingKind;
use super::words::{Tone, age, clock, count, span};
use crate::api::apps::DaemonSet;
use crate::api::node::Node;
use crate::api::object::{Key, Kind};
use crate::api::pod::Pod;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::assess::assess;
use crate::controllers::daemon_set::pod::{available_from, daemon_pod, target_node};
use crate::controllers::daemon_set::sync::lens;
use crate::reason::Decision;
use crate::reason::daemon::DaemonDecision;
use crate::sim::map::Set;
use crate::trace::{Entry, TraceId, What};
use checks::{controller_checks, pod_checks, scheduler_checks};
use std::rc::Rc;

/// So many entries of the trace are searched for the newest one about an object.
const SEARCH_MAX: usize = 20_000;
/// So many DaemonSets have their line.
const VERDICTS_MAX: usize = 12;

/// What the why panel shows for the node or pod that was clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyPanel {
    /// `Node node-2` or `Pod my-daemonset-x7k2p`
    pub title: String,
    /// Of a node: what each DaemonSet has there.
    pub verdicts: Vec<VerdictLine>,
    /// The answer in a few sentences; of a node, what the verdicts don't say.
    pub answer: String,
    pub tone: Tone,
    /// The exact field that decided, if one did: `node-2: spec.taints[0]`.
    pub decided_by: Option<String>,
    pub groups: Vec<CheckGroup>,
    /// Name and value, for what isn't a check.
    pub facts: Vec<Fact>,
    /// The story: from what the user did to how it is now.
    pub causes: Vec<Cause>,
    /// The last few of them lie after the moment that is shown: it is walked through, in the past.
    pub ahead: usize,
    /// It is gone at this moment of the timeline.
    pub is_gone: bool,
    /// What runs in the place of a pod that is gone.
    pub replaced_by: Option<PodId>,
    /// The pod that can be deleted or made to fail here.
    pub pod: Option<PodId>,
}

/// What one DaemonSet has on a node, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictLine {
    pub set: DaemonSetId,
    pub state: NodeState,
    pub reason: String,
    /// The checks below are about this one.
    pub is_chosen: bool,
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
    /// What it looked at, if the objects say it.
    pub marks: Option<Rc<Marks>>,
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

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub at: String,
    pub at_ms: u64,
    /// The component: `daemonset-controller`
    pub actor: String,
    /// `the controller created agent-x7k2p for node-2`
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
    /// How a node takes part by the shown moment, if it does.
    pub fn part_of_node(&self, node: &str, pointed: Option<usize>) -> Option<Part> {
        self.part(pointed, |cause| cause.node.as_deref() == Some(node))
    }

    pub fn part_of_pod(&self, pod: &PodId, pointed: Option<usize>) -> Option<Part> {
        self.part(pointed, |cause| cause.pod.as_ref() == Some(pod))
    }

    /// The nodes that take part, each once.
    pub fn nodes(&self) -> Set<Rc<str>> {
        let nodes = self.happened().iter();
        nodes.filter_map(|cause| cause.node.clone()).collect()
    }

    /// The steps that have happened by the moment that is shown.
    pub fn happened(&self) -> &[Cause] {
        let count = self.causes.len().saturating_sub(self.ahead);
        &self.causes[..count]
    }

    fn part(&self, pointed: Option<usize>, is_in: impl Fn(&Cause) -> bool) -> Option<Part> {
        let links = self.happened().iter().enumerate();
        let links = links.filter(|(_, cause)| is_in(cause));
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

    /// Is this still among what the checks looked at?
    pub fn has(&self, marks: &Marks) -> bool {
        let checks = self.groups.iter().flat_map(|group| &group.checks);
        let mut all = checks.filter_map(|check| check.marks.as_ref());
        all.any(|it| it.is_about(marks))
    }

    /// `12 checks passed`, or of those that aren't shown anyway: `9 checks passed, 2 not asked`.
    pub fn passed(&self) -> Option<String> {
        let checks = || self.groups.iter().flat_map(|group| &group.checks);
        let count_of = |outcome| checks().filter(|check| check.outcome == outcome).count();
        let (passed, skipped) = (count_of(Outcome::Pass), count_of(Outcome::Skipped));
        let text = format!("{} passed", count(passed as u64, "check"));
        match (passed, skipped) {
            (0, 0) => None,
            (_, 0) => Some(text),
            _ => Some(format!("{text}, {skipped} not run")),
        }
    }

    /// The checks that failed, the one that decided first among them.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        let checks = self.groups.iter().flat_map(|group| &group.checks);
        checks.filter(|check| check.outcome == Outcome::Fail)
    }

    /// The chosen DaemonSet's verdict and the answer.
    pub fn told(&self) -> String {
        let chosen = self.verdicts.iter().find(|line| line.is_chosen);
        let verdict = chosen.map(
            |VerdictLine {
                 set, state, reason, ..
             }| { format!("{}: {}: {reason}. ", set.name, state.word()) },
        );
        let told = verdict.unwrap_or_default() + &self.answer;
        told.trim_end().to_owned()
    }

    /// For a console: the answer, what decided, the checks that failed, and the way back to the user's command.
    pub fn text(&self) -> String {
        let mut out = format!("{}: {}\n", self.title, self.told());
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
            out.push_str("How it came about:\n");
        }
        for Cause { at, text, .. } in &self.causes {
            out.push_str(&format!("  {at:>8}  {text}\n"));
        }
        out
    }
}

pub fn build(
    cluster: &Cluster,
    scene: &Scene,
    subject: Subject<'_>,
    set: Option<&DaemonSet>,
) -> Option<WhyPanel> {
    match subject {
        Subject::None => None,
        Subject::Node(name) => Some(why_node(cluster, scene, name, set)),
        Subject::Pod(id) => Some(why_pod(cluster, scene, id)),
        Subject::Figure(id, field) => Some(why_figure(cluster, id, field)),
        Subject::Event(id) => Some(why_event(cluster, id)),
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
        return gone(
            title,
            "This DaemonSet doesn't exist at this moment.".to_owned(),
        );
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
            "{}. {} {}",
            figure.value,
            figure.meaning,
            last.as_deref().unwrap_or("It never changed.")
        ),
        tone: figure.tone,
        causes: cause.map_or_else(Vec::new, |id| story::causes(cluster, id)),
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
            "This event hasn't happened at this moment.".to_owned(),
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
        causes: story::causes(cluster, id),
        ..empty(format!("Event {reason}"))
    }
}

fn why_node(cluster: &Cluster, scene: &Scene, name: &str, set: Option<&DaemonSet>) -> WhyPanel {
    let title = format!("Node {name}");
    let Some(node) = cluster.server.nodes.get(&Key::new("", name)) else {
        return story::gone_node(cluster, name, title);
    };
    let Some(set) = set else {
        return WhyPanel {
            answer: "There is no DaemonSet yet.".to_owned(),
            ..empty(title)
        };
    };
    let verdict = cluster.verdict(set, node);
    let pods: Vec<&Rc<Pod>> = scene.owned_on(name).collect();
    let first = pods.first();
    let mut answer = first.map_or_else(String::new, |pod| notes(cluster, scene, set, node, pod));
    if cluster.parts.kubelets.is_down(name) {
        let off = match node.is_ready() {
            true => {
                "is powered off, but the API server doesn't know yet: after 50 s without heartbeats it turns NotReady."
            }
            false => "is powered off: its kubelet reports nothing, so its pods stay as they were.",
        };
        answer = format!("{name} {off} {answer}");
    }
    let verdicts = verdicts(cluster, scene, node, set);
    let chosen = verdicts.iter().find(|line| line.is_chosen);
    let tone = chosen.map_or(Tone::Plain, |line| line.state.tone());
    let sources = Sources::of(&cluster.server, Some(page::id(set)), name);
    let mut groups = vec![controller_checks(set, node, &verdict, &sources)];
    // A node that isn't wanted never gets as far as the scheduler.
    if verdict.should_run() {
        let pod = pods
            .first()
            .map_or_else(|| Rc::new(daemon_pod(set, name, "")), |pod| Rc::clone(pod));
        groups.extend(scheduler_checks(cluster, Some(set), &pod, node, &sources));
    }
    let bound = first.filter(|pod| pod.is_bound());
    groups.extend(bound.map(|pod| pod_checks(cluster, scene, set, node, pod, &sources)));
    let decided_by = decide(&mut groups);
    let newest = pods
        .first()
        .and_then(|pod| newest(cluster, Kind::Pod, &Key::of(&pod.metadata)));
    let cause = newest.or_else(|| newest_on_node(cluster, name));
    WhyPanel {
        verdicts,
        answer: answer.trim().to_owned(),
        tone,
        decided_by,
        groups,
        causes: cause.map_or_else(Vec::new, |id| story::causes(cluster, id)),
        ..empty(title)
    }
}

fn why_pod(cluster: &Cluster, scene: &Scene, id: &PodId) -> WhyPanel {
    let title = format!("Pod {}", id.name);
    let key = Key::new(&id.namespace, &id.name);
    let Some(pod) = cluster.server.pods.get(&key) else {
        return story::gone_pod(cluster, scene, id, title);
    };
    let cause = newest(cluster, Kind::Pod, &key);
    let status = pod::status(pod);
    let (state, node) = (pod::state(pod), target_node(pod).unwrap_or(""));
    let target = cluster.server.nodes.get(&Key::new("", node));
    let is_old = target.is_some_and(|target| node::health(target) != Health::Ready);
    let mut answer = match (pod.is_bound(), pod.is_ready()) {
        _ if pod.metadata.is_terminating() => {
            "It was told to stop; its grace period is running.".to_owned()
        }
        (true, true) if scene.revision(pod).is_some_and(|it| !it.is_current) => {
            format!("It runs on {node} and is ready, but still has the old template.")
        }
        (true, true) => format!("It runs on {node} and is ready."),
        (true, false) if is_old => format!("It is on {node}, and its status says {status}."),
        (true, false) => format!("It is on {node}, {status}: {}.", state.meaning()),
        (false, _) => {
            let message = message(pod).unwrap_or("");
            let here = reason_here(message);
            match here.strip_prefix("scheduler: ") {
                Some(reason) if target.is_some() => {
                    format!("The scheduler can't bind it to {node}: {reason}.")
                }
                _ if message.is_empty() => "It waits for the scheduler.".to_owned(),
                _ => message.to_owned(),
            }
        }
    };
    if let Some(left) = time_left(cluster, scene, pod) {
        answer.push_str(&left);
    }
    let set = pod.metadata.controller_ref().and_then(|owner| {
        let set = cluster
            .server
            .daemon_sets
            .get(&Key::new(&id.namespace, &owner.name))?;
        (set.metadata.uid == owner.uid).then_some(set)
    });
    let mut groups = Vec::new();
    if let Some(target) = target {
        let sources = Sources::of(&cluster.server, set.map(|set| page::id(set)), node);
        if let Some(set) = set {
            let verdict = cluster.verdict(set, target);
            groups.push(controller_checks(set, target, &verdict, &sources));
            answer.push_str(&notes(cluster, scene, set, target, pod));
        }
        groups.extend(scheduler_checks(
            cluster,
            set.map(|set| &**set),
            pod,
            target,
            &sources,
        ));
        let bound = set.filter(|_| pod.is_bound());
        groups.extend(bound.map(|set| pod_checks(cluster, scene, set, target, pod, &sources)));
    }
    let decided_by = decide(&mut groups);
    WhyPanel {
        answer,
        tone: state.tone(),
        decided_by,
        groups,
        facts: pod_facts(cluster, pod, node),
        pod: (!pod.metadata.is_terminating()).then(|| id.clone()),
        causes: cause.map_or_else(Vec::new, |id| story::causes(cluster, id)),
        ..empty(title)
    }
}

/// How long what its ring shows takes.
fn time_left(cluster: &Cluster, scene: &Scene, pod: &Pod) -> Option<String> {
    let ring = scene.tile(pod).ring?;
    let left = match ring.seconds_left(cluster.now()) {
        0 => return None,
        seconds => span(seconds * 1000),
    };
    Some(match ring.kind {
        RingKind::Pull => format!(" The pull takes {left} more."),
        RingKind::Stop => format!(" It stops in {left}."),
        RingKind::BackOff => format!(" The next try is in {left}."),
    })
}

/// What every DaemonSet has on a node, the chosen one first.
fn verdicts(cluster: &Cluster, scene: &Scene, node: &Node, chosen: &DaemonSet) -> Vec<VerdictLine> {
    let line = |set: &Rc<DaemonSet>| {
        let lens = lens(set, &current_hash(cluster, set));
        let pods = scene.on(&node.metadata.name).iter();
        let own: Vec<Rc<Pod>> = pods.filter(|pod| is_owned(pod, set)).cloned().collect();
        let assessment = assess(&lens, Some(node), &own, cluster.time());
        let (state, reason) = state_of(node, own.iter(), &assessment);
        VerdictLine {
            set: page::id(set),
            state,
            reason,
            is_chosen: set.metadata.uid == chosen.metadata.uid,
        }
    };
    let mut lines: Vec<VerdictLine> = cluster.server.daemon_sets.iter().map(line).collect();
    let at = lines.iter().position(|line| line.is_chosen).unwrap_or(0);
    if let Some(to_front) = lines.get_mut(..=at) {
        to_front.rotate_right(1);
    }
    lines.truncate(VERDICTS_MAX);
    lines
}

/// The first check that failed decided, of all components; gives its field.
fn decide(groups: &mut [CheckGroup]) -> Option<String> {
    let mut all = groups.iter_mut().flat_map(|group| &mut group.checks);
    let first = all.find(|check| check.outcome == Outcome::Fail)?;
    first.decides = true;
    Some(first.field.clone())
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
                "No pod there has a lower priority than its own, {}, so it can't preempt one.",
                pod.spec.priority.unwrap_or(0)
            ));
        }
    }
    if !is_node_ready {
        note(&format!(
            "{} is NotReady, so this is what its kubelet reported last. Daemon pods tolerate not-ready and unreachable forever: nothing evicts this one.",
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
            "It counts as available once it has been ready for minReadySeconds ({}).",
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
            "Other pods don't wait for it: {} runs here already. Only a taint that the node joins with, and that {} tolerates, keeps them away until then.",
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
            "{}, {ready}/{all} ready, {}",
            pod::status(pod),
            count(u64::from(pod::restarts(pod)), "restart")
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
    if let Some(message) = message(pod).filter(|it| !pod.is_bound() && !it.is_empty()) {
        fact("Scheduler", message.to_owned());
    }
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
        verdicts: Vec::new(),
        answer: String::new(),
        tone: Tone::Plain,
        decided_by: None,
        groups: Vec::new(),
        facts: Vec::new(),
        causes: Vec::new(),
        ahead: 0,
        is_gone: false,
        replaced_by: None,
        pod: None,
    }
}

fn gone(title: String, answer: String) -> WhyPanel {
    WhyPanel {
        answer,
        is_gone: true,
        ..empty(title)
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
