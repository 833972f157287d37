//! Binding a pod to a node, traced like every other write.

use super::Client;
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::api::status::Status;
use crate::trace::What;
use std::rc::Rc;

impl Client<'_> {
    /// Binds the pod with this uid (any, if `None`) to a node.
    pub fn bind(&mut self, key: &Key, uid: Option<&str>, node: &str) -> Result<Rc<Pod>, Status> {
        let now = self.time();
        self.write(What::Updated("spec.nodeName"), |server| {
            server.bind(key, uid, node, now)
        })
    }
}
