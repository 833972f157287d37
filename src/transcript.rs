//! Stories as text: `$` commands and what they print. `dsctl` plays them, the tests check them.
//!
//! ```text
//! # A node that joins gets its pod.
//! $ cluster new --nodes 3
//! $ kubectl apply -f - <<EOF
//! …
//! EOF
//! $ cluster settle
//! $ kubectl get pods
//! ```
//!
//! Everything goes through the session, as on the page. kubectl commands that only look run on a copy: they leave nothing in the log, and no time passes.

use crate::cluster::Settled;
use crate::cluster::nodes::NodeTemplate;
use crate::kubectl::{self, Output, flags, verbs};
use crate::session::Session;
use crate::session::command::{Command, Failure, Outcome};
use crate::session::scenario::{NodeGroup, Scenario};
use std::collections::BTreeMap;

/// The seed of a `cluster new` that names none.
const SEED: u64 = 7;

/// The words behind `cluster`.
pub const CLUSTER_USAGE: &str = "\
cluster new --nodes N [--control-plane N] [--gpu N] [--arm N] [--windows N] [--seed N]
cluster add-node [worker|control-plane|gpu|arm|windows] [--count N]
cluster remove-node NAME
cluster power-off NAME
cluster power-on NAME
cluster advance DURATION    such as 30s or 1m30s
cluster settle              until nothing moves any more";

/// A session that commands are typed into.
pub struct Player {
    session: Session,
}

impl Default for Player {
    fn default() -> Player {
        Player {
            session: Session::new(Scenario::default()),
        }
    }
}

/// Plays the commands of a transcript and gives it back with their outputs; what it had as outputs is dropped.
///
/// An error is the transcript's own, not a command's: an unknown cluster word, a quote that isn't closed.
pub fn play(text: &str) -> Result<String, String> {
    let mut player = Player::default();
    let mut out = String::new();
    let mut lines = text.lines().enumerate();
    let mut started = false;
    while let Some((index, line)) = lines.next() {
        if line.starts_with('#') {
            // A comment begins a new part, set off by an empty line.
            if started && !out.ends_with("\n\n") {
                out.push('\n');
            }
            started = false;
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        started = true;
        let mut typed = command.to_owned();
        if let Some(mark) = heredoc_mark(command) {
            for (_, line) in lines.by_ref() {
                typed.push('\n');
                typed.push_str(line);
                if line.trim_start_matches('\t') == mark {
                    break;
                }
            }
        }
        out.push_str(&format!("$ {typed}\n"));
        let printed = player
            .run(&typed)
            .map_err(|error| format!("line {}: {error}", index + 1))?;
        out.push_str(&printed);
    }
    Ok(out)
}

/// The word that ends the heredoc that a line begins.
pub fn heredoc_mark(line: &str) -> Option<&str> {
    let (_, mark) = line.split_once("<<")?;
    let mark = mark
        .trim_start_matches('-')
        .trim()
        .trim_matches(['\'', '"']);
    (!mark.is_empty()).then_some(mark)
}

/// The first line in which two texts differ, as a small diff; nothing if they are equal.
pub fn first_difference(expected: &str, got: &str) -> Option<String> {
    let (mut expected, mut got) = (expected.lines(), got.lines());
    for number in 1.. {
        match (expected.next(), got.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let show = |sign: &str, line: Option<&str>| {
                    line.map_or_else(
                        || format!("{sign} (the end)"),
                        |line| format!("{sign} {line}"),
                    )
                };
                return Some(format!(
                    "line {number}:\n{}\n{}",
                    show("-", a),
                    show("+", b)
                ));
            }
        }
    }
    None
}

impl Player {
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Runs one command, with its heredoc below it, and gives what it prints: stdout, then stderr.
    pub fn run(&mut self, typed: &str) -> Result<String, String> {
        let (command, stdin) = kubectl::heredoc(typed)?;
        let words = kubectl::split(&command)?;
        match words.split_first() {
            None => Ok(String::new()),
            Some((first, args)) if first == "kubectl" || first == "k" => {
                Ok(self.kubectl(args, stdin))
            }
            Some((first, args)) if first == "cluster" => self.cluster(args),
            Some((first, _)) => Err(format!(
                "{first:?} is no command here; there are kubectl and cluster"
            )),
        }
    }

    fn kubectl(&mut self, args: &[String], stdin: Option<String>) -> String {
        if only_looks(args) {
            let mut copy = self.session.cluster().clone();
            let Output { stdout, stderr, .. } = kubectl::run(&mut copy, args, stdin.as_deref());
            return stdout + &stderr;
        }
        let args = args.to_vec();
        show(self.session.submit(Command::Kubectl { args, stdin }))
    }

    fn cluster(&mut self, args: &[String]) -> Result<String, String> {
        let (words, flags) = parse(args)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let allowed = |names: &[&str]| match flags.keys().find(|f| !names.contains(&f.as_str())) {
            Some(flag) => Err(format!("unknown flag --{flag}\n{CLUSTER_USAGE}")),
            None => Ok(()),
        };
        let submit = |session: &mut Session, command| Ok(show(session.submit(command)));
        match words.as_slice() {
            ["new"] => {
                self.session = Session::new(scenario(&flags)?);
                Ok(String::new())
            }
            ["add-node", rest @ ..] if rest.len() < 2 => {
                allowed(&["count"])?;
                let template = match rest.first() {
                    Some(id) => NodeTemplate::by_id(id)
                        .ok_or_else(|| format!("no node template {id:?}\n{CLUSTER_USAGE}"))?,
                    None => NodeTemplate::Worker,
                };
                let count = number(&flags, "count")?.unwrap_or(1);
                submit(&mut self.session, Command::AddNodes { template, count })
            }
            ["remove-node", node] => {
                allowed(&[])?;
                let node = (*node).to_owned();
                submit(&mut self.session, Command::RemoveNode { node })
            }
            [word @ ("power-off" | "power-on"), node] => {
                allowed(&[])?;
                let command = Command::SetNodeDown {
                    node: (*node).to_owned(),
                    down: *word == "power-off",
                };
                submit(&mut self.session, command)
            }
            ["advance", duration] => {
                allowed(&[])?;
                self.session.advance(flags::parse_duration(duration)?);
                Ok(String::new())
            }
            ["settle"] => {
                allowed(&[])?;
                Ok(match self.session.settle() {
                    Settled::Quiet => String::new(),
                    Settled::Moving(who) => format!("still moving: {}\n", who.join(", ")),
                })
            }
            _ => Err(CLUSTER_USAGE.to_owned()),
        }
    }
}

/// Words and `--flag value` pairs.
fn parse(args: &[String]) -> Result<(Vec<String>, BTreeMap<String, String>), String> {
    let (mut words, mut flags) = (Vec::new(), BTreeMap::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let Some(flag) = arg.strip_prefix("--") else {
            words.push(arg.clone());
            continue;
        };
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => match args.next() {
                Some(value) => (flag, value.clone()),
                None => return Err(format!("--{flag} needs a value\n{CLUSTER_USAGE}")),
            },
        };
        flags.insert(name.to_owned(), value);
    }
    Ok((words, flags))
}

fn number<T: std::str::FromStr>(
    flags: &BTreeMap<String, String>,
    name: &str,
) -> Result<Option<T>, String> {
    let Some(text) = flags.get(name) else {
        return Ok(None);
    };
    let value = text.parse();
    value
        .map(Some)
        .map_err(|_| format!("--{name} {text}: not a number\n{CLUSTER_USAGE}"))
}

fn scenario(flags: &BTreeMap<String, String>) -> Result<Scenario, String> {
    let mut counts: BTreeMap<NodeTemplate, u32> = BTreeMap::new();
    for flag in flags.keys().filter(|flag| *flag != "seed") {
        let id = if flag == "nodes" { "worker" } else { flag };
        let template = NodeTemplate::by_id(id)
            .ok_or_else(|| format!("unknown flag --{flag}\n{CLUSTER_USAGE}"))?;
        counts.insert(template, number(flags, flag)?.unwrap_or(0));
    }
    // The control plane was there first.
    let order = |template: NodeTemplate| template != NodeTemplate::ControlPlane;
    let mut nodes: Vec<NodeGroup> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(template, count)| NodeGroup { template, count })
        .collect();
    nodes.sort_by_key(|group| order(group.template));
    let scenario = Scenario {
        seed: number(flags, "seed")?.unwrap_or(SEED),
        nodes,
        profile: None,
    };
    scenario.check().map(|()| scenario)
}

/// Whether a kubectl command neither changes anything nor waits.
fn only_looks(args: &[String]) -> bool {
    let Ok((verb, rest)) = verbs::find(args) else {
        // It ends in an error text.
        return true;
    };
    match verb.path {
        "get" => flags::parse(&rest, &[verb.flags, flags::GLOBAL])
            .is_ok_and(|(flags, _)| !flags.bool("watch") && !flags.bool("watch-only")),
        path => [
            "api-resources",
            "api-versions",
            "cluster-info",
            "describe",
            "diff",
            "events",
            "explain",
            "help",
            "options",
            "rollout history",
            "top",
            "version",
        ]
        .iter()
        .any(|looking| path == *looking || path.starts_with(&format!("{looking} "))),
    }
}

fn show(result: Result<Outcome, Failure>) -> String {
    let (lines, errors) = match result {
        Ok(outcome) => (outcome.lines, outcome.warnings),
        Err(failure) => (failure.done, vec![failure.message]),
    };
    lines
        .into_iter()
        .chain(errors)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fails(line: &str, with: &str) {
        let error = Player::default().run(line).unwrap_err();
        assert!(error.contains(with), "{error}");
    }

    #[test]
    fn looking_leaves_no_log_and_waiting_lets_time_pass() {
        let mut player = Player::default();
        let yaml = include_str!("../static/presets/seed.yaml");
        player
            .run(&format!("kubectl apply -f - <<EOF\n{yaml}\nEOF"))
            .unwrap();
        player.run("kubectl get ds").unwrap();
        assert_eq!(player.session().log().len(), 1);
        let before = player.session().now();
        let printed = player
            .run("kubectl rollout status ds/my-daemonset")
            .unwrap();
        assert!(printed.ends_with("successfully rolled out\n"), "{printed}");
        assert!(player.session().now() > before);
    }

    #[test]
    fn mistakes_are_told() {
        fails("cluster", "cluster new");
        fails("cluster new --nodes", "needs a value");
        fails("cluster new --nodes x", "not a number");
        fails("cluster new --nodes 999999", "more than");
        fails("cluster add-node moon", "no node template");
        fails("cluster advance soon", "invalid duration");
        fails("cluster settle --hard 1", "unknown flag --hard");
        fails("sl", "no command");
        fails("kubectl get 'ds", "quote");
        fails("kubectl apply -f - <<EOF", "missing");
    }

    #[test]
    fn a_difference_is_one_line() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        let difference = first_difference("a\nb\n", "a\nc\n").unwrap();
        assert_eq!(difference, "line 2:\n- b\n+ c");
        let shorter = first_difference("a\nb\n", "a\n").unwrap();
        assert_eq!(shorter, "line 2:\n- b\n+ (the end)");
    }
}
