//! `create` and `replace` of an object that a manifest holds.
//!
//! Models: kubectl/pkg/cmd/create, cmd/replace.

use super::Done;
use super::apply::{LAST_APPLIED, with_annotation};
use crate::api::object::Object;
use crate::apiserver::DeleteOptions;
use crate::client::Client;
use crate::kubectl::error::Failure;
use crate::kubectl::job::Job;
use crate::kubectl::manifest::Item;
use crate::kubectl::resource;

/// `save_config`: a later apply knows the fields of this manifest.
pub fn create(
    client: &mut Client<'_>,
    item: &Item,
    source: &str,
    save_config: bool,
) -> Result<Done, Failure> {
    let object = object_of(item, source, "creating", save_config)?;
    let created = client
        .create_object(object)
        .map_err(|status| Failure::from(status).while_doing("creating", source))?;
    Ok(Done::with_warnings(created, None, "created"))
}

/// `force`: the old object is deleted first.
pub fn replace(
    job: &mut Job<'_>,
    item: &Item,
    source: &str,
    save_config: bool,
    force: bool,
) -> Result<Done, Failure> {
    let replacing = |status| Failure::from(status).while_doing("replacing", source);
    let mut object = object_of(item, source, "replacing", save_config)?;
    let live = resource::get(job.client().server, item.info, &item.namespace, &item.name);
    let live = live.map_err(replacing)?;
    if force {
        let options = DeleteOptions {
            grace_period_seconds: Some(0),
            ..DeleteOptions::default()
        };
        resource::delete(&mut job.client(), &live, &options)?;
        let place = if item.info.namespaced {
            format!(" from {} namespace", item.namespace)
        } else {
            String::new()
        };
        job.print(&format!(
            "{} \"{}\" deleted{place}",
            resource::kind_word(item.info),
            item.name
        ));
        object.meta_mut().resource_version.clear();
        object.meta_mut().uid.clear();
        let created = job.client().create_object(object).map_err(replacing)?;
        return Ok(Done::with_warnings(created, None, "replaced"));
    }
    let written = job.client().update_object(object, "by kubectl replace");
    let written = written.map_err(replacing)?;
    Ok(Done::with_warnings(written, Some(&live), "replaced"))
}

fn object_of(item: &Item, source: &str, doing: &str, save_config: bool) -> Result<Object, Failure> {
    let Some(object) = item.object() else {
        return Err(item.refusal(source, doing).unwrap_or_else(Failure::silent));
    };
    let mut object = object.clone();
    if save_config {
        let (_, text) = with_annotation(&item.value);
        let annotations = &mut object.meta_mut().annotations;
        annotations.insert(LAST_APPLIED.to_owned(), text);
    }
    Ok(object)
}
