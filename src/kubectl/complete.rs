//! Tab completion: verbs, kinds, names, flags.

use super::resource::{self, Words};
use super::verbs::{self, VERBS, Verb};
use super::{Host, flags, shell};
use crate::api::kinds::{KINDS, KindInfo};

/// More than these nobody reads.
const CHOICES_MAX: usize = 200;
const FORMATS: &[&str] = &[
    "custom-columns=",
    "json",
    "jsonpath=",
    "name",
    "wide",
    "yaml",
];

/// What the word at the cursor may become, in alphabetical order. `line` begins with `kubectl`; `cursor` counts bytes.
pub fn complete(host: &mut dyn Host, line: &str, cursor: usize) -> Vec<String> {
    let mut cursor = cursor.min(line.len());
    while !line.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = line.get(..cursor).unwrap_or(line);
    let start = before.rfind(char::is_whitespace).map_or(0, |i| {
        i + before
            .get(i..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    let (done, word) = before.split_at(start);
    let mut words =
        shell::split(done).unwrap_or_else(|_| done.split_whitespace().map(str::to_owned).collect());
    if words.is_empty() {
        return pick(vec!["kubectl".to_owned()], word);
    }
    if words.remove(0) != "kubectl" {
        return Vec::new();
    }
    let choices = choices(host, &words, word);
    pick(choices, word)
}

fn pick(mut choices: Vec<String>, word: &str) -> Vec<String> {
    choices.retain(|choice| choice.starts_with(word));
    choices.sort();
    choices.dedup();
    choices.truncate(CHOICES_MAX);
    choices
}

fn verb_of(words: &[String]) -> Option<(&'static Verb, &[String])> {
    let first = words.first()?;
    if let Some(second) = words.get(1)
        && let Some(verb) = verbs::named(&format!("{first} {second}"))
    {
        return Some((verb, words.get(2..).unwrap_or(&[])));
    }
    verbs::named(first).map(|verb| (verb, words.get(1..).unwrap_or(&[])))
}

fn choices(host: &mut dyn Host, words: &[String], word: &str) -> Vec<String> {
    let Some((verb, rest)) = verb_of(words) else {
        if !words.is_empty() {
            return Vec::new();
        }
        let names = VERBS
            .iter()
            .map(|verb| verb.path)
            .filter(|path| !path.contains(' '));
        return names.map(str::to_owned).collect();
    };
    let below = format!("{} ", verb.path);
    let subcommands = VERBS
        .iter()
        .filter_map(|other| other.path.strip_prefix(&below));
    let mut out: Vec<String> = if rest.is_empty() {
        subcommands.map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    if let Some(value) = flag_value(host, verb, rest, word) {
        return value;
    }
    if word.starts_with('-') {
        let all = verb.flags.iter().chain(flags::GLOBAL.iter().take(2));
        return all.map(|flag| format!("--{}", flag.name)).collect();
    }
    let parsed = flags::parse(rest, &[verb.flags, flags::GLOBAL]);
    let (namespace, plain) = match &parsed {
        Ok((flags, plain)) => (flags.text("namespace").to_owned(), plain.clone()),
        Err(_) => (
            String::new(),
            rest.iter()
                .filter(|word| !word.starts_with('-'))
                .cloned()
                .collect(),
        ),
    };
    let namespace = if namespace.is_empty() {
        "default".to_owned()
    } else {
        namespace
    };
    out.extend(objects(host, verb, &namespace, &plain, word));
    out
}

/// The value of a flag that stands right before the cursor, or behind `=`.
fn flag_value(
    host: &mut dyn Host,
    verb: &Verb,
    rest: &[String],
    word: &str,
) -> Option<Vec<String>> {
    let (flag, prefix) = match word.split_once('=') {
        Some((flag, _)) if flag.starts_with('-') => (flag.to_owned(), format!("{flag}=")),
        _ => (rest.last()?.clone(), String::new()),
    };
    let name = match flag.strip_prefix("--") {
        Some(name) => name.to_owned(),
        None => {
            let letter = flag.strip_prefix('-')?.chars().next()?;
            let all = verb.flags.iter().chain(flags::GLOBAL);
            all.clone()
                .find(|flag| flag.short == Some(letter))?
                .name
                .to_owned()
        }
    };
    let values: Vec<String> = match name.as_str() {
        "output" => FORMATS.iter().map(|format| (*format).to_owned()).collect(),
        "namespace" => names(host, "namespaces", ""),
        "cascade" => ["background", "foreground", "orphan"]
            .map(str::to_owned)
            .to_vec(),
        "dry-run" => ["none", "client", "server"].map(str::to_owned).to_vec(),
        "type" => ["json", "merge", "strategic"].map(str::to_owned).to_vec(),
        "for" => ["condition=Ready", "create", "delete", "jsonpath="]
            .map(str::to_owned)
            .to_vec(),
        "filename" => vec!["-".to_owned()],
        _ => return None,
    };
    Some(
        values
            .into_iter()
            .map(|value| format!("{prefix}{value}"))
            .collect(),
    )
}

fn names(host: &mut dyn Host, kind: &str, namespace: &str) -> Vec<String> {
    let Ok(info) = resource::find(kind) else {
        return Vec::new();
    };
    let objects = resource::list(host.client().server, info, Some(namespace));
    objects
        .iter()
        .map(|object| object.meta().name.clone())
        .collect()
}

/// Kinds, then names; or `kind/name`.
fn objects(
    host: &mut dyn Host,
    verb: &Verb,
    namespace: &str,
    plain: &[String],
    word: &str,
) -> Vec<String> {
    let head = verb.path.split(' ').next().unwrap_or("");
    match verb.path {
        "cordon" | "uncordon" | "drain" => return names(host, "nodes", ""),
        "apply" | "create" | "replace" | "diff" | "version" | "api-resources" | "api-versions"
        | "cluster-info" | "help" | "events" => {
            return Vec::new();
        }
        "top node" | "top nodes" => return names(host, "nodes", ""),
        "top pod" | "top pods" => return names(host, "pods", namespace),
        "explain" => return explained(word),
        _ => {}
    }
    if let Some((kind, _)) = word.split_once('/') {
        return names(host, kind, namespace)
            .into_iter()
            .map(|name| format!("{kind}/{name}"))
            .collect();
    }
    match resource::parse(plain) {
        // The kind is there: names, or pairs that nobody can guess.
        Ok(Words::Kinds(kinds)) => {
            let first = plain.first().cloned().unwrap_or_default();
            if first.contains(',') {
                Vec::new()
            } else {
                kinds
                    .iter()
                    .flat_map(|info| names(host, info.plural, namespace))
                    .collect()
            }
        }
        Ok(Words::Names(known)) if head != "set" => {
            let kind = known.first().map_or("", |(info, _)| info.plural);
            names(host, kind, namespace)
                .into_iter()
                .filter(|name| !plain.contains(name))
                .collect()
        }
        Ok(Words::Names(known)) => containers(host, &known, namespace),
        Err(_) if plain.is_empty() => kinds(verb),
        Err(_) => Vec::new(),
    }
}

/// `main=` for `set image`.
fn containers(
    host: &mut dyn Host,
    known: &[(&'static KindInfo, String)],
    namespace: &str,
) -> Vec<String> {
    let client = host.client();
    let found = known
        .iter()
        .filter_map(|(info, name)| resource::get(client.server, info, namespace, name).ok());
    let mut out = Vec::new();
    for object in found {
        let value = object.to_value();
        for path in ["/spec/template/spec/containers", "/spec/containers"] {
            let list = value.pointer(path).and_then(serde_json::Value::as_array);
            let names = list
                .into_iter()
                .flatten()
                .filter_map(|container| container.get("name")?.as_str());
            out.extend(names.map(|name| format!("{name}=")));
        }
    }
    out
}

fn kinds(verb: &Verb) -> Vec<String> {
    match verb.path {
        "taint" => vec!["node".to_owned(), "nodes".to_owned()],
        path if path.starts_with("rollout") || path.starts_with("set") || path == "scale" => {
            vec!["daemonset".to_owned(), "ds".to_owned()]
        }
        _ => KINDS
            .iter()
            .flat_map(|info| {
                let own = if info.has_schema { info.short } else { &[] };
                own.iter().copied().chain([info.plural])
            })
            .map(str::to_owned)
            .collect(),
    }
}

fn explained(word: &str) -> Vec<String> {
    let Some((before, _)) = word.rsplit_once('.') else {
        return KINDS
            .iter()
            .filter(|info| info.has_schema)
            .map(|info| info.plural.to_owned())
            .collect();
    };
    let mut parts = before.split('.');
    let Ok(info) = resource::find(parts.next().unwrap_or("")) else {
        return Vec::new();
    };
    let mut type_ = info.kind;
    for part in parts {
        let Some(field) = crate::api::schema::field(type_, part) else {
            return Vec::new();
        };
        type_ = crate::api::schema::object_name(&field.type_).unwrap_or("");
    }
    crate::api::schema::fields(type_)
        .iter()
        .map(|field| format!("{before}.{}", field.name))
        .collect()
}
