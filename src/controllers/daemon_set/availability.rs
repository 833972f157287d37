//! How many nodes had an available pod while a rollout ran. Kept for whoever looks: no decision reads it.
//!
//! It is part of the controller's state, so it is right at every moment that one goes back or forth to; and it doesn't
//! grow: after a while slices of time stand for what was in them, by the lowest number.

use super::assess::{Class, Side};
use super::ledger::Ledger;
use super::rolling::budget;
use crate::api::apps::{DaemonSet, ROLLING_UPDATE};
use crate::sim::time::{SimDuration, SimTime};
use std::rc::Rc;

/// With more slices than these, two become one.
const SLICES_MAX: usize = 512;
const SLICE: SimDuration = SimDuration::millis(50);

/// How a rollout stands at a moment, in nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// With an available pod that stays.
    pub available: u32,
    pub desired: u32,
    /// Desired minus maxUnavailable, as resolved; 0 if the strategy has none.
    pub floor: u32,
}

impl Level {
    pub fn is_below(&self) -> bool {
        self.available < self.floor
    }
}

/// What was in a slice of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Its place, counted in slices from the rollout's beginning on.
    index: u64,
    pub lowest: u32,
    /// How it was at the end.
    pub last: Level,
}

/// Why pods come and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// They come for the first time.
    #[default]
    First,
    Rollout,
    /// After a rollout, other nodes should have a pod than before.
    Nodes,
}

/// The newest rollout of a DaemonSet, or change of its nodes, from its first moment to its last or to now.
#[derive(Clone, Debug, Default)]
pub struct Availability {
    /// The revision that rolls out.
    hash: String,
    pub begun: SimTime,
    pub ended: Option<SimTime>,
    pub kind: Kind,
    /// How it was before the rollout did anything.
    pub start: Level,
    slice: SimDuration,
    slices: Rc<Vec<Slice>>,
    pub now: Level,
    /// The lowest number so far, and when it was reached.
    pub worst: (u32, SimTime),
    /// When it first fell below the floor.
    pub fell: Option<SimTime>,
    below_since: Option<SimTime>,
    below: SimDuration,
}

impl Availability {
    /// Takes note of how it is now.
    ///
    /// It is over when every node that should has an available pod of the new revision, and none an old one.
    pub fn note(&mut self, set: &DaemonSet, hash: &str, ledger: &Ledger, now: SimTime) {
        let desired = ledger.totals().desired;
        let is_same = self.hash == hash && self.now.desired == desired.max(0).unsigned_abs();
        if self.ended.is_some() && is_same {
            return;
        }
        let count = |are: fn(&Class) -> bool| -> u32 {
            let nodes = ledger.classes().iter().filter(|(class, _)| are(class));
            nodes.map(|(_, nodes)| nodes.len() as u32).sum()
        };
        let given_up = budget(set, desired).map_or(i32::MAX, |budget| budget.max_unavailable);
        let has_floor = set.spec.update_strategy.type_ == ROLLING_UPDATE;
        let floor = if has_floor {
            desired.saturating_sub(given_up).max(0)
        } else {
            0
        };
        let level = Level {
            available: count(Class::is_served),
            desired: desired.max(0).unsigned_abs(),
            floor: floor.unsigned_abs(),
        };
        if self.hash != hash || self.ended.is_some() {
            let kind = match () {
                () if self.hash.is_empty() => Kind::First,
                () if self.hash == hash => Kind::Nodes,
                () => Kind::Rollout,
            };
            *self = Availability {
                hash: hash.to_owned(),
                begun: now,
                kind,
                start: level,
                slice: SLICE,
                worst: (level.available, now),
                ..Availability::default()
            };
        }
        if self.slices.is_empty() || level != self.now {
            self.take(level, now);
        }
        let old = count(|class| class.old != Side::None);
        if old == 0 && count(Class::is_done) >= level.desired && level.desired > 0 {
            self.ended = Some(now);
        }
    }

    /// Moments from the beginning on, with the lowest number of then and how it was right after.
    pub fn samples(&self) -> impl Iterator<Item = (SimDuration, u32, Level)> {
        let slices = self.slices.iter();
        slices.map(|it| (SimDuration(it.index * self.slice.0), it.lowest, it.last))
    }

    /// How long it was below the floor in all, until now or its end.
    pub fn below(&self, now: SimTime) -> SimDuration {
        let until = self.ended.unwrap_or(now);
        let still = self.below_since.map_or(0, |since| until.since(since).0);
        SimDuration(self.below.0 + still)
    }

    fn take(&mut self, level: Level, now: SimTime) {
        self.now = level;
        if level.available < self.worst.0 {
            self.worst = (level.available, now);
        }
        match (level.is_below(), self.below_since) {
            (true, None) => {
                self.below_since = Some(now);
                self.fell.get_or_insert(now);
            }
            (false, Some(since)) => {
                self.below = SimDuration(self.below.0 + now.since(since).0);
                self.below_since = None;
            }
            _ => {}
        }
        let slices = Rc::make_mut(&mut self.slices);
        push(
            slices,
            Slice {
                index: now.since(self.begun).0 / self.slice.0.max(1),
                lowest: level.available,
                last: level,
            },
        );
        if slices.len() > SLICES_MAX {
            self.slice = SimDuration(self.slice.0 * 2);
            let mut merged = Vec::with_capacity(SLICES_MAX);
            for slice in slices.drain(..) {
                push(
                    &mut merged,
                    Slice {
                        index: slice.index / 2,
                        ..slice
                    },
                );
            }
            *slices = merged;
        }
    }
}

/// One more; in the slice of the last one if it is the same.
fn push(slices: &mut Vec<Slice>, new: Slice) {
    match slices.last_mut().filter(|last| last.index == new.index) {
        Some(last) => {
            last.lowest = last.lowest.min(new.lowest);
            last.last = new.last;
        }
        None => slices.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollout(levels: impl Iterator<Item = (u64, u32)>) -> Availability {
        let mut rollout = Availability {
            slice: SLICE,
            worst: (100, SimTime::ZERO),
            ..Availability::default()
        };
        for (ms, available) in levels {
            let (desired, floor) = (100, 90);
            let level = Level {
                available,
                desired,
                floor,
            };
            rollout.take(level, SimTime(ms));
        }
        rollout
    }

    #[test]
    fn the_lowest_number_of_a_slice_is_kept_and_how_it_ended() {
        let rollout = rollout([(0, 100), (60, 95), (70, 80), (90, 92), (200, 100)].into_iter());
        let samples = rollout
            .samples()
            .map(|(at, lowest, last)| (at.0, lowest, last.available));
        let samples: Vec<_> = samples.collect();
        assert_eq!(samples, [(0, 100, 100), (50, 80, 92), (200, 100, 100)]);
        assert_eq!(rollout.worst, (80, SimTime(70)));
        assert_eq!(rollout.fell, Some(SimTime(70)));
        assert_eq!(rollout.below(SimTime(500)).0, 20);
    }

    #[test]
    fn a_long_rollout_loses_detail_but_not_its_worst_moment() {
        let levels =
            (0..100_000u64).map(|i| (i * 100, if i == 70_001 { 3 } else { 95 + (i % 2) as u32 }));
        let rollout = rollout(levels);
        assert!(rollout.samples().count() <= SLICES_MAX);
        assert_eq!(rollout.worst, (3, SimTime(7_000_100)));
        let lowest = rollout.samples().map(|(_, lowest, _)| lowest).min();
        assert_eq!(lowest, Some(3));
        let ends = rollout.samples().last().map(|(at, ..)| at.0 / 100_000);
        assert_eq!(ends, Some(99));
    }
}
