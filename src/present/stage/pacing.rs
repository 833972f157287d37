//! Which moment of the cluster is shown, while the simulation is ahead of it.
//!
//! Steps that take milliseconds are shown for a third of a second each, in the order of their causes: what a step
//! caused isn't shown before the step itself has had its time. Steps that don't depend on each other don't wait for
//! each other. What is shown lags behind by `LAG_MS_MAX` at the most; then it catches up, and several steps are shown
//! as one. The pacer only looks: it never changes the simulation or its trace.
//!
//! Time here is wall time as the speed setting stretches it: milliseconds at 1×.

use super::cue::{CREATED_MS, Cue, LEAVING_MS};
use crate::api::object::Key;
use crate::cluster::Cluster;
use crate::session::Session;
use crate::session::lineage::Lineage;
use std::collections::VecDeque;
use std::ops::Range;

/// Where steps aren't shown one by one, what the control plane does is said this often, in milliseconds at 1×.
const SKIPPED_EVERY_MS: u64 = 500;
/// Entries that are looked at for it; more come in one frame only after a jump.
const SKIPPED_MAX: usize = 5_000;

/// After this time in milliseconds at 1×, what somebody did isn't what they do.
const OVER_MS: u64 = 2_500;

/// What is shown is never older than this, in milliseconds at 1×.
pub const LAG_MS_MAX: u64 = 1_500;
/// Stretches of the trace in which the causes of what comes next are looked for.
/// Older ones have been shown: no lag lasts for longer.
const SPANS_MAX: usize = 512;

/// A part of the trace that is shown as one moment.
#[derive(Clone, Debug)]
struct Beat {
    cluster: Cluster,
    shown: Shown,
    due_ms: u64,
}

/// What the shown moment is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Another number for each moment.
    pub number: u32,
    pub cue: Cue,
    /// Pods that were just created are still at the controller, not in the scheduler's queue.
    pub is_at_controller: bool,
    /// Pods that are about to go.
    pub leaving: Vec<Key>,
    /// The cluster has nothing to do after it.
    pub is_settled: bool,
    /// It has been shown for a while, and nothing came after it.
    pub is_over: bool,
    /// It doesn't follow from the moment that was shown before: nothing travels.
    pub is_jump: bool,
}

/// When what a stretch of the trace caused may be shown.
#[derive(Clone, Debug)]
struct Span {
    entries: Range<usize>,
    free_ms: u64,
}

/// Follows a session and says which of its moments is shown.
#[derive(Clone, Debug, Default)]
pub struct Pacer {
    lineage: Option<Lineage>,
    now_ms: u64,
    /// Since when `shown` is shown.
    since_ms: u64,
    /// Quarters of a millisecond that `now_ms` leaves out.
    rest: u64,
    /// Entries of the trace that have been taken in.
    seen: usize,
    /// What is shown while something waits: the cluster before the first beat that waits.
    before: Option<Cluster>,
    shown: Shown,
    waiting: VecDeque<Beat>,
    /// What happened since the last moment, where not every step is one.
    skipped: Cue,
    /// When the last beat is due.
    last_ms: u64,
    spans: VecDeque<Span>,
    number: u32,
}

impl Pacer {
    /// Does anything wait to be shown?
    pub fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The cluster as it is shown; `None`: as it is.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.before.as_ref().filter(|_| self.is_behind())
    }

    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Shows the cluster as it is, at once: after a jump, or where there is too much to be shown step by step.
    pub fn catch_up(&mut self, session: &Session) {
        let len = session.cluster().trace.len();
        let is_same = self.lineage.as_ref() == Some(session.lineage());
        if is_same && !self.is_behind() && self.seen == len {
            return;
        }
        if is_same {
            let new = session.cluster().trace.iter_from(self.seen);
            self.skipped.absorb(Cue::of(new.take(SKIPPED_MAX)));
        } else {
            self.lineage = Some(session.lineage().remember());
            self.skipped = Cue::default();
        }
        self.seen = len;
        self.waiting.clear();
        self.spans.clear();
        self.before = None;
        self.shown.is_jump = true;
        // Sixty sentences a second can't be read.
        if !is_same || self.now_ms >= self.last_ms + SKIPPED_EVERY_MS {
            self.last_ms = self.now_ms;
            self.number += 1;
            self.since_ms = self.now_ms;
            self.shown = Shown {
                number: self.number,
                cue: std::mem::take(&mut self.skipped),
                is_jump: true,
                ..Shown::default()
            };
        }
    }

    /// To be called before the session may change: the present moment may have to be shown for a while.
    pub fn hold(&mut self, session: &Session) {
        if !self.is_behind() {
            self.before = Some(session.cluster().clone());
        }
    }

    /// Takes in what the trace says that is new.
    pub fn take(&mut self, session: &Session) {
        let cluster = session.cluster();
        if self.lineage.as_ref() != Some(session.lineage()) || self.before.is_none() {
            return self.catch_up(session);
        }
        let entries = self.seen..cluster.trace.len();
        if entries.is_empty() {
            return;
        }
        let cue = Cue::of(cluster.trace.iter_from(entries.start));
        let causes = cluster.trace.iter_from(entries.start);
        let causes = causes.filter_map(|entry| Some(entry.cause?.0 as usize));
        let free = causes
            .filter(|cause| *cause < entries.start)
            .filter_map(|cause| self.free_ms(cause))
            .max()
            .unwrap_or(0);
        if cue.has_command {
            // Who acts wants to see it now, not after what the page still has to show.
            for beat in &mut self.waiting {
                beat.due_ms = self.now_ms;
            }
            self.last_ms = self.now_ms;
        }
        let latest = self.now_ms + LAG_MS_MAX;
        let mut due = free.max(self.last_ms).max(self.now_ms).min(latest);
        if !cue.removed.is_empty() {
            self.push_leaving(&cue.removed, due);
            due = (due + LEAVING_MS).min(latest);
        }
        let is_created = !cue.created.is_empty();
        let hold = cue.hold_ms() + if is_created { CREATED_MS } else { 0 };
        self.seen = entries.end;
        self.spans.push_back(Span {
            entries,
            free_ms: due + hold,
        });
        if self.spans.len() > SPANS_MAX {
            self.spans.pop_front();
        }
        self.push(session, cue, is_created, due);
        if is_created {
            // The same moment once more, with the pods in the queue.
            let due = (due + CREATED_MS).min(latest);
            self.push(session, Cue::default(), false, due);
        }
    }

    /// The moment before once more, with these pods on their way out.
    fn push_leaving(&mut self, leaving: &[Key], due_ms: u64) {
        let last = self.waiting.back().map(|beat| &beat.cluster);
        let Some(cluster) = last.or(self.before.as_ref()).cloned() else {
            return;
        };
        self.last_ms = due_ms;
        self.number += 1;
        self.waiting.push_back(Beat {
            cluster,
            shown: Shown {
                number: self.number,
                leaving: leaving.to_vec(),
                ..Shown::default()
            },
            due_ms,
        });
    }

    fn push(&mut self, session: &Session, cue: Cue, is_at_controller: bool, due_ms: u64) {
        self.last_ms = due_ms;
        let cluster = session.cluster().clone();
        let is_settled = session.is_settled();
        if let Some(last) = self.waiting.back_mut()
            && last.due_ms == due_ms
            && !last.shown.is_at_controller
            && last.shown.leaving.is_empty()
        {
            last.cluster = cluster;
            last.shown.cue.absorb(cue);
            last.shown.is_at_controller = is_at_controller;
            last.shown.is_settled = is_settled;
            return;
        }
        self.number += 1;
        self.waiting.push_back(Beat {
            cluster,
            shown: Shown {
                number: self.number,
                cue,
                is_at_controller,
                is_settled,
                ..Shown::default()
            },
            due_ms,
        });
    }

    /// When what this entry caused may be shown; `None`: it has been shown long ago.
    fn free_ms(&self, entry: usize) -> Option<u64> {
        let at = self.spans.partition_point(|span| span.entries.end <= entry);
        let span = self.spans.get(at)?;
        span.entries.contains(&entry).then_some(span.free_ms)
    }

    /// Wall time goes by; `quarters` are quarters of the speed at 1×.
    pub fn elapse(&mut self, elapsed_ms: u32, quarters: u64) {
        let sum = self.rest + u64::from(elapsed_ms) * quarters;
        self.now_ms += sum / 4;
        self.rest = sum % 4;
    }

    /// Shows what is due by now.
    pub fn show_due(&mut self) {
        while let Some(beat) = self.waiting.pop_front_if(|beat| beat.due_ms <= self.now_ms) {
            self.shown = beat.shown;
            self.since_ms = self.now_ms;
            self.before = Some(beat.cluster);
        }
        self.shown.is_over = self.now_ms >= self.since_ms + OVER_MS;
    }
}
