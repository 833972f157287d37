//! Where a session starts: seed, nodes, how kubelets behave.

use crate::api::json::json_object;
use crate::cluster::nodes::NodeTemplate;
use crate::cluster::{Cluster, DEFAULT_EPOCH};
use crate::kubelet::profile::Profile;
use serde::{Deserialize, Serialize};

/// More nodes than this are refused: the page stays usable up to about 15,000.
pub const MAX_NODES: u32 = 20_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scenario {
    pub seed: u64,
    #[serde(default)]
    pub nodes: Vec<NodeGroup>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

json_object!(Scenario whole {
    seed: "seed",
    nodes: "nodes" or default,
    profile: "profile" or default,
});

/// Several nodes of one template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeGroup {
    pub template: NodeTemplate,
    pub count: u32,
}

json_object!(NodeGroup whole {
    template: "template",
    count: "count",
});

impl Default for Scenario {
    /// Three workers, as a first visit shows.
    fn default() -> Self {
        Scenario {
            seed: 1,
            nodes: vec![NodeGroup {
                template: NodeTemplate::Worker,
                count: 3,
            }],
            profile: None,
        }
    }
}

impl Scenario {
    pub fn node_count(&self) -> u64 {
        self.nodes.iter().map(|group| u64::from(group.count)).sum()
    }

    /// Refuses a scenario that can't be played, in one sentence.
    pub fn check(&self) -> Result<(), String> {
        let nodes = self.node_count();
        if nodes > u64::from(MAX_NODES) {
            return Err(format!(
                "{nodes} nodes are more than the {MAX_NODES} that the playground simulates"
            ));
        }
        self.profile.as_ref().map_or(Ok(()), Profile::validate)
    }

    /// The cluster at its start, at rest.
    pub fn build(&self) -> Cluster {
        let mut cluster = Cluster::new(self.seed, DEFAULT_EPOCH);
        if let Some(profile) = &self.profile {
            // `check` has seen it.
            let _ = cluster.with_parts(|parts, client| {
                parts.kubelets.set_profile(client.now, profile.clone())
            });
        }
        cluster.note_command("the cluster starts");
        for group in &self.nodes {
            // Names are free and templates are valid: this can't fail.
            let _ = super::execute::add_nodes(&mut cluster, group.template, group.count, true);
        }
        cluster
    }
}
