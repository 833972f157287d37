//! `kubectl set env`.
//!
//! Models: kubectl/pkg/cmd/set/set_env.go.

use super::set::{objects, split};
use crate::api::go::quote;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::verb::{Complete, DAEMON_SETS, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::ops;

pub const VERB: Verb = Verb {
    path: "set env",
    aliases: &[],
    usage: "TYPE NAME KEY=VALUE ...",
    about: "Change environment variables",
    flags: super::set::FLAGS,
    run,
    complete: Complete::Containers(DAEMON_SETS),
};

fn run(call: &mut Call<'_>) -> Outcome {
    let (resources, mut pairs) = split(&call.words).map_err(|_| {
        Failure::Text(format!(
            "all resources must be specified before environment changes: {}",
            call.words.join(" ")
        ))
    })?;
    pairs.extend(call.flags.list("env").iter().cloned());
    if resources.is_empty() && call.flags.list("filename").is_empty() {
        return Err(Failure::text(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>",
        ));
    }
    let variables = parse(&pairs)?;
    let list = call.flags.bool("list");
    let overwrite = call.flags.bool("overwrite");
    let pattern = call.flags.text("containers").to_owned();
    let mut failures = Vec::new();
    for object in objects(call, resources)? {
        let changed = match ops::set::with_env(&object, &pattern, &variables, overwrite) {
            Ok(Some(changed)) => changed,
            Ok(None) => {
                call.warn(&format!(
                    "Warning: {}/{} does not have any containers matching {pattern}",
                    object.kind_name(),
                    object.meta().name,
                    pattern = quote(&pattern)
                ));
                continue;
            }
            Err(refusals) => {
                failures.extend(refusals);
                continue;
            }
        };
        if list {
            changed.lines.iter().for_each(|line| call.print(line));
        } else {
            let report = ops::set::env(&mut call.client(), &object, changed.object);
            call.tell(report, &mut failures);
        }
    }
    Failure::collect(failures)
}

/// `KEY=VALUE` sets a variable, `KEY-` removes it.
fn parse(pairs: &[String]) -> Result<Vec<(String, Option<String>)>, Failure> {
    for pair in pairs {
        if let Some((key, _)) = pair.split_once('=')
            && !is_plain_env_name(key)
        {
            return Err(Failure::Text(format!(
                "{key} is not a valid key name: {PLAIN_ENV_NAME}",
                key = quote(key)
            )));
        }
    }
    let removed = |key: &str| pairs.iter().any(|pair| pair.strip_suffix('-') == Some(key));
    if pairs
        .iter()
        .any(|pair| pair.split_once('=').is_some_and(|(key, _)| removed(key)))
    {
        return Err(Failure::text(
            "can not both modify and remove the same environment variable in the same command",
        ));
    }
    let variables = pairs.iter().map(|pair| match pair.split_once('=') {
        Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
        None => (pair.trim_end_matches('-').to_owned(), None),
    });
    Ok(variables.collect())
}

const PLAIN_ENV_NAME: &str = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

/// kubectl still refuses names that the server allows by now.
///
/// Models: cmd/set/env/env_parse.go with validation.IsEnvVarName, without its findings about dots.
fn is_plain_env_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    !name.starts_with(|first: char| first.is_ascii_digit()) && name.bytes().all(known)
}
