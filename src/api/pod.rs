//! Pod (v1) and what its spec and status are made of.

use super::json::json_object;
use super::meta::{Extra, ObjectMeta, StringMap, Time, is_default};
use super::quantity::Quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::rc::Rc;

/// v1.ResourceList: `cpu`, `memory`, `pods`, `nvidia.com/gpu`, … to an amount.
pub type ResourceList = BTreeMap<String, Quantity>;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pod {
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
    #[serde(skip_serializing_if = "is_default")]
    pub status: PodStatus,
}

json_object!(Pod by default {
    metadata: "metadata",
    spec: "spec",
    status: "status",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PodTemplateSpec {
    #[serde(skip_serializing_if = "is_default")]
    pub metadata: ObjectMeta,
    pub spec: PodSpec,
}

json_object!(PodTemplateSpec by default {
    metadata: "metadata",
    spec: "spec",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    #[serde(skip_serializing_if = "is_default")]
    pub init_containers: Vec<Container>,
    #[serde(skip_serializing_if = "is_default")]
    pub containers: Vec<Container>,
    #[serde(skip_serializing_if = "is_default")]
    pub node_name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub node_selector: StringMap,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    #[serde(skip_serializing_if = "is_default")]
    pub tolerations: Vec<Toleration>,
    #[serde(skip_serializing_if = "is_default")]
    pub restart_policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub termination_grace_period_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_deadline_seconds: Option<i64>,
    #[serde(skip_serializing_if = "is_default")]
    pub dns_policy: String,
    #[serde(skip_serializing_if = "is_default")]
    pub host_network: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub scheduler_name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub priority_class_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption_policy: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub overhead: ResourceList,
    #[serde(skip_serializing_if = "is_default")]
    pub volumes: Vec<Volume>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(PodSpec by default {
    init_containers: "initContainers",
    containers: "containers",
    node_name: "nodeName",
    node_selector: "nodeSelector",
    affinity: "affinity",
    tolerations: "tolerations",
    restart_policy: "restartPolicy",
    termination_grace_period_seconds: "terminationGracePeriodSeconds",
    active_deadline_seconds: "activeDeadlineSeconds",
    dns_policy: "dnsPolicy",
    host_network: "hostNetwork",
    scheduler_name: "schedulerName",
    priority_class_name: "priorityClassName",
    priority: "priority",
    preemption_policy: "preemptionPolicy",
    overhead: "overhead",
    volumes: "volumes",
} extra);

/// A volume: we look at its name and at which kind of source it has (drain asks for emptyDir).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    pub name: String,
    /// Shared: the token volume of all pods is the same but for its name.
    #[serde(flatten)]
    pub source: Rc<Extra>,
}

json_object!(Volume by default {
    name: "name",
} source);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub image: String,
    #[serde(skip_serializing_if = "is_default")]
    pub image_pull_policy: String,
    #[serde(skip_serializing_if = "is_default")]
    pub ports: Vec<ContainerPort>,
    pub resources: ResourceRequirements,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub liveness_probe: Option<Probe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readiness_probe: Option<Probe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup_probe: Option<Probe>,
    /// Only on init containers: `Always` makes it a sidecar.
    #[serde(skip_serializing_if = "is_default")]
    pub restart_policy: String,
    #[serde(skip_serializing_if = "is_default")]
    pub termination_message_path: String,
    #[serde(skip_serializing_if = "is_default")]
    pub termination_message_policy: String,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(Container by default {
    name: "name",
    image: "image",
    image_pull_policy: "imagePullPolicy",
    ports: "ports",
    resources: "resources",
    liveness_probe: "livenessProbe",
    readiness_probe: "readinessProbe",
    startup_probe: "startupProbe",
    restart_policy: "restartPolicy",
    termination_message_path: "terminationMessagePath",
    termination_message_policy: "terminationMessagePolicy",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerPort {
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub host_port: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub container_port: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub protocol: String,
    #[serde(rename = "hostIP", skip_serializing_if = "is_default")]
    pub host_ip: String,
}

json_object!(ContainerPort by default {
    name: "name",
    host_port: "hostPort",
    container_port: "containerPort",
    protocol: "protocol",
    host_ip: "hostIP",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceRequirements {
    #[serde(skip_serializing_if = "is_default")]
    pub limits: ResourceList,
    #[serde(skip_serializing_if = "is_default")]
    pub requests: ResourceList,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(ResourceRequirements by default {
    limits: "limits",
    requests: "requests",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Probe {
    #[serde(skip_serializing_if = "is_default")]
    pub initial_delay_seconds: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub timeout_seconds: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub period_seconds: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub success_threshold: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub failure_threshold: i32,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(Probe by default {
    initial_delay_seconds: "initialDelaySeconds",
    timeout_seconds: "timeoutSeconds",
    period_seconds: "periodSeconds",
    success_threshold: "successThreshold",
    failure_threshold: "failureThreshold",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Toleration {
    #[serde(skip_serializing_if = "is_default")]
    pub key: String,
    #[serde(skip_serializing_if = "is_default")]
    pub operator: String,
    #[serde(skip_serializing_if = "is_default")]
    pub value: String,
    #[serde(skip_serializing_if = "is_default")]
    pub effect: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

json_object!(Toleration by default {
    key: "key",
    operator: "operator",
    value: "value",
    effect: "effect",
    toleration_seconds: "tolerationSeconds",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Affinity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_affinity: Option<NodeAffinity>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(Affinity by default {
    node_affinity: "nodeAffinity",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeAffinity {
    #[serde(
        rename = "requiredDuringSchedulingIgnoredDuringExecution",
        skip_serializing_if = "Option::is_none"
    )]
    pub required: Option<NodeSelector>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(NodeAffinity by default {
    required: "requiredDuringSchedulingIgnoredDuringExecution",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelector {
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

json_object!(NodeSelector by default {
    node_selector_terms: "nodeSelectorTerms",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelectorTerm {
    #[serde(skip_serializing_if = "is_default")]
    pub match_expressions: Vec<NodeSelectorRequirement>,
    #[serde(skip_serializing_if = "is_default")]
    pub match_fields: Vec<NodeSelectorRequirement>,
}

json_object!(NodeSelectorTerm by default {
    match_expressions: "matchExpressions",
    match_fields: "matchFields",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelectorRequirement {
    pub key: String,
    pub operator: String,
    #[serde(skip_serializing_if = "is_default")]
    pub values: Vec<String>,
}

json_object!(NodeSelectorRequirement by default {
    key: "key",
    operator: "operator",
    values: "values",
});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    #[serde(skip_serializing_if = "is_default")]
    pub phase: String,
    #[serde(skip_serializing_if = "is_default")]
    pub conditions: Vec<PodCondition>,
    #[serde(skip_serializing_if = "is_default")]
    pub message: String,
    #[serde(skip_serializing_if = "is_default")]
    pub reason: String,
    #[serde(skip_serializing_if = "is_default")]
    pub nominated_node_name: String,
    #[serde(rename = "hostIP", skip_serializing_if = "is_default")]
    pub host_ip: String,
    #[serde(rename = "podIP", skip_serializing_if = "is_default")]
    pub pod_ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
    #[serde(skip_serializing_if = "is_default")]
    pub init_container_statuses: Vec<ContainerStatus>,
    #[serde(skip_serializing_if = "is_default")]
    pub container_statuses: Vec<ContainerStatus>,
    #[serde(skip_serializing_if = "is_default")]
    pub qos_class: String,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(PodStatus by default {
    phase: "phase",
    conditions: "conditions",
    message: "message",
    reason: "reason",
    nominated_node_name: "nominatedNodeName",
    host_ip: "hostIP",
    pod_ip: "podIP",
    start_time: "startTime",
    init_container_statuses: "initContainerStatuses",
    container_statuses: "containerStatuses",
    qos_class: "qosClass",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodCondition {
    #[serde(rename = "type")]
    pub type_: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
    #[serde(skip_serializing_if = "is_default")]
    pub reason: String,
    #[serde(skip_serializing_if = "is_default")]
    pub message: String,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(PodCondition by default {
    type_: "type",
    status: "status",
    last_transition_time: "lastTransitionTime",
    reason: "reason",
    message: "message",
} extra);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    pub name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub state: ContainerState,
    #[serde(skip_serializing_if = "is_default")]
    pub last_state: ContainerState,
    pub ready: bool,
    pub restart_count: i32,
    pub image: String,
    #[serde(rename = "imageID")]
    pub image_id: String,
    #[serde(rename = "containerID", skip_serializing_if = "is_default")]
    pub container_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<bool>,
    #[serde(flatten)]
    pub extra: Extra,
}

json_object!(ContainerStatus by default {
    name: "name",
    state: "state",
    last_state: "lastState",
    ready: "ready",
    restart_count: "restartCount",
    image: "image",
    image_id: "imageID",
    container_id: "containerID",
    started: "started",
} extra);

/// At most one of the three is set; none means waiting without a reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Terminated>,
}

json_object!(ContainerState by default {
    waiting: "waiting",
    running: "running",
    terminated: "terminated",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    #[serde(skip_serializing_if = "is_default")]
    pub reason: String,
    #[serde(skip_serializing_if = "is_default")]
    pub message: String,
}

json_object!(Waiting by default {
    reason: "reason",
    message: "message",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Running {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
}

json_object!(Running by default {
    started_at: "startedAt",
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Terminated {
    pub exit_code: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub signal: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub reason: String,
    #[serde(skip_serializing_if = "is_default")]
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Time>,
    #[serde(rename = "containerID", skip_serializing_if = "is_default")]
    pub container_id: String,
}

json_object!(Terminated by default {
    exit_code: "exitCode",
    signal: "signal",
    reason: "reason",
    message: "message",
    started_at: "startedAt",
    finished_at: "finishedAt",
    container_id: "containerID",
});

/// Phases of a pod's life.
pub mod phase {
    pub const PENDING: &str = "Pending";
    pub const RUNNING: &str = "Running";
    pub const SUCCEEDED: &str = "Succeeded";
    pub const FAILED: &str = "Failed";
}

impl PodStatus {
    pub fn condition(&self, type_: &str) -> Option<&PodCondition> {
        self.conditions.iter().find(|c| c.type_ == type_)
    }

    /// Sets a condition; its transition time moves only when the status changes. True if anything changed.
    ///
    /// Models: pkg/api/v1/pod/util.go, UpdatePodCondition.
    pub fn set_condition(
        &mut self,
        type_: &str,
        status: &str,
        reason: &str,
        message: &str,
        now: Time,
    ) -> bool {
        if let Some(old) = self.conditions.iter_mut().find(|c| c.type_ == type_) {
            let same = old.status == status && old.reason == reason && old.message == message;
            if old.status != status {
                old.last_transition_time = Some(now);
            }
            old.status = status.to_owned();
            old.reason = reason.to_owned();
            old.message = message.to_owned();
            return !same;
        }
        self.conditions.push(PodCondition {
            type_: type_.to_owned(),
            status: status.to_owned(),
            last_transition_time: Some(now),
            reason: reason.to_owned(),
            message: message.to_owned(),
            extra: Extra::new(),
        });
        true
    }
}

impl Pod {
    /// Models: pkg/api/v1/pod/util.go, IsPodReady.
    pub fn is_ready(&self) -> bool {
        self.status
            .condition("Ready")
            .is_some_and(|c| c.status == "True")
    }

    /// Succeeded or Failed: it will never run again.
    pub fn is_terminal(&self) -> bool {
        self.status.phase == phase::SUCCEEDED || self.status.phase == phase::FAILED
    }

    pub fn is_bound(&self) -> bool {
        !self.spec.node_name.is_empty()
    }
}
