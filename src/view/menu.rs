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

    /// What can't be had back but by undo, with the command that it runs.
    pub fn danger(
        label: impl Into<AttrValue>,
        about: impl Into<AttrValue>,
        on: Callback<()>,
    ) -> MenuItem {
        MenuItem::Action {
            label: label.into(),
            about: Some(about.into()),
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

/// What opens behind a button: Escape and a click elsewhere close it.
#[derive(Clone)]
pub struct Opening {
    pub is_open: UseStateHandle<bool>,
    pub button_id: String,
    pub root: NodeRef,
    pub list: NodeRef,
}

/// The list has the attribute `popover="manual"`, and `first` names what takes the keyboard in it.
#[hook]
pub fn use_opening(id: &str, first: &'static str) -> Opening {
    let opening = Opening {
        is_open: use_state(|| false),
        button_id: format!("{id}-button"),
        root: use_node_ref(),
        list: use_node_ref(),
    };
    let (list, button_id) = (opening.list.clone(), opening.button_id.clone());
    use_effect_with(*opening.is_open, move |is_open| {
        let list = list.cast::<HtmlElement>().filter(|_| *is_open);
        let kept = list.map(|list| {
            platform::float(&list, &button_id);
            let first = list.query_selector(first).ok().flatten();
            if let Some(first) = first.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
            platform::keep_beside(list, button_id)
        });
        move || drop(kept)
    });
    opening
}

impl Opening {
    pub fn close(&self) {
        self.is_open.set(false);
        platform::focus(&self.button_id);
    }

    pub fn on_toggle(&self) -> Callback<MouseEvent> {
        let is_open = self.is_open.clone();
        Callback::from(move |_| is_open.set(!*is_open))
    }

    pub fn heard(&self, event: &KeyboardEvent) {
        if event.key() == "Escape" && *self.is_open {
            event.prevent_default();
            event.stop_propagation();
            self.close();
        }
    }

    pub fn on_focus_out(&self) -> Callback<FocusEvent> {
        let (is_open, root) = (self.is_open.clone(), self.root.clone());
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
    }
}

/// A button that opens a list of actions; arrow keys and first letters move in it, Escape and a click elsewhere close it.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let opening = use_opening(&props.id, "[role^=menuitem]");
    let close = {
        let opening = opening.clone();
        Callback::from(move |()| opening.close())
    };
    let word = use_mut_ref(|| (0.0, String::new()));
    {
        let word = word.clone();
        use_effect_with(*opening.is_open, move |_| word.borrow_mut().1.clear());
    }
    let on_key = {
        let (opening, list) = (opening.clone(), opening.list.clone());
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            let has_command = event.ctrl_key() || event.meta_key() || event.alt_key();
            if let (true, Some(list)) = (*opening.is_open, list.cast::<Element>())
                && !has_command
                && key.chars().count() == 1
                && key != " "
            {
                let (now, mut word) = (platform::now_ms(), word.borrow_mut());
                if now - word.0 > WORD_MS {
                    word.1.clear();
                }
                word.0 = now;
                word.1.push_str(&key.to_lowercase());
                event.prevent_default();
                return find(&list, &word.1);
            }
            let step = match key.as_str() {
                "ArrowDown" if !*opening.is_open => {
                    event.prevent_default();
                    opening.is_open.set(true);
                    return;
                }
                "ArrowDown" => Step::Next,
                "ArrowUp" => Step::Previous,
                "Home" => Step::First,
                "End" => Step::Last,
                _ => return opening.heard(&event),
            };
            if let (true, Some(list)) = (*opening.is_open, list.cast::<Element>()) {
                event.prevent_default();
                move_focus(&list, step);
            }
        })
    };
    html! {
        <div class={classes!("menu", props.class.clone())} ref={opening.root.clone()} onkeydown={on_key} onfocusout={opening.on_focus_out()}>
            <button type="button" class="menu__button" id={opening.button_id.clone()} aria-haspopup="menu" aria-expanded={opening.is_open.to_string()}
                aria-label={props.label.clone()} title={props.label.clone()} onclick={opening.on_toggle()}>
                { props.children.clone() }
            </button>
            if *opening.is_open {
                <div class="menu__list" role="menu" popover="manual" tabindex="-1" aria-label={props.label.clone()} ref={opening.list.clone()}>
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

fn items_of(list: &Element) -> Vec<HtmlElement> {
    let found = list.query_selector_all("[role^=menuitem]").ok();
    let items = found
        .into_iter()
        .flat_map(|found| (0..found.length()).filter_map(move |i| found.get(i)?.dyn_into().ok()));
    items.collect()
}

/// The place of the item that has the keyboard.
fn focused(items: &[HtmlElement]) -> Option<usize> {
    let active = gloo::utils::document().active_element();
    items
        .iter()
        .position(|item| Some(item.as_ref()) == active.as_ref())
}

fn move_focus(list: &Element, step: Step) {
    let items = items_of(list);
    let (at, n) = (focused(&items), items.len());
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

/// Typed so soon after each other, letters make one word.
const WORD_MS: f64 = 700.0;

/// The next item that begins with what was typed; the same letter again goes on to the next one.
fn find(list: &Element, typed: &str) {
    let first = typed.chars().next();
    let is_one_letter = typed.chars().all(|letter| Some(letter) == first);
    let wanted = match first {
        Some(letter) if is_one_letter => &typed[..letter.len_utf8()],
        _ => typed,
    };
    let items = items_of(list);
    let begins = |item: &&HtmlElement| {
        let text = item.text_content().unwrap_or_default();
        text.trim_start().to_lowercase().starts_with(wanted)
    };
    // A word that grows may stay where it is.
    let from = focused(&items).map_or(0, |at| at + usize::from(is_one_letter));
    let mut after = items.iter().skip(from).chain(items.iter().take(from));
    if let Some(item) = after.find(begins) {
        let _ = item.focus();
    }
}
