//! The whole cluster at work.

use super::nodes::NodeTemplate;
use super::*;
use crate::api::decode::decode;
use crate::api::object::Object;
use crate::client::events::reference;
use crate::kubelet::eviction::Pressure;

/// One pod a node, of the image agent:1.
pub const AGENT: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels: {app: agent}
  template:
    metadata:
      labels: {app: agent}
    spec:
      containers:
      - name: main
        image: agent:1
";

fn cluster(nodes: u32) -> Cluster {
    let mut cluster = Cluster::new(7, DEFAULT_EPOCH);
    for i in 1..=nodes {
        let node = cluster.new_node(NodeTemplate::Worker, &format!("node-{i}"), i, true);
        cluster.add_node(node).unwrap();
    }
    cluster
}

fn create(cluster: &mut Cluster, yaml: &str) {
    cluster.note_command("create");
    for decoded in decode(yaml).unwrap() {
        cluster
            .as_user(|client| client.create_object(decoded.object))
            .unwrap();
    }
}

fn settle(cluster: &mut Cluster) {
    let settled = cluster.settle(SimDuration::secs(600), 1_000_000);
    assert_eq!(settled, Settled::Quiet);
}

fn counters(cluster: &Cluster) -> String {
    let sets = cluster.server.daemon_sets.iter().map(|set| {
        let s = &set.status;
        format!(
            "{} desired {} current {} ready {} updated {} available {} misscheduled {}",
            set.metadata.name,
            s.desired_number_scheduled,
            s.current_number_scheduled,
            s.number_ready,
            s.updated_number_scheduled,
            s.number_available,
            s.number_misscheduled
        )
    });
    sets.collect::<Vec<_>>().join("\n")
}

#[test]
fn machines_differ_and_stay_the_same() {
    let info = |seed: u64, template, name| {
        let node = Cluster::new(seed, DEFAULT_EPOCH).new_node(template, name, 1, true);
        let huge = node
            .status
            .capacity
            .keys()
            .filter(|key| key.starts_with("hugepages"));
        let huge: Vec<_> = huge.cloned().collect();
        format!("{} {}", node.status.extra["nodeInfo"], huge.join(" "))
    };
    let first = info(1, NodeTemplate::Worker, "a");
    assert_eq!(first, info(1, NodeTemplate::Worker, "a"));
    assert_ne!(first, info(2, NodeTemplate::Worker, "a"));
    expect_test::expect![[r#"
        {"architecture":"amd64","bootID":"1d0f8f13-812b-4099-8d10-b6247d21e248","containerRuntimeVersion":"containerd://2.1.4","kernelVersion":"6.1.0-40-cloud-amd64","kubeProxyVersion":"","kubeletVersion":"v1.36.2","machineID":"a7710877daa6438bab74eda888bb237e","operatingSystem":"linux","osImage":"Debian GNU/Linux 12 (bookworm)","systemUUID":"6972a712-ced2-456e-8067-53f56fd3eb9d"} hugepages-1Gi hugepages-2Mi
        {"architecture":"arm64","bootID":"4990386e-fc24-4e9f-a47e-829671e7f67a","containerRuntimeVersion":"containerd://2.1.4","kernelVersion":"6.1.0-40-cloud-arm64","kubeProxyVersion":"","kubeletVersion":"v1.36.2","machineID":"75fd6b1c2df142adaecface210d91a44","operatingSystem":"linux","osImage":"Debian GNU/Linux 12 (bookworm)","systemUUID":"f0dfc57a-3fa4-4f29-b0cb-b6ba249f40f8"} hugepages-1Gi hugepages-2Mi hugepages-32Mi hugepages-64Ki
        {"architecture":"amd64","bootID":"7208dd25-28c1-48ef-8628-b424401d5c6a","containerRuntimeVersion":"containerd://2.1.4","kernelVersion":"10.0.20348.4171","kubeProxyVersion":"","kubeletVersion":"v1.36.2","machineID":"75af46cdbb9449d98d0f2795bcde4a08","operatingSystem":"windows","osImage":"Windows Server 2022 Datacenter","systemUUID":"92c83255-c55d-4a72-8797-fabe5dbbe169"} "#]].assert_eq(&format!(
        "{first}\n{}\n{}",
        info(1, NodeTemplate::Arm, "b"),
        info(1, NodeTemplate::Windows, "c")
    ));
}

#[test]
fn a_node_joins_not_ready_and_tainted() {
    let mut cluster = cluster(1);
    create(&mut cluster, AGENT);
    settle(&mut cluster);
    let node = cluster.new_node(NodeTemplate::Worker, "node-2", 2, false);
    cluster.add_node(node).unwrap();
    let look = |cluster: &Cluster| {
        let node = cluster.server.get::<Node>(&Cluster::node_key("node-2"));
        let node = node.unwrap();
        let ready = node.condition("Ready").unwrap();
        let taints: Vec<_> = node
            .spec
            .taints
            .iter()
            .map(|t| (&t.key, &t.effect))
            .collect();
        format!("{} {} {taints:?}", ready.status, ready.reason)
    };
    assert_eq!(
        look(&cluster),
        r#"False KubeletNotReady [("node.kubernetes.io/not-ready", "NoSchedule")]"#
    );
    settle(&mut cluster);
    assert_eq!(look(&cluster), "True KubeletReady []");
    assert!(counters(&cluster).contains("desired 2 current 2 ready 2"));
}

#[test]
fn a_daemon_set_runs_on_every_node() {
    let mut cluster = cluster(3);
    create(&mut cluster, AGENT);
    settle(&mut cluster);
    assert_eq!(
        counters(&cluster),
        "agent desired 3 current 3 ready 3 updated 3 available 3 misscheduled 0"
    );
}

#[test]
fn the_same_again_gives_the_same_trace() {
    let run = || {
        let mut cluster = cluster(5);
        create(&mut cluster, AGENT);
        settle(&mut cluster);
        (cluster.hash(), cluster.steps())
    };
    assert_eq!(run(), run());
}

#[test]
fn an_idle_cluster_has_no_timer() {
    let mut cluster = cluster(3);
    create(&mut cluster, AGENT);
    settle(&mut cluster);
    cluster.run_until(cluster.now() + SimDuration::secs(3600));
    assert_eq!(cluster.next_due(), None);
}

#[test]
fn a_node_fails_and_comes_back() {
    let mut cluster = cluster(3);
    create(&mut cluster, AGENT);
    settle(&mut cluster);
    let power = |cluster: &mut Cluster, down: bool| {
        cluster.with_parts(|parts, client| {
            parts.kubelets.set_node_down(client, "node-2", down);
            if down {
                parts.node_lifecycle.heartbeats_stopped(client, "node-2");
            } else {
                parts.node_lifecycle.heartbeats_resumed(client, "node-2");
            }
        });
        settle(cluster);
    };
    power(&mut cluster, true);
    assert_eq!(
        counters(&cluster),
        "agent desired 2 current 2 ready 2 updated 2 available 2 misscheduled 1"
    );
    let boot_id = |cluster: &Cluster| {
        let node = cluster.server.get::<Node>(&Cluster::node_key("node-2"));
        node.unwrap().status.extra["nodeInfo"]["bootID"].clone()
    };
    let before = boot_id(&cluster);
    power(&mut cluster, false);
    assert_eq!(
        counters(&cluster),
        "agent desired 3 current 3 ready 3 updated 3 available 3 misscheduled 0"
    );
    let after = boot_id(&cluster);
    assert_ne!(before, after);
    let mut events = cluster.server.events.iter();
    let rebooted = events.find(|e| e.reason == "Rebooted").unwrap();
    let id = after.as_str().unwrap();
    assert_eq!(
        rebooted.message,
        format!("Node node-2 has been rebooted, boot id: {id}")
    );
}

#[test]
fn a_removed_node_loses_its_pod_to_pod_gc() {
    let mut cluster = cluster(3);
    create(&mut cluster, AGENT);
    settle(&mut cluster);
    cluster
        .as_user(|client| {
            let options = crate::apiserver::DeleteOptions::default();
            client.delete::<Node>(&Cluster::node_key("node-2"), &options)
        })
        .unwrap();
    settle(&mut cluster);
    assert_eq!(cluster.server.pods.len(), 2);
}

#[test]
fn a_bad_image_and_a_crash_come_to_rest() {
    for (image, reason) in [
        ("agent:bad", "ImagePullBackOff"),
        ("agent:crash", "CrashLoopBackOff"),
    ] {
        let mut cluster = cluster(2);
        create(&mut cluster, &AGENT.replace("agent:1", image));
        settle(&mut cluster);
        for pod in cluster.server.pods.iter() {
            let waiting = pod.status.container_statuses[0].state.waiting.as_ref();
            assert_eq!(waiting.map(|w| w.reason.as_str()), Some(reason));
        }
    }
}

#[test]
fn events_go_an_hour_after_their_last_write() {
    let mut cluster = cluster(1);
    let say = |cluster: &mut Cluster, secs: u64, reason: &str| {
        cluster.run_until(SimTime(secs * 1000));
        let node = cluster.server.get::<Node>(&Cluster::node_key("node-1"));
        let about = reference(&Object::Node(Rc::clone(node.unwrap())));
        cluster.as_user(|client| client.event(&about, false, reason, ""));
    };
    let reasons = |cluster: &Cluster| {
        let events = cluster.server.events.iter();
        let mut reasons: Vec<_> = events
            .map(|e| format!("{} {}", e.reason, e.count))
            .collect();
        reasons.sort();
        reasons.join(", ")
    };
    say(&mut cluster, 100, "Once");
    say(&mut cluster, 100, "Again");
    say(&mut cluster, 200, "Again");
    cluster.run_until(SimTime(3_699_999));
    assert_eq!(reasons(&cluster), "Again 2, Once 1");
    cluster.run_until(SimTime(3_700_000));
    assert_eq!(reasons(&cluster), "Again 2");
    say(&mut cluster, 3_800, "Again");
    assert_eq!(reasons(&cluster), "Again 1", "it is new, not a repeat");
}

#[test]
fn a_cluster_settles_when_a_pressure_is_over() {
    let mut cluster = cluster(2);
    settle(&mut cluster);
    let set = |cluster: &mut Cluster, on: bool| {
        cluster.with_parts(|parts, client| {
            let kubelets = &mut parts.kubelets;
            kubelets.set_pressure(client, "node-1", Pressure::Disk, on);
        });
        settle(cluster);
        let node = cluster.server.get::<Node>(&Cluster::node_key("node-1"));
        node.unwrap().spec.taints.len()
    };
    assert_eq!(set(&mut cluster, true), 1);
    assert!(
        cluster.now() < SimTime(60_000),
        "a lasting pressure is rest"
    );
    assert_eq!(set(&mut cluster, false), 0);
}
