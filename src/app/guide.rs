//! The first five minutes: questions for a first visit, and what to try next after the first success.
//!
//! An experiment is ticked when it happened, whoever did it and how. Kept for this visit only, but for a dismissal.
//! Absent: any command of its own. What a button does are messages that a click elsewhere sends too.

use super::Model;
use super::editor::Tab;
use super::msg::{
    DaemonSetMsg, Dialog, EditorMsg, Effect, GuideMsg, Msg, NodeKind, NodeMsg, Selection,
};
use crate::api::apps::DaemonSet;
use crate::cluster::Cluster;
use crate::present::page;
use crate::session::Session;
use crate::session::command::Command;
use std::borrow::Cow;
use std::rc::Rc;

/// The scenarios whose questions a first visit shows.
pub const QUESTIONS: [&str; 6] = [
    "desired-below-nodes",
    "stuck-behind-a-not-ready-node",
    "running-on-a-dead-node",
    "no-floor",
    "on-delete-and-config-map",
    "pending-on-a-full-node",
];
/// The taint that the button puts on a node.
const TAINT: &str = "dedicated=db:NoExecute";

/// What can be tried, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Experiment {
    AddNode,
    Taint,
    Image,
    PowerOff,
    Why,
}

impl Experiment {
    pub const ALL: [Experiment; 5] = [
        Experiment::AddNode,
        Experiment::Taint,
        Experiment::Image,
        Experiment::PowerOff,
        Experiment::Why,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Experiment::AddNode => "Add a node",
            Experiment::Taint => "Taint it",
            Experiment::Image => "Change the image",
            Experiment::PowerOff => "Power off a node",
            Experiment::Why => "Ask why",
        }
    }

    /// What there is to see.
    fn about(self) -> &'static str {
        match self {
            Experiment::AddNode => "It gets its pod by itself.",
            Experiment::Taint => "A NoExecute taint evicts every pod that doesn't tolerate it.",
            Experiment::Image => "The pods are replaced one node at a time.",
            Experiment::PowerOff => {
                "Its pod stays. After 50 s without heartbeats the node turns NotReady."
            }
            Experiment::Why => "Click any node, pod or number: the page says why it is so.",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    #[default]
    Open,
    Done,
    Skipped,
}

impl Mark {
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Open => "open",
            Mark::Done => "done",
            Mark::Skipped => "skipped",
        }
    }
}

/// The bar with the next experiment, or with a last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextExperiment {
    pub steps: [(Experiment, Mark); 5],
    /// None: all are done or skipped.
    pub at: Option<Experiment>,
    pub title: &'static str,
    pub about: Cow<'static, str>,
    /// What its button does; none where there is nothing that it could be done to.
    pub button: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Guide {
    /// Only a first visit is guided.
    pub is_offered: bool,
    /// For good: the browser remembers it.
    pub is_dismissed: bool,
    /// Something was applied.
    has_applied: bool,
    /// The first DaemonSet runs wherever it should.
    has_begun: bool,
    marks: [Mark; 5],
    had_selection: bool,
    /// As it was after this edit of the log.
    seen: Option<(u64, Facts)>,
    /// The log's edit at which the last experiment ended: the last word stays until the next one.
    ended_at: Option<u64>,
}

/// What the experiments change.
#[derive(Clone, Debug, Default)]
struct Facts {
    nodes: usize,
    /// Those that users set.
    taints: usize,
    down: usize,
    images: Vec<String>,
    newest: Option<Rc<str>>,
    /// A node that runs, to be powered off.
    healthy: Option<Rc<str>>,
    /// A node that is worth asking about.
    odd: Option<Rc<str>>,
}

impl Facts {
    fn of(cluster: &Cluster) -> Facts {
        let mut facts = Facts::default();
        let mut newest = None;
        for node in cluster.server.nodes.iter() {
            let name = &node.metadata.name;
            let is_users = |key: &str| !key.starts_with("node.kubernetes.io/");
            let taints = node.spec.taints.iter().filter(|taint| is_users(&taint.key));
            let taints = taints.count();
            let is_down = cluster.parts.kubelets.is_down(name);
            facts.nodes += 1;
            facts.taints += taints;
            facts.down += usize::from(is_down);
            if facts.healthy.is_none() && taints == 0 && node.is_ready() && !is_down {
                facts.healthy = Some(name.as_str().into());
            }
            if facts.odd.is_none() && is_down {
                facts.odd = Some(name.as_str().into());
            }
            let born = node.metadata.creation_timestamp.map_or(0, |time| time.0);
            let order = (born, page::natural(name));
            if newest.as_ref().is_none_or(|(last, _)| *last <= order) {
                newest = Some((order, name));
            }
        }
        facts.newest = newest.map(|(_, name)| name.as_str().into());
        let sets = cluster.server.daemon_sets.iter();
        facts.images = sets.map(|set| images(set)).collect();
        facts
    }
}

/// The DaemonSet with its images, as one text.
fn images(set: &DaemonSet) -> String {
    let mut text = format!("{}/{}", set.metadata.namespace, set.metadata.name);
    for container in &set.spec.template.spec.containers {
        text.push(' ');
        text.push_str(&container.image);
    }
    text
}

impl Guide {
    /// Whoever dismissed one has dismissed all.
    pub(super) fn dismissed_as(self, other: &Guide) -> Guide {
        Guide {
            is_dismissed: other.is_dismissed,
            ..self
        }
    }

    /// Looks at what has happened since the last time.
    pub(super) fn follow(&mut self, session: &Session, selection: &Selection) {
        if !self.is_offered {
            return;
        }
        self.look(session, selection);
        if self.is_over() && self.ended_at.is_none() {
            self.ended_at = Some(session.edits());
        }
    }

    fn look(&mut self, session: &Session, selection: &Selection) {
        let is_new = self.seen.as_ref().map(|(edits, _)| *edits) != Some(session.edits());
        if !self.has_applied && is_new {
            let applies = |command: &Command| {
                matches!(
                    command,
                    Command::Apply { .. }
                        | Command::Kubectl { .. }
                        | Command::Replace { .. }
                        | Command::Edit { .. }
                        | Command::Patch { .. }
                        | Command::SetRequest { .. }
                )
            };
            let mut log = session.log().iter();
            self.has_applied = log.any(|logged| applies(&logged.command));
        }
        if self.is_dismissed || self.is_over() || !self.has_applied {
            return;
        }
        if !self.has_begun {
            let mut sets = session.cluster().server.daemon_sets.iter();
            self.has_begun = sets.any(|set| {
                let status = &set.status;
                let wanted = status.desired_number_scheduled;
                wanted > 0 && status.number_available >= wanted
            });
            self.had_selection = *selection != Selection::None;
        }
        if !self.has_begun {
            return;
        }
        let has_selection = *selection != Selection::None;
        if has_selection && !self.had_selection {
            self.tick(Experiment::Why);
        }
        self.had_selection = has_selection;
        if !is_new {
            return;
        }
        let facts = Facts::of(session.cluster());
        if let Some((_, was)) = self.seen.take() {
            let is_other = was.images.len() == facts.images.len() && was.images != facts.images;
            let happened = [
                (Experiment::AddNode, facts.nodes > was.nodes),
                // A node may join with taints of its own.
                (
                    Experiment::Taint,
                    facts.nodes == was.nodes && facts.taints > was.taints,
                ),
                (Experiment::Image, is_other),
                (Experiment::PowerOff, facts.down > was.down),
            ];
            for (experiment, _) in happened.into_iter().filter(|(_, is_so)| *is_so) {
                self.tick(experiment);
            }
        }
        self.seen = Some((session.edits(), facts));
    }

    fn tick(&mut self, experiment: Experiment) {
        self.marks[experiment as usize] = Mark::Done;
    }

    fn is_over(&self) -> bool {
        !self.marks.contains(&Mark::Open)
    }

    /// Something was tried, and there is nothing more to try.
    fn has_last_word(&self, session: &Session) -> bool {
        let is_shown = self.is_over() && !self.is_dismissed && self.marks.contains(&Mark::Done);
        is_shown && self.ended_at == Some(session.edits())
    }

    /// The next experiment.
    fn at(&self) -> Option<Experiment> {
        let is_shown = self.is_offered && self.has_begun && !self.is_dismissed;
        let is_open = |experiment: &Experiment| self.marks[*experiment as usize] == Mark::Open;
        is_shown
            .then(|| Experiment::ALL.into_iter().find(is_open))
            .flatten()
    }
}

impl Model {
    /// Nothing was applied yet: the middle of the page says what this is.
    pub fn shows_welcome(&self) -> bool {
        self.guide.is_offered && !self.guide.has_applied
    }

    pub fn next_experiment(&self) -> Option<NextExperiment> {
        let guide = &self.guide;
        let facts = &guide.seen.as_ref()?.1;
        let steps = Experiment::ALL.map(|step| (step, guide.marks[step as usize]));
        // What the last one began is to be seen first; whoever asks why may ask at once.
        let is_idle = self.is_idle();
        let Some(at) = guide.at() else {
            return guide.has_last_word(&self.session).then(|| {
                let off = facts.odd.as_ref().filter(|_| is_idle);
                NextExperiment {
                    steps,
                    at: None,
                    title: "That was the tour.",
                    about: match off {
                        Some(node) => format!("{node} is still powered off.").into(),
                        None => "Each scenario asks a question to find the answer to.".into(),
                    },
                    button: off.map(|node| format!("Power on {node}")),
                }
            });
        };
        let is_watching = at != Experiment::Why && !is_idle;
        let button = match at {
            _ if is_watching => None,
            Experiment::AddNode => Some("Add a node".to_owned()),
            Experiment::Taint => facts.newest.as_ref().map(|node| format!("Taint {node}")),
            Experiment::Image => self.next_image().map(|next| format!("Set {}", next.to)),
            Experiment::PowerOff => facts.healthy.as_ref().map(|it| format!("Power off {it}")),
            Experiment::Why => {
                let node = facts.odd.as_ref().or(facts.newest.as_ref());
                node.map(|node| format!("Ask about {node}"))
            }
        };
        Some(NextExperiment {
            steps,
            at: Some(at),
            title: at.title(),
            about: match is_watching {
                true => "comes next. Watch the cluster settle first.".into(),
                false => at.about().into(),
            },
            button,
        })
    }

    pub(super) fn act_guide(&mut self, msg: GuideMsg, effects: &mut Vec<Effect>) -> Vec<Msg> {
        let at = self.guide.at();
        if at.is_none() && !self.guide.has_last_word(&self.session) {
            return Vec::new();
        }
        match (msg, at) {
            (GuideMsg::Do, at) => {
                let msgs = at.map_or_else(|| self.power_on(), |at| self.experiment(at));
                // On a phone, its card may be out of sight.
                effects.extend(msgs.iter().find_map(|msg| match msg {
                    Msg::Node(node, _) => Some(in_sight(node)),
                    _ => None,
                }));
                return msgs;
            }
            (GuideMsg::Skip, Some(at)) => self.guide.marks[at as usize] = Mark::Skipped,
            (GuideMsg::Skip, None) => {
                self.guide.ended_at = Some(u64::MAX);
                return vec![Msg::Open(Some(Dialog::Scenarios))];
            }
            (GuideMsg::Dismiss, _) => {
                self.guide.is_dismissed = true;
                effects.push(Effect::DismissGuide);
            }
        }
        Vec::new()
    }

    fn power_on(&self) -> Vec<Msg> {
        let facts = self.guide.seen.as_ref().map(|(_, facts)| facts);
        let off = facts.and_then(|facts| facts.odd.clone());
        let on = off.map(|node| Msg::Node(node, NodeMsg::Down(false)));
        on.into_iter().collect()
    }

    /// Brings a node into sight that wasn't there before.
    pub(super) fn show_newest(&self, effects: &mut Vec<Effect>) {
        let known = self.guide.seen.as_ref().map(|(_, facts)| facts.nodes);
        let facts = Facts::of(self.session.cluster());
        if known.is_some_and(|known| facts.nodes > known) {
            effects.extend(facts.newest.iter().map(in_sight));
        }
    }

    /// What somebody would click to do it.
    fn experiment(&self, experiment: Experiment) -> Vec<Msg> {
        let facts = self.guide.seen.as_ref().map(|(_, facts)| facts);
        let Some(facts) = facts else {
            return Vec::new();
        };
        let on = |node: &Option<Rc<str>>, msg: NodeMsg| {
            let node = node.iter().cloned();
            node.map(|node| Msg::Node(node, msg.clone())).collect()
        };
        match experiment {
            Experiment::AddNode => vec![Msg::AddNodes {
                kind: NodeKind::Worker,
                count: 1,
            }],
            Experiment::Taint => on(&facts.newest, NodeMsg::AddTaint(TAINT.to_owned())),
            Experiment::PowerOff => on(&facts.healthy, NodeMsg::Down(true)),
            Experiment::Image => self.next_image().map_or(Vec::new(), |next| self.set(next)),
            Experiment::Why => {
                let node = facts.odd.as_ref().or(facts.newest.as_ref());
                let select = |node: &Rc<str>| Msg::Select(Selection::Node(Rc::clone(node)));
                node.map(select).into_iter().collect()
            }
        }
    }

    /// Another image for the shown DaemonSet's first container.
    fn next_image(&self) -> Option<NextImage> {
        let id = &self.page.panel.as_ref()?.id;
        let set = self
            .session
            .cluster()
            .server
            .daemon_sets
            .get(&page::key(id))?;
        let container = set.spec.template.spec.containers.first()?;
        Some(NextImage {
            container: container.name.clone(),
            from: container.image.clone(),
            to: next_tag(&container.image),
        })
    }

    /// In the manifest, where it is open as it was applied; else by itself.
    fn set(&self, next: NextImage) -> Vec<Msg> {
        let line = format!("image: {}", next.from);
        let holds = |tab: &&Tab| !tab.is_dirty() && tab.text.contains(&line);
        if let Some(tab) = self.editor.tabs.iter().find(holds) {
            let text = tab.text.replacen(&line, &format!("image: {}", next.to), 1);
            let typed = EditorMsg::Rewrite { tab: tab.id, text };
            return vec![Msg::Editor(typed), Msg::Editor(EditorMsg::Apply)];
        }
        let Some(panel) = &self.page.panel else {
            return Vec::new();
        };
        let msg = DaemonSetMsg::SetImage {
            container: next.container,
            image: next.to,
        };
        vec![Msg::DaemonSet(panel.id.clone(), msg)]
    }
}

fn in_sight(node: &Rc<str>) -> Effect {
    Effect::InSight(format!("node-{node}"))
}

struct NextImage {
    container: String,
    from: String,
    to: String,
}

/// `agent:1` → `agent:2`; `agent` and `agent:latest` → `agent:2`.
fn next_tag(image: &str) -> String {
    let image = image.split('@').next().unwrap_or(image);
    let (name, tag) = match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, ""),
    };
    let number = tag
        .parse::<u32>()
        .map_or(2, |number| number.saturating_add(1));
    format!("{name}:{number}")
}

#[cfg(test)]
mod tests {
    use super::super::msg::ClockMsg;
    use super::super::{Update, update};
    use super::*;

    const DO: Msg = Msg::Guide(GuideMsg::Do);
    const SETTLE: Msg = Msg::Clock(ClockMsg::Settle);
    const APPLY: Msg = Msg::Editor(EditorMsg::Apply);

    fn send<const N: usize>(model: &mut Model, msgs: [Msg; N]) -> Update {
        let mut last = Update::default();
        for msg in msgs {
            last = update(model, msg);
        }
        last
    }

    fn running() -> Model {
        let mut model = Model::first_visit(false);
        send(&mut model, [APPLY, SETTLE]);
        model
    }

    fn told(model: &Model) -> String {
        model
            .next_experiment()
            .map_or("nothing".to_owned(), |next| {
                let marks = next.steps.map(|(_, mark)| mark.as_str()).join(" ");
                format!(
                    "{}: {} [{marks}]",
                    next.title,
                    next.button.unwrap_or_default()
                )
            })
    }

    #[test]
    fn a_first_visit_is_welcomed_until_something_is_applied() {
        let mut model = Model::first_visit(false);
        assert!(model.shows_welcome() && model.next_experiment().is_none());
        send(
            &mut model,
            [Msg::AddNodes {
                kind: NodeKind::Worker,
                count: 1,
            }],
        );
        assert!(model.shows_welcome());
        send(&mut model, [APPLY]);
        assert!(!model.shows_welcome());
        assert_eq!(told(&model), "nothing", "not before the pods run");
        send(&mut model, [SETTLE]);
        assert!(model.next_experiment().is_some());
        for id in QUESTIONS {
            assert!(crate::scenarios::by_id(id).is_some(), "{id}");
            let mut model = Model::first_visit(false);
            send(&mut model, [Msg::OpenScenario(id.to_owned())]);
            assert!(
                !model.shows_welcome() && model.next_experiment().is_none(),
                "{id}"
            );
        }
        assert!(
            !Model::first_visit(true).shows_welcome(),
            "a demo has its own bar"
        );
    }

    #[test]
    fn each_experiment_is_one_click() {
        let mut model = running();
        let wanted = [
            "Add a node: Add a node [open open open open open]",
            "Taint it: Taint node-4 [done open open open open]",
            "Change the image: Set my-image:2 [done done open open open]",
            "Power off a node: Power off node-1 [done done done open open]",
            "Ask why: Ask about node-1 [done done done done open]",
        ];
        for wanted in wanted {
            assert_eq!(told(&model), wanted);
            send(&mut model, [DO, SETTLE]);
        }
        assert_eq!(model.selection, Selection::Node("node-1".into()));
        assert!(model.pane.text.contains("image: my-image:2"));
        assert!(!model.pane.tabs[0].is_dirty, "editor and cluster agree");
        let panel = model.page.panel.as_ref().map(|panel| &*panel.headline);
        assert!(panel.is_some_and(|it| !it.contains("4 of 4")), "{panel:?}");
    }

    #[test]
    fn what_is_done_by_hand_is_ticked_in_any_order() {
        let mut model = running();
        let image = "kubectl set image ds/my-daemonset my-container=my-image:9";
        for line in ["kubectl taint node node-2 a=b:NoSchedule", image] {
            let typed = super::super::msg::ConsoleMsg::Typed(line.to_owned());
            let enter = super::super::msg::ConsoleMsg::Enter;
            send(&mut model, [Msg::Console(typed), Msg::Console(enter)]);
        }
        assert_eq!(
            told(&model),
            "Add a node:  [open done done open open]",
            "what goes on is watched first"
        );
        send(&mut model, [SETTLE]);
        assert_eq!(
            told(&model),
            "Add a node: Add a node [open done done open open]"
        );
        let node = Selection::Node("node-3".into());
        send(&mut model, [Msg::Select(node), Msg::Guide(GuideMsg::Skip)]);
        assert_eq!(
            told(&model),
            "Power off a node: Power off node-1 [skipped done done open done]"
        );
        send(
            &mut model,
            [Msg::Node("node-3".into(), NodeMsg::Down(true)), SETTLE],
        );
        assert_eq!(
            told(&model),
            "That was the tour.: Power on node-3 [skipped done done done done]"
        );
    }

    /// A model at whose end node-1 is powered off and asked about.
    fn toured() -> Model {
        let mut model = running();
        for _ in Experiment::ALL {
            send(&mut model, [DO, SETTLE]);
        }
        model
    }

    #[test]
    fn the_last_word_leads_on_and_goes() {
        const END: &str = "That was the tour.: Power on node-1 [done done done done done]";
        let is_off = |model: &Model| model.session.cluster().parts.kubelets.is_down("node-1");
        let mut model = toured();
        assert_eq!(told(&model), END);
        assert!(is_off(&model));
        send(&mut model, [DO, SETTLE]);
        assert_eq!(
            (told(&model), is_off(&model)),
            ("nothing".to_owned(), false)
        );
        let mut model = toured();
        send(&mut model, [Msg::Guide(GuideMsg::Skip)]);
        assert_eq!(model.dialog, Some(Dialog::Scenarios));
        assert_eq!(told(&model), "nothing");
        let mut model = toured();
        let kind = NodeKind::Worker;
        send(&mut model, [Msg::AddNodes { kind, count: 1 }]);
        assert_eq!(told(&model), "nothing", "something else was done");
        let mut model = toured();
        send(
            &mut model,
            [Msg::Guide(GuideMsg::Dismiss), Msg::Reset, APPLY, SETTLE],
        );
        assert_eq!(told(&model), "nothing", "dismissed for good");
    }

    #[test]
    fn whoever_skips_everything_wants_no_last_word() {
        let mut model = running();
        for _ in Experiment::ALL {
            send(&mut model, [Msg::Guide(GuideMsg::Skip)]);
        }
        assert_eq!(told(&model), "nothing");
    }

    #[test]
    fn a_gpu_node_is_added_and_not_tainted() {
        let mut model = running();
        let kind = NodeKind::Gpu;
        send(&mut model, [Msg::AddNodes { kind, count: 1 }, SETTLE]);
        assert_eq!(
            told(&model),
            "Taint it: Taint gpu-1 [done open open open open]"
        );
    }

    #[test]
    fn a_dismissed_bar_is_remembered_and_another_session_has_none() {
        let mut model = running();
        let update = send(&mut model, [Msg::Guide(GuideMsg::Dismiss)]);
        assert!(update.effects.contains(&Effect::DismissGuide));
        assert_eq!(told(&model), "nothing");
        send(&mut model, [Msg::Reset, APPLY, SETTLE]);
        assert_eq!(told(&model), "nothing", "dismissed for good");
        let mut model = running();
        send(&mut model, [Msg::Reset]);
        assert!(model.shows_welcome());
        send(&mut model, [Msg::GoBack]);
        assert!(model.next_experiment().is_some(), "as it was left");
    }

    #[test]
    fn nothing_panics_where_there_is_nothing_to_do_it_to() {
        let mut model = running();
        for node in ["node-1", "node-2", "node-3"] {
            send(&mut model, [Msg::Node(node.into(), NodeMsg::Remove)]);
        }
        send(&mut model, [SETTLE]);
        for _ in 0..6 {
            send(&mut model, [DO, Msg::Guide(GuideMsg::Skip), Msg::Undo]);
        }
    }

    #[test]
    fn tags_count_on() {
        let next = [
            "agent",
            "agent:latest",
            "agent:9",
            "a.b:5000/agent",
            "a@sha256:0",
        ]
        .map(next_tag);
        assert_eq!(
            next,
            ["agent:2", "agent:2", "agent:10", "a.b:5000/agent:2", "a:2"]
        );
    }
}
