//! What people get wrong about DaemonSets, as clusters to open: a question, commands that lead into the situation, where to look, and the true cause.
//!
//! The texts are files in static/scenarios, each a transcript without outputs below a few `#` lines.
//! Nothing is run here: the commands go the way of anything that a user types.

use std::sync::LazyLock;

/// A question about DaemonSets, and the cluster in which the page answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Stable: links and tests use it.
    pub id: &'static str,
    pub title: &'static str,
    /// As a user asks it.
    pub question: &'static str,
    pub look: Look,
    /// The true cause, in a sentence or two.
    pub answer: &'static str,
    /// `$` commands, one after the other, with their heredocs.
    pub commands: &'static str,
}

/// What the page selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The DaemonSet's numbers and its rollout.
    Rollout,
    Node(&'static str),
    /// The DaemonSet's pod on this node; if there are two, the one that isn't ready.
    PodOn(&'static str),
}

/// Every story, in the order in which the page offers them.
pub fn all() -> &'static [Story] {
    static ALL: LazyLock<Vec<Story>> = LazyLock::new(|| {
        let texts = TEXTS.iter();
        texts
            .filter_map(|(id, text)| parse(id, text).ok())
            .collect()
    });
    &ALL
}

pub fn by_id(id: &str) -> Option<&'static Story> {
    all().iter().find(|story| story.id == id)
}

/// The head of a story is `# Field: value` lines; what follows is typed.
fn parse(id: &'static str, text: &'static str) -> Result<Story, String> {
    let field = |name: &str| {
        let values = text.lines().filter_map(|line| line.strip_prefix("# "));
        let found = values.filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let mut found = found.map(str::trim);
        found.next().ok_or_else(|| format!("{id}: no {name}"))
    };
    let look = field("Look")?;
    let look = match look.split_once(' ') {
        None if look == "rollout" => Look::Rollout,
        Some(("node", node)) => Look::Node(node),
        Some(("pod-on", node)) => Look::PodOn(node),
        _ => return Err(format!("{id}: Look is rollout, node NAME or pod-on NODE")),
    };
    let start = text
        .find("\n$ ")
        .ok_or_else(|| format!("{id}: no command"))?;
    Ok(Story {
        id,
        title: field("Title")?,
        question: field("Question")?,
        look,
        answer: field("Answer")?,
        commands: &text[start + 1..],
    })
}

macro_rules! texts {
    ($($id:literal)*) => { [$(($id, include_str!(concat!("../../static/scenarios/", $id, ".txt")))),*] };
}

static TEXTS: [(&str, &str); 15] = texts![
    "desired-below-nodes"
    "pending-on-a-full-node"
    "label-and-taint"
    "drain-leaves-daemons"
    "running-on-a-dead-node"
    "stuck-behind-a-not-ready-node"
    "no-floor"
    "default-too-slow"
    "surge-with-host-port"
    "ready-is-not-available"
    "on-delete-and-config-map"
    "immutable-selector"
    "scale-to-zero"
    "workload-before-daemon"
    "failed-pod-loop"
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_story_and_reads_like_one() {
        for (id, text) in TEXTS {
            let story = parse(id, text).unwrap();
            assert!(story.commands.starts_with("$ cluster new "), "{id}");
            assert!(story.question.ends_with('?'), "{id}");
            assert!(story.answer.ends_with('.'), "{id}");
            assert!(!story.title.ends_with('.'), "{id}");
            assert_eq!(by_id(id), Some(&story));
        }
        assert_eq!(by_id("nothing"), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |text| parse("x", text).unwrap_err();
        assert_eq!(error("# Look: rollout\n$ a"), "x: no Title");
        assert_eq!(
            error("# Look: up\n$ a"),
            "x: Look is rollout, node NAME or pod-on NODE"
        );
        assert_eq!(error("# Look: rollout"), "x: no command");
    }
}
