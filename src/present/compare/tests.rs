use super::*;
use crate::controllers::daemon_set::rolling::Budget;
use crate::sim::time::SimDuration;
use expect_test::{Expect, expect};

fn run(seconds: u64, desired: u32, max_unavailable: i32, samples: &[(u64, u32)]) -> Run {
    Run {
        end: End::Finished,
        after: SimDuration::secs(seconds),
        desired,
        budget: Budget {
            max_unavailable,
            max_surge: 0,
        },
        worst: samples.iter().map(|(_, n)| *n).min().unwrap_or(0),
        average_tenths: 0,
        restarted: 0,
        extra: 0,
        samples: samples
            .iter()
            .map(|(at, n)| (SimDuration::millis(*at), *n))
            .collect(),
    }
}

#[track_caller]
fn check(runs: &[Run], expect: Expect) {
    let runs: Vec<(usize, &Run)> = runs.iter().enumerate().collect();
    let scale = scale(&runs);
    let ticks = |ticks: Vec<Tick>| -> String {
        let all = ticks
            .iter()
            .map(|tick| format!("{}@{} ", tick.label, tick.at));
        all.collect()
    };
    let mut text = format!(
        "times {}\ncounts {}\n",
        ticks(scale.times()),
        ticks(scale.counts(&[]))
    );
    for (row, run) in runs {
        let line = line(row, run, &scale);
        text.push_str(&format!("{} {:?}\n", line.path, line.end));
    }
    expect.assert_eq(&text);
}

#[test]
fn what_comes_and_goes_within_a_slice_is_drawn() {
    let samples = [(0, 4), (100, 3), (110, 4), (6000, 2), (6001, 4)];
    check(
        &[run(10, 4, 2, &samples)],
        expect![[r#"
            times 0@46 1 s@108 2 s@170 3 s@232 4 s@294 5 s@356 6 s@418 7 s@480 8 s@542 9 s@604 10 s@666 
            counts 1@210 2@144 3@79 4@14 
            M46 14H52V79H55V14H418V144H421V14H666 Some((666, 14))
        "#]],
    );
}

#[test]
fn very_different_ends_get_a_logarithmic_axis() {
    let runs = [
        run(20, 250, 63, &[(0, 250), (1000, 187), (19_000, 250)]),
        run(1800, 250, 1, &[(0, 250), (1000, 249), (1_800_000, 250)]),
    ];
    check(
        &runs,
        expect![[r#"
            times 0@46 1 s@103 5 s@190 20 s@295 1 min@386 2 min@443 5 min@518 10 min@575 20 min@633 
            counts 180@207 200@152 220@96 240@41 250@14 
            M46 14H103V187H292V14H295 Some((295, 14))
            M46 14H103V16H666 Some((666, 14))
        "#]],
    );
}

#[test]
fn a_line_that_hangs_goes_on_to_the_right() {
    let mut hung = run(5, 3, 1, &[(0, 3), (1000, 2)]);
    hung.end = End::TooLong;
    check(
        &[hung],
        expect![[r#"
            times 0@46 1 s@145 2 s@244 3 s@343 4 s@442 5 s@542 6 s@641 
            counts 1@210 2@112 3@14 
            M46 14H145V112H666 None
        "#]],
    );
}
