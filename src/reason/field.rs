//! The fields that a decision rests on: of which object, and where in it.
//!
//! Paths are those of Kubernetes' error messages, such as `spec.template.spec.nodeSelector[disk]`.

use super::daemon::{SkipReason, Verdict};
use super::scheduling::{Failure, Plugin};
use crate::api::node::{Node, Taint};
use crate::api::pod::{Container, PodSpec};
use crate::api::selector::{NodeMismatch, TermMismatch};

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    DaemonSet,
    Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub of: Of,
    pub path: String,
}

const TEMPLATE: &str = "spec.template.spec";

/// A field of the template's pod spec.
pub fn template(path: &str) -> Field {
    set(&format!("{TEMPLATE}.{path}"))
}

pub fn set(path: &str) -> Field {
    Field {
        of: Of::DaemonSet,
        path: path.to_owned(),
    }
}

pub fn node(path: impl Into<String>) -> Field {
    Field {
        of: Of::Node,
        path: path.into(),
    }
}

fn label(key: &str) -> Field {
    node(format!("metadata.labels[{key}]"))
}

fn taint(on: &Node, taint: &Taint) -> Field {
    let index = on.spec.taints.iter().position(|other| other == taint);
    node(index.map_or("spec.taints".to_owned(), |i| format!("spec.taints[{i}]")))
}

/// The node's condition of this type.
pub fn condition(on: &Node, kind: &str) -> Field {
    let conditions = &on.status.conditions;
    let index = conditions.iter().position(|it| it.type_ == kind);
    node(index.map_or("status".to_owned(), |i| format!("status.conditions[{i}]")))
}

impl Verdict {
    /// What made it so; nothing for a node that runs the pod.
    pub fn fields(&self, on: &Node) -> Vec<Field> {
        match self {
            Verdict::Run => Vec::new(),
            Verdict::Keep(reason) | Verdict::Skip(SkipReason::Untolerated(reason)) => {
                vec![taint(on, reason), template("tolerations")]
            }
            Verdict::Skip(SkipReason::NodeName { .. }) => {
                vec![template("nodeName"), node("metadata.name")]
            }
            Verdict::Skip(SkipReason::Mismatch(mismatch)) => of_mismatch(mismatch),
        }
    }
}

fn of_mismatch(mismatch: &NodeMismatch) -> Vec<Field> {
    const TERMS: &str =
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    let terms = match mismatch {
        NodeMismatch::Selector { key, .. } => {
            return vec![template(&format!("nodeSelector[{key}]")), label(key)];
        }
        NodeMismatch::Affinity { terms } if terms.is_empty() => return vec![template(TERMS)],
        NodeMismatch::Affinity { terms } => terms.iter().enumerate(),
    };
    let fields = terms.flat_map(|(term, mismatch)| match mismatch {
        TermMismatch::Empty => vec![template(&format!("{TERMS}[{term}]"))],
        TermMismatch::Requirement {
            in_fields,
            index,
            requirement,
            ..
        }
        | TermMismatch::Malformed {
            in_fields,
            index,
            requirement,
        } => {
            let (list, on) = match in_fields {
                true => ("matchFields", node("metadata.name")),
                false => ("matchExpressions", label(&requirement.key)),
            };
            vec![template(&format!("{TERMS}[{term}].{list}[{index}]")), on]
        }
    });
    fields.collect()
}

impl Failure {
    /// What made it fail, of a daemon pod: its DaemonSet's fields, and the node's.
    pub fn fields(&self, spec: &PodSpec, on: &Node) -> Vec<Field> {
        match self {
            Failure::Unschedulable => vec![node("spec.unschedulable"), template("tolerations")],
            Failure::NodeName { .. } => vec![template("nodeName"), node("metadata.name")],
            Failure::Taint(reason) => vec![taint(on, reason), template("tolerations")],
            Failure::Affinity(mismatch) => of_mismatch(mismatch),
            Failure::Ports(conflicts) => {
                let ports: Vec<i32> = conflicts.iter().map(|it| it.port).collect();
                host_ports(spec, |port| ports.contains(&port))
            }
            Failure::Resources(shortages) => {
                let names = shortages.iter().map(|it| &*it.resource);
                let mut fields: Vec<Field> = names.flat_map(|it| resource(spec, it)).collect();
                if !spec.priority_class_name.is_empty() {
                    fields.push(template("priorityClassName"));
                }
                fields
            }
            Failure::Near(_) => self.plugin().fields(spec, on),
        }
    }
}

impl Plugin {
    /// What it looks at, of a daemon pod.
    pub fn fields(self, spec: &PodSpec, on: &Node) -> Vec<Field> {
        match self {
            Plugin::NodeUnschedulable => vec![node("spec.unschedulable")],
            Plugin::NodeName => vec![template("nodeName")],
            Plugin::TaintToleration => vec![node("spec.taints"), template("tolerations")],
            Plugin::NodeAffinity => [selector(spec), vec![affinity()]].concat(),
            Plugin::NodePorts => host_ports(spec, |_| true),
            Plugin::PodTopologySpread => vec![template("topologySpreadConstraints")],
            Plugin::InterPodAffinity => {
                vec![
                    template("affinity.podAffinity"),
                    template("affinity.podAntiAffinity"),
                ]
            }
            Plugin::NodeResourcesFit => {
                let names = on.status.allocatable.keys();
                let fields = names.map(|name| resource(spec, name));
                // A node has more than the pod asks for.
                let asked = fields.filter(|fields| fields.len() > 1);
                asked.flatten().collect()
            }
        }
    }
}

/// All that the template's nodeSelector asks for.
pub fn selector(spec: &PodSpec) -> Vec<Field> {
    let labels = spec.node_selector.keys().map(|key| label(key));
    std::iter::once(template("nodeSelector"))
        .chain(labels)
        .collect()
}

pub fn affinity() -> Field {
    template("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution")
}

fn containers(spec: &PodSpec) -> impl Iterator<Item = (String, &Container)> {
    let named = |list: &'static str| move |(i, it)| (format!("{list}[{i}]"), it);
    let init = spec.init_containers.iter().enumerate();
    let all = spec.containers.iter().enumerate();
    all.map(named("containers"))
        .chain(init.map(named("initContainers")))
}

fn host_ports(spec: &PodSpec, is_meant: impl Fn(i32) -> bool) -> Vec<Field> {
    let ports = containers(spec).flat_map(|(at, it)| {
        let ports = it.ports.iter().enumerate();
        let meant = ports.filter(|(_, port)| port.host_port > 0 && is_meant(port.host_port));
        let fields = meant.map(|(i, _)| template(&format!("{at}.ports[{i}].hostPort")));
        fields.collect::<Vec<_>>()
    });
    ports.collect()
}

/// The node's amount of a resource, and every request for it.
fn resource(spec: &PodSpec, name: &str) -> Vec<Field> {
    let asks = containers(spec).filter(|(_, it)| it.resources.requests.contains_key(name));
    let asks = asks.map(|(at, _)| template(&format!("{at}.resources.requests[{name}]")));
    std::iter::once(node(format!("status.allocatable[{name}]")))
        .chain(asks)
        .collect()
}
