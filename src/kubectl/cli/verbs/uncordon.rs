//! `kubectl uncordon`.

use super::cordon;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DRY_RUN, SELECTOR, Verb};
use crate::kubectl::error::Outcome;

pub const VERB: Verb = Verb {
    path: "uncordon",
    aliases: &[],
    usage: "NODE",
    about: "Mark nodes as schedulable",
    flags: &[SELECTOR, DRY_RUN],
    run,
    complete: Complete::Names("nodes"),
};

fn run(call: &mut Call<'_>) -> Outcome {
    cordon::set_unschedulable(call, false)
}
