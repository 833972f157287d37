//! `kubectl edit`: asks for an editor; run again with the edited text on stdin, it changes the objects.
//!
//! Models: kubectl/pkg/cmd/edit.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    Complete, FILENAME, KUSTOMIZE, Kinds, MANAGED, MANAGER, MISSING_KEYS, OUTPUT, RECURSIVE,
    SAVE_CONFIG, TEMPLATE, VALIDATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;
use crate::kubectl::resource;

pub const VERB: Verb = Verb {
    path: "edit",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Change an object in the editor",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        MANAGER,
        VALIDATE,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        SAVE_CONFIG,
        flag("output-patch", Takes::Bool, "false"),
        flag("subresource", Takes::Text, ""),
    ],
    run,
    complete: Complete::Objects(Kinds::All),
};

fn run(call: &mut Call<'_>) -> Outcome {
    if let Some(text) = call.stdin {
        return save(call, text);
    }
    call.require_any_object()?;
    let objects = call.find(true)?.all_or_failure()?;
    let Some(first) = objects.first() else {
        return Err(Failure::text("edit cancelled, no objects found"));
    };
    let title = resource::full_name(first);
    call.out.edit = Some((title, ops::edit::text(&objects)));
    Ok(())
}

fn save(call: &mut Call<'_>, text: &str) -> Outcome {
    let (namespace, enforced) = call.manifest_namespace();
    let saved = ops::edit::save(&mut call.client(), text, (&namespace, enforced));
    let mut failures = saved.failures;
    for done in saved.done {
        call.tell(Ok(done), &mut failures);
    }
    if let Some(note) = saved.note {
        call.warn(note);
    }
    Failure::collect(failures)
}
