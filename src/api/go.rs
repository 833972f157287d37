//! Texts as Go prints them, for error messages that must be equal to the letter.

use serde::Serialize;
use std::num::IntErrorKind;

/// Go's `%q`.
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if is_unprintable(c) && c > '\u{ffff}' => {
                out.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            c if is_unprintable(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Neither letter, number, punctuation nor symbol, as Rust's Debug sees it. Differs: so are marks, which Go prints.
fn is_unprintable(c: char) -> bool {
    !c.is_ascii() && format!("{:?}", format!("a{c}")).contains('\\')
}

/// What package strconv says about a text that is no whole number.
pub fn number_error(kind: &IntErrorKind) -> &'static str {
    match kind {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => "value out of range",
        _ => "invalid syntax",
    }
}

/// `"a", "b"`
pub fn quoted_list(texts: &[&str]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quote(text)).collect();
    quoted.join(", ")
}

/// Go's encoding/json: keys of maps sorted, `<`, `>` and `&` escaped.
pub fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(quote("a\"b\\c\n\u{1}é\u{85}"), r#""a\"b\\c\n\x01é\u0085""#);
        assert_eq!(
            quote("\u{200b}\u{a0}\u{e0001}\u{1f600}'"),
            "\"\\u200b\\u00a0\\U000e0001\u{1f600}'\""
        );
        assert_eq!(quoted_list(&["a", "b"]), r#""a", "b""#);
        assert_eq!(json(&"a<b"), r#""a\u003cb""#);
    }
}
