//! The tabs of the right side.

use super::dispatch::Dispatch;
use super::platform;
use crate::app::msg::{Msg, SideTab};
use yew::prelude::*;

fn tab_id(tab: SideTab) -> String {
    format!("side-tab-{}", tab.as_str())
}

fn panel_id(tab: SideTab) -> String {
    format!("side-{}", tab.as_str())
}

/// The row of tabs; arrow keys move along it.
pub fn tabs(shown: SideTab, dispatch: &Dispatch) -> Html {
    let tabs = SideTab::ALL;
    let on_key = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (at, last) = (tabs.iter().position(|tab| *tab == shown), tabs.len() - 1);
            let at = at.unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" if at < last => at + 1,
                "ArrowLeft" if at > 0 => at - 1,
                "ArrowRight" | "Home" => 0,
                "ArrowLeft" | "End" => last,
                _ => return,
            };
            event.prevent_default();
            platform::focus(&tab_id(tabs[to]));
            dispatch.send(Msg::ShowTab(tabs[to]));
        })
    };
    html! {
        <div class="side__tabs" role="tablist" aria-label="About the cluster" onkeydown={on_key}>
            { for tabs.iter().map(|tab| html! {
                <button type="button" role="tab" class="side__tab" id={tab_id(*tab)} aria-controls={panel_id(*tab)}
                    aria-selected={(*tab == shown).to_string()} tabindex={if *tab == shown { "0" } else { "-1" }}
                    onclick={dispatch.on(Msg::ShowTab(*tab))}>{ tab.as_str() }</button>
            }) }
        </div>
    }
}

/// What a tab shows, with a scroll of its own.
pub fn panel(tab: SideTab, shown: SideTab, inside: Html) -> Html {
    html! {
        <div class="side__panel" role="tabpanel" id={panel_id(tab)} aria-labelledby={tab_id(tab)} tabindex="0" hidden={tab != shown}>{ inside }</div>
    }
}
