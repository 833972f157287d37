//! `kubectl describe`.
//!
//! Models: kubectl/pkg/cmd/describe.

use crate::api::kinds::KindInfo;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    ALL_NAMESPACES, CHUNK, Complete, FILENAME, KUSTOMIZE, Kinds, RECURSIVE, SELECTOR, Verb,
};
use crate::kubectl::describe;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::resource;
use crate::kubectl::resource::Words;

pub const VERB: Verb = Verb {
    path: "describe",
    aliases: &[],
    usage: "TYPE [NAME ...] | TYPE/NAME ...",
    about: "Show one object in detail, with its events",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        SELECTOR,
        ALL_NAMESPACES,
        CHUNK,
        flag("show-events", Takes::Bool, "true"),
    ],
    run,
    complete: Complete::Objects(Kinds::All),
};

fn run(call: &mut Call<'_>) -> Outcome {
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.",
        ));
    }
    let prefix = name_prefix(call);
    let mut found = call.find(true)?;
    if found.objects.is_empty()
        && let Some((info, prefix)) = prefix
    {
        // A name that isn't there may be the beginning of several.
        let namespace = call.namespace();
        let mut all = resource::list(call.client().server, info, Some(&namespace));
        all.retain(|object| object.meta().name.starts_with(&prefix));
        if !all.is_empty() {
            found.objects = all;
            found.failures.clear();
        }
    }
    let (now, with_events) = (call.time(), call.flags.bool("show-events"));
    for (i, object) in found.objects.iter().enumerate() {
        if i > 0 {
            call.put("\n\n");
        }
        let text = describe::describe(call.client().server, object, now, with_events);
        call.put(&text);
    }
    if found.objects.is_empty() && found.failures.is_empty() {
        let namespaced = found.kinds.iter().any(|info| info.namespaced);
        if call.flags.bool("all-namespaces") || !namespaced {
            call.warn("No resources found");
        } else {
            let namespace = call.namespace();
            call.warn(&format!("No resources found in {namespace} namespace."));
        }
    }
    Failure::collect(found.failures)
}

/// The kind and the beginning of a name, if just these two were given.
fn name_prefix(call: &Call<'_>) -> Option<(&'static KindInfo, String)> {
    match resource::parse(&call.words) {
        Ok(Words::Names(names)) => match names.as_slice() {
            [(info, name)] => Some((*info, name.clone())),
            _ => None,
        },
        _ => None,
    }
}
