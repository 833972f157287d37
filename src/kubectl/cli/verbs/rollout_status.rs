//! `kubectl rollout status`: waits until the rollout is done.
//!
//! Models: kubectl/pkg/cmd/rollout/rollout_status.go.

use super::rollout::{nothing_found, objects, revision_flag};
use crate::api::object::Object;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::verb::{
    Complete, DAEMON_SETS, FILENAME, KUSTOMIZE, RECURSIVE, SELECTOR, TIMEOUT, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops::rollout::{daemon_set, status_line};

pub const VERB: Verb = Verb {
    path: "rollout status",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "Wait until a rollout is done",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        SELECTOR,
        TIMEOUT,
        flag("revision", Takes::Int, "0"),
        short("watch", 'w', Takes::Bool, "true"),
    ],
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    revision_flag(call)?;
    let objects = objects(call, true)?;
    if objects.is_empty() {
        return nothing_found(call);
    }
    let mut sets = Vec::new();
    for object in objects {
        let set = daemon_set(&object, |_, kind| {
            format!("no status viewer has been implemented for {kind}")
        });
        sets.push((object, set));
    }
    let mut sets = sets.into_iter();
    let mut watched = sets.next();
    let mut seen = String::new();
    call.wait_until(call.time_limit(), move |call| {
        while let Some((object, set)) = &watched {
            let set = match set {
                Ok(set) => set,
                Err(failure) => return Some(Err(failure.clone())),
            };
            match look_at_rollout(call, object, &set.metadata.uid, &mut seen) {
                Ok(true) => {}
                Ok(false) if call.is_over() && call.time_limit().is_none() => {
                    return Some(Err(call.interrupted()));
                }
                Ok(false) if call.is_over() => {
                    return Some(Err(Failure::text("timed out waiting for the condition")));
                }
                Ok(false) => return None,
                Err(failure) => return Some(Err(failure)),
            }
            // The time limit is for each.
            let limit = call.time_limit();
            call.set_timeout(limit);
            watched = sets.next();
            seen.clear();
        }
        Some(Ok(()))
    })
}

/// Prints how far a rollout is whenever the object changed, even if it is the same line; true when nothing more is to be seen.
fn look_at_rollout(
    call: &mut Call<'_>,
    object: &Object,
    uid: &str,
    seen: &mut String,
) -> Result<bool, Failure> {
    let live = call.live(object).filter(|live| live.meta().uid == *uid);
    let Some(Object::DaemonSet(live)) = live else {
        return Err(Failure::text("object has been deleted"));
    };
    if live.metadata.resource_version == *seen {
        return Ok(false);
    }
    seen.clone_from(&live.metadata.resource_version);
    let (line, done) = status_line(&live)?;
    call.print(&line);
    Ok(done || !call.flags.bool("watch"))
}
