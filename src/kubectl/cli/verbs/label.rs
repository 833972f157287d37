//! `kubectl label`.
//!
//! Models: kubectl/pkg/cmd/label/label.go.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::pairs::{FLAGS, check_flags, print_list, split};
use crate::kubectl::cli::verb::{Complete, Kinds, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "label",
    aliases: &[],
    usage: "TYPE NAME KEY=VALUE ... KEY- ...",
    about: "Set and remove labels",
    flags: FLAGS,
    run,
    complete: Complete::Objects(Kinds::All),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let (resources, pairs) = split(&call.words, "label")?;
    let change = ops::label::parse_labels(&pairs).map_err(Failure::Text)?;
    check_flags(call, &resources)?;
    let list = call.flags.bool("list");
    if !list {
        change.require("label")?;
    }
    let overwrite = call.flags.bool("overwrite");
    call.words = resources;
    let found = call.find(false)?;
    let single = found.objects.len() == 1;
    let mut failures = found.failures;
    for object in &found.objects {
        if !list {
            let report = ops::label::label(&mut call.job, object, &change, overwrite);
            call.tell(report, &mut failures);
            continue;
        }
        match ops::label::change_labels(&object.meta().labels, &change, overwrite) {
            Err(taken) => failures.extend(taken.into_iter().map(Failure::Text)),
            Ok((labels, _)) => print_list(call, object, "labels", &labels, single),
        }
    }
    Failure::collect(failures)
}
