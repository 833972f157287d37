//! Edits of a manifest's text that keep all the rest of it: comments, order, style.
//!
//! Each edit is a guess about lines, and the whole is believed only if the new text says what it shall: else there is none.

use super::drift::{Stated, Watched, is_index, text_of};
use crate::api::yaml::tree::{Entry, Node, NodeValue};
use crate::apiserver::ApiServer;
use crate::sim::sort::Order;
use serde_json::{Map, Value};
use std::rc::Rc;

/// The document as it would say what the cluster holds; `None` if that can't be had line by line.
pub fn adopted(watched: &Watched, server: &ApiServer) -> Option<Rc<str>> {
    let mut edits = Edits::default();
    let lines: Vec<&str> = watched.text.lines().collect();
    for object in &watched.objects {
        if object.is_gone {
            return None;
        }
        edits.object(object, &lines)?;
    }
    let text: Rc<str> = edits.apply(&lines).into();
    let mut again = Watched::new(&text);
    again.look(server);
    let is_whole = again.objects.len() == watched.objects.len();
    (is_whole && !again.differs()).then_some(text)
}

/// Lines from `from` to before `to` (from 0) that others take the place of.
struct Edit {
    from: usize,
    to: usize,
    lines: Vec<String>,
}

/// A key or item that isn't in the text yet.
struct Insert {
    /// Behind this many lines.
    line: usize,
    indent: usize,
    step: String,
    value: Value,
}

#[derive(Default)]
struct Edits {
    edits: Vec<Edit>,
    inserts: Vec<Insert>,
}

impl Edits {
    fn object(&mut self, object: &Stated, lines: &[&str]) -> Option<()> {
        let root = object.node()?;
        for change in &object.changes {
            let known = (0..change.steps.len())
                .rev()
                .find_map(|n| Some((n, root.find(&change.steps[..n])?)));
            let (depth, parent) = known?;
            let step = &change.steps[depth];
            let is_last = depth + 1 == change.steps.len();
            match (parent.step(step).filter(|_| is_last), &change.live) {
                (Some((_, node)), Some(live))
                    if is_scalar(node) && !live.is_object() && !live.is_array() =>
                {
                    self.scalar(node, live, lines)?;
                }
                (Some((at, node)), live) => {
                    let first = at.line as usize - 1;
                    let last = (node.last.max(at.line)) as usize;
                    let indent = at.column as usize - 1;
                    let new = live
                        .as_ref()
                        .map_or(String::new(), |live| change.text(live));
                    let lines = indented(
                        &new,
                        if is_index(step) {
                            indent.checked_sub(2)?
                        } else {
                            indent
                        },
                    );
                    self.edits.push(Edit {
                        from: first,
                        to: last,
                        lines,
                    });
                }
                (None, Some(live)) => self.insert(parent, &change.steps[depth..], live, lines)?,
                // A default of the server that isn't there: nothing to write.
                (None, None) => return None,
            }
        }
        Some(())
    }

    fn scalar(&mut self, node: &Node, live: &Value, lines: &[&str]) -> Option<()> {
        let at = node.at.line as usize - 1;
        let line = *lines.get(at)?;
        let start = line.char_indices().nth(node.at.column as usize - 1)?.0;
        let (head, rest) = line.split_at(start);
        let length = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
            _ => {
                let ends = [rest.find(" #"), rest.find([',', '}', ']'])];
                ends.into_iter().flatten().min().unwrap_or(rest.len())
            }
        };
        let old = rest[..length].trim_end();
        let new = crate::api::yaml::to_string(live);
        let line = format!("{head}{}{}", new.trim_end(), &rest[old.len()..]);
        self.edits.push(Edit {
            from: at,
            to: at + 1,
            lines: vec![line],
        });
        Some(())
    }

    fn insert(
        &mut self,
        parent: &Node,
        steps: &[String],
        live: &Value,
        lines: &[&str],
    ) -> Option<()> {
        let (step, below) = steps.split_first()?;
        let (line, indent) = match &parent.value {
            NodeValue::Map(entries) => {
                let first: &Entry = entries.first()?;
                (parent.last, first.at.column as usize - 1)
            }
            NodeValue::List(items) => {
                let first = items.first()?;
                let text = lines.get(first.at.line as usize - 1)?;
                let before: String = text.chars().take(first.at.column as usize - 1).collect();
                (parent.last, before.rfind('-')?)
            }
            _ => return None,
        };
        let line = line as usize;
        let is_it =
            |insert: &&mut Insert| insert.line == line && insert.step == *step && step != "-";
        match self.inserts.iter_mut().find(is_it) {
            Some(insert) => set(&mut insert.value, below, live),
            None => {
                let mut value = Value::Null;
                set(&mut value, below, live);
                let step = step.clone();
                self.inserts.push(Insert {
                    line,
                    indent,
                    step,
                    value,
                });
            }
        }
        Some(())
    }

    fn apply(self, lines: &[&str]) -> String {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let inserts = self.inserts.into_iter().map(|insert| Edit {
            from: insert.line,
            to: insert.line,
            lines: indented(&text_of(&insert.step, &insert.value), insert.indent),
        });
        let mut edits: Vec<Edit> = self.edits.into_iter().chain(inserts).collect();
        // From the end, so that the places of the others hold.
        edits.order_by(|a, b| b.from.cmp(&a.from));
        for Edit {
            from,
            to,
            lines: new,
        } in edits
        {
            let to = to.min(lines.len());
            lines.splice(from.min(to)..to, new);
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn indented(text: &str, indent: usize) -> Vec<String> {
    let indent = " ".repeat(indent);
    text.lines().map(|line| format!("{indent}{line}")).collect()
}

fn is_scalar(node: &Node) -> bool {
    !matches!(
        node.value,
        NodeValue::Map(_) | NodeValue::List(_) | NodeValue::Null
    )
}

/// Puts a value where the steps lead, through mappings and lists that are made on the way.
fn set(value: &mut Value, steps: &[String], to: &Value) {
    let Some((step, below)) = steps.split_first() else {
        *value = to.clone();
        return;
    };
    if is_index(step) {
        if !value.is_array() {
            *value = Value::Array(Vec::new());
        }
        if let Value::Array(items) = value {
            let mut item = Value::Null;
            set(&mut item, below, to);
            items.push(item);
        }
        return;
    }
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    if let Value::Object(map) = value {
        set(map.entry(step.clone()).or_insert(Value::Null), below, to);
    }
}
