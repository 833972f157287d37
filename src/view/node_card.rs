//! One node.

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::menu::{Menu, MenuItem};
use super::node_form::NodeForm;
use super::pod_tile::{PodTile, pointed};
use crate::app::NodeError;
use crate::app::msg::{Msg, NodeMsg, Selection};
use crate::app::node::kubectl;
use crate::present::node::{Label, NodeCard as Card, Pressure, TaintChip, Usage};
use crate::present::pod::PodId;
use crate::present::why::WhyPanel;
use crate::present::words::Tone;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct NodeCardProps {
    pub node: Rc<Card>,
    pub is_selected: bool,
    /// Of the pods on this node.
    pub selected_pod: Option<PodId>,
    /// The answer whose chain of causes is shown, and the link that is pointed at.
    #[prop_or_default]
    pub why: Option<Rc<WhyPanel>>,
    #[prop_or_default]
    pub pointed: Option<usize>,
    /// The form for labels and taints is open.
    pub is_editing: bool,
    /// Why the last edit of this node was refused.
    pub error: Option<NodeError>,
}

/// A node as a card: name, what keeps pods away, room, and its pods as tiles.
#[component]
pub fn NodeCard(props: &NodeCardProps) -> Html {
    let dispatch = use_dispatch();
    let node = &props.node;
    let why = props.why.as_ref();
    let part = why.and_then(|why| why.part_of_node(&node.name, props.pointed));
    // With its pod there, the tile says how it runs.
    let verdict = node
        .verdict
        .as_ref()
        .filter(|v| !matches!(v.tone, Tone::Good | Tone::Busy) || node.pods.is_empty());
    html! {
        <article class="node-card" id={format!("node-{}", node.name)} data-health={node.health.as_str()}
            data-cordoned={node.is_cordoned.to_string()} data-down={node.is_down.to_string()}
            data-links={part.as_ref().map(|part| part.links.clone())} data-pointed={pointed(part.as_ref())}
            data-selected={props.is_selected.to_string()} data-editing={props.is_editing.to_string()}
            aria-label={node.summary.clone()}>
            <header class="node-card__head">
                <h3 class="node-card__name">
                    <button type="button" class="node-card__select" aria-pressed={props.is_selected.to_string()}
                        title={format!("Why does {} have its pods?", node.name)}
                        onclick={dispatch.on(Msg::Select(Selection::Node(node.name.clone())))}>
                        { &*node.name }
                    </button>
                </h3>
                <div class="node-card__tools">
                    if !props.is_editing {
                        <button type="button" class="icon-button node-card__edit" id={format!("edit-{}", node.name)}
                            aria-label={format!("Edit labels and taints of {}", node.name)} title="Edit labels and taints"
                            onclick={dispatch.on(Msg::EditNode(Some(node.name.clone())))}>{ icon(Icon::Edit) }</button>
                    }
                    <Menu id={format!("menu-{}", node.name)} class="node-card__menu" label={format!("Actions for {}", node.name)}
                        items={items(node, &dispatch)}>{ icon(Icon::More) }</Menu>
                </div>
            </header>
            <p class="node-card__facts">
                <span class="status-word" data-health={node.health.as_str()}>{ &node.status }</span>
                if node.is_down { <span class="status-word" data-health="Down">{ "powered off" }</span> }
                <span class="node-card__about">
                    { if node.roles.is_empty() { "worker".to_owned() } else { node.roles.join(", ") } }<span class="node-card__platform">{ " · " }{ &node.platform }</span>
                </span>
            </p>
            <div class="node-card__slot">
                <ul class="pods" aria-label={format!("Pods on {}", node.name)}>
                    { for node.pods.iter().map(|pod| html! {
                        <li key={&*pod.uid} class="pods__item" data-bound={pod.is_bound.to_string()}>
                            <PodTile pod={pod.clone()} is_selected={props.selected_pod.as_ref() == Some(&pod.id)}
                                part={why.and_then(|why| why.part_of_pod(&pod.id, props.pointed))} />
                        </li>
                    }) }
                </ul>
                if let Some(verdict) = verdict {
                    <p class="verdict" data-tone={verdict.tone.as_str()} title={verdict.sentence.clone()}>
                        <b>{ verdict.word }</b>{ " " }<span>{ &verdict.sentence }</span>
                    </p>
                }
            </div>
            <div class="node-card__marks">
                { for node.pressures.iter().map(|p| html! { <span class="chip" data-tone="warn">{ p.condition() }</span> }) }
                { for node.taints.iter().map(taint) }
                { for node.labels.iter().filter(|label| !label.is_builtin).map(label) }
            </div>
            if props.is_editing { <NodeForm node={node.clone()} error={props.error.clone()} /> }
            <div class="node-card__usage">{ for node.usage.iter().map(usage) }</div>
        </article>
    }
}

fn label(label: &Label) -> Html {
    let text = label.text();
    html! { <span class="chip" data-kind="label" title={format!("label {text}")} tabindex={tab_stop(&text)}>{ halves(&text) }</span> }
}

fn taint(taint: &TaintChip) -> Html {
    let text = taint.text();
    let by = if taint.is_automatic {
        ", set by the node lifecycle controller"
    } else {
        ""
    };
    html! { <span class="chip" data-kind="taint" data-effect={taint.effect.clone()} title={format!("taint {text}{by}")} tabindex={tab_stop(&text)}>{ icon(Icon::Warning) }{ halves(&text) }</span> }
}

/// A domain in front is what may be cut: what follows tells more.
fn halves(text: &str) -> Html {
    match text.split_once('/') {
        Some((domain, rest)) => html! {
            <><span class="chip__domain">{ domain }</span><span class="chip__rest">{ "/" }{ value(rest) }</span></>
        },
        None => html! { <span class="chip__rest">{ value(text) }</span> },
    }
}

/// `key=value:Effect`, which may wrap before its value and its effect.
fn value(text: &str) -> Html {
    let parts = text.split_inclusive(['=', ':']);
    let parts = parts.enumerate();
    parts
        .map(|(i, part)| html! { <>if i > 0 { <wbr /> }{ part }</> })
        .collect()
}

/// What may be cut is shown whole also to the keyboard.
fn tab_stop(text: &str) -> Option<&'static str> {
    text.contains('/').then_some("0")
}

fn usage(usage: &Usage) -> Html {
    let width = format!("{}.{}%", usage.permille / 10, usage.permille % 10);
    let full = if usage.permille >= 900 {
        "full"
    } else {
        "room"
    };
    let text = format!("{}/{}", usage.used, usage.capacity);
    html! {
        <div class="usage" title={format!("{}: {} requested of {}", usage.resource, usage.used, usage.capacity)}>
            <span class="usage__name">{ usage.resource }</span>
            <svg class="usage__bar" aria-hidden="true" focusable="false" data-level={full}>
                <rect class="usage__room" width="100%" height="100%" rx="2" />
                <rect class="usage__used" width={width} height="100%" rx="2" />
            </svg>
            <span class="usage__text">{ text }</span>
        </div>
    }
}

fn items(node: &Rc<Card>, dispatch: &Dispatch) -> Vec<MenuItem> {
    let act = |msg: NodeMsg| dispatch.on::<()>(Msg::Node(node.name.clone(), msg));
    let line = |msg: &NodeMsg| kubectl(&node.name, msg).unwrap_or_default();
    let command = |label: &'static str, msg: NodeMsg| MenuItem::about(label, line(&msg), act(msg));
    let mut items = vec![
        MenuItem::action(
            "Why these pods?",
            dispatch.on(Msg::Select(Selection::Node(node.name.clone()))),
        ),
        MenuItem::action(
            "Edit labels and taints",
            dispatch.on(Msg::EditNode(Some(node.name.clone()))),
        ),
        if node.is_cordoned {
            command("Uncordon", NodeMsg::Cordon(false))
        } else {
            command("Cordon", NodeMsg::Cordon(true))
        },
        command("Drain", NodeMsg::Drain),
        MenuItem::Heading("Failures".into()),
        if node.is_down {
            MenuItem::about(
                "Power on",
                "the kubelet comes back",
                act(NodeMsg::Down(false)),
            )
        } else {
            MenuItem::about(
                "Power off",
                "no heartbeats; NotReady after 50 s",
                act(NodeMsg::Down(true)),
            )
        },
        MenuItem::toggle(
            "Kubelet says NotReady",
            node.is_not_ready,
            act(NodeMsg::NotReady(!node.is_not_ready)),
        ),
    ];
    for pressure in Pressure::ALL {
        let is_on = node.pressures.contains(&pressure);
        items.push(MenuItem::toggle(
            pressure.condition(),
            is_on,
            act(NodeMsg::Pressure(pressure, !is_on)),
        ));
    }
    items.push(MenuItem::Heading("".into()));
    items.push(MenuItem::danger(
        "Remove node",
        line(&NodeMsg::Remove),
        act(NodeMsg::Remove),
    ));
    items
}
