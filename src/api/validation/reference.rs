//! References from a container's environment or a volume to fields of the pod.

use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::names;
use crate::api::quantity::Quantity;
use serde_json::Value;

/// What `fieldRef` may name in the environment; volumes have a list of their own.
pub const FIELD_REFS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const RESOURCE_REFS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// Models: validateObjectFieldSelector with ConvertDownwardAPIFieldLabel.
pub fn check_field_ref(errors: &mut Errors, reference: &Value, supported: &[&str], path: &Path) {
    let (version, field) = (reference.text("apiVersion"), reference.text("fieldPath"));
    if !errors.needed(&path.child("apiVersion"), version)
        || !errors.needed(&path.child("fieldPath"), field)
    {
        return;
    }
    let field_path = path.child("fieldPath");
    if version != "v1" {
        let detail = format!("error converting fieldPath: unsupported pod version: {version}");
        return errors.invalid(&field_path, go::quote(field), &detail);
    }
    let subscript = field
        .strip_suffix("']")
        .and_then(|field| field.split_once("['"));
    match subscript {
        Some(("metadata.annotations", key)) => {
            errors.invalid_text(
                path,
                &key.to_ascii_lowercase(),
                names::label_key(&key.to_ascii_lowercase()),
            );
        }
        Some(("metadata.labels", key)) => errors.invalid_text(path, key, names::label_key(key)),
        Some(_) => {
            let detail = format!(
                "error converting fieldPath: field label does not support subscript: {field}"
            );
            errors.invalid(&field_path, go::quote(field), &detail);
        }
        None => {
            let known = [
                "metadata.annotations",
                "metadata.labels",
                "spec.restartPolicy",
                "spec.schedulerName",
                "status.phase",
                "spec.host",
            ];
            if !supported.contains(&field)
                && !known.contains(&field)
                && !FIELD_REFS.contains(&field)
            {
                let detail =
                    format!("error converting fieldPath: field label not supported: {field}");
                errors.invalid(&field_path, go::quote(field), &detail);
            } else if !supported.contains(&field) && field != "spec.host" {
                errors.not_supported(&field_path, field, supported);
            }
        }
    }
}

/// Models: validateContainerResourceFieldSelector.
pub fn check_resource_ref(errors: &mut Errors, reference: &Value, in_volume: bool, path: &Path) {
    let resource = reference.text("resource");
    let huge =
        resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
    if in_volume && reference.text("containerName").is_empty() {
        errors.required(&path.child("containerName"), "");
    } else if resource.is_empty() {
        errors.required(&path.child("resource"), "");
    } else if !RESOURCE_REFS.contains(&resource) && !huge {
        errors.not_supported(&path.child("resource"), resource, &RESOURCE_REFS);
    }
    let divisor = reference
        .get("divisor")
        .and_then(Value::as_str)
        .and_then(|d| Quantity::parse(d).ok());
    let Some(divisor) = divisor.filter(|divisor| !divisor.is_zero()) else {
        return;
    };
    let of_cpu = resource.ends_with(".cpu");
    let (fits, what) = if of_cpu {
        (["1m", "1"].contains(&divisor.to_string().as_str()), "cpu")
    } else {
        let units = [
            "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
        ];
        let what = match resource {
            "limits.ephemeral-storage" | "requests.ephemeral-storage" => "local ephemeral storage",
            "limits.memory" | "requests.memory" => "memory",
            _ if huge => "hugepages",
            _ => return,
        };
        (units.contains(&divisor.to_string().as_str()), what)
    };
    if !fits {
        let values = if of_cpu {
            "1m and 1"
        } else {
            "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei"
        };
        let detail =
            format!("only divisor's values {values} are supported with the {what} resource");
        errors.invalid(&path.child("divisor"), go::quote(resource), &detail);
    }
}
