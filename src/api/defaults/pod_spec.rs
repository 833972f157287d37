//! Defaults of a pod's spec: in a template, and those that only real pods get.

use crate::api::json;
use crate::api::pod::{Container, PodSpec, Probe, ResourceList, Volume};
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// For templates and pods.
///
/// Models: SetDefaults_PodSpec, SetDefaults_Container, SetDefaults_Volume, SetDefaults_Probe.
pub fn default_pod_spec(spec: &mut PodSpec) {
    set(&mut spec.restart_policy, "Always");
    set(&mut spec.dns_policy, "ClusterFirst");
    set(&mut spec.scheduler_name, "default-scheduler");
    spec.termination_grace_period_seconds.get_or_insert(30);
    spec.extra
        .entry("securityContext".to_owned())
        .or_insert_with(|| json!({}));
    default_service_account(spec);
    for volume in &mut spec.volumes {
        default_volume(volume);
    }
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        default_container(container);
    }
    if let Some(Value::Array(containers)) = spec.extra.get_mut("ephemeralContainers") {
        for value in containers {
            if let Ok(mut container) = json::read::<Container>(value.clone()) {
                default_container(&mut container);
                *value = serde_json::to_value(container).unwrap_or_default();
            }
        }
    }
    round_up(&mut spec.overhead);
}

/// For pods, not for templates.
///
/// Models: SetDefaults_Pod.
pub fn default_pod_only(spec: &mut PodSpec) {
    let host_network = spec.host_network;
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        let resources = &mut container.resources;
        for (name, limit) in &resources.limits {
            resources
                .requests
                .entry(name.clone())
                .or_insert_with(|| limit.clone());
        }
        for port in container.ports.iter_mut().filter(|_| host_network) {
            if port.host_port == 0 {
                port.host_port = port.container_port;
            }
        }
    }
    spec.extra
        .entry("enableServiceLinks".to_owned())
        .or_insert(Value::Bool(true));
}

/// `serviceAccount` is the old name of `serviceAccountName`; both are kept equal.
///
/// Models: pkg/apis/core/v1/conversion.go.
fn default_service_account(spec: &mut PodSpec) {
    let name = ["serviceAccountName", "serviceAccount"]
        .into_iter()
        .find_map(|key| {
            spec.extra
                .get(key)
                .filter(|v| v.as_str().is_some_and(|s| !s.is_empty()))
        });
    if let Some(name) = name.cloned() {
        spec.extra
            .insert("serviceAccountName".to_owned(), name.clone());
        spec.extra.insert("serviceAccount".to_owned(), name);
    }
}

fn default_container(container: &mut Container) {
    if container.image_pull_policy.is_empty() {
        container.image_pull_policy = pull_policy(&container.image).to_owned();
    }
    set(
        &mut container.termination_message_path,
        "/dev/termination-log",
    );
    set(&mut container.termination_message_policy, "File");
    for port in &mut container.ports {
        set(&mut port.protocol, "TCP");
    }
    let probes = [
        &mut container.liveness_probe,
        &mut container.readiness_probe,
        &mut container.startup_probe,
    ];
    for probe in probes.into_iter().flatten() {
        default_probe(probe);
    }
    round_up(&mut container.resources.limits);
    round_up(&mut container.resources.requests);
    for handler in ["postStart", "preStop"] {
        let lifecycle = container.extra.get_mut("lifecycle");
        if let Some(get) = lifecycle.and_then(|l| l.get_mut(handler)?.get_mut("httpGet")) {
            default_http_get(get);
        }
    }
    let env = container.extra.get_mut("env").and_then(Value::as_array_mut);
    for variable in env.into_iter().flatten() {
        let Some(from) = variable.get_mut("valueFrom") else {
            continue;
        };
        default_field_refs(from);
    }
}

fn default_probe(probe: &mut Probe) {
    for (field, value) in [
        (&mut probe.timeout_seconds, 1),
        (&mut probe.period_seconds, 10),
        (&mut probe.success_threshold, 1),
        (&mut probe.failure_threshold, 3),
    ] {
        if *field == 0 {
            *field = value;
        }
    }
    if let Some(get) = probe.extra.get_mut("httpGet") {
        default_http_get(get);
    }
    if let Some(grpc) = probe.extra.get_mut("grpc") {
        set_json(grpc, "service", json!(""));
    }
}

fn default_http_get(get: &mut Value) {
    if get
        .get("path")
        .and_then(Value::as_str)
        .unwrap_or("")
        .is_empty()
    {
        insert(get, "path", json!("/"));
    }
    if get
        .get("scheme")
        .and_then(Value::as_str)
        .unwrap_or("")
        .is_empty()
    {
        insert(get, "scheme", json!("HTTP"));
    }
}

/// `fieldRef` is of API version v1; a `resourceFieldRef` without divisor is stored with 0.
fn default_field_refs(parent: &mut Value) {
    if let Some(reference) = parent.get_mut("fieldRef") {
        set_json(reference, "apiVersion", json!("v1"));
    }
    if let Some(reference) = parent.get_mut("resourceFieldRef") {
        set_json(reference, "divisor", json!("0"));
    }
}

/// A volume without any source is an emptyDir.
fn default_volume(volume: &mut Volume) {
    let sources = Rc::make_mut(&mut volume.source);
    if sources.is_empty() {
        sources.insert("emptyDir".to_owned(), json!({}));
    }
    for (source, value) in sources {
        match source.as_str() {
            "secret" | "configMap" | "downwardAPI" | "projected" => {
                set_json(value, "defaultMode", json!(0o644));
            }
            "hostPath" => set_json(value, "type", json!("")),
            "iscsi" => set_json(value, "iscsiInterface", json!("default")),
            "rbd" => {
                set_json(value, "pool", json!("rbd"));
                set_json(value, "user", json!("admin"));
                set_json(value, "keyring", json!("/etc/ceph/keyring"));
            }
            "azureDisk" => {
                set_json(value, "cachingMode", json!("ReadWrite"));
                set_json(value, "kind", json!("Shared"));
                set_json(value, "fsType", json!("ext4"));
                set_json(value, "readOnly", json!(false));
            }
            "scaleIO" => {
                set_json(value, "storageMode", json!("ThinProvisioned"));
                set_json(value, "fsType", json!("xfs"));
            }
            "image" => {
                let reference = value.get("reference").and_then(Value::as_str);
                let policy = pull_policy(reference.unwrap_or(""));
                set_json(value, "pullPolicy", json!(policy));
            }
            "ephemeral" => {
                let template = value.get_mut("volumeClaimTemplate");
                if let Some(spec) = template.and_then(|t| t.get_mut("spec")) {
                    set_json(spec, "volumeMode", json!("Filesystem"));
                }
            }
            _ => {}
        }
        for item in items(value, "items") {
            default_field_refs(item);
        }
        for item in items(value, "sources") {
            if let Some(token) = item.get_mut("serviceAccountToken") {
                set_json(token, "expirationSeconds", json!(3600));
            }
            if let Some(downward) = item.get_mut("downwardAPI") {
                items(downward, "items").for_each(default_field_refs);
            }
        }
    }
}

fn items<'a>(value: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    value
        .get_mut(key)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// `Always` for the tag `latest` or none, else `IfNotPresent`.
///
/// Models: SetDefaults_Container with parsers.ParseImageName: a digest without tag has no tag, and what is no image name has none either.
pub fn pull_policy(image: &str) -> &'static str {
    let (name, digest) = match image.split_once('@') {
        Some((name, _)) => (name, true),
        None => (image, false),
    };
    let path_start = name.rfind('/').map_or(0, |slash| slash + 1);
    let (repository, tag) = match name[path_start..].split_once(':') {
        Some((_, tag)) => (&name[..name.len() - tag.len() - 1], tag),
        None => (name, ""),
    };
    // The first part may be a registry; behind it names are in lower case.
    let path = match repository.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => rest,
        _ => repository,
    };
    let valid = !path.is_empty()
        && path
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-/".contains(&b));
    if valid && (tag == "latest" || (tag.is_empty() && !digest)) {
        "Always"
    } else {
        "IfNotPresent"
    }
}

/// Models: SetDefaults_ResourceList.
pub fn round_up(list: &mut ResourceList) {
    for quantity in list.values_mut() {
        *quantity = quantity.rounded_up_to_milli();
    }
}

fn set(field: &mut String, default: &str) {
    if field.is_empty() {
        *field = default.to_owned();
    }
}

fn insert(parent: &mut Value, key: &str, value: Value) {
    if let Some(map) = parent.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}

/// Only if the key isn't there; an object that isn't one stays as it is.
fn set_json(parent: &mut Value, key: &str, value: Value) {
    let map: Option<&mut Map<String, Value>> = parent.as_object_mut();
    if let Some(map) = map {
        map.entry(key).or_insert(value);
    }
}
