//! Named moments and histories: a list behind a button, in which names can be changed.

use super::icons::{Icon, icon};
use super::menu::use_opening;
use crate::present::timeline::NAME_MAX;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// One that can be gone to.
#[derive(Clone, PartialEq)]
pub struct PlaceRow {
    pub name: AttrValue,
    pub about: AttrValue,
    pub is_current: bool,
    /// The shown history has nowhere to go to.
    pub go: Option<Callback<()>>,
    pub rename: Callback<String>,
    pub remove: Option<Callback<()>>,
    /// It can't be had back, so it is asked for twice.
    pub asks: bool,
}

#[derive(Clone, PartialEq, Properties)]
pub struct PlacesProps {
    /// Unique on the page.
    pub id: AttrValue,
    pub label: AttrValue,
    /// What the button shows.
    pub children: Html,
    pub title: AttrValue,
    /// What is kept, and for how long.
    pub note: AttrValue,
    pub rows: Vec<PlaceRow>,
    #[prop_or_default]
    pub class: Classes,
}

/// What a row shows instead of its buttons.
#[derive(Clone, Copy, PartialEq)]
enum Doing {
    Rename(usize),
    Remove(usize),
}

/// A button that opens the list; a click on a name goes there.
#[component]
pub fn Places(props: &PlacesProps) -> Html {
    let opening = use_opening(&props.id, ".place__go, .place__edit");
    let doing = use_state_eq(|| None::<Doing>);
    // The row's field or button that had the keyboard goes; the list keeps it.
    let hold = {
        let (list, doing) = (opening.list.clone(), doing.clone());
        Callback::from(move |what: Option<Doing>| {
            if let Some(list) = list.cast::<HtmlElement>() {
                let _ = list.focus();
            }
            doing.set(what);
        })
    };
    let on_toggle = {
        let (toggle, doing) = (opening.on_toggle(), doing.clone());
        Callback::from(move |event| {
            doing.set(None);
            toggle.emit(event);
        })
    };
    let on_key = {
        let (opening, hold, doing) = (opening.clone(), hold.clone(), doing.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if doing.is_some() => {
                event.stop_propagation();
                hold.emit(None);
            }
            _ => opening.heard(&event),
        })
    };
    let row = |(index, row): (usize, &PlaceRow)| {
        let start = |what: Doing| {
            let hold = hold.clone();
            Callback::from(move |_: MouseEvent| hold.emit(Some(what)))
        };
        let end = |on: &Callback<()>| {
            let (hold, on) = (hold.clone(), on.clone());
            Callback::from(move |_: MouseEvent| {
                hold.emit(None);
                on.emit(());
            })
        };
        let go = row.go.clone().map(|go| {
            let opening = opening.clone();
            Callback::from(move |_: MouseEvent| {
                opening.close();
                go.emit(());
            })
        });
        let name = html! { <><b>{ &row.name }</b><small>{ &row.about }</small></> };
        html! {
            <li class="place" key={index} aria-current={row.is_current.then_some("true")}>
                if *doing == Some(Doing::Rename(index)) {
                    <NameField name={row.name.clone()} on={row.rename.clone()} done={hold.reform(|()| None)} />
                } else if *doing == Some(Doing::Remove(index)) {
                    <span class="place__name">{ "Remove “" }{ &row.name }{ "” for good?" }</span>
                    <button type="button" class="button button--small" onclick={row.remove.as_ref().map(end)}>{ "Remove" }</button>
                    <button type="button" class="button button--small" onclick={end(&Callback::noop())}>{ "Keep" }</button>
                } else {
                    if let Some(go) = go {
                        <button type="button" class="place__name place__go" onclick={go}>{ name }</button>
                    } else {
                        <span class="place__name">{ name }</span>
                    }
                    <button type="button" class="icon-button place__edit" aria-label={format!("Rename {}", row.name)} title="Rename" onclick={start(Doing::Rename(index))}>{ icon(Icon::Edit) }</button>
                    if let Some(remove) = &row.remove {
                        <button type="button" class="icon-button" aria-label={format!("Remove {}", row.name)} title="Remove"
                            onclick={if row.asks { start(Doing::Remove(index)) } else { end(remove) }}>{ icon(Icon::Close) }</button>
                    }
                }
            </li>
        }
    };
    html! {
        <div class={classes!("menu", props.class.clone())} ref={opening.root.clone()} onkeydown={on_key} onfocusout={opening.on_focus_out()}>
            <button type="button" class="menu__button" id={opening.button_id.clone()} aria-haspopup="dialog" aria-expanded={opening.is_open.to_string()}
                aria-label={props.label.clone()} title={props.label.clone()} onclick={on_toggle}>
                { props.children.clone() }
            </button>
            if *opening.is_open {
                <div class="menu__list places" role="dialog" popover="manual" aria-label={props.title.clone()} tabindex="-1" ref={opening.list.clone()}>
                    <h3>{ &props.title }</h3>
                    <ul>{ for props.rows.iter().enumerate().map(row) }</ul>
                    <p class="places__note">{ &props.note }</p>
                </div>
            }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct NameFieldProps {
    name: AttrValue,
    on: Callback<String>,
    done: Callback<()>,
}

/// A name as a field; Enter takes what was typed, Escape leaves it as it was.
#[component]
fn NameField(props: &NameFieldProps) -> Html {
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with((), move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                let _ = input.focus();
                input.select();
            }
        });
    }
    let on_submit = {
        let (input, props) = (input.clone(), props.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.cast::<HtmlInputElement>() {
                props.on.emit(input.value());
            }
            props.done.emit(());
        })
    };
    html! {
        <form class="place__form" onsubmit={on_submit}>
            <input ref={input} value={props.name.clone()} maxlength={NAME_MAX.to_string()} aria-label="Name" autocomplete="off" spellcheck="false" />
            <button type="submit" class="button button--small">{ "Rename" }</button>
        </form>
    }
}
