//! Which nodes are looked at for a pod: for a daemon pod exactly one, in a cluster of any size.
//!
//! Models: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go, PreFilter.

use crate::api::pod::PodSpec;
use crate::sim::map::Set;

/// What PreFilter leaves to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidates<'a> {
    All,
    /// Only these, whether they exist or not; at least one.
    Named(Set<&'a str>),
    /// The terms contradict themselves: no node can match.
    Conflict,
}

/// Reads `matchFields: metadata.name In [...]` of the required node affinity.
///
/// Terms are OR-ed, the fields of a term AND-ed; one term without such a field leaves all nodes.
pub fn candidates(spec: &PodSpec) -> Candidates<'_> {
    let required = spec
        .affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .and_then(|affinity| affinity.required.as_ref());
    let terms = required.map_or(&[][..], |required| &required.node_selector_terms);
    if terms.is_empty() {
        return Candidates::All;
    }
    let mut names = Set::new();
    for term in terms {
        let of_term = term
            .match_fields
            .iter()
            .filter(|field| field.key == "metadata.name" && field.operator == "In")
            .map(|field| field.values.iter().map(String::as_str).collect::<Set<_>>())
            .reduce(|mut both, other| {
                both.retain(|name| other.contains(name));
                both
            });
        match of_term {
            Some(of_term) => names.extend(of_term),
            None => return Candidates::All,
        }
    }
    if names.is_empty() {
        Candidates::Conflict
    } else {
        Candidates::Named(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};

    #[track_caller]
    fn check(terms: Value, expect: Expect) {
        let spec = json!({"affinity": {"nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}});
        let spec: PodSpec = serde_json::from_value(spec).unwrap();
        expect.assert_eq(&format!("{:?}", candidates(&spec)));
    }

    fn name_in(names: &[&str]) -> Value {
        json!({"key": "metadata.name", "operator": "In", "values": names})
    }

    #[test]
    fn terms_add_nodes_and_fields_take_them_away() {
        check(json!([]), expect!["All"]);
        check(
            json!([{"matchFields": [name_in(&["a", "b"]), name_in(&["b", "c"])]}, {"matchFields": [name_in(&["d"])]}]),
            expect![[r#"Named({"b", "d"})"#]],
        );
        check(
            json!([{"matchFields": [name_in(&["a"]), name_in(&["b"])]}]),
            expect!["Conflict"],
        );
        check(
            json!([{"matchFields": [name_in(&["a"])]}, {"matchExpressions": [{"key": "x", "operator": "Exists"}]}]),
            expect!["All"],
        );
    }
}
