//! `kubectl patch`, `edit`, `scale` and `diff`.
//!
//! Models: kubectl/pkg/cmd/patch, cmd/edit, cmd/scale, cmd/diff.

use super::convert::{self, PatchType, Unknown};
use super::error::{Failure, Outcome};
use super::manifest::{self, Body};
use super::{Call, apply, patch, resource};
use crate::api::decode;
use crate::api::go::quote;
use crate::api::json;
use crate::api::object::Object;
use crate::api::status::{Reason, Status};
use crate::api::yaml;
use serde_json::Value;
use std::rc::Rc;

pub fn patch(call: &mut Call<'_>) -> Outcome {
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
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(super::NOTHING_NAMED));
    }
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
        if let Err(failure) = patch_one(call, &object, &change, type_, &subresource) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

/// A patch as JSON or YAML. What begins like JSON is sent to the server as it is.
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

/// A patch can't give an object another name or namespace.
///
/// Models: apiserver/pkg/endpoints/handlers, checkName; registry/rest, EnsureObjectNamespaceMatchesRequestNamespace.
fn same_place(object: &Object, new: &Object) -> Outcome {
    let (old, new) = (object.meta(), new.meta());
    let message = if new.namespace != old.namespace {
        "the namespace of the provided object does not match the namespace sent on the request"
            .to_owned()
    } else if new.name != old.name {
        format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            new.name, old.name
        )
    } else {
        return Ok(());
    };
    Err(Status::new(Reason::BadRequest, message).into())
}

fn patch_one(
    call: &mut Call<'_>,
    object: &Object,
    change: &Value,
    type_: PatchType,
    subresource: &str,
) -> Outcome {
    let info = resource::info_of(object);
    if matches!(subresource, "scale" | "resize") {
        return Err(Status::new(
            Reason::NotFound,
            "the server could not find the requested resource".to_owned(),
        )
        .into());
    }
    let shape = apply::shape_of(info);
    let (new, dropped) = convert::patched(&object.to_value(), change, type_, shape, Unknown::Warn)?;
    for path in dropped {
        call.warn(&format!(
            "Warning: unknown field {path}",
            path = quote(&path)
        ));
    }
    same_place(object, &new)?;
    let before = object.meta().resource_version.clone();
    let mut client = call.host.client();
    let written = match (subresource, new) {
        ("status", Object::Node(node)) => client
            .update_status(Rc::unwrap_or_clone(node), "status, by kubectl patch")
            .map(Object::Node),
        ("status", Object::Pod(pod)) => client
            .update_status(Rc::unwrap_or_clone(pod), "status, by kubectl patch")
            .map(Object::Pod),
        ("status", Object::DaemonSet(set)) => client
            .update_status(Rc::unwrap_or_clone(set), "status, by kubectl patch")
            .map(Object::DaemonSet),
        (_, new) => client.update_object(new, "by kubectl patch"),
    }?;
    call.warn_of(&written, Some(object));
    let changed = written.meta().resource_version != before;
    // Upstream prints no word about a dry run here.
    let dry = std::mem::take(&mut call.dry);
    let printed = call.print_result(
        &written,
        if changed {
            "patched"
        } else {
            "patched (no change)"
        },
    );
    call.dry = dry;
    printed
}

/// Asks for an editor; run again with the edited text on stdin, it changes the objects.
///
/// Differs: the text is compared with the object as it is by then, not with the text that was shown.
pub fn edit(call: &mut Call<'_>) -> Outcome {
    if let Some(text) = call.stdin {
        return save(call, text);
    }
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(super::NOTHING_NAMED));
    }
    let objects = call.find(true)?.all_or_failure()?;
    let Some(first) = objects.first() else {
        return Err(Failure::text("edit cancelled, no objects found"));
    };
    let title = resource::full_name(first);
    let head = "# Please edit the object below. Lines beginning with a '#' will be ignored,\n# and an empty file will abort the edit. If an error occurs while saving this file will be\n# reopened with the relevant failures.\n#\n";
    let texts: Vec<String> = objects
        .iter()
        .map(|object| yaml::to_string(&object.to_value()))
        .collect();
    call.out.edit = Some((title, format!("{head}{}", texts.join("---\n"))));
    Ok(())
}

fn save(call: &mut Call<'_>, text: &str) -> Outcome {
    let (namespace, enforced) = (call.namespace(), call.flags.has("namespace"));
    let manifest = manifest::read(text, "edited-file", &namespace, enforced);
    if manifest.items.is_empty() && manifest.failures.is_empty() {
        call.warn("Edit cancelled, saved file was empty.");
        return Ok(());
    }
    let mut failures = manifest.failures;
    let mut is_changed = false;
    for item in &manifest.items {
        match save_item(call, item) {
            Ok(changed) => is_changed |= changed,
            Err(failure) => failures.push(failure),
        }
    }
    if !is_changed && failures.is_empty() {
        call.warn("Edit cancelled, no changes made.");
    }
    Failure::collect(failures)
}

/// True if it changed something.
fn save_item(call: &mut Call<'_>, item: &manifest::Item) -> Result<bool, Failure> {
    let Some(object) = item.object() else {
        return Err(item
            .refusal("edited-file", "editing")
            .unwrap_or_else(Failure::silent));
    };
    let client = call.host.client();
    let live = resource::get(client.server, item.info, &item.namespace, &item.name)?;
    // What the server writes isn't the user's to edit, and moved on while the text was open.
    let mut edited = object.clone();
    let meta = edited.meta_mut();
    meta.resource_version
        .clone_from(&live.meta().resource_version);
    meta.generation = live.meta().generation;
    let user_part = |object: &Object| {
        let mut value = object.to_value();
        value.as_object_mut().map(|fields| fields.remove("status"));
        value
    };
    if user_part(&edited) == user_part(&live) {
        return Ok(false);
    }
    let written = call
        .host
        .client()
        .update_object(edited, "by kubectl edit")?;
    call.print_result(&written, "edited")?;
    Ok(true)
}

/// DaemonSets can't be scaled: they have no such subresource.
pub fn scale(call: &mut Call<'_>) -> Outcome {
    if !call.flags.has("replicas") {
        return Err(Failure::text("required flag(s) \"replicas\" not set"));
    }
    if call.flags.int("replicas") < 0 {
        return Err(Failure::text(
            "The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0",
        ));
    }
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(super::NOTHING_NAMED));
    }
    let found = call.find(false)?;
    if found.objects.is_empty()
        && let [Failure::Server { status, .. }] = found.failures.as_slice()
    {
        return Err(Failure::Text(format!(
            "no objects passed to scale {}",
            status.message
        )));
    }
    let mut failures = found.failures;
    for object in found.objects {
        match object.kind_name() {
            "Deployment" | "ReplicaSet" | "StatefulSet" | "ReplicationController" => {
                call.print_result(&object, "scaled")?;
            }
            _ => {
                let message = "the server could not find the requested resource".to_owned();
                failures.push(Status::new(Reason::NotFound, message).into());
            }
        }
    }
    Failure::collect(failures)
}

/// What `apply` would change, as a unified diff; exit code 1 if there is a difference.
pub fn diff(call: &mut Call<'_>) -> Outcome {
    // 1 says that there is a difference, so failures are 2.
    match find_differences(call) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Failure::silent()),
        Err(failure) => Err(Failure::Exit {
            code: 2,
            text: failure.report().0,
        }),
    }
}

fn find_differences(call: &mut Call<'_>) -> Result<bool, Failure> {
    if call.flags.list("filename").is_empty() {
        return Err(Failure::text("must specify one of -f and -k"));
    }
    let (namespace, enforced) = (call.namespace(), call.flags.has("namespace"));
    let mut text = String::new();
    for (content, source) in call.texts()? {
        let manifest = manifest::read(&content, &source, &namespace, enforced);
        Failure::collect(manifest.failures)?;
        for item in manifest.items {
            let live = resource::get(
                call.host.client().server,
                item.info,
                &item.namespace,
                &item.name,
            )
            .ok();
            let merged = merged(call, &item, live.as_ref(), &source)?;
            let before = live
                .as_ref()
                .map(|object| yaml::to_string(&object.to_value()))
                .unwrap_or_default();
            let after = yaml::to_string(&merged);
            if before == after {
                continue;
            }
            let version = item.info.api_version.replace('/', ".");
            let file = [&version, item.info.kind, &item.namespace, &item.name].join(".");
            text.push_str(&format!("diff -u -N /tmp/LIVE/{file} /tmp/MERGED/{file}\n--- /tmp/LIVE/{file}\n+++ /tmp/MERGED/{file}\n"));
            text.push_str(&unified(&before, &after));
        }
    }
    call.put(&text);
    Ok(!text.is_empty())
}

/// The object as it would be after `apply`, found out on a copy of the server.
fn merged(
    call: &mut Call<'_>,
    item: &manifest::Item,
    live: Option<&Object>,
    source: &str,
) -> Result<Value, Failure> {
    let Body::Good(_) = &item.body else {
        return Err(item
            .refusal(source, "creating")
            .unwrap_or_else(Failure::silent));
    };
    let (modified, _) = apply::with_annotation(&item.value);
    let client = call.host.client();
    let mut server = client.server.clone();
    let now = client.time();
    let object = match live {
        None => server.create_object(decode::decode_value(item.value.clone())?, now)?,
        Some(live) => {
            let shape = apply::shape_of(item.info);
            let current = live.to_value();
            let original = live.meta().annotations.get(apply::LAST_APPLIED);
            let original: Value = original
                .and_then(|text| json::parse(text.as_bytes()).ok())
                .unwrap_or_default();
            let change = match shape {
                Some(_) => patch::three_way(&original, &modified, &current, shape),
                None => patch::three_way_json(&original, &modified, &current),
            };
            let (object, _) = convert::patched(
                &current,
                &change,
                PatchType::Strategic,
                shape,
                Unknown::Refuse,
            )?;
            server.update_object(object)?
        }
    };
    let mut value = object.to_value();
    // The version isn't part of the difference; neither is the annotation that remembers the text.
    let meta = value
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut);
    if let Some(meta) = meta {
        let Some(live) = live else {
            meta.remove("resourceVersion");
            return Ok(value);
        };
        meta.insert(
            "resourceVersion".to_owned(),
            live.meta().resource_version.as_str().into(),
        );
        if let Some(annotations) = meta.get_mut("annotations").and_then(Value::as_object_mut)
            && let Some(old) = live.meta().annotations.get(apply::LAST_APPLIED)
        {
            annotations.insert(apply::LAST_APPLIED.to_owned(), old.as_str().into());
        }
    }
    Ok(value)
}

/// A unified diff of two texts with three lines around each change.
fn unified(before: &str, after: &str) -> String {
    const AROUND: usize = 3;
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let edits = edits(&a, &b);
    let changed: Vec<usize> = (0..edits.len()).filter(|i| edits[*i].0 != ' ').collect();
    let mut out = String::new();
    let mut i = 0;
    while i < changed.len() {
        let start = changed[i].saturating_sub(AROUND);
        let mut end = changed[i];
        while i < changed.len() && changed[i] <= end + 2 * AROUND + 1 {
            end = changed[i];
            i += 1;
        }
        let end = (end + AROUND + 1).min(edits.len());
        let count = |signs: &[char], range: std::ops::Range<usize>| {
            edits[range]
                .iter()
                .filter(|(sign, _)| signs.contains(sign))
                .count()
        };
        let (old_start, new_start) = (count(&[' ', '-'], 0..start), count(&[' ', '+'], 0..start));
        let (old, new) = (
            count(&[' ', '-'], start..end),
            count(&[' ', '+'], start..end),
        );
        let place = |start: usize, len: usize| match len {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            len => format!("{},{len}", start + 1),
        };
        out.push_str(&format!(
            "@@ -{} +{} @@\n",
            place(old_start, old),
            place(new_start, new)
        ));
        for (sign, line) in &edits[start..end] {
            out.push_str(&format!("{sign}{line}\n"));
        }
    }
    out
}

/// Lines kept, removed and added, by a longest common subsequence; huge texts are replaced as a whole.
fn edits<'a>(a: &[&'a str], b: &[&'a str]) -> Vec<(char, &'a str)> {
    const LINES_MAX: usize = 3000;
    if a.len() > LINES_MAX || b.len() > LINES_MAX {
        let removed = a.iter().map(|line| ('-', *line));
        return removed.chain(b.iter().map(|line| ('+', *line))).collect();
    }
    let width = b.len() + 1;
    let mut longest = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len()
            && (j == b.len() || longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            out.push(('-', a[i]));
            i += 1;
        } else {
            out.push(('+', b[j]));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unified_diffs() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n";
        let after = "a\nb\nC\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
        expect_test::expect![[r#"
            @@ -1,6 +1,6 @@
             a
             b
            -c
            +C
             d
             e
             f
            @@ -9,3 +9,4 @@
             i
             j
             k
            +l
        "#]]
        .assert_eq(&unified(before, after));
        assert_eq!(unified("a\n", "a\n"), "");
        assert_eq!(unified("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
    }
}
