//! Tests of defaults.

use super::pod_spec::pull_policy;
use super::*;
use crate::api::meta::ObjectMeta;
use serde_json::{Value, json};

fn defaulted_template(spec: Value) -> Value {
    let mut daemon_set: DaemonSet =
        serde_json::from_value(json!({"spec": {"template": {"spec": spec}}})).unwrap();
    default_daemon_set(&mut daemon_set);
    let once = daemon_set.clone();
    default_daemon_set(&mut daemon_set);
    assert_eq!(once, daemon_set, "defaults twice are defaults once");
    serde_json::to_value(daemon_set.spec.template.spec).unwrap()
}

#[test]
fn pull_policies() {
    for (image, policy) in [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("registry:5000/team/agent", "Always"),
        ("registry:5000/team/agent:v1", "IfNotPresent"),
        ("Registry.example.com/agent", "Always"),
        ("nginx@sha256:abc", "IfNotPresent"),
        ("nginx:latest@sha256:abc", "Always"),
        ("NotAnImage", "IfNotPresent"),
        ("", "IfNotPresent"),
        (":", "IfNotPresent"),
        ("é/é:é", "IfNotPresent"),
    ] {
        assert_eq!(pull_policy(image), policy, "{image:?}");
    }
}

#[test]
fn a_template_gets_what_the_server_sets() {
    let spec = defaulted_template(json!({
        "serviceAccountName": "agent",
        "containers": [{
            "name": "a", "image": "a",
            "ports": [{"containerPort": 80}],
            "livenessProbe": {"httpGet": {"port": 80}},
            "readinessProbe": {"grpc": {"port": 80}, "timeoutSeconds": 5},
            "resources": {"limits": {"cpu": "1000m"}},
            "env": [{"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}]
        }],
        "volumes": [{"name": "v"}, {"name": "h", "hostPath": {"path": "/"}}, {"name": "c", "configMap": {"name": "c"}}]
    }));
    assert_eq!(
        spec,
        json!({
            "serviceAccountName": "agent", "serviceAccount": "agent",
            "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler",
            "terminationGracePeriodSeconds": 30, "securityContext": {},
            "containers": [{
                "name": "a", "image": "a", "imagePullPolicy": "Always",
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "ports": [{"containerPort": 80, "protocol": "TCP"}],
                "livenessProbe": {"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                "readinessProbe": {"grpc": {"port": 80, "service": ""}, "timeoutSeconds": 5, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
                "resources": {"limits": {"cpu": "1"}},
                "env": [{"name": "X", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}}]
            }],
            "volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "h", "hostPath": {"path": "/", "type": ""}},
                {"name": "c", "configMap": {"name": "c", "defaultMode": 420}}
            ]
        })
    );
}

#[test]
fn a_pod_gets_more() {
    let mut pod: Pod = serde_json::from_value(json!({"spec": {"hostNetwork": true, "containers": [
        {"name": "a", "image": "a:1", "ports": [{"containerPort": 80}], "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}}
    ]}})).unwrap();
    default_pod(&mut pod);
    let container = &pod.spec.containers[0];
    assert_eq!(container.ports[0].host_port, 80);
    assert_eq!(container.resources.requests["memory"].to_string(), "1Gi");
    assert_eq!(container.resources.requests["cpu"].to_string(), "500m");
    assert_eq!(pod.spec.extra["enableServiceLinks"], true);
    assert_eq!(pod.status.phase, "Pending");
}

#[test]
fn other_kinds() {
    let mut namespace = Namespace {
        metadata: ObjectMeta::named("logging"),
        ..Namespace::default()
    };
    default_namespace(&mut namespace);
    assert_eq!(
        namespace.metadata.label("kubernetes.io/metadata.name"),
        Some("logging")
    );
    assert_eq!(namespace.status.phase, "Active");
    let mut node: Node =
        serde_json::from_value(json!({"status": {"capacity": {"cpu": "4"}}})).unwrap();
    default_node(&mut node);
    assert_eq!(node.status.allocatable["cpu"].to_string(), "4");
    let mut class = PriorityClass::default();
    default_priority_class(&mut class);
    assert_eq!(
        class.preemption_policy.as_deref(),
        Some("PreemptLowerPriority")
    );
}
