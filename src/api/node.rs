//! Node (v1).

use super::json::json_object;
use super::meta::{Extra, ObjectMeta, Time, is_default};
use super::pod::ResourceList;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    pub metadata: ObjectMeta,
    pub spec: NodeSpec,
    #[serde(skip_serializing_if = "is_default")]
    pub status: NodeStatus,
}

json_object!(Node by default {
    metadata: "metadata",
    spec: "spec",
    status: "status",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    #[serde(skip_serializing_if = "is_default")]
    pub unschedulable: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub taints: Vec<Taint>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(NodeSpec by default {
    unschedulable: "unschedulable",
    taints: "taints",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Taint {
    pub key: String,
    #[serde(skip_serializing_if = "is_default")]
    pub value: String,
    pub effect: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_added: Option<Time>,
}

json_object!(Taint by default {
    key: "key",
    value: "value",
    effect: "effect",
    time_added: "timeAdded",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeStatus {
    #[serde(skip_serializing_if = "is_default")]
    pub capacity: ResourceList,
    #[serde(skip_serializing_if = "is_default")]
    pub allocatable: ResourceList,
    #[serde(skip_serializing_if = "is_default")]
    pub conditions: Vec<NodeCondition>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(NodeStatus by default {
    capacity: "capacity",
    allocatable: "allocatable",
    conditions: "conditions",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeCondition {
    #[serde(rename = "type")]
    pub type_: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_heartbeat_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
    #[serde(skip_serializing_if = "is_default")]
    pub reason: String,
    #[serde(skip_serializing_if = "is_default")]
    pub message: String,
}

json_object!(NodeCondition by default {
    type_: "type",
    status: "status",
    last_heartbeat_time: "lastHeartbeatTime",
    last_transition_time: "lastTransitionTime",
    reason: "reason",
    message: "message",
});

impl Node {
    pub fn condition(&self, type_: &str) -> Option<&NodeCondition> {
        self.status.conditions.iter().find(|c| c.type_ == type_)
    }

    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(|c| c.status == "True")
    }
}
