//! The button that adds nodes, and the menu beside it.

use super::dispatch::Dispatch;
use super::icons::{Icon, icon};
use super::menu::{Menu, MenuItem};
use crate::app::msg::{Msg, NodeKind};
use yew::prelude::*;

pub fn add_node_menu(dispatch: &Dispatch) -> Html {
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
