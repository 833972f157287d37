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
    assert!(session.next_redo().next().is_none());
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
fn a_bookmark_is_a_moment_before_or_after_a_command_of_the_same_millisecond() {
    let mut session = Session::new(Scenario::default());
    assert!(session.bookmark("before"));
    assert!(!session.bookmark("twice"));
    let before = state(&session);
    session.submit(apply()).unwrap();
    session.submit(add(2)).unwrap();
    assert!(session.bookmark("  after\n both  "));
    let after = state(&session);
    session.advance(SimDuration::secs(30));
    let names: Vec<&str> = session.bookmarks().iter().map(|m| &*m.name).collect();
    assert_eq!(names, ["before", "after both"]);
    let places: Vec<Place> = session.bookmarks().iter().map(|m| m.place).collect();
    for _ in 0..2 {
        session.go(places[0]);
        assert_eq!(state(&session), before);
        session.go(places[1]);
        assert_eq!(state(&session), after);
    }
    assert_eq!(session.end(), SimTime(30_000), "nothing is lost on the way");
    // From where nothing is due, over a command, to where all has come of it.
    session.settle();
    session.bookmark("quiet");
    session.advance(SimDuration::secs(5));
    session.submit(add(1)).unwrap();
    session.settle();
    let (quiet, end) = (
        session.bookmarks()[2].place,
        (session.place(), state(&session)),
    );
    session.go(quiet);
    session.go(end.0);
    assert_eq!(state(&session), end.1);
}

#[test]
fn bookmarks_belong_to_their_history() {
    let names = |session: &Session| -> Vec<String> {
        let marks = session.bookmarks().iter();
        marks.map(|mark| mark.name.clone()).collect()
    };
    let mut session = played();
    session.bookmark("all ready");
    session.seek(SimTime(500));
    session.bookmark("early");
    // No command is dropped; the bookmark alone makes the other history worth keeping.
    session.seek(SimTime(50_000));
    session.submit(add(1)).unwrap();
    assert_eq!(names(&session), ["early"]);
    assert_eq!(session.branches()[0].bookmarks.len(), 2);
    assert!(session.switch(0));
    assert_eq!(names(&session), ["early", "all ready"]);
    // What undo takes away comes back with redo, and can be gone to.
    let ready = state(&session);
    assert!(session.undo());
    assert_eq!(names(&session), ["early"]);
    session.advance(SimDuration::secs(5));
    assert!(session.redo());
    assert_eq!(names(&session), ["early", "all ready"]);
    session.go(session.bookmarks()[1].place);
    assert_eq!(state(&session), ready);
    session.rename_bookmark(0, &"x".repeat(500));
    assert_eq!(session.bookmarks()[0].name.chars().count(), 60);
    session.rename_bookmark(0, "  ");
    session.remove_bookmark(1);
    session.remove_bookmark(99);
    assert_eq!(names(&session)[0].chars().count(), 60);
    assert_eq!(session.bookmarks().len(), 1);
}

#[test]
fn redo_after_a_while_is_redo_at_once() {
    let mut session = played();
    session.undo();
    let mut later = session.clone();
    session.redo();
    later.advance(SimDuration::secs(7));
    later.redo();
    assert_eq!(state(&later), state(&session));
    for session in [&mut session, &mut later] {
        session.advance(SimDuration::secs(60));
        session.seek(SimTime(100));
        session.seek(session.end());
    }
    assert_eq!(state(&later), state(&session));
}

#[test]
fn an_act_of_two_commands_is_undone_and_redone_at_once() {
    let mut session = played();
    session.bookmark("before");
    let before = state(&session);
    session.submit(add(1)).unwrap();
    let broken = Command::RemoveNode {
        node: "nope".to_owned(),
    };
    assert!(session.submit_also(broken).is_err());
    session.submit_also(add(3)).unwrap();
    let after = state(&session);
    assert_eq!(session.next_undo().count(), 2);
    let link = link::encode(&session.share(Vec::new()));
    let mut opened = Session::open(&link::decode(&link).unwrap()).unwrap();
    for session in [&mut session, &mut opened] {
        for _ in 0..2 {
            assert!(session.undo());
            assert_eq!(state(session), before);
            assert_eq!(session.bookmarks().len(), 1);
            assert_eq!(session.next_redo().count(), 2);
            assert!(session.redo());
            assert_eq!(state(session), after);
        }
        assert_eq!(session.log().len(), 4);
    }
}

#[test]
fn histories_are_named_and_removed() {
    let mut session = played();
    let first = state(&session);
    session.rename(None, "two nodes");
    session.seek(SimTime(1_000));
    session.submit(add(7)).unwrap();
    assert_eq!((session.title(), session.branches().len()), ("", 1));
    assert_eq!(session.branches()[0].title, "two nodes");
    session.rename(None, "seven nodes");
    session.switch(0);
    assert_eq!(session.title(), "two nodes");
    session.rename(Some(0), "7 nodes");
    session.rename(Some(5), "nothing");
    assert_eq!(session.branches()[0].title, "7 nodes");
    session.switch(0);
    // Removing the one that is shown shows another one.
    assert!(session.remove(None));
    assert_eq!((session.title(), state(&session)), ("two nodes", first));
    assert!(!session.remove(None) && !session.remove(Some(0)));
    // One that was named is kept even if it was only waited for.
    session.seek(SimTime(30_000));
    session.submit(add(1)).unwrap();
    assert_eq!(session.branches()[0].title, "two nodes");
    assert!(session.remove(Some(0)));
}

#[test]
fn what_is_kept_for_a_reload_has_the_other_histories_too() {
    let mut session = played();
    session.bookmark("all ready");
    session.seek(SimTime(1_000));
    session.submit(add(7)).unwrap();
    session.rename(None, "seven");
    session.advance(SimDuration::secs(30));
    let kept = link::encode(&session.keep(Vec::new()));
    let mut opened = Session::open(&link::decode(&kept).unwrap()).unwrap();
    assert_eq!(opened.branches(), session.branches());
    assert_eq!((opened.title(), state(&opened)), ("seven", state(&session)));
    for session in [&mut session, &mut opened] {
        session.switch(0);
    }
    assert_eq!(state(&opened), state(&session));
    assert_eq!(opened.bookmarks(), session.bookmarks());
    // A link for others has only what is shown, and stays short.
    let shared = link::encode(&session.share(Vec::new()));
    assert!(link::decode(&shared).unwrap().branches.is_empty());
    let marks = |session: &Session| link::encode(&session.share(Vec::new())).len();
    let with_one = marks(&session);
    session.remove_bookmark(0);
    assert!(with_one - marks(&session) < 150);
}

#[test]
fn a_link_may_hold_any_nonsense_about_moments() {
    let mark = |at: u64, within: u64, applied: u32| history::Bookmark {
        place: Place {
            at: SimTime(at),
            within,
            applied,
            steps: None,
        },
        name: "x".to_owned(),
    };
    let open = |change: &dyn Fn(&mut link::Shared)| {
        let mut shared = played().share(Vec::new());
        change(&mut shared);
        link::decode(&link::encode(&shared)).and_then(|shared| Session::open(&shared))
    };
    let odd = vec![
        mark(70_000, 9, u32::MAX),
        mark(70_000, 9, 1),
        mark(5, u64::MAX, 0),
        mark(5, 3, 2),
        mark(5, 3, 2),
    ];
    let mut session = open(&|shared| shared.bookmarks.clone_from(&odd)).unwrap();
    assert_eq!(session.end(), SimTime(70_000));
    assert_eq!(session.bookmarks().len(), 3, "where nothing is was dropped");
    for mark in odd.clone() {
        session.go(mark.place);
    }
    // The same counted from the start, as older links do: each place is looked for.
    let old = |mark: &history::Bookmark| {
        let (within, steps) = (0, Some(mark.place.within));
        let place = Place {
            within,
            steps,
            ..mark.place
        };
        history::Bookmark {
            place,
            ..mark.clone()
        }
    };
    let session = open(&|shared| shared.bookmarks = odd.iter().map(old).collect()).unwrap();
    assert!(
        session
            .bookmarks()
            .iter()
            .all(|mark| mark.place.steps.is_none())
    );
    let far = mark(u64::MAX, 0, 0);
    assert!(open(&|shared| shared.bookmarks = vec![far.clone()]).is_err());
    assert!(open(&|shared| shared.bookmarks = vec![mark(0, 0, 0); 31]).is_err());
    assert!(open(&|shared| shared.title = "x".repeat(61)).is_err());
    // A branch that claims more in common than there is, and ends before it begins.
    let json = serde_json::json!({"scenario": Scenario::default(), "branches": [{"common": 77, "log": [], "end": 9}]});
    let shared: link::Shared = serde_json::from_value(json).unwrap();
    let mut session = Session::open(&shared).unwrap();
    session.advance(SimDuration::secs(1));
    assert!(session.switch(0));
    assert_eq!(session.now(), SimTime(9));
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
fn checkpoints_stay_evenly_spread_over_a_long_history() {
    let mut session = Session::new(Scenario::default());
    session.submit(apply()).unwrap();
    // Many commands at a time, as when somebody cordons a rack, and long times between.
    for round in 0..40 {
        for _ in 0..10 {
            let node = "node-1".to_owned();
            let on = session.log().len() % 2 == 1;
            session.submit(Command::Cordon { node, on }).unwrap();
        }
        let (namespace, name) = ("default".to_owned(), "agent".to_owned());
        let restart = Command::RolloutRestart { namespace, name };
        session.submit(restart).unwrap();
        session.advance(SimDuration::secs(60 + round));
    }
    let steps: Vec<u64> = session
        .checkpoints
        .iter()
        .map(|c| c.cluster.steps())
        .collect();
    let old = &steps[..steps.len() - NEWEST_CHECKPOINTS];
    let longest = old.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert_eq!(steps.len(), MAX_CHECKPOINTS);
    let even = session.cluster().steps() / MAX_CHECKPOINTS as u64;
    assert!(
        longest <= 8 * even,
        "{longest} steps, evenly it were {even}"
    );
}

#[test]
fn an_act_whose_instant_has_fewer_steps_comes_at_its_end() {
    let session = played();
    let open = |change: &dyn Fn(&mut Logged)| {
        let mut shared = session.share(Vec::new());
        shared.log.iter_mut().for_each(change);
        let opened = Session::open(&shared).unwrap();
        (opened.log().to_vec(), state(&opened))
    };
    let same = open(&|_| {});
    assert_eq!(same, (session.log().to_vec(), state(&session)));
    // Nothing else was due at those instants, and a count that is too high doesn't reach into the next one.
    assert_eq!(open(&|logged| logged.within += 1_000).1, same.1);
    // An older link's count from the start, which was too low or too high by what has changed since.
    let old = |steps| open(&|logged: &mut Logged| logged.steps = Some(steps));
    assert_eq!(old(1), same);
    assert_eq!(old(u64::MAX), same);
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
