//! The status that the controller writes, and when it writes.

use super::api::DaemonApi;
use super::assess::Counts;
use crate::api::apps::{DaemonSet, DaemonSetStatus};
use crate::api::object::Resource;
use crate::api::status::Status;
use std::rc::Rc;

/// How often a failed write is tried again.
const RETRIES: u32 = 1;

/// The status for these sums.
pub fn status_of(counts: Counts, old: &DaemonSetStatus) -> DaemonSetStatus {
    DaemonSetStatus {
        desired_number_scheduled: counts.desired,
        current_number_scheduled: counts.current,
        number_misscheduled: counts.misscheduled,
        number_ready: counts.ready,
        updated_number_scheduled: counts.updated,
        number_available: counts.available,
        number_unavailable: counts.desired - counts.available,
        ..old.clone()
    }
}

/// Writes the status if a number changed or, when `observe` is set, the generation wasn't observed yet; returns what was written.
///
/// Models: daemon_controller.go, storeDaemonSetStatus.
pub fn store(
    api: &mut dyn DaemonApi,
    set: &Rc<DaemonSet>,
    status: &DaemonSetStatus,
    observe: bool,
) -> Result<Option<Rc<DaemonSet>>, Status> {
    let observed = set.status.observed_generation >= set.metadata.generation;
    if set.status
        == (DaemonSetStatus {
            observed_generation: set.status.observed_generation,
            ..status.clone()
        })
        && (observed || !observe)
    {
        return Ok(None);
    }
    let mut target = (**set).clone();
    let mut attempt = 0;
    loop {
        let keep = target.status.collision_count;
        // The generation that was synced: the object of a retry may be newer.
        let observed_generation = if observe {
            set.metadata.generation
        } else {
            target.status.observed_generation
        };
        target.status = DaemonSetStatus {
            observed_generation,
            collision_count: keep,
            ..status.clone()
        };
        let error = match api.update_set_status(target.clone()) {
            Ok(written) => return Ok(Some(written)),
            Err(error) => error,
        };
        if attempt >= RETRIES {
            return Err(error);
        }
        attempt += 1;
        target = (*api.get_set(&target.key())?).clone();
    }
}
