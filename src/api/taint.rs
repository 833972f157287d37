//! Taints, tolerations and who tolerates whom.

use super::node::Taint;
use super::pod::Toleration;

pub const NO_SCHEDULE: &str = "NoSchedule";
pub const PREFER_NO_SCHEDULE: &str = "PreferNoSchedule";
pub const NO_EXECUTE: &str = "NoExecute";

pub const NOT_READY: &str = "node.kubernetes.io/not-ready";
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
pub const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
pub const DISK_PRESSURE: &str = "node.kubernetes.io/disk-pressure";
pub const MEMORY_PRESSURE: &str = "node.kubernetes.io/memory-pressure";
pub const PID_PRESSURE: &str = "node.kubernetes.io/pid-pressure";
pub const NETWORK_UNAVAILABLE: &str = "node.kubernetes.io/network-unavailable";

/// Models: k8s.io/component-helpers/scheduling/corev1, Toleration.ToleratesTaint.
pub fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    if !toleration.effect.is_empty() && toleration.effect != taint.effect {
        return false;
    }
    if !toleration.key.is_empty() && toleration.key != taint.key {
        return false;
    }
    match toleration.operator.as_str() {
        "Exists" => true,
        "Equal" | "" => toleration.value == taint.value,
        _ => false,
    }
}

pub fn is_tolerated(taint: &Taint, tolerations: &[Toleration]) -> bool {
    tolerations
        .iter()
        .any(|toleration| tolerates(toleration, taint))
}

/// The first taint with one of the effects that no toleration covers.
///
/// Models: k8s.io/component-helpers/scheduling/corev1, FindMatchingUntoleratedTaint.
pub fn first_untolerated<'a>(
    taints: &'a [Taint],
    tolerations: &[Toleration],
    effects: &[&str],
) -> Option<&'a Taint> {
    taints
        .iter()
        .filter(|taint| effects.contains(&taint.effect.as_str()))
        .find(|taint| !is_tolerated(taint, tolerations))
}

/// How long the tolerations that match a node's NoExecute taints let a pod stay: 0 is at once, `None` for ever.
///
/// Models: pkg/controller/tainteviction/taint_eviction.go, getMinTolerationTime.
pub fn min_toleration_seconds<'a>(
    tolerations: impl IntoIterator<Item = &'a Toleration>,
) -> Option<i64> {
    let mut any = false;
    let shortest = tolerations
        .into_iter()
        .inspect(|_| any = true)
        .filter_map(|toleration| toleration.toleration_seconds)
        .map(|seconds| seconds.max(0))
        .min();
    if any { shortest } else { Some(0) }
}

/// Does this taint keep pods away (NoSchedule or NoExecute)?
pub fn repels(taint: &Taint) -> bool {
    taint.effect == NO_SCHEDULE || taint.effect == NO_EXECUTE
}

/// `key=value:Effect`, or `key:Effect` without value.
///
/// Models: k8s.io/api/core/v1/taint.go, ToString.
pub fn to_string(taint: &Taint) -> String {
    if taint.value.is_empty() {
        format!("{}:{}", taint.key, taint.effect)
    } else {
        format!("{}={}:{}", taint.key, taint.value, taint.effect)
    }
}
