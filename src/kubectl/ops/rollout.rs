//! The rollout of a DaemonSet: its state in a line, its revisions, `undo` and `restart`.
//!
//! Models: kubectl/pkg/cmd/rollout, pkg/polymorphichelpers.

use super::Done;
use super::apply::LAST_APPLIED;
use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::go::quote;
use crate::api::object::{Object, Resource};
use crate::api::selector::label_selector_matches;
use crate::apiserver::ApiServer;
use crate::client::Client;
use crate::controllers::daemon_set::history::{template_of, template_patch};
use crate::kubectl::error::Failure;
use crate::kubectl::job::{Dry, Job};
use crate::kubectl::{describe, resource, tabs};
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

/// A DaemonSet, or upstream's refusal for kinds that have no such command.
pub fn daemon_set(
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

/// The complaint of upstream's visitor of kinds about a kind that it has no method for.
pub fn no_visitor(object: &Object) -> String {
    let info = resource::info_of(object);
    format!(
        "no visitor method exists for {{{} {}}}",
        info.group(),
        info.kind
    )
}

/// Sets the template of an earlier revision, or with 0 of the one before.
pub fn undo(job: &mut Job<'_>, object: &Object, wanted: i64) -> Result<Done, Failure> {
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
        job.warn(&format!("Warning: resource daemonsets/{name} was previously managed with 'kubectl apply'. Rolling back will not update the {LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead."));
    }
    if wanted < 0 {
        return Err(Failure::Text(format!(
            "unable to find specified revision {wanted} in history"
        )));
    }
    let revisions = revisions(job.client().server, &set);
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
    if job.dry == Dry::Client {
        let text = describe::template::pod_template(&template);
        return Ok(Done::new(
            object.clone(),
            format!("will roll back to {text}"),
        ));
    }
    if template_patch(&set.spec.template) == target.data {
        let word = format!("skipped rollback (current template already matches revision {wanted})");
        return Ok(Done::new(object.clone(), word));
    }
    let written =
        job.client()
            .patch::<DaemonSet>(&set.key(), "the template, by a rollback", |set| {
                set.spec.template = template
            })?;
    let written = DaemonSet::into_object(written);
    Ok(Done::with_warnings(written, Some(object), "rolled back"))
}

/// Replaces all pods by a change of the template's annotations.
pub fn restart(client: &mut Client<'_>, object: &Object) -> Result<Done, Failure> {
    let name = &object.meta().name;
    let set = daemon_set(object, |resource, _| {
        format!(
            "error: {resource} {name} restarting is not supported",
            name = quote(name)
        )
    })?;
    let stamp = client.time().to_string();
    if set.spec.template.metadata.annotations.get(RESTARTED_AT) == Some(&stamp) {
        return Err(Failure::Text(format!(
            "failed to create patch for {name}: if restart has already been triggered within the past second, please wait before attempting to trigger another"
        )));
    }
    let written = client.patch::<DaemonSet>(&set.key(), "the template, by a restart", |set| {
        let annotations = &mut set.spec.template.metadata.annotations;
        annotations.insert(RESTARTED_AT.to_owned(), stamp);
    })?;
    let written = DaemonSet::into_object(written);
    Ok(Done::with_warnings(written, Some(object), "restarted"))
}

/// Only Deployments can be paused and resumed. `word`: `pausing`.
pub fn cannot_pause(object: &Object, word: &str) -> Failure {
    Failure::Text(format!(
        "error: {} {:?} {word} is not supported",
        resource::info_of(object).resource(),
        object.meta().name
    ))
}
