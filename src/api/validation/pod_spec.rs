//! The spec that pods and templates share.
//!
//! Models: pkg/apis/core/validation, ValidatePodSpec.

use super::container::{Surroundings, check_container, check_host_ports};
use super::handler::{check_lifecycle, check_probes};
use super::meta::check_labels;
use super::resources::check_resources;
use super::scheduling::{check_affinity, check_tolerations, check_topology_spread};
use super::security::check_pod_context;
use super::volume::check_volumes;
use super::{Errors, Fields, Path};
use crate::api::go;
use crate::api::json;
use crate::api::names;
use crate::api::pod::{Container, PodSpec, ResourceRequirements};
use crate::sim::map::Set;
use serde_json::Value;

/// Whose spec it is: a few rules are for real pods only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Context {
    Pod,
    Template,
}

/// Models: ValidatePodSpec, in its order.
pub fn check_pod_spec(errors: &mut Errors, spec: &PodSpec, path: &Path, context: Context) {
    if spec.termination_grace_period_seconds.is_none() {
        errors.required(&path.child("terminationGracePeriodSeconds"), "");
    }
    let host_users = spec.extra.flag("hostUsers").unwrap_or(true);
    let volumes = check_volumes(errors, &spec.volumes, &path.child("volumes"));
    let claims = check_resource_claims(errors, spec, &path.child("resourceClaims"));
    let around = Surroundings {
        volumes: &volumes,
        claims: &claims,
        host_users,
    };
    check_containers(errors, spec, &around, &path.child("containers"));
    check_init_containers(errors, spec, &around, &path.child("initContainers"));
    check_ephemeral_containers(errors, spec, &around, &path.child("ephemeralContainers"));
    if let Some(resources) = spec.extra.get("resources")
        && let Ok(resources) = json::read::<ResourceRequirements>(resources.clone())
    {
        check_resources(errors, &resources, &claims, &path.child("resources"), true);
    }
    check_host_network(errors, spec, path, context);
    errors.one_of(
        &path.child("restartPolicy"),
        &spec.restart_policy,
        &["Always", "OnFailure", "Never"],
    );
    let policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    errors.one_of(&path.child("dnsPolicy"), &spec.dns_policy, &policies);
    check_labels(errors, &spec.node_selector, &path.child("nodeSelector"));
    check_pod_context(errors, spec, &path.child("securityContext"));
    if let Some(affinity) = &spec.affinity {
        check_affinity(errors, affinity, &path.child("affinity"));
    }
    check_dns(errors, spec, &path.child("dnsConfig"));
    for (i, gate) in spec.extra.items("readinessGates").iter().enumerate() {
        let path = path.child("readinessGates").index(i).child("conditionType");
        let name = gate.text("conditionType");
        errors.invalid_text(&path, name, names::label_key(name));
    }
    check_scheduling_gates(errors, spec, &path.child("schedulingGates"));
    let spread = spec.extra.items("topologySpreadConstraints");
    check_topology_spread(errors, spread, &path.child("topologySpreadConstraints"));
    if !host_users {
        for (field, label) in [("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
            if spec.extra.flag(field) == Some(true) {
                errors.forbidden(&path.child(label), "when `hostUsers` is false");
            }
        }
    }
    check_names(errors, spec, path);
    check_tolerations(errors, &spec.tolerations, &path.child("tolerations"));
    check_host_aliases(errors, spec, &path.child("hostAliases"));
    let class = spec.priority_class_name.as_str();
    if !class.is_empty() {
        errors.invalid_text(
            &path.child("priorityClassName"),
            class,
            names::dns_subdomain(class),
        );
    }
    if let Some(class) = spec.extra.get("runtimeClassName").and_then(Value::as_str) {
        errors.invalid_text(
            &path.child("runtimeClassName"),
            class,
            names::dns_subdomain(class),
        );
    }
    if let Some(policy) = &spec.preemption_policy {
        errors.one_of(
            &path.child("preemptionPolicy"),
            policy,
            &["PreemptLowerPriority", "Never"],
        );
    }
    if let Some(os) = spec.extra.get("os") {
        let name = os.text("name");
        let path = path.child("os");
        if errors.needed(&path.child("name"), name) && !["linux", "windows"].contains(&name) {
            errors.not_supported(&path, name, &["linux", "windows"]);
        }
    }
}

/// Names of other things, and the deadline between them.
fn check_names(errors: &mut Errors, spec: &PodSpec, path: &Path) {
    let account = spec.extra.text("serviceAccountName");
    if !account.is_empty() {
        let path = path.child("serviceAccountName");
        errors.invalid_text(&path, account, names::dns_subdomain(account));
    }
    if !spec.node_name.is_empty() {
        let path = path.child("nodeName");
        errors.invalid_text(
            &path,
            &spec.node_name,
            names::dns_subdomain(&spec.node_name),
        );
    }
    if let Some(seconds) = spec.active_deadline_seconds {
        let max = i64::from(i32::MAX);
        if !(1..=max).contains(&seconds) {
            let path = path.child("activeDeadlineSeconds");
            errors.invalid(&path, seconds.to_string(), &names::not_between(1, max));
        }
    }
    for field in ["hostname", "subdomain"] {
        let name = spec.extra.text(field);
        if !name.is_empty() {
            errors.dns_label(&path.child(field), name);
        }
    }
}

fn check_containers(errors: &mut Errors, spec: &PodSpec, around: &Surroundings<'_>, path: &Path) {
    if spec.containers.is_empty() {
        return errors.required(path, "");
    }
    let mut seen = Set::new();
    for (i, container) in spec.containers.iter().enumerate() {
        let path = path.index(i);
        check_container(errors, container, around, &path);
        if !seen.insert(&container.name) {
            errors.duplicate(&path.child("name"), &container.name);
        }
        check_running(errors, spec, container, &path);
        check_restart_policy(errors, container, &path);
    }
    check_host_ports(errors, &spec.containers, path);
}

/// Hooks and probes, of containers that run as long as the pod.
fn check_running(errors: &mut Errors, spec: &PodSpec, container: &Container, path: &Path) {
    if let Some(lifecycle) = container.extra.get("lifecycle") {
        let grace = spec.termination_grace_period_seconds;
        check_lifecycle(errors, lifecycle, grace, &path.child("lifecycle"));
    }
    check_probes(errors, container, path);
}

/// Models: validateContainerRestartPolicy.
fn check_restart_policy(errors: &mut Errors, container: &Container, path: &Path) {
    let policies = ["Always", "Never", "OnFailure"];
    let policy = container.restart_policy.as_str();
    let path = path.child("restartPolicy");
    if policy.is_empty() {
        if !container.extra.items("restartPolicyRules").is_empty() {
            errors.required(
                &path,
                "must specify restartPolicy when restart rules are used",
            );
        }
    } else if !policies.contains(&policy) {
        errors.not_supported(&path, policy, &policies);
    }
}

fn check_init_containers(
    errors: &mut Errors,
    spec: &PodSpec,
    around: &Surroundings<'_>,
    path: &Path,
) {
    let mut seen: Set<&str> = spec.containers.iter().map(|c| c.name.as_str()).collect();
    for (i, container) in spec.init_containers.iter().enumerate() {
        let item = path.index(i);
        check_container(errors, container, around, &item);
        check_restart_policy(errors, container, &item);
        if !container.name.is_empty() && !seen.insert(&container.name) {
            errors.duplicate(&item.child("name"), &container.name);
        }
        // Init containers run one by one, so each is alone; the path is really that of the first.
        check_host_ports(errors, std::slice::from_ref(container), path);
        if container.restart_policy == "Always" {
            check_running(errors, spec, container, &item);
            continue;
        }
        for (field, set) in [
            ("lifecycle", container.extra.contains_key("lifecycle")),
            ("livenessProbe", container.liveness_probe.is_some()),
            ("readinessProbe", container.readiness_probe.is_some()),
            ("startupProbe", container.startup_probe.is_some()),
        ] {
            if set {
                let detail = "may not be set for init containers without restartPolicy=Always";
                errors.forbidden(&item.child(field), detail);
            }
        }
    }
}

/// Models: validateEphemeralContainers, without the list of fields that they may not have.
fn check_ephemeral_containers(
    errors: &mut Errors,
    spec: &PodSpec,
    around: &Surroundings<'_>,
    path: &Path,
) {
    let others = spec.containers.iter().chain(&spec.init_containers);
    let mut seen: Set<String> = others.map(|c| c.name.clone()).collect();
    let targets = seen.clone();
    for (i, value) in spec.extra.items("ephemeralContainers").iter().enumerate() {
        let path = path.index(i);
        let Ok(container) = json::read::<Container>(value.clone()) else {
            continue;
        };
        check_container(errors, &container, around, &path);
        if !seen.insert(container.name.clone()) {
            errors.duplicate(&path.child("name"), &container.name);
        }
        let target = value.text("targetContainerName");
        if !target.is_empty() && !targets.contains(target) {
            errors.not_found(&path.child("targetContainerName"), target, "");
        }
    }
}

/// Models: validatePodResourceClaims.
fn check_resource_claims<'a>(errors: &mut Errors, spec: &'a PodSpec, path: &Path) -> Set<&'a str> {
    let mut seen = Set::new();
    for (i, claim) in spec.extra.items("resourceClaims").iter().enumerate() {
        let path = path.index(i);
        let name = claim.text("name");
        let name_path = path.child("name");
        if errors.needed(&name_path, name) {
            if seen.insert(name) {
                errors.dns_label(&name_path, name);
            } else {
                errors.duplicate(&name_path, name);
            }
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        let detail = match sources
            .iter()
            .filter(|source| claim.get(**source).is_some())
            .count()
        {
            0 => "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            1 => continue,
            _ => {
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            }
        };
        let field = |key| go::json(claim.get(key).unwrap_or(&Value::Null));
        let value = format!(
            "{{\"Name\":{},\"ResourceClaimName\":{},\"ResourceClaimTemplateName\":{}}}",
            go::json(&name),
            field("resourceClaimName"),
            field("resourceClaimTemplateName")
        );
        errors.invalid(&path, value, detail);
    }
    seen
}

/// Models: validatePodHostNetworkDeps: a template may leave the host port out.
fn check_host_network(errors: &mut Errors, spec: &PodSpec, path: &Path, context: Context) {
    if !spec.host_network {
        return;
    }
    for (i, container) in spec.containers.iter().enumerate() {
        for (j, port) in container.ports.iter().enumerate() {
            let counts = context == Context::Pod || port.host_port != 0;
            if counts && port.host_port != port.container_port {
                let path = path.child("containers").index(i).child("ports").index(j);
                errors.invalid(
                    &path.child("hostPort"),
                    port.host_port.to_string(),
                    "must match `containerPort` when `hostNetwork` is true",
                );
            }
        }
    }
}

/// Models: validatePodDNSConfig, without the length of the search list.
fn check_dns(errors: &mut Errors, spec: &PodSpec, path: &Path) {
    let config = spec.extra.get("dnsConfig");
    let servers = config.map_or(&[][..], |config| config.items("nameservers"));
    if spec.dns_policy == "None" {
        if config.is_none() {
            return errors.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if servers.is_empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return errors.required(&path.child("nameservers"), detail);
        }
    }
    if servers.len() > 3 {
        let value = go::json(&servers);
        errors.invalid(
            &path.child("nameservers"),
            value,
            "must not have more than 3 nameservers",
        );
    }
    for (i, server) in servers.iter().enumerate() {
        check_ip(
            errors,
            server.as_str().unwrap_or(""),
            &path.child("nameservers").index(i),
        );
    }
    let options = config.map_or(&[][..], |config| config.items("options"));
    for (i, option) in options.iter().enumerate() {
        if option.text("name").is_empty() {
            errors.required(&path.child("options").index(i), "must not be empty");
        }
    }
}

fn check_scheduling_gates(errors: &mut Errors, spec: &PodSpec, path: &Path) {
    let mut seen = Set::new();
    for (i, gate) in spec.extra.items("schedulingGates").iter().enumerate() {
        let name = gate.text("name");
        errors.invalid_text(&path.index(i), name, names::label_key(name));
        if !seen.insert(name) {
            errors.duplicate(&path.index(i), name);
        }
    }
}

fn check_host_aliases(errors: &mut Errors, spec: &PodSpec, path: &Path) {
    for (i, alias) in spec.extra.items("hostAliases").iter().enumerate() {
        let path = path.index(i);
        check_ip(errors, alias.text("ip"), &path.child("ip"));
        for (j, host) in alias
            .items("hostnames")
            .iter()
            .filter_map(Value::as_str)
            .enumerate()
        {
            let path = path.child("hostnames").index(j);
            errors.invalid_text(&path, host, names::dns_subdomain(host));
        }
    }
}

/// Models: IsValidIPForLegacyField.
fn check_ip(errors: &mut Errors, text: &str, path: &Path) {
    if text.parse::<std::net::IpAddr>().is_err() {
        let detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
        errors.invalid(path, go::quote(text), detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_with_findings_cannot_be_mounted() {
        let mut errors = Errors::default();
        let volumes = [crate::api::pod::Volume {
            name: "A".to_owned(),
            ..Default::default()
        }];
        let usable = check_volumes(&mut errors, &volumes, &Path::root("volumes"));
        assert!(usable.is_empty());
        assert_eq!(
            errors.list[0].to_string(),
            "volumes[0]: Required value: must specify a volume type"
        );
    }
}
