//! Pods: created, and what may change later.
//!
//! Models: pkg/apis/core/validation, ValidatePodCreate and ValidatePodUpdate.

use super::meta::{check_meta, check_meta_update};
use super::pod_spec::{Context, check_pod_spec};
use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::names;
use crate::api::pod::{Pod, PodSpec, Toleration};
use crate::api::status::FieldError;

const UPDATABLE: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

pub fn validate_pod(pod: &Pod) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_pod(&mut errors, pod);
    let spec = Path::root("spec");
    if !pod.spec.extra.items("ephemeralContainers").is_empty() {
        errors.forbidden(
            &spec.child("ephemeralContainers"),
            "cannot be set on create",
        );
    }
    if pod.is_bound() && !pod.spec.extra.items("schedulingGates").is_empty() {
        let detail = "cannot be set until all schedulingGates have been cleared";
        errors.forbidden(&spec.child("nodeName"), detail);
    }
    errors.list
}

/// Differs: of pods with scheduling gates nothing more may change than of others; and there is no diff behind the message.
pub fn validate_pod_update(new: &Pod, old: &Pod) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta_update(
        &mut errors,
        &new.metadata,
        &old.metadata,
        &Path::root("metadata"),
    );
    check_pod(&mut errors, new);
    let spec = Path::root("spec");
    for (field, new, old) in [
        ("containers", &new.spec.containers, &old.spec.containers),
        (
            "initContainers",
            &new.spec.init_containers,
            &old.spec.init_containers,
        ),
    ] {
        if new.len() != old.len() {
            let detail = "pod updates may not add or remove containers";
            errors.forbidden(&spec.child(field), detail);
            return errors.list;
        }
    }
    let deadline = spec.child("activeDeadlineSeconds");
    match (
        new.spec.active_deadline_seconds,
        old.spec.active_deadline_seconds,
    ) {
        (Some(new), Some(old)) if new > old => {
            let detail = "must be less than or equal to previous value";
            errors.invalid(&deadline, new.to_string(), detail);
            return errors.list;
        }
        (None, Some(_)) => {
            let detail = "must not update from a positive integer to nil value";
            errors.invalid(&deadline, go::quote("null"), detail);
        }
        _ => {}
    }
    if !keeps_tolerations(&new.spec.tolerations, &old.spec.tolerations) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        errors.forbidden(&spec.child("tolerations"), detail);
    }
    if !equal_but_for_what_may_change(&new.spec, &old.spec) {
        errors.forbidden(&spec, UPDATABLE);
    }
    errors.list
}

/// Models: validateOnlyAddedTolerations.
fn keeps_tolerations(new: &[Toleration], old: &[Toleration]) -> bool {
    old.iter().all(|old| {
        new.iter().any(|new| {
            let toleration_seconds = new.toleration_seconds;
            *new == Toleration {
                toleration_seconds,
                ..old.clone()
            }
        })
    })
}

fn equal_but_for_what_may_change(new: &PodSpec, old: &PodSpec) -> bool {
    let mut new = new.clone();
    let lists = [
        (&mut new.containers, &old.containers),
        (&mut new.init_containers, &old.init_containers),
    ];
    for (new, old) in lists {
        for (new, old) in new.iter_mut().zip(old) {
            new.image.clone_from(&old.image);
        }
    }
    new.active_deadline_seconds = old.active_deadline_seconds;
    new.tolerations.clone_from(&old.tolerations);
    // Gates can only go away; a new one makes the specs differ.
    let gates = |spec: &PodSpec| spec.extra.items("schedulingGates").to_vec();
    let (new_gates, old_gates) = (gates(&new), gates(old));
    if new_gates.iter().all(|gate| old_gates.contains(gate)) {
        new.extra.remove("schedulingGates");
        if let Some(gates) = old.extra.get("schedulingGates") {
            new.extra
                .insert("schedulingGates".to_owned(), gates.clone());
        }
    }
    if old
        .termination_grace_period_seconds
        .is_some_and(|seconds| seconds < 0)
        && new.termination_grace_period_seconds == Some(1)
    {
        new.termination_grace_period_seconds = old.termination_grace_period_seconds;
    }
    new == *old
}

/// Models: validatePodMetadataAndSpec.
fn check_pod(errors: &mut Errors, pod: &Pod) {
    check_meta(errors, &pod.metadata, true, names::dns_subdomain);
    let spec = Path::root("spec");
    check_pod_spec(errors, &pod.spec, &spec, Context::Pod);
    for (field, containers) in [
        ("containers", &pod.spec.containers),
        ("initContainers", &pod.spec.init_containers),
    ] {
        for (i, container) in containers.iter().enumerate() {
            if container.image.trim() != container.image {
                let path = spec.child(field).index(i).child("image");
                let value = go::quote(&container.image);
                errors.invalid(&path, value, "must not have leading or trailing whitespace");
            }
        }
    }
}
