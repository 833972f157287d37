//! `edit`: an object as text, and the edited text back into the cluster.
//!
//! Models: kubectl/pkg/cmd/edit.
//! Differs: the edited text is compared with the object as it is by then, not with the text that was shown.

use super::Done;
use crate::api::object::Object;
use crate::api::yaml;
use crate::client::Client;
use crate::kubectl::error::Failure;
use crate::kubectl::manifest::{self, Item};
use crate::kubectl::resource;

const HEAD: &str = "# Please edit the object below. Lines beginning with a '#' will be ignored,\n# and an empty file will abort the edit. If an error occurs while saving this file will be\n# reopened with the relevant failures.\n#\n";

/// The text that an editor opens.
pub fn text(objects: &[Object]) -> String {
    let texts = objects
        .iter()
        .map(|object| yaml::to_string(&object.to_value()));
    let texts: Vec<String> = texts.collect();
    format!("{HEAD}{}", texts.join("---\n"))
}

/// The result of saving an edited text.
#[derive(Debug, Default)]
pub struct Saved {
    /// The objects that changed.
    pub done: Vec<Done>,
    pub failures: Vec<Failure>,
    /// Said if nothing changed.
    pub note: Option<&'static str>,
}

/// Writes all objects of an edited text; one that fails doesn't stop the others.
pub fn save(client: &mut Client<'_>, text: &str, (namespace, enforced): (&str, bool)) -> Saved {
    let manifest = manifest::read(text, "edited-file", namespace, enforced);
    let is_empty = manifest.items.is_empty();
    let mut saved = Saved {
        failures: manifest.failures,
        ..Saved::default()
    };
    for item in &manifest.items {
        match save_item(client, item) {
            Ok(done) => saved.done.extend(done),
            Err(failure) => saved.failures.push(failure),
        }
    }
    if saved.done.is_empty() && saved.failures.is_empty() {
        saved.note = Some(match is_empty {
            true => "Edit cancelled, saved file was empty.",
            false => "Edit cancelled, no changes made.",
        });
    }
    saved
}

/// `None` if the text changes nothing.
fn save_item(client: &mut Client<'_>, item: &Item) -> Result<Option<Done>, Failure> {
    let Some(object) = item.object() else {
        return Err(item
            .refusal("edited-file", "editing")
            .unwrap_or_else(Failure::silent));
    };
    let live = resource::get(client.server, item.info, &item.namespace, &item.name)?;
    // The server's own fields aren't the user's to edit, and moved on while the text was open.
    let mut edited = object.clone();
    let meta = edited.meta_mut();
    meta.resource_version
        .clone_from(&live.meta().resource_version);
    meta.generation = live.meta().generation;
    let user_part = |object: &Object| {
        let mut value = object.to_value();
        value.as_object_mut().map(|fields| fields.remove("status"));
        value
    };
    if user_part(&edited) == user_part(&live) {
        return Ok(None);
    }
    let written = client.update_object(edited, "by kubectl edit")?;
    Ok(Some(Done::new(written, "edited")))
}
