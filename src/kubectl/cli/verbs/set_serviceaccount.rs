//! `kubectl set serviceaccount`.

use super::set::objects;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "set serviceaccount",
    aliases: &["set sa"],
    usage: "TYPE NAME ACCOUNT",
    about: "Change the service account",
    flags: super::set::FLAGS,
    run,
    complete: Complete::Containers(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let Some(account) = call.words.pop() else {
        return Err(Failure::text("serviceaccount is required"));
    };
    call.require_any_object()?;
    let words = call.words.clone();
    let mut failures = Vec::new();
    for object in objects(call, words)? {
        let report = ops::set::service_account(&mut call.client(), &object, &account);
        call.tell(report, &mut failures);
    }
    Failure::collect(failures)
}
