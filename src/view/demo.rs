//! Embedded in another page: what to watch, the next thing to press, and the way to the whole playground.

use super::dispatch::use_dispatch;
use super::editor_pane::{invitation, result};
use super::icons::{Icon, icon};
use crate::app::msg::{ClockMsg, EditorMsg, Msg};
use crate::present::editor::EditorPane;
use crate::present::timeline::Pace;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct DemoProps {
    pub pane: Rc<EditorPane>,
    pub pace: Pace,
    /// The editor is there: it says what to do itself.
    pub has_editor: bool,
    /// The playground's own page, as it begins.
    pub href: AttrValue,
}

/// A bar above the cluster.
#[component]
pub fn Demo(props: &DemoProps) -> Html {
    let dispatch = use_dispatch();
    let pane = &props.pane;
    let tab = pane.tabs.iter().find(|tab| tab.id == pane.active);
    let next = match tab.filter(|tab| tab.is_dirty) {
        Some(tab) => Some((
            format!("Apply {}", tab.title),
            Msg::Editor(EditorMsg::Apply),
        )),
        None if props.pace == Pace::Paused => Some(("Play".to_owned(), Msg::Clock(ClockMsg::Play))),
        None => None,
    };
    let on_open = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            // As it is now, not as it began.
            event.prevent_default();
            dispatch.send(Msg::OpenPage);
        })
    };
    html! {
        <section class="demo" aria-label="Demo">
            if !props.has_editor {
                if pane.story.is_none() { { invitation(pane) } }
                if let Some((label, msg)) = next {
                    <button type="button" class="button button--primary" id="demo-next" onclick={dispatch.on(msg)}>{ label }</button>
                }
                { result(&pane.result) }
            }
            <a class="demo__open" href={props.href.clone()} target="_blank" onclick={on_open}>{ "Open in the playground" }{ icon(Icon::Share) }</a>
        </section>
    }
}
