//! The words for a command: for the trace, the timeline, the console's echo and the notice. All come from `args`.
//!
//! Hashes of recorded histories contain these words, so those of a form that was ever written don't change.

use super::command::Command;
use crate::api::node::Taint;
use crate::api::taint;
use crate::apiserver::Propagation;
use crate::kubectl::cli::shell;

/// The arguments of the kubectl command that does the same on a real cluster, where there is one.
pub(super) fn args(command: &Command) -> Option<Vec<String>> {
    Some(match command {
        Command::Kubectl { args, .. } => args.clone(),
        Command::Apply { .. } => words(&["apply", "-f", "-"]),
        Command::Replace { .. } => words(&["replace", "--save-config", "-f", "-"]),
        Command::Edit { object, .. } => words(&["edit", object]),
        Command::DeleteYaml { .. } => words(&["delete", "-f", "-", "--wait=false"]),
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
            add_delete_flags(&mut args, *propagation, *grace_period_seconds);
            args
        }
        Command::RemoveNode { node } => words(&["delete", "node", node, "--wait=false"]),
        Command::LabelNode { node, labels } => {
            let mut args = words(&["label", "node", node]);
            for (key, value) in labels {
                args.push(match value {
                    Some(value) => format!("{key}={value}"),
                    None => format!("{key}-"),
                });
            }
            args.push("--overwrite".to_owned());
            args
        }
        Command::Cordon { node, on } => words(&[if *on { "cordon" } else { "uncordon" }, node]),
        Command::Drain { node } => words(&[
            "drain",
            node,
            "--ignore-daemonsets",
            "--delete-emptydir-data",
            "--force",
        ]),
        Command::SetImage {
            namespace,
            name,
            container,
            image,
        } => {
            let pair = format!("{container}={image}");
            words(&["set", "image", &of_set(name), &pair, "-n", namespace])
        }
        Command::SetRequest {
            namespace,
            name,
            container,
            resource,
            amount,
        } => {
            let mut args = words(&["set", "resources", &of_set(name), "-n", namespace]);
            args.extend(words(&["-c", container]));
            args.push(format!("--requests={resource}={amount}"));
            args
        }
        Command::Patch {
            namespace,
            name,
            type_,
            patch,
        } => {
            let mut args = words(&["patch", "daemonset", name, "-n", namespace]);
            args.push(format!("--type={}", type_.word()));
            args.extend(["-p".to_owned(), patch.to_string()]);
            args
        }
        Command::RolloutRestart { namespace, name } => {
            words(&["rollout", "restart", &of_set(name), "-n", namespace])
        }
        Command::RolloutUndo {
            namespace,
            name,
            to_revision,
        } => {
            let mut args = words(&["rollout", "undo", &of_set(name), "-n", namespace]);
            if *to_revision != 0 {
                args.push(format!("--to-revision={to_revision}"));
            }
            args
        }
        Command::TaintNode { .. }
        | Command::AddNodes { .. }
        | Command::SetNodeDown { .. }
        | Command::SetNodeNotReady { .. }
        | Command::SetPressure { .. }
        | Command::FailPod { .. }
        | Command::SetProfile { .. } => return None,
    })
}

#[inline(never)]
fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[inline(never)]
fn of_set(name: &str) -> String {
    format!("daemonset/{name}")
}

fn add_delete_flags(
    args: &mut Vec<String>,
    propagation: Propagation,
    grace_period_seconds: Option<i64>,
) {
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
}

/// The command as a line to be typed. `taints` are the node's before.
pub fn kubectl_line(command: &Command, taints: &[Taint]) -> Option<String> {
    let args = match command {
        Command::TaintNode { node, taints: to } => taint_args(node, taints, to)?,
        other => args(other)?,
    };
    let line = shell::join(args.iter().map(String::as_str));
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
    let mut args = words(&["taint", "node", node]);
    args.extend(changes);
    args.push("--overwrite".to_owned());
    Some(args)
}

/// The command in a few words, for the trace and the timeline.
pub fn describe(command: &Command) -> String {
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
        Command::SetNodeDown { node, down } => {
            format!("power {} {node}", if *down { "off" } else { "on" })
        }
        Command::SetNodeNotReady { node, not_ready } => {
            let word = if *not_ready { "not ready" } else { "ready" };
            format!("{node}'s kubelet says {word}")
        }
        Command::SetPressure {
            node,
            condition,
            on,
        } => format!("{condition} on {node}: {on}"),
        Command::FailPod { name, reason, .. } => format!("pod {name} fails: {reason}"),
        Command::SetProfile { .. } => "change how kubelets behave".to_owned(),
        other => {
            let args = args(other).unwrap_or_default();
            format!("kubectl {}", args.join(" "))
        }
    }
}
