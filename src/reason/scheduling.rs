//! What the scheduler decides for one pod, and why.

use super::daemon::fmt_mismatch;
use crate::api::node::Taint;
use crate::api::object::Key;
use crate::api::selector::NodeMismatch;
use crate::api::taint;
use std::fmt;
use std::rc::Rc;

/// The filter plugins, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plugin {
    NodeUnschedulable,
    NodeName,
    TaintToleration,
    NodeAffinity,
    NodePorts,
    NodeResourcesFit,
    PodTopologySpread,
    InterPodAffinity,
}

impl Plugin {
    /// Those that look at a node alone.
    pub const ALL: [Plugin; 6] = [
        Plugin::NodeUnschedulable,
        Plugin::NodeName,
        Plugin::TaintToleration,
        Plugin::NodeAffinity,
        Plugin::NodePorts,
        Plugin::NodeResourcesFit,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Plugin::NodeUnschedulable => "NodeUnschedulable",
            Plugin::NodeName => "NodeName",
            Plugin::TaintToleration => "TaintToleration",
            Plugin::NodeAffinity => "NodeAffinity",
            Plugin::NodePorts => "NodePorts",
            Plugin::NodeResourcesFit => "NodeResourcesFit",
            Plugin::PodTopologySpread => "PodTopologySpread",
            Plugin::InterPodAffinity => "InterPodAffinity",
        }
    }
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a filter keeps a pod off a node.
///
/// `Display` gives upstream's reason text, `detail` says what is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The node is cordoned, and the pod doesn't tolerate that.
    Unschedulable,
    /// The pod's `spec.nodeName` names another node.
    NodeName { wanted: String },
    /// The first NoSchedule or NoExecute taint that the pod doesn't tolerate.
    Taint(Taint),
    /// nodeSelector or required node affinity doesn't match.
    Affinity(NodeMismatch),
    /// The host ports that are taken; at least one.
    Ports(Vec<PortConflict>),
    /// What there is too little of; at least one.
    Resources(Vec<Shortage>),
    /// Other pods are too near, too far, or too many.
    Near(Nearness),
}

/// The verdict of other pods' affinity on a pod and a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// The node lacks the label that domains are told apart by.
    NoDomain { key: String },
    /// The pod would make its domain too full.
    Skew {
        domain: String,
        there: i64,
        least: i64,
        max_skew: i64,
    },
    /// No pod that it wants to be near is in the node's domain.
    Affinity { key: String },
    /// A pod that it wants to be away from is there.
    Anti { pod: Key },
    /// A pod that wants to be away from it is there.
    Unwanted { pod: Key },
}

impl Nearness {
    fn reason(&self) -> &'static str {
        match self {
            Nearness::NoDomain { .. } => {
                "node(s) didn't match pod topology spread constraints (missing required label)"
            }
            Nearness::Skew { .. } => "node(s) didn't match pod topology spread constraints",
            Nearness::Affinity { .. } => "node(s) didn't match pod affinity rules",
            Nearness::Anti { .. } => "node(s) didn't match pod anti-affinity rules",
            Nearness::Unwanted { .. } => "node(s) didn't satisfy existing pods anti-affinity rules",
        }
    }
}

impl fmt::Display for Nearness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Nearness::NoDomain { key } => write!(f, "the node has no label {key}"),
            Nearness::Skew {
                domain,
                there,
                least,
                max_skew,
            } => write!(
                f,
                "{domain} has {there} such pods, another domain {least}; maxSkew is {max_skew}"
            ),
            Nearness::Affinity { key } => write!(
                f,
                "no pod that podAffinity asks for is on a node with the same {key}"
            ),
            Nearness::Anti { pod } => write!(f, "podAntiAffinity keeps it away from pod {pod}"),
            Nearness::Unwanted { pod } => {
                write!(f, "the podAntiAffinity of pod {pod} keeps it away")
            }
        }
    }
}

/// A host port that the pod wants and another pod has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortConflict {
    pub port: i32,
    pub protocol: String,
    /// What the pod asks for; `0.0.0.0` is every address.
    pub host_ip: String,
    pub taken_by: Key,
}

/// A resource that a node has too little of. cpu is in thousandths, the rest in whole units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// `pods`, `cpu`, `memory`, `ephemeral-storage` or an extended resource.
    pub resource: Rc<str>,
    pub requested: i64,
    pub used: i64,
    pub allocatable: i64,
}

impl Shortage {
    /// The node could never have enough, even if it were empty.
    pub fn exceeds_node(&self) -> bool {
        &*self.resource != "pods" && self.requested > self.allocatable
    }

    /// Upstream's reason text.
    pub fn reason(&self) -> String {
        match &*self.resource {
            "pods" => "Too many pods".to_owned(),
            name => format!("Insufficient {name}"),
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if &*self.resource == "cpu" { "m" } else { "" };
        write!(
            f,
            "{}: requested {}{unit}, used {}{unit} of {}{unit}",
            self.resource, self.requested, self.used, self.allocatable
        )
    }
}

impl Failure {
    pub fn plugin(&self) -> Plugin {
        match self {
            Failure::Unschedulable => Plugin::NodeUnschedulable,
            Failure::NodeName { .. } => Plugin::NodeName,
            Failure::Taint(_) => Plugin::TaintToleration,
            Failure::Affinity(_) => Plugin::NodeAffinity,
            Failure::Ports(_) => Plugin::NodePorts,
            Failure::Resources(_) => Plugin::NodeResourcesFit,
            Failure::Near(Nearness::NoDomain { .. } | Nearness::Skew { .. }) => {
                Plugin::PodTopologySpread
            }
            Failure::Near(_) => Plugin::InterPodAffinity,
        }
    }

    /// Upstream's reason texts: one, or one for each resource.
    pub fn reasons(&self) -> Vec<String> {
        let one = match self {
            Failure::Unschedulable => "node(s) were unschedulable",
            Failure::NodeName { .. } => "node(s) didn't match the requested node name",
            Failure::Taint(_) => "node(s) had untolerated taint(s)",
            Failure::Affinity(_) => "node(s) didn't match Pod's node affinity/selector",
            Failure::Ports(_) => "node(s) didn't have free ports for the requested pod ports",
            Failure::Near(nearness) => nearness.reason(),
            Failure::Resources(shortages) => {
                return shortages.iter().map(Shortage::reason).collect();
            }
        };
        vec![one.to_owned()]
    }

    /// Could the pod fit if pods of lower priority went away? Upstream: `Unschedulable`, not `UnschedulableAndUnresolvable`.
    pub fn preemption_may_help(&self) -> bool {
        match self {
            Failure::Ports(_) => true,
            Failure::Near(nearness) => !matches!(
                nearness,
                Nearness::NoDomain { .. } | Nearness::Affinity { .. }
            ),
            Failure::Resources(shortages) => !shortages.iter().any(Shortage::exceeds_node),
            _ => false,
        }
    }

    /// What is behind the reason: which taint, which term, which pod, how much.
    pub fn detail(&self) -> String {
        match self {
            Failure::Unschedulable => {
                "the node is cordoned, and the pod has no toleration for node.kubernetes.io/unschedulable:NoSchedule".to_owned()
            }
            Failure::NodeName { wanted } => format!("spec.nodeName is {wanted}"),
            Failure::Taint(t) => format!("taint {} is not tolerated", taint::to_string(t)),
            Failure::Affinity(mismatch) => Mismatch(mismatch).to_string(),
            Failure::Ports(conflicts) => join(conflicts),
            Failure::Resources(shortages) => join(shortages),
            Failure::Near(nearness) => nearness.to_string(),
        }
    }
}

struct Mismatch<'a>(&'a NodeMismatch);

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_mismatch(self.0, f)
    }
}

fn join<T: fmt::Display>(items: &[T]) -> String {
    let texts: Vec<String> = items.iter().map(T::to_string).collect();
    texts.join("; ")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reasons().join(", "))
    }
}

impl fmt::Display for PortConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "host port {}/{} is taken by pod {}",
            self.port, self.protocol, self.taken_by
        )
    }
}

/// A node that was looked at, and what keeps the pod off it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub node: Rc<str>,
    pub failure: Failure,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.node, self.failure.detail())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum SchedulingDecision {
    Bound {
        node: Rc<str>,
        /// How many nodes passed all filters, of how many.
        feasible: u32,
        nodes: u32,
    },
    Unschedulable {
        /// The whole message, as in the FailedScheduling event.
        message: String,
        /// The nodes that were looked at; only the first few when there were many.
        rejections: Vec<Rejection>,
    },
    Preempting {
        node: Rc<str>,
        victims: Vec<Rc<str>>,
    },
    /// The API server refused the binding: the pod is gone, going, or bound already.
    BindingRefused { node: Rc<str>, error: String },
}

impl fmt::Display for SchedulingDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SchedulingDecision::Bound {
                node, feasible: 1, ..
            } => write!(f, "all filters passed on {node}"),
            SchedulingDecision::Bound {
                node,
                feasible,
                nodes,
            } => write!(
                f,
                "all filters passed on {feasible} of {nodes} nodes, {node} is the least requested"
            ),
            SchedulingDecision::Unschedulable { message, .. } => f.write_str(message),
            SchedulingDecision::Preempting { node, victims } => {
                write!(f, "preempts {} on {node}", victims.join(", "))
            }
            SchedulingDecision::BindingRefused { node, error } => {
                write!(f, "binding to {node} was refused: {error}")
            }
        }
    }
}
