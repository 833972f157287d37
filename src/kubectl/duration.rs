//! How long ago: `45s`, `2m5s`, `3h`, `2d4h`.
//!
//! Models: apimachinery pkg/util/duration/duration.go, HumanDuration.

use crate::api::meta::Time;
use crate::sim::time::SimDuration;

/// An age as tables show it.
///
/// ```
/// use daemonset_playground::kubectl::duration;
/// assert_eq!(duration::human(119_999), "119s");
/// assert_eq!(duration::human(121_000), "2m1s");
/// ```
pub fn human(milliseconds: i64) -> String {
    // A clock that runs a bit ahead isn't worth a complaint.
    let seconds = milliseconds / 1000;
    if seconds < -1 {
        return "<invalid>".to_owned();
    }
    if seconds < 0 {
        return "0s".to_owned();
    }
    let with_rest = |large: i64, large_unit: char, small: i64, small_unit: char| match small {
        0 => format!("{large}{large_unit}"),
        small => format!("{large}{large_unit}{small}{small_unit}"),
    };
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    if seconds < 120 {
        format!("{seconds}s")
    } else if minutes < 10 {
        with_rest(minutes, 'm', seconds % 60, 's')
    } else if minutes < 180 {
        format!("{minutes}m")
    } else if hours < 8 {
        with_rest(hours, 'h', minutes % 60, 'm')
    } else if hours < 48 {
        format!("{hours}h")
    } else if hours < 192 {
        with_rest(days, 'd', hours % 24, 'h')
    } else if days < 365 * 2 {
        format!("{days}d")
    } else if days < 365 * 8 {
        with_rest(days / 365, 'y', days % 365, 'd')
    } else {
        format!("{}y", days / 365)
    }
}

/// How long ago a moment was; `<unknown>` if there is none.
pub fn since(then: Option<Time>, now: Time) -> String {
    match then {
        Some(then) => human((now.0 - then.0).saturating_mul(1000)),
        None => "<unknown>".to_owned(),
    }
}

/// Go's way to print a duration: `1m30s`, `5s`, `500ms`, `0s`.
pub fn go(duration: SimDuration) -> String {
    let ms = duration.0;
    if ms == 0 {
        return "0s".to_owned();
    }
    if ms < 1000 {
        return format!("{ms}ms");
    }
    let (hours, minutes, seconds, rest) =
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    let fraction = if rest == 0 {
        String::new()
    } else {
        format!(".{rest:03}").trim_end_matches('0').to_owned()
    };
    match (hours, minutes) {
        (0, 0) => format!("{seconds}{fraction}s"),
        (0, minutes) => format!("{minutes}m{seconds}{fraction}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}{fraction}s"),
    }
}

/// A moment as `describe` prints it: RFC 1123 with numeric zone.
pub fn rfc1123(time: Time) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (year, month, day, hour, minute, second) = time.civil();
    let weekday = DAYS[time.0.div_euclid(86_400).rem_euclid(7) as usize];
    let month = MONTHS[(month as usize + 11) % 12];
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (seconds, text) in [
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (599, "9m59s"),
            (600, "10m"),
            (10_800, "3h"),
            (28_799, "7h59m"),
            (28_800, "8h"),
            (172_800, "2d"),
            (176_400, "2d1h"),
            (691_200, "8d"),
            (31_536_000 * 3, "3y"),
        ] {
            assert_eq!(human(seconds * 1000), text, "{seconds}");
        }
    }

    #[test]
    fn moments_and_go_durations() {
        assert_eq!(
            rfc1123(Time(1_767_225_600)),
            "Thu, 01 Jan 2026 00:00:00 +0000"
        );
        assert_eq!(
            rfc1123(Time(1_764_041_160)),
            "Tue, 25 Nov 2025 03:26:00 +0000"
        );
        for (ms, text) in [
            (0, "0s"),
            (250, "250ms"),
            (1500, "1.5s"),
            (90_000, "1m30s"),
            (3_600_000, "1h0m0s"),
        ] {
            assert_eq!(go(SimDuration::millis(ms)), text);
        }
    }
}
