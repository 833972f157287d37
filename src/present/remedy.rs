//! What would change it, as the why panel shows it.

use super::words::span;
use crate::api::node::Taint;
use crate::explain::remedy::{Effect, Remedy};
use crate::session::words::kubectl_line;
use crate::sim::time::SimDuration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemedyList {
    pub items: Vec<RemedyItem>,
    /// The change that comes by itself, where there is nothing to mend.
    pub wait: Option<String>,
}

/// An edit that was tried out on a copy of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemedyItem {
    pub title: String,
    /// The same as typed; a step that no kubectl can do is missing.
    pub kubectl: Vec<String>,
    /// `resumes in 4.7 s`
    pub effect: String,
}

pub fn list(remedies: &[Remedy], taints: &[Taint], wait: Option<Effect>) -> RemedyList {
    let item = |remedy: &Remedy| RemedyItem {
        title: remedy.title.clone(),
        kubectl: remedy
            .commands
            .iter()
            .filter_map(|command| kubectl_line(command, taints))
            .collect(),
        effect: told(&remedy.effect),
    };
    RemedyList {
        items: remedies.iter().map(item).collect(),
        wait: wait.map(|effect| told(&effect)),
    }
}

fn told(effect: &Effect) -> String {
    let when = when(effect.after());
    match effect {
        Effect::PodComes { .. } => format!("a pod is bound here {when}"),
        Effect::PodReady { .. } => format!("the pod is ready {when}"),
        Effect::PodReplaced { .. } => format!("the new pod is ready {when}"),
        Effect::PodGoes { .. } => format!("the pod is gone {when}"),
        Effect::Wanted { .. } => format!("the pod should run here {when}"),
        Effect::RolloutDone { instead_of, .. } => {
            format!("done {when} instead of {}", span(instead_of.0))
        }
        Effect::RolloutGoesOn { .. } => format!("resumes {when}"),
    }
}

fn when(after: SimDuration) -> String {
    match after.0 {
        0..100 => "at once".to_owned(),
        ms => format!("in {}", span(ms)),
    }
}
