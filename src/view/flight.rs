//! Lets bound pods travel: a token leaves the scheduler and follows the gutters between the cards to its slot.
//!
//! Tokens never cross text: they are narrower than the gutters, and enter a card at the height of their slot.

use super::platform::{self, Box, Point};
use crate::present::cluster::ClusterView;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// Tokens that travel at once; with more, the others are just there.
const FLIGHTS_MAX: usize = 40;
/// A token's way takes this long at 1×, and each further token starts a little later.
const FLIGHT_MS: u64 = 620;
const STAGGER_MS: u64 = 45;

/// After each drawing, looks which pods are newly bound and lets them travel.
#[hook]
pub fn use_flights(frame: &NodeRef, cluster: &Rc<ClusterView>, quarters: u64) {
    #[derive(Default)]
    struct Flights {
        /// Pods that were on nodes at the last drawing.
        bound: BTreeSet<Rc<str>>,
        has_drawn: bool,
    }
    let flights = use_mut_ref(Flights::default);
    let frame = frame.clone();
    use_effect_with(cluster.clone(), move |cluster| {
        let mut flights = flights.borrow_mut();
        let tiles = cluster.cards.iter().flat_map(|card| &card.pods);
        let bound: BTreeSet<Rc<str>> = tiles
            .filter(|pod| pod.is_bound)
            .map(|pod| pod.uid.clone())
            .collect();
        let is_moving = flights.has_drawn && cluster.is_moving;
        if is_moving && !platform::media_matches("(prefers-reduced-motion: reduce)") {
            let arrived = bound.difference(&flights.bound).take(FLIGHTS_MAX);
            if let Some(frame) = frame.cast::<Element>() {
                for (i, uid) in arrived.enumerate() {
                    fly(&frame, uid, i as u64, quarters);
                }
            }
        }
        flights.bound = bound;
        flights.has_drawn = true;
    });
}

fn fly(frame: &Element, uid: &str, index: u64, quarters: u64) -> Option<()> {
    let strip = child(frame, "#control-plane")?;
    let from = child(frame, "#control-plane .machine__scheduler")?;
    let tile = child(frame, &format!(".cards [data-uid='{uid}']"))?;
    let card: Element = tile.closest(".node-card").ok().flatten()?;
    let cards = child(frame, ".cards")?;
    let place = |element: &Element| platform::box_in(element, frame);
    let way = way(
        place(&strip),
        place(&from),
        place(&cards),
        place(&card),
        place(&tile),
    );
    let ms = |ms: u64| (ms * 4 / quarters.max(1)) as u32;
    platform::travel(
        frame,
        &tile,
        &way,
        ms(FLIGHT_MS).max(160),
        ms(index * STAGGER_MS),
    );
    Some(())
}

/// Down from the scheduler into the gutter below the strip, along it, down the gutter left of the card, into the slot.
fn way(strip: Box, from: Box, cards: Box, card: Box, tile: Box) -> [Point; 5] {
    let x = from.x + (from.width / 2.0).min(60.0);
    let level = (strip.y + strip.height + cards.y) / 2.0;
    let gutter = card.x - platform::TOKEN_PX / 2.0 - 2.0;
    let slot = tile.y + tile.height / 2.0;
    [
        Point {
            x,
            y: strip.y + strip.height,
        },
        Point { x, y: level },
        Point {
            x: gutter,
            y: level,
        },
        Point { x: gutter, y: slot },
        Point {
            x: tile.x + platform::TOKEN_PX / 2.0,
            y: slot,
        },
    ]
}

fn child(frame: &Element, selector: &str) -> Option<Element> {
    frame
        .query_selector(selector)
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}
