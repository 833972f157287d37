//! Edits that would change something, each with a button to do it.

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use crate::app::msg::Msg;
use crate::present::remedy::{RemedyItem, RemedyList};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct RemediesProps {
    pub title: AttrValue,
    /// The texts of its buttons.
    #[prop_or("Apply fix")]
    pub button: &'static str,
    pub list: Option<Rc<RemedyList>>,
    /// The one that was done last.
    pub done: Option<AttrValue>,
    /// Does the edit at this place.
    pub act: Callback<usize>,
    /// What the times of the trials rest on.
    #[prop_or_default]
    pub assumed: AttrValue,
}

/// A list of edits, and what their times assume; hidden if there are none.
///
/// Never without an element: what is drawn before an empty component stands, for Yew 0.23, before what followed that
/// component at the last drawing, and panics if that has just gone.
#[component]
pub fn Remedies(props: &RemediesProps) -> Html {
    let dispatch = use_dispatch();
    let items = props.list.as_ref().map_or(&[][..], |list| &list.items);
    let wait = props.list.as_ref().and_then(|list| list.wait.as_ref());
    let is_empty = items.is_empty() && props.done.is_none() && wait.is_none();
    let rows = items.iter().enumerate();
    html! {
        <div class="remedies" hidden={is_empty}>
            if let Some(done) = &props.done {
                <p class="remedy remedy--done"><span>{ icon(Icon::Check) }{ " Applied: " }{ done }</span>
                    <button type="button" class="button button--small" onclick={dispatch.on(Msg::Undo)}>{ "Undo" }</button></p>
            }
            if !items.is_empty() { <h3>{ &props.title }</h3> }
            if let Some(wait) = wait { <p class="remedy__wait">{ "Nothing to fix: " }{ wait }{ "." }</p> }
            <ul>{ for rows.map(|(index, item)| remedy(index, item, props)) }</ul>
            if !is_empty && !props.assumed.is_empty() { <p class="assumed">{ "Assumes " }{ &props.assumed }{ "." }</p> }
        </div>
    }
}

fn remedy(index: usize, item: &RemedyItem, props: &RemediesProps) -> Html {
    let button = props.button;
    html! {
        <li class="remedy">
            <p>{ &item.title }</p>
            { for item.kubectl.iter().map(|line| html! { <code class="remedy__kubectl">{ line }</code> }) }
            <p class="remedy__effect">{ "Tested on a copy: " }{ &item.effect }{ "." }</p>
            <button type="button" class="button button--small" aria-label={format!("{button}: {}", item.title)} onclick={props.act.reform(move |_| index)}>{ button }</button>
        </li>
    }
}
