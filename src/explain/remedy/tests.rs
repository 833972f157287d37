use super::*;
use crate::kubectl::Started;
use crate::session::Session;
use crate::session::scenario::Scenario;
use crate::session::words::kubectl_line;
use expect_test::{Expect, expect};

/// A DaemonSet with this in its pod spec, on three workers that other commands prepared; at rest.
fn session(pod_spec: &str, commands: &[&str]) -> Session {
    let mut session = Session::new(Scenario::default());
    session.settle();
    let yaml = format!(
        r#"
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec:
      {pod_spec}
"#
    );
    let mut typed: Vec<String> = commands.iter().map(|c| (*c).to_owned()).collect();
    typed.push(format!("kubectl apply -f - <<EOF{yaml}EOF"));
    for line in typed {
        kubectl(&mut session, &line);
    }
    session.settle();
    session
}

fn kubectl(session: &mut Session, line: &str) {
    let (line, stdin) = crate::kubectl::heredoc(line).unwrap();
    let words = crate::kubectl::split(&line).unwrap();
    match session.kubectl(words[1..].to_vec(), stdin, false) {
        Started::Done(output) => assert_eq!((output.exit, &*output.stderr), (0, ""), "{line}"),
        Started::Waits(_) => unreachable!("it was sat out"),
    }
}

fn agent(session: &Session) -> Rc<DaemonSet> {
    let sets = &session.cluster().server.daemon_sets;
    Rc::clone(sets.get(&Key::new("default", "agent")).unwrap())
}

/// The edits for node-2, as text. Each is carried out for real, and has to do what it promised, when it promised.
#[track_caller]
fn check(session: &Session, expect: Expect) {
    let found = remedies(session.cluster(), &agent(session), "node-2");
    check_all(session, found, &expect);
}

#[track_caller]
fn check_ways_out(session: &Session, expect: Expect) {
    let found = ways_out(session.cluster(), &agent(session));
    check_all(session, found, &expect);
}

#[track_caller]
fn check_all(session: &Session, found: Vec<Remedy>, expect: &Expect) {
    let mut text = String::new();
    for remedy in found {
        text.push_str(&format!("{}\n", remedy.title));
        let mut again = session.clone();
        for command in &remedy.commands {
            let taints = &again.cluster().server.nodes;
            let taints = &taints.get(&Key::new("", "node-2")).unwrap().spec.taints;
            if let Some(line) = kubectl_line(command, taints) {
                text.push_str(&format!("  $ {line}\n"));
            }
            again.submit(command.clone()).unwrap();
        }
        let word = keep(session, "node-2", &remedy);
        text.push_str(&format!("  {word} after {} ms\n", remedy.effect.after().0));
    }
    expect.assert_eq(&text);
}

/// Carries an edit out for real; it has to do what it promised, when it promised, for the DaemonSet agent on this node.
#[track_caller]
pub fn keep(session: &Session, node: &str, remedy: &Remedy) -> &'static str {
    let mut again = session.clone();
    for command in &remedy.commands {
        again.submit(command.clone()).unwrap();
    }
    again.advance(remedy.effect.after());
    let (cluster, set) = (again.cluster(), agent(&again));
    let pods = pods_on(cluster, &set, node);
    match remedy.effect {
        Effect::PodComes { .. } => {
            assert!(pods.iter().any(|pod| pod.is_bound()));
            "a pod comes"
        }
        Effect::PodReady { .. } => {
            assert!(pods.iter().any(|pod| pod.is_ready()));
            "its pod is ready"
        }
        Effect::PodReplaced { .. } => {
            let old: Vec<_> = pods_on(session.cluster(), &set, node);
            let is_new = |pod: &&&Rc<Pod>| old.iter().all(|it| it.metadata.uid != pod.metadata.uid);
            assert!(pods.iter().filter(is_new).any(|pod| pod.is_ready()));
            "its new pod is ready"
        }
        Effect::PodGoes { .. } => {
            assert!(pods.is_empty());
            "its pod goes"
        }
        Effect::RolloutGoesOn { .. } => {
            let before = progress(session.cluster(), &agent(session));
            assert_ne!(progress(cluster, &set), before);
            "the rollout goes on"
        }
        Effect::Wanted { .. } => {
            assert!(!is_wanted(session.cluster(), &agent(session), node));
            assert!(is_wanted(cluster, &set, node));
            "its pod is wanted"
        }
        Effect::RolloutDone { after, instead_of } => {
            assert!(is_rolled_out(cluster, &set));
            let mut waits = session.clone();
            waits.advance(after);
            assert!(!is_rolled_out(waits.cluster(), &set));
            waits.advance(SimDuration(instead_of.0 - after.0));
            assert!(is_rolled_out(waits.cluster(), &set));
            "the rollout is over"
        }
    }
}

const PLAIN: &str = "containers: [{name: main, image: 'agent:1'}]";

#[test]
fn a_label_that_the_selector_wants() {
    let spec = format!("nodeSelector: {{disk: ssd, zone: a}}\n      {PLAIN}");
    check(
        &session(&spec, &["kubectl label node node-2 zone=b"]),
        expect![[r#"
            Label node-2 with disk=ssd and zone=a
              $ kubectl label node node-2 disk=ssd zone=a --overwrite
              a pod comes after 16 ms
            Remove nodeSelector disk and nodeSelector zone from agent's template
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"nodeSelector":{"disk":null,"zone":null}}}}}'
              a pod comes after 19 ms
        "#]],
    );
}

#[test]
fn a_taint_that_is_not_tolerated() {
    check(
        &session(
            PLAIN,
            &["kubectl taint node node-2 dedicated=db:NoSchedule x:NoExecute"],
        ),
        expect![[r#"
            Remove the taints dedicated=db:NoSchedule and x:NoExecute from node-2
              $ kubectl taint node node-2 dedicated:NoSchedule- x:NoExecute- --overwrite
              a pod comes after 16 ms
            Let agent tolerate dedicated=db:NoSchedule and x:NoExecute: add a toleration to its template
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"tolerations":[{"effect":"NoSchedule","key":"dedicated","operator":"Equal","value":"db"},{"effect":"NoExecute","key":"x","operator":"Exists"}]}}}}'
              a pod comes after 16 ms
        "#]],
    );
}

#[test]
fn labels_and_taints_together() {
    let affinity = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: cores, operator: Gt, values: ['4']}, {key: gpu, operator: DoesNotExist}]}]}}}";
    let spec = format!("{affinity}\n      {PLAIN}");
    let commands = [
        "kubectl label node node-2 cores=2 gpu=yes",
        "kubectl taint node node-2 a:NoSchedule",
    ];
    check(
        &session(&spec, &commands),
        expect![[r#"
            Label node-2 with cores=5 and remove the label gpu from node-2; Remove the taint a:NoSchedule from node-2
              $ kubectl label node node-2 cores=5 gpu- --overwrite
              $ kubectl taint node node-2 a:NoSchedule- --overwrite
              a pod comes after 16 ms
            Remove the required node affinity from agent's template; Let agent tolerate a:NoSchedule: add a toleration to its template
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":null}}}}}}'
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"tolerations":[{"effect":"NoSchedule","key":"a","operator":"Exists"}]}}}}'
              a pod comes after 19 ms
        "#]],
    );
}

#[test]
fn another_nodes_name() {
    check(
        &session(&format!("nodeName: node-1\n      {PLAIN}"), &[]),
        expect![[r#"
            Remove nodeName from agent's template, which limits it to node-1
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"nodeName":null}}}}'
              a pod comes after 16 ms
        "#]],
    );
}

const HOG: &str = "kubectl apply -f - <<EOF
apiVersion: v1
kind: Pod
metadata: {name: hog}
spec:
  nodeName: node-2
  containers: [{name: main, image: 'hog:1', ports: [{containerPort: 80, hostPort: 9100}], resources: {requests: {cpu: 3500m}}}]
EOF";

#[test]
fn too_little_cpu() {
    let spec = "containers: [{name: main, image: 'agent:1', resources: {requests: {cpu: '1'}}}]";
    check(
        &session(spec, &[HOG]),
        expect![[r#"
            Lower the request to cpu 500m, which fits on the node
              $ kubectl set resources daemonset/agent -n default -c main --requests=cpu=500m
              a pod comes after 26 ms
            Give agent the priority class system-node-critical: pods of lower priority make room
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"priorityClassName":"system-node-critical"}}}}'
              a pod comes after 1290 ms
            Delete the pod default/hog, which no controller recreates
              $ kubectl delete pod hog --namespace=default --wait=false
              a pod comes after 1264 ms
        "#]],
    );
}

#[test]
fn a_host_port_that_is_taken() {
    let spec = "containers: [{name: main, image: 'agent:1', ports: [{containerPort: 80, hostPort: 9100}]}]";
    check(
        &session(spec, &[HOG]),
        expect![[r#"
            Delete the pod default/hog, which uses host port 9100
              $ kubectl delete pod hog --namespace=default --wait=false
              a pod comes after 1264 ms
            Remove hostPort from agent's template
              $ kubectl patch daemonset agent -n default --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/ports/0/hostPort"}]'
              a pod comes after 26 ms
        "#]],
    );
}

#[test]
fn a_rollout_of_an_image_that_is_not_there() {
    let mut session = session(PLAIN, &[]);
    kubectl(&mut session, "kubectl set image ds/agent main=agent:bad");
    session.advance(SimDuration::secs(60));
    check_ways_out(
        &session,
        expect![[r#"
            Roll back agent to the previous revision
              $ kubectl rollout undo daemonset/agent -n default
              the rollout goes on after 832 ms
        "#]],
    );
}

#[test]
fn a_rollout_that_waits_for_a_dead_node() {
    let mut session = session(PLAIN, &[]);
    let node = "node-2".to_owned();
    session
        .submit(Command::SetNodeDown { node, down: true })
        .unwrap();
    session.advance(SimDuration::secs(120));
    kubectl(&mut session, "kubectl set image ds/agent main=agent:2");
    session.advance(SimDuration::secs(60));
    check_ways_out(
        &session,
        expect![[r#"
            Power node-2 on
              the rollout goes on after 5955 ms
            Delete node-2, if it won't come back
              $ kubectl delete node node-2 --wait=false
              the rollout goes on after 54242 ms
            Raise agent's maxUnavailable to 2
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":2}}}}'
              the rollout goes on after 3841 ms
        "#]],
    );
}

#[test]
fn a_surge_with_a_host_port() {
    let spec = "containers: [{name: main, image: 'agent:1', ports: [{containerPort: 80, hostPort: 9100}]}]";
    let mut session = session(spec, &[]);
    let patch = r#"kubectl patch ds agent --type=merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":1,"maxUnavailable":0}}}}'"#;
    kubectl(&mut session, patch);
    kubectl(&mut session, "kubectl set image ds/agent main=agent:2");
    session.advance(SimDuration::secs(60));
    check_ways_out(
        &session,
        expect![[r#"
            Roll agent without surge: maxSurge 0, maxUnavailable 1
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'
              the rollout goes on after 3851 ms
        "#]],
    );
}

#[test]
fn old_pods_under_on_delete() {
    let mut session = session(PLAIN, &[]);
    kubectl(
        &mut session,
        r#"kubectl patch ds agent --type=merge -p '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'"#,
    );
    kubectl(&mut session, "kubectl set image ds/agent main=agent:2");
    session.settle();
    check_ways_out(
        &session,
        expect![[r#"
            Delete the old pod agent-4xkck
              $ kubectl delete pod agent-4xkck --namespace=default --wait=false
              the rollout goes on after 6419 ms
            Switch agent to RollingUpdate
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'
              the rollout goes on after 3846 ms
        "#]],
    );
}

#[test]
fn a_node_without_power_and_one_where_all_is_well() {
    let mut session = session(PLAIN, &[]);
    check(&session, expect![""]);
    let node = "node-2".to_owned();
    session
        .submit(Command::SetNodeDown { node, down: true })
        .unwrap();
    session.advance(SimDuration::secs(120));
    check(
        &session,
        expect![[r#"
            Power node-2 on
              its pod is ready after 3700 ms
        "#]],
    );
}

#[test]
fn a_pod_that_is_only_tolerated() {
    let mut session = session(PLAIN, &[]);
    kubectl(
        &mut session,
        "kubectl taint node node-2 dedicated=db:NoSchedule",
    );
    session.settle();
    check(
        &session,
        expect![[r#"
            Remove the taint dedicated=db:NoSchedule from node-2
              $ kubectl taint node node-2 dedicated:NoSchedule- --overwrite
              its pod is wanted after 0 ms
            Let agent tolerate dedicated=db:NoSchedule: add a toleration to its template
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"tolerations":[{"effect":"NoSchedule","key":"dedicated","operator":"Equal","value":"db"}]}}}}'
              its pod is wanted after 0 ms
            Change node-2's taint dedicated=db:NoSchedule to NoExecute
              $ kubectl taint node node-2 dedicated:NoSchedule- dedicated=db:NoExecute --overwrite
              its pod goes after 1263 ms
            Delete the pod agent-lnx4s: no new one is created
              $ kubectl delete pod agent-lnx4s --namespace=default --wait=false
              its pod goes after 1258 ms
        "#]],
    );
}

#[test]
fn a_pod_that_the_kubelet_evicts_again_and_again() {
    let mut session = session(PLAIN, &[]);
    let pressure = Command::SetPressure {
        node: "node-2".to_owned(),
        condition: "DiskPressure".to_owned(),
        on: true,
    };
    session.submit(pressure).unwrap();
    session.advance(SimDuration::secs(120));
    check(
        &session,
        expect![[r#"
            End node-2's DiskPressure
              its pod is ready after 392495 ms
            Give agent the priority class system-node-critical: the kubelet keeps critical pods
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"template":{"spec":{"priorityClassName":"system-node-critical"}}}}'
              its pod is ready after 779 ms
        "#]],
    );
}

#[test]
fn a_rollout_that_takes_its_time() {
    let mut session = session(PLAIN, &[]);
    session
        .submit(Command::AddNodes {
            template: crate::cluster::nodes::NodeTemplate::Worker,
            count: 9,
        })
        .unwrap();
    session.settle();
    kubectl(&mut session, "kubectl set image ds/agent main=agent:2");
    session.advance(SimDuration::secs(10));
    let found = faster(session.cluster(), &agent(&session));
    check_all(
        &session,
        found,
        &expect![[r#"
            Raise agent's maxUnavailable to 25%
              $ kubectl patch daemonset agent -n default --type=merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":"25%"}}}}'
              the rollout is over after 20345 ms
        "#]],
    );
}
