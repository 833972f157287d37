//! `taint`.
//!
//! Models: kubectl/pkg/cmd/taint/taint.go, utils.go.

use super::{Done, Report};
use crate::api::go::quote;
use crate::api::names;
use crate::api::node::{Node, Taint};
use crate::api::object::{Key, Resource};
use crate::api::taint::{NO_EXECUTE, NO_SCHEDULE, PREFER_NO_SCHEDULE};
use crate::client::Client;
use crate::kubectl::error::Failure;
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

/// Changes the taints of a node.
pub fn taint(client: &mut Client<'_>, node: &Rc<Node>, change: &Change, overwrite: bool) -> Report {
    let name = &node.metadata.name;
    let taken = taken(&node.spec.taints, change);
    if !overwrite && !taken.is_empty() {
        return Report::refused(vec![Failure::Text(format!(
            "node {name} already has {} taint(s) with same effect(s) and --overwrite is false",
            taken.join(",")
        ))]);
    }
    let (taints, word) = match reorganize(&node.spec.taints, overwrite, change) {
        Ok(changed) => changed,
        Err(missing) => return Report::refused(missing.into_iter().map(Failure::Text).collect()),
    };
    let key = Key::new("", name);
    let written = client.patch::<Node>(&key, "taints", |node| node.spec.taints = taints);
    let done = written.map(|node| Done::new(Node::into_object(node), word));
    done.map_err(Failure::from).into()
}
