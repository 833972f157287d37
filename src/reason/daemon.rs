//! What the DaemonSet controller decides, and why.

use crate::api::node::Taint;
use crate::api::selector::{NodeMismatch, TermMismatch};
use crate::api::taint;
use std::fmt;
use std::rc::Rc;

/// Should a node run the daemon pod?
///
/// Models: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod, whose two booleans it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// (shouldRun, shouldContinueRunning) = (true, true)
    Run,
    /// (false, true): an existing pod stays and counts as misscheduled, a missing one isn't created.
    Keep(Taint),
    /// (false, false): no pod is created and an existing one is deleted.
    Skip(SkipReason),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The template's `spec.nodeName` names another node.
    NodeName { wanted: String },
    /// nodeSelector or required node affinity doesn't match.
    Mismatch(NodeMismatch),
    /// An untolerated NoExecute taint.
    Untolerated(Taint),
}

impl Verdict {
    pub fn should_run(&self) -> bool {
        *self == Verdict::Run
    }

    pub fn should_continue(&self) -> bool {
        !matches!(self, Verdict::Skip(_))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateReason {
    /// An eligible node without a daemon pod.
    NoPod,
    /// maxSurge allows the new pod to start beside the old one.
    Surge,
    /// Surge, and the old pod isn't available anyway.
    OldUnavailable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteReason {
    NotEligible(SkipReason),
    Duplicate,
    Failed,
    Succeeded,
    /// maxUnavailable leaves room to replace this old, available pod.
    RollingUpdate,
    /// An old pod that isn't available is replaced whatever maxUnavailable says.
    OldUnavailable,
    /// Surge: the new pod is available, or the old one isn't ready.
    SurgeDone,
    /// Surge: the node isn't eligible any more and enough pods are available elsewhere.
    SurgeSunset,
    /// The pod was never bound and its node doesn't exist.
    NodeGone,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DaemonDecision {
    Create {
        node: Rc<str>,
        why: CreateReason,
    },
    Delete {
        pod: Rc<str>,
        node: Rc<str>,
        why: DeleteReason,
    },
    /// A failed pod is kept until its back-off is over.
    BackOff {
        pod: Rc<str>,
        node: Rc<str>,
        delay_ms: u64,
    },
    /// A node event changed nothing that concerns this DaemonSet: it isn't queued.
    NodeIgnored {
        node: Rc<str>,
    },
    /// Expectations aren't met yet: only the status is updated.
    WaitForExpectations {
        adds: i64,
        dels: i64,
    },
    /// The rolling update would go on, but the budget is used up.
    WaitForBudget {
        old: u32,
        unavailable: u32,
        max_unavailable: u32,
        max_surge: u32,
    },
    NewRevision {
        name: String,
        revision: i64,
    },
    RevisionRenumbered {
        name: String,
        revision: i64,
    },
    RevisionPruned {
        name: String,
    },
    Adopt {
        pod: Rc<str>,
    },
    Release {
        pod: Rc<str>,
    },
    Retry {
        error: String,
        delay_ms: u64,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Run => f.write_str("Run"),
            Verdict::Keep(taint) => write!(
                f,
                "Keep: taint {} is not tolerated; a running pod stays, a missing one is not created",
                taint::to_string(taint)
            ),
            Verdict::Skip(reason) => write!(f, "Skip: {reason}"),
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::NodeName { wanted } => write!(f, "the template's nodeName is {wanted}"),
            SkipReason::Mismatch(mismatch) => fmt_mismatch(mismatch, f),
            SkipReason::Untolerated(taint) => write!(
                f,
                "taint {} is not tolerated; running pods are removed",
                taint::to_string(taint)
            ),
        }
    }
}

pub(super) fn fmt_mismatch(mismatch: &NodeMismatch, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match mismatch {
        NodeMismatch::Selector {
            key,
            wanted,
            found: None,
        } => {
            write!(
                f,
                "nodeSelector wants label {key}={wanted}, the node has no label {key}"
            )
        }
        NodeMismatch::Selector {
            key,
            wanted,
            found: Some(found),
        } => {
            write!(
                f,
                "nodeSelector wants label {key}={wanted}, the node has {key}={found}"
            )
        }
        NodeMismatch::Affinity { terms } if terms.is_empty() => {
            f.write_str("required node affinity has no terms, which matches no node")
        }
        NodeMismatch::Affinity { terms } => {
            f.write_str("required node affinity: ")?;
            for (i, term) in terms.iter().enumerate() {
                if i > 0 {
                    f.write_str("; ")?;
                }
                write!(f, "term {} ", i + 1)?;
                fmt_term(term, f)?;
            }
            Ok(())
        }
    }
}

fn fmt_term(term: &TermMismatch, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let requirement = match term {
        TermMismatch::Empty => return f.write_str("is empty, which matches no node"),
        TermMismatch::Malformed { requirement, .. } => {
            return write!(
                f,
                "can't be evaluated ({} {})",
                requirement.key, requirement.operator
            );
        }
        TermMismatch::Requirement { requirement, .. } => requirement,
    };
    write!(f, "wants {} {}", requirement.key, requirement.operator)?;
    if !requirement.values.is_empty() {
        write!(f, " [{}]", requirement.values.join(", "))?;
    }
    match term {
        TermMismatch::Requirement {
            found: Some(found), ..
        } => write!(f, ", the node has {found}"),
        _ => f.write_str(", the node has none"),
    }
}

impl fmt::Display for CreateReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CreateReason::NoPod => "eligible, and no pod there",
            CreateReason::Surge => "maxSurge lets the new pod start beside the old one",
            CreateReason::OldUnavailable => "the old pod is not available anyway",
        })
    }
}

impl fmt::Display for DeleteReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeleteReason::NotEligible(reason) => write!(f, "the node is not eligible: {reason}"),
            DeleteReason::Duplicate => f.write_str("one pod a node; an older one is kept"),
            DeleteReason::Failed => f.write_str("the pod failed"),
            DeleteReason::Succeeded => f.write_str("the pod ended, a daemon must not"),
            DeleteReason::RollingUpdate => {
                f.write_str("old revision, and maxUnavailable leaves room")
            }
            DeleteReason::OldUnavailable => f.write_str("old revision, and not available anyway"),
            DeleteReason::SurgeDone => f.write_str("the new pod takes over"),
            DeleteReason::SurgeSunset => {
                f.write_str("old revision on a node that is not eligible any more")
            }
            DeleteReason::NodeGone => f.write_str("its node does not exist"),
        }
    }
}

impl fmt::Display for DaemonDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DaemonDecision::Create { node, why } => write!(f, "{node}: create a pod: {why}"),
            DaemonDecision::Delete { pod, node, why } => write!(f, "{node}: delete {pod}: {why}"),
            DaemonDecision::BackOff {
                pod,
                node,
                delay_ms,
            } => {
                write!(
                    f,
                    "{node}: keep failed {pod}, back-off of {delay_ms} ms is not over"
                )
            }
            DaemonDecision::NodeIgnored { node } => {
                write!(f, "{node} changed; this DaemonSet is not queued for it")
            }
            DaemonDecision::WaitForExpectations { adds, dels } => {
                write!(
                    f,
                    "waits to see its own writes ({adds} creations, {dels} deletions)"
                )
            }
            DaemonDecision::WaitForBudget {
                old,
                unavailable,
                max_unavailable,
                max_surge,
            } => {
                if *max_surge > 0 {
                    write!(
                        f,
                        "rollout waits: {old} old pods left, maxSurge {max_surge} is used up"
                    )
                } else {
                    write!(
                        f,
                        "rollout waits: {old} old pods left, {unavailable} unavailable of {max_unavailable} allowed"
                    )
                }
            }
            DaemonDecision::NewRevision { name, revision } => {
                write!(f, "new revision {revision}: {name}")
            }
            DaemonDecision::RevisionRenumbered { name, revision } => {
                write!(
                    f,
                    "template equals {name}, which becomes revision {revision}"
                )
            }
            DaemonDecision::RevisionPruned { name } => {
                write!(f, "revisionHistoryLimit: delete {name}")
            }
            DaemonDecision::Adopt { pod } => {
                write!(f, "adopt {pod}: its labels match and nobody owns it")
            }
            DaemonDecision::Release { pod } => write!(f, "release {pod}: its labels match no more"),
            DaemonDecision::Retry { error, delay_ms } => {
                write!(f, "sync failed, retry in {delay_ms} ms: {error}")
            }
        }
    }
}
