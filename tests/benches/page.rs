//! `cargo bench --bench page`: what a frame of the page costs without the browser, in CPU time. Printed, never asserted.

mod measure;

use daemonset_playground::present::fleet::GroupBy;
use daemonset_playground::present::page::{Look, Page, Subject};
use daemonset_playground::present::stage::pacing::Shown;
use daemonset_playground::present::timeline::{Pace, Speed};
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::sim::time::SimDuration;
use measure::{AGENT, measure, ms, scenario, set_image};

/// A frame at ten times the speed, and where the clock ends it at the latest.
const FRAME: SimDuration = SimDuration::millis(160);
const STEPS: u64 = 1_500;

fn main() {
    println!(
        "{:>7}  {:>32}  {:>32}  {:>11}  {:>11}  {:>11}  {:>11}",
        "nodes",
        "simulate a frame: mean, p95, max",
        "refresh a frame: mean, p95, max",
        "made anew",
        "copy",
        "submit",
        "settle"
    );
    for nodes in [500, 5_000, 15_000] {
        let shown = Shown::default();
        let look = Look {
            cluster: None,
            shown: &shown,
            group_by: GroupBy::default(),
            subject: Subject::None,
            daemon_set: None,
            pace: Pace::Playing,
            has_eye: false,
            speed: Speed::Ten,
            last_line: "",
            back: None,
            walk: None,
        };
        let mut session = Session::new(scenario(nodes));
        let yaml = AGENT.to_owned();
        session
            .submit(Command::Apply { yaml })
            .expect("a valid manifest");
        let (_, settled) = measure(|| session.settle());
        let mut page = Page::default();
        page.refresh(&session, &look);
        let (_, copied) = measure(|| session.cluster().clone());
        let (result, submitted) = measure(|| session.submit(set_image("agent:2")));
        result.expect("the DaemonSet exists");
        let (mut simulated, mut refreshed) = (Vec::new(), Vec::new());
        while !session.is_settled() {
            let to = session.now() + FRAME;
            simulated.push(measure(|| session.advance_to(to, STEPS)).1);
            refreshed.push(measure(|| page.refresh(&session, &look)).1);
        }
        let (_, anew) = measure(|| Page::default().refresh(&session, &look));
        println!(
            "{nodes:>7}  {:>32}  {:>32}  {:>11}  {:>11}  {:>11}  {:>11}",
            summary(simulated),
            summary(refreshed),
            ms(anew),
            ms(copied),
            ms(submitted),
            ms(settled)
        );
    }
}

fn summary(mut frames: Vec<u64>) -> String {
    frames.sort_unstable();
    let mean = frames.iter().sum::<u64>() / frames.len().max(1) as u64;
    let at = |percent: usize| frames.get((frames.len() - 1) * percent / 100);
    let [p95, max] = [95, 100].map(|percent| ms(at(percent).copied().unwrap_or(0)));
    format!("{}, {p95}, {max}", ms(mean))
}
