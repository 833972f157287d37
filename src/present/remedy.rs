//! What would change it, as the why panel shows it.

use super::words::span;
use crate::api::node::Taint;
use crate::explain::remedy::{Effect, Remedy};
use crate::session::words::kubectl_line;
use crate::sim::time::SimDuration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemedyList {
    pub items: Vec<RemedyItem>,
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

pub fn list(remedies: &[Remedy], taints: &[Taint]) -> RemedyList {
    let item = |remedy: &Remedy| RemedyItem {
        title: remedy.title.clone(),
        kubectl: remedy
            .commands
            .iter()
            .filter_map(|command| kubectl_line(command, taints))
            .collect(),
        effect: match remedy.effect {
            Effect::PodComes { after } => format!("a pod is bound here {}", when(after)),
            Effect::PodReady { after } => format!("the pod is ready {}", when(after)),
            Effect::PodGoes { after } => format!("the pod is gone {}", when(after)),
            Effect::Wanted { after } => format!("the pod should run here {}", when(after)),
            Effect::RolloutDone { after, instead_of } => {
                format!(
                    "done in {} instead of {}",
                    span(after.0),
                    span(instead_of.0)
                )
            }
            Effect::RolloutGoesOn { after } => format!("resumes {}", when(after)),
        },
    };
    RemedyList {
        items: remedies.iter().map(item).collect(),
    }
}

fn when(after: SimDuration) -> String {
    match after.0 {
        0..100 => "at once".to_owned(),
        ms => format!("in {}", span(ms)),
    }
}
