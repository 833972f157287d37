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

#[cfg(test)]
mod tests {
    use super::super::{CellFlags, CellRevision, CellState};
    use super::*;

    fn node(name: &str, labels: &[(&str, &str)]) -> Node {
        let mut node = Node::default();
        node.metadata.name = name.to_owned();
        for (key, value) in labels {
            let label = ((*key).to_owned(), (*value).to_owned());
            node.metadata.labels.extend([label]);
        }
        node
    }

    fn cell(name: &str) -> FleetNode {
        FleetNode {
            name: name.into(),
            state: CellState::Ready,
            revision: CellRevision::None,
            pod: None,
            second: None,
            flags: CellFlags::default(),
        }
    }

    #[test]
    fn a_pool_is_named_by_its_label_or_by_what_names_share() {
        let pool = |node: &Node| group_of(node, GroupBy::Pool).to_string();
        assert_eq!(pool(&node("gpu-12", &[])), "gpu");
        let labelled = node("gpu-12", &[("karpenter.sh/nodepool", "spot")]);
        assert_eq!(pool(&labelled), "spot");
        assert_eq!(&*group_of(&labelled, GroupBy::Zone), "no zone");
        assert_eq!(&*group_of(&labelled, GroupBy::Taint), "no taint");
    }

    #[test]
    fn a_node_is_replaced_in_its_group_only() {
        let nodes = [("a", "n-1"), ("b", "n-2"), ("a", "n-3")];
        let nodes = nodes.map(|(group, name)| (Rc::from(group), cell(name)));
        let mut groups = groups(nodes.into_iter());
        let counts: Vec<u32> = groups.iter().map(|group| group.view.count()).collect();
        assert_eq!(counts, [2, 1]);
        assert!(replace(&mut groups, "b", cell("n-2")));
        assert!(
            !replace(&mut groups, "b", cell("n-1")),
            "it is in another group"
        );
        assert!(
            !replace(&mut groups, "c", cell("n-1")),
            "there is no such group"
        );
    }

    #[test]
    fn very_many_groups_end_in_one_more() {
        let nodes = (0..40).map(|i| (Rc::from(format!("g{i:02}")), cell(&format!("n-{i}"))));
        let groups = groups(nodes);
        assert_eq!(groups.len(), GROUPS_MAX);
        assert_eq!(groups[GROUPS_MAX - 1].view.count(), 29);
    }
}
