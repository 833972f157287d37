//! JSON as YAML in kubectl's style: keys sorted, lists not indented under their key, quotes only where needed, text of several lines as `|` block, long lines folded at a space.
//!
//! Written to print what go-yaml v2 (by sigs.k8s.io/yaml) prints for `kubectl get -o yaml`.
//! Differs: a key of several lines and a text with line breaks other than `\n` are always in double quotes; values nested far deeper than our limit for reading are cut to `null`.

use super::{DEPTH_MAX, scalar};
use serde_json::{Number, Value};
use std::cmp::Ordering;

/// go-yaml folds lines at the first space beyond this column.
const WIDTH: usize = 80;
/// A longer key is written in the `? key` form.
const SIMPLE_KEY_MAX: usize = 128;

/// The whole value, with a line feed at the end.
pub fn emit(value: &Value) -> String {
    let mut out = Emitter {
        text: String::new(),
        column: 0,
    };
    out.node(value, 0, 0, Place::Root);
    if out.column > 0 {
        out.line_feed();
    }
    out.text
}

/// Where a value stands: it decides how a list is indented and what comes before.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    /// Behind `key:`.
    Value,
    /// Behind `- ` (or behind the `? ` and `: ` of a long key): begins on this line.
    Item,
}

struct Emitter {
    text: String,
    column: usize,
}

impl Emitter {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }

    fn line_feed(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }

    /// To the beginning of a line with this indent.
    fn line(&mut self, indent: usize) {
        if self.column > 0 {
            self.line_feed();
        }
        self.put(&" ".repeat(indent));
    }

    /// `indent` is that of the collection around the value.
    fn node(&mut self, value: &Value, indent: usize, depth: u32, place: Place) {
        let empty = match value {
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        if depth > 2 * DEPTH_MAX {
            return self.scalar("null", place);
        }
        match value {
            Value::Object(_) if empty => self.scalar("{}", place),
            Value::Array(_) if empty => self.scalar("[]", place),
            Value::Object(map) => {
                let indent = if place == Place::Root { 0 } else { indent + 2 };
                let mut keys: Vec<&String> = map.keys().collect();
                sort(&mut keys);
                for (i, key) in keys.into_iter().enumerate() {
                    if i > 0 || place != Place::Item {
                        self.line(indent);
                    } else {
                        self.space();
                    }
                    let item = map.get(key).unwrap_or(&Value::Null);
                    if key.len() <= SIMPLE_KEY_MAX {
                        self.string(key, indent + 2, true);
                        self.put(":");
                        self.node(item, indent, depth + 1, Place::Value);
                    } else {
                        self.put("?");
                        self.space();
                        self.string(key, indent + 2, true);
                        self.line(indent);
                        self.put(":");
                        self.node(item, indent, depth + 1, Place::Item);
                    }
                }
            }
            Value::Array(items) => {
                let indent = match place {
                    Place::Root => 0,
                    Place::Value => indent,
                    Place::Item => indent + 2,
                };
                for (i, item) in items.iter().enumerate() {
                    if i > 0 || place != Place::Item {
                        self.line(indent);
                    } else {
                        self.space();
                    }
                    self.put("-");
                    self.node(item, indent, depth + 1, Place::Item);
                }
            }
            Value::Null => self.scalar("null", place),
            Value::Bool(value) => self.scalar(if *value { "true" } else { "false" }, place),
            Value::Number(number) => self.scalar(&number_text(number), place),
            Value::String(text) => {
                if place != Place::Root {
                    self.space();
                }
                let indent = if place == Place::Root { 2 } else { indent + 2 };
                self.string(text, indent, false);
            }
        }
    }

    fn space(&mut self) {
        self.put(" ");
    }

    fn scalar(&mut self, text: &str, place: Place) {
        if place != Place::Root {
            self.space();
        }
        self.put(text);
    }

    /// Models: go-yaml v2 encode.go stringv, then emitterc.go yaml_emitter_select_scalar_style.
    fn string(&mut self, text: &str, indent: usize, is_key: bool) {
        let allowed = analyze(text);
        if text.contains('\n') && allowed.block && !is_key {
            self.literal(text, indent);
        } else if text.contains('\n') || scalar::needs_double_quotes(text) {
            self.double_quoted(text, indent, is_key);
        } else if allowed.plain {
            self.folded_words(text, indent, is_key, false);
        } else if allowed.single_quoted {
            self.put("'");
            self.folded_words(text, indent, is_key, true);
            self.put("'");
        } else {
            self.double_quoted(text, indent, is_key);
        }
    }

    /// Plain or single-quoted text; a space beyond the width becomes a line break.
    fn folded_words(&mut self, text: &str, indent: usize, is_key: bool, quoted: bool) {
        let mut after_space = false;
        let mut chars = text.chars().enumerate().peekable();
        while let Some((i, c)) = chars.next() {
            if c == ' ' {
                let inner = !quoted || i > 0;
                let before_word = chars.peek().is_some_and(|(_, next)| *next != ' ');
                if !is_key && !after_space && self.column > WIDTH && inner && before_word {
                    self.line(indent);
                } else {
                    self.put(" ");
                }
                after_space = true;
                continue;
            }
            if c == '\'' && quoted {
                self.put("'");
            }
            self.put(c.encode_utf8(&mut [0; 4]));
            after_space = false;
        }
    }

    fn double_quoted(&mut self, text: &str, indent: usize, is_key: bool) {
        self.put("\"");
        let mut after_space = false;
        let mut chars = text.chars().enumerate().peekable();
        while let Some((i, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            if c == ' ' {
                if !is_key && !after_space && self.column > WIDTH && i > 0 && next.is_some() {
                    self.line(indent);
                    if next == Some(' ') {
                        self.put("\\");
                    }
                } else {
                    self.put(" ");
                }
                after_space = true;
                continue;
            }
            after_space = false;
            let short = match c {
                '\0' => "\\0",
                '\u{7}' => "\\a",
                '\u{8}' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\u{b}' => "\\v",
                '\u{c}' => "\\f",
                '\r' => "\\r",
                '\u{1b}' => "\\e",
                '"' => "\\\"",
                '\\' => "\\\\",
                '\u{85}' => "\\N",
                '\u{a0}' => "\\_",
                '\u{2028}' => "\\L",
                '\u{2029}' => "\\P",
                _ => "",
            };
            let code = u32::from(c);
            if is_printable(c) && !is_break(c) && !matches!(c, '"' | '\\') {
                self.put(c.encode_utf8(&mut [0; 4]));
            } else if !short.is_empty() {
                self.put(short);
            } else if code <= 0xff {
                self.put(&format!("\\x{code:02X}"));
            } else if code <= 0xffff {
                self.put(&format!("\\u{code:04X}"));
            } else {
                self.put(&format!("\\U{code:08X}"));
            }
        }
        self.put("\"");
    }

    /// `|` with what tells about a leading space and about line feeds at the end.
    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        let body = text.strip_suffix('\n');
        match body {
            None => self.put("-"),
            Some(body) if body.is_empty() || body.ends_with('\n') => self.put("+"),
            Some(_) => {}
        }
        self.line_feed();
        let lines: Vec<&str> = body.unwrap_or(text).split('\n').collect();
        for (i, line) in lines.iter().enumerate() {
            if !line.is_empty() {
                self.put(&" ".repeat(indent));
                self.put(line);
            }
            if body.is_some() || i + 1 < lines.len() {
                self.line_feed();
            }
        }
    }
}

struct Allowed {
    plain: bool,
    single_quoted: bool,
    block: bool,
}

/// Which styles can hold the text.
///
/// Models: go-yaml v2 emitterc.go, yaml_emitter_analyze_scalar (for block context).
fn analyze(text: &str) -> Allowed {
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut special, mut breaks) = (false, false);
    let (mut break_space, mut space_break) = (false, false);
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let blank_next = chars
            .peek()
            .is_none_or(|next| *next == ' ' || *next == '\t' || is_break(*next));
        let blank_before = previous.is_none_or(|p| p == ' ' || p == '\t' || is_break(p));
        indicators |= match c {
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`' => previous.is_none(),
            '#' => blank_before,
            '?' | '-' => previous.is_none() && blank_next,
            ':' => blank_next,
            _ => false,
        };
        special |= !is_printable(c) || (is_break(c) && c != '\n');
        breaks |= is_break(c);
        break_space |= c == ' ' && previous.is_some_and(is_break);
        space_break |= is_break(c) && previous == Some(' ');
        previous = Some(c);
    }
    let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
    let edges = edge(text.chars().next()) || edge(text.chars().next_back());
    let unusual = space_break || special;
    Allowed {
        plain: !(indicators || edges || breaks || break_space || unusual),
        single_quoted: !(break_space || unusual),
        block: !(text.ends_with(' ') || unusual),
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What go-yaml writes as it is; the rest is escaped.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Models: Go's FormatFloat(f, 'g', -1, 64), for numbers that aren't integers.
fn number_text(number: &Number) -> String {
    let Some(value) = number.as_f64().filter(|_| number.is_f64()) else {
        return number.to_string();
    };
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count() as i32;
    let precision = if digits > 6 && digits > exponent {
        21.min(digits.max(6))
    } else {
        21
    };
    if exponent < -4 || exponent >= precision {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
    } else {
        format!("{value}")
    }
}

/// go-yaml's order of keys: digits by their number, letters behind everything else.
///
/// Models: go-yaml v2 sorter.go, keyList.Less.
fn compare_keys(a: &str, b: &str) -> Ordering {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut digits = false;
    for i in 0..a.len().min(b.len()) {
        if a[i] == b[i] {
            digits = a[i].is_ascii_digit();
            continue;
        }
        let (a_letter, b_letter) = (a[i].is_alphabetic(), b[i].is_alphabetic());
        if a_letter && b_letter {
            return a[i].cmp(&b[i]);
        }
        if a_letter || b_letter {
            let a_first = if digits { a_letter } else { b_letter };
            return if a_first {
                Ordering::Less
            } else {
                Ordering::Greater
            };
        }
        let significant = |c: &char| c.is_ascii_digit() && *c != '0';
        let zero = a[i] == '0' || b[i] == '0';
        let run = a[..i].iter().rev().take_while(|c| c.is_ascii_digit());
        let start = u64::from(zero && run.clone().any(significant));
        let number = |text: &[char]| {
            let digits = text.iter().map_while(|c| c.to_digit(10));
            digits.fold((start, 0_usize), |(n, count), d| {
                (n.wrapping_mul(10).wrapping_add(u64::from(d)), count + 1)
            })
        };
        let (a_number, b_number) = (number(&a[i..]), number(&b[i..]));
        return a_number.cmp(&b_number).then(a[i].cmp(&b[i]));
    }
    a.len().cmp(&b.len())
}

/// A merge sort: go-yaml's order isn't a total order for strange keys, which the standard library may answer with a panic.
fn sort(keys: &mut Vec<&String>) {
    let mut width = 1;
    while width < keys.len() {
        let mut sorted = Vec::with_capacity(keys.len());
        for pair in keys.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let (Some(l), Some(r)) = (left.first(), right.first()) {
                if compare_keys(r, l) == Ordering::Less {
                    sorted.push(*r);
                    right = &right[1..];
                } else {
                    sorted.push(*l);
                    left = &left[1..];
                }
            }
            sorted.extend_from_slice(left);
            sorted.extend_from_slice(right);
        }
        *keys = sorted;
        width *= 2;
    }
}
