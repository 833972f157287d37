//! Equal nodes in recordings.
//!
//! Which of several equal nodes a rolling update takes first is random in Kubernetes, and ours goes by name. So a recording may say the same with the nodes' names exchanged.

use super::recorded::Observed;
use crate::sim::rng::Stream;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Names of nodes to other names of nodes.
pub type Renaming = BTreeMap<String, String>;

/// The fields of an observation that name nodes.
pub const FIELDS: [&str; 4] = ["pods", "nodes", "created", "deletionRequested"];

/// The same names in another order.
pub fn shuffled(scenario: &Value, seed: u64) -> Renaming {
    let names: Vec<String> = alike(scenario).into_values().flatten().collect();
    let mut others = names.clone();
    let mut stream = Stream::new(seed, "names of nodes");
    for i in (1..others.len()).rev() {
        others.swap(i, stream.below(i as u64 + 1) as usize);
    }
    names.into_iter().zip(others).collect()
}

pub fn reversed(renaming: &Renaming) -> Renaming {
    let pairs = renaming.iter();
    pairs.map(|(from, to)| (to.clone(), from.clone())).collect()
}

/// Renames nodes in all texts, word by word.
pub fn renamed(value: &Value, renaming: &Renaming) -> Value {
    match value {
        Value::String(text) => renamed_text(text, renaming).into(),
        Value::Array(list) => list.iter().map(|value| renamed(value, renaming)).collect(),
        Value::Object(map) => {
            let pairs = map.iter();
            pairs
                .map(|(key, value)| (key.clone(), renamed(value, renaming)))
                .collect()
        }
        other => other.clone(),
    }
}

pub fn renamed_text(text: &str, renaming: &Renaming) -> String {
    replace_words(text, |word| renaming.get(word).map(String::as_str))
}

/// Replaces words of letters, digits and dashes.
pub fn replace_words<'a>(text: &str, replacement: impl Fn(&str) -> Option<&'a str>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars() {
        if is_word(c) {
            word.push(c);
            continue;
        }
        out.push_str(replacement(&word).unwrap_or(&word));
        word.clear();
        out.push(c);
    }
    out.push_str(replacement(&word).unwrap_or(&word));
    out
}

/// The way to exchange names among equal nodes under which the observations say the same of each, if there is one.
///
/// Nodes of which the same is said can stand for each other, so it is enough to sort both sides by that.
pub fn matching(scenario: &Value, seen: &[Observed], observations: &[Value]) -> Renaming {
    let (mut ours, mut theirs) = (Said::new(), Said::new());
    for (i, (seen, expect)) in seen.iter().zip(observations).enumerate() {
        for field in FIELDS {
            let differs = expect["differs"].as_array();
            if expect[field].is_null() || differs.is_some_and(|all| all.contains(&json!(field))) {
                continue;
            }
            note(&mut ours, i, field, &seen.field(field));
            note(&mut theirs, i, field, &expect[field]);
        }
    }
    let sorted = |names: &[String], mut said: Said| -> Vec<String> {
        let mut names = names.to_vec();
        for all in said.values_mut() {
            all.sort();
        }
        names.sort_by(|a, b| said.get(a).cmp(&said.get(b)));
        names
    };
    let pairs = alike(scenario).into_values().flat_map(|group| {
        let (ours, theirs) = (sorted(&group, ours.clone()), sorted(&group, theirs.clone()));
        ours.into_iter().zip(theirs)
    });
    pairs.collect()
}

/// What is said of each node.
type Said = BTreeMap<String, Vec<(usize, &'static str, String)>>;

fn note(said: &mut Said, step: usize, field: &'static str, value: &Value) {
    let by = if field == "nodes" { "name" } else { "node" };
    for one in value.as_array().into_iter().flatten() {
        let mut rest = one.clone();
        let name = match rest.as_object_mut() {
            Some(map) => map.remove(by),
            None => Some(one.clone()),
        };
        if let Some(Value::String(name)) = name {
            let text = if one.is_object() {
                rest.to_string()
            } else {
                String::new()
            };
            said.entry(name).or_default().push((step, field, text));
        }
    }
}

/// The nodes by how they begin and what the script does with them by name.
fn alike(scenario: &Value) -> BTreeMap<String, Vec<String>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let steps = list(&scenario["steps"]);
    let mut arrivals = vec![list(&scenario["nodes"])];
    let later = steps.iter().filter(|step| step["do"] == "add-node");
    arrivals.extend(later.map(|step| list(&step["nodes"])));
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (arrival, nodes) in arrivals.into_iter().enumerate() {
        for mut node in nodes {
            let Value::String(name) = node["name"].take() else {
                continue;
            };
            // What is done with several nodes is done with each of them in the same way.
            let together = |step: &Value| list(&step["nodes"]).contains(&json!(name));
            let alone = |step: &Value| {
                let mut step = step.clone();
                step["nodes"].take();
                mentions(&step, &name)
            };
            let look = json!([
                arrival,
                node,
                steps.iter().map(together).collect::<Vec<_>>(),
                steps.iter().any(alone).then_some(&name),
            ]);
            groups.entry(look.to_string()).or_default().push(name);
        }
    }
    groups
}

fn mentions(value: &Value, name: &str) -> bool {
    match value {
        Value::String(text) => replace_words(text, |word| (word == name).then_some("")) != *text,
        Value::Array(list) => list.iter().any(|value| mentions(value, name)),
        Value::Object(map) => map.values().any(|value| mentions(value, name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_renamed() {
        let renaming = Renaming::from([("node-1".to_owned(), "node-2".to_owned())]);
        let text = "pod on node-1, node-10\nnode-1";
        let expect = "pod on node-2, node-10\nnode-2";
        assert_eq!(renamed_text(text, &renaming), expect);
    }

    #[test]
    fn nodes_that_the_script_names_stand_alone() {
        let scenario = json!({
            "nodes": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d", "labels": {"x": "y"}}, {"name": "e"}],
            "steps": [
                {"do": "kubelet-start", "nodes": ["b", "c"]},
                {"do": "kubectl", "args": ["cordon", "node/e"]},
                {"do": "add-node", "nodes": [{"name": "f"}]},
            ],
        });
        let mut groups: Vec<String> = alike(&scenario).into_values().map(|g| g.join("")).collect();
        groups.sort();
        assert_eq!(groups, ["a", "bc", "d", "e", "f"]);
    }
}
