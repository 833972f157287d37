//! `kubectl replace`.
//!
//! Models: kubectl/pkg/cmd/replace.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    CASCADE, Complete, DRY_RUN, FILENAME, FORCE, GRACE, KUSTOMIZE, MANAGED, MANAGER, MISSING_KEYS,
    OUTPUT, RECURSIVE, SAVE_CONFIG, TEMPLATE, TIMEOUT, VALIDATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "replace",
    aliases: &[],
    usage: "-f FILENAME",
    about: "Put a manifest in the place of an object",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        DRY_RUN,
        MANAGER,
        VALIDATE,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        SAVE_CONFIG,
        CASCADE,
        GRACE,
        FORCE,
        TIMEOUT,
        flag("wait", Takes::Bool, "false"),
        flag("subresource", Takes::Text, ""),
    ],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    if call.flags.list("filename").is_empty() {
        return Err(Failure::text("must specify one of -f and -k"));
    }
    let save_config = call.flags.bool("save-config");
    let force = call.flags.bool("force");
    call.each_item(&mut |call, item, source| {
        let done = ops::create::replace(&mut call.job, item, source, save_config, force)?;
        call.print_done(&done)
    })
}
