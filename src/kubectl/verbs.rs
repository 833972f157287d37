//! The table of verbs: flags, what runs them, and a few words of help.

use super::error::{Failure, Outcome};
use super::flags::{Flag, Value, flag, short};
use super::{
    Call, about, apply, change, create, delete, describe, drain, explain, get, label, rollout, set,
    taint, wait,
};
use crate::api::go::quote;
use crate::sim::sort::Order;

pub struct Verb {
    /// The words that call it: `rollout status`.
    pub path: &'static str,
    /// What follows, as the help shows it.
    pub usage: &'static str,
    pub about: &'static str,
    pub flags: &'static [Flag],
    pub run: fn(&mut Call<'_>) -> Outcome,
}

const FILENAME: Flag = short("filename", 'f', Value::List, "");
const RECURSIVE: Flag = short("recursive", 'R', Value::Bool, "false");
const KUSTOMIZE: Flag = short("kustomize", 'k', Value::Text, "");
const OUTPUT: Flag = short("output", 'o', Value::Text, "");
const SELECTOR: Flag = short("selector", 'l', Value::Text, "");
const FIELDS: Flag = flag("field-selector", Value::Text, "");
const ALL: Flag = flag("all", Value::Bool, "false");
const ALL_NAMESPACES: Flag = short("all-namespaces", 'A', Value::Bool, "false");
const DRY_RUN: Flag = flag("dry-run", Value::Optional("unchanged"), "none");
const MANAGER: Flag = flag("field-manager", Value::Text, "");
const VALIDATE: Flag = flag("validate", Value::Optional("strict"), "strict");
const TEMPLATE: Flag = flag("template", Value::Text, "");
const MANAGED: Flag = flag("show-managed-fields", Value::Bool, "false");
const MISSING_KEYS: Flag = flag("allow-missing-template-keys", Value::Bool, "true");
const LOCAL: Flag = flag("local", Value::Bool, "false");
const CHUNK: Flag = flag("chunk-size", Value::Int, "500");
const SAVE_CONFIG: Flag = flag("save-config", Value::Bool, "false");
const CASCADE: Flag = flag("cascade", Value::Optional("background"), "background");
const GRACE: Flag = flag("grace-period", Value::Int, "-1");
const FORCE: Flag = flag("force", Value::Bool, "false");
const TIMEOUT: Flag = flag("timeout", Value::Duration, "0s");
const OVERWRITE: Flag = flag("overwrite", Value::Bool, "false");
const LIST: Flag = flag("list", Value::Bool, "false");
const RESOURCE_VERSION: Flag = flag("resource-version", Value::Text, "");

const GET: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    FIELDS,
    ALL_NAMESPACES,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    CHUNK,
    flag("ignore-not-found", Value::Bool, "false"),
    short("label-columns", 'L', Value::List, ""),
    flag("no-headers", Value::Bool, "false"),
    flag("output-watch-events", Value::Bool, "false"),
    flag("raw", Value::Text, ""),
    flag("server-print", Value::Bool, "true"),
    flag("show-kind", Value::Bool, "false"),
    flag("show-labels", Value::Bool, "false"),
    flag("sort-by", Value::Text, ""),
    flag("subresource", Value::Text, ""),
    short("watch", 'w', Value::Bool, "false"),
    flag("watch-only", Value::Bool, "false"),
];
const APPLY: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    ALL,
    DRY_RUN,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    CASCADE,
    GRACE,
    FORCE,
    TIMEOUT,
    flag("force-conflicts", Value::Bool, "false"),
    flag("openapi-patch", Value::Bool, "true"),
    flag("overwrite", Value::Bool, "true"),
    flag("prune", Value::Bool, "false"),
    flag("prune-allowlist", Value::List, ""),
    flag("server-side", Value::Bool, "false"),
    flag("wait", Value::Bool, "false"),
];
const CREATE: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    SAVE_CONFIG,
    flag("edit", Value::Bool, "false"),
    flag("raw", Value::Text, ""),
    flag("windows-line-endings", Value::Bool, "false"),
];
const GENERATE: &[Flag] = &[
    OUTPUT,
    DRY_RUN,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    SAVE_CONFIG,
    flag("from-literal", Value::List, ""),
    flag("value", Value::Int, "0"),
    flag("global-default", Value::Bool, "false"),
    flag("description", Value::Text, ""),
    flag("preemption-policy", Value::Text, ""),
];
const REPLACE: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    DRY_RUN,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    SAVE_CONFIG,
    CASCADE,
    GRACE,
    FORCE,
    TIMEOUT,
    flag("wait", Value::Bool, "false"),
    flag("subresource", Value::Text, ""),
];
const DELETE: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    FIELDS,
    ALL,
    ALL_NAMESPACES,
    DRY_RUN,
    CASCADE,
    GRACE,
    FORCE,
    TIMEOUT,
    flag("ignore-not-found", Value::Bool, "false"),
    short("interactive", 'i', Value::Bool, "false"),
    flag("now", Value::Bool, "false"),
    flag("raw", Value::Text, ""),
    flag("wait", Value::Bool, "true"),
];
const LABEL: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    FIELDS,
    ALL,
    ALL_NAMESPACES,
    DRY_RUN,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    LOCAL,
    LIST,
    OVERWRITE,
    RESOURCE_VERSION,
];
const TAINT: &[Flag] = &[
    OUTPUT,
    SELECTOR,
    ALL,
    DRY_RUN,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    OVERWRITE,
];
const CORDON: &[Flag] = &[SELECTOR, DRY_RUN];
const DRAIN: &[Flag] = &[
    SELECTOR,
    DRY_RUN,
    GRACE,
    FORCE,
    TIMEOUT,
    CHUNK,
    flag("delete-emptydir-data", Value::Bool, "false"),
    flag("disable-eviction", Value::Bool, "false"),
    flag("ignore-daemonsets", Value::Bool, "false"),
    flag("ignore-errors", Value::Bool, "false"),
    flag("pod-selector", Value::Text, ""),
    flag("skip-wait-for-delete-timeout", Value::Int, "0"),
];
const ROLLOUT: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
];
const ROLLOUT_STATUS: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    SELECTOR,
    TIMEOUT,
    flag("revision", Value::Int, "0"),
    short("watch", 'w', Value::Bool, "true"),
];
const ROLLOUT_HISTORY: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    flag("revision", Value::Int, "0"),
];
const ROLLOUT_UNDO: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    DRY_RUN,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    flag("to-revision", Value::Int, "0"),
];
const SET: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    ALL,
    DRY_RUN,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    LOCAL,
    LIST,
    short("containers", 'c', Value::Text, "*"),
    flag("limits", Value::Text, ""),
    flag("requests", Value::Text, ""),
    short("env", 'e', Value::List, ""),
    flag("overwrite", Value::Bool, "true"),
    flag("resolve", Value::Bool, "false"),
];
const SCALE: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    ALL,
    DRY_RUN,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    TIMEOUT,
    RESOURCE_VERSION,
    flag("current-replicas", Value::Int, "-1"),
    flag("replicas", Value::Int, "0"),
];
const PATCH: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    DRY_RUN,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    LOCAL,
    short("patch", 'p', Value::Text, ""),
    flag("patch-file", Value::Text, ""),
    flag("type", Value::Text, "strategic"),
    flag("subresource", Value::Text, ""),
];
const EDIT: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    MANAGER,
    VALIDATE,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    SAVE_CONFIG,
    flag("output-patch", Value::Bool, "false"),
    flag("subresource", Value::Text, ""),
];
const DIFF: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    SELECTOR,
    MANAGER,
    MANAGED,
    flag("concurrency", Value::Int, "1"),
    flag("force-conflicts", Value::Bool, "false"),
    flag("prune", Value::Bool, "false"),
    flag("server-side", Value::Bool, "false"),
];
const DESCRIBE: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    SELECTOR,
    ALL_NAMESPACES,
    CHUNK,
    flag("show-events", Value::Bool, "true"),
];
const WAIT: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    OUTPUT,
    SELECTOR,
    FIELDS,
    ALL,
    ALL_NAMESPACES,
    LOCAL,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    flag("for", Value::List, ""),
    flag("timeout", Value::Duration, "30s"),
];
const EXPLAIN: &[Flag] = &[
    flag("api-version", Value::Text, ""),
    flag("recursive", Value::Bool, "false"),
    short("output", 'o', Value::Text, "plaintext"),
];
const RESOURCES: &[Flag] = &[
    OUTPUT,
    flag("api-group", Value::Text, ""),
    flag("cached", Value::Bool, "false"),
    flag("categories", Value::List, ""),
    flag("namespaced", Value::Bool, "true"),
    flag("no-headers", Value::Bool, "false"),
    flag("sort-by", Value::Text, ""),
    flag("verbs", Value::List, ""),
];
const VERSION: &[Flag] = &[OUTPUT, flag("client", Value::Bool, "false")];
const TOP: &[Flag] = &[
    SELECTOR,
    FIELDS,
    ALL_NAMESPACES,
    flag("containers", Value::Bool, "false"),
    flag("no-headers", Value::Bool, "false"),
    flag("show-capacity", Value::Bool, "false"),
    flag("sort-by", Value::Text, ""),
    flag("sum", Value::Bool, "false"),
    flag("use-protocol-buffers", Value::Bool, "true"),
];
const EVENTS: &[Flag] = &[
    OUTPUT,
    ALL_NAMESPACES,
    CHUNK,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    flag("for", Value::Text, ""),
    flag("no-headers", Value::Bool, "false"),
    flag("types", Value::List, ""),
    short("watch", 'w', Value::Bool, "false"),
];

const fn verb(
    path: &'static str,
    usage: &'static str,
    about: &'static str,
    flags: &'static [Flag],
    run: fn(&mut Call<'_>) -> Outcome,
) -> Verb {
    Verb {
        path,
        usage,
        about,
        flags,
        run,
    }
}

/// All of them. A verb with several words stands behind the one that begins it.
pub const VERBS: &[Verb] = &[
    verb(
        "get",
        "TYPE [NAME ...] | TYPE/NAME ...",
        "Show objects in a table, or as YAML, JSON, names or columns",
        GET,
        get::run,
    ),
    verb(
        "describe",
        "TYPE [NAME ...] | TYPE/NAME ...",
        "Show one object in detail, with its events",
        DESCRIBE,
        describe::run,
    ),
    verb(
        "apply",
        "-f FILENAME",
        "Make the cluster hold what a manifest says",
        APPLY,
        apply::run,
    ),
    verb(
        "create",
        "-f FILENAME",
        "Make objects that aren't there yet",
        CREATE,
        create::create,
    ),
    verb(
        "create namespace",
        "NAME",
        "Make a namespace",
        GENERATE,
        create::namespace,
    ),
    verb(
        "create ns",
        "NAME",
        "Make a namespace",
        GENERATE,
        create::namespace,
    ),
    verb(
        "create serviceaccount",
        "NAME",
        "Make a service account",
        GENERATE,
        create::service_account,
    ),
    verb(
        "create sa",
        "NAME",
        "Make a service account",
        GENERATE,
        create::service_account,
    ),
    verb(
        "create configmap",
        "NAME [--from-literal=KEY=VALUE]",
        "Make a config map",
        GENERATE,
        create::config_map,
    ),
    verb(
        "create cm",
        "NAME [--from-literal=KEY=VALUE]",
        "Make a config map",
        GENERATE,
        create::config_map,
    ),
    verb(
        "create priorityclass",
        "NAME --value=VALUE",
        "Make a priority class",
        GENERATE,
        create::priority_class,
    ),
    verb(
        "create pc",
        "NAME --value=VALUE",
        "Make a priority class",
        GENERATE,
        create::priority_class,
    ),
    verb(
        "replace",
        "-f FILENAME",
        "Put a manifest in the place of an object",
        REPLACE,
        create::replace,
    ),
    verb(
        "delete",
        "TYPE [NAME ...] | TYPE/NAME ... | -f FILENAME",
        "Delete objects by file, name or label",
        DELETE,
        delete::run,
    ),
    verb(
        "label",
        "TYPE NAME KEY=VALUE ... KEY- ...",
        "Set and remove labels",
        LABEL,
        label::label,
    ),
    verb(
        "annotate",
        "TYPE NAME KEY=VALUE ... KEY- ...",
        "Set and remove annotations",
        LABEL,
        label::annotate,
    ),
    verb(
        "taint",
        "NODE NAME KEY=VALUE:EFFECT ... KEY:EFFECT- ...",
        "Set and remove taints of nodes",
        TAINT,
        taint::run,
    ),
    verb(
        "cordon",
        "NODE",
        "Mark nodes as unschedulable",
        CORDON,
        drain::cordon,
    ),
    verb(
        "uncordon",
        "NODE",
        "Mark nodes as schedulable",
        CORDON,
        drain::uncordon,
    ),
    verb(
        "drain",
        "NODE",
        "Cordon nodes and evict their pods",
        DRAIN,
        drain::drain,
    ),
    verb(
        "rollout",
        "SUBCOMMAND",
        "Watch and steer the rollout of a template",
        &[],
        about::rollout_usage,
    ),
    verb(
        "rollout status",
        "TYPE NAME | TYPE/NAME",
        "Wait until a rollout is done",
        ROLLOUT_STATUS,
        rollout::status,
    ),
    verb(
        "rollout history",
        "TYPE NAME | TYPE/NAME",
        "List revisions, or show one",
        ROLLOUT_HISTORY,
        rollout::history,
    ),
    verb(
        "rollout undo",
        "TYPE NAME | TYPE/NAME",
        "Go back to an earlier revision",
        ROLLOUT_UNDO,
        rollout::undo,
    ),
    verb(
        "rollout restart",
        "TYPE NAME | TYPE/NAME",
        "Replace all pods by a change of the template",
        ROLLOUT,
        rollout::restart,
    ),
    verb(
        "rollout pause",
        "TYPE NAME | TYPE/NAME",
        "Stop a rollout (Deployments only)",
        ROLLOUT,
        rollout::pause,
    ),
    verb(
        "rollout resume",
        "TYPE NAME | TYPE/NAME",
        "Go on with a rollout (Deployments only)",
        ROLLOUT,
        rollout::resume,
    ),
    verb(
        "set",
        "SUBCOMMAND",
        "Change one part of a pod template",
        &[],
        about::set_usage,
    ),
    verb(
        "set image",
        "TYPE NAME CONTAINER=IMAGE ...",
        "Change images",
        SET,
        set::image,
    ),
    verb(
        "set resources",
        "TYPE NAME [--limits=...] [--requests=...]",
        "Change requests and limits",
        SET,
        set::resources,
    ),
    verb(
        "set env",
        "TYPE NAME KEY=VALUE ...",
        "Change environment variables",
        SET,
        set::env,
    ),
    verb(
        "set serviceaccount",
        "TYPE NAME ACCOUNT",
        "Change the service account",
        SET,
        set::service_account,
    ),
    verb(
        "set sa",
        "TYPE NAME ACCOUNT",
        "Change the service account",
        SET,
        set::service_account,
    ),
    verb(
        "scale",
        "TYPE NAME --replicas=COUNT",
        "Change a number of replicas (DaemonSets have none)",
        SCALE,
        change::scale,
    ),
    verb(
        "patch",
        "TYPE NAME -p PATCH",
        "Change fields of an object",
        PATCH,
        change::patch,
    ),
    verb(
        "edit",
        "TYPE NAME | TYPE/NAME",
        "Change an object in the editor",
        EDIT,
        change::edit,
    ),
    verb(
        "diff",
        "-f FILENAME",
        "Show what apply would change",
        DIFF,
        change::diff,
    ),
    verb(
        "wait",
        "TYPE NAME --for=CONDITION",
        "Wait for a condition",
        WAIT,
        wait::run,
    ),
    verb(
        "explain",
        "TYPE[.FIELD...]",
        "Say what a field means",
        EXPLAIN,
        explain::run,
    ),
    verb(
        "api-resources",
        "",
        "List the kinds of objects",
        RESOURCES,
        about::api_resources,
    ),
    verb(
        "api-versions",
        "",
        "List API versions",
        &[],
        about::api_versions,
    ),
    verb(
        "version",
        "",
        "Show the versions of kubectl and the server",
        VERSION,
        about::version,
    ),
    verb(
        "cluster-info",
        "",
        "Show where the control plane is",
        &[],
        about::cluster_info,
    ),
    verb(
        "top",
        "SUBCOMMAND",
        "Show use of resources",
        &[],
        about::top_usage,
    ),
    verb(
        "top node",
        "[NAME]",
        "Show nodes' use of resources",
        TOP,
        about::top,
    ),
    verb(
        "top nodes",
        "[NAME]",
        "Show nodes' use of resources",
        TOP,
        about::top,
    ),
    verb(
        "top pod",
        "[NAME]",
        "Show pods' use of resources",
        TOP,
        about::top,
    ),
    verb(
        "top pods",
        "[NAME]",
        "Show pods' use of resources",
        TOP,
        about::top,
    ),
    verb(
        "events",
        "[--for TYPE/NAME]",
        "List events",
        EVENTS,
        about::events,
    ),
    verb(
        "options",
        "",
        "List the flags that every command has",
        &[],
        about::options,
    ),
    verb("help", "[COMMAND]", "Show help", &[], about::help),
];

/// kubectl's commands that the simulation has nothing for.
const NOT_HERE: &[&str] = &[
    "alpha",
    "attach",
    "auth",
    "autoscale",
    "certificate",
    "completion",
    "config",
    "cp",
    "debug",
    "exec",
    "expose",
    "kuberc",
    "kustomize",
    "logs",
    "plugin",
    "port-forward",
    "proxy",
    "run",
];

/// The verb that arguments name, and the other arguments. Global flags may stand before it.
pub fn find(args: &[String]) -> Result<(&'static Verb, Vec<String>), Failure> {
    let help = named("help").unwrap_or(&VERBS[0]);
    let Some((first, rest)) = take_word(args) else {
        let known = super::flags::parse(args, &[super::flags::GLOBAL]);
        known.map_err(|message| super::flags::usage_failure("kubectl", message))?;
        return Ok((help, Vec::new()));
    };
    if let Some((second, others)) = take_word(&rest)
        && let Some(verb) = named(&format!("{first} {second}"))
    {
        return Ok((verb, others));
    }
    if let Some(verb) = named(&first) {
        return Ok((verb, rest));
    }
    if NOT_HERE.contains(&first.as_str()) {
        return Err(Failure::Text(format!(
            "kubectl {first} has nothing to do here: the playground's containers and users are simulated"
        )));
    }
    let mut text = format!(
        "unknown command {first} for \"kubectl\"",
        first = quote(&first)
    );
    let near: Vec<&str> = suggestions(&first);
    if !near.is_empty() {
        text.push_str("\n\nDid you mean this?\n");
        text.extend(near.iter().map(|name| format!("\t{name}\n")));
    }
    Err(Failure::Text(text))
}

/// Takes out the first word that is no global flag and no value of one.
fn take_word(args: &[String]) -> Option<(String, Vec<String>)> {
    let mut i = 0;
    while let Some(arg) = args.get(i) {
        if !arg.starts_with('-') || arg.len() < 2 {
            let mut rest = args.to_vec();
            let word = rest.remove(i);
            return Some((word, rest));
        }
        let global = super::flags::GLOBAL
            .iter()
            .find(|global| match arg.strip_prefix("--") {
                Some(name) => global.name == name,
                None => arg.len() == 2 && global.short == arg.chars().nth(1),
            });
        let has_value = global.is_some_and(|global| global.value != Value::Bool);
        i += 1 + usize::from(has_value);
    }
    None
}

/// Commands whose names are near: two letters apart, or beginning with the word.
///
/// Models: spf13/cobra, SuggestionsFor.
fn suggestions(word: &str) -> Vec<&'static str> {
    let names = VERBS
        .iter()
        .map(|verb| verb.path)
        .filter(|path| !path.contains(' ') && *path != "help");
    let mut names: Vec<&'static str> = names.chain(NOT_HERE.iter().copied()).collect();
    names.order();
    names.retain(|name| {
        distance(word, name) <= 2
            || name
                .to_ascii_lowercase()
                .starts_with(&word.to_ascii_lowercase())
    });
    names
}

/// The Levenshtein distance; words too long for a verb are far from all.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.to_ascii_lowercase().chars().take(40).collect(),
        b.chars().collect(),
    );
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

pub fn named(path: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.path == path)
}

/// An alias such as `create ns` under its own name.
pub fn canonical(verb: &'static Verb) -> &'static Verb {
    let name = match verb.path {
        "create ns" => "create namespace",
        "create sa" => "create serviceaccount",
        "create cm" => "create configmap",
        "create pc" => "create priorityclass",
        "set sa" => "set serviceaccount",
        "top nodes" => "top node",
        "top pods" => "top pod",
        _ => return verb,
    };
    named(name).unwrap_or(verb)
}

/// The help of one command, in our words and kubectl's shape.
pub fn help(verb: &Verb) -> String {
    let mut text = format!(
        "{}.\n\nUsage:\n  kubectl {} {} [flags]\n",
        verb.about, verb.path, verb.usage
    );
    let subcommands: Vec<&Verb> = VERBS
        .iter()
        .filter(|other| other.path.starts_with(&format!("{} ", verb.path)))
        .collect();
    if !subcommands.is_empty() {
        text.push_str("\nAvailable Commands:\n");
        for other in subcommands {
            let name = other.path.rsplit(' ').next().unwrap_or("");
            text.push_str(&format!("  {name:<15} {}\n", other.about));
        }
    }
    if !verb.flags.is_empty() {
        text.push_str("\nOptions:\n");
        let mut flags: Vec<&Flag> = verb.flags.iter().collect();
        flags.order_by_key(|flag| flag.name);
        for flag in flags {
            let letter = flag
                .short
                .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
            let default = match flag.value {
                Value::Text | Value::Optional(_) => format!("'{}'", flag.default),
                Value::List => "[]".to_owned(),
                _ => flag.default.to_owned(),
            };
            text.push_str(&format!("    {letter}--{}={default}\n", flag.name));
        }
    }
    text.push_str("\nUse \"kubectl options\" for a list of global command-line options (applies to all commands).\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_of_a_verb_is_there_twice() {
        for verb in VERBS {
            let mut names: Vec<&str> = verb
                .flags
                .iter()
                .chain(super::super::flags::GLOBAL)
                .map(|flag| flag.name)
                .collect();
            let mut letters: Vec<char> = verb
                .flags
                .iter()
                .chain(super::super::flags::GLOBAL)
                .filter_map(|flag| flag.short)
                .collect();
            let (n, l) = (names.len(), letters.len());
            names.sort_unstable();
            names.dedup();
            letters.sort_unstable();
            letters.dedup();
            assert_eq!((names.len(), letters.len()), (n, l), "{}", verb.path);
        }
    }

    #[test]
    fn unknown_commands() {
        let text = |word: &str| match find(&[word.to_owned()]) {
            Err(failure) => failure.report().0,
            Ok((verb, _)) => verb.path.to_owned(),
        };
        assert_eq!(
            text("frobnicate"),
            "error: unknown command \"frobnicate\" for \"kubectl\"\n"
        );
        assert_eq!(
            text("gte"),
            "error: unknown command \"gte\" for \"kubectl\"\n\nDid you mean this?\n\tget\n"
        );
    }
}
