//! `kubectl create priorityclass`.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::generate::{self, make, name};
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::Outcome;
use serde_json::json;

pub const VERB: Verb = Verb {
    path: "create priorityclass",
    aliases: &["create pc"],
    usage: "NAME --value=VALUE",
    about: "Make a priority class",
    flags: generate::FLAGS,
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    let policy = match call.flags.text("preemption-policy") {
        "" => "PreemptLowerPriority",
        policy => policy,
    };
    let mut value = json!({
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": { "name": name },
        "value": call.flags.int("value"),
        "preemptionPolicy": policy,
    });
    if call.flags.bool("global-default") {
        value["globalDefault"] = true.into();
    }
    if !call.flags.text("description").is_empty() {
        value["description"] = call.flags.text("description").into();
    }
    make(call, value)
}
