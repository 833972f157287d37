use super::*;
use crate::cluster::nodes::NodeTemplate;
use crate::kubectl;
use crate::session::Session;
use crate::session::scenario::{NodeGroup, Scenario};
use expect_test::{Expect, expect};
use race::Race;
use trial::End;

const SET: &str = "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers:
      - name: main
        image: agent:1
        resources: {requests: {cpu: 100m}}
";

/// So many workers on which the DaemonSet runs.
fn cluster(nodes: u32) -> Cluster {
    let nodes = vec![NodeGroup {
        template: NodeTemplate::Worker,
        count: nodes,
    }];
    let mut session = Session::new(Scenario {
        nodes,
        ..Scenario::default()
    });
    let yaml = SET.to_owned();
    session.submit(Command::Apply { yaml }).unwrap();
    session.settle();
    session.cluster().clone()
}

fn plan(image: &str, strategies: &[&str]) -> Plan {
    Plan {
        set: Key::new("default", "agent"),
        change: Command::SetImage {
            namespace: "default".to_owned(),
            name: "agent".to_owned(),
            container: "main".to_owned(),
            image: image.to_owned(),
        },
        strategies: strategies
            .iter()
            .map(|text| Strategy::parse(text).unwrap())
            .collect(),
        faults: Faults::default(),
    }
}

/// Plays it to its end, in slices of an odd size.
fn played(cluster: &Cluster, plan: Plan, nodes: &Nodes, rounds: u32) -> Comparison {
    let mut comparison = Comparison::new(cluster, plan, nodes).unwrap();
    comparison.set_rounds(rounds);
    for _ in 0..1_000_000 {
        if comparison.is_done() {
            break;
        }
        comparison.go_on(997).unwrap();
    }
    assert!(comparison.is_done());
    comparison
}

fn text(comparison: &Comparison) -> String {
    let rows = comparison.compared().iter().map(|row| {
        let first = match row.first.as_ref().unwrap() {
            Ok(run) => format!(
                "{} after {}, available {}..{}.{} of {}, {} restarted, {} extra, budget {}/{}",
                match run.end {
                    End::Finished => "finished",
                    End::Stuck(_) => "stuck",
                    End::TooLong => "too long",
                },
                run.after,
                run.worst,
                run.average_tenths / 10,
                run.average_tenths % 10,
                run.desired,
                run.restarted,
                run.extra,
                run.budget.max_unavailable,
                run.budget.max_surge,
            ),
            Err(error) => error.clone(),
        };
        format!("{}: {first}\n", row.strategy)
    });
    rows.collect()
}

#[track_caller]
fn check(comparison: &Comparison, expect: Expect) {
    expect.assert_eq(&text(comparison));
}

const THREE: [&str; 3] = ["maxUnavailable 1", "maxUnavailable 50%", "maxSurge 1"];

#[test]
fn max_unavailable_gives_up_pods_and_a_surge_needs_more() {
    let done = played(&cluster(6), plan("agent:2", &THREE), &Nodes::Present, 1);
    check(
        &done,
        expect![[r#"
        maxUnavailable 1: finished after 30.1s, available 5..5.0 of 6, 6 restarted, 0 extra, budget 1/0
        maxUnavailable 50%: finished after 12.0s, available 3..3.5 of 6, 6 restarted, 0 extra, budget 3/0
        maxSurge 1: finished after 22.6s, available 6..6.0 of 6, 6 restarted, 2 extra, budget 0/1
    "#]],
    );
}

#[test]
fn slices_of_any_size_come_to_the_same() {
    let cluster = cluster(3);
    let plan = plan("agent:2", &THREE);
    let sliced = played(&cluster, plan.clone(), &Nodes::Present, 3);
    let mut whole = Comparison::new(&cluster, plan, &Nodes::Present).unwrap();
    whole.set_rounds(3);
    whole.go_on(u64::MAX).unwrap();
    assert_eq!(text(&sliced), text(&whole));
    let spreads =
        |c: &Comparison| -> Vec<_> { c.compared().iter().map(Compared::spread).collect() };
    assert_eq!(spreads(&sliced), spreads(&whole));
}

#[test]
fn slow_starts_hold_a_rollout() {
    let mut plan = plan("agent:2", &THREE);
    plan.faults.slow_per_mille = 200;
    plan.faults.slow_factor = 60;
    check(
        &played(&cluster(6), plan, &Nodes::Present, 1),
        expect![[r#"
            maxUnavailable 1: finished after 47.8s, available 5..5.0 of 6, 6 restarted, 0 extra, budget 1/0
            maxUnavailable 50%: finished after 24.1s, available 3..4.0 of 6, 6 restarted, 0 extra, budget 3/0
            maxSurge 1: finished after 40.3s, available 6..6.0 of 6, 6 restarted, 2 extra, budget 0/1
        "#]],
    );
}

#[test]
fn a_rollout_that_hangs_ends() {
    let plan = plan("agent:broken", &THREE);
    let done = played(&cluster(4), plan, &Nodes::Present, 1);
    check(
        &done,
        expect![[r#"
        maxUnavailable 1: stuck after 1.2s, available 3..3.0 of 4, 1 restarted, 0 extra, budget 1/0
        maxUnavailable 50%: stuck after 1.2s, available 2..2.0 of 4, 2 restarted, 0 extra, budget 2/0
        maxSurge 1: stuck after 0.0s, available 4..4.0 of 4, 1 restarted, 1 extra, budget 0/1
    "#]],
    );
}

#[test]
fn a_node_without_power_uses_the_budget() {
    let mut plan = plan("agent:2", &THREE);
    plan.faults.lost_per_mille = 800;
    check(
        &played(&cluster(6), plan, &Nodes::Present, 1),
        expect![[r#"
            maxUnavailable 1: finished after 65.0s, available 5..5.0 of 6, 5 restarted, 0 extra, budget 1/0
            maxUnavailable 50%: finished after 12.0s, available 3..3.5 of 6, 6 restarted, 0 extra, budget 3/0
            maxSurge 1: finished after 65.0s, available 5..5.9 of 6, 6 restarted, 2 extra, budget 0/1
        "#]],
    );
}

#[test]
fn what_the_api_server_refuses_is_told() {
    let strategies = [
        "maxUnavailable 1, maxSurge 1",
        "maxUnavailable 0",
        "maxUnavailable 200%",
        "maxSurge lots",
    ];
    let done = played(
        &cluster(2),
        plan("agent:2", &strategies),
        &Nodes::Present,
        2,
    );
    check(
        &done,
        expect![[r#"
        maxUnavailable 1, maxSurge 1: The DaemonSet "agent" is invalid: spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero
        maxUnavailable 0: The DaemonSet "agent" is invalid: spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0
        maxUnavailable 200%: The DaemonSet "agent" is invalid: spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "200%": must not be greater than 100%
        maxSurge lots: The DaemonSet "agent" is invalid: 
        * spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "lots": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')
        * spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0
    "#]],
    );
    let same = played(&cluster(2), plan("agent:1", &THREE), &Nodes::Present, 1);
    check(
        &same,
        expect![[r#"
        maxUnavailable 1: the pod template stays the same, so nothing rolls out
        maxUnavailable 50%: the pod template stays the same, so nothing rolls out
        maxSurge 1: the pod template stays the same, so nothing rolls out
    "#]],
    );
}

#[test]
fn strategies_are_read_as_people_write_them() {
    let read = |text: &str| match Strategy::parse(text) {
        Ok(strategy) => strategy.to_string(),
        Err(error) => error,
    };
    let texts = [
        "maxUnavailable: 25%",
        "MAXSURGE=2",
        "maxSurge 10%, maxUnavailable 1",
        "OnDelete",
        "25%",
        "maxSurge",
        " ",
    ];
    let all: Vec<String> = texts.map(read).into();
    expect![[r#"
        maxUnavailable 25%
        maxSurge 2
        maxUnavailable 1, maxSurge 10%
        OnDelete can't be compared: it replaces a pod only when somebody deletes it
        "25%" is neither maxUnavailable nor maxSurge
        maxSurge needs a number of nodes, or a percentage
        write maxUnavailable or maxSurge and its value"#]]
    .assert_eq(&all.join("\n"));
}

#[test]
fn rounds_spread() {
    let mut plan = plan("agent:2", &["maxUnavailable 1", "maxSurge 1"]);
    plan.faults.lost_per_mille = 500;
    let done = played(&cluster(4), plan, &Nodes::Present, 20);
    let spreads = done.compared().iter().map(|row| {
        let spread = row.spread().unwrap();
        let finish = spread
            .finish
            .map(|f| f.map_or("never".to_owned(), |f| f.to_string()));
        format!(
            "{}: {} of {} finished, after {}, worst {:?}\n",
            row.strategy,
            spread.finished,
            spread.rounds,
            finish.join(" "),
            spread.worst
        )
    });
    expect![[r#"
        maxUnavailable 1: 19 of 20 finished, after 17.7s 19.9s 60.0s, worst [2, 3, 3]
        maxSurge 1: 20 of 20 finished, after 12.7s 14.9s 60.0s, worst [3, 4, 4]
    "#]]
    .assert_eq(&spreads.collect::<String>());
}

/// What kubectl prints of the nodes of a cluster.
fn printed(cluster: &Cluster) -> String {
    let args = ["get", "nodes", "-o", "yaml"].map(str::to_owned);
    kubectl::run(&mut cluster.clone(), &args, None).stdout
}

#[test]
fn pasted_nodes_are_those_nodes() {
    let mut there = cluster(5);
    for command in [
        Command::TaintNode {
            node: "node-1".to_owned(),
            taints: vec![crate::api::node::Taint {
                key: "dedicated".to_owned(),
                effect: "NoSchedule".to_owned(),
                ..Default::default()
            }],
        },
        Command::SetNodeDown {
            node: "node-2".to_owned(),
            down: true,
        },
    ] {
        execute(&mut there, &command).unwrap();
    }
    there.settle(SimDuration::secs(600), u64::MAX);
    let text = printed(&there);
    let here = cluster(2);
    let done = played(&here, plan("agent:2", &THREE), &Nodes::Pasted(text), 1);
    check(
        &done,
        expect![[r#"
        maxUnavailable 1: stuck after 0.0s, available 3..3.0 of 3, 0 restarted, 0 extra, budget 1/0
        maxUnavailable 50%: finished after 16.5s, available 2..2.0 of 3, 3 restarted, 0 extra, budget 2/0
        maxSurge 1: finished after 12.7s, available 3..3.0 of 3, 3 restarted, 2 extra, budget 0/1
    "#]],
    );
    assert_eq!(done.node_count(), 5);
}

#[test]
fn what_is_wrong_with_pasted_nodes_is_told_with_its_line() {
    let here = cluster(1);
    let list = |item: &str| format!("apiVersion: v1\nitems:\n{item}kind: List\n");
    let texts = [
        list(
            "- apiVersion: v1\n  kind: Node\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: b\n  spec:\n    tains: []\n",
        ),
        list("- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n"),
        list("- apiVersion: v1\n  kind: Node\n  metadata:\n    name: UP\n"),
        list(
            "- apiVersion: v1\n  kind: Node\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: a\n",
        ),
        "{".to_owned(),
        "No resources found".to_owned(),
        String::new(),
    ];
    let told = texts.map(|text| {
        let nodes = Nodes::Pasted(text);
        let mut comparison = match Comparison::new(&here, plan("agent:2", &THREE), &nodes) {
            Ok(comparison) => comparison,
            Err(error) => return error,
        };
        match comparison.go_on(u64::MAX) {
            Err(error) => error,
            Ok(()) => self::text(&comparison),
        }
    });
    expect![[r#"
        line 12: Error from server (BadRequest): error when creating "STDIN": Node in version "v1" cannot be handled as a Node: strict decoding error: unknown field "spec.tains"
        line 3: a Pod isn't a Node; paste what kubectl get nodes -o yaml prints
        line 3: Node "UP" is invalid: metadata.name: Invalid value: "UP": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
        line 7: nodes "a" already exists
        line 1: error: error parsing STDIN: error converting YAML to JSON: yaml: did not find expected node content
        line 1: error: error validating "STDIN": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false
        error: no objects passed to apply"#]].assert_eq(&told.join("\n"));
}

/// Both strategies to be watched, and how they did when they were tried.
fn race(nodes: u32, plan: Plan) -> (Race, [Run; 2]) {
    let base = cluster(nodes);
    let mut done = played(&base, plan.clone(), &Nodes::Present, 1);
    let mut runs = done
        .compared
        .drain(..)
        .map(|row| row.first.unwrap().unwrap());
    let runs = [runs.next().unwrap(), runs.next().unwrap()];
    let mut comparison = Comparison::new(&base, plan, &Nodes::Present).unwrap();
    while !comparison.prepare(10).unwrap() {}
    let sides = [comparison.start(0).unwrap(), comparison.start(1).unwrap()];
    let ends = [runs[0].after, runs[1].after];
    (Race::new(sides, ends), runs)
}

fn hashes(race: &Race) -> [u64; 2] {
    race.sides().each_ref().map(|side| side.cluster().hash())
}

#[test]
fn a_race_ends_as_the_strategies_were_tried() {
    let mut plan = plan("agent:2", &["maxUnavailable 1", "maxSurge 1"]);
    plan.faults.slow_per_mille = 100;
    plan.faults.slow_factor = 20;
    plan.faults.lost_per_mille = 100;
    let (mut race, runs) = race(8, plan);
    for (which, run) in runs.iter().enumerate() {
        let end = race.ends()[which];
        race.go_to(SimDuration(end.0 - 1), u64::MAX);
        assert!(
            race.sides()[which].tally(end).updated < run.desired,
            "not before its end"
        );
        assert!(race.go_to(end, u64::MAX));
        let tally = race.sides()[which].tally(end);
        assert_eq!((tally.updated, tally.worst), (run.desired, run.worst));
    }
    race.go_to(SimDuration(u64::MAX), u64::MAX);
    assert_eq!(race.now(), race.end());
}

#[test]
fn a_race_goes_to_any_moment_and_back() {
    let plan = plan("agent:2", &["maxUnavailable 1", "maxUnavailable 50%"]);
    let (fresh, _) = race(12, plan);
    let mut race = fresh.clone();
    // Marks are set and thinned out on the way.
    race.keep_marks_every(20);
    let end = race.end().0;
    race.go_to(race.end(), u64::MAX);
    for permille in [900, 100, 101, 500, 0, 1000, 333] {
        let to = SimDuration(end * permille / 1000);
        let mut lineage = race.lineage().remember();
        let is_back = to < race.now();
        // In small slices.
        while !race.go_to(to, 7) {
            let is_same = *race.lineage() == lineage;
            assert!(is_same || is_back, "it only goes back once");
            lineage = race.lineage().remember();
            assert!(race.now() <= to);
        }
        let mut straight = fresh.clone();
        straight.go_to(to, u64::MAX);
        assert_eq!(hashes(&race), hashes(&straight), "at {to}");
        assert_eq!(race.now(), to);
        let tallies = |race: &Race| race.sides().each_ref().map(|side| side.tally(to));
        assert_eq!(tallies(&race), tallies(&straight));
    }
}
