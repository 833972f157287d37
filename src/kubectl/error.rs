//! Why a command fails, and how kubectl prints that.
//!
//! Models: kubectl/pkg/cmd/util/helpers.go, checkErr.

use crate::api::go::quote;
use crate::api::status::{Reason, Status};
use crate::sim::map::Set;

#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// kubectl's own complaint: printed behind `error: `.
    Text(String),
    /// The API server's answer. `doing` comes before it in kubectl's output: `error when creating "STDIN": `.
    Server {
        status: Status,
        doing: String,
    },
    Many(Vec<Failure>),
    /// Printed as it is, with this exit code.
    Exit {
        code: i32,
        text: String,
    },
}

pub type Outcome = Result<(), Failure>;

impl Failure {
    pub fn text(text: impl Into<String>) -> Failure {
        Failure::Text(text.into())
    }

    /// Everything is said already; only the exit code is left.
    pub fn silent() -> Failure {
        Failure::Exit {
            code: 1,
            text: String::new(),
        }
    }

    /// Puts the act that failed before the message: `creating`, `STDIN`.
    pub fn while_doing(self, verb: &str, source: &str) -> Failure {
        match self {
            Failure::Server { status, doing } => Failure::Server {
                doing: format!(
                    "error when {verb} {source}: {doing}",
                    source = quote(source)
                ),
                status,
            },
            Failure::Text(text) => Failure::Text(format!(
                "error when {verb} {source}: {text}",
                source = quote(source)
            )),
            other => other,
        }
    }

    /// One of these, or all in a list.
    pub fn collect(mut failures: Vec<Failure>) -> Outcome {
        match failures.len() {
            0 => Ok(()),
            1 => Err(failures.remove(0)),
            _ => Err(Failure::Many(failures)),
        }
    }

    /// The text for stderr, with its line feed, and the exit code.
    pub fn report(&self) -> (String, i32) {
        let text = match self {
            Failure::Exit { code, text } => return (text.clone(), *code),
            Failure::Many(all) => {
                let lines: Vec<String> = all
                    .iter()
                    .map(|failure| format!("{}\n", failure.line()))
                    .collect();
                return (lines.concat(), 1);
            }
            Failure::Server { status, .. } if status.reason == Reason::Invalid => invalid(status),
            Failure::Text(text)
                if text.starts_with("error: ") || text.starts_with("Error from server: ") =>
            {
                text.clone()
            }
            Failure::Text(text) => format!("error: {text}"),
            server => server.line(),
        };
        (
            if text.ends_with('\n') {
                text
            } else {
                text + "\n"
            },
            1,
        )
    }

    /// As one of several.
    pub fn line(&self) -> String {
        match self {
            Failure::Text(text) | Failure::Exit { text, .. } => text.clone(),
            Failure::Server { status, doing } => {
                format!(
                    "Error from server ({:?}): {doing}{}",
                    status.reason, status.message
                )
            }
            Failure::Many(all) => {
                let lines: Vec<String> = all.iter().map(Failure::line).collect();
                format!("[{}]", lines.join(", "))
            }
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        Failure::Server {
            status,
            doing: String::new(),
        }
    }
}

/// `The DaemonSet "agent" is invalid: …`, one cause behind it or several below.
fn invalid(status: &Status) -> String {
    let subject = status
        .message
        .split_once(" is invalid")
        .map(|(subject, _)| subject)
        .unwrap_or("");
    let subject = match subject.split_once(' ') {
        Some((kind, name)) if !kind.is_empty() => {
            format!("The {} {name}", kind.split('.').next().unwrap_or(kind))
        }
        _ => "The request".to_owned(),
    };
    let mut seen = Set::new();
    let texts = status.causes.iter().map(ToString::to_string);
    let causes: Vec<String> = texts.filter(|text| seen.insert(text.clone())).collect();
    match causes.as_slice() {
        [] if subject == "The request" => format!("{subject} is invalid: {}", status.message),
        [] => format!("{subject} is invalid"),
        [one] => format!("{subject} is invalid: {one}"),
        many => {
            let lines: Vec<String> = many.iter().map(|cause| format!("\n* {cause}")).collect();
            format!("{subject} is invalid: {}", lines.concat())
        }
    }
}
