//! `kubectl rollout status`, `history`, `undo`, `restart`, `pause`, `resume`.
//!
//! Models: kubectl/pkg/cmd/rollout, pkg/polymorphichelpers.

use super::Call;
use super::apply::LAST_APPLIED;
use super::error::{Failure, Outcome};
use super::{describe, resource, tabs};
use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::go::quote;
use crate::api::object::{Object, Resource};
use crate::api::selector::label_selector_matches;
use crate::apiserver::ApiServer;
use crate::controllers::daemon_set::history::{template_of, template_patch};
use crate::sim::sort::Order;
use std::rc::Rc;

const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// One line about the state of a rollout, and whether it is done.
///
/// Models: rollout_status.go, DaemonSetStatusViewer.
pub fn status_line(set: &DaemonSet) -> Result<(String, bool), Failure> {
    let strategy = &set.spec.update_strategy.type_;
    if !strategy.is_empty() && strategy != "RollingUpdate" {
        return Err(Failure::text(
            "rollout status is only available for RollingUpdate strategy type",
        ));
    }
    let (name, status) = (&set.metadata.name, &set.status);
    if set.metadata.generation > status.observed_generation {
        return Ok((
            "Waiting for daemon set spec update to be observed...".to_owned(),
            false,
        ));
    }
    let (desired, updated, available) = (
        status.desired_number_scheduled,
        status.updated_number_scheduled,
        status.number_available,
    );
    Ok(if updated < desired {
        (
            format!(
                "Waiting for daemon set {name} rollout to finish: {updated} out of {desired} new pods have been updated...",
                name = quote(name)
            ),
            false,
        )
    } else if available < desired {
        (
            format!(
                "Waiting for daemon set {name} rollout to finish: {available} of {desired} updated pods are available...",
                name = quote(name)
            ),
            false,
        )
    } else {
        (
            format!(
                "daemon set {name} successfully rolled out",
                name = quote(name)
            ),
            true,
        )
    })
}

/// The revisions that a DaemonSet owns, by number.
pub fn revisions(server: &ApiServer, set: &DaemonSet) -> Vec<Rc<ControllerRevision>> {
    let namespace = &set.metadata.namespace;
    let owned = server
        .controller_revisions
        .in_namespace(namespace)
        .filter(|revision| {
            label_selector_matches(set.spec.selector.as_ref(), &revision.metadata.labels)
                && revision.metadata.is_controlled_by(&set.metadata.uid)
        });
    let mut owned: Vec<Rc<ControllerRevision>> = owned.cloned().collect();
    owned.order_by_key(|revision| revision.revision);
    owned
}

/// The table of revisions, as `rollout history` prints it below the name.
pub fn history_table(revisions: &[Rc<ControllerRevision>]) -> String {
    if revisions.is_empty() {
        return "No rollout history found.".to_owned();
    }
    let mut text = "REVISION\tCHANGE-CAUSE\n".to_owned();
    for revision in revisions {
        let cause = revision
            .metadata
            .annotations
            .get(CHANGE_CAUSE)
            .filter(|cause| !cause.is_empty());
        text.push_str(&format!(
            "{}\t{}\n",
            revision.revision,
            cause.map_or("<none>", String::as_str)
        ));
    }
    tabs::align(&text, 0, 2)
}

/// The objects of a rollout command.
fn objects(call: &mut Call<'_>, all: bool) -> Result<Vec<Object>, Failure> {
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text("required resource not specified"));
    }
    call.find(all)?.all_or_failure()
}

/// For commands that go on with what there is.
fn objects_and_failures(call: &mut Call<'_>, all: bool) -> Result<resource::Found, Failure> {
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text("required resource not specified"));
    }
    call.find(all)
}

/// A DaemonSet, or upstream's refusal for kinds that have no such command.
fn daemon_set(
    object: &Object,
    refusal: impl Fn(&str, &str) -> String,
) -> Result<Rc<DaemonSet>, Failure> {
    match object {
        Object::DaemonSet(set) => Ok(Rc::clone(set)),
        other => {
            let info = resource::info_of(other);
            Err(Failure::Text(refusal(
                &info.resource(),
                &info.qualified_kind(),
            )))
        }
    }
}

/// What upstream's visitor of kinds says of a kind that it has no method for.
fn no_visitor(object: &Object) -> String {
    let info = resource::info_of(object);
    format!(
        "no visitor method exists for {{{} {}}}",
        info.group(),
        info.kind
    )
}

/// Most rollout commands have this to say where nothing is selected.
fn nothing_found(call: &mut Call<'_>) -> Outcome {
    let namespace = call.namespace();
    call.warn(&format!("No resources found in {namespace} namespace."));
    Ok(())
}

/// A revision that a flag names.
fn revision_flag(call: &Call<'_>) -> Result<i64, Failure> {
    let revision = call.flags.int("revision");
    if revision < 0 {
        return Err(Failure::Text(format!(
            "revision must be a positive integer: {revision}"
        )));
    }
    Ok(revision)
}

pub fn status(call: &mut Call<'_>) -> Outcome {
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
            call.set_timeout(call.time_limit());
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

pub fn history(call: &mut Call<'_>) -> Outcome {
    let wanted = revision_flag(call)?;
    for object in objects(call, true)? {
        let set = daemon_set(&object, |_, kind| match &object {
            Object::Pod(_) => format!(
                "no history viewer has been implemented for {kind}",
                kind = quote(kind)
            ),
            _ => format!(
                "error retrieving history for {kind}, {}",
                no_visitor(&object),
                kind = quote(kind)
            ),
        })?;
        let revisions = revisions(call.host.client().server, &set);
        let name = resource::full_name(&object);
        if wanted == 0 && !call.flags.text("output").is_empty() {
            for (i, revision) in revisions.iter().enumerate() {
                if i > 0 && call.flags.text("output") == "yaml" {
                    call.print("---");
                }
                let mut shown = (*set).clone();
                shown.spec.template = template_of(revision).unwrap_or_default();
                let shown = DaemonSet::into_object(Rc::new(shown));
                super::get::print_objects(call, &[shown], false)?;
            }
            continue;
        }
        if wanted == 0 {
            let table = history_table(&revisions);
            call.print(&format!("{name} \n{table}"));
            continue;
        }
        let revision = revisions
            .iter()
            .find(|revision| revision.revision == wanted);
        let template = revision.and_then(|revision| template_of(revision));
        let Some(template) = template else {
            return Err(Failure::text("unable to find the specified revision"));
        };
        if !call.flags.text("output").is_empty() {
            let mut shown = (*set).clone();
            shown.spec.template = template;
            let shown = DaemonSet::into_object(Rc::new(shown));
            super::get::print_objects(call, &[shown], false)?;
            continue;
        }
        // Upstream leaves the tabs as they are.
        let text = describe::template::pod_template(&template);
        call.print(&format!("{name} with revision #{wanted}\n{text}"));
    }
    Ok(())
}

pub fn undo(call: &mut Call<'_>) -> Outcome {
    let wanted = call.flags.int("to-revision");
    let found = objects_and_failures(call, false)?;
    let mut failures = found.failures;
    for object in found.objects {
        if let Err(failure) = undo_one(call, &object, wanted) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn undo_one(call: &mut Call<'_>, object: &Object, wanted: i64) -> Outcome {
    let set = daemon_set(object, |_, kind| match object {
        Object::Pod(_) => format!(
            "no rollbacker has been implemented for {kind}",
            kind = quote(kind)
        ),
        _ => format!(
            "error retrieving rollbacker for {kind}, {}",
            no_visitor(object),
            kind = quote(kind)
        ),
    })?;
    let name = &set.metadata.name;
    if set.metadata.annotations.contains_key(LAST_APPLIED) {
        call.warn(&format!("Warning: resource daemonsets/{name} was previously managed with 'kubectl apply'. Rolling back will not update the {LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead."));
    }
    if wanted < 0 {
        return Err(Failure::Text(format!(
            "unable to find specified revision {wanted} in history"
        )));
    }
    let revisions = revisions(call.host.client().server, &set);
    let target = if wanted == 0 {
        let second = revisions
            .len()
            .checked_sub(2)
            .and_then(|i| revisions.get(i));
        second.ok_or_else(|| Failure::text("no last revision to roll back to"))?
    } else {
        let named = revisions
            .iter()
            .find(|revision| revision.revision == wanted);
        named.ok_or_else(|| {
            Failure::Text(format!(
                "unable to find specified revision {wanted} in history"
            ))
        })?
    };
    let Some(template) = template_of(target) else {
        return Err(Failure::Text(format!(
            "unable to find specified revision {wanted} in history"
        )));
    };
    if call.dry == super::Dry::Client {
        let text = describe::template::pod_template(&template);
        return call.print_result(object, &format!("will roll back to {text}"));
    }
    if template_patch(&set.spec.template) == target.data {
        let word = format!("skipped rollback (current template already matches revision {wanted})");
        return call.print_result(object, &word);
    }
    let written = call.host.client().patch::<DaemonSet>(
        &set.key(),
        "the template, by a rollback",
        |set| set.spec.template = template,
    )?;
    let written = DaemonSet::into_object(written);
    call.warn_of(&written, Some(object));
    call.print_result(&written, "rolled back")
}

pub fn restart(call: &mut Call<'_>) -> Outcome {
    let now = call.time();
    let found = objects_and_failures(call, true)?;
    let mut failures = found.failures;
    if found.objects.is_empty() && failures.is_empty() {
        return nothing_found(call);
    }
    for object in found.objects {
        let name = object.meta().name.clone();
        let set = match daemon_set(&object, |resource, _| {
            format!(
                "error: {resource} {name} restarting is not supported",
                name = quote(&name)
            )
        }) {
            Ok(set) => set,
            Err(failure) => {
                failures.push(failure);
                continue;
            }
        };
        let stamp = super::apply::restarted_at(now);
        if set.spec.template.metadata.annotations.get(RESTARTED_AT) == Some(&stamp) {
            failures.push(Failure::Text(format!("failed to create patch for {name}: if restart has already been triggered within the past second, please wait before attempting to trigger another")));
            continue;
        }
        let result = call.host.client().patch::<DaemonSet>(
            &set.key(),
            "the template, by a restart",
            |set| {
                set.spec
                    .template
                    .metadata
                    .annotations
                    .insert(RESTARTED_AT.to_owned(), stamp);
            },
        );
        match result {
            Ok(written) => {
                let written = DaemonSet::into_object(written);
                call.warn_of(&written, Some(&object));
                call.print_result(&written, "restarted")?;
            }
            Err(status) => failures.push(status.into()),
        }
    }
    Failure::collect(failures)
}

pub fn pause(call: &mut Call<'_>) -> Outcome {
    refuse_all(call, "pausing")
}

pub fn resume(call: &mut Call<'_>) -> Outcome {
    refuse_all(call, "resuming")
}

/// Only Deployments can be paused.
fn refuse_all(call: &mut Call<'_>, word: &str) -> Outcome {
    let objects = objects(call, false)?;
    if objects.is_empty() {
        return nothing_found(call);
    }
    let failures = objects.iter().map(|object| {
        let resource = resource::info_of(object).resource();
        Failure::Text(format!(
            "error: {resource} {:?} {word} is not supported",
            object.meta().name
        ))
    });
    Failure::collect(failures.collect())
}
