//! The components of the control plane and all kubelets, by name.

use crate::api::object::Kind;
use crate::client::Component;
use crate::controllers::daemon_set::DaemonSetController;
use crate::controllers::garbage_collector::GarbageCollector;
use crate::controllers::namespace::NamespaceController;
use crate::controllers::node_lifecycle::NodeLifecycle;
use crate::controllers::pod_gc::PodGc;
use crate::controllers::taint_eviction::TaintEviction;
use crate::kubelet::Kubelets;
use crate::scheduler::Scheduler;
use crate::sim::time::SimDuration;
use crate::trace::Actor;

/// Who gets watch events and works. The order is the order in which equal times are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    DaemonSet,
    Scheduler,
    Kubelets,
    NodeLifecycle,
    TaintEviction,
    PodGc,
    GarbageCollector,
    Namespace,
}

#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub daemon_set: DaemonSetController,
    pub scheduler: Scheduler,
    pub kubelets: Kubelets,
    pub node_lifecycle: NodeLifecycle,
    pub taint_eviction: TaintEviction,
    pub pod_gc: PodGc,
    pub garbage_collector: GarbageCollector,
    pub namespace: NamespaceController,
}

impl Part {
    pub const ALL: [Part; 8] = [
        Part::DaemonSet,
        Part::Scheduler,
        Part::Kubelets,
        Part::NodeLifecycle,
        Part::TaintEviction,
        Part::PodGc,
        Part::GarbageCollector,
        Part::Namespace,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Part::DaemonSet => "daemonset-controller",
            Part::Scheduler => "default-scheduler",
            Part::Kubelets => "kubelet",
            Part::NodeLifecycle => "node-controller",
            Part::TaintEviction => "taint-eviction-controller",
            Part::PodGc => "pod-garbage-collector",
            Part::GarbageCollector => "garbage-collector",
            Part::Namespace => "namespace-controller",
        }
    }

    /// Who signs what the part does; kubelets sign with their node themselves.
    pub fn actor(self) -> Actor {
        match self {
            Part::DaemonSet => Actor::DaemonSetController,
            Part::Scheduler => Actor::Scheduler,
            Part::Kubelets => Actor::Kubelet("".into()),
            Part::NodeLifecycle => Actor::NodeLifecycleController,
            Part::TaintEviction => Actor::TaintEvictionController,
            Part::PodGc => Actor::PodGarbageCollector,
            Part::GarbageCollector => Actor::GarbageCollector,
            Part::Namespace => Actor::NamespaceController,
        }
    }

    /// How late watch events arrive. Real ones take some milliseconds; ours are fixed.
    pub fn latency(self) -> SimDuration {
        SimDuration::millis(match self {
            Part::Scheduler => 3,
            Part::DaemonSet => 5,
            Part::Kubelets => 8,
            Part::NodeLifecycle | Part::TaintEviction => 6,
            Part::PodGc | Part::GarbageCollector | Part::Namespace => 10,
        })
    }

    pub fn watches(self, kind: Kind) -> bool {
        match self {
            Part::DaemonSet => {
                matches!(
                    kind,
                    Kind::DaemonSet | Kind::Node | Kind::Pod | Kind::ControllerRevision
                )
            }
            Part::Scheduler
            | Part::Kubelets
            | Part::NodeLifecycle
            | Part::TaintEviction
            | Part::PodGc => {
                matches!(kind, Kind::Node | Kind::Pod)
            }
            Part::GarbageCollector | Part::Namespace => kind != Kind::Event,
        }
    }
}

impl Parts {
    pub fn get(&self, part: Part) -> &dyn Component {
        match part {
            Part::DaemonSet => &self.daemon_set,
            Part::Scheduler => &self.scheduler,
            Part::Kubelets => &self.kubelets,
            Part::NodeLifecycle => &self.node_lifecycle,
            Part::TaintEviction => &self.taint_eviction,
            Part::PodGc => &self.pod_gc,
            Part::GarbageCollector => &self.garbage_collector,
            Part::Namespace => &self.namespace,
        }
    }

    pub fn get_mut(&mut self, part: Part) -> &mut dyn Component {
        match part {
            Part::DaemonSet => &mut self.daemon_set,
            Part::Scheduler => &mut self.scheduler,
            Part::Kubelets => &mut self.kubelets,
            Part::NodeLifecycle => &mut self.node_lifecycle,
            Part::TaintEviction => &mut self.taint_eviction,
            Part::PodGc => &mut self.pod_gc,
            Part::GarbageCollector => &mut self.garbage_collector,
            Part::Namespace => &mut self.namespace,
        }
    }
}
