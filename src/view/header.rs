//! The top of the page.

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use crate::app::msg::{ConsoleMsg, Dialog, Msg, Section, Theme};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct HeaderProps {
    pub theme: Theme,
    pub section: Section,
    pub is_embedded: bool,
    pub shows_editor: bool,
    pub shows_console: bool,
}

/// Title, share, start over, theme, help; on narrow screens also the choice of what is shown.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let dispatch = use_dispatch();
    let (theme_icon, theme_label) = match props.theme {
        Theme::System => (Icon::Auto, "Theme: system"),
        Theme::Light => (Icon::Sun, "Theme: light"),
        Theme::Dark => (Icon::Moon, "Theme: dark"),
    };
    html! {
        <header class="page-header">
            <h1 class="page-header__title">
                <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                    <rect x="3" y="3" width="11" height="11" rx="2" /><rect x="18" y="3" width="11" height="11" rx="2" />
                    <rect x="3" y="18" width="11" height="11" rx="2" /><rect x="18" y="18" width="11" height="11" rx="2" />
                    <circle cx="8.5" cy="8.5" r="2" /><circle cx="23.5" cy="8.5" r="2" /><circle cx="8.5" cy="23.5" r="2" /><circle cx="23.5" cy="23.5" r="2" />
                </svg>
                <span>{ "DaemonSet" }<span class="page-header__more">{ " playground" }</span></span>
            </h1>
            <div class="page-header__tools">
                if props.is_embedded {
                    <button type="button" class="button" id="yaml" aria-pressed={props.shows_editor.to_string()} onclick={dispatch.on(Msg::ToggleEditor)} title="The manifest">{ icon(Icon::Edit) }<span>{ "YAML" }</span></button>
                }
                if !props.is_embedded {
                    <button type="button" class="button" id="scenarios" aria-haspopup="dialog" onclick={dispatch.on(Msg::Open(Some(Dialog::Scenarios)))} title="Scenarios: clusters with a question">{ icon(Icon::Question) }<span>{ "Scenarios" }</span></button>
                }
                <button type="button" class="button" id="console" aria-pressed={props.shows_console.to_string()} onclick={dispatch.on(Msg::Console(ConsoleMsg::Toggle))} title="kubectl console (`)">{ icon(Icon::Console) }<span>{ "kubectl" }</span></button>
                <button type="button" class="button" onclick={dispatch.on(Msg::Share)} title="Copy a link to exactly this">{ icon(Icon::Share) }<span>{ "Share" }</span></button>
                <button type="button" class="button" id="reset" onclick={dispatch.on(Msg::Reset)} title="Start over; this cluster is kept">{ icon(Icon::Reset) }<span>{ "New" }</span></button>
                <button type="button" class="icon-button" onclick={dispatch.on(Msg::SetTheme(props.theme.next()))} aria-label={theme_label} title={theme_label}>{ icon(theme_icon) }</button>
                <button type="button" class="icon-button" id="help" onclick={dispatch.on(Msg::Open(Some(Dialog::Help)))} aria-label="Help" title="Help (?)">{ icon(Icon::Help) }</button>
            </div>
            <nav class="sections" aria-label="Parts of the page">
                { for Section::ALL.into_iter().map(|section| html! {
                    <button type="button" class="sections__tab" aria-current={if section == props.section { "true" } else { "false" }}
                        onclick={dispatch.on(Msg::Show(section))}>{ section.label() }</button>
                }) }
            </nav>
        </header>
    }
}
