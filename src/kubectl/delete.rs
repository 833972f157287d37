//! `kubectl delete`.
//!
//! Models: kubectl/pkg/cmd/delete/delete.go.

use super::Call;
use super::error::{Failure, Outcome};
use super::{Dry, resource};
use crate::api::kinds::KindInfo;
use crate::api::object::Object;
use crate::api::status::Reason;
use crate::apiserver::{DeleteOptions, Propagation};

pub fn run(call: &mut Call<'_>) -> Outcome {
    let propagation = cascade(call)?;
    let (all, selector) = (
        call.flags.bool("all"),
        !call.flags.text("selector").is_empty(),
    );
    if !matches!(call.flags.text("output"), "" | "name") {
        return Err(Failure::Text(format!(
            "unexpected -o output mode: {}. We only support '-o name'",
            call.flags.text("output")
        )));
    }
    // The words are upstream's builder of resources', which is asked before the flags are looked at.
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
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(super::NOTHING_NAMED));
    }
    if force {
        call.warn("Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.");
    }
    if call.dry == Dry::Client
        && call.flags.list("filename").is_empty()
        && let resource::Words::Names(names) = resource::parse(&call.words)?
    {
        // Nobody asks the server whether they are there.
        for (info, name) in names {
            let namespace = call.namespace();
            print(call, info, &name, &namespace, grace == 0);
        }
        return Ok(());
    }
    let found = call.find(false)?;
    let by_name = found.by_name;
    let ignore_missing = call.flags.bool("ignore-not-found") || all || selector;
    let not_found = |failure: &Failure| matches!(failure, Failure::Server { status, .. } if status.reason == Reason::NotFound);
    let mut failures = found.failures;
    failures.retain(|failure| !(ignore_missing && not_found(failure)));
    if call.flags.has("namespace")
        && found
            .objects
            .iter()
            .any(|object| !resource::info_of(object).namespaced)
    {
        call.warn(
            "Warning: deleting cluster-scoped resources, not scoped to the provided namespace",
        );
    }
    let options = DeleteOptions {
        grace_period_seconds: (grace >= 0).then_some(grace),
        propagation,
        uid: None,
    };
    let mut deleted = Vec::new();
    for object in found.objects {
        let info = resource::info_of(&object);
        match resource::delete(&mut call.host.client(), &object, &options) {
            Ok(_) => {
                let meta = object.meta().clone();
                print(call, info, &meta.name, &meta.namespace, grace == 0);
                deleted.push(object);
            }
            Err(status) if ignore_missing && status.reason == Reason::NotFound => {}
            Err(status) => failures.push(status.into()),
        }
    }
    Failure::collect(failures)?;
    if deleted.is_empty() && by_name {
        return Ok(());
    }
    if deleted.is_empty() {
        call.print("No resources found");
        return Ok(());
    }
    if !wait || call.dry != Dry::No {
        return Ok(());
    }
    wait_until_gone(call, deleted)
}

fn print(call: &mut Call<'_>, info: &KindInfo, name: &str, namespace: &str, forced: bool) {
    let kind = resource::kind_word(info);
    if call.flags.text("output") == "name" {
        call.print(&format!("{kind}/{name}"));
        return;
    }
    let word = if forced { "force deleted" } else { "deleted" };
    let dry = call.dry_suffix();
    let from = if info.namespaced {
        format!(" from {namespace} namespace")
    } else {
        String::new()
    };
    call.print(&format!("{kind} \"{name}\" {word}{dry}{from}"));
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
