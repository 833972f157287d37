//! The editor's words about fields: each names a field of the schema, and what the simulation obeys has some.
//!
//! `cargo test --test editor_docs -- --nocapture` prints the coverage, and the fields that show their type alone.

use daemonset_playground::api::schema;
use std::collections::BTreeSet;

const EXPLAIN: &str = include_str!("../src/kubectl/cli/verbs/explain.txt");
const DOCS: &str = include_str!("../src/editor/docs.txt");
/// The types that the simulation reads field by field: a field that isn't here is kept, and nothing looks at it.
const TYPED: [&str; 4] = [
    include_str!("../src/api/apps.rs"),
    include_str!("../src/api/pod.rs"),
    include_str!("../src/api/node.rs"),
    include_str!("../src/api/meta.rs"),
];
/// What users don't write: what the server and its components say.
const TOLD: [&str; 8] = [
    "ControllerRevision",
    "PodStatus",
    "PodCondition",
    "ContainerStatus",
    "ContainerState",
    "Waiting",
    "Running",
    "Terminated",
];

/// `Type.field` of each line that has words or values; `sign` tells which.
fn named<'a>(text: &'a str, sign: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| line.split_once(sign)?.0.split_once('.'))
}

fn camel(name: &str) -> String {
    let mut words = name.trim_end_matches('_').split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (head, tail) = word.split_at(1.min(word.len()));
        format!("{all}{}{tail}", head.to_uppercase())
    })
}

/// The fields that the simulation's types have, in the schema's names.
fn obeyed() -> BTreeSet<(String, String)> {
    let mut fields = BTreeSet::new();
    for line in TYPED.iter().flat_map(|text| text.lines()) {
        if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.trim_end_matches(" {");
            fields.insert((name.to_owned(), String::new()));
        }
    }
    let types: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
    fields.clear();
    for text in TYPED {
        let mut of = "";
        let mut renamed = None;
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("pub struct ") {
                of = rest.trim_end_matches(" {");
            } else if line.starts_with('}') {
                of = "";
            } else if let Some(rest) = line.split("rename = \"").nth(1) {
                renamed = rest.split('"').next().map(str::to_owned);
            } else if let Some((name, _)) = line
                .trim_start()
                .strip_prefix("pub ")
                .and_then(|line| line.split_once(':'))
            {
                let name = renamed.take().unwrap_or_else(|| camel(name));
                // `Volume.source` and `extra` are ours.
                if types.iter().any(|it| it == of) && schema::field(of, &name).is_some() {
                    fields.insert((of.to_owned(), name));
                }
            }
        }
    }
    fields.retain(|(of, _)| !TOLD.contains(&of.as_str()));
    fields
}

#[test]
fn each_line_names_a_field() {
    let words = [EXPLAIN, DOCS]
        .into_iter()
        .flat_map(|text| named(text, ": "));
    for (of, field) in words.chain(named(DOCS, " = ")) {
        assert!(schema::field(of, field).is_some(), "{of}.{field}");
    }
}

#[test]
fn values_are_some_and_differ() {
    for line in DOCS.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, values)) = line.split_once(" = ") else {
            continue;
        };
        let values: Vec<&str> = values.split(" | ").collect();
        let different: BTreeSet<&&str> = values.iter().collect();
        assert_eq!(different.len(), values.len(), "{name}");
        assert!(
            values.iter().all(|value| !value.trim().is_empty()),
            "{name}"
        );
    }
}

#[test]
fn every_field_that_the_simulation_obeys_has_words() {
    let words: BTreeSet<(&str, &str)> = named(EXPLAIN, ": ").chain(named(DOCS, ": ")).collect();
    let obeyed = obeyed();
    assert!(obeyed.len() > 90, "{}", obeyed.len());
    let has_words =
        |(of, field): &&(String, String)| words.contains(&(of.as_str(), field.as_str()));
    let silent: Vec<_> = obeyed.iter().filter(|it| !has_words(it)).collect();
    assert!(silent.is_empty(), "no words for {silent:?}");
    // Printed: what is left.
    for of in [
        "DaemonSet",
        "DaemonSetSpec",
        "PodTemplateSpec",
        "PodSpec",
        "Container",
        "Node",
        "NodeSpec",
    ] {
        let all = schema::fields(of);
        let silent: Vec<&str> = all
            .iter()
            .map(|field| field.name)
            .filter(|name| !words.contains(&(of, name)))
            .collect();
        println!(
            "{of}: {} of {} fields have words; type alone: {}",
            all.len() - silent.len(),
            all.len(),
            silent.join(" ")
        );
    }
    println!(
        "obeyed by the simulation: {} fields, all with words",
        obeyed.len()
    );
}
