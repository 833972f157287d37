//! A text of manifests as kubectl's builder takes it: objects in order, and the failures that stop the rest.
//!
//! Models: cli-runtime/pkg/resource/visitor.go, StreamVisitor: a text that is no YAML, or an object without kind, ends the stream; the objects before it count.

use super::error::Failure;
use super::resource::{self, Found};
use crate::api::decode::{self, DecodeError, DecodeErrorKind, Decoded, Decoding};
use crate::api::go::quote;
use crate::api::kinds;
use crate::api::kinds::KindInfo;
use crate::api::object::Object;
use crate::api::yaml;
use crate::apiserver::ApiServer;
use serde_json::Value;

/// A finding with its place in the text, for an editor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
}

/// One object of the text.
#[derive(Clone, Debug)]
pub struct Item {
    pub info: &'static KindInfo,
    pub namespace: String,
    pub name: String,
    /// As written, with the namespace filled in.
    pub value: Value,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    Good(Box<Decoded>),
    /// The API server will refuse it.
    Bad(Vec<DecodeError>),
}

#[derive(Clone, Debug, Default)]
pub struct Manifest {
    pub items: Vec<Item>,
    /// Refusals by the client itself.
    pub failures: Vec<Failure>,
    pub places: Vec<Place>,
}

/// Reads a text. `namespace` is the one to fill in; `enforced` if the command line names it.
pub fn read(text: &str, source: &str, namespace: &str, enforced: bool) -> Manifest {
    let mut manifest = Manifest::default();
    let decoding = decode_before_syntax_error(text, source, &mut manifest);
    let documents = yaml::parse(text).unwrap_or_default();
    let mut good = decoding.objects.into_iter();
    let mut errors = decoding.errors.into_iter().peekable();
    let mut refused = Vec::new();
    for index in 0.. {
        let mut mine = Vec::new();
        while let Some(error) = errors.next_if(|error| error.object_index == index) {
            mine.push(error);
        }
        let item = if mine.is_empty() {
            let Some(decoded) = good.next() else { break };
            let info = resource::info_of(&decoded.object);
            Item {
                info,
                namespace: decoded.object.meta().namespace.clone(),
                name: decoded.object.meta().name.clone(),
                value: decoded.value.clone(),
                body: Body::Good(Box::new(decoded)),
            }
        } else {
            manifest.places.extend(mine.iter().map(place_of));
            let first = &mine[0];
            match (
                first.kind,
                kinds::find(&first.subject.api_version, &first.subject.kind),
            ) {
                (DecodeErrorKind::Type | DecodeErrorKind::UnknownField, Some(info))
                    if decode::client_finding(&mine).is_none() =>
                {
                    Item {
                        info,
                        namespace: first.subject.namespace.clone(),
                        name: first.subject.name.clone(),
                        value: documents
                            .get(first.document_index as usize)
                            .map(|d| d.value())
                            .unwrap_or_default(),
                        body: Body::Bad(mine),
                    }
                }
                (kind, _) => {
                    refused.push(Failure::Text(client_error(&mine, source)));
                    if kind == DecodeErrorKind::Unidentified {
                        break;
                    }
                    continue;
                }
            }
        };
        match settle_namespace(item, namespace, enforced) {
            Ok(item) => manifest.items.push(item),
            Err(failure) => refused.push(failure),
        }
    }
    refused.append(&mut manifest.failures);
    manifest.failures = refused;
    manifest
}

/// Decodes the documents before the first one that is no YAML, which is noted.
fn decode_before_syntax_error(text: &str, source: &str, manifest: &mut Manifest) -> Decoding {
    let is_syntax = |error: &DecodeError| error.kind == DecodeErrorKind::Syntax;
    let decoding = decode::decode_leniently(text);
    let Some(error) = decoding.errors.iter().find(|error| is_syntax(error)) else {
        return decoding;
    };
    manifest.places.push(place_of(error));
    let (before, own) = document_of(text, error.line);
    let own = decode::decode_leniently(own)
        .errors
        .into_iter()
        .find(is_syntax);
    let error = own.unwrap_or_else(|| error.clone());
    let failure = Failure::Text(client_error(&[error], source));
    manifest.failures.push(failure);
    let mut decoding = decode::decode_leniently(before);
    decoding.errors.retain(|error| !is_syntax(error));
    decoding
}

/// The live objects that a text names. `doing`: the word for messages about those that aren't there, if the command has one.
pub fn find(
    server: &ApiServer,
    text: &str,
    source: &str,
    (namespace, enforced): (&str, bool),
    doing: Option<&str>,
) -> Found {
    let manifest = read(text, source, namespace, enforced);
    let mut found = Found {
        by_name: true,
        failures: manifest.failures,
        ..Found::default()
    };
    for item in manifest.items {
        if !found.kinds.contains(&item.info) {
            found.kinds.push(item.info);
        }
        match resource::get(server, item.info, &item.namespace, &item.name) {
            Ok(object) => found.objects.push(object),
            Err(status) => {
                let failure = Failure::from(status);
                found.failures.push(match doing {
                    Some(doing) => failure.while_doing(doing, source),
                    None => failure,
                });
            }
        }
    }
    found
}

/// kubectl counts lines in each document for itself, and libyaml by ways of its own; the place tells the line.
fn place_of(error: &DecodeError) -> Place {
    let numbered = error.message.strip_prefix("yaml: line ");
    let problem = numbered.and_then(|text| text.split_once(": "));
    Place {
        line: error.line,
        column: error.column,
        message: problem.map_or_else(|| error.message.clone(), |(_, it)| format!("yaml: {it}")),
        hint: error.hint.clone(),
    }
}

fn client_error(errors: &[DecodeError], source: &str) -> String {
    let text = decode::kubectl_error(errors, source, "creating");
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

/// The documents before the one with a line, and that one.
///
/// Models: apimachinery pkg/util/yaml/decoder.go, YAMLReader: texts are cut at their separators before anything is parsed.
fn document_of(text: &str, line: u32) -> (&str, &str) {
    let (mut before, mut start, mut offset) = (0, 0, 0);
    for (number, content) in (1..).zip(text.split_inclusive('\n')) {
        let is_separator = content.strip_prefix("---").is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.is_empty() || rest.starts_with('#')
        });
        if is_separator && number > line {
            break;
        }
        if is_separator {
            (before, start) = (offset, offset + content.len());
        }
        offset += content.len();
    }
    (&text[..before], &text[start..offset])
}

/// Fills in the namespace, or refuses one that isn't the command's.
fn settle_namespace(mut item: Item, namespace: &str, enforced: bool) -> Result<Item, Failure> {
    if !item.info.namespaced {
        item.namespace.clear();
        return Ok(item);
    }
    if item.namespace.is_empty() {
        item.namespace = namespace.to_owned();
        set_namespace(&mut item.value, namespace);
        if let Body::Good(decoded) = &mut item.body {
            decoded.object.meta_mut().namespace = namespace.to_owned();
        }
    } else if enforced && item.namespace != namespace {
        return Err(Failure::Text(format!(
            "the namespace from the provided object {:?} does not match the namespace {namespace}. You must pass '--namespace={}' to perform this operation.",
            item.namespace,
            item.namespace,
            namespace = quote(namespace)
        )));
    }
    Ok(item)
}

fn set_namespace(value: &mut Value, namespace: &str) {
    let Some(map) = value.as_object_mut() else {
        return;
    };
    let meta = map
        .entry("metadata")
        .or_insert_with(|| Value::Object(Default::default()));
    if let Some(meta) = meta.as_object_mut() {
        meta.insert("namespace".to_owned(), namespace.into());
    }
}

impl Item {
    /// The object, if the client could read it.
    pub fn object(&self) -> Option<&Object> {
        match &self.body {
            Body::Good(decoded) => Some(&decoded.object),
            Body::Bad(_) => None,
        }
    }

    /// The server's answer to an object that it can't decode.
    pub fn refusal(&self, source: &str, verb: &str) -> Option<Failure> {
        match &self.body {
            Body::Good(_) => None,
            Body::Bad(errors) => {
                let message = decode::server_message(errors);
                let status = crate::api::status::Status::new(
                    crate::api::status::Reason::BadRequest,
                    message,
                );
                Some(Failure::from(status).while_doing(verb, source))
            }
        }
    }

    /// Where in the text the server's findings are.
    pub fn places(&self, failure: &Failure) -> Vec<Place> {
        let (Body::Good(decoded), Failure::Server { status, .. }) = (&self.body, failure) else {
            return Vec::new();
        };
        let place = |path: &str, message: String| {
            let at = decoded.position(path)?;
            Some(Place {
                line: at.line,
                column: at.column,
                message,
                hint: None,
            })
        };
        if status.causes.is_empty() {
            return place("metadata.name", status.message.clone())
                .into_iter()
                .collect();
        }
        status
            .causes
            .iter()
            .filter_map(|cause| place(&cause.field, cause.to_string()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares kubectl's words and the editor's mark for a document behind others.
    #[track_caller]
    fn check(second: &str, kubectl: &str, place: (u32, u32, &str)) {
        let first = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";
        let second = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n{second}");
        // How many lines come before the document, and of those, how many kubectl counts with it.
        for (text, before, counted) in [
            (format!("{first}---\n{second}"), 5, 0),
            (format!("{first}---\n{second}---\n{first}"), 5, 0),
            (
                format!("--- # first\n{first}--- # second\n# a comment\n{second}"),
                7,
                1,
            ),
            (
                format!("{first}---\n{first}--- \n{second}").replace('\n', "\r\n"),
                10,
                0,
            ),
            (format!("\u{feff}{first}---\n{second}"), 5, 0),
        ] {
            let manifest = read(&text, "STDIN", "default", false);
            let found = manifest
                .places
                .first()
                .map(|p| (p.line, p.column, &*p.message));
            let (line, column, message) = place;
            assert_eq!(found, Some((line + before, column, message)), "{text}");
            let said = match manifest.failures.first() {
                Some(Failure::Text(said)) => said.as_str(),
                _ => "",
            };
            let (line, problem) = kubectl.split_once(' ').unwrap_or_default();
            let line = line.parse::<u32>().map_or(0, |line| line + counted);
            let wanted = match line {
                0 => problem.to_owned(),
                _ => format!(
                    "error parsing STDIN: error converting YAML to JSON: yaml: line {line}: {problem}"
                ),
            };
            assert_eq!(said, wanted, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_whole_text() {
        check(
            "  name: b: c\n",
            "4 mapping values are not allowed in this context",
            (
                4,
                10,
                "yaml: mapping values are not allowed in this context",
            ),
        );
        check(
            "  name: b\n bad: c\n",
            "4 did not find expected key",
            (5, 2, "yaml: did not find expected key"),
        );
        check(
            "\tname: b\n",
            "4 found character that cannot start any token",
            (4, 2, "yaml: found character that cannot start any token"),
        );
        check(
            "  name: b\n  name: c\n",
            "5 key \"name\" already set in map",
            (5, 3, "yaml: key \"name\" already set in map"),
        );
        check(
            "  name: b\n  nam: c\n",
            "- ",
            (
                5,
                3,
                "strict decoding error: unknown field \"metadata.nam\"",
            ),
        );
    }

    #[test]
    fn what_follows_is_no_part_of_a_broken_document() {
        let text = "a: [1\n---\nkind: Pod\n";
        let manifest = read(text, "STDIN", "default", false);
        let told = format!("{:?}", manifest.failures);
        assert!(
            told.contains("line 1: did not find expected ',' or ']'"),
            "{told}"
        );
    }
}
