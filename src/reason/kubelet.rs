//! What a kubelet does with a pod or its node, and why.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KubeletDecision {
    /// The pod doesn't fit here; it fails at once.
    Rejected { reason: String, message: String },
    /// The image has to come from the registry first.
    Pull {
        container: String,
        image: String,
        pull_ms: u64,
        wait_ms: u64,
    },
    /// The image can't be had; try again after the back-off.
    PullBackOff {
        container: String,
        image: String,
        back_off_ms: u64,
    },
    /// A container ended. `back_off_ms` is how long it stays down; zero: it restarts at once.
    Restart {
        container: String,
        exit_code: i32,
        back_off_ms: u64,
    },
    /// A container ended and its restart policy leaves it so.
    Ended { container: String, exit_code: i32 },
    /// The pod is being deleted: SIGTERM, then SIGKILL when the grace period is over.
    Stop {
        shutdown_ms: u64,
        grace_ms: u64,
        killed: bool,
    },
    /// The node is short of something, and this pod is the first to go.
    Evict {
        resource: String,
        usage_above_request: i64,
        exceeds_request: bool,
        priority: i32,
    },
    /// The node came back: containers of before are gone and start again.
    NodeRestarted { pods: u32 },
    /// The kubelet reports another state of its node.
    Report {
        condition: String,
        status: String,
        reason: String,
    },
}

impl fmt::Display for KubeletDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KubeletDecision::Rejected { reason, message } => write!(f, "{reason}: {message}"),
            KubeletDecision::Pull {
                container,
                image,
                pull_ms,
                wait_ms,
            } => {
                write!(f, "{container}: pull {image}, {pull_ms} ms")?;
                if *wait_ms > 0 {
                    write!(f, " after {wait_ms} ms behind other pulls")?;
                }
                Ok(())
            }
            KubeletDecision::PullBackOff {
                container,
                image,
                back_off_ms,
            } => write!(
                f,
                "{container}: can't pull {image}, next try in {} s",
                back_off_ms / 1000
            ),
            KubeletDecision::Restart {
                container,
                exit_code,
                back_off_ms: 0,
            } => write!(f, "{container}: exit code {exit_code}, restart now"),
            KubeletDecision::Restart {
                container,
                exit_code,
                back_off_ms,
            } => write!(
                f,
                "{container}: exit code {exit_code}, restart after a back-off of {} s",
                back_off_ms / 1000
            ),
            KubeletDecision::Ended {
                container,
                exit_code,
            } => write!(f, "{container}: exit code {exit_code}, not restarted"),
            KubeletDecision::Stop {
                shutdown_ms,
                grace_ms,
                killed,
            } => {
                if *killed {
                    write!(f, "stop: SIGKILL after the grace period of {grace_ms} ms")
                } else {
                    write!(f, "stop: ends {shutdown_ms} ms after SIGTERM")
                }
            }
            KubeletDecision::Evict {
                resource,
                usage_above_request,
                exceeds_request,
                priority,
            } => {
                let exceeds = if *exceeds_request { "above" } else { "within" };
                write!(
                    f,
                    "evict: low on {resource}; usage {exceeds} its request (by {usage_above_request}), priority {priority}"
                )
            }
            KubeletDecision::NodeRestarted { pods } => {
                write!(f, "node is back; {pods} pods start again")
            }
            KubeletDecision::Report {
                condition,
                status,
                reason,
            } => write!(f, "report {condition}={status} ({reason})"),
        }
    }
}
