//! kubectl commands of recorded scenarios, done by hand until `kubectl` can run them.

use super::recorded::Printed;
use crate::api::apps::{ControllerRevision, DaemonSet};
use crate::api::node::{Node, Taint};
use crate::api::object::Key;
use crate::api::pod::Pod;
use crate::api::status::{Reason, Status};
use crate::apiserver::{DeleteOptions, Propagation};
use crate::client::Client;
use crate::cluster::Cluster;
use crate::controllers::daemon_set::history::template_of;
use crate::kubectl;
use std::rc::Rc;

/// Runs a command. What it prints comes back if kubectl itself ran it.
pub fn kubectl(
    cluster: &mut Cluster,
    args: &[&str],
    stdin: Option<&str>,
) -> Result<Option<Printed>, String> {
    let owned: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let output = kubectl::run(cluster, &owned, stdin);
    cluster.pump();
    if !output.stderr.ends_with("is not there yet") {
        return Ok(Some(Printed {
            exit: output.exit,
            stdout: output.stdout,
            stderr: output.stderr,
        }));
    }
    match cluster.as_user(|client| by_hand(client, args, stdin)) {
        // What the API refuses is refused here too.
        Ok(()) | Err(_) => Ok(None),
    }
}

fn by_hand(client: &mut Client<'_>, args: &[&str], stdin: Option<&str>) -> Result<(), Status> {
    let set = |name: &str| Key::new("default", name.trim_start_matches("ds/"));
    let unchanged = || Ok(());
    match args {
        ["apply", ..] => {
            kubectl::apply::apply(client, stdin.unwrap_or(""), "STDIN");
        }
        ["set", "image", name, change] => {
            let Some((container, image)) = change.split_once('=') else {
                return unchanged();
            };
            client.patch::<DaemonSet>(&set(name), "image", |set| {
                let containers = &mut set.spec.template.spec.containers;
                for one in containers.iter_mut().filter(|c| c.name == container) {
                    image.clone_into(&mut one.image);
                }
            })?;
        }
        ["rollout", "restart", name] => {
            let now = client.time().to_string();
            client.patch::<DaemonSet>(&set(name), "restartedAt", |set| {
                let annotations = &mut set.spec.template.metadata.annotations;
                annotations.insert("kubectl.kubernetes.io/restartedAt".to_owned(), now);
            })?;
        }
        ["rollout", "undo", name, to @ ..] => undo(client, &set(name), to.first().copied())?,
        ["delete", name, flags @ ..] => {
            let cascade = flags.iter().find_map(|f| f.strip_prefix("--cascade="));
            let options = DeleteOptions {
                propagation: match cascade {
                    Some("orphan") => Propagation::Orphan,
                    Some("foreground") => Propagation::Foreground,
                    _ => Propagation::Background,
                },
                ..DeleteOptions::default()
            };
            client.delete::<DaemonSet>(&set(name), &options)?;
        }
        ["label", "pods", "--all", change, ..] => {
            let (key, value) = change.split_once('=').unwrap_or_default();
            let pods: Vec<Key> = client
                .server
                .pods
                .iter()
                .map(|p| Key::of(&p.metadata))
                .collect();
            for pod in pods {
                client.patch::<Pod>(&pod, "labels", |pod| {
                    pod.metadata.labels.insert(key.to_owned(), value.to_owned());
                })?;
            }
        }
        ["cordon" | "drain", node, ..] => {
            patch_node(client, node, |n| n.spec.unschedulable = true)?
        }
        ["uncordon", node] => patch_node(client, node, |n| n.spec.unschedulable = false)?,
        ["taint", "node", node, taint, ..] => patch_node(client, node, |n| {
            let parsed = taint
                .rsplit_once(':')
                .map(|(pair, effect)| (pair.split_once('=').unwrap_or((pair, "")), effect));
            let Some(((key, value), effect)) = parsed else {
                return;
            };
            let bare = effect.trim_end_matches('-');
            n.spec.taints.retain(|t| t.key != key || t.effect != bare);
            if ["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect) {
                n.spec.taints.push(Taint {
                    key: key.to_owned(),
                    value: value.to_owned(),
                    effect: effect.to_owned(),
                    time_added: None,
                });
            }
        })?,
        _ => {}
    }
    Ok(())
}

fn patch_node(
    client: &mut Client<'_>,
    name: &str,
    change: impl FnOnce(&mut Node),
) -> Result<(), Status> {
    client
        .patch::<Node>(&Cluster::node_key(name), "by hand", change)
        .map(drop)
}

fn undo(client: &mut Client<'_>, key: &Key, to: Option<&str>) -> Result<(), Status> {
    let set = client.get::<DaemonSet>(key)?;
    let mut revisions: Vec<Rc<ControllerRevision>> = client
        .server
        .controller_revisions
        .iter()
        .filter(|r| {
            let owner = r.metadata.controller_ref();
            owner.is_some_and(|owner| owner.uid == set.metadata.uid)
        })
        .cloned()
        .collect();
    revisions.sort_by_key(|r| r.revision);
    let wanted = to.and_then(|flag| flag.strip_prefix("--to-revision="));
    let found = match wanted {
        Some(number) => revisions.iter().find(|r| r.revision.to_string() == number),
        None => revisions.iter().rev().nth(1),
    };
    let template = found
        .and_then(|revision| template_of(revision))
        .ok_or_else(|| Status::new(Reason::NotFound, "unable to find the revision".to_owned()))?;
    client.patch::<DaemonSet>(key, "template", |set| set.spec.template = template)?;
    Ok(())
}
