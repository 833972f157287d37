//! `kubectl set image`, `set resources`, `set env`, `set serviceaccount`.
//!
//! Models: kubectl/pkg/cmd/set.

use super::Call;
use super::error::{Failure, Outcome};
use super::resource;
use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::pod::{Container, PodSpec, ResourceList};
use crate::api::quantity::Quantity;
use crate::sim::sort::Order;
use serde_json::{Value, json};
use std::rc::Rc;

/// Resources and `name=value` pairs of the words; the error is a resource behind a pair.
fn split(words: &[String]) -> Result<(Vec<String>, Vec<String>), &str> {
    let (mut resources, mut pairs) = (Vec::new(), Vec::new());
    for word in words {
        let pair =
            (word.contains('=') && !word.starts_with('=')) || (word.ends_with('-') && word != "-");
        if pair {
            pairs.push(word.clone());
        } else if pairs.is_empty() {
            resources.push(word.clone());
        } else {
            return Err(word);
        }
    }
    Ok((resources, pairs))
}

fn objects(call: &mut Call<'_>, resources: Vec<String>) -> Result<Vec<Object>, Failure> {
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    call.words = resources;
    call.find(false)?.all_or_failure()
}

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

/// Writes what changed; says nothing if nothing did.
fn write(
    call: &mut Call<'_>,
    old: &Object,
    new: Object,
    word: &str,
    what: &'static str,
) -> Outcome {
    if *old == new {
        return Ok(());
    }
    let written = call.host.client().update_object(new, what);
    let written = written.map_err(|status| {
        Failure::Text(format!(
            "failed to patch {what} update to pod template: {status}"
        ))
    })?;
    call.warn_of(&written, Some(old));
    call.print_result(&written, word)
}

pub fn image(call: &mut Call<'_>) -> Outcome {
    let (resources, pairs) = split(&call.words).map_err(|word| {
        Failure::Text(format!(
            "all resources must be specified before image changes: {word}"
        ))
    })?;
    if call.flags.bool("all") && !call.flags.text("selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --selector at the same time",
        ));
    }
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(super::NOTHING_NAMED));
    }
    let objects = objects(call, resources)?;
    let mut images = Vec::new();
    for pair in &pairs {
        match pair.split_once('=') {
            Some((name, image)) => images.push((name.to_owned(), image.to_owned())),
            _ => return Err(Failure::Text(format!("invalid image format: {pair}"))),
        }
    }
    if images.is_empty() {
        return Err(Failure::text("at least one image update is required"));
    }
    images.order();
    images.dedup_by(|a, b| a.0 == b.0);
    if images.len() > 1 && images.iter().any(|(name, _)| name == "*") {
        return Err(Failure::text(
            "all containers are already specified by *, but saw more than one container_name=image_name pairs",
        ));
    }
    let mut failures = Vec::new();
    for object in objects {
        let mut new = object.clone();
        let Some(spec) = pod_spec(&mut new) else {
            failures.push(no_template(&object));
            continue;
        };
        let mut missing = Vec::new();
        for (name, image) in &images {
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
        failures.extend(missing);
        if let Err(failure) = write(call, &object, new, "image updated", "image") {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn quantities(text: &str) -> Result<ResourceList, Failure> {
    let mut list = ResourceList::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let Some((name, amount)) = part.split_once('=') else {
            return Err(Failure::Text(format!(
                "Invalid argument syntax {part}, expected <resource>=<value>"
            )));
        };
        list.insert(
            name.to_owned(),
            Quantity::parse(amount).map_err(Failure::Text)?,
        );
    }
    Ok(list)
}

/// Does `--containers` mean this container?
fn named(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => pattern == name,
    }
}

pub fn resources(call: &mut Call<'_>) -> Outcome {
    let limits = quantities(call.flags.text("limits"))?;
    let requests = quantities(call.flags.text("requests"))?;
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text("must specify resource to set resources"));
    }
    if limits.is_empty() && requests.is_empty() {
        return Err(Failure::text(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let pattern = call.flags.text("containers").to_owned();
    let mut failures = Vec::new();
    let words = call.words.clone();
    for object in objects(call, words)? {
        let mut new = object.clone();
        let Some(spec) = pod_spec(&mut new) else {
            failures.push(no_template(&object));
            continue;
        };
        let mut found = false;
        for container in spec
            .containers
            .iter_mut()
            .filter(|container| named(&pattern, &container.name))
        {
            found = true;
            container.resources.limits.extend(limits.clone());
            container.resources.requests.extend(requests.clone());
            // An amount of zero takes the entry away.
            container
                .resources
                .limits
                .retain(|_, amount| !amount.is_zero());
            container
                .resources
                .requests
                .retain(|_, amount| !amount.is_zero());
        }
        if !found {
            failures.push(Failure::Text(format!(
                "error: unable to find container named {pattern}"
            )));
        } else if let Err(failure) = write(
            call,
            &object,
            new,
            "resource requirements updated",
            "resources",
        ) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn env_of(container: &Container) -> Vec<Value> {
    container
        .extra
        .get("env")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

const PLAIN_ENV_NAME: &str = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

/// kubectl still refuses names that the server allows by now.
///
/// Models: cmd/set/env/env_parse.go with validation.IsEnvVarName, without its findings about dots.
fn is_plain_env_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !name.starts_with(|first: char| first.is_ascii_digit()) && name.bytes().all(known)
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

/// Why a pair may not be set without `--overwrite`.
fn taken_env(env: &[Value], pair: &str) -> Option<String> {
    let (key, value) = pair.split_once('=')?;
    let old = env.iter().find(|item| item["name"] == key)?;
    let old = old["value"].as_str().unwrap_or("");
    let text = format!("'{key}' already has a value ({old}), and --overwrite is false");
    (old != value).then_some(text)
}

pub fn env(call: &mut Call<'_>) -> Outcome {
    let (resources, mut pairs) = split(&call.words).map_err(|_| {
        Failure::Text(format!(
            "all resources must be specified before environment changes: {}",
            call.words.join(" ")
        ))
    })?;
    pairs.extend(call.flags.list("env").iter().cloned());
    let list = call.flags.bool("list");
    let pattern = call.flags.text("containers").to_owned();
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    for pair in &pairs {
        if let Some((key, _)) = pair.split_once('=')
            && !is_plain_env_name(key)
        {
            return Err(Failure::Text(format!(
                "{key} is not a valid key name: {PLAIN_ENV_NAME}",
                key = quote(key)
            )));
        }
    }
    let removed = |key: &str| pairs.iter().any(|pair| pair.strip_suffix('-') == Some(key));
    if pairs
        .iter()
        .any(|pair| pair.split_once('=').is_some_and(|(key, _)| removed(key)))
    {
        return Err(Failure::text(
            "can not both modify and remove the same environment variable in the same command",
        ));
    }
    let overwrite = call.flags.bool("overwrite");
    let mut failures = Vec::new();
    for object in objects(call, resources)? {
        let mut new = object.clone();
        let kind = new.kind_name().to_owned();
        let name = object.meta().name.clone();
        let Some(spec) = pod_spec(&mut new) else {
            failures.push(no_template(&object));
            continue;
        };
        let containers = spec.containers.iter_mut().chain(&mut spec.init_containers);
        let mut lines = Vec::new();
        let (mut any, mut taken) = (false, Vec::new());
        for container in containers.filter(|container| named(&pattern, &container.name)) {
            any = true;
            let mut env = env_of(container);
            taken.extend(
                pairs
                    .iter()
                    .filter(|_| !overwrite)
                    .filter_map(|pair| taken_env(&env, pair)),
            );
            for pair in &pairs {
                match pair.split_once('=') {
                    Some((key, value)) => match env.iter_mut().find(|item| item["name"] == key) {
                        Some(item) => *item = json!({ "name": key, "value": value }),
                        None => env.push(json!({ "name": key, "value": value })),
                    },
                    None => {
                        let key = pair.trim_end_matches('-');
                        env.retain(|item| item["name"] != key);
                    }
                }
            }
            if list {
                lines.push(format!("# {kind} {name}, container {}", container.name));
                lines.extend(env.iter().map(env_line));
            }
            if env.is_empty() {
                container.extra.remove("env");
            } else {
                container.extra.insert("env".to_owned(), Value::Array(env));
            }
        }
        if !any {
            call.warn(&format!(
                "Warning: {kind}/{name} does not have any containers matching {pattern}",
                pattern = quote(&pattern)
            ));
            continue;
        }
        if !taken.is_empty() {
            let resource = format!("{}/{name}", resource::info_of(&object).plural);
            let text = |taken| Failure::Text(format!("{resource} {taken}"));
            failures.extend(taken.into_iter().map(text));
            continue;
        }
        for line in &lines {
            call.print(line);
        }
        if !list && let Err(failure) = write(call, &object, new, "env updated", "env") {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

pub fn service_account(call: &mut Call<'_>) -> Outcome {
    let Some(account) = call.words.pop() else {
        return Err(Failure::text("serviceaccount is required"));
    };
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(super::NOTHING_NAMED));
    }
    let words = call.words.clone();
    let mut failures = Vec::new();
    for object in objects(call, words)? {
        let mut new = object.clone();
        let Some(spec) = pod_spec(&mut new) else {
            failures.push(no_template(&object));
            continue;
        };
        for key in ["serviceAccountName", "serviceAccount"] {
            spec.extra.insert(key.to_owned(), account.as_str().into());
        }
        if let Err(failure) = write(
            call,
            &object,
            new,
            "serviceaccount updated",
            "ServiceAccountName",
        ) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}
