//! How long things take on a node, and which images misbehave: plain data, so that a lesson or a learner can change it.
//!
//! Without any configuration the name of an image says how it behaves. These words count when they stand alone in the image's name or tag (letters around them would make another word):
//!
//! | word | effect |
//! |---|---|
//! | `does-not-exist`, `nonexistent`, `bad`, `broken` | can't be pulled: ErrImagePull, ImagePullBackOff |
//! | `crash`, `crashloop` | exits with code 1 after a moment: CrashLoopBackOff |
//! | `unready`, `never-ready` | runs, but never becomes ready |
//! | `hangs`, `unhealthy` | answers no probe any more after half a minute: not ready, and killed by its liveness probe if it has one |
//! | `slow` | takes five times as long to start and to become ready |
//! | `stubborn` | ignores SIGTERM and uses its whole grace period |
//!
//! Differs: a real container without readinessProbe is ready when it runs; an image named `unready` isn't, here.

use crate::api::json::json_names;
use crate::api::json::json_object;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Kubelets work by themselves.
    #[default]
    Simulated,
    /// Kubelets do nothing but what the `manual_…` methods say; for recorded scenarios.
    Manual,
}

json_names!(Mode {
    Simulated: "Simulated",
    Manual: "Manual",
});

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Profile {
    pub mode: Mode,
    /// From the moment a kubelet sees a pod to its first status.
    pub sync_ms: u64,
    /// Making the pod's sandbox: network and IP address.
    pub sandbox_ms: u64,
    pub pull_ms_min: u64,
    pub pull_ms_max: u64,
    /// Asking the registry about an image that is there already (pull policy Always).
    pub pull_check_ms: u64,
    /// How long it takes until the registry says no.
    pub pull_error_ms: u64,
    pub start_ms: u64,
    /// From a container's start until it answers its readiness or startup probe.
    pub ready_ms: u64,
    /// How long an init container runs.
    pub init_ms: u64,
    /// From SIGTERM to the end.
    pub shutdown_ms: u64,
    /// In how many of 1000 cases a start is slow, and how many times as long it takes.
    pub slow_per_mille: u32,
    pub slow_factor: u32,
    /// From switching a node on to its kubelet's first report.
    pub node_start_ms: u64,
    /// All that match an image apply, the later ones over the earlier.
    pub images: Vec<ImageRule>,
}

json_object!(Profile by default and no more {
    mode: "mode",
    sync_ms: "syncMs",
    sandbox_ms: "sandboxMs",
    pull_ms_min: "pullMsMin",
    pull_ms_max: "pullMsMax",
    pull_check_ms: "pullCheckMs",
    pull_error_ms: "pullErrorMs",
    start_ms: "startMs",
    ready_ms: "readyMs",
    init_ms: "initMs",
    shutdown_ms: "shutdownMs",
    slow_per_mille: "slowPerMille",
    slow_factor: "slowFactor",
    node_start_ms: "nodeStartMs",
    images: "images",
});

/// What is different for images of that name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ImageRule {
    /// A word of the image's name; or, with `*`, a pattern for all of it.
    pub pattern: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_ms_min: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_ms_max: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot_pull: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never_ready: Option<bool>,
    /// From its start until it answers no probe any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang_after_ms: Option<u64>,
    /// The container ends by itself so long after its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shutdown_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_per_mille: Option<u32>,
}

json_object!(ImageRule by default and no more {
    pattern: "pattern",
    pull_ms_min: "pullMsMin",
    pull_ms_max: "pullMsMax",
    cannot_pull: "cannotPull",
    start_ms: "startMs",
    ready_ms: "readyMs",
    never_ready: "neverReady",
    hang_after_ms: "hangAfterMs",
    exit_after_ms: "exitAfterMs",
    exit_code: "exitCode",
    shutdown_ms: "shutdownMs",
    slow_per_mille: "slowPerMille",
});

/// Longest time that a profile may name: a day.
pub const MAX_MS: u64 = 24 * 60 * 60 * 1000;
const MAX_RULES: usize = 100;

impl Default for Profile {
    fn default() -> Self {
        let rule = |pattern: &str| ImageRule {
            pattern: pattern.to_owned(),
            ..ImageRule::default()
        };
        let mut images = Vec::new();
        for word in ["does-not-exist", "nonexistent", "bad", "broken"] {
            images.push(ImageRule {
                cannot_pull: Some(true),
                ..rule(word)
            });
        }
        for word in ["crash", "crashloop"] {
            images.push(ImageRule {
                exit_after_ms: Some(2000),
                exit_code: Some(1),
                ..rule(word)
            });
        }
        for word in ["unready", "never-ready"] {
            images.push(ImageRule {
                never_ready: Some(true),
                ..rule(word)
            });
        }
        for word in ["hangs", "unhealthy"] {
            images.push(ImageRule {
                hang_after_ms: Some(30_000),
                ..rule(word)
            });
        }
        images.push(ImageRule {
            slow_per_mille: Some(1000),
            ..rule("slow")
        });
        images.push(ImageRule {
            shutdown_ms: Some(MAX_MS),
            ..rule("stubborn")
        });
        Profile {
            mode: Mode::Simulated,
            sync_ms: 50,
            sandbox_ms: 400,
            pull_ms_min: 1500,
            pull_ms_max: 4500,
            pull_check_ms: 350,
            pull_error_ms: 900,
            start_ms: 300,
            ready_ms: 1000,
            init_ms: 1000,
            shutdown_ms: 1200,
            slow_per_mille: 0,
            slow_factor: 5,
            node_start_ms: 3000,
            images,
        }
    }
}

/// A profile's answer for one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    pub pull_ms_min: u64,
    pub pull_ms_max: u64,
    pub cannot_pull: bool,
    pub start_ms: u64,
    pub ready_ms: u64,
    pub never_ready: bool,
    pub hang_after_ms: Option<u64>,
    pub exit: Option<(u64, i32)>,
    pub shutdown_ms: u64,
    pub slow_per_mille: u32,
}

impl Profile {
    pub fn manual() -> Profile {
        Profile {
            mode: Mode::Manual,
            ..Profile::default()
        }
    }

    /// Says which field is out of bounds.
    pub fn validate(&self) -> Result<(), String> {
        let times = [
            ("syncMs", self.sync_ms),
            ("sandboxMs", self.sandbox_ms),
            ("pullMsMin", self.pull_ms_min),
            ("pullMsMax", self.pull_ms_max),
            ("pullCheckMs", self.pull_check_ms),
            ("pullErrorMs", self.pull_error_ms),
            ("startMs", self.start_ms),
            ("readyMs", self.ready_ms),
            ("initMs", self.init_ms),
            ("shutdownMs", self.shutdown_ms),
            ("nodeStartMs", self.node_start_ms),
        ];
        for (name, ms) in times {
            check_ms(name, ms)?;
        }
        if self.pull_ms_min > self.pull_ms_max {
            return Err(format!(
                "pullMsMin: {} is more than pullMsMax, {}",
                self.pull_ms_min, self.pull_ms_max
            ));
        }
        check_per_mille("slowPerMille", self.slow_per_mille)?;
        if !(1..=1000).contains(&self.slow_factor) {
            return Err(format!(
                "slowFactor: {} is not between 1 and 1000",
                self.slow_factor
            ));
        }
        if self.images.len() > MAX_RULES {
            return Err(format!(
                "images: {} rules, at most {MAX_RULES} are allowed",
                self.images.len()
            ));
        }
        for (i, rule) in self.images.iter().enumerate() {
            let at = |field: &str| format!("images[{i}].{field}");
            if rule.pattern.is_empty() {
                return Err(format!("{}: must not be empty", at("pattern")));
            }
            let times = [
                ("pullMsMin", rule.pull_ms_min),
                ("pullMsMax", rule.pull_ms_max),
                ("startMs", rule.start_ms),
                ("readyMs", rule.ready_ms),
                ("exitAfterMs", rule.exit_after_ms),
                ("hangAfterMs", rule.hang_after_ms),
                ("shutdownMs", rule.shutdown_ms),
            ];
            for (name, ms) in times {
                check_ms(&at(name), ms.unwrap_or(0))?;
            }
            check_per_mille(&at("slowPerMille"), rule.slow_per_mille.unwrap_or(0))?;
            if !(0..=255).contains(&rule.exit_code.unwrap_or(0)) {
                return Err(format!("{}: must be between 0 and 255", at("exitCode")));
            }
        }
        Ok(())
    }

    /// How containers of an image behave.
    pub fn behaviour(&self, image: &str) -> Behaviour {
        let mut result = Behaviour {
            pull_ms_min: self.pull_ms_min,
            pull_ms_max: self.pull_ms_max,
            cannot_pull: false,
            start_ms: self.start_ms,
            ready_ms: self.ready_ms,
            never_ready: false,
            hang_after_ms: None,
            exit: None,
            shutdown_ms: self.shutdown_ms,
            slow_per_mille: self.slow_per_mille,
        };
        for rule in self.images.iter().filter(|r| matches(&r.pattern, image)) {
            result.pull_ms_min = rule.pull_ms_min.unwrap_or(result.pull_ms_min);
            result.pull_ms_max = rule.pull_ms_max.unwrap_or(result.pull_ms_max);
            result.cannot_pull = rule.cannot_pull.unwrap_or(result.cannot_pull);
            result.start_ms = rule.start_ms.unwrap_or(result.start_ms);
            result.ready_ms = rule.ready_ms.unwrap_or(result.ready_ms);
            result.never_ready = rule.never_ready.unwrap_or(result.never_ready);
            result.hang_after_ms = rule.hang_after_ms.or(result.hang_after_ms);
            result.shutdown_ms = rule.shutdown_ms.unwrap_or(result.shutdown_ms);
            result.slow_per_mille = rule.slow_per_mille.unwrap_or(result.slow_per_mille);
            if rule.exit_after_ms.is_some() || rule.exit_code.is_some() {
                let (after, code) = result.exit.unwrap_or((0, 0));
                result.exit = Some((
                    rule.exit_after_ms.unwrap_or(after),
                    rule.exit_code.unwrap_or(code),
                ));
            }
        }
        result
    }
}

fn check_ms(name: &str, ms: u64) -> Result<(), String> {
    if ms > MAX_MS {
        return Err(format!("{name}: {ms} is more than a day ({MAX_MS})"));
    }
    Ok(())
}

fn check_per_mille(name: &str, value: u32) -> Result<(), String> {
    if value > 1000 {
        return Err(format!("{name}: {value} is more than 1000"));
    }
    Ok(())
}

/// Does a rule's pattern apply to an image?
fn matches(pattern: &str, image: &str) -> bool {
    if pattern.contains('*') {
        return glob(pattern.as_bytes(), image.as_bytes());
    }
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    image.match_indices(pattern).any(|(at, word)| {
        let before = image.get(..at).and_then(|s| s.chars().next_back());
        let after = image.get(at + word.len()..).and_then(|s| s.chars().next());
        !letter(before) && !letter(after)
    })
}

/// `*` stands for any text. Remembers only the last star, so it takes at most length × length steps.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p) == text.get(t) {
            p += 1;
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            star = Some((star_p, star_t + 1));
            p = star_p + 1;
            t = star_t + 1;
        } else {
            return false;
        }
    }
    pattern
        .get(p..)
        .unwrap_or_default()
        .iter()
        .all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_when_it_stands_alone() {
        for (pattern, image, expect) in [
            ("bad", "agent:bad", true),
            ("bad", "registry.io/bad/agent:1", true),
            ("bad", "agent:bad2", true),
            ("bad", "badger:1", false),
            ("bad", "notbad:1", false),
            ("does-not-exist", "agent:does-not-exist", true),
            ("*.io/*:1", "quay.io/agent:1", true),
            ("*.io/*:1", "quay.io/agent:2", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, image), expect, "{pattern} {image}");
        }
    }

    #[test]
    fn names_say_how_an_image_behaves() {
        let profile = Profile::default();
        assert!(profile.behaviour("agent:broken").cannot_pull);
        assert_eq!(profile.behaviour("agent:crash").exit, Some((2000, 1)));
        assert!(profile.behaviour("agent:never-ready").never_ready);
        assert_eq!(profile.behaviour("slow-agent:1").slow_per_mille, 1000);
        assert_eq!(profile.behaviour("agent:1").exit, None);
    }

    #[test]
    fn bounds_are_checked_and_named() {
        assert_eq!(Profile::default().validate(), Ok(()));
        let check = |change: fn(&mut Profile), expect: &str| {
            let mut profile = Profile::default();
            change(&mut profile);
            assert_eq!(profile.validate(), Err(expect.to_owned()));
        };
        check(
            |p| p.start_ms = u64::MAX,
            "startMs: 18446744073709551615 is more than a day (86400000)",
        );
        check(
            |p| p.pull_ms_min = 9000,
            "pullMsMin: 9000 is more than pullMsMax, 4500",
        );
        check(
            |p| p.slow_factor = 0,
            "slowFactor: 0 is not between 1 and 1000",
        );
        check(
            |p| p.images[0].pattern.clear(),
            "images[0].pattern: must not be empty",
        );
        check(
            |p| p.images[1].exit_code = Some(256),
            "images[1].exitCode: must be between 0 and 255",
        );
    }

    #[test]
    fn survives_json() {
        let text = serde_json::to_string(&Profile::default()).unwrap();
        assert_eq!(
            serde_json::from_str::<Profile>(&text).unwrap(),
            Profile::default()
        );
    }
}
