//! Cases that the `api` layer answers alone: names, numbers, selectors, defaults, validation.

use super::{holds, read};
use crate::api::apps::DaemonSet;
use crate::api::defaults::default_daemon_set;
use crate::api::int_or_percent::IntOrString;
use crate::api::meta::LabelSelector;
use crate::api::names;
use crate::api::selector::label_selector_text;
use crate::api::status::{FieldError, FieldErrorType};
use crate::api::validation::daemon_set::{
    validate_daemon_set, validate_daemon_set_change, validate_daemon_set_update,
    validate_rolling_update, validate_status_update, validate_template_generation,
};
use crate::api::validation::selector::check_label_selector;
use crate::api::validation::{Errors, Path};
use serde_json::{Value, json};

/// The kinds of cases that `run_case` knows.
pub const KINDS: [&str; 13] = [
    "validate-create",
    "validate-update",
    "validate-rolling-update",
    "validate-status-update",
    "validate-template-generation",
    "defaulting",
    "int-or-percent-parse",
    "int-or-percent-scale",
    "label-key",
    "label-value",
    "percent",
    "dns-subdomain",
    "label-selector",
];

/// Runs one case; the error is the first difference.
pub fn run_case(case: &Value) -> Result<(), String> {
    let input = || case["input"].as_str().unwrap_or("");
    let valid = |findings: Vec<String>| json!({ "valid": findings.is_empty() });
    let got = match case["kind"].as_str().unwrap_or("") {
        "defaulting" => json!(daemon_set(&case["daemonSet"])?),
        "int-or-percent-parse" | "int-or-percent-scale" => int_or_percent(case)?,
        "label-key" => valid(names::label_key(input())),
        "label-value" => valid(names::label_value(input())),
        "percent" => valid(names::percent(input())),
        "dns-subdomain" => valid(names::dns_subdomain(input())),
        "label-selector" => label_selector(&case["selector"])?,
        "validate-update" => return validate_update(case),
        kind => return compare_errors(&case["expect"], &validate(kind, case)?),
    };
    holds(&case["expect"], &got, "")
}

fn daemon_set(value: &Value) -> Result<DaemonSet, String> {
    let mut daemon_set: DaemonSet = read(value)?;
    default_daemon_set(&mut daemon_set);
    Ok(daemon_set)
}

/// A case may mean the function that upstream tests, or all that the server checks: only the latter insists on the selector.
fn validate_update(case: &Value) -> Result<(), String> {
    let new = daemon_set(&case["daemonSet"])?;
    let old = daemon_set(&case["oldDaemonSet"])?;
    let alone = compare_errors(&case["expect"], &validate_daemon_set_update(&new, &old));
    alone.or_else(|error| {
        let all = validate_daemon_set_change(&new, &old);
        compare_errors(&case["expect"], &all).map_err(|_| error)
    })
}

fn validate(kind: &str, case: &Value) -> Result<Vec<FieldError>, String> {
    let number = |field: &str| case[field].as_i64().unwrap_or(0);
    Ok(match kind {
        "validate-create" => validate_daemon_set(&daemon_set(&case["daemonSet"])?),
        "validate-rolling-update" => validate_rolling_update(&read(&case["rollingUpdate"])?),
        "validate-status-update" => {
            validate_status_update(&read(&case["status"])?, &read(&case["oldStatus"])?)
        }
        "validate-template-generation" => validate_template_generation(
            number("newTemplateGeneration"),
            number("oldTemplateGeneration"),
            case["templateChanged"].as_bool().unwrap_or(false),
        ),
        kind => return Err(format!("no such kind of case here: {kind:?}")),
    })
}

/// The same set of findings, in any order.
fn compare_errors(expect: &Value, errors: &[FieldError]) -> Result<(), String> {
    let got = || {
        let texts: Vec<String> = errors.iter().map(FieldError::to_string).collect();
        texts.join("; ")
    };
    if let Some(valid) = expect["valid"].as_bool()
        && valid != errors.is_empty()
    {
        return Err(format!("valid: expected {valid}, got: {}", got()));
    }
    let Some(expected) = expect["errors"].as_array() else {
        return Ok(());
    };
    for wanted in expected {
        let found = errors.iter().any(|error| {
            error.field == wanted["field"].as_str().unwrap_or("")
                && type_name(error.type_) == wanted["type"].as_str().unwrap_or("")
                && error
                    .detail
                    .contains(wanted["detailContains"].as_str().unwrap_or(""))
        });
        if !found {
            return Err(format!("errors: expected {wanted}, got: {}", got()));
        }
    }
    if errors.len() != expected.len() {
        let count = expected.len();
        return Err(format!("errors: expected {count} of them, got: {}", got()));
    }
    Ok(())
}

fn type_name(type_: FieldErrorType) -> &'static str {
    match type_ {
        FieldErrorType::Required => "Required",
        FieldErrorType::Invalid => "Invalid",
        FieldErrorType::NotSupported => "NotSupported",
        FieldErrorType::Forbidden => "Forbidden",
        FieldErrorType::Duplicate => "Duplicate",
        FieldErrorType::TooLong => "TooLong",
        FieldErrorType::TooMany => "TooMany",
        FieldErrorType::NotFound => "NotFound",
        FieldErrorType::TypeInvalid => "TypeInvalid",
    }
}

/// With an error, there is no value to compare.
fn int_or_percent(case: &Value) -> Result<Value, String> {
    let input: Option<IntOrString> =
        serde_json::from_value(case["input"].clone()).map_err(|error| error.to_string())?;
    let (value, percent) = match (&input, case["kind"] == "int-or-percent-parse") {
        (None, _) => (None, None),
        (Some(input), true) => (
            input.parse().ok().map(|(number, _)| number),
            input.parse().ok().map(|(_, percent)| percent),
        ),
        (Some(input), false) => {
            let total = case["total"].as_i64().unwrap_or(0) as i32;
            let scaled = input.scaled(total, case["roundUp"].as_bool().unwrap_or(false));
            (scaled.ok().map(i64::from), None)
        }
    };
    if value.is_none() && case["expect"]["error"] == true {
        return Ok(case["expect"].clone());
    }
    Ok(json!({ "error": value.is_none(), "value": value, "percent": percent }))
}

/// Models: metav1.LabelSelectorAsSelector.
fn label_selector(value: &Value) -> Result<Value, String> {
    let selector: Option<LabelSelector> = match value {
        Value::Null => None,
        value => Some(read(value)?),
    };
    let mut errors = Errors::default();
    if let Some(selector) = &selector {
        check_label_selector(&mut errors, selector, &Path::root("selector"));
    }
    let text = label_selector_text(selector.as_ref());
    Ok(json!({
        "error": !errors.list.is_empty(),
        "matchesNothing": text.is_none(),
        "matchesEverything": text.as_deref() == Some(""),
        "text": text.unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_selector_is_a_matter_of_the_server() {
        let set = |value: &str| {
            json!({
                "metadata": {"name": "a", "namespace": "default"},
                "spec": {
                    "selector": {"matchLabels": {"x": value}},
                    "template": {
                        "metadata": {"labels": {"x": value}},
                        "spec": {"containers": [{"name": "c", "image": "i"}]},
                    },
                },
            })
        };
        let run = |expect: Value| {
            run_case(&json!({
                "kind": "validate-update",
                "daemonSet": set("new"),
                "oldDaemonSet": set("old"),
                "expect": expect,
            }))
        };
        let refused =
            json!([{"field": "spec.selector", "type": "Invalid", "detailContains": "immutable"}]);
        assert_eq!(run(json!({"valid": true, "errors": []})), Ok(()));
        assert_eq!(run(json!({"valid": false, "errors": refused})), Ok(()));
        assert_eq!(
            run(json!({"errors": [{"field": "spec", "type": "Required"}]})),
            Err(r#"errors: expected {"field":"spec","type":"Required"}, got: "#.to_owned())
        );
    }
}
