//! Cases about the DaemonSet controller, run against the controller itself with an API that answers at once.
//!
//! Instant harness: what the controller writes is in its cache before its next look, see `tests/conformance/upstream/README.md`.

use super::{holds, read, read_list};
use crate::api::apps::{CONTROLLER_REVISION_HASH, ControllerRevision, DaemonSet, DaemonSetStatus};
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::object::{Key, Resource};
use crate::api::pod::{Affinity, Pod, PodTemplateSpec};
use crate::api::status::{Reason, Status};
use crate::apiserver::{Change, WatchEvent};
use crate::client::Component;
use crate::client::api_time;
use crate::client::backoff::Backoff;
use crate::controllers::daemon_set::api::DaemonApi;
use crate::controllers::daemon_set::eligibility::{verdict, with_daemon_tolerations};
use crate::controllers::daemon_set::history::{template_hash, template_patch};
use crate::controllers::daemon_set::pod::{is_updated, pinned_affinity, pod_labels, target_node};
use crate::controllers::daemon_set::rolling::budget;
use crate::controllers::daemon_set::status::store;
use crate::controllers::daemon_set::sync::{Claim, claims};
use crate::controllers::daemon_set::{DaemonSetController, ignores_node_update};
use crate::reason::daemon::DaemonDecision;
use crate::sim::time::{SimDuration, SimTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The kinds of cases that `run_case` knows.
pub const KINDS: [&str; 16] = [
    "sync",
    "steps",
    "eligibility",
    "rollout-numbers",
    "node-update",
    "node-update-ignored",
    "node-added",
    "pod-event",
    "pods-by-node",
    "claim-pods",
    "claim-revisions",
    "status-store",
    "pod-updated",
    "pod-template",
    "replace-affinity",
    "target-node",
];

/// Simulated time starts here, so that a case's timestamps are simulated times.
const EPOCH: Time = Time(0);
/// The clock of cases that have none: later than all timestamps.
const LATE: &str = "2100-01-01T00:00:00Z";
/// The events that cases count.
const COUNTED_EVENTS: [&str; 3] = ["FailedDaemonPod", "SucceededDaemonPod", "SelectingAll"];

/// Runs one case; the error is the first difference.
pub fn run_case(case: &Value) -> Result<(), String> {
    let got = match case["kind"].as_str().unwrap_or("") {
        "sync" => return sync_case(case),
        "steps" => return steps_case(case),
        "eligibility" => eligibility(case)?,
        "rollout-numbers" => rollout_numbers(case)?,
        "node-update" => node_update(case)?,
        "node-update-ignored" => {
            let (old, new): (Node, Node) = (read(&case["oldNode"])?, read(&case["newNode"])?);
            json!({ "ignored": ignores_node_update(&old, &new) })
        }
        "node-added" => node_added(case)?,
        "pod-event" => pod_event(case)?,
        "pods-by-node" => pods_by_node(case)?,
        "claim-pods" => claim_pods(case)?,
        "claim-revisions" => claim_revisions(case)?,
        "status-store" => status_store(case)?,
        "pod-updated" => {
            let pod: Pod = read(&case["pods"][0])?;
            let hash = case["currentHash"].as_str().unwrap_or("");
            json!({ "updated": is_updated(&pod, hash, case["templateGeneration"].as_i64()) })
        }
        "pod-template" => {
            let template: PodTemplateSpec = read(&case["template"])?;
            let hash = case["currentHash"].as_str().unwrap_or("");
            let generation = case["templateGeneration"].as_i64();
            json!({ "labels": pod_labels(&template.metadata.labels, generation, hash) })
        }
        "replace-affinity" => {
            let affinity: Affinity = read(&case["affinity"])?;
            let node = case["nodeName"].as_str().unwrap_or("");
            json!({ "affinity": pinned_affinity(Some(&affinity), node) })
        }
        "target-node" => {
            let pod: Pod = read(&case["pods"][0])?;
            let node = target_node(&pod);
            json!({ "nodeName": node, "error": node.is_none() })
        }
        kind => return Err(format!("no such kind of case here: {kind:?}")),
    };
    holds(&case["expect"], &got, "")
}

/// The API server's side of a case, and a count of what it was asked.
struct World {
    now: SimTime,
    version: u64,
    set: Rc<DaemonSet>,
    /// What a live GET returns, if not `set`.
    live: Option<Rc<DaemonSet>>,
    pods: BTreeMap<Key, Rc<Pod>>,
    revisions: BTreeMap<Key, Rc<ControllerRevision>>,
    faults: Faults,
    calls: Calls,
    arrived: Vec<WatchEvent>,
}

#[derive(Default)]
struct Faults {
    create_limit: Option<u64>,
    create_error: Option<String>,
    status_update_error: Option<String>,
    deletes_do_not_remove: bool,
    fail_first_updates: u64,
    fail_first_gets: u64,
    get_error: String,
}

#[derive(Default)]
struct Calls {
    create_attempts: u64,
    created: Vec<Rc<Pod>>,
    deleted: Vec<String>,
    adopted: Vec<String>,
    released: Vec<String>,
    patches: u64,
    events: Vec<String>,
    updates: u64,
    gets: u64,
}

fn failure(text: &str) -> Status {
    Status::new(Reason::InternalError, text.to_owned())
}

impl World {
    fn of(case: &Value) -> Result<World, String> {
        let set: DaemonSet = read(&case["daemonSet"])?;
        let faults = &case["faults"];
        let text = |field: &str| faults[field].as_str().map(str::to_owned);
        let number = |field: &str| faults[field].as_u64();
        let live = match &case["liveDaemonSet"] {
            Value::Null => None,
            live => Some(Rc::new(read(live)?)),
        };
        let mut world = World {
            now: moment(case["now"].as_str().unwrap_or(LATE))?,
            version: 1000,
            set: Rc::new(set),
            live,
            pods: BTreeMap::new(),
            revisions: BTreeMap::new(),
            faults: Faults {
                create_limit: number("createLimit"),
                create_error: text("createError"),
                status_update_error: text("statusUpdateError").or(text("updateError")),
                deletes_do_not_remove: faults["deletesDoNotRemove"] == true,
                fail_first_updates: number("failFirstUpdates").unwrap_or(
                    if text("statusUpdateError").is_some() {
                        u64::MAX
                    } else {
                        0
                    },
                ),
                fail_first_gets: number("failFirstGets").unwrap_or(0),
                get_error: text("getError").unwrap_or_default(),
            },
            calls: Calls::default(),
            arrived: Vec::new(),
        };
        let hash = world.current_hash();
        for mut pod in read_list::<Pod>(&case["pods"])? {
            if let Some(label) = pod.metadata.labels.get_mut(CONTROLLER_REVISION_HASH)
                && label == "@current"
            {
                *label = hash.clone();
            }
            pod.metadata.resource_version = world.next_version();
            world.pods.insert(pod.key(), Rc::new(pod));
        }
        for revision in read_list::<ControllerRevision>(&case["revisions"])? {
            world.revisions.insert(revision.key(), Rc::new(revision));
        }
        Ok(world)
    }

    fn current_hash(&self) -> String {
        let patch = template_patch(&self.set.spec.template);
        template_hash(&patch, self.set.status.collision_count)
    }

    fn next_version(&mut self) -> String {
        self.version += 1;
        self.version.to_string()
    }

    fn arrives<T: Resource>(&mut self, change: Change, object: &Rc<T>) {
        self.arrived.push(WatchEvent {
            change,
            object: T::into_object(Rc::clone(object)),
            cause: None,
        });
    }

    fn put_pod(&mut self, change: Change, mut pod: Pod) -> Rc<Pod> {
        pod.metadata.resource_version = self.next_version();
        let pod = Rc::new(pod);
        self.pods.insert(pod.key(), Rc::clone(&pod));
        self.arrives(change, &pod);
        pod
    }

    /// A controller whose caches hold the case's objects.
    fn controller(&self, case: &Value) -> Result<DaemonSetController, String> {
        let mut controller = DaemonSetController::default();
        controller.keep_set(&self.set);
        for other in read_list::<DaemonSet>(&case["otherDaemonSets"])? {
            controller.keep_set(&Rc::new(other));
        }
        for node in read_list::<Node>(&case["nodes"])? {
            controller.nodes.upsert(&Rc::new(node));
        }
        for pod in self.pods.values() {
            controller.pods.upsert(pod);
        }
        for revision in self.revisions.values() {
            controller.revisions.upsert(revision);
        }
        let config = |field: &str| case["config"][field].as_u64().map(SimDuration::millis);
        if let (Some(first), Some(max)) = (
            config("failedPodBackoffInitialMs"),
            config("failedPodBackoffMaxMs"),
        ) {
            controller.failed_pods = Backoff::new(first, max);
        }
        Ok(controller)
    }
}

fn moment(text: &str) -> Result<SimTime, String> {
    let time = Time::parse(text).ok_or_else(|| format!("not a time: {text:?}"))?;
    Ok(SimTime(time.0.max(0) as u64 * 1000))
}

impl DaemonApi for World {
    fn now(&self) -> SimTime {
        self.now
    }

    fn time(&self) -> Time {
        api_time(EPOCH, self.now)
    }

    fn create_pod(&mut self, mut pod: Pod) -> Result<Rc<Pod>, Status> {
        self.calls.create_attempts += 1;
        if let Some(error) = &self.faults.create_error {
            return Err(failure(error));
        }
        if self
            .faults
            .create_limit
            .is_some_and(|limit| self.calls.create_attempts > limit)
        {
            return Err(failure("not allowed to create more pods"));
        }
        pod.metadata.name = format!("{}{:05}", pod.metadata.generate_name, self.version);
        pod.metadata.creation_timestamp = Some(self.time());
        let pod = self.put_pod(Change::Added, pod);
        self.calls.created.push(Rc::clone(&pod));
        Ok(pod)
    }

    fn delete_pod(&mut self, key: &Key) -> Result<(), Status> {
        let Some(pod) = self.pods.get(key).cloned() else {
            return Err(Status::not_found("pods", &key.name));
        };
        self.calls.deleted.push(key.name.to_string());
        if !self.faults.deletes_do_not_remove {
            self.pods.remove(key);
            self.arrives(Change::Deleted, &pod);
        }
        Ok(())
    }

    fn patch_pod(
        &mut self,
        key: &Key,
        _what: &'static str,
        change: &dyn Fn(&mut Pod),
    ) -> Result<Rc<Pod>, Status> {
        let Some(pod) = self.pods.get(key).cloned() else {
            return Err(Status::not_found("pods", &key.name));
        };
        self.calls.patches += 1;
        let mut patched = (*pod).clone();
        change(&mut patched);
        let owned = [&*pod, &patched].map(|pod| pod.metadata.controller_ref().is_some());
        match owned {
            [false, true] => self.calls.adopted.push(key.name.to_string()),
            [true, false] => self.calls.released.push(key.name.to_string()),
            _ => {}
        }
        Ok(self.put_pod(Change::Modified, patched))
    }

    fn get_set(&mut self, _key: &Key) -> Result<Rc<DaemonSet>, Status> {
        self.calls.gets += 1;
        if self.calls.gets <= self.faults.fail_first_gets {
            return Err(failure(&self.faults.get_error));
        }
        Ok(Rc::clone(self.live.as_ref().unwrap_or(&self.set)))
    }

    fn update_set_status(&mut self, mut set: DaemonSet) -> Result<Rc<DaemonSet>, Status> {
        self.calls.updates += 1;
        if self.calls.updates <= self.faults.fail_first_updates
            && let Some(error) = &self.faults.status_update_error
        {
            return Err(failure(error));
        }
        set.metadata.resource_version = self.next_version();
        let set = Rc::new(set);
        self.set = Rc::clone(&set);
        self.arrives(Change::Modified, &set);
        Ok(set)
    }

    fn get_revision(&mut self, key: &Key) -> Result<Rc<ControllerRevision>, Status> {
        let found = self.revisions.get(key).cloned();
        found.ok_or_else(|| Status::not_found("controllerrevisions.apps", &key.name))
    }

    fn create_revision(
        &mut self,
        revision: ControllerRevision,
    ) -> Result<Rc<ControllerRevision>, Status> {
        let key = revision.key();
        if self.revisions.contains_key(&key) {
            return Err(Status::already_exists(
                "controllerrevisions.apps",
                &key.name,
            ));
        }
        let revision = Rc::new(revision);
        self.revisions.insert(key, Rc::clone(&revision));
        self.arrives(Change::Added, &revision);
        Ok(revision)
    }

    fn patch_revision(
        &mut self,
        key: &Key,
        _what: &'static str,
        change: &dyn Fn(&mut ControllerRevision),
    ) -> Result<Rc<ControllerRevision>, Status> {
        let mut revision = (*self.get_revision(key)?).clone();
        change(&mut revision);
        let revision = Rc::new(revision);
        self.revisions.insert(key.clone(), Rc::clone(&revision));
        self.arrives(Change::Modified, &revision);
        Ok(revision)
    }

    fn delete_revision(&mut self, key: &Key) -> Result<(), Status> {
        let revision = self.get_revision(key)?;
        self.revisions.remove(key);
        self.arrives(Change::Deleted, &revision);
        Ok(())
    }

    fn event(&mut self, _set: &Rc<DaemonSet>, _warning: bool, reason: &str, _message: &str) {
        self.calls.events.push(reason.to_owned());
    }

    fn decide(&mut self, _set: &Key, _decision: DaemonDecision) {}

    fn arrived(&mut self) -> Vec<WatchEvent> {
        std::mem::take(&mut self.arrived)
    }
}

fn sync_case(case: &Value) -> Result<(), String> {
    let mut world = World::of(case)?;
    let mut controller = world.controller(case)?;
    sync_and_compare(&mut controller, &mut world, &case["expect"])
}

fn steps_case(case: &Value) -> Result<(), String> {
    let mut world = World::of(case)?;
    let mut controller = world.controller(case)?;
    let steps = case["steps"].as_array().map_or(&[][..], Vec::as_slice);
    for (i, step) in steps.iter().enumerate() {
        let at = |error: String| format!("step {}: {error}", i + 1);
        for action in step["do"].as_array().map_or(&[][..], Vec::as_slice) {
            act(&mut world, &mut controller, action).map_err(at)?;
        }
        for event in world.arrived() {
            controller.observe(world.now, &event);
        }
        controller.expectations.forget(&world.set.key());
        sync_and_compare(&mut controller, &mut world, &step["expect"]).map_err(at)?;
    }
    Ok(())
}

/// One sync, and everything that a case can say about it.
fn sync_and_compare(
    controller: &mut DaemonSetController,
    world: &mut World,
    expect: &Value,
) -> Result<(), String> {
    let key = world.set.key();
    let before = world.set.status.clone();
    world.calls = Calls::default();
    let result = controller.sync(&key, world);
    for event in world.arrived() {
        controller.observe(world.now, &event);
    }
    let calls = &world.calls;
    let error = result.err().map(|error| error.message).unwrap_or_default();
    match expect["errorContains"].as_str() {
        _ if error.is_empty() == (expect["error"] == true) => {
            let wanted = expect["error"] == true;
            return Err(format!("error: expected {wanted}, got {error:?}"));
        }
        Some(text) if !error.contains(text) => {
            return Err(format!(
                "error: expected it to contain {text:?}, got {error:?}"
            ));
        }
        _ => {}
    }
    if let Some(most) = expect["createCallsAtMost"].as_u64()
        && calls.create_attempts > most
    {
        let got = calls.create_attempts;
        return Err(format!("create calls: expected at most {most}, got {got}"));
    }
    let events: Vec<&String> = calls
        .events
        .iter()
        .filter(|reason| COUNTED_EVENTS.contains(&reason.as_str()))
        .collect();
    let nodes = calls
        .created
        .iter()
        .map(|pod| target_node(pod).unwrap_or("").to_owned());
    let ready = world.pods.values().filter(|pod| pod.is_ready()).count();
    let mut got = json!({
        "creates": calls.created.len(),
        "deletes": calls.deleted.len(),
        "events": events.len(),
        "createdOnNodes": sorted(nodes),
        "deletedPods": sorted(calls.deleted.iter().cloned()),
        "releasedPods": sorted(calls.released.iter().cloned()),
        "adoptedPods": sorted(calls.adopted.iter().cloned()),
        "eventReasons": sorted(events.into_iter().cloned()),
        "status": full_status(&world.set.status),
        "error": !error.is_empty(),
        "errorContains": expect["errorContains"],
        "createAttempts": calls.create_attempts,
        "createCallsAtMost": expect["createCallsAtMost"],
        "expectationsSatisfiedAfter": controller.expectations.satisfied(&key, world.now),
        "statusUnchanged": world.set.status == before,
        "readyPodsAfter": ready,
    });
    if let Some(shape) = calls.created.first().map(|pod| pod_shape(pod)) {
        got["createdPodShape"] = shape;
    }
    if let Some(node) = controller.nodes.iter().next() {
        let set = &world.set;
        let id = (
            set.metadata.uid.clone(),
            set.status.observed_generation,
            node.metadata.name.as_str().into(),
        );
        got["failedPodBackoffMs"] = controller.failed_pods.delay(&id).0.into();
    }
    holds(expect, &got, "")
}

fn sorted(list: impl Iterator<Item = String>) -> Vec<String> {
    let mut list: Vec<String> = list.collect();
    list.sort();
    list
}

/// The status with the fields that are left out when they are 0.
fn full_status(status: &DaemonSetStatus) -> Value {
    let mut value = json!({
        "observedGeneration": 0, "updatedNumberScheduled": 0, "numberAvailable": 0, "numberUnavailable": 0,
    });
    if let (Some(all), Ok(Value::Object(set))) =
        (value.as_object_mut(), serde_json::to_value(status))
    {
        all.extend(set);
    }
    value
}

fn pod_shape(pod: &Pod) -> Value {
    let required = pod
        .spec
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref())
        .and_then(|a| a.required.as_ref());
    let terms = required.map_or(&[][..], |r| &r.node_selector_terms);
    let fields = terms.first().map_or(&[][..], |term| &term.match_fields);
    json!({
        "nodeNameEmpty": !pod.is_bound(),
        "requiredNodeAffinityTerms": terms.len(),
        "matchFieldsPerTerm": fields.len(),
        "matchField": fields.first().map(|field| json!({
            "key": field.key, "operator": field.operator, "valueCount": field.values.len(),
        })),
    })
}

/// What happens between two syncs.
fn act(
    world: &mut World,
    controller: &mut DaemonSetController,
    action: &Value,
) -> Result<(), String> {
    for (what, how) in action.as_object().into_iter().flatten() {
        match what.as_str() {
            "now" => world.now = moment(how.as_str().unwrap_or(""))?,
            "advanceMs" => world.now += SimDuration::millis(how.as_u64().unwrap_or(0)),
            "set" => {
                let mut value =
                    serde_json::to_value(&*world.set).map_err(|error| error.to_string())?;
                for (path, to) in how.as_object().into_iter().flatten() {
                    set_path(&mut value, path, to)?;
                }
                world.set = Rc::new(read(&value)?);
                controller.keep_set(&world.set);
            }
            "ready" => set_ready(world, how),
            other => return Err(format!("can't do {other:?}")),
        }
    }
    Ok(())
}

/// Sets `a.b[0].c`; null removes it.
fn set_path(value: &mut Value, path: &str, to: &Value) -> Result<(), String> {
    let pointer = format!(
        "/{}",
        path.replace("].", "/")
            .replace(['.', '['], "/")
            .replace(']', "")
    );
    let (parent, last) = pointer.rsplit_once('/').unwrap_or_default();
    let missing = || format!("can't set {path}");
    let mut place = value;
    for step in parent.split('/').skip(1) {
        place = match place {
            Value::Array(list) => step.parse().ok().and_then(|i: usize| list.get_mut(i)),
            Value::Object(map) => Some(map.entry(step).or_insert_with(|| json!({}))),
            _ => None,
        }
        .ok_or_else(missing)?;
    }
    match place {
        Value::Object(map) if to.is_null() => {
            map.remove(last);
        }
        Value::Object(map) => {
            map.insert(last.to_owned(), to.clone());
        }
        Value::Array(list) => {
            *last
                .parse()
                .ok()
                .and_then(|i: usize| list.get_mut(i))
                .ok_or_else(missing)? = to.clone();
        }
        _ => return Err(missing()),
    }
    Ok(())
}

fn set_ready(world: &mut World, how: &Value) {
    let value = how["value"] == true;
    let hash = world.current_hash();
    let is_current = |pod: &Pod| pod.metadata.label(CONTROLLER_REVISION_HASH) == Some(&hash);
    let node = |pod: &Pod| target_node(pod).unwrap_or("").to_owned();
    let nodes_with_current: Vec<String> = world
        .pods
        .values()
        .filter(|pod| is_current(pod) && !pod.metadata.is_terminating())
        .map(|pod| node(pod))
        .collect();
    let mut chosen: Vec<Rc<Pod>> = world
        .pods
        .values()
        .filter(|pod| !pod.metadata.is_terminating() && pod.is_ready() != value)
        .filter(|pod| match how["revision"].as_str() {
            Some("current") => is_current(pod),
            Some("old") => !is_current(pod),
            _ => true,
        })
        .filter(|pod| {
            how["onlyOnNodesWithoutCurrent"] != true || !nodes_with_current.contains(&node(pod))
        })
        .cloned()
        .collect();
    chosen.sort_by_key(|pod| (node(pod), pod.metadata.name.clone()));
    chosen.truncate(how["count"].as_u64().map_or(usize::MAX, |n| n as usize));
    let now = world.time();
    for pod in chosen {
        let mut pod = (*pod).clone();
        let status = if value { "True" } else { "False" };
        pod.status.set_condition("Ready", status, "", "", now);
        world.put_pod(Change::Modified, pod);
    }
}

fn eligibility(case: &Value) -> Result<Value, String> {
    let set: DaemonSet = read(&case["daemonSet"])?;
    let spec = with_daemon_tolerations(&set.spec.template.spec);
    let mut nodes = json!({});
    for node in read_list::<Node>(&case["nodes"])? {
        let verdict = verdict(&spec, &node);
        nodes[node.metadata.name.as_str()] = json!({
            "shouldRun": verdict.should_run(),
            "shouldContinueRunning": verdict.should_continue(),
        });
    }
    Ok(json!({ "nodes": nodes }))
}

/// Models: update.go, updatedDesiredNodeCounts.
fn rollout_numbers(case: &Value) -> Result<Value, String> {
    let set: DaemonSet = read(&case["daemonSet"])?;
    let spec = with_daemon_tolerations(&set.spec.template.spec);
    let pods: Vec<Pod> = read_list(&case["pods"])?;
    let nodes: Vec<Node> = read_list(&case["nodes"])?;
    let eligible: Vec<&Node> = nodes
        .iter()
        .filter(|node| verdict(&spec, node).should_run())
        .collect();
    let empty = |node: &&&Node| !pods.iter().any(|p| p.spec.node_name == node.metadata.name);
    let budget = budget(&set, eligible.len() as i32)?;
    Ok(json!({
        "maxSurge": budget.max_surge,
        "maxUnavailable": budget.max_unavailable,
        "desiredNumberScheduled": eligible.len(),
        "nodesWithoutPods": eligible.iter().filter(empty).count(),
    }))
}

fn watch<T: Resource>(change: Change, object: T) -> WatchEvent {
    WatchEvent {
        change,
        object: T::into_object(Rc::new(object)),
        cause: None,
    }
}

fn node_update(case: &Value) -> Result<Value, String> {
    let world = World::of(case)?;
    let mut controller = world.controller(case)?;
    let old: Node = read(&case["oldNode"])?;
    controller.nodes.upsert(&Rc::new(old));
    let event = watch(Change::Modified, read::<Node>(&case["newNode"])?);
    controller.observe(world.now, &event);
    controller.work_node_queue(world.now);
    Ok(json!({ "daemonSetQueued": controller.queue.contains(&world.set.key()) }))
}

fn node_added(case: &Value) -> Result<Value, String> {
    let mut controller = DaemonSetController::default();
    let set: DaemonSet = read(&case["daemonSet"])?;
    controller.keep_set(&Rc::new(set));
    for node in read_list::<Node>(&case["nodes"])? {
        controller.observe(SimTime::ZERO, &watch(Change::Added, node));
    }
    let queued: Vec<&str> = controller.node_queue.iter().map(|name| &**name).collect();
    Ok(json!({ "nodeQueue": queued }))
}

fn pod_event(case: &Value) -> Result<Value, String> {
    let mut controller = DaemonSetController::default();
    for set in read_list::<DaemonSet>(&case["daemonSets"])? {
        controller.keep_set(&Rc::new(set));
    }
    let mut pod: Pod = read(&case["pod"])?;
    let mut old: Option<Pod> = match &case["oldPod"] {
        Value::Null => None,
        old => Some(read(old)?),
    };
    let change = match case["event"].as_str().unwrap_or("") {
        "add" => Change::Added,
        "update" => Change::Modified,
        "delete" => {
            old.get_or_insert_with(|| pod.clone());
            Change::Deleted
        }
        other => return Err(format!("no such event: {other:?}")),
    };
    if let Some(old) = &mut old
        && old.metadata.resource_version.is_empty()
        && pod.metadata.resource_version.is_empty()
    {
        old.metadata.resource_version = "1".to_owned();
        pod.metadata.resource_version = "2".to_owned();
    }
    if let Some(old) = old {
        controller.pods.upsert(&Rc::new(old));
    }
    controller.observe(SimTime::ZERO, &watch(change, pod));
    let queued = controller.queue.iter().map(Key::to_string);
    Ok(json!({ "queued": sorted(queued) }))
}

/// Claims the case's pods, and nothing else.
fn claim(case: &Value) -> Result<(World, DaemonSetController), String> {
    let mut world = World::of(case)?;
    let mut controller = world.controller(case)?;
    let (set, hash) = (Rc::clone(&world.set), world.current_hash());
    controller
        .refresh(&set, &hash, &mut world)
        .map_err(|error| error.message)?;
    Ok((world, controller))
}

fn pods_by_node(case: &Value) -> Result<Value, String> {
    let (world, controller) = claim(case)?;
    let all = case["includeDeletedTerminal"] == true;
    let mut by_node: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pod in controller.pods.owned_by(&world.set.metadata.uid) {
        let gone = pod.is_terminal() && pod.metadata.is_terminating();
        if let Some(node) = target_node(pod)
            && (all || !gone)
        {
            let pods = by_node.entry(node.to_owned()).or_default();
            pods.push(pod.metadata.name.clone());
            pods.sort();
        }
    }
    Ok(json!({ "podsByNode": by_node }))
}

fn claim_pods(case: &Value) -> Result<Value, String> {
    let (world, controller) = claim(case)?;
    let claimed = controller
        .pods
        .owned_by(&world.set.metadata.uid)
        .filter(|pod| claims(&world.set, &pod.metadata) == Claim::Ours)
        .map(|pod| pod.metadata.name.clone());
    Ok(json!({
        "claimed": sorted(claimed),
        "patches": world.calls.patches,
        "adopted": sorted(world.calls.adopted.iter().cloned()),
        "released": sorted(world.calls.released.iter().cloned()),
    }))
}

fn claim_revisions(case: &Value) -> Result<Value, String> {
    let mut world = World::of(case)?;
    let mut controller = world.controller(case)?;
    let set = Rc::clone(&world.set);
    let claimed = controller
        .claim_revisions(&set, &mut world)
        .map_err(|error| error.message)?;
    let names = claimed.iter().map(|r| r.metadata.name.clone());
    Ok(json!({ "claimed": sorted(names) }))
}

fn status_store(case: &Value) -> Result<Value, String> {
    let mut world = World::of(case)?;
    let status: DaemonSetStatus = read(&case["newStatus"])?;
    let set = Rc::clone(&world.set);
    let result = store(&mut world, &set, &status, true);
    Ok(json!({
        "updateCalls": world.calls.updates,
        "getCalls": world.calls.gets,
        "error": result.err().map(|error| error.message),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_removes_by_path() {
        let mut value = json!({ "spec": { "list": [{ "image": "a" }], "n": 1 } });
        for (path, to) in [
            ("spec.list[0].image", json!("b")),
            ("spec.strategy.type", json!("RollingUpdate")),
            ("spec.n", Value::Null),
        ] {
            set_path(&mut value, path, &to).unwrap();
        }
        let expect = json!({ "spec": { "list": [{ "image": "b" }], "strategy": { "type": "RollingUpdate" } } });
        assert_eq!(value, expect);
        assert!(set_path(&mut value, "spec.list[7].image", &json!("b")).is_err());
    }
}
