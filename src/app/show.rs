//! A scenario from the start: its acts are played as they were, long waits faster, and what was typed is read first.
//!
//! The session's own log is replayed, so nothing here changes it; acting meanwhile starts a branch, and ends the show.

use super::Model;
use super::editor::Editor;
use super::msg::{Selection, StoryMsg};
use super::scenarios::{open_scenario, selection};
use crate::kubectl;
use crate::present::story::{Caption, StoryBar};
use crate::present::timeline::Speed;
use crate::present::words::span;
use crate::scenarios::{self, Story};
use crate::session::history::Place;
use crate::sim::time::SimDuration;
use std::rc::Rc;

/// What lies between two acts shall not take longer than this in real time.
const ACT_MS: u64 = 7_000;
/// A line stands this long before it is carried out, and longer for each of its letters.
const READ_MS: u32 = 1_200;
const READ_MS_A_LETTER: u32 = 18;
const READ_MS_MAX: u32 = 3_600;

/// The scenario that a page shows.
#[derive(Debug)]
pub struct Opened {
    pub id: &'static str,
    /// What leads there. Empty where it came by a link, until it is played.
    acts: Vec<Act>,
    typed: Rc<[String]>,
    /// How the history was when it was opened.
    edits: u64,
    show: Option<Show>,
}

/// A command of a scenario, or time that passes.
#[derive(Clone, Debug)]
pub struct Act {
    /// Right before it.
    pub before: Place,
    pub text: String,
    pub refused: Option<String>,
    pub is_pause: bool,
}

#[derive(Debug)]
struct Show {
    /// The act that is shown.
    at: usize,
    /// So much longer the clock stands, in real time.
    hold_ms: u32,
    /// As it was set for this act: a user may choose another.
    speed: Speed,
    before: Speed,
}

impl Opened {
    pub fn new(story: &'static Story, acts: Vec<Act>, edits: u64) -> Opened {
        let lines = crate::console::lines(story.commands).into_iter();
        Opened {
            id: story.id,
            acts,
            typed: lines.map(|line| short(&line.into_text())).collect(),
            edits,
            show: None,
        }
    }
}

/// A command in one line: what a heredoc holds is named, not told.
pub fn short(typed: &str) -> String {
    let Ok((line, Some(text))) = kubectl::heredoc(typed) else {
        return typed.to_owned();
    };
    let mut objects = Vec::new();
    for document in text.split("\n---\n") {
        let field = |name: &str| {
            let mut values = document
                .lines()
                .filter_map(|line| line.trim().strip_prefix(name));
            values.next().map(str::trim).unwrap_or_default().to_owned()
        };
        objects.push(format!("{} {}", field("kind:"), field("name:")));
    }
    format!("{}   # {}", line.trim_end(), objects.join(", "))
}

/// `10 min later`, for a line that only lets time pass.
pub fn pause(from: Place, to: Place) -> String {
    format!("{} later", span(to.at.since(from.at).0))
}

fn read_ms(act: &Act) -> u32 {
    let told = act.refused.as_ref().map_or(0, String::len);
    let letters = (act.text.len() + told) as u32;
    let ms = READ_MS.saturating_add(READ_MS_A_LETTER.saturating_mul(letters));
    if act.is_pause { 0 } else { ms.min(READ_MS_MAX) }
}

/// The slowest speed, from 1× on, at which so much time is over soon enough.
fn speed_for(time: SimDuration) -> Speed {
    let is_enough = |speed: &Speed| {
        *speed >= Speed::One && time.0.saturating_mul(4) / speed.quarters() <= ACT_MS
    };
    Speed::ALL
        .into_iter()
        .find(is_enough)
        .unwrap_or(Speed::Sixty)
}

impl Model {
    /// The scenario that one of the documents belongs to.
    pub fn story_bar(&self) -> Option<StoryBar> {
        let id = story_of(&self.editor)?;
        let opened = self.story.as_ref().filter(|opened| opened.id == id)?;
        let all = scenarios::all();
        let at = all.iter().position(|story| story.id == id)?;
        let story = &all[at];
        let caption = opened.show.as_ref().and_then(|show| {
            let act = opened.acts.get(show.at)?;
            Some(Caption {
                place: format!("{} of {}", show.at + 1, opened.acts.len()),
                text: act.text.clone(),
                refused: act.refused.clone(),
            })
        });
        Some(StoryBar {
            id,
            title: story.title,
            question: story.question,
            answer: story.answer,
            place: format!("Scenario {} of {}", at + 1, all.len()),
            previous: at.checked_sub(1).map(|at| all[at].id),
            next: all.get(at + 1).map(|story| story.id),
            typed: Rc::clone(&opened.typed),
            hints: self.editor.waiting_hints(),
            caption,
        })
    }

    /// Whether a scenario is being played from its start.
    pub fn is_showing(&self) -> bool {
        self.story
            .as_ref()
            .is_some_and(|opened| opened.show.is_some())
    }

    pub(super) fn act_story(&mut self, msg: StoryMsg) {
        match msg {
            StoryMsg::Play => self.begin_show(),
            StoryMsg::End => {
                let end = self.session.end();
                self.session.seek(end);
                self.pacer.catch_up(&self.session);
                self.end_show(true);
            }
            StoryMsg::ShowHints => self.editor.show_hints(),
        }
    }

    fn begin_show(&mut self) {
        let Some(id) = self.story.as_ref().map(|opened| opened.id) else {
            return;
        };
        self.end_show(false);
        let is_as_opened =
            |opened: &Opened| !opened.acts.is_empty() && opened.edits == self.session.edits();
        if !self.story.as_ref().is_some_and(is_as_opened) {
            open_scenario(self, id);
        }
        let first = self.story.as_ref().and_then(|opened| opened.acts.first());
        let Some(first) = first.cloned() else {
            return;
        };
        self.stop();
        self.session.go(first.before);
        self.pacer.catch_up(&self.session);
        self.clock.play();
        self.selection = Selection::None;
        let before = self.clock.speed;
        if let Some(opened) = &mut self.story {
            opened.show = Some(Show {
                at: 0,
                hold_ms: read_ms(&first),
                speed: before,
                before,
            });
        }
        self.tell(first.text);
    }

    /// Ends the show where it is. `is_over`: the page shows what the scenario is about.
    pub(super) fn end_show(&mut self, is_over: bool) {
        let Some(show) = self.story.as_mut().and_then(|opened| opened.show.take()) else {
            return;
        };
        if self.clock.speed == show.speed {
            self.clock.speed = show.before;
        }
        if is_over {
            let look = self
                .story
                .as_ref()
                .and_then(|opened| scenarios::by_id(opened.id));
            if let Some(story) = look {
                self.selection = selection(&self.session, story.look);
                self.tell(story.question.to_owned());
            }
            self.clock.is_playing = self.session.is_settled();
        }
    }

    /// The clock's share of a frame: none while a line is read, and no more than up to the next one.
    pub(super) fn show_on(&mut self, elapsed_ms: u32) -> u32 {
        let Some(opened) = &mut self.story else {
            return elapsed_ms;
        };
        let is_other = opened.edits != self.session.edits();
        let Some(show) = opened.show.as_mut().filter(|_| self.clock.is_playing) else {
            return elapsed_ms;
        };
        if is_other {
            self.end_show(false);
            return elapsed_ms;
        }
        let next = opened.acts.get(show.at + 1);
        let to = next.map_or(self.session.end(), |act| act.before.at);
        let left = to.since(self.session.now());
        if show.hold_ms > 0 {
            show.hold_ms = show.hold_ms.saturating_sub(elapsed_ms);
            if show.hold_ms == 0 && self.clock.speed == show.speed {
                show.speed = speed_for(left);
                self.clock.speed = show.speed;
            }
            return 0;
        }
        if left.0.saturating_mul(4) > u64::from(elapsed_ms) * self.clock.speed.quarters() {
            return elapsed_ms;
        }
        match next.cloned() {
            Some(act) => {
                show.at += 1;
                // Of time that only passes there is nothing to read: one real millisecond sets the speed.
                show.hold_ms = read_ms(&act).max(1);
                self.session.play_to(act.before);
                self.tell(act.text);
            }
            None => {
                let end = self.session.end();
                self.session.advance_to(end, u64::MAX);
                self.end_show(true);
            }
        }
        0
    }
}

/// The scenario of the document in front, or else of any.
pub fn story_of(editor: &Editor) -> Option<&'static str> {
    let front = std::iter::once(editor.tab());
    let mut all = front.chain(&editor.tabs);
    all.find_map(|tab| tab.story.as_ref()).map(|story| story.id)
}
