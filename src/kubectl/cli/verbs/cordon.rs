//! `kubectl cordon`.
//!
//! Models: kubectl/pkg/cmd/drain/drain.go.

use crate::api::go::quote;
use crate::api::node::Node;
use crate::api::object::Object;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DRY_RUN, SELECTOR, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;
use crate::kubectl::resource;
use std::rc::Rc;

pub const VERB: Verb = Verb {
    path: "cordon",
    aliases: &[],
    usage: "NODE",
    about: "Mark nodes as unschedulable",
    flags: &[SELECTOR, DRY_RUN],
    run,
    complete: Complete::Names("nodes"),
};

fn run(call: &mut Call<'_>) -> Outcome {
    set_unschedulable(call, true)
}

/// The work of `cordon` and `uncordon`.
pub fn set_unschedulable(call: &mut Call<'_>, on: bool) -> Outcome {
    for node in nodes(call)? {
        let done = ops::cordon::cordon(&mut call.client(), &node, on)?;
        call.print_done(&done)?;
    }
    Ok(())
}

/// The nodes that words or `--selector` of `cordon`, `uncordon` and `drain` name.
pub fn nodes(call: &mut Call<'_>) -> Result<Vec<Rc<Node>>, Failure> {
    let selector = !call.flags.text("selector").is_empty();
    if call.words.is_empty() && !selector {
        return Err(call.usage(&format!("USAGE: {} NODE [flags]", call.verb.path)));
    }
    if !call.words.is_empty() && selector {
        return Err(call.usage("error: cannot specify both a node name and a --selector option"));
    }
    let typed = call.words.iter().map(|word| match word.contains('/') {
        true => word.clone(),
        false => format!("nodes/{word}"),
    });
    call.words = if selector {
        vec!["nodes".to_owned()]
    } else {
        typed.collect()
    };
    let objects = call.find(false)?.all_or_failure()?;
    let mut nodes = Vec::new();
    for object in objects {
        match object {
            Object::Node(node) => nodes.push(node),
            other => {
                let long = resource::long_name(resource::info_of(&other));
                return Err(Failure::Text(format!(
                    "expected resource of type node, got {long}",
                    long = quote(&long)
                )));
            }
        }
    }
    Ok(nodes)
}
