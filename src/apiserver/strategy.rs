//! The server's rules for each kind on create and update: defaults, generations, the fields that a status write may touch, validation.
//!
//! Models: pkg/registry/*/strategy.go.

use super::{ApiServer, admission, pod_security, quota};
use crate::api::apps::{
    ControllerRevision, DaemonSet, DaemonSetStatus, TEMPLATE_GENERATION_ANNOTATION,
};
use crate::api::core::{Event, Generic, Namespace, PriorityClass};
use crate::api::node::Node;
use crate::api::object::Resource;
use crate::api::pod::{Pod, PodCondition, PodStatus, phase};
use crate::api::status::{FieldError, Reason, Status};
use crate::api::validation::daemon_set as daemon_sets;
use crate::api::validation::pod as pods;
use crate::api::{defaults, kinds, validation};
use crate::chunk::in_chunk;

in_chunk!(engine 12, fn validate_daemon_set(set: &DaemonSet) -> Vec<FieldError> = daemon_sets::validate_daemon_set);
in_chunk!(engine 13, fn validate_daemon_set_change(new: &DaemonSet, old: &DaemonSet) -> Vec<FieldError> = daemon_sets::validate_daemon_set_change);
in_chunk!(engine 14, fn validate_pod(pod: &Pod) -> Vec<FieldError> = pods::validate_pod);
in_chunk!(engine 15, fn validate_pod_update(new: &Pod, old: &Pod) -> Vec<FieldError> = pods::validate_pod_update);

type Findings = Result<(), Vec<FieldError>>;

fn findings(list: Vec<FieldError>) -> Findings {
    if list.is_empty() { Ok(()) } else { Err(list) }
}

/// The server's treatment of one kind. The defaults of the methods do nothing.
pub trait Strategy: Resource {
    fn is_namespaced(&self) -> bool {
        Self::KIND.is_namespaced()
    }
    /// Plural with group, as errors name the resource.
    fn resource(&self) -> String {
        Self::KIND.resource()
    }
    /// Kind with group, as validation errors name it.
    fn qualified_kind(&self) -> String {
        match Self::KIND.group() {
            "" => Self::KIND.name().to_owned(),
            group => format!("{}.{group}", Self::KIND.name()),
        }
    }
    fn default_fields(&mut self) {}
    fn prepare_create(&mut self) {}
    fn prepare_update(&mut self, _old: &Self) {}
    /// Takes everything but the status from `old`.
    fn prepare_status_update(&mut self, _old: &Self) {}
    fn admit(_server: &ApiServer, _object: &mut Self) -> Result<(), Status> {
        Ok(())
    }
    /// Admission that looks at the whole object, its name included: limits and quotas.
    fn admit_last(&self, _server: &ApiServer) -> Result<(), Status> {
        Ok(())
    }
    fn validate_create(&self) -> Findings {
        Ok(())
    }
    fn validate_update(&self, _old: &Self) -> Findings {
        Ok(())
    }
    /// Why it may not be deleted.
    fn admit_delete(&self) -> Result<(), Status> {
        Ok(())
    }
    /// Marks the object at the beginning of its deletion.
    fn prepare_delete(&mut self) {}
    /// Does something else than metadata.finalizers keep the object?
    fn is_kept(&self) -> bool {
        false
    }
    /// The grace period of a deletion, from the one that was asked for.
    fn grace_seconds(&self, _asked: Option<i64>) -> i64 {
        0
    }
}

impl Strategy for DaemonSet {
    fn default_fields(&mut self) {
        defaults::default_daemon_set(self);
    }

    /// Models: pkg/registry/apps/daemonset/strategy.go, PrepareForCreate.
    fn prepare_create(&mut self) {
        self.status = DaemonSetStatus::default();
        self.metadata.generation = 1;
        set_template_generation(self, 1);
    }

    /// Models: pkg/registry/apps/daemonset/strategy.go, PrepareForUpdate.
    fn prepare_update(&mut self, old: &Self) {
        self.status = old.status.clone();
        let template_generation = old.template_generation().unwrap_or(0);
        set_template_generation(self, template_generation);
        self.metadata.generation = old.metadata.generation;
        if self.spec.template != old.spec.template {
            set_template_generation(self, template_generation + 1);
            self.metadata.generation += 1;
        } else if self.spec != old.spec {
            self.metadata.generation += 1;
        }
    }

    fn prepare_status_update(&mut self, old: &Self) {
        self.metadata.clone_from(&old.metadata);
        self.spec = old.spec.clone();
    }

    fn admit_last(&self, server: &ApiServer) -> Result<(), Status> {
        quota::check(server, self, None)
    }

    fn validate_create(&self) -> Findings {
        findings(validate_daemon_set(self))
    }

    fn validate_update(&self, old: &Self) -> Findings {
        findings(validate_daemon_set_change(self, old))
    }
}

fn set_template_generation(set: &mut DaemonSet, generation: i64) {
    set.metadata.annotations.insert(
        TEMPLATE_GENERATION_ANNOTATION.to_owned(),
        generation.to_string(),
    );
}

impl Strategy for Pod {
    fn default_fields(&mut self) {
        defaults::default_pod(self);
    }

    /// Models: pkg/registry/core/pod/strategy.go, PrepareForCreate.
    fn prepare_create(&mut self) {
        self.metadata.generation = 1;
        self.status = PodStatus {
            phase: phase::PENDING.to_owned(),
            qos_class: admission::qos_class(&self.spec).to_owned(),
            ..PodStatus::default()
        };
        admission::app_armor_fields(self);
        let gates = self.spec.extra.get("schedulingGates");
        if gates
            .and_then(|it| it.as_array())
            .is_some_and(|it| !it.is_empty())
        {
            // Models: applySchedulingGatedCondition.
            self.status.conditions.push(PodCondition {
                type_: "PodScheduled".to_owned(),
                status: "False".to_owned(),
                reason: "SchedulingGated".to_owned(),
                message: "Scheduling is blocked due to non-empty scheduling gates".to_owned(),
                ..PodCondition::default()
            });
        }
    }

    fn prepare_update(&mut self, old: &Self) {
        self.status = old.status.clone();
        self.metadata.generation = old.metadata.generation + i64::from(self.spec != old.spec);
    }

    fn prepare_status_update(&mut self, old: &Self) {
        self.metadata.clone_from(&old.metadata);
        self.spec = old.spec.clone();
    }

    fn admit(server: &ApiServer, object: &mut Self) -> Result<(), Status> {
        admission::admit_pod(server, object)
    }

    fn admit_last(&self, server: &ApiServer) -> Result<(), Status> {
        quota::check_limits(server, self)?;
        pod_security::check(server, self)?;
        quota::check(server, self, Some(self))
    }

    fn validate_create(&self) -> Findings {
        findings(validate_pod(self))
    }

    fn validate_update(&self, old: &Self) -> Findings {
        findings(validate_pod_update(self, old))
    }

    /// Models: pkg/registry/core/pod/strategy.go, CheckGracefulDelete.
    fn grace_seconds(&self, asked: Option<i64>) -> i64 {
        if !self.is_bound() || self.is_terminal() {
            return 0;
        }
        let period =
            asked.unwrap_or_else(|| self.spec.termination_grace_period_seconds.unwrap_or(30));
        if period < 0 { 1 } else { period }
    }
}

impl Strategy for Node {
    fn default_fields(&mut self) {
        defaults::default_node(self);
    }

    fn prepare_update(&mut self, old: &Self) {
        self.status = old.status.clone();
    }

    fn prepare_status_update(&mut self, old: &Self) {
        self.metadata.clone_from(&old.metadata);
        self.spec = old.spec.clone();
    }

    fn admit(_server: &ApiServer, object: &mut Self) -> Result<(), Status> {
        admission::admit_node(object);
        Ok(())
    }

    fn validate_create(&self) -> Findings {
        findings(validation::node::validate_node(self))
    }

    fn validate_update(&self, old: &Self) -> Findings {
        findings(validation::node::validate_node_update(self, old))
    }
}

impl Strategy for Namespace {
    fn prepare_create(&mut self) {
        self.status.phase = "Active".to_owned();
        let name = self.metadata.name.clone();
        self.metadata
            .labels
            .insert("kubernetes.io/metadata.name".to_owned(), name);
        let finalizers = serde_json::json!(["kubernetes"]);
        self.spec.insert("finalizers".to_owned(), finalizers);
    }

    fn prepare_update(&mut self, old: &Self) {
        self.status = old.status.clone();
        // Only the namespace controller removes them, at the end.
        if !old.metadata.is_terminating() {
            self.spec = old.spec.clone();
        }
    }

    /// Models: plugin/pkg/admission NamespaceLifecycle, the immortal namespaces.
    fn admit_delete(&self) -> Result<(), Status> {
        match self.metadata.name.as_str() {
            "default" | "kube-system" | "kube-public" => Err(may_not_be_deleted(
                self,
                "this namespace may not be deleted",
            )),
            _ => Ok(()),
        }
    }

    fn prepare_delete(&mut self) {
        self.status.phase = "Terminating".to_owned();
    }

    /// By its contents: the namespace controller removes the finalizer.
    fn is_kept(&self) -> bool {
        self.spec
            .get("finalizers")
            .and_then(|f| f.as_array())
            .is_some_and(|f| !f.is_empty())
    }

    fn validate_create(&self) -> Findings {
        findings(validation::meta::validate_namespace(self))
    }
}

fn may_not_be_deleted(object: &impl Strategy, why: &str) -> Status {
    let (resource, name) = (object.resource(), &object.meta().name);
    Status::new(
        Reason::Forbidden,
        format!("{resource} \"{name}\" is forbidden: {why}"),
    )
}

impl Strategy for PriorityClass {
    fn default_fields(&mut self) {
        defaults::default_priority_class(self);
    }

    /// Models: pkg/registry/scheduling/priorityclass/storage, Delete.
    fn admit_delete(&self) -> Result<(), Status> {
        match self.metadata.name.as_str() {
            "system-cluster-critical" | "system-node-critical" => Err(may_not_be_deleted(
                self,
                "this is a system priority class and cannot be deleted",
            )),
            _ => Ok(()),
        }
    }

    fn validate_create(&self) -> Findings {
        findings(validation::meta::validate_priority_class(self))
    }

    fn validate_update(&self, old: &Self) -> Findings {
        findings(validation::meta::validate_priority_class_update(self, old))
    }
}

impl Strategy for ControllerRevision {
    fn validate_update(&self, old: &Self) -> Findings {
        findings(validation::meta::validate_controller_revision_update(
            self, old,
        ))
    }
}

impl Strategy for Event {}

impl Strategy for Generic {
    fn is_namespaced(&self) -> bool {
        kinds::find(&self.api_version, &self.kind).is_none_or(|info| info.namespaced)
    }

    fn resource(&self) -> String {
        kinds::find(&self.api_version, &self.kind)
            .map_or_else(|| self.kind.clone(), |info| info.resource())
    }

    fn qualified_kind(&self) -> String {
        kinds::find(&self.api_version, &self.kind)
            .map_or_else(|| self.kind.clone(), |info| info.qualified_kind())
    }

    fn admit_last(&self, server: &ApiServer) -> Result<(), Status> {
        quota::check(server, self, None)
    }

    fn validate_create(&self) -> Findings {
        findings(validation::meta::validate_generic(self))
    }
}
