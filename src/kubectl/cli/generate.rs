//! The generators of `kubectl create`: objects from flags instead of a manifest.
//!
//! Models: kubectl/pkg/cmd/create.
//! Differs: only those for namespace, priority class, service account and config map are there.

use super::flags::{Flag, Takes, flag};
use super::verb::{
    DRY_RUN, MANAGED, MANAGER, MISSING_KEYS, OUTPUT, SAVE_CONFIG, TEMPLATE, VALIDATE,
};
use super::{Call, print};
use crate::api::decode;
use crate::api::status::Reason;
use crate::api::yaml;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::job::Dry;
use crate::kubectl::ops::apply::with_annotation;
use crate::kubectl::resource;
use serde_json::Value;

/// The flags of all generators.
pub const FLAGS: &[Flag] = &[
    OUTPUT,
    DRY_RUN,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    SAVE_CONFIG,
    flag("from-literal", Takes::List, ""),
    flag("value", Takes::Int, "0"),
    flag("global-default", Takes::Bool, "false"),
    flag("description", Takes::Text, ""),
    flag("preemption-policy", Takes::Text, ""),
];

pub fn print_raw(call: &mut Call<'_>, value: &Value) -> Outcome {
    match call.flags.text("output") {
        "json" => {
            let text = print::pretty_json(value);
            call.print(&text);
            Ok(())
        }
        "yaml" => {
            let text = yaml::to_string(value);
            call.put(&text);
            Ok(())
        }
        _ => {
            let object = decode::decode_value(value.clone())?;
            call.print_result(&object, "created")
        }
    }
}

/// The one name that a generator needs.
pub fn name(call: &Call<'_>) -> Result<String, Failure> {
    match call.words.as_slice() {
        [name] => Ok(name.clone()),
        words => Err(call.usage(&format!(
            "exactly one NAME is required, got {}",
            words.len()
        ))),
    }
}

/// Creates the object of a generator.
pub fn make(call: &mut Call<'_>, mut value: Value) -> Outcome {
    if call.flags.bool("save-config") {
        value = with_annotation(&value).0;
    }
    if call.dry == Dry::Client && !call.flags.text("output").is_empty() {
        // Nothing that the server adds is there.
        return print_raw(call, &value);
    }
    let mut object = decode::decode_value(value)?;
    if resource::info_of(&object).namespaced {
        object.meta_mut().namespace = call.namespace();
    }
    let created = call.client().create_object(object).map_err(|status| {
        let what = match status.reason {
            Reason::Invalid => return Failure::from(status),
            _ => call.verb.path.split(' ').next_back().unwrap_or(""),
        };
        // The generators put the verb before the server's message.
        Failure::Text(format!("failed to create {what}: {}", status.message))
    })?;
    call.print_result(&created, "created")
}
