//! The DaemonSet controller: what wakes it, and when it works. One sync is in `sync`.
//!
//! Models: kubernetes 1.36 pkg/controller/daemon/daemon_controller.go.
//! Differs: one worker instead of two; no periodic resync of the informers (every 12–24 h upstream); no client-side rate limit of 20 requests a second.

pub mod api;
pub mod assess;
pub mod availability;
pub mod eligibility;
pub mod history;
pub mod index;
pub mod ledger;
pub mod pod;
pub mod rolling;
pub mod status;
pub mod sync;

use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::meta::StringMap;
use crate::api::node::Node;
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::{Pod, PodSpec};
use crate::api::selector::label_selector_matches;
use crate::api::status::Status;
use crate::apiserver::{Change, WatchEvent};
use crate::chunk::in_chunk;
use crate::client::backoff::Backoff;
use crate::client::expectations::Expectations;
use crate::client::informer::Informer;
use crate::client::work_queue::WorkQueue;
use crate::client::{Client, Component};
use crate::reason::Decision;
use crate::reason::daemon::DaemonDecision;
use crate::sim::map::Map;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{TraceId, What};
use api::{DaemonApi, Live};
use index::PodIndex;
use std::rc::Rc;
use sync::SetState;

/// How long a sync keeps the worker busy. Upstream's depends on the API server; this is a usual value.
const SYNC_TIME: SimDuration = SimDuration::millis(10);
/// The back-off of failed daemon pods.
const FAILED_POD_BACKOFF: (SimDuration, SimDuration) =
    (SimDuration::secs(1), SimDuration::secs(15 * 60));

in_chunk!(engine 11, fn sync_in_engine(controller: &mut DaemonSetController, key: &Key, api: &mut dyn DaemonApi) -> Result<(), Status> = DaemonSetController::sync);

#[derive(Clone, Debug)]
pub struct DaemonSetController {
    /// Changed by `keep_set`.
    pub sets: Informer<DaemonSet>,
    pub nodes: Informer<Node>,
    pub revisions: Informer<ControllerRevision>,
    pub pods: PodIndex,
    pub queue: WorkQueue<Key>,
    pub node_queue: WorkQueue<Rc<str>>,
    pub expectations: Expectations<Key>,
    /// By UID, observed generation and node.
    pub failed_pods: Backoff<(String, i64, Rc<str>)>,
    states: Map<Key, SetState>,
    /// Each template's spec with the automatic tolerations, for looking at nodes that change.
    specs: Map<Key, Rc<PodSpec>>,
    /// The newest resourceVersion seen, and the newest written for each DaemonSet.
    seen: u64,
    written: Map<Key, u64>,
    busy_until: SimTime,
}

impl Default for DaemonSetController {
    fn default() -> Self {
        DaemonSetController {
            sets: Informer::default(),
            nodes: Informer::default(),
            revisions: Informer::default(),
            pods: PodIndex::default(),
            queue: WorkQueue::default(),
            node_queue: WorkQueue::default(),
            expectations: Expectations::default(),
            failed_pods: Backoff::new(FAILED_POD_BACKOFF.0, FAILED_POD_BACKOFF.1),
            states: Map::new(),
            specs: Map::new(),
            seen: 0,
            written: Map::new(),
            busy_until: SimTime::ZERO,
        }
    }
}

impl Component for DaemonSetController {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        let gone = event.change == Change::Deleted;
        let cause = event.cause;
        match &event.object {
            Object::DaemonSet(set) => self.on_set(now, set, gone, cause),
            Object::Node(node) => self.on_node(now, node, gone, cause),
            Object::Pod(pod) => self.on_pod(now, pod, gone, cause),
            Object::ControllerRevision(revision) => self.on_revision(now, revision, gone, cause),
            _ => return,
        }
        if matches!(event.object, Object::DaemonSet(_) | Object::Pod(_)) {
            self.seen = self.seen.max(version(event.object.meta()));
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        let nodes = self.node_queue.next_due();
        let sets = self.queue.next_due().map(|at| at.max(self.busy_until));
        nodes.into_iter().chain(sets).min()
    }

    fn run(&mut self, client: &mut Client<'_>) {
        self.work_node_queue(client.now);
        if client.now < self.busy_until {
            return;
        }
        let Some((key, cause)) = self.queue.pop_due(client.now) else {
            return;
        };
        self.busy_until = client.now + SYNC_TIME;
        client.cause = cause;
        if self.lags_behind(&key) {
            // The cache hasn't caught up with our own writes: try again, quietly.
            self.queue.add_rate_limited(key, client.now, cause);
            return;
        }
        let entry = client.note(Kind::DaemonSet, &key, What::Woken("sync".to_owned()));
        let result = sync_in_engine(
            self,
            &key,
            &mut Live {
                client,
                sync: Some(entry),
            },
        );
        client.cause = Some(entry);
        match result {
            Ok(()) => self.queue.forget(&key),
            Err(error) => {
                let delay = self
                    .queue
                    .add_rate_limited(key.clone(), client.now, Some(entry));
                let decision = DaemonDecision::Retry {
                    error: error.message,
                    delay_ms: delay.0,
                };
                client.note(
                    Kind::DaemonSet,
                    &key,
                    What::Decided(Decision::Daemon(decision)),
                );
            }
        }
    }
}

fn version(meta: &crate::api::meta::ObjectMeta) -> u64 {
    meta.resource_version.parse().unwrap_or(0)
}

/// Is a node update dropped before the node queue? Only labels and taints matter.
///
/// Models: daemon_controller.go, shouldIgnoreNodeUpdate.
pub fn ignores_node_update(old: &Node, new: &Node) -> bool {
    old.metadata.labels == new.metadata.labels && old.spec.taints == new.spec.taints
}

impl DaemonSetController {
    /// Models: the cache consistency check of 1.36 (StaleControllerConsistencyDaemonSet).
    fn lags_behind(&self, key: &Key) -> bool {
        self.written
            .get(key)
            .is_some_and(|written| *written > self.seen)
    }

    fn on_set(&mut self, now: SimTime, set: &Rc<DaemonSet>, gone: bool, cause: Option<TraceId>) {
        let key = set.key();
        if gone {
            self.sets.remove(&key);
            self.specs.remove(&key);
            self.expectations.forget(&key);
        } else if let Some(old) = self.keep_set(set)
            && old.metadata.uid != set.metadata.uid
        {
            self.expectations.forget(&key);
        }
        self.queue.add(key, now, cause);
    }

    /// Takes an added or modified DaemonSet; returns what was known before.
    pub fn keep_set(&mut self, set: &Rc<DaemonSet>) -> Option<Rc<DaemonSet>> {
        let old = self.sets.upsert(set);
        let template = &set.spec.template;
        if old
            .as_ref()
            .is_none_or(|old| old.spec.template != *template)
        {
            let spec = eligibility::with_daemon_tolerations(&template.spec);
            self.specs.insert(set.key(), Rc::new(spec));
        }
        old
    }

    fn on_node(&mut self, now: SimTime, node: &Rc<Node>, gone: bool, cause: Option<TraceId>) {
        let name: Rc<str> = node.metadata.name.as_str().into();
        let old = if gone {
            self.nodes.remove(&node.key())
        } else {
            self.nodes.upsert(node)
        };
        // The controller has no handler for deleted nodes; the next sync sees that it is gone.
        let ignored = gone || old.is_some_and(|old| ignores_node_update(&old, node));
        if gone || !ignored {
            for state in self.states.values_mut() {
                state.ledger.mark(&name);
            }
        }
        if !ignored {
            self.node_queue.add(name, now, cause);
        }
    }

    /// Looks at all nodes that changed: cheap, so that they don't wait for a worker.
    pub fn work_node_queue(&mut self, now: SimTime) {
        while let Some((node, cause)) = self.node_queue.pop_due(now) {
            self.sync_node(now, &node, cause);
        }
    }

    /// Does a changed node concern any DaemonSet?
    ///
    /// Models: daemon_controller.go, syncNodeUpdate.
    fn sync_node(&mut self, now: SimTime, name: &Rc<str>, cause: Option<TraceId>) {
        let Some(node) = self.nodes.get(&Key::new("", name)) else {
            return;
        };
        let concerned = |(set, spec): &(&Rc<DaemonSet>, &Rc<PodSpec>)| {
            let verdict = eligibility::verdict(spec, node);
            let scheduled = self.pods.is_bound_to(&set.metadata.uid, name);
            if scheduled {
                !verdict.should_continue() || set.status.number_misscheduled > 0
            } else {
                verdict.should_run()
            }
        };
        let keys: Vec<Key> = self
            .sets
            .iter()
            .zip(self.specs.values())
            .filter(concerned)
            .map(|(set, _)| set.key())
            .collect();
        for key in keys {
            self.queue.add(key, now, cause);
        }
    }

    /// The DaemonSet that a controllerRef names, if name and UID resolve.
    fn owner(&self, pod: &Pod) -> Option<Rc<DaemonSet>> {
        let owner = pod.metadata.controller_ref()?;
        if owner.kind != "DaemonSet" {
            return None;
        }
        let set = self
            .sets
            .get(&Key::new(&pod.metadata.namespace, &owner.name))?;
        (set.metadata.uid == owner.uid).then(|| Rc::clone(set))
    }

    fn matching(&self, namespace: &str, labels: &StringMap) -> Vec<Key> {
        let matches =
            |set: &&Rc<DaemonSet>| label_selector_matches(set.spec.selector.as_ref(), labels);
        self.sets
            .in_namespace(namespace)
            .filter(matches)
            .map(|set| set.key())
            .collect()
    }

    fn on_pod(&mut self, now: SimTime, pod: &Rc<Pod>, gone: bool, cause: Option<TraceId>) {
        let key = pod.key();
        let old = if gone {
            self.pods.remove(&key)
        } else {
            self.pods.upsert(pod)
        };
        for changed in old.iter().chain([pod]) {
            self.mark(changed);
        }
        if gone {
            self.pod_deleted(now, pod, cause);
            return;
        }
        let Some(old) = old else {
            if pod.metadata.is_terminating() {
                self.pod_deleted(now, pod, cause);
            } else if pod.metadata.controller_ref().is_some() {
                if let Some(set) = self.owner(pod) {
                    self.expectations.lower_adds(&set.key(), 1);
                    self.queue.add(set.key(), now, cause);
                }
            } else {
                self.queue_matching(now, pod, cause);
            }
            return;
        };
        if !pod.metadata.resource_version.is_empty()
            && old.metadata.resource_version == pod.metadata.resource_version
        {
            return;
        }
        if pod.metadata.is_terminating() {
            self.pod_deleted(now, pod, cause);
            return;
        }
        let owner_changed = old.metadata.controller_ref() != pod.metadata.controller_ref();
        if owner_changed && let Some(set) = self.owner(&old) {
            self.queue.add(set.key(), now, cause);
        }
        if pod.metadata.controller_ref().is_some() {
            let Some(set) = self.owner(pod) else { return };
            self.queue.add(set.key(), now, cause);
            let seconds = set.spec.min_ready_seconds;
            if !old.is_ready() && pod.is_ready() && seconds > 0 {
                let later = SimDuration::secs(seconds as u64 + 1);
                self.queue.add_after(set.key(), now + later, cause);
            }
        } else if owner_changed || old.metadata.labels != pod.metadata.labels {
            self.queue_matching(now, pod, cause);
        }
    }

    fn queue_matching(&mut self, now: SimTime, pod: &Pod, cause: Option<TraceId>) {
        for key in self.matching(&pod.metadata.namespace, &pod.metadata.labels) {
            self.queue.add(key, now, cause);
        }
    }

    fn pod_deleted(&mut self, now: SimTime, pod: &Pod, cause: Option<TraceId>) {
        if let Some(set) = self.owner(pod) {
            self.expectations.lower_dels(&set.key(), 1);
            self.queue.add(set.key(), now, cause);
        }
    }

    /// The pod's node must be assessed again, by its owner.
    fn mark(&mut self, pod: &Pod) {
        let Some(owner) = pod.metadata.controller_ref() else {
            return;
        };
        let key = Key::new(&pod.metadata.namespace, &owner.name);
        if let Some(state) = self.states.get_mut(&key) {
            state.ledger.mark(&index::node_of(pod));
            state.unclaimed.insert(pod.key());
        }
    }

    fn on_revision(
        &mut self,
        now: SimTime,
        revision: &Rc<ControllerRevision>,
        gone: bool,
        cause: Option<TraceId>,
    ) {
        let key = revision.key();
        let old = if gone {
            self.revisions.remove(&key)
        } else {
            self.revisions.upsert(revision)
        };
        let namespace = &revision.metadata.namespace;
        match revision.metadata.controller_ref() {
            Some(owner) => {
                // One that was added is our own doing.
                let set = self.sets.get(&Key::new(namespace, &owner.name));
                if let Some(set) =
                    set.filter(|s| s.metadata.uid == owner.uid && (old.is_some() || gone))
                {
                    self.queue.add(set.key(), now, cause);
                }
            }
            None => {
                let relabelled = old.is_none_or(|old| {
                    old.metadata.labels != revision.metadata.labels
                        || old.metadata.controller_ref().is_some()
                });
                if relabelled && !gone {
                    for key in self.matching(namespace, &revision.metadata.labels) {
                        self.queue.add(key, now, cause);
                    }
                }
            }
        }
    }
}
