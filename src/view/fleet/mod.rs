//! Many nodes at a glance: a map of small cells on one canvas, its legend, and the same as a table in text.
//!
//! Nothing here asks for frames: it paints when the nodes, the size, the zoom or the colours change, and is otherwise at rest.

pub mod legend;
pub mod map;
mod paint;
mod table;

use crate::present::fleet::FleetView;
use crate::present::why::Part;
use legend::Legend;
use map::Map;
use std::rc::Rc;
use table::Table;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FleetProps {
    /// Give the same one again as long as nothing has changed: then nothing is looked at.
    pub view: Rc<FleetView>,
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
    let (view, selected, on_select) = (&props.view, &props.selected, &props.on_select);
    html! {
        <section class="fleet" aria-label="Nodes">
            <div class="fleet__bar">
                <Legend view={view.clone()} />
                <button type="button" class="fleet__toggle" aria-pressed={is_table.to_string()} onclick={toggle}>
                    { "As table" }
                </button>
            </div>
            if *is_table {
                <Table view={view.clone()} selected={selected.clone()} on_select={on_select.clone()} />
            } else {
                <Map view={view.clone()} selected={selected.clone()} parts={props.parts.clone()} on_select={on_select.clone()} />
            }
        </section>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
