//! What the benches share: a cluster, a DaemonSet, CPU time.

use daemonset_playground::cluster::nodes::NodeTemplate;
use daemonset_playground::session::command::Command;
use daemonset_playground::session::scenario::{NodeGroup, Scenario};
use std::time::Instant;

pub const AGENT: &str = "\
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
      - name: main
        image: agent:1
        resources:
          requests: {cpu: 100m, memory: 64Mi}
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 10%}
";

/// CPU time of this process in microseconds; wall time where the system doesn't tell.
fn cpu_us(start: Instant) -> u64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").ok();
    let on_cpu = stat.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    on_cpu.map_or_else(|| start.elapsed().as_micros() as u64, |ns| ns / 1000)
}

pub fn measure<R>(act: impl FnOnce() -> R) -> (R, u64) {
    let start = Instant::now();
    let before = cpu_us(start);
    let result = act();
    (result, cpu_us(start) - before)
}

pub fn ms(us: u64) -> String {
    format!("{}.{:02} ms", us / 1000, us % 1000 / 10)
}

pub fn scenario(nodes: u32) -> Scenario {
    let workers = NodeGroup {
        template: NodeTemplate::Worker,
        count: nodes,
    };
    Scenario {
        nodes: vec![workers],
        ..Scenario::default()
    }
}

/// Another image for `AGENT`.
pub fn set_image(image: &str) -> Command {
    Command::SetImage {
        namespace: "default".to_owned(),
        name: "agent".to_owned(),
        container: "main".to_owned(),
        image: image.to_owned(),
    }
}
