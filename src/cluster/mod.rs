//! The cluster: owns the API server, the components and the one queue of what will happen; runs them in simulated time.
//!
//! A write reaches the components late, each with its own delay, as watches do.
//! No wall-clock time, no command language: `session` and `kubectl` stand on top.

pub mod invariants;
pub mod nodes;
pub mod parts;

use crate::api::apps::DaemonSet;
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::object::{Key, Kind};
use crate::apiserver::{ApiServer, WatchEvent};
use crate::client::{Client, api_time};
use crate::controllers::daemon_set::eligibility;
use crate::reason::daemon::Verdict;
use crate::sim::queue::{EventQueue, Ticket};
use crate::sim::rng::Rng;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, Entry, Subject, Trace, TraceId, What};
use nodes::NodeTemplate;
use parts::{Part, Parts};
use std::collections::VecDeque;
use std::rc::Rc;

/// The moment at which every simulation starts, unless the scenario says otherwise: 2026-01-01 00:00:00 UTC.
pub const DEFAULT_EPOCH: Time = Time(1_767_225_600);
/// A component that works this often without time passing is stuck: it has to wait a moment.
const MAX_RUNS_AT_ONCE: u32 = 100_000;

/// What can happen. The closed list of all causes of work, besides the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimEvent {
    /// Watch events reach a component.
    Deliver(Part),
    /// A component has something to do.
    Run(Part),
}

/// How `settle` ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Nothing is left but repeating timers.
    Quiet,
    /// Still moving when the budget was used up; names who.
    Moving(Vec<&'static str>),
}

/// What a part waits for.
#[derive(Clone, Debug, Default)]
struct Inbox {
    waiting: VecDeque<(SimTime, Rc<WatchEvent>)>,
    armed_run: Option<(SimTime, Ticket)>,
}

#[derive(Clone, Debug)]
pub struct Cluster {
    now: SimTime,
    epoch: Time,
    pub server: ApiServer,
    pub trace: Trace,
    rng: Rng,
    queue: EventQueue<SimEvent>,
    inboxes: Vec<Inbox>,
    pub parts: Parts,
    runs_at_once: u32,
    steps: u64,
    /// How many of them at this very instant.
    within: u64,
    /// What user writes are due to: the last command.
    command: Option<TraceId>,
}

impl Cluster {
    pub fn new(seed: u64, epoch: Time) -> Cluster {
        Cluster {
            now: SimTime::ZERO,
            epoch,
            server: ApiServer::new(seed, epoch),
            trace: Trace::default(),
            rng: Rng::new(seed),
            queue: EventQueue::default(),
            inboxes: vec![Inbox::default(); Part::ALL.len()],
            parts: Parts::default(),
            runs_at_once: 0,
            steps: 0,
            within: 0,
            command: None,
        }
    }

    /// Draws everything that is random from another seed from now on.
    pub fn reseed(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
    }

    /// The seed of what is random.
    pub fn seed(&self) -> u64 {
        self.rng.seed()
    }

    pub fn now(&self) -> SimTime {
        self.now
    }

    pub fn epoch(&self) -> Time {
        self.epoch
    }

    /// Now, as the API writes it.
    pub fn time(&self) -> Time {
        api_time(self.epoch, self.now)
    }

    /// Notes what the user asks for; what `as_user` writes is due to it.
    pub fn note_command(&mut self, text: &str) -> TraceId {
        let subject = Subject::new(Kind::Generic, Key::new("", "cluster"));
        let what = What::Command(text.to_owned());
        let id = self.trace.push(Entry {
            at: self.now,
            actor: Actor::User,
            subject,
            what,
            cause: None,
        });
        self.command = Some(id);
        id
    }

    /// A connection for the user, with the last command as the cause. Call `pump` after writing.
    pub fn client(&mut self) -> Client<'_> {
        Client {
            now: self.now,
            epoch: self.epoch,
            actor: Actor::User,
            cause: self.command,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        }
    }

    /// Lets the user act, and sends what was written on its way.
    pub fn as_user<R>(&mut self, act: impl FnOnce(&mut Client<'_>) -> R) -> R {
        let result = act(&mut self.client());
        self.pump();
        result
    }

    /// Lets the user act on a component (power off a node, change a profile), and sends what was written on its way.
    pub fn with_parts<R>(&mut self, act: impl FnOnce(&mut Parts, &mut Client<'_>) -> R) -> R {
        // Out of the way of the connection, which borrows the rest.
        let mut parts = std::mem::take(&mut self.parts);
        let result = act(&mut parts, &mut self.client());
        self.parts = parts;
        self.pump();
        for part in Part::ALL {
            self.arm(part);
        }
        result
    }

    /// Takes new watch events to the inboxes of those who watch their kind.
    pub fn pump(&mut self) {
        for event in self.server.drain_log() {
            let event = Rc::new(event);
            for part in Part::ALL {
                if !part.watches(event.object.kind()) {
                    continue;
                }
                let inbox = &mut self.inboxes[part as usize];
                let at = self.now + part.latency();
                if inbox.waiting.is_empty() {
                    self.queue.push(at, SimEvent::Deliver(part));
                }
                inbox.waiting.push_back((at, Rc::clone(&event)));
            }
        }
    }

    /// Makes sure that the part runs when it wants to.
    fn arm(&mut self, part: Part) {
        let due = self.parts.get(part).next_due().map(|at| at.max(self.now));
        let armed = &mut self.inboxes[part as usize].armed_run;
        if armed.map(|(at, _)| at) == due {
            return;
        }
        if let Some((_, ticket)) = armed.take() {
            self.queue.cancel(ticket);
        }
        *armed = due.map(|at| (at, self.queue.push(at, SimEvent::Run(part))));
    }

    /// When the next thing happens.
    pub fn next_due(&self) -> Option<SimTime> {
        self.queue.next_at()
    }

    /// Lets the next thing happen; false when there is none.
    pub fn step(&mut self) -> bool {
        let Some((at, event)) = self.queue.pop() else {
            return false;
        };
        self.steps += 1;
        self.advance_clock(at);
        self.within += 1;
        match event {
            SimEvent::Deliver(part) => self.deliver(part),
            SimEvent::Run(part) => self.run(part),
        }
        true
    }

    fn deliver(&mut self, part: Part) {
        let inbox = &mut self.inboxes[part as usize];
        while let Some((at, _)) = inbox.waiting.front() {
            if *at > self.now {
                self.queue.push(*at, SimEvent::Deliver(part));
                break;
            }
            if let Some((_, event)) = inbox.waiting.pop_front() {
                self.parts.get_mut(part).observe(self.now, &event);
            }
        }
        self.arm(part);
    }

    fn run(&mut self, part: Part) {
        self.inboxes[part as usize].armed_run = None;
        self.runs_at_once += 1;
        if self.runs_at_once > MAX_RUNS_AT_ONCE {
            // Only we can cause this: the page lives on, the part has to wait.
            let subject = Subject::new(Kind::Generic, Key::new("", part.name()));
            let what = What::Broken(format!("{} works without end", part.name()));
            self.trace.push(Entry {
                at: self.now,
                actor: Actor::ApiServer,
                subject,
                what,
                cause: None,
            });
            let later = self.now + SimDuration::secs(1);
            let ticket = self.queue.push(later, SimEvent::Run(part));
            self.inboxes[part as usize].armed_run = Some((later, ticket));
            return;
        }
        let mut client = Client {
            now: self.now,
            epoch: self.epoch,
            actor: part.actor(),
            cause: None,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        };
        self.parts.get_mut(part).run(&mut client);
        self.pump();
        self.arm(part);
    }

    /// Runs everything that is due until `to`, and lets time pass until then.
    pub fn run_until(&mut self, to: SimTime) {
        while self.next_due().is_some_and(|at| at <= to) {
            self.step();
        }
        self.advance_clock(to);
    }

    /// Runs until something has been written to the trace, with all of that moment: what a user sees as one step.
    /// Goes no further than `limit`.
    pub fn run_until_change(&mut self, limit: SimTime) {
        let before = self.trace.len();
        while self.trace.len() == before && self.next_due().is_some_and(|at| at <= limit) {
            self.step();
        }
        self.run_until(self.now.min(limit));
    }

    /// How many events have happened.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// How many of them at this very instant: with the time, that is a place in a history which stays one when what came
    /// before takes more or fewer steps.
    pub fn steps_within(&self) -> u64 {
        self.within
    }

    /// Lets time pass without looking at the queue; never back.
    pub fn advance_clock(&mut self, to: SimTime) {
        if to > self.now {
            self.now = to;
            self.within = 0;
            self.server.set_clock(api_time(self.epoch, to));
            self.runs_at_once = 0;
        }
    }

    /// Is nothing on its way, besides timers that repeat for ever (crash loops, image pull retries, flushes)?
    pub fn is_settled(&self) -> bool {
        self.moving().is_empty()
    }

    /// The parts that still have progress to make.
    fn moving(&self) -> Vec<&'static str> {
        Part::ALL
            .into_iter()
            .filter(|part| {
                !self.inboxes[*part as usize].waiting.is_empty()
                    || self.parts.get(*part).next_progress().is_some()
            })
            .map(Part::name)
            .collect()
    }

    /// Runs until nothing is left but repeating timers, for at most `time` and `steps`.
    pub fn settle(&mut self, time: SimDuration, steps: u64) -> Settled {
        let end = self.now + time;
        let mut left = steps;
        loop {
            let moving = self.moving();
            if moving.is_empty() {
                return Settled::Quiet;
            }
            let due = self.next_due();
            if left == 0 || due.is_none_or(|at| at > end) {
                return Settled::Moving(moving);
            }
            // A look at every part for each step would cost more than the steps.
            for _ in 0..32.min(left) {
                left -= 1;
                if self.next_due().is_none_or(|at| at > end)
                    || !self.step()
                    || self.is_settled_now()
                {
                    break;
                }
            }
        }
    }

    /// A cheap first look: with watch events on their way nothing is settled.
    fn is_settled_now(&self) -> bool {
        self.inboxes.iter().all(|inbox| inbox.waiting.is_empty()) && self.is_settled()
    }

    /// Whether the DaemonSet controller would run a pod on the node, from what the server knows now.
    pub fn verdict(&self, set: &DaemonSet, node: &Node) -> Verdict {
        let spec = eligibility::with_daemon_tolerations(&set.spec.template.spec);
        eligibility::verdict(&spec, node)
    }

    /// One number for the facts of everything that happened: equal traces, equal numbers.
    pub fn hash(&self) -> u64 {
        self.trace.hash()
    }

    /// A node of this cluster, as `nodes::node` makes it.
    pub fn new_node(&self, template: NodeTemplate, name: &str, index: u32, ready: bool) -> Node {
        let (seed, now) = (self.rng.seed(), self.time());
        nodes::node(template, name, index, seed, now, ready)
    }

    /// Adds a node as it joins; the name must be free.
    pub fn add_node(&mut self, node: Node) -> Result<Rc<Node>, crate::api::status::Status> {
        self.as_user(|client| client.create(node))
    }

    /// The key of a node.
    pub fn node_key(name: &str) -> Key {
        Key::new("", name)
    }
}

#[cfg(test)]
pub mod tests;
