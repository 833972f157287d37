//! `kubectl annotate`.
//!
//! Models: kubectl/pkg/cmd/annotate/annotate.go.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::pairs::{FLAGS, check_flags, print_list, split};
use crate::kubectl::cli::verb::{Complete, Kinds, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;
use crate::kubectl::ops::label::Change;

pub const VERB: Verb = Verb {
    path: "annotate",
    aliases: &[],
    usage: "TYPE NAME KEY=VALUE ... KEY- ...",
    about: "Set and remove annotations",
    flags: FLAGS,
    run,
    complete: Complete::Objects(Kinds::All),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let (resources, pairs) = split(&call.words, "annotation")?;
    let change = parse(&pairs)?;
    check_flags(call, &resources)?;
    let list = call.flags.bool("list");
    if !list {
        change.require("annotation")?;
    }
    check_conflicts(&change)?;
    let overwrite = call.flags.bool("overwrite");
    call.words = resources;
    let found = call.find(false)?;
    let single = found.objects.len() == 1;
    let mut failures = found.failures;
    for object in &found.objects {
        if !list {
            let done = ops::label::annotate(&mut call.client(), object, &change, overwrite);
            call.tell(done, &mut failures);
            continue;
        }
        match ops::label::change_annotations(&object.meta().annotations, &change, overwrite) {
            Err(taken) => failures.push(taken),
            Ok(annotations) => print_list(call, object, "annotations", &annotations, single),
        }
    }
    Failure::collect(failures)
}

/// Unlike those of labels, values may hold anything.
fn parse(pairs: &[String]) -> Result<Change, Failure> {
    let mut change = Change::default();
    let mut bad = Vec::new();
    for pair in pairs {
        match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                change.set.insert(key.to_owned(), value.to_owned());
            }
            _ => match pair.strip_suffix('-').filter(|key| !key.is_empty()) {
                Some(key) => change.remove.push(key.to_owned()),
                None => bad.push(pair.clone()),
            },
        }
    }
    if bad.is_empty() {
        return Ok(change);
    }
    Err(Failure::Text(format!(
        "invalid annotation format: {}",
        bad.join(", ")
    )))
}

fn check_conflicts(change: &Change) -> Outcome {
    let both = change
        .remove
        .iter()
        .filter(|key| change.set.contains_key(*key))
        .map(String::as_str);
    let both: Vec<&str> = both.collect();
    if both.is_empty() {
        return Ok(());
    }
    Err(Failure::Text(format!(
        "can not both modify and remove the following annotation(s) in the same command: {}",
        both.join(", ")
    )))
}
