//! The console: a record of commands and their output, and the line that is typed.

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::platform;
use crate::app::msg::{ConsoleMsg, Msg};
use crate::present::console::{ConsolePane, Entry, EntryKind};
use std::rc::Rc;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

/// The typing area grows up to so many lines.
const ROWS_MAX: usize = 10;

#[derive(Clone, PartialEq, Properties)]
pub struct ConsoleProps {
    pub pane: Rc<ConsolePane>,
}

/// The drawer below the cluster; nothing while it is closed.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let dispatch = use_dispatch();
    let pane = &props.pane;
    let (record, input) = (use_node_ref(), use_node_ref());
    {
        let record = record.clone();
        let last = pane.entries.last().map(|entry| entry.id);
        let queued = pane.waiting.as_ref().map(|waiting| waiting.queue.len());
        let below = (pane.choices.len(), queued);
        use_effect_with((last, pane.is_open, below), move |_| {
            platform::scroll_to_end(&record)
        });
    }
    {
        let input = input.clone();
        use_effect_with(pane.cursor, move |cursor| {
            if let (Some((at, _)), Some(area)) = (*cursor, input.cast::<HtmlTextAreaElement>()) {
                let _ = area.set_selection_range(at, at);
            }
        });
    }
    if !pane.is_open {
        return html! {};
    }
    let send = |msg: ConsoleMsg| dispatch.on(Msg::Console(msg));
    let rows = pane.input.split('\n').count().min(ROWS_MAX);
    let prompt = if pane.input.contains('\n') { ">" } else { "$" };
    html! {
        <section class="console" aria-labelledby="console-heading" onkeydown={on_escape(&dispatch)}>
            <div class="console__bar">
                <h2 id="console-heading">{ "kubectl" }</h2>
                <p class="console__hint">{ "Your clicks, as commands · " }<kbd>{ "Tab" }</kbd>{ " completes · " }<kbd>{ "↑↓" }</kbd>{ " recall commands · " }<code>{ "help" }</code></p>
                <button type="button" class="button" onclick={send(ConsoleMsg::Copy)}>{ "Copy" }</button>
                <button type="button" class="button" onclick={send(ConsoleMsg::Clear)}>{ "Clear" }</button>
                <button type="button" class="icon-button" aria-label="Close the console" title="Close the console (Escape)" onclick={send(ConsoleMsg::Toggle)}>{ icon(Icon::Close) }</button>
            </div>
            <div class="console__record" ref={record} role="log" aria-label="Console output" tabindex="0">
                { for pane.entries.iter().map(entry) }
                { waiting(pane, &dispatch) }
            </div>
            if !pane.choices.is_empty() {
                <ul class="console__choices" aria-label="Completions">
                    { for pane.choices.iter().map(|choice| html! { <li>{ choice }</li> }) }
                </ul>
            }
            <div class="console__line">
                <label for="console-input" class="console__prompt"><span aria-hidden="true">{ prompt }</span><span class="sr-only">{ "Command" }</span></label>
                <textarea id="console-input" ref={input} class="console__input" rows={rows.to_string()} spellcheck="false" autocomplete="off" autocapitalize="off"
                    aria-describedby="console-keys" placeholder="kubectl get pods -o wide" value={AttrValue::from(pane.input.clone())} oninput={on_typed(&dispatch)} onkeydown={on_key(&dispatch)} />
                <span id="console-keys" class="sr-only">{ "Enter runs, Tab completes, Up and Down recall commands, Control C interrupts, Escape closes" }</span>
                <button type="button" class="button button--primary" onclick={send(ConsoleMsg::Enter)}>{ "Run" }</button>
            </div>
        </section>
    }
}

fn entry(entry: &Entry) -> Html {
    let prompt = match entry.kind {
        EntryKind::Command => "$ ",
        _ => "",
    };
    html! { <pre key={entry.id} class="console__entry" data-kind={entry.kind.as_str()}>{ prompt }{ &*entry.text }</pre> }
}

fn waiting(pane: &ConsolePane, dispatch: &Dispatch) -> Html {
    let Some(waiting) = &pane.waiting else {
        return html! {};
    };
    html! {
        <>
            <p class="console__waiting" key="waiting">
                <span>{ waiting.text() }</span>
                <button type="button" class="button" aria-label={format!("Ctrl+C: interrupt {}", waiting.command)} onclick={dispatch.on(Msg::Console(ConsoleMsg::Interrupt))}>{ "Ctrl+C" }</button>
            </p>
            { for waiting.queue.iter().map(|line| html! { <pre class="console__entry" data-kind="queued">{ "then $ " }{ line }</pre> }) }
        </>
    }
}

fn on_typed(dispatch: &Dispatch) -> Callback<InputEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            dispatch.send(Msg::Console(ConsoleMsg::Typed(area.value())));
        }
    })
}

fn on_key(dispatch: &Dispatch) -> Callback<KeyboardEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: KeyboardEvent| {
        let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else {
            return;
        };
        // An input method is composing: its keys are its own.
        if event.is_composing() {
            return;
        }
        let text = area.value();
        let cursor = area.selection_start().ok().flatten().unwrap_or(0);
        let is_marked = area.selection_end().ok().flatten() != Some(cursor);
        let before: String = char::decode_utf16(text.encode_utf16().take(cursor as usize))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        let after = text.get(before.len()..).unwrap_or("");
        let msg = match event.key().as_str() {
            "Enter" if !event.shift_key() => ConsoleMsg::Enter,
            // On an empty line Tab goes on through the page.
            "Tab" if !event.shift_key() && !text.trim().is_empty() => ConsoleMsg::Complete(cursor),
            "ArrowUp" if !before.contains('\n') => ConsoleMsg::Older,
            "ArrowDown" if !after.contains('\n') => ConsoleMsg::Newer,
            "c" if event.ctrl_key() && !is_marked => ConsoleMsg::Interrupt,
            "l" if event.ctrl_key() => ConsoleMsg::Clear,
            _ => return,
        };
        event.prevent_default();
        dispatch.send(Msg::Console(msg));
    })
}

fn on_escape(dispatch: &Dispatch) -> Callback<KeyboardEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            event.prevent_default();
            dispatch.send(Msg::Console(ConsoleMsg::Toggle));
        }
    })
}
