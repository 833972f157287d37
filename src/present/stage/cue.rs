//! What a stretch of the trace shows: the kind of moment it is, and what the control plane did in it.

use crate::api::object::{Key, Kind};
use crate::reason::Decision;
use crate::reason::daemon::{DaemonDecision, DeleteReason};
use crate::reason::kubelet::KubeletDecision;
use crate::reason::scheduling::SchedulingDecision;
use crate::trace::{Actor, Entry, What};
use std::rc::Rc;

/// Names kept for a sentence; the rest is counted.
const NAMED_MAX: usize = 3;

/// Something that happened to a few named things, and to more that are only counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub names: Vec<Rc<str>>,
    pub count: usize,
}

impl Named {
    fn add(&mut self, name: &Rc<str>) {
        self.count += 1;
        if self.names.len() < NAMED_MAX {
            self.names.push(Rc::clone(name));
        }
    }

    fn absorb(&mut self, next: Named) {
        let room = NAMED_MAX.saturating_sub(self.names.len());
        self.names.extend(next.names.into_iter().take(room));
        self.count += next.count;
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The part of the trace that is shown as one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cue {
    /// The user asked for something.
    pub has_command: bool,
    /// The DaemonSet whose controller decided last.
    pub set: Option<Key>,
    /// The DaemonSet controller took a key from its queue.
    pub has_sync: bool,
    /// Pods that it created, and their nodes.
    pub created: Vec<Key>,
    pub created_on: Named,
    /// Nodes on which it asked for a pod's deletion.
    pub deleted_on: Named,
    pub delete_reason: Option<DeleteReason>,
    /// Any other decision of the controller; the last one.
    pub decided: Option<DaemonDecision>,
    /// Nodes to which the scheduler bound a pod.
    pub bound_to: Named,
    /// Pods that the scheduler found no node for.
    pub refused: Named,
    /// A kubelet began to pull an image or to stop a pod, or evicted one.
    pub has_kubelet: bool,
    /// A pod became ready, failed, or is gone.
    pub has_outcome: bool,
    /// Pods that are gone.
    pub removed: Vec<Key>,
    /// A node joined, left or changed, other than by its status.
    pub has_node: bool,
}

impl Cue {
    pub fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Cue {
        let mut cue = Cue::default();
        for entry in entries {
            cue.add(entry);
        }
        cue
    }

    fn add(&mut self, entry: &Entry) {
        let name = &entry.subject.key.name;
        match (&entry.what, entry.subject.kind) {
            (What::Command(_), _) => self.has_command = true,
            (What::Woken(why), Kind::DaemonSet) if why == "sync" => {
                self.has_sync = true;
                self.set = Some(entry.subject.key.clone());
            }
            (What::Decided(Decision::Daemon(decision)), _) => self.add_daemon(decision),
            (What::Decided(Decision::Scheduling(decision)), _) => match decision {
                SchedulingDecision::Bound { node, .. } => self.bound_to.add(node),
                SchedulingDecision::Unschedulable { .. } => self.refused.add(name),
                _ => {}
            },
            (What::Decided(Decision::Kubelet(decision)), _) => match decision {
                KubeletDecision::Pull { .. } | KubeletDecision::Stop { .. } => {
                    self.has_kubelet = true;
                }
                KubeletDecision::Report { .. } => {}
                _ => self.has_outcome = true,
            },
            (What::Created, Kind::Pod) if entry.actor == Actor::DaemonSetController => {
                self.created.push(entry.subject.key.clone());
            }
            (What::Updated("status: ready"), Kind::Pod) => self.has_outcome = true,
            (What::Deleted, Kind::Pod) => {
                self.has_outcome = true;
                self.removed.push(entry.subject.key.clone());
            }
            (What::Created | What::Deleted, Kind::Node) => self.has_node = true,
            (What::Updated(what), Kind::Node) => self.has_node |= !what.starts_with("status"),
            _ => {}
        }
    }

    fn add_daemon(&mut self, decision: &DaemonDecision) {
        match decision {
            DaemonDecision::Create { node, .. } => self.created_on.add(node),
            DaemonDecision::Delete { node, why, .. } => {
                self.deleted_on.add(node);
                self.delete_reason = Some(why.clone());
            }
            other => self.decided = Some(other.clone()),
        }
    }

    /// Takes in what came right after it, to be shown in the same moment.
    pub fn absorb(&mut self, next: Cue) {
        self.has_command |= next.has_command;
        self.set = next.set.or(self.set.take());
        self.has_sync |= next.has_sync;
        self.created.extend(next.created);
        self.created_on.absorb(next.created_on);
        self.deleted_on.absorb(next.deleted_on);
        self.delete_reason = next.delete_reason.or(self.delete_reason.take());
        self.decided = next.decided.or(self.decided.take());
        self.bound_to.absorb(next.bound_to);
        self.refused.absorb(next.refused);
        self.has_kubelet |= next.has_kubelet;
        self.has_outcome |= next.has_outcome;
        self.removed.extend(next.removed);
        self.has_node |= next.has_node;
    }

    /// How long what follows from it waits, in milliseconds at 1×.
    pub fn hold_ms(&self) -> u64 {
        let holds = [
            (self.has_command, 250),
            (!self.created.is_empty(), CREATED_MS),
            (!self.deleted_on.is_empty(), 350),
            (!self.bound_to.is_empty(), BOUND_MS),
            (!self.refused.is_empty(), 350),
            (self.has_kubelet, 300),
            (self.has_outcome, 300),
            (self.has_node, 300),
        ];
        let holds = holds.iter().filter(|(is_so, _)| *is_so);
        holds.map(|(_, ms)| *ms).max().unwrap_or(0)
    }
}

/// A created pod stands at the controller this long, and in the scheduler's queue as long again.
pub const CREATED_MS: u64 = 350;
/// The tile of a pod that is gone leaves in this time.
pub const LEAVING_MS: u64 = 250;
/// A bound pod travels to its node in this time.
pub const BOUND_MS: u64 = 650;
