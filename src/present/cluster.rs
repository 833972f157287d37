//! The middle of the page: the nodes, and the pods that have none yet.

use super::node::NodeCard;
use super::pod::PodTile;
use std::rc::Rc;

/// Up to so many nodes are shown as cards; more are drawn as a map (`view::fleet`).
pub const CARDS_MAX: usize = 200;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterView {
    /// `3 nodes, 3 pods`
    pub summary: String,
    /// By node name; empty when there are more than `CARDS_MAX`.
    pub cards: Vec<Rc<NodeCard>>,
    pub node_count: usize,
    pub density: Density,
    /// Pods without a node: the first few. Beside a map, only those that the scheduler has refused: the others are gone
    /// before they can be read.
    pub lane: Vec<Rc<PodTile>>,
    /// How many there are in all.
    pub lane_total: usize,
    /// Time goes forward: tiles travel. Otherwise (seeking, opening a link) they are just there.
    pub is_moving: bool,
}

/// How much room a card gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    #[default]
    Full,
    Compact,
    Tiny,
}

impl Density {
    pub fn of(nodes: usize) -> Density {
        match nodes {
            0..=12 => Density::Full,
            13..=48 => Density::Compact,
            _ => Density::Tiny,
        }
    }
}
