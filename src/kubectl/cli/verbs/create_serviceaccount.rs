//! `kubectl create serviceaccount`.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::generate::{self, make, name};
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::Outcome;
use serde_json::json;

pub const VERB: Verb = Verb {
    path: "create serviceaccount",
    aliases: &["create sa"],
    usage: "NAME",
    about: "Make a service account",
    flags: generate::FLAGS,
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    make(
        call,
        json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": name } }),
    )
}
