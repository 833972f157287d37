//! What would change it: computed while nothing plays, since each edit is tried out on a copy of the cluster.

use super::Model;
use super::msg::Selection;
use crate::api::object::Key;
use crate::controllers::daemon_set::pod::target_node;
use crate::explain::remedy::{Remedy, faster, remedies, wait, ways_out};
use crate::present::daemon_set::RolloutState;
use crate::present::remedy;
use crate::present::timeline::Pace;
use crate::session::Session;
use crate::session::command::Command;
use std::rc::Rc;

/// With more nodes a trial would be felt.
const NODES_MAX: usize = 2_000;
/// And with more than these, one of a whole rollout.
const ROLLOUT_NODES_MAX: usize = 100;

/// The edits of the last time, and what they were about.
#[derive(Debug, Default)]
pub struct Suggested {
    for_node: Suggestion<(Rc<str>, Key)>,
    for_rollout: Suggestion<Key>,
}

#[derive(Debug)]
struct Suggestion<T> {
    /// What the edits are for, and how the cluster was: its resource version and its steps.
    about: Option<(T, u64, u64)>,
    remedies: Vec<Remedy>,
}

impl<T> Default for Suggestion<T> {
    fn default() -> Self {
        Suggestion {
            about: None,
            remedies: Vec::new(),
        }
    }
}

impl Suggested {
    /// The edit at this place of the why panel's list.
    pub fn for_node(&self, index: usize) -> Option<Remedy> {
        self.for_node.remedies.get(index).cloned()
    }

    #[cfg(test)]
    pub fn all(&self) -> impl Iterator<Item = &Remedy> {
        let rollout = self.for_rollout.remedies.iter();
        self.for_node.remedies.iter().chain(rollout)
    }

    /// The same for the list below the rollout.
    pub fn for_rollout(&self, index: usize) -> Option<Remedy> {
        self.for_rollout.remedies.get(index).cloned()
    }
}

/// Which of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Node,
    Rollout,
}

/// An edit of a list that was done.
#[derive(Debug)]
pub struct Done {
    about: About,
    title: String,
    /// How the history was right after.
    edits: u64,
}

impl Model {
    /// Does an edit, all its commands as one act: what undo takes back is all of it.
    pub(super) fn do_suggested(&mut self, remedy: Option<Remedy>, about: About) {
        let Some(Remedy {
            commands, title, ..
        }) = remedy
        else {
            return;
        };
        let clean = self.editor.in_step();
        let mut submit: fn(&mut Session, Command) -> _ = Session::submit;
        for command in commands {
            if let Err(failure) = self.run_with(command, submit) {
                return self.refuse(failure.message);
            }
            submit = Session::submit_also;
        }
        self.keep_in_step(&clean);
        let edits = self.session.edits();
        self.done = Some(Done {
            about,
            title,
            edits,
        });
    }

    /// The edit that was done last, as long as an undo takes back exactly that.
    pub fn done(&self, about: About) -> Option<&str> {
        let is_last = |done: &&Done| done.about == about && done.edits == self.session.edits();
        self.done.as_ref().filter(is_last).map(|done| &*done.title)
    }

    /// Looks for edits if the selection or the cluster is another one; true if the page changes.
    pub(super) fn suggest(&mut self, pace: Pace) -> bool {
        let cluster = self.session.cluster();
        let may =
            matches!(pace, Pace::Paused | Pace::Settled) && cluster.server.nodes.len() <= NODES_MAX;
        let state = (cluster.server.resource_version(), cluster.steps());
        let node = self.chosen_node().filter(|_| may);
        let rollout = self.slow_set().filter(|_| may);
        self.suggest_for_node(node, state) | self.suggest_for_rollout(rollout, state)
    }

    fn suggest_for_node(&mut self, about: Option<(Rc<str>, Key)>, state: (u64, u64)) -> bool {
        let about = about.map(|about| (about, state.0, state.1));
        if about == self.suggested.for_node.about {
            return false;
        }
        let cluster = self.session.cluster();
        let node_and_set = about.as_ref().and_then(|((node, set), ..)| {
            let node = cluster.server.nodes.get(&Key::new("", node))?;
            Some((node, cluster.server.daemon_sets.get(set)?))
        });
        let found = node_and_set.map(|(node, set)| {
            let found = remedies(cluster, set, &node.metadata.name);
            let wait = wait(cluster, set, &node.metadata.name).filter(|_| found.is_empty());
            (remedy::list(&found, &node.spec.taints, wait), found)
        });
        let (list, remedies) = found.unzip();
        let changed = self.remedies.as_deref() != list.as_ref();
        self.remedies = list.map(Rc::new);
        let remedies = remedies.unwrap_or_default();
        self.suggested.for_node = Suggestion { about, remedies };
        changed
    }

    fn suggest_for_rollout(&mut self, about: Option<Key>, state: (u64, u64)) -> bool {
        let about = about.map(|about| (about, state.0, state.1));
        if about == self.suggested.for_rollout.about {
            return false;
        }
        let cluster = self.session.cluster();
        let set = about
            .as_ref()
            .and_then(|(set, ..)| cluster.server.daemon_sets.get(set));
        let find = if self.is_progressing() {
            faster
        } else {
            ways_out
        };
        let remedies = set.map_or(Vec::new(), |set| find(cluster, set));
        let list = set.map(|_| remedy::list(&remedies, &[], None));
        let changed = self.ways_out.as_deref() != list.as_ref();
        self.ways_out = list.map(Rc::new);
        self.suggested.for_rollout = Suggestion { about, remedies };
        changed
    }

    /// The node that the why panel is about, and the DaemonSet.
    fn chosen_node(&self) -> Option<(Rc<str>, Key)> {
        match &self.selection {
            Selection::None | Selection::Figure(..) | Selection::Event(_) => None,
            Selection::Node(name) => Some((name.clone(), self.shown_set()?)),
            Selection::Pod(id) => {
                let pods = &self.session.cluster().server.pods;
                let pod = pods.get(&Key::new(&id.namespace, &id.name))?;
                let owner = pod.metadata.controller_ref()?;
                let set = Key::new(&id.namespace, &owner.name);
                Some((target_node(pod)?.into(), set))
            }
        }
    }

    /// The shown DaemonSet, if its rollout waits for something that time alone won't bring, or could be faster.
    fn slow_set(&self) -> Option<Key> {
        let rollout = &self.page.panel.as_ref()?.rollout;
        let is_slow = match rollout.state {
            RolloutState::Done => false,
            RolloutState::Stuck | RolloutState::OnDelete => true,
            RolloutState::Progressing => {
                let nodes = self.session.cluster().server.nodes.len();
                rollout.has_old && nodes <= ROLLOUT_NODES_MAX
            }
        };
        self.shown_set().filter(|_| is_slow)
    }

    fn is_progressing(&self) -> bool {
        let panel = self.page.panel.as_ref();
        panel.is_some_and(|panel| panel.rollout.state == RolloutState::Progressing)
    }

    /// The DaemonSet that the status panel is about.
    fn shown_set(&self) -> Option<Key> {
        let id = &self.page.panel.as_ref()?.id;
        Some(Key::new(&id.namespace, &id.name))
    }
}
