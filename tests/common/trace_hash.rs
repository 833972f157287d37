//! One fixed history whose trace has the same hash natively and in a browser.

use daemonset_playground::cluster::nodes::NodeTemplate;
use daemonset_playground::session::Session;
use daemonset_playground::session::command::Command;
use daemonset_playground::session::scenario::{NodeGroup, Scenario};
use daemonset_playground::sim::time::SimDuration;

/// What `trace_hash` gives. A change of what the simulation does changes it; then it is to be replaced.
pub const EXPECTED: u64 = 13_020_677_757_763_014_547;

const AGENT: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector:
    matchLabels: {app: agent}
  updateStrategy:
    rollingUpdate: {maxUnavailable: 40%}
  template:
    metadata:
      labels: {app: agent}
    spec:
      containers:
      - name: main
        image: agent:1
        resources:
          requests: {cpu: 100m, memory: 64Mi}
";

pub fn trace_hash() -> u64 {
    let group = |template, count| NodeGroup { template, count };
    let mut session = Session::new(Scenario {
        seed: 42,
        nodes: vec![
            group(NodeTemplate::Worker, 3),
            group(NodeTemplate::ControlPlane, 1),
        ],
        profile: None,
    });
    let apply = |yaml: String| Command::Apply { yaml };
    let power = |down| Command::SetNodeDown {
        node: "node-2".to_owned(),
        down,
    };
    let commands = [
        apply(AGENT.to_owned()),
        Command::AddNodes {
            template: NodeTemplate::Arm,
            count: 2,
        },
        apply(AGENT.replace("agent:1", "agent:2")),
        power(true),
        apply(AGENT.replace("agent:1", "agent:crash")),
        power(false),
        Command::RolloutUndo {
            namespace: "default".to_owned(),
            name: "agent".to_owned(),
            to_revision: 0,
        },
    ];
    for command in commands {
        session.submit(command).expect("a command that is right");
        session.advance(SimDuration::millis(70_123));
    }
    session.settle();
    session.cluster().hash()
}
