//! `kubectl set` without a subcommand, and the parts that its subcommands share.
//!
//! Models: kubectl/pkg/cmd/set.

use crate::api::object::Object;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::Flag;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::help;
use crate::kubectl::cli::verb::{
    ALL, Complete, DAEMON_SETS, DRY_RUN, FILENAME, KUSTOMIZE, LIST, LOCAL, MANAGED, MANAGER,
    MISSING_KEYS, OUTPUT, RECURSIVE, SELECTOR, TEMPLATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};

pub const VERB: Verb = Verb {
    path: "set",
    aliases: &[],
    usage: "SUBCOMMAND",
    about: "Change one part of a pod template",
    flags: &[],
    run,
    complete: Complete::Containers(DAEMON_SETS),
};

/// The flags of all subcommands.
pub const FLAGS: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    ALL,
    DRY_RUN,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    LOCAL,
    LIST,
    short("containers", 'c', Takes::Text, "*"),
    flag("limits", Takes::Text, ""),
    flag("requests", Takes::Text, ""),
    short("env", 'e', Takes::List, ""),
    flag("overwrite", Takes::Bool, "true"),
    flag("resolve", Takes::Bool, "false"),
];

fn run(call: &mut Call<'_>) -> Outcome {
    help::without_subcommand(call)
}

/// Resources and `name=value` pairs of the words; the error is a resource behind a pair.
pub fn split(words: &[String]) -> Result<(Vec<String>, Vec<String>), &str> {
    let (mut resources, mut pairs) = (Vec::new(), Vec::new());
    for word in words {
        let pair =
            (word.contains('=') && !word.starts_with('=')) || (word.ends_with('-') && word != "-");
        if pair {
            pairs.push(word.clone());
        } else if pairs.is_empty() {
            resources.push(word.clone());
        } else {
            return Err(word);
        }
    }
    Ok((resources, pairs))
}

pub fn objects(call: &mut Call<'_>, resources: Vec<String>) -> Result<Vec<Object>, Failure> {
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    call.words = resources;
    call.find(false)?.all_or_failure()
}
