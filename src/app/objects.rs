//! The objects of the scenario as manifests, for the editor.

use crate::api::object::Kind;
use crate::apiserver::ApiServer;
use crate::kubectl::ops::apply::LAST_APPLIED;
use crate::present::editor::ObjectItem;

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
