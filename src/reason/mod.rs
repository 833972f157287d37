//! Why: the types that every decision of a controller, the scheduler or a kubelet carries.
//!
//! The page shows exactly these. They are data: which taint, which selector term, which resource; never prose alone.
//! They stand left of the trace, so that the trace can hold them, and right of `api`, whose objects they quote.

pub mod daemon;
pub mod fact;
pub mod field;
pub mod kubelet;
pub mod node;
pub mod scheduling;

use std::fmt;

/// A decision of any component, with its reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    Daemon(daemon::DaemonDecision),
    Scheduling(scheduling::SchedulingDecision),
    Kubelet(kubelet::KubeletDecision),
    Node(node::NodeDecision),
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Daemon(decision) => decision.fmt(f),
            Decision::Scheduling(decision) => decision.fmt(f),
            Decision::Kubelet(decision) => decision.fmt(f),
            Decision::Node(decision) => decision.fmt(f),
        }
    }
}
