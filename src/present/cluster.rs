//! The middle of the page: the nodes, and the pods that have none yet.

use super::node::NodeCard;
use super::stage::strip::Strip;
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
    /// The control plane, and the pods that have no node yet.
    pub strip: Rc<Strip>,
    /// What is shown goes on from what was shown before: tiles travel. After a jump they are just there.
    pub is_moving: bool,
}

/// How much room a card gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// A few cards share the whole width.
    #[default]
    Roomy,
    Full,
    Compact,
    Tiny,
}

impl Density {
    pub fn of(nodes: usize) -> Density {
        match nodes {
            0..=6 => Density::Roomy,
            7..=12 => Density::Full,
            13..=48 => Density::Compact,
            _ => Density::Tiny,
        }
    }
}
