//! A menu behind a button.

use super::icons::{Icon, icon};
use super::platform;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

#[derive(Clone, PartialEq)]
pub enum MenuItem {
    Action {
        label: AttrValue,
        about: Option<AttrValue>,
        on: Callback<()>,
        is_danger: bool,
    },
    Toggle {
        label: AttrValue,
        is_on: bool,
        on: Callback<()>,
    },
    Heading(AttrValue),
}

impl MenuItem {
    pub fn action(label: impl Into<AttrValue>, on: Callback<()>) -> MenuItem {
        MenuItem::Action {
            label: label.into(),
            about: None,
            on,
            is_danger: false,
        }
    }

    pub fn danger(label: impl Into<AttrValue>, on: Callback<()>) -> MenuItem {
        MenuItem::Action {
            label: label.into(),
            about: None,
            on,
            is_danger: true,
        }
    }

    pub fn about(
        label: impl Into<AttrValue>,
        about: impl Into<AttrValue>,
        on: Callback<()>,
    ) -> MenuItem {
        MenuItem::Action {
            label: label.into(),
            about: Some(about.into()),
            on,
            is_danger: false,
        }
    }

    pub fn toggle(label: impl Into<AttrValue>, is_on: bool, on: Callback<()>) -> MenuItem {
        MenuItem::Toggle {
            label: label.into(),
            is_on,
            on,
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct MenuProps {
    /// Unique on the page.
    pub id: AttrValue,
    /// What a screen reader calls the button.
    pub label: AttrValue,
    /// What the button shows.
    pub children: Html,
    pub items: Vec<MenuItem>,
    #[prop_or_default]
    pub class: Classes,
}

/// A button that opens a list of actions; arrow keys move in it, Escape and a click elsewhere close it.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let is_open = use_state(|| false);
    let root = use_node_ref();
    let list = use_node_ref();

    {
        let list = list.clone();
        use_effect_with(*is_open, move |is_open| {
            if *is_open && let Some(list) = list.cast::<Element>() {
                keep_in_view(&list);
                move_focus(&list, Step::First);
            }
        });
    }

    let button_id = format!("{}-button", props.id);
    let close = {
        let (is_open, button_id) = (is_open.clone(), button_id.clone());
        Callback::from(move |()| {
            is_open.set(false);
            platform::focus(&button_id);
        })
    };
    let on_toggle = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let on_key = {
        let (is_open, close, list) = (is_open.clone(), close.clone(), list.clone());
        Callback::from(move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "Escape" if *is_open => {
                    event.prevent_default();
                    event.stop_propagation();
                    close.emit(());
                    return;
                }
                "ArrowDown" if !*is_open => {
                    event.prevent_default();
                    is_open.set(true);
                    return;
                }
                "ArrowDown" => Step::Next,
                "ArrowUp" => Step::Previous,
                "Home" => Step::First,
                "End" => Step::Last,
                _ => return,
            };
            if let (true, Some(list)) = (*is_open, list.cast::<Element>()) {
                event.prevent_default();
                move_focus(&list, step);
            }
        })
    };
    let on_focus_out = {
        let (is_open, root) = (is_open.clone(), root.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|t| t.dyn_into::<web_sys::Node>().ok());
            let is_inside = root
                .cast::<Element>()
                .is_some_and(|root| root.contains(to.as_ref()));
            if !is_inside {
                is_open.set(false);
            }
        })
    };

    html! {
        <div class={classes!("menu", props.class.clone())} ref={root} onkeydown={on_key} onfocusout={on_focus_out}>
            <button type="button" class="menu__button" id={button_id} aria-haspopup="menu" aria-expanded={is_open.to_string()}
                aria-label={props.label.clone()} title={props.label.clone()} onclick={on_toggle}>
                { props.children.clone() }
            </button>
            if *is_open {
                <div class="menu__list" role="menu" aria-label={props.label.clone()} ref={list}>
                    { for props.items.iter().map(|item| entry(item, &close)) }
                </div>
            }
        </div>
    }
}

fn entry(item: &MenuItem, close: &Callback<()>) -> Html {
    let act = |on: &Callback<()>| {
        let (on, close) = (on.clone(), close.clone());
        Callback::from(move |_: MouseEvent| {
            close.emit(());
            on.emit(());
        })
    };
    match item {
        MenuItem::Heading(text) => {
            html! { <div class="menu__heading" role="presentation">{ text }</div> }
        }
        MenuItem::Action {
            label,
            about,
            on,
            is_danger,
        } => html! {
            <button type="button" role="menuitem" tabindex="-1" class="menu__item" data-danger={is_danger.to_string()} onclick={act(on)}>
                <span>{ label }</span>
                if let Some(about) = about { <small>{ about }</small> }
            </button>
        },
        MenuItem::Toggle { label, is_on, on } => html! {
            <button type="button" role="menuitemcheckbox" tabindex="-1" class="menu__item" aria-checked={is_on.to_string()} onclick={act(on)}>
                <span>{ label }</span>
                if *is_on { { icon(Icon::Check) } }
            </button>
        },
    }
}

enum Step {
    First,
    Last,
    Next,
    Previous,
}

fn move_focus(list: &Element, step: Step) {
    let Ok(found) = list.query_selector_all("[role^=menuitem]") else {
        return;
    };
    let items: Vec<HtmlElement> = (0..found.length())
        .filter_map(|i| found.get(i)?.dyn_into().ok())
        .collect();
    let active = gloo::utils::document().active_element();
    let at = items
        .iter()
        .position(|item| Some(item.as_ref()) == active.as_ref());
    let n = items.len();
    let to = match (step, at) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => n.saturating_sub(1),
        (Step::Next, Some(i)) => (i + 1) % n.max(1),
        (Step::Previous, Some(i)) => (i + n.max(1) - 1) % n.max(1),
    };
    if let Some(item) = items.get(to) {
        let _ = item.focus();
    }
}

/// Opens to the left, or upwards, where the right, or the bottom, has no room.
fn keep_in_view(list: &Element) {
    let rect = list.get_bounding_client_rect();
    let window = gloo::utils::window();
    let size = |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
        value.ok().and_then(|v| v.as_f64()).unwrap_or(f64::MAX)
    };
    if rect.right() > size(window.inner_width()) - 8.0 {
        let _ = list.class_list().add_1("menu__list--left");
    }
    if rect.bottom() > size(window.inner_height()) - 64.0 && rect.top() > rect.height() {
        let _ = list.class_list().add_1("menu__list--up");
    }
}
