//! The documents in the editor: what was typed is kept, whatever else happens.

use super::drift::Watched;
use super::past::Past;
use super::retext;
use crate::apiserver::ApiServer;
use crate::explain::hints::{Hint, hints};
use crate::present::daemon_set::DaemonSetId;
use crate::present::editor::{
    ApplyResult, Drift, EditorPane, EditorTab, ObjectItem, PresetItem, Problem, StoryNote, TabId,
};
use crate::present::marks::{Marks, manifest};
use crate::present::why::WhyPanel;
use crate::presets;
use crate::session::Session;
use crate::sim::map::Set;
use std::rc::Rc;

/// Text longer than this isn't kept apart from what was applied; the API server refuses it anyway.
const TITLE_LINES_MAX: usize = 2_000;
/// So many letters of a title are shown.
const TITLE_MAX: usize = 20;

#[derive(Clone, Debug)]
pub struct Editor {
    pub tabs: Vec<Tab>,
    /// Closed with text that wasn't applied, the last one last, and where they stood.
    pub closed: Vec<(usize, Tab)>,
    pub active: TabId,
    next: u32,
    /// See `EditorPane::version`.
    pub version: u32,
    /// See `EditorPane::edits`.
    pub edits: u32,
    past: Option<Past>,
    /// What the cluster holds that can be opened.
    pub objects: Rc<[ObjectItem]>,
    hints: Rc<[Hint]>,
    /// What `hints` are about: the text, how the DaemonSets were, and whether applying it changed nothing.
    hinted: Option<(Rc<str>, u64, bool)>,
    dismissed: Set<&'static str>,
    /// A scenario's hints wait until they are asked for: they would give the answer away.
    hides_hints: bool,
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
    /// Of its first object, as far as they are written.
    kind: String,
    namespace: String,
    pub problems: Rc<[Problem]>,
    pub result: ApplyResult,
    pub watch: Option<String>,
    /// The question and answer of the scenario that it belongs to.
    pub story: Option<StoryNote>,
    /// What `kubectl edit` opened it for, such as `daemonset.apps/agent`: applying it saves the edit.
    pub edits: Option<String>,
    /// What `applied` says, compared with the cluster.
    watched: Option<Watched>,
    drift: Option<Rc<Drift>>,
}

impl Editor {
    /// One document, not applied.
    pub fn new(text: &str) -> Editor {
        Editor::with_texts([text])
    }

    /// These documents; the first is in front. Never none.
    pub fn with_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Editor {
        let mut editor = Editor {
            tabs: Vec::new(),
            closed: Vec::new(),
            active: TabId(0),
            next: 0,
            version: 0,
            edits: 0,
            past: None,
            objects: Rc::new([]),
            hints: Rc::new([]),
            hinted: None,
            dismissed: Set::new(),
            hides_hints: false,
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
        // What is shown of the past isn't the document's text.
        if self.past.is_some() && id == self.active {
            return;
        }
        if let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) {
            tab.set_text(text);
        }
    }

    /// Changes a text in sight: its tab comes to the front, and the editor takes the text over.
    pub fn rewrite(&mut self, id: TabId, text: &str) {
        if self.tabs.iter().any(|tab| tab.id == id) {
            self.typed(id, text);
            self.active = id;
            self.version += 1;
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
        let tab = self.tabs.remove(at);
        if tab.is_unsaved() {
            self.closed.push((at, tab));
        }
        if self.active == id {
            self.active = self.tabs[at.min(self.tabs.len() - 1)].id;
            self.version += 1;
        }
    }

    /// For a document that was closed before a reload.
    pub fn push_closed(&mut self, text: &str) {
        let id = self.push(text);
        self.closed.extend(
            self.tabs
                .pop_if(|tab| tab.id == id)
                .map(|tab| (self.tabs.len(), tab)),
        );
    }

    /// Brings the document back that was closed last, in front.
    pub fn reopen(&mut self) {
        if let Some((at, tab)) = self.closed.pop() {
            self.active = tab.id;
            self.tabs.insert(at.min(self.tabs.len()), tab);
            self.version += 1;
        }
    }

    /// Looks for hints if the text or the cluster's specs are others than the last time.
    pub fn hint(&mut self, server: &ApiServer) {
        let text = self.tab().text.clone();
        let sets = server.daemon_sets.iter();
        let generations = sets.map(|set| set.metadata.generation as u64 + 1).sum();
        let is_unchanged = self.tab().is_unchanged();
        let is_same = |(old, then, was): &(Rc<str>, u64, bool)| {
            Rc::ptr_eq(old, &text) && (*then, *was) == (generations, is_unchanged)
        };
        if self.hinted.as_ref().is_some_and(is_same) {
            return;
        }
        let mut found = hints(&text, server, is_unchanged);
        found.retain(|hint| !self.dismissed.contains(hint.id));
        self.hints = found.into();
        self.hinted = Some((text, generations, is_unchanged));
    }

    pub fn dismiss(&mut self, id: &'static str) {
        self.dismissed.insert(id);
        self.hinted = None;
    }

    pub fn hide_hints(&mut self) {
        self.hides_hints = true;
    }

    pub fn show_hints(&mut self) {
        self.hides_hints = false;
    }

    /// The hints that a scenario's question keeps back.
    pub fn waiting_hints(&self) -> usize {
        if self.hides_hints && self.tab().story.is_some() {
            self.hints.len()
        } else {
            0
        }
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

    /// Compares the documents with the cluster, and looks whether the moment that is shown lies in the past.
    pub fn follow(&mut self, session: &Session) {
        for tab in &mut self.tabs {
            tab.follow(&session.cluster().server);
        }
        let before = self.past.take();
        let was: Option<Rc<str>> = before.as_ref().map(|past| past.text.clone());
        self.past = Past::of(before, self.tab(), session);
        if was != self.past.as_ref().map(|past| past.text.clone()) {
            self.version += 1;
        }
    }

    /// The documents that say exactly what the cluster holds.
    pub fn in_step(&self) -> Vec<TabId> {
        let tabs = self.tabs.iter();
        tabs.filter(|tab| !tab.is_dirty() && tab.watched.is_some() && tab.drift.is_none())
            .map(|tab| tab.id)
            .collect()
    }

    /// Lets a document say what the cluster holds, if it differs: line by line, or else, if `may_rewrite`, as a whole.
    pub fn adopt(&mut self, id: TabId, server: &ApiServer, may_rewrite: bool) -> bool {
        let Some(tab) = self.tabs.iter_mut().find(|tab| tab.id == id) else {
            return false;
        };
        let Some(watched) = tab.watched.as_ref().filter(|watched| watched.differs()) else {
            return false;
        };
        let whole = || may_rewrite.then(|| whole(watched, server))?;
        let Some(text) = retext::adopted(watched, server).or_else(whole) else {
            return false;
        };
        tab.set_text(&text);
        tab.applied = Some(tab.text.clone());
        tab.problems = Rc::new([]);
        tab.result = ApplyResult::None;
        tab.follow(server);
        if id == self.active {
            self.edits += 1;
        }
        true
    }

    /// Titles tell their tabs apart: by name, else with the kind or the namespace, else by a number.
    fn views(&self, marks: &[(DaemonSetId, u8)]) -> Vec<EditorTab> {
        let words: [fn(&Tab) -> &str; 2] = [|tab| &tab.kind, |tab| &tab.namespace];
        let view = |tab: &Tab| {
            let twins = || self.tabs.iter().filter(|other| other.title == tab.title);
            let differs = |word: &&fn(&Tab) -> &str| {
                let all: Set<&str> = twins().map(word).collect();
                all.len() == twins().count() && !all.contains("")
            };
            let number = twins().take_while(|twin| twin.id != tab.id).count() + 1;
            let title = match tab.title.as_str() {
                "" => "untitled",
                title => title,
            };
            let title = match words.iter().find(differs) {
                _ if twins().count() == 1 => title.to_owned(),
                Some(word) => format!("{}/{title}", word(tab)),
                None if number == 1 => title.to_owned(),
                None => format!("{title} {number}"),
            };
            tab.view(title, marks)
        };
        self.tabs.iter().map(view).collect()
    }

    /// `marks` are the DaemonSets' colours and glyphs.
    pub fn pane(
        &self,
        presets: &Rc<[PresetItem]>,
        is_first_visit: bool,
        marks: &[(DaemonSetId, u8)],
    ) -> EditorPane {
        let tab = self.tab();
        let is_now = self.past.is_none();
        EditorPane {
            tabs: self.views(marks),
            active: tab.id,
            text: self
                .past
                .as_ref()
                .map_or(&tab.text, |past| &past.text)
                .clone(),
            edits: self.edits,
            drift: tab.drift.clone().filter(|_| is_now),
            past: self.past.as_ref().map(|past| past.words.clone()),
            version: self.version,
            problems: if is_now {
                tab.problems.clone()
            } else {
                Rc::new([])
            },
            result: if is_now {
                tab.result.clone()
            } else {
                ApplyResult::None
            },
            presets: presets.clone(),
            objects: self.objects.clone(),
            hints: match self.waiting_hints() {
                0 if is_now => self.hints.clone(),
                _ => Rc::new([]),
            },
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
        let mut tab = Tab {
            id,
            title: String::new(),
            kind: String::new(),
            namespace: String::new(),
            text: "".into(),
            applied: None,
            problems: Rc::new([]),
            result: ApplyResult::None,
            watch: None,
            story: None,
            edits: None,
            watched: None,
            drift: None,
        };
        tab.set_text(text);
        tab
    }

    fn set_text(&mut self, text: &str) {
        [self.title, self.kind, self.namespace] = names(text);
        self.text = text.into();
    }

    pub fn is_dirty(&self) -> bool {
        self.applied.as_ref() != Some(&self.text)
    }

    /// Was it applied again as it was?
    fn is_unchanged(&self) -> bool {
        let is_so = |line: &String| line.ends_with(" unchanged");
        let lines = match &self.result {
            ApplyResult::Done { lines, .. } => lines.as_slice(),
            _ => &[],
        };
        !self.is_dirty() && lines.iter().any(is_so)
    }

    fn follow(&mut self, server: &ApiServer) {
        // What `kubectl edit` opened is a copy, to be saved once.
        let applied = self.applied.as_ref().filter(|_| self.edits.is_none());
        let Some(applied) = applied else {
            (self.watched, self.drift) = (None, None);
            return;
        };
        let is_known = |watched: &Watched| Rc::ptr_eq(&watched.text, applied);
        let is_new = !self.watched.as_ref().is_some_and(is_known);
        if is_new {
            self.watched = Some(Watched::new(applied));
        }
        if let Some(watched) = &mut self.watched
            && watched.look(server) | is_new
        {
            self.drift = watched.view();
        }
    }

    /// Would `kubectl apply` leave a part of what others wrote?
    pub fn needs_replace(&self) -> bool {
        self.watched.as_ref().is_some_and(Watched::needs_replace)
    }

    /// The kind, the namespace and the name of its first object.
    pub fn names(&self) -> [String; 3] {
        full([&self.title, &self.kind, &self.namespace].map(String::clone))
    }

    /// Would closing it lose text? A preset can be opened again.
    pub fn is_unsaved(&self) -> bool {
        let is_blank = self.text.trim().is_empty();
        self.is_dirty()
            && !is_blank
            && presets::all()
                .iter()
                .all(|preset| preset.yaml != &*self.text)
    }

    fn view(&self, title: String, marks: &[(DaemonSetId, u8)]) -> EditorTab {
        let [kind, namespace, name] = self.names();
        let is_it =
            |id: &DaemonSetId| kind == "DaemonSet" && id.name == name && id.namespace == namespace;
        let mark = marks.iter().find(|(id, _)| is_it(id));
        let place = [&*self.kind, &self.namespace]
            .into_iter()
            .filter(|word| !word.is_empty());
        let place = place.collect::<Vec<_>>().join(" in ");
        EditorTab {
            id: self.id,
            about: format!("{place} {title}").trim_start().to_owned(),
            title: cut(title),
            is_dirty: self.is_dirty() && !self.text.trim().is_empty(),
            has_problems: !self.problems.is_empty(),
            differs: self.drift.is_some(),
            mark: mark.map(|(_, mark)| *mark),
        }
    }
}

/// What the cluster holds of a document's objects, as a document.
fn whole(watched: &Watched, server: &ApiServer) -> Option<Rc<str>> {
    let objects = watched.objects.iter();
    let texts: Vec<String> = objects
        .filter_map(|object| manifest(&server.get_object(object.kind, &object.key)?))
        .collect();
    (!texts.is_empty()).then(|| texts.join("---\n").into())
}

/// The kind, the namespace and the name of a document's first object.
pub fn names_of(text: &str) -> [String; 3] {
    full(names(text))
}

fn full([name, kind, namespace]: [String; 3]) -> [String; 3] {
    let name = name.split(' ').next().unwrap_or_default().to_owned();
    let namespace = Some(namespace).filter(|it| !it.is_empty());
    [
        kind,
        namespace.unwrap_or_else(|| "default".to_owned()),
        name,
    ]
}

/// A long title without its middle: names differ at their ends.
fn cut(title: String) -> String {
    let letters: Vec<char> = title.chars().collect();
    if letters.len() <= TITLE_MAX {
        return title;
    }
    let (head, tail) = (
        &letters[..TITLE_MAX / 2],
        &letters[letters.len() - TITLE_MAX / 2 + 1..],
    );
    head.iter().chain(&['…']).chain(tail).collect()
}

/// What a manifest calls its object: the `name` in `metadata` of the first document that has one, and how many follow;
/// the kind and the namespace of that one.
///
/// A look at the lines, not a parser: it must do with half-typed text.
fn names(text: &str) -> [String; 3] {
    let [mut name, mut kind, mut namespace] = [const { String::new() }; 3];
    let mut in_metadata = false;
    let (mut documents, mut is_empty, mut is_named) = (0, true, false);
    for line in text.lines().take(TITLE_LINES_MAX) {
        if line.starts_with("---") {
            documents += u32::from(!is_empty);
            is_empty = true;
            in_metadata = false;
            is_named |= !name.is_empty();
            if !is_named {
                (kind, namespace) = Default::default();
            }
            continue;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        is_empty = false;
        if is_named {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if indent == 0 {
            in_metadata = trimmed == "metadata:";
        }
        let (key, value) = trimmed.split_once(':').unwrap_or_default();
        let field = match key {
            "kind" if indent == 0 => &mut kind,
            "name" if in_metadata && indent <= 4 => &mut name,
            "namespace" if in_metadata && indent <= 4 => &mut namespace,
            _ => continue,
        };
        if field.is_empty() {
            *field = value.trim().trim_matches(['"', '\'']).to_owned();
        }
    }
    documents += u32::from(!is_empty);
    if !name.is_empty() && documents > 1 {
        name = format!("{name} +{}", documents - 1);
    }
    [name, kind, namespace]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_first_object() {
        let told = |text: &str| names(text).join(" | ");
        assert_eq!(
            told("kind: DaemonSet\nmetadata:\n  name: \"agent\"\nspec:\n  name: no"),
            "agent | DaemonSet | "
        );
        assert_eq!(
            told(
                "---\nkind: A\nmetadata:\n  namespace: x\n  name: a\n---\nkind: B\nmetadata:\n  name: b\n---\n"
            ),
            "a +1 | A | x"
        );
        assert_eq!(told("kind: A\n---\nmetadata:\n  name: b\n"), "b +1 |  | ");
        assert_eq!(told("metadata:\n  name:"), " |  | ");
        assert_eq!(told(""), " |  | ");
    }

    #[test]
    fn titles_tell_tabs_apart() {
        let object = |kind: &str, namespace: &str, name: &str| {
            format!("kind: {kind}\nmetadata:\n  name: {name}\n  namespace: {namespace}\n")
        };
        let texts = [
            object("DaemonSet", "a", "agent"),
            object("ConfigMap", "a", "agent"),
            object("Pod", "a", "p"),
            object("Pod", "b", "p"),
            object("Pod", "a", "q"),
            object("Pod", "a", "q"),
            object("Pod", "a", "a-name-that-is-far-too-long-for-a-tab"),
            String::new(),
            "# still empty".to_owned(),
        ];
        let editor = Editor::with_texts(texts.iter().map(String::as_str));
        let titles: Vec<String> = editor.views(&[]).into_iter().map(|tab| tab.title).collect();
        assert_eq!(
            titles,
            [
                "DaemonSet/agent",
                "ConfigMap/agent",
                "a/p",
                "b/p",
                "q",
                "q 2",
                "a-name-tha…for-a-tab",
                "untitled",
                "untitled 2"
            ]
        );
        assert_eq!(
            editor.views(&[])[6].about,
            "Pod in a a-name-that-is-far-too-long-for-a-tab"
        );
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
