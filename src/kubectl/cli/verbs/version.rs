//! `kubectl version`.

use crate::api::yaml;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::verb::{Complete, OUTPUT, Verb};
use crate::kubectl::error::{Failure, Outcome};
use serde::Serialize;

pub const VERB: Verb = Verb {
    path: "version",
    aliases: &[],
    usage: "",
    about: "Show the versions of kubectl and the server",
    flags: &[OUTPUT, flag("client", Takes::Bool, "false")],
    run,
    complete: Complete::Nothing,
};

/// The release whose behaviour is simulated.
const VERSION: &str = "v1.36.2";
const KUSTOMIZE_VERSION: &str = "v5.8.1";

/// Models: apimachinery's version.Info, without the fields that only a build has: commit, date, Go version.
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

fn run(call: &mut Call<'_>) -> Outcome {
    if !call.words.is_empty() {
        return Err(Failure::Text(format!(
            "extra arguments: [{}]",
            call.words.join(" ")
        )));
    }
    let client_only = call.flags.bool("client");
    let versions = Versions {
        client_version: Release::default(),
        kustomize_version: KUSTOMIZE_VERSION,
        server_version: (!client_only).then(Release::default),
    };
    match call.flags.text("output") {
        "" => {
            call.print(&format!("Client Version: {VERSION}"));
            call.print(&format!("Kustomize Version: {KUSTOMIZE_VERSION}"));
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
