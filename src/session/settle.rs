//! Jumping to where nothing moves any more: at once, or a part at a time with the same result.

use super::Session;
use crate::cluster::Settled;
use crate::sim::time::{SimDuration, SimTime};

/// Simulated time and steps of the longest jump: a cluster that never rests must not hang the page.
const TIME: SimDuration = SimDuration::secs(30 * 60);
const STEPS: u64 = 3_000_000;

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
