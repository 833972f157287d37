//! The right side: which of its tabs is shown, what is said of a new answer, and the times that are assumed.

use super::Model;
use super::msg::{Effect, Msg, Section, Selection, SideTab};
use crate::api::yaml;
use crate::explain::times::{self, Times};
use crate::kubelet::profile::Profile;
use crate::present::assumptions::{Assumptions, assumptions};
use crate::present::daemon_set::DaemonSetId;
use crate::present::page;
use crate::present::why::WhyPanel;
use crate::session::command::Command;
use std::rc::Rc;

/// What claimed times rest on, as it can be typed.
#[derive(Debug, Default)]
pub struct Assumed {
    pub shown: Rc<Assumptions>,
    /// What it was made of.
    profile: Option<Profile>,
}

/// The profile as it was typed.
fn read(assumptions: &Assumptions, profile: &Profile) -> Result<Profile, String> {
    let [pull, start, ready, stop, share, factor] = assumptions.fields.clone();
    let times = Times::parse(&[pull, start, ready, stop])?;
    let slow_factor = factor.trim().parse();
    Ok(Profile {
        slow_per_mille: times::per_mille(&share, "slow starts")?,
        slow_factor: slow_factor
            .map_err(|_| "how many times slower must be a number".to_owned())?,
        ..times.set(profile)
    })
}

/// How it was before a message.
pub(super) struct Before {
    selection: Selection,
    /// Another DaemonSet is asked about.
    asks: bool,
    /// What was typed in the console may create a DaemonSet.
    sets: Option<Rc<[DaemonSetId]>>,
}

impl Model {
    /// Another choice for the why panel; a second click takes it back.
    pub(super) fn choose(&mut self, selection: Selection, effects: &mut Vec<Effect>) {
        let is_same = selection == self.selection && self.tab == SideTab::Why;
        self.end_walk();
        self.look_at(if is_same { Selection::None } else { selection });
        if self.selection != Selection::None {
            self.section = Section::Status;
            effects.push(Effect::Show("why-heading"));
        }
    }

    /// What is chosen has the tab in front; without it, the tab from before comes back.
    pub(super) fn look_at(&mut self, selection: Selection) {
        self.selection = selection;
        match (&self.selection, self.tab) {
            (Selection::None, SideTab::Why) => self.tab = self.tab_before,
            (Selection::None, _) => {}
            (..) => self.turn_to(SideTab::Why),
        }
    }

    pub(super) fn show_tab(&mut self, tab: SideTab) {
        self.turn_to(tab);
        self.section = Section::Status;
    }

    fn turn_to(&mut self, tab: SideTab) {
        if self.tab != SideTab::Why {
            self.tab_before = self.tab;
        }
        self.tab = tab;
    }

    /// The status is about what was just applied.
    pub(super) fn follow_applied(&mut self, text: &str) {
        let documents = yaml::parse(text).unwrap_or_default();
        let is_applied = |id: &DaemonSetId| {
            let mut all = documents.iter();
            all.any(|it| it.object("DaemonSet", &id.namespace, &id.name).is_some())
        };
        let sets = self.session.cluster().server.daemon_sets.iter();
        let Some(first) = sets.map(|set| page::id(set)).find(is_applied) else {
            return;
        };
        let shown = self.page.panel.as_ref().map(|panel| &panel.id);
        if !shown.is_some_and(is_applied) {
            self.daemon_set = Some(first);
        }
        // Whoever watches the controller goes on with that.
        if self.selection == Selection::None && self.tab != SideTab::Controller {
            self.turn_to(SideTab::Status);
        }
    }

    pub(super) fn before(&self, msg: &Msg) -> Before {
        let is_console = matches!(msg, Msg::Console(_));
        Before {
            selection: self.selection.clone(),
            asks: matches!(msg, Msg::ChooseDaemonSet(_)),
            sets: is_console.then(|| self.page.daemon_sets.clone()),
        }
    }

    /// When the page was made: a DaemonSet that the console created is shown, a new answer is said. True if that changed it.
    pub(super) fn follow_side(&mut self, before: &Before) -> bool {
        let mut sets = self.page.daemon_sets.iter();
        let new = before
            .sets
            .as_ref()
            .and_then(|known| sets.find(|id| !known.contains(id)).cloned());
        let has_new = new.is_some();
        if has_new {
            self.daemon_set = new;
            self.refresh();
        }
        let is_asked = before.asks || before.selection != self.selection;
        let answer = self.why().filter(|_| is_asked).map(|why| said(why));
        let Some(answer) = answer else {
            return has_new;
        };
        self.announcement.clone_from(&answer);
        self.answered = answer;
        true
    }

    /// Says the answer too if it isn't the one that was said.
    pub(super) fn say_other_answer(&mut self) {
        let Some(answer) = self.why().map(|why| said(why)) else {
            return;
        };
        if answer != self.answered {
            self.announcement = format!("{}. {answer}", self.announcement);
            self.answered = answer;
        }
    }

    /// Renews the assumptions if kubelets behave differently now.
    pub(super) fn refresh_assumed(&mut self) -> bool {
        let profile = self.session.cluster().parts.kubelets.profile();
        let is_same = self.assumed.profile.as_ref() == Some(profile);
        if !is_same {
            self.assumed = Assumed {
                shown: assumptions(profile).into(),
                profile: Some(profile.clone()),
            };
        }
        !is_same
    }

    pub(super) fn assume(&mut self, which: usize, text: String) {
        if let Some(field) = Rc::make_mut(&mut self.assumed.shown).fields.get_mut(which) {
            *field = text;
        }
    }

    pub(super) fn set_assumed(&mut self) {
        let before = self.session.cluster().parts.kubelets.profile();
        match read(&self.assumed.shown, before) {
            Ok(profile) if profile == *before => {}
            Ok(profile) => self.submit(Command::SetProfile { profile }),
            Err(error) => self.refuse(error),
        }
    }
}

/// An answer as it is said.
fn said(why: &WhyPanel) -> String {
    format!("{}: {}", why.title, why.told())
}
