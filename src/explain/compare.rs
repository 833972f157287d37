//! Rollout strategies side by side: each rolls the same change out on its own fork of the cluster, from the same moment, with the same seed and the same faults.
//!
//! A comparison goes on in slices, so that whoever does it can tell how far it is. Its first round is the cluster as it is; in each further
//! round another seed draws the start times and the faults anew, for all strategies alike (Monte Carlo).
//! Availability is what matters to users of the pods: nodes with an available pod that isn't being deleted. What the
//! DaemonSet's status says may be more, since it counts an old pod on its way out.

pub mod pasted;
pub mod race;
pub mod trial;

use super::times::Times;
use crate::api::apps::DaemonSet;
use crate::api::go::quote;
use crate::api::int_or_percent::IntOrString;
use crate::api::json::{FromJson, Members, json_object};
use crate::api::object::Key;
use crate::cluster::{Cluster, Settled};
use crate::kubectl::convert::PatchType;
use crate::kubelet::profile::Profile;
use crate::session::command::Command;
use crate::session::execute::execute;
use crate::sim::sort::Order;
use crate::sim::time::{SimDuration, SimTime};
use pasted::Pasted;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::VecDeque;
use std::fmt;
use trial::{Run, Trial};

/// With more nodes nobody would wait for the end.
pub const NODES_MAX: usize = 2_000;
pub const STRATEGIES_MAX: usize = 6;
pub const ROUNDS_MAX: u32 = 500;
/// A cluster that isn't at rest after so long never is.
const REST_TIME: SimDuration = SimDuration::secs(30 * 60);
/// Copying the cluster, or reading a node, costs about as much as so many steps.
const START_STEPS: u64 = 100;

/// What is compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub set: Key,
    /// What starts the rollout: a new image, a restart, a manifest.
    pub change: Command,
    pub strategies: Vec<Strategy>,
    pub faults: Faults,
}

json_object!(Plan whole {
    set: "set",
    change: "change",
    strategies: "strategies",
    faults: "faults",
});

/// What goes wrong while a change rolls out; the seed says where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// How many of 1000 container starts are slow, and how many times as long those take; 0: as the cluster's kubelets are.
    pub slow_per_mille: u32,
    pub slow_factor: u32,
    /// How many of 1000 nodes lose their power within the first two minutes.
    pub lost_per_mille: u32,
    /// How long pulls, starts and stops take, if not as long as the cluster's kubelets take.
    #[serde(default)]
    pub times: Option<Times>,
}

json_object!(Faults whole {
    slow_per_mille: "slow_per_mille",
    slow_factor: "slow_factor",
    lost_per_mille: "lost_per_mille",
    times: "times" or default,
});

impl Faults {
    fn check(&self) -> Result<(), String> {
        if self.lost_per_mille > 1000 {
            return Err("no more nodes can lose power than there are".to_owned());
        }
        self.profile(&Profile::default())
            .map_or(Ok(()), |profile| profile.validate())
    }

    /// How kubelets behave with these faults, if otherwise than before.
    fn profile(&self, before: &Profile) -> Option<Profile> {
        let mut profile = match &self.times {
            Some(times) => times.set(before),
            None => before.clone(),
        };
        if self.slow_per_mille > 0 {
            profile.slow_per_mille = self.slow_per_mille;
            profile.slow_factor = self.slow_factor;
        }
        (profile != *before).then_some(profile)
    }
}

/// A RollingUpdate with these bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strategy {
    pub max_unavailable: IntOrString,
    pub max_surge: IntOrString,
}

json_object!(Strategy whole {
    max_unavailable: "max_unavailable",
    max_surge: "max_surge",
});

impl Strategy {
    /// Reads `maxUnavailable 25%` or `maxSurge: 1`. Whether the values are allowed is for the API server to say.
    pub fn parse(text: &str) -> Result<Strategy, String> {
        let mut strategy = Strategy {
            max_unavailable: IntOrString::Int(0),
            max_surge: IntOrString::Int(0),
        };
        let separates = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | ',' | '"' | '\'');
        let mut words = text.split(separates).filter(|word| !word.is_empty());
        let mut is_empty = true;
        while let Some(word) = words.next() {
            let field = match word.to_ascii_lowercase().as_str() {
                "maxunavailable" => &mut strategy.max_unavailable,
                "maxsurge" => &mut strategy.max_surge,
                "ondelete" => {
                    return Err("OnDelete can't be compared: it replaces a pod only when somebody deletes it".to_owned());
                }
                _ => {
                    return Err(format!(
                        "{word} is neither maxUnavailable nor maxSurge",
                        word = quote(word)
                    ));
                }
            };
            let value = words
                .next()
                .ok_or_else(|| format!("{word} needs a number of nodes, or a percentage"))?;
            *field = match value.parse() {
                Ok(number) => IntOrString::Int(number),
                Err(_) => IntOrString::String(value.to_owned()),
            };
            is_empty = false;
        }
        if is_empty {
            return Err("write maxUnavailable or maxSurge and its value".to_owned());
        }
        Ok(strategy)
    }

    fn command(&self, set: &DaemonSet) -> Command {
        let rolling = json!({"maxUnavailable": self.max_unavailable, "maxSurge": self.max_surge});
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": rolling});
        super::remedy::patch(
            set,
            PatchType::Merge,
            json!({"spec": {"updateStrategy": strategy}}),
        )
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let none = IntOrString::Int(0);
        match (&self.max_unavailable, &self.max_surge) {
            (unavailable, surge) if *surge == none => write!(f, "maxUnavailable {unavailable}"),
            (unavailable, surge) if *unavailable == none => write!(f, "maxSurge {surge}"),
            (unavailable, surge) => write!(f, "maxUnavailable {unavailable}, maxSurge {surge}"),
        }
    }
}

/// On which nodes the strategies are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nodes {
    /// Those of the cluster, with everything on them.
    Present,
    /// Those that `kubectl get nodes -o yaml` printed elsewhere; nothing but the DaemonSet runs on them.
    Pasted(String),
}

impl FromJson for Nodes {
    fn from_json(value: serde_json::Value) -> Result<Self, serde_json::Error> {
        if value == "Present" {
            return Ok(Nodes::Present);
        }
        let mut given = Members::of(value, "enum Nodes")?;
        given.required("Pasted").map(Nodes::Pasted)
    }
}

/// What came of one strategy.
#[derive(Clone, Debug)]
pub struct Compared {
    pub strategy: Strategy,
    /// The first round, or why there was none.
    pub first: Option<Result<Run, String>>,
    /// How long each round took, `None` if it didn't finish.
    finishes: Vec<Option<SimDuration>>,
    worsts: Vec<u32>,
}

/// A tenth, the half and nine tenths of the rounds come to no more than this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spread {
    pub rounds: u32,
    pub finished: u32,
    /// `None`: so many rounds didn't finish that this one hasn't.
    pub finish: [Option<SimDuration>; 3],
    pub worst: [u32; 3],
}

impl Compared {
    fn new(strategy: Strategy) -> Compared {
        Compared {
            strategy,
            first: None,
            finishes: Vec::new(),
            worsts: Vec::new(),
        }
    }

    fn take(&mut self, result: Result<Run, String>) {
        if let Ok(run) = &result {
            self.finishes.push(run.is_finished().then_some(run.after));
            self.worsts.push(run.worst);
        }
        self.first.get_or_insert(result);
    }

    /// Over all rounds so far; nothing with less than two.
    pub fn spread(&self) -> Option<Spread> {
        let rounds = self.finishes.len();
        if rounds < 2 {
            return None;
        }
        let mut finishes = self.finishes.clone();
        // Those that didn't finish took longest.
        finishes.order_by_key(|finish| finish.map_or(u64::MAX, |after| after.0));
        let mut worsts = self.worsts.clone();
        worsts.order();
        // The nearest rank.
        let rank = |percent: usize| (rounds * percent).div_ceil(100).clamp(1, rounds) - 1;
        Some(Spread {
            rounds: rounds as u32,
            finished: finishes.iter().flatten().count() as u32,
            finish: [10, 50, 90].map(|p| finishes.get(rank(p)).copied().flatten()),
            worst: [10, 50, 90].map(|p| worsts.get(rank(p)).copied().unwrap_or(0)),
        })
    }
}

/// A comparison under way.
#[derive(Clone, Debug)]
pub struct Comparison {
    plan: Plan,
    nodes_left: VecDeque<Pasted>,
    /// What ails the pasted nodes; it befalls them when their pods run.
    ailments: Vec<Command>,
    /// The moment from which all strategies start, once it is prepared.
    base: Cluster,
    rest_by: SimTime,
    is_prepared: bool,
    compared: Vec<Compared>,
    rounds: u32,
    /// Of all trials, round by round and strategy by strategy.
    next: usize,
    trial: Option<Box<Trial>>,
}

impl Comparison {
    /// Refuses what can't be compared, in a sentence for the user.
    pub fn new(cluster: &Cluster, plan: Plan, nodes: &Nodes) -> Result<Comparison, String> {
        let set = cluster.server.require::<DaemonSet>(&plan.set);
        let set = set.map_err(|status| status.message)?;
        if plan.strategies.is_empty() || plan.strategies.len() > STRATEGIES_MAX {
            return Err(format!("compare between 1 and {STRATEGIES_MAX} strategies"));
        }
        plan.faults.check()?;
        let (base, nodes_left) = match nodes {
            Nodes::Present => (cluster.clone(), VecDeque::new()),
            Nodes::Pasted(text) => (pasted::empty_like(cluster, set)?, pasted::split(text)?),
        };
        let count = nodes_left.len().max(base.server.nodes.len());
        if count > NODES_MAX {
            return Err(format!(
                "{count} nodes are too many: at most {NODES_MAX} can be compared"
            ));
        }
        Ok(Comparison {
            compared: plan.strategies.iter().cloned().map(Compared::new).collect(),
            rest_by: base.now() + REST_TIME,
            plan,
            nodes_left,
            ailments: Vec::new(),
            base,
            is_prepared: false,
            rounds: 1,
            next: 0,
            trial: None,
        })
    }

    /// So many rounds in all, those that are done included.
    pub fn set_rounds(&mut self, rounds: u32) {
        self.rounds = rounds.clamp(1, ROUNDS_MAX);
    }

    pub fn compared(&self) -> &[Compared] {
        &self.compared
    }

    pub fn set(&self) -> &Key {
        &self.plan.set
    }

    pub fn node_count(&self) -> usize {
        self.base.server.nodes.len()
    }

    pub fn is_prepared(&self) -> bool {
        self.is_prepared
    }

    /// How many trials are over, of how many.
    pub fn done(&self) -> usize {
        self.next
    }

    pub fn total(&self) -> usize {
        self.rounds as usize * self.compared.len()
    }

    pub fn is_done(&self) -> bool {
        self.is_prepared && self.next >= self.total()
    }

    /// How much of the trials is done, of 1000.
    pub fn progress(&self) -> u32 {
        let running = self.trial.as_ref().map_or(0, |trial| trial.progress());
        let done = self.next as u64 * 1000 + u64::from(running);
        (done / self.total().max(1) as u64) as u32
    }

    /// Goes on for about so many steps of simulation. An error ends the comparison.
    pub fn go_on(&mut self, steps: u64) -> Result<(), String> {
        let mut left = steps;
        while left > 0 && !self.is_done() {
            if self.is_prepared {
                self.try_next(&mut left);
            } else {
                self.prepare_some(&mut left)?;
            }
        }
        Ok(())
    }

    /// Only lets the pasted nodes join and the cluster come to rest, for about so many steps; true when it is there.
    pub fn prepare(&mut self, steps: u64) -> Result<bool, String> {
        let mut left = steps;
        while left > 0 && !self.is_prepared {
            self.prepare_some(&mut left)?;
        }
        Ok(self.is_prepared)
    }

    /// A strategy at its start, in the first round.
    pub fn start(&self, nth: usize) -> Result<Trial, String> {
        let strategy = self.plan.strategies.get(nth);
        let strategy = strategy.ok_or("no such strategy")?;
        Trial::start(&self.base, &self.plan, strategy, None)
    }

    fn try_next(&mut self, left: &mut u64) {
        let (round, nth) = (
            self.next / self.compared.len(),
            self.next % self.compared.len(),
        );
        let result = match &mut self.trial {
            Some(trial) => trial.go_on(left).map(Ok),
            None => {
                *left = left.saturating_sub(START_STEPS);
                let strategy = &self.compared[nth].strategy;
                let seed = (round > 0).then_some(round as u64);
                match Trial::start(&self.base, &self.plan, strategy, seed) {
                    Ok(trial) => {
                        self.trial = Some(Box::new(trial));
                        None
                    }
                    Err(error) => Some(Err(error)),
                }
            }
        };
        if let Some(result) = result {
            self.compared[nth].take(result);
            self.trial = None;
            self.next += 1;
        }
    }

    fn prepare_some(&mut self, left: &mut u64) -> Result<(), String> {
        if let Some(pasted) = self.nodes_left.pop_front() {
            *left = left.saturating_sub(START_STEPS);
            self.ailments.extend(pasted.join(&mut self.base)?);
            return Ok(());
        }
        let before = self.base.steps();
        let time = self.rest_by.since(self.base.now());
        let settled = self.base.settle(time, *left);
        *left = left.saturating_sub((self.base.steps() - before).max(1));
        if settled != Settled::Quiet && *left == 0 {
            return Ok(());
        }
        self.is_prepared = self.ailments.is_empty();
        for ailment in self.ailments.drain(..) {
            execute(&mut self.base, &ailment).map_err(|failure| failure.message)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
