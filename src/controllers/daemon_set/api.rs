//! What the DaemonSet controller asks of the API server. The simulation answers through `Client`; the conformance harness through fakes.

use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::meta::Time;
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::Pod;
use crate::api::status::Status;
use crate::apiserver::{DeleteOptions, WatchEvent};
use crate::client::{Client, events::reference};
use crate::reason::Decision;
use crate::reason::daemon::DaemonDecision;
use crate::sim::time::SimTime;
use crate::trace::{Counted, TraceId, What};
use std::rc::Rc;

pub trait DaemonApi {
    fn now(&self) -> SimTime;
    fn time(&self) -> Time;
    fn create_pod(&mut self, pod: Pod) -> Result<Rc<Pod>, Status>;
    fn delete_pod(&mut self, key: &Key) -> Result<(), Status>;
    fn patch_pod(
        &mut self,
        key: &Key,
        what: &'static str,
        change: &dyn Fn(&mut Pod),
    ) -> Result<Rc<Pod>, Status>;
    /// A live GET.
    fn get_set(&mut self, key: &Key) -> Result<Rc<DaemonSet>, Status>;
    fn update_set_status(&mut self, set: DaemonSet) -> Result<Rc<DaemonSet>, Status>;
    fn get_revision(&mut self, key: &Key) -> Result<Rc<ControllerRevision>, Status>;
    fn create_revision(
        &mut self,
        revision: ControllerRevision,
    ) -> Result<Rc<ControllerRevision>, Status>;
    fn patch_revision(
        &mut self,
        key: &Key,
        what: &'static str,
        change: &dyn Fn(&mut ControllerRevision),
    ) -> Result<Rc<ControllerRevision>, Status>;
    fn delete_revision(&mut self, key: &Key) -> Result<(), Status>;
    fn event(&mut self, set: &Rc<DaemonSet>, warning: bool, reason: &str, message: &str);
    /// Notes a decision of this sync; what follows is due to it.
    fn decide(&mut self, set: &Key, decision: DaemonDecision);
    /// Watch events that arrive at once; in the simulation they arrive later, by themselves.
    fn arrived(&mut self) -> Vec<WatchEvent> {
        Vec::new()
    }
}

/// The simulation's answer: writes go to the server, due to the sync that makes them.
pub struct Live<'a, 'b> {
    pub client: &'a mut Client<'b>,
    /// The trace entry of this sync.
    pub sync: Option<TraceId>,
}

impl DaemonApi for Live<'_, '_> {
    fn now(&self) -> SimTime {
        self.client.now
    }

    fn time(&self) -> Time {
        self.client.time()
    }

    fn create_pod(&mut self, pod: Pod) -> Result<Rc<Pod>, Status> {
        self.client.create(pod)
    }

    fn delete_pod(&mut self, key: &Key) -> Result<(), Status> {
        self.client
            .delete::<Pod>(key, &DeleteOptions::default())
            .map(|_| ())
    }

    fn patch_pod(
        &mut self,
        key: &Key,
        what: &'static str,
        change: &dyn Fn(&mut Pod),
    ) -> Result<Rc<Pod>, Status> {
        self.client.patch(key, what, change)
    }

    fn get_set(&mut self, key: &Key) -> Result<Rc<DaemonSet>, Status> {
        self.client.get(key)
    }

    fn update_set_status(&mut self, set: DaemonSet) -> Result<Rc<DaemonSet>, Status> {
        self.client.cause = self.sync;
        let live = self.client.get::<DaemonSet>(&set.key())?;
        let numbers = live.status.numbers().into_iter().zip(set.status.numbers());
        let counted = numbers.map(|((field, before), (_, after))| Counted {
            field,
            before,
            after,
        });
        let counted: Vec<Counted> = counted.filter(|n| n.before != n.after).collect();
        let what = if counted.is_empty() {
            What::Updated("status")
        } else {
            What::Counted(counted)
        };
        self.client.write_status(set, what)
    }

    fn get_revision(&mut self, key: &Key) -> Result<Rc<ControllerRevision>, Status> {
        self.client.get(key)
    }

    fn create_revision(
        &mut self,
        revision: ControllerRevision,
    ) -> Result<Rc<ControllerRevision>, Status> {
        self.client.create(revision)
    }

    fn patch_revision(
        &mut self,
        key: &Key,
        what: &'static str,
        change: &dyn Fn(&mut ControllerRevision),
    ) -> Result<Rc<ControllerRevision>, Status> {
        self.client.patch(key, what, change)
    }

    fn delete_revision(&mut self, key: &Key) -> Result<(), Status> {
        self.client
            .delete::<ControllerRevision>(key, &DeleteOptions::default())
            .map(|_| ())
    }

    fn event(&mut self, set: &Rc<DaemonSet>, warning: bool, reason: &str, message: &str) {
        self.client.event(
            &reference(&Object::DaemonSet(Rc::clone(set))),
            warning,
            reason,
            message,
        );
    }

    fn decide(&mut self, set: &Key, decision: DaemonDecision) {
        self.client.cause = self.sync;
        self.client
            .decide(Kind::DaemonSet, set, Decision::Daemon(decision));
    }
}
