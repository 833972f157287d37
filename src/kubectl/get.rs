//! `kubectl get` in all its output formats, and how any command prints objects for `-o`.
//!
//! Models: kubectl/pkg/cmd/get, cli-runtime/pkg/printers.

use super::error::{Failure, Outcome};
use super::jsonpath::{self, Template};
use super::resource::{self, Found};
use super::{Call, columns, tabs};
use crate::api::go::quote;
use crate::api::kinds::KindInfo;
use crate::api::meta::Time;
use crate::api::object::Object;
use crate::api::yaml;
use crate::sim::map::Map;
use crate::sim::sort::Order;
use crate::sim::time::SimDuration;
use serde_json::{Value, json};
use std::cmp::Ordering;

const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml";
/// A watch without time limit ends when nothing has changed for so long.
const WATCH_QUIET: SimDuration = SimDuration::secs(120);
/// Nor is more than this printed in one go.
const WATCH_PRINTS_MAX: usize = 1 << 20;

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
pub fn print_objects(call: &mut Call<'_>, objects: &[Object], list: bool) -> Outcome {
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
            print_tables(call, &found, wide, true);
        }
    }
    Ok(())
}

/// What one part of a template finds, as `jsonpath-as-json` prints it.
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
        Value::String(text) => crate::api::go::quote(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(map) => {
            let items = map
                .iter()
                .map(|(key, value)| format!("{}:{}", crate::api::go::quote(key), go_syntax(value)));
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
            other => super::patch::go_value(other),
        })
        .collect();
    texts.join(",")
}

/// Do the words ask for more than one kind, so that names carry theirs?
fn several_kinds(found: &Found) -> bool {
    let mut kinds: Vec<&KindInfo> = found.kinds.clone();
    kinds.dedup();
    kinds.len() > 1
}

/// Prints objects in a table for each kind; true if there was any row.
fn print_tables(call: &mut Call<'_>, found: &Found, wide: bool, headers: bool) -> bool {
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

fn table_header(call: &Call<'_>, info: &KindInfo, wide: bool) -> Vec<String> {
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

fn table_row(
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

pub fn run(call: &mut Call<'_>) -> Outcome {
    if call.words.is_empty() && call.flags.list("filename").is_empty() {
        call.warn("You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n");
        return Err(call.usage("error: Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods)."));
    }
    let format = Format::parse(call.flags.text("output"))?;
    if call.flags.bool("show-labels") && !matches!(format, Format::Table { .. }) {
        let output = call.flags.text("output");
        return Err(Failure::Text(format!(
            "--show-labels option cannot be used with {output} printer"
        )));
    }
    let mut found = call.find(true)?;
    if call.flags.bool("ignore-not-found") {
        use crate::api::status::Reason;
        found.failures.retain(|failure| !matches!(failure, Failure::Server { status, .. } if status.reason == Reason::NotFound));
    }
    if found
        .objects
        .iter()
        .any(|object| matches!(object, Object::Event(_)))
    {
        sort_events(&mut found.objects);
    }
    sort(call, &mut found)?;
    let watch = call.flags.bool("watch") || call.flags.bool("watch-only");
    if watch {
        return self::watch(call, found, format);
    }
    let failures = std::mem::take(&mut found.failures);
    match &format {
        Format::Table { wide } => {
            let headers = !call.flags.bool("no-headers");
            let any = print_tables(call, &found, *wide, headers);
            if !any && failures.is_empty() && !call.flags.bool("ignore-not-found") {
                nothing_found(call, &found);
            }
        }
        _ => {
            let single = found.by_name && found.objects.len() + failures.len() == 1;
            if !(found.by_name && found.objects.is_empty()) {
                print_objects(call, &found.objects, !single)?;
            }
        }
    }
    Failure::collect(failures)
}

fn nothing_found(call: &mut Call<'_>, found: &Found) {
    let namespaced = found.kinds.iter().any(|info| info.namespaced);
    if call.flags.bool("all-namespaces") || !namespaced {
        call.warn("No resources found");
    } else {
        let namespace = call.namespace();
        call.warn(&format!("No resources found in {namespace} namespace."));
    }
}

/// The server lists events by name, and names begin with the object's and the time.
fn sort_events(objects: &mut [Object]) {
    objects.order_by_key(|object| match object {
        Object::Event(event) => {
            let version: u64 = event.metadata.resource_version.parse().unwrap_or(0);
            (
                event.metadata.namespace.clone(),
                event.involved_object.name.clone(),
                event.first_timestamp,
                version,
            )
        }
        other => (
            other.meta().namespace.clone(),
            other.meta().name.clone(),
            None,
            0,
        ),
    });
}

/// `--sort-by`
fn sort(call: &Call<'_>, found: &mut Found) -> Outcome {
    let by = call.flags.text("sort-by");
    if by.is_empty() {
        return Ok(());
    }
    let path = relaxed(by).ok_or_else(|| {
        Failure::text("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'")
    })?;
    let template = Template::parse(&path).map_err(Failure::Text)?;
    let mut keyed: Vec<(Option<Value>, Object)> = std::mem::take(&mut found.objects)
        .into_iter()
        .map(|object| {
            (
                template
                    .values(&object.to_value())
                    .first()
                    .map(|value| (*value).clone()),
                object,
            )
        })
        .collect();
    if !keyed.is_empty() && keyed.iter().all(|(key, _)| key.is_none()) {
        return Err(Failure::Text(format!(
            "couldn't find any field with path {path} in the list of objects",
            path = quote(&path)
        )));
    }
    keyed.order_by(|(a, _), (b, _)| compare(a.as_ref(), b.as_ref()));
    found.objects = keyed.into_iter().map(|(_, object)| object).collect();
    Ok(())
}

/// Missing values first; numbers by size; texts that are amounts as amounts, else in natural order.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some(Value::Number(a)), Some(Value::Number(b))) => a.as_i64().cmp(&b.as_i64()),
        (Some(Value::String(a)), Some(Value::String(b))) => {
            use crate::api::quantity::Quantity;
            match (Quantity::parse(a), Quantity::parse(b)) {
                (Ok(a), Ok(b)) => a.compare(&b),
                _ => natural(a, b),
            }
        }
        (Some(a), Some(b)) => a.to_string().cmp(&b.to_string()),
    }
}

/// Digits inside words count as numbers: `node-2` before `node-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let chunks = |text: &str| {
        let mut out: Vec<(bool, String)> = Vec::new();
        for c in text.chars() {
            match out.last_mut() {
                Some((digits, chunk)) if *digits == c.is_ascii_digit() => chunk.push(c),
                _ => out.push((c.is_ascii_digit(), c.to_string())),
            }
        }
        out
    };
    for (a, b) in chunks(a).iter().zip(&chunks(b)) {
        let order = if a.0 && b.0 {
            let (x, y) = (a.1.trim_start_matches('0'), b.1.trim_start_matches('0'));
            x.len().cmp(&y.len()).then_with(|| x.cmp(y))
        } else {
            a.1.cmp(&b.1)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// `-w`: a row for each change, while time passes.
fn watch(call: &mut Call<'_>, found: Found, format: Format) -> Outcome {
    if several_kinds(&found) {
        return Err(Failure::text("you may only specify a single resource type"));
    }
    Failure::collect(found.failures.clone())?;
    let mut rows = Rows {
        format,
        lines: Vec::new(),
        headers_due: !call.flags.bool("no-headers"),
    };
    if !call.flags.bool("watch-only") {
        for object in &found.objects {
            rows.show(call, "ADDED", object)?;
        }
    }
    let mut watched = Watched::new(found, call.query(true)?);
    let limit = super::flags::parse_duration(call.flags.text("request-timeout"))
        .ok()
        .filter(|limit| *limit != SimDuration::ZERO);
    call.patience = WATCH_QUIET;
    // A watch sees every version: each change is followed by a look.
    call.wait_until(limit, move |call| {
        for (event, object) in watched.changes(call) {
            if let Err(failure) = rows.show(call, event, &object) {
                return Some(Err(failure));
            }
        }
        let is_endless = call.out.stdout.len() > WATCH_PRINTS_MAX;
        (call.is_over() || is_endless).then_some(Ok(()))
    })
}

type Id = (String, String);

fn id(object: &Object) -> Id {
    (object.meta().namespace.clone(), object.meta().name.clone())
}

/// What a watch has seen.
struct Watched {
    words: resource::Words,
    query: resource::Query,
    /// Only these, if objects were named.
    names: Option<Vec<Id>>,
    versions: Map<Id, Object>,
}

impl Watched {
    fn new(found: Found, query: resource::Query) -> Watched {
        Watched {
            words: resource::Words::Kinds(found.kinds),
            query,
            names: found
                .by_name
                .then(|| found.objects.iter().map(id).collect()),
            versions: found
                .objects
                .into_iter()
                .map(|object| (id(&object), object))
                .collect(),
        }
    }

    /// What changed since the last look, and how, in order; of what was deleted, the last version.
    fn changes(&mut self, call: &mut Call<'_>) -> Vec<(&'static str, Object)> {
        let Ok(now) = resource::resolve(call.host.client().server, &self.words, &self.query) else {
            return Vec::new();
        };
        let is_watched = |id: &Id| self.names.as_ref().is_none_or(|names| names.contains(id));
        let objects = now.objects.into_iter().map(|object| (id(&object), object));
        let mut present: Map<Id, Object> = objects.filter(|(id, _)| is_watched(id)).collect();
        std::mem::swap(&mut present, &mut self.versions);
        let before = present;
        let version = |object: &Object| object.meta().resource_version.parse::<u64>().unwrap_or(0);
        let seen = |(id, object): (&Id, &Object)| match before.get(id) {
            None => Some(("ADDED", object.clone())),
            Some(old) => (version(old) != version(object)).then(|| ("MODIFIED", object.clone())),
        };
        let mut changes: Vec<(&str, Object)> = self.versions.iter().filter_map(seen).collect();
        let gone = before
            .iter()
            .filter(|(id, _)| !self.versions.contains_key(*id));
        changes.extend(gone.map(|(_, object)| ("DELETED", object.clone())));
        changes.order_by_key(|(_, object)| version(object));
        changes
    }
}

/// The rows of a watch; columns stay as wide as they have been.
struct Rows {
    format: Format,
    lines: Vec<Vec<String>>,
    headers_due: bool,
}

impl Rows {
    fn show(&mut self, call: &mut Call<'_>, event: &str, object: &Object) -> Outcome {
        let with_events = call.flags.bool("output-watch-events");
        let Format::Table { wide } = self.format else {
            let value = || json!({ "type": event, "object": object.to_value() });
            match self.format {
                Format::Json if with_events => call.print(&crate::api::go::json(&value())),
                Format::Yaml if with_events => call.put(&yaml::to_string(&value())),
                _ => return print_objects(call, std::slice::from_ref(object), false),
            }
            return Ok(());
        };
        let now = call.time();
        let printed = self.lines.len();
        if std::mem::take(&mut self.headers_due) {
            let mut header = table_header(call, resource::info_of(object), wide);
            if with_events {
                header.insert(0, "EVENT".to_owned());
            }
            self.lines.push(header);
        }
        let with_kind = call.flags.bool("show-kind");
        let mut row = table_row(call, object, wide, with_kind, now);
        if with_events {
            row.insert(0, format!("{event:<8}"));
        }
        self.lines.push(row);
        let text: String = self
            .lines
            .iter()
            .map(|cells| format!("{}\n", cells.join("\t")))
            .collect();
        let aligned = tabs::align(&text, 6, 3);
        let new: String = aligned
            .lines()
            .skip(printed)
            .map(|line| format!("{line}\n"))
            .collect();
        call.put(&new);
        if self.lines.len() > 200 {
            // Only the widest cells matter for the width, so all lines can be one.
            self.lines = vec![widest(&self.lines)];
        }
        Ok(())
    }
}

/// One line that is in each column as wide as the widest.
fn widest(lines: &[Vec<String>]) -> Vec<String> {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    (0..columns)
        .map(|column| "x".repeat(width(column)))
        .collect()
}
