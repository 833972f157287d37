//! `kubectl create -f`.
//!
//! Models: kubectl/pkg/cmd/create/create.go.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    Complete, DRY_RUN, FILENAME, KUSTOMIZE, MANAGED, MANAGER, MISSING_KEYS, OUTPUT, RECURSIVE,
    SAVE_CONFIG, SELECTOR, TEMPLATE, VALIDATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "create",
    aliases: &[],
    usage: "-f FILENAME",
    about: "Make objects that aren't there yet",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        DRY_RUN,
        MANAGER,
        VALIDATE,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        SAVE_CONFIG,
        flag("edit", Takes::Bool, "false"),
        flag("raw", Takes::Text, ""),
        flag("windows-line-endings", Takes::Bool, "false"),
    ],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    if !call.words.is_empty() {
        return Err(call.usage(&format!("Unexpected args: [{}]", call.words.join(" "))));
    }
    if call.flags.list("filename").is_empty() && !call.flags.has("kustomize") {
        return Err(Failure::text("must specify one of -f and -k"));
    }
    let save_config = call.flags.bool("save-config");
    call.each_item(&mut |call, item, source| {
        let done = ops::create::create(&mut call.client(), item, source, save_config)?;
        call.print_done(&done)
    })
}
