//! Tests that need wasm in a browser: `cargo xtask test web` runs them in Chromium.
//!
//! Natively this file is empty.
#![cfg(target_arch = "wasm32")]

#[path = "common/trace_hash.rs"]
mod trace_hash;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn there_is_a_document() {
    assert!(
        web_sys::window()
            .and_then(|window| window.document())
            .is_some()
    );
}

#[wasm_bindgen_test]
fn the_fixed_history_has_the_hash_that_it_has_natively() {
    assert_eq!(trace_hash::trace_hash(), trace_hash::EXPECTED);
}

/// The map of many nodes: what needs a canvas, a size and a keyboard.
mod fleet {
    use super::*;
    use daemonset_playground::present::fleet::{
        CellFlags, CellRevision, CellState, FleetNode, FleetView,
    };
    use daemonset_playground::view::fleet::{Fleet, FleetProps};
    use gloo::utils::document;
    use std::cell::RefCell;
    use std::rc::Rc;
    use wasm_bindgen::JsCast;
    use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, KeyboardEvent};

    const GREY: [u8; 3] = [128, 128, 128];

    fn view(count: u32) -> Rc<FleetView> {
        let node = |i: u32| FleetNode {
            name: format!("node-{i}").into(),
            state: CellState::Ready,
            revision: CellRevision::New,
            pod: Some(format!("agent-{i}").into()),
            second: None,
            flags: CellFlags::default(),
        };
        Rc::new((1..=count).map(node).collect())
    }

    struct Mounted {
        host: Element,
        app: Option<yew::AppHandle<Fleet>>,
        chosen: Rc<RefCell<Vec<String>>>,
    }

    impl Mounted {
        fn find<T: JsCast>(&self, selector: &str) -> T {
            let element = self.host.query_selector(selector).unwrap();
            element
                .unwrap_or_else(|| panic!("{selector}"))
                .unchecked_into()
        }

        async fn key(&self, key: &str) {
            let init = web_sys::KeyboardEventInit::new();
            init.set_key(key);
            init.set_bubbles(true);
            init.set_cancelable(true);
            let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
            let stage: Element = self.find(".fleet__stage");
            stage.dispatch_event(&event).unwrap();
            settled().await;
        }

        fn said(&self) -> String {
            let element: Element = self.find(".fleet__said");
            element.text_content().unwrap_or_default()
        }
    }

    impl Drop for Mounted {
        fn drop(&mut self) {
            if let Some(app) = self.app.take() {
                app.destroy();
            }
            self.host.remove();
        }
    }

    async fn settled() {
        yew::scheduler::flush().await;
    }

    /// Sizes are told once a frame.
    async fn frame() {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            let window = web_sys::window().unwrap();
            window.request_animation_frame(&resolve).unwrap();
        });
        wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
    }

    /// A map of 800 by 400 CSS pixels.
    async fn mount(count: u32) -> Mounted {
        let host = document().create_element("div").unwrap();
        let style = host.unchecked_ref::<web_sys::HtmlElement>().style();
        style.set_property("width", "800px").unwrap();
        document().body().unwrap().append_child(&host).unwrap();
        let chosen = Rc::new(RefCell::new(Vec::new()));
        let on_select = {
            let chosen = chosen.clone();
            yew::Callback::from(move |name: Rc<str>| chosen.borrow_mut().push(name.to_string()))
        };
        let props = FleetProps {
            groups: Rc::default(),
            group_by: Default::default(),
            on_group: yew::Callback::noop(),
            view: view(count),
            set: None,
            selected: None,
            parts: Vec::new(),
            on_select,
        };
        let app = yew::Renderer::<Fleet>::with_root_and_props(host.clone(), props).render();
        settled().await;
        // No stylesheet is loaded here: give the stage its size, and let the component notice.
        let mounted = Mounted {
            host,
            app: Some(app),
            chosen,
        };
        let stage: web_sys::HtmlElement = mounted.find(".fleet__stage");
        stage.style().set_property("height", "400px").unwrap();
        frame().await;
        frame().await;
        settled().await;
        mounted
    }

    #[wasm_bindgen_test]
    async fn cells_are_painted() {
        let mounted = mount(5_000).await;
        let canvas: HtmlCanvasElement = mounted.find("canvas");
        assert!(canvas.width() >= 700, "{}", canvas.width());
        let context = canvas.get_context("2d").unwrap().unwrap();
        let context: CanvasRenderingContext2d = context.unchecked_into();
        let (width, height) = (canvas.width().into(), canvas.height().into());
        let data = context
            .get_image_data(0.0, 0.0, width, height)
            .unwrap()
            .data();
        // Without a stylesheet every colour is grey; an untouched canvas would be black.
        let grey = data.chunks(4).filter(|pixel| pixel[..3] == GREY).count();
        assert_eq!(grey, data.len() / 4);
    }

    #[wasm_bindgen_test]
    async fn keys_move_the_cursor_say_where_it_is_and_choose() {
        let mounted = mount(300).await;
        assert_eq!(mounted.said(), "");
        mounted.key("ArrowRight").await;
        assert!(
            mounted
                .said()
                .starts_with("node-1: pod ready, pod agent-1, new revision")
        );
        mounted.key("ArrowRight").await;
        assert!(
            mounted.said().ends_with("row 1, column 2"),
            "{}",
            mounted.said()
        );
        mounted.key("Enter").await;
        assert_eq!(*mounted.chosen.borrow(), ["node-2"]);
    }

    #[wasm_bindgen_test]
    async fn keys_zoom_and_show_all_again() {
        let mounted = mount(5_000).await;
        let is_zoomed = || {
            mounted
                .find::<Element>(".fleet__stage")
                .has_attribute("data-zoomed")
        };
        assert!(!is_zoomed());
        for _ in 0..4 {
            mounted.key("+").await;
        }
        assert!(is_zoomed());
        mounted.key("0").await;
        assert!(!is_zoomed());
    }
}
