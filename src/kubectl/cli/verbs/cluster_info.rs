//! `kubectl cluster-info`.

use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::Outcome;

pub const VERB: Verb = Verb {
    path: "cluster-info",
    aliases: &[],
    usage: "",
    about: "Show where the control plane is",
    flags: &[],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    call.print("Kubernetes control plane is simulated in this page\n\nNothing leaves it: there is no address to connect to.");
    Ok(())
}
