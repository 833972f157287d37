//! `kubectl label` and `kubectl annotate`.
//!
//! Models: kubectl/pkg/cmd/label/label.go, cmd/annotate/annotate.go.

use super::Call;
use super::error::{Failure, Outcome};
use super::resource;
use crate::api::go::quote;
use crate::api::meta::StringMap;
use crate::api::names;
use crate::api::object::Object;
use std::collections::BTreeMap;

/// What a label command asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub set: StringMap,
    pub remove: Vec<String>,
}

/// Splits words into resources and pairs.
///
/// Models: cmd/util/helpers.go, GetResourcesAndPairs.
fn split_pairs(words: &[String], kind: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_pair = |word: &str| {
        (word.contains('=') && !word.starts_with('=')) || (word.ends_with('-') && word != "-")
    };
    let (mut resources, mut pairs) = (Vec::new(), Vec::new());
    for word in words {
        if is_pair(word) {
            pairs.push(word.clone());
        } else if pairs.is_empty() {
            resources.push(word.clone());
        } else {
            return Err(Failure::Text(format!(
                "all resources must be specified before {kind} changes: {word}"
            )));
        }
    }
    Ok((resources, pairs))
}

/// Models: label.go, parseLabels.
pub fn parse_labels(pairs: &[String]) -> Result<Change, String> {
    let mut change = Change::default();
    for pair in pairs {
        if pair.contains('=') {
            let parts: Vec<&str> = pair.split('=').collect();
            let [key, value] = parts.as_slice() else {
                return Err(format!("invalid label spec: {pair}"));
            };
            let findings = names::label_value(value);
            if !findings.is_empty() {
                return Err(format!(
                    "invalid label value: {pair}: {}",
                    findings.join(";"),
                    pair = quote(pair)
                ));
            }
            change.set.insert((*key).to_owned(), (*value).to_owned());
        } else if let Some(key) = pair.strip_suffix('-') {
            change.remove.push(key.to_owned());
        } else {
            return Err(format!("unknown label spec: {pair}"));
        }
    }
    if change.remove.iter().any(|key| change.set.contains_key(key)) {
        return Err("can not both modify and remove a label in the same command".to_owned());
    }
    Ok(change)
}

/// The labels after the change and the word for it, or why it is refused.
///
/// Models: label.go, labelFunc with updateDataChangeMsg.
pub fn change_labels(
    labels: &StringMap,
    change: &Change,
    overwrite: bool,
) -> Result<(StringMap, &'static str), Vec<String>> {
    if !overwrite {
        let taken = change.set.iter().filter_map(|(key, value)| {
            let old = labels.get(key).filter(|old| *old != value)?;
            Some(format!(
                "'{key}' already has a value ({old}), and --overwrite is false"
            ))
        });
        let taken: Vec<String> = taken.collect();
        if !taken.is_empty() {
            return Err(taken);
        }
    }
    let mut new = labels.clone();
    new.extend(change.set.clone());
    new.retain(|key, _| !change.remove.contains(key));
    let set = change
        .set
        .iter()
        .any(|(key, value)| labels.get(key) != Some(value));
    let removed = change.remove.iter().any(|key| labels.contains_key(key));
    let word = match (set, removed) {
        (true, true) => "modified",
        (true, false) => "labeled",
        (false, true) => "unlabeled",
        (false, false) => "not labeled",
    };
    Ok((new, word))
}

/// `kubectl label`
pub fn label(call: &mut Call<'_>) -> Outcome {
    let (resources, pairs) = split_pairs(&call.words, "label")?;
    let change = parse_labels(&pairs).map_err(Failure::Text)?;
    check_flags(call, &resources)?;
    let list = call.flags.bool("list");
    if change == Change::default() && !list {
        return Err(Failure::text("at least one label update is required"));
    }
    call.words = resources;
    let found = call.find(false)?;
    let single = found.objects.len() == 1;
    let mut failures = found.failures;
    for object in found.objects {
        if list {
            match change_labels(&object.meta().labels, &change, call.flags.bool("overwrite")) {
                Err(taken) => failures.extend(taken.into_iter().map(Failure::Text)),
                Ok((labels, _)) => print_list(call, &object, "labels", &labels, single),
            }
            continue;
        }
        for key in &change.remove {
            if call.dry != super::Dry::Client && !object.meta().labels.contains_key(key) {
                call.print(&format!("label {key} not found.", key = quote(key)));
            }
        }
        match change_labels(&object.meta().labels, &change, call.flags.bool("overwrite")) {
            Err(taken) => failures.extend(taken.into_iter().map(Failure::Text)),
            Ok((labels, word)) => {
                let mut new = object.clone();
                new.meta_mut().labels = labels;
                write(call, new, word, &mut failures)?;
            }
        }
    }
    Failure::collect(failures)
}

/// `kubectl annotate`
pub fn annotate(call: &mut Call<'_>) -> Outcome {
    let (resources, pairs) = split_pairs(&call.words, "annotation")?;
    let mut change = Change::default();
    let mut bad = Vec::new();
    for pair in &pairs {
        match pair.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                change.set.insert(key.to_owned(), value.to_owned());
            }
            _ => match pair.strip_suffix('-').filter(|key| !key.is_empty()) {
                Some(key) => change.remove.push(key.to_owned()),
                None => bad.push(pair.clone()),
            },
        }
    }
    if !bad.is_empty() {
        return Err(Failure::Text(format!(
            "invalid annotation format: {}",
            bad.join(", ")
        )));
    }
    check_flags(call, &resources)?;
    let list = call.flags.bool("list");
    if change == Change::default() && !list {
        return Err(Failure::text("at least one annotation update is required"));
    }
    let both: Vec<&str> = change
        .remove
        .iter()
        .filter(|key| change.set.contains_key(*key))
        .map(String::as_str)
        .collect();
    if !both.is_empty() {
        return Err(Failure::Text(format!(
            "can not both modify and remove the following annotation(s) in the same command: {}",
            both.join(", ")
        )));
    }
    call.words = resources;
    let found = call.find(false)?;
    let single = found.objects.len() == 1;
    let mut failures = found.failures;
    for object in found.objects {
        let old = &object.meta().annotations;
        let taken: Vec<String> = change
            .set
            .iter()
            .filter(|(key, _)| *key != "kubernetes.io/change-cause")
            .filter_map(|(key, new)| {
                let value = old.get(key).filter(|value| *value != new)?;
                Some(format!("'{key}' already has a value ({value})"))
            })
            .collect();
        if !taken.is_empty() && !call.flags.bool("overwrite") {
            failures.push(Failure::Text(format!(
                "--overwrite is false but found the following declared annotation(s): {}",
                taken.join("; ")
            )));
            continue;
        }
        let mut new = object.clone();
        let annotations: &mut BTreeMap<String, String> = &mut new.meta_mut().annotations;
        annotations.extend(change.set.clone());
        annotations.retain(|key, _| !change.remove.contains(key));
        if list {
            print_list(call, &object, "annotations", annotations, single);
            continue;
        }
        write(call, new, "annotated", &mut failures)?;
    }
    Failure::collect(failures)
}

/// `--list`: the labels or annotations as they would be.
fn print_list(call: &mut Call<'_>, object: &Object, what: &str, list: &StringMap, single: bool) {
    let info = resource::info_of(object);
    if !single {
        let name = &object.meta().name;
        call.print(&format!(
            "Listing {what} for {}.{}/{name}:",
            info.kind,
            info.group()
        ));
    }
    let indent = if single { "" } else { " " };
    for (key, value) in list {
        call.print(&format!("{indent}{key}={value}"));
    }
}

fn check_flags(call: &Call<'_>, resources: &[String]) -> Outcome {
    if call.flags.bool("list") && !call.flags.text("output").is_empty() {
        return Err(Failure::text(
            "--list and --output may not be specified together",
        ));
    }
    if call.flags.bool("all") && !call.flags.text("selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --selector at the same time",
        ));
    }
    if call.flags.bool("all") && !call.flags.text("field-selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --field-selector at the same time",
        ));
    }
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    Ok(())
}

fn write(call: &mut Call<'_>, object: Object, word: &str, failures: &mut Vec<Failure>) -> Outcome {
    let what = if word == "annotated" {
        "annotations"
    } else {
        "labels"
    };
    let result = call.host.client().update_object(object, what);
    match result {
        Ok(object) => call.print_result(&object, word),
        Err(status) => {
            failures.push(status.into());
            Ok(())
        }
    }
}
