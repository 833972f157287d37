//! The objects of the scenario as manifests, for the editor.

use crate::api::apps::TEMPLATE_GENERATION_ANNOTATION;
use crate::api::object::{Key, Kind, Object};
use crate::api::yaml;
use crate::apiserver::ApiServer;
use crate::present::editor::ObjectItem;
use serde_json::Value;

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// More nobody looks through in a menu.
const ITEMS_MAX: usize = 40;

/// What users put into the cluster: DaemonSets first, then what else was applied.
pub fn list(server: &ApiServer) -> Vec<ObjectItem> {
    let kinds = [
        Kind::DaemonSet,
        Kind::Generic,
        Kind::PriorityClass,
        Kind::Namespace,
    ];
    let objects = kinds
        .into_iter()
        .flat_map(|kind| server.list_objects(kind).into_iter())
        .filter(|object| {
            object.kind() == Kind::DaemonSet || object.meta().annotations.contains_key(LAST_APPLIED)
        });
    let items = objects.map(|object| ObjectItem {
        title: object.meta().name.clone(),
        about: match object.meta().namespace.as_str() {
            "" => object.kind_name().to_owned(),
            namespace => format!("{} in {namespace}", object.kind_name()),
        },
        kind: object.kind(),
        key: object.key(),
    });
    items.take(ITEMS_MAX).collect()
}

/// An object as a manifest: without what the API server added.
pub fn manifest(server: &ApiServer, kind: Kind, key: &Key) -> Option<String> {
    let mut value = server
        .get_object(kind, key)
        .as_ref()
        .map(Object::to_value)?;
    value.as_object_mut()?.remove("status");
    if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp"] {
            meta.remove(field);
        }
        let annotations = meta.get_mut("annotations").and_then(Value::as_object_mut);
        let is_empty = annotations.is_some_and(|annotations| {
            annotations
                .retain(|key, _| key != TEMPLATE_GENERATION_ANNOTATION && key != LAST_APPLIED);
            annotations.is_empty()
        });
        if is_empty {
            meta.remove("annotations");
        }
    }
    Some(yaml::to_string(&value))
}
