//! Which objects the words of a command mean: `ds agent`, `ds/agent pod/x`, `ds,pods -l app=agent`, `nodes --all`.
//!
//! Models: cli-runtime/pkg/resource/builder.go.

use super::error::Failure;
use super::selector::{FieldSelector, LabelQuery};
use crate::api::go::quote;
use crate::api::kinds::{self, KindInfo};
use crate::api::object::{Key, Kind, Object};
use crate::api::status::{Reason, Status};
use crate::apiserver::{ApiServer, DeleteOptions, Deletion};
use crate::client::Client;

/// The kinds that `kubectl get all` lists.
const ALL: &[&str] = &[
    "pods",
    "replicationcontrollers",
    "services",
    "daemonsets",
    "deployments",
    "replicasets",
    "statefulsets",
    "horizontalpodautoscalers",
    "cronjobs",
    "jobs",
];

/// A kind that objects are stored under.
pub fn stored_kind(info: &KindInfo) -> Kind {
    let same = |kind: &Kind| {
        *kind != Kind::Generic && kind.name() == info.kind && kind.api_version() == info.api_version
    };
    Kind::ALL.into_iter().find(same).unwrap_or(Kind::Generic)
}

pub fn key(info: &KindInfo, namespace: &str, name: &str) -> Key {
    let namespace = if info.namespaced { namespace } else { "" };
    match stored_kind(info) {
        Kind::Generic => Key::new(namespace, &format!("{}/{name}", info.kind)),
        _ => Key::new(namespace, name),
    }
}

/// The kind that a word means.
pub fn find(word: &str) -> Result<&'static KindInfo, Failure> {
    kinds::by_resource(word).ok_or_else(|| {
        let name = word.split('.').next().unwrap_or(word);
        Failure::Text(format!(
            "the server doesn't have a resource type {name}",
            name = quote(name)
        ))
    })
}

pub fn get(
    server: &ApiServer,
    info: &KindInfo,
    namespace: &str,
    name: &str,
) -> Result<Object, Status> {
    server
        .get_object(stored_kind(info), &key(info, namespace, name))
        .ok_or_else(|| Status::not_found(&info.resource(), name))
}

/// The objects of a kind, by namespace and name; `None` means all namespaces.
pub fn list(server: &ApiServer, info: &KindInfo, namespace: Option<&str>) -> Vec<Object> {
    let mut objects = server.list_objects(stored_kind(info));
    objects.retain(|object| {
        let same_kind = object.kind() != Kind::Generic || object.kind_name() == info.kind;
        let in_namespace = !info.namespaced
            || namespace.is_none_or(|namespace| object.meta().namespace == namespace);
        same_kind && in_namespace
    });
    objects
}

pub fn delete(
    client: &mut Client<'_>,
    object: &Object,
    options: &DeleteOptions,
) -> Result<Deletion, Status> {
    client
        .delete_object(object.kind(), &object.key(), options)
        .map_err(|status| renamed(status, object))
}

/// Objects that aren't simulated are stored as `Kind/name`; messages name them as themselves.
fn renamed(mut status: Status, object: &Object) -> Status {
    if object.kind() == Kind::Generic
        && let Some(info) = kinds::of(object)
    {
        let stored = object.key();
        status.message = status.message.replace(
            &format!("\"{}\"", stored.name),
            &format!("\"{}\"", object.meta().name),
        );
        status.message = status
            .message
            .replace("objects \"", &format!("{} \"", info.resource()));
    }
    status
}

/// Kind with group in lower case, as results name it: `daemonset.apps`.
pub fn kind_word(info: &KindInfo) -> String {
    info.qualified_kind().to_ascii_lowercase()
}

/// A resource as Go prints it: `apps/v1, Resource=daemonsets`, `/v1, Resource=pods`.
pub fn long_name(info: &KindInfo) -> String {
    let slash = if info.group().is_empty() { "/" } else { "" };
    format!("{slash}{}, Resource={}", info.api_version, info.plural)
}

/// How kubectl names the object of a failed request: resource, kind, name, namespace.
pub fn describe_target(info: &KindInfo, namespace: &str, name: &str) -> String {
    let slash = if info.group().is_empty() { "/" } else { "" };
    let namespace = if info.namespaced { namespace } else { "" };
    format!(
        "Resource: {:?}, GroupVersionKind: \"{slash}{}, Kind={}\"\nName: {name}, Namespace: {namespace}",
        long_name(info),
        info.api_version,
        info.kind,
        name = quote(name),
        namespace = quote(namespace)
    )
}

/// `daemonset.apps/agent`
pub fn full_name(object: &Object) -> String {
    match kinds::of(object) {
        Some(info) => format!("{}/{}", kind_word(info), object.meta().name),
        None => format!(
            "{}/{}",
            object.kind_name().to_ascii_lowercase(),
            object.meta().name
        ),
    }
}

pub fn info_of(object: &Object) -> &'static KindInfo {
    // Every object in the store came through the table of kinds.
    kinds::of(object).unwrap_or(&kinds::KINDS[0])
}

/// The objects that the words name.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// Whole kinds; `all` makes the result carry the kind in its names.
    Kinds(Vec<&'static KindInfo>),
    Names(Vec<(&'static KindInfo, String)>),
}

#[derive(Clone, Debug, Default)]
pub struct Query {
    pub namespace: String,
    pub all_namespaces: bool,
    /// `-l`, as typed; the server reads it.
    pub labels: String,
    /// `--field-selector`, as typed.
    pub fields: String,
    /// `--all`, or a command such as `get` for which a kind alone is enough.
    pub all: bool,
}

/// Objects that were found, and why others weren't.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub objects: Vec<Object>,
    pub failures: Vec<Failure>,
    /// Named one by one.
    pub by_name: bool,
    /// The kinds that were asked for, in order.
    pub kinds: Vec<&'static KindInfo>,
}

impl Found {
    /// For commands that act on nothing when anything is missing.
    pub fn all_or_failure(self) -> Result<Vec<Object>, Failure> {
        Failure::collect(self.failures)?;
        Ok(self.objects)
    }
}

fn kinds_of_word(word: &str) -> Result<Vec<&'static KindInfo>, Failure> {
    let mut kinds: Vec<&'static KindInfo> = Vec::new();
    for part in word.split(',') {
        if part == "all" {
            kinds.extend(ALL.iter().filter_map(|name| kinds::by_resource(name)));
        } else {
            kinds.push(find(part)?);
        }
    }
    Ok(kinds)
}

/// Models: builder.go, ResourceTypeOrNameArgs.
pub fn parse(words: &[String]) -> Result<Words, Failure> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.iter().any(|word| word.contains('/')) {
        let mut names = Vec::new();
        for word in &words {
            let Some((kind, name)) = word.split_once('/') else {
                return Err(Failure::text(
                    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
                ));
            };
            if name.contains('/') {
                return Err(Failure::text(
                    "arguments in resource/name form may not have more than one slash",
                ));
            }
            if kind.is_empty() || name.is_empty() {
                return Err(Failure::text(
                    "arguments in resource/name form must have a single resource and name",
                ));
            }
            if kind.contains(',') {
                return Err(Failure::text(
                    "arguments in resource/name form may not have more than one resource",
                ));
            }
            names.push((find(kind)?, name.to_owned()));
        }
        return Ok(Words::Names(names));
    }
    match words.as_slice() {
        [] => Err(Failure::text("Required resource not specified.")),
        [kinds] => Ok(Words::Kinds(kinds_of_word(kinds)?)),
        [kinds, names @ ..] => {
            let kinds = kinds_of_word(kinds)?;
            let pairs = kinds
                .iter()
                .flat_map(|info| names.iter().map(|name| (*info, (*name).to_owned())));
            Ok(Words::Names(pairs.collect()))
        }
    }
}

/// The objects of a kind that the selectors choose.
fn selected(
    server: &ApiServer,
    info: &KindInfo,
    namespace: Option<&str>,
    query: &Query,
) -> Result<Vec<Object>, String> {
    let labels = LabelQuery::parse(&query.labels)?;
    let fields = FieldSelector::parse(&query.fields)?;
    fields.check(info)?;
    let mut objects = list(server, info, namespace);
    objects.retain(|object| labels.matches(&object.meta().labels) && fields.matches(object));
    Ok(objects)
}

/// Models: cli-runtime/pkg/resource/helper.go, EnhanceListError.
fn cannot_list(info: &KindInfo, query: &Query, why: &str) -> Failure {
    let message = format!(
        "Unable to find {:?} that match label selector {:?}, field selector {:?}: {why}",
        long_name(info),
        query.labels,
        query.fields
    );
    Status::new(Reason::BadRequest, message).into()
}

/// Looks the objects up.
pub fn resolve(server: &ApiServer, words: &Words, query: &Query) -> Result<Found, Failure> {
    let mut found = Found::default();
    match words {
        Words::Names(names) => {
            if !query.labels.is_empty() || !query.fields.is_empty() {
                return Err(Failure::text(
                    "name cannot be provided when a selector is specified",
                ));
            }
            found.by_name = true;
            if query.all_namespaces {
                return Err(Failure::text(
                    "a resource cannot be retrieved by name across all namespaces",
                ));
            }
            for (info, name) in names {
                if !found.kinds.contains(info) {
                    found.kinds.push(info);
                }
                match get(server, info, &query.namespace, name) {
                    Ok(object) => found.objects.push(object),
                    Err(status) => found.failures.push(status.into()),
                }
            }
        }
        Words::Kinds(kinds) => {
            if query.labels.is_empty() && query.fields.is_empty() && !query.all {
                return Err(Failure::text(
                    "resource(s) were provided, but no name was specified",
                ));
            }
            found.kinds.clone_from(kinds);
            for info in kinds {
                let namespace = (!query.all_namespaces).then_some(query.namespace.as_str());
                match selected(server, info, namespace, query) {
                    Ok(objects) => found.objects.extend(objects),
                    Err(why) => found.failures.push(cannot_list(info, query, &why)),
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(line: &str, expect: Expect) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let text = match parse(&words) {
            Ok(Words::Kinds(kinds)) => kinds
                .iter()
                .map(|info| info.resource())
                .collect::<Vec<_>>()
                .join(" "),
            Ok(Words::Names(names)) => names
                .iter()
                .map(|(info, name)| format!("{}/{name}", kind_word(info)))
                .collect::<Vec<_>>()
                .join(" "),
            Err(failure) => failure.report().0,
        };
        expect.assert_eq(&text);
    }

    #[test]
    fn words_to_objects() {
        check("ds", expect!["daemonsets.apps"]);
        check("ds,pods,no", expect!["daemonsets.apps pods nodes"]);
        check("ds a b", expect!["daemonset.apps/a daemonset.apps/b"]);
        check("ds/a po/b", expect!["daemonset.apps/a pod/b"]);
        check("ds,po a", expect!["daemonset.apps/a pod/a"]);
        check(
            "foo",
            expect![[r#"
            error: the server doesn't have a resource type "foo"
        "#]],
        );
        check(
            "foo.apps/x",
            expect![[r#"
            error: the server doesn't have a resource type "foo"
        "#]],
        );
        check(
            "ds/a b",
            expect![[r#"
                error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'
            "#]],
        );
        check(
            "ds ds/a",
            expect![[r#"
            error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'
        "#]],
        );
        check(
            "ds/",
            expect![[r#"
            error: arguments in resource/name form must have a single resource and name
        "#]],
        );
    }
}
