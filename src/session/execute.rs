//! Carries out a command. For all that kubectl can do, its own operations do it: the same words, the same rules.

use super::command::{Command, Failure, Outcome, Place};
use super::scenario::MAX_NODES;
use super::words::describe;
use crate::api::go::quote;
use crate::api::meta::Time;
use crate::api::node::{Node, NodeCondition, Taint};
use crate::api::object::{Key, Object};
use crate::api::pod::{Pod, ResourceList};
use crate::api::quantity::Quantity;
use crate::api::status::Status;
use crate::chunk::in_chunk;
use crate::client::Client;
use crate::cluster::Cluster;
use crate::cluster::nodes::{self, NodeTemplate};
use crate::cluster::parts::Parts;
use crate::kubectl::job::Job;
use crate::kubectl::ops::{self, Report, cordon, delete, label, rollout, set};
use crate::kubectl::{self, Output, Started, error};
use crate::kubelet::eviction::Pressure;
use crate::sim::map::Set;
use std::rc::Rc;

in_chunk!(engine 10, pub fn execute(cluster: &mut Cluster, command: &Command) -> Result<Outcome, Failure> = execute_here);

fn execute_here(cluster: &mut Cluster, command: &Command) -> Result<Outcome, Failure> {
    if !matches!(command, Command::Kubectl { .. }) {
        cluster.note_command(&describe(command));
    }
    match command {
        Command::Apply { yaml } => apply(cluster, yaml),
        Command::AddNodes { template, count } => add_nodes(cluster, *template, *count, false),
        Command::TaintNode { node, taints } => set_taints(cluster, node, taints),
        Command::SetNodeDown { node, down } => on_node(cluster, node, |parts, client| {
            parts.kubelets.set_node_down(client, node, *down);
            if *down {
                parts.node_lifecycle.heartbeats_stopped(client, node);
            } else {
                parts.node_lifecycle.heartbeats_resumed(client, node);
            }
        }),
        Command::SetNodeNotReady { node, not_ready } => on_node(cluster, node, |parts, client| {
            parts.kubelets.set_node_not_ready(client, node, *not_ready);
        }),
        Command::SetPressure {
            node,
            condition,
            on,
        } => set_condition(cluster, node, condition, *on),
        Command::FailPod {
            namespace,
            name,
            reason,
        } => {
            let key = Key::new(namespace, name);
            cluster.server.require::<Pod>(&key)?;
            let message = "The pod was failed by hand.";
            if !cluster
                .with_parts(|parts, client| parts.kubelets.fail_pod(client, &key, reason, message))
            {
                return Err(Failure::new(format!(
                    "pod {name} does not run on any node, so it can't fail there",
                    name = quote(name)
                )));
            }
            Ok(Outcome {
                lines: vec![format!("pod/{name} failed")],
                ..Outcome::default()
            })
        }
        Command::SetProfile { profile } => {
            cluster
                .with_parts(|parts, client| parts.kubelets.set_profile(client.now, profile.clone()))
                .map_err(Failure::new)?;
            Ok(Outcome {
                lines: vec!["kubelet profile changed".to_owned()],
                ..Outcome::default()
            })
        }
        Command::Kubectl { .. } => match kubectl(cluster, command) {
            Started::Done(output) => told(output),
            Started::Waits(_) => Ok(Outcome::default()),
        },
        _ => {
            let mut job = Job::new(cluster);
            let outcome = operate(&mut job, command);
            let output = std::mem::take(&mut job.out).ended(outcome);
            cluster.pump();
            told(output)
        }
    }
}

/// The commands that kubectl has operations for.
fn operate(job: &mut Job<'_>, command: &Command) -> Result<(), error::Failure> {
    match command {
        Command::Replace { yaml } => replace(job, yaml),
        Command::Edit { yaml, .. } => edit(job, yaml),
        Command::DeleteYaml { yaml } => delete::text(job, yaml),
        Command::DeleteObject {
            kind,
            namespace,
            name,
            propagation,
            grace_period_seconds,
        } => {
            let options = delete::Options {
                propagation: *propagation,
                grace: grace_period_seconds.filter(|seconds| *seconds >= 0),
            };
            delete::one(job, (&kind.to_ascii_lowercase(), namespace, name), options)
        }
        Command::RemoveNode { node } => {
            delete::one(job, ("node", "", node), delete::Options::default())
        }
        Command::LabelNode { node, labels } => {
            let change = label::Change::of_labels(labels)?;
            let node = ops::find(&job.client(), "node", "", node)?;
            let report = label::label(job, &node, &change, true);
            job.tell_report(report)
        }
        Command::Cordon { node, on } => {
            let node = node_of(job, node)?;
            let done = cordon::cordon(&mut job.client(), &node, *on);
            job.tell_report(done.into())
        }
        Command::Drain { node } => drain(job, node),
        Command::SetImage {
            namespace, name, ..
        }
        | Command::SetRequest {
            namespace, name, ..
        }
        | Command::Patch {
            namespace, name, ..
        }
        | Command::RolloutRestart { namespace, name }
        | Command::RolloutUndo {
            namespace, name, ..
        } => {
            let set = ops::find(&job.client(), "daemonset", namespace, name)?;
            let report = change_daemon_set(job, &set, command)?;
            job.tell_report(report)
        }
        // `execute` itself carries these out.
        Command::Kubectl { .. }
        | Command::Apply { .. }
        | Command::AddNodes { .. }
        | Command::TaintNode { .. }
        | Command::SetNodeDown { .. }
        | Command::SetNodeNotReady { .. }
        | Command::SetPressure { .. }
        | Command::FailPod { .. }
        | Command::SetProfile { .. } => Ok(()),
    }
}

/// The operations on one DaemonSet.
fn change_daemon_set(
    job: &mut Job<'_>,
    set: &Object,
    command: &Command,
) -> Result<Report, error::Failure> {
    Ok(match command {
        Command::SetImage {
            container, image, ..
        } => {
            let images = [(container.clone(), image.clone())];
            set::image(&mut job.client(), set, &images)
        }
        Command::SetRequest {
            container,
            resource,
            amount,
            ..
        } => {
            let amount = Quantity::parse(amount).map_err(error::Failure::Text)?;
            let mut requests = ResourceList::new();
            requests.insert(resource.clone(), amount);
            let limits = ResourceList::new();
            set::resources(&mut job.client(), set, container, &limits, &requests)
        }
        Command::Patch { type_, patch, .. } => {
            ops::patch::patch(job, set, patch, *type_, "").into()
        }
        Command::RolloutRestart { .. } => rollout::restart(&mut job.client(), set).into(),
        Command::RolloutUndo { to_revision, .. } => rollout::undo(job, set, *to_revision).into(),
        // `operate` calls this for those above.
        _ => Report::default(),
    })
}

fn replace(job: &mut Job<'_>, yaml: &str) -> Result<(), error::Failure> {
    let failures = ops::each_item(yaml, "STDIN", ("default", false), "replace", &mut |item| {
        let done = ops::create::replace(job, item, "STDIN", true, false)?;
        job.tell(&done);
        Ok(())
    });
    error::Failure::collect(failures)
}

fn edit(job: &mut Job<'_>, yaml: &str) -> Result<(), error::Failure> {
    let saved = ops::edit::save(&mut job.client(), yaml, ("default", false));
    saved.done.iter().for_each(|done| job.tell(done));
    if let Some(note) = saved.note {
        job.warn(note);
    }
    error::Failure::collect(saved.failures)
}

/// With the flags that a node with DaemonSets and bare pods needs; lets time pass until the pods are gone.
fn drain(job: &mut Job<'_>, node: &str) -> Result<(), error::Failure> {
    let options = ops::drain::Options {
        force: true,
        ignore_daemon_sets: true,
        delete_empty_dir: true,
        ..ops::drain::Options::default()
    };
    let nodes = vec![node_of(job, node)?];
    let mut drain = ops::drain::begin(job, nodes, options)?;
    job.sit_out(|job| drain.go_on(job))
}

fn node_of(job: &mut Job<'_>, name: &str) -> Result<Rc<Node>, Status> {
    let key = Cluster::node_key(name);
    job.client().server.require::<Node>(&key).map(Rc::clone)
}

/// Runs `Command::Kubectl`, and gives all that comes of it.
pub fn kubectl(cluster: &mut Cluster, command: &Command) -> Started {
    cluster.note_command(&describe(command));
    let Command::Kubectl {
        args,
        stdin,
        no_wait,
    } = command
    else {
        return Started::Done(Output::default());
    };
    let started = if *no_wait {
        kubectl::start(cluster, args, stdin.as_deref())
    } else {
        Started::Done(kubectl::run(cluster, args, stdin.as_deref()))
    };
    cluster.pump();
    started
}

/// The result of applying a text, on a copy.
pub fn check(cluster: &Cluster, yaml: &str) -> Result<Outcome, Failure> {
    apply(&mut cluster.clone(), yaml)
}

fn apply(cluster: &mut Cluster, yaml: &str) -> Result<Outcome, Failure> {
    let applied = cluster.as_user(|client| kubectl::ops::apply::apply(client, yaml, "STDIN"));
    if applied.errors.is_empty() {
        return Ok(Outcome {
            lines: applied.lines,
            warnings: applied.warnings,
        });
    }
    let places = applied.places.into_iter().map(|place| Place {
        line: place.line,
        column: place.column,
        message: place.message,
        hint: place.hint,
    });
    Err(Failure {
        message: applied.errors.join("\n"),
        places: places.collect(),
        done: applied.lines,
    })
}

fn told(output: Output) -> Result<Outcome, Failure> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    if output.exit == 0 {
        Ok(Outcome {
            lines: lines(&output.stdout),
            warnings: lines(&output.stderr),
        })
    } else {
        Err(Failure {
            message: output.stderr.trim_end().to_owned(),
            places: Vec::new(),
            done: lines(&output.stdout),
        })
    }
}

/// Adds nodes of a template under the next free names; they join and become Ready after a while, or are Ready at once.
pub fn add_nodes(
    cluster: &mut Cluster,
    template: NodeTemplate,
    count: u32,
    ready: bool,
) -> Result<Outcome, Failure> {
    let present = cluster.server.nodes.len() as u32;
    if count == 0 || present.saturating_add(count) > MAX_NODES {
        return Err(Failure::new(format!(
            "the playground simulates at most {MAX_NODES} nodes; there are {present}"
        )));
    }
    let prefix = template.prefix();
    let used = |name: &str| {
        name.strip_prefix(prefix)?
            .strip_prefix('-')?
            .parse::<u32>()
            .ok()
    };
    let highest = cluster
        .server
        .nodes
        .iter()
        .filter_map(|n| used(&n.metadata.name))
        .max()
        .unwrap_or(0);
    // Networks that removed nodes had are free again.
    let cidr = |node: &Rc<Node>| node.spec.extra.get("podCIDR")?.as_str().map(str::to_owned);
    let taken: Set<String> = cluster.server.nodes.iter().filter_map(cidr).collect();
    let free = (1..).filter(|index| !taken.contains(&nodes::pod_cidr(*index)));
    let mut lines = Vec::new();
    for (i, index) in (1..=count).zip(free) {
        let name = format!("{prefix}-{}", highest.saturating_add(i));
        let node = cluster.new_node(template, &name, index, ready);
        cluster.as_user(|client| client.create(node))?;
        lines.push(format!("node/{name} added"));
    }
    Ok(Outcome {
        lines,
        ..Outcome::default()
    })
}

/// Replaces all taints of a node; those that the node lifecycle controller owns stay its own.
fn set_taints(cluster: &mut Cluster, name: &str, taints: &[Taint]) -> Result<Outcome, Failure> {
    cluster.as_user(|client| {
        client.patch::<Node>(&Cluster::node_key(name), "taints", |node| {
            node.spec.taints = taints.to_vec()
        })
    })?;
    Ok(Outcome {
        lines: vec![format!("node/{name} tainted")],
        ..Outcome::default()
    })
}

/// Something happens to a node's machine or kubelet.
fn on_node(
    cluster: &mut Cluster,
    name: &str,
    act: impl FnOnce(&mut Parts, &mut Client<'_>),
) -> Result<Outcome, Failure> {
    cluster.server.require::<Node>(&Cluster::node_key(name))?;
    cluster.with_parts(act);
    Ok(Outcome {
        lines: vec![format!("node/{name} changed")],
        ..Outcome::default()
    })
}

/// Pressure is the kubelet's to report; a cloud provider or CNI reports the network.
fn set_condition(
    cluster: &mut Cluster,
    name: &str,
    condition: &str,
    on: bool,
) -> Result<Outcome, Failure> {
    let pressure = match condition {
        "MemoryPressure" => Pressure::Memory,
        "DiskPressure" => Pressure::Disk,
        "PIDPressure" => Pressure::Pid,
        "NetworkUnavailable" => {
            return on_node(cluster, name, |_, client| {
                let now = client.time();
                // The node was there a moment ago.
                let _ = client.patch_status::<Node>(
                    &Cluster::node_key(name),
                    "NetworkUnavailable",
                    |node| {
                        set_network(node, on, now);
                    },
                );
            });
        }
        other => {
            return Err(Failure::new(format!(
                "{other} is not a condition that can be set",
                other = quote(other)
            )));
        }
    };
    on_node(cluster, name, |parts, client| {
        parts.kubelets.set_pressure(client, name, pressure, on)
    })
}

fn set_network(node: &mut Node, unavailable: bool, now: Time) {
    let (status, reason, message) = if unavailable {
        ("True", "NoRouteCreated", "Node created without a route")
    } else {
        ("False", "RouteCreated", "RouteController created a route")
    };
    node.status
        .conditions
        .retain(|c| c.type_ != "NetworkUnavailable");
    node.status.conditions.insert(
        0,
        NodeCondition {
            type_: "NetworkUnavailable".to_owned(),
            status: status.to_owned(),
            last_heartbeat_time: Some(now),
            last_transition_time: Some(now),
            reason: reason.to_owned(),
            message: message.to_owned(),
        },
    );
}

#[cfg(test)]
mod tests;
