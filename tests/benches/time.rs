//! `cargo bench --bench time`: going to any moment of a long history, and explaining every node, in CPU time of this process.
//! Printed, never asserted.

mod measure;

use daemonset_playground::api::object::Key;
use daemonset_playground::present::groups::groups;
use daemonset_playground::present::scene::Scene;
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::session::link;
use daemonset_playground::sim::time::{SimDuration, SimTime};
use measure::{AGENT, measure, ms, scenario, set_image};

const SEEK_NODES: u32 = 1_000;
const HOUR: SimTime = SimTime(3_600_000);
const SEEKS: u64 = 100;
const EXPLAIN_NODES: u32 = 5_000;

fn main() {
    storm();
    seek();
    explain_all();
}

/// A surge on a node with DiskPressure: pods are created and turned away for ever, as by the real one. A minute costs the same
/// after an hour as at first.
fn storm() {
    let mut session = Session::new(scenario(3));
    let yaml = AGENT.replace("maxUnavailable: 10%", "maxUnavailable: 0, maxSurge: 1");
    session.submit(Command::Apply { yaml }).expect("a manifest");
    session.settle();
    session
        .submit(Command::SetPressure {
            node: "node-2".to_owned(),
            condition: "DiskPressure".to_owned(),
            on: true,
        })
        .expect("a node");
    session.submit(set_image("agent:2")).expect("a rollout");
    for minutes in (10..=60).step_by(10) {
        let ((), cost) = measure(|| session.advance(SimDuration::secs(600)));
        println!(
            "eviction storm, to minute {minutes}: {} for ten minutes, {} pods there",
            ms(cost),
            session.cluster().server.pods.len()
        );
    }
}

/// An hour in which something happens every two minutes: rollouts, a broken one and its way back, nodes that fail and return.
fn busy_hour() -> Session {
    let mut session = Session::new(scenario(SEEK_NODES));
    let yaml = AGENT.to_owned();
    session.submit(Command::Apply { yaml }).expect("a manifest");
    let mut round = 0;
    while session.now() < HOUR {
        let node = |n: u32| format!("node-{}", 1 + (round * 37 + n) % SEEK_NODES);
        let commands: Vec<Command> = match round % 6 {
            0 => vec![set_image(&format!("agent:{}", round + 2))],
            1 => down(&node, true),
            2 => down(&node, false),
            3 => vec![set_image("agent:crash")],
            4 => vec![Command::RolloutUndo {
                namespace: "default".to_owned(),
                name: "agent".to_owned(),
                to_revision: 0,
            }],
            _ => (0..20)
                .map(|n| Command::Cordon {
                    node: node(n),
                    on: round % 12 == 5,
                })
                .collect(),
        };
        for command in commands {
            session.submit(command).expect("a valid command");
        }
        session.advance_to(HOUR.min(session.now() + SimDuration::secs(120)), u64::MAX);
        round += 1;
    }
    session
}

fn down(node: &dyn Fn(u32) -> String, down: bool) -> Vec<Command> {
    let nodes = 0..30;
    nodes
        .map(|n| Command::SetNodeDown {
            // Those of the round before come back.
            node: if down {
                node(n)
            } else {
                node(n + SEEK_NODES - 37)
            },
            down,
        })
        .collect()
}

fn seek() {
    let (mut session, lived) = measure(busy_hour);
    println!(
        "{SEEK_NODES} nodes, {} simulated, {} commands, {} steps, {} trace entries: {}",
        session.now(),
        session.log().len(),
        session.cluster().steps(),
        session.cluster().trace.len(),
        ms(lived)
    );
    seeks("as it was lived", &mut session);
    let link = link::encode(&session.share(Vec::new()));
    println!("its link: {} characters", link.len());
    let (opened, opening) = measure(|| {
        let shared = link::decode(&link).expect("a link");
        Session::open(&shared).expect("a session")
    });
    println!("opened from its link: {}", ms(opening));
    seeks("as it was opened", &mut { opened });
}

/// To moments all over the hour, in no order.
fn seeks(what: &str, session: &mut Session) {
    let mut costs: Vec<(u64, SimTime)> = Vec::new();
    for i in 0..SEEKS {
        let to = SimTime(i.wrapping_mul(1_327_217_885) % HOUR.0);
        let ((), cost) = measure(|| session.seek(to));
        costs.push((cost, to));
    }
    costs.sort_unstable();
    let at = |percent: usize| costs[(costs.len() - 1) * percent / 100];
    println!(
        "seek, {what}: median {}, p95 {}, longest {} (to {})",
        ms(at(50).0),
        ms(at(95).0),
        ms(at(100).0),
        at(100).1
    );
}

fn explain_all() {
    let mut session = Session::new(scenario(EXPLAIN_NODES));
    let yaml = AGENT.to_owned();
    session.submit(Command::Apply { yaml }).expect("a manifest");
    session.settle();
    for n in 0..200 {
        let node = format!("node-{}", 1 + n * 25);
        let command = match n % 3 {
            0 => Command::SetNodeDown { node, down: true },
            1 => Command::Cordon { node, on: true },
            _ => Command::FailPod {
                namespace: "default".to_owned(),
                name: pod_on(&session, &node),
                reason: "Evicted".to_owned(),
            },
        };
        session.submit(command).expect("a valid command");
    }
    session.advance(SimDuration::secs(45));
    session
        .submit(set_image("agent:2"))
        .expect("the DaemonSet exists");
    session.advance(SimDuration::secs(5));
    let cluster = session.cluster();
    let key = Key::new("default", "agent");
    let set = cluster.server.daemon_sets.get(&key).expect("the DaemonSet");
    let best = |act: &dyn Fn() -> usize| {
        let costs = (0..10).map(|_| measure(act).1);
        ms(costs.min().unwrap_or(0))
    };
    let scene = Scene::at(cluster, set);
    let anew = best(&|| groups(cluster, &Scene::at(cluster, set), set).rows.len());
    let followed = best(&|| groups(cluster, &scene, set).rows.len());
    println!(
        "explain all {EXPLAIN_NODES} nodes ({} reasons): {anew} from nothing, {followed} while following",
        groups(cluster, &scene, set).rows.len()
    );
}

fn pod_on(session: &Session, node: &str) -> String {
    let mut pods = session.cluster().server.pods.iter();
    let pod = pods.find(|pod| pod.spec.node_name == node);
    pod.expect("its pod runs").metadata.name.clone()
}
