//! Kubernetes' own tests of scheduler filters, node affinity and tolerations, restated as data.

use daemonset_playground::conformance::scheduling::run_case;
use serde_json::Value;

/// Runs every case of a file; says how many of which kind there were.
#[track_caller]
fn check(file: &str, expect: expect_test::Expect) {
    let path = format!(
        "{}/tests/conformance/upstream/{file}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut kinds = std::collections::BTreeMap::new();
    let mut failures = String::new();
    for case in &cases {
        *kinds.entry(case["kind"].to_string()).or_insert(0) += 1;
        if let Err(error) = run_case(case) {
            failures += &format!("{}: {error}\n", case["name"]);
        }
    }
    expect.assert_eq(&format!("{kinds:?}\n{failures}"));
}

#[test]
fn scheduler() {
    check(
        "scheduler.json",
        expect_test::expect![[r#"
        {"\"filter\"": 27, "\"node-affinity-prefilter\"": 3, "\"unschedulable-message\"": 6}
    "#]],
    );
}

#[test]
fn node_affinity() {
    check(
        "node-affinity.json",
        expect_test::expect![[r#"
        {"\"node-affinity\"": 20}
    "#]],
    );
}

#[test]
fn tolerations() {
    check(
        "tolerations.json",
        expect_test::expect![[r#"
        {"\"min-toleration-seconds\"": 3, "\"tolerations\"": 7}
    "#]],
    );
}
