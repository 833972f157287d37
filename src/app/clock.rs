//! How simulated time follows real time while the page plays.

use super::console::Console;
use super::msg::Effect;
use crate::present::timeline::{Pace, Speed};
use crate::session::Session;
use crate::session::settle::Settling;
use crate::sim::time::{SimDuration, SimTime};

/// A frame that took longer (a hidden tab, a slow page) counts as this long.
const TICK_MS_MAX: u32 = 400;
const STEPS_FIRST: u64 = 500;
const STEPS_MIN: u64 = 50;
const STEPS_MAX: u64 = 20_000;
/// So long the page may work for a frame while it plays, which leaves time to paint; while it jumps, to be there soon, longer.
const WORK_MS: u32 = 10;
const JUMP_WORK_MS: u32 = 40;
/// With nothing due for longer than this (in real time), the page wakes up now and then instead of every frame.
const NEAR_MS: u64 = 600;
const WAIT_MS: u32 = 250;

/// A frame takes so many steps at the most: the page stays responsive, and what is computed comes later.
/// How many that are follows from how long the last frames worked.
#[derive(Clone, Debug)]
pub struct Slice {
    /// How many steps the next frame may take, and whether the last one took all of them.
    pub steps: u64,
    pub is_full: bool,
}

impl Default for Slice {
    fn default() -> Self {
        Slice {
            steps: STEPS_FIRST,
            is_full: false,
        }
    }
}

impl Slice {
    /// Fewer steps after too much work, some more after less. Only a full frame tells how long its steps take.
    pub fn fit(&mut self, worked_ms: u32, wanted_ms: u32) {
        if !self.is_full {
            return;
        }
        let worked = u64::from(worked_ms.clamp(1, 8 * wanted_ms));
        let wanted = u64::from(wanted_ms);
        let steps = if worked > wanted {
            self.steps * wanted / worked
        } else {
            self.steps + self.steps * (wanted - worked) / (4 * wanted)
        };
        self.steps = steps.clamp(STEPS_MIN, STEPS_MAX);
    }
}

#[derive(Clone, Debug)]
pub struct Clock {
    pub is_playing: bool,
    pub speed: Speed,
    /// A tick was asked for and hasn't come yet.
    is_asked: bool,
    /// Quarters of a millisecond that were too short to hand over.
    rest: u64,
    slice: Slice,
    /// A jump to where nothing moves that isn't over.
    jump: Option<Settling>,
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            is_playing: true,
            speed: Speed::One,
            is_asked: false,
            rest: 0,
            slice: Slice::default(),
            jump: None,
        }
    }
}

impl Clock {
    /// Is there nothing to play? `deadline`: somebody waits for that moment.
    pub fn is_idle(&self, session: &Session, deadline: Option<SimTime>) -> bool {
        session.now() >= session.end() && session.is_settled() && deadline.is_none()
    }

    pub fn pace(&self, session: &Session, deadline: Option<SimTime>) -> Pace {
        if self.is_jumping() {
            return Pace::Jumping;
        }
        match (self.is_playing, self.is_idle(session, deadline)) {
            (false, _) => Pace::Paused,
            (true, true) => Pace::Settled,
            (true, false) => Pace::Playing,
        }
    }

    /// Starts a jump to where nothing moves; a short one is over at once.
    pub fn settle(&mut self, session: &mut Session) {
        self.jump = Some(Settling::default());
        self.jump_on(session);
    }

    pub fn is_jumping(&self) -> bool {
        self.jump.is_some()
    }

    /// Stays where the jump is by now.
    pub fn end_jump(&mut self) {
        self.jump = None;
    }

    fn jump_on(&mut self, session: &mut Session) {
        if let Some(settling) = &mut self.jump
            && session.settle_on(settling, self.slice.steps).is_some()
        {
            self.jump = None;
        }
        self.slice.is_full = self.jump.is_some();
    }

    /// Real time went by, of which the page worked for `worked_ms`. The console sees each change if a command waits in it.
    pub fn tick(
        &mut self,
        session: &mut Session,
        elapsed_ms: u32,
        worked_ms: u32,
        console: &mut Console,
    ) {
        self.is_asked = false;
        if self.jump.is_some() {
            self.slice.fit(worked_ms, JUMP_WORK_MS);
            self.jump_on(session);
            return;
        }
        if self.pace(session, console.deadline()) != Pace::Playing {
            self.rest = 0;
            return;
        }
        let quarters = self.rest + u64::from(elapsed_ms.min(TICK_MS_MAX)) * self.speed.quarters();
        self.rest = quarters % 4;
        let to = session.now() + SimDuration::millis(quarters / 4);
        self.slice.fit(worked_ms, WORK_MS);
        let mut left = self.slice.steps;
        while console.is_waiting() && left > 0 && !session.advance_to(to, 1) {
            console.poll(session);
            left -= 1;
        }
        self.slice.is_full = !session.advance_to(to, left);
    }

    /// Asks for the next tick, if there is anything to play (or, `is_busy`, to compute) and none is asked for.
    pub fn ask(
        &mut self,
        session: &Session,
        deadline: Option<SimTime>,
        is_busy: bool,
    ) -> Option<Effect> {
        let pace = self.pace(session, deadline);
        if self.is_asked || !is_busy && !matches!(pace, Pace::Playing | Pace::Jumping) {
            return None;
        }
        self.is_asked = true;
        if is_busy || pace == Pace::Jumping {
            return Some(Effect::NextFrame);
        }
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
