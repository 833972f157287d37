//! Two strategies side by side: one clock over both, and each side's nodes with their pods.

use super::compare::sample;
use super::dialog::Modal;
use super::dispatch::{Dispatch, use_dispatch};
use super::fleet::legend::Legend;
use super::fleet::map::Map;
use super::icons::{Icon, icon, pod_glyph};
use super::legend::legend;
use super::pod_tile::PodTile;
use crate::app::msg::{CompareMsg, Msg, RaceMsg};
use crate::present::node::Health;
use crate::present::pod::PodState;
use crate::present::race::{RaceNode, RacePane, RaceSide, SPEEDS};
use crate::present::words::Tone;
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct RaceProps {
    pub pane: Rc<RacePane>,
}

/// In the dialog's place.
#[component]
pub fn Race(props: &RaceProps) -> Html {
    let dispatch = use_dispatch();
    let pane = &props.pane;
    let is_map = pane.sides.iter().any(|side| side.fleet.is_some());
    html! {
        <Modal title="Side by side" class={classes!("race", is_map.then_some("race--map"))}>
            { transport(pane, &dispatch) }
            <div class="race__sides">
                { for pane.sides.iter().enumerate().map(|(which, side)| html! {
                    <section class="race__side" aria-label={format!("{}: {}", SIDES[which], side.strategy)} data-tone={side.tone.as_str()}>
                        { head(which, side, pane, &dispatch) }
                        <Nodes {which} side={side.clone()} />
                    </section>
                }) }
            </div>
            if !is_map { { legend() } }
        </Modal>
    }
}

const SIDES: [&str; 2] = ["Left", "Right"];

fn race(msg: RaceMsg) -> Msg {
    Msg::Compare(CompareMsg::Race(msg))
}

/// A message that follows from which option was chosen.
fn on_choice(
    dispatch: &Dispatch,
    msg: impl Fn(usize) -> Option<RaceMsg> + 'static,
) -> Callback<Event> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>();
        let index = select.and_then(|select| usize::try_from(select.selected_index()).ok());
        if let Some(msg) = index.and_then(&msg) {
            dispatch.send(race(msg));
        }
    })
}

/// Play, from the start, speed, the clock and the scrubber.
fn transport(pane: &RacePane, dispatch: &Dispatch) -> Html {
    let (shape, label) = match (pane.is_playing, pane.is_over) {
        (true, _) => (Icon::Pause, "Pause"),
        (false, false) => (Icon::Play, "Play"),
        (false, true) => (Icon::Play, "Play again"),
    };
    let on_seek = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let ms = input.map(|input| input.value_as_number());
            if let Some(ms) = ms.filter(|ms| ms.is_finite() && *ms >= 0.0) {
                dispatch.send(race(RaceMsg::Seek { ms: ms as u64 }));
            }
        })
    };
    let on_speed = on_choice(dispatch, |index| {
        SPEEDS.get(index).copied().map(RaceMsg::Speed)
    });
    // So many key presses from end to end at the most.
    let step = (pane.end_ms / 200_000 + 1) * 100;
    html! {
        <div class="race__bar">
            <button type="button" class="icon-button icon-button--primary" id="race-play" onclick={dispatch.on(race(RaceMsg::Toggle))} aria-label={label} title={label}>{ icon(shape) }</button>
            <button type="button" class="icon-button" id="race-restart" onclick={dispatch.on(race(RaceMsg::Restart))} aria-label="Back to the start" title="Back to the start">{ icon(Icon::Reset) }</button>
            <select id="race-speed" aria-label="Speed" title="Speed" onchange={on_speed}>
                { for SPEEDS.iter().map(|speed| html! { <option selected={*speed == pane.speed}>{ format!("{speed}×") }</option> }) }
            </select>
            <p class="race__clock" aria-hidden="true"><b>{ &pane.now }</b>{ " / " }{ &pane.end }</p>
            <input type="range" id="race-scrubber" min="0" max={(pane.end_ms.div_ceil(step).max(1) * step).to_string()} step={step.to_string()} value={pane.now_ms.to_string()}
                aria-label="Time since the change" aria-valuetext={pane.now.clone()} oninput={on_seek} disabled={pane.end_ms == 0} />
            <p class="race__seeking" data-on={pane.is_seeking.to_string()}>{ if pane.end_ms == 0 { "Preparing…" } else { "Seeking…" } }</p>
            <button type="button" class="button race__back" onclick={dispatch.on(Msg::Open(None))}>{ "Back to the table" }</button>
        </div>
    }
}

/// Which strategy, and how far it is.
fn head(which: usize, side: &RaceSide, pane: &RacePane, dispatch: &Dispatch) -> Html {
    let choices = Rc::clone(&pane.choices);
    let on_pick = on_choice(dispatch, move |index| {
        let row = choices.get(index)?.0;
        Some(RaceMsg::Pick { side: which, row })
    });
    let glyph = match (side.is_over, side.tone) {
        (false, _) => pod_glyph(PodState::Starting),
        (true, Tone::Good) => icon(Icon::Check),
        (true, _) => icon(Icon::Warning),
    };
    let fact = |name: &'static str, value: &str| {
        html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> }
    };
    html! {
        <>
            <div class="race__head">
                { sample(side.row) }
                <select id={format!("race-side-{which}")} aria-label={format!("{} strategy", SIDES[which])} onchange={on_pick}>
                    { for pane.choices.iter().map(|(row, strategy)| html! { <option selected={*row == side.row}>{ strategy }</option> }) }
                </select>
                <p class="race__state">{ glyph }{ &side.state }</p>
            </div>
            <dl class="race__facts">
                { fact("Time", &side.time) }
                { fact("Updated", &side.updated) }
                { fact("Available", &side.available) }
                { fact("Fewest so far", &side.worst) }
                { fact("Extra pods", &side.extra) }
            </dl>
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct NodesProps {
    which: usize,
    side: Rc<RaceSide>,
}

/// The nodes of a side, drawn anew only when it changes.
#[component]
fn Nodes(props: &NodesProps) -> Html {
    let side = &props.side;
    if let Some(view) = &side.fleet {
        return html! {
            <div class="fleet">
                <Map view={view.clone()} label={side.summary.clone()} help_id={format!("race-help-{}", props.which)} />
                <Legend view={view.clone()} />
            </div>
        };
    }
    html! {
        <ul class="race__nodes" aria-label={format!("Nodes with {}", side.strategy)}>
            { for side.nodes.iter().map(node) }
        </ul>
    }
}

fn node(node: &Rc<RaceNode>) -> Html {
    html! {
        <li key={&*node.name} class="race__node" data-health={node.health.as_str()}>
            <p class="race__name">
                <b>{ &*node.name }</b>
                if node.health != Health::Ready { <span class="status-word" data-health={node.health.as_str()}>{ node.health.as_str() }</span> }
                if node.pods.len() > 1 { <span class="chip" data-kind="label">{ "extra pod" }</span> }
            </p>
            <ul class="pods">
                { for node.pods.iter().map(|pod| html! { <li key={&*pod.uid}><PodTile pod={pod.clone()} is_still={true} /></li> }) }
            </ul>
        </li>
    }
}
