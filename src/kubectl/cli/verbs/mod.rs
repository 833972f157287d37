//! The table of verbs, and which of them a command line means. A verb is one file: flags, help, run and completion together.
//!
//! A new verb is a file here, its module and its line of the table below, and a transcript in `tests/transcripts`. If it writes, an operation in `ops` does so.

pub mod annotate;
pub mod api_resources;
pub mod api_versions;
pub mod apply;
pub mod cluster_info;
pub mod cordon;
pub mod create;
pub mod create_configmap;
pub mod create_namespace;
pub mod create_priorityclass;
pub mod create_serviceaccount;
pub mod delete;
pub mod describe;
pub mod diff;
pub mod drain;
pub mod edit;
pub mod events;
pub mod explain;
pub mod get;
pub mod help;
pub mod label;
pub mod options;
pub mod patch;
pub mod replace;
pub mod rollout;
pub mod rollout_history;
pub mod rollout_pause;
pub mod rollout_restart;
pub mod rollout_resume;
pub mod rollout_status;
pub mod rollout_undo;
pub mod scale;
pub mod set;
pub mod set_env;
pub mod set_image;
pub mod set_resources;
pub mod set_serviceaccount;
pub mod taint;
pub mod top;
pub mod top_node;
pub mod top_pod;
pub mod uncordon;
pub mod version;
pub mod wait;

use super::flags::{self, Takes};
use super::verb::{Verb, find as named};
use crate::api::go::quote;
use crate::kubectl::error::Failure;
use crate::sim::sort::Order;

/// All verbs, in the order of the help. A verb with several words stands behind the one that begins it.
pub const VERBS: &[&Verb] = &[
    &get::VERB,
    &describe::VERB,
    &apply::VERB,
    &create::VERB,
    &create_namespace::VERB,
    &create_serviceaccount::VERB,
    &create_configmap::VERB,
    &create_priorityclass::VERB,
    &replace::VERB,
    &delete::VERB,
    &label::VERB,
    &annotate::VERB,
    &taint::VERB,
    &cordon::VERB,
    &uncordon::VERB,
    &drain::VERB,
    &rollout::VERB,
    &rollout_status::VERB,
    &rollout_history::VERB,
    &rollout_undo::VERB,
    &rollout_restart::VERB,
    &rollout_pause::VERB,
    &rollout_resume::VERB,
    &set::VERB,
    &set_image::VERB,
    &set_resources::VERB,
    &set_env::VERB,
    &set_serviceaccount::VERB,
    &scale::VERB,
    &patch::VERB,
    &edit::VERB,
    &diff::VERB,
    &wait::VERB,
    &explain::VERB,
    &api_resources::VERB,
    &api_versions::VERB,
    &version::VERB,
    &cluster_info::VERB,
    &top::VERB,
    &top_node::VERB,
    &top_pod::VERB,
    &events::VERB,
    &options::VERB,
    &help::VERB,
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
    let Some((first, rest)) = take_word(args) else {
        let known = flags::parse(args, &[flags::GLOBAL]);
        known.map_err(|message| flags::usage_failure("kubectl", message))?;
        return Ok((&help::VERB, Vec::new()));
    };
    if let Some((second, others)) = take_word(&rest)
        && let Some(verb) = named(VERBS, &format!("{first} {second}"))
    {
        return Ok((verb, others));
    }
    if let Some(verb) = named(VERBS, &first) {
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
        let global = flags::GLOBAL
            .iter()
            .find(|global| match arg.strip_prefix("--") {
                Some(name) => global.name == name,
                None => arg.len() == 2 && global.short == arg.chars().nth(1),
            });
        let has_value = global.is_some_and(|global| global.value != Takes::Bool);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_of_a_verb_is_there_twice() {
        for verb in VERBS {
            let mut names: Vec<&str> = verb
                .flags
                .iter()
                .chain(super::flags::GLOBAL)
                .map(|flag| flag.name)
                .collect();
            let mut letters: Vec<char> = verb
                .flags
                .iter()
                .chain(super::flags::GLOBAL)
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
    fn every_file_is_a_verb_of_the_table() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/kubectl/cli/verbs");
        let files = std::fs::read_dir(folder).unwrap().flatten();
        let names = files.filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            Some(name.strip_suffix(".rs")?.replace('_', "-"))
        });
        let mut names: Vec<String> = names.filter(|name| name != "mod").collect();
        let mut paths: Vec<String> = VERBS
            .iter()
            .map(|verb| verb.path.replace(' ', "-"))
            .collect();
        names.sort_unstable();
        paths.sort_unstable();
        assert_eq!(names, paths);
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
