//! `kubectl taint`.
//!
//! Models: kubectl/pkg/cmd/taint/taint.go, utils.go.

use super::Call;
use super::error::{Failure, Outcome};
use super::resource;
use crate::api::go::quote;
use crate::api::kinds;
use crate::api::names;
use crate::api::node::Node;
use crate::api::node::Taint;
use crate::api::object::{Key, Object};
use crate::api::taint::{NO_EXECUTE, NO_SCHEDULE, PREFER_NO_SCHEDULE};
use std::rc::Rc;

/// Taints to add and to remove; one to remove has no value and perhaps no effect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub add: Vec<Taint>,
    pub remove: Vec<Taint>,
}

pub fn parse(specs: &[String]) -> Result<Change, String> {
    let mut change = Change::default();
    for spec in specs {
        if let Some(spec) = spec.strip_suffix('-') {
            let taint = parse_one(spec)?;
            change.remove.push(Taint {
                value: String::new(),
                ..taint
            });
            continue;
        }
        let taint = parse_one(spec)?;
        if taint.effect.is_empty() {
            return Err(format!("invalid taint spec: {spec}"));
        }
        if change.add.iter().any(|other| same(other, &taint)) {
            return Err(format!(
                "duplicated taints with the same key and effect: {{{} {} {} <nil>}}",
                taint.key, taint.value, taint.effect
            ));
        }
        change.add.push(taint);
    }
    Ok(change)
}

fn same(a: &Taint, b: &Taint) -> bool {
    a.key == b.key && a.effect == b.effect
}

fn parse_one(spec: &str) -> Result<Taint, String> {
    let invalid = |why: &[String]| match why {
        [] => format!("invalid taint spec: {spec}"),
        why => format!("invalid taint spec: {spec}, {}", why.join("; ")),
    };
    let (left, effect) = match spec.split(':').collect::<Vec<_>>().as_slice() {
        [key] => ((*key).to_owned(), None),
        [left, effect] => ((*left).to_owned(), Some((*effect).to_owned())),
        _ => return Err(invalid(&[])),
    };
    let mut taint = Taint {
        key: left.clone(),
        ..Taint::default()
    };
    if let Some(effect) = effect {
        if ![NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE].contains(&effect.as_str()) {
            return Err(format!(
                "invalid taint effect: {effect}, unsupported taint effect"
            ));
        }
        taint.effect = effect;
        match left.split('=').collect::<Vec<_>>().as_slice() {
            [key] => taint.key = (*key).to_owned(),
            [key, value] => {
                let why = names::label_value(value);
                if !why.is_empty() {
                    return Err(invalid(&why));
                }
                (taint.key, taint.value) = ((*key).to_owned(), (*value).to_owned());
            }
            _ => return Err(invalid(&[])),
        }
    }
    let why = names::label_key(&taint.key);
    if why.is_empty() {
        Ok(taint)
    } else {
        Err(invalid(&why))
    }
}

/// The node's taints after the change and the word for it; or the taints to remove that aren't there.
///
/// Models: utils.go, reorganizeTaints.
pub fn reorganize(
    old: &[Taint],
    overwrite: bool,
    change: &Change,
) -> Result<(Vec<Taint>, &'static str), Vec<String>> {
    let mut taints = change.add.clone();
    taints.extend(
        old.iter()
            .filter(|taint| !change.add.iter().any(|new| same(new, taint)))
            .cloned(),
    );
    let added = taints.len() != old.len();
    let mut missing = Vec::new();
    let mut removed = false;
    for gone in &change.remove {
        let before = taints.len();
        taints.retain(|taint| {
            !(taint.key == gone.key && (gone.effect.is_empty() || taint.effect == gone.effect))
        });
        removed = taints.len() != before;
        if !removed {
            let name = if gone.effect.is_empty() {
                gone.key.clone()
            } else {
                format!("{}:{}", gone.key, gone.effect)
            };
            missing.push(format!("taint {name} not found", name = quote(&name)));
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    let word = match (added, removed) {
        _ if overwrite => "modified",
        (true, true) => "modified",
        (true, false) => "tainted",
        _ => "untainted",
    };
    Ok((taints, word))
}

/// The keys of taints that the node has already with the same effect.
fn taken(old: &[Taint], change: &Change) -> Vec<String> {
    let keys = change
        .add
        .iter()
        .filter(|taint| old.iter().any(|other| same(other, taint)));
    keys.map(|taint| taint.key.clone()).collect()
}

pub fn run(call: &mut Call<'_>) -> Outcome {
    let is_taint = |word: &str| word.contains('=') || word.contains(':') || word.ends_with('-');
    let (mut resources, mut specs) = (Vec::new(), Vec::new());
    for word in &call.words {
        if is_taint(word) {
            specs.push(word.clone());
        } else if specs.is_empty() {
            resources.push(word.clone());
        } else {
            return Err(Failure::Text(format!(
                "all resources must be specified before taint changes: {word}"
            )));
        }
    }
    if resources.is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name>",
        ));
    }
    if specs.is_empty() {
        return Err(Failure::text("at least one taint update is required"));
    }
    let change = parse(&specs).map_err(|why| call.usage(&why))?;
    // `no` isn't in upstream's list, but the server's short name works since 1.2x.
    let resource = resources[0].to_ascii_lowercase();
    if kinds::by_resource(&resource).is_none() {
        // The one complaint that upstream doesn't begin with `error: `.
        return Err(Failure::Exit {
            code: 1,
            text: format!(
                "the server doesn't have a resource type {:?}\n",
                resources[0]
            ),
        });
    }
    if !["node", "nodes", "no"].contains(&resource.as_str()) {
        return Err(Failure::Text(format!(
            "invalid resource type {}, only node types are supported",
            resources[0]
        )));
    }
    let conflicts: Vec<String> = change
        .add
        .iter()
        .flat_map(|add| change.remove.iter().map(move |gone| (add, gone)))
        .filter(|(add, gone)| {
            add.key == gone.key && (gone.effect.is_empty() || add.effect == gone.effect)
        })
        .map(|(_, gone)| format!("{}={}", gone.key, gone.effect))
        .collect();
    if !conflicts.is_empty() {
        return Err(Failure::Text(format!(
            "can not both modify and remove the following taint(s) in the same command: {}",
            conflicts.join(", ")
        )));
    }
    let (all, selector) = (
        call.flags.bool("all"),
        !call.flags.text("selector").is_empty(),
    );
    if all && selector {
        return Err(Failure::text(
            "setting 'all' parameter with a non empty selector is prohibited",
        ));
    }
    if !all && !selector && resources.len() < 2 {
        return Err(Failure::text(
            "at least one resource name must be specified since 'all' parameter is not set",
        ));
    }
    if all || selector {
        resources.truncate(1);
    }
    call.words = resources;
    let found = call.find(false)?;
    let mut failures = found.failures;
    for object in found.objects {
        let Object::Node(node) = &object else {
            continue;
        };
        if let Err(failure) = taint_one(call, node, &change) {
            failures.extend(failure);
        }
    }
    Failure::collect(failures)
}

fn taint_one(call: &mut Call<'_>, node: &Rc<Node>, change: &Change) -> Result<(), Vec<Failure>> {
    let overwrite = call.flags.bool("overwrite");
    let name = &node.metadata.name;
    let taken = taken(&node.spec.taints, change);
    if !overwrite && !taken.is_empty() {
        return Err(vec![Failure::Text(format!(
            "node {name} already has {} taint(s) with same effect(s) and --overwrite is false",
            taken.join(",")
        ))]);
    }
    let (taints, word) = reorganize(&node.spec.taints, overwrite, change)
        .map_err(|missing| missing.into_iter().map(Failure::Text).collect::<Vec<_>>())?;
    let key = Key::new("", name);
    let written = call
        .host
        .client()
        .patch::<Node>(&key, "taints", |node| node.spec.taints = taints);
    let written = written.map_err(|status| vec![Failure::from(status)])?;
    let object = <Node as crate::api::object::Resource>::into_object(written);
    // Upstream prints no word about a dry run here.
    let dry = std::mem::take(&mut call.dry);
    let printed = call.print_result(&object, word);
    call.dry = dry;
    printed.map_err(|failure| vec![failure])?;
    debug_assert_eq!(resource::full_name(&object), format!("node/{name}"));
    Ok(())
}
