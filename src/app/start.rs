//! How the page begins: the first visit, or a link.

use super::Model;
use super::clock::Clock;
use super::compare::Compare;
use super::console::Console;
use super::editor::Editor;
use super::msg::{Section, Selection, Theme};
use super::scenarios::{note_of, open_scenario};
use super::suggest::Suggested;
use crate::present::editor::PresetItem;
use crate::present::page::Page;
use crate::presets;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::link::{self, Draft, LinkError, Shared};
use crate::session::scenario::Scenario;
use std::rc::Rc;

impl Model {
    /// Three nodes, and the first preset ready to apply.
    pub fn first_visit(is_embedded: bool) -> Model {
        let text = presets::all().first().map_or("", |preset| preset.yaml);
        let mut session = Session::new(Scenario::default());
        // What nodes do in their first moments isn't worth a frame.
        session.settle();
        Model::with(session, Editor::new(text), is_embedded)
    }

    /// What the address asks for. A damaged link gives the first visit and says so.
    pub fn open(fragment: &str, is_embedded: bool) -> Model {
        let mut model = Model::first_visit(is_embedded);
        if fragment.len() > 1 {
            open_link(&mut model, fragment);
        }
        model
    }

    pub(super) fn with(session: Session, editor: Editor, is_embedded: bool) -> Model {
        let presets: Rc<[PresetItem]> = presets::all()
            .iter()
            .map(|preset| PresetItem {
                id: preset.id.to_owned(),
                title: preset.title.to_owned(),
                watch: preset.watch.to_owned(),
            })
            .collect();
        let pane = Rc::new(editor.pane(&presets, true));
        let mut model = Model {
            session,
            editor,
            clock: Clock::default(),
            console: Console::default(),
            compare: Compare::default(),
            selection: Selection::None,
            daemon_set: None,
            editing: None,
            node_error: None,
            theme: Theme::System,
            dialog: None,
            section: if is_embedded {
                Section::Cluster
            } else {
                Section::Editor
            },
            is_embedded,
            shows_editor: !is_embedded,
            shows_eye: false,
            notice: None,
            last_line: String::new(),
            announcement: String::new(),
            presets,
            page: Page::default(),
            pane,
            console_pane: Rc::default(),
            remedies: None,
            ways_out: None,
            suggested: Suggested::default(),
            done: None,
            back: None,
            walk: None,
            pointed: None,
        };
        model.refresh();
        model
    }
}

/// The fragment that opens what the address asks for: `?scenario=ID` stands for `#scenario=ID`.
pub fn asked_for(query: &str, fragment: &str) -> String {
    let mut asked = query.trim_start_matches('?').split('&');
    match asked.find(|pair| pair.starts_with("scenario=")) {
        Some(scenario) if fragment.len() < 2 => format!("#{scenario}"),
        _ => fragment.to_owned(),
    }
}

/// Replaces everything by what a link holds, or leaves everything and says what is wrong with it.
pub fn open_link(model: &mut Model, fragment: &str) {
    if let Some(id) = fragment.strip_prefix("#scenario=") {
        return open_scenario(model, id);
    }
    match link::decode(fragment).and_then(|shared| restore(&shared, model.is_embedded)) {
        Ok(restored) => {
            let theme = model.theme;
            let version = model.editor.version + 1;
            model.console.interrupt_wait();
            *model = Model {
                theme,
                console: std::mem::take(&mut model.console),
                ..restored
            };
            model.editor.version = version;
            model.section = Section::Cluster;
            model.refresh();
        }
        Err(error) => refuse(model, &error.to_string()),
    }
}

/// Says why an address opens nothing.
pub(super) fn refuse(model: &mut Model, error: &str) {
    let text = format!("Nothing was opened: {error}. The address was left alone.");
    model.refuse(text);
}

fn restore(shared: &Shared, is_embedded: bool) -> Result<Model, LinkError> {
    let session = Session::open(shared)?;
    let mut editor = Editor::with_texts(shared.drafts.iter().map(|draft| draft.text.as_str()));
    let applied: Vec<&str> = shared.log.iter().filter_map(applied_text).collect();
    for (tab, draft) in editor.tabs.iter_mut().zip(&shared.drafts) {
        tab.story = draft.scenario.as_deref().and_then(note_of);
        if applied.contains(&&*tab.text) {
            tab.applied = Some(tab.text.clone());
        }
    }
    let mut model = Model::with(session, editor, is_embedded || shared.embed);
    model.clock.is_playing = false;
    Ok(model)
}

fn applied_text(logged: &crate::session::Logged) -> Option<&str> {
    match &logged.command {
        Command::Apply { yaml } => Some(yaml),
        Command::Kubectl { args, stdin, .. }
            if args.first().is_some_and(|verb| verb == "apply") =>
        {
            stdin.as_deref()
        }
        _ => None,
    }
}

/// What a link brings back: the scenario, what was done, where in time we are, and the texts.
pub fn shared(model: &Model, how: fn(&Session, Vec<Draft>) -> Shared) -> Shared {
    let drafts = model.editor.tabs.iter().map(|tab| Draft {
        title: tab.title.clone(),
        text: tab.text.to_string(),
        scenario: tab.story.as_ref().map(|story| story.id.to_owned()),
    });
    Shared {
        embed: model.is_embedded,
        ..how(&model.session, drafts.collect())
    }
}
