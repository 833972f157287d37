//! Patched JSON back into objects, with the API server's words for values that don't fit.
//!
//! Models: apiserver/pkg/endpoints/handlers/patch.go, and runtime.DefaultUnstructuredConverter for the texts.

use super::error::{Failure, Outcome};
use super::patch;
use crate::api::decode;
use crate::api::go;
use crate::api::json::json_names;
use crate::api::kinds;
use crate::api::object::Object;
use crate::api::schema::{self, Type};
use crate::api::status::{FieldError, FieldErrorType, Reason, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `--type` of a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PatchType {
    Strategic,
    Merge,
    Json,
}

json_names!(PatchType {
    Strategic: "strategic",
    Merge: "merge",
    Json: "json",
});

impl PatchType {
    /// The value of `--type`.
    pub fn word(self) -> &'static str {
        match self {
            PatchType::Strategic => "strategic",
            PatchType::Merge => "merge",
            PatchType::Json => "json",
        }
    }
}

/// The fate of fields that Kubernetes doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    Refuse,
    /// Dropped, and named.
    Warn,
}

/// The object that a patch leads to, and the unknown fields that were dropped.
pub fn patched(
    current: &Value,
    change: &Value,
    type_: PatchType,
    shape: Option<&'static str>,
    unknown: Unknown,
) -> Result<(Object, Vec<String>), Failure> {
    let mut value = current.clone();
    check_patch_kind(change, type_)?;
    match type_ {
        PatchType::Strategic if shape.is_some() => {
            // Not a status of its own: the server answers 500 without a reason.
            patch::strategic(&mut value, change, shape)
                .map_err(|why| Failure::Text(format!("Error from server: {why}")))?;
        }
        PatchType::Strategic | PatchType::Merge => patch::merge(&mut value, change),
        PatchType::Json => patch::json_patch(&mut value, change).map_err(|_| {
            let message =
                "the server rejected our request due to an error in our request".to_owned();
            Failure::from(Status::new(Reason::Invalid, message))
        })?,
    }
    for key in ["apiVersion", "kind"] {
        if value.get(key) != current.get(key) {
            // The server looks the object up by its kind, so that can't be changed.
            if let (Some(map), Some(old)) = (value.as_object_mut(), current.get(key)) {
                map.insert(key.to_owned(), old.clone());
            }
        }
    }
    let refuse = |why: String| {
        Failure::from(Status::invalid(
            "",
            "",
            vec![FieldError {
                field: "patch".to_owned(),
                type_: FieldErrorType::Invalid,
                value: go::quote(&patch::go_value(change)),
                detail: why,
            }],
        ))
    };
    let dropped = prune(&mut value);
    if unknown == Unknown::Refuse && !dropped.is_empty() {
        let list: Vec<String> = dropped
            .iter()
            .map(|path| format!("unknown field {}", go::quote(path)))
            .collect();
        return Err(refuse(format!(
            "strict decoding error: {}",
            list.join(", ")
        )));
    }
    let object =
        decode::decode_value(value).map_err(|status| refuse(converter_words(&status.message)))?;
    Ok((object, dropped))
}

/// A patch that is no JSON object, or no list for type `json`.
///
/// Models: apiserver/pkg/endpoints/handlers/patch.go, where patches are decoded.
fn check_patch_kind(change: &Value, type_: PatchType) -> Outcome {
    let found = match change {
        Value::Object(_) if type_ != PatchType::Json => return Ok(()),
        Value::Array(_) if type_ == PatchType::Json => return Ok(()),
        Value::Null => return Ok(()),
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
    };
    let (doing, wanted) = match type_ {
        PatchType::Strategic => ("", "map[string]interface {}"),
        PatchType::Merge => ("error decoding patch: ", "map[string]interface {}"),
        PatchType::Json => ("error decoding patch: ", "[]handlers.jsonPatchOp"),
    };
    let message = format!("{doing}json: cannot unmarshal {found} into Go value of type {wanted}");
    Err(Status::new(Reason::BadRequest, message).into())
}

/// Removes unknown fields; returns their paths.
pub fn prune(value: &mut Value) -> Vec<String> {
    let text = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    let info = kinds::find(&text("apiVersion"), &text("kind"));
    let mut dropped = Vec::new();
    if let Some(info) = info.filter(|info| info.has_schema) {
        prune_object(value, info.kind, "", &mut dropped, 0);
    }
    dropped
}

fn prune_object(
    value: &mut Value,
    type_name: &str,
    path: &str,
    dropped: &mut Vec<String>,
    depth: u32,
) {
    let Value::Object(map) = value else { return };
    map.retain(|key, value| {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        let Some(field) = schema::field(type_name, key) else {
            dropped.push(path);
            return false;
        };
        prune_value(value, &field.type_, &path, dropped, depth + 1);
        true
    });
}

fn prune_value(value: &mut Value, type_: &Type, path: &str, dropped: &mut Vec<String>, depth: u32) {
    if depth > 64 {
        return;
    }
    match (type_, value) {
        (Type::Object(name), value) => prune_object(value, name, path, dropped, depth),
        (Type::List(inner), Value::Array(items)) => {
            for (i, item) in items.iter_mut().enumerate() {
                prune_value(item, inner, &format!("{path}[{i}]"), dropped, depth + 1);
            }
        }
        (Type::Map(inner), Value::Object(map)) => {
            for (key, item) in map.iter_mut() {
                prune_value(item, inner, &format!("{path}[{key}]"), dropped, depth + 1);
            }
        }
        _ => {}
    }
}

/// The JSON decoder's complaint about a type in the words of the converter that patches go through.
fn converter_words(message: &str) -> String {
    let why = message
        .split_once("cannot be handled as a ")
        .and_then(|(_, rest)| rest.split_once(": "))
        .map_or(message, |(_, why)| why);
    let Some(rest) = why.strip_prefix("json: cannot unmarshal ") else {
        return why.to_owned();
    };
    let Some((what, type_)) = rest.rsplit_once(" of type ") else {
        return why.to_owned();
    };
    // Types that decode themselves keep their own words: IntOrString, Time.
    if what.ends_with(" into Go value") {
        return why.to_owned();
    }
    let found = match what.split(' ').next().unwrap_or("") {
        "number" => "int64",
        "array" => "slice",
        "object" => "map",
        other => other,
    };
    match type_ {
        list if list.starts_with("[]") => format!("cannot restore slice from {found}"),
        map if map.starts_with("map[") || map == "v1.ResourceList" => {
            format!("cannot restore map from {found}")
        }
        "int32" | "int64" | "bool" => match found {
            "int64" | "bool" => format!("cannot convert {found} to {type_}"),
            _ => format!("unrecognized type: {type_}"),
        },
        // A named type is a string or a structure; structures begin with a capital and are in the schema.
        name => {
            let structure = name
                .strip_prefix("v1.")
                .is_some_and(|name| !schema::fields(name).is_empty());
            match (structure, found) {
                (true, found) => format!("cannot restore struct from: {found}"),
                (false, "int64") => format!("cannot convert int64 to {name}"),
                (false, _) => "unrecognized type: string".to_owned(),
            }
        }
    }
}
