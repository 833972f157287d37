//! Comparing rollout strategies: the form, and the comparison that goes on in a worker, or, where there is none, between
//! the frames of the page.

pub mod job;
pub mod watch;

use super::Model;
use super::clock::Slice;
use super::msg::{CompareField, CompareMsg, Dialog, Effect};
use crate::api::go::quote;
use crate::api::object::Key;
use crate::explain::compare::{Comparison, Faults, Nodes, Plan, ROUNDS_MAX, Strategy};
use crate::explain::times::{Times, per_mille};
use crate::present::compare::{Change, ComparePane, CompareResult, Form, Progress};
use crate::present::daemon_set::DaemonSetId;
use crate::session::command::Command;
use job::{Job, Order, Report};
use std::rc::Rc;
use watch::Watch;

/// Frames take so long while the page itself works: it still answers ten times a second.
const FRAME_MS: u32 = 100;
/// At least so many steps a frame, however slow the rest of the machine is: it comes to an end.
const STEPS_MIN: u64 = 1_000;
const FIRST: [&str; 3] = ["maxUnavailable 1", "maxUnavailable 25%", "maxSurge 1"];

#[derive(Debug, Default)]
pub struct Compare {
    id: Option<DaemonSetId>,
    form: Form,
    pasted: Rc<str>,
    error: Option<String>,
    /// What was compared last, as it is sent to a worker, and as it can be worked on here.
    asked: Option<(Order, Comparison)>,
    work: Work,
    /// Workers were tried, and don't work here.
    has_no_worker: bool,
    /// The form isn't what the comparison was made of any more.
    is_stale: bool,
    /// How the history was then: another one is another cluster.
    edits: u64,
    slice: Slice,
    progress: Option<Progress>,
    result: Option<Rc<CompareResult>>,
    /// Two strategies are watched, instead of all compared.
    watch: Option<Watch>,
    /// What is drawn while the dialog is open.
    pub pane: Option<Rc<ComparePane>>,
}

/// Where the work is done.
#[derive(Debug, Default)]
enum Work {
    #[default]
    None,
    InWorker,
    Here(Box<Job>),
}

impl Compare {
    pub fn is_in_worker(&self) -> bool {
        matches!(self.work, Work::InWorker)
    }

    /// Has it work to do in each frame?
    pub fn is_busy(&self) -> bool {
        matches!(self.work, Work::Here(_)) || self.watch.as_ref().is_some_and(Watch::is_busy)
    }

    fn set(&mut self, field: CompareField, text: String) {
        // How often it is repeated doesn't change what was compared.
        self.is_stale |= field != CompareField::Rounds;
        let form = &mut self.form;
        match field {
            CompareField::Change => {
                let found = Change::ALL.into_iter().find(|c| c.title() == text);
                form.change = found.unwrap_or_default();
            }
            CompareField::Container => form.container = text,
            CompareField::Image => form.image = text,
            CompareField::Time(which) => {
                if let Some(time) = form.times.get_mut(which) {
                    *time = text;
                }
            }
            CompareField::Slow => form.slow = text,
            CompareField::Factor => form.factor = text,
            CompareField::Lost => form.lost = text,
            CompareField::Rounds => form.rounds = text,
            CompareField::Pasted => {
                form.pasted = Some(text.len());
                self.pasted = text.into();
            }
        }
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        let title = Strategy::parse(text)?.to_string();
        if self.form.strategies.contains(&title) {
            return Err(format!("{title} is already in the list"));
        }
        self.form.strategies.push(title);
        Ok(())
    }

    fn plan(&self, id: &DaemonSetId, manifest: &str) -> Result<Plan, String> {
        let form = &self.form;
        let (namespace, name) = (id.namespace.clone(), id.name.clone());
        let change = match form.change {
            Change::Image => Command::SetImage {
                namespace,
                name,
                container: form.container.clone(),
                image: form.image.trim().to_owned(),
            },
            Change::Restart => Command::RolloutRestart { namespace, name },
            Change::Editor => Command::Apply {
                yaml: manifest.to_owned(),
            },
        };
        let strategies = form.strategies.iter().map(|text| Strategy::parse(text));
        Ok(Plan {
            set: Key::new(&id.namespace, &id.name),
            change,
            strategies: strategies.collect::<Result<_, _>>()?,
            faults: Faults {
                slow_per_mille: per_mille(&form.slow, "slow starts")?,
                slow_factor: number(&form.factor, "how many times slower")?,
                lost_per_mille: per_mille(&form.lost, "nodes that lose power")?,
                times: Some(Times::parse(&form.times)?),
            },
        })
    }

    /// Starts what was asked, with so many rounds.
    fn start(&mut self, rounds: u32, effects: &mut Vec<Effect>) {
        self.error = None;
        let Some((order, comparison)) = &mut self.asked else {
            return;
        };
        order.rounds = rounds;
        // Plain data: it always serializes.
        let text = serde_json::to_string(order).ok();
        match text.filter(|_| !self.has_no_worker) {
            Some(order) => {
                self.work = Work::InWorker;
                self.progress = Some(Progress {
                    permille: 0,
                    text: "Starting".to_owned(),
                });
                effects.push(Effect::StartWorker(order));
            }
            None => {
                let mut job = Job::new(comparison.clone(), rounds);
                self.progress = job.report().progress;
                self.work = Work::Here(job.into());
            }
        }
    }

    /// What the worker was to do is done here.
    fn lose_worker(&mut self, effects: &mut Vec<Effect>) {
        self.has_no_worker = true;
        if let (Work::InWorker, Some((order, _))) = (&self.work, &self.asked) {
            self.start(order.rounds, effects);
        }
    }

    /// Works for a frame, after one that took so long; true when the comparison is over.
    fn go_on(&mut self, elapsed_ms: u32) -> bool {
        let Work::Here(job) = &mut self.work else {
            return false;
        };
        self.slice.fit(elapsed_ms, FRAME_MS);
        job.go_on(self.slice.steps.max(STEPS_MIN));
        let report = job.report();
        self.take(report)
    }

    /// True when the comparison is over.
    fn take(&mut self, report: Report) -> bool {
        let is_repeat = self
            .asked
            .as_ref()
            .is_some_and(|(order, _)| order.rounds > 1);
        // A repetition begins with the round that is known: no need to see it grow again.
        if let Some(result) = report.result.filter(|_| report.has_round || !is_repeat) {
            self.result = Some(result.into());
        }
        self.progress = report.progress;
        self.error = report.error;
        let is_over = self.progress.is_none();
        if is_over {
            self.work = Work::None;
        }
        is_over
    }

    /// Stays with what is known by now.
    pub(super) fn cancel(&mut self) {
        self.work = Work::None;
        self.progress = None;
    }

    /// Ends the watching, if there is any; true if there was.
    pub(super) fn end_watch(&mut self) -> bool {
        self.watch.take().is_some()
    }

    /// Makes the pane anew; true if it changed.
    fn refresh(&mut self, is_open: bool, edits: u64) -> bool {
        if !is_open {
            return self.pane.take().is_some();
        }
        let Some(id) = &self.id else { return false };
        let is_old = self.is_stale || self.edits != edits;
        let pane = ComparePane {
            id: id.clone(),
            form: self.form.clone(),
            error: self.error.clone(),
            progress: self.progress.clone(),
            result: self.result.clone(),
            race: self.watch.as_ref().and_then(|watch| watch.pane.clone()),
            can_watch: self.progress.is_none()
                && self.result.as_ref().and_then(Watch::new).is_some(),
            can_repeat: self.result.is_some() && !is_old && self.error.is_none(),
            is_old: is_old && self.result.is_some(),
        };
        let is_new = self.pane.as_deref() != Some(&pane);
        if is_new {
            self.pane = Some(Rc::new(pane));
        }
        is_new
    }
}

impl Model {
    pub(super) fn act_compare(&mut self, msg: CompareMsg, effects: &mut Vec<Effect>) {
        match msg {
            CompareMsg::Open(id) => {
                if self.compare.id.as_ref() != Some(&id) {
                    self.compare.cancel();
                    self.compare = self.new_compare(id);
                }
                self.dialog = Some(Dialog::Compare);
            }
            CompareMsg::Set(field, text) => self.compare.set(field, text),
            CompareMsg::UsePasted(on) => {
                self.compare.is_stale = true;
                self.compare.form.pasted = on.then_some(self.compare.pasted.len());
                if on {
                    effects.push(Effect::Focus("compare-pasted".to_owned()));
                }
            }
            CompareMsg::AddStrategy(text) => {
                self.compare.is_stale = true;
                self.compare.error = self.compare.add(&text).err();
            }
            CompareMsg::RemoveStrategy(index) => {
                if index < self.compare.form.strategies.len() {
                    self.compare.is_stale = true;
                    self.compare.form.strategies.remove(index);
                    effects.push(Effect::Focus("compare-strategy".to_owned()));
                }
            }
            CompareMsg::Watch => {
                self.compare.watch = self.compare.result.as_ref().and_then(Watch::new);
                effects.push(Effect::Focus("race-play".to_owned()));
            }
            CompareMsg::Race(msg) => {
                if let Some(watch) = &mut self.compare.watch {
                    watch.act(msg);
                }
            }
            CompareMsg::Run => {
                self.compare.cancel();
                self.compare.end_watch();
                let asked = self.ask();
                let edits = self.session.edits();
                let compare = &mut self.compare;
                (compare.result, compare.is_stale) = (None, false);
                compare.edits = edits;
                (compare.asked, compare.error) = match asked {
                    Ok(asked) => (Some(asked), None),
                    Err(error) => (None, Some(error)),
                };
                if compare.asked.is_some() {
                    compare.start(1, effects);
                }
            }
            CompareMsg::Repeat => {
                let rounds = number(&self.compare.form.rounds, "how many random seeds");
                match rounds {
                    Ok(rounds @ 2..=ROUNDS_MAX) => {
                        self.compare.cancel();
                        self.compare.start(rounds, effects);
                    }
                    Ok(_) => {
                        self.compare.error =
                            Some(format!("between 2 and {ROUNDS_MAX} random seeds"));
                    }
                    Err(error) => self.compare.error = Some(error),
                }
            }
            CompareMsg::Cancel => self.compare.cancel(),
            CompareMsg::Told(text) => match Report::parse(&text) {
                _ if !self.compare.is_in_worker() => {}
                Some(report) => {
                    if self.compare.take(report) {
                        self.tell_compared();
                    }
                }
                None => self.compare.lose_worker(effects),
            },
            CompareMsg::WorkerLost => self.compare.lose_worker(effects),
        }
    }

    /// A frame's share of the comparison.
    pub(super) fn go_on_comparing(&mut self, elapsed_ms: u32) {
        if self.compare.go_on(elapsed_ms) {
            self.tell_compared();
        }
        let compare = &mut self.compare;
        if let (Some(watch), Some((_, comparison))) = (&mut compare.watch, &mut compare.asked)
            && let Err(error) = watch.tick(comparison, elapsed_ms)
        {
            compare.error = Some(error);
            compare.watch = None;
        }
    }

    /// Makes anew what the dialog shows; true if it changed.
    pub(super) fn refresh_compare(&mut self) -> bool {
        let compare = &mut self.compare;
        if let (Some(watch), Some((_, comparison))) = (&mut compare.watch, &compare.asked)
            && let Some(said) = watch.refresh(comparison)
        {
            self.announcement = said;
        }
        let edits = self.session.edits();
        self.compare
            .refresh(self.dialog == Some(Dialog::Compare), edits)
    }

    /// It is over: what came of it is said.
    fn tell_compared(&mut self) {
        let compare = &self.compare;
        self.announcement = match (&compare.error, &compare.result) {
            (Some(error), _) => error.clone(),
            (None, Some(result)) => result.spoken.clone(),
            (None, None) => String::new(),
        };
    }

    fn new_compare(&self, id: DaemonSetId) -> Compare {
        let key = Key::new(&id.namespace, &id.name);
        let set = self.session.cluster().server.daemon_sets.get(&key);
        let containers = set.map(|set| &set.spec.template.spec.containers);
        let first = containers.and_then(|containers| containers.first());
        let image = first.map_or("", |container| &container.image);
        // Without digest and tag; the latter's colon stands behind the last slash.
        let image = image.split('@').next().unwrap_or("");
        let tag = image.rfind(':').filter(|at| !image[*at..].contains('/'));
        let repository = &image[..tag.unwrap_or(image.len())];
        let names = containers.into_iter().flatten().map(|c| c.name.clone());
        Compare {
            id: Some(id),
            form: Form {
                strategies: FIRST.map(str::to_owned).into(),
                container: first.map_or(String::new(), |container| container.name.clone()),
                containers: names.collect(),
                image: format!("{repository}:next"),
                times: Times::of(self.session.cluster().parts.kubelets.profile()).texts(),
                slow: "2".to_owned(),
                factor: "30".to_owned(),
                lost: "0".to_owned(),
                rounds: "20".to_owned(),
                ..Form::default()
            },
            has_no_worker: self.compare.has_no_worker,
            ..Compare::default()
        }
    }

    /// What the form asks for, or what is wrong with it.
    fn ask(&self) -> Result<(Order, Comparison), String> {
        let compare = &self.compare;
        let Some(id) = &compare.id else {
            return Err("choose a DaemonSet".to_owned());
        };
        let plan = compare.plan(id, &self.editor.tab().text)?;
        let nodes = match compare.form.pasted {
            Some(_) => Nodes::Pasted(compare.pasted.to_string()),
            None => Nodes::Present,
        };
        let comparison = Comparison::new(self.session.cluster(), plan.clone(), &nodes)?;
        let order = Order {
            origin: self.session.origin(),
            plan,
            nodes,
            rounds: 1,
        };
        Ok((order, comparison))
    }
}

fn number(text: &str, what: &str) -> Result<u32, String> {
    let parsed = text.trim().parse();
    parsed.map_err(|_| format!("{text} isn't a number: {what}", text = quote(text)))
}

#[cfg(test)]
mod tests;
