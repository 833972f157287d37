//! What one node means to one DaemonSet: eligibility, what `manage` would do there, how it counts in the status and in a rolling update.
//!
//! Pure, and about a single node: the ledger keeps the sums, so that one event costs the same on 5 nodes and on 15,000.

use super::eligibility::verdict;
use super::pod::{available_from, is_updated};
use crate::api::apps::CONTROLLER_REVISION_HASH;
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::pod::{Pod, PodSpec, phase};
use crate::reason::daemon::{CreateReason, DeleteReason, Verdict};
use crate::sim::sort::Order;
use std::rc::Rc;

/// What a sync knows of the DaemonSet while it looks at nodes.
#[derive(Clone, Debug)]
pub struct Lens {
    /// The template's spec with the automatic tolerations.
    pub spec: PodSpec,
    /// The hash of the current revision.
    pub hash: String,
    pub template_generation: Option<i64>,
    pub min_ready_seconds: i32,
    /// RollingUpdate with a maxSurge that isn't 0.
    pub surge: bool,
}

/// What `manage` wants on a node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub create: Option<CreateReason>,
    pub delete: Vec<(Rc<str>, DeleteReason)>,
    /// Failed pods, the first two: one may be deleted once the node's back-off allows, and the next one waits.
    pub failed: Vec<Rc<str>>,
}

/// How a pod of one side (old or new) stands in a rolling update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    #[default]
    None,
    Unavailable,
    Available,
}

/// The place of a node in a rolling update. Nodes of the same class are interchangeable, but for their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    /// More than one new or old pod: left to `manage`.
    pub excess: bool,
    pub old: Side,
    pub new: Side,
    pub should_run: bool,
    pub exists: bool,
}

impl Class {
    /// The new pod is available, and no old one is left.
    pub fn is_done(&self) -> bool {
        self.should_run && self.new == Side::Available && self.old == Side::None
    }

    /// Some pod there is available, and stays.
    pub fn is_served(&self) -> bool {
        self.should_run && (self.new == Side::Available || self.old == Side::Available)
    }
}

/// What a node adds to the status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub desired: i32,
    pub current: i32,
    pub misscheduled: i32,
    pub ready: i32,
    pub available: i32,
    pub updated: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// `None`: the node doesn't exist.
    pub verdict: Option<Verdict>,
    pub plan: Plan,
    /// `None`: the rolling update doesn't see this node.
    pub class: Option<Class>,
    pub counts: Counts,
    /// When time alone changes the assessment (a ready pod becomes available).
    pub changes_at: Option<Time>,
}

/// Assesses one node. `pods` are the DaemonSet's pods meant for it, in any order.
///
/// Models: daemon_controller.go, podsShouldBeOnNode and updateDaemonSetStatus; update.go, rollingUpdate, all for one node.
pub fn assess(lens: &Lens, node: Option<&Node>, pods: &[Rc<Pod>], now: Time) -> Assessment {
    // A terminal pod that is being deleted counts as gone.
    let mut pods: Vec<&Rc<Pod>> = pods
        .iter()
        .filter(|p| !(p.is_terminal() && p.metadata.is_terminating()))
        .collect();
    pods.order_by(|a, b| order(a).cmp(&order(b)));
    let verdict = node.map(|node| verdict(&lens.spec, node));
    let should_run = verdict.as_ref().is_some_and(Verdict::should_run);
    let plan = match &verdict {
        Some(verdict) => plan(lens, verdict, &pods, now),
        None => plan_without_node(&pods),
    };
    let class = classify(lens, verdict.as_ref(), &pods, now);
    let class = (!pods.is_empty() || should_run).then_some(class);
    let changes_at = pods
        .iter()
        .filter_map(|p| available_from(p, lens.min_ready_seconds))
        .filter(|at| *at > now)
        .min();
    Assessment {
        counts: count(lens, verdict.as_ref(), &pods, now),
        verdict,
        plan,
        class,
        changes_at,
    }
}

/// Who is kept: bound pods first, then the older, then the smaller name.
fn order(pod: &Pod) -> (bool, Option<Time>, &str) {
    (
        !pod.is_bound(),
        pod.metadata.creation_timestamp,
        &pod.metadata.name,
    )
}

fn is_available(lens: &Lens, pod: &Pod, now: Time) -> bool {
    available_from(pod, lens.min_ready_seconds).is_some_and(|at| at <= now)
}

fn name(pod: &Pod) -> Rc<str> {
    pod.metadata.name.as_str().into()
}

fn plan(lens: &Lens, verdict: &Verdict, pods: &[&Rc<Pod>], now: Time) -> Plan {
    let mut plan = Plan::default();
    let living = || pods.iter().filter(|p| !p.metadata.is_terminating());
    if let Verdict::Skip(reason) = verdict {
        plan.delete = living()
            .map(|p| (name(p), DeleteReason::NotEligible(reason.clone())))
            .collect();
        return plan;
    }
    if pods.is_empty() {
        plan.create = verdict.should_run().then_some(CreateReason::NoPod);
        return plan;
    }
    let mut running: Vec<&Rc<Pod>> = Vec::new();
    for pod in living() {
        match pod.status.phase.as_str() {
            phase::FAILED if plan.failed.len() < 2 => plan.failed.push(name(pod)),
            phase::FAILED => {}
            phase::SUCCEEDED => plan.delete.push((name(pod), DeleteReason::Succeeded)),
            _ => running.push(pod),
        }
    }
    if !lens.surge {
        plan.delete.extend(
            running
                .iter()
                .skip(1)
                .map(|p| (name(p), DeleteReason::Duplicate)),
        );
        return plan;
    }
    match running.as_slice() {
        [] => plan.create = verdict.should_run().then_some(CreateReason::NoPod),
        [_] => {}
        several => {
            let is_new = |p: &&&Rc<Pod>| {
                p.metadata.label(CONTROLLER_REVISION_HASH) == Some(lens.hash.as_str())
            };
            let new = several.iter().find(is_new);
            let old = several.iter().find(|p| !is_new(p));
            for pod in several {
                if Some(pod) != new.as_ref().copied() && Some(pod) != old.as_ref().copied() {
                    plan.delete.push((name(pod), DeleteReason::Duplicate));
                }
            }
            if let (Some(new), Some(old)) = (new, old)
                && (!old.is_ready() || is_available(lens, new, now))
            {
                plan.delete.push((name(old), DeleteReason::SurgeDone));
            }
        }
    }
    plan
}

/// Models: daemon_controller.go, getUnscheduledPodsWithoutNode: pod GC doesn't see these.
fn plan_without_node(pods: &[&Rc<Pod>]) -> Plan {
    let unbound = pods
        .iter()
        .filter(|p| !p.is_bound() && !p.metadata.is_terminating());
    Plan {
        delete: unbound.map(|p| (name(p), DeleteReason::NodeGone)).collect(),
        ..Plan::default()
    }
}

/// The place of a node with these pods in a rolling update.
///
/// Models: update.go, findUpdatedPodsOnNode.
fn classify(lens: &Lens, verdict: Option<&Verdict>, pods: &[&Rc<Pod>], now: Time) -> Class {
    let mut sides: [Option<&Rc<Pod>>; 2] = [None, None];
    let mut class = Class {
        should_run: verdict.is_some_and(Verdict::should_run),
        exists: verdict.is_some(),
        ..Class::default()
    };
    for pod in pods.iter().filter(|p| !p.metadata.is_terminating()) {
        let side = &mut sides[usize::from(is_updated(pod, &lens.hash, lens.template_generation))];
        if side.is_some() {
            class.excess = true;
        }
        *side = Some(pod);
    }
    let rate = |side: Option<&Rc<Pod>>| match side {
        None => Side::None,
        Some(pod) if is_available(lens, pod, now) => Side::Available,
        Some(_) => Side::Unavailable,
    };
    class.old = rate(sides[0]);
    class.new = rate(sides[1]);
    class
}

/// The old pod of a node that a rolling update may delete.
pub fn old_pod<'a>(lens: &Lens, pods: &'a [Rc<Pod>]) -> Option<&'a Rc<Pod>> {
    pods.iter().find(|p| {
        !p.metadata.is_terminating() && !is_updated(p, &lens.hash, lens.template_generation)
    })
}

fn count(lens: &Lens, verdict: Option<&Verdict>, pods: &[&Rc<Pod>], now: Time) -> Counts {
    let mut counts = Counts::default();
    let Some(verdict) = verdict else {
        return counts;
    };
    if !verdict.should_run() {
        counts.misscheduled = i32::from(!pods.is_empty());
        return counts;
    }
    counts.desired = 1;
    if let Some(first) = pods.first() {
        counts.current = 1;
        counts.ready = i32::from(first.is_ready());
        counts.available = i32::from(is_available(lens, first, now));
        counts.updated = i32::from(is_updated(first, &lens.hash, lens.template_generation));
    }
    counts
}
