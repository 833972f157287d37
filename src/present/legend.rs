//! The legend: a sample of every tile that a pod can be drawn as, and its meaning.

use super::pod::{PodId, PodRevision, PodState, PodTile};
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendRow {
    pub tile: Rc<PodTile>,
    pub meaning: &'static str,
}

/// One row for each state, then one for a pod of an old revision.
pub fn rows() -> Vec<LegendRow> {
    let states = PodState::ALL.into_iter().map(|state| LegendRow {
        tile: Rc::new(sample(state, true)),
        meaning: state.meaning(),
    });
    let old = LegendRow {
        tile: Rc::new(sample(PodState::Ready, false)),
        meaning: "runs an old template: striped, with a hollow number",
    };
    states.chain([old]).collect()
}

fn sample(state: PodState, is_current: bool) -> PodTile {
    let (name, which) = match is_current {
        true => (state.as_str(), "current"),
        false => ("old", "old"),
    };
    PodTile {
        uid: format!("legend-{name}").into(),
        id: PodId {
            namespace: "".into(),
            name: name.into(),
        },
        owner: "agent".to_owned(),
        suffix: "x7k2p".to_owned(),
        state,
        status: status(state).to_owned(),
        restarts: u32::from(state == PodState::CrashLoop),
        revision: Some(PodRevision {
            number: if is_current { 2 } else { 1 },
            is_current,
        }),
        node: "node-1".into(),
        is_bound: state != PodState::Unscheduled,
        is_leaving: false,
        mark: Some(0),
        ring: None,
        note: String::new(),
        summary: format!("{}, {which} revision", state.as_str()),
    }
}

/// STATUS of kubectl that such a pod mostly has.
fn status(state: PodState) -> &'static str {
    match state {
        PodState::Unscheduled | PodState::Pending => "Pending",
        PodState::Pulling | PodState::Starting => "ContainerCreating",
        PodState::Running | PodState::Ready => "Running",
        PodState::Terminating => "Terminating",
        PodState::CrashLoop => "CrashLoopBackOff",
        PodState::ImageError => "ImagePullBackOff",
        PodState::Failed => "Error",
        PodState::Succeeded => "Completed",
    }
}
