//! The scheduler against a real API server: what it writes, and when.

use super::*;
use crate::api::meta::Time;
use crate::apiserver::ApiServer;
use crate::sim::rng::Rng;
use crate::trace::{Actor, Trace};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

struct World {
    server: ApiServer,
    trace: Trace,
    rng: Rng,
    scheduler: Scheduler,
    now: SimTime,
}

impl World {
    fn new() -> World {
        World {
            server: ApiServer::new(1, Time(0)),
            trace: Trace::default(),
            rng: Rng::new(1),
            scheduler: Scheduler::default(),
            now: SimTime::ZERO,
        }
    }

    /// Nodes with this allocatable.
    fn with_nodes(names: &[&str], allocatable: &Value) -> World {
        let mut world = World::new();
        for name in names {
            world.create(json!({
                "apiVersion": "v1", "kind": "Node", "metadata": {"name": name},
                "status": {"allocatable": allocatable, "conditions": [{"type": "Ready", "status": "True"}]},
            }));
        }
        world
    }

    fn act<T>(&mut self, actor: Actor, f: impl FnOnce(&mut Client<'_>) -> T) -> T {
        f(&mut Client {
            now: self.now,
            epoch: Time(0),
            actor,
            cause: None,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        })
    }

    fn create(&mut self, object: Value) {
        let object = Object::from_value(object).unwrap();
        self.act(Actor::User, |client| client.create_object(object))
            .unwrap();
    }

    fn pod(&mut self, name: &str, mut spec: Value) {
        // The server refuses containers without an image; these tests are about other things.
        for container in spec
            .get_mut("containers")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            container["image"] = "app:1".into();
        }
        self.create(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "default"}, "spec": spec,
        }));
    }

    fn delete_now(&mut self, pod: &str) {
        let options = DeleteOptions {
            grace_period_seconds: Some(0),
            ..DeleteOptions::default()
        };
        let key = Key::new("default", pod);
        self.act(Actor::User, |c| c.delete::<Pod>(&key, &options))
            .unwrap();
    }

    /// Delivers events and runs the scheduler until nothing is due before `until`.
    fn run(&mut self, until: u64) {
        loop {
            for event in self.server.drain_log() {
                self.scheduler.observe(self.now, &event);
            }
            match self.scheduler.next_due() {
                Some(due) if due <= SimTime(until) => {
                    self.now = self.now.max(due);
                    let mut scheduler = std::mem::take(&mut self.scheduler);
                    self.act(Actor::Scheduler, |client| scheduler.run(client));
                    self.scheduler = scheduler;
                }
                _ => break,
            }
        }
        self.now = SimTime(until);
    }

    #[track_caller]
    fn check(&self, expect: Expect) {
        let lines = self
            .trace
            .iter()
            .filter(|entry| entry.actor == Actor::Scheduler)
            .map(|entry| format!("{} {} {}\n", entry.at.0, entry.subject, entry.what));
        let mut text: String = lines.collect();
        for pod in self.server.pods.iter() {
            text = text.replace(
                &pod.metadata.uid,
                &format!("<uid of {}>", pod.metadata.name),
            );
        }
        expect.assert_eq(&text);
    }

    /// The message of the one failed pod, which event and condition share.
    #[track_caller]
    fn check_message(&self, pod: &str, expect: Expect) {
        let pod = self.server.pods.get(&Key::new("default", pod)).unwrap();
        let condition = pod.status.condition("PodScheduled").unwrap();
        assert_eq!(
            (&*condition.status, &*condition.reason),
            ("False", "Unschedulable")
        );
        expect.assert_eq(&condition.message);
        assert!(
            self.server
                .events
                .iter()
                .any(|e| e.reason == "FailedScheduling" && e.message == condition.message)
        );
    }
}

fn affinity(node: &str) -> Value {
    json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}]}}})
}

fn daemon_pod(node: &str) -> Value {
    json!({"affinity": affinity(node), "containers": [{"name": "c"}]})
}

fn requesting(node: &str, cpu: &str) -> Value {
    json!({"affinity": affinity(node), "containers": [container(cpu)]})
}

fn container(cpu: &str) -> Value {
    json!({"name": "c", "resources": {"requests": {"cpu": cpu}}})
}

fn roomy() -> Value {
    json!({"cpu": "1", "memory": "1Gi", "pods": "110"})
}

#[test]
fn a_daemon_pod_goes_to_its_node() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    world.pod("agent", daemon_pod("node-2"));
    world.run(1000);
    world.check(expect![[r#"
        3 pod/agent all filters passed on node-2
        3 pod/agent updated spec.nodeName
        3 pod/agent event Scheduled: Successfully assigned default/agent to node-2
    "#]]);
    let pod = world
        .server
        .pods
        .get(&Key::new("default", "agent"))
        .unwrap();
    assert_eq!(pod.spec.node_name, "node-2");
    assert_eq!(pod.status.condition("PodScheduled").unwrap().status, "True");
    assert_eq!(world.scheduler.next_due(), None, "idle costs nothing");
}

/// Recorded: insufficient-cpu.
#[test]
fn message_when_cpu_is_short() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    world.pod(
        "hog",
        json!({"nodeName": "node-1", "containers": [container("800m")]}),
    );
    world.pod("agent", requesting("node-1", "500m"));
    world.run(1000);
    world.check_message("agent", expect!["0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling."]);
}

/// Recorded: host-port-conflict.
#[test]
fn message_when_a_host_port_is_taken() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    let containers = json!([{"name": "c", "ports": [{"containerPort": 80, "hostPort": 80}]}]);
    world.pod(
        "web",
        json!({"nodeName": "node-1", "containers": containers}),
    );
    world.pod(
        "agent",
        json!({"affinity": affinity("node-1"), "containers": containers}),
    );
    world.run(1000);
    world.check_message("agent", expect!["0/2 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling."]);
}

/// Recorded: too-many-pods.
#[test]
fn message_when_the_node_is_full() {
    let mut world = World::with_nodes(&["node-1"], &json!({"cpu": "1", "pods": "1"}));
    world.pod(
        "one",
        json!({"nodeName": "node-1", "containers": [{"name": "c"}]}),
    );
    world.pod("agent", daemon_pod("node-1"));
    world.run(1000);
    world.check_message("agent", expect!["0/1 nodes are available: 1 Too many pods. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."]);
}

#[test]
fn message_when_the_node_is_gone() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    world.pod("agent", daemon_pod("node-3"));
    world.run(1000);
    world.check_message("agent", expect!["0/2 nodes are available: 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."]);
}

#[test]
fn message_without_any_node() {
    let mut world = World::new();
    world.pod("agent", daemon_pod("node-1"));
    world.run(1000);
    world.check_message("agent", expect!["no nodes available to schedule pods"]);
}

#[test]
fn message_when_the_affinity_contradicts_itself() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    let mut spec = daemon_pod("node-1");
    let term = &mut spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        ["nodeSelectorTerms"][0]["matchFields"];
    let other = json!({"key": "metadata.name", "operator": "In", "values": ["node-2"]});
    term.as_array_mut().unwrap().push(other);
    world.pod("agent", spec);
    world.run(1000);
    world.check_message("agent", expect!["0/2 nodes are available: pod affinity terms conflict. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."]);
}

#[test]
fn message_when_preemption_is_not_wanted() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    let mut spec = requesting("node-1", "2");
    spec["preemptionPolicy"] = "Never".into();
    world.pod("agent", spec);
    world.run(1000);
    world.check_message("agent", expect!["0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never."]);
}

#[test]
fn a_request_above_the_node_is_beyond_preemption() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    world.pod("agent", requesting("node-1", "2"));
    world.run(1000);
    world.check_message("agent", expect!["0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."]);
}

#[test]
fn a_taint_that_goes_away_wakes_the_pod() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    let taint = |world: &mut World, taints: Value| {
        world.act(Actor::User, |client| {
            let taints = serde_json::from_value(taints).unwrap();
            client.patch::<Node>(&Key::new("", "node-1"), "taints", |node| {
                node.spec.taints = taints;
            })
        })
    };
    taint(
        &mut world,
        json!([{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
    )
    .unwrap();
    world.pod("agent", daemon_pod("node-1"));
    world.run(5000);
    taint(&mut world, json!([])).unwrap();
    world.run(10_000);
    world.check(expect![[r#"
        3 pod/agent 0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
        3 pod/agent event FailedScheduling: 0/2 nodes are available: 1 node(s) didn't satisfy plugin(s) [NodeAffinity], 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.
        3 pod/agent updated PodScheduled=False
        5003 pod/agent woken: node/node-1 changed
        5003 pod/agent all filters passed on node-1
        5003 pod/agent updated spec.nodeName
        5003 pod/agent event Scheduled: Successfully assigned default/agent to node-1
    "#]]);
}

#[test]
fn a_pod_that_leaves_makes_room() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    for (name, node) in [("hog", "node-1"), ("other", "node-2")] {
        world.pod(
            name,
            json!({"nodeName": node, "containers": [container("800m")]}),
        );
    }
    world.pod("agent", requesting("node-1", "500m"));
    world.run(100);
    world.delete_now("other");
    world.run(200);
    assert!(
        matches!(
            world.scheduler.queue.place(&Key::new("default", "agent")),
            Some(queue::Place::Parked { .. })
        ),
        "another node's pod doesn't concern it"
    );
    world.delete_now("hog");
    world.run(10_000);
    world.check(expect![[r#"
        3 pod/agent 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.
        3 pod/agent event FailedScheduling: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.
        3 pod/agent updated PodScheduled=False
        203 pod/agent woken: pod/hog left node-1
        203 pod/agent all filters passed on node-1
        203 pod/agent updated spec.nodeName
        203 pod/agent event Scheduled: Successfully assigned default/agent to node-1
    "#]]);
}

#[test]
fn a_more_important_pod_makes_room_for_itself() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    for (name, priority) in [("a", "low"), ("b", "low"), ("c", "middle")] {
        if world.server.priority_classes.len() == 2 {
            for (class, value) in [("low", 1), ("middle", 2), ("high", 3)] {
                world.create(json!({
                    "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass",
                    "metadata": {"name": class}, "value": value,
                }));
            }
        }
        world.pod(
            name,
            json!({"nodeName": "node-1", "priorityClassName": priority, "containers": [container("300m")]}),
        );
    }
    let mut spec = requesting("node-1", "400m");
    spec["priorityClassName"] = "high".into();
    world.pod("agent", spec);
    world.run(29_000);
    let agent = |world: &World| {
        let pod = world.server.pods.get(&Key::new("default", "agent"));
        Rc::clone(pod.unwrap())
    };
    assert_eq!(agent(&world).status.nominated_node_name, "node-1");
    // A pod of less importance doesn't take the room that is being made.
    let mut spec = requesting("node-1", "100m");
    spec["priorityClassName"] = "low".into();
    world.pod("late", spec);
    world.run(30_000);
    world.delete_now("b");
    world.run(40_000);
    world.check(expect![[r#"
        3 pod/agent preempts b on node-1
        3 pod/b updated DisruptionTarget=True
        3 pod/b deletion requested, grace period 30 s
        3 pod/b event Preempted: Preempted by pod <uid of agent> on node node-1
        3 pod/agent 0/1 nodes are available: 1 Insufficient cpu.
        3 pod/agent event FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.
        3 pod/agent updated PodScheduled=False
        29003 pod/late 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
        29003 pod/late event FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
        29003 pod/late updated PodScheduled=False
        30003 pod/agent woken: pod/b left node-1
        30003 pod/agent all filters passed on node-1
        30003 pod/agent updated spec.nodeName
        30003 pod/agent event Scheduled: Successfully assigned default/agent to node-1
        30006 pod/late woken: pod/b left node-1
        30006 pod/late 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
        30006 pod/late event FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.
    "#]]);
    assert_eq!(agent(&world).spec.node_name, "node-1");
    assert_eq!(agent(&world).status.nominated_node_name, "");
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    let mut other = daemon_pod("node-1");
    other["schedulerName"] = "mine".into();
    world.pod("other", other);
    let mut gated = daemon_pod("node-1");
    gated["schedulingGates"] = json!([{"name": "wait"}]);
    world.pod("gated", gated);
    world.pod(
        "placed",
        json!({"nodeName": "node-1", "containers": [container("1m")]}),
    );
    world.run(1000);
    world.check(expect![[""]]);
}

#[test]
fn other_pods_spread_by_what_is_requested() {
    let mut world = World::with_nodes(&["node-1", "node-2"], &roomy());
    world.pod(
        "hog",
        json!({"nodeName": "node-1", "containers": [container("300m")]}),
    );
    for name in ["a", "b", "c"] {
        world.pod(name, json!({"containers": [container("200m")]}));
    }
    world.run(1000);
    world.check(expect![[r#"
        3 pod/a all filters passed on 2 of 2 nodes, node-2 is the least requested
        3 pod/a updated spec.nodeName
        3 pod/a event Scheduled: Successfully assigned default/a to node-2
        6 pod/b all filters passed on 2 of 2 nodes, node-2 is the least requested
        6 pod/b updated spec.nodeName
        6 pod/b event Scheduled: Successfully assigned default/b to node-2
        9 pod/c all filters passed on 2 of 2 nodes, node-1 is the least requested
        9 pod/c updated spec.nodeName
        9 pod/c event Scheduled: Successfully assigned default/c to node-1
    "#]]);
}

#[test]
fn checks_tell_every_filter() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    world.pod(
        "hog",
        json!({"nodeName": "node-1", "containers": [container("800m")]}),
    );
    world.run(10);
    let mut spec = requesting("node-2", "300m");
    spec["nodeName"] = "node-2".into();
    let pod: Pod = serde_json::from_value(json!({"spec": spec})).unwrap();
    let checks = world.scheduler.checks(&Rc::new(pod), "node-1").unwrap();
    let lines = checks.iter().map(|check| {
        let said = check
            .failure
            .as_ref()
            .map_or("passed".to_owned(), |f| format!("{f} ({})", f.detail()));
        format!("{}: {said}\n", check.plugin)
    });
    expect![[r#"
        NodeUnschedulable: passed
        NodeName: node(s) didn't match the requested node name (spec.nodeName is node-2)
        TaintToleration: passed
        NodeAffinity: node(s) didn't match Pod's node affinity/selector (required node affinity: term 1 wants metadata.name In [node-2], the node has node-1)
        NodePorts: passed
        NodeResourcesFit: Insufficient cpu (cpu: requested 300m, used 800m of 1000m)
    "#]].assert_eq(&lines.collect::<String>());
}

#[test]
fn a_pod_is_bound_once_and_not_while_it_goes() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    world.pod("agent", daemon_pod("node-1"));
    let key = Key::new("default", "agent");
    let mut bind =
        |uid: Option<&str>| world.act(Actor::Scheduler, |client| client.bind(&key, uid, "node-1"));
    assert!(bind(Some("other")).is_err());
    assert!(bind(None).is_ok());
    expect![[r#"Operation cannot be fulfilled on pods/binding "agent": pod agent is already assigned to node "node-1""#]].assert_eq(&bind(None).unwrap_err().message);
}

/// The pod is deleted between the event and the cycle.
#[test]
fn a_refused_binding_is_not_tried_again() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    world.pod("agent", daemon_pod("node-1"));
    for event in world.server.drain_log() {
        world.scheduler.observe(SimTime::ZERO, &event);
    }
    world.delete_now("agent");
    world.now = SimTime(3);
    let mut scheduler = std::mem::take(&mut world.scheduler);
    world.act(Actor::Scheduler, |client| scheduler.run(client));
    world.scheduler = scheduler;
    world.run(1000);
    world.check(expect![[r#"
        3 pod/agent all filters passed on node-1
        3 pod/agent binding to node-1 was refused: pods "agent" not found
        3 pod/agent event FailedScheduling: binding rejected: running Bind plugin "DefaultBinder": pods "agent" not found
    "#]]);
    assert_eq!(world.scheduler.next_due(), None);
}

#[test]
fn a_heartbeat_wakes_nobody() {
    let mut world = World::with_nodes(&["node-1"], &roomy());
    world.pod("agent", requesting("node-1", "2"));
    world.run(100);
    world
        .act(Actor::Kubelet("node-1".into()), |client| {
            client.patch_status::<Node>(&Key::new("", "node-1"), "heartbeat", |node| {
                node.status.conditions[0].last_heartbeat_time = Some(Time(7));
            })
        })
        .unwrap();
    world.run(200);
    assert_eq!(world.scheduler.next_due(), Some(SimTime(300_003)));
}

/// Each pod costs one node's filters, however many nodes there are.
#[test]
fn thousands_of_daemon_pods() {
    const NODES: usize = 5000;
    let names: Vec<String> = (0..NODES).map(|i| format!("node-{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut world = World::with_nodes(&names, &roomy());
    for (i, node) in names.iter().enumerate() {
        world.pod(&format!("agent-{i}"), requesting(node, "100m"));
    }
    world.run(NODES as u64 * 3);
    assert!(world.server.pods.iter().all(|pod| pod.is_bound()));
    assert_eq!(world.scheduler.next_due(), None);
}
