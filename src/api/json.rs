//! From JSON to our types, by one way: text, then a tree of values, then the type.
//!
//! serde makes the code that reads a type once for each source of it, and for everything that a source could hold. This
//! source has only what our JSON has (a struct is an object, never a list), and everything in the page is read from it.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected,
    IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value, map};
use std::vec;

/// Reads a text.
pub fn parse(text: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(text)
}

/// A value as a type. Of a key that comes twice in a text, the last one counts.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(Json(value))
}

/// The members of an object, to be taken one by one.
pub struct Members(Map<String, Value>);

impl Members {
    pub fn of(value: Value, what: &str) -> Result<Members, Error> {
        match value {
            Value::Object(members) => Ok(Members(members)),
            other => Err(invalid(&other, &what)),
        }
    }

    /// A member that must be there, unless the type is an `Option`.
    pub fn required<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<T, Error> {
        match self.0.remove(name) {
            Some(value) => read(value),
            None => read(Value::Null).map_err(|_| Error::missing_field(name)),
        }
    }

    /// A member, or the type's default.
    pub fn optional<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T, Error> {
        self.0.remove(name).map_or_else(|| Ok(T::default()), read)
    }
}

struct Json(Value);

#[inline(never)]
fn invalid(value: &Value, expected: &dyn Expected) -> Error {
    Error::invalid_type(unexpected(value), expected)
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

/// For each kind of number the same: serde's visitors say which they take.
macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match &self.0 {
                Value::Number(number) => number.deserialize_any(visitor),
                other => Err(invalid(other, &visitor)),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Json {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(is) => visitor.visit_bool(is),
            Value::Number(number) => number.deserialize_any(visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            Value::Object(members) => visitor.visit_map(Entries::new(members)),
        }
    }

    numbers!(
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_f32 deserialize_f64
    );

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Bool(is) => visitor.visit_bool(is),
            other => Err(invalid(&other, &visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            other => Err(invalid(&other, &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => {
                let len = items.len();
                let mut items = Items(items.into_iter());
                let read = visitor.visit_seq(&mut items)?;
                match items.0.len() {
                    0 => Ok(read),
                    _ => Err(Error::invalid_length(len, &"fewer elements in array")),
                }
            }
            other => Err(invalid(&other, &visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(members) => visitor.visit_map(Entries::new(members)),
            other => Err(invalid(&other, &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// `"Variant"`, or `{"Variant": its content}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (name, content) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(members) if members.len() == 1 => match members.into_iter().next() {
                Some((name, content)) => (name, Some(content)),
                None => return Err(Error::custom("an empty object names no variant")),
            },
            other => {
                return Err(invalid(
                    &other,
                    &"a variant's name, alone or with its content",
                ));
            }
        };
        visitor.visit_enum(Variant { name, content })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.0
            .next()
            .map(|item| seed.deserialize(Json(item)))
            .transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries {
    left: map::IntoIter,
    value: Value,
}

impl Entries {
    fn new(members: Map<String, Value>) -> Entries {
        Entries {
            left: members.into_iter(),
            value: Value::Null,
        }
    }

    #[inline(never)]
    fn next_name(&mut self) -> Option<String> {
        let (name, value) = self.left.next()?;
        self.value = value;
        Some(name)
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let name = self.next_name();
        name.map(|name| seed.deserialize(Name(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Json(self.value.take()))
    }
}

/// A member's name.
struct Name(String);

impl<'de> Deserializer<'de> for Name {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(&self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum ignored_any
    }
}

struct Variant {
    name: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Error> {
        let name: StrDeserializer<'_, Error> = self.name.as_str().into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

struct Content(Option<Value>);

impl<'de> VariantAccess<'de> for Content {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.0 {
            None | Some(Value::Null) => Ok(()),
            Some(other) => Err(invalid(&other, &"a variant without content")),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Json(self.0.unwrap_or_default()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        Json(self.0.unwrap_or_default()).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        Json(self.0.unwrap_or_default()).deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::object::Object;
    use crate::api::pod::Pod;
    use crate::api::status::FieldErrorType;
    use serde_json::json;

    /// The same as serde_json reads, or the same error.
    #[track_caller]
    fn check<T: DeserializeOwned + std::fmt::Debug + PartialEq>(value: Value) {
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
    fn a_struct_is_an_object_and_a_variant_has_a_name() {
        assert!(read::<Pod>(json!([])).is_err());
        assert!(read::<FieldErrorType>(json!({"Required": 1})).is_err());
        assert!(read::<FieldErrorType>(json!({})).is_err());
        assert!(Object::from_value(json!({"apiVersion": "v1", "kind": "Pod", "spec": 1})).is_err());
    }
}
