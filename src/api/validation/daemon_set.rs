//! DaemonSets.
//!
//! Models: pkg/apis/apps/validation/validation.go.

use super::meta::{check_annotations, check_labels, check_meta, check_meta_update, immutable};
use super::pod_spec::{Context, check_pod_spec};
use super::selector::check_label_selector;
use super::{Errors, Path};
use crate::api::apps::{
    DaemonSet, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy, ON_DELETE, ROLLING_UPDATE,
    RollingUpdateDaemonSet,
};
use crate::api::go;
use crate::api::int_or_percent::IntOrString;
use crate::api::names;
use crate::api::pod::PodTemplateSpec;
use crate::api::selector::label_selector_matches;
use crate::api::status::FieldError;
use serde_json::json;

/// ```
/// use daemonset_playground::api::{apps::DaemonSet, validation::daemon_set::validate_daemon_set};
/// let errors = validate_daemon_set(&DaemonSet::default());
/// assert_eq!(errors[0].to_string(), "metadata.name: Required value: name or generateName is required");
/// ```
pub fn validate_daemon_set(daemon_set: &DaemonSet) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta(
        &mut errors,
        &daemon_set.metadata,
        true,
        names::dns_subdomain,
    );
    check_spec(&mut errors, &daemon_set.spec);
    errors.list
}

/// What the API server checks of an update: the new object as such, the change, and that the selector stays.
///
/// Models: pkg/registry/apps/daemonset/strategy.go, ValidateUpdate.
pub fn validate_daemon_set_change(new: &DaemonSet, old: &DaemonSet) -> Vec<FieldError> {
    let mut errors = Errors {
        list: validate_daemon_set(new),
    };
    errors.list.extend(validate_daemon_set_update(new, old));
    let selector = Path::root("spec").child("selector");
    immutable(
        &mut errors,
        &selector,
        &new.spec.selector,
        &old.spec.selector,
    );
    // Some of it is found twice and said once.
    let mut said = Vec::new();
    errors.list.retain(|error| {
        let new = !said.contains(error);
        said.push(error.clone());
        new
    });
    errors.list
}

/// The template generation is the server's own and isn't checked here.
///
/// Models: ValidateDaemonSetUpdate, which has nothing against another selector.
pub fn validate_daemon_set_update(new: &DaemonSet, old: &DaemonSet) -> Vec<FieldError> {
    let mut errors = Errors::default();
    check_meta_update(
        &mut errors,
        &new.metadata,
        &old.metadata,
        &Path::root("metadata"),
    );
    check_spec(&mut errors, &new.spec);
    errors.list
}

/// Models: ValidateDaemonSetSpecUpdate.
pub fn validate_template_generation(new: i64, old: i64, template_changed: bool) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let path = Path::root("spec").child("templateGeneration");
    errors.not_negative(&path, new);
    let problem = if new < old {
        "must not be decremented"
    } else if new == old && template_changed {
        "must be incremented upon template update"
    } else if new > old && !template_changed {
        "must not be incremented without template update"
    } else {
        return errors.list;
    };
    errors.invalid(&path, new.to_string(), problem);
    errors.list
}

/// Models: ValidateRollingUpdateDaemonSet. An absent value counts as 0.
pub fn validate_rolling_update(rolling: &RollingUpdateDaemonSet) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let path = Path::root("spec")
        .child("updateStrategy")
        .child("rollingUpdate");
    check_rolling_update(&mut errors, rolling, &path);
    errors.list
}

/// Models: ValidateDaemonSetStatusUpdate, without the metadata.
pub fn validate_status_update(new: &DaemonSetStatus, old: &DaemonSetStatus) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let path = Path::root("status");
    for (field, value) in [
        ("currentNumberScheduled", new.current_number_scheduled),
        ("numberMisscheduled", new.number_misscheduled),
        ("desiredNumberScheduled", new.desired_number_scheduled),
        ("numberReady", new.number_ready),
    ] {
        errors.not_negative(&path.child(field), value.into());
    }
    errors.not_negative(&path.child("observedGeneration"), new.observed_generation);
    for (field, value) in [
        ("updatedNumberScheduled", new.updated_number_scheduled),
        ("numberAvailable", new.number_available),
        ("numberUnavailable", new.number_unavailable),
    ] {
        errors.not_negative(&path.child(field), value.into());
    }
    if let Some(count) = new.collision_count {
        errors.not_negative(&path.child("collisionCount"), count.into());
    }
    if old
        .collision_count
        .is_some_and(|old| new.collision_count.is_none_or(|new| new < old))
    {
        let value = go::json(&new.collision_count.unwrap_or(0));
        errors.invalid(
            &path.child("collisionCount"),
            value,
            "cannot be decremented",
        );
    }
    errors.list
}

/// Models: ValidateDaemonSetSpec.
fn check_spec(errors: &mut Errors, spec: &DaemonSetSpec) {
    let path = Path::root("spec");
    let before = errors.list.len();
    if let Some(selector) = &spec.selector {
        check_label_selector(errors, selector, &path.child("selector"));
    }
    let selector_is_valid = errors.list.len() == before;
    let template = path.child("template");
    let labels = &spec.template.metadata.labels;
    if selector_is_valid && !label_selector_matches(spec.selector.as_ref(), labels) {
        let value = if labels.is_empty() {
            "null".to_owned()
        } else {
            go::json(labels)
        };
        errors.invalid(
            &template.child("metadata").child("labels"),
            value,
            "`selector` does not match template `labels`",
        );
    }
    if let Some(selector) = &spec.selector
        && selector.match_labels.is_empty()
        && selector.match_expressions.is_empty()
    {
        let value = go::json(selector);
        errors.invalid(
            &path.child("selector"),
            value,
            "empty selector is invalid for daemonset",
        );
    }
    check_template(errors, &spec.template, &template);
    let pod_spec = template.child("spec");
    if spec.template.spec.restart_policy != "Always" {
        let policy = &spec.template.spec.restart_policy;
        errors.not_supported(&pod_spec.child("restartPolicy"), policy, &["Always"]);
    }
    if spec.template.spec.active_deadline_seconds.is_some() {
        errors.forbidden(
            &pod_spec.child("activeDeadlineSeconds"),
            "activeDeadlineSeconds in DaemonSet is not Supported",
        );
    }
    errors.not_negative(
        &path.child("minReadySeconds"),
        spec.min_ready_seconds.into(),
    );
    check_strategy(errors, &spec.update_strategy, &path.child("updateStrategy"));
    if let Some(limit) = spec.revision_history_limit {
        errors.not_negative(&path.child("revisionHistoryLimit"), limit.into());
    }
}

/// Models: ValidatePodTemplateSpec; the paths of labels and annotations really lack `metadata`.
fn check_template(errors: &mut Errors, template: &PodTemplateSpec, path: &Path) {
    check_labels(errors, &template.metadata.labels, &path.child("labels"));
    check_annotations(
        errors,
        &template.metadata.annotations,
        &path.child("annotations"),
    );
    let spec = path.child("spec");
    check_pod_spec(errors, &template.spec, &spec, Context::Template);
    let ephemeral = template.spec.extra.get("ephemeralContainers");
    if ephemeral
        .and_then(|list| list.as_array())
        .is_some_and(|list| !list.is_empty())
    {
        errors.forbidden(
            &spec.child("ephemeralContainers"),
            "ephemeral containers not allowed in pod template",
        );
    }
}

/// Models: ValidateDaemonSetUpdateStrategy.
fn check_strategy(errors: &mut Errors, strategy: &DaemonSetUpdateStrategy, path: &Path) {
    match (strategy.type_.as_str(), &strategy.rolling_update) {
        (ON_DELETE, _) => {}
        (ROLLING_UPDATE, Some(rolling)) => {
            check_rolling_update(errors, rolling, &path.child("rollingUpdate"));
        }
        (ROLLING_UPDATE, None) => errors.required(&path.child("rollingUpdate"), ""),
        (other, rolling) => {
            // Upstream prints its internal type, whose fields have no JSON names; their order isn't alphabetical.
            let rolling = match rolling {
                None => "null".to_owned(),
                Some(rolling) => format!(
                    "{{\"MaxUnavailable\":{},\"MaxSurge\":{}}}",
                    go::json(
                        &rolling
                            .max_unavailable
                            .as_ref()
                            .map_or(json!(0), |v| json!(v))
                    ),
                    go::json(&rolling.max_surge.as_ref().map_or(json!(0), |v| json!(v)))
                ),
            };
            let value = format!(
                "{{\"Type\":{},\"RollingUpdate\":{rolling}}}",
                go::json(&other)
            );
            errors.not_supported_json(path, value, &[ROLLING_UPDATE, ON_DELETE]);
        }
    }
}

fn check_rolling_update(errors: &mut Errors, rolling: &RollingUpdateDaemonSet, path: &Path) {
    let zero = IntOrString::Int(0);
    let unavailable = rolling.max_unavailable.as_ref().unwrap_or(&zero);
    let surge = rolling.max_surge.as_ref().unwrap_or(&zero);
    let (unavailable_path, surge_path) = (path.child("maxUnavailable"), path.child("maxSurge"));
    for (path, value) in [(&unavailable_path, unavailable), (&surge_path, surge)] {
        match value {
            IntOrString::Int(n) => errors.not_negative(path, i64::from(*n)),
            IntOrString::String(text) => errors.invalid_text(path, text, names::percent(text)),
        }
    }
    for (path, value) in [(&unavailable_path, unavailable), (&surge_path, surge)] {
        if percent_of(value).is_some_and(|percent| percent > 100) {
            errors.invalid(path, go::json(value), "must not be greater than 100%");
        }
    }
    match (amount(unavailable) != 0, amount(surge) != 0) {
        (true, true) => {
            let detail = "may not be set when maxUnavailable is non-zero";
            errors.invalid(&surge_path, go::json(surge), detail);
        }
        (false, false) => {
            errors.required(&unavailable_path, "cannot be 0 when maxSurge is 0");
        }
        _ => {}
    }
}

fn percent_of(value: &IntOrString) -> Option<i64> {
    let IntOrString::String(text) = value else {
        return None;
    };
    if !names::percent(text).is_empty() {
        return None;
    }
    // More digits than a number holds are certainly too many percent.
    Some(text.trim_end_matches('%').parse().unwrap_or(i64::MAX))
}

/// Models: getIntOrPercentValue: a string that is no percentage counts as the number it is, or 0.
fn amount(value: &IntOrString) -> i64 {
    match value {
        IntOrString::Int(n) => i64::from(*n),
        IntOrString::String(text) => percent_of(value).or_else(|| text.parse().ok()).unwrap_or(0),
    }
}
