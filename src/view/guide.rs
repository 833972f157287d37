//! For newcomers: what this is, questions to open, and the next experiment; a scenario's question while one is open.

use super::dialog::Modal;
use super::dispatch::{Dispatch, use_dispatch};
use super::icons::{Icon, icon};
use crate::app::guide::{Mark, NextExperiment, QUESTIONS};
use crate::app::msg::{ClockMsg, Dialog, EditorMsg, GuideMsg, Msg, StoryMsg};
use crate::present::story::StoryBar;
use crate::present::timeline::Timeline;
use crate::present::words::count;
use crate::scenarios;
use yew::prelude::*;

/// Below the empty nodes, so that they stay where they are when it goes: the idea in a sentence, Apply, and six questions.
pub fn welcome(dispatch: &Dispatch) -> Html {
    let stories = QUESTIONS.iter().filter_map(|id| scenarios::by_id(id));
    html! {
        <section class="welcome" aria-labelledby="welcome-heading">
            <div class="welcome__start">
                <h2 id="welcome-heading">{ "A DaemonSet keeps one pod on every node that fits" }</h2>
                <p>{ "Apply the manifest and watch each node get its pod." }</p>
                <button type="button" class="button button--primary button--large" id="welcome-apply" onclick={dispatch.on(Msg::Editor(EditorMsg::Apply))}>{ icon(Icon::Play) }{ "Apply" }</button>
            </div>
            <div class="welcome__more">
                <h3 id="questions-heading">{ "Or start with a question" }</h3>
                <button type="button" class="link" onclick={dispatch.on(Msg::Open(Some(Dialog::Scenarios)))}>{ format!("All {} scenarios", scenarios::all().len()) }</button>
            </div>
            <ul class="questions" aria-labelledby="questions-heading">
                { for stories.map(|story| html! {
                    <li key={story.id}><button type="button" class="question" onclick={dispatch.on(Msg::OpenScenario(story.id.to_owned()))}>{ story.question }</button></li>
                }) }
            </ul>
        </section>
    }
}

/// One experiment, and how many there are; after the last, a word and the ways on.
pub fn experiment(next: &NextExperiment, dispatch: &Dispatch) -> Html {
    let on = |msg| dispatch.on::<MouseEvent>(Msg::Guide(msg));
    let skip = if next.at.is_some() {
        "Skip"
    } else {
        "Scenarios"
    };
    html! {
        <section class="experiment" aria-labelledby="experiment-heading">
            if let Some(at) = next.at {
                <ol class="experiment__steps" role="list">
                    { for next.steps.iter().map(|(step, mark)| html! {
                        <li data-mark={mark.as_str()} aria-current={(*step == at).then_some("step")} title={step.title()}>
                            <span class="sr-only">{ format!("{}: {}", step.title(), mark.as_str()) }</span>
                            if *mark == Mark::Done { { icon(Icon::Check) } } else if *mark == Mark::Skipped { { icon(Icon::Dash) } }
                        </li>
                    }) }
                </ol>
            }
            <p class="experiment__text"><b id="experiment-heading">{ next.title }</b>{ " " }{ &*next.about }</p>
            if let Some(button) = &next.button {
                <button type="button" class="button button--primary button--small" id="experiment-do" onclick={on(GuideMsg::Do)}>{ button }</button>
            }
            <button type="button" class="button button--small" id="experiment-skip" onclick={on(GuideMsg::Skip)}>{ skip }</button>
            <button type="button" class="icon-button" id="experiment-dismiss" aria-label="Dismiss" title="Dismiss" onclick={on(GuideMsg::Dismiss)}>{ icon(Icon::Close) }</button>
        </section>
    }
}

/// What the open scenario asks; what would give the answer away waits.
pub fn story(story: &StoryBar, dispatch: &Dispatch) -> Html {
    let on = |msg| dispatch.on::<MouseEvent>(Msg::Story(msg));
    let go = |to: Option<&'static str>, label: &'static str, shape: Icon| {
        let title = to.and_then(scenarios::by_id).map(|story| story.title);
        let label = title.map_or_else(|| label.to_owned(), |title| format!("{label}: {title}"));
        let msg = Msg::OpenScenario(to.unwrap_or_default().to_owned());
        html! { <button type="button" class="icon-button" aria-label={label.clone()} title={label} disabled={to.is_none()} onclick={dispatch.on(msg)}>{ icon(shape) }</button> }
    };
    html! {
        <section class="story" key={story.id} aria-labelledby="story-heading" data-playing={story.caption.is_some().to_string()}>
            <div class="story__head">
                <p class="story__place">{ &story.place }{ " · " }{ story.title }</p>
                { go(story.previous, "Previous scenario", Icon::Back) }
                { go(story.next, "Next scenario", Icon::Next) }
            </div>
            <h2 id="story-heading">{ story.question }</h2>
            if let Some(caption) = &story.caption {
                <div class="story__caption">
                    <p><span class="story__act">{ &caption.place }</span>{ " " }<code>{ &caption.text }</code></p>
                    if let Some(refused) = &caption.refused { <p class="error-text">{ icon(Icon::Warning) }<span>{ refused }</span></p> }
                </div>
            }
            <div class="story__acts">
                if story.caption.is_some() {
                    <button type="button" class="button button--small" id="story-end" onclick={on(StoryMsg::End)}>{ icon(Icon::Settle) }{ "To the end" }</button>
                } else {
                    <button type="button" class="button button--small" id="story-play" onclick={on(StoryMsg::Play)}>{ icon(Icon::Play) }{ "Play it from the start" }</button>
                }
                if story.hints > 0 {
                    <button type="button" class="button button--small" id="story-hints" onclick={on(StoryMsg::ShowHints)}>{ format!("Show {}", count(story.hints as u64, "hint")) }</button>
                }
                <details class="story__more"><summary>{ "What was typed" }</summary>
                    <ol role="list">{ for story.typed.iter().map(|line| html! { <li><code>{ line }</code></li> }) }</ol>
                </details>
                <details class="story__more"><summary>{ "Answer" }</summary><p>{ story.answer }</p></details>
            </div>
        </section>
    }
}

/// Over the cluster while the page shows an earlier moment.
pub fn past(bar: &Timeline, dispatch: &Dispatch) -> Html {
    let now = bar.now.split('.').next().unwrap_or_default();
    html! {
        <section class="past" aria-label="The past">
            <p><b>{ format!("Viewing {now}.") }</b>{ " Acting here starts a branch." }</p>
            <button type="button" class="button button--small" id="now" onclick={dispatch.on(Msg::Clock(ClockMsg::Now))}>{ "Back to now" }</button>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub struct ScenariosProps {
    /// The one that is open.
    pub open: Option<&'static str>,
}

/// All scenarios, as a list to choose from.
#[component]
pub fn Scenarios(props: &ScenariosProps) -> Html {
    let dispatch = use_dispatch();
    html! {
        <Modal title="Scenarios" class="scenarios">
            <p class="scenarios__note">{ "Each is a cluster with a question. Opening one replaces this cluster; yours is kept, one click away." }</p>
            <ol role="list">
                { for scenarios::all().iter().map(|story| html! {
                    <li key={story.id}>
                        <button type="button" class="question" aria-current={(props.open == Some(story.id)).then_some("true")} onclick={dispatch.on(Msg::OpenScenario(story.id.to_owned()))}>
                            <b>{ story.title }</b><span>{ story.question }</span>
                        </button>
                    </li>
                }) }
            </ol>
        </Modal>
    }
}
