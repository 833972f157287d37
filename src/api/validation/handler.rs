//! Probes and lifecycle hooks.
//!
//! Models: pkg/apis/core/validation, validateProbe, validateLifecycle, validateHandler.

use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::names;
use crate::api::pod::{Container, Probe};
use serde_json::Value;

pub fn check_probes(errors: &mut Errors, container: &Container, path: &Path) {
    for (field, probe) in [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ] {
        let Some(probe) = probe else { continue };
        let path = path.child(field);
        check_probe(errors, probe, &path);
        let grace = probe.extra.number("terminationGracePeriodSeconds");
        if field != "readinessProbe" && probe.success_threshold != 1 {
            let value = probe.success_threshold.to_string();
            errors.invalid(&path.child("successThreshold"), value, "must be 1");
        }
        if let (true, Some(grace)) = (field == "readinessProbe", grace) {
            errors.invalid(
                &path.child("terminationGracePeriodSeconds"),
                grace.to_string(),
                "must not be set for readinessProbes",
            );
        }
    }
}

fn check_probe(errors: &mut Errors, probe: &Probe, path: &Path) {
    check_handler(
        errors,
        |kind| probe.extra.get(kind),
        &["exec", "httpGet", "tcpSocket", "grpc"],
        None,
        path,
    );
    for (field, value) in [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ] {
        errors.not_negative(&path.child(field), value.into());
    }
    if let Some(grace) = probe.extra.number("terminationGracePeriodSeconds") {
        errors.positive(&path.child("terminationGracePeriodSeconds"), grace);
    }
}

/// `grace` is the pod's termination grace period.
pub fn check_lifecycle(errors: &mut Errors, lifecycle: &Value, grace: Option<i64>, path: &Path) {
    for hook in ["postStart", "preStop"] {
        if let Some(handler) = lifecycle.get(hook) {
            let kinds = ["exec", "httpGet", "tcpSocket", "sleep"];
            check_handler(
                errors,
                |kind| handler.get(kind),
                &kinds,
                grace,
                &path.child(hook),
            );
        }
    }
}

fn check_handler<'a>(
    errors: &mut Errors,
    get: impl Fn(&str) -> Option<&'a Value>,
    kinds: &[&str],
    grace: Option<i64>,
    path: &Path,
) {
    let mut found = false;
    for kind in kinds {
        let Some(action) = get(kind) else { continue };
        let path = path.child(kind);
        if found {
            errors.forbidden(&path, "may not specify more than 1 handler type");
            continue;
        }
        found = true;
        match *kind {
            "exec" if action.items("command").is_empty() => {
                errors.required(&path.child("command"), "");
            }
            "httpGet" => {
                errors.needed(&path.child("path"), action.text("path"));
                check_port(errors, action.get("port"), &path.child("port"));
                let schemes = ["HTTP", "HTTPS"];
                if !schemes.contains(&action.text("scheme")) {
                    errors.not_supported(&path.child("scheme"), action.text("scheme"), &schemes);
                }
                for header in action.items("httpHeaders") {
                    let name = header.text("name");
                    let path = path.child("httpHeaders");
                    errors.invalid_text(&path, name, names::http_header_name(name));
                }
            }
            "tcpSocket" | "grpc" => check_port(errors, action.get("port"), &path.child("port")),
            "sleep" => {
                let seconds = action.number("seconds").unwrap_or(0);
                if let Some(grace) = grace.filter(|grace| seconds < 0 || seconds > *grace) {
                    let detail = format!(
                        "must be non-negative and less than terminationGracePeriodSeconds ({grace})"
                    );
                    errors.invalid(&path, seconds.to_string(), &detail);
                }
            }
            _ => {}
        }
    }
    if !found {
        errors.required(path, "must specify a handler type");
    }
}

/// Models: ValidatePortNumOrName. Absent is 0.
fn check_port(errors: &mut Errors, port: Option<&Value>, path: &Path) {
    match port {
        Some(Value::String(name)) => errors.invalid_text(path, name, names::port_name(name)),
        other => {
            let number = other.and_then(Value::as_i64).unwrap_or(0);
            for explanation in names::port_number(number) {
                errors.invalid(path, go::json(&number), &explanation);
            }
        }
    }
}
