//! A ring around a tile's glyph: how much of a pull, a stop or a back-off is over.

use super::platform;
use crate::present::stage::ring::{Ring as Arc, RingKind};
use std::cell::Cell;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// How fast simulated time goes, and where it is.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    /// Quarters of real time; zero while it stands.
    pub quarters: u64,
    /// The speed that is set, also while time stands: what a step shows moves at it.
    pub speed: u64,
    /// The shown moment in milliseconds, to be read when a ring starts: nothing is drawn when it changes.
    pub now_ms: Rc<Cell<u64>>,
}

impl PartialEq for Rate {
    fn eq(&self, other: &Self) -> bool {
        (self.quarters, self.speed) == (other.quarters, other.speed)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct RingProps {
    pub ring: Arc,
}

/// The browser moves it by itself, so that a second of waiting draws nothing else.
#[component]
pub fn Ring(props: &RingProps) -> Html {
    let rate = use_context::<Rate>().unwrap_or_default();
    let circle = use_node_ref();
    {
        let (circle, rate) = (circle.clone(), rate.clone());
        use_effect_with(props.ring, move |ring| {
            if let Some(circle) = circle.cast::<Element>() {
                let length = ring.until_ms.saturating_sub(ring.from_ms);
                let past = rate.now_ms.get().saturating_sub(ring.from_ms).min(length);
                let way = match ring.kind {
                    RingKind::Pull => (0, 100),
                    RingKind::Stop | RingKind::BackOff => (100, 0),
                };
                platform::start_ring(&circle, way, length, past, rate.quarters);
            }
        });
    }
    {
        let circle = circle.clone();
        use_effect_with(rate, move |rate| {
            if let Some(circle) = circle.cast::<Element>() {
                platform::set_rate(&circle, rate.quarters);
            }
        });
    }
    html! {
        <svg class="ring" data-kind={props.ring.kind.as_str()} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
            <circle class="ring__track" cx="14" cy="14" r="12" pathLength="100" />
            <circle class="ring__part" cx="14" cy="14" r="12" pathLength="100" ref={circle} />
        </svg>
    }
}
