//! Containers: names, ports, environment, mounts.
//!
//! Models: pkg/apis/core/validation, validateContainerCommon and what it calls.

use super::reference::{FIELD_REFS, check_field_ref, check_resource_ref};
use super::resources::check_resources;
use super::volume::{Usable, check_descending, check_no_backsteps};
use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::names;
use crate::api::pod::{Container, ContainerPort};
use crate::sim::map::Set;
use serde_json::Value;

/// What the checks of a container need to know of the pod.
pub struct Surroundings<'a> {
    pub volumes: &'a Usable<'a>,
    pub claims: &'a Set<&'a str>,
    pub host_users: bool,
}

/// For containers of all three lists.
pub fn check_container(
    errors: &mut Errors,
    container: &Container,
    around: &Surroundings<'_>,
    path: &Path,
) {
    if errors.needed(&path.child("name"), &container.name) {
        errors.dns_label(&path.child("name"), &container.name);
    }
    errors.needed(&path.child("image"), &container.image);
    errors.one_of(
        &path.child("terminationMessagePolicy"),
        &container.termination_message_policy,
        &["File", "FallbackToLogsOnError"],
    );
    check_ports(errors, &container.ports, &path.child("ports"));
    check_env(errors, container.extra.items("env"), &path.child("env"));
    check_env_from(
        errors,
        container.extra.items("envFrom"),
        &path.child("envFrom"),
    );
    check_mounts(errors, container, around.volumes, path);
    check_devices(
        errors,
        container,
        around.volumes,
        &path.child("volumeDevices"),
    );
    errors.one_of(
        &path.child("imagePullPolicy"),
        &container.image_pull_policy,
        &["Always", "IfNotPresent", "Never"],
    );
    let resources = path.child("resources");
    check_resources(
        errors,
        &container.resources,
        around.claims,
        &resources,
        false,
    );
    super::security::check_container_context(
        errors,
        container.extra.get("securityContext"),
        around.host_users,
        &path.child("securityContext"),
    );
}

/// Models: validateContainerPorts.
fn check_ports(errors: &mut Errors, ports: &[ContainerPort], path: &Path) {
    let mut seen = Set::new();
    for (i, port) in ports.iter().enumerate() {
        let path = path.index(i);
        if !port.name.is_empty() {
            let problems = names::port_name(&port.name);
            if problems.is_empty() && !seen.insert(&port.name) {
                errors.duplicate(&path.child("name"), &port.name);
            }
            errors.invalid_text(&path.child("name"), &port.name, problems);
        }
        if port.container_port == 0 {
            errors.required(&path.child("containerPort"), "");
        }
        for (field, number) in [
            ("containerPort", port.container_port),
            ("hostPort", port.host_port),
        ] {
            for explanation in names::port_number(number.into())
                .into_iter()
                .filter(|_| number != 0)
            {
                errors.invalid(&path.child(field), number.to_string(), &explanation);
            }
        }
        errors.one_of(
            &path.child("protocol"),
            &port.protocol,
            &["SCTP", "TCP", "UDP"],
        );
    }
}

/// Host ports that are used twice in these containers.
///
/// Models: checkHostPortConflicts; the path is that of the list.
pub fn check_host_ports(errors: &mut Errors, containers: &[Container], path: &Path) {
    let mut seen = Set::new();
    for (i, container) in containers.iter().enumerate() {
        for (j, port) in container.ports.iter().enumerate() {
            let key = format!("{}/{}/{}", port.protocol, port.host_ip, port.host_port);
            if port.host_port != 0 && seen.contains(&key) {
                let path = path.index(i).child("ports").index(j).child("hostPort");
                errors.duplicate(&path, &key);
            }
            seen.insert(key);
        }
    }
}

/// Models: ValidateEnv.
fn check_env(errors: &mut Errors, env: &[Value], path: &Path) {
    for (i, variable) in env.iter().enumerate() {
        let path = path.index(i);
        let name = variable.text("name");
        if errors.needed(&path.child("name"), name) {
            errors.invalid_text(&path.child("name"), name, names::env_name(name));
        }
        let Some(from) = variable.get("valueFrom") else {
            continue;
        };
        let path = path.child("valueFrom");
        let mut sources = 0;
        if let Some(reference) = from.get("fieldRef") {
            sources += 1;
            check_field_ref(errors, reference, &FIELD_REFS, &path.child("fieldRef"));
        }
        if let Some(reference) = from.get("resourceFieldRef") {
            sources += 1;
            check_resource_ref(errors, reference, false, &path.child("resourceFieldRef"));
        }
        for kind in ["configMapKeyRef", "secretKeyRef"] {
            let Some(reference) = from.get(kind) else {
                continue;
            };
            sources += 1;
            let path = path.child(kind);
            let (name, key) = (reference.text("name"), reference.text("key"));
            errors.invalid_text(&path.child("name"), name, names::dns_subdomain(name));
            if errors.needed(&path.child("key"), key) {
                errors.invalid_text(&path.child("key"), key, names::config_key(key));
            }
        }
        sources += usize::from(from.get("fileKeyRef").is_some());
        let problem = if sources == 0 {
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        } else if !variable.text("value").is_empty() {
            "may not be specified when `value` is not empty"
        } else if sources > 1 {
            "may not have more than one field specified at a time"
        } else {
            continue;
        };
        errors.invalid(&path, go::quote(""), problem);
    }
}

/// Models: ValidateEnvFrom.
fn check_env_from(errors: &mut Errors, sources: &[Value], path: &Path) {
    for (i, source) in sources.iter().enumerate() {
        let item = path.index(i);
        let prefix = source.text("prefix");
        if !prefix.is_empty() {
            errors.invalid_text(&item.child("prefix"), prefix, names::env_name(prefix));
        }
        let mut count = 0;
        for kind in ["configMapRef", "secretRef"] {
            let Some(reference) = source.get(kind) else {
                continue;
            };
            count += 1;
            let name_path = item.child(kind).child("name");
            if errors.needed(&name_path, reference.text("name")) {
                let name = reference.text("name");
                errors.invalid_text(&name_path, name, names::dns_subdomain(name));
            }
        }
        match count {
            0 => errors.invalid(
                path,
                go::quote(""),
                "must specify one of: `configMapRef` or `secretRef`",
            ),
            1 => {}
            _ => errors.invalid(
                path,
                go::quote(""),
                "may not have more than one field specified at a time",
            ),
        }
    }
}

/// Models: ValidateVolumeMounts; some paths really lack the index.
fn check_mounts(errors: &mut Errors, container: &Container, volumes: &Usable<'_>, path: &Path) {
    let list = path.child("volumeMounts");
    let devices = container.extra.items("volumeDevices");
    let privileged = container
        .extra
        .get("securityContext")
        .and_then(|c| c.flag("privileged"));
    let mut paths = Set::new();
    for (i, mount) in container.extra.items("volumeMounts").iter().enumerate() {
        let path = list.index(i);
        let (name, mount_path) = (mount.text("name"), mount.text("mountPath"));
        errors.needed(&path.child("name"), name);
        if !volumes.contains_key(name) {
            errors.not_found(&path.child("name"), name, "");
        }
        errors.needed(&path.child("mountPath"), mount_path);
        if !paths.insert(mount_path) {
            errors.invalid(
                &path.child("mountPath"),
                go::quote(mount_path),
                "must be unique",
            );
        }
        if devices.iter().any(|device| device.text("name") == name) {
            let detail = "must not already exist in volumeDevices";
            errors.invalid(&path.child("name"), go::quote(name), detail);
        }
        let sub_path = mount.text("subPath");
        check_descending(errors, sub_path, &list.child("subPath"));
        let expression = mount.text("subPathExpr");
        if !expression.is_empty() && !sub_path.is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            errors.invalid(&path.child("subPathExpr"), go::quote(expression), detail);
        }
        check_descending(errors, expression, &list.child("subPathExpr"));
        if let Some(mode) = mount.get("mountPropagation").and_then(Value::as_str) {
            let modes = ["Bidirectional", "HostToContainer", "None"];
            let path = list.child("mountPropagation");
            if !modes.contains(&mode) {
                errors.not_supported(&path, mode, &modes);
            }
            if mode == "Bidirectional" && privileged != Some(true) {
                errors.forbidden(
                    &path,
                    "Bidirectional mount propagation is available only to privileged containers",
                );
            }
        }
    }
}

/// Models: ValidateVolumeDevices.
fn check_devices(errors: &mut Errors, container: &Container, volumes: &Usable<'_>, path: &Path) {
    let (mut names, mut paths) = (Set::new(), Set::new());
    for (i, device) in container.extra.items("volumeDevices").iter().enumerate() {
        let path = path.index(i);
        let (name, device_path) = (device.text("name"), device.text("devicePath"));
        let name_path = path.child("name");
        errors.needed(&name_path, name);
        if !name.is_empty() && !names.insert(name) {
            errors.invalid(&name_path, go::quote(name), "must be unique");
        }
        match volumes.get(name) {
            None => errors.not_found(&name_path, name, ""),
            Some(volume) => {
                let block = ["persistentVolumeClaim", "ephemeral"];
                if !block
                    .iter()
                    .any(|source| volume.source.contains_key(*source))
                {
                    let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                    errors.invalid(&name_path, go::quote(name), detail);
                }
            }
        }
        errors.needed(&path.child("devicePath"), device_path);
        if !paths.insert(device_path) {
            errors.invalid(
                &path.child("devicePath"),
                go::quote(device_path),
                "must be unique",
            );
        }
        check_no_backsteps(errors, device_path, &path.child("devicePath"));
    }
}
