//! Pods on kubelets, from the outside: status, events and time.

use super::*;
use crate::api::meta::StringMap;
use crate::api::pod::Probe;
use crate::client::harness::{self, Harness, container, summary};
use expect_test::{Expect, expect};

/// A profile whose times are easy to add up.
fn profile() -> Profile {
    Profile {
        sync_ms: 100,
        sandbox_ms: 400,
        pull_ms_min: 2000,
        pull_ms_max: 2000,
        start_ms: 500,
        ready_ms: 1000,
        ..Profile::default()
    }
}

struct Scene {
    h: Harness,
    kubelets: Kubelets,
}

impl Scene {
    fn new() -> Scene {
        let mut h = Harness::default();
        h.add(harness::node("node-1"));
        h.add(harness::node("node-2"));
        let mut scene = Scene {
            h,
            kubelets: Kubelets::new(profile()),
        };
        scene.run_ms(0);
        scene
    }

    fn run_ms(&mut self, ms: u64) {
        let end = SimTime(self.h.now.0 + ms);
        self.h.run_until(end, &mut [&mut self.kubelets]);
    }

    /// Every state of the pod within that time, with the moment at which it was written.
    fn life(&mut self, name: &str, ms: u64) -> String {
        let end = SimTime(self.h.now.0 + ms);
        self.run_ms(0);
        let mut text = String::new();
        let mut last = String::new();
        loop {
            let next = self.kubelets.next_due().filter(|at| *at <= end);
            self.h
                .run_until(next.unwrap_or(end), &mut [&mut self.kubelets]);
            let now = if self.h.has_pod(name) {
                summary(&self.h.pod(name))
            } else {
                "gone".to_owned()
            };
            if now != last {
                text.push_str(&format!("{:<6} {now}\n", self.h.now.0));
                last = now;
            }
            if next.is_none() {
                return text;
            }
        }
    }

    fn add(&mut self, name: &str, image: &str) {
        self.h.add(harness::pod(name, "node-1", image));
    }

    fn delete(&mut self, name: &str, grace: Option<i64>) {
        let options = DeleteOptions {
            grace_period_seconds: grace,
            ..DeleteOptions::default()
        };
        self.h
            .client()
            .delete::<Pod>(&Key::new("default", name), &options)
            .unwrap();
    }

    fn power(&mut self, node: &str, down: bool) {
        self.kubelets
            .set_node_down(&mut self.h.client(), node, down);
    }

    /// How often the pod was written.
    fn writes(&self, name: &str) -> usize {
        self.h
            .trace
            .iter()
            .filter(|e| &*e.subject.key.name == name)
            .filter(|e| matches!(e.what, crate::trace::What::Updated(_)))
            .count()
    }
}

#[track_caller]
fn check_life(image: &str, ms: u64, expect: &Expect) -> Scene {
    let mut scene = Scene::new();
    scene.add("a", image);
    expect.assert_eq(&scene.life("a", ms));
    scene
}

#[track_caller]
fn check_events(scene: &Scene, name: &str, expect: &Expect) {
    expect.assert_eq(&scene.h.events(name).join("\n"));
}

#[test]
fn a_pod_starts() {
    let scene = check_life(
        "agent:1",
        60_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            3000   Running Ready main+running/0
        "#]],
    );
    check_events(
        &scene,
        "a",
        &expect![[r#"
        Pulling: Pulling image "agent:1"
        Pulled: Successfully pulled image "agent:1" in 2s (2s including waiting). Image size: 116125586 bytes.
        Created: Container created
        Started: Container started"#]],
    );
    assert_eq!(scene.writes("a"), 2, "one write a visible state");
    assert_eq!(scene.kubelets.next_due(), None);
    let pod = scene.h.pod("a");
    let conditions: Vec<_> = pod
        .status
        .conditions
        .iter()
        .map(|c| format!("{}={}", c.type_, c.status))
        .collect();
    assert_eq!(
        conditions,
        [
            "PodReadyToStartContainers=True",
            "Initialized=True",
            "Ready=True",
            "ContainersReady=True",
            "PodScheduled=True"
        ]
    );
    assert_eq!(pod.status.pod_ip, "10.128.1.2");
}

#[test]
fn an_image_that_is_there_starts_at_once() {
    let mut scene = Scene::new();
    scene.add("a", "agent:1");
    scene.run_ms(10_000);
    scene.add("b", "agent:1");
    expect![[r#"
        10100  Pending NotReady main-ContainerCreating/0
        11000  Running Ready main+running/0
    "#]]
    .assert_eq(&scene.life("b", 10_000));
    check_events(
        &scene,
        "b",
        &expect![[r#"
        Pulled: Container image "agent:1" already present on machine and can be accessed by the pod
        Created: Container created
        Started: Container started"#]],
    );
}

#[test]
fn pulls_wait_for_each_other() {
    let mut scene = Scene::new();
    scene.add("a", "agent:1");
    scene.add("b", "other:1");
    scene.run_ms(10_000);
    check_events(
        &scene,
        "b",
        &expect![[r#"
        Pulling: Pulling image "other:1"
        Pulled: Successfully pulled image "other:1" in 2s (4s including waiting). Image size: 159410221 bytes.
        Created: Container created
        Started: Container started"#]],
    );
}

#[test]
fn a_bad_image_is_pulled_again_and_again() {
    let scene = check_life(
        "agent:bad",
        60_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            1400   Pending NotReady main-ErrImagePull/0
            2400   Pending NotReady main-ImagePullBackOff/0
            12300  Pending NotReady main-ErrImagePull/0
            13300  Pending NotReady main-ImagePullBackOff/0
            33200  Pending NotReady main-ErrImagePull/0
            34200  Pending NotReady main-ImagePullBackOff/0
        "#]],
    );
    check_events(
        &scene,
        "a",
        &expect![[r#"
        Pulling: Pulling image "agent:bad" (x3)
        Failed: Failed to pull image "agent:bad": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/agent:bad": failed to resolve reference "docker.io/library/agent:bad": docker.io/library/agent:bad: not found (x3)
        Failed: Error: ErrImagePull (x3)
        BackOff: Back-off pulling image "agent:bad" (x3)
        Failed: Error: ImagePullBackOff (x3)"#]],
    );
    assert!(scene.kubelets.next_due().is_some());
    assert_eq!(scene.kubelets.next_progress(), None, "but it is at rest");
}

#[test]
fn a_crashing_container_backs_off() {
    let scene = check_life(
        "agent:crash",
        60_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            3000   Running Ready main+running/0
            5000   Running NotReady main-Error(1)/0
            6500   Running Ready main+running/1
            8500   Running NotReady main-Error(1)/1
            9500   Running NotReady main-CrashLoopBackOff/1
            19000  Running Ready main+running/2
            21000  Running NotReady main-Error(1)/2
            22000  Running NotReady main-CrashLoopBackOff/2
            41500  Running Ready main+running/3
            43500  Running NotReady main-Error(1)/3
            44500  Running NotReady main-CrashLoopBackOff/3
        "#]],
    );
    check_events(
        &scene,
        "a",
        &expect![[r#"
        Pulling: Pulling image "agent:crash"
        Pulled: Successfully pulled image "agent:crash" in 2s (2s including waiting). Image size: 196183370 bytes.
        Created: Container created (x4)
        Started: Container started (x4)
        Pulled: Container image "agent:crash" already present on machine and can be accessed by the pod (x3)
        BackOff: Back-off restarting failed container main in pod a_default(b1f6ddb2-8a29-46cb-9031-8060c4e1993e) (x3)"#]],
    );
    assert_eq!(scene.kubelets.next_progress(), None);
}

#[test]
fn a_container_that_ran_long_enough_restarts_at_once() {
    let mut scene = Scene::new();
    scene.add("a", "agent:1");
    scene.run_ms(10_000);
    let key = Key::new("default", "a");
    for _ in 0..2 {
        assert!(
            scene
                .kubelets
                .kill_container(&mut scene.h.client(), &key, None)
        );
        scene.run_ms(700_000);
    }
    let pod = scene.h.pod("a");
    assert_eq!(summary(&pod), "Running Ready main+running/2");
    assert!(!scene.h.events("a").iter().any(|e| e.starts_with("BackOff")));
}

#[test]
fn some_images_never_start() {
    for (image, policy, expect) in [
        (
            "Agent:1",
            "IfNotPresent",
            "Pending NotReady main-InvalidImageName/0",
        ),
        (
            "agent:1",
            "Never",
            "Pending NotReady main-ErrImageNeverPull/0",
        ),
        (
            "agent:never-ready",
            "IfNotPresent",
            "Running NotReady main-running/0",
        ),
    ] {
        let mut scene = Scene::new();
        let mut pod = harness::pod("a", "node-1", image);
        pod.spec.containers[0].image_pull_policy = policy.to_owned();
        scene.h.add(pod);
        scene.run_ms(60_000);
        assert_eq!(summary(&scene.h.pod("a")), expect);
        assert_eq!(scene.kubelets.next_due(), None);
    }
}

#[test]
fn probes_decide_when_a_pod_is_ready() {
    let probe = |delay, period| {
        Some(Probe {
            initial_delay_seconds: delay,
            period_seconds: period,
            success_threshold: 1,
            failure_threshold: 3,
            extra: [("exec".to_owned(), serde_json::json!({"command": ["true"]}))].into(),
            ..Probe::default()
        })
    };
    // Starts at 3000 ms; answers a second later.
    for (delay, period, expect) in [
        (0, 1, 4000),
        (0, 10, 13_000),
        (5, 2, 9000),
        (20, 10, 23_000),
    ] {
        let mut scene = Scene::new();
        let mut pod = harness::pod("a", "node-1", "agent:1");
        pod.spec.containers[0].readiness_probe = probe(delay, period);
        scene.h.add(pod);
        let life = scene.life("a", 60_000);
        let ready = life.lines().find(|l| l.contains(" Ready ")).unwrap();
        assert!(
            ready.starts_with(&format!("{expect:<6} ")),
            "{delay} {period}: {life}"
        );
    }
}

#[test]
fn init_containers_run_in_order() {
    let mut scene = Scene::new();
    let mut pod = harness::pod("a", "node-1", "agent:1");
    let mut sidecar = container("proxy", "proxy:1");
    sidecar.restart_policy = "Always".to_owned();
    pod.spec.init_containers = vec![container("setup", "setup:1"), sidecar];
    scene.h.add(pod);
    expect![[r#"
        100    Pending NotReady setup-PodInitializing/0 proxy-PodInitializing/0 main-PodInitializing/0
        3000   Pending NotReady setup-running/0 proxy-PodInitializing/0 main-PodInitializing/0
        4000   Pending NotReady setup+Completed(0)/0 proxy-PodInitializing/0 main-PodInitializing/0
        6500   Pending NotReady setup+Completed(0)/0 proxy+running/0 main-PodInitializing/0
        9000   Running Ready setup+Completed(0)/0 proxy+running/0 main+running/0
    "#]]
    .assert_eq(&scene.life("a", 60_000));
}

#[test]
fn a_deleted_pod_ends_gracefully() {
    let mut scene = check_life(
        "agent:1",
        10_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            3000   Running Ready main+running/0
        "#]],
    );
    scene.delete("a", None);
    expect![[r#"
        10100  Running Ready main+running/0
        11300  gone
    "#]]
    .assert_eq(&scene.life("a", 60_000));
    check_events(
        &scene,
        "a",
        &expect![[r#"
        Pulling: Pulling image "agent:1"
        Pulled: Successfully pulled image "agent:1" in 2s (2s including waiting). Image size: 116125586 bytes.
        Created: Container created
        Started: Container started
        Killing: Stopping container main"#]],
    );
    assert!(scene.kubelets.pods.is_empty());
}

#[test]
fn a_stubborn_pod_uses_its_grace_period() {
    let mut scene = Scene::new();
    scene.add("a", "stubborn:1");
    scene.run_ms(10_000);
    scene.delete("a", None);
    scene.run_ms(30_050);
    assert!(scene.h.has_pod("a"));
    scene.run_ms(100);
    assert!(!scene.h.has_pod("a"));
    // Shortened on the way.
    scene.add("b", "stubborn:1");
    scene.run_ms(10_000);
    scene.delete("b", None);
    scene.run_ms(5000);
    scene.delete("b", Some(2));
    scene.run_ms(2100);
    assert!(!scene.h.has_pod("b"));
}

#[test]
fn a_pod_deleted_by_force_is_stopped_afterwards() {
    let mut scene = Scene::new();
    scene.add("a", "agent:1");
    scene.run_ms(10_000);
    scene.delete("a", Some(0));
    assert!(!scene.h.has_pod("a"));
    scene.run_ms(1000);
    assert_eq!(
        scene.h.events("a").last().unwrap(),
        "Killing: Stopping container main"
    );
    assert!(scene.kubelets.pods.is_empty());
}

#[test]
fn a_pod_that_does_not_fit_fails() {
    let mut scene = Scene::new();
    let mut pod = harness::pod("a", "node-1", "agent:1");
    pod.spec.node_selector = StringMap::from([("disk".to_owned(), "ssd".to_owned())]);
    scene.h.add(pod);
    scene.run_ms(1000);
    let pod = scene.h.pod("a");
    assert_eq!(pod.status.phase, "Failed");
    assert_eq!(pod.status.reason, "NodeAffinity");
    assert_eq!(
        pod.status.message,
        "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
    );
    check_events(
        &scene,
        "a",
        &expect![
            "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
        ],
    );
}

#[test]
fn a_node_that_is_down_confirms_nothing_and_starts_its_pods_again() {
    let mut scene = Scene::new();
    scene.add("stays", "agent:1");
    scene.add("deleted", "agent:1");
    scene.run_ms(10_000);
    scene.power("node-1", true);
    scene.delete("deleted", None);
    scene.add("late", "agent:1");
    scene.run_ms(600_000);
    assert!(scene.h.pod("deleted").metadata.is_terminating());
    assert_eq!(
        summary(&scene.h.pod("stays")),
        "Running Ready main+running/0"
    );
    scene.power("node-1", false);
    expect![[r#"
        613000 Running NotReady main-Unknown(255)/0
        613900 Running Ready main+running/1
    "#]]
    .assert_eq(&scene.life("stays", 10_000));
    assert!(!scene.h.has_pod("deleted"));
    assert_eq!(
        summary(&scene.h.pod("late")),
        "Running Ready main+running/0"
    );
    check_events(
        &scene,
        "stays",
        &expect![[r#"
        Pulling: Pulling image "agent:1"
        Pulled: Successfully pulled image "agent:1" in 2s (2s including waiting). Image size: 116125586 bytes.
        Created: Container created (x2)
        Started: Container started (x2)
        SandboxChanged: Pod sandbox changed, it will be killed and re-created.
        Pulled: Container image "agent:1" already present on machine and can be accessed by the pod"#]],
    );
}

#[test]
fn a_node_without_conditions_gets_ready() {
    let mut scene = Scene::new();
    let mut node = harness::node("node-3");
    node.status.conditions.clear();
    scene.h.add(node);
    scene.run_ms(10_000);
    assert!(scene.h.node("node-3").is_ready());
    check_events(
        &scene,
        "node-3",
        &expect![[r#"
        Starting: Starting kubelet.
        NodeHasSufficientMemory: Node node-3 status is now: NodeHasSufficientMemory
        NodeHasNoDiskPressure: Node node-3 status is now: NodeHasNoDiskPressure
        NodeHasSufficientPID: Node node-3 status is now: NodeHasSufficientPID
        NodeReady: Node node-3 status is now: NodeReady"#]],
    );
}

#[test]
fn a_living_kubelet_may_be_not_ready() {
    let mut scene = Scene::new();
    let set = |scene: &mut Scene, on| {
        let client = &mut scene.h.client();
        scene.kubelets.set_node_not_ready(client, "node-1", on);
        scene.run_ms(100);
    };
    set(&mut scene, true);
    let node = scene.h.node("node-1");
    assert_eq!(node.condition("Ready").unwrap().reason, "KubeletNotReady");
    set(&mut scene, false);
    let node = scene.h.node("node-1");
    assert_eq!(node.condition("Ready").unwrap().reason, "KubeletReady");
    check_events(
        &scene,
        "node-1",
        &expect![[r#"
        NodeNotReady: Node node-1 status is now: NodeNotReady
        NodeReady: Node node-1 status is now: NodeReady"#]],
    );
}

#[test]
fn pressure_evicts_one_pod_after_the_other() {
    let mut scene = Scene::new();
    for (name, priority) in [("low", 0), ("high", 100), ("critical", 2_000_001_000)] {
        scene.add(name, "agent:1");
        let key = Key::new("default", name);
        // Priorities come by class; set here as admission would.
        let mut pod = (**scene.h.server.pods.get(&key).unwrap()).clone();
        pod.spec.priority = Some(priority);
        scene.h.server.pods.insert(Rc::new(pod));
    }
    scene.h.server.drain_log();
    let pods: Vec<_> = scene.h.server.pods.iter().cloned().collect();
    for pod in pods {
        let event = WatchEvent {
            change: Change::Added,
            object: Object::Pod(pod),
            cause: None,
        };
        scene.kubelets.observe(scene.h.now, &event);
    }
    scene.run_ms(10_000);
    let set = |scene: &mut Scene, on| {
        let client = &mut scene.h.client();
        scene
            .kubelets
            .set_pressure(client, "node-1", Pressure::Memory, on);
        scene.run_ms(1);
    };
    set(&mut scene, true);
    let phase = |scene: &Scene, name: &str| scene.h.pod(name).status.phase.clone();
    assert_eq!(phase(&scene, "low"), "Failed");
    assert_eq!(phase(&scene, "high"), "Running");
    scene.run_ms(10_000);
    assert_eq!(phase(&scene, "high"), "Failed");
    scene.run_ms(100_000);
    assert_eq!(phase(&scene, "critical"), "Running");
    let low = scene.h.pod("low");
    assert_eq!(low.status.reason, "Evicted");
    assert_eq!(
        low.status.condition("DisruptionTarget").unwrap().reason,
        "TerminationByKubelet"
    );
    check_events(
        &scene,
        "low",
        &expect![[r#"
        Pulling: Pulling image "agent:1"
        Pulled: Successfully pulled image "agent:1" in 2s (6s including waiting). Image size: 116125586 bytes.
        Created: Container created
        Started: Container started
        Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 92412Ki. Container main was using 162816Ki, request is 0, has larger consumption of memory. 
        Killing: Stopping container main"#]],
    );
    set(&mut scene, false);
    scene.run_ms(299_000);
    let pressed = |scene: &Scene| {
        let node = scene.h.node("node-1");
        node.condition("MemoryPressure").unwrap().status == "True"
    };
    assert!(pressed(&scene));
    scene.run_ms(2000);
    assert!(!pressed(&scene));
    assert_eq!(scene.kubelets.next_due(), None);
}

#[test]
fn manual_kubelets_do_as_they_are_told() {
    let mut scene = Scene::new();
    scene
        .kubelets
        .set_profile(SimTime::ZERO, Profile::manual())
        .unwrap();
    scene.add("a", "agent:1");
    scene.h.add(harness::pod("b", "node-2", "agent:1"));
    scene.run_ms(60_000);
    assert_eq!(summary(&scene.h.pod("a")), "Pending NotReady ");
    let client = &mut scene.h.client();
    scene.kubelets.manual_start(client, Some(&["node-1"]));
    scene.kubelets.manual_run_unready(client, Some(&["node-2"]));
    assert_eq!(summary(&scene.h.pod("a")), "Running Ready main+running/0");
    assert_eq!(
        summary(&scene.h.pod("b")),
        "Running NotReady main-running/0"
    );
    scene.delete("b", None);
    let client = &mut scene.h.client();
    scene.kubelets.manual_reap(client, None);
    assert!(!scene.h.has_pod("b"));
    let client = &mut scene.h.client();
    scene.kubelets.manual_fail(client, None, Some("Evicted"));
    assert_eq!(scene.h.pod("a").status.reason, "Evicted");
    scene.run_ms(1000);
    assert_eq!(scene.kubelets.next_due(), None);
}

#[test]
fn five_thousand_nodes_cost_a_few_steps_a_pod_and_nothing_at_rest() {
    let mut h = Harness::default();
    for i in 0..5000 {
        h.add(harness::node(&format!("node-{i}")));
        h.add(harness::pod(
            &format!("p-{i}"),
            &format!("node-{i}"),
            "agent:1",
        ));
    }
    let mut kubelets = Kubelets::new(Profile::default());
    h.run_for_secs(60, &mut [&mut kubelets]);
    assert!(h.server.pods.iter().all(|p| p.is_ready()));
    assert_eq!(h.runs, 4 * 5000);
    assert_eq!(kubelets.next_due(), None);
    h.run_for_secs(3600, &mut [&mut kubelets]);
    assert_eq!(h.runs, 4 * 5000);
}

/// The life of a pod whose container has these probes, and its events.
#[track_caller]
fn check_probes(image: &str, probes: &str, ms: u64, expect: &Expect) {
    let mut scene = Scene::new();
    let mut pod = harness::pod("a", "node-1", image);
    let probes: std::collections::BTreeMap<String, Probe> = serde_json::from_str(probes).unwrap();
    let of = |kind: &str| {
        let mut probe = probes.get(kind).cloned()?;
        let exec = serde_json::json!({ "command": ["true"] });
        probe.extra.insert("exec".to_owned(), exec);
        Some(probe)
    };
    let container = &mut pod.spec.containers[0];
    container.startup_probe = of("startup");
    container.readiness_probe = of("readiness");
    container.liveness_probe = of("liveness");
    pod.spec.termination_grace_period_seconds = Some(30);
    scene.h.add(pod);
    let life = scene.life("a", ms);
    let events = scene.h.events("a").join("\n");
    expect.assert_eq(&format!("{life}{events}"));
    assert_eq!(scene.kubelets.next_progress(), None, "it is at rest");
}

#[test]
fn a_container_that_hangs_is_restarted_by_its_liveness_probe() {
    check_probes(
        "agent:hangs",
        r#"{"liveness": {"periodSeconds": 10, "failureThreshold": 2}, "readiness": {"periodSeconds": 5}}"#,
        200_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            3000   Running NotReady main-running/0
            8000   Running Ready main+running/0
            43000  Running NotReady main-running/0
            44200  Running NotReady main-Completed(0)/0
            44700  Running NotReady main-running/1
            49700  Running Ready main+running/1
            84700  Running NotReady main-running/1
            85900  Running NotReady main-Completed(0)/1
            86400  Running NotReady main-running/2
            91400  Running Ready main+running/2
            126400 Running NotReady main-running/2
            127600 Running NotReady main-Completed(0)/2
            128100 Running NotReady main-running/3
            133100 Running Ready main+running/3
            168100 Running NotReady main-running/3
            169300 Running NotReady main-Completed(0)/3
            169800 Running NotReady main-running/4
            174800 Running Ready main+running/4
            Pulling: Pulling image "agent:hangs"
            Pulled: Successfully pulled image "agent:hangs" in 2s (2s including waiting). Image size: 178008184 bytes.
            Created: Container created (x5)
            Started: Container started (x5)
            Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503 (x10)
            Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 503 (x9)
            Killing: Container main failed liveness probe, will be restarted (x4)
            Pulled: Container image "agent:hangs" already present on machine and can be accessed by the pod (x4)"#]],
    );
}

#[test]
fn a_container_that_hangs_without_liveness_probe_is_only_not_ready() {
    check_probes(
        "agent:hangs",
        r#"{"readiness": {"periodSeconds": 5}}"#,
        200_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            3000   Running NotReady main-running/0
            8000   Running Ready main+running/0
            43000  Running NotReady main-running/0
            Pulling: Pulling image "agent:hangs"
            Pulled: Successfully pulled image "agent:hangs" in 2s (2s including waiting). Image size: 178008184 bytes.
            Created: Container created
            Started: Container started
            Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503 (x2)"#]],
    );
}

#[test]
fn a_startup_probe_gives_up() {
    check_probes(
        "agent:never-ready",
        r#"{"startup": {"periodSeconds": 5, "failureThreshold": 3}, "liveness": {"initialDelaySeconds": 1}}"#,
        60_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            3000   Running NotReady main-running/0
            14200  Running NotReady main-Completed(0)/0
            14700  Running NotReady main-running/1
            25900  Running NotReady main-Completed(0)/1
            26400  Running NotReady main-running/2
            37600  Running NotReady main-Completed(0)/2
            38100  Running NotReady main-running/3
            49300  Running NotReady main-CrashLoopBackOff/3
            58100  Running NotReady main-running/4
            Pulling: Pulling image "agent:never-ready"
            Pulled: Successfully pulled image "agent:never-ready" in 2s (2s including waiting). Image size: 10565377 bytes.
            Created: Container created (x5)
            Started: Container started (x5)
            Unhealthy: Startup probe failed: HTTP probe failed with statuscode: 503 (x13)
            Killing: Container main failed startup probe, will be restarted (x4)
            Pulled: Container image "agent:never-ready" already present on machine and can be accessed by the pod (x4)
            BackOff: Back-off restarting failed container main in pod a_default(b1f6ddb2-8a29-46cb-9031-8060c4e1993e)"#]],
    );
}

#[test]
fn a_liveness_probe_that_comes_too_soon_kills() {
    check_probes(
        "agent:slow",
        r#"{"liveness": {"periodSeconds": 1, "failureThreshold": 3}}"#,
        30_000,
        &expect![[r#"
            100    Pending NotReady main-ContainerCreating/0
            5000   Running Ready main+running/0
            8200   Running NotReady main-Completed(0)/0
            10700  Running Ready main+running/1
            13900  Running NotReady main-Completed(0)/1
            16400  Running Ready main+running/2
            19600  Running NotReady main-CrashLoopBackOff/2
            26400  Running Ready main+running/3
            29600  Running NotReady main-CrashLoopBackOff/3
            Pulling: Pulling image "agent:slow"
            Pulled: Successfully pulled image "agent:slow" in 2s (2s including waiting). Image size: 127648542 bytes.
            Created: Container created (x4)
            Started: Container started (x4)
            Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 503 (x12)
            Killing: Container main failed liveness probe, will be restarted (x4)
            Pulled: Container image "agent:slow" already present on machine and can be accessed by the pod (x3)
            BackOff: Back-off restarting failed container main in pod a_default(b1f6ddb2-8a29-46cb-9031-8060c4e1993e) (x2)"#]],
    );
}
