//! The trace: what happened, who did it, to what, when, and because of what.
//!
//! Every entry knows its cause, another entry; the chain ends at a command of the user.
//! The hash over the facts of all entries is what "same scenario, same trace" compares: time, actor, object, verb, numbers, an
//! event's reason, the cause. The words in which an entry is told are hashed apart, so a better sentence changes no trace.

use crate::api::object::{Key, Kind};
use crate::reason::Decision;
use crate::sim::chunked::Chunked;
use crate::sim::hash::Fnv64;
use crate::sim::time::SimTime;
use std::fmt;
use std::fmt::Write as _;
use std::rc::Rc;

/// Names an entry: its place in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraceId(pub u32);

/// Who acts, by the real component's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    User,
    ApiServer,
    DaemonSetController,
    Scheduler,
    Kubelet(Rc<str>),
    NodeLifecycleController,
    TaintEvictionController,
    PodGarbageCollector,
    GarbageCollector,
    NamespaceController,
}

impl Actor {
    /// The component as events name it.
    pub fn component(&self) -> &'static str {
        match self {
            Actor::User => "user",
            Actor::ApiServer => "kube-apiserver",
            Actor::DaemonSetController => "daemonset-controller",
            Actor::Scheduler => "default-scheduler",
            Actor::Kubelet(_) => "kubelet",
            Actor::NodeLifecycleController => "node-controller",
            Actor::TaintEvictionController => "taint-eviction-controller",
            Actor::PodGarbageCollector => "pod-garbage-collector",
            Actor::GarbageCollector => "garbage-collector",
            Actor::NamespaceController => "namespace-controller",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Kubelet(node) => write!(f, "kubelet {node}"),
            other => f.write_str(other.component()),
        }
    }
}

/// The object that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    pub kind: Kind,
    pub key: Key,
}

impl Subject {
    pub fn new(kind: Kind, key: Key) -> Self {
        Subject { kind, key }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}",
            self.kind.name().to_ascii_lowercase(),
            self.key.name
        )
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The user asked for something.
    Command(String),
    Created,
    /// A write changed the object; the text says what, in a few words.
    Updated(&'static str),
    /// The DaemonSet controller counted again: the numbers of the status that changed.
    Counted(Vec<Counted>),
    /// A deletionTimestamp was set.
    DeletionRequested {
        grace_seconds: i64,
    },
    Deleted,
    /// A controller's key was queued.
    Woken(String),
    Decided(Decision),
    /// An Event object was recorded.
    Event {
        warning: bool,
        reason: String,
        message: String,
    },
    /// Something that only we can cause went wrong; the page lives on.
    Broken(String),
}

/// A number of a status: its field, what it was and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub field: &'static str,
    pub before: i64,
    pub after: i64,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Command(text) => f.write_str(text),
            What::Created => f.write_str("created"),
            What::Updated(what) => write!(f, "updated {what}"),
            What::Counted(numbers) => {
                f.write_str("updated status: ")?;
                for (i, number) in numbers.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    let Counted {
                        field,
                        before,
                        after,
                    } = number;
                    write!(f, "{comma}{field} {before} → {after}")?;
                }
                Ok(())
            }
            What::DeletionRequested { grace_seconds } => {
                write!(f, "deletion requested, grace period {grace_seconds} s")
            }
            What::Deleted => f.write_str("deleted"),
            What::Woken(why) => write!(f, "woken: {why}"),
            What::Decided(decision) => decision.fmt(f),
            What::Event {
                reason, message, ..
            } => write!(f, "event {reason}: {message}"),
            What::Broken(text) => write!(f, "BROKEN: {text}"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: SimTime,
    pub actor: Actor,
    pub subject: Subject,
    pub what: What,
    pub cause: Option<TraceId>,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.at.0, self.actor, self.subject, self.what
        )
    }
}

impl Entry {
    /// Traces are compared by this: never by a text that is only shown.
    fn hash_facts(&self, hash: &mut Fnv64) {
        let mut text = |text: &str| {
            hash.write(text.as_bytes());
            // No text holds this byte: two texts never run into one.
            hash.write(&[0xff]);
        };
        text(self.actor.component());
        if let Actor::Kubelet(node) = &self.actor {
            text(node);
        }
        text(self.subject.kind.name());
        text(&self.subject.key.namespace);
        text(&self.subject.key.name);
        let mut numbers = vec![self.at.0 as i64, self.cause.map_or(-1, |id| id.0.into())];
        match &self.what {
            What::Command(_) => text("command"),
            What::Created => text("created"),
            What::Updated(_) => text("updated"),
            What::Counted(counted) => {
                text("counted");
                for number in counted {
                    text(number.field);
                    numbers.extend([number.before, number.after]);
                }
            }
            What::DeletionRequested { grace_seconds } => {
                text("deletion");
                numbers.push(*grace_seconds);
            }
            What::Deleted => text("deleted"),
            What::Woken(_) => text("woken"),
            What::Decided(decision) => {
                let fact = decision.fact();
                text(fact.verb);
                fact.names.into_iter().for_each(&mut text);
                numbers.extend(fact.numbers);
            }
            What::Event {
                warning, reason, ..
            } => {
                text("event");
                text(reason);
                numbers.push(i64::from(*warning));
            }
            What::Broken(_) => text("broken"),
        }
        for number in numbers {
            hash.write(&number.to_le_bytes());
        }
    }
}

/// All entries so far, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    entries: Chunked<Entry>,
    hash: Fnv64,
}

impl Trace {
    pub fn push(&mut self, entry: Entry) -> TraceId {
        let id = TraceId(self.entries.len() as u32);
        entry.hash_facts(&mut self.hash);
        self.entries.push(entry);
        id
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn get(&self, id: TraceId) -> Option<&Entry> {
        self.entries.get(id.0 as usize)
    }

    /// The entries from `start` on, oldest first.
    pub fn iter_from(&self, start: usize) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter_from(start)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The same for two traces if all their facts are equal.
    pub fn hash(&self) -> u64 {
        self.hash.0
    }

    /// The same for two traces if they are told in the same words, byte for byte.
    pub fn words_hash(&self) -> u64 {
        let mut hash = Fnv64::default();
        for entry in self.iter() {
            // Writing into a hash can't fail.
            let _ = writeln!(HashSink(&mut hash), "{entry}");
        }
        hash.0
    }

    /// The chain of causes of an entry, itself first, the user's command last.
    pub fn causes(&self, id: TraceId) -> Vec<TraceId> {
        let mut chain = vec![id];
        let mut at = id;
        while let Some(cause) = self.get(at).and_then(|entry| entry.cause) {
            // A cause is always older: the chain ends.
            if cause >= at {
                break;
            }
            chain.push(cause);
            at = cause;
        }
        chain
    }
}

struct HashSink<'a>(&'a mut Fnv64);

impl fmt::Write for HashSink<'_> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.0.write(s.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::kubelet::KubeletDecision;

    fn hashes(what: What) -> (u64, u64) {
        let mut trace = Trace::default();
        trace.push(Entry {
            at: SimTime(5),
            actor: Actor::Scheduler,
            subject: Subject::new(Kind::Pod, Key::new("default", "agent-x")),
            what,
            cause: None,
        });
        (trace.hash(), trace.words_hash())
    }

    fn event(warning: bool, reason: &str, message: &str) -> What {
        What::Event {
            warning,
            reason: reason.to_owned(),
            message: message.to_owned(),
        }
    }

    fn rejected(reason: &str, message: &str) -> What {
        What::Decided(Decision::Kubelet(KubeletDecision::Rejected {
            reason: reason.to_owned(),
            message: message.to_owned(),
        }))
    }

    #[test]
    fn another_sentence_is_no_other_fact() {
        let same = [
            [event(true, "Failed", "a"), event(true, "Failed", "b")],
            [What::Command("a".into()), What::Command("b".into())],
            [What::Woken("a".into()), What::Woken("b".into())],
            [What::Updated("a"), What::Updated("b")],
            [rejected("Evicted", "a"), rejected("Evicted", "b")],
        ];
        for pair in same {
            let [a, b] = pair.map(hashes);
            assert_eq!(a.0, b.0);
            assert_ne!(a.1, b.1);
        }
    }

    #[test]
    fn every_fact_counts() {
        let counted = |field, after| {
            What::Counted(vec![Counted {
                field,
                before: 0,
                after,
            }])
        };
        let different = [
            event(true, "Failed", ""),
            event(false, "Failed", ""),
            event(true, "FailedMount", ""),
            What::Command(String::new()),
            What::Woken(String::new()),
            What::Updated(""),
            What::Created,
            What::Deleted,
            What::DeletionRequested { grace_seconds: 1 },
            What::DeletionRequested { grace_seconds: 2 },
            counted("numberReady", 1),
            counted("numberReady", 2),
            counted("numberAvailable", 2),
            rejected("Evicted", ""),
            rejected("OutOfcpu", ""),
        ];
        let count = different.len();
        let mut all: Vec<u64> = different.map(hashes).map(|(facts, _)| facts).to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
