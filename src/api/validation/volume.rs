//! Volumes of a pod.
//!
//! Models: pkg/apis/core/validation, ValidateVolumes and the validators of the sources that are common in manifests; of the others only that their required fields are there.

use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::pod::Volume;
use crate::api::quantity::Quantity;
use crate::sim::map::{Map, Set};
use serde_json::Value;

const FILE_MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";

/// The sources in upstream's order of checks, with fields that must not be empty.
const SOURCES: &[(&str, &[&str])] = &[
    ("emptyDir", &[]),
    ("hostPath", &["path"]),
    ("gitRepo", &["repository"]),
    ("gcePersistentDisk", &["pdName"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("secret", &["secretName"]),
    ("nfs", &["server", "path"]),
    ("iscsi", &["targetPortal", "iqn"]),
    ("glusterfs", &["endpoints", "path"]),
    ("flocker", &[]),
    ("persistentVolumeClaim", &["claimName"]),
    ("rbd", &["image"]),
    ("cinder", &["volumeID"]),
    ("cephfs", &[]),
    ("quobyte", &["registry", "volume"]),
    ("downwardAPI", &[]),
    ("fc", &[]),
    ("flexVolume", &["driver"]),
    ("configMap", &["name"]),
    ("azureFile", &["secretName", "shareName"]),
    ("vsphereVolume", &["volumePath"]),
    ("photonPersistentDisk", &["pdID"]),
    ("portworxVolume", &["volumeID"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("storageos", &[]),
    ("projected", &[]),
    ("scaleIO", &["gateway", "system", "volumeName"]),
    ("csi", &["driver"]),
    ("ephemeral", &[]),
    ("image", &[]),
];

/// The volumes that containers may mount: those without a finding.
pub type Usable<'a> = Map<&'a str, &'a Volume>;

pub fn check_volumes<'a>(errors: &mut Errors, volumes: &'a [Volume], path: &Path) -> Usable<'a> {
    let mut usable = Usable::new();
    for (i, volume) in volumes.iter().enumerate() {
        let path = path.index(i);
        let before = errors.list.len();
        check_source(errors, volume, &path);
        let name = path.child("name");
        if errors.needed(&name, &volume.name) {
            errors.dns_label(&name, &volume.name);
        }
        if usable.contains_key(volume.name.as_str()) {
            errors.duplicate(&name, &volume.name);
        }
        if errors.list.len() == before {
            usable.insert(&volume.name, volume);
        }
    }
    usable
}

/// Models: validateVolumeSource.
fn check_source(errors: &mut Errors, volume: &Volume, path: &Path) {
    let mut found = false;
    for (source, required) in SOURCES {
        let Some(value) = volume.source.get(*source) else {
            continue;
        };
        let path = path.child(source);
        if found {
            errors.forbidden(&path, "may not specify more than 1 volume type");
            continue;
        }
        found = true;
        for field in *required {
            errors.needed(&path.child(field), value.text(field));
        }
        check_details(errors, source, value, &path);
    }
    if !found {
        errors.required(path, "must specify a volume type");
    }
}

fn check_details(errors: &mut Errors, source: &str, value: &Value, path: &Path) {
    match source {
        "emptyDir" => {
            let limit = value.get("sizeLimit").and_then(Value::as_str);
            if limit
                .and_then(|l| Quantity::parse(l).ok())
                .is_some_and(|l| l.is_negative())
            {
                let detail = "SizeLimit field must be a valid resource quantity";
                errors.forbidden(&path.child("sizeLimit"), detail);
            }
        }
        "hostPath" if !value.text("path").is_empty() => {
            check_no_backsteps(errors, value.text("path"), &path.child("path"));
            let kinds = [
                "",
                "BlockDevice",
                "CharDevice",
                "Directory",
                "DirectoryOrCreate",
                "File",
                "FileOrCreate",
                "Socket",
            ];
            if !kinds.contains(&value.text("type")) {
                errors.not_supported(&path.child("type"), value.text("type"), &kinds);
            }
        }
        "gitRepo" => check_descending(errors, value.text("directory"), &path.child("directory")),
        "nfs" if !value.text("path").starts_with('/') => {
            let given = go::quote(value.text("path"));
            errors.invalid(&path.child("path"), given, "must be an absolute path");
        }
        "secret" | "configMap" => {
            check_mode(errors, value, "defaultMode", path);
            for (i, item) in value.items("items").iter().enumerate() {
                check_key_to_path(errors, item, &path.child("items").index(i));
            }
        }
        "downwardAPI" => {
            check_mode(errors, value, "defaultMode", path);
            for item in value.items("items") {
                check_downward_file(errors, item, path);
            }
        }
        "projected" => check_projected(errors, value, path),
        "ephemeral" if value.get("volumeClaimTemplate").is_none() => {
            errors.required(&path.child("volumeClaimTemplate"), "");
        }
        _ => {}
    }
}

/// Models: validateProjectionSources.
fn check_projected(errors: &mut Errors, value: &Value, path: &Path) {
    check_mode(errors, value, "defaultMode", path);
    let mut paths = Set::new();
    for (i, source) in value.items("sources").iter().enumerate() {
        let source_path = path.child("sources").index(i);
        let mut count = 0;
        for kind in ["secret", "configMap"] {
            let Some(projection) = source.get(kind) else {
                continue;
            };
            count += 1;
            let kind_path = source_path.child(kind);
            let name = projection.text("name");
            errors.needed(&kind_path.child("name"), name);
            for (i, item) in projection.items("items").iter().enumerate() {
                check_key_to_path(errors, item, &kind_path.child("items").index(i));
                let file = item.text("path");
                if !file.is_empty() && !paths.insert(file) {
                    errors.invalid(path, go::quote(name), "conflicting duplicate paths");
                }
            }
        }
        if let Some(projection) = source.get("downwardAPI") {
            count += 1;
            for item in projection.items("items") {
                check_downward_file(errors, item, &source_path.child("downwardAPI"));
                let file = item.text("path");
                if !file.is_empty() && !paths.insert(file) {
                    errors.invalid(path, go::quote(file), "conflicting duplicate paths");
                }
            }
        }
        if let Some(token) = source.get("serviceAccountToken") {
            count += 1;
            let seconds = token.number("expirationSeconds").unwrap_or(3600);
            let seconds_path = source_path
                .child("serviceAccountToken")
                .child("expirationSeconds");
            if seconds < 600 {
                let detail = "may not specify a duration less than 10 minutes";
                errors.invalid(&seconds_path, seconds.to_string(), detail);
            }
            if seconds > 1 << 32 {
                let detail = "may not specify a duration larger than 2^32 seconds";
                errors.invalid(&seconds_path, seconds.to_string(), detail);
            }
            if errors.needed(&path.child("path"), token.text("path")) {
                check_local(errors, token.text("path"), &path.child("path"));
            }
        }
        count += ["clusterTrustBundle", "podCertificate"]
            .iter()
            .filter(|k| source.get(**k).is_some())
            .count();
        if count > 1 {
            errors.forbidden(&source_path, "may not specify more than 1 volume type");
        }
    }
}

/// Models: validateKeyToPath.
fn check_key_to_path(errors: &mut Errors, item: &Value, path: &Path) {
    errors.needed(&path.child("key"), item.text("key"));
    errors.needed(&path.child("path"), item.text("path"));
    check_local(errors, item.text("path"), &path.child("path"));
    check_mode(errors, item, "mode", path);
}

/// Models: validateDownwardAPIVolumeFile.
fn check_downward_file(errors: &mut Errors, file: &Value, path: &Path) {
    errors.needed(&path.child("path"), file.text("path"));
    check_local(errors, file.text("path"), &path.child("path"));
    match (file.get("fieldRef"), file.get("resourceFieldRef")) {
        (Some(reference), other) => {
            let fields = [
                "metadata.annotations",
                "metadata.labels",
                "metadata.name",
                "metadata.namespace",
                "metadata.uid",
            ];
            super::reference::check_field_ref(errors, reference, &fields, &path.child("fieldRef"));
            if other.is_some() {
                let detail = "fieldRef and resourceFieldRef can not be specified simultaneously";
                errors.invalid(path, go::quote("resource"), detail);
            }
        }
        (None, Some(reference)) => {
            let path = path.child("resourceFieldRef");
            super::reference::check_resource_ref(errors, reference, true, &path);
        }
        (None, None) => errors.required(path, "one of fieldRef and resourceFieldRef is required"),
    }
    check_mode(errors, file, "mode", path);
}

fn check_mode(errors: &mut Errors, value: &Value, field: &str, path: &Path) {
    let mode = value.number(field);
    if let Some(mode) = mode.filter(|mode| !(0..=0o777).contains(mode)) {
        errors.invalid(&path.child(field), mode.to_string(), FILE_MODE);
    }
}

/// Models: validatePathNoBacksteps.
pub fn check_no_backsteps(errors: &mut Errors, text: &str, path: &Path) {
    if text.split('/').any(|part| part == "..") {
        errors.invalid(path, go::quote(text), "must not contain '..'");
    }
}

/// Models: validateLocalDescendingPath.
pub fn check_descending(errors: &mut Errors, text: &str, path: &Path) {
    if text.starts_with('/') {
        errors.invalid(path, go::quote(text), "must be a relative path");
    }
    check_no_backsteps(errors, text, path);
}

/// Models: ValidateLocalNonReservedPath.
fn check_local(errors: &mut Errors, text: &str, path: &Path) {
    check_descending(errors, text, path);
    if text.starts_with("..") && !text.starts_with("../") && text != ".." {
        errors.invalid(path, go::quote(text), "must not start with '..'");
    }
}
