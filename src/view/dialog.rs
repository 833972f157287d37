//! Dialogs: the box that all of them are in; help; how far a link is opened.

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use super::platform;
use crate::app::msg::{Msg, Shortcut};
use crate::present::compare::Progress;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct ModalProps {
    pub title: AttrValue,
    #[prop_or_default]
    pub class: Classes,
    /// Closes it.
    #[prop_or(Msg::Open(None))]
    pub close: Msg,
    pub children: Html,
}

/// A box over the page; Escape closes it, and Tab stays in it. The focus goes back to where it was.
#[component]
pub fn Modal(props: &ModalProps) -> Html {
    let dispatch = use_dispatch();
    let root = use_node_ref();
    {
        let root = root.clone();
        use_effect_with((), move |()| {
            let opener = platform::focused();
            let all = root.cast::<Element>().map(|root| buttons(&root));
            if let Some(first) = all.unwrap_or_default().first() {
                let _ = first.focus();
            }
            move || platform::focus_again(opener.as_ref())
        });
    }
    let on_key = {
        let (dispatch, root, close) = (dispatch.clone(), root.clone(), props.close.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                dispatch.send(close.clone());
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
                    <button type="button" class="icon-button" aria-label="Close" onclick={dispatch.on(props.close.clone())}>{ icon(Icon::Close) }</button>
                </div>
                { props.children.clone() }
            </div>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct OpeningProps {
    pub progress: Progress,
}

/// A link with a long history is played.
#[component]
pub fn Opening(props: &OpeningProps) -> Html {
    let dispatch = use_dispatch();
    html! {
        <Modal title="Opening the link" close={Msg::CancelOpening}>
            <p>{ "Its history is replayed. Until then, this page stays as it is." }</p>
            <progress class="progress" max="1000" value={props.progress.permille.to_string()} aria-label="Played"></progress>
            <p class="progress__text">{ &props.progress.text }</p>
            <p class="dialog__actions"><button type="button" class="button" id="cancel-opening" onclick={dispatch.on(Msg::CancelOpening)}>{ "Cancel" }</button></p>
        </Modal>
    }
}

fn buttons(root: &Element) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(platform::FOCUSABLE) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|i| found.get(i)?.dyn_into().ok())
        .collect()
}

#[derive(Clone, PartialEq, Properties)]
pub struct HelpProps {
    pub has_shortcuts: bool,
}

#[component]
pub fn Help(props: &HelpProps) -> Html {
    let dispatch = use_dispatch();
    let key = |key: &str| {
        let key = key.to_uppercase();
        html! { <kbd>{ if key == "ESCAPE" { "Esc" } else { &key } }</kbd> }
    };
    html! {
        <Modal title="How this works"><div class="help">
            <p>{ "A whole cluster runs in this page: an API server, the DaemonSet controller, the scheduler, a kubelet on each node. They behave as in Kubernetes 1.36, with its timings. Nothing leaves your browser." }</p>
            <ol>
                <li>{ "Apply the manifest on the left. The DaemonSet controller creates a pod for each eligible node; the scheduler binds it." }</li>
                <li>{ "Change the cluster: add a node, taint it, remove a label, power it off. Or change the image and apply again." }</li>
                <li>{ "Click a node, a pod, a number or an event: the right side says why, and how it came about." }</li>
                <li>{ "Drag the time back to look again. Acting there starts a branch; both are kept. A bookmark brings you back to a moment." }</li>
            </ol>
            <h3>{ "Keys" }</h3>
            <label class="switch"><input type="checkbox" role="switch" id="shortcuts" checked={props.has_shortcuts} onclick={dispatch.on(Msg::SetShortcuts(!props.has_shortcuts))} />
                <span>{ "Keyboard shortcuts" }</span></label>
            <dl class="keys" data-off={(!props.has_shortcuts).to_string()}>
                { for Shortcut::ALL.iter().map(|(name, shortcut, what)| html! {
                    <div data-single={shortcut.is_single_key().to_string()}><dt>{ key(name) }</dt><dd>{ what }</dd></div>
                }) }
                <div><dt><kbd>{ "Ctrl/Cmd" }</kbd>{ " " }<kbd>{ "Enter" }</kbd></dt><dd>{ "apply, from the editor" }</dd></div>
                <div><dt><kbd>{ "Ctrl/Cmd" }</kbd>{ " " }<kbd>{ "Z" }</kbd></dt><dd>{ "undo; with Shift, redo" }</dd></div>
            </dl>
            <p class="keys__about">{ if props.has_shortcuts { "Single keys don't act in text fields, menus and dialogs." } else { "Single keys are off. Ctrl and Esc still work." } }{ " Tab leaves the editor." }</p>
        </div></Modal>
    }
}
