//! Many nodes at a glance: a map of small cells on one canvas, its legend, and the same as a table in text.
//!
//! Nothing here asks for frames: it paints when the nodes, the size, the zoom or the colours change, and is otherwise at rest.

pub mod legend;
pub mod map;
mod paint;
mod table;

use super::icons::mark;
use crate::present::fleet::{FleetGroup, FleetView, GroupBy};
use crate::present::why::Part;
use crate::present::words::count;
use legend::Legend;
use map::Map;
use std::rc::Rc;
use table::Table;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FleetProps {
    /// Give the same one again as long as nothing has changed: then nothing is looked at.
    pub view: Rc<FleetView>,
    /// The same nodes in groups, if they are grouped.
    #[prop_or_default]
    pub groups: Rc<Vec<FleetGroup>>,
    #[prop_or_default]
    pub group_by: GroupBy,
    #[prop_or_default]
    pub on_group: Callback<GroupBy>,
    /// The DaemonSet whose pods the map shows: its colour and glyph, and its name.
    #[prop_or_default]
    pub set: Option<(Option<u8>, AttrValue)>,
    /// The name of the node that is marked.
    #[prop_or_default]
    pub selected: Option<Rc<str>>,
    /// Nodes of the chain of causes that is shown.
    #[prop_or_default]
    pub parts: Vec<(Rc<str>, Part)>,
    /// A node was clicked or chosen by keyboard.
    pub on_select: Callback<Rc<str>>,
}

/// All nodes, as a map or as a table.
#[component]
pub fn Fleet(props: &FleetProps) -> Html {
    let is_table = use_state(|| false);
    let toggle = {
        let is_table = is_table.clone();
        Callback::from(move |_: MouseEvent| is_table.set(!*is_table))
    };
    let choose = props.on_group.reform(|event: Event| {
        let select = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        GroupBy::parse(&select.map(|select| select.value()).unwrap_or_default())
    });
    let (view, selected, on_select) = (&props.view, &props.selected, &props.on_select);
    html! {
        <section class="fleet" aria-label="Nodes">
            <div class="fleet__bar">
                if let Some((glyph, name)) = &props.set { <p class="fleet__set">{ mark(*glyph) }{ name }</p> }
                <Legend view={view.clone()} />
                <label class="fleet__by">{ "Group by " }<select onchange={choose}>
                    { for GroupBy::ALL.map(|by| html! { <option value={by.as_str()} selected={by == props.group_by}>{ by.as_str() }</option> }) }
                </select></label>
                <button type="button" class="fleet__toggle" aria-pressed={is_table.to_string()} onclick={toggle}>
                    { "As table" }
                </button>
            </div>
            if *is_table {
                <Table view={view.clone()} selected={selected.clone()} on_select={on_select.clone()} />
            } else if !props.groups.is_empty() {
                <div class="fleet__groups">{ for props.groups.iter().map(|group| group_map(group, props)) }</div>
            } else {
                <Map view={view.clone()} selected={selected.clone()} parts={props.parts.clone()} on_select={on_select.clone()} />
            }
        </section>
    }
}

/// A group's name and its own map, as large as it needs.
fn group_map(group: &FleetGroup, props: &FleetProps) -> Html {
    let FleetGroup { title, view } = group;
    let size = match view.count() {
        0..=100 => "small",
        101..=600 => "medium",
        _ => "large",
    };
    let is_here = |name: &Rc<str>| view.position(name).is_some();
    let selected = props.selected.clone().filter(is_here);
    let parts = props.parts.iter().filter(|(node, _)| is_here(node));
    let parts: Vec<_> = parts.cloned().collect();
    let help_id = AttrValue::from(format!("fleet-help-{title}"));
    html! {
        <section key={&**title} class="fleet__group" data-size={size}>
            <h3>{ &**title }{ " " }<span>{ count(u64::from(view.count()), "node") }</span></h3>
            <Map view={view.clone()} {selected} {parts} on_select={props.on_select.clone()} label={AttrValue::from(format!("Map of {title}"))} {help_id} />
        </section>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
