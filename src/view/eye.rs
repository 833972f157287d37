//! The controller's eye: the reconcile loop, stage by stage.

use super::dispatch::use_dispatch;
use crate::app::msg::{ClockMsg, Msg};
use crate::present::eye::{Eye as Stages, Stage};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct EyeProps {
    /// Nothing without a DaemonSet, or while nobody looks.
    pub eye: Option<Rc<Stages>>,
}

/// What each stage of the controller holds.
#[component]
pub fn Eye(props: &EyeProps) -> Html {
    let dispatch = use_dispatch();
    html! {
        <section class="panel eye" aria-labelledby="eye-heading">
            <h2 id="eye-heading" tabindex="-1">{ "DaemonSet controller" }</h2>
            <p class="eye__about">
                { "Its loop, as it is right now." }
                <button type="button" class="button button--small" onclick={dispatch.on(Msg::Clock(ClockMsg::Step))}>{ "Step" }</button>
            </p>
            if let Some(eye) = &props.eye {
                <ol class="eye__stages">{ for eye.stages.iter().map(stage) }</ol>
            } else {
                <p class="empty">{ "No DaemonSet yet: nothing to reconcile." }</p>
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
