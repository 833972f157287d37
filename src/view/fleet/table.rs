//! The map in words: every node with its state, pod and revision, a page at a time.

use super::legend::swatch;
use crate::present::fleet::{CellState, FleetNode, FleetView};
use std::rc::Rc;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

const PAGE_SIZE: u32 = 50;

#[derive(Properties, PartialEq)]
pub struct TableProps {
    pub view: Rc<FleetView>,
    pub selected: Option<Rc<str>>,
    pub on_select: Callback<Rc<str>>,
}

/// At most fifty rows, a choice of state, and buttons to turn pages.
#[component]
pub fn Table(props: &TableProps) -> Html {
    let filter = use_state(|| None::<CellState>);
    let page_wanted = use_state(|| 0u32);
    let page = props.view.page(*filter, *page_wanted, PAGE_SIZE);

    let choose = {
        let (filter, page_wanted) = (filter.clone(), page_wanted.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            filter.set(CellState::from_word(&select.value()));
            page_wanted.set(0);
        })
    };
    let turn_to = |page: u32| {
        let page_wanted = page_wanted.clone();
        Callback::from(move |_: MouseEvent| page_wanted.set(page))
    };
    let options = CellState::ALL.map(|state| {
        html! { <option value={state.as_str()} selected={*filter == Some(state)}>{ state.label() }</option> }
    });
    let rows = page
        .nodes
        .iter()
        .map(|node| row(node, props.selected.as_ref(), &props.on_select));
    html! {
        <div class="fleet__table">
            <div class="fleet__pages">
                <label>{ "Show " }
                    <select class="fleet__filter" onchange={choose}>
                        <option value="" selected={filter.is_none()}>{ "all nodes" }</option>
                        { for options }
                    </select>
                </label>
                <span class="fleet__range" role="status">{ page.to_string() }</span>
                <button type="button" disabled={page.page == 0} onclick={turn_to(page.page.saturating_sub(1))}>
                    { "Previous" }
                </button>
                <button type="button" disabled={page.page + 1 >= page.pages} onclick={turn_to(page.page + 1)}>
                    { "Next" }
                </button>
            </div>
            <div class="fleet__scroll" tabindex="0" role="region" aria-label="Table of nodes">
                <table>
                    <thead><tr>
                        <th scope="col">{ "Node" }</th><th scope="col">{ "State" }</th>
                        <th scope="col">{ "Pod" }</th><th scope="col">{ "Revision" }</th>
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </div>
    }
}

fn row(node: &FleetNode, selected: Option<&Rc<str>>, on_select: &Callback<Rc<str>>) -> Html {
    let select = {
        let (on_select, name) = (on_select.clone(), node.name.clone());
        Callback::from(move |_: MouseEvent| on_select.emit(name.clone()))
    };
    let is_selected = selected.is_some_and(|name| *name == node.name);
    let revision = match node.revision.label() {
        "" => "–",
        label => label,
    };
    html! {
        <tr key={&*node.name} data-selected={is_selected.then_some("")}>
            <th scope="row">
                <button type="button" class="fleet__name" aria-pressed={is_selected.to_string()} onclick={select}>
                    { &*node.name }
                </button>
            </th>
            <td>
                { swatch(node.state, node.revision) }{ node.state.label() }
                if !node.flags.label().is_empty() { { ", " }{ node.flags.label() } }
            </td>
            <td>{ node.pod.as_deref().unwrap_or("–") }</td>
            <td>{ revision }</td>
        </tr>
    }
}
