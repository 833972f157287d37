//! `drain`: cordons nodes and evicts their pods.
//!
//! Models: kubectl/pkg/cmd/drain/drain.go, pkg/drain/drain.go, filters.go.
//! Differs: there are no disruption budgets, so no eviction is refused; pods are evicted in order of name.

use super::{Done, cordon};
use crate::api::apps::DaemonSet;
use crate::api::go::quote;
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::object::{Key, Object, Resource};
use crate::api::pod::Pod;
use crate::apiserver::{ApiServer, DeleteOptions};
use crate::kubectl::duration;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::job::{Dry, Job};
use crate::kubectl::selector::LabelQuery;
use crate::sim::map::Map;
use crate::sim::time::SimDuration;
use std::collections::VecDeque;
use std::rc::Rc;

/// The flags of `kubectl drain`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Also pods that no controller would replace.
    pub force: bool,
    pub ignore_daemon_sets: bool,
    pub delete_empty_dir: bool,
    /// Deletes pods instead of asking for their eviction.
    pub disable_eviction: bool,
    /// Seconds; `None` leaves it to each pod.
    pub grace: Option<i64>,
    /// Seconds after which a pod that terminates isn't waited for; 0 waits for all.
    pub skip_wait_for_delete: i64,
    pub pods: LabelQuery,
    /// The longest wait for the pods of one node.
    pub timeout: Option<SimDuration>,
}

/// The decision about one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Delete,
    DeleteWithWarning(String),
    Skip,
    SkipWithWarning(String),
    Refuse(String),
}

/// Cordons the nodes, which come first in the output.
pub fn begin(job: &mut Job<'_>, nodes: Vec<Rc<Node>>, options: Options) -> Result<Drain, Failure> {
    for node in &nodes {
        let done = cordon::cordon(&mut job.client(), node, true)?;
        job.tell(&done);
    }
    Ok(Drain {
        options,
        nodes: nodes.into(),
        left: None,
        failures: Vec::new(),
    })
}

/// Nodes are emptied one after the other.
pub struct Drain {
    options: Options,
    nodes: VecDeque<Rc<Node>>,
    /// The pods of the first node that were told to go.
    left: Option<Vec<Rc<Pod>>>,
    failures: Vec<(String, Vec<String>)>,
}

impl Drain {
    /// Goes on as far as it can without letting time pass; gives the outcome at the end.
    pub fn go_on(&mut self, job: &mut Job<'_>) -> Option<Outcome> {
        while let Some(node) = self.nodes.front().cloned() {
            let name = &node.metadata.name;
            let done = match &mut self.left {
                Some(left) => look_at_pods(job, &self.options, name, left)?,
                None => {
                    job.set_timeout(self.options.timeout);
                    match tell_pods_to_go(job, &self.options, name) {
                        Ok(pods) if !pods.is_empty() => {
                            self.left = Some(pods);
                            continue;
                        }
                        Ok(_) => Ok(()),
                        Err(errors) => Err(errors),
                    }
                }
            };
            self.left = None;
            self.nodes.pop_front();
            match done {
                Ok(()) => job.tell(&Done::new(Object::Node(node), "drained")),
                Err(errors) => {
                    job.warn(&format!("error: unable to drain node {name} due to error: {}, continuing command...", listed(&errors), name = quote(name)));
                    self.failures.push((name.clone(), errors));
                }
            }
        }
        Some(self.end(job))
    }

    fn end(&mut self, job: &mut Job<'_>) -> Outcome {
        if self.failures.is_empty() {
            return Ok(());
        }
        job.warn("There are pending nodes to be drained:");
        for (name, _) in &self.failures {
            job.warn(&format!(" {name}"));
        }
        // The errors of one node are a list, whose lines come without `error:`; several nodes make a list of lists.
        let lines: Vec<String> = match self.failures.as_slice() {
            [(_, one)] => one.clone(),
            many => many.iter().map(|(_, errors)| listed(errors)).collect(),
        };
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        Err(Failure::Exit { code: 1, text })
    }
}

/// One error, or all in brackets.
fn listed(errors: &[String]) -> String {
    match errors {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}

/// The pods of a node that pass the filters, and the warnings; or the reasons against it.
fn pods_to_evict(
    job: &mut Job<'_>,
    options: &Options,
    node: &str,
) -> Result<(Vec<Rc<Pod>>, String), Vec<String>> {
    let now = job.time();
    let client = job.client();
    let server: &ApiServer = client.server;
    let mut evict = Vec::new();
    let (mut warnings, mut refusals) = (
        Map::<String, Vec<String>>::new(),
        Map::<String, Vec<String>>::new(),
    );
    for pod in server.pods.iter() {
        if pod.spec.node_name != node || !options.pods.matches(&pod.metadata.labels) {
            continue;
        }
        let name = pod.key().to_string();
        match judge(server, pod, options, now) {
            Verdict::Delete => evict.push(Rc::clone(pod)),
            Verdict::DeleteWithWarning(why) => {
                evict.push(Rc::clone(pod));
                warnings.or_default(why).push(name);
            }
            Verdict::Skip => {}
            Verdict::SkipWithWarning(why) => warnings.or_default(why).push(name),
            Verdict::Refuse(why) => refusals.or_default(why).push(name),
        }
    }
    if !refusals.is_empty() {
        let texts = refusals
            .iter()
            .map(|(why, pods)| format!("cannot delete {why}: {}", pods.join(", ")));
        return Err(texts.collect());
    }
    let warnings: Vec<String> = warnings
        .iter()
        .map(|(why, pods)| format!("{why}: {}", pods.join(", ")))
        .collect();
    Ok((evict, warnings.join("; ")))
}

/// Models: filters.go: each filter's word replaces the one before, and the first that keeps the pod ends it.
fn judge(server: &ApiServer, pod: &Pod, options: &Options, now: Time) -> Verdict {
    if options.skip_wait_for_delete > 0
        && let Some(deletion) = pod.metadata.deletion_timestamp
        && now.0 - deletion.0 > options.skip_wait_for_delete
    {
        return Verdict::Skip;
    }
    let owner = pod.metadata.controller_ref();
    if let Some(owner) = owner.filter(|owner| owner.kind == "DaemonSet" && !pod.is_terminal()) {
        let key = Key::new(&pod.metadata.namespace, &owner.name);
        if server.get::<DaemonSet>(&key).is_none() {
            let why = format!("daemonsets.apps {:?} not found", owner.name);
            if !options.force {
                return Verdict::Refuse(why);
            }
            // The warning is lost in the filters below, as upstream.
        } else if options.ignore_daemon_sets {
            return Verdict::SkipWithWarning("ignoring DaemonSet-managed Pods".to_owned());
        } else {
            return Verdict::Refuse(
                "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)".to_owned(),
            );
        }
    }
    if pod
        .metadata
        .annotations
        .contains_key("kubernetes.io/config.mirror")
    {
        return Verdict::Skip;
    }
    let empty_dir = pod
        .spec
        .volumes
        .iter()
        .any(|volume| volume.source.contains_key("emptyDir"));
    if empty_dir && !pod.is_terminal() && !options.delete_empty_dir {
        return Verdict::Refuse(
            "Pods with local storage (use --delete-emptydir-data to override)".to_owned(),
        );
    }
    // The last filter's word counts: a warning about local storage is lost here, as upstream.
    if owner.is_some() || pod.is_terminal() {
        return Verdict::Delete;
    }
    if options.force {
        return Verdict::DeleteWithWarning("deleting Pods that declare no controller".to_owned());
    }
    Verdict::Refuse("Pods that declare no controller (use --force to override)".to_owned())
}

/// Evicts the pods of a node that can be evicted; gives those to wait for.
fn tell_pods_to_go(
    job: &mut Job<'_>,
    options: &Options,
    node: &str,
) -> Result<Vec<Rc<Pod>>, Vec<String>> {
    let (pods, warnings) = pods_to_evict(job, options, node)?;
    if !warnings.is_empty() {
        job.warn(&format!("Warning: {warnings}"));
    }
    if job.dry == Dry::Client {
        for pod in &pods {
            job.print(&format!("evicting pod {} (dry run)", pod.key()));
        }
        return Ok(Vec::new());
    }
    let eviction = !options.disable_eviction;
    for pod in &pods {
        if eviction {
            let suffix = job.dry_suffix();
            job.print(&format!("evicting pod {}{suffix}", pod.key()));
        }
        evict(job, pod, options.grace, eviction).map_err(|failure| vec![failure.line()])?;
    }
    if job.dry == Dry::Server {
        return Ok(Vec::new());
    }
    Ok(pods)
}

/// Tells which pods have gone; gives how it ended when all have, or time is up.
fn look_at_pods(
    job: &mut Job<'_>,
    options: &Options,
    node: &str,
    left: &mut Vec<Rc<Pod>>,
) -> Option<Result<(), Vec<String>>> {
    let word = if options.disable_eviction {
        "deleted"
    } else {
        "evicted"
    };
    left.retain(|pod| {
        let live = job.live(&Object::Pod(Rc::clone(pod)));
        let is_there = live.is_some_and(|live| live.meta().uid == pod.metadata.uid);
        if !is_there {
            job.print(&format!("pod/{} {word}", pod.metadata.name));
        }
        is_there
    });
    if left.is_empty() {
        return Some(Ok(()));
    }
    if !job.is_over() {
        return None;
    }
    let Some(limit) = options.timeout else {
        return Some(Err(vec!["interrupted".to_owned()]));
    };
    let limit = duration::go(limit);
    let errors: Vec<String> = left.iter().map(|pod| {
        format!("error when waiting for pod {:?} in namespace {:?} to terminate: global timeout reached: {limit}", pod.metadata.name, pod.metadata.namespace)
    }).collect();
    job.warn(&format!(
        "There are pending pods in node {node} when an error occurred: {}",
        listed(&errors),
        node = quote(node)
    ));
    for pod in left {
        job.warn(&format!("pod/{}", pod.metadata.name));
    }
    Some(Err(errors))
}

/// Models: pkg/registry/core/pod/storage/eviction.go.
fn evict(job: &mut Job<'_>, pod: &Rc<Pod>, grace: Option<i64>, eviction: bool) -> Outcome {
    let mut client = job.client();
    let key = pod.key();
    if eviction && !pod.is_terminal() && !pod.metadata.is_terminating() {
        let now = client.time();
        client.patch_status::<Pod>(&key, "eviction", |pod| {
            pod.status.set_condition(
                "DisruptionTarget",
                "True",
                "EvictionByEvictionAPI",
                "Eviction API: evicting",
                now,
            );
        })?;
    }
    let options = DeleteOptions {
        grace_period_seconds: grace,
        ..DeleteOptions::default()
    };
    match client.delete::<Pod>(&key, &options) {
        Err(status) if status.reason != crate::api::status::Reason::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}
