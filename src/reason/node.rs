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
    /// The garbage collector: the owner is gone.
    OwnerGone {
        owner: String,
    },
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
            NodeDecision::OwnerGone { owner } => write!(f, "delete: owner {owner} is gone"),
        }
    }
}
