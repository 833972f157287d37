//! Every call to the browser: time, storage, the clipboard, focus, movement.
//!
//! Natively (render tests, `cargo check`) these are never reached, since effects don't run there.

pub mod canvas;

use crate::app::msg::{Kept, Theme};
use gloo::utils::{document, window};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

const THEME_KEY: &str = "daemonset-playground/theme";
const WIDTH_KEY: &str = "daemonset-playground/editor-width";
const KEPT_KEY: &str = "daemonset-playground/session";
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

/// The editor as wide as it was made the last time (src/editor/splitter.js).
pub fn restore_editor_width() {
    let storage = window().local_storage().ok().flatten();
    let width = storage.and_then(|storage| storage.get_item(WIDTH_KEY).ok().flatten());
    let root = document().document_element();
    if let (Some(width), Some(root)) = (width.and_then(|it| it.parse::<u16>().ok()), root)
        && let Ok(root) = root.dyn_into::<HtmlElement>()
    {
        let style = root.style();
        let _ = style.set_property("--editor-width", &format!("{width}px"));
    }
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
    // web-sys has these without options only.
    type Focusable;
    #[wasm_bindgen(method, catch)]
    fn focus(this: &Focusable, options: &Object) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = scrollIntoView)]
    fn scroll_into_view(this: &Focusable, options: &Object);

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
