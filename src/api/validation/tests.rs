//! Tests of validation: a change to a valid manifest, and the findings as kubectl lists them.

use super::*;
use crate::api::decode::decode;
use crate::api::defaults::{default_object, namespace_or_default};

const DAEMON_SET: &str = "apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata:
      labels: {app: agent}
    spec:
      volumes: [{name: data, emptyDir: {}}]
      containers:
      - name: main
        image: agent:1
";

fn object(text: &str) -> Object {
    let decoded = decode(text).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    let mut object = decoded[0].object.clone();
    namespace_or_default(&mut object);
    default_object(&mut object);
    object
}

fn findings(text: &str) -> Vec<String> {
    validate_create(&object(text))
        .iter()
        .map(FieldError::to_string)
        .collect()
}

/// Adds lines to the spec of the pod template.
#[track_caller]
fn pod_spec(lines: &str, expect: &[&str]) {
    assert_eq!(
        findings(&format!("{DAEMON_SET}      {lines}\n")),
        expect,
        "{lines}"
    );
}

/// Adds lines to the container.
#[track_caller]
fn container(lines: &str, expect: &[&str]) {
    assert_eq!(
        findings(&format!("{DAEMON_SET}        {lines}\n")),
        expect,
        "{lines}"
    );
}

#[track_caller]
fn replaced(from: &str, to: &str, expect: &[&str]) {
    assert!(DAEMON_SET.contains(from));
    assert_eq!(findings(&DAEMON_SET.replacen(from, to, 1)), expect, "{to}");
}

#[test]
fn the_manifest_is_valid() {
    replaced("agent", "agent", &[]);
}

#[test]
fn daemon_sets() {
    let strategy = |text: &str| format!("spec:\n  updateStrategy: {text}");
    replaced(
        "spec:",
        &strategy("{type: Recreate}"),
        &[
            "spec.updateStrategy: Unsupported value: {\"Type\":\"Recreate\",\"RollingUpdate\":null}: supported values: \"RollingUpdate\", \"OnDelete\"",
        ],
    );
    replaced(
        "spec:",
        &strategy("{rollingUpdate: {maxUnavailable: 2, maxSurge: \"10%\"}}"),
        &[
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"10%\": may not be set when maxUnavailable is non-zero",
        ],
    );
    replaced(
        "spec:",
        &strategy("{rollingUpdate: {maxUnavailable: \"10\"}}"),
        &[
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"10\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ],
    );
    replaced(
        "spec:",
        "spec:\n  minReadySeconds: -1\n  revisionHistoryLimit: -2",
        &[
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
            "spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0",
        ],
    );
    replaced(
        "{matchLabels: {app: agent}}",
        "{matchExpressions: [{key: app, operator: In}, {key: b, operator: Exists, values: [x]}, {key: c, operator: Is}]}",
        &[
            "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
            "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            "spec.selector.matchExpressions[2].operator: Invalid value: \"Is\": not a valid selector operator",
        ],
    );
    pod_spec(
        "activeDeadlineSeconds: 5",
        &[
            "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported",
        ],
    );
}

#[test]
fn scheduling_rules() {
    pod_spec(
        "tolerations: [{operator: Equal}, {key: a, effect: NoSchedule, tolerationSeconds: 5}, {key: b, effect: Never}, {key: c, operator: Like}]",
        &[
            "spec.template.spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
            "spec.template.spec.tolerations[1].effect: Invalid value: \"NoSchedule\": effect must be 'NoExecute' when `tolerationSeconds` is set",
            "spec.template.spec.tolerations[2].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
            "spec.template.spec.tolerations[3].operator: Unsupported value: \"Like\": supported values: \"Equal\", \"Exists\"",
        ],
    );
    let node = "spec.template.spec.affinity.nodeAffinity";
    pod_spec(
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}, preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {matchFields: [{key: metadata.uid, operator: Exists}]}}]}}",
        &[
            &format!(
                "{node}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term"
            ),
            &format!(
                "{node}.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100"
            ),
            &format!(
                "{node}.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].operator: Invalid value: \"Exists\": not a valid selector operator"
            ),
            &format!(
                "{node}.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].key: Invalid value: \"metadata.uid\": not a valid field selector key"
            ),
        ],
    );
    pod_spec(
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {a: \"-\"}}}]}}",
        &[
            "spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ],
    );
    let spread = "spec.template.spec.topologySpreadConstraints";
    pod_spec(
        "topologySpreadConstraints: [{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 1, topologyKey: \"\", whenUnsatisfiable: X}]",
        &[
            &format!("{spread}[0].maxSkew: Invalid value: 0: must be greater than 0"),
            &format!(
                "{spread}[0].{{topologyKey, whenUnsatisfiable}}: Duplicate value: \"{{zone, DoNotSchedule}}\""
            ),
            &format!("{spread}[2].topologyKey: Required value: can not be empty"),
            &format!(
                "{spread}[2].whenUnsatisfiable: Unsupported value: \"X\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\""
            ),
        ],
    );
}

#[test]
fn containers() {
    let at = "spec.template.spec.containers[0]";
    container(
        "volumeMounts: [{name: data, mountPath: /d}, {name: nope, mountPath: /d}]",
        &[
            &format!("{at}.volumeMounts[1].name: Not found: \"nope\""),
            &format!("{at}.volumeMounts[1].mountPath: Invalid value: \"/d\": must be unique"),
        ],
    );
    container(
        "ports: [{containerPort: 80, name: UP}, {containerPort: 0}, {containerPort: 1, protocol: ICMP}]",
        &[
            &format!(
                "{at}.ports[0].name: Invalid value: \"UP\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
            ),
            &format!(
                "{at}.ports[0].name: Invalid value: \"UP\": must contain at least one letter (a-z)"
            ),
            &format!("{at}.ports[1].containerPort: Required value"),
            &format!(
                "{at}.ports[2].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\""
            ),
        ],
    );
    container(
        "env: [{value: x}, {name: A, valueFrom: {}}, {name: B, valueFrom: {fieldRef: {fieldPath: spec.nope}}}, {name: C, valueFrom: {fieldRef: {fieldPath: status.phase}}}]",
        &[
            &format!("{at}.env[0].name: Required value"),
            &format!(
                "{at}.env[1].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
            ),
            &format!(
                "{at}.env[2].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.nope\": error converting fieldPath: field label not supported: spec.nope"
            ),
            &format!(
                "{at}.env[3].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\": supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\""
            ),
        ],
    );
    container(
        "livenessProbe: {successThreshold: 2, httpGet: {port: 0}, exec: {command: [a]}}",
        &[
            &format!(
                "{at}.livenessProbe.httpGet: Forbidden: may not specify more than 1 handler type"
            ),
            &format!("{at}.livenessProbe.successThreshold: Invalid value: 2: must be 1"),
        ],
    );
    container(
        "readinessProbe: {}",
        &[&format!(
            "{at}.readinessProbe: Required value: must specify a handler type"
        )],
    );
    container(
        "imagePullPolicy: Sometimes",
        &[&format!(
            "{at}.imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\""
        )],
    );
    container(
        "resources: {requests: {cpu: 200m, gpu: 1, nvidia.com/gpu: 1}, limits: {cpu: 100m, memory: -1, a.b/c: 500m}}",
        &[
            &format!("{at}.resources.limits[a.b/c]: Invalid value: \"500m\": must be an integer"),
            &format!(
                "{at}.resources.limits[memory]: Invalid value: \"-1\": must be greater than or equal to 0"
            ),
            &format!(
                "{at}.resources.requests: Invalid value: \"200m\": must be less than or equal to cpu limit of 100m"
            ),
            &format!(
                "{at}.resources.requests[gpu]: Invalid value: \"gpu\": must be a standard resource type or fully qualified"
            ),
            &format!(
                "{at}.resources.requests[gpu]: Invalid value: \"gpu\": must be a standard resource for containers"
            ),
            &format!(
                "{at}.resources.limits: Required value: Limit must be set for non overcommitable resources"
            ),
        ],
    );
    container(
        "securityContext: {privileged: true, allowPrivilegeEscalation: false, runAsUser: -1}",
        &[
            &format!(
                "{at}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"
            ),
            &format!(
                "{at}.securityContext: Invalid value: {{\"Capabilities\":null,\"Privileged\":true,\"SELinuxOptions\":null,\"WindowsOptions\":null,\"RunAsUser\":-1,\"RunAsGroup\":null,\"RunAsNonRoot\":null,\"ReadOnlyRootFilesystem\":null,\"AllowPrivilegeEscalation\":false,\"ProcMount\":null,\"SeccompProfile\":null,\"AppArmorProfile\":null}}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            ),
        ],
    );
    replaced(
        "      - name: main\n",
        "      - {name: main, image: x}\n      - name: main\n",
        &["spec.template.spec.containers[1].name: Duplicate value: \"main\""],
    );
}

#[test]
fn the_rest_of_a_pod_spec() {
    let at = "spec.template.spec";
    pod_spec(
        "initContainers: [{name: main, image: a, livenessProbe: {tcpSocket: {port: 1}}}, {name: side, image: a, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]",
        &[
            &format!("{at}.initContainers[0].name: Duplicate value: \"main\""),
            &format!(
                "{at}.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always"
            ),
        ],
    );
    replaced(
        "{name: data, emptyDir: {}}",
        "{name: a, emptyDir: {}, hostPath: {path: /}}, {name: a, hostPath: {path: ../x, type: Dir}}, {name: b, configMap: {}}",
        &[
            &format!(
                "{at}.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"
            ),
            &format!(
                "{at}.volumes[1].hostPath.path: Invalid value: \"../x\": must not contain '..'"
            ),
            &format!(
                "{at}.volumes[1].hostPath.type: Unsupported value: \"Dir\": supported values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\""
            ),
            &format!("{at}.volumes[2].configMap.name: Required value"),
        ],
    );
    pod_spec(
        "dnsPolicy: None",
        &[&format!(
            "{at}.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"
        )],
    );
    pod_spec(
        "dnsPolicy: Sometimes",
        &[&format!(
            "{at}.dnsPolicy: Unsupported value: \"Sometimes\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", \"None\""
        )],
    );
    pod_spec(
        "restartPolicy: Maybe",
        &[
            &format!(
                "{at}.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"OnFailure\", \"Never\""
            ),
            &format!(
                "{at}.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\""
            ),
        ],
    );
    replaced(
        "      containers:\n      - name: main\n",
        "      hostNetwork: true\n      containers:\n      - name: main\n        ports: [{containerPort: 80}, {containerPort: 81, hostPort: 80}]\n",
        &[&format!(
            "{at}.containers[0].ports[1].hostPort: Invalid value: 80: must match `containerPort` when `hostNetwork` is true"
        )],
    );
    pod_spec(
        "hostAliases: [{ip: 300.1.1.1, hostnames: [a]}]",
        &[&format!(
            "{at}.hostAliases[0].ip: Invalid value: \"300.1.1.1\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        )],
    );
}

#[test]
fn nodes() {
    let text = "apiVersion: v1\nkind: Node\nmetadata: {name: node, namespace: x}\nspec:\n  taints: [{key: a, value: b, effect: NoSchedule}, {key: a, effect: NoSchedule}, {key: c, effect: Never}]\nstatus: {capacity: {pods: -1}}\n";
    assert_eq!(
        findings(text),
        [
            "metadata.namespace: Forbidden: not allowed on this type",
            "metadata.taints[1]: Duplicate value: {\"Key\":\"a\",\"Value\":\"\",\"Effect\":\"NoSchedule\",\"TimeAdded\":null}: taints must be unique by key and effect pair",
            "metadata.taints[2].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
            "status.capacity.pods: Invalid value: \"-1\": must be greater than or equal to 0",
            "status.allocatable.pods: Invalid value: \"-1\": must be greater than or equal to 0",
        ]
    );
}

#[test]
fn other_kinds() {
    let check = |text: &str, expect: &[&str]| assert_eq!(findings(text), expect, "{text}");
    check(
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: a}\nvalue: 1000000001\n",
        &["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"],
    );
    check(
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: system-node-critical}\nvalue: 2000001000\n",
        &[],
    );
    check(
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: system-x}\nvalue: 1\n",
        &[
            "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
        ],
    );
    assert_eq!(
        findings("apiVersion: v1\nkind: Namespace\nmetadata: {name: a.b}\n").len(),
        1
    );
    check(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \"system:node\"}\n",
        &[],
    );
    check(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-, finalizers: [mine]}\n",
        &[
            "metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified",
        ],
    );
}

#[test]
fn updates() {
    let old = object(DAEMON_SET);
    let check = |from: &str, to: &str, expect: &[&str]| {
        let new = object(&DAEMON_SET.replace(from, to));
        let errors: Vec<String> = validate_update(&new, &old)
            .iter()
            .map(FieldError::to_string)
            .collect();
        assert_eq!(errors, expect);
    };
    check("agent:1", "agent:2", &[]);
    check(
        "app: agent",
        "app: b",
        &["spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"b\"}}: field is immutable"],
    );
    check(
        "name: agent",
        "name: b",
        &["metadata.name: Invalid value: \"b\": field is immutable"],
    );
}

#[test]
fn pod_updates() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: c, image: a:1}]\n  tolerations: [{key: x, operator: Exists}]\n";
    let old = object(text);
    let check = |from: &str, to: &str, expect: &[&str]| {
        let mut new = object(&text.replace(from, to));
        new.meta_mut().uid = old.meta().uid.clone();
        let errors: Vec<String> = validate_update(&new, &old)
            .iter()
            .map(FieldError::to_string)
            .collect();
        let shortened: Vec<&str> = errors
            .iter()
            .map(|e| e.split(" other than").next().unwrap_or(e))
            .collect();
        assert_eq!(shortened, expect, "{to}");
    };
    check("a:1", "a:2", &[]);
    check("[{key", "[{key: z, operator: Exists}, {key", &[]);
    check(
        "key: x",
        "key: z",
        &[
            "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds",
        ],
    );
    check(
        "  containers",
        "  hostNetwork: true\n  containers",
        &["spec: Forbidden: pod updates may not change fields"],
    );
    check(
        "[{name: c",
        "[{name: d, image: x}, {name: c",
        &["spec.containers: Forbidden: pod updates may not add or remove containers"],
    );
}
