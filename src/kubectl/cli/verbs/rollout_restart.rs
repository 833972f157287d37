//! `kubectl rollout restart`.

use super::rollout::{FLAGS, nothing_found, objects_and_failures};
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "rollout restart",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Replace all pods by a change of the template",
    flags: FLAGS,
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let found = objects_and_failures(call, true)?;
    let mut failures = found.failures;
    if found.objects.is_empty() && failures.is_empty() {
        return nothing_found(call);
    }
    for object in found.objects {
        let done = ops::rollout::restart(&mut call.client(), &object);
        call.tell(done, &mut failures);
    }
    Failure::collect(failures)
}
