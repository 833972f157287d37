//! API errors as values, worded like Kubernetes.

use serde::{Deserialize, Serialize};
use std::fmt;

/// metav1.Status: why the API server refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub code: u16,
    pub reason: Reason,
    pub message: String,
    /// For `Invalid`: what kubectl prints one by one.
    pub causes: Vec<FieldError>,
}

/// metav1.StatusReason
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    NotFound,
    AlreadyExists,
    Conflict,
    Invalid,
    BadRequest,
    Forbidden,
    InternalError,
    TooManyRequests,
}

impl Reason {
    fn code(self) -> u16 {
        match self {
            Reason::NotFound => 404,
            Reason::AlreadyExists | Reason::Conflict => 409,
            Reason::Invalid => 422,
            Reason::BadRequest => 400,
            Reason::Forbidden => 403,
            Reason::InternalError => 500,
            Reason::TooManyRequests => 429,
        }
    }
}

/// One finding of validation: where, what kind, and the text behind it.
///
/// Models: k8s.io/apimachinery/pkg/util/validation/field/errors.go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// `spec.template.spec.containers[0].image`
    pub field: String,
    pub type_: FieldErrorType,
    /// The offending value as printed: strings quoted, structures as JSON; empty where the kind of error shows none.
    pub value: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldErrorType {
    Required,
    Invalid,
    NotSupported,
    Forbidden,
    Duplicate,
    TooLong,
    TooMany,
    NotFound,
    TypeInvalid,
}

impl FieldError {
    /// The text behind the path: `Required value: …`.
    pub fn text(&self) -> String {
        let kind = match self.type_ {
            FieldErrorType::Required => "Required value",
            FieldErrorType::Invalid | FieldErrorType::TypeInvalid => "Invalid value",
            FieldErrorType::NotSupported => "Unsupported value",
            FieldErrorType::Forbidden => "Forbidden",
            FieldErrorType::Duplicate => "Duplicate value",
            FieldErrorType::TooLong => "Too long",
            FieldErrorType::TooMany => "Too many",
            FieldErrorType::NotFound => "Not found",
        };
        let shows_value = matches!(
            self.type_,
            FieldErrorType::Invalid
                | FieldErrorType::TypeInvalid
                | FieldErrorType::NotSupported
                | FieldErrorType::Duplicate
                | FieldErrorType::NotFound
                | FieldErrorType::TooMany
        );
        let mut text = kind.to_owned();
        if shows_value {
            text.push_str(": ");
            text.push_str(&self.value);
        }
        if !self.detail.is_empty() {
            text.push_str(": ");
            text.push_str(&self.detail);
        }
        text
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.text())
    }
}

impl Status {
    pub fn new(reason: Reason, message: String) -> Status {
        Status {
            code: reason.code(),
            reason,
            message,
            causes: Vec::new(),
        }
    }

    /// `resource` with its group: `daemonsets.apps`.
    pub fn not_found(resource: &str, name: &str) -> Status {
        Status::new(Reason::NotFound, format!("{resource} \"{name}\" not found"))
    }

    pub fn already_exists(resource: &str, name: &str) -> Status {
        Status::new(
            Reason::AlreadyExists,
            format!("{resource} \"{name}\" already exists"),
        )
    }

    pub fn conflict(resource: &str, name: &str) -> Status {
        Status::new(
            Reason::Conflict,
            format!(
                "Operation cannot be fulfilled on {resource} \"{name}\": the object has been modified; please apply your changes to the latest version and try again"
            ),
        )
    }

    /// `kind` with its group, as upstream prints it: `DaemonSet.apps`.
    pub fn invalid(kind: &str, name: &str, causes: Vec<FieldError>) -> Status {
        let texts: Vec<String> = causes.iter().map(FieldError::to_string).collect();
        let list = match texts.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        Status {
            causes,
            ..Status::new(
                Reason::Invalid,
                format!("{kind} \"{name}\" is invalid: {list}"),
            )
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Status {}
