//! Watching two strategies side by side: what is shown of them, and how their common time follows real time.

use crate::app::clock::{FRAME_MS, JUMP_FRAME_MS, Slice, TICK_MS_MAX};
use crate::app::msg::RaceMsg;
use crate::explain::compare::Comparison;
use crate::explain::compare::race::Race;
use crate::present::compare::CompareResult;
use crate::present::race::{
    Picture, RacePane, RaceSide, SPEEDS, choices, side, speed_for, watch_time,
};
use crate::present::words::clock;
use crate::sim::time::SimDuration;
use std::rc::Rc;

#[derive(Debug)]
pub struct Watch {
    result: Rc<CompareResult>,
    choices: Rc<[(usize, String)]>,
    /// Rows of the result.
    picks: [usize; 2],
    /// `None` until the cluster is at rest from which both start.
    race: Option<Race>,
    /// Where the race is to be.
    to: SimDuration,
    is_playing: bool,
    /// Until one is chosen, what fits.
    speed: Option<u32>,
    slice: Slice,
    pictures: [Picture; 2],
    pub pane: Option<Rc<RacePane>>,
}

impl Watch {
    /// The first strategy and the last one, if there are two.
    pub fn new(result: &Rc<CompareResult>) -> Option<Watch> {
        let choices = choices(result).map(|(index, row)| (index, row.strategy.clone()));
        let choices: Rc<[(usize, String)]> = choices.collect();
        let [(first, _), .., (last, _)] = *choices else {
            return None;
        };
        Some(Watch {
            result: Rc::clone(result),
            picks: [first, last],
            choices,
            race: None,
            to: SimDuration::ZERO,
            is_playing: false,
            speed: None,
            slice: Slice::default(),
            pictures: Default::default(),
            pane: None,
        })
    }

    pub fn act(&mut self, msg: RaceMsg) {
        let end = self.race.as_ref().map_or(SimDuration::ZERO, Race::end);
        match msg {
            RaceMsg::Pick { side, row } => {
                let is_choice = self.choices.iter().any(|(index, _)| *index == row);
                if let Some(pick) = self.picks.get_mut(side).filter(|_| is_choice) {
                    *pick = row;
                    self.race = None;
                    self.is_playing = false;
                }
            }
            RaceMsg::Toggle => {
                self.is_playing = !self.is_playing;
                if self.is_playing && self.to >= end {
                    self.to = SimDuration::ZERO;
                }
            }
            RaceMsg::Restart => (self.to, self.is_playing) = (SimDuration::ZERO, false),
            RaceMsg::Seek { ms } => (self.to, self.is_playing) = (SimDuration(ms).min(end), false),
            RaceMsg::Speed(speed) => self.speed = Some(speed).filter(|s| SPEEDS.contains(s)),
        }
    }

    /// Is it on its way to a moment, or to its beginning?
    fn is_seeking(&self) -> bool {
        self.race.as_ref().is_none_or(|race| race.now() != self.to)
    }

    /// Has it something to do in each frame?
    pub fn is_busy(&self) -> bool {
        self.is_playing || self.is_seeking()
    }

    fn speed(&self) -> u32 {
        let end = self.race.as_ref().map_or(SimDuration::ZERO, Race::end);
        self.speed.unwrap_or_else(|| speed_for(end))
    }

    /// Works for a frame. `comparison` is what the strategies start from.
    pub fn tick(&mut self, comparison: &mut Comparison, elapsed_ms: u32) -> Result<(), String> {
        if !self.is_busy() {
            return Ok(());
        }
        let wanted = match self.is_playing {
            true => FRAME_MS,
            false => JUMP_FRAME_MS,
        };
        self.slice.fit(elapsed_ms, wanted);
        let steps = self.slice.steps;
        let speed = self.speed();
        let Some(race) = &mut self.race else {
            if comparison.prepare(steps)? {
                self.start(comparison)?;
            }
            return Ok(());
        };
        if self.is_playing && race.now() == self.to {
            self.to.0 += u64::from(elapsed_ms.min(TICK_MS_MAX)) * u64::from(speed);
        }
        let is_there = race.go_to(self.to, steps);
        if is_there || self.is_playing {
            // With more to do than a frame has time for, time goes slower.
            self.to = race.now();
        }
        self.is_playing &= self.to < race.end();
        Ok(())
    }

    fn start(&mut self, comparison: &Comparison) -> Result<(), String> {
        let [left, right] = self.picks;
        let sides = [comparison.start(left)?, comparison.start(right)?];
        let ends = self.picks.map(|pick| watch_time(&self.result.rows[pick]));
        let race = Race::new(sides, ends);
        self.to = self.to.min(race.end());
        self.race = Some(race);
        Ok(())
    }

    /// Makes the pane anew; what is to be said, if a side has come to its end.
    pub fn refresh(&mut self, comparison: &Comparison) -> Option<String> {
        let before = self.pane.as_ref().map(|pane| pane.sides.clone());
        let pane = RacePane {
            choices: Rc::clone(&self.choices),
            sides: [self.side(0, comparison), self.side(1, comparison)],
            now_ms: 0,
            end_ms: 0,
            now: clock(0),
            end: clock(0),
            is_playing: self.is_playing,
            is_over: false,
            is_seeking: self.is_seeking(),
            speed: self.speed(),
        };
        let pane = match &self.race {
            None => pane,
            Some(race) => {
                let (now, end) = (race.now().0, race.end().0);
                RacePane {
                    // Tenths are what is shown.
                    now_ms: now / 100 * 100,
                    end_ms: end,
                    now: clock(now),
                    end: clock(end),
                    is_over: now >= end,
                    ..pane
                }
            }
        };
        let ended = |(before, side): (&Rc<RaceSide>, &Rc<RaceSide>)| {
            let is_new = side.is_over && !before.is_over && !before.time.is_empty();
            is_new.then(|| format!("{}. ", side.summary))
        };
        let said = before.map(|before| before.iter().zip(&pane.sides).filter_map(ended).collect());
        if self.pane.as_deref() != Some(&pane) {
            self.pane = Some(Rc::new(pane));
        }
        said.filter(|said: &String| !said.is_empty())
    }

    /// Stays the same object if nothing on it is new.
    fn side(&mut self, which: usize, comparison: &Comparison) -> Rc<RaceSide> {
        let row = self.picks[which];
        let made = match &self.race {
            Some(race) => {
                let row = (row, &self.result.rows[row]);
                side(
                    row,
                    race,
                    which,
                    comparison.set(),
                    &mut self.pictures[which],
                )
            }
            None => RaceSide {
                row,
                strategy: self.result.rows[row].strategy.clone(),
                ..RaceSide::default()
            },
        };
        let known = self.pane.as_ref().map(|pane| &pane.sides[which]);
        match known {
            Some(known) if **known == made => Rc::clone(known),
            _ => Rc::new(made),
        }
    }
}
