//! `kubectl delete`: waits until the objects are gone, unless told otherwise.
//!
//! Models: kubectl/pkg/cmd/delete/delete.go.

use crate::api::kinds::KindInfo;
use crate::api::object::Object;
use crate::api::status::Reason;
use crate::apiserver::Propagation;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::verb::{
    ALL, ALL_NAMESPACES, CASCADE, Complete, DRY_RUN, FIELDS, FILENAME, FORCE, GRACE, KUSTOMIZE,
    Kinds, OUTPUT, RECURSIVE, SELECTOR, TIMEOUT, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::job::Dry;
use crate::kubectl::ops::delete;
use crate::kubectl::resource;

pub const VERB: Verb = Verb {
    path: "delete",
    aliases: &[],
    usage: "TYPE [NAME ...] | TYPE/NAME ... | -f FILENAME",
    about: "Delete objects by file, name or label",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        FIELDS,
        ALL,
        ALL_NAMESPACES,
        DRY_RUN,
        CASCADE,
        GRACE,
        FORCE,
        TIMEOUT,
        flag("ignore-not-found", Takes::Bool, "false"),
        short("interactive", 'i', Takes::Bool, "false"),
        flag("now", Takes::Bool, "false"),
        flag("raw", Takes::Text, ""),
        flag("wait", Takes::Bool, "true"),
    ],
    run,
    complete: Complete::Objects(Kinds::All),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let propagation = cascade(call)?;
    let (all, selector) = check_flags(call)?;
    let (grace, wait) = grace_and_wait(call)?;
    let options = delete::Options { propagation, grace };
    call.require_any_object()?;
    if call.flags.bool("force") {
        call.warn(delete::FORCED);
    }
    if call.dry == Dry::Client
        && call.flags.list("filename").is_empty()
        && let resource::Words::Names(names) = resource::parse(&call.words)?
    {
        // Nobody asks the server whether they are there.
        for (info, name) in names {
            let namespace = call.namespace();
            print(call, info, (&namespace, &name), grace);
        }
        return Ok(());
    }
    let found = call.find(false)?;
    let by_name = found.by_name;
    let ignore_missing = call.flags.bool("ignore-not-found") || all || selector;
    let deleted = delete_found(call, found, options, ignore_missing)?;
    if deleted.is_empty() {
        if !by_name {
            call.print("No resources found");
        }
        return Ok(());
    }
    if !wait || call.dry != Dry::No {
        return Ok(());
    }
    wait_until_gone(call, deleted)
}

/// Whether `--all` and `--selector` are there. The words are upstream's builder of resources', which is asked before the flags are looked at.
fn check_flags(call: &Call<'_>) -> Result<(bool, bool), Failure> {
    let all = call.flags.bool("all");
    let selector = !call.flags.text("selector").is_empty();
    let output = call.flags.text("output");
    if !matches!(output, "" | "name") {
        return Err(Failure::Text(format!(
            "unexpected -o output mode: {output}. We only support '-o name'"
        )));
    }
    if all && selector {
        return Err(Failure::text(
            "setting 'all' parameter but found a non empty selector. ",
        ));
    }
    if all && !call.flags.text("field-selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --field-selector at the same time",
        ));
    }
    Ok((all, selector))
}

/// The grace period in seconds, if there is one, and whether to wait until the objects are gone.
fn grace_and_wait(call: &Call<'_>) -> Result<(Option<i64>, bool), Failure> {
    let force = call.flags.bool("force");
    let mut grace = call.flags.int("grace-period");
    if call.flags.bool("now") {
        if grace != -1 {
            return Err(Failure::text(
                "--now and --grace-period cannot be specified together",
            ));
        }
        grace = 1;
    }
    let mut wait = call.flags.bool("wait");
    match (force, grace) {
        (true, 1..) => {
            return Err(Failure::text(
                "--force and --grace-period greater than 0 cannot be specified together",
            ));
        }
        (true, _) => grace = 0,
        // Without --force nothing is removed blindly.
        (false, 0) => (grace, wait) = (1, true),
        _ => {}
    }
    if force && !call.flags.has("wait") {
        wait = false;
    }
    Ok(((grace >= 0).then_some(grace), wait))
}

/// Deletes and prints; gives the objects that were deleted.
fn delete_found(
    call: &mut Call<'_>,
    found: resource::Found,
    options: delete::Options,
    ignore_missing: bool,
) -> Result<Vec<Object>, Failure> {
    let not_found = |failure: &Failure| matches!(failure, Failure::Server { status, .. } if status.reason == Reason::NotFound);
    let mut failures = found.failures;
    failures.retain(|failure| !(ignore_missing && not_found(failure)));
    let is_cluster_scoped = |object: &Object| !resource::info_of(object).namespaced;
    if call.flags.has("namespace") && found.objects.iter().any(is_cluster_scoped) {
        call.warn(delete::CLUSTER_SCOPED);
    }
    let mut deleted = Vec::new();
    for object in found.objects {
        match resource::delete(&mut call.client(), &object, &options.for_server()) {
            Ok(_) => {
                let (info, meta) = (resource::info_of(&object), object.meta());
                print(call, info, (&meta.namespace, &meta.name), options.grace);
                deleted.push(object);
            }
            Err(status) if ignore_missing && status.reason == Reason::NotFound => {}
            Err(status) => failures.push(status.into()),
        }
    }
    Failure::collect(failures)?;
    Ok(deleted)
}

fn print(call: &mut Call<'_>, info: &KindInfo, name: (&str, &str), grace: Option<i64>) {
    if call.flags.text("output") == "name" {
        call.print(&format!("{}/{}", resource::kind_word(info), name.1));
        return;
    }
    let line = delete::line(info, name, grace == Some(0), call.dry_suffix());
    call.print(&line);
}

fn wait_until_gone(call: &mut Call<'_>, objects: Vec<Object>) -> Outcome {
    let mut left = objects;
    call.wait_until(call.time_limit(), move |call| {
        left.retain(|object| {
            call.live(object)
                .is_some_and(|live| live.meta().uid == object.meta().uid)
        });
        if left.is_empty() {
            return Some(Ok(()));
        }
        if !call.is_over() {
            return None;
        }
        if call.time_limit().is_none() {
            return Some(Err(call.interrupted()));
        }
        let late = left.iter().map(|object| {
            let info = resource::info_of(object);
            Failure::Text(format!(
                "timed out waiting for the condition on {}/{}",
                info.plural,
                object.meta().name
            ))
        });
        Some(Failure::collect(late.collect()))
    })
}

fn cascade(call: &mut Call<'_>) -> Result<Propagation, Failure> {
    Ok(match call.flags.text("cascade").to_owned().as_str() {
        "background" => Propagation::Background,
        "foreground" => Propagation::Foreground,
        "orphan" => Propagation::Orphan,
        "true" => {
            call.warn("warning: --cascade=true is deprecated (boolean value) and can be replaced with --cascade=background.");
            Propagation::Background
        }
        "false" => {
            call.warn("warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.");
            Propagation::Orphan
        }
        other => {
            return Err(Failure::Text(format!(
                "invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\""
            )));
        }
    })
}
