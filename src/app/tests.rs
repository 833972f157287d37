//! What messages do to the model: the page without a browser.

use super::msg::*;
use super::*;
use crate::present::timeline::Pace;
use crate::present::why::Cause;
use crate::present::words::Tone;
use crate::sim::sort::Order;
use expect_test::expect;

fn first_visit() -> Model {
    Model::first_visit(false)
}

/// Sends messages, and gives the effects of the last one.
fn send<const N: usize>(model: &mut Model, msgs: [Msg; N]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for msg in msgs {
        effects = update(model, msg).effects;
    }
    effects
}

const APPLY: Msg = Msg::Editor(EditorMsg::Apply);
const SETTLE: Msg = Msg::Clock(ClockMsg::Settle);

fn type_text(model: &mut Model, text: &str) {
    let tab = model.editor.active;
    send(
        model,
        [Msg::Editor(EditorMsg::Typed {
            tab,
            text: text.to_owned(),
        })],
    );
}

fn node(name: &str, msg: NodeMsg) -> Msg {
    Msg::Node(name.into(), msg)
}

fn running() -> Model {
    let mut model = first_visit();
    send(&mut model, [APPLY, SETTLE]);
    model
}

fn tiles(model: &Model) -> Vec<String> {
    let cards = model.page.cluster.cards.iter();
    cards
        .map(|card| {
            let pods: Vec<String> = card
                .pods
                .iter()
                .map(|pod| format!("{} r{}", pod.status, pod.revision.map_or(0, |r| r.number)))
                .collect();
            format!("{}: {}", card.name, pods.join(", "))
        })
        .collect()
}

#[test]
fn a_first_visit_invites_and_is_idle() {
    let mut model = first_visit();
    assert_eq!(tiles(&model), ["node-1: ", "node-2: ", "node-3: "]);
    assert!(model.pane.is_first_visit && model.page.panel.is_none());
    assert_eq!(model.page.timeline.pace, Pace::Settled);
    let effects = send(&mut model, [Msg::Clock(ClockMsg::Wake)]);
    assert_eq!(effects, [], "nothing moves, so no frame is asked for");
}

#[test]
fn applying_plays_and_every_node_gets_a_pod() {
    let mut model = first_visit();
    let effects = send(&mut model, [APPLY]);
    assert_eq!(effects, [Effect::NextFrame]);
    let lines = vec!["daemonset.apps/my-daemonset created".to_owned()];
    assert_eq!(
        model.pane.result,
        ApplyResult::Done {
            lines,
            warnings: Vec::new()
        }
    );
    let mut frames = 0;
    while model.page.timeline.pace == Pace::Playing && frames < 20_000 {
        send(&mut model, [Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 })]);
        frames += 1;
    }
    assert_eq!(
        tiles(&model),
        [
            "node-1: Running r1",
            "node-2: Running r1",
            "node-3: Running r1"
        ]
    );
    assert_eq!(
        model.page.panel.as_ref().map(|p| p.headline.as_str()),
        Some("3 of 3 pods available, all up to date")
    );
    assert!(
        model
            .announcement
            .starts_with("Settled. my-daemonset: 3 of 3"),
        "{}",
        model.announcement
    );
    assert!(!model.pane.tabs[0].is_dirty);
}

#[test]
fn a_tick_is_asked_for_once() {
    let mut model = first_visit();
    send(&mut model, [APPLY]);
    let effects = send(&mut model, [Msg::Dismiss]);
    assert_eq!(effects, [], "one frame is on its way already");
    let effects = send(
        &mut model,
        [
            Msg::Clock(ClockMsg::Pause),
            Msg::Clock(ClockMsg::Tick { elapsed_ms: 16 }),
        ],
    );
    assert_eq!(effects, [], "paused: the clock stops");
}

#[test]
fn bad_yaml_keeps_the_text_and_the_cluster() {
    let mut model = running();
    let before = model.session.cluster().hash();
    type_text(
        &mut model,
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  nam: x\n",
    );
    send(&mut model, [APPLY]);
    assert!(
        matches!(model.pane.result, ApplyResult::Failed { .. }),
        "{:?}",
        model.pane.result
    );
    assert_eq!(
        model.pane.problems.first().map(|p| p.line),
        Some(4),
        "{:?}",
        model.pane.problems
    );
    assert!(model.pane.text.contains("nam: x"));
    assert_eq!(model.session.cluster().hash(), before);
}

#[test]
fn labels_and_taints_are_kubectls_words_beside_their_fields() {
    let mut model = first_visit();
    let open = Msg::EditNode(Some("node-1".into()));
    send(&mut model, [open]);
    let mut told = String::new();
    for (is_taint, text) in [
        (false, "disk"),
        (false, "disk=not allowed"),
        (false, " disk=ssd "),
        (false, "disk-"),
        (false, ""),
        (true, "a=b"),
        (true, "a=b:Never"),
        (true, "a=b:NoSchedule"),
        (true, "a=c:NoSchedule"),
        (true, "a:NoExecute-"),
        (true, "a:NoSchedule-"),
    ] {
        let text = text.to_owned();
        let shown = text.clone();
        let msg = match is_taint {
            true => NodeMsg::AddTaint(text),
            false => NodeMsg::AddLabel(text),
        };
        send(&mut model, [node("node-1", msg)]);
        assert!(model.notice.is_none());
        let card = &model.page.cluster.cards[0];
        let labels = card.labels.iter().filter(|label| !label.is_builtin);
        let marks: Vec<String> = labels
            .map(|label| label.text())
            .chain(card.taints.iter().map(|taint| taint.text()))
            .collect();
        let error = model.node_error.as_ref();
        assert!(
            error.is_none_or(|error| error.is_taint == is_taint),
            "said at its field"
        );
        assert!(error.is_none_or(|error| *error.text == model.announcement));
        let error = error.map_or("", |error| &*error.text);
        told += &format!("{shown:?}: {error} [{}]\n", marks.join(" "));
    }
    expect![[r#"
        "disk": unknown label spec: disk []
        "disk=not allowed": invalid label value: "disk=not allowed": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?') []
        " disk=ssd ":  [disk=ssd]
        "disk-":  []
        "": unknown label spec:  []
        "a=b": invalid taint spec: a=b, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') []
        "a=b:Never": invalid taint effect: Never, unsupported taint effect []
        "a=b:NoSchedule":  [a=b:NoSchedule]
        "a=c:NoSchedule":  [a=c:NoSchedule]
        "a:NoExecute-": taint "a:NoExecute" not found [a=c:NoSchedule]
        "a:NoSchedule-":  []
    "#]].assert_eq(&told);
}

#[test]
fn a_no_execute_taint_removes_the_pod_and_says_why() {
    let mut model = running();
    send(
        &mut model,
        [
            node(
                "node-2",
                NodeMsg::AddTaint("dedicated=db:NoExecute".to_owned()),
            ),
            SETTLE,
            Msg::Select(Selection::Node("node-2".into())),
        ],
    );
    assert_eq!(
        tiles(&model),
        ["node-1: Running r1", "node-2: ", "node-3: Running r1"]
    );
    let why = model
        .page
        .why
        .as_ref()
        .map(|why| (why.told(), why.decided_by.clone()));
    assert_eq!(
        why,
        Some((
            "my-daemonset: Skipped: taint dedicated=db:NoExecute isn't tolerated; running pods are removed.".to_owned(),
            Some("node node-2: spec.taints[0]".to_owned())
        ))
    );
}

#[test]
fn a_no_schedule_taint_leaves_the_status_stale_and_the_page_says_so() {
    let mut model = running();
    send(
        &mut model,
        [
            node(
                "node-2",
                NodeMsg::AddTaint("dedicated=db:NoSchedule".to_owned()),
            ),
            SETTLE,
        ],
    );
    let panel = model.page.panel.clone();
    let stale = panel
        .as_ref()
        .and_then(|p| p.stale.as_ref())
        .map(|s| s.title);
    assert_eq!(stale, Some("The status is stale"));
    let fresh: Vec<String> = panel
        .iter()
        .flat_map(|p| &p.figures)
        .filter_map(|f| Some(format!("{} {} -> {}", f.label, f.value, f.fresh?)))
        .collect();
    assert_eq!(
        fresh,
        [
            "Desired 3 -> 2",
            "Current 3 -> 2",
            "Ready 3 -> 2",
            "Up to date 3 -> 2",
            "Available 3 -> 2",
            "Misscheduled 0 -> 1"
        ]
    );
}

#[test]
fn a_changed_image_rolls_out_one_node_at_a_time() {
    let mut model = running();
    let text = model.pane.text.replace("my-image:latest", "my-image:2");
    type_text(&mut model, &text);
    send(&mut model, [APPLY]);
    let mut least = 3;
    for _ in 0..3_000 {
        send(&mut model, [Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 })]);
        let ready = model
            .page
            .cluster
            .cards
            .iter()
            .filter(|c| c.pods.iter().any(|p| p.status == "Running"))
            .count();
        least = least.min(ready);
    }
    assert_eq!(
        tiles(&model),
        [
            "node-1: Running r2",
            "node-2: Running r2",
            "node-3: Running r2"
        ]
    );
    assert_eq!(least, 2, "maxUnavailable 1");
    assert_eq!(
        model.page.panel.as_ref().map(|p| p.revisions.len()),
        Some(2)
    );
}

#[test]
fn undo_takes_back_the_last_command_but_no_text() {
    let mut model = running();
    type_text(&mut model, "half: typed");
    send(&mut model, [Msg::Undo]);
    assert_eq!(tiles(&model), ["node-1: ", "node-2: ", "node-3: "]);
    assert_eq!(&*model.pane.text, "half: typed");
    send(&mut model, [Msg::Redo, SETTLE]);
    assert_eq!(tiles(&model)[0], "node-1: Running r1");
}

#[test]
fn a_link_brings_back_everything() {
    let mut model = running();
    send(
        &mut model,
        [
            Msg::AddNodes {
                kind: NodeKind::Worker,
                count: 1,
            },
            SETTLE,
        ],
    );
    type_text(&mut model, "half: typed");
    let effects = send(&mut model, [Msg::Share]);
    let [Effect::CopyLink(link)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    let opened = Model::open(link, false);
    assert_eq!(tiles(&opened), tiles(&model));
    assert_eq!(
        opened.session.cluster().hash(),
        model.session.cluster().hash()
    );
    assert_eq!(&*opened.pane.text, "half: typed");
    assert!(opened.notice.is_none());
}

#[test]
fn a_damaged_link_opens_the_start_and_says_so() {
    let model = Model::open("#d1:abcdef.00000000", false);
    assert_eq!(tiles(&model).len(), 3);
    assert_eq!(model.notice.as_ref().map(|n| n.tone), Some(Tone::Bad));
    // Pasted into an open page it changes nothing.
    let mut open = running();
    send(&mut open, [Msg::OpenLink("#d1:abcdef.00000000".to_owned())]);
    assert_eq!(tiles(&open)[0], "node-1: Running r1");
    assert!(open.notice.is_some());
}

#[test]
fn seeking_goes_back_and_shows_what_was() {
    let mut model = running();
    let end = model.session.end();
    send(&mut model, [Msg::Clock(ClockMsg::Seek { ms: 0 })]);
    assert!(model.page.timeline.is_past);
    send(&mut model, [Msg::Clock(ClockMsg::Seek { ms: end.0 })]);
    assert_eq!(tiles(&model)[0], "node-1: Running r1");
}

#[test]
fn many_nodes_become_a_map() {
    let mut model = first_visit();
    send(
        &mut model,
        [Msg::AddNodes {
            kind: NodeKind::Worker,
            count: 300,
        }],
    );
    assert_eq!(model.page.fleet.as_ref().map(|f| f.count()), Some(303));
    assert!(model.page.cluster.cards.is_empty());
    send(&mut model, [Msg::Undo]);
    assert!(model.page.fleet.is_none());
}

#[test]
fn a_long_jump_goes_frame_by_frame_and_pause_ends_it() {
    let mut model = first_visit();
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 300,
    };
    send(&mut model, [add, APPLY]);
    let mut at_once = model.session.clone();
    at_once.settle();
    let frame = || Msg::Clock(ClockMsg::Tick { elapsed_ms: 30 });
    send(&mut model, [frame(), SETTLE]);
    assert_eq!(model.page.timeline.pace, Pace::Jumping);
    let effects = send(&mut model, [frame()]);
    assert_eq!(effects, [Effect::NextFrame]);
    let effects = send(&mut model, [Msg::Clock(ClockMsg::Pause), frame()]);
    assert_eq!(model.page.timeline.pace, Pace::Paused);
    assert_eq!(effects, [], "nothing moves, so no frame is asked for");
    send(&mut model, [SETTLE]);
    let mut frames = 0;
    while model.page.timeline.pace == Pace::Jumping && frames < 1_000 {
        send(&mut model, [frame()]);
        frames += 1;
    }
    assert!(frames > 0);
    assert_eq!(model.session.cluster().hash(), at_once.cluster().hash());
    assert_eq!(send(&mut model, [frame()]), []);
}

#[test]
fn cards_that_did_not_change_stay_the_same_objects() {
    let mut model = running();
    let before = model.page.cluster.cards.clone();
    send(
        &mut model,
        [node(
            "node-2",
            NodeMsg::AddTaint("a=b:NoSchedule".to_owned()),
        )],
    );
    let same: Vec<bool> = before
        .iter()
        .zip(&model.page.cluster.cards)
        .map(|(a, b)| Rc::ptr_eq(a, b))
        .collect();
    assert_eq!(same, [true, false, true]);
}

#[test]
fn nothing_that_names_what_is_not_there_panics() {
    let mut model = first_visit();
    let nowhere: Rc<str> = "nowhere".into();
    let pod = PodId {
        namespace: "default".into(),
        name: "nobody".into(),
    };
    let set = DaemonSetId {
        namespace: "x".to_owned(),
        name: "y".to_owned(),
    };
    for msg in [
        Msg::Node(nowhere.clone(), NodeMsg::Cordon(true)),
        Msg::Node(nowhere.clone(), NodeMsg::Down(true)),
        Msg::Node(nowhere.clone(), NodeMsg::RemoveTaint(7)),
        Msg::Node(nowhere.clone(), NodeMsg::Remove),
        Msg::Select(Selection::Node(nowhere.clone())),
        Msg::Select(Selection::Pod(pod.clone())),
        Msg::DeletePod(pod.clone()),
        Msg::FailPod(pod),
        Msg::ChooseDaemonSet(set.clone()),
        Msg::DaemonSet(set.clone(), DaemonSetMsg::Edit),
        Msg::DaemonSet(set.clone(), DaemonSetMsg::UndoTo(-3)),
        Msg::DaemonSet(set, DaemonSetMsg::Delete),
        Msg::EditNode(Some(nowhere)),
        Msg::AddNodes {
            kind: NodeKind::Worker,
            count: u32::MAX,
        },
        Msg::Editor(EditorMsg::OpenPreset("nothing".to_owned())),
        Msg::Editor(EditorMsg::CloseTab(crate::present::editor::TabId(99))),
        Msg::Clock(ClockMsg::Seek { ms: u64::MAX }),
        Msg::Clock(ClockMsg::Tick {
            elapsed_ms: u32::MAX,
        }),
        Msg::Redo,
        Msg::Undo,
        Msg::OpenLink("#nonsense".to_owned()),
    ] {
        send(&mut model, [msg]);
    }
    assert_eq!(tiles(&model).len(), 3);
}

#[test]
fn the_clusters_objects_can_be_opened_as_they_were_written() {
    let mut model = first_visit();
    assert!(model.pane.objects.is_empty());
    let name = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: agent\n";
    let text = format!("{name}---\n{}", model.editor.tab().text);
    type_text(&mut model, &text);
    send(&mut model, [APPLY, SETTLE]);
    let found: Vec<&str> = model.pane.objects.iter().map(|o| &*o.about).collect();
    assert_eq!(found, ["DaemonSet in default", "ServiceAccount in default"]);
    let account = model.pane.objects[1].clone();
    send(
        &mut model,
        [Msg::Editor(EditorMsg::OpenObject(
            account.kind,
            account.key,
        ))],
    );
    let written = model
        .editor
        .tab()
        .text
        .replace("  namespace: default\n", "");
    assert_eq!(written, name);
}

#[test]
fn leaving_keeps_what_a_reload_brings_back() {
    let mut model = running();
    type_text(&mut model, "half a manif");
    let effects = send(&mut model, [Msg::Leaving]);
    let Some(Effect::Keep(kept)) = effects.first() else {
        panic!("{effects:?}");
    };
    let again = Model::reopen(kept.clone(), true, "");
    assert_eq!(&*again.editor.tab().text, "half a manif");
    assert_eq!(tiles(&again), tiles(&model));
    assert!(again.left.is_none());
    // At another address it is only offered.
    let mut other = Model::reopen(kept.clone(), false, "#scenario=no-floor");
    assert!(other.pane.story.is_some());
    send(&mut other, [Msg::GoBack]);
    assert_eq!(&*other.editor.tab().text, "half a manif");
}

fn link_of(model: &Model) -> String {
    link::encode(&start::shared(model, Session::share))
}

#[test]
fn what_a_link_replaces_can_be_had_back() {
    let mut model = running();
    type_text(&mut model, "half a manif");
    let other = link_of(&opened_scenario("no-floor"));
    send(&mut model, [Msg::OpenLink(other)]);
    assert!(model.pane.text.contains("kind: DaemonSet"));
    assert!(
        model
            .announcement
            .ends_with("Previous session saved. Restore"),
        "{}",
        model.announcement
    );
    let theirs = model.pane.text.clone();
    let version = model.pane.version;
    // Also over a reload.
    let effects = send(&mut model, [Msg::Leaving]);
    let [Effect::Keep(kept)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let mut again = Model::reopen(kept.clone(), true, "");
    for model in [&mut model, &mut again] {
        send(model, [Msg::GoBack]);
        assert_eq!(&*model.pane.text, "half a manif");
        assert_eq!(tiles(model)[0], "node-1: Running r1");
        send(model, [Msg::GoBack]);
        assert_eq!(model.pane.text, theirs, "nor is what was opened lost");
    }
    assert!(model.pane.version > version, "the editor takes it over");
    send(&mut model, [Msg::ForgetLeft]);
    assert!(model.left.is_none());
}

fn opened_scenario(id: &str) -> Model {
    let mut model = first_visit();
    send(&mut model, [Msg::OpenScenario(id.to_owned())]);
    model
}

#[test]
fn nothing_is_offered_back_where_nothing_was_done() {
    assert!(opened_scenario("no-floor").left.is_none());
    let mut model = first_visit();
    send(&mut model, [Msg::Reset]);
    assert!(model.left.is_none());
    let mut model = running();
    send(&mut model, [Msg::Reset]);
    assert_eq!(tiles(&model)[0], "node-1: ");
    send(&mut model, [Msg::GoBack]);
    assert_eq!(tiles(&model)[0], "node-1: Running r1");
    let tick = Msg::Clock(ClockMsg::Tick { elapsed_ms: 10 });
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    let frame = send(&mut model, [tick, add]);
    assert_eq!(frame, [Effect::NextFrame], "time runs on");
}

#[test]
fn a_long_history_is_opened_frame_by_frame() {
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 300,
    };
    let mut long = first_visit();
    send(&mut long, [add.clone(), APPLY, SETTLE, add, SETTLE]);
    for _ in 0..1000 {
        send(&mut long, [Msg::Clock(ClockMsg::Tick { elapsed_ms: 10 })]);
    }
    let long_link = link_of(&long);
    let tick = Msg::Clock(ClockMsg::Tick { elapsed_ms: 40 });
    let mut model = running();
    let open = Msg::OpenLink(long_link.clone());
    assert_eq!(send(&mut model, [tick.clone(), open]), [Effect::NextFrame]);
    let before = model.opening.as_ref().unwrap().progress();
    assert!(update(&mut model, tick.clone()).changed);
    let after = model.opening.as_ref().unwrap().progress();
    assert!(after.permille > before.permille, "{after:?}");
    assert!(after.text.contains(" of 3 commands, "), "{after:?}");
    // What is here stays until then, and when it is given up.
    send(&mut model, [Msg::Key(Shortcut::Escape)]);
    assert!(model.opening.is_none());
    assert_eq!(tiles(&model)[0], "node-1: Running r1");
    send(&mut model, [Msg::GoBack]);
    // A reload meanwhile opens it still.
    let effects = send(&mut model, [Msg::Leaving]);
    let [Effect::Keep(kept)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(kept.session, long_link);
    assert!(kept.left.is_some());
    for _ in 0..1000 {
        send(&mut model, [tick.clone()]);
    }
    assert_eq!(
        model.session.cluster().hash(),
        long.session.cluster().hash()
    );
}

#[test]
fn a_closed_tab_can_be_opened_again() {
    let mut model = first_visit();
    send(&mut model, [Msg::Editor(EditorMsg::NewTab)]);
    type_text(&mut model, "half a manif");
    let closed = model.editor.active;
    let effects = send(&mut model, [Msg::Editor(EditorMsg::CloseTab(closed))]);
    assert_eq!(effects, [Effect::Focus("tab-0".to_owned())]);
    assert_eq!(
        model.announcement,
        "Closed an untitled document, not applied."
    );
    let effects = send(&mut model, [Msg::Leaving]);
    let [Effect::Keep(kept)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let mut again = Model::reopen(kept.clone(), true, "");
    assert_eq!(again.editor.tabs.len(), 1);
    for model in [&mut model, &mut again] {
        send(model, [Msg::Editor(EditorMsg::Reopen)]);
        assert_eq!(
            (&*model.pane.text, model.editor.tabs.len()),
            ("half a manif", 2)
        );
        assert!(model.editor.closed.is_empty());
    }
    assert!(!link::decode(&link_of(&model)).unwrap().drafts[0].is_closed);
    // What can be opened again anyway isn't offered.
    let active = model.editor.active;
    type_text(&mut model, presets::all()[1].yaml);
    send(&mut model, [Msg::Editor(EditorMsg::CloseTab(active))]);
    assert!(model.editor.closed.is_empty());
}

#[test]
fn what_would_change_it_is_tried_offered_and_done() {
    let mut model = running();
    send(
        &mut model,
        [
            node(
                "node-2",
                NodeMsg::AddTaint("dedicated=db:NoExecute".to_owned()),
            ),
            SETTLE,
            Msg::Select(Selection::Node("node-2".into())),
        ],
    );
    let rows = |model: &Model| -> Vec<String> {
        let groups = model.page.groups.as_ref().unwrap();
        let rows = groups.rows.iter();
        rows.map(|row| format!("{} {}: {}", row.count, row.state.word(), row.reason))
            .collect()
    };
    assert_eq!(
        rows(&model),
        [
            "2 Should run: eligible, and its pod is ready",
            "1 Skipped: taint dedicated=db:NoExecute isn't tolerated; running pods are removed"
        ]
    );
    let list = model.remedies.clone().unwrap();
    let titles: Vec<&str> = list.items.iter().map(|item| &*item.title).collect();
    assert_eq!(
        titles[0],
        "Remove the taint dedicated=db:NoExecute from node-2"
    );
    assert_eq!(titles.len(), 2);
    send(&mut model, [Msg::ApplyRemedy(1), SETTLE]);
    assert_eq!(
        rows(&model),
        ["3 Should run: eligible, and its pod is ready"]
    );
    send(&mut model, [Msg::ApplyRemedy(99), Msg::Undo, SETTLE]);
    assert_eq!(rows(&model).len(), 2);
}

#[test]
fn hints_come_with_typing_and_go_when_dismissed() {
    let mut model = first_visit();
    assert!(model.pane.hints.is_empty());
    let text = model
        .editor
        .tab()
        .text
        .replace("spec:\n  #", "spec:\n  replicas: 3\n  #");
    type_text(&mut model, &text);
    assert_eq!(model.pane.hints[0].id, "replicas");
    send(
        &mut model,
        [Msg::Editor(EditorMsg::DismissHint("replicas"))],
    );
    assert!(model.pane.hints.is_empty());
}

#[test]
fn the_controllers_eye_follows_a_sync() {
    let mut model = first_visit();
    send(&mut model, [Msg::ShowTab(SideTab::Controller), APPLY]);
    let stages = |model: &Model| -> Vec<(String, bool)> {
        let eye = model.page.eye.as_ref().unwrap();
        let stages = eye.stages.iter();
        stages
            .map(|stage| {
                (
                    format!("{}: {}", stage.title, stage.lines.join("; ")),
                    stage.is_busy,
                )
            })
            .collect()
    };
    let busy = |model: &Model| -> Vec<String> {
        let all = stages(model).into_iter();
        all.filter(|(_, busy)| *busy)
            .map(|(text, _)| text)
            .collect()
    };
    assert!(
        busy(&model)[0].starts_with("Watch: "),
        "{:?}",
        stages(&model)
    );
    let mut seen = Vec::new();
    for _ in 0..40 {
        send(&mut model, [Msg::Clock(ClockMsg::Step)]);
        seen.extend(busy(&model));
    }
    let has = |text: &str| seen.iter().any(|line| line.contains(text));
    assert!(has("my-daemonset is queued for a sync"), "{seen:?}");
    assert!(has("waits to see 3 creations"), "{seen:?}");
    send(&mut model, [SETTLE]);
    assert_eq!(busy(&model), [""; 0]);
    let all = stages(&model);
    assert!(
        all.iter()
            .any(|(text, _)| text.starts_with("Sync: last sync at")),
        "{all:?}"
    );
    send(&mut model, [Msg::ShowTab(SideTab::Events)]);
    assert!(model.page.eye.is_none());
}

#[test]
fn what_was_applied_before_an_error_is_told_and_plays() {
    let mut model = first_visit();
    let namespace =
        |name: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n");
    type_text(
        &mut model,
        &format!("{}---\n{}", namespace("good"), namespace("BAD")),
    );
    send(&mut model, [APPLY]);
    let done = vec!["namespace/good created".to_owned()];
    assert!(matches!(&model.pane.result, ApplyResult::Failed { done: told, .. } if *told == done));
    assert!(model.clock.is_playing && model.announcement.starts_with("namespace/good created"));
    let printed = model.console.text();
    assert!(
        printed.contains("namespace/good created\nThe Namespace \"BAD\" is invalid"),
        "{printed}"
    );
}

#[test]
fn paused_stays_paused_and_says_what_it_waits_for() {
    let mut model = first_visit();
    let effects = send(&mut model, [Msg::Clock(ClockMsg::Pause), APPLY]);
    assert_eq!(effects, [], "no frame is asked for");
    let pace = |model: &Model| model.page.timeline.pace;
    assert_eq!(pace(&model), Pace::Paused);
    assert_eq!(model.page.timeline.state, "Paused: press play or step");
    assert!(
        model
            .announcement
            .ends_with("created. Paused: press play or step")
    );
    send(
        &mut model,
        [
            Msg::Clock(ClockMsg::Step),
            Msg::AddNodes {
                kind: NodeKind::Worker,
                count: 1,
            },
        ],
    );
    assert_eq!(pace(&model), Pace::Paused, "stepping is pausing");
    send(&mut model, [Msg::Key(Shortcut::PlayPause)]);
    assert_eq!(pace(&model), Pace::Playing);
    // Turning time isn't pausing.
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    send(
        &mut model,
        [SETTLE, Msg::Clock(ClockMsg::Seek { ms: 1_000 }), add],
    );
    assert_eq!(pace(&model), Pace::Playing);
}

#[test]
fn settled_is_a_state_and_the_last_act_or_all_is_played_again() {
    let mut model = running();
    let bar = |model: &Model| Rc::clone(&model.page.timeline);
    let first = bar(&model);
    let (word, at) = first.settled().unwrap_or_default();
    assert!(word == "Settled" && at.starts_with("0:"), "{word} {at}");
    send(&mut model, [node("node-1", NodeMsg::Cordon(true)), SETTLE]);
    send(&mut model, [node("node-1", NodeMsg::Cordon(false)), SETTLE]);
    let state = |model: &Model| {
        let cluster = model.session.cluster();
        (cluster.steps(), cluster.hash())
    };
    let end = state(&model);
    send(&mut model, [Msg::Key(Shortcut::PlayPause)]);
    assert_eq!(model.session.applied(), 2, "right before the last act");
    assert!(bar(&model).is_past && bar(&model).pace == Pace::Playing);
    send(&mut model, [SETTLE, Msg::Clock(ClockMsg::ReplayAll)]);
    assert_eq!(model.session.applied(), 0);
    let mut frames = 0;
    while bar(&model).pace == Pace::Playing && frames < 20_000 {
        send(&mut model, [Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 })]);
        frames += 1;
    }
    assert_eq!(state(&model), end);
    assert_eq!(model.session.branches().len(), 0, "looking is not acting");
    send(
        &mut model,
        [
            Msg::Clock(ClockMsg::Seek { ms: 1_000 }),
            Msg::Clock(ClockMsg::Now),
        ],
    );
    assert!(!bar(&model).is_past && bar(&model).settled().is_some());
}

#[test]
fn marks_stand_where_the_scrubber_stands_at_their_moment() {
    let model = running();
    let bar = &model.page.timeline;
    assert!(
        bar.max_ms >= bar.end_ms && bar.max_ms - bar.end_ms < 100 && bar.max_ms.is_multiple_of(100)
    );
    for mark in &bar.marks {
        assert_eq!(u64::from(mark.permille), mark.at_ms * 1000 / bar.max_ms);
    }
}

#[test]
fn a_moment_is_bookmarked_once() {
    let mut model = running();
    let end = model.session.end().0;
    send(&mut model, [Msg::Key(Shortcut::Bookmark)]);
    // Over the scrubber, which knows tenths only, to the same reading of the clock.
    send(
        &mut model,
        [
            Msg::Clock(ClockMsg::Seek { ms: 0 }),
            Msg::Clock(ClockMsg::Seek { ms: end }),
        ],
    );
    send(
        &mut model,
        [Msg::Key(Shortcut::Bookmark), Msg::Key(Shortcut::Bookmark)],
    );
    assert_eq!(model.session.bookmarks().len(), 1);
    assert!(model.page.timeline.state.ends_with("is already bookmarked"));
    assert_eq!(model.page.timeline.marked, Some(0));
}

#[test]
fn opening_a_preset_starts_afresh_and_adding_one_adds() {
    let mut model = running();
    let nodes = |model: &Model| model.session.cluster().server.nodes.len();
    let preset = |msg: fn(String) -> EditorMsg| Msg::Editor(msg("fluentd".to_owned()));
    send(&mut model, [preset(EditorMsg::OpenPreset)]);
    assert_eq!((nodes(&model), model.editor.tabs.len()), (5, 2));
    assert!(!model.session.log().is_empty() && model.left.is_none());
    send(&mut model, [preset(EditorMsg::StartFrom)]);
    assert_eq!((nodes(&model), model.editor.tabs.len()), (5, 1));
    assert!(model.session.log().is_empty() && model.pane.watch.is_some());
    assert!(model.page.daemon_sets.is_empty());
    assert!(!model.shows_welcome(), "it was chosen");
    send(&mut model, [Msg::GoBack]);
    assert_eq!(model.editor.tabs.len(), 2, "what was here is kept");
}

#[test]
fn after_apply_a_phone_shows_the_cluster() {
    let mut model = first_visit();
    send(&mut model, [Msg::Show(Section::Editor)]);
    type_text(&mut model, "kind: Nothing");
    send(&mut model, [APPLY]);
    assert_eq!(model.section, Section::Editor, "where the error is");
    let text = crate::presets::all()[0].yaml;
    type_text(&mut model, text);
    send(&mut model, [APPLY]);
    assert_eq!(model.section, Section::Cluster);
}

#[test]
fn only_the_parameter_embeds() {
    for query in [
        "?embed",
        "?embed=1",
        "?a=b&embed",
        "?embed=true&scenario=no-floor",
    ] {
        assert!(start::wants_embed(query), "{query}");
    }
    for query in [
        "",
        "?",
        "?utm=embedded",
        "?embedded",
        "?x=embed",
        "?embed=0",
        "?embed=false",
    ] {
        assert!(!start::wants_embed(query), "{query}");
    }
}

#[test]
fn a_reload_of_a_first_visit_is_a_first_visit() {
    let mut model = first_visit();
    let kept = |model: &mut Model| match send(model, [Msg::Leaving]).pop() {
        Some(Effect::Keep(kept)) => kept,
        other => panic!("{other:?}"),
    };
    let again = Model::reopen(kept(&mut model), true, "");
    assert!(again.shows_welcome());
    assert_eq!(again.page.timeline.pace, Pace::Settled);
    send(&mut model, [APPLY]);
    assert!(!Model::reopen(kept(&mut model), true, "").shows_welcome());
}

#[test]
fn a_node_that_was_not_ready_says_that_it_becomes_so() {
    let mut model = first_visit();
    let text = "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus:\n  conditions: [{type: Ready, status: 'False'}]\n";
    type_text(&mut model, text);
    send(&mut model, [APPLY]);
    let ApplyResult::Done { warnings, .. } = &model.pane.result else {
        panic!("{:?}", model.pane.result);
    };
    assert!(
        warnings
            .iter()
            .any(|it| it.starts_with("node/a becomes Ready")),
        "{warnings:?}"
    );
    send(&mut model, [Msg::AddWorkers(0)]);
    send(&mut model, [Msg::AddWorkers(7)]);
    assert_eq!(model.session.cluster().server.nodes.len(), 11);
}

fn history(msg: HistoryMsg) -> Msg {
    Msg::History(msg)
}

#[test]
fn a_bookmark_says_what_just_happened_and_brings_back_there() {
    let mut model = first_visit();
    send(&mut model, [APPLY, Msg::Key(Shortcut::Bookmark), SETTLE]);
    send(&mut model, [Msg::Key(Shortcut::Bookmark)]);
    let end = model.session.place();
    let marks = |model: &Model| -> Vec<String> {
        let marks = model.page.timeline.bookmarks.iter();
        marks.map(|m| format!("{} {}", m.at, m.name)).collect()
    };
    assert_eq!(
        marks(&model)[1..],
        [format!(
            "{} Settled: 3 of 3 pods available, all up to date",
            model.page.timeline.now
        )]
    );
    assert!(marks(&model)[0].ends_with(" kubectl apply -f -"));
    assert_eq!(model.page.timeline.marked, Some(1));
    send(
        &mut model,
        [
            history(HistoryMsg::RenameBookmark(0, "applied".to_owned())),
            history(HistoryMsg::GoTo(0)),
        ],
    );
    assert_eq!(model.page.timeline.marked, Some(0));
    assert_eq!(tiles(&model), ["node-1: ", "node-2: ", "node-3: "]);
    assert!(marks(&model)[0].ends_with(" applied"));
    // There is a way back, until one is there or does something.
    let back = Some(model.page.timeline.end.clone());
    assert_eq!(model.page.timeline.back, back);
    send(&mut model, [Msg::Clock(ClockMsg::Step)]);
    assert_eq!(model.page.timeline.back, back);
    send(&mut model, [history(HistoryMsg::Back)]);
    assert_eq!(model.session.place(), end);
    assert_eq!(model.page.timeline.back, None);
    send(&mut model, [history(HistoryMsg::GoTo(0))]);
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    send(&mut model, [add]);
    assert_eq!(model.page.timeline.back, None);
    assert_eq!(
        marks(&model).len(),
        1,
        "the other one stays where it belongs"
    );
}

#[test]
fn a_reload_brings_back_bookmarks_and_the_other_histories() {
    let mut model = running();
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    send(
        &mut model,
        [history(HistoryMsg::Bookmark), add.clone(), SETTLE],
    );
    send(
        &mut model,
        [
            history(HistoryMsg::GoTo(0)),
            node("node-1", NodeMsg::Cordon(true)),
            history(HistoryMsg::Rename(None, "cordoned".to_owned())),
            history(HistoryMsg::Rename(Some(0), "four nodes".to_owned())),
        ],
    );
    let effects = send(&mut model, [Msg::Leaving]);
    let Some(Effect::Keep(kept)) = effects.first() else {
        panic!("{effects:?}");
    };
    let again = Model::open(&kept.session, false);
    let shown = |model: &Model| {
        let bar = (*model.page.timeline).clone();
        (bar.bookmarks, bar.shown, bar.branches)
    };
    assert_eq!(shown(&again), shown(&model));
    let (_, own, others) = shown(&again);
    assert_eq!((&*own.title, &*others[0].title), ("cordoned", "four nodes"));
    assert_eq!(others[0].parts_at_ms, again.session.log()[1].at.0);
}

#[test]
fn an_edit_of_several_commands_is_done_and_taken_back_by_one_click_each() {
    let mut model = first_visit();
    let text = model.pane.text.replace(
        "    spec:\n",
        "    spec:\n      nodeSelector: {disk: ssd}\n",
    );
    type_text(&mut model, &text);
    // Its label and its taint are wrong: only an edit of both helps.
    send(
        &mut model,
        [
            node("node-2", NodeMsg::AddTaint("a=b:NoExecute".to_owned())),
            APPLY,
            SETTLE,
            Msg::Select(Selection::Node("node-2".into())),
        ],
    );
    let remedies = model.remedies.clone().unwrap();
    let two = remedies.items.iter().position(|it| it.kubectl.len() == 2);
    let before = model.session.cluster().hash();
    let commands = model.session.log().len();
    send(&mut model, [Msg::ApplyRemedy(two.unwrap())]);
    assert_eq!(model.session.log().len(), commands + 2);
    let title = &*remedies.items[two.unwrap()].title;
    assert_eq!(model.done(About::Node), Some(title));
    assert_eq!(model.done(About::Rollout), None);
    let after = model.session.cluster().hash();
    let undo = model.page.timeline.undo.clone().unwrap();
    assert_eq!(undo.split("; ").count(), 2, "{undo}");
    send(&mut model, [SETTLE, Msg::Undo]);
    assert_eq!(model.session.cluster().hash(), before);
    assert_eq!(model.done(About::Node), None);
    send(&mut model, [Msg::Redo]);
    assert_eq!(model.session.cluster().hash(), after);
}

#[test]
fn a_story_keeps_to_its_own_node() {
    let mut model = running();
    let image = DaemonSetMsg::SetImage {
        container: "my-container".to_owned(),
        image: "my-image:2".to_owned(),
    };
    let id = model.page.panel.as_ref().unwrap().id.clone();
    send(&mut model, [Msg::DaemonSet(id, image), SETTLE]);
    let mut others = Vec::new();
    for card in model.page.cluster.cards.clone() {
        let pod = Selection::Pod(card.pods[0].id.clone());
        send(&mut model, [Msg::Select(pod)]);
        let story = causes(&model);
        assert!(
            story[0].text.starts_with("you ran kubectl set image"),
            "{story:?}"
        );
        assert!(
            story.last().unwrap().text.ends_with("became ready"),
            "{story:?}"
        );
        let is_elsewhere = |cause: &&Cause| cause.node.as_ref().is_some_and(|it| *it != card.name);
        others.push(story.iter().filter(is_elsewhere).count());
    }
    others.order();
    // The first one to go waited for none; each of the others, for the one before.
    assert_eq!(others, [0, 1, 1]);
}

fn causes(model: &Model) -> Vec<Cause> {
    model.why().map_or(Vec::new(), |why| why.causes.clone())
}

#[test]
fn a_walk_through_the_causes_goes_to_each_and_back() {
    let mut model = running();
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    send(&mut model, [add, SETTLE]);
    let pod = model.page.cluster.cards[3].pods[0].id.clone();
    send(&mut model, [Msg::Select(Selection::Pod(pod.clone()))]);
    let (end, chain) = (model.session.place(), causes(&model));
    let last = chain.len() - 1;
    let pod_name = &pod.name;
    let story: Vec<String> = chain.iter().map(|cause| cause.text.clone()).collect();
    assert_eq!(
        story,
        [
            "you added a Worker node".to_owned(),
            "node-4 joined".to_owned(),
            "the node controller tainted node-4: node.kubernetes.io/not-ready:NoExecute".to_owned(),
            "node-4 became Ready".to_owned(),
            "the node controller removed the taint node.kubernetes.io/not-ready:NoSchedule from node-4".to_owned(),
            format!("the controller created {pod_name} for node-4"),
            format!("the scheduler bound {pod_name} to node-4"),
            "the kubelet on node-4 began to pull my-image:latest: 1.5 s".to_owned(),
            format!("{pod_name} became ready"),
        ]
    );
    // Every link has its mark on the timeline, and those on the node and the pod know them.
    let marks = &model.page.timeline.causes;
    let times = |all: &[Cause]| -> Vec<u64> { all.iter().map(|c| c.at_ms).collect() };
    assert_eq!(
        marks.iter().map(|m| m.at_ms).collect::<Vec<_>>(),
        times(&chain)
    );
    let why = model.why().unwrap().clone();
    let on_node = why.part_of_node("node-4", None).unwrap();
    assert!(!on_node.is_pointed && !on_node.links.is_empty());
    assert!(why.part_of_pod(&pod, Some(last)).unwrap().is_pointed);
    assert_eq!(why.part_of_node("node-1", None), None);
    assert_eq!(
        why.nodes().into_iter().collect::<Vec<_>>(),
        ["node-4".into()]
    );
    // Pointing draws once.
    let point = |to| Msg::Cause(CauseMsg::Point(to));
    assert!(update(&mut model, point(Some(1))).changed);
    assert!(!update(&mut model, point(Some(1))).changed);
    // To the command, at which there is neither node nor pod; the chain stays.
    send(&mut model, [Msg::Cause(CauseMsg::Go(0))]);
    assert_eq!(model.session.now().0, chain[0].at_ms);
    assert!(model.page.why.as_ref().unwrap().is_gone);
    assert_eq!(causes(&model), chain);
    assert_eq!(model.page.timeline.causes.len(), chain.len());
    send(
        &mut model,
        [Msg::Cause(CauseMsg::Go(2)), Msg::Cause(CauseMsg::Go(99))],
    );
    assert_eq!(model.session.now().0, chain[2].at_ms);
    let walk = model.walk().unwrap();
    assert_eq!((walk.at, &walk.as_of), (2, &model.page.timeline.end));
    // What comes after that moment has no number on the cards yet.
    let why = model.why().unwrap().clone();
    assert_eq!(why.happened().len(), 3);
    let on_node = why.part_of_node("node-4", None).unwrap();
    assert_eq!(
        (on_node.links.as_str(), why.part_of_pod(&pod, None)),
        ("2, 3", None)
    );
    // Back: where we were before the first step.
    send(&mut model, [history(HistoryMsg::Back)]);
    assert_eq!(model.session.place(), end);
    assert!(model.walk().is_none());
    assert_eq!(causes(&model), chain);
    // A walk ends when something else is asked, or done.
    send(
        &mut model,
        [
            Msg::Cause(CauseMsg::Go(0)),
            Msg::Select(Selection::Node("node-1".into())),
        ],
    );
    assert!(model.walk().is_none());
    assert_eq!(model.why().unwrap().title, "Node node-1");
    send(
        &mut model,
        [history(HistoryMsg::Back), Msg::Select(Selection::Pod(pod))],
    );
    send(
        &mut model,
        [
            Msg::Cause(CauseMsg::Go(0)),
            node("node-1", NodeMsg::Cordon(true)),
        ],
    );
    assert!(model.walk().is_none() && model.page.timeline.back.is_none());
}

#[test]
fn numbers_and_events_lead_to_the_users_command_too() {
    let mut model = running();
    let set = model.page.panel.as_ref().unwrap().id.clone();
    let misscheduled = Selection::Figure(set.clone(), "numberMisscheduled");
    send(&mut model, [Msg::Select(misscheduled)]);
    assert!(model.why().unwrap().answer.ends_with("It never changed."));
    send(
        &mut model,
        [
            node("node-2", NodeMsg::AddTaint("a=b:NoExecute".to_owned())),
            SETTLE,
            Msg::Select(Selection::Figure(set.clone(), "desiredNumberScheduled")),
        ],
    );
    let why = model.why().unwrap();
    assert_eq!(why.title, "Desired of my-daemonset");
    assert!(
        why.answer.contains(" It went from 3 to 2 at "),
        "{}",
        why.answer
    );
    let last = causes(&model).last().map(|cause| cause.text.clone());
    assert!(
        last.as_ref()
            .is_some_and(|text| text.starts_with("the controller counted again: Desired 3 → 2")),
        "{last:?}"
    );
    let first = |model: &Model| causes(model).first().map(|cause| cause.text.clone());
    assert_eq!(
        first(&model).as_deref(),
        Some("you set the taints of node-2: a=b:NoExecute")
    );
    for figure in model.page.panel.clone().unwrap().figures.iter() {
        send(
            &mut model,
            [
                Msg::Select(Selection::None),
                Msg::Select(Selection::Figure(set.clone(), figure.field)),
            ],
        );
        let is_command =
            |text: String| text.starts_with("you ran kubectl apply") || text.starts_with("you set");
        assert!(first(&model).is_some_and(is_command), "{}", figure.field);
    }
    for row in model.page.feed.clone().rows.iter() {
        send(&mut model, [Msg::Select(Selection::Event(row.id))]);
        let why = model.why().unwrap();
        assert_eq!(
            (&why.title, &why.answer),
            (&format!("Event {}", row.reason), &row.message)
        );
        assert!(!why.causes.is_empty());
    }
    // Neither is there at the start, nor on a page that never had them.
    send(&mut model, [Msg::Clock(ClockMsg::Seek { ms: 0 })]);
    assert!(model.why().unwrap().is_gone);
    send(
        &mut model,
        [Msg::Select(Selection::Figure(set, "nonsense"))],
    );
    assert!(model.why().unwrap().is_gone);
}

#[test]
fn pointing_at_a_check_marks_what_decided_in_the_editor() {
    let mut model = running();
    let taint = NodeMsg::AddTaint("dedicated=db:NoExecute".to_owned());
    let select = Msg::Select(Selection::Node("node-2".into()));
    send(&mut model, [node("node-2", taint), SETTLE, select.clone()]);
    let marks = |model: &Model| {
        let why = model.page.why.as_ref();
        let checks = why
            .iter()
            .flat_map(|why| &why.groups)
            .flat_map(|it| &it.checks);
        checks
            .filter(|it| it.decides)
            .find_map(|it| it.marks.clone())
    };
    let point = Msg::Point(marks(&model));
    let line_of = |model: &Model, words: &str| {
        let lines = model.pane.text.lines().position(|line| line == words);
        lines.map_or(0, |at| at as u32 + 1)
    };
    update(&mut model, point.clone());
    let template = line_of(&model, "    spec:");
    assert_eq!(
        *model.pane.pointed,
        [(template, template)],
        "no tolerations there"
    );

    // A draft that says more is marked where it says so, and one that can't be read not at all.
    let tab = model.pane.active;
    let typed = |text: String| Msg::Editor(EditorMsg::Typed { tab, text });
    let text = model.pane.text.to_string();
    let tolerating = text.replacen(
        "    spec:\n",
        "    spec:\n      tolerations:\n      - key: a\n",
        1,
    );
    update(&mut model, typed(tolerating));
    assert_eq!(*model.pane.pointed, [(template + 1, template + 2)]);
    update(&mut model, typed(text.clone() + "  [\n"));
    assert_eq!(*model.pane.pointed, []);
    update(&mut model, typed(text));
    assert_eq!(*model.pane.pointed, [(template, template)]);

    update(&mut model, Msg::Point(None));
    assert_eq!(*model.pane.pointed, []);
    // A check that isn't shown any more can't be left by the mouse.
    send(&mut model, [point, select]);
    assert_eq!(*model.pane.pointed, []);
}

#[test]
fn single_keys_can_be_turned_off() {
    let mut model = Model::first_visit(false);
    let off = update(&mut model, Msg::SetShortcuts(false));
    assert_eq!(off.effects, [Effect::SetShortcuts(false)]);
    update(&mut model, Msg::Key(Shortcut::AddNode));
    assert_eq!(model.page.cluster.cards.len(), 3);
    update(&mut model, Msg::Reset);
    update(&mut model, Msg::Key(Shortcut::AddNode));
    assert_eq!(
        model.page.cluster.cards.len(),
        3,
        "a new start keeps the choice"
    );
    // Those with Ctrl, and Escape, act.
    send(
        &mut model,
        [
            Msg::AddNodes {
                kind: NodeKind::Worker,
                count: 1,
            },
            Msg::Key(Shortcut::Undo),
        ],
    );
    assert_eq!(model.page.cluster.cards.len(), 3);
    update(&mut model, Msg::SetShortcuts(true));
    update(&mut model, Msg::Key(Shortcut::AddNode));
    assert_eq!(model.page.cluster.cards.len(), 4);
}

#[test]
fn each_result_is_said_once_also_when_the_words_are_the_same() {
    let mut model = Model::first_visit(false);
    let label = |text: &str| Msg::Node("node-1".into(), NodeMsg::AddLabel(text.to_owned()));
    let mut told = Vec::new();
    for msg in [
        label("a=1"),
        label("a=2"),
        Msg::Undo,
        Msg::Clock(ClockMsg::Tick { elapsed_ms: 16 }),
        Msg::Show(Section::Cluster),
        label("a=not allowed"),
        Msg::Select(Selection::Node("node-2".into())),
        Msg::Console(ConsoleMsg::Toggle),
        label("b=1"),
    ] {
        let before = model.said;
        update(&mut model, msg);
        told.push((
            model.said - before,
            model.announcement.chars().take(40).collect::<String>(),
        ));
    }
    let told: Vec<String> = told
        .iter()
        .map(|(n, text)| format!("{n} {text}\n"))
        .collect();
    expect![[r#"
        1 node/node-1 labeled
        1 node/node-1 labeled
        1 Undone
        1 Settled
        0 Settled
        1 invalid label value: "a=not allowed": a 
        1 Node node-2: There is no DaemonSet yet.
        0 Node node-2: There is no DaemonSet yet.
        0 Node node-2: There is no DaemonSet yet.
    "#]]
    .assert_eq(&told.concat());
}

#[test]
fn on_a_narrow_screen_the_embedded_editor_takes_the_clusters_place() {
    let mut model = Model::first_visit(true);
    assert_eq!(
        (model.section, model.shows_editor),
        (Section::Cluster, false)
    );
    update(&mut model, Msg::ToggleEditor);
    assert_eq!((model.section, model.shows_editor), (Section::Editor, true));
    update(&mut model, Msg::ToggleEditor);
    assert_eq!(
        (model.section, model.shows_editor),
        (Section::Cluster, false)
    );
    update(&mut model, Msg::Show(Section::Editor));
    assert!(model.shows_editor, "an empty part is of no use");
}
