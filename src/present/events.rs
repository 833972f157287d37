//! The event feed: rows as in `kubectl get events`.

use super::pod::PodId;
use super::words::{Tone, age, clock};
use crate::api::object::{Key, Kind};
use crate::cluster::Cluster;
use crate::sim::map::Map;
use crate::trace::{Entry, TraceId, What};
use std::rc::Rc;

/// So many rows are shown.
const ROWS_MAX: usize = 60;
/// So many entries of the trace are looked at, newest first: never all of them.
const ENTRIES_MAX: usize = 3_000;

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
    /// The newest of them in the trace.
    pub id: TraceId,
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
    Pod(PodId),
}

impl EventRow {
    pub fn tone(&self) -> Tone {
        if self.is_warning {
            Tone::Warn
        } else {
            Tone::Plain
        }
    }
}

/// The newest events of the trace, repeats counted.
pub fn feed(cluster: &Cluster, old: &EventFeed) -> EventFeed {
    let known: Map<&str, &Rc<EventRow>> =
        old.rows.iter().map(|row| (row.key.as_str(), row)).collect();
    let mut rows: Vec<EventRow> = Vec::new();
    let mut at: Map<(Kind, &Key, &str, &str), usize> = Map::new();
    let mut is_cut = false;
    for (seen, entry) in cluster.trace.iter().rev().enumerate() {
        let What::Event {
            warning,
            reason,
            message,
        } = &entry.what
        else {
            continue;
        };
        let identity = (
            entry.subject.kind,
            &entry.subject.key,
            reason.as_str(),
            message.as_str(),
        );
        if let Some(row) = at.get(&identity).and_then(|i| rows.get_mut(*i)) {
            row.count += 1;
            continue;
        }
        if rows.len() >= ROWS_MAX || seen >= ENTRIES_MAX {
            is_cut = true;
            break;
        }
        at.insert(identity, rows.len());
        let id = TraceId((cluster.trace.len() - 1 - seen) as u32);
        rows.push(row(cluster, entry, id, *warning, reason, message));
    }
    let rows = rows
        .into_iter()
        .map(|row| match known.get(row.key.as_str()) {
            Some(known) if ***known == row => Rc::clone(known),
            _ => Rc::new(row),
        });
    EventFeed {
        rows: rows.collect(),
        is_cut,
    }
}

fn row(
    cluster: &Cluster,
    entry: &Entry,
    id: TraceId,
    is_warning: bool,
    reason: &str,
    message: &str,
) -> EventRow {
    let key = &entry.subject.key;
    let target = match entry.subject.kind {
        Kind::Node => Some(EventTarget::Node(key.name.clone())),
        Kind::Pod => Some(EventTarget::Pod(PodId {
            namespace: key.namespace.clone(),
            name: key.name.clone(),
        })),
        _ => None,
    };
    EventRow {
        key: format!("{} {reason} {message}", entry.subject),
        id,
        // By whole seconds, as the API has its times.
        age: age((cluster.now().0 / 1000).saturating_sub(entry.at.0 / 1000)),
        at: clock(entry.at.0),
        at_ms: entry.at.0,
        is_warning,
        reason: reason.to_owned(),
        object: entry.subject.to_string(),
        source: entry.actor.to_string(),
        message: message.to_owned(),
        count: 1,
        target,
    }
}
