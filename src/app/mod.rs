//! The page's state and how it changes: pure, and total. Nothing a user does may end in a panic.
//!
//! `update` takes a message, changes the model and says what the outside must do. The model's `page` is what is drawn;
//! it is made anew at most once a message, and parts that didn't change stay the same objects.

pub mod clock;
pub mod compare;
pub mod console;
pub mod daemon_set;
pub mod drift;
pub mod editor;
pub mod guide;
pub mod history;
pub mod import;
pub mod msg;
pub mod node;
pub mod objects;
pub mod past;
pub mod retext;
pub mod said;
pub mod scenarios;
pub mod show;
pub mod side;
pub mod start;
pub mod suggest;
pub mod walk;
pub mod why;

use crate::api::object::{Key, Kind};
use crate::apiserver::Propagation;
use crate::chunk::{self, Chunk, in_chunk};
use crate::cluster::nodes::NodeTemplate;
use crate::present::cluster::CARDS_MAX;
use crate::present::console::ConsolePane;
use crate::present::daemon_set::DaemonSetId;
use crate::present::editor::{ApplyResult, EditorPane, PresetItem, Problem, TabId};
use crate::present::fleet::GroupBy;
use crate::present::marks::manifest;
use crate::present::page::{Look, Page, Subject};
use crate::present::pod::PodId;
use crate::present::remedy::RemedyList;
use crate::present::stage::pacing::Pacer;
use crate::present::timeline::{PAUSED, Pace, Speed};
use crate::present::words::Tone;
use crate::presets;
use crate::session::Session;
use crate::session::command::{Command, Failure, Outcome};
use crate::session::execute;
use crate::session::history::Place;
use crate::session::link::{self, Shared};
use crate::session::words;
use crate::sim::time::SimTime;
use clock::Clock;
use compare::Compare;
use console::{Console, Demand};
use editor::Editor;
use msg::{
    CauseMsg, ClockMsg, ConsoleMsg, DaemonSetMsg, Dialog, EditorMsg, Effect, HistoryMsg, Msg,
    NodeKind, Section, Selection, Shortcut, SideTab, Theme,
};
use said::Before;
use side::Assumed;
use start::{Left, Opening};
use std::rc::Rc;
use suggest::{About, Done, Suggested};
use walk::Walk;

pub struct Model {
    pub session: Session,
    /// Which of the session's moments is shown.
    pub pacer: Pacer,
    pub editor: Editor,
    pub clock: Clock,
    pub console: Console,
    pub compare: Compare,
    pub selection: Selection,
    /// The DaemonSet that the status panel is about; the first one if none is chosen.
    pub daemon_set: Option<DaemonSetId>,
    /// The node whose labels and taints are being edited.
    pub editing: Option<Rc<str>>,
    pub node_error: Option<NodeError>,
    pub theme: Theme,
    /// Single keys act.
    pub has_shortcuts: bool,
    pub dialog: Option<Dialog>,
    pub section: Section,
    pub is_embedded: bool,
    pub shows_editor: bool,
    pub group_by: GroupBy,
    /// The tab of the right side that is shown, and the one before `Why`.
    pub tab: SideTab,
    tab_before: SideTab,
    pub assumed: Assumed,
    /// The answer that was said last.
    answered: String,
    pub notice: Option<Notice>,
    /// The session that was here before, to go back to.
    pub left: Option<Left>,
    /// A link that is being played.
    pub opening: Option<Opening>,
    /// What happened last, in kubectl's words.
    pub last_line: String,
    /// What the live region says.
    pub announcement: String,
    /// Grows with each announcement: the same words once more are something new.
    pub said: u32,
    pub presets: Rc<[PresetItem]>,
    /// What is drawn.
    pub page: Page,
    pub pane: Rc<EditorPane>,
    pub console_pane: Rc<ConsolePane>,
    /// What would change what the why panel says.
    pub remedies: Option<Rc<RemedyList>>,
    /// What would let a stuck rollout go on.
    pub ways_out: Option<Rc<RemedyList>>,
    suggested: Suggested,
    /// The edit that was done last of those that were suggested.
    done: Option<Done>,
    pub guide: guide::Guide,
    /// The scenario that the page shows.
    story: Option<show::Opened>,
    /// What is wrong with the pasted nodes.
    pub import_error: Option<String>,
    /// Where we were before the last jump, in which history.
    back: Option<(u64, Place)>,
    walk: Option<Walk>,
    /// The link of the chain of causes that is pointed at.
    pub pointed: Option<usize>,
    /// Messages that wait for code that is still being loaded, and whether loading failed.
    pub held: Vec<Msg>,
    pub is_stranded: bool,
}

/// Messages that wait for the engine; later ones are lost.
const HELD_MAX: usize = 100;

/// Lines of a result that are said one by one.
const TOLD_MAX: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
}

/// Why an edit of a node's labels or taints was refused, and which of the two it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeError {
    pub is_taint: bool,
    pub text: Rc<str>,
}

/// What came of a message.
#[derive(Debug, Default, PartialEq)]
pub struct Update {
    pub effects: Vec<Effect>,
    /// Something that is drawn changed.
    pub changed: bool,
}

in_chunk!(engine 1, fn act_in_engine(model: &mut Model, msg: Msg, effects: &mut Vec<Effect>) = act);
in_chunk!(engine 2, fn refresh_documents(model: &mut Model) = Model::refresh_documents);
in_chunk!(engine 3, fn refresh_panes(model: &mut Model, pace: Pace) -> bool = Model::refresh_panes);
in_chunk!(engine 4, fn go_on_opening(model: &mut Model, elapsed_ms: u32) = start::go_on_opening);
in_chunk!(engine 5, fn go_on_comparing(model: &mut Model, elapsed_ms: u32) = Model::go_on_comparing);
in_chunk!(engine 6, fn show_on(model: &mut Model, elapsed_ms: u32) -> u32 = Model::show_on);
in_chunk!(engine 23, fn meet(model: &mut Model, demands: Vec<Demand>, effects: &mut Vec<Effect>) = Model::meet);
in_chunk!(engine 25, fn keep_pointing(model: &mut Model) = Model::keep_pointing);

pub fn update(model: &mut Model, msg: Msg) -> Update {
    match msg {
        Msg::Load => {
            model.is_stranded = false;
            Update {
                effects: vec![Effect::Load],
                changed: true,
            }
        }
        Msg::Loaded { is_whole } => loaded(model, is_whole),
        msg if chunk::is_here(Chunk::Engine) || is_time(&msg) => update_now(model, msg),
        // Nothing was done yet that a reload would have to bring back.
        Msg::Leaving => Update::default(),
        msg => {
            if model.held.len() < HELD_MAX {
                model.held.push(msg);
            }
            Update {
                effects: Vec::new(),
                changed: true,
            }
        }
    }
}

/// A frame, or the wish for one.
fn is_time(msg: &Msg) -> bool {
    matches!(msg, Msg::Clock(ClockMsg::Tick { .. } | ClockMsg::Wake))
}

/// A chunk came, or all did: what waited for the engine is done now, in its order. Or one didn't come.
fn loaded(model: &mut Model, is_whole: bool) -> Update {
    model.is_stranded = !is_whole;
    if !chunk::is_here(Chunk::Engine) {
        return Update {
            effects: Vec::new(),
            changed: true,
        };
    }
    let mut effects = Vec::new();
    let held = std::mem::take(&mut model.held);
    for msg in held.into_iter().chain([Msg::Clock(ClockMsg::Wake)]) {
        effects.extend(update_now(model, msg).effects);
    }
    Update {
        effects,
        changed: true,
    }
}

fn update_now(model: &mut Model, msg: Msg) -> Update {
    let mut update = Update {
        effects: Vec::new(),
        changed: true,
    };
    let is_tick = matches!(msg, Msg::Clock(ClockMsg::Tick { .. }));
    let is_pointing = matches!(msg, Msg::Cause(CauseMsg::Point(to)) if to == model.pointed);
    let was_idle = model.is_idle();
    let had_worker = model.compare.is_in_worker();
    let was_opening = model.opening.is_some();
    let is_clock = matches!(msg, Msg::Clock(_));
    if !is_tick && !is_pointing && model.is_paced() {
        model.pacer.hold(&model.session);
    }
    let side = model.before(&msg);
    let before = Before::new(model);
    act_first(model, msg, &mut update.effects);
    model.go_on_in_console(&mut update.effects);
    if had_worker && !model.compare.is_in_worker() {
        // Done, cancelled, or lost with all that was open.
        update.effects.push(Effect::StopWorker);
    }
    model.follow();
    let mut changed = model.refresh() | model.opening.is_some() | was_opening | model.is_showing();
    changed |= model.follow_side(&side);
    model.guide.follow(&model.session, &model.selection);
    if is_clock && !was_opening && !was_idle && model.is_idle() {
        // The page has to be made first: it knows what there is to say.
        model.announcement = model.settled_sentence();
        model.say_other_answer();
        changed = true;
    }
    if is_tick || is_pointing {
        update.changed = changed;
    }
    before.end(model, &mut update);
    let deadline = model.console.deadline();
    let is_showing = model.is_showing() && model.clock.is_playing;
    let is_working = model.compare.is_busy() || model.opening.is_some();
    let is_busy = is_working || is_showing || model.pacer.is_behind();
    let ask = model.clock.ask(&model.session, deadline, is_busy);
    update.effects.extend(ask);
    update
}

/// Time passes also before the engine is there.
fn act_first(model: &mut Model, msg: Msg, effects: &mut Vec<Effect>) {
    match msg {
        Msg::Clock(ClockMsg::Tick { elapsed_ms }) => tick(model, elapsed_ms),
        Msg::Clock(ClockMsg::Wake) => {}
        msg => act_in_engine(model, msg, effects),
    }
}

fn act(model: &mut Model, msg: Msg, effects: &mut Vec<Effect>) {
    match msg {
        // `update` knows them.
        Msg::Load | Msg::Loaded { .. } => {}
        Msg::Editor(msg) => act_editor(model, msg, effects),
        Msg::Node(name, msg) => node::act(model, name, msg, effects),
        Msg::DaemonSet(id, msg) => act_daemon_set(model, &id, &msg),
        Msg::Clock(msg) => act_clock(model, msg),
        Msg::History(msg) => model.act_history(msg),
        Msg::Cause(msg) => model.act_cause(msg),
        Msg::Console(msg) => act_console(model, msg, effects),
        Msg::Compare(msg) => model.act_compare(msg, effects),
        Msg::AddNodes { kind, count } => {
            model.submit(Command::AddNodes {
                template: template(kind),
                count,
            });
        }
        Msg::DeletePod(id) => {
            model.submit(Command::DeleteObject {
                kind: "Pod".to_owned(),
                namespace: id.namespace.to_string(),
                name: id.name.to_string(),
                propagation: Propagation::Background,
                grace_period_seconds: None,
            });
        }
        Msg::FailPod(PodId { namespace, name }) => {
            model.submit(Command::FailPod {
                namespace: namespace.to_string(),
                name: name.to_string(),
                reason: "Evicted".to_owned(),
            });
        }
        Msg::Select(selection) => model.choose(selection, effects),
        Msg::ChooseDaemonSet(id) => model.daemon_set = Some(id),
        Msg::EditNode(node) => {
            model.node_error = None;
            let focus = match (&node, &model.editing) {
                (Some(node), _) => Some(format!("add-label-{node}")),
                (None, Some(node)) => Some(format!("edit-{node}")),
                (None, None) => None,
            };
            effects.extend(focus.map(Effect::Focus));
            model.editing = node;
        }
        Msg::ApplyRemedy(index) => {
            effects.push(Effect::Focus("why-heading".to_owned()));
            model.do_suggested(model.suggested.for_node(index), About::Node);
        }
        Msg::ApplyWayOut(index) => {
            effects.push(Effect::Focus("status-heading".to_owned()));
            model.do_suggested(model.suggested.for_rollout(index), About::Rollout);
        }
        Msg::Undo => {
            model.console.interrupt_wait();
            model.clock.end_jump();
            let is_fix = model
                .done(About::Node)
                .or(model.done(About::Rollout))
                .is_some();
            let clean = model.editor.in_step();
            if model.session.undo() {
                model.tell("Undone".to_owned());
                if is_fix {
                    model.keep_in_step(&clean);
                }
            }
        }
        Msg::Redo => {
            model.console.interrupt_wait();
            model.clock.end_jump();
            if model.session.redo() {
                model.tell("Redone".to_owned());
            }
        }
        Msg::Share => {
            let shared = start::shared(model, Session::share);
            effects.push(Effect::CopyLink(link::encode(&shared)));
        }
        Msg::OpenPage => {
            let shared = Shared {
                embed: false,
                ..start::shared(model, Session::share)
            };
            effects.push(Effect::OpenPage(link::encode(&shared)));
        }
        Msg::Shared { is_copied } => {
            let text = if is_copied {
                "Link copied. It opens exactly this."
            } else {
                "The browser didn't copy the link; it is in the address bar."
            };
            model.notice = Some(Notice {
                tone: Tone::Good,
                text: text.to_owned(),
            });
            model.announcement = text.to_owned();
        }
        Msg::Reset => {
            let first = Model {
                shows_editor: model.shows_editor,
                ..Model::first_visit(model.is_embedded)
            };
            model.replace(first, "Started over".to_owned());
        }
        Msg::OpenLink(fragment) => start::open_link(model, &fragment),
        Msg::OpenScenario(id) => scenarios::open_scenario(model, &id),
        Msg::Story(msg) => model.act_story(msg),
        Msg::Guide(msg) => {
            for msg in model.act_guide(msg, effects) {
                act(model, msg, effects);
            }
            model.show_newest(effects);
        }
        Msg::AddWorkers(count) => {
            if let Some(msg) = import::act_add(model, count) {
                act(model, msg, effects);
            }
        }
        Msg::ImportNodes(text) => model.import_nodes(&text, effects),
        Msg::CancelOpening => start::cancel_opening(model),
        Msg::GoBack => start::go_back(model),
        Msg::ForgetLeft => model.left = None,
        Msg::SetTheme(theme) => {
            model.theme = theme;
            effects.push(Effect::SetTheme(theme));
        }
        Msg::SetShortcuts(are_on) => {
            model.has_shortcuts = are_on;
            effects.push(Effect::SetShortcuts(are_on));
        }
        Msg::Open(None) if model.compare.end_watch() => {
            effects.push(Effect::Focus("compare-watch".to_owned()));
        }
        Msg::Open(dialog) => {
            model.close_dialog();
            model.import_error = None;
            let field = match dialog {
                Some(Dialog::AddWorkers) => Some("add-count"),
                Some(Dialog::ImportNodes) => Some("import-text"),
                _ => None,
            };
            effects.extend(field.map(|id| Effect::Focus(id.to_owned())));
            model.dialog = dialog;
        }
        // A reload of what embeds it starts its demo again.
        Msg::Leaving if model.is_embedded => {}
        Msg::Leaving => effects.push(start::keep(model)),
        Msg::Dismiss => model.notice = None,
        Msg::Show(section) => {
            // Where it is hidden, who asks for it wants it.
            model.shows_editor |= section == Section::Editor;
            model.section = section;
        }
        Msg::Point(marks) => model.editor.point(marks),
        Msg::GroupBy(by) => model.group_by = by,
        Msg::OpenEye => {
            model.section = Section::Status;
            model.show_tab(SideTab::Controller);
            effects.push(Effect::Show("eye-heading"));
        }
        Msg::ShowTab(tab) => model.show_tab(tab),
        Msg::Assume(which, text) => model.assume(which, text),
        Msg::SetAssumed => model.set_assumed(),
        Msg::ToggleEditor => {
            model.shows_editor = !model.shows_editor;
            // On a narrow screen it takes the cluster's place.
            model.section = if model.shows_editor {
                Section::Editor
            } else {
                Section::Cluster
            };
        }
        Msg::Key(shortcut) => act_key(model, shortcut, effects),
    }
}

fn act_key(model: &mut Model, shortcut: Shortcut, effects: &mut Vec<Effect>) {
    let is_covered = model.dialog.is_some() || model.opening.is_some();
    let is_off = shortcut.is_single_key() && !model.has_shortcuts;
    if is_off || is_covered && shortcut != Shortcut::Escape {
        return;
    }
    let msg = match shortcut {
        Shortcut::PlayPause => Msg::Clock(ClockMsg::Toggle),
        Shortcut::Step => Msg::Clock(ClockMsg::Step),
        Shortcut::StepBack => Msg::Clock(ClockMsg::StepBack),
        Shortcut::NextMoment => Msg::Clock(ClockMsg::NextMoment),
        Shortcut::Settle => Msg::Clock(ClockMsg::Settle),
        Shortcut::Bookmark => Msg::History(HistoryMsg::Bookmark),
        Shortcut::Faster => Msg::Clock(ClockMsg::Speed(model.clock.speed.faster())),
        Shortcut::Slower => Msg::Clock(ClockMsg::Speed(model.clock.speed.slower())),
        Shortcut::AddNode => Msg::AddNodes {
            kind: NodeKind::Worker,
            count: 1,
        },
        Shortcut::Undo => Msg::Undo,
        Shortcut::Redo => Msg::Redo,
        Shortcut::Console => Msg::Console(ConsoleMsg::Toggle),
        Shortcut::Help => Msg::Open(Some(Dialog::Help)),
        Shortcut::Escape if model.opening.is_some() => Msg::CancelOpening,
        Shortcut::Escape if model.dialog.is_some() => Msg::Open(None),
        Shortcut::Escape if model.editing.is_some() => Msg::EditNode(None),
        Shortcut::Escape if model.notice.is_some() => Msg::Dismiss,
        Shortcut::Escape if model.selection != Selection::None => Msg::Select(Selection::None),
        Shortcut::Escape => return,
    };
    act(model, msg, effects);
}

fn act_editor(model: &mut Model, msg: EditorMsg, effects: &mut Vec<Effect>) {
    match msg {
        EditorMsg::Typed { tab, text } => model.editor.typed(tab, &text),
        EditorMsg::Rewrite { tab, text } => model.editor.rewrite(tab, &text),
        EditorMsg::Apply => apply(model),
        EditorMsg::Check(tab) => check(model, tab),
        EditorMsg::TakeOver => model.take_over(),
        EditorMsg::Overwrite => overwrite(model),
        EditorMsg::SelectTab(tab) => model.editor.select(tab),
        EditorMsg::NewTab => {
            model.editor.new_tab();
            // What is typed next is text, not shortcuts.
            effects.push(Effect::Reveal(1));
        }
        EditorMsg::CloseTab(tab) => {
            model.editor.close(tab);
            effects.push(Effect::Focus(format!("tab-{}", model.editor.active.0)));
            if let Some((_, tab)) = model.editor.closed.last() {
                model.announcement = closed_sentence(tab);
            }
        }
        EditorMsg::Reopen => {
            model.editor.reopen();
            effects.push(Effect::Reveal(1));
        }
        EditorMsg::ForgetClosed => model.editor.closed.clear(),
        EditorMsg::OpenPreset(id) => open_preset(model, &id),
        EditorMsg::StartFrom(id) => model.start_from(&id),
        EditorMsg::DismissHint(id) => model.editor.dismiss(id),
        EditorMsg::OpenObject(kind, key) => model.open_object(kind, &key),
        EditorMsg::Reveal(line) => effects.push(Effect::Reveal(line)),
    }
}

/// `kubectl apply` of the document in front, or the end of `kubectl edit`. Its text stays, whatever comes of it.
fn apply(model: &mut Model) {
    let tab = model.editor.tab_mut();
    if tab.edits.is_some() && !tab.is_dirty() {
        let warnings = vec!["Edit cancelled, no changes made.".to_owned()];
        let lines = Vec::new();
        tab.result = ApplyResult::Done { lines, warnings };
        return;
    }
    let yaml = tab.text.to_string();
    let command = match &tab.edits {
        Some(what) => Command::Edit {
            object: what.clone(),
            yaml,
        },
        None => Command::Apply { yaml },
    };
    finish_apply(model, command);
}

/// Makes the cluster say what the document in front says, also where apply would leave what others wrote.
fn overwrite(model: &mut Model) {
    let tab = model.editor.tab();
    let yaml = tab.text.to_string();
    let command = match tab.needs_replace() {
        true => Command::Replace { yaml },
        false => Command::Apply { yaml },
    };
    finish_apply(model, command);
}

/// Says in the document what applying it would be refused for; nothing is applied, and nothing is logged.
fn check(model: &mut Model, id: TabId) {
    let cluster = model.session.cluster();
    let Some(tab) = model.editor.tabs.iter_mut().find(|tab| tab.id == id) else {
        return;
    };
    let is_blank = |line: &str| line.trim().is_empty() || line.starts_with('#');
    let problems = match tab.text.lines().all(is_blank) {
        true => Rc::new([]),
        false => match execute::check(cluster, &tab.text) {
            Ok(_) => Rc::new([]),
            Err(failure) => problems_of(&failure),
        },
    };
    if problems.is_empty() && matches!(tab.result, ApplyResult::Failed { .. }) {
        tab.result = ApplyResult::None;
    }
    tab.problems = problems;
}

/// All places of a failure, or what it says without one.
fn problems_of(failure: &Failure) -> Rc<[Problem]> {
    let places = failure.places.iter().map(|place| Problem {
        line: place.line,
        column: place.column,
        message: place.message.clone(),
        hint: place.hint.clone(),
    });
    places.collect()
}

fn finish_apply(model: &mut Model, command: Command) {
    let applied = Rc::clone(&model.editor.tab().text);
    let result = model.run(command);
    if result.is_ok() {
        model.follow_applied(&applied);
    }
    let tab = model.editor.tab_mut();
    match result {
        Ok(Outcome {
            lines,
            mut warnings,
        }) => {
            warnings.extend(import::becoming_ready(&tab.text));
            tab.applied = Some(tab.text.clone());
            tab.problems = Rc::new([]);
            tab.result = ApplyResult::Done { lines, warnings };
            // On a narrow screen: where the pods are.
            model.section = Section::Cluster;
        }
        Err(failure) => {
            let many = failure.places.len();
            let message = match many {
                // The list below says it all.
                1.. => crate::present::words::count(many as u64, "error"),
                0 => failure.message.clone(),
            };
            let done = failure.done.clone();
            let said = if done.is_empty() {
                "Not applied".to_owned()
            } else {
                done.join(", ")
            };
            tab.result = ApplyResult::Failed { done, message };
            tab.problems = problems_of(&failure);
            model.announcement = format!("{said}. {}", failure.message);
        }
    }
}

/// Opens a preset's manifest, and lets the nodes join that it needs.
fn open_preset(model: &mut Model, id: &str) {
    let Some(preset) = presets::by_id(id) else {
        return;
    };
    model.editor.open(preset.yaml).watch = Some(preset.watch.to_owned());
    for (template, wanted) in preset.nodes {
        let Some(template) = NodeTemplate::by_id(template) else {
            continue;
        };
        let there = model.page_nodes_of(template);
        if there < *wanted {
            model.submit(Command::AddNodes {
                template,
                count: wanted - there,
            });
        }
    }
}

fn act_daemon_set(model: &mut Model, id: &DaemonSetId, msg: &DaemonSetMsg) {
    match daemon_set::command(id, msg) {
        Some(command) => model.submit(command),
        None => model.open_object(Kind::DaemonSet, &Key::new(&id.namespace, &id.name)),
    }
}

fn act_clock(model: &mut Model, msg: ClockMsg) {
    let was_jumping = model.clock.is_jumping();
    if !matches!(
        msg,
        ClockMsg::Speed(_) | ClockMsg::Wake | ClockMsg::Tick { .. }
    ) {
        model.clock.end_jump();
    }
    match msg {
        ClockMsg::Play => model.clock.play(),
        ClockMsg::Pause => model.clock.hold(),
        ClockMsg::Toggle => {
            let last = model.session.last_act();
            match model.pace() {
                Pace::Settled if last.is_some() && !was_jumping && !model.is_showing() => {
                    model.replay(last);
                }
                Pace::Paused if !was_jumping => model.clock.play(),
                _ => model.clock.hold(),
            }
        }
        ClockMsg::Replay => model.replay(model.session.last_act()),
        ClockMsg::ReplayAll => model.replay(model.session.before(0)),
        ClockMsg::Now => model.back_to_now(),
        ClockMsg::Step => {
            model.end_show(false);
            model.begin_step();
            model.session.step();
        }
        ClockMsg::StepBack => {
            model.stop();
            model.clock.hold();
            model.session.step_back();
            model.pacer.catch_up(&model.session);
        }
        ClockMsg::NextMoment => {
            model.end_show(false);
            model.begin_step();
            model.session.step_to_moment();
        }
        ClockMsg::Settle => {
            model.end_show(false);
            model.clock.settle(&mut model.session);
            model.pacer.catch_up(&model.session);
        }
        ClockMsg::Speed(speed) => model.clock.speed = speed,
        ClockMsg::Seek { ms } => {
            model.stop();
            model.session.seek(SimTime(ms));
            model.pacer.catch_up(&model.session);
        }
        ClockMsg::Wake => {}
        ClockMsg::Tick { elapsed_ms } => tick(model, elapsed_ms),
    }
}

/// Real time went by.
fn tick(model: &mut Model, elapsed_ms: u32) {
    if model.opening.is_some() {
        model.clock.take_tick();
        return go_on_opening(model, elapsed_ms);
    }
    let is_paced = model.is_paced();
    let elapsed = elapsed_ms.min(clock::TICK_MS_MAX);
    model.pacer.elapse(elapsed, model.clock.speed.quarters());
    let left_ms = match model.story {
        Some(_) => show_on(model, elapsed_ms),
        None => elapsed_ms,
    };
    match left_ms {
        0 => model.clock.take_tick(),
        ms => {
            let (console, pacer) = (&mut model.console, Some(&mut model.pacer));
            let pacer = pacer.filter(|_| is_paced);
            model.clock.tick(&mut model.session, ms, console, pacer);
        }
    }
    if model.compare.is_busy() {
        go_on_comparing(model, elapsed_ms);
    }
    if let Some(why) = model.clock.take_circle() {
        model.refuse(format!(
            "Time stopped after {}: it {why}",
            model.session.now()
        ));
    }
}

fn act_console(model: &mut Model, msg: ConsoleMsg, effects: &mut Vec<Effect>) {
    let console = &mut model.console;
    match msg {
        ConsoleMsg::Toggle => {
            console.is_open = !console.is_open;
            let focus = if console.is_open {
                "console-input"
            } else {
                "console"
            };
            effects.push(Effect::Focus(focus.to_owned()));
        }
        ConsoleMsg::Typed(text) => console.typed(&text),
        ConsoleMsg::Enter => {
            let demands = console.enter(&mut model.session);
            model.meet(demands, effects);
        }
        ConsoleMsg::Complete(cursor) => console.complete(&mut model.session, cursor),
        ConsoleMsg::Older => console.browse(true),
        ConsoleMsg::Newer => console.browse(false),
        ConsoleMsg::Interrupt => console.interrupt(),
        ConsoleMsg::Clear => {
            console.clear();
            effects.push(Effect::Focus("console-input".to_owned()));
        }
        ConsoleMsg::Copy => effects.push(Effect::CopyText(console.text())),
    }
}

fn template(kind: NodeKind) -> NodeTemplate {
    match kind {
        NodeKind::Worker => NodeTemplate::Worker,
        NodeKind::ControlPlane => NodeTemplate::ControlPlane,
        NodeKind::Gpu => NodeTemplate::Gpu,
        NodeKind::Arm => NodeTemplate::Arm,
        NodeKind::Windows => NodeTemplate::Windows,
    }
}

/// The lines of a result in a sentence; of many, the first.
fn said_of(lines: &[String]) -> String {
    match lines {
        [first, .., _] if lines.len() > TOLD_MAX => format!("{first} and {} more", lines.len() - 1),
        _ => lines.join(", "),
    }
}

/// What is offered after a document was closed.
pub fn closed_sentence(tab: &editor::Tab) -> String {
    let what = match tab.title.as_str() {
        "" => "an untitled document",
        title => title,
    };
    format!("Closed {what}, not applied.")
}

impl Model {
    /// Runs a command; what came of it is for the caller to say. Time starts to run.
    fn run(&mut self, command: Command) -> Result<Outcome, Failure> {
        self.run_with(command, Session::submit)
    }

    fn run_with(
        &mut self,
        command: Command,
        submit: fn(&mut Session, Command) -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        let taints = match &command {
            Command::TaintNode { node, .. } => self.taints(node),
            _ => Vec::new(),
        };
        let kubectl = words::kubectl_line(&command, &taints);
        let words = words::describe(&command);
        let result = submit(&mut self.session, command);
        let printed = match &result {
            Ok(Outcome { lines, warnings }) => warnings.iter().chain(lines).cloned().collect(),
            Err(failure) => failure
                .done
                .iter()
                .chain([&failure.message])
                .cloned()
                .collect::<Vec<_>>(),
        };
        let printed: String = printed.iter().map(|line| format!("{line}\n")).collect();
        self.console
            .echo(kubectl.as_deref(), &words, &printed, result.is_err());
        if let Ok(outcome) = &result {
            self.notice = None;
            self.tell(said_of(&outcome.lines));
            self.go_on();
        }
        if let Err(failure) = &result
            && !failure.done.is_empty()
        {
            self.tell(failure.done.join(", "));
            self.go_on();
        }
        result
    }

    /// Something was done. Where the user stopped time, it stays so, and the page says what it waits for.
    fn go_on(&mut self) {
        self.clock.play_on();
        if self.clock.is_held && !self.session.is_settled() {
            self.announcement = format!("{}. {PAUSED}", self.announcement);
            self.last_line = PAUSED.to_owned();
        }
    }

    /// Whether nothing moves, and nobody waits for a moment in time.
    fn is_idle(&self) -> bool {
        let deadline = self.console.deadline();
        self.clock.is_idle(&self.session, deadline) && !self.pacer.is_behind()
    }

    /// Whether each step is shown for a while. With very many nodes or at high speed there is too much to be shown so.
    fn is_paced(&self) -> bool {
        let nodes = self.session.cluster().server.nodes.len();
        nodes <= CARDS_MAX
            && self.clock.speed <= Speed::Ten
            && !self.clock.is_jumping()
            && self.opening.is_none()
    }

    /// The moment that is shown.
    pub fn shown_now(&self) -> SimTime {
        let shown = self.pacer.cluster();
        shown.map_or(self.session.now(), |cluster| cluster.now())
    }

    /// Shows the present moment, so that what comes next is what the step does, and no more.
    fn begin_step(&mut self) {
        self.clock.hold();
        self.pacer.catch_up(&self.session);
        if self.is_paced() {
            self.pacer.hold(&self.session);
        }
    }

    /// Lets what is shown follow the session.
    fn follow(&mut self) {
        if self.is_paced() {
            self.pacer.take(&self.session);
        } else {
            self.pacer.catch_up(&self.session);
        }
        self.pacer.show_due();
    }

    /// The clock as it is shown: there is still something to see when the simulation has settled.
    fn pace(&self) -> Pace {
        match self.clock.pace(&self.session, self.console.deadline()) {
            Pace::Settled if self.pacer.is_behind() => Pace::Playing,
            pace => pace,
        }
    }

    /// A command of the console that waits may have something to say, and those behind it may run.
    fn go_on_in_console(&mut self, effects: &mut Vec<Effect>) {
        self.console.poll(&mut self.session);
        let demands = self.console.go_on(&mut self.session);
        if !demands.is_empty() {
            meet(self, demands, effects);
        }
    }

    fn meet(&mut self, demands: Vec<Demand>, effects: &mut Vec<Effect>) {
        for demand in demands {
            match demand {
                Demand::Play => self.go_on(),
                Demand::Edit(what, text) => {
                    self.editor.open_edit(what, &text);
                    self.section = Section::Editor;
                    self.shows_editor = true;
                }
                Demand::Close if self.console.is_open => {
                    act_console(self, ConsoleMsg::Toggle, effects);
                }
                Demand::Close | Demand::Clear => {}
            }
        }
    }

    /// Runs a command, and says above the page if it was refused.
    fn submit(&mut self, command: Command) {
        if let Err(failure) = self.run(command) {
            self.refuse(failure.message);
        }
    }

    /// Says above the page that something can't be done.
    fn refuse(&mut self, text: String) {
        self.announcement.clone_from(&text);
        let tone = Tone::Bad;
        self.notice = Some(Notice { tone, text });
    }

    fn tell(&mut self, line: String) {
        self.announcement.clone_from(&line);
        self.last_line = line;
    }

    fn settled_sentence(&self) -> String {
        match &self.page.panel {
            Some(panel) => format!("Settled. {}: {}", panel.id.name, panel.headline),
            None => "Settled".to_owned(),
        }
    }

    fn taints(&self, node: &str) -> Vec<crate::api::node::Taint> {
        let node = self.session.cluster().server.nodes.get(&Key::new("", node));
        node.map(|node| node.spec.taints.clone())
            .unwrap_or_default()
    }

    fn page_nodes_of(&self, template: NodeTemplate) -> u32 {
        let prefix = format!("{}-", template.prefix());
        let is_one = |name: &str| {
            name.strip_prefix(&prefix)
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        };
        self.session
            .cluster()
            .server
            .nodes
            .iter()
            .filter(|node| is_one(&node.metadata.name))
            .count() as u32
    }

    /// The document in front becomes what the cluster holds.
    fn take_over(&mut self) {
        let server = &self.session.cluster().server;
        if self.editor.adopt(self.editor.active, server, true) {
            self.tell("The manifest now says what the cluster holds".to_owned());
        }
    }

    /// These documents said what the cluster holds; after an edit by a button they do again, where that can be written.
    fn keep_in_step(&mut self, clean: &[TabId]) {
        self.editor.follow(&self.session);
        for id in clean {
            let server = &self.session.cluster().server;
            self.editor.adopt(*id, server, false);
        }
    }

    /// Opens an object's manifest, as the object is in the cluster, in the editor.
    fn open_object(&mut self, kind: Kind, key: &Key) {
        let server = &self.session.cluster().server;
        let Some(object) = server.get_object(kind, key) else {
            return;
        };
        if let Some(text) = manifest(&object) {
            self.editor.open_object(&object.meta().name, &text);
            self.section = Section::Editor;
            self.shows_editor = true;
        }
    }

    /// Makes the page anew; true if anything on it changed.
    fn refresh(&mut self) -> bool {
        let has_engine = chunk::is_here(Chunk::Engine);
        if has_engine {
            refresh_documents(self);
        }
        let pace = self.pace();
        let console = self.console.pane(pace);
        let is_console_new = *self.console_pane != console;
        if is_console_new {
            self.console_pane = Rc::new(console);
        }
        self.follow_walk();
        let walk = self.walk().map(|walk| walk.panel.clone());
        let look = Look {
            subject: match &self.selection {
                Selection::None => Subject::None,
                Selection::Node(name) => Subject::Node(name),
                Selection::Pod(id) => Subject::Pod(id),
                Selection::Figure(id, field) => Subject::Figure(id, field),
                Selection::Event(id) => Subject::Event(*id),
            },
            daemon_set: self.daemon_set.as_ref(),
            cluster: self.pacer.cluster(),
            shown: self.pacer.shown(),
            pace,
            speed: self.clock.speed,
            group_by: self.group_by,
            has_eye: self.tab == SideTab::Controller,
            last_line: &self.last_line,
            back: self.way_back(),
            walk: walk.as_deref(),
        };
        let is_page_new = self.page.refresh(&self.session, &look);
        if has_engine {
            keep_pointing(self);
        }
        let is_first_visit = self.session.log().is_empty();
        let marks = &self.page.marks;
        let pane = self.editor.pane(&self.presets, is_first_visit, marks);
        if *self.pane != pane {
            self.pane = Rc::new(pane);
        }
        let is_pane_new = has_engine && refresh_panes(self, pace);
        is_page_new | is_console_new | is_pane_new
    }

    /// The editor's words about its documents.
    fn refresh_documents(&mut self) {
        let objects = objects::list(&self.session.cluster().server);
        if *self.pane.objects != *objects {
            self.editor.objects = objects.into();
        }
        self.editor.follow(&self.session);
        self.editor.hint(&self.session.cluster().server);
    }

    fn keep_pointing(&mut self) {
        let why = self.why().cloned();
        self.editor.keep_pointing(why.as_deref());
    }

    /// Refreshes open dialogs and panels; true if any of them changed.
    fn refresh_panes(&mut self, pace: Pace) -> bool {
        let is_compare_new = self.refresh_compare();
        let is_assumed_new = self.refresh_assumed();
        is_compare_new | is_assumed_new | self.suggest(pace)
    }
}

#[cfg(test)]
mod console_tests;
#[cfg(test)]
mod editor_tests;
#[cfg(test)]
mod scenario_tests;
#[cfg(test)]
mod side_tests;
#[cfg(test)]
mod tests;
