//! A session: a scenario, the log of commands, and the cluster that follows from them.
//!
//! Scenario + seed + log is the truth. Undo, seeking in time, and links all come from playing it again, from the nearest checkpoint.

pub mod command;
pub mod execute;
pub mod lineage;
pub mod link;
pub mod opening;
pub mod scenario;
pub mod settle;

use crate::cluster::Cluster;
use crate::kubectl::{Host, Started};
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::What;
use command::{Command, Failure, Outcome};
use lineage::Lineage;
use scenario::Scenario;
use serde::{Deserialize, Serialize};

/// The longest simulated time of a session.
pub const MAX_TIME: SimDuration = SimDuration::secs(7 * 24 * 3600);
/// A command of the log counts as so many steps where a replay is cut into parts.
const COMMAND_STEPS: u64 = 20;
/// Checkpoints are at least this far apart, and one step more for each node: clusters share what is the same, but after each
/// checkpoint whatever is touched first is copied, and in a large cluster that is something else each time.
const CHECKPOINT_STEPS: u64 = 1_000;
/// Checkpoints are this many at the most.
const MAX_CHECKPOINTS: usize = 192;

/// So many histories that were left are kept.
const MAX_BRANCHES: usize = 12;
/// A moment is looked for over so many steps.
const MOMENT_STEPS: u32 = 20_000;

/// A history that was left by acting in its past.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    pub log: Vec<Logged>,
    /// How far it went.
    pub end: SimTime,
    /// Where it was left: the first command that only it has.
    pub parts_at: usize,
}

/// A command, when it was given, and after how many steps of the simulation: so that a replay is exact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    pub at: SimTime,
    pub steps: u64,
    pub command: Command,
}

#[derive(Clone, Debug)]
struct Checkpoint {
    applied: usize,
    cluster: Cluster,
}

#[derive(Clone, Debug)]
pub struct Session {
    scenario: Scenario,
    log: Vec<Logged>,
    /// How many commands of the log the cluster has seen.
    applied: usize,
    cluster: Cluster,
    /// The furthest moment that was reached.
    end: SimTime,
    checkpoints: Vec<Checkpoint>,
    /// Commands taken back, the next one to redo last.
    undone: Vec<Logged>,
    /// The oldest first.
    branches: Vec<Branch>,
    lineage: Lineage,
}

impl Session {
    pub fn new(scenario: Scenario) -> Session {
        let cluster = scenario.build();
        let first = Checkpoint {
            applied: 0,
            cluster: cluster.clone(),
        };
        Session {
            scenario,
            log: Vec::new(),
            applied: 0,
            cluster,
            end: SimTime::ZERO,
            checkpoints: vec![first],
            undone: Vec::new(),
            branches: Vec::new(),
            lineage: Lineage::default(),
        }
    }

    /// What a link to this moment carries.
    pub fn share(&self, drafts: Vec<link::Draft>) -> link::Shared {
        link::Shared {
            scenario: self.scenario.clone(),
            log: self.log.clone(),
            at: self.now(),
            drafts,
            embed: false,
        }
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Another one whenever the cluster isn't what it was plus what its trace says.
    pub fn lineage(&self) -> &Lineage {
        &self.lineage
    }

    pub fn now(&self) -> SimTime {
        self.cluster.now()
    }

    /// The furthest moment reached: how long the timeline is.
    pub fn end(&self) -> SimTime {
        self.end.max(self.now())
    }

    /// All commands, also those after the present moment.
    pub fn log(&self) -> &[Logged] {
        &self.log
    }

    /// How many of the commands have been given by now.
    pub fn applied(&self) -> usize {
        self.applied
    }

    pub fn next_due(&self) -> Option<SimTime> {
        let command = self.log.get(self.applied).map(|logged| logged.at);
        self.cluster.next_due().into_iter().chain(command).min()
    }

    pub fn is_settled(&self) -> bool {
        self.applied == self.log.len() && self.cluster.is_settled()
    }

    /// Carries out a command now. In the past, what came later is dropped.
    ///
    /// A command that fails without a change leaves no trace.
    pub fn submit(&mut self, command: Command) -> Result<Outcome, Failure> {
        self.act(command, execute::execute, |result| result.is_err())
    }

    /// Carries out a line of kubectl; what changes nothing leaves no trace.
    ///
    /// With `no_wait` a command that waits gives what is left of it, to be polled by `look` as time passes.
    pub fn kubectl(&mut self, args: Vec<String>, stdin: Option<String>, no_wait: bool) -> Started {
        let command = Command::Kubectl {
            args,
            stdin,
            no_wait,
        };
        self.act(command, execute::kubectl, |_| true)
    }

    /// Looks at the cluster as kubectl does. Who looks must not write.
    pub fn look<T>(&mut self, look: impl FnOnce(&mut dyn Host) -> T) -> T {
        let version = self.cluster.server.resource_version();
        let seen = look(&mut self.cluster);
        debug_assert_eq!(version, self.cluster.server.resource_version());
        seen
    }

    /// Runs a command; it is forgotten if it changed nothing and `may_forget` agrees.
    fn act<R>(
        &mut self,
        command: Command,
        run: impl FnOnce(&mut Cluster, &Command) -> R,
        may_forget: impl FnOnce(&R) -> bool,
    ) -> R {
        let before = self.cluster.clone();
        let logged = Logged {
            at: self.now(),
            steps: self.cluster.steps(),
            command,
        };
        let result = run(&mut self.cluster, &logged.command);
        // Time that passed is a change too: somebody waited.
        let state = |c: &Cluster| (c.server.resource_version(), c.now(), c.steps());
        if state(&self.cluster) == state(&before) && may_forget(&result) {
            self.cluster = before;
            self.lineage = Lineage::default();
            return result;
        }
        self.drop_future();
        self.undone.clear();
        // The state right before a command is where undo goes.
        self.keep_checkpoint(Checkpoint {
            applied: self.applied,
            cluster: before,
        });
        self.log.push(logged);
        self.applied += 1;
        result
    }

    /// Histories that were left by acting in their past.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Goes over to a history that was left, to its end; the present one is kept in its place. False if there is no such branch.
    pub fn switch(&mut self, branch: usize) -> bool {
        if branch >= self.branches.len() {
            return false;
        }
        let to = self.branches.remove(branch);
        let common = self
            .log
            .iter()
            .zip(&to.log)
            .take_while(|(a, b)| a == b)
            .count();
        self.keep_branch(common);
        let parts = [self.log.get(common), to.log.get(common)];
        let steps = parts.into_iter().flatten().map(|logged| logged.steps).min();
        let is_common = |c: &Checkpoint| {
            c.applied <= common && steps.is_none_or(|steps| c.cluster.steps() <= steps)
        };
        self.restore(is_common);
        self.checkpoints.retain(is_common);
        self.undone.clear();
        self.log = to.log;
        self.end = to.end;
        self.replay_to(to.end, &mut u64::MAX.clone());
        true
    }

    /// Keeps the present history as a branch if it has commands from there on.
    fn keep_branch(&mut self, parts_at: usize) {
        if parts_at >= self.log.len() {
            return;
        }
        let branch = Branch {
            log: self.log.clone(),
            end: self.end(),
            parts_at,
        };
        if !self.branches.contains(&branch) {
            self.branches.push(branch);
        }
        if self.branches.len() > MAX_BRANCHES {
            self.branches.remove(0);
        }
    }

    fn drop_future(&mut self) {
        self.keep_branch(self.applied);
        self.log.truncate(self.applied);
        self.end = self.now();
        let (applied, steps) = (self.applied, self.cluster.steps());
        self.checkpoints
            .retain(|c| c.applied <= applied && c.cluster.steps() <= steps);
    }

    /// Lets time pass; replays recorded commands when in the past.
    pub fn advance(&mut self, by: SimDuration) {
        let to = (self.now() + by).min(SimTime::ZERO + MAX_TIME);
        self.replay_to(to, &mut u64::MAX.clone());
        self.end = self.end.max(self.now());
    }

    /// Plays until `to` at the most, but no longer than `steps`; true if `to` was reached.
    pub fn advance_to(&mut self, to: SimTime, steps: u64) -> bool {
        let mut left = steps;
        let to = to.min(SimTime::ZERO + MAX_TIME);
        self.replay_to(to, &mut left);
        self.end = self.end.max(self.now());
        self.now() >= to
    }

    /// To the next event; false when there is none.
    pub fn step(&mut self) -> bool {
        let end = SimTime::ZERO + MAX_TIME;
        let Some(due) = self.next_due().filter(|at| *at <= end) else {
            return false;
        };
        match self.log.get(self.applied).map(|logged| logged.at) {
            Some(at) if at <= due => self.replay_to(at, &mut u64::MAX.clone()),
            next => self
                .cluster
                .run_until_change(next.map_or(end, |at| at - SimDuration::millis(1))),
        }
        self.end = self.end.max(self.now());
        true
    }

    /// To the next thing that somebody decides, or that an event tells; false when there is none.
    pub fn step_to_moment(&mut self) -> bool {
        for _ in 0..MOMENT_STEPS {
            let seen = self.cluster.trace.len();
            if !self.step() {
                return false;
            }
            let mut new = self.cluster.trace.iter_from(seen);
            if new.any(|entry| {
                matches!(
                    entry.what,
                    What::Command(_) | What::Decided(_) | What::Event { .. }
                )
            }) {
                return true;
            }
        }
        false
    }

    /// Back to the moment before, at which something last happened; false at the start.
    pub fn step_back(&mut self) -> bool {
        let now = self.now();
        let entries = self.cluster.trace.iter().rev();
        let before = entries.map(|entry| entry.at).find(|at| *at < now);
        if let Some(before) = before {
            self.seek(before);
        }
        before.is_some()
    }

    /// To any moment between the start and the end.
    pub fn seek(&mut self, to: SimTime) {
        let to = to.min(self.end());
        self.end = self.end();
        if to < self.now() {
            self.restore(|c| c.cluster.now() <= to);
        }
        self.replay_to(to, &mut u64::MAX.clone());
    }

    pub fn can_undo(&self) -> bool {
        self.applied > 0
    }

    /// What redo would do.
    pub fn next_redo(&self) -> Option<&Command> {
        self.undone.last().map(|logged| &logged.command)
    }

    /// Takes the last command back: the session is as it was right before.
    pub fn undo(&mut self) -> bool {
        self.drop_future();
        let Some(last) = self.log.pop() else {
            return false;
        };
        let target = self.log.len();
        self.restore(|c| c.applied <= target && c.cluster.steps() <= last.steps);
        self.replay_steps(last.at, last.steps);
        self.end = self.now();
        let steps = last.steps;
        self.checkpoints
            .retain(|c| c.applied <= target && c.cluster.steps() <= steps);
        self.undone.push(last);
        true
    }

    pub fn redo(&mut self) -> bool {
        let Some(command) = self.undone.pop() else {
            return false;
        };
        self.drop_future();
        self.replay_steps(command.at, command.steps);
        self.log.push(command);
        self.replay_command();
        self.end = self.now();
        true
    }

    /// Goes to the latest checkpoint that fits.
    fn restore(&mut self, fits: impl Fn(&Checkpoint) -> bool) {
        // The first one, at the start, fits always.
        let best = self
            .checkpoints
            .iter()
            .filter(|c| fits(c))
            .max_by_key(|c| (c.cluster.steps(), c.applied));
        if let Some(best) = best {
            self.cluster = best.cluster.clone();
            self.applied = best.applied;
            self.lineage = Lineage::default();
        }
    }

    fn replay_to(&mut self, to: SimTime, left: &mut u64) {
        loop {
            let next = self
                .log
                .get(self.applied)
                .map(|logged| (logged.at, logged.steps));
            match next {
                Some((at, steps)) if at <= to => {
                    while self.cluster.steps() < steps
                        && self.cluster.next_due().is_some_and(|due| due <= at)
                    {
                        if *left == 0 {
                            return;
                        }
                        *left -= 1;
                        self.cluster.step();
                        self.maybe_checkpoint();
                    }
                    if *left == 0 {
                        return;
                    }
                    *left = left.saturating_sub(COMMAND_STEPS);
                    self.cluster.advance_clock(at);
                    self.replay_command();
                }
                _ => break,
            }
        }
        while self.cluster.next_due().is_some_and(|due| due <= to) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            self.cluster.step();
            self.maybe_checkpoint();
        }
        self.cluster.advance_clock(to);
    }

    fn replay_steps(&mut self, at: SimTime, steps: u64) {
        while self.cluster.steps() < steps && self.cluster.next_due().is_some_and(|due| due <= at) {
            match self.log.get(self.applied) {
                Some(logged) if logged.steps <= self.cluster.steps() => self.replay_command(),
                _ => {
                    self.cluster.step();
                }
            }
        }
        while self.applied < self.log.len() {
            self.replay_command();
        }
        self.cluster.advance_clock(at);
    }

    fn replay_command(&mut self) {
        if let Some(logged) = self.log.get(self.applied) {
            self.cluster.advance_clock(logged.at);
            // It failed or not when it was given; the replay does the same.
            let _ = execute::execute(&mut self.cluster, &logged.command);
            self.applied += 1;
        }
    }

    fn maybe_checkpoint(&mut self) {
        let last = self.checkpoints.last().map_or(0, |c| c.cluster.steps());
        let nodes = self.cluster.server.nodes.len() as u64;
        if self.cluster.steps() >= last + CHECKPOINT_STEPS + nodes {
            self.checkpoint();
        }
    }

    fn checkpoint(&mut self) {
        self.keep_checkpoint(Checkpoint {
            applied: self.applied,
            cluster: self.cluster.clone(),
        });
    }

    /// In the order of time: what lies behind the last one has its checkpoints already.
    fn keep_checkpoint(&mut self, checkpoint: Checkpoint) {
        let place = |c: &Checkpoint| (c.cluster.steps(), c.applied);
        let last = self.checkpoints.last();
        if last.is_some_and(|last| place(&checkpoint) <= place(last)) {
            return;
        }
        self.checkpoints.push(checkpoint);
        if self.checkpoints.len() > MAX_CHECKPOINTS {
            // Thin out the middle: every other one goes, the first and the newest stay.
            let newest = self.checkpoints.len() - 8;
            let mut index = 0;
            self.checkpoints.retain(|_| {
                index += 1;
                index == 1 || index > newest || index % 2 == 1
            });
        }
    }
}

#[cfg(test)]
mod tests;
