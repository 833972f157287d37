//! `kubectl api-resources`.

use crate::api::kinds::KindInfo;
use crate::api::kinds::{KINDS, kind};
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{Complete, OUTPUT, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::tabs;
use crate::sim::sort::Order;

pub const VERB: Verb = Verb {
    path: "api-resources",
    aliases: &[],
    usage: "",
    about: "List the kinds of objects",
    flags: &[
        OUTPUT,
        flag("api-group", Takes::Text, ""),
        flag("cached", Takes::Bool, "false"),
        flag("categories", Takes::List, ""),
        flag("namespaced", Takes::Bool, "true"),
        flag("no-headers", Takes::Bool, "false"),
        flag("sort-by", Takes::Text, ""),
        flag("verbs", Takes::List, ""),
    ],
    run,
    complete: Complete::Nothing,
};

/// Kinds that a server also lists, though nothing of them can be kept.
pub const REVIEWS: &[KindInfo] = &[
    kind("v1", "Binding", "bindings", &[], true),
    kind("v1", "ComponentStatus", "componentstatuses", &["cs"], false),
    kind(
        "authentication.k8s.io/v1",
        "SelfSubjectReview",
        "selfsubjectreviews",
        &[],
        false,
    ),
    kind(
        "authentication.k8s.io/v1",
        "TokenReview",
        "tokenreviews",
        &[],
        false,
    ),
    kind(
        "authorization.k8s.io/v1",
        "LocalSubjectAccessReview",
        "localsubjectaccessreviews",
        &[],
        true,
    ),
    kind(
        "authorization.k8s.io/v1",
        "SelfSubjectAccessReview",
        "selfsubjectaccessreviews",
        &[],
        false,
    ),
    kind(
        "authorization.k8s.io/v1",
        "SelfSubjectRulesReview",
        "selfsubjectrulesreviews",
        &[],
        false,
    ),
    kind(
        "authorization.k8s.io/v1",
        "SubjectAccessReview",
        "subjectaccessreviews",
        &[],
        false,
    ),
];

fn run(call: &mut Call<'_>) -> Outcome {
    if !call.words.is_empty() {
        return Err(call.usage(&format!("unexpected arguments: [{}]", call.words.join(" "))));
    }
    let group = call
        .flags
        .has("api-group")
        .then(|| call.flags.text("api-group").to_owned());
    let namespaced = call
        .flags
        .has("namespaced")
        .then(|| call.flags.bool("namespaced"));
    let mut kinds: Vec<&KindInfo> = KINDS.iter().chain(REVIEWS).collect();
    // The preferred version of a kind is the last one in the table.
    kinds.retain(|info| info.api_version != "autoscaling/v1");
    kinds.retain(|info| group.as_ref().is_none_or(|group| info.group() == group));
    kinds.retain(|info| namespaced.is_none_or(|namespaced| info.namespaced == namespaced));
    kinds.order_by_key(|info| (info.group(), info.plural));
    match call.flags.text("output") {
        "name" => {
            for info in kinds {
                call.print(&info.resource());
            }
        }
        "" | "wide" => {
            let mut text = String::new();
            if !call.flags.bool("no-headers") {
                text.push_str("NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND\n");
            }
            for info in kinds {
                let short = info.short.join(",");
                text.push_str(&format!(
                    "{}\t{short}\t{}\t{}\t{}\n",
                    info.plural, info.api_version, info.namespaced, info.kind
                ));
            }
            call.put(&tabs::align(&text, 6, 3));
        }
        other => return Err(Failure::Text(format!("--output {other} is not available"))),
    }
    Ok(())
}
