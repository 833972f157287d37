//! The facts of a decision, apart from the words in which it is told: a changed sentence changes no fact.

use super::Decision;
use super::daemon::{CreateReason, DaemonDecision, DeleteReason, SkipReason};
use super::kubelet::KubeletDecision;
use super::node::{NodeDecision, ZoneState};
use super::scheduling::SchedulingDecision;

/// A decision, its object, and the numbers that came with it.
///
/// The verbs are for comparing and are never shown, so they stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact<'a> {
    pub verb: &'static str,
    /// A name or two: of a pod, a node, a container, a taint's key, a reason.
    pub names: [&'a str; 2],
    pub numbers: [i64; 4],
}

fn fact<'a>(verb: &'static str, names: [&'a str; 2], numbers: &[i64]) -> Fact<'a> {
    let mut all = [0; 4];
    for (slot, number) in all.iter_mut().zip(numbers) {
        *slot = *number;
    }
    Fact {
        verb,
        names,
        numbers: all,
    }
}

impl Decision {
    pub fn fact(&self) -> Fact<'_> {
        match self {
            Decision::Daemon(decision) => daemon(decision),
            Decision::Scheduling(decision) => scheduling(decision),
            Decision::Kubelet(decision) => kubelet(decision),
            Decision::Node(decision) => node(decision),
        }
    }
}

fn daemon(decision: &DaemonDecision) -> Fact<'_> {
    use DaemonDecision as D;
    match decision {
        D::Create { node, why } => {
            let verb = match why {
                CreateReason::NoPod => "create",
                CreateReason::Surge => "create-surge",
                CreateReason::OldUnavailable => "create-unavailable",
            };
            fact(verb, [node, ""], &[])
        }
        D::Delete { pod, node, why } => {
            let verb = match why {
                DeleteReason::NotEligible(SkipReason::NodeName { .. }) => "delete-node-name",
                DeleteReason::NotEligible(SkipReason::Mismatch(_)) => "delete-mismatch",
                DeleteReason::NotEligible(SkipReason::Untolerated(_)) => "delete-untolerated",
                DeleteReason::Duplicate => "delete-duplicate",
                DeleteReason::Failed => "delete-failed",
                DeleteReason::Succeeded => "delete-succeeded",
                DeleteReason::RollingUpdate => "delete-update",
                DeleteReason::OldUnavailable => "delete-unavailable",
                DeleteReason::SurgeDone => "delete-surge-done",
                DeleteReason::SurgeSunset => "delete-surge-sunset",
                DeleteReason::NodeGone => "delete-node-gone",
            };
            fact(verb, [pod, node], &[])
        }
        D::BackOff {
            pod,
            node,
            delay_ms,
        } => fact("back-off", [pod, node], &[*delay_ms as i64]),
        D::WaitForExpectations { adds, dels } => fact("expect", ["", ""], &[*adds, *dels]),
        D::WaitForBudget {
            old,
            unavailable,
            max_unavailable,
            max_surge,
        } => {
            let numbers = [*old, *unavailable, *max_unavailable, *max_surge].map(i64::from);
            fact("budget", ["", ""], &numbers)
        }
        D::NewRevision { name, revision } => fact("revision", [name, ""], &[*revision]),
        D::RevisionRenumbered { name, revision } => fact("renumber", [name, ""], &[*revision]),
        D::RevisionPruned { name } => fact("prune", [name, ""], &[]),
        D::Adopt { pod } => fact("adopt", [pod, ""], &[]),
        D::Release { pod } => fact("release", [pod, ""], &[]),
        D::Retry { delay_ms, .. } => fact("retry", ["", ""], &[*delay_ms as i64]),
    }
}

fn scheduling(decision: &SchedulingDecision) -> Fact<'_> {
    use SchedulingDecision as D;
    match decision {
        D::Bound {
            node,
            feasible,
            nodes,
        } => fact(
            "bind",
            [node, ""],
            &[i64::from(*feasible), i64::from(*nodes)],
        ),
        D::Unschedulable { rejections, .. } => {
            fact("unschedulable", ["", ""], &[rejections.len() as i64])
        }
        D::Preempting { node, victims } => fact("preempt", [node, ""], &[victims.len() as i64]),
        D::BindingRefused { node, .. } => fact("refused", [node, ""], &[]),
    }
}

fn kubelet(decision: &KubeletDecision) -> Fact<'_> {
    use KubeletDecision as D;
    match decision {
        D::Rejected { reason, .. } => fact("reject", [reason, ""], &[]),
        D::Pull {
            container,
            image,
            pull_ms,
            wait_ms,
        } => fact(
            "pull",
            [container, image],
            &[*pull_ms as i64, *wait_ms as i64],
        ),
        D::PullBackOff {
            container,
            image,
            back_off_ms,
        } => fact("pull-back-off", [container, image], &[*back_off_ms as i64]),
        D::Restart {
            container,
            exit_code,
            back_off_ms,
        } => {
            let numbers = [i64::from(*exit_code), *back_off_ms as i64];
            fact("restart", [container, ""], &numbers)
        }
        D::Ended {
            container,
            exit_code,
        } => fact("end", [container, ""], &[i64::from(*exit_code)]),
        D::Stop {
            shutdown_ms,
            grace_ms,
            killed,
        } => {
            let numbers = [*shutdown_ms as i64, *grace_ms as i64, i64::from(*killed)];
            fact("stop", ["", ""], &numbers)
        }
        D::Evict {
            resource,
            usage_above_request,
            exceeds_request,
            priority,
        } => {
            let numbers = [
                *usage_above_request,
                i64::from(*exceeds_request),
                i64::from(*priority),
            ];
            fact("evict", [resource, ""], &numbers)
        }
        D::NodeRestarted { pods } => fact("node-restart", ["", ""], &[i64::from(*pods)]),
        D::Report {
            condition, status, ..
        } => fact("report", [condition, status], &[]),
    }
}

fn node(decision: &NodeDecision) -> Fact<'_> {
    use NodeDecision as D;
    match decision {
        D::HeartbeatsStopped { silent_ms } => fact("silent", ["", ""], &[*silent_ms as i64]),
        D::Taint { taint, .. } => fact("taint", [&taint.key, &taint.effect], &[]),
        D::Untaint { taint } => fact("untaint", [&taint.key, &taint.effect], &[]),
        D::Evict {
            pod,
            taint,
            after_seconds,
        } => fact(
            "taint-evict",
            [pod, &taint.key],
            &[after_seconds.unwrap_or(-1)],
        ),
        D::EvictionCancelled { pod } => fact("evict-cancel", [pod, ""], &[]),
        D::Orphaned { pod } => fact("orphaned", [pod, ""], &[]),
        D::UnscheduledTerminating { pod } => fact("unscheduled", [pod, ""], &[]),
        D::TooManyTerminated { pod, kept } => fact("terminated", [pod, ""], &[i64::from(*kept)]),
        D::Disruption {
            zone,
            state,
            ready,
            not_ready,
        } => {
            let verb = match state {
                ZoneState::Normal => "zone-normal",
                ZoneState::Partial => "zone-partial",
                ZoneState::Full => "zone-full",
            };
            fact(
                verb,
                [zone, ""],
                &[i64::from(*ready), i64::from(*not_ready)],
            )
        }
        D::OwnerGone { owner } => fact("owner-gone", [owner, ""], &[]),
        D::OwnerWaits { owner } => fact("owner-waits", [owner, ""], &[]),
        D::Orphan { dependents } => fact("orphan", ["", ""], &[i64::from(*dependents)]),
        D::ForegroundDone => fact("foreground-done", ["", ""], &[]),
        D::NamespaceEmptied { deleted } => fact("empty", ["", ""], &[i64::from(*deleted)]),
        D::NamespaceDone => fact("namespace-done", ["", ""], &[]),
    }
}
