use super::*;
use crate::app::msg::{ClockMsg, EditorMsg, Msg};
use crate::app::{Model, update};
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
    let effects = update(&mut model, Msg::Compare(CompareMsg::Run)).effects;
    assert_eq!(effects, [Effect::NextFrame]);
    assert!(pane(&model).progress.is_some());
    play(&mut model);
    check(
        &model,
        expect![[r#"
        3 nodes. Every strategy met the same start times and the same faults.
        maxUnavailable 1 | 1 node | 14 s | 2 of 3 | 2.0 | 3 | 0
        maxUnavailable 25% | 1 node | 14 s | 2 of 3 | 2.0 | 3 | 0
        maxSurge 1 | 1 extra pod | 10 s | 3 of 3 | 3.0 | 3 | 2
    "#]],
    );
    expect!["maxUnavailable 1: 14 s, worst 2 of 3. maxUnavailable 25%: 14 s, worst 2 of 3. maxSurge 1: 10 s, worst 3 of 3. "].assert_eq(&model.announcement);
    let before = model.session.cluster().hash();
    send(&mut model, CompareMsg::Repeat);
    play(&mut model);
    check(
        &model,
        expect![[r#"
        3 nodes. Every strategy met the same start times and the same faults.
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
    send(&mut model, CompareMsg::Run);
    play(&mut model);
    check(
        &model,
        expect![[r#"
            3 nodes. Every strategy met the same start times and the same faults.
            maxUnavailable 1 | 1 node | Hangs after 1.2 s | 2 of 3 | 2.0 | 1 | 0
                The budget of 1 is used up by node-1 (ErrImagePull).
                2 old pods left; the next to go is the one on node-2, once the budget has room.
            maxUnavailable 25% | 1 node | Hangs after 1.2 s | 2 of 3 | 2.0 | 1 | 0
                The budget of 1 is used up by node-1 (ErrImagePull).
                2 old pods left; the next to go is the one on node-2, once the budget has room.
            maxSurge 1 | 1 extra pod | Hangs at once | 3 of 3 | 3.0 | 1 | 1
                New pods become available on node-1 (ErrImagePull).
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
        "lots" is not between 0 and 100 percent, with at most one digit behind the point: slow starts
        "101" is not between 0 and 100 percent, with at most one digit behind the point: slow starts
        "0.55" is not between 0 and 100 percent, with at most one digit behind the point: slow starts
        "-1" is no number: times as long
        slowFactor: 100000 is not between 1 and 1000
        error: unable to find container named "other"
        OnDelete can't be compared: it replaces no pod before somebody deletes it, so its rollout takes as long as they do
        maxSurge 1 is there already
        "3" is neither maxUnavailable nor maxSurge"#]].assert_eq(&told.join("\n"));
}

#[test]
fn closing_the_dialog_stops_the_work() {
    let mut model = opened();
    send(&mut model, CompareMsg::Run);
    update(&mut model, Msg::Open(None));
    assert!(model.compare.pane.is_none() && !model.compare.is_running());
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
    send(&mut model, CompareMsg::Run);
    for _ in 0..20_000 {
        let is_drawn = update(&mut model, tick()).changed;
        if !model.compare.is_running() {
            assert!(is_drawn && pane(&model).result.is_some());
            return;
        }
    }
    panic!("it never ends");
}
