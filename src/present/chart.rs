//! What charts of available pods over time share: scales, marks, and the line.

use super::words::span;
use crate::api::json::json_object;
use serde::{Deserialize, Serialize};

/// The size of a picture and where its lines are, in units of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    pub width: u32,
    pub height: u32,
    pub left: u32,
    pub right: u32,
    pub top: u32,
    pub bottom: u32,
    /// How wide a moment's label may be.
    pub label: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    pub at: u32,
    pub label: String,
}

json_object!(Tick whole {
    at: "at",
    label: "label",
});

/// A line is drawn in slices of time of this width.
const SLICE: u32 = 3;
/// Numbers beside a chart are this far apart.
const LABEL_HEIGHT: u32 = 14;

/// From moments and numbers to places in the picture.
pub struct Scale {
    pub frame: Frame,
    pub end_ms: u64,
    pub is_logarithmic: bool,
    pub low: u32,
    pub high: u32,
}

impl Scale {
    pub fn x(&self, ms: u64) -> u32 {
        let (at, end) = if self.is_logarithmic {
            let from_start = |ms: u64| logarithm(ms + 1000) - logarithm(1000);
            (from_start(ms), from_start(self.end_ms))
        } else {
            (ms, self.end_ms)
        };
        self.frame.left
            + (at.min(end) * u64::from(self.frame.right - self.frame.left) / end.max(1)) as u32
    }

    pub fn y(&self, n: u32) -> u32 {
        let below = self.high - n.clamp(self.low, self.high);
        self.frame.top
            + below * (self.frame.bottom - self.frame.top) / (self.high - self.low).max(1)
    }

    /// A line through moments and numbers, up to an x: the lowest number in each slice of time, so that what comes and
    /// goes within a slice isn't lost.
    pub fn trail(&self, samples: &mut dyn Iterator<Item = (u64, u32)>, end: u32) -> String {
        let mut samples = samples.peekable();
        let mut now = samples.peek().map_or(0, |(_, n)| *n);
        let (mut x, mut drawn) = (self.frame.left, self.y(now));
        let mut path = format!("M{x} {drawn}");
        while x < end {
            let next = (x + SLICE).min(end);
            let mut lowest = now;
            while let Some((_, n)) = samples.next_if(|(at, _)| self.x(*at) < next) {
                now = n;
                lowest = lowest.min(now);
            }
            let y = self.y(lowest);
            if y != drawn {
                path.push_str(&format!("H{x}V{y}"));
            }
            drawn = y;
            x = next;
        }
        path.push_str(&format!("H{end}"));
        path
    }

    /// Marks below the line, far enough apart for their labels.
    pub fn times(&self) -> Vec<Tick> {
        let Frame {
            left,
            right,
            label: apart,
            ..
        } = self.frame;
        let steps: [u64; 18] = [
            1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 43_200, 86_400,
            604_800,
        ];
        let seconds: Vec<u64> = if self.is_logarithmic {
            steps.into()
        } else {
            let most = u64::from((right - left) / apart);
            let fits = |step: &&u64| self.end_ms / 1000 / **step <= most;
            let step = *steps.iter().find(fits).unwrap_or(&2_592_000);
            (1..=most).map(|n| n * step).collect()
        };
        let mut ticks = vec![Tick {
            at: left,
            label: "0".to_owned(),
        }];
        for second in seconds.into_iter().filter(|s| s * 1000 <= self.end_ms) {
            let at = self.x(second * 1000);
            if ticks.last().is_none_or(|last| at >= last.at + apart) {
                let label = match second {
                    0..60 => format!("{second} s"),
                    60..3600 if second % 60 == 0 => format!("{} min", second / 60),
                    3600.. if second % 3600 == 0 => format!("{} h", second / 3600),
                    _ => span(second * 1000),
                };
                ticks.push(Tick { at, label });
            }
        }
        ticks
    }

    /// Numbers that matter more than those of the scale: each with its place, and its label where there is room for it.
    pub fn floors(&self, floors: &[u32]) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for floor in floors {
            let at = self.y(*floor);
            let is_apart = |other: u32| other.abs_diff(at) >= LABEL_HEIGHT;
            let is_free = is_apart(self.y(self.high)) && ticks.iter().all(|tick| is_apart(tick.at));
            let label = if is_free {
                floor.to_string()
            } else {
                String::new()
            };
            ticks.push(Tick { at, label });
        }
        ticks
    }

    /// Marks beside it; the highest number always has one, and none is in the way of a floor's.
    pub fn counts(&self, floors: &[Tick]) -> Vec<Tick> {
        const MOST: u32 = 5;
        let nice = (0..9).flat_map(|power| [1, 2, 5].map(|n| n * 10u32.pow(power)));
        let range = self.high - self.low;
        let step = nice.into_iter().find(|step| range / step < MOST);
        let step = step.unwrap_or(1_000_000_000);
        let tick = |n: u32| Tick {
            at: self.y(n),
            label: n.to_string(),
        };
        let below = (self.low.div_ceil(step)..).map(|n| n * step);
        let below = below.take_while(|n| *n < self.high);
        let mut ticks: Vec<Tick> = below.map(tick).collect();
        // All of them is the number that matters most.
        let all = tick(self.high);
        let labelled = floors.iter().filter(|tick| !tick.label.is_empty());
        let taken: Vec<u32> = labelled.map(|tick| tick.at).chain([all.at]).collect();
        let is_free = |tick: &Tick| taken.iter().all(|at| tick.at.abs_diff(*at) >= LABEL_HEIGHT);
        ticks.retain(is_free);
        ticks.push(all);
        ticks
    }
}

/// To the base of 2, in 1024ths; straight between powers of 2.
fn logarithm(n: u64) -> u64 {
    let whole = u64::from(n.max(1).ilog2());
    whole * 1024 + (((n - (1 << whole)) * 1024) >> whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_has_just_begun_is_a_path_too() {
        let frame = crate::present::availability::FRAME;
        let scale = Scale {
            frame,
            end_ms: 1000,
            is_logarithmic: false,
            low: 0,
            high: 10,
        };
        let trail = |end| scale.trail(&mut [(0, 10), (0, 8)].into_iter(), end);
        assert_eq!(trail(frame.left), "M34 10H34");
        assert_eq!(trail(frame.left + 6), "M34 10H34V26H40");
    }
}
