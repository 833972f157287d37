//! A pod's status as its kubelet reports it, made of what the worker shows.
//!
//! Models: pkg/kubelet/kubelet_pods.go (generateAPIPodStatus, getPhase) and pkg/kubelet/status/generate.go.

use super::images;
use super::worker::{ContainerRun, Run, Worker};
use crate::api::meta::Time;
use crate::api::pod::{ContainerStatus, PodStatus, phase};
use crate::sim::sort::Order;
use serde_json::json;

/// The conditions that a kubelet owns, in the order in which it writes them.
const OWNED: [&str; 5] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
];

/// Writes the worker's view into a status. `ended`: the pod is being deleted and everything has stopped.
pub fn write(status: &mut PodStatus, worker: &Worker, host_ip: &str, now: Time, ended: bool) {
    status.phase = phase_of(worker, ended).to_owned();
    status.start_time.get_or_insert(worker.start_time);
    host_ip.clone_into(&mut status.host_ip);
    status
        .extra
        .insert("hostIPs".to_owned(), json!([{ "ip": host_ip }]));
    if worker.sandbox || worker.pod.spec.host_network {
        let ip = if worker.pod.spec.host_network {
            host_ip
        } else {
            &worker.pod_ip
        };
        ip.clone_into(&mut status.pod_ip);
        status
            .extra
            .insert("podIPs".to_owned(), json!([{ "ip": ip }]));
    }
    status.init_container_statuses = worker.init.iter().map(container).collect();
    status.container_statuses = worker.main.iter().map(container).collect();
    conditions(status, worker, now);
}

fn container(run: &ContainerRun) -> ContainerStatus {
    let known = !run.container_id.is_empty();
    ContainerStatus {
        name: run.name.clone(),
        state: run.shown.clone(),
        last_state: run.last.clone(),
        ready: run.ready,
        restart_count: run.restarts,
        image: if known {
            images::full_name(&run.image)
        } else {
            run.image.clone()
        },
        image_id: if known {
            images::image_id(&run.image)
        } else {
            String::new()
        },
        container_id: run.container_id.clone(),
        started: Some(run.started),
        ..ContainerStatus::default()
    }
}

fn phase_of(worker: &Worker, ended: bool) -> &'static str {
    let policy = worker.pod.spec.restart_policy.as_str();
    let failed = |run: &ContainerRun| matches!(run.run, Run::Exited { code, .. } if code != 0);
    let done = |run: &ContainerRun| matches!(run.run, Run::Exited { .. });
    if !worker.is_initialized() && !ended {
        let failed = worker.init.iter().any(|r| !r.sidecar && failed(r));
        return if failed && policy == "Never" {
            phase::FAILED
        } else {
            phase::PENDING
        };
    }
    let all_done = worker.main.iter().all(|r| done(r) || ended);
    let any_failed = worker.main.iter().any(|r| failed(r) || (ended && !done(r)));
    if ended {
        return if any_failed {
            phase::FAILED
        } else {
            phase::SUCCEEDED
        };
    }
    if worker.main.iter().any(|r| !r.ever_started()) {
        return phase::PENDING;
    }
    match policy {
        "Never" if all_done && any_failed => phase::FAILED,
        "Never" | "OnFailure" if all_done && !any_failed => phase::SUCCEEDED,
        _ => phase::RUNNING,
    }
}

/// Models: GeneratePodInitializedCondition, GenerateContainersReadyCondition, GeneratePodReadyCondition.
fn conditions(status: &mut PodStatus, worker: &Worker, now: Time) {
    let names = |list: &mut dyn Iterator<Item = &ContainerRun>| {
        list.map(|r| r.name.as_str()).collect::<Vec<_>>().join(" ")
    };
    let terminal = end_reason(&status.phase);
    let mut set = |type_: &str, problem: Option<(&str, String)>| match problem {
        None => status.set_condition(type_, "True", "", "", now),
        Some((reason, message)) => status.set_condition(type_, "False", reason, &message, now),
    };
    set(
        "PodReadyToStartContainers",
        (!worker.sandbox).then(|| ("", String::new())),
    );
    let incomplete = names(&mut worker.init.iter().filter(|r| !r.ready && !r.started));
    let initialized = worker.is_initialized() || worker.main.iter().any(ContainerRun::ever_started);
    set(
        "Initialized",
        (!initialized).then(|| {
            (
                "ContainersNotInitialized",
                format!("containers with incomplete status: [{incomplete}]"),
            )
        }),
    );
    let mut members = worker.init.iter().filter(|r| r.sidecar).chain(&worker.main);
    let unready = names(&mut members.by_ref().filter(|r| !r.ready));
    let problem = terminal.map(|reason| (reason, String::new())).or_else(|| {
        (!unready.is_empty()).then(|| {
            (
                "ContainersNotReady",
                format!("containers with unready status: [{unready}]"),
            )
        })
    });
    set("Ready", problem.clone());
    set("ContainersReady", problem);
    if status.condition("PodScheduled").is_none() {
        status.set_condition("PodScheduled", "True", "", "", now);
    }
    let place = |type_: &str| {
        OWNED
            .iter()
            .position(|o| *o == type_)
            .unwrap_or(OWNED.len())
    };
    status.conditions.order_by_key(|c| place(&c.type_));
}

/// Why a pod that has ended isn't ready.
fn end_reason(phase: &str) -> Option<&'static str> {
    match phase {
        phase::SUCCEEDED => Some("PodCompleted"),
        phase::FAILED => Some("PodFailed"),
        _ => None,
    }
}
