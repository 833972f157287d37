//! The event feed.

use super::dispatch::use_dispatch;
use crate::app::msg::{Msg, Selection};
use crate::present::events::{EventFeed as Feed, EventRow as Row, EventTarget};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct EventFeedProps {
    pub feed: Rc<Feed>,
}

/// What the cluster's components reported, newest first.
#[component]
pub fn EventFeed(props: &EventFeedProps) -> Html {
    let feed = &props.feed;
    html! {
        <section class="panel events" aria-labelledby="events-heading">
            <h2 id="events-heading">{ "Events" }</h2>
            if feed.rows.is_empty() {
                <p class="empty">{ "No events yet." }</p>
            } else {
                // A focusable region: long lists scroll by keyboard too.
                <ul class="events__list">
                    { for feed.rows.iter().map(|row| html! { <EventRow key={row.key.clone()} row={row.clone()} /> }) }
                </ul>
                if feed.is_cut { <p class="events__more">{ "Older events aren't shown." }</p> }
            }
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct EventRowProps {
    row: Rc<Row>,
}

/// Age, reason, object and message, as in `kubectl get events`.
#[component]
fn EventRow(props: &EventRowProps) -> Html {
    let dispatch = use_dispatch();
    let row = &props.row;
    let object = match &row.target {
        Some(target) => {
            let selection = match target {
                EventTarget::Node(name) => Selection::Node(name.clone()),
                EventTarget::Pod(id) => Selection::Pod(id.clone()),
            };
            html! { <button type="button" class="link" onclick={dispatch.on(Msg::Select(selection))}>{ &row.object }</button> }
        }
        None => html! { <span>{ &row.object }</span> },
    };
    html! {
        <li class="event" data-tone={row.tone().as_str()}>
            <span class="event__age" title={format!("at {}", row.at)}>{ &row.age }</span>
            <span class="event__type">{ if row.is_warning { "Warning" } else { "Normal" } }</span>
            <button type="button" class="link event__reason" title="Why did this happen?" onclick={dispatch.on(Msg::Select(Selection::Event(row.id)))}>{ &row.reason }</button>
            if row.count > 1 { <span class="event__count">{ format!("×{}", row.count) }</span> }
            <span class="event__object" title={format!("from {}", row.source)}>{ object }</span>
            <span class="event__message">{ &row.message }</span>
        </li>
    }
}
