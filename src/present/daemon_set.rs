//! A DaemonSet: its status, number by number with what each means, and how its rollout goes.

use super::page::id;
use super::rollout::{Count, rollout};
use super::scene::Scene;
use super::words::Tone;
use crate::api::apps::DaemonSet;
use crate::api::meta::LabelSelector;
use crate::api::pod::{NodeSelectorRequirement, PodSpec};

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
    /// Its colour and glyph, as on its pods' tiles.
    pub mark: Option<u8>,
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
    /// The same where there is little room.
    pub short: &'static str,
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
    /// There are pods of an older revision.
    pub has_old: bool,
    /// `RollingUpdate: at most 1 node without an available pod`
    pub strategy: String,
    /// What it waits for, a sentence each; empty when there is nothing to do.
    pub waits: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutState {
    Done,
    Progressing,
    /// Time alone won't help.
    Stuck,
    OnDelete,
}

impl RolloutState {
    pub fn as_str(self) -> &'static str {
        match self {
            RolloutState::Done => "Done",
            RolloutState::Progressing => "Progressing",
            RolloutState::Stuck => "Stuck",
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

pub fn panel(scene: &Scene, set: &DaemonSet, fresh: &Count, is_stale: bool) -> DaemonSetPanel {
    let rollout = rollout(set, fresh);
    let is_terminating = set.metadata.is_terminating();
    let (headline, tone) = headline(set, &rollout);
    DaemonSetPanel {
        id: id(set),
        mark: scene.mark(&set.metadata.uid),
        is_terminating,
        headline,
        tone,
        figures: figures(set, is_stale.then_some(fresh)),
        stale: stale(set, fresh, is_stale),
        rollout,
        selection: selection(set),
        containers: set
            .spec
            .template
            .spec
            .containers
            .iter()
            .map(|c| ContainerImage {
                container: c.name.clone(),
                image: c.image.clone(),
            })
            .collect(),
        revisions: revisions(scene, set),
    }
}

/// The status as written in a sentence: the numbers below it, and `kubectl get ds`, say the same.
fn headline(set: &DaemonSet, rollout: &Rollout) -> (String, Tone) {
    let status = &set.status;
    if set.metadata.is_terminating() {
        return ("Being deleted: its pods go first.".to_owned(), Tone::Plain);
    }
    if status.observed_generation == 0 {
        return ("The controller hasn't seen it yet".to_owned(), Tone::Busy);
    }
    if status.desired_number_scheduled == 0 {
        return ("No eligible nodes".to_owned(), Tone::Warn);
    }
    let text = match (status.desired_number_scheduled, status.number_available) {
        (1, 1) => "Its only pod is available".to_owned(),
        (1, _) => "Its only pod isn't available".to_owned(),
        (desired, available) => format!("{available} of {desired} pods available"),
    };
    let updated = status.updated_number_scheduled;
    match rollout.state {
        RolloutState::Done if status.desired_number_scheduled == 1 => {
            (format!("{text} and up to date"), Tone::Good)
        }
        RolloutState::Done => (format!("{text}, all up to date"), Tone::Good),
        _ if updated < status.current_number_scheduled => {
            (format!("{text}, {updated} up to date"), Tone::Busy)
        }
        _ => (text, Tone::Busy),
    }
}

/// What a number of the status is called.
pub fn label(field: &'static str) -> &'static str {
    match field {
        "desiredNumberScheduled" => "Desired",
        "currentNumberScheduled" => "Current",
        "numberReady" => "Ready",
        "updatedNumberScheduled" => "Up to date",
        "numberAvailable" => "Available",
        "numberUnavailable" => "Unavailable",
        "numberMisscheduled" => "Misscheduled",
        "observedGeneration" => "Observed generation",
        other => other,
    }
}

/// The numbers of the status, with what a fresh count gives where that is something else.
pub fn figures(set: &DaemonSet, fresh: Option<&Count>) -> Vec<Figure> {
    let status = &set.status;
    let figure = |field, value: i32, meaning, count: fn(&Count) -> i32| {
        let label = label(field);
        let other = fresh.map(count).filter(|fresh| *fresh != value);
        Figure {
            field,
            label,
            short: label,
            value: i64::from(value),
            meaning,
            tone: Tone::Plain,
            fresh: other.map(i64::from),
        }
    };
    let mut figures = vec![
        figure(
            "desiredNumberScheduled",
            status.desired_number_scheduled,
            "Nodes that should run the pod: selector, affinity and taints allow it.",
            |c| c.desired,
        ),
        figure(
            "currentNumberScheduled",
            status.current_number_scheduled,
            "Of these, nodes that have a pod, in whatever state.",
            |c| c.current,
        ),
        figure(
            "numberReady",
            status.number_ready,
            "Nodes whose pod passes its readiness checks.",
            |c| c.ready,
        ),
        figure(
            "updatedNumberScheduled",
            status.updated_number_scheduled,
            "Nodes whose pod has the current template.",
            |c| c.updated,
        ),
        figure(
            "numberAvailable",
            status.number_available,
            "Nodes whose pod has been ready for minReadySeconds.",
            |c| c.available,
        ),
        figure(
            "numberUnavailable",
            status.number_unavailable,
            "Desired minus available: this is what maxUnavailable limits.",
            |c| c.desired - c.available,
        ),
        figure(
            "numberMisscheduled",
            status.number_misscheduled,
            "Nodes that have a pod and shouldn't.",
            |c| c.misscheduled,
        ),
        Figure {
            field: "observedGeneration",
            label: label("observedGeneration"),
            short: "Observed",
            value: status.observed_generation,
            meaning: if status.observed_generation >= set.metadata.generation {
                "The generation of the spec that the controller saw last: it is the latest."
            } else {
                "Older than the spec: the controller hasn't seen the last change yet."
            },
            tone: Tone::Plain,
            fresh: None,
        },
    ];
    for figure in &mut figures {
        figure.tone = match figure.field {
            "numberReady"
            | "numberAvailable"
            | "updatedNumberScheduled"
            | "currentNumberScheduled"
                if status.desired_number_scheduled > 0 =>
            {
                if figure.value >= i64::from(status.desired_number_scheduled) {
                    Tone::Good
                } else {
                    Tone::Busy
                }
            }
            "numberUnavailable" | "numberMisscheduled" if figure.value > 0 => Tone::Warn,
            "observedGeneration" if figure.value < set.metadata.generation => Tone::Warn,
            _ => Tone::Plain,
        };
    }
    figures
}

/// Says it when the numbers above are old.
fn stale(set: &DaemonSet, fresh: &Count, is_stale: bool) -> Option<Stale> {
    if !is_stale {
        return None;
    }
    if set.status.observed_generation < set.metadata.generation {
        return Some(Stale {
            title: "The status is about an older spec",
            text: format!(
                "observedGeneration is {}, generation is {}: the numbers describe the spec before the last change.",
                set.status.observed_generation, set.metadata.generation
            ),
        });
    }
    let text = format!(
        "A fresh count gives {} desired, {} misscheduled. Nothing has woken the controller since: in Kubernetes 1.36 a \
         change of a node that would neither create nor delete a pod, such as a NoSchedule taint under a running pod, \
         queues nothing. The next pod or spec event brings the numbers up to date.",
        fresh.desired, fresh.misscheduled
    );
    Some(Stale {
        title: "The status is stale",
        text,
    })
}

fn selection(set: &DaemonSet) -> SelectionNote {
    let spec = &set.spec.template.spec;
    SelectionNote {
        pods: set
            .spec
            .selector
            .as_ref()
            .map_or_else(|| "none".to_owned(), label_selector),
        nodes: nodes(spec),
        tolerations: tolerations(spec),
    }
}

fn label_selector(selector: &LabelSelector) -> String {
    let equal = selector
        .match_labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"));
    let other = selector
        .match_expressions
        .iter()
        .map(|r| requirement(&r.key, &r.operator, &r.values));
    equal.chain(other).collect::<Vec<_>>().join(", ")
}

fn requirement(key: &str, operator: &str, values: &[String]) -> String {
    match operator {
        "Exists" => key.to_owned(),
        "DoesNotExist" => format!("!{key}"),
        "Gt" => format!("{key} > {}", values.join(", ")),
        "Lt" => format!("{key} < {}", values.join(", ")),
        _ => format!(
            "{key} {} ({})",
            operator.to_ascii_lowercase(),
            values.join(", ")
        ),
    }
}

/// What picks nodes, in words.
fn nodes(spec: &PodSpec) -> String {
    let mut parts = Vec::new();
    if !spec.node_name.is_empty() {
        parts.push(format!("only {}", spec.node_name));
    }
    parts.extend(
        spec.node_selector
            .iter()
            .map(|(key, value)| format!("{key}={value}")),
    );
    let required = spec
        .affinity
        .as_ref()
        .and_then(|a| a.node_affinity.as_ref())
        .and_then(|a| a.required.as_ref());
    if let Some(required) = required {
        let term = |requirements: &mut dyn Iterator<Item = &NodeSelectorRequirement>| {
            requirements
                .map(|r| requirement(&r.key, &r.operator, &r.values))
                .collect::<Vec<_>>()
                .join(" and ")
        };
        let terms = required
            .node_selector_terms
            .iter()
            .map(|t| term(&mut t.match_expressions.iter().chain(&t.match_fields)));
        let terms: Vec<String> = terms.collect();
        parts.push(if terms.is_empty() {
            "no node (affinity without terms)".to_owned()
        } else {
            terms.join(" or ")
        });
    }
    if parts.is_empty() {
        "every node".to_owned()
    } else {
        parts.join(", ")
    }
}

fn tolerations(spec: &PodSpec) -> String {
    let own: Vec<String> = spec
        .tolerations
        .iter()
        .map(|t| {
            if t.key.is_empty() {
                return "every taint".to_owned();
            }
            let value = if t.value.is_empty() {
                String::new()
            } else {
                format!("={}", t.value)
            };
            let effect = if t.effect.is_empty() {
                String::new()
            } else {
                format!(":{}", t.effect)
            };
            format!("{}{value}{effect}", t.key)
        })
        .collect();
    let automatic =
        "The controller adds not-ready, unreachable, pressure and unschedulable by itself.";
    if own.is_empty() {
        format!("The template tolerates none. {automatic}")
    } else {
        format!("The template tolerates {}. {automatic}", own.join(", "))
    }
}

/// The template's history, newest first.
fn revisions(scene: &Scene, set: &DaemonSet) -> Vec<RevisionRow> {
    let rows = scene.history().iter().enumerate();
    rows.map(|(index, (number, hash, images))| RevisionRow {
        number: *number,
        hash: hash.clone(),
        images: images.clone(),
        pods: scene.pods_of(&set.metadata.uid, hash),
        is_current: index == 0,
    })
    .collect()
}
