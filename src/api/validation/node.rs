//! Nodes.
//!
//! Models: pkg/apis/core/validation, ValidateNode and ValidateNodeUpdate.

use super::meta::{check_meta, check_meta_update};
use super::scheduling::check_effect;
use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::names;
use crate::api::node::{Node, Taint};
use crate::api::status::{FieldError, FieldErrorType};
use crate::sim::map::Set;

pub fn validate_node(node: &Node) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta(&mut errors, &node.metadata, false, names::dns_subdomain);
    check_taints(&mut errors, &node.spec.taints, &taints_path());
    check_resources(&mut errors, node);
    errors.list
}

pub fn validate_node_update(new: &Node, old: &Node) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta_update(
        &mut errors,
        &new.metadata,
        &old.metadata,
        &Path::root("metadata"),
    );
    check_resources(&mut errors, new);
    let spec = Path::root("spec");
    let from_empty =
        |what: &str| format!("node updates may not change {what} except from \"\" to valid");
    let (old_cidrs, new_cidrs) = (
        old.spec.extra.items("podCIDRs"),
        new.spec.extra.items("podCIDRs"),
    );
    if !old_cidrs.is_empty() && old_cidrs != new_cidrs {
        errors.forbidden(&spec.child("podCIDRs"), &from_empty("podCIDR"));
    }
    let (old_id, new_id) = (
        old.spec.extra.text("providerID"),
        new.spec.extra.text("providerID"),
    );
    if !old_id.is_empty() && old_id != new_id {
        errors.forbidden(&spec.child("providerID"), &from_empty("providerID"));
    }
    check_taints(&mut errors, &new.spec.taints, &taints_path());
    errors.list
}

/// Upstream really reports taints below metadata.
fn taints_path() -> Path {
    Path::root("metadata").child("taints")
}

/// Models: validateNodeTaints.
fn check_taints(errors: &mut Errors, taints: &[Taint], path: &Path) {
    let mut seen = Set::new();
    for (i, taint) in taints.iter().enumerate() {
        let path = path.index(i);
        errors.invalid_text(&path.child("key"), &taint.key, names::label_key(&taint.key));
        let value_errors = names::label_value(&taint.value);
        if !value_errors.is_empty() {
            errors.invalid(
                &path.child("value"),
                go::quote(&taint.value),
                &value_errors.join(";"),
            );
        }
        if errors.needed(&path.child("effect"), &taint.effect) {
            check_effect(errors, &taint.effect, &path.child("effect"));
        }
        if !seen.insert((&taint.effect, &taint.key)) {
            // Upstream prints its internal type, whose fields have no JSON names.
            let value = format!(
                "{{\"Key\":{},\"Value\":{},\"Effect\":{},\"TimeAdded\":{}}}",
                go::json(&taint.key),
                go::json(&taint.value),
                go::json(&taint.effect),
                go::json(&taint.time_added)
            );
            let detail = "taints must be unique by key and effect pair";
            errors.add(FieldErrorType::Duplicate, &path, value, detail);
        }
    }
}

fn check_resources(errors: &mut Errors, node: &Node) {
    let status = Path::root("status");
    for (field, list) in [
        ("capacity", &node.status.capacity),
        ("allocatable", &node.status.allocatable),
    ] {
        for (name, quantity) in list {
            let path = status.child(field).child(name);
            super::resources::check_quantity(errors, name, quantity, &path);
        }
    }
}
