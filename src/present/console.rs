//! The console's view: what was typed and printed, and the line that is being typed.

use super::timeline::Pace;
use std::rc::Rc;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsolePane {
    pub is_open: bool,
    pub entries: Vec<Entry>,
    /// The line being typed; more lines while a heredoc is open.
    pub input: Rc<str>,
    /// Where the cursor must go (in UTF-16 units), and a number that changes with each wish.
    pub cursor: Option<(u32, u32)>,
    /// What the word at the cursor may become, after Tab.
    pub choices: Vec<String>,
    pub waiting: Option<Waiting>,
}

/// A command that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// As it was typed.
    pub command: String,
    pub pace: Pace,
    /// What was typed meanwhile, and runs after it.
    pub queue: Vec<String>,
}

impl Waiting {
    /// Why nothing is printed.
    pub fn text(&self) -> &'static str {
        match self.pace {
            Pace::Paused => "waiting; time is paused",
            Pace::Settled => "waiting for a change; the cluster has settled",
            Pace::Playing | Pace::Jumping => "waiting",
        }
    }
}

/// A piece of the console's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: u32,
    pub kind: EntryKind,
    pub text: Rc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Typed, or what a click is in kubectl's words.
    Command,
    /// What a click did that no kubectl can do.
    Note,
    Output,
    /// Output of a command that failed.
    Error,
}

impl EntryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            EntryKind::Command => "command",
            EntryKind::Note => "note",
            EntryKind::Output => "output",
            EntryKind::Error => "error",
        }
    }
}
