//! The located tree of a YAML document, and the way from a field path to a place in the text.

use serde_json::Value;

/// A place in a text; lines and columns (in characters) count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A value and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub at: Position,
    /// The line on which it ends; 0 for a null, which may have no text.
    pub last: u32,
    pub value: NodeValue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum NodeValue {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    String(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: String,
    pub at: Position,
    pub value: Node,
}

/// How far a path leads into a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Where the last thing that is there begins, at its key if it has one.
    pub at: Position,
    /// The line on which it ends.
    pub last: u32,
    /// The lines of the keys that lead to it, its own included.
    pub keys: Vec<u32>,
    /// The first step that leads nowhere.
    pub missing: Option<String>,
}

/// One document of a text. A null as root means that it is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub root: Node,
}

impl Document {
    pub fn is_empty(&self) -> bool {
        self.root.value == NodeValue::Null
    }

    pub fn value(&self) -> Value {
        self.root.to_json()
    }

    /// Where a field is, by a path as Kubernetes writes it: `spec.template.spec.containers[0].image`, `spec.limits[cpu]`.
    ///
    /// A field that isn't there is found at the nearest thing around it that is.
    /// Upstream's odd paths are understood: `spec.template.labels` (really in metadata) and `metadata.taints` of a node (really in spec).
    /// None only for an empty document.
    pub fn position(&self, path: &str) -> Option<Position> {
        if self.is_empty() {
            return None;
        }
        Some(self.root.way(path).at)
    }

    /// The object of this kind and name: the document itself, or an item of the list that it is.
    pub fn object(&self, kind: &str, namespace: &str, name: &str) -> Option<&Node> {
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let is_it = |node: &&Node| {
            let meta = node.get("metadata");
            let field = |key| meta.and_then(|meta| text(meta, key)).unwrap_or_default();
            let given = field("namespace");
            let is_there = given == namespace || (given.is_empty() && namespace == "default");
            text(node, "kind").as_deref() == Some(kind) && field("name") == name && is_there
        };
        let items = match self.root.get("items").map(|items| &items.value) {
            Some(NodeValue::List(items)) => items.as_slice(),
            _ => &[],
        };
        std::iter::once(&self.root).chain(items).find(is_it)
    }
}

impl Node {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            NodeValue::Map(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            NodeValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// Where a path leads; it ends early at something that isn't there.
    pub fn way(&self, path: &str) -> Way {
        let odd = path.strip_prefix("metadata.taints");
        let path = odd.map_or(path.to_owned(), |rest| format!("spec.taints{rest}"));
        let mut way = Way {
            at: self.at,
            last: self.last,
            keys: Vec::new(),
            missing: None,
        };
        let mut node = self;
        for step in steps(&path) {
            let Some((at, next)) = node.child(step) else {
                way.missing = Some(step.to_owned());
                break;
            };
            (way.at, way.last) = (at, next.last.max(at.line));
            way.keys.push(at.line);
            node = next;
        }
        way
    }

    /// The tree as plain JSON.
    pub fn to_json(&self) -> Value {
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(value) => Value::Bool(*value),
            NodeValue::Number(number) => Value::Number(number.clone()),
            NodeValue::String(text) => Value::String(text.clone()),
            NodeValue::List(items) => items.iter().map(Node::to_json).collect(),
            NodeValue::Map(entries) => {
                // Not collected: that would sort them first, with a sort compiled for these pairs alone.
                let mut map = serde_json::Map::new();
                for entry in entries {
                    map.insert(entry.key.clone(), entry.value.to_json());
                }
                Value::Object(map)
            }
        }
    }

    /// Where exactly these keys and indices lead.
    pub fn find(&self, steps: &[String]) -> Option<&Node> {
        let mut node = self;
        for step in steps {
            node = node.step(step)?.1;
        }
        Some(node)
    }

    /// What is behind a key (its place is the key's) or an index.
    pub fn step(&self, step: &str) -> Option<(Position, &Node)> {
        if let NodeValue::List(items) = &self.value {
            let item = items.get(step.parse::<usize>().ok()?)?;
            return Some((item.at, item));
        }
        let entry = self.entry(step)?;
        Some((entry.at, &entry.value))
    }

    /// One step of a path: a key (its place is the key's) or an index.
    fn child(&self, step: &str) -> Option<(Position, &Node)> {
        self.step(step).or_else(|| self.get("metadata")?.step(step))
    }
}

/// Splits `a.b[0].c[x.y/z]` into `a`, `b`, `0`, `c`, `x.y/z`.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = path;
    std::iter::from_fn(move || {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if rest.is_empty() {
            return None;
        }
        let (step, after) = match rest.strip_prefix('[') {
            Some(inside) => inside.split_once(']').unwrap_or((inside, "")),
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        rest = after;
        Some(step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split() {
        let all: Vec<&str> = steps("a.b[0].c[x.y/z]").collect();
        assert_eq!(all, ["a", "b", "0", "c", "x.y/z"]);
        assert_eq!(steps("").count(), 0);
        // Nonsense ends, too.
        assert_eq!(steps("a[").count(), 2);
        assert_eq!(steps("..a]b").count(), 2);
    }
}
