//! The parts of the page whose code comes after the first picture; until then they say that they are being loaded.

use super::Root;
use crate::app::Model;
use crate::app::msg::{Dialog, Msg, Selection, SideTab};
use crate::app::suggest::About;
use crate::chunk::{self, Chunk, in_chunk};
use crate::view::add_node::AddNodes;
use crate::view::compare::Compare;
use crate::view::console::Console;
use crate::view::daemon_set::DaemonSet;
use crate::view::dialog::{Help, Opening};
use crate::view::dispatch::Dispatch;
use crate::view::editor_pane::EditorPane;
use crate::view::events::EventFeed;
use crate::view::eye::Eye;
use crate::view::fleet::Fleet;
use crate::view::guide::{self, Scenarios};
use crate::view::static_page;
use crate::view::why::{WalkNote, Why};
use std::rc::Rc;
use yew::prelude::*;

in_chunk!(panels 100, fn editor_in_panels(root: &Root) -> Html = draw_editor);
in_chunk!(panels 101, fn side_in_panels(root: &Root, tab: SideTab) -> Html = draw_side);
in_chunk!(panels 102, fn console_in_panels(root: &Root) -> Html = draw_console);
in_chunk!(panels 103, fn dialogs_in_panels(root: &Root) -> Html = draw_dialogs);
in_chunk!(panels 104, fn fleet_in_panels(root: &Root) -> Html = draw_fleet);
in_chunk!(panels 105, fn story_in_panels(model: &Model, dispatch: &Dispatch) -> Html = draw_story);
in_chunk!(panels 106, fn experiment_in_panels(model: &Model, dispatch: &Dispatch) -> Html = draw_experiment);

fn are_here() -> bool {
    chunk::is_here(Chunk::Panels)
}

/// Until then: what stood there before the page did, if that is a first visit.
fn is_coming(part: &str) -> Html {
    html! {
        <div class="coming" onclick={Callback::from(static_page::touch)}>
            { for static_page::part(part) }
            <p class="coming__note" role="status">{ "Loading…" }</p>
        </div>
    }
}

pub fn editor(root: &Root) -> Html {
    match are_here() {
        true => editor_in_panels(root),
        false => is_coming(".page__editor"),
    }
}

pub fn side(root: &Root, tab: SideTab) -> Html {
    match are_here() {
        true => side_in_panels(root, tab),
        false => is_coming(&format!("#side-{}", tab.as_str())),
    }
}

pub fn console(root: &Root) -> Html {
    match are_here() {
        true => console_in_panels(root),
        false => Html::default(),
    }
}

pub fn dialogs(root: &Root) -> Html {
    let model = &root.model;
    let is_open = model.dialog.is_some() || model.opening.is_some() || model.compare.pane.is_some();
    match is_open && are_here() {
        true => dialogs_in_panels(root),
        false => Html::default(),
    }
}

/// The map instead of cards, when there are too many nodes.
pub fn fleet(root: &Root) -> Option<Html> {
    root.model.page.fleet.as_ref()?;
    Some(match are_here() {
        true => fleet_in_panels(root),
        false => is_coming(""),
    })
}

/// The scenario's bar.
pub fn story(root: &Root) -> Html {
    match are_here() {
        true => story_in_panels(&root.model, &root.dispatch),
        false => Html::default(),
    }
}

pub fn experiment(root: &Root) -> Html {
    match are_here() {
        true => experiment_in_panels(&root.model, &root.dispatch),
        false => Html::default(),
    }
}

fn draw_editor(root: &Root) -> Html {
    html! { <EditorPane pane={root.model.pane.clone()} is_dark={root.is_dark} reveal={root.reveal} /> }
}

fn draw_side(root: &Root, tab: SideTab) -> Html {
    let model = &root.model;
    let page = &model.page;
    let done = |about| {
        model
            .done(about)
            .map(|title| AttrValue::from(title.to_owned()))
    };
    match tab {
        SideTab::Why => {
            let walk = model.walk().map(|walk| WalkNote {
                as_of: walk.as_of.clone().into(),
                at: walk.at,
            });
            html! {
                <Why why={model.why().cloned()} pointed={model.pointed} walk={walk} remedies={model.remedies.clone()} done={done(About::Node)} assumed={model.assumed.shown.clone()} />
            }
        }
        SideTab::Status => html! {
            <DaemonSet panel={page.panel.clone()} chart={page.chart.clone()} groups={page.groups.clone()} ways_out={model.ways_out.clone()} done={done(About::Rollout)} all={page.daemon_sets.clone()} assumed={model.assumed.shown.clone()} />
        },
        SideTab::Events => html! { <EventFeed feed={page.feed.clone()} /> },
        SideTab::Controller => html! { <Eye eye={page.eye.clone()} /> },
    }
}

fn draw_console(root: &Root) -> Html {
    html! { <Console pane={root.model.console_pane.clone()} /> }
}

fn draw_dialogs(root: &Root) -> Html {
    let model = &root.model;
    let story = model.story_bar().map(|story| story.id);
    html! {
        <>
            if model.dialog == Some(Dialog::Help) { <Help has_shortcuts={model.has_shortcuts} /> }
            if model.dialog == Some(Dialog::Scenarios) { <Scenarios open={story} /> }
            if matches!(model.dialog, Some(Dialog::AddWorkers | Dialog::ImportNodes)) {
                <AddNodes is_import={model.dialog == Some(Dialog::ImportNodes)} error={model.import_error.clone().map(AttrValue::from)} />
            }
            if let Some(opening) = &model.opening { <Opening progress={opening.progress()} /> }
            if let Some(pane) = &model.compare.pane { <Compare pane={pane.clone()} /> }
        </>
    }
}

fn draw_fleet(root: &Root) -> Html {
    let model = &root.model;
    let Some(view) = model.page.fleet.clone() else {
        return Html::default();
    };
    let selected = match &model.selection {
        Selection::Node(name) => Some(name.clone()),
        _ => None,
    };
    let parts = model.why().into_iter().flat_map(|why| {
        let part = |node: Rc<str>| {
            let part = why.part_of_node(&node, model.pointed)?;
            Some((node, part))
        };
        why.nodes().into_iter().filter_map(part)
    });
    let parts: Vec<_> = parts.collect();
    let set = model.page.panel.as_ref();
    let set = set.map(|panel| (panel.mark, AttrValue::from(panel.id.name.clone())));
    html! {
        <Fleet {view} {set} groups={model.page.fleet_groups.clone()} group_by={model.group_by} on_group={root.dispatch.0.reform(Msg::GroupBy)} {selected} {parts} on_select={root.on_node.clone()} />
    }
}

fn draw_story(model: &Model, dispatch: &Dispatch) -> Html {
    let story = model.story_bar();
    story.map_or_else(Html::default, |story| guide::story(&story, dispatch))
}

fn draw_experiment(model: &Model, dispatch: &Dispatch) -> Html {
    let next = model.next_experiment();
    next.map_or_else(Html::default, |next| guide::experiment(&next, dispatch))
}
