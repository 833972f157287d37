//! `apply`: creates an object that isn't there, else sends a three-way merge patch.
//!
//! Models: kubectl/pkg/cmd/apply/apply.go, patcher.go.
//! Differs: client-side only; conflicts can't happen, so there are no retries.

use super::{default_namespace, server_warnings};
use crate::api::go;
use crate::api::go::quote;
use crate::api::json;
use crate::api::object::Object;
use crate::api::schema;
use crate::client::Client;
use crate::kubectl::convert;
use crate::kubectl::error::Failure;
use crate::kubectl::manifest::{self, Item, Place};
use crate::kubectl::patch;
use crate::kubectl::resource;
use serde_json::Value;

pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The result of applying a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Applied {
    /// `daemonset.apps/agent created`
    pub lines: Vec<String>,
    /// Printed to stderr before the errors.
    pub warnings: Vec<String>,
    /// kubectl's words for the failures, one a line; empty if there was none.
    pub errors: Vec<String>,
    /// Where in the text that is.
    pub places: Vec<Place>,
    /// The objects as they are now.
    pub objects: Vec<Object>,
}

/// Applies all objects of a text, in order; one that fails doesn't stop the others. `source` is a file name or `STDIN`.
pub fn apply(client: &mut Client<'_>, text: &str, source: &str) -> Applied {
    let options = Options {
        namespace: default_namespace(""),
        enforce_namespace: false,
        suffix: "",
        force: false,
    };
    let (mut applied, failures) = apply_text(client, text, source, &options);
    if let Err(failure) = Failure::collect(failures) {
        applied.errors = failure.report().0.lines().map(str::to_owned).collect();
    }
    applied
}

pub struct Options<'a> {
    pub namespace: &'a str,
    pub enforce_namespace: bool,
    /// ` (dry run)`
    pub suffix: &'static str,
    pub force: bool,
}

pub fn apply_text(
    client: &mut Client<'_>,
    text: &str,
    source: &str,
    options: &Options<'_>,
) -> (Applied, Vec<Failure>) {
    let manifest = manifest::read(text, source, options.namespace, options.enforce_namespace);
    let mut applied = Applied {
        places: manifest.places,
        ..Applied::default()
    };
    let mut failures = manifest.failures;
    if manifest.items.is_empty() && failures.is_empty() {
        failures.push(Failure::text("no objects passed to apply"));
    }
    for item in &manifest.items {
        match apply_one(client, item, source, options, &mut applied.warnings) {
            Ok((object, before, word)) => {
                for warning in server_warnings(&object, before.as_ref()) {
                    if !applied.warnings.contains(&warning) {
                        applied.warnings.push(warning);
                    }
                }
                applied.lines.push(format!(
                    "{} {word}{}",
                    resource::full_name(&object),
                    options.suffix
                ));
                applied.objects.push(object);
            }
            Err(failure) => {
                applied.places.extend(item.places(&failure));
                failures.push(failure);
            }
        }
    }
    (applied, failures)
}

/// The object as it is now and as it was before, and the word for the change.
fn apply_one(
    client: &mut Client<'_>,
    item: &Item,
    source: &str,
    options: &Options<'_>,
    warnings: &mut Vec<String>,
) -> Result<(Object, Option<Object>, &'static str), Failure> {
    let info = item.info;
    require_name(item, source)?;
    let (modified, annotation) = with_annotation(&item.value);
    let live = resource::get(client.server, info, &item.namespace, &item.name).ok();
    let Some(live) = live else {
        let created = create(client, item, annotation, source)?;
        return Ok((created, None, "created"));
    };
    let original = live.meta().annotations.get(LAST_APPLIED);
    if original.is_none() {
        warnings.push(format!(
            "Warning: resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.",
            info.plural, item.name
        ));
    }
    let original: Value = original
        .and_then(|text| json::parse(text.as_bytes()).ok())
        .unwrap_or_default();
    let current = live.to_value();
    let shape = shape_of(info);
    let patch = match shape {
        Some(_) => patch::three_way(&original, &modified, &current, shape),
        None => patch::three_way_json(&original, &modified, &current),
    };
    if patch.as_object().is_none_or(|patch| patch.is_empty()) {
        return Ok((live.clone(), Some(live), "unchanged"));
    }
    if live.meta().is_terminating() {
        warnings.push(format!(
            "Warning: Detected changes to resource {} which is currently being deleted.",
            item.name
        ));
    }
    let patched = convert::patched(
        &current,
        &patch,
        convert::PatchType::Strategic,
        shape,
        convert::Unknown::Refuse,
    );
    let result =
        patched.and_then(|(object, _)| Ok(client.update_object(object, "by kubectl apply")?));
    match result {
        Ok(object) => Ok((object, Some(live), "configured")),
        Err(Failure::Server { status, .. })
            if options.force && status.reason == crate::api::status::Reason::Invalid =>
        {
            let made = replace(client, item, live, annotation, source)?;
            Ok((made, None, "configured"))
        }
        Err(failure) => {
            let doing = format!(
                "applying patch:\n{}\nto:\n{}\nfor:",
                go::json(&patch),
                resource::describe_target(info, &item.namespace, &item.name)
            );
            Err(failure
                .while_doing("patching", source)
                .while_doing(&doing, source))
        }
    }
}

/// An object is applied under its name.
fn require_name(item: &Item, source: &str) -> Result<(), Failure> {
    if item.name.is_empty() {
        let generated = item
            .value
            .pointer("/metadata/generateName")
            .and_then(Value::as_str)
            .unwrap_or("");
        if !generated.is_empty() {
            return Err(Failure::Text(format!(
                "from {generated}: cannot use generate name with apply"
            )));
        }
        return Err(Failure::Text(format!(
            "error when retrieving current configuration of:\n{}\nfrom server for: {source}: resource name may not be empty",
            resource::describe_target(item.info, &item.namespace, ""),
            source = quote(source)
        )));
    }
    Ok(())
}

/// Creates an object that remembers the text that it comes from.
fn create(
    client: &mut Client<'_>,
    item: &Item,
    annotation: String,
    source: &str,
) -> Result<Object, Failure> {
    let Some(object) = item.object() else {
        return Err(item
            .refusal(source, "creating")
            .unwrap_or_else(Failure::silent));
    };
    let mut object = object.clone();
    object
        .meta_mut()
        .annotations
        .insert(LAST_APPLIED.to_owned(), annotation);
    client
        .create_object(object)
        .map_err(|status| Failure::from(status).while_doing("creating", source))
}

/// `--force`: an object that can't be patched is deleted and created again.
fn replace(
    client: &mut Client<'_>,
    item: &Item,
    live: Object,
    annotation: String,
    source: &str,
) -> Result<Object, Failure> {
    if item.object().is_none() {
        return Err(Failure::silent());
    }
    let options = crate::apiserver::DeleteOptions {
        grace_period_seconds: Some(0),
        ..Default::default()
    };
    resource::delete(client, &live, &options)?;
    create(client, item, annotation, source)
}

/// The type that merge rules are looked up by, for kinds with a schema.
pub fn shape_of(info: &crate::api::kinds::KindInfo) -> Option<&'static str> {
    let kind = info.kind;
    (info.has_schema && !schema::fields(kind).is_empty()).then_some(kind)
}

/// The object with the annotation that remembers it, and the annotation's text.
///
/// Models: kubectl/pkg/util/apply.go, GetModifiedConfiguration.
pub fn with_annotation(value: &Value) -> (Value, String) {
    let mut modified = value.clone();
    let Some(map) = modified.as_object_mut() else {
        return (modified, String::new());
    };
    let empty = || Value::Object(Default::default());
    let meta = map.entry("metadata").or_insert_with(empty);
    if !meta.is_object() {
        *meta = empty();
    }
    let annotations = meta
        .as_object_mut()
        .map(|meta| meta.entry("annotations").or_insert_with(empty));
    if let Some(annotations) = annotations
        && !annotations.is_object()
    {
        *annotations = empty();
    }
    if let Some(annotations) = modified
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.remove(LAST_APPLIED);
    }
    let text = go::json(&modified) + "\n";
    if let Some(annotations) = modified
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.insert(LAST_APPLIED.to_owned(), text.clone().into());
    }
    (modified, text)
}
