//! The answer to "why".

use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use super::remedies::Remedies;
use crate::app::msg::{CauseMsg, HistoryMsg, Msg, Selection};
use crate::present::assumptions::Assumptions;
use crate::present::marks::Marks;
use crate::present::remedy::RemedyList;
use crate::present::why::{Cause, Check, CheckGroup, Outcome, VerdictLine, WhyPanel};
use crate::present::words::count;
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
    /// What the times of suggested edits rest on.
    #[prop_or_default]
    pub assumed: Rc<Assumptions>,
}

/// Of when the answer is, and the link that we are at.
#[derive(Clone, PartialEq)]
pub struct WalkNote {
    pub as_of: AttrValue,
    pub at: usize,
}

/// For the clicked node or pod: the answer, how it came about, what would mend it, and the checks behind it.
#[component]
pub fn Why(props: &WhyProps) -> Html {
    let dispatch = use_dispatch();
    let Some(why) = &props.why else {
        return html! {
            <section class="panel why why--empty" aria-labelledby="why-heading">
                <h2 id="why-heading" tabindex="-1">{ "Why?" }</h2>
                <p class="empty">{ "Click a node, pod, number or event to see why it is so." }</p>
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
                <p class="why__walk">{ format!("This answer is from {}. The page shows step {}, in the past.", walk.as_of, walk.at + 1) }
                    <button type="button" class="button button--small" onclick={dispatch.on(Msg::History(HistoryMsg::Back))}>{ icon(Icon::Back) }{ format!("Back to {}", walk.as_of) }</button>
                </p>
            }
            { verdicts(&why.verdicts, &dispatch) }
            if !why.answer.is_empty() { <p class="headline" data-tone={why.tone.as_str()}>{ &why.answer }</p> }
            if let Some(field) = &why.decided_by { <p class="why__field">{ "Decided by " }<code>{ field }</code></p> }
            if let Some(pod) = &why.replaced_by {
                <p><button type="button" class="button button--small" onclick={dispatch.on(Msg::Select(Selection::Pod(pod.clone())))}>{ format!("Show {}", pod.name) }</button></p>
            }
            if !why.causes.is_empty() {
                <div class="causes">
                    <h3>{ "How it came about" }</h3>
                    <ol role="list" title="Click a step to go to its moment">{ for why.causes.iter().enumerate().map(|(index, cause)| html! {
                        <li data-pointed={(props.pointed == Some(index)).to_string()} data-ahead={(index >= why.happened().len()).to_string()} aria-current={props.walk.as_ref().filter(|walk| walk.at == index).map(|_| "step")}>
                            <CauseRow {index} cause={cause.clone()} />
                        </li>
                    }) }</ol>
                </div>
            }
            <Remedies title="How to fix it" list={props.remedies.clone().filter(|_| !is_walking)} done={props.done.clone()} act={act(Msg::ApplyRemedy)} assumed={props.assumed.text.clone()} />
            { checks(why, &dispatch) }
            if !why.facts.is_empty() {
                <dl class="facts">{ for why.facts.iter().map(|fact| html! { <div><dt>{ &fact.name }</dt><dd>{ &fact.value }</dd></div> }) }</dl>
            }
            if let Some(pod) = why.pod.as_ref().filter(|_| !is_walking) {
                <p class="why__actions">
                    <button type="button" class="button button--small" title="kubectl delete pod" onclick={dispatch.on(Msg::DeletePod(pod.clone()))}>{ "Delete pod" }</button>
                    <button type="button" class="button button--small" title="Its phase becomes Failed, as after an eviction" onclick={dispatch.on(Msg::FailPod(pod.clone()))}>{ "Fail pod" }</button>
                </p>
            }
        </section>
    }
}

/// What each DaemonSet has on the node, a line each; a click on another's name asks about that one.
fn verdicts(lines: &[VerdictLine], dispatch: &Dispatch) -> Html {
    let name = |line: &VerdictLine| match line.is_chosen {
        true => html! { <span class="verdicts__set">{ &line.set.name }</span> },
        false => html! {
            <button type="button" class="link verdicts__set" aria-label={format!("{}: why?", line.set.name)}
                onclick={dispatch.on(Msg::ChooseDaemonSet(line.set.clone()))}>{ &line.set.name }</button>
        },
    };
    if lines.is_empty() {
        return html! {};
    }
    html! {
        <ul class="verdicts">{ for lines.iter().map(|line| html! {
            <li data-tone={line.state.tone().as_str()} data-chosen={line.is_chosen.to_string()}>
                { name(line) }{ " " }<b>{ line.state.word() }{ ":" }</b>{ " " }<span class="verdicts__reason">{ &line.reason }</span>
            </li>
        }) }</ul>
    }
}

/// What failed, and folded below it what passed.
fn checks(why: &WhyPanel, dispatch: &Dispatch) -> Html {
    let Some(passed) = why.passed() else {
        return html! {};
    };
    let has_passed =
        |group: &&CheckGroup| group.checks.iter().any(|it| it.outcome != Outcome::Fail);
    html! {
        <div class="checks">
            <h3>{ "Checks" }</h3>
            <ul>{ for why.failed().map(|it| check(it, dispatch)) }</ul>
            <details class="checks__passed">
                <summary>{ icon(Icon::Check) }{ passed }</summary>
                { for why.groups.iter().filter(has_passed).map(|it| group(it, dispatch)) }
            </details>
        </div>
    }
}

fn group(group: &CheckGroup, dispatch: &Dispatch) -> Html {
    let passed = group.checks.iter().filter(|it| it.outcome != Outcome::Fail);
    html! {
        <div class="checks__group">
            <h4>{ &group.title }</h4>
            <ul>{ for passed.map(|it| check(it, dispatch)) }</ul>
        </div>
    }
}

/// One check. While it is pointed at, or the keyboard is in it, the editor shows the lines that it looked at.
fn check(check: &Check, dispatch: &Dispatch) -> Html {
    let (shape, word) = match check.outcome {
        Outcome::Pass => (Icon::Check, "passed"),
        Outcome::Fail => (Icon::Cross, "failed"),
        Outcome::Skipped => (Icon::Dash, "not run"),
    };
    let point = |marks: Option<&Rc<Marks>>| Msg::Point(marks.cloned());
    let marks = check.marks.as_ref();
    html! {
        <li class="check" key={check.title.clone()} data-outcome={check.outcome.as_str()} data-decides={check.decides.to_string()}
            onmouseenter={marks.map(|it| dispatch.on(point(Some(it))))} onmouseleave={marks.map(|_| dispatch.on(point(None)))}
            onfocusin={marks.map(|it| dispatch.on(point(Some(it))))} onfocusout={marks.map(|_| dispatch.on(point(None)))}>
            { icon(shape) }
            <div>
                <b>{ &check.title }</b><span class="sr-only">{ format!(" {word}.") }</span>
                if check.decides { <span class="check__decides">{ "decided" }</span> }
                if !check.detail.is_empty() { <p>{ &check.detail }</p> }
                if !check.field.is_empty() { <code>{ &check.field }</code> }
                if let Some(marks) = marks { { lines(marks, check.decides) } }
            </div>
        </li>
    }
}

/// The lines of YAML that a check looked at, of both objects.
fn lines(marks: &Marks, is_open: bool) -> Html {
    html! {
        <details class="excerpts" key={is_open.to_string()} open={is_open}>
            <summary>{ "YAML" }</summary>
            { for marks.excerpts.iter().map(|excerpt| html! {
                <figure class="excerpt">
                    <figcaption>{ &excerpt.title }</figcaption>
                    <pre>{ for excerpt.lines.iter().map(|line| match line.is_marked {
                        true => html! { <mark>{ &line.text }</mark> },
                        false => html! { <span>{ &line.text }</span> },
                    }) }</pre>
                    if excerpt.more > 0 { <p>{ format!("and {}", count(excerpt.more.into(), "more line")) }</p> }
                </figure>
            }) }
        </details>
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
        <button type="button" class="cause" title={format!("{}: go to this moment", cause.actor)} onclick={dispatch.on(Msg::Cause(CauseMsg::Go(props.index)))}
            onmouseenter={dispatch.on(on.clone())} onmouseleave={dispatch.on(off.clone())} onfocus={dispatch.on(on)} onblur={dispatch.on(off)}>
            <span class="cause__number" aria-hidden="true">{ props.index + 1 }</span>
            <span class="cause__at">{ &cause.at }</span>{ " " }
            <span class="cause__text">{ &cause.text }</span>
        </button>
    }
}
