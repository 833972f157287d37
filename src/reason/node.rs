//! What the node lifecycle, taint eviction, pod GC and garbage collection controllers decide, and why.

use crate::api::node::Taint;
use crate::api::taint;
use std::fmt;
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
pub enum NodeDecision {
    /// No heartbeat for the grace period: conditions become Unknown.
    HeartbeatsStopped {
        silent_ms: u64,
    },
    Taint {
        taint: Taint,
        condition: String,
    },
    Untaint {
        taint: Taint,
    },
    Evict {
        pod: Rc<str>,
        taint: Taint,
        after_seconds: Option<i64>,
    },
    EvictionCancelled {
        pod: Rc<str>,
    },
    /// Pod GC: the pod's node is gone.
    Orphaned {
        pod: Rc<str>,
    },
    /// Pod GC: the pod was never bound, and is being deleted.
    UnscheduledTerminating {
        pod: Rc<str>,
    },
    /// Pod GC: more ended pods than are kept.
    TooManyTerminated {
        pod: Rc<str>,
        kept: u32,
    },
    /// Too many nodes of a zone are down to trust what we see: NoExecute taints come slower or not at all.
    Disruption {
        zone: String,
        state: ZoneState,
        ready: u32,
        not_ready: u32,
    },
    /// The garbage collector: the owner is gone.
    OwnerGone {
        owner: String,
    },
    /// The garbage collector: the owner waits for its dependents to go (foreground deletion).
    OwnerWaits {
        owner: String,
    },
    /// The garbage collector: the dependents stay, without owner.
    Orphan {
        dependents: u32,
    },
    /// The garbage collector: foreground deletion is done, or waits.
    ForegroundDone,
    /// The namespace is being deleted, and so is what is in it.
    NamespaceEmptied {
        deleted: u32,
    },
    NamespaceDone,
}

/// How much of a zone is down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZoneState {
    #[default]
    Normal,
    Partial,
    Full,
}

impl fmt::Display for NodeDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NodeDecision::HeartbeatsStopped { silent_ms } => {
                write!(f, "no heartbeat for {} s", silent_ms / 1000)
            }
            NodeDecision::Taint { taint, condition } => {
                write!(f, "{condition}: taint {}", taint::to_string(taint))
            }
            NodeDecision::Untaint { taint } => {
                write!(f, "remove taint {}", taint::to_string(taint))
            }
            NodeDecision::Evict {
                pod,
                taint,
                after_seconds: None,
            } => {
                write!(
                    f,
                    "evict {pod}: taint {} is not tolerated",
                    taint::to_string(taint)
                )
            }
            NodeDecision::Evict {
                pod,
                taint,
                after_seconds: Some(seconds),
            } => write!(
                f,
                "evict {pod} in {seconds} s: taint {} is tolerated for that long",
                taint::to_string(taint)
            ),
            NodeDecision::EvictionCancelled { pod } => write!(f, "eviction of {pod} is cancelled"),
            NodeDecision::Orphaned { pod } => write!(f, "delete {pod}: its node no longer exists"),
            NodeDecision::UnscheduledTerminating { pod } => {
                write!(f, "delete {pod}: terminating, and never bound to a node")
            }
            NodeDecision::TooManyTerminated { pod, kept } => {
                write!(f, "delete {pod}: only {kept} ended pods are kept")
            }
            NodeDecision::Disruption {
                zone,
                state,
                ready,
                not_ready,
            } => {
                let zone = if zone.is_empty() { "the cluster" } else { zone };
                let what = match state {
                    ZoneState::Normal => "evictions go on as usual",
                    ZoneState::Partial => "evictions slow down or stop",
                    ZoneState::Full => "all nodes are down, evictions follow the other zones",
                };
                write!(f, "{zone}: {ready} nodes ready, {not_ready} not: {what}")
            }
            NodeDecision::OwnerGone { owner } => write!(f, "delete: owner {owner} is gone"),
            NodeDecision::OwnerWaits { owner } => {
                write!(f, "delete: owner {owner} waits for its dependents to go")
            }
            NodeDecision::Orphan { dependents } => {
                write!(
                    f,
                    "orphan: {dependents} dependents stay, without this owner"
                )
            }
            NodeDecision::ForegroundDone => f.write_str("all dependents are gone"),
            NodeDecision::NamespaceEmptied { deleted } => {
                write!(
                    f,
                    "namespace is being deleted: deleted {deleted} objects in it"
                )
            }
            NodeDecision::NamespaceDone => f.write_str("namespace is empty"),
        }
    }
}
