//! The right side: tabs, answers that are said, pods that go, and assumed times.

use super::msg::*;
use super::*;
use crate::present::node::NodeCard;
use crate::present::pod::PodState;

fn send<const N: usize>(model: &mut Model, msgs: [Msg; N]) {
    for msg in msgs {
        update(model, msg);
    }
}

const APPLY: Msg = Msg::Editor(EditorMsg::Apply);
const SETTLE: Msg = Msg::Clock(ClockMsg::Settle);

fn running() -> Model {
    let mut model = Model::first_visit(false);
    send(&mut model, [APPLY, SETTLE]);
    model
}

fn pod_on(model: &Model, card: usize) -> PodId {
    model.page.cluster.cards[card].pods[0].id.clone()
}

fn answer(model: &Model) -> String {
    model.why().map_or_else(String::new, |why| why.told())
}

#[test]
fn what_is_chosen_has_its_tab_and_what_was_there_comes_back() {
    let mut model = running();
    let node = |name: &str| Msg::Select(Selection::Node(name.into()));
    assert_eq!(model.tab, SideTab::Status);
    send(&mut model, [Msg::ShowTab(SideTab::Events), node("node-1")]);
    assert_eq!((model.tab, model.section), (SideTab::Why, Section::Status));
    send(&mut model, [node("node-2"), Msg::Select(Selection::None)]);
    assert_eq!(model.tab, SideTab::Events);
    // A second click takes it back, but not while something else is in front.
    send(
        &mut model,
        [
            node("node-1"),
            Msg::ShowTab(SideTab::Status),
            node("node-1"),
        ],
    );
    assert_eq!(model.tab, SideTab::Why);
    send(&mut model, [node("node-1")]);
    assert_eq!(
        (&model.selection, model.tab),
        (&Selection::None, SideTab::Status)
    );
    // Applying shows the status, unless somebody asks why or watches the controller.
    for (tab, wanted) in [
        (SideTab::Events, SideTab::Status),
        (SideTab::Controller, SideTab::Controller),
    ] {
        send(&mut model, [Msg::ShowTab(tab), APPLY]);
        assert_eq!(model.tab, wanted);
    }
    assert!(model.page.eye.is_some());
    send(&mut model, [node("node-1"), APPLY]);
    assert_eq!(model.tab, SideTab::Why);
    assert!(model.page.eye.is_none(), "nobody looks");
}

#[test]
fn the_status_follows_what_was_applied_or_created() {
    let mut model = running();
    let shown = |model: &Model| {
        let panel = model.page.panel.as_ref();
        panel.map(|panel| panel.id.name.clone()).unwrap_or_default()
    };
    let text = model.editor.tab().text.to_string();
    let other = text.replace("name: my-daemonset", "name: other");
    let tab = model.editor.active;
    let typed = Msg::Editor(EditorMsg::Typed {
        tab,
        text: other.replace("my-app", "other-app"),
    });
    send(&mut model, [typed, APPLY]);
    assert_eq!(shown(&model), "other");
    send(
        &mut model,
        [Msg::Editor(EditorMsg::Typed { tab, text }), APPLY],
    );
    assert_eq!(shown(&model), "my-daemonset");
    let line = "kubectl create -f - <<EOF\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: third}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: main, image: 'x:1'}]}\nEOF";
    send(
        &mut model,
        [
            Msg::Console(ConsoleMsg::Typed(line.to_owned())),
            Msg::Console(ConsoleMsg::Enter),
        ],
    );
    assert_eq!(shown(&model), "third");
}

#[test]
fn a_new_answer_is_said() {
    let mut model = running();
    let node = Msg::Select(Selection::Node("node-2".into()));
    send(&mut model, [node]);
    assert_eq!(
        model.announcement,
        "Node node-2: my-daemonset: Should run: eligible, and its pod is ready."
    );
    let taint = NodeMsg::AddTaint("a=b:NoExecute".to_owned());
    send(
        &mut model,
        [
            Msg::Node("node-2".into(), taint),
            Msg::Clock(ClockMsg::Settle),
        ],
    );
    assert_eq!(
        model.announcement,
        "Settled. my-daemonset: 2 of 2 pods available, all up to date. Node node-2: my-daemonset: Skipped: taint a=b:NoExecute isn't tolerated; running pods are removed."
    );
}

#[test]
fn a_chosen_pod_that_goes_says_why_and_what_replaced_it() {
    let mut model = running();
    let pod = pod_on(&model, 0);
    send(
        &mut model,
        [
            Msg::Select(Selection::Pod(pod.clone())),
            Msg::DeletePod(pod.clone()),
            SETTLE,
        ],
    );
    let heir = pod_on(&model, 0);
    assert_ne!(heir, pod);
    let said = answer(&model);
    assert!(said.starts_with("This pod has gone, at 0:1"), "{said}");
    assert!(said.contains(": you ran kubectl delete pod "), "{said}");
    let end = format!(". {} replaced it on node-1.", heir.name);
    assert!(said.ends_with(&end), "{said}");
    assert_eq!(model.why().unwrap().replaced_by, Some(heir));
    // Taken away by the controller.
    let pod = pod_on(&model, 1);
    let taint = NodeMsg::AddTaint("a=b:NoExecute".to_owned());
    send(
        &mut model,
        [
            Msg::Select(Selection::Pod(pod)),
            Msg::Node("node-2".into(), taint),
            SETTLE,
        ],
    );
    let said = answer(&model);
    assert!(
        said.contains("taint a=b:NoExecute isn't tolerated"),
        "{said}"
    );
    // Before it came.
    send(&mut model, [Msg::Clock(ClockMsg::Seek { ms: 0 })]);
    assert_eq!(answer(&model), "This pod doesn't exist at this moment.");
}

#[test]
fn a_healthy_pod_has_no_fix_and_an_old_one_under_on_delete_has_one() {
    let mut model = running();
    let pod = Selection::Pod(pod_on(&model, 0));
    send(&mut model, [Msg::Select(pod)]);
    assert_eq!(model.remedies.as_ref().unwrap().items, []);
    let why = model.why().unwrap();
    assert_eq!(why.passed().as_deref(), Some("13 checks passed"));
    assert_eq!(why.failed().count(), 0);
    let mut model = Model::first_visit(false);
    let id = "on-delete-and-config-map".to_owned();
    update(&mut model, Msg::OpenScenario(id));
    let pod = pod_on(&model, 0);
    send(&mut model, [Msg::Select(Selection::Pod(pod.clone()))]);
    let items = &model.remedies.as_ref().unwrap().items;
    let titles: Vec<&str> = items.iter().map(|item| &*item.title).collect();
    assert_eq!(titles, [format!("Delete the old pod {}", pod.name)]);
    send(&mut model, [Msg::ApplyRemedy(0), SETTLE]);
    let new = pod_on(&model, 0);
    send(&mut model, [Msg::Select(Selection::Pod(new))]);
    assert_eq!(model.remedies.as_ref().unwrap().items, []);
}

#[test]
fn what_only_takes_time_has_no_fix_but_a_time() {
    let mut model = running();
    let image = DaemonSetMsg::SetImage {
        container: "my-container".to_owned(),
        image: "my-image:2".to_owned(),
    };
    let id = model.page.panel.as_ref().unwrap().id.clone();
    send(
        &mut model,
        [Msg::Clock(ClockMsg::Pause), Msg::DaemonSet(id, image)],
    );
    let card_with = |model: &Model, state| {
        let mut cards = model.page.cluster.cards.iter();
        let is_it = |card: &&Rc<NodeCard>| card.pods.iter().any(|pod| pod.state == state);
        cards.find(is_it).map(|card| card.name.clone())
    };
    let mut pulling = None;
    for _ in 0..200 {
        pulling = card_with(&model, PodState::Pulling);
        if pulling.is_some() {
            break;
        }
        send(&mut model, [Msg::Clock(ClockMsg::Step)]);
        while model.pacer.is_behind() {
            send(&mut model, [Msg::Clock(ClockMsg::Tick { elapsed_ms: 400 })]);
        }
    }
    let pulling = pulling.expect("one is pulled");
    let old = card_with(&model, PodState::Ready).expect("old ones run");
    for (node, told) in [
        (pulling, "the pod is ready in "),
        (old, "the new pod is ready in "),
    ] {
        send(&mut model, [Msg::Select(Selection::Node(node))]);
        let list = model.remedies.clone().unwrap();
        assert_eq!(list.items, []);
        let wait = list.wait.clone().unwrap_or_default();
        assert!(wait.starts_with(told), "{wait}");
    }
    // What the verdict says and the check that failed agree.
    let told = model.why().unwrap().told();
    assert!(told.contains("but still has the old template"), "{told}");
    let why = model.why().unwrap().clone();
    let failed: Vec<&str> = why.failed().map(|check| &*check.title).collect();
    assert_eq!(failed, ["Current template"]);
}

#[test]
fn assumed_times_are_a_command_like_any_other() {
    let mut model = running();
    let before = model.assumed.shown.clone();
    assert_eq!(
        before.text,
        "pull 1.5–4.5 s, start 0.7 s, ready after 1 s, stop 1.2 s"
    );
    send(&mut model, [Msg::SetAssumed]);
    assert!(model.notice.is_none() && model.session.log().len() == 1);
    let typed = [(0, "2"), (4, "2.5"), (5, "30"), (9, "nothing")];
    for (which, text) in typed {
        send(&mut model, [Msg::Assume(which, text.to_owned())]);
    }
    send(&mut model, [Msg::SetAssumed]);
    assert_eq!(
        model.assumed.shown.text,
        "pull 2 s, start 0.7 s, ready after 1 s, stop 1.2 s; 2.5 % of starts are 30× slower"
    );
    send(&mut model, [Msg::Undo]);
    assert_eq!(model.assumed.shown, before);
    send(
        &mut model,
        [Msg::Assume(1, "x".to_owned()), Msg::SetAssumed],
    );
    let notice = model.notice.as_ref().map(|notice| &*notice.text);
    assert_eq!(notice, Some("Start, s: \"x\" isn't a time"));
}

#[test]
fn a_changed_comparison_is_marked_as_old() {
    let mut model = running();
    let id = model.page.panel.as_ref().unwrap().id.clone();
    let compare = |msg| Msg::Compare(msg);
    let is_old = |model: &Model| model.compare.pane.as_ref().unwrap().is_old;
    let compared = |model: &mut Model| {
        send(
            model,
            [compare(CompareMsg::Run), compare(CompareMsg::WorkerLost)],
        );
        for _ in 0..10_000 {
            if model.compare.pane.as_ref().unwrap().progress.is_none() {
                break;
            }
            update(model, Msg::Clock(ClockMsg::Tick { elapsed_ms: 16 }));
        }
        assert!(model.compare.pane.as_ref().unwrap().result.is_some());
    };
    send(&mut model, [compare(CompareMsg::Open(id.clone()))]);
    assert!(!is_old(&model), "there is no result yet");
    compared(&mut model);
    assert!(!is_old(&model));
    let finish = |model: &Model| {
        let result = model.compare.pane.as_ref().unwrap().result.clone();
        result.unwrap().rows[0].finish.clone()
    };
    let before = finish(&model);
    let pull = CompareMsg::Set(CompareField::Time(0), "40".to_owned());
    send(&mut model, [compare(pull)]);
    assert!(is_old(&model));
    compared(&mut model);
    assert!(!is_old(&model));
    assert_ne!(finish(&model), before, "the pulls take longer");
    // Another cluster, too.
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    send(
        &mut model,
        [Msg::Open(None), add, compare(CompareMsg::Open(id))],
    );
    assert!(is_old(&model));
}

#[test]
fn the_chart_of_availability_goes_on_when_nodes_change() {
    let mut model = running();
    let words = |model: &Model| model.page.chart.as_ref().unwrap().words.join(" ");
    assert!(words(&model).starts_with("Began at "), "{}", words(&model));
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 2,
    };
    send(&mut model, [add, SETTLE]);
    let said = words(&model);
    assert!(said.starts_with("Nodes changed at "), "{said}");
    assert!(said.contains("Fewest available: 3 of 5"), "{said}");
    let counts = &model.page.chart.as_ref().unwrap().counts;
    assert_eq!(counts.last().map(|tick| &*tick.label), Some("5"));
}
