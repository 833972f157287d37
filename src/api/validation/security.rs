//! Security contexts of pods and containers.
//!
//! Models: pkg/apis/core/validation, validatePodSpecSecurityContext and ValidateSecurityContext.
//! Differs: privileged containers are always allowed, as on clusters that run daemons; sysctls and Windows options aren't checked.

use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::names;
use crate::api::pod::PodSpec;
use serde_json::Value;

pub fn check_pod_context(errors: &mut Errors, spec: &PodSpec, path: &Path) {
    let Some(context) = spec.extra.get("securityContext") else {
        return;
    };
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        check_id(errors, context.number(field), &path.child(field));
    }
    for (i, group) in context.items("supplementalGroups").iter().enumerate() {
        check_id(
            errors,
            group.as_i64(),
            &path.child("supplementalGroups").index(i),
        );
    }
    if spec.extra.flag("shareProcessNamespace") == Some(true)
        && spec.extra.flag("hostPID") == Some(true)
    {
        errors.invalid(
            &path.child("shareProcessNamespace"),
            "true".to_owned(),
            "ShareProcessNamespace and HostPID cannot both be enabled",
        );
    }
    check_word(
        errors,
        context,
        "fsGroupChangePolicy",
        &["Always", "OnRootMismatch"],
        path,
    );
    check_seccomp(
        errors,
        context.get("seccompProfile"),
        &path.child("seccompProfile"),
    );
    check_app_armor(
        errors,
        context.get("appArmorProfile"),
        &path.child("appArmorProfile"),
    );
    check_word(
        errors,
        context,
        "supplementalGroupsPolicy",
        &["Merge", "Strict"],
        path,
    );
    check_word(
        errors,
        context,
        "seLinuxChangePolicy",
        &["MountOption", "Recursive"],
        path,
    );
}

pub fn check_container_context(
    errors: &mut Errors,
    context: Option<&Value>,
    host_users: bool,
    path: &Path,
) {
    let Some(context) = context else { return };
    for field in ["runAsUser", "runAsGroup"] {
        check_id(errors, context.number(field), &path.child(field));
    }
    check_word(errors, context, "procMount", &["Default", "Unmasked"], path);
    if host_users && context.text("procMount") == "Unmasked" {
        let detail = "`hostUsers` must be false to use `Unmasked`";
        errors.invalid(&path.child("procMount"), go::quote("Unmasked"), detail);
    }
    check_seccomp(
        errors,
        context.get("seccompProfile"),
        &path.child("seccompProfile"),
    );
    if context.flag("allowPrivilegeEscalation") == Some(false) {
        if context.flag("privileged") == Some(true) {
            errors.invalid(
                path,
                internal_context(context),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
            );
        }
        let added = context
            .get("capabilities")
            .map_or(&[][..], |c| c.items("add"));
        if added.iter().any(|capability| capability == "CAP_SYS_ADMIN") {
            errors.invalid(
                path,
                internal_context(context),
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
            );
        }
    }
    check_app_armor(
        errors,
        context.get("appArmorProfile"),
        &path.child("appArmorProfile"),
    );
}

/// Upstream prints its internal type, whose fields have no JSON names.
/// Differs: what is nested is printed with the names of the manifest.
fn internal_context(context: &Value) -> String {
    let fields = [
        ("Capabilities", "capabilities"),
        ("Privileged", "privileged"),
        ("SELinuxOptions", "seLinuxOptions"),
        ("WindowsOptions", "windowsOptions"),
        ("RunAsUser", "runAsUser"),
        ("RunAsGroup", "runAsGroup"),
        ("RunAsNonRoot", "runAsNonRoot"),
        ("ReadOnlyRootFilesystem", "readOnlyRootFilesystem"),
        ("AllowPrivilegeEscalation", "allowPrivilegeEscalation"),
        ("ProcMount", "procMount"),
        ("SeccompProfile", "seccompProfile"),
        ("AppArmorProfile", "appArmorProfile"),
    ];
    let parts = fields.map(|(internal, name)| {
        format!(
            "\"{internal}\":{}",
            go::json(context.get(name).unwrap_or(&Value::Null))
        )
    });
    format!("{{{}}}", parts.join(","))
}

fn check_id(errors: &mut Errors, id: Option<i64>, path: &Path) {
    for (id, explanation) in id
        .iter()
        .flat_map(|id| names::unix_id(*id).into_iter().map(move |e| (id, e)))
    {
        errors.invalid(path, id.to_string(), &explanation);
    }
}

fn check_word(errors: &mut Errors, context: &Value, field: &str, supported: &[&str], path: &Path) {
    if let Some(word) = context.get(field).and_then(Value::as_str)
        && !supported.contains(&word)
    {
        errors.not_supported(&path.child(field), word, supported);
    }
}

/// Models: validateSeccompProfileField.
fn check_seccomp(errors: &mut Errors, profile: Option<&Value>, path: &Path) {
    let Some(profile) = profile else { return };
    let types = ["Localhost", "RuntimeDefault", "Unconfined"];
    let type_ = profile.text("type");
    if type_.is_empty() {
        errors.required(
            &path.child("type"),
            "type is required when seccompProfile is set",
        );
    } else if !types.contains(&type_) {
        errors.not_supported(&path.child("type"), type_, &types);
    }
    let local = profile.get("localhostProfile").and_then(Value::as_str);
    let local_path = path.child("localhostProfile");
    match (type_ == "Localhost", local) {
        (true, None) => errors.required(&local_path, "must be set when seccomp type is Localhost"),
        (true, Some(local)) => super::volume::check_descending(errors, local, &local_path),
        (false, Some(local)) => {
            let value = format!(
                "{{\"Type\":{},\"LocalhostProfile\":{}}}",
                go::json(&type_),
                go::json(&local)
            );
            errors.invalid(
                &local_path,
                value,
                "can only be set when seccomp type is Localhost",
            );
        }
        (false, None) => {}
    }
}

/// Models: ValidateAppArmorProfileField.
fn check_app_armor(errors: &mut Errors, profile: Option<&Value>, path: &Path) {
    let Some(profile) = profile else { return };
    let type_ = profile.text("type");
    let local = profile.get("localhostProfile").and_then(Value::as_str);
    let local_path = path.child("localhostProfile");
    match type_ {
        "Localhost" => match local {
            None | Some("") => {
                errors.required(&local_path, "must be set when AppArmor type is Localhost");
            }
            Some(local) if local.trim() != local => {
                errors.invalid(
                    &local_path,
                    go::quote(local),
                    "must not be padded with whitespace",
                );
            }
            Some(_) => {}
        },
        "RuntimeDefault" | "Unconfined" => {
            if let Some(local) = local {
                let detail = "can only be set when AppArmor type is Localhost";
                errors.invalid(&local_path, go::quote(local), detail);
            }
        }
        "" => errors.required(
            &path.child("type"),
            "type is required when appArmorProfile is set",
        ),
        other => {
            let types = ["Localhost", "RuntimeDefault", "Unconfined"];
            errors.not_supported(&path.child("type"), other, &types);
        }
    }
}
