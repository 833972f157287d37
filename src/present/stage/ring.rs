//! What a pod waits for that has a known end: a pull, a start, the end of its grace period, a back-off.

use crate::reason::Decision;
use crate::reason::kubelet::KubeletDecision;
use crate::sim::time::SimTime;
use crate::trace::{Entry, What};

/// A length of simulated time that a tile draws as a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    pub kind: RingKind,
    pub from_ms: u64,
    pub until_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingKind {
    /// It fills while the image is pulled.
    Pull,
    /// It empties until the containers have stopped.
    Stop,
    /// It empties until the next try.
    BackOff,
}

impl RingKind {
    pub fn as_str(self) -> &'static str {
        match self {
            RingKind::Pull => "pull",
            RingKind::Stop => "stop",
            RingKind::BackOff => "back-off",
        }
    }
}

impl Ring {
    /// The ring that an entry of the trace begins, if it is a kubelet's decision about a pod.
    pub fn of(entry: &Entry) -> Option<Ring> {
        let What::Decided(Decision::Kubelet(decision)) = &entry.what else {
            return None;
        };
        let (kind, ms) = match decision {
            KubeletDecision::Pull {
                pull_ms, wait_ms, ..
            } => (RingKind::Pull, wait_ms + pull_ms),
            KubeletDecision::Stop { shutdown_ms, .. } => (RingKind::Stop, *shutdown_ms),
            KubeletDecision::PullBackOff { back_off_ms, .. }
            | KubeletDecision::Restart { back_off_ms, .. } => (RingKind::BackOff, *back_off_ms),
            _ => return None,
        };
        Some(Ring {
            kind,
            from_ms: entry.at.0,
            until_ms: entry.at.0 + ms,
        })
    }

    /// Whole seconds until it is over; the number changes with the clock's.
    pub fn seconds_left(&self, now: SimTime) -> u64 {
        self.until_ms.div_ceil(1000).saturating_sub(now.0 / 1000)
    }
}
