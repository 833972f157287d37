//! The text of a scheduling failure: how many nodes failed, and how many for which reason.
//!
//! Models: pkg/scheduler/framework/types.go, FitError.Error.

use crate::sim::map::Map;
use crate::sim::sort::Order;
use std::fmt::Write as _;

/// No node exists: nothing is filtered and nothing preempted.
pub const NO_NODES: &str = "no nodes available to schedule pods";
/// Nodes that PreFilter left out.
pub const NOT_SATISFIED: &str = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
/// What PreFilter says when the terms contradict themselves.
pub const CONFLICT: &str = "pod affinity terms conflict";
/// What the dynamic resource allocation plugin says before preemption does; no pod here has claims.
const NO_CLAIMS: &str = "no new claims to deallocate";
/// Event messages longer than this are cut.
const EVENT_MESSAGE_MAX: usize = 1024;

/// How many nodes have which reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons(Map<String, u32>);

impl Reasons {
    /// Counts `nodes` more for the reason.
    pub fn add(&mut self, reason: &str, nodes: u32) {
        if nodes == 0 {
            return;
        }
        match self.0.get_mut(reason) {
            Some(count) => *count += nodes,
            None => {
                self.0.insert(reason.to_owned(), nodes);
            }
        }
    }
}

/// `0/N nodes are available: …`. The reasons count only if PreFilter passed, that is, has no message.
pub fn fit_error(nodes: u32, pre_filter: &str, reasons: &Reasons, post_filter: &str) -> String {
    let mut text = format!("0/{nodes} nodes are available:");
    // Writing into a String can't fail.
    if pre_filter.is_empty() {
        let mut counted: Vec<String> = reasons
            .0
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        // As strings, as upstream does: `10 x` comes before `2 y`.
        counted.order();
        if !counted.is_empty() {
            let _ = write!(text, " {}.", counted.join(", "));
        }
    } else {
        let _ = write!(text, " {pre_filter}.");
    }
    if !post_filter.is_empty() {
        let _ = write!(text, " {post_filter}");
    }
    text
}

/// What the PostFilter plugins say together when preemption found nothing.
pub fn post_filter(preemption: &str) -> String {
    format!("{NO_CLAIMS}, preemption: {preemption}")
}

/// The message as the event carries it.
///
/// Models: pkg/scheduler/schedule_one.go, truncateMessage.
pub fn for_event(message: &str) -> String {
    if message.len() <= EVENT_MESSAGE_MAX {
        return message.to_owned();
    }
    const SUFFIX: &str = " ...";
    let mut end = EVENT_MESSAGE_MAX - SUFFIX.len();
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{SUFFIX}", message.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(nodes: u32, pre_filter: &str, reasons: &[(&str, u32)], expect: Expect) {
        let mut counted = Reasons::default();
        for (reason, count) in reasons {
            counted.add(reason, *count);
        }
        expect.assert_eq(&fit_error(nodes, pre_filter, &counted, ""));
    }

    #[test]
    fn counts_are_sorted_as_strings() {
        check(
            12,
            "",
            &[("b", 2), ("a", 10), ("c", 0)],
            expect!["0/12 nodes are available: 10 a, 2 b."],
        );
    }

    #[test]
    fn a_failing_prefilter_speaks_alone() {
        check(
            2,
            CONFLICT,
            &[("a", 2)],
            expect!["0/2 nodes are available: pod affinity terms conflict."],
        );
    }

    #[test]
    fn long_event_messages_are_cut() {
        let cut = for_event(&"é".repeat(600));
        assert!(cut.len() <= 1024 && cut.ends_with("é ..."), "{}", cut.len());
    }
}
