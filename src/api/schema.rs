//! Which fields Kubernetes 1.36 knows, with their types: for strict decoding, patches and `kubectl explain`.
//!
//! The facts are in `schema.txt`; this file reads them once and answers questions.
//! Only types reachable from the simulated kinds are there. It knows nothing of defaults or valid values.

use crate::sim::map::Map;
use serde_json::Value;
use std::sync::OnceLock;

/// The type of a field, as Go's decoder sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Empty for a plain string, else the name of Go's type: `PullPolicy`, `types.UID`.
    String(&'static str),
    Int32,
    Int64,
    Bool,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    /// Any JSON.
    Raw,
    List(Box<Type>),
    Map(Box<Type>),
    /// A type of this schema.
    Object(&'static str),
}

/// What a strategic merge patch does to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Replaced as a whole (also: not a list).
    Replace,
    /// Items with an equal value of this field are merged.
    ByKey(&'static str),
    /// Values are added unless there.
    Set,
}

/// How Go's JSON writes a field's zero value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// `omitempty`: false, 0, "", an empty list or map are dropped, as if nobody had given them.
    Dropped,
    /// A pointer: what was given is kept.
    Kept,
    /// Written always.
    Written,
    /// A struct by value: an empty one is the same as none.
    Same,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub type_: Type,
    pub merge: Merge,
    pub zero: Zero,
}

impl Field {
    /// Whether an object still has this value once Go has read and written it.
    pub fn keeps(&self, value: &Value) -> bool {
        match (self.zero, value) {
            (_, Value::Null) => false,
            (Zero::Dropped, Value::Bool(value)) => *value,
            (Zero::Dropped, Value::Number(number)) => number.as_i64() != Some(0),
            (Zero::Dropped, Value::String(text)) => {
                // These are structs in Go, which are never empty.
                let is_struct = matches!(self.type_, Type::Quantity | Type::IntOrString);
                is_struct || !text.is_empty()
            }
            (Zero::Dropped, Value::Array(items)) => !items.is_empty(),
            (Zero::Dropped | Zero::Same, Value::Object(members)) => !members.is_empty(),
            _ => true,
        }
    }
}

/// The field of a type, if Kubernetes has it.
///
/// ```
/// use daemonset_playground::api::schema::{self, Merge};
/// let containers = schema::field("PodSpec", "containers").unwrap();
/// assert_eq!(containers.merge, Merge::ByKey("name"));
/// assert!(schema::field("PodSpec", "contaniers").is_none());
/// ```
pub fn field(type_name: &str, name: &str) -> Option<&'static Field> {
    fields(type_name).iter().find(|field| field.name == name)
}

/// All fields of a type in alphabetical order; none for an unknown type.
pub fn fields(type_name: &str) -> &'static [Field] {
    types().get(type_name).map_or(&[], Vec::as_slice)
}

/// The field that a path such as `spec.template.spec.containers[0].image` leads to, from a type on.
pub fn at_path(type_name: &str, path: &str) -> Option<&'static Field> {
    let mut type_name = type_name;
    let mut found = None;
    for part in path.split('.') {
        let name = part.split('[').next().unwrap_or(part);
        let next = field(type_name, name)?;
        found = Some(next);
        type_name = object_name(&next.type_).unwrap_or("");
    }
    found
}

/// The name of the type behind a list or map of objects, or the object itself.
pub fn object_name(type_: &Type) -> Option<&'static str> {
    match type_ {
        Type::Object(name) => Some(name),
        Type::List(item) | Type::Map(item) => match &**item {
            Type::Object(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The known field with the most similar spelling, if one is similar at all.
pub fn nearest(type_name: &str, name: &str) -> Option<&'static str> {
    let names = fields(type_name).iter().map(|field| field.name);
    nearest_of(name, names)
}

/// The candidate that takes the fewest edits to reach, at most a third of the letters.
pub fn nearest_of<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 64 {
        return None;
    }
    let limit = 1 + name.chars().count() / 4;
    candidates
        .map(|candidate| {
            let same_but_case = candidate.eq_ignore_ascii_case(name);
            (
                if same_but_case {
                    0
                } else {
                    edits(name, candidate)
                },
                candidate,
            )
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, changed letters and swapped neighbours between two words (optimal string alignment).
fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

impl Type {
    /// How Go prints the type in decoding errors: `[]v1.Container`, `map[string]string`, `v1.PullPolicy`.
    pub fn go_name(&self) -> String {
        match self {
            Type::String("") => "string".to_owned(),
            Type::String(name) if name.contains('.') => (*name).to_owned(),
            Type::String(name) | Type::Object(name) => format!("v1.{name}"),
            Type::Int32 => "int32".to_owned(),
            Type::Int64 => "int64".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Quantity => "resource.Quantity".to_owned(),
            Type::IntOrString => "intstr.IntOrString".to_owned(),
            Type::Time => "v1.Time".to_owned(),
            Type::MicroTime => "v1.MicroTime".to_owned(),
            Type::Raw => "runtime.RawExtension".to_owned(),
            Type::List(item) => format!("[]{}", item.go_name()),
            Type::Map(value) if **value == Type::Quantity => "v1.ResourceList".to_owned(),
            Type::Map(value) => format!("map[string]{}", value.go_name()),
        }
    }
}

type Types = Map<&'static str, Vec<Field>>;

fn types() -> &'static Types {
    static TYPES: OnceLock<Types> = OnceLock::new();
    TYPES.get_or_init(|| read(include_str!("schema.txt")))
}

fn read(text: &'static str) -> Types {
    let mut types = Types::new();
    let mut current = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { continue };
        if !line.starts_with(' ') {
            current = name;
            types.insert(current, Vec::new());
        } else if let (Some(fields), Some(type_)) = (types.get_mut(current), words.next()) {
            let merge = match words.next().and_then(|word| word.strip_prefix("merge=")) {
                None => Merge::Replace,
                Some("set") => Merge::Set,
                Some(key) => Merge::ByKey(key),
            };
            let unmarked = type_.trim_start_matches(['*', '!', '=']);
            let type_ = match type_.as_bytes().first() {
                Some(b'*') => (Zero::Kept, read_type(unmarked)),
                Some(b'!') => (Zero::Written, read_type(unmarked)),
                Some(b'=') => (Zero::Same, read_type(unmarked)),
                _ => match read_type(type_) {
                    object @ (Type::Object(_) | Type::Raw) => (Zero::Kept, object),
                    other => (Zero::Dropped, other),
                },
            };
            fields.push(Field {
                name,
                type_: type_.1,
                merge,
                zero: type_.0,
            });
        }
    }
    types
}

fn read_type(text: &'static str) -> Type {
    if let Some(item) = text.strip_prefix("[]") {
        return Type::List(Box::new(read_type(item)));
    }
    if let Some(value) = text.strip_prefix("map:") {
        return Type::Map(Box::new(read_type(value)));
    }
    if let Some(name) = text.strip_prefix("string:") {
        return Type::String(name);
    }
    match text {
        "string" => Type::String(""),
        "int32" => Type::Int32,
        "int64" => Type::Int64,
        "bool" => Type::Bool,
        "quantity" => Type::Quantity,
        "intstr" => Type::IntOrString,
        "time" => Type::Time,
        "microtime" => Type::MicroTime,
        "raw" => Type::Raw,
        name => Type::Object(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_exists() {
        for (name, fields) in types() {
            assert!(
                !fields.is_empty() || *name == "SleepAction",
                "{name} has no field"
            );
            for field in fields {
                if let Some(object) = object_name(&field.type_) {
                    assert!(
                        types().contains_key(object),
                        "{name}.{}: {object}",
                        field.name
                    );
                }
                if let Merge::ByKey(key) = field.merge {
                    let item = object_name(&field.type_).unwrap();
                    assert!(
                        super::field(item, key).is_some(),
                        "{name}.{}: {key}",
                        field.name
                    );
                }
            }
        }
    }

    #[test]
    fn go_names() {
        for (type_name, name, expect) in [
            ("PodSpec", "containers", "[]v1.Container"),
            ("ObjectMeta", "labels", "map[string]string"),
            ("Container", "imagePullPolicy", "v1.PullPolicy"),
            ("ObjectMeta", "uid", "types.UID"),
            ("ResourceRequirements", "limits", "v1.ResourceList"),
            ("DaemonSetSpec", "minReadySeconds", "int32"),
            ("PodSpec", "affinity", "v1.Affinity"),
        ] {
            assert_eq!(field(type_name, name).unwrap().type_.go_name(), expect);
        }
    }

    #[test]
    fn merge_keys() {
        for (type_name, name, expect) in [
            ("PodSpec", "containers", Merge::ByKey("name")),
            ("PodSpec", "tolerations", Merge::Replace),
            ("PodSpec", "hostAliases", Merge::ByKey("ip")),
            (
                "PodSpec",
                "topologySpreadConstraints",
                Merge::ByKey("topologyKey"),
            ),
            ("Container", "ports", Merge::ByKey("containerPort")),
            ("Container", "volumeMounts", Merge::ByKey("mountPath")),
            ("ObjectMeta", "ownerReferences", Merge::ByKey("uid")),
            ("ObjectMeta", "finalizers", Merge::Set),
            ("NodeStatus", "conditions", Merge::ByKey("type")),
            ("NodeSpec", "taints", Merge::Replace),
        ] {
            assert_eq!(
                field(type_name, name).unwrap().merge,
                expect,
                "{type_name}.{name}"
            );
        }
    }

    #[test]
    fn paths_and_spelling() {
        let image = at_path("DaemonSet", "spec.template.spec.containers[0].image").unwrap();
        assert_eq!(image.type_, Type::String(""));
        assert_eq!(at_path("DaemonSet", "spec.replicas"), None);
        assert_eq!(nearest("PodSpec", "contaniers"), Some("containers"));
        assert_eq!(nearest("PodSpec", "nodeselector"), Some("nodeSelector"));
        assert_eq!(nearest("PodSpec", "tolerance"), None);
        assert_eq!(nearest("PodSpec", ""), None);
        assert_eq!(nearest("NoSuchType", "x"), None);
    }
}
