//! `kubectl rollout resume`, which DaemonSets refuse.

use super::rollout_pause;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{
    Complete, DAEMON_SETS, FILENAME, KUSTOMIZE, MANAGED, MANAGER, MISSING_KEYS, OUTPUT, RECURSIVE,
    SELECTOR, TEMPLATE, Verb,
};
use crate::kubectl::error::Outcome;

pub const VERB: Verb = Verb {
    path: "rollout resume",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Go on with a rollout (Deployments only)",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        MANAGER,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
    ],
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    rollout_pause::refuse_all(call, "resuming")
}
