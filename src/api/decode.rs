//! Manifests into objects: documents, lists of objects, strict checking against the schema, and errors in Kubernetes' words with a place in the text.
//!
//! All findings are reported, not only the first: an editor marks each. What kubectl would print of them is `server_message` and `kubectl_error`.
//! Defaults and validation come later, in their own modules.

mod check;

use super::kinds::{self, KindInfo};
use super::object::Object;
use super::schema;
use super::status::{Reason, Status};
use super::yaml;
use super::yaml::tree::{Document, Entry, Node, NodeValue, Position};
use crate::api::go::quote;
use crate::sim::sort::Order;
use serde_json::Value;
use std::rc::Rc;

/// More findings than these are not looked for.
const ERRORS_MAX: usize = 100;

/// An object of a text, with the way back to its place there.
#[derive(Clone, Debug)]
pub struct Decoded {
    pub object: Object,
    /// As it was written, before defaults; what `kubectl apply` remembers.
    pub value: Value,
    pub document: Rc<Document>,
    /// Which document of the text, from 0.
    pub document_index: u32,
    /// Where in the document the object is: empty, or `items[1]` of a list.
    pub prefix: String,
}

impl Decoded {
    /// The place of one of the object's fields, or of what is nearest to it.
    pub fn position(&self, path: &str) -> Option<Position> {
        if self.prefix.is_empty() {
            return self.document.position(path);
        }
        // `metadata.taints` is upstream's name for a place in spec; the document knows that only at its root.
        let path = match path.strip_prefix("metadata.taints") {
            Some(rest) => format!("spec.taints{rest}"),
            None => path.to_owned(),
        };
        self.document.position(&format!("{}.{path}", self.prefix))
    }
}

/// Which step refuses, and so how kubectl words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// No YAML.
    Syntax,
    /// No apiVersion or kind.
    Unidentified,
    /// A kind that the API server doesn't serve.
    UnknownKind,
    /// A value of the wrong type, number out of range, bad quantity or time.
    Type,
    /// A field that Kubernetes doesn't have.
    UnknownField,
}

/// The object that an error is about, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    pub kind: DecodeErrorKind,
    /// From 1.
    pub line: u32,
    pub column: u32,
    /// `spec.template.spec.contaniers`; empty if no field is to blame.
    pub path: String,
    /// This finding alone, in Kubernetes' words.
    pub message: String,
    /// Ours: what may have been meant.
    pub hint: Option<String>,
    pub subject: Subject,
    /// Which document of the text, from 0.
    pub document_index: u32,
    /// Which object of the text, from 0; findings with equal index belong together.
    pub object_index: u32,
}

/// What a text holds: objects in order, and everything that is wrong with the others.
#[derive(Clone, Debug, Default)]
pub struct Decoding {
    pub objects: Vec<Decoded>,
    pub errors: Vec<DecodeError>,
}

/// All objects of a text, or everything that is wrong with it.
///
/// ```
/// use daemonset_playground::api::decode;
/// let errors = decode::decode("apiVersion: apps/v1\nkind: DaemonSet\nspce: {}\n").unwrap_err();
/// assert_eq!(errors[0].line, 3);
/// assert_eq!(errors[0].message, "strict decoding error: unknown field \"spce\"");
/// assert_eq!(errors[0].hint.as_deref(), Some("did you mean \"spec\"?"));
/// ```
pub fn decode(text: &str) -> Result<Vec<Decoded>, Vec<DecodeError>> {
    let decoding = decode_leniently(text);
    if decoding.errors.is_empty() {
        Ok(decoding.objects)
    } else {
        Err(decoding.errors)
    }
}

/// Like `decode`, but the objects without errors are there even if others have some, as kubectl would apply them.
///
/// Differs: after a syntax error there are no objects at all; kubectl applies the documents before it.
pub fn decode_leniently(text: &str) -> Decoding {
    let mut decoder = Decoder::default();
    match yaml::parse(text) {
        Ok(documents) => {
            for (index, document) in documents.into_iter().enumerate() {
                if !document.is_empty() {
                    decoder.document(Rc::new(document), index as u32);
                }
            }
        }
        Err(error) => decoder.out.errors.push(DecodeError {
            kind: DecodeErrorKind::Syntax,
            line: error.at.line,
            column: error.at.column,
            path: String::new(),
            message: error.to_string(),
            hint: tab_hint(text, error.at.line),
            subject: Subject::default(),
            document_index: 0,
            object_index: 0,
        }),
    }
    decoder.out
}

fn tab_hint(text: &str, line: u32) -> Option<String> {
    let line = text.lines().nth(line.saturating_sub(1) as usize)?;
    let indented_by_tab = line.trim_start_matches(' ').starts_with('\t');
    indented_by_tab.then(|| "indent with spaces, not with tabs".to_owned())
}

/// The object of JSON that arrives at the API server, with apiVersion and kind; strict as for a manifest.
pub fn decode_value(value: Value) -> Result<Object, Status> {
    let bad_request = |message: String| Status::new(Reason::BadRequest, message);
    let root = check::to_node(&value)
        .ok_or_else(|| bad_request("the object is nested too deep".to_owned()))?;
    let repeated = Vec::new();
    let document = Rc::new(Document { root, repeated });
    let mut decoder = Decoder::default();
    decoder.object(&document, &document.root, "", 0, None);
    match decoder.out.objects.pop() {
        Some(decoded) if decoder.out.errors.is_empty() => Ok(decoded.object),
        _ => Err(bad_request(server_message(&decoder.out.errors))),
    }
}

/// What the API server answers to one object, by the findings about it: the first wrong type, else all unknown fields.
///
/// Models: apimachinery runtime/serializer/json, Decode; apiserver endpoints/handlers/create.go, transformDecodeError.
pub fn server_message(errors: &[DecodeError]) -> String {
    let Some(first) = errors.first() else {
        return String::new();
    };
    let wrong_type = errors.iter().find(|e| e.kind == DecodeErrorKind::Type);
    let message = match (wrong_type, first.kind) {
        (Some(error), _) => error.message.clone(),
        (None, DecodeErrorKind::UnknownField) => {
            let findings = errors.iter().map(|e| e.message.trim_start_matches(STRICT));
            format!("{STRICT}{}", findings.collect::<Vec<_>>().join(", "))
        }
        _ => return first.message.clone(),
    };
    let Subject {
        api_version, kind, ..
    } = &first.subject;
    let version = api_version
        .split_once('/')
        .map_or(api_version.as_str(), |(_, v)| v);
    format!(
        "{kind} in version {version} cannot be handled as a {kind}: {message}",
        version = quote(version)
    )
}

const STRICT: &str = "strict decoding error: ";

/// What kubectl prints about one object (or a text that is no YAML) that came from `source`, a file name or `STDIN`.
///
/// `doing` is its word for the server's part: `creating`.
pub fn kubectl_error(errors: &[DecodeError], source: &str, doing: &str) -> String {
    let Some(first) = errors.first() else {
        return String::new();
    };
    let Subject {
        namespace, name, ..
    } = &first.subject;
    let message = server_message(errors);
    match first.kind {
        DecodeErrorKind::Syntax => {
            format!("error: error parsing {source}: error converting YAML to JSON: {message}")
        }
        DecodeErrorKind::Unidentified => format!(
            "error: error validating {source}: {message}; if you choose to ignore these errors, turn validation off with --validate=false",
            source = quote(source)
        ),
        DecodeErrorKind::UnknownKind => format!(
            "error: resource mapping not found for name: {name} namespace: {namespace} from {source}: {message}\nensure CRDs are installed first",
            name = quote(name),
            namespace = quote(namespace),
            source = quote(source)
        ),
        DecodeErrorKind::Type | DecodeErrorKind::UnknownField => match client_finding(errors) {
            Some(finding) => format!(
                "error: unable to decode {source}: {finding}",
                source = quote(source)
            ),
            None => {
                format!(
                    "Error from server (BadRequest): error when {doing} {source}: {message}",
                    source = quote(source)
                )
            }
        },
    }
}

/// kubectl itself reads the metadata of an object, and then sends the rest as it is: the first wrong type in there.
///
/// Models: cli-runtime/pkg/resource/metadata_decoder.go.
pub fn client_finding(errors: &[DecodeError]) -> Option<String> {
    let in_metadata = |path: &str| path == "metadata" || path.starts_with("metadata.");
    let error = errors
        .iter()
        .find(|error| error.kind == DecodeErrorKind::Type && in_metadata(&error.path))?;
    let whole = format!("{}.metadata of type", error.subject.kind);
    Some(
        error
            .message
            .replace(&whole, "metadataOnlyObject.metadata of type"),
    )
}

#[derive(Default)]
struct Decoder {
    out: Decoding,
    objects_seen: u32,
}

impl Decoder {
    fn document(&mut self, document: Rc<Document>, index: u32) {
        self.object(&document, &document.root, "", index, None);
    }

    /// An object, or a list of them. `inherited` is what an item of a typed list is if it doesn't say so.
    fn object(
        &mut self,
        document: &Rc<Document>,
        node: &Node,
        prefix: &str,
        index: u32,
        inherited: Option<&'static KindInfo>,
    ) {
        if self.out.errors.len() >= ERRORS_MAX {
            return;
        }
        let (subject, missing) = identify(node, inherited);
        let problem = |kind, at: Position, message: String, hint| DecodeError {
            kind,
            line: at.line,
            column: at.column,
            path: String::new(),
            message,
            hint,
            subject: subject.clone(),
            document_index: index,
            object_index: self.objects_seen,
        };
        if let Some(missing) = missing {
            let error = problem(DecodeErrorKind::Unidentified, node.at, missing, None);
            return self.refuse(error);
        }
        if let Some((items, of)) = list_items(node, &subject) {
            for (i, item) in items.iter().enumerate() {
                let prefix = match prefix {
                    "" => format!("items[{i}]"),
                    outer => format!("{outer}.items[{i}]"),
                };
                self.object(document, item, &prefix, index, of);
            }
            return;
        }
        let Some(info) = kinds::find(&subject.api_version, &subject.kind) else {
            let at = node.entry("kind").map_or(node.at, |entry| entry.at);
            let message = format!(
                "no matches for kind {:?} in version {:?}",
                subject.kind, subject.api_version
            );
            let hint = kind_hint(&subject);
            let error = problem(DecodeErrorKind::UnknownKind, at, message, hint);
            return self.refuse(error);
        };
        let checked = check::check(node, info, ERRORS_MAX - self.out.errors.len());
        let mut clean = checked.value;
        if let Value::Object(map) = &mut clean {
            map.insert("apiVersion".to_owned(), info.api_version.into());
            map.insert("kind".to_owned(), info.kind.into());
        }
        let mut findings = checked.findings;
        let object = Object::from_value(clean);
        if let (Err(error), true) = (&object, findings.is_empty()) {
            // The schema let pass what our types don't take: still an answer, not a panic.
            findings.push(check::Finding {
                kind: DecodeErrorKind::Type,
                at: node.at,
                path: String::new(),
                message: format!("json: {error}"),
                hint: None,
            });
        }
        if let (Ok(object), true) = (object, findings.is_empty()) {
            self.objects_seen += 1;
            self.out.objects.push(Decoded {
                object,
                value: node.to_json(),
                document: document.clone(),
                document_index: index,
                prefix: prefix.to_owned(),
            });
            return;
        }
        let errors = findings.into_iter().map(|finding| DecodeError {
            path: finding.path,
            ..problem(finding.kind, finding.at, finding.message, finding.hint)
        });
        let errors: Vec<DecodeError> = errors.collect();
        self.objects_seen += 1;
        self.out.errors.extend(errors);
    }

    fn refuse(&mut self, error: DecodeError) {
        self.objects_seen += 1;
        self.out.errors.push(error);
    }
}

/// What a node says it is, and what kubectl finds missing.
fn identify(node: &Node, inherited: Option<&'static KindInfo>) -> (Subject, Option<String>) {
    let meta = |key| {
        let value = node.get("metadata").and_then(|meta| meta.get(key));
        value.and_then(Node::as_str).unwrap_or("").to_owned()
    };
    let mut subject = Subject {
        namespace: meta("namespace"),
        name: meta("name"),
        ..Subject::default()
    };
    if !matches!(node.value, NodeValue::Map(_)) {
        let message = "error validating data: invalid object to validate".to_owned();
        return (subject, Some(message));
    }
    let mut problems = Vec::new();
    let mut word = |key: &str, default: Option<&'static str>| match node.get(key).map(|n| &n.value)
    {
        Some(NodeValue::String(text)) if !text.is_empty() => text.clone(),
        None | Some(NodeValue::Null | NodeValue::String(_)) => {
            default.map(str::to_owned).unwrap_or_else(|| {
                problems.push(format!("{key} not set"));
                String::new()
            })
        }
        Some(_) => {
            problems.push(format!("{key} isn't string type"));
            String::new()
        }
    };
    subject.api_version = word("apiVersion", inherited.map(|info| info.api_version));
    subject.kind = word("kind", inherited.map(|info| info.kind));
    let message = match problems.as_slice() {
        [] => None,
        [one] => Some(format!("error validating data: {one}")),
        many => Some(format!("error validating data: [{}]", many.join(", "))),
    };
    (subject, message)
}

/// The items of `kind: List` or `kind: DaemonSetList`, and what kind they are unless they say so.
fn list_items<'a>(
    node: &'a Node,
    subject: &Subject,
) -> Option<(&'a [Node], Option<&'static KindInfo>)> {
    let of = subject.kind.strip_suffix("List")?;
    let known = kinds::find(&subject.api_version, of);
    if known.is_none() && !(of.is_empty() && subject.api_version == "v1") {
        return None;
    }
    match node.get("items").map(|items| &items.value) {
        Some(NodeValue::List(items)) => Some((items, known)),
        None | Some(NodeValue::Null) => Some((&[], known)),
        Some(_) => None,
    }
}

/// The same kind in another version, or a kind with a similar name.
fn kind_hint(subject: &Subject) -> Option<String> {
    let same = kinds::KINDS.iter().find(|info| info.kind == subject.kind);
    if let Some(info) = same {
        return Some(format!("{} is in {}", info.kind, info.api_version));
    }
    let names = kinds::KINDS.iter().map(|info| info.kind);
    let near = schema::nearest_of(&subject.kind, names)?;
    Some(format!("did you mean {near:?}?"))
}

/// The entries of a map in the order of Go's JSON: kubectl sends it sorted, and so findings come sorted.
fn sorted_entries(entries: &[Entry]) -> Vec<&Entry> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.order_by(|a, b| a.key.cmp(&b.key));
    sorted
}

#[cfg(test)]
mod tests;
