//! `kubectl top` without a subcommand, and the one answer of its subcommands.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::Flag;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::help;
use crate::kubectl::cli::verb::{ALL_NAMESPACES, Complete, FIELDS, SELECTOR, Verb};
use crate::kubectl::error::{Failure, Outcome};

pub const VERB: Verb = Verb {
    path: "top",
    aliases: &[],
    usage: "SUBCOMMAND",
    about: "Show use of resources",
    flags: &[],
    run,
    complete: Complete::Nothing,
};

/// The flags of all subcommands.
pub const FLAGS: &[Flag] = &[
    SELECTOR,
    FIELDS,
    ALL_NAMESPACES,
    flag("containers", Takes::Bool, "false"),
    flag("no-headers", Takes::Bool, "false"),
    flag("show-capacity", Takes::Bool, "false"),
    flag("sort-by", Takes::Text, ""),
    flag("sum", Takes::Bool, "false"),
    flag("use-protocol-buffers", Takes::Bool, "true"),
];

fn run(call: &mut Call<'_>) -> Outcome {
    help::without_subcommand(call)
}

/// There is no metrics server.
pub fn no_metrics(_call: &mut Call<'_>) -> Outcome {
    Err(Failure::text("Metrics API not available"))
}
