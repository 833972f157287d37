//! Runs conformance cases: what Kubernetes' own tests pin down, restated as data, and scenarios recorded from a real control plane.
//!
//! The data is in `tests/conformance`; `dsctl conformance` runs files that we haven't seen.
//! A case says what must come out, and only what it lists is compared.

pub mod api;
pub mod daemon_set;
pub mod kubectl;
pub mod recorded;
pub mod scheduling;

mod choice;
mod correlated;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// How the cases of one or more files came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub passed: u32,
    /// Name and first difference.
    pub failed: Vec<(String, String)>,
}

impl Report {
    pub fn note(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(text) => self.failed.push((name.to_owned(), text)),
        }
    }

    pub fn add(&mut self, other: Report) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
    }
}

/// Runs one file: one case or recorded scenario, or an array of them.
pub fn run_file(name: &str, text: &str) -> Report {
    let mut report = Report::default();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(cases)) => {
            for case in &cases {
                report.note(case["name"].as_str().unwrap_or(name), run_case(case));
            }
        }
        Ok(case) => report.note(case["name"].as_str().unwrap_or(name), run_case(&case)),
        Err(error) => report.note(name, Err(format!("not JSON: {error}"))),
    }
    report
}

/// Runs one case, or plays one recorded scenario; the error is the first difference.
pub fn run_case(case: &Value) -> Result<(), String> {
    let kind = case["kind"].as_str().unwrap_or("");
    if kind.is_empty() && case["observations"].is_array() {
        recorded::play(case)
    } else if daemon_set::KINDS.contains(&kind) {
        daemon_set::run_case(case)
    } else if api::KINDS.contains(&kind) {
        api::run_case(case)
    } else if scheduling::KINDS.contains(&kind) {
        scheduling::run_case(case)
    } else if kubectl::KINDS.contains(&kind) {
        kubectl::run_case(case)
    } else {
        Err(format!("kind {kind} is not run yet"))
    }
}

/// Reads an object of a case. Objects are partial; null is absent.
fn read<T: DeserializeOwned + Default>(value: &Value) -> Result<T, String> {
    let value = without_nulls(value);
    if value.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(value).map_err(|error| format!("can't read the case: {error}"))
}

fn read_list<T: DeserializeOwned + Default>(value: &Value) -> Result<Vec<T>, String> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().map(read).collect()
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// Everything that `expect` lists is in `got`. Lists are compared whole.
fn holds(expect: &Value, got: &Value, path: &str) -> Result<(), String> {
    if let (Value::Object(expect), Value::Object(got)) = (expect, got) {
        for (key, wanted) in expect {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let Some(found) = got.get(key) else {
                return Err(format!("{path}: expected {wanted}, got nothing"));
            };
            holds(wanted, found, &path)?;
        }
        return Ok(());
    }
    if expect == got {
        return Ok(());
    }
    Err(format!("{path}: expected {expect}, got {got}"))
}
