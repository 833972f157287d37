//! Edits that would change something, each with a button to do it.

use crate::present::remedy::{RemedyItem, RemedyList};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct RemediesProps {
    pub title: AttrValue,
    pub list: Rc<RemedyList>,
    /// Does the edit at this place.
    pub act: Callback<usize>,
}

/// A list of edits, or nothing.
#[component]
pub fn Remedies(props: &RemediesProps) -> Html {
    if props.list.items.is_empty() {
        return html! {};
    }
    let items = props.list.items.iter().enumerate();
    html! {
        <div class="remedies">
            <h3>{ &props.title }</h3>
            <ul>{ for items.map(|(index, item)| remedy(index, item, &props.act)) }</ul>
        </div>
    }
}

fn remedy(index: usize, item: &RemedyItem, act: &Callback<usize>) -> Html {
    html! {
        <li class="remedy">
            <p>{ &item.title }</p>
            { for item.kubectl.iter().map(|line| html! { <code class="remedy__kubectl">{ line }</code> }) }
            <p class="remedy__effect">{ "Tried on a copy: " }{ &item.effect }{ "." }</p>
            <button type="button" class="button button--small" aria-label={format!("Do it: {}", item.title)} onclick={act.reform(move |_| index)}>{ "Do it" }</button>
        </li>
    }
}
