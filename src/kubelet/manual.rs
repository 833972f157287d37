//! Kubelets by hand, step by step, as the recorded scenarios play them.
//!
//! All of these write to the API server at once and are meant for `Mode::Manual`.

use super::Kubelets;
use crate::api::meta::Time;
use crate::api::object::Resource;
use crate::api::pod::{ContainerState, ContainerStatus, Pod, Running, phase};
use crate::apiserver::DeleteOptions;
use crate::client::Client;
use crate::trace::Actor;
use std::rc::Rc;

/// The pods bound to these nodes (without names: to any).
fn bound(client: &Client<'_>, nodes: Option<&[&str]>) -> Vec<Rc<Pod>> {
    client
        .server
        .pods
        .iter()
        .filter(|p| p.is_bound() && nodes.is_none_or(|n| n.contains(&p.spec.node_name.as_str())))
        .cloned()
        .collect()
}

/// Neither ended nor being deleted.
fn living(client: &Client<'_>, nodes: Option<&[&str]>) -> Vec<Rc<Pod>> {
    let mut pods = bound(client, nodes);
    pods.retain(|p| !p.is_terminal() && !p.metadata.is_terminating());
    pods
}

fn write(client: &mut Client<'_>, pod: &Pod, what: &'static str, change: impl FnOnce(&mut Pod)) {
    client.actor = Actor::Kubelet(pod.spec.node_name.as_str().into());
    // The pod was there a moment ago; if not, there is nothing to do.
    let _ = client.patch_status::<Pod>(&pod.key(), what, change);
}

fn run(pod: &mut Pod, ready: bool, now: Time) {
    phase::RUNNING.clone_into(&mut pod.status.phase);
    pod.status.start_time.get_or_insert(now);
    pod.status.container_statuses = pod
        .spec
        .containers
        .iter()
        .map(|c| ContainerStatus {
            name: c.name.clone(),
            image: c.image.clone(),
            ready,
            started: Some(true),
            state: ContainerState {
                running: Some(Running {
                    started_at: Some(now),
                }),
                ..ContainerState::default()
            },
            ..ContainerStatus::default()
        })
        .collect();
    let status = if ready { "True" } else { "False" };
    pod.status.set_condition("Initialized", "True", "", "", now);
    for type_ in ["Ready", "ContainersReady"] {
        pod.status.set_condition(type_, status, "", "", now);
    }
}

impl Kubelets {
    /// Bound, living, not-ready pods become Running and Ready.
    pub fn manual_start(&mut self, client: &mut Client<'_>, nodes: Option<&[&str]>) {
        let now = client.time();
        for pod in living(client, nodes) {
            if !pod.is_ready() {
                write(client, &pod, "status: ready", |pod| run(pod, true, now));
            }
        }
    }

    /// Bound, living pods become Running but not ready.
    pub fn manual_run_unready(&mut self, client: &mut Client<'_>, nodes: Option<&[&str]>) {
        let now = client.time();
        for pod in living(client, nodes) {
            write(client, &pod, "status: running, not ready", |pod| {
                run(pod, false, now);
            });
        }
    }

    /// Bound, living pods become Failed.
    pub fn manual_fail(
        &mut self,
        client: &mut Client<'_>,
        nodes: Option<&[&str]>,
        reason: Option<&str>,
    ) {
        self.manual_end(client, nodes, phase::FAILED, reason);
    }

    /// Bound, living pods become Succeeded.
    pub fn manual_succeed(&mut self, client: &mut Client<'_>, nodes: Option<&[&str]>) {
        self.manual_end(client, nodes, phase::SUCCEEDED, None);
    }

    fn manual_end(
        &mut self,
        client: &mut Client<'_>,
        nodes: Option<&[&str]>,
        phase: &'static str,
        reason: Option<&str>,
    ) {
        let now = client.time();
        for pod in living(client, nodes) {
            write(client, &pod, "status: ended", |pod| {
                phase.clone_into(&mut pod.status.phase);
                reason.unwrap_or("").clone_into(&mut pod.status.reason);
                for type_ in ["Ready", "ContainersReady"] {
                    pod.status.set_condition(type_, "False", "", "", now);
                }
            });
        }
    }

    /// Pods with a deletionTimestamp are removed.
    pub fn manual_reap(&mut self, client: &mut Client<'_>, nodes: Option<&[&str]>) {
        for pod in bound(client, nodes) {
            if pod.metadata.is_terminating() {
                client.actor = Actor::Kubelet(pod.spec.node_name.as_str().into());
                let options = DeleteOptions {
                    grace_period_seconds: Some(0),
                    uid: Some(pod.metadata.uid.clone()),
                    ..DeleteOptions::default()
                };
                // As above.
                let _ = client.delete::<Pod>(&pod.key(), &options);
            }
        }
    }
}
