//! The button that adds nodes, the menu beside it, and the dialogs for many and for another cluster's.

use super::dialog::Modal;
use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::menu::{Menu, MenuItem};
use crate::app::msg::{ADD_MAX, Dialog, Msg, NodeKind};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

pub fn add_node_menu(dispatch: &Dispatch) -> Html {
    let add = |kind, count| dispatch.on::<()>(Msg::AddNodes { kind, count });
    let open = |dialog| dispatch.on::<()>(Msg::Open(Some(dialog)));
    let mut items: Vec<MenuItem> = NodeKind::ALL
        .into_iter()
        .map(|kind| MenuItem::about(kind.title(), kind.about(), add(kind, 1)))
        .collect();
    items.push(MenuItem::Heading("Many".into()));
    items.push(MenuItem::action("10 workers", add(NodeKind::Worker, 10)));
    items.push(MenuItem::action("100 workers", add(NodeKind::Worker, 100)));
    items.push(MenuItem::about(
        "Add N workers…",
        "any number up to 5000; many are drawn as a map",
        open(Dialog::AddWorkers),
    ));
    items.push(MenuItem::about(
        "Import nodes…",
        "what kubectl get nodes -o yaml prints",
        open(Dialog::ImportNodes),
    ));
    html! {
        <div class="cluster__add">
            <button type="button" class="button" id="add-node" onclick={dispatch.on(Msg::AddNodes { kind: NodeKind::Worker, count: 1 })}>
                { icon(Icon::Plus) }{ "Add node" }
            </button>
            <Menu id="add-node-menu" label="Add nodes of another kind" items={items} class="cluster__kinds">{ icon(Icon::Chevron) }</Menu>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct AddNodesProps {
    pub is_import: bool,
    /// What is wrong with what was pasted.
    pub error: Option<AttrValue>,
}

/// How many workers, or the nodes of another cluster.
#[component]
pub fn AddNodes(props: &AddNodesProps) -> Html {
    let dispatch = use_dispatch();
    let field = use_node_ref();
    let on_submit = {
        let (field, is_import) = (field.clone(), props.is_import);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            // A cast isn't checked: which of the two it is must be known.
            let msg = if is_import {
                let area = field.cast::<HtmlTextAreaElement>();
                area.map(|area| Msg::ImportNodes(area.value()))
            } else {
                let input = field.cast::<HtmlInputElement>();
                input.map(|input| Msg::AddWorkers(input.value().trim().parse().unwrap_or(0)))
            };
            if let Some(msg) = msg {
                dispatch.send(msg);
            }
        })
    };
    let described = props.error.is_some().then_some("import-error");
    html! {
        <Modal title={if props.is_import { "Import nodes" } else { "Add workers" }} class="add-nodes">
            <form class="add-nodes__form" onsubmit={on_submit}>
                if props.is_import {
                    <label for="import-text">{ "Paste what " }<code>{ "kubectl get nodes -o yaml" }</code>{ " or " }<code>{ "-o json" }</code>{ " prints, or Node manifests" }</label>
                    <textarea id="import-text" ref={field} rows="12" spellcheck="false" autocapitalize="off" aria-invalid={props.error.is_some().to_string()} aria-describedby={described} />
                    if let Some(error) = &props.error { <p class="error-text" id="import-error" role="alert">{ icon(Icon::Warning) }<span>{ error }</span></p> }
                    <p class="add-nodes__note">{ "Names, labels, taints, sizes and conditions are kept. Nothing leaves your browser." }</p>
                } else {
                    <label for="add-count">{ format!("How many, from 1 to {ADD_MAX}") }</label>
                    <input id="add-count" ref={field} type="number" inputmode="numeric" min="1" max={ADD_MAX.to_string()} value="25" required={true} />
                }
                <button type="submit" class="button button--primary">{ if props.is_import { "Import" } else { "Add" } }</button>
            </form>
        </Modal>
    }
}
