//! Jumping to where nothing moves any more: at once, or a part at a time with the same result.

use super::Session;
use crate::cluster::{Cluster, Settled};
use crate::reason::Decision;
use crate::reason::kubelet::KubeletDecision;
use crate::sim::map::Map;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, What};
use std::rc::Rc;

/// Simulated time and steps of the longest jump: a cluster that never rests must not hang the page.
const TIME: SimDuration = SimDuration::secs(30 * 60);
/// A rollout over 5,000 nodes takes some 400,000 steps; what takes many more comes to no end.
const STEPS: u64 = 1_500_000;
/// The newest entries of the trace, in which a circle shows.
const CIRCLE_ENTRIES: usize = 2_000;
/// A node that refuses this many of its pods within these entries is one.
const CIRCLE_LEAST: u32 = 30;

/// A jump that isn't over.
#[derive(Clone, Debug)]
pub struct Settling {
    /// Known when all commands of the log have been played.
    until: Option<SimTime>,
    left: u64,
}

impl Default for Settling {
    fn default() -> Self {
        Settling {
            until: None,
            left: STEPS,
        }
    }
}

/// The circle that keeps a cluster from coming to rest, if it is one we know: a node that refuses or evicts each pod, and the
/// controller that creates the next one.
pub fn circle(cluster: &Cluster) -> Option<String> {
    let trace = &cluster.trace;
    let newest = trace.iter_from(trace.len().saturating_sub(CIRCLE_ENTRIES));
    let mut refused: Map<(Rc<str>, &str), u32> = Map::new();
    for entry in newest {
        let (Actor::Kubelet(node), What::Decided(Decision::Kubelet(decision))) =
            (&entry.actor, &entry.what)
        else {
            continue;
        };
        let why = match decision {
            KubeletDecision::Rejected { message, .. } => message.as_str(),
            KubeletDecision::Evict { resource, .. } => resource.as_str(),
            _ => continue,
        };
        *refused.or_default((Rc::clone(node), why)) += 1;
    }
    let worst = refused.iter().max_by_key(|(_, count)| **count);
    let ((node, why), _) = worst.filter(|(_, count)| **count >= CIRCLE_LEAST)?;
    Some(format!(
        "doesn't settle: {node} turns each pod away ({}), and the controller creates the next one",
        why.trim_end_matches('.')
    ))
}

impl Session {
    /// Runs until nothing but repeating timers is left.
    pub fn settle(&mut self) -> Settled {
        let mut settling = Settling::default();
        loop {
            if let Some(settled) = self.settle_on(&mut settling, u64::MAX) {
                return settled;
            }
        }
    }

    /// Goes on with a jump for at most this number of steps; `None`: it isn't over.
    pub fn settle_on(&mut self, settling: &mut Settling, steps: u64) -> Option<Settled> {
        let mut left = steps;
        while self.applied < self.log.len() {
            let at = self.log[self.applied].at;
            self.replay_to(at, &mut left);
            if left == 0 {
                return None;
            }
        }
        let now = self.now();
        let until = *settling.until.get_or_insert(now + TIME);
        let (most, before) = (left.min(settling.left), self.cluster.steps());
        let settled = self.cluster.settle(until.since(now), most);
        let taken = self.cluster.steps() - before;
        settling.left -= taken;
        if settled != Settled::Quiet && taken == most && settling.left > 0 {
            return None;
        }
        self.end = self.end.max(self.now());
        self.checkpoint();
        Some(settled)
    }
}
