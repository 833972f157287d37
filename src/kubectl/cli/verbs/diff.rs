//! `kubectl diff`.
//!
//! Models: kubectl/pkg/cmd/diff.

use crate::api::decode;
use crate::api::json;
use crate::api::object::Object;
use crate::api::yaml;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{
    Complete, FILENAME, KUSTOMIZE, MANAGED, MANAGER, RECURSIVE, SELECTOR, Verb,
};
use crate::kubectl::convert;
use crate::kubectl::convert::{PatchType, Unknown};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::manifest;
use crate::kubectl::manifest::Body;
use crate::kubectl::ops::apply;
use crate::kubectl::patch;
use crate::kubectl::resource;
use serde_json::Value;

pub const VERB: Verb = Verb {
    path: "diff",
    aliases: &[],
    usage: "-f FILENAME",
    about: "Show what apply would change",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        SELECTOR,
        MANAGER,
        MANAGED,
        flag("concurrency", Takes::Int, "1"),
        flag("force-conflicts", Takes::Bool, "false"),
        flag("prune", Takes::Bool, "false"),
        flag("server-side", Takes::Bool, "false"),
    ],
    run,
    complete: Complete::Nothing,
};

/// Prints the changes that `apply` would make as a unified diff; exit code 1 if there is a difference.
fn run(call: &mut Call<'_>) -> Outcome {
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
            let live =
                resource::get(call.client().server, item.info, &item.namespace, &item.name).ok();
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
    let client = call.client();
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
