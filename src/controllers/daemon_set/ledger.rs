//! The running sums over all nodes of one DaemonSet: assessments by node, and what they add up to.
//!
//! A sync re-assesses only nodes that something happened on; a test compares with assessing all of them.

use super::assess::{Assessment, Class, Counts};
use crate::api::apps::DaemonSet;
use crate::api::meta::Time;
use crate::sim::map::{Map, Set};
use crate::sim::shared_map::SharedMap;
use std::rc::Rc;

/// What all assessments of a ledger rest on; when it changes, all are made again.
#[derive(Clone, Debug)]
pub struct Basis {
    pub set: Rc<DaemonSet>,
    pub hash: String,
}

impl PartialEq for Basis {
    fn eq(&self, other: &Self) -> bool {
        let same_set = Rc::ptr_eq(&self.set, &other.set)
            || (self.set.metadata.uid == other.set.metadata.uid
                && self.set.template_generation() == other.set.template_generation()
                && self.set.spec == other.set.spec);
        self.hash == other.hash && same_set
    }
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    basis: Option<Basis>,
    nodes: SharedMap<Rc<str>, Assessment>,
    dirty: Set<Rc<str>>,
    /// Nodes on which `manage` has something to do.
    actionable: Set<Rc<str>>,
    classes: Map<Class, Set<Rc<str>>>,
    totals: Counts,
    timed: Set<(Time, Rc<str>)>,
}

impl Ledger {
    /// Starts anew if the basis changed; true if it did, and every node must be marked.
    pub fn rebase(&mut self, basis: Basis) -> bool {
        if self.basis.as_ref() == Some(&basis) {
            return false;
        }
        *self = Ledger {
            basis: Some(basis),
            ..Ledger::default()
        };
        true
    }

    /// The node must be assessed again.
    pub fn mark(&mut self, node: &Rc<str>) {
        self.dirty.insert(Rc::clone(node));
    }

    /// Takes the nodes to assess: the marked ones and those that time has changed.
    pub fn take_dirty(&mut self, now: Time) -> Set<Rc<str>> {
        let mut dirty = std::mem::take(&mut self.dirty);
        while let Some((at, _)) = self.timed.first() {
            if *at > now {
                break;
            }
            if let Some((_, node)) = self.timed.pop_first() {
                dirty.insert(node);
            }
        }
        dirty
    }

    /// Puts in a node's assessment; `None` when neither node nor pods exist.
    pub fn put(&mut self, node: &Rc<str>, assessment: Option<Assessment>) {
        if let Some(old) = self.nodes.remove(node) {
            add(&mut self.totals, &old.counts, -1);
            self.actionable.remove(node);
            if let Some(class) = &old.class
                && let Some(members) = self.classes.get_mut(class)
            {
                members.remove(node);
                if members.is_empty() {
                    self.classes.remove(class);
                }
            }
            if let Some(at) = old.changes_at {
                self.timed.remove(&(at, Rc::clone(node)));
            }
        }
        let Some(new) = assessment else { return };
        add(&mut self.totals, &new.counts, 1);
        if new.plan != Default::default() {
            self.actionable.insert(Rc::clone(node));
        }
        if let Some(class) = new.class {
            self.classes.or_default(class).insert(Rc::clone(node));
        }
        if let Some(at) = new.changes_at {
            self.timed.insert((at, Rc::clone(node)));
        }
        self.nodes.insert(Rc::clone(node), new);
    }

    pub fn totals(&self) -> Counts {
        self.totals
    }

    pub fn classes(&self) -> &Map<Class, Set<Rc<str>>> {
        &self.classes
    }

    /// The nodes on which `manage` has something to do, by name.
    pub fn actionable(&self) -> impl Iterator<Item = (&Rc<str>, &Assessment)> {
        self.actionable
            .iter()
            .filter_map(|node| self.nodes.get_key_value(node))
    }

    pub fn get(&self, node: &str) -> Option<&Assessment> {
        self.nodes.get(node)
    }

    pub fn nodes(&self) -> &SharedMap<Rc<str>, Assessment> {
        &self.nodes
    }
}

fn add(totals: &mut Counts, counts: &Counts, sign: i32) {
    totals.desired += sign * counts.desired;
    totals.current += sign * counts.current;
    totals.misscheduled += sign * counts.misscheduled;
    totals.ready += sign * counts.ready;
    totals.available += sign * counts.available;
    totals.updated += sign * counts.updated;
}
