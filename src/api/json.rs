//! Reads our types from JSON, in one way: text, then a tree of values, then the type.
//!
//! The code that serde derives takes some 200 bytes for each field, and again for each source; that was a tenth of the
//! page's WebAssembly. Here a type lists its fields and their names, the compiler checks that none is missing, and a field
//! costs a call. Serde's code stays natively: for tests, which compare the two, and for tools.

use crate::sim::time::SimTime;
use serde::Deserialize;
use serde::de::{Error as _, Expected, Unexpected};
use serde_json::{Error, Map, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A type that can be read from JSON. Errors are worded as serde_json's.
pub trait FromJson: Sized {
    /// The names of its members, if it is a struct.
    const NAMES: &[&str] = &[];

    fn from_json(value: Value) -> Result<Self, Error>;
}

/// Reads a text.
pub fn parse(text: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(text)
}

/// A value as a type. Of a key that comes twice in a text, the last one counts.
pub fn read<T: FromJson>(value: Value) -> Result<T, Error> {
    T::from_json(value)
}

/// The members of an object, to be taken one by one.
pub struct Members(Map<String, Value>);

impl Members {
    pub fn of(value: Value, expected: &str) -> Result<Members, Error> {
        match value {
            Value::Object(members) => Ok(Members(members)),
            other => Err(invalid(&other, expected)),
        }
    }

    /// A member that must be there.
    pub fn required<T: FromJson>(&mut self, name: &'static str) -> Result<T, Error> {
        match self.0.remove(name) {
            Some(value) => T::from_json(value),
            None => Err(Error::missing_field(name)),
        }
    }

    /// A member, or the type's default.
    pub fn optional<T: FromJson + Default>(&mut self, name: &str) -> Result<T, Error> {
        let mut value = T::default();
        self.set(name, &mut value)?;
        Ok(value)
    }

    /// Puts a member where it belongs, if it is there.
    pub fn set<T: FromJson>(&mut self, name: &str, place: &mut T) -> Result<(), Error> {
        if let Some(value) = self.0.remove(name) {
            *place = T::from_json(value)?;
        }
        Ok(())
    }

    /// All members that are left.
    pub fn rest<T: From<BTreeMap<String, Value>>>(self) -> T {
        T::from(self.into_map())
    }

    /// Not collected: that would sort the members first, with a sort compiled for them alone.
    fn into_map(self) -> BTreeMap<String, Value> {
        let mut map = BTreeMap::new();
        for (name, value) in self.0 {
            map.insert(name, value);
        }
        map
    }

    /// An error if anything is left.
    pub fn end(self) -> Result<(), Error> {
        match self.0.keys().next() {
            Some(name) => Err(Error::custom(format_args!("unknown field `{name}`"))),
            None => Ok(()),
        }
    }
}

/// How a struct is read: `by default` each member replaces that of the struct's default; `whole` each must be there, but
/// for those `or default`. `and no more`: any other member is an error. A field behind the list takes all other members.
macro_rules! json_object {
    ($type:ident by default $(and no $more:ident)? { $($field:ident: $name:literal,)* } $($rest:ident)?) => {
        impl $crate::api::json::FromJson for $type {
            const NAMES: &[&str] = &[$($name),*];

            fn from_json(value: ::serde_json::Value) -> Result<Self, ::serde_json::Error> {
                let mut given = $crate::api::json::Members::of(value, concat!("struct ", stringify!($type)))?;
                let mut this = Self::default();
                // A field that isn't listed is an error here.
                let Self { $($field,)* $($rest,)? } = &mut this;
                $(given.set($name, $field)?;)*
                $(*$rest = given.rest();)?
                $($crate::api::json::json_object!(@$more given);)?
                Ok(this)
            }
        }
    };
    ($type:ident whole { $($field:ident: $name:literal $(or $default:ident)?,)* }) => {
        impl $crate::api::json::FromJson for $type {
            const NAMES: &[&str] = &[$($name),*];

            fn from_json(value: ::serde_json::Value) -> Result<Self, ::serde_json::Error> {
                let mut given = $crate::api::json::Members::of(value, concat!("struct ", stringify!($type)))?;
                Ok(Self { $($field: $crate::api::json::json_object!(@get given $name $($default)?),)* })
            }
        }
    };
    (@more $given:ident) => { $given.end()? };
    (@get $given:ident $name:literal) => { $given.required($name)? };
    (@get $given:ident $name:literal default) => { $given.optional($name)? };
}
pub(crate) use json_object;

/// How an enum of plain names is read.
macro_rules! json_names {
    ($type:ident { $($variant:ident: $name:literal,)* }) => {
        impl $crate::api::json::FromJson for $type {
            fn from_json(value: ::serde_json::Value) -> Result<Self, ::serde_json::Error> {
                let name: String = $crate::api::json::read(value)?;
                match name.as_str() {
                    $($name => Ok(Self::$variant),)*
                    _ => Err($crate::api::json::unknown(&name, &[$($name),*])),
                }
            }
        }
    };
}
pub(crate) use json_names;

pub(crate) fn unknown(name: &str, known: &'static [&'static str]) -> Error {
    Error::unknown_variant(name, known)
}

fn invalid(value: &Value, expected: &str) -> Error {
    Error::invalid_type(unexpected(value), &expected as &dyn Expected)
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(is) => Unexpected::Bool(*is),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => Unexpected::Unsigned(number),
            (_, Some(number)) => Unexpected::Signed(number),
            _ => Unexpected::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

macro_rules! plain {
    ($($type:ty)*) => {
        $(impl FromJson for $type {
            fn from_json(value: Value) -> Result<Self, Error> {
                <$type>::deserialize(value)
            }
        })*
    };
}

plain!(bool i32 i64 u32 u64 usize String);

impl FromJson for SimTime {
    fn from_json(value: Value) -> Result<Self, Error> {
        u64::from_json(value).map(SimTime)
    }
}

impl FromJson for Value {
    fn from_json(value: Value) -> Result<Self, Error> {
        Ok(value)
    }
}

impl FromJson for Rc<str> {
    fn from_json(value: Value) -> Result<Self, Error> {
        String::from_json(value).map(Rc::from)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(value: Value) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            value => T::from_json(value).map(Some),
        }
    }
}

fn items(value: Value) -> Result<Vec<Value>, Error> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(invalid(&other, "a sequence")),
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: Value) -> Result<Self, Error> {
        let items = items(value)?;
        let mut read = Vec::with_capacity(items.len());
        for item in items {
            read.push(T::from_json(item)?);
        }
        Ok(read)
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn from_json(value: Value) -> Result<Self, Error> {
        let items = Vec::from_json(value)?;
        let len = items.len();
        items
            .try_into()
            .map_err(|_| Error::custom(format_args!("{len} items are not {N}")))
    }
}

impl<T: FromJson> FromJson for (T, T) {
    fn from_json(value: Value) -> Result<Self, Error> {
        let [first, second] = FromJson::from_json(value)?;
        Ok((first, second))
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: Value) -> Result<Self, Error> {
        let mut read = BTreeMap::new();
        for (name, value) in Members::of(value, "a map")?.0 {
            read.insert(name, T::from_json(value)?);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::apps::{
        ControllerRevision, DaemonSet, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy,
        RollingUpdateDaemonSet,
    };
    use crate::api::core::{
        Event, EventSource, Generic, Namespace, NamespaceStatus, ObjectReference, PriorityClass,
    };
    use crate::api::meta::{LabelSelector, LabelSelectorRequirement, ObjectMeta, OwnerReference};
    use crate::api::node::{Node, NodeCondition, NodeSpec, NodeStatus, Taint};
    use crate::api::object::Object;
    use crate::api::pod::{
        Affinity, Container, ContainerPort, ContainerState, ContainerStatus, NodeAffinity,
        NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodCondition, PodSpec,
        PodStatus, PodTemplateSpec, Probe, ResourceRequirements, Running, Terminated, Toleration,
        Volume, Waiting,
    };
    use serde::de::DeserializeOwned;
    use serde_json::json;

    /// The same as serde_json reads, or the same error.
    #[track_caller]
    fn check<T: FromJson + DeserializeOwned + std::fmt::Debug + PartialEq>(value: Value) {
        let ours = read::<T>(value.clone()).map_err(|error| error.to_string());
        let theirs = serde_json::from_value::<T>(value).map_err(|error| error.to_string());
        assert_eq!(ours, theirs);
    }

    #[test]
    fn types_are_read_as_serde_json_reads_them() {
        let container = json!({
            "name": "a", "image": "a:1", "ports": [{"containerPort": 80}], "env": [{"name": "A", "value": "b"}],
            "resources": {"requests": {"cpu": "100m", "memory": 5}, "limits": {"cpu": 1.5}},
        });
        let pod = json!({
            "metadata": {"name": "a", "labels": {"app": "a"}, "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"containers": [container], "tolerations": [{"operator": "Exists", "tolerationSeconds": null}], "volumes": []},
            "status": {"containerStatuses": [{"name": "a", "state": {"running": {"startedAt": null}}}]},
        });
        check::<Pod>(pod.clone());
        let wrong = [
            json!(null),
            json!(1),
            json!(-1),
            json!(1.5),
            json!("x"),
            json!(true),
            json!({"a": 1}),
            json!(1_u64 << 40),
        ];
        let places = [
            "/metadata",
            "/metadata/name",
            "/metadata/labels",
            "/metadata/labels/app",
            "/metadata/generation",
            "/metadata/creationTimestamp",
            "/spec",
            "/spec/containers",
            "/spec/containers/0",
            "/spec/containers/0/name",
            "/spec/containers/0/ports/0/containerPort",
            "/spec/containers/0/resources/requests/cpu",
            "/spec/tolerations",
            "/spec/tolerations/0/tolerationSeconds",
            "/status/containerStatuses/0/state/running/startedAt",
        ];
        for place in places {
            for value in &wrong {
                let mut pod = pod.clone();
                *pod.pointer_mut(place).unwrap() = value.clone();
                check::<Pod>(pod);
            }
        }
    }

    #[test]
    fn a_struct_is_an_object() {
        assert!(read::<Pod>(json!([])).is_err());
        assert!(Object::from_value(json!({"apiVersion": "v1", "kind": "Pod", "spec": 1})).is_err());
    }

    /// Each member alone, with all sorts of values.
    #[track_caller]
    fn names_are_serdes<T: FromJson + DeserializeOwned + std::fmt::Debug + PartialEq>() {
        let values = [
            json!(null),
            json!(true),
            json!(7),
            json!(-1),
            json!(1.5),
            json!("x"),
            json!("2026-01-01T00:00:00Z"),
            json!([]),
            json!(["a"]),
            json!([1]),
            json!([{}]),
            json!({}),
            json!({"a": "1"}),
            json!({"a": [1]}),
            json!({"a": null}),
        ];
        assert!(!T::NAMES.is_empty());
        for name in T::NAMES.iter().chain(&["another"]) {
            for value in &values {
                let object = json!({ *name: value });
                // As serde has it, a list of its fields is a struct too.
                let is_list =
                    |error: &Error| error.to_string().contains("sequence, expected struct");
                if !read::<T>(object.clone()).is_err_and(|error| is_list(&error)) {
                    check::<T>(object);
                }
            }
        }
    }

    #[test]
    fn every_type_has_serdes_names() {
        names_are_serdes::<ObjectMeta>();
        names_are_serdes::<OwnerReference>();
        names_are_serdes::<LabelSelector>();
        names_are_serdes::<LabelSelectorRequirement>();
        names_are_serdes::<DaemonSet>();
        names_are_serdes::<DaemonSetSpec>();
        names_are_serdes::<DaemonSetUpdateStrategy>();
        names_are_serdes::<RollingUpdateDaemonSet>();
        names_are_serdes::<DaemonSetStatus>();
        names_are_serdes::<ControllerRevision>();
        names_are_serdes::<Pod>();
        names_are_serdes::<PodTemplateSpec>();
        names_are_serdes::<PodSpec>();
        names_are_serdes::<Volume>();
        names_are_serdes::<Container>();
        names_are_serdes::<ContainerPort>();
        names_are_serdes::<ResourceRequirements>();
        names_are_serdes::<Probe>();
        names_are_serdes::<Toleration>();
        names_are_serdes::<Affinity>();
        names_are_serdes::<NodeAffinity>();
        names_are_serdes::<NodeSelector>();
        names_are_serdes::<NodeSelectorTerm>();
        names_are_serdes::<NodeSelectorRequirement>();
        names_are_serdes::<PodStatus>();
        names_are_serdes::<PodCondition>();
        names_are_serdes::<ContainerStatus>();
        names_are_serdes::<ContainerState>();
        names_are_serdes::<Waiting>();
        names_are_serdes::<Running>();
        names_are_serdes::<Terminated>();
        names_are_serdes::<Node>();
        names_are_serdes::<NodeSpec>();
        names_are_serdes::<Taint>();
        names_are_serdes::<NodeStatus>();
        names_are_serdes::<NodeCondition>();
        names_are_serdes::<Event>();
        names_are_serdes::<ObjectReference>();
        names_are_serdes::<EventSource>();
        names_are_serdes::<Namespace>();
        names_are_serdes::<NamespaceStatus>();
        names_are_serdes::<PriorityClass>();
        names_are_serdes::<Generic>();
    }
}
