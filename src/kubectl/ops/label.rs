//! Labels and annotations of an object.
//!
//! Models: kubectl/pkg/cmd/label/label.go, cmd/annotate/annotate.go.

use super::{Done, Report};
use crate::api::go::quote;
use crate::api::meta::StringMap;
use crate::api::names;
use crate::api::object::Object;
use crate::client::Client;
use crate::kubectl::error::Failure;
use crate::kubectl::job::{Dry, Job};
use std::collections::BTreeMap;

/// Keys to set and keys to remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub set: StringMap,
    pub remove: Vec<String>,
}

impl Change {
    /// From keys with their new values; `None` removes the label.
    pub fn of_labels(labels: &BTreeMap<String, Option<String>>) -> Result<Change, Failure> {
        let mut change = Change::default();
        for (key, value) in labels {
            match value {
                Some(value) => change.set_label(key, value).map_err(Failure::Text)?,
                None => change.remove.push(key.clone()),
            }
        }
        change.require("label")?;
        Ok(change)
    }

    fn set_label(&mut self, key: &str, value: &str) -> Result<(), String> {
        let findings = names::label_value(value);
        if !findings.is_empty() {
            return Err(format!(
                "invalid label value: {pair}: {}",
                findings.join(";"),
                pair = quote(&format!("{key}={value}"))
            ));
        }
        self.set.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    /// kubectl's complaint about a command that changes nothing.
    pub fn require(&self, kind: &str) -> Result<(), Failure> {
        if self.set.is_empty() && self.remove.is_empty() {
            return Err(Failure::Text(format!(
                "at least one {kind} update is required"
            )));
        }
        Ok(())
    }
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
            change.set_label(key, value)?;
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

/// Changes the labels of an object.
pub fn label(job: &mut Job<'_>, object: &Object, change: &Change, overwrite: bool) -> Report {
    let labels = &object.meta().labels;
    for key in &change.remove {
        if job.dry != Dry::Client && !labels.contains_key(key) {
            job.print(&format!("label {key} not found.", key = quote(key)));
        }
    }
    match change_labels(labels, change, overwrite) {
        Err(taken) => Report::refused(taken.into_iter().map(Failure::Text).collect()),
        Ok((labels, word)) => {
            let mut new = object.clone();
            new.meta_mut().labels = labels;
            write(&mut job.client(), new, "labels", word).into()
        }
    }
}

/// The annotations after the change, or why it is refused.
pub fn change_annotations(
    annotations: &StringMap,
    change: &Change,
    overwrite: bool,
) -> Result<StringMap, Failure> {
    let taken = change
        .set
        .iter()
        .filter(|(key, _)| *key != "kubernetes.io/change-cause")
        .filter_map(|(key, new)| {
            let value = annotations.get(key).filter(|value| *value != new)?;
            Some(format!("'{key}' already has a value ({value})"))
        });
    let taken: Vec<String> = taken.collect();
    if !taken.is_empty() && !overwrite {
        return Err(Failure::Text(format!(
            "--overwrite is false but found the following declared annotation(s): {}",
            taken.join("; ")
        )));
    }
    let mut new = annotations.clone();
    new.extend(change.set.clone());
    new.retain(|key, _| !change.remove.contains(key));
    Ok(new)
}

/// Changes the annotations of an object.
pub fn annotate(
    client: &mut Client<'_>,
    object: &Object,
    change: &Change,
    overwrite: bool,
) -> Result<Done, Failure> {
    let annotations = change_annotations(&object.meta().annotations, change, overwrite)?;
    let mut new = object.clone();
    new.meta_mut().annotations = annotations;
    write(client, new, "annotations", "annotated")
}

fn write(
    client: &mut Client<'_>,
    object: Object,
    part: &'static str,
    word: &str,
) -> Result<Done, Failure> {
    Ok(Done::new(client.update_object(object, part)?, word))
}
