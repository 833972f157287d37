//! What is done to a DaemonSet from its menu and its fields.

use super::msg::DaemonSetMsg;
use crate::apiserver::Propagation;
use crate::present::daemon_set::DaemonSetId;
use crate::session::command::Command;
use crate::session::words::kubectl_line;

/// `None`: it only opens the manifest.
pub(super) fn command(id: &DaemonSetId, msg: &DaemonSetMsg) -> Option<Command> {
    let DaemonSetId { namespace, name } = id.clone();
    Some(match msg {
        DaemonSetMsg::SetImage { container, image } => Command::SetImage {
            namespace,
            name,
            container: container.clone(),
            image: image.clone(),
        },
        DaemonSetMsg::Restart => Command::RolloutRestart { namespace, name },
        DaemonSetMsg::UndoTo(to_revision) => Command::RolloutUndo {
            namespace,
            name,
            to_revision: *to_revision,
        },
        DaemonSetMsg::Delete => Command::DeleteObject {
            kind: "DaemonSet".to_owned(),
            namespace,
            name,
            propagation: Propagation::Background,
            grace_period_seconds: None,
        },
        DaemonSetMsg::Edit => return None,
    })
}

/// The same in kubectl's words: what the menu says is what the console will tell.
pub fn kubectl(id: &DaemonSetId, msg: &DaemonSetMsg) -> Option<String> {
    kubectl_line(&command(id, msg)?, &[])
}
