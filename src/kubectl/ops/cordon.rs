//! `cordon` and `uncordon`.
//!
//! Models: kubectl/pkg/cmd/drain/drain.go, RunCordonOrUncordon.

use super::Done;
use crate::api::node::Node;
use crate::api::object::{Object, Resource};
use crate::client::Client;
use crate::kubectl::error::Failure;
use std::rc::Rc;

/// Marks a node as unschedulable, or as schedulable again.
pub fn cordon(client: &mut Client<'_>, node: &Rc<Node>, on: bool) -> Result<Done, Failure> {
    let (part, word) = match on {
        true => ("cordon", "cordoned"),
        false => ("uncordon", "uncordoned"),
    };
    if node.spec.unschedulable == on {
        let object = Object::Node(Rc::clone(node));
        return Ok(Done::new(object, format!("already {word}")));
    }
    let written = client.patch::<Node>(&node.key(), part, |node| node.spec.unschedulable = on)?;
    Ok(Done::new(Node::into_object(written), word))
}
