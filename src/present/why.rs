//! Why: each check that the controller and the scheduler make, what decided, and the chain of causes.

use super::words::Tone;

/// What the why panel shows for the node or pod that was clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyPanel {
    /// `Node node-2` or `Pod my-daemonset-x7k2p`
    pub title: String,
    /// The verdict in one sentence.
    pub answer: String,
    pub tone: Tone,
    /// The exact field that decided, if one did: `node-2: spec.taints[0]`.
    pub decided_by: Option<String>,
    pub groups: Vec<CheckGroup>,
    /// Name and value, for what isn't a check.
    pub facts: Vec<Fact>,
    pub causes: Vec<Cause>,
    /// It is gone at this moment of the timeline.
    pub is_gone: bool,
}

/// The checks of one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckGroup {
    /// `DaemonSet controller: should node-2 run agent?`
    pub title: String,
    pub checks: Vec<Check>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub outcome: Outcome,
    pub title: String,
    pub detail: String,
    /// Where in the YAML: `spec.template.spec.nodeSelector`.
    pub field: String,
    /// This one decided.
    pub decides: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Fail,
    /// Not asked: an earlier check decided, or there is nothing to check.
    Skipped,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Pass => "Pass",
            Outcome::Fail => "Fail",
            Outcome::Skipped => "Skipped",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

/// One link of the chain, the effect first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub at: String,
    pub at_ms: u64,
    pub actor: String,
    pub text: String,
}
