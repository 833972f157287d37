//! What the cells' forms and colours mean, and how many there are of each.

use crate::present::fleet::shape::{path, shape, small};
use crate::present::fleet::{CellRevision, CellState, FleetView, thousands};
use std::rc::Rc;
use yew::prelude::*;

/// A swatch's side; cells of this size have their full form.
const SWATCH: i32 = 12;

#[derive(Properties, PartialEq)]
pub struct LegendProps {
    pub view: Rc<FleetView>,
}

/// Every state with its cell and its number. All are always there, so that nothing jumps while pods come and go.
#[component]
pub fn Legend(props: &LegendProps) -> Html {
    let tally = props.view.tally();
    let states = CellState::ALL.into_iter().zip(tally).map(|(state, count)| {
        html! {
            <li key={state.as_str()} class="fleet__key" data-state={state.as_str()} data-none={none(count)}>
                { swatch(state, CellRevision::None) }
                { state.label() }{ " " }<b>{ thousands(count) }</b>
            </li>
        }
    });
    let (old, pairs) = (props.view.old_count(), props.view.pair_count());
    html! {
        <ul class="fleet__legend" aria-label="How many nodes are in which state">
            { for states }
            <li key="old" class="fleet__key" data-none={none(old)}>
                { swatch(CellState::Ready, CellRevision::Old) }
                { "notch: old revision " }<b>{ thousands(old) }</b>
            </li>
            <li key="pair" class="fleet__key" data-none={none(pairs)}>
                { pair_swatch() }
                { "two pods " }<b>{ thousands(pairs) }</b>
            </li>
        </ul>
    }
}

/// Present if there are none.
fn none(count: u32) -> Option<&'static str> {
    (count == 0).then_some("")
}

/// A cell as the canvas draws it.
pub fn swatch(state: CellState, revision: CellRevision) -> Html {
    html! {
        <svg class="fleet__swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"
            data-state={state.as_str()} data-revision={revision.as_str()}>
            <path d={path(&shape(state, revision, SWATCH))} />
        </svg>
    }
}

/// A node with two pods: small, each with its own form.
fn pair_swatch() -> Html {
    let size = small(SWATCH);
    let one = path(&shape(CellState::Ready, CellRevision::None, size));
    let shift = SWATCH - size;
    html! {
        <svg class="fleet__swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path d={one.clone()} /><path d={one} transform={format!("translate({shift} {shift})")} />
        </svg>
    }
}
