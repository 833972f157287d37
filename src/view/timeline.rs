//! The bar at the bottom.

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::places::{PlaceRow, Places};
use crate::app::msg::{CauseMsg, ClockMsg, HistoryMsg, Msg};
use crate::present::timeline::{Mark, Pace, STEP_MS, Speed, Timeline as Bar};
use crate::present::words::count;
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct TimelineProps {
    pub timeline: Rc<Bar>,
    /// The link of the chain of causes that is pointed at.
    #[prop_or_default]
    pub pointed: Option<usize>,
}

/// Play, step, speed, the clock, and a scrubber with a mark for each command.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let dispatch = use_dispatch();
    let bar = &props.timeline;
    let settled = bar.settled();
    let (play_icon, play_label) = match bar.pace {
        Pace::Paused => (Icon::Play, "Play"),
        _ if settled.is_some() => (Icon::Replay, "Replay the last act"),
        _ => (Icon::Pause, "Pause"),
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
        <section class="timeline" aria-label="Time" data-pace={bar.pace.as_str()}>
            <div class="timeline__buttons">
                <button type="button" class="icon-button icon-button--primary" id="play" onclick={dispatch.on(Msg::Clock(ClockMsg::Toggle))} aria-label={play_label} title={format!("{play_label} (P)")}>{ icon(play_icon) }</button>
                <button type="button" class="icon-button timeline__more" id="step-back" onclick={dispatch.on(Msg::Clock(ClockMsg::StepBack))} aria-label="Step back" title="Step back (,)">{ icon(Icon::StepBack) }</button>
                <button type="button" class="icon-button" id="step" onclick={dispatch.on(Msg::Clock(ClockMsg::Step))} aria-label="Next API change" title="Next API change (.)">{ icon(Icon::Step) }</button>
                <button type="button" class="icon-button timeline__more" id="moment" onclick={dispatch.on(Msg::Clock(ClockMsg::NextMoment))} aria-label="Next meaningful moment" title="Next meaningful moment (M)">{ icon(Icon::Moment) }</button>
                <button type="button" class="icon-button" id="settle" onclick={dispatch.on(Msg::Clock(ClockMsg::Settle))} aria-label="Jump to settled" title="Jump to settled (S)">{ icon(Icon::Settle) }</button>
                { speed(bar, &dispatch) }
            </div>
            <div class="timeline__clock">
                if let Some(settled) = settled {
                    <b>{ settled.0 }<span class="timeline__dot">{ " · " }</span>{ settled.1 }</b>
                    if bar.acts > 1 {
                        <button type="button" class="button button--small" id="replay-all" onclick={dispatch.on(Msg::Clock(ClockMsg::ReplayAll))} title="Replay from the start">{ "Replay all" }</button>
                    }
                } else {
                    <span aria-hidden="true"><b>{ &bar.now }</b><span class="timeline__end">{ " / " }{ &bar.end }</span></span>
                }
            </div>
            <div class="timeline__track">
                <svg class="timeline__marks" focusable="false">
                    <g class="timeline__commands" aria-hidden="true">{ for bar.marks.iter().map(|mark| html! {
                        <rect x={percent(mark.permille)} width="2" height="100%" transform="translate(-1)"><title>{ &mark.text }</title></rect>
                    }) }</g>
                    <g>{ for bar.causes.iter().enumerate().map(|(index, mark)| cause(index, mark, props.pointed, &dispatch)) }</g>
                    <g>{ for ticks(bar, &dispatch) }</g>
                </svg>
                <input type="range" id="scrubber" min="0" max={bar.max_ms.to_string()} step={STEP_MS.to_string()} value={bar.now_ms.to_string()}
                    aria-label="Time" aria-valuetext={bar.now.clone()} oninput={on_seek} disabled={bar.end_ms == 0} />
            </div>
            <p class="timeline__state">{ &bar.state }</p>
            <div class="timeline__buttons timeline__places">
                if let Some(back) = &bar.back {
                    <button type="button" class="button button--small" id="back" title="Back to where you were before the jump" onclick={dispatch.on(Msg::History(HistoryMsg::Back))}>{ icon(Icon::Back) }<span>{ format!("Back to {back}") }</span></button>
                }
                <button type="button" class="icon-button" id="bookmark" aria-pressed={bar.marked.is_some().to_string()} onclick={dispatch.on(Msg::History(HistoryMsg::Bookmark))}
                    aria-label="Bookmark this moment" title="Bookmark this moment (B)">{ icon(Icon::Flag) }</button>
                if !bar.bookmarks.is_empty() {
                    <Places id="bookmarks" label={count(bar.bookmarks.len() as u64, "bookmark")} title="Bookmarks" rows={bookmarks(bar, &dispatch)}
                        note="Of this branch. Links and reloads keep them.">{ icon(Icon::List) }</Places>
                }
                if !bar.branches.is_empty() {
                    <Places id="branches" label={format!("{} branches", bar.branches.len() + 1)} title="Branches" rows={branches(bar, &dispatch)}
                        note="Acting in the past starts one. A reload keeps them all, a link only the one that is shown.">{ icon(Icon::Branch) }</Places>
                }
            </div>
            <div class="timeline__buttons">
                { history("undo", Icon::Undo, "Undo", bar.undo.as_deref(), Msg::Undo, &dispatch) }
                { history("redo", Icon::Redo, "Redo", bar.redo.as_deref(), Msg::Redo, &dispatch) }
            </div>
        </section>
    }
}

fn percent(permille: u32) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// Clickable marks on the scrubber: bookmarks, and where other branches part.
fn ticks<'a>(bar: &'a Bar, dispatch: &'a Dispatch) -> impl Iterator<Item = Html> + 'a {
    let bookmarks = bar.bookmarks.iter().enumerate().map(|(index, mark)| {
        let label = format!("Bookmark at {}: {}", mark.at, mark.name);
        let go = Msg::History(HistoryMsg::GoTo(index));
        tick(
            "bookmark",
            mark.permille,
            &mark.name,
            label,
            dispatch.on(go),
        )
    });
    let branches = bar.branches.iter().map(|left| {
        let text = format!("Branch: {}", left.title);
        let ms = left.parts_at_ms;
        let go = Msg::Clock(ClockMsg::Seek { ms });
        tick(
            "parting",
            left.permille,
            &text,
            text.clone(),
            dispatch.on(go),
        )
    });
    bookmarks.chain(branches)
}

/// A link of the chain of causes. The why panel lists them for the keyboard.
fn cause(index: usize, mark: &Mark, pointed: Option<usize>, dispatch: &Dispatch) -> Html {
    let point = |to| dispatch.on(Msg::Cause(CauseMsg::Point(to)));
    html! {
        <svg class="tick" data-kind="cause" data-pointed={(pointed == Some(index)).to_string()} x={percent(mark.permille)} y="25" overflow="visible" aria-hidden="true">
            <g onclick={dispatch.on(Msg::Cause(CauseMsg::Go(index)))} onmouseenter={point(Some(index))} onmouseleave={point(None)}>
                <path d="M0-4 4 0 0 4-4 0z" />
                <text y="-34" text-anchor={anchor(mark.permille)}>{ &mark.text }</text>
            </g>
        </svg>
    }
}

/// On which side of its mark a text has room.
fn anchor(permille: u32) -> &'static str {
    match permille {
        0..250 => "start",
        250..750 => "middle",
        _ => "end",
    }
}

/// A mark with its text, which is seen while it is pointed at or has the keyboard.
fn tick(kind: &'static str, permille: u32, text: &str, label: String, go: Callback<()>) -> Html {
    let path = match kind {
        "bookmark" => "M0 10V0h8l-2.5 3L8 6H0",
        _ => "M0 10V6L-4 1M0 6 4 1",
    };
    let on_key = {
        let go = go.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                go.emit(());
            }
        })
    };
    html! {
        <svg class="tick" data-kind={kind} x={percent(permille)} y="-4" overflow="visible">
            <g role="button" tabindex="0" aria-label={label} onclick={go.reform(|_: MouseEvent| ())} onkeydown={on_key}>
                <rect class="tick__target" x="-7" y="-3" width="16" height="14" />
                <path d={path} />
                <text y="-8" text-anchor={anchor(permille)}>{ text }</text>
            </g>
        </svg>
    }
}

fn bookmarks(bar: &Bar, dispatch: &Dispatch) -> Vec<PlaceRow> {
    let rows = bar.bookmarks.iter().enumerate().map(|(index, mark)| {
        let act = |msg| dispatch.on(Msg::History(msg));
        PlaceRow {
            name: mark.name.clone().into(),
            about: mark.at.clone().into(),
            is_current: bar.marked == Some(index),
            go: Some(act(HistoryMsg::GoTo(index))),
            rename: dispatch
                .0
                .reform(move |name| Msg::History(HistoryMsg::RenameBookmark(index, name))),
            remove: Some(act(HistoryMsg::RemoveBookmark(index))),
            asks: false,
        }
    });
    rows.collect()
}

/// The one that is shown, then what would have been.
fn branches(bar: &Bar, dispatch: &Dispatch) -> Vec<PlaceRow> {
    let left = bar.branches.iter().enumerate();
    let left = left.map(|(index, item)| (Some(index), item));
    let rows = std::iter::once((None, &bar.shown))
        .chain(left)
        .map(|(branch, item)| {
            let act = |msg| dispatch.on(Msg::History(msg));
            PlaceRow {
                name: item.title.clone().into(),
                about: item.about.clone().into(),
                is_current: branch.is_none(),
                go: branch.map(|branch| act(HistoryMsg::Switch(branch))),
                rename: dispatch
                    .0
                    .reform(move |name| Msg::History(HistoryMsg::Rename(branch, name))),
                remove: Some(act(HistoryMsg::Remove(branch))),
                asks: true,
            }
        });
    rows.collect()
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
