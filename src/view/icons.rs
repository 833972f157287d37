//! Icons: small drawings in the colour of the text, hidden from screen readers because words stand beside them.

use crate::present::pod::PodState;
use yew::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Play,
    Pause,
    Step,
    Settle,
    Undo,
    Redo,
    Plus,
    Close,
    More,
    Share,
    Reset,
    Help,
    Sun,
    Moon,
    Auto,
    Check,
    Cross,
    Dash,
    Warning,
    Edit,
    Server,
    Chevron,
    Console,
    StepBack,
    Moment,
    Branch,
    Flag,
    List,
    Back,
    Next,
    Replay,
    Question,
    Arrow,
}

impl Icon {
    /// Strokes on a 16 by 16 grid.
    fn path(self) -> &'static str {
        match self {
            Icon::Play => "M5 3.2v9.6l7.6-4.8z",
            Icon::Pause => "M5.5 3v10M10.5 3v10",
            Icon::Step => "M4 3.5v9l6-4.5zM12 3.5v9",
            Icon::Settle => "M2.5 4v8l5-4zM7.5 4v8l5-4zM13.5 4v8",
            Icon::Undo => "M6 3 3 6l3 3M3 6h6a4 4 0 0 1 0 8H6",
            Icon::Redo => "M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3",
            Icon::Plus => "M8 3v10M3 8h10",
            Icon::Close => "M4 4l8 8M12 4l-8 8",
            Icon::More => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Icon::Share => {
                "M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L4.7 7.2"
            }
            Icon::Reset => "M3 3v4h4M3.3 7a5 5 0 1 1-.3 2.5",
            Icon::Help => "M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.2v.01",
            Icon::Sun => {
                "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.8.8M11.8 11.8l.8.8M3.4 12.6l.8-.8M11.8 4.2l.8-.8"
            }
            Icon::Moon => "M13 9.5A5.5 5.5 0 1 1 6.5 3a4.4 4.4 0 0 0 6.5 6.5z",
            Icon::Auto => "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
            Icon::Check => "M3.2 8.5l3 3 6.6-7",
            Icon::Cross => "M4 4l8 8M12 4l-8 8",
            Icon::Dash => "M4 8h8",
            Icon::Warning => "M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.01",
            Icon::Edit => "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z",
            Icon::Server => "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01",
            Icon::Chevron => "M4 6l4 4 4-4",
            Icon::StepBack => "M12 3.5v9L6 8zM4 3.5v9",
            Icon::Moment => "M8 2l1.6 4.4L14 8l-4.4 1.6L8 14l-1.6-4.4L2 8l4.4-1.6z",
            Icon::Branch => "M4.5 3v10M4.5 9.5c4 0 7-1.5 7-5.5M3 3h3M10 4h3M3 13h3",
            Icon::Flag => "M4 14V2.5M4 3h8.5l-2.5 3 2.5 3H4",
            Icon::List => "M6 4h7.5M6 8h7.5M6 12h7.5M2.5 4h.01M2.5 8h.01M2.5 12h.01",
            Icon::Arrow => "M2.5 8h10.5M9 4l4 4-4 4",
            Icon::Back => "M7 3.5 2.5 8 7 12.5M2.5 8h11",
            Icon::Next => "M9 3.5 13.5 8 9 12.5M13.5 8h-11",
            Icon::Replay => "M3.4 6.2V2.6M3.4 6.2H7M3.6 6a5 5 0 1 1-.5 3.6",
            Icon::Question => {
                "M2.5 3h11v8H8l-3 2.6V11H2.5zM6.6 5.9a1.5 1.5 0 1 1 2 1.4c-.4.2-.6.4-.6.8M8 9.4v.01"
            }
            Icon::Console => "M2.5 4l4 4-4 4M8.5 12.5h5",
        }
    }
}

pub fn icon(icon: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={icon.path()} />
        </svg>
    }
}

/// A pod's state as a shape, so that colour isn't needed to tell states apart.
pub fn pod_glyph(state: PodState) -> Html {
    let path = match state {
        PodState::Unscheduled => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
        PodState::Pending => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 8h.01",
        PodState::Pulling => "M8 2.5v7M4.8 6.8L8 10l3.2-3.2M3 13.2h10",
        PodState::Starting => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 5v3l2.2 1.4",
        PodState::Running => "M5 3.2v9.6l7.6-4.8z",
        PodState::Ready => "M3 8.6l3.2 3.2L13 4.6",
        PodState::Terminating => "M4.5 4.5l7 7M11.5 4.5l-7 7",
        PodState::CrashLoop => "M13 3v4H9M12.6 7A5 5 0 1 0 13 9.6",
        PodState::ImageError => "M3 3h10v10H3zM8 5.5v3.2M8 10.8v.01",
        PodState::Failed => "M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.01",
        PodState::Succeeded => {
            "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM5.6 8.2l1.8 1.8 3-3.6"
        }
    };
    html! {
        <svg class="icon pod-glyph" data-state={state.as_str()} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d={path} />
        </svg>
    }
}

/// A DaemonSet's glyph, in its colour: which one a pod belongs to, also where no name fits.
pub fn mark(mark: Option<u8>) -> Html {
    let Some(number) = mark else {
        return Html::default();
    };
    let path = match number {
        0 => "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
        1 => "M3 3h10v10H3z",
        2 => "M8 2l6.5 11.5h-13z",
        3 => "M8 1.5L14.5 8 8 14.5 1.5 8z",
        4 => "M6 2h4v4h4v4h-4v4H6v-4H2V6h4z",
        _ => "M4.7 2.5h6.6L14.6 8l-3.3 5.5H4.7L1.4 8z",
    };
    html! {
        <svg class="mark" data-mark={number.to_string()} viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={path} /></svg>
    }
}
