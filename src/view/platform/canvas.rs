//! The browser as a canvas sees it: its context, its size, the page's colours, and wheels.

use crate::present::fleet::raster::{Colour, Raster, parse_colour};
use crate::present::fleet::shape::Rect;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::{document, window};
use js_sys::{Object, Reflect};
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, ImageData, MutationObserver,
    MutationObserverInit, ResizeObserver, WheelEvent,
};

/// Pixels of the screen per CSS pixel.
pub fn pixel_ratio() -> f64 {
    window().device_pixel_ratio()
}

/// A context without transparency: the browser needn't blend the canvas with what is below.
pub fn opaque_context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let options = Object::new();
    // Setting a property of a plain object can't fail.
    let _ = Reflect::set(&options, &"alpha".into(), &false.into());
    let context = canvas.get_context_with_context_options("2d", &options);
    context.ok().flatten()?.dyn_into().ok()
}

/// What a CSS custom property is for this element.
pub fn custom_property(element: &Element, name: &str) -> String {
    let style = window().get_computed_style(element).ok().flatten();
    let value = style.and_then(|style| style.get_property_value(name).ok());
    value.unwrap_or_default().trim().to_owned()
}

/// A CSS custom property that is an opaque colour; grey if it isn't.
pub fn colour(element: &Element, name: &str) -> Colour {
    let value = custom_property(element, name);
    parse_colour(&value).unwrap_or([128, 128, 128, 255])
}

/// Copies parts of a raster to the same places of a canvas.
pub fn copy(context: &CanvasRenderingContext2d, raster: &Raster, parts: &[Rect]) {
    let (width, height) = (raster.width() as u32, raster.height() as u32);
    // This borrows our memory and copies nothing.
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(raster.bytes()), width, height);
    let Ok(image) = image else {
        return;
    };
    for part in parts {
        let (left, top) = (f64::from(part.left), f64::from(part.top));
        let (width, height) = (f64::from(part.width), f64::from(part.height));
        let _ = context.put_image_data_with_dirty_x_and_dirty_y_and_dirty_width_and_dirty_height(
            &image, 0.0, 0.0, left, top, width, height,
        );
    }
}

/// Puts an absolutely placed element there, in CSS pixels; through the CSSOM, which the page's policy allows.
pub fn place(element: &HtmlElement, left: f64, top: f64, size: Option<(f64, f64)>) {
    let style = element.style();
    let set = |name: &str, value: &str| {
        let _ = style.set_property(name, value);
    };
    set("transform", &format!("translate({left}px, {top}px)"));
    if let Some((width, height)) = size {
        set("width", &format!("{width}px"));
        set("height", &format!("{height}px"));
    }
}

/// Listens until it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    _call: Closure<dyn FnMut()>,
}

/// Calls now and whenever the element's size, or the number of pixels that it has, may be another.
pub fn watch_size(element: &Element, mut changed: impl FnMut() + 'static) -> Option<SizeWatch> {
    changed();
    let call = Closure::<dyn FnMut()>::new(changed);
    let observer = ResizeObserver::new(call.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(SizeWatch {
        observer,
        _call: call,
    })
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Listens until it is dropped.
pub struct ThemeWatch {
    observer: Option<MutationObserver>,
    _call: Closure<dyn FnMut()>,
    _media: Vec<EventListener>,
}

/// Calls whenever the page's colours may be others: the system's theme and contrast, or an attribute of `<html>`.
pub fn watch_theme(changed: impl Fn() + Clone + 'static) -> ThemeWatch {
    let media = ["(prefers-color-scheme: dark)", "(forced-colors: active)"]
        .into_iter()
        .filter_map(|query| window().match_media(query).ok().flatten())
        .map(|list| {
            let changed = changed.clone();
            EventListener::new(&list, "change", move |_| changed())
        })
        .collect();
    let call = Closure::<dyn FnMut()>::new(changed);
    let observer = MutationObserver::new(call.as_ref().unchecked_ref()).ok();
    let options = MutationObserverInit::new();
    options.set_attributes(true);
    if let (Some(observer), Some(root)) = (&observer, document().document_element()) {
        let _ = observer.observe_with_options(&root, &options);
    }
    ThemeWatch {
        observer,
        _call: call,
        _media: media,
    }
}

impl Drop for ThemeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Hears the wheel; unlike with `onwheel` in `html!`, the page can be kept from scrolling.
pub fn on_wheel(element: &Element, heard: impl Fn(&WheelEvent) + 'static) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(element, "wheel", options, move |event| {
        if let Some(event) = event.dyn_ref::<WheelEvent>() {
            heard(event);
        }
    })
}

/// Where an event happened on an element, in CSS pixels.
pub fn point_on(element: &Element, event: &web_sys::MouseEvent) -> (f64, f64) {
    let bounds = element.get_bounding_client_rect();
    (
        f64::from(event.client_x()) - bounds.left(),
        f64::from(event.client_y()) - bounds.top(),
    )
}
