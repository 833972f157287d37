//! The bar at the bottom.

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::menu::{Menu, MenuItem};
use crate::app::msg::{ClockMsg, Msg};
use crate::present::timeline::{Pace, Speed, Timeline as Bar};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// How finely the scrubber moves. Its end is rounded up, so that the last moment can be reached.
const STEP_MS: u64 = 100;

#[derive(Clone, PartialEq, Properties)]
pub struct TimelineProps {
    pub timeline: Rc<Bar>,
}

/// Play, step, speed, the clock, and a scrubber with a mark for each command.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let dispatch = use_dispatch();
    let bar = &props.timeline;
    let is_paused = bar.pace == Pace::Paused;
    let (play_icon, play_label) = if is_paused {
        (Icon::Play, "Play")
    } else {
        (Icon::Pause, "Pause")
    };
    let on_seek = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let value = event
                .target_dyn_into::<HtmlInputElement>()
                .map(|input| input.value_as_number());
            if let Some(ms) = value.filter(|ms| ms.is_finite() && *ms >= 0.0) {
                dispatch.send(Msg::Clock(ClockMsg::Seek { ms: ms as u64 }));
            }
        })
    };
    html! {
        <footer class="timeline" aria-label="Time" role="region" data-pace={bar.pace.as_str()}>
            <div class="timeline__buttons">
                <button type="button" class="icon-button icon-button--primary" id="play" onclick={dispatch.on(Msg::Clock(ClockMsg::Toggle))} aria-label={play_label} title={format!("{play_label} (P)")}>{ icon(play_icon) }</button>
                <button type="button" class="icon-button timeline__more" id="step-back" onclick={dispatch.on(Msg::Clock(ClockMsg::StepBack))} aria-label="Step back" title="Step back (,)">{ icon(Icon::StepBack) }</button>
                <button type="button" class="icon-button" id="step" onclick={dispatch.on(Msg::Clock(ClockMsg::Step))} aria-label="Step to the next event" title="Step to the next event (.)">{ icon(Icon::Step) }</button>
                <button type="button" class="icon-button timeline__more" id="moment" onclick={dispatch.on(Msg::Clock(ClockMsg::NextMoment))} aria-label="To the next decision or event" title="To the next decision or event (M)">{ icon(Icon::Moment) }</button>
                <button type="button" class="icon-button" id="settle" onclick={dispatch.on(Msg::Clock(ClockMsg::Settle))} aria-label="Jump to settled" title="Jump to settled (S)">{ icon(Icon::Settle) }</button>
                { speed(bar, &dispatch) }
            </div>
            <p class="timeline__clock" aria-hidden="true"><b>{ &bar.now }</b><span class="timeline__end">{ " / " }{ &bar.end }</span></p>
            <div class="timeline__track">
                <svg class="timeline__marks" aria-hidden="true" focusable="false">
                    { for bar.marks.iter().map(|mark| html! {
                        <rect x={format!("{}.{}%", mark.permille / 10, mark.permille % 10)} width="2" height="100%"><title>{ &mark.text }</title></rect>
                    }) }
                </svg>
                <input type="range" id="scrubber" min="0" max={bar.end_ms.div_ceil(STEP_MS).max(1).saturating_mul(STEP_MS).to_string()} step={STEP_MS.to_string()} value={bar.now_ms.to_string()}
                    aria-label="Time" aria-valuetext={bar.now.clone()} oninput={on_seek} disabled={bar.end_ms == 0} />
            </div>
            <p class="timeline__state">{ &bar.state }</p>
            <div class="timeline__buttons">
                if !bar.branches.is_empty() {
                    <Menu id="branches" label={format!("{} other histories", bar.branches.len())} class="timeline__branches" items={branches(bar, &dispatch)}>{ icon(Icon::Branch) }</Menu>
                }
                { history("undo", Icon::Undo, "Undo", bar.undo.as_deref(), Msg::Undo, &dispatch) }
                { history("redo", Icon::Redo, "Redo", bar.redo.as_deref(), Msg::Redo, &dispatch) }
            </div>
        </footer>
    }
}

/// What would have been: histories that were left.
fn branches(bar: &Bar, dispatch: &Dispatch) -> Vec<MenuItem> {
    let heading = MenuItem::Heading("Other histories".into());
    let items = bar.branches.iter().enumerate().map(|(index, branch)| {
        let msg = Msg::Clock(ClockMsg::Switch(index));
        MenuItem::about(branch.title.clone(), branch.about.clone(), dispatch.on(msg))
    });
    std::iter::once(heading).chain(items).collect()
}

fn history(
    id: &'static str,
    shape: Icon,
    word: &str,
    what: Option<&str>,
    msg: Msg,
    dispatch: &Dispatch,
) -> Html {
    let label = what.map_or_else(
        || format!("{word}: nothing"),
        |what| format!("{word}: {what}"),
    );
    html! {
        <button type="button" class="icon-button" {id} disabled={what.is_none()} aria-label={label.clone()} title={label} onclick={dispatch.on(msg)}>{ icon(shape) }</button>
    }
}

fn speed(bar: &Bar, dispatch: &Dispatch) -> Html {
    let on_change = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            let index = event
                .target_dyn_into::<HtmlSelectElement>()
                .map(|select| select.selected_index());
            let speed = index.and_then(|i| Speed::ALL.get(usize::try_from(i).ok()?).copied());
            if let Some(speed) = speed {
                dispatch.send(Msg::Clock(ClockMsg::Speed(speed)));
            }
        })
    };
    html! {
        <select class="timeline__speed" id="speed" aria-label="Speed" title="Speed (+ and -)" onchange={on_change}>
            { for Speed::ALL.into_iter().map(|speed| html! { <option selected={speed == bar.speed}>{ speed.label() }</option> }) }
        </select>
    }
}
