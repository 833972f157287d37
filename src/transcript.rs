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
//! A comment stands at the beginning or below an empty line: kubectl prints lines with `#`, too.
//!
//! Everything goes through the session, as on the page.

use crate::console::{self, Waits};
use crate::kubectl::Started;
use crate::kubectl::cli::shell::Heredoc;
use crate::session::Session;
use crate::session::scenario::Scenario;

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
    let mut may_comment = true;
    while let Some((index, line)) = lines.next() {
        let is_comment = may_comment && line.starts_with('#');
        may_comment = is_comment || line.is_empty();
        if is_comment {
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
        if let Some(heredoc) = Heredoc::begun_by(command) {
            for (_, line) in lines.by_ref() {
                typed.push('\n');
                typed.push_str(line);
                if heredoc.read(line).is_none() {
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

    /// Runs one command, with its heredoc below it, and gives what it prints, as a terminal shows it.
    pub fn run(&mut self, typed: &str) -> Result<String, String> {
        Ok(
            match console::run(&mut self.session, typed, Waits::SitOut)? {
                Started::Done(output) => output.terminal,
                Started::Waits(mut pending) => pending.take_printed(),
            },
        )
    }
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
        fails("sl", "isn't a command");
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
