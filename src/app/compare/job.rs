//! A comparison as work to be done: in a worker, to which it is sent as text, or in slices between the page's frames.
//!
//! Both ways it is this code that does it, and the reports are the same.

use crate::api::json;
use crate::api::json::json_object;
use crate::explain::compare::{Comparison, Nodes, Plan};
use crate::present::compare::{self, CompareResult, Progress};
use crate::session::Origin;
use serde::{Deserialize, Serialize};

/// What a worker is told: all that it needs, since it shares nothing with the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    pub origin: Origin,
    pub plan: Plan,
    pub nodes: Nodes,
    pub rounds: u32,
}

json_object!(Order whole {
    origin: "origin",
    plan: "plan",
    nodes: "nodes",
    rounds: "rounds",
});

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// `None`: it is over.
    pub progress: Option<Progress>,
    /// What is new.
    pub result: Option<CompareResult>,
    /// Every strategy had its first round.
    pub has_round: bool,
    /// What ended it.
    pub error: Option<String>,
}

json_object!(Report whole {
    progress: "progress" or default,
    result: "result" or default,
    has_round: "has_round",
    error: "error" or default,
});

impl Report {
    pub fn to_text(&self) -> String {
        // Plain data: it always serializes.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn parse(text: &str) -> Option<Report> {
        json::read(json::parse(text.as_bytes()).ok()?).ok()
    }
}

#[derive(Clone, Debug)]
pub struct Job {
    comparison: Comparison,
    result: Option<CompareResult>,
    /// How many trials the result is of.
    seen: usize,
    error: Option<String>,
}

impl Job {
    pub fn new(mut comparison: Comparison, rounds: u32) -> Job {
        comparison.set_rounds(rounds);
        Job {
            comparison,
            result: None,
            seen: 0,
            error: None,
        }
    }

    /// Makes the cluster anew from what a page sent.
    pub fn open(order: &str) -> Result<Job, String> {
        let order = json::parse(order.as_bytes()).and_then(json::read);
        let order: Order = order.map_err(|error| error.to_string())?;
        let cluster = order.origin.cluster().map_err(|error| error.to_string())?;
        let comparison = Comparison::new(&cluster, order.plan, &order.nodes)?;
        Ok(Job::new(comparison, order.rounds))
    }

    /// Goes on for about so many steps of simulation.
    pub fn go_on(&mut self, steps: u64) {
        if !self.is_over() {
            self.error = self.comparison.go_on(steps).err();
        }
    }

    pub fn is_over(&self) -> bool {
        self.error.is_some() || self.comparison.is_done()
    }

    pub fn report(&mut self) -> Report {
        let comparison = &self.comparison;
        let strategies = comparison.compared().len();
        let is_new = self.seen != comparison.done();
        if is_new {
            let told = self.result.take().filter(|_| self.seen >= strategies);
            self.seen = comparison.done();
            self.result = compare::result(comparison, told);
        }
        Report {
            progress: (!self.is_over()).then(|| compare::progress(comparison)),
            result: self.result.clone().filter(|_| is_new),
            has_round: comparison.done() >= strategies,
            error: self.error.clone(),
        }
    }
}
