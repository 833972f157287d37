//! Undo, seeking and links give back exactly what was.

use super::settle::Settling;
use super::*;
use crate::cluster::Settled;
use crate::cluster::nodes::NodeTemplate;
use crate::cluster::tests::AGENT;

fn apply() -> Command {
    Command::Apply {
        yaml: AGENT.to_owned(),
    }
}

fn add(count: u32) -> Command {
    Command::AddNodes {
        template: NodeTemplate::Worker,
        count,
    }
}

/// A session with some history: apply, a while, a node joins in the middle of things, a while.
fn played() -> Session {
    let mut session = Session::new(Scenario::default());
    session.submit(apply()).unwrap();
    session.advance(SimDuration::millis(1234));
    session.step();
    session.submit(add(2)).unwrap();
    session.advance(SimDuration::secs(60));
    session
}

fn state(session: &Session) -> (u64, u64, SimTime) {
    (
        session.cluster().hash(),
        session.cluster().steps(),
        session.now(),
    )
}

#[test]
fn seeking_back_and_forth_gives_the_same() {
    let mut session = played();
    let end = state(&session);
    session.seek(SimTime(2_000));
    let middle = state(&session);
    assert_eq!(middle.2, SimTime(2_000));
    session.seek(SimTime::ZERO);
    session.seek(SimTime(2_000));
    assert_eq!(state(&session), middle);
    session.seek(session.end());
    assert_eq!(state(&session), end);
}

#[test]
fn undo_goes_to_right_before_and_redo_back() {
    let mut session = Session::new(Scenario::default());
    session.submit(apply()).unwrap();
    session.advance(SimDuration::millis(1234));
    session.step();
    let before = state(&session);
    session.submit(add(2)).unwrap();
    let after = state(&session);
    session.advance(SimDuration::secs(60));
    assert!(session.undo());
    assert_eq!(state(&session), before);
    assert!(session.redo());
    assert_eq!(state(&session), after);
    assert!(session.next_redo().is_none());
}

#[test]
fn a_link_restores_exactly() {
    let session = played();
    let link = link::encode(&session.share(Vec::new()));
    let opened = Session::open(&link::decode(&link).unwrap()).unwrap();
    assert_eq!(state(&opened), state(&session));
}

#[test]
fn a_command_that_fails_leaves_no_trace() {
    let mut session = played();
    let before = state(&session);
    let broken = Command::Apply {
        yaml: "kind: DaemonSet\nkind: Pod\n".to_owned(),
    };
    assert!(session.submit(broken).is_err());
    assert!(
        session
            .submit(Command::SetNodeDown {
                node: "nope".to_owned(),
                down: true
            })
            .is_err()
    );
    assert_eq!(state(&session), before);
    assert_eq!(session.log().len(), 2);
}

#[test]
fn acting_in_the_past_drops_what_came_later() {
    let mut session = played();
    session.seek(SimTime(500));
    session.submit(add(1)).unwrap();
    assert_eq!(session.end(), SimTime(500));
    assert_eq!(session.log().len(), 2);
}

#[test]
fn settling_in_parts_is_settling_at_once() {
    // In the past, so that there are commands to play again on the way.
    let past = || {
        let mut session = played();
        session.seek(SimTime(500));
        session
    };
    let mut at_once = past();
    assert_eq!(at_once.settle(), Settled::Quiet);
    for steps in [1, 7, 100, 5_000] {
        let (mut session, mut settling) = (past(), Settling::default());
        let mut parts = 1;
        let settled = loop {
            if let Some(settled) = session.settle_on(&mut settling, steps) {
                break settled;
            }
            parts += 1;
        };
        assert_eq!(settled, Settled::Quiet);
        assert_eq!(state(&session), state(&at_once), "{steps} steps at a time");
        assert!(parts > 1 || steps == 5_000);
    }
}

#[test]
fn acting_in_the_past_keeps_what_was_left() {
    let mut session = played();
    let first = state(&session);
    session.seek(SimTime(1_000));
    session.submit(add(7)).unwrap();
    session.advance(SimDuration::secs(30));
    let second = state(&session);
    assert_eq!(session.branches().len(), 1);
    assert!(session.switch(0));
    assert_eq!(state(&session), first);
    assert!(session.switch(0));
    assert_eq!(state(&session), second);
    assert_eq!(session.branches().len(), 1);
    assert!(!session.switch(9));
    // What has no command of its own isn't worth keeping.
    session.seek(SimTime(20_000));
    session.submit(add(1)).unwrap();
    assert_eq!(session.branches().len(), 1);
}

#[test]
fn time_goes_back_and_on_from_moment_to_moment() {
    let mut session = played();
    let end = session.now();
    assert!(session.step_back());
    let before = session.now();
    assert!(before < end);
    session.step_back();
    assert!(session.now() < before);
    session.seek(SimTime::ZERO);
    assert!(!session.step_back(), "nothing was before the start");
    let mut moments = 0;
    while session.step_to_moment() {
        moments += 1;
    }
    assert!(moments > 5 && session.now() > SimTime(1_234), "{moments}");
}

#[test]
fn an_origin_makes_the_same_cluster_to_the_step() {
    let mut session = played();
    let check = |session: &Session| {
        let text = serde_json::to_string(&session.origin()).unwrap();
        let origin: Origin = serde_json::from_str(&text).unwrap();
        let cluster = origin.cluster().unwrap();
        let made = (cluster.hash(), cluster.steps(), cluster.now());
        assert_eq!(made, state(session));
    };
    check(&session);
    session.seek(SimTime(2_000));
    check(&session);
    // With more due at this very moment.
    for _ in 0..7 {
        session.step();
        check(&session);
    }
    session.seek(SimTime(1_000));
    check(&session);
}
