//! Cases about kubectl: rows, ages, rollout texts, labels, taints, cordon and drain.

use super::{read, read_list};
use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::core::Namespace;
use crate::api::meta::{ObjectMeta, StringMap, Time};
use crate::api::node::{Node, Taint};
use crate::api::object::Resource;
use crate::api::pod::{Pod, PodTemplateSpec};
use crate::apiserver::{ApiServer, Stored};
use crate::client::Client;
use crate::controllers::daemon_set::history::template_patch;
use crate::kubectl::ops::{label, rollout, taint};
use crate::kubectl::{self, Host, columns, describe, duration};
use crate::sim::rng::Rng;
use crate::sim::time::SimTime;
use crate::trace::{Actor, Trace};
use serde_json::{Value, json};
use std::rc::Rc;

/// The kinds of cases that `run_case` knows.
pub const KINDS: [&str; 10] = [
    "rollout-status",
    "rollout-history",
    "human-duration",
    "get-ds-row",
    "get-node-row",
    "label-command",
    "taint-parse",
    "taint-apply",
    "cordon",
    "drain",
];

const NOW: Time = Time(1_767_225_600);

/// Runs one case; the error is the first difference.
pub fn run_case(case: &Value) -> Result<(), String> {
    let got = match case["kind"].as_str().unwrap_or("") {
        "rollout-status" => rollout_status(case)?,
        "rollout-history" => rollout_history(case)?,
        "human-duration" => {
            json!({ "text": duration::human(case["durationMs"].as_i64().unwrap_or(0)) })
        }
        "get-ds-row" => {
            let mut set: DaemonSet = read(&case["daemonSet"])?;
            set.metadata.creation_timestamp = created(case).or(set.metadata.creation_timestamp);
            json!({ "cells": columns::daemon_set(&set, case["wide"] == true, NOW) })
        }
        "get-node-row" => {
            let mut node: Node = read(&case["nodes"][0])?;
            node.metadata.creation_timestamp = created(case).or(node.metadata.creation_timestamp);
            json!({ "cells": columns::node(&node, case["wide"] == true, NOW) })
        }
        "label-command" => label_command(case)?,
        "taint-parse" => taint_parse(case)?,
        "taint-apply" => taint_apply(case)?,
        "cordon" => return cordon(case),
        "drain" => return drain(case),
        kind => return Err(format!("no such kind of case here: {kind:?}")),
    };
    super::holds(&case["expect"], &got, "")
}

fn created(case: &Value) -> Option<Time> {
    case["ageMs"].as_i64().map(|age| Time(NOW.0 - age / 1000))
}

fn rollout_status(case: &Value) -> Result<Value, String> {
    let set: DaemonSet = read(&case["daemonSet"])?;
    Ok(match rollout::status_line(&set) {
        Ok((line, done)) => json!({ "output": format!("{line}\n"), "done": done }),
        Err(failure) => json!({ "error": failure.line() }),
    })
}

fn rollout_history(case: &Value) -> Result<Value, String> {
    let mut revisions = Vec::new();
    for given in case["revisions"].as_array().into_iter().flatten() {
        let template: PodTemplateSpec = read(&given["template"])?;
        let annotations: StringMap = read(&given["annotations"])?;
        revisions.push(Rc::new(ControllerRevision {
            metadata: ObjectMeta {
                annotations,
                ..ObjectMeta::named(given["name"].as_str().unwrap_or(""))
            },
            data: template_patch(&template),
            revision: given["revision"].as_i64().unwrap_or(0),
        }));
    }
    let wanted = case["revision"].as_i64().unwrap_or(0);
    if wanted == 0 {
        revisions.sort_by_key(|revision| revision.revision);
        return Ok(json!({ "output": rollout::history_table(&revisions) }));
    }
    let template = case["revisions"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|given| given["revision"] == wanted);
    let Some(template) = template else {
        return Ok(json!({ "error": "unable to find the specified revision" }));
    };
    let text = describe::template::pod_template(&read(&template["template"])?);
    Ok(json!({ "output": kubectl::tabs::align(&text, 0, 2), "outputUnaligned": text }))
}

fn label_command(case: &Value) -> Result<Value, String> {
    let labels: StringMap = read(&case["labels"])?;
    let change = label::Change {
        set: read(&case["set"])?,
        remove: read(&case["remove"])?,
    };
    Ok(
        match label::change_labels(&labels, &change, case["overwrite"] == true) {
            Ok((labels, word)) => json!({ "labels": labels, "operation": word, "error": null }),
            Err(errors) => {
                let text = match errors.as_slice() {
                    [one] => one.clone(),
                    many => format!("[{}]", many.join(", ")),
                };
                json!({ "error": text })
            }
        },
    )
}

fn taint_parse(case: &Value) -> Result<Value, String> {
    let args: Vec<String> = read(&case["args"])?;
    Ok(match taint::parse(&args) {
        Ok(change) => {
            let mut remove = json!(change.remove);
            for taint in remove.as_array_mut().into_iter().flatten() {
                let Some(taint) = taint.as_object_mut() else {
                    continue;
                };
                taint.retain(|_, value| value != "");
            }
            json!({ "error": false, "add": change.add, "remove": remove })
        }
        Err(_) => json!({ "error": true }),
    })
}

fn taint_apply(case: &Value) -> Result<Value, String> {
    let node: Node = read(&case["nodes"][0])?;
    let change = taint::Change {
        add: read_list::<Taint>(&case["add"])?,
        remove: read_list::<Taint>(&case["remove"])?,
    };
    Ok(
        match taint::reorganize(&node.spec.taints, case["overwrite"] == true, &change) {
            Ok((taints, word)) => json!({ "taints": taints, "operation": word, "error": false }),
            Err(_) => json!({ "error": true }),
        },
    )
}

/// A server with the case's objects and a kubelet that finishes deletions at once.
struct Small {
    server: ApiServer,
    trace: Trace,
    rng: Rng,
    now: SimTime,
}

impl Small {
    fn new(case: &Value) -> Result<Small, String> {
        let mut server = ApiServer::new(1, NOW);
        fill::<Node>(&mut server, &case["nodes"])?;
        fill::<DaemonSet>(&mut server, &case["daemonSets"])?;
        fill::<Pod>(&mut server, &case["pods"])?;
        fill::<Namespace>(&mut server, &case["namespaces"])?;
        Ok(Small {
            server,
            trace: Trace::default(),
            rng: Rng::new(1),
            now: SimTime::ZERO,
        })
    }

    fn run(&mut self, verb: &str, args: &Value) -> Result<kubectl::Output, String> {
        let mut all = vec![verb.to_owned()];
        all.extend(read::<Vec<String>>(args)?);
        Ok(kubectl::run(self, &all, None))
    }
}

/// Objects go in as they are: partial, and past validation.
fn fill<T: Stored + Default + serde::de::DeserializeOwned>(
    server: &mut ApiServer,
    objects: &Value,
) -> Result<(), String> {
    for object in read_list::<T>(objects)? {
        T::table_mut(server).insert(Rc::new(object));
    }
    Ok(())
}

impl Host for Small {
    fn client(&mut self) -> Client<'_> {
        Client {
            now: self.now,
            epoch: NOW,
            actor: Actor::User,
            cause: None,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        }
    }

    fn now(&self) -> SimTime {
        self.now
    }

    fn step(&mut self) -> bool {
        let gone = self
            .server
            .pods
            .iter()
            .find(|pod| pod.metadata.is_terminating())
            .map(|pod| pod.key());
        let Some(key) = gone else { return false };
        self.server.pods.remove(&key).is_some()
    }

    fn next_due(&self) -> Option<SimTime> {
        let any = self
            .server
            .pods
            .iter()
            .any(|pod| pod.metadata.is_terminating());
        any.then_some(self.now)
    }

    fn advance_to(&mut self, to: SimTime) {
        self.now = self.now.max(to);
    }
}

/// The nodes that the arguments name.
fn named_nodes<'a>(server: &'a ApiServer, args: &Value) -> Vec<&'a Rc<Node>> {
    let args: Vec<&str> = args
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let named = |node: &Rc<Node>| {
        args.iter()
            .any(|arg| arg.rsplit('/').next() == Some(&node.metadata.name))
    };
    server.nodes.iter().filter(|node| named(node)).collect()
}

fn cordon(case: &Value) -> Result<(), String> {
    let mut small = Small::new(case)?;
    let output = small.run(case["command"].as_str().unwrap_or("cordon"), &case["args"])?;
    let nodes = named_nodes(&small.server, &case["args"]);
    let unschedulable = !nodes.is_empty() && nodes.iter().all(|node| node.spec.unschedulable);
    let got = json!({ "fatal": output.exit != 0, "unschedulable": unschedulable });
    super::holds(&case["expect"], &got, "")
}

fn drain(case: &Value) -> Result<(), String> {
    let mut small = Small::new(case)?;
    let before = small.server.pods.len();
    let output = small.run("drain", &case["args"])?;
    let nodes = named_nodes(&small.server, &case["args"]);
    let got = json!({
        "fatal": output.exit != 0,
        "podEvicted": small.server.pods.len() < before,
        "nodeCordoned": nodes.iter().all(|node| node.spec.unschedulable),
    });
    let mut expect = case["expect"].clone();
    let texts = expect.as_object_mut();
    for (field, printed) in [
        ("outputContains", &output.stdout),
        ("warning", &output.stderr),
    ] {
        let wanted = case["expect"][field].as_str().unwrap_or("");
        if !printed.contains(wanted) {
            return Err(format!("{field}: expected {wanted:?}, got {printed:?}"));
        }
    }
    if let Some(texts) = texts {
        texts.retain(|field, _| field != "outputContains" && field != "warning");
    }
    super::holds(&expect, &got, "")
}
