//! The controller's eye: the reconcile loop, stage by stage.

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use crate::app::msg::{ClockMsg, Msg};
use crate::present::eye::{Eye as Stages, Stage};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct EyeProps {
    /// Nothing while it is closed, or without a DaemonSet.
    pub eye: Option<Rc<Stages>>,
    pub is_open: bool,
}

/// A button, and below it what each stage of the controller holds.
#[component]
pub fn Eye(props: &EyeProps) -> Html {
    let dispatch = use_dispatch();
    let toggle = dispatch.on(Msg::ToggleEye);
    html! {
        <section class="panel eye" aria-labelledby="eye-heading">
            <h2 id="eye-heading">
                <button type="button" class="eye__toggle" id="eye" aria-expanded={props.is_open.to_string()} onclick={toggle}>{ icon(Icon::Chevron) }{ "The controller's eye" }</button>
            </h2>
            if props.is_open {
                <p class="eye__about">
                    { "The loop that makes it all happen, as it is right now. " }
                    <button type="button" class="button button--small" onclick={dispatch.on(Msg::Clock(ClockMsg::Step))}>{ "Step" }</button>
                </p>
                if let Some(eye) = &props.eye {
                    <ol class="eye__stages">{ for eye.stages.iter().map(stage) }</ol>
                } else {
                    <p class="empty">{ "No DaemonSet yet: nothing to reconcile." }</p>
                }
            }
        </section>
    }
}

fn stage(stage: &Stage) -> Html {
    html! {
        <li class="eye__stage" data-busy={stage.is_busy.to_string()}>
            <h3>{ stage.title }if stage.is_busy { <span class="sr-only">{ ", busy" }</span> }</h3>
            <p>{ stage.about }</p>
            <ul>{ for stage.lines.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
        </li>
    }
}
