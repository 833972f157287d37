//! `kubectl rollout undo`.

use super::rollout::objects_and_failures;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    Complete, DAEMON_SETS, DRY_RUN, FILENAME, KUSTOMIZE, MANAGED, MISSING_KEYS, OUTPUT, RECURSIVE,
    SELECTOR, TEMPLATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "rollout undo",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Go back to an earlier revision",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        DRY_RUN,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        flag("to-revision", Takes::Int, "0"),
    ],
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let wanted = call.flags.int("to-revision");
    let found = objects_and_failures(call, false)?;
    let mut failures = found.failures;
    for object in found.objects {
        let done = ops::rollout::undo(&mut call.job, &object, wanted);
        call.tell(done, &mut failures);
    }
    Failure::collect(failures)
}
