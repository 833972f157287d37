//! The root: owns the model, passes messages in and view models down, and does what `update` asks of the outside.

use super::add_node::AddNodes;
use super::cluster::Cluster;
use super::compare::Compare;
use super::console::Console;
use super::daemon_set::DaemonSet;
use super::demo::Demo;
use super::dialog::{Help, Opening};
use super::dispatch::Dispatch;
use super::editor_pane::EditorPane;
use super::events::EventFeed;
use super::eye::Eye;
use super::fleet::Fleet;
use super::guide::{self, Scenarios};
use super::header::Header;
use super::icons::{Icon, icon};
use super::platform::{self, FocusTrail};
use super::ring::Rate;
use super::side;
use super::timeline::Timeline;
use super::why::{WalkNote, Why};
use super::worker::Helper;
use crate::app::msg::{
    ClockMsg, CompareMsg, Dialog, EditorMsg, Effect, Msg, Selection, Shortcut, SideTab, Theme,
};
use crate::app::start::{asked_for, wants_embed};
use crate::app::suggest::About;
use crate::app::{Model, closed_sentence, update};
use crate::present::timeline::Pace;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// The whole page.
pub struct Root {
    model: Model,
    dispatch: Dispatch,
    is_dark: bool,
    /// The line that the editor shall show, and a number for each wish.
    reveal: Option<(u32, u32)>,
    on_node: Callback<Rc<str>>,
    /// The address of what is embedded elsewhere, in a page of its own.
    own_page: AttrValue,
    /// What had the focus when the why panel was opened.
    opener: Option<HtmlElement>,
    trail: Rc<RefCell<FocusTrail>>,
    /// When the message that is being handled arrived: what it takes is part of the next frame.
    begun_ms: f64,
    frame: Option<AnimationFrame>,
    wait: Option<Timeout>,
    worker: Option<Helper>,
    /// The shown moment, for rings that start.
    now_ms: Rc<Cell<u64>>,
    _listeners: Vec<EventListener>,
}

impl Component for Root {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let query = platform::query();
        let is_embedded = wants_embed(&query);
        let asked = asked_for(&query, &platform::fragment());
        let mut model = match platform::kept().filter(|_| !is_embedded) {
            Some((kept, is_here)) => Model::reopen(kept, is_here, &asked),
            None => Model::open(&asked, is_embedded),
        };
        model.theme = platform::saved_theme();
        model.guide.is_dismissed = platform::is_guide_dismissed();
        model.has_shortcuts = platform::saved_shortcuts();
        platform::show_theme(model.theme);
        platform::restore_editor_width();
        let dispatch = Dispatch(ctx.link().callback(|msg| msg));
        let trail = Rc::default();
        let on_node = dispatch.0.reform(|name| Msg::Select(Selection::Node(name)));
        Root {
            is_dark: is_dark(model.theme),
            model,
            on_node,
            reveal: None,
            opener: None,
            own_page: platform::own_page(&asked).into(),
            _listeners: listeners(ctx, &trail),
            trail,
            begun_ms: 0.0,
            frame: None,
            wait: None,
            worker: None,
            now_ms: Rc::default(),
            dispatch,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        self.begun_ms = platform::now_ms();
        let was = self.model.selection.clone();
        let update = update(&mut self.model, msg);
        self.follow_selection(&was);
        let mut changed = update.changed;
        for effect in update.effects {
            changed |= self.perform(effect, ctx);
        }
        changed
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        let model = &self.model;
        let page = &model.page;
        let done = |about| {
            model
                .done(about)
                .map(|title| AttrValue::from(title.to_owned()))
        };
        let walk = model.walk().map(|walk| WalkNote {
            as_of: walk.as_of.clone().into(),
            at: walk.at,
        });
        let story = model.story_bar();
        // The story's own caption says which moment it shows.
        let is_past = page.timeline.is_past && !model.is_showing();
        let editor = if model.shows_editor {
            "shown"
        } else {
            "hidden"
        };
        self.now_ms.set(model.shown_now().0);
        let rate = Rate {
            quarters: match page.timeline.pace {
                Pace::Playing => model.clock.speed.quarters(),
                _ => 0,
            },
            speed: model.clock.speed.quarters(),
            now_ms: self.now_ms.clone(),
        };
        html! {
            <ContextProvider<Dispatch> context={self.dispatch.clone()}>
            <ContextProvider<Rate> context={rate}>
                <div class="page" data-section={model.section.as_str()} data-editor={editor} data-embedded={model.is_embedded.to_string()}
                    data-past={is_past.to_string()} data-presented={(!model.pacer.is_behind()).to_string()}>
                    <a class="skip-link" href="#cluster-heading" onclick={skip_to_cluster()}>{ "Skip to the cluster" }</a>
                    <Header theme={model.theme} section={model.section} is_embedded={model.is_embedded} shows_editor={model.shows_editor} shows_console={model.console.is_open} />
                    <section class="page__notices" aria-label="Notices">{ self.notices() }</section>
                    <main class="page__main">
                        <div class="page__editor">
                            if model.shows_editor {
                                <EditorPane pane={model.pane.clone()} is_dark={self.is_dark} reveal={self.reveal} />
                            }
                        </div>
                        <div class="page__cluster">
                            if model.is_embedded {
                                <Demo pane={model.pane.clone()} pace={page.timeline.pace} has_editor={model.shows_editor} href={self.own_page.clone()} />
                            }
                            if let Some(story) = &story { { guide::story(story, &self.dispatch) } }
                            <Cluster cluster={page.cluster.clone()} selection={model.selection.clone()} editing={model.editing.clone()}
                                node_error={model.node_error.clone()} fleet={self.fleet()} focus={page.focus.clone()}
                                why={model.why().cloned()} pointed={model.pointed} />
                            <div class="dock">
                                if model.shows_welcome() { { guide::welcome(&self.dispatch) } }
                                if let Some(next) = model.next_experiment().filter(|_| !is_past) { { guide::experiment(&next, &self.dispatch) } }
                            </div>
                        </div>
                        <div class="page__status">
                            { side::tabs(model.tab, &self.dispatch) }
                            { side::panel(SideTab::Why, model.tab, html! {
                                <Why why={model.why().cloned()} pointed={model.pointed} walk={walk} remedies={model.remedies.clone()} done={done(About::Node)} assumed={model.assumed.shown.clone()} />
                            }) }
                            { side::panel(SideTab::Status, model.tab, html! {
                                <DaemonSet panel={page.panel.clone()} chart={page.chart.clone()} groups={page.groups.clone()} ways_out={model.ways_out.clone()} done={done(About::Rollout)} all={page.daemon_sets.clone()} assumed={model.assumed.shown.clone()} />
                            }) }
                            { side::panel(SideTab::Events, model.tab, html! { <EventFeed feed={page.feed.clone()} /> }) }
                            { side::panel(SideTab::Controller, model.tab, html! { <Eye eye={page.eye.clone()} /> }) }
                        </div>
                    </main>
                    if is_past { { guide::past(&page.timeline, &self.dispatch) } }
                    <Console pane={model.console_pane.clone()} />
                    <Timeline timeline={page.timeline.clone()} pointed={model.pointed} />
                    if model.dialog == Some(Dialog::Help) { <Help has_shortcuts={model.has_shortcuts} /> }
                    if model.dialog == Some(Dialog::Scenarios) { <Scenarios open={story.as_ref().map(|story| story.id)} /> }
                    if matches!(model.dialog, Some(Dialog::AddWorkers | Dialog::ImportNodes)) {
                        <AddNodes is_import={model.dialog == Some(Dialog::ImportNodes)} error={model.import_error.clone().map(AttrValue::from)} />
                    }
                    if let Some(opening) = &model.opening { <Opening progress={opening.progress()} /> }
                    if let Some(pane) = &model.compare.pane { <Compare pane={pane.clone()} /> }
                    <div class="sr-only" role="status" aria-live="polite" id="announcer"><p key={model.said}>{ &model.announcement }</p></div>
                </div>
            </ContextProvider<Rate>>
            </ContextProvider<Dispatch>>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        if is_first {
            // A link may open playing; nothing else asks for the first frame.
            ctx.link().send_message(Msg::Clock(ClockMsg::Wake));
        }
        // After the effects of the message, which may say where it goes.
        let trail = self.trail.clone();
        later(move || {
            let next = trail.borrow().rescue();
            platform::focus_again(next.as_ref());
        });
    }
}

impl Root {
    /// What was refused or done, and what can be had back.
    fn notices(&self) -> Html {
        let model = &self.model;
        let dismiss = |msg: Msg| html! { <button type="button" class="icon-button" aria-label="Dismiss" onclick={self.dispatch.on(msg)}>{ icon(Icon::Close) }</button> };
        // Said by the live region.
        let offer = |text: String, button: &'static str, msg: Msg, forget: Msg| {
            html! {
                <div class="notice" data-tone="plain">
                    <p>{ text }</p>
                    <button type="button" class="button button--small" onclick={self.dispatch.on(msg)}>{ button }</button>
                    { dismiss(forget) }
                </div>
            }
        };
        let left = model.left.as_ref().map(|left| {
            offer(
                left.text.to_owned(),
                left.button,
                Msg::GoBack,
                Msg::ForgetLeft,
            )
        });
        let closed = model.editor.closed.last().map(|(_, tab)| {
            let [reopen, forget] = [EditorMsg::Reopen, EditorMsg::ForgetClosed].map(Msg::Editor);
            offer(closed_sentence(tab), "Reopen tab", reopen, forget)
        });
        html! {
            <>
                if let Some(notice) = &model.notice {
                    <div class="notice" data-tone={notice.tone.as_str()}><p>{ &notice.text }</p>{ dismiss(Msg::Dismiss) }</div>
                }
                { for closed }
                { for left }
            </>
        }
    }

    /// Closing the why panel gives the focus back to what opened it.
    fn follow_selection(&mut self, was: &Selection) {
        match (was, &self.model.selection) {
            (Selection::None, Selection::None) => {}
            (_, Selection::None) => {
                let opener = self.opener.take();
                later(move || {
                    if platform::focused().is_none() {
                        platform::focus_again(opener.as_ref());
                    }
                });
            }
            (was, is) if was != is => self.opener = platform::focused(),
            _ => {}
        }
    }

    /// The map instead of cards, when there are too many nodes.
    fn fleet(&self) -> Option<Html> {
        let view = self.model.page.fleet.clone()?;
        let selected = match &self.model.selection {
            Selection::Node(name) => Some(name.clone()),
            _ => None,
        };
        let parts = self.model.why().into_iter().flat_map(|why| {
            let part = |node: Rc<str>| {
                let part = why.part_of_node(&node, self.model.pointed)?;
                Some((node, part))
            };
            why.nodes().into_iter().filter_map(part)
        });
        let parts: Vec<_> = parts.collect();
        let set = self.model.page.panel.as_ref();
        let set = set.map(|panel| (panel.mark, AttrValue::from(panel.id.name.clone())));
        Some(
            html! { <Fleet {view} {set} groups={self.model.page.fleet_groups.clone()} group_by={self.model.group_by} on_group={self.dispatch.0.reform(Msg::GroupBy)} {selected} {parts} on_select={self.on_node.clone()} /> },
        )
    }

    /// Does what `update` asked for; true if something must be drawn for it.
    fn perform(&mut self, effect: Effect, ctx: &Context<Self>) -> bool {
        match effect {
            Effect::NextFrame => {
                let (link, begun) = (ctx.link().clone(), self.begun_ms);
                self.frame = Some(request_animation_frame(move |_| {
                    link.send_message(tick(begun))
                }));
            }
            Effect::Wait { ms } => {
                let (link, begun) = (ctx.link().clone(), self.begun_ms);
                self.wait = Some(Timeout::new(ms, move || link.send_message(tick(begun))));
            }
            Effect::CopyLink(fragment) => {
                platform::replace_fragment(&fragment);
                let link = platform::link(&fragment);
                ctx.link().send_future(async move {
                    Msg::Shared {
                        is_copied: platform::copy(&link).await,
                    }
                });
            }
            Effect::CopyText(text) => {
                wasm_bindgen_futures::spawn_local(async move {
                    platform::copy(&text).await;
                });
            }
            Effect::OpenPage(fragment) => platform::open(&platform::own_page(&fragment)),
            Effect::Keep(kept) => platform::keep(&kept),
            Effect::SetTheme(theme) => {
                platform::save_theme(theme);
                platform::show_theme(theme);
                self.is_dark = is_dark(theme);
                return true;
            }
            Effect::DismissGuide => platform::dismiss_guide(),
            Effect::SetShortcuts(are_on) => platform::save_shortcuts(are_on),
            Effect::Focus(id) => later(move || platform::focus(&id)),
            Effect::Reveal(line) => {
                let wishes = self.reveal.map_or(0, |(_, wishes)| wishes);
                self.reveal = Some((line, wishes + 1));
                return true;
            }
            Effect::InSight(id) => later(move || platform::show_near_soon(id, 20)),
            Effect::Show(id) => later(move || platform::scroll_to(id)),
            Effect::StartWorker(order) => {
                self.worker = Helper::start(order, self.dispatch.0.clone());
                if self.worker.is_none() {
                    ctx.link()
                        .send_message(Msg::Compare(CompareMsg::WorkerLost));
                }
            }
            Effect::StopWorker => self.worker = None,
        }
        false
    }
}

fn tick(begun_ms: f64) -> Msg {
    let elapsed = (platform::now_ms() - begun_ms).clamp(1.0, 10_000.0);
    Msg::Clock(ClockMsg::Tick {
        elapsed_ms: elapsed.round() as u32,
    })
}

/// After the next drawing.
fn later(act: impl FnOnce() + 'static) {
    Timeout::new(0, act).forget();
}

fn is_dark(theme: Theme) -> bool {
    match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => platform::media_matches("(prefers-color-scheme: dark)"),
    }
}

/// The fragment belongs to the scenario, so this link must not change it.
fn skip_to_cluster() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        platform::focus("add-node");
    })
}

fn listeners(ctx: &Context<Root>, trail: &Rc<RefCell<FocusTrail>>) -> Vec<EventListener> {
    let (keys, hash) = (ctx.link().clone(), ctx.link().clone());
    // Not passive: undo and redo must not also undo in the browser.
    let active = EventListenerOptions::enable_prevent_default();
    let on_key = EventListener::new_with_options(
        &gloo::utils::document(),
        "keydown",
        active,
        move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                return;
            };
            if event.default_prevented()
                || event.alt_key()
                || platform::has_own_keys(event.target())
            {
                return;
            }
            let has_command = event.ctrl_key() || event.meta_key();
            if let Some(shortcut) = Shortcut::parse(&event.key(), has_command, event.shift_key()) {
                if has_command {
                    event.prevent_default();
                }
                keys.send_message(Msg::Key(shortcut));
            }
        },
    );
    let on_hash = EventListener::new(&gloo::utils::window(), "hashchange", move |_| {
        let fragment = platform::fragment();
        if fragment.len() > 1 {
            hash.send_message(Msg::OpenLink(fragment));
        }
    });
    let leaving = ctx.link().clone();
    let on_leave = EventListener::new(&gloo::utils::window(), "pagehide", move |_| {
        leaving.send_message(Msg::Leaving);
    });
    let trail = trail.clone();
    let on_focus = EventListener::new(&gloo::utils::document(), "focusin", move |event| {
        if let Some(element) = event.target().and_then(|target| target.dyn_into().ok()) {
            trail.replace(FocusTrail::follow(element));
        }
    });
    vec![on_key, on_hash, on_leave, on_focus]
}
