//! For tests: a small cluster that delivers watch events at once and runs components in order of time.

use super::{Client, Component};
use crate::api::core::{Event, ObjectReference};
use crate::api::meta::{ObjectMeta, Time};
use crate::api::node::{Node, NodeCondition};
use crate::api::object::{Key, Resource};
use crate::api::pod::{Container, Pod};
use crate::api::quantity::Quantity;
use crate::apiserver::{ApiServer, Stored};
use crate::sim::rng::Rng;
use crate::sim::time::SimTime;
use crate::trace::{Actor, Trace};
use std::rc::Rc;

pub const EPOCH: Time = Time(1_767_225_600);

pub struct Harness {
    pub now: SimTime,
    pub server: ApiServer,
    pub trace: Trace,
    pub rng: Rng,
    /// The number of pieces of work done.
    pub runs: u64,
}

impl Default for Harness {
    fn default() -> Self {
        Harness::new(7)
    }
}

impl Harness {
    pub fn new(seed: u64) -> Self {
        Harness {
            now: SimTime::ZERO,
            server: ApiServer::new(seed, EPOCH),
            trace: Trace::default(),
            rng: Rng::new(seed),
            runs: 0,
        }
    }

    pub fn client(&mut self) -> Client<'_> {
        Client {
            now: self.now,
            epoch: EPOCH,
            actor: Actor::User,
            cause: None,
            server: &mut self.server,
            trace: &mut self.trace,
            rng: &mut self.rng,
        }
    }

    fn deliver(&mut self, components: &mut [&mut dyn Component]) {
        for event in self.server.drain_log() {
            for component in components.iter_mut() {
                component.observe(self.now, &event);
            }
        }
    }

    /// Runs everything that is due until `end`, then stands at `end`.
    pub fn run_until(&mut self, end: SimTime, components: &mut [&mut dyn Component]) {
        let mut left = 10_000_000_u64;
        loop {
            self.deliver(components);
            let next = components
                .iter()
                .enumerate()
                .filter_map(|(i, c)| c.next_due().map(|at| (at, i)))
                .min();
            let Some((at, index)) = next.filter(|(at, _)| *at <= end) else {
                break;
            };
            self.now = self.now.max(at);
            components[index].run(&mut self.client());
            self.runs += 1;
            left -= 1;
            assert!(left > 0, "it never settles");
        }
        self.now = self.now.max(end);
    }

    pub fn run_for_secs(&mut self, secs: u64, components: &mut [&mut dyn Component]) {
        self.run_until(SimTime(self.now.0 + secs * 1000), components);
    }

    pub fn add<T: Stored>(&mut self, object: T) -> Rc<T> {
        self.client().create(object).unwrap()
    }

    pub fn pod(&self, name: &str) -> Rc<Pod> {
        Rc::clone(
            self.server
                .get::<Pod>(&Key::new("default", name))
                .unwrap_or_else(|| panic!("no pod {name}")),
        )
    }

    pub fn has_pod(&self, name: &str) -> bool {
        self.server.get::<Pod>(&Key::new("default", name)).is_some()
    }

    pub fn node(&self, name: &str) -> Rc<Node> {
        Rc::clone(self.server.get::<Node>(&Key::new("", name)).unwrap())
    }

    /// `reason: message` of the events about an object, oldest first; repeats with their count.
    pub fn events(&self, name: &str) -> Vec<String> {
        let about = |reference: &ObjectReference| reference.name == name;
        let mut events: Vec<&Rc<Event>> = self
            .server
            .events
            .iter()
            .filter(|e| about(&e.involved_object))
            .collect();
        events.sort_by_key(|e| {
            let version: u64 = e.metadata.resource_version.parse().unwrap_or(0);
            (e.first_timestamp, version)
        });
        events
            .iter()
            .map(|e| {
                let times = if e.count > 1 {
                    format!(" (x{})", e.count)
                } else {
                    String::new()
                };
                format!("{}: {}{times}", e.reason, e.message)
            })
            .collect()
    }

    pub fn taints(&self, node: &str) -> String {
        let node = self.node(node);
        let list: Vec<_> = node
            .spec
            .taints
            .iter()
            .map(|t| {
                format!(
                    "{}:{}",
                    t.key.trim_start_matches("node.kubernetes.io/"),
                    t.effect
                )
            })
            .collect();
        list.join(" ")
    }
}

pub fn condition(type_: &str, status: &str) -> NodeCondition {
    NodeCondition {
        type_: type_.to_owned(),
        status: status.to_owned(),
        ..NodeCondition::default()
    }
}

/// A node with four processors, 8 GiB and room for 110 pods, Ready.
pub fn node(name: &str) -> Node {
    let mut node = Node {
        metadata: ObjectMeta::named(name),
        ..Node::default()
    };
    for (resource, amount) in [("cpu", "4"), ("memory", "8Gi"), ("pods", "110")] {
        let amount = Quantity::parse(amount).unwrap();
        node.status.allocatable.insert(resource.to_owned(), amount);
    }
    node.status.conditions = vec![
        condition("MemoryPressure", "False"),
        condition("DiskPressure", "False"),
        condition("PIDPressure", "False"),
        condition("Ready", "True"),
    ];
    node
}

/// A pod with one container `main`, bound to a node.
pub fn pod(name: &str, node: &str, image: &str) -> Pod {
    let mut pod = Pod {
        metadata: ObjectMeta {
            namespace: "default".to_owned(),
            ..ObjectMeta::named(name)
        },
        ..Pod::default()
    };
    pod.spec.node_name = node.to_owned();
    pod.spec.restart_policy = "Always".to_owned();
    pod.spec.termination_grace_period_seconds = Some(30);
    pod.spec.containers = vec![container("main", image)];
    pod
}

pub fn container(name: &str, image: &str) -> Container {
    Container {
        name: name.to_owned(),
        image: image.to_owned(),
        image_pull_policy: "IfNotPresent".to_owned(),
        ..Container::default()
    }
}

/// Roughly the STATUS that `kubectl get pods` would show: phase, then each container's state.
pub fn summary(pod: &Pod) -> String {
    let states: Vec<String> = pod
        .status
        .init_container_statuses
        .iter()
        .chain(&pod.status.container_statuses)
        .map(|c| {
            let state = if let Some(w) = &c.state.waiting {
                w.reason.clone()
            } else if let Some(t) = &c.state.terminated {
                format!("{}({})", t.reason, t.exit_code)
            } else if c.state.running.is_some() {
                "running".to_owned()
            } else {
                "none".to_owned()
            };
            let ready = if c.ready { "+" } else { "-" };
            format!("{}{ready}{state}/{}", c.name, c.restart_count)
        })
        .collect();
    let ready = if pod.is_ready() { "Ready" } else { "NotReady" };
    format!("{} {ready} {}", pod.status.phase, states.join(" "))
}

pub fn key(object: &impl Resource) -> Key {
    object.key()
}
