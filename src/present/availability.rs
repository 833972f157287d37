//! Availability over time: the newest rollout of a DaemonSet as a small chart, with the floor that its strategy means to keep.

use super::chart::{Frame, Scale, Tick};
use super::words::{clock, count, span};
use crate::api::apps::DaemonSet;
use crate::api::object::Key;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::availability::Availability;

pub const FRAME: Frame = Frame {
    width: 340,
    height: 116,
    left: 34,
    right: 332,
    top: 10,
    bottom: 94,
    label: 48,
};
/// Lengths that the axis of time may have begin with one of these: it isn't drawn anew in every picture.
const LENGTHS: [u64; 9] = [10, 12, 15, 20, 25, 32, 40, 60, 80];

/// What the chart shows, in the units of an SVG of `FRAME`'s size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailabilityChart {
    pub line: String,
    /// Where the line ends: now, or with the rollout.
    pub end: (u32, u32),
    pub is_over: bool,
    /// The floor as a line, and where its number stands.
    pub floor: Option<(String, Tick)>,
    /// The line once more, where it is below the floor.
    pub below: String,
    pub times: Vec<Tick>,
    pub counts: Vec<Tick>,
    /// The same in words, a sentence each.
    pub words: Vec<String>,
    /// The worst moment was below the floor.
    pub is_bad: bool,
}

/// Nothing before the first pod is wanted.
pub fn chart(cluster: &Cluster, set: &DaemonSet) -> Option<AvailabilityChart> {
    let key = Key::of(&set.metadata);
    let rollout = cluster.parts.daemon_set.availability(&key)?;
    let high = rollout.samples().map(|(.., level)| level.desired).max()?;
    if high == 0 {
        return None;
    }
    let until = rollout.ended.unwrap_or(cluster.now());
    let length = until.since(rollout.begun).0;
    // Where nothing ran before, the floor can't have been kept.
    let has_floor = !rollout.is_first && rollout.now.floor > 0;
    let lowest = rollout.samples().map(|(_, lowest, _)| lowest).min();
    let floors = rollout.samples().map(|(.., level)| level.floor).min();
    let low = lowest.into_iter().chain(floors.filter(|_| has_floor)).min();
    let low = low.unwrap_or(0).min(high);
    let scale = Scale {
        frame: FRAME,
        end_ms: axis(length),
        is_logarithmic: false,
        low: low.saturating_sub((high - low) / 8 + 1),
        high,
    };
    let end = scale.x(length);
    let available = rollout
        .samples()
        .flat_map(|(at, lowest, level)| [(at.0, lowest), (at.0, level.available)]);
    let floor = has_floor.then(|| {
        let samples = rollout.samples().map(|(at, _, level)| (at.0, level.floor));
        let at = scale.y(rollout.now.floor);
        let label = format!("floor {}", rollout.now.floor);
        (scale.trail(samples, FRAME.right), Tick { at, label })
    });
    Some(AvailabilityChart {
        line: scale.trail(available, end),
        end: (end, scale.y(rollout.now.available)),
        is_over: rollout.ended.is_some(),
        floor,
        below: if has_floor {
            below(rollout, &scale, end)
        } else {
            String::new()
        },
        times: scale.times(),
        counts: scale.counts(),
        words: words(rollout, cluster, has_floor),
        is_bad: has_floor && rollout.fell.is_some(),
    })
}

/// The next of the lengths that are nice.
fn axis(length_ms: u64) -> u64 {
    let powers = (2..).map(|power| 10u64.saturating_pow(power));
    let mut lengths = powers.flat_map(|power| LENGTHS.map(|it| it.saturating_mul(power)));
    lengths
        .find(|it| *it >= length_ms.max(1))
        .unwrap_or(length_ms)
}

/// From where the line falls below the floor to where it is back.
fn below(rollout: &Availability, scale: &Scale, end: u32) -> String {
    let mut path = String::new();
    let mut samples = rollout.samples().peekable();
    while let Some((at, lowest, level)) = samples.next() {
        if lowest.min(level.available) >= level.floor {
            continue;
        }
        let to = samples.peek().map_or(end, |(next, ..)| scale.x(next.0));
        let (x, y) = (scale.x(at.0), scale.y(lowest.min(level.available)));
        path.push_str(&format!("M{x} {y}H{}", to.max(x + 1)));
    }
    path
}

fn words(rollout: &Availability, cluster: &Cluster, has_floor: bool) -> Vec<String> {
    let begun = rollout.begun;
    let from = clock(begun.0);
    let level = &rollout.now;
    let time = match rollout.ended {
        Some(ended) => format!(
            "Began at {from}, done after {}.",
            span(ended.since(begun).0)
        ),
        None => format!(
            "Began at {from}, running for {}.",
            span(cluster.now().since(begun).0 / 1000 * 1000)
        ),
    };
    let mut words = vec![time];
    if rollout.is_first {
        return words;
    }
    let (worst, at) = rollout.worst;
    let nodes = count(level.desired.into(), "node");
    let so_far = if rollout.ended.is_some() {
        ""
    } else {
        " so far"
    };
    words.push(format!(
        "Worst{so_far}: {worst} of {nodes} with an available pod, at {}.",
        clock(at.0)
    ));
    if !has_floor {
        words.push("This strategy keeps no floor.".to_owned());
        return words;
    }
    let given_up = level.desired.saturating_sub(level.floor);
    let floor = format!(
        "The floor is {}: {} wanted minus {given_up} (maxUnavailable).",
        level.floor, level.desired
    );
    words.push(floor);
    if let Some(fell) = rollout.fell {
        words.push(format!(
            "It fell below the floor at {}, and was there for {} in all: maxUnavailable limits what the rollout takes down. Nodes that die and pods that fail come on top.",
            clock(fell.0),
            span(rollout.below(cluster.now()).0 / 1000 * 1000)
        ));
    }
    words
}
