//! `delete`.
//!
//! Models: kubectl/pkg/cmd/delete/delete.go.

use super::{default_namespace, find};
use crate::api::kinds::KindInfo;
use crate::api::object::Object;
use crate::apiserver::{DeleteOptions, Propagation};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::job::Job;
use crate::kubectl::{manifest, resource};

pub const FORCED: &str = "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.";
pub const CLUSTER_SCOPED: &str =
    "Warning: deleting cluster-scoped resources, not scoped to the provided namespace";

/// How objects are deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub propagation: Propagation,
    /// Seconds; 0 deletes by force, `None` leaves it to the object.
    pub grace: Option<i64>,
}

impl Options {
    pub fn for_server(self) -> DeleteOptions {
        DeleteOptions {
            grace_period_seconds: self.grace,
            propagation: self.propagation,
            uid: None,
        }
    }

    fn is_forced(self) -> bool {
        self.grace == Some(0)
    }
}

/// `pod "web" deleted from default namespace`. `dry` is the word for a dry run, if it is one.
pub fn line(
    info: &KindInfo,
    (namespace, name): (&str, &str),
    is_forced: bool,
    dry: &str,
) -> String {
    let kind = resource::kind_word(info);
    let word = if is_forced {
        "force deleted"
    } else {
        "deleted"
    };
    let from = if info.namespaced {
        format!(" from {namespace} namespace")
    } else {
        String::new()
    };
    format!("{kind} \"{name}\" {word}{dry}{from}")
}

/// Deletes one object without waiting until it is gone. An empty namespace is the default one.
pub fn one(
    job: &mut Job<'_>,
    (kind, namespace, name): (&str, &str, &str),
    options: Options,
) -> Outcome {
    if options.is_forced() {
        job.warn(FORCED);
    }
    let object = find(&job.client(), kind, namespace, name)?;
    if !namespace.is_empty() && !resource::info_of(&object).namespaced {
        job.warn(CLUSTER_SCOPED);
    }
    delete(job, &object, options)
}

/// Deletes all objects of a text without waiting until they are gone.
pub fn text(job: &mut Job<'_>, text: &str) -> Outcome {
    let namespace = (default_namespace(""), false);
    let found = manifest::find(
        job.client().server,
        text,
        "STDIN",
        namespace,
        Some("deleting"),
    );
    let mut failures = found.failures;
    for object in found.objects {
        if let Err(failure) = delete(job, &object, Options::default()) {
            failures.push(failure);
        }
    }
    Failure::collect(failures)
}

fn delete(job: &mut Job<'_>, object: &Object, options: Options) -> Outcome {
    resource::delete(&mut job.client(), object, &options.for_server())?;
    let (info, meta) = (resource::info_of(object), object.meta());
    let name = (&*meta.namespace, &*meta.name);
    job.print(&line(info, name, options.is_forced(), ""));
    Ok(())
}
