//! `kubectl create` and `replace`.
//!
//! Models: kubectl/pkg/cmd/create, cmd/replace.
//! Differs: of the generators only those for namespace, priority class, service account and config map are there.

use super::apply::LAST_APPLIED;
use super::apply::with_annotation;
use super::error::{Failure, Outcome};
use super::manifest::{self, Item};
use super::{Call, resource};
use crate::api::decode;
use crate::api::object::Object;
use crate::api::yaml;
use crate::apiserver::DeleteOptions;
use serde_json::{Value, json};

pub fn create(call: &mut Call<'_>) -> Outcome {
    if !call.words.is_empty() {
        return Err(call.usage(&format!("Unexpected args: [{}]", call.words.join(" "))));
    }
    if call.flags.list("filename").is_empty() && !call.flags.has("kustomize") {
        return Err(Failure::text("must specify one of -f and -k"));
    }
    each_item(call, |call, item, source| {
        let Some(object) = item.object() else {
            return Err(item
                .refusal(source, "creating")
                .unwrap_or_else(Failure::silent));
        };
        let mut object = object.clone();
        save_config(call, item, &mut object);
        let created = call
            .host
            .client()
            .create_object(object)
            .map_err(|status| Failure::from(status).while_doing("creating", source))?;
        call.warn_of(&created, None);
        call.print_result(&created, "created")
    })
}

/// `--save-config`: a later apply knows what this one wrote.
fn save_config(call: &Call<'_>, item: &Item, object: &mut Object) {
    if call.flags.bool("save-config") {
        let (_, text) = with_annotation(&item.value);
        let annotations = &mut object.meta_mut().annotations;
        annotations.insert(LAST_APPLIED.to_owned(), text);
    }
}

pub fn replace(call: &mut Call<'_>) -> Outcome {
    if call.flags.list("filename").is_empty() {
        return Err(Failure::text("must specify one of -f and -k"));
    }
    let force = call.flags.bool("force");
    each_item(call, |call, item, source| {
        let Some(object) = item.object() else {
            return Err(item
                .refusal(source, "replacing")
                .unwrap_or_else(Failure::silent));
        };
        let mut object = object.clone();
        save_config(call, item, &mut object);
        let live = resource::get(
            call.host.client().server,
            item.info,
            &item.namespace,
            &item.name,
        );
        let live = live.map_err(|status| Failure::from(status).while_doing("replacing", source))?;
        if force {
            let options = DeleteOptions {
                grace_period_seconds: Some(0),
                ..DeleteOptions::default()
            };
            resource::delete(&mut call.host.client(), &live, &options)?;
            let place = if item.info.namespaced {
                format!(" from {} namespace", item.namespace)
            } else {
                String::new()
            };
            call.print(&format!(
                "{} \"{}\" deleted{place}",
                resource::kind_word(item.info),
                item.name
            ));
            object.meta_mut().resource_version.clear();
            object.meta_mut().uid.clear();
        }
        let mut client = call.host.client();
        let written = if force {
            client.create_object(object)
        } else {
            client.update_object(object, "by kubectl replace")
        };
        let written =
            written.map_err(|status| Failure::from(status).while_doing("replacing", source))?;
        call.warn_of(&written, Some(&live).filter(|_| !force));
        call.print_result(&written, "replaced")
    })
}

/// Does something with each object of the files; one that fails doesn't stop the others.
pub fn each_item(
    call: &mut Call<'_>,
    mut act: impl FnMut(&mut Call<'_>, &Item, &str) -> Outcome,
) -> Outcome {
    let (namespace, enforced) = (call.namespace(), call.flags.has("namespace"));
    let mut failures = Vec::new();
    for (text, source) in call.texts()? {
        let manifest = manifest::read(&text, &source, &namespace, enforced);
        if manifest.items.is_empty() && manifest.failures.is_empty() {
            failures.push(Failure::Text(format!("no objects passed to {}", call.path)));
        }
        failures.extend(manifest.failures);
        for item in &manifest.items {
            if let Err(failure) = act(call, item, &source) {
                failures.push(failure);
            }
        }
    }
    Failure::collect(failures)
}

fn print_raw(call: &mut Call<'_>, value: &Value) -> Outcome {
    match call.flags.text("output") {
        "json" => {
            let text = super::get::pretty_json(value);
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
fn name(call: &Call<'_>) -> Result<String, Failure> {
    match call.words.as_slice() {
        [name] => Ok(name.clone()),
        words => Err(call.usage(&format!(
            "exactly one NAME is required, got {}",
            words.len()
        ))),
    }
}

fn make(call: &mut Call<'_>, mut value: Value) -> Outcome {
    if call.flags.bool("save-config") {
        value = with_annotation(&value).0;
    }
    if call.dry == super::Dry::Client && !call.flags.text("output").is_empty() {
        // Nothing that the server adds is there.
        return print_raw(call, &value);
    }
    let mut object = decode::decode_value(value)?;
    if resource::info_of(&object).namespaced {
        object.meta_mut().namespace = call.namespace();
    }
    let created = call.host.client().create_object(object).map_err(|status| {
        let what = match status.reason {
            crate::api::status::Reason::Invalid => return Failure::from(status),
            _ => call.path.split(' ').next_back().unwrap_or(""),
        };
        // The generators put the verb before the server's message.
        Failure::Text(format!("failed to create {what}: {}", status.message))
    })?;
    call.print_result(&created, "created")
}

pub fn namespace(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    let mut value =
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    if call.dry == super::Dry::Client && !call.flags.text("output").is_empty() {
        value["spec"] = json!({});
        value["status"] = json!({});
        return print_raw(call, &value);
    }
    let object = decode::decode_value(value)?;
    let created = call.host.client().create_object(object)?;
    call.print_result(&created, "created")
}

pub fn service_account(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    make(
        call,
        json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": name } }),
    )
}

pub fn config_map(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    let mut data = serde_json::Map::new();
    for pair in call.flags.list("from-literal") {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::Text(format!(
                "invalid literal source {pair}, expected key=value"
            )));
        };
        data.insert(key.to_owned(), value.into());
    }
    make(
        call,
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": data }),
    )
}

pub fn priority_class(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    let policy = match call.flags.text("preemption-policy") {
        "" => "PreemptLowerPriority",
        policy => policy,
    };
    let mut value = json!({
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": { "name": name },
        "value": call.flags.int("value"),
        "preemptionPolicy": policy,
    });
    if call.flags.bool("global-default") {
        value["globalDefault"] = true.into();
    }
    if !call.flags.text("description").is_empty() {
        value["description"] = call.flags.text("description").into();
    }
    make(call, value)
}
