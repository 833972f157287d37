//! The kinds that an API server has out of the box: apiVersion, kind, plural, short names, namespaced or not.
//!
//! Those with a schema are simulated or at least checked field by field; the others are kept as they are.

use super::object::Object;
use super::schema;

/// One kind of object that the API server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// Lower case, as in URLs and `kubectl get`.
    pub plural: &'static str,
    pub short: &'static [&'static str],
    pub namespaced: bool,
    /// It is simulated, and its fields are in the schema, under the kind's name.
    pub has_schema: bool,
}

impl KindInfo {
    /// The schema's name for it, if its fields are known: those of simulated kinds and of some that are only stored.
    pub fn shape(&self) -> Option<&'static str> {
        let is_known = self.has_schema
            || self.api_version != "events.k8s.io/v1" && !schema::fields(self.kind).is_empty();
        is_known.then_some(self.kind)
    }
}

pub const fn kind(
    api_version: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: &'static [&'static str],
    namespaced: bool,
) -> KindInfo {
    KindInfo {
        api_version,
        kind,
        plural,
        short,
        namespaced,
        has_schema: false,
    }
}

const fn with_schema(info: KindInfo) -> KindInfo {
    KindInfo {
        has_schema: true,
        ..info
    }
}

/// All of them, simulated ones first.
pub const KINDS: &[KindInfo] = &[
    with_schema(kind("apps/v1", "DaemonSet", "daemonsets", &["ds"], true)),
    with_schema(kind("v1", "Pod", "pods", &["po"], true)),
    with_schema(kind("v1", "Node", "nodes", &["no"], false)),
    with_schema(kind("v1", "Namespace", "namespaces", &["ns"], false)),
    with_schema(kind("v1", "Event", "events", &["ev"], true)),
    with_schema(kind(
        "apps/v1",
        "ControllerRevision",
        "controllerrevisions",
        &[],
        true,
    )),
    with_schema(kind(
        "scheduling.k8s.io/v1",
        "PriorityClass",
        "priorityclasses",
        &["pc"],
        false,
    )),
    kind("v1", "ConfigMap", "configmaps", &["cm"], true),
    kind("v1", "Secret", "secrets", &[], true),
    kind("v1", "Service", "services", &["svc"], true),
    kind("v1", "ServiceAccount", "serviceaccounts", &["sa"], true),
    kind("v1", "Endpoints", "endpoints", &["ep"], true),
    kind("v1", "LimitRange", "limitranges", &["limits"], true),
    kind(
        "v1",
        "PersistentVolume",
        "persistentvolumes",
        &["pv"],
        false,
    ),
    kind(
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        &["pvc"],
        true,
    ),
    kind("v1", "PodTemplate", "podtemplates", &[], true),
    kind(
        "v1",
        "ReplicationController",
        "replicationcontrollers",
        &["rc"],
        true,
    ),
    kind("v1", "ResourceQuota", "resourcequotas", &["quota"], true),
    kind("apps/v1", "Deployment", "deployments", &["deploy"], true),
    kind("apps/v1", "ReplicaSet", "replicasets", &["rs"], true),
    kind("apps/v1", "StatefulSet", "statefulsets", &["sts"], true),
    kind("batch/v1", "CronJob", "cronjobs", &["cj"], true),
    kind("batch/v1", "Job", "jobs", &[], true),
    kind(
        "autoscaling/v1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        &["hpa"],
        true,
    ),
    kind(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        &["hpa"],
        true,
    ),
    kind(
        "policy/v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        &["pdb"],
        true,
    ),
    kind(
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        "clusterroles",
        &[],
        false,
    ),
    kind(
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        &[],
        false,
    ),
    kind("rbac.authorization.k8s.io/v1", "Role", "roles", &[], true),
    kind(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "rolebindings",
        &[],
        true,
    ),
    kind(
        "networking.k8s.io/v1",
        "Ingress",
        "ingresses",
        &["ing"],
        true,
    ),
    kind(
        "networking.k8s.io/v1",
        "IngressClass",
        "ingressclasses",
        &[],
        false,
    ),
    kind(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "networkpolicies",
        &["netpol"],
        true,
    ),
    kind(
        "networking.k8s.io/v1",
        "IPAddress",
        "ipaddresses",
        &["ip"],
        false,
    ),
    kind(
        "networking.k8s.io/v1",
        "ServiceCIDR",
        "servicecidrs",
        &[],
        false,
    ),
    kind(
        "node.k8s.io/v1",
        "RuntimeClass",
        "runtimeclasses",
        &[],
        false,
    ),
    kind("coordination.k8s.io/v1", "Lease", "leases", &[], true),
    kind(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "endpointslices",
        &[],
        true,
    ),
    kind("events.k8s.io/v1", "Event", "events", &["ev"], true),
    kind(
        "resource.k8s.io/v1",
        "DeviceClass",
        "deviceclasses",
        &[],
        false,
    ),
    kind(
        "resource.k8s.io/v1",
        "ResourceClaim",
        "resourceclaims",
        &[],
        true,
    ),
    kind(
        "resource.k8s.io/v1",
        "ResourceClaimTemplate",
        "resourceclaimtemplates",
        &[],
        true,
    ),
    kind(
        "resource.k8s.io/v1",
        "ResourceSlice",
        "resourceslices",
        &[],
        false,
    ),
    kind("storage.k8s.io/v1", "CSIDriver", "csidrivers", &[], false),
    kind("storage.k8s.io/v1", "CSINode", "csinodes", &[], false),
    kind(
        "storage.k8s.io/v1",
        "CSIStorageCapacity",
        "csistoragecapacities",
        &[],
        true,
    ),
    kind(
        "storage.k8s.io/v1",
        "StorageClass",
        "storageclasses",
        &["sc"],
        false,
    ),
    kind(
        "storage.k8s.io/v1",
        "VolumeAttachment",
        "volumeattachments",
        &[],
        false,
    ),
    kind(
        "storage.k8s.io/v1",
        "VolumeAttributesClass",
        "volumeattributesclasses",
        &["vac"],
        false,
    ),
    kind(
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        &[],
        false,
    ),
    kind(
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        &[],
        false,
    ),
    kind(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        "validatingadmissionpolicies",
        &[],
        false,
    ),
    kind(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
        &[],
        false,
    ),
    kind(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        &["crd", "crds"],
        false,
    ),
    kind(
        "apiregistration.k8s.io/v1",
        "APIService",
        "apiservices",
        &[],
        false,
    ),
    kind(
        "certificates.k8s.io/v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
        &["csr"],
        false,
    ),
    kind(
        "flowcontrol.apiserver.k8s.io/v1",
        "FlowSchema",
        "flowschemas",
        &[],
        false,
    ),
    kind(
        "flowcontrol.apiserver.k8s.io/v1",
        "PriorityLevelConfiguration",
        "prioritylevelconfigurations",
        &[],
        false,
    ),
];

/// The kind of a manifest's apiVersion and kind; both are spelled exactly.
pub fn find(api_version: &str, kind: &str) -> Option<&'static KindInfo> {
    KINDS
        .iter()
        .find(|info| info.api_version == api_version && info.kind == kind)
}

/// The kind of an object. (`object::Kind` knows only the simulated ones.)
pub fn of(object: &Object) -> Option<&'static KindInfo> {
    find(object.api_version(), object.kind_name())
}

/// The kind that a word on kubectl's command line means: plural, singular, short name, with or without group.
pub fn by_resource(word: &str) -> Option<&'static KindInfo> {
    let word = word.to_ascii_lowercase();
    let (name, group) = match word.split_once('.') {
        Some((name, group)) => (name, Some(group)),
        None => (word.as_str(), None),
    };
    KINDS.iter().find(|info| {
        let named = info.plural == name
            || info.kind.eq_ignore_ascii_case(name)
            || info.short.contains(&name);
        named
            && group.is_none_or(|group| group == info.group() || group == info.version_and_group())
    })
}

impl KindInfo {
    /// The API group; empty for the core group.
    pub fn group(&self) -> &'static str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }

    /// The version alone: `v1`.
    pub fn version(&self) -> &'static str {
        self.api_version
            .split_once('/')
            .map_or(self.api_version, |(_, version)| version)
    }

    fn version_and_group(&self) -> String {
        format!("{}.{}", self.version(), self.group())
    }

    /// Plural with the group behind a dot, as errors name a resource: `daemonsets.apps`.
    pub fn resource(&self) -> String {
        with_group(self.plural, self.group())
    }

    /// Kind with the group behind a dot, as validation errors name it: `DaemonSet.apps`.
    pub fn qualified_kind(&self) -> String {
        with_group(self.kind, self.group())
    }
}

fn with_group(name: &str, group: &str) -> String {
    if group.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{group}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::object::Kind;

    #[test]
    fn agrees_with_the_simulated_kinds() {
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Generic) {
            let info = find(kind.api_version(), kind.name()).unwrap();
            assert_eq!(info.plural, kind.plural());
            assert_eq!(info.resource(), kind.resource());
            assert_eq!(info.namespaced, kind.is_namespaced());
            assert!(info.has_schema && !crate::api::schema::fields(info.kind).is_empty());
        }
    }

    #[test]
    fn words_on_the_command_line() {
        for (word, kind) in [
            ("ds", "DaemonSet"),
            ("daemonset", "DaemonSet"),
            ("DaemonSets", "DaemonSet"),
            ("daemonsets.apps", "DaemonSet"),
            ("daemonsets.v1.apps", "DaemonSet"),
            ("po", "Pod"),
            ("svc", "Service"),
        ] {
            assert_eq!(
                by_resource(word).map(|info| info.kind),
                Some(kind),
                "{word}"
            );
        }
        assert_eq!(by_resource("foo"), None);
        assert_eq!(by_resource("pods.apps"), None);
        assert_eq!(find("extensions/v1beta1", "DaemonSet"), None);
    }
}
