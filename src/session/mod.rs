//! A session: a scenario, the log of commands, and the cluster that follows from them.
//!
//! Scenario + seed + log is the truth. Undo, seeking in time, bookmarks and links all come from playing it again, from the nearest checkpoint.

pub mod command;
pub mod execute;
pub mod history;
pub mod lineage;
pub mod link;
pub mod opening;
pub mod scenario;
pub mod settle;
pub mod words;

use crate::api::json::json_object;
use crate::api::meta::is_default;
use crate::cluster::Cluster;
use crate::kubectl::{Host, Started};
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::What;
use command::{Command, Failure, Outcome};
use history::{Bookmark, Branch, MAX_BOOKMARKS, MAX_BRANCHES, Place, common, name};
use lineage::Lineage;
use scenario::Scenario;
use serde::{Deserialize, Serialize};

/// The longest simulated time of a session.
pub const MAX_TIME: SimDuration = SimDuration::secs(7 * 24 * 3600);
/// The steps that a command of the log counts as where a replay is cut into parts.
const COMMAND_STEPS: u64 = 20;
/// Checkpoints are at least this far apart, and one step more for each node: clusters share what is the same, but after each
/// checkpoint whatever is touched first is copied, and in a large cluster that is something else each time.
const CHECKPOINT_STEPS: u64 = 1_000;
/// Maximum checkpoints of a session: each holds memory of its own.
const MAX_CHECKPOINTS: usize = 192;
/// The newest checkpoints, which are never taken out.
const NEWEST_CHECKPOINTS: usize = 8;

/// Maximum steps over which a moment is looked for.
const MOMENT_STEPS: u32 = 20_000;

/// A command, when it was given, and after how many steps of the simulation: so that a replay is exact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    pub at: SimTime,
    pub steps: u64,
    pub command: Command,
    /// Part of one act with the command before: undo takes back both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub joins: bool,
}

json_object!(Logged whole {
    at: "at",
    steps: "steps",
    command: "command",
    joins: "joins" or default,
});

/// A command that was taken back, and the bookmarks that lay behind it.
#[derive(Clone, Debug)]
struct Undone {
    logged: Logged,
    bookmarks: Vec<Bookmark>,
}

/// Scenario, log and steps that lead to the cluster of a moment, exactly: they can be sent where the cluster can't.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The log ends at that moment.
    pub shared: link::Shared,
    pub steps: u64,
}

json_object!(Origin whole {
    shared: "shared",
    steps: "steps",
});

impl Origin {
    /// Plays it.
    pub fn cluster(self) -> Result<Cluster, link::LinkError> {
        link::check(&self.shared)?;
        let mut session = Session::new(self.shared.scenario);
        session.log = self.shared.log;
        session.replay_place(Place {
            at: self.shared.at,
            steps: self.steps,
            applied: u32::MAX,
        });
        Ok(session.cluster)
    }
}

#[derive(Clone, Debug)]
struct Checkpoint {
    applied: usize,
    cluster: Cluster,
}

impl Checkpoint {
    fn place(&self) -> Place {
        place(&self.cluster, self.applied)
    }
}

fn place(cluster: &Cluster, applied: usize) -> Place {
    Place {
        at: cluster.now(),
        steps: cluster.steps(),
        applied: applied as u32,
    }
}

#[derive(Clone, Debug)]
pub struct Session {
    scenario: Scenario,
    log: Vec<Logged>,
    /// The number of commands of the log that the cluster has seen.
    applied: usize,
    cluster: Cluster,
    /// The furthest moment that was reached.
    end: SimTime,
    checkpoints: Vec<Checkpoint>,
    /// Commands taken back, the next one to redo last.
    undone: Vec<Undone>,
    /// Increments when the log changes.
    edits: u64,
    /// The name of the present history, if it has one.
    title: String,
    /// Of the present history, in its order.
    bookmarks: Vec<Bookmark>,
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
            edits: 0,
            title: String::new(),
            bookmarks: Vec::new(),
            branches: Vec::new(),
            lineage: Lineage::default(),
        }
    }

    /// The content of a link to this moment: the present history.
    pub fn share(&self, drafts: Vec<link::Draft>) -> link::Shared {
        link::Shared {
            scenario: self.scenario.clone(),
            log: self.log.clone(),
            at: self.now(),
            title: self.title.clone(),
            bookmarks: self.bookmarks.clone(),
            drafts,
            ..link::Shared::default()
        }
    }

    /// The same with the histories that were left.
    pub fn keep(&self, drafts: Vec<link::Draft>) -> link::Shared {
        let branches = self.branches.iter();
        link::Shared {
            branches: branches
                .map(|left| link::Left::of(left, &self.log))
                .collect(),
            ..self.share(drafts)
        }
    }

    /// The origin of the cluster as it is now.
    pub fn origin(&self) -> Origin {
        let mut shared = self.share(Vec::new());
        shared.log.truncate(self.applied);
        Origin {
            shared,
            steps: self.cluster.steps(),
        }
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Changes whenever the cluster is replaced instead of going on as its trace says.
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

    /// Increments when the log changes.
    pub fn edits(&self) -> u64 {
        self.edits
    }

    /// The number of commands given by now.
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

    /// Carries out a command now. In the past, the later commands are dropped.
    ///
    /// A command that fails without a change leaves no trace.
    pub fn submit(&mut self, command: Command) -> Result<Outcome, Failure> {
        self.act(command, execute::execute, |result| result.is_err())
    }

    /// Carries out one more command of the act that the last one began: undo takes back both.
    pub fn submit_also(&mut self, command: Command) -> Result<Outcome, Failure> {
        let known = self.log.len();
        let result = self.submit(command);
        if let Some(last) = self.log.last_mut().filter(|_| self.applied > known) {
            last.joins = true;
        }
        result
    }

    /// Carries out a line of kubectl; a line that changes nothing leaves no trace.
    ///
    /// With `no_wait` a command that waits gives its rest, to be polled by `look` as time passes.
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
            joins: false,
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
        self.edits += 1;
        result
    }

    /// Right before a command of the log was given.
    pub fn before(&self, index: usize) -> Option<Place> {
        let logged = self.log.get(index)?;
        Some(Place {
            at: logged.at,
            steps: logged.steps,
            applied: index as u32,
        })
    }

    /// Right before the last act that was done by now.
    pub fn last_act(&self) -> Option<Place> {
        let done = &self.log[..self.applied];
        self.before(done.iter().rposition(|logged| !logged.joins)?)
    }

    /// The present moment, exactly.
    pub fn place(&self) -> Place {
        place(&self.cluster, self.applied)
    }

    /// Of the present history, in its order.
    pub fn bookmarks(&self) -> &[Bookmark] {
        &self.bookmarks
    }

    /// Marks the present moment; false if it is marked already, or if there are too many.
    pub fn bookmark(&mut self, called: &str) -> bool {
        let place = self.place();
        let name = name(called);
        let at = self.bookmarks.partition_point(|mark| mark.place < place);
        // With the same clock and the same name nobody could tell the two apart.
        let looks_same = |m: &Bookmark| m.name == name && m.place.at.0 / 100 == place.at.0 / 100;
        let mut marks = self.bookmarks.iter();
        let is_marked = marks.any(|m| m.place.is_like(place) || looks_same(m));
        if is_marked || self.bookmarks.len() >= MAX_BOOKMARKS {
            return false;
        }
        self.bookmarks.insert(at, Bookmark { place, name });
        true
    }

    /// Gives a bookmark another name; an empty one changes nothing.
    pub fn rename_bookmark(&mut self, index: usize, called: &str) {
        if let (Some(mark), false) = (self.bookmarks.get_mut(index), name(called).is_empty()) {
            mark.name = name(called);
        }
    }

    pub fn remove_bookmark(&mut self, index: usize) {
        if index < self.bookmarks.len() {
            self.bookmarks.remove(index);
        }
    }

    /// Those that lie beyond a place mark nothing that there is.
    fn drop_bookmarks(&mut self, there: Place) {
        self.bookmarks.retain(|mark| mark.place.is_within(there));
        self.bookmarks.order_by_key(|mark| mark.place);
    }

    /// The name of the present history; empty if nobody named it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Names a history that was left, or the present one; an empty name takes the name away.
    pub fn rename(&mut self, branch: Option<usize>, called: &str) {
        let title = match branch {
            None => Some(&mut self.title),
            Some(index) => self.branches.get_mut(index).map(|left| &mut left.title),
        };
        if let Some(title) = title {
            *title = name(called);
        }
    }

    /// Histories that were left by acting in their past.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Forgets a history that was left; of the present one, goes over to the newest of the others. False if there is none.
    pub fn remove(&mut self, branch: Option<usize>) -> bool {
        match branch {
            Some(index) if index < self.branches.len() => {
                self.branches.remove(index);
                true
            }
            Some(_) => false,
            None => self.branches.pop().is_some_and(|to| {
                self.go_over(to, false);
                true
            }),
        }
    }

    /// Goes over to a history that was left, to its end; the present one is kept in its place. False if there is no such branch.
    pub fn switch(&mut self, branch: usize) -> bool {
        if branch >= self.branches.len() {
            return false;
        }
        let to = self.branches.remove(branch);
        self.go_over(to, true);
        true
    }

    fn go_over(&mut self, to: Branch, keeps: bool) {
        let common = common(&self.log, &to.log);
        let has_own = |mark: &Bookmark| !to.bookmarks.contains(mark);
        let is_worth_it =
            self.log.len() > common || !self.title.is_empty() || self.bookmarks.iter().any(has_own);
        if keeps && is_worth_it {
            self.keep_branch();
        }
        let parts = [self.log.get(common), to.log.get(common)];
        let steps = parts.into_iter().flatten().map(|logged| logged.steps).min();
        let is_common = |place: Place| {
            place.applied as usize <= common && steps.is_none_or(|steps| place.steps <= steps)
        };
        self.approach(|place| is_common(place) && place.at <= to.end);
        self.checkpoints.retain(|c| is_common(c.place()));
        self.undone.clear();
        self.edits += 1;
        self.log = to.log;
        self.title = to.title;
        self.bookmarks = to.bookmarks;
        self.end = to.end;
        // One of a link may be longer than anybody would wait for.
        self.replay_to(to.end, &mut opening::MAX_STEPS.clone());
    }

    /// Keeps the present history as one that was left.
    fn keep_branch(&mut self) {
        let left = Branch {
            title: self.title.clone(),
            log: self.log.clone(),
            end: self.end(),
            bookmarks: self.bookmarks.clone(),
        };
        if !self.branches.contains(&left) {
            self.branches.push(left);
        }
        if self.branches.len() > MAX_BRANCHES {
            // Named histories go last.
            let old = &self.branches[..MAX_BRANCHES];
            let unnamed = old.iter().position(|branch| branch.title.is_empty());
            self.branches.remove(unnamed.unwrap_or(0));
        }
    }

    /// Acting now: the future that was to come is another history from here on.
    fn drop_future(&mut self) {
        let here = self.place();
        let is_over = here.at >= self.end();
        let is_marked = self.bookmarks.iter().any(|m| !m.place.is_within(here));
        // Time that was only waited for isn't worth keeping, unless it was named.
        if self.applied < self.log.len() || is_marked || (!is_over && !self.title.is_empty()) {
            self.keep_branch();
            self.title.clear();
        }
        self.log.truncate(self.applied);
        self.drop_bookmarks(here);
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
        self.approach(|place| place.at <= to);
        self.replay_to(to, &mut u64::MAX.clone());
    }

    /// To a moment exactly; one that this history hasn't reached yet is played to.
    pub fn go(&mut self, to: Place) {
        self.end = self.end();
        self.approach(|place| place.is_within(to));
        self.replay_place(to);
        self.end = self.end();
    }

    /// Plays on to a moment that lies ahead in this history, without a jump where it can.
    pub fn play_to(&mut self, to: Place) {
        if !self.place().is_within(to) {
            return self.go(to);
        }
        self.end = self.end();
        self.replay_place(to);
        self.end = self.end();
    }

    pub fn can_undo(&self) -> bool {
        self.applied > 0
    }

    /// The commands that undo takes back, the oldest first.
    pub fn next_undo(&self) -> impl Iterator<Item = &Command> {
        let given = &self.log[..self.applied];
        let first = given.iter().rposition(|logged| !logged.joins);
        given[first.unwrap_or(0)..]
            .iter()
            .map(|logged| &logged.command)
    }

    /// The commands that redo gives again, in its order.
    pub fn next_redo(&self) -> impl Iterator<Item = &Command> {
        let mut undone = self.undone.iter().rev().map(|undone| &undone.logged);
        let first = undone.next().into_iter();
        first
            .chain(undone.take_while(|logged| logged.joins))
            .map(|logged| &logged.command)
    }

    /// Takes the last act back: the session is as it was right before.
    pub fn undo(&mut self) -> bool {
        self.drop_future();
        let Some(mut last) = self.log.pop() else {
            return false;
        };
        self.edits += 1;
        let mut later = Vec::new();
        while last.joins
            && let Some(before) = self.log.pop()
        {
            later.push(last);
            last = before;
        }
        let before = Place {
            at: last.at,
            steps: last.steps,
            applied: self.log.len() as u32,
        };
        self.approach(|place| place.is_within(before));
        self.replay_place(before);
        self.end = self.now();
        self.checkpoints.retain(|c| c.place().is_within(before));
        let mut bookmarks = self.bookmarks.clone();
        bookmarks.retain(|mark| !mark.place.is_within(before));
        self.drop_bookmarks(before);
        for logged in later {
            let bookmarks = Vec::new();
            self.undone.push(Undone { logged, bookmarks });
        }
        let logged = last;
        self.undone.push(Undone { logged, bookmarks });
        true
    }

    /// Gives the last act that was taken back again, at its old moment.
    pub fn redo(&mut self) -> bool {
        let Some(Undone { logged, .. }) = self.undone.last() else {
            return false;
        };
        let (at, steps, applied) = (logged.at, logged.steps, self.log.len() as u32);
        self.go(Place { at, steps, applied });
        self.drop_future();
        self.edits += 1;
        let count = self.next_redo().count();
        for Undone { logged, bookmarks } in self.undone.drain(self.undone.len() - count..).rev() {
            self.log.push(logged);
            self.bookmarks.extend(bookmarks);
        }
        self.bookmarks.truncate(MAX_BOOKMARKS);
        while self.applied < self.log.len() {
            self.replay_command();
        }
        self.end = self.now();
        true
    }

    /// Restores the latest suitable checkpoint unless we are at or past it; the rest is to be played.
    fn approach(&mut self, fits: impl Fn(Place) -> bool) {
        let order = |place: Place| (place.steps, place.applied);
        // The first one, at the start, fits always.
        let fitting = self.checkpoints.iter().filter(|c| fits(c.place()));
        let here = self.place();
        if let Some(best) = fitting.max_by_key(|c| order(c.place()))
            && (!fits(here) || order(here) < order(best.place()))
        {
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

    /// Plays the log up to this place, to the step.
    fn replay_place(&mut self, to: Place) {
        let applied = self.log.len().min(to.applied as usize);
        let to_at = to.at.min(SimTime::ZERO + MAX_TIME);
        while self.applied < applied {
            let (at, steps) = (self.log[self.applied].at, self.log[self.applied].steps);
            self.run_steps(at, steps);
            self.replay_command();
        }
        self.run_steps(to_at, to.steps);
        self.cluster.advance_clock(to_at);
    }

    fn run_steps(&mut self, at: SimTime, steps: u64) {
        while self.cluster.steps() < steps && self.cluster.next_due().is_some_and(|due| due <= at) {
            self.cluster.step();
            self.maybe_checkpoint();
        }
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

    /// In the order of time; the places behind the last one have their checkpoints already.
    fn keep_checkpoint(&mut self, checkpoint: Checkpoint) {
        let place = |c: &Checkpoint| (c.cluster.steps(), c.applied);
        let last = self.checkpoints.last();
        if last.is_some_and(|last| place(&checkpoint) <= place(last)) {
            return;
        }
        self.checkpoints.push(checkpoint);
        if self.checkpoints.len() > MAX_CHECKPOINTS {
            self.thin_out();
        }
    }

    /// Takes out the checkpoint that is missed least: without it, the way between its neighbours is the shortest. So they stay
    /// about evenly spread, whatever was done in between. The first and the newest, to which undo goes, stay.
    fn thin_out(&mut self) {
        let steps = |index: usize| self.checkpoints[index].cluster.steps();
        let inner = 1..self.checkpoints.len() - NEWEST_CHECKPOINTS;
        let least = inner.min_by_key(|index| steps(index + 1) - steps(index - 1));
        if let Some(index) = least {
            self.checkpoints.remove(index);
        }
    }
}

#[cfg(test)]
mod tests;
