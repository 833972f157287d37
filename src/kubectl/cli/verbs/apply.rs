//! `kubectl apply`: of each file, all objects in order; and `apply view-last-applied`.
//!
//! Differs: `--server-side` does what the client does; only its word is printed.

use crate::api::json;
use crate::api::yaml;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::print;
use crate::kubectl::cli::verb::{
    ALL, CASCADE, Complete, DRY_RUN, FILENAME, FORCE, GRACE, KUSTOMIZE, MANAGED, MANAGER,
    MISSING_KEYS, OUTPUT, RECURSIVE, SELECTOR, TEMPLATE, TIMEOUT, VALIDATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::job::Dry;
use crate::kubectl::ops::apply::{LAST_APPLIED, Options, apply_text};
use serde_json::Value;

pub const VERB: Verb = Verb {
    path: "apply",
    aliases: &[],
    usage: "-f FILENAME",
    about: "Make the cluster hold what a manifest says",
    flags: &[
        FILENAME,
        RECURSIVE,
        KUSTOMIZE,
        OUTPUT,
        SELECTOR,
        ALL,
        DRY_RUN,
        MANAGER,
        VALIDATE,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        CASCADE,
        GRACE,
        FORCE,
        TIMEOUT,
        flag("force-conflicts", Takes::Bool, "false"),
        flag("openapi-patch", Takes::Bool, "true"),
        flag("overwrite", Takes::Bool, "true"),
        flag("prune", Takes::Bool, "false"),
        flag("prune-allowlist", Takes::List, ""),
        flag("server-side", Takes::Bool, "false"),
        flag("wait", Takes::Bool, "false"),
    ],
    run,
    complete: Complete::Nothing,
};

fn run(call: &mut Call<'_>) -> Outcome {
    match call.words.first().map(String::as_str) {
        None => {}
        Some("view-last-applied") => return view_last_applied(call),
        Some(word) => {
            return Err(Failure::Text(
                format!(
                    "Unexpected args: {:?}\nSee 'kubectl apply -h' for help and examples",
                    [word]
                )
                .replace("[\"", "[")
                .replace("\"]", "]"),
            ));
        }
    }
    if call.flags.list("filename").is_empty() && !call.flags.has("kustomize") {
        return Err(Failure::text("must specify one of -f and -k"));
    }
    if call.flags.bool("server-side") && call.dry == Dry::Client {
        return Err(Failure::text(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    let (namespace, enforce_namespace) = call.manifest_namespace();
    let options = Options {
        namespace: &namespace,
        enforce_namespace,
        suffix: call.dry_suffix(),
        force: call.flags.bool("force"),
    };
    let mut failures = Vec::new();
    let mut objects = Vec::new();
    for (text, source) in call.texts()? {
        let (applied, failed) = apply_text(&mut call.client(), &text, &source, &options);
        for warning in &applied.warnings {
            call.warn(warning);
        }
        if call.flags.text("output").is_empty() {
            for line in &applied.lines {
                let line = if call.flags.bool("server-side") {
                    server_side(line)
                } else {
                    line.clone()
                };
                call.print(&line);
            }
        }
        for (line, object) in applied.lines.iter().zip(&applied.objects) {
            let word = line.split(' ').nth(1).unwrap_or("");
            objects.push(call.as_answered(object, word));
        }
        failures.extend(failed);
    }
    if !call.flags.text("output").is_empty() && !objects.is_empty() {
        print::objects(call, &objects, objects.len() > 1)?;
    }
    Failure::collect(failures)
}

/// The word of `--server-side` in place of the client's.
fn server_side(line: &str) -> String {
    match line.split_once(' ') {
        Some((name, _)) => format!("{name} serverside-applied"),
        None => line.to_owned(),
    }
}

fn view_last_applied(call: &mut Call<'_>) -> Outcome {
    call.words.remove(0);
    let json = call.flags.text("output") == "json";
    for object in call.find(false)?.all_or_failure()? {
        // Upstream's complaint about an object without gets lost.
        let Some(text) = object.meta().annotations.get(LAST_APPLIED) else {
            return Ok(());
        };
        let value: Value = json::parse(text.as_bytes()).unwrap_or_default();
        if json {
            let text = print::pretty_json(&value);
            call.print(&text);
        } else {
            call.out.stdout.push_str(&yaml::to_string(&value));
        }
    }
    Ok(())
}
