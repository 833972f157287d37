//! Pods near other pods or away from them: required pod affinity and anti-affinity, and topology spread.
//!
//! What all nodes and their pods say is counted once a cycle, and only for a pod that it concerns.
//!
//! Models: plugins/interpodaffinity/filtering.go and plugins/podtopologyspread/filtering.go.
//! Differs: no preferences; a namespaceSelector that isn't empty chooses no namespace; preemption makes no room for these.

use super::cache::Cache;
use super::node_info::PodInfo;
use crate::api::json;
use crate::api::meta::LabelSelector;
use crate::api::node::Node;
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::api::selector::{label_selector_matches, node_mismatch};
use crate::api::taint;
use crate::reason::scheduling::{Failure, Nearness};
use crate::sim::map::Map;
use serde_json::Value;
use std::rc::Rc;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

/// One term of a required pod affinity or anti-affinity.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    selector: Option<LabelSelector>,
    namespaces: Vec<String>,
    everywhere: bool,
    topology_key: String,
}

/// The required terms of a pod; most have none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    pub affinity: Vec<Term>,
    pub anti: Vec<Term>,
}

impl Terms {
    pub fn of(pod: &Pod) -> Terms {
        let read = |kind: &str| {
            let affinity = pod.spec.affinity.as_ref();
            let terms = affinity.and_then(|affinity| affinity.extra.get(kind)?.get(REQUIRED));
            let terms = terms.and_then(Value::as_array).into_iter().flatten();
            terms.map(|term| Term::of(term, pod)).collect()
        };
        Terms {
            affinity: read("podAffinity"),
            anti: read("podAntiAffinity"),
        }
    }
}

fn selector(value: Option<&Value>) -> Option<LabelSelector> {
    json::read(value?.clone()).ok()
}

impl Term {
    fn of(term: &Value, pod: &Pod) -> Term {
        let texts = |name: &str| -> Vec<String> {
            let list = term
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let chosen = term.get("namespaceSelector").filter(|it| !it.is_null());
        let mut namespaces = texts("namespaces");
        if namespaces.is_empty() && chosen.is_none() {
            namespaces.push(pod.metadata.namespace.clone());
        }
        Term {
            selector: selector(term.get("labelSelector")),
            namespaces,
            everywhere: chosen.is_some_and(|it| it.as_object().is_some_and(|it| it.is_empty())),
            topology_key: texts_of(term, "topologyKey"),
        }
    }

    fn matches(&self, pod: &Pod) -> bool {
        let namespace = &pod.metadata.namespace;
        (self.everywhere || self.namespaces.contains(namespace))
            && label_selector_matches(self.selector.as_ref(), &pod.metadata.labels)
    }
}

fn texts_of(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or("")
        .to_owned()
}

/// A label of a node: its key and value.
type Pair = (String, String);

fn pair(node: &Node, key: &str) -> Option<Pair> {
    let value = node.metadata.labels.get(key)?;
    Some((key.to_owned(), value.clone()))
}

/// A spread constraint with DoNotSchedule, and how many pods match it in each domain.
#[derive(Clone, Debug)]
struct Spread {
    key: String,
    max_skew: i64,
    matches_itself: bool,
    counts: Map<String, i64>,
    least: i64,
}

/// The other pods' demands on a node for one pod.
#[derive(Clone, Debug)]
pub struct Topology {
    terms: Terms,
    /// Domains with pods that match all affinity terms.
    near: Map<Pair, u32>,
    matches_itself: bool,
    /// Domains with a pod that an anti-affinity term matches, and that pod.
    away: Map<(usize, Pair), Key>,
    /// Domains whose pods don't want this one, and such a pod.
    unwanted: Map<Pair, Key>,
    spread: Vec<Spread>,
}

impl Topology {
    /// `None`: nothing here concerns the pod.
    pub fn new(cache: &Cache, pod: &PodInfo) -> Option<Topology> {
        let constraints = constraints(&pod.pod);
        let has_terms = !pod.terms.affinity.is_empty() || !pod.terms.anti.is_empty();
        if !has_terms && constraints.is_empty() && !cache.has_anti_affinity() {
            return None;
        }
        let terms = (*pod.terms).clone();
        let mut topology = Topology {
            matches_itself: terms.affinity.iter().all(|term| term.matches(&pod.pod)),
            terms,
            near: Map::new(),
            away: Map::new(),
            unwanted: Map::new(),
            spread: Vec::new(),
        };
        topology.count_others(cache, pod, has_terms);
        for constraint in &constraints {
            topology
                .spread
                .push(spread(cache, pod, constraint, &constraints));
        }
        Some(topology)
    }

    fn count_others(&mut self, cache: &Cache, pod: &PodInfo, has_terms: bool) {
        for (_, info) in cache.nodes() {
            let Some(node) = info.node.as_deref() else {
                continue;
            };
            for other in info.pods.values().filter(|other| other.key != pod.key) {
                for term in other
                    .terms
                    .anti
                    .iter()
                    .filter(|term| term.matches(&pod.pod))
                {
                    if let Some(pair) = pair(node, &term.topology_key) {
                        self.unwanted.or_insert(pair, other.key.clone());
                    }
                }
                if !has_terms {
                    continue;
                }
                let terms = &self.terms;
                let all = terms.affinity.iter().all(|term| term.matches(&other.pod));
                for term in terms.affinity.iter().filter(|_| all) {
                    if let Some(pair) = pair(node, &term.topology_key) {
                        *self.near.or_default(pair) += 1;
                    }
                }
                for (index, term) in terms.anti.iter().enumerate() {
                    if term.matches(&other.pod)
                        && let Some(pair) = pair(node, &term.topology_key)
                    {
                        self.away.or_insert((index, pair), other.key.clone());
                    }
                }
            }
        }
    }

    /// The reason that keeps the pod off this node.
    pub fn failure(&self, node: &Node) -> Option<Failure> {
        self.spread_failure(node)
            .or_else(|| self.affinity_failure(node))
            .or_else(|| self.anti_failure(node))
            .map(Failure::Near)
    }

    /// Models: podtopologyspread, Filter.
    fn spread_failure(&self, node: &Node) -> Option<Nearness> {
        self.spread.iter().find_map(|spread| {
            let key = spread.key.clone();
            let Some(value) = node.metadata.labels.get(&key) else {
                return Some(Nearness::NoDomain { key });
            };
            let there = spread.counts.get(value).copied().unwrap_or(0);
            let skew = there + i64::from(spread.matches_itself) - spread.least;
            (skew > spread.max_skew).then(|| Nearness::Skew {
                domain: format!("{key}={value}"),
                there,
                least: spread.least,
                max_skew: spread.max_skew,
            })
        })
    }

    /// Models: interpodaffinity, satisfyPodAffinity.
    fn affinity_failure(&self, node: &Node) -> Option<Nearness> {
        let mut missing = None;
        for term in &self.terms.affinity {
            let fails = || Nearness::Affinity {
                key: term.topology_key.clone(),
            };
            let Some(pair) = pair(node, &term.topology_key) else {
                return Some(fails());
            };
            if !self.near.contains_key(&pair) {
                missing = Some(fails());
            }
        }
        // The first of pods that want to be near each other may go anywhere.
        let is_first = self.near.is_empty() && self.matches_itself;
        missing.filter(|_| !is_first)
    }

    /// Models: interpodaffinity, satisfyPodAntiAffinity and satisfyExistingPodsAntiAffinity.
    fn anti_failure(&self, node: &Node) -> Option<Nearness> {
        for (index, term) in self.terms.anti.iter().enumerate() {
            if let Some(pair) = pair(node, &term.topology_key)
                && let Some(pod) = self.away.get(&(index, pair))
            {
                return Some(Nearness::Anti { pod: pod.clone() });
            }
        }
        let pods = self.unwanted.iter();
        let labels = &node.metadata.labels;
        let mut here = pods.filter(|((key, value), _)| labels.get(key) == Some(value));
        here.next()
            .map(|(_, pod)| Nearness::Unwanted { pod: pod.clone() })
    }
}

fn constraints(pod: &Pod) -> Vec<Rc<Value>> {
    let all = pod.spec.extra.get("topologySpreadConstraints");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    let hard = all.filter(|it| texts_of(it, "whenUnsatisfiable") == "DoNotSchedule");
    hard.map(|it| Rc::new(it.clone())).collect()
}

/// Models: podtopologyspread, calPreFilterState. Which nodes count: by default those that the pod's node affinity matches, so a
/// daemon pod, which names its node, has one domain and no skew.
fn spread(cache: &Cache, pod: &PodInfo, constraint: &Value, all: &[Rc<Value>]) -> Spread {
    let key = texts_of(constraint, "topologyKey");
    let number = |name: &str, default| {
        constraint
            .get(name)
            .and_then(Value::as_i64)
            .unwrap_or(default)
    };
    let ignores_affinity = texts_of(constraint, "nodeAffinityPolicy") == "Ignore";
    let honors_taints = texts_of(constraint, "nodeTaintsPolicy") == "Honor";
    let chosen = selector(constraint.get("labelSelector"));
    let keys = constraint.get("matchLabelKeys").and_then(Value::as_array);
    let keys: Vec<&str> = keys
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let (own, labels) = (&pod.pod.metadata, &pod.pod.metadata.labels);
    let matches = |other: &Pod| {
        let theirs = &other.metadata.labels;
        other.metadata.namespace == own.namespace
            && label_selector_matches(chosen.as_ref(), theirs)
            && keys.iter().all(|key| {
                labels
                    .get(*key)
                    .is_none_or(|it| theirs.get(*key) == Some(it))
            })
    };
    let mut counts: Map<String, i64> = Map::new();
    for (_, info) in cache.nodes() {
        let Some(node) = info.node.as_deref() else {
            continue;
        };
        let has = |it: &Rc<Value>| {
            node.metadata
                .labels
                .contains_key(&texts_of(it, "topologyKey"))
        };
        let spec = &pod.pod.spec;
        let effects = [taint::NO_SCHEDULE, taint::NO_EXECUTE];
        let tainted = honors_taints
            && taint::first_untolerated(&node.spec.taints, &spec.tolerations, &effects).is_some();
        let counts_here = all.iter().all(has)
            && (ignores_affinity || node_mismatch(spec, node).is_none())
            && !tainted;
        if let (true, Some(value)) = (counts_here, node.metadata.labels.get(&key)) {
            let pods = info.pods.values().map(|other| &other.pod);
            let there = pods.filter(|other| !other.metadata.is_terminating() && matches(other));
            *counts.or_default(value.clone()) += there.count() as i64;
        }
    }
    let enough = counts.len() as i64 >= number("minDomains", 1);
    let least = counts
        .values()
        .copied()
        .min()
        .filter(|_| enough)
        .unwrap_or(0);
    Spread {
        key,
        max_skew: number("maxSkew", 1),
        matches_itself: matches(&pod.pod),
        counts,
        least,
    }
}
