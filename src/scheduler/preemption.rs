//! Making room: which pods of lower priority would have to go, on which node.
//!
//! Models: pkg/scheduler/framework/preemption and plugins/defaultpreemption.
//! Differs: pod disruption budgets don't exist here. All nodes where preemption may help are tried, not a sample of them.

use super::filters::first_failure;
use super::message::{Reasons, fit_error};
use super::node_info::{NodeInfo, PodInfo};
use crate::api::meta::Time;
use crate::reason::scheduling::{Failure, Rejection};
use crate::sim::sort::Order;
use std::cmp::Reverse;
use std::rc::Rc;

/// The condition that a victim gets, and its reason and message.
pub const DISRUPTION_TARGET: &str = "DisruptionTarget";
pub const BY_SCHEDULER: &str = "PreemptionByScheduler";
pub const VICTIM_MESSAGE: &str =
    "default-scheduler: preempting to accommodate a higher priority pod";

const NO_VICTIMS: &str = "No preemption victims found for incoming pod";
const NOT_HELPFUL: &str = "Preemption is not helpful for scheduling";
const POLICY_NEVER: &str = "not eligible due to preemptionPolicy=Never.";
const STILL_TERMINATING: &str = "not eligible due to a terminating pod on the nominated node.";

/// What preemption comes to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// These pods make room on this node.
    Preempt(Candidate),
    /// No node would fit even then. The text says why.
    NoCandidate(String),
    /// It isn't tried, and a nomination stays. The text says why.
    NotEligible(&'static str),
}

/// A node that would fit, and who would have to go there.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub node: Rc<str>,
    /// The most important first.
    pub victims: Vec<Rc<PodInfo>>,
}

/// Looks for room. `view` gives a node as the filters saw it; `nodes` is how many there are.
pub fn preempt(
    pod: &PodInfo,
    rejections: &[Rejection],
    nodes: u32,
    nominated: Option<&str>,
    view: impl Fn(&str) -> Option<Rc<NodeInfo>>,
) -> Outcome {
    if let Some(why) = not_eligible(pod, rejections, nominated, &view) {
        return Outcome::NotEligible(why);
    }
    let mut candidates = Vec::new();
    let mut reasons = Reasons::default();
    let mut tried = 0;
    for rejection in rejections {
        if !rejection.failure.preemption_may_help() {
            continue;
        }
        let Some(info) = view(&rejection.node) else {
            continue;
        };
        tried += 1;
        let room = match &rejection.failure {
            // Others would have to go elsewhere than on this node: not tried.
            Failure::Near(_)
                if info
                    .pods
                    .values()
                    .any(|other| other.priority() < pod.priority()) =>
            {
                Err(NoRoom::StillFails(rejection.failure.clone()))
            }
            _ => victims_on(pod, &info),
        };
        match room {
            Ok(victims) => candidates.push(Candidate {
                node: Rc::clone(&rejection.node),
                victims,
            }),
            Err(NoRoom::NobodyLower) => reasons.add(NO_VICTIMS, 1),
            Err(NoRoom::StillFails(failure)) => {
                for reason in failure.reasons() {
                    reasons.add(&reason, 1);
                }
            }
        }
    }
    if let Some(best) = candidates.into_iter().min_by_key(cost) {
        return Outcome::Preempt(best);
    }
    reasons.add(NOT_HELPFUL, nodes.saturating_sub(tried));
    Outcome::NoCandidate(fit_error(nodes, "", &reasons, ""))
}

/// Models: plugins/defaultpreemption/default_preemption.go, PodEligibleToPreemptOthers.
fn not_eligible(
    pod: &PodInfo,
    rejections: &[Rejection],
    nominated: Option<&str>,
    view: &impl Fn(&str) -> Option<Rc<NodeInfo>>,
) -> Option<&'static str> {
    if pod.pod.spec.preemption_policy.as_deref() == Some("Never") {
        return Some(POLICY_NEVER);
    }
    let nominated = nominated?;
    let hopeless = rejections
        .iter()
        .any(|r| &*r.node == nominated && !r.failure.preemption_may_help());
    let info = view(nominated).filter(|_| !hopeless)?;
    let waiting = info.pods.values().any(|other| {
        other.priority() < pod.priority()
            && other.pod.metadata.is_terminating()
            && other
                .pod
                .status
                .condition(DISRUPTION_TARGET)
                .is_some_and(|c| c.status == "True" && c.reason == BY_SCHEDULER)
    });
    waiting.then_some(STILL_TERMINATING)
}

/// Why preemption makes no room on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// No pod there has a lower priority.
    NobodyLower,
    /// The pod wouldn't fit without them either.
    StillFails(Failure),
}

/// The fewest and least important pods whose going lets the pod fit: all of lower priority go, then as many as possible come back, the most important first.
///
/// Models: plugins/defaultpreemption/default_preemption.go, SelectVictimsOnNode.
pub fn victims_on(pod: &PodInfo, info: &NodeInfo) -> Result<Vec<Rc<PodInfo>>, NoRoom> {
    let mut lower: Vec<Rc<PodInfo>> = info
        .pods
        .values()
        .filter(|other| other.priority() < pod.priority())
        .map(Rc::clone)
        .collect();
    if lower.is_empty() {
        return Err(NoRoom::NobodyLower);
    }
    // By importance: priority, then age. The sort is stable, so equals stay in the order of their names.
    lower.order_by_key(|other| (Reverse(other.priority()), started(other)));
    let mut without = info.clone();
    for other in &lower {
        without.remove_pod(&other.key);
    }
    if let Some(failure) = first_failure(pod, &without) {
        return Err(NoRoom::StillFails(failure));
    }
    let mut victims = Vec::new();
    for other in lower {
        without.add_pod(Rc::clone(&other));
        if first_failure(pod, &without).is_some() {
            without.remove_pod(&other.key);
            victims.push(other);
        }
    }
    Ok(victims)
}

/// A pod that hasn't started counts as starting last.
fn started(pod: &PodInfo) -> Time {
    pod.pod.status.start_time.unwrap_or(Time(i64::MAX))
}

/// What is compared between nodes, the smallest is best: the highest priority that would go, the sum of priorities, the number of victims, the age of the most important, the name.
///
/// Models: framework/preemption/preemption.go, pickOneNodeForPreemption.
fn cost(candidate: &Candidate) -> (i64, i64, usize, Reverse<Time>, Rc<str>) {
    let victims = &candidate.victims;
    let highest = victims
        .first()
        .map_or(i64::MIN, |v| i64::from(v.priority()));
    let sum = victims
        .iter()
        .map(|v| i64::from(v.priority()) + i64::from(i32::MAX) + 1)
        .sum();
    let oldest = victims
        .iter()
        .filter(|v| i64::from(v.priority()) == highest)
        .map(|v| started(v))
        .min();
    (
        highest,
        sum,
        victims.len(),
        Reverse(oldest.unwrap_or(Time(i64::MAX))),
        Rc::clone(&candidate.node),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::json;

    fn pod(name: &str, priority: i32, cpu: &str) -> PodInfo {
        let pod = json!({
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"priority": priority, "containers": [{"resources": {"requests": {"cpu": cpu}}}]},
        });
        PodInfo::new(Rc::new(serde_json::from_value(pod).unwrap()))
    }

    /// A node with 1 cpu; who goes for a pod of priority 5?
    #[track_caller]
    fn check(cpu: &str, there: &[(&str, i32, &str)], expect: Expect) {
        let node = json!({"status": {"allocatable": {"cpu": "1", "pods": "10"}}});
        let mut info = NodeInfo::new(Rc::new(serde_json::from_value(node).unwrap()));
        for (name, priority, cpu) in there {
            info.add_pod(Rc::new(pod(name, *priority, cpu)));
        }
        let text = match victims_on(&pod("new", 5, cpu), &info) {
            Ok(victims) => victims
                .iter()
                .map(|victim| &*victim.key.name)
                .collect::<Vec<_>>()
                .join(" "),
            Err(reason) => format!("{reason:?}"),
        };
        expect.assert_eq(&text);
    }

    #[test]
    fn only_lower_priorities_go() {
        check(
            "500m",
            &[("same", 5, "400m"), ("higher", 6, "400m")],
            expect!["NobodyLower"],
        );
    }

    #[test]
    fn the_most_important_come_back_first() {
        check(
            "500m",
            &[
                ("a", 1, "300m"),
                ("b", 2, "300m"),
                ("c", 3, "300m"),
                ("d", 1, "100m"),
            ],
            expect!["b a"],
        );
    }

    #[test]
    fn it_may_not_be_enough() {
        check(
            "500m",
            &[("same", 5, "600m"), ("lower", 1, "100m")],
            expect![[
                r#"StillFails(Resources([Shortage { resource: "cpu", requested: 500, used: 600, allocatable: 1000 }]))"#
            ]],
        );
    }
}
