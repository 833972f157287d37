//! A command while it runs: the cluster that it works on, the text that it has printed, and how long it waits.

use super::error::{Failure, Outcome};
use super::ops::{Done, Report};
use super::resource;
use crate::api::meta::Time;
use crate::api::object::Object;
use crate::client::Client;
use crate::cluster::Cluster;
use crate::sim::time::{SimDuration, SimTime};

/// Simulated time after which a wait without limit ends if nothing was printed, as if the user pressed Ctrl-C.
pub(super) const PATIENCE: SimDuration = SimDuration::secs(600);
/// Maximum events of the simulation in one wait, so that a cluster that never rests can't hang the page.
const STEPS_MAX: u32 = 2_000_000;

/// The text that a command printed, and its exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    /// Both, in the order in which a terminal shows them.
    pub terminal: String,
    pub exit: i32,
    /// `kubectl edit` asks for an editor: title and text. With the edited text on stdin, the same command saves it.
    pub edit: Option<(String, String)>,
}

impl Output {
    pub fn put(&mut self, text: &str) {
        self.stdout.push_str(text);
        self.terminal.push_str(text);
    }

    pub fn put_error(&mut self, text: &str) {
        self.stderr.push_str(text);
        self.terminal.push_str(text);
    }

    /// The whole output of a command that ended like this.
    pub fn ended(mut self, outcome: Outcome) -> Output {
        if let Err(failure) = outcome {
            let (text, exit) = failure.report();
            self.put_error(&text);
            self.exit = exit;
        }
        self
    }
}

/// The world as kubectl needs it: a connection, and time that can pass.
pub trait Host {
    fn client(&mut self) -> Client<'_>;
    fn now(&self) -> SimTime;
    /// Lets the next event happen; false when nothing is due.
    fn step(&mut self) -> bool;
    fn next_due(&self) -> Option<SimTime>;
    fn advance_to(&mut self, to: SimTime);
    /// Sends all writes on their way, so that `next_due` knows their consequences.
    fn flush(&mut self) {}
    /// A file that `-f` names, if the host has files.
    fn read_file(&self, _path: &str) -> Option<String> {
        None
    }
}

impl Host for Cluster {
    fn client(&mut self) -> Client<'_> {
        Cluster::client(self)
    }

    fn now(&self) -> SimTime {
        Cluster::now(self)
    }

    fn step(&mut self) -> bool {
        Cluster::step(self)
    }

    fn next_due(&self) -> Option<SimTime> {
        Cluster::next_due(self)
    }

    fn advance_to(&mut self, to: SimTime) {
        self.run_until(to);
    }

    fn flush(&mut self) {
        self.pump();
    }
}

/// `--dry-run`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dry {
    #[default]
    No,
    Client,
    Server,
}

/// How long a command waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// The end of the wait, if it has a time limit.
    pub deadline: Option<SimTime>,
    /// The longest silence of a wait without limit.
    pub patience: SimDuration,
}

impl Default for Wait {
    fn default() -> Wait {
        Wait {
            deadline: None,
            patience: PATIENCE,
        }
    }
}

pub struct Job<'a> {
    pub host: &'a mut dyn Host,
    pub dry: Dry,
    pub out: Output,
    pub(super) wait: Wait,
    /// Nobody waits any longer: the next look is the last.
    gave_up: bool,
}

impl<'a> Job<'a> {
    pub fn new(host: &'a mut dyn Host) -> Job<'a> {
        Job {
            host,
            dry: Dry::No,
            out: Output::default(),
            wait: Wait::default(),
            gave_up: false,
        }
    }

    pub fn client(&mut self) -> Client<'_> {
        self.host.client()
    }

    pub fn time(&mut self) -> Time {
        self.client().time()
    }

    /// The object as it is now.
    pub fn live(&mut self, object: &Object) -> Option<Object> {
        self.client()
            .server
            .get_object(object.kind(), &object.key())
    }

    /// Prints text that has its line feeds.
    pub fn put(&mut self, text: &str) {
        self.out.put(text);
    }

    pub fn print(&mut self, line: &str) {
        self.put(&format!("{line}\n"));
    }

    pub fn warn(&mut self, line: &str) {
        self.out.put_error(&format!("{line}\n"));
    }

    /// Prints the server's warnings about a write, each text once a command.
    pub fn warn_once(&mut self, warnings: &[String]) {
        for warning in warnings {
            if !self.out.stderr.lines().any(|line| line == warning) {
                self.warn(warning);
            }
        }
    }

    /// ` (dry run)` behind a result.
    pub fn dry_suffix(&self) -> &'static str {
        match self.dry {
            Dry::No => "",
            Dry::Client => " (dry run)",
            Dry::Server => " (server dry run)",
        }
    }

    /// Prints `daemonset.apps/agent labeled`, behind the warnings.
    pub fn tell(&mut self, done: &Done) {
        self.warn_once(&done.warnings);
        let name = resource::full_name(&done.object);
        let line = format!("{name} {}{}", done.word, self.dry_suffix());
        self.print(&line);
    }

    /// Prints the result of an operation on one object; refusals are the outcome.
    pub fn tell_report(&mut self, report: Report) -> Outcome {
        if let Some(done) = report.done {
            self.tell(&done);
        }
        Failure::collect(report.failures)
    }

    pub fn set_timeout(&mut self, timeout: Option<SimDuration>) {
        self.wait.deadline = timeout.map(|timeout| self.host.now() + timeout);
    }

    /// Whether the time limit of the wait has passed, or nobody waits any longer.
    pub fn is_over(&self) -> bool {
        self.gave_up || self.wait.deadline.is_some_and(|end| self.host.now() >= end)
    }

    /// The end of a wait without limit, which the user has to interrupt.
    pub fn interrupted(&self) -> Failure {
        Failure::Exit {
            code: 130,
            text: "^C\n".to_owned(),
        }
    }

    /// Lets time pass until `look` gives an outcome, or until the end.
    pub fn sit_out(&mut self, mut look: impl FnMut(&mut Job<'_>) -> Option<Outcome>) -> Outcome {
        let mut sitting = self.sit();
        loop {
            let printed = self.out.terminal.len();
            if let Some(outcome) = look(self) {
                return outcome;
            }
            self.pass(&mut sitting, printed)?;
        }
    }

    /// The beginning of a wait.
    pub(super) fn sit(&self) -> Sitting {
        Sitting {
            steps_left: STEPS_MAX,
            patience_ends: self.host.now() + self.wait.patience,
        }
    }

    /// Lets time pass between two looks; an error ends the wait. `printed` is the length of the output before the last look.
    pub(super) fn pass(&mut self, sitting: &mut Sitting, printed: usize) -> Outcome {
        if self.is_over() {
            return Err(self.interrupted());
        }
        if self.out.terminal.len() > printed {
            sitting.patience_ends = self.host.now() + self.wait.patience;
        }
        self.host.flush();
        let end = self.wait.deadline.unwrap_or(sitting.patience_ends);
        let due = self.host.next_due().filter(|at| *at <= end);
        if due.is_some() && sitting.steps_left > 0 {
            sitting.steps_left -= 1;
            self.host.step();
        } else if self.wait.deadline.is_some() {
            self.host.advance_to(end);
        } else {
            // Nothing will come any more: no need to sit it out.
            self.gave_up = true;
        }
        Ok(())
    }
}

/// The state of a wait that lets simulated time pass.
pub(super) struct Sitting {
    steps_left: u32,
    patience_ends: SimTime,
}
