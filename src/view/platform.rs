//! Every call to the browser: time, storage, the clipboard, focus, movement.
//!
//! Natively (render tests, `cargo check`) these are never reached, since effects don't run there.

pub mod canvas;

use super::floating::{self, Span};
use crate::app::msg::{Kept, Theme};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::{document, window};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, Node};

const THEME_KEY: &str = "daemonset-playground/theme";
const KEPT_KEY: &str = "daemonset-playground/session";
const SHORTCUTS_KEY: &str = "daemonset-playground/shortcuts";
/// What the keyboard can reach.
pub const FOCUSABLE: &str =
    "button:not(:disabled), a[href], input, select, textarea, [tabindex=\"0\"]";

/// Milliseconds of the browser's steady clock.
pub fn now_ms() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// The address behind `#`, with the `#`.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// The address behind `?`, with the `?`.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// The page's address with this fragment.
pub fn link(fragment: &str) -> String {
    let href = address();
    let base = href.split('#').next().unwrap_or("");
    format!("{base}{fragment}")
}

/// The playground's address without what an embedding page adds, with this fragment.
pub fn own_page(fragment: &str) -> String {
    let address = address();
    let page = address.split(['?', '#']).next().unwrap_or("");
    format!("{page}{fragment}")
}

/// In a tab of its own.
pub fn open(address: &str) {
    let _ = window().open_with_url_and_target(address, "_blank");
}

/// Shows a fragment in the address bar; no entry in the history, no hashchange.
pub fn replace_fragment(fragment: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&link(fragment)));
    }
}

/// Copies a text. False if the browser doesn't let us.
pub async fn copy(text: &str) -> bool {
    // Absent on pages that aren't secure, where web-sys would throw.
    let navigator = window().navigator();
    let has_clipboard =
        Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|c| !c.is_undefined());
    if !has_clipboard {
        return false;
    }
    let promise = navigator.clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok()
}

/// Keeps a page for a reload of this tab, with the address it belongs to.
pub fn keep(kept: &Kept) {
    let storage = window().session_storage().ok().flatten();
    if let Some(storage) = storage {
        let (session, left) = (&kept.session, kept.left.as_deref().unwrap_or_default());
        let lines = [
            &*address(),
            session,
            if kept.is_worth { "worth" } else { "" },
            left,
        ];
        // Full or forbidden: then a reload starts over.
        let _ = storage.set_item(KEPT_KEY, &lines.join("\n"));
    }
}

/// What was kept, and whether for the address that is open now.
pub fn kept() -> Option<(Kept, bool)> {
    let storage = window().session_storage().ok().flatten()?;
    let text = storage.get_item(KEPT_KEY).ok().flatten()?;
    let mut lines = text.split('\n');
    let is_here = lines.next()? == address();
    let kept = Kept {
        session: lines.next()?.to_owned(),
        is_worth: lines.next()? == "worth",
        left: lines
            .next()
            .filter(|left| !left.is_empty())
            .map(str::to_owned),
    };
    Some((kept, is_here))
}

fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// What the build wrote into the page under this name.
pub fn meta(name: &str) -> Option<String> {
    let found = document().query_selector(&format!("meta[name='{name}']"));
    found.ok().flatten()?.get_attribute("content")
}

/// Scrolls what a box holds to its end.
pub fn scroll_to_end(of: &yew::NodeRef) {
    if let Some(element) = of.cast::<Element>() {
        element.set_scroll_top(element.scroll_height());
    }
}

pub fn saved_theme() -> Theme {
    let storage = window().local_storage().ok().flatten();
    let text = storage.and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
    Theme::parse(&text.unwrap_or_default())
}

pub fn save_theme(theme: Theme) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(THEME_KEY, theme.as_str());
    }
}

/// Single keys act, unless they were turned off.
pub fn saved_shortcuts() -> bool {
    let storage = window().local_storage().ok().flatten();
    let text = storage.and_then(|storage| storage.get_item(SHORTCUTS_KEY).ok().flatten());
    text.as_deref() != Some("off")
}

pub fn save_shortcuts(are_on: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(SHORTCUTS_KEY, if are_on { "on" } else { "off" });
    }
}

/// Lets CSS know the theme.
pub fn show_theme(theme: Theme) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme.as_str());
    }
}

/// Does the system prefer what this media query asks?
pub fn media_matches(query: &str) -> bool {
    window()
        .match_media(query)
        .ok()
        .flatten()
        .is_some_and(|list| list.matches())
}

pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Scrolls the nearest scrolling part so that the element is in view.
pub fn scroll_to(id: &str) {
    if let Some(element) = element(id) {
        element.scroll_into_view_with_bool(true);
    }
}

/// What has the keyboard focus, if it isn't the page as a whole.
pub fn focused() -> Option<HtmlElement> {
    let active = document().active_element()?;
    (active.tag_name() != "BODY").then(|| active.dyn_into().ok())?
}

/// Gives the focus back to what had it.
pub fn focus_again(element: Option<&HtmlElement>) {
    if let Some(element) = element {
        let options = object(&[("preventScroll", true.into())]);
        let _ = element.unchecked_ref::<Focusable>().focus(&options);
    }
}

/// What had the focus last, and what it was in, each with its place among its siblings.
#[derive(Default)]
pub struct FocusTrail(Vec<(HtmlElement, u32)>);

impl FocusTrail {
    pub fn follow(element: HtmlElement) -> FocusTrail {
        let mut trail = Vec::new();
        let mut next = Some(element);
        while let Some(element) = next {
            let before = std::iter::successors(
                element.previous_element_sibling(),
                Element::previous_element_sibling,
            );
            let place = before.count() as u32;
            next = element
                .parent_element()
                .and_then(|parent| parent.dyn_into().ok());
            trail.push((element, place));
        }
        FocusTrail(trail)
    }

    /// Where what had the focus is gone: the nearest thing that can have it.
    pub fn rescue(&self) -> Option<HtmlElement> {
        let (lost, _) = self.0.first()?;
        let can_have = |element: &HtmlElement| {
            element.is_connected()
                && element.offset_width() > 0
                && !element.matches(":disabled").unwrap_or(false)
        };
        if focused().is_some_and(|element| can_have(&element)) || can_have(lost) {
            return None;
        }
        self.0
            .array_windows()
            .find_map(|[(_, place), (parent, _)]| {
                let children = parent.children();
                let after = (*place..children.length()).chain((0..*place).rev());
                let mut found = after.filter_map(|i| {
                    let child: HtmlElement = children.item(i)?.dyn_into().ok()?;
                    let is_it = child.matches(FOCUSABLE).unwrap_or(false);
                    let inner = || child.query_selector(FOCUSABLE).ok()??.dyn_into().ok();
                    if is_it { Some(child) } else { inner() }
                });
                let next = parent.is_connected().then(|| found.find(can_have));
                next.flatten()
            })
    }
}

/// Scrolls as little as needed, so that the element is in view.
pub fn show_near(id: &str) {
    if let Some(element) = element(id) {
        let options = object(&[("block", "nearest".into()), ("inline", "nearest".into())]);
        element
            .unchecked_ref::<Focusable>()
            .scroll_into_view(&options);
    }
}

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Where keys have a meaning of their own: text fields, and whatever lies over the page.
const OWN_KEYS: &str =
    "input, textarea, select, [contenteditable='true'], [role='dialog'], [role='menu'], [popover]";

/// Is the keyboard where single keys aren't the page's?
pub fn has_own_keys(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest(OWN_KEYS).ok().flatten().is_some())
}

/// Puts a box with the attribute `popover` over everything, beside the button that opens it.
pub fn float(list: &HtmlElement, button_id: &str) {
    // Older browsers have no top layer; there it lies over its part of the page.
    let _ = list.unchecked_ref::<Popover>().show_popover();
    place_beside(list, button_id);
}

fn place_beside(list: &HtmlElement, button_id: &str) {
    let (Some(button), Some(root)) = (element(button_id), document().document_element()) else {
        return;
    };
    let style = list.style();
    // Its size as if it had all the room.
    let _ = style.remove_property("--room");
    let anchor = button.get_bounding_client_rect();
    let own = list.get_bounding_client_rect();
    let spot = floating::place(
        &Span::new(anchor.left(), anchor.top(), anchor.bottom()),
        (own.width(), own.height()),
        (root.client_width().into(), root.client_height().into()),
    );
    let px = |value: Option<f64>| value.map_or("auto".to_owned(), |value| format!("{value:.1}px"));
    for (name, value) in [
        ("left", Some(spot.left)),
        ("top", spot.top),
        ("bottom", spot.bottom),
        ("--room", Some(spot.room)),
    ] {
        let _ = style.set_property(name, &px(value));
    }
}

/// Keeps it there while the page scrolls under it or changes its size; until this is dropped.
pub fn keep_beside(list: HtmlElement, button_id: String) -> [EventListener; 2] {
    let (on_scroll, on_resize) = ((list.clone(), button_id.clone()), (list, button_id));
    // Scrolling doesn't bubble; what scrolls in the box itself is none of its place's business.
    let options = EventListenerOptions::run_in_capture_phase();
    [
        EventListener::new_with_options(&document(), "scroll", options, move |event| {
            let (list, button_id) = &on_scroll;
            let target = event.target().and_then(|t| t.dyn_into::<Node>().ok());
            if !list.contains(target.as_ref()) {
                place_beside(list, button_id);
            }
        }),
        EventListener::new(&window(), "resize", move |_| {
            place_beside(&on_resize.0, &on_resize.1);
        }),
    ]
}

/// Where an element is, relative to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub x: f64,
    pub y: f64,
}

pub fn place_in(element: &Element, frame: &Element) -> Place {
    let (own, frame) = (
        element.get_bounding_client_rect(),
        frame.get_bounding_client_rect(),
    );
    Place {
        x: own.left() - frame.left(),
        y: own.top() - frame.top(),
    }
}

#[wasm_bindgen]
extern "C" {
    // web-sys has these without options only.
    type Focusable;
    #[wasm_bindgen(method, catch)]
    fn focus(this: &Focusable, options: &Object) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = scrollIntoView)]
    fn scroll_into_view(this: &Focusable, options: &Object);

    // Not in every browser.
    type Popover;
    #[wasm_bindgen(method, catch, js_name = showPopover)]
    fn show_popover(this: &Popover) -> Result<(), JsValue>;

    // web-sys hides this one behind its unstable interfaces.
    type Animated;
    #[wasm_bindgen(method, catch)]
    fn animate(this: &Animated, keyframes: &Array, options: &Object) -> Result<JsValue, JsValue>;
}

/// Lets an element travel from where it (or what it was) stood to where it stands now.
pub fn fly(element: &Element, from: Place, to: Place, ms: u32) {
    let frame = |transform: &str, opacity: f64| {
        object(&[("transform", transform.into()), ("opacity", opacity.into())])
    };
    let (dx, dy) = (from.x - to.x, from.y - to.y);
    // What it flies over can be read.
    let frames = Array::of3(
        &frame(&format!("translate({dx:.0}px, {dy:.0}px)"), 0.3),
        &object(&[("opacity", 0.35.into()), ("offset", 0.75.into())]),
        &frame("none", 1.0),
    );
    let options = object(&[
        ("duration", ms.into()),
        ("easing", "cubic-bezier(.3,.1,.2,1)".into()),
    ]);
    let _ = element
        .unchecked_ref::<Animated>()
        .animate(&frames, &options);
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a property of a plain object can't fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object
}
