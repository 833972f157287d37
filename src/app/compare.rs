//! Comparing rollout strategies: the form, and the comparison that goes on frame by frame while the page stays live.

use super::Model;
use super::clock::Slice;
use super::msg::{CompareField, CompareMsg, Dialog, Effect};
use crate::api::go::quote;
use crate::api::object::Key;
use crate::explain::compare::{Comparison, Faults, Nodes, Plan, ROUNDS_MAX, Strategy};
use crate::present::compare::{self, Change, ComparePane, CompareResult, Form};
use crate::present::daemon_set::DaemonSetId;
use crate::session::command::Command;
use std::rc::Rc;

/// Frames take so long while it works: the page still answers ten times a second.
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
    comparison: Option<Comparison>,
    is_running: bool,
    /// The form isn't what the comparison was made of any more.
    is_stale: bool,
    slice: Slice,
    result: Option<CompareResult>,
    /// How many trials the result is of.
    seen: usize,
    /// The pane was made anew and isn't drawn yet.
    has_news: bool,
    /// What is drawn while the dialog is open.
    pub pane: Option<Rc<ComparePane>>,
}

impl Compare {
    pub fn is_running(&self) -> bool {
        self.is_running
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
            return Err(format!("{title} is there already"));
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
                slow_factor: number(&form.factor, "times as long")?,
                lost_per_mille: per_mille(&form.lost, "nodes that lose their power")?,
            },
        })
    }

    /// Works for a frame, after one that took so long; true when the comparison is over.
    pub fn go_on(&mut self, elapsed_ms: u32) -> bool {
        let Some(comparison) = self.comparison.as_mut().filter(|_| self.is_running) else {
            return false;
        };
        self.slice.fit(elapsed_ms, FRAME_MS);
        let worked = comparison.go_on(self.slice.steps.max(STEPS_MIN));
        self.is_running = worked.is_ok() && !comparison.is_done();
        self.error = worked.err();
        !self.is_running
    }

    /// Stays with what is known by now.
    pub fn cancel(&mut self) {
        self.is_running = false;
    }

    /// Makes the pane anew; true if it changed.
    pub fn refresh(&mut self, is_open: bool) -> bool {
        let has_news = std::mem::take(&mut self.has_news);
        if !is_open {
            return self.pane.take().is_some();
        }
        let Some(id) = &self.id else { return false };
        if let Some(comparison) = &self.comparison
            && self.seen != comparison.done()
        {
            self.seen = comparison.done();
            self.result = compare::result(comparison, self.result.take());
        }
        let running = self.comparison.as_ref().filter(|_| self.is_running);
        let pane = ComparePane {
            id: id.clone(),
            form: self.form.clone(),
            error: self.error.clone(),
            progress: running.map(compare::progress),
            result: self.result.clone(),
            can_repeat: self.result.is_some() && !self.is_stale && self.error.is_none(),
        };
        let is_new = self.pane.as_deref() != Some(&pane);
        if is_new {
            self.pane = Some(Rc::new(pane));
        }
        is_new | has_news
    }
}

impl Model {
    pub(super) fn act_compare(&mut self, msg: CompareMsg, effects: &mut Vec<Effect>) {
        match msg {
            CompareMsg::Open(id) => {
                if self.compare.id.as_ref() != Some(&id) {
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
            CompareMsg::Run => {
                let made = self.new_comparison();
                let compare = &mut self.compare;
                (compare.result, compare.seen) = (None, 0);
                compare.is_stale = false;
                compare.is_running = made.is_ok();
                (compare.comparison, compare.error) = match made {
                    Ok(comparison) => (Some(comparison), None),
                    Err(error) => (None, Some(error)),
                };
            }
            CompareMsg::Repeat => {
                let rounds = number(&self.compare.form.rounds, "the number of seeds");
                let compare = &mut self.compare;
                match (rounds, &mut compare.comparison) {
                    (Ok(rounds @ 2..=ROUNDS_MAX), Some(comparison)) => {
                        comparison.set_rounds(rounds);
                        compare.is_running = !comparison.is_done();
                        compare.error = None;
                    }
                    (Err(error), _) => compare.error = Some(error),
                    _ => compare.error = Some(format!("between 2 and {ROUNDS_MAX} seeds")),
                }
            }
            CompareMsg::Cancel => self.compare.cancel(),
        }
    }

    /// A frame's share of the comparison; what came of it is said when it is over.
    pub(super) fn go_on_comparing(&mut self, elapsed_ms: u32) {
        if !self.compare.go_on(elapsed_ms) {
            return;
        }
        // The announcement needs the result; that the pane is new is said when the page is made.
        self.compare.has_news |= self.compare.refresh(true);
        let result = self.compare.result.as_ref();
        self.announcement = match (&self.compare.error, result) {
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
                slow: "2".to_owned(),
                factor: "30".to_owned(),
                lost: "0".to_owned(),
                rounds: "20".to_owned(),
                ..Form::default()
            },
            ..Compare::default()
        }
    }

    fn new_comparison(&self) -> Result<Comparison, String> {
        let compare = &self.compare;
        let Some(id) = &compare.id else {
            return Err("choose a DaemonSet".to_owned());
        };
        let plan = compare.plan(id, &self.editor.tab().text)?;
        let nodes = match compare.form.pasted {
            Some(_) => Nodes::Pasted(compare.pasted.to_string()),
            None => Nodes::Present,
        };
        Comparison::new(self.session.cluster(), plan, &nodes)
    }
}

fn number(text: &str, what: &str) -> Result<u32, String> {
    let parsed = text.trim().parse();
    parsed.map_err(|_| format!("{text} is no number: {what}", text = quote(text)))
}

/// `2` or `0.5` percent.
fn per_mille(text: &str, what: &str) -> Result<u32, String> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let parts = (whole.parse::<u32>(), tenth.parse::<u32>(), tenth.len());
    match parts {
        (Ok(whole @ 0..=100), Ok(tenth), 1) if whole * 10 + tenth <= 1000 => Ok(whole * 10 + tenth),
        _ => Err(format!(
            "{text} is not between 0 and 100 percent, with at most one digit behind the point: {what}",
            text = quote(text)
        )),
    }
}

#[cfg(test)]
mod tests;
