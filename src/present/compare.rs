//! Rollout strategies side by side: what is asked, how far it is, a table and a chart.

use super::chart::{Frame, Scale, Tick};
use super::daemon_set::DaemonSetId;
use super::race::RacePane;
use super::rollout::{Count, rollout};
use super::scene::Scene;
use super::words::{Tone, count, span};
use crate::api::json::json_object;
use crate::api::object::Key;
use crate::cluster::Cluster;
use crate::explain::compare::trial::{End, Run};
use crate::explain::compare::{Compared, Comparison};
use crate::sim::sort::Order;
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
    /// The result is of other settings, or of the cluster as it was.
    pub is_old: bool,
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
    /// `Times`, as typed.
    pub times: [String; 4],
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
            Change::Editor => "The manifest in the editor",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub permille: u32,
    pub text: String,
}

json_object!(Progress whole {
    permille: "permille",
    text: "text",
});

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareResult {
    /// What was compared on how many nodes.
    pub about: String,
    pub rows: Vec<Row>,
    /// Over more than one seed.
    pub runs: u32,
    pub spreads: Vec<SpreadRow>,
    pub chart: Option<Chart>,
    /// The rows again in sentences, for a live region.
    pub spoken: String,
}

json_object!(CompareResult whole {
    about: "about",
    rows: "rows",
    runs: "runs",
    spreads: "spreads",
    chart: "chart" or default,
    spoken: "spoken",
});

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

json_object!(Row whole {
    strategy: "strategy",
    budget: "budget",
    finish: "finish",
    worst: "worst",
    average: "average",
    restarted: "restarted",
    extra: "extra",
    tone: "tone",
    why: "why",
    after_ms: "after_ms" or default,
});

/// A tenth, the half and nine tenths of the rounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpreadRow {
    pub strategy: String,
    pub finished: String,
    pub finish: [String; 3],
    pub worst: [String; 3],
}

json_object!(SpreadRow whole {
    strategy: "strategy",
    finished: "finished",
    finish: "finish",
    worst: "worst",
});

/// Where the chart's lines are.
pub const FRAME: Frame = Frame {
    width: 680,
    height: 250,
    left: 46,
    right: 666,
    top: 14,
    bottom: 210,
    label: 56,
};

/// Available pods over time, in the units of an SVG of `FRAME`'s size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub lines: Vec<Line>,
    pub floors: Vec<Tick>,
    pub times: Vec<Tick>,
    pub counts: Vec<Tick>,
    pub is_logarithmic: bool,
}

json_object!(Chart whole {
    lines: "lines",
    floors: "floors",
    times: "times",
    counts: "counts",
    is_logarithmic: "is_logarithmic",
});

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its row, which gives it a colour and a pattern.
    pub row: usize,
    pub path: String,
    /// Where it finishes.
    pub end: Option<(u32, u32)>,
}

json_object!(Line whole {
    row: "row",
    path: "path",
    end: "end" or default,
});

pub fn progress(comparison: &Comparison) -> Progress {
    // In steps that can be seen: each is drawn.
    let permille = comparison.progress() / 5 * 5;
    let text = if comparison.is_prepared() {
        let (done, total) = (comparison.done(), comparison.total());
        format!("{done} of {total} rollouts")
    } else {
        let nodes = comparison.node_count() as u64;
        format!("{}, settling", count(nodes, "node"))
    };
    Progress { permille, text }
}

/// Nothing before the first strategy is through. `told` is an earlier one that has the whole first round.
pub fn result(comparison: &Comparison, told: Option<CompareResult>) -> Option<CompareResult> {
    let compared = comparison.compared();
    compared.first()?.first.as_ref()?;
    let spreads = compared.iter().filter_map(spread).collect();
    let runs = compared.iter().filter_map(Compared::spread);
    let runs = runs.map(|spread| spread.rounds).max().unwrap_or(1);
    if let Some(told) = told {
        return Some(CompareResult {
            spreads,
            runs,
            ..told
        });
    }
    let rows: Vec<Row> = compared
        .iter()
        .map(|compared| row(compared, comparison.set()))
        .collect();
    let spoken = rows.iter().map(|row| {
        let finish = row.finish.to_ascii_lowercase();
        match &*row.worst {
            "" => format!("{}: {finish}. ", row.strategy),
            worst => format!("{}: {finish}, fewest available {worst}. ", row.strategy),
        }
    });
    Some(CompareResult {
        about: format!(
            "{}. The same start times and the same faults for every strategy.",
            count(comparison.node_count() as u64, "node")
        ),
        spoken: spoken.collect(),
        spreads,
        runs,
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
        End::Stuck(_) if run.after.0 < 1000 => "Stuck at once".to_owned(),
        End::Stuck(_) => format!("Stuck after {}", span(run.after.0)),
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
            .map(|after| after.map_or("stuck".to_owned(), |after| span(after.0))),
        worst: spread.worst.map(|worst| worst.to_string()),
    })
}

/// The scales on which all of them can be seen.
fn scale(runs: &[(usize, &Run)]) -> Scale {
    let ends = || runs.iter().map(|(_, run)| run.after.0.max(1000));
    let (first, last) = (ends().min().unwrap_or(1000), ends().max().unwrap_or(1000));
    let high = runs.iter().map(|(_, run)| run.desired).max().unwrap_or(1);
    let lows = runs.iter().map(|(_, run)| run.worst.min(floor(run)));
    let low = lows.min().unwrap_or(0);
    let hangs = runs.iter().any(|(_, run)| !run.is_finished());
    Scale {
        frame: FRAME,
        // One that hangs goes on beyond all others.
        end_ms: if hangs { last + last / 4 } else { last },
        // Else the quick ones would be slivers beside the slow.
        is_logarithmic: last / first >= 6,
        low: low.saturating_sub((high - low.min(high)) / 8 + 1),
        high,
    }
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
    let scale = scale(&runs);
    let mut floors: Vec<u32> = runs.iter().map(|(_, run)| floor(run)).collect();
    floors.retain(|floor| *floor < scale.high);
    floors.order();
    floors.dedup();
    let floors = scale.floors(&floors);
    Some(Chart {
        lines: runs
            .iter()
            .map(|(row, run)| line(*row, run, &scale))
            .collect(),
        times: scale.times(),
        counts: scale.counts(&floors),
        floors,
        is_logarithmic: scale.is_logarithmic,
    })
}

fn line(row: usize, run: &Run, scale: &Scale) -> Line {
    let end = match run.is_finished() {
        true => scale.x(run.after.0),
        false => FRAME.right,
    };
    let mut samples = run.samples.iter().map(|(at, n)| (at.0, *n));
    let last = run.samples.last().map_or(0, |(_, n)| *n);
    Line {
        row,
        path: scale.trail(&mut samples, end),
        end: run.is_finished().then(|| (end, scale.y(last))),
    }
}

#[cfg(test)]
mod tests;
