//! Moments and histories that have names: bookmarks, and histories that were left by acting in the past.

use super::Logged;
use crate::api::json::json_object;
use crate::sim::time::SimTime;
use serde::{Deserialize, Serialize};

/// Maximum histories kept besides the present one.
pub const MAX_BRANCHES: usize = 12;
/// Maximum bookmarks of one history.
pub const MAX_BOOKMARKS: usize = 30;
/// The longest name, in characters.
pub const MAX_NAME: usize = 60;

/// A moment of a history, exactly: much can happen in one millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub at: SimTime,
    pub steps: u64,
    /// The number of commands given by then.
    pub applied: u32,
}

json_object!(Place whole {
    at: "at",
    steps: "steps",
    applied: "applied",
});

impl Place {
    /// Whether who stands at `there` has come past this place.
    pub fn is_within(self, there: Place) -> bool {
        self.at <= there.at && self.steps <= there.steps && self.applied <= there.applied
    }

    /// Whether both are the same moment to whoever looks: the clock shows tenths, and nothing happened between the two.
    pub fn is_like(self, other: Place) -> bool {
        let seen = |place: Place| (place.at.0 / 100, place.steps, place.applied);
        seen(self) == seen(other)
    }
}

/// A moment with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    pub place: Place,
    pub name: String,
}

json_object!(Bookmark whole {
    place: "place",
    name: "name",
});

/// A history that was left by acting in its past.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Empty until it is given one.
    pub title: String,
    pub log: Vec<Logged>,
    /// The furthest moment that it reached.
    pub end: SimTime,
    pub bookmarks: Vec<Bookmark>,
}

/// The number of commands that two histories have in common from the start.
pub fn common(a: &[Logged], b: &[Logged]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A name as it is kept: one line, not too long.
pub fn name(typed: &str) -> String {
    let mut words = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > MAX_NAME {
        words = words.chars().take(MAX_NAME - 1).collect();
        words.push('…');
    }
    words
}
