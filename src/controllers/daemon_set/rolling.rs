//! The rolling update: which old pods go, and where a new one may start beside an old one.

use super::assess::{Class, Side};
use crate::api::apps::{DaemonSet, ROLLING_UPDATE};
use crate::api::go::quote;
use crate::api::int_or_percent::IntOrString;
use crate::sim::map::{Map, Set};
use crate::sim::sort::Order;
use std::rc::Rc;

/// maxUnavailable and maxSurge as numbers of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    pub max_unavailable: i32,
    pub max_surge: i32,
}

/// What a rolling update asks for now, by node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollout {
    /// Nodes whose old pod is deleted although it is available.
    pub delete_available: Vec<Rc<str>>,
    /// Nodes whose old pod is deleted because it isn't available.
    pub delete_unavailable: Vec<Rc<str>>,
    /// Surge: nodes whose new pod has taken over.
    pub delete_replaced: Vec<Rc<str>>,
    /// Surge: nodes that aren't eligible any more.
    pub delete_sunset: Vec<Rc<str>>,
    /// Surge: nodes that get a new pod beside the old one.
    pub create: Vec<Rc<str>>,
    /// Surge: … because the old one isn't available.
    pub create_unavailable: Vec<Rc<str>>,
    /// Nodes that use up the budget.
    pub unavailable: i32,
    /// Old pods that have to wait.
    pub waiting: i32,
}

/// Classes of nodes, as the ledger keeps them.
pub type Classes = Map<Class, Set<Rc<str>>>;

/// The numbers for so many desired pods; percentages round up.
///
/// Models: update.go, updatedDesiredNodeCounts with util.SurgeCount and util.UnavailableCount.
pub fn budget(set: &DaemonSet, desired: i32) -> Result<Budget, String> {
    let mut budget = Budget {
        max_unavailable: scaled(set, desired, |r| r.max_unavailable.as_ref())?,
        max_surge: scaled(set, desired, |r| r.max_surge.as_ref())?,
    };
    // An impossible pair (or percentages that come out as nothing) still makes progress.
    if desired > 0 && budget == Budget::default() {
        budget.max_unavailable = 1;
    }
    Ok(budget)
}

fn scaled(
    set: &DaemonSet,
    desired: i32,
    field: impl Fn(&crate::api::apps::RollingUpdateDaemonSet) -> Option<&IntOrString>,
) -> Result<i32, String> {
    if set.spec.update_strategy.type_ != ROLLING_UPDATE {
        return Ok(0);
    }
    match set
        .spec
        .update_strategy
        .rolling_update
        .as_ref()
        .and_then(field)
    {
        Some(value) => value
            .scaled(desired, true)
            .map_err(|e| format!("invalid value for IntOrString: {e}")),
        None => Ok(0),
    }
}

/// Does the strategy allow a surge at all?
///
/// Models: util.AllowsSurge: maxSurge against one node.
pub fn allows_surge(set: &DaemonSet) -> bool {
    scaled(set, 1, |r| r.max_surge.as_ref()).is_ok_and(|n| n > 0)
}

/// Models: update.go, rollingUpdate.
/// Differs: nodes in name order; upstream's order is random.
pub fn rolling_update(classes: &Classes, desired: i32, budget: Budget) -> Result<Rollout, String> {
    if budget.max_surge == 0 {
        Ok(replace(classes, budget))
    } else {
        surge(classes, desired, budget)
    }
}

fn names(nodes: &Set<Rc<str>>) -> impl Iterator<Item = Rc<str>> + '_ {
    nodes.iter().cloned()
}

/// Nodes of several classes, of which only the first few by name are wanted: a sync must not cost a look at all of them.
#[derive(Default)]
struct Candidates<'a>(Vec<&'a Set<Rc<str>>>);

impl Candidates<'_> {
    fn count(&self) -> usize {
        self.0.iter().map(|nodes| nodes.len()).sum()
    }

    fn first(&self, most: usize) -> Vec<Rc<str>> {
        let nodes = self.0.iter().flat_map(|nodes| names(nodes).take(most));
        let mut first: Vec<_> = nodes.collect();
        first.order();
        first.truncate(most);
        first
    }
}

fn replace(classes: &Classes, budget: Budget) -> Rollout {
    let mut out = Rollout::default();
    let mut candidates = Candidates::default();
    for (class, nodes) in classes {
        match (class.excess, class.old, class.new) {
            (false, Side::None, Side::Available) => {}
            (false, Side::Available, Side::None) => candidates.0.push(nodes),
            (false, Side::Unavailable, Side::None) => {
                out.delete_unavailable.extend(names(nodes));
                out.unavailable += nodes.len() as i32;
            }
            _ => out.unavailable += nodes.len() as i32,
        }
    }
    out.delete_unavailable.order();
    let room = (budget.max_unavailable - out.unavailable).max(0) as usize;
    out.waiting = candidates.count().saturating_sub(room) as i32;
    out.delete_available = candidates.first(room);
    out
}

fn surge(classes: &Classes, desired: i32, budget: Budget) -> Result<Rollout, String> {
    let mut out = Rollout::default();
    let (mut surging, mut available) = (0, 0);
    let (mut candidates, mut sunset) = (Candidates::default(), Candidates::default());
    for (class, nodes) in classes {
        let count = nodes.len() as i32;
        if class.excess {
            surging += count;
            continue;
        }
        let counted = if class.old == Side::None {
            class.new
        } else {
            class.old
        };
        if counted == Side::Available {
            available += count;
        }
        match (class.old, class.new) {
            (Side::None, _) => {}
            (_, Side::None) if !class.exists => {
                let node = nodes.first().map_or("", |n| n);
                return Err(format!(
                    "couldn't get node for nodeName {node}: node {node} not found",
                    node = quote(node)
                ));
            }
            (Side::Unavailable, Side::None) if class.should_run => {
                out.create_unavailable.extend(names(nodes))
            }
            (Side::Unavailable, Side::None) => out.delete_unavailable.extend(names(nodes)),
            (Side::Available, Side::None) if class.should_run => candidates.0.push(nodes),
            (Side::Available, Side::None) => sunset.0.push(nodes),
            (_, Side::Unavailable) => surging += count,
            (_, Side::Available) => out.delete_replaced.extend(names(nodes)),
        }
    }
    out.delete_replaced.order();
    out.delete_unavailable.order();
    out.create_unavailable.order();
    out.unavailable = surging;
    out.delete_sunset = sunset.first((available - desired).max(0) as usize);
    let room = (budget.max_surge - surging).max(0) as usize;
    out.waiting = candidates.count().saturating_sub(room) as i32;
    out.create = candidates.first(room);
    Ok(out)
}
