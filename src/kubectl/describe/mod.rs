//! `kubectl describe`: one object in detail, with its events.
//!
//! Models: kubectl/pkg/describe/describe.go. Lines are written with tabs and aligned at the end.

pub mod node;
pub mod pod;
pub mod template;

use super::ops::apply::LAST_APPLIED;
use super::{columns, duration, selector, tabs};
use crate::api::apps::DaemonSet;
use crate::api::core::{Event, Generic};
use crate::api::meta::{StringMap, Time};
use crate::api::object::Object;
use crate::api::pod::phase;
use crate::apiserver::ApiServer;
use crate::sim::sort::Order;
use serde_json::Value;
use std::rc::Rc;

/// Annotation values longer than this get lines of their own.
const ANNOTATION_MAX: usize = 140;

/// Lines with tabs, two spaces a level.
#[derive(Default)]
pub struct Writer {
    pub text: String,
}

impl Writer {
    pub fn line(&mut self, level: usize, line: &str) {
        self.text.push_str(&"  ".repeat(level));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// `Labels:` with one pair a line.
    pub fn labels(&mut self, title: &str, labels: &StringMap) {
        let pairs: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        self.list(title, &pairs);
    }

    /// A title with the first item beside it and the others below.
    pub fn list(&mut self, title: &str, items: &[String]) {
        if items.is_empty() {
            self.line(0, &format!("{title}:\t<none>"));
        }
        for (i, item) in items.iter().enumerate() {
            let title = if i == 0 {
                format!("{title}:")
            } else {
                String::new()
            };
            self.line(0, &format!("{title}\t{item}"));
        }
    }

    /// Models: describe.go, printAnnotationsMultiline.
    pub fn annotations(&mut self, title: &str, annotations: &StringMap) {
        let shown: Vec<(&String, &String)> = annotations
            .iter()
            .filter(|(key, _)| *key != LAST_APPLIED)
            .collect();
        if shown.is_empty() {
            self.line(0, &format!("{title}:\t<none>"));
        }
        for (i, (key, value)) in shown.into_iter().enumerate() {
            let title = if i == 0 {
                format!("{title}:")
            } else {
                String::new()
            };
            let value = value.strip_suffix('\n').unwrap_or(value);
            if value.len() + key.len() + 2 <= ANNOTATION_MAX && !value.contains('\n') {
                self.line(0, &format!("{title}\t{key}: {value}"));
                continue;
            }
            self.line(0, &format!("{title}\t{key}:"));
            for part in value.split('\n') {
                let short: String = part.chars().take(ANNOTATION_MAX - 2).collect();
                let dots = if short.len() < part.len() { "..." } else { "" };
                self.line(0, &format!("\t  {short}{dots}"));
            }
        }
    }

    /// Models: describe.go, DescribeEvents.
    pub fn events(&mut self, mut events: Vec<Rc<Event>>, now: Time) {
        if events.is_empty() {
            self.line(0, "Events:\t<none>");
            return;
        }
        let version = |event: &Event| event.metadata.resource_version.parse::<u64>().unwrap_or(0);
        events.order_by_key(|event| (event.last_timestamp, version(event)));
        self.line(0, "Events:");
        self.line(1, "Type\tReason\tAge\tFrom\tMessage");
        self.line(1, "----\t------\t----\t----\t-------");
        for event in events {
            let first = duration::since(event.first_timestamp, now);
            let age = match event.count {
                2.. => format!(
                    "{} (x{} over {first})",
                    duration::since(event.last_timestamp, now),
                    event.count
                ),
                _ => first,
            };
            let message = event.message.trim().replace('\n', " ");
            let Event {
                type_,
                reason,
                source,
                ..
            } = &*event;
            self.line(
                1,
                &format!("{type_}\t{reason}\t{age}\t{}\t{message}", source.component),
            );
        }
    }

    pub fn finish(self) -> String {
        tabs::align(&self.text, 0, 2)
    }
}

/// The events about an object.
pub fn events_of(server: &ApiServer, object: &Object) -> Vec<Rc<Event>> {
    let (meta, kind) = (object.meta(), object.kind_name());
    let about = server.events.iter().filter(|event| {
        let about = &event.involved_object;
        let same_uid = about.uid == meta.uid || about.uid.is_empty() || kind == "Node";
        about.kind == kind
            && about.name == meta.name
            && same_uid
            && (about.namespace == meta.namespace || kind == "Node")
    });
    about.cloned().collect()
}

/// One object as `describe` prints it.
pub fn describe(server: &ApiServer, object: &Object, now: Time, with_events: bool) -> String {
    let mut w = Writer::default();
    match object {
        Object::DaemonSet(set) => daemon_set(&mut w, server, set),
        Object::Pod(pod) => pod::pod(&mut w, pod, now),
        Object::Node(node) => node::node(&mut w, server, node, now),
        Object::Namespace(namespace) => {
            w.line(0, &format!("Name:\t{}", namespace.metadata.name));
            w.labels("Labels", &namespace.metadata.labels);
            w.annotations("Annotations", &namespace.metadata.annotations);
            w.line(0, &format!("Status:\t{}", namespace.status.phase));
            w.line(0, "\nNo resource quota.\n\nNo LimitRange resource.");
            return w.finish();
        }
        Object::PriorityClass(class) => {
            w.line(0, &format!("Name:\t{}", class.metadata.name));
            w.line(0, &format!("Value:\t{}", class.value));
            w.line(0, &format!("GlobalDefault:\t{}", class.global_default));
            w.line(
                0,
                &format!(
                    "PreemptionPolicy:\t{}",
                    class.preemption_policy.as_deref().unwrap_or("")
                ),
            );
            w.line(0, &format!("Description:\t{}", class.description));
            w.annotations("Annotations", &class.metadata.annotations);
        }
        Object::Generic(map) if map.kind == "ConfigMap" => config_map(&mut w, map),
        other => generic(&mut w, other),
    }
    if with_events {
        w.events(events_of(server, object), now);
    }
    w.finish()
}

fn daemon_set(w: &mut Writer, server: &ApiServer, set: &DaemonSet) {
    let (meta, status) = (&set.metadata, &set.status);
    let spec = &set.spec.template.spec;
    w.line(0, &format!("Name:\t{}", meta.name));
    w.line(0, &format!("Namespace:\t{}", meta.namespace));
    w.line(
        0,
        &format!(
            "Selector:\t{}",
            selector::format(set.spec.selector.as_ref())
        ),
    );
    w.line(
        0,
        &format!("Node-Selector:\t{}", columns::labels(&spec.node_selector)),
    );
    w.labels("Labels", &meta.labels);
    w.annotations("Annotations", &meta.annotations);
    for (title, number) in [
        (
            "Desired Number of Nodes Scheduled",
            status.desired_number_scheduled,
        ),
        (
            "Current Number of Nodes Scheduled",
            status.current_number_scheduled,
        ),
        (
            "Number of Nodes Scheduled with Up-to-date Pods",
            status.updated_number_scheduled,
        ),
        (
            "Number of Nodes Scheduled with Available Pods",
            status.number_available,
        ),
        ("Number of Nodes Misscheduled", status.number_misscheduled),
    ] {
        w.line(0, &format!("{title}: {number}"));
    }
    let count = |wanted: &str| {
        let pods = server.pods.in_namespace(&meta.namespace);
        pods.filter(|pod| {
            pod.metadata.is_controlled_by(&set.metadata.uid) && pod.status.phase == wanted
        })
        .count()
    };
    w.line(
        0,
        &format!(
            "Pods Status:\t{} Running / {} Waiting / {} Succeeded / {} Failed",
            count(phase::RUNNING),
            count(phase::PENDING),
            count(phase::SUCCEEDED),
            count(phase::FAILED)
        ),
    );
    w.text.push_str(&template::pod_template(&set.spec.template));
}

fn config_map(w: &mut Writer, map: &Generic) {
    let meta = &map.metadata;
    w.line(0, &format!("Name:\t{}", meta.name));
    w.line(0, &format!("Namespace:\t{}", meta.namespace));
    w.labels("Labels", &meta.labels);
    w.annotations("Annotations", &meta.annotations);
    w.line(0, "\nData\n====");
    let entries = |field: &str| {
        map.body
            .get(field)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    };
    for (key, value) in entries("data") {
        w.line(
            0,
            &format!("{key}:\n----\n{}\n", value.as_str().unwrap_or("")),
        );
    }
    w.line(0, "\nBinaryData\n====");
    for (key, value) in entries("binaryData") {
        // Base64: four letters for three bytes.
        let bytes = value
            .as_str()
            .map_or(0, |text| text.trim_end_matches('=').len() * 3 / 4);
        w.line(0, &format!("{key}: {bytes} bytes"));
    }
    w.line(0, "");
}

/// Any other kind: all its fields.
///
/// Models: describe.go, genericDescriber, printUnstructuredContent.
fn generic(w: &mut Writer, object: &Object) {
    let meta = object.meta();
    w.line(0, &format!("Name:\t{}", meta.name));
    w.line(0, &format!("Namespace:\t{}", meta.namespace));
    w.labels("Labels", &meta.labels);
    w.annotations("Annotations", &meta.annotations);
    let mut value = object.to_value();
    if let Some(meta) = value
        .pointer_mut("/metadata")
        .and_then(Value::as_object_mut)
    {
        meta.retain(|key, _| {
            ![
                "name",
                "namespace",
                "labels",
                "annotations",
                "managedFields",
            ]
            .contains(&key.as_str())
        });
    }
    content(w, 0, &value);
}

fn content(w: &mut Writer, level: usize, value: &Value) {
    if level > 40 {
        return;
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let label = smart_label(key);
        match value {
            Value::Object(_) => {
                w.line(level, &format!("{label}:"));
                content(w, level + 1, value);
            }
            Value::Array(items) => {
                w.line(level, &format!("{label}:"));
                for item in items {
                    match item {
                        Value::Object(_) => content(w, level + 1, item),
                        other => w.line(level + 1, &super::patch::go_value(other)),
                    }
                }
            }
            other => w.line(
                level,
                &format!("{label}:\t{}", super::patch::go_value(other)),
            ),
        }
    }
}

/// `creationTimestamp` as `Creation Timestamp`, `uid` as `UID`.
///
/// Differs: letters beyond ASCII stay as they are. The tables of upper and lower case of all of Unicode are 25 KB.
fn smart_label(field: &str) -> String {
    const KNOWN: [&str; 5] = ["API", "URL", "UID", "OSB", "GUID"];
    if field.chars().any(|c| !c.is_alphanumeric() && c != '-') {
        return field.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut previous_upper = true;
    for c in field.chars() {
        if words.is_empty() || (c.is_ascii_uppercase() && !previous_upper) {
            words.push(String::new());
        }
        previous_upper = c.is_ascii_uppercase();
        if let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    let words = words.into_iter().map(|word| {
        let upper = word.to_ascii_uppercase();
        if KNOWN.contains(&upper.as_str()) {
            return upper;
        }
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    });
    words.collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_fields() {
        for (field, label) in [
            ("creationTimestamp", "Creation Timestamp"),
            ("uid", "UID"),
            ("apiVersion", "API Version"),
            ("some.key", "some.key"),
            ("data", "Data"),
        ] {
            assert_eq!(smart_label(field), label);
        }
    }
}
