//! One object against the schema: every unknown field, every wrong type, and the JSON that remains.

use super::{DecodeErrorKind, STRICT, sorted_entries};
use crate::api::apps::TEMPLATE_GENERATION_ANNOTATION;
use crate::api::go::quote;
use crate::api::kinds::KindInfo;
use crate::api::meta::Time;
use crate::api::quantity::Quantity;
use crate::api::schema::{self, Type};
use crate::api::yaml::DEPTH_MAX;
use crate::api::yaml::tree::{Entry, Node, NodeValue, Position};
use serde_json::{Map, Number, Value};

pub struct Checked {
    /// As Go would write it: without nulls, unknown fields and zero values that have `omitempty`; what has the wrong type is
    /// left out.
    pub value: Value,
    pub findings: Vec<Finding>,
}

pub struct Finding {
    pub kind: DecodeErrorKind,
    pub at: Position,
    pub path: String,
    pub message: String,
    pub hint: Option<String>,
}

/// Kinds without a schema are kept as they are, but their metadata is checked.
///
/// Models: sigs.k8s.io/json UnmarshalStrict, which kubectl's server-side field validation uses.
pub fn check(node: &Node, info: &'static KindInfo, findings_max: usize) -> Checked {
    let mut walk = Walk {
        findings: Vec::new(),
        findings_max,
        root: info.kind,
    };
    let start = Place {
        path: String::new(),
        go_path: String::new(),
        go_struct: info.kind,
    };
    if info.kind == "DaemonSet" {
        walk.template_generation(node);
    }
    let value = if let Some(shape) = info.shape() {
        walk.object(node, shape, &start)
    } else {
        let mut value = node.to_json();
        drop_nulls(&mut value);
        if let (Value::Object(map), Some(meta)) = (&mut value, node.get("metadata")) {
            let place = start.field("metadata");
            match walk.value(meta, &Type::Object("ObjectMeta"), &place) {
                Some(meta) => map.insert("metadata".to_owned(), meta),
                None => map.remove("metadata"),
            };
        }
        Some(value)
    };
    Checked {
        value: value.unwrap_or_default(),
        findings: walk.findings,
    }
}

/// JSON as a tree without places; None if it is deeper than YAML may be.
pub fn to_node(value: &Value) -> Option<Node> {
    fn convert(value: &Value, depth: u32) -> Option<Node> {
        if depth > DEPTH_MAX {
            return None;
        }
        let value = match value {
            Value::Null => NodeValue::Null,
            Value::Bool(value) => NodeValue::Bool(*value),
            Value::Number(number) => NodeValue::Number(number.clone()),
            Value::String(text) => NodeValue::String(text.clone()),
            Value::Array(items) => {
                let items: Option<Vec<Node>> =
                    items.iter().map(|item| convert(item, depth + 1)).collect();
                NodeValue::List(items?)
            }
            Value::Object(map) => {
                let entries: Option<Vec<Entry>> = map
                    .iter()
                    .map(|(key, value)| {
                        let value = convert(value, depth + 1)?;
                        Some(Entry {
                            key: key.clone(),
                            at: Position::default(),
                            value,
                        })
                    })
                    .collect();
                NodeValue::Map(entries?)
            }
        };
        Some(Node {
            at: Position::default(),
            last: 0,
            value,
        })
    }
    convert(value, 0)
}

/// Go's word for the kind of a JSON value.
pub fn json_kind(value: &NodeValue) -> &'static str {
    match value {
        NodeValue::Null => "null",
        NodeValue::Bool(_) => "bool",
        NodeValue::Number(_) => "number",
        NodeValue::String(_) => "string",
        NodeValue::List(_) => "array",
        NodeValue::Map(_) => "object",
    }
}

/// Where the walk is, in the three forms that messages need.
#[derive(Clone)]
struct Place {
    /// With indices.
    path: String,
    /// Without.
    go_path: String,
    /// The Go struct that has the field.
    go_struct: &'static str,
}

impl Place {
    fn field(&self, name: &str) -> Place {
        let join = |path: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        Place {
            path: join(&self.path),
            go_path: join(&self.go_path),
            go_struct: self.go_struct,
        }
    }

    /// A field, which Go may have in a struct that is embedded in this one.
    fn member(&self, type_name: &str, name: &str) -> Place {
        let embedded = match (type_name, name) {
            ("Probe", "exec" | "grpc" | "httpGet" | "tcpSocket") => "ProbeHandler",
            ("Volume", name) if name != "name" => "VolumeSource",
            ("EphemeralContainer", name) if name != "targetContainerName" => {
                "EphemeralContainerCommon"
            }
            (
                "ConfigMapKeySelector"
                | "SecretKeySelector"
                | "ConfigMapEnvSource"
                | "SecretEnvSource"
                | "ConfigMapVolumeSource"
                | "ConfigMapProjection"
                | "SecretProjection",
                "name",
            ) => "LocalObjectReference",
            _ => return self.field(name),
        };
        let go_path = self.field(embedded).field(name).go_path;
        Place {
            go_path,
            ..self.field(name)
        }
    }

    fn item(&self, index: usize) -> Place {
        Place {
            path: format!("{}[{index}]", self.path),
            ..self.clone()
        }
    }

    fn key(&self, key: &str) -> Place {
        Place {
            path: format!("{}[{key}]", self.path),
            ..self.clone()
        }
    }
}

struct Walk {
    findings: Vec<Finding>,
    findings_max: usize,
    root: &'static str,
}

impl Walk {
    fn find(
        &mut self,
        kind: DecodeErrorKind,
        at: Position,
        path: &str,
        message: String,
        hint: Option<String>,
    ) {
        if self.findings.len() < self.findings_max {
            let path = path.to_owned();
            self.findings.push(Finding {
                kind,
                at,
                path,
                message,
                hint,
            });
        }
    }

    /// The server reads a number from an annotation while it converts the object.
    ///
    /// Models: pkg/apis/apps/v1/conversion.go, Convert_v1_DaemonSet_To_apps_DaemonSet.
    fn template_generation(&mut self, node: &Node) {
        let annotations = node
            .get("metadata")
            .and_then(|meta| meta.get("annotations"));
        let value = annotations.and_then(|it| it.get(TEMPLATE_GENERATION_ANNOTATION));
        let Some((value, text)) = value.and_then(|value| Some((value, value.as_str()?))) else {
            return;
        };
        if text.parse::<i64>().is_err() {
            let digits = text.trim_start_matches(['+', '-']);
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let why = match is_number {
                true => "value out of range",
                false => "invalid syntax",
            };
            let message = format!("strconv.ParseInt: parsing {}: {why}", quote(text));
            self.find(DecodeErrorKind::Type, value.at, "", message, None);
        }
    }

    /// None: nothing usable is there (null, or a finding).
    fn value(&mut self, node: &Node, type_: &Type, place: &Place) -> Option<Value> {
        match (type_, &node.value) {
            (Type::Raw, _) => Some(node.to_json()),
            (_, NodeValue::Null) => None,
            (Type::String(_), NodeValue::String(text)) => Some(Value::String(text.clone())),
            (Type::Bool, NodeValue::Bool(value)) => Some(Value::Bool(*value)),
            (Type::Int32, NodeValue::Number(number)) => {
                self.integer(node, number, 32, type_, place)
            }
            (Type::Int64, NodeValue::Number(number)) => {
                self.integer(node, number, 64, type_, place)
            }
            (Type::Quantity, _) => self.quantity(node, place),
            (Type::IntOrString, NodeValue::String(text)) => Some(Value::String(text.clone())),
            (Type::IntOrString, value) => {
                if let NodeValue::Number(number) = value
                    && let Some(n) = number.as_i64().filter(|n| i32::try_from(*n).is_ok())
                {
                    return Some(n.into());
                }
                let message = format!(
                    "json: cannot unmarshal {} into Go value of type int32",
                    described(value)
                );
                self.find(DecodeErrorKind::Type, node.at, &place.path, message, None);
                None
            }
            (Type::Time | Type::MicroTime, _) => self.time(node, place),
            (Type::List(item_type), NodeValue::List(items)) => {
                let items = items.iter().enumerate().map(|(i, item)| {
                    let value = self.value(item, item_type, &place.item(i));
                    value.unwrap_or_else(|| zero(item_type))
                });
                Some(Value::Array(items.collect()))
            }
            (Type::Map(value_type), NodeValue::Map(entries)) => {
                let mut map = Map::new();
                for entry in sorted_entries(entries) {
                    let value = self.value(&entry.value, value_type, &place.key(&entry.key));
                    map.insert(entry.key.clone(), value.unwrap_or_else(|| zero(value_type)));
                }
                Some(Value::Object(map))
            }
            (Type::Object(name), NodeValue::Map(_)) => self.object(node, name, place),
            (_, value) => {
                let message = cannot_unmarshal(json_kind(value), type_, place);
                let hint = type_hint(value, type_);
                self.find(DecodeErrorKind::Type, node.at, &place.path, message, hint);
                None
            }
        }
    }

    fn object(&mut self, node: &Node, type_name: &'static str, place: &Place) -> Option<Value> {
        let NodeValue::Map(entries) = &node.value else {
            return None;
        };
        let inside = Place {
            go_struct: type_name,
            ..place.clone()
        };
        let mut map = Map::new();
        for entry in sorted_entries(entries) {
            let place = inside.member(type_name, &entry.key);
            let Some(field) = schema::field(type_name, &entry.key) else {
                let message = format!("{STRICT}unknown field {}", quote(&place.path));
                let hint = field_hint(self.root, type_name, &entry.key);
                self.find(
                    DecodeErrorKind::UnknownField,
                    entry.at,
                    &place.path,
                    message,
                    hint,
                );
                continue;
            };
            let value = self.value(&entry.value, &field.type_, &place);
            if let Some(value) = value.filter(|value| field.keeps(value)) {
                map.insert(entry.key.clone(), value);
            }
        }
        Some(Value::Object(map))
    }

    fn integer(
        &mut self,
        node: &Node,
        number: &Number,
        bits: u32,
        type_: &Type,
        place: &Place,
    ) -> Option<Value> {
        let fits = number
            .as_i64()
            .filter(|n| bits == 64 || i32::try_from(*n).is_ok());
        if fits.is_none() {
            let message = cannot_unmarshal(&described(&node.value), type_, place);
            self.find(DecodeErrorKind::Type, node.at, &place.path, message, None);
        }
        fits.map(Value::from)
    }

    /// Models: resource.Quantity.UnmarshalJSON, whose errors have no path.
    fn quantity(&mut self, node: &Node, place: &Place) -> Option<Value> {
        let text = match &node.value {
            NodeValue::String(text) => text.trim().to_owned(),
            NodeValue::Number(number) => number_text(number),
            _ => "?".to_owned(),
        };
        match Quantity::parse(&text) {
            Ok(_) => Some(Value::String(text)),
            Err(message) => {
                let hint = "an amount is a number with perhaps a suffix: 500m, 2, 64Mi".to_owned();
                self.find(
                    DecodeErrorKind::Type,
                    node.at,
                    &place.path,
                    message,
                    Some(hint),
                );
                None
            }
        }
    }

    /// Models: metav1.Time.UnmarshalJSON, whose errors have no path.
    fn time(&mut self, node: &Node, place: &Place) -> Option<Value> {
        let message = match &node.value {
            NodeValue::String(text) if Time::parse(text).is_some() => {
                return Some(Value::String(text.clone()));
            }
            NodeValue::String(text) => format!(
                "parsing time {text} as \"2006-01-02T15:04:05Z07:00\": cannot parse {text} as \"2006\"",
                text = quote(text)
            ),
            other => format!(
                "json: cannot unmarshal {} into Go value of type string",
                json_kind(other)
            ),
        };
        self.find(DecodeErrorKind::Type, node.at, &place.path, message, None);
        None
    }
}

/// Of a kind whose fields nobody knows here: a null is never stored, but for an item of a list.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Go's zero value, which a null in a list or map stands for.
fn zero(type_: &Type) -> Value {
    match type_ {
        Type::String(_) => Value::String(String::new()),
        Type::Int32 | Type::Int64 | Type::IntOrString => 0.into(),
        Type::Bool => false.into(),
        Type::Quantity => "0".into(),
        Type::Object(_) | Type::Map(_) => Value::Object(Map::new()),
        Type::List(_) => Value::Array(Vec::new()),
        Type::Time | Type::MicroTime | Type::Raw => Value::Null,
    }
}

fn cannot_unmarshal(what: &str, type_: &Type, place: &Place) -> String {
    format!(
        "json: cannot unmarshal {what} into Go struct field {}.{} of type {}",
        place.go_struct,
        place.go_path,
        type_.go_name()
    )
}

/// The kind of a value; for a number that doesn't fit also the number.
fn described(value: &NodeValue) -> String {
    match value {
        NodeValue::Number(number) => format!("number {}", number_text(number)),
        other => json_kind(other).to_owned(),
    }
}

/// A number as Go's JSON writes it.
fn number_text(number: &Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(value) if value.abs() < 1e21 && value.abs() >= 1e-6 => format!("{value}"),
        _ => number.to_string(),
    }
}

fn type_hint(value: &NodeValue, type_: &Type) -> Option<String> {
    Some(match (type_, value) {
        (Type::String(_), NodeValue::Number(number)) => {
            format!("in quotes it is a string: \"{number}\"")
        }
        (Type::String(_), NodeValue::Bool(value)) => {
            format!("without quotes YAML reads it as the boolean {value}; in quotes it is a string")
        }
        (Type::Int32 | Type::Int64, NodeValue::String(text)) if text.parse::<i64>().is_ok() => {
            format!("without quotes it is a number: {text}")
        }
        (Type::Bool, NodeValue::String(text)) if text == "true" || text == "false" => {
            format!("without quotes it is a boolean: {text}")
        }
        (Type::List(_), NodeValue::Map(_) | NodeValue::String(_)) => {
            "a list is needed here: each item begins with \"- \"".to_owned()
        }
        (Type::Object(_) | Type::Map(_), NodeValue::List(_)) => {
            "no list here: leave out the \"- \"".to_owned()
        }
        _ => return None,
    })
}

/// What may have been meant by a field that isn't there: another spelling, or another level.
fn field_hint(root: &str, type_name: &'static str, name: &str) -> Option<String> {
    if let Some(near) = schema::nearest(type_name, name) {
        return Some(format!("did you mean {near:?}?"));
    }
    if type_name == "DaemonSetSpec" && name == "replicas" {
        return Some(
            "a DaemonSet has no replicas: it runs one pod on each eligible node".to_owned(),
        );
    }
    let levels: &[(&str, &str)] = match root {
        "DaemonSet" => &[
            ("DaemonSetSpec", "spec"),
            ("PodSpec", "spec.template.spec"),
            ("Container", "spec.template.spec.containers[]"),
            ("ObjectMeta", "metadata"),
        ],
        "Pod" => &[
            ("PodSpec", "spec"),
            ("Container", "spec.containers[]"),
            ("ObjectMeta", "metadata"),
        ],
        "Node" => &[("NodeSpec", "spec"), ("ObjectMeta", "metadata")],
        _ => &[("ObjectMeta", "metadata")],
    };
    let (_, place) = levels
        .iter()
        .find(|(type_, _)| schema::field(type_, name).is_some())?;
    Some(format!("{name} belongs in {place}"))
}
