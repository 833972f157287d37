//! Every call to the browser: time, storage, the clipboard, focus, movement.
//!
//! Natively (render tests, `cargo check`) these are never reached, since effects don't run there.

pub mod canvas;

use crate::app::msg::Theme;
use gloo::utils::{document, window};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

const THEME_KEY: &str = "daemonset-playground/theme";
const KEPT_KEY: &str = "daemonset-playground/session";
const KEPT_FOR_KEY: &str = "daemonset-playground/session-address";

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
    let href = window().location().href().unwrap_or_default();
    let base = href.split('#').next().unwrap_or("");
    format!("{base}{fragment}")
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

/// Keeps a session for a reload of this tab, and the address it belongs to.
pub fn keep(session: &str) {
    let storage = window().session_storage().ok().flatten();
    if let Some(storage) = storage {
        // Full or forbidden: then a reload starts over.
        let _ = storage.set_item(KEPT_KEY, session);
        let _ = storage.set_item(KEPT_FOR_KEY, &fragment());
    }
}

/// What was kept for the address that is open now.
pub fn kept() -> Option<String> {
    let storage = window().session_storage().ok().flatten()?;
    let address = storage.get_item(KEPT_FOR_KEY).ok().flatten()?;
    if address != fragment() {
        return None;
    }
    storage.get_item(KEPT_KEY).ok().flatten()
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

fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Is the keyboard in a field where letters are typed?
pub fn is_typing(target: Option<web_sys::EventTarget>) -> bool {
    let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let is_field = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
    is_field
        || element
            .closest("[contenteditable='true']")
            .ok()
            .flatten()
            .is_some()
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
    let frames = Array::of2(
        &frame(&format!("translate({dx:.0}px, {dy:.0}px)"), 0.55),
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
