//! The tables of `kubectl get`: columns and cells of each kind.
//!
//! Models: pkg/printers/internalversion/printers.go.

use super::duration;
use super::pod_status;
use super::resource;
use super::selector;
use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::core::{Event, Generic};
use crate::api::kinds::{self, KindInfo};
use crate::api::meta::{StringMap, Time};
use crate::api::node::Node;
use crate::api::object::Object;
use crate::api::pod::{Container, Pod};
use crate::sim::sort::Order;
use serde_json::Value;

const NONE: &str = "<none>";
const UNKNOWN: &str = "<unknown>";

/// The header of a kind's table; the columns behind `wide` are there only with `-o wide`.
pub fn header(info: &KindInfo, wide: bool) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = match (info.kind, wide) {
        ("DaemonSet", _) => vec![
            "NAME",
            "DESIRED",
            "CURRENT",
            "READY",
            "UP-TO-DATE",
            "AVAILABLE",
            "NODE SELECTOR",
            "AGE",
        ],
        ("Pod", _) => vec!["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
        ("Node", _) => vec!["NAME", "STATUS", "ROLES", "AGE", "VERSION"],
        ("ControllerRevision", _) => vec!["NAME", "CONTROLLER", "REVISION", "AGE"],
        ("Event", false) => vec!["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"],
        ("Event", true) => {
            vec![
                "LAST SEEN",
                "TYPE",
                "REASON",
                "OBJECT",
                "SUBOBJECT",
                "SOURCE",
                "MESSAGE",
                "FIRST SEEN",
                "COUNT",
                "NAME",
            ]
        }
        ("Namespace", _) => vec!["NAME", "STATUS", "AGE"],
        ("PriorityClass", _) => vec!["NAME", "VALUE", "GLOBAL-DEFAULT", "AGE", "PREEMPTIONPOLICY"],
        ("ConfigMap", _) => vec!["NAME", "DATA", "AGE"],
        ("Secret", _) => vec!["NAME", "TYPE", "DATA", "AGE"],
        ("Service", _) => vec![
            "NAME",
            "TYPE",
            "CLUSTER-IP",
            "EXTERNAL-IP",
            "PORT(S)",
            "AGE",
        ],
        ("ClusterRole" | "Role", _) => vec!["NAME", "CREATED AT"],
        ("ClusterRoleBinding" | "RoleBinding", _) => vec!["NAME", "ROLE", "AGE"],
        ("PodDisruptionBudget", _) => vec![
            "NAME",
            "MIN AVAILABLE",
            "MAX UNAVAILABLE",
            "ALLOWED DISRUPTIONS",
            "AGE",
        ],
        ("Deployment", _) => vec!["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
        _ => vec!["NAME", "AGE"],
    };
    if wide {
        all.extend_from_slice(match info.kind {
            "DaemonSet" => &["CONTAINERS", "IMAGES", "SELECTOR"],
            "Pod" => &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"],
            "Node" => &[
                "INTERNAL-IP",
                "EXTERNAL-IP",
                "OS-IMAGE",
                "KERNEL-VERSION",
                "CONTAINER-RUNTIME",
            ],
            _ => &[],
        });
    }
    all
}

/// An object's cells, as many as the header has.
pub fn row(object: &Object, wide: bool, now: Time) -> Vec<String> {
    match object {
        Object::DaemonSet(set) => daemon_set(set, wide, now),
        Object::Pod(pod) => self::pod(pod, wide, now),
        Object::Node(node) => self::node(node, wide, now),
        Object::ControllerRevision(revision) => controller_revision(revision, now),
        Object::Event(event) => self::event(event, wide, now),
        Object::Namespace(namespace) => vec![
            namespace.metadata.name.clone(),
            namespace.status.phase.clone(),
            age(object, now),
        ],
        Object::PriorityClass(class) => vec![
            class.metadata.name.clone(),
            class.value.to_string(),
            class.global_default.to_string(),
            age(object, now),
            class.preemption_policy.clone().unwrap_or_default(),
        ],
        Object::Generic(generic) => self::generic(generic, object, now),
    }
}

fn age(object: &Object, now: Time) -> String {
    duration::since(object.meta().creation_timestamp, now)
}

/// `k=v,k2=v2`, or `<none>`
pub fn labels(labels: &StringMap) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    if pairs.is_empty() {
        NONE.to_owned()
    } else {
        pairs.join(",")
    }
}

fn names(containers: &[Container], of: impl Fn(&Container) -> &str) -> String {
    let names: Vec<&str> = containers.iter().map(of).collect();
    names.join(",")
}

pub fn daemon_set(set: &DaemonSet, wide: bool, now: Time) -> Vec<String> {
    let status = &set.status;
    let mut cells = vec![set.metadata.name.clone()];
    let numbers = [
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
    ];
    cells.extend(numbers.map(|number| number.to_string()));
    let spec = &set.spec.template.spec;
    cells.push(labels(&spec.node_selector));
    cells.push(duration::since(set.metadata.creation_timestamp, now));
    if wide {
        cells.push(names(&spec.containers, |container| &container.name));
        cells.push(names(&spec.containers, |container| &container.image));
        cells.push(selector::format(set.spec.selector.as_ref()));
    }
    cells
}

fn or_none(text: &str) -> String {
    if text.is_empty() {
        NONE.to_owned()
    } else {
        text.to_owned()
    }
}

fn pod(pod: &Pod, wide: bool, now: Time) -> Vec<String> {
    let summary = pod_status::summary(pod);
    let mut cells = vec![
        pod.metadata.name.clone(),
        format!("{}/{}", summary.ready, summary.total),
        summary.status.clone(),
        summary.restarts_text(now),
        duration::since(pod.metadata.creation_timestamp, now),
    ];
    if wide {
        cells.push(or_none(&pod.status.pod_ip));
        cells.push(or_none(&pod.spec.node_name));
        cells.push(or_none(&pod.status.nominated_node_name));
        let gates = pod
            .spec
            .extra
            .get("readinessGates")
            .and_then(Value::as_array);
        cells.push(match gates.filter(|gates| !gates.is_empty()) {
            None => NONE.to_owned(),
            Some(gates) => {
                let met = gates.iter().filter(|gate| {
                    let type_ = gate
                        .get("conditionType")
                        .and_then(Value::as_str)
                        .unwrap_or("");
                    pod.status
                        .condition(type_)
                        .is_some_and(|condition| condition.status == "True")
                });
                format!("{}/{}", met.count(), gates.len())
            }
        });
    }
    cells
}

/// `Ready`, `NotReady,SchedulingDisabled`, `Unknown`
pub fn node_status(node: &Node) -> String {
    let mut words = vec![match node.condition("Ready") {
        Some(condition) if condition.status == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }];
    if node.spec.unschedulable {
        words.push("SchedulingDisabled");
    }
    words.join(",")
}

/// The roles that labels give a node, sorted; `<none>` without.
pub fn node_roles(node: &Node) -> String {
    let mut roles: Vec<&str> = node
        .metadata
        .labels
        .iter()
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) if !role.is_empty() => Some(role),
                _ if key == "kubernetes.io/role" && !value.is_empty() => Some(value.as_str()),
                _ => None,
            },
        )
        .collect();
    roles.order();
    roles.dedup();
    if roles.is_empty() {
        NONE.to_owned()
    } else {
        roles.join(",")
    }
}

/// A field of nodeInfo.
pub fn node_info<'a>(node: &'a Node, field: &str) -> &'a str {
    let info = node
        .status
        .extra
        .get("nodeInfo")
        .and_then(|info| info.get(field));
    info.and_then(Value::as_str).unwrap_or("")
}

pub fn node(node: &Node, wide: bool, now: Time) -> Vec<String> {
    let mut cells = vec![
        node.metadata.name.clone(),
        node_status(node),
        node_roles(node),
        duration::since(node.metadata.creation_timestamp, now),
        node_info(node, "kubeletVersion").to_owned(),
    ];
    if wide {
        let address = |type_: &str| {
            let addresses = node.status.extra.get("addresses").and_then(Value::as_array);
            let found = addresses
                .into_iter()
                .flatten()
                .find(|address| address["type"] == type_);
            or_none(
                found
                    .and_then(|address| address["address"].as_str())
                    .unwrap_or(""),
            )
        };
        cells.push(address("InternalIP"));
        cells.push(address("ExternalIP"));
        for field in ["osImage", "kernelVersion", "containerRuntimeVersion"] {
            let value = node_info(node, field);
            cells.push(if value.is_empty() {
                UNKNOWN.to_owned()
            } else {
                value.to_owned()
            });
        }
    }
    cells
}

fn controller_revision(revision: &ControllerRevision, now: Time) -> Vec<String> {
    let controller = revision.metadata.controller_ref().map(|owner| {
        let word = match kinds::find(&owner.api_version, &owner.kind) {
            Some(info) => resource::kind_word(info),
            None => owner.kind.to_ascii_lowercase(),
        };
        format!("{word}/{}", owner.name)
    });
    vec![
        revision.metadata.name.clone(),
        controller.unwrap_or_else(|| NONE.to_owned()),
        revision.revision.to_string(),
        duration::since(revision.metadata.creation_timestamp, now),
    ]
}

/// `kubelet, node-1`
pub fn event_source(event: &Event) -> String {
    let source = &event.source;
    if source.host.is_empty() {
        source.component.clone()
    } else {
        format!("{}, {}", source.component, source.host)
    }
}

fn event(event: &Event, wide: bool, now: Time) -> Vec<String> {
    let first = duration::since(event.first_timestamp, now);
    let last = match event.last_timestamp {
        Some(last) => duration::since(Some(last), now),
        None => first.clone(),
    };
    let about = &event.involved_object;
    let kind = about.kind.to_ascii_lowercase();
    let target = if about.name.is_empty() {
        kind
    } else {
        format!("{kind}/{}", about.name)
    };
    let message = event.message.trim().to_owned();
    let mut cells = vec![last, event.type_.clone(), event.reason.clone(), target];
    if wide {
        cells.extend([
            about.field_path.clone(),
            event_source(event),
            message,
            first,
        ]);
        cells.extend([event.count.max(1).to_string(), event.metadata.name.clone()]);
    } else {
        cells.push(message);
    }
    cells
}

fn generic(generic: &Generic, object: &Object, now: Time) -> Vec<String> {
    let name = generic.metadata.name.clone();
    let age = age(object, now);
    let body = |path: &str| {
        let mut parts = path.split('.');
        let first = parts.next().and_then(|part| generic.body.get(part));
        parts.fold(first, |value, part| value.and_then(|value| value.get(part)))
    };
    let text = |path: &str| {
        body(path).map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
    };
    let count = |path: &str| {
        body(path)
            .and_then(Value::as_object)
            .map_or(0, |map| map.len())
    };
    match generic.kind.as_str() {
        "ConfigMap" => vec![name, (count("data") + count("binaryData")).to_string(), age],
        "Secret" => {
            let type_ = text("type").unwrap_or_else(|| "Opaque".to_owned());
            vec![
                name,
                type_,
                (count("data") + count("stringData")).to_string(),
                age,
            ]
        }
        "Service" => {
            let ports = body("spec.ports")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(|port| {
                    let protocol = port["protocol"].as_str().unwrap_or("TCP");
                    format!("{}/{protocol}", port["port"])
                });
            let ports: Vec<String> = ports.collect();
            vec![
                name,
                text("spec.type").unwrap_or_else(|| "ClusterIP".to_owned()),
                text("spec.clusterIP").unwrap_or_else(|| NONE.to_owned()),
                NONE.to_owned(),
                if ports.is_empty() {
                    NONE.to_owned()
                } else {
                    ports.join(",")
                },
                age,
            ]
        }
        "ClusterRole" | "Role" => {
            vec![
                name,
                generic
                    .metadata
                    .creation_timestamp
                    .map(|time| time.to_string())
                    .unwrap_or_default(),
            ]
        }
        "ClusterRoleBinding" | "RoleBinding" => {
            let role = format!(
                "{}/{}",
                text("roleRef.kind").unwrap_or_default(),
                text("roleRef.name").unwrap_or_default()
            );
            vec![name, role, age]
        }
        "PodDisruptionBudget" => vec![
            name,
            text("spec.minAvailable").unwrap_or_else(|| "N/A".to_owned()),
            text("spec.maxUnavailable").unwrap_or_else(|| "N/A".to_owned()),
            "0".to_owned(),
            age,
        ],
        "Deployment" => {
            let wanted = text("spec.replicas").unwrap_or_else(|| "1".to_owned());
            vec![
                name,
                format!("0/{wanted}"),
                "0".to_owned(),
                "0".to_owned(),
                age,
            ]
        }
        _ => vec![name, age],
    }
}
