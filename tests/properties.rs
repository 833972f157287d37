//! Random clusters, random users: what must hold at every moment holds, and when the faults end, all is well.
//!
//! Known, and as upstream: with maxSurge and minReadySeconds a wake-up can get lost. The queue keeps only the earliest of a key's times, and the
//! sync at that time sees ready = available, since the status counts the older pod of a node. Both pods stay until something else happens (seed 74).
//!
//! `PROPERTIES_SEED=7 cargo test --test properties` plays one seed only.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/trace_hash.rs"]
mod trace_hash;

use daemonset_playground::api::apps::{DaemonSet, ON_DELETE};
use daemonset_playground::api::node::Taint;
use daemonset_playground::api::object::Kind;
use daemonset_playground::apiserver::Propagation;
use daemonset_playground::cluster::nodes::NodeTemplate;
use daemonset_playground::cluster::{Settled, invariants};
use daemonset_playground::controllers::daemon_set::history::{template_hash, template_patch};
use daemonset_playground::controllers::daemon_set::pod::{available_from, is_updated, target_node};
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::session::scenario::{NodeGroup, Scenario};
use daemonset_playground::sim::rng::Stream;
use daemonset_playground::sim::time::{SimDuration, SimTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SEEDS: u64 = 25;
/// So many entries of the trace are shown when something fails.
const LAST: usize = 30;
const COMMANDS: usize = 25;
const SETS: [&str; 3] = ["red", "green", "blue"];
const PRESSURES: [&str; 4] = [
    "MemoryPressure",
    "DiskPressure",
    "PIDPressure",
    "NetworkUnavailable",
];
/// What an image's tag says about it.
const BAD: [&str; 3] = ["bad", "crash", "unready"];

struct Run {
    seed: u64,
    dice: Stream,
    session: Session,
    /// Pressures that the kubelet sees, or else maxSurge: see `surge_floods_a_node_that_rejects_pods`.
    rejects: bool,
    /// The versions that objects had, by uid.
    versions: BTreeMap<String, u64>,
    resource_version: u64,
    checks: u64,
}

fn one_of<T: Copy>(dice: &mut Stream, list: &[T]) -> T {
    list[dice.below(list.len() as u64) as usize]
}

fn text(word: &str) -> String {
    word.to_owned()
}

impl Run {
    fn new(seed: u64) -> Run {
        let mut dice = Stream::new(seed, "properties");
        let rejects = dice.chance(500);
        let count = dice.between(3, 8);
        let nodes = (0..count).map(|_| NodeGroup {
            template: if dice.chance(500) {
                NodeTemplate::Worker
            } else {
                one_of(&mut dice, &NodeTemplate::ALL)
            },
            count: 1,
        });
        let scenario = Scenario {
            seed,
            nodes: nodes.collect(),
            profile: None,
        };
        Run {
            seed,
            dice,
            session: Session::new(scenario),
            rejects,
            versions: BTreeMap::new(),
            resource_version: 0,
            checks: 0,
        }
    }

    /// The end, with all that is needed to see it again.
    fn fail(&self, what: &str) -> ! {
        let trace = &self.session.cluster().trace;
        let last = trace.iter_from(trace.len().saturating_sub(LAST));
        eprintln!("the end of the trace:");
        last.for_each(|entry| eprintln!("  {entry}"));
        panic!(
            "seed {} at {}: {what}\nscenario: {}\ncommands: {}",
            self.seed,
            self.session.now(),
            serde_json::to_string(self.session.scenario()).unwrap(),
            serde_json::to_string(self.session.log()).unwrap()
        );
    }

    fn claim(&self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.fail(&what());
        }
    }

    fn check(&mut self) {
        self.checks += 1;
        let wrong = invariants::check(self.session.cluster());
        self.claim(wrong.is_empty(), || wrong.join("\n"));
        let server = &self.session.cluster().server;
        let version = server.resource_version();
        self.claim(version >= self.resource_version, || {
            format!("resourceVersion {version} after {}", self.resource_version)
        });
        let mut versions = BTreeMap::new();
        for kind in [Kind::Node, Kind::DaemonSet, Kind::Pod] {
            for object in server.list_objects(kind) {
                let meta = object.meta();
                let version: u64 = meta.resource_version.parse().unwrap_or(0);
                let before = self.versions.get(&meta.uid).copied().unwrap_or(0);
                self.claim(version >= before, || {
                    format!("{} has version {version} after {before}", meta.name)
                });
                versions.insert(meta.uid.clone(), version);
            }
        }
        self.versions = versions;
        self.resource_version = version;
    }

    /// Refused commands are part of the game.
    fn submit(&mut self, command: Command) {
        let _ = self.session.submit(command);
        self.check();
    }

    /// Must not be refused.
    fn demand(&mut self, command: Command) {
        let shown = format!("{command:?}");
        if let Err(failure) = self.session.submit(command) {
            self.fail(&format!("{shown} is refused: {}", failure.message));
        }
        self.check();
    }

    /// Time passes, and every change of it is looked at.
    fn pass(&mut self, by: SimDuration) {
        let to = self.session.now() + by;
        while self.session.next_due().is_some_and(|due| due <= to) && self.session.now() < to {
            self.session.step();
            self.check();
        }
        if self.session.now() < to {
            let rest = to.0 - self.session.now().0;
            self.session.advance(SimDuration::millis(rest));
            self.check();
        }
    }

    fn a_node(&mut self) -> String {
        let nodes = &self.session.cluster().server.nodes;
        let names: Vec<String> = nodes.iter().map(|n| n.metadata.name.clone()).collect();
        match names.len() {
            0 => text("none"),
            count => names[self.dice.below(count as u64) as usize].clone(),
        }
    }

    fn a_pod(&mut self) -> String {
        let pods = &self.session.cluster().server.pods;
        let names: Vec<String> = pods.iter().map(|p| p.metadata.name.clone()).collect();
        match names.len() {
            0 => text("none"),
            count => names[self.dice.below(count as u64) as usize].clone(),
        }
    }

    fn a_set(&mut self) -> String {
        text(one_of(&mut self.dice, &SETS))
    }

    /// A random version of a DaemonSet; JSON is YAML.
    fn yaml(&mut self, name: &str) -> String {
        let surge = !self.rejects;
        let dice = &mut self.dice;
        let tag = if dice.chance(200) {
            text(one_of(dice, &BAD))
        } else {
            dice.below(4).to_string()
        };
        let mut spec = json!({ "containers": [{
            "name": "main", "image": format!("{name}:{tag}"),
            "resources": { "requests": { "cpu": "100m" } },
        }] });
        match dice.below(5) {
            0 => spec["nodeSelector"] = json!({ "kubernetes.io/os": "linux" }),
            1 => spec["nodeSelector"] = json!({ "pool": "a" }),
            _ => {}
        }
        match dice.below(5) {
            0 => spec["tolerations"] = json!([{ "operator": "Exists" }]),
            1 => spec["tolerations"] = json!([{ "key": "gpu", "operator": "Exists" }]),
            2 => {
                let key = "node-role.kubernetes.io/control-plane";
                spec["tolerations"] =
                    json!([{ "key": key, "operator": "Exists", "effect": "NoSchedule" }]);
            }
            _ => {}
        }
        let amount: Value = one_of(dice, &["1", "2", "\"30%\"", "\"100%\""])
            .parse()
            .unwrap();
        let rolling = if surge && dice.chance(500) {
            json!({ "maxSurge": amount, "maxUnavailable": 0 })
        } else {
            json!({ "maxUnavailable": amount })
        };
        let strategy = if dice.chance(200) {
            json!({ "type": ON_DELETE })
        } else {
            json!({ "type": "RollingUpdate", "rollingUpdate": rolling })
        };
        json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": { "name": name },
            "spec": {
                "selector": { "matchLabels": { "app": name } },
                "minReadySeconds": one_of(dice, &[0, 0, 5, 20]),
                "updateStrategy": strategy,
                "template": { "metadata": { "labels": { "app": name } }, "spec": spec },
            },
        })
        .to_string()
    }

    fn random_command(&mut self) -> Command {
        let namespace = text("default");
        match self.dice.below(24) {
            0..=4 => {
                let name = self.a_set();
                Command::Apply {
                    yaml: self.yaml(&name),
                }
            }
            5 | 6 => {
                let value = one_of(&mut self.dice, &[Some("a"), Some("b"), None]);
                Command::LabelNode {
                    node: self.a_node(),
                    labels: [(text("pool"), value.map(text))].into(),
                }
            }
            7 | 8 => {
                let effect = one_of(
                    &mut self.dice,
                    &["NoSchedule", "NoExecute", "PreferNoSchedule", ""],
                );
                let taint = Taint {
                    key: text(one_of(&mut self.dice, &["gpu", "other"])),
                    effect: text(effect),
                    ..Taint::default()
                };
                Command::TaintNode {
                    node: self.a_node(),
                    taints: [taint]
                        .into_iter()
                        .filter(|t| !t.effect.is_empty())
                        .collect(),
                }
            }
            9 => Command::Cordon {
                node: self.a_node(),
                on: self.dice.chance(600),
            },
            10 => Command::Drain {
                node: self.a_node(),
            },
            11 => Command::AddNodes {
                template: one_of(&mut self.dice, &NodeTemplate::ALL),
                count: 1,
            },
            12 => Command::RemoveNode {
                node: self.a_node(),
            },
            13 | 14 => Command::SetNodeDown {
                node: self.a_node(),
                down: self.dice.chance(600),
            },
            15 => Command::SetNodeNotReady {
                node: self.a_node(),
                not_ready: self.dice.chance(600),
            },
            16 | 17 => Command::SetPressure {
                node: self.a_node(),
                condition: text(match self.rejects {
                    true => one_of(&mut self.dice, &PRESSURES),
                    false => "NetworkUnavailable",
                }),
                on: self.dice.chance(600),
            },
            18 => Command::FailPod {
                namespace,
                name: self.a_pod(),
                reason: text("Evicted"),
            },
            19 | 20 => Command::DeleteObject {
                kind: text("Pod"),
                namespace,
                name: self.a_pod(),
                propagation: Propagation::Background,
                grace_period_seconds: one_of(&mut self.dice, &[None, Some(0), Some(5)]),
            },
            21 => Command::RolloutRestart {
                namespace,
                name: self.a_set(),
            },
            22 => Command::RolloutUndo {
                namespace,
                name: self.a_set(),
                to_revision: 0,
            },
            _ => Command::DeleteObject {
                kind: text("DaemonSet"),
                namespace,
                name: self.a_set(),
                propagation: one_of(
                    &mut self.dice,
                    &[Propagation::Background, Propagation::Foreground],
                ),
                grace_period_seconds: None,
            },
        }
    }

    fn play(&mut self) {
        self.check();
        let sets = self.dice.between(1, 3) as usize;
        for name in &SETS[..sets] {
            let yaml = self.yaml(name);
            self.demand(Command::Apply { yaml });
        }
        for _ in 0..COMMANDS {
            let most = one_of(&mut self.dice, &[100, 4_000, 40_000, 400_000]);
            let time = self.dice.below(most);
            self.pass(SimDuration::millis(time));
            let command = self.random_command();
            self.submit(command);
        }
    }

    fn end_faults(&mut self) {
        let names: Vec<String> = {
            let nodes = &self.session.cluster().server.nodes;
            nodes.iter().map(|n| n.metadata.name.clone()).collect()
        };
        for node in names {
            self.demand(Command::SetNodeDown {
                node: node.clone(),
                down: false,
            });
            self.demand(Command::SetNodeNotReady {
                node: node.clone(),
                not_ready: false,
            });
            for condition in PRESSURES {
                self.demand(Command::SetPressure {
                    node: node.clone(),
                    condition: text(condition),
                    on: false,
                });
            }
            self.demand(Command::Cordon {
                node: node.clone(),
                on: false,
            });
            self.demand(Command::TaintNode {
                node,
                taints: Vec::new(),
            });
        }
        let waiting: Vec<String> = {
            let sets = &self.session.cluster().server.daemon_sets;
            let waiting = sets.iter().filter(|set| {
                set.spec.update_strategy.type_ == ON_DELETE && !set.metadata.is_terminating()
            });
            waiting.map(|set| set.metadata.name.clone()).collect()
        };
        for name in waiting {
            let patch = r#"{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}"#;
            let args = ["patch", "daemonset", &name, "--type=merge", "-p", patch];
            self.demand(Command::Kubectl {
                args: args.into_iter().map(text).collect(),
                stdin: None,
                no_wait: false,
            });
        }
    }

    /// With the faults over, everything comes to rest where it should be.
    fn converges(&mut self) {
        let settled = self.session.settle();
        self.check();
        self.claim(settled == Settled::Quiet, || format!("{settled:?}"));
        let server = &self.session.cluster().server;
        for node in server.nodes.iter() {
            let name = &node.metadata.name;
            self.claim(node.is_ready(), || format!("{name} isn't ready"));
            self.claim(node.spec.taints.is_empty(), || {
                format!("{name} has taints {:?}", node.spec.taints)
            });
        }
        for pod in server.pods.iter() {
            let terminating = pod.metadata.is_terminating();
            self.claim(!terminating, || {
                format!("{} is still terminating", pod.metadata.name)
            });
        }
        for set in server.daemon_sets.iter() {
            self.claim(!set.metadata.is_terminating(), || {
                format!("{} is still terminating", set.metadata.name)
            });
            self.has_converged(set);
        }
    }

    fn has_converged(&self, set: &DaemonSet) {
        let image = &set.spec.template.spec.containers[0].image;
        if BAD.iter().any(|word| image.ends_with(word)) {
            return;
        }
        let cluster = self.session.cluster();
        let patch = template_patch(&set.spec.template);
        let hash = template_hash(&patch, set.status.collision_count);
        let mut wanted = 0;
        for node in cluster.server.nodes.iter() {
            let (set_name, name) = (&set.metadata.name, &node.metadata.name);
            let pods: Vec<_> = cluster
                .server
                .pods
                .iter()
                .filter(|pod| {
                    let owner = pod.metadata.controller_ref();
                    owner.is_some_and(|owner| owner.uid == set.metadata.uid)
                        && target_node(pod) == Some(name)
                })
                .collect();
            if !cluster.verdict(set, node).should_run() {
                self.claim(pods.is_empty(), || {
                    format!("{set_name} has a pod on {name}, which it doesn't want")
                });
                continue;
            }
            wanted += 1;
            let good = |pod: &&&std::rc::Rc<daemonset_playground::api::pod::Pod>| {
                is_updated(pod, &hash, set.template_generation())
                    && available_from(pod, set.spec.min_ready_seconds)
                        .is_some_and(|at| at <= cluster.time())
            };
            let count = pods.iter().filter(good).count();
            self.claim(pods.len() == 1 && count == 1, || {
                let status: Vec<_> = pods.iter().map(|p| (&p.metadata, &p.status)).collect();
                format!(
                    "{set_name} has {} pods on {name}, {count} of them good: {status:#?}",
                    pods.len()
                )
            });
        }
        let s = &set.status;
        let numbers = [
            s.desired_number_scheduled,
            s.current_number_scheduled,
            s.number_ready,
            s.number_available,
            s.updated_number_scheduled,
        ];
        self.claim(numbers == [wanted; 5] && s.number_misscheduled == 0, || {
            format!("{wanted} nodes want {}: {s:?}", set.metadata.name)
        });
        self.claim(s.observed_generation == set.metadata.generation, || {
            format!("{} isn't observed", set.metadata.name)
        });
    }

    /// The log, played again, gives the same.
    fn replays(&mut self) {
        // To a moment at which nothing is left to do.
        self.session.advance(SimDuration::millis(1));
        let state = |session: &Session| -> (SimTime, u64, u64) {
            let cluster = session.cluster();
            (session.now(), cluster.steps(), cluster.hash())
        };
        let again = Session::open(&self.session.share(Vec::new()));
        match again {
            Ok(again) => {
                let (was, is) = (state(&self.session), state(&again));
                self.claim(was == is, || format!("{was:?} played again is {is:?}"));
            }
            Err(error) => self.fail(&format!("can't be played again: {error:?}")),
        }
    }
}

fn play(seed: u64) {
    let mut run = Run::new(seed);
    run.play();
    run.end_faults();
    run.converges();
    run.replays();
    let broken = invariants::broken(run.session.cluster(), 0);
    run.claim(broken.is_empty(), || broken.join("\n"));
    println!(
        "seed {seed}: {} checks, {} steps",
        run.checks,
        run.session.cluster().steps()
    );
}

#[test]
fn invariants_hold_and_clusters_recover() {
    if let Some(seed) = std::env::var("PROPERTIES_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
    {
        return play(seed);
    }
    // All seeds are tried: one bug doesn't hide another.
    let failed: Vec<u64> = (0..SEEDS)
        .filter(|seed| std::panic::catch_unwind(|| play(*seed)).is_err())
        .collect();
    assert!(failed.is_empty(), "seeds {failed:?} fail, see above");
}

/// As upstream (kubernetes/kubernetes#124388): while a failed pod waits for its back-off, a DaemonSet with maxSurge gets a new pod at once, since none lives
/// on the node (`assess::plan`): where the kubelet rejects pods, they pile up until pod GC takes those beyond 12,500.
/// Random histories therefore have either maxSurge or such pressure.
#[test]
fn surge_floods_a_node_that_rejects_pods() {
    let failed = |rolling: &str| {
        let mut session = Session::new(Scenario::default());
        let yaml = format!(
            r#"{{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{{"name":"red"}},"spec":{{
            "selector":{{"matchLabels":{{"app":"red"}}}},"updateStrategy":{{"rollingUpdate":{rolling}}},
            "template":{{"metadata":{{"labels":{{"app":"red"}}}},
            "spec":{{"containers":[{{"name":"main","image":"red:1"}}]}}}}}}}}"#
        );
        session.submit(Command::Apply { yaml }).unwrap();
        session.settle();
        let command = Command::SetPressure {
            node: text("node-1"),
            condition: text("DiskPressure"),
            on: true,
        };
        session.submit(command).unwrap();
        session.advance(SimDuration::secs(60));
        let cluster = session.cluster();
        let pods = cluster.server.pods.iter().filter(|pod| pod.is_terminal());
        let failed = pods.count();
        let entries = cluster.trace.len();
        assert!(entries < 1000 + 20 * failed, "{entries} for {failed} pods");
        failed
    };
    assert!(failed(r#"{"maxUnavailable":1}"#) <= 1);
    assert!(failed(r#"{"maxSurge":1,"maxUnavailable":0}"#) > 50);
}

#[test]
fn the_fixed_history_has_its_hash() {
    assert_eq!(trace_hash::trace_hash(), trace_hash::EXPECTED);
}
