//! The root: owns the model, passes messages in and view models down, and does what `update` asks of the outside.

use super::chunks;
use super::cluster::Cluster;
use super::demo::Demo;
use super::dispatch::Dispatch;
use super::guide;
use super::header::Header;
use super::icons::{Icon, icon};
use super::platform::{self, FocusTrail};
use super::ring::Rate;
use super::side;
use super::static_page;
use super::timeline::Timeline;
use super::worker::Helper;
use crate::app::msg::{
    ClockMsg, CompareMsg, EditorMsg, Effect, Msg, Selection, Shortcut, SideTab, Theme,
};
use crate::app::start::{asked_for, wants_embed};
use crate::app::{Model, closed_sentence, update};
use crate::chunk::{self, Chunk};
use crate::present::timeline::Pace;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

mod panels;

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
        let trail = Rc::default();
        Root {
            is_dark: is_dark(model.theme),
            own_page: platform::own_page(&asked).into(),
            _listeners: listeners(ctx, &trail),
            trail,
            ..Root::of(model, Dispatch(ctx.link().callback(|msg| msg)))
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        self.begun_ms = platform::now_ms();
        let was = self.model.selection.clone();
        if matches!(msg, Msg::Loaded { .. }) {
            later(static_page::go_on);
        }
        let update = update(&mut self.model, msg);
        self.follow_selection(&was);
        let mut changed = update.changed;
        for effect in update.effects {
            changed |= self.perform(effect, ctx);
        }
        changed
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        self.draw()
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        if is_first {
            // The rest of the page, now that there is something to see.
            ctx.link().send_message(Msg::Load);
            later(static_page::go_on);
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
    /// The page of a model, with nothing of the browser's in it.
    fn of(model: Model, dispatch: Dispatch) -> Root {
        let on_node = dispatch.0.reform(|name| Msg::Select(Selection::Node(name)));
        Root {
            is_dark: false,
            model,
            on_node,
            reveal: None,
            opener: None,
            own_page: AttrValue::default(),
            _listeners: Vec::new(),
            trail: Rc::default(),
            begun_ms: 0.0,
            frame: None,
            wait: None,
            worker: None,
            now_ms: Rc::default(),
            dispatch,
        }
    }

    fn draw(&self) -> Html {
        let model = &self.model;
        let page = &model.page;
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
                    data-past={is_past.to_string()} data-whole={Chunk::ALL.into_iter().all(chunk::is_here).to_string()} data-presented={(!model.pacer.is_behind()).to_string()}>
                    <a class="skip-link" href="#cluster-heading" onclick={skip_to_cluster()}>{ "Skip to the cluster" }</a>
                    <Header theme={model.theme} section={model.section} is_embedded={model.is_embedded} shows_editor={model.shows_editor} shows_console={model.console.is_open} />
                    <section class="page__notices" aria-label="Notices">{ self.notices() }</section>
                    <main class="page__main">
                        <div class="page__editor">
                            if model.shows_editor {
                                { panels::editor(self) }
                            }
                        </div>
                        <div class="page__cluster">
                            if model.is_embedded {
                                <Demo pane={model.pane.clone()} pace={page.timeline.pace} has_editor={model.shows_editor} href={self.own_page.clone()} />
                            }
                            { panels::story(self) }
                            <Cluster cluster={page.cluster.clone()} selection={model.selection.clone()} editing={model.editing.clone()}
                                node_error={model.node_error.clone()} fleet={panels::fleet(self)} focus={page.focus.clone()}
                                why={model.why().cloned()} pointed={model.pointed} />
                            <div class="dock">
                                if model.shows_welcome() { { guide::welcome(&self.dispatch) } }
                                if !is_past { { panels::experiment(self) } }
                            </div>
                        </div>
                        <div class="page__status">
                            { side::tabs(model.tab, &self.dispatch) }
                            { for SideTab::ALL.map(|tab| side::panel(tab, model.tab, panels::side(self, tab))) }
                        </div>
                    </main>
                    if is_past { { guide::past(&page.timeline, &self.dispatch) } }
                    { panels::console(self) }
                    <Timeline timeline={page.timeline.clone()} pointed={model.pointed} />
                    { panels::dialogs(self) }
                    <div class="sr-only" role="status" aria-live="polite" id="announcer"><p key={model.said}>{ &model.announcement }</p></div>
                </div>
            </ContextProvider<Rate>>
            </ContextProvider<Dispatch>>
        }
    }

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
        let is_asked_for =
            model.dialog.is_some() || model.opening.is_some() || model.console.is_open;
        let is_missing = is_asked_for && !chunk::is_here(Chunk::Panels);
        let waits = (is_missing || !model.held.is_empty()) && !model.is_stranded;
        html! {
            <>
                if waits { <div class="notice" data-tone="plain" role="status"><p>{ "Loading the rest of the page…" }</p></div> }
                if model.is_stranded {
                    <div class="notice" data-tone="bad" role="alert">
                        <p>{ "A part of the page couldn't be loaded: the connection is gone, or there is a new version. A reload keeps your session." }</p>
                        <button type="button" class="button button--small" onclick={self.dispatch.on(Msg::Load)}>{ "Try again" }</button>
                        <button type="button" class="button button--small" onclick={Callback::from(|_: MouseEvent| platform::reload())}>{ "Reload" }</button>
                    </div>
                }
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

    /// Does what `update` asked for; true if something must be drawn for it.
    fn perform(&mut self, effect: Effect, ctx: &Context<Self>) -> bool {
        match effect {
            Effect::Load => {
                let tell = self.dispatch.0.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    let mut is_whole = true;
                    for chunk in Chunk::ALL {
                        is_whole &= chunks::ensure(chunk).await;
                        if is_whole {
                            tell.emit(Msg::Loaded { is_whole });
                        }
                    }
                    if !is_whole {
                        tell.emit(Msg::Loaded { is_whole });
                    }
                });
            }
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

/// Does the page begin with a link, or with what was kept? Both take the engine.
pub fn opens_something() -> bool {
    let asked = asked_for(&platform::query(), &platform::fragment());
    asked.len() > 1 || platform::kept().is_some()
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

/// The first visit, as it is built into index.html (static/first.html).
#[cfg(test)]
#[component]
pub fn First() -> Html {
    Root::of(Model::first_visit(false), Dispatch(Callback::noop())).draw()
}
