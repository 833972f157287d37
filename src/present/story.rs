//! A scenario that is open: where it stands in the list, what was typed, and the act that is played.

use std::rc::Rc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryBar {
    pub id: &'static str,
    pub title: &'static str,
    pub question: &'static str,
    pub answer: &'static str,
    /// `Scenario 6 of 15`
    pub place: String,
    pub previous: Option<&'static str>,
    pub next: Option<&'static str>,
    /// The commands that lead here, a line each.
    pub typed: Rc<[String]>,
    /// How many hints wait: they would give the answer away.
    pub hints: usize,
    /// While it is played from the start.
    pub caption: Option<Caption>,
}

/// What was typed at the moment that is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caption {
    /// `2 of 4`
    pub place: String,
    pub text: String,
    /// What kubectl answered, if it refused.
    pub refused: Option<String>,
}
