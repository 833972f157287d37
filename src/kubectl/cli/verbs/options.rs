//! `kubectl options`.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags;
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::Outcome;

pub const VERB: Verb = Verb {
    path: "options",
    aliases: &[],
    usage: "",
    about: "List the flags that every command has",
    flags: &[],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    call.print("The following options can be passed to any command:\n");
    for flag in flags::GLOBAL {
        let letter = flag
            .short
            .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        call.print(&format!("    {letter}--{}", flag.name));
    }
    Ok(())
}
