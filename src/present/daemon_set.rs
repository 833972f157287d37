//! A DaemonSet: its status, number by number with what each means, and how its rollout goes.

use super::words::Tone;

/// Names a DaemonSet in messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DaemonSetId {
    pub namespace: String,
    pub name: String,
}

/// What the status panel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonSetPanel {
    pub id: DaemonSetId,
    pub is_terminating: bool,
    /// One sentence: `3 of 3 pods available, all up to date`.
    pub headline: String,
    pub tone: Tone,
    pub figures: Vec<Figure>,
    /// Said when the numbers are not what a fresh count gives.
    pub stale: Option<Stale>,
    pub rollout: Rollout,
    pub selection: SelectionNote,
    pub containers: Vec<ContainerImage>,
    pub revisions: Vec<RevisionRow>,
}

/// One number of the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The field's name in the API: `desiredNumberScheduled`.
    pub field: &'static str,
    pub label: &'static str,
    pub value: i64,
    pub meaning: &'static str,
    pub tone: Tone,
    /// What a fresh count gives, if that is something else.
    pub fresh: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    pub title: &'static str,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    pub state: RolloutState,
    pub updated: u32,
    pub desired: u32,
    /// Updated and available.
    pub done: u32,
    /// `RollingUpdate: at most 1 node without an available pod`
    pub strategy: String,
    /// What it waits for, a sentence each; empty when there is nothing to do.
    pub waits: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutState {
    Done,
    Progressing,
    Waiting,
    OnDelete,
}

impl RolloutState {
    pub fn as_str(self) -> &'static str {
        match self {
            RolloutState::Done => "Done",
            RolloutState::Progressing => "Progressing",
            RolloutState::Waiting => "Waiting",
            RolloutState::OnDelete => "OnDelete",
        }
    }
}

/// What picks pods and what picks nodes: the two are often confused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionNote {
    /// `app=my-app`
    pub pods: String,
    /// nodeSelector and affinity in words, or "every node".
    pub nodes: String,
    pub tolerations: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerImage {
    pub container: String,
    pub image: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRow {
    pub number: i64,
    pub hash: String,
    pub images: String,
    pub pods: u32,
    pub is_current: bool,
}
