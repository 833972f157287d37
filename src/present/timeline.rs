//! The bar at the bottom: where we are in time, and what was done when.

use super::page::Look;
use super::words::{clock, count};
use crate::session::execute::describe;
use crate::session::{Branch, Session};

/// What the timeline shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    pub now_ms: u64,
    /// The furthest moment that was reached.
    pub end_ms: u64,
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
    /// Histories that were left by acting in their past.
    pub branches: Vec<BranchItem>,
}

/// Another history of the same cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchItem {
    /// The first command that only it has.
    pub title: String,
    /// `from 0:12.3, 4 commands, until 1:02.0`
    pub about: String,
}

/// A command of the user on the scrubber.
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

/// The newest marks; a log can be long.
const MARKS_MAX: usize = 200;

pub fn build(session: &Session, look: &Look<'_>) -> Timeline {
    let (now, end) = (session.now().0, session.end().0);
    let log = session.log();
    let marks = log.iter().rev().take(MARKS_MAX).rev().map(|logged| Mark {
        at_ms: logged.at.0,
        permille: (logged.at.0.saturating_mul(1000) / end.max(1)).min(1000) as u32,
        text: describe(&logged.command),
    });
    let is_past = now < end;
    let state = match look.pace {
        Pace::Jumping => "Jumping to settled; Pause stops here".to_owned(),
        _ if is_past && look.pace == Pace::Paused => {
            "In the past. What you do now starts from here.".to_owned()
        }
        _ if !look.last_line.is_empty() => look.last_line.to_owned(),
        Pace::Settled if log.is_empty() => "Ready".to_owned(),
        Pace::Settled => "Settled: nothing is due".to_owned(),
        Pace::Paused => "Paused".to_owned(),
        Pace::Playing => "Playing".to_owned(),
    };
    let last = session.applied().checked_sub(1).and_then(|at| log.get(at));
    Timeline {
        // Tenths are what the clock shows; finer steps would draw for nothing.
        now_ms: now / 100 * 100,
        end_ms: end,
        now: clock(now),
        end: clock(end),
        marks: marks.collect(),
        pace: look.pace,
        speed: look.speed,
        state,
        undo: last.map(|logged| describe(&logged.command)),
        redo: session.next_redo().map(describe),
        is_past,
        branches: session.branches().iter().filter_map(branch).collect(),
    }
}

fn branch(branch: &Branch) -> Option<BranchItem> {
    let own = branch.log.get(branch.parts_at..)?;
    let first = own.first()?;
    Some(BranchItem {
        title: describe(&first.command),
        about: format!(
            "from {}, {}, until {}",
            clock(first.at.0),
            count(own.len() as u64, "command"),
            clock(branch.end.0)
        ),
    })
}
