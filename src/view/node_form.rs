//! Labels and taints of a node, edited on its card.

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use crate::app::NodeError;
use crate::app::msg::{Msg, NodeMsg};
use crate::present::node::NodeCard;
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct NodeFormProps {
    pub node: Rc<NodeCard>,
    pub error: Option<NodeError>,
}

/// Each label and taint with a button that takes it off, and a field to add one, in kubectl's notation.
#[component]
pub fn NodeForm(props: &NodeFormProps) -> Html {
    let dispatch = use_dispatch();
    let node = &props.node;
    let act = |msg: NodeMsg| dispatch.on::<MouseEvent>(Msg::Node(node.name.clone(), msg));
    let on_key = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                dispatch.send(Msg::EditNode(None));
            }
        })
    };
    let error = |is_taint: bool| {
        let error = props
            .error
            .as_ref()
            .filter(|error| error.is_taint == is_taint);
        error.map(|error| AttrValue::from(error.text.clone()))
    };
    html! {
        <section class="node-form" aria-label={format!("Labels and taints of {}", node.name)} onkeydown={on_key}>
            <h4>{ "Labels" }</h4>
            <ul class="node-form__list">
                { for node.labels.iter().map(|label| html! {
                    <li key={label.key.clone()}>
                        <code>{ label.text() }</code>
                        <button type="button" class="icon-button" aria-label={format!("Remove label {}", label.key)}
                            onclick={act(NodeMsg::RemoveLabel(label.key.clone()))}>{ icon(Icon::Close) }</button>
                    </li>
                }) }
            </ul>
            <AddField id={format!("add-label-{}", node.name)} label="Add or change a label" placeholder="disk=ssd" error={error(false)}
                on_add={ let (d, n) = (dispatch.clone(), node.name.clone()); Callback::from(move |text| d.send(Msg::Node(n.clone(), NodeMsg::AddLabel(text)))) } />
            <h4>{ "Taints" }</h4>
            <ul class="node-form__list">
                { for node.taints.iter().enumerate().map(|(i, taint)| html! {
                    <li key={taint.text()}>
                        <code>{ taint.text() }</code>
                        <button type="button" class="icon-button" aria-label={format!("Remove taint {}", taint.text())}
                            onclick={act(NodeMsg::RemoveTaint(i))}>{ icon(Icon::Close) }</button>
                    </li>
                }) }
            </ul>
            <AddField id={format!("add-taint-{}", node.name)} label="Add a taint" placeholder="dedicated=db:NoSchedule" error={error(true)}
                on_add={ let (d, n) = (dispatch.clone(), node.name.clone()); Callback::from(move |text| d.send(Msg::Node(n.clone(), NodeMsg::AddTaint(text)))) } />
            <button type="button" class="button" onclick={dispatch.on(Msg::EditNode(None))}>{ "Done" }</button>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct AddFieldProps {
    pub id: AttrValue,
    pub label: AttrValue,
    pub placeholder: AttrValue,
    /// Why the last text was refused.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    pub on_add: Callback<String>,
}

/// A field and its Add button; the text stays until the button or Enter, and after it, in case it was refused.
#[component]
pub fn AddField(props: &AddFieldProps) -> Html {
    let input = use_node_ref();
    let on_submit = {
        let (input, on_add) = (input.clone(), props.on_add.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.cast::<HtmlInputElement>() {
                on_add.emit(input.value());
                input.select();
            }
        })
    };
    let error_id = format!("{}-error", props.id);
    html! {
        <form class="add-field" onsubmit={on_submit}>
            <label for={props.id.clone()}>{ &props.label }</label>
            <input id={props.id.clone()} ref={input} placeholder={props.placeholder.clone()} autocomplete="off" autocapitalize="off" spellcheck="false"
                aria-invalid={props.error.as_ref().map(|_| "true")} aria-describedby={props.error.as_ref().map(|_| error_id.clone())} />
            <button type="submit" class="button">{ "Add" }</button>
            if let Some(error) = &props.error { <p class="error-text" id={error_id}>{ icon(Icon::Warning) }<span>{ error }</span></p> }
        </form>
    }
}
