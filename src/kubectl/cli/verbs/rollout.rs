//! `kubectl rollout` without a subcommand, and the parts that its subcommands share.
//!
//! Models: kubectl/pkg/cmd/rollout.

use crate::api::object::Object;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::Flag;
use crate::kubectl::cli::help;
use crate::kubectl::cli::verb::{
    Complete, DAEMON_SETS, FILENAME, KUSTOMIZE, MANAGED, MANAGER, MISSING_KEYS, OUTPUT, RECURSIVE,
    SELECTOR, TEMPLATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::resource;

pub const VERB: Verb = Verb {
    path: "rollout",
    aliases: &[],
    usage: "SUBCOMMAND",
    about: "Watch and steer the rollout of a template",
    flags: &[],
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    help::without_subcommand(call)
}

/// Flags of pause, restart and resume.
pub const FLAGS: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
];

/// The objects of a rollout command.
pub fn objects(call: &mut Call<'_>, all: bool) -> Result<Vec<Object>, Failure> {
    objects_and_failures(call, all)?.all_or_failure()
}

/// For commands that go on with the objects that were found.
pub fn objects_and_failures(call: &mut Call<'_>, all: bool) -> Result<resource::Found, Failure> {
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text("required resource not specified"));
    }
    call.find(all)
}

/// Most rollout commands have this to say where nothing is selected.
pub fn nothing_found(call: &mut Call<'_>) -> Outcome {
    let namespace = call.namespace();
    call.warn(&format!("No resources found in {namespace} namespace."));
    Ok(())
}

/// A revision that a flag names.
pub fn revision_flag(call: &Call<'_>) -> Result<i64, Failure> {
    let revision = call.flags.int("revision");
    if revision < 0 {
        return Err(Failure::Text(format!(
            "revision must be a positive integer: {revision}"
        )));
    }
    Ok(revision)
}
