//! The events that a real component would have left of those it recorded.
//!
//! Our recorder keeps them all, so that a learner misses nothing; a real one combines and drops. Recordings are compared with what remains.
//!
//! Models: client-go tools/record/events_cache.go, EventCorrelator: aggregation, then the spam filter.
//! Differs: the scheduler records through another library, without either; so few events about one pod that it makes no difference.

use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, Entry, Subject, What};
use std::collections::{BTreeMap, BTreeSet};

/// Similar events with so many texts within `AGGREGATION_TIME` are combined.
const MAX_SIMILAR: usize = 10;
const AGGREGATION_TIME: SimDuration = SimDuration::secs(600);
/// So many events of one component about one object, and then one each `REFILL_TIME`.
const BURST: u64 = 25;
const REFILL_TIME: SimDuration = SimDuration::secs(300);

/// One event as the API server has it in the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Correlated {
    pub component: &'static str,
    pub kind: &'static str,
    pub warning: bool,
    pub reason: String,
    pub message: String,
}

#[derive(Default)]
struct Similar {
    texts: BTreeSet<String>,
    last: SimTime,
}

/// Thousandths of a token that were left, and when.
struct Bucket(u64, SimTime);

/// All events of a trace, each once.
pub fn correlate<'a>(trace: impl Iterator<Item = &'a Entry>) -> BTreeSet<Correlated> {
    let mut similar: BTreeMap<(Actor, Subject, bool, String), Similar> = BTreeMap::new();
    let mut buckets: BTreeMap<(Actor, Subject), Bucket> = BTreeMap::new();
    let mut left = BTreeSet::new();
    for entry in trace {
        let What::Event {
            warning,
            reason,
            message,
        } = &entry.what
        else {
            continue;
        };
        let source = (entry.actor.clone(), entry.subject.clone());
        let known = similar
            .entry((source.0.clone(), source.1.clone(), *warning, reason.clone()))
            .or_default();
        if entry.at.since(known.last) > AGGREGATION_TIME {
            known.texts.clear();
        }
        known.last = entry.at;
        known.texts.insert(message.clone());
        let combined = known.texts.len() >= MAX_SIMILAR;
        if combined {
            known.texts.pop_first();
        }
        let bucket = buckets
            .entry(source)
            .or_insert(Bucket(BURST * 1000, entry.at));
        let refill = entry.at.since(bucket.1).0 * 1000 / REFILL_TIME.0;
        *bucket = Bucket((bucket.0 + refill).min(BURST * 1000), entry.at);
        if bucket.0 < 1000 {
            continue;
        }
        bucket.0 -= 1000;
        left.insert(Correlated {
            component: entry.actor.component(),
            kind: entry.subject.kind.name(),
            warning: *warning,
            reason: reason.clone(),
            message: if combined {
                format!("(combined from similar events): {message}")
            } else {
                message.clone()
            },
        });
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::object::{Key, Kind};

    fn event(second: u64, reason: &str, message: String) -> Entry {
        Entry {
            at: SimTime(second * 1000),
            actor: Actor::DaemonSetController,
            subject: Subject::new(Kind::DaemonSet, Key::new("default", "agent")),
            what: What::Event {
                warning: false,
                reason: reason.to_owned(),
                message,
            },
            cause: None,
        }
    }

    #[test]
    fn combines_from_the_tenth_text_and_drops_after_the_burst() {
        let entries: Vec<Entry> = (1..=40)
            .map(|i| event(1, "SuccessfulCreate", format!("pod {i}")))
            .chain([event(2, "SuccessfulDelete", "gone".to_owned())])
            .collect();
        let left = correlate(entries.iter());
        let combined = left.iter().filter(|e| e.message.starts_with("(combined"));
        assert_eq!((left.len(), combined.count()), (25, 16));
        assert!(left.iter().all(|e| e.reason == "SuccessfulCreate"));
    }

    #[test]
    fn later_there_is_room_again() {
        let entries: Vec<Entry> = (1..=30)
            .map(|i| event(1, "SuccessfulCreate", format!("pod {i}")))
            .chain([event(302, "SuccessfulDelete", "gone".to_owned())])
            .collect();
        let left = correlate(entries.iter());
        assert!(left.iter().any(|e| e.reason == "SuccessfulDelete"));
    }
}
