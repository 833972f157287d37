//! `kubectl drain`: waits until the evicted pods are gone.
//!
//! Models: kubectl/pkg/cmd/drain/drain.go.

use super::cordon;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{CHUNK, Complete, DRY_RUN, FORCE, GRACE, SELECTOR, TIMEOUT, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops::drain;
use crate::kubectl::selector::LabelQuery;

pub const VERB: Verb = Verb {
    path: "drain",
    aliases: &[],
    usage: "NODE",
    about: "Cordon nodes and evict their pods",
    flags: &[
        SELECTOR,
        DRY_RUN,
        GRACE,
        FORCE,
        TIMEOUT,
        CHUNK,
        flag("delete-emptydir-data", Takes::Bool, "false"),
        flag("disable-eviction", Takes::Bool, "false"),
        flag("ignore-daemonsets", Takes::Bool, "false"),
        flag("ignore-errors", Takes::Bool, "false"),
        flag("pod-selector", Takes::Text, ""),
        flag("skip-wait-for-delete-timeout", Takes::Int, "0"),
    ],
    run,
    complete: Complete::Names("nodes"),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let options = options(call)?;
    let nodes = cordon::nodes(call)?;
    let is_one = nodes.len() == 1;
    let mut drain = drain::begin(&mut call.job, nodes, options)?;
    if !is_one {
        // Evicting from the next node is an act of its own, so nobody but this command waits here.
        return call.job.sit_out(|job| drain.go_on(job));
    }
    if let Some(outcome) = drain.go_on(&mut call.job) {
        return outcome;
    }
    call.wait_until(call.time_limit(), move |call| drain.go_on(&mut call.job))
}

fn options(call: &Call<'_>) -> Result<drain::Options, Failure> {
    let pods = LabelQuery::parse(call.flags.text("pod-selector")).map_err(|_| {
        Failure::text("--pod-selector=<pod_selector> must be a valid label selector")
    })?;
    Ok(drain::Options {
        force: call.flags.bool("force"),
        ignore_daemon_sets: call.flags.bool("ignore-daemonsets"),
        delete_empty_dir: call.flags.bool("delete-emptydir-data"),
        disable_eviction: call.flags.bool("disable-eviction"),
        grace: Some(call.flags.int("grace-period")).filter(|seconds| *seconds >= 0),
        skip_wait_for_delete: call.flags.int("skip-wait-for-delete-timeout"),
        pods,
        timeout: call.time_limit(),
    })
}
