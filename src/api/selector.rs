//! Label selectors and node selectors: which labels, fields and operators match.

use super::meta::{LabelSelector, StringMap};
use super::names;
use super::node::Node;
use super::pod::{NodeSelectorRequirement, NodeSelectorTerm, PodSpec};
use crate::sim::sort::Order;

/// Does the selector match? An empty selector matches everything, a missing one nothing.
///
/// Models: apimachinery metav1.LabelSelectorAsSelector; an invalid operator matches nothing (callers that must report it validate first).
pub fn label_selector_matches(selector: Option<&LabelSelector>, labels: &StringMap) -> bool {
    let Some(selector) = selector else {
        return false;
    };
    selector
        .match_labels
        .iter()
        .all(|(k, v)| labels.get(k) == Some(v))
        && selector.match_expressions.iter().all(|r| {
            let value = labels.get(&r.key);
            match r.operator.as_str() {
                "In" => value.is_some_and(|v| r.values.contains(v)),
                "NotIn" => value.is_none_or(|v| !r.values.contains(v)),
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => false,
            }
        })
}

/// The selector as text, by key: `app=x,tier in (a,b),!old`. Empty when it selects everything; `None` when nothing.
///
/// Models: apimachinery labels.Selector, String.
pub fn label_selector_text(selector: Option<&LabelSelector>) -> Option<String> {
    let selector = selector?;
    let mut parts: Vec<(&str, String)> = Vec::new();
    for (key, value) in &selector.match_labels {
        parts.push((key, format!("{key}={value}")));
    }
    for requirement in &selector.match_expressions {
        let key = requirement.key.as_str();
        let mut values = requirement.values.clone();
        values.order();
        let values = values.join(",");
        parts.push((
            key,
            match requirement.operator.as_str() {
                "In" => format!("{key} in ({values})"),
                "NotIn" => format!("{key} notin ({values})"),
                "DoesNotExist" => format!("!{key}"),
                _ => key.to_owned(),
            },
        ));
    }
    parts.order_by_key(|(key, _)| *key);
    let texts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
    Some(texts.join(","))
}

/// What kept a node from matching a pod's nodeSelector or required node affinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeMismatch {
    /// `spec.nodeSelector`: the label is absent or has another value.
    Selector {
        key: String,
        wanted: String,
        found: Option<String>,
    },
    /// `requiredDuringSchedulingIgnoredDuringExecution`: no term matches. One entry a term: the first requirement that failed.
    Affinity { terms: Vec<TermMismatch> },
}

/// Why one node selector term doesn't match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermMismatch {
    /// A term without expressions and fields matches nothing.
    Empty,
    /// The requirement at `index` of matchExpressions (or matchFields) that isn't met.
    Requirement {
        in_fields: bool,
        index: u32,
        requirement: NodeSelectorRequirement,
        found: Option<String>,
    },
    /// The term can't be evaluated (bad operator, wrong number of values).
    Malformed {
        in_fields: bool,
        index: u32,
        requirement: NodeSelectorRequirement,
    },
}

/// Checks nodeSelector and required node affinity of a pod against a node. `None`: it matches.
///
/// Models: k8s.io/component-helpers/scheduling/corev1/nodeaffinity, GetRequiredNodeAffinity + Match.
pub fn node_mismatch(spec: &PodSpec, node: &Node) -> Option<NodeMismatch> {
    for (key, wanted) in &spec.node_selector {
        let found = node.metadata.labels.get(key);
        if found != Some(wanted) {
            return Some(NodeMismatch::Selector {
                key: key.clone(),
                wanted: wanted.clone(),
                found: found.cloned(),
            });
        }
    }
    let required = spec
        .affinity
        .as_ref()?
        .node_affinity
        .as_ref()?
        .required
        .as_ref()?;
    let mut terms = Vec::new();
    for term in &required.node_selector_terms {
        terms.push(term_mismatch(term, node)?);
    }
    Some(NodeMismatch::Affinity { terms })
}

fn term_mismatch(term: &NodeSelectorTerm, node: &Node) -> Option<TermMismatch> {
    if term.match_expressions.is_empty() && term.match_fields.is_empty() {
        return Some(TermMismatch::Empty);
    }
    let all = term
        .match_expressions
        .iter()
        .enumerate()
        .map(|(i, r)| (false, i, r));
    let all = all.chain(
        term.match_fields
            .iter()
            .enumerate()
            .map(|(i, r)| (true, i, r)),
    );
    let mut mismatch = None;
    for (in_fields, index, requirement) in all {
        let index = index as u32;
        let label = || node.metadata.labels.get(&requirement.key);
        let verdict = if in_fields {
            field_matches(requirement, &node.metadata.name)
        } else {
            expression_matches(requirement, label().map(String::as_str))
        };
        match verdict {
            Some(true) => {}
            // A term with a parse error is skipped as a whole, whatever else is in it.
            None => {
                return Some(TermMismatch::Malformed {
                    in_fields,
                    index,
                    requirement: requirement.clone(),
                });
            }
            Some(false) => {
                mismatch.get_or_insert_with(|| TermMismatch::Requirement {
                    in_fields,
                    index,
                    requirement: requirement.clone(),
                    found: if in_fields {
                        (requirement.key == "metadata.name").then(|| node.metadata.name.clone())
                    } else {
                        label().cloned()
                    },
                });
            }
        }
    }
    mismatch
}

/// `None`: the requirement is malformed.
fn expression_matches(requirement: &NodeSelectorRequirement, value: Option<&str>) -> Option<bool> {
    let values = &requirement.values;
    let bad_value = |value: &String| !names::label_value(value).is_empty();
    if !names::label_key(&requirement.key).is_empty() || values.iter().any(bad_value) {
        return None;
    }
    Some(match requirement.operator.as_str() {
        "In" if !values.is_empty() => value.is_some_and(|v| values.iter().any(|w| w == v)),
        "NotIn" if !values.is_empty() => value.is_none_or(|v| values.iter().all(|w| w != v)),
        "Exists" if values.is_empty() => value.is_some(),
        "DoesNotExist" if values.is_empty() => value.is_none(),
        operator @ ("Gt" | "Lt") => {
            let [limit] = values.as_slice() else {
                return None;
            };
            let limit: i64 = limit.parse().ok()?;
            value.and_then(|v| v.parse::<i64>().ok()).is_some_and(|v| {
                if operator == "Gt" {
                    v > limit
                } else {
                    v < limit
                }
            })
        }
        _ => return None,
    })
}

/// `None`: the requirement is malformed. A node without a name has no fields, and then they aren't looked at.
fn field_matches(requirement: &NodeSelectorRequirement, name: &str) -> Option<bool> {
    let [value] = requirement.values.as_slice() else {
        return None;
    };
    let field = if requirement.key == "metadata.name" {
        name
    } else {
        ""
    };
    let matches = match requirement.operator.as_str() {
        "In" => value == field,
        "NotIn" => value != field,
        _ => return None,
    };
    Some(matches || name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(operator: &str, values: &[&str], expect: &str) {
        let requirement = NodeSelectorRequirement {
            key: "cpus".to_owned(),
            operator: operator.to_owned(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        };
        let verdict = |value: Option<&str>| match expression_matches(&requirement, value) {
            None => "malformed",
            Some(true) => "yes",
            Some(false) => "no",
        };
        assert_eq!(
            format!(
                "{} {} {}",
                verdict(Some("8")),
                verdict(Some("x")),
                verdict(None)
            ),
            expect,
            "{operator} {values:?} for 8, x, no label"
        );
    }

    #[test]
    fn operators() {
        check("In", &["8", "9"], "yes no no");
        check("NotIn", &["8"], "no yes yes");
        check("Exists", &[], "yes yes no");
        check("DoesNotExist", &[], "no no yes");
        check("Gt", &["7"], "yes no no");
        check("Lt", &["7"], "no no no");
    }

    #[test]
    fn what_cannot_be_evaluated() {
        check("In", &[], "malformed malformed malformed");
        check("Exists", &["8"], "malformed malformed malformed");
        check("Gt", &["a"], "malformed malformed malformed");
        check("Gt", &["1", "2"], "malformed malformed malformed");
        check("NotIn", &["not a value"], "malformed malformed malformed");
        check("Near", &["8"], "malformed malformed malformed");
    }
}
