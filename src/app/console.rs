//! The console: its record, its line, its history, and the command that waits. Nothing typed in it may end in a panic.

use super::why;
use crate::chunk::in_chunk;
use crate::console::{self, Line, Waits};
use crate::kubectl::cli::pending::Pending;
use crate::kubectl::{Output, Started};
use crate::present::console::{ConsolePane, Entry, EntryKind, Waiting};
use crate::present::timeline::Pace;
use crate::session::Session;
use crate::sim::time::SimTime;
use std::collections::VecDeque;
use std::rc::Rc;

/// The record forgets what is older than so many pieces, or so many bytes.
const ENTRIES_MAX: usize = 400;
const BYTES_MAX: usize = 400_000;
const HISTORY_MAX: usize = 200;
/// More isn't taken from a paste.
const INPUT_MAX: usize = 1 << 20;

in_chunk!(engine 8, fn poll_pending(console: &mut Console, session: &mut Session) = Console::poll_pending);
in_chunk!(engine 9, fn run_queue(console: &mut Console, session: &mut Session) -> Vec<Demand> = Console::run_queue);

#[derive(Debug, Default)]
pub struct Console {
    pub is_open: bool,
    entries: VecDeque<Entry>,
    bytes: usize,
    next_id: u32,
    input: Rc<str>,
    cursor: Option<(u32, u32)>,
    choices: Vec<String>,
    history: Vec<String>,
    /// Where in the history we are, and what was typed before we went there.
    browsing: Option<(usize, Rc<str>)>,
    waiting: Option<(String, Box<Pending>)>,
    /// Commands typed or pasted behind one that waits.
    queue: VecDeque<String>,
    /// A click was told since the page was last made.
    has_echoed: bool,
}

/// What the page must do for a command.
#[derive(Debug, PartialEq)]
pub enum Demand {
    /// Open an editor: what is edited, and the text.
    Edit(String, String),
    /// Let time pass.
    Play,
    Clear,
    Close,
}

impl Console {
    /// What the next command was typed before, once Enter is pressed.
    pub fn enter(&mut self, session: &mut Session) -> Vec<Demand> {
        let typed = self.input.to_string();
        let lines = console::lines(&typed);
        if let Some(Line::Open(_)) = lines.last() {
            // A heredoc or a quote goes on in the next line.
            self.set_input(format!("{typed}\n"));
            return Vec::new();
        }
        self.set_input(String::new());
        if typed.trim().is_empty() {
            if self.waiting.is_none() {
                self.put(EntryKind::Command, "");
            }
            return Vec::new();
        }
        self.remember(typed.trim_end());
        for line in lines {
            self.queue.push_back(line.into_text());
        }
        self.run_queue(session)
    }

    fn run_queue(&mut self, session: &mut Session) -> Vec<Demand> {
        let mut demands = Vec::new();
        while self.waiting.is_none() {
            let Some(typed) = self.queue.pop_front() else {
                break;
            };
            match typed.trim() {
                "" => continue,
                "clear" => demands.push(Demand::Clear),
                "exit" | "quit" => demands.push(Demand::Close),
                "help" => {
                    self.put(EntryKind::Command, &typed);
                    self.put(
                        EntryKind::Output,
                        &format!("{}{}", why::HELP, console::HELP),
                    );
                    continue;
                }
                _ => self.run(session, typed, &mut demands),
            }
            if demands.last() == Some(&Demand::Clear) {
                self.clear();
            }
        }
        demands
    }

    fn run(&mut self, session: &mut Session, typed: String, demands: &mut Vec<Demand>) {
        self.put(EntryKind::Command, &typed);
        if let Some(answer) = why::answer(session, &typed) {
            match answer {
                Ok(text) => self.put(EntryKind::Output, &text),
                Err(error) => self.put(EntryKind::Error, &format!("{error}\n")),
            }
            return;
        }
        match console::run(session, &typed, Waits::GiveBack) {
            Ok(Started::Done(output)) => {
                self.put_output(&output);
                demands.extend(output.edit.map(|(what, text)| Demand::Edit(what, text)));
                demands.push(Demand::Play);
            }
            Ok(Started::Waits(pending)) => {
                self.waiting = Some((typed, pending));
                self.poll(session);
                if self.waiting.is_some() {
                    demands.push(Demand::Play);
                }
            }
            Err(error) => self.put(EntryKind::Error, &format!("{error}\n")),
        }
    }

    /// Time passed or something changed: does the command that waits have more to say?
    pub fn poll(&mut self, session: &mut Session) {
        if self.waiting.is_some() {
            poll_pending(self, session);
        }
    }

    fn poll_pending(&mut self, session: &mut Session) {
        let Some((_, pending)) = &mut self.waiting else {
            return;
        };
        let ended = session.look(|host| pending.poll(host));
        match ended {
            Some(output) => {
                self.waiting = None;
                self.put_output(&output);
            }
            None => {
                let printed = pending.take_printed();
                self.put(EntryKind::Output, &printed);
            }
        }
    }

    /// Commands behind one that has ended.
    pub fn go_on(&mut self, session: &mut Session) -> Vec<Demand> {
        if self.waiting.is_some() || self.queue.is_empty() {
            return Vec::new();
        }
        run_queue(self, session)
    }

    /// Ctrl-C: the command that waits ends, and those behind it run. Where none waits, what was typed goes.
    pub fn interrupt(&mut self) {
        if self.waiting.take().is_some() {
            self.put(EntryKind::Error, "^C\n");
        } else if !self.input.is_empty() {
            let typed = format!("{}^C", self.input);
            self.put(EntryKind::Command, &typed);
            self.set_input(String::new());
        }
    }

    /// Time was turned: what waited in the old one waits no more, and what was typed behind it is a line again.
    pub fn interrupt_wait(&mut self) {
        if self.waiting.is_none() {
            return;
        }
        self.interrupt();
        if !self.queue.is_empty() {
            let mut lines: Vec<String> = std::mem::take(&mut self.queue).into();
            lines.push(self.input.to_string());
            let text = lines.join("\n");
            self.set_input(text.trim_end().to_owned());
        }
    }

    /// Whether a command waits.
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// When the command that waits gives up.
    pub fn deadline(&self) -> Option<SimTime> {
        self.waiting.as_ref()?.1.deadline()
    }

    /// A click on the page, in kubectl's words where there are such.
    pub fn echo(&mut self, kubectl: Option<&str>, otherwise: &str, output: &str, failed: bool) {
        match kubectl {
            Some(line) => self.put(EntryKind::Command, line),
            None => self.put(EntryKind::Note, &format!("# {otherwise}")),
        }
        let kind = if failed {
            EntryKind::Error
        } else {
            EntryKind::Output
        };
        self.put(kind, output);
        self.has_echoed = self.is_open;
    }

    /// Whether a click was told since this was last asked, where it can be read.
    pub fn take_echoed(&mut self) -> bool {
        std::mem::take(&mut self.has_echoed)
    }

    pub fn typed(&mut self, text: &str) {
        let mut end = text.len().min(INPUT_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.input = text[..end].into();
        self.choices.clear();
        self.browsing = None;
    }

    fn set_input(&mut self, text: String) {
        let wishes = self.cursor.map_or(0, |(_, wishes)| wishes);
        self.cursor = Some((text.encode_utf16().count() as u32, wishes.wrapping_add(1)));
        self.input = text.into();
        self.choices.clear();
        self.browsing = None;
    }

    fn remember(&mut self, typed: &str) {
        if self.history.last().is_none_or(|last| last != typed) {
            self.history.push(typed.to_owned());
        }
        if self.history.len() > HISTORY_MAX {
            self.history.remove(0);
        }
    }

    /// Up and down in what was typed before.
    pub fn browse(&mut self, is_older: bool) {
        let (at, draft) = match self.browsing.take() {
            Some(browsing) => browsing,
            None => (self.history.len(), self.input.clone()),
        };
        let at = if is_older {
            at.saturating_sub(1)
        } else {
            (at + 1).min(self.history.len())
        };
        let text = self.history.get(at).map_or(&*draft, String::as_str);
        self.set_input(text.to_owned());
        self.browsing = (at < self.history.len()).then_some((at, draft));
    }

    /// Tab: the word at the cursor (in UTF-16 units) grows as far as it is certain; then its choices are shown.
    pub fn complete(&mut self, session: &mut Session, cursor: u32) {
        let input = self.input.to_string();
        let at = byte_at(&input, cursor);
        let (before, after) = input.split_at(at);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = &before[start..];
        let choices = why::complete(session, line)
            .unwrap_or_else(|| console::complete(session, line, line.len()));
        let word = line
            .rfind(char::is_whitespace)
            .map_or(line, |at| line[at..].trim_start());
        let Some(common) = common_start(&choices) else {
            self.choices.clear();
            return;
        };
        let mut grown = common.to_owned();
        if choices.len() == 1 && !grown.ends_with(['=', '/', ',']) {
            grown.push(' ');
        }
        if grown.len() > word.len() {
            let head = &before[..before.len() - word.len()];
            let to = (head.encode_utf16().count() + grown.encode_utf16().count()) as u32;
            let text = format!("{head}{grown}{}", after.trim_start_matches(' '));
            self.set_input(text);
            if let Some((at, _)) = &mut self.cursor {
                *at = to;
            }
        }
        self.choices = if choices.len() > 1 {
            choices
        } else {
            Vec::new()
        };
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// All that is on it, as text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for entry in &self.entries {
            match entry.kind {
                EntryKind::Command => out.push_str(&format!("$ {}\n", entry.text)),
                EntryKind::Note => out.push_str(&format!("{}\n", entry.text)),
                EntryKind::Output | EntryKind::Error => out.push_str(&entry.text),
            }
        }
        out
    }

    fn put_output(&mut self, output: &Output) {
        let kind = if output.exit == 0 {
            EntryKind::Output
        } else {
            EntryKind::Error
        };
        self.put(kind, &output.terminal);
    }

    fn put(&mut self, kind: EntryKind, text: &str) {
        let is_output = matches!(kind, EntryKind::Output | EntryKind::Error);
        if is_output && text.is_empty() {
            return;
        }
        let text: Rc<str> = if text.len() > BYTES_MAX {
            let mut end = BYTES_MAX;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            format!("{}\n… the rest is left out\n", &text[..end]).into()
        } else {
            text.into()
        };
        self.bytes += text.len();
        self.entries.push_back(Entry {
            id: self.next_id,
            kind,
            text,
        });
        self.next_id = self.next_id.wrapping_add(1);
        while self.entries.len() > ENTRIES_MAX
            || (self.bytes > 2 * BYTES_MAX && self.entries.len() > 1)
        {
            if let Some(old) = self.entries.pop_front() {
                self.bytes -= old.text.len();
            }
        }
    }

    pub fn pane(&self, pace: Pace) -> ConsolePane {
        if !self.is_open {
            return ConsolePane::default();
        }
        ConsolePane {
            is_open: true,
            entries: self.entries.iter().cloned().collect(),
            input: self.input.clone(),
            cursor: self.cursor,
            choices: self.choices.clone(),
            waiting: self.waiting.as_ref().map(|(typed, _)| Waiting {
                command: typed.clone(),
                pace,
                queue: self.queue.iter().cloned().collect(),
            }),
        }
    }
}

/// The byte at which so many UTF-16 units end.
fn byte_at(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, char) in text.char_indices() {
        if left < char.len_utf16() {
            return at;
        }
        left -= char.len_utf16();
    }
    text.len()
}

/// What all choices begin with; nothing if there are none.
fn common_start(choices: &[String]) -> Option<&str> {
    let (first, rest) = choices.split_first()?;
    let mut end = first.len();
    for choice in rest {
        let same = first
            .bytes()
            .zip(choice.bytes())
            .take_while(|(a, b)| a == b);
        end = end.min(same.count());
    }
    while !first.is_char_boundary(end) {
        end -= 1;
    }
    Some(&first[..end])
}
