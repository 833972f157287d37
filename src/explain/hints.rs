//! What people commonly get wrong about DaemonSets, noticed in a manifest while it is written.
//!
//! Hints look at the text alone, valid or half-typed, and at the object of that name if it exists. They never refuse anything.

use crate::api::apps::DaemonSet;
use crate::api::object::Key;
use crate::api::yaml;
use crate::api::yaml::tree::{Entry, Node, NodeValue, Position};
use crate::apiserver::ApiServer;
use crate::sim::sort::Order;
use std::rc::Rc;

/// Longer texts get no hints: they are made at each key stroke.
const TEXT_MAX: usize = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Stable: what was dismissed stays so.
    pub id: &'static str,
    pub at: Position,
    pub text: String,
    /// The title of the page in the Kubernetes documentation that tells more.
    pub page: &'static str,
}

const DAEMON_SET: &str = "DaemonSet";
const ROLLING: &str = "Perform a Rolling Update on a DaemonSet";
const ASSIGN: &str = "Assigning Pods to Nodes";
const CONFIG: &str = "ConfigMaps";
const IMAGES: &str = "Images";

/// The hints for a text, in its order. `is_unchanged`: it was applied again, and nothing came of it.
pub fn hints(text: &str, server: &ApiServer, is_unchanged: bool) -> Vec<Hint> {
    if text.len() > TEXT_MAX {
        return Vec::new();
    }
    // What can't be parsed yet has its error shown already once it is applied.
    let documents = yaml::parse(text).unwrap_or_default();
    let mut found = Vec::new();
    for document in &documents {
        found.extend(document.repeated.iter().map(|(key, at)| Hint {
            id: "repeated-key",
            at: *at,
            text: format!("{key} stands here for the second time: kubectl takes the last one, and says nothing of the others."),
            page: DAEMON_SET,
        }));
        let is_set = document.root.get("kind").and_then(Node::as_str) == Some("DaemonSet");
        if is_set {
            of_set(&document.root, server, is_unchanged, &mut found);
        }
    }
    found.order_by_key(|hint: &Hint| (hint.at.line, hint.at.column));
    found
}

fn of_set(root: &Node, server: &ApiServer, is_unchanged: bool, found: &mut Vec<Hint>) {
    let live = live(root, server);
    let mut say = |id, at, page, text: String| found.push(Hint { id, at, text, page });
    if let Some(entry) = at(root, &["spec"]).and_then(|spec| spec.entry("replicas")) {
        let text = "A DaemonSet has no replicas: it runs one pod on each node that matches. To run fewer, choose nodes with a nodeSelector.";
        say("replicas", entry.at, DAEMON_SET, text.to_owned());
    }
    let selector = at(root, &["spec", "selector"]);
    if let Some(labels) = at(root, &["spec", "selector", "matchLabels"]) {
        for (key, value) in pairs(labels) {
            let on_nodes = server.nodes.iter().any(|node| {
                node.metadata
                    .labels
                    .get(&key.key)
                    .is_some_and(|v| v == value)
            });
            let in_template = at(root, &["spec", "template", "metadata", "labels", &key.key])
                .and_then(Node::as_str)
                .is_some_and(|label| label == value);
            if on_nodes && !in_template {
                let text = format!(
                    "spec.selector picks pods, by the labels in the template. {}={value} is a label of nodes: that belongs in spec.template.spec.nodeSelector.",
                    key.key
                );
                say("selector", key.at, ASSIGN, text);
            }
        }
    }
    if let (Some(selector), Some(live)) = (selector, &live)
        && serde_json::to_value(&live.spec.selector).is_ok_and(|now| selector.to_json() != now)
    {
        let text = "spec.selector can't be changed once the DaemonSet exists. To change it, delete the DaemonSet (with --cascade=orphan its pods stay) and create it again.";
        say(
            "immutable-selector",
            selector.at,
            DAEMON_SET,
            text.to_owned(),
        );
    }
    of_strategy(root, live.is_some(), &mut say);
    of_pods(root, live.as_deref(), is_unchanged, &mut say);
}

type Say<'a> = dyn FnMut(&'static str, Position, &'static str, String) + 'a;

fn of_strategy(root: &Node, is_live: bool, say: &mut Say<'_>) {
    let Some(strategy) = at(root, &["spec", "updateStrategy"]) else {
        return;
    };
    if let Some(kind) = strategy
        .entry("type")
        .filter(|kind| kind.value.as_str() == Some("OnDelete"))
    {
        let text = "With OnDelete a changed template reaches a node only when somebody deletes the old pod there.";
        say("on-delete", kind.at, ROLLING, text.to_owned());
    }
    let Some(rolling) = strategy.get("rollingUpdate") else {
        return;
    };
    if let Some(entry) = rolling
        .entry("maxUnavailable")
        .filter(|entry| is_live && !is_zero(&entry.value))
    {
        let text = "maxUnavailable isn't a guaranteed minimum: it limits what the rollout itself takes down. Pods that are unavailable for other reasons (a dead node, a crash) come on top, and old pods that aren't available are replaced at once.";
        say("floor", entry.at, ROLLING, text.to_owned());
    }
    let surge = rolling
        .entry("maxSurge")
        .filter(|entry| !is_zero(&entry.value));
    if let Some(surge) = surge
        && let Some(containers) = at(root, &["spec", "template", "spec", "containers"])
        && items(containers)
            .iter()
            .filter_map(|container| container.get("ports"))
            .flat_map(items)
            .any(|port| port.get("hostPort").is_some())
    {
        let text = "maxSurge starts the new pod beside the old one, on the same node; both can't have the same hostPort, so the new one stays Pending and the rollout is stuck.";
        say("surge-host-port", surge.at, ROLLING, text.to_owned());
    }
}

fn of_pods(root: &Node, live: Option<&DaemonSet>, is_unchanged: bool, say: &mut Say<'_>) {
    let Some(spec) = at(root, &["spec", "template", "spec"]) else {
        return;
    };
    let containers = spec.get("containers").map(items).unwrap_or_default();
    let is_running_it = |image: &str| {
        live.is_some_and(|set| {
            let containers = &set.spec.template.spec.containers;
            containers.iter().any(|container| container.image == image)
        })
    };
    let latest = containers
        .iter()
        .filter_map(|container| container.entry("image"))
        .find(|entry| {
            let image = entry.value.as_str().unwrap_or("");
            let name = image.rsplit('/').next().unwrap_or("");
            let is_latest = !name.contains(':') && !name.is_empty() || name.ends_with(":latest");
            is_unchanged && is_latest && !image.contains('@') && is_running_it(image)
        });
    if let Some(entry) = latest {
        let text = "The same text rolls nothing out, even if the tag latest points to a new image. Name a version, or use kubectl rollout restart.";
        say("latest", entry.at, IMAGES, text.to_owned());
    }
    let configured = spec
        .get("volumes")
        .map(items)
        .unwrap_or_default()
        .iter()
        .find_map(|volume| volume.entry("configMap"));
    let from_env = containers
        .iter()
        .flat_map(|container| container.get("envFrom").map(items).unwrap_or_default())
        .find_map(|source| source.entry("configMapRef"));
    if let Some(entry) = configured.or(from_env).filter(|_| live.is_some()) {
        let text = "A changed ConfigMap rolls nothing out: the template only names it. Change the template too (often a hash of the ConfigMap in an annotation), or use kubectl rollout restart.";
        say("config-map", entry.at, CONFIG, text.to_owned());
    }
}

/// The DaemonSet that this text would change.
fn live(root: &Node, server: &ApiServer) -> Option<Rc<DaemonSet>> {
    let meta = root.get("metadata")?;
    let name = meta.get("name")?.as_str()?;
    let namespace = meta
        .get("namespace")
        .and_then(Node::as_str)
        .unwrap_or("default");
    server.daemon_sets.get(&Key::new(namespace, name)).cloned()
}

/// Zero in the words of a manifest: nothing is allowed.
fn is_zero(node: &Node) -> bool {
    match &node.value {
        NodeValue::Number(number) => number.as_i64() == Some(0),
        NodeValue::String(text) => text == "0" || text == "0%",
        _ => true,
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        NodeValue::List(items) => items,
        _ => &[],
    }
}

fn pairs(node: &Node) -> impl Iterator<Item = (&Entry, &str)> {
    let entries: &[Entry] = match &node.value {
        NodeValue::Map(entries) => entries,
        _ => &[],
    };
    entries
        .iter()
        .filter_map(|entry| Some((entry, entry.value.as_str()?)))
}

fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| node.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::tests::AGENT;
    use crate::session::Session;
    use crate::session::command::Command;
    use crate::session::scenario::Scenario;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expect: Expect) {
        let mut session = Session::new(Scenario::default());
        let yaml = AGENT.to_owned();
        session.submit(Command::Apply { yaml }).unwrap();
        let found = hints(text, &session.cluster().server, false);
        let lines = found.iter().map(|hint| {
            format!(
                "{}:{} {} ({})\n",
                hint.at.line, hint.at.column, hint.id, hint.page
            )
        });
        expect.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn a_good_manifest_gets_none() {
        check(AGENT, expect![[""]]);
        for preset in crate::presets::all() {
            let session = Session::new(Scenario::default());
            let ids: Vec<&str> = hints(preset.yaml, &session.cluster().server, true)
                .iter()
                .map(|hint| hint.id)
                .collect();
            assert!(ids.is_empty(), "{}: {ids:?}", preset.id);
        }
    }

    #[test]
    fn each_misconception_is_noticed_where_it_is() {
        check(
            "kind: DaemonSet
metadata: {name: agent}
spec:
  replicas: 3
  selector:
    matchLabels:
      kubernetes.io/os: linux
  updateStrategy:
    type: OnDelete
    rollingUpdate:
      maxUnavailable: 1
      maxSurge: 1
  template:
    spec:
      containers:
      - image: agent:1
        ports: [{hostPort: 9100}]
        envFrom: [{configMapRef: {name: c}}]
",
            expect![[r#"
                4:3 replicas (DaemonSet)
                6:5 immutable-selector (DaemonSet)
                7:7 selector (Assigning Pods to Nodes)
                9:5 on-delete (Perform a Rolling Update on a DaemonSet)
                11:7 floor (Perform a Rolling Update on a DaemonSet)
                12:7 surge-host-port (Perform a Rolling Update on a DaemonSet)
                18:20 config-map (ConfigMaps)
            "#]],
        );
    }

    #[test]
    fn the_tag_latest_is_noticed_once_it_was_applied_again_in_vain() {
        let latest = AGENT.replace("agent:1", "agent");
        check(&latest, expect![[""]]);
        let mut session = Session::new(Scenario::default());
        let yaml = latest.clone();
        session.submit(Command::Apply { yaml }).unwrap();
        assert_eq!(hints(&latest, &session.cluster().server, false), []);
        let found = hints(&latest, &session.cluster().server, true);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id, "latest");
    }

    #[test]
    fn half_typed_text_does_no_harm() {
        let whole = "kind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: [1]\n  updateStrategy: 7\n  template: {spec: {containers: {image: x}, volumes: y}}\n";
        let session = Session::new(Scenario::default());
        for end in 0..whole.len() {
            hints(&whole[..end], &session.cluster().server, true);
        }
    }
}
