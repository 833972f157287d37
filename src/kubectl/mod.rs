//! kubectl: its verbs, flags and words against the simulated cluster, printed as kubectl 1.36 prints.
//!
//! `ops` does the work on typed arguments, for whoever has them: a button, a remedy, a link. `cli` reads a line that somebody typed, calls `ops` and prints.
//! It knows only the API: no component, no page.
//!
//! Differs: there is one cluster and one user, so flags that choose them are read and ignored; `--server-side` does the same as client-side apply.

pub mod error;

pub mod resource;
pub mod selector;

// Objects in.
pub mod patch;

pub mod convert;
pub mod manifest;

// Objects out.
pub mod duration;
pub mod tabs;

pub mod columns;
pub mod jsonpath;
pub mod pod_status;

pub mod describe;

// A command while it runs.
pub mod job;

// The work on typed arguments.
pub mod ops;

// Typed text in, printed text out.
pub mod cli;

#[cfg(test)]
mod tests;

pub use cli::complete::complete;
pub use cli::shell::{heredoc, split};
pub use cli::{Started, run, start};
pub use job::{Host, Output};

/// kubectl's complaint when a command is given no object at all.
pub const NOTHING_NAMED: &str = "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";
