//! Opening a scenario: its commands are played as if they were typed, so that the timeline, undo and links work.

use super::msg::{Section, Selection};
use super::show::{Act, Opened, pause, short};
use super::start::refuse;
use super::{Model, editor::Editor};
use crate::api::go::quote;
use crate::api::object::Key;
use crate::console::{self, Waits};
use crate::controllers::daemon_set::pod::target_node;
use crate::kubectl::{self, Started};
use crate::present::editor::{ApplyResult, StoryNote};
use crate::present::pod::PodId;
use crate::scenarios::{self, Look, Story};
use crate::session::Session;
use crate::session::scenario::Scenario;
use std::rc::Rc;

/// Replaces everything by a scenario, or leaves everything and says that there is none of that name.
pub fn open_scenario(model: &mut Model, id: &str) {
    let Some(story) = scenarios::by_id(id) else {
        let error = format!("there is no scenario {id}", id = quote(id));
        return refuse(model, &error);
    };
    let console = &mut model.console;
    console.interrupt_wait();
    let mut session = Session::new(Scenario::default());
    let mut editor = Editor::new("");
    let mut acts = Vec::new();
    for line in console::lines(story.commands) {
        let typed = line.into_text();
        let before = session.place();
        let result = console::run(&mut session, &typed, Waits::SitOut);
        let output = match result {
            Ok(Started::Done(output)) => output,
            // Not while waits are sat out; and the tests see that no line is wrong.
            Ok(Started::Waits(_)) | Err(_) => continue,
        };
        let is_failed = output.exit != 0;
        // The start isn't an act, and time up to rest shows by itself.
        let is_act = !typed.starts_with("cluster new") && !typed.starts_with("cluster settle");
        if is_act {
            let is_pause = typed.starts_with("cluster advance");
            acts.push(Act {
                before,
                text: match is_pause {
                    true => pause(before, session.place()),
                    false => short(&typed),
                },
                refused: is_failed.then(|| output.stderr.trim_end().to_owned()),
                is_pause,
            });
        }
        console.echo(Some(&typed), "", &output.terminal, is_failed);
        if let Some(text) = applied(&typed) {
            let tab = editor.open(&text);
            if is_failed {
                let message = output.stderr.trim_end().to_owned();
                tab.result = ApplyResult::Failed {
                    done: Vec::new(),
                    message,
                };
            } else {
                tab.applied = Some(tab.text.clone());
            }
        }
    }
    editor.keep_last_with("kind: DaemonSet");
    editor.tab_mut().story = Some(note(story));
    editor.hide_hints();
    let (is_settled, edits) = (session.is_settled(), session.edits());
    let shows_editor = model.shows_editor;
    let opened = Model {
        shows_editor,
        story: Some(Opened::new(story, acts, edits)),
        ..Model::with(session, editor, model.is_embedded)
    };
    model.replace(opened, format!("Opened: {}", story.title));
    // What would change it is looked for when nothing plays.
    model.clock.is_playing = is_settled;
    let chosen = selection(&model.session, story.look);
    model.look_at(chosen);
    model.section = Section::Cluster;
}

/// What a scenario asks, if there is one of this name.
pub fn note_of(id: &str) -> Option<StoryNote> {
    scenarios::by_id(id).map(note)
}

fn note(story: &Story) -> StoryNote {
    StoryNote {
        id: story.id,
        question: story.question.to_owned(),
        answer: story.answer.to_owned(),
    }
}

/// The manifest that a line applies.
fn applied(typed: &str) -> Option<String> {
    let (line, stdin) = kubectl::heredoc(typed).ok()?;
    line.starts_with("kubectl apply").then_some(stdin)?
}

/// What a scenario is about.
pub fn selection(session: &Session, look: Look) -> Selection {
    match look {
        Look::Rollout => Selection::None,
        Look::Node(name) => Selection::Node(name.into()),
        Look::PodOn(node) => {
            let sets = &session.cluster().server.daemon_sets;
            let pods = session.cluster().server.pods.iter().filter(|pod| {
                let owner = pod.metadata.controller_ref();
                let of = |name: &str| Key::new(&pod.metadata.namespace, name);
                owner.is_some_and(|owner| sets.get(&of(&owner.name)).is_some())
                    && target_node(pod) == Some(node)
            });
            let pod = pods.min_by_key(|pod| pod.is_ready());
            pod.map_or(Selection::None, |pod| {
                Selection::Pod(PodId {
                    namespace: Rc::from(&*pod.metadata.namespace),
                    name: Rc::from(&*pod.metadata.name),
                })
            })
        }
    }
}
