//! The DaemonSet controller keeps sums instead of looping over all nodes in each sync.
//! Here random things happen to a cluster, and after each sync the sums are compared with the loop.

use daemonset_playground::api::apps::DaemonSet;
use daemonset_playground::api::meta::{ObjectMeta, Time};
use daemonset_playground::api::node::{Node, Taint};
use daemonset_playground::api::object::{Key, Resource};
use daemonset_playground::api::pod::{Pod, phase};
use daemonset_playground::apiserver::{ApiServer, DeleteOptions, WatchEvent};
use daemonset_playground::client::{Client, Component};
use daemonset_playground::controllers::daemon_set::DaemonSetController;
use daemonset_playground::controllers::daemon_set::api::Live;
use daemonset_playground::controllers::daemon_set::assess::{Counts, assess};
use daemonset_playground::controllers::daemon_set::history::{template_hash, template_patch};
use daemonset_playground::controllers::daemon_set::sync::lens;
use daemonset_playground::sim::rng::{Rng, Stream};
use daemonset_playground::sim::time::{SimDuration, SimTime};
use daemonset_playground::trace::{Actor, Trace};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

const EPOCH: Time = Time(1_767_225_600);

/// A server, the controller, and watch events that are still on their way.
struct World {
    now: SimTime,
    server: ApiServer,
    trace: Trace,
    rng: Rng,
    controller: DaemonSetController,
    on_their_way: VecDeque<WatchEvent>,
    compared: u32,
    busy: u32,
}

impl World {
    fn new(seed: u64) -> World {
        World {
            now: SimTime::ZERO,
            server: ApiServer::new(seed, EPOCH),
            trace: Trace::default(),
            rng: Rng::new(seed),
            controller: DaemonSetController::default(),
            on_their_way: VecDeque::new(),
            compared: 0,
            busy: 0,
        }
    }

    /// Writes to the server; what is refused doesn't happen.
    fn write<T>(&mut self, act: impl FnOnce(&mut Client<'_>) -> T) -> T {
        let result = act(&mut Client {
            now: self.now,
            epoch: EPOCH,
            actor: Actor::User,
            cause: None,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        });
        self.on_their_way.extend(self.server.drain_log());
        result
    }

    fn sync_next(&mut self) {
        self.controller.work_node_queue(self.now);
        let Some((key, _)) = self.controller.queue.pop_due(self.now) else {
            return;
        };
        let mut client = Client {
            now: self.now,
            epoch: EPOCH,
            actor: Actor::DaemonSetController,
            cause: None,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        };
        let mut live = Live {
            client: &mut client,
            sync: None,
        };
        let result = self.controller.sync(&key, &mut live);
        self.on_their_way.extend(self.server.drain_log());
        match result {
            Ok(()) => self.compare(&key),
            Err(_) => {
                self.controller.queue.add_rate_limited(key, self.now, None);
            }
        }
    }

    /// The loop over all nodes that upstream makes, over the controller's own caches.
    fn compare(&mut self, key: &Key) {
        let controller = &self.controller;
        let (Some(set), Some(ledger)) = (controller.sets.get(key), controller.ledger(key)) else {
            return;
        };
        if set.metadata.is_terminating() {
            return;
        }
        let hash = template_hash(
            &template_patch(&set.spec.template),
            set.status.collision_count,
        );
        let lens = lens(set, &hash);
        let now = Time(EPOCH.0 + (self.now.0 / 1000) as i64);
        let uid = &set.metadata.uid;
        let names: BTreeSet<Rc<str>> = controller
            .nodes
            .iter()
            .map(|node| node.metadata.name.as_str().into())
            .chain(controller.pods.nodes_of(uid).cloned())
            .filter(|name: &Rc<str>| !name.is_empty())
            .collect();
        let mut sums = Counts::default();
        let mut classes: BTreeMap<_, BTreeSet<Rc<str>>> = BTreeMap::new();
        let mut actionable = BTreeSet::new();
        for name in &names {
            let node = controller.nodes.get(&Key::new("", name));
            let pods = controller.pods.on_node(uid, name);
            let fresh = assess(&lens, node.map(|node| &**node), &pods, now);
            assert_eq!(
                ledger.get(name),
                Some(&fresh),
                "{key} {name} at {}",
                self.now
            );
            sums.desired += fresh.counts.desired;
            sums.current += fresh.counts.current;
            sums.misscheduled += fresh.counts.misscheduled;
            sums.ready += fresh.counts.ready;
            sums.available += fresh.counts.available;
            sums.updated += fresh.counts.updated;
            if fresh.plan != Default::default() {
                actionable.insert(Rc::clone(name));
            }
            if let Some(class) = fresh.class {
                classes.entry(class).or_default().insert(Rc::clone(name));
            }
        }
        assert_eq!(ledger.totals(), sums, "{key} at {}", self.now);
        let kept = ledger.classes().iter();
        let kept: BTreeMap<_, BTreeSet<_>> = kept
            .map(|(class, nodes)| (*class, nodes.iter().cloned().collect()))
            .collect();
        assert_eq!(kept, classes, "{key} at {}", self.now);
        assert_eq!(ledger.nodes().len(), names.len(), "{key} at {}", self.now);
        let listed: BTreeSet<Rc<str>> = ledger.actionable().map(|(n, _)| Rc::clone(n)).collect();
        assert_eq!(listed, actionable, "{key} at {}", self.now);
        self.compared += 1;
        self.busy += u32::from(sums.available > 0 && sums.available < sums.desired);
    }

    fn a_node(&self, dice: &mut Stream) -> Option<Key> {
        let n = dice.below(self.server.nodes.len() as u64) as usize;
        self.server.nodes.iter().nth(n).map(|node| node.key())
    }

    fn a_pod(&self, dice: &mut Stream) -> Option<Rc<Pod>> {
        let n = dice.below(self.server.pods.len() as u64) as usize;
        self.server.pods.iter().nth(n).cloned()
    }

    /// One thing happens. Refused writes are part of the game.
    fn happen(&mut self, dice: &mut Stream) {
        match dice.below(24) {
            0 => {
                let name = format!("node-{}", dice.below(9));
                let mut node = Node {
                    metadata: ObjectMeta::named(&name),
                    ..Node::default()
                };
                if dice.chance(700) {
                    node.metadata.labels.insert("pool".into(), "a".into());
                }
                let _ = self.write(|client| client.create(node));
            }
            1 if dice.chance(400) => {
                let Some(node) = self.a_node(dice) else {
                    return;
                };
                let _ =
                    self.write(|client| client.delete::<Node>(&node, &DeleteOptions::default()));
            }
            2 | 3 => {
                let Some(node) = self.a_node(dice) else {
                    return;
                };
                let (label, taint) = (dice.chance(700), dice.below(4));
                let _ = self.write(|client| {
                    client.patch::<Node>(&node, "random", |node| {
                        let labels = &mut node.metadata.labels;
                        match label {
                            true => labels.insert("pool".into(), "a".into()),
                            false => labels.remove("pool"),
                        };
                        let effect = ["NoSchedule", "NoExecute"].get(taint as usize);
                        node.spec.taints = effect
                            .map(|effect| Taint {
                                key: "gpu".into(),
                                effect: (*effect).into(),
                                ..Taint::default()
                            })
                            .into_iter()
                            .collect();
                    })
                });
            }
            4..=7 => self.each_pod(|client, pod| {
                // The scheduler does its work.
                let target = daemonset_playground::controllers::daemon_set::pod::target_node(pod);
                if let Some(node) = target.filter(|_| !pod.is_bound()) {
                    let node = node.to_owned();
                    let _ = client.bind(&pod.key(), None, &node);
                }
            }),
            8..=11 => self.each_pod(|client, pod| {
                let now = client.time();
                if pod.is_bound() && !pod.is_terminal() && !pod.is_ready() {
                    let _ = client.patch_status::<Pod>(&pod.key(), "ready", |pod| {
                        pod.status.phase = phase::RUNNING.into();
                        pod.status.set_condition("Ready", "True", "", "", now);
                    });
                }
            }),
            12..=14 => self.each_pod(|client, pod| {
                if pod.metadata.is_terminating() {
                    let options = DeleteOptions {
                        grace_period_seconds: Some(0),
                        ..DeleteOptions::default()
                    };
                    let _ = client.delete::<Pod>(&pod.key(), &options);
                }
            }),
            15 => {
                let Some(pod) = self.a_pod(dice) else { return };
                let _ = self
                    .write(|client| client.delete::<Pod>(&pod.key(), &DeleteOptions::default()));
            }
            16 => {
                let Some(pod) = self.a_pod(dice) else { return };
                let how = dice.below(4);
                let _ = self.write(|client| {
                    let now = client.time();
                    client.patch_status::<Pod>(&pod.key(), "random", |pod| {
                        pod.status.set_condition("Ready", "False", "", "", now);
                        match how {
                            0 => pod.status.phase = phase::FAILED.into(),
                            1 => pod.status.phase = phase::SUCCEEDED.into(),
                            _ => {}
                        }
                    })
                });
            }
            17 => {
                // Released, or adopted.
                let Some(pod) = self.a_pod(dice) else { return };
                let app = ["red", "blue", "none"][dice.below(3) as usize];
                let _ = self.write(|client| {
                    client.patch::<Pod>(&pod.key(), "random", |pod| {
                        pod.metadata.labels.insert("app".into(), app.into());
                    })
                });
            }
            18 => {
                let name = ["red", "blue"][dice.below(2) as usize];
                let version = dice.below(3);
                let seconds = [0, 0, 20][dice.below(3) as usize];
                let percent = [1, 50][dice.below(2) as usize];
                let strategy = match dice.below(3) {
                    0 => json!({ "type": "OnDelete" }),
                    1 => {
                        json!({ "type": "RollingUpdate", "rollingUpdate": { "maxUnavailable": format!("{percent}%") } })
                    }
                    _ => {
                        json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": format!("{percent}%"), "maxUnavailable": 0 } })
                    }
                };
                let _ = self.write(|client| {
                    client.patch::<DaemonSet>(&Key::new("default", name), "random", |set| {
                        set.spec.min_ready_seconds = seconds;
                        set.spec.update_strategy = serde_json::from_value(strategy).unwrap();
                        set.spec.template.spec.containers[0].image = format!("agent:{version}");
                    })
                });
            }
            19 if dice.chance(100) => {
                let name = ["red", "blue"][dice.below(2) as usize];
                let key = Key::new("default", name);
                let _ = self
                    .write(|client| client.delete::<DaemonSet>(&key, &DeleteOptions::default()));
            }
            _ => {
                let name = ["red", "blue"][dice.below(2) as usize];
                let set = daemon_set(name, dice.chance(500));
                let _ = self.write(|client| client.create(set));
            }
        }
    }

    fn each_pod(&mut self, act: impl Fn(&mut Client<'_>, &Pod)) {
        let pods: Vec<Rc<Pod>> = self.server.pods.iter().cloned().collect();
        self.write(|client| pods.iter().for_each(|pod| act(client, pod)));
    }
}

fn daemon_set(name: &str, select: bool) -> DaemonSet {
    let mut set = json!({
        "metadata": { "name": name, "namespace": "default" },
        "spec": {
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [{ "name": "main", "image": "agent:0" }] },
            },
        },
    });
    if select {
        set["spec"]["template"]["spec"]["nodeSelector"] = json!({ "pool": "a" });
    }
    serde_json::from_value(set).unwrap()
}

#[test]
fn sums_equal_the_loop() {
    let (mut compared, mut busy) = (0, 0);
    for seed in 0..40 {
        let mut world = World::new(seed);
        let mut dice = Stream::new(seed, "what happens");
        for _ in 0..600 {
            match dice.below(10) {
                0..=3 => world.happen(&mut dice),
                // Events arrive late and in order; a sync may come between any two.
                4..=7 => {
                    if let Some(event) = world.on_their_way.pop_front() {
                        world.controller.observe(world.now, &event);
                    }
                }
                8 => world.sync_next(),
                _ => {
                    world.now += SimDuration::millis(dice.below(9000));
                    // From time to time everything arrives.
                    if dice.chance(300) {
                        for event in std::mem::take(&mut world.on_their_way) {
                            world.controller.observe(world.now, &event);
                        }
                    }
                }
            }
        }
        compared += world.compared;
        busy += world.busy;
    }
    println!("{compared} comparisons, {busy} in the middle of something");
    assert!(compared > 1000 && busy > 100, "{compared} {busy}");
}
