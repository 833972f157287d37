//! One pod on one kubelet: which container does what, until when. Pure: it is told the time, and answers with what to announce.
//!
//! Assumptions: containers of a pod are pulled and started one after the other; init containers in their order, each to its end (a sidecar: until it has started), before the others.
//! Invariants: a container's `shown` state changes only where people would see a change, so a status made of it is written once a change; `next_at` names the only moment at which anything may happen.
//!
//! Models: pkg/kubelet/kuberuntime/kuberuntime_manager.go (SyncPod, computePodActions, doBackOff), pkg/kubelet/images/image_manager.go, pkg/kubelet/prober/worker.go.
//! Differs: a probe's failure is reported once, unless it leads to a kill: then each is; hooks and volumes take no time.

use super::images;
use super::profile::{Behaviour, Profile};
use crate::api::meta::Time;
use crate::api::pod::{Container, ContainerState, Pod, Probe, Running, Terminated, Waiting};
use crate::reason::kubelet::KubeletDecision;
use crate::sim::map::Set;
use crate::sim::queue::Ticket;
use crate::sim::rng::Stream;
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use crate::trace::TraceId;
use std::rc::Rc;

const BACK_OFF_FIRST: SimDuration = SimDuration::secs(10);
const BACK_OFF_MAX: SimDuration = SimDuration::secs(300);
/// How late a kubelet notices that a container ended, or comes back to one that it couldn't start.
const RELIST: SimDuration = SimDuration::secs(1);
const DEFAULT_PROBE_PERIOD_SECONDS: i32 = 10;
const DEFAULT_FAILURE_THRESHOLD: i32 = 3;
/// The time that a container has left after its preStop hook, whatever the grace period says (`minimumGracePeriodInSeconds`).
const MINIMUM_GRACE_MS: u64 = 2_000;

/// Something that people hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announce {
    Event {
        /// `spec.containers{NAME}`; empty: about the pod.
        field_path: String,
        warning: bool,
        reason: &'static str,
        message: String,
    },
    Decision(KubeletDecision),
}

/// What one node offers its pods.
#[derive(Clone, Debug, Default)]
pub struct Images {
    pub present: Set<String>,
    /// Images are pulled one at a time: when the line is free.
    pub free_at: SimTime,
}

/// What a worker needs to know to go on.
pub struct Surroundings<'a> {
    pub now: SimTime,
    pub time: Time,
    pub profile: &'a Profile,
    pub images: &'a mut Images,
    pub stream: &'a mut Stream,
    pub said: Vec<Announce>,
}

impl Surroundings<'_> {
    fn say(&mut self, run: &ContainerRun, warning: bool, reason: &'static str, message: String) {
        self.said.push(Announce::Event {
            field_path: run.field_path(),
            warning,
            reason,
            message,
        });
    }

    fn decide(&mut self, decision: KubeletDecision) {
        self.said.push(Announce::Decision(decision));
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not looked at yet.
    New,
    Sandbox {
        ready_at: SimTime,
    },
    Active,
    /// SIGTERM was sent.
    Terminating {
        stop_at: SimTime,
        exit_code: i32,
    },
    /// Failed by the kubelet or by hand; nothing runs any more.
    Failed,
}

/// When a pod is to be looked after next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    pub ticket: Ticket,
    /// Only because it goes round and round.
    pub looping: bool,
}

#[derive(Clone, Debug)]
pub struct Worker {
    pub pod: Rc<Pod>,
    pub node: Rc<str>,
    pub cause: Option<TraceId>,
    pub wake: Option<Wake>,
    pub stage: Stage,
    pub start_time: Time,
    pub pod_ip: String,
    pub sandbox: bool,
    /// Something changed that no status tells yet.
    pub unreported: bool,
    pub init: Vec<ContainerRun>,
    pub main: Vec<ContainerRun>,
}

#[derive(Clone, Debug)]
pub struct ContainerRun {
    pub name: String,
    pub image: String,
    pub is_init: bool,
    pub sidecar: bool,
    pub run: Run,
    pub shown: ContainerState,
    pub last: ContainerState,
    pub ready: bool,
    pub started: bool,
    pub restarts: i32,
    pub container_id: String,
    started_at: Option<Time>,
    pull_policy: String,
    readiness: Option<ProbeTimes>,
    startup: Option<ProbeTimes>,
    liveness: Option<ProbeTimes>,
    behaviour: Behaviour,
    /// Crash back-off: its length and when it was last lengthened.
    crash: Option<(SimDuration, SimTime)>,
    /// Pull back-off so far, and the error that people see meanwhile.
    pull: Option<(SimDuration, String)>,
    last_exit: Option<SimTime>,
    instances: u32,
    /// In a crash loop, or pulling in vain: it will go on like that.
    looping: bool,
}

/// What a container has to know of its pod.
struct OfPod {
    policy: String,
    /// As events name it.
    full_name: String,
    grace_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProbeTimes {
    delay_ms: u64,
    period_ms: u64,
    successes: u64,
    failures: u64,
}

/// What a container does at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Its turn hasn't come, or it is to start again.
    Waiting,
    Pulling {
        asked: SimTime,
        from: SimTime,
        until: SimTime,
        fails: bool,
    },
    PullFailed {
        at: SimTime,
        sync_at: SimTime,
    },
    PullBackOff {
        until: SimTime,
    },
    /// Can't be started as it is written.
    Stuck,
    Starting {
        until: SimTime,
    },
    Running {
        /// In their order.
        turns: Vec<(SimTime, Turn)>,
    },
    Exited {
        /// What the back-off counts from. `None`: nothing to count from.
        at: Option<SimTime>,
        code: i32,
        /// `None`: for good.
        sync_at: Option<SimTime>,
    },
    CrashBackOff {
        until: SimTime,
    },
}

/// What happens to a running container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Exit {
        code: i32,
        by_probe: bool,
    },
    /// The startup probe succeeded.
    Started,
    Ready,
    NotReady,
    Fails {
        probe: ProbeKind,
        /// After how many failures, this one included, the container is killed.
        kills_after: Option<u64>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    Startup,
    Readiness,
    Liveness,
}

impl Worker {
    pub fn new(pod: &Rc<Pod>, cause: Option<TraceId>, profile: &Profile) -> Worker {
        let run = |container: &Container, is_init: bool| {
            ContainerRun::new(
                container,
                is_init,
                !pod.spec.init_containers.is_empty(),
                profile,
            )
        };
        Worker {
            node: pod.spec.node_name.as_str().into(),
            cause,
            wake: None,
            stage: Stage::New,
            start_time: Time::default(),
            pod_ip: String::new(),
            sandbox: false,
            unreported: false,
            init: pod
                .spec
                .init_containers
                .iter()
                .map(|c| run(c, true))
                .collect(),
            main: pod.spec.containers.iter().map(|c| run(c, false)).collect(),
            pod: Rc::clone(pod),
        }
    }

    pub fn containers(&self) -> impl Iterator<Item = &ContainerRun> {
        self.init.iter().chain(&self.main)
    }

    pub fn containers_mut(&mut self) -> impl Iterator<Item = &mut ContainerRun> {
        self.init.iter_mut().chain(&mut self.main)
    }

    /// When something will happen by itself, if anything.
    pub fn next_at(&self) -> Option<SimTime> {
        match self.stage {
            Stage::New | Stage::Failed => None,
            Stage::Sandbox { ready_at } => Some(ready_at),
            Stage::Terminating { stop_at, .. } => Some(stop_at),
            Stage::Active => self.containers().filter_map(ContainerRun::next_at).min(),
        }
    }

    /// Does it move towards rest? A pod whose containers only crash and start again doesn't.
    pub fn makes_progress(&self) -> bool {
        match self.stage {
            Stage::Active => self
                .containers()
                .any(|run| !run.looping && run.next_at().is_some()),
            _ => self.next_at().is_some(),
        }
    }

    /// Does what is due.
    pub fn advance(&mut self, around: &mut Surroundings<'_>) {
        if let Stage::Sandbox { ready_at } = self.stage
            && ready_at <= around.now
        {
            self.stage = Stage::Active;
            self.sandbox = true;
        }
        if self.stage != Stage::Active {
            return;
        }
        let (meta, spec) = (&self.pod.metadata, &self.pod.spec);
        let grace = spec.termination_grace_period_seconds.unwrap_or(0);
        let of = OfPod {
            policy: spec.restart_policy.clone(),
            full_name: format!("{}_{}({})", meta.name, meta.namespace, meta.uid),
            grace_ms: grace.max(0).unsigned_abs().saturating_mul(1000),
        };
        // Each round moves a container forward; the bound is for mistakes of ours.
        for _ in 0..1000 {
            let mut moved = false;
            for run in self.containers_mut() {
                moved |= run.advance(around, &of);
            }
            if let Some(run) = self.next_to_start() {
                run.begin(around);
                moved = true;
            }
            if !moved {
                break;
            }
        }
    }

    /// The container whose turn it is, if none is being started.
    fn next_to_start(&mut self) -> Option<&mut ContainerRun> {
        if self.containers().any(ContainerRun::is_being_started) {
            return None;
        }
        let initialized = self.is_initialized();
        let first_open = self.init.iter().position(|run| !run.has_passed());
        let waits = |run: &ContainerRun| run.run == Run::Waiting;
        let index = self.init.iter().enumerate().position(|(i, run)| {
            waits(run)
                && (first_open == Some(i)
                    || run.sidecar && Some(i) < first_open.or(Some(usize::MAX)))
        });
        if let Some(index) = index {
            return self.init.get_mut(index);
        }
        if !initialized {
            return None;
        }
        self.main.iter_mut().find(|run| waits(run))
    }

    /// What people can see of the containers.
    pub fn view(&self) -> Vec<(ContainerState, bool, bool, i32)> {
        self.containers()
            .map(|run| (run.shown.clone(), run.ready, run.started, run.restarts))
            .collect()
    }

    /// Have all init containers done their part?
    pub fn is_initialized(&self) -> bool {
        self.init.iter().all(ContainerRun::has_passed)
    }

    /// Is there a container that could be stopped?
    pub fn runs_anything(&self) -> bool {
        self.containers()
            .any(|run| matches!(run.run, Run::Running { .. }))
    }

    /// How long the pod takes to end within its grace period, and whether something is killed. A preStop hook that sleeps uses
    /// the same period; what comes after it has two seconds at least.
    ///
    /// Models: pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer.
    pub fn shutdown(&self, grace_ms: u64) -> (u64, bool) {
        let (mut takes, mut killed) = (0, false);
        let running = self
            .containers()
            .filter(|run| matches!(run.run, Run::Running { .. }));
        for run in running {
            let sleep = self.pre_stop_ms(&run.name).min(grace_ms);
            let left = match sleep {
                0 => grace_ms,
                sleep => (grace_ms - sleep).max(MINIMUM_GRACE_MS),
            };
            let own = run.behaviour.shutdown_ms;
            killed |= own > left;
            takes = takes.max(sleep + own.min(left));
        }
        (takes, killed)
    }

    /// `lifecycle.preStop.sleep` of a container.
    fn pre_stop_ms(&self, name: &str) -> u64 {
        let spec = &self.pod.spec;
        let mut containers = spec.containers.iter().chain(&spec.init_containers);
        containers
            .find(|container| container.name == name)
            .and_then(|container| container.extra.get("lifecycle"))
            .and_then(|lifecycle| lifecycle.pointer("/preStop/sleep/seconds"))
            .and_then(serde_json::Value::as_u64)
            .map_or(0, |seconds| seconds.saturating_mul(1000))
    }

    /// Everything that runs ends now.
    pub fn stop_all(&mut self, now: SimTime, time: Time, code: i32, reason: &str) {
        for run in self.containers_mut() {
            if matches!(run.run, Run::Running { .. }) {
                run.exit(now, time, code, reason, None);
            } else if !matches!(run.run, Run::Exited { .. }) {
                run.run = Run::Stuck;
            }
        }
    }

    /// The node was off: what ran is gone and starts again.
    pub fn node_restarted(&mut self, now: SimTime, time: Time) {
        self.sandbox = false;
        self.unreported = true;
        for run in self.containers_mut() {
            match run.run {
                Run::Running { .. } => run.exit(now, time, 255, "Unknown", Some(now)),
                Run::Exited { .. } | Run::Stuck => {}
                _ => run.run = Run::Waiting,
            }
        }
    }

    /// Takes a pod over as its status says (it ran before this kubelet was simulated).
    pub fn adopt(&mut self, now: SimTime) {
        self.stage = Stage::Active;
        self.sandbox = true;
        self.pod_ip.clone_from(&self.pod.status.pod_ip);
        self.start_time = self.pod.status.start_time.unwrap_or_default();
        let pod = Rc::clone(&self.pod);
        for run in self.containers_mut() {
            let status = pod
                .status
                .init_container_statuses
                .iter()
                .chain(&pod.status.container_statuses)
                .find(|s| s.name == run.name);
            let Some(status) = status else { continue };
            run.shown = status.state.clone();
            run.last = status.last_state.clone();
            run.ready = status.ready;
            run.started = status.started.unwrap_or(false);
            run.restarts = status.restart_count;
            run.container_id.clone_from(&status.container_id);
            if let Some(running) = &status.state.running {
                run.started_at = running.started_at;
                run.run = Run::Running {
                    turns: (!status.ready && !run.behaviour.never_ready)
                        .then_some((now, Turn::Ready))
                        .into_iter()
                        .collect(),
                };
            } else if let Some(terminated) = &status.state.terminated {
                run.run = Run::Exited {
                    at: Some(now),
                    code: terminated.exit_code,
                    sync_at: None,
                };
            }
        }
    }
}

impl ContainerRun {
    fn new(container: &Container, is_init: bool, pod_has_init: bool, profile: &Profile) -> Self {
        let reason = if pod_has_init {
            "PodInitializing"
        } else {
            "ContainerCreating"
        };
        let mut behaviour = profile.behaviour(&container.image);
        let sidecar = is_init && container.restart_policy == "Always";
        if is_init && !sidecar && behaviour.exit.is_none() {
            behaviour.exit = Some((profile.init_ms, 0));
        }
        ContainerRun {
            name: container.name.clone(),
            image: container.image.clone(),
            is_init,
            sidecar,
            run: Run::Waiting,
            shown: waiting(reason, ""),
            last: ContainerState::default(),
            ready: false,
            started: false,
            restarts: 0,
            container_id: String::new(),
            started_at: None,
            pull_policy: container.image_pull_policy.clone(),
            readiness: container.readiness_probe.as_ref().map(ProbeTimes::of),
            startup: container.startup_probe.as_ref().map(ProbeTimes::of),
            liveness: container.liveness_probe.as_ref().map(ProbeTimes::of),
            behaviour,
            crash: None,
            pull: None,
            last_exit: None,
            instances: 0,
            looping: false,
        }
    }

    pub fn field_path(&self) -> String {
        let list = if self.is_init {
            "initContainers"
        } else {
            "containers"
        };
        format!("spec.{list}{{{}}}", self.name)
    }

    fn is_being_started(&self) -> bool {
        matches!(self.run, Run::Pulling { .. } | Run::Starting { .. })
    }

    /// An init container that ended well, or a sidecar that has started.
    fn has_passed(&self) -> bool {
        if self.sidecar {
            self.started
        } else {
            matches!(self.run, Run::Exited { code: 0, .. })
        }
    }

    /// Was it ever started?
    pub fn ever_started(&self) -> bool {
        self.shown.running.is_some()
            || self.shown.terminated.is_some()
            || self.last.terminated.is_some()
    }

    fn next_at(&self) -> Option<SimTime> {
        match &self.run {
            Run::Waiting | Run::Stuck => None,
            Run::Pulling { until, .. }
            | Run::Starting { until }
            | Run::PullBackOff { until }
            | Run::CrashBackOff { until } => Some(*until),
            Run::PullFailed { sync_at, .. } => Some(*sync_at),
            Run::Exited { sync_at, .. } => *sync_at,
            Run::Running { turns } => turns.first().map(|(at, _)| *at),
        }
    }

    /// Does what is due for this container. True if anything was.
    fn advance(&mut self, around: &mut Surroundings<'_>, of: &OfPod) -> bool {
        let now = around.now;
        if self.next_at().is_none_or(|at| at > now) {
            return false;
        }
        match self.run.clone() {
            Run::Waiting | Run::Stuck => return false,
            Run::Pulling {
                asked, from, fails, ..
            } => self.pulled(around, asked, from, fails),
            Run::PullFailed { at, .. } => {
                let (delay, error) = self.pull.clone().unwrap_or_default();
                let text = format!("Back-off pulling image \"{}\"", self.image);
                around.say(self, false, "BackOff", text.clone());
                around.say(self, true, "Failed", "Error: ImagePullBackOff".to_owned());
                self.shown = waiting(
                    "ImagePullBackOff",
                    &format!("{text}: ErrImagePull: {error}"),
                );
                self.looping = true;
                self.run = Run::PullBackOff { until: at + delay };
            }
            Run::PullBackOff { .. } => self.run = Run::Waiting,
            Run::Starting { .. } => self.started(around),
            Run::Running { turns } => self.take_turn(around, turns, of),
            Run::Exited { at, code, .. } => self.after_exit(around, at, code, &of.full_name),
            Run::CrashBackOff { .. } => {
                self.lengthen_crash_back_off(now, now);
                self.run = Run::Waiting;
            }
        }
        true
    }

    /// Its turn: pull the image, or start at once if it is there.
    fn begin(&mut self, around: &mut Surroundings<'_>) {
        if let Some(problem) = images::invalid_name(&self.image) {
            around.say(self, true, "InspectFailed", problem.clone());
            around.say(self, true, "Failed", "Error: InvalidImageName".to_owned());
            self.shown = waiting("InvalidImageName", &problem);
            self.run = Run::Stuck;
            return;
        }
        let image = images::full_name(&self.image);
        let present = around.images.present.contains(&image);
        match (self.pull_policy.as_str(), present) {
            ("Never", false) => {
                let text = format!(
                    "Container image \"{}\" is not present with pull policy of Never",
                    self.image
                );
                around.say(self, true, "ErrImageNeverPull", text.clone());
                around.say(self, true, "Failed", "Error: ErrImageNeverPull".to_owned());
                self.shown = waiting("ErrImageNeverPull", &text);
                self.run = Run::Stuck;
            }
            ("Always", _) | (_, false) => self.pull(around, present),
            (_, true) => {
                let text = format!(
                    "Container image \"{}\" already present on machine and can be accessed by the pod",
                    self.image
                );
                around.say(self, false, "Pulled", text);
                self.start(around);
            }
        }
    }

    fn pull(&mut self, around: &mut Surroundings<'_>, present: bool) {
        let now = around.now;
        around.say(
            self,
            false,
            "Pulling",
            format!("Pulling image \"{}\"", self.image),
        );
        let behaviour = &self.behaviour;
        let fails = behaviour.cannot_pull;
        let pull_ms = if fails {
            around.profile.pull_error_ms
        } else if present {
            around.profile.pull_check_ms
        } else {
            around.stream.between(
                behaviour.pull_ms_min,
                behaviour.pull_ms_max.max(behaviour.pull_ms_min),
            )
        };
        let from = now.max(around.images.free_at);
        let until = from + SimDuration(pull_ms);
        around.images.free_at = until;
        self.run = Run::Pulling {
            asked: now,
            from,
            until,
            fails,
        };
        if !present {
            around.decide(KubeletDecision::Pull {
                container: self.name.clone(),
                image: self.image.clone(),
                pull_ms,
                wait_ms: from.since(now).0,
            });
        }
    }

    fn pulled(
        &mut self,
        around: &mut Surroundings<'_>,
        asked: SimTime,
        from: SimTime,
        fails: bool,
    ) {
        let now = around.now;
        if fails {
            let error = images::not_found(&self.image);
            let text = format!("Failed to pull image \"{}\": {error}", self.image);
            around.say(self, true, "Failed", text);
            around.say(self, true, "Failed", "Error: ErrImagePull".to_owned());
            let delay = match &self.pull {
                Some((delay, _)) => delay.doubled(BACK_OFF_MAX),
                None => BACK_OFF_FIRST,
            };
            around.decide(KubeletDecision::PullBackOff {
                container: self.name.clone(),
                image: self.image.clone(),
                back_off_ms: delay.0,
            });
            self.shown = waiting("ErrImagePull", &error);
            self.pull = Some((delay, error));
            self.run = Run::PullFailed {
                at: now,
                sync_at: now + RELIST,
            };
            return;
        }
        around.images.present.insert(images::full_name(&self.image));
        self.pull = None;
        let text = format!(
            "Successfully pulled image \"{}\" in {} ({} including waiting). Image size: {} bytes.",
            self.image,
            images::go_duration(now.since(from).0),
            images::go_duration(now.since(asked).0),
            images::size_bytes(&self.image)
        );
        around.say(self, false, "Pulled", text);
        self.start(around);
    }

    fn start(&mut self, around: &mut Surroundings<'_>) {
        let slow = around.stream.chance(self.behaviour.slow_per_mille);
        let factor = if slow {
            u64::from(around.profile.slow_factor)
        } else {
            1
        };
        let ms = self.behaviour.start_ms.saturating_mul(factor);
        self.run = Run::Starting {
            until: around.now + SimDuration(ms),
        };
    }

    /// It runs now: when will it be ready, and does it end by itself?
    fn started(&mut self, around: &mut Surroundings<'_>) {
        let now = around.now;
        around.say(self, false, "Created", "Container created".to_owned());
        around.say(self, false, "Started", "Container started".to_owned());
        if let Some(ended) = self.shown.terminated.take() {
            self.last = terminated(ended);
        }
        if self.last.terminated.is_some() {
            self.restarts += 1;
        }
        self.instances += 1;
        self.container_id = format!(
            "containerd://{}",
            images::hex_64(&format!(
                "{}/{}/{}/{}",
                around.stream.next_u64(),
                self.name,
                self.image,
                self.instances
            ))
        );
        self.started_at = Some(around.time);
        self.shown = ContainerState {
            running: Some(Running {
                started_at: self.started_at,
            }),
            ..ContainerState::default()
        };
        let factor = if around.stream.chance(self.behaviour.slow_per_mille) {
            u64::from(around.profile.slow_factor)
        } else {
            1
        };
        let answers_at = now + SimDuration(self.behaviour.ready_ms.saturating_mul(factor));
        let turns = self.turns(now, answers_at);
        let loops = |(_, turn): &(SimTime, Turn)| match turn {
            Turn::Exit { .. } => true,
            Turn::Fails { kills_after, .. } => kills_after.is_some(),
            _ => false,
        };
        self.looping &= turns.iter().any(loops);
        self.run = Run::Running { turns };
    }

    /// What is going to happen to a container that runs from now on and could answer probes from `answers_at` on.
    ///
    /// Differs: liveness probes fail for good or not at all.
    fn turns(&mut self, now: SimTime, answers_at: SimTime) -> Vec<(SimTime, Turn)> {
        let mut turns = Vec::new();
        let behaviour = &self.behaviour;
        if let Some((ms, code)) = behaviour.exit {
            let by_probe = false;
            turns.push((now + SimDuration(ms), Turn::Exit { code, by_probe }));
        }
        (self.started, self.ready) = (self.startup.is_none(), false);
        // Probes of an init container that runs to its end mean nothing.
        if self.is_init && !self.sidecar {
            return turns;
        }
        let fails = |probe, kills_after| Turn::Fails { probe, kills_after };
        let answers = (!behaviour.never_ready).then_some(answers_at);
        let mut up = Some(now);
        if let Some(probe) = self.startup {
            let tries = probe.tries(now, now, answers);
            let kills_after = tries.gives_up.then_some(probe.failures);
            let failure = tries
                .fails_at
                .map(|at| (at, fails(ProbeKind::Startup, kills_after)));
            turns.extend(failure);
            up = tries.succeeds_at.filter(|_| !tries.gives_up);
            turns.extend(up.map(|at| (at, Turn::Started)));
        }
        if let Some(up) = up {
            let mut ready_at = answers.map(|_| up);
            if let Some(probe) = self.readiness {
                let tries = probe.tries(now, up, answers);
                turns.extend(
                    tries
                        .fails_at
                        .map(|at| (at, fails(ProbeKind::Readiness, None))),
                );
                ready_at = tries.succeeds_at;
            }
            self.ready = ready_at == Some(now);
            turns.extend(ready_at.filter(|at| *at > now).map(|at| (at, Turn::Ready)));
            let hangs_at = behaviour.hang_after_ms.map(|ms| {
                let asked = now + SimDuration(ms);
                asked.max(ready_at.unwrap_or(up))
            });
            if let (Some(at), Some(probe)) = (hangs_at, self.readiness) {
                let tries = probe.tries(now, at, None);
                turns.extend(
                    tries
                        .fails_at
                        .map(|at| (at, fails(ProbeKind::Readiness, None))),
                );
                turns.extend(
                    tries
                        .fails_at
                        .map(|at| (probe.last_failure(at), Turn::NotReady)),
                );
            }
            if let Some(probe) = self.liveness {
                let starting = probe.tries(now, up, Some(answers_at));
                let hanging = hangs_at.map(|at| probe.tries(now, at, None));
                let tries = Some(starting).filter(|t| t.gives_up).or(hanging);
                let kill = fails(ProbeKind::Liveness, Some(probe.failures));
                turns.extend(tries.and_then(|t| t.fails_at).map(|at| (at, kill)));
            }
        }
        turns.order_by_key(|(at, _)| *at);
        turns
    }

    fn take_turn(
        &mut self,
        around: &mut Surroundings<'_>,
        mut turns: Vec<(SimTime, Turn)>,
        of: &OfPod,
    ) {
        let now = around.now;
        match turns.remove(0).1 {
            Turn::Exit { code, by_probe } => {
                let reason = if code == 0 { "Completed" } else { "Error" };
                let before = self.last_exit;
                let again = if by_probe {
                    (of.policy != "Never").then_some(now)
                } else {
                    self.restarts_after(code, &of.policy)
                        .then_some(now + RELIST)
                };
                self.exit(now, around.time, code, reason, again);
                if let (true, Run::Exited { at, .. }) = (by_probe, &mut self.run) {
                    // The kubelet itself stopped it: the back-off counts from how the container before it ended.
                    *at = before;
                }
                if again.is_none() {
                    around.decide(KubeletDecision::Ended {
                        container: self.name.clone(),
                        exit_code: code,
                    });
                }
                return;
            }
            Turn::Started => self.started = true,
            Turn::Ready => (self.ready, self.started) = (true, true),
            Turn::NotReady => self.ready = false,
            Turn::Fails { probe, kills_after } => {
                let text =
                    format!("{probe:?} probe failed: HTTP probe failed with statuscode: 503");
                around.say(self, true, "Unhealthy", text);
                match kills_after {
                    None => {}
                    Some(0 | 1) => {
                        let kind = format!("{probe:?}").to_ascii_lowercase();
                        let text = format!(
                            "Container {} failed {kind} probe, will be restarted",
                            self.name
                        );
                        around.say(self, false, "Killing", text);
                        self.looping = true;
                        let shutdown_ms = self.behaviour.shutdown_ms;
                        let code = if shutdown_ms > of.grace_ms { 137 } else { 0 };
                        let at = now + SimDuration(shutdown_ms.min(of.grace_ms));
                        let by_probe = true;
                        turns = vec![(at, Turn::Exit { code, by_probe })];
                    }
                    Some(left) => {
                        let times = match probe {
                            ProbeKind::Startup => self.startup,
                            ProbeKind::Readiness => self.readiness,
                            ProbeKind::Liveness => self.liveness,
                        };
                        let period = times.map_or(0, |times| times.period_ms);
                        let kills_after = Some(left - 1);
                        turns.push((
                            now + SimDuration(period),
                            Turn::Fails { probe, kills_after },
                        ));
                        turns.order_by_key(|(at, _)| *at);
                    }
                }
            }
        }
        self.run = Run::Running { turns };
    }

    fn restarts_after(&self, code: i32, policy: &str) -> bool {
        if self.sidecar {
            return true;
        }
        match policy {
            "Never" => false,
            "OnFailure" => code != 0,
            _ => !(self.is_init && code == 0),
        }
    }

    /// The container ends now.
    pub fn exit(
        &mut self,
        now: SimTime,
        time: Time,
        code: i32,
        reason: &str,
        sync_at: Option<SimTime>,
    ) {
        self.ready = self.is_init && !self.sidecar && code == 0;
        self.started = false;
        self.shown = terminated(Terminated {
            exit_code: code,
            reason: reason.to_owned(),
            started_at: self.started_at,
            finished_at: Some(time),
            container_id: self.container_id.clone(),
            ..Terminated::default()
        });
        self.last_exit = Some(now);
        self.run = Run::Exited {
            at: Some(now),
            code,
            sync_at,
        };
    }

    /// Killed from outside; restarts as after any other exit.
    pub fn kill(&mut self, now: SimTime, time: Time, policy: &str) -> bool {
        if !matches!(self.run, Run::Running { .. }) {
            return false;
        }
        let again = self.restarts_after(137, policy);
        self.exit(now, time, 137, "Error", again.then_some(now + RELIST));
        true
    }

    /// Models: doBackOff.
    fn after_exit(
        &mut self,
        around: &mut Surroundings<'_>,
        at: Option<SimTime>,
        code: i32,
        pod: &str,
    ) {
        let now = around.now;
        let in_back_off = at.zip(self.crash).and_then(|(at, (delay, updated))| {
            (!expired(updated, at) && now.since(at) < delay).then_some((at, delay))
        });
        let back_off_ms = match in_back_off {
            Some((at, delay)) => {
                let text = format!(
                    "Back-off restarting failed container {} in pod {pod}",
                    self.name
                );
                around.say(self, true, "BackOff", text);
                if let Some(ended) = self.shown.terminated.take() {
                    self.last = terminated(ended);
                }
                self.shown = waiting(
                    "CrashLoopBackOff",
                    &format!(
                        "back-off {} restarting failed container={} pod={pod}",
                        images::go_duration(delay.0),
                        self.name
                    ),
                );
                self.looping = true;
                self.run = Run::CrashBackOff { until: at + delay };
                delay.0
            }
            None => {
                if let Some(at) = at {
                    self.lengthen_crash_back_off(now, at);
                }
                self.run = Run::Waiting;
                0
            }
        };
        around.decide(KubeletDecision::Restart {
            container: self.name.clone(),
            exit_code: code,
            back_off_ms,
        });
    }

    fn lengthen_crash_back_off(&mut self, now: SimTime, ended: SimTime) {
        let delay = match self.crash {
            Some((delay, updated)) if !expired(updated, ended) => delay.doubled(BACK_OFF_MAX),
            _ => BACK_OFF_FIRST,
        };
        self.crash = Some((delay, now));
    }
}

/// A container that ran for longer than twice the longest back-off starts afresh.
fn expired(updated: SimTime, ended: SimTime) -> bool {
    ended.since(updated).0 > 2 * BACK_OFF_MAX.0
}

impl ProbeTimes {
    fn of(probe: &Probe) -> ProbeTimes {
        let positive =
            |n: i32, default: i32| u64::from(if n > 0 { n } else { default }.unsigned_abs());
        ProbeTimes {
            delay_ms: positive(probe.initial_delay_seconds, 0) * 1000,
            period_ms: positive(probe.period_seconds, DEFAULT_PROBE_PERIOD_SECONDS) * 1000,
            successes: positive(probe.success_threshold, 1),
            failures: positive(probe.failure_threshold, DEFAULT_FAILURE_THRESHOLD),
        }
    }

    /// Probes come every period from the start on; those within the initial delay are skipped.
    fn first_probe(self, start: SimTime) -> SimTime {
        start + SimDuration(self.delay_ms.div_ceil(self.period_ms) * self.period_ms)
    }

    /// How it goes with a container that isn't probed before `from` and answers from `answers_at` on, if ever.
    fn tries(self, start: SimTime, from: SimTime, answers_at: Option<SimTime>) -> Tries {
        let period = self.period_ms;
        let at_or_after =
            |t: SimTime| start + SimDuration(t.since(start).0.div_ceil(period) * period);
        let first = self.first_probe(start).max(at_or_after(from));
        let ok = answers_at.map(|at| first.max(at_or_after(at)));
        Tries {
            fails_at: (ok != Some(first)).then_some(first),
            gives_up: ok.is_none_or(|ok| ok > self.last_failure(first)),
            succeeds_at: ok.map(|ok| ok + SimDuration((self.successes - 1).saturating_mul(period))),
        }
    }

    /// When it has failed as often as it may.
    fn last_failure(self, first: SimTime) -> SimTime {
        first + SimDuration((self.failures - 1).saturating_mul(self.period_ms))
    }
}

/// What comes of a probe.
struct Tries {
    fails_at: Option<SimTime>,
    /// It fails as often as it may before it succeeds.
    gives_up: bool,
    succeeds_at: Option<SimTime>,
}

fn waiting(reason: &str, message: &str) -> ContainerState {
    ContainerState {
        waiting: Some(Waiting {
            reason: reason.to_owned(),
            message: message.to_owned(),
        }),
        ..ContainerState::default()
    }
}

fn terminated(terminated: Terminated) -> ContainerState {
    ContainerState {
        terminated: Some(terminated),
        ..ContainerState::default()
    }
}
