//! One sync of one DaemonSet: history, claim, manage, rolling update, clean-up, status.
//!
//! The decisions are pure (`assess`, `rolling`, `history`); this file carries them out in upstream's order and stops at the first error.

use super::api::DaemonApi;
use super::assess::{Lens, assess, old_pod};
use super::availability::Availability;
use super::history::{History, new_revision, template_hash, template_patch, to_prune};
use super::ledger::{Basis, Ledger};
use super::pod::{controller_ref, daemon_pod};
use super::rolling::{Budget, allows_surge, budget, rolling_update};
use super::status::{status_of, store};
use super::{DaemonSetController, eligibility, version};
use crate::api::apps::{CONTROLLER_REVISION_HASH, ControllerRevision, DaemonSet, ROLLING_UPDATE};
use crate::api::meta::ObjectMeta;
use crate::api::object::{Key, Resource};
use crate::api::pod::{Pod, PodTemplateSpec};
use crate::api::selector::label_selector_matches;
use crate::api::status::{Reason, Status};
use crate::client::Component;
use crate::reason::daemon::{CreateReason, DaemonDecision, DeleteReason, Verdict};
use crate::sim::map::{Map, Set};
use crate::sim::time::SimDuration;
use serde_json::Value;
use std::rc::Rc;

/// Creations and deletions in one sync, each.
const BURST: usize = 250;
/// The first batch of creations; each next one is twice as big.
const SLOW_START: usize = 1;

/// What the controller remembers of one DaemonSet between syncs.
#[derive(Clone, Debug, Default)]
pub struct SetState {
    pub ledger: Ledger,
    availability: Availability,
    lens: Option<Lens>,
    /// Pods that changed since the last claim.
    pub unclaimed: Set<Key>,
    /// The template that `patch` was made of.
    patch: Option<(PodTemplateSpec, Rc<Value>)>,
    /// The last "waits for …" that was noted, so that it is noted once.
    waiting: Option<DaemonDecision>,
    /// The failed pod that waits on each node, and how long, as last noted.
    backing_off: Map<Rc<str>, (Rc<str>, SimDuration)>,
}

impl DaemonSetController {
    /// Models: daemon_controller.go, syncDaemonSet.
    pub fn sync(&mut self, key: &Key, api: &mut dyn DaemonApi) -> Result<(), Status> {
        let Some(set) = self.sets.get(key).cloned() else {
            self.expectations.forget(key);
            self.states.remove(key);
            self.written.remove(key);
            return Ok(());
        };
        if set.spec.selector.as_ref() == Some(&Default::default()) {
            let text = "This daemon set is selecting all pods. A non-empty selector is required.";
            api.event(&set, true, "SelectingAll", text);
            return Ok(());
        }
        if set.metadata.is_terminating() {
            return Ok(());
        }
        let (current, old) = self.construct_history(&set, api)?;
        let hash = current
            .metadata
            .label(CONTROLLER_REVISION_HASH)
            .unwrap_or("")
            .to_owned();
        self.refresh(&set, &hash, api)?;
        if let Some(expected) = self.expectations.get(key)
            && !self.expectations.satisfied(key, api.now())
        {
            self.wait(
                key,
                DaemonDecision::WaitForExpectations {
                    adds: expected.adds,
                    dels: expected.dels,
                },
                api,
            );
            return self.update_status(&set, false, api);
        }
        let updated = self.update(&set, &hash, &old, api);
        let stored = self
            .refresh(&set, &hash, api)
            .and_then(|()| self.update_status(&set, true, api));
        updated.and(stored)
    }

    /// Models: daemon_controller.go, updateDaemonSet.
    fn update(
        &mut self,
        set: &Rc<DaemonSet>,
        hash: &str,
        old: &[Rc<ControllerRevision>],
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        let key = set.key();
        self.manage(set, hash, api)?;
        if self.expectations.satisfied(&key, api.now())
            && set.spec.update_strategy.type_ == ROLLING_UPDATE
        {
            self.refresh(set, hash, api)?;
            self.roll(set, hash, api)?;
        }
        let limit = set.spec.revision_history_limit.unwrap_or(10);
        if old.len() > limit.max(0) as usize {
            let live = self.pods.hashes(&set.metadata.uid);
            for revision in to_prune(old, limit, |hash| live.contains(hash)) {
                api.decide(
                    &key,
                    DaemonDecision::RevisionPruned {
                        name: revision.metadata.name.clone(),
                    },
                );
                api.delete_revision(&revision.key())?;
            }
        }
        Ok(())
    }

    fn absorb(&mut self, api: &mut dyn DaemonApi) {
        for event in api.arrived() {
            self.observe(api.now(), &event);
        }
    }

    fn state(&mut self, key: &Key) -> &mut SetState {
        self.states.or_default(key.clone())
    }

    /// Notes what the controller waits for, once.
    fn wait(&mut self, key: &Key, decision: DaemonDecision, api: &mut dyn DaemonApi) {
        let state = self.state(key);
        if state.waiting.as_ref() != Some(&decision) {
            state.waiting = Some(decision.clone());
            api.decide(key, decision);
        }
    }

    /// Claims pods and brings the ledger up to date with the cache.
    pub fn refresh(
        &mut self,
        set: &Rc<DaemonSet>,
        hash: &str,
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        self.absorb(api);
        let key = set.key();
        let now = api.time();
        let uid = &set.metadata.uid;
        let basis = Basis {
            set: Rc::clone(set),
            hash: hash.to_owned(),
        };
        if self.state(&key).ledger.rebase(basis) {
            let nodes: Vec<Rc<str>> = self
                .nodes
                .iter()
                .map(|node| node.metadata.name.as_str().into())
                .chain(self.pods.nodes_of(uid).cloned())
                .collect();
            let owned: Vec<Key> = self.pods.owned_by(uid).map(|pod| pod.key()).collect();
            let state = self.state(&key);
            state.lens = Some(lens(set, hash));
            state.unclaimed.extend(owned);
            for node in &nodes {
                state.ledger.mark(node);
            }
        }
        self.claim(set, api)?;
        let state = self.states.or_default(key);
        let Some(lens) = &state.lens else {
            return Ok(());
        };
        for name in state.ledger.take_dirty(now) {
            let pods = self.pods.few_on_node(uid, &name);
            let node = self.nodes.get(&Key::new("", &name)).map(|node| &**node);
            // Pods without a recognisable target are ignored.
            let known = !name.is_empty() && (node.is_some() || !pods.is_empty());
            let mut assessment = known.then(|| assess(lens, node, &pods, now));
            // Where no pod may stay, all are to go.
            if let Some(Verdict::Skip(_)) = assessment.as_ref().and_then(|a| a.verdict.as_ref()) {
                let pods = self.pods.on_node(uid, &name);
                assessment = Some(assess(lens, node, &pods, now));
            }
            state.ledger.put(&name, assessment);
        }
        state.availability.note(set, hash, &state.ledger, api.now());
        Ok(())
    }

    /// Adopts orphans whose labels match and releases own pods whose labels match no more.
    ///
    /// Models: pkg/controller/controller_ref_manager.go, ClaimPods.
    fn claim(&mut self, set: &Rc<DaemonSet>, api: &mut dyn DaemonApi) -> Result<(), Status> {
        let key = set.key();
        // A pod leaves the list only after it was dealt with: an error must not make us forget the others.
        while let Some(pod_key) = self.state(&key).unclaimed.first().cloned() {
            let pod = self.pods.get(&pod_key).cloned();
            if let Some(pod) = pod.filter(|pod| claims(set, &pod.metadata) == Claim::Release) {
                let name = pod.metadata.name.as_str().into();
                api.decide(&key, DaemonDecision::Release { pod: name });
                let uid = set.metadata.uid.clone();
                let released = api.patch_pod(&pod_key, "ownerReferences", &|pod| {
                    pod.metadata
                        .owner_references
                        .retain(|owner| owner.uid != uid);
                });
                self.take_patched(&key, released)?;
            }
            self.state(&key).unclaimed.remove(&pod_key);
        }
        let orphans: Vec<Rc<Pod>> = self
            .pods
            .orphans(&set.metadata.namespace)
            .filter(|pod| claims(set, &pod.metadata) == Claim::Adopt)
            .cloned()
            .collect();
        if orphans.is_empty() {
            return Ok(());
        }
        can_adopt(set, api)?;
        for pod in orphans {
            api.decide(
                &key,
                DaemonDecision::Adopt {
                    pod: pod.metadata.name.as_str().into(),
                },
            );
            let owner = controller_ref(set);
            let adopted = api.patch_pod(&pod.key(), "ownerReferences", &|pod| {
                pod.metadata.owner_references.push(owner.clone());
            });
            self.take_patched(&key, adopted)?;
        }
        self.absorb(api);
        Ok(())
    }

    /// Our own patch of a pod counts at once, as upstream's claim returns it.
    fn take_patched(&mut self, key: &Key, patched: Result<Rc<Pod>, Status>) -> Result<(), Status> {
        match patched {
            Ok(pod) => {
                let old = self.pods.upsert(&pod);
                for changed in old.iter().chain([&pod]) {
                    self.mark(changed);
                }
                self.state(key).unclaimed.remove(&pod.key());
                self.note_written(key, &pod.metadata);
                Ok(())
            }
            Err(error) if error.reason == Reason::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn note_written(&mut self, key: &Key, meta: &ObjectMeta) {
        let version = version(meta);
        let written = self.written.or_default(key.clone());
        *written = version.max(*written);
    }

    /// Finds or makes the revision of the present template; returns it and the old ones.
    ///
    /// Models: update.go, constructHistory.
    fn construct_history(
        &mut self,
        set: &Rc<DaemonSet>,
        api: &mut dyn DaemonApi,
    ) -> Result<(Rc<ControllerRevision>, Vec<Rc<ControllerRevision>>), Status> {
        let key = set.key();
        let patch = self.template_patch(set);
        let mut revisions = Vec::new();
        for revision in self.claim_revisions(set, api)? {
            revisions.push(match revision.metadata.label(CONTROLLER_REVISION_HASH) {
                Some(_) => revision,
                None => api.patch_revision(&revision.key(), "labels", &|r| {
                    let name = r.metadata.name.clone();
                    r.metadata
                        .labels
                        .insert(CONTROLLER_REVISION_HASH.to_owned(), name);
                })?,
            });
        }
        let history = History::sort(revisions, &patch);
        let target = history.target();
        let Some(keeper) = history.keeper().cloned() else {
            let current = self.create_revision(set, &patch, target, api)?;
            return Ok((current, history.old));
        };
        let mut current = keeper;
        if history.current.len() > 1 {
            self.drop_duplicates(set, &current, &history.current, api)?;
        }
        if current.revision < target {
            let name = current.metadata.name.clone();
            api.decide(
                &key,
                DaemonDecision::RevisionRenumbered {
                    name,
                    revision: target,
                },
            );
            current = api.patch_revision(&current.key(), "revision", &|r| r.revision = target)?;
            self.revisions.upsert(&current);
        }
        Ok((current, history.old))
    }

    fn template_patch(&mut self, set: &DaemonSet) -> Rc<Value> {
        let state = self.state(&set.key());
        match &state.patch {
            Some((template, patch)) if *template == set.spec.template => Rc::clone(patch),
            _ => {
                let patch = Rc::new(template_patch(&set.spec.template));
                state.patch = Some((set.spec.template.clone(), Rc::clone(&patch)));
                patch
            }
        }
    }

    /// Models: update.go, controlledHistories.
    pub fn claim_revisions(
        &mut self,
        set: &Rc<DaemonSet>,
        api: &mut dyn DaemonApi,
    ) -> Result<Vec<Rc<ControllerRevision>>, Status> {
        let all: Vec<Rc<ControllerRevision>> = self
            .revisions
            .in_namespace(&set.metadata.namespace)
            .cloned()
            .collect();
        let mut claimed = Vec::new();
        let mut may_adopt = false;
        for revision in all {
            match claims(set, &revision.metadata) {
                Claim::Ours => claimed.push(revision),
                Claim::Ignore => {}
                Claim::Adopt => {
                    if !may_adopt {
                        can_adopt(set, api)?;
                        may_adopt = true;
                    }
                    let owner = controller_ref(set);
                    let adopted = api.patch_revision(&revision.key(), "ownerReferences", &|r| {
                        r.metadata.owner_references.push(owner.clone());
                    })?;
                    self.revisions.upsert(&adopted);
                    claimed.push(adopted);
                }
                Claim::Release => {
                    let uid = set.metadata.uid.clone();
                    let released =
                        api.patch_revision(&revision.key(), "ownerReferences", &|r| {
                            r.metadata.owner_references.retain(|owner| owner.uid != uid);
                        })?;
                    self.revisions.upsert(&released);
                }
            }
        }
        Ok(claimed)
    }

    /// Models: update.go, snapshot.
    fn create_revision(
        &mut self,
        set: &Rc<DaemonSet>,
        patch: &Value,
        target: i64,
        api: &mut dyn DaemonApi,
    ) -> Result<Rc<ControllerRevision>, Status> {
        let hash = template_hash(patch, set.status.collision_count);
        let revision = new_revision(set, patch, &hash, target);
        let name = revision.metadata.name.clone();
        let key = revision.key();
        api.decide(
            &set.key(),
            DaemonDecision::NewRevision {
                name,
                revision: target,
            },
        );
        let error = match api.create_revision(revision) {
            Ok(created) => {
                self.revisions.upsert(&created);
                return Ok(created);
            }
            Err(error) => error,
        };
        if error.reason != Reason::AlreadyExists {
            return Err(error);
        }
        let existing = api.get_revision(&key)?;
        if existing.data == *patch {
            return Ok(existing);
        }
        // Another template with the same hash: count the collision, and the retry computes another one.
        let live = api.get_set(&set.key())?;
        if live.status.collision_count.unwrap_or(0) != set.status.collision_count.unwrap_or(0) {
            let count = live.status.collision_count.unwrap_or(0);
            return Err(Status::new(
                Reason::InternalError,
                format!(
                    "found a stale collision count ({count}, expected {}) of DaemonSet {:?} while processing; will retry until it is updated",
                    set.status.collision_count.unwrap_or(0),
                    set.metadata.name
                ),
            ));
        }
        let mut counted = (*live).clone();
        counted.status.collision_count = Some(live.status.collision_count.unwrap_or(0) + 1);
        let written = api.update_set_status(counted)?;
        self.note_written(&set.key(), &written.metadata);
        Err(error)
    }

    /// Models: update.go, dedupCurHistories.
    fn drop_duplicates(
        &mut self,
        set: &Rc<DaemonSet>,
        keep: &Rc<ControllerRevision>,
        all: &[Rc<ControllerRevision>],
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        let hash = keep
            .metadata
            .label(CONTROLLER_REVISION_HASH)
            .unwrap_or("")
            .to_owned();
        for revision in all.iter().filter(|r| r.metadata.name != keep.metadata.name) {
            let pods: Vec<Rc<Pod>> = self.pods.owned_by(&set.metadata.uid).cloned().collect();
            for pod in pods {
                if pod.metadata.label(CONTROLLER_REVISION_HASH) != Some(hash.as_str()) {
                    let patched = api.patch_pod(&pod.key(), "labels", &|pod| {
                        pod.metadata
                            .labels
                            .insert(CONTROLLER_REVISION_HASH.to_owned(), hash.clone());
                    });
                    self.take_patched(&set.key(), patched)?;
                }
            }
            api.decide(
                &set.key(),
                DaemonDecision::RevisionPruned {
                    name: revision.metadata.name.clone(),
                },
            );
            api.delete_revision(&revision.key())?;
        }
        Ok(())
    }

    /// Creates missing pods and deletes those that must not be, node by node.
    ///
    /// Models: daemon_controller.go, manage.
    fn manage(
        &mut self,
        set: &Rc<DaemonSet>,
        hash: &str,
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        let key = set.key();
        let (mut create, mut delete, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (node, assessment) in self.state(&key).ledger.actionable() {
            create.extend(assessment.plan.create.map(|why| (Rc::clone(node), why)));
            delete.extend(
                assessment
                    .plan
                    .delete
                    .iter()
                    .map(|(pod, why)| (Rc::clone(pod), Rc::clone(node), why.clone())),
            );
            if !assessment.plan.failed.is_empty() {
                failed.push((Rc::clone(node), assessment.plan.failed.clone()));
            }
        }
        for (pod, node, why) in &delete {
            if *why == DeleteReason::Succeeded {
                let text = format!(
                    "Found succeeded daemon pod {}/{pod} on node {node}, will try to delete it",
                    key.namespace
                );
                api.event(set, false, "SucceededDaemonPod", &text);
            }
        }
        for (node, pods) in failed {
            for pod in pods {
                // The back-off is the node's: when one waits, the rest do.
                if !self.may_delete_failed(set, &pod, &node, api) {
                    break;
                }
                delete.push((pod, Rc::clone(&node), DeleteReason::Failed));
            }
        }
        self.sync_nodes(set, hash, create, delete, api)
    }

    /// A failed pod goes at once the first time, then after its back-off.
    fn may_delete_failed(
        &mut self,
        set: &Rc<DaemonSet>,
        pod: &Rc<str>,
        node: &Rc<str>,
        api: &mut dyn DaemonApi,
    ) -> bool {
        let (key, now) = (set.key(), api.now());
        let backoff = (
            set.metadata.uid.clone(),
            set.status.observed_generation,
            Rc::clone(node),
        );
        self.failed_pods.sweep(now);
        if self.failed_pods.is_in_backoff(&backoff, now) {
            let delay = self.failed_pods.delay(&backoff);
            self.queue.add_after(key.clone(), now + delay, None);
            let waits = (Rc::clone(pod), delay);
            let noted = self.state(&key).backing_off.insert(Rc::clone(node), waits);
            if noted.is_none_or(|(known, at)| known != *pod || at != delay) {
                let decision = DaemonDecision::BackOff {
                    pod: Rc::clone(pod),
                    node: Rc::clone(node),
                    delay_ms: delay.0,
                };
                api.decide(&key, decision);
            }
            return false;
        }
        self.failed_pods.advance(backoff, now);
        self.state(&key).backing_off.remove(node);
        let text = format!(
            "Found failed daemon pod {}/{pod} on node {node}, will try to kill it",
            key.namespace
        );
        api.event(set, true, "FailedDaemonPod", &text);
        true
    }

    /// Carries out creations (slow start) and deletions, both capped.
    ///
    /// Models: daemon_controller.go, syncNodes.
    /// Differs: in name order, one after the other.
    fn sync_nodes(
        &mut self,
        set: &Rc<DaemonSet>,
        hash: &str,
        mut create: Vec<(Rc<str>, CreateReason)>,
        mut delete: Vec<(Rc<str>, Rc<str>, DeleteReason)>,
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        let key = set.key();
        create.truncate(BURST);
        delete.truncate(BURST);
        self.expectations.set(
            key.clone(),
            create.len() as i64,
            delete.len() as i64,
            api.now(),
        );
        if !create.is_empty() || !delete.is_empty() {
            self.state(&key).waiting = None;
        }
        let mut errors = Vec::new();
        let mut batch = SLOW_START;
        let mut left = create.as_slice();
        while !left.is_empty() {
            let (now, later) = left.split_at(batch.min(left.len()));
            let before = errors.len();
            for (node, why) in now {
                self.create_pod(set, hash, node, *why, &mut errors, api);
            }
            if errors.len() > before && !later.is_empty() {
                self.expectations.lower_adds(&key, later.len() as i64);
                break;
            }
            left = later;
            batch *= 2;
        }
        for (pod, node, why) in delete {
            self.delete_pod(set, pod, node, why, &mut errors, api);
        }
        self.absorb(api);
        match errors.len() {
            0 => Ok(()),
            1 => Err(errors.remove(0)),
            _ => {
                let texts: Set<&str> = errors.iter().map(|e| e.message.as_str()).collect();
                let texts: Vec<&str> = texts.into_iter().collect();
                let text = if texts.len() == 1 {
                    texts[0].to_owned()
                } else {
                    format!("[{}]", texts.join(", "))
                };
                Err(Status::new(Reason::InternalError, text))
            }
        }
    }

    fn create_pod(
        &mut self,
        set: &Rc<DaemonSet>,
        hash: &str,
        node: &Rc<str>,
        why: CreateReason,
        errors: &mut Vec<Status>,
        api: &mut dyn DaemonApi,
    ) {
        let key = set.key();
        api.decide(
            &key,
            DaemonDecision::Create {
                node: Rc::clone(node),
                why,
            },
        );
        match api.create_pod(daemon_pod(set, node, hash)) {
            Ok(pod) => {
                self.note_written(&key, &pod.metadata);
                api.event(
                    set,
                    false,
                    "SuccessfulCreate",
                    &format!("Created pod: {}", pod.metadata.name),
                );
                self.absorb(api);
            }
            // The namespace is going away and everything in it: not an error.
            Err(error) if error.message.ends_with("because it is being terminated") => {}
            Err(error) => {
                api.event(
                    set,
                    true,
                    "FailedCreate",
                    &format!("Error creating: {error}"),
                );
                self.expectations.lower_adds(&key, 1);
                errors.push(error);
            }
        }
    }

    fn delete_pod(
        &mut self,
        set: &Rc<DaemonSet>,
        pod: Rc<str>,
        node: Rc<str>,
        why: DeleteReason,
        errors: &mut Vec<Status>,
        api: &mut dyn DaemonApi,
    ) {
        let key = set.key();
        let pod_key = Key {
            namespace: Rc::clone(&key.namespace),
            name: Rc::clone(&pod),
        };
        api.decide(
            &key,
            DaemonDecision::Delete {
                pod: Rc::clone(&pod),
                node,
                why,
            },
        );
        match api.delete_pod(&pod_key) {
            Ok(()) => {
                api.event(
                    set,
                    false,
                    "SuccessfulDelete",
                    &format!("Deleted pod: {pod}"),
                );
                self.absorb(api);
            }
            Err(error) => {
                self.expectations.lower_dels(&key, 1);
                if error.reason != Reason::NotFound {
                    api.event(
                        set,
                        true,
                        "FailedDelete",
                        &format!("Error deleting: {error}"),
                    );
                    errors.push(error);
                }
            }
        }
    }

    /// Models: update.go, rollingUpdate.
    fn roll(
        &mut self,
        set: &Rc<DaemonSet>,
        hash: &str,
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        let key = set.key();
        let failed = |text: String| Status::new(Reason::InternalError, text);
        let state = self.state(&key);
        let desired = state.ledger.totals().desired;
        let budget: Budget = budget(set, desired).map_err(failed)?;
        let rollout = rolling_update(state.ledger.classes(), desired, budget).map_err(failed)?;
        let mut create: Vec<_> = rollout
            .create_unavailable
            .iter()
            .map(|n| (Rc::clone(n), CreateReason::OldUnavailable))
            .collect();
        create.extend(
            rollout
                .create
                .iter()
                .map(|n| (Rc::clone(n), CreateReason::Surge)),
        );
        let lists = [
            (&rollout.delete_unavailable, DeleteReason::OldUnavailable),
            (&rollout.delete_available, DeleteReason::RollingUpdate),
            (&rollout.delete_replaced, DeleteReason::SurgeDone),
            (&rollout.delete_sunset, DeleteReason::SurgeSunset),
        ];
        let mut delete = Vec::new();
        // `refresh` has just made it.
        let lens = self.states.get(&key).and_then(|state| state.lens.as_ref());
        for (nodes, why) in lists {
            for node in nodes {
                let pods = self.pods.on_node(&set.metadata.uid, node);
                if let Some(pod) = lens.and_then(|lens| old_pod(lens, &pods)) {
                    delete.push((
                        pod.metadata.name.as_str().into(),
                        Rc::clone(node),
                        why.clone(),
                    ));
                }
            }
        }
        if create.is_empty() && delete.is_empty() {
            if rollout.waiting > 0 {
                let decision = DaemonDecision::WaitForBudget {
                    old: rollout.waiting as u32,
                    unavailable: rollout.unavailable as u32,
                    max_unavailable: budget.max_unavailable as u32,
                    max_surge: budget.max_surge as u32,
                };
                self.wait(&key, decision, api);
            }
            return Ok(());
        }
        self.sync_nodes(set, hash, create, delete, api)
    }

    /// Models: daemon_controller.go, updateDaemonSetStatus.
    fn update_status(
        &mut self,
        set: &Rc<DaemonSet>,
        observe: bool,
        api: &mut dyn DaemonApi,
    ) -> Result<(), Status> {
        let key = set.key();
        let counts = self.state(&key).ledger.totals();
        let status = status_of(counts, &set.status);
        let written = store(api, set, &status, observe)?;
        if let Some(written) = written {
            self.note_written(&key, &written.metadata);
        }
        self.absorb(api);
        let seconds = set.spec.min_ready_seconds;
        if seconds > 0 && counts.ready != counts.available {
            self.queue
                .add_after(key, api.now() + SimDuration::secs(seconds as u64), None);
        }
        Ok(())
    }

    /// How available a DaemonSet was during its newest rollout.
    pub fn availability(&self, key: &Key) -> Option<&Availability> {
        self.states.get(key).map(|state| &state.availability)
    }

    /// The ledger of a DaemonSet, as of its last sync.
    pub fn ledger(&self, key: &Key) -> Option<&Ledger> {
        self.states.get(key).map(|state| &state.ledger)
    }
}

/// What an object is to a DaemonSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Ours,
    Adopt,
    Release,
    Ignore,
}

/// Models: controller_ref_manager.go, ClaimObject.
pub fn claims(set: &DaemonSet, meta: &ObjectMeta) -> Claim {
    let matches = label_selector_matches(set.spec.selector.as_ref(), &meta.labels);
    match meta.controller_ref() {
        Some(owner) if owner.uid != set.metadata.uid => Claim::Ignore,
        Some(_) if matches => Claim::Ours,
        Some(_) if set.metadata.is_terminating() => Claim::Ignore,
        Some(_) => Claim::Release,
        None if !matches || meta.namespace != set.metadata.namespace => Claim::Ignore,
        None if set.metadata.is_terminating() || meta.is_terminating() => Claim::Ignore,
        None => Claim::Adopt,
    }
}

/// Models: controller_ref_manager.go, RecheckDeletionTimestamp with the live GET.
fn can_adopt(set: &DaemonSet, api: &mut dyn DaemonApi) -> Result<(), Status> {
    let live = api.get_set(&set.key())?;
    let name = format!("{}/{}", set.metadata.namespace, set.metadata.name);
    if live.metadata.uid != set.metadata.uid {
        let text = format!(
            "original DaemonSet {name} is gone: got uid {}, wanted {}",
            live.metadata.uid, set.metadata.uid
        );
        return Err(Status::new(Reason::InternalError, text));
    }
    if live.metadata.is_terminating() {
        let text = format!("can't adopt: DaemonSet {name} has just been deleted");
        return Err(Status::new(Reason::InternalError, text));
    }
    Ok(())
}

pub fn lens(set: &DaemonSet, hash: &str) -> Lens {
    Lens {
        spec: eligibility::with_daemon_tolerations(&set.spec.template.spec),
        hash: hash.to_owned(),
        template_generation: set.template_generation(),
        min_ready_seconds: set.spec.min_ready_seconds,
        surge: allows_surge(set),
    }
}
