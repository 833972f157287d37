//! `kubectl cordon`, `uncordon` and `drain`.
//!
//! Models: kubectl/pkg/cmd/drain/drain.go, pkg/drain/drain.go, filters.go.
//! Differs: there are no disruption budgets, so no eviction is refused; pods are evicted in order of name.

use super::Call;
use super::error::{Failure, Outcome};
use super::pending::Look;
use super::{Dry, resource};
use crate::api::apps::DaemonSet;
use crate::api::go::quote;
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::object::{Key, Object, Resource};
use crate::api::pod::Pod;
use crate::apiserver::{ApiServer, DeleteOptions};
use crate::sim::map::Map;
use std::collections::VecDeque;
use std::rc::Rc;

/// What drain does with one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Delete,
    DeleteWithWarning(String),
    Skip,
    SkipWithWarning(String),
    Refuse(String),
}

struct Options {
    force: bool,
    ignore_daemon_sets: bool,
    delete_empty_dir: bool,
    skip_wait_for_delete: i64,
    now: Time,
}

pub fn cordon(call: &mut Call<'_>) -> Outcome {
    let nodes = nodes(call)?;
    set_unschedulable(call, &nodes, true)
}

pub fn uncordon(call: &mut Call<'_>) -> Outcome {
    let nodes = nodes(call)?;
    set_unschedulable(call, &nodes, false)
}

fn nodes(call: &mut Call<'_>) -> Result<Vec<Rc<Node>>, Failure> {
    let selector = !call.flags.text("selector").is_empty();
    if call.words.is_empty() && !selector {
        return Err(call.usage(&format!("USAGE: {} NODE [flags]", call.path)));
    }
    if !call.words.is_empty() && selector {
        return Err(call.usage("error: cannot specify both a node name and a --selector option"));
    }
    let typed = call.words.iter().map(|word| match word.contains('/') {
        true => word.clone(),
        false => format!("nodes/{word}"),
    });
    call.words = if selector {
        vec!["nodes".to_owned()]
    } else {
        typed.collect()
    };
    let objects = call.find(false)?.all_or_failure()?;
    let mut nodes = Vec::new();
    for object in objects {
        match object {
            Object::Node(node) => nodes.push(node),
            other => {
                let long = resource::long_name(resource::info_of(&other));
                return Err(Failure::Text(format!(
                    "expected resource of type node, got {long}",
                    long = quote(&long)
                )));
            }
        }
    }
    Ok(nodes)
}

fn set_unschedulable(call: &mut Call<'_>, nodes: &[Rc<Node>], on: bool) -> Outcome {
    let word = if on { "cordoned" } else { "uncordoned" };
    for node in nodes {
        let object = Object::Node(Rc::clone(node));
        if node.spec.unschedulable == on {
            call.print_result(&object, &format!("already {word}"))?;
            continue;
        }
        let what = if on { "cordon" } else { "uncordon" };
        let written = call
            .host
            .client()
            .patch::<Node>(&node.key(), what, |node| node.spec.unschedulable = on)?;
        call.print_result(&Node::into_object(written), word)?;
    }
    Ok(())
}

pub fn drain(call: &mut Call<'_>) -> Outcome {
    if super::selector::LabelQuery::parse(call.flags.text("pod-selector")).is_err() {
        return Err(Failure::text(
            "--pod-selector=<pod_selector> must be a valid label selector",
        ));
    }
    let nodes = nodes(call)?;
    set_unschedulable(call, &nodes, true)?;
    let is_one = nodes.len() == 1;
    let mut drain = Drain {
        nodes: nodes.into(),
        left: None,
        failures: Vec::new(),
    };
    if is_one {
        if let Some(outcome) = drain.go_on(call) {
            return outcome;
        }
        return call.wait_until(call.time_limit(), move |call| drain.go_on(call));
    }
    // Evicting from the next node is an act of its own, so nobody but this command waits here.
    call.sit_out(&mut (Box::new(move |call: &mut Call<'_>| drain.go_on(call)) as Look))
}

/// Nodes are emptied one after the other.
struct Drain {
    nodes: VecDeque<Rc<Node>>,
    /// The pods of the first node that were told to go.
    left: Option<Vec<Rc<Pod>>>,
    failures: Vec<(String, Vec<String>)>,
}

impl Drain {
    fn go_on(&mut self, call: &mut Call<'_>) -> Option<Outcome> {
        while let Some(node) = self.nodes.front().cloned() {
            let name = &node.metadata.name;
            let done = match &mut self.left {
                Some(left) => look_at_pods(call, name, left)?,
                None => {
                    call.set_timeout(call.time_limit());
                    match tell_pods_to_go(call, name) {
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
                Ok(()) => {
                    if let Err(failure) =
                        call.print_result(&Object::Node(Rc::clone(&node)), "drained")
                    {
                        return Some(Err(failure));
                    }
                }
                Err(errors) => {
                    call.warn(&format!("error: unable to drain node {name} due to error: {}, continuing command...", listed(&errors), name = quote(name)));
                    self.failures.push((name.clone(), errors));
                }
            }
        }
        Some(self.end(call))
    }

    fn end(&mut self, call: &mut Call<'_>) -> Outcome {
        if self.failures.is_empty() {
            return Ok(());
        }
        call.warn("There are pending nodes to be drained:");
        for (name, _) in &self.failures {
            call.warn(&format!(" {name}"));
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

/// The pods of a node that pass the filters, and the warnings; or what stands against it.
fn pods_to_evict(call: &mut Call<'_>, node: &str) -> Result<(Vec<Rc<Pod>>, String), Vec<String>> {
    let selector = super::selector::LabelQuery::parse(call.flags.text("pod-selector"))
        .map_err(|why| vec![why])?;
    let options = Options {
        force: call.flags.bool("force"),
        ignore_daemon_sets: call.flags.bool("ignore-daemonsets"),
        delete_empty_dir: call.flags.bool("delete-emptydir-data"),
        skip_wait_for_delete: call.flags.int("skip-wait-for-delete-timeout"),
        now: call.time(),
    };
    let client = call.host.client();
    let server: &ApiServer = client.server;
    let mut evict = Vec::new();
    let (mut warnings, mut refusals) = (
        Map::<String, Vec<String>>::new(),
        Map::<String, Vec<String>>::new(),
    );
    for pod in server.pods.iter() {
        if pod.spec.node_name != node || !selector.matches(&pod.metadata.labels) {
            continue;
        }
        let name = pod.key().to_string();
        match judge(server, pod, &options) {
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
fn judge(server: &ApiServer, pod: &Pod, options: &Options) -> Verdict {
    if options.skip_wait_for_delete > 0
        && let Some(deletion) = pod.metadata.deletion_timestamp
        && options.now.0 - deletion.0 > options.skip_wait_for_delete
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
    // The last filter's word is what counts: a warning about local storage is lost here, as upstream.
    if owner.is_some() || pod.is_terminal() {
        return Verdict::Delete;
    }
    if options.force {
        return Verdict::DeleteWithWarning("deleting Pods that declare no controller".to_owned());
    }
    Verdict::Refuse("Pods that declare no controller (use --force to override)".to_owned())
}

/// Evicts what can be evicted from a node; gives the pods to wait for.
fn tell_pods_to_go(call: &mut Call<'_>, node: &str) -> Result<Vec<Rc<Pod>>, Vec<String>> {
    let (pods, warnings) = pods_to_evict(call, node)?;
    if !warnings.is_empty() {
        call.warn(&format!("Warning: {warnings}"));
    }
    if call.dry == Dry::Client {
        for pod in &pods {
            call.print(&format!("evicting pod {} (dry run)", pod.key()));
        }
        return Ok(Vec::new());
    }
    let eviction = !call.flags.bool("disable-eviction");
    let grace = Some(call.flags.int("grace-period")).filter(|seconds| *seconds >= 0);
    for pod in &pods {
        if eviction {
            let suffix = call.dry_suffix();
            call.print(&format!("evicting pod {}{suffix}", pod.key()));
        }
        evict(call, pod, grace, eviction).map_err(|failure| vec![failure.line()])?;
    }
    if call.dry == Dry::Server {
        return Ok(Vec::new());
    }
    Ok(pods)
}

/// Tells which pods have gone; gives how it ended when all have, or time is up.
fn look_at_pods(
    call: &mut Call<'_>,
    node: &str,
    left: &mut Vec<Rc<Pod>>,
) -> Option<Result<(), Vec<String>>> {
    let word = if call.flags.bool("disable-eviction") {
        "deleted"
    } else {
        "evicted"
    };
    left.retain(|pod| {
        let live = call.live(&Object::Pod(Rc::clone(pod)));
        let is_there = live.is_some_and(|live| live.meta().uid == pod.metadata.uid);
        if !is_there {
            call.print(&format!("pod/{} {word}", pod.metadata.name));
        }
        is_there
    });
    if left.is_empty() {
        return Some(Ok(()));
    }
    if !call.is_over() {
        return None;
    }
    let Some(limit) = call.time_limit() else {
        return Some(Err(vec!["interrupted".to_owned()]));
    };
    let limit = super::duration::go(limit);
    let errors: Vec<String> = left.iter().map(|pod| {
        format!("error when waiting for pod {:?} in namespace {:?} to terminate: global timeout reached: {limit}", pod.metadata.name, pod.metadata.namespace)
    }).collect();
    call.warn(&format!(
        "There are pending pods in node {node} when an error occurred: {}",
        listed(&errors),
        node = quote(node)
    ));
    for pod in left {
        call.warn(&format!("pod/{}", pod.metadata.name));
    }
    Some(Err(errors))
}

/// Models: pkg/registry/core/pod/storage/eviction.go.
fn evict(call: &mut Call<'_>, pod: &Rc<Pod>, grace: Option<i64>, eviction: bool) -> Outcome {
    let mut client = call.host.client();
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
