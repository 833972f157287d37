//! JSONPath templates as kubectl reads them: `{.items[*].metadata.name}`, ranges, filters, quoted text.
//!
//! Models: client-go/util/jsonpath.
//! Differs: no `..` with filters inside unions of unions; regular expressions aren't there upstream either.

use crate::api::json;
use serde_json::Value;

/// Nested templates deeper than this are refused.
const DEPTH_MAX: u32 = 32;
/// More results than these are not looked for.
const RESULTS_MAX: usize = 100_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    /// `{.a.b[0]}`
    Path(Vec<Step>),
    /// `{range .items[*]}…{end}`
    Range(Vec<Step>, Vec<Part>),
    /// `{end}` without a range.
    End,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// `$`: back to the whole document.
    Root,
    Field(String),
    Wildcard,
    /// `..`
    Recursive,
    Slice {
        start: Option<i64>,
        end: Option<i64>,
        step: Option<i64>,
    },
    Index(i64),
    Union(Vec<Vec<Step>>),
    Filter(Box<Operand>, String, Box<Operand>),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Path(Vec<Step>),
    Literal(Value),
    /// The right side of a filter that only asks whether something is there.
    Nothing,
}

impl Template {
    /// Reads a template.
    ///
    /// ```
    /// use daemonset_playground::kubectl::jsonpath::Template;
    /// let value = serde_json::json!({"items": [{"a": 1}, {"a": 2}]});
    /// let template = Template::parse("{range .items[*]}{.a}{\"\\n\"}{end}").unwrap();
    /// assert_eq!(template.execute(&value).unwrap(), "1\n2\n");
    /// ```
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut pieces = pieces(text)?.into_iter();
        let parts = parse_parts(&mut pieces, false, 0)?;
        Ok(Template(parts))
    }

    /// The text that a template makes of a value.
    pub fn execute(&self, value: &Value) -> Result<String, String> {
        self.execute_with(value, text_results)
    }

    /// The same, where `print` makes the text of the values that each part finds.
    pub fn execute_with(&self, value: &Value, print: Print) -> Result<String, String> {
        let mut out = String::new();
        execute(&self.0, value, value, &mut out, (0, print))?;
        Ok(out)
    }

    /// All values that the template's paths find.
    pub fn values<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let paths = self.0.iter().filter_map(|part| match part {
            Part::Path(steps) => Some(steps),
            _ => None,
        });
        paths
            .flat_map(|steps| walk(steps, value, value).unwrap_or_default())
            .collect()
    }
}

enum Piece {
    Text(String),
    Action(String),
}

/// Splits text and `{…}`.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        if !before.is_empty() {
            out.push(Piece::Text(before.to_owned()));
        }
        let close = closing(after).ok_or("unclosed action")?;
        out.push(Piece::Action(
            after.get(1..close).unwrap_or("").trim().to_owned(),
        ));
        rest = after.get(close + 1..).unwrap_or("");
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest.to_owned()));
    }
    Ok(out)
}

/// Where the brace that opens the text is closed; braces in quotes don't count.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '}' => return Some(i),
            None => {}
        }
    }
    None
}

fn parse_parts(
    pieces: &mut std::vec::IntoIter<Piece>,
    inside: bool,
    depth: u32,
) -> Result<Vec<Part>, String> {
    if depth > DEPTH_MAX {
        return Err("nested too deep".to_owned());
    }
    let mut parts = Vec::new();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) => parts.push(Part::Text(text)),
            Piece::Action(action) if action == "end" => {
                if inside {
                    return Ok(parts);
                }
                parts.push(Part::End);
            }
            Piece::Action(action) => {
                if let Some(path) = action.strip_prefix("range ") {
                    let steps = Reader::new(path).steps(0)?;
                    parts.push(Part::Range(steps, parse_parts(pieces, true, depth + 1)?));
                } else {
                    parse_action(&action, &mut parts)?;
                }
            }
        }
    }
    // A range that is not closed ends with the text, as upstream.
    Ok(parts)
}

/// Several paths and texts side by side: `.a "x" .b`
fn parse_action(action: &str, parts: &mut Vec<Part>) -> Result<(), String> {
    let mut reader = Reader::new(action);
    loop {
        reader.skip_spaces();
        match reader.peek() {
            None => return Ok(()),
            Some('"' | '\'') => parts.push(Part::Text(reader.quoted()?)),
            Some(c) => {
                let before = reader.rest.len();
                parts.push(Part::Path(reader.steps(0)?));
                if reader.rest.len() == before {
                    return Err(unrecognized(c));
                }
            }
        }
    }
}

fn unrecognized(c: char) -> String {
    format!(
        "unrecognized character in action: U+{:04X} '{c}'",
        u32::from(c)
    )
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(rest: &'a str) -> Self {
        Reader { rest }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or("");
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn quoted(&mut self) -> Result<String, String> {
        let Some(quote) = self.next() else {
            return Err("unterminated quoted string".to_owned());
        };
        let mut out = String::new();
        while let Some(c) = self.next() {
            if c == quote {
                return Ok(out);
            }
            if c != '\\' {
                out.push(c);
                continue;
            }
            match self.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => break,
            }
        }
        Err("unterminated quoted string".to_owned())
    }

    fn identifier(&mut self) -> String {
        let mut out = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' {
                self.next();
                out.extend(self.next());
            } else if c.is_whitespace() || ".[]{}()|,=!<>&'\"@$*".contains(c) {
                break;
            } else {
                out.push(c);
                self.next();
            }
        }
        out
    }

    fn steps(&mut self, depth: u32) -> Result<Vec<Step>, String> {
        if depth > DEPTH_MAX {
            return Err("nested too deep".to_owned());
        }
        let mut steps = Vec::new();
        if self.eat("$") {
            steps.push(Step::Root);
        } else {
            self.eat("@");
        }
        loop {
            if self.eat("..") {
                steps.push(Step::Recursive);
                let name = self.identifier();
                if !name.is_empty() {
                    steps.push(Step::Field(name));
                } else if self.eat("*") {
                    steps.push(Step::Wildcard);
                }
            } else if self.eat(".") {
                if self.eat("*") {
                    steps.push(Step::Wildcard);
                    continue;
                }
                let name = self.identifier();
                if !name.is_empty() {
                    steps.push(Step::Field(name));
                }
            } else if self.eat("[") {
                steps.push(self.bracket(depth)?);
            } else if self.eat("*") {
                steps.push(Step::Wildcard);
            } else {
                let name = self.identifier();
                if name.is_empty() {
                    break;
                }
                steps.push(Step::Field(name));
            }
        }
        match self.peek() {
            Some(c) if !c.is_whitespace() && !",)]=!<>".contains(c) => Err(unrecognized(c)),
            _ => Ok(steps),
        }
    }

    /// Behind `[`.
    fn bracket(&mut self, depth: u32) -> Result<Step, String> {
        self.skip_spaces();
        if self.eat("?(") {
            let step = self.filter(depth)?;
            self.skip_spaces();
            return if self.eat(")]") {
                Ok(step)
            } else {
                Err("unterminated filter".to_owned())
            };
        }
        let mut choices = Vec::new();
        loop {
            self.skip_spaces();
            choices.push(self.choice(depth)?);
            self.skip_spaces();
            if self.eat("]") {
                break;
            }
            if !self.eat(",") {
                return Err("unterminated array".to_owned());
            }
        }
        match choices.len() {
            1 => Ok(choices.remove(0)),
            _ => Ok(Step::Union(
                choices.into_iter().map(|step| vec![step]).collect(),
            )),
        }
    }

    /// One of the things between `[` and `]`.
    fn choice(&mut self, depth: u32) -> Result<Step, String> {
        match self.peek() {
            Some('\'' | '"') => Ok(Step::Field(self.quoted()?)),
            Some('*') => {
                self.next();
                Ok(Step::Wildcard)
            }
            Some(c) if c == '-' || c == ':' || c.is_ascii_digit() => self.slice(),
            Some('.' | '@') => {
                let steps = self.steps(depth + 1)?;
                Ok(Step::Union(vec![steps]))
            }
            _ if !self.rest.contains(']') => Err("unterminated array".to_owned()),
            _ => Err(format!(
                "invalid array index {}",
                self.rest.split(']').next().unwrap_or("")
            )),
        }
    }

    fn slice(&mut self) -> Result<Step, String> {
        let mut numbers = vec![self.number()?];
        while self.eat(":") {
            numbers.push(self.number()?);
        }
        match numbers.as_slice() {
            [Some(index)] => Ok(Step::Index(*index)),
            [start, end] => Ok(Step::Slice {
                start: *start,
                end: *end,
                step: None,
            }),
            [start, end, step] => Ok(Step::Slice {
                start: *start,
                end: *end,
                step: *step,
            }),
            _ => Err("invalid array index".to_owned()),
        }
    }

    fn number(&mut self) -> Result<Option<i64>, String> {
        let end = self
            .rest
            .find(|c: char| c != '-' && !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        if digits.is_empty() {
            return Ok(None);
        }
        digits
            .parse()
            .map(Some)
            .map_err(|_| format!("cannot parse array index {digits}"))
    }

    /// `@.type=="Ready"`
    fn filter(&mut self, depth: u32) -> Result<Step, String> {
        let left = self.operand(depth)?;
        self.skip_spaces();
        let operators = ["==", "!=", ">=", "<=", ">", "<"];
        let Some(operator) = operators.into_iter().find(|operator| self.eat(operator)) else {
            return Ok(Step::Filter(
                Box::new(left),
                "exists".to_owned(),
                Box::new(Operand::Nothing),
            ));
        };
        let right = self.operand(depth)?;
        Ok(Step::Filter(
            Box::new(left),
            operator.to_owned(),
            Box::new(right),
        ))
    }

    fn operand(&mut self, depth: u32) -> Result<Operand, String> {
        self.skip_spaces();
        match self.peek() {
            Some('"' | '\'') => Ok(Operand::Literal(Value::String(self.quoted()?))),
            Some('@' | '.' | '$') => Ok(Operand::Path(self.steps(depth + 1)?)),
            _ => {
                let end = self
                    .rest
                    .find(|c: char| c.is_whitespace() || ")=!<>".contains(c))
                    .unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                match json::parse(word.as_bytes()) {
                    Ok(value @ (Value::Bool(_) | Value::Number(_))) => Ok(Operand::Literal(value)),
                    _ => Err(format!("unrecognized identifier {word}")),
                }
            }
        }
    }
}

type Print = fn(&[&Value]) -> String;

/// The values that one part of a template finds, as `jsonpath` prints them.
pub fn text_results(found: &[&Value]) -> String {
    let texts: Vec<String> = found.iter().copied().map(to_text).collect();
    texts.join(" ")
}

fn execute(
    parts: &[Part],
    value: &Value,
    root: &Value,
    out: &mut String,
    (depth, print): (u32, Print),
) -> Result<(), String> {
    if out.len() > (1 << 22) || depth > DEPTH_MAX {
        return Ok(());
    }
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(&print(&[&Value::String(text.clone())])),
            Part::End => return Err("not in range, nothing to end".to_owned()),
            Part::Path(steps) => out.push_str(&print(&walk(steps, value, root)?)),
            Part::Range(steps, inside) => {
                for item in walk(steps, value, root)? {
                    // Inside, paths begin at the item; `$` is still the whole.
                    execute(inside, item, root, out, (depth + 1, print))?;
                }
            }
        }
    }
    Ok(())
}

/// A value as a template prints it: texts plain, structures as JSON.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        Value::Object(_) | Value::Array(_) => crate::api::go::json(value),
        other => other.to_string(),
    }
}

fn walk<'a>(steps: &[Step], value: &'a Value, root: &'a Value) -> Result<Vec<&'a Value>, String> {
    let mut current = vec![value];
    for step in steps {
        let mut next = Vec::new();
        for value in current {
            one_step(step, value, root, &mut next)?;
            if next.len() > RESULTS_MAX {
                return Err("too many results".to_owned());
            }
        }
        current = next;
    }
    Ok(current)
}

fn one_step<'a>(
    step: &Step,
    value: &'a Value,
    root: &'a Value,
    out: &mut Vec<&'a Value>,
) -> Result<(), String> {
    match step {
        Step::Root => out.push(root),
        // kubectl allows missing keys.
        Step::Field(name) => out.extend(value.get(name.as_str())),
        Step::Wildcard => match value {
            Value::Array(items) => out.extend(items),
            Value::Object(map) => out.extend(map.values()),
            _ => {}
        },
        Step::Recursive => descend(value, out),
        Step::Index(index) => {
            if let Some(items) = items_of(value)? {
                out.push(item_at(items, *index)?);
            }
        }
        Step::Slice { start, end, step } => {
            let Some(items) = items_of(value)? else {
                return Ok(());
            };
            let range = range_of(items, *start, *end)?;
            let step = step.unwrap_or(1);
            if step <= 0 && !range.is_empty() {
                return Err("step must be > 0".to_owned());
            }
            let step = usize::try_from(step).unwrap_or(usize::MAX).max(1);
            out.extend(range.iter().step_by(step));
        }
        Step::Union(choices) => {
            for choice in choices {
                out.extend(walk(choice, value, root)?);
            }
        }
        Step::Filter(left, operator, right) => {
            for item in filterable(value)? {
                if holds(left, operator, right, item, root)? {
                    out.push(item);
                }
            }
        }
    }
    Ok(())
}

/// The value and all values inside it.
fn descend<'a>(value: &'a Value, out: &mut Vec<&'a Value>) {
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        if out.len() > RESULTS_MAX {
            break;
        }
        out.push(value);
        match value {
            Value::Array(items) => todo.extend(items.iter().rev()),
            Value::Object(map) => todo.extend(map.values().rev()),
            _ => {}
        }
    }
}

/// The items of an array. `null` is none, and no mistake either.
fn items_of(value: &Value) -> Result<Option<&[Value]>, String> {
    match value {
        Value::Array(items) => Ok(Some(items)),
        Value::Null => Ok(None),
        other => Err(format!("{} is not array or slice", go_type(other))),
    }
}

/// A negative index counts from the end.
fn item_at(items: &[Value], index: i64) -> Result<&Value, String> {
    let place = if index < 0 {
        index + items.len() as i64
    } else {
        index
    };
    let item = usize::try_from(place)
        .ok()
        .and_then(|place| items.get(place));
    item.ok_or_else(|| {
        format!(
            "array index out of bounds: index {index}, length {}",
            items.len()
        )
    })
}

/// The items of a slice, before its step.
fn range_of(items: &[Value], start: Option<i64>, end: Option<i64>) -> Result<&[Value], String> {
    let len = items.len() as i64;
    let place = |number: i64| {
        if number < 0 {
            number.saturating_add(len)
        } else {
            number
        }
    };
    let out_of_bounds =
        |index: i64| format!("array index out of bounds: index {index}, length {len}");
    let (from, to) = (place(start.unwrap_or(0)), place(end.unwrap_or(len)));
    if from == to {
        return Ok(&[]);
    }
    if from < 0 || from >= len {
        return Err(out_of_bounds(from));
    }
    if to < 0 || to > len {
        return Err(out_of_bounds(to - 1));
    }
    if from > to {
        return Err(format!(
            "starting index {from} is greater than ending index {to}"
        ));
    }
    Ok(items.get(from as usize..to as usize).unwrap_or(&[]))
}

fn filterable(value: &Value) -> Result<Vec<&Value>, String> {
    match value {
        Value::Array(items) => Ok(items.iter().collect()),
        Value::Object(map) => Ok(map.values().collect()),
        _ => Err(format!(
            "{} is not array or slice and cannot be filtered",
            super::patch::go_value(value)
        )),
    }
}

/// The type that Go gives to decoded JSON.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

fn holds(
    left: &Operand,
    operator: &str,
    right: &Operand,
    item: &Value,
    root: &Value,
) -> Result<bool, String> {
    let find = |operand: &Operand| -> Result<Option<Value>, String> {
        match operand {
            Operand::Literal(value) => Ok(Some(value.clone())),
            Operand::Path(steps) => Ok(walk(steps, item, root)?
                .first()
                .map(|value| (*value).clone())),
            Operand::Nothing => Ok(None),
        }
    };
    let left = find(left)?;
    if operator == "exists" {
        return Ok(left.is_some());
    }
    let (Some(left), Some(right)) = (left, find(right)?) else {
        return Ok(false);
    };
    let order = match (&left, &right) {
        (Value::Number(a), Value::Number(b)) => a.as_i64().zip(b.as_i64()).map(|(a, b)| a.cmp(&b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    };
    Ok(match operator {
        "==" => left == right,
        "!=" => left != right,
        "<" => order.is_some_and(|order| order.is_lt()),
        "<=" => order.is_some_and(|order| order.is_le()),
        ">" => order.is_some_and(|order| order.is_gt()),
        _ => order.is_some_and(|order| order.is_ge()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(template: &str, expect: Expect) {
        // Like the example of upstream's documentation.
        let value = serde_json::json!({
            "kind": "List",
            "items": [
                { "kind": "None", "metadata": { "name": "127.0.0.1", "labels": { "kubernetes.io/hostname": "127.0.0.1" } },
                  "status": { "capacity": { "cpu": "4" }, "addresses": [{ "type": "LegacyHostIP", "address": "127.0.0.1" }] } },
                { "kind": "None", "metadata": { "name": "127.0.0.2" },
                  "status": { "capacity": { "cpu": "8" }, "addresses": [
                    { "type": "LegacyHostIP", "address": "127.0.0.2" }, { "type": "another", "address": "127.0.0.3" }] } },
            ],
            "users": [
                { "name": "myself", "user": {} },
                { "name": "e2e", "user": { "username": "admin", "password": "secret", "n": 3 } },
            ],
        });
        let text = Template::parse(template).and_then(|template| template.execute(&value));
        expect.assert_eq(&text.unwrap_or_else(|why| format!("error: {why}")));
    }

    #[test]
    fn upstream_examples() {
        check("kind is {.kind}", expect!["kind is List"]);
        check("{.kind}", expect!["List"]);
        check("{['kind']}", expect!["List"]);
        check("{..name}", expect!["127.0.0.1 127.0.0.2 myself e2e"]);
        check("{.items[*].metadata.name}", expect!["127.0.0.1 127.0.0.2"]);
        check("{.users[0].name}", expect!["myself"]);
        check(
            "{.items[0].metadata.labels.kubernetes\\.io/hostname}",
            expect!["127.0.0.1"],
        );
        check(
            "{.items[*]['metadata.name', 'status.capacity']}",
            expect![""],
        );
        check(
            "{.items[*]['kind', 'metadata']['name']}",
            expect!["127.0.0.1 127.0.0.2"],
        );
        check(
            "{.users[?(@.name==\"e2e\")].user.password}",
            expect!["secret"],
        );
        check(
            "{range .items[*]}[{.metadata.name}, {.status.capacity}] {end}",
            expect![[r#"[127.0.0.1, {"cpu":"4"}] [127.0.0.2, {"cpu":"8"}] "#]],
        );
        check(
            "{range .items[*]}{.metadata.name}{'\\t'}{end}",
            expect!["127.0.0.1\t127.0.0.2\t"],
        );
    }

    #[test]
    fn slices_and_filters() {
        check("{.items[-1].metadata.name}", expect!["127.0.0.2"]);
        check("{.items[0:1].metadata.name}", expect!["127.0.0.1"]);
        check("{.items[:].kind}", expect!["None None"]);
        check("{.users[?(@.user.n>2)].name}", expect!["e2e"]);
        check("{.users[?(@.user.username)].name}", expect!["e2e"]);
        check(
            "{.items[*].status.addresses[?(@.type!='another')].address}",
            expect!["127.0.0.1 127.0.0.2"],
        );
        check("{$.kind}", expect!["List"]);
        check("{.nope.nope}", expect![""]);
    }

    #[test]
    fn mistakes() {
        check(
            "{.items[5]}",
            expect!["error: array index out of bounds: index 5, length 2"],
        );
        check("{.items", expect!["error: unclosed action"]);
        check("{end}", expect!["error: not in range, nothing to end"]);
        check("{range .items[*]}x", expect!["xx"]);
        check("{.items[x]}", expect!["error: invalid array index x"]);
        check(
            "{.items[?(@.a==)]}",
            expect!["error: unrecognized identifier "],
        );
        check("{.kind[0]}", expect!["error: string is not array or slice"]);
    }
}
