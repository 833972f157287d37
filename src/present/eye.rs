//! The controller's eye: the reconcile loop of one DaemonSet, stage by stage, with its real data.
//!
//! Watch event, informer, work queue, sync, expectations, actions, status: what each holds at this moment.

use super::words::{clock, count, said, span};
use crate::api::apps::DaemonSet;
use crate::api::object::{Key, Kind, Resource};
use crate::cluster::Cluster;
use crate::trace::{Actor, Entry, TraceId, What};

/// So far back the last sync is looked for.
const SEARCH_MAX: usize = 5_000;
/// A stage with more lines says how many are left out.
const LINES_MAX: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eye {
    pub stages: Vec<Stage>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub title: &'static str,
    /// What the stage does, for those who see it for the first time.
    pub about: &'static str,
    pub lines: Vec<String>,
    /// Something waits here right now.
    pub is_busy: bool,
}

pub fn eye(cluster: &Cluster, set: &DaemonSet) -> Eye {
    let key = set.key();
    let sync = last_sync(cluster, &key);
    let mut stages = vec![
        watch(cluster, &key),
        informer(cluster),
        queue(cluster, &key),
    ];
    stages.extend(syncing(cluster, &key, sync));
    stages.insert(4, expectations(cluster, &key));
    Eye { stages }
}

fn watch(cluster: &Cluster, key: &Key) -> Stage {
    let version =
        |set: Option<&std::rc::Rc<DaemonSet>>| set.map(|set| set.metadata.resource_version.clone());
    let stored = version(cluster.server.daemon_sets.get(key));
    let cached = version(cluster.parts.daemon_set.sets.get(key));
    let is_behind = stored != cached;
    let text = |version: Option<String>| version.unwrap_or_else(|| "none".to_owned());
    let mut lines = vec![format!(
        "API server: resourceVersion {}; the controller has seen {}",
        text(stored),
        text(cached)
    )];
    if is_behind {
        lines.push("a watch event is on its way to it".to_owned());
    }
    Stage {
        title: "Watch",
        about: "Changes reach the controller as events, a little later than they happen.",
        lines,
        is_busy: is_behind,
    }
}

fn informer(cluster: &Cluster) -> Stage {
    let controller = &cluster.parts.daemon_set;
    let (known, stored) = (controller.nodes.len(), cluster.server.nodes.len());
    let mut lines = vec![format!(
        "{} and {} in its cache",
        count(known as u64, "node"),
        count(controller.sets.len() as u64, "DaemonSet")
    )];
    if known != stored {
        lines.push(format!(
            "the API server has {}",
            count(stored as u64, "node")
        ));
    }
    Stage {
        title: "Informer",
        about: "The controller decides from this cache, never from the API server.",
        lines,
        is_busy: known != stored,
    }
}

fn queue(cluster: &Cluster, key: &Key) -> Stage {
    let controller = &cluster.parts.daemon_set;
    let now = cluster.now();
    let is_queued = controller.queue.contains(key);
    let mut lines = Vec::new();
    if is_queued {
        lines.push(format!("{key} is queued for a sync"));
    }
    if let Some(due) = controller.queue.waits_until(key) {
        lines.push(format!(
            "{key} is queued again in {}",
            span(due.since(now).0)
        ));
    }
    match controller.queue.failures(key) {
        0 => {}
        n => lines.push(format!(
            "{n} syncs failed in a row: the next try waits longer"
        )),
    }
    if lines.is_empty() {
        lines.push("Queue empty".to_owned());
    }
    Stage {
        title: "Work queue",
        about: "Each key is in it once, however many events added it.",
        lines,
        is_busy: is_queued,
    }
}

fn expectations(cluster: &Cluster, key: &Key) -> Stage {
    let expected = cluster.parts.daemon_set.expectations.get(key);
    let open = expected.filter(|e| e.adds > 0 || e.dels > 0);
    let line = match open {
        Some(e) => format!(
            "waits to see {} and {} of its own",
            count(e.adds.max(0) as u64, "creation"),
            count(e.dels.max(0) as u64, "deletion")
        ),
        None => "met: it has seen all its own writes".to_owned(),
    };
    Stage {
        title: "Expectations",
        about: "Until its own writes have come back through the watch, it creates and deletes nothing more.",
        lines: vec![line],
        is_busy: open.is_some(),
    }
}

/// The last time that the key was taken from the queue.
fn last_sync(cluster: &Cluster, key: &Key) -> Option<TraceId> {
    let len = cluster.trace.len();
    let at = cluster.trace.iter().rev().take(SEARCH_MAX).position(|e| {
        e.actor == Actor::DaemonSetController
            && e.subject.kind == Kind::DaemonSet
            && e.subject.key == *key
            && matches!(&e.what, What::Woken(what) if what == "sync")
    })?;
    Some(TraceId((len - 1 - at) as u32))
}

/// What the last sync was woken by, decided, did, and wrote.
fn syncing(cluster: &Cluster, key: &Key, sync: Option<TraceId>) -> [Stage; 3] {
    let (mut decided, mut done, mut status) = (Vec::new(), Vec::new(), Vec::new());
    let mut woken = vec!["none yet".to_owned()];
    if let Some((id, entry)) = sync.and_then(|id| Some((id, cluster.trace.get(id)?))) {
        woken = vec![format!("last sync at {}", clock(entry.at.0))];
        if let Some(cause) = entry.cause.and_then(|id| cluster.trace.get(id)) {
            let what = said(&cause.what.to_string());
            woken.push(format!("woken by {}: {what}", cause.subject));
        }
        let after = cluster.trace.iter_from(id.0 as usize + 1);
        let own = after
            .take(SEARCH_MAX)
            .filter(|e| e.actor == Actor::DaemonSetController && e.at.since(entry.at).0 < 1_000);
        for entry in own {
            sort(entry, key, &mut decided, &mut done, &mut status);
        }
        woken.append(&mut shortened(decided));
    }
    let or = |mut lines: Vec<String>, nothing: &str| {
        if lines.is_empty() {
            lines.push(nothing.to_owned());
        }
        shortened(lines)
    };
    [
        Stage {
            title: "Sync",
            about: "One pass over all nodes: who should run a pod, who has one, what is to be done.",
            lines: woken,
            is_busy: false,
        },
        Stage {
            title: "Actions",
            about: "Pods created and deleted, in batches that double: 1, 2, 4, at most 250.",
            lines: or(done, "none in the last sync"),
            is_busy: false,
        },
        Stage {
            title: "Status",
            about: "At the end it counts, and writes the status if a number changed.",
            lines: or(status, "unchanged by the last sync"),
            is_busy: false,
        },
    ]
}

fn sort(
    entry: &Entry,
    key: &Key,
    decided: &mut Vec<String>,
    done: &mut Vec<String>,
    status: &mut Vec<String>,
) {
    let is_own = entry.subject.kind == Kind::DaemonSet && entry.subject.key == *key;
    match &entry.what {
        What::Decided(decision) if is_own => decided.push(said(&decision.to_string())),
        What::Updated(_) | What::Counted(_) if is_own => status.push(entry.what.to_string()),
        What::Created | What::Deleted | What::DeletionRequested { .. }
            if entry.subject.kind == Kind::Pod =>
        {
            done.push(format!("{}: {}", entry.subject, entry.what));
        }
        _ => {}
    }
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES_MAX);
    if more > 0 {
        lines.truncate(LINES_MAX);
        lines.push(format!("and {more} more"));
    }
    lines
}
