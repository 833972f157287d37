//! What the API server accepts and warns about, as the stored objects have it.
//!
//! Models: pkg/api/pod/warnings.go, pkg/api/node/util.go, and the strategies' WarningsOnCreate and WarningsOnUpdate.
//! Differs: by name where upstream walks a Go map; nothing about volumes' overlapping paths and claim templates.

use super::{Fields, Path};
use crate::api::go;
use crate::api::json;
use crate::api::meta::ObjectMeta;
use crate::api::names;
use crate::api::object::Object;
use crate::api::pod::{Container, ContainerPort, NodeSelectorTerm, PodSpec, ResourceList};
use crate::sim::map::Set;
use serde_json::Value;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
/// The annotations of old that name a container's AppArmor profile.
pub const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

const OLD_ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];

const OLD_VOLUMES: [(&str, &str); 9] = [
    (
        "photonPersistentDisk",
        "deprecated in v1.11, non-functional in v1.16+",
    ),
    (
        "gitRepo",
        "deprecated in v1.11, and disabled by default in v1.33+",
    ),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
];

pub fn on_create(object: &Object) -> Vec<String> {
    match object {
        Object::DaemonSet(set) => {
            let (spec, path) = (&set.spec, Path::root("spec").child("template"));
            of_pod(&spec.template.metadata, &spec.template.spec, Some(&path))
        }
        Object::Pod(pod) => {
            let mut warnings = Vec::new();
            let problems = names::dns_label(&pod.metadata.name);
            if !problems.is_empty() {
                warnings.push(format!(
                    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{}]",
                    problems.join(" ")
                ));
            }
            warnings.extend(of_pod(&pod.metadata, &pod.spec, None));
            warnings
        }
        _ => Vec::new(),
    }
}

/// Only a changed template is looked at again.
pub fn on_update(new: &Object, old: &Object) -> Vec<String> {
    match (new, old) {
        (Object::DaemonSet(set), Object::DaemonSet(before))
            if set.template_generation() != before.template_generation() =>
        {
            on_create(new)
        }
        _ => Vec::new(),
    }
}

/// `template`: where the template is, if it is one.
fn of_pod(meta: &ObjectMeta, spec: &PodSpec, template: Option<&Path>) -> Vec<String> {
    let child = |name: &str| template.map_or_else(|| Path::root(name), |path| path.child(name));
    let (path, annotations) = (child("spec"), child("metadata").child("annotations"));
    let mut warnings = Vec::new();
    for key in spec.node_selector.keys() {
        if let Some(message) = old_label(key) {
            let path = path.child("nodeSelector").key(key);
            warnings.push(format!("{}: {message}", path.0));
        }
    }
    node_affinity(
        &mut warnings,
        spec,
        &path.child("affinity").child("nodeAffinity"),
    );
    for (i, constraint) in spec
        .extra
        .items("topologySpreadConstraints")
        .iter()
        .enumerate()
    {
        let path = path.child("topologySpreadConstraints").index(i);
        let key = constraint.text("topologyKey");
        if let Some(message) = old_label(key) {
            let path = path.child("topologyKey");
            warnings.push(format!("{}: {key} is {message}", path.0));
        }
        selects_nothing(&mut warnings, constraint, &path);
    }
    for (key, message) in OLD_ANNOTATIONS {
        if meta.annotations.contains_key(key) {
            warnings.push(format!("{}: {message}", annotations.key(key).0));
        }
    }
    for (i, volume) in spec.volumes.iter().enumerate() {
        for (source, message) in OLD_VOLUMES {
            if volume.source.contains_key(source) {
                // Upstream's path has a capital in this one.
                let name = if source == "storageos" {
                    "storageOS"
                } else {
                    source
                };
                let path = path.child("volumes").index(i).child(name);
                warnings.push(format!("{}: {message}", path.0));
            }
        }
    }
    for (list, field, what) in [
        ("hostAliases", "ip", "ip"),
        ("imagePullSecrets", "name", "name"),
    ] {
        let mut seen = Set::new();
        for (i, item) in spec.extra.items(list).iter().enumerate() {
            let value = item.text(field);
            if !seen.insert(value) {
                let path = path.child(list).index(i).child(field);
                warnings.push(format!("{}: duplicate {what} {}", path.0, go::quote(value)));
            }
        }
    }
    for (i, secret) in spec.extra.items("imagePullSecrets").iter().enumerate() {
        if secret.text("name").is_empty() {
            let path = path.child("imagePullSecrets").index(i).child("name");
            warnings.push(format!("{}: invalid empty name \"\"", path.0));
        }
    }
    fractions(&mut warnings, &spec.overhead, &path.child("overhead"));
    let has_profile = |context: Option<&Value>| {
        context.is_some_and(|context| context.get("seccompProfile").is_some())
    };
    let seccomp = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    if meta.annotations.contains_key(SECCOMP_POD) && !has_profile(spec.extra.get("securityContext"))
    {
        warnings.push(format!("{}: {seccomp}", annotations.key(SECCOMP_POD).0));
    }
    for (container, path) in containers(spec, &path) {
        let key = format!("{SECCOMP_CONTAINER}{}", container.name);
        if meta.annotations.contains_key(&key)
            && !has_profile(container.extra.get("securityContext"))
        {
            warnings.push(format!("{}: {seccomp}", annotations.key(&key).0));
        }
        let key = format!("{APP_ARMOR}{}", container.name);
        let context = container.extra.get("securityContext");
        if meta.annotations.contains_key(&key)
            && context.is_none_or(|it| it.get("appArmorProfile").is_none())
        {
            warnings.push(format!(
                "{}: deprecated since v1.30; use the \"appArmorProfile\" field instead",
                annotations.key(&key).0
            ));
        }
        let resources = path.child("resources");
        for name in ["memory", "ephemeral-storage"] {
            for (list, field) in [
                (&container.resources.limits, "limits"),
                (&container.resources.requests, "requests"),
            ] {
                fraction(&mut warnings, list, name, &resources.child(field));
            }
        }
        repeated_env(
            &mut warnings,
            container.extra.items("env"),
            &path.child("env"),
        );
    }
    repeated_ports(&mut warnings, spec, &path);
    if spec
        .termination_grace_period_seconds
        .is_some_and(|seconds| seconds < 0)
    {
        let path = path.child("terminationGracePeriodSeconds");
        warnings.push(format!(
            "{}: must be >= 0; negative values are invalid and will be treated as 1",
            path.0
        ));
    }
    pod_affinity(&mut warnings, spec, &path.child("affinity"));
    warnings
}

/// Why a label of nodes should no longer be asked for.
fn old_label(key: &str) -> Option<&'static str> {
    Some(match key {
        "beta.kubernetes.io/arch" => "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        "beta.kubernetes.io/os" => "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        "failure-domain.beta.kubernetes.io/region" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead"
        }
        "failure-domain.beta.kubernetes.io/zone" => {
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead"
        }
        "beta.kubernetes.io/instance-type" => {
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead"
        }
        "app.kubernetes.io/created-by" => "deprecated since v1.9",
        "scheduler.alpha.kubernetes.io/preferAvoidPods" => {
            "deprecated since v1.22; use Taints and Tolerations instead"
        }
        "node-role.kubernetes.io/master" => "use \"node-role.kubernetes.io/control-plane\" instead",
        _ => return None,
    })
}

fn containers<'a>(spec: &'a PodSpec, path: &Path) -> Vec<(&'a Container, Path)> {
    let of = |list: &'a [Container], name: &str| {
        let path = path.child(name);
        let with_path = |(i, container)| (container, path.index(i));
        list.iter().enumerate().map(with_path).collect::<Vec<_>>()
    };
    let mut all = of(&spec.init_containers, "initContainers");
    all.extend(of(&spec.containers, "containers"));
    all
}

fn node_affinity(warnings: &mut Vec<String>, spec: &PodSpec, path: &Path) {
    let affinity = spec
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref());
    let Some(affinity) = affinity else { return };
    let terms = affinity
        .required
        .iter()
        .flat_map(|required| &required.node_selector_terms);
    for (i, term) in terms.enumerate() {
        let path = path.child(REQUIRED).child("nodeSelectorTerms").index(i);
        node_term(warnings, term, false, &path);
    }
    for (i, preferred) in affinity.extra.items(PREFERRED).iter().enumerate() {
        let preference = preferred.get("preference").cloned().unwrap_or_default();
        if let Ok(term) = json::read(preference) {
            let path = path.child(PREFERRED).index(i).child("preference");
            node_term(warnings, &term, true, &path);
        }
    }
}

/// Models: GetWarningsForNodeSelectorTerm.
fn node_term(warnings: &mut Vec<String>, term: &NodeSelectorTerm, values: bool, path: &Path) {
    for (i, requirement) in term.match_expressions.iter().enumerate() {
        let path = path.child("matchExpressions").index(i);
        if let Some(message) = old_label(&requirement.key) {
            let key_path = path.child("key");
            warnings.push(format!("{}: {} is {message}", key_path.0, requirement.key));
        }
        for (j, value) in requirement.values.iter().enumerate().filter(|_| values) {
            let path = path.child("values").index(j);
            for problem in names::label_value(value) {
                warnings.push(format!("{}: {value} is invalid, {problem}", path.0));
            }
        }
    }
}

fn pod_affinity(warnings: &mut Vec<String>, spec: &PodSpec, path: &Path) {
    let Some(affinity) = &spec.affinity else {
        return;
    };
    for kind in ["podAffinity", "podAntiAffinity"] {
        let Some(terms) = affinity.extra.get(kind) else {
            continue;
        };
        let path = path.child(kind);
        for (i, term) in terms.items(REQUIRED).iter().enumerate() {
            selects_nothing(warnings, term, &path.child(REQUIRED).index(i));
        }
        for (i, weighted) in terms.items(PREFERRED).iter().enumerate() {
            let path = path.child(PREFERRED).index(i).child("podAffinityTerm");
            let term = weighted.get("podAffinityTerm").unwrap_or(&Value::Null);
            selects_nothing(warnings, term, &path);
        }
    }
}

fn selects_nothing(warnings: &mut Vec<String>, term: &Value, path: &Path) {
    if term.get("labelSelector").is_none_or(Value::is_null) {
        let path = path.child("labelSelector");
        warnings.push(format!(
            "{}: a null labelSelector results in matching no pod",
            path.0
        ));
    }
}

fn fractions(warnings: &mut Vec<String>, list: &ResourceList, path: &Path) {
    for name in ["memory", "ephemeral-storage"] {
        fraction(warnings, list, name, path);
    }
}

fn fraction(warnings: &mut Vec<String>, list: &ResourceList, name: &str, path: &Path) {
    if let Some(amount) = list.get(name).filter(|amount| !amount.is_multiple_of(1)) {
        let amount = go::quote(&amount.to_string());
        warnings.push(format!(
            "{}: fractional byte value {amount} is invalid, must be an integer",
            path.key(name).0
        ));
    }
}

/// A later variable of the same name may only build upon the first.
fn repeated_env(warnings: &mut Vec<String>, env: &[Value], path: &Path) {
    let mut seen = Set::new();
    for (i, variable) in env.iter().enumerate() {
        let (name, value) = (variable.text("name"), variable.text("value"));
        let reference = format!("$({name})");
        let builds_upon =
            variable.get("valueFrom").is_none() && value != reference && value.contains(&reference);
        if !seen.insert(name) && !builds_upon {
            warnings.push(format!(
                "{}: hides previous definition of {}, which may be dropped when using apply",
                path.index(i).0,
                go::quote(name)
            ));
        }
    }
}

/// Ports with the same number and protocol, over all containers.
fn repeated_ports(warnings: &mut Vec<String>, spec: &PodSpec, path: &Path) {
    let mut seen: Vec<(Path, &ContainerPort)> = Vec::new();
    for (container, path) in containers(spec, path) {
        for (i, port) in container.ports.iter().enumerate() {
            let path = path.child("ports").index(i);
            if !port.host_ip.is_empty() && port.host_port == 0 {
                warnings.push(format!(
                    "{}: hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{}}}",
                    path.0, port.name, port.container_port, port.protocol, port.host_ip
                ));
            }
            for (other_path, other) in &seen {
                let same = (port.container_port, &port.protocol)
                    == (other.container_port, &other.protocol);
                let same_host_port = port.host_port == other.host_port;
                let what = if !same {
                    continue;
                } else if same_host_port && port.host_ip == other.host_ip {
                    "duplicate"
                } else if port.host_port == 0 || other.host_port == 0 {
                    "overlapping"
                } else if same_host_port && port.host_ip.is_empty() != other.host_ip.is_empty() {
                    "dangerously ambiguous"
                } else {
                    continue;
                };
                warnings.push(format!(
                    "{}: {what} port definition with {}",
                    path.0, other_path.0
                ));
            }
            seen.push((path, port));
        }
    }
}
