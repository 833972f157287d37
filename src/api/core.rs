//! The smaller objects: Event, Namespace (v1), PriorityClass (scheduling.k8s.io/v1), and any other kind that a manifest brings along.

use super::json::json_object;
use super::meta::{Extra, ObjectMeta, Time, is_default};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    pub metadata: ObjectMeta,
    pub involved_object: ObjectReference,
    pub reason: String,
    pub message: String,
    pub source: EventSource,
    pub first_timestamp: Option<Time>,
    pub last_timestamp: Option<Time>,
    /// 0 for those of events.k8s.io.
    #[serde(skip_serializing_if = "is_default")]
    pub count: i32,
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub type_: String,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(Event by default {
    metadata: "metadata",
    involved_object: "involvedObject",
    reason: "reason",
    message: "message",
    source: "source",
    first_timestamp: "firstTimestamp",
    last_timestamp: "lastTimestamp",
    count: "count",
    type_: "type",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectReference {
    #[serde(skip_serializing_if = "is_default")]
    pub kind: String,
    #[serde(skip_serializing_if = "is_default")]
    pub namespace: String,
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub uid: String,
    #[serde(skip_serializing_if = "is_default")]
    pub api_version: String,
    #[serde(skip_serializing_if = "is_default")]
    pub resource_version: String,
    #[serde(skip_serializing_if = "is_default")]
    pub field_path: String,
}

json_object!(ObjectReference by default {
    kind: "kind",
    namespace: "namespace",
    name: "name",
    uid: "uid",
    api_version: "apiVersion",
    resource_version: "resourceVersion",
    field_path: "fieldPath",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct EventSource {
    pub component: String,
    #[serde(skip_serializing_if = "is_default")]
    pub host: String,
}

json_object!(EventSource by default {
    component: "component",
    host: "host",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Namespace {
    pub metadata: ObjectMeta,
    #[serde(skip_serializing_if = "is_default")]
    pub spec: Extra,
    #[serde(skip_serializing_if = "is_default")]
    pub status: NamespaceStatus,
}

json_object!(Namespace by default {
    metadata: "metadata",
    spec: "spec",
    status: "status",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NamespaceStatus {
    /// `Active` or `Terminating`.
    pub phase: String,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(NamespaceStatus by default {
    phase: "phase",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PriorityClass {
    pub metadata: ObjectMeta,
    pub value: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub global_default: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption_policy: Option<String>,
}

json_object!(PriorityClass by default {
    metadata: "metadata",
    value: "value",
    global_default: "globalDefault",
    description: "description",
    preemption_policy: "preemptionPolicy",
});

/// An object of a kind that we store but don't simulate: ServiceAccount, ClusterRole, Service, ConfigMap, …
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Generic {
    pub api_version: String,
    pub kind: String,
    pub metadata: ObjectMeta,
    #[serde(flatten)]
    pub body: Extra,
}

json_object!(Generic by default {
    api_version: "apiVersion",
    kind: "kind",
    metadata: "metadata",
} body);
