//! The daemon pod: how it is made from the template, which node it is meant for, whether it is up to date and available.

use super::eligibility::with_daemon_tolerations;
use crate::api::apps::{CONTROLLER_REVISION_HASH, DaemonSet, POD_TEMPLATE_GENERATION};
use crate::api::meta::{ObjectMeta, OwnerReference, StringMap, Time};
use crate::api::pod::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodStatus,
};

const NODE_NAME_FIELD: &str = "metadata.name";

/// The pod that the controller creates for a node.
///
/// Models: pkg/controller/daemon/util, CreatePodTemplate; daemon_controller.go, syncNodes; controller_utils.go, GetPodFromTemplate.
pub fn daemon_pod(set: &DaemonSet, node: &str, hash: &str) -> Pod {
    let template = &set.spec.template;
    let mut spec = with_daemon_tolerations(&template.spec);
    spec.affinity = Some(pinned_affinity(spec.affinity.as_ref(), node));
    Pod {
        metadata: ObjectMeta {
            generate_name: generate_name(&set.metadata.name),
            namespace: set.metadata.namespace.clone(),
            labels: pod_labels(&template.metadata.labels, set.template_generation(), hash),
            annotations: template.metadata.annotations.clone(),
            finalizers: template.metadata.finalizers.clone(),
            owner_references: vec![controller_ref(set)],
            ..ObjectMeta::default()
        },
        spec,
        status: PodStatus::default(),
    }
}

/// `NAME-`, or `NAME` where the dash would make the prefix invalid.
///
/// Models: controller_utils.go, getPodsPrefix.
fn generate_name(name: &str) -> String {
    let prefix = format!("{name}-");
    // A trailing dash is allowed in a prefix, so only the rest is checked.
    if name.len() < 253 {
        prefix
    } else {
        name.to_owned()
    }
}

/// The template's labels with hash and template generation.
pub fn pod_labels(labels: &StringMap, template_generation: Option<i64>, hash: &str) -> StringMap {
    let mut labels = labels.clone();
    if let Some(generation) = template_generation {
        labels.insert(POD_TEMPLATE_GENERATION.to_owned(), generation.to_string());
    }
    if !hash.is_empty() {
        labels.insert(CONTROLLER_REVISION_HASH.to_owned(), hash.to_owned());
    }
    labels
}

pub fn controller_ref(set: &DaemonSet) -> OwnerReference {
    OwnerReference {
        api_version: "apps/v1".to_owned(),
        kind: "DaemonSet".to_owned(),
        name: set.metadata.name.clone(),
        uid: set.metadata.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// The affinity with its required node terms replaced by "this node".
///
/// Models: pkg/controller/daemon/util, ReplaceDaemonSetPodNodeNameNodeAffinity.
pub fn pinned_affinity(affinity: Option<&Affinity>, node: &str) -> Affinity {
    let requirement = NodeSelectorRequirement {
        key: NODE_NAME_FIELD.to_owned(),
        operator: "In".to_owned(),
        values: vec![node.to_owned()],
    };
    let term = NodeSelectorTerm {
        match_fields: vec![requirement],
        ..NodeSelectorTerm::default()
    };
    let mut affinity = affinity.cloned().unwrap_or_default();
    let node_affinity = affinity
        .node_affinity
        .get_or_insert_with(NodeAffinity::default);
    node_affinity.required = Some(NodeSelector {
        node_selector_terms: vec![term],
    });
    affinity
}

/// The node that a daemon pod is meant for: where it is bound, else the node of its affinity.
///
/// Models: pkg/controller/daemon/util, GetTargetNodeName.
pub fn target_node(pod: &Pod) -> Option<&str> {
    if pod.is_bound() {
        return Some(&pod.spec.node_name);
    }
    let required = pod
        .spec
        .affinity
        .as_ref()?
        .node_affinity
        .as_ref()?
        .required
        .as_ref()?;
    for term in &required.node_selector_terms {
        for field in &term.match_fields {
            if field.key == NODE_NAME_FIELD && field.operator == "In" {
                return match field.values.as_slice() {
                    [one] => Some(one),
                    _ => None,
                };
            }
        }
    }
    None
}

/// Is the pod of the current template?
///
/// Models: pkg/controller/daemon/util, IsPodUpdated.
pub fn is_updated(pod: &Pod, hash: &str, template_generation: Option<i64>) -> bool {
    let by_generation = template_generation.is_some_and(|generation| {
        pod.metadata.label(POD_TEMPLATE_GENERATION) == Some(generation.to_string().as_str())
    });
    let by_hash = !hash.is_empty() && pod.metadata.label(CONTROLLER_REVISION_HASH) == Some(hash);
    by_generation || by_hash
}

/// When the pod becomes or became available: ready for minReadySeconds. `None`: it isn't ready.
///
/// Models: pkg/api/v1/pod/util.go, IsPodAvailable.
pub fn available_from(pod: &Pod, min_ready_seconds: i32) -> Option<Time> {
    let ready = pod
        .status
        .condition("Ready")
        .filter(|c| c.status == "True")?;
    if min_ready_seconds == 0 {
        return Some(Time(i64::MIN));
    }
    let since = ready.last_transition_time?;
    Some(Time(since.0.saturating_add(i64::from(min_ready_seconds))))
}
