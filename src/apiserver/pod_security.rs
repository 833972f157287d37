//! Pod Security Admission: what a namespace's labels forbid its pods, and warn of in a workload's template.
//!
//! Models: k8s.io/pod-security-admission (policy/check_*.go, policy/registry.go, admission/admission.go).
//! Differs: no audit, no exemptions; a label's version is named but not obeyed, all checks are those of today.

use super::ApiServer;
use crate::api::meta::{ObjectMeta, StringMap};
use crate::api::object::{Key, Object};
use crate::api::pod::{Container, Pod, PodSpec};
use crate::api::status::{Reason, Status};
use serde_json::Value;

const PREFIX: &str = "pod-security.kubernetes.io/";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Privileged,
    Baseline,
    Restricted,
}

/// The level that a mode's label asks for, and `LEVEL:VERSION` as messages name it.
fn level(labels: &StringMap, mode: &str) -> Option<(Level, String)> {
    let name = labels.get(&format!("{PREFIX}{mode}"))?;
    let level = match name.as_str() {
        "privileged" => Level::Privileged,
        "baseline" => Level::Baseline,
        "restricted" => Level::Restricted,
        _ => return None,
    };
    let version = labels.get(&format!("{PREFIX}{mode}-version"));
    let version = version.map_or("latest", String::as_str);
    Some((level, format!("{name}:{version}")))
}

fn labels<'a>(server: &'a ApiServer, namespace: &str) -> Option<&'a StringMap> {
    let namespace = server.namespaces.get(&Key::new("", namespace))?;
    Some(&namespace.metadata.labels)
}

/// Refuses a pod that the namespace's enforced level forbids.
pub(super) fn check(server: &ApiServer, pod: &Pod) -> Result<(), Status> {
    let labels = labels(server, &pod.metadata.namespace);
    let Some((level, name)) = labels.and_then(|labels| level(labels, "enforce")) else {
        return Ok(());
    };
    let found = violations(level, &pod.metadata, &pod.spec);
    if found.is_empty() {
        return Ok(());
    }
    let text = format!(
        "pods \"{}\" is forbidden: violates PodSecurity \"{name}\": {}",
        pod.metadata.name,
        told(&found)
    );
    Err(Status::new(Reason::Forbidden, text))
}

/// The server's warning when a DaemonSet or a pod is written whose pods the level forbids.
/// Without a label of its own, the level that is enforced is warned of, too.
pub fn warning(server: &ApiServer, object: &Object) -> Option<String> {
    let (meta, spec, is_workload) = match object {
        Object::DaemonSet(set) => (&set.spec.template.metadata, &set.spec.template.spec, true),
        Object::Pod(pod) => (&pod.metadata, &pod.spec, false),
        _ => return None,
    };
    let labels = labels(server, &object.meta().namespace)?;
    let enforced = || level(labels, "enforce").filter(|_| is_workload);
    let (level, name) = level(labels, "warn").or_else(enforced)?;
    let found = violations(level, meta, spec);
    (!found.is_empty()).then(|| format!("would violate PodSecurity \"{name}\": {}", told(&found)))
}

/// A violation, with its details in brackets.
type Violation = (&'static str, String);

fn told(found: &[Violation]) -> String {
    let texts = found.iter().map(|(what, why)| match why.as_str() {
        "" => (*what).to_owned(),
        why => format!("{what} ({why})"),
    });
    texts.collect::<Vec<_>>().join(", ")
}

const DEFAULT_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
const SAFE_SYSCTLS: [&str; 10] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
];
const RESTRICTED_VOLUMES: [&str; 8] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
];

/// The containers for which something holds, as the texts name them: `container "a"`, `containers "a", "b"`.
fn named(spec: &PodSpec, holds: impl Fn(&Container) -> bool) -> Option<String> {
    let containers = spec.init_containers.iter().chain(&spec.containers);
    let names = containers.filter(|it| holds(it)).map(|it| &*it.name);
    plural("container", &names.collect::<Vec<_>>())
}

fn plural(word: &str, names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [one] => Some(format!("{word} {one:?}")),
        many => {
            let quoted: Vec<String> = many.iter().map(|it| format!("{it:?}")).collect();
            Some(format!("{word}s {}", quoted.join(", ")))
        }
    }
}

/// A field below a container's securityContext.
fn of<'a>(container: &'a Container, path: &str) -> Option<&'a Value> {
    container.extra.get("securityContext")?.pointer(path)
}

fn of_pod<'a>(spec: &'a PodSpec, path: &str) -> Option<&'a Value> {
    spec.extra.get("securityContext")?.pointer(path)
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_str).collect()
}

/// All that a level forbids, in the order of upstream's checks: by name, baseline first.
fn violations(level: Level, meta: &ObjectMeta, spec: &PodSpec) -> Vec<Violation> {
    let mut found = Vec::new();
    if level >= Level::Baseline {
        baseline(level, meta, spec, &mut found);
    }
    if level == Level::Restricted {
        restricted(spec, &mut found);
    }
    found
}

fn baseline(level: Level, meta: &ObjectMeta, spec: &PodSpec, found: &mut Vec<Violation>) {
    let all = || spec.init_containers.iter().chain(&spec.containers);
    let is_last = level == Level::Baseline;
    let armor = meta
        .annotations
        .iter()
        .filter(|(key, _)| key.starts_with("container.apparmor.security.beta.kubernetes.io/"))
        .filter(|(_, it)| {
            !(it.is_empty() || *it == "runtime/default" || it.starts_with("localhost/"))
        })
        .map(|(key, value)| format!("{key}={value:?}"))
        .collect::<Vec<_>>();
    if !armor.is_empty() {
        let word = if armor.len() == 1 {
            "annotation"
        } else {
            "annotations"
        };
        found.push((
            "forbidden AppArmor profile",
            format!("{word} {}", armor.join(", ")),
        ));
    }
    if is_last {
        let mut extra: Vec<&str> = Vec::new();
        let added = named(spec, |it| {
            let added = texts(of(it, "/capabilities/add"));
            added.iter().any(|it| !DEFAULT_CAPABILITIES.contains(it))
        });
        for container in all() {
            let added = texts(of(container, "/capabilities/add"));
            extra.extend(added.iter().filter(|it| !DEFAULT_CAPABILITIES.contains(it)));
        }
        extra.sort_unstable();
        extra.dedup();
        if let Some(names) = added {
            let extra: Vec<String> = extra.iter().map(|it| format!("{it:?}")).collect();
            let why = format!(
                "{names} must not include {} in securityContext.capabilities.add",
                extra.join(", ")
            );
            found.push(("non-default capabilities", why));
        }
    }
    let is_on = |name: &str| spec.extra.get(name) == Some(&Value::Bool(true));
    let host: Vec<&str> = [
        (spec.host_network, "hostNetwork=true"),
        (is_on("hostPID"), "hostPID=true"),
        (is_on("hostIPC"), "hostIPC=true"),
    ]
    .into_iter()
    .filter_map(|(on, text)| on.then_some(text))
    .collect();
    if !host.is_empty() {
        found.push(("host namespaces", host.join(", ")));
    }
    if is_last {
        let paths = spec
            .volumes
            .iter()
            .filter(|it| it.source.contains_key("hostPath"));
        let names: Vec<&str> = paths.map(|it| &*it.name).collect();
        found.extend(plural("volume", &names).map(|why| ("hostPath volumes", why)));
    }
    let uses = |it: &Container| it.ports.iter().any(|port| port.host_port != 0);
    if let Some(names) = named(spec, uses) {
        let ports = all().flat_map(|it| &it.ports).map(|port| port.host_port);
        let mut ports: Vec<i32> = ports.filter(|port| *port != 0).collect();
        ports.sort_unstable();
        ports.dedup();
        let verb = if names.starts_with("containers") {
            "use"
        } else {
            "uses"
        };
        let word = if ports.len() == 1 {
            "hostPort"
        } else {
            "hostPorts"
        };
        let list: Vec<String> = ports.iter().map(i32::to_string).collect();
        found.push((
            "hostPort",
            format!("{names} {verb} {word} {}", list.join(", ")),
        ));
    }
    let privileged = named(spec, |it| of(it, "/privileged") == Some(&Value::Bool(true)));
    found.extend(privileged.map(|names| {
        (
            "privileged",
            format!("{names} must not set securityContext.privileged=true"),
        )
    }));
    let mount = |it: &Container| texts_of(of(it, "/procMount")).is_some_and(|it| it != "Default");
    found.extend(named(spec, mount).map(|names| {
        (
            "procMount",
            format!("{names} must not set securityContext.procMount"),
        )
    }));
    if is_last {
        let open = |value: Option<&Value>| value.and_then(Value::as_str) == Some("Unconfined");
        let mut who = Vec::new();
        if open(of_pod(spec, "/seccompProfile/type")) {
            who.push("pod".to_owned());
        }
        who.extend(named(spec, |it| open(of(it, "/seccompProfile/type"))));
        if !who.is_empty() {
            let why = format!(
                "{} must not set securityContext.seccompProfile.type to \"Unconfined\"",
                who.join(" and ")
            );
            found.push(("seccompProfile", why));
        }
    }
    let sysctls = of_pod(spec, "/sysctls").and_then(Value::as_array);
    let names = sysctls
        .into_iter()
        .flatten()
        .filter_map(|it| it.get("name")?.as_str());
    let unsafe_: Vec<&str> = names.filter(|it| !SAFE_SYSCTLS.contains(it)).collect();
    if !unsafe_.is_empty() {
        found.push(("forbidden sysctls", unsafe_.join(", ")));
    }
    let windows = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let mut who = Vec::new();
    if windows(of_pod(spec, "/windowsOptions/hostProcess")) {
        who.push("pod".to_owned());
    }
    who.extend(named(spec, |it| {
        windows(of(it, "/windowsOptions/hostProcess"))
    }));
    if !who.is_empty() {
        let why = format!(
            "{} must not set securityContext.windowsOptions.hostProcess=true",
            who.join(" and ")
        );
        found.push(("hostProcess", why));
    }
}

fn texts_of(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

fn restricted(spec: &PodSpec, found: &mut Vec<Violation>) {
    let escalates =
        |it: &Container| of(it, "/allowPrivilegeEscalation") != Some(&Value::Bool(false));
    found.extend(named(spec, escalates).map(|names| {
        let why = format!("{names} must set securityContext.allowPrivilegeEscalation=false");
        ("allowPrivilegeEscalation != false", why)
    }));
    let keeps = |it: &Container| !texts(of(it, "/capabilities/drop")).contains(&"ALL");
    let added = |it: &Container| -> bool {
        let added = texts(of(it, "/capabilities/add"));
        added.iter().any(|it| *it != "NET_BIND_SERVICE")
    };
    let mut why = Vec::new();
    why.extend(
        named(spec, keeps)
            .map(|names| format!("{names} must set securityContext.capabilities.drop=[\"ALL\"]")),
    );
    why.extend(named(spec, added).map(|names| {
        let all = spec.init_containers.iter().chain(&spec.containers);
        let mut extra: Vec<&str> = all
            .flat_map(|it| texts(of(it, "/capabilities/add")))
            .collect();
        extra.retain(|it| *it != "NET_BIND_SERVICE");
        extra.sort_unstable();
        extra.dedup();
        let extra: Vec<String> = extra.iter().map(|it| format!("{it:?}")).collect();
        let extra = extra.join(", ");
        format!("{names} must not include {extra} in securityContext.capabilities.add")
    }));
    if !why.is_empty() {
        found.push(("unrestricted capabilities", why.join("; ")));
    }
    let mut volumes = Vec::new();
    for volume in &spec.volumes {
        let kind = volume.source.keys().next().map_or("", String::as_str);
        if !kind.is_empty() && !RESTRICTED_VOLUMES.contains(&kind) {
            volumes.push(format!(
                "volume {:?} uses restricted volume type {kind:?}",
                volume.name
            ));
        }
    }
    if !volumes.is_empty() {
        found.push(("restricted volume types", volumes.join(", ")));
    }
    let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let of_pod_non_root = of_pod(spec, "/runAsNonRoot");
    let explicit = named(spec, |it| {
        of(it, "/runAsNonRoot") == Some(&Value::Bool(false))
    });
    let missing = named(spec, |it| {
        of(it, "/runAsNonRoot").is_none() && !is_true(of_pod_non_root)
    });
    let mut why: Vec<String> = Vec::new();
    if of_pod_non_root == Some(&Value::Bool(false)) {
        why.push("pod must not set securityContext.runAsNonRoot=false".to_owned());
    }
    why.extend(
        explicit.map(|names| format!("{names} must not set securityContext.runAsNonRoot=false")),
    );
    if why.is_empty() {
        why.extend(
            missing
                .map(|names| format!("pod or {names} must set securityContext.runAsNonRoot=true")),
        );
    }
    if !why.is_empty() {
        found.push(("runAsNonRoot != true", why.join(" and ")));
    }
    let is_root = |value: Option<&Value>| value.and_then(Value::as_i64) == Some(0);
    let mut who = Vec::new();
    if is_root(of_pod(spec, "/runAsUser")) {
        who.push("pod".to_owned());
    }
    who.extend(named(spec, |it| is_root(of(it, "/runAsUser"))));
    if !who.is_empty() {
        let why = format!("{} must not set runAsUser=0", who.join(" and "));
        found.push(("runAsUser=0", why));
    }
    let good =
        |value: Option<&Value>| matches!(texts_of(value), Some("RuntimeDefault" | "Localhost"));
    let pod_is_good = good(of_pod(spec, "/seccompProfile/type"));
    let lacks = named(spec, |it| match of(it, "/seccompProfile/type") {
        None => !pod_is_good,
        value => !good(value),
    });
    found.extend(lacks.map(|names| {
        let why = format!(
            "pod or {names} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\""
        );
        ("seccompProfile", why)
    }));
}
