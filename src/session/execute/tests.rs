//! Each operation on typed arguments does and says the same as kubectl does for the words of the command. Links were made when commands still went through those words.

use super::{Outcome, execute, told};
use crate::apiserver::Propagation;
use crate::cluster::Cluster;
use crate::kubectl::convert::PatchType;
use crate::kubectl::{self, Output};
use crate::session::Session;
use crate::session::command::{Command, Failure};
use crate::session::scenario::Scenario;
use crate::session::words::{args, describe};
use crate::sim::time::SimDuration;
use serde_json::{Value, json};

const MANIFEST: &str = r#"
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers:
      - {name: main, image: 'agent:1', resources: {requests: {cpu: 100m}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeName: node-1
  containers: [{name: main, image: 'web:1'}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
"#;

/// Three workers with the agent in its second revision, a bare pod and a config map.
fn cluster() -> Cluster {
    let mut session = Session::new(Scenario::default());
    session.settle();
    let yaml = MANIFEST.to_owned();
    session.submit(Command::Apply { yaml }).unwrap();
    session.settle();
    session.submit(set_image("agent", "agent:2")).unwrap();
    session.settle();
    session.cluster().clone()
}

fn set_image(name: &str, image: &str) -> Command {
    Command::SetImage {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        container: "main".to_owned(),
        image: image.to_owned(),
    }
}

/// The command by way of its words.
fn typed(cluster: &mut Cluster, command: &Command) -> Result<Outcome, Failure> {
    cluster.note_command(&describe(command));
    let stdin = match command {
        Command::Replace { yaml } | Command::Edit { yaml, .. } | Command::DeleteYaml { yaml } => {
            Some(yaml.as_str())
        }
        _ => None,
    };
    let args = args(command).unwrap();
    let output: Output = kubectl::run(cluster, &args, stdin);
    cluster.pump();
    told(output)
}

#[track_caller]
fn check(command: &Command) -> Result<Outcome, Failure> {
    let (mut ours, mut theirs) = (cluster(), cluster());
    let result = execute(&mut ours, command);
    assert_eq!(result, typed(&mut theirs, command), "{command:?}");
    for cluster in [&mut ours, &mut theirs] {
        let end = cluster.now() + SimDuration::secs(120);
        cluster.run_until(end);
    }
    let state = |cluster: &Cluster| {
        (
            cluster.trace.hash(),
            cluster.server.resource_version(),
            cluster.now(),
            cluster.steps(),
        )
    };
    assert_eq!(state(&ours), state(&theirs), "{command:?}");
    result
}

fn patch(name: &str, type_: PatchType, patch: Value) -> Command {
    Command::Patch {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        type_,
        patch,
    }
}

fn delete(kind: &str, namespace: &str, name: &str) -> Command {
    Command::DeleteObject {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        propagation: Propagation::Background,
        grace_period_seconds: None,
    }
}

fn labels(node: &str, labels: &[(&str, Option<&str>)]) -> Command {
    let labels = labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned)));
    Command::LabelNode {
        node: node.to_owned(),
        labels: labels.collect(),
    }
}

fn request(name: &str, container: &str, resource: &str, amount: &str) -> Command {
    Command::SetRequest {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        container: container.to_owned(),
        resource: resource.to_owned(),
        amount: amount.to_owned(),
    }
}

#[test]
fn objects_are_deleted_as_by_words() {
    assert!(check(&delete("DaemonSet", "default", "agent")).is_ok());
    assert!(check(&delete("Pod", "default", "web")).is_ok());
    assert!(check(&delete("ConfigMap", "", "settings")).is_ok());
    assert!(check(&delete("Node", "", "node-2")).is_ok());
    assert!(check(&delete("Node", "default", "node-2")).is_ok());
    assert!(check(&delete("DaemonSet", "default", "nothing")).is_err());
    assert!(check(&delete("DaemonSet", "kube-system", "agent")).is_err());
    assert!(check(&delete("Nonsense", "default", "agent")).is_err());
    for propagation in [Propagation::Orphan, Propagation::Foreground] {
        for grace_period_seconds in [None, Some(-1), Some(0), Some(1), Some(60)] {
            for (kind, name) in [("DaemonSet", "agent"), ("Pod", "web")] {
                let result = check(&Command::DeleteObject {
                    kind: kind.to_owned(),
                    namespace: "default".to_owned(),
                    name: name.to_owned(),
                    propagation,
                    grace_period_seconds,
                });
                assert!(result.is_ok());
            }
        }
    }
    let node = "node-1".to_owned();
    assert!(check(&Command::RemoveNode { node }).is_ok());
    let node = "node-9".to_owned();
    assert!(check(&Command::RemoveNode { node }).is_err());
}

#[test]
fn texts_are_written_as_by_words() {
    let others = MANIFEST.replace("agent:1", "agent:3");
    let missing = MANIFEST.replace("name: web", "name: other");
    let unknown = MANIFEST.replace("nodeName", "nodeNam");
    for yaml in [MANIFEST, &others, &missing, &unknown, "", "a: [", "a: b"] {
        let is_whole = yaml == MANIFEST;
        let yaml = yaml.to_owned();
        let deleted = check(&Command::DeleteYaml { yaml: yaml.clone() });
        assert!(deleted.is_ok() || !is_whole);
        let object = "daemonset.apps/agent".to_owned();
        let edited = check(&Command::Edit {
            object,
            yaml: yaml.clone(),
        });
        let replaced = check(&Command::Replace { yaml });
        // The pod's volumes can't be taken away, but the others were written.
        for refused in [edited, replaced].into_iter().filter_map(Result::err) {
            assert!(!is_whole || !refused.done.is_empty(), "{refused:?}");
        }
    }
}

#[test]
fn nodes_are_changed_as_by_words() {
    for node in ["node-1", "node-9"] {
        let is_there = node == "node-1";
        for on in [true, false] {
            let node = node.to_owned();
            assert_eq!(check(&Command::Cordon { node, on }).is_ok(), is_there);
        }
        let drain = Command::Drain {
            node: node.to_owned(),
        };
        assert_eq!(check(&drain).is_ok(), is_there);
        let change = labels(node, &[("disk", Some("ssd")), ("kubernetes.io/os", None)]);
        assert_eq!(check(&change).is_ok(), is_there);
    }
    assert!(check(&labels("node-1", &[("nothing", None)])).is_ok());
    assert!(check(&labels("node-1", &[])).is_err());
    assert!(check(&labels("node-1", &[("a", Some("b c"))])).is_err());
}

#[test]
fn daemon_sets_are_changed_as_by_words() {
    for name in ["agent", "nothing"] {
        let is_there = name == "agent";
        assert_eq!(check(&set_image(name, "agent:3")).is_ok(), is_there);
        assert_eq!(check(&set_image(name, "agent:2")).is_ok(), is_there);
        let restart = Command::RolloutRestart {
            namespace: "default".to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(check(&restart).is_ok(), is_there);
        for to_revision in [0, 1, 2, 7, -1] {
            let undo = Command::RolloutUndo {
                namespace: "default".to_owned(),
                name: name.to_owned(),
                to_revision,
            };
            let is_fine = is_there && (0..=2).contains(&to_revision);
            assert_eq!(check(&undo).is_ok(), is_fine, "{to_revision}");
        }
        for (container, resource, amount, is_fine) in [
            ("main", "cpu", "50m", true),
            ("main", "memory", "1Gi", true),
            ("main", "cpu", "0", true),
            ("side", "cpu", "50m", false),
        ] {
            let result = check(&request(name, container, resource, amount));
            assert_eq!(result.is_ok(), is_fine && is_there, "{container} {amount}");
        }
        let spec = |spec: Value| json!({"spec": {"template": {"spec": spec}}});
        let remove =
            json!([{"op": "remove", "path": "/spec/template/spec/containers/0/resources"}]);
        for (type_, change, is_fine) in [
            (PatchType::Merge, spec(json!({"nodeName": "node-1"})), true),
            (PatchType::Merge, spec(json!({"nodeName": null})), true),
            (PatchType::Merge, spec(json!({"containers": []})), false),
            (PatchType::Merge, spec(json!({"foo": 1})), true),
            (PatchType::Merge, json!({"metadata": {"name": "a"}}), false),
            (PatchType::Strategic, spec(json!({"nodeName": "a"})), true),
            (PatchType::Json, remove, true),
            (PatchType::Json, json!([{"op": "fly"}]), false),
            (PatchType::Json, json!({}), false),
        ] {
            let result = check(&patch(name, type_, change.clone()));
            assert_eq!(result.is_ok(), is_fine && is_there, "{change}");
        }
    }
    assert!(check(&request("agent", "main", "cpu", "lots")).is_err());
}
