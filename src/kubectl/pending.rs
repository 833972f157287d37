//! Commands that wait: what is left of them after their first act, and how they look whether they are done.
//!
//! A terminal sits a wait out: simulated time jumps ahead. The page lets time pass as it shows it, and polls after each change.

use super::error::{Failure, Outcome};
use super::flags::Flags;
use super::{Call, Dry, Host, Output, finish};
use crate::sim::time::{SimDuration, SimTime};

/// A wait without limit ends when for so long nothing was printed, as if the user pressed Ctrl-C.
pub(super) const PATIENCE: SimDuration = SimDuration::secs(600);
/// The most events that one wait may let happen.
const STEPS_MAX: u32 = 2_000_000;

/// Looks whether the wait is over, and how the command ends then. It prints what there is to tell, and writes nothing.
///
/// The last time it is asked, `Call::is_over` holds.
pub type Look = Box<dyn FnMut(&mut Call<'_>) -> Option<Outcome>>;

/// A command that waits.
pub struct Pending {
    path: &'static str,
    flags: Flags,
    words: Vec<String>,
    out: Output,
    deadline: Option<SimTime>,
    patience: SimDuration,
    look: Look,
    /// The server's resource version at the last look.
    seen: Option<u64>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("path", &self.path)
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}

impl Pending {
    pub(super) fn new(call: &mut Call<'_>, look: Look) -> Pending {
        Pending {
            path: call.path,
            flags: std::mem::take(&mut call.flags),
            words: std::mem::take(&mut call.words),
            out: std::mem::take(&mut call.out),
            deadline: call.deadline,
            patience: call.patience,
            look,
            seen: None,
        }
    }

    /// When the wait ends at the latest.
    pub fn deadline(&self) -> Option<SimTime> {
        self.deadline
    }

    /// What was printed since the last time, in the order of a terminal.
    pub fn take_printed(&mut self) -> String {
        self.out.stdout.clear();
        self.out.stderr.clear();
        std::mem::take(&mut self.out.terminal)
    }

    /// Looks again if something changed; gives the exit code and what is left to print once the command ends.
    pub fn poll(&mut self, host: &mut dyn Host) -> Option<Output> {
        let version = host.client().server.resource_version();
        let is_late = self.deadline.is_some_and(|end| host.now() >= end);
        if self.seen == Some(version) && !is_late {
            return None;
        }
        self.seen = Some(version);
        self.with_call(host, |call, look| {
            look(call).map(|outcome| finish(std::mem::take(&mut call.out), outcome))
        })
    }

    /// Lets time pass until the command ends.
    pub(super) fn sit_out(mut self, host: &mut dyn Host) -> Output {
        self.with_call(host, |call, look| {
            let outcome = call.sit_out(look);
            finish(std::mem::take(&mut call.out), outcome)
        })
    }

    fn with_call<T>(
        &mut self,
        host: &mut dyn Host,
        act: impl FnOnce(&mut Call<'_>, &mut Look) -> T,
    ) -> T {
        let mut call = Call {
            host,
            stdin: None,
            path: self.path,
            flags: std::mem::take(&mut self.flags),
            words: std::mem::take(&mut self.words),
            dry: Dry::No,
            out: std::mem::take(&mut self.out),
            deadline: self.deadline,
            patience: self.patience,
            gave_up: false,
            later: None,
        };
        let result = act(&mut call, &mut self.look);
        self.flags = std::mem::take(&mut call.flags);
        self.words = std::mem::take(&mut call.words);
        self.out = std::mem::take(&mut call.out);
        self.deadline = call.deadline;
        result
    }
}

impl Call<'_> {
    /// Ends the command's first act: it waits until `look` gives an outcome. No `timeout`, no end.
    pub fn wait_until(
        &mut self,
        timeout: Option<SimDuration>,
        look: impl FnMut(&mut Call<'_>) -> Option<Outcome> + 'static,
    ) -> Outcome {
        self.set_timeout(timeout);
        self.later = Some(Box::new(look));
        Ok(())
    }

    /// `--timeout`; without it, or with 0, a wait has no end.
    pub fn time_limit(&self) -> Option<SimDuration> {
        Some(self.flags.duration("timeout")).filter(|limit| *limit != SimDuration::ZERO)
    }

    pub fn set_timeout(&mut self, timeout: Option<SimDuration>) {
        self.deadline = timeout.map(|timeout| self.host.now() + timeout);
    }

    /// Whether the time limit of the wait has passed, or nobody waits any longer.
    pub fn is_over(&self) -> bool {
        self.gave_up || self.deadline.is_some_and(|end| self.host.now() >= end)
    }

    /// The end of a wait without limit, which the user has to interrupt.
    pub fn interrupted(&self) -> Failure {
        Failure::Exit {
            code: 130,
            text: "^C\n".to_owned(),
        }
    }

    /// Lets time pass until `look` gives an outcome, or until the end.
    pub fn sit_out(&mut self, look: &mut Look) -> Outcome {
        let mut steps_left = STEPS_MAX;
        let mut patience_ends = self.host.now() + self.patience;
        loop {
            let printed = self.out.terminal.len();
            if let Some(outcome) = look(self) {
                return outcome;
            }
            if self.is_over() {
                return Err(self.interrupted());
            }
            if self.out.terminal.len() > printed {
                patience_ends = self.host.now() + self.patience;
            }
            self.host.flush();
            let end = self.deadline.unwrap_or(patience_ends);
            let due = self.host.next_due().filter(|at| *at <= end);
            if due.is_some() && steps_left > 0 {
                steps_left -= 1;
                self.host.step();
            } else if self.deadline.is_some() {
                self.host.advance_to(end);
            } else {
                // Nothing will come any more: no need to sit it out.
                self.gave_up = true;
            }
        }
    }
}
