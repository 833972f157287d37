//! The left of the page: manifests, and what happened when they were applied.

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon, mark};
use super::menu::{Menu, MenuItem};
use super::platform;
use super::yaml_editor::YamlEditor;
use crate::app::msg::{EditorMsg, Msg, Section};
use crate::present::editor::{ApplyResult, Drift, EditorPane as Pane, EditorTab, Hint, Problem};
use crate::present::words;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct EditorPaneProps {
    pub pane: Rc<Pane>,
    pub is_dark: bool,
    /// A line to scroll to, and a number that changes with each wish.
    pub reveal: Option<(u32, u32)>,
}

/// Tabs, the YAML editor, Apply, presets, and errors or kubectl's words below.
#[component]
pub fn EditorPane(props: &EditorPaneProps) -> Html {
    let dispatch = use_dispatch();
    let pane = &props.pane;
    // Also when its title grows.
    let titles: Vec<String> = pane.tabs.iter().map(|tab| tab.title.clone()).collect();
    use_effect_with((pane.active, titles), |(active, _)| {
        platform::show_near(&format!("tab-{}", active.0))
    });
    let start = pane.presets.iter().map(|preset| {
        let msg = EditorMsg::StartFrom(preset.id.clone());
        MenuItem::about(
            preset.title.clone(),
            preset.watch.clone(),
            dispatch.on(Msg::Editor(msg)),
        )
    });
    let heading = "Start from: replaces the cluster";
    let start = std::iter::once(MenuItem::Heading(heading.into())).chain(start);
    let add = pane.presets.iter().map(|preset| {
        let msg = EditorMsg::OpenPreset(preset.id.clone());
        MenuItem::action(
            format!("Add {}", words::lower_article(&preset.title)),
            dispatch.on(Msg::Editor(msg)),
        )
    });
    let heading = "Add: to the cluster that is here";
    let add = std::iter::once(MenuItem::Heading(heading.into())).chain(add);
    let objects = pane.objects.iter().map(|object| {
        let msg = EditorMsg::OpenObject(object.kind, object.key.clone());
        MenuItem::about(
            object.title.clone(),
            object.about.clone(),
            dispatch.on(Msg::Editor(msg)),
        )
    });
    let heading = (!pane.objects.is_empty()).then(|| MenuItem::Heading("In the cluster".into()));
    let items: Vec<MenuItem> = heading
        .into_iter()
        .chain(objects)
        .chain(start)
        .chain(add)
        .collect();
    html! {
        <section class="editor" aria-labelledby="editor-heading">
            <div class="editor__bar">
                <h2 id="editor-heading" class="sr-only">{ "Manifests" }</h2>
                { tabs(pane, &dispatch) }
                <Menu id="presets" label="Open a preset or an object" class="editor__presets" {items}>{ "Open" }{ icon(Icon::Chevron) }</Menu>
            </div>
            { invitation(pane) }
            { hints(&pane.hints, &dispatch) }
            { for pane.drift.as_ref().map(|it| drift(it, &dispatch)) }
            <YamlEditor tab={pane.active} version={pane.version} edits={pane.edits} is_read_only={pane.past.is_some()} text={pane.text.clone()} problems={pane.problems.clone()} pointed={pane.pointed.clone()} is_dark={props.is_dark} reveal={props.reveal} />
            if let Some(words) = &pane.past {
                <div class="editor__actions editor__past">
                    <p>{ &**words }</p>
                    <button type="button" class="button" title="Your text, not the one shown here" onclick={dispatch.on(Msg::Editor(EditorMsg::Apply))}>{ "Apply your text here" }</button>
                </div>
            } else {
                <div class="editor__actions">
                    <button type="button" class="button button--primary" id="apply" onclick={dispatch.on(Msg::Editor(EditorMsg::Apply))}>{ "Apply" }</button>
                    { outcome(pane, &dispatch) }
                    if let ApplyResult::Done { .. } = pane.result {
                        <button type="button" class="button editor__next" onclick={dispatch.on(Msg::Show(Section::Cluster))}>{ "Watch the pods" }</button>
                    }
                </div>
            }
            if matches!(pane.result, ApplyResult::Failed { .. }) { { problems(&pane.problems, &dispatch) } }
        </section>
    }
}

/// What came of the last Apply; else what one would be refused for; else how it is done.
fn outcome(pane: &Pane, dispatch: &Dispatch) -> Html {
    match (&pane.result, pane.problems.first()) {
        (ApplyResult::Failed { .. }, _) | (ApplyResult::Done { .. }, None) => result(&pane.result),
        (_, Some(first)) => html! {
            <p class="editor__live">{ icon(Icon::Warning) }<button type="button" class="link" title={first.message.clone()} onclick={dispatch.on(Msg::Editor(EditorMsg::Reveal(first.line)))}>
                { match first.line {
                    0 => words::count(pane.problems.len() as u64, "error"),
                    line => format!("{}, line {line}", words::count(pane.problems.len() as u64, "error")),
                } }
            </button></p>
        },
        (ApplyResult::None, None) => html! {
            <span class="editor__keys" aria-hidden="true"><kbd>{ "Ctrl" }</kbd>{ " " }<kbd>{ "Enter" }</kbd></span>
        },
    }
}

/// How the cluster differs from the document, and both ways to make them the same.
fn drift(drift: &Drift, dispatch: &Dispatch) -> Html {
    let is_gone = drift.changes.is_empty();
    let title = match is_gone {
        true => format!("Not in the cluster: {}", drift.gone.join(", ")),
        false => "Cluster differs".to_owned(),
    };
    let overwrite = if is_gone { "Apply again" } else { "Overwrite" };
    html! {
        <section class="drift" aria-labelledby="drift-heading">
            <h3 id="drift-heading">{ icon(Icon::Warning) }{ title }</h3>
            if !is_gone {
                <button type="button" class="button button--small" title="The manifest becomes what the cluster holds" onclick={dispatch.on(Msg::Editor(EditorMsg::TakeOver))}>{ "Take over" }</button>
            }
            <button type="button" class="button button--small" title="The cluster becomes what the manifest says" onclick={dispatch.on(Msg::Editor(EditorMsg::Overwrite))}>{ overwrite }</button>
            if !is_gone {
                <div class="drift__lines" tabindex="0" role="group" aria-label="Differences: − manifest, + cluster">
                    { for drift.changes.iter().map(|change| html! { <>
                        <p class="drift__place">{ &change.place }</p>
                        { for change.removed.iter().map(|line| html! { <del>{ line }</del> }) }
                        { for change.added.iter().map(|line| html! { <ins>{ line }</ins> }) }
                    </> }) }
                    if drift.more > 0 { <p>{ format!("and {} more", drift.more) }</p> }
                </div>
            }
        </section>
    }
}

/// The first thing that the author may have got wrong; the next comes when it is dismissed.
fn hints(hints: &[Hint], dispatch: &Dispatch) -> Html {
    const SHOWN_MAX: usize = 1;
    if hints.is_empty() {
        return html! {};
    }
    html! {
        <ul class="hints" aria-label="Hints">
            { for hints.iter().take(SHOWN_MAX).map(|hint| html! {
                <li key={hint.id}>
                    <p><button type="button" class="link" onclick={dispatch.on(Msg::Editor(EditorMsg::Reveal(hint.at.line)))}>{ format!("line {}", hint.at.line) }</button>
                    { " " }{ &hint.text }<span class="hints__page">{ format!(" Kubernetes docs: {}", hint.page) }</span></p>
                    <button type="button" class="icon-button" aria-label="Dismiss this hint" title="Dismiss" onclick={dispatch.on(Msg::Editor(EditorMsg::DismissHint(hint.id)))}>{ icon(Icon::Close) }</button>
                </li>
            }) }
        </ul>
    }
}

fn tabs(pane: &Pane, dispatch: &Dispatch) -> Html {
    let can_close = pane.tabs.len() > 1;
    html! {
        <div class="tabs" role="group" aria-label="Documents">
            <div class="tabs__list">{ for pane.tabs.iter().map(|tab| tab_button(tab, tab.id == pane.active, can_close, dispatch)) }</div>
            <button type="button" class="tabs__new" aria-label="New document" title="New document" onclick={dispatch.on(Msg::Editor(EditorMsg::NewTab))}>{ icon(Icon::Plus) }</button>
        </div>
    }
}

fn tab_button(tab: &EditorTab, is_active: bool, can_close: bool, dispatch: &Dispatch) -> Html {
    let state = if tab.has_problems {
        ", has errors"
    } else if tab.differs {
        ", cluster differs"
    } else if tab.is_dirty {
        ", not applied"
    } else {
        ""
    };
    html! {
        <span class="tabs__tab" key={tab.id.0.to_string()} data-active={is_active.to_string()} data-dirty={tab.is_dirty.to_string()} data-problems={tab.has_problems.to_string()} data-differs={tab.differs.to_string()}>
            <button type="button" class="tabs__select" id={format!("tab-{}", tab.id.0)} aria-pressed={is_active.to_string()} aria-label={format!("{}{state}", tab.title)} title={tab.about.clone()}
                onclick={dispatch.on(Msg::Editor(EditorMsg::SelectTab(tab.id)))}>
                { mark(tab.mark) }{ &tab.title }
            </button>
            if can_close && is_active {
                <button type="button" class="tabs__close" aria-label={format!("Close {}", tab.title)} onclick={dispatch.on(Msg::Editor(EditorMsg::CloseTab(tab.id)))}>{ icon(Icon::Close) }</button>
            }
        </span>
    }
}

/// What to do, or what to think about.
pub fn invitation(pane: &Pane) -> Html {
    match &pane.watch {
        Some(watch) => html! { <p class="invitation"><b>{ "Watch: " }</b>{ watch }</p> },
        // The scenario's question stands above the cluster.
        None if pane.story.is_some() => html! {},
        None if pane.is_first_visit => {
            html! { <p class="invitation">{ "Three empty nodes are waiting. " }<b>{ "Apply" }</b>{ " this DaemonSet and each gets a pod." }</p> }
        }
        None => html! {},
    }
}

/// What came of the last Apply.
pub fn result(result: &ApplyResult) -> Html {
    match result {
        ApplyResult::None => html! {},
        ApplyResult::Done { lines, warnings } => html! {
            <ul class="result" data-tone="good">
                { for lines.iter().map(|line| html! { <li>{ icon(Icon::Check) }{ line }</li> }) }
                { for warnings.iter().map(|line| html! { <li data-tone="warn">{ icon(Icon::Warning) }{ line }</li> }) }
            </ul>
        },
        ApplyResult::Failed { done, message } => html! {
            <ul class="result" data-tone="bad">
                { for done.iter().map(|line| html! { <li data-tone="good">{ icon(Icon::Check) }{ line }</li> }) }
                <li>{ icon(Icon::Warning) }<span>{ message }</span></li>
            </ul>
        },
    }
}

fn problems(problems: &Rc<[Problem]>, dispatch: &Dispatch) -> Html {
    if problems.is_empty() {
        return html! {};
    }
    html! {
        <ul class="problems" aria-label="Errors in this document">
            { for problems.iter().map(|problem| html! {
                <li class="problem">
                    if problem.line > 0 {
                        <button type="button" class="link problem__place" onclick={dispatch.on(Msg::Editor(EditorMsg::Reveal(problem.line)))}>{ format!("line {}", problem.line) }</button>
                    }
                    <span class="problem__text">{ &problem.message }</span>
                    if let Some(hint) = &problem.hint { <span class="problem__hint">{ hint }</span> }
                </li>
            }) }
        </ul>
    }
}
