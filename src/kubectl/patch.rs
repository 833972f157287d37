//! Patches of JSON values: strategic merge, JSON merge, JSON patch, and the three-way diff that `kubectl apply` sends.
//!
//! Which lists are merged by which key comes from the schema; values of a type without schema are merged like plain JSON.
//!
//! Models: apimachinery pkg/util/strategicpatch/patch.go, jsonmergepatch, and RFC 6902 / RFC 7386.

use crate::api::schema::{self, Merge};
use crate::sim::sort::Order;
use serde_json::{Map, Value, json};

const PATCH: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const SET_ORDER: &str = "$setElementOrder/";
const DELETE_FROM: &str = "$deleteFromPrimitiveList/";
/// Deeper values are taken as they are.
const DEPTH_MAX: u32 = 80;

type Object = Map<String, Value>;
/// The schema's name for the type of a value, if it has one.
type Shape = Option<&'static str>;

/// How the schema treats one field.
#[derive(Clone, Copy)]
struct Rule {
    merge: Merge,
    /// A change keeps only the keys that the new value has.
    retain_keys: bool,
    inner: Shape,
}

fn rule(shape: Shape, key: &str) -> Rule {
    let field = shape.and_then(|name| schema::field(name, key));
    Rule {
        merge: field.map_or(Merge::Replace, |field| field.merge),
        retain_keys: matches!(
            (shape, key),
            (Some("PodSpec"), "volumes") | (Some("DeploymentSpec"), "strategy")
        ),
        inner: field.and_then(|field| schema::object_name(&field.type_)),
    }
}

/// RFC 7386.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(key);
            } else {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

/// Applies a strategic merge patch. `shape` is the kind's name in the schema.
pub fn strategic(target: &mut Value, patch: &Value, shape: Shape) -> Result<(), String> {
    let (Value::Object(target), Value::Object(patch)) = (target, patch) else {
        return Err("a patch must be a JSON object".to_owned());
    };
    let mode = Mode { final_: true };
    merge_map(target, patch.clone(), shape, mode, 0)
}

/// The patch that leads from `current` to `modified`, with removals of the fields that only `original` had; empty if there is nothing to do.
pub fn three_way(original: &Value, modified: &Value, current: &Value, shape: Shape) -> Value {
    let empty = Map::new();
    let object = |value: &Value| value.as_object().unwrap_or(&empty).clone();
    let (original, modified, current) = (object(original), object(modified), object(current));
    let removals = Diff {
        changes: false,
        removals: true,
    };
    let mut patch = removals.maps(&original, &modified, shape, 0);
    let changes = Diff {
        changes: true,
        removals: false,
    };
    let delta = changes.maps(&current, &modified, shape, 0);
    let mode = Mode { final_: false };
    // Lists that are merged by key come from the same schema, so this cannot fail on our own output.
    let _ = merge_map(&mut patch, delta, shape, mode, 0);
    Value::Object(patch)
}

/// The same as a JSON merge patch, for kinds without schema.
pub fn three_way_json(original: &Value, modified: &Value, current: &Value) -> Value {
    let mut patch = json_diff(original, modified, true, 0);
    combine(&mut patch, json_diff(current, modified, false, 0));
    patch
}

/// Differences of two JSON objects: only removals (nulls) or only additions and changes.
fn json_diff(from: &Value, to: &Value, removals: bool, depth: u32) -> Value {
    let mut out = Map::new();
    let (Value::Object(from), Value::Object(to)) = (from, to) else {
        return Value::Object(out);
    };
    if removals {
        for key in from.keys().filter(|key| !to.contains_key(*key)) {
            out.insert(key.clone(), Value::Null);
        }
    }
    for (key, value) in to {
        match from.get(key) {
            Some(old) if old == value => {}
            Some(old) if old.is_object() && value.is_object() && depth < DEPTH_MAX => {
                let inner = json_diff(old, value, removals, depth + 1);
                if inner.as_object().is_some_and(|inner| !inner.is_empty()) {
                    out.insert(key.clone(), inner);
                }
            }
            _ if !removals => {
                out.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    Value::Object(out)
}

fn combine(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                match target.get_mut(&key) {
                    Some(inner) => combine(inner, value),
                    None => {
                        target.insert(key, value);
                    }
                }
            }
        }
        (target, patch) => *target = patch,
    }
}

/// How a merge treats nulls and directives.
#[derive(Clone, Copy)]
struct Mode {
    /// True: into an object, so they act and vanish. False: into another patch, so they stay.
    final_: bool,
}

/// Models: mergeMap. Errors only where the real one has some.
fn merge_map(
    target: &mut Object,
    mut patch: Object,
    shape: Shape,
    mode: Mode,
    depth: u32,
) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err("the patch is nested too deep".to_owned());
    }
    match patch.remove(PATCH) {
        None => {}
        Some(Value::String(word)) if word == "replace" => {
            *target = patch;
            return Ok(());
        }
        Some(Value::String(word)) if word == "delete" => {
            target.clear();
            return Ok(());
        }
        Some(Value::String(word)) if word == "merge" => {}
        Some(other) => {
            return Err(format!("Unknown patch type found: {}", go_value(&other)));
        }
    }
    retain_keys(target, &mut patch, mode)?;
    set_order(target, &mut patch, shape, mode, depth)?;
    for (mut key, value) in patch {
        let deletes = key.strip_prefix(DELETE_FROM).map(str::to_owned);
        if let Some(field) = &deletes {
            if !mode.final_ {
                target.insert(key, value);
                continue;
            }
            key.clone_from(field);
        }
        if value.is_null() {
            target.remove(&key);
            if !mode.final_ {
                target.insert(key, Value::Null);
            }
            continue;
        }
        let rule = rule(shape, &key);
        match (target.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(value)) => {
                merge_map(inner, value, rule.inner, mode, depth + 1)?;
            }
            (Some(Value::Array(inner)), Value::Array(gone)) if deletes.is_some() => {
                inner.retain(|item| !gone.contains(item));
            }
            (Some(Value::Array(inner)), Value::Array(value)) => {
                merge_list(inner, value, rule, mode, depth + 1)?;
            }
            (_, mut value) if deletes.is_none() => {
                if mode.final_ {
                    strip(&mut value, depth);
                }
                target.insert(key, value);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Leaves of a patch only the part that the server prints once it was merged. Lists that came with an order are taken out, and what
/// is new in the object has lost its nulls.
///
/// Models: mergePatchIntoOriginal and mergeMap, which delete from the patch what they have dealt with.
pub fn consume(patch: &mut Value, target: &Value, depth: u32) {
    let Value::Object(patch) = patch else { return };
    if depth > DEPTH_MAX {
        return;
    }
    let directives = patch.keys().filter(|key| is_directive(key));
    for directive in directives.cloned().collect::<Vec<String>>() {
        if !directive.starts_with(DELETE_FROM) {
            patch.remove(&directive);
        }
        if let Some(field) = directive.strip_prefix(SET_ORDER) {
            patch.remove(field);
        }
    }
    for (key, value) in patch.iter_mut() {
        match target.get(key) {
            Some(target) if target.is_object() => consume(value, target, depth + 1),
            Some(_) => {}
            None => strip(value, depth),
        }
    }
}

/// Removes nulls and directives, which only a patch may have.
fn strip(value: &mut Value, depth: u32) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::Object(map) => {
            map.retain(|key, value| !value.is_null() && !is_directive(key));
            map.values_mut().for_each(|value| strip(value, depth + 1));
        }
        Value::Array(list) => {
            list.retain(|item| item.get(PATCH).is_none_or(|word| word != "delete"));
            list.iter_mut().for_each(|item| strip(item, depth + 1));
        }
        _ => {}
    }
}

fn is_directive(key: &str) -> bool {
    key == PATCH || key == RETAIN_KEYS || key.starts_with(SET_ORDER) || key.starts_with(DELETE_FROM)
}

/// Models: applyRetainKeysDirective.
fn retain_keys(target: &mut Object, patch: &mut Object, mode: Mode) -> Result<(), String> {
    let Some(keys) = patch.remove(RETAIN_KEYS) else {
        return Ok(());
    };
    if !mode.final_ {
        target.entry(RETAIN_KEYS).or_insert(keys);
        return Ok(());
    }
    let Value::Array(keys) = keys else {
        return Err("invalid patch format of retainKeys".to_owned());
    };
    target.retain(|key, _| keys.iter().any(|kept| kept == key));
    Ok(())
}

/// Merges the lists for which the patch gives an order, and sorts them by it.
///
/// Models: mergePatchIntoOriginal.
fn set_order(
    target: &mut Object,
    patch: &mut Object,
    shape: Shape,
    mode: Mode,
    depth: u32,
) -> Result<(), String> {
    let directives: Vec<String> = patch
        .keys()
        .filter(|key| key.starts_with(SET_ORDER))
        .cloned()
        .collect();
    for directive in directives {
        let Some(order) = patch.remove(&directive) else {
            continue;
        };
        if !mode.final_ {
            target.insert(directive.clone(), order.clone());
        }
        let Value::Array(order) = order else {
            return Err(format!("invalid patch format of {directive}"));
        };
        let field = directive.trim_start_matches(SET_ORDER);
        let rule = rule(shape, field);
        let server = match target.get(field) {
            Some(Value::Array(list)) => Some(list.clone()),
            _ => None,
        };
        let mut merged = server.clone().unwrap_or_default();
        if mode.final_
            && let Some(Value::Array(gone)) = patch.remove(&format!("{DELETE_FROM}{field}"))
        {
            merged.retain(|item| !gone.contains(item));
        }
        match patch.remove(field) {
            Some(Value::Array(list)) => {
                check_order(&list, &order, rule.merge)?;
                if server.is_some() {
                    merge_list(&mut merged, list, rule, mode, depth)?;
                } else {
                    let mut list = Value::Array(list);
                    if mode.final_ {
                        strip(&mut list, depth);
                    }
                    if let Value::Array(list) = list {
                        merged = list;
                    }
                }
            }
            Some(other) => {
                patch.insert(field.to_owned(), other);
                continue;
            }
            None if server.is_none() => continue,
            None => {}
        }
        let server = server.unwrap_or_default();
        let merged = ordered(merged, &order, &server, rule.merge);
        target.insert(field.to_owned(), Value::Array(merged));
    }
    Ok(())
}

/// Models: validatePatchWithSetOrderList.
fn check_order(list: &[Value], order: &[Value], merge: Merge) -> Result<(), String> {
    let mut order_left = order.iter();
    let kept = list
        .iter()
        .filter(|item| item.get(PATCH).is_none_or(|word| word != "delete"));
    for item in kept {
        if !order_left.any(|other| same_item(item, other, merge)) {
            return Err(format!(
                "The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                go_list(list),
                go_list(order)
            ));
        }
    }
    Ok(())
}

fn go_list(list: &[Value]) -> String {
    let items: Vec<String> = list.iter().map(go_value).collect();
    format!("[{}]", items.join(" "))
}

/// Merges two lists as the schema says.
///
/// Models: mergeSliceHandler, mergeSlice.
fn merge_list(
    target: &mut Vec<Value>,
    patch: Vec<Value>,
    rule: Rule,
    mode: Mode,
    depth: u32,
) -> Result<(), String> {
    if rule.merge == Merge::Replace {
        *target = patch;
        if mode.final_ {
            target.iter_mut().for_each(|item| strip(item, depth));
        }
        return Ok(());
    }
    let (mut server, mut order) = (target.clone(), patch.clone());
    if let Merge::ByKey(_) = rule.merge {
        order.retain(|item| item.get(PATCH).is_none());
    }
    merge_items(target, patch, rule, mode, depth, &mut server)?;
    *target = ordered(std::mem::take(target), &order, &server, rule.merge);
    Ok(())
}

/// The merge of list items without regard to order. `server` is what the order of the rest goes by.
///
/// Models: mergeSliceWithSpecialElements, mergeSliceWithoutSpecialElements.
fn merge_items(
    target: &mut Vec<Value>,
    patch: Vec<Value>,
    rule: Rule,
    mode: Mode,
    depth: u32,
    server: &mut Vec<Value>,
) -> Result<(), String> {
    let Merge::ByKey(key) = rule.merge else {
        for item in patch {
            if !target.contains(&item) {
                target.push(item);
            }
        }
        return Ok(());
    };
    let no_key = |item: &Value| {
        format!(
            "map: {} does not contain declared merge key: {key}",
            go_value(item)
        )
    };
    let (special, patch): (Vec<Value>, Vec<Value>) = patch
        .into_iter()
        .partition(|item| item.get(PATCH).is_some());
    for item in &special {
        match item.get(PATCH).and_then(Value::as_str) {
            Some("delete") => {
                let id = item.get(key).ok_or_else(|| no_key(item))?;
                target.retain(|other| other.get(key) != Some(id));
            }
            Some("replace") => target.clear(),
            Some("merge") => {
                return Err("merging lists cannot yet be specified in the patch".to_owned());
            }
            _ => return Err(format!("Unknown patch type found: {}", go_value(item))),
        }
    }
    if !special.is_empty() {
        server.clone_from(target);
    }
    for mut item in patch {
        let Some(id) = item.get(key).cloned() else {
            return Err(no_key(&item));
        };
        // Of several with this key, only the first is found.
        let found = target.iter_mut().find(|other| other.get(key) == Some(&id));
        match (found, item) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                merge_map(old, new, rule.inner, mode, depth + 1)?;
            }
            (Some(old), new) => *old = new,
            (None, new) => {
                item = new;
                if mode.final_ {
                    strip(&mut item, depth);
                }
                target.push(item);
            }
        }
    }
    Ok(())
}

fn same_item(a: &Value, b: &Value, merge: Merge) -> bool {
    match merge {
        Merge::ByKey(key) => a.get(key) == b.get(key),
        _ => a == b,
    }
}

/// The items that `order` names in that order; the others (only the server has them) keep their places between them.
///
/// Models: normalizeElementOrder, mergeSortedSlice.
fn ordered(merged: Vec<Value>, order: &[Value], server: &[Value], merge: Merge) -> Vec<Value> {
    let place =
        |list: &[Value], item: &Value| list.iter().position(|other| same_item(other, item, merge));
    let (mut ours, mut theirs): (Vec<Value>, Vec<Value>) = merged
        .into_iter()
        .partition(|item| place(order, item).is_some());
    ours.order_by_key(|item| place(order, item));
    theirs.order_by_key(|item| place(server, item));
    let mut out = Vec::with_capacity(ours.len() + theirs.len());
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    loop {
        let theirs_first = match (theirs.peek(), ours.peek()) {
            (None, None) => return out,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(left), Some(right)) => match (place(server, left), place(server, right)) {
                (Some(left), Some(right)) => left < right,
                _ => false,
            },
        };
        out.extend(if theirs_first {
            theirs.next()
        } else {
            ours.next()
        });
    }
}

/// Which differences a diff reports.
#[derive(Clone, Copy)]
struct Diff {
    changes: bool,
    removals: bool,
}

impl Diff {
    /// Models: diffMaps.
    fn maps(self, from: &Object, to: &Object, shape: Shape, depth: u32) -> Object {
        let mut patch = Map::new();
        if depth > DEPTH_MAX {
            return patch;
        }
        for (key, old) in from {
            let rule = rule(shape, key);
            match (old, to.get(key)) {
                (_, None) => {
                    if self.removals {
                        patch.insert(key.clone(), Value::Null);
                    }
                }
                (Value::Object(old), Some(Value::Object(new))) => {
                    let inner = self.maps(old, new, rule.inner, depth + 1);
                    if !inner.is_empty() {
                        patch.insert(key.clone(), Value::Object(inner));
                    }
                }
                (Value::Array(old), Some(Value::Array(new))) if rule.merge != Merge::Replace => {
                    self.lists(&mut patch, key, old, new, rule, depth + 1);
                }
                (old, Some(new)) => {
                    if self.changes && old != new {
                        patch.insert(key.clone(), new.clone());
                    }
                }
            }
        }
        if self.changes {
            for (key, new) in to.iter().filter(|(key, _)| !from.contains_key(*key)) {
                patch.insert(key.clone(), new.clone());
            }
        }
        patch
    }

    /// Models: diffLists, diffListsOfMaps, diffListsOfScalars. Both lists are sorted by key and walked side by side, so items
    /// whose key occurs twice are compared pair by pair: that is why a second port 53 makes no difference, or a strange one.
    fn lists(
        self,
        patch: &mut Object,
        key: &str,
        old: &[Value],
        new: &[Value],
        rule: Rule,
        depth: u32,
    ) {
        if old.is_empty() {
            if self.changes && !new.is_empty() {
                patch.insert(key.to_owned(), Value::Array(new.to_vec()));
            }
            return;
        }
        let id = |item: &Value| match rule.merge {
            Merge::ByKey(key) => item.get(key).cloned().unwrap_or_default(),
            _ => item.clone(),
        };
        let sorted = |list: &[Value]| {
            // Go's sort takes equal keys for out of order, and so turns them round.
            let keyed = list
                .iter()
                .rev()
                .map(|item| (go_value(&id(item)), item.clone()));
            let mut keyed: Vec<(String, Value)> = keyed.collect();
            keyed.order_by(|a, b| a.0.cmp(&b.0));
            keyed.into_iter().peekable()
        };
        let (mut before, mut after) = (sorted(old), sorted(new));
        let (mut items, mut gone) = (Vec::new(), Vec::new());
        loop {
            let order = match (before.peek(), after.peek()) {
                (None, None) => break,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(_), None) => std::cmp::Ordering::Less,
                (Some((before, _)), Some((after, _))) => before.cmp(after),
            };
            let was = if order.is_le() { before.next() } else { None };
            let is = if order.is_ge() { after.next() } else { None };
            match (was, is, rule.merge) {
                (Some((_, was)), Some((_, is)), Merge::ByKey(id)) => {
                    let (Value::Object(was), Value::Object(is)) = (was, is) else {
                        continue;
                    };
                    let mut inner = self.maps(&was, &is, rule.inner, depth);
                    // Whatever the new one doesn't have is to go, even where nothing else differs.
                    let has_more = was.keys().any(|key| !is.contains_key(key));
                    if rule.retain_keys && (!inner.is_empty() || has_more) {
                        let kept = is.iter().filter(|(_, value)| !value.is_null());
                        let keys: Vec<Value> = kept.map(|(key, _)| key.as_str().into()).collect();
                        inner.insert(RETAIN_KEYS.to_owned(), keys.into());
                    }
                    if !inner.is_empty() {
                        inner.insert(id.to_owned(), is.get(id).cloned().unwrap_or_default());
                        items.push(Value::Object(inner));
                    }
                }
                (None, Some((_, is)), _) if self.changes => items.push(is),
                (Some((_, was)), None, _) if self.removals => gone.push(was),
                _ => {}
            }
        }
        let place = |item: &Value| {
            new.iter()
                .position(|other| same_item(other, item, rule.merge))
        };
        items.order_by_key(place);
        if let Merge::ByKey(name) = rule.merge {
            let gone = gone.drain(..);
            items.extend(gone.map(|item| json!({ PATCH: "delete", name: id(&item) })));
        }
        gone.dedup();
        let same_order = old.len() == new.len()
            && old
                .iter()
                .zip(new)
                .all(|(a, b)| same_item(a, b, rule.merge));
        let changed = !items.is_empty() || !gone.is_empty();
        if (self.changes && (changed || !same_order)) || (self.removals && changed) {
            let ids = new.iter().map(|item| match rule.merge {
                Merge::ByKey(name) => json!({ name: id(item) }),
                _ => item.clone(),
            });
            patch.insert(format!("{SET_ORDER}{key}"), ids.collect());
        }
        if !items.is_empty() {
            patch.insert(key.to_owned(), Value::Array(items));
        }
        if !gone.is_empty() {
            patch.insert(format!("{DELETE_FROM}{key}"), Value::Array(gone));
        }
    }
}

/// Applies the operations of RFC 6902.
pub fn json_patch(target: &mut Value, operations: &Value) -> Result<(), String> {
    let Value::Array(operations) = operations else {
        return Err("a JSON patch is a list of operations".to_owned());
    };
    for operation in operations {
        let text = |key: &str| operation.get(key).and_then(Value::as_str);
        let path = text("path").ok_or("json patch operation: missing path")?;
        let value = || operation.get("value").cloned().unwrap_or_default();
        match text("op").unwrap_or("") {
            "add" => add(target, path, value(), true).ok_or_else(|| missing("add", path))?,
            "replace" => {
                let place = target.pointer_mut(path);
                *place.ok_or_else(|| missing("replace", path))? = value();
            }
            "remove" => {
                remove(target, path).ok_or_else(|| missing("remove", path))?;
            }
            "test" => {
                if target.pointer(path) != Some(&value()) {
                    return Err(format!("testing value {path} failed: test failed"));
                }
            }
            op @ ("copy" | "move") => {
                let from = text("from").ok_or("json patch operation: missing from")?;
                let taken = if op == "move" {
                    remove(target, from)
                } else {
                    target.pointer(from).cloned()
                };
                let taken = taken.ok_or_else(|| missing(op, from))?;
                add(target, path, taken, true).ok_or_else(|| missing(op, path))?;
            }
            other => return Err(format!("Unexpected kind: {other}")),
        }
    }
    Ok(())
}

fn missing(operation: &str, path: &str) -> String {
    match operation {
        "replace" => {
            format!("replace operation does not apply: doc is missing key: {path}: missing value")
        }
        "remove" => format!(
            "error in remove for path: '{path}': Unable to remove nonexistent key: missing value"
        ),
        _ => format!(
            "{operation} operation does not apply: doc is missing path: \"{path}\": missing value"
        ),
    }
}

fn split_pointer(path: &str) -> Option<(&str, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn add(target: &mut Value, path: &str, value: Value, insert: bool) -> Option<()> {
    if path.is_empty() {
        *target = value;
        return Some(());
    }
    let (parent, last) = split_pointer(path)?;
    match target.pointer_mut(parent)? {
        Value::Object(map) => {
            map.insert(last, value);
        }
        Value::Array(list) if last == "-" => list.push(value),
        Value::Array(list) if insert => {
            let index: usize = last.parse().ok()?;
            if index > list.len() {
                return None;
            }
            list.insert(index, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(target: &mut Value, path: &str) -> Option<Value> {
    let (parent, last) = split_pointer(path)?;
    match target.pointer_mut(parent)? {
        Value::Object(map) => map.remove(&last),
        Value::Array(list) => {
            let index: usize = last.parse().ok()?;
            (index < list.len()).then(|| list.remove(index))
        }
        _ => None,
    }
}

/// A value as Go's `%v` prints decoded JSON: `map[a:1 b:[x y]]`.
pub fn go_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(go_value).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(map) => {
            // serde_json's map is sorted by key, as Go prints it.
            let items: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}:{}", go_value(value)))
                .collect();
            format!("map[{}]", items.join(" "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::yaml;
    use expect_test::{Expect, expect};

    fn value(text: &str) -> Value {
        yaml::parse(text).unwrap()[0].value()
    }

    /// Applies a strategic patch to (part of) a DaemonSet.
    #[track_caller]
    fn check(target: &str, patch: &str, expect: Expect) {
        let mut target = value(target);
        let result = strategic(&mut target, &value(patch), Some("DaemonSet"));
        let text = match result {
            Ok(()) => crate::api::go::json(&target),
            Err(error) => error,
        };
        expect.assert_eq(&text);
    }

    #[test]
    fn containers_are_merged_by_name() {
        check(
            "spec: {template: {spec: {containers: [{name: a, image: x, ports: [{containerPort: 80, name: http}]}, {name: b}]}}}",
            "spec: {template: {spec: {containers: [{name: a, image: z, ports: [{containerPort: 80, protocol: UDP}, {containerPort: 81}]}]}}}",
            expect![[
                r#"{"spec":{"template":{"spec":{"containers":[{"image":"z","name":"a","ports":[{"containerPort":80,"name":"http","protocol":"UDP"},{"containerPort":81}]},{"name":"b"}]}}}}"#
            ]],
        );
    }

    #[test]
    fn a_new_container_comes_first_unless_an_order_is_given() {
        check(
            "spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}",
            "spec: {template: {spec: {containers: [{name: c}]}}}",
            expect![[
                r#"{"spec":{"template":{"spec":{"containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}}}}"#
            ]],
        );
        check(
            "spec: {template: {spec: {containers: [{name: a}, {name: b}]}}}",
            "spec: {template: {spec: {$setElementOrder/containers: [{name: b}, {name: a}, {name: c}], containers: [{name: c}]}}}",
            expect![[
                r#"{"spec":{"template":{"spec":{"containers":[{"name":"b"},{"name":"a"},{"name":"c"}]}}}}"#
            ]],
        );
    }

    #[test]
    fn directives() {
        check(
            "spec: {template: {spec: {containers: [{name: a}, {name: b}], nodeSelector: {a: b}}}}",
            "spec: {template: {spec: {containers: [{name: a, $patch: delete}], nodeSelector: {$patch: replace, c: d}}}}",
            expect![[
                r#"{"spec":{"template":{"spec":{"containers":[{"name":"b"}],"nodeSelector":{"c":"d"}}}}}"#
            ]],
        );
        check(
            "metadata: {finalizers: [a, b], labels: {x: y}}",
            "metadata: {$deleteFromPrimitiveList/finalizers: [a], finalizers: [c], labels: {x: null, z: null}}",
            expect![[r#"{"metadata":{"finalizers":["c","b"],"labels":{}}}"#]],
        );
        check(
            "spec: {template: {spec: {volumes: [{name: v, hostPath: {path: /a}}]}}}",
            "spec: {template: {spec: {volumes: [{name: v, $retainKeys: [name, emptyDir], emptyDir: {}}]}}}",
            expect![[r#"{"spec":{"template":{"spec":{"volumes":[{"emptyDir":{},"name":"v"}]}}}}"#]],
        );
        check(
            "spec: {}",
            "spec: {$patch: nonsense}",
            expect!["Unknown patch type found: nonsense"],
        );
    }

    #[test]
    fn tolerations_are_replaced_as_a_whole() {
        check(
            "spec: {template: {spec: {tolerations: [{key: a}, {key: b}]}}}",
            "spec: {template: {spec: {tolerations: [{key: c}]}}}",
            expect![[r#"{"spec":{"template":{"spec":{"tolerations":[{"key":"c"}]}}}}"#]],
        );
    }

    #[test]
    fn an_item_without_its_merge_key() {
        check(
            "spec: {template: {spec: {containers: [{name: a}]}}}",
            "spec: {template: {spec: {containers: [{image: x}]}}}",
            expect!["map: map[image:x] does not contain declared merge key: name"],
        );
    }

    #[track_caller]
    fn check_three_way(original: &str, modified: &str, current: &str, expect: Expect) {
        let patch = three_way(
            &value(original),
            &value(modified),
            &value(current),
            Some("DaemonSet"),
        );
        let mut result = value(current);
        let outcome = match strategic(&mut result, &patch, Some("DaemonSet")) {
            Ok(()) => crate::api::go::json(&result),
            Err(error) => error,
        };
        expect.assert_eq(&format!("{}\n{outcome}\n", crate::api::go::json(&patch)));
    }

    #[test]
    fn apply_removes_what_it_once_set_and_leaves_the_rest() {
        check_three_way(
            "spec: {template: {spec: {nodeSelector: {a: b}, containers: [{name: m, image: x, command: [a]}, {name: old}]}}}",
            "spec: {template: {spec: {containers: [{name: m, image: z}, {name: new}]}}}",
            "spec: {template: {spec: {dnsPolicy: ClusterFirst, nodeSelector: {a: b}, containers: [{name: m, image: x, command: [a], imagePullPolicy: Always}, {name: old}, {name: injected}]}}}",
            expect![[r#"
                {"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"m"},{"name":"new"}],"containers":[{"command":null,"image":"z","name":"m"},{"name":"new"},{"$patch":"delete","name":"old"}],"nodeSelector":null}}}}
                {"spec":{"template":{"spec":{"containers":[{"image":"z","imagePullPolicy":"Always","name":"m"},{"name":"new"},{"name":"injected"}],"dnsPolicy":"ClusterFirst"}}}}
            "#]],
        );
    }

    #[test]
    fn apply_of_the_same_is_an_empty_patch() {
        check_three_way(
            "spec: {minReadySeconds: 5}",
            "spec: {minReadySeconds: 5}",
            "spec: {minReadySeconds: 5, revisionHistoryLimit: 10}",
            expect![[r#"
                {}
                {"spec":{"minReadySeconds":5,"revisionHistoryLimit":10}}
            "#]],
        );
    }

    #[test]
    fn another_source_of_a_volume_replaces_the_first() {
        check_three_way(
            "spec: {template: {spec: {volumes: [{name: v, hostPath: {path: /a}}]}}}",
            "spec: {template: {spec: {volumes: [{name: v, emptyDir: {}}]}}}",
            "spec: {template: {spec: {volumes: [{name: v, hostPath: {path: /a, type: ''}}]}}}",
            expect![[r#"
                {"spec":{"template":{"spec":{"$setElementOrder/volumes":[{"name":"v"}],"volumes":[{"$retainKeys":["emptyDir","name"],"emptyDir":{},"hostPath":null,"name":"v"}]}}}}
                {"spec":{"template":{"spec":{"volumes":[{"emptyDir":{},"name":"v"}]}}}}
            "#]],
        );
    }

    #[test]
    fn json_patches() {
        #[track_caller]
        fn check(patch: &str, expect: Expect) {
            let mut target = value("a: {b: [1, 2], x/y: 1}");
            let text = match json_patch(&mut target, &value(patch)) {
                Ok(()) => target.to_string(),
                Err(error) => error,
            };
            expect.assert_eq(&text);
        }
        check(
            "[{op: add, path: /a/b/1, value: 9}]",
            expect![[r#"{"a":{"b":[1,9,2],"x/y":1}}"#]],
        );
        check(
            "[{op: add, path: /a/b/-, value: 9}]",
            expect![[r#"{"a":{"b":[1,2,9],"x/y":1}}"#]],
        );
        check(
            "[{op: replace, path: /a/x~1y, value: 9}]",
            expect![[r#"{"a":{"b":[1,2],"x/y":9}}"#]],
        );
        check(
            "[{op: remove, path: /a/b/0}]",
            expect![[r#"{"a":{"b":[2],"x/y":1}}"#]],
        );
        check(
            "[{op: move, from: /a/b, path: /c}]",
            expect![[r#"{"a":{"x/y":1},"c":[1,2]}"#]],
        );
        check(
            "[{op: test, path: /a/b/0, value: 2}]",
            expect!["testing value /a/b/0 failed: test failed"],
        );
        check(
            "[{op: remove, path: /a/nope}]",
            expect![
                "error in remove for path: '/a/nope': Unable to remove nonexistent key: missing value"
            ],
        );
        check(
            "[{op: replace, path: /a/nope/x, value: 1}]",
            expect![
                "replace operation does not apply: doc is missing key: /a/nope/x: missing value"
            ],
        );
        check(
            "[{op: add, path: /a/b/9, value: 1}]",
            expect![[
                r#"add operation does not apply: doc is missing path: "/a/b/9": missing value"#
            ]],
        );
        check("{}", expect!["a JSON patch is a list of operations"]);
    }
}
