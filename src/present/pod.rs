//! One pod as a tile: where it is, what it is doing, which revision it runs.

use super::groups::{message, reason_here};
use super::scene::is_refused;
use super::stage::ring::{Ring, RingKind};
use super::words::{Tone, count};
use crate::api::apps::CONTROLLER_REVISION_HASH;
use crate::api::pod::{ContainerStatus, Pod, phase};
use crate::controllers::daemon_set::pod::target_node;
use crate::kubectl::pod_status;
use crate::sim::map::Map;
use crate::sim::time::SimTime;
use std::rc::Rc;

/// Names a pod in messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodId {
    pub namespace: Rc<str>,
    pub name: Rc<str>,
}

/// What a pod tile shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodTile {
    /// The pod's uid: the key of the DOM node, so that a tile stays itself when it moves.
    pub uid: Rc<str>,
    pub id: PodId,
    /// The owner's name, or nothing for a bare pod.
    pub owner: String,
    /// What is left of the pod's name without the owner's: the five random characters.
    pub suffix: String,
    pub state: PodState,
    /// STATUS as kubectl prints it.
    pub status: String,
    pub restarts: u32,
    pub revision: Option<PodRevision>,
    /// The node that it is on or, while it isn't bound, meant for.
    pub node: Rc<str>,
    pub is_bound: bool,
    /// It is about to go.
    pub is_leaving: bool,
    /// The owning DaemonSet's colour and glyph.
    pub mark: Option<u8>,
    /// What it waits for that has a known end.
    pub ring: Option<Ring>,
    /// Why it waits, in about three words.
    pub note: String,
    /// One sentence for screen readers and tooltips.
    pub summary: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PodRevision {
    pub number: i64,
    pub is_current: bool,
}

/// The looks of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PodState {
    /// No node yet: it waits for the scheduler.
    Unscheduled,
    Pending,
    Pulling,
    Starting,
    /// Runs, and isn't ready.
    Running,
    Ready,
    Terminating,
    CrashLoop,
    ImageError,
    Failed,
    Succeeded,
}

impl PodState {
    pub const ALL: [PodState; 11] = [
        PodState::Unscheduled,
        PodState::Pending,
        PodState::Pulling,
        PodState::Starting,
        PodState::Running,
        PodState::Ready,
        PodState::Terminating,
        PodState::CrashLoop,
        PodState::ImageError,
        PodState::Failed,
        PodState::Succeeded,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            PodState::Unscheduled => "Unscheduled",
            PodState::Pending => "Pending",
            PodState::Pulling => "Pulling",
            PodState::Starting => "Starting",
            PodState::Running => "Running",
            PodState::Ready => "Ready",
            PodState::Terminating => "Terminating",
            PodState::CrashLoop => "CrashLoop",
            PodState::ImageError => "ImageError",
            PodState::Failed => "Failed",
            PodState::Succeeded => "Succeeded",
        }
    }

    /// What it means, for the legend.
    pub fn meaning(self) -> &'static str {
        match self {
            PodState::Unscheduled => "created; waits for the scheduler to bind it to its node",
            PodState::Pending => "bound; the kubelet hasn't started it yet",
            PodState::Pulling => "the kubelet pulls the image",
            PodState::Starting => "the containers are being started",
            PodState::Running => "runs, but isn't ready yet",
            PodState::Ready => "runs and is ready",
            PodState::Terminating => "told to stop; its grace period is running",
            PodState::CrashLoop => "a container exited; the kubelet waits before it restarts it",
            PodState::ImageError => "the image can't be pulled",
            PodState::Failed => "failed, and won't start again",
            PodState::Succeeded => "completed, which a daemon pod shouldn't",
        }
    }

    pub fn tone(self) -> Tone {
        match self {
            PodState::Ready => Tone::Good,
            PodState::Pulling | PodState::Starting | PodState::Running | PodState::Pending => {
                Tone::Busy
            }
            PodState::Unscheduled => Tone::Warn,
            PodState::Terminating | PodState::Succeeded => Tone::Plain,
            PodState::CrashLoop | PodState::ImageError | PodState::Failed => Tone::Bad,
        }
    }
}

/// Which number a revision hash has, and whether pods of it are up to date: by owner's uid, then by hash.
pub type Revisions = Map<String, Map<String, PodRevision>>;

/// The revision that a pod is of.
pub fn revision(pod: &Pod, revisions: &Revisions) -> Option<PodRevision> {
    let owner = pod.metadata.controller_ref()?;
    let hash = pod.metadata.label(CONTROLLER_REVISION_HASH)?;
    revisions.get(&owner.uid)?.get(hash).copied()
}

pub fn tile(
    pod: &Pod,
    revisions: &Revisions,
    mark: Option<u8>,
    ring: Option<Ring>,
    now: SimTime,
) -> PodTile {
    let meta = &pod.metadata;
    let owner = meta.controller_ref();
    let revision = revision(pod, revisions);
    let owner = owner.map(|owner| owner.name.clone()).unwrap_or_default();
    let suffix = meta
        .name
        .strip_prefix(owner.as_str())
        .map_or(meta.name.as_str(), |rest| rest.trim_start_matches('-'));
    let (state, status) = (state(pod), status(pod));
    let node = target_node(pod).unwrap_or("");
    let restarts = restarts(pod);
    let ring = ring.filter(|ring| match ring.kind {
        RingKind::Pull => state == PodState::Pulling,
        RingKind::Stop => state == PodState::Terminating,
        RingKind::BackOff => matches!(state, PodState::CrashLoop | PodState::ImageError),
    });
    let note = note(pod, state, ring.map_or(0, |ring| ring.seconds_left(now)));
    let mut summary = format!("Pod {}, {status}", meta.name);
    match (pod.is_bound(), node.is_empty()) {
        (true, _) => summary.push_str(&format!(" on {node}")),
        (false, false) => summary.push_str(&format!(", waits to be bound to {node}")),
        (false, true) => summary.push_str(", waits for a node"),
    }
    if let Some(revision) = revision {
        let which = if revision.is_current {
            "current"
        } else {
            "old"
        };
        summary.push_str(&format!(", {which} revision {}", revision.number));
    }
    if restarts > 0 {
        summary.push_str(&format!(", {}", count(u64::from(restarts), "restart")));
    }
    if !note.is_empty() {
        summary.push_str(&format!(", {note}"));
    }
    PodTile {
        uid: meta.uid.as_str().into(),
        id: PodId {
            namespace: meta.namespace.as_str().into(),
            name: meta.name.as_str().into(),
        },
        suffix: suffix.to_owned(),
        owner,
        state,
        status,
        restarts,
        revision,
        node: node.into(),
        is_bound: pod.is_bound(),
        is_leaving: false,
        mark,
        ring,
        note,
        summary,
    }
}

/// What a tile says beside its status: what it waits for.
fn note(pod: &Pod, state: PodState, seconds_left: u64) -> String {
    match (state, seconds_left) {
        (PodState::Unscheduled, _) if is_refused(pod) => {
            message(pod).map(short_reason).unwrap_or_default()
        }
        (PodState::Pulling, _) => "pulling the image".to_owned(),
        (PodState::Starting, _) => "starting".to_owned(),
        // The kubelet said that its containers are ready; since then its node fell silent.
        (PodState::Running, _) if pod.status.container_statuses.iter().all(|c| c.ready) => {
            "node lost".to_owned()
        }
        (PodState::Running, _) => "not ready yet".to_owned(),
        (PodState::CrashLoop, seconds @ 1..) => format!("restarts in {seconds} s"),
        (PodState::ImageError, seconds @ 1..) => format!("next pull in {seconds} s"),
        (PodState::Failed, _) => pod.status.reason.clone(),
        _ => String::new(),
    }
}

/// A FailedScheduling message in about three words.
fn short_reason(message: &str) -> String {
    let reason = reason_here(message);
    let is = |part: &str| reason.contains(part);
    if let Some(at) = reason.find("Insufficient ") {
        let resource = reason[at..].split([',', '.', ';']).next().unwrap_or("");
        return resource.replace("Insufficient", "insufficient");
    }
    let short = if is("free ports") {
        "host port taken"
    } else if is("untolerated taint") {
        "taint isn't tolerated"
    } else if is("were unschedulable") {
        "node is cordoned"
    } else if is("Too many pods") {
        "too many pods"
    } else {
        "no node fits"
    };
    short.to_owned()
}

pub fn restarts(pod: &Pod) -> u32 {
    let all = pod.status.container_statuses.iter();
    all.map(|c| c.restart_count.max(0) as u32).sum()
}

/// Ready containers and all containers, as in READY of kubectl.
pub fn ready_containers(pod: &Pod) -> (usize, usize) {
    let ready = pod
        .status
        .container_statuses
        .iter()
        .filter(|c| c.ready)
        .count();
    (ready, pod.spec.containers.len())
}

fn waiting(pod: &Pod) -> impl Iterator<Item = &str> {
    statuses(pod).filter_map(|c| c.state.waiting.as_ref().map(|w| w.reason.as_str()))
}

fn statuses(pod: &Pod) -> impl Iterator<Item = &ContainerStatus> {
    let status = &pod.status;
    status
        .init_container_statuses
        .iter()
        .chain(&status.container_statuses)
}

pub fn state(pod: &Pod) -> PodState {
    if pod.metadata.is_terminating() {
        return PodState::Terminating;
    }
    match pod.status.phase.as_str() {
        phase::FAILED => return PodState::Failed,
        phase::SUCCEEDED => return PodState::Succeeded,
        _ => {}
    }
    if !pod.is_bound() {
        return PodState::Unscheduled;
    }
    for reason in waiting(pod) {
        match reason {
            "CrashLoopBackOff" => return PodState::CrashLoop,
            "ErrImagePull"
            | "ImagePullBackOff"
            | "InvalidImageName"
            | "ErrImageNeverPull"
            | "CreateContainerConfigError"
            | "CreateContainerError"
            | "RunContainerError" => {
                return PodState::ImageError;
            }
            _ => {}
        }
    }
    if statuses(pod).any(|c| {
        c.state
            .terminated
            .as_ref()
            .is_some_and(|t| t.exit_code != 0)
    }) {
        return PodState::CrashLoop;
    }
    if pod.status.phase == phase::RUNNING {
        return if pod.is_ready() {
            PodState::Ready
        } else {
            PodState::Running
        };
    }
    if waiting(pod).next().is_some() {
        return if is_pulling(pod) {
            PodState::Pulling
        } else {
            PodState::Starting
        };
    }
    PodState::Pending
}

/// The API doesn't tell pulling from starting: both wait as `ContainerCreating`. An image without an id isn't there yet.
fn is_pulling(pod: &Pod) -> bool {
    statuses(pod).any(|c| c.state.waiting.is_some() && c.image_id.is_empty())
}

/// STATUS as `kubectl get pods` prints it.
pub fn status(pod: &Pod) -> String {
    match pod_status::summary(pod).status {
        text if text.is_empty() => phase::PENDING.to_owned(),
        text => text,
    }
}
