//! Commands that wait: their rest after the first act, and how they look whether they are done.
//!
//! A terminal sits a wait out: simulated time jumps ahead. The page lets time pass as it shows it, and polls after each change.

use super::Call;
use super::flags::Flags;
use super::verb::Verb;
use crate::kubectl::error::Outcome;
use crate::kubectl::job::{Host, Job, Output, Wait};
use crate::sim::time::{SimDuration, SimTime};

/// Looks whether the wait is over, and how the command ends then. It prints the news, and writes nothing.
///
/// The last time it is asked, `Call::is_over` holds.
pub type Look = Box<dyn FnMut(&mut Call<'_>) -> Option<Outcome>>;

/// A command that waits.
pub struct Pending {
    verb: &'static Verb,
    verbs: &'static [&'static Verb],
    flags: Flags,
    words: Vec<String>,
    out: Output,
    wait: Wait,
    look: Look,
    /// The server's resource version at the last look.
    seen: Option<u64>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("path", &self.verb.path)
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}

impl Pending {
    pub(super) fn new(call: &mut Call<'_>, look: Look) -> Pending {
        Pending {
            verb: call.verb,
            verbs: call.verbs,
            flags: std::mem::take(&mut call.flags),
            words: std::mem::take(&mut call.words),
            out: std::mem::take(&mut call.job.out),
            wait: call.wait,
            look,
            seen: None,
        }
    }

    /// When the wait ends at the latest.
    pub fn deadline(&self) -> Option<SimTime> {
        self.wait.deadline
    }

    /// The text printed since the last time, in the order of a terminal.
    pub fn take_printed(&mut self) -> String {
        self.out.stdout.clear();
        self.out.stderr.clear();
        std::mem::take(&mut self.out.terminal)
    }

    /// Looks again if something changed; gives the exit code and the rest of the text once the command ends.
    pub fn poll(&mut self, host: &mut dyn Host) -> Option<Output> {
        let version = host.client().server.resource_version();
        let is_late = self.wait.deadline.is_some_and(|end| host.now() >= end);
        if self.seen == Some(version) && !is_late {
            return None;
        }
        self.seen = Some(version);
        self.with_call(host, |call, look| {
            look(call).map(|outcome| std::mem::take(&mut call.out).ended(outcome))
        })
    }

    /// Lets time pass until the command ends.
    pub(super) fn sit_out(mut self, host: &mut dyn Host) -> Output {
        self.with_call(host, |call, look| {
            let outcome = call.sit_out(look);
            std::mem::take(&mut call.out).ended(outcome)
        })
    }

    fn with_call<T>(
        &mut self,
        host: &mut dyn Host,
        act: impl FnOnce(&mut Call<'_>, &mut Look) -> T,
    ) -> T {
        let mut job = Job::new(host);
        job.out = std::mem::take(&mut self.out);
        job.wait = self.wait;
        let mut call = Call {
            job,
            stdin: None,
            verb: self.verb,
            verbs: self.verbs,
            flags: std::mem::take(&mut self.flags),
            words: std::mem::take(&mut self.words),
            later: None,
        };
        let result = act(&mut call, &mut self.look);
        self.flags = std::mem::take(&mut call.flags);
        self.words = std::mem::take(&mut call.words);
        self.out = std::mem::take(&mut call.out);
        self.wait = call.wait;
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

    /// Lets time pass until `look` gives an outcome, or until the end.
    fn sit_out(&mut self, look: &mut Look) -> Outcome {
        let mut sitting = self.sit();
        loop {
            let printed = self.out.terminal.len();
            if let Some(outcome) = look(self) {
                return outcome;
            }
            self.pass(&mut sitting, printed)?;
        }
    }
}
