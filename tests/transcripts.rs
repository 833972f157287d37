//! Stories as transcripts: commands, and what kubectl prints. `UPDATE_EXPECT=1 cargo test` fills the outputs in; read the difference as behaviour.

use daemonset_playground::cluster::nodes::NodeTemplate;
use daemonset_playground::kubectl;
use daemonset_playground::session::Session;
use daemonset_playground::session::command::{Command, Failure, Outcome};
use daemonset_playground::session::scenario::{NodeGroup, Scenario};
use daemonset_playground::sim::time::SimDuration;
use std::fs;
use std::path::Path;

/// Plays the `$` lines of a transcript and gives it back with their outputs.
fn play(text: &str) -> String {
    let mut session = Session::new(Scenario::default());
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            if line.starts_with('#') {
                out.push_str(&format!("{line}\n"));
            }
            continue;
        };
        out.push_str(&format!("{line}\n"));
        let mut stdin = None;
        if command.ends_with("<<EOF") {
            let mut body = String::new();
            for line in lines.by_ref() {
                out.push_str(&format!("{line}\n"));
                if line == "EOF" {
                    break;
                }
                body.push_str(&format!("{line}\n"));
            }
            stdin = Some(body);
        }
        out.push_str(&run(&mut session, command.trim_end_matches("<<EOF"), stdin));
    }
    out
}

fn run(session: &mut Session, command: &str, stdin: Option<String>) -> String {
    let words = kubectl::split(command).expect("shell words");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["kubectl", verb @ ("get" | "describe"), rest @ ..] => {
            // Only looks: on a copy, so that nothing is logged.
            let args: Vec<String> = [*verb]
                .iter()
                .chain(rest)
                .map(|w| (*w).to_owned())
                .collect();
            let output = kubectl::run(&mut session.cluster().clone(), &args, None);
            output.stdout + &output.stderr
        }
        ["kubectl", args @ ..] => {
            let args = args.iter().map(|w| (*w).to_owned()).collect();
            show(session.submit(Command::Kubectl { args, stdin }))
        }
        ["cluster", "new", "--nodes", count] => {
            let count = count.parse().expect("a number");
            let nodes = vec![NodeGroup {
                template: NodeTemplate::Worker,
                count,
            }];
            *session = Session::new(Scenario {
                seed: 7,
                nodes,
                profile: None,
            });
            String::new()
        }
        ["cluster", "add-node"] => show(session.submit(Command::AddNodes {
            template: NodeTemplate::Worker,
            count: 1,
        })),
        ["cluster", "power-off", node] => show(session.submit(Command::SetNodeDown {
            node: (*node).to_owned(),
            down: true,
        })),
        ["cluster", "advance", seconds] => {
            let seconds = seconds.trim_end_matches('s').parse().expect("seconds");
            session.advance(SimDuration::secs(seconds));
            String::new()
        }
        ["cluster", "settle"] => {
            session.settle();
            String::new()
        }
        other => panic!("unknown command {other:?}"),
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

#[test]
fn transcripts_come_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .map(|e| e.path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable file");
        let played = play(&text);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&file, played).expect("a writable file");
        } else {
            assert!(played == text, "{}:\n{played}", file.display());
        }
    }
}
