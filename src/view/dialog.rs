//! Dialogs: the box that all of them are in; help, and the question before everything goes.

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use crate::app::msg::{Dialog as Which, Msg, Shortcut};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

const FOCUSABLE: &str = "button:not(:disabled), a[href], input, select, textarea, [tabindex=\"0\"]";

#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    pub which: Which,
}

#[derive(Clone, PartialEq, Properties)]
pub struct ModalProps {
    pub title: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    pub children: Html,
}

/// A box over the page; Escape closes it, and Tab stays in it.
#[component]
pub fn Modal(props: &ModalProps) -> Html {
    let dispatch = use_dispatch();
    let root = use_node_ref();
    {
        let root = root.clone();
        use_effect_with((), move |()| {
            if let Some(first) = root
                .cast::<Element>()
                .and_then(|root| buttons(&root).into_iter().next())
            {
                let _ = first.focus();
            }
        });
    }
    let on_key = {
        let (dispatch, root) = (dispatch.clone(), root.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                dispatch.send(Msg::Open(None));
            }
            "Tab" => {
                let Some(root) = root.cast::<Element>() else {
                    return;
                };
                let (all, active) = (buttons(&root), gloo::utils::document().active_element());
                let at = all.iter().position(|b| Some(b.as_ref()) == active.as_ref());
                let last = all.len().saturating_sub(1);
                let wrapped = match (at, event.shift_key()) {
                    (Some(0), true) => last,
                    (Some(i), false) if i == last => 0,
                    _ => return,
                };
                event.prevent_default();
                if let Some(button) = all.get(wrapped) {
                    let _ = button.focus();
                }
            }
            _ => {}
        })
    };
    html! {
        <div class="backdrop" onkeydown={on_key}>
            <div class={classes!("dialog", props.class.clone())} role="dialog" aria-modal="true" aria-labelledby="dialog-heading" ref={root}>
                <div class="panel__head">
                    <h2 id="dialog-heading">{ &props.title }</h2>
                    <button type="button" class="icon-button" aria-label="Close" onclick={dispatch.on(Msg::Open(None))}>{ icon(Icon::Close) }</button>
                </div>
                { props.children.clone() }
            </div>
        </div>
    }
}

/// A dialog whose content is always the same.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let dispatch = use_dispatch();
    let (title, body) = match props.which {
        Which::Help => ("How this works", help()),
        Which::Reset => (
            "Start over?",
            html! {
                <>
                    <p>{ "The cluster, its history and the texts in the editor go back to the first visit. Share copies a link that brings all of it back." }</p>
                    <p class="dialog__actions">
                        <button type="button" class="button button--primary" onclick={dispatch.on(Msg::Reset)}>{ "Start over" }</button>
                        <button type="button" class="button" onclick={dispatch.on(Msg::Open(None))}>{ "Keep everything" }</button>
                    </p>
                </>
            },
        ),
        Which::Compare => return html! {},
    };
    html! { <Modal {title}>{ body }</Modal> }
}

fn buttons(root: &Element) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(FOCUSABLE) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|i| found.get(i)?.dyn_into().ok())
        .collect()
}

fn help() -> Html {
    html! {
        <div class="help">
            <p>{ "A whole cluster runs in this page: an API server, the DaemonSet controller, the scheduler, a kubelet on each node. They behave as in Kubernetes 1.36, with its timings; nothing leaves your browser." }</p>
            <ol>
                <li>{ "Apply the manifest on the left. The DaemonSet controller creates one pod for each eligible node; the scheduler binds it." }</li>
                <li>{ "Change the cluster: add a node, put a taint on it, take a label off, power it down. Or change the image and apply again." }</li>
                <li>{ "Click any node, pod, number or event: the panel on the right says why, and walks back to what you did." }</li>
                <li>{ "Drag the time back to look again. Doing something in the past starts another history from there; both are kept. A bookmark brings you back to a moment." }</li>
            </ol>
            <h3>{ "Keys" }</h3>
            <dl class="keys">
                <div><dt><kbd>{ "Ctrl/Cmd" }</kbd>{ " " }<kbd>{ "Enter" }</kbd></dt><dd>{ "apply, from the editor" }</dd></div>
                { for Shortcut::ALL.iter().map(|(key, _, what)| html! { <div><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></div> }) }
                <div><dt><kbd>{ "Ctrl/Cmd" }</kbd>{ " " }<kbd>{ "Z" }</kbd></dt><dd>{ "undo the last command; with Shift, redo" }</dd></div>
            </dl>
            <p>{ "Letters work when the keyboard isn't in a text field. Tab leaves the editor." }</p>
        </div>
    }
}
