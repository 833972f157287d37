//! Where the cluster isn't what a document says.
//!
//! What was last applied is read once, with the server's defaults filled in, and compared with the live object field by
//! field: so neither defaults nor status count, and a field that somebody else added does.
//! Nodes and pods are left out: components write into them all the time.

use crate::api::apps::TEMPLATE_GENERATION_ANNOTATION;
use crate::api::decode::{self, Decoded};
use crate::api::defaults;
use crate::api::object::{Key, Kind, Object};
use crate::api::schema::{self, Merge};
use crate::api::yaml;
use crate::apiserver::ApiServer;
use crate::kubectl::ops::apply::LAST_APPLIED;
use crate::present::editor::{Drift, DriftChange};
use serde_json::{Map, Value};
use std::rc::Rc;

/// Longer texts aren't watched.
const TEXT_MAX: usize = 256 << 10;
/// Lines of differences that are shown; nobody reads more beside the text.
const LINES_MAX: usize = 40;
/// `rollout restart` writes it; nobody's manifest has it.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The keys that lead to it. In a list: the item's place in the text, or `-` for one that isn't there.
    pub steps: Vec<String>,
    /// The same for readers: `spec.template.spec.containers[agent]`, without the last key.
    place: String,
    pub tab: Option<Value>,
    pub live: Option<Value>,
}

/// An object that a document states.
#[derive(Clone, Debug)]
pub struct Stated {
    pub kind: Kind,
    pub key: Key,
    pub decoded: Decoded,
    title: String,
    expected: Value,
    /// The live object that was compared last.
    seen: Option<Object>,
    pub is_gone: bool,
    pub changes: Vec<Change>,
}

/// A document that was applied, and how the cluster differs from it.
#[derive(Clone, Debug)]
pub struct Watched {
    pub text: Rc<str>,
    pub objects: Vec<Stated>,
}

impl Watched {
    pub fn new(text: &Rc<str>) -> Watched {
        let objects = match text.len() {
            0..=TEXT_MAX => decode::decode(text).unwrap_or_default(),
            _ => Vec::new(),
        };
        let objects = objects.into_iter().filter_map(Stated::of);
        Watched {
            text: Rc::clone(text),
            objects: objects.collect(),
        }
    }

    /// Compares with what is live, where that was written since the last time; true if it was.
    pub fn look(&mut self, server: &ApiServer) -> bool {
        self.objects
            .iter_mut()
            .fold(false, |any, object| object.look(server) | any)
    }

    pub fn differs(&self) -> bool {
        self.objects
            .iter()
            .any(|object| object.is_gone || !object.changes.is_empty())
    }

    /// Would `kubectl apply` leave something as it is? It knows only the fields that the text has.
    pub fn needs_replace(&self) -> bool {
        let is_unwritten = |object: &Stated, change: &Change| {
            let root = object.node();
            change.tab.is_none() || root.is_none_or(|root| root.find(&change.steps).is_none())
        };
        self.objects.iter().any(|object| {
            let mut changes = object.changes.iter();
            changes.any(|change| is_unwritten(object, change))
        })
    }

    pub fn view(&self) -> Option<Rc<Drift>> {
        if !self.differs() {
            return None;
        }
        let gone = self.objects.iter().filter(|object| object.is_gone);
        let gone = gone.map(|object| object.title.clone()).collect();
        let all = self.objects.iter().flat_map(|object| &object.changes);
        let (mut changes, mut lines, mut more) = (Vec::new(), 0, 0);
        for change in all {
            let view = change.view();
            lines += view.removed.len() + view.added.len();
            match lines {
                0..=LINES_MAX => changes.push(view),
                _ => more += 1,
            }
        }
        Some(Rc::new(Drift {
            gone,
            changes,
            more,
        }))
    }
}

impl Stated {
    fn of(decoded: Decoded) -> Option<Stated> {
        let mut object = decoded.object.clone();
        let kind = object.kind();
        let is_watched = !matches!(
            kind,
            Kind::Node | Kind::Pod | Kind::Event | Kind::ControllerRevision
        );
        if !is_watched || object.meta().name.is_empty() {
            return None;
        }
        defaults::namespace_or_default(&mut object);
        defaults::default_object(&mut object);
        Some(Stated {
            kind,
            key: object.key(),
            title: format!("{} {}", object.kind_name(), object.meta().name),
            expected: plain(&object),
            decoded,
            seen: None,
            is_gone: false,
            changes: Vec::new(),
        })
    }

    /// Where the text states it.
    pub fn node(&self) -> Option<&yaml::tree::Node> {
        let root = &self.decoded.document.root;
        let prefix = self.decoded.prefix.strip_prefix("items[");
        match prefix.and_then(|rest| rest.strip_suffix(']')) {
            Some(index) => root.find(&["items".to_owned(), index.to_owned()]),
            None => Some(root),
        }
    }

    fn look(&mut self, server: &ApiServer) -> bool {
        let live = server.get_object(self.kind, &self.key);
        let Some(live) = live else {
            let was_there = !self.is_gone;
            (self.is_gone, self.seen) = (true, None);
            self.changes.clear();
            return was_there;
        };
        if self.seen.as_ref().is_some_and(|seen| is_same(seen, &live)) {
            return false;
        }
        let mut changes = Vec::new();
        let type_name = (self.kind != Kind::Generic).then(|| self.kind.name());
        compare(
            &self.expected,
            &plain(&live),
            type_name,
            &mut Way::default(),
            &mut changes,
        );
        if self.kind != Kind::DaemonSet {
            // What the server adds to these is its own business.
            changes.retain(|change| change.tab.is_some());
        }
        // Its default depends on the image's tag when the pod template was first written; a later apply leaves it as it is.
        let is_stated = |change: &Change| {
            let root = self.node();
            root.is_some_and(|root| root.find(&change.steps).is_some())
        };
        let is_policy =
            |change: &Change| change.steps.last().is_some_and(|s| s == "imagePullPolicy");
        changes.retain(|change| !is_policy(change) || is_stated(change));
        let is_new = self.is_gone || self.changes != changes;
        (self.is_gone, self.seen, self.changes) = (false, Some(live), changes);
        is_new
    }
}

/// Was nothing written but status?
fn is_same(seen: &Object, live: &Object) -> bool {
    match (seen, live) {
        (Object::DaemonSet(seen), Object::DaemonSet(live)) => {
            let (was, is) = (&seen.metadata, &live.metadata);
            Rc::ptr_eq(seen, live)
                || seen.spec == live.spec
                    && was.labels == is.labels
                    && was.annotations == is.annotations
        }
        _ => seen.meta().resource_version == live.meta().resource_version,
    }
}

/// An object without what components write into it.
fn plain(object: &Object) -> Value {
    let mut value = object.to_value();
    let Some(map) = value.as_object_mut() else {
        return value;
    };
    map.remove("status");
    if let Some(Value::Object(meta)) = map.get_mut("metadata") {
        meta.retain(|key, _| {
            matches!(
                key.as_str(),
                "name" | "namespace" | "labels" | "annotations"
            )
        });
        forget_annotations(meta);
    }
    let template = value.pointer_mut("/spec/template/metadata");
    if let Some(Value::Object(meta)) = template {
        meta.remove("creationTimestamp");
        forget_annotations(meta);
    }
    value
}

fn forget_annotations(meta: &mut Map<String, Value>) {
    if let Some(Value::Object(annotations)) = meta.get_mut("annotations") {
        let own = [LAST_APPLIED, TEMPLATE_GENERATION_ANNOTATION, RESTARTED_AT];
        annotations.retain(|key, _| !own.contains(&key.as_str()));
    }
}

/// How a value that says nothing counts: as one that isn't there.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().all(is_nothing),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[derive(Default)]
struct Way {
    steps: Vec<String>,
    /// The same as a reader calls them.
    words: Vec<String>,
}

impl Way {
    fn change(&self, step: &str, tab: Option<&Value>, live: Option<&Value>) -> Change {
        let mut place = String::new();
        for word in &self.words {
            if !place.is_empty() && !word.starts_with('[') {
                place.push('.');
            }
            place.push_str(word);
        }
        let steps = self.steps.iter().cloned().chain([step.to_owned()]);
        Change {
            steps: steps.collect(),
            place,
            tab: tab.cloned(),
            live: live.cloned(),
        }
    }

    fn go(&mut self, step: &str, word: String, there: impl FnOnce(&mut Way)) {
        self.steps.push(step.to_owned());
        self.words.push(word);
        there(self);
        self.steps.pop();
        self.words.pop();
    }
}

fn compare(
    tab: &Value,
    live: &Value,
    type_name: Option<&str>,
    way: &mut Way,
    out: &mut Vec<Change>,
) {
    let (Value::Object(tab), Value::Object(live)) = (tab, live) else {
        return;
    };
    let keys = tab
        .keys()
        .chain(live.keys().filter(|key| !tab.contains_key(*key)));
    for key in keys {
        let field = type_name.and_then(|name| schema::field(name, key));
        let below = field.and_then(|field| schema::object_name(&field.type_));
        let is_there = |value: &&Value| !is_nothing(value);
        let (ours, theirs) = (
            tab.get(key).filter(is_there),
            live.get(key).filter(is_there),
        );
        match (ours, theirs) {
            (ours, theirs) if ours == theirs => {}
            (Some(ours @ Value::Object(_)), Some(theirs @ Value::Object(_))) => {
                way.go(key, key.clone(), |way| {
                    compare(ours, theirs, below, way, out)
                });
            }
            (Some(Value::Array(ours)), Some(Value::Array(theirs)))
                if ours.iter().chain(theirs).all(Value::is_object) =>
            {
                let merge = field.map_or(Merge::Replace, |field| field.merge);
                let mut is_told = true;
                way.go(key, key.clone(), |way| {
                    is_told = compare_lists(ours, theirs, below, merge, way, out);
                });
                if !is_told {
                    out.push(way.change(key, tab.get(key), live.get(key)));
                }
            }
            (ours, theirs) => out.push(way.change(key, ours, theirs)),
        }
    }
}

/// Items belong together by the list's key, or if they are equal. False where the order differs: then only the whole list tells it.
fn compare_lists(
    ours: &[Value],
    theirs: &[Value],
    type_name: Option<&str>,
    merge: Merge,
    way: &mut Way,
    out: &mut Vec<Change>,
) -> bool {
    let mut is_free = vec![true; theirs.len()];
    let mut pairs = Vec::new();
    for item in ours {
        let is_it = |other: &Value| match merge {
            Merge::ByKey(key) => other.get(key) == item.get(key),
            _ => other == item,
        };
        let at = (0..theirs.len()).find(|at| is_free[*at] && is_it(&theirs[*at]));
        if let Some(at) = at {
            is_free[at] = false;
        }
        pairs.push(at);
    }
    let matched: Vec<usize> = pairs.iter().flatten().copied().collect();
    let is_first = |at: usize| matched.iter().all(|other| *other < at);
    let is_added_last = (0..theirs.len()).all(|at| !is_free[at] || is_first(at));
    if !matched.is_sorted() || !is_added_last {
        return false;
    }
    for (index, (item, at)) in ours.iter().zip(pairs).enumerate() {
        let index = index.to_string();
        match at {
            Some(at) => {
                let name = item.get("name").and_then(Value::as_str).unwrap_or(&index);
                let word = format!("[{name}]");
                way.go(&index, word, |way| {
                    compare(item, &theirs[at], type_name, way, out)
                });
            }
            None => out.push(way.change(&index, Some(item), None)),
        }
    }
    for (item, _) in theirs.iter().zip(is_free).filter(|(_, is_free)| *is_free) {
        out.push(way.change("-", None, Some(item)));
    }
    true
}

impl Change {
    fn view(&self) -> DriftChange {
        let lines = |value: &Option<Value>| {
            let text = value.as_ref().map(|value| self.text(value));
            text.unwrap_or_default()
                .lines()
                .map(str::to_owned)
                .collect()
        };
        DriftChange {
            place: self.place.clone(),
            removed: lines(&self.tab),
            added: lines(&self.live),
        }
    }

    /// A value as it stands in a manifest, with its key or its dash.
    pub fn text(&self, value: &Value) -> String {
        let step = self.steps.last().map_or("", String::as_str);
        text_of(step, value)
    }
}

/// Is this step a place in a list?
pub fn is_index(step: &str) -> bool {
    step == "-" || step.parse::<usize>().is_ok()
}

/// A key with its value, or an item with its dash, as lines of YAML.
pub fn text_of(step: &str, value: &Value) -> String {
    let whole = match is_index(step) {
        true => Value::Array(vec![value.clone()]),
        false => {
            let mut map = serde_json::Map::new();
            map.insert(step.to_owned(), value.clone());
            Value::Object(map)
        }
    };
    yaml::to_string(&whole)
}
