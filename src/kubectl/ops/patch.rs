//! `patch`.
//!
//! Models: kubectl/pkg/cmd/patch.

use super::Done;
use super::apply::shape_of;
use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::status::{Reason, Status};
use crate::kubectl::convert::{self, PatchType, Unknown};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::job::Job;
use crate::kubectl::resource;
use serde_json::Value;
use std::rc::Rc;

/// Sends a patch for an object or, if that isn't empty, for its subresource.
pub fn patch(
    job: &mut Job<'_>,
    object: &Object,
    change: &Value,
    type_: PatchType,
    subresource: &str,
) -> Result<Done, Failure> {
    if matches!(subresource, "scale" | "resize") {
        return Err(Status::new(
            Reason::NotFound,
            "the server could not find the requested resource".to_owned(),
        )
        .into());
    }
    let shape = shape_of(resource::info_of(object));
    let (new, dropped) = convert::patched(&object.to_value(), change, type_, shape, Unknown::Warn)?;
    for path in dropped {
        job.warn(&format!(
            "Warning: unknown field {path}",
            path = quote(&path)
        ));
    }
    same_place(object, &new)?;
    let before = object.meta().resource_version.clone();
    let mut client = job.client();
    const STATUS: &str = "status, by kubectl patch";
    let written = match (subresource, new) {
        ("status", Object::Node(node)) => client
            .update_status(Rc::unwrap_or_clone(node), STATUS)
            .map(Object::Node),
        ("status", Object::Pod(pod)) => client
            .update_status(Rc::unwrap_or_clone(pod), STATUS)
            .map(Object::Pod),
        ("status", Object::DaemonSet(set)) => client
            .update_status(Rc::unwrap_or_clone(set), STATUS)
            .map(Object::DaemonSet),
        (_, new) => client.update_object(new, "by kubectl patch"),
    }?;
    let word = if written.meta().resource_version != before {
        "patched"
    } else {
        "patched (no change)"
    };
    Ok(Done::with_warnings(written, Some(object), word))
}

/// A patch can't give an object another name or namespace.
///
/// Models: apiserver/pkg/endpoints/handlers, checkName; registry/rest, EnsureObjectNamespaceMatchesRequestNamespace.
fn same_place(object: &Object, new: &Object) -> Outcome {
    let (old, new) = (object.meta(), new.meta());
    let message = if new.namespace != old.namespace {
        "the namespace of the provided object does not match the namespace sent on the request"
            .to_owned()
    } else if new.name != old.name {
        format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            new.name, old.name
        )
    } else {
        return Ok(());
    };
    Err(Status::new(Reason::BadRequest, message).into())
}
