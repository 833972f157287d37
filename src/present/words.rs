//! Small pieces of text that many view models share.

use crate::api::json::json_names;
use serde::{Deserialize, Serialize};

/// How good or bad something is; the page's only use of colour for meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Busy,
    Warn,
    Bad,
}

json_names!(Tone {
    Plain: "Plain",
    Good: "Good",
    Busy: "Busy",
    Warn: "Warn",
    Bad: "Bad",
});

impl Tone {
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Good => "good",
            Tone::Busy => "busy",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }
}

/// `1 pod`, `3 pods`; for nouns that only take an s.
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 {
        format!("1 {noun}")
    } else {
        format!("{n} {noun}s")
    }
}

/// A title inside of a sentence: `a first DaemonSet`. Names keep their capitals.
pub fn lower_article(title: &str) -> String {
    match title.strip_prefix("A ") {
        Some(rest) => format!("a {rest}"),
        None => title.to_owned(),
    }
}

/// A length of time as kubectl writes ages: `45s`, `3m20s`, `12m`, `3h5m`, `2d`.
///
/// Models: apimachinery pkg/util/duration, HumanDuration, up to days.
pub fn age(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let pair = |big: u64, unit: &str, small: u64, small_unit: &str| {
        if small == 0 {
            format!("{big}{unit}")
        } else {
            format!("{big}{unit}{small}{small_unit}")
        }
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => pair(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => pair(days, "d", hours % 24, "h"),
        _ => format!("{days}d"),
    }
}

/// A length of time in words: `0.3 s`, `12 s`, `3 min 20 s`, `1 h 46 min`, `2 d 3 h`. The longer, the coarser.
pub fn span(ms: u64) -> String {
    let (seconds, minutes, hours) = (ms / 1000, ms / 60_000, ms / 3_600_000);
    let pair = |big: u64, unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{big} {unit}"),
        _ => format!("{big} {unit} {small} {small_unit}"),
    };
    match seconds {
        0..10 => format!("{seconds}.{} s", ms / 100 % 10),
        10..120 => format!("{seconds} s"),
        120..600 => pair(minutes, "min", seconds % 60, "s"),
        600..3_600 => format!("{minutes} min"),
        3_600..172_800 => pair(hours, "h", minutes % 60, "min"),
        _ => pair(hours / 24, "d", hours % 24, "h"),
    }
}

/// A reason that the trace has in full, as one says it: `isn't tolerated`, and `1 min` for `60000 ms`.
pub fn said(reason: &str) -> String {
    const SAID: [(&str, &str); 7] = [
        (
            "the pod ended, a daemon must not",
            "the pod completed, which a daemon pod shouldn't",
        ),
        ("no longer exists", "doesn't exist any more"),
        ("is not", "isn't"),
        ("are not", "aren't"),
        ("does not", "doesn't"),
        ("must not", "mustn't"),
        ("match no more", "no longer match"),
    ];
    let mut text = reason.to_owned();
    for (long, short) in SAID {
        if text.contains(long) {
            text = text.replace(long, short);
        }
    }
    while let Some(at) = text.find(" ms") {
        let digits = text[..at].bytes().rev().take_while(u8::is_ascii_digit);
        let start = at - digits.count();
        let Ok(ms) = text[start..at].parse() else {
            break;
        };
        text.replace_range(start..at + " ms".len(), &span(ms));
    }
    text
}

/// A moment on the timeline: `0:07.3`, `12:05.0`, `1:02:03.0`.
pub fn clock(ms: u64) -> String {
    let (tenths, seconds, minutes, hours) =
        (ms / 100 % 10, ms / 1000 % 60, ms / 60_000, ms / 3_600_000);
    if hours > 0 {
        format!("{hours}:{:02}:{seconds:02}.{tenths}", minutes % 60)
    } else {
        format!("{minutes}:{seconds:02}.{tenths}")
    }
}

/// `a`, `a and b`, `a, b and 3 more`: the first few of so many names.
pub fn list<S: AsRef<str>>(names: &[S], total: usize, shown_max: usize) -> String {
    let shown: Vec<&str> = names.iter().take(shown_max).map(AsRef::as_ref).collect();
    let more = total.saturating_sub(shown.len());
    match shown.split_last() {
        None => count(total as u64, "node"),
        Some(_) if more > 0 => format!("{} and {more} more", shown.join(", ")),
        Some((one, [])) => (*one).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_kubectls() {
        let ages = [
            0, 119, 120, 599, 600, 10_799, 10_800, 28_799, 28_800, 172_800, 700_000,
        ]
        .map(age);
        assert_eq!(
            ages.join(" "),
            "0s 119s 2m 9m59s 10m 179m 3h 7h59m 8h 2d 8d"
        );
    }

    #[test]
    fn spans() {
        let spans = [300, 12_000, 200_000, 6_360_000, 7_200_000, 183_600_000].map(span);
        assert_eq!(
            spans.join(", "),
            "0.3 s, 12 s, 3 min 20 s, 1 h 46 min, 2 h, 2 d 3 h"
        );
    }

    #[test]
    fn clocks() {
        assert_eq!(clock(0), "0:00.0");
        assert_eq!(clock(7_350), "0:07.3");
        assert_eq!(clock(3_723_000), "1:02:03.0");
    }

    #[test]
    fn spans_are_words_and_get_coarser() {
        let spans = [
            300,
            12_900,
            119_999,
            120_000,
            387_000,
            600_000,
            3_600_000,
            6_399_000,
            183_600_000,
        ]
        .map(span);
        assert_eq!(
            spans.join(", "),
            "0.3 s, 12 s, 119 s, 2 min, 6 min 27 s, 10 min, 1 h, 1 h 46 min, 2 d 3 h"
        );
    }

    #[test]
    fn reasons_are_said() {
        let said = [
            "taint a=b:NoExecute is not tolerated",
            "node-1: keep failed agent-x, back-off of 60000 ms is not over",
            "pull agent:1, 2500 ms after 400 ms behind other pulls",
            "no ms",
        ]
        .map(said);
        assert_eq!(
            said.join("\n"),
            "taint a=b:NoExecute isn't tolerated
node-1: keep failed agent-x, back-off of 60 s isn't over
pull agent:1, 2.5 s after 0.4 s behind other pulls
no ms"
        );
    }

    #[test]
    fn titles_stand_in_sentences() {
        let titles = ["A first DaemonSet", "Fluentd log collector"].map(lower_article);
        assert_eq!(titles, ["a first DaemonSet", "Fluentd log collector"]);
    }

    #[test]
    fn lists_name_the_first_few() {
        assert_eq!(list(&["a"], 1, 3), "a");
        assert_eq!(list(&["a", "b", "c"], 3, 3), "a, b and c");
        assert_eq!(list(&["a", "b", "c"], 40, 2), "a, b and 38 more");
    }
}
