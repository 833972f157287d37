//! `kubectl set image`.

use super::set::{objects, split};
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;
use crate::sim::sort::Order;

pub const VERB: Verb = Verb {
    path: "set image",
    aliases: &[],
    usage: "TYPE NAME CONTAINER=IMAGE ...",
    about: "Change images",
    flags: super::set::FLAGS,
    run,
    complete: Complete::Containers(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let (resources, pairs) = split(&call.words).map_err(|word| {
        Failure::Text(format!(
            "all resources must be specified before image changes: {word}"
        ))
    })?;
    if call.flags.bool("all") && !call.flags.text("selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --selector at the same time",
        ));
    }
    call.words.clone_from(&resources);
    call.require_any_object()?;
    let objects = objects(call, resources)?;
    let mut images = Vec::new();
    for pair in &pairs {
        match pair.split_once('=') {
            Some((name, image)) => images.push((name.to_owned(), image.to_owned())),
            _ => return Err(Failure::Text(format!("invalid image format: {pair}"))),
        }
    }
    if images.is_empty() {
        return Err(Failure::text("at least one image update is required"));
    }
    images.order();
    images.dedup_by(|a, b| a.0 == b.0);
    if images.len() > 1 && images.iter().any(|(name, _)| name == "*") {
        return Err(Failure::text(
            "all containers are already specified by *, but saw more than one container_name=image_name pairs",
        ));
    }
    let mut failures = Vec::new();
    for object in objects {
        let report = ops::set::image(&mut call.client(), &object, &images);
        call.tell(report, &mut failures);
    }
    Failure::collect(failures)
}
