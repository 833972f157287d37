//! The help texts, in our words and kubectl's shape.

use super::Call;
use super::flags::{Flag, Takes};
use super::verb::Verb;
use crate::api::go::quote;
use crate::kubectl::error::{Failure, Outcome};
use crate::sim::sort::Order;

/// The help of kubectl itself.
pub fn of_all(verbs: &[&Verb]) -> String {
    let mut text = "kubectl controls the simulated cluster.\n\nCommands:\n".to_owned();
    for verb in verbs.iter().filter(|verb| !verb.path.contains(' ')) {
        text.push_str(&format!("  {:<15} {}\n", verb.path, verb.about));
    }
    text.push_str("\nUse \"kubectl <command> --help\" for more about a command.\n");
    text
}

/// The help of one command.
pub fn of(verb: &Verb, verbs: &[&Verb]) -> String {
    let mut text = format!(
        "{}.\n\nUsage:\n  kubectl {} {} [flags]\n",
        verb.about, verb.path, verb.usage
    );
    let below = format!("{} ", verb.path);
    let mut subcommands = String::new();
    for other in verbs {
        for name in other.names().filter_map(|name| name.strip_prefix(&below)) {
            subcommands.push_str(&format!("  {name:<15} {}\n", other.about));
        }
    }
    if !subcommands.is_empty() {
        text.push_str(&format!("\nAvailable Commands:\n{subcommands}"));
    }
    text.push_str(&options(verb.flags));
    text.push_str("\nUse \"kubectl options\" for a list of global command-line options (applies to all commands).\n");
    text
}

fn options(flags: &[Flag]) -> String {
    if flags.is_empty() {
        return String::new();
    }
    let mut text = "\nOptions:\n".to_owned();
    let mut flags: Vec<&Flag> = flags.iter().collect();
    flags.order_by_key(|flag| flag.name);
    for flag in flags {
        let letter = flag
            .short
            .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        let default = match flag.value {
            Takes::Text | Takes::Optional(_) => format!("'{}'", flag.default),
            Takes::List => "[]".to_owned(),
            _ => flag.default.to_owned(),
        };
        text.push_str(&format!("    {letter}--{}={default}\n", flag.name));
    }
    text
}

/// The run of a verb that does nothing without a subcommand: the help goes to stderr, and that is a failure.
pub fn without_subcommand(call: &mut Call<'_>) -> Outcome {
    if let Some(word) = call.words.first() {
        return Err(Failure::Text(format!(
            "unknown command {word}\nSee 'kubectl {} -h' for help and examples",
            call.verb.path,
            word = quote(word)
        )));
    }
    Err(Failure::Exit {
        code: 1,
        text: of(call.verb, call.verbs),
    })
}
