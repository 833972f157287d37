//! The answer to "why".

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use super::remedies::Remedies;
use crate::app::msg::{ClockMsg, Msg, Selection};
use crate::present::remedy::RemedyList;
use crate::present::why::{Cause, Check, CheckGroup, Outcome, WhyPanel};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub struct WhyProps {
    pub why: Option<Rc<WhyPanel>>,
    #[prop_or_default]
    pub remedies: Option<Rc<RemedyList>>,
    /// The one of them that was done last.
    #[prop_or_default]
    pub done: Option<AttrValue>,
}

/// For the clicked node or pod: the verdict, every check with the field that decided, and the chain of causes.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let dispatch = use_dispatch();
    let Some(why) = &props.why else {
        return html! {
            <section class="panel why why--empty" aria-labelledby="why-heading">
                <h2 id="why-heading" class="sr-only">{ "Why?" }</h2>
                <p>{ "Click a node or a pod to see " }<b>{ "why" }</b>{ " it is so." }</p>
            </section>
        };
    };
    let act = |msg: fn(usize) -> Msg| dispatch.0.reform(msg);
    html! {
        <section class="panel why" aria-labelledby="why-heading">
            <div class="panel__head">
                <h2 id="why-heading" tabindex="-1"><span class="kind">{ "Why?" }</span>{ " " }{ &why.title }</h2>
                <button type="button" class="icon-button" aria-label="Close why" onclick={dispatch.on(Msg::Select(Selection::None))}>{ icon(Icon::Close) }</button>
            </div>
            <p class="headline" data-tone={why.tone.as_str()}>{ &why.answer }</p>
            if let Some(field) = &why.decided_by { <p class="why__field">{ "decided by " }<code>{ field }</code></p> }
            <Remedies title="What would change it" list={props.remedies.clone()} done={props.done.clone()} act={act(Msg::ApplyRemedy)} />
            if !why.facts.is_empty() {
                <dl class="facts">{ for why.facts.iter().map(|fact| html! { <div><dt>{ &fact.name }</dt><dd>{ &fact.value }</dd></div> }) }</dl>
            }
            if let Some(pod) = &why.pod {
                <p class="why__actions">
                    <button type="button" class="button button--small" title="kubectl delete pod" onclick={dispatch.on(Msg::DeletePod(pod.clone()))}>{ "Delete pod" }</button>
                    <button type="button" class="button button--small" title="Its phase becomes Failed, as after an eviction" onclick={dispatch.on(Msg::FailPod(pod.clone()))}>{ "Let it fail" }</button>
                </p>
            }
            { for why.groups.iter().map(group) }
            if !why.causes.is_empty() {
                <div class="causes">
                    <h3>{ "How it came about" }</h3>
                    <ol>{ for why.causes.iter().map(|cause| html! {
                        <li><CauseRow cause={cause.clone()} /></li>
                    }) }</ol>
                </div>
            }
        </section>
    }
}

fn group(group: &CheckGroup) -> Html {
    html! {
        <div class="checks">
            <h3>{ &group.title }</h3>
            <ul>{ for group.checks.iter().map(check) }</ul>
        </div>
    }
}

fn check(check: &Check) -> Html {
    let (shape, word) = match check.outcome {
        Outcome::Pass => (Icon::Check, "passed"),
        Outcome::Fail => (Icon::Cross, "failed"),
        Outcome::Skipped => (Icon::Dash, "not asked"),
    };
    html! {
        <li class="check" data-outcome={check.outcome.as_str()} data-decides={check.decides.to_string()}>
            { icon(shape) }
            <div>
                <b>{ &check.title }</b><span class="sr-only">{ format!(" {word}.") }</span>
                if check.decides { <span class="check__decides">{ "decided" }</span> }
                if !check.detail.is_empty() { <p>{ &check.detail }</p> }
                if !check.field.is_empty() { <code>{ &check.field }</code> }
            </div>
        </li>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct CauseRowProps {
    cause: Cause,
}

/// One link of the chain; its time goes there.
#[component]
fn CauseRow(props: &CauseRowProps) -> Html {
    let dispatch = use_dispatch();
    let cause = &props.cause;
    html! {
        <div class="cause">
            <button type="button" class="link cause__at" title="Go to this moment" onclick={dispatch.on(Msg::Clock(ClockMsg::Seek { ms: cause.at_ms }))}>{ &cause.at }</button>
            <span class="cause__actor">{ &cause.actor }</span>
            <span class="cause__text">{ &cause.text }</span>
        </div>
    }
}
