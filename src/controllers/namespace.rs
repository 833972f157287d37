//! The namespace controller: when a namespace is being deleted, everything in it goes; then the namespace.
//!
//! Models: pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
//! Differs: it comes back when something in the namespace goes, not after an estimated time.

use crate::api::core::Namespace;
use crate::api::object::{Key, Kind, Object};
use crate::apiserver::{Change, DeleteOptions, WatchEvent};
use crate::client::work_queue::WorkQueue;
use crate::client::{Client, Component};
use crate::reason::Decision;
use crate::reason::node::NodeDecision;
use crate::sim::map::Map;
use crate::sim::time::SimTime;
use crate::trace::{Actor, TraceId};
use std::rc::Rc;

/// The finalizer in `spec.finalizers` that only this controller removes.
pub const FINALIZER: &str = "kubernetes";

#[derive(Clone, Debug, Default)]
pub struct NamespaceController {
    /// Namespaces that are being deleted, and what began it.
    terminating: Map<Rc<str>, Option<TraceId>>,
    queue: WorkQueue<Rc<str>>,
}

impl Component for NamespaceController {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        let meta = event.object.meta();
        if let Object::Namespace(namespace) = &event.object {
            let name: Rc<str> = meta.name.as_str().into();
            if event.change == Change::Deleted {
                self.terminating.remove(&name);
            } else if namespace.metadata.is_terminating() && !self.terminating.contains_key(&name) {
                self.terminating.insert(Rc::clone(&name), event.cause);
                self.queue.add(name, now, event.cause);
            }
        } else if event.change == Change::Deleted
            && let Some((name, cause)) = self.terminating.get_key_value(meta.namespace.as_str())
        {
            self.queue.add(Rc::clone(name), now, *cause);
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        self.queue.next_due()
    }

    fn run(&mut self, client: &mut Client<'_>) {
        let Some((name, cause)) = self.queue.pop_due(client.now) else {
            return;
        };
        client.actor = Actor::NamespaceController;
        client.cause = cause;
        if !self.terminating.contains_key(&name) {
            return;
        }
        let contents = contents(client, &name);
        if contents.is_empty() {
            finish(client, &name);
            return;
        }
        let going: Vec<_> = contents
            .into_iter()
            .filter(|o| !o.meta().is_terminating())
            .collect();
        if going.is_empty() {
            return;
        }
        let decision = NodeDecision::NamespaceEmptied {
            deleted: u32::try_from(going.len()).unwrap_or(u32::MAX),
        };
        client.decide(
            Kind::Namespace,
            &Key::new("", &name),
            Decision::Node(decision),
        );
        for object in going {
            let options = DeleteOptions {
                uid: Some(object.meta().uid.clone()),
                ..DeleteOptions::default()
            };
            // It can only be gone already.
            let _ = client.delete_object(object.kind(), &object.key(), &options);
        }
    }
}

/// Everything in a namespace, but for events, which end by themselves.
fn contents(client: &Client<'_>, namespace: &str) -> Vec<Object> {
    let mut contents = Vec::new();
    for kind in Kind::ALL {
        if kind.is_namespaced() && kind != Kind::Event {
            let mut objects = client.server.list_objects(kind);
            objects.retain(|o| o.meta().namespace == namespace);
            contents.append(&mut objects);
        }
    }
    contents
}

fn finish(client: &mut Client<'_>, name: &str) {
    let key = Key::new("", name);
    client.decide(
        Kind::Namespace,
        &key,
        Decision::Node(NodeDecision::NamespaceDone),
    );
    // Without its last finalizer the namespace goes.
    let _ = client.patch::<Namespace>(&key, "spec.finalizers", |namespace| {
        namespace.spec.remove("finalizers");
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::meta::ObjectMeta;
    use crate::api::pod::Pod;
    use crate::client::harness::{self, Harness};

    #[test]
    fn contents_go_first() {
        let mut h = Harness::default();
        h.add(Namespace {
            metadata: ObjectMeta::named("shop"),
            ..Namespace::default()
        });
        let mut pod = harness::pod("a", "node-1", "app:1");
        pod.metadata.namespace = "shop".to_owned();
        h.add(pod);
        let mut c = NamespaceController::default();
        h.run_for_secs(1, &mut [&mut c]);
        let (shop, pod) = (Key::new("", "shop"), Key::new("shop", "a"));
        h.client()
            .delete::<Namespace>(&shop, &DeleteOptions::default())
            .unwrap();
        h.run_for_secs(1, &mut [&mut c]);
        let namespace = h.client().get::<Namespace>(&shop).unwrap();
        assert_eq!(namespace.status.phase, "Terminating");
        let options = DeleteOptions {
            grace_period_seconds: Some(0),
            ..DeleteOptions::default()
        };
        h.client().delete::<Pod>(&pod, &options).unwrap();
        h.run_for_secs(1, &mut [&mut c]);
        assert!(h.server.get::<Namespace>(&shop).is_none());
        assert_eq!(c.next_due(), None);
    }
}
