//! What the tiles mean: a sample of each, drawn by what draws the pods.

use super::pod_tile::PodTile;
use crate::present::legend::{LegendRow, rows};
use std::rc::Rc;
use yew::prelude::*;

thread_local! {
    static ROWS: Rc<[LegendRow]> = rows().into();
}

pub fn legend() -> Html {
    let rows = ROWS.with(Rc::clone);
    html! {
        <details class="legend">
            <summary>{ "What the tiles mean" }</summary>
            <dl>
                { for rows.iter().map(|row| html! {
                    <div class="legend__row">
                        <dt><PodTile pod={row.tile.clone()} is_still=true /></dt><dd>{ row.meaning }</dd>
                    </div>
                }) }
            </dl>
        </details>
    }
}
