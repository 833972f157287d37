//! Lets bound pods travel: a line leads from the scheduler to the node, and a token follows it to its slot.
//!
//! Line and token keep to the gutters between the cards, which are wider, and enter a card at the height of the slot:
//! so they never cross text.

use super::platform::{self, Box, Point};
use crate::present::cluster::ClusterView;
use crate::present::pod::PodState;
use crate::present::words::Tone;
use std::collections::BTreeMap;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// Tokens that travel at once; with more, the others are just there.
const FLIGHTS_MAX: usize = 40;
/// Lines that are drawn at once; with more, one couldn't be told from the next.
const LINES_MAX: usize = 8;
/// Times at 1×: the line is drawn, then its token travels; each further one starts a little later.
const LINE_MS: u32 = 200;
const FLIGHT_MS: u32 = 480;
const STAGGER_MS: u32 = 45;
/// At high speeds a token is still seen.
const FLIGHT_MS_MIN: u32 = 160;

/// The pods as they were last drawn.
#[derive(Default)]
struct Flights {
    /// Pods on nodes.
    bound: BTreeMap<Rc<str>, PodState>,
    /// Where pods in the scheduler's queue were, from the left.
    queued: BTreeMap<Rc<str>, f64>,
    has_drawn: bool,
}

/// After each drawing, looks which pods are newly bound and lets them travel. One that became ready pops, one that
/// failed shakes.
#[hook]
pub fn use_flights(frame: &NodeRef, cluster: &Rc<ClusterView>, quarters: u64) {
    let flights = use_mut_ref(Flights::default);
    let frame = frame.clone();
    use_effect_with(cluster.clone(), move |cluster| {
        let mut flights = flights.borrow_mut();
        let pods = cluster.cards.iter().flat_map(|card| &card.pods);
        let pods = pods.filter(|pod| pod.is_bound);
        let bound: BTreeMap<Rc<str>, PodState> =
            pods.map(|pod| (pod.uid.clone(), pod.state)).collect();
        let is_moving = flights.has_drawn
            && cluster.is_moving
            && !platform::media_matches("(prefers-reduced-motion: reduce)");
        if let Some(frame) = frame.cast::<Element>() {
            if is_moving {
                show_changes(&frame, &flights, &bound, quarters);
            }
            flights.queued = queued(&frame, cluster);
        }
        flights.bound = bound;
        flights.has_drawn = true;
    });
}

fn show_changes(
    frame: &Element,
    before: &Flights,
    bound: &BTreeMap<Rc<str>, PodState>,
    quarters: u64,
) {
    let arrived: Vec<&Rc<str>> = bound
        .keys()
        .filter(|uid| !before.bound.contains_key(*uid))
        .take(FLIGHTS_MAX)
        .collect();
    if !arrived.is_empty() {
        fly(frame, &arrived, &before.queued, quarters);
    }
    let changed = bound
        .iter()
        .filter(|(uid, state)| before.bound.get(*uid).is_some_and(|old| old != *state));
    for (uid, state) in changed.take(FLIGHTS_MAX) {
        let is_bad = state.tone() == Tone::Bad;
        if *state != PodState::Ready && !is_bad {
            continue;
        }
        let tile = format!(".cards [data-uid='{uid}']");
        let glyph = format!("{tile} .pod-tile__glyph");
        match is_bad {
            true => platform::child(frame, &tile).map(|tile| platform::shake(&tile)),
            false => platform::child(frame, &glyph).map(|glyph| platform::pop(&glyph)),
        };
    }
}

/// The middle of each pod in the scheduler's queue, from the left.
fn queued(frame: &Element, cluster: &ClusterView) -> BTreeMap<Rc<str>, f64> {
    let pods = cluster.strip.queue.iter();
    let places = pods.filter_map(|pod| {
        let chip = platform::child(frame, &format!("#control-plane [data-uid='{}']", pod.uid))?;
        let chip = platform::box_in(&chip, frame);
        Some((pod.uid.clone(), chip.x + chip.width / 2.0))
    });
    places.collect()
}

fn fly(
    frame: &Element,
    arrived: &[&Rc<str>],
    queued: &BTreeMap<Rc<str>, f64>,
    quarters: u64,
) -> Option<()> {
    let place = |element: &Element| platform::box_in(element, frame);
    let strip = place(&platform::child(frame, "#control-plane")?);
    let scheduler = place(&platform::child(
        frame,
        "#control-plane .machine__scheduler",
    )?);
    let cards = platform::child(frame, ".cards")?;
    let gutter = platform::gap(&cards);
    let cards = place(&cards);
    let ms = |ms: u32| (u64::from(ms) * 4 / quarters.max(1)) as u32;
    let line_ms = if arrived.len() <= LINES_MAX {
        ms(LINE_MS)
    } else {
        0
    };
    // Measure first, draw then: in turns, each drawing would cost a layout.
    let flights: Vec<_> = arrived
        .iter()
        .filter_map(|uid| {
            let tile = platform::child(frame, &format!(".cards [data-uid='{uid}']"))?;
            let card = tile.closest(".node-card").ok().flatten()?;
            let rest = scheduler.x + (scheduler.width / 2.0).min(60.0);
            let from = queued.get(*uid).copied().unwrap_or(rest);
            let way = way((from, &strip), &cards, &place(&card), &place(&tile), gutter);
            Some((tile, way))
        })
        .collect();
    for (i, (tile, way)) in flights.iter().enumerate() {
        let delay = ms(i as u32 * STAGGER_MS);
        let flight_ms = ms(FLIGHT_MS).max(FLIGHT_MS_MIN);
        if line_ms > 0 {
            platform::draw_line(frame, way, (line_ms, flight_ms), delay);
        }
        // The line comes out of the strip; the token waits below it.
        platform::travel(frame, tile, &way[1..], flight_ms, delay + line_ms);
    }
    Some(())
}

/// From the strip into the gutter below it, along it, down the gutter left of the card, into the slot.
fn way(from: (f64, &Box), cards: &Box, card: &Box, tile: &Box, gutter: f64) -> [Point; 5] {
    let (x, strip) = from;
    let foot = strip.y + strip.height;
    let level = (foot + cards.y) / 2.0;
    let left = card.x - gutter / 2.0;
    let slot = tile.y + tile.height / 2.0;
    // It ends at the tile's edge, where the tile then appears.
    let points = [
        (x, foot),
        (x, level),
        (left, level),
        (left, slot),
        (tile.x, slot),
    ];
    points.map(|(x, y)| Point { x, y })
}
