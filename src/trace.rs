//! The trace: what happened, who did it, to what, when, and because of what.
//!
//! Every entry knows its cause, another entry; the chain ends at a command of the user.
//! The hash over all entries is what "same scenario, same trace" compares.

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

/// All entries so far, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    entries: Chunked<Entry>,
    hash: Fnv64,
}

impl Trace {
    pub fn push(&mut self, entry: Entry) -> TraceId {
        let id = TraceId(self.entries.len() as u32);
        let mut sink = HashSink(&mut self.hash);
        // Writing into a hash can't fail.
        let _ = writeln!(sink, "{entry} <- {:?}", entry.cause.map(|c| c.0));
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

    /// The same for two traces if they are equal, byte for byte.
    pub fn hash(&self) -> u64 {
        self.hash.0
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
