//! What claimed times rest on, in words and as fields.

use crate::explain::times::{self, Times};
use crate::kubelet::profile::Profile;

/// The times' labels, in the order of their fields.
pub const TIME_LABELS: [&str; 4] = Times::LABELS;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// `pull 1.5–4.5 s, start 0.7 s, ready after 1 s, stop 1.2 s`
    pub text: String,
    /// The four times in seconds, how many of 100 starts are slow, and how many times as long those take.
    pub fields: [String; 6],
}

pub fn assumptions(profile: &Profile) -> Assumptions {
    let times = Times::of(profile);
    let slow = times::slow_starts(profile).map_or_else(String::new, |slow| format!("; {slow}"));
    let [pull, start, ready, stop] = times.texts();
    let share = times::tenths(profile.slow_per_mille);
    let factor = profile.slow_factor.to_string();
    Assumptions {
        text: format!("{times}{slow}"),
        fields: [pull, start, ready, stop, share, factor],
    }
}
