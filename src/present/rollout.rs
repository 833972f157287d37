//! A fresh count of what the API server has, and what the rolling update does with it.

use super::daemon_set::{Rollout, RolloutState};
use super::groups::{message, reason_here};
use super::node::{self, Health};
use super::scene::Scene;
use super::words::{count, list, span};
use crate::api::apps::{
    CONTROLLER_REVISION_HASH, ControllerRevision, DaemonSet, DaemonSetStatus, ON_DELETE,
    RollingUpdateDaemonSet,
};
use crate::api::int_or_percent::IntOrString;
use crate::api::meta::Time;
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::assess::{Class, Side};
use crate::controllers::daemon_set::history::{History, template_patch};
use crate::controllers::daemon_set::pod::available_from;
use crate::controllers::daemon_set::rolling::budget;
use crate::sim::sort::Order;
use std::rc::Rc;

/// So many nodes are named.
const NAMED_MAX: usize = 3;

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
    /// Of these, nodes that should have an available pod: without a rollout, all that is waited for.
    pub missing: Vec<String>,
    pub missing_count: u32,
    /// Nodes with an old pod.
    pub old: u32,
    /// Nodes on which the new pod starts beside the old one; the first few of them.
    pub surging: Vec<String>,
    pub surging_count: u32,
    /// Nodes whose old pod is the next to go; the first few of them.
    pub next: Vec<String>,
    /// Something that uses the budget won't get better by waiting a moment.
    pub is_stuck: bool,
    /// How long one node after the other has taken so far; zero: not known yet.
    pub seconds_a_node: u64,
}

impl Count {
    /// Adds up what the scene knows of each node.
    pub fn of(cluster: &Cluster, scene: &Scene) -> Count {
        let ledger = scene.ledger();
        let totals = ledger.totals();
        let mut sum = Count {
            desired: totals.desired,
            current: totals.current,
            misscheduled: totals.misscheduled,
            ready: totals.ready,
            available: totals.available,
            updated: totals.updated,
            is_stuck: scene.is_stuck(),
            ..Count::default()
        };
        for (class, names) in ledger.classes() {
            sum.add_class(class, names.len() as u32);
        }
        let names = |are: fn(&Class) -> bool| {
            let classes = ledger.classes().iter().filter(|(class, _)| are(class));
            let names = classes.flat_map(|(_, names)| names.iter().take(NAMED_MAX));
            let mut names: Vec<&Rc<str>> = names.collect();
            names.order();
            names.truncate(NAMED_MAX);
            names
        };
        let holders = |names: Vec<&Rc<str>>| -> Vec<String> {
            let holders = names.into_iter();
            holders.map(|name| holder(cluster, scene, name)).collect()
        };
        sum.surging = holders(names(is_surging));
        let pod_on = |name: &Rc<str>| {
            let pod = scene.owned_on(name).next();
            pod.map_or(name.to_string(), |pod| {
                format!("{} on {name}", pod.metadata.name)
            })
        };
        sum.next = names(is_next).into_iter().map(pod_on).collect();
        sum.holding = holders(names(uses_budget));
        sum.missing = holders(names(is_missing));
        if sum.old > 0 && sum.done > 1 {
            // Nodes go by name, so the first ones were done first.
            let first = names(Class::is_done).into_iter();
            let begun = first.flat_map(|name| scene.owned_on(name));
            let begun = begun
                .filter_map(|pod| pod.metadata.creation_timestamp)
                .min();
            let Time(since) = begun.unwrap_or(cluster.time());
            let seconds = cluster.time().0.saturating_sub(since).max(0) as u64;
            sum.seconds_a_node = seconds / u64::from(sum.done);
        }
        sum
    }

    fn add_class(&mut self, class: &Class, nodes: u32) {
        self.old += if class.old == Side::None { 0 } else { nodes };
        self.done += if class.is_done() { nodes } else { 0 };
        self.surging_count += if is_surging(class) { nodes } else { 0 };
        self.missing_count += if is_missing(class) { nodes } else { 0 };
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

/// An old pod that is available goes when the budget has room.
fn is_next(class: &Class) -> bool {
    !class.excess && class.old == Side::Available && class.new == Side::None
}

fn is_missing(class: &Class) -> bool {
    class.should_run && uses_budget(class)
}

/// Nodes that count against maxUnavailable.
pub fn uses_budget(class: &Class) -> bool {
    class.excess
        || match (class.old, class.new) {
            (Side::None, Side::None)
            | (Side::Unavailable, Side::None)
            | (Side::None, Side::Unavailable) => true,
            (Side::None, Side::Available) | (Side::Available, Side::None) => false,
            _ => true,
        }
}

/// `node-2 (not ready: ContainerCreating)`: which of the reasons makes it use the budget.
fn holder(cluster: &Cluster, scene: &Scene, name: &str) -> String {
    let pods = || scene.owned_on(name);
    let node = cluster.server.nodes.get(&Key::new("", name));
    let is_dead = node.is_some_and(|node| node::health(node) != Health::Ready);
    let leaving = pods().find(|pod| pod.metadata.is_terminating());
    let waits = pods().find(|pod| !pod.is_ready());
    let why = match (leaving, waits) {
        (Some(_), _) if is_dead => {
            "being deleted, but the node is NotReady: nobody can confirm that the pod stopped"
                .to_owned()
        }
        (Some(pod), _) => format!("{} is being deleted", pod.metadata.name),
        (None, Some(pod)) if is_dead => format!(
            "the node is NotReady; its pod is {}",
            super::pod::status(pod)
        ),
        (None, Some(pod)) => {
            let unscheduled = Some(pod).filter(|pod| !pod.is_bound());
            let said = unscheduled.and_then(|pod| message(pod));
            let said = said.map_or_else(String::new, |said| format!("; {}", reason_here(said)));
            format!("not ready: {}{said}", super::pod::status(pod))
        }
        (None, None) => match pods()
            .filter_map(|pod| available_from(pod, seconds(scene)))
            .max()
        {
            None => "no pod yet".to_owned(),
            Some(at) => format!(
                "ready, available in {} (minReadySeconds {})",
                span(at.0.saturating_sub(cluster.time().0).max(0) as u64 * 1000),
                seconds(scene)
            ),
        },
    };
    format!("{name} ({why})")
}

fn seconds(scene: &Scene) -> i32 {
    i32::try_from(scene.min_ready_seconds()).unwrap_or(i32::MAX)
}

pub fn is_owned(pod: &Pod, set: &DaemonSet) -> bool {
    pod.metadata.is_controlled_by(&set.metadata.uid)
}

/// The DaemonSet's revisions, by name.
pub fn own_revisions<'a>(
    cluster: &'a Cluster,
    set: &'a DaemonSet,
) -> impl Iterator<Item = &'a Rc<ControllerRevision>> {
    let revisions = &cluster.server.controller_revisions;
    revisions
        .in_namespace(&set.metadata.namespace)
        .filter(|revision| revision.metadata.is_controlled_by(&set.metadata.uid))
}

/// The hash of the revision that stores the present template; empty until the controller has made it.
pub fn current_hash(cluster: &Cluster, set: &DaemonSet) -> String {
    let own = own_revisions(cluster, set);
    let history = History::sort(own.cloned().collect(), &template_patch(&set.spec.template));
    let label = history
        .keeper()
        .and_then(|r| r.metadata.label(CONTROLLER_REVISION_HASH));
    label.unwrap_or("").to_owned()
}

/// The rollout in words. How far it is comes from the status as written, as `kubectl rollout status` says it; what it
/// waits for, from a fresh count.
///
/// Models: kubectl pkg/polymorphichelpers/rollout_status.go, DaemonSetStatusViewer.
pub fn rollout(set: &DaemonSet, fresh: &Count) -> Rollout {
    let desired = fresh.desired.max(0) as u32;
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
            spelled(set, desired, budget.max_surge, |r| r.max_surge.as_ref()),
            count(budget.max_surge as u64, "node"),
        )
    } else {
        format!(
            "RollingUpdate, maxUnavailable {}: the rollout takes pods down on at most {} at a time.",
            spelled(set, desired, budget.max_unavailable, |r| r
                .max_unavailable
                .as_ref()),
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
        let is_full = fresh.surging_count as i32 >= budget.max_surge;
        let surging = list(&fresh.surging, fresh.surging_count as usize, NAMED_MAX);
        waits.push(match is_full {
            true => format!("The surge of {} is used up by {surging}.", budget.max_surge),
            false => format!("New pods start beside the old ones on {surging}."),
        });
        let has_port = |holder: &String| holder.contains("free ports");
        if fresh.surging.iter().any(has_port) {
            waits.push("The old pod there uses the host port that the new one needs, and stays until the new one is available: maxSurge can't work with a host port.".to_owned());
        }
        if let Some(next) = fresh.next.first().filter(|_| is_full) {
            waits.push(format!(
                "{} left; the next to be replaced is {next}, once a new pod is available.",
                count(u64::from(fresh.old), "old pod")
            ));
        }
    } else if fresh.old > 0 && budget.max_surge > 0 && fresh.is_stuck {
        waits.push(format!(
            "The new pods don't become available: {}.",
            list(&fresh.holding, fresh.holding_count as usize, NAMED_MAX)
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
        let beyond = i64::from(fresh.holding_count) - i64::from(budget.max_unavailable);
        if beyond > 0 {
            waits.push(format!(
                "That's {beyond} more than maxUnavailable, which isn't a guaranteed minimum: it limits what the rollout takes down, not what fails or is deleted meanwhile."
            ));
        }
        if let Some(next) = fresh.next.first() {
            waits.push(format!(
                "{} left; the next to go is {next}, once the budget has room.",
                count(u64::from(fresh.old), "old pod")
            ));
        }
    } else if !fresh.missing.is_empty() {
        waits.push(format!(
            "Not available yet: {}.",
            list(&fresh.missing, fresh.missing_count as usize, NAMED_MAX)
        ));
    }
    if fresh.old > 0 && fresh.seconds_a_node > 0 && !is_on_delete && !fresh.is_stuck {
        let at_a_time = budget.max_surge.max(budget.max_unavailable);
        waits.push(format!(
            "{} at a time, {} each: the {} left take about {} more.",
            count(at_a_time.max(0) as u64, "node"),
            span(fresh.seconds_a_node * at_a_time.max(1) as u64 * 1000),
            fresh.old,
            span(fresh.seconds_a_node * u64::from(fresh.old) * 1000)
        ));
    }
    let status = &set.status;
    let of_all = status.desired_number_scheduled;
    let is_done = is_observed
        && status.updated_number_scheduled >= of_all
        && status.number_available >= of_all;
    if is_done {
        waits.clear();
    }
    let desired = of_all.max(0) as u32;
    let updated = status.updated_number_scheduled.max(0) as u32;
    let state = match () {
        () if is_done => RolloutState::Done,
        () if is_on_delete && fresh.old > 0 => RolloutState::OnDelete,
        () if fresh.is_stuck => RolloutState::Stuck,
        () => RolloutState::Progressing,
    };
    Rollout {
        state,
        updated,
        desired,
        done: fresh.done.min(updated).min(desired),
        has_old: fresh.old > 0,
        strategy,
        waits,
    }
}

/// The value as it stands in the manifest; of a percentage also what it comes to.
fn spelled(
    set: &DaemonSet,
    desired: u32,
    resolved: i32,
    field: impl Fn(&RollingUpdateDaemonSet) -> Option<&IntOrString>,
) -> String {
    let rolling = set.spec.update_strategy.rolling_update.as_ref();
    match rolling.and_then(field) {
        None => "1".to_owned(),
        Some(text @ IntOrString::String(_)) => {
            format!("{text} (of {desired} that is {resolved}, rounded up)")
        }
        Some(number) => number.to_string(),
    }
}
