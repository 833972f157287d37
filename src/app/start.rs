//! How the page begins: the first visit, or a link. What a link replaces is kept, and offered back.

use super::Model;
use super::clock::{Clock, JUMP_FRAME_MS, Slice};
use super::compare::Compare;
use super::console::Console;
use super::editor::{Editor, Tab};
use super::guide::Guide;
use super::msg::{Effect, Kept, Section, Selection, SideTab, Theme};
use super::scenarios::{note_of, open_scenario};
use super::show::{Opened, story_of};
use super::side::Assumed;
use super::suggest::Suggested;
use crate::cluster::nodes::NodeTemplate;
use crate::present::compare::Progress;
use crate::present::editor::PresetItem;
use crate::present::fleet::GroupBy;
use crate::present::page::Page;
use crate::present::stage::pacing::Pacer;
use crate::present::words::clock;
use crate::presets;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::link::{self, Draft, Shared};
use crate::session::opening;
use crate::session::scenario::{NodeGroup, Scenario};
use std::rc::Rc;

/// A link whose history takes no more steps, on so few nodes, is opened at once; what is longer shows how far it is.
const SHORT_STEPS: u64 = 5_000;
const FEW_NODES: u32 = 500;

/// A link that isn't played to its end yet.
#[derive(Debug)]
pub struct Opening {
    fragment: String,
    shared: Shared,
    /// Begins with the first frame: many nodes take a moment.
    played: Option<opening::Opening>,
    slice: Slice,
}

impl Opening {
    pub fn progress(&self) -> Progress {
        let Some(played) = &self.played else {
            return Progress {
                permille: 0,
                text: "The nodes are joining".to_owned(),
            };
        };
        let ((done, all), (now, end)) = (played.commands(), played.time());
        let part = |done: u64, all: u64| (done * 500).checked_div(all).unwrap_or(500);
        let permille = part(done as u64, all as u64) + part(now.0, end.0);
        let (now, end) = (clock(now.0), clock(end.0));
        Progress {
            permille: permille as u32,
            text: format!("{done} of {all} commands, {now} of {end} simulated"),
        }
    }
}

/// What was left for another page.
pub struct Left {
    pub text: &'static str,
    pub button: &'static str,
    what: LeftPage,
}

enum LeftPage {
    Model(Box<Model>),
    /// As a link: from before a reload, or not opened.
    Link(String),
}

impl Left {
    fn new(what: LeftPage) -> Left {
        Left {
            text: "Previous session saved.",
            button: "Restore",
            what,
        }
    }

    fn to_link(&self) -> String {
        match &self.what {
            LeftPage::Model(model) => link::encode(&shared(model, Session::keep)),
            LeftPage::Link(link) => link.clone(),
        }
    }
}

impl Model {
    /// Puts another page in the place of this one, which is kept if it holds anything of the user's.
    pub(super) fn replace(&mut self, new: Model, said: String) {
        self.console.interrupt_wait();
        self.close_dialog();
        let new = Model {
            theme: self.theme,
            guide: new.guide.clone().dismissed_as(&self.guide),
            has_shortcuts: self.has_shortcuts,
            said: self.said,
            console: std::mem::take(&mut self.console),
            // The frame that was asked for is the page's, not the session's.
            clock: self.clock.handed_over(new.clock.clone()),
            ..new
        };
        let version = self.editor.version.max(new.editor.version) + 1;
        let mut old = std::mem::replace(self, new);
        self.editor.version = version;
        self.tell(said);
        self.left = old.left.take();
        if old.is_worth_keeping() {
            let left = Left::new(LeftPage::Model(Box::new(old)));
            self.announcement = format!("{}. {} {}", self.announcement, left.text, left.button);
            self.left = Some(left);
        }
    }

    pub(super) fn close_dialog(&mut self) {
        self.compare.cancel();
        self.dialog = None;
    }

    /// Has the user done or written anything here?
    fn is_worth_keeping(&self) -> bool {
        let mut tabs = self.editor.tabs.iter();
        !self.session.log().is_empty()
            || tabs.any(Tab::is_unsaved)
            || !self.editor.closed.is_empty()
    }

    /// Three nodes, and the first preset ready to apply.
    pub fn first_visit(is_embedded: bool) -> Model {
        let text = presets::all().first().map_or("", |preset| preset.yaml);
        let mut session = Session::new(Scenario::default());
        // What nodes do in their first moments isn't worth a frame.
        session.settle();
        let mut model = Model::with(session, Editor::new(text), is_embedded);
        model.guide.is_offered = !is_embedded;
        // It says what to do.
        model.section = Section::Cluster;
        model
    }

    /// A new cluster with a preset's nodes, its manifest ready to apply.
    pub(super) fn start_from(&mut self, id: &str) {
        let Some(preset) = presets::by_id(id) else {
            return;
        };
        let group = |(id, count): &(&str, u32)| {
            let template = NodeTemplate::by_id(id)?;
            let count = *count;
            Some(NodeGroup { template, count })
        };
        let mut session = Session::new(Scenario {
            nodes: preset.nodes.iter().filter_map(group).collect(),
            ..Scenario::default()
        });
        session.settle();
        let mut editor = Editor::new(preset.yaml);
        editor.tab_mut().watch = Some(preset.watch.to_owned());
        let new = Model {
            shows_editor: self.shows_editor,
            ..Model::with(session, editor, self.is_embedded)
        };
        self.replace(new, format!("Started from {}", preset.title));
    }

    /// What the address asks for. A damaged link gives the first visit and says so.
    pub fn open(fragment: &str, is_embedded: bool) -> Model {
        let mut model = Model::first_visit(is_embedded);
        if fragment.len() > 1 {
            open_link(&mut model, fragment);
        }
        model
    }

    /// As a reload left it; at another address, what that asks for, and what was left is offered.
    pub fn reopen(kept: Kept, is_here: bool, asked: &str) -> Model {
        let mut model = Model::open(if is_here { &kept.session } else { asked }, false);
        let left = if kept.is_worth && !is_here {
            Some(kept.session)
        } else {
            kept.left
        };
        model.left = left.map(|link| Left::new(LeftPage::Link(link)));
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
        let pane = Rc::new(editor.pane(&presets, true, &[]));
        let mut model = Model {
            session,
            pacer: Pacer::default(),
            editor,
            clock: Clock::default(),
            console: Console::default(),
            compare: Compare::default(),
            selection: Selection::None,
            daemon_set: None,
            editing: None,
            node_error: None,
            theme: Theme::System,
            has_shortcuts: true,
            dialog: None,
            section: if is_embedded {
                Section::Cluster
            } else {
                Section::Editor
            },
            is_embedded,
            shows_editor: !is_embedded,
            group_by: GroupBy::default(),
            tab: SideTab::Status,
            tab_before: SideTab::Status,
            assumed: Assumed::default(),
            answered: String::new(),
            notice: None,
            last_line: String::new(),
            announcement: String::new(),
            said: 0,
            left: None,
            opening: None,
            presets,
            page: Page::default(),
            pane,
            console_pane: Rc::default(),
            remedies: None,
            ways_out: None,
            suggested: Suggested::default(),
            done: None,
            guide: Guide::default(),
            story: None,
            import_error: None,
            back: None,
            walk: None,
            pointed: None,
        };
        model.refresh();
        model
    }
}

/// Whether a page is asked to be embedded: `?embed`, alone or with a value that isn't a no.
pub fn wants_embed(query: &str) -> bool {
    query.trim_start_matches('?').split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        name == "embed" && !matches!(value, "0" | "false" | "no")
    })
}

/// The fragment that opens what the address asks for: `?scenario=ID` stands for `#scenario=ID`.
pub fn asked_for(query: &str, fragment: &str) -> String {
    let mut asked = query.trim_start_matches('?').split('&');
    match asked.find(|pair| pair.starts_with("scenario=")) {
        Some(scenario) if fragment.len() < 2 => format!("#{scenario}"),
        _ => fragment.to_owned(),
    }
}

/// Begins to open what a link holds, or leaves everything and says what is wrong with it.
pub fn open_link(model: &mut Model, fragment: &str) {
    if let Some(id) = fragment.strip_prefix("#scenario=") {
        // What chats add behind it isn't the name.
        let end = id.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        return open_scenario(model, &id[..end.unwrap_or(id.len())]);
    }
    match link::decode(fragment) {
        Ok(shared) => {
            let has_few_nodes = shared.scenario.node_count() <= u64::from(FEW_NODES);
            model.close_dialog();
            model.opening = Some(Opening {
                fragment: fragment.to_owned(),
                shared,
                played: None,
                // With thousands of nodes a step may take milliseconds.
                slice: Slice {
                    least: 5,
                    ..Slice::default()
                },
            });
            if has_few_nodes {
                play(model, SHORT_STEPS);
            }
        }
        Err(error) => refuse(model, &error.to_string()),
    }
}

/// A frame's share of what is being opened, after one that took so long.
pub(super) fn go_on_opening(model: &mut Model, elapsed_ms: u32) {
    if let Some(opening) = &mut model.opening {
        if opening.played.is_some() {
            opening.slice.fit(elapsed_ms, JUMP_FRAME_MS);
        }
        let steps = opening.slice.steps;
        play(model, steps);
    }
}

fn play(model: &mut Model, steps: u64) {
    let Some(mut opening) = model.opening.take() else {
        return;
    };
    let shared = &opening.shared;
    let played = opening
        .played
        .get_or_insert_with(|| opening::Opening::new(shared));
    match (played.go_on(steps), opening.played.take()) {
        (Ok(true), Some(played)) => {
            let session = played.finish();
            let restored = restore(session, &opening.shared, model.is_embedded);
            model.replace(restored, "Opened".to_owned());
            model.section = Section::Cluster;
        }
        (Ok(_), played) => model.opening = Some(Opening { played, ..opening }),
        (Err(error), _) => refuse(model, &error.to_string()),
    }
}

/// Gives up opening a link; it is offered once more if nothing else is.
pub(super) fn cancel_opening(model: &mut Model) {
    if let Some(opening) = model.opening.take() {
        model.announcement = "Not opened".to_owned();
        model.left.get_or_insert(Left {
            text: "The link wasn't opened.",
            button: "Open it",
            what: LeftPage::Link(opening.fragment),
        });
    }
}

/// Back to what was left; what is here now is kept instead.
pub(super) fn go_back(model: &mut Model) {
    match model.left.take().map(|left| left.what) {
        Some(LeftPage::Model(old)) => {
            model.replace(*old, "Previous session restored".to_owned());
        }
        Some(LeftPage::Link(link)) => open_link(model, &link),
        None => {}
    }
}

/// What a reload of the page brings back.
pub(super) fn keep(model: &Model) -> Effect {
    // What is being opened comes back as that.
    let (session, left) = match &model.opening {
        Some(opening) => {
            let own = model
                .is_worth_keeping()
                .then(|| link::encode(&shared(model, Session::keep)));
            (opening.fragment.clone(), own)
        }
        None => (link::encode(&with_closed(model)), None),
    };
    Effect::Keep(Kept {
        session,
        is_worth: model.opening.is_some() || model.is_worth_keeping(),
        left: left.or_else(|| model.left.as_ref().map(Left::to_link)),
    })
}

/// Also the closed documents that can be opened again.
fn with_closed(model: &Model) -> Shared {
    let mut shared = shared(model, Session::keep);
    shared
        .drafts
        .extend(model.editor.closed.iter().map(|(_, tab)| Draft {
            is_closed: true,
            ..draft(tab)
        }));
    shared
}

/// Says why an address opens nothing.
pub(super) fn refuse(model: &mut Model, error: &str) {
    let text = format!("Nothing was opened: {error}. The address stays as it is.");
    model.refuse(text);
}

fn restore(session: Session, shared: &Shared, is_embedded: bool) -> Model {
    let (closed, open): (Vec<&Draft>, Vec<&Draft>) =
        shared.drafts.iter().partition(|draft| draft.is_closed);
    let mut editor = Editor::with_texts(open.iter().map(|draft| draft.text.as_str()));
    let applied: Vec<&str> = shared.log.iter().filter_map(applied_text).collect();
    for (tab, draft) in editor.tabs.iter_mut().zip(open) {
        tab.story = draft.scenario.as_deref().and_then(note_of);
        if applied.contains(&&*tab.text) {
            tab.applied = Some(tab.text.clone());
        }
    }
    closed
        .into_iter()
        .for_each(|draft| editor.push_closed(&draft.text));
    editor.hide_hints();
    let story = story_of(&editor).and_then(crate::scenarios::by_id);
    let mut model = Model::with(session, editor, is_embedded || shared.embed);
    model.story = story.map(|story| Opened::new(story, Vec::new(), 0));
    model.clock.is_playing = false;
    // A reload of a first visit is one too.
    let first = presets::all().first().map_or("", |preset| preset.yaml);
    let has_more = !shared.log.is_empty() || shared.scenario != Scenario::default();
    let texts: Vec<&str> = model.editor.tabs.iter().map(|tab| &*tab.text).collect();
    model.guide.is_offered = !model.is_embedded && !has_more && texts == [first];
    if model.guide.is_offered {
        model.clock.is_playing = true;
    }
    model
}

pub(super) fn applied_text(logged: &crate::session::Logged) -> Option<&str> {
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
    let drafts = model.editor.tabs.iter().map(draft);
    Shared {
        embed: model.is_embedded,
        ..how(&model.session, drafts.collect())
    }
}

fn draft(tab: &Tab) -> Draft {
    Draft {
        title: tab.title.clone(),
        text: tab.text.to_string(),
        scenario: tab.story.as_ref().map(|story| story.id.to_owned()),
        is_closed: false,
    }
}
