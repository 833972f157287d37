//! The cells of a pod's row: READY, STATUS, RESTARTS.
//!
//! Models: pkg/printers/internalversion/printers.go, printPod.

use super::duration;
use crate::api::meta::Time;
use crate::api::pod::{Container, ContainerStatus, Pod, Terminated};

/// The cells of a pod's row that take some thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub ready: usize,
    pub total: usize,
    pub status: String,
    pub restarts: i32,
    pub last_restart: Option<Time>,
}

impl Summary {
    /// `3 (12s ago)`
    pub fn restarts_text(&self, now: Time) -> String {
        match self.last_restart {
            Some(then) if self.restarts != 0 => {
                format!(
                    "{} ({} ago)",
                    self.restarts,
                    duration::since(Some(then), now)
                )
            }
            _ => self.restarts.to_string(),
        }
    }
}

fn is_sidecar(container: Option<&Container>) -> bool {
    container.is_some_and(|container| container.restart_policy == "Always")
}

/// Counts restarts, and when the last one was.
#[derive(Clone, Copy, Default)]
struct Restarts {
    count: i32,
    last: Option<Time>,
}

impl Restarts {
    fn add(&mut self, status: &ContainerStatus) {
        self.count = self.count.saturating_add(status.restart_count);
        let finished = status
            .last_state
            .terminated
            .as_ref()
            .and_then(|state| state.finished_at);
        self.last = self.last.max(finished);
    }
}

pub fn summary(pod: &Pod) -> Summary {
    let (spec, status) = (&pod.spec, &pod.status);
    let mut reason = if status.reason.is_empty() {
        status.phase.clone()
    } else {
        status.reason.clone()
    };
    if status
        .condition("PodScheduled")
        .is_some_and(|condition| condition.reason == "SchedulingGated")
    {
        reason = "SchedulingGated".to_owned();
    }
    let init = |name: &str| {
        spec.init_containers
            .iter()
            .find(|container| container.name == name)
    };
    let sidecars = spec
        .init_containers
        .iter()
        .filter(|container| is_sidecar(Some(container)))
        .count();
    let mut ready = 0;
    let (mut restarts, mut sidecar_restarts) = (Restarts::default(), Restarts::default());
    let mut initializing = false;
    for (i, container) in status.init_container_statuses.iter().enumerate() {
        let sidecar = is_sidecar(init(&container.name));
        restarts.add(container);
        if sidecar {
            sidecar_restarts.add(container);
        }
        let state = &container.state;
        match (&state.terminated, &state.waiting) {
            (Some(terminated), _) if terminated.exit_code == 0 => continue,
            _ if sidecar && container.started == Some(true) => {
                ready += usize::from(container.ready);
                continue;
            }
            (Some(terminated), _) => reason = init_failure(terminated),
            (None, Some(waiting))
                if !waiting.reason.is_empty() && waiting.reason != "PodInitializing" =>
            {
                reason = format!("Init:{}", waiting.reason);
            }
            _ => reason = format!("Init:{i}/{}", spec.init_containers.len()),
        }
        initializing = true;
        break;
    }
    let initialized = status
        .condition("Initialized")
        .is_some_and(|condition| condition.status == "True");
    if !initializing || initialized {
        restarts = sidecar_restarts;
        let is_any_running = add_containers(pod, &mut reason, &mut restarts, &mut ready);
        if reason == "Completed" && is_any_running {
            let word = if pod.is_ready() {
                "Running"
            } else {
                "NotReady"
            };
            reason = word.to_owned();
        }
    }
    if pod.metadata.is_terminating() {
        if status.reason == "NodeLost" {
            reason = "Unknown".to_owned();
        } else if !pod.is_terminal() {
            reason = "Terminating".to_owned();
        }
    }
    Summary {
        ready,
        total: spec.containers.len() + sidecars,
        status: reason,
        restarts: restarts.count,
        last_restart: restarts.last,
    }
}

fn init_failure(terminated: &Terminated) -> String {
    if !terminated.reason.is_empty() {
        format!("Init:{}", terminated.reason)
    } else if terminated.signal != 0 {
        format!("Init:Signal:{}", terminated.signal)
    } else {
        format!("Init:ExitCode:{}", terminated.exit_code)
    }
}

/// Counts the containers in, the last one first; true if one of them runs and is ready.
fn add_containers(
    pod: &Pod,
    reason: &mut String,
    restarts: &mut Restarts,
    ready: &mut usize,
) -> bool {
    let mut any_running = false;
    for container in pod.status.container_statuses.iter().rev() {
        restarts.add(container);
        let state = &container.state;
        match (&state.waiting, &state.terminated) {
            (Some(waiting), _) if !waiting.reason.is_empty() => reason.clone_from(&waiting.reason),
            (_, Some(terminated)) if !terminated.reason.is_empty() => {
                reason.clone_from(&terminated.reason)
            }
            (_, Some(terminated)) if terminated.signal != 0 => {
                *reason = format!("Signal:{}", terminated.signal)
            }
            (_, Some(terminated)) => *reason = format!("ExitCode:{}", terminated.exit_code),
            _ if container.ready && state.running.is_some() => {
                any_running = true;
                *ready += 1;
            }
            _ => {}
        }
    }
    any_running
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::yaml;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(status: &str, expect: Expect) {
        let mut value = serde_json::json!({
            "metadata": { "name": "p" },
            "spec": {
                "initContainers": [{ "name": "i" }, { "name": "s", "restartPolicy": "Always" }],
                "containers": [{ "name": "a" }, { "name": "b" }],
            },
        });
        value["status"] = yaml::parse(status).unwrap()[0].value();
        if let Some(deleted) = value["status"]
            .as_object_mut()
            .and_then(|map| map.remove("deleted"))
        {
            value["metadata"]["deletionTimestamp"] = deleted;
        }
        let pod: Pod = serde_json::from_value(value).unwrap();
        let summary = summary(&pod);
        let now = Time::parse("2026-01-01T00:01:00Z").unwrap();
        expect.assert_eq(&format!(
            "{}/{} {} {}",
            summary.ready,
            summary.total,
            summary.status,
            summary.restarts_text(now)
        ));
    }

    #[test]
    fn rows() {
        check("{phase: Pending}", expect!["0/3 Pending 0"]);
        check("{phase: Failed, reason: Evicted}", expect!["0/3 Evicted 0"]);
        check(
            "{phase: Pending, initContainerStatuses: [{name: i, state: {running: {}}}]}",
            expect!["0/3 Init:0/2 0"],
        );
        check(
            "{phase: Pending, initContainerStatuses: [{name: i, restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, finishedAt: '2026-01-01T00:00:48Z'}}}]}",
            expect!["0/3 Init:CrashLoopBackOff 2 (12s ago)"],
        );
        check(
            "{phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 3}}}]}",
            expect!["0/3 Init:ExitCode:3 0"],
        );
        check(
            "{phase: Running, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 0}}}, {name: s, ready: true, started: true, state: {running: {}}}], containerStatuses: [{name: a, ready: true, state: {running: {}}}, {name: b, ready: true, state: {running: {}}}]}",
            expect!["3/3 Running 0"],
        );
        check(
            "{phase: Running, containerStatuses: [{name: a, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}, {name: b, ready: true, state: {running: {}}}]}",
            expect!["1/3 CrashLoopBackOff 3"],
        );
        check(
            "{phase: Running, containerStatuses: [{name: a, state: {terminated: {reason: Completed, exitCode: 0}}}, {name: b, ready: true, state: {running: {}}}]}",
            expect!["1/3 NotReady 0"],
        );
        check(
            "{phase: Running, deleted: '2026-01-01T00:00:00Z'}",
            expect!["0/3 Terminating 0"],
        );
        check(
            "{phase: Failed, deleted: '2026-01-01T00:00:00Z'}",
            expect!["0/3 Failed 0"],
        );
        check(
            "{phase: Failed, containerStatuses: [{name: a, state: {terminated: {exitCode: 137, signal: 9}}}]}",
            expect!["0/3 Signal:9 0"],
        );
    }
}
