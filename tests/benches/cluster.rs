//! `cargo bench`: what big clusters cost, in CPU time of this process. Printed, never asserted.

mod measure;

use daemonset_playground::cluster::nodes::NodeTemplate;
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::sim::time::{SimDuration, SimTime};
use measure::{AGENT, measure, ms, scenario, set_image};
use std::collections::BTreeMap;

fn ready(session: &Session) -> i32 {
    session
        .cluster()
        .server
        .daemon_sets
        .iter()
        .map(|set| set.status.number_ready)
        .sum()
}

fn main() {
    println!(
        "{:>7}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}",
        "nodes",
        "join",
        "all Running",
        "simulated",
        "node event",
        "node joins",
        "rollout",
        "seek back"
    );
    for nodes in [500, 5_000, 15_000] {
        let (mut session, join) = measure(|| {
            let mut session = Session::new(scenario(nodes));
            session.settle();
            session
        });
        let started = session.now();
        let ((), created) = measure(|| {
            session
                .submit(Command::Apply {
                    yaml: AGENT.to_owned(),
                })
                .expect("a valid manifest");
            session.settle();
        });
        assert_eq!(ready(&session), nodes as i32, "all pods run");
        let simulated = session.now().since(started);
        // One label of one node: 20 times, in the cluster itself, without the copy that undo keeps.
        let mut cluster = session.cluster().clone();
        let ((), event) = measure(|| {
            for i in 0..20 {
                let labels: BTreeMap<String, String> = [("round".to_owned(), i.to_string())].into();
                cluster.as_user(|client| {
                    client
                        .patch::<daemonset_playground::api::node::Node>(
                            &daemonset_playground::cluster::Cluster::node_key("node-7"),
                            "labels",
                            |node| {
                                node.metadata.labels.extend(labels.clone());
                            },
                        )
                        .expect("the node exists");
                });
                cluster.settle(SimDuration::secs(60), 100_000);
            }
        });
        let ((), joins) = measure(|| {
            for _ in 0..20 {
                daemonset_playground::session::execute::add_nodes(
                    &mut cluster,
                    NodeTemplate::Worker,
                    1,
                    false,
                )
                .expect("room for a node");
                cluster.settle(SimDuration::secs(120), 100_000);
            }
        });
        let ((), rollout) = measure(|| {
            let set = set_image("agent:2");
            session.submit(set).expect("the DaemonSet exists");
            session.settle();
        });
        let back = SimTime(session.now().0 * 2 / 3);
        let ((), seek) = measure(|| session.seek(back));
        println!(
            "{nodes:>7}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}  {:>12}",
            ms(join),
            ms(created),
            simulated.to_string(),
            ms(event / 20),
            ms(joins / 20),
            ms(rollout),
            ms(seek)
        );
    }
}
