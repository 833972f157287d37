//! Resources as the scheduler adds them up.
//!
//! Models: pkg/scheduler/framework/types.go, Resource.

use crate::api::pod::{PodSpec, ResourceList};
use crate::api::pod_needs;
use crate::api::quantity::Quantity;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Amounts of resources. cpu is in thousandths, the rest in whole units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    pub milli_cpu: i64,
    pub memory: i64,
    pub ephemeral_storage: i64,
    /// Extended resources, huge pages and attachable volumes, by name.
    pub scalar: BTreeMap<Rc<str>, i64>,
}

impl Resources {
    /// `pods` and what isn't a resource for the scheduler are left out.
    pub fn of(list: &ResourceList) -> Resources {
        let mut resources = Resources::default();
        for (name, quantity) in list {
            resources.set(name, quantity);
        }
        resources
    }

    fn set(&mut self, name: &str, quantity: &Quantity) {
        match name {
            "cpu" => self.milli_cpu = quantity.milli_value(),
            "memory" => self.memory = quantity.value(),
            "ephemeral-storage" => self.ephemeral_storage = quantity.value(),
            name if is_scalar(name) => {
                self.scalar.insert(name.into(), quantity.value());
            }
            _ => {}
        }
    }

    pub fn add(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_add);
    }

    pub fn subtract(&mut self, other: &Resources) {
        self.combine(other, i64::saturating_sub);
        self.scalar.retain(|_, amount| *amount != 0);
    }

    fn combine(&mut self, other: &Resources, f: impl Fn(i64, i64) -> i64) {
        self.milli_cpu = f(self.milli_cpu, other.milli_cpu);
        self.memory = f(self.memory, other.memory);
        self.ephemeral_storage = f(self.ephemeral_storage, other.ephemeral_storage);
        for (name, amount) in &other.scalar {
            let own = self.scalar.entry(Rc::clone(name)).or_default();
            *own = f(*own, *amount);
        }
    }
}

/// Models: pkg/apis/core/v1/helper/helpers.go, IsScalarResourceName.
fn is_scalar(name: &str) -> bool {
    name.contains('/') || name.starts_with("hugepages-") || name.starts_with("attachable-volumes-")
}

/// A pod's needs on a node.
pub fn pod_request(spec: &PodSpec) -> Resources {
    Resources::of(&pod_needs::totals(spec, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(spec: &str, expect: Expect) {
        let spec: PodSpec = serde_json::from_str(spec).unwrap();
        let r = pod_request(&spec);
        let scalar: Vec<String> = r.scalar.iter().map(|(k, v)| format!(" {k} {v}")).collect();
        expect.assert_eq(&format!(
            "cpu {}m memory {}{}",
            r.milli_cpu,
            r.memory,
            scalar.concat()
        ));
    }

    #[test]
    fn containers_add_up() {
        check(
            r#"{"containers":[
                {"resources":{"requests":{"cpu":"100m","memory":"10"}}},
                {"resources":{"requests":{"cpu":"50m","example.com/gpu":"2"}}}]}"#,
            expect!["cpu 150m memory 10 example.com/gpu 2"],
        );
    }

    #[test]
    fn an_init_container_counts_when_it_needs_more() {
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m","memory":"10"}}}],
                "initContainers":[{"resources":{"requests":{"cpu":"300m","memory":"5"}}}]}"#,
            expect!["cpu 300m memory 10"],
        );
    }

    #[test]
    fn a_sidecar_runs_beside_what_starts_after_it() {
        check(
            r#"{"containers":[{"resources":{"requests":{"cpu":"100m"}}}],
                "initContainers":[
                    {"resources":{"requests":{"cpu":"190m"}}},
                    {"restartPolicy":"Always","resources":{"requests":{"cpu":"50m"}}},
                    {"resources":{"requests":{"cpu":"200m"}}}]}"#,
            expect!["cpu 250m memory 0"],
        );
    }

    #[test]
    fn overhead_comes_on_top() {
        check(
            r#"{"overhead":{"cpu":"10m","memory":"1"},
                "containers":[{"resources":{"requests":{"cpu":"100m"}}}]}"#,
            expect!["cpu 110m memory 1"],
        );
    }

    #[test]
    fn pod_level_requests_replace_the_sum() {
        check(
            r#"{"resources":{"requests":{"cpu":"1"}},
                "containers":[{"resources":{"requests":{"cpu":"100m","memory":"7"}}}]}"#,
            expect!["cpu 1000m memory 7"],
        );
    }
}
