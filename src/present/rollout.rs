//! A fresh count over all nodes, and what the rolling update does with it.

use super::daemon_set::{Rollout, RolloutState};
use super::page::Scene;
use super::words::{Tone, count, list};
use crate::api::apps::CONTROLLER_REVISION_HASH;
use crate::api::apps::{DaemonSet, DaemonSetStatus, ON_DELETE};
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::controllers::daemon_set::assess::{Class, Side, assess};
use crate::controllers::daemon_set::history::{History, template_patch};
use crate::controllers::daemon_set::rolling::budget;
use crate::controllers::daemon_set::sync::lens;
use std::rc::Rc;

/// What the numbers would be if the controller counted now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub desired: i32,
    pub current: i32,
    pub misscheduled: i32,
    pub ready: i32,
    pub available: i32,
    pub updated: i32,
    /// Nodes with an updated pod that is available, and no old one.
    pub done: u32,
    /// Nodes that use up the budget, and in a few words why; the first few of them.
    pub holding: Vec<String>,
    pub holding_count: u32,
    /// Nodes with an old pod.
    pub old: u32,
    /// Nodes on which the new pod starts beside the old one; the first few of them.
    pub surging: Vec<String>,
    pub surging_count: u32,
    /// Something that uses the budget won't get better by waiting a moment.
    pub is_stuck: bool,
}

impl Count {
    pub fn take(scene: &Scene<'_>, set: &DaemonSet) -> Count {
        let lens = lens(set, &current_hash(scene, set));
        let now = scene.cluster.time();
        let mut sum = Count::default();
        for node in scene.cluster.server.nodes.iter() {
            let name = node.metadata.name.as_str();
            let own: Vec<Rc<Pod>> = scene
                .on(name)
                .iter()
                .filter(|pod| is_owned(pod, set))
                .cloned()
                .collect();
            let assessment = assess(&lens, Some(node), &own, now);
            let counts = assessment.counts;
            sum.desired += counts.desired;
            sum.current += counts.current;
            sum.misscheduled += counts.misscheduled;
            sum.ready += counts.ready;
            sum.available += counts.available;
            sum.updated += counts.updated;
            let Some(class) = assessment.class else {
                continue;
            };
            sum.add_class(&class, 1);
            if is_surging(&class) {
                sum.surging.push(name.to_owned());
            }
            if uses_budget(&class) {
                sum.is_stuck |= own.iter().any(|pod| is_stuck(pod)) || !node.is_ready();
                sum.holding.push(holder(name, &own));
            }
        }
        sum
    }

    /// The same from the controller's own sums, as of its last sync: for clusters too large to look at every node
    /// for every picture. `None`: it hasn't synced this DaemonSet yet.
    pub fn of_ledger(scene: &Scene<'_>, set: &DaemonSet) -> Option<Count> {
        const NAMES_MAX: usize = 8;
        let ledger = scene
            .cluster
            .parts
            .daemon_set
            .ledger(&Key::of(&set.metadata))?;
        let totals = ledger.totals();
        let mut sum = Count {
            desired: totals.desired,
            current: totals.current,
            misscheduled: totals.misscheduled,
            ready: totals.ready,
            available: totals.available,
            updated: totals.updated,
            ..Count::default()
        };
        for (class, names) in ledger.classes() {
            sum.add_class(class, names.len() as u32);
            let room = |list: &[String]| NAMES_MAX.saturating_sub(list.len());
            if is_surging(class) {
                let room = room(&sum.surging);
                sum.surging
                    .extend(names.iter().take(room).map(|name| name.to_string()));
            }
            if uses_budget(class) {
                let room = room(&sum.holding);
                for name in names.iter().take(room) {
                    let own = scene
                        .on(name)
                        .iter()
                        .filter(|pod| is_owned(pod, set))
                        .cloned();
                    let own: Vec<Rc<Pod>> = own.collect();
                    sum.is_stuck |= own.iter().any(|pod| is_stuck(pod));
                    sum.holding.push(holder(name, &own));
                }
            }
        }
        Some(sum)
    }

    fn add_class(&mut self, class: &Class, nodes: u32) {
        let is_done = class.should_run && class.new == Side::Available && class.old == Side::None;
        self.old += if class.old == Side::None { 0 } else { nodes };
        self.done += if is_done { nodes } else { 0 };
        self.surging_count += if is_surging(class) { nodes } else { 0 };
        self.holding_count += if uses_budget(class) { nodes } else { 0 };
    }

    pub fn differs(&self, status: &DaemonSetStatus) -> bool {
        status.desired_number_scheduled != self.desired
            || status.current_number_scheduled != self.current
            || status.number_misscheduled != self.misscheduled
            || status.number_ready != self.ready
            || status.number_available != self.available
            || status.updated_number_scheduled != self.updated
    }
}

fn is_surging(class: &Class) -> bool {
    class.old != Side::None && class.new == Side::Unavailable
}

fn uses_budget(class: &Class) -> bool {
    class.excess
        || match (class.old, class.new) {
            (Side::None, Side::None)
            | (Side::Unavailable, Side::None)
            | (Side::None, Side::Unavailable) => true,
            (Side::None, Side::Available) | (Side::Available, Side::None) => false,
            _ => true,
        }
}

/// Crashing, without its image, or without a node: not just on its way.
fn is_stuck(pod: &Pod) -> bool {
    let failed = pod
        .status
        .condition("PodScheduled")
        .is_some_and(|c| c.status == "False");
    failed || super::pod::state(pod).tone() == Tone::Bad
}

/// `node-2 (ContainerCreating)`
fn holder(node: &str, pods: &[Rc<Pod>]) -> String {
    match pods
        .iter()
        .find(|pod| !pod.is_ready() || pod.metadata.is_terminating())
    {
        Some(pod) => format!("{node} ({})", super::pod::status(pod)),
        None if pods.is_empty() => format!("{node} (no pod)"),
        None => format!("{node} (not available yet)"),
    }
}

pub fn is_owned(pod: &Pod, set: &DaemonSet) -> bool {
    pod.metadata
        .controller_ref()
        .is_some_and(|owner| owner.uid == set.metadata.uid)
}

/// The hash of the revision that stores the present template; empty until the controller has made it.
pub fn current_hash(scene: &Scene<'_>, set: &DaemonSet) -> String {
    let own = scene
        .cluster
        .server
        .controller_revisions
        .in_namespace(&set.metadata.namespace);
    let own = own.filter(|r| {
        r.metadata
            .controller_ref()
            .is_some_and(|owner| owner.uid == set.metadata.uid)
    });
    let history = History::sort(own.cloned().collect(), &template_patch(&set.spec.template));
    let label = history
        .keeper()
        .and_then(|r| r.metadata.label(CONTROLLER_REVISION_HASH));
    label.unwrap_or("").to_owned()
}

/// The rollout in words.
pub fn rollout(set: &DaemonSet, fresh: &Count) -> Rollout {
    const NAMED_MAX: usize = 3;
    let desired = fresh.desired.max(0) as u32;
    let updated = fresh.updated.max(0) as u32;
    let is_on_delete = set.spec.update_strategy.type_ == ON_DELETE;
    let is_observed = set.status.observed_generation >= set.metadata.generation;
    let mut waits = Vec::new();
    let budget = budget(set, fresh.desired).unwrap_or_default();
    let strategy = if is_on_delete {
        "OnDelete: old pods stay until somebody deletes them; the replacement has the new template."
            .to_owned()
    } else if budget.max_surge > 0 {
        format!(
            "RollingUpdate, maxSurge {}: on {} at a time the new pod starts beside the old one, which goes when the new one is available.",
            spelled(set, |r| r.max_surge.as_ref()),
            count(budget.max_surge as u64, "node"),
        )
    } else {
        format!(
            "RollingUpdate, maxUnavailable {}: at most {} without an available pod at a time.",
            spelled(set, |r| r.max_unavailable.as_ref()),
            count(budget.max_unavailable.max(0) as u64, "node"),
        )
    };
    if !is_observed {
        waits.push("The controller hasn't seen the new spec yet.".to_owned());
    }
    if fresh.old > 0 && is_on_delete {
        waits.push(format!(
            "{} left: delete them to update.",
            count(u64::from(fresh.old), "old pod")
        ));
    } else if fresh.old > 0 && budget.max_surge > 0 && !fresh.surging.is_empty() {
        waits.push(format!(
            "New pods become available on {}.",
            list(&fresh.surging, fresh.surging_count as usize, NAMED_MAX)
        ));
    } else if fresh.old > 0
        && budget.max_surge == 0
        && fresh.holding_count as i32 >= budget.max_unavailable
    {
        waits.push(format!(
            "The budget of {} is used up by {}.",
            budget.max_unavailable,
            list(&fresh.holding, fresh.holding_count as usize, NAMED_MAX)
        ));
        waits.push(format!(
            "{} wait for their turn.",
            count(u64::from(fresh.old), "old pod")
        ));
    } else if !fresh.holding.is_empty() {
        waits.push(format!(
            "Pods become available on {}.",
            list(&fresh.holding, fresh.holding_count as usize, NAMED_MAX)
        ));
    }
    let state = match () {
        () if fresh.old == 0 && fresh.done >= desired && is_observed => RolloutState::Done,
        () if is_on_delete && fresh.old > 0 => RolloutState::OnDelete,
        () if fresh.is_stuck => RolloutState::Waiting,
        () => RolloutState::Progressing,
    };
    Rollout {
        state,
        updated,
        desired,
        done: fresh.done.min(desired),
        strategy,
        waits,
    }
}

/// The value as it stands in the manifest.
fn spelled(
    set: &DaemonSet,
    field: impl Fn(
        &crate::api::apps::RollingUpdateDaemonSet,
    ) -> Option<&crate::api::int_or_percent::IntOrString>,
) -> String {
    let rolling = set.spec.update_strategy.rolling_update.as_ref();
    rolling
        .and_then(field)
        .map_or_else(|| "1".to_owned(), ToString::to_string)
}
