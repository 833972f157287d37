//! `kubectl set resources`.

use super::set::objects;
use crate::api::pod::ResourceList;
use crate::api::quantity::Quantity;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "set resources",
    aliases: &[],
    usage: "TYPE NAME [--limits=...] [--requests=...]",
    about: "Change requests and limits",
    flags: super::set::FLAGS,
    run,
    complete: Complete::Containers(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let limits = quantities(call.flags.text("limits"))?;
    let requests = quantities(call.flags.text("requests"))?;
    call.require_objects("must specify resource to set resources")?;
    if limits.is_empty() && requests.is_empty() {
        return Err(Failure::text(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    let pattern = call.flags.text("containers").to_owned();
    let words = call.words.clone();
    let mut failures = Vec::new();
    for object in objects(call, words)? {
        let report = ops::set::resources(&mut call.client(), &object, &pattern, &limits, &requests);
        call.tell(report, &mut failures);
    }
    Failure::collect(failures)
}

fn quantities(text: &str) -> Result<ResourceList, Failure> {
    let mut list = ResourceList::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let Some((name, amount)) = part.split_once('=') else {
            return Err(Failure::Text(format!(
                "Invalid argument syntax {part}, expected <resource>=<value>"
            )));
        };
        list.insert(
            name.to_owned(),
            Quantity::parse(amount).map_err(Failure::Text)?,
        );
    }
    Ok(list)
}
