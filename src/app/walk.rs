//! A walk through the chain of causes: each link shows its moment, its node and its pod, and can be gone to.

use super::Model;
use super::msg::{CauseMsg, Selection};
use crate::present::why::WhyPanel;
use crate::present::words::clock;
use crate::sim::time::SimTime;
use std::rc::Rc;

/// The answer as it was where the walk began: at an earlier moment it would be another one, without the links ahead.
#[derive(Debug)]
pub struct Walk {
    pub panel: Rc<WhyPanel>,
    /// When it was the answer: `0:42.0`
    pub as_of: String,
    /// The link that was gone to last.
    pub at: usize,
    selection: Selection,
}

impl Model {
    pub(super) fn act_cause(&mut self, msg: CauseMsg) {
        match msg {
            CauseMsg::Point(link) => self.pointed = link,
            CauseMsg::Go(link) => self.go_to_cause(link),
        }
    }

    fn go_to_cause(&mut self, link: usize) {
        let panel = self.why().cloned();
        let cause = panel.as_ref().and_then(|panel| panel.causes.get(link));
        let (Some(panel), Some(cause)) = (&panel, cause) else {
            return;
        };
        let now = self.session.now().0;
        let as_of = self
            .walk()
            .map_or_else(|| clock(now), |walk| walk.as_of.clone());
        self.jump(|session| session.seek(SimTime(cause.at_ms)));
        self.walk = Some(Walk {
            panel: panel.clone(),
            as_of,
            at: link,
            selection: self.selection.clone(),
        });
        self.tell(format!("{}: {}", cause.at, cause.text));
    }

    /// The walk that is under way: until one is back, or something else is asked or done.
    pub fn walk(&self) -> Option<&Walk> {
        let is_on = |walk: &&Walk| walk.selection == self.selection && self.way_back().is_some();
        self.walk.as_ref().filter(is_on)
    }

    /// Of the walk's steps, those that the page doesn't show yet.
    pub(super) fn follow_walk(&mut self) {
        let now = self.shown_now().0;
        let Some(walk) = &mut self.walk else {
            return;
        };
        let causes = walk.panel.causes.iter();
        let ahead = causes.filter(|cause| cause.at_ms > now).count();
        if walk.panel.ahead != ahead {
            Rc::make_mut(&mut walk.panel).ahead = ahead;
        }
    }

    pub(super) fn end_walk(&mut self) {
        self.walk = None;
        self.pointed = None;
    }

    /// What the why panel shows.
    pub fn why(&self) -> Option<&Rc<WhyPanel>> {
        let walk = self.walk().map(|walk| &walk.panel);
        walk.or(self.page.why.as_ref())
    }
}
