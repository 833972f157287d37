//! `kubectl describe node`.
//!
//! Models: describe.go, describeNode, describeNodeResource.

use super::super::{columns, duration};
use super::Writer;
use crate::api::meta::Time;
use crate::api::node::Node;
use crate::api::pod::{Pod, ResourceList};
use crate::api::quantity::Quantity;
use crate::api::taint;
use crate::apiserver::ApiServer;
use crate::controllers::node_lifecycle::LEASE_RENEW_PERIOD;
use crate::sim::sort::Order;
use serde_json::Value;
use std::rc::Rc;

fn moment(time: Option<Time>) -> String {
    time.map_or_else(
        || "Mon, 01 Jan 0001 00:00:00 +0000".to_owned(),
        duration::rfc1123,
    )
}

pub fn node(w: &mut Writer, server: &ApiServer, node: &Node, now: Time) {
    let meta = &node.metadata;
    w.line(0, &format!("Name:\t{}", meta.name));
    w.line(0, &format!("Roles:\t{}", columns::node_roles(node)));
    w.labels("Labels", &meta.labels);
    w.annotations("Annotations", &meta.annotations);
    w.line(
        0,
        &format!("CreationTimestamp:\t{}", moment(meta.creation_timestamp)),
    );
    let mut taints: Vec<&crate::api::node::Taint> = node.spec.taints.iter().collect();
    taints.order_by(|a, b| (&a.effect, &a.key).cmp(&(&b.effect, &b.key)));
    let taints: Vec<String> = taints.into_iter().map(taint::to_string).collect();
    w.list("Taints", &taints);
    w.line(0, &format!("Unschedulable:\t{}", node.spec.unschedulable));
    lease(w, server, node, now);
    conditions(w, node);
    w.line(0, "Addresses:");
    let addresses = node.status.extra.get("addresses").and_then(Value::as_array);
    for address in addresses.into_iter().flatten() {
        let text = |key: &str| address.get(key).and_then(Value::as_str).unwrap_or("");
        w.line(1, &format!("{}:\t{}", text("type"), text("address")));
    }
    for (title, list) in [
        ("Capacity", &node.status.capacity),
        ("Allocatable", &node.status.allocatable),
    ] {
        if !list.is_empty() {
            w.line(0, &format!("{title}:"));
        }
        for (name, amount) in list {
            w.line(1, &format!("{name}:\t{amount}"));
        }
    }
    w.line(0, "System Info:");
    for (title, field) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
        ("Kube-Proxy Version", "kubeProxyVersion"),
    ] {
        w.line(1, &format!("{title}:\t{}", columns::node_info(node, field)));
    }
    let extra = |key: &str| node.spec.extra.get(key);
    if let Some(cidr) = extra("podCIDR").and_then(Value::as_str) {
        w.line(0, &format!("PodCIDR:\t{cidr}"));
    }
    if let Some(cidrs) = extra("podCIDRs").and_then(Value::as_array) {
        let cidrs: Vec<&str> = cidrs.iter().filter_map(Value::as_str).collect();
        w.line(0, &format!("PodCIDRs:\t{}", cidrs.join(",")));
    }
    if let Some(id) = extra("providerID").and_then(Value::as_str) {
        w.line(0, &format!("ProviderID:\t{id}"));
    }
    pods(w, server, node, now);
}

/// Differs: leases aren't kept as objects; all kubelets renew theirs at the same moments.
fn lease(w: &mut Writer, server: &ApiServer, node: &Node, now: Time) {
    let created = node.metadata.creation_timestamp.unwrap_or(now);
    let stale = server.stale_leases.get(&node.metadata.name).copied();
    let renewed = stale.filter(|at| *at >= created).unwrap_or_else(|| {
        let last = now.0 - now.0 % (LEASE_RENEW_PERIOD.0 / 1000) as i64;
        Time(last.max(created.0))
    });
    w.line(0, "Lease:");
    w.line(1, &format!("HolderIdentity:\t{}", node.metadata.name));
    w.line(1, "AcquireTime:\t<unset>");
    w.line(1, &format!("RenewTime:\t{}", duration::rfc1123(renewed)));
}

fn conditions(w: &mut Writer, node: &Node) {
    if node.status.conditions.is_empty() {
        return;
    }
    w.line(0, "Conditions:");
    w.line(
        1,
        "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage",
    );
    w.line(
        1,
        "----\t------\t-----------------\t------------------\t------\t-------",
    );
    for condition in &node.status.conditions {
        w.line(
            1,
            &format!(
                "{} \t{} \t{} \t{} \t{} \t{}",
                condition.type_,
                condition.status,
                moment(condition.last_heartbeat_time),
                moment(condition.last_transition_time),
                condition.reason,
                condition.message
            ),
        );
    }
}

/// The requests or limits of a pod.
///
/// Models: component-helpers/resource, PodRequests, PodLimits: the larger of all containers together and each init container, sidecars counted with the containers that follow.
fn totals(pod: &Pod, limits: bool) -> ResourceList {
    let list = |container: &crate::api::pod::Container| {
        if limits {
            container.resources.limits.clone()
        } else {
            container.resources.requests.clone()
        }
    };
    let add = |sum: &mut ResourceList, list: &ResourceList| {
        for (name, amount) in list {
            let total = match sum.get(name) {
                Some(old) => old.plus(amount),
                None => amount.clone(),
            };
            sum.insert(name.clone(), total);
        }
    };
    let raise = |sum: &mut ResourceList, list: &ResourceList| {
        for (name, amount) in list {
            if sum.get(name).is_none_or(|old| old.compare(amount).is_lt()) {
                sum.insert(name.clone(), amount.clone());
            }
        }
    };
    let mut sum = ResourceList::new();
    for container in &pod.spec.containers {
        add(&mut sum, &list(container));
    }
    let (mut sidecars, mut init) = (ResourceList::new(), ResourceList::new());
    for container in &pod.spec.init_containers {
        let mut own = list(container);
        if container.restart_policy == "Always" {
            add(&mut sum, &own);
            add(&mut sidecars, &own);
            own = sidecars.clone();
        } else {
            add(&mut own, &sidecars);
        }
        raise(&mut init, &own);
    }
    raise(&mut sum, &init);
    if !limits {
        add(&mut sum, &pod.spec.overhead);
    }
    sum
}

/// `100m (2%)`; the percentage is cut, not rounded.
fn share(amount: Option<&Quantity>, of: Option<&Quantity>, milli: bool) -> String {
    let zero = Quantity::from_i64(0);
    let amount = amount.unwrap_or(&zero);
    let number = |quantity: &Quantity| {
        if milli {
            quantity.milli_value()
        } else {
            quantity.value()
        }
    };
    let whole = of.map_or(0, number);
    let percent = if whole == 0 {
        0
    } else {
        i128::from(number(amount)) * 100 / i128::from(whole)
    };
    format!("{amount} ({percent}%)")
}

fn pods(w: &mut Writer, server: &ApiServer, node: &Node, now: Time) {
    let on_node = server
        .pods
        .iter()
        .filter(|pod| pod.spec.node_name == node.metadata.name && !pod.is_terminal());
    let pods: Vec<&Rc<Pod>> = on_node.collect();
    let status = &node.status;
    let whole = if status.allocatable.is_empty() {
        &status.capacity
    } else {
        &status.allocatable
    };
    w.line(
        0,
        &format!("Non-terminated Pods:\t({} in total)", pods.len()),
    );
    w.line(
        1,
        "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge",
    );
    w.line(
        1,
        "---------\t----\t\t------------\t----------\t---------------\t-------------\t---",
    );
    let (mut all_requests, mut all_limits) = (ResourceList::new(), ResourceList::new());
    for pod in pods {
        let (requests, limits) = (totals(pod, false), totals(pod, true));
        let cell =
            |list: &ResourceList, name: &str| share(list.get(name), whole.get(name), name == "cpu");
        w.line(
            1,
            &format!(
                "{}\t{}\t\t{}\t{}\t{}\t{}\t{}",
                pod.metadata.namespace,
                pod.metadata.name,
                cell(&requests, "cpu"),
                cell(&limits, "cpu"),
                cell(&requests, "memory"),
                cell(&limits, "memory"),
                duration::since(pod.metadata.creation_timestamp, now)
            ),
        );
        for (all, own) in [(&mut all_requests, requests), (&mut all_limits, limits)] {
            for (name, amount) in own {
                let total = all
                    .get(&name)
                    .map_or_else(|| amount.clone(), |old| old.plus(&amount));
                all.insert(name, total);
            }
        }
    }
    allocated(w, whole, &all_requests, &all_limits);
}

/// The sums of all requests and limits, as shares of the node.
fn allocated(
    w: &mut Writer,
    whole: &ResourceList,
    all_requests: &ResourceList,
    all_limits: &ResourceList,
) {
    w.line(0, "Allocated resources:");
    w.line(
        0,
        "  (Total limits may be over 100 percent, i.e., overcommitted.)",
    );
    w.line(1, "Resource\tRequests\tLimits");
    w.line(1, "--------\t--------\t------");
    let shares = |name: &str| {
        let milli = name == "cpu";
        let part = |list: &ResourceList| share(list.get(name), whole.get(name), milli);
        format!("{name}\t{}\t{}", part(all_requests), part(all_limits))
    };
    for name in ["cpu", "memory", "ephemeral-storage"] {
        w.line(1, &shares(name));
    }
    for name in whole.keys().filter(|name| name.starts_with("hugepages-")) {
        w.line(1, &shares(name));
    }
    let standard = ["cpu", "memory", "ephemeral-storage", "pods"];
    for name in whole
        .keys()
        .filter(|name| !standard.contains(&name.as_str()) && !name.starts_with("hugepages-"))
    {
        let zero = Quantity::from_i64(0);
        let part = |list: &ResourceList| list.get(name).unwrap_or(&zero).to_string();
        w.line(
            1,
            &format!("{name}\t{}\t{}", part(all_requests), part(all_limits)),
        );
    }
}
