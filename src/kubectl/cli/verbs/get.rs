//! `kubectl get` in all its output formats, and `get -w`.
//!
//! Models: kubectl/pkg/cmd/get.

use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::status::Reason;
use crate::api::yaml;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::print;
use crate::kubectl::cli::print::Format;
use crate::kubectl::cli::verb::{
    ALL_NAMESPACES, CHUNK, Complete, FIELDS, FILENAME, KUSTOMIZE, Kinds, MANAGED, MISSING_KEYS,
    OUTPUT, RECURSIVE, SELECTOR, TEMPLATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::jsonpath::Template;
use crate::kubectl::resource;
use crate::kubectl::resource::Found;
use crate::kubectl::tabs;
use crate::sim::map::Map;
use crate::sim::sort::Order;
use crate::sim::time::SimDuration;
use serde_json::{Value, json};
use std::cmp::Ordering;

pub const VERB: Verb = Verb {
    path: "get",
    aliases: &[],
    usage: "TYPE [NAME ...] | TYPE/NAME ...",
    about: "Show objects in a table, or as YAML, JSON, names or columns",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT.one_of(FORMATS),
        SELECTOR,
        FIELDS,
        ALL_NAMESPACES,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        CHUNK,
        flag("ignore-not-found", Takes::Bool, "false"),
        short("label-columns", 'L', Takes::List, ""),
        flag("no-headers", Takes::Bool, "false"),
        flag("output-watch-events", Takes::Bool, "false"),
        flag("raw", Takes::Text, ""),
        flag("server-print", Takes::Bool, "true"),
        flag("show-kind", Takes::Bool, "false"),
        flag("show-labels", Takes::Bool, "false"),
        flag("sort-by", Takes::Text, ""),
        flag("subresource", Takes::Text, ""),
        short("watch", 'w', Takes::Bool, "false"),
        flag("watch-only", Takes::Bool, "false"),
    ],
    run,
    complete: Complete::Objects(Kinds::All),
};

/// Formats of `-o`.
const FORMATS: &[&str] = &[
    "custom-columns=",
    "json",
    "jsonpath=",
    "name",
    "wide",
    "yaml",
];
/// Simulated time without a change after which a watch without time limit ends: nobody is there to press Ctrl-C.
const WATCH_QUIET: SimDuration = SimDuration::secs(120);
/// Bytes that one watch prints at the most, so that a cluster that never rests can't fill the memory.
const WATCH_PRINTS_MAX: usize = 1 << 20;

fn run(call: &mut Call<'_>) -> Outcome {
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
        use Reason;
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
            let any = print::tables(call, &found, *wide, headers);
            if !any && failures.is_empty() && !call.flags.bool("ignore-not-found") {
                nothing_found(call, &found);
            }
        }
        _ => {
            let single = found.by_name && found.objects.len() + failures.len() == 1;
            if !(found.by_name && found.objects.is_empty()) {
                print::objects(call, &found.objects, !single)?;
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
    let path = print::relaxed(by).ok_or_else(|| {
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
    if print::several_kinds(&found) {
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
    let limit = flags::parse_duration(call.flags.text("request-timeout"))
        .ok()
        .filter(|limit| *limit != SimDuration::ZERO);
    call.wait.patience = WATCH_QUIET;
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

/// The objects as a watch has seen them.
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

    /// The changes since the last look, in order, with their kind; a deleted object comes in its last version.
    fn changes(&mut self, call: &mut Call<'_>) -> Vec<(&'static str, Object)> {
        let Ok(now) = resource::resolve(call.client().server, &self.words, &self.query) else {
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
                _ => return print::objects(call, std::slice::from_ref(object), false),
            }
            return Ok(());
        };
        let now = call.time();
        let printed = self.lines.len();
        if std::mem::take(&mut self.headers_due) {
            let mut header = print::table_header(call, resource::info_of(object), wide);
            if with_events {
                header.insert(0, "EVENT".to_owned());
            }
            self.lines.push(header);
        }
        let with_kind = call.flags.bool("show-kind");
        let mut row = print::table_row(call, object, wide, with_kind, now);
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
