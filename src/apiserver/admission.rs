//! The server's additions and refusals beyond validation: service account and its token, priority, default tolerations, the not-ready taint of new nodes, missing namespaces; and the objects that every cluster starts with.
//!
//! Models: plugin/pkg/admission (serviceaccount, priority, defaulttolerationseconds, nodetaint, namespace/lifecycle).

use super::{ApiServer, Stored};
use crate::api::core::{Namespace, PriorityClass};
use crate::api::meta::{Extra, ObjectMeta, Time};
use crate::api::node::{Node, Taint};
use crate::api::object::{Key, Kind};
use crate::api::pod::{Pod, PodSpec, Toleration, Volume};
use crate::api::status::{Reason, Status};
use crate::api::taint;
use serde_json::{Value, json};
use std::rc::Rc;

/// How long ordinary pods stay on a node that isn't ready or can't be reached.
const DEFAULT_TOLERATION_SECONDS: i64 = 300;
const DEFAULT_SERVICE_ACCOUNT: &str = "default";
/// Where a container finds its token.
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

pub(super) fn bootstrap(server: &mut ApiServer, now: Time) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        let namespace = Namespace {
            metadata: ObjectMeta::named(name),
            ..Namespace::default()
        };
        server
            .create(namespace, now)
            .expect("a built-in namespace is valid");
    }
    for (name, value, about) in [
        (
            "system-cluster-critical",
            2_000_000_000,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
        ),
        (
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their current node.",
        ),
    ] {
        let class = PriorityClass {
            metadata: ObjectMeta {
                generation: 1,
                ..ObjectMeta::named(name)
            },
            value,
            description: about.to_owned(),
            preemption_policy: Some("PreemptLowerPriority".to_owned()),
            ..PriorityClass::default()
        };
        server
            .create(class, now)
            .expect("a built-in priority class is valid");
    }
    server.drain_log();
}

/// Models: apiserver/pkg/admission/plugin/namespace/lifecycle.
pub(super) fn check_namespace<T: Stored>(server: &ApiServer, object: &T) -> Result<(), Status> {
    if !object.is_namespaced() || T::KIND == Kind::Event {
        return Ok(());
    }
    let meta = object.meta();
    // Cluster-scoped kinds that we don't know by type keep an empty namespace.
    if meta.namespace.is_empty() {
        return Ok(());
    }
    let Some(namespace) = server.namespaces.get(&Key::new("", &meta.namespace)) else {
        return Err(Status::not_found("namespaces", &meta.namespace));
    };
    if namespace.metadata.is_terminating() {
        let name = if meta.name.is_empty() {
            &meta.generate_name
        } else {
            &meta.name
        };
        return Err(Status::new(
            Reason::Forbidden,
            format!(
                "{} \"{name}\" is forbidden: unable to create new content in namespace {} because it is being terminated",
                object.resource(),
                meta.namespace
            ),
        ));
    }
    Ok(())
}

pub(super) fn admit_pod(server: &ApiServer, pod: &mut Pod) -> Result<(), Status> {
    set_service_account(server, pod)?;
    set_priority(server, pod)?;
    add_default_tolerations(&mut pod.spec);
    Ok(())
}

fn forbidden(pod: &Pod, why: &str) -> Status {
    let name = if pod.metadata.name.is_empty() {
        &pod.metadata.generate_name
    } else {
        &pod.metadata.name
    };
    let text = format!("pods \"{name}\" is forbidden: {why}");
    Status::new(Reason::Forbidden, text)
}

/// The pod's identity, and its token as a volume in every container.
///
/// Models: plugin/pkg/admission/serviceaccount.
/// Differs: a namespace's `default` account is taken to exist; pull secrets of accounts are left out.
fn set_service_account(server: &ApiServer, pod: &mut Pod) -> Result<(), Status> {
    let extra = &mut pod.spec.extra;
    let given = extra.get("serviceAccountName").and_then(Value::as_str);
    let name = given
        .filter(|name| !name.is_empty())
        .unwrap_or(DEFAULT_SERVICE_ACCOUNT)
        .to_owned();
    for key in ["serviceAccountName", "serviceAccount"] {
        extra.insert(key.to_owned(), name.as_str().into());
    }
    let namespace = &pod.metadata.namespace;
    let key = Key::new(namespace, &format!("ServiceAccount/{name}"));
    let account = server.generics.get(&key);
    if account.is_none() && name != DEFAULT_SERVICE_ACCOUNT {
        let why = format!(
            "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
        );
        return Err(forbidden(pod, &why));
    }
    let automount = |extra: &Extra| extra.get("automountServiceAccountToken")?.as_bool();
    let of_account = || account.and_then(|a| automount(&a.body));
    if automount(extra).or_else(of_account) == Some(false) {
        return Ok(());
    }
    let volume = server.random_name("kube-api-access-");
    let mut used = false;
    let spec = &mut pod.spec;
    let containers = spec.init_containers.iter_mut().chain(&mut spec.containers);
    for container in containers {
        let mounts = container.extra.entry("volumeMounts".to_owned());
        let Some(mounts) = mounts.or_insert_with(|| json!([])).as_array_mut() else {
            continue;
        };
        if mounts.iter().all(|m| m["mountPath"] != TOKEN_PATH) {
            mounts.push(json!({ "name": volume, "readOnly": true, "mountPath": TOKEN_PATH }));
            used = true;
        }
    }
    if used {
        spec.volumes.push(Volume {
            name: volume,
            source: Rc::clone(&server.token_source),
        });
    }
    Ok(())
}

/// The sources of every pod's token volume.
pub(super) fn token_source() -> Extra {
    let namespace = json!({ "apiVersion": "v1", "fieldPath": "metadata.namespace" });
    let sources = json!([
        { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } },
        { "configMap": { "name": "kube-root-ca.crt", "items": [{ "key": "ca.crt", "path": "ca.crt" }] } },
        { "downwardAPI": { "items": [{ "path": "namespace", "fieldRef": namespace }] } },
    ]);
    let projected = json!({ "defaultMode": 420, "sources": sources });
    Extra::from([("projected".to_owned(), projected)])
}

/// Models: plugin/pkg/admission/priority, admitPod.
fn set_priority(server: &ApiServer, pod: &mut Pod) -> Result<(), Status> {
    let class = if pod.spec.priority_class_name.is_empty() {
        server
            .priority_classes
            .iter()
            .filter(|c| c.global_default)
            .min_by_key(|c| c.value)
    } else {
        let name = &pod.spec.priority_class_name;
        let class = server.priority_classes.get(&Key::new("", name));
        if class.is_none() {
            let why = format!("no PriorityClass with name {name} was found");
            return Err(forbidden(pod, &why));
        }
        class
    };
    let policy = class.and_then(|c| c.preemption_policy.clone());
    pod.spec.priority = Some(class.map_or(0, |c| c.value));
    if pod.spec.priority_class_name.is_empty()
        && let Some(class) = class
    {
        pod.spec
            .priority_class_name
            .clone_from(&class.metadata.name);
    }
    if pod.spec.preemption_policy.is_none() {
        pod.spec.preemption_policy = policy.or_else(|| Some("PreemptLowerPriority".to_owned()));
    }
    Ok(())
}

/// Models: plugin/pkg/admission/defaulttolerationseconds.
fn add_default_tolerations(spec: &mut PodSpec) {
    for key in [taint::NOT_READY, taint::UNREACHABLE] {
        let known = spec.tolerations.iter().any(|t| {
            (t.key.is_empty() || t.key == key)
                && (t.effect.is_empty() || t.effect == taint::NO_EXECUTE)
        });
        if !known {
            spec.tolerations.push(Toleration {
                key: key.to_owned(),
                operator: "Exists".to_owned(),
                effect: taint::NO_EXECUTE.to_owned(),
                toleration_seconds: Some(DEFAULT_TOLERATION_SECONDS),
                ..Toleration::default()
            });
        }
    }
}

/// A node that isn't Ready yet starts with the not-ready taint; one that is cordoned with the unschedulable taint.
///
/// Models: plugin/pkg/admission/nodetaint.
/// Differs: upstream adds it always and the node lifecycle controller takes it away; here a node that is created Ready never has it.
pub(super) fn admit_node(node: &mut Node) {
    let taint = Taint {
        key: taint::NOT_READY.to_owned(),
        effect: taint::NO_SCHEDULE.to_owned(),
        ..Taint::default()
    };
    if !node.is_ready()
        && !node
            .spec
            .taints
            .iter()
            .any(|t| t.key == taint.key && t.effect == taint.effect)
    {
        node.spec.taints.push(taint);
    }
}

/// Models: pkg/apis/core/v1/helper/qos, ComputePodQOS: for cpu and memory alone.
pub(super) fn qos_class(spec: &PodSpec) -> &'static str {
    let containers = || spec.init_containers.iter().chain(&spec.containers);
    let compute = |list: &crate::api::pod::ResourceList, name: &str| {
        list.get(name)
            .filter(|q| q.milli_value() > 0)
            .map(|q| q.milli_value())
    };
    let any = containers().any(|c| {
        ["cpu", "memory"].iter().any(|r| {
            compute(&c.resources.limits, r).is_some() || compute(&c.resources.requests, r).is_some()
        })
    });
    let guaranteed = containers().all(|c| {
        ["cpu", "memory"].iter().all(|r| {
            let limit = compute(&c.resources.limits, r);
            limit.is_some() && compute(&c.resources.requests, r).or(limit) == limit
        })
    });
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::decode::decode;
    use crate::api::object::Object;
    use expect_test::{Expect, expect};

    /// Volumes and mounts of the pod, or why it is refused.
    #[track_caller]
    fn check(spec: &str, expect: &Expect) {
        let mut server = ApiServer::new(7, Time(0));
        let objects = format!(
            "{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: quiet, namespace: default}}, automountServiceAccountToken: false}}
---
{{apiVersion: v1, kind: Pod, metadata: {{name: p, namespace: default}}, spec: {spec}}}"
        );
        let mut text = String::new();
        for decoded in decode(&objects).unwrap() {
            text = match server.create_object(decoded.object, Time(0)) {
                Ok(Object::Pod(pod)) => {
                    let all = pod.spec.init_containers.iter().chain(&pod.spec.containers);
                    let mounts: Vec<_> = all.map(|c| c.extra.get("volumeMounts")).collect();
                    let volumes = serde_json::to_string_pretty(&pod.spec.volumes).unwrap();
                    let account = pod.spec.extra.get("serviceAccount").unwrap();
                    format!("{account}\n{}\n{volumes}", json!(mounts))
                }
                Ok(_) => String::new(),
                Err(error) => error.message,
            };
        }
        expect.assert_eq(&text);
    }

    #[test]
    fn every_container_gets_the_token() {
        check(
            "{initContainers: [{name: a, image: a}], containers: [{name: b, image: b}]}",
            &expect![[r#"
                "default"
                [[{"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","name":"kube-api-access-r7h5g","readOnly":true}],[{"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","name":"kube-api-access-r7h5g","readOnly":true}]]
                [
                  {
                    "name": "kube-api-access-r7h5g",
                    "projected": {
                      "defaultMode": 420,
                      "sources": [
                        {
                          "serviceAccountToken": {
                            "expirationSeconds": 3607,
                            "path": "token"
                          }
                        },
                        {
                          "configMap": {
                            "items": [
                              {
                                "key": "ca.crt",
                                "path": "ca.crt"
                              }
                            ],
                            "name": "kube-root-ca.crt"
                          }
                        },
                        {
                          "downwardAPI": {
                            "items": [
                              {
                                "fieldRef": {
                                  "apiVersion": "v1",
                                  "fieldPath": "metadata.namespace"
                                },
                                "path": "namespace"
                              }
                            ]
                          }
                        }
                      ]
                    }
                  }
                ]"#]],
        );
    }

    #[test]
    fn a_mount_at_the_same_path_wins() {
        check(
            "{volumes: [{name: v, emptyDir: {}}], containers: [{name: b, image: b, volumeMounts: [{name: v, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]}]}",
            &expect![[r#"
                "default"
                [[{"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount","name":"v"}]]
                [
                  {
                    "name": "v",
                    "emptyDir": {}
                  }
                ]"#]],
        );
    }

    #[test]
    fn pod_and_account_may_say_no() {
        let containers = "containers: [{name: b, image: b}]";
        let no = format!("{{automountServiceAccountToken: false, {containers}}}");
        check(
            &no,
            &expect![[r#"
            "default"
            [null]
            []"#]],
        );
        let quiet = format!("{{serviceAccountName: quiet, {containers}}}");
        check(
            &quiet,
            &expect![[r#"
            "quiet"
            [null]
            []"#]],
        );
    }

    #[test]
    fn an_account_that_is_missing_refuses_the_pod() {
        check(
            "{serviceAccountName: nobody, containers: [{name: b, image: b}]}",
            &expect![[
                r#"pods "p" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found"#
            ]],
        );
    }
}
