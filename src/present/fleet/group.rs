//! The map's nodes in groups: by zone, by pool, by taint.

use super::{FleetGroup, FleetNode, FleetView, GroupBy};
use crate::api::node::Node;
use crate::api::taint;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Maps drawn at the most; what is left is one more group.
const GROUPS_MAX: usize = 12;
/// Labels by which providers and autoscalers name a pool of nodes.
const POOL_LABELS: [&str; 5] = [
    "cloud.google.com/gke-nodepool",
    "eks.amazonaws.com/nodegroup",
    "kubernetes.azure.com/agentpool",
    "karpenter.sh/nodepool",
    "node.kubernetes.io/pool",
];

/// The group that a node is in.
pub fn group_of(node: &Node, by: GroupBy) -> Rc<str> {
    let label = |key: &str| node.metadata.label(key).filter(|value| !value.is_empty());
    match by {
        GroupBy::Nothing => "all nodes".into(),
        GroupBy::Zone => label("topology.kubernetes.io/zone")
            .unwrap_or("no zone")
            .into(),
        GroupBy::Pool => {
            let pool = POOL_LABELS.iter().find_map(|key| label(key));
            // Without such a label, names differ by a number at their end.
            let name = node.metadata.name.as_str();
            let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
            pool.unwrap_or(stem.trim_end_matches('-')).into()
        }
        GroupBy::Taint => match node.spec.taints.first() {
            Some(first) => taint::to_string(first).into(),
            None => "no taint".into(),
        },
    }
}

/// All groups by name, each with its nodes in the order given.
pub fn groups(nodes: impl Iterator<Item = (Rc<str>, FleetNode)>) -> Vec<FleetGroup> {
    let mut by_title: BTreeMap<Rc<str>, Vec<FleetNode>> = BTreeMap::new();
    for (title, node) in nodes {
        by_title.entry(title).or_default().push(node);
    }
    let mut groups: Vec<(Rc<str>, Vec<FleetNode>)> = by_title.into_iter().collect();
    if groups.len() > GROUPS_MAX {
        let rest = groups.split_off(GROUPS_MAX - 1);
        let rest = rest.into_iter().flat_map(|(_, nodes)| nodes).collect();
        groups.push(("the others".into(), rest));
    }
    let group = |(title, nodes): (Rc<str>, Vec<FleetNode>)| FleetGroup {
        title,
        view: Rc::new(nodes.into_iter().collect::<FleetView>()),
    };
    groups.into_iter().map(group).collect()
}

/// Puts a node where it is already; false if its group isn't the one it was in.
pub fn replace(groups: &mut [FleetGroup], title: &str, node: FleetNode) -> bool {
    let group = groups.iter_mut().find(|group| *group.title == *title);
    group.is_some_and(|group| Rc::make_mut(&mut group.view).replace(node))
}
