//! Tests of decoding: what the API server says, where, and what our hint is.

use super::*;

const SEED: &str = "apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: my-daemonset
spec:
  selector:
    matchLabels:
      app: my-app
  template:
    metadata:
      labels:
        app: my-app
    spec:
      containers:
      - name: my-container
        image: my-image:latest
";

#[track_caller]
fn check(change: (&str, &str), line: u32, message: &str, hint: Option<&str>) {
    assert!(SEED.contains(change.0));
    let errors = decode(&SEED.replacen(change.0, change.1, 1)).unwrap_err();
    assert_eq!(errors[0].message, message);
    assert_eq!((errors[0].line, errors[0].hint.as_deref()), (line, hint));
}

#[test]
fn the_seed_example() {
    let decoded = decode(SEED).unwrap();
    let Object::DaemonSet(daemon_set) = &decoded[0].object else {
        panic!("{:?}", decoded[0].object)
    };
    assert_eq!(
        daemon_set.spec.template.spec.containers[0].image,
        "my-image:latest"
    );
    assert_eq!(
        decoded[0].position("spec.template.labels").unwrap().line,
        11
    );
}

#[test]
fn unknown_fields() {
    check(
        ("      containers:", "      contaniers:"),
        14,
        "strict decoding error: unknown field \"spec.template.spec.contaniers\"",
        Some("did you mean \"containers\"?"),
    );
    check(
        ("        image:", "        imagee:"),
        16,
        "strict decoding error: unknown field \"spec.template.spec.containers[0].imagee\"",
        Some("did you mean \"image\"?"),
    );
    check(
        ("spec:\n", "spec:\n  nodeSelector: {a: b}\n"),
        6,
        "strict decoding error: unknown field \"spec.nodeSelector\"",
        Some("nodeSelector belongs in spec.template.spec"),
    );
    check(
        ("spec:\n", "spec:\n  replicas: 3\n"),
        6,
        "strict decoding error: unknown field \"spec.replicas\"",
        Some("a DaemonSet has no replicas: it runs one pod on each eligible node"),
    );
}

#[test]
fn wrong_types() {
    check(
        ("        app: my-app\n    spec", "        app: 1\n    spec"),
        12,
        "json: cannot unmarshal number into Go struct field ObjectMeta.spec.template.metadata.labels of type string",
        Some("in quotes it is a string: \"1\""),
    );
    check(
        ("spec:\n", "spec:\n  minReadySeconds: \"5\"\n"),
        6,
        "json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32",
        Some("without quotes it is a number: 5"),
    );
    check(
        ("spec:\n", "spec:\n  minReadySeconds: 99999999999\n"),
        6,
        "json: cannot unmarshal number 99999999999 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32",
        None,
    );
    check(
        ("spec:\n", "spec:\n  minReadySeconds: 1.5\n"),
        6,
        "json: cannot unmarshal number 1.5 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32",
        None,
    );
    check(
        (
            "        image: my-image:latest",
            "        image: my-image:latest\n        imagePullPolicy: yes",
        ),
        17,
        "json: cannot unmarshal bool into Go struct field Container.spec.template.spec.containers.imagePullPolicy of type v1.PullPolicy",
        Some("without quotes YAML reads it as the boolean true; in quotes it is a string"),
    );
    check(
        (
            "        image: my-image:latest",
            "        resources: {limits: {cpu: lots}}",
        ),
        16,
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        Some("an amount is a number with perhaps a suffix: 500m, 2, 64Mi"),
    );
    check(
        (
            "spec:\n",
            "spec:\n  updateStrategy: {rollingUpdate: {maxUnavailable: yes}}\n",
        ),
        6,
        "json: cannot unmarshal bool into Go value of type int32",
        None,
    );
    check(
        (
            "  name: my-daemonset",
            "  name: my-daemonset\n  creationTimestamp: now",
        ),
        5,
        "parsing time \"now\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"now\" as \"2006\"",
        None,
    );
}

#[test]
fn all_findings_and_the_servers_choice() {
    let text = SEED.replace("spec:\n  selector", "spce: {}\nspec:\n  foo: 1\n  selector");
    let errors = decode(&text).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert_eq!(
        server_message(&errors),
        "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: strict decoding error: unknown field \"spce\", unknown field \"spec.foo\""
    );
    let text = text.replace("my-image:latest", "[]");
    let errors = decode(&text).unwrap_err();
    assert_eq!(errors.len(), 3);
    assert_eq!(
        kubectl_error(&errors, "f.yaml", "creating"),
        "Error from server (BadRequest): error when creating \"f.yaml\": DaemonSet in version \"v1\" cannot be handled as a DaemonSet: json: cannot unmarshal array into Go struct field Container.spec.template.spec.containers.image of type string"
    );
}

#[test]
fn errors_before_the_server() {
    let check = |text: &str, expect: &str, hint: Option<&str>| {
        let errors = decode(text).unwrap_err();
        assert_eq!(kubectl_error(&errors, "f.yaml", "creating"), expect);
        assert_eq!(errors[0].hint.as_deref(), hint);
    };
    check(
        "metadata: {name: a}",
        "error: error validating \"f.yaml\": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false",
        None,
    );
    check(
        "apiVersion: v1",
        "error: error validating \"f.yaml\": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false",
        None,
    );
    check(
        "apiVersion: apps/v1\nkind: Daemonset\nmetadata: {name: X}",
        "error: resource mapping not found for name: \"X\" namespace: \"\" from \"f.yaml\": no matches for kind \"Daemonset\" in version \"apps/v1\"\nensure CRDs are installed first",
        Some("did you mean \"DaemonSet\"?"),
    );
    check(
        "apiVersion: extensions/v1beta1\nkind: DaemonSet",
        "error: resource mapping not found for name: \"\" namespace: \"\" from \"f.yaml\": no matches for kind \"DaemonSet\" in version \"extensions/v1beta1\"\nensure CRDs are installed first",
        Some("DaemonSet is in apps/v1"),
    );
}

#[test]
fn lists_and_several_documents() {
    let text = "---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- apiVersion: v1\n  kind: Service\n  metadata: {name: b}\n  spec: {ports: [{port: 80}]}\n---\napiVersion: apps/v1\nkind: DaemonSetList\nitems:\n- metadata: {name: c}\n";
    let decoded = decode(text).unwrap();
    let names: Vec<String> = decoded
        .iter()
        .map(|d| format!("{}/{}", d.object.kind_name(), d.object.meta().name))
        .collect();
    assert_eq!(names, ["Pod/a", "Service/b", "DaemonSet/c"]);
    assert_eq!(decoded[1].position("spec.ports[0].port").unwrap().line, 11);
    assert_eq!(
        (decoded[2].document_index, decoded[2].prefix.as_str()),
        (2, "items[0]")
    );
    assert_eq!(decoded[1].object.to_value()["spec"]["ports"][0]["port"], 80);
}

#[test]
fn metadata_of_other_kinds_is_checked() {
    let errors = decode("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  nmae: a\ndata: {a: b}\n")
        .unwrap_err();
    assert_eq!(
        errors[0].message,
        "strict decoding error: unknown field \"metadata.nmae\""
    );
}

#[test]
fn nulls_are_dropped_or_zero() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {x: null}, annotations: ~}\nspec: {containers: [~], nodeName: null, tolerations: }\n";
    let decoded = decode(text).unwrap();
    let Object::Pod(pod) = &decoded[0].object else {
        panic!()
    };
    assert_eq!(pod.metadata.label("x"), Some(""));
    assert_eq!(pod.spec.containers.len(), 1);
}

#[test]
fn values_that_arrive_as_json() {
    let value = serde_json::json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {"taints": 1}});
    let status = decode_value(value).unwrap_err();
    assert_eq!(
        (status.code, status.message.as_str()),
        (
            400,
            "Node in version \"v1\" cannot be handled as a Node: json: cannot unmarshal number into Go struct field NodeSpec.spec.taints of type []v1.Taint"
        )
    );
    let value = serde_json::json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {}});
    assert_eq!(decode_value(value).unwrap().meta().name, "n");
    let mut deep = Value::Null;
    for _ in 0..500 {
        deep = serde_json::json!([deep]);
    }
    assert!(decode_value(deep).is_err());
    assert!(decode_value(Value::Null).is_err());
}

/// Every field of a pod's spec with its zero value: pointers keep it, and Go's `omitempty` drops the others. As recorded for those
/// that a DaemonSet's manifest commonly has (`omitempty-…` in tests/conformance/kinds).
#[test]
fn zero_values_are_kept_or_dropped_as_go_writes_them() {
    let kept = [
        "activeDeadlineSeconds",
        "affinity",
        "automountServiceAccountToken",
        "dnsConfig",
        "enableServiceLinks",
        "hostUsers",
        "hostnameOverride",
        "os",
        "preemptionPolicy",
        "priority",
        "resources",
        "runtimeClassName",
        "schedulingGroup",
        "securityContext",
        "setHostnameAsFQDN",
        "shareProcessNamespace",
        "terminationGracePeriodSeconds",
    ];
    let zero = |type_: &schema::Type| match type_ {
        schema::Type::String(_) => serde_json::json!(""),
        schema::Type::Bool => serde_json::json!(false),
        schema::Type::Int32 | schema::Type::Int64 => serde_json::json!(0),
        schema::Type::List(_) => serde_json::json!([]),
        _ => serde_json::json!({}),
    };
    let mut left = kept.to_vec();
    for field in schema::fields("PodSpec") {
        let value = zero(&field.type_);
        let pod = serde_json::json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
            "spec": {field.name: value},
        });
        let object = decode_value(pod).unwrap().to_value();
        let is_there = object["spec"].get(field.name).is_some();
        assert_eq!(is_there, kept.contains(&field.name), "{}", field.name);
        left.retain(|name| *name != field.name);
    }
    assert_eq!(left, [""; 0], "fields that a pod's spec doesn't have");
}
