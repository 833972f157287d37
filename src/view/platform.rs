//! Every call to the browser: time, storage, the clipboard, focus, movement.
//!
//! Natively (render tests, `cargo check`) these are never reached, since effects don't run there.

pub mod canvas;

use super::floating::{self, Span};
use crate::app::msg::{Kept, Theme};
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use gloo::utils::{document, window};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, Node};

const THEME_KEY: &str = "daemonset-playground/theme";
const GUIDE_KEY: &str = "daemonset-playground/experiments";
const WIDTH_KEY: &str = "daemonset-playground/editor-width";
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

/// The static visit that stands there until the page does.
pub fn say_boot(text: &str) {
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.set_text_content(Some(text));
    }
}

/// Lets the page say that what was clicked is still being loaded.
pub fn mark_touched(is_touched: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.toggle_attribute_with_force("data-touched", is_touched);
    }
}

pub fn click(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.click();
    }
}

pub fn reload() {
    let _ = window().location().reload();
}

pub async fn sleep(ms: u32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let timeout = gloo::timers::callback::Timeout::new(ms, move || {
            let _ = resolve.call0(&JsValue::NULL);
        });
        timeout.forget();
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
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

/// Whether somebody wanted no experiments, in this visit or an earlier one.
pub fn is_guide_dismissed() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.is_some_and(|storage| storage.get_item(GUIDE_KEY).ok().flatten().is_some())
}

pub fn dismiss_guide() {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(GUIDE_KEY, "dismissed");
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

/// The same for what may be about to come: the shown moment lags behind the clock.
pub fn show_near_soon(id: String, tries: u32) {
    if tries > 0 && element(&id).is_none() {
        Timeout::new(100, move || show_near_soon(id, tries - 1)).forget();
    } else {
        show_near(&id);
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

/// Where an element is and how large, relative to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Box {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

pub fn box_in(element: &Element, frame: &Element) -> Box {
    let (own, frame) = (
        element.get_bounding_client_rect(),
        frame.get_bounding_client_rect(),
    );
    Box {
        x: own.left() - frame.left(),
        y: own.top() - frame.top(),
        width: own.width(),
        height: own.height(),
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

    // web-sys hides these behind its unstable interfaces.
    type Animated;
    #[wasm_bindgen(method, catch)]
    fn animate(this: &Animated, keyframes: &Array, options: &Object) -> Result<Animation, JsValue>;
    #[wasm_bindgen(method, js_name = getAnimations)]
    fn animations(this: &Animated) -> Array;

    type Animation;
    #[wasm_bindgen(method)]
    fn cancel(this: &Animation);
    #[wasm_bindgen(method)]
    fn pause(this: &Animation);
    #[wasm_bindgen(method)]
    fn play(this: &Animation);
    #[wasm_bindgen(method, setter, js_name = currentTime)]
    fn set_current_time(this: &Animation, ms: f64);
    #[wasm_bindgen(method, setter, js_name = playbackRate)]
    fn set_playback_rate(this: &Animation, rate: f64);
    #[wasm_bindgen(method, setter, js_name = onfinish)]
    fn set_on_finish(this: &Animation, act: &JsValue);
}

/// The first element in another that a selector finds.
pub fn child(of: &Element, selector: &str) -> Option<Element> {
    of.query_selector(selector).ok().flatten()
}

/// The gap between a grid's columns in pixels.
pub fn gap(grid: &Element) -> f64 {
    let style = window().get_computed_style(grid).ok().flatten();
    let gap = style.and_then(|style| style.get_property_value("column-gap").ok());
    gap.and_then(|gap| gap.trim_end_matches("px").parse().ok())
        .unwrap_or(0.0)
}

/// Draws the line that a token will follow; it goes when the token has arrived.
pub fn draw_line(frame: &Element, way: &[Point], (line_ms, flight_ms): (u32, u32), delay_ms: u32) {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let create = |name| document().create_element_ns(Some(SVG), name);
    let (Ok(picture), Ok(line)) = (create("svg"), create("polyline")) else {
        return;
    };
    let points: Vec<String> = way
        .iter()
        .map(|point| format!("{:.1},{:.1}", point.x, point.y))
        .collect();
    let _ = picture.set_attribute("class", "route");
    let _ = picture.set_attribute("aria-hidden", "true");
    let _ = line.set_attribute("points", &points.join(" "));
    let _ = line.set_attribute("pathLength", "100");
    if picture.append_child(&line).is_err() || frame.append_child(&picture).is_err() {
        return;
    }
    let all = f64::from(line_ms + flight_ms);
    let drawn = f64::from(line_ms) / all;
    let frame = |offset: f64, rest: u32, opacity: u32| {
        object(&[
            ("offset", offset.into()),
            ("strokeDashoffset", rest.into()),
            ("opacity", opacity.into()),
        ])
    };
    let frames = Array::of4(
        &frame(0.0, 100, 1),
        &frame(drawn, 0, 1),
        &frame(0.9, 0, 1),
        &frame(1.0, 0, 0),
    );
    animate_and_remove(&line, &picture, &frames, all, delay_ms, "linear");
}

/// Animates an element, and removes what it is in at the end.
fn animate_and_remove(
    animated: &Element,
    whole: &Element,
    frames: &Array,
    ms: f64,
    delay_ms: u32,
    easing: &str,
) {
    let options = object(&[
        ("duration", ms.into()),
        ("delay", delay_ms.into()),
        ("fill", "both".into()),
        ("easing", easing.into()),
    ]);
    let animation = animated
        .unchecked_ref::<Animated>()
        .animate(frames, &options);
    let whole = whole.clone();
    match animation {
        Ok(animation) => {
            animation.set_on_finish(&Closure::once_into_js(move || whole.remove()));
        }
        Err(_) => whole.remove(),
    }
}

/// Lets a token travel along a way and the tile appear where it ends, after a while.
pub fn travel(frame: &Element, tile: &Element, way: &[Point], ms: u32, delay_ms: u32) {
    let Ok(token) = document().create_element("span") else {
        return;
    };
    token.set_class_name("token");
    let _ = token.set_attribute("aria-hidden", "true");
    let mark = child(tile, ".mark").and_then(|mark| mark.clone_node_with_deep(true).ok());
    if let Some(mark) = mark {
        let _ = token.append_child(&mark);
    }
    if frame.append_child(&token).is_err() {
        return;
    }
    let lengths: Vec<f64> = way
        .array_windows()
        .map(|[a, b]| (a.x - b.x).abs() + (a.y - b.y).abs())
        .collect();
    let total: f64 = lengths.iter().sum::<f64>().max(1.0);
    let frames = Array::new();
    let mut gone = 0.0;
    for (point, length) in way.iter().zip(std::iter::once(&0.0).chain(&lengths)) {
        gone += length;
        // The middle of the token is on the way, whatever its size.
        let (x, y) = (point.x, point.y);
        let transform = format!("translate({x:.1}px, {y:.1}px) translate(-50%, -50%)");
        frames.push(&object(&[
            ("transform", transform.into()),
            ("offset", (gone / total).min(1.0).into()),
        ]));
    }
    let easing = "cubic-bezier(.45,.05,.35,1)";
    animate_and_remove(&token, &token, &frames, ms.into(), delay_ms, easing);
    let hidden = object(&[("opacity", 0.into())]);
    let _ = tile.unchecked_ref::<Animated>().animate(
        &Array::of2(&hidden, &hidden),
        &object(&[("duration", (ms + delay_ms).into())]),
    );
}

/// A short shake, as when a pod failed.
pub fn shake(element: &Element) {
    let shifts = ["0", "-4px", "4px", "-3px", "2px", "0"];
    let frames = shifts.map(|x| format!("translateX({x})"));
    move_briefly(element, &frames, "linear");
}

/// A short pop, as when a pod became ready.
pub fn pop(element: &Element) {
    let frames = ["scale(0.7)", "scale(1.3)", "none"].map(str::to_owned);
    move_briefly(element, &frames, "ease-out");
}

fn move_briefly(element: &Element, transforms: &[String], easing: &str) {
    let frames = Array::new();
    for transform in transforms {
        frames.push(&object(&[("transform", transform.into())]));
    }
    let options = object(&[("duration", 420.into()), ("easing", easing.into())]);
    let _ = element
        .unchecked_ref::<Animated>()
        .animate(&frames, &options);
}

/// Starts a ring that goes from one share of a hundred to another in this many simulated milliseconds, of which some are
/// over.
pub fn start_ring(
    circle: &Element,
    (from, to): (u32, u32),
    length_ms: u64,
    past_ms: u64,
    quarters: u64,
) {
    let animated = circle.unchecked_ref::<Animated>();
    for old in animated.animations() {
        old.unchecked_ref::<Animation>().cancel();
    }
    let frames = Array::of2(
        &object(&[("strokeDashoffset", (100 - from).into())]),
        &object(&[("strokeDashoffset", (100 - to).into())]),
    );
    // Drawn in steps: nobody sees a ring grow by less, and each step is a drawing.
    let options = object(&[
        ("duration", (length_ms as f64).into()),
        ("fill", "both".into()),
        ("easing", "steps(50)".into()),
    ]);
    if let Ok(animation) = animated.animate(&frames, &options) {
        animation.set_current_time(past_ms as f64);
        run(&animation, quarters);
    }
}

/// Lets what an element animates go on at this speed; zero: it stands.
pub fn set_rate(element: &Element, quarters: u64) {
    for animation in element.unchecked_ref::<Animated>().animations() {
        run(animation.unchecked_ref(), quarters);
    }
}

fn run(animation: &Animation, quarters: u64) {
    if quarters == 0 {
        animation.pause();
    } else {
        animation.set_playback_rate(quarters as f64 / 4.0);
        animation.play();
    }
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a property of a plain object can't fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object
}
