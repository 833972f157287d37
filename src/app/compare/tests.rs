use super::*;
use crate::app::msg::{ClockMsg, EditorMsg, Msg, NodeKind, RaceMsg};
use crate::app::{Model, update};
use crate::present::race::RacePane;
use expect_test::{Expect, expect};

/// The first visit with its DaemonSet running, the dialog open.
fn opened() -> Model {
    let mut model = Model::first_visit(false);
    for msg in [
        Msg::Editor(EditorMsg::Apply),
        Msg::Clock(ClockMsg::Settle),
        tick(),
        Msg::Compare(CompareMsg::Open(DaemonSetId {
            namespace: "default".to_owned(),
            name: "my-daemonset".to_owned(),
        })),
    ] {
        update(&mut model, msg);
    }
    model
}

fn tick() -> Msg {
    Msg::Clock(ClockMsg::Tick { elapsed_ms: 16 })
}

fn pane(model: &Model) -> &ComparePane {
    model.compare.pane.as_ref().unwrap()
}

fn send(model: &mut Model, msg: CompareMsg) {
    update(model, Msg::Compare(msg));
}

fn set(model: &mut Model, field: CompareField, text: &str) {
    send(model, CompareMsg::Set(field, text.to_owned()));
}

/// Sends it, and gives the order that a worker gets.
fn ordered(model: &mut Model, msg: CompareMsg) -> String {
    let effects = update(model, Msg::Compare(msg)).effects;
    match &effects[..] {
        [Effect::StartWorker(order)] => order.clone(),
        other => panic!("no worker is asked for: {other:?}"),
    }
}

/// What a worker reports of an order, in slices of so many steps.
fn reports(order: &str, steps: u64) -> Vec<String> {
    let mut job = Job::open(order).unwrap();
    let mut reports = Vec::new();
    while !job.is_over() {
        job.go_on(steps);
        reports.push(job.report().to_text());
    }
    reports
}

/// Starts it where there is no worker.
fn start_here(model: &mut Model, msg: CompareMsg) {
    ordered(model, msg);
    send(model, CompareMsg::WorkerLost);
}

/// Frames until nothing runs any more.
fn play(model: &mut Model) {
    for _ in 0..10_000 {
        if pane(model).progress.is_none() {
            return;
        }
        update(model, tick());
    }
    panic!("it goes on and on");
}

#[track_caller]
fn check(model: &Model, expect: Expect) {
    let pane = pane(model);
    let mut text = pane
        .error
        .iter()
        .map(|e| format!("error: {e}\n"))
        .collect::<String>();
    if let Some(result) = &pane.result {
        text.push_str(&format!("{}\n", result.about));
        for row in &result.rows {
            let cells = [
                &row.strategy,
                &row.budget,
                &row.finish,
                &row.worst,
                &row.average,
                &row.restarted,
                &row.extra,
            ];
            text.push_str(&format!("{}\n", cells.map(String::as_str).join(" | ")));
            for why in &row.why {
                text.push_str(&format!("    {why}\n"));
            }
        }
        for row in &result.spreads {
            text.push_str(&format!(
                "{}: {}, {:?}, {:?}\n",
                row.strategy, row.finished, row.finish, row.worst
            ));
        }
    }
    expect.assert_eq(&text);
}

#[test]
fn frames_bring_it_to_its_end_and_it_is_said() {
    let mut model = opened();
    ordered(&mut model, CompareMsg::Run);
    let effects = update(&mut model, Msg::Compare(CompareMsg::WorkerLost)).effects;
    assert_eq!(effects, [Effect::StopWorker, Effect::NextFrame]);
    assert!(pane(&model).progress.is_some());
    play(&mut model);
    check(
        &model,
        expect![[r#"
            3 nodes. The same start times and the same faults for every strategy.
            maxUnavailable 1 | 1 node | 14 s | 2 of 3 | 2.0 | 3 | 0
            maxUnavailable 25% | 1 node | 14 s | 2 of 3 | 2.0 | 3 | 0
            maxSurge 1 | 1 extra pod | 10 s | 3 of 3 | 3.0 | 3 | 2
        "#]],
    );
    expect!["maxUnavailable 1: 14 s, fewest available 2 of 3. maxUnavailable 25%: 14 s, fewest available 2 of 3. maxSurge 1: 10 s, fewest available 3 of 3. "].assert_eq(&model.announcement);
    let before = model.session.cluster().hash();
    send(&mut model, CompareMsg::Repeat);
    play(&mut model);
    check(
        &model,
        expect![[r#"
            3 nodes. The same start times and the same faults for every strategy.
            maxUnavailable 1 | 1 node | 14 s | 2 of 3 | 2.0 | 3 | 0
            maxUnavailable 25% | 1 node | 14 s | 2 of 3 | 2.0 | 3 | 0
            maxSurge 1 | 1 extra pod | 10 s | 3 of 3 | 3.0 | 3 | 2
            maxUnavailable 1: 20 of 20, ["12 s", "14 s", "17 s"], ["2", "2", "2"]
            maxUnavailable 25%: 20 of 20, ["12 s", "14 s", "17 s"], ["2", "2", "2"]
            maxSurge 1: 20 of 20, ["8.8 s", "10 s", "13 s"], ["3", "3", "3"]
        "#]],
    );
    assert_eq!(
        model.session.cluster().hash(),
        before,
        "only forks were touched"
    );
}

#[test]
fn a_hang_is_explained() {
    let mut model = opened();
    set(&mut model, CompareField::Image, "my-image:broken");
    start_here(&mut model, CompareMsg::Run);
    play(&mut model);
    check(
        &model,
        expect![[r#"
            3 nodes. The same start times and the same faults for every strategy.
            maxUnavailable 1 | 1 node | Stuck after 1.2 s | 2 of 3 | 2.0 | 1 | 0
                The budget of 1 is used up by node-1 (not ready: ErrImagePull).
                2 old pods left; the next to go is my-daemonset-vsjrz on node-2, once the budget has room.
            maxUnavailable 25% | 1 node | Stuck after 1.2 s | 2 of 3 | 2.0 | 1 | 0
                The budget of 1 is used up by node-1 (not ready: ErrImagePull).
                2 old pods left; the next to go is my-daemonset-vsjrz on node-2, once the budget has room.
            maxSurge 1 | 1 extra pod | Stuck at once | 3 of 3 | 3.0 | 1 | 1
                The surge of 1 is used up by node-1 (not ready: ErrImagePull).
                3 old pods left; the next to be replaced is my-daemonset-vsjrz on node-2, once a new pod is available.
        "#]],
    );
}

#[test]
fn what_is_typed_wrong_is_told() {
    let mut model = opened();
    let mut told = Vec::new();
    for (field, text) in [
        (CompareField::Slow, "lots"),
        (CompareField::Slow, "101"),
        (CompareField::Slow, "0.55"),
        (CompareField::Factor, "-1"),
        (CompareField::Factor, "100000"),
        (CompareField::Container, "other"),
    ] {
        let mut model = opened();
        set(&mut model, field, text);
        send(&mut model, CompareMsg::Run);
        send(&mut model, CompareMsg::WorkerLost);
        play(&mut model);
        let pane = pane(&model);
        told.extend(pane.error.clone());
        for row in pane.result.iter().flat_map(|result| &result.rows).take(1) {
            told.extend(row.why.clone());
        }
    }
    for text in ["OnDelete", "maxSurge 1", "3"] {
        send(&mut model, CompareMsg::AddStrategy(text.to_owned()));
        told.extend(pane(&model).error.clone());
    }
    expect![[r#"
        "lots" isn't a percentage from 0 to 100 with at most one decimal: slow starts
        "101" isn't a percentage from 0 to 100 with at most one decimal: slow starts
        "0.55" isn't a percentage from 0 to 100 with at most one decimal: slow starts
        "-1" isn't a number: how many times slower
        slowFactor: 100000 is not between 1 and 1000
        error: unable to find container named "other"
        OnDelete can't be compared: it replaces a pod only when somebody deletes it
        maxSurge 1 is already in the list
        "3" is neither maxUnavailable nor maxSurge"#]]
    .assert_eq(&told.join("\n"));
}

#[test]
fn closing_the_dialog_stops_the_work() {
    let mut model = opened();
    send(&mut model, CompareMsg::Run);
    let effects = update(&mut model, Msg::Open(None)).effects;
    assert!(effects.contains(&Effect::StopWorker));
    assert!(model.compare.pane.is_none() && !model.compare.is_in_worker());
    assert_eq!(
        model
            .clock
            .ask(&model.session, None, model.compare.is_busy()),
        None
    );
}

#[test]
fn strategies_come_and_go_and_none_is_no_comparison() {
    let mut model = opened();
    send(
        &mut model,
        CompareMsg::AddStrategy("maxsurge: 50%".to_owned()),
    );
    assert_eq!(pane(&model).form.strategies.last().unwrap(), "maxSurge 50%");
    for _ in 0..5 {
        send(&mut model, CompareMsg::RemoveStrategy(0));
    }
    assert!(pane(&model).form.strategies.is_empty());
    send(&mut model, CompareMsg::Run);
    check(
        &model,
        expect![[r#"
        error: compare between 1 and 6 strategies
    "#]],
    );
}

#[test]
fn the_frame_that_ends_it_is_drawn() {
    let mut model = opened();
    start_here(&mut model, CompareMsg::Run);
    for _ in 0..20_000 {
        let is_drawn = update(&mut model, tick()).changed;
        if !model.compare.is_busy() {
            assert!(is_drawn && pane(&model).result.is_some());
            return;
        }
    }
    panic!("it never ends");
}

/// Compared with four seeds, with faults, on the cluster in the middle of a rollout.
fn seeds(in_worker: bool) -> Rc<CompareResult> {
    let mut model = opened();
    for msg in [
        Msg::AddNodes {
            kind: NodeKind::Worker,
            count: 3,
        },
        tick(),
        tick(),
        Msg::Clock(ClockMsg::Step),
    ] {
        update(&mut model, msg);
    }
    set(&mut model, CompareField::Lost, "30");
    set(&mut model, CompareField::Slow, "20");
    set(&mut model, CompareField::Rounds, "4");
    for msg in [CompareMsg::Run, CompareMsg::Repeat] {
        if in_worker {
            let order = ordered(&mut model, msg);
            for report in reports(&order, 700) {
                assert!(pane(&model).progress.is_some());
                send(&mut model, CompareMsg::Told(report));
            }
        } else {
            update(&mut model, Msg::Compare(msg));
            send(&mut model, CompareMsg::WorkerLost);
            play(&mut model);
        }
    }
    let pane = pane(&model);
    assert_eq!((&pane.progress, &pane.error), (&None, &None));
    pane.result.clone().unwrap()
}

#[test]
fn a_worker_comes_to_what_slices_come_to() {
    let (here, there) = (seeds(false), seeds(true));
    assert_eq!(here.spreads.len(), 3);
    assert_eq!(here, there);
}

#[test]
fn what_a_worker_tells_is_seen_as_it_comes_and_said_at_the_end() {
    let mut model = opened();
    let order = ordered(&mut model, CompareMsg::Run);
    assert!(!model.compare.is_busy(), "the page has nothing to do");
    let mut reports = reports(&order, 100).into_iter().peekable();
    let mut seen = Vec::new();
    while let Some(report) = reports.next() {
        let effects = update(&mut model, Msg::Compare(CompareMsg::Told(report))).effects;
        let is_last = reports.peek().is_none();
        assert_eq!(effects.contains(&Effect::StopWorker), is_last);
        seen.extend(pane(&model).progress.as_ref().map(|p| p.text.clone()));
    }
    seen.dedup();
    assert_eq!(
        seen,
        ["0 of 3 rollouts", "1 of 3 rollouts", "2 of 3 rollouts"]
    );
    assert!(model.announcement.starts_with("maxUnavailable 1: 14 s"));
    // The table doesn't shrink while the first round is done again.
    let order = ordered(&mut model, CompareMsg::Repeat);
    for report in self::reports(&order, 100) {
        send(&mut model, CompareMsg::Told(report));
        let result = pane(&model).result.as_ref().unwrap();
        assert!(result.rows.iter().all(|row| !row.finish.is_empty()));
    }
    assert_eq!(pane(&model).result.as_ref().unwrap().spreads.len(), 3);
}

#[test]
fn a_cancelled_worker_is_ended_and_not_heard_any_more() {
    let mut model = opened();
    let order = ordered(&mut model, CompareMsg::Run);
    let mut reports = reports(&order, 100).into_iter();
    send(&mut model, CompareMsg::Told(reports.next().unwrap()));
    let effects = update(&mut model, Msg::Compare(CompareMsg::Cancel)).effects;
    assert_eq!(effects, [Effect::StopWorker]);
    let before = model.compare.pane.clone();
    reports.for_each(|report| send(&mut model, CompareMsg::Told(report)));
    send(&mut model, CompareMsg::WorkerLost);
    assert_eq!(model.compare.pane, before);
    assert!(pane(&model).progress.is_none() && !model.compare.is_busy());
}

#[test]
fn a_worker_that_talks_nonsense_is_replaced() {
    for nonsense in ["", "{}", "[1", "{\"progress\": 7}"] {
        let mut model = opened();
        ordered(&mut model, CompareMsg::Run);
        let effects = update(
            &mut model,
            Msg::Compare(CompareMsg::Told(nonsense.to_owned())),
        );
        assert_eq!(
            effects.effects,
            [Effect::StopWorker, Effect::NextFrame],
            "{nonsense}"
        );
        play(&mut model);
        assert_eq!(pane(&model).result.as_ref().unwrap().rows.len(), 3);
        // The next one isn't even tried.
        send(&mut model, CompareMsg::Run);
        assert!(model.compare.is_busy());
    }
}

#[test]
fn no_order_makes_a_worker_panic() {
    let mut model = opened();
    let order = ordered(&mut model, CompareMsg::Run);
    for end in (0..order.len()).step_by(7) {
        assert!(Job::open(&order[..end]).is_err());
    }
    for (from, to) in [
        ("\"count\":3", "\"count\":4000000000"),
        ("my-daemonset", "other"),
        ("\"within\":", "\"steps\":9"),
        ("\"strategies\":[", "\"strategies\":[],\"more\":["),
    ] {
        assert!(order.contains(from), "{from}");
        if let Ok(mut job) = Job::open(&order.replace(from, to)) {
            job.go_on(u64::MAX);
            job.report();
        }
    }
}

/// The result is there, and two strategies are watched.
fn watched() -> Model {
    let mut model = opened();
    start_here(&mut model, CompareMsg::Run);
    play(&mut model);
    let effects = update(&mut model, Msg::Compare(CompareMsg::Watch)).effects;
    assert!(effects.contains(&Effect::Focus("race-play".to_owned())));
    rest(&mut model);
    model
}

fn race(model: &Model) -> &RacePane {
    pane(model).race.as_ref().unwrap()
}

fn send_race(model: &mut Model, msg: RaceMsg) {
    send(model, CompareMsg::Race(msg));
}

/// Frames until it wants no more of them.
fn rest(model: &mut Model) {
    for _ in 0..10_000 {
        if !model.compare.is_busy() {
            return;
        }
        update(model, tick());
    }
    panic!("it goes on and on");
}

fn told(model: &Model) -> String {
    let race = race(model);
    let sides = race
        .sides
        .iter()
        .map(|side| format!("{} {}\n", side.time, side.summary));
    format!(
        "{} of {}\n{}",
        race.now,
        race.end,
        sides.collect::<String>()
    )
}

#[test]
fn two_strategies_play_in_one_time_and_end_as_the_table_says() {
    let mut model = watched();
    assert!(
        !race(&model).is_playing && !race(&model).is_seeking,
        "it waits to be played"
    );
    send_race(&mut model, RaceMsg::Speed(10));
    send_race(&mut model, RaceMsg::Toggle);
    let mut seen = vec![told(&model)];
    for frame in 1..2_000 {
        update(&mut model, tick());
        let times = race(&model)
            .sides
            .each_ref()
            .map(|side| (side.is_over, side.time.clone()));
        if times.iter().all(|(is_over, _)| !is_over) {
            assert_eq!(times[0].1, times[1].1, "one clock");
        }
        if frame % 30 == 0 {
            seen.push(told(&model));
        }
        if !race(&model).is_playing {
            break;
        }
    }
    seen.push(told(&model));
    expect![[r#"
        0:00.0 of 0:17.4
        0:00.0 maxUnavailable 1: Rolling out, 0 of 3 updated, 3 available, fewest 3, 0 extra pods
        0:00.0 maxSurge 1: Rolling out, 0 of 3 updated, 3 available, fewest 3, 0 extra pods

        0:04.8 of 0:17.4
        0:04.8 maxUnavailable 1: Rolling out, 1 of 3 updated, 2 available, fewest 2, 0 extra pods
        0:04.8 maxSurge 1: Rolling out, 1 of 3 updated, 3 available, fewest 3, 1 extra pod

        0:09.6 of 0:17.4
        0:09.6 maxUnavailable 1: Rolling out, 2 of 3 updated, 2 available, fewest 2, 0 extra pods
        0:09.6 maxSurge 1: Rolling out, 2 of 3 updated, 3 available, fewest 3, 1 extra pod

        0:14.4 of 0:17.4
        0:14.4 maxUnavailable 1: Rolling out, 2 of 3 updated, 2 available, fewest 2, 0 extra pods
        0:10.7 maxSurge 1: Finished after 10 s, 3 of 3 updated, 3 available, fewest 3, 0 extra pods

        0:17.4 of 0:17.4
        0:14.4 maxUnavailable 1: Finished after 14 s, 3 of 3 updated, 3 available, fewest 2, 0 extra pods
        0:10.7 maxSurge 1: Finished after 10 s, 3 of 3 updated, 3 available, fewest 3, 0 extra pods
    "#]].assert_eq(&seen.join("\n"));
    let finishes = pane(&model)
        .result
        .as_ref()
        .unwrap()
        .rows
        .iter()
        .map(|row| row.finish.clone());
    let finishes: Vec<_> = finishes.collect();
    let race = race(&model);
    assert_eq!(
        race.sides[0].state,
        format!("Finished after {}", finishes[0])
    );
    assert_eq!(
        race.sides[1].state,
        format!("Finished after {}", finishes[2])
    );
    assert!(
        model
            .announcement
            .starts_with("maxUnavailable 1: Finished after")
    );
}

#[test]
fn a_race_at_rest_asks_for_no_frame() {
    let mut model = watched();
    let mut asks = |msg: Msg| update(&mut model, msg).effects.contains(&Effect::NextFrame);
    assert!(!asks(Msg::Compare(CompareMsg::Cancel)));
    assert!(asks(Msg::Compare(CompareMsg::Race(RaceMsg::Toggle))));
    assert!(asks(tick()));
    assert!(
        !asks(Msg::Compare(CompareMsg::Race(RaceMsg::Toggle))),
        "one is asked for already"
    );
    assert!(!asks(tick()), "paused");
    assert!(asks(Msg::Compare(CompareMsg::Race(RaceMsg::Toggle))));
    let effects = update(&mut model, Msg::Open(None)).effects;
    assert!(effects.contains(&Effect::Focus("compare-watch".to_owned())));
    assert!(
        pane(&model).race.is_none(),
        "closing it leads back to the table"
    );
    assert!(
        !update(&mut model, tick())
            .effects
            .contains(&Effect::NextFrame)
    );
    update(&mut model, Msg::Open(None));
    assert!(model.compare.pane.is_none());
}

#[test]
fn a_race_is_taken_to_any_moment_with_any_two_strategies() {
    let mut model = watched();
    send_race(&mut model, RaceMsg::Seek { ms: 9_000 });
    rest(&mut model);
    let there = told(&model);
    let nodes = race(&model).sides[1].nodes.clone();
    send_race(&mut model, RaceMsg::Seek { ms: u64::MAX });
    rest(&mut model);
    assert!(race(&model).is_over);
    send_race(&mut model, RaceMsg::Seek { ms: 9_000 });
    rest(&mut model);
    assert_eq!(
        (told(&model), &race(&model).sides[1].nodes),
        (there, &nodes)
    );
    // Another strategy starts from the same moment, and is taken to the same time.
    send_race(&mut model, RaceMsg::Pick { side: 0, row: 2 });
    rest(&mut model);
    let sides = &race(&model).sides;
    assert_eq!(sides[0].summary, sides[1].summary);
    assert_eq!(race(&model).now, "0:09.0");
    for (side, row) in [(2, 0), (0, 3), (7, 7)] {
        send_race(&mut model, RaceMsg::Pick { side, row });
    }
    send_race(&mut model, RaceMsg::Speed(7));
    rest(&mut model);
    send_race(&mut model, RaceMsg::Restart);
    rest(&mut model);
    assert_eq!(race(&model).now, "0:00.0");
}

#[test]
fn a_surge_shows_both_pods_and_many_nodes_become_a_map() {
    let mut model = watched();
    send_race(&mut model, RaceMsg::Seek { ms: 2_000 });
    rest(&mut model);
    let right = &race(&model).sides[1];
    let most = right.nodes.iter().map(|node| node.pods.len()).max();
    assert_eq!((most, &*right.extra), (Some(2), "1"));
    update(&mut model, Msg::Open(None));
    update(
        &mut model,
        Msg::AddNodes {
            kind: NodeKind::Worker,
            count: 40,
        },
    );
    send(&mut model, CompareMsg::Run);
    play(&mut model);
    send(&mut model, CompareMsg::Watch);
    rest(&mut model);
    send_race(&mut model, RaceMsg::Seek { ms: 2_000 });
    rest(&mut model);
    let [left, right] = &race(&model).sides;
    assert!(left.nodes.is_empty());
    let fleet = right.fleet.as_ref().unwrap();
    assert_eq!((fleet.count(), fleet.pair_count()), (43, 1));
    assert!(right.summary.contains("1 extra pod"));
}

#[test]
fn with_less_than_two_strategies_there_is_nothing_to_watch() {
    let mut model = opened();
    assert!(!pane(&model).can_watch);
    send(&mut model, CompareMsg::RemoveStrategy(0));
    send(&mut model, CompareMsg::RemoveStrategy(0));
    start_here(&mut model, CompareMsg::Run);
    play(&mut model);
    assert!(!pane(&model).can_watch);
    send(&mut model, CompareMsg::Watch);
    send_race(&mut model, RaceMsg::Toggle);
    assert!(pane(&model).race.is_none() && !model.compare.is_busy());
}
