//! The bar at the bottom: where we are in time, and what was done when.

use super::page::Look;
use super::why::Cause;
use super::words::{clock, count, said};
use crate::cluster::Cluster;
use crate::session::command::Command;
use crate::session::history::{Branch, MAX_NAME, common};
use crate::session::words::describe;
use crate::session::{Logged, Session};
use crate::trace::What;

/// What the timeline shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    pub now_ms: u64,
    /// The furthest moment that was reached.
    pub end_ms: u64,
    /// Where the scrubber ends: `end_ms`, rounded up to one of its steps, so that the last moment can be reached.
    pub max_ms: u64,
    /// `0:07.3`
    pub now: String,
    pub end: String,
    pub marks: Vec<Mark>,
    pub pace: Pace,
    pub speed: Speed,
    /// One sentence: what is going on.
    pub state: String,
    /// What an undo takes back, if there is anything.
    pub undo: Option<String>,
    pub redo: Option<String>,
    pub is_past: bool,
    /// How many acts were done by now: what can be played again.
    pub acts: usize,
    /// Where we were before a jump.
    pub back: Option<String>,
    /// The moments of the chain of causes that is shown.
    pub causes: Vec<Mark>,
    pub bookmarks: Vec<BookmarkItem>,
    /// The one that marks this very moment.
    pub marked: Option<usize>,
    /// The history that is shown.
    pub shown: HistoryItem,
    /// Histories that were left by acting in their past.
    pub branches: Vec<HistoryItem>,
}

/// A moment with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookmarkItem {
    pub at: String,
    pub permille: u32,
    pub name: String,
}

/// A history of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its name, or else the first command that only it has.
    pub title: String,
    /// `from 0:12.3, 4 commands, until 1:02.0`
    pub about: String,
    /// Where it parts from the one that is shown.
    pub parts_at_ms: u64,
    pub permille: u32,
}

/// A command of the user, or a link of a chain of causes, on the scrubber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at_ms: u64,
    /// Where on the scrubber, in thousandths of its length.
    pub permille: u32,
    pub text: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    #[default]
    Paused,
    Playing,
    /// Playing, but nothing is due: the clock stands until something is done.
    Settled,
    /// As fast as it goes to where nothing is due.
    Jumping,
}

impl Timeline {
    /// The clock in words, where nothing is due: `Settled` and `0:09`.
    pub fn settled(&self) -> Option<(&'static str, &str)> {
        let now = self.now.split('.').next().unwrap_or_default();
        let is_settled = self.pace == Pace::Settled && self.acts > 0;
        is_settled.then_some(("Settled", now))
    }
}

impl Pace {
    pub fn as_str(self) -> &'static str {
        match self {
            Pace::Paused => "Paused",
            Pace::Playing => "Playing",
            Pace::Settled => "Settled",
            Pace::Jumping => "Jumping",
        }
    }
}

/// Simulated time per real time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    Quarter,
    Half,
    #[default]
    One,
    Two,
    Five,
    Ten,
    Thirty,
    Sixty,
}

impl Speed {
    pub const ALL: [Speed; 8] = [
        Speed::Quarter,
        Speed::Half,
        Speed::One,
        Speed::Two,
        Speed::Five,
        Speed::Ten,
        Speed::Thirty,
        Speed::Sixty,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Speed::Quarter => "0.25×",
            Speed::Half => "0.5×",
            Speed::One => "1×",
            Speed::Two => "2×",
            Speed::Five => "5×",
            Speed::Ten => "10×",
            Speed::Thirty => "30×",
            Speed::Sixty => "60×",
        }
    }

    /// Simulated quarters of a second per real second.
    pub fn quarters(self) -> u64 {
        match self {
            Speed::Quarter => 1,
            Speed::Half => 2,
            Speed::One => 4,
            Speed::Two => 8,
            Speed::Five => 20,
            Speed::Ten => 40,
            Speed::Thirty => 120,
            Speed::Sixty => 240,
        }
    }

    pub fn faster(self) -> Speed {
        *Speed::ALL.iter().find(|s| **s > self).unwrap_or(&self)
    }

    pub fn slower(self) -> Speed {
        *Speed::ALL
            .iter()
            .rev()
            .find(|s| **s < self)
            .unwrap_or(&self)
    }
}

/// How finely the scrubber moves.
pub const STEP_MS: u64 = 100;
/// The longest name that a bookmark or a branch can be given.
pub const NAME_MAX: usize = MAX_NAME;
/// The newest marks; a log can be long.
const MARKS_MAX: usize = 200;

/// What a page says on which something waits.
pub const PAUSED: &str = "Paused: press play or step";

pub fn build(session: &Session, look: &Look<'_>, causes: &[Cause]) -> Timeline {
    let (now, end) = (session.now().0, session.end().0);
    let max = end.div_ceil(STEP_MS).max(1).saturating_mul(STEP_MS);
    let log = session.log();
    let marks = log.iter().rev().take(MARKS_MAX).rev().map(|logged| Mark {
        at_ms: logged.at.0,
        permille: permille(logged.at.0, max),
        text: describe(&logged.command),
    });
    let causes = causes.iter().enumerate().map(|(index, cause)| Mark {
        at_ms: cause.at_ms,
        permille: permille(cause.at_ms, max),
        text: format!("{}. {} {}", index + 1, cause.at, cause.text),
    });
    let bookmarks = session.bookmarks().iter().map(|mark| BookmarkItem {
        at: clock(mark.place.at.0),
        permille: permille(mark.place.at.0, max),
        name: mark.name.clone(),
    });
    let here = session.place();
    let is_past = now < end;
    let state = match look.pace {
        Pace::Jumping => "Jumping to settled; Pause stops here".to_owned(),
        _ if !look.last_line.is_empty() => look.last_line.to_owned(),
        Pace::Settled if log.is_empty() => "Ready".to_owned(),
        Pace::Settled => "Nothing left to do".to_owned(),
        Pace::Paused if is_past || !session.is_settled() => PAUSED.to_owned(),
        Pace::Paused => "Paused: what you do next waits for play or step".to_owned(),
        Pace::Playing => "Playing".to_owned(),
    };
    let words = |commands: &mut dyn Iterator<Item = &Command>| {
        let words: Vec<String> = commands.map(describe).collect();
        (!words.is_empty()).then(|| words.join("; "))
    };
    Timeline {
        // Tenths are what the clock shows; finer steps would draw for nothing.
        now_ms: now / 100 * 100,
        end_ms: end,
        max_ms: max,
        now: clock(now),
        end: clock(end),
        marks: marks.collect(),
        pace: look.pace,
        speed: look.speed,
        state,
        undo: words(&mut session.next_undo()),
        redo: words(&mut session.next_redo()),
        is_past,
        acts: log[..session.applied()]
            .iter()
            .filter(|logged| !logged.joins)
            .count(),
        back: look.back.map(|place| clock(place.at.0)),
        causes: causes.collect(),
        bookmarks: bookmarks.collect(),
        marked: session
            .bookmarks()
            .iter()
            .position(|m| m.place.is_like(here)),
        shown: HistoryItem {
            title: if session.title().is_empty() {
                "This branch".to_owned()
            } else {
                session.title().to_owned()
            },
            about: format!(
                "{}, until {}",
                count(log.len() as u64, "command"),
                clock(end)
            ),
            ..HistoryItem::default()
        },
        branches: session
            .branches()
            .iter()
            .map(|left| history(left, log, max))
            .collect(),
    }
}

/// Where on the scrubber a moment is.
fn permille(at: u64, max: u64) -> u32 {
    (at.saturating_mul(1000) / max.max(1)).min(1000) as u32
}

fn history(left: &Branch, shown: &[Logged], max: u64) -> HistoryItem {
    let common = common(&left.log, shown);
    let own = &left.log[common..];
    // It parts where one of the two has a command that the other hasn't, or where the other ended.
    let next = own.first().into_iter().chain(shown.get(common));
    let parts_at_ms = next.map(|logged| logged.at.0).min().unwrap_or(left.end.0);
    let first = own.first().map(|logged| describe(&logged.command));
    HistoryItem {
        title: match first {
            _ if !left.title.is_empty() => left.title.clone(),
            Some(first) => first,
            None => "Nothing else was done".to_owned(),
        },
        about: format!(
            "from {}, {}, until {}",
            clock(parts_at_ms),
            match own.len() as u64 {
                0 => "no commands of its own".to_owned(),
                own => count(own, "command"),
            },
            clock(left.end.0)
        ),
        parts_at_ms,
        permille: permille(parts_at_ms, max),
    }
}

/// So many entries are searched for something that tells.
const TELLING_MAX: usize = 2_000;

/// What happened last, in a few words: a name for the present moment.
pub fn happened(cluster: &Cluster) -> Option<String> {
    let entries = cluster.trace.iter().rev().take(TELLING_MAX);
    let mut told = entries.filter_map(|entry| match &entry.what {
        What::Command(text) => Some(text.clone()),
        What::Decided(decision) => Some(said(&decision.to_string())),
        What::Event { reason, .. } => Some(format!("{reason}: {}", entry.subject)),
        _ => None,
    });
    told.next()
}
