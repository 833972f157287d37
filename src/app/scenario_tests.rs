//! Each scenario, opened: the page's own words name the true cause, and what it suggests helps.

use super::msg::NodeMsg;
use super::*;
use crate::app::msg::StoryMsg;
use crate::explain::remedy::tests::keep;
use crate::present::remedy::RemedyList;
use crate::scenarios::{self, Look};

fn opened(id: &str) -> Model {
    let mut model = Model::first_visit(false);
    update(&mut model, Msg::OpenScenario(id.to_owned()));
    assert_eq!(model.notice, None, "{id}");
    assert_eq!(*model.pane.hints, [], "{id}: hints wait");
    update(&mut model, Msg::Story(StoryMsg::ShowHints));
    model
}

/// All that the page says in explanation, a sentence a line.
fn told(model: &Model) -> String {
    let mut lines: Vec<String> = Vec::new();
    let hints = model.pane.hints.iter();
    lines.extend(hints.map(|hint| format!("hint {}: {}", hint.id, hint.text)));
    match &model.pane.result {
        ApplyResult::Failed { message, .. } => lines.push(format!("refused: {message}")),
        ApplyResult::None | ApplyResult::Done { .. } => {}
    }
    if let Some(panel) = &model.page.panel {
        lines.push(format!("headline: {}", panel.headline));
        lines.push(format!("strategy: {}", panel.rollout.strategy));
        lines.extend(
            panel
                .rollout
                .waits
                .iter()
                .map(|wait| format!("wait: {wait}")),
        );
    }
    if let Some(groups) = &model.page.groups {
        lines.push(format!("table: {}", groups.title));
        let rows = groups.rows.iter();
        lines.extend(rows.map(|row| {
            let nodes = row.nodes.join(" ");
            format!(
                "row: {} {} ({nodes}): {}",
                row.count,
                row.state.word(),
                row.reason
            )
        }));
    }
    if let Some(why) = &model.page.why {
        lines.push(format!("why: {}", why.told()));
        lines.extend(
            why.decided_by
                .iter()
                .map(|field| format!("decided by: {field}")),
        );
        let checks = why.groups.iter().flat_map(|group| &group.checks);
        lines.extend(
            checks
                .filter(|check| check.decides)
                .map(|check| format!("check: {}: {}", check.title, check.detail)),
        );
    }
    let mut suggest = |what: &str, list: &Option<Rc<RemedyList>>| {
        let items = list.iter().flat_map(|list| &list.items);
        lines.extend(items.map(|item| format!("{what}: {} ({})", item.title, item.effect)));
    };
    suggest("change", &model.remedies);
    suggest("way out", &model.ways_out);
    lines.join("\n")
}

/// By scenario: sentences that the page must say.
const CAUSES: [(&str, &[&str]); 15] = [
    (
        "desired-below-nodes",
        &[
            "table: Why DESIRED is 3 with 5 nodes",
            "row: 1 Skipped (windows-1): nodeSelector wants label kubernetes.io/os=linux, the node has kubernetes.io/os=windows",
            "row: 1 Skipped (control-plane-1): taint node-role.kubernetes.io/control-plane:NoSchedule isn't tolerated",
            "why: agent: Skipped: taint node-role.kubernetes.io/control-plane:NoSchedule isn't tolerated.",
            "decided by: node control-plane-1: spec.taints[0]",
            "change: Remove the taint node-role.kubernetes.io/control-plane:NoSchedule from control-plane-1",
            "change: Let agent tolerate node-role.kubernetes.io/control-plane:NoSchedule",
        ],
    ),
    (
        "pending-on-a-full-node",
        &[
            "row: 1 Should run, pending (node-2): scheduler: Insufficient cpu",
            "A daemon pod is meant for one node, so only node-2 counts. No pod there has a lower priority than its own, 0, so it can't preempt one.",
            "decided by: spec.containers[*].resources.requests (cpu)",
            "check: NodeResourcesFit: Insufficient cpu: requested 1000m, used 3500m of 4000m",
            "change: Lower the request to cpu 500m, which fits on the node",
            "change: Give agent the priority class system-node-critical: pods of lower priority make room",
        ],
    ),
    (
        "label-and-taint",
        &[
            "row: 1 Skipped (node-2): nodeSelector wants label disk=ssd, the node has no label disk",
            "why: agent: Misscheduled: taint dedicated=db:NoSchedule isn't tolerated: no new pod is created, the one here stays.",
            "decided by: node node-3: spec.taints[0]",
            "change: Remove the taint dedicated=db:NoSchedule from node-3 (the pod should run here at once)",
            "change: Change node-3's taint dedicated=db:NoSchedule to NoExecute (the pod is gone",
        ],
    ),
    (
        "drain-leaves-daemons",
        &[
            "why: agent: Should run: eligible, and its pod is ready. The node is cordoned: daemon pods tolerate that, and kubectl drain leaves them alone.",
        ],
    ),
    (
        "running-on-a-dead-node",
        &[
            "why: It is on node-3, and its status says Running. node-3 is NotReady, so this is what its kubelet reported last. Daemon pods tolerate not-ready and unreachable forever: nothing evicts this one.",
            "change: Power node-3 on (the pod is ready",
        ],
    ),
    (
        "stuck-behind-a-not-ready-node",
        &[
            "wait: The budget of 1 is used up by node-2 (being deleted, but the node is NotReady: nobody can confirm that the pod stopped).",
            "wait: 3 old pods left; the next to go is agent-",
            "way out: Power node-2 on (resumes in ",
            "way out: Delete node-2, if it won't come back",
        ],
    ),
    (
        "no-floor",
        &[
            "hint floor: maxUnavailable isn't a guaranteed minimum",
            "headline: 2 of 4 pods available",
            "strategy: RollingUpdate, maxUnavailable 1: the rollout takes pods down on at most 1 node at a time.",
            "wait: The budget of 1 is used up by node-1 (not ready: ImagePullBackOff) and node-3 (not ready: ImagePullBackOff).",
            "wait: That's 1 more than maxUnavailable, which isn't a guaranteed minimum: it limits what the rollout takes down, not what fails or is deleted meanwhile.",
            "way out: Roll back agent to the previous revision",
        ],
    ),
    (
        "default-too-slow",
        &[
            "strategy: RollingUpdate, maxUnavailable 1:",
            "wait: 1 node at a time, 14 s each: the 25 left take about 5 min 50 s more.",
            "way out: Raise agent's maxUnavailable to 25% (done in 65 s instead of 6 min 27 s)",
        ],
    ),
    (
        "surge-with-host-port",
        &[
            "hint surge-host-port: ",
            "wait: The surge of 1 is used up by node-1 (not ready: Pending; scheduler: node(s) didn't have free ports for the requested pod ports).",
            "wait: The old pod there uses the host port that the new one needs, and stays until the new one is available: maxSurge can't work with a host port.",
            "row: 1 Being replaced (node-1): the new pod is Pending beside the old one; scheduler: node(s) didn't have free ports",
            "way out: Roll agent without surge: maxSurge 0, maxUnavailable 1",
        ],
    ),
    (
        "ready-is-not-available",
        &[
            "wait: The budget of 1 is used up by node-1 (ready, available in ",
            "row: 1 Should run (node-1): its pod is ready, and counts as available after minReadySeconds",
            "way out: Raise agent's maxUnavailable to 2",
        ],
    ),
    (
        "on-delete-and-config-map",
        &[
            "hint on-delete: With OnDelete a changed template reaches a node only when somebody deletes the old pod there.",
            "hint config-map: A changed ConfigMap rolls nothing out",
            "wait: 3 old pods left: delete them to update.",
            "way out: Delete the old pod agent-",
            "way out: Switch agent to RollingUpdate",
        ],
    ),
    (
        "immutable-selector",
        &[
            "hint immutable-selector: spec.selector can't be changed once the DaemonSet exists.",
            "refused: The DaemonSet \"agent\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"node-agent\"}}: field is immutable",
        ],
    ),
    (
        "scale-to-zero",
        &[
            "headline: No eligible nodes",
            "table: Why DESIRED is 0 with 3 nodes",
            "decided by: spec.template.spec.nodeSelector[switched-off]",
            "change: Remove nodeSelector switched-off from agent's template (a pod is bound here",
        ],
    ),
    (
        "workload-before-daemon",
        &[
            "why: agent: Should run: its pod is Running. Other pods don't wait for it: shop runs here already. Only a taint that the node joins with, and that agent tolerates, keeps them away until then.",
        ],
    ),
    (
        "failed-pod-loop",
        &[
            "row: 1 Should run (node-2): its pod failed (Evicted); the controller replaces it after a back-off",
            "It failed: Evicted: Pod was rejected: The node had condition: [DiskPressure]. The controller deletes a failed pod and creates another, each time after a longer back-off (now 64 s).",
            "change: End node-2's DiskPressure (the pod is ready",
            "change: Give agent the priority class system-node-critical: the kubelet keeps critical pods (the pod is ready",
        ],
    ),
];

#[test]
fn the_page_names_the_true_cause() {
    let ids: Vec<&str> = scenarios::all().iter().map(|story| story.id).collect();
    assert_eq!(ids, CAUSES.map(|(id, _)| id));
    for (id, sentences) in CAUSES {
        let told = told(&opened(id));
        for sentence in sentences {
            assert!(told.contains(sentence), "{id}: {sentence}\n\n{told}");
        }
    }
}

#[test]
fn every_suggested_edit_does_what_it_promised() {
    let mut kept = 0;
    for story in scenarios::all() {
        let model = opened(story.id);
        let node = match story.look {
            Look::Rollout => "node-1",
            Look::Node(node) | Look::PodOn(node) => node,
        };
        for remedy in model.suggested.all() {
            keep(&model.session, node, remedy);
            kept += 1;
        }
    }
    assert!(kept > 25, "{kept} edits in all");
}

#[test]
fn a_button_resolves_what_is_stuck() {
    for id in [
        "stuck-behind-a-not-ready-node",
        "surge-with-host-port",
        "no-floor",
    ] {
        let mut model = opened(id);
        update(&mut model, Msg::ApplyWayOut(0));
        update(&mut model, Msg::Clock(ClockMsg::Settle));
        let told = told(&model);
        assert!(told.contains("available, all up to date"), "{id}\n{told}");
    }
}

#[test]
fn a_scenario_can_be_undone_shared_and_edited() {
    let model = opened("surge-with-host-port");
    let note = model.pane.story.clone().unwrap();
    assert!(note.question.starts_with("I set maxSurge") && note.answer.contains("9100"));
    assert!(model.pane.text.contains("hostPort: 9100") && !model.pane.tabs[0].is_dirty);
    assert!(
        model
            .console
            .text()
            .contains("$ kubectl set image ds/agent main=agent:2\n")
    );
    let link = link::encode(&start::shared(&model, Session::share));
    let mut again = Model::open(&link, false);
    update(&mut again, Msg::Story(StoryMsg::ShowHints));
    assert_eq!(told(&again), told(&model));
    assert_eq!(
        again.pane.story, model.pane.story,
        "the text is the scenario's"
    );
    let mut model = model;
    update(&mut model, Msg::Undo);
    assert!(
        !told(&model).contains("free ports"),
        "the rollout isn't begun"
    );
    update(&mut model, Msg::Redo);
    assert_eq!(model.session.log().len(), again.session.log().len());
}

#[test]
fn every_scenario_plays_from_the_start_and_ends_where_it_was_opened() {
    for story in scenarios::all() {
        let mut model = opened(story.id);
        let (end, selection) = (model.session.cluster().hash(), model.selection.clone());
        let typed = model.story_bar().unwrap().typed.clone();
        let speed = model.clock.speed;
        update(&mut model, Msg::Story(StoryMsg::Play));
        let mut captions: Vec<String> = Vec::new();
        let (mut real_ms, mut refused) = (0, 0);
        while let Some(caption) = model.story_bar().and_then(|bar| bar.caption) {
            if captions.len() < caption.place.split(' ').next().unwrap().parse().unwrap() {
                captions.push(caption.text);
                refused += usize::from(caption.refused.is_some());
            }
            update(&mut model, Msg::Clock(ClockMsg::Tick { elapsed_ms: 40 }));
            real_ms += 40;
            assert!(real_ms < 60_000, "{}: {captions:?}", story.id);
        }
        assert_eq!(model.session.cluster().hash(), end, "{}", story.id);
        assert_eq!((&model.selection, model.clock.speed), (&selection, speed));
        let is_typed =
            |line: &&String| !line.starts_with("cluster new") && !line.ends_with("settle");
        let wanted: Vec<&String> = typed.iter().filter(is_typed).collect();
        assert_eq!(captions.len(), wanted.len(), "{captions:?} {wanted:?}");
        for (caption, wanted) in captions.iter().zip(wanted) {
            let is_pause = wanted.starts_with("cluster advance") && caption.ends_with(" later");
            assert!(is_pause || caption == wanted, "{caption} {wanted}");
        }
        let is_refused = ["immutable-selector", "scale-to-zero"].contains(&story.id);
        assert_eq!(refused, usize::from(is_refused), "{}", story.id);
        assert_eq!(model.session.branches().len(), 0);
        assert!(model.left.is_none(), "nothing of the user's was replaced");
    }
}

#[test]
fn a_show_can_be_paused_left_and_acted_in() {
    let id = "stuck-behind-a-not-ready-node";
    let mut model = opened(id);
    let tick = || Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 });
    for msg in [
        Msg::Story(StoryMsg::Play),
        Msg::Key(Shortcut::PlayPause),
        tick(),
    ] {
        update(&mut model, msg);
    }
    let now = model.session.now();
    for _ in 0..100 {
        update(&mut model, tick());
    }
    assert!(model.is_showing() && model.session.now() == now, "paused");
    for msg in [Msg::Key(Shortcut::PlayPause), Msg::Story(StoryMsg::End)] {
        update(&mut model, msg);
    }
    assert!(!model.is_showing() && !model.page.timeline.is_past);
    update(&mut model, Msg::Story(StoryMsg::Play));
    for _ in 0..60 {
        update(&mut model, tick());
    }
    update(
        &mut model,
        Msg::Node("node-1".into(), NodeMsg::Cordon(true)),
    );
    update(&mut model, tick());
    assert!(!model.is_showing() && model.story_bar().is_some());
    // From here it can't be replayed: it is opened once more, and this is kept.
    update(&mut model, Msg::Story(StoryMsg::Play));
    assert!(model.is_showing() && model.left.is_some());
}

#[test]
fn an_address_opens_a_scenario_or_says_that_there_is_none() {
    let asked = start::asked_for("?embed&scenario=scale-to-zero", "");
    assert_eq!(asked, "#scenario=scale-to-zero");
    assert_eq!(start::asked_for("?scenario=x", "#d1:abc"), "#d1:abc");
    assert_eq!(start::asked_for("?embed", ""), "");
    let model = Model::open(&asked, true);
    assert!(told(&model).contains("Why DESIRED is 0 with 3 nodes"));
    let model = Model::open("#scenario=nothing", false);
    let notice = model.notice.map(|notice| notice.text).unwrap_or_default();
    let wanted =
        "Nothing was opened: there is no scenario \"nothing\". The address stays as it is.";
    assert_eq!(notice, wanted);
    assert!(model.session.log().is_empty());
}

#[test]
fn the_selection_is_made() {
    let chosen = |id| opened(id).selection;
    assert_eq!(chosen("no-floor"), Selection::None);
    assert_eq!(chosen("failed-pod-loop"), Selection::Node("node-2".into()));
    let model = opened("pending-on-a-full-node");
    let why = model.page.why.as_ref().unwrap();
    assert!(why.title.starts_with("Pod agent-"), "{}", why.title);
}
