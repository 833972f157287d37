//! Plays scenarios that were recorded from a real control plane, and compares what each step leads to.
//!
//! No kubelet is at work: the script plays it, step by step, so that nothing depends on timing.
//! The format is described in `tests/conformance/README.md`.

use super::choice::{self, Renaming, replace_words};
use super::correlated::correlate;
use super::{read, read_list};
use crate::api::apps::CONTROLLER_REVISION_HASH;
use crate::api::defaults::namespace_or_default;
use crate::api::meta::{ObjectMeta, StringMap};
use crate::api::node::{Node, NodeSpec, NodeStatus, Taint};
use crate::api::object::{Key, Object, Resource};
use crate::api::pod::{Pod, ResourceList};
use crate::api::quantity::Quantity;
use crate::apiserver::DeleteOptions;
use crate::client::Client;
use crate::cluster::{Cluster, DEFAULT_EPOCH};
use crate::controllers::daemon_set::pod::target_node;
use crate::kubectl;
use crate::kubelet::Kubelets;
use crate::kubelet::node::first_conditions;
use crate::kubelet::profile::Profile;
use crate::sim::time::SimDuration;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The control plane is at rest when nothing was written for so long, unless the step says otherwise.
const QUIET: SimDuration = SimDuration::millis(1500);
/// A step takes no longer than this.
const PATIENCE: SimDuration = SimDuration::secs(60);
/// Reasons of events whose texts aren't recorded: names of pods.
const UNRECORDED_TEXTS: [&str; 3] = ["SuccessfulCreate", "SuccessfulDelete", "Scheduled"];
const STATUS_NUMBERS: [&str; 7] = [
    "desiredNumberScheduled",
    "currentNumberScheduled",
    "numberMisscheduled",
    "numberReady",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
];

/// So many other orders in which equal nodes could be taken are tried.
const OTHER_ORDERS: u64 = 24;
/// The node controller looks at all nodes once in so long.
const ROUND: SimDuration = SimDuration::secs(5);

/// What chance decided when a scenario was recorded.
#[derive(Clone)]
struct Chance {
    /// Other names for the nodes: which of equal ones goes first.
    order: Renaming,
    /// How far the control plane's rounds were when the script began.
    phase: SimDuration,
    /// How long the recorder waited for another write.
    quiet: SimDuration,
}

/// Plays a scenario; the error is the first difference, with the number of its step.
///
/// It is enough if one course of chance leads to what was recorded: which of several equal nodes a rolling update takes first is random in Kubernetes, and so is where the node controller's rounds fall between the steps.
pub fn play(scenario: &Value) -> Result<(), String> {
    let plain = Chance {
        order: Renaming::new(),
        phase: SimDuration::ZERO,
        quiet: QUIET,
    };
    let as_it_is = play_with(scenario, &plain);
    if as_it_is.is_ok() {
        return as_it_is;
    }
    let orders = (0..OTHER_ORDERS).map(|seed| Chance {
        order: choice::shuffled(scenario, seed),
        ..plain.clone()
    });
    let by_rounds = list(&scenario["steps"])
        .iter()
        .any(|step| step["do"] == "node-conditions");
    // How many tries of a refused creation fall into a step is a matter of timing, too.
    let by_tries = scenario["observations"]
        .to_string()
        .contains("FailedCreate");
    let quiets = [1500, 2000, 2500, 3000].into_iter().filter(|_| by_rounds);
    let short = [200, 400, 800].into_iter().filter(|_| by_tries);
    let timings =
        quiets.flat_map(|quiet| (0..ROUND.0).step_by(500).map(move |phase| (quiet, phase)));
    let tries = short.flat_map(|quiet| {
        (0..OTHER_ORDERS).map(move |seed| Chance {
            order: choice::shuffled(scenario, seed),
            phase: SimDuration::ZERO,
            quiet: SimDuration::millis(quiet),
        })
    });
    let timings = timings.map(|(quiet, phase)| Chance {
        order: Renaming::new(),
        phase: SimDuration::millis(phase),
        quiet: SimDuration::millis(quiet),
    });
    if orders
        .chain(timings)
        .chain(tries)
        .any(|chance| play_with(scenario, &chance).is_ok())
    {
        return Ok(());
    }
    as_it_is
}

/// Plays it with the nodes called by other names, which decide their order, and compares under the given ones.
fn play_with(scenario: &Value, chance: &Chance) -> Result<(), String> {
    let original = list(&scenario["steps"]);
    let scenario_in_order = choice::renamed(scenario, &chance.order);
    let mut stage = Stage::new(&scenario_in_order, chance)?;
    let back = choice::reversed(&chance.order);
    let mut seen = Vec::new();
    let mut broken = None;
    for (i, step) in list(&scenario_in_order["steps"]).iter().enumerate() {
        match stage.act(step) {
            Ok(printed) => seen.push(stage.observe(printed).renamed(&back)),
            Err(error) => {
                broken = Some(format!("step {} ({}): {error}", i + 1, title(&original[i])));
                break;
            }
        }
    }
    let observations = list(&scenario["observations"]);
    let compare = |renaming: &Renaming| {
        for (i, (seen, expect)) in seen.iter().zip(observations).enumerate() {
            seen.compare(expect, renaming)
                .map_err(|error| format!("step {} ({}): {error}", i + 1, title(&original[i])))?;
        }
        broken.clone().map_or(Ok(()), Err)
    };
    let as_it_is = compare(&Renaming::new());
    if as_it_is.is_ok() {
        return as_it_is;
    }
    compare(&choice::matching(scenario, &seen, observations)).or(as_it_is)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> Vec<&str> {
    list(value).iter().filter_map(Value::as_str).collect()
}

fn title(step: &Value) -> String {
    let what = step["do"].as_str().unwrap_or("");
    match what {
        "kubectl" => format!("kubectl {}", strings(&step["args"]).join(" ")),
        _ => what.to_owned(),
    }
}

/// What a kubectl command printed.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

struct Stage {
    cluster: Cluster,
    quiet: SimDuration,
    /// All pods ever seen by uid: what they are listed as, and whether their deletion was requested.
    seen: BTreeMap<String, (String, bool)>,
    version: u64,
    created: Vec<String>,
    deletion_requested: Vec<String>,
}

impl Stage {
    fn new(scenario: &Value, chance: &Chance) -> Result<Stage, String> {
        let mut cluster = Cluster::new(1, DEFAULT_EPOCH);
        cluster.with_parts(|parts, client| {
            parts.kubelets.set_profile(client.now, Profile::manual())
        })?;
        let mut stage = Stage {
            cluster,
            quiet: chance.quiet,
            seen: BTreeMap::new(),
            version: 0,
            created: Vec::new(),
            deletion_requested: Vec::new(),
        };
        stage.add_nodes(&scenario["nodes"])?;
        stage.rest(QUIET);
        stage.pass(chance.phase);
        Ok(stage)
    }

    fn add_nodes(&mut self, nodes: &Value) -> Result<(), String> {
        for node in list(nodes) {
            let node = self.node(node)?;
            self.cluster.add_node(node).map_err(|error| error.message)?;
        }
        Ok(())
    }

    /// A node as the script describes it.
    fn node(&self, given: &Value) -> Result<Node, String> {
        let name = given["name"].as_str().unwrap_or("");
        let mut labels: StringMap = read(&given["labels"])?;
        for (key, value) in [
            ("kubernetes.io/hostname", name),
            ("kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", "amd64"),
        ] {
            labels
                .entry(key.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        let mut allocatable: ResourceList = read(&given["allocatable"])?;
        for (key, amount) in [("cpu", "4"), ("memory", "8Gi"), ("pods", "110")] {
            allocatable
                .entry(key.to_owned())
                .or_insert_with(|| Quantity::parse(amount).unwrap_or_default());
        }
        let mut node = Node {
            metadata: ObjectMeta {
                labels,
                ..ObjectMeta::named(name)
            },
            spec: NodeSpec {
                unschedulable: given["unschedulable"] == true,
                taints: read_list(&given["taints"])?,
                ..NodeSpec::default()
            },
            status: NodeStatus {
                capacity: allocatable.clone(),
                allocatable,
                ..NodeStatus::default()
            },
        };
        set_conditions(&mut node, &given["conditions"], self.cluster.time());
        Ok(node)
    }

    /// Carries out a step and lets the control plane come to rest. Returns what a command printed, if that can be compared.
    fn act(&mut self, step: &Value) -> Result<Option<Printed>, String> {
        self.created.clear();
        self.deletion_requested.clear();
        self.cluster.note_command(&title(step));
        let mut printed = None;
        let node = || Cluster::node_key(step["node"].as_str().unwrap_or(""));
        match step["do"].as_str().unwrap_or("") {
            "apply" => {
                let text = match step["yaml"].as_str() {
                    Some(yaml) => yaml.to_owned(),
                    None => step["object"].to_string(),
                };
                printed = self.kubectl(&["apply", "-f", "-"], Some(&text));
            }
            "kubectl" => {
                let args = strings(&step["args"]);
                printed = self.kubectl(&args, step["stdin"].as_str());
            }
            "create" => self.create(&step["object"])?,
            "add-node" => self.add_nodes(&step["nodes"])?,
            "remove-node" => {
                for name in strings(&step["nodes"]) {
                    self.write(|client| {
                        let key = Cluster::node_key(name);
                        client.delete::<Node>(&key, &DeleteOptions::default())
                    })?;
                }
            }
            "label-node" => self.patch_node(&node(), "labels", |node| {
                for (key, value) in step["labels"].as_object().into_iter().flatten() {
                    match value.as_str() {
                        Some(value) => node.metadata.labels.insert(key.clone(), value.to_owned()),
                        None => node.metadata.labels.remove(key),
                    };
                }
            })?,
            "taint-node" => {
                let taints: Vec<Taint> = read_list(&step["taints"])?;
                self.patch_node(&node(), "taints", |node| node.spec.taints = taints)?;
            }
            "cordon-node" => {
                let on = step.get("on").is_none_or(|on| on == true);
                self.patch_node(&node(), "unschedulable", |node| {
                    node.spec.unschedulable = on;
                })?;
            }
            "node-conditions" => {
                let now = self.cluster.time();
                self.write(|client| {
                    client.patch_status::<Node>(&node(), "conditions", |node| {
                        set_conditions(node, &step["conditions"], now);
                    })
                })?;
            }
            "delete-pod" => self.delete_pods(&step["nodes"])?,
            "kubelet" => {
                self.kubelets(step, Kubelets::manual_reap);
                self.rest(self.quiet);
                self.kubelets(step, Kubelets::manual_start);
            }
            "kubelet-reap" => self.kubelets(step, Kubelets::manual_reap),
            "kubelet-start" => self.kubelets(step, Kubelets::manual_start),
            "kubelet-run-unready" => self.kubelets(step, Kubelets::manual_run_unready),
            "kubelet-succeed" => self.kubelets(step, Kubelets::manual_succeed),
            "kubelet-fail" => {
                let reason = step["reason"].as_str();
                self.kubelets(step, |kubelets, client, nodes| {
                    kubelets.manual_fail(client, nodes, reason);
                });
            }
            "wait" => {
                let seconds = step["seconds"].as_f64().unwrap_or(0.0);
                self.pass(SimDuration::millis((seconds * 1000.0) as u64));
            }
            other => return Err(format!("can't do {other:?}")),
        }
        let quiet = step["quiet"].as_f64().map_or(self.quiet, |seconds| {
            SimDuration::millis((seconds * 1000.0) as u64)
        });
        self.rest(quiet);
        Ok(printed)
    }

    fn kubectl(&mut self, args: &[&str], stdin: Option<&str>) -> Option<Printed> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let output = kubectl::run(&mut self.cluster, &args, stdin);
        self.cluster.pump();
        Some(Printed {
            exit: output.exit,
            stdout: output.stdout,
            stderr: output.stderr,
        })
    }

    fn write<T>(
        &mut self,
        act: impl FnOnce(&mut Client<'_>) -> Result<T, crate::api::status::Status>,
    ) -> Result<T, String> {
        self.cluster.as_user(act).map_err(|error| error.message)
    }

    fn create(&mut self, object: &Value) -> Result<(), String> {
        let mut object = Object::from_value(object.clone()).map_err(|error| error.to_string())?;
        namespace_or_default(&mut object);
        self.write(|client| client.create_object(object))?;
        Ok(())
    }

    fn patch_node(
        &mut self,
        key: &Key,
        what: &'static str,
        change: impl FnOnce(&mut Node),
    ) -> Result<(), String> {
        self.write(|client| client.patch::<Node>(key, what, change))?;
        Ok(())
    }

    fn delete_pods(&mut self, nodes: &Value) -> Result<(), String> {
        let nodes = nodes.is_array().then(|| strings(nodes));
        let chosen = |pod: &Pod| {
            nodes
                .as_ref()
                .is_none_or(|nodes| target_node(pod).is_some_and(|node| nodes.contains(&node)))
                && pod.is_bound()
        };
        let pods: Vec<Key> = self
            .cluster
            .server
            .pods
            .iter()
            .filter(|pod| chosen(pod))
            .map(|pod| pod.key())
            .collect();
        for key in pods {
            self.write(|client| client.delete::<Pod>(&key, &DeleteOptions::default()))?;
        }
        Ok(())
    }

    fn kubelets(
        &mut self,
        step: &Value,
        act: impl FnOnce(&mut Kubelets, &mut Client<'_>, Option<&[&str]>),
    ) {
        let nodes = step["nodes"].is_array().then(|| strings(&step["nodes"]));
        self.cluster
            .with_parts(|parts, client| act(&mut parts.kubelets, client, nodes.as_deref()));
    }

    /// Runs for so long.
    fn pass(&mut self, time: SimDuration) {
        let end = self.cluster.now() + time;
        while self.cluster.next_due().is_some_and(|at| at <= end) {
            self.cluster.step();
            self.look();
        }
        self.cluster.advance_clock(end);
    }

    /// Runs until nothing was written for a while.
    fn rest(&mut self, quiet: SimDuration) {
        self.look();
        let patience = self.cluster.now() + PATIENCE;
        let mut until = self.cluster.now() + quiet;
        while self
            .cluster
            .next_due()
            .is_some_and(|at| at <= until.min(patience))
        {
            self.cluster.step();
            if self.look() {
                until = self.cluster.now() + quiet;
            }
        }
        self.cluster.advance_clock(until);
    }

    /// Sees what happened to pods; true if anything at all was written.
    fn look(&mut self) -> bool {
        let version = self.cluster.server.resource_version();
        if version == self.version {
            return false;
        }
        self.version = version;
        let mut present = BTreeSet::new();
        for pod in self.cluster.server.pods.iter() {
            let meta = &pod.metadata;
            present.insert(meta.uid.clone());
            let known = self.seen.entry(meta.uid.clone()).or_insert_with(|| {
                let listed = target_node(pod).unwrap_or(&meta.name).to_owned();
                self.created.push(listed.clone());
                (listed, false)
            });
            if meta.is_terminating() && !known.1 {
                known.1 = true;
                self.deletion_requested.push(known.0.clone());
            }
        }
        for (uid, (listed, requested)) in &mut self.seen {
            if !*requested && !present.contains(uid) {
                *requested = true;
                self.deletion_requested.push(listed.clone());
            }
        }
        true
    }

    fn observe(&self, printed: Option<Printed>) -> Observed {
        let [event_messages, event_reasons] = self.events();
        Observed {
            daemon_sets: self.daemon_sets(),
            pods: self.pods(),
            revisions: self.revisions(),
            nodes: self.nodes(),
            created: self.created.clone(),
            deletion_requested: self.deletion_requested.clone(),
            event_messages,
            event_reasons,
            printed,
        }
    }

    fn daemon_sets(&self) -> Value {
        let mut all = json!({});
        for set in self.cluster.server.daemon_sets.iter() {
            let status = serde_json::to_value(&set.status).unwrap_or_default();
            let mut one = json!({
                "generation": set.metadata.generation,
                "observedGeneration": set.status.observed_generation,
            });
            for field in STATUS_NUMBERS {
                one[field] = status[field].as_i64().unwrap_or(0).into();
            }
            if set.metadata.is_terminating() {
                one["terminating"] = true.into();
            }
            all[set.metadata.name.as_str()] = one;
        }
        all
    }

    fn pods(&self) -> Vec<Value> {
        let server = &self.cluster.server;
        let revision = |pod: &Pod| {
            let hash = pod.metadata.label(CONTROLLER_REVISION_HASH)?;
            let found = server
                .controller_revisions
                .iter()
                .find(|r| r.metadata.label(CONTROLLER_REVISION_HASH) == Some(hash));
            found.map(|r| r.revision)
        };
        let view = |pod: &Pod| {
            let owner = pod.metadata.controller_ref();
            let mut view = json!({
                "owner": owner.map(|owner| format!("{}/{}", owner.kind, owner.name)),
                "node": target_node(pod),
                "bound": pod.is_bound(),
                "revision": revision(pod),
                "phase": pod.status.phase,
                "ready": pod.is_ready(),
                "terminating": pod.metadata.is_terminating(),
            });
            if owner.is_none() {
                view["name"] = without_random(&pod.metadata.name).into();
            }
            view
        };
        server.pods.iter().map(|pod| view(pod)).collect()
    }

    fn revisions(&self) -> Vec<Value> {
        let revisions = self.cluster.server.controller_revisions.iter();
        revisions
            .map(|revision| {
                let owner = revision.metadata.controller_ref();
                json!({ "daemonSet": owner.map(|owner| &owner.name), "revision": revision.revision })
            })
            .collect()
    }

    fn nodes(&self) -> Vec<Value> {
        let nodes = self.cluster.server.nodes.iter();
        nodes
            .map(|node| {
                let taints = node.spec.taints.iter();
                let mut taints: Vec<String> = taints
                    .map(|taint| format!("{}={}:{}", taint.key, taint.value, taint.effect))
                    .collect();
                taints.sort();
                json!({ "name": node.metadata.name, "unschedulable": node.spec.unschedulable, "taints": taints })
            })
            .collect()
    }

    /// The events about pods and DaemonSets: [kind, reason, message] where texts are recorded, and [component, kind, type, reason].
    fn events(&self) -> [Vec<Value>; 2] {
        let (mut messages, mut reasons) = (BTreeSet::new(), BTreeSet::new());
        for event in correlate(self.cluster.trace.iter()) {
            if !["Pod", "DaemonSet"].contains(&event.kind) {
                continue;
            }
            let type_ = if event.warning { "Warning" } else { "Normal" };
            let (kind, reason) = (event.kind.to_owned(), event.reason);
            reasons.insert([
                event.component.to_owned(),
                kind.clone(),
                type_.to_owned(),
                reason.clone(),
            ]);
            if !UNRECORDED_TEXTS.contains(&reason.as_str()) {
                messages.insert([kind, reason, without_random(&event.message)]);
            }
        }
        [
            messages.iter().map(|event| json!(event)).collect(),
            reasons.iter().map(|event| json!(event)).collect(),
        ]
    }
}

/// What a step led to.
pub struct Observed {
    daemon_sets: Value,
    pods: Vec<Value>,
    revisions: Vec<Value>,
    nodes: Vec<Value>,
    created: Vec<String>,
    deletion_requested: Vec<String>,
    event_messages: Vec<Value>,
    event_reasons: Vec<Value>,
    printed: Option<Printed>,
}

impl Observed {
    /// What is observed in a field that names nodes.
    pub fn field(&self, field: &str) -> Value {
        match field {
            "pods" => json!(self.pods),
            "nodes" => json!(self.nodes),
            "created" => json!(self.created),
            "deletionRequested" => json!(self.deletion_requested),
            _ => Value::Null,
        }
    }

    fn renamed(self, renaming: &Renaming) -> Observed {
        let all = |list: Vec<Value>| -> Vec<Value> {
            list.iter()
                .map(|one| choice::renamed(one, renaming))
                .collect()
        };
        let texts = |list: Vec<String>| -> Vec<String> {
            list.iter()
                .map(|one| choice::renamed_text(one, renaming))
                .collect()
        };
        Observed {
            daemon_sets: self.daemon_sets,
            pods: all(self.pods),
            revisions: self.revisions,
            nodes: all(self.nodes),
            created: texts(self.created),
            deletion_requested: texts(self.deletion_requested),
            event_messages: all(self.event_messages),
            event_reasons: self.event_reasons,
            printed: self.printed.map(|printed| Printed {
                exit: printed.exit,
                stdout: choice::renamed_text(&printed.stdout, renaming),
                stderr: choice::renamed_text(&printed.stderr, renaming),
            }),
        }
    }

    fn compare(&self, observation: &Value, renaming: &Renaming) -> Result<(), String> {
        let differs = strings(&observation["differs"]);
        let named = |field: &str| -> Vec<Value> {
            let value = choice::renamed(&self.field(field), renaming);
            list(&value).to_vec()
        };
        for (field, expect) in observation.as_object().into_iter().flatten() {
            if differs.contains(&field.as_str()) {
                continue;
            }
            match field.as_str() {
                "daemonSets" => super::holds(expect, &self.daemon_sets, field)
                    .and_then(|()| same_keys(expect, &self.daemon_sets))?,
                "pods" | "nodes" | "created" | "deletionRequested" => {
                    same_list(field, expect, &named(field))?;
                }
                "podsAnyNode" => {
                    let mut pods = self.pods.clone();
                    for pod in pods.iter_mut().filter_map(Value::as_object_mut) {
                        pod.remove("node");
                    }
                    same_list(field, expect, &pods)?;
                }
                "controllerRevisions" => same_list(field, expect, &self.revisions)?,
                "createdCount" => same(field, expect, &self.created.len().into())?,
                "deletionRequestedCount" => {
                    same(field, expect, &self.deletion_requested.len().into())?;
                }
                "eventMessages" => same_list(field, expect, &self.event_messages)?,
                "eventReasons" => same_list(field, expect, &self.event_reasons)?,
                "result" => {
                    if let Some(printed) = &self.printed {
                        compare_printed(expect, printed)?;
                    }
                }
                "differs" => {}
                other => return Err(format!("no such field is observed: {other:?}")),
            }
        }
        Ok(())
    }
}

/// Sets these conditions, and all others as they are on a healthy node.
fn set_conditions(node: &mut Node, given: &Value, now: crate::api::meta::Time) {
    let mut conditions = first_conditions(true, now);
    for (type_, status) in given.as_object().into_iter().flatten() {
        let status = status.as_str().unwrap_or("");
        if !conditions.iter().any(|c| c.type_ == *type_) {
            conditions.push(crate::api::node::NodeCondition {
                type_: type_.clone(),
                last_heartbeat_time: Some(now),
                last_transition_time: Some(now),
                ..Default::default()
            });
        }
        for condition in conditions.iter_mut().filter(|c| c.type_ == *type_) {
            status.clone_into(&mut condition.status);
        }
    }
    for condition in &mut conditions {
        let old = node.condition(&condition.type_);
        if let Some(old) = old.filter(|old| old.status == condition.status) {
            condition.last_transition_time = old.last_transition_time;
        }
    }
    node.status.conditions = conditions;
}

fn same(field: &str, expect: &Value, got: &Value) -> Result<(), String> {
    if expect == got {
        return Ok(());
    }
    Err(format!("{field}: expected {expect}, got {got}"))
}

fn same_keys(expect: &Value, got: &Value) -> Result<(), String> {
    let keys = |value: &Value| -> Vec<String> {
        let map = value.as_object().into_iter().flatten();
        map.map(|(key, _)| key.clone()).collect()
    };
    same("daemonSets", &keys(expect).into(), &keys(got).into())
}

/// The same elements as often, in any order.
fn same_list(field: &str, expect: &Value, got: &[Value]) -> Result<(), String> {
    let mut unexpected: Vec<String> = got.iter().map(sorted_keys).collect();
    let mut missing: Vec<String> = Vec::new();
    for wanted in list(expect) {
        let wanted = sorted_keys(wanted);
        match unexpected.iter().position(|text| *text == wanted) {
            Some(i) => drop(unexpected.remove(i)),
            None => missing.push(wanted),
        }
    }
    if missing.is_empty() && unexpected.is_empty() {
        return Ok(());
    }
    let list = |texts: Vec<String>| match texts.len() {
        0 => "nothing".to_owned(),
        _ => texts.join(", "),
    };
    Err(format!(
        "{field}: missing {}; unexpected {}",
        list(missing),
        list(unexpected)
    ))
}

/// As text, with the recording's placeholders as ours.
fn sorted_keys(value: &Value) -> String {
    const SUFFIX: &str = "-<suffix>";
    let mut text = value.to_string();
    while let Some(end) = text.find(SUFFIX) {
        let base =
            text[..end].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "-.".contains(c));
        text.replace_range(base.len()..end + SUFFIX.len(), "<pod>");
    }
    without_preemptor(&text)
}

/// A preemption's event names the pod that comes by its random uid.
fn without_preemptor(text: &str) -> String {
    const PREEMPTED: &str = "Preempted by pod ";
    let Some((before, after)) = text.split_once(PREEMPTED) else {
        return text.to_owned();
    };
    let after = after.find(' ').map_or("", |end| &after[end..]);
    format!("{before}{PREEMPTED}<uid>{after}")
}

fn compare_printed(expect: &Value, printed: &Printed) -> Result<(), String> {
    same("result.exit", &expect["exit"], &printed.exit.into())?;
    for (field, got) in [("stdout", &printed.stdout), ("stderr", &printed.stderr)] {
        let wanted = without_random(expect[field].as_str().unwrap_or(""));
        let got = without_random(got);
        if wanted != got {
            return Err(format!("result.{field}: expected {wanted:?}, got {got:?}"));
        }
    }
    Ok(())
}

/// Replaces what is random by nature: `agent-x7k2p` by `<pod>`, hashes by `<hash>`.
fn without_random(text: &str) -> String {
    replace_words(text, replacement)
}

fn replacement(word: &str) -> Option<&'static str> {
    let (_, last) = word.rsplit_once('-')?;
    let all = |alphabet: &str| last.chars().all(|c| alphabet.contains(c));
    match last.len() {
        5 if all("bcdfghjklmnpqrstvwxz2456789") => Some("<pod>"),
        8..=10 if all("456789bcdf") => Some("<hash>"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rollout over nine nodes, of which the recording saw another one go first than ours does.
    #[test]
    fn any_of_equal_nodes_may_go_first() {
        let play_for = |gone: Value, then: Value| {
            let nodes: Vec<Value> = (1..=9)
                .map(|i| json!({"name": format!("node-{i}")}))
                .collect();
            let container = json!({"name": "main", "image": "agent:1"});
            let set = json!({
                "apiVersion": "apps/v1", "kind": "DaemonSet",
                "metadata": {"name": "agent", "namespace": "default"},
                "spec": {
                    "selector": {"matchLabels": {"app": "agent"}},
                    "template": {
                        "metadata": {"labels": {"app": "agent"}},
                        "spec": {"containers": [container]},
                    },
                },
            });
            let image = ["set", "image", "ds/agent", "main=agent:2"];
            play(&json!({
                "nodes": nodes,
                "steps": [
                    {"do": "apply", "object": set},
                    {"do": "kubelet-start"},
                    {"do": "kubectl", "args": image},
                    then,
                ],
                "observations": [{}, {}, {"deletionRequested": gone}, {}],
            }))
        };
        let wait = json!({"do": "wait", "seconds": 1});
        assert_eq!(play_for(json!(["node-7"]), wait.clone()), Ok(()));
        let cordon = json!({"do": "cordon-node", "node": "node-7"});
        assert_eq!(play_for(json!(["node-7"]), cordon), Ok(()));
        assert_eq!(
            play_for(json!(["node-7", "node-8"]), wait),
            Err("step 3 (kubectl set image ds/agent main=agent:2): deletionRequested: missing \"node-7\", \"node-8\"; unexpected \"node-1\"".to_owned())
        );
    }

    #[test]
    fn placeholders_are_those_of_the_recorder() {
        let event = json!("pods default/my-set.1-<suffix> and default/a-<suffix>");
        assert_eq!(
            sorted_keys(&event),
            "\"pods default/<pod> and default/<pod>\""
        );
    }

    #[test]
    fn a_preemption_is_compared_without_its_uid() {
        let event = |uid: &str| {
            json!([
                "Pod",
                "Preempted",
                format!("Preempted by pod {uid} on node node-1")
            ])
        };
        let ours = [event("11fd7b30-9a75-430b-870b-5d96755c19fe")];
        assert_eq!(
            same_list("eventMessages", &json!([event("<uid>")]), &ours),
            Ok(())
        );
        assert_eq!(
            sorted_keys(&ours[0]),
            r#"["Pod","Preempted","Preempted by pod <uid> on node node-1"]"#
        );
    }

    #[test]
    fn random_parts_are_replaced() {
        let text = "pod/agent-x7k2p evicted, agent-67d9cbf84 of node-1 (kube-proxy)";
        let expect = "pod/<pod> evicted, <hash> of node-1 (kube-proxy)";
        assert_eq!(without_random(text), expect);
    }
}
