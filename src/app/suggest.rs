//! What would change it: computed while nothing plays, since each edit is tried out on a copy of the cluster.

use super::Model;
use super::msg::Selection;
use crate::api::object::Key;
use crate::controllers::daemon_set::pod::target_node;
use crate::explain::remedy::{Remedy, remedies};
use crate::present::remedy;
use crate::present::timeline::Pace;
use crate::session::command::Command;
use std::rc::Rc;

/// With more nodes a trial would be felt.
const NODES_MAX: usize = 2_000;

/// The edits of the last time, and what they were about.
#[derive(Debug, Default)]
pub struct Suggested {
    about: Option<About>,
    remedies: Vec<Remedy>,
}

#[derive(Debug, PartialEq)]
struct About {
    node: Rc<str>,
    set: Key,
    resource_version: u64,
    steps: u64,
}

impl Suggested {
    /// What the edit at this place of the list does; nothing if there is none.
    pub fn commands(&self, index: usize) -> Vec<Command> {
        let remedy = self.remedies.get(index);
        remedy.map_or(Vec::new(), |remedy| remedy.commands.clone())
    }
}

impl Model {
    /// Looks for edits if the selection or the cluster is another one; true if the page changes.
    pub(super) fn suggest(&mut self, pace: Pace) -> bool {
        let about = self
            .about()
            .filter(|_| matches!(pace, Pace::Paused | Pace::Settled));
        if about == self.suggested.about {
            return false;
        }
        let had = self.remedies.take().is_some();
        self.suggested = Suggested::default();
        let Some(about) = about else {
            return had;
        };
        let cluster = self.session.cluster();
        let set = cluster.server.daemon_sets.get(&about.set);
        let node = cluster.server.nodes.get(&Key::new("", &about.node));
        if let (Some(set), Some(node)) = (set, node) {
            let found = remedies(cluster, set, &about.node);
            self.remedies = Some(Rc::new(remedy::list(&found, &node.spec.taints)));
            self.suggested.remedies = found;
        }
        self.suggested.about = Some(about);
        true
    }

    fn about(&self) -> Option<About> {
        let cluster = self.session.cluster();
        if cluster.server.nodes.len() > NODES_MAX {
            return None;
        }
        let (node, set) = match &self.selection {
            Selection::None => return None,
            Selection::Node(name) => (name.clone(), self.shown_set()?),
            Selection::Pod(id) => {
                let pod = cluster
                    .server
                    .pods
                    .get(&Key::new(&id.namespace, &id.name))?;
                let owner = pod.metadata.controller_ref()?;
                (
                    target_node(pod)?.into(),
                    Key::new(&id.namespace, &owner.name),
                )
            }
        };
        Some(About {
            node,
            set,
            resource_version: cluster.server.resource_version(),
            steps: cluster.steps(),
        })
    }

    /// The DaemonSet that the status panel is about.
    fn shown_set(&self) -> Option<Key> {
        let id = &self.page.panel.as_ref()?.id;
        Some(Key::new(&id.namespace, &id.name))
    }
}
