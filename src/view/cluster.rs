//! The middle of the page: what waits for the scheduler, and the nodes.

use super::add_node::add_node_menu;
use super::dispatch::use_dispatch;
use super::flight::use_flights;
use super::legend::legend;
use super::node_card::NodeCard;
use super::ring::Rate;
use super::strip;
use crate::app::NodeError;
use crate::app::msg::Selection;
use crate::present::cluster::{ClusterView, Density};
use crate::present::node::NodeCard as Card;
use crate::present::pod::PodTile as Tile;
use crate::present::why::WhyPanel;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct ClusterProps {
    pub cluster: Rc<ClusterView>,
    pub selection: Selection,
    pub editing: Option<Rc<str>>,
    pub node_error: Option<NodeError>,
    /// Drawn instead of the cards, where there are too many nodes for them.
    #[prop_or_default]
    pub fleet: Option<Html>,
    /// The chosen node, where there are no cards.
    #[prop_or_default]
    pub focus: Option<Rc<Card>>,
    /// The answer whose chain of causes is shown, and the link that is pointed at.
    #[prop_or_default]
    pub why: Option<Rc<WhyPanel>>,
    #[prop_or_default]
    pub pointed: Option<usize>,
}

/// The control plane with the pods that have no node yet, then a card for each node.
#[component]
pub fn Cluster(props: &ClusterProps) -> Html {
    let dispatch = use_dispatch();
    let cluster = &props.cluster;
    let frame = use_node_ref();
    let rate = use_context::<Rate>().unwrap_or_default();
    use_flights(&frame, cluster, rate.speed);
    let look = strip::Look {
        selection: &props.selection,
        why: props.why.as_ref(),
        pointed: props.pointed,
    };

    html! {
        <div class="cluster" ref={frame} data-moving={cluster.is_moving.to_string()} data-density={density(cluster.density)}>
            <div class="cluster__bar">
                <h2 id="cluster-heading">{ "Cluster" }</h2>
                <p class="cluster__summary">{ &cluster.summary }</p>
                { add_node_menu(&dispatch) }
            </div>
            { strip::strip(&cluster.strip, &look, &dispatch) }
            if let Some(fleet) = &props.fleet {
                if let Some(node) = &props.focus {
                    <div class="cards" data-density="full">{ card(node, props) }</div>
                }
                { fleet.clone() }
            } else if cluster.cards.is_empty() {
                <p class="empty">{ "No nodes. A DaemonSet has nothing to do here: add one." }</p>
            } else {
                <div class="cards" data-density={density(cluster.density)}>
                    { for cluster.cards.iter().map(|node| card(node, props)) }
                </div>
            }
            { legend() }
        </div>
    }
}

fn card(node: &Rc<Card>, props: &ClusterProps) -> Html {
    let is_selected = matches!(&props.selection, Selection::Node(name) if *name == node.name);
    let selected_pod = match &props.selection {
        Selection::Pod(id) if node.pods.iter().any(|pod| pod.id == *id) => Some(id.clone()),
        _ => None,
    };
    let is_editing = props.editing.as_ref() == Some(&node.name);
    let error = props.node_error.clone().filter(|_| is_editing);
    // Only cards that take part are drawn again for it.
    let takes_part = |why: &&Rc<WhyPanel>| {
        let is_on = |pod: &Rc<Tile>| why.part_of_pod(&pod.id, None).is_some();
        why.part_of_node(&node.name, None).is_some() || node.pods.iter().any(is_on)
    };
    let why = props.why.as_ref().filter(takes_part).cloned();
    let pointed = props.pointed.filter(|_| why.is_some());
    html! { <NodeCard key={&*node.name} node={node.clone()} {is_selected} {selected_pod} {why} {pointed} {is_editing} {error} /> }
}

fn density(density: Density) -> &'static str {
    match density {
        Density::Roomy => "roomy",
        Density::Full => "full",
        Density::Compact => "compact",
        Density::Tiny => "tiny",
    }
}
