//! Rollout strategies side by side: the form, and what came of it as a chart and tables.

use super::chart::{self, n};
use super::dialog::Modal;
use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::node_form::AddField;
use super::race::Race;
use crate::app::msg::{CompareField as Field, CompareMsg, Msg};
use crate::present::assumptions::TIME_LABELS;
use crate::present::compare::{
    Change, Chart, ComparePane, CompareResult, FRAME, Form, Row, SpreadRow,
};
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct CompareProps {
    pub pane: Rc<ComparePane>,
}

/// The dialog; while a comparison runs, its results grow.
#[component]
pub fn Compare(props: &CompareProps) -> Html {
    let dispatch = use_dispatch();
    let pane = &props.pane;
    let on_add = {
        let dispatch = dispatch.clone();
        Callback::from(move |text| dispatch.send(Msg::Compare(CompareMsg::AddStrategy(text))))
    };
    let on_submit = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.send(Msg::Compare(CompareMsg::Run));
        })
    };
    let form = &pane.form;
    if let Some(pane) = &pane.race {
        return html! { <Race pane={pane.clone()} /> };
    }
    html! {
        <Modal title={format!("Compare strategies for {}", pane.id.name)} class="compare">
            <p class="compare__intro">{ "Each strategy rolls out the same change on a copy of the cluster. The cluster itself stays as it is." }</p>
            <section aria-labelledby="compare-strategies">
                <h3 id="compare-strategies">{ "Strategies" }</h3>
                <ul class="compare__strategies">{ for form.strategies.iter().enumerate().map(|(i, text)| strategy(i, text, &dispatch)) }</ul>
                <AddField id="compare-strategy" label="Add a strategy" placeholder="maxUnavailable 10%" {on_add} />
            </section>
            <form class="compare__form" onsubmit={on_submit}>
                { change(form, &dispatch) }
                { nodes(form, &dispatch) }
                <fieldset>
                    <legend>{ "Assumed times" }</legend>
                    { for TIME_LABELS.iter().zip(&form.times).enumerate().map(|(i, (label, time))| field(TIMES[i], label, time, Field::Time(i), &dispatch)) }
                </fieldset>
                <fieldset class="compare__faults">
                    <legend>{ "Assumed faults" }</legend>
                    <p>
                        { number("compare-slow", "Percent of starts that are slower", &form.slow, Field::Slow, &dispatch) }{ " % of starts are " }
                        { number("compare-factor", "How many times slower", &form.factor, Field::Factor, &dispatch) }{ "× slower" }
                    </p>
                    <p>{ number("compare-lost", "Percent of nodes that lose power", &form.lost, Field::Lost, &dispatch) }{ " % of nodes lose power" }</p>
                </fieldset>
                <div class="compare__actions">{ actions(pane, &dispatch) }</div>
            </form>
            if let Some(error) = &pane.error { <p class="error-text">{ icon(Icon::Warning) }<span>{ error }</span></p> }
            if let Some(result) = &pane.result { { outcome(result, pane, &dispatch) } }
        </Modal>
    }
}

fn strategy(index: usize, text: &str, dispatch: &Dispatch) -> Html {
    html! {
        <li key={text.to_owned()}>
            <code>{ text }</code>
            <button type="button" class="icon-button" aria-label={format!("Remove {text}")}
                onclick={dispatch.on(Msg::Compare(CompareMsg::RemoveStrategy(index)))}>{ icon(Icon::Close) }</button>
        </li>
    }
}

fn set(field: Field, text: String) -> Msg {
    Msg::Compare(CompareMsg::Set(field, text))
}

const TIMES: [&str; 4] = [
    "compare-pull",
    "compare-start",
    "compare-ready",
    "compare-stop",
];

/// A number in a sentence.
fn number(
    id: &'static str,
    label: &'static str,
    value: &str,
    field: Field,
    dispatch: &Dispatch,
) -> Html {
    html! { <input {id} class="compare__number" aria-label={label} inputmode="decimal" value={value.to_owned()} oninput={on_input(field, dispatch)} autocomplete="off" /> }
}

fn on_input(field: Field, dispatch: &Dispatch) -> Callback<InputEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            dispatch.send(set(field, input.value()));
        }
    })
}

fn field(
    id: &'static str,
    label: &'static str,
    value: &str,
    field: Field,
    dispatch: &Dispatch,
) -> Html {
    html! {
        <div class="compare__field">
            <label for={id}>{ label }</label>
            <input {id} value={value.to_owned()} oninput={on_input(field, dispatch)} autocomplete="off" autocapitalize="off" spellcheck="false" />
        </div>
    }
}

fn select(
    id: &'static str,
    label: &'static str,
    options: &[&str],
    chosen: &str,
    field: Field,
    dispatch: &Dispatch,
) -> Html {
    let dispatch = dispatch.clone();
    let on_change = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            dispatch.send(set(field, select.value()));
        }
    });
    html! {
        <div class="compare__field">
            <label for={id}>{ label }</label>
            <select {id} onchange={on_change}>
                { for options.iter().map(|text| html! { <option selected={*text == chosen}>{ *text }</option> }) }
            </select>
        </div>
    }
}

fn change(form: &Form, dispatch: &Dispatch) -> Html {
    let containers: Vec<&str> = form.containers.iter().map(String::as_str).collect();
    html! {
        <fieldset>
            <legend>{ "Change" }</legend>
            { select("compare-change", "What rolls out", &Change::ALL.map(Change::title), form.change.title(), Field::Change, dispatch) }
            if form.change == Change::Image {
                if containers.len() > 1 { { select("compare-container", "Container", &containers, &form.container, Field::Container, dispatch) } }
                { field("compare-image", "Image", &form.image, Field::Image, dispatch) }
            }
        </fieldset>
    }
}

fn nodes(form: &Form, dispatch: &Dispatch) -> Html {
    let choice = |text: &'static str, on: bool| {
        let is_on = form.pasted.is_some() == on;
        html! {
            <label class="compare__choice">
                <input type="radio" name="compare-nodes" checked={is_on} onchange={dispatch.on(Msg::Compare(CompareMsg::UsePasted(on)))} />
                { text }
            </label>
        }
    };
    let on_paste = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                dispatch.send(set(Field::Pasted, area.value()));
            }
        })
    };
    html! {
        <fieldset>
            <legend>{ "Nodes" }</legend>
            { choice("This cluster's nodes", false) }
            { choice("Pasted nodes", true) }
            if let Some(bytes) = form.pasted {
                <div class="compare__field compare__pasted">
                    <label for="compare-pasted">{ "Output of kubectl get nodes -o yaml. It stays in your browser; nothing but this DaemonSet runs on these nodes." }</label>
                    <textarea id="compare-pasted" rows="4" spellcheck="false" oninput={on_paste} placeholder={if bytes > 0 { format!("{} KiB pasted", bytes.div_ceil(1024)) } else { String::new() }} />
                </div>
            }
        </fieldset>
    }
}

/// The one button to press, or how far it is.
fn actions(pane: &ComparePane, dispatch: &Dispatch) -> Html {
    match &pane.progress {
        None => {
            html! { <button type="submit" class="button button--primary" id="compare-run">{ "Compare" }</button> }
        }
        Some(progress) => html! {
            <>
                <button type="button" class="button" id="compare-cancel" onclick={dispatch.on(Msg::Compare(CompareMsg::Cancel))}>{ "Cancel" }</button>
                <progress max="1000" value={progress.permille.to_string()} aria-label="Comparison"></progress>
                <span>{ &progress.text }</span>
            </>
        },
    }
}

fn outcome(result: &CompareResult, pane: &ComparePane, dispatch: &Dispatch) -> Html {
    html! {
        <section class="compare__result" aria-labelledby="compare-result" data-old={pane.is_old.to_string()}>
            <h3 id="compare-result">{ if pane.is_old { "Previous result" } else { "Result" } }</h3>
            if pane.is_old { <p class="notice" role="status">{ "The settings or the cluster have changed since. Compare again to bring it up to date." }</p> }
            <div class="compare__about">
                <p>{ &result.about }</p>
                if pane.can_watch {
                    <button type="button" class="button" id="compare-watch" onclick={dispatch.on(Msg::Compare(CompareMsg::Watch))}>{ icon(Icon::Play) }{ "Watch side by side" }</button>
                }
            </div>
            if let Some(chart) = &result.chart { { picture(chart, result) } }
            { table(&result.rows) }
            if pane.can_repeat && pane.progress.is_none() {
                <div class="compare__actions">
                    { field("compare-rounds", "Random seeds", &pane.form.rounds, Field::Rounds, dispatch) }
                    <button type="button" class="button" id="compare-repeat" onclick={dispatch.on(Msg::Compare(CompareMsg::Repeat))}>{ format!("Repeat with {} random seeds", pane.form.rounds.trim()) }</button>
                </div>
            }
            if !result.spreads.is_empty() { { spread_table(&result.spreads, result.runs) } }
        </section>
    }
}

fn picture(drawn: &Chart, result: &CompareResult) -> Html {
    let axis = if drawn.is_logarithmic {
        "time since the change (logarithmic)"
    } else {
        "time since the change"
    };
    html! {
        <figure class="chart compare__figure">
            <svg viewBox={format!("0 0 {} {}", FRAME.width, FRAME.height)} role="img" aria-label={format!("Nodes with an available pod over time. {}", result.spoken)}>
                { chart::counts(FRAME, &drawn.counts) }
                { chart::edges(FRAME, &drawn.times) }
                <text class="chart__axis" x={n((FRAME.left + FRAME.right) / 2)} y={n(FRAME.height - 6)}>{ axis }</text>
                <g class="chart__floors">{ for drawn.floors.iter().map(|tick| html! {
                    <><line x1={n(FRAME.left)} x2={n(FRAME.right)} y1={n(tick.at)} y2={n(tick.at)} /><text x={n(FRAME.left - 6)} y={n(tick.at + 4)}>{ &tick.label }</text></>
                }) }</g>
                { for drawn.lines.iter().map(|line| html! {
                    <g class="compare__line" data-row={line.row.to_string()}>
                        <path d={line.path.clone()} />
                        if let Some((x, y)) = line.end { <circle cx={n(x)} cy={n(y)} r="4" /> }
                    </g>
                }) }
            </svg>
            <figcaption>{ "Nodes with an available pod, the lowest number in each slice of time. A dot: finished. Dotted: the floor, desired minus maxUnavailable." }</figcaption>
        </figure>
    }
}

/// A piece of the row's line, as in the chart.
pub fn sample(row: usize) -> Html {
    html! {
        <svg class="compare__sample" viewBox="0 0 30 8" aria-hidden="true"><g class="compare__line" data-row={row.to_string()}><path d="M0 4H30" /></g></svg>
    }
}

fn cell(label: &'static str, text: &str) -> Html {
    html! { <td role="cell" data-label={label}>{ text }</td> }
}

fn head(labels: &[&'static str]) -> Html {
    let column =
        |label: &&'static str| html! { <th role="columnheader" scope="col">{ *label }</th> };
    html! { <thead role="rowgroup"><tr role="row">{ for labels.iter().map(column) }</tr></thead> }
}

const LABELS: [&str; 7] = [
    "Strategy",
    "Parallel",
    "Finished after",
    "Fewest available",
    "Average available",
    "Restarted",
    "Extra pods",
];

fn table(rows: &[Row]) -> Html {
    let [_, parallel, finish, fewest, average, restarted, extra] = LABELS;
    // The roles stay a table's where the phone's layout makes cards of it.
    html! {
        <table class="compare__table" role="table">
            <caption>{ "One run" }</caption>
            { head(&LABELS) }
            <tbody role="rowgroup">{ for rows.iter().enumerate().map(|(i, row)| html! {
                <>
                    <tr role="row" data-tone={row.tone.as_str()}>
                        <th role="rowheader" scope="row">{ sample(i) }<code>{ &row.strategy }</code></th>
                        { cell(parallel, &row.budget) }
                        { cell(finish, &row.finish) }
                        { cell(fewest, &row.worst) }
                        { cell(average, &row.average) }
                        { cell(restarted, &row.restarted) }
                        { cell(extra, &row.extra) }
                    </tr>
                    if !row.why.is_empty() {
                        <tr role="row" class="compare__why"><td role="cell" colspan="7">{ for row.why.iter().map(|why| html! { <p>{ why }</p> }) }</td></tr>
                    }
                </>
            }) }</tbody>
        </table>
    }
}

fn spread_table(rows: &[SpreadRow], runs: u32) -> Html {
    const LABELS: [&str; 4] = [
        "Strategy",
        "Finished",
        "Time: p10 · median · p90",
        "Fewest: p10 · median · p90",
    ];
    let [_, finished, finish, worst] = LABELS;
    html! {
        <table class="compare__table" role="table">
            <caption>{ format!("Across {runs} runs") }</caption>
            { head(&LABELS) }
            <tbody role="rowgroup">{ for rows.iter().enumerate().map(|(i, row)| html! {
                <tr role="row">
                    <th role="rowheader" scope="row">{ sample(i) }<code>{ &row.strategy }</code></th>
                    { cell(finished, &row.finished) }
                    { cell(finish, &row.finish.join(" · ")) }
                    { cell(worst, &row.worst.join(" · ")) }
                </tr>
            }) }</tbody>
        </table>
    }
}
