//! The text field for YAML: a plain one at once, CodeMirror as soon as it is there.

use super::dispatch::Dispatch;
use super::editor::{self, Diagnostic, Editor, Severity};
use crate::app::msg::{EditorMsg, Msg};
use crate::present::editor::{Problem, TabId};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{Element, HtmlTextAreaElement};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct YamlEditorProps {
    pub tab: TabId,
    /// Changes when the text was changed by anything but typing here.
    pub version: u32,
    /// Changes when the page edited the text: undo goes back across that.
    pub edits: u32,
    pub is_read_only: bool,
    pub text: Rc<str>,
    pub problems: Rc<[Problem]>,
    /// Lines that the page points at, first and last of each range.
    pub pointed: Rc<[(u32, u32)]>,
    pub is_dark: bool,
    /// A line to scroll to, and a number that changes with each wish.
    pub reveal: Option<(u32, u32)>,
}

/// A struct, unlike the other components, because it owns an object of the browser: the editor.
pub struct YamlEditor {
    host: NodeRef,
    plain: NodeRef,
    state: Load,
    /// What the editor's callbacks need to know, and would otherwise have captured too early.
    tab: Rc<RefCell<TabId>>,
    dispatch: Option<Dispatch>,
}

enum Load {
    Plain,
    Loading,
    /// It is there, but somebody is typing into the plain field: it comes when they pause to look elsewhere.
    Waiting(Editor),
    Ready(Editor),
    /// It couldn't be loaded: the plain field stays.
    Failed,
}

pub enum Own {
    Load,
    Loaded(Option<Editor>),
    Left,
    Typed,
}

impl Component for YamlEditor {
    type Message = Own;
    type Properties = YamlEditorProps;

    fn create(ctx: &Context<Self>) -> Self {
        let dispatch = ctx
            .link()
            .context::<Dispatch>(Callback::noop())
            .map(|(dispatch, _)| dispatch);
        YamlEditor {
            host: NodeRef::default(),
            plain: NodeRef::default(),
            state: Load::Plain,
            tab: Rc::new(RefCell::new(ctx.props().tab)),
            dispatch,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Own) -> bool {
        match msg {
            Own::Load => {
                if matches!(self.state, Load::Plain) {
                    self.load(ctx);
                }
                false
            }
            Own::Loaded(Some(editor)) if self.plain_has_focus() => {
                self.state = Load::Waiting(editor);
                false
            }
            Own::Loaded(Some(editor)) => {
                self.show(editor, ctx.props());
                true
            }
            Own::Left => match std::mem::replace(&mut self.state, Load::Failed) {
                Load::Waiting(editor) => {
                    self.show(editor, ctx.props());
                    true
                }
                other => {
                    self.state = other;
                    false
                }
            },
            Own::Loaded(None) => {
                self.state = Load::Failed;
                false
            }
            Own::Typed => {
                if let (Some(plain), Some(dispatch)) =
                    (self.plain.cast::<HtmlTextAreaElement>(), &self.dispatch)
                {
                    dispatch.send(Msg::Editor(EditorMsg::Typed {
                        tab: *self.tab.borrow(),
                        text: plain.value(),
                    }));
                }
                false
            }
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &YamlEditorProps) -> bool {
        let props = ctx.props();
        *self.tab.borrow_mut() = props.tab;
        if let Load::Ready(editor) = &self.state {
            if props.version != old.version {
                editor.set_text(&props.text);
            } else if props.edits != old.edits {
                editor.replace_text(&props.text);
            }
            if props.is_read_only != old.is_read_only {
                editor.set_read_only(props.is_read_only);
            }
            if props.version != old.version || props.problems != old.problems {
                editor.set_diagnostics(&diagnostics(&props.problems));
            }
            if props.version != old.version || props.pointed != old.pointed {
                editor.highlight(&props.pointed);
            }
            if props.is_dark != old.is_dark {
                editor.set_dark(props.is_dark);
            }
            if let Some((line, _)) = props.reveal.filter(|_| props.reveal != old.reveal) {
                editor.reveal(line);
                editor.focus();
            }
            return false;
        }
        if let Some(plain) = self
            .plain
            .cast::<HtmlTextAreaElement>()
            .filter(|p| p.value() != *props.text)
        {
            plain.set_value(&props.text);
        }
        props.is_read_only != old.is_read_only
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let is_ready = matches!(self.state, Load::Ready(_));
        let on_key = {
            let dispatch = self.dispatch.clone();
            Callback::from(move |event: KeyboardEvent| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                    event.prevent_default();
                    if let Some(dispatch) = &dispatch {
                        dispatch.send(Msg::Editor(EditorMsg::Apply));
                    }
                }
            })
        };
        html! {
            <div class="yaml" data-editor={if is_ready { "rich" } else { "plain" }}>
                <div class="yaml__host" ref={self.host.clone()}></div>
                if !is_ready {
                    <textarea class="yaml__plain" ref={self.plain.clone()} aria-label="Manifest" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" readonly={ctx.props().is_read_only}
                        defaultvalue={ctx.props().text.to_string()} oninput={ctx.link().callback(|_| Own::Typed)}
                        onblur={ctx.link().callback(|_| Own::Left)} onkeydown={on_key} />
                }
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        if is_first {
            ctx.link().send_message(Own::Load);
        }
    }
}

impl YamlEditor {
    fn load(&mut self, ctx: &Context<Self>) {
        let (Some(host), Some(dispatch)) = (self.host.cast::<Element>(), self.dispatch.clone())
        else {
            return;
        };
        self.state = Load::Loading;
        let (text, is_dark, tab) = (
            ctx.props().text.clone(),
            ctx.props().is_dark,
            self.tab.clone(),
        );
        ctx.link().send_future(async move {
            let options = editor::Options {
                doc: &text,
                label: "Manifest",
                read_only: false,
                dark: is_dark,
            };
            let on_apply = {
                let dispatch = dispatch.clone();
                move || dispatch.send(Msg::Editor(EditorMsg::Apply))
            };
            let on_check = {
                let (dispatch, tab) = (dispatch.clone(), tab.clone());
                move || dispatch.send(Msg::Editor(EditorMsg::Check(*tab.borrow())))
            };
            let on_change = move |text| {
                dispatch.send(Msg::Editor(EditorMsg::Typed {
                    tab: *tab.borrow(),
                    text,
                }))
            };
            Own::Loaded(
                editor::mount(&host, &options, on_change, on_apply, on_check)
                    .await
                    .ok(),
            )
        });
    }

    /// Puts the editor in the plain field's place.
    fn show(&mut self, editor: Editor, props: &YamlEditorProps) {
        // What was typed into the plain field meanwhile is newer than what the editor began with.
        if editor.text() != *props.text {
            editor.set_text(&props.text);
        }
        editor.set_dark(props.is_dark);
        editor.set_read_only(props.is_read_only);
        editor.set_diagnostics(&diagnostics(&props.problems));
        self.state = Load::Ready(editor);
    }

    fn plain_has_focus(&self) -> bool {
        let active = gloo::utils::document().active_element();
        active.is_some() && self.plain.cast::<Element>() == active
    }
}

fn diagnostics(problems: &[Problem]) -> Vec<Diagnostic> {
    let with_place = problems.iter().filter(|problem| problem.line > 0);
    with_place
        .map(|problem| Diagnostic {
            line: problem.line,
            column: problem.column.max(1),
            severity: Severity::Error,
            message: problem.message.clone(),
        })
        .collect()
}
