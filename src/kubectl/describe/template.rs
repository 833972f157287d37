//! Containers, volumes, tolerations: the common parts of a pod template and a pod in `describe`.

use super::super::{duration, patch, selector};
use super::Writer;
use crate::api::go::quote;
use crate::api::json;
use crate::api::meta::Time;
use crate::api::pod::{
    Container, ContainerPort, ContainerState, ContainerStatus, PodTemplateSpec, Probe,
    ResourceRequirements, Toleration, Volume,
};
use crate::api::quantity::Quantity;
use crate::sim::sort::Order;
use serde_json::Value;

/// The block that `describe` and `rollout history --revision` print, with tabs.
///
/// Models: describe.go, DescribePodTemplate.
pub fn pod_template(template: &PodTemplateSpec) -> String {
    let mut w = Writer::default();
    let spec = &template.spec;
    w.line(0, "Pod Template:");
    w.labels("  Labels", &template.metadata.labels);
    if !template.metadata.annotations.is_empty() {
        w.annotations("  Annotations", &template.metadata.annotations);
    }
    if let Some(account) = spec
        .extra
        .get("serviceAccountName")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
    {
        w.line(1, &format!("Service Account:\t{account}"));
    }
    if !spec.init_containers.is_empty() {
        containers(&mut w, "Init Containers", &spec.init_containers, None, "  ");
    }
    containers(&mut w, "Containers", &spec.containers, None, "  ");
    volumes(&mut w, &spec.volumes, "  ");
    topology_spread(&mut w, spec.extra.get("topologySpreadConstraints"), "  ");
    if !spec.priority_class_name.is_empty() {
        w.line(
            1,
            &format!("Priority Class Name:\t{}", spec.priority_class_name),
        );
    }
    w.labels("  Node-Selectors", &spec.node_selector);
    tolerations(&mut w, "  Tolerations", &spec.tolerations);
    w.text
}

/// `statuses`: of a pod; a template has none.
pub fn containers(
    w: &mut Writer,
    title: &str,
    containers: &[Container],
    statuses: Option<&[ContainerStatus]>,
    space: &str,
) {
    let none = if containers.is_empty() { " <none>" } else { "" };
    w.line(0, &format!("{space}{title}:{none}"));
    let indent = if space.is_empty() { "" } else { " " };
    for container in containers {
        let status =
            statuses.and_then(|all| all.iter().find(|status| status.name == container.name));
        w.line(1, &format!("{indent}{}:", container.name));
        if let Some(status) = status {
            w.line(2, &format!("Container ID:\t{}", status.container_id));
        }
        w.line(2, &format!("Image:\t{}", container.image));
        if let Some(status) = status {
            w.line(2, &format!("Image ID:\t{}", status.image_id));
        }
        ports(w, "Port", &container.ports, |port| port.container_port);
        ports(w, "Host Port", &container.ports, |port| port.host_port);
        seccomp_profile(w, container.extra.get("securityContext"), 2);
        words(w, "Command", container.extra.get("command"));
        words(w, "Args", container.extra.get("args"));
        if let Some(status) = status {
            state(w, "State", &status.state);
            if status.last_state.terminated.is_some() {
                state(w, "Last State", &status.last_state);
            }
            w.line(
                2,
                &format!("Ready:\t{}", if status.ready { "True" } else { "False" }),
            );
            w.line(2, &format!("Restart Count:\t{}", status.restart_count));
        }
        resources(w, &container.resources, 2);
        for (title, probe) in [
            ("Liveness", &container.liveness_probe),
            ("Readiness", &container.readiness_probe),
            ("Startup", &container.startup_probe),
        ] {
            if let Some(probe) = probe {
                w.line(2, &format!("{title}:\t{}", self::probe(probe)));
            }
        }
        environment(w, container);
        mounts(w, container);
    }
}

fn ports(
    w: &mut Writer,
    title: &str,
    ports: &[ContainerPort],
    number: impl Fn(&ContainerPort) -> i32,
) {
    let texts: Vec<String> = ports
        .iter()
        .map(|port| {
            let text = format!("{}/{}", number(port), port.protocol);
            match port.name.as_str() {
                "" => text,
                name => format!("{text} ({name})"),
            }
        })
        .collect();
    match texts.as_slice() {
        [] => w.line(2, &format!("{title}:\t<none>")),
        [one] => w.line(2, &format!("{title}:\t{one}")),
        many => w.line(2, &format!("{title}s:\t{}", many.join(", "))),
    }
}

/// The profile that a security context names: of a pod (level 0), whose lines aren't nested, or of a container.
pub fn seccomp_profile(w: &mut Writer, context: Option<&Value>, level: usize) {
    let Some(profile) = context.and_then(|context| context.get("seccompProfile")) else {
        return;
    };
    let type_ = text(profile, "type");
    w.line(level, &format!("SeccompProfile:\t{type_}"));
    if type_ == "Localhost" {
        let local = text(profile, "localhostProfile");
        let level = if level == 0 { 0 } else { level + 1 };
        w.line(level, &format!("LocalhostProfile:\t{local}"));
    }
}

fn words(w: &mut Writer, title: &str, list: Option<&Value>) {
    let items = list
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if items.is_empty() {
        return;
    }
    w.line(2, &format!("{title}:"));
    for item in items {
        for line in item.as_str().unwrap_or("").split('\n') {
            w.line(3, line);
        }
    }
}

fn moment(time: Option<Time>) -> String {
    time.map_or_else(
        || "Mon, 01 Jan 0001 00:00:00 +0000".to_owned(),
        duration::rfc1123,
    )
}

fn state(w: &mut Writer, title: &str, state: &ContainerState) {
    if let Some(running) = &state.running {
        w.line(2, &format!("{title}:\tRunning"));
        w.line(3, &format!("Started:\t{}", moment(running.started_at)));
    } else if let Some(terminated) = &state.terminated {
        w.line(2, &format!("{title}:\tTerminated"));
        if !terminated.reason.is_empty() {
            w.line(3, &format!("Reason:\t{}", terminated.reason));
        }
        if !terminated.message.is_empty() {
            w.line(3, &format!("Message:\t{}", terminated.message));
        }
        w.line(3, &format!("Exit Code:\t{}", terminated.exit_code));
        if terminated.signal > 0 {
            w.line(3, &format!("Signal:\t{}", terminated.signal));
        }
        w.line(3, &format!("Started:\t{}", moment(terminated.started_at)));
        w.line(3, &format!("Finished:\t{}", moment(terminated.finished_at)));
    } else {
        w.line(2, &format!("{title}:\tWaiting"));
        if let Some(waiting) = state
            .waiting
            .as_ref()
            .filter(|waiting| !waiting.reason.is_empty())
        {
            w.line(3, &format!("Reason:\t{}", waiting.reason));
        }
    }
}

pub fn resources(w: &mut Writer, resources: &ResourceRequirements, level: usize) {
    for (title, list) in [
        ("Limits", &resources.limits),
        ("Requests", &resources.requests),
    ] {
        if !list.is_empty() {
            w.line(level, &format!("{title}:"));
        }
        for (name, amount) in list {
            w.line(level + 1, &format!("{name}:\t{amount}"));
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// An int-or-string, as text.
fn port(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Models: describe.go, DescribeProbe.
fn probe(probe: &Probe) -> String {
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        probe.initial_delay_seconds,
        probe.timeout_seconds,
        probe.period_seconds,
        probe.success_threshold,
        probe.failure_threshold
    );
    let what = if let Some(exec) = probe.extra.get("exec") {
        format!(
            "exec {}",
            patch::go_value(exec.get("command").unwrap_or(&Value::Array(Vec::new())))
        )
    } else if let Some(get) = probe.extra.get("httpGet") {
        let (scheme, host, number, path) = (
            text(get, "scheme").to_ascii_lowercase(),
            text(get, "host"),
            port(get, "port"),
            text(get, "path"),
        );
        let slash = if path.is_empty() || path.starts_with('/') {
            ""
        } else {
            "/"
        };
        format!("http-get {scheme}://{host}:{number}{slash}{path}")
    } else if let Some(socket) = probe.extra.get("tcpSocket") {
        format!(
            "tcp-socket {}:{}",
            text(socket, "host"),
            port(socket, "port")
        )
    } else if let Some(grpc) = probe.extra.get("grpc") {
        format!(
            "grpc <pod>:{} {}",
            port(grpc, "port"),
            text(grpc, "service")
        )
    } else {
        "unknown".to_owned()
    };
    format!("{what} {attributes}")
}

fn list<'a>(container: &'a Container, key: &str) -> &'a [Value] {
    container
        .extra
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn optional(source: &Value) -> bool {
    source
        .get("optional")
        .and_then(Value::as_bool)
        .unwrap_or(false)
}

fn environment(w: &mut Writer, container: &Container) {
    let from = list(container, "envFrom");
    if !from.is_empty() {
        w.line(2, "Environment Variables from:");
    }
    for source in from {
        let (kind, reference) = match (source.get("configMapRef"), source.get("secretRef")) {
            (Some(reference), _) => ("ConfigMap", reference),
            (None, Some(reference)) => ("Secret", reference),
            _ => continue,
        };
        let prefix = match text(source, "prefix") {
            "" => String::new(),
            prefix => format!(" with prefix '{prefix}'"),
        };
        w.line(
            3,
            &format!(
                "{}\t{kind}{prefix}\tOptional: {}",
                text(reference, "name"),
                optional(reference)
            ),
        );
    }
    let env = list(container, "env");
    w.line(
        2,
        if env.is_empty() {
            "Environment:\t<none>"
        } else {
            "Environment:"
        },
    );
    for variable in env {
        let name = text(variable, "name");
        let Some(source) = variable.get("valueFrom") else {
            for (i, line) in text(variable, "value").split('\n').enumerate() {
                let name = if i == 0 {
                    format!("{name}:")
                } else {
                    String::new()
                };
                w.line(3, &format!("{name}\t{line}"));
            }
            continue;
        };
        variable_source(w, container, name, source);
    }
}

/// An environment variable whose value comes from elsewhere.
fn variable_source(w: &mut Writer, container: &Container, name: &str, source: &Value) {
    if let Some(field) = source.get("fieldRef") {
        let version = match text(field, "apiVersion") {
            "" => "v1",
            version => version,
        };
        w.line(
            3,
            &format!("{name}:\t (%{version}:{})", text(field, "fieldPath")).replace("(%", "("),
        );
    } else if let Some(resource) = source.get("resourceFieldRef") {
        let wanted = text(resource, "resource");
        let amount = match resource_value(container, resource).unwrap_or_default() {
            0 if ["limits.cpu", "limits.memory"].contains(&wanted) => "node allocatable".to_owned(),
            amount => amount.to_string(),
        };
        w.line(3, &format!("{name}:\t{amount} ({wanted})"));
    } else if let Some(key) = source.get("secretKeyRef") {
        w.line(
            3,
            &format!(
                "{name}:\t<set to the key '{}' in secret '{}'>\tOptional: {}",
                text(key, "key"),
                text(key, "name"),
                optional(key)
            ),
        );
    } else if let Some(key) = source.get("configMapKeyRef") {
        w.line(
            3,
            &format!(
                "{name}:\t<set to the key '{}' of config map '{}'>\tOptional: {}",
                text(key, "key"),
                text(key, "name"),
                optional(key)
            ),
        );
    }
}

/// The value of a `resourceFieldRef`, in units of its divisor; none for a resource that isn't requested.
///
/// Models: kubectl/pkg/util/resource, ExtractContainerResourceValue.
fn resource_value(container: &Container, reference: &Value) -> Option<i64> {
    let (list, name) = text(reference, "resource").split_once('.')?;
    let resources = &container.resources;
    let list = if list == "limits" {
        &resources.limits
    } else {
        &resources.requests
    };
    let amount = list.get(name)?;
    let divisor = Quantity::parse(text(reference, "divisor"))
        .ok()
        .filter(|divisor| !divisor.is_zero())
        .unwrap_or_else(|| Quantity::from_i64(1));
    let (amount, divisor) = if name == "cpu" {
        (amount.milli_value(), divisor.milli_value())
    } else {
        (amount.value(), divisor.value())
    };
    let part = amount.checked_div(divisor)?;
    Some(part.saturating_add(i64::from(amount.checked_rem(divisor)? > 0)))
}

fn mounts(w: &mut Writer, container: &Container) {
    let mut mounts: Vec<&Value> = list(container, "volumeMounts").iter().collect();
    w.line(
        2,
        if mounts.is_empty() {
            "Mounts:\t<none>"
        } else {
            "Mounts:"
        },
    );
    mounts.order_by_key(|mount| text(mount, "mountPath").to_owned());
    for mount in mounts {
        let read_only = mount
            .get("readOnly")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let mut flags = if read_only { "ro" } else { "rw" }.to_owned();
        let sub_path = text(mount, "subPath");
        if !sub_path.is_empty() {
            flags.push_str(&format!(",path={sub_path}", sub_path = quote(sub_path)));
        }
        w.line(
            3,
            &format!(
                "{} from {} ({flags})",
                text(mount, "mountPath"),
                text(mount, "name")
            ),
        );
    }
    let mut devices: Vec<&Value> = list(container, "volumeDevices").iter().collect();
    if !devices.is_empty() {
        w.line(2, "Devices:");
    }
    devices.order_by_key(|device| text(device, "devicePath").to_owned());
    for device in devices {
        let (path, name) = (text(device, "devicePath"), text(device, "name"));
        w.line(3, &format!("{path} from {name}"));
    }
}

pub fn volumes(w: &mut Writer, volumes: &[Volume], space: &str) {
    if volumes.is_empty() {
        w.line(0, &format!("{space}Volumes:\t<none>"));
        return;
    }
    w.line(0, &format!("{space}Volumes:"));
    let indent = if space.is_empty() { "" } else { " " };
    for volume in volumes {
        w.line(1, &format!("{indent}{}:", volume.name));
        let Some((kind, source)) = volume.source.iter().next() else {
            w.line(1, "<unknown>");
            continue;
        };
        volume_source(w, kind, source);
    }
}

fn volume_source(w: &mut Writer, kind: &str, source: &Value) {
    let or = |text: &str, default: &str| {
        if text.is_empty() {
            default.to_owned()
        } else {
            text.to_owned()
        }
    };
    let flag = |key: &str| source.get(key).and_then(Value::as_bool).unwrap_or(false);
    match kind {
        "hostPath" => {
            w.line(2, "Type:\tHostPath (bare host directory volume)");
            w.line(2, &format!("Path:\t{}", text(source, "path")));
            let type_ = source
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or("<none>");
            w.line(2, &format!("HostPathType:\t{type_}"));
        }
        "emptyDir" => {
            w.line(
                2,
                "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
            );
            w.line(2, &format!("Medium:\t{}", text(source, "medium")));
            w.line(
                2,
                &format!("SizeLimit:\t{}", or(text(source, "sizeLimit"), "<unset>")),
            );
        }
        "secret" => {
            w.line(2, "Type:\tSecret (a volume populated by a Secret)");
            w.line(2, &format!("SecretName:\t{}", text(source, "secretName")));
            w.line(2, &format!("Optional:\t{}", optional(source)));
        }
        "configMap" => {
            w.line(2, "Type:\tConfigMap (a volume populated by a ConfigMap)");
            w.line(2, &format!("Name:\t{}", text(source, "name")));
            w.line(2, &format!("Optional:\t{}", optional(source)));
        }
        "persistentVolumeClaim" => {
            w.line(2, "Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
            w.line(2, &format!("ClaimName:\t{}", text(source, "claimName")));
            w.line(2, &format!("ReadOnly:\t{}", flag("readOnly")));
        }
        "projected" => {
            w.line(
                2,
                "Type:\tProjected (a volume that contains injected data from multiple sources)",
            );
            projected(w, source);
        }
        "downwardAPI" => {
            w.line(
                2,
                "Type:\tDownwardAPI (a volume populated by information about the pod)",
            );
            w.line(2, "Items:");
            pod_information(w, source);
        }
        "nfs" => {
            w.line(
                2,
                "Type:\tNFS (an NFS mount that lasts the lifetime of a pod)",
            );
            w.line(2, &format!("Server:\t{}", text(source, "server")));
            w.line(2, &format!("Path:\t{}", text(source, "path")));
            w.line(2, &format!("ReadOnly:\t{}", flag("readOnly")));
        }
        "csi" => {
            w.line(
                2,
                "Type:\tCSI (a Container Storage Interface (CSI) volume source)",
            );
            w.line(2, &format!("Driver:\t{}", text(source, "driver")));
            w.line(2, &format!("FSType:\t{}", text(source, "fsType")));
            w.line(2, &format!("ReadOnly:\t{}", flag("readOnly")));
            volume_attributes(w, source);
        }
        "image" => {
            w.line(2, "Type:\tImage (a container image or OCI artifact)");
            w.line(2, &format!("Reference:\t{}", text(source, "reference")));
            w.line(2, &format!("PullPolicy:\t{}", text(source, "pullPolicy")));
        }
        _ => w.line(1, "<unknown>"),
    }
}

/// The sources of a projected volume.
fn projected(w: &mut Writer, source: &Value) {
    for source in source
        .get("sources")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(map) = source.get("configMap") {
            w.line(2, &format!("ConfigMapName:\t{}", text(map, "name")));
            w.line(2, &format!("Optional:\t{}", optional(map)));
        } else if let Some(secret) = source.get("secret") {
            w.line(2, &format!("SecretName:\t{}", text(secret, "name")));
            w.line(2, &format!("Optional:\t{}", optional(secret)));
        } else if source.get("downwardAPI").is_some() {
            w.line(2, "DownwardAPI:\ttrue");
        } else if let Some(token) = source.get("serviceAccountToken") {
            let seconds = token
                .get("expirationSeconds")
                .and_then(Value::as_i64)
                .unwrap_or(3600);
            w.line(2, &format!("TokenExpirationSeconds:\t{seconds}"));
        }
    }
}

/// The items of a volume with information about the pod.
fn pod_information(w: &mut Writer, source: &Value) {
    let items = source.get("items").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        for (reference, what) in [("fieldRef", "fieldPath"), ("resourceFieldRef", "resource")] {
            if let Some(reference) = item.get(reference) {
                let (from, to) = (text(reference, what), text(item, "path"));
                w.line(3, &format!("{from} -> {to}"));
            }
        }
    }
}

fn volume_attributes(w: &mut Writer, source: &Value) {
    let attributes = source.get("volumeAttributes").and_then(Value::as_object);
    let mut title = "VolumeAttributes:";
    // Upstream indents each of these once more.
    for (key, value) in attributes.into_iter().flatten() {
        let value = value.as_str().unwrap_or("");
        w.line(2, &format!("{title}\t    {key}={value}"));
        title = "    ";
    }
    if !title.trim().is_empty() {
        w.line(2, &format!("{title}\t<none>"));
    }
}

pub fn topology_spread(w: &mut Writer, constraints: Option<&Value>, space: &str) {
    let mut constraints: Vec<&Value> = constraints
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    constraints.order_by_key(|constraint| text(constraint, "topologyKey").to_owned());
    for (i, constraint) in constraints.into_iter().enumerate() {
        let title = if i == 0 {
            "Topology Spread Constraints:"
        } else {
            ""
        };
        let skew = constraint
            .get("maxSkew")
            .and_then(Value::as_i64)
            .unwrap_or(0);
        let selected = constraint
            .get("labelSelector")
            .and_then(|value| json::read(value.clone()).ok());
        let selected = selected.map_or(String::new(), |labels| {
            format!(" for selector {}", selector::format(Some(&labels)))
        });
        w.line(
            0,
            &format!(
                "{space}{title}\t{}:{} when max skew {skew} is exceeded{selected}",
                text(constraint, "topologyKey"),
                text(constraint, "whenUnsatisfiable")
            ),
        );
    }
}

/// Models: describe.go, printTolerationsMultilineWithIndent.
pub fn tolerations(w: &mut Writer, title: &str, tolerations: &[Toleration]) {
    let mut sorted: Vec<&Toleration> = tolerations.iter().collect();
    sorted.order_by(|a, b| a.key.cmp(&b.key));
    let texts = sorted.into_iter().map(|toleration| {
        let mut text = toleration.key.clone();
        if !toleration.value.is_empty() {
            text.push_str(&format!("={}", toleration.value));
        }
        if !toleration.effect.is_empty() {
            text.push_str(&format!(":{}", toleration.effect));
        }
        if toleration.operator == "Exists" && toleration.value.is_empty() {
            text.push_str(if text.is_empty() {
                "op=Exists"
            } else {
                " op=Exists"
            });
        }
        if let Some(seconds) = toleration.toleration_seconds {
            text.push_str(&format!(" for {seconds}s"));
        }
        text
    });
    let texts: Vec<String> = texts.collect();
    w.list(title, &texts);
}
