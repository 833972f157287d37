//! The event feed: rows as in `kubectl get events`.

use super::words::Tone;
use std::rc::Rc;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFeed {
    /// Newest first.
    pub rows: Vec<Rc<EventRow>>,
    /// There are older ones that aren't listed.
    pub is_cut: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Tells rows apart.
    pub key: String,
    /// LAST SEEN: `12s`
    pub age: String,
    /// When, on the timeline: `0:07.3`
    pub at: String,
    pub at_ms: u64,
    pub is_warning: bool,
    pub reason: String,
    /// `daemonset/agent`
    pub object: String,
    pub source: String,
    pub message: String,
    pub count: u32,
    pub target: Option<EventTarget>,
}

/// What a click on the row's object selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTarget {
    Node(Rc<str>),
    Pod(super::pod::PodId),
}

impl EventRow {
    pub fn tone(&self) -> Tone {
        if self.is_warning { Tone::Warn } else { Tone::Plain }
    }
}
