//! The documents in the editor: what was typed is kept, whatever else happens.

use crate::apiserver::ApiServer;
use crate::explain::hints::{Hint, hints};
use crate::present::editor::{
    ApplyResult, EditorPane, EditorTab, ObjectItem, PresetItem, Problem, StoryNote, TabId,
};
use crate::present::marks::Marks;
use crate::present::why::WhyPanel;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Text longer than this isn't kept apart from what was applied; the API server refuses it anyway.
const TITLE_LINES_MAX: usize = 2_000;

#[derive(Clone, Debug)]
pub struct Editor {
    pub tabs: Vec<Tab>,
    pub active: TabId,
    next: u32,
    /// See `EditorPane::version`.
    pub version: u32,
    /// What the cluster holds that can be opened.
    pub objects: Rc<[ObjectItem]>,
    hints: Rc<[Hint]>,
    /// What `hints` are about: the text, and how the DaemonSets were.
    hinted: Option<(Rc<str>, u64)>,
    dismissed: BTreeSet<&'static str>,
    pointing: Option<Pointing>,
}

/// What somebody points at in the why panel.
#[derive(Clone, Debug)]
struct Pointing {
    marks: Rc<Marks>,
    /// The text that was searched for it.
    text: Rc<str>,
    lines: Rc<[(u32, u32)]>,
}

#[derive(Clone, Debug)]
pub struct Tab {
    pub id: TabId,
    pub text: Rc<str>,
    /// The text as it was last applied.
    pub applied: Option<Rc<str>>,
    /// What the document calls itself.
    pub title: String,
    pub problems: Rc<[Problem]>,
    pub result: ApplyResult,
    pub watch: Option<String>,
    /// The question and answer of the scenario that it belongs to.
    pub story: Option<StoryNote>,
    /// What `kubectl edit` opened it for, such as `daemonset.apps/agent`: applying it saves the edit.
    pub edits: Option<String>,
}

impl Editor {
    /// One document, not applied.
    pub fn new(text: &str) -> Editor {
        Editor {
            tabs: vec![Tab::new(TabId(0), text)],
            active: TabId(0),
            next: 1,
            version: 0,
            objects: Rc::new([]),
            hints: Rc::new([]),
            hinted: None,
            dismissed: BTreeSet::new(),
            pointing: None,
        }
    }

    /// These documents; the first is in front. Never none.
    pub fn with_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Editor {
        let mut editor = Editor {
            tabs: Vec::new(),
            active: TabId(0),
            next: 0,
            version: 0,
            objects: Rc::new([]),
            hints: Rc::new([]),
            hinted: None,
            dismissed: BTreeSet::new(),
            pointing: None,
        };
        for text in texts {
            editor.push(text);
        }
        if editor.tabs.is_empty() {
            editor.push("");
        }
        editor.active = editor.tabs[0].id;
        editor
    }

    pub fn tab(&self) -> &Tab {
        // There is always a tab, and `active` is always one of them.
        self.tabs
            .iter()
            .find(|tab| tab.id == self.active)
            .unwrap_or(&self.tabs[0])
    }

    pub fn tab_mut(&mut self) -> &mut Tab {
        let at = self
            .tabs
            .iter()
            .position(|tab| tab.id == self.active)
            .unwrap_or(0);
        &mut self.tabs[at]
    }

    fn push(&mut self, text: &str) -> TabId {
        let id = TabId(self.next);
        self.next += 1;
        self.tabs.push(Tab::new(id, text));
        id
    }

    pub fn typed(&mut self, id: TabId, text: &str) {
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) {
            tab.set_text(text);
        }
    }

    pub fn select(&mut self, id: TabId) {
        if id != self.active && self.tabs.iter().any(|tab| tab.id == id) {
            self.active = id;
            self.version += 1;
        }
    }

    /// Opens a document in front. One with the same text is brought to the front instead; an untouched, empty tab is used up.
    pub fn open(&mut self, text: &str) -> &mut Tab {
        let known = self
            .tabs
            .iter()
            .find(|tab| *tab.text == *text)
            .map(|tab| tab.id);
        let id = known.unwrap_or_else(|| self.push(text));
        if known.is_none() {
            let is_used = |tab: &Tab| tab.id == id || !tab.text.trim().is_empty();
            self.tabs.retain(is_used);
        }
        self.active = id;
        self.version += 1;
        self.tab_mut()
    }

    /// Keeps the newest document that holds these words, and no other; all if there is none.
    pub fn keep_last_with(&mut self, words: &str) {
        let last = self.tabs.iter().rposition(|tab| tab.text.contains(words));
        if let Some(last) = last {
            self.tabs = vec![self.tabs.swap_remove(last)];
            self.active = self.tabs[0].id;
        }
    }

    /// Opens a document for an object, in the place of the one that was about it and holds nothing unsaved.
    pub fn open_object(&mut self, name: &str, text: &str) {
        let clean = |tab: &&mut Tab| tab.title == name && !tab.is_dirty();
        if let Some(tab) = self.tabs.iter_mut().find(clean) {
            tab.set_text(text);
            tab.applied = Some(text.into());
            tab.problems = Rc::new([]);
            self.active = tab.id;
            self.version += 1;
            return;
        }
        self.open(text).applied = Some(text.into());
    }

    /// Opens the text that `kubectl edit` wants edited.
    pub fn open_edit(&mut self, what: String, text: &str) {
        let tab = self.open(text);
        tab.applied = Some(text.into());
        tab.edits = Some(what);
    }

    pub fn new_tab(&mut self) {
        let id = self.push("");
        self.active = id;
        self.version += 1;
    }

    /// Closes a tab, unless it is the last.
    pub fn close(&mut self, id: TabId) {
        let Some(at) = self.tabs.iter().position(|tab| tab.id == id) else {
            return;
        };
        if self.tabs.len() < 2 {
            return;
        }
        self.tabs.remove(at);
        if self.active == id {
            self.active = self.tabs[at.min(self.tabs.len() - 1)].id;
            self.version += 1;
        }
    }

    /// Looks for hints if the text or the cluster's specs are others than the last time.
    pub fn hint(&mut self, server: &ApiServer) {
        let text = self.tab().text.clone();
        let sets = server.daemon_sets.iter();
        let generations = sets.map(|set| set.metadata.generation as u64 + 1).sum();
        let is_same = |(old, then): &(Rc<str>, u64)| Rc::ptr_eq(old, &text) && *then == generations;
        if self.hinted.as_ref().is_some_and(is_same) {
            return;
        }
        let mut found = hints(&text, server);
        found.retain(|hint| !self.dismissed.contains(hint.id));
        self.hints = found.into();
        self.hinted = Some((text, generations));
    }

    pub fn dismiss(&mut self, id: &'static str) {
        self.dismissed.insert(id);
        self.hinted = None;
    }

    /// Points at what a check looked at, where the document in front says it.
    pub fn point(&mut self, marks: Option<Rc<Marks>>) {
        let text = &self.tab().text;
        self.pointing = marks.map(|marks| Pointing {
            lines: marks.find(text).into(),
            text: Rc::clone(text),
            marks,
        });
    }

    /// Points on, at the text as it is now; no more once the panel doesn't show the check.
    pub fn keep_pointing(&mut self, why: Option<&WhyPanel>) {
        let Some(pointing) = &self.pointing else {
            return;
        };
        if !why.is_some_and(|why| why.has(&pointing.marks)) {
            self.pointing = None;
        } else if !Rc::ptr_eq(&pointing.text, &self.tab().text) {
            self.point(Some(Rc::clone(&pointing.marks)));
        }
    }

    pub fn pane(&self, presets: &Rc<[PresetItem]>, is_first_visit: bool) -> EditorPane {
        let tab = self.tab();
        EditorPane {
            tabs: self.tabs.iter().map(Tab::view).collect(),
            active: tab.id,
            text: tab.text.clone(),
            version: self.version,
            problems: tab.problems.clone(),
            result: tab.result.clone(),
            presets: presets.clone(),
            objects: self.objects.clone(),
            hints: self.hints.clone(),
            pointed: self
                .pointing
                .as_ref()
                .map_or_else(Default::default, |it| Rc::clone(&it.lines)),
            watch: tab.watch.clone(),
            story: tab.story.clone(),
            is_first_visit,
        }
    }
}

impl Tab {
    fn new(id: TabId, text: &str) -> Tab {
        Tab {
            id,
            title: title(text),
            text: text.into(),
            applied: None,
            problems: Rc::new([]),
            result: ApplyResult::None,
            watch: None,
            story: None,
            edits: None,
        }
    }

    fn set_text(&mut self, text: &str) {
        self.title = title(text);
        self.text = text.into();
    }

    pub fn is_dirty(&self) -> bool {
        self.applied.as_ref() != Some(&self.text)
    }

    fn view(&self) -> EditorTab {
        EditorTab {
            id: self.id,
            title: if self.title.is_empty() {
                "untitled".to_owned()
            } else {
                self.title.clone()
            },
            is_dirty: self.is_dirty() && !self.text.trim().is_empty(),
            has_problems: !self.problems.is_empty(),
        }
    }
}

/// What a manifest calls its object: the `name` in `metadata` of the first document that has one, and how many follow.
///
/// A look at the lines, not a parser: it must do with half-typed text.
fn title(text: &str) -> String {
    let mut first = None;
    let mut in_metadata = false;
    let (mut documents, mut is_empty) = (0, true);
    for line in text.lines().take(TITLE_LINES_MAX) {
        if line.starts_with("---") {
            documents += u32::from(!is_empty);
            is_empty = true;
            in_metadata = false;
            continue;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        is_empty = false;
        if !line.starts_with([' ', '\t']) {
            in_metadata = trimmed == "metadata:";
        } else if in_metadata && first.is_none() && (line.len() - line.trim_start().len()) <= 4 {
            let name = trimmed
                .strip_prefix("name:")
                .map(|name| name.trim().trim_matches(['"', '\'']));
            first = name.filter(|name| !name.is_empty()).map(str::to_owned);
        }
    }
    documents += u32::from(!is_empty);
    match (first, documents) {
        (Some(name), 0 | 1) => name,
        (Some(name), n) => format!("{name} +{}", n - 1),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(
            title("kind: DaemonSet\nmetadata:\n  name: \"agent\"\nspec:\n  name: no"),
            "agent"
        );
        assert_eq!(
            title("---\nmetadata:\n  namespace: x\n  name: a\n---\nmetadata:\n  name: b\n---\n"),
            "a +1"
        );
        assert_eq!(title("metadata:\n  name:"), "");
        assert_eq!(title(""), "");
    }

    #[test]
    fn what_was_typed_survives_other_tabs() {
        let mut editor = Editor::new("a: 1");
        editor.typed(TabId(0), "a: 2");
        editor.new_tab();
        editor.typed(editor.active, "b: 1");
        editor.select(TabId(0));
        assert_eq!(&*editor.tab().text, "a: 2");
        editor.close(TabId(0));
        assert_eq!(&*editor.tab().text, "b: 1");
        editor.close(editor.active);
        assert_eq!(editor.tabs.len(), 1, "the last tab stays");
    }

    #[test]
    fn opening_uses_up_empty_tabs_and_finds_known_texts() {
        let mut editor = Editor::new("a: 1");
        editor.new_tab();
        editor.open("c: 1");
        assert_eq!(editor.tabs.len(), 2);
        editor.open("a: 1");
        assert_eq!((editor.tabs.len(), editor.active), (2, TabId(0)));
    }
}
