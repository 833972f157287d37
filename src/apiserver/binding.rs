//! The binding subresource of pods: the one way to set `spec.nodeName` of a pod that exists.
//!
//! Models: pkg/registry/core/pod/storage/storage.go, BindingREST.

use super::ApiServer;
use crate::api::meta::Time;
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::api::status::{Reason, Status};
use std::rc::Rc;

impl ApiServer {
    /// Binds the pod to a node, in one write. Refuses if the pod is bound or being deleted, or isn't the one with this uid.
    ///
    /// As upstream, it doesn't ask whether the node exists.
    pub fn bind(
        &mut self,
        key: &Key,
        uid: Option<&str>,
        node: &str,
        now: Time,
    ) -> Result<Rc<Pod>, Status> {
        let old = self.require::<Pod>(key)?;
        if let Some(why) = refusal(old, uid) {
            return Err(Status::new(
                Reason::Conflict,
                format!(
                    "Operation cannot be fulfilled on pods/binding \"{}\": {why}",
                    key.name
                ),
            ));
        }
        let mut pod = (**old).clone();
        pod.spec.node_name = node.to_owned();
        pod.status.nominated_node_name.clear();
        pod.status
            .set_condition("PodScheduled", "True", "", "", now);
        self.write(pod, now)
    }
}

fn refusal(pod: &Pod, uid: Option<&str>) -> Option<String> {
    let meta = &pod.metadata;
    if let Some(uid) = uid
        && uid != meta.uid
    {
        return Some(format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            meta.uid
        ));
    }
    if meta.is_terminating() {
        return Some(format!(
            "pod {} is being deleted, cannot be assigned to a host",
            meta.name
        ));
    }
    pod.is_bound().then(|| {
        format!(
            "pod {} is already assigned to node {:?}",
            meta.name, pod.spec.node_name
        )
    })
}
