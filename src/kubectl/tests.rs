//! Commands against a small cluster, as a user types them.

use super::{Output, complete, heredoc, run, split};
use crate::cluster::nodes::NodeTemplate;
use crate::cluster::{Cluster, DEFAULT_EPOCH};
use crate::sim::rng::Stream;
use crate::sim::time::{SimDuration, SimTime};
use expect_test::{Expect, expect};
use std::sync::LazyLock;

/// The agent, with a port.
static AGENT: LazyLock<String> = LazyLock::new(|| {
    let agent = crate::cluster::tests::AGENT;
    format!("\n{agent}        ports:\n        - containerPort: 80\n")
});

/// Two nodes with the agent on both, one minute old.
fn small() -> Cluster {
    let mut cluster = Cluster::new(7, DEFAULT_EPOCH);
    for i in 1..=2 {
        let name = format!("node-{i}");
        let node = cluster.new_node(NodeTemplate::Worker, &name, i, true);
        cluster.as_user(|client| client.create(node)).unwrap();
    }
    kubectl(&mut cluster, "kubectl apply -f -", Some(&AGENT));
    cluster.run_until(SimTime(60_000));
    cluster
}

fn kubectl(cluster: &mut Cluster, line: &str, stdin: Option<&str>) -> Output {
    let words = split(line).unwrap();
    let output = run(cluster, &words[1..], stdin);
    cluster.pump();
    output
}

/// Plays lines such as `$ kubectl …` and `$ advance 30`, and returns them with what they print.
fn play(cluster: &mut Cluster, script: &str) -> String {
    let mut out = String::new();
    for command in script
        .split("\n$ ")
        .map(|command| command.trim_start_matches("$ ").trim_end())
    {
        out.push_str(&format!("$ {}\n", command.lines().next().unwrap_or("")));
        if let Some(seconds) = command.strip_prefix("advance ") {
            let until = cluster.now() + SimDuration::secs(seconds.parse().unwrap());
            cluster.run_until(until);
            continue;
        }
        let (line, input) = heredoc(command).unwrap();
        let output = kubectl(cluster, &line, input.as_deref());
        out.push_str(&output.stdout);
        out.push_str(&output.stderr);
        if output.exit != 0 {
            out.push_str(&format!("(exit {})\n", output.exit));
        }
    }
    out
}

#[track_caller]
fn check(script: &str, expect: Expect) {
    let played = play(&mut small(), script);
    // An expectation can't hold a line of blanks: it is compared as an empty one.
    let lines = played
        .split('\n')
        .map(|line| if line.trim().is_empty() { "" } else { line });
    expect.assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn tables() {
    check(
        "$ kubectl get ds
$ kubectl get ds -o wide --show-labels
$ kubectl get pods -L app
$ kubectl get po -o wide
$ kubectl get no
$ kubectl get nodes -o wide
$ kubectl get controllerrevisions
$ kubectl get ns,pc
$ kubectl get all -A
$ kubectl get ds --no-headers
$ kubectl get po -n kube-system
$ kubectl get pc nope --ignore-not-found
$ kubectl get cm -A",
        expect![[r#"
            $ kubectl get ds
            NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
            agent   2         2         2       2            2           <none>          60s
            $ kubectl get ds -o wide --show-labels
            NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE   CONTAINERS   IMAGES    SELECTOR    LABELS
            agent   2         2         2       2            2           <none>          60s   main         agent:1   app=agent   <none>
            $ kubectl get pods -L app
            NAME          READY   STATUS    RESTARTS   AGE   APP
            agent-lxfq2   1/1     Running   0          60s   agent
            agent-wj2sd   1/1     Running   0          60s   agent
            $ kubectl get po -o wide
            NAME          READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES
            agent-lxfq2   1/1     Running   0          60s   10.244.2.2   node-2   <none>           <none>
            agent-wj2sd   1/1     Running   0          60s   10.244.1.2   node-1   <none>           <none>
            $ kubectl get no
            NAME     STATUS   ROLES    AGE   VERSION
            node-1   Ready    <none>   60s   v1.36.2
            node-2   Ready    <none>   60s   v1.36.2
            $ kubectl get nodes -o wide
            NAME     STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE                         KERNEL-VERSION         CONTAINER-RUNTIME
            node-1   Ready    <none>   60s   v1.36.2   10.0.0.3      <none>        Debian GNU/Linux 12 (bookworm)   6.1.0-40-cloud-amd64   containerd://2.1.4
            node-2   Ready    <none>   60s   v1.36.2   10.0.0.4      <none>        Debian GNU/Linux 12 (bookworm)   6.1.0-40-cloud-amd64   containerd://2.1.4
            $ kubectl get controllerrevisions
            NAME               CONTROLLER             REVISION   AGE
            agent-7cbc58fd8d   daemonset.apps/agent   1          60s
            $ kubectl get ns,pc
            NAME                        STATUS   AGE
            namespace/default           Active   60s
            namespace/kube-node-lease   Active   60s
            namespace/kube-public       Active   60s
            namespace/kube-system       Active   60s

            NAME                                                      VALUE        GLOBAL-DEFAULT   AGE   PREEMPTIONPOLICY
            priorityclass.scheduling.k8s.io/system-cluster-critical   2000000000   false            60s   PreemptLowerPriority
            priorityclass.scheduling.k8s.io/system-node-critical      2000001000   false            60s   PreemptLowerPriority
            $ kubectl get all -A
            NAMESPACE   NAME              READY   STATUS    RESTARTS   AGE
            default     pod/agent-lxfq2   1/1     Running   0          60s
            default     pod/agent-wj2sd   1/1     Running   0          60s

            NAMESPACE   NAME                   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
            default     daemonset.apps/agent   2         2         2       2            2           <none>          60s
            $ kubectl get ds --no-headers
            agent   2     2     2     2     2     <none>   60s
            $ kubectl get po -n kube-system
            No resources found in kube-system namespace.
            $ kubectl get pc nope --ignore-not-found
            $ kubectl get cm -A
            No resources found
        "#]],
    );
}

#[test]
fn a_rollout() {
    check(
        "$ kubectl set image ds/agent main=agent:2
$ kubectl rollout status ds/agent
$ kubectl rollout history ds agent
$ kubectl rollout undo ds/agent
$ kubectl rollout status daemonset agent --timeout=1s
$ kubectl rollout status daemonset agent
$ kubectl rollout restart ds/agent
$ kubectl rollout restart ds/agent
$ kubectl rollout history ds/agent --revision=3
$ kubectl rollout undo ds/agent --to-revision=3
$ kubectl get events --field-selector involvedObject.name=agent
$ kubectl get events -o wide --field-selector involvedObject.kind=Node",
        expect![[r#"
            $ kubectl set image ds/agent main=agent:2
            daemonset.apps/agent image updated
            $ kubectl rollout status ds/agent
            Waiting for daemon set spec update to be observed...
            Waiting for daemon set "agent" rollout to finish: 0 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 0 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 of 2 updated pods are available...
            daemon set "agent" successfully rolled out
            $ kubectl rollout history ds agent
            daemonset.apps/agent 
            REVISION  CHANGE-CAUSE
            1         <none>
            2         <none>

            $ kubectl rollout undo ds/agent
            daemonset.apps/agent rolled back
            Warning: resource daemonsets/agent was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.
            $ kubectl rollout status daemonset agent --timeout=1s
            Waiting for daemon set spec update to be observed...
            Waiting for daemon set "agent" rollout to finish: 0 out of 2 new pods have been updated...
            error: timed out waiting for the condition
            (exit 1)
            $ kubectl rollout status daemonset agent
            Waiting for daemon set "agent" rollout to finish: 0 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 0 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 out of 2 new pods have been updated...
            Waiting for daemon set "agent" rollout to finish: 1 of 2 updated pods are available...
            daemon set "agent" successfully rolled out
            $ kubectl rollout restart ds/agent
            daemonset.apps/agent restarted
            $ kubectl rollout restart ds/agent
            error: failed to create patch for agent: if restart has already been triggered within the past second, please wait before attempting to trigger another
            (exit 1)
            $ kubectl rollout history ds/agent --revision=3
            daemonset.apps/agent with revision #3
            Pod Template:
              Labels:	app=agent
              Containers:
               main:
                Image:	agent:1
                Port:	80/TCP
                Host Port:	0/TCP
                Environment:	<none>
                Mounts:	<none>
              Volumes:	<none>
              Node-Selectors:	<none>
              Tolerations:	<none>

            $ kubectl rollout undo ds/agent --to-revision=3
            daemonset.apps/agent rolled back
            Warning: resource daemonsets/agent was previously managed with 'kubectl apply'. Rolling back will not update the kubectl.kubernetes.io/last-applied-configuration annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.
            $ kubectl get events --field-selector involvedObject.name=agent
            LAST SEEN   TYPE     REASON             OBJECT            MESSAGE
            74s         Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-wj2sd
            74s         Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-lxfq2
            14s         Normal   SuccessfulDelete   daemonset/agent   Deleted pod: agent-wj2sd
            13s         Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-mxds9
            10s         Normal   SuccessfulDelete   daemonset/agent   Deleted pod: agent-lxfq2
            8s          Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-zjww4
            4s          Normal   SuccessfulDelete   daemonset/agent   Deleted pod: agent-mxds9
            3s          Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-lnpd5
            2s          Normal   SuccessfulDelete   daemonset/agent   Deleted pod: agent-zjww4
            1s          Normal   SuccessfulCreate   daemonset/agent   Created pod: agent-d8w6q
            $ kubectl get events -o wide --field-selector involvedObject.kind=Node
            LAST SEEN   TYPE     REASON           OBJECT        SUBOBJECT   SOURCE            MESSAGE                                                   FIRST SEEN   COUNT   NAME
            69s         Normal   RegisteredNode   node/node-1               node-controller   Node node-1 event: Registered Node node-1 in Controller   69s          1       node-1.de744b3e24983790
            69s         Normal   RegisteredNode   node/node-2               node-controller   Node node-2 event: Registered Node node-2 in Controller   69s          1       node-2.c8252f063aae869c
        "#]],
    );
}

#[test]
fn apply_and_its_refusals() {
    check(
        "$ kubectl apply -f - <<EOF
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  minReadySeconds: 5
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: 'agent:1'}, {name: side, image: 'side:1'}]}
EOF
$ kubectl get ds agent -o jsonpath={.spec.template.spec.containers[*].name}/{.spec.template.spec.containers[0].ports}
$ kubectl apply -f - <<EOF
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  minReadySeconds: 5
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: 'agent:1'}, {name: side, image: 'side:1'}]}
EOF
$ kubectl apply -f - <<EOF
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  foo: 1
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: 'agent:1'}]}
EOF
$ kubectl apply -f - <<EOF
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  minReadySeconds: many
---
apiVersion: v1
kind: ConfigMap
metadata: {name: first}
data: {a: b}
---
apiVersion: v1
kind: Pod
metadata: {name: -x}
spec: {containers: []}
---
kind: Pod
EOF
$ kubectl apply -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
---
a: [
EOF
$ kubectl apply -f - --dry-run=server <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: third, namespace: default}
EOF
$ kubectl apply -n other -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: third, namespace: default}
EOF
$ kubectl apply -n other -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: third}
EOF
$ kubectl create -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
EOF
$ kubectl create ns other
$ kubectl create -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: bare}
EOF
$ kubectl apply -f - <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: bare}
data: {a: b}
EOF
$ kubectl apply -f nope.yaml
$ kubectl apply -f - <<EOF
EOF
$ kubectl get cm
$ kubectl delete -f - --wait=false <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: bare}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: nope}
EOF
$ kubectl get ds agent -o yaml",
        expect![[r#"
            $ kubectl apply -f - <<EOF
            daemonset.apps/agent configured
            $ kubectl get ds agent -o jsonpath={.spec.template.spec.containers[*].name}/{.spec.template.spec.containers[0].ports}
            main side/$ kubectl apply -f - <<EOF
            daemonset.apps/agent unchanged
            $ kubectl apply -f - <<EOF
            The request is invalid: patch: Invalid value: "map[metadata:map[annotations:map[kubectl.kubernetes.io/last-applied-configuration:{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"metadata\":{\"annotations\":{},\"name\":\"agent\",\"namespace\":\"default\"},\"spec\":{\"foo\":1,\"selector\":{\"matchLabels\":{\"app\":\"agent\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"agent\"}},\"spec\":{\"containers\":[{\"image\":\"agent:1\",\"name\":\"main\"}]}}}}\n]] spec:map[foo:1 minReadySeconds:<nil> template:map[spec:map[$setElementOrder/containers:[map[name:main]] containers:[map[$patch:delete name:side]]]]]]": strict decoding error: unknown field "spec.foo"
            (exit 1)
            $ kubectl apply -f - <<EOF
            configmap/first created
            error validating "STDIN": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false
            Error from server (Invalid): error when applying patch:
            {"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"metadata\":{\"annotations\":{},\"name\":\"agent\",\"namespace\":\"default\"},\"spec\":{\"minReadySeconds\":\"many\"}}\n"}},"spec":{"minReadySeconds":"many","selector":null,"template":null}}
            to:
            Resource: "apps/v1, Resource=daemonsets", GroupVersionKind: "apps/v1, Kind=DaemonSet"
            Name: "agent", Namespace: "default"
            for: "STDIN": error when patching "STDIN":  "" is invalid: patch: Invalid value: "map[metadata:map[annotations:map[kubectl.kubernetes.io/last-applied-configuration:{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"metadata\":{\"annotations\":{},\"name\":\"agent\",\"namespace\":\"default\"},\"spec\":{\"minReadySeconds\":\"many\"}}\n]] spec:map[minReadySeconds:many selector:<nil> template:<nil>]]": unrecognized type: int32
            Error from server (Invalid): error when creating "STDIN": Pod "-x" is invalid: [metadata.name: Invalid value: "-x": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), spec.containers: Required value]
            (exit 1)
            $ kubectl apply -f - <<EOF
            configmap/second created
            error: error parsing STDIN: error converting YAML to JSON: yaml: line 1: did not find expected node content
            (exit 1)
            $ kubectl apply -f - --dry-run=server <<EOF
            configmap/third created (server dry run)
            $ kubectl apply -n other -f - <<EOF
            error: the namespace from the provided object "default" does not match the namespace "other". You must pass '--namespace=default' to perform this operation.
            (exit 1)
            $ kubectl apply -n other -f - <<EOF
            Error from server (NotFound): error when creating "STDIN": namespaces "other" not found
            (exit 1)
            $ kubectl create -f - <<EOF
            Error from server (AlreadyExists): error when creating "STDIN": configmaps "second" already exists
            (exit 1)
            $ kubectl create ns other
            namespace/other created
            $ kubectl create -f - <<EOF
            configmap/bare created
            $ kubectl apply -f - <<EOF
            configmap/bare configured
            Warning: resource configmaps/bare is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.
            $ kubectl apply -f nope.yaml
            error: the path "nope.yaml" does not exist
            (exit 1)
            $ kubectl apply -f - <<EOF
            error: no objects passed to apply
            (exit 1)
            $ kubectl get cm
            NAME     DATA   AGE
            bare     1      0s
            first    1      0s
            second   0      0s
            $ kubectl delete -f - --wait=false <<EOF
            configmap "bare" deleted from default namespace
            Error from server (NotFound): error when deleting "STDIN": configmaps "nope" not found
            (exit 1)
            $ kubectl get ds agent -o yaml
            apiVersion: apps/v1
            kind: DaemonSet
            metadata:
              annotations:
                deprecated.daemonset.template.generation: "2"
                kubectl.kubernetes.io/last-applied-configuration: |
                  {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"annotations":{},"name":"agent","namespace":"default"},"spec":{"minReadySeconds":5,"selector":{"matchLabels":{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"image":"agent:1","name":"main"},{"image":"side:1","name":"side"}]}}}}
              creationTimestamp: "2026-01-01T00:00:00Z"
              generation: 2
              name: agent
              namespace: default
              resourceVersion: "37"
              uid: b1f6ddb2-8a29-46cb-9031-8060c4e1993e
            spec:
              minReadySeconds: 5
              revisionHistoryLimit: 10
              selector:
                matchLabels:
                  app: agent
              template:
                metadata:
                  labels:
                    app: agent
                spec:
                  containers:
                  - image: agent:1
                    imagePullPolicy: IfNotPresent
                    name: main
                    resources: {}
                    terminationMessagePath: /dev/termination-log
                    terminationMessagePolicy: File
                  - image: side:1
                    imagePullPolicy: IfNotPresent
                    name: side
                    resources: {}
                    terminationMessagePath: /dev/termination-log
                    terminationMessagePolicy: File
                  dnsPolicy: ClusterFirst
                  restartPolicy: Always
                  schedulerName: default-scheduler
                  securityContext: {}
                  terminationGracePeriodSeconds: 30
              updateStrategy:
                rollingUpdate:
                  maxSurge: 0
                  maxUnavailable: 1
                type: RollingUpdate
            status:
              currentNumberScheduled: 2
              desiredNumberScheduled: 2
              numberAvailable: 2
              numberMisscheduled: 0
              numberReady: 2
              observedGeneration: 1
              updatedNumberScheduled: 2
        "#]],
    );
}

#[test]
fn nodes_are_labeled_tainted_and_drained() {
    check(
        "$ kubectl label node node-1 disk=ssd tier=a
$ kubectl label no --all disk=hdd
$ kubectl label no --all disk=hdd tier- --overwrite
$ kubectl get no -l 'disk in (hdd)' -L disk,tier
$ kubectl taint nodes node-1 gpu=yes:NoSchedule gpu=yes:NoExecute
$ advance 5
$ kubectl get po -o wide
$ kubectl taint nodes node-1 gpu-
$ advance 10
$ kubectl drain node-2
$ kubectl drain node-2 --ignore-daemonsets
$ kubectl get nodes
$ kubectl uncordon node-2
$ kubectl annotate ds agent kubernetes.io/change-cause='first try'
$ kubectl annotate ds agent note=x
$ kubectl annotate ds agent note=y
$ kubectl apply -f - <<EOF
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: c, image: 'nginx:1', volumeMounts: [{name: v, mountPath: /v}]}], nodeName: node-2, volumes: [{name: v, emptyDir: {}}]}
EOF
$ kubectl wait pod web --for=condition=Ready --timeout=60s
$ kubectl drain node-2 --ignore-daemonsets
$ kubectl drain node-2 --ignore-daemonsets --delete-emptydir-data --force
$ kubectl get po web",
        expect![[r#"
            $ kubectl label node node-1 disk=ssd tier=a
            node/node-1 labeled
            $ kubectl label no --all disk=hdd
            node/node-2 labeled
            error: 'disk' already has a value (ssd), and --overwrite is false
            (exit 1)
            $ kubectl label no --all disk=hdd tier- --overwrite
            node/node-1 modified
            label "tier" not found.
            node/node-2 not labeled
            $ kubectl get no -l 'disk in (hdd)' -L disk,tier
            NAME     STATUS   ROLES    AGE   VERSION   DISK   TIER
            node-1   Ready    <none>   60s   v1.36.2   hdd    
            node-2   Ready    <none>   60s   v1.36.2   hdd    
            $ kubectl taint nodes node-1 gpu=yes:NoSchedule gpu=yes:NoExecute
            node/node-1 tainted
            $ advance 5
            $ kubectl get po -o wide
            NAME          READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES
            agent-lxfq2   1/1     Running   0          65s   10.244.2.2   node-2   <none>           <none>
            $ kubectl taint nodes node-1 gpu-
            node/node-1 untainted
            $ advance 10
            $ kubectl drain node-2
            node/node-2 cordoned
            error: unable to drain node "node-2" due to error: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent-lxfq2, continuing command...
            There are pending nodes to be drained:
             node-2
            cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent-lxfq2
            (exit 1)
            $ kubectl drain node-2 --ignore-daemonsets
            node/node-2 already cordoned
            node/node-2 drained
            Warning: ignoring DaemonSet-managed Pods: default/agent-lxfq2
            $ kubectl get nodes
            NAME     STATUS                     ROLES    AGE   VERSION
            node-1   Ready                      <none>   75s   v1.36.2
            node-2   Ready,SchedulingDisabled   <none>   75s   v1.36.2
            $ kubectl uncordon node-2
            node/node-2 uncordoned
            $ kubectl annotate ds agent kubernetes.io/change-cause='first try'
            daemonset.apps/agent annotated
            $ kubectl annotate ds agent note=x
            daemonset.apps/agent annotated
            $ kubectl annotate ds agent note=y
            error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (x)
            (exit 1)
            $ kubectl apply -f - <<EOF
            pod/web created
            $ kubectl wait pod web --for=condition=Ready --timeout=60s
            pod/web condition met
            $ kubectl drain node-2 --ignore-daemonsets
            node/node-2 cordoned
            error: unable to drain node "node-2" due to error: cannot delete Pods with local storage (use --delete-emptydir-data to override): default/web, continuing command...
            There are pending nodes to be drained:
             node-2
            cannot delete Pods with local storage (use --delete-emptydir-data to override): default/web
            (exit 1)
            $ kubectl drain node-2 --ignore-daemonsets --delete-emptydir-data --force
            node/node-2 already cordoned
            evicting pod default/web
            pod/web evicted
            node/node-2 drained
            Warning: deleting Pods that declare no controller: default/web; ignoring DaemonSet-managed Pods: default/agent-lxfq2
            $ kubectl get po web
            Error from server (NotFound): pods "web" not found
            (exit 1)
        "#]],
    );
}

#[test]
fn deletions() {
    check(
        "$ kubectl delete po -l app=agent
$ kubectl get po
$ kubectl delete ds/agent --cascade=orphan
$ kubectl get ds
$ kubectl get po --no-headers -o custom-columns=OWNER:.metadata.ownerReferences
$ kubectl delete po --all --force
$ kubectl delete ds agent
$ kubectl delete ds agent --ignore-not-found
$ kubectl delete node node-1
$ kubectl delete pods",
        expect![[r#"
            $ kubectl delete po -l app=agent
            pod "agent-lxfq2" deleted from default namespace
            pod "agent-wj2sd" deleted from default namespace
            $ kubectl get po
            No resources found in default namespace.
            $ kubectl delete ds/agent --cascade=orphan
            daemonset.apps "agent" deleted from default namespace
            $ kubectl get ds
            No resources found in default namespace.
            $ kubectl get po --no-headers -o custom-columns=OWNER:.metadata.ownerReferences
            $ kubectl delete po --all --force
            No resources found
            Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.
            $ kubectl delete ds agent
            Error from server (NotFound): daemonsets.apps "agent" not found
            (exit 1)
            $ kubectl delete ds agent --ignore-not-found
            $ kubectl delete node node-1
            node "node-1" deleted
            $ kubectl delete pods
            error: resource(s) were provided, but no name was specified
            (exit 1)
        "#]],
    );
}

#[test]
fn describe() {
    check(
        "$ kubectl describe ds agent
$ kubectl describe node node-1",
        expect![[r#"
            $ kubectl describe ds agent
            Name:           agent
            Namespace:      default
            Selector:       app=agent
            Node-Selector:  <none>
            Labels:         <none>
            Annotations:    deprecated.daemonset.template.generation: 1
            Desired Number of Nodes Scheduled: 2
            Current Number of Nodes Scheduled: 2
            Number of Nodes Scheduled with Up-to-date Pods: 2
            Number of Nodes Scheduled with Available Pods: 2
            Number of Nodes Misscheduled: 0
            Pods Status:  2 Running / 0 Waiting / 0 Succeeded / 0 Failed
            Pod Template:
              Labels:  app=agent
              Containers:
               main:
                Image:         agent:1
                Port:          80/TCP
                Host Port:     0/TCP
                Environment:   <none>
                Mounts:        <none>
              Volumes:         <none>
              Node-Selectors:  <none>
              Tolerations:     <none>
            Events:
              Type    Reason            Age   From                  Message
              ----    ------            ----  ----                  -------
              Normal  SuccessfulCreate  60s   daemonset-controller  Created pod: agent-wj2sd
              Normal  SuccessfulCreate  60s   daemonset-controller  Created pod: agent-lxfq2
            $ kubectl describe node node-1
            Name:               node-1
            Roles:              <none>
            Labels:             beta.kubernetes.io/arch=amd64
                                beta.kubernetes.io/os=linux
                                kubernetes.io/arch=amd64
                                kubernetes.io/hostname=node-1
                                kubernetes.io/os=linux
            Annotations:        <none>
            CreationTimestamp:  Thu, 01 Jan 2026 00:00:00 +0000
            Taints:             <none>
            Unschedulable:      false
            Lease:
              HolderIdentity:  node-1
              AcquireTime:     <unset>
              RenewTime:       Thu, 01 Jan 2026 00:01:00 +0000
            Conditions:
              Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message
              ----             ------  -----------------                 ------------------                ------                       -------
              MemoryPressure   False   Thu, 01 Jan 2026 00:00:00 +0000   Thu, 01 Jan 2026 00:00:00 +0000   KubeletHasSufficientMemory   kubelet has sufficient memory available
              DiskPressure     False   Thu, 01 Jan 2026 00:00:00 +0000   Thu, 01 Jan 2026 00:00:00 +0000   KubeletHasNoDiskPressure     kubelet has no disk pressure
              PIDPressure      False   Thu, 01 Jan 2026 00:00:00 +0000   Thu, 01 Jan 2026 00:00:00 +0000   KubeletHasSufficientPID      kubelet has sufficient PID available
              Ready            True    Thu, 01 Jan 2026 00:00:00 +0000   Thu, 01 Jan 2026 00:00:00 +0000   KubeletReady                 kubelet is posting ready status
            Addresses:
              InternalIP:  10.0.0.3
              Hostname:    node-1
            Capacity:
              cpu:                4
              ephemeral-storage:  100Gi
              hugepages-1Gi:      0
              hugepages-2Mi:      0
              memory:             8Gi
              pods:               110
            Allocatable:
              cpu:                4
              ephemeral-storage:  100Gi
              hugepages-1Gi:      0
              hugepages-2Mi:      0
              memory:             8Gi
              pods:               110
            System Info:
              Machine ID:                 d0d622d79c8742e3a390165efa94f606
              System UUID:                b5054bde-fb91-486b-a928-55e577a7ac1e
              Boot ID:                    fcdcc945-bb55-454c-80ff-4e7d52d971d7
              Kernel Version:             6.1.0-40-cloud-amd64
              OS Image:                   Debian GNU/Linux 12 (bookworm)
              Operating System:           linux
              Architecture:               amd64
              Container Runtime Version:  containerd://2.1.4
              Kubelet Version:            v1.36.2
              Kube-Proxy Version:         
            PodCIDR:                      10.244.1.0/24
            PodCIDRs:                     10.244.1.0/24
            Non-terminated Pods:          (1 in total)
              Namespace                   Name           CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
              ---------                   ----           ------------  ----------  ---------------  -------------  ---
              default                     agent-wj2sd    0 (0%)        0 (0%)      0 (0%)           0 (0%)         60s
            Allocated resources:
              (Total limits may be over 100 percent, i.e., overcommitted.)
              Resource           Requests  Limits
              --------           --------  ------
              cpu                0 (0%)    0 (0%)
              memory             0 (0%)    0 (0%)
              ephemeral-storage  0 (0%)    0 (0%)
              hugepages-1Gi      0 (0%)    0 (0%)
              hugepages-2Mi      0 (0%)    0 (0%)
            Events:
              Type    Reason          Age   From             Message
              ----    ------          ----  ----             -------
              Normal  RegisteredNode  55s   node-controller  Node node-1 event: Registered Node node-1 in Controller
        "#]],
    );
}

#[test]
fn watches() {
    check(
        "$ kubectl set image ds/agent main=agent:2
$ kubectl get ds agent -w --request-timeout=20s
$ kubectl get po -w -o name --request-timeout=3s",
        expect![[r#"
            $ kubectl set image ds/agent main=agent:2
            daemonset.apps/agent image updated
            $ kubectl get ds agent -w --request-timeout=20s
            NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
            agent   2         2         2       2            2           <none>          60s
            agent   2         2         2       0            2           <none>          60s
            agent   2         1         1       0            1           <none>          61s
            agent   2         2         1       1            1           <none>          61s
            agent   2         2         2       1            2           <none>          64s
            agent   2         1         1       1            1           <none>          66s
            agent   2         2         1       2            1           <none>          66s
            agent   2         2         2       2            2           <none>          70s
            $ kubectl get po -w -o name --request-timeout=3s
            pod/agent-mxds9
            pod/agent-zjww4
        "#]],
    );
}

#[test]
fn patches_and_diffs() {
    check(
        r#"$ kubectl patch ds agent -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'
$ kubectl patch ds agent -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'
$ kubectl patch ds agent --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
$ kubectl patch ds agent --type=json -p '[{"op":"remove","path":"/spec/nope"}]'
$ kubectl patch ds agent --type merge -p 'spec: {minReadySeconds: 7, foo: 1}'
$ kubectl patch ds agent -p 'spec: {minReadySeconds: x}'
$ kubectl patch ds agent -p 'spec: {selector: {matchLabels: {a: b}}}'
$ kubectl patch ds agent -p 'spec: {template: {spec: {containers: [{image: x}]}}}'
$ kubectl patch node node-1 --subresource=status --type=json -p '[{"op":"add","path":"/status/capacity/example.com~1dongle","value":"4"}]'
$ kubectl get node node-1 -o jsonpath={.status.capacity.example\\.com/dongle}
$ kubectl set env ds/agent A=b C=d
$ kubectl set env ds/agent A- --list
$ kubectl set resources ds agent --limits=cpu=200m,memory=64Mi --requests=cpu=100m
$ kubectl get ds agent -o jsonpath={.spec.template.spec.containers[0].resources}
$ kubectl diff -f - <<EOF
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: 'agent:9'}]}
EOF
$ kubectl scale ds agent --replicas=3
$ kubectl top node
$ kubectl frobnicate
$ kubectl version"#,
        expect![[r#"
            $ kubectl patch ds agent -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'
            daemonset.apps/agent patched
            $ kubectl patch ds agent -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}}'
            daemonset.apps/agent patched (no change)
            $ kubectl patch ds agent --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'
            daemonset.apps/agent patched
            $ kubectl patch ds agent --type=json -p '[{"op":"remove","path":"/spec/nope"}]'
            The request is invalid: the server rejected our request due to an error in our request
            (exit 1)
            $ kubectl patch ds agent --type merge -p 'spec: {minReadySeconds: 7, foo: 1}'
            daemonset.apps/agent patched
            Warning: unknown field "spec.foo"
            $ kubectl patch ds agent -p 'spec: {minReadySeconds: x}'
            The request is invalid: patch: Invalid value: "map[spec:map[minReadySeconds:x]]": unrecognized type: int32
            (exit 1)
            $ kubectl patch ds agent -p 'spec: {selector: {matchLabels: {a: b}}}'
            The DaemonSet "agent" is invalid: 
            * spec.template.metadata.labels: Invalid value: {"app":"agent"}: `selector` does not match template `labels`
            * spec.selector: Invalid value: {"matchLabels":{"a":"b","app":"agent"}}: field is immutable
            (exit 1)
            $ kubectl patch ds agent -p 'spec: {template: {spec: {containers: [{image: x}]}}}'
            Error from server: map: map[image:x] does not contain declared merge key: name
            (exit 1)
            $ kubectl patch node node-1 --subresource=status --type=json -p '[{"op":"add","path":"/status/capacity/example.com~1dongle","value":"4"}]'
            node/node-1 patched
            $ kubectl get node node-1 -o jsonpath={.status.capacity.example\\.com/dongle}
            4$ kubectl set env ds/agent A=b C=d
            daemonset.apps/agent env updated
            $ kubectl set env ds/agent A- --list
            # DaemonSet agent, container main
            C=d
            $ kubectl set resources ds agent --limits=cpu=200m,memory=64Mi --requests=cpu=100m
            daemonset.apps/agent resource requirements updated
            $ kubectl get ds agent -o jsonpath={.spec.template.spec.containers[0].resources}
            {"limits":{"cpu":"200m","memory":"64Mi"},"requests":{"cpu":"100m"}}$ kubectl diff -f - <<EOF
            diff -u -N /tmp/LIVE/apps.v1.DaemonSet.default.agent /tmp/MERGED/apps.v1.DaemonSet.default.agent
            --- /tmp/LIVE/apps.v1.DaemonSet.default.agent
            +++ /tmp/MERGED/apps.v1.DaemonSet.default.agent
            @@ -2,11 +2,11 @@
             kind: DaemonSet
             metadata:
               annotations:
            -    deprecated.daemonset.template.generation: "5"
            +    deprecated.daemonset.template.generation: "6"
                 kubectl.kubernetes.io/last-applied-configuration: |
                   {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"annotations":{},"name":"agent","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"image":"agent:1","name":"main","ports":[{"containerPort":80}]}]}}}}
               creationTimestamp: "2026-01-01T00:00:00Z"
            -  generation: 6
            +  generation: 7
               name: agent
               namespace: default
               resourceVersion: "42"
            @@ -28,12 +28,9 @@
                       value: b
                     - name: C
                       value: d
            -        image: agent:1
            +        image: agent:9
                     imagePullPolicy: IfNotPresent
                     name: main
            -        ports:
            -        - containerPort: 80
            -          protocol: TCP
                     resources:
                       limits:
                         cpu: 200m
            (exit 1)
            $ kubectl scale ds agent --replicas=3
            Error from server (NotFound): the server could not find the requested resource
            (exit 1)
            $ kubectl top node
            error: Metrics API not available
            (exit 1)
            $ kubectl frobnicate
            error: unknown command "frobnicate" for "kubectl"
            (exit 1)
            $ kubectl version
            Client Version: v1.36.2
            Kustomize Version: v5.8.1
            Server Version: v1.36.2
        "#]],
    );
}

#[test]
fn explain() {
    let text = |line: &str| {
        let output = kubectl(&mut small(), line, None);
        // A line of spaces alone is there upstream, too; the expectation below can't hold one.
        format!(
            "{}{}",
            output.stdout.replace("    \n", "    ~\n"),
            output.stderr
        )
    };
    expect![[r#"
        GROUP:      apps
        KIND:       DaemonSet
        VERSION:    v1

        FIELD: updateStrategy <DaemonSetUpdateStrategy>


        DESCRIPTION:
            How pods of an old template are replaced.
            ~
        FIELDS:
          rollingUpdate	<RollingUpdateDaemonSet>
            The limits of a rolling update. Only for type RollingUpdate.

          type	<string>
            RollingUpdate (the default) replaces pods node by node; OnDelete waits until
            you delete them.


    "#]]
    .assert_eq(&text("kubectl explain ds.spec.updateStrategy"));
    expect![[r#"
        KIND:       Pod
        VERSION:    v1

        FIELD: nodeName <string>


        DESCRIPTION:
            The node that the pod is bound to. In a DaemonSet's template it limits the
            DaemonSet to this node.
            ~
    "#]]
    .assert_eq(&text("kubectl explain po.spec.nodeName"));
    expect![[r#"
        error: field "replicas" does not exist
    "#]]
    .assert_eq(&text("kubectl explain ds.spec.replicas"));
    expect![[r#"
        the server doesn't have a resource type "foo"
    "#]]
    .assert_eq(&text("kubectl explain foo"));
}

#[test]
fn flags_before_the_verb() {
    check(
        "$ kubectl -n kube-system get po
$ kubectl --namespace kube-public rollout -n default status ds/agent
$ kubectl -x get po
$ kubectl --nope
$ kubectl rollout
$ kubectl rollout nope
$ kubectl get
$ kubectl logs agent",
        expect![[r#"
            $ kubectl -n kube-system get po
            No resources found in kube-system namespace.
            $ kubectl --namespace kube-public rollout -n default status ds/agent
            daemon set "agent" successfully rolled out
            $ kubectl -x get po
            error: unknown shorthand flag: 'x' in -x
            See 'kubectl get --help' for usage.
            (exit 1)
            $ kubectl --nope
            error: unknown flag: --nope
            See 'kubectl --help' for usage.
            (exit 1)
            $ kubectl rollout
            Watch and steer the rollout of a template.

            Usage:
              kubectl rollout SUBCOMMAND [flags]

            Available Commands:
              status          Wait until a rollout is done
              history         List revisions, or show one
              undo            Go back to an earlier revision
              restart         Replace all pods by a change of the template
              pause           Stop a rollout (Deployments only)
              resume          Go on with a rollout (Deployments only)

            Use "kubectl options" for a list of global command-line options (applies to all commands).
            (exit 1)
            $ kubectl rollout nope
            error: unknown command "nope"
            See 'kubectl rollout -h' for help and examples
            (exit 1)
            $ kubectl get
            You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.

            error: Required resource not specified.
            Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).
            See 'kubectl get -h' for help and examples
            (exit 1)
            $ kubectl logs agent
            error: kubectl logs has nothing to do here: the playground's containers and users are simulated
            (exit 1)
        "#]],
    );
}

/// Compared with what a real client prints.
#[test]
fn set_and_rollout_as_the_client_words_them() {
    check(
        "$ kubectl set env ds/agent A=1
$ kubectl set env ds/agent A=2 --overwrite=false
$ kubectl set env ds/agent A=1 A-
$ kubectl set env ds/agent 1A=1
$ kubectl set env ds/agent A=1 -c nope
$ kubectl set env ds/agent A=1 ds/other
$ kubectl set image ds/agent main=agent:2 ds/other
$ kubectl set image ds/agent nope=x main=agent:3
$ kubectl annotate ds agent note=a
$ kubectl annotate ds agent note=a
$ kubectl annotate ds agent note=b
$ kubectl annotate ds agent new=x --list -o name
$ kubectl label ds,no --all new=x --list
$ kubectl drain node-1 --delete-local-data
$ kubectl taint foo node-1 a=b:NoSchedule
$ kubectl delete ds --all -l a=b
$ kubectl rollout history node/node-1
$ kubectl rollout undo node/node-1
$ kubectl rollout status ds/agent --revision=-1
$ kubectl rollout restart ds -l a=b
$ kubectl rollout pause ds -l a=b
$ kubectl patch -p x
$ kubectl patch ds agent -p x --patch-file x
$ kubectl patch ds agent -p x
$ kubectl patch ds agent --type=merge -p '[]'
$ kubectl patch ds agent --type=json -p '{}'
$ kubectl patch ds agent -p 'metadata: {name: x}'
$ kubectl patch ds agent -p 'metadata: {namespace: x}'
$ kubectl delete ns default
$ kubectl delete pc system-node-critical
$ kubectl apply --server-side --dry-run=client -f x
$ kubectl apply view-last-applied no node-1
$ kubectl delete -f - <<EOF
{apiVersion: v1, kind: Node, metadata: {name: node-9}}
EOF",
        expect![[r#"
            $ kubectl set env ds/agent A=1
            daemonset.apps/agent env updated
            $ kubectl set env ds/agent A=2 --overwrite=false
            error: daemonsets/agent 'A' already has a value (1), and --overwrite is false
            (exit 1)
            $ kubectl set env ds/agent A=1 A-
            error: can not both modify and remove the same environment variable in the same command
            (exit 1)
            $ kubectl set env ds/agent 1A=1
            error: "1A" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')
            (exit 1)
            $ kubectl set env ds/agent A=1 -c nope
            Warning: DaemonSet/agent does not have any containers matching "nope"
            $ kubectl set env ds/agent A=1 ds/other
            error: all resources must be specified before environment changes: ds/agent A=1 ds/other
            (exit 1)
            $ kubectl set image ds/agent main=agent:2 ds/other
            error: all resources must be specified before image changes: ds/other
            (exit 1)
            $ kubectl set image ds/agent nope=x main=agent:3
            daemonset.apps/agent image updated
            error: unable to find container named "nope"
            (exit 1)
            $ kubectl annotate ds agent note=a
            daemonset.apps/agent annotated
            $ kubectl annotate ds agent note=a
            daemonset.apps/agent annotated
            $ kubectl annotate ds agent note=b
            error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (a)
            (exit 1)
            $ kubectl annotate ds agent new=x --list -o name
            error: --list and --output may not be specified together
            (exit 1)
            $ kubectl label ds,no --all new=x --list
            Listing labels for DaemonSet.apps/agent:
             new=x
            Listing labels for Node./node-1:
             beta.kubernetes.io/arch=amd64
             beta.kubernetes.io/os=linux
             kubernetes.io/arch=amd64
             kubernetes.io/hostname=node-1
             kubernetes.io/os=linux
             new=x
            Listing labels for Node./node-2:
             beta.kubernetes.io/arch=amd64
             beta.kubernetes.io/os=linux
             kubernetes.io/arch=amd64
             kubernetes.io/hostname=node-2
             kubernetes.io/os=linux
             new=x
            $ kubectl drain node-1 --delete-local-data
            error: unknown flag: --delete-local-data
            See 'kubectl drain --help' for usage.
            (exit 1)
            $ kubectl taint foo node-1 a=b:NoSchedule
            the server doesn't have a resource type "foo"
            (exit 1)
            $ kubectl delete ds --all -l a=b
            error: setting 'all' parameter but found a non empty selector. 
            (exit 1)
            $ kubectl rollout history node/node-1
            error: error retrieving history for "Node", no visitor method exists for { Node}
            (exit 1)
            $ kubectl rollout undo node/node-1
            error: error retrieving rollbacker for "Node", no visitor method exists for { Node}
            (exit 1)
            $ kubectl rollout status ds/agent --revision=-1
            error: revision must be a positive integer: -1
            (exit 1)
            $ kubectl rollout restart ds -l a=b
            No resources found in default namespace.
            $ kubectl rollout pause ds -l a=b
            No resources found in default namespace.
            $ kubectl patch -p x
            error: You must provide one or more resources by argument or filename.
            Example resource specifications include:
               '-f rsrc.yaml'
               '--filename=rsrc.json'
               '<resource> <name>'
               '<resource>'
            (exit 1)
            $ kubectl patch ds agent -p x --patch-file x
            error: cannot specify --patch and --patch-file together
            (exit 1)
            $ kubectl patch ds agent -p x
            Error from server (BadRequest): json: cannot unmarshal string into Go value of type map[string]interface {}
            (exit 1)
            $ kubectl patch ds agent --type=merge -p '[]'
            Error from server (BadRequest): error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}
            (exit 1)
            $ kubectl patch ds agent --type=json -p '{}'
            Error from server (BadRequest): error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp
            (exit 1)
            $ kubectl patch ds agent -p 'metadata: {name: x}'
            Error from server (BadRequest): the name of the object (x) does not match the name on the URL (agent)
            (exit 1)
            $ kubectl patch ds agent -p 'metadata: {namespace: x}'
            Error from server (BadRequest): the namespace of the provided object does not match the namespace sent on the request
            (exit 1)
            $ kubectl delete ns default
            Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted
            (exit 1)
            $ kubectl delete pc system-node-critical
            Error from server (Forbidden): priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: this is a system priority class and cannot be deleted
            (exit 1)
            $ kubectl apply --server-side --dry-run=client -f x
            error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)
            (exit 1)
            $ kubectl apply view-last-applied no node-1
            $ kubectl delete -f - <<EOF
            Error from server (NotFound): error when deleting "STDIN": nodes "node-9" not found
            (exit 1)
        "#]],
    );
}

#[test]
fn a_template_in_detail() {
    let mut cluster = small();
    let template = r#"
spec:
  template:
    spec:
      securityContext: {seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: main
        ports: [{containerPort: 80, name: web}, {containerPort: 53, protocol: UDP}]
        resources: {limits: {memory: 1500Ki}}
        securityContext: {seccompProfile: {type: Localhost, localhostProfile: p.json}}
        env:
        - {name: MEM, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
        - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
      volumes:
      - name: info
        downwardAPI:
          items:
          - {path: labels, fieldRef: {fieldPath: metadata.labels}}
          - {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu}}
      - {name: share, nfs: {server: files, path: /data, readOnly: true}}
      - {name: driver, csi: {driver: a.b, volumeAttributes: {p: q, r: s}}}
      - {name: data, image: {reference: data}}
"#;
    let patch = format!("kubectl patch ds agent -p '{template}'");
    assert_eq!(kubectl(&mut cluster, &patch, None).stderr, "");
    let described = kubectl(&mut cluster, "kubectl describe ds agent", None).stdout;
    let described = &described[described.find("Pod Template:").unwrap()..];
    let (described, _) = described.split_once("Events:").unwrap();
    expect![[r#"
        Pod Template:
          Labels:  app=agent
          Containers:
           main:
            Image:               agent:1
            Ports:               80/TCP (web), 53/UDP
            Host Ports:          0/TCP (web), 0/UDP
            SeccompProfile:      Localhost
              LocalhostProfile:  p.json
            Limits:
              memory:  1500Ki
            Environment:
              MEM:   2 (limits.memory)
              CPU:   node allocatable (limits.cpu)
            Mounts:  <none>
          Volumes:
           info:
            Type:  DownwardAPI (a volume populated by information about the pod)
            Items:
              metadata.labels -> labels
              limits.cpu -> cpu
           share:
            Type:      NFS (an NFS mount that lasts the lifetime of a pod)
            Server:    files
            Path:      /data
            ReadOnly:  true
           driver:
            Type:              CSI (a Container Storage Interface (CSI) volume source)
            Driver:            a.b
            FSType:            
            ReadOnly:          false
            VolumeAttributes:      p=q
                                   r=s
           data:
            Type:          Image (a container image or OCI artifact)
            Reference:     data
            PullPolicy:    Always
          Node-Selectors:  <none>
          Tolerations:     <none>
    "#]]
    .assert_eq(described);
}

/// The client itself reads the metadata; the rest is the server's business.
#[test]
fn objects_that_the_client_cannot_read() {
    let mut cluster = small();
    let mut apply = |text: &str| kubectl(&mut cluster, "kubectl apply -f -", Some(text)).stderr;
    let agent = |from: &str, to: &str| AGENT.replace(from, to);
    assert_eq!(
        apply(&agent("  name: agent", "  name: 5")),
        "error: unable to decode \"STDIN\": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string\n"
    );
    assert_eq!(
        apply(&agent(
            "  name: agent\n",
            "  name: agent\n  labels: {a: true}\n"
        )),
        "error: unable to decode \"STDIN\": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string\n"
    );
    assert_eq!(
        apply("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: x\n"),
        "error: unable to decode \"STDIN\": json: cannot unmarshal string into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta\n"
    );
    assert_eq!(
        apply("x\n"),
        "error: error validating \"STDIN\": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false\n"
    );
}

#[test]
fn the_server_warns() {
    let odd = AGENT.replace(
        "        - containerPort: 80\n",
        "        - containerPort: 80\n        - containerPort: 80\n        env: [{name: A, value: one}, {name: A, value: two}]\n        resources: {limits: {memory: 100m}}\n      nodeSelector: {beta.kubernetes.io/os: linux}\n",
    );
    let script = format!(
        "$ kubectl replace -f - <<EOF\n{odd}EOF\n$ kubectl label ds agent a=b\n$ advance 5\n$ kubectl rollout undo ds agent\n$ advance 5\n$ kubectl rollout undo ds agent"
    );
    check(
        &script,
        expect![[r#"
        $ kubectl replace -f - <<EOF
        daemonset.apps/agent replaced
        Warning: spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead
        Warning: spec.template.spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer
        Warning: spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply
        Warning: spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]
        $ kubectl label ds agent a=b
        daemonset.apps/agent labeled
        $ advance 5
        $ kubectl rollout undo ds agent
        daemonset.apps/agent rolled back
        $ advance 5
        $ kubectl rollout undo ds agent
        daemonset.apps/agent rolled back
        Warning: spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead
        Warning: spec.template.spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer
        Warning: spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply
        Warning: spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]
    "#]],
    );
}

#[test]
fn an_editor_is_asked_for() {
    let output = kubectl(&mut small(), "kubectl edit ds agent", None);
    let (title, text) = output.edit.unwrap();
    assert_eq!(title, "daemonset.apps/agent");
    assert!(text.contains("\nkind: DaemonSet\n"));
    let mut cluster = small();
    let changed = text.replace("agent:1", "agent:3");
    let output = kubectl(&mut cluster, "kubectl replace -f -", Some(&changed));
    assert_eq!(output.stdout, "daemonset.apps/agent replaced\n");
}

#[test]
fn places_in_the_text() {
    let mut cluster = small();
    let text = AGENT
        .replace("agent:1", "''")
        .replace("name: main", "name: Main_1")
        + "  foo: 1\n";
    let applied = cluster.as_user(|client| {
        super::ops::apply::apply(client, &text.replace("  foo: 1\n", ""), "STDIN")
    });
    let places: Vec<String> = applied
        .places
        .iter()
        .map(|place| format!("{}:{} {}", place.line, place.column, place.message))
        .collect();
    expect![[r#"
        14:9 spec.template.spec.containers[0].name: Invalid value: "Main_1": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')
        15:9 spec.template.spec.containers[0].image: Required value"#]].assert_eq(&places.join("\n"));
    let applied = cluster.as_user(|client| super::ops::apply::apply(client, &text, "STDIN"));
    let places: Vec<String> = applied
        .places
        .iter()
        .map(|place| format!("{}:{} {}", place.line, place.column, place.message))
        .collect();
    expect![[r#"18:3 strict decoding error: unknown field "spec.foo""#]]
        .assert_eq(&places.join("\n"));
}

#[test]
fn completion() {
    let mut cluster = small();
    let mut check = |line: &str, expect: Expect| {
        let choices = complete(&mut cluster, line, line.len());
        expect.assert_eq(&choices.join(" "));
    };
    check("kub", expect!["kubectl"]);
    check("kubectl r", expect!["replace rollout"]);
    check(
        "kubectl rollout ",
        expect!["daemonset ds history pause restart resume status undo"],
    );
    check(
        "kubectl get d",
        expect!["daemonsets deployments deviceclasses ds"],
    );
    check("kubectl get ds ", expect!["agent"]);
    check("kubectl describe ds/a", expect!["ds/agent"]);
    check("kubectl drain node-", expect!["node-1 node-2"]);
    check(
        "kubectl drain node-1 --ig",
        expect!["--ignore-daemonsets --ignore-errors"],
    );
    check("kubectl set image ds/agent ", expect!["main="]);
    check(
        "kubectl get po -o ",
        expect!["custom-columns= json jsonpath= name wide yaml"],
    );
    check("kubectl get po -n kube-s", expect!["kube-system"]);
    check("kubectl get po -nkube-s", expect!["-nkube-system"]);
    check("kubectl get po -oj", expect!["-ojson -ojsonpath="]);
    check("kubectl get po -o=y", expect!["-o=yaml"]);
    check("kubectl apply -o ", expect!["json jsonpath= name yaml"]);
    check(
        "kubectl get po --field-selector s",
        expect!["spec.nodeName= status.phase="],
    );
    check(
        "kubectl get nodes -l ",
        expect![
            "beta.kubernetes.io/arch=amd64 beta.kubernetes.io/os=linux kubernetes.io/arch=amd64 kubernetes.io/hostname= kubernetes.io/os=linux"
        ],
    );
    check(
        "kubectl get nodes -l kubernetes.io/hostname=",
        expect!["kubernetes.io/hostname=node-1 kubernetes.io/hostname=node-2"],
    );
    check(
        "kubectl get nodes -l kubernetes.io/os=linux,kubernetes.io/a",
        expect!["kubernetes.io/os=linux,kubernetes.io/arch=amd64"],
    );
    check(
        "kubectl drain --selector=kubernetes.io/o",
        expect!["--selector=kubernetes.io/os=linux"],
    );
    check("kubectl get nodes -A ", expect!["node-1 node-2"]);
    check(
        "kubectl rollout undo ds/agent -",
        expect![
            "--allow-missing-template-keys --dry-run --filename --help --kustomize --namespace --output --recursive --selector --show-managed-fields --template --to-revision -R -f -h -k -l -n -o"
        ],
    );
    check(
        "kubectl delete ds agent --cascade=",
        expect!["--cascade=background --cascade=foreground --cascade=orphan"],
    );
    check(
        "kubectl explain ds.spec.up",
        expect!["ds.spec.updateStrategy"],
    );
    check("kubectl get nonsense ", expect![""]);
    check("kubectl é", expect![""]);
}

/// Words that commands are made of, and nonsense.
const WORDS: &[&str] = &[
    "get",
    "describe",
    "apply",
    "create",
    "delete",
    "label",
    "annotate",
    "taint",
    "cordon",
    "drain",
    "rollout",
    "status",
    "history",
    "undo",
    "restart",
    "set",
    "image",
    "env",
    "resources",
    "scale",
    "patch",
    "edit",
    "explain",
    "wait",
    "diff",
    "events",
    "version",
    "api-resources",
    "replace",
    "ds",
    "ds/agent",
    "agent",
    "po",
    "node",
    "node-1",
    "nodes",
    "all",
    "ds,po",
    "-f",
    "-",
    "-o",
    "yaml",
    "json",
    "name",
    "wide",
    "-o=jsonpath={.items[*].metadata.name}",
    "-ojsonpath={..x[0:9]}",
    "-A",
    "-n",
    "kube-system",
    "-l",
    "app=agent",
    "a in (b",
    "--all",
    "--force",
    "--grace-period=0",
    "--wait=false",
    "--timeout=1s",
    "--request-timeout=1s",
    "-w",
    "--dry-run=client",
    "--dry-run=server",
    "a=b",
    "a-",
    "k=v:NoSchedule",
    "k:NoExecute-",
    "main=x:2",
    "*=y",
    "--replicas=3",
    "-p",
    "{\"spec\":{\"minReadySeconds\":3}}",
    "[{\"op\":\"remove\",\"path\":\"/spec\"}]",
    "--type=json",
    "--type=merge",
    "--for=delete",
    "--for=condition=Ready",
    "--for=jsonpath={.status.phase}=Running",
    "--ignore-daemonsets",
    "--revision=1",
    "--to-revision=99",
    "--sort-by=.metadata.name",
    "--show-labels",
    "-L",
    "--",
    "--=",
    "-é",
    "",
    " ",
    "ü/ö",
    "ds.spec.template",
    "--cascade=foreground",
    "--field-selector",
    "spec.nodeName=node-1",
    "\u{0}",
    "--limits=cpu=1",
    "--overwrite",
    "=",
    "/",
    "ds/",
    ",",
    "-o=custom-columns=A:.a,B:.b[0]",
    "--subresource=status",
    "--list",
    "--now",
    "--recursive",
];

const PIECES: &[&str] = &[
    "apiVersion: apps/v1\n",
    "kind: DaemonSet\n",
    "apiVersion: v1\n",
    "kind: Pod\n",
    "metadata: {name: agent}\n",
    "metadata:\n",
    "  name: x\n",
    "spec:\n",
    "spec: {}\n",
    "  template: {spec: {containers: [{name: main, image: 'a:2'}]}}\n",
    "  selector: {matchLabels: {app: agent}}\n",
    "---\n",
    "  minReadySeconds: -1\n",
    "  foo: [\n",
    "}\n",
    "null\n",
    "- a\n",
    "\t\n",
    "&a *a\n",
    "$patch: replace\n",
    "  template: {$patch: delete}\n",
    "  template: {spec: {$setElementOrder/containers: [{name: q}], containers: [{name: q, $patch: delete}]}}\n",
    "data: {a: b}\n",
    "kind: List\nitems: [{}]\n",
    "é\u{fffd}\n",
];

fn pick<'a>(stream: &mut Stream, from: &[&'a str]) -> &'a str {
    from[stream.below(from.len() as u64) as usize]
}

/// Whatever is typed: an answer, in bounded time, without a panic.
#[test]
fn hostile_input() {
    let rounds: u32 = std::env::var("FUZZ_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1500);
    let start = small();
    let mut cluster = start.clone();
    let mut stream = Stream::new(11, "kubectl");
    for round in 0..rounds {
        if round % 50 == 0 {
            cluster = start.clone();
        }
        let count = 1 + stream.below(7);
        let args: Vec<String> = (0..count)
            .map(|_| pick(&mut stream, WORDS).to_owned())
            .collect();
        let pieces = stream.below(9);
        let text: String = (0..pieces).map(|_| pick(&mut stream, PIECES)).collect();
        let output = run(&mut cluster, &args, Some(&text));
        assert!(
            output.exit == 0 || output.exit == 130 || !output.stderr.is_empty() || output.exit == 1,
            "{args:?}"
        );
        let line = format!("kubectl {}", args.join(" "));
        complete(
            &mut cluster,
            &line,
            stream.below(line.len() as u64 + 3) as usize,
        );
        cluster.as_user(|client| super::ops::apply::apply(client, &text, "STDIN"));
        let patch = crate::api::yaml::parse(&text).ok().and_then(|documents| {
            documents
                .first()
                .map(crate::api::yaml::tree::Document::value)
        });
        if let Some(patch) = patch {
            let shape = Some("DaemonSet");
            let mut value = serde_json::json!({ "spec": { "template": { "spec": { "containers": [{ "name": "main" }] } } } });
            let _ = super::patch::strategic(&mut value, &patch, shape);
            super::patch::merge(&mut value, &patch);
            super::patch::three_way(&patch, &value, &patch, shape);
        }
    }
}
