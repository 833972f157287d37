//! One pod.

use super::dispatch::use_dispatch;
use super::icons::{mark, pod_glyph};
use super::ring::Ring;
use crate::app::msg::{Msg, Selection};
use crate::present::pod::{PodRevision, PodTile as Tile};
use crate::present::why::Part;
use crate::present::words::Tone;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct PodTileProps {
    pub pod: Rc<Tile>,
    #[prop_or_default]
    pub is_selected: bool,
    /// In the chain of causes that is shown.
    #[prop_or_default]
    pub part: Option<Part>,
    /// It can only be looked at.
    #[prop_or_default]
    pub is_still: bool,
}

/// A pod as a small tile: state as shape and word, revision as a badge; a click asks why.
#[component]
pub fn PodTile(props: &PodTileProps) -> Html {
    let dispatch = use_dispatch();
    let pod = &props.pod;
    let is_old = pod.revision.is_some_and(|r| !r.is_current);
    let is_button = !props.is_still;
    let on_click = is_button.then(|| dispatch.on(Msg::Select(Selection::Pod(pod.id.clone()))));
    html! {
        <@{if is_button { "button" } else { "div" }} type={is_button.then_some("button")} role={props.is_still.then_some("img")}
            class="pod-tile" data-uid={pod.uid.to_string()}
            data-state={pod.state.as_str()} data-tone={pod.state.tone().as_str()}
            data-revision={if is_old { "old" } else { "current" }} data-bound={pod.is_bound.to_string()} data-leaving={pod.is_leaving.then_some("true")} data-mark={pod.mark.map(|mark| mark.to_string())}
            data-links={props.part.as_ref().map(|part| part.links.clone())} data-pointed={pointed(props.part.as_ref())}
            aria-pressed={is_button.then(|| props.is_selected.to_string())} aria-label={props.is_still.then(|| pod.summary.clone())} title={pod.summary.clone()}
            onclick={on_click}>
            <span class="pod-tile__glyph">{ pod_glyph(pod.state) }if let Some(ring) = pod.ring { <Ring {ring} /> }</span>
            // Its name is what can be seen, and these two.
            if is_button { <span class="sr-only">{ "Pod " }</span> }
            <span class="pod-tile__name">
                { mark(pod.mark) }
                if !pod.owner.is_empty() { <span class="pod-tile__owner">{ &pod.owner }</span> }
                <span class="pod-tile__suffix">{ if pod.owner.is_empty() { "" } else { "-" } }{ &pod.suffix }</span>
            </span>
            { " " }if let Some(revision) = pod.revision { { badge(revision) } }{ " " }
            <span class="pod-tile__status">
                { status(pod) }
                if pod.restarts > 0 { <span class="pod-tile__restarts">{ format!(" ↻{}", pod.restarts) }</span> }
                if !pod.is_bound && !pod.node.is_empty() { <span class="pod-tile__target">{ format!(" → {}", pod.node) }</span> }
            </span>
            if is_button { <span class="sr-only">{ unseen(pod) }</span> }
        </@>
    }
}

/// What it is doing: what it waits for says more than `ContainerCreating`; what went wrong is said in full.
fn status(pod: &Tile) -> String {
    match (pod.note.as_str(), pod.state.tone()) {
        ("", _) => pod.status.clone(),
        (note, Tone::Busy) => note.to_owned(),
        (note, _) if note == pod.status => pod.status.clone(),
        (note, _) => format!("{}: {note}", pod.status),
    }
}

/// What the eye knows from where the tile is, and how it looks.
fn unseen(pod: &Tile) -> String {
    let place = match pod.is_bound {
        true => format!(" on {}", pod.node),
        false => String::new(),
    };
    let revision = match pod.revision {
        Some(revision) if !revision.is_current => ", old revision",
        _ => "",
    };
    format!("{place}{revision}")
}

/// The attribute of what a link of the chain points at.
pub fn pointed(part: Option<&Part>) -> Option<&'static str> {
    part.filter(|part| part.is_pointed).map(|_| "true")
}

/// `r2`, filled when current and hollow when old.
pub fn badge(revision: PodRevision) -> Html {
    let which = if revision.is_current {
        "current"
    } else {
        "old"
    };
    html! { <span class="revision" data-revision={which}>{ format!("r{}", revision.number) }</span> }
}
