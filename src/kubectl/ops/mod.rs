//! kubectl's work on typed arguments. Each operation writes, and gives the object with kubectl's word for the change, or kubectl's words for a refusal.
//!
//! A caller with names and values finds the object here and prints the result with `Job::tell_report`; `cli` calls the same operations for each object that a command line chooses.

pub mod apply;
pub mod create;
pub mod edit;

pub mod delete;
pub mod label;
pub mod patch;
pub mod rollout;
pub mod set;
pub mod taint;

pub mod cordon;
pub mod drain;

use super::error::{Failure, Outcome};
use super::manifest::{self, Item};
use super::resource;
use crate::api::object::Object;
use crate::api::validation::warnings;
use crate::client::Client;

/// An object that was written, or left as it was.
#[derive(Clone, Debug)]
pub struct Done {
    pub object: Object,
    /// kubectl's word for it: `labeled`.
    pub word: String,
    /// The server's warnings, as kubectl prints them.
    pub warnings: Vec<String>,
}

impl Done {
    /// Without the server's warnings, which kubectl prints nowhere for some operations.
    pub fn new(object: Object, word: impl Into<String>) -> Done {
        Done {
            object,
            word: word.into(),
            warnings: Vec::new(),
        }
    }

    pub fn with_warnings(object: Object, before: Option<&Object>, word: &str) -> Done {
        Done {
            warnings: server_warnings(&object, before),
            ..Done::new(object, word)
        }
    }
}

/// The result of an operation on one object: it may do a part and refuse the rest.
#[derive(Debug, Default)]
pub struct Report {
    pub done: Option<Done>,
    pub failures: Vec<Failure>,
}

impl Report {
    pub fn refused(failures: Vec<Failure>) -> Report {
        Report {
            done: None,
            failures,
        }
    }
}

impl From<Result<Done, Failure>> for Report {
    fn from(result: Result<Done, Failure>) -> Report {
        match result {
            Ok(done) => Report {
                done: Some(done),
                failures: Vec::new(),
            },
            Err(failure) => Report::refused(vec![failure]),
        }
    }
}

/// The server's warnings about a write, as kubectl prints them.
pub fn server_warnings(stored: &Object, before: Option<&Object>) -> Vec<String> {
    let warnings = match before {
        None => warnings::on_create(stored),
        Some(before) => warnings::on_update(stored, before),
    };
    let line = |text: String| format!("Warning: {text}");
    warnings.into_iter().map(line).collect()
}

/// An object by its kind, as kubectl names kinds. An empty namespace is the default one.
pub fn find(
    client: &Client<'_>,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Result<Object, Failure> {
    let info = resource::find(kind)?;
    Ok(resource::get(
        client.server,
        info,
        default_namespace(namespace),
        name,
    )?)
}

pub fn default_namespace(namespace: &str) -> &str {
    if namespace.is_empty() {
        "default"
    } else {
        namespace
    }
}

/// Does something with each object of a text; one that fails doesn't stop the others. `path` is the verb, for messages.
pub fn each_item(
    text: &str,
    source: &str,
    (namespace, enforced): (&str, bool),
    path: &str,
    act: &mut dyn FnMut(&Item) -> Outcome,
) -> Vec<Failure> {
    let manifest = manifest::read(text, source, namespace, enforced);
    let mut failures = manifest.failures;
    if manifest.items.is_empty() && failures.is_empty() {
        failures.push(Failure::Text(format!("no objects passed to {path}")));
    }
    for item in &manifest.items {
        if let Err(failure) = act(item) {
            failures.push(failure);
        }
    }
    failures
}
