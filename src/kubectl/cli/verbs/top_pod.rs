//! `kubectl top pod`.

use super::top;
use crate::kubectl::cli::verb::{Complete, Verb};

pub const VERB: Verb = Verb {
    path: "top pod",
    aliases: &["top pods"],
    usage: "[NAME]",
    about: "Show pods' use of resources",
    flags: top::FLAGS,
    run: top::no_metrics,
    complete: Complete::Names("pods"),
};
