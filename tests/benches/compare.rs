//! `cargo bench --bench compare`: what comparing rollout strategies costs, in CPU time of this process. Printed, never asserted.

mod measure;

use daemonset_playground::api::object::Key;
use daemonset_playground::cluster::Cluster;
use daemonset_playground::explain::compare::race::Race;
use daemonset_playground::explain::compare::{Comparison, Faults, Nodes, Plan, Strategy};
use daemonset_playground::present::compare::result;
use daemonset_playground::present::race::{Picture, side, speed_for, watch_time};
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::sim::time::SimDuration;
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
            let mut comparison =
                Comparison::new(session.cluster(), plan(&[strategy]), &Nodes::Present)
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
        watch(session.cluster());
    }
}

/// Two strategies side by side, at 60 frames a second and the speed at which all of it is watched.
fn watch(cluster: &Cluster) {
    let plan = plan(&["maxUnavailable 1", "maxSurge 1"]);
    let mut comparison = Comparison::new(cluster, plan, &Nodes::Present).expect("a comparison");
    comparison.go_on(u64::MAX).expect("nothing is pasted");
    let result = result(&comparison, None).expect("a result");
    let sides = [0, 1].map(|nth| comparison.start(nth).expect("it went well"));
    let ends = [0, 1].map(|nth| watch_time(&result.rows[nth]));
    let mut race = Race::new(sides, ends);
    let frame_ms = 16 * u64::from(speed_for(race.end()));
    let mut pictures = [Picture::default(), Picture::default()];
    let mut frames = Vec::new();
    while race.now() < race.end() {
        let (_, frame) = measure(|| {
            race.go_to(SimDuration(race.now().0 + frame_ms), u64::MAX);
            for (which, picture) in pictures.iter_mut().enumerate() {
                let row = (which, &result.rows[which]);
                side(row, &race, which, comparison.set(), picture);
            }
        });
        frames.push(frame);
    }
    let (_, back) = measure(|| race.go_to(SimDuration(race.end().0 / 2), u64::MAX));
    frames.sort_unstable();
    println!(
        "         side by side: {} frames, half of them take {}, the longest {}; going back {}",
        frames.len(),
        ms(frames[frames.len() / 2]),
        ms(frames[frames.len() - 1]),
        ms(back),
    );
}

fn plan(strategies: &[&str]) -> Plan {
    let strategies = strategies.iter().map(|text| Strategy::parse(text));
    Plan {
        set: Key::new("default", "agent"),
        change: set_image("agent:2"),
        strategies: strategies.collect::<Result<_, _>>().expect("strategies"),
        faults: Faults {
            slow_per_mille: 20,
            slow_factor: 30,
            ..Faults::default()
        },
    }
}
