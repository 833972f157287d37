//! What the API server refuses, with its paths, texts and order of findings.
//!
//! Objects are validated after their defaults are set. `Status::invalid` makes the API's answer of the findings.
//!
//! Models: pkg/apis/core/validation, pkg/apis/apps/validation, pkg/apis/scheduling/validation, apimachinery's meta validation.
//! Differs: where upstream walks a Go map in random order, we go by name. Windows options, sysctls, ClusterTrustBundle and PodCertificate projections, volume claim templates and image volumes are only checked by the schema.

pub mod daemon_set;
pub mod meta;
pub mod node;
pub mod pod;
pub mod warnings;

mod pod_spec;

mod container;
mod handler;
mod reference;
mod resources;
mod volume;

pub mod selector;

mod scheduling;
mod security;

use super::go;
use super::object::Object;
use super::status::{FieldError, FieldErrorType};
use serde_json::Value;

/// Validates an object of any kind that is to be created.
pub fn validate_create(object: &Object) -> Vec<FieldError> {
    match object {
        Object::DaemonSet(this) => daemon_set::validate_daemon_set(this),
        Object::Pod(this) => pod::validate_pod(this),
        Object::Node(this) => node::validate_node(this),
        Object::Namespace(this) => meta::validate_namespace(this),
        Object::PriorityClass(this) => meta::validate_priority_class(this),
        Object::ControllerRevision(this) => meta::validate_controller_revision(this),
        Object::Event(this) => meta::validate_event(this),
        Object::Generic(this) => meta::validate_generic(this),
    }
}

/// Validates an object that is to replace another of the same kind; two of different kinds have no findings.
pub fn validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    match (new, old) {
        (Object::DaemonSet(new), Object::DaemonSet(old)) => {
            daemon_set::validate_daemon_set_change(new, old)
        }
        (Object::Pod(new), Object::Pod(old)) => pod::validate_pod_update(new, old),
        (Object::Node(new), Object::Node(old)) => node::validate_node_update(new, old),
        (Object::PriorityClass(new), Object::PriorityClass(old)) => {
            meta::validate_priority_class_update(new, old)
        }
        (Object::ControllerRevision(new), Object::ControllerRevision(old)) => {
            meta::validate_controller_revision_update(new, old)
        }
        (new, old) => {
            let path = Path::root("metadata");
            let mut errors = Errors::default();
            meta::check_meta_update(&mut errors, new.meta(), old.meta(), &path);
            errors.list
        }
    }
}

/// A path to a field, in the form of upstream's field.Path.
#[derive(Clone, Debug)]
pub struct Path(String);

impl Path {
    pub fn root(name: &str) -> Path {
        Path(name.to_owned())
    }

    pub fn child(&self, name: &str) -> Path {
        Path(format!("{}.{name}", self.0))
    }

    pub fn index(&self, index: usize) -> Path {
        Path(format!("{}[{index}]", self.0))
    }

    pub fn key(&self, key: &str) -> Path {
        Path(format!("{}[{key}]", self.0))
    }
}

/// Collects findings. The values are given as they are printed; `text` and `json` help.
#[derive(Default)]
pub struct Errors {
    pub list: Vec<FieldError>,
}

const NOT_NEGATIVE: &str = "must be greater than or equal to 0";
const IMMUTABLE: &str = "field is immutable";

impl Errors {
    fn add(&mut self, type_: FieldErrorType, path: &Path, value: String, detail: &str) {
        self.list.push(FieldError {
            field: path.0.clone(),
            type_,
            value,
            detail: detail.to_owned(),
        });
    }

    fn required(&mut self, path: &Path, detail: &str) {
        self.add(FieldErrorType::Required, path, String::new(), detail);
    }

    fn invalid(&mut self, path: &Path, value: String, detail: &str) {
        self.add(FieldErrorType::Invalid, path, value, detail);
    }

    /// One finding for each of the explanations.
    fn invalid_text(&mut self, path: &Path, value: &str, explanations: Vec<String>) {
        for explanation in explanations {
            self.invalid(path, go::quote(value), &explanation);
        }
    }

    fn forbidden(&mut self, path: &Path, detail: &str) {
        self.add(FieldErrorType::Forbidden, path, String::new(), detail);
    }

    fn duplicate(&mut self, path: &Path, value: &str) {
        self.add(FieldErrorType::Duplicate, path, go::quote(value), "");
    }

    fn not_found(&mut self, path: &Path, value: &str, detail: &str) {
        self.add(FieldErrorType::NotFound, path, go::quote(value), detail);
    }

    fn too_long(&mut self, path: &Path, max: usize) {
        let detail = format!("may not be more than {max} bytes");
        self.add(FieldErrorType::TooLong, path, String::new(), &detail);
    }

    fn not_supported(&mut self, path: &Path, value: &str, supported: &[&str]) {
        self.not_supported_json(path, go::quote(value), supported);
    }

    fn not_supported_json(&mut self, path: &Path, value: String, supported: &[&str]) {
        let detail = format!("supported values: {}", go::quoted_list(supported));
        self.add(FieldErrorType::NotSupported, path, value, &detail);
    }

    /// A text that must be there and be one of a few.
    fn one_of(&mut self, path: &Path, value: &str, supported: &[&str]) {
        if value.is_empty() {
            self.required(path, "");
        } else if !supported.contains(&value) {
            self.not_supported(path, value, supported);
        }
    }

    fn not_negative(&mut self, path: &Path, value: i64) {
        if value < 0 {
            self.invalid(path, value.to_string(), NOT_NEGATIVE);
        }
    }

    fn positive(&mut self, path: &Path, value: i64) {
        if value <= 0 {
            self.invalid(path, value.to_string(), "must be greater than 0");
        }
    }

    /// A text that must be there.
    fn needed(&mut self, path: &Path, value: &str) -> bool {
        if value.is_empty() {
            self.required(path, "");
        }
        !value.is_empty()
    }

    fn dns_label(&mut self, path: &Path, value: &str) {
        self.invalid_text(path, value, super::names::dns_label(value));
    }
}

/// Fields of JSON that we keep but don't type.
trait Fields {
    fn field(&self, key: &str) -> Option<&Value>;

    fn text(&self, key: &str) -> &str {
        self.field(key).and_then(Value::as_str).unwrap_or("")
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.field(key).and_then(Value::as_i64)
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.field(key).and_then(Value::as_bool)
    }

    fn items(&self, key: &str) -> &[Value] {
        self.field(key)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }
}

impl Fields for Value {
    fn field(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

impl Fields for super::meta::Extra {
    fn field(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

#[cfg(test)]
mod tests;
