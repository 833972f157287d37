//! Components as HTML, rendered natively: what they say, and in which words. Effects don't run here.

use super::cluster::Cluster;
use super::compare::Compare;
use super::daemon_set::DaemonSet;
use super::dialog::{Help, Opening};
use super::dispatch::Dispatch;
use super::editor_pane::EditorPane;
use super::events::EventFeed;
use super::guide;
use super::header::Header;
use super::node_card::NodeCard;
use super::pod_tile::PodTile;
use super::timeline::Timeline;
use super::why::Why;
use crate::app::msg::{
    ClockMsg, CompareMsg, ConsoleMsg, EditorMsg, GuideMsg, HistoryMsg, Msg, NodeKind, NodeMsg,
    RaceMsg, Section, Selection, StoryMsg, Theme,
};
use crate::app::{Model, NodeError, update};
use crate::present::compare::Progress;
use crate::present::daemon_set::DaemonSetId;
use crate::present::editor::TabId;
use crate::present::pod::{PodId, PodRevision, PodState, PodTile as Tile};
use crate::present::remedy::{RemedyItem, RemedyList};
use expect_test::{Expect, expect, expect_file};
use std::rc::Rc;
use yew::{AttrValue, BaseComponent, LocalServerRenderer};

fn html<C: BaseComponent>(props: C::Properties) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let render = LocalServerRenderer::<C>::with_props(props)
        .hydratable(false)
        .render();
    let local = tokio::task::LocalSet::new();
    runtime
        .map(|runtime| local.block_on(&runtime, render))
        .unwrap_or_default()
}

/// What a person reads: the text without its elements.
fn text<C: BaseComponent>(props: C::Properties) -> String {
    let html = html::<C>(props);
    let mut text = String::new();
    let mut is_inside = true;
    for part in html.split(['<', '>']) {
        // Between `<` and `>` stands an element, outside stands text.
        is_inside = !is_inside;
        if !is_inside && !part.trim().is_empty() {
            text.push_str(part.trim());
            text.push('\n');
        }
    }
    text
}

#[track_caller]
fn check(found: &str, expect: &Expect) {
    expect.assert_eq(found);
}

/// The static visit that index.html shows until the page is there; nothing in it works yet.
#[test]
fn the_first_visit_is_in_the_page() {
    let html = html::<super::root::First>(());
    // The live region would say it twice.
    expect_file!["../../static/first.html"].assert_eq(&format!("{html}\n"));
}

fn running() -> Model {
    let mut model = Model::first_visit(false);
    for msg in [Msg::Editor(EditorMsg::Apply), Msg::Clock(ClockMsg::Settle)] {
        update(&mut model, msg);
    }
    model
}

fn tile(state: PodState, is_current: bool) -> Rc<Tile> {
    Rc::new(Tile {
        uid: "uid-1".into(),
        id: PodId {
            namespace: "default".into(),
            name: "agent-x7k2p".into(),
        },
        owner: "agent".to_owned(),
        suffix: "x7k2p".to_owned(),
        state,
        status: state.as_str().to_owned(),
        restarts: 2,
        revision: Some(PodRevision {
            number: 1,
            is_current,
        }),
        node: "node-1".into(),
        is_bound: state != PodState::Unscheduled,
        is_leaving: false,
        mark: None,
        ring: None,
        note: String::new(),
        summary: "Pod agent-x7k2p".to_owned(),
    })
}

#[test]
fn a_tile_says_state_revision_restarts_and_where_it_is_meant_to_go() {
    let html = html::<PodTile>(yew::props!(super::pod_tile::PodTileProps {
        pod: tile(PodState::Unscheduled, false)
    }));
    for part in [
        r#"data-state="Unscheduled""#,
        r#"data-revision="old""#,
        r#"data-bound="false""#,
        "↻2",
        "→ node-1",
        r#"title="Pod agent-x7k2p""#,
        ", old revision",
    ] {
        assert!(html.contains(part), "{part} isn't in {html}");
    }
}

#[test]
fn every_state_has_a_shape_of_its_own() {
    let shape = |state| {
        let html = html::<PodTile>(yew::props!(super::pod_tile::PodTileProps {
            pod: tile(state, true)
        }));
        html.split(" d=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .map(str::to_owned)
    };
    let shapes: std::collections::BTreeSet<_> = PodState::ALL.into_iter().map(shape).collect();
    assert_eq!(shapes.len(), PodState::ALL.len());
}

#[test]
fn a_node_card() {
    let model = running();
    let node = model.page.cluster.cards[0].clone();
    let props = super::node_card::NodeCardProps {
        node,
        is_selected: false,
        selected_pod: None,
        why: None,
        pointed: None,
        is_editing: false,
        error: None,
    };
    let found = text::<NodeCard>(props);
    let suffix = model.page.cluster.cards[0].pods[0].suffix.clone();
    check(
        &found.replace(&suffix, "SUFFIX"),
        &expect![[r#"
            node-1
            Ready
            worker
            · linux/amd64
            Pod
            my-daemonset
            -SUFFIX
            r1
            Running
            on node-1
        "#]],
    );
}

#[test]
fn a_node_form_lists_labels_and_taints_and_says_what_is_wrong() {
    let mut model = running();
    update(
        &mut model,
        Msg::Node(
            "node-1".into(),
            NodeMsg::AddTaint("a=b:NoSchedule".to_owned()),
        ),
    );
    let props = super::node_card::NodeCardProps {
        node: model.page.cluster.cards[0].clone(),
        is_selected: false,
        selected_pod: None,
        why: None,
        pointed: None,
        is_editing: true,
        error: Some(NodeError {
            is_taint: false,
            text: "a label is key=value".into(),
        }),
    };
    let html = html::<NodeCard>(props);
    for part in [
        r#"aria-label="Remove label kubernetes.io/hostname""#,
        r#"aria-label="Remove taint a=b:NoSchedule""#,
        "a label is key=value",
        r#"id="add-label-node-1" placeholder="disk=ssd" autocomplete="off" autocapitalize="off" spellcheck="false" aria-invalid="true" aria-describedby="add-label-node-1-error""#,
        r#"id="add-label-node-1-error""#,
    ] {
        assert!(html.contains(part), "{part} isn't in {html}");
    }
}

#[test]
fn the_status_before_and_after() {
    let props = |model: &Model| super::daemon_set::DaemonSetProps {
        chart: model.page.chart.clone(),
        groups: model.page.groups.clone(),
        ways_out: model.ways_out.clone(),
        done: None,
        panel: model.page.panel.clone(),
        all: model.page.daemon_sets.clone(),
        assumed: model.assumed.shown.clone(),
    };
    check(
        &text::<DaemonSet>(props(&Model::first_visit(false))),
        &expect![[r#"
            Status
            No DaemonSet yet. Apply the manifest: each node will get a pod.
        "#]],
    );
    check(
        &text::<DaemonSet>(props(&running())),
        &expect![[r#"
            DaemonSet
            my-daemonset
            3 of 3 pods available, all up to date
            Desired
            3
            Desired
            Nodes that should run the pod: selector, affinity and taints allow it. Click to see why.
            Current
            3
            Current
            Of these, nodes that have a pod, in whatever state. Click to see why.
            Ready
            3
            Ready
            Nodes whose pod passes its readiness checks. Click to see why.
            Up to date
            3
            Up to date
            Nodes whose pod has the current template. Click to see why.
            Available
            3
            Available
            Nodes whose pod has been ready for minReadySeconds. Click to see why.
            Unavailable
            0
            Unavailable
            Desired minus available: this is what maxUnavailable limits. Click to see why.
            Misscheduled
            0
            Misscheduled
            Nodes that have a pod and shouldn't. Click to see why.
            Observed
            1
            Observed generation
            The generation of the spec that the controller saw last: it is the latest. Click to see why.
            Rolled out
            3 of 3 updated
            RollingUpdate, maxUnavailable 1: the rollout takes pods down on at most 1 node at a time.
            Compare strategies
            Times assume pull 1.5–4.5 s, start 0.7 s, ready after 1 s, stop 1.2 s
            Pull, s
            Start, s
            Ready after, s
            Stop, s
            Slow starts, %
            × slower
            Set
            Available over time
            0
            1
            2
            3
            0
            1 s
            2 s
            3 s
            4 s
            5 s
            6 s
            Began at 0:05.0, done after 4.5 s.
            Why DESIRED is 3 with 3 nodes
            Nodes
            Why
            3
            Should run
            eligible, and its pod is ready
            node-1
            node-2
            node-3
            What it selects
            Pods, by selector
            app=my-app
            says which pods are its own. It never selects nodes.
            Nodes, by the template
            every node
            Use nodeSelector or node affinity to run on some nodes only.
            Taints
            The template tolerates none. The controller adds not-ready, unreachable, pressure and unschedulable by itself.
            Image
            my-container
            Set
        "#]],
    );
}

#[test]
fn why_a_tainted_node_has_no_pod() {
    let mut model = running();
    for msg in [
        Msg::Node(
            "node-2".into(),
            NodeMsg::AddTaint("dedicated=db:NoExecute".to_owned()),
        ),
        Msg::Clock(ClockMsg::Settle),
        Msg::Select(Selection::Node("node-2".into())),
    ] {
        update(&mut model, msg);
    }
    let mut why = model.page.why.as_ref().map(|why| (**why).clone());
    // The chain has its own test; its times would make this one brittle.
    why.iter_mut().for_each(|why| why.causes.clear());
    check(
        &text::<Why>(super::why::WhyProps {
            remedies: model.remedies.clone(),
            done: None,
            pointed: None,
            walk: None,
            assumed: model.assumed.shown.clone(),
            why: why.map(Rc::new),
        }),
        &expect![[r#"
            Why?
            Node node-2
            my-daemonset
            Skipped:
            taint dedicated=db:NoExecute isn't tolerated; running pods are removed
            Decided by
            node node-2: spec.taints[0]
            How to fix it
            Remove the taint dedicated=db:NoExecute from node-2
            kubectl taint node node-2 dedicated:NoExecute- --overwrite
            Tested on a copy: a pod is bound here at once.
            Apply fix
            Let my-daemonset tolerate dedicated=db:NoExecute: add a toleration to its template
            kubectl patch daemonset my-daemonset -n default --type=merge -p '{"spec":{"template":{"spec":{"tolerations":[{"effect":"NoExecute","key":"dedicated","operator":"Equal","value":"db"}]}}}}'
            Tested on a copy: a pod is bound here at once.
            Apply fix
            Assumes pull 1.5–4.5 s, start 0.7 s, ready after 1 s, stop 1.2 s.
            Checks
            Taint dedicated=db:NoExecute
            failed.
            decided
            no toleration matches: no pod is created, and a running one is removed
            node node-2: spec.taints[0]
            YAML
            DaemonSet my-daemonset
            spec:
            template:
            spec:
            # no tolerations
            Node node-2
            spec:
            taints:
            - effect: NoExecute
            key: dedicated
            value: db
            3 checks passed
            DaemonSet controller: should node-2 run my-daemonset?
            Node name
            passed.
            the template names no node
            spec.template.spec.nodeName
            nodeSelector
            passed.
            the template has no nodeSelector
            spec.template.spec.nodeSelector
            Node affinity (required)
            passed.
            the template has no required node affinity
            spec.template.spec.affinity.nodeAffinity
        "#]],
    );
}

#[test]
fn events_are_kubectls_rows() {
    let found = text::<EventFeed>(super::events::EventFeedProps {
        feed: running().page.feed.clone(),
    });
    for part in [
        "SuccessfulCreate",
        "daemonset/my-daemonset",
        "Created pod: my-daemonset-",
        "Scheduled",
    ] {
        assert!(found.contains(part), "{part} isn't in {found}");
    }
}

#[test]
fn the_timeline_names_its_buttons_and_marks_commands() {
    let html = html::<Timeline>(super::timeline::TimelineProps {
        timeline: running().page.timeline.clone(),
        pointed: None,
    });
    for part in [
        r#"aria-label="Next API change""#,
        r#"aria-label="Jump to settled""#,
        r#"aria-label="Undo: kubectl apply -f -""#,
        "<title>kubectl apply -f -</title>",
        "60×",
    ] {
        assert!(html.contains(part), "{part} isn't in {html}");
    }
}

#[test]
fn bookmarks_and_histories_are_on_the_timeline_with_their_names() {
    let mut model = running();
    let history = |msg| Msg::History(msg);
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    for msg in [
        history(HistoryMsg::Bookmark),
        history(HistoryMsg::RenameBookmark(0, "three run".to_owned())),
        add.clone(),
        Msg::Clock(ClockMsg::Settle),
        history(HistoryMsg::GoTo(0)),
    ] {
        update(&mut model, msg);
    }
    let html_of = |model: &Model| {
        html::<Timeline>(super::timeline::TimelineProps {
            timeline: model.page.timeline.clone(),
            pointed: None,
        })
    };
    let found = html_of(&model);
    let now = &model.page.timeline.now;
    for part in [
        r#"id="bookmark" aria-pressed="true""#,
        &format!(r#"role="button" tabindex="0" aria-label="Bookmark at {now}: three run""#),
        "three run</text>",
        r#"aria-label="1 bookmark""#,
        &format!("Back to {}", model.page.timeline.end),
    ] {
        assert!(found.contains(part), "{part} isn't in {found}");
    }
    update(
        &mut model,
        Msg::Node("node-1".into(), NodeMsg::Cordon(true)),
    );
    let found = html_of(&model);
    for part in [
        r#"aria-label="Branch: add a Worker node""#,
        r#"aria-label="2 branches""#,
    ] {
        assert!(found.contains(part), "{part} isn't in {found}");
    }
    assert!(!found.contains("Back to"));
}

#[test]
fn a_chain_of_causes_is_a_list_and_marks_timeline_card_and_tile() {
    let mut model = running();
    let card = model.page.cluster.cards[0].clone();
    let pod = Selection::Pod(card.pods[0].id.clone());
    update(&mut model, Msg::Select(pod));
    let why = model.why().cloned();
    // The newest link is about the pod, on its node.
    let pointed = why.as_ref().map(|why| why.causes.len() - 1);
    let list = html::<Why>(super::why::WhyProps {
        assumed: Rc::default(),
        remedies: None,
        done: None,
        why: why.clone(),
        pointed,
        walk: Some(super::why::WalkNote {
            as_of: "0:42.0".into(),
            at: 1,
        }),
    });
    let count = why.as_ref().map_or(0, |why| why.causes.len());
    assert_eq!(list.matches(r#"class="cause""#).count(), count);
    assert_eq!(list.matches(r#"data-pointed="true""#).count(), 1);
    for part in [
        r#"<ol role="list""#,
        r#"aria-current="step""#,
        "Back to 0:42.0",
        "The page shows step 2, in the past.",
    ] {
        assert!(list.contains(part), "{part} isn't in {list}");
    }
    assert!(
        !list.contains("Delete pod"),
        "it may not be there in the past"
    );
    let bar = html::<Timeline>(super::timeline::TimelineProps {
        timeline: model.page.timeline.clone(),
        pointed,
    });
    assert_eq!(bar.matches(r#"data-kind="cause""#).count(), count);
    assert_eq!(bar.matches(r#"data-pointed="true""#).count(), 1);
    let marked = |why| {
        let props = super::node_card::NodeCardProps {
            node: card.clone(),
            is_selected: false,
            selected_pod: None,
            why,
            pointed,
            is_editing: false,
            error: None,
        };
        let html = html::<NodeCard>(props);
        let count = |part: &str| html.matches(part).count();
        (count("data-links="), count(r#"data-pointed="true""#))
    };
    assert_eq!(marked(why), (2, 2));
    assert_eq!(marked(None), (0, 0));
}

#[test]
fn the_editor_pane_invites_and_lists_errors() {
    let mut model = Model::first_visit(false);
    let pane = |model: &Model| super::editor_pane::EditorPaneProps {
        pane: model.pane.clone(),
        is_dark: false,
        reveal: None,
    };
    assert!(text::<EditorPane>(pane(&model)).contains("Three empty nodes are waiting."));
    let typed = EditorMsg::Typed {
        tab: TabId(0),
        text: "kind: DaemonSet\nkind: Pod\n".to_owned(),
    };
    for msg in [Msg::Editor(typed), Msg::Editor(EditorMsg::Apply)] {
        update(&mut model, msg);
    }
    let found = text::<EditorPane>(pane(&model));
    assert!(found.contains("line 2"), "{found}");
    assert!(
        html::<EditorPane>(pane(&model)).contains("kind: Pod"),
        "the text stays"
    );
}

#[test]
fn no_component_needs_an_inline_style() {
    let model = running();
    let cluster = super::cluster::ClusterProps {
        cluster: model.page.cluster.clone(),
        selection: Selection::None,
        editing: Some("node-1".into()),
        node_error: None,
        fleet: None,
        focus: None,
        why: None,
        pointed: None,
    };
    let header = super::header::HeaderProps {
        theme: Theme::System,
        section: Section::Editor,
        is_embedded: true,
        shows_editor: true,
        shows_console: false,
    };
    for html in [
        html::<Cluster>(cluster),
        html::<Header>(header),
        html::<Help>(super::dialog::HelpProps {
            has_shortcuts: true,
        }),
        html::<Opening>(super::dialog::OpeningProps {
            progress: Progress {
                permille: 500,
                text: "1 of 2 commands".to_owned(),
            },
        }),
        html::<Timeline>(super::timeline::TimelineProps {
            timeline: model.page.timeline.clone(),
            pointed: None,
        }),
    ] {
        assert!(!html.contains(" style="), "the policy forbids it: {html}");
    }
}

#[derive(Clone, PartialEq, yew::Properties)]
struct PartProps {
    children: yew::Html,
}

/// What a function draws, as a component.
#[yew::component]
fn Part(props: &PartProps) -> yew::Html {
    props.children.clone()
}

fn part(children: yew::Html) -> (String, String) {
    let props = PartProps { children };
    (html::<Part>(props.clone()), text::<Part>(props))
}

#[test]
fn a_newcomer_is_told_the_idea_and_offered_questions_and_experiments() {
    let dispatch = Dispatch(yew::Callback::noop());
    let (html, text) = part(guide::welcome(&dispatch));
    assert!(text.starts_with("A DaemonSet keeps one pod on every node that fits\n"));
    assert_eq!(html.matches(r#"class="question""#).count(), 6);
    assert!(!html.contains(" style="));
    let mut model = running();
    let bar = |model: &Model| {
        model
            .next_experiment()
            .map(|next| part(guide::experiment(&next, &dispatch)))
    };
    let (html, text) = bar(&model).unwrap();
    assert!(
        text.contains("Add a node\nIt gets its pod by itself."),
        "{text}"
    );
    assert!(html.contains(r#"aria-current="step""#));
    let add = Msg::AddNodes {
        kind: NodeKind::Worker,
        count: 1,
    };
    update(&mut model, add);
    update(&mut model, Msg::Clock(ClockMsg::Settle));
    let (html, text) = bar(&model).unwrap();
    assert!(
        text.contains("Add a node: done") && text.contains("Taint node-4"),
        "{text}"
    );
    assert!(!html.contains(" style="));
}

#[test]
fn the_tour_ends_with_a_word_and_two_ways_on() {
    let dispatch = Dispatch(yew::Callback::noop());
    let mut model = running();
    for _ in 0..5 {
        update(&mut model, Msg::Guide(GuideMsg::Do));
        update(&mut model, Msg::Clock(ClockMsg::Settle));
    }
    let next = model.next_experiment().unwrap();
    let (html, text) = part(guide::experiment(&next, &dispatch));
    for part in [
        "That was the tour.\nnode-1 is still powered off.",
        "Power on node-1",
        "Scenarios",
    ] {
        assert!(text.contains(part), "{part} isn't in {text}");
    }
    assert!(!html.contains("aria-current"));
}

#[test]
fn a_faster_rollout_is_no_fix_and_what_only_takes_time_has_no_button() {
    let list = |items: Vec<RemedyItem>, wait: Option<&str>| RemedyList {
        items,
        wait: wait.map(str::to_owned),
    };
    let item = RemedyItem {
        title: "Raise agent's maxUnavailable to 25%".to_owned(),
        kubectl: Vec::new(),
        effect: "done in 11 s instead of 17 s".to_owned(),
    };
    let shown = |list, button| {
        let props = super::remedies::RemediesProps {
            title: "How to make it faster".into(),
            button,
            list: Some(Rc::new(list)),
            done: None,
            act: yew::Callback::noop(),
            assumed: AttrValue::default(),
        };
        html::<super::remedies::Remedies>(props)
    };
    let faster = shown(list(vec![item], None), "Apply change");
    assert!(faster.contains(r#"aria-label="Apply change: Raise agent"#) && !faster.contains("fix"));
    let waits = shown(
        list(Vec::new(), Some("the pod is ready in 2.1 s")),
        "Apply fix",
    );
    assert!(waits.contains("the pod is ready in 2.1 s") && !waits.contains("<button"));
    assert!(!waits.contains("hidden"));
}

#[test]
fn a_number_that_never_changed_is_told_and_not_drawn() {
    let mut model = running();
    let draw = |model: &Model| {
        html::<DaemonSet>(super::daemon_set::DaemonSetProps {
            chart: model.page.chart.clone(),
            groups: None,
            ways_out: None,
            done: None,
            panel: model.page.panel.clone(),
            all: model.page.daemon_sets.clone(),
            assumed: model.assumed.shown.clone(),
        })
    };
    assert!(draw(&model).contains("availability__line"));
    let on_delete = "kubectl patch ds my-daemonset -p '{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\",\"rollingUpdate\":null}}}'";
    let image = "kubectl set image ds/my-daemonset my-container=my-image:9";
    for line in [on_delete, image] {
        update(&mut model, Msg::Console(ConsoleMsg::Typed(line.to_owned())));
        update(&mut model, Msg::Console(ConsoleMsg::Enter));
        update(&mut model, Msg::Clock(ClockMsg::Settle));
    }
    let drawn = draw(&model);
    assert!(
        drawn.contains("Fewest available so far: 3 of 3") && !drawn.contains("availability__line")
    );
}

#[test]
fn a_scenario_shows_its_question_and_keeps_the_answer_folded() {
    let dispatch = Dispatch(yew::Callback::noop());
    let mut model = Model::first_visit(false);
    update(&mut model, Msg::OpenScenario("no-floor".to_owned()));
    let bar = |model: &Model| part(guide::story(&model.story_bar().unwrap(), &dispatch));
    let (html, text) = bar(&model);
    for part in [
        "Scenario 7 of 15",
        "With maxUnavailable 1, why are two pods of four unavailable?",
        "Play it from the start",
        "Show 1 hint",
        "kubectl delete pod --field-selector spec.nodeName=node-3",
        "kubectl apply -f -   # DaemonSet agent",
    ] {
        assert!(text.contains(part), "{part} isn't in {text}");
    }
    assert!(
        html.contains(r#"aria-label="Next scenario: The default is slow""#),
        "{html}"
    );
    assert_eq!(html.matches("<details").count(), 2);
    assert!(!html.contains("<details open") && !html.contains(" style="));
    update(&mut model, Msg::Story(StoryMsg::Play));
    let (_, text) = bar(&model);
    assert!(
        text.contains("1 of 5") && text.contains("To the end"),
        "{text}"
    );
    let list = text_of_scenarios(Some("no-floor"));
    assert!(
        list.contains("A rollout stuck behind a NotReady node"),
        "{list}"
    );
}

fn text_of_scenarios(open: Option<&'static str>) -> String {
    let props = guide::ScenariosProps { open };
    assert!(html::<guide::Scenarios>(props.clone()).contains(r#"aria-current="true""#));
    text::<guide::Scenarios>(props)
}

#[test]
fn the_clock_says_settled_and_offers_to_play_it_again() {
    let mut model = running();
    let bar = |model: &Model| {
        html::<Timeline>(super::timeline::TimelineProps {
            timeline: model.page.timeline.clone(),
            pointed: None,
        })
    };
    let found = bar(&model);
    assert!(
        found.contains(r#"<b>Settled<span class="timeline__dot"> · </span>0:"#),
        "{found}"
    );
    assert!(found.contains(r#"aria-label="Replay the last act""#) && !found.contains("Replay all"));
    for msg in [
        Msg::Node("node-1".into(), NodeMsg::Cordon(true)),
        Msg::Clock(ClockMsg::Settle),
    ] {
        update(&mut model, msg);
    }
    assert!(bar(&model).contains("Replay all"));
    update(&mut model, Msg::Clock(ClockMsg::Seek { ms: 1_000 }));
    let (html, text) = part(guide::past(
        &model.page.timeline,
        &Dispatch(yew::Callback::noop()),
    ));
    assert!(
        text.contains("Viewing 0:01.\nActing here starts a branch."),
        "{text}"
    );
    assert!(html.contains("Back to now"));
}

#[test]
fn the_dialogs_that_add_nodes_label_their_fields() {
    let props = |is_import, error: Option<&'static str>| super::add_node::AddNodesProps {
        is_import,
        error: error.map(Into::into),
    };
    let many = html::<super::add_node::AddNodes>(props(false, None));
    assert!(
        many.contains(r#"for="add-count""#) && many.contains(r#"max="5000""#),
        "{many}"
    );
    let import = html::<super::add_node::AddNodes>(props(true, Some("line 3: no")));
    assert!(
        import.contains(r#"aria-describedby="import-error""#),
        "{import}"
    );
    assert!(import.contains("line 3: no") && !import.contains(" style="));
}

/// Three strategies were compared, without a worker, and the first and the last are watched at this moment.
fn watched(nodes_more: u32, at_ms: u64) -> Model {
    let mut model = running();
    let id = DaemonSetId {
        namespace: "default".to_owned(),
        name: "my-daemonset".to_owned(),
    };
    let kind = NodeKind::Worker;
    for msg in [
        Msg::AddNodes {
            kind,
            count: nodes_more,
        },
        Msg::Compare(CompareMsg::Open(id)),
        Msg::Compare(CompareMsg::Run),
        Msg::Compare(CompareMsg::WorkerLost),
    ] {
        update(&mut model, msg);
    }
    finish(&mut model);
    update(&mut model, Msg::Compare(CompareMsg::Watch));
    finish(&mut model);
    let seek = RaceMsg::Seek { ms: at_ms };
    update(&mut model, Msg::Compare(CompareMsg::Race(seek)));
    finish(&mut model);
    model
}

fn finish(model: &mut Model) {
    while model.compare.is_busy() {
        update(model, Msg::Clock(ClockMsg::Tick { elapsed_ms: 16 }));
    }
}

fn compare(model: &Model) -> super::compare::CompareProps {
    super::compare::CompareProps {
        pane: model.compare.pane.clone().expect("the dialog is open"),
    }
}

#[test]
fn two_strategies_are_read_side_by_side() {
    let model = watched(0, 2_000);
    check(
        &text::<Compare>(compare(&model)),
        &expect![[r#"
            Side by side
            1×
            2×
            5×
            10×
            30×
            60×
            300×
            1000×
            0:02.0
            / 0:17.4
            Seeking…
            Back to the table
            maxUnavailable 1
            maxUnavailable 25%
            maxSurge 1
            Rolling out
            Time
            0:02.0
            Updated
            0 of 3
            Available
            2
            Fewest so far
            2
            Extra pods
            0
            node-1
            my-daemonset
            -djvvc
            r2
            pulling the image
            node-2
            my-daemonset
            -vsjrz
            r1
            Running
            node-3
            my-daemonset
            -c5sqs
            r1
            Running
            maxUnavailable 1
            maxUnavailable 25%
            maxSurge 1
            Rolling out
            Time
            0:02.0
            Updated
            0 of 3
            Available
            3
            Fewest so far
            3
            Extra pods
            1
            node-1
            extra pod
            my-daemonset
            -l7dfr
            r1
            Running
            my-daemonset
            -xvttq
            r2
            pulling the image
            node-2
            my-daemonset
            -vsjrz
            r1
            Running
            node-3
            my-daemonset
            -c5sqs
            r1
            Running
            What the tiles mean
            agent
            -x7k2p
            r2
            Pending
            → node-1
            created; waits for the scheduler to bind it to its node
            agent
            -x7k2p
            r2
            Pending
            bound; the kubelet hasn't started it yet
            agent
            -x7k2p
            r2
            ContainerCreating
            the kubelet pulls the image
            agent
            -x7k2p
            r2
            ContainerCreating
            the containers are being started
            agent
            -x7k2p
            r2
            Running
            runs, but isn't ready yet
            agent
            -x7k2p
            r2
            Running
            runs and is ready
            agent
            -x7k2p
            r2
            Terminating
            told to stop; its grace period is running
            agent
            -x7k2p
            r2
            CrashLoopBackOff
            ↻1
            a container exited; the kubelet waits before it restarts it
            agent
            -x7k2p
            r2
            ImagePullBackOff
            the image can't be pulled
            agent
            -x7k2p
            r2
            Error
            failed, and won't start again
            agent
            -x7k2p
            r2
            Completed
            completed, which a daemon pod shouldn't
            agent
            -x7k2p
            r1
            Running
            runs an old template: striped, with a hollow number
        "#]],
    );
    let html = html::<Compare>(compare(&model));
    assert!(
        !html.contains("id=\"compare-run\""),
        "nothing else is there"
    );
    assert!(html.contains("aria-valuetext=\"0:02.0\""));
    // Tiles that nobody can press say what they are.
    assert!(html.contains("role=\"img\""));
    assert!(!html.contains("<button type=\"button\" class=\"pod-tile"));
}

#[test]
fn many_nodes_side_by_side_are_two_maps_with_words() {
    let model = watched(40, 2_000);
    let html = html::<Compare>(compare(&model));
    assert_eq!(html.matches("<canvas").count(), 2);
    check(
        &labels(&html, "fleet__stage"),
        &expect![[r#"
            maxUnavailable 1: Rolling out, 0 of 43 updated, 42 available, fewest 42, 0 extra pods
            maxSurge 1: Rolling out, 0 of 43 updated, 43 available, fewest 43, 1 extra pod
        "#]],
    );
    assert!(html.contains("two pods <b>1</b>"));
}

/// What elements of a class say to those who don't see them.
fn labels(html: &str, class: &str) -> String {
    let elements = html.split('<').filter(|element| element.contains(class));
    let labels = elements.filter_map(|element| {
        let label = element.split("aria-label=\"").nth(1)?;
        Some(format!("{}\n", label.split('"').next()?))
    });
    labels.collect()
}
