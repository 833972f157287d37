//! `kubectl top node`.

use super::top;
use crate::kubectl::cli::verb::{Complete, Verb};

pub const VERB: Verb = Verb {
    path: "top node",
    aliases: &["top nodes"],
    usage: "[NAME]",
    about: "Show nodes' use of resources",
    flags: top::FLAGS,
    run: top::no_metrics,
    complete: Complete::Names("nodes"),
};
