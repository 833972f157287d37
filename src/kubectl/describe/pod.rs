//! `kubectl describe pod`.
//!
//! Models: describe.go, describePod.

use super::super::duration;
use super::Writer;
use super::template::{containers, seccomp_profile, tolerations, topology_spread, volumes};
use crate::api::meta::Time;
use crate::api::pod::{Pod, PodStatus};
use serde_json::Value;

pub fn pod(w: &mut Writer, pod: &Pod, now: Time) {
    let (meta, spec, status) = (&pod.metadata, &pod.spec, &pod.status);
    w.line(0, &format!("Name:\t{}", meta.name));
    w.line(0, &format!("Namespace:\t{}", meta.namespace));
    if let Some(priority) = spec.priority {
        w.line(0, &format!("Priority:\t{priority}"));
    }
    let extra = |key: &str| spec.extra.get(key).and_then(Value::as_str).unwrap_or("");
    for (title, value) in [
        ("Priority Class Name", spec.priority_class_name.as_str()),
        ("Runtime Class Name", extra("runtimeClassName")),
        ("Service Account", extra("serviceAccountName")),
    ] {
        if !value.is_empty() {
            w.line(0, &format!("{title}:\t{value}"));
        }
    }
    if spec.node_name.is_empty() {
        w.line(0, "Node:\t<none>");
    } else {
        w.line(0, &format!("Node:\t{}/{}", spec.node_name, status.host_ip));
    }
    if let Some(start) = status.start_time {
        w.line(0, &format!("Start Time:\t{}", duration::rfc1123(start)));
    }
    w.labels("Labels", &meta.labels);
    w.annotations("Annotations", &meta.annotations);
    phase(w, pod, now);
    if !status.reason.is_empty() {
        w.line(0, &format!("Reason:\t{}", status.reason));
    }
    if !status.message.is_empty() {
        w.line(0, &format!("Message:\t{}", status.message));
    }
    seccomp_profile(w, spec.extra.get("securityContext"), 0);
    w.line(0, &format!("IP:\t{}", status.pod_ip));
    addresses(w, status);
    if let Some(owner) = meta.controller_ref() {
        w.line(0, &format!("Controlled By:\t{}/{}", owner.kind, owner.name));
    }
    if !status.nominated_node_name.is_empty() {
        w.line(
            0,
            &format!("NominatedNodeName:\t{}", status.nominated_node_name),
        );
    }
    if !spec.init_containers.is_empty() {
        containers(
            w,
            "Init Containers",
            &spec.init_containers,
            Some(&status.init_container_statuses),
            "",
        );
    }
    containers(
        w,
        "Containers",
        &spec.containers,
        Some(&status.container_statuses),
        "",
    );
    if !status.conditions.is_empty() {
        w.line(0, "Conditions:");
        w.line(1, "Type\tStatus");
        for condition in &status.conditions {
            w.line(1, &format!("{} \t{} ", condition.type_, condition.status));
        }
    }
    volumes(w, &spec.volumes, "");
    w.line(0, &format!("QoS Class:\t{}", status.qos_class));
    w.labels("Node-Selectors", &spec.node_selector);
    tolerations(w, "Tolerations", &spec.tolerations);
    topology_spread(w, spec.extra.get("topologySpreadConstraints"), "");
}

fn phase(w: &mut Writer, pod: &Pod, now: Time) {
    let (meta, status) = (&pod.metadata, &pod.status);
    match meta.deletion_timestamp.filter(|_| !pod.is_terminal()) {
        Some(deletion) => {
            // Before the deadline the duration is negative, which upstream prints just so.
            w.line(
                0,
                &format!(
                    "Status:\tTerminating (lasts {})",
                    duration::since(Some(deletion), now)
                ),
            );
            let grace = meta.deletion_grace_period_seconds.unwrap_or(0);
            w.line(0, &format!("Termination Grace Period:\t{grace}s"));
        }
        None => w.line(0, &format!("Status:\t{}", status.phase)),
    }
}

fn addresses(w: &mut Writer, status: &PodStatus) {
    let ips = status
        .extra
        .get("podIPs")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let mut addresses: Vec<&str> = ips
        .iter()
        .filter_map(|ip| ip.get("ip").and_then(Value::as_str))
        .collect();
    if addresses.is_empty() && !status.pod_ip.is_empty() {
        addresses.push(&status.pod_ip);
    }
    if addresses.is_empty() {
        w.line(0, "IPs:\t<none>");
    } else {
        w.line(0, "IPs:");
        for address in addresses {
            w.line(1, &format!("IP:\t{address}"));
        }
    }
}
