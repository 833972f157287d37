//! Requests and limits.

use super::{Errors, Fields, NOT_NEGATIVE, Path};
use crate::api::go;
use crate::api::names;
use crate::api::pod::ResourceRequirements;
use crate::api::quantity::Quantity;
use crate::sim::map::{Map, Set};
use serde_json::Value;
use std::cmp::Ordering;

/// Models: validateResourceRequirements.
pub fn check_resources(
    errors: &mut Errors,
    resources: &ResourceRequirements,
    claims: &Set<&str>,
    path: &Path,
    of_pod: bool,
) {
    let (limits_path, requests_path) = (path.child("limits"), path.child("requests"));
    let check_name: fn(&mut Errors, &str, &Path) = if of_pod {
        check_pod_resource_name
    } else {
        check_resource_name
    };
    for (name, limit) in &resources.limits {
        let path = limits_path.key(name);
        check_name(errors, name, &path);
        check_quantity(errors, name, limit, &path);
        check_huge_page(errors, name, limit, &path);
    }
    for (name, request) in &resources.requests {
        let path = requests_path.key(name);
        check_name(errors, name, &path);
        check_quantity(errors, name, request, &path);
        let overcommit = may_overcommit(name);
        if let Some(limit) = resources.limits.get(name) {
            let order = request.compare(limit);
            let relation = match (order, overcommit) {
                (Ordering::Equal, _) | (Ordering::Less, true) => "",
                (_, false) => "equal to",
                (Ordering::Greater, true) => "less than or equal to",
            };
            if !relation.is_empty() {
                let detail = format!("must be {relation} {name} limit of {limit}");
                errors.invalid(&requests_path, go::quote(&request.to_string()), &detail);
            }
        } else if !overcommit {
            errors.required(
                &limits_path,
                "Limit must be set for non overcommitable resources",
            );
        }
        check_huge_page(errors, name, request, &path);
    }
    let mut all = resources.limits.keys().chain(resources.requests.keys());
    let any_huge = all.clone().any(|name| name.starts_with("hugepages-"));
    if any_huge && !all.any(|name| name == "cpu" || name == "memory") {
        errors.forbidden(path, "HugePages require cpu or memory");
    }
    check_claims(
        errors,
        resources.extra.items("claims"),
        claims,
        &path.child("claims"),
    );
}

/// Models: validateResourceClaimNames, without requests of a claim.
fn check_claims(errors: &mut Errors, used: &[Value], claims: &Set<&str>, path: &Path) {
    let mut seen: Map<&str, Set<&str>> = Map::new();
    for (i, claim) in used.iter().enumerate() {
        let path = path.index(i);
        let (name, request) = (claim.text("name"), claim.text("request"));
        if !errors.needed(&path, name) {
            continue;
        }
        let requests = seen.or_default(name);
        if requests.contains("")
            || (request.is_empty() && !requests.is_empty())
            || requests.contains(request)
        {
            errors.duplicate(&path, name);
        }
        requests.insert(request);
        if !claims.contains(name) {
            let known: Vec<&str> = claims.iter().copied().collect();
            let detail = if known.is_empty() {
                "must be one of the names in pod.spec.resourceClaims which is empty".to_owned()
            } else {
                format!(
                    "must be one of the names in pod.spec.resourceClaims: {}",
                    known.join(", ")
                )
            };
            errors.not_found(&path, name, &detail);
        }
    }
}

/// Models: validateContainerResourceName.
fn check_resource_name(errors: &mut Errors, name: &str, path: &Path) {
    let value = || go::quote(name);
    let problems = names::label_key(name);
    let qualified = problems.is_empty();
    errors.invalid_text(path, name, problems);
    if !name.contains('/') {
        let for_containers = ["cpu", "memory", "ephemeral-storage"].contains(&name)
            || name.starts_with("hugepages-");
        let elsewhere = [
            "storage",
            "pods",
            "services",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "configmaps",
            "persistentvolumeclaims",
            "requests.cpu",
            "requests.memory",
            "requests.storage",
            "requests.ephemeral-storage",
            "limits.cpu",
            "limits.memory",
            "limits.ephemeral-storage",
            "services.nodeports",
            "services.loadbalancers",
        ];
        if qualified && !for_containers && !elsewhere.contains(&name) {
            errors.invalid(
                path,
                value(),
                "must be a standard resource type or fully qualified",
            );
        }
        if !for_containers {
            errors.invalid(path, value(), "must be a standard resource for containers");
        }
    } else if !is_native(name) && !is_extended(name) {
        errors.invalid(
            path,
            value(),
            "doesn't follow extended resource name standard",
        );
    }
}

/// Models: validatePodResourceName.
fn check_pod_resource_name(errors: &mut Errors, name: &str, path: &Path) {
    if !["cpu", "memory"].contains(&name) && !name.starts_with("hugepages-") {
        errors.not_supported(path, name, &["cpu", "hugepages-", "memory"]);
    }
}

/// Models: ValidateResourceQuantityValue.
pub fn check_quantity(errors: &mut Errors, name: &str, quantity: &Quantity, path: &Path) {
    let value = go::quote(&quantity.to_string());
    if quantity.is_negative() {
        errors.invalid(path, value.clone(), NOT_NEGATIVE);
    }
    let countable = [
        "pods",
        "services",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
    ];
    if (countable.contains(&name) || is_extended(name)) && !quantity.is_multiple_of(1) {
        errors.invalid(path, value, "must be an integer");
    }
}

fn check_huge_page(errors: &mut Errors, name: &str, quantity: &Quantity, path: &Path) {
    let Some(size) = name.strip_prefix("hugepages-") else {
        return;
    };
    let size = Quantity::parse(size).map_or(0, |size| size.value());
    if !quantity.is_multiple_of(size) {
        let detail = format!("{quantity} is not positive integer multiple of {name}");
        errors.invalid(path, go::quote(&quantity.to_string()), &detail);
    }
}

fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// Models: helper.IsExtendedResourceName.
fn is_extended(name: &str) -> bool {
    !is_native(name)
        && !name.starts_with("requests.")
        && names::label_key(&format!("requests.{name}")).is_empty()
}

/// Models: helper.IsOvercommitAllowed.
fn may_overcommit(name: &str) -> bool {
    is_native(name) && !name.starts_with("hugepages-")
}
