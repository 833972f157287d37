//! What kubectl says about itself and the server: versions, kinds, help; and `kubectl events`, `top`.

use super::error::{Failure, Outcome};
use super::{Call, duration, resource, tabs, verbs};
use crate::api::go::quote;
use crate::api::kinds::{KINDS, KindInfo, kind};
use crate::api::object::Object;
use crate::api::yaml;
use crate::sim::sort::Order;
use serde::Serialize;

/// The release whose behaviour is simulated.
pub const VERSION: &str = "v1.36.2";
const KUSTOMIZE: &str = "v5.8.1";

/// What a server also lists, though nothing of these kinds can be kept.
const REVIEWS: &[KindInfo] = &[
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

/// Models: apimachinery's version.Info, without what only a build has: commit, date, Go version.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    major: &'static str,
    minor: &'static str,
    git_version: &'static str,
    git_tree_state: &'static str,
    compiler: &'static str,
    platform: &'static str,
}

impl Default for Release {
    fn default() -> Release {
        Release {
            major: "1",
            minor: "36",
            git_version: VERSION,
            git_tree_state: "clean",
            compiler: "gc",
            platform: "linux/amd64",
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    client_version: Release,
    kustomize_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_version: Option<Release>,
}

pub fn version(call: &mut Call<'_>) -> Outcome {
    if !call.words.is_empty() {
        return Err(Failure::Text(format!(
            "extra arguments: [{}]",
            call.words.join(" ")
        )));
    }
    let client_only = call.flags.bool("client");
    let versions = Versions {
        client_version: Release::default(),
        kustomize_version: KUSTOMIZE,
        server_version: (!client_only).then(Release::default),
    };
    match call.flags.text("output") {
        "" => {
            call.print(&format!("Client Version: {VERSION}"));
            call.print(&format!("Kustomize Version: {KUSTOMIZE}"));
            if !client_only {
                call.print(&format!("Server Version: {VERSION}"));
            }
        }
        "yaml" => {
            let text = yaml::to_string(&serde_json::to_value(&versions).unwrap_or_default());
            call.put(&text);
        }
        "json" => {
            call.print(&serde_json::to_string_pretty(&versions).unwrap_or_default());
        }
        _ => return Err(Failure::text("--output must be 'yaml' or 'json'")),
    }
    Ok(())
}

pub fn cluster_info(call: &mut Call<'_>) -> Outcome {
    call.print("Kubernetes control plane is simulated in this page\n\nNothing leaves it: there is no address to connect to.");
    Ok(())
}

pub fn api_resources(call: &mut Call<'_>) -> Outcome {
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

pub fn api_versions(call: &mut Call<'_>) -> Outcome {
    let mut versions: Vec<&str> = KINDS
        .iter()
        .chain(REVIEWS)
        .map(|info| info.api_version)
        .collect();
    versions.order();
    versions.dedup();
    for version in versions {
        call.print(version);
    }
    Ok(())
}

/// There is no metrics server.
pub fn top(_call: &mut Call<'_>) -> Outcome {
    Err(Failure::text("Metrics API not available"))
}

fn subcommands(call: &mut Call<'_>, name: &str) -> Outcome {
    if let Some(word) = call.words.first() {
        return Err(Failure::Text(format!(
            "unknown command {word}\nSee 'kubectl {name} -h' for help and examples",
            word = quote(word)
        )));
    }
    // Without a subcommand the help goes to stderr, and that is a failure.
    let text = verbs::named(name).map_or_else(String::new, verbs::help);
    Err(Failure::Exit { code: 1, text })
}

pub fn rollout_usage(call: &mut Call<'_>) -> Outcome {
    subcommands(call, "rollout")
}

pub fn set_usage(call: &mut Call<'_>) -> Outcome {
    subcommands(call, "set")
}

pub fn top_usage(call: &mut Call<'_>) -> Outcome {
    subcommands(call, "top")
}

pub fn options(call: &mut Call<'_>) -> Outcome {
    call.print("The following options can be passed to any command:\n");
    for flag in super::flags::GLOBAL {
        let letter = flag
            .short
            .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        call.print(&format!("    {letter}--{}", flag.name));
    }
    Ok(())
}

pub fn help(call: &mut Call<'_>) -> Outcome {
    if !call.words.is_empty() {
        let path = call.words.join(" ");
        let verb = verbs::named(&path).ok_or_else(|| {
            Failure::Text(format!(
                "unknown command {path} for \"kubectl\"",
                path = quote(&path)
            ))
        })?;
        let text = verbs::help(verb);
        call.put(&text);
        return Ok(());
    }
    call.print("kubectl controls the simulated cluster.\n\nCommands:");
    for verb in verbs::VERBS.iter().filter(|verb| !verb.path.contains(' ')) {
        call.print(&format!("  {:<15} {}", verb.path, verb.about));
    }
    call.print("\nUse \"kubectl <command> --help\" for more about a command.");
    Ok(())
}

/// `kubectl events`: by time, with the count in LAST SEEN.
///
/// Models: kubectl/pkg/cmd/events.
pub fn events(call: &mut Call<'_>) -> Outcome {
    let about = match call.flags.text("for") {
        "" => None,
        text => {
            let (kind, name) = text
                .split_once('/')
                .ok_or_else(|| Failure::text("--for must be in resource/name form"))?;
            Some((resource::find(kind)?.kind, name.to_owned()))
        }
    };
    let types = call.flags.words("types");
    if types
        .iter()
        .any(|type_| !matches!(type_.to_ascii_lowercase().as_str(), "normal" | "warning"))
    {
        return Err(Failure::text("valid --types are Normal or Warning"));
    }
    let all = call.flags.bool("all-namespaces");
    let namespace = call.namespace();
    let now = call.time();
    let mut events: Vec<_> = call.host.client().server.events.iter().cloned().collect();
    events.retain(|event| {
        (all || event.metadata.namespace == namespace)
            && about.as_ref().is_none_or(|(kind, name)| {
                event.involved_object.kind == *kind && event.involved_object.name == *name
            })
            && (types.is_empty()
                || types
                    .iter()
                    .any(|type_| type_.eq_ignore_ascii_case(&event.type_)))
    });
    if events.is_empty() {
        if all {
            call.warn("No events found.");
        } else {
            call.warn(&format!("No events found in {namespace} namespace."));
        }
        return Ok(());
    }
    events.order_by_key(|event| {
        (
            event.last_timestamp,
            event.metadata.resource_version.parse::<u64>().unwrap_or(0),
        )
    });
    if !call.flags.text("output").is_empty() {
        let objects: Vec<Object> = events.into_iter().map(Object::Event).collect();
        return super::get::print_objects(call, &objects, true);
    }
    let mut text = String::new();
    let prefix = |namespace: &str| {
        if all {
            format!("{namespace}\t")
        } else {
            String::new()
        }
    };
    if !call.flags.bool("no-headers") {
        text.push_str(&format!(
            "{}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n",
            prefix("NAMESPACE")
        ));
    }
    for event in events {
        let first = duration::since(event.first_timestamp, now);
        let seen = match event.count {
            2.. => format!(
                "{} (x{} over {first})",
                duration::since(event.last_timestamp, now),
                event.count
            ),
            _ => first,
        };
        let about = &event.involved_object;
        text.push_str(&format!(
            "{}{seen}\t{}\t{}\t{}/{}\t{}\n",
            prefix(&event.metadata.namespace),
            event.type_,
            event.reason,
            about.kind,
            about.name,
            event.message.trim().replace('\n', " ")
        ));
    }
    call.put(&tabs::align(&text, 6, 3));
    Ok(())
}
