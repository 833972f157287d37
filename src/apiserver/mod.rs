//! The API server: the store of all objects, with resourceVersion, uid, generation, admission, graceful deletion and a watch log.
//!
//! It holds no controller logic and doesn't know who calls: `client::Client` is the way in, and it writes the trace.
//!
//! Models: kube-apiserver's generic registry (staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go).

pub mod admission;
mod binding;
pub mod strategy;
pub mod table;

use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::core::{Event, Generic, Namespace, PriorityClass};
use crate::api::json::json_names;
use crate::api::meta::{Extra, Time};
use crate::api::node::Node;
use crate::api::object::{Key, Kind, Object, Resource};
use crate::api::pod::Pod;
use crate::api::status::{Reason, Status};
use crate::sim::hash::uuid;
use crate::sim::map::Map;
use crate::trace::TraceId;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use strategy::Strategy;
use table::Table;

/// How long an event is kept after its last write (`--event-ttl`).
const EVENT_TTL_SECONDS: i64 = 3600;
/// The most events that are kept; a big cluster would drown in them.
///
/// Differs: upstream has no such bound. The oldest goes.
const MAX_EVENTS: usize = 20_000;

/// finalizers that deletion options put on an object
pub const FINALIZER_ORPHAN: &str = "orphan";
pub const FINALIZER_FOREGROUND: &str = "foregroundDeletion";

/// A change of an object, as a watch delivers it.
#[derive(Clone, Debug)]
pub struct WatchEvent {
    pub change: Change,
    /// The object after the change; for `Deleted` its last state.
    pub object: Object,
    /// The trace entry of the write, set by the client.
    pub cause: Option<TraceId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Added,
    Modified,
    Deleted,
}

/// metav1.DeletionPropagation
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Propagation {
    #[default]
    Background,
    Foreground,
    Orphan,
}

json_names!(Propagation {
    Background: "Background",
    Foreground: "Foreground",
    Orphan: "Orphan",
});

#[derive(Clone, Debug, Default)]
pub struct DeleteOptions {
    pub grace_period_seconds: Option<i64>,
    pub propagation: Propagation,
    /// Refuse unless the object still has this uid.
    pub uid: Option<String>,
}

/// The result of a delete call.
#[derive(Clone, Debug, PartialEq)]
pub enum Deletion {
    /// The object is gone.
    Removed,
    /// deletionTimestamp was set now; someone has to finish it.
    Started { grace_seconds: i64 },
    /// It was already being deleted and nothing changed.
    Pending,
}

#[derive(Clone, Debug)]
pub struct ApiServer {
    seed: u64,
    resource_version: u64,
    uids: u64,
    pub namespaces: Table<Namespace>,
    pub priority_classes: Table<PriorityClass>,
    pub nodes: Table<Node>,
    pub daemon_sets: Table<DaemonSet>,
    pub controller_revisions: Table<ControllerRevision>,
    pub pods: Table<Pod>,
    pub events: Table<Event>,
    pub generics: Table<Generic>,
    /// When each event was last written, by version: the oldest first.
    event_ages: Map<u64, (Time, Key)>,
    clock: Time,
    /// Nodes whose leases aren't renewed any more, and when they last were. The others are renewed every 10 s.
    pub stale_leases: Map<String, Time>,
    /// See `api::pod::Volume`.
    token_source: Rc<Extra>,
    /// Changes that nobody has taken to the watchers yet.
    log: Vec<WatchEvent>,
}

/// Finds the table of a type.
pub trait Stored: Resource + Strategy {
    fn table(server: &ApiServer) -> &Table<Self>;
    fn table_mut(server: &mut ApiServer) -> &mut Table<Self>;
}

macro_rules! stored {
    ($($kind:ident $field:ident),*) => {
        $(impl Stored for $kind {
            fn table(server: &ApiServer) -> &Table<Self> { &server.$field }
            fn table_mut(server: &mut ApiServer) -> &mut Table<Self> { &mut server.$field }
        })*

        impl ApiServer {
            /// An object of any kind, if it exists.
            pub fn get_object(&self, kind: Kind, key: &Key) -> Option<Object> {
                match kind { $(Kind::$kind => self.$field.get(key).cloned().map(Resource::into_object)),* }
            }

            /// All objects of a kind, by key.
            pub fn list_objects(&self, kind: Kind) -> Vec<Object> {
                match kind { $(Kind::$kind => self.$field.iter().cloned().map(Resource::into_object).collect()),* }
            }

            pub fn create_object(&mut self, object: Object, now: Time) -> Result<Object, Status> {
                match object { $(Object::$kind(o) => self.create(Rc::unwrap_or_clone(o), now).map(Resource::into_object)),* }
            }

            pub fn update_object(&mut self, object: Object) -> Result<Object, Status> {
                match object { $(Object::$kind(o) => self.update(Rc::unwrap_or_clone(o)).map(Resource::into_object)),* }
            }

            pub fn delete_object(&mut self, kind: Kind, key: &Key, options: &DeleteOptions, now: Time) -> Result<Deletion, Status> {
                match kind { $(Kind::$kind => self.delete::<$kind>(key, options, now)),* }
            }
        }
    };
}

stored!(
    Namespace namespaces, PriorityClass priority_classes, Node nodes, DaemonSet daemon_sets,
    ControllerRevision controller_revisions, Pod pods, Event events, Generic generics
);

impl ApiServer {
    /// A server with the namespaces and priority classes that every cluster starts with.
    pub fn new(seed: u64, now: Time) -> Self {
        let mut server = ApiServer {
            seed,
            resource_version: 0,
            uids: 0,
            namespaces: Table::default(),
            priority_classes: Table::default(),
            nodes: Table::default(),
            daemon_sets: Table::default(),
            controller_revisions: Table::default(),
            pods: Table::default(),
            events: Table::default(),
            generics: Table::default(),
            event_ages: Map::new(),
            clock: now,
            stale_leases: Map::new(),
            token_source: Rc::new(admission::token_source()),
            log: Vec::new(),
        };
        admission::bootstrap(&mut server, now);
        server
    }

    /// The version of the newest write.
    pub fn resource_version(&self) -> u64 {
        self.resource_version
    }

    /// Takes the changes since the last call.
    pub fn drain_log(&mut self) -> Vec<WatchEvent> {
        std::mem::take(&mut self.log)
    }

    /// The present end of the log; `set_causes` fills in the causes of later entries.
    pub(crate) fn log_len(&self) -> usize {
        self.log.len()
    }

    pub(crate) fn set_causes(&mut self, from: usize, cause: Option<TraceId>) {
        for event in self.log.iter_mut().skip(from) {
            event.cause = cause;
        }
    }

    fn next_version(&mut self) -> String {
        self.resource_version += 1;
        self.resource_version.to_string()
    }

    /// A uid in the usual shape, from the seed and a counter.
    fn next_uid(&mut self) -> String {
        self.uids += 1;
        let mut bytes = self.seed.to_le_bytes().to_vec();
        bytes.extend(self.uids.to_le_bytes());
        uuid(&bytes)
    }

    pub fn get<T: Stored>(&self, key: &Key) -> Option<&Rc<T>> {
        T::table(self).get(key)
    }

    /// A live GET with the server's error.
    pub fn require<T: Stored>(&self, key: &Key) -> Result<&Rc<T>, Status> {
        self.get(key)
            .ok_or_else(|| Status::not_found(&T::KIND.resource(), &key.name))
    }

    /// Stores a new object after defaults, admission and validation.
    pub fn create<T: Stored>(&mut self, mut object: T, now: Time) -> Result<Rc<T>, Status> {
        if object.is_namespaced() {
            if object.meta().namespace.is_empty() {
                object.meta_mut().namespace = "default".to_owned();
            }
        } else {
            object.meta_mut().namespace.clear();
        }
        object.default_fields();
        object.prepare_create();
        let meta = object.meta_mut();
        meta.creation_timestamp = Some(now);
        meta.deletion_timestamp = None;
        meta.deletion_grace_period_seconds = None;
        let generated = meta.name.is_empty() && !meta.generate_name.is_empty();
        meta.uid = self.next_uid();
        admission::check_namespace(self, &object)?;
        T::admit(self, &mut object)?;
        for attempt in 0..8 {
            if generated {
                let name = self.generate_name(&object.meta().generate_name);
                object.meta_mut().name = name;
            }
            if attempt == 0 {
                object
                    .validate_create()
                    .map_err(|causes| invalid(&object, causes))?;
            }
            if T::table(self).get(&object.key()).is_none() {
                break;
            }
            if !generated || attempt == 7 {
                return Err(Status::already_exists(
                    &object.resource(),
                    &object.meta().name,
                ));
            }
        }
        object.meta_mut().resource_version = self.next_version();
        let stored = Rc::new(object);
        T::table_mut(self).insert(Rc::clone(&stored));
        self.publish(Change::Added, Rc::clone(&stored), None);
        if self.events.len() > MAX_EVENTS {
            self.drop_oldest_event();
        }
        Ok(stored)
    }

    /// Writes spec and metadata; the status stays. A resourceVersion that is set must be the current one.
    pub fn update<T: Stored>(&mut self, mut object: T) -> Result<Rc<T>, Status> {
        let key = object.key();
        let old = Rc::clone(self.require::<T>(&key)?);
        check_version(&object, &old)?;
        object.default_fields();
        object.prepare_update(&old);
        keep_server_fields(&mut object, &old);
        if object == *old {
            return Ok(old);
        }
        object
            .validate_update(&old)
            .map_err(|causes| invalid(&object, causes))?;
        Ok(self.write(object))
    }

    /// Writes the status; spec and metadata stay.
    pub fn update_status<T: Stored>(&mut self, mut object: T) -> Result<Rc<T>, Status> {
        let old = Rc::clone(self.require::<T>(&object.key())?);
        check_version(&object, &old)?;
        object.prepare_status_update(&old);
        if object == *old {
            return Ok(old);
        }
        Ok(self.write(object))
    }

    fn write<T: Stored>(&mut self, mut object: T) -> Rc<T> {
        object.meta_mut().resource_version = self.next_version();
        let meta = object.meta();
        // The last finalizer of an object that is being deleted has gone: so does the object.
        let ends = meta.is_terminating()
            && meta.finalizers.is_empty()
            && meta.deletion_grace_period_seconds.unwrap_or(0) == 0
            && !object.is_kept();
        let stored = Rc::new(object);
        if ends {
            let old = T::table_mut(self).remove(&stored.key());
            self.publish(Change::Deleted, Rc::clone(&stored), old);
        } else {
            let old = T::table_mut(self).insert(Rc::clone(&stored));
            self.publish(Change::Modified, Rc::clone(&stored), old);
        }
        stored
    }

    /// Models: registry/generic/registry/store.go, Delete, with rest.BeforeDelete.
    pub fn delete<T: Stored>(
        &mut self,
        key: &Key,
        options: &DeleteOptions,
        now: Time,
    ) -> Result<Deletion, Status> {
        let old = Rc::clone(self.require::<T>(key)?);
        if let Some(uid) = &options.uid
            && *uid != old.meta().uid
        {
            return Err(Status::new(
                Reason::Conflict,
                format!(
                    "Operation cannot be fulfilled on {} \"{}\": the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have been deleted and then recreated",
                    T::KIND.resource(),
                    key.name,
                    old.meta().uid
                ),
            ));
        }
        old.admit_delete()?;
        let grace = old.grace_seconds(options.grace_period_seconds);
        let mut object = (*old).clone();
        let meta = object.meta_mut();
        let finalizer = match options.propagation {
            Propagation::Background => None,
            Propagation::Foreground => Some(FINALIZER_FOREGROUND),
            Propagation::Orphan => Some(FINALIZER_ORPHAN),
        };
        if let Some(finalizer) = finalizer
            && !meta.finalizers.iter().any(|f| f == finalizer)
        {
            meta.finalizers.push(finalizer.to_owned());
        }
        if let Some(deadline) = meta.deletion_timestamp {
            // A second delete can only shorten.
            let before = meta.deletion_grace_period_seconds.unwrap_or(0);
            if grace < before {
                meta.deletion_timestamp = Some(Time(deadline.0 - before + grace));
                meta.deletion_grace_period_seconds = Some(grace);
            }
        } else {
            meta.deletion_timestamp = Some(Time(now.0 + grace));
            meta.deletion_grace_period_seconds = Some(grace);
            if meta.generation > 0 {
                meta.generation += 1;
            }
        }
        let free = meta.finalizers.is_empty() && meta.deletion_grace_period_seconds == Some(0);
        object.prepare_delete();
        let finished = free && !object.is_kept();
        if !finished && object == *old {
            return Ok(Deletion::Pending);
        }
        let already = old.meta().is_terminating();
        let object = self.write(object);
        if finished {
            return Ok(Deletion::Removed);
        }
        let grace_seconds = object.meta().deletion_grace_period_seconds.unwrap_or(0);
        Ok(
            if already && grace_seconds == old.meta().deletion_grace_period_seconds.unwrap_or(0) {
                Deletion::Pending
            } else {
                Deletion::Started { grace_seconds }
            },
        )
    }

    fn publish<T: Stored>(&mut self, change: Change, object: Rc<T>, old: Option<Rc<T>>) {
        // Nobody in the simulation watches Event objects.
        if T::KIND != Kind::Event {
            self.log.push(WatchEvent {
                change,
                object: T::into_object(object),
                cause: None,
            });
            return;
        }
        let version = |event: &T| event.meta().resource_version.parse().unwrap_or(0);
        if let Some(old) = old {
            self.event_ages.remove(&version(&old));
        }
        if change != Change::Deleted {
            let age = (self.clock, object.key());
            self.event_ages.insert(version(&object), age);
        }
    }

    fn drop_oldest_event(&mut self) {
        if let Some((_, (_, key))) = self.event_ages.pop_first() {
            self.events.remove(&key);
        }
    }

    /// It is so late now: events go an hour after their last write.
    ///
    /// Models: pkg/registry/core/event/storage, ttl.
    pub fn set_clock(&mut self, now: Time) {
        self.clock = now;
        while let Some((_, (written, _))) = self.event_ages.first_key_value()
            && written.0 + EVENT_TTL_SECONDS <= now.0
        {
            self.drop_oldest_event();
        }
    }

    /// Models: apiserver/pkg/storage/names/generate.go: at most 58 characters and 5 random ones.
    fn generate_name(&mut self, base: &str) -> String {
        self.uids += 1;
        self.random_name(base)
    }

    /// The same for the same base until the next object comes.
    fn random_name(&self, base: &str) -> String {
        const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
        let mut stream = crate::sim::rng::Stream::new(self.seed ^ self.uids, base);
        let mut name: String = base.chars().take(58).collect();
        for _ in 0..5 {
            name.push(char::from(LETTERS[stream.below(27) as usize]));
        }
        name
    }
}

fn invalid<T: Stored>(object: &T, causes: Vec<crate::api::status::FieldError>) -> Status {
    Status::invalid(&object.qualified_kind(), &object.meta().name, causes)
}

fn check_version<T: Stored>(object: &T, old: &T) -> Result<(), Status> {
    let (meta, current) = (object.meta(), old.meta());
    let stale_version =
        !meta.resource_version.is_empty() && meta.resource_version != current.resource_version;
    let other_object = !meta.uid.is_empty() && meta.uid != current.uid;
    if stale_version || other_object {
        return Err(Status::conflict(&old.resource(), &current.name));
    }
    Ok(())
}

/// Keeps the fields that no client may change: identity, creation, deletion.
fn keep_server_fields<T: Stored>(object: &mut T, old: &T) {
    let current = old.meta();
    let meta = object.meta_mut();
    meta.uid.clone_from(&current.uid);
    meta.resource_version.clone_from(&current.resource_version);
    meta.creation_timestamp = current.creation_timestamp;
    meta.deletion_timestamp = current.deletion_timestamp;
    meta.deletion_grace_period_seconds = current.deletion_grace_period_seconds;
    meta.generate_name.clone_from(&current.generate_name);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::meta::ObjectMeta;

    #[test]
    fn a_full_store_drops_the_oldest_event() {
        let mut server = ApiServer::new(1, Time(0));
        let name = |i: usize| format!("e{}", MAX_EVENTS - i);
        for i in 0..=MAX_EVENTS {
            let event = Event {
                metadata: ObjectMeta::named(&name(i)),
                ..Event::default()
            };
            server.create(event, Time(0)).unwrap();
        }
        let there = |i| {
            server
                .get::<Event>(&Key::new("default", &name(i)))
                .is_some()
        };
        assert_eq!(server.events.len(), MAX_EVENTS);
        assert!(!there(0) && there(1) && there(MAX_EVENTS));
    }
}
