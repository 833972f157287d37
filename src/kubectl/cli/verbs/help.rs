//! `kubectl help`.

use crate::api::go::quote;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::help;
use crate::kubectl::cli::verb::find;
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::{Failure, Outcome};

pub const VERB: Verb = Verb {
    path: "help",
    aliases: &[],
    usage: "[COMMAND]",
    about: "Show help",
    flags: &[],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    if call.words.is_empty() {
        let text = help::of_all(call.verbs);
        call.put(&text);
        return Ok(());
    }
    let path = call.words.join(" ");
    let verb = find(call.verbs, &path).ok_or_else(|| {
        Failure::Text(format!(
            "unknown command {path} for \"kubectl\"",
            path = quote(&path)
        ))
    })?;
    let text = help::of(verb, call.verbs);
    call.put(&text);
    Ok(())
}
