//! `kubectl explain`: fields and their types from the schema, with short descriptions of our own for those that a learner meets.
//!
//! Models: kubectl/pkg/explain, in its plain text layout. Upstream's descriptions are not copied.

use crate::api::go::quote;
use crate::api::kinds::KindInfo;
use crate::api::schema::{self, Type};
use crate::kubectl::cli::Call;
use crate::kubectl::cli::flags::{Takes, flag, short};
use crate::kubectl::cli::verb::{Complete, Verb};
use crate::kubectl::error::{Failure, Outcome};
use crate::kubectl::resource;

pub const VERB: Verb = Verb {
    path: "explain",
    aliases: &[],
    usage: "TYPE[.FIELD...]",
    about: "Say what a field means",
    flags: &[
        flag("api-version", Takes::Text, ""),
        flag("recursive", Takes::Bool, "false"),
        short("output", 'o', Takes::Text, "plaintext"),
    ],
    run,
    complete: Complete::Fields,
};

/// Maximum width of a description, in characters.
const WIDTH: usize = 76;

/// The description of a field (`DaemonSetSpec.selector`) or a type.
fn about(name: &str) -> Option<&'static str> {
    include_str!("explain.txt").lines().find_map(|line| {
        let (key, text) = line.split_once(": ")?;
        (key == name).then_some(text)
    })
}

/// Models: the type column: `<[]Container>`, `<map[string]string>`, `<integer>`.
fn type_name(type_: &Type) -> String {
    match type_ {
        Type::String(_) | Type::Time | Type::MicroTime => "string".to_owned(),
        Type::Int32 | Type::Int64 => "integer".to_owned(),
        Type::Bool => "boolean".to_owned(),
        Type::Quantity => "Quantity".to_owned(),
        Type::IntOrString => "IntOrString".to_owned(),
        Type::Raw => "Object".to_owned(),
        Type::List(item) => format!("[]{}", type_name(item)),
        Type::Map(value) => format!("map[string]{}", type_name(value)),
        Type::Object(name) => (*name).to_owned(),
    }
}

fn wrapped(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut line = " ".repeat(indent);
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH + 4 && line.trim() != "" {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
        }
        if !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(line.trim_end());
    out.push('\n');
    out
}

const NOTHING: &str = "<no description available>";

fn run(call: &mut Call<'_>) -> Outcome {
    let path = match call.words.as_slice() {
        [path] => path.clone(),
        [] => {
            return Err(Failure::text(
                "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of supported resources.",
            ));
        }
        _ => {
            return Err(Failure::text(
                "We accept only this format: explain RESOURCE",
            ));
        }
    };
    let mut parts = path.split('.');
    let word = parts.next().unwrap_or("");
    // Only here it comes without `error:`.
    let info = resource::find(word).map_err(|failure| Failure::Exit {
        code: 1,
        text: format!("{}\n", failure.line()),
    })?;
    let mut fields: Vec<&str> = parts.collect();
    // `daemonsets.apps.spec`: a group may stand between.
    let group: Vec<&str> = info
        .group()
        .split('.')
        .filter(|part| !part.is_empty())
        .collect();
    if !group.is_empty() && fields.starts_with(&group) {
        fields.drain(..group.len());
    }
    let text = page(info, &fields, call.flags.bool("recursive"))?;
    call.put(&text);
    Ok(())
}

/// The text about a kind, or about the field that the path leads to.
fn page(info: &KindInfo, path: &[&str], recursive: bool) -> Result<String, Failure> {
    let mut text = String::new();
    if !info.group().is_empty() {
        text.push_str(&format!("GROUP:      {}\n", info.group()));
    }
    text.push_str(&format!(
        "KIND:       {}\nVERSION:    {}\n\n",
        info.kind,
        info.version()
    ));
    let mut type_ = info.kind;
    let mut found = None;
    let mut owner = "";
    for name in path {
        let field = schema::field(type_, name).ok_or_else(|| {
            Failure::Text(format!("field {name} does not exist", name = quote(name)))
        })?;
        found = Some(field);
        owner = type_;
        type_ = schema::object_name(&field.type_).unwrap_or("");
    }
    let description = match found {
        Some(field) => {
            text.push_str(&format!(
                "FIELD: {} <{}>\n\n\n",
                field.name,
                type_name(&field.type_)
            ));
            about(&format!("{owner}.{}", field.name)).or_else(|| about(type_))
        }
        None => about(info.kind),
    };
    text.push_str("DESCRIPTION:\n");
    text.push_str(&wrapped(description.unwrap_or(NOTHING), 4));
    text.push_str("    \n");
    let inside = schema::fields(type_);
    if !inside.is_empty() {
        text.push_str("FIELDS:\n");
        list(&mut text, type_, recursive, 1, &mut Vec::new());
        text.push('\n');
    }
    Ok(text)
}

fn list(
    text: &mut String,
    type_: &'static str,
    recursive: bool,
    level: usize,
    above: &mut Vec<&'static str>,
) {
    // JSON schemas and the like contain themselves.
    if above.contains(&type_) || text.len() > (1 << 19) {
        return;
    }
    above.push(type_);
    let indent = "  ".repeat(level);
    for field in schema::fields(type_) {
        text.push_str(&format!(
            "{indent}{}\t<{}>\n",
            field.name,
            type_name(&field.type_)
        ));
        if recursive {
            if let Some(inner) = schema::object_name(&field.type_) {
                list(text, inner, true, level + 1, above);
            }
            continue;
        }
        let description = about(&format!("{type_}.{}", field.name));
        text.push_str(&wrapped(description.unwrap_or(NOTHING), 4));
        text.push('\n');
    }
    above.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_is_of_something() {
        for line in include_str!("explain.txt").lines() {
            let (key, text) = line.split_once(": ").expect("key: text");
            assert!(!text.is_empty(), "{key}");
            let known = match key.split_once('.') {
                Some((type_, field)) => schema::field(type_, field).is_some(),
                None => !schema::fields(key).is_empty(),
            };
            assert!(known, "{key} is not in the schema");
        }
    }
}
