//! Manifests to begin with: what the page offers to open, each with the nodes that make it interesting.
//!
//! The texts are files in static/presets, as valid on a real cluster as here.
//! Nothing is parsed here: a preset goes the way of anything that a user types.

/// A manifest to try, and what to look at while it runs.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// Stable: links and tests use it.
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence on what to watch.
    pub watch: &'static str,
    pub yaml: &'static str,
    /// Node templates and how many of each.
    pub nodes: &'static [(&'static str, u32)],
}

/// The node templates that presets may ask for.
pub const TEMPLATES: [&str; 5] = ["worker", "control-plane", "gpu", "arm", "windows"];

/// Every preset, in the order in which the page offers them.
pub fn all() -> &'static [Preset] {
    &ALL
}

pub fn by_id(id: &str) -> Option<&'static Preset> {
    ALL.iter().find(|preset| preset.id == id)
}

static ALL: [Preset; 5] = [
    Preset {
        id: "seed",
        title: "A first DaemonSet",
        watch: "Each node gets exactly one pod: apply it, then add a node and see its pod appear by itself.",
        yaml: include_str!("../../static/presets/seed.yaml"),
        nodes: &[("worker", 3)],
    },
    Preset {
        id: "node-exporter",
        title: "Prometheus node-exporter",
        watch: "The control plane and the GPU node get a pod because their taints are tolerated; the Windows node gets none because of the nodeSelector.",
        yaml: include_str!("../../static/presets/node-exporter.yaml"),
        nodes: &[
            ("control-plane", 1),
            ("worker", 8),
            ("gpu", 1),
            ("windows", 1),
        ],
    },
    Preset {
        id: "fluentd",
        title: "Fluentd log collector",
        watch: "Change the image: with minReadySeconds, a new pod that is ready must stay so for five seconds before the next old one goes.",
        yaml: include_str!("../../static/presets/fluentd.yaml"),
        nodes: &[("control-plane", 1), ("worker", 4)],
    },
    Preset {
        id: "cni",
        title: "Network plugin (flannel)",
        watch: "Its pods tolerate every taint and have the highest priority: cordon a node, taint it or fill it up, and the pod still comes.",
        yaml: include_str!("../../static/presets/cni.yaml"),
        nodes: &[("control-plane", 1), ("worker", 5), ("arm", 2)],
    },
    Preset {
        id: "nvidia-device-plugin",
        title: "NVIDIA device plugin",
        watch: "Only the GPU nodes get pods: label a worker with nvidia.com/gpu.present=true, and it gets the plugin too, while gpu-check stays Pending there, since it has no GPU.",
        yaml: include_str!("../../static/presets/nvidia-device-plugin.yaml"),
        nodes: &[("control-plane", 1), ("worker", 3), ("gpu", 2)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::decode::{decode, kubectl_error};
    use crate::api::defaults::{default_object, namespace_or_default};
    use crate::api::object::Object;
    use crate::api::selector::label_selector_matches;
    use crate::api::validation::validate_create;
    use expect_test::expect;

    /// Strictly decoded, defaulted and validated, as the API server would.
    fn objects(preset: &Preset) -> Vec<Object> {
        let decoded = decode(preset.yaml).unwrap_or_else(|errors| {
            panic!(
                "{}: {}",
                preset.id,
                kubectl_error(&errors, "preset", "creating")
            )
        });
        let mut objects: Vec<_> = decoded.into_iter().map(|decoded| decoded.object).collect();
        for object in &mut objects {
            namespace_or_default(object);
            default_object(object);
            let errors = validate_create(object);
            assert!(errors.is_empty(), "{}: {errors:?}", preset.id);
        }
        objects
    }

    #[test]
    fn what_each_preset_creates() {
        let mut lines = String::new();
        for preset in all() {
            for object in objects(preset) {
                lines += &format!("{}: {} {}\n", preset.id, object.kind_name(), object.key());
            }
        }
        expect![[r#"
            seed: DaemonSet default/my-daemonset
            node-exporter: Namespace monitoring
            node-exporter: ServiceAccount monitoring/ServiceAccount/node-exporter
            node-exporter: DaemonSet monitoring/node-exporter
            node-exporter: Service monitoring/Service/node-exporter
            fluentd: ServiceAccount kube-system/ServiceAccount/fluentd
            fluentd: ClusterRole ClusterRole/fluentd
            fluentd: ClusterRoleBinding ClusterRoleBinding/fluentd
            fluentd: ConfigMap kube-system/ConfigMap/fluentd-config
            fluentd: DaemonSet kube-system/fluentd
            cni: Namespace kube-flannel
            cni: ServiceAccount kube-flannel/ServiceAccount/flannel
            cni: ConfigMap kube-flannel/ConfigMap/kube-flannel-cfg
            cni: DaemonSet kube-flannel/kube-flannel-ds
            nvidia-device-plugin: DaemonSet kube-system/nvidia-device-plugin
            nvidia-device-plugin: DaemonSet kube-system/gpu-check
        "#]]
        .assert_eq(&lines);
    }

    #[test]
    fn each_has_a_daemon_set_that_selects_its_own_pods() {
        for preset in all() {
            let mut found = 0;
            for object in objects(preset) {
                if let Object::DaemonSet(set) = &object {
                    let spec = &set.spec;
                    assert!(
                        label_selector_matches(
                            spec.selector.as_ref(),
                            &spec.template.metadata.labels
                        ),
                        "{}",
                        preset.id
                    );
                    found += 1;
                }
            }
            assert!(found > 0, "{}", preset.id);
        }
    }

    #[test]
    fn ids_and_templates_are_known() {
        for preset in all() {
            assert_eq!(by_id(preset.id), Some(preset));
            for (template, count) in preset.nodes {
                assert!(TEMPLATES.contains(template), "{}: {template}", preset.id);
                assert!(*count > 0, "{}: {template}", preset.id);
            }
        }
        assert_eq!(by_id("nothing"), None);
    }

    #[test]
    fn what_to_watch_is_one_sentence() {
        for preset in all() {
            assert!(preset.watch.ends_with('.'), "{}", preset.id);
            assert!(!preset.watch.contains(". "), "{}", preset.id);
        }
    }

    #[test]
    fn the_seed_is_the_example_that_was_asked_for() {
        let seed = decode(by_id("seed").unwrap().yaml).unwrap();
        let [only] = &seed[..] else {
            panic!("{} objects", seed.len())
        };
        expect![[r#"{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"my-daemonset"},"spec":{"selector":{"matchLabels":{"app":"my-app"}},"template":{"metadata":{"labels":{"app":"my-app"}},"spec":{"containers":[{"image":"my-image:latest","name":"my-container"}]}}}}"#]].assert_eq(&only.value.to_string());
    }
}
