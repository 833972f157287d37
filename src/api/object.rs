//! One type for an object of any kind, and the table of the kinds.

use super::apps::{ControllerRevision, DaemonSet};
use super::core::{Event, Generic, Namespace, PriorityClass};
use super::json;
use super::json::json_object;
use super::meta::ObjectMeta;
use super::node::Node;
use super::pod::Pod;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::rc::Rc;

/// Namespace and name of an object; the namespace is empty for cluster-scoped kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub namespace: Rc<str>,
    pub name: Rc<str>,
}

json_object!(Key whole {
    namespace: "namespace",
    name: "name",
});

impl Key {
    pub fn new(namespace: &str, name: &str) -> Key {
        Key {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    pub fn of(meta: &ObjectMeta) -> Key {
        Key::new(&meta.namespace, &meta.name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}

/// The kinds that the simulation knows by type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Namespace,
    PriorityClass,
    Node,
    DaemonSet,
    ControllerRevision,
    Pod,
    Event,
    Generic,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::Namespace,
        Kind::PriorityClass,
        Kind::Node,
        Kind::DaemonSet,
        Kind::ControllerRevision,
        Kind::Pod,
        Kind::Event,
        Kind::Generic,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Namespace => "Namespace",
            Kind::PriorityClass => "PriorityClass",
            Kind::Node => "Node",
            Kind::DaemonSet => "DaemonSet",
            Kind::ControllerRevision => "ControllerRevision",
            Kind::Pod => "Pod",
            Kind::Event => "Event",
            Kind::Generic => "Object",
        }
    }

    pub fn api_version(self) -> &'static str {
        match self {
            Kind::DaemonSet | Kind::ControllerRevision => "apps/v1",
            Kind::PriorityClass => "scheduling.k8s.io/v1",
            _ => "v1",
        }
    }

    /// The API group; empty for the core group.
    pub fn group(self) -> &'static str {
        self.api_version()
            .split_once('/')
            .map_or("", |(group, _)| group)
    }

    /// Plural and lower case, as in URLs and in `kubectl get`.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Namespace => "namespaces",
            Kind::PriorityClass => "priorityclasses",
            Kind::Node => "nodes",
            Kind::DaemonSet => "daemonsets",
            Kind::ControllerRevision => "controllerrevisions",
            Kind::Pod => "pods",
            Kind::Event => "events",
            Kind::Generic => "objects",
        }
    }

    /// Plural with the group behind a dot, as error messages name a resource: `daemonsets.apps`.
    pub fn resource(self) -> String {
        match self.group() {
            "" => self.plural().to_owned(),
            group => format!("{}.{group}", self.plural()),
        }
    }

    pub fn is_namespaced(self) -> bool {
        !matches!(self, Kind::Namespace | Kind::PriorityClass | Kind::Node)
    }
}

/// What all stored types share.
pub trait Resource: Clone + PartialEq + Sized {
    const KIND: Kind;
    fn meta(&self) -> &ObjectMeta;
    fn meta_mut(&mut self) -> &mut ObjectMeta;
    fn into_object(this: Rc<Self>) -> Object;
    fn key(&self) -> Key;
}

/// Objects of all the kinds that we don't simulate share one table: their kind is part of the key.
fn key_of(kind: Kind, own_kind: &str, meta: &ObjectMeta) -> Key {
    match kind {
        Kind::Generic => Key::new(&meta.namespace, &format!("{own_kind}/{}", meta.name)),
        _ => Key::of(meta),
    }
}

/// The kind as the object itself says it; only `Generic` has to.
trait OwnKind {
    fn own_kind(&self) -> &str {
        ""
    }
}

impl OwnKind for Generic {
    fn own_kind(&self) -> &str {
        &self.kind
    }
}

impl OwnKind for Namespace {}
impl OwnKind for PriorityClass {}
impl OwnKind for Node {}
impl OwnKind for DaemonSet {}
impl OwnKind for ControllerRevision {}
impl OwnKind for Pod {}
impl OwnKind for Event {}

/// An object of any kind. Stored objects are immutable and shared.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    Namespace(Rc<Namespace>),
    PriorityClass(Rc<PriorityClass>),
    Node(Rc<Node>),
    DaemonSet(Rc<DaemonSet>),
    ControllerRevision(Rc<ControllerRevision>),
    Pod(Rc<Pod>),
    Event(Rc<Event>),
    Generic(Rc<Generic>),
}

macro_rules! resources {
    ($($kind:ident),*) => {
        $(impl Resource for $kind {
            const KIND: Kind = Kind::$kind;
            fn meta(&self) -> &ObjectMeta { &self.metadata }
            fn meta_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
            fn into_object(this: Rc<Self>) -> Object { Object::$kind(this) }
            fn key(&self) -> Key { key_of(Kind::$kind, self.own_kind(), &self.metadata) }
        })*

        impl Object {
            pub fn kind(&self) -> Kind {
                match self { $(Object::$kind(_) => Kind::$kind),* }
            }

            pub fn meta(&self) -> &ObjectMeta {
                match self { $(Object::$kind(object) => &object.metadata),* }
            }

            pub fn meta_mut(&mut self) -> &mut ObjectMeta {
                match self { $(Object::$kind(object) => &mut Rc::make_mut(object).metadata),* }
            }

            /// The object as JSON, without apiVersion and kind.
            fn body(&self) -> serde_json::Value {
                let value = match self { $(Object::$kind(object) => serde_json::to_value(object)),* };
                value.unwrap_or_default()
            }
        }
    };
}

resources!(
    Namespace,
    PriorityClass,
    Node,
    DaemonSet,
    ControllerRevision,
    Pod,
    Event,
    Generic
);

impl Object {
    pub fn key(&self) -> Key {
        key_of(self.kind(), self.kind_name(), self.meta())
    }

    pub fn kind_name(&self) -> &str {
        match self {
            Object::Generic(object) => &object.kind,
            other => other.kind().name(),
        }
    }

    pub fn api_version(&self) -> &str {
        match self {
            Object::Generic(object) => &object.api_version,
            other => other.kind().api_version(),
        }
    }

    /// The whole object as JSON with apiVersion and kind, as the API server sends it.
    pub fn to_value(&self) -> serde_json::Value {
        let mut value = self.body();
        if let Some(map) = value.as_object_mut() {
            map.insert("apiVersion".into(), self.api_version().into());
            map.insert("kind".into(), self.kind_name().into());
        }
        value
    }

    /// The object of JSON that has apiVersion and kind and has passed the schema (see `decode`).
    /// Kinds that we don't simulate become `Generic`.
    pub fn from_value(mut value: serde_json::Value) -> Result<Object, serde_json::Error> {
        fn typed<T: json::FromJson>(value: serde_json::Value) -> Result<Rc<T>, serde_json::Error> {
            json::read(value).map(Rc::new)
        }
        let text = |key: &str| {
            value
                .get(key)
                .and_then(|v| v.as_str())
                .unwrap_or("")
                .to_owned()
        };
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        let known = Kind::ALL
            .into_iter()
            .find(|k| *k != Kind::Generic && k.name() == kind && k.api_version() == api_version);
        if let (Some(_), Some(map)) = (known, value.as_object_mut()) {
            map.remove("apiVersion");
            map.remove("kind");
        }
        Ok(match known.unwrap_or(Kind::Generic) {
            Kind::Namespace => Object::Namespace(typed(value)?),
            Kind::PriorityClass => Object::PriorityClass(typed(value)?),
            Kind::Node => Object::Node(typed(value)?),
            Kind::DaemonSet => Object::DaemonSet(typed(value)?),
            Kind::ControllerRevision => Object::ControllerRevision(typed(value)?),
            Kind::Pod => Object::Pod(typed(value)?),
            Kind::Event => Object::Event(typed(value)?),
            Kind::Generic => Object::Generic(typed(value)?),
        })
    }
}
