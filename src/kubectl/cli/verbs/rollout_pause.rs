//! `kubectl rollout pause`, which DaemonSets refuse.

use super::rollout::{FLAGS, nothing_found, objects};
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "rollout pause",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Stop a rollout (Deployments only)",
    flags: FLAGS,
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    refuse_all(call, "pausing")
}

/// Only Deployments can be paused.
pub fn refuse_all(call: &mut Call<'_>, word: &str) -> Outcome {
    let objects = objects(call, false)?;
    if objects.is_empty() {
        return nothing_found(call);
    }
    let refusals = objects
        .iter()
        .map(|object| ops::rollout::cannot_pause(object, word));
    Failure::collect(refusals.collect())
}
