//! Words such as `key=value` and `key-` behind the objects of `label`, `annotate` and `set`.

use super::Call;
use super::flags::Flag;
use super::verb::{
    ALL, ALL_NAMESPACES, DRY_RUN, FIELDS, FILENAME, KUSTOMIZE, LIST, LOCAL, MANAGED, MANAGER,
    MISSING_KEYS, OUTPUT, OVERWRITE, RECURSIVE, RESOURCE_VERSION, SELECTOR, TEMPLATE,
};
use crate::api::meta::StringMap;
use crate::api::object::Object;
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::resource;

/// Flags of `label` and `annotate`.
pub const FLAGS: &[Flag] = &[
    FILENAME,
    RECURSIVE,
    KUSTOMIZE,
    OUTPUT,
    SELECTOR,
    FIELDS,
    ALL,
    ALL_NAMESPACES,
    DRY_RUN,
    MANAGER,
    TEMPLATE,
    MANAGED,
    MISSING_KEYS,
    LOCAL,
    LIST,
    OVERWRITE,
    RESOURCE_VERSION,
];

/// Splits words into resources and pairs.
///
/// Models: cmd/util/helpers.go, GetResourcesAndPairs.
pub fn split(words: &[String], kind: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    let is_pair = |word: &str| {
        (word.contains('=') && !word.starts_with('=')) || (word.ends_with('-') && word != "-")
    };
    let (mut resources, mut pairs) = (Vec::new(), Vec::new());
    for word in words {
        if is_pair(word) {
            pairs.push(word.clone());
        } else if pairs.is_empty() {
            resources.push(word.clone());
        } else {
            return Err(Failure::Text(format!(
                "all resources must be specified before {kind} changes: {word}"
            )));
        }
    }
    Ok((resources, pairs))
}

/// `--list`: the labels or annotations as they would be.
pub fn print_list(
    call: &mut Call<'_>,
    object: &Object,
    what: &str,
    list: &StringMap,
    single: bool,
) {
    let info = resource::info_of(object);
    if !single {
        let name = &object.meta().name;
        call.print(&format!(
            "Listing {what} for {}.{}/{name}:",
            info.kind,
            info.group()
        ));
    }
    let indent = if single { "" } else { " " };
    for (key, value) in list {
        call.print(&format!("{indent}{key}={value}"));
    }
}

pub fn check_flags(call: &Call<'_>, resources: &[String]) -> Outcome {
    if call.flags.bool("list") && !call.flags.text("output").is_empty() {
        return Err(Failure::text(
            "--list and --output may not be specified together",
        ));
    }
    if call.flags.bool("all") && !call.flags.text("selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --selector at the same time",
        ));
    }
    if call.flags.bool("all") && !call.flags.text("field-selector").is_empty() {
        return Err(Failure::text(
            "cannot set --all and --field-selector at the same time",
        ));
    }
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    Ok(())
}
