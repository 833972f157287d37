//! Tab completion: verbs, kinds, names, flags and their values.

use super::flags::{self, Flag};
use super::shell;
use super::verb::{self, Complete, Kinds, Verb};
use super::verbs::VERBS;
use crate::api::kinds::{KINDS, KindInfo};
use crate::kubectl::job::Host;
use crate::kubectl::resource::{self, Words};
use crate::sim::map::{Map, Set};
use crate::sim::sort::Order;

/// Maximum words offered at once: nobody reads more.
const CHOICES_MAX: usize = 200;

/// The words that the one at the cursor may become, in alphabetical order. `line` begins with `kubectl`; `cursor` counts bytes.
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
    choices.order();
    choices.dedup();
    choices.truncate(CHOICES_MAX);
    choices
}

fn verb_of(words: &[String]) -> Option<(&'static Verb, &[String])> {
    let first = words.first()?;
    if let Some(second) = words.get(1)
        && let Some(verb) = verb::find(VERBS, &format!("{first} {second}"))
    {
        return Some((verb, words.get(2..).unwrap_or(&[])));
    }
    verb::find(VERBS, first).map(|verb| (verb, words.get(1..).unwrap_or(&[])))
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
    let names = VERBS.iter().flat_map(|other| other.names());
    let subcommands = names.filter_map(|name| name.strip_prefix(&below));
    let mut out: Vec<String> = if rest.is_empty() {
        subcommands.map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    if let Some((flag, prefix)) = open_flag(verb, rest, word) {
        let value = word.get(prefix.len()..).unwrap_or("");
        if let Some(values) = flag_values(host, verb, rest, flag, value) {
            let whole = values.into_iter().map(|value| format!("{prefix}{value}"));
            return whole.collect();
        }
    }
    if word.starts_with('-') {
        let all = verb.flags.iter().chain(flags::GLOBAL.iter().take(2));
        let short = |flag: &Flag| flag.short.map(|letter| format!("-{letter}"));
        return all
            .flat_map(|flag| short(flag).into_iter().chain([format!("--{}", flag.name)]))
            .collect();
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

/// The flag whose value is being typed, and the part of the word before that value: `-o `, `--output=`, `-ojs`.
fn open_flag<'a>(
    verb: &Verb,
    rest: &'a [String],
    word: &'a str,
) -> Option<(&'static Flag, &'a str)> {
    let all = || verb.flags.iter().chain(flags::GLOBAL);
    let short = |flag: &str| {
        let letter = flag.strip_prefix('-')?.chars().next()?;
        all().find(|flag| flag.short == Some(letter))
    };
    let long = |flag: &str| all().find(|known| flag.strip_prefix("--") == Some(known.name));
    if word.starts_with("--") {
        let flag = word.split('=').next()?;
        let prefix = word.get(..=flag.len())?;
        return Some((long(flag)?, prefix));
    }
    if word.starts_with('-') && word.len() > 2 {
        let flag = short(word).filter(|flag| flag.value != flags::Takes::Bool)?;
        let prefix = word.get(..if word.get(2..3) == Some("=") { 3 } else { 2 })?;
        return Some((flag, prefix));
    }
    let before = rest.last()?;
    let flag = long(before).or_else(|| short(before).filter(|_| before.len() == 2))?;
    Some((flag, ""))
}

/// The values that a flag may have, if they are known. `value` is the beginning of one.
fn flag_values(
    host: &mut dyn Host,
    verb: &Verb,
    rest: &[String],
    flag: &Flag,
    value: &str,
) -> Option<Vec<String>> {
    Some(match flag.name {
        "namespace" => names(host, "namespaces", ""),
        "selector" => selectors(host, verb, rest, value),
        _ if flag.values.is_empty() => return None,
        _ => flag.values.iter().map(|&word| word.to_owned()).collect(),
    })
}

/// Labels that objects of the kind have: `key=`, then `key=value`; a key with one value at once with it.
fn selectors(host: &mut dyn Host, verb: &Verb, rest: &[String], value: &str) -> Vec<String> {
    let kind = match verb.complete {
        Complete::Names(kind) => Some(kind.to_owned()),
        _ => rest.iter().find(|word| !word.starts_with('-')).cloned(),
    };
    let kinds = kind.iter().flat_map(|kind| kind.split(','));
    let infos: Vec<_> = kinds.filter_map(|kind| resource::find(kind).ok()).collect();
    let mut labels: Map<String, Set<String>> = Map::new();
    for info in infos {
        for object in resource::list(host.client().server, info, None) {
            for (key, value) in &object.meta().labels {
                labels.or_default(key.clone()).insert(value.clone());
            }
        }
    }
    // The labels before the last comma are chosen.
    let (before, last) = value.rsplit_once(',').map_or(("", value), |(_, last)| {
        (&value[..value.len() - last.len()], last)
    });
    let typed = last.split_once('=').map(|(key, _)| key);
    let choices = labels.iter().flat_map(|(key, values)| {
        let is_whole = values.len() == 1 || typed == Some(key);
        let values = values.iter().filter(move |_| is_whole);
        let whole = values.map(move |value| format!("{key}={value}"));
        whole.chain((!is_whole).then(|| format!("{key}=")))
    });
    choices.map(|choice| format!("{before}{choice}")).collect()
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
    let (wanted, has_containers) = match verb.complete {
        Complete::Nothing => return Vec::new(),
        Complete::Names(kind) => return names(host, kind, namespace),
        Complete::Fields => return explained(word),
        Complete::Objects(wanted) => (wanted, false),
        Complete::Containers(wanted) => (wanted, true),
    };
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
        Ok(Words::Names(known)) if !has_containers => {
            let kind = known.first().map_or("", |(info, _)| info.plural);
            names(host, kind, namespace)
                .into_iter()
                .filter(|name| !plain.contains(name))
                .collect()
        }
        Ok(Words::Names(known)) => containers(host, &known, namespace),
        Err(_) if plain.is_empty() => kinds(wanted),
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

fn kinds(wanted: Kinds) -> Vec<String> {
    let own = |info: &'static KindInfo| if info.has_schema { info.short } else { &[] };
    match wanted {
        Kinds::These(words) => words.iter().map(|&word| word.to_owned()).collect(),
        Kinds::All => KINDS
            .iter()
            .flat_map(|info| own(info).iter().copied().chain([info.plural]))
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
