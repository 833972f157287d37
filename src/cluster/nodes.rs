//! Nodes as they join: templates with the labels, taints, sizes and system information of real ones.

use crate::api::json::json_names;
use crate::api::meta::{Extra, ObjectMeta, StringMap, Time};
use crate::api::node::{Node, NodeSpec, NodeStatus, Taint};
use crate::api::pod::ResourceList;
use crate::api::quantity::Quantity;
use crate::api::taint::{NO_EXECUTE, NO_SCHEDULE};
use crate::kubelet::node::first_conditions;
use crate::sim::hash::uuid;
use crate::sim::rng::Stream;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What kind of node joins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NodeTemplate {
    #[default]
    Worker,
    ControlPlane,
    Gpu,
    Arm,
    Windows,
}

json_names!(NodeTemplate {
    Worker: "worker",
    ControlPlane: "controlPlane",
    Gpu: "gpu",
    Arm: "arm",
    Windows: "windows",
});

impl NodeTemplate {
    pub const ALL: [NodeTemplate; 5] = [
        NodeTemplate::Worker,
        NodeTemplate::ControlPlane,
        NodeTemplate::Gpu,
        NodeTemplate::Arm,
        NodeTemplate::Windows,
    ];

    /// Names of such nodes are this, a dash and a number.
    pub fn prefix(self) -> &'static str {
        match self {
            NodeTemplate::Worker => "node",
            NodeTemplate::ControlPlane => "control-plane",
            NodeTemplate::Gpu => "gpu",
            NodeTemplate::Arm => "arm",
            NodeTemplate::Windows => "windows",
        }
    }

    /// As people call it.
    pub fn title(self) -> &'static str {
        match self {
            NodeTemplate::Worker => "Worker",
            NodeTemplate::ControlPlane => "Control plane",
            NodeTemplate::Gpu => "GPU",
            NodeTemplate::Arm => "ARM",
            NodeTemplate::Windows => "Windows",
        }
    }

    /// As presets, links and the console name it: `worker`, `control-plane`, `gpu`, `arm`, `windows`.
    pub fn id(self) -> &'static str {
        match self {
            NodeTemplate::Worker => "worker",
            other => other.prefix(),
        }
    }

    /// Operating system and architecture.
    fn platform(self) -> (&'static str, &'static str) {
        match self {
            NodeTemplate::Arm => ("linux", "arm64"),
            NodeTemplate::Windows => ("windows", "amd64"),
            _ => ("linux", "amd64"),
        }
    }

    pub fn by_id(id: &str) -> Option<NodeTemplate> {
        NodeTemplate::ALL.into_iter().find(|t| t.id() == id)
    }
}

/// The network of a node's pods, another one for each of 62,000 nodes: from 10.244 on, around 10.0, where nodes are.
pub fn pod_cidr(index: u32) -> String {
    format!("10.{}.{}.0/24", (243 + index / 256) % 255 + 1, index % 256)
}

/// A node of that template as its kubelet registers it now: Ready at once, or when its network is.
///
/// `index` is its number in the cluster; it makes the addresses. `seed` makes the machine's ids.
pub fn node(
    template: NodeTemplate,
    name: &str,
    index: u32,
    seed: u64,
    now: Time,
    ready: bool,
) -> Node {
    let (os, arch) = template.platform();
    let mut labels = StringMap::new();
    for (key, value) in [
        ("kubernetes.io/hostname", name),
        ("kubernetes.io/os", os),
        ("kubernetes.io/arch", arch),
        ("beta.kubernetes.io/os", os),
        ("beta.kubernetes.io/arch", arch),
    ] {
        labels.insert(key.to_owned(), value.to_owned());
    }
    let mut taints = Vec::new();
    let mut extended = None;
    match template {
        NodeTemplate::ControlPlane => {
            labels.insert(
                "node-role.kubernetes.io/control-plane".to_owned(),
                String::new(),
            );
            labels.insert(
                "node.kubernetes.io/exclude-from-external-load-balancers".to_owned(),
                String::new(),
            );
            taints.push(taint(
                "node-role.kubernetes.io/control-plane",
                "",
                NO_SCHEDULE,
            ));
        }
        NodeTemplate::Gpu => {
            labels.insert("nvidia.com/gpu.present".to_owned(), "true".to_owned());
            labels.insert("accelerator".to_owned(), "nvidia".to_owned());
            taints.push(taint("nvidia.com/gpu", "present", NO_SCHEDULE));
            extended = Some(("nvidia.com/gpu", "4"));
        }
        NodeTemplate::Windows => {
            labels.insert(
                "node.kubernetes.io/windows-build".to_owned(),
                "10.0.20348".to_owned(),
            );
            taints.push(taint("os", "windows", NO_SCHEDULE));
        }
        NodeTemplate::Worker | NodeTemplate::Arm => {}
    }
    let (cpu, memory) = match template {
        NodeTemplate::Gpu => ("16", "64Gi"),
        NodeTemplate::ControlPlane | NodeTemplate::Arm => ("2", "4Gi"),
        _ => ("4", "8Gi"),
    };
    let mut capacity = ResourceList::new();
    let sizes = [
        ("cpu", cpu),
        ("memory", memory),
        ("ephemeral-storage", "100Gi"),
        ("pods", "110"),
    ];
    // Every size of the architecture is reported; none is set aside.
    let huge: &[&str] = match template.platform() {
        ("windows", _) => &[],
        (_, "arm64") => &["1Gi", "2Mi", "32Mi", "64Ki"],
        _ => &["1Gi", "2Mi"],
    };
    for size in huge {
        capacity.insert(format!("hugepages-{size}"), Quantity::from_i64(0));
    }
    for (name, size) in sizes.into_iter().chain(extended) {
        capacity.insert(name.to_owned(), Quantity::parse(size).unwrap_or_default());
    }
    let mut spec_extra = Extra::new();
    let cidr = pod_cidr(index);
    spec_extra.insert("podCIDR".to_owned(), cidr.as_str().into());
    spec_extra.insert("podCIDRs".to_owned(), json!([cidr]));
    Node {
        metadata: ObjectMeta {
            labels,
            ..ObjectMeta::named(name)
        },
        spec: NodeSpec {
            unschedulable: false,
            taints,
            extra: spec_extra,
        },
        status: NodeStatus {
            allocatable: capacity.clone(),
            capacity,
            conditions: first_conditions(ready, now),
            extra: status_extra(template, name, index, seed),
        },
    }
}

fn taint(key: &str, value: &str, effect: &str) -> Taint {
    debug_assert!(effect == NO_SCHEDULE || effect == NO_EXECUTE);
    Taint {
        key: key.to_owned(),
        value: value.to_owned(),
        effect: effect.to_owned(),
        time_added: None,
    }
}

fn status_extra(template: NodeTemplate, name: &str, index: u32, seed: u64) -> Extra {
    let (os, arch) = template.platform();
    let debian = "Debian GNU/Linux 12 (bookworm)";
    let (image, kernel) = match template {
        NodeTemplate::Windows => ("Windows Server 2022 Datacenter", "10.0.20348.4171"),
        NodeTemplate::Gpu => ("Ubuntu 24.04.3 LTS", "6.8.0-85-generic"),
        NodeTemplate::Arm => (debian, "6.1.0-40-cloud-arm64"),
        NodeTemplate::Worker | NodeTemplate::ControlPlane => (debian, "6.1.0-40-cloud-amd64"),
    };
    let id = |of: &str| {
        let mut stream = Stream::new(seed, &format!("{of}/{name}"));
        uuid(&stream.next_u64().to_le_bytes())
    };
    let address = format!("10.0.{}.{}", index / 250 % 250, index % 250 + 2);
    let mut extra = Extra::new();
    extra.insert(
        "addresses".to_owned(),
        json!([{ "type": "InternalIP", "address": address }, { "type": "Hostname", "address": name }]),
    );
    extra.insert(
        "daemonEndpoints".to_owned(),
        json!({ "kubeletEndpoint": { "Port": 10250 } }),
    );
    extra.insert(
        "nodeInfo".to_owned(),
        json!({
            "architecture": arch, "operatingSystem": os, "osImage": image, "kernelVersion": kernel,
            "containerRuntimeVersion": "containerd://2.1.4", "kubeletVersion": "v1.36.2", "kubeProxyVersion": "",
            "bootID": id("boot"), "machineID": id("machine").replace('-', ""), "systemUUID": id("system")
        }),
    );
    extra
}
