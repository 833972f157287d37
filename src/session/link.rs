//! A whole session as a URL fragment: `#d1:` + base64url(deflate(JSON)) + `.` + checksum.
//!
//! A damaged link is an error with a reason; it never opens something else.
//! A link is a stranger's input: sizes are bounded before anything is unpacked or played.

use super::history::{Bookmark, Branch, MAX_BOOKMARKS, MAX_BRANCHES, MAX_NAME, common};
use super::scenario::Scenario;
use super::{Logged, MAX_TIME};
use crate::api::json;
use crate::api::json::json_object;
use crate::sim::hash::fnv1a_32;
use crate::sim::time::SimTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the format, in front of every link.
const VERSION: u32 = 1;
/// Hexadecimal digits at the end.
const CHECKSUM_LEN: usize = 8;
/// Maximum bytes of a fragment.
const MAX_TEXT: usize = 1 << 20;
/// Maximum bytes of JSON that a fragment unpacks to.
const MAX_JSON: usize = 8 << 20;
const MAX_COMMANDS: usize = 10_000;
const MAX_DRAFTS: usize = 200;
const COMPRESSION_LEVEL: u8 = 9;

/// The content of a link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shared {
    pub scenario: Scenario,
    #[serde(default)]
    pub log: Vec<Logged>,
    /// The moment that is shown.
    #[serde(default)]
    pub at: SimTime,
    /// The name of this history.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bookmarks: Vec<Bookmark>,
    /// Histories that were left: only for a reload of the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<Left>,
    /// Texts in the editor.
    #[serde(default)]
    pub drafts: Vec<Draft>,
    /// Shown without editor, for a documentation page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub embed: bool,
}

json_object!(Shared whole {
    scenario: "scenario",
    log: "log" or default,
    at: "at" or default,
    title: "title" or default,
    bookmarks: "bookmarks" or default,
    branches: "branches" or default,
    drafts: "drafts" or default,
    embed: "embed" or default,
});

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    pub title: String,
    pub text: String,
    /// The scenario that it belongs to, so that its question comes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Closed with text that wasn't applied: it can be opened again. Only kept for a reload, never shared.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_closed: bool,
}

json_object!(Draft whole {
    title: "title",
    text: "text",
    scenario: "scenario" or default,
    is_closed: "isClosed" or default,
});

/// A history that was left, as its difference from the one that is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Left {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    /// The number of commands that both have.
    common: u32,
    log: Vec<Logged>,
    end: SimTime,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bookmarks: Vec<Bookmark>,
}

json_object!(Left whole {
    title: "title" or default,
    common: "common",
    log: "log",
    end: "end",
    bookmarks: "bookmarks" or default,
});

impl Left {
    pub fn of(left: &Branch, shown: &[Logged]) -> Left {
        let common = common(&left.log, shown);
        Left {
            title: left.title.clone(),
            common: common as u32,
            log: left.log[common..].to_vec(),
            end: left.end,
            bookmarks: left.bookmarks.clone(),
        }
    }
}

impl Shared {
    /// The histories that were left, whole.
    pub fn branches(&self) -> Vec<Branch> {
        let whole = |left: &Left| {
            let common = self.log.iter().take(left.common as usize);
            Branch {
                title: left.title.clone(),
                log: common.chain(&left.log).cloned().collect(),
                end: left.end,
                bookmarks: left.bookmarks.clone(),
            }
        };
        self.branches.iter().map(whole).collect()
    }
}

/// Why a link can't be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Not one of our links at all.
    NotALink,
    /// One of ours, by a newer version of the playground.
    Newer,
    /// Cut off or changed on its way.
    Damaged(&'static str),
    TooLarge,
    /// Readable, but of a form that this version doesn't know.
    Unknown,
    /// A scenario that can't be played.
    Content(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NotALink => f.write_str("this isn't a link to a scenario"),
            LinkError::Newer => {
                f.write_str("this link was made by a newer version of the playground")
            }
            LinkError::Unknown => {
                f.write_str("this version of the playground can't read all of this link")
            }
            LinkError::Damaged(what) => {
                write!(
                    f,
                    "this link is damaged ({what}): it was probably cut off when it was copied"
                )
            }
            LinkError::TooLarge => f.write_str("this link is larger than the playground opens"),
            LinkError::Content(error) => write!(f, "this link can't be played: {error}"),
        }
    }
}

impl std::error::Error for LinkError {}

/// The fragment for a session, with `#` in front.
pub fn encode(shared: &Shared) -> String {
    // Plain data: it always serializes.
    let json = serde_json::to_vec(shared).unwrap_or_default();
    let packed = miniz_oxide::deflate::compress_to_vec(&json, COMPRESSION_LEVEL);
    let payload = URL_SAFE_NO_PAD.encode(packed);
    let checksum = fnv1a_32(payload.as_bytes());
    format!("#d{VERSION}:{payload}.{checksum:08x}")
}

/// Opens a fragment, with or without `#`.
pub fn decode(fragment: &str) -> Result<Shared, LinkError> {
    if fragment.len() > MAX_TEXT {
        return Err(LinkError::TooLarge);
    }
    let text = fragment.trim();
    let text = text.strip_prefix('#').unwrap_or(text);
    let Some((version, body)) = text.split_once(':').or_else(|| split_escaped(text)) else {
        return Err(LinkError::NotALink);
    };
    match version.strip_prefix('d').map(str::parse::<u32>) {
        Some(Ok(VERSION)) => {}
        Some(Ok(newer)) if newer > VERSION => return Err(LinkError::Newer),
        _ => return Err(LinkError::NotALink),
    }
    let (payload, rest) = body
        .split_once('.')
        .ok_or(LinkError::Damaged("its end is missing"))?;
    // Chats and mailing lists add a sign or a parameter of their own.
    let (checksum, tail) = rest.split_at_checked(CHECKSUM_LEN).unwrap_or((rest, ""));
    if tail.starts_with(|c: char| c.is_alphanumeric()) {
        return Err(LinkError::Damaged("it goes on behind its end"));
    }
    if format!("{:08x}", fnv1a_32(payload.as_bytes())) != checksum {
        return Err(LinkError::Damaged("its checksum doesn't match"));
    }
    let packed = URL_SAFE_NO_PAD
        .decode(payload)
        .map_err(|_| LinkError::Damaged("it has characters that don't belong there"))?;
    let json =
        miniz_oxide::inflate::decompress_to_vec_with_limit(&packed, MAX_JSON).map_err(|error| {
            match error.status {
                miniz_oxide::inflate::TINFLStatus::HasMoreOutput => LinkError::TooLarge,
                _ => LinkError::Damaged("it doesn't unpack"),
            }
        })?;
    let value = json::parse(&json).map_err(|_| LinkError::Damaged("its content can't be read"))?;
    let shared: Shared = json::read(value).map_err(|_| LinkError::Unknown)?;
    check(&shared)?;
    Ok(shared)
}

/// Some programs escape the colon.
fn split_escaped(text: &str) -> Option<(&str, &str)> {
    text.split_once("%3A").or_else(|| text.split_once("%3a"))
}

pub(super) fn check(shared: &Shared) -> Result<(), LinkError> {
    if shared.drafts.len() > MAX_DRAFTS || shared.branches.len() > MAX_BRANCHES {
        return Err(LinkError::TooLarge);
    }
    shared.scenario.check().map_err(LinkError::Content)?;
    check_history(&shared.title, &shared.log, shared.at, &shared.bookmarks)?;
    for left in shared.branches() {
        check_history(&left.title, &left.log, left.end, &left.bookmarks)?;
    }
    Ok(())
}

fn check_history(
    title: &str,
    log: &[Logged],
    at: SimTime,
    bookmarks: &[Bookmark],
) -> Result<(), LinkError> {
    let mut names = bookmarks.iter().map(|mark| mark.name.as_str());
    let is_long = |name: &str| name.chars().nth(MAX_NAME).is_some();
    if log.len() > MAX_COMMANDS
        || bookmarks.len() > MAX_BOOKMARKS
        || is_long(title)
        || names.any(is_long)
    {
        return Err(LinkError::TooLarge);
    }
    if !log.is_sorted_by_key(|logged| logged.at) {
        let error = "its commands are not in order";
        return Err(LinkError::Content(error.to_owned()));
    }
    let marked = bookmarks.iter().map(|mark| mark.place.at);
    let last = log.last().map(|logged| logged.at);
    if marked.chain(last).fold(at, SimTime::max) > SimTime::ZERO + MAX_TIME {
        return Err(LinkError::TooLarge);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn shared() -> Shared {
        Shared {
            drafts: vec![Draft {
                title: "agent".into(),
                text: "kind: DaemonSet # ü\n".into(),
                ..Draft::default()
            }],
            at: SimTime(1234),
            ..Shared::default()
        }
    }

    #[test]
    fn round_trip() {
        let link = encode(&shared());
        assert!(link.starts_with("#d1:"));
        assert_eq!(decode(&link), Ok(shared()));
        assert_eq!(decode(&link[1..]), Ok(shared()));
    }

    #[test]
    fn every_damage_is_noticed() {
        let link = encode(&shared());
        for end in 0..link.len() {
            assert!(decode(&link[..end]).is_err(), "cut at {end}");
        }
        for at in 1..link.len() {
            let mut bytes = link.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let text = String::from_utf8(bytes).unwrap();
            // A changed checksum digit in upper case, or unused bits of the last base64 character, may not slip through either.
            assert!(decode(&text).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let told = |link: &str| decode(link).map_or_else(|e| e.to_string(), |_| String::new());
        for link in ["#section-2", "#dü:", "#d:", "#d0:x", "#d1", "#", "#d-1:x"] {
            assert_eq!(decode(link), Err(LinkError::NotALink), "{link}");
        }
        for link in ["#d2:abc.00000000", "#d99999:"] {
            assert_eq!(
                told(link),
                "this link was made by a newer version of the playground"
            );
        }
        assert_eq!(
            decode("#d1:abc"),
            Err(LinkError::Damaged("its end is missing"))
        );
        let packed = |json: &str| {
            let payload =
                URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec(json.as_bytes(), 6));
            told(&format!(
                "#d1:{payload}.{:08x}",
                fnv1a_32(payload.as_bytes())
            ))
        };
        for json in [
            "{}",
            "[]",
            r#"{"scenario":{"seed":1},"log":[{"at":0,"steps":0,"command":{"do":"fly"}}]}"#,
        ] {
            assert!(
                packed(json).contains("can't read all of this link"),
                "{json}"
            );
        }
        assert!(packed("<html>").contains("its content can't be read"));
        assert_eq!(
            packed(r#"{"scenario":{"seed":1,"nodes":[{"template":"worker","count":30000}]}}"#),
            "this link can't be played: 30000 nodes are more than the 20000 that the playground simulates"
        );
    }

    #[test]
    fn what_chats_add_behind_a_link_is_left_out() {
        let link = encode(&shared());
        for tail in [
            "%20",
            "&utm_source=chat",
            ")",
            ".",
            ">",
            "\u{200b}",
            "?x=1",
            "*",
            "](",
        ] {
            assert_eq!(decode(&format!("{link}{tail}")), Ok(shared()), "{tail}");
        }
        assert_eq!(decode(&link.replace(':', "%3A")), Ok(shared()));
        assert!(decode(&format!("{link}0")).is_err());
    }

    /// The same as serde_json reads, or both refuse.
    #[track_caller]
    fn check(value: Value) {
        let ours = json::read::<Shared>(value.clone()).ok();
        let theirs = serde_json::from_value::<Shared>(value).ok();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn links_are_read_as_serde_json_reads_them() {
        let shared = json!({
            "scenario": {
                "seed": 1,
                "nodes": [{"template": "controlPlane", "count": 2}],
                "profile": {"mode": "Manual", "syncMs": 1, "images": [{"pattern": "a", "exitCode": -1}]},
            },
            "log": [
                {"at": 5, "steps": 7, "command": {"do": "cordon", "node": "a", "on": true}, "joins": true},
                {"at": 6, "steps": 8, "command": {"do": "setProfile", "profile": {}}},
            ],
            "bookmarks": [{"place": {"at": 1, "steps": 2, "applied": 3}, "name": "x"}],
            "branches": [{"common": 0, "log": [], "end": 4}],
            "drafts": [{"title": "a", "text": "b", "scenario": null}],
            "at": 9, "title": "t", "embed": true, "unknown": [1],
        });
        check(shared.clone());
        let wrong = [
            json!(null),
            json!(1),
            json!(-1),
            json!(1.5),
            json!("x"),
            json!(true),
            json!({"a": 1}),
        ];
        let places = [
            "/scenario",
            "/scenario/seed",
            "/scenario/nodes",
            "/scenario/nodes/0/count",
            "/scenario/profile/syncMs",
            "/scenario/profile/images/0/exitCode",
            "/log",
            "/log/0/at",
            "/log/0/joins",
            "/log/0/command/node",
            "/bookmarks/0/place",
            "/bookmarks/0/name",
            "/branches/0/end",
            "/drafts/0/scenario",
            "/at",
            "/title",
            "/embed",
            "/unknown",
        ];
        for place in places {
            for value in &wrong {
                let mut shared = shared.clone();
                *shared.pointer_mut(place).unwrap() = value.clone();
                check(shared);
            }
            let (parent, name) = place.rsplit_once('/').unwrap();
            let mut shared = shared.clone();
            if let Some(Value::Object(members)) = shared.pointer_mut(parent) {
                members.remove(name);
                check(shared);
            }
        }
    }
}
