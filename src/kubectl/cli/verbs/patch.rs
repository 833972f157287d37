//! `kubectl patch`.
//!
//! Models: kubectl/pkg/cmd/patch.

use crate::api::go::quote;
use crate::api::json;
use crate::api::status::{Reason, Status};
use crate::api::yaml;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::verb::{
    Complete, DRY_RUN, FILENAME, KUSTOMIZE, Kinds, LOCAL, MANAGED, MANAGER, MISSING_KEYS, OUTPUT,
    RECURSIVE, TEMPLATE, Verb,
};
use crate::kubectl::convert::PatchType;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;
use serde_json::Value;

pub const VERB: Verb = Verb {
    path: "patch",
    aliases: &[],
    usage: "TYPE NAME -p PATCH",
    about: "Change fields of an object",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        DRY_RUN,
        MANAGER,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        LOCAL,
        short("patch", 'p', Takes::Text, ""),
        flag("patch-file", Takes::Text, ""),
        flag("type", Takes::Text, "strategic").one_of(&["json", "merge", "strategic"]),
        flag("subresource", Takes::Text, ""),
    ],
    run,
    complete: Complete::Objects(Kinds::All),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let text = call.flags.text("patch").to_owned();
    if !text.is_empty() && call.flags.has("patch-file") {
        return Err(Failure::text(
            "cannot specify --patch and --patch-file together",
        ));
    }
    let text = match call.flags.text("patch-file") {
        "" => text,
        "-" => call.stdin.unwrap_or("").to_owned(),
        file => call.host.read_file(file).ok_or_else(|| {
            Failure::Text(format!(
                "unable to read patch file: open {file}: no such file or directory"
            ))
        })?,
    };
    if text.is_empty() {
        return Err(Failure::text(
            "must specify --patch or --patch-file containing the contents of the patch",
        ));
    }
    let type_ = match call.flags.text("type").to_ascii_lowercase().as_str() {
        "" | "strategic" => PatchType::Strategic,
        "merge" => PatchType::Merge,
        "json" => PatchType::Json,
        _ => {
            return Err(Failure::Text(format!(
                "--type must be one of [json merge strategic], not {:?}",
                call.flags.text("type")
            )));
        }
    };
    call.require_any_object()?;
    let change = read_patch(&text)?;
    let subresource = call.flags.text("subresource").to_owned();
    if !matches!(subresource.as_str(), "" | "status" | "scale" | "resize") {
        return Err(Failure::Text(format!(
            "invalid subresource value: {subresource}. Must be one of [status scale resize]",
            subresource = quote(&subresource)
        )));
    }
    let found = call.find(false)?;
    let mut failures = found.failures;
    for object in found.objects {
        let done = ops::patch::patch(&mut call.job, &object, &change, type_, &subresource);
        call.tell_without_dry(done, &mut failures);
    }
    Failure::collect(failures)
}

/// A patch as JSON or YAML. Text that begins like JSON is sent to the server as it is.
fn read_patch(text: &str) -> Result<Value, Failure> {
    if text.trim_start().starts_with(['{', '[']) {
        return json::parse(text.as_bytes()).map_err(|error| {
            let message = match error.classify() {
                serde_json::error::Category::Eof => "unexpected end of JSON input".to_owned(),
                _ => {
                    let line = text
                        .lines()
                        .nth(error.line().saturating_sub(1))
                        .unwrap_or("");
                    let found = line
                        .chars()
                        .nth(error.column().saturating_sub(1))
                        .unwrap_or(' ');
                    let looking = if error.to_string().starts_with("key must be") {
                        "looking for beginning of object key string"
                    } else {
                        "looking for beginning of value"
                    };
                    format!("invalid character '{found}' {looking}")
                }
            };
            Status::new(Reason::BadRequest, message).into()
        });
    }
    match yaml::parse(text).as_deref() {
        Ok([document, ..]) => Ok(document.value()),
        Ok([]) => Ok(Value::Null),
        Err(error) => Err(Failure::Text(format!(
            "unable to parse {text}: {error}",
            text = quote(text)
        ))),
    }
}
