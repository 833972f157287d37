//! DaemonSet and ControllerRevision (apps/v1).

use super::int_or_percent::IntOrString;
use super::json::json_object;
use super::meta::{Extra, LabelSelector, ObjectMeta, is_default};
use super::pod::PodTemplateSpec;
use serde::{Deserialize, Serialize};

/// The label that ties a pod and a ControllerRevision to a template.
pub const CONTROLLER_REVISION_HASH: &str = "controller-revision-hash";
/// The pod label with the DaemonSet's template generation.
pub const POD_TEMPLATE_GENERATION: &str = "pod-template-generation";
/// The annotation that stores the template generation in apps/v1.
pub const TEMPLATE_GENERATION_ANNOTATION: &str = "deprecated.daemonset.template.generation";
pub const ROLLING_UPDATE: &str = "RollingUpdate";
pub const ON_DELETE: &str = "OnDelete";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DaemonSet {
    pub metadata: ObjectMeta,
    pub spec: DaemonSetSpec,
    pub status: DaemonSetStatus,
}

json_object!(DaemonSet by default {
    metadata: "metadata",
    spec: "spec",
    status: "status",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
    pub template: PodTemplateSpec,
    #[serde(skip_serializing_if = "is_default")]
    pub update_strategy: DaemonSetUpdateStrategy,
    #[serde(skip_serializing_if = "is_default")]
    pub min_ready_seconds: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_history_limit: Option<i32>,
}

json_object!(DaemonSetSpec by default {
    selector: "selector",
    template: "template",
    update_strategy: "updateStrategy",
    min_ready_seconds: "minReadySeconds",
    revision_history_limit: "revisionHistoryLimit",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetUpdateStrategy {
    #[serde(rename = "type", skip_serializing_if = "is_default")]
    pub type_: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolling_update: Option<RollingUpdateDaemonSet>,
}

json_object!(DaemonSetUpdateStrategy by default {
    type_: "type",
    rolling_update: "rollingUpdate",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RollingUpdateDaemonSet {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<IntOrString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_surge: Option<IntOrString>,
}

json_object!(RollingUpdateDaemonSet by default {
    max_unavailable: "maxUnavailable",
    max_surge: "maxSurge",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DaemonSetStatus {
    pub current_number_scheduled: i32,
    pub number_misscheduled: i32,
    pub desired_number_scheduled: i32,
    pub number_ready: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub observed_generation: i64,
    #[serde(skip_serializing_if = "is_default")]
    pub updated_number_scheduled: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub number_available: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub number_unavailable: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collision_count: Option<i32>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(DaemonSetStatus by default {
    current_number_scheduled: "currentNumberScheduled",
    number_misscheduled: "numberMisscheduled",
    desired_number_scheduled: "desiredNumberScheduled",
    number_ready: "numberReady",
    observed_generation: "observedGeneration",
    updated_number_scheduled: "updatedNumberScheduled",
    number_available: "numberAvailable",
    number_unavailable: "numberUnavailable",
    collision_count: "collisionCount",
} extra);

impl DaemonSetStatus {
    /// Its numbers by field.
    pub fn numbers(&self) -> [(&'static str, i64); 8] {
        [
            (
                "desiredNumberScheduled",
                self.desired_number_scheduled.into(),
            ),
            (
                "currentNumberScheduled",
                self.current_number_scheduled.into(),
            ),
            ("numberReady", self.number_ready.into()),
            (
                "updatedNumberScheduled",
                self.updated_number_scheduled.into(),
            ),
            ("numberAvailable", self.number_available.into()),
            ("numberUnavailable", self.number_unavailable.into()),
            ("numberMisscheduled", self.number_misscheduled.into()),
            ("observedGeneration", self.observed_generation),
        ]
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ControllerRevision {
    pub metadata: ObjectMeta,
    /// `{"spec":{"template":{…,"$patch":"replace"}}}`
    pub data: serde_json::Value,
    pub revision: i64,
}

json_object!(ControllerRevision by default {
    metadata: "metadata",
    data: "data",
    revision: "revision",
});

impl DaemonSet {
    /// Models: pkg/controller/daemon/util, GetTemplateGeneration: the annotation, if it is a number.
    pub fn template_generation(&self) -> Option<i64> {
        self.metadata
            .annotations
            .get(TEMPLATE_GENERATION_ANNOTATION)?
            .parse()
            .ok()
    }
}
