//! The lines of YAML that decided: as excerpts of the DaemonSet and the node, and in whatever text the editor holds.

use super::daemon_set::DaemonSetId;
use crate::api::apps::TEMPLATE_GENERATION_ANNOTATION;
use crate::api::object::{Key, Kind, Object};
use crate::api::yaml;
use crate::api::yaml::tree::Document;
use crate::apiserver::ApiServer;
use crate::kubectl::ops::apply::LAST_APPLIED;
use crate::reason::field::{Field, Of};
use serde_json::Value;
use std::rc::Rc;

/// So many lines of one field are shown.
const LINES_MAX: u32 = 9;
/// Longer texts aren't searched while somebody types or points.
const TEXT_MAX: usize = 256 << 10;

/// What a check looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    set: Option<DaemonSetId>,
    node: Rc<str>,
    fields: Vec<Field>,
    /// Also what isn't there decided.
    has_gaps: bool,
    pub excerpts: Vec<Excerpt>,
}

/// The lines of one object that decided, with the keys that lead to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// `DaemonSet agent`
    pub title: String,
    pub lines: Vec<ExcerptLine>,
    /// So many more lines belong to it.
    pub more: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcerptLine {
    pub text: String,
    /// This one decided.
    pub is_marked: bool,
}

/// The two objects as text.
pub struct Sources {
    set: Option<(DaemonSetId, Source)>,
    node: Option<(Rc<str>, Source)>,
}

struct Source {
    text: String,
    document: Document,
}

impl Source {
    fn of(server: &ApiServer, kind: Kind, key: &Key) -> Option<Source> {
        let text = manifest(&server.get_object(kind, key)?)?;
        // Large ones aren't searched in each picture.
        let text = Some(text).filter(|text| text.len() <= TEXT_MAX)?;
        let document = yaml::parse(&text).ok()?.into_iter().next()?;
        Some(Source { text, document })
    }
}

impl Sources {
    pub fn of(server: &ApiServer, set: Option<DaemonSetId>, node: &str) -> Sources {
        let set = set.and_then(|id| {
            let key = Key::new(&id.namespace, &id.name);
            Some((id, Source::of(server, Kind::DaemonSet, &key)?))
        });
        let node = Source::of(server, Kind::Node, &Key::new("", node)).map(|it| (node.into(), it));
        Sources { set, node }
    }

    /// Marks these fields; nothing if neither object says any of them. `has_gaps`: mark also where one is missing.
    pub fn marks(&self, fields: Vec<Field>, has_gaps: bool) -> Option<Rc<Marks>> {
        let (node, source) = self.node.as_ref()?;
        let set = self.set.as_ref();
        let of_set = set
            .and_then(|(id, source)| excerpt(source, Of::DaemonSet, &id.name, &fields, has_gaps));
        let of_node = excerpt(source, Of::Node, node, &fields, has_gaps);
        let excerpts: Vec<Excerpt> = of_set.into_iter().chain(of_node).collect();
        let marks = Marks {
            set: set.map(|(id, _)| id.clone()),
            node: node.clone(),
            fields,
            has_gaps,
            excerpts,
        };
        (!marks.excerpts.is_empty()).then(|| Rc::new(marks))
    }
}

impl Marks {
    /// Is it about the same fields? What they hold may be different.
    pub fn is_about(&self, other: &Marks) -> bool {
        (&self.set, &self.node, &self.fields) == (&other.set, &other.node, &other.fields)
    }

    /// The ranges of lines of a text that say these fields, if it holds the DaemonSet or the node. Text that can't be read has none.
    pub fn find(&self, text: &str) -> Vec<(u32, u32)> {
        if text.len() > TEXT_MAX {
            return Vec::new();
        }
        let documents = yaml::parse(text).unwrap_or_default();
        let set = self.set.as_ref().and_then(|id| {
            let mut all = documents.iter();
            all.find_map(|it| it.object("DaemonSet", &id.namespace, &id.name))
        });
        let mut all = documents.iter();
        // A node is in no namespace, and is found whatever the text says.
        let node = all.find_map(|it| it.object("Node", "default", &self.node));
        let mut found = Vec::new();
        for (of, object) in [(Of::DaemonSet, set), (Of::Node, node)] {
            let Some(object) = object else { continue };
            for field in self.fields.iter().filter(|field| field.of == of) {
                let way = object.way(&field.path);
                match &way.missing {
                    None => found.push((way.at.line, way.last)),
                    Some(_) if self.has_gaps => found.push((way.at.line, way.at.line)),
                    Some(_) => {}
                }
            }
        }
        found
    }
}

fn excerpt(
    source: &Source,
    of: Of,
    name: &str,
    fields: &[Field],
    has_gaps: bool,
) -> Option<Excerpt> {
    // The lines of keys, those that decided, and what is missing behind which.
    let (mut keys, mut marked, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    let mut more = 0;
    for field in fields.iter().filter(|field| field.of == of) {
        let way = source.document.root.way(&field.path);
        match way.missing {
            None => {
                let last = way.last.min(way.at.line + LINES_MAX - 1);
                more += way.last - last;
                marked.extend(way.at.line..=last);
            }
            Some(step) if has_gaps => missing.push((way.at.line, step)),
            Some(_) => continue,
        }
        keys.extend(way.keys);
    }
    let mut shown = Vec::new();
    for (number, text) in (1..).zip(source.text.lines()) {
        let is_marked = marked.contains(&number);
        if is_marked || keys.contains(&number) {
            let text = text.to_owned();
            shown.push(ExcerptLine { text, is_marked });
        }
        let indent = text.len() - text.trim_start_matches([' ', '-']).len();
        for (_, step) in missing.iter().filter(|(at, _)| *at == number) {
            shown.push(ExcerptLine {
                text: format!("{:indent$}  # no {step}", ""),
                is_marked: true,
            });
        }
    }
    let kind = match of {
        Of::DaemonSet => "DaemonSet",
        Of::Node => "Node",
    };
    shown.iter().any(|line| line.is_marked).then(|| Excerpt {
        title: format!("{kind} {name}"),
        lines: shown,
        more,
    })
}

/// An object as a manifest: without what the API server added. A node's status is what its kubelet and its machine say, and stays.
pub fn manifest(object: &Object) -> Option<String> {
    let mut value = object.to_value();
    if object.kind() != Kind::Node {
        value.as_object_mut()?.remove("status");
    }
    if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp"] {
            meta.remove(field);
        }
        let annotations = meta.get_mut("annotations").and_then(Value::as_object_mut);
        let is_empty = annotations.is_some_and(|annotations| {
            annotations
                .retain(|key, _| key != TEMPLATE_GENERATION_ANNOTATION && key != LAST_APPLIED);
            annotations.is_empty()
        });
        if is_empty {
            meta.remove("annotations");
        }
    }
    Some(yaml::to_string(&value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::field::{node, set, template};

    fn marks(fields: &[Field], has_gaps: bool) -> Marks {
        Marks {
            set: Some(DaemonSetId {
                namespace: "default".to_owned(),
                name: "agent".to_owned(),
            }),
            node: "node-1".into(),
            fields: fields.to_vec(),
            has_gaps,
            excerpts: Vec::new(),
        }
    }

    const TEXT: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  template:
    spec:
      nodeSelector: {disk: ssd}
---
kind: Node
metadata:
  name: node-1
spec:
  taints:
  - key: a
    effect: NoSchedule
";

    #[track_caller]
    fn check(text: &str, fields: &[Field], has_gaps: bool, lines: &[(u32, u32)]) {
        assert_eq!(marks(fields, has_gaps).find(text), lines, "{fields:?}");
    }

    #[test]
    fn fields_of_both_objects_are_found_in_one_text() {
        let taint = node("spec.taints[0]");
        let selector = template("nodeSelector[disk]");
        check(TEXT, &[selector, taint], true, &[(8, 8), (15, 16)]);
    }

    #[test]
    fn what_is_missing_is_marked_where_it_would_be_but_only_if_it_decided() {
        check(TEXT, &[template("tolerations")], true, &[(7, 7)]);
        check(TEXT, &[template("tolerations")], false, &[]);
    }

    #[test]
    fn other_objects_and_drafts_have_no_lines() {
        let fields = [set("spec"), node("spec")];
        check(
            &TEXT.replace("name: agent", "name: other"),
            &fields,
            true,
            &[(13, 16)],
        );
        check(
            "kind: DaemonSet\nmetadata: {name: agent",
            &fields,
            true,
            &[],
        );
        check("", &fields, true, &[]);
        check(&"#".repeat(TEXT_MAX + 1), &fields, true, &[]);
    }
}
