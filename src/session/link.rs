//! A whole session as a URL fragment: `#d1:` + base64url(deflate(JSON)) + `.` + checksum.
//!
//! A damaged link is an error with a reason; it never opens something else.
//! What a link holds is a stranger's input: sizes are bounded before anything is unpacked or played.

use super::history::{Bookmark, Branch, MAX_BOOKMARKS, MAX_BRANCHES, MAX_NAME, common};
use super::scenario::Scenario;
use super::{Logged, MAX_TIME};
use crate::sim::hash::fnv1a_32;
use crate::sim::time::SimTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the format, in front of every link.
const PREFIX: &str = "d1:";
/// A fragment longer than this is refused.
const MAX_TEXT: usize = 1 << 20;
/// What it unpacks to may not be larger.
const MAX_JSON: usize = 8 << 20;
const MAX_COMMANDS: usize = 10_000;
const MAX_DRAFTS: usize = 200;
const COMPRESSION_LEVEL: u8 = 9;

/// What a link carries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shared {
    pub scenario: Scenario,
    #[serde(default)]
    pub log: Vec<Logged>,
    /// The moment that is shown.
    #[serde(default)]
    pub at: SimTime,
    /// What this history is called.
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

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub title: String,
    pub text: String,
    /// The scenario that it belongs to, so that its question comes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
}

/// A history that was left, as what it has beside the one that is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Left {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    /// So many commands both have.
    common: u32,
    log: Vec<Logged>,
    end: SimTime,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bookmarks: Vec<Bookmark>,
}

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
    Version(String),
    /// Cut off or changed on its way.
    Damaged(&'static str),
    TooLarge,
    /// Readable, but not a scenario.
    Content(String),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NotALink => f.write_str("this is not a link to a scenario"),
            LinkError::Version(version) => {
                write!(
                    f,
                    "this link has the format {version:?}, which this version of the playground can't read"
                )
            }
            LinkError::Damaged(what) => {
                write!(
                    f,
                    "this link is damaged ({what}): it was probably cut off when it was copied"
                )
            }
            LinkError::TooLarge => f.write_str("this link holds more than the playground opens"),
            LinkError::Content(error) => write!(f, "this link doesn't hold a scenario: {error}"),
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
    format!("#{PREFIX}{payload}.{checksum:08x}")
}

/// Opens a fragment, with or without `#`.
pub fn decode(fragment: &str) -> Result<Shared, LinkError> {
    if fragment.len() > MAX_TEXT {
        return Err(LinkError::TooLarge);
    }
    let text = fragment.trim();
    let text = text.strip_prefix('#').unwrap_or(text);
    let Some(body) = text.strip_prefix(PREFIX) else {
        let version = text
            .split_once(':')
            .map(|(version, _)| version)
            .filter(|v| {
                v.len() <= 4
                    && v.starts_with('d')
                    && v.len() > 1
                    && v[1..].bytes().all(|b| b.is_ascii_digit())
            });
        return Err(version.map_or(LinkError::NotALink, |v| LinkError::Version(v.to_owned())));
    };
    let (payload, checksum) = body
        .rsplit_once('.')
        .ok_or(LinkError::Damaged("its end is missing"))?;
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
    let shared: Shared =
        serde_json::from_slice(&json).map_err(|e| LinkError::Content(e.to_string()))?;
    check(&shared)?;
    Ok(shared)
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
        assert_eq!(decode("#section-2"), Err(LinkError::NotALink));
        assert_eq!(
            decode("#d2:abc.00000000"),
            Err(LinkError::Version("d2".into()))
        );
        assert_eq!(
            decode("#d1:abc"),
            Err(LinkError::Damaged("its end is missing"))
        );
        assert_eq!(decode("#dü:"), Err(LinkError::NotALink));
    }
}
