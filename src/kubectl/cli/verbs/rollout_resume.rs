//! `kubectl rollout resume`, which DaemonSets refuse.

use super::rollout::FLAGS;
use super::rollout_pause;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::Outcome;

pub const VERB: Verb = Verb {
    path: "rollout resume",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Go on with a rollout (Deployments only)",
    flags: FLAGS,
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    rollout_pause::refuse_all(call, "resuming")
}
