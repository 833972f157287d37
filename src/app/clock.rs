//! How simulated time follows real time while the page plays.

use super::console::Console;
use super::msg::Effect;
use crate::cluster::Settled;
use crate::present::stage::pacing::Pacer;
use crate::present::timeline::{Pace, Speed};
use crate::session::Session;
use crate::session::settle::{self, Settling};
use crate::sim::time::{SimDuration, SimTime};

/// A frame that took longer (a hidden tab, a slow page) counts as this long.
pub const TICK_MS_MAX: u32 = 400;
/// A frame takes so many steps at the most: the page stays responsive, and time runs slower for a while.
/// How many that are follows from how long the last frames took.
const STEPS_FIRST: u64 = 1_000;
const STEPS_MIN: u64 = 100;
const STEPS_MAX: u64 = 10_000;
/// Frames of a playing page shall take no longer than this, those of a jump (it is to be over soon) a few times as long.
pub const FRAME_MS: u32 = 20;
pub const JUMP_FRAME_MS: u32 = 50;
/// With nothing due for longer than this (in real time), the page wakes up now and then instead of every frame.
const NEAR_MS: u64 = 600;
const WAIT_MS: u32 = 250;

/// How many steps the next frame may take.
#[derive(Clone, Debug)]
pub struct Slice {
    pub steps: u64,
    /// It never gets smaller.
    pub least: u64,
}

impl Default for Slice {
    fn default() -> Self {
        Slice {
            steps: STEPS_FIRST,
            least: STEPS_MIN,
        }
    }
}

impl Slice {
    /// Fewer steps after a long frame, a few more after a short one.
    pub fn fit(&mut self, elapsed_ms: u32, wanted_ms: u32) {
        let elapsed = u64::from(elapsed_ms.clamp(1, 4 * wanted_ms));
        let wanted = u64::from(wanted_ms);
        let steps = if elapsed > wanted {
            self.steps * wanted / elapsed
        } else {
            // Slowly, or every few frames one would be too long.
            self.steps + self.steps * (wanted - elapsed) / (8 * wanted) + 1
        };
        self.steps = steps.clamp(self.least, STEPS_MAX);
    }
}

#[derive(Clone, Debug)]
pub struct Clock {
    pub is_playing: bool,
    /// The user stopped it: what is done now waits for play or step.
    pub is_held: bool,
    pub speed: Speed,
    /// A tick was asked for and hasn't come yet.
    is_asked: bool,
    /// It was asked for after a while: how long it takes to come says nothing about frames.
    is_waiting: bool,
    /// Quarters of a millisecond that were too short to hand over.
    rest: u64,
    slice: Slice,
    /// A jump to where nothing moves that isn't over.
    jump: Option<Settling>,
    /// Why the last jump came to no rest.
    circle: Option<String>,
}

impl Default for Clock {
    fn default() -> Self {
        Clock {
            is_playing: true,
            is_held: false,
            speed: Speed::One,
            is_asked: false,
            is_waiting: false,
            rest: 0,
            slice: Slice::default(),
            jump: None,
            circle: None,
        }
    }
}

impl Clock {
    pub fn play(&mut self) {
        (self.is_playing, self.is_held) = (true, false);
    }

    /// Something was done: time goes on, unless the user stopped it.
    pub fn play_on(&mut self) {
        self.is_playing = !self.is_held;
    }

    /// Until the user lets it go on.
    pub fn hold(&mut self) {
        (self.is_playing, self.is_held) = (false, true);
    }

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

    /// The clock of a session that takes this one's place: a tick that was asked for still comes.
    pub fn handed_over(&self, to: Clock) -> Clock {
        Clock {
            is_asked: self.is_asked,
            is_waiting: self.is_waiting,
            ..to
        }
    }

    /// A tick came that was asked for.
    pub fn take_tick(&mut self) {
        self.is_asked = false;
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
            && let Some(settled) = session.settle_on(settling, self.slice.steps)
        {
            self.jump = None;
            self.circle = match settled {
                Settled::Quiet => None,
                Settled::Moving(_) => settle::circle(session.cluster()),
            };
        }
    }

    /// Why the last jump came to no rest, once.
    pub fn take_circle(&mut self) -> Option<String> {
        self.circle.take()
    }

    /// Real time went by. The console sees each change if a command waits in it, and so does the pacer, if there is one.
    pub fn tick(
        &mut self,
        session: &mut Session,
        elapsed_ms: u32,
        console: &mut Console,
        mut pacer: Option<&mut Pacer>,
    ) {
        self.take_tick();
        let pace = self.pace(session, console.deadline());
        let wanted_ms = match pace {
            Pace::Jumping => JUMP_FRAME_MS,
            Pace::Playing => FRAME_MS,
            Pace::Paused | Pace::Settled => {
                self.rest = 0;
                return;
            }
        };
        if !self.is_waiting {
            self.slice.fit(elapsed_ms, wanted_ms);
        }
        if pace == Pace::Jumping {
            self.jump_on(session);
            return;
        }
        let quarters = self.rest + u64::from(elapsed_ms.min(TICK_MS_MAX)) * self.speed.quarters();
        self.rest = quarters % 4;
        let to = session.now() + SimDuration::millis(quarters / 4);
        let mut left = self.slice.steps;
        while left > 0 && session.now() < to && (console.is_waiting() || pacer.is_some()) {
            let is_due = session.next_due().is_some_and(|due| due <= to);
            if let Some(pacer) = pacer.as_mut().filter(|_| is_due) {
                pacer.hold(session);
            }
            session.advance_to(to, 1);
            console.poll(session);
            if let Some(pacer) = pacer.as_mut().filter(|_| is_due) {
                pacer.take(session);
            }
            left -= 1;
        }
        session.advance_to(to, left);
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
            self.is_waiting = false;
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
        self.is_waiting = real_ms > NEAR_MS;
        Some(if self.is_waiting {
            Effect::Wait { ms: WAIT_MS }
        } else {
            Effect::NextFrame
        })
    }
}
