//! Controllers: they see their informer, late, decide with pure functions, and act through `client`.

pub mod daemon_set;
