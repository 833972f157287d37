//! What the components are in HTML; what they do in a browser is in tests/web.rs.

use super::*;
use crate::present::fleet::{CellFlags, CellRevision, CellState, FleetNode};
use expect_test::{Expect, expect};

fn view(count: u32) -> Rc<FleetView> {
    let node = |i: u32| {
        let state = CellState::ALL[i as usize % CellState::ALL.len()];
        let has_pod = state >= CellState::Pending;
        let revision = match i % 2 {
            _ if !has_pod => CellRevision::None,
            0 => CellRevision::New,
            _ => CellRevision::Old,
        };
        FleetNode {
            name: format!("node-{i}").into(),
            state,
            revision,
            pod: has_pod.then(|| format!("agent-{i}").into()),
            second: None,
            flags: CellFlags {
                cordoned: i == 2,
                misscheduled: false,
            },
        }
    };
    Rc::new((1..=count).map(node).collect())
}

/// The component's HTML, a line per opened element.
fn rendered<C: BaseComponent>(props: C::Properties) -> String {
    let renderer = yew::LocalServerRenderer::<C>::with_props(props).hydratable(false);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime of one thread always builds");
    let html = tokio::task::LocalSet::new().block_on(&runtime, renderer.render());
    html.replace("><", ">\n<")
}

#[track_caller]
fn check<C: BaseComponent>(props: C::Properties, expect: Expect) {
    expect.assert_eq(&rendered::<C>(props));
}

#[test]
fn the_legend_has_all_states_always() {
    check::<Legend>(
        legend::LegendProps { view: view(5) },
        expect![[r#"
            <ul aria-label="How many nodes are in which state" class="fleet__legend">
            <li data-state="NotWanted" data-none="" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="NotWanted" data-revision="None" class="fleet__swatch">
            <path d="M4 4h4v4h-4z">
            </path>
            </svg>skipped <b>0</b>
            </li>
            <li data-state="Missing" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Missing" data-revision="None" class="fleet__swatch">
            <path d="M0 0h12v1h-12zM0 11h12v1h-12zM0 1h1v10h-1zM11 1h1v10h-1z">
            </path>
            </svg>pod missing <b>1</b>
            </li>
            <li data-state="Pending" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Pending" data-revision="None" class="fleet__swatch">
            <path d="M0 8h12v4h-12z">
            </path>
            </svg>pod pending <b>1</b>
            </li>
            <li data-state="Starting" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Starting" data-revision="None" class="fleet__swatch">
            <path d="M0 4h12v8h-12z">
            </path>
            </svg>pod starting <b>1</b>
            </li>
            <li data-state="Ready" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Ready" data-revision="None" class="fleet__swatch">
            <path d="M0 0h12v12h-12z">
            </path>
            </svg>pod ready <b>1</b>
            </li>
            <li data-state="Terminating" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Terminating" data-revision="None" class="fleet__swatch">
            <path d="M2 2h8v8h-8z">
            </path>
            </svg>pod terminating <b>1</b>
            </li>
            <li data-state="Failed" data-none="" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Failed" data-revision="None" class="fleet__swatch">
            <path d="M0 0h5v5h-5zM7 0h5v5h-5zM0 7h5v5h-5zM7 7h5v5h-5z">
            </path>
            </svg>pod failing <b>0</b>
            </li>
            <li data-state="NodeDown" data-none="" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="NodeDown" data-revision="None" class="fleet__swatch">
            <path d="M0 0h12v4h-12zM0 8h12v4h-12z">
            </path>
            </svg>node not ready <b>0</b>
            </li>
            <li class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Ready" data-revision="Old" class="fleet__swatch">
            <path d="M0 0h8v4h-8zM0 4h12v8h-12z">
            </path>
            </svg>notch: old revision <b>2</b>
            </li>
            <li data-none="" class="fleet__key">
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" class="fleet__swatch">
            <path d="M0 0h5v5h-5z">
            </path>
            <path d="M0 0h5v5h-5z" transform="translate(7 7)">
            </path>
            </svg>two pods <b>0</b>
            </li>
            </ul>"#]],
    );
}

#[test]
fn the_map_says_what_it_is_and_how_it_is_used() {
    let props = map::MapProps {
        view: view(1234),
        selected: Some("node-7".into()),
        parts: Vec::new(),
        on_select: Callback::noop(),
        label: None,
        help_id: "fleet-help".into(),
    };
    check::<Map>(
        props,
        expect![[r#"
            <div class="fleet__map">
            <div tabindex="0" role="application" aria-label="Map of 1,234 nodes" aria-describedby="fleet-help" data-zoomed="" class="fleet__stage">
            <canvas aria-hidden="true" class="fleet__canvas">
            </canvas>
            <span data-ring="selected" hidden="hidden" class="fleet__ring">
            </span>
            <div>
            </div>
            <span data-ring="cursor" hidden="hidden" class="fleet__ring">
            </span>
            <span data-ring="hover" hidden="hidden" class="fleet__ring">
            </span>
            <div aria-hidden="true" hidden="hidden" class="fleet__tip">
            </div>
            </div>
            <p role="status" class="fleet__said">
            </p>
            <div class="fleet__foot">
            <p id="fleet-help" class="fleet__help">Wheel, pinch, + and − zoom, 0 shows all. Drag or Shift with arrow keys moves the map. Arrow keys go from node to node, Enter or a click chooses one.</p>
            <div role="group" aria-label="Zoom" class="fleet__zoom">
            <button type="button" aria-label="Zoom in">+</button>
            <button type="button" aria-label="Zoom out" disabled="disabled">−</button>
            <button type="button" disabled="disabled">All</button>
            </div>
            </div>
            </div>"#]],
    );
}

#[test]
fn the_table_says_in_words_what_cells_show() {
    let props = table::TableProps {
        view: view(4),
        selected: Some("node-3".into()),
        on_select: Callback::noop(),
    };
    check::<Table>(
        props,
        expect![[r#"
            <div class="fleet__table">
            <div class="fleet__pages">
            <label>Show <select class="fleet__filter">
            <option value="" selected="selected">all nodes</option>
            <option value="NotWanted">skipped</option>
            <option value="Missing">pod missing</option>
            <option value="Pending">pod pending</option>
            <option value="Starting">pod starting</option>
            <option value="Ready">pod ready</option>
            <option value="Terminating">pod terminating</option>
            <option value="Failed">pod failing</option>
            <option value="NodeDown">node not ready</option>
            </select>
            </label>
            <span role="status" class="fleet__range">1 to 4 of 4</span>
            <button type="button" disabled="disabled">Previous</button>
            <button type="button" disabled="disabled">Next</button>
            </div>
            <div tabindex="0" role="region" aria-label="Table of nodes" class="fleet__scroll">
            <table>
            <thead>
            <tr>
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col">Pod</th>
            <th scope="col">Revision</th>
            </tr>
            </thead>
            <tbody>
            <tr>
            <th scope="row">
            <button type="button" aria-pressed="false" class="fleet__name">node-1</button>
            </th>
            <td>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Missing" data-revision="None" class="fleet__swatch">
            <path d="M0 0h12v1h-12zM0 11h12v1h-12zM0 1h1v10h-1zM11 1h1v10h-1z">
            </path>
            </svg>pod missing</td>
            <td>–</td>
            <td>–</td>
            </tr>
            <tr>
            <th scope="row">
            <button type="button" aria-pressed="false" class="fleet__name">node-2</button>
            </th>
            <td>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Pending" data-revision="New" class="fleet__swatch">
            <path d="M0 8h12v4h-12z">
            </path>
            </svg>pod pending, cordoned</td>
            <td>agent-2</td>
            <td>new revision</td>
            </tr>
            <tr data-selected="">
            <th scope="row">
            <button type="button" aria-pressed="true" class="fleet__name">node-3</button>
            </th>
            <td>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Starting" data-revision="Old" class="fleet__swatch">
            <path d="M0 4h8v4h-8zM0 8h12v4h-12z">
            </path>
            </svg>pod starting</td>
            <td>agent-3</td>
            <td>old revision</td>
            </tr>
            <tr>
            <th scope="row">
            <button type="button" aria-pressed="false" class="fleet__name">node-4</button>
            </th>
            <td>
            <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" data-state="Ready" data-revision="New" class="fleet__swatch">
            <path d="M0 0h12v12h-12z">
            </path>
            </svg>pod ready</td>
            <td>agent-4</td>
            <td>new revision</td>
            </tr>
            </tbody>
            </table>
            </div>
            </div>"#]],
    );
}

#[test]
fn the_table_never_has_more_than_a_page_of_rows() {
    let props = table::TableProps {
        view: view(15_000),
        selected: None,
        on_select: Callback::noop(),
    };
    let html = rendered::<Table>(props);
    assert_eq!(html.matches("<th scope=\"row\">").count(), 50);
    assert!(html.contains("1 to 50 of 15,000"));
}
