//! The answer to "why".

use super::dispatch::use_dispatch;
use super::icons::{Icon, icon};
use super::remedies::Remedies;
use crate::app::msg::{CauseMsg, HistoryMsg, Msg, Selection};
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
    /// The link of the chain that is pointed at.
    #[prop_or_default]
    pub pointed: Option<usize>,
    /// While its causes are walked through.
    #[prop_or_default]
    pub walk: Option<WalkNote>,
}

/// Of when the answer is, and the link that we are at.
#[derive(Clone, PartialEq)]
pub struct WalkNote {
    pub as_of: AttrValue,
    pub at: usize,
}

/// For the clicked node or pod: the verdict, every check with the field that decided, and the chain of causes.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let dispatch = use_dispatch();
    let Some(why) = &props.why else {
        return html! {
            <section class="panel why why--empty" aria-labelledby="why-heading">
                <h2 id="why-heading" class="sr-only">{ "Why?" }</h2>
                <p>{ "Click a node, a pod, a number or an event to see " }<b>{ "why" }</b>{ " it is so." }</p>
            </section>
        };
    };
    let is_walking = props.walk.is_some();
    let act = |msg: fn(usize) -> Msg| dispatch.0.reform(msg);
    html! {
        <section class="panel why" aria-labelledby="why-heading">
            <div class="panel__head">
                <h2 id="why-heading" tabindex="-1"><span class="kind">{ "Why?" }</span>{ " " }{ &why.title }</h2>
                <button type="button" class="icon-button" aria-label="Close why" onclick={dispatch.on(Msg::Select(Selection::None))}>{ icon(Icon::Close) }</button>
            </div>
            if let Some(walk) = &props.walk {
                <p class="why__walk">{ format!("This is the answer as of {}. The page shows link {}, in the past.", walk.as_of, walk.at + 1) }
                    <button type="button" class="button button--small" onclick={dispatch.on(Msg::History(HistoryMsg::Back))}>{ icon(Icon::Back) }{ format!("Back to {}", walk.as_of) }</button>
                </p>
            }
            <p class="headline" data-tone={why.tone.as_str()}>{ &why.answer }</p>
            if let Some(field) = &why.decided_by { <p class="why__field">{ "decided by " }<code>{ field }</code></p> }
            <Remedies title="What would change it" list={props.remedies.clone().filter(|_| !is_walking)} done={props.done.clone()} act={act(Msg::ApplyRemedy)} />
            if !why.facts.is_empty() {
                <dl class="facts">{ for why.facts.iter().map(|fact| html! { <div><dt>{ &fact.name }</dt><dd>{ &fact.value }</dd></div> }) }</dl>
            }
            if let Some(pod) = why.pod.as_ref().filter(|_| !is_walking) {
                <p class="why__actions">
                    <button type="button" class="button button--small" title="kubectl delete pod" onclick={dispatch.on(Msg::DeletePod(pod.clone()))}>{ "Delete pod" }</button>
                    <button type="button" class="button button--small" title="Its phase becomes Failed, as after an eviction" onclick={dispatch.on(Msg::FailPod(pod.clone()))}>{ "Let it fail" }</button>
                </p>
            }
            { for why.groups.iter().map(group) }
            if !why.causes.is_empty() {
                <div class="causes">
                    <h3>{ "How it came about" }</h3>
                    <p class="causes__about">{ "From the effect back to what the user did. Point at a link to see where it was; a click goes to its moment." }</p>
                    <ol role="list">{ for why.causes.iter().enumerate().map(|(index, cause)| html! {
                        <li data-pointed={(props.pointed == Some(index)).to_string()} aria-current={props.walk.as_ref().filter(|walk| walk.at == index).map(|_| "step")}>
                            <CauseRow {index} cause={cause.clone()} />
                        </li>
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
    index: usize,
    cause: Cause,
}

/// One link of the chain: pointing at it marks its moment and its place, a click goes there.
#[component]
fn CauseRow(props: &CauseRowProps) -> Html {
    let dispatch = use_dispatch();
    let cause = &props.cause;
    let point = |to: Option<usize>| Msg::Cause(CauseMsg::Point(to));
    let (on, off) = (point(Some(props.index)), point(None));
    html! {
        <button type="button" class="cause" title="Go to this moment" onclick={dispatch.on(Msg::Cause(CauseMsg::Go(props.index)))}
            onmouseenter={dispatch.on(on.clone())} onmouseleave={dispatch.on(off.clone())} onfocus={dispatch.on(on)} onblur={dispatch.on(off)}>
            <span class="cause__number" aria-hidden="true">{ props.index + 1 }</span>
            <span class="cause__at">{ &cause.at }</span>{ " " }
            <span class="cause__actor">{ &cause.actor }</span>{ " " }
            <span class="cause__text">{ &cause.text }</span>
        </button>
    }
}
