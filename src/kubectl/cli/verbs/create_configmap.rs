//! `kubectl create configmap`.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::generate::{self, make, name};
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::{Failure, Outcome};
use serde_json::json;

pub const VERB: Verb = Verb {
    path: "create configmap",
    aliases: &["create cm"],
    usage: "NAME [--from-literal=KEY=VALUE]",
    about: "Make a config map",
    flags: generate::FLAGS,
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    let mut data = serde_json::Map::new();
    for pair in call.flags.list("from-literal") {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::Text(format!(
                "invalid literal source {pair}, expected key=value"
            )));
        };
        data.insert(key.to_owned(), value.into());
    }
    make(
        call,
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name }, "data": data }),
    )
}
