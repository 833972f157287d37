//! What a kubelet does with a pod, and why.

use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub enum KubeletDecision {
    /// Free text until the kubelet needs more; names container and state.
    Container {
        container: String,
        what: String,
    },
    Rejected {
        reason: String,
        message: String,
    },
}

impl fmt::Display for KubeletDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KubeletDecision::Container { container, what } => write!(f, "{container}: {what}"),
            KubeletDecision::Rejected { reason, message } => write!(f, "{reason}: {message}"),
        }
    }
}
