//! What the scheduler decides for one pod, and why.

use std::fmt;
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
pub enum SchedulingDecision {
    Bound {
        node: Rc<str>,
    },
    /// The whole message, as in the FailedScheduling event.
    Unschedulable {
        message: String,
    },
    Preempting {
        node: Rc<str>,
        victims: Vec<Rc<str>>,
    },
}

impl fmt::Display for SchedulingDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SchedulingDecision::Bound { node } => write!(f, "all filters passed on {node}"),
            SchedulingDecision::Unschedulable { message } => f.write_str(message),
            SchedulingDecision::Preempting { node, victims } => {
                write!(f, "preempts {} on {node}", victims.join(", "))
            }
        }
    }
}
