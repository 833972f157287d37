//! The words for a command: for the trace, the timeline, the console's echo and the notice. All come from `args`.
//!
//! Hashes of recorded histories contain these words, so those of a form that was ever written don't change.

use super::command::Command;
use crate::api::node::Taint;
use crate::api::taint;
use crate::apiserver::Propagation;
use crate::kubectl::cli::shell;
use std::collections::BTreeMap;

/// The arguments of the kubectl command that does the same on a real cluster, where there is one.
pub(super) fn args(command: &Command) -> Option<Vec<String>> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
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
            let kind = kind.to_ascii_lowercase();
            let mut args = words(&["delete", &kind, name]);
            if !namespace.is_empty() {
                args.push(format!("--namespace={namespace}"));
            }
            args.extend(delete_flags(*propagation, *grace_period_seconds));
            args
        }
        Command::RemoveNode { node } => words(&["delete", "node", node, "--wait=false"]),
        Command::LabelNode { node, labels } => label_args(node, labels),
        Command::Cordon { node, on: true } => words(&["cordon", node]),
        Command::Cordon { node, on: false } => words(&["uncordon", node]),
        Command::Drain { node } => words(&[
            "drain",
            node,
            "--ignore-daemonsets",
            "--delete-emptydir-data",
            "--force",
        ]),
        Command::TaintNode { .. }
        | Command::AddNodes { .. }
        | Command::SetNodeDown { .. }
        | Command::SetNodeNotReady { .. }
        | Command::SetPressure { .. }
        | Command::FailPod { .. }
        | Command::SetProfile { .. } => return None,
        Command::SetImage { .. }
        | Command::SetRequests { .. }
        | Command::Patch { .. }
        | Command::RolloutRestart { .. }
        | Command::RolloutUndo { .. } => daemon_set_args(command),
    })
}

/// For the commands that change one DaemonSet.
fn daemon_set_args(command: &Command) -> Vec<String> {
    match command {
        Command::SetImage {
            namespace,
            name,
            container,
            image,
        } => {
            let pair = format!("{container}={image}");
            on_daemon_set(["set", "image"], name, &[&pair], namespace)
        }
        Command::Patch {
            namespace,
            name,
            type_,
            patch,
        } => {
            let type_ = format!("--type={}", type_.word());
            let patch = patch.to_string();
            let head = ["patch", "daemonset", name, "-n", namespace];
            let words = head.into_iter().chain([&*type_, "-p", &*patch]);
            words.map(str::to_owned).collect()
        }
        Command::SetRequests {
            namespace,
            name,
            container,
            requests,
        } => {
            let pairs = requests
                .iter()
                .map(|(resource, amount)| format!("{resource}={amount}"));
            let requests = format!("--requests={}", pairs.collect::<Vec<_>>().join(","));
            let mut args = on_daemon_set(["set", "resources"], name, &[], namespace);
            args.extend(["-c".to_owned(), container.clone(), requests]);
            args
        }
        Command::RolloutRestart { namespace, name } => {
            on_daemon_set(["rollout", "restart"], name, &[], namespace)
        }
        Command::RolloutUndo {
            namespace,
            name,
            to_revision,
        } => {
            let mut args = on_daemon_set(["rollout", "undo"], name, &[], namespace);
            if *to_revision != 0 {
                args.push(format!("--to-revision={to_revision}"));
            }
            args
        }
        _ => Vec::new(),
    }
}

fn on_daemon_set(verb: [&str; 2], name: &str, words: &[&str], namespace: &str) -> Vec<String> {
    let object = format!("daemonset/{name}");
    let mut args: Vec<&str> = verb.to_vec();
    args.push(&object);
    args.extend(words);
    args.extend(["-n", namespace]);
    args.into_iter().map(str::to_owned).collect()
}

fn delete_flags(propagation: Propagation, grace_period_seconds: Option<i64>) -> Vec<String> {
    let mut flags = Vec::new();
    match propagation {
        Propagation::Background => {}
        Propagation::Foreground => flags.push("--cascade=foreground".to_owned()),
        Propagation::Orphan => flags.push("--cascade=orphan".to_owned()),
    }
    match grace_period_seconds {
        Some(0) => flags.extend(["--force", "--grace-period=0"].map(str::to_owned)),
        Some(seconds) => flags.push(format!("--grace-period={seconds}")),
        None => {}
    }
    flags.push("--wait=false".to_owned());
    flags
}

fn label_args(node: &str, labels: &BTreeMap<String, Option<String>>) -> Vec<String> {
    let pairs = labels.iter().map(|(key, value)| match value {
        Some(value) => format!("{key}={value}"),
        None => format!("{key}-"),
    });
    let head = ["label", "node", node].map(str::to_owned);
    let words = head.into_iter().chain(pairs);
    words.chain(["--overwrite".to_owned()]).collect()
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
            let args = args(other).unwrap_or_default();
            format!("kubectl {}", args.join(" "))
        }
    }
}
