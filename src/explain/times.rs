//! What every claimed time rests on: how long a pull, a start, a stop take on a node, and how many starts are slow.

use crate::api::go::quote;
use crate::api::json::json_object;
use crate::kubelet::profile::Profile;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The times of a profile that matter to a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    pull_ms_min: u64,
    pull_ms_max: u64,
    /// The sandbox and the container.
    start_ms: u64,
    ready_ms: u64,
    stop_ms: u64,
}

json_object!(Times whole {
    pull_ms_min: "pull_ms_min",
    pull_ms_max: "pull_ms_max",
    start_ms: "start_ms",
    ready_ms: "ready_ms",
    stop_ms: "stop_ms",
});

impl Times {
    pub const LABELS: [&'static str; 4] = ["Pull, s", "Start, s", "Ready after, s", "Stop, s"];

    pub fn of(profile: &Profile) -> Times {
        Times {
            pull_ms_min: profile.pull_ms_min,
            pull_ms_max: profile.pull_ms_max,
            start_ms: profile.sandbox_ms.saturating_add(profile.start_ms),
            ready_ms: profile.ready_ms,
            stop_ms: profile.shutdown_ms,
        }
    }

    /// The profile with these times.
    pub fn set(&self, profile: &Profile) -> Profile {
        let sandbox_ms = profile.sandbox_ms.min(self.start_ms);
        Profile {
            pull_ms_min: self.pull_ms_min,
            pull_ms_max: self.pull_ms_max,
            sandbox_ms,
            start_ms: self.start_ms - sandbox_ms,
            ready_ms: self.ready_ms,
            shutdown_ms: self.stop_ms,
            ..profile.clone()
        }
    }

    /// As they are typed, in seconds: `1.5–4.5`, `0.7`, …
    pub fn texts(&self) -> [String; 4] {
        let (least, most) = (seconds(self.pull_ms_min), seconds(self.pull_ms_max));
        let pull = if least == most {
            least
        } else {
            format!("{least}–{most}")
        };
        let [start, ready, stop] = [self.start_ms, self.ready_ms, self.stop_ms].map(seconds);
        [pull, start, ready, stop]
    }

    /// Reads what was typed.
    pub fn parse(texts: &[String; 4]) -> Result<Times, String> {
        let [pull, start, ready, stop] = texts;
        let (least, most) = pull.split_once(['–', '-']).unwrap_or((pull, pull));
        let read = |text: &str, which: usize| {
            milliseconds(text)
                .ok_or_else(|| format!("{}: {} isn't a time", Times::LABELS[which], quote(text)))
        };
        Ok(Times {
            pull_ms_min: read(least, 0)?,
            pull_ms_max: read(most, 0)?,
            start_ms: read(start, 1)?,
            ready_ms: read(ready, 2)?,
            stop_ms: read(stop, 3)?,
        })
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [pull, start, ready, stop] = self.texts();
        write!(
            f,
            "pull {pull} s, start {start} s, ready after {ready} s, stop {stop} s"
        )
    }
}

/// `2 % of starts are 30× slower`
pub fn slow_starts(profile: &Profile) -> Option<String> {
    let (share, factor) = (profile.slow_per_mille, profile.slow_factor);
    (share > 0).then(|| format!("{} % of starts are {factor}× slower", tenths(share)))
}

/// `2` or `0.5`
pub fn tenths(per_mille: u32) -> String {
    match per_mille % 10 {
        0 => (per_mille / 10).to_string(),
        tenth => format!("{}.{tenth}", per_mille / 10),
    }
}

/// `2` or `0.5` percent, in thousandths.
pub fn per_mille(text: &str, what: &str) -> Result<u32, String> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let parts = (whole.parse::<u32>(), tenth.parse::<u32>(), tenth.len());
    match parts {
        (Ok(whole @ 0..=100), Ok(tenth), 1) if whole * 10 + tenth <= 1000 => Ok(whole * 10 + tenth),
        _ => Err(format!(
            "{text} isn't a percentage from 0 to 100 with at most one decimal: {what}",
            text = quote(text)
        )),
    }
}

/// `1.5`, as short as it can be.
fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Up to three digits behind the point.
fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim().trim_end_matches('s').trim_end();
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(rest) || rest.len() > 3 {
        return None;
    }
    let rest: u64 = format!("{rest:0<3}").parse().ok()?;
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(1000)?
        .checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pull: &str, start: &str) -> Result<String, String> {
        let texts = [pull, start, "1", "1.25"].map(str::to_owned);
        Times::parse(&texts).map(|times| times.to_string())
    }

    #[test]
    fn times_are_typed_as_they_are_said() {
        let profile = Profile::default();
        let times = Times::of(&profile);
        assert_eq!(
            times.to_string(),
            "pull 1.5–4.5 s, start 0.7 s, ready after 1 s, stop 1.2 s"
        );
        assert_eq!(Times::parse(&times.texts()), Ok(times));
        assert_eq!(times.set(&profile), profile, "nothing was changed");
        assert_eq!(
            parse("3", " 0.05 s").unwrap(),
            "pull 3 s, start 0.05 s, ready after 1 s, stop 1.25 s"
        );
        assert_eq!(
            parse("2-5", "0").unwrap(),
            "pull 2–5 s, start 0 s, ready after 1 s, stop 1.25 s"
        );
        for wrong in ["", "-1", "1.2345", "x", "1e3", "99999999999999999999"] {
            assert_eq!(
                parse(wrong, "1").unwrap_err().split(':').next(),
                Some("Pull, s"),
                "{wrong}"
            );
        }
        let short = Times::parse(&["1", "0.3", "1", "1"].map(str::to_owned)).unwrap();
        let set = short.set(&profile);
        assert_eq!((set.sandbox_ms, set.start_ms), (300, 0));
    }
}
