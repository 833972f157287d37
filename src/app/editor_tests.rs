//! Documents and the cluster: where they differ, how they come together again, the past, and errors while typing.

use super::msg::NodeMsg;
use super::*;
use crate::present::editor::Drift;
use crate::presets;
use crate::scenarios;
use expect_test::{Expect, expect};

const APPLY: Msg = Msg::Editor(EditorMsg::Apply);
const SETTLE: Msg = Msg::Clock(ClockMsg::Settle);
const TAKE_OVER: Msg = Msg::Editor(EditorMsg::TakeOver);
const OVERWRITE: Msg = Msg::Editor(EditorMsg::Overwrite);

/// With comments, which edits of the text have to keep.
const COMMENTED: &str = "\
# The agent.
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels: {app: agent}
  template:
    metadata:
      labels: {app: agent}
    spec:
      containers:
      # Only one.
      - name: agent
        image: \"agent:1\" # pinned
        resources:
          requests: {cpu: 0.1}
      # Last.
";

fn type_text(model: &mut Model, text: &str) {
    let (tab, text) = (model.editor.active, text.to_owned());
    update(model, Msg::Editor(EditorMsg::Typed { tab, text }));
}

/// With this applied and settled.
fn with(text: &str) -> Model {
    let mut model = Model::first_visit(false);
    type_text(&mut model, text);
    update(&mut model, APPLY);
    assert!(
        matches!(model.pane.result, ApplyResult::Done { .. }),
        "{:?}",
        model.pane.result
    );
    update(&mut model, SETTLE);
    assert_eq!(model.pane.drift, None);
    model
}

/// What somebody types into the console.
fn kubectl(model: &mut Model, line: &str) {
    let line = format!("kubectl {line}");
    update(model, Msg::Console(ConsoleMsg::Typed(line)));
    update(model, Msg::Console(ConsoleMsg::Enter));
}

fn told(drift: &Option<Rc<Drift>>) -> String {
    let Some(drift) = drift else {
        return "same".to_owned();
    };
    let mut lines: Vec<String> = drift
        .gone
        .iter()
        .map(|gone| format!("gone: {gone}"))
        .collect();
    for change in &drift.changes {
        lines.push(format!("{}:", change.place));
        lines.extend(change.removed.iter().map(|line| format!("- {line}")));
        lines.extend(change.added.iter().map(|line| format!("+ {line}")));
    }
    lines.join("\n")
}

/// What differs after a line of kubectl, and the text that takes it over, as lines that are new.
#[track_caller]
fn check(line: &str, expect: Expect) {
    let mut model = with(COMMENTED);
    kubectl(&mut model, line);
    let differs = told(&model.pane.drift);
    assert!(model.pane.tabs[0].differs, "{differs}");
    let (version, edits) = (model.pane.version, model.pane.edits);
    update(&mut model, TAKE_OVER);
    assert_eq!((model.pane.version, model.pane.edits), (version, edits + 1));
    assert_eq!(model.pane.drift, None);
    assert!(!model.pane.tabs[0].is_dirty);
    let old: Vec<&str> = COMMENTED.lines().collect();
    let text = model.pane.text.clone();
    let new: Vec<&str> = text.lines().filter(|line| !old.contains(line)).collect();
    let gone: Vec<String> = old
        .iter()
        .filter(|line| !text.contains(*line))
        .map(|it| format!("{it}\n"))
        .collect();
    expect.assert_eq(&format!(
        "{differs}\n\nout:\n{}in:\n{}\n",
        gone.concat(),
        new.join("\n")
    ));
    let generation = |model: &Model| {
        let sets = &model.session.cluster().server.daemon_sets;
        sets.iter().next().map(|set| set.metadata.generation)
    };
    let before = generation(&model);
    update(&mut model, APPLY);
    assert_eq!(generation(&model), before, "the text says nothing new");
    assert_eq!(model.pane.drift, None);
}

#[test]
fn a_scalar_that_differs_is_taken_over_in_its_line() {
    check(
        "set image ds/agent agent=agent:2",
        expect![[r#"
        spec.template.spec.containers[agent]:
        - image: agent:1
        + image: agent:2

        out:
                image: "agent:1" # pinned
        in:
                image: agent:2 # pinned
    "#]],
    );
}

#[test]
fn what_is_added_is_written_where_it_belongs() {
    check(
        r#"patch ds agent --type=merge -p '{"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists"}]}}}}'"#,
        expect![[r#"
            spec.template.spec:
            + tolerations:
            + - operator: Exists

            out:
            in:
                  tolerations:
                  - operator: Exists
        "#]],
    );
    check(
        r#"patch ds agent -p '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":"50%","maxSurge":0}},"minReadySeconds":5}}'"#,
        expect![[r#"
            spec.updateStrategy.rollingUpdate:
            - maxUnavailable: 1
            + maxUnavailable: 50%
            spec:
            + minReadySeconds: 5

            out:
            in:
              minReadySeconds: 5
              updateStrategy:
                rollingUpdate:
                  maxUnavailable: 50%
        "#]],
    );
    check(
        r#"patch ds agent -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:1"}]}}}}'"#,
        expect![[r#"
            spec.template.spec:
            - containers:
            - - image: agent:1
            -   imagePullPolicy: IfNotPresent
            -   name: agent
            -   resources:
            -     requests:
            -       cpu: 100m
            -   terminationMessagePath: /dev/termination-log
            -   terminationMessagePolicy: File
            + containers:
            + - image: side:1
            +   imagePullPolicy: IfNotPresent
            +   name: side
            +   resources: {}
            +   terminationMessagePath: /dev/termination-log
            +   terminationMessagePolicy: File
            + - image: agent:1
            +   imagePullPolicy: IfNotPresent
            +   name: agent
            +   resources:
            +     requests:
            +       cpu: 100m
            +   terminationMessagePath: /dev/termination-log
            +   terminationMessagePolicy: File

            out:
                  # Only one.
                  - name: agent
                    image: "agent:1" # pinned
                      requests: {cpu: 0.1}
            in:
                  - image: side:1
                    imagePullPolicy: IfNotPresent
                    name: side
                    resources: {}
                    terminationMessagePath: /dev/termination-log
                    terminationMessagePolicy: File
                  - image: agent:1
                    imagePullPolicy: IfNotPresent
                    name: agent
                      requests:
                        cpu: 100m
                    terminationMessagePath: /dev/termination-log
                    terminationMessagePolicy: File
        "#]],
    );
    check(
        "label ds agent tier=node",
        expect![[r#"
        metadata:
        + labels:
        +   tier: node

        out:
        in:
          labels:
            tier: node
    "#]],
    );
}

#[test]
fn what_is_taken_away_goes() {
    check(
        r#"patch ds agent --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/resources"}]'"#,
        expect![[r#"
            spec.template.spec.containers[agent]:
            - resources:
            -   requests:
            -     cpu: 100m

            out:
                    resources:
                      requests: {cpu: 0.1}
            in:

        "#]],
    );
}

#[test]
fn neither_defaults_nor_status_nor_a_restart_differ() {
    let mut model = with(COMMENTED);
    kubectl(&mut model, "rollout restart ds/agent");
    update(&mut model, SETTLE);
    assert_eq!(model.pane.drift, None);
    for preset in presets::all() {
        let mut model = Model::first_visit(false);
        update(
            &mut model,
            Msg::Editor(EditorMsg::OpenPreset(preset.id.to_owned())),
        );
        update(&mut model, APPLY);
        update(&mut model, SETTLE);
        assert_eq!(told(&model.pane.drift), "same", "{}", preset.id);
    }
}

#[test]
fn a_pull_policy_that_nobody_wrote_is_no_difference() {
    let latest = COMMENTED.replace("agent:1", "agent:latest");
    let mut model = with(&latest);
    let tab = model.editor.active;
    let text = latest.replace("agent:latest", "agent:2");
    update(&mut model, Msg::Editor(EditorMsg::Typed { tab, text }));
    update(&mut model, APPLY);
    assert_eq!(told(&model.pane.drift), "same");
}

#[test]
fn overwriting_makes_the_cluster_say_it_again() {
    for line in [
        "set image ds/agent agent=agent:2",
        r#"patch ds agent -p '{"spec":{"minReadySeconds":5}}'"#,
        r#"patch ds agent --type=merge -p '{"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists"}]}}}}'"#,
    ] {
        let mut model = with(COMMENTED);
        kubectl(&mut model, line);
        assert!(model.pane.drift.is_some(), "{line}");
        update(&mut model, OVERWRITE);
        assert_eq!(told(&model.pane.drift), "same", "{line}");
        assert_eq!(&*model.pane.text, COMMENTED);
        assert!(
            matches!(&model.pane.result, ApplyResult::Done { warnings, .. } if warnings.is_empty())
        );
        update(&mut model, APPLY);
        let is_quiet =
            matches!(&model.pane.result, ApplyResult::Done { warnings, .. } if warnings.is_empty());
        assert!(is_quiet, "{:?}", model.pane.result);
        assert_eq!(model.pane.drift, None);
    }
}

#[test]
fn an_object_that_is_gone_can_be_applied_again() {
    let mut model = with(COMMENTED);
    update(
        &mut model,
        Msg::DaemonSet(
            crate::present::daemon_set::DaemonSetId {
                namespace: "default".to_owned(),
                name: "agent".to_owned(),
            },
            DaemonSetMsg::Delete,
        ),
    );
    update(&mut model, SETTLE);
    assert_eq!(told(&model.pane.drift), "gone: DaemonSet agent");
    update(&mut model, TAKE_OVER);
    assert_eq!(
        &*model.pane.text, COMMENTED,
        "there is nothing to take over"
    );
    update(&mut model, OVERWRITE);
    assert_eq!(model.pane.drift, None);
}

#[test]
fn undo_of_a_change_elsewhere_ends_the_difference() {
    let mut model = with(COMMENTED);
    kubectl(&mut model, "set image ds/agent agent=agent:2");
    assert!(model.pane.drift.is_some());
    update(&mut model, Msg::Undo);
    assert_eq!(model.pane.drift, None);
}

#[test]
fn a_fix_edits_the_manifest_and_undo_edits_it_back() {
    let mut model = with(COMMENTED);
    let taint = NodeMsg::AddTaint("dedicated=db:NoExecute".to_owned());
    update(&mut model, Msg::Node("node-2".into(), taint));
    update(&mut model, SETTLE);
    update(&mut model, Msg::Select(Selection::Node("node-2".into())));
    let list = model.remedies.clone().expect("remedies");
    let tolerate = list
        .items
        .iter()
        .position(|item| item.title.contains("olerat"));
    let edits = model.pane.edits;
    update(
        &mut model,
        Msg::ApplyRemedy(tolerate.expect("a toleration")),
    );
    assert_eq!(model.pane.edits, edits + 1);
    assert_eq!(model.pane.drift, None);
    let text = model.pane.text.to_string();
    assert!(
        text.contains("# The agent.")
            && text.contains("      tolerations:\n      - effect: NoExecute\n"),
        "{text}"
    );
    update(&mut model, Msg::Undo);
    assert_eq!(model.pane.drift, None);
    assert!(
        !model.pane.text.contains("tolerations"),
        "{}",
        model.pane.text
    );
}

#[test]
fn what_somebody_was_typing_is_left_alone_by_a_fix() {
    let mut model = with(COMMENTED);
    let taint = NodeMsg::AddTaint("dedicated=db:NoExecute".to_owned());
    update(&mut model, Msg::Node("node-2".into(), taint));
    update(&mut model, SETTLE);
    update(&mut model, Msg::Select(Selection::Node("node-2".into())));
    let list = model.remedies.clone().expect("remedies");
    let tolerate = list
        .items
        .iter()
        .position(|item| item.title.contains("olerat"));
    let mine = format!("{COMMENTED}# mine\n");
    type_text(&mut model, &mine);
    update(
        &mut model,
        Msg::ApplyRemedy(tolerate.expect("a toleration")),
    );
    assert_eq!(&*model.pane.text, mine);
    assert!(model.pane.drift.is_some());
}

#[test]
fn scenarios_that_change_what_they_applied_say_so() {
    let mut seen = Vec::new();
    for story in scenarios::all() {
        let mut model = Model::first_visit(false);
        update(&mut model, Msg::OpenScenario(story.id.to_owned()));
        if model.pane.drift.is_some() {
            seen.push(format!(
                "{}: {}",
                story.id,
                told(&model.pane.drift).replace('\n', " ")
            ));
        }
    }
    expect![[r#"
        stuck-behind-a-not-ready-node: spec.template.spec.containers[main]: - image: agent:1 + image: agent:2
        no-floor: spec.template.spec.containers[main]: - image: agent:1 + image: agent:bad
        default-too-slow: spec.template.spec.containers[main]: - image: agent:1 + image: agent:2
        surge-with-host-port: spec.template.spec.containers[main]: - image: agent:1 + image: agent:2
        ready-is-not-available: spec.template.spec.containers[main]: - image: agent:1 + image: agent:2
        scale-to-zero: spec.template.spec: + nodeSelector: +   switched-off: "true""#]].assert_eq(&seen.join("\n"));
}

#[test]
fn the_past_shows_its_own_manifest_and_loses_nothing() {
    let mut model = Model::first_visit(false);
    let start = model.session.now();
    let kind = NodeKind::Worker;
    update(&mut model, Msg::AddNodes { kind, count: 1 });
    update(&mut model, SETTLE);
    type_text(&mut model, COMMENTED);
    update(&mut model, APPLY);
    update(&mut model, SETTLE);
    // Right before the next act.
    let first = crate::sim::time::SimTime(model.session.now().0 - 1);
    kubectl(&mut model, "set image ds/agent agent=agent:2");
    update(&mut model, SETTLE);
    let second = crate::sim::time::SimTime(model.session.now().0 - 1);
    let two = COMMENTED.replace("agent:1", "agent:3");
    type_text(&mut model, &two);
    update(&mut model, APPLY);
    update(&mut model, SETTLE);
    let typed = format!("{two}# not applied\n");
    type_text(&mut model, &typed);
    let end = model.session.end();
    let go = |model: &mut Model, to: crate::sim::time::SimTime| {
        update(model, Msg::Clock(ClockMsg::Seek { ms: to.0 }));
        model.pane.past.clone().unwrap_or_default().to_string()
    };
    let words = go(&mut model, first);
    assert!(words.starts_with("Read-only: agent at 0:"), "{words}");
    assert_eq!(&*model.pane.text, COMMENTED);
    type_text(&mut model, "lost?");
    assert_eq!(&*model.pane.text, COMMENTED);
    go(&mut model, second);
    assert_eq!(
        &*model.pane.text,
        COMMENTED.replace("\"agent:1\"", "agent:2")
    );
    let words = go(&mut model, start);
    assert!(
        words.starts_with("agent hadn't been applied at 0:"),
        "{words}"
    );
    assert_eq!(&*model.pane.text, "");
    assert_eq!(go(&mut model, end), "");
    assert_eq!(&*model.pane.text, typed);
    // A document that the history doesn't know can be written there.
    update(&mut model, Msg::Editor(EditorMsg::NewTab));
    assert_eq!(go(&mut model, first), "");
}

#[test]
fn applying_in_the_past_takes_the_users_text() {
    let mut model = with(COMMENTED);
    let two = COMMENTED.replace("agent:1", "agent:2");
    type_text(&mut model, &two);
    let end = model.session.end();
    update(&mut model, Msg::Clock(ClockMsg::Seek { ms: end.0 - 1 }));
    assert!(model.pane.past.is_some());
    update(&mut model, APPLY);
    assert_eq!(model.pane.past, None);
    assert_eq!(&*model.pane.text, two);
    assert_eq!(model.pane.drift, None);
}

#[test]
fn typing_is_checked_without_a_trace() {
    let mut model = with(COMMENTED);
    let (log, hash) = (model.session.log().len(), model.session.cluster().hash());
    let check = |model: &mut Model, text: &str| {
        type_text(model, text);
        let tab = model.editor.active;
        update(model, Msg::Editor(EditorMsg::Check(tab)));
        let problems = model.pane.problems.iter();
        problems
            .map(|it| format!("{}: {}\n", it.line, it.message))
            .collect::<String>()
    };
    let mut told = String::new();
    for text in [
        COMMENTED.to_owned(),
        COMMENTED.replace("matchLabels: {app: agent}", "matchLabels: {app: other}"),
        COMMENTED.replace("containers:", "contaniers:"),
        COMMENTED.replace("name: agent\nspec", "name: agent\n spec"),
        "# nothing yet\n\n".to_owned(),
        "kind: DaemonSet\n".to_owned(),
    ] {
        told += &check(&mut model, &text);
        told += "--\n";
    }
    assert_eq!(log, model.session.log().len());
    assert_eq!(hash, model.session.cluster().hash());
    expect![[r#"
        --
        11: spec.template.metadata.labels: Invalid value: {"app":"agent"}: `selector` does not match template `labels`
        7: spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable
        --
        13: strict decoding error: unknown field "spec.template.spec.contaniers"
        --
        6: yaml: did not find expected key
        --
        --
        1: error validating data: apiVersion not set
        --
    "#]].assert_eq(&told);
}

#[test]
fn a_right_text_takes_the_errors_of_the_last_apply_away() {
    let mut model = with(COMMENTED);
    type_text(&mut model, &COMMENTED.replace("containers:", "contaniers:"));
    update(&mut model, APPLY);
    assert!(!model.pane.problems.is_empty());
    type_text(&mut model, COMMENTED);
    let tab = model.editor.active;
    update(&mut model, Msg::Editor(EditorMsg::Check(tab)));
    assert!(model.pane.problems.is_empty());
    assert_eq!(model.pane.result, ApplyResult::None);
}

#[test]
fn the_seed_is_not_scolded_until_it_is_applied_again_in_vain() {
    let mut model = Model::first_visit(false);
    assert!(model.pane.hints.is_empty());
    update(&mut model, APPLY);
    update(&mut model, SETTLE);
    assert!(model.pane.hints.is_empty());
    update(&mut model, APPLY);
    assert_eq!(
        model
            .pane
            .hints
            .iter()
            .map(|hint| hint.id)
            .collect::<Vec<_>>(),
        ["latest"]
    );
}
