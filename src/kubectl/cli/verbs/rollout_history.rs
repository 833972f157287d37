//! `kubectl rollout history`.
//!
//! Models: kubectl/pkg/cmd/rollout/rollout_history.go, pkg/polymorphichelpers/history.go.

use super::rollout::{objects, revision_flag};
use crate::api::apps::DaemonSet;
use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::object::Resource;
use crate::controllers::daemon_set::history::template_of;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::print;
use crate::kubectl::cli::verb::{
    Complete, DAEMON_SETS, FILENAME, KUSTOMIZE, MANAGED, MISSING_KEYS, OUTPUT, RECURSIVE, SELECTOR,
    TEMPLATE, Verb,
};
use crate::kubectl::describe;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops::rollout::{daemon_set, history_table, no_visitor, revisions};
use crate::kubectl::resource;
use std::rc::Rc;

pub const VERB: Verb = Verb {
    path: "rollout history",
    aliases: &[],
    usage: "TYPE NAME | TYPE/NAME",
    about: "List revisions, or show one",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        flag("revision", Takes::Int, "0"),
    ],
    run,
    complete: Complete::Objects(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
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
        let revisions = revisions(call.client().server, &set);
        let name = resource::full_name(&object);
        if wanted == 0 && !call.flags.text("output").is_empty() {
            for (i, revision) in revisions.iter().enumerate() {
                if i > 0 && call.flags.text("output") == "yaml" {
                    call.print("---");
                }
                let mut shown = (*set).clone();
                shown.spec.template = template_of(revision).unwrap_or_default();
                let shown = DaemonSet::into_object(Rc::new(shown));
                print::objects(call, &[shown], false)?;
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
            print::objects(call, &[shown], false)?;
            continue;
        }
        // Upstream leaves the tabs as they are.
        let text = describe::template::pod_template(&template);
        call.print(&format!("{name} with revision #{wanted}\n{text}"));
    }
    Ok(())
}
