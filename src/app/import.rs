//! Nodes of another cluster, pasted: they join as they were told, and what ailed them there ails them here.

use super::Model;
use super::msg::{Effect, Msg};
use crate::api::decode;
use crate::api::object::{Object, Resource};
use crate::explain::compare::pasted;
use crate::present::marks::manifest;
use crate::present::words::{Tone, count, list};
use crate::session::Session;
use crate::session::command::Command;
use crate::session::scenario::MAX_NODES;
use std::rc::Rc;

impl Model {
    /// Lets the nodes of a text join, as one act; an error stays in the dialog, beside the text.
    pub(super) fn import_nodes(&mut self, text: &str, effects: &mut Vec<Effect>) {
        match self.try_import(text) {
            Ok(said) => {
                self.close_dialog();
                self.announcement.clone_from(&said);
                self.notice = Some(super::Notice {
                    tone: Tone::Good,
                    text: said,
                });
            }
            Err(error) => {
                self.import_error = Some(error);
                effects.push(Effect::Focus("import-text".to_owned()));
            }
        }
    }

    fn try_import(&mut self, text: &str) -> Result<String, String> {
        let nodes = pasted::nodes(text)?;
        let known = self.session.cluster().server.nodes.len();
        if known + nodes.len() > MAX_NODES as usize {
            return Err(format!(
                "{} nodes and the {known} here are more than the {MAX_NODES} that the playground simulates",
                nodes.len()
            ));
        }
        let taken = nodes.iter().find(|told| {
            let key = crate::cluster::Cluster::node_key(&told.node.metadata.name);
            self.session.cluster().server.nodes.get(&key).is_some()
        });
        if let Some(told) = taken {
            let name = &told.node.metadata.name;
            return Err(format!(
                "node {name} already exists: remove it first, or rename the pasted one"
            ));
        }
        let texts = nodes.iter().filter_map(|told| {
            let object = Resource::into_object(Rc::new(told.node.clone()));
            manifest(&object)
        });
        let yaml = texts.collect::<Vec<_>>().join("---\n");
        self.run(Command::Apply { yaml })
            .map_err(|failure| failure.message)?;
        let mut ailing = Vec::new();
        for told in &nodes {
            for command in &told.ailments {
                self.run_with(command.clone(), Session::submit_also)
                    .map_err(|failure| failure.message)?;
            }
            if told.is_not_ready() {
                ailing.push(told.node.metadata.name.as_str());
            }
        }
        let joined = format!("{} imported", count(nodes.len() as u64, "node"));
        Ok(match ailing.len() {
            0 => joined,
            1 => format!("{joined}. {} is NotReady, as it was there.", ailing[0]),
            all => format!(
                "{joined}. {} are NotReady, as they were there.",
                list(&ailing, all, 3)
            ),
        })
    }
}

/// The nodes of a manifest that aren't Ready in it: applied, each gets a kubelet that works.
pub(super) fn becoming_ready(text: &str) -> Vec<String> {
    if !text.contains("kind: Node") {
        return Vec::new();
    }
    let mut said = Vec::new();
    for decoded in decode::decode_leniently(text).objects {
        if let Object::Node(node) = decoded.object
            && node
                .condition("Ready")
                .is_some_and(|ready| ready.status != "True")
        {
            let name = &node.metadata.name;
            said.push(format!("node/{name} becomes Ready: its kubelet starts here. Import nodes keeps it NotReady."));
        }
    }
    said
}

/// What follows from a message of the dialogs that add nodes.
pub(super) fn act_add(model: &mut Model, count: u32) -> Option<Msg> {
    let kind = super::msg::NodeKind::Worker;
    model.close_dialog();
    (1..=super::msg::ADD_MAX)
        .contains(&count)
        .then_some(Msg::AddNodes { kind, count })
}

#[cfg(test)]
mod tests {
    use super::super::msg::{ClockMsg, Dialog};
    use super::super::update;
    use super::*;
    use crate::present::node::Health;

    fn import(model: &mut Model, text: &str) {
        update(model, Msg::Open(Some(Dialog::ImportNodes)));
        update(model, Msg::ImportNodes(text.to_owned()));
    }

    fn health(model: &Model) -> Vec<String> {
        let nodes = model.session.cluster().server.nodes.iter();
        let line = |node: &Rc<crate::api::node::Node>| {
            let health = crate::present::node::health(node);
            format!("{} {health:?}", node.metadata.name)
        };
        nodes.map(line).collect()
    }

    fn node(name: &str, ready: &str) -> String {
        format!(
            "- apiVersion: v1\n  kind: Node\n  metadata:\n    name: {name}\n    uid: 1-2\n    resourceVersion: \"77\"\n    creationTimestamp: \"2026-01-01T00:00:00Z\"\n    labels: {{zone: a}}\n  spec:\n    taints:\n    - {{key: node.kubernetes.io/unreachable, effect: NoSchedule}}\n    - {{key: gpu, value: \"yes\", effect: NoSchedule}}\n  status:\n    capacity: {{cpu: \"8\", memory: 16Gi, pods: \"50\"}}\n    allocatable: {{cpu: 7900m, memory: 15Gi, pods: \"50\"}}\n    conditions:\n    - {{type: Ready, status: \"{ready}\", reason: X, message: told}}\n"
        )
    }

    #[test]
    fn nodes_come_as_they_were_and_those_that_were_not_ready_stay_so() {
        let mut model = Model::first_visit(false);
        let nodes = [("well", "True"), ("sick", "False"), ("gone", "Unknown")];
        let items = nodes.map(|(name, ready)| node(name, ready));
        let text = format!("apiVersion: v1\nitems:\n{}kind: List\n", items.concat());
        import(&mut model, &text);
        let notice = model.notice.as_ref().map(|notice| &*notice.text);
        assert_eq!(
            notice,
            Some("3 nodes imported. sick and gone are NotReady, as they were there.")
        );
        assert_eq!(model.dialog, None);
        update(&mut model, Msg::Clock(ClockMsg::Settle));
        let ready = |name: &str| format!("{name} {:?}", Health::Ready);
        assert_eq!(
            health(&model)[1..4],
            ["node-1", "node-2", "node-3"].map(ready)
        );
        let told = health(&model);
        assert!(told.contains(&ready("well")), "{told:?}");
        for name in ["sick", "gone"] {
            assert!(!told.contains(&ready(name)), "{told:?}");
        }
        let server = &model.session.cluster().server;
        let there = server.nodes.get(&crate::cluster::Cluster::node_key("well"));
        let there = there.cloned().unwrap();
        assert_eq!(
            there.metadata.labels.get("zone").map(String::as_str),
            Some("a")
        );
        let taints: Vec<&str> = there.spec.taints.iter().map(|t| t.key.as_str()).collect();
        assert_eq!(taints, ["gpu"]);
        assert_eq!(there.status.capacity["cpu"].to_string(), "8");
        update(&mut model, Msg::Undo);
        assert_eq!(health(&model).len(), 3, "one act");
    }

    #[test]
    fn json_and_single_manifests_are_read_too() {
        let mut model = Model::first_visit(false);
        let json = r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Node","metadata":{"name":"j"}}]}"#;
        import(&mut model, json);
        import(
            &mut model,
            "apiVersion: v1\nkind: Node\nmetadata:\n  name: m\n---\napiVersion: v1\nkind: Node\nmetadata:\n  name: o\n",
        );
        update(&mut model, Msg::Clock(ClockMsg::Settle));
        let ready = |name: &str| format!("{name} {:?}", Health::Ready);
        let told = health(&model);
        for name in ["j", "m", "o"] {
            assert!(
                told.contains(&ready(name)),
                "{told:?} {:?}",
                model.import_error
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_beside_the_text_and_nothing_joins() {
        let mut model = Model::first_visit(false);
        for (text, error) in [
            ("", "paste what"),
            ("hello", "line 1"),
            (
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n",
                "isn't a Node",
            ),
            (
                "apiVersion: v1\nkind: Node\nmetadata: {name: node-1}\n",
                "node-1 already exists",
            ),
        ] {
            import(&mut model, text);
            let said = model.import_error.clone().unwrap_or_default();
            assert!(said.contains(error), "{text}: {said}");
            assert_eq!(model.dialog, Some(Dialog::ImportNodes));
        }
        assert!(model.session.log().is_empty());
    }
}
