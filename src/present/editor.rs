//! The editor's side: tabs, the text, what went wrong with it.

use crate::api::object::{Key, Kind};
pub use crate::explain::hints::Hint;
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TabId(pub u32);

/// What the editor pane shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorPane {
    pub tabs: Vec<EditorTab>,
    pub active: TabId,
    pub text: Rc<str>,
    /// Changes whenever the text was changed by anything but typing: then the editor must take it over.
    pub version: u32,
    pub problems: Rc<[Problem]>,
    /// How the last apply of this tab went.
    pub result: ApplyResult,
    pub presets: Rc<[PresetItem]>,
    pub objects: Rc<[ObjectItem]>,
    /// What the author may have got wrong; dismissed ones are gone.
    pub hints: Rc<[Hint]>,
    /// The first and last lines of what somebody points at in the why panel.
    pub pointed: Rc<[(u32, u32)]>,
    /// A sentence about what to watch, from the preset that this tab was opened with.
    pub watch: Option<String>,
    /// The scenario that this tab belongs to asks this.
    pub story: Option<StoryNote>,
    /// Nothing was ever applied.
    pub is_first_visit: bool,
    /// Changes when the text was edited by the page: the editor can undo that.
    pub edits: u32,
    /// Where the cluster isn't what this document says.
    pub drift: Option<Rc<Drift>>,
    /// The text is that of a moment in the past, as this sentence says, and can't be edited.
    pub past: Option<Rc<str>>,
}

/// How the cluster differs from a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// `DaemonSet agent`: objects that aren't there any more.
    pub gone: Vec<String>,
    pub changes: Vec<DriftChange>,
    /// How many more changes there are.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftChange {
    /// `spec.template.spec.containers[agent]`
    pub place: String,
    /// Lines of the document.
    pub removed: Vec<String>,
    /// Lines of the cluster.
    pub added: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorTab {
    pub id: TabId,
    pub title: String,
    /// The whole title, with kind and namespace.
    pub about: String,
    /// The text differs from what was last applied.
    pub is_dirty: bool,
    pub has_problems: bool,
    /// The cluster isn't what it says.
    pub differs: bool,
    /// The colour and glyph of the DaemonSet that it states, once it is there.
    pub mark: Option<u8>,
}

/// An error at a place in the text; lines and columns count from 1, and 0 is "no place".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplyResult {
    None,
    /// kubectl's own lines.
    Done {
        lines: Vec<String>,
        warnings: Vec<String>,
    },
    Failed {
        /// kubectl's lines about the objects that were applied all the same.
        done: Vec<String>,
        message: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetItem {
    pub id: String,
    pub title: String,
    pub watch: String,
}

/// What a scenario asks, and the true cause for whoever has thought about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryNote {
    pub id: &'static str,
    pub question: String,
    pub answer: String,
}

/// An object of the scenario that the editor can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectItem {
    pub title: String,
    /// `DaemonSet in kube-system`
    pub about: String,
    pub kind: Kind,
    pub key: Key,
}
