//! The status of a DaemonSet.

use super::chart::{self, n};
use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon, mark};
use super::menu::{Menu, MenuItem};
use super::remedies::Remedies;
use crate::app::daemon_set::kubectl;
use crate::app::msg::{CompareMsg, DaemonSetMsg, Msg, Selection};
use crate::present::assumptions::{Assumptions, TIME_LABELS};
use crate::present::availability::{AvailabilityChart, FRAME};
use crate::present::daemon_set::{
    ContainerImage, DaemonSetId, DaemonSetPanel, Figure, RevisionRow, RolloutState, SelectionNote,
};
use crate::present::groups::Groups;
use crate::present::remedy::RemedyList;
use std::rc::Rc;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct DaemonSetProps {
    pub panel: Option<Rc<DaemonSetPanel>>,
    #[prop_or_default]
    pub chart: Option<Rc<AvailabilityChart>>,
    #[prop_or_default]
    pub groups: Option<Rc<Groups>>,
    /// What would let a stuck rollout go on.
    #[prop_or_default]
    pub ways_out: Option<Rc<RemedyList>>,
    #[prop_or_default]
    pub done: Option<AttrValue>,
    /// All DaemonSets, to choose from.
    pub all: Rc<[DaemonSetId]>,
    #[prop_or_default]
    pub assumed: Rc<Assumptions>,
}

/// Each number of the status with what it means, the rollout, and what picks pods and nodes.
#[component]
pub fn DaemonSet(props: &DaemonSetProps) -> Html {
    let dispatch = use_dispatch();
    let Some(panel) = &props.panel else {
        return html! {
            <section class="panel" aria-labelledby="status-heading">
                <h2 id="status-heading" tabindex="-1">{ "Status" }</h2>
                <p class="empty">{ "No DaemonSet yet. Apply the manifest: each node will get a pod." }</p>
            </section>
        };
    };
    let is_faster = panel.rollout.state == RolloutState::Progressing;
    html! {
        <section class="panel daemon-set" aria-labelledby="status-heading">
            <div class="panel__head">
                <h2 id="status-heading" tabindex="-1">{ title(panel, &props.all, &dispatch) }</h2>
                <Menu id="daemon-set-menu" label={format!("Actions for {}", panel.id.name)} items={items(panel, &dispatch)}>{ icon(Icon::More) }</Menu>
            </div>
            <p class="headline" data-tone={panel.tone.as_str()}>{ &panel.headline }</p>
            <ul class="figures" aria-label="Numbers of the status">{ for panel.figures.iter().map(|it| figure(it, &panel.id, &dispatch)) }</ul>
            if let Some(stale) = &panel.stale {
                <div class="notice" data-tone="warn"><b>{ icon(Icon::Warning) }{ stale.title }</b><p>{ &stale.text }</p></div>
            }
            { rollout(panel, &dispatch) }
            <Remedies title={if is_faster { "How to make it faster" } else { "How to unblock it" }} button={if is_faster { "Apply change" } else { "Apply fix" }} list={props.ways_out.clone()}
                done={props.done.clone()} act={dispatch.0.reform(Msg::ApplyWayOut)} />
            { assumed(&props.assumed, &dispatch) }
            if let Some(chart) = &props.chart { <Availability drawn={chart.clone()} /> }
            if let Some(groups) = &props.groups { { group_table(groups, &dispatch) } }
            { selection(&panel.selection) }
            <div class="images">
                <h3>{ "Image" }</h3>
                { for panel.containers.iter().map(|c| html! { <ImageForm key={c.container.clone()} id={panel.id.clone()} container={c.clone()} /> }) }
            </div>
            { revisions(&panel.revisions, &panel.id, &dispatch) }
        </section>
    }
}

fn title(panel: &DaemonSetPanel, all: &Rc<[DaemonSetId]>, dispatch: &Dispatch) -> Html {
    if all.len() < 2 {
        return html! { <><span class="kind">{ "DaemonSet" }</span>{ " " }{ mark(panel.mark) }{ " " }{ &panel.id.name }</> };
    }
    let choose = {
        let (dispatch, all) = (dispatch.clone(), all.clone());
        Callback::from(move |event: Event| {
            let index = event
                .target_dyn_into::<HtmlSelectElement>()
                .map(|select| select.selected_index());
            if let Some(id) = index.and_then(|i| all.get(usize::try_from(i).ok()?)) {
                dispatch.send(Msg::ChooseDaemonSet(id.clone()));
            }
        })
    };
    html! {
        <>
            <label class="kind" for="choose-daemon-set">{ "DaemonSet" }</label>{ " " }{ mark(panel.mark) }{ " " }
            <select id="choose-daemon-set" onchange={choose}>
                { for all.iter().map(|id| html! { <option selected={*id == panel.id}>{ &id.name }</option> }) }
            </select>
        </>
    }
}

/// All nodes by reason; a node's name selects it.
fn group_table(groups: &Groups, dispatch: &Dispatch) -> Html {
    html! {
        <table class="groups">
            <caption>{ &groups.title }</caption>
            <thead class="sr-only"><tr><th scope="col">{ "Nodes" }</th><th scope="col">{ "Why" }</th></tr></thead>
            <tbody>{ for groups.rows.iter().map(|row| html! {
                <tr data-tone={row.state.tone().as_str()}>
                    <th scope="row"><b>{ row.count }</b>{ " " }{ row.state.word() }</th>
                    <td>
                        { &row.reason }
                        <span class="groups__nodes">{ for row.nodes.iter().map(|name| html! {
                            <button type="button" class="link" onclick={dispatch.on(Msg::Select(Selection::Node(name.clone())))}>{ &**name }</button>
                        }) }
                        if row.count as usize > row.nodes.len() { <span>{ format!("and {} more", row.count as usize - row.nodes.len()) }</span> }
                        </span>
                    </td>
                </tr>
            }) }</tbody>
        </table>
    }
}

/// A number; what it counts shows while it is pointed at or has the focus. A click asks what changed it last.
fn figure(figure: &Figure, id: &DaemonSetId, dispatch: &Dispatch) -> Html {
    let why = Selection::Figure(id.clone(), figure.field);
    let about = format!("about-{}", figure.field);
    html! {
        <li class="figure" data-tone={figure.tone.as_str()} data-field={figure.field}>
            <button type="button" class="figure__button" aria-describedby={about.clone()} onclick={dispatch.on(Msg::Select(why))}>
                <span class="figure__label">{ figure.short }</span>{ " " }<b class="figure__value">{ figure.value }</b>
                if let Some(fresh) = figure.fresh { { " " }<span class="figure__fresh">{ format!("now {fresh}") }</span> }
            </button>
            <p class="figure__meaning" id={about}><b>{ figure.label }</b>{ " " }{ figure.meaning }{ " Click to see why." }</p>
        </li>
    }
}

/// What claimed times rest on; open, it can be changed.
fn assumed(assumed: &Rc<Assumptions>, dispatch: &Dispatch) -> Html {
    let labels = TIME_LABELS
        .into_iter()
        .chain(["Slow starts, %", "× slower"]);
    let on_submit = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.send(Msg::SetAssumed);
        })
    };
    let field = |(which, (label, text)): (usize, (&'static str, &String))| {
        let id = format!("assume-{which}");
        let dispatch = dispatch.clone();
        let on_input = Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                dispatch.send(Msg::Assume(which, input.value()));
            }
        });
        html! {
            <div class="compare__field">
                <label for={id.clone()}>{ label }</label>
                <input {id} value={text.clone()} oninput={on_input} autocomplete="off" spellcheck="false" />
            </div>
        }
    };
    html! {
        <details class="assumed">
            <summary>{ "Times assume " }{ &assumed.text }</summary>
            <form onsubmit={on_submit}>
                { for labels.zip(&assumed.fields).enumerate().map(field) }
                <button type="submit" class="button">{ "Set" }</button>
            </form>
        </details>
    }
}

/// How far the rollout is, what it may do, and what it waits for.
fn rollout(panel: &DaemonSetPanel, dispatch: &Dispatch) -> Html {
    let rollout = &panel.rollout;
    let compare = CompareMsg::Open(panel.id.clone());
    let percent = |n: u32| {
        format!(
            "{:.1}%",
            f64::from(n.min(rollout.desired)) * 100.0 / f64::from(rollout.desired.max(1))
        )
    };
    let word = match rollout.state {
        RolloutState::Done => "Rolled out",
        RolloutState::Progressing => "Rolling out",
        RolloutState::Stuck => "Rollout stuck",
        RolloutState::OnDelete => "Rollout waiting",
    };
    html! {
        <div class="rollout" data-state={rollout.state.as_str()}>
            <div class="rollout__head"><h3>{ word }</h3><span>{ format!("{} of {} updated", rollout.updated, rollout.desired) }</span></div>
            <svg class="rollout__bar" role="progressbar" aria-label="Nodes whose pod is updated and available"
                aria-valuemin="0" aria-valuemax={rollout.desired.to_string()} aria-valuenow={rollout.done.to_string()}>
                <rect class="rollout__room" width="100%" height="100%" rx="3" />
                <rect class="rollout__updated" width={percent(rollout.updated)} height="100%" rx="3" />
                <rect class="rollout__done" width={percent(rollout.done)} height="100%" rx="3" />
            </svg>
            <p class="rollout__strategy">{ &rollout.strategy }</p>
            if !rollout.waits.is_empty() {
                <ul class="rollout__waits">{ for rollout.waits.iter().map(|wait| html! { <li>{ wait }</li> }) }</ul>
            }
            <button type="button" class="button button--small" id="compare-open" onclick={dispatch.on(Msg::Compare(compare))}>{ "Compare strategies" }</button>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct AvailabilityProps {
    drawn: Rc<AvailabilityChart>,
}

/// Available pods since the rollout began, with the floor; below it the same in words.
#[component]
fn Availability(props: &AvailabilityProps) -> Html {
    let drawn = &props.drawn;
    let words = drawn.words.join(" ");
    let fell = drawn.fell.as_deref().unwrap_or("");
    html! {
        <figure class="chart availability">
            <h3>{ "Available over time" }</h3>
            if !drawn.is_flat { <svg viewBox={format!("0 0 {} {}", FRAME.width, FRAME.height)} role="img" aria-label={format!("Nodes with an available pod since the rollout began. {words} {fell}")}>
                { chart::counts(FRAME, &drawn.counts) }
                { chart::edges(FRAME, &drawn.times) }
                <path class="availability__line" d={drawn.line.clone()} />
                <path class="availability__below" d={drawn.below.clone()} />
                if let Some((path, label)) = &drawn.floor {
                    <g class="chart__floors"><path d={path.clone()} /><text x={n(FRAME.left - 6)} y={n(label.at + 4)}>{ &label.label }</text></g>
                }
                <circle class="availability__end" data-over={drawn.is_over.to_string()} cx={n(drawn.end.0)} cy={n(drawn.end.1)} r="3.5" />
            </svg> }
            <figcaption>
                <p>{ words }</p>
                if !fell.is_empty() { <p class="availability__bad">{ fell.to_owned() }</p> }
            </figcaption>
        </figure>
    }
}

fn selection(note: &SelectionNote) -> Html {
    html! {
        <div class="selection">
            <h3>{ "What it selects" }</h3>
            <dl>
                <div><dt>{ "Pods, by selector" }</dt><dd><code>{ &note.pods }</code><span>{ " says which pods are its own. It never selects nodes." }</span></dd></div>
                <div><dt>{ "Nodes, by the template" }</dt><dd><code>{ &note.nodes }</code><span>{ " Use nodeSelector or node affinity to run on some nodes only." }</span></dd></div>
                <div><dt>{ "Taints" }</dt><dd><span>{ &note.tolerations }</span></dd></div>
            </dl>
        </div>
    }
}

fn revisions(rows: &[RevisionRow], id: &DaemonSetId, dispatch: &Dispatch) -> Html {
    if rows.len() < 2 {
        return html! {};
    }
    html! {
        <div class="revisions">
            <h3>{ "History" }</h3>
            <ol>
                { for rows.iter().map(|row| html! {
                    <li key={row.hash.clone()}>
                        <span class="revision" data-revision={if row.is_current { "current" } else { "old" }}>{ format!("r{}", row.number) }</span>
                        <span class="revisions__images" title={row.hash.clone()}>{ &row.images }</span>
                        <span class="revisions__pods">{ crate::present::words::count(u64::from(row.pods), "pod") }</span>
                        if !row.is_current {
                            <button type="button" class="button button--small" aria-label={format!("Roll back to r{}", row.number)}
                                onclick={dispatch.on(Msg::DaemonSet(id.clone(), DaemonSetMsg::UndoTo(row.number)))}>{ "Roll back" }</button>
                        }
                    </li>
                }) }
            </ol>
        </div>
    }
}

fn items(panel: &DaemonSetPanel, dispatch: &Dispatch) -> Vec<MenuItem> {
    let act = |msg| dispatch.on::<()>(Msg::DaemonSet(panel.id.clone(), msg));
    let line = |msg: &DaemonSetMsg| kubectl(&panel.id, msg).unwrap_or_default();
    vec![
        MenuItem::about(
            "Edit YAML",
            "as it is in the cluster",
            act(DaemonSetMsg::Edit),
        ),
        MenuItem::about(
            "Restart",
            line(&DaemonSetMsg::Restart),
            act(DaemonSetMsg::Restart),
        ),
        MenuItem::about(
            "Roll back to the previous revision",
            line(&DaemonSetMsg::UndoTo(0)),
            act(DaemonSetMsg::UndoTo(0)),
        ),
        MenuItem::danger(
            "Delete",
            line(&DaemonSetMsg::Delete),
            act(DaemonSetMsg::Delete),
        ),
    ]
}

#[derive(Clone, PartialEq, Properties)]
struct ImageFormProps {
    id: DaemonSetId,
    container: ContainerImage,
}

/// `kubectl set image` as a field.
#[component]
fn ImageForm(props: &ImageFormProps) -> Html {
    let dispatch = use_dispatch();
    let input = use_node_ref();
    let on_submit = {
        let (input, id, container) = (
            input.clone(),
            props.id.clone(),
            props.container.container.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(input) = input.cast::<HtmlInputElement>() {
                let (container, image) = (container.clone(), input.value());
                dispatch.send(Msg::DaemonSet(
                    id.clone(),
                    DaemonSetMsg::SetImage { container, image },
                ));
            }
        })
    };
    let field = format!("image-{}", props.container.container);
    html! {
        <form class="add-field" onsubmit={on_submit}>
            <label for={field.clone()}>{ &props.container.container }</label>
            <input id={field} ref={input} value={props.container.image.clone()} autocomplete="off" autocapitalize="off" spellcheck="false" />
            <button type="submit" class="button" title="kubectl set image">{ "Set" }</button>
        </form>
    }
}
