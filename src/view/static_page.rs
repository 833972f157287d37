//! The first visit that index.html shows before we are there (static/first.html, static/head.js).
//!
//! Its panels stay until their code comes, what had the focus keeps it, and what was clicked is clicked now.

use super::platform;
use gloo::utils::document;
use std::cell::RefCell;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;
use yew::virtual_dom::VNode;

/// Parts that are drawn later, by their element.
const PARTS: [&str; 5] = [
    ".page__editor",
    "#side-Why",
    "#side-Status",
    "#side-Events",
    "#side-Controller",
];

#[derive(Default)]
struct Kept {
    parts: Vec<(&'static str, AttrValue)>,
    touched: Option<String>,
    focused: Option<String>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// Takes what is needed of the static page, and clears the place for the real one.
pub fn replace(app: &Element) {
    let is_shown = document()
        .document_element()
        .is_some_and(|root| root.get_attribute("data-opening").as_deref() == Some("first"));
    let first = document().get_element_by_id("first").filter(|_| is_shown);
    if let Some(first) = first {
        let part = |name: &'static str| {
            let element = first.query_selector(name).ok().flatten()?;
            Some((name, AttrValue::from(element.inner_html())))
        };
        let kept = Kept {
            parts: PARTS.into_iter().filter_map(part).collect(),
            touched: first.get_attribute("data-touched"),
            focused: platform::focused().map(|element: HtmlElement| element.id()),
        };
        KEPT.replace(kept);
    }
    app.set_text_content(None);
}

/// A part as it stood in the static page.
pub fn part(name: &str) -> Option<Html> {
    KEPT.with_borrow(|kept| {
        let (_, html) = kept.parts.iter().find(|(part, _)| *part == name)?;
        Some(VNode::from_html_unchecked(html.clone()))
    })
}

/// Somebody clicked what still stands there without its code: that is for later, and says so.
pub fn touch(event: MouseEvent) {
    let target = event.target_dyn_into::<Element>();
    let button = target.and_then(|it| it.closest("button[id], a[id]").ok().flatten());
    KEPT.with_borrow_mut(|kept| kept.touched = Some(button.map_or(String::new(), |it| it.id())));
    platform::mark_touched(true);
}

/// When the page stands, or more of it: what was begun before goes on.
pub fn go_on() {
    platform::mark_touched(false);
    let (touched, focused) =
        KEPT.with_borrow_mut(|kept| (kept.touched.take(), kept.focused.take()));
    let ids = focused.iter().chain(&touched);
    ids.filter(|id| !id.is_empty())
        .for_each(|id| platform::focus(id));
    let element = touched.and_then(|id| document().get_element_by_id(&id));
    let card = |element: &Element| element.query_selector(".node-card__select").ok().flatten();
    if let Some(element) = element {
        platform::click(&card(&element).unwrap_or(element));
    }
}
