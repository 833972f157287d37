//! Cases about the scheduler's filters and messages, node affinity, taints and tolerations.

use crate::api::node::{Node, Taint};
use crate::api::pod::{Pod, Toleration};
use crate::api::{selector, taint};
use crate::reason::scheduling::Plugin;
use crate::scheduler::filters::check;
use crate::scheduler::message::{Reasons, fit_error};
use crate::scheduler::node_info::{NodeInfo, PodInfo};
use crate::scheduler::prefilter::{Candidates, candidates};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::rc::Rc;

/// The kinds of cases that `run_case` knows.
pub const KINDS: [&str; 6] = [
    "filter",
    "unschedulable-message",
    "node-affinity",
    "node-affinity-prefilter",
    "tolerations",
    "min-toleration-seconds",
];

/// Runs one case; the error says what came out instead.
pub fn run_case(case: &Value) -> Result<(), String> {
    let got = match case["kind"].as_str().unwrap_or_default() {
        "filter" => filter(case)?,
        "unschedulable-message" => json!({ "message": unschedulable_message(case)? }),
        "node-affinity" => {
            let (node, pod): (Node, Pod) = (read(&case["nodes"][0])?, read(&case["pods"][0])?);
            json!({ "matches": selector::node_mismatch(&pod.spec, &node).is_none() })
        }
        "node-affinity-prefilter" => prefilter(&read(&case["pods"][0])?),
        "tolerations" => json!({ "tolerated": tolerated(case)? }),
        "min-toleration-seconds" => {
            let tolerations: Vec<Toleration> = read(&case["tolerations"])?;
            json!({ "seconds": taint::min_toleration_seconds(&tolerations) })
        }
        kind => return Err(format!("no such kind of case here: {kind:?}")),
    };
    compare(&case["expect"], &got)
}

/// Only what is listed is asserted; the order of a list isn't.
fn compare(expect: &Value, got: &Value) -> Result<(), String> {
    let Some(expect) = expect.as_object() else {
        return Err("the case expects nothing".to_owned());
    };
    for (field, wanted) in expect {
        let Some(found) = got.get(field) else {
            return Err(format!("{field}: nothing here computes it"));
        };
        if sorted(wanted) != sorted(found) {
            return Err(format!("{field}: expected {wanted}, got {found}"));
        }
    }
    Ok(())
}

fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(list) = value.as_array_mut() {
        list.sort_by_key(Value::to_string);
    }
    value
}

/// Reads an object of a case. As for the API, null is absent.
fn read<T: DeserializeOwned + Default>(value: &Value) -> Result<T, String> {
    let value = without_nulls(value);
    if value.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(value).map_err(|error| format!("can't read the case: {error}"))
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(k, v)| (k.clone(), without_nulls(v)))
            .collect(),
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn filter(case: &Value) -> Result<Value, String> {
    let name = case["plugin"].as_str().unwrap_or_default();
    let plugin = Plugin::ALL
        .into_iter()
        .find(|plugin| plugin.name() == name)
        .ok_or_else(|| format!("no such plugin: {name:?}"))?;
    let mut node = NodeInfo::new(Rc::new(read(&case["nodes"][0])?));
    let existing: Vec<Pod> = read(&case["existingPods"])?;
    for (index, mut pod) in existing.into_iter().enumerate() {
        // Cases don't care for names; the pods of a node are told apart by them.
        pod.metadata.name = format!("existing-{index}");
        node.add_pod(Rc::new(PodInfo::new(Rc::new(pod))));
    }
    let pod = PodInfo::new(Rc::new(read(&case["pod"])?));
    let failure = check(plugin, &pod, &node);
    let reasons = failure.as_ref().map_or(Vec::new(), |f| f.reasons());
    Ok(json!({
        "fits": failure.is_none(),
        "reasons": reasons,
        "preemptionMayHelp": failure.is_some_and(|f| f.preemption_may_help()),
    }))
}

fn unschedulable_message(case: &Value) -> Result<String, String> {
    let nodes = case["numAllNodes"]
        .as_u64()
        .and_then(|nodes| u32::try_from(nodes).ok())
        .ok_or("numAllNodes is not a number")?;
    let mut reasons = Reasons::default();
    if let Some(by_node) = case["reasonsByNode"].as_object() {
        let all = by_node.values().filter_map(Value::as_array).flatten();
        for reason in all.filter_map(Value::as_str) {
            reasons.add(reason, 1);
        }
    }
    let text = |field: &str| case[field].as_str().unwrap_or_default();
    Ok(fit_error(
        nodes,
        text("preFilterMessage"),
        &reasons,
        text("postFilterMessage"),
    ))
}

fn prefilter(pod: &Pod) -> Value {
    match candidates(&pod.spec) {
        Candidates::All => json!({ "unschedulable": false, "nodeNames": null }),
        Candidates::Named(names) => {
            let names: Vec<_> = names.iter().collect();
            json!({ "unschedulable": false, "nodeNames": names })
        }
        Candidates::Conflict => json!({ "unschedulable": true, "nodeNames": null }),
    }
}

fn tolerated(case: &Value) -> Result<bool, String> {
    let taints: Vec<Taint> = read(&case["taints"])?;
    let tolerations: Vec<Toleration> = read(&case["tolerations"])?;
    let effects: Vec<String> = read(&case["consideredEffects"])?;
    let effects: Vec<&str> = effects.iter().map(String::as_str).collect();
    Ok(taint::first_untolerated(&taints, &tolerations, &effects).is_none())
}
