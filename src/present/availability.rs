//! Availability over time: the newest rollout of a DaemonSet as a small chart, with the floor that its strategy means to keep.

use super::chart::{Frame, Scale, Tick};
use super::words::{clock, span};
use crate::api::apps::DaemonSet;
use crate::api::object::Key;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::availability::{Availability, Kind};
use crate::sim::time::SimTime;

pub const FRAME: Frame = Frame {
    width: 340,
    height: 116,
    left: 34,
    right: 322,
    top: 10,
    bottom: 94,
    label: 48,
};
/// Lengths that the axis of time may have begin with one of these: it isn't drawn anew in every picture.
const LENGTHS: [u64; 9] = [10, 12, 15, 20, 25, 32, 40, 60, 80];

/// What the chart shows, in the units of an SVG of `FRAME`'s size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailabilityChart {
    /// The number never changed: there are words, and nothing to draw.
    pub is_flat: bool,
    pub line: String,
    /// Where the line ends: now, or with the rollout.
    pub end: (u32, u32),
    pub is_over: bool,
    /// The floor as a line, and where its number stands.
    pub floor: Option<(String, Tick)>,
    /// The line once more, where it is below the floor.
    pub below: String,
    pub times: Vec<Tick>,
    pub counts: Vec<Tick>,
    /// The same in words, a sentence each.
    pub words: Vec<String>,
    /// That it fell below the floor.
    pub fell: Option<String>,
}

/// Nothing before the first pod is wanted.
pub fn chart(cluster: &Cluster, set: &DaemonSet) -> Option<AvailabilityChart> {
    let key = Key::of(&set.metadata);
    let rollout = cluster.parts.daemon_set.availability(&key)?;
    let high = rollout.samples().map(|(.., level)| level.desired).max()?;
    if high == 0 {
        return None;
    }
    let length = length(rollout, cluster.now());
    // Where nothing ran before, on all nodes or on new ones, the floor can't have been kept.
    let has_floor = rollout.kind == Kind::Rollout && rollout.now.floor > 0;
    let lowest = rollout.samples().map(|(_, lowest, _)| lowest).min();
    let floors = rollout.samples().map(|(.., level)| level.floor).min();
    let low = lowest.into_iter().chain(floors.filter(|_| has_floor)).min();
    let low = low.unwrap_or(0).min(high);
    let scale = Scale {
        frame: FRAME,
        end_ms: axis(length),
        is_logarithmic: false,
        low: low.saturating_sub((high - low) / 8 + 1),
        high,
    };
    let end = scale.x(length);
    let mut available = rollout
        .samples()
        .flat_map(|(at, lowest, level)| [(at.0, lowest), (at.0, level.available)]);
    let floors = scale.floors(&[rollout.now.floor]);
    let floor = floors.first().cloned().filter(|_| has_floor);
    let counts = scale.counts(floor.as_slice());
    let floor = floor.map(|tick| {
        let mut samples = rollout.samples().map(|(at, _, level)| (at.0, level.floor));
        (scale.trail(&mut samples, FRAME.right), tick)
    });
    let start = rollout.start.available;
    let mut levels = rollout.samples();
    let is_flat = levels.all(|(_, lowest, level)| lowest == start && level.available == start);
    let now = scale.y(rollout.now.available);
    Some(AvailabilityChart {
        is_flat,
        // The trail leaves out what is too short to be seen; the last step is seen by its dot.
        line: format!(
            "M{} {}L{}V{now}",
            FRAME.left,
            scale.y(start),
            &scale.trail(&mut available, end)[1..]
        ),
        end: (end, now),
        is_over: rollout.ended.is_some(),
        floor,
        below: if has_floor {
            below(rollout, &scale, end)
        } else {
            String::new()
        },
        times: scale.times(),
        counts,
        words: words(rollout, has_floor),
        fell: rollout
            .fell
            .filter(|_| has_floor)
            .map(|at| fell(rollout, at, cluster.now())),
    })
}

/// How long it took; while it runs, in whole seconds beyond the last sample: the picture needn't move with each frame.
fn length(rollout: &Availability, now: SimTime) -> u64 {
    let last = rollout.samples().last().map_or(0, |(at, ..)| at.0);
    match rollout.ended {
        Some(ended) => ended.since(rollout.begun).0,
        None => SimTime(now.0 / 1000 * 1000)
            .since(rollout.begun)
            .0
            .max(last),
    }
}

/// The next of the lengths that are nice.
fn axis(length_ms: u64) -> u64 {
    let powers = (2..).map(|power| 10u64.saturating_pow(power));
    let mut lengths = powers.flat_map(|power| LENGTHS.map(|it| it.saturating_mul(power)));
    lengths
        .find(|it| *it >= length_ms.max(1))
        .unwrap_or(length_ms)
}

/// From where the line falls below the floor to where it is back.
fn below(rollout: &Availability, scale: &Scale, end: u32) -> String {
    let mut path = String::new();
    let mut samples = rollout.samples().peekable();
    while let Some((at, lowest, level)) = samples.next() {
        if lowest.min(level.available) >= level.floor {
            continue;
        }
        let to = samples.peek().map_or(end, |(next, ..)| scale.x(next.0));
        let (x, y) = (scale.x(at.0), scale.y(lowest.min(level.available)));
        path.push_str(&format!("M{x} {y}H{}", to.max(x + 1)));
    }
    path
}

fn words(rollout: &Availability, has_floor: bool) -> Vec<String> {
    let begun = rollout.begun;
    let from = clock(begun.0);
    let level = &rollout.now;
    let time = match rollout.ended {
        Some(ended) => {
            let what = match rollout.kind {
                Kind::First | Kind::Rollout => "Began",
                Kind::Nodes => "Nodes changed",
            };
            format!(
                "{what} at {from}, done after {}.",
                span(ended.since(begun).0)
            )
        }
        None => format!("In progress since {from}."),
    };
    let mut words = vec![time];
    if rollout.kind == Kind::First {
        return words;
    }
    let (worst, at) = rollout.worst;
    let so_far = if rollout.ended.is_some() {
        ""
    } else {
        " so far"
    };
    words.push(format!(
        "Fewest available{so_far}: {worst} of {}, at {}.",
        level.desired,
        clock(at.0)
    ));
    if !has_floor {
        if rollout.kind == Kind::Rollout {
            words.push("This strategy has no floor.".to_owned());
        }
        return words;
    }
    let given_up = level.desired.saturating_sub(level.floor);
    let floor = format!(
        "The dotted floor is {}: {} desired minus {given_up} (maxUnavailable).",
        level.floor, level.desired
    );
    words.push(floor);
    words
}

fn fell(rollout: &Availability, at: SimTime, now: SimTime) -> String {
    let below = rollout.below(SimTime(now.0 / 1000 * 1000));
    format!(
        "It fell below the floor at {}, for {} in all: maxUnavailable isn't a guaranteed minimum. Pods that fail or are deleted, and nodes that die, come on top.",
        clock(at.0),
        span(below.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::nodes::NodeTemplate;
    use crate::session::Session;
    use crate::session::command::Command;
    use crate::session::scenario::{NodeGroup, Scenario};
    use crate::sim::time::SimDuration;
    use expect_test::{Expect, expect};

    fn apply(session: &mut Session, image: &str, strategy: &str) {
        let yaml = format!(
            "apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  updateStrategy: {strategy}
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec: {{containers: [{{name: main, image: {image}}}]}}
"
        );
        let done = session.submit(Command::Apply { yaml });
        done.unwrap_or_else(|failure| panic!("{}", failure.message));
    }

    fn settle(session: &mut Session) {
        while !session.is_settled() && session.step() {}
    }

    fn running(strategy: &str) -> Session {
        let mut session = Session::new(Scenario {
            nodes: vec![NodeGroup {
                template: NodeTemplate::Worker,
                count: 10,
            }],
            ..Scenario::default()
        });
        apply(&mut session, "agent:1", strategy);
        settle(&mut session);
        session
    }

    fn drawn(session: &Session) -> Option<AvailabilityChart> {
        let set = session.cluster().server.daemon_sets.iter().next()?;
        chart(session.cluster(), set)
    }

    #[track_caller]
    fn check(session: &Session, expect: Expect) {
        let chart = drawn(session);
        let text = chart.map_or_else(String::new, |it| {
            let floor = it
                .floor
                .map(|(path, it)| format!("{} at {}: {path}", it.label, it.at));
            let floor = floor.unwrap_or("no floor".to_owned());
            let flat = if it.is_flat { ", flat" } else { "" };
            let (steps, end, below) = (it.line.matches('V').count(), it.end, it.below);
            let words: Vec<String> = it.words.into_iter().chain(it.fell).collect();
            let words = words.join("\n");
            format!("{floor}{flat}\n{steps} steps to {end:?}\nbelow: {below:?}\n{words}\n")
        });
        expect.assert_eq(&text);
    }

    const A_FIFTH: &str = "{rollingUpdate: {maxUnavailable: 20%}}";

    #[test]
    fn the_first_pods_have_no_floor() {
        check(
            &running(A_FIFTH),
            expect![[r#"
                no floor
                10 steps to (267, 10)
                below: ""
                Began at 0:00.0, done after 4.8 s.
            "#]],
        );
    }

    #[test]
    fn a_rollout_keeps_its_floor_and_stays_to_be_seen() {
        let mut session = running(A_FIFTH);
        apply(&mut session, "agent:2", A_FIFTH);
        settle(&mut session);
        session.advance(SimDuration::secs(3600));
        check(
            &session,
            expect![[r#"
                8 at 66: M34 66H322
                2 steps to (280, 10)
                below: ""
                Began at 0:05.0, done after 27 s.
                Fewest available: 8 of 10, at 0:05.0.
                The dotted floor is 8: 10 desired minus 2 (maxUnavailable).
            "#]],
        );
    }

    #[test]
    fn pods_that_fail_take_it_below_the_floor() {
        let mut session = running(A_FIFTH);
        apply(&mut session, "agent:2", A_FIFTH);
        session.advance(SimDuration::secs(1));
        let pods = session.cluster().server.pods.iter();
        let old = pods.filter(|pod| ["node-8", "node-9"].contains(&&*pod.spec.node_name));
        let names: Vec<String> = old.map(|pod| pod.metadata.name.clone()).collect();
        for name in names {
            let (namespace, reason) = ("default".to_owned(), "Evicted".to_owned());
            let done = session.submit(Command::FailPod {
                namespace,
                name,
                reason,
            });
            assert!(done.is_ok());
        }
        session.advance(SimDuration::secs(300));
        check(
            &session,
            expect![[r#"
                8 at 43: M34 43H322
                4 steps to (302, 10)
                below: "M45 77H77M77 60H91"
                Began at 0:05.0, done after 23 s.
                Fewest available: 6 of 10, at 0:06.0.
                The dotted floor is 8: 10 desired minus 2 (maxUnavailable).
                It fell below the floor at 0:06.0, for 2.8 s in all: maxUnavailable isn't a guaranteed minimum. Pods that fail or are deleted, and nodes that die, come on top.
            "#]],
        );
    }

    #[test]
    fn no_floor_is_said_so() {
        let mut session = running("{type: OnDelete}");
        apply(&mut session, "agent:2", "{type: OnDelete}");
        settle(&mut session);
        check(
            &session,
            expect![[r#"
                no floor, flat
                1 steps to (34, 10)
                below: ""
                In progress since 0:05.0.
                Fewest available so far: 10 of 10, at 0:05.0.
                This strategy has no floor.
            "#]],
        );
    }

    #[test]
    fn going_back_shows_what_there_was_then() {
        let mut session = running(A_FIFTH);
        let (before, at) = (drawn(&session), session.now());
        apply(&mut session, "agent:2", A_FIFTH);
        session.advance(SimDuration::secs(10));
        let (during, then) = (drawn(&session), session.now());
        settle(&mut session);
        let after = drawn(&session);
        assert!(before != during && during != after);
        session.seek(then);
        assert_eq!(drawn(&session), during);
        session.seek(at);
        session.undo();
        assert_eq!(drawn(&session), before);
        session.redo();
        settle(&mut session);
        assert_eq!(drawn(&session), after);
    }
}
