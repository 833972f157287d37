//! Rollout strategies side by side: what is asked, how far it is, a table and a chart.

use super::daemon_set::DaemonSetId;
use super::race::RacePane;
use super::rollout::{Count, rollout};
use super::scene::Scene;
use super::words::{Tone, count, span};
use crate::api::object::Key;
use crate::cluster::Cluster;
use crate::explain::compare::trial::{End, Run};
use crate::explain::compare::{Compared, Comparison};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparePane {
    pub id: DaemonSetId,
    pub form: Form,
    /// What is wrong with the form, or ended the comparison.
    pub error: Option<String>,
    pub progress: Option<Progress>,
    pub result: Option<Rc<CompareResult>>,
    /// Two strategies that are watched: then nothing else is shown.
    pub race: Option<Rc<RacePane>>,
    /// There are two that can be watched.
    pub can_watch: bool,
    /// The same can be done with more seeds.
    pub can_repeat: bool,
}

/// As typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub strategies: Vec<String>,
    pub change: Change,
    pub containers: Vec<String>,
    pub container: String,
    pub image: String,
    /// How long the pasted text is; `None`: the cluster's own nodes.
    pub pasted: Option<usize>,
    /// In percent.
    pub slow: String,
    pub factor: String,
    pub lost: String,
    pub rounds: String,
}

/// What is rolled out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    #[default]
    Image,
    Restart,
    /// The document in front, as it would be applied.
    Editor,
}

impl Change {
    pub const ALL: [Change; 3] = [Change::Image, Change::Restart, Change::Editor];

    pub fn title(self) -> &'static str {
        match self {
            Change::Image => "A new image",
            Change::Restart => "A restart",
            Change::Editor => "The editor's manifest",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub permille: u32,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareResult {
    /// What was compared on how many nodes.
    pub about: String,
    pub rows: Vec<Row>,
    pub spreads: Vec<SpreadRow>,
    pub chart: Option<Chart>,
    /// The rows again in sentences, for a live region.
    pub spoken: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub strategy: String,
    /// `17 nodes at a time`
    pub budget: String,
    pub finish: String,
    pub worst: String,
    pub average: String,
    pub restarted: String,
    pub extra: String,
    pub tone: Tone,
    /// Why it hangs, or was refused.
    pub why: Vec<String>,
    /// When it was over; `None`: it wasn't tried.
    pub after_ms: Option<u64>,
}

/// A tenth, the half and nine tenths of the rounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpreadRow {
    pub strategy: String,
    pub finished: String,
    pub finish: [String; 3],
    pub worst: [String; 3],
}

/// Available pods over time, in the units of an SVG of `WIDTH` by `HEIGHT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub lines: Vec<Line>,
    pub floors: Vec<Tick>,
    pub times: Vec<Tick>,
    pub counts: Vec<Tick>,
    pub is_logarithmic: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its row, which gives it a colour and a pattern.
    pub row: usize,
    pub path: String,
    /// Where it finishes.
    pub end: Option<(u32, u32)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    pub at: u32,
    pub label: String,
}

pub const WIDTH: u32 = 680;
pub const HEIGHT: u32 = 250;
pub const LEFT: u32 = 46;
pub const RIGHT: u32 = WIDTH - 14;
pub const TOP: u32 = 14;
pub const BOTTOM: u32 = HEIGHT - 40;
/// A line is drawn in slices of time of this width.
const SLICE: u32 = 3;

pub fn progress(comparison: &Comparison) -> Progress {
    // In steps that can be seen: each is drawn.
    let permille = comparison.progress() / 5 * 5;
    let text = if comparison.is_prepared() {
        let (done, total) = (comparison.done(), comparison.total());
        format!("{done} of {total} rollouts")
    } else {
        let nodes = comparison.node_count() as u64;
        format!("{}, coming to rest", count(nodes, "node"))
    };
    Progress { permille, text }
}

/// Nothing before the first strategy is through. `told` is an earlier one that has the whole first round.
pub fn result(comparison: &Comparison, told: Option<CompareResult>) -> Option<CompareResult> {
    let compared = comparison.compared();
    compared.first()?.first.as_ref()?;
    let spreads = compared.iter().filter_map(spread).collect();
    if let Some(told) = told {
        return Some(CompareResult { spreads, ..told });
    }
    let rows: Vec<Row> = compared
        .iter()
        .map(|compared| row(compared, comparison.set()))
        .collect();
    let spoken = rows.iter().map(|row| {
        let finish = row.finish.to_lowercase();
        match &*row.worst {
            "" => format!("{}: {finish}. ", row.strategy),
            worst => format!("{}: {finish}, worst {worst}. ", row.strategy),
        }
    });
    Some(CompareResult {
        about: format!(
            "{}. Every strategy met the same start times and the same faults.",
            count(comparison.node_count() as u64, "node")
        ),
        spoken: spoken.collect(),
        spreads,
        chart: chart(compared),
        rows,
    })
}

fn row(compared: &Compared, set: &Key) -> Row {
    let mut row = Row {
        strategy: compared.strategy.to_string(),
        budget: String::new(),
        finish: String::new(),
        worst: String::new(),
        average: String::new(),
        restarted: String::new(),
        extra: String::new(),
        tone: Tone::Plain,
        why: Vec::new(),
        after_ms: None,
    };
    let run = match &compared.first {
        None => return row,
        Some(Err(error)) => {
            row.finish = "Refused".to_owned();
            row.tone = Tone::Bad;
            row.why = error.lines().map(str::to_owned).collect();
            return row;
        }
        Some(Ok(run)) => run,
    };
    let (budget, desired) = (run.budget, run.desired);
    row.budget = match budget.max_surge {
        1.. => count(budget.max_surge.unsigned_abs().into(), "extra pod"),
        _ => count(budget.max_unavailable.unsigned_abs().into(), "node"),
    };
    row.finish = match &run.end {
        End::Finished => span(run.after.0),
        End::Stuck(_) if run.after.0 < 1000 => "Hangs at once".to_owned(),
        End::Stuck(_) => format!("Hangs after {}", span(run.after.0)),
        End::TooLong => format!("Not within {}", span(run.after.0)),
    };
    row.worst = format!("{} of {desired}", run.worst);
    row.average = format!("{}.{}", run.average_tenths / 10, run.average_tenths % 10);
    row.restarted = run.restarted.to_string();
    row.extra = run.extra.to_string();
    row.after_ms = Some(run.after.0);
    if !run.is_finished() {
        row.tone = Tone::Bad;
    }
    if let End::Stuck(cluster) = &run.end {
        row.why = why(cluster, set);
    }
    row
}

/// What the page would say of the rollout where it hangs.
fn why(cluster: &Cluster, set: &Key) -> Vec<String> {
    let Some(set) = cluster.server.daemon_sets.get(set) else {
        return Vec::new();
    };
    rollout(set, &Count::of(cluster, &Scene::at(cluster, set))).waits
}

fn spread(compared: &Compared) -> Option<SpreadRow> {
    let spread = compared.spread()?;
    Some(SpreadRow {
        strategy: compared.strategy.to_string(),
        finished: format!("{} of {}", spread.finished, spread.rounds),
        finish: spread
            .finish
            .map(|after| after.map_or("hangs".to_owned(), |after| span(after.0))),
        worst: spread.worst.map(|worst| worst.to_string()),
    })
}

/// From moments and numbers to places in the picture.
struct Scale {
    end_ms: u64,
    is_logarithmic: bool,
    low: u32,
    high: u32,
}

impl Scale {
    fn of(runs: &[(usize, &Run)]) -> Scale {
        let ends = || runs.iter().map(|(_, run)| run.after.0.max(1000));
        let (first, last) = (ends().min().unwrap_or(1000), ends().max().unwrap_or(1000));
        let high = runs.iter().map(|(_, run)| run.desired).max().unwrap_or(1);
        let lows = runs.iter().map(|(_, run)| run.worst.min(floor(run)));
        let low = lows.min().unwrap_or(0);
        let hangs = runs.iter().any(|(_, run)| !run.is_finished());
        Scale {
            // One that hangs goes on beyond all others.
            end_ms: if hangs { last + last / 4 } else { last },
            // Else the quick ones would be slivers beside the slow.
            is_logarithmic: last / first >= 6,
            low: low.saturating_sub((high - low.min(high)) / 8 + 1),
            high,
        }
    }

    fn x(&self, ms: u64) -> u32 {
        let (at, end) = if self.is_logarithmic {
            let from_start = |ms: u64| logarithm(ms + 1000) - logarithm(1000);
            (from_start(ms), from_start(self.end_ms))
        } else {
            (ms, self.end_ms)
        };
        LEFT + (at.min(end) * u64::from(RIGHT - LEFT) / end.max(1)) as u32
    }

    fn y(&self, n: u32) -> u32 {
        let below = self.high - n.clamp(self.low, self.high);
        TOP + below * (BOTTOM - TOP) / (self.high - self.low).max(1)
    }
}

/// To the base of 2, in 1024ths; straight between powers of 2.
fn logarithm(n: u64) -> u64 {
    let whole = u64::from(n.max(1).ilog2());
    whole * 1024 + (((n - (1 << whole)) * 1024) >> whole)
}

/// The availability that the strategy means to keep.
fn floor(run: &Run) -> u32 {
    let given_up = run.budget.max_unavailable.max(0).unsigned_abs();
    run.desired.saturating_sub(given_up)
}

fn chart(compared: &[Compared]) -> Option<Chart> {
    let runs = compared
        .iter()
        .enumerate()
        .filter_map(|(row, compared)| Some((row, compared.first.as_ref()?.as_ref().ok()?)));
    let runs: Vec<(usize, &Run)> = runs.collect();
    if runs.is_empty() {
        return None;
    }
    let scale = Scale::of(&runs);
    let mut floors: Vec<u32> = runs.iter().map(|(_, run)| floor(run)).collect();
    floors.retain(|floor| *floor < scale.high);
    floors.sort_unstable();
    floors.dedup();
    let mut labelled: Vec<Tick> = Vec::new();
    for floor in floors {
        let at = scale.y(floor);
        let is_apart = labelled.iter().all(|tick| tick.at.abs_diff(at) >= 14);
        let label = if is_apart {
            format!("floor {floor}")
        } else {
            String::new()
        };
        labelled.push(Tick { at, label });
    }
    Some(Chart {
        lines: runs
            .iter()
            .map(|(row, run)| line(*row, run, &scale))
            .collect(),
        floors: labelled,
        times: times(&scale),
        counts: counts(&scale),
        is_logarithmic: scale.is_logarithmic,
    })
}

/// The lowest number in each slice of time: what comes and goes within a slice isn't lost.
fn line(row: usize, run: &Run, scale: &Scale) -> Line {
    let mut path = String::new();
    let mut samples = run.samples.iter().peekable();
    let mut now = samples.peek().map_or(0, |(_, n)| *n);
    let end = if run.is_finished() {
        scale.x(run.after.0)
    } else {
        RIGHT
    };
    let (mut x, mut drawn) = (LEFT, None);
    while x < end {
        let next = (x + SLICE).min(end);
        let mut lowest = now;
        while let Some((_, n)) = samples.next_if(|(at, _)| scale.x(at.0) < next) {
            now = *n;
            lowest = lowest.min(now);
        }
        let y = scale.y(lowest);
        match drawn {
            None => path.push_str(&format!("M{x} {y}")),
            Some(before) if before == y => {}
            Some(_) => path.push_str(&format!("H{x}V{y}")),
        }
        drawn = Some(y);
        x = next;
    }
    path.push_str(&format!("H{end}"));
    let last = run.samples.last().map_or(0, |(_, n)| *n);
    let end = run.is_finished().then(|| (end, scale.y(last)));
    Line { row, path, end }
}

fn times(scale: &Scale) -> Vec<Tick> {
    const APART: u32 = 56;
    let steps: [u64; 18] = [
        1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 43_200, 86_400,
        604_800,
    ];
    let seconds: Vec<u64> = if scale.is_logarithmic {
        steps.into()
    } else {
        let most = u64::from((RIGHT - LEFT) / APART);
        let fits = |step: &&u64| scale.end_ms / 1000 / **step <= most;
        let step = *steps.iter().find(fits).unwrap_or(&2_592_000);
        (1..=most).map(|n| n * step).collect()
    };
    let mut ticks = vec![Tick {
        at: LEFT,
        label: "0".to_owned(),
    }];
    for second in seconds.into_iter().filter(|s| s * 1000 <= scale.end_ms) {
        let at = scale.x(second * 1000);
        if ticks.last().is_none_or(|last| at >= last.at + APART) {
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

fn counts(scale: &Scale) -> Vec<Tick> {
    const MOST: u32 = 5;
    let nice = (0..9).flat_map(|power| [1, 2, 5].map(|n| n * 10u32.pow(power)));
    let range = scale.high - scale.low;
    let step = nice.into_iter().find(|step| range / step < MOST);
    let step = step.unwrap_or(1_000_000_000);
    let tick = |n: u32| Tick {
        at: scale.y(n),
        label: n.to_string(),
    };
    let below = (scale.low.div_ceil(step)..).map(|n| n * step);
    let below = below.take_while(|n| *n < scale.high);
    let mut ticks: Vec<Tick> = below.map(tick).collect();
    // All of them is the number that matters most.
    let all = tick(scale.high);
    ticks.retain(|tick| tick.at.abs_diff(all.at) >= 14);
    ticks.push(all);
    ticks
}

#[cfg(test)]
mod tests;
