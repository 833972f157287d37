//! How any verb prints objects for `-o`: tables, YAML, JSON, names, paths, columns.
//!
//! Models: cli-runtime/pkg/printers, kubectl/pkg/cmd/get.

use super::Call;
use crate::api::go::{self, quote};
use crate::api::kinds::KindInfo;
use crate::api::meta::Time;
use crate::api::object::Object;
use crate::api::yaml;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::jsonpath::{self, Template};
use crate::kubectl::patch::go_value;
use crate::kubectl::resource::{self, Found};
use crate::kubectl::{columns, tabs};
use serde_json::{Value, json};

const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

/// `-o`
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    Table { wide: bool },
    Yaml,
    Json,
    Name,
    JsonPath { template: Template, as_json: bool },
    Columns(Vec<(String, Template)>),
}

impl Format {
    pub fn parse(text: &str) -> Result<Format, Failure> {
        let unknown = |text: &str| {
            Failure::Text(format!(
                "unable to match a printer suitable for the output format {text}, allowed formats are: {FORMATS}",
                text = quote(text)
            ))
        };
        let (kind, argument) = match text.split_once('=') {
            Some((kind, argument)) => (kind, Some(argument)),
            None => (text, None),
        };
        match (kind, argument) {
            ("", _) => Ok(Format::Table { wide: false }),
            ("wide", None) => Ok(Format::Table { wide: true }),
            ("yaml", None) => Ok(Format::Yaml),
            ("json", None) => Ok(Format::Json),
            ("name", None) => Ok(Format::Name),
            ("jsonpath" | "jsonpath-as-json", Some(template)) if !template.is_empty() => {
                let parsed = Template::parse(template).map_err(|why| {
                    Failure::Text(format!("error parsing jsonpath {template}, {why}"))
                })?;
                Ok(Format::JsonPath {
                    template: parsed,
                    as_json: kind == "jsonpath-as-json",
                })
            }
            ("jsonpath" | "jsonpath-as-json", _) => Err(Failure::text(
                "template format specified but no template given",
            )),
            ("custom-columns", Some(spec)) if !spec.is_empty() => {
                Ok(Format::Columns(custom_columns(spec)?))
            }
            ("custom-columns", _) => Err(Failure::text(
                "custom-columns format specified but no custom columns given",
            )),
            (
                "go-template"
                | "template"
                | "go-template-file"
                | "templatefile"
                | "custom-columns-file"
                | "jsonpath-file",
                None,
            ) => Err(Failure::text(
                "template format specified but no template given",
            )),
            (
                "go-template"
                | "template"
                | "go-template-file"
                | "custom-columns-file"
                | "jsonpath-file"
                | "templatefile"
                | "kyaml",
                _,
            ) => Err(Failure::Text(format!(
                "the output format {kind} is not there in the playground; jsonpath and custom-columns are",
                kind = quote(kind)
            ))),
            _ => Err(unknown(text)),
        }
    }
}

/// `NAME:.metadata.name,NODE:.spec.nodeName`
fn custom_columns(spec: &str) -> Result<Vec<(String, Template)>, Failure> {
    let mut columns = Vec::new();
    for part in spec.split(',') {
        let Some((header, path)) = part.split_once(':') else {
            return Err(Failure::Text(format!(
                "unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>"
            )));
        };
        let path = relaxed(path).ok_or_else(|| Failure::text("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"))?;
        let template = Template::parse(&path).map_err(Failure::Text)?;
        columns.push((header.to_owned(), template));
    }
    Ok(columns)
}

/// A path with or without braces and leading dot, as `{.path}`.
///
/// Models: cmd/get/customcolumn.go, RelaxedJSONPathExpression.
pub fn relaxed(path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(String::new());
    }
    let inner = match path.strip_prefix('{') {
        Some(inner) => inner.strip_suffix('}')?,
        None => path,
    };
    if inner.contains(['{', '}']) {
        return None;
    }
    let inner = inner.strip_prefix('.').unwrap_or(inner);
    Some(format!("{{.{inner}}}"))
}

/// Go's indented JSON with four spaces, as kubectl prints it.
pub fn pretty_json(value: &Value) -> String {
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    if serde::Serialize::serialize(value, &mut serializer).is_err() {
        return String::new();
    }
    String::from_utf8(out).unwrap_or_default()
}

/// Several objects as one, for formats that print a whole.
fn as_list(objects: &[Object]) -> Value {
    let items: Vec<Value> = objects.iter().map(Object::to_value).collect();
    json!({ "apiVersion": "v1", "items": items, "kind": "List", "metadata": { "resourceVersion": "" } })
}

/// Prints objects as `-o` says; `list` wraps even a single one.
pub fn objects(call: &mut Call<'_>, objects: &[Object], list: bool) -> Outcome {
    let format = Format::parse(call.flags.text("output"))?;
    let whole = || match objects {
        [one] if !list => one.to_value(),
        many => as_list(many),
    };
    match format {
        Format::Yaml => {
            let text = yaml::to_string(&whole());
            call.put(&text);
        }
        Format::Json => {
            let text = pretty_json(&whole());
            call.print(&text);
        }
        Format::Name => {
            for object in objects {
                call.print(&resource::full_name(object));
            }
        }
        Format::JsonPath { template, as_json } => {
            let value = whole();
            let source = call
                .flags
                .text("output")
                .split_once('=')
                .map_or("", |(_, template)| template);
            let print = if as_json {
                json_results
            } else {
                jsonpath::text_results
            };
            let text = template
                .execute_with(&value, print)
                .map_err(|why| jsonpath_failure(source, &why, &value))?;
            call.put(&text);
        }
        Format::Columns(columns) => {
            let mut text = String::new();
            if !call.flags.bool("no-headers") {
                let headers: Vec<&str> =
                    columns.iter().map(|(header, _)| header.as_str()).collect();
                text.push_str(&format!("{}\n", headers.join("\t")));
            }
            for object in objects {
                let value = object.to_value();
                let cells = columns.iter().map(|(_, template)| column(template, &value));
                text.push_str(&format!("{}\n", cells.collect::<Vec<_>>().join("\t")));
            }
            call.put(&tabs::align(&text, 6, 3));
        }
        Format::Table { wide } => {
            let found = Found {
                objects: objects.to_vec(),
                by_name: true,
                ..Found::default()
            };
            tables(call, &found, wide, true);
        }
    }
    Ok(())
}

/// The values that one part of a template finds, as `jsonpath-as-json` prints them.
fn json_results(found: &[&Value]) -> String {
    pretty_json(&Value::Array(found.iter().copied().cloned().collect())) + "\n"
}

/// Models: printers/jsonpath.go, PrintObj.
fn jsonpath_failure(template: &str, why: &str, value: &Value) -> Failure {
    let object: String = go_syntax(value).chars().take(100_000).collect();
    Failure::Text(format!(
        "error executing jsonpath {template:?}: Error executing template: {why}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{template}\n\tobject given to jsonpath engine was:\n\t\t{object}\n\n\n"
    ))
}

/// A value as Go's `%#v` prints decoded JSON.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::String(text) => go::quote(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(map) => {
            let items = map
                .iter()
                .map(|(key, value)| format!("{}:{}", go::quote(key), go_syntax(value)));
            format!(
                "map[string]interface {{}}{{{}}}",
                items.collect::<Vec<_>>().join(", ")
            )
        }
        other => other.to_string(),
    }
}

/// A cell of custom columns: all values that the path finds.
fn column(template: &Template, value: &Value) -> String {
    let values = template.values(value);
    if values.is_empty() {
        return "<none>".to_owned();
    }
    let texts: Vec<String> = values
        .into_iter()
        .map(|value| match value {
            Value::Null => "<nil>".to_owned(),
            other => go_value(other),
        })
        .collect();
    texts.join(",")
}

/// Whether the words ask for more than one kind, so that names carry theirs.
pub fn several_kinds(found: &Found) -> bool {
    let mut kinds: Vec<&KindInfo> = found.kinds.clone();
    kinds.dedup();
    kinds.len() > 1
}

/// Prints objects in a table for each kind; true if there was any row.
pub fn tables(call: &mut Call<'_>, found: &Found, wide: bool, headers: bool) -> bool {
    let now = call.time();
    let with_kind = several_kinds(found) || call.flags.bool("show-kind");
    let mut rest = found.objects.as_slice();
    let mut first = true;
    while let Some(one) = rest.first() {
        let info = resource::info_of(one);
        let count = rest
            .iter()
            .take_while(|object| resource::info_of(object) == info)
            .count();
        let (group, after) = rest.split_at(count);
        if !first && headers {
            call.put("\n");
        }
        first = false;
        let mut lines = Vec::new();
        if headers {
            lines.push(table_header(call, info, wide));
        }
        lines.extend(
            group
                .iter()
                .map(|object| table_row(call, object, wide, with_kind, now)),
        );
        let text: String = lines
            .iter()
            .map(|cells| format!("{}\n", cells.join("\t")))
            .collect();
        call.put(&tabs::align(&text, 6, 3));
        rest = after;
    }
    !found.objects.is_empty()
}

pub fn table_header(call: &Call<'_>, info: &KindInfo, wide: bool) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    if call.flags.bool("all-namespaces") && info.namespaced {
        cells.push("NAMESPACE".to_owned());
    }
    cells.extend(columns::header(info, wide).into_iter().map(str::to_owned));
    for label in call.flags.words("label-columns") {
        let name = label.rsplit('/').next().unwrap_or(&label);
        cells.push(name.to_ascii_uppercase());
    }
    if call.flags.bool("show-labels") {
        cells.push("LABELS".to_owned());
    }
    cells
}

pub fn table_row(
    call: &Call<'_>,
    object: &Object,
    wide: bool,
    with_kind: bool,
    now: Time,
) -> Vec<String> {
    let info = resource::info_of(object);
    let mut cells = Vec::new();
    if call.flags.bool("all-namespaces") && info.namespaced {
        cells.push(object.meta().namespace.clone());
    }
    let mut row = columns::row(object, wide, now);
    if with_kind
        && info.kind != "Event"
        && let Some(name) = row.first_mut()
    {
        *name = format!("{}/{name}", resource::kind_word(info));
    }
    cells.extend(row);
    for label in call.flags.words("label-columns") {
        cells.push(
            object
                .meta()
                .labels
                .get(&label)
                .cloned()
                .unwrap_or_default(),
        );
    }
    if call.flags.bool("show-labels") {
        cells.push(columns::labels(&object.meta().labels));
    }
    cells.iter().map(|cell| one_line(cell)).collect()
}

/// A cell never breaks the line.
///
/// Models: printers/terminal.go, WriteEscaped, and tableprinter.go.
fn one_line(cell: &str) -> String {
    match cell.find(['\n', '\r', '\u{c}']) {
        Some(end) => format!("{}...", cell.get(..end).unwrap_or("")),
        None => cell.replace('\t', " "),
    }
}
