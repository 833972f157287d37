//! `kubectl taint`.
//!
//! Models: kubectl/pkg/cmd/taint/taint.go.

use crate::api::kinds;
use crate::api::object::Object;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{
    ALL, Complete, DRY_RUN, Kinds, MANAGED, MANAGER, MISSING_KEYS, OUTPUT, OVERWRITE, SELECTOR,
    TEMPLATE, VALIDATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;
use crate::kubectl::ops::taint::Change;

pub const VERB: Verb = Verb {
    path: "taint",
    aliases: &[],
    usage: "NODE NAME KEY=VALUE:EFFECT ... KEY:EFFECT- ...",
    about: "Set and remove taints of nodes",
    flags: &[
        OUTPUT,
        SELECTOR,
        ALL,
        DRY_RUN,
        MANAGER,
        VALIDATE,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        OVERWRITE,
    ],
    run,
    complete: Complete::Objects(Kinds::These(&["node", "nodes"])),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let (mut resources, specs) = split(&call.words)?;
    if resources.is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name>",
        ));
    }
    if specs.is_empty() {
        return Err(Failure::text("at least one taint update is required"));
    }
    let change = ops::taint::parse(&specs).map_err(|why| call.usage(&why))?;
    check_kind(&resources[0])?;
    check_conflicts(&change)?;
    let (all, selector) = (
        call.flags.bool("all"),
        !call.flags.text("selector").is_empty(),
    );
    if all && selector {
        return Err(Failure::text(
            "setting 'all' parameter with a non empty selector is prohibited",
        ));
    }
    if !all && !selector && resources.len() < 2 {
        return Err(Failure::text(
            "at least one resource name must be specified since 'all' parameter is not set",
        ));
    }
    if all || selector {
        resources.truncate(1);
    }
    let overwrite = call.flags.bool("overwrite");
    call.words = resources;
    let found = call.find(false)?;
    let mut failures = found.failures;
    for object in found.objects {
        let Object::Node(node) = &object else {
            continue;
        };
        let report = ops::taint::taint(&mut call.client(), node, &change, overwrite);
        call.tell_without_dry(report, &mut failures);
    }
    Failure::collect(failures)
}

/// Resources and taints of the words.
fn split(words: &[String]) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_taint = |word: &str| word.contains('=') || word.contains(':') || word.ends_with('-');
    let (mut resources, mut specs) = (Vec::new(), Vec::new());
    for word in words {
        if is_taint(word) {
            specs.push(word.clone());
        } else if specs.is_empty() {
            resources.push(word.clone());
        } else {
            return Err(Failure::Text(format!(
                "all resources must be specified before taint changes: {word}"
            )));
        }
    }
    Ok((resources, specs))
}

fn check_kind(word: &str) -> Outcome {
    // `no` isn't in upstream's list, but the server's short name works since 1.2x.
    let resource = word.to_ascii_lowercase();
    if kinds::by_resource(&resource).is_none() {
        // The one complaint that upstream doesn't begin with `error: `.
        return Err(Failure::Exit {
            code: 1,
            text: format!("the server doesn't have a resource type {:?}\n", word),
        });
    }
    if !["node", "nodes", "no"].contains(&resource.as_str()) {
        return Err(Failure::Text(format!(
            "invalid resource type {}, only node types are supported",
            word
        )));
    }
    Ok(())
}

fn check_conflicts(change: &Change) -> Outcome {
    let conflicts: Vec<String> = change
        .add
        .iter()
        .flat_map(|add| change.remove.iter().map(move |gone| (add, gone)))
        .filter(|(add, gone)| {
            add.key == gone.key && (gone.effect.is_empty() || add.effect == gone.effect)
        })
        .map(|(_, gone)| format!("{}={}", gone.key, gone.effect))
        .collect();
    if !conflicts.is_empty() {
        return Err(Failure::Text(format!(
            "can not both modify and remove the following taint(s) in the same command: {}",
            conflicts.join(", ")
        )));
    }
    Ok(())
}
