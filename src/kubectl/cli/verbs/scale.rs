//! `kubectl scale`.
//!
//! Models: kubectl/pkg/cmd/scale.

use crate::api::status::{Reason, Status};
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    ALL, Complete, DAEMON_SETS, DRY_RUN, FILENAME, KUSTOMIZE, MANAGED, MISSING_KEYS, OUTPUT,
    RECURSIVE, RESOURCE_VERSION, SELECTOR, TEMPLATE, TIMEOUT, Verb,
};
use crate::kubectl::error::{Failure, Outcome};

pub const VERB: Verb = Verb {
    path: "scale",
    aliases: &[],
    usage: "TYPE NAME --replicas=COUNT",
    about: "Change a number of replicas (DaemonSets have none)",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        ALL,
        DRY_RUN,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        TIMEOUT,
        RESOURCE_VERSION,
        flag("current-replicas", Takes::Int, "-1"),
        flag("replicas", Takes::Int, "0"),
    ],
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

/// DaemonSets can't be scaled: they have no such subresource.
fn run(call: &mut Call<'_>) -> Outcome {
    if !call.flags.has("replicas") {
        return Err(Failure::text("required flag(s) \"replicas\" not set"));
    }
    if call.flags.int("replicas") < 0 {
        return Err(Failure::text(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    call.require_any_object()?;
    let found = call.find(false)?;
    if found.objects.is_empty()
        && let [Failure::Server { status, .. }] = found.failures.as_slice()
    {
        return Err(Failure::Text(format!(
            "no objects passed to scale {}",
            status.message
        )));
    }
    let mut failures = found.failures;
    for object in found.objects {
        match object.kind_name() {
            "Deployment" | "ReplicaSet" | "StatefulSet" | "ReplicationController" => {
                call.print_result(&object, "scaled")?;
            }
            _ => {
                let message = "the server could not find the requested resource".to_owned();
                failures.push(Status::new(Reason::NotFound, message).into());
            }
        }
    }
    Failure::collect(failures)
}
