//! `kubectl events`: by time, with the count in LAST SEEN.
//!
//! Models: kubectl/pkg/cmd/events.

use crate::api::core::Event;
use crate::api::meta::Time;
use crate::api::object::Object;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::print;
use crate::kubectl::cli::verb::{
    ALL_NAMESPACES, CHUNK, Complete, MANAGED, MISSING_KEYS, OUTPUT, TEMPLATE, Verb,
};
use crate::kubectl::duration;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::resource;
use crate::kubectl::tabs;
use crate::sim::sort::Order;
use std::rc::Rc;

pub const VERB: Verb = Verb {
    path: "events",
    aliases: &[],
    usage: "[--for TYPE/NAME]",
    about: "List events",
    flags: &[
        OUTPUT,
        ALL_NAMESPACES,
        CHUNK,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        flag("for", Takes::Text, ""),
        flag("no-headers", Takes::Bool, "false"),
        flag("types", Takes::List, ""),
        short("watch", 'w', Takes::Bool, "false"),
    ],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    let about = match call.flags.text("for") {
        "" => None,
        text => {
            let (kind, name) = text
                .split_once('/')
                .ok_or_else(|| Failure::text("--for must be in resource/name form"))?;
            Some((resource::find(kind)?.kind, name.to_owned()))
        }
    };
    let types = call.flags.words("types");
    if types
        .iter()
        .any(|type_| !matches!(type_.to_ascii_lowercase().as_str(), "normal" | "warning"))
    {
        return Err(Failure::text("valid --types are Normal or Warning"));
    }
    let all = call.flags.bool("all-namespaces");
    let namespace = call.namespace();
    let now = call.time();
    let mut events: Vec<_> = call.client().server.events.iter().cloned().collect();
    events.retain(|event| {
        (all || event.metadata.namespace == namespace)
            && about.as_ref().is_none_or(|(kind, name)| {
                event.involved_object.kind == *kind && event.involved_object.name == *name
            })
            && (types.is_empty()
                || types
                    .iter()
                    .any(|type_| type_.eq_ignore_ascii_case(&event.type_)))
    });
    if events.is_empty() {
        if all {
            call.warn("No events found.");
        } else {
            call.warn(&format!("No events found in {namespace} namespace."));
        }
        return Ok(());
    }
    events.order_by_key(|event| {
        (
            event.last_timestamp,
            event.metadata.resource_version.parse::<u64>().unwrap_or(0),
        )
    });
    if !call.flags.text("output").is_empty() {
        let objects: Vec<Object> = events.into_iter().map(Object::Event).collect();
        return print::objects(call, &objects, true);
    }
    let headers = !call.flags.bool("no-headers");
    let text = table(&events, all, headers, now);
    call.put(&text);
    Ok(())
}

fn table(events: &[Rc<Event>], all: bool, headers: bool, now: Time) -> String {
    let mut text = String::new();
    let prefix = |namespace: &str| {
        if all {
            format!("{namespace}\t")
        } else {
            String::new()
        }
    };
    if headers {
        text.push_str(&format!(
            "{}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n",
            prefix("NAMESPACE")
        ));
    }
    for event in events {
        let first = duration::since(event.first_timestamp, now);
        let seen = match event.count {
            2.. => format!(
                "{} (x{} over {first})",
                duration::since(event.last_timestamp, now),
                event.count
            ),
            _ => first,
        };
        let about = &event.involved_object;
        text.push_str(&format!(
            "{}{seen}\t{}\t{}\t{}/{}\t{}\n",
            prefix(&event.metadata.namespace),
            event.type_,
            event.reason,
            about.kind,
            about.name,
            event.message.trim().replace('\n', " ")
        ));
    }
    tabs::align(&text, 6, 3)
}
