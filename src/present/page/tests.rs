//! Following a session gives the same page as making it anew.

use super::*;
use crate::api::node::Taint;
use crate::apiserver::Propagation;
use crate::cluster::nodes::NodeTemplate;
use crate::present::stage::pacing::Shown;
use crate::session::command::Command;
use crate::session::scenario::{NodeGroup, Scenario};
use crate::sim::rng::Stream;
use crate::sim::time::SimDuration;

fn manifest(name: &str, image: u64, more: &str) -> String {
    format!(
        "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {name}
spec:
{more}
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
      containers:
      - name: main
        image: {name}:{image}
"
    )
}

/// What makes rollouts differ.
const STRATEGIES: [&str; 4] = [
    "  updateStrategy: {rollingUpdate: {maxUnavailable: 20%}}",
    "  updateStrategy: {rollingUpdate: {maxSurge: 10%, maxUnavailable: 0}}\n  minReadySeconds: 2",
    "  updateStrategy: {type: OnDelete}",
    "  minReadySeconds: 5",
];

struct Played {
    session: Session,
    page: Page,
    random: Stream,
}

impl Played {
    fn new(nodes: u32, seed: u64) -> Played {
        let workers = NodeGroup {
            template: NodeTemplate::Worker,
            count: nodes,
        };
        let scenario = Scenario {
            nodes: vec![workers],
            ..Scenario::default()
        };
        Played {
            session: Session::new(scenario),
            page: Page::default(),
            random: Stream::new(seed, "page"),
        }
    }

    fn node(&mut self) -> String {
        let nodes = &self.session.cluster().server.nodes;
        let at = self.random.below(nodes.len() as u64) as usize;
        let node = nodes.iter().nth(at);
        node.map_or_else(String::new, |node| node.metadata.name.clone())
    }

    fn pod(&mut self) -> Option<(String, String)> {
        let pods = &self.session.cluster().server.pods;
        let at = self.random.below(pods.len().max(1) as u64) as usize;
        let meta = &pods.iter().nth(at)?.metadata;
        Some((meta.namespace.clone(), meta.name.clone()))
    }

    fn command(&mut self) -> Option<Command> {
        let node = self.node();
        let is_on = self.random.below(2) == 0;
        let image = self.random.below(4);
        let name = ["agent", "other"][self.random.below(2) as usize];
        let (namespace, set) = ("default".to_owned(), name.to_owned());
        Some(match self.random.below(14) {
            0 | 1 => {
                let more = STRATEGIES[self.random.below(4) as usize];
                let yaml = manifest(name, image, more);
                Command::Apply { yaml }
            }
            2 => Command::AddNodes {
                template: [NodeTemplate::Worker, NodeTemplate::Gpu][usize::from(is_on)],
                count: 1,
            },
            3 => Command::RemoveNode { node },
            4 => Command::TaintNode {
                node,
                taints: vec![Taint {
                    key: "gone".to_owned(),
                    effect: ["NoSchedule", "NoExecute"][usize::from(is_on)].to_owned(),
                    ..Taint::default()
                }],
            },
            5 => Command::Cordon { node, on: is_on },
            6 => Command::SetNodeDown { node, down: is_on },
            7 => Command::SetNodeNotReady {
                node,
                not_ready: is_on,
            },
            8 => {
                let (namespace, name) = self.pod()?;
                let reason = "Evicted".to_owned();
                Command::FailPod {
                    namespace,
                    name,
                    reason,
                }
            }
            9 => {
                let (namespace, name) = self.pod()?;
                let (kind, propagation) = ("Pod".to_owned(), Propagation::Background);
                Command::DeleteObject {
                    kind,
                    namespace,
                    name,
                    propagation,
                    grace_period_seconds: None,
                }
            }
            10 => Command::RolloutRestart {
                namespace,
                name: set,
            },
            11 => Command::RolloutUndo {
                namespace,
                name: set,
                to_revision: 0,
            },
            12 if self.random.below(4) == 0 => Command::DeleteObject {
                kind: "DaemonSet".to_owned(),
                namespace,
                name: set,
                propagation: [Propagation::Background, Propagation::Orphan][usize::from(is_on)],
                grace_period_seconds: None,
            },
            _ => Command::SetImage {
                namespace,
                name: set,
                container: "main".to_owned(),
                image: format!("{name}:{image}"),
            },
        })
    }

    fn act(&mut self) {
        match self.random.below(12) {
            0 => {
                let to = self.random.below(self.session.end().0 + 1);
                self.session.seek(SimTime(to));
            }
            1 => {
                self.session.undo();
            }
            2 => {
                self.session.redo();
            }
            3 => {
                self.session.step();
            }
            4 => {
                self.session.settle();
            }
            5..=8 => {
                if let Some(command) = self.command() {
                    // Some are refused: then nothing may change.
                    let _ = self.session.submit(command);
                }
            }
            _ => {
                let ms = 1 + self.random.below(3_000);
                self.session.advance(SimDuration::millis(ms));
            }
        }
    }

    /// Follows, and compares with a page that has seen nothing before. `pace` may let the feed be late.
    fn check(&mut self, step: usize, pace: Pace) {
        let chosen = ["agent", "other"][usize::from(step % 10 == 9)];
        let chosen = DaemonSetId {
            namespace: "default".to_owned(),
            name: chosen.to_owned(),
        };
        let node: Rc<str> = self.node().into();
        let shown = Shown::default();
        let look = Look {
            cluster: None,
            shown: &shown,
            group_by: GroupBy::Pool,
            has_eye: true,
            subject: Subject::Node(&node),
            daemon_set: Some(&chosen),
            pace,
            speed: Speed::Ten,
            last_line: "",
            back: None,
            walk: None,
        };
        // How long numbers have been old is all that a page has to remember.
        let differs = self.page.differs.clone();
        let mut anew = Page {
            differs,
            behind: DETAILS_EVERY,
            ..Page::default()
        };
        self.page.refresh(&self.session, &look);
        anew.refresh(&self.session, &look);
        let (page, at) = (&self.page, self.session.now());
        // What the strip says may have been said before.
        let (is_moving, strip) = (page.cluster.is_moving, page.cluster.strip.clone());
        let cluster = ClusterView {
            is_moving,
            strip,
            ..(*anew.cluster).clone()
        };
        let same = [
            ("the list", page.daemon_sets == anew.daemon_sets),
            ("the cards", *page.cluster == cluster),
            ("the feed", page.feed == anew.feed || page.behind > 0),
            ("the chart", page.chart == anew.chart || page.behind > 0),
            ("the map", page.fleet == anew.fleet),
            ("its groups", page.fleet_groups == anew.fleet_groups),
            ("why", page.why == anew.why),
            ("the card", page.focus == anew.focus),
            ("the timeline", page.timeline == anew.timeline),
        ];
        let other = same.iter().find(|(_, is_same)| !is_same);
        assert_eq!(other, None, "step {step}, {at}");
        assert!(page.behind == 0 || pace == Pace::Playing);
        assert_eq!(page.panel, anew.panel, "step {step}, {at}");
    }
}

/// Plays; gives how often the map was followed without being made anew, to see that the test compares something.
fn play(nodes: u32, seed: u64, steps: usize) -> usize {
    let mut played = Played::new(nodes, seed);
    let yaml = manifest("agent", 1, STRATEGIES[0]);
    played
        .session
        .submit(Command::Apply { yaml })
        .expect("a valid manifest");
    let mut followed = 0;
    for step in 0..steps {
        let lineage = played.session.lineage().remember();
        let entries = played.session.cluster().trace.len();
        played.act();
        let pace = [Pace::Playing, Pace::Paused][step % 2];
        played.check(step, pace);
        let session = &played.session;
        followed +=
            usize::from(*session.lineage() == lineage && session.cluster().trace.len() > entries);
    }
    followed
}

#[test]
fn following_is_as_good_as_making_anew() {
    for seed in 1..=2 {
        assert!(play(300, seed, 60) > 20);
    }
    assert!(play(12, 4, 200) > 60);
}

/// Number of a figure in the shown panel.
fn number(panel: &DaemonSetPanel, field: &str) -> i64 {
    let mut figures = panel.figures.iter();
    figures
        .find(|it| it.field == field)
        .map_or(0, |it| it.value)
}

#[test]
fn the_sentence_the_numbers_and_the_rollout_agree_at_every_step() {
    let mut played = Played::new(4, 1);
    let mut seen = std::collections::BTreeSet::new();
    for image in [1, 2] {
        let yaml = manifest("agent", image, STRATEGIES[3]);
        let apply = Command::Apply { yaml };
        played.session.submit(apply).expect("a valid manifest");
        loop {
            played.check(0, Pace::Paused);
            let panel = played.page.panel.clone().expect("a DaemonSet");
            let [desired, available, updated] = [
                "desiredNumberScheduled",
                "numberAvailable",
                "updatedNumberScheduled",
            ]
            .map(|field| number(&panel, field));
            let wanted = match (desired, available) {
                (0, _) => "The controller hasn't seen it yet".to_owned(),
                _ => format!("{available} of {desired} pods available"),
            };
            assert!(
                panel.headline.starts_with(&wanted),
                "{}: {wanted}",
                panel.headline
            );
            let rollout = &panel.rollout;
            assert_eq!(
                (i64::from(rollout.updated), i64::from(rollout.desired)),
                (updated, desired)
            );
            let is_done = rollout.state == daemon_set::RolloutState::Done;
            assert_eq!(panel.headline.ends_with("all up to date"), is_done);
            seen.insert(panel.headline.clone());
            if played.session.is_settled() || !played.session.step() {
                break;
            }
        }
    }
    assert!(seen.len() > 8, "{seen:?}");
}

#[test]
fn what_is_not_touched_is_shared() {
    let mut played = Played::new(300, 1);
    let yaml = manifest("agent", 1, STRATEGIES[0]);
    played
        .session
        .submit(Command::Apply { yaml })
        .expect("a valid manifest");
    played.session.settle();
    played.check(0, Pace::Paused);
    let before = played.page.fleet.clone().expect("a map");
    let node = "node-7".to_owned();
    let cordon = Command::Cordon { node, on: true };
    played.session.submit(cordon).expect("the node exists");
    played.check(0, Pace::Paused);
    let after = played.page.fleet.clone().expect("a map");
    let changes = after.changes(&before);
    let names: Vec<&str> = changes.map(|(_, _, node)| &*node.name).collect();
    assert_eq!(names, ["node-7"]);
}

#[test]
fn a_large_cluster_tells_a_stale_status_too_but_not_while_it_rolls() {
    let mut played = Played::new(300, 1);
    for image in [1, 2] {
        let yaml = manifest("agent", image, STRATEGIES[0]);
        let apply = Command::Apply { yaml };
        played.session.submit(apply).expect("a valid manifest");
        while !played.session.is_settled() {
            played.session.advance(SimDuration::millis(160));
            played.check(0, Pace::Paused);
            let panel = played.page.panel.as_ref().expect("a DaemonSet");
            let stale = panel.stale.as_ref().map(|stale| stale.title);
            assert_ne!(
                stale,
                Some("The status is stale"),
                "{}",
                played.session.now()
            );
        }
    }
    let taints = vec![Taint {
        key: "gone".to_owned(),
        effect: "NoSchedule".to_owned(),
        ..Taint::default()
    }];
    let node = "node-7".to_owned();
    let taint = Command::TaintNode { node, taints };
    played.session.submit(taint).expect("the node exists");
    played.session.settle();
    played.check(0, Pace::Paused);
    let panel = played.page.panel.as_ref().expect("a DaemonSet");
    let stale = panel.stale.as_ref().map(|stale| stale.title);
    assert_eq!(stale, Some("The status is stale"));
}
