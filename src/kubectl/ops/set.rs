//! `set image`, `set resources`, `set env`, `set serviceaccount`: one part of a pod template.
//!
//! Models: kubectl/pkg/cmd/set.

use super::{Done, Report};
use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::pod::{Container, PodSpec, ResourceList};
use crate::client::Client;
use crate::kubectl::error::Failure;
use crate::kubectl::resource;
use serde_json::{Value, json};
use std::rc::Rc;

/// The pod spec in an object, to change it.
fn pod_spec(object: &mut Object) -> Option<&mut PodSpec> {
    match object {
        Object::DaemonSet(set) => Some(&mut Rc::make_mut(set).spec.template.spec),
        Object::Pod(pod) => Some(&mut Rc::make_mut(pod).spec),
        _ => None,
    }
}

fn no_template(object: &Object) -> Failure {
    let info = resource::info_of(object);
    let version = info.version();
    Failure::Text(format!(
        "error: {}/{} the object is not a pod or does not have a pod template: *{version}.{}",
        info.plural,
        object.meta().name,
        info.kind
    ))
}

/// Writes the object unless it is as before.
fn write(
    client: &mut Client<'_>,
    old: &Object,
    new: Object,
    word: &str,
    part: &'static str,
) -> Report {
    if *old == new {
        return Report::default();
    }
    let written = client.update_object(new, part).map_err(|status| {
        Failure::Text(format!(
            "failed to patch {part} update to pod template: {status}"
        ))
    });
    written
        .map(|written| Done::with_warnings(written, Some(old), word))
        .into()
}

/// Sets the images of containers by their names; `*` is all of them.
pub fn image(client: &mut Client<'_>, object: &Object, images: &[(String, String)]) -> Report {
    let mut new = object.clone();
    let Some(spec) = pod_spec(&mut new) else {
        return Report::refused(vec![no_template(object)]);
    };
    let mut missing = Vec::new();
    for (name, image) in images {
        let mut found = false;
        for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
            if name == "*" || container.name == *name {
                container.image.clone_from(image);
                found = true;
            }
        }
        if !found {
            missing.push(Failure::Text(format!(
                "error: unable to find container named {name}",
                name = quote(name)
            )));
        }
    }
    let mut report = write(client, object, new, "image updated", "image");
    missing.append(&mut report.failures);
    Report {
        failures: missing,
        ..report
    }
}

/// Whether a pattern of `--containers` means this container.
fn named(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}

/// Sets limits and requests of the containers that the pattern means; an amount of zero takes the entry away.
pub fn resources(
    client: &mut Client<'_>,
    object: &Object,
    pattern: &str,
    limits: &ResourceList,
    requests: &ResourceList,
) -> Report {
    let mut new = object.clone();
    let Some(spec) = pod_spec(&mut new) else {
        return Report::refused(vec![no_template(object)]);
    };
    let mut found = false;
    let containers = spec.containers.iter_mut();
    for container in containers.filter(|container| named(pattern, &container.name)) {
        found = true;
        let resources = &mut container.resources;
        for (list, given) in [
            (&mut resources.limits, limits),
            (&mut resources.requests, requests),
        ] {
            list.extend(given.clone());
            list.retain(|_, amount| !amount.is_zero());
        }
    }
    if !found {
        return Report::refused(vec![Failure::Text(format!(
            "error: unable to find container named {pattern}"
        ))]);
    }
    write(
        client,
        object,
        new,
        "resource requirements updated",
        "resources",
    )
}

fn env_of(container: &Container) -> Vec<Value> {
    container
        .extra
        .get("env")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

/// `A=b`, or where the value comes from.
fn env_line(item: &Value) -> String {
    let text = |path: &str| item.pointer(path).and_then(Value::as_str).unwrap_or("");
    let name = text("/name");
    if item.pointer("/valueFrom/fieldRef").is_some() {
        return format!(
            "# {name} from field path {}",
            text("/valueFrom/fieldRef/fieldPath")
        );
    }
    for (field, word) in [("secretKeyRef", "secret"), ("configMapKeyRef", "configmap")] {
        let part = |key: &str| text(&format!("/valueFrom/{field}/{key}")).to_owned();
        if item.pointer(&format!("/valueFrom/{field}")).is_some() {
            return format!("# {name} from {word} {}, key {}", part("name"), part("key"));
        }
    }
    if item.pointer("/valueFrom/resourceFieldRef").is_some() {
        return format!(
            "# {name} from resource field {}",
            text("/valueFrom/resourceFieldRef/resource")
        );
    }
    format!("{name}={}", text("/value"))
}

/// Names of environment variables with their new values; `None` removes the variable.
pub type Variables = [(String, Option<String>)];

/// Why a variable may not be set without `--overwrite`.
fn taken_env(env: &[Value], key: &str, value: &str) -> Option<String> {
    let old = env.iter().find(|item| item["name"] == key)?;
    let old = old["value"].as_str().unwrap_or("");
    let text = format!("'{key}' already has a value ({old}), and --overwrite is false");
    (old != value).then_some(text)
}

fn change_env(env: &mut Vec<Value>, variables: &Variables) {
    for (key, value) in variables {
        let Some(value) = value else {
            env.retain(|item| item["name"] != **key);
            continue;
        };
        let new = json!({ "name": key, "value": value });
        match env.iter_mut().find(|item| item["name"] == **key) {
            Some(item) => *item = new,
            None => env.push(new),
        }
    }
}

/// An object with other environment variables, not written yet.
pub struct WithEnv {
    pub object: Object,
    /// The variables of each container, as `--list` prints them.
    pub lines: Vec<String>,
}

/// Changes the variables of the containers that the pattern means; `None` if it means none.
pub fn with_env(
    object: &Object,
    pattern: &str,
    variables: &Variables,
    overwrite: bool,
) -> Result<Option<WithEnv>, Vec<Failure>> {
    let mut new = object.clone();
    let (kind, name) = (object.kind_name(), &object.meta().name);
    let Some(spec) = pod_spec(&mut new) else {
        return Err(vec![no_template(object)]);
    };
    let containers = spec.containers.iter_mut().chain(&mut spec.init_containers);
    let (mut is_any, mut lines, mut taken) = (false, Vec::new(), Vec::new());
    for container in containers.filter(|container| named(pattern, &container.name)) {
        is_any = true;
        let mut env = env_of(container);
        let set = variables
            .iter()
            .filter_map(|(key, value)| Some((key, value.as_ref()?)));
        taken.extend(set.filter_map(|(key, value)| taken_env(&env, key, value)));
        change_env(&mut env, variables);
        lines.push(format!("# {kind} {name}, container {}", container.name));
        lines.extend(env.iter().map(env_line));
        if env.is_empty() {
            container.extra.remove("env");
        } else {
            container.extra.insert("env".to_owned(), Value::Array(env));
        }
    }
    if !overwrite && !taken.is_empty() {
        let resource = format!("{}/{name}", resource::info_of(object).plural);
        let text = |taken| Failure::Text(format!("{resource} {taken}"));
        return Err(taken.into_iter().map(text).collect());
    }
    Ok(is_any.then_some(WithEnv { object: new, lines }))
}

/// Writes an object with other environment variables.
pub fn env(client: &mut Client<'_>, object: &Object, new: Object) -> Report {
    write(client, object, new, "env updated", "env")
}

/// Sets the service account.
pub fn service_account(client: &mut Client<'_>, object: &Object, account: &str) -> Report {
    let mut new = object.clone();
    let Some(spec) = pod_spec(&mut new) else {
        return Report::refused(vec![no_template(object)]);
    };
    for key in ["serviceAccountName", "serviceAccount"] {
        spec.extra.insert(key.to_owned(), account.into());
    }
    write(
        client,
        object,
        new,
        "serviceaccount updated",
        "ServiceAccountName",
    )
}
