//! `kubectl create namespace`.

use crate::api::decode;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::generate::{self, name, print_raw};
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::Outcome;
use crate::kubectl::job::Dry;
use serde_json::json;

pub const VERB: Verb = Verb {
    path: "create namespace",
    aliases: &["create ns"],
    usage: "NAME",
    about: "Make a namespace",
    flags: generate::FLAGS,
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    let mut value =
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    if call.dry == Dry::Client && !call.flags.text("output").is_empty() {
        value["spec"] = json!({});
        value["status"] = json!({});
        return print_raw(call, &value);
    }
    let object = decode::decode_value(value)?;
    let created = call.client().create_object(object)?;
    call.print_result(&created, "created")
}
