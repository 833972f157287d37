//! Bookmarks, other histories, and the way back after a jump.

use super::Model;
use super::msg::HistoryMsg;
use crate::present::timeline::happened;
use crate::present::words::clock;
use crate::session::Session;
use crate::session::history::{MAX_BOOKMARKS, Place};

impl Model {
    pub(super) fn act_history(&mut self, msg: HistoryMsg) {
        match msg {
            HistoryMsg::Bookmark => self.bookmark(),
            HistoryMsg::GoTo(index) => {
                if let Some(mark) = self.session.bookmarks().get(index).cloned() {
                    self.jump(|session| session.go(mark.place));
                    self.tell(mark.name);
                }
            }
            HistoryMsg::RenameBookmark(index, name) => self.session.rename_bookmark(index, &name),
            HistoryMsg::RemoveBookmark(index) => self.session.remove_bookmark(index),
            HistoryMsg::Switch(branch) => {
                self.stop();
                if self.session.switch(branch) {
                    self.tell("Switched to the end of another branch".to_owned());
                }
            }
            HistoryMsg::Rename(branch, name) => self.session.rename(branch, &name),
            HistoryMsg::Remove(branch) => {
                if branch.is_none() {
                    self.stop();
                }
                if self.session.remove(branch) {
                    self.tell("Branch removed".to_owned());
                }
            }
            HistoryMsg::Back => {
                if let Some(place) = self.way_back() {
                    self.stop();
                    self.session.go(place);
                    self.back = None;
                }
            }
        }
    }

    fn bookmark(&mut self) {
        let at = clock(self.session.now().0);
        let cluster = self.session.cluster();
        let name = match &self.page.panel {
            Some(panel) if cluster.is_settled() => format!("Settled: {}", panel.headline),
            _ => happened(cluster).unwrap_or_else(|| "Start".to_owned()),
        };
        if self.session.bookmark(&name) {
            self.tell(format!("Bookmarked {at}: {name}"));
        } else if self.session.bookmarks().len() >= MAX_BOOKMARKS {
            self.refuse(format!(
                "A branch can have {MAX_BOOKMARKS} bookmarks. Remove one first."
            ));
        } else {
            self.tell(format!("{at} is already bookmarked"));
        }
    }

    /// Plays again from a moment on.
    pub(super) fn replay(&mut self, from: Option<Place>) {
        let Some(from) = from else {
            return;
        };
        self.stop();
        self.session.go(from);
        self.pacer.catch_up(&self.session);
        self.clock.play();
    }

    /// From the past to where this branch ends; time goes on there if it did before.
    pub(super) fn back_to_now(&mut self) {
        self.stop();
        let end = self.session.end();
        self.session.seek(end);
        self.pacer.catch_up(&self.session);
        self.clock.play_on();
    }

    /// Time is about to be turned by hand.
    pub(super) fn stop(&mut self) {
        self.end_show(false);
        self.console.interrupt_wait();
        self.clock.end_jump();
        self.clock.is_playing = false;
    }

    /// Goes to a moment, and remembers from where.
    pub(super) fn jump(&mut self, go: impl FnOnce(&mut Session)) {
        let (from, had_way) = (self.session.place(), self.way_back().is_some());
        self.stop();
        go(&mut self.session);
        if !had_way && from != self.session.place() {
            self.back = Some((self.session.edits(), from));
        }
    }

    /// Where we were before the first of the last jumps, unless we are there again or the history is another one.
    pub(super) fn way_back(&self) -> Option<Place> {
        let (edits, place) = self.back?;
        (edits == self.session.edits() && place != self.session.place()).then_some(place)
    }
}
