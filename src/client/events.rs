//! The event recorder: Event objects, with repeats counted instead of repeated.
//!
//! Models: client-go tools/record: the same event within the cache raises `count` and `lastTimestamp`.
//! Differs: the aggregation of more than ten similar events and the spam filter are left out, so that nothing that a learner looks for is missing.

use super::Client;
use crate::api::core::{Event, EventSource, ObjectReference};
use crate::api::meta::ObjectMeta;
use crate::api::object::{Key, Kind, Object};
use crate::sim::hash::fnv1a_64;
use crate::trace::{Actor, What};

impl Client<'_> {
    /// Records an event about an object, from the acting component.
    pub fn event(&mut self, about: &ObjectReference, warning: bool, reason: &str, message: &str) {
        let host = match &self.actor {
            Actor::Kubelet(node) => node.to_string(),
            _ => String::new(),
        };
        let source = EventSource {
            component: self.actor.component().to_owned(),
            host,
        };
        let namespace = if about.namespace.is_empty() {
            "default"
        } else {
            &about.namespace
        };
        // The name holds all that makes two events the same, so a repeat finds the first.
        let identity = format!(
            "{}\0{}\0{}\0{}\0{}\0{}",
            about.uid, about.field_path, source.component, source.host, reason, message
        );
        let name = format!("{}.{:016x}", about.name, fnv1a_64(identity.as_bytes()));
        let key = Key::new(namespace, &name);
        let now = self.time();
        let repeated = self.server.get::<Event>(&key).map(|event| Event {
            count: event.count + 1,
            last_timestamp: Some(now),
            ..(**event).clone()
        });
        let written = match repeated {
            Some(event) => self.server.update(event),
            None => self.server.create(
                Event {
                    metadata: ObjectMeta {
                        namespace: namespace.to_owned(),
                        ..ObjectMeta::named(&name)
                    },
                    involved_object: about.clone(),
                    reason: reason.to_owned(),
                    message: message.to_owned(),
                    source,
                    first_timestamp: Some(now),
                    last_timestamp: Some(now),
                    count: 1,
                    type_: if warning { "Warning" } else { "Normal" }.to_owned(),
                    ..Event::default()
                },
                now,
            ),
        };
        // Events are best effort, here as in Kubernetes.
        let _ = written;
        if let Some(kind) = Kind::ALL.into_iter().find(|k| k.name() == about.kind) {
            let subject = Key::new(
                if kind.is_namespaced() { namespace } else { "" },
                &about.name,
            );
            let what = What::Event {
                warning,
                reason: reason.to_owned(),
                message: message.to_owned(),
            };
            self.note(kind, &subject, what);
        }
    }
}

/// How events name an object.
pub fn reference(object: &Object) -> ObjectReference {
    let meta = object.meta();
    ObjectReference {
        kind: object.kind_name().to_owned(),
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
        api_version: object.api_version().to_owned(),
        resource_version: meta.resource_version.clone(),
        field_path: String::new(),
    }
}
