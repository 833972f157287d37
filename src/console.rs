//! A console's language: `kubectl …`, and `cluster …` for what no kubectl can do. Typed in the page, in `dsctl repl`, and in transcripts.

use crate::api::go::quote;
use crate::cluster::Settled;
use crate::cluster::nodes::NodeTemplate;
use crate::kubectl::cli::{flags, shell};
use crate::kubectl::{self, Output, Started};
use crate::session::Session;
use crate::session::command::{Command, Failure, Outcome};
use crate::session::scenario::{NodeGroup, Scenario};
use crate::sim::map::Map;
use crate::sim::sort::Order;

/// The seed of a `cluster new` that names none.
const SEED: u64 = 7;

/// The words behind `cluster`.
pub const CLUSTER_USAGE: &str = "\
cluster new --nodes N [--control-plane N] [--gpu N] [--arm N] [--windows N] [--seed N]
cluster add-node [worker|control-plane|gpu|arm|windows] [--count N]
cluster remove-node NAME
cluster power-off NAME
cluster power-on NAME
cluster not-ready NAME      its kubelet runs, but reports NotReady
cluster ready NAME
cluster pressure NAME MemoryPressure|DiskPressure|PIDPressure|NetworkUnavailable on|off
cluster fail-pod NAME [--namespace NAMESPACE]
cluster advance DURATION    such as 30s or 1m30s
cluster settle              until nothing more is due";

/// What `help` says.
pub const HELP: &str = "\
kubectl …    as on a real cluster; k is short for it. A heredoc feeds -f -
cluster …    what kubectl can't do: new, add-node, faults such as power-off, advance, settle; alone, it lists them
clear        clears the console
exit         closes it
Tab completes, ↑↓ recall commands, Ctrl+C interrupts.
";

const CLUSTER_WORDS: [&str; 11] = [
    "add-node",
    "advance",
    "fail-pod",
    "new",
    "not-ready",
    "power-off",
    "power-on",
    "pressure",
    "ready",
    "remove-node",
    "settle",
];

/// The conditions that can be switched on a node.
const CONDITIONS: [&str; 4] = [
    "DiskPressure",
    "MemoryPressure",
    "NetworkUnavailable",
    "PIDPressure",
];

/// How a command that waits gets its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Simulated time jumps to the end of the wait.
    SitOut,
    /// It is given back to be polled, while time passes as shown.
    GiveBack,
}

/// Runs what was typed: a line, with its heredoc below it. An error is one in the line itself, such as an unknown word.
pub fn run(session: &mut Session, typed: &str, waits: Waits) -> Result<Started, String> {
    let (command, stdin) = kubectl::heredoc(typed)?;
    let words = kubectl::split(&command)?;
    if let Some(word) = words.iter().find(|word| is_shells(word)) {
        return Err(format!(
            "{word} needs a shell, and this console has none: type one command per line"
        ));
    }
    match words.split_first() {
        None => Ok(Started::Done(Output::default())),
        Some((first, args)) if first == "kubectl" || first == "k" => {
            Ok(session.kubectl(args.to_vec(), stdin, waits == Waits::GiveBack))
        }
        Some((first, args)) if first == "cluster" => cluster(session, args).map(Started::Done),
        Some((first, _)) => Err(format!(
            "{first} isn't a command here; there are kubectl and cluster",
            first = quote(first)
        )),
    }
}

/// What only a shell understands.
fn is_shells(word: &str) -> bool {
    matches!(word, "|" | "||" | "&" | "&&" | ";" | ">" | ">>")
}

/// A command in a text that may hold several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Whole(String),
    /// It goes on: a heredoc, a quote or a line isn't closed.
    Open(String),
}

impl Line {
    pub fn into_text(self) -> String {
        match self {
            Line::Whole(text) | Line::Open(text) => text,
        }
    }
}

/// The commands of a text as it was typed or pasted: each with its heredoc, and with the lines that it goes on in.
pub fn lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut rest = text.lines();
    while let Some(first) = rest.next() {
        let mut line = first.strip_prefix("$ ").unwrap_or(first).to_owned();
        let mut is_open = false;
        let head = line.clone();
        if let Some(heredoc) = shell::Heredoc::begun_by(&head) {
            is_open = true;
            for next in rest.by_ref() {
                line.push('\n');
                line.push_str(next);
                if heredoc.read(next).is_none() {
                    is_open = false;
                    break;
                }
            }
        } else {
            let mut quotes = shell::Quotes::default();
            quotes.read(&line);
            while quotes.is_open() || line.ends_with('\\') {
                let Some(next) = rest.next() else {
                    is_open = true;
                    break;
                };
                let more = format!("\n{next}");
                quotes.read(&more);
                line.push_str(&more);
            }
        }
        found.push(if is_open {
            Line::Open(line)
        } else {
            Line::Whole(line)
        });
    }
    found
}

/// What the word at the cursor may become, in alphabetical order. `cursor` counts bytes.
pub fn complete(session: &mut Session, line: &str, cursor: usize) -> Vec<String> {
    let before = line.get(..cursor).unwrap_or(line);
    let words: Vec<&str> = before.split_whitespace().collect();
    let is_new_word = before.is_empty() || before.ends_with(char::is_whitespace);
    let word = if is_new_word {
        ""
    } else {
        words.last().copied().unwrap_or("")
    };
    let done = &words[..words.len() - usize::from(!is_new_word && !words.is_empty())];
    let choices: Vec<String> = match done {
        [] => vec!["cluster".to_owned(), "kubectl".to_owned()],
        ["k", ..] => {
            let rest = before.trim_start().trim_start_matches('k');
            let line = format!("kubectl{rest}");
            return session.look(|host| kubectl::complete(host, &line, line.len()));
        }
        ["cluster"] => CLUSTER_WORDS.map(str::to_owned).to_vec(),
        ["cluster", "add-node"] => NodeTemplate::ALL.map(|t| t.id().to_owned()).to_vec(),
        [
            "cluster",
            "remove-node" | "power-off" | "power-on" | "not-ready" | "ready" | "pressure",
        ] => {
            let nodes = session.cluster().server.nodes.iter();
            nodes.map(|node| node.metadata.name.clone()).collect()
        }
        ["cluster", "pressure", _] => CONDITIONS.map(str::to_owned).to_vec(),
        ["cluster", "pressure", _, _] => vec!["on".to_owned(), "off".to_owned()],
        ["cluster", "fail-pod"] => {
            let pods = session.cluster().server.pods.in_namespace("default");
            pods.map(|pod| pod.metadata.name.clone()).collect()
        }
        _ => return session.look(|host| kubectl::complete(host, line, before.len())),
    };
    let mut choices: Vec<String> = choices
        .into_iter()
        .filter(|choice| choice.starts_with(word))
        .collect();
    choices.order();
    choices
}

fn cluster(session: &mut Session, args: &[String]) -> Result<Output, String> {
    let (words, flags) = parse(args)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let allowed = |names: &[&str]| match flags.keys().find(|f| !names.contains(&f.as_str())) {
        Some(flag) => Err(format!("unknown flag --{flag}\n{CLUSTER_USAGE}")),
        None => Ok(()),
    };
    match words.as_slice() {
        ["new"] => {
            *session = Session::new(scenario(&flags)?);
            Ok(Output::default())
        }
        ["add-node", rest @ ..] if rest.len() < 2 => {
            allowed(&["count"])?;
            let template = match rest.first() {
                Some(id) => NodeTemplate::by_id(id).ok_or_else(|| {
                    format!("no node template {id}\n{CLUSTER_USAGE}", id = quote(id))
                })?,
                None => NodeTemplate::Worker,
            };
            let count = number(&flags, "count")?.unwrap_or(1);
            Ok(show(session.submit(Command::AddNodes { template, count })))
        }
        ["remove-node", node] => {
            allowed(&[])?;
            let node = (*node).to_owned();
            Ok(show(session.submit(Command::RemoveNode { node })))
        }
        [word @ ("power-off" | "power-on"), node] => {
            allowed(&[])?;
            let command = Command::SetNodeDown {
                node: (*node).to_owned(),
                down: *word == "power-off",
            };
            Ok(show(session.submit(command)))
        }
        [word @ ("not-ready" | "ready"), node] => {
            allowed(&[])?;
            let command = Command::SetNodeNotReady {
                node: (*node).to_owned(),
                not_ready: *word == "not-ready",
            };
            Ok(show(session.submit(command)))
        }
        ["pressure", node, condition, on @ ("on" | "off")] if CONDITIONS.contains(condition) => {
            allowed(&[])?;
            let command = Command::SetPressure {
                node: (*node).to_owned(),
                condition: (*condition).to_owned(),
                on: *on == "on",
            };
            Ok(show(session.submit(command)))
        }
        ["fail-pod", pod] => {
            allowed(&["namespace"])?;
            let namespace = flags.get("namespace").map_or("default", String::as_str);
            let command = Command::FailPod {
                namespace: namespace.to_owned(),
                name: (*pod).to_owned(),
                reason: "Evicted".to_owned(),
            };
            Ok(show(session.submit(command)))
        }
        ["advance", duration] => {
            allowed(&[])?;
            session.advance(flags::parse_duration(duration)?);
            Ok(Output::default())
        }
        ["settle"] => {
            allowed(&[])?;
            let mut output = Output::default();
            if let Settled::Moving(who) = session.settle() {
                output.put(&format!("still moving: {}\n", who.join(", ")));
            }
            Ok(output)
        }
        _ => Err(CLUSTER_USAGE.to_owned()),
    }
}

/// Words and `--flag value` pairs.
fn parse(args: &[String]) -> Result<(Vec<String>, Map<String, String>), String> {
    let (mut words, mut flags) = (Vec::new(), Map::new());
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
    flags: &Map<String, String>,
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

fn scenario(flags: &Map<String, String>) -> Result<Scenario, String> {
    let mut counts: Map<NodeTemplate, u32> = Map::new();
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
    nodes.order_by_key(|group| order(group.template));
    let scenario = Scenario {
        seed: number(flags, "seed")?.unwrap_or(SEED),
        nodes,
        profile: None,
    };
    scenario.check().map(|()| scenario)
}

fn show(result: Result<Outcome, Failure>) -> Output {
    let mut output = Output::default();
    match result {
        Ok(outcome) => {
            for line in outcome.lines {
                output.put(&format!("{line}\n"));
            }
        }
        Err(failure) => {
            output.put_error(&format!("{}\n", failure.message));
            output.exit = 1;
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_commands() {
        let whole = |text: &str| Line::Whole(text.to_owned());
        let open = |text: &str| Line::Open(text.to_owned());
        assert_eq!(
            lines("$ kubectl get ds\ncluster settle\n"),
            [whole("kubectl get ds"), whole("cluster settle")]
        );
        assert_eq!(
            lines("k apply -f - <<EOF\na: 1\nEOF\nk get ds"),
            [whole("k apply -f - <<EOF\na: 1\nEOF"), whole("k get ds")]
        );
        assert_eq!(
            lines("k apply -f - <<EOF\na: 1"),
            [open("k apply -f - <<EOF\na: 1")]
        );
        assert_eq!(
            lines("k patch ds x -p '{\n}'"),
            [whole("k patch ds x -p '{\n}'")]
        );
        assert_eq!(lines("k get \\\n ds"), [whole("k get \\\n ds")]);
        assert_eq!(lines("k get \\"), [open("k get \\")]);
        assert_eq!(lines(""), []);
    }

    #[test]
    fn a_shells_signs_are_refused_but_not_in_quotes() {
        let mut session = Session::new(Scenario::default());
        let mut refused = |line: &str| run(&mut session, line, Waits::SitOut).is_err();
        assert!(refused("kubectl get pods | grep my"));
        assert!(refused("kubectl get ds && kubectl get nodes"));
        assert!(!refused("kubectl get pods -l 'a in (b)'"));
        assert!(!refused("kubectl annotate node node-1 note='a | b'"));
    }

    #[test]
    fn words_are_completed() {
        let mut session = Session::new(Scenario::default());
        let mut at = |line: &str| complete(&mut session, line, line.len()).join(" ");
        assert_eq!(at(""), "cluster kubectl");
        assert_eq!(at("cluster p"), "power-off power-on pressure");
        assert_eq!(at("cluster add-node w"), "windows worker");
        assert_eq!(at("cluster power-off "), "node-1 node-2 node-3");
        assert_eq!(at("cluster not-ready node-1"), "node-1");
        assert_eq!(at("cluster pressure node-1 D"), "DiskPressure");
        assert_eq!(at("cluster pressure node-1 DiskPressure o"), "off on");
        assert_eq!(at("cluster fail-pod "), "");
        assert_eq!(at("k cor"), "cordon");
        assert_eq!(at("kubectl cordon node-"), "node-1 node-2 node-3");
        assert_eq!(at("sl"), "");
    }

    #[test]
    fn faults_come_and_go() {
        let mut session = Session::new(Scenario::default());
        let mut run = |line: &str| match run(&mut session, line, Waits::SitOut) {
            Ok(Started::Done(output)) => output.stdout + &output.stderr,
            Ok(Started::Waits(_)) => unreachable!("it was sat out"),
            Err(error) => error.lines().next().unwrap_or("").to_owned(),
        };
        run("cluster settle");
        run("cluster not-ready node-1");
        run("cluster pressure node-2 DiskPressure on");
        run("cluster advance 30s");
        let conditions = "kubectl get nodes -o custom-columns=N:.metadata.name,T:.spec.taints[*].key --no-headers";
        let with_faults = run(conditions);
        assert!(
            with_faults.contains("node-1   node.kubernetes.io/not-ready"),
            "{with_faults}"
        );
        assert!(
            with_faults.contains("node-2   node.kubernetes.io/disk-pressure"),
            "{with_faults}"
        );
        run("cluster ready node-1");
        run("cluster pressure node-2 DiskPressure off");
        run("cluster advance 10m");
        assert!(!run(conditions).contains("node.kubernetes.io"));
        run(
            "kubectl apply -f - <<EOF\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {nodeName: node-3, containers: [{name: main, image: 'web:1'}]}\nEOF",
        );
        run("cluster advance 30s");
        run("cluster fail-pod web");
        run("cluster advance 1s");
        let failed = run("kubectl get pod web");
        assert!(failed.contains("Error"), "{failed}");
        assert_eq!(
            run("cluster fail-pod nobody"),
            "pods \"nobody\" not found\n"
        );
        assert_eq!(
            run("cluster pressure node-1 Gravity on"),
            "cluster new --nodes N [--control-plane N] [--gpu N] [--arm N] [--windows N] [--seed N]"
        );
    }
}
