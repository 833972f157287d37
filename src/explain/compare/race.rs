//! Two strategies in one simulated time, to be watched: played, and taken to any moment of their rollouts.
//!
//! How long each takes is known beforehand, since it was tried out. Events happen in the order of their time, on whichever side.

use super::trial::Trial;
use crate::session::lineage::Lineage;
use crate::sim::time::SimDuration;

/// How far apart the moments are at first to which it can go back at once, and how many are kept.
const MARK_STEPS: u64 = 1_000;
const MARKS_MAX: usize = 100;

#[derive(Clone, Debug)]
pub struct Race {
    sides: [Trial; 2],
    /// Nothing that matters happens on a side after this.
    ends: [SimDuration; 2],
    now: SimDuration,
    /// Moments to go back to, the earliest first.
    marks: Vec<(SimDuration, [Trial; 2])>,
    mark_steps: u64,
    /// Since the last of them.
    steps: u64,
    lineage: Lineage,
}

impl Race {
    /// Both at their start.
    pub fn new(sides: [Trial; 2], ends: [SimDuration; 2]) -> Race {
        Race {
            marks: vec![(SimDuration::ZERO, sides.clone())],
            sides,
            ends,
            now: SimDuration::ZERO,
            mark_steps: MARK_STEPS,
            steps: 0,
            lineage: Lineage::default(),
        }
    }

    #[cfg(test)]
    pub fn keep_marks_every(&mut self, steps: u64) {
        self.mark_steps = steps;
    }

    pub fn sides(&self) -> &[Trial; 2] {
        &self.sides
    }

    pub fn ends(&self) -> [SimDuration; 2] {
        self.ends
    }

    /// Since the change.
    pub fn now(&self) -> SimDuration {
        self.now
    }

    /// When the slower one is through.
    pub fn end(&self) -> SimDuration {
        self.ends[0].max(self.ends[1])
    }

    /// Another one whenever it went back.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    /// Takes both sides to a moment, in at most so many steps; true when they are there.
    pub fn go_to(&mut self, to: SimDuration, steps: u64) -> bool {
        let to = to.min(self.end());
        if to < self.now {
            self.go_back(to);
        }
        let mut left = steps;
        while let Some((due, side)) = self.next_due().filter(|(due, _)| *due <= to) {
            if left == 0 {
                return false;
            }
            left -= 1;
            self.now = self.now.max(due);
            self.sides[side].step();
            self.steps += 1;
            if self.steps >= self.mark_steps {
                self.mark();
            }
        }
        self.now = to;
        for (side, end) in self.sides.iter_mut().zip(self.ends) {
            side.advance_clock(to.min(end));
        }
        true
    }

    /// What happens next, and on which side.
    fn next_due(&self) -> Option<(SimDuration, usize)> {
        let due = |side: usize| {
            let due = self.sides[side].next_due()?;
            (due <= self.ends[side]).then_some((due, side))
        };
        [0, 1].into_iter().filter_map(due).min()
    }

    fn go_back(&mut self, to: SimDuration) {
        let fits = self.marks.partition_point(|(at, _)| *at <= to);
        // The first one, at the start, always does.
        if let Some((at, sides)) = self.marks.get(fits.saturating_sub(1)) {
            (self.now, self.sides) = (*at, sides.clone());
            self.lineage = Lineage::default();
            self.steps = 0;
        }
    }

    fn mark(&mut self) {
        self.steps = 0;
        // Where it has been before, the marks are there already.
        if self.marks.last().is_some_and(|(at, _)| *at < self.now) {
            self.marks.push((self.now, self.sides.clone()));
        }
        if self.marks.len() > MARKS_MAX {
            let mut index = 0;
            self.marks.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.mark_steps *= 2;
        }
    }
}
