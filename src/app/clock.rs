//! How simulated time follows real time while the page plays.

use super::msg::Effect;
use crate::present::timeline::{Pace, Speed};
use crate::session::Session;
use crate::session::settle::Settling;
use crate::sim::time::{SimDuration, SimTime};

/// A frame that took longer (a hidden tab, a slow page) counts as this long.
const TICK_MS_MAX: u32 = 400;
/// After so many steps the frame ends: the page stays responsive, and time runs slower for a while.
const STEPS_PER_TICK_MAX: u64 = 1_500;
/// With nothing due for longer than this (in real time), the page wakes up now and then instead of every frame.
const NEAR_MS: u64 = 600;
const WAIT_MS: u32 = 250;

/// A jump to where nothing moves takes so many steps at once; a longer one goes on frame by frame.
const FIRST_STEPS: u64 = 2_000;
/// A frame of a jump should take about so long: with more steps the next one is longer, with fewer it is shorter.
const JUMP_FRAME_MS: u32 = 40;
const JUMP_STEPS_MIN: u64 = 100;
const JUMP_STEPS_MAX: u64 = 20_000;

#[derive(Clone, Debug)]
pub struct Clock {
    pub is_playing: bool,
    pub speed: Speed,
    /// A tick was asked for and hasn't come yet.
    is_asked: bool,
    /// Quarters of a millisecond that were too short to hand over.
    rest: u64,
    /// A jump to where nothing moves, and how many steps its next frame takes.
    jump: Option<(Settling, u64)>,
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            is_playing: true,
            speed: Speed::One,
            is_asked: false,
            rest: 0,
            jump: None,
        }
    }
}

impl Clock {
    /// Is there nothing to play?
    pub fn is_idle(&self, session: &Session) -> bool {
        session.now() >= session.end() && session.is_settled()
    }

    pub fn pace(&self, session: &Session) -> Pace {
        if self.jump.is_some() {
            return Pace::Jumping;
        }
        match (self.is_playing, self.is_idle(session)) {
            (false, _) => Pace::Paused,
            (true, true) => Pace::Settled,
            (true, false) => Pace::Playing,
        }
    }

    /// Starts a jump to where nothing moves; a short one is over at once.
    pub fn settle(&mut self, session: &mut Session) {
        self.jump = Some((Settling::default(), FIRST_STEPS));
        self.jump_on(session);
    }

    /// Stays where the jump is by now.
    pub fn end_jump(&mut self) {
        self.jump = None;
    }

    fn jump_on(&mut self, session: &mut Session) {
        if let Some((settling, steps)) = &mut self.jump
            && session.settle_on(settling, *steps).is_some()
        {
            self.jump = None;
        }
    }

    /// Real time went by.
    pub fn tick(&mut self, session: &mut Session, elapsed_ms: u32) {
        self.is_asked = false;
        if let Some((_, steps)) = &mut self.jump {
            let ms = u64::from(elapsed_ms.clamp(JUMP_FRAME_MS / 2, JUMP_FRAME_MS * 4));
            let fitting = *steps * u64::from(JUMP_FRAME_MS) / ms;
            *steps = fitting.clamp(JUMP_STEPS_MIN, JUMP_STEPS_MAX);
            self.jump_on(session);
            return;
        }
        if self.pace(session) != Pace::Playing {
            self.rest = 0;
            return;
        }
        let quarters = self.rest + u64::from(elapsed_ms.min(TICK_MS_MAX)) * self.speed.quarters();
        self.rest = quarters % 4;
        let to = session.now() + SimDuration::millis(quarters / 4);
        session.advance_to(to, STEPS_PER_TICK_MAX);
    }

    /// Asks for the next tick, if there is anything to play and none is asked for.
    pub fn ask(&mut self, session: &Session) -> Option<Effect> {
        let pace = self.pace(session);
        if self.is_asked || !matches!(pace, Pace::Playing | Pace::Jumping) {
            return None;
        }
        self.is_asked = true;
        if pace == Pace::Jumping {
            return Some(Effect::NextFrame);
        }
        let due = session
            .next_due()
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
