//! The checks of the controller, the scheduler and the rollout, each with the fields that it looked at.

use super::{Check, CheckGroup, Outcome};
use crate::api::apps::{DaemonSet, ON_DELETE};
use crate::api::node::{Node, Taint};
use crate::api::pod::{Pod, PodSpec};
use crate::api::selector::{NodeMismatch, TermMismatch, node_mismatch};
use crate::api::taint::{self, is_tolerated, repels};
use crate::cluster::Cluster;
use crate::controllers::daemon_set::eligibility::with_daemon_tolerations;
use crate::controllers::daemon_set::pod::available_from;
use crate::present::marks::Sources;
use crate::present::node::{self, Health};
use crate::present::scene::Scene;
use crate::present::words::{said, span};
use crate::reason::daemon::{SkipReason, Verdict};
use crate::reason::field::{self, Field};
use crate::reason::scheduling::{Failure, Nearness};
use crate::sim::sort::Order;
use std::rc::Rc;

/// A check, and the fields that it looked at.
type Found = (Check, Vec<Field>);

fn found(
    outcome: Outcome,
    title: &str,
    detail: String,
    field: String,
    fields: Vec<Field>,
) -> Found {
    let check = Check {
        outcome,
        title: title.to_owned(),
        detail,
        field,
        decides: false,
        marks: None,
    };
    (check, fields)
}

/// Finds the lines that each check looked at.
fn marked(all: impl IntoIterator<Item = Found>, sources: &Sources) -> Vec<Check> {
    let mark = |(check, fields): Found| Check {
        marks: sources.marks(fields, check.outcome == Outcome::Fail),
        ..check
    };
    all.into_iter().map(mark).collect()
}

/// The checks of the DaemonSet controller in its order, with the one that decided.
///
/// Models: daemon_controller.go, NodeShouldRunDaemonPod: node name, then selector and affinity, then taints.
pub fn controller_checks(
    set: &DaemonSet,
    node: &Node,
    verdict: &Verdict,
    sources: &Sources,
) -> CheckGroup {
    let spec = with_daemon_tolerations(&set.spec.template.spec);
    let name = &node.metadata.name;
    let mismatch = node_mismatch(&spec, node);
    let mut all = vec![
        name_check(&spec, name, verdict),
        selector_check(&spec, mismatch.as_ref()),
        affinity_check(&spec, mismatch.as_ref()),
    ];
    all.extend(taint_checks(set, &spec, node));
    if !node.spec.taints.iter().any(repels) {
        all.push(found(
            Outcome::Pass,
            "Taints",
            "the node has no NoSchedule or NoExecute taint".to_owned(),
            format!("node {name}: spec.taints"),
            Vec::new(),
        ));
    }
    let mut is_decided = false;
    for (check, fields) in &mut all {
        if is_decided {
            check.outcome = Outcome::Skipped;
            check.detail = "not run: an earlier check decided".to_owned();
            fields.clear();
        }
        if check.outcome == Outcome::Fail {
            is_decided = true;
            *fields = verdict.fields(node);
        }
    }
    CheckGroup {
        title: format!(
            "DaemonSet controller: should {name} run {}?",
            set.metadata.name
        ),
        checks: marked(all, sources),
    }
}

fn name_check(spec: &PodSpec, node: &str, verdict: &Verdict) -> Found {
    let (outcome, detail) = match verdict {
        Verdict::Skip(SkipReason::NodeName { wanted }) => (
            Outcome::Fail,
            format!("the template asks for {wanted}, this is {node}"),
        ),
        _ if spec.node_name.is_empty() => (Outcome::Pass, "the template names no node".to_owned()),
        _ => (Outcome::Pass, format!("the template asks for {node}")),
    };
    found(
        outcome,
        "Node name",
        detail,
        "spec.template.spec.nodeName".to_owned(),
        vec![field::template("nodeName")],
    )
}

fn selector_check(spec: &PodSpec, mismatch: Option<&NodeMismatch>) -> Found {
    let field = "spec.template.spec.nodeSelector";
    let (outcome, detail, field) = match mismatch {
        Some(reason @ NodeMismatch::Selector { key, .. }) => {
            let detail = said(&SkipReason::Mismatch(reason.clone()).to_string());
            (Outcome::Fail, detail, format!("{field}[{key}]"))
        }
        _ if spec.node_selector.is_empty() => (
            Outcome::Pass,
            "the template has no nodeSelector".to_owned(),
            field.to_owned(),
        ),
        _ => {
            let labels = spec.node_selector.iter();
            let all: Vec<String> = labels.map(|(k, v)| format!("{k}={v}")).collect();
            (
                Outcome::Pass,
                format!("the node has {}", all.join(", ")),
                field.to_owned(),
            )
        }
    };
    found(
        outcome,
        "nodeSelector",
        detail,
        field,
        field::selector(spec),
    )
}

fn affinity_check(spec: &PodSpec, mismatch: Option<&NodeMismatch>) -> Found {
    let field = "spec.template.spec.affinity.nodeAffinity";
    let required = spec
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref())
        .and_then(|a| a.required.as_ref());
    let (outcome, detail, field) = match mismatch {
        Some(reason @ NodeMismatch::Affinity { terms }) => {
            let mut places = terms.iter().enumerate();
            let at = places.find_map(|(i, term)| place(i, term));
            let detail = said(&SkipReason::Mismatch(reason.clone()).to_string());
            let field = at.unwrap_or_else(|| field.to_owned());
            (Outcome::Fail, detail, field)
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
    let title = "Node affinity (required)";
    found(outcome, title, detail, field, vec![field::affinity()])
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
fn taint_checks(set: &DaemonSet, spec: &PodSpec, node: &Node) -> Vec<Found> {
    let fails = |t: &Taint| repels(t) && !is_tolerated(t, &spec.tolerations);
    let own = &set.spec.template.spec.tolerations;
    let all = node.spec.taints.iter().enumerate().map(|(index, t)| {
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
        let by = own.iter().position(|it| taint::tolerates(it, t));
        let by = by.map(|i| field::template(&format!("tolerations[{i}]")));
        let of_node = field::node(format!("spec.taints[{index}]"));
        found(
            outcome,
            &format!("Taint {}", taint::to_string(t)),
            detail,
            format!("node {}: spec.taints[{index}]", node.metadata.name),
            by.into_iter().chain([of_node]).collect(),
        )
    });
    let mut all: Vec<Found> = all.collect();
    // Stable: the node's order stays among equals.
    all.order_by_key(|(check, _)| match check.outcome {
        Outcome::Fail => (1, !check.title.ends_with(taint::NO_EXECUTE)),
        _ => (0, false),
    });
    all
}

fn tolerated_by(spec: &PodSpec, t: &Taint) -> String {
    let at = spec
        .tolerations
        .iter()
        .position(|toleration| taint::tolerates(toleration, t));
    let own = at.and_then(|at| spec.tolerations.get(at));
    match own {
        Some(toleration) if toleration.key.is_empty() => {
            "tolerated: a toleration without a key matches every taint".to_owned()
        }
        Some(toleration) if toleration.key.starts_with("node.kubernetes.io/") => {
            "tolerated: every daemon pod gets this toleration".to_owned()
        }
        Some(toleration) => format!("tolerated by key {}", toleration.key),
        None => "tolerated".to_owned(),
    }
}

/// What each filter of the scheduler says.
pub fn scheduler_checks(
    cluster: &Cluster,
    set: Option<&DaemonSet>,
    pod: &Rc<Pod>,
    node: &Node,
    sources: &Sources,
) -> Option<CheckGroup> {
    let name = &node.metadata.name;
    // The fields are the template's, which the pod was made from.
    let spec = set.map_or(&pod.spec, |set| &set.spec.template.spec);
    let all = cluster.parts.scheduler.checks(pod, name)?;
    let all = all.into_iter().map(|check| {
        let title = check.plugin.name();
        match &check.failure {
            None => {
                let fields = check.plugin.fields(spec, node);
                found(Outcome::Pass, title, String::new(), String::new(), fields)
            }
            Some(failure) => found(
                Outcome::Fail,
                title,
                explained(failure),
                scheduler_field(failure, name),
                failure.fields(spec, node),
            ),
        }
    });
    Some(CheckGroup {
        title: format!("Scheduler: can it be bound to {name}?"),
        checks: marked(all, sources),
    })
}

/// `Insufficient cpu: requested 1000m, used 3500m of 4000m`
fn explained(failure: &Failure) -> String {
    let detail = said(&failure.detail());
    let own = match failure {
        Failure::Resources(shortages) if shortages.len() == 1 => detail.split_once(": "),
        _ => None,
    };
    format!("{failure}: {}", own.map_or(&*detail, |(_, own)| own))
}

/// What is left when the pod has its node: whether it counts as available, and as up to date.
pub fn pod_checks(
    cluster: &Cluster,
    scene: &Scene,
    set: &DaemonSet,
    node: &Node,
    pod: &Pod,
    sources: &Sources,
) -> CheckGroup {
    let (name, spec) = (&node.metadata.name, &set.spec);
    let outcome = |passes| if passes { Outcome::Pass } else { Outcome::Fail };
    let is_node_ready = node::health(node) == Health::Ready;
    let mut all = vec![found(
        outcome(is_node_ready),
        "Node is Ready",
        match is_node_ready {
            true => String::new(),
            false => {
                "its kubelet doesn't report, so the pod's status may be out of date".to_owned()
            }
        },
        format!("node {name}: status.conditions[Ready]"),
        vec![field::condition(node, "Ready")],
    )];
    let status = super::pod::status(pod);
    all.push(found(
        outcome(pod.is_ready()),
        "Pod is Ready",
        if pod.is_ready() {
            String::new()
        } else {
            format!("it is {status}")
        },
        format!("pod {}: status.conditions[Ready]", pod.metadata.name),
        Vec::new(),
    ));
    let is_current = scene.revision(pod).is_none_or(|it| it.is_current);
    let strategy = &spec.update_strategy;
    all.push(found(
        outcome(is_current),
        "Current template",
        match (is_current, strategy.type_.as_str()) {
            (true, _) => String::new(),
            (false, ON_DELETE) => {
                "the template has changed since; OnDelete keeps the pod until it is deleted"
                    .to_owned()
            }
            (false, _) => {
                "the template has changed since; RollingUpdate replaces the pod when its turn comes"
                    .to_owned()
            }
        },
        "spec.updateStrategy".to_owned(),
        match is_current {
            true => Vec::new(),
            false => vec![field::set("spec.updateStrategy")],
        },
    ));
    let from = available_from(pod, spec.min_ready_seconds);
    if let Some(from) = from.filter(|_| spec.min_ready_seconds > 0) {
        let waits = u64::try_from(from.0.saturating_sub(cluster.time().0)).unwrap_or(0);
        all.push(found(
            outcome(waits == 0),
            "Ready for minReadySeconds",
            match waits {
                0 => String::new(),
                waits => format!("available in {}", span(waits * 1000)),
            },
            "spec.minReadySeconds".to_owned(),
            vec![field::set("spec.minReadySeconds")],
        ));
    }
    CheckGroup {
        title: format!("Its pod {}: does it count?", pod.metadata.name),
        checks: marked(all, sources),
    }
}

fn scheduler_field(failure: &Failure, node: &str) -> String {
    match failure {
        Failure::Unschedulable => format!("node {node}: spec.unschedulable"),
        Failure::NodeName { .. } => "spec.nodeName".to_owned(),
        Failure::Taint(_) => format!("node {node}: spec.taints"),
        Failure::Affinity(_) => "spec.affinity.nodeAffinity".to_owned(),
        Failure::Ports(_) => "spec.containers[*].ports[*].hostPort".to_owned(),
        Failure::Near(Nearness::NoDomain { .. } | Nearness::Skew { .. }) => {
            "spec.topologySpreadConstraints".to_owned()
        }
        Failure::Near(_) => "spec.affinity".to_owned(),
        Failure::Resources(shortages) => {
            let names: Vec<String> = shortages.iter().map(|s| s.resource.to_string()).collect();
            format!(
                "spec.containers[*].resources.requests ({})",
                names.join(", ")
            )
        }
    }
}
