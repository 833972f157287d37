//! All kubelets of the cluster in one component: what runs on which node, and what is reported of it.
//!
//! One queue holds every moment at which something will happen by itself; a kubelet whose pods just run costs nothing.
//! A kubelet learns of pods through its (late) watch and writes their status, one write for each state that people could see.
//! What a node's kubelet does by itself stops while the node is down, and starts again from what it then finds.
//!
//! Models: pkg/kubelet.
//! Differs: static pods, volumes, hooks and in-place changes of a pod are left out.

pub mod admission;
pub mod eviction;
pub mod images;
pub mod manual;
pub mod node;
pub mod profile;
pub mod status;
pub mod worker;

use crate::api::meta::{ObjectMeta, Time};
use crate::api::node::Node;
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::{Pod, PodStatus, phase};
use crate::apiserver::{Change, DeleteOptions, WatchEvent};
use crate::client::events::reference;
use crate::client::{Client, Component};
use crate::reason::Decision;
use crate::reason::kubelet::KubeletDecision;
use crate::sim::map::Set;
use crate::sim::queue::EventQueue;
use crate::sim::shared_map::SharedMap;
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::{Actor, TraceId};
use eviction::Pressure;
use profile::{Mode, Profile};
use std::rc::Rc;
use worker::{Announce, Images, Stage, Surroundings, Wake, Worker};

#[derive(Clone, Debug, Default)]
pub struct Kubelets {
    profile: Profile,
    nodes: SharedMap<Rc<str>, NodeKubelet>,
    /// By uid.
    pods: SharedMap<Rc<str>, Worker>,
    queue: EventQueue<Due>,
    /// What is no progress: pods that crash or pull in vain, round and round; evictions while a pressure lasts.
    loops: EventQueue<Due>,
    /// Nodes are numbered as they come, for IP addresses.
    numbered: u32,
}

/// One node's kubelet.
#[derive(Clone, Debug, Default)]
struct NodeKubelet {
    /// `None`: the kubelet knows of no such node, and does nothing.
    node: Option<Rc<Node>>,
    down: bool,
    /// On its way up after having been down.
    booting: bool,
    /// It told that it starts when it registered its node.
    said_starting: bool,
    not_ready: bool,
    /// What the machine drew when it last booted; empty: as the node came.
    boot_id: String,
    /// What is short, as the user set it.
    pressure: Set<Pressure>,
    /// Reported a while longer than it lasts.
    reported: Set<Pressure>,
    eviction_armed: bool,
    images: Images,
    /// Those that run or may yet run here.
    pods: Set<Rc<str>>,
    /// Those that ended and are still there: they take no room, and may be many.
    ended: Set<Rc<str>>,
    number: u32,
    pod_ips: u32,
    cause: Option<TraceId>,
}

impl NodeKubelet {
    fn retire(&mut self, uid: &Rc<str>) {
        if self.pods.remove(uid) {
            self.ended.insert(Rc::clone(uid));
        }
    }

    fn all_pods(&self) -> Vec<Rc<str>> {
        let mut all: Vec<Rc<str>> = self.pods.iter().chain(self.ended.iter()).cloned().collect();
        all.order();
        all
    }

    fn works(&self) -> bool {
        self.node.is_some() && !self.down && !self.booting
    }
}

/// What happens by itself.
#[derive(Clone, Debug)]
enum Due {
    /// Look after the pod with this uid.
    Pod(Rc<str>),
    /// The object went without our doing: stop what runs.
    Orphan(Box<Worker>),
    /// A new node's kubelet has registered it.
    Registered(Rc<str>),
    /// The node is up (again): report, then go on with its pods.
    Boot(Rc<str>),
    /// `spec.unschedulable` changed.
    Schedulable(Rc<str>, bool),
    /// Is there a pod to evict?
    Eviction(Rc<str>),
    /// The pressure has been over for long enough.
    PressureOver(Rc<str>, Pressure),
}

impl Component for Kubelets {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        match &event.object {
            Object::Pod(pod) => self.observe_pod(now, pod, event),
            Object::Node(node) => self.observe_node(now, node, event),
            _ => {}
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        let times = [self.queue.next_at(), self.loops.next_at()];
        times.into_iter().flatten().min()
    }

    fn next_progress(&self) -> Option<SimTime> {
        self.queue.next_at()
    }

    fn run(&mut self, client: &mut Client<'_>) {
        if self.next_due().is_none_or(|at| at > client.now) {
            return;
        }
        let progress_first = match (self.queue.next_at(), self.loops.next_at()) {
            (Some(progress), Some(looping)) => progress <= looping,
            (progress, _) => progress.is_some(),
        };
        let queue = if progress_first {
            &mut self.queue
        } else {
            &mut self.loops
        };
        let Some((_, due)) = queue.pop() else {
            return;
        };
        match due {
            Due::Pod(uid) => self.look_after(client, &uid),
            Due::Orphan(worker) => announce_stop(client, &worker),
            Due::Registered(node) => self.registered(client, &node),
            Due::Boot(node) => self.boot(client, &node),
            Due::Schedulable(node, on) => self.report_schedulable(client, &node, on),
            Due::Eviction(node) => self.evict_one(client, &node),
            Due::PressureOver(node, kind) => self.pressure_over(client, &node, kind),
        }
    }
}

impl Kubelets {
    pub fn new(profile: Profile) -> Self {
        Kubelets {
            profile,
            ..Kubelets::default()
        }
    }

    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Takes another profile; what is under way keeps its times. An invalid profile is refused.
    pub fn set_profile(&mut self, now: SimTime, profile: Profile) -> Result<(), String> {
        profile.validate()?;
        let wakes = self.profile.mode == Mode::Manual && profile.mode == Mode::Simulated;
        self.profile = profile;
        if wakes {
            let uids: Vec<_> = self.pods.keys().cloned().collect();
            for uid in uids {
                self.wake(&uid, now);
            }
        }
        Ok(())
    }

    /// Is the node switched off?
    pub fn is_down(&self, node: &str) -> bool {
        self.nodes.get(node).is_some_and(|n| n.down)
    }

    fn observe_pod(&mut self, now: SimTime, pod: &Rc<Pod>, event: &WatchEvent) {
        let uid = pod.metadata.uid.as_str();
        if event.change == Change::Deleted {
            if let Some(worker) = self.forget(uid) {
                let works = self.nodes.get(&worker.node).is_some_and(NodeKubelet::works);
                let stopping = matches!(worker.stage, Stage::Terminating { .. });
                if works && !stopping && worker.runs_anything() && self.simulated() {
                    self.queue.push(now, Due::Orphan(Box::new(worker)));
                }
            }
            return;
        }
        if !pod.is_bound() {
            return;
        }
        let uid: Rc<str> = match self.pods.get_mut(uid) {
            Some(worker) => {
                let before = worker.pod.metadata.deletion_grace_period_seconds;
                worker.pod = Rc::clone(pod);
                if event.cause.is_some() {
                    worker.cause = event.cause;
                }
                if before == pod.metadata.deletion_grace_period_seconds {
                    return;
                }
                uid.into()
            }
            None => {
                let worker = Worker::new(pod, event.cause, &self.profile);
                let uid: Rc<str> = uid.into();
                self.nodes
                    .or_default(Rc::clone(&worker.node))
                    .pods
                    .insert(Rc::clone(&uid));
                self.pods.insert(Rc::clone(&uid), worker);
                uid
            }
        };
        self.wake(&uid, now + SimDuration(self.profile.sync_ms));
    }

    fn observe_node(&mut self, now: SimTime, node: &Rc<Node>, event: &WatchEvent) {
        let name: Rc<str> = node.metadata.name.as_str().into();
        let simulated = self.simulated();
        if event.change == Change::Deleted {
            // Its machine goes with it. Its pods remain, until somebody deletes them.
            if let Some(kubelet) = self.nodes.get_mut(&name) {
                let pods = std::mem::take(&mut kubelet.pods);
                let ended = std::mem::take(&mut kubelet.ended);
                self.nodes.remove(&name);
                if !pods.is_empty() || !ended.is_empty() {
                    let rest = NodeKubelet {
                        pods,
                        ended,
                        ..NodeKubelet::default()
                    };
                    self.nodes.insert(name, rest);
                }
            }
            return;
        }
        let kubelet = self.nodes.or_default(Rc::clone(&name));
        let old = kubelet.node.replace(Rc::clone(node));
        if event.cause.is_some() {
            kubelet.cause = event.cause;
        }
        if let Some(old) = old {
            if simulated && old.spec.unschedulable != node.spec.unschedulable && kubelet.works() {
                let due = Due::Schedulable(name, !node.spec.unschedulable);
                self.queue.push(now, due);
            }
            return;
        }
        self.numbered += 1;
        kubelet.number = self.numbered;
        let has_pods = !kubelet.pods.is_empty() || !kubelet.ended.is_empty();
        // A node that comes before it is Ready has a kubelet that has yet to get there.
        if simulated && !kubelet.down && (!node.is_ready() || has_pods) {
            kubelet.booting = true;
            self.queue.push(now, Due::Registered(Rc::clone(&name)));
            let at = now + SimDuration(self.profile.node_start_ms);
            self.queue.push(at, Due::Boot(name));
        }
    }

    fn simulated(&self) -> bool {
        self.profile.mode == Mode::Simulated
    }

    fn forget(&mut self, uid: &str) -> Option<Worker> {
        let worker = self.pods.remove(uid)?;
        self.cancel(worker.wake);
        if let Some(node) = self.nodes.get_mut(&worker.node) {
            node.pods.remove(uid);
            node.ended.remove(uid);
            if node.pods.is_empty() && node.ended.is_empty() && node.node.is_none() {
                self.nodes.remove(&worker.node);
            }
        }
        Some(worker)
    }

    /// Looks after a pod at that time, instead of whenever it was to be looked after.
    fn wake(&mut self, uid: &Rc<str>, at: SimTime) {
        if !self.simulated() {
            return;
        }
        let Some(worker) = self.pods.get_mut(uid) else {
            return;
        };
        let wake = worker.wake.take();
        // Whatever else it is woken for than its own timers is news.
        let looping = worker.next_at() == Some(at) && !worker.makes_progress();
        self.cancel(wake);
        let queue = if looping {
            &mut self.loops
        } else {
            &mut self.queue
        };
        let ticket = queue.push(at, Due::Pod(Rc::clone(uid)));
        if let Some(worker) = self.pods.get_mut(uid) {
            worker.wake = Some(Wake { ticket, looping });
        }
    }

    fn cancel(&mut self, wake: Option<Wake>) {
        if let Some(wake) = wake {
            let queue = if wake.looping {
                &mut self.loops
            } else {
                &mut self.queue
            };
            queue.cancel(wake.ticket);
        }
    }

    /// One look at one pod: begin, go on, or stop; then one status write, if there is anything to see.
    fn look_after(&mut self, client: &mut Client<'_>, uid: &Rc<str>) {
        let simulated = self.simulated();
        let Some(worker) = self.pods.get_mut(uid) else {
            return;
        };
        worker.wake = None;
        let Some(kubelet) = self.nodes.get_mut(&worker.node) else {
            return;
        };
        let Some(node) = kubelet
            .node
            .clone()
            .filter(|_| kubelet.works() && simulated)
        else {
            return;
        };
        client.actor = Actor::Kubelet(Rc::clone(&worker.node));
        client.cause = worker.cause;
        if worker.pod.metadata.is_terminating() {
            return self.terminate(client, uid);
        }
        if worker.stage == Stage::New && worker.pod.status.phase == phase::RUNNING {
            worker.adopt(client.now);
        }
        if worker.stage == Stage::Failed || worker.pod.is_terminal() {
            worker.stage = Stage::Failed;
            kubelet.retire(uid);
            return;
        }
        if worker.stage == Stage::New {
            let worker_pod = Rc::clone(&worker.pod);
            if let Some(rejection) = self.admit(&worker_pod, &node) {
                return self.reject(client, uid, &rejection);
            }
            self.begin(client, uid);
        }
        let Some(worker) = self.pods.get_mut(uid) else {
            return;
        };
        let Some(kubelet) = self.nodes.get_mut(&worker.node) else {
            return;
        };
        let time = client.time();
        let before = worker.view();
        let stream = client.rng.stream(&format!("kubelet/{}", worker.node));
        let mut around = Surroundings {
            now: client.now,
            time,
            profile: &self.profile,
            images: &mut kubelet.images,
            stream,
            said: Vec::new(),
        };
        worker.advance(&mut around);
        let said = around.said;
        announce(client, worker, said);
        let host_ip = node::host_ip(&node, kubelet.number);
        // The sandbox alone is no news: a kubelet that is busy pulling and starting reports when it is done.
        if worker.unreported || worker.view() != before {
            worker.unreported = false;
            report(client, worker, &host_ip, false);
        }
        if let Some(at) = worker.next_at() {
            self.wake(uid, at);
        }
    }

    fn admit(&self, pod: &Rc<Pod>, node: &Node) -> Option<admission::Rejection> {
        let kubelet = self.nodes.get(pod.spec.node_name.as_str())?;
        let mut used = admission::Used::default();
        for other in &kubelet.pods {
            if let Some(other) = self.pods.get(other)
                && !matches!(other.stage, Stage::New | Stage::Failed)
                && !other.pod.is_terminal()
            {
                used.add(&other.pod);
            }
        }
        let pressures: Vec<_> = kubelet.reported.iter().map(|p| p.condition()).collect();
        admission::check(pod, node, &used, &pressures)
    }

    fn reject(&mut self, client: &mut Client<'_>, uid: &Rc<str>, rejection: &admission::Rejection) {
        let Some(worker) = self.pods.get_mut(uid) else {
            return;
        };
        worker.stage = Stage::Failed;
        if let Some(kubelet) = self.nodes.get_mut(&worker.node) {
            kubelet.retire(uid);
        }
        client.decide(
            Kind::Pod,
            &worker.pod.key(),
            Decision::Kubelet(KubeletDecision::Rejected {
                reason: rejection.reason.clone(),
                message: rejection.message.clone(),
            }),
        );
        let about = reference(&Object::Pod(Rc::clone(&worker.pod)));
        client.event(&about, true, &rejection.reason, &rejection.message);
        let start = client.time();
        patch(
            client,
            worker,
            "status: rejected by the kubelet",
            |status| {
                phase::FAILED.clone_into(&mut status.phase);
                status.reason.clone_from(&rejection.reason);
                status.message = format!("Pod was rejected: {}", rejection.message);
                status.start_time.get_or_insert(start);
            },
        );
    }

    /// The pod is accepted: its sandbox is being made.
    fn begin(&mut self, client: &Client<'_>, uid: &str) {
        let Some(worker) = self.pods.get_mut(uid) else {
            return;
        };
        let Some(kubelet) = self.nodes.get_mut(&worker.node) else {
            return;
        };
        worker.unreported = true;
        worker.start_time = client.time();
        worker.pod_ip = node::pod_ip(kubelet.node.as_deref(), kubelet.number, kubelet.pod_ips);
        kubelet.pod_ips = kubelet.pod_ips.wrapping_add(1);
        worker.stage = Stage::Sandbox {
            ready_at: client.now + SimDuration(self.profile.sandbox_ms),
        };
        if !kubelet.pressure.is_empty() && !kubelet.eviction_armed {
            kubelet.eviction_armed = true;
            let at = client.now + eviction::INTERVAL;
            self.loops.push(at, Due::Eviction(Rc::clone(&worker.node)));
        }
    }

    /// deletionTimestamp is set: SIGTERM, wait, report, and let the object go.
    fn terminate(&mut self, client: &mut Client<'_>, uid: &Rc<str>) {
        let now = client.now;
        let Some(worker) = self.pods.get_mut(uid) else {
            return;
        };
        let grace_seconds = worker.pod.metadata.deletion_grace_period_seconds;
        let grace_ms = grace_seconds
            .unwrap_or(0)
            .max(0)
            .unsigned_abs()
            .saturating_mul(1000);
        if let Stage::Terminating { stop_at, .. } = worker.stage {
            if stop_at > now {
                // The grace period was shortened.
                let stop_at = stop_at.min(now + SimDuration(grace_ms));
                if let Stage::Terminating { stop_at: at, .. } = &mut worker.stage {
                    *at = stop_at;
                }
                return self.wake(uid, stop_at);
            }
        } else if worker.runs_anything() && worker.stage == Stage::Active {
            let (shutdown_ms, killed) = worker.shutdown(grace_ms);
            client.decide(
                Kind::Pod,
                &worker.pod.key(),
                Decision::Kubelet(KubeletDecision::Stop {
                    shutdown_ms,
                    grace_ms,
                    killed,
                }),
            );
            worker.cause = client.cause;
            announce_stop(client, worker);
            let stop_at = now + SimDuration(shutdown_ms);
            worker.stage = Stage::Terminating {
                stop_at,
                exit_code: if killed { 137 } else { 0 },
            };
            return self.wake(uid, stop_at);
        }
        // Nothing runs (any more).
        if let Stage::Terminating { exit_code, .. } = worker.stage {
            let reason = if exit_code == 0 { "Completed" } else { "Error" };
            worker.stop_all(now, client.time(), exit_code, reason);
            worker.sandbox = false;
            let kubelet = self.nodes.get(&worker.node);
            let host_ip = kubelet
                .and_then(|k| k.node.as_ref().map(|n| node::host_ip(n, k.number)))
                .unwrap_or_default();
            report(client, worker, &host_ip, true);
        }
        let key = worker.pod.key();
        let options = DeleteOptions {
            grace_period_seconds: Some(0),
            uid: Some(worker.pod.metadata.uid.clone()),
            ..DeleteOptions::default()
        };
        // It may be gone, or wait for a finalizer: either way the kubelet is done.
        let _ = client.delete::<Pod>(&key, &options);
        worker.stage = Stage::Failed;
    }
}

/// Says it to people, in order.
fn announce(client: &mut Client<'_>, worker: &mut Worker, said: Vec<Announce>) {
    if said.is_empty() {
        return;
    }
    let key = worker.pod.key();
    let about = reference(&Object::Pod(Rc::clone(&worker.pod)));
    for announcement in said {
        match announcement {
            Announce::Decision(decision) => {
                client.decide(Kind::Pod, &key, Decision::Kubelet(decision));
                worker.cause = client.cause;
            }
            Announce::Event {
                field_path,
                warning,
                reason,
                message,
            } => {
                let mut about = about.clone();
                about.field_path = field_path;
                client.event(&about, warning, reason, &message);
            }
        }
    }
}

fn announce_stop(client: &mut Client<'_>, worker: &Worker) {
    client.actor = Actor::Kubelet(Rc::clone(&worker.node));
    client.cause = worker.cause;
    let about = reference(&Object::Pod(Rc::clone(&worker.pod)));
    for run in worker.containers() {
        if matches!(run.run, worker::Run::Running { .. }) {
            let mut about = about.clone();
            about.field_path = run.field_path();
            client.event(
                &about,
                false,
                "Killing",
                &format!("Stopping container {}", run.name),
            );
        }
    }
}

/// Writes the pod's status as the worker shows it, if that is news.
fn report(client: &mut Client<'_>, worker: &Worker, host_ip: &str, ended: bool) {
    let now = client.time();
    let mut new = worker.pod.status.clone();
    status::write(&mut new, worker, host_ip, now, ended);
    let what = if ended {
        "status: stopped"
    } else {
        change_of(&worker.pod.status, &new)
    };
    patch(client, worker, what, |live| {
        status::write(live, worker, host_ip, now, ended);
    });
}

/// In a few words, what a status write tells.
fn change_of(old: &PodStatus, new: &PodStatus) -> &'static str {
    let ready = |status: &PodStatus| {
        status
            .condition("Ready")
            .is_some_and(|c| c.status == "True")
    };
    let waits_for = |status: &PodStatus, reason: &str| {
        status
            .container_statuses
            .iter()
            .chain(&status.init_container_statuses)
            .any(|c| c.state.waiting.as_ref().is_some_and(|w| w.reason == reason))
    };
    if !ready(old) && ready(new) {
        "status: ready"
    } else if old.phase != new.phase && new.phase == phase::RUNNING {
        "status: running, not ready"
    } else if new.phase == phase::SUCCEEDED {
        "status: succeeded"
    } else if new.phase == phase::FAILED {
        "status: failed"
    } else if waits_for(new, "CrashLoopBackOff") {
        "status: CrashLoopBackOff"
    } else if waits_for(new, "ImagePullBackOff") {
        "status: ImagePullBackOff"
    } else if waits_for(new, "ErrImagePull") {
        "status: ErrImagePull"
    } else if ready(old) && !ready(new) {
        "status: not ready"
    } else if old.start_time.is_none() {
        "status: seen by the kubelet"
    } else {
        "status"
    }
}

/// Changes the live pod's status, if it is still the same pod.
fn patch(
    client: &mut Client<'_>,
    worker: &Worker,
    what: &'static str,
    change: impl FnOnce(&mut PodStatus),
) {
    let key = worker.pod.key();
    let same = client
        .server
        .get::<Pod>(&key)
        .is_some_and(|live| live.metadata.uid == worker.pod.metadata.uid);
    if same {
        // A write can only fail because the pod went, which the watch will tell.
        let _ = client.patch_status::<Pod>(&key, what, |pod| change(&mut pod.status));
    }
}

/// Which pod is meant, as commands name it.
fn find<'a>(
    pods: &'a SharedMap<Rc<str>, Worker>,
    client: &Client<'_>,
    key: &Key,
) -> Option<&'a Rc<str>> {
    let live = client.server.get::<Pod>(key)?;
    pods.get_key_value(live.metadata.uid.as_str())
        .map(|(uid, _)| uid)
}

/// Commands of the user.
impl Kubelets {
    /// A container of the pod is killed from outside (all of them without a name), as if it had run out of memory. False: nothing was running.
    pub fn kill_container(
        &mut self,
        client: &mut Client<'_>,
        pod: &Key,
        container: Option<&str>,
    ) -> bool {
        let Some(uid) = find(&self.pods, client, pod).cloned() else {
            return false;
        };
        let (now, time) = (client.now, client.time());
        let cause = client.cause;
        let Some(worker) = self.pods.get_mut(&uid) else {
            return false;
        };
        if worker.stage != Stage::Active || self.nodes.get(&worker.node).is_none_or(|n| !n.works())
        {
            return false;
        }
        let policy = worker.pod.spec.restart_policy.clone();
        let mut killed = false;
        for run in worker.containers_mut() {
            if container.is_none_or(|name| name == run.name) {
                killed |= run.kill(now, time, &policy);
            }
        }
        worker.cause = cause.or(worker.cause);
        worker.unreported |= killed;
        if killed {
            self.wake(&uid, now);
        }
        killed
    }

    /// The pod fails for good, with that reason. False: there is no such pod, or it has ended.
    pub fn fail_pod(
        &mut self,
        client: &mut Client<'_>,
        pod: &Key,
        reason: &str,
        message: &str,
    ) -> bool {
        let (now, time) = (client.now, client.time());
        let Some(uid) = find(&self.pods, client, pod).cloned() else {
            return false;
        };
        let Some(worker) = self.pods.get_mut(&uid) else {
            return false;
        };
        if worker.stage == Stage::Failed || worker.pod.is_terminal() {
            return false;
        }
        worker.stage = Stage::Failed;
        worker.stop_all(now, time, 137, "Error");
        let kubelet = self.nodes.get_mut(&worker.node);
        let host_ip = kubelet
            .map(|kubelet| {
                kubelet.retire(&uid);
                &*kubelet
            })
            .and_then(|k| k.node.as_ref().map(|n| node::host_ip(n, k.number)))
            .unwrap_or_default();
        client.actor = Actor::Kubelet(Rc::clone(&worker.node));
        fail(client, worker, &host_ip, reason, message);
        true
    }
}

/// Reports a pod whose containers were stopped as Failed.
fn fail(client: &mut Client<'_>, worker: &Worker, host_ip: &str, reason: &str, message: &str) {
    let now: Time = client.time();
    patch(client, worker, "status: failed", |status| {
        status::write(status, worker, host_ip, now, true);
        phase::FAILED.clone_into(&mut status.phase);
        reason.clone_into(&mut status.reason);
        message.clone_into(&mut status.message);
        for type_ in ["Ready", "ContainersReady"] {
            status.set_condition(type_, "False", "PodFailed", "", now);
        }
    });
}

/// How events name a node.
fn node_reference(node: &Rc<Node>) -> crate::api::core::ObjectReference {
    reference(&Object::Node(Rc::clone(node)))
}

/// The key of a cluster-scoped object.
fn node_key(name: &str) -> Key {
    Key::of(&ObjectMeta::named(name))
}

#[cfg(test)]
mod tests;
