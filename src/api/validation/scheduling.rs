//! What decides where a pod runs: tolerations, affinity, topology spread.

use super::selector::{BAD_OPERATOR, NEEDS_VALUES, NO_VALUES, check_json_selector};
use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::json;
use crate::api::names;
use crate::api::pod::{Affinity, NodeSelectorRequirement, NodeSelectorTerm, Toleration};
use crate::api::taint::{NO_EXECUTE, NO_SCHEDULE, PREFER_NO_SCHEDULE};
use serde_json::Value;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Models: validateTaintEffect, for an effect that is there.
pub fn check_effect(errors: &mut Errors, effect: &str, path: &Path) {
    errors.one_of(path, effect, &[NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE]);
}

/// Models: ValidateTolerations, with the Lt and Gt operators off.
pub fn check_tolerations(errors: &mut Errors, tolerations: &[Toleration], path: &Path) {
    for (i, toleration) in tolerations.iter().enumerate() {
        let path = path.index(i);
        let (key, operator) = (toleration.key.as_str(), toleration.operator.as_str());
        let operator_path = path.child("operator");
        if !key.is_empty() {
            errors.invalid_text(&path.child("key"), key, names::label_key(key));
        }
        if key.is_empty() && operator != "Exists" {
            errors.invalid(
                &operator_path,
                go::quote(operator),
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            );
        }
        if toleration.toleration_seconds.is_some() && toleration.effect != NO_EXECUTE {
            errors.invalid(
                &path.child("effect"),
                go::quote(&toleration.effect),
                "effect must be 'NoExecute' when `tolerationSeconds` is set",
            );
        }
        match operator {
            "Equal" | "" => {
                let problems = names::label_value(&toleration.value);
                if !problems.is_empty() {
                    let value = go::quote(&toleration.value);
                    errors.invalid(&operator_path, value, &problems.join(";"));
                }
            }
            "Exists" => {
                if !toleration.value.is_empty() {
                    let value = go::quote(&toleration.value);
                    let detail = "value must be empty when `operator` is 'Exists'";
                    errors.invalid(&operator_path, value, detail);
                }
            }
            "Lt" | "Gt" => {
                errors.not_supported(&operator_path, operator, &["Equal", "Exists", "Lt", "Gt"]);
            }
            _ => errors.not_supported(&operator_path, operator, &["Equal", "Exists"]),
        }
        if !toleration.effect.is_empty() {
            check_effect(errors, &toleration.effect, &path.child("effect"));
        }
    }
}

/// Models: validateAffinity.
pub fn check_affinity(errors: &mut Errors, affinity: &Affinity, path: &Path) {
    if let Some(node) = &affinity.node_affinity {
        let path = path.child("nodeAffinity");
        if let Some(required) = &node.required {
            let terms = path.child(REQUIRED).child("nodeSelectorTerms");
            if required.node_selector_terms.is_empty() {
                errors.required(&terms, "must have at least one node selector term");
            }
            for (i, term) in required.node_selector_terms.iter().enumerate() {
                check_node_term(errors, term, true, &terms.index(i));
            }
        }
        for (i, preferred) in node.extra.items(PREFERRED).iter().enumerate() {
            let path = path.child(PREFERRED).index(i);
            check_weight(errors, preferred, &path);
            let preference = preferred.get("preference").cloned().unwrap_or_default();
            if let Ok(term) = json::read(preference) {
                check_node_term(errors, &term, false, &path.child("preference"));
            }
        }
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let Some(affinity) = affinity.extra.get(kind) else {
            continue;
        };
        let path = path.child(kind);
        for (i, term) in affinity.items(REQUIRED).iter().enumerate() {
            check_pod_term(errors, term, &path.child(REQUIRED).index(i));
        }
        for (i, weighted) in affinity.items(PREFERRED).iter().enumerate() {
            let path = path.child(PREFERRED).index(i);
            check_weight(errors, weighted, &path);
            let term = weighted.get("podAffinityTerm").unwrap_or(&Value::Null);
            check_pod_term(errors, term, &path.child("podAffinityTerm"));
        }
    }
}

fn check_weight(errors: &mut Errors, weighted: &Value, path: &Path) {
    let weight = weighted.number("weight").unwrap_or(0);
    if !(1..=100).contains(&weight) {
        errors.invalid(
            &path.child("weight"),
            weight.to_string(),
            "must be in the range 1-100",
        );
    }
}

/// Models: ValidateNodeSelectorTerm; preferred terms may have values that are no label values.
fn check_node_term(errors: &mut Errors, term: &NodeSelectorTerm, check_values: bool, path: &Path) {
    for (i, requirement) in term.match_expressions.iter().enumerate() {
        let path = path.child("matchExpressions").index(i);
        check_node_requirement(errors, requirement, check_values, &path);
    }
    for (i, requirement) in term.match_fields.iter().enumerate() {
        let path = path.child("matchFields").index(i);
        match requirement.operator.as_str() {
            "In" | "NotIn" => {
                if requirement.values.len() != 1 {
                    errors.required(
                        &path.child("values"),
                        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
                    );
                }
            }
            other => errors.invalid(&path.child("operator"), go::quote(other), BAD_OPERATOR),
        }
        if requirement.key == "metadata.name" {
            for (i, value) in requirement.values.iter().enumerate() {
                let path = path.child("values").index(i);
                errors.invalid_text(&path, value, names::dns_subdomain(value));
            }
        } else {
            let value = go::quote(&requirement.key);
            errors.invalid(&path.child("key"), value, "not a valid field selector key");
        }
    }
}

fn check_node_requirement(
    errors: &mut Errors,
    requirement: &NodeSelectorRequirement,
    check_values: bool,
    path: &Path,
) {
    let values = path.child("values");
    match requirement.operator.as_str() {
        "In" | "NotIn" => {
            if requirement.values.is_empty() {
                errors.required(&values, NEEDS_VALUES);
            }
        }
        "Exists" | "DoesNotExist" => {
            if !requirement.values.is_empty() {
                errors.forbidden(&values, NO_VALUES);
            }
        }
        "Gt" | "Lt" => {
            if requirement.values.len() != 1 {
                let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
                errors.required(&values, detail);
            }
        }
        other => errors.invalid(&path.child("operator"), go::quote(other), BAD_OPERATOR),
    }
    let key = &requirement.key;
    errors.invalid_text(&path.child("key"), key, names::label_key(key));
    if check_values {
        for (i, value) in requirement.values.iter().enumerate() {
            errors.invalid_text(&values.index(i), value, names::label_value(value));
        }
    }
}

/// Models: validatePodAffinityTerm.
fn check_pod_term(errors: &mut Errors, term: &Value, path: &Path) {
    check_json_selector(
        errors,
        term.get("labelSelector"),
        &path.child("labelSelector"),
    );
    check_json_selector(
        errors,
        term.get("namespaceSelector"),
        &path.child("namespaceSelector"),
    );
    for name in term.items("namespaces").iter().filter_map(Value::as_str) {
        errors.dns_label(&path.child("namespace"), name);
    }
    let key = term.text("topologyKey");
    let key_path = path.child("topologyKey");
    if key.is_empty() {
        errors.required(&key_path, "can not be empty");
    }
    errors.invalid_text(&key_path, key, names::label_key(key));
}

/// Models: validateTopologySpreadConstraints.
pub fn check_topology_spread(errors: &mut Errors, constraints: &[Value], path: &Path) {
    let pair = |c: &Value| {
        (
            c.text("topologyKey").to_owned(),
            c.text("whenUnsatisfiable").to_owned(),
        )
    };
    for (i, constraint) in constraints.iter().enumerate() {
        let path = path.index(i);
        let action = constraint.text("whenUnsatisfiable");
        errors.positive(
            &path.child("maxSkew"),
            constraint.number("maxSkew").unwrap_or(0),
        );
        if constraint.text("topologyKey").is_empty() {
            errors.required(&path.child("topologyKey"), "can not be empty");
        }
        let actions = ["DoNotSchedule", "ScheduleAnyway"];
        if !actions.contains(&action) {
            errors.not_supported(&path.child("whenUnsatisfiable"), action, &actions);
        }
        let this = pair(constraint);
        // Many constraints of one kind would be compared over and over: one look ahead is enough to find a repetition.
        if constraints
            .iter()
            .skip(i + 1)
            .take(64)
            .any(|other| pair(other) == this)
        {
            let value = format!("{{{}, {}}}", this.0, this.1);
            errors.duplicate(&path.child("{topologyKey, whenUnsatisfiable}"), &value);
        }
        if let Some(domains) = constraint.number("minDomains") {
            let path = path.child("minDomains");
            errors.positive(&path, domains);
            if action != "DoNotSchedule" {
                let detail = format!(
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
                );
                errors.invalid(&path, domains.to_string(), &detail);
            }
        }
        for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            let policies = ["Honor", "Ignore"];
            if let Some(policy) = constraint.get(field).and_then(Value::as_str)
                && !policies.contains(&policy)
            {
                errors.not_supported(&path.child(field), policy, &policies);
            }
        }
        check_json_selector(
            errors,
            constraint.get("labelSelector"),
            &path.child("labelSelector"),
        );
    }
}
