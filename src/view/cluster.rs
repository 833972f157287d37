//! The middle of the page: what waits for the scheduler, and the nodes.

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::legend::legend;
use super::menu::{Menu, MenuItem};
use super::node_card::NodeCard;
use super::platform;
use super::pod_tile::PodTile;
use crate::app::NodeError;
use crate::app::msg::{Msg, NodeKind, Selection};
use crate::present::cluster::{ClusterView, Density};
use crate::present::node::NodeCard as Card;
use crate::present::pod::PodTile as Tile;
use crate::present::why::WhyPanel;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
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
    use_flights(&frame, cluster);

    html! {
        <div class="cluster" ref={frame}>
            <div class="cluster__bar">
                <h2 id="cluster-heading">{ "Cluster" }</h2>
                <p class="cluster__summary">{ &cluster.summary }</p>
                { add_node_menu(&dispatch) }
            </div>
            { lane(&cluster.lane, cluster.lane_total, props) }
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
        Density::Full => "full",
        Density::Compact => "compact",
        Density::Tiny => "tiny",
    }
}

fn lane(pods: &[Rc<Tile>], total: usize, props: &ClusterProps) -> Html {
    let part = |pod: &Tile| props.why.as_ref()?.part_of_pod(&pod.id, props.pointed);
    html! {
        <section class="lane" id="control-plane" aria-label="Control plane: pods that wait for a node">
            <div>
                <h3 class="lane__title">{ icon(Icon::Server) }{ "Control plane" }</h3>
                <p class="lane__about">{ "A new pod waits here until the scheduler binds it to its node." }</p>
            </div>
            if pods.is_empty() {
                <p class="lane__idle">{ waiting(total) }</p>
            } else {
                <ul class="lane__pods">
                    { for pods.iter().map(|pod| html! {
                        <li key={&*pod.uid}><PodTile pod={pod.clone()} is_selected={matches!(&props.selection, Selection::Pod(id) if *id == pod.id)} part={part(pod)} /></li>
                    }) }
                    if total > pods.len() { <li key="more" class="lane__more">{ format!("and {} more", total - pods.len()) }</li> }
                </ul>
            }
        </section>
    }
}

/// Where no pod is named.
fn waiting(total: usize) -> String {
    match total {
        0 => "no pod waits for the scheduler".to_owned(),
        1 => "1 pod waits for the scheduler".to_owned(),
        _ => format!("{total} pods wait for the scheduler"),
    }
}

fn add_node_menu(dispatch: &Dispatch) -> Html {
    let add = |kind, count| dispatch.on::<()>(Msg::AddNodes { kind, count });
    let mut items: Vec<MenuItem> = NodeKind::ALL
        .into_iter()
        .map(|kind| MenuItem::about(kind.title(), kind.about(), add(kind, 1)))
        .collect();
    items.push(MenuItem::Heading("Many".into()));
    items.push(MenuItem::action("10 workers", add(NodeKind::Worker, 10)));
    items.push(MenuItem::action("100 workers", add(NodeKind::Worker, 100)));
    items.push(MenuItem::about(
        "5000 workers",
        "drawn as a map",
        add(NodeKind::Worker, 5000),
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

/// At most so many tiles travel at once; more would be a storm, and slow.
const FLIGHTS_MAX: usize = 40;
const FLIGHT_MS: u32 = 520;

/// Lets tiles travel: a pod that got its node flies there from the control plane.
///
/// After each drawing it looks which pods are newly bound. Before a tile leaves the lane its place is remembered.
#[hook]
fn use_flights(frame: &NodeRef, cluster: &Rc<ClusterView>) {
    #[derive(Default)]
    struct Flights {
        /// Pods that were on nodes at the last drawing.
        bound: BTreeSet<Rc<str>>,
        lane: BTreeMap<Rc<str>, platform::Place>,
        has_drawn: bool,
    }
    let flights = use_mut_ref(Flights::default);
    let frame = frame.clone();
    use_effect_with(cluster.clone(), move |cluster| {
        let mut flights = flights.borrow_mut();
        let bound: BTreeSet<Rc<str>> = cluster
            .cards
            .iter()
            .flat_map(|card| &card.pods)
            .filter(|pod| pod.is_bound)
            .map(|pod| pod.uid.clone())
            .collect();
        let arrived: Vec<Rc<str>> = bound
            .difference(&flights.bound)
            .take(FLIGHTS_MAX)
            .cloned()
            .collect();
        let Some(frame) = frame.cast::<Element>() else {
            return;
        };
        let is_flying = flights.has_drawn && cluster.is_moving && !arrived.is_empty();
        if is_flying && !platform::media_matches("(prefers-reduced-motion: reduce)") {
            let home = child(&frame, "#control-plane .lane__title")
                .map(|e| platform::place_in(&e, &frame));
            for uid in &arrived {
                let from = flights.lane.get(uid).copied().or(home);
                if let (Some(from), Some(tile)) =
                    (from, child(&frame, &format!(".cards [data-uid='{uid}']")))
                {
                    platform::fly(&tile, from, platform::place_in(&tile, &frame), FLIGHT_MS);
                }
            }
        }
        flights.lane.clear();
        // Beside a map there is nowhere to travel to, and asking where a tile is costs a layout.
        let leaving = cluster.lane.iter().filter(|_| !cluster.cards.is_empty());
        for pod in leaving.take(FLIGHTS_MAX) {
            if let Some(tile) = child(&frame, &format!(".lane [data-uid='{}']", pod.uid)) {
                flights
                    .lane
                    .insert(pod.uid.clone(), platform::place_in(&tile, &frame));
            }
        }
        flights.bound = bound;
        flights.has_drawn = true;
    });
}

fn child(frame: &Element, selector: &str) -> Option<Element> {
    frame
        .query_selector(selector)
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}
