//! Carries out a command. What kubectl can do goes through kubectl: the same words, the same rules.

use super::command::{Command, Failure, Outcome, Place};
use super::scenario::MAX_NODES;
use crate::api::go::quote;
use crate::api::meta::Time;
use crate::api::node::{Node, NodeCondition, Taint};
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::api::taint;
use crate::apiserver::Propagation;
use crate::chunk::in_chunk;
use crate::client::Client;
use crate::cluster::Cluster;
use crate::cluster::nodes::{self, NodeTemplate};
use crate::cluster::parts::Parts;
use crate::kubectl::{self, Output, Started};
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
        other => {
            let (args, stdin) = kubectl_args(other).unwrap_or_default();
            let output = kubectl::run(cluster, &args, stdin);
            cluster.pump();
            told(output)
        }
    }
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

/// The kubectl command that does the same on a real cluster, where there is one, with its standard input.
pub fn kubectl_args(command: &Command) -> Option<(Vec<String>, Option<&str>)> {
    let words = |list: &[&str]| {
        list.iter()
            .map(|w| (*w).to_owned())
            .collect::<Vec<String>>()
    };
    Some(match command {
        Command::Apply { yaml } => (words(&["apply", "-f", "-"]), Some(yaml)),
        Command::DeleteYaml { yaml } => (words(&["delete", "-f", "-", "--wait=false"]), Some(yaml)),
        Command::DeleteObject {
            kind,
            namespace,
            name,
            propagation,
            grace_period_seconds,
        } => {
            let mut args = words(&["delete", &kind.to_ascii_lowercase(), name]);
            if !namespace.is_empty() {
                args.push(format!("--namespace={namespace}"));
            }
            match propagation {
                Propagation::Background => {}
                Propagation::Foreground => args.push("--cascade=foreground".to_owned()),
                Propagation::Orphan => args.push("--cascade=orphan".to_owned()),
            }
            match grace_period_seconds {
                Some(0) => args.extend(words(&["--force", "--grace-period=0"])),
                Some(seconds) => args.push(format!("--grace-period={seconds}")),
                None => {}
            }
            args.push("--wait=false".to_owned());
            (args, None)
        }
        Command::RemoveNode { node } => (words(&["delete", "node", node, "--wait=false"]), None),
        Command::LabelNode { node, labels } => {
            let mut args = words(&["label", "node", node]);
            args.extend(labels.iter().map(|(key, value)| match value {
                Some(value) => format!("{key}={value}"),
                None => format!("{key}-"),
            }));
            args.push("--overwrite".to_owned());
            (args, None)
        }
        Command::Cordon { node, on } => (
            words(&[if *on { "cordon" } else { "uncordon" }, node]),
            None,
        ),
        Command::Drain { node } => (
            words(&[
                "drain",
                node,
                "--ignore-daemonsets",
                "--delete-emptydir-data",
                "--force",
            ]),
            None,
        ),
        Command::SetImage {
            namespace,
            name,
            container,
            image,
        } => (
            words(&[
                "set",
                "image",
                &format!("daemonset/{name}"),
                &format!("{container}={image}"),
                "-n",
                namespace,
            ]),
            None,
        ),
        Command::RolloutRestart { namespace, name } => (
            words(&[
                "rollout",
                "restart",
                &format!("daemonset/{name}"),
                "-n",
                namespace,
            ]),
            None,
        ),
        Command::RolloutUndo {
            namespace,
            name,
            to_revision,
        } => {
            let mut args = words(&[
                "rollout",
                "undo",
                &format!("daemonset/{name}"),
                "-n",
                namespace,
            ]);
            if *to_revision != 0 {
                args.push(format!("--to-revision={to_revision}"));
            }
            (args, None)
        }
        Command::TaintNode { .. }
        | Command::AddNodes { .. }
        | Command::SetNodeDown { .. }
        | Command::SetNodeNotReady { .. }
        | Command::SetPressure { .. }
        | Command::FailPod { .. }
        | Command::SetProfile { .. } => return None,
        Command::Kubectl { args, stdin, .. } => (args.clone(), stdin.as_deref()),
    })
}

/// The same as a line to be typed. `taints` are the node's before.
pub fn kubectl_line(command: &Command, taints: &[Taint]) -> Option<String> {
    let args = match command {
        Command::TaintNode { node, taints: to } => taint_args(node, taints, to)?,
        other => kubectl_args(other)?.0,
    };
    let line = kubectl::shell::join(args.iter().map(String::as_str));
    Some(format!("kubectl {line}"))
}

/// `kubectl taint` can't replace all taints: it adds some and takes some away.
fn taint_args(node: &str, from: &[Taint], to: &[Taint]) -> Option<Vec<String>> {
    let is_same = |a: &Taint, b: &Taint| (&a.key, &a.effect) == (&b.key, &b.effect);
    let gone = from
        .iter()
        .filter(|old| !to.iter().any(|new| is_same(old, new)))
        .map(|old| format!("{}:{}-", old.key, old.effect));
    let added = to
        .iter()
        .filter(|new| !from.contains(new))
        .map(taint::to_string);
    let changes: Vec<String> = gone.chain(added).collect();
    if changes.is_empty() {
        return None;
    }
    let mut args: Vec<String> = ["taint", "node", node].map(str::to_owned).to_vec();
    args.extend(changes);
    args.push("--overwrite".to_owned());
    Some(args)
}

/// The command in a few words, for the trace and the timeline.
pub fn describe(command: &Command) -> String {
    let on_off = |on: bool, yes: &str, no: &str| if on { yes.to_owned() } else { no.to_owned() };
    match command {
        Command::AddNodes { template, count: 1 } => format!("add a {} node", template.title()),
        Command::AddNodes { template, count } => format!("add {count} {} nodes", template.title()),
        Command::TaintNode { node, taints } => {
            let list: Vec<String> = taints.iter().map(taint::to_string).collect();
            format!(
                "taints of {node}: {}",
                if list.is_empty() {
                    "none".to_owned()
                } else {
                    list.join(", ")
                }
            )
        }
        Command::SetNodeDown { node, down } => on_off(
            *down,
            &format!("power off {node}"),
            &format!("power on {node}"),
        ),
        Command::SetNodeNotReady { node, not_ready } => on_off(
            *not_ready,
            &format!("{node}'s kubelet says not ready"),
            &format!("{node}'s kubelet says ready"),
        ),
        Command::SetPressure {
            node,
            condition,
            on,
        } => format!("{condition} on {node}: {on}"),
        Command::FailPod { name, reason, .. } => format!("pod {name} fails: {reason}"),
        Command::SetProfile { .. } => "change how kubelets behave".to_owned(),
        other => {
            let (args, _) = kubectl_args(other).unwrap_or_default();
            format!("kubectl {}", args.join(" "))
        }
    }
}

/// What applying a text would come to, on a copy.
pub fn check(cluster: &Cluster, yaml: &str) -> Result<Outcome, Failure> {
    apply(&mut cluster.clone(), yaml)
}

fn apply(cluster: &mut Cluster, yaml: &str) -> Result<Outcome, Failure> {
    let applied = cluster.as_user(|client| kubectl::apply::apply(client, yaml, "STDIN"));
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

/// Pressure is the kubelet's to report; the network is what a cloud provider or CNI reports.
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
