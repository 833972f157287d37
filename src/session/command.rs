//! Everything a user can do. The log of these is the truth: the rest follows from it.

use crate::api::meta::is_default;
use crate::api::node::Taint;
use crate::apiserver::Propagation;
use crate::cluster::nodes::NodeTemplate;
use crate::kubelet::profile::Profile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Any kubectl command.
    Kubectl {
        args: Vec<String>,
        #[serde(default)]
        stdin: Option<String>,
        /// Only what it does at once; whoever gave it waits for the rest while time passes as shown.
        #[serde(default, skip_serializing_if = "is_default")]
        no_wait: bool,
    },
}

/// What a command came to.
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
