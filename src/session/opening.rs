//! Plays the history of a link: at once, or a part at a time, so that a long history can be watched and given up.

use super::history::Bookmark;
use super::link::{LinkError, Shared};
use super::{Checkpoint, Session, name};
use crate::sim::time::SimTime;

/// A history that takes more steps than this isn't played to its end.
pub(super) const MAX_STEPS: u64 = 5_000_000;

/// A link's history that isn't played to its end yet.
#[derive(Debug)]
pub struct Opening {
    session: Session,
    /// The moment to show.
    at: SimTime,
    /// The furthest moment.
    end: SimTime,
    left: u64,
    /// How the cluster was at `at`.
    shown: Option<Checkpoint>,
    bookmarks: Vec<Bookmark>,
}

impl Opening {
    pub fn new(shared: &Shared) -> Opening {
        let mut session = Session::new(shared.scenario.clone());
        session.log.clone_from(&shared.log);
        session.title = name(&shared.title);
        session.branches = shared.branches();
        let last = shared.log.last().map(|logged| logged.at);
        let marked = shared.bookmarks.iter().map(|bookmark| bookmark.place.at);
        Opening {
            end: marked.chain(last).fold(shared.at, SimTime::max),
            at: shared.at,
            session,
            left: MAX_STEPS,
            shown: None,
            bookmarks: shared.bookmarks.clone(),
        }
    }

    /// Goes on for at most this number of steps; true when it is done. An error if the history is too long.
    pub fn go_on(&mut self, steps: u64) -> Result<bool, LinkError> {
        let most = steps.min(self.left);
        let mut left = most;
        if self.shown.is_none() {
            self.session.replay_to(self.at, &mut left);
            if left > 0 {
                let (applied, cluster) = (self.session.applied, self.session.cluster.clone());
                self.shown = Some(Checkpoint { applied, cluster });
            }
        }
        if left > 0 {
            self.session.replay_to(self.end, &mut left);
        }
        self.left -= most - left;
        match (left, self.left) {
            (1.., _) => Ok(true),
            (0, 0) => Err(LinkError::TooLarge),
            (0, _) => Ok(false),
        }
    }

    /// The number of commands done, and of all.
    pub fn commands(&self) -> (usize, usize) {
        (self.session.applied, self.session.log.len())
    }

    /// The moment that was reached, and the last one.
    pub fn time(&self) -> (SimTime, SimTime) {
        (self.session.now(), self.end)
    }

    /// The session at the moment that the link shows, once it is done.
    pub fn finish(self) -> Session {
        let mut session = self.session;
        session.end = self.end;
        let there = session.place();
        session.bookmarks = self.bookmarks;
        session.drop_bookmarks(there);
        if let Some(shown) = self.shown {
            (session.applied, session.cluster) = (shown.applied, shown.cluster);
        }
        session
    }
}

impl Session {
    /// The session that a link carries, at the moment it shows. An error if its history is too long to be played.
    pub fn open(shared: &Shared) -> Result<Session, LinkError> {
        let mut opening = Opening::new(shared);
        while !opening.go_on(u64::MAX)? {}
        Ok(opening.finish())
    }
}
