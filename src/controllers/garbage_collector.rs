//! The garbage collector: objects whose owners are gone go too; foreground and orphan deletion are carried out.
//!
//! It keeps a graph of all objects by uid, from owners to dependents, and works on single objects, never on all.
//!
//! Models: pkg/controller/garbagecollector (graph_builder.go, garbagecollector.go: attemptToDeleteItem, processDeletingDependentsItem, attemptToOrphan).
//! Differs: owners of kinds that we don't store (a Deployment) count as present, so that nothing is deleted by mistake of ours; other failed writes than an orphan's aren't retried but by the next event about the object.

use crate::api::meta::{ObjectMeta, OwnerReference};
use crate::api::object::{Key, Kind, Object};
use crate::apiserver::{
    Change, DeleteOptions, FINALIZER_FOREGROUND, FINALIZER_ORPHAN, Propagation, WatchEvent,
};
use crate::client::work_queue::WorkQueue;
use crate::client::{Client, Component};
use crate::reason::Decision;
use crate::reason::node::NodeDecision;
use crate::sim::map::{Map, Set};
use crate::sim::shared_map::SharedMap;
use crate::sim::time::SimTime;
use crate::trace::Actor;
use std::rc::Rc;

type Uid = Rc<str>;

#[derive(Clone, Debug, Default)]
pub struct GarbageCollector {
    nodes: SharedMap<Uid, Item>,
    dependents: Map<Uid, Set<Uid>>,
    queue: WorkQueue<Work>,
}

/// One object, as the graph knows it.
#[derive(Clone, Debug)]
struct Item {
    kind: Kind,
    key: Key,
    owners: Vec<OwnerReference>,
    /// deletionTimestamp and the finalizer foregroundDeletion.
    deleting_dependents: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Delete(Uid),
    Orphan(Uid),
}

fn has(meta: &ObjectMeta, finalizer: &str) -> bool {
    meta.finalizers.iter().any(|f| f == finalizer)
}

impl Component for GarbageCollector {
    fn observe(&mut self, now: SimTime, event: &WatchEvent) {
        let meta = event.object.meta();
        let uid: Uid = meta.uid.as_str().into();
        if event.change == Change::Deleted {
            self.forget(now, &uid, event);
            return;
        }
        let old = self.nodes.get(&uid);
        let terminating = meta.is_terminating();
        let item = Item {
            kind: event.object.kind(),
            key: event.object.key(),
            owners: meta.owner_references.clone(),
            deleting_dependents: terminating && has(meta, FINALIZER_FOREGROUND),
        };
        let (is_new, owners_changed) = match old {
            None => (true, !item.owners.is_empty()),
            Some(old) => (false, old.owners != item.owners),
        };
        let waits = item.deleting_dependents;
        if owners_changed {
            self.unlink(&uid);
            for owner in &item.owners {
                self.dependents
                    .or_default(owner.uid.as_str().into())
                    .insert(Rc::clone(&uid));
            }
        }
        // An owner that is known and lives needs no second look.
        let suspect = item.owners.iter().any(|owner| {
            self.nodes
                .get(owner.uid.as_str())
                .is_none_or(|owner| owner.deleting_dependents)
        });
        self.nodes.insert(Rc::clone(&uid), item);
        if (is_new || owners_changed) && suspect {
            self.queue
                .add(Work::Delete(Rc::clone(&uid)), now, event.cause);
        }
        if terminating && has(meta, FINALIZER_ORPHAN) {
            self.queue
                .add(Work::Orphan(Rc::clone(&uid)), now, event.cause);
        }
        if waits {
            for dependent in self.dependents_of(&uid) {
                self.queue.add(Work::Delete(dependent), now, event.cause);
            }
            self.queue.add(Work::Delete(uid), now, event.cause);
        }
    }

    fn next_due(&self) -> Option<SimTime> {
        self.queue.next_due()
    }

    fn run(&mut self, client: &mut Client<'_>) {
        let Some((work, cause)) = self.queue.pop_due(client.now) else {
            return;
        };
        client.actor = Actor::GarbageCollector;
        client.cause = cause;
        match work {
            Work::Delete(uid) => self.attempt_to_delete(client, &uid),
            Work::Orphan(uid) => self.attempt_to_orphan(client, &uid),
        }
    }
}

impl GarbageCollector {
    fn dependents_of(&self, uid: &str) -> Vec<Uid> {
        self.dependents
            .get(uid)
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    }

    fn unlink(&mut self, uid: &str) {
        let Some(item) = self.nodes.get(uid) else {
            return;
        };
        for owner in &item.owners {
            if let Some(list) = self.dependents.get_mut(owner.uid.as_str()) {
                list.remove(uid);
                if list.is_empty() {
                    self.dependents.remove(owner.uid.as_str());
                }
            }
        }
    }

    fn forget(&mut self, now: SimTime, uid: &Uid, event: &WatchEvent) {
        self.unlink(uid);
        let Some(item) = self.nodes.remove(uid) else {
            return;
        };
        for dependent in self.dependents_of(uid) {
            self.queue.add(Work::Delete(dependent), now, event.cause);
        }
        // An owner may have waited for this one.
        for owner in item.owners {
            let owner: Uid = owner.uid.as_str().into();
            if self
                .nodes
                .get(&owner)
                .is_some_and(|o| o.deleting_dependents)
            {
                self.queue.add(Work::Delete(owner), now, event.cause);
            }
        }
    }

    /// Models: attemptToDeleteItem.
    fn attempt_to_delete(&mut self, client: &mut Client<'_>, uid: &Uid) {
        let Some(item) = self.nodes.get(uid).cloned() else {
            return;
        };
        let Some(live) = self.live(client, &item, uid) else {
            return;
        };
        let meta = live.meta();
        if meta.is_terminating() && has(meta, FINALIZER_FOREGROUND) {
            return self.wait_for_dependents(client, &item, &live);
        }
        if meta.is_terminating() || meta.owner_references.is_empty() {
            return;
        }
        let owners = classify(client, meta);
        if !owners.solid.is_empty() {
            let gone = [owners.dangling, owners.waiting].concat();
            if !gone.is_empty() {
                let why = NodeDecision::OwnerGone {
                    owner: names(&gone),
                };
                client.decide(item.kind, &item.key, Decision::Node(why));
                drop_owners(client, live, |o| !gone.iter().any(|g| g.uid == o.uid));
            }
            return;
        }
        let has_dependents = self.dependents.contains_key(uid);
        let (propagation, why) = if !owners.waiting.is_empty() && has_dependents {
            let owner = names(&owners.waiting);
            (Propagation::Foreground, NodeDecision::OwnerWaits { owner })
        } else {
            let propagation = if has(meta, FINALIZER_ORPHAN) {
                Propagation::Orphan
            } else if has(meta, FINALIZER_FOREGROUND) {
                Propagation::Foreground
            } else {
                Propagation::Background
            };
            let why = if owners.waiting.is_empty() {
                let owner = names(&owners.dangling);
                NodeDecision::OwnerGone { owner }
            } else {
                let owner = names(&owners.waiting);
                NodeDecision::OwnerWaits { owner }
            };
            (propagation, why)
        };
        client.decide(item.kind, &item.key, Decision::Node(why));
        let options = DeleteOptions {
            propagation,
            uid: Some(uid.to_string()),
            ..DeleteOptions::default()
        };
        // It can only be gone, or another of that name: both are fine.
        let _ = client.delete_object(item.kind, &item.key, &options);
    }

    /// The object with that uid, as the server has it now.
    fn live(&self, client: &Client<'_>, item: &Item, uid: &str) -> Option<Object> {
        client
            .server
            .get_object(item.kind, &item.key)
            .filter(|live| live.meta().uid == uid)
    }

    /// Models: processDeletingDependentsItem.
    fn wait_for_dependents(&mut self, client: &mut Client<'_>, item: &Item, live: &Object) {
        let uid = live.meta().uid.as_str();
        let blocks = |dependent: &Uid| {
            self.nodes.get(dependent).is_some_and(|d| {
                d.owners
                    .iter()
                    .any(|o| o.uid == uid && o.block_owner_deletion == Some(true))
            })
        };
        let blocking: Vec<_> = self.dependents_of(uid).into_iter().filter(blocks).collect();
        if blocking.is_empty() {
            client.decide(
                item.kind,
                &item.key,
                Decision::Node(NodeDecision::ForegroundDone),
            );
            drop_finalizer(client, live.clone(), FINALIZER_FOREGROUND);
            return;
        }
        let (now, cause) = (client.now, client.cause);
        for dependent in blocking {
            let started = self
                .nodes
                .get(&dependent)
                .is_none_or(|d| d.deleting_dependents);
            if !started {
                self.queue.add(Work::Delete(dependent), now, cause);
            }
        }
    }

    /// Models: attemptToOrphanWorker, orphanDependents.
    fn attempt_to_orphan(&mut self, client: &mut Client<'_>, uid: &Uid) {
        let Some(item) = self.nodes.get(uid).cloned() else {
            return;
        };
        let Some(owner) = self.live(client, &item, uid) else {
            return;
        };
        if !has(owner.meta(), FINALIZER_ORPHAN) {
            return;
        }
        let dependents = self.dependents_of(uid);
        let why = NodeDecision::Orphan {
            dependents: u32::try_from(dependents.len()).unwrap_or(u32::MAX),
        };
        client.decide(item.kind, &item.key, Decision::Node(why));
        let mut all_free = true;
        for dependent in dependents {
            let Some(item) = self.nodes.get(&dependent) else {
                continue;
            };
            if let Some(object) = self.live(client, item, &dependent) {
                all_free &= drop_owners(client, object, |o| o.uid != **uid);
            }
        }
        if !all_free {
            // With the owner gone, a dependent that still names it would be deleted.
            let work = Work::Orphan(Rc::clone(uid));
            self.queue.add_rate_limited(work, client.now, client.cause);
            return;
        }
        self.queue.forget(&Work::Orphan(Rc::clone(uid)));
        drop_finalizer(client, owner, FINALIZER_ORPHAN);
    }
}

#[derive(Default)]
struct Owners {
    solid: Vec<OwnerReference>,
    /// They don't exist (any more), or others have their name now.
    dangling: Vec<OwnerReference>,
    /// They are being deleted in the foreground.
    waiting: Vec<OwnerReference>,
}

/// Models: classifyReferences, by live reads.
fn classify(client: &Client<'_>, meta: &ObjectMeta) -> Owners {
    let mut owners = Owners::default();
    for owner in &meta.owner_references {
        let found = match find_owner(client, &meta.namespace, owner) {
            Some(found) => found,
            None => {
                owners.solid.push(owner.clone());
                continue;
            }
        };
        match found {
            Some(object) if object.meta().uid == owner.uid => {
                let meta = object.meta();
                if meta.is_terminating() && has(meta, FINALIZER_FOREGROUND) {
                    owners.waiting.push(owner.clone());
                } else {
                    owners.solid.push(owner.clone());
                }
            }
            _ => owners.dangling.push(owner.clone()),
        }
    }
    owners
}

/// The object that an owner reference names. Outer `None`: of a kind that nobody here could know.
fn find_owner(
    client: &Client<'_>,
    namespace: &str,
    owner: &OwnerReference,
) -> Option<Option<Object>> {
    let known = Kind::ALL.into_iter().find(|kind| {
        *kind != Kind::Generic
            && kind.name() == owner.kind
            && kind.api_version() == owner.api_version
    });
    if let Some(kind) = known {
        let namespace = if kind.is_namespaced() { namespace } else { "" };
        return Some(
            client
                .server
                .get_object(kind, &Key::new(namespace, &owner.name)),
        );
    }
    let name = format!("{}/{}", owner.kind, owner.name);
    [namespace, ""]
        .into_iter()
        .find_map(|ns| {
            client
                .server
                .get_object(Kind::Generic, &Key::new(ns, &name))
        })
        .map(Some)
}

fn names(owners: &[OwnerReference]) -> String {
    let list: Vec<_> = owners
        .iter()
        .map(|o| format!("{}/{}", o.kind, o.name))
        .collect();
    list.join(", ")
}

/// Removes owner references; false: the server refused.
fn drop_owners(
    client: &mut Client<'_>,
    mut object: Object,
    keep: impl Fn(&OwnerReference) -> bool,
) -> bool {
    object.meta_mut().owner_references.retain(keep);
    client
        .update_object(object, "metadata.ownerReferences")
        .is_ok()
}

fn drop_finalizer(client: &mut Client<'_>, mut object: Object, finalizer: &str) {
    object.meta_mut().finalizers.retain(|f| f != finalizer);
    // It was read just now; it can't have changed.
    let _ = client.update_object(object, "metadata.finalizers");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::apps::{ControllerRevision, DaemonSet};
    use crate::api::decode::decode;
    use crate::api::pod::Pod;
    use crate::client::harness::{self, Harness};

    const DAEMON_SET: &str = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector:
    matchLabels: {app: agent}
  template:
    metadata:
      labels: {app: agent}
    spec:
      containers:
      - {name: main, image: 'agent:1'}
";

    fn key(name: &str) -> Key {
        Key::new("default", name)
    }

    fn owned_by(meta: &mut ObjectMeta, uid: &str) {
        meta.owner_references.push(OwnerReference {
            api_version: "apps/v1".to_owned(),
            kind: "DaemonSet".to_owned(),
            name: "agent".to_owned(),
            uid: uid.to_owned(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        });
    }

    /// A DaemonSet with a bound pod and a revision.
    fn scene() -> (Harness, GarbageCollector) {
        let mut h = Harness::default();
        for decoded in decode(DAEMON_SET).unwrap() {
            h.client().create_object(decoded.object).unwrap();
        }
        let set = h.client().get::<DaemonSet>(&key("agent")).unwrap();
        let mut pod = harness::pod("agent-1", "node-1", "agent:1");
        owned_by(&mut pod.metadata, &set.metadata.uid);
        h.add(pod);
        let mut revision = ControllerRevision {
            metadata: ObjectMeta::named("agent-r"),
            revision: 1,
            data: serde_json::json!({"spec": {"template": {}}}),
        };
        owned_by(&mut revision.metadata, &set.metadata.uid);
        h.add(revision);
        let mut gc = GarbageCollector::default();
        h.run_for_secs(1, &mut [&mut gc]);
        assert!(h.has_pod("agent-1"));
        (h, gc)
    }

    fn delete(h: &mut Harness, propagation: Propagation) {
        let options = DeleteOptions {
            propagation,
            ..DeleteOptions::default()
        };
        h.client()
            .delete::<DaemonSet>(&key("agent"), &options)
            .unwrap();
    }

    fn exists(h: &Harness) -> (bool, bool) {
        (
            h.server.get::<DaemonSet>(&key("agent")).is_some(),
            h.server
                .get::<ControllerRevision>(&key("agent-r"))
                .is_some(),
        )
    }

    fn reap(h: &mut Harness) {
        let options = DeleteOptions {
            grace_period_seconds: Some(0),
            ..DeleteOptions::default()
        };
        h.client().delete::<Pod>(&key("agent-1"), &options).unwrap();
    }

    #[test]
    fn background_owner_first() {
        let (mut h, mut gc) = scene();
        delete(&mut h, Propagation::Background);
        assert_eq!(exists(&h), (false, true));
        h.run_for_secs(1, &mut [&mut gc]);
        assert_eq!(exists(&h), (false, false));
        assert!(h.pod("agent-1").metadata.is_terminating());
        reap(&mut h);
        h.run_for_secs(1, &mut [&mut gc]);
        assert!(gc.nodes.len() < 5 && gc.dependents.is_empty());
    }

    /// As recorded in `delete-foreground`: revisions go at once, the DaemonSet when the last pod has gone.
    #[test]
    fn foreground_owner_last() {
        let (mut h, mut gc) = scene();
        delete(&mut h, Propagation::Foreground);
        h.run_for_secs(1, &mut [&mut gc]);
        assert_eq!(exists(&h), (true, false));
        assert!(h.pod("agent-1").metadata.is_terminating());
        reap(&mut h);
        h.run_for_secs(1, &mut [&mut gc]);
        assert_eq!(exists(&h), (false, false));
        assert_eq!(gc.next_due(), None);
    }

    /// As recorded in `delete-orphan`.
    #[test]
    fn orphans_stay() {
        let (mut h, mut gc) = scene();
        delete(&mut h, Propagation::Orphan);
        h.run_for_secs(1, &mut [&mut gc]);
        assert_eq!(exists(&h), (false, true));
        let pod = h.pod("agent-1");
        assert!(pod.metadata.owner_references.is_empty());
        assert!(!pod.metadata.is_terminating());
    }

    #[test]
    fn an_owner_of_the_same_name_but_another_uid_is_gone() {
        let (mut h, mut gc) = scene();
        let mut pod = harness::pod("stray", "node-1", "agent:1");
        owned_by(&mut pod.metadata, "no-such-uid");
        h.add(pod);
        h.run_for_secs(1, &mut [&mut gc]);
        assert!(h.pod("stray").metadata.is_terminating());
        assert!(!h.pod("agent-1").metadata.is_terminating());
    }

    #[test]
    fn one_owner_is_enough() {
        let (mut h, mut gc) = scene();
        let set = h.client().get::<DaemonSet>(&key("agent")).unwrap();
        let mut pod = harness::pod("two", "node-1", "agent:1");
        owned_by(&mut pod.metadata, &set.metadata.uid);
        owned_by(&mut pod.metadata, "no-such-uid");
        if let Some(second) = pod.metadata.owner_references.last_mut() {
            second.controller = None;
            second.name = "gone".to_owned();
        }
        h.add(pod);
        h.run_for_secs(1, &mut [&mut gc]);
        let pod = h.pod("two");
        assert!(!pod.metadata.is_terminating());
        assert_eq!(pod.metadata.owner_references.len(), 1);
    }
}
