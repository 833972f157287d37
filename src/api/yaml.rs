//! YAML and JSON text into located trees, and JSON values into YAML as kubectl prints it.
//!
//! The only file that names a YAML crate: granit-parser delivers events, the trees are ours.
//! Scalars mean what they mean to kubectl (sigs.k8s.io/yaml, that is YAML 1.1): `yes`, `on` and `y` are booleans, `017` is octal.
//! Whatever the input is, reading ends soon with documents or with one error that has a place: size, depth, number of nodes and what aliases copy are bounded.
//!
//! Differs: `!!binary` stays text; merge keys (`<<`) never override keys written out, wherever they are in the mapping.

mod emit;
mod scalar;
pub mod tree;

use crate::sim::map::{Map, Set};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Tag};
use std::fmt;
use tree::{Document, Entry, Node, NodeValue, Position};

/// The longest text that is read.
pub const BYTES_MAX: usize = 1 << 20;
/// How deep lists and mappings may be nested.
pub const DEPTH_MAX: u32 = 64;
/// How many nodes a text may have, copies by aliases included.
pub const NODES_MAX: usize = 200_000;

/// Why a text is no YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    pub at: Position,
    /// The line that go-yaml blames, by its own way of counting; it names none for 0.
    pub line: u32,
    /// go-yaml's words where it has some, without the place.
    pub message: String,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "yaml: {}", self.message),
            line => write!(f, "yaml: line {line}: {}", self.message),
        }
    }
}

impl std::error::Error for YamlError {}

/// Reads all documents of a text. Empty documents are there, with a null as root.
///
/// ```
/// use daemonset_playground::api::yaml;
/// let documents = yaml::parse("kind: Pod\nmetadata:\n  name: a\n").unwrap();
/// assert_eq!(documents[0].value()["metadata"]["name"], "a");
/// assert_eq!(documents[0].position("metadata.name").unwrap().line, 3);
/// ```
pub fn parse(text: &str) -> Result<Vec<Document>, YamlError> {
    check_text(text)?;
    let options = granit_parser::options! {
        flow_nesting_limit: DEPTH_MAX as usize + 1,
        block_nesting_limit: DEPTH_MAX as usize + 1
    };
    let mut builder = Builder::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| syntax_error(&error, text))?;
        let at = position(span.start.line(), span.start.col());
        let last = last_line(&event, &span);
        builder.event(event, at, last)?;
    }
    Ok(builder.documents)
}

/// A value as YAML in kubectl's style, with a line feed at the end.
///
/// ```
/// use daemonset_playground::api::yaml;
/// let value = serde_json::json!({"b": ["x", "1"], "a": {"c": true}});
/// assert_eq!(yaml::to_string(&value), "a:\n  c: true\nb:\n- x\n- \"1\"\n");
/// ```
pub fn to_string(value: &serde_json::Value) -> String {
    emit::emit(value)
}

/// Size, and characters that YAML doesn't allow.
///
/// Models: go-yaml readerc.go, yaml_parser_update_buffer.
fn check_text(text: &str) -> Result<(), YamlError> {
    let fail =
        |line: usize, column: usize, message: &str| Err(fail(position(line, column), message));
    if text.len() > BYTES_MAX {
        return fail(1, 0, "the text is longer than 1 MiB");
    }
    let (mut line, mut column) = (1, 0);
    for c in text.chars() {
        let allowed = matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
        if !allowed {
            return fail(line, column, "control characters are not allowed");
        }
        (line, column) = if c == '\n' {
            (line + 1, 0)
        } else {
            (line, column + 1)
        };
    }
    Ok(())
}

/// Lines count from 1, the parser's columns from 0.
fn position(line: usize, column: usize) -> Position {
    Position {
        line: u32::try_from(line).unwrap_or(u32::MAX).max(1),
        column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1),
    }
}

/// The last line that holds a part of it; 0 for what has no text, as the end of a block.
fn last_line(event: &Event<'_>, span: &granit_parser::Span) -> u32 {
    let (first, last) = (span.start.line(), span.end.line());
    // A block scalar ends where something else begins.
    let is_block = matches!(
        event,
        Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..)
    );
    let is_behind = is_block && last > first;
    match span.start == span.end {
        true => 0,
        false => position(last - usize::from(is_behind), 0).line,
    }
}

/// What go-yaml would say. Its scanner counts lines from 1, its parser from 0.
///
/// Models: go-yaml decode.go, parser.fail.
fn syntax_error(error: &granit_parser::ScanError, text: &str) -> YamlError {
    let at = position(error.marker().line(), error.marker().col());
    let here = at.line;
    let end = u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX);
    let (line, message) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => (here, too_deep()),
        ErrorKind::UnclosedQuotedScalar => (
            end.saturating_add(1),
            "found unexpected end of stream".to_owned(),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            next_token_line(text, here),
            "could not find expected ':'".to_owned(),
        ),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::UnexpectedCharacter { .. } => (
            here,
            "found character that cannot start any token".to_owned(),
        ),
        ErrorKind::UnknownAnchor => {
            let written = text.lines().nth(here as usize - 1).unwrap_or("");
            let written: String = written.chars().skip(at.column as usize).collect();
            let name = written.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
            let name = name.into_iter().next().unwrap_or("");
            (0, format!("unknown anchor '{name}' referenced"))
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            let close = if *open == '[' { ']' } else { '}' };
            let message = match text.trim_end().ends_with(['[', '{', ',', ':']) {
                true => "did not find expected node content".to_owned(),
                false => format!("did not find expected ',' or '{close}'"),
            };
            (end, message)
        }
        ErrorKind::MisplacedFlowCollectionEnd
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            (here - 1, "did not find expected key".to_owned())
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            (here - 1, "did not find expected ',' or ']'".to_owned())
        }
        // libyaml says the context apart, and go-yaml prints only the problem.
        kind => {
            let info = error.info();
            let problem = match info.split_once(", ") {
                Some((context, problem)) if context.starts_with("while ") => problem.to_owned(),
                _ => info,
            };
            let by_parser = matches!(
                kind,
                ErrorKind::ExpectedNodeContent
                    | ErrorKind::ExpectedBlockMappingKey
                    | ErrorKind::ExpectedFlowMappingSeparator
                    | ErrorKind::ExpectedBlockSequenceEntry
                    | ErrorKind::ExpectedDocumentStart
            );
            (here - u32::from(by_parser), problem)
        }
    };
    YamlError { at, line, message }
}

/// The line of what comes after a line, from 1: there the scanner notices that a key has no colon.
fn next_token_line(text: &str, line: u32) -> u32 {
    let mut after = text.lines().enumerate().skip(line as usize);
    let is_token = |line: &str| !matches!(line.trim_start().chars().next(), None | Some('#'));
    let next = after.find(|(_, line)| is_token(line)).map(|(i, _)| i);
    let index = next.unwrap_or_else(|| text.matches('\n').count());
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

fn too_deep() -> String {
    format!("lists and mappings are nested more than {DEPTH_MAX} deep")
}

/// A list or mapping that isn't finished.
struct Frame {
    at: Position,
    /// The last line so far.
    last: u32,
    anchor: usize,
    size: Size,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        keys: Set<String>,
        /// The key whose value comes next.
        key: Option<(Key, Position)>,
        merges: Vec<Node>,
    },
}

enum Key {
    Named(String),
    Merge,
}

/// How much a node holds: what copying it costs and how deep it is.
#[derive(Clone, Copy, Default)]
struct Size {
    cost: usize,
    height: u32,
}

/// Builds trees from events, without recursion.
#[derive(Default)]
struct Builder {
    documents: Vec<Document>,
    open: Vec<Frame>,
    anchors: Map<usize, (Node, Size)>,
    spent: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, at: Position, last: u32) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.open.clear();
                self.documents.push(Document {
                    root: Node {
                        at,
                        last: 0,
                        value: NodeValue::Null,
                    },
                    repeated: Vec::new(),
                });
                self.spend(1, at)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let key_expected = matches!(
                    self.open.last().map(|frame| &frame.content),
                    Some(Content::Map { key: None, .. })
                );
                if key_expected && plain && tag.is_none() && text == "<<" {
                    return self.set_key(Key::Merge, at);
                }
                let value = scalar_value(&text, plain, tag.as_deref(), at)?;
                let size = Size {
                    cost: 1 + text.len() / 8,
                    height: 0,
                };
                self.spend(1, at)?;
                let last = if value == NodeValue::Null { 0 } else { last };
                self.add(Node { at, last, value }, size, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.start(Content::List(Vec::new()), anchor, at),
            Event::MappingStart(_, anchor, _) => {
                let content = Content::Map {
                    entries: Vec::new(),
                    keys: Set::new(),
                    key: None,
                    merges: Vec::new(),
                };
                self.start(content, anchor, at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(last),
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    return Err(fail(at, "anchor value contains itself"));
                };
                let (mut node, size) = (node.clone(), *size);
                (node.at, node.last) = (at, at.line);
                if self.open.len() as u32 + size.height > DEPTH_MAX {
                    return Err(fail(at, &too_deep()));
                }
                self.copy(size.cost, at)?;
                self.add(node, size, 0)
            }
            _ => Ok(()),
        }
    }

    fn spend(&mut self, cost: usize, at: Position) -> Result<(), YamlError> {
        self.spent = self.spent.saturating_add(cost);
        if self.spent > NODES_MAX {
            let message = format!("the text has more than {NODES_MAX} values");
            return Err(fail(at, &message));
        }
        Ok(())
    }

    /// Anchors and aliases copy; that has the same budget.
    fn copy(&mut self, cost: usize, at: Position) -> Result<(), YamlError> {
        self.spend(cost, at)
            .map_err(|_| fail(at, "document contains excessive aliasing"))
    }

    fn start(&mut self, content: Content, anchor: usize, at: Position) -> Result<(), YamlError> {
        if self.open.len() as u32 >= DEPTH_MAX {
            return Err(fail(at, &too_deep()));
        }
        if let Some(Content::Map { key: None, .. }) = self.open.last().map(|f| &f.content) {
            return Err(fail(
                at,
                "invalid map key: a list or mapping can't be a key",
            ));
        }
        self.spend(1, at)?;
        let size = Size { cost: 1, height: 1 };
        self.open.push(Frame {
            at,
            last: at.line,
            anchor,
            size,
            content,
        });
        Ok(())
    }

    fn end(&mut self, last: u32) -> Result<(), YamlError> {
        let Some(frame) = self.open.pop() else {
            return Ok(());
        };
        let value = match frame.content {
            Content::List(items) => NodeValue::List(items),
            Content::Map {
                mut entries,
                mut keys,
                merges,
                ..
            } => {
                for merge in merges {
                    merge_into(&mut entries, &mut keys, merge)?;
                }
                NodeValue::Map(entries)
            }
        };
        self.add(
            Node {
                at: frame.at,
                last: frame.last.max(last),
                value,
            },
            frame.size,
            frame.anchor,
        )
    }

    /// A finished node: into the list or mapping around it, or the document.
    fn add(&mut self, node: Node, size: Size, anchor: usize) -> Result<(), YamlError> {
        let at = node.at;
        if anchor != 0 {
            self.copy(size.cost, at)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(frame) = self.open.last_mut() else {
            if let Some(document) = self.documents.last_mut() {
                document.root = node;
            }
            return Ok(());
        };
        frame.last = frame.last.max(node.last);
        frame.size.cost = frame.size.cost.saturating_add(size.cost);
        frame.size.height = frame.size.height.max(size.height + 1);
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map {
                entries,
                key,
                merges,
                ..
            } => match key.take() {
                Some((Key::Named(key), at)) => entries.push(Entry {
                    key,
                    at,
                    value: node,
                }),
                Some((Key::Merge, _)) => merges.push(node),
                None => {
                    let key = key_text(&node)?;
                    return self.set_key(Key::Named(key), at);
                }
            },
        }
        Ok(())
    }

    fn set_key(&mut self, new: Key, at: Position) -> Result<(), YamlError> {
        let Some(Frame {
            last,
            content: Content::Map {
                entries, keys, key, ..
            },
            ..
        }) = self.open.last_mut()
        else {
            return Ok(());
        };
        *last = at.line.max(*last);
        if let Key::Named(name) = &new
            && !keys.insert(name.clone())
        {
            // kubectl reads YAML into Go maps: the last one wins, without a word.
            entries.retain(|entry| entry.key != *name);
            if let Some(document) = self.documents.last_mut() {
                document.repeated.push((name.clone(), at));
            }
        }
        *key = Some((new, at));
        Ok(())
    }
}

fn fail(at: Position, message: &str) -> YamlError {
    YamlError {
        at,
        line: at.line,
        message: message.to_owned(),
    }
}

/// `<<: *base` or `<<: [*a, *b]`: adds entries that aren't there.
fn merge_into(
    entries: &mut Vec<Entry>,
    keys: &mut Set<String>,
    merge: Node,
) -> Result<(), YamlError> {
    let at = merge.at;
    let sources = match merge.value {
        NodeValue::Map(_) => vec![merge],
        NodeValue::List(items) => items,
        _ => Vec::new(),
    };
    let all_maps = sources.iter().all(|s| matches!(s.value, NodeValue::Map(_)));
    if sources.is_empty() || !all_maps {
        return Err(fail(
            at,
            "map merge requires map or sequence of maps as the value",
        ));
    }
    for source in sources {
        if let NodeValue::Map(merged) = source.value {
            let new = merged
                .into_iter()
                .filter(|entry| keys.insert(entry.key.clone()));
            entries.extend(new);
        }
    }
    Ok(())
}

/// The JSON key that a YAML key becomes.
///
/// Models: sigs.k8s.io/yaml, convertToJSONableObject.
fn key_text(node: &Node) -> Result<String, YamlError> {
    match &node.value {
        NodeValue::String(text) => Ok(text.clone()),
        NodeValue::Number(number) => Ok(number.to_string()),
        NodeValue::Bool(value) => Ok(value.to_string()),
        NodeValue::Null => Err(fail(node.at, "unsupported map key of type: null")),
        _ => Err(fail(
            node.at,
            "invalid map key: a list or mapping can't be a key",
        )),
    }
}

fn scalar_value(
    text: &str,
    plain: bool,
    tag: Option<&Tag>,
    at: Position,
) -> Result<NodeValue, YamlError> {
    let resolved = match tag.map(|tag| tag.core_suffix()) {
        None if plain => scalar::resolve(text),
        Some(Some(wanted @ ("int" | "float" | "bool" | "null"))) => {
            let value = scalar::resolve(text);
            let fits = match &value {
                NodeValue::Number(number) => {
                    wanted == "float" || (wanted == "int" && !number.is_f64())
                }
                NodeValue::Bool(_) => wanted == "bool",
                NodeValue::Null => wanted == "null",
                _ => false,
            };
            if !fits {
                return Err(fail(
                    at,
                    &format!(
                        "cannot decode !!str `{}` as a !!{wanted}",
                        scalar::shorten(text)
                    ),
                ));
            }
            value
        }
        _ => NodeValue::String(text.to_owned()),
    };
    match resolved {
        // Infinities and NaN are numbers in YAML but not in JSON.
        NodeValue::String(_) if plain && tag.is_none() && scalar::is_not_finite(text) => {
            Err(fail(at, &format!("json: unsupported value: {text}")))
        }
        value => Ok(value),
    }
}

#[cfg(test)]
mod tests;
