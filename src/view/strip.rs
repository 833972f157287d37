//! The control plane above the nodes: the DaemonSet controller's loop, the pods it creates, the scheduler's queue.

use super::dispatch::Dispatch;
use super::icons::{Icon, icon, mark, pod_glyph};
use crate::app::msg::{Msg, Selection};
use crate::present::pod::PodTile;
use crate::present::stage::strip::{Strip, Words};
use crate::present::why::WhyPanel;
use crate::present::words::count;
use std::rc::Rc;
use yew::prelude::*;

pub struct Look<'a> {
    pub selection: &'a Selection,
    pub why: Option<&'a Rc<WhyPanel>>,
    pub pointed: Option<usize>,
}

pub fn strip(strip: &Strip, look: &Look<'_>, dispatch: &Dispatch) -> Html {
    let pods = |pods: &[Rc<PodTile>], total: usize, label: &'static str| {
        html! {
            <ul class="machine__pods" aria-label={label}>
                { for pods.iter().map(|pod| chip(pod, look, dispatch)) }
                if total > pods.len() { <li key="more" class="machine__more">{ format!("+{}", total - pods.len()) }</li> }
            </ul>
        }
    };
    let stages = ["watch", "queue", "sync", strip.act];
    html! {
        <section class="machine" id="control-plane" aria-label="Control plane" data-quiet={strip.is_quiet.to_string()}>
            <div class="machine__part machine__controller">
                <div class="machine__head">
                    <h3><button type="button" class="machine__title" id="open-eye" title="Open the controller's loop" onclick={dispatch.on(Msg::OpenEye)}><span class="machine__kind">{ "DaemonSet " }</span>{ "controller" }</button></h3>
                    <ol class="machine__loop" key={strip.number} data-lit={strip.lit.as_str()} aria-hidden="true">
                        { for stages.map(|stage| html! { <li>{ stage }</li> }) }
                    </ol>
                </div>
                { words(&strip.controller, strip.number) }
                { pods(&strip.fresh, strip.fresh_count, "Pods just created") }
            </div>
            <span class="machine__arrow" aria-hidden="true" data-busy={(!strip.fresh.is_empty()).to_string()}>{ icon(Icon::Arrow) }</span>
            <div class="machine__part machine__scheduler">
                <div class="machine__head">
                    <h3 class="machine__title">{ "Scheduler queue" }</h3>
                    if strip.queue_count > 0 { <span class="machine__count" title={count(strip.queue_count as u64, "pod")}>{ strip.queue_count }</span> }
                </div>
                { words(&strip.scheduler, strip.number) }
                { pods(&strip.queue, strip.queue_count, "Pods that wait for the scheduler") }
            </div>
        </section>
    }
}

fn words(words: &Words, number: u32) -> Html {
    html! { <p class="machine__words" data-tone={words.tone.as_str()} data-moment={number.to_string()} title={words.text.clone()}>{ &words.text }</p> }
}

/// A pod without a node: its state, its DaemonSet's glyph, and where it shall go.
fn chip(pod: &Rc<PodTile>, look: &Look<'_>, dispatch: &Dispatch) -> Html {
    let is_selected = matches!(look.selection, Selection::Pod(id) if *id == pod.id);
    let part = look
        .why
        .and_then(|why| why.part_of_pod(&pod.id, look.pointed));
    let target = if pod.node.is_empty() {
        pod.suffix.clone()
    } else {
        format!("→ {}", pod.node)
    };
    html! {
        <li key={&*pod.uid}>
            <button type="button" class="pod-chip" data-uid={pod.uid.to_string()} data-state={pod.state.as_str()} data-tone={pod.state.tone().as_str()}
                data-links={part.as_ref().map(|part| part.links.clone())} data-pointed={super::pod_tile::pointed(part.as_ref())}
                aria-pressed={is_selected.to_string()} aria-label={format!("{target}: {}", pod.summary)} title={pod.summary.clone()}
                onclick={dispatch.on(Msg::Select(Selection::Pod(pod.id.clone())))}>
                { pod_glyph(pod.state) }
                { mark(pod.mark) }
                <span class="pod-chip__target">{ target }</span>
            </button>
        </li>
    }
}
