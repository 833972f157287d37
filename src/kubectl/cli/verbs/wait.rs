//! `kubectl wait --for=…`.
//!
//! Models: kubectl/pkg/cmd/wait.

use crate::api::go::quote;
use crate::api::object::Object;
use crate::api::status::Reason;
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag};
use crate::kubectl::cli::print;
use crate::kubectl::cli::verb::{
    ALL, ALL_NAMESPACES, Complete, FIELDS, FILENAME, Kinds, LOCAL, MANAGED, MISSING_KEYS, OUTPUT,
    RECURSIVE, SELECTOR, TEMPLATE, Verb,
};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::jsonpath;
use crate::kubectl::jsonpath::Template;
use crate::kubectl::resource;
use serde_json::Value;
use std::collections::VecDeque;

pub const VERB: Verb = Verb {
    path: "wait",
    aliases: &[],
    usage: "TYPE NAME --for=CONDITION",
    about: "Wait for a condition",
    flags: &[
        FILENAME,
        RECURSIVE,
        OUTPUT,
        SELECTOR,
        FIELDS,
        ALL,
        ALL_NAMESPACES,
        LOCAL,
        TEMPLATE,
        MANAGED,
        MISSING_KEYS,
        flag("for", Takes::List, "").one_of(&["condition=Ready", "create", "delete", "jsonpath="]),
        flag("timeout", Takes::Duration, "30s"),
    ],
    run,
    complete: Complete::Objects(Kinds::All),
};

/// The condition that ends the wait.
enum Condition {
    Delete,
    Create,
    /// Type and wanted status.
    Status(String, String),
    /// A path and the wanted value; none: any value.
    Json(Template, Option<String>),
}

fn parse(text: &str) -> Result<Condition, Failure> {
    if text.eq_ignore_ascii_case("delete") {
        return Ok(Condition::Delete);
    }
    if text.eq_ignore_ascii_case("create") {
        return Ok(Condition::Create);
    }
    if let Some(condition) = text.strip_prefix("condition=") {
        let (name, status) = condition.split_once('=').unwrap_or((condition, "true"));
        return Ok(Condition::Status(name.to_owned(), status.to_owned()));
    }
    if let Some(path) = text.strip_prefix("jsonpath=") {
        let path = path.trim_matches(['\'', '"']);
        let (path, wanted) = match path
            .find('}')
            .and_then(|end| path.split_at_checked(end + 1))
        {
            Some((path, rest)) => (path, rest.strip_prefix('=')),
            None => match path.split_once('=') {
                Some((path, wanted)) => (path, Some(wanted)),
                None => (path, None),
            },
        };
        if wanted == Some("") {
            return Err(Failure::text(
                "jsonpath wait has to have a value after equal sign",
            ));
        }
        let bad = || {
            Failure::text(
                "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
            )
        };
        let template =
            Template::parse(&print::relaxed(path).ok_or_else(bad)?).map_err(Failure::Text)?;
        return Ok(Condition::Json(
            template,
            wanted.map(|wanted| wanted.trim_matches(['\'', '"']).to_owned()),
        ));
    }
    Err(Failure::Text(format!(
        "unrecognized condition: {text}",
        text = quote(text)
    )))
}

impl Condition {
    fn met(&self, live: Option<&Object>) -> Result<bool, Failure> {
        Ok(match (self, live) {
            (Condition::Delete, live) => live.is_none(),
            (Condition::Create, live) => live.is_some(),
            (_, None) => false,
            (Condition::Status(name, wanted), Some(object)) => {
                let value = object.to_value();
                let conditions = value
                    .pointer("/status/conditions")
                    .and_then(Value::as_array);
                conditions.into_iter().flatten().any(|condition| {
                    let text = |key: &str| condition.get(key).and_then(Value::as_str).unwrap_or("");
                    text("type").eq_ignore_ascii_case(name)
                        && text("status").eq_ignore_ascii_case(wanted)
                })
            }
            (Condition::Json(template, wanted), Some(object)) => {
                let value = object.to_value();
                match (template.values(&value).as_slice(), wanted) {
                    ([], _) => false,
                    ([_], None) => true,
                    ([one], Some(wanted)) => {
                        if matches!(one, Value::Object(_) | Value::Array(_)) {
                            return Err(Failure::text(
                                "jsonpath leads to a nested object or list which is not supported",
                            ));
                        }
                        jsonpath::to_text(one) == *wanted
                    }
                    _ => {
                        return Err(Failure::text(
                            "given jsonpath expression matches more than one value",
                        ));
                    }
                }
            }
        })
    }
}

fn run(call: &mut Call<'_>) -> Outcome {
    let conditions: Result<Vec<Condition>, Failure> = match call.flags.list("for") {
        [] => Err(Failure::text("unrecognized condition: \"\"")),
        list => list.iter().map(|text| parse(text)).collect(),
    };
    let conditions = conditions?;
    call.require_any_object()?;
    // 0 is one look, a negative time is a week.
    let timeout = call.flags.duration("timeout");
    let waits_for_creation = matches!(conditions.as_slice(), [Condition::Create]);
    let mut waiting: Option<Waiting> = None;
    call.wait_until(Some(timeout), move |call| {
        if waiting.is_none() {
            if waits_for_creation && !is_created(call) {
                return call
                    .is_over()
                    .then(|| Err(Failure::text("timed out waiting for the condition")));
            }
            match Waiting::find(call, &conditions) {
                Ok(found) => waiting = Some(found),
                Err(failure) => return Some(Err(failure)),
            }
        }
        waiting
            .as_mut()
            .and_then(|waiting| waiting.look(call, &conditions))
    })
}

fn is_created(call: &mut Call<'_>) -> bool {
    call.find(false)
        .is_ok_and(|found| found.failures.is_empty() && !found.objects.is_empty())
}

/// The objects that are waited for, one after the other.
struct Waiting {
    objects: VecDeque<Object>,
    failures: Vec<Failure>,
}

impl Waiting {
    fn find(call: &mut Call<'_>, conditions: &[Condition]) -> Result<Waiting, Failure> {
        let found = call.find(false)?;
        let mut failures = found.failures;
        if let [Condition::Delete] = conditions {
            // A named object that isn't there fulfils the condition.
            failures.retain(|failure| !matches!(failure, Failure::Server { status, .. } if status.reason == Reason::NotFound));
        }
        let is_gone = matches!(conditions, [Condition::Delete]) && found.by_name;
        if found.objects.is_empty() && failures.is_empty() && !is_gone {
            return Err(Failure::text("no matching resources found"));
        }
        Ok(Waiting {
            objects: found.objects.into(),
            failures,
        })
    }

    fn look(&mut self, call: &mut Call<'_>, conditions: &[Condition]) -> Option<Outcome> {
        while let Some(object) = self.objects.front() {
            let live = call
                .live(object)
                .filter(|live| live.meta().uid == object.meta().uid);
            let met = conditions.iter().try_fold(true, |all, condition| {
                Ok(all && condition.met(live.as_ref())?)
            });
            match met {
                Ok(true) => {
                    if let Err(failure) = call.print_result(object, "condition met") {
                        return Some(Err(failure));
                    }
                }
                Err(failure) => self.failures.push(failure),
                Ok(false) if call.is_over() => {
                    let info = resource::info_of(object);
                    self.failures.push(Failure::Text(format!(
                        "timed out waiting for the condition on {}/{}",
                        info.plural,
                        object.meta().name
                    )));
                }
                Ok(false) => return None,
            }
            self.objects.pop_front();
        }
        Some(Failure::collect(std::mem::take(&mut self.failures)))
    }
}
