//! One strategy at work on its own fork, and what is measured on the way.

use super::{Plan, Strategy};
use crate::api::apps::DaemonSet;
use crate::api::object::{Key, Kind, Resource};
use crate::cluster::Cluster;
use crate::controllers::daemon_set::assess::{Class, Side};
use crate::controllers::daemon_set::rolling::{Budget, budget};
use crate::session::command::Command;
use crate::session::execute::execute;
use crate::sim::map::Set;
use crate::sim::rng::Stream;
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::What;
use std::collections::VecDeque;

/// A rollout that takes longer than this isn't followed to its end.
const TIME_MAX: SimDuration = SimDuration::secs(30 * 24 * 3600);
const STEPS_MAX: u64 = 5_000_000;
/// Asking all components whether anything moves costs more than a step.
const STEPS_BETWEEN_LOOKS: u64 = 64;
/// Nodes that lose their power do so within this time.
const LOSS_TIME: SimDuration = SimDuration::secs(120);

/// How a strategy did.
#[derive(Clone, Debug)]
pub struct Run {
    pub end: End,
    /// From the change to the end, or to the last thing that the rollout did.
    pub after: SimDuration,
    /// How many nodes should have a pod.
    pub desired: u32,
    pub budget: Budget,
    /// The lowest number of nodes with an available pod.
    pub worst: u32,
    /// Their mean over time, in tenths of a node; if it is stuck, how many it stays at.
    pub average_tenths: u32,
    /// Pods that were made anew.
    pub restarted: u32,
    /// The highest number of pods beyond those that there were.
    pub extra: u32,
    /// How many nodes had an available pod from which moment after the change on.
    pub samples: Vec<(SimDuration, u32)>,
}

#[derive(Clone, Debug)]
pub enum End {
    Finished,
    /// Nothing moves any more; the cluster tells why.
    Stuck(Box<Cluster>),
    /// Still on its way when nobody followed it any further.
    TooLong,
}

/// Where a strategy is, in nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub desired: u32,
    /// With the new pod, available, and without an old one.
    pub updated: u32,
    pub available: u32,
    /// The lowest number of available ones so far.
    pub worst: u32,
    /// Pods beyond those that there were.
    pub extra: u32,
}

impl Run {
    pub fn is_finished(&self) -> bool {
        matches!(self.end, End::Finished)
    }
}

/// A strategy under way.
#[derive(Clone, Debug)]
pub struct Trial {
    cluster: Cluster,
    set: Key,
    uid: String,
    start: SimTime,
    desired: u32,
    budget: Budget,
    /// Nodes that will lose their power, the next one first.
    losses: VecDeque<(SimTime, String)>,
    /// How much of the trace has been looked at.
    seen: usize,
    steps: u64,
    done: u32,
    /// The DaemonSet's pods that exist, and how many there were.
    pods: Set<Key>,
    pods_before: usize,
    /// When pods came, went or became available last.
    moved: SimDuration,
    restarted: u32,
    extra: u32,
    samples: Vec<(SimDuration, u32)>,
    /// Available pods times milliseconds, up to the last sample.
    area: u64,
}

impl Trial {
    /// Sets the strategy and starts the change on a copy of the cluster. Another `seed` draws the rest anew.
    pub fn start(
        base: &Cluster,
        plan: &Plan,
        strategy: &Strategy,
        seed: Option<u64>,
    ) -> Result<Trial, String> {
        let mut cluster = base.clone();
        let seed = seed.map_or(base.seed(), |round| {
            let seed = Stream::new(base.seed(), &format!("round/{round}")).next_u64();
            cluster.reseed(seed);
            seed
        });
        let before = find(base, &plan.set)?;
        let profile = plan.faults.profile(base.parts.kubelets.profile());
        let faults = profile.map(|profile| Command::SetProfile { profile });
        // The strategy comes last: a manifest may bring another one.
        let commands = faults
            .into_iter()
            .chain([plan.change.clone(), strategy.command(&before)]);
        for command in commands {
            execute(&mut cluster, &command).map_err(|failure| failure.message)?;
        }
        let set = find(&cluster, &plan.set)?;
        if set.spec.template == before.spec.template {
            return Err("the pod template stays the same, so nothing rolls out".to_owned());
        }
        let ledger = base.parts.daemon_set.ledger(&plan.set);
        let desired = ledger.map_or(0, |ledger| ledger.totals().desired);
        if desired <= 0 {
            return Err("no node gets a pod of this DaemonSet".to_owned());
        }
        let uid = &set.metadata.uid;
        let own = base
            .server
            .pods
            .iter()
            .filter(|pod| pod.metadata.is_controlled_by(uid));
        let pods: Set<Key> = own.map(|pod| pod.key()).collect();
        let mut trial = Trial {
            set: plan.set.clone(),
            uid: uid.clone(),
            start: base.now(),
            desired: desired.unsigned_abs(),
            budget: budget(&set, desired)?,
            losses: losses(base, plan.faults.lost_per_mille, seed),
            seen: cluster.trace.len(),
            steps: 0,
            done: 0,
            pods_before: pods.len(),
            pods,
            moved: SimDuration::ZERO,
            restarted: 0,
            extra: 0,
            samples: Vec::new(),
            area: 0,
            cluster,
        };
        trial.sample();
        Ok(trial)
    }

    /// How many of 1000 nodes are done.
    pub fn progress(&self) -> u32 {
        (self.done * 1000 / self.desired.max(1)).min(1000)
    }

    /// Goes on for at most so many steps; what came of it when it is over.
    pub fn go_on(&mut self, left: &mut u64) -> Option<Run> {
        while *left > 0 {
            *left -= 1;
            if self.steps >= STEPS_MAX || self.cluster.now().since(self.start) > TIME_MAX {
                return Some(self.end(End::TooLong));
            }
            let is_looked_at = self.steps.is_multiple_of(STEPS_BETWEEN_LOOKS);
            let is_quiet = is_looked_at && self.losses.is_empty() && self.cluster.is_settled();
            match if is_quiet { None } else { self.step() } {
                None => {
                    let cluster = Box::new(self.cluster.clone());
                    return Some(self.end(End::Stuck(cluster)));
                }
                Some(true) => return Some(self.end(End::Finished)),
                Some(false) => {}
            }
        }
        None
    }

    /// The next event; whether the rollout is done with it, `None` if there was none.
    pub fn step(&mut self) -> Option<bool> {
        if !self.happen() {
            return None;
        }
        self.steps += 1;
        self.count();
        Some(self.sample())
    }

    /// When the next event is due, from the change on.
    pub fn next_due(&self) -> Option<SimDuration> {
        let lost = self.losses.front().map(|(at, _)| *at);
        let due = self.cluster.next_due().into_iter().chain(lost).min();
        due.map(|at| at.since(self.start))
    }

    /// Lets the clock go on where nothing is due.
    pub fn advance_clock(&mut self, to: SimDuration) {
        self.cluster.advance_clock(self.start + to);
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// How far it is; the worst is that up to `end`.
    pub fn tally(&self, end: SimDuration) -> Tally {
        let before = self.samples.iter().filter(|(at, _)| *at <= end);
        Tally {
            desired: self.desired,
            updated: self.done,
            available: self.samples.last().map_or(0, |(_, n)| *n),
            worst: before.map(|(_, n)| *n).min().unwrap_or(0),
            extra: self.pods.len().saturating_sub(self.pods_before) as u32,
        }
    }

    /// The next event of the cluster, or the next node without power.
    fn happen(&mut self) -> bool {
        let due = self.cluster.next_due();
        let lost = self
            .losses
            .pop_front_if(|(at, _)| due.is_none_or(|due| *at <= due));
        let Some((at, node)) = lost else {
            return self.cluster.step();
        };
        self.cluster.advance_clock(at);
        // The node may have been removed meanwhile.
        let _ = execute(
            &mut self.cluster,
            &Command::SetNodeDown { node, down: true },
        );
        true
    }

    /// Counts the DaemonSet's pods by what the trace says of them.
    fn count(&mut self) {
        for entry in self.cluster.trace.iter_from(self.seen) {
            let key = &entry.subject.key;
            match (entry.subject.kind, &entry.what) {
                (Kind::Pod, What::Created) => {
                    let pod = self.cluster.server.pods.get(key);
                    if pod.is_some_and(|pod| pod.metadata.is_controlled_by(&self.uid)) {
                        self.restarted += 1;
                        self.pods.insert(key.clone());
                        self.moved = entry.at.since(self.start);
                    }
                }
                (Kind::Pod, What::Deleted) if self.pods.remove(key) => {
                    self.moved = entry.at.since(self.start);
                }
                _ => {}
            }
        }
        self.seen = self.cluster.trace.len();
        let extra = self.pods.len().saturating_sub(self.pods_before);
        self.extra = self.extra.max(extra as u32);
    }

    /// Notes how many nodes have an available pod; true when the rollout is done.
    fn sample(&mut self) -> bool {
        let Some(ledger) = self.cluster.parts.daemon_set.ledger(&self.set) else {
            return false;
        };
        let count = |are: fn(&Class) -> bool| -> u32 {
            let nodes = ledger.classes().iter().filter(|(class, _)| are(class));
            nodes.map(|(_, nodes)| nodes.len() as u32).sum()
        };
        let set = self.cluster.server.daemon_sets.get(&self.set);
        let is_observed =
            set.is_some_and(|set| set.status.observed_generation >= set.metadata.generation);
        let available = count(Class::is_served);
        // Before that, the old pods are what is wanted.
        self.done = if is_observed {
            count(Class::is_done)
        } else {
            0
        };
        let old = count(|class| class.old != Side::None);
        let desired = ledger.totals().desired.max(0).unsigned_abs();
        let at = self.cluster.now().since(self.start);
        if self.samples.last().is_none_or(|(_, n)| *n != available) {
            self.close(at);
            self.samples.push((at, available));
            self.moved = at;
        }
        is_observed && old == 0 && self.done >= desired
    }

    /// Adds up to this moment what was available since the last sample.
    fn close(&mut self, at: SimDuration) {
        if let Some((since, n)) = self.samples.last() {
            self.area += u64::from(*n) * (at.0 - since.0);
        }
    }

    fn end(&mut self, end: End) -> Run {
        let is_stuck = matches!(end, End::Stuck(_));
        let after = match is_stuck {
            true => self.moved,
            false => self.cluster.now().since(self.start),
        };
        self.close(after);
        let samples = std::mem::take(&mut self.samples);
        let last = samples.last().map_or(0, |(_, n)| *n);
        let mean = (self.area * 10 / after.0.max(1)) as u32;
        Run {
            end,
            after,
            desired: self.desired,
            budget: self.budget,
            worst: samples.iter().map(|(_, n)| *n).min().unwrap_or(0),
            average_tenths: if is_stuck { last * 10 } else { mean },
            restarted: self.restarted,
            extra: self.extra,
            samples,
        }
    }
}

fn find(cluster: &Cluster, key: &Key) -> Result<DaemonSet, String> {
    let set = cluster.server.require::<DaemonSet>(key);
    set.map(|set| (**set).clone())
        .map_err(|status| status.message)
}

/// Which nodes lose their power when: the same for all strategies.
fn losses(base: &Cluster, per_mille: u32, seed: u64) -> VecDeque<(SimTime, String)> {
    let nodes = base.server.nodes.iter().map(|node| &node.metadata.name);
    let lost = nodes.filter_map(|name| {
        let mut stream = Stream::new(seed, &format!("power/{name}"));
        let is_lost = stream.chance(per_mille);
        let at = base.now() + SimDuration(stream.below(LOSS_TIME.0));
        is_lost.then(|| (at, name.clone()))
    });
    let mut lost: Vec<_> = lost.collect();
    lost.order();
    lost.into()
}
