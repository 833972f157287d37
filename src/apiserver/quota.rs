//! What a namespace allows: ResourceQuota and LimitRange, for the pods of DaemonSets above all.
//!
//! Models: plugin/pkg/admission/resourcequota and limitranger; pkg/quota/v1/evaluator/core/pods.go; the quota controller.
//! Differs: a quota's `status.used` is what is there, at once; of scopes the four about pods are known, the others choose nothing.

use super::{ApiServer, Stored};
use crate::api::core::Generic;
use crate::api::json;
use crate::api::object::{Key, Kind};
use crate::api::pod::{Container, Pod, PodSpec, ResourceList};
use crate::api::pod_needs;
use crate::api::quantity::Quantity;
use crate::api::status::{Reason, Status};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

const ANNOTATION: &str = "kubernetes.io/limit-ranger";

/// The objects of a kind that we only store, in one namespace, by name.
fn of_kind(server: &ApiServer, kind: &str, namespace: &str) -> Vec<Rc<Generic>> {
    let all = server.generics.iter();
    all.filter(|it| it.kind == kind && it.metadata.namespace == namespace)
        .cloned()
        .collect()
}

fn list(value: Option<&Value>) -> ResourceList {
    value
        .and_then(|value| json::read(value.clone()).ok())
        .unwrap_or_default()
}

fn hard(quota: &Generic) -> ResourceList {
    list(quota.body.get("spec").and_then(|spec| spec.get("hard")))
}

/// Whether a quota is about such pods.
fn covers(quota: &Generic, pod: &Pod) -> bool {
    let Some(spec) = quota.body.get("spec") else {
        return false;
    };
    let scopes = spec.get("scopes").and_then(Value::as_array);
    let is_best_effort = super::admission::qos_class(&pod.spec) == "BestEffort";
    let ends = pod.spec.active_deadline_seconds.is_some();
    let holds = |scope: &Value| match scope.as_str() {
        Some("BestEffort") => is_best_effort,
        Some("NotBestEffort") => !is_best_effort,
        Some("Terminating") => ends,
        Some("NotTerminating") => !ends,
        _ => false,
    };
    spec.get("scopeSelector").is_none_or(Value::is_null) && scopes.into_iter().flatten().all(holds)
}

/// A pod's share of a quota.
fn usage(pod: &Pod) -> ResourceList {
    let one = || Quantity::from_i64(1);
    let mut usage = ResourceList::from([("count/pods".to_owned(), one())]);
    if pod.is_terminal() {
        return usage;
    }
    usage.insert("pods".to_owned(), one());
    for (name, amount) in pod_needs::totals(&pod.spec, false) {
        if matches!(&*name, "cpu" | "memory" | "ephemeral-storage") {
            usage.insert(name.clone(), amount.clone());
        }
        usage.insert(format!("requests.{name}"), amount);
    }
    for (name, amount) in pod_needs::totals(&pod.spec, true) {
        usage.insert(format!("limits.{name}"), amount);
    }
    usage
}

/// The part of a quota that is used now.
fn used(server: &ApiServer, quota: &Generic) -> ResourceList {
    let namespace = &quota.metadata.namespace;
    let mut used = ResourceList::new();
    let pods = server.pods.iter();
    for pod in pods.filter(|pod| pod.metadata.namespace == *namespace && covers(quota, pod)) {
        pod_needs::add(&mut used, &usage(pod));
    }
    let hard = hard(quota);
    let all = hard.keys().map(|name| {
        let zero = || Quantity::from_i64(0);
        let counted = name.strip_prefix("count/").filter(|name| *name != "pods");
        let amount = match counted {
            Some(resource) => Quantity::from_i64(count(server, namespace, resource)),
            None => used.remove(name).unwrap_or_else(zero),
        };
        (name.clone(), amount)
    });
    all.collect()
}

/// How many objects of a resource, as `daemonsets.apps`, a namespace has.
fn count(server: &ApiServer, namespace: &str, resource: &str) -> i64 {
    let count = match resource {
        "daemonsets.apps" => {
            let all = server.daemon_sets.iter();
            all.filter(|it| it.metadata.namespace == namespace).count()
        }
        _ => {
            let all = server.generics.iter();
            let here = all.filter(|it| it.metadata.namespace == namespace);
            here.filter(|it| super::strategy::Strategy::resource(&***it) == resource)
                .count()
        }
    };
    count as i64
}

fn forbidden<T: Stored>(object: &T, why: &str) -> Status {
    let (resource, name) = (object.resource(), &object.meta().name);
    Status::new(
        Reason::Forbidden,
        format!("{resource} \"{name}\" is forbidden: {why}"),
    )
}

fn told<'a>(amounts: impl Iterator<Item = (&'a String, &'a Quantity)>) -> String {
    let amounts: Vec<String> = amounts.map(|(name, it)| format!("{name}={it}")).collect();
    amounts.join(",")
}

/// Refuses what would exceed a quota of its namespace.
pub(super) fn check<T: Stored>(
    server: &ApiServer,
    object: &T,
    pod: Option<&Pod>,
) -> Result<(), Status> {
    if T::KIND == Kind::Event || server.generics.is_empty() {
        return Ok(());
    }
    let quotas = of_kind(server, "ResourceQuota", &object.meta().namespace);
    let quotas = || {
        quotas
            .iter()
            .filter(|quota| pod.is_none_or(|pod| covers(quota, pod)))
    };
    let asked = match pod {
        Some(pod) => usage(pod),
        None => {
            let name = format!("count/{}", object.resource());
            ResourceList::from([(name, Quantity::from_i64(1))])
        }
    };
    if let Some(pod) = pod {
        for quota in quotas() {
            let missing = unspecified(&pod.spec, &hard(quota));
            if !missing.is_empty() {
                let why = format!(
                    "failed quota: {}: must specify {missing}",
                    quota.metadata.name
                );
                return Err(forbidden(object, &why));
            }
        }
    }
    for quota in quotas() {
        let (hard, used) = (hard(quota), used(server, quota));
        let exceeds = |name: &String| -> bool {
            let (Some(limit), Some(more)) = (hard.get(name), asked.get(name)) else {
                return false;
            };
            let sum = used
                .get(name)
                .map_or_else(|| more.clone(), |it| it.plus(more));
            !more.is_zero() && sum.compare(limit).is_gt()
        };
        let over: Vec<&String> = hard.keys().filter(|name| exceeds(name)).collect();
        if over.is_empty() {
            continue;
        }
        let pick = |from: &ResourceList| told(over.iter().filter_map(|it| from.get_key_value(*it)));
        let why = format!(
            "exceeded quota: {}, requested: {}, used: {}, limited: {}",
            quota.metadata.name,
            pick(&asked),
            pick(&used),
            pick(&hard)
        );
        return Err(forbidden(object, &why));
    }
    Ok(())
}

/// Where a quota limits cpu or memory, each container has to say how much it wants.
///
/// Models: evaluator/core/pods.go, Constraints.
fn unspecified(spec: &PodSpec, hard: &ResourceList) -> String {
    let mut missing = Vec::new();
    for name in hard.keys() {
        let (limits, resource) = match name.split_once('.') {
            Some(("requests", resource)) => (false, resource),
            Some(("limits", resource)) => (true, resource),
            _ => (false, name.as_str()),
        };
        if !matches!(resource, "cpu" | "memory") {
            continue;
        }
        let lacks = |container: &&Container| {
            let resources = &container.resources;
            let list = if limits {
                &resources.limits
            } else {
                &resources.requests
            };
            !list.contains_key(resource)
        };
        let containers = spec.containers.iter().chain(&spec.init_containers);
        let names: Vec<&str> = containers.filter(lacks).map(|it| &*it.name).collect();
        if !names.is_empty() {
            missing.push(format!("{name} for: {}", names.join(",")));
        }
    }
    missing.join("; ")
}

/// Brings the status of the quotas of a namespace up to date.
pub(super) fn refresh(server: &mut ApiServer, namespace: &str) {
    for quota in of_kind(server, "ResourceQuota", namespace) {
        let status = json!({ "hard": hard(&quota), "used": used(server, &quota) });
        if quota.body.get("status") != Some(&status) {
            let mut quota = (*quota).clone();
            quota.body.insert("status".to_owned(), status);
            server.write(quota);
        }
    }
}

/// The items of the namespace's LimitRanges, with their own defaults.
///
/// Models: pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem.
fn limits(server: &ApiServer, namespace: &str) -> Vec<BTreeMap<&'static str, ResourceList>> {
    let mut all = Vec::new();
    for range in of_kind(server, "LimitRange", namespace) {
        let items = range.body.get("spec").and_then(|spec| spec.get("limits"));
        for item in items.and_then(Value::as_array).into_iter().flatten() {
            let mut lists = BTreeMap::new();
            for name in [
                "default",
                "defaultRequest",
                "max",
                "maxLimitRequestRatio",
                "min",
            ] {
                lists.insert(name, list(item.get(name)));
            }
            if item.get("type").and_then(Value::as_str) == Some("Container") {
                for (to, from) in [
                    ("default", "max"),
                    ("defaultRequest", "default"),
                    ("defaultRequest", "min"),
                ] {
                    let more = lists[from].clone();
                    let to = lists.entry(to).or_default();
                    for (name, amount) in more {
                        to.entry(name).or_insert(amount);
                    }
                }
                all.push(lists);
            }
        }
    }
    all
}

/// Gives containers the requests and limits that a LimitRange has for those without, and says so in an annotation.
///
/// Models: plugin/pkg/admission/limitranger, mergePodResourceRequirements.
pub(super) fn apply_limits(server: &ApiServer, pod: &mut Pod) {
    let (mut requests, mut limits_) = (ResourceList::new(), ResourceList::new());
    for item in limits(server, &pod.metadata.namespace) {
        for (to, name) in [(&mut requests, "defaultRequest"), (&mut limits_, "default")] {
            for (name, amount) in &item[name] {
                to.entry(name.clone()).or_insert_with(|| amount.clone());
            }
        }
    }
    let mut said = Vec::new();
    let spec = &mut pod.spec;
    let ordinary = spec.containers.iter_mut().map(|it| ("container", it));
    let init = spec
        .init_containers
        .iter_mut()
        .map(|it| ("init container", it));
    for (kind, container) in ordinary.chain(init) {
        let resources = &mut container.resources;
        let lists = [
            (&mut resources.requests, &requests, "request"),
            (&mut resources.limits, &limits_, "limit"),
        ];
        for (own, defaults, word) in lists {
            let mut set = Vec::new();
            for (name, amount) in defaults {
                if !own.contains_key(name) {
                    own.insert(name.clone(), amount.clone());
                    set.push(name.as_str());
                }
            }
            if !set.is_empty() {
                said.push(format!(
                    "{} {word} for {kind} {}",
                    set.join(", "),
                    container.name
                ));
            }
        }
    }
    if !said.is_empty() {
        let text = format!("LimitRanger plugin set: {}", said.join("; "));
        pod.metadata.annotations.insert(ANNOTATION.to_owned(), text);
    }
}

/// Refuses a pod with a container outside the limits.
///
/// Models: limitranger, PodValidateLimitFunc. Differs: items of type Pod aren't checked.
pub(super) fn check_limits(server: &ApiServer, pod: &Pod) -> Result<(), Status> {
    let mut errors = Vec::new();
    for item in limits(server, &pod.metadata.namespace) {
        let containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
        for container in containers {
            let resources = &container.resources;
            for (name, least) in &item["min"] {
                let head = format!("minimum {name} usage per Container is {least}");
                match resources.requests.get(name) {
                    None => errors.push(format!("{head}.  No request is specified")),
                    Some(it) if it.compare(least).is_lt() => {
                        errors.push(format!("{head}, but request is {it}"));
                    }
                    Some(_) => {}
                }
            }
            for (name, most) in &item["max"] {
                let head = format!("maximum {name} usage per Container is {most}");
                match resources.limits.get(name) {
                    None => errors.push(format!("{head}.  No limit is specified")),
                    Some(it) if it.compare(most).is_gt() => {
                        errors.push(format!("{head}, but limit is {it}"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    let why = match errors.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    };
    Err(forbidden(pod, &why))
}

/// Whether what happens to this object may change a quota's status.
pub(super) fn concerns(kind: Kind, key: &Key) -> bool {
    matches!(kind, Kind::Pod | Kind::DaemonSet)
        || kind == Kind::Generic && key.name.starts_with("ResourceQuota/")
}
