//! Metadata of all objects, and the kinds that have little else: Namespace, PriorityClass, ControllerRevision, Event, and those that we don't simulate.

use super::{Errors, IMMUTABLE, Path};
use crate::api::apps::ControllerRevision;
use crate::api::core::{Event, Generic, Namespace, PriorityClass};
use crate::api::go;
use crate::api::kinds;
use crate::api::meta::{ObjectMeta, OwnerReference, StringMap};
use crate::api::names;
use crate::api::status::FieldError;
use serde::Serialize;

/// All annotations of an object together may have so many bytes.
const ANNOTATIONS_MAX: usize = 256 * 1024;
/// User classes may have this value at most; system classes are above.
const USER_PRIORITY_MAX: i32 = 1_000_000_000;
const SYSTEM_CLASSES: [(&str, i32); 2] = [
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
];

pub fn validate_namespace(namespace: &Namespace) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta(&mut errors, &namespace.metadata, false, names::dns_label);
    errors.list
}

/// Models: pkg/apis/scheduling/validation, ValidatePriorityClass.
pub fn validate_priority_class(class: &PriorityClass) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta(&mut errors, &class.metadata, false, names::dns_subdomain);
    let name = class.metadata.name.as_str();
    if name.starts_with("system-") {
        let system = SYSTEM_CLASSES.iter().find(|(system, _)| *system == name);
        let problem = match system {
            None => format!("{name} is not a known system priority class"),
            Some((_, value)) if class.value != *value => {
                format!("value of {name} PriorityClass must be {value}")
            }
            Some(_) if class.global_default => {
                format!("globalDefault of {name} PriorityClass must be false")
            }
            Some(_) => String::new(),
        };
        if !problem.is_empty() {
            let detail = format!(
                "priority class names with 'system-' prefix are reserved for system use only. error: {problem}"
            );
            errors.forbidden(&Path::root("metadata").child("name"), &detail);
        }
    } else if class.value > USER_PRIORITY_MAX {
        errors.forbidden(
            &Path::root("value"),
            &format!("maximum allowed value of a user defined priority is {USER_PRIORITY_MAX}"),
        );
    }
    if let Some(policy) = &class.preemption_policy {
        errors.one_of(
            &Path::root("preemptionPolicy"),
            policy,
            &["PreemptLowerPriority", "Never"],
        );
    }
    errors.list
}

/// Models: ValidatePriorityClassUpdate: the value and the preemption policy stay.
pub fn validate_priority_class_update(new: &PriorityClass, old: &PriorityClass) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta_update(
        &mut errors,
        &new.metadata,
        &old.metadata,
        &Path::root("metadata"),
    );
    if new.value != old.value {
        errors.forbidden(&Path::root("value"), "may not be changed in an update.");
    }
    immutable(
        &mut errors,
        &Path::root("preemptionPolicy"),
        &new.preemption_policy,
        &old.preemption_policy,
    );
    errors.list
}

/// Models: pkg/apis/apps/validation, ValidateControllerRevision.
pub fn validate_controller_revision(revision: &ControllerRevision) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta(&mut errors, &revision.metadata, true, names::dns_subdomain);
    check_revision(&mut errors, revision);
    errors.list
}

pub fn validate_controller_revision_update(
    new: &ControllerRevision,
    old: &ControllerRevision,
) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta_update(
        &mut errors,
        &new.metadata,
        &old.metadata,
        &Path::root("metadata"),
    );
    check_revision(&mut errors, new);
    immutable(&mut errors, &Path::root("data"), &new.data, &old.data);
    errors.list
}

fn check_revision(errors: &mut Errors, revision: &ControllerRevision) {
    if revision.data.is_null() {
        errors.required(&Path::root("data"), "data is mandatory");
    }
    errors.not_negative(&Path::root("revision"), revision.revision);
}

pub fn validate_event(event: &Event) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta(&mut errors, &event.metadata, true, names::dns_subdomain);
    if event.involved_object.namespace != event.metadata.namespace
        && !event.involved_object.namespace.is_empty()
    {
        errors.invalid(
            &Path::root("involvedObject").child("namespace"),
            go::quote(&event.involved_object.namespace),
            "does not match event.namespace",
        );
    }
    errors.list
}

/// Only metadata: the rest of such an object is kept unread.
pub fn validate_generic(object: &Generic) -> Vec<FieldError> {
    let info = kinds::find(&object.api_version, &object.kind);
    let namespaced = info.is_none_or(|info| info.namespaced);
    let name_rule = match (object.api_version.as_str(), object.kind.as_str()) {
        (version, _) if version.starts_with("rbac.") => path_segment,
        ("v1", "Service") => names::dns_label,
        _ => names::dns_subdomain,
    };
    let mut errors = Errors::default();
    check_meta(&mut errors, &object.metadata, namespaced, name_rule);
    errors.list
}

/// Models: apimachinery path.IsValidPathSegmentName.
fn path_segment(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    let bad = ["/", "%"].into_iter().filter(|bad| name.contains(bad));
    bad.map(|bad| format!("may not contain '{bad}'")).collect()
}

/// Models: apimachinery ValidateObjectMetaAccessor, then core's checks of finalizers.
pub fn check_meta(
    errors: &mut Errors,
    meta: &ObjectMeta,
    namespaced: bool,
    name_rule: fn(&str) -> Vec<String>,
) {
    let path = Path::root("metadata");
    if !meta.generate_name.is_empty() {
        // A dash at the end is fine: something will follow it.
        let prefix = match meta.generate_name.strip_suffix('-') {
            Some(prefix) if !prefix.is_empty() => {
                format!("{}a", &prefix[..floor(prefix, prefix.len() - 1)])
            }
            _ => meta.generate_name.clone(),
        };
        errors.invalid_text(
            &path.child("generateName"),
            &meta.generate_name,
            name_rule(&prefix),
        );
    }
    if meta.name.is_empty() {
        if meta.generate_name.is_empty() {
            errors.required(&path.child("name"), "name or generateName is required");
        }
    } else {
        errors.invalid_text(&path.child("name"), &meta.name, name_rule(&meta.name));
    }
    if namespaced {
        if errors.needed(&path.child("namespace"), &meta.namespace) {
            errors.dns_label(&path.child("namespace"), &meta.namespace);
        }
    } else if !meta.namespace.is_empty() {
        errors.forbidden(&path.child("namespace"), "not allowed on this type");
    }
    errors.not_negative(&path.child("generation"), meta.generation);
    check_rest(errors, meta, &path);
    for (i, finalizer) in meta.finalizers.iter().enumerate() {
        let standard = ["kubernetes", "orphan", "foregroundDeletion"];
        if !finalizer.contains('/') && !standard.contains(&finalizer.as_str()) {
            errors.invalid(
                &path.child("finalizers").index(i),
                go::quote(finalizer),
                "name is neither a standard finalizer name nor is it fully qualified",
            );
        }
    }
}

/// The largest place up to `index` where the text may be cut.
fn floor(text: &str, mut index: usize) -> usize {
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn check_rest(errors: &mut Errors, meta: &ObjectMeta, path: &Path) {
    check_labels(errors, &meta.labels, &path.child("labels"));
    check_annotations(errors, &meta.annotations, &path.child("annotations"));
    check_owners(
        errors,
        &meta.owner_references,
        &path.child("ownerReferences"),
    );
    let finalizers = path.child("finalizers");
    for finalizer in &meta.finalizers {
        errors.invalid_text(&finalizers, finalizer, names::label_key(finalizer));
    }
    let has = |name: &str| meta.finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        let value = go::json(&meta.finalizers);
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.invalid(&finalizers, value, detail);
    }
}

/// Models: unversioned validation, ValidateLabels.
pub fn check_labels(errors: &mut Errors, labels: &StringMap, path: &Path) {
    for (key, value) in labels {
        errors.invalid_text(path, key, names::label_key(key));
        errors.invalid_text(path, value, names::label_value(value));
    }
}

/// Models: apimachinery ValidateAnnotations: keys in any case, values free.
pub fn check_annotations(errors: &mut Errors, annotations: &StringMap, path: &Path) {
    let mut bytes = 0_usize;
    for (key, value) in annotations {
        errors.invalid_text(path, key, names::label_key(&key.to_ascii_lowercase()));
        bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
    }
    if bytes > ANNOTATIONS_MAX {
        errors.too_long(path, ANNOTATIONS_MAX);
    }
}

fn check_owners(errors: &mut Errors, owners: &[OwnerReference], path: &Path) {
    let mut controller: Option<&OwnerReference> = None;
    // Upstream's paths have no index here.
    for owner in owners {
        for (field, value) in [
            ("apiVersion", &owner.api_version),
            ("kind", &owner.kind),
            ("name", &owner.name),
            ("uid", &owner.uid),
        ] {
            if value.is_empty() {
                let what = if field == "apiVersion" {
                    "version must not be empty"
                } else {
                    "must not be empty"
                };
                errors.invalid(&path.child(field), go::quote(value), what);
            }
        }
        if owner.controller == Some(true) {
            if let Some(first) = controller {
                let named = |owner: &OwnerReference| format!("{}/{}", owner.kind, owner.name);
                let detail = format!(
                    "Only one reference can have Controller set to true. Found \"true\" in references for {} and {}",
                    named(first),
                    named(owner)
                );
                errors.invalid(path, go::json(&owners), &detail);
            }
            controller = Some(owner);
        }
    }
}

/// Models: apimachinery ValidateObjectMetaAccessorUpdate.
/// Differs: an absent resourceVersion is the store's business (an unconditional update).
pub fn check_meta_update(errors: &mut Errors, new: &ObjectMeta, old: &ObjectMeta, path: &Path) {
    if old.is_terminating() {
        let added = new
            .finalizers
            .iter()
            .filter(|f| !old.finalizers.contains(f));
        let added: Vec<String> = added.map(|finalizer| go::quote(finalizer)).collect();
        if !added.is_empty() {
            let detail = format!(
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
                added.join(", ")
            );
            errors.forbidden(&path.child("finalizers"), &detail);
        }
    }
    errors.not_negative(&path.child("generation"), new.generation);
    if new.generation < old.generation {
        let value = new.generation.to_string();
        errors.invalid(&path.child("generation"), value, "must not be decremented");
    }
    immutable(errors, &path.child("name"), &new.name, &old.name);
    immutable(
        errors,
        &path.child("namespace"),
        &new.namespace,
        &old.namespace,
    );
    immutable(errors, &path.child("uid"), &new.uid, &old.uid);
    immutable(
        errors,
        &path.child("creationTimestamp"),
        &new.creation_timestamp,
        &old.creation_timestamp,
    );
    immutable(
        errors,
        &path.child("deletionTimestamp"),
        &new.deletion_timestamp,
        &old.deletion_timestamp,
    );
    immutable(
        errors,
        &path.child("deletionGracePeriodSeconds"),
        &new.deletion_grace_period_seconds,
        &old.deletion_grace_period_seconds,
    );
    check_rest(errors, new, path);
}

pub(super) fn immutable<T: PartialEq + Serialize>(
    errors: &mut Errors,
    path: &Path,
    new: &T,
    old: &T,
) {
    if new != old {
        errors.invalid(path, go::json(new), IMMUTABLE);
    }
}
