//! `cargo bench --bench compare`: what comparing rollout strategies costs, in CPU time of this process. Printed, never asserted.

mod measure;

use daemonset_playground::api::object::Key;
use daemonset_playground::explain::compare::{Comparison, Faults, Nodes, Plan, Strategy};
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use measure::{AGENT, measure, ms, scenario, set_image};

/// Each strategy with a round of its own, and then so many seeds.
const ROUNDS: u32 = 10;

fn main() {
    println!(
        "{:>7}  {:>20}  {:>14}  {:>14}  {:>18}  {:>14}",
        "nodes", "strategy", "finished after", "one rollout", "rollouts a second", "longest slice"
    );
    for nodes in [50, 250, 1_000] {
        let mut session = Session::new(scenario(nodes));
        let yaml = AGENT.to_owned();
        session
            .submit(Command::Apply { yaml })
            .expect("a valid manifest");
        session.settle();
        for strategy in ["maxUnavailable 1", "maxUnavailable 25%", "maxSurge 1"] {
            let plan = Plan {
                set: Key::new("default", "agent"),
                change: set_image("agent:2"),
                strategies: vec![Strategy::parse(strategy).expect("a strategy")],
                faults: Faults {
                    slow_per_mille: 20,
                    slow_factor: 30,
                    lost_per_mille: 0,
                },
            };
            let mut comparison = Comparison::new(session.cluster(), plan, &Nodes::Present)
                .expect("a valid comparison");
            let rounds = if nodes > 250 { 2 } else { ROUNDS };
            comparison.set_rounds(rounds);
            let (mut all, mut longest) = (0, 0);
            while !comparison.is_done() {
                let (result, slice) = measure(|| comparison.go_on(500));
                result.expect("nothing is pasted");
                all += slice;
                longest = longest.max(slice);
            }
            let first = comparison.compared()[0].first.as_ref();
            let after = first.map(|run| run.as_ref().map(|run| run.after.to_string()));
            println!(
                "{nodes:>7}  {strategy:>20}  {:>14}  {:>14}  {:>18}  {:>14}",
                after.expect("a round").expect("a run"),
                ms(all / u64::from(rounds)),
                format!("{:.1}", f64::from(rounds) * 1e6 / all.max(1) as f64),
                ms(longest)
            );
        }
    }
}
