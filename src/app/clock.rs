//! How simulated time follows real time while the page plays.

use super::console::Console;
use super::msg::Effect;
use crate::present::timeline::{Pace, Speed};
use crate::session::Session;
use crate::sim::time::{SimDuration, SimTime};

/// A frame that took longer (a hidden tab, a slow page) counts as this long.
const TICK_MS_MAX: u32 = 400;
/// After so many steps the frame ends: the page stays responsive, and time runs slower for a while.
const STEPS_PER_TICK_MAX: u64 = 1_500;
/// With nothing due for longer than this (in real time), the page wakes up now and then instead of every frame.
const NEAR_MS: u64 = 600;
const WAIT_MS: u32 = 250;

#[derive(Clone, Debug)]
pub struct Clock {
    pub is_playing: bool,
    pub speed: Speed,
    /// A tick was asked for and hasn't come yet.
    is_asked: bool,
    /// Quarters of a millisecond that were too short to hand over.
    rest: u64,
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            is_playing: true,
            speed: Speed::One,
            is_asked: false,
            rest: 0,
        }
    }
}

impl Clock {
    /// Is there nothing to play? `deadline`: somebody waits for that moment.
    pub fn is_idle(&self, session: &Session, deadline: Option<SimTime>) -> bool {
        session.now() >= session.end() && session.is_settled() && deadline.is_none()
    }

    pub fn pace(&self, session: &Session, deadline: Option<SimTime>) -> Pace {
        match (self.is_playing, self.is_idle(session, deadline)) {
            (false, _) => Pace::Paused,
            (true, true) => Pace::Settled,
            (true, false) => Pace::Playing,
        }
    }

    /// Real time went by. The console sees each change if a command waits in it.
    pub fn tick(&mut self, session: &mut Session, elapsed_ms: u32, console: &mut Console) {
        self.is_asked = false;
        if self.pace(session, console.deadline()) != Pace::Playing {
            self.rest = 0;
            return;
        }
        let quarters = self.rest + u64::from(elapsed_ms.min(TICK_MS_MAX)) * self.speed.quarters();
        self.rest = quarters % 4;
        let to = session.now() + SimDuration::millis(quarters / 4);
        let mut left = STEPS_PER_TICK_MAX;
        while console.is_waiting() && left > 0 && !session.advance_to(to, 1) {
            console.poll(session);
            left -= 1;
        }
        session.advance_to(to, left);
    }

    /// Asks for the next tick, if there is anything to play and none is asked for.
    pub fn ask(&mut self, session: &Session, deadline: Option<SimTime>) -> Option<Effect> {
        if self.is_asked || self.pace(session, deadline) != Pace::Playing {
            return None;
        }
        self.is_asked = true;
        let due = session
            .next_due()
            .into_iter()
            .chain(deadline)
            .min()
            .unwrap_or(SimTime::MAX)
            .since(session.now());
        let real_ms = due.0.saturating_mul(4) / self.speed.quarters();
        Some(if real_ms > NEAR_MS {
            Effect::Wait { ms: WAIT_MS }
        } else {
            Effect::NextFrame
        })
    }
}
