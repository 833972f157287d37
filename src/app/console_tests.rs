//! The console on the page: typing, waiting while time passes, and what clicks say in it.

use super::msg::*;
use super::*;
use crate::present::timeline::Pace;
use expect_test::expect;

fn console(msg: ConsoleMsg) -> Msg {
    Msg::Console(msg)
}

fn open() -> Model {
    let mut model = Model::first_visit(false);
    update(&mut model, console(ConsoleMsg::Toggle));
    model
}

fn type_line(model: &mut Model, text: &str) {
    update(model, console(ConsoleMsg::Typed(text.to_owned())));
    update(model, console(ConsoleMsg::Enter));
}

/// Lets the page play until the console waits no more.
fn play(model: &mut Model) {
    for _ in 0..5_000 {
        if !model.console.is_waiting() {
            return;
        }
        update(model, Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 }));
    }
    panic!("it waits for ever: {}", model.console.text());
}

fn seed(model: &mut Model) {
    let yaml = crate::presets::all()[0].yaml;
    type_line(model, &format!("k apply -f - <<EOF\n{yaml}\nEOF"));
}

#[test]
fn a_rollout_is_watched_while_it_is_shown() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "kubectl rollout status ds/my-daemonset");
    assert!(model.console.is_waiting() && model.console_pane.waiting.is_some());
    let before = model.session.now();
    play(&mut model);
    assert!(model.session.now() > before, "time passed as shown");
    let text = model.console.text();
    let lines: Vec<&str> = text.lines().collect();
    let last = "daemon set \"my-daemonset\" successfully rolled out";
    assert_eq!(lines.last(), Some(&last), "{text}");
    assert!(text.contains("Waiting for daemon set \"my-daemonset\" rollout to finish: 0 of 3 updated pods are available..."), "{text}");
    assert_eq!(
        model.session.log().len(),
        1,
        "who only watches leaves no command"
    );
}

#[test]
fn what_is_typed_during_a_watch_is_kept_and_runs_after_it() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "kubectl get pods -w");
    type_line(&mut model, "kubectl get ds");
    for _ in 0..100 {
        update(&mut model, Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 }));
    }
    assert!(model.console.is_waiting());
    let queue = |model: &Model| {
        let waiting = model.console_pane.waiting.as_ref();
        waiting.map_or(Vec::new(), |waiting| waiting.queue.clone())
    };
    assert_eq!(queue(&model), ["kubectl get ds"]);
    assert!(!model.console.text().contains("DESIRED"));
    update(&mut model, console(ConsoleMsg::Interrupt));
    let text = model.console.text();
    assert!(
        text.contains("ContainerCreating") && text.contains("^C\n$ kubectl get ds\nNAME"),
        "{text}"
    );
    assert!(!model.console.is_waiting());
}

#[test]
fn undo_during_a_watch_gives_what_was_typed_back() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "kubectl get pods -w");
    type_line(&mut model, "kubectl get ds");
    update(&mut model, console(ConsoleMsg::Typed("kubectl".to_owned())));
    update(&mut model, Msg::Undo);
    assert!(!model.console.is_waiting());
    assert_eq!(&*model.console_pane.input, "kubectl get ds\nkubectl");
}

#[test]
fn a_watch_says_that_time_passes_only_when_it_does() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "kubectl get pods -w");
    let said = |model: &Model| {
        model
            .console_pane
            .waiting
            .as_ref()
            .map(|waiting| waiting.text())
    };
    assert_eq!(said(&model), Some("waiting"));
    update(&mut model, Msg::Clock(ClockMsg::Pause));
    assert_eq!(said(&model), Some("waiting; time is paused"));
    update(&mut model, Msg::Clock(ClockMsg::Play));
    for _ in 0..600 {
        update(&mut model, Msg::Clock(ClockMsg::Tick { elapsed_ms: 100 }));
    }
    let settled = "waiting for a change; the cluster has settled";
    assert_eq!(said(&model), Some(settled));
}

#[test]
fn a_time_limit_passes_in_a_cluster_at_rest() {
    let mut model = open();
    type_line(
        &mut model,
        "kubectl wait --for=condition=Gone node/node-1 --timeout=5s",
    );
    assert_eq!(
        model.clock.pace(&model.session, model.console.deadline()),
        Pace::Playing
    );
    let before = model.session.now();
    play(&mut model);
    let text = model.console.text();
    assert!(
        text.ends_with("error: timed out waiting for the condition on nodes/node-1\n"),
        "{text}"
    );
    assert_eq!(model.session.now().since(before).0 / 1_000, 5);
}

#[test]
fn a_drain_writes_at_once_and_replays_the_same() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "cluster settle");
    type_line(&mut model, "kubectl delete ds my-daemonset");
    assert!(model.console.is_waiting() || model.session.log().len() == 2);
    play(&mut model);
    update(&mut model, Msg::Clock(ClockMsg::Settle));
    let (end, hash) = (model.session.now(), model.session.cluster().hash());
    update(&mut model, Msg::Clock(ClockMsg::Seek { ms: 0 }));
    update(&mut model, Msg::Clock(ClockMsg::Seek { ms: end.0 }));
    assert_eq!(model.session.cluster().hash(), hash);
}

#[test]
fn turning_time_back_interrupts() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "kubectl get ds -w");
    update(&mut model, Msg::Undo);
    assert!(!model.console.is_waiting());
    assert!(model.console.text().ends_with("^C\n"));
    assert!(model.session.log().is_empty());
}

#[test]
fn clicks_are_told_as_kubectl_commands() {
    let mut model = open();
    let node = |msg| Msg::Node("node-2".into(), msg);
    for msg in [
        node(NodeMsg::Cordon(true)),
        node(NodeMsg::AddTaint("dedicated=db:NoSchedule".to_owned())),
        node(NodeMsg::AddLabel("disk=ssd".to_owned())),
        node(NodeMsg::Down(true)),
        node(NodeMsg::RemoveTaint(0)),
    ] {
        update(&mut model, msg);
    }
    let text = model.console.text();
    let typed: Vec<&str> = text.lines().filter(|l| l.starts_with(['$', '#'])).collect();
    assert_eq!(
        typed,
        [
            "$ kubectl cordon node-2",
            "$ kubectl taint node node-2 dedicated=db:NoSchedule --overwrite",
            "$ kubectl label node node-2 disk=ssd --overwrite",
            "# power off node-2",
            "$ kubectl taint node node-2 dedicated:NoSchedule- --overwrite",
        ]
    );
}

/// What a node's menu says that a click runs is what the console tells of it.
#[test]
fn a_menu_names_the_command_that_it_runs() {
    for msg in [
        NodeMsg::Cordon(true),
        NodeMsg::Cordon(false),
        NodeMsg::Drain,
        NodeMsg::Remove,
    ] {
        let mut model = open();
        let said = node::kubectl("node-2", &msg).unwrap_or_default();
        update(&mut model, Msg::Node("node-2".into(), msg));
        let text = model.console.text();
        assert!(text.starts_with(&format!("$ {said}\n")), "{said}: {text}");
    }
    assert_eq!(node::kubectl("node-2", &NodeMsg::Down(true)), None);
    let id = DaemonSetId {
        namespace: "default".to_owned(),
        name: "my-daemonset".to_owned(),
    };
    for msg in [
        DaemonSetMsg::Restart,
        DaemonSetMsg::UndoTo(0),
        DaemonSetMsg::Delete,
    ] {
        let mut model = open();
        seed(&mut model);
        type_line(&mut model, "clear");
        let said = daemon_set::kubectl(&id, &msg).unwrap_or_default();
        update(&mut model, Msg::DaemonSet(id.clone(), msg));
        let text = model.console.text();
        assert!(text.starts_with(&format!("$ {said}\n")), "{said}: {text}");
    }
}

#[test]
fn lines_come_back_and_words_are_completed() {
    let mut model = open();
    type_line(&mut model, "kubectl get nodes");
    type_line(&mut model, "kubectl get ds");
    update(&mut model, console(ConsoleMsg::Typed("kub".to_owned())));
    for (msg, input) in [
        (ConsoleMsg::Older, "kubectl get ds"),
        (ConsoleMsg::Older, "kubectl get nodes"),
        (ConsoleMsg::Older, "kubectl get nodes"),
        (ConsoleMsg::Newer, "kubectl get ds"),
        (ConsoleMsg::Newer, "kub"),
        (ConsoleMsg::Complete(3), "kubectl "),
    ] {
        update(&mut model, console(msg));
        assert_eq!(&*model.console_pane.input, input);
    }
    update(
        &mut model,
        console(ConsoleMsg::Typed("kubectl cordon n".to_owned())),
    );
    update(&mut model, console(ConsoleMsg::Complete(16)));
    assert_eq!(&*model.console_pane.input, "kubectl cordon node-");
    assert_eq!(model.console_pane.choices, ["node-1", "node-2", "node-3"]);
}

#[test]
fn an_edit_goes_through_the_editor() {
    let mut model = open();
    seed(&mut model);
    type_line(&mut model, "cluster settle");
    type_line(&mut model, "kubectl edit ds my-daemonset");
    let text = model.editor.tab().text.to_string();
    assert!(text.starts_with("# Please edit the object below"), "{text}");
    update(&mut model, Msg::Editor(EditorMsg::Apply));
    let unchanged = vec!["Edit cancelled, no changes made.".to_owned()];
    assert!(
        matches!(&model.pane.result, ApplyResult::Done { warnings, .. } if *warnings == unchanged)
    );
    let tab = model.editor.active;
    let text = text.replace("my-image:latest", "my-image:2");
    update(&mut model, Msg::Editor(EditorMsg::Typed { tab, text }));
    update(&mut model, Msg::Editor(EditorMsg::Apply));
    let edited = vec!["daemonset.apps/my-daemonset edited".to_owned()];
    assert!(
        matches!(&model.pane.result, ApplyResult::Done { lines, .. } if *lines == edited),
        "{:?}",
        model.pane.result
    );
}

#[test]
fn odd_input_does_no_harm() {
    let mut model = open();
    for text in [
        "",
        "   ",
        "ü",
        "kubectl get 'ds",
        "k apply -f - <<",
        "$",
        "\\",
        "kubectl \0",
        "cluster new --nodes 99999999999",
        "exit",
    ] {
        for cursor in [0, 1, 7, u32::MAX] {
            update(&mut model, console(ConsoleMsg::Typed(text.to_owned())));
            update(&mut model, console(ConsoleMsg::Complete(cursor)));
        }
        type_line(&mut model, text);
        update(&mut model, console(ConsoleMsg::Interrupt));
    }
    assert!(!model.console.is_open, "exit closes it");
}

/// What a line prints.
fn printed(model: &mut Model, line: &str) -> String {
    type_line(model, "clear");
    type_line(model, line);
    let text = model.console.text();
    let (_, printed) = text.split_once('\n').unwrap();
    printed.to_owned()
}

#[test]
fn why_is_answered_in_words() {
    let mut model = open();
    update(
        &mut model,
        Msg::OpenScenario("surge-with-host-port".to_owned()),
    );
    expect![[r#"
        Why DESIRED is 3 with 3 nodes:
          2 Should run (node-2, node-3): its pod is ready, but still has the old template
          1 Being replaced (node-1): the new pod is Pending beside the old one; scheduler: node(s) didn't have free ports for the requested pod ports
        RollingUpdate, maxSurge 1: on 1 node at a time the new pod starts beside the old one, which goes when the new one is available.
          The surge of 1 is used up by node-1 (not ready: Pending; scheduler: node(s) didn't have free ports for the requested pod ports).
          The old pod there uses the host port that the new one needs, and stays until the new one is available: maxSurge can't work with a host port.
          3 old pods left; the next to be replaced is agent-4xkck on node-2, once a new pod is available.
    "#]].assert_eq(&printed(&mut model, "kubectl why ds/agent"));
    update(
        &mut model,
        Msg::OpenScenario("desired-below-nodes".to_owned()),
    );
    expect![[r#"
        Node windows-1: agent: Skipped: nodeSelector wants label kubernetes.io/os=linux, the node has kubernetes.io/os=windows.
        Decided by: spec.template.spec.nodeSelector[kubernetes.io/os]
        DaemonSet controller: should windows-1 run agent?
          nodeSelector: nodeSelector wants label kubernetes.io/os=linux, the node has kubernetes.io/os=windows
        How it came about:
            0:00.0  the cluster started
            0:00.0  windows-1 joined
    "#]].assert_eq(&printed(&mut model, "k why node windows-1"));
    let log = model.session.log().len();
    update(
        &mut model,
        Msg::OpenScenario("pending-on-a-full-node".to_owned()),
    );
    let Selection::Pod(pod) = model.selection.clone() else {
        unreachable!("the scenario looks at a pod")
    };
    let said = printed(
        &mut model,
        &format!("kubectl why pod/{} -n default", pod.name),
    );
    expect![[r#"
        Pod agent-tgn78: The scheduler can't bind it to node-2: Insufficient cpu. A daemon pod is meant for one node, so only node-2 counts. No pod there has a lower priority than its own, 0, so it can't preempt one.
        Decided by: spec.containers[*].resources.requests (cpu)
        DaemonSet controller: should node-2 run agent? all passed
        Scheduler: can it be bound to node-2?
          NodeResourcesFit: Insufficient cpu: requested 1000m, used 3500m of 4000m
        How it came about:
            0:05.0  you ran kubectl apply -f -
            0:05.0  you created DaemonSet agent
            0:05.0  the controller created agent-tgn78 for node-2
            0:05.0  the scheduler found no place for agent-tgn78: Insufficient cpu
            0:05.0  agent-tgn78 stayed pending
    "#]].assert_eq(&said);
    assert_eq!(log, 1, "who only asks leaves no command");
    let said = printed(&mut model, "kubectl why pod/nobody");
    assert_eq!(
        said,
        "Error from server (NotFound): pods \"nobody\" not found\n"
    );
    let usage = super::why::HELP;
    for wrong in ["", "pod", "svc/x", "pod/a b c", "pod/a -n"] {
        assert_eq!(
            printed(&mut model, &format!("k why {wrong}")),
            usage,
            "{wrong}"
        );
    }
    assert!(printed(&mut model, "help").contains("kubectl why pod/NAME"));
}

#[test]
fn the_name_behind_why_is_completed() {
    let mut model = open();
    let line = "k why node/node-";
    update(&mut model, console(ConsoleMsg::Typed(line.to_owned())));
    update(&mut model, console(ConsoleMsg::Complete(line.len() as u32)));
    let wanted = ["node/node-1", "node/node-2", "node/node-3"];
    assert_eq!(model.console_pane.choices, wanted);
}
