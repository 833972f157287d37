//! Everything a user can do. The log of these is the truth: the rest follows from it.
//!
//! A command has typed arguments; only a line from the console is `Kubectl`, with the words as typed. Links of all times hold these as JSON, so a form that was ever written is read for ever.

use crate::api::json::{FromJson, Members};
use crate::api::meta::is_default;
use crate::api::node::Taint;
use crate::apiserver::Propagation;
use crate::cluster::nodes::NodeTemplate;
use crate::kubectl::convert::PatchType;
use crate::kubelet::profile::Profile;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Error, Value};
use std::collections::BTreeMap;

/// How it is written is how it is read: see `Command::from_members`, which links depend on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    /// `kubectl apply -f -`
    Apply {
        yaml: String,
    },
    /// `kubectl delete -f -`
    DeleteYaml {
        yaml: String,
    },
    DeleteObject {
        kind: String,
        namespace: String,
        name: String,
        propagation: Propagation,
        grace_period_seconds: Option<i64>,
    },
    AddNodes {
        template: NodeTemplate,
        count: u32,
    },
    RemoveNode {
        node: String,
    },
    /// `kubectl replace --save-config -f -`
    Replace {
        yaml: String,
    },
    /// The end of `kubectl edit`: the edited text. `object` is only for the words, such as `daemonset.apps/agent`.
    Edit {
        object: String,
        yaml: String,
    },
    /// Of a DaemonSet.
    Patch {
        namespace: String,
        name: String,
        #[serde(rename = "type")]
        type_: PatchType,
        patch: Value,
    },
    /// The request of one container of a DaemonSet for a resource such as `cpu`.
    SetRequest {
        namespace: String,
        name: String,
        container: String,
        resource: String,
        amount: String,
    },
    /// `None` removes the label.
    LabelNode {
        node: String,
        labels: BTreeMap<String, Option<String>>,
    },
    /// Replaces all taints.
    TaintNode {
        node: String,
        taints: Vec<Taint>,
    },
    Cordon {
        node: String,
        on: bool,
    },
    Drain {
        node: String,
    },
    /// Power off or on: the kubelet stops or starts again.
    SetNodeDown {
        node: String,
        down: bool,
    },
    /// The kubelet lives, but says that the node isn't ready.
    SetNodeNotReady {
        node: String,
        not_ready: bool,
    },
    /// MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable.
    SetPressure {
        node: String,
        condition: String,
        on: bool,
    },
    SetImage {
        namespace: String,
        name: String,
        container: String,
        image: String,
    },
    RolloutRestart {
        namespace: String,
        name: String,
    },
    /// To the revision, or with 0 to the one before.
    RolloutUndo {
        namespace: String,
        name: String,
        to_revision: i64,
    },
    FailPod {
        namespace: String,
        name: String,
        reason: String,
    },
    SetProfile {
        profile: Profile,
    },
    /// A kubectl command as somebody typed it in the console. Old links hold patches and edits in this form too.
    Kubectl {
        args: Vec<String>,
        stdin: Option<String>,
        /// Only its first act; whoever gave it waits for the rest while time passes as shown.
        #[serde(skip_serializing_if = "is_default")]
        no_wait: bool,
    },
}

impl Command {
    /// By hand: for an enum with a tag, serde's code was a fiftieth of the page's WebAssembly.
    fn from_members(mut given: Members) -> Result<Command, Error> {
        let name: String = given.required("do")?;
        Ok(match name.as_str() {
            "apply" => Command::Apply {
                yaml: given.required("yaml")?,
            },
            "deleteYaml" => Command::DeleteYaml {
                yaml: given.required("yaml")?,
            },
            "deleteObject" => Command::DeleteObject {
                kind: given.required("kind")?,
                namespace: given.required("namespace")?,
                name: given.required("name")?,
                propagation: given.optional("propagation")?,
                grace_period_seconds: given.optional("gracePeriodSeconds")?,
            },
            "addNodes" => Command::AddNodes {
                template: given.required("template")?,
                count: given.required("count")?,
            },
            "removeNode" => Command::RemoveNode {
                node: given.required("node")?,
            },
            "replace" => Command::Replace {
                yaml: given.required("yaml")?,
            },
            "edit" => Command::Edit {
                object: given.required("object")?,
                yaml: given.required("yaml")?,
            },
            "patch" => Command::Patch {
                namespace: given.required("namespace")?,
                name: given.required("name")?,
                type_: given.required("type")?,
                patch: given.required("patch")?,
            },
            "setRequest" => Command::SetRequest {
                namespace: given.required("namespace")?,
                name: given.required("name")?,
                container: given.required("container")?,
                resource: given.required("resource")?,
                amount: given.required("amount")?,
            },
            "labelNode" => Command::LabelNode {
                node: given.required("node")?,
                labels: given.required("labels")?,
            },
            "taintNode" => Command::TaintNode {
                node: given.required("node")?,
                taints: given.required("taints")?,
            },
            "cordon" => Command::Cordon {
                node: given.required("node")?,
                on: given.required("on")?,
            },
            "drain" => Command::Drain {
                node: given.required("node")?,
            },
            "setNodeDown" => Command::SetNodeDown {
                node: given.required("node")?,
                down: given.required("down")?,
            },
            "setNodeNotReady" => Command::SetNodeNotReady {
                node: given.required("node")?,
                not_ready: given.required("notReady")?,
            },
            "setPressure" => Command::SetPressure {
                node: given.required("node")?,
                condition: given.required("condition")?,
                on: given.required("on")?,
            },
            "setImage" => Command::SetImage {
                namespace: given.required("namespace")?,
                name: given.required("name")?,
                container: given.required("container")?,
                image: given.required("image")?,
            },
            "rolloutRestart" => Command::RolloutRestart {
                namespace: given.required("namespace")?,
                name: given.required("name")?,
            },
            "rolloutUndo" => Command::RolloutUndo {
                namespace: given.required("namespace")?,
                name: given.required("name")?,
                to_revision: given.required("toRevision")?,
            },
            "failPod" => Command::FailPod {
                namespace: given.required("namespace")?,
                name: given.required("name")?,
                reason: given.required("reason")?,
            },
            "setProfile" => Command::SetProfile {
                profile: given.required("profile")?,
            },
            "kubectl" => Command::Kubectl {
                args: given.required("args")?,
                stdin: given.optional("stdin")?,
                no_wait: given.optional("noWait")?,
            },
            other => return Err(Error::custom(format_args!("unknown command {other}"))),
        })
    }
}

impl FromJson for Command {
    fn from_json(value: Value) -> Result<Self, Error> {
        Command::from_members(Members::of(value, "a command")?)
    }
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Command::from_json(value).map_err(D::Error::custom)
    }
}

/// The result of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// kubectl's own lines: `daemonset.apps/agent created`.
    pub lines: Vec<String>,
    pub warnings: Vec<String>,
}

/// Why a command failed, in Kubernetes' words, and where in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    pub places: Vec<Place>,
    /// Some objects of the same text may have been applied all the same.
    pub done: Vec<String>,
}

/// A place in a text that the user typed, for a mark at its line. Lines and columns count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        Failure {
            message: message.into(),
            ..Failure::default()
        }
    }
}

impl From<crate::api::status::Status> for Failure {
    fn from(status: crate::api::status::Status) -> Failure {
        Failure::new(status.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rng::Stream;
    use serde_json::json;

    /// The same, read by the code that serde derives.
    #[derive(Deserialize)]
    #[serde(
        remote = "Command",
        tag = "do",
        rename_all = "camelCase",
        rename_all_fields = "camelCase"
    )]
    enum Derived {
        Apply {
            yaml: String,
        },
        DeleteYaml {
            yaml: String,
        },
        DeleteObject {
            kind: String,
            namespace: String,
            name: String,
            #[serde(default)]
            propagation: Propagation,
            #[serde(default)]
            grace_period_seconds: Option<i64>,
        },
        AddNodes {
            template: NodeTemplate,
            count: u32,
        },
        RemoveNode {
            node: String,
        },
        Replace {
            yaml: String,
        },
        Edit {
            object: String,
            yaml: String,
        },
        Patch {
            namespace: String,
            name: String,
            #[serde(rename = "type")]
            type_: PatchType,
            patch: Value,
        },
        SetRequest {
            namespace: String,
            name: String,
            container: String,
            resource: String,
            amount: String,
        },
        LabelNode {
            node: String,
            labels: BTreeMap<String, Option<String>>,
        },
        TaintNode {
            node: String,
            taints: Vec<Taint>,
        },
        Cordon {
            node: String,
            on: bool,
        },
        Drain {
            node: String,
        },
        SetNodeDown {
            node: String,
            down: bool,
        },
        SetNodeNotReady {
            node: String,
            not_ready: bool,
        },
        SetPressure {
            node: String,
            condition: String,
            on: bool,
        },
        SetImage {
            namespace: String,
            name: String,
            container: String,
            image: String,
        },
        RolloutRestart {
            namespace: String,
            name: String,
        },
        RolloutUndo {
            namespace: String,
            name: String,
            to_revision: i64,
        },
        FailPod {
            namespace: String,
            name: String,
            reason: String,
        },
        SetProfile {
            profile: Profile,
        },
        Kubectl {
            args: Vec<String>,
            #[serde(default)]
            stdin: Option<String>,
            #[serde(default)]
            no_wait: bool,
        },
    }

    fn samples() -> Vec<Value> {
        vec![
            json!({"do": "apply", "yaml": "a: b"}),
            json!({"do": "deleteYaml", "yaml": "a: b"}),
            json!({"do": "deleteObject", "kind": "Pod", "namespace": "a", "name": "b"}),
            json!({"do": "deleteObject", "kind": "Pod", "namespace": "a", "name": "b", "propagation": "Orphan",
                "gracePeriodSeconds": -1}),
            json!({"do": "addNodes", "template": "controlPlane", "count": 3}),
            json!({"do": "removeNode", "node": "a"}),
            json!({"do": "replace", "yaml": "a: b"}),
            json!({"do": "edit", "object": "daemonset.apps/a", "yaml": "a: b"}),
            json!({"do": "patch", "namespace": "a", "name": "b", "type": "merge", "patch": {"spec": {"a": null}}}),
            json!({"do": "patch", "namespace": "a", "name": "b", "type": "json", "patch": [{"op": "remove"}]}),
            json!({"do": "setRequest", "namespace": "a", "name": "b", "container": "c", "resource": "cpu", "amount": "1"}),
            json!({"do": "labelNode", "node": "a", "labels": {"a": "b", "c": null}}),
            json!({"do": "taintNode", "node": "a", "taints": [{"key": "a", "effect": "NoExecute", "timeAdded": null}]}),
            json!({"do": "cordon", "node": "a", "on": true}),
            json!({"do": "drain", "node": "a"}),
            json!({"do": "setNodeDown", "node": "a", "down": false}),
            json!({"do": "setNodeNotReady", "node": "a", "notReady": true}),
            json!({"do": "setPressure", "node": "a", "condition": "DiskPressure", "on": true}),
            json!({"do": "setImage", "namespace": "a", "name": "b", "container": "c", "image": "d"}),
            json!({"do": "rolloutRestart", "namespace": "a", "name": "b"}),
            json!({"do": "rolloutUndo", "namespace": "a", "name": "b", "toRevision": 2}),
            json!({"do": "failPod", "namespace": "a", "name": "b", "reason": "Evicted"}),
            json!({"do": "setProfile", "profile": {"mode": "Manual", "syncMs": 5, "images": [{"pattern": "a", "exitCode": 1}]}}),
            json!({"do": "kubectl", "args": ["get", "pods"]}),
            json!({"do": "kubectl", "args": [], "stdin": "a", "noWait": true, "more": {"a": [1]}}),
        ]
    }

    fn both(value: &Value) -> Option<Command> {
        let ours = crate::api::json::read::<Command>(value.clone()).ok();
        let theirs = Derived::deserialize(value.clone()).ok();
        assert_eq!(ours, theirs, "{value}");
        ours
    }

    #[test]
    fn every_command_is_read_as_serde_reads_it() {
        for value in samples() {
            let command = both(&value).unwrap();
            let written = serde_json::to_value(&command).unwrap();
            assert_eq!(both(&written), Some(command));
        }
        for value in [
            json!(null),
            json!(1),
            json!("apply"),
            json!({}),
            json!({"do": 1}),
            json!({"do": "fly"}),
        ] {
            assert_eq!(both(&value), None);
        }
    }

    #[test]
    fn what_is_damaged_is_read_or_refused_as_serde_does() {
        let mut random = Stream::new(1, "commands");
        let wrong = [
            json!(null),
            json!(0),
            json!(-3),
            json!(1.5),
            json!(1_u64 << 40),
            json!(true),
            json!(""),
            json!("worker"),
            json!([]),
            json!(["a"]),
            json!([1]),
            json!({}),
            json!({"a": "b"}),
            json!({"a": 1}),
            json!({"key": 1}),
            json!([{"pattern": 1}]),
        ];
        let (mut read, mut refused) = (0, 0);
        for _ in 0..20_000 {
            let all = samples();
            let mut value = all[random.below(all.len() as u64) as usize].clone();
            let members = value.as_object_mut().unwrap();
            let names: Vec<String> = members.keys().cloned().collect();
            let name = &names[random.below(names.len() as u64) as usize];
            match random.below(3) {
                0 => drop(members.remove(name)),
                1 => {
                    let other = &all[random.below(all.len() as u64) as usize];
                    members.extend(other.as_object().unwrap().clone());
                }
                _ => {
                    let other = wrong[random.below(wrong.len() as u64) as usize].clone();
                    members.insert(name.clone(), other);
                }
            }
            // As serde has it, a list of all its fields is a struct too. We never wrote one.
            if value["profile"].is_array() {
                continue;
            }
            match both(&value) {
                Some(_) => read += 1,
                None => refused += 1,
            }
        }
        assert!(read > 1_000 && refused > 1_000, "{read} {refused}");
    }
}
