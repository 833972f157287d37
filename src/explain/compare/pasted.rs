//! Nodes of another cluster, as `kubectl get nodes -o yaml` prints them: a fresh cluster to which they join.
//!
//! Names, labels, annotations, taints, cordons and sizes are theirs. What else runs on them isn't known: they are empty.
//! A node that isn't ready, or is under pressure, becomes so after the DaemonSet's pod has started on it, as was likely there.

use crate::api::apps::DaemonSet;
use crate::api::decode;
use crate::api::meta::ObjectMeta;
use crate::api::node::{Node, Taint};
use crate::api::object::{Kind, Object, Resource};
use crate::cluster::Cluster;
use crate::cluster::nodes::NodeTemplate;
use crate::session::command::Command;
use std::collections::VecDeque;

/// A real node's status names all its images: some 10 KB each.
const BYTES_MAX: usize = 32 << 20;
/// The node lifecycle controller sets these itself, when the node's conditions or its cordon say so.
const OWN_TAINTS: &str = "node.kubernetes.io/";

/// A part of the text that holds one node, or, if it is no List, whatever it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// Where it starts, from 1.
    line: u32,
    text: String,
}

/// The items of kubectl's List, by their indentation: each is read alone, so that none of a thousand makes the page wait.
pub fn split(text: &str) -> Result<VecDeque<Pasted>, String> {
    if text.len() > BYTES_MAX {
        return Err(format!(
            "the text has {} MiB; at most {} MiB are read",
            text.len() >> 20,
            BYTES_MAX >> 20
        ));
    }
    let whole = Pasted {
        line: 1,
        text: text.to_owned(),
    };
    let mut lines = (1..).zip(text.lines());
    if !lines.any(|(_, line)| line.trim_end() == "items:") {
        return Ok([whole].into());
    }
    let mut items: VecDeque<Pasted> = VecDeque::new();
    let mut indent = None;
    for (number, line) in lines {
        let depth = line.len() - line.trim_start_matches(' ').len();
        let rest = line.get(depth..).unwrap_or("");
        let is_item = rest.starts_with("- ") && indent.is_none_or(|indent| indent == depth);
        if is_item {
            indent = Some(depth);
            items.push_back(Pasted {
                line: number,
                text: String::new(),
            });
        } else if !rest.is_empty() && indent.is_none_or(|indent| depth <= indent) {
            break;
        }
        if let (Some(item), Some(indent)) = (items.back_mut(), indent) {
            item.text.push_str(line.get(indent + 2..).unwrap_or(""));
            item.text.push('\n');
        }
    }
    if items.is_empty() {
        items.push_back(whole);
    }
    Ok(items)
}

/// A cluster with the DaemonSet and what it may refer to, but without nodes.
pub fn empty_like(cluster: &Cluster, set: &DaemonSet) -> Result<Cluster, String> {
    let mut empty = Cluster::new(cluster.seed(), cluster.epoch());
    let profile = cluster.parts.kubelets.profile().clone();
    empty.with_parts(|parts, client| parts.kubelets.set_profile(client.now, profile))?;
    empty.note_command("nodes of another cluster");
    let server = &cluster.server;
    let kinds = [Kind::Namespace, Kind::PriorityClass, Kind::Generic];
    let others = kinds
        .into_iter()
        .flat_map(|kind| server.list_objects(kind))
        .filter(|object| {
            empty
                .server
                .get_object(object.kind(), &object.key())
                .is_none()
        });
    let mut objects: Vec<Object> = others.collect();
    objects.push(DaemonSet::into_object(set.clone().into()));
    for mut object in objects {
        strip(object.meta_mut());
        empty
            .as_user(|client| client.create_object(object))
            .map_err(|status| status.message)?;
    }
    Ok(empty)
}

/// Without what only the cluster that it comes from can know.
fn strip(meta: &mut ObjectMeta) {
    *meta = ObjectMeta {
        name: std::mem::take(&mut meta.name),
        namespace: std::mem::take(&mut meta.namespace),
        labels: std::mem::take(&mut meta.labels),
        annotations: std::mem::take(&mut meta.annotations),
        ..ObjectMeta::default()
    };
}

/// A node as it was told, without what only its cluster can know.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub node: Node,
    /// What makes it ail here as it did there.
    pub ailments: Vec<Command>,
}

impl Told {
    pub fn is_not_ready(&self) -> bool {
        let is_it = |command: &Command| {
            matches!(
                command,
                Command::SetNodeNotReady { .. } | Command::SetNodeDown { .. }
            )
        };
        self.ailments.iter().any(is_it)
    }
}

/// All nodes of a text: what kubectl get prints as YAML or JSON, or manifests. Errors are kubectl's, with the line.
pub fn nodes(text: &str) -> Result<Vec<Told>, String> {
    if text.trim().is_empty() {
        return Err(
            "There is nothing to import: paste what kubectl get nodes -o yaml prints".to_owned(),
        );
    }
    let mut all = Vec::new();
    for pasted in split(text)? {
        for told in pasted.read()? {
            let ailments = ailments_of(&told);
            let mut node = with_parts_of(Node::default(), &told);
            // The machine that is shut off can't report anything else.
            node.status.conditions = told.status.conditions;
            all.push(Told { node, ailments });
        }
    }
    Ok(all)
}

impl Pasted {
    /// Lets the node join; gives what then ails it. Errors are kubectl's, with the line.
    pub fn join(self, cluster: &mut Cluster) -> Result<Vec<Command>, String> {
        let line = self.line;
        let mut ailments = Vec::new();
        for node in self.read()? {
            ailments.extend(ailments_of(&node));
            let index = cluster.server.nodes.len() as u32 + 1;
            let name = &node.metadata.name;
            let own = cluster.new_node(NodeTemplate::Worker, name, index, true);
            let added = cluster.add_node(with_parts_of(own, &node));
            added.map_err(|status| format!("line {line}: {}", status.message))?;
        }
        Ok(ailments)
    }

    fn read(self) -> Result<Vec<Node>, String> {
        let decoding = decode::decode_leniently(&self.text);
        if let Some(first) = decoding.errors.first() {
            let mine = |error: &&decode::DecodeError| error.object_index == first.object_index;
            let errors: Vec<_> = decoding.errors.iter().filter(mine).cloned().collect();
            let line = self.line + first.line.saturating_sub(1);
            let message = decode::kubectl_error(&errors, "STDIN", "creating");
            return Err(format!("line {line}: {message}"));
        }
        if decoding.objects.is_empty() {
            return Err("error: no objects passed to apply".to_owned());
        }
        let mut nodes = Vec::new();
        for decoded in decoding.objects {
            let Object::Node(node) = decoded.object else {
                return Err(format!(
                    "line {}: a {} isn't a Node; paste what kubectl get nodes -o yaml prints",
                    self.line,
                    decoded.object.kind_name()
                ));
            };
            nodes.push((*node).clone());
        }
        Ok(nodes)
    }
}

/// A node of ours with what is told of that one.
fn with_parts_of(own: Node, told: &Node) -> Node {
    let mut node = own;
    let mut meta = told.metadata.clone();
    strip(&mut meta);
    node.metadata = meta;
    let stays = |taint: &&Taint| !taint.key.starts_with(OWN_TAINTS);
    node.spec.taints = told.spec.taints.iter().filter(stays).cloned().collect();
    node.spec.unschedulable = told.spec.unschedulable;
    if !told.status.capacity.is_empty() {
        node.status.capacity = told.status.capacity.clone();
    }
    if !told.status.allocatable.is_empty() {
        node.status.allocatable = told.status.allocatable.clone();
    }
    for field in ["nodeInfo", "addresses"] {
        if let Some(value) = told.status.extra.get(field) {
            node.status.extra.insert(field.to_owned(), value.clone());
        }
    }
    node
}

fn ailments_of(told: &Node) -> Vec<Command> {
    let node = &told.metadata.name;
    let status = |type_: &str| told.condition(type_).map_or("", |c| c.status.as_str());
    let mut ailments = Vec::new();
    for condition in [
        "MemoryPressure",
        "DiskPressure",
        "PIDPressure",
        "NetworkUnavailable",
    ] {
        if status(condition) == "True" {
            ailments.push(Command::SetPressure {
                node: node.clone(),
                condition: condition.to_owned(),
                on: true,
            });
        }
    }
    match status("Ready") {
        "False" => ailments.push(Command::SetNodeNotReady {
            node: node.clone(),
            not_ready: true,
        }),
        "Unknown" => ailments.push(Command::SetNodeDown {
            node: node.clone(),
            down: true,
        }),
        _ => {}
    }
    ailments
}
