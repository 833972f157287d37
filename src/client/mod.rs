//! The parts that controllers are built from: the way to the API server, informers, work queue, expectations, back-off.
//!
//! Knows nothing of DaemonSets.

pub mod backoff;
mod binding;
pub mod events;
pub mod expectations;
#[cfg(test)]
pub mod harness;
pub mod informer;
pub mod work_queue;

use crate::api::meta::Time;
use crate::api::object::{Key, Kind, Object};
use crate::api::status::Status;
use crate::apiserver::{ApiServer, DeleteOptions, Deletion, Stored, WatchEvent};
use crate::reason::Decision;
use crate::sim::rng::{Rng, Stream};
use crate::sim::time::SimTime;
use crate::trace::{Actor, Entry, Subject, Trace, TraceId, What};
use std::rc::Rc;

/// A part of the cluster that watches and acts. The cluster delivers watch events late, and runs the component when it is due.
pub trait Component {
    /// A watch event arrives: update the informer, queue work.
    fn observe(&mut self, now: SimTime, event: &WatchEvent);
    /// When the component wants to run next, if at all.
    fn next_due(&self) -> Option<SimTime>;
    /// The same, without timers that repeat for ever (crash loops, pull retries, flushes): `None` means at rest.
    fn next_progress(&self) -> Option<SimTime> {
        self.next_due()
    }
    /// Does one piece of the work that is due.
    fn run(&mut self, client: &mut Client<'_>);
}

/// One component's connection to the API server: reads are live, writes are traced with actor and cause.
pub struct Client<'a> {
    pub now: SimTime,
    /// The moment of `SimTime::ZERO` as the API writes times.
    pub epoch: Time,
    pub actor: Actor,
    /// The cause of the next writes and notes.
    pub cause: Option<TraceId>,
    pub server: &'a mut ApiServer,
    pub trace: &'a mut Trace,
    pub rng: &'a mut Rng,
}

impl Client<'_> {
    /// Now, as the API writes it: whole seconds.
    pub fn time(&self) -> Time {
        api_time(self.epoch, self.now)
    }

    /// Adds a trace entry due to the current cause.
    pub fn note(&mut self, kind: Kind, key: &Key, what: What) -> TraceId {
        self.trace.push(Entry {
            at: self.now,
            actor: self.actor.clone(),
            subject: Subject::new(kind, key.clone()),
            what,
            cause: self.cause,
        })
    }

    /// Notes a decision and makes it the cause of later writes and notes.
    pub fn decide(&mut self, kind: Kind, key: &Key, decision: Decision) -> TraceId {
        let id = self.note(kind, key, What::Decided(decision));
        self.cause = Some(id);
        id
    }

    pub fn stream(&mut self, name: &str) -> &mut Stream {
        self.rng.stream(name)
    }

    pub fn get<T: Stored>(&self, key: &Key) -> Result<Rc<T>, Status> {
        self.server.require::<T>(key).cloned()
    }

    pub fn create<T: Stored>(&mut self, object: T) -> Result<Rc<T>, Status> {
        let (from, now) = (self.server.log_len(), self.time());
        let stored = self.server.create(object, now)?;
        if T::KIND != Kind::Event {
            let id = self.note(T::KIND, &stored.key(), What::Created);
            self.server.set_causes(from, Some(id));
        }
        Ok(stored)
    }

    /// Writes spec and metadata. `what` names the part that changes in a few words, for the trace.
    pub fn update<T: Stored>(&mut self, object: T, what: &'static str) -> Result<Rc<T>, Status> {
        self.write(What::Updated(what), |server| server.update(object))
    }

    /// Writes the status.
    pub fn update_status<T: Stored>(
        &mut self,
        object: T,
        what: &'static str,
    ) -> Result<Rc<T>, Status> {
        self.write_status(object, What::Updated(what))
    }

    /// The same, with more to say in the trace.
    pub fn write_status<T: Stored>(&mut self, object: T, what: What) -> Result<Rc<T>, Status> {
        self.write(what, |server| server.update_status(object))
    }

    /// A write, and its trace entry if it changed anything.
    fn write<T: Stored>(
        &mut self,
        what: What,
        write: impl FnOnce(&mut ApiServer) -> Result<Rc<T>, Status>,
    ) -> Result<Rc<T>, Status> {
        let (version, from) = (self.server.resource_version(), self.server.log_len());
        let stored = write(self.server)?;
        if self.server.resource_version() != version && T::KIND != Kind::Event {
            let gone = self.server.get::<T>(&stored.key()).is_none();
            let what = if gone { What::Deleted } else { what };
            let id = self.note(T::KIND, &stored.key(), what);
            self.server.set_causes(from, Some(id));
        }
        Ok(stored)
    }

    /// Changes spec or metadata of the live object (a patch: never a conflict).
    pub fn patch<T: Stored>(
        &mut self,
        key: &Key,
        what: &'static str,
        change: impl FnOnce(&mut T),
    ) -> Result<Rc<T>, Status> {
        let mut object = (*self.get::<T>(key)?).clone();
        change(&mut object);
        self.update(object, what)
    }

    /// Changes the status of the live object.
    pub fn patch_status<T: Stored>(
        &mut self,
        key: &Key,
        what: &'static str,
        change: impl FnOnce(&mut T),
    ) -> Result<Rc<T>, Status> {
        let mut object = (*self.get::<T>(key)?).clone();
        change(&mut object);
        self.update_status(object, what)
    }

    pub fn delete<T: Stored>(
        &mut self,
        key: &Key,
        options: &DeleteOptions,
    ) -> Result<Deletion, Status> {
        self.delete_object(T::KIND, key, options)
    }

    pub fn delete_object(
        &mut self,
        kind: Kind,
        key: &Key,
        options: &DeleteOptions,
    ) -> Result<Deletion, Status> {
        let (from, now) = (self.server.log_len(), self.time());
        let deletion = self.server.delete_object(kind, key, options, now)?;
        let what = match deletion {
            Deletion::Removed => What::Deleted,
            Deletion::Started { grace_seconds } => What::DeletionRequested { grace_seconds },
            Deletion::Pending => return Ok(deletion),
        };
        if kind != Kind::Event {
            let id = self.note(kind, key, what);
            self.server.set_causes(from, Some(id));
        }
        Ok(deletion)
    }

    pub fn create_object(&mut self, object: Object) -> Result<Object, Status> {
        let (from, now) = (self.server.log_len(), self.time());
        let stored = self.server.create_object(object, now)?;
        let id = self.note(stored.kind(), &stored.key(), What::Created);
        self.server.set_causes(from, Some(id));
        Ok(stored)
    }

    pub fn update_object(&mut self, object: Object, what: &'static str) -> Result<Object, Status> {
        let (version, from) = (self.server.resource_version(), self.server.log_len());
        let stored = self.server.update_object(object)?;
        if self.server.resource_version() != version {
            let gone = self
                .server
                .get_object(stored.kind(), &stored.key())
                .is_none();
            let id = self.note(
                stored.kind(),
                &stored.key(),
                if gone {
                    What::Deleted
                } else {
                    What::Updated(what)
                },
            );
            self.server.set_causes(from, Some(id));
        }
        Ok(stored)
    }
}

/// A simulated moment as the API writes it.
pub fn api_time(epoch: Time, now: SimTime) -> Time {
    Time(epoch.0 + (now.0 / 1000) as i64)
}
