//! The bar at the bottom: where we are in time, and what was done when.

/// What the timeline shows.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

/// A command of the user on the scrubber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub at_ms: u64,
    /// Where on the scrubber, in thousandths of its length.
    pub permille: u32,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Paused,
    Playing,
    /// Playing, but nothing is due: the clock stands until something is done.
    Settled,
}

impl Pace {
    pub fn as_str(self) -> &'static str {
        match self {
            Pace::Paused => "Paused",
            Pace::Playing => "Playing",
            Pace::Settled => "Settled",
        }
    }
}

/// Simulated time per real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    Quarter,
    Half,
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
        *Speed::ALL.iter().rev().find(|s| **s < self).unwrap_or(&self)
    }
}
