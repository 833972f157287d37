//! The pacing: causes before effects, a bounded lag, the same trace, nothing to do when idle.

use super::pacing::{LAG_MS_MAX, Pacer};
use super::strip::Strip;
use crate::present::pod::{PodState, state};
use crate::present::scene::Scene;
use crate::session::Session;
use crate::session::command::Command;
use crate::session::scenario::{NodeGroup, Scenario};
use crate::sim::time::{SimDuration, SimTime};
use expect_test::expect;

const FRAME_MS: u32 = 16;

fn manifest(image: u32) -> Command {
    Command::Apply {
        yaml: format!(
            "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec: {{containers: [{{name: main, image: 'agent:{image}'}}]}}
"
        ),
    }
}

fn session(nodes: u32) -> Session {
    Session::new(Scenario {
        nodes: vec![NodeGroup {
            template: crate::cluster::nodes::NodeTemplate::Worker,
            count: nodes,
        }],
        ..Scenario::default()
    })
}

/// A page without anything but a pacer, at 1×.
struct Stage {
    session: Session,
    pacer: Pacer,
    wall_ms: u64,
    /// How far the simulation was in each frame: wall time and entries of the trace.
    lived: Vec<(u64, usize)>,
    lag_ms_max: u64,
}

impl Stage {
    fn new(nodes: u32) -> Stage {
        let mut stage = Stage {
            session: session(nodes),
            pacer: Pacer::default(),
            wall_ms: 0,
            lived: Vec::new(),
            lag_ms_max: 0,
        };
        stage.pacer.catch_up(&stage.session);
        stage
    }

    fn submit(&mut self, command: Command) {
        self.pacer.hold(&self.session);
        assert!(self.session.submit(command).is_ok());
        self.pacer.take(&self.session);
        self.pacer.show_due();
    }

    /// One frame: time goes by, each step is taken in, what is due is shown.
    fn frame(&mut self) {
        self.wall_ms += u64::from(FRAME_MS);
        self.pacer.elapse(FRAME_MS, 4);
        let to = self.session.now() + SimDuration::millis(u64::from(FRAME_MS));
        while self.session.now() < to {
            self.pacer.hold(&self.session);
            self.session.advance_to(to, 1);
            self.pacer.take(&self.session);
        }
        self.pacer.show_due();
        let len = self.session.cluster().trace.len();
        self.lived.push((self.wall_ms, len));
        if let Some(shown) = self.pacer.cluster() {
            // Since when is there something that isn't shown?
            let shown = shown.trace.len();
            let at = self.lived.iter().find(|(_, len)| *len > shown);
            let lag = self.wall_ms - at.map_or(self.wall_ms, |(wall, _)| *wall);
            self.lag_ms_max = self.lag_ms_max.max(lag);
        }
    }

    fn shown(&self) -> &crate::cluster::Cluster {
        self.pacer.cluster().unwrap_or(self.session.cluster())
    }

    /// How many pods are in a state, as shown.
    fn count(&self, wanted: PodState) -> usize {
        let pods = self.shown().server.pods.iter();
        pods.filter(|pod| state(pod) == wanted).count()
    }
}

/// When each of these states was first shown, in wall milliseconds.
fn first_shown<const N: usize>(stage: &mut Stage, states: [PodState; N]) -> [u64; N] {
    let mut found = [0; N];
    for _ in 0..2_000 {
        stage.frame();
        for (at, state) in found.iter_mut().zip(states) {
            if *at == 0 && stage.count(state) > 0 {
                *at = stage.wall_ms;
            }
        }
    }
    found
}

#[test]
fn each_stage_of_a_pod_has_its_time() {
    let mut stage = Stage::new(3);
    stage.submit(manifest(1));
    let states = [
        PodState::Unscheduled,
        PodState::Pending,
        PodState::Pulling,
        PodState::Ready,
    ];
    let [created, bound, pulling, ready] = first_shown(&mut stage, states);
    assert!(created > 0, "shown at all");
    assert!(
        bound - created >= 600,
        "at the controller, then in the queue: {created} {bound}"
    );
    assert!(pulling - bound >= 600, "on its way: {bound} {pulling}");
    assert!(ready > pulling + 1_000, "{pulling} {ready}");
}

#[test]
fn pods_that_do_not_depend_on_each_other_do_not_wait_for_each_other() {
    let mut stage = Stage::new(12);
    stage.submit(manifest(1));
    let mut wall = 0;
    while stage.count(PodState::Pulling) < 12 {
        stage.frame();
        wall += FRAME_MS;
        assert!(wall < 4_000, "twelve pods go together");
    }
}

#[test]
fn a_pod_that_is_gone_leaves_first() {
    let mut stage = Stage::new(3);
    stage.submit(manifest(1));
    for _ in 0..600 {
        stage.frame();
    }
    stage.submit(manifest(2));
    let (mut left, mut frames) = (Vec::new(), 0);
    for _ in 0..900 {
        stage.frame();
        let leaving = &stage.pacer.shown().leaving;
        frames += u32::from(!leaving.is_empty());
        for key in leaving {
            assert!(stage.shown().server.pods.get(key).is_some(), "still there");
            if !left.contains(key) {
                left.push(key.clone());
            }
        }
    }
    assert_eq!(left.len(), 3, "each old pod");
    assert!(frames * FRAME_MS >= 3 * 200, "long enough to be seen");
    let pods = &stage.session.cluster().server.pods;
    assert!(left.iter().all(|key| pods.get(key).is_none()), "then gone");
}

#[test]
fn what_is_shown_is_never_much_older_than_what_is() {
    for nodes in [3, 40, 200] {
        let mut stage = Stage::new(nodes);
        stage.submit(manifest(1));
        for _ in 0..600 {
            stage.frame();
        }
        stage.submit(manifest(2));
        for _ in 0..600 {
            stage.frame();
        }
        let frames = u64::from(2 * FRAME_MS);
        assert!(
            stage.lag_ms_max <= LAG_MS_MAX + frames,
            "{nodes} nodes: {} ms",
            stage.lag_ms_max
        );
        assert!(
            stage.lag_ms_max > 500,
            "{nodes} nodes: {} ms",
            stage.lag_ms_max
        );
    }
}

#[test]
fn a_cause_is_shown_before_its_effect() {
    let mut stage = Stage::new(5);
    stage.submit(manifest(1));
    let mut shown = 0;
    for _ in 0..400 {
        stage.frame();
        let len = stage.shown().trace.len();
        assert!(len >= shown, "what is shown goes on");
        shown = len;
    }
    let trace = &stage.session.cluster().trace;
    assert!(
        trace
            .iter()
            .enumerate()
            .all(|(at, e)| e.cause.is_none_or(|c| (c.0 as usize) < at))
    );
}

#[test]
fn looking_changes_nothing() {
    let mut stage = Stage::new(5);
    stage.submit(manifest(1));
    for _ in 0..600 {
        stage.frame();
    }
    let mut plain = session(5);
    assert!(plain.submit(manifest(1)).is_ok());
    plain.advance_to(stage.session.now(), u64::MAX);
    assert_eq!(plain.cluster().hash(), stage.session.cluster().hash());
}

#[test]
fn at_rest_nothing_waits_and_a_command_is_shown_at_once() {
    let mut stage = Stage::new(3);
    stage.submit(manifest(1));
    for _ in 0..1_200 {
        stage.frame();
    }
    assert!(!stage.pacer.is_behind() && stage.pacer.cluster().is_none());
    stage.submit(manifest(2));
    for _ in 0..20 {
        stage.frame();
    }
    assert!(stage.pacer.is_behind());
    stage.submit(Command::AddNodes {
        template: crate::cluster::nodes::NodeTemplate::Worker,
        count: 1,
    });
    assert_eq!(
        stage.shown().server.nodes.len(),
        4,
        "whoever acts sees it now"
    );
}

#[test]
fn a_jump_is_shown_at_once() {
    let mut stage = Stage::new(3);
    stage.submit(manifest(1));
    for _ in 0..30 {
        stage.frame();
    }
    assert!(stage.pacer.is_behind());
    stage.session.seek(SimTime(0));
    stage.pacer.take(&stage.session);
    assert!(!stage.pacer.is_behind());
    assert!(stage.pacer.shown().is_jump);
}

/// The sentences that the strip says of the controller and of the scheduler, each once, in order.
fn sentences(stage: &mut Stage, frames: usize) -> String {
    let (mut strip, mut told) = (Strip::default(), Vec::new());
    for _ in 0..frames {
        stage.frame();
        let cluster = stage.shown();
        let set = cluster.server.daemon_sets.iter().next().cloned();
        let scene = set.as_ref().map(|set| Scene::at(cluster, set));
        let scene = scene.unwrap_or_default();
        let shown = stage.pacer.shown();
        strip = super::strip::strip(cluster, &scene, set.as_deref(), shown, &strip);
        for (who, words) in [
            ("controller", &strip.controller),
            ("scheduler", &strip.scheduler),
        ] {
            let line = format!("{who}: {}\n", words.text);
            let last = told
                .iter()
                .rev()
                .find(|told: &&String| told.starts_with(who));
            if last != Some(&line) {
                told.push(line);
            }
        }
    }
    told.concat()
}

#[test]
fn the_control_plane_says_what_it_does() {
    let mut stage = Stage::new(3);
    stage.submit(manifest(1));
    expect![[r#"
        controller: 0 of 3 eligible nodes have a pod
        scheduler: queue empty
        controller: creates 3 pods
        scheduler: 3 pods in the queue
        scheduler: binds 3 pods
        scheduler: queue empty
        controller: idle: 3 nodes have their pod
    "#]]
    .assert_eq(&sentences(&mut stage, 500));
    stage.submit(manifest(2));
    expect![[r#"
        controller: 3 of 3 eligible nodes have a pod
        scheduler: queue empty
        controller: deletes the old pod on node-1
        controller: waits: budget 1 used by node-1
        controller: creates a pod for node-1
        scheduler: 1 pod in the queue
        controller: waits: budget 1 used by node-1
        scheduler: binds a pod to node-1
        scheduler: queue empty
        controller: deletes the old pod on node-2
        controller: waits: budget 1 used by node-2
        controller: creates a pod for node-2
        scheduler: 1 pod in the queue
        controller: waits: budget 1 used by node-2
        scheduler: binds a pod to node-2
        scheduler: queue empty
    "#]]
    .assert_eq(&sentences(&mut stage, 420));
}
