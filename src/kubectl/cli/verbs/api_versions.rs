//! `kubectl api-versions`.

use super::api_resources::REVIEWS;
use crate::api::kinds::KINDS;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::Outcome;
use crate::sim::sort::Order;

pub const VERB: Verb = Verb {
    path: "api-versions",
    aliases: &[],
    usage: "",
    about: "List API versions",
    flags: &[],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    let mut versions: Vec<&str> = KINDS
        .iter()
        .chain(REVIEWS)
        .map(|info| info.api_version)
        .collect();
    versions.order();
    versions.dedup();
    for version in versions {
        call.print(version);
    }
    Ok(())
}
