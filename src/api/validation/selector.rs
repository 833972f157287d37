//! Label selectors.

use super::meta::check_labels;
use super::{Errors, Path};
use crate::api::go;
use crate::api::json;
use crate::api::meta::LabelSelector;
use crate::api::names;

pub(super) const NEEDS_VALUES: &str = "must be specified when `operator` is 'In' or 'NotIn'";
pub(super) const NO_VALUES: &str =
    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
pub(super) const BAD_OPERATOR: &str = "not a valid selector operator";

/// Models: unversioned validation, ValidateLabelSelector.
pub fn check_label_selector(errors: &mut Errors, selector: &LabelSelector, path: &Path) {
    check_labels(errors, &selector.match_labels, &path.child("matchLabels"));
    for (i, requirement) in selector.match_expressions.iter().enumerate() {
        let path = path.child("matchExpressions").index(i);
        let values = path.child("values");
        match requirement.operator.as_str() {
            "In" | "NotIn" => {
                if requirement.values.is_empty() {
                    errors.required(&values, NEEDS_VALUES);
                }
            }
            "Exists" | "DoesNotExist" => {
                if !requirement.values.is_empty() {
                    errors.forbidden(&values, NO_VALUES);
                }
            }
            other => errors.invalid(&path.child("operator"), go::quote(other), BAD_OPERATOR),
        }
        let key = &requirement.key;
        errors.invalid_text(&path.child("key"), key, names::label_key(key));
        for (i, value) in requirement.values.iter().enumerate() {
            errors.invalid_text(&values.index(i), value, names::label_value(value));
        }
    }
}

/// A selector that is only kept as JSON; what isn't one has been refused by the schema.
pub(super) fn check_json_selector(
    errors: &mut Errors,
    selector: Option<&serde_json::Value>,
    path: &Path,
) {
    let selector = selector.and_then(|value| json::read(value.clone()).ok());
    if let Some(selector) = selector {
        check_label_selector(errors, &selector, path);
    }
}
