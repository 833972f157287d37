//! ControllerRevisions: the data they store, their hash, which one is current.

use crate::api::apps::{CONTROLLER_REVISION_HASH, ControllerRevision, DaemonSet};
use crate::api::json;
use crate::api::meta::ObjectMeta;
use crate::api::pod::PodTemplateSpec;
use crate::sim::hash::fnv1a_32;
use crate::sim::sort::Order;
use serde_json::{Value, json};
use std::rc::Rc;

use super::pod::controller_ref;

/// What a revision stores: a patch that replaces the template.
///
/// Models: pkg/controller/daemon/update.go, getPatch.
pub fn template_patch(template: &PodTemplateSpec) -> Value {
    let mut template = serde_json::to_value(template).unwrap_or_default();
    if let Some(map) = template.as_object_mut() {
        map.insert("$patch".to_owned(), "replace".into());
    }
    json!({ "spec": { "template": template } })
}

/// The template that a revision stores.
pub fn template_of(revision: &ControllerRevision) -> Option<PodTemplateSpec> {
    let mut template = revision.data.get("spec")?.get("template")?.clone();
    template.as_object_mut()?.remove("$patch");
    json::read(template).ok()
}

/// The hash that names a template.
///
/// Models: pkg/controller/controller_utils.go, ComputeHash, with rand.SafeEncodeString.
/// Differs: upstream hashes a Go dump of the template, so our values are our own; their shape is the same.
pub fn template_hash(patch: &Value, collision_count: Option<i32>) -> String {
    const DIGITS: &[u8; 10] = b"456789bcdf";
    let mut bytes = patch.to_string().into_bytes();
    if let Some(count) = collision_count {
        bytes.extend(count.to_le_bytes());
        bytes.extend([0; 4]);
    }
    let number = fnv1a_32(&bytes).to_string();
    number
        .bytes()
        .map(|digit| char::from(DIGITS[usize::from(digit - b'0') % 10]))
        .collect()
}

/// A new revision of the present template.
///
/// Models: pkg/controller/history/controller_history.go, NewControllerRevision.
pub fn new_revision(
    set: &DaemonSet,
    patch: &Value,
    hash: &str,
    revision: i64,
) -> ControllerRevision {
    let mut labels = set.spec.template.metadata.labels.clone();
    labels.insert(CONTROLLER_REVISION_HASH.to_owned(), hash.to_owned());
    ControllerRevision {
        metadata: ObjectMeta {
            name: format!("{}-{hash}", set.metadata.name),
            namespace: set.metadata.namespace.clone(),
            labels,
            annotations: set.metadata.annotations.clone(),
            owner_references: vec![controller_ref(set)],
            ..ObjectMeta::default()
        },
        data: patch.clone(),
        revision,
    }
}

/// The claimed revisions, sorted into those that store the present template and the rest.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub current: Vec<Rc<ControllerRevision>>,
    pub old: Vec<Rc<ControllerRevision>>,
}

impl History {
    pub fn sort(revisions: Vec<Rc<ControllerRevision>>, patch: &Value) -> History {
        let (current, old) = revisions.into_iter().partition(|r| r.data == *patch);
        History { current, old }
    }

    /// The number that the current revision must at least have.
    pub fn target(&self) -> i64 {
        self.old.iter().map(|r| r.revision).max().unwrap_or(0) + 1
    }

    /// Which of several equal revisions is kept: the highest number, the last one on ties.
    pub fn keeper(&self) -> Option<&Rc<ControllerRevision>> {
        self.current.iter().max_by_key(|r| r.revision)
    }
}

/// The old revisions to delete, so that `limit` remain; those whose hash is on a living pod stay.
///
/// Models: update.go, cleanupHistory.
pub fn to_prune(
    old: &[Rc<ControllerRevision>],
    limit: i32,
    is_live: impl Fn(&str) -> bool,
) -> Vec<Rc<ControllerRevision>> {
    let excess = old.len().saturating_sub(limit.max(0) as usize);
    if excess == 0 {
        return Vec::new();
    }
    let mut sorted: Vec<_> = old.to_vec();
    sorted.order_by_key(|r| r.revision);
    sorted
        .into_iter()
        .filter(|r| !is_live(r.metadata.label(CONTROLLER_REVISION_HASH).unwrap_or("")))
        .take(excess)
        .collect()
}
