//! What charts of available pods over time share: lines across, numbers, and moments.

use crate::present::chart::{Frame, Tick};
use yew::prelude::*;

pub fn n(number: u32) -> String {
    number.to_string()
}

/// The number at each line across.
pub fn counts(frame: Frame, ticks: &[Tick]) -> Html {
    let Frame { left, right, .. } = frame;
    html! {
        <g class="chart__counts">{ for ticks.iter().map(|tick| html! {
            <><line x1={n(left)} x2={n(right)} y1={n(tick.at)} y2={n(tick.at)} /><text x={n(left - 6)} y={n(tick.at + 4)}>{ &tick.label }</text></>
        }) }</g>
    }
}

/// The edges, and the moments below.
pub fn edges(frame: Frame, times: &[Tick]) -> Html {
    let Frame {
        left,
        right,
        top,
        bottom,
        ..
    } = frame;
    html! {
        <>
            <g class="chart__times">{ for times.iter().map(|tick| html! {
                <g><line x1={n(tick.at)} x2={n(tick.at)} y1={n(bottom)} y2={n(bottom + 4)} /><text x={n(tick.at)} y={n(bottom + 16)}>{ &tick.label }</text></g>
            }) }</g>
            <line class="chart__edge" x1={n(left)} x2={n(left)} y1={n(top)} y2={n(bottom)} />
            <line class="chart__edge" x1={n(left)} x2={n(right)} y1={n(bottom)} y2={n(bottom)} />
        </>
    }
}
