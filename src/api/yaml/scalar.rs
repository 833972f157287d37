//! What a plain scalar means: null, boolean, number or text, by the rules of YAML 1.1 as go-yaml v2 applies them.

use super::tree::NodeValue;
use serde_json::Number;

/// Models: go-yaml v2 resolve.go, resolve; numbers as encoding/json writes them afterwards.
pub fn resolve(text: &str) -> NodeValue {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return NodeValue::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return NodeValue::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return NodeValue::Bool(false);
        }
        _ => {}
    }
    let number = match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-') => {
            let digits = text.replace('_', "");
            integer(&digits).or_else(|| has_float_form(&digits).then(|| float(&digits))?)
        }
        Some(b'.') if has_float_form(text) => float(text),
        _ => None,
    };
    number.map_or_else(|| NodeValue::String(text.to_owned()), NodeValue::Number)
}

/// Would go-yaml read this plain text as something else than a string (or keep it only as a special case)?
///
/// Models: go-yaml v2 encode.go, stringv: such strings are written in double quotes.
pub fn needs_double_quotes(text: &str) -> bool {
    !matches!(resolve(text), NodeValue::String(_))
        || is_not_finite(text)
        || text == "<<"
        || is_timestamp(text)
        || is_base_60(text)
}

/// `.inf`, `-.inf`, `.nan` in the spellings that YAML knows.
pub fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// The first letters, for an error message.
pub fn shorten(text: &str) -> String {
    if text.chars().count() <= 10 {
        return text.to_owned();
    }
    text.chars().take(7).chain("...".chars()).collect()
}

/// Go's ParseInt with base 0: `0x1F`, `0b1`, `0o17`, `017` (octal), decimal.
fn integer(text: &str) -> Option<Number> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    // Rust would accept a second sign.
    if !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        let value = 0_i64.checked_sub_unsigned(magnitude)?;
        Some(value.into())
    } else {
        Some(magnitude.into())
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn has_float_form(text: &str) -> bool {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if whole == 0 && count == 0 {
            return false;
        }
        rest = &fraction[count..];
    } else if whole == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(exponent) => {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
    }
}

/// A finite number; a whole one becomes an integer, as in Go's JSON (`1e3` is `1000`).
fn float(text: &str) -> Option<Number> {
    let value: f64 = text.parse().ok()?;
    let whole = value.fract() == 0.0 && value.abs() < 9.0e18;
    if whole {
        // In range by the check above.
        Some((value as i64).into())
    } else {
        Number::from_f64(value)
    }
}

/// `2001-12-14`, perhaps with a time.
fn is_timestamp(text: &str) -> bool {
    let mut rest = text;
    let mut take = |low: usize, high: usize, end: &[char]| -> Option<char> {
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = rest.get(count..)?;
        let next = after.chars().next();
        if count < low || count > high || !next.is_none_or(|c| end.contains(&c)) {
            return None;
        }
        rest = next.map_or("", |c| &after[c.len_utf8()..]);
        Some(next.unwrap_or('\0'))
    };
    take(4, 4, &['-']) == Some('-')
        && take(1, 2, &['-']) == Some('-')
        && take(1, 2, &['T', 't', ' ']).is_some()
}

/// `1:20`, `-12:30:45.5`: sexagesimal in YAML 1.1.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or("");
    let starts = first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let rest: Vec<&str> = parts.collect();
    starts
        && !rest.is_empty()
        && rest.iter().enumerate().all(|(i, part)| {
            let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
            let last = i + 1 == rest.len();
            let digits_fine = match whole.as_bytes() {
                [a] => a.is_ascii_digit(),
                [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
                _ => false,
            };
            digits_fine
                && (last || !part.contains('.'))
                && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::yaml::tree::{Node, Position};

    #[test]
    fn means_what_it_means_to_kubectl() {
        for (text, json) in [
            ("", "null"),
            ("~", "null"),
            ("yes", "true"),
            ("On", "true"),
            ("y", "true"),
            ("off", "false"),
            ("nO", "\"nO\""),
            ("1", "1"),
            ("-1", "-1"),
            ("+1", "1"),
            ("017", "15"),
            ("0o17", "15"),
            ("08", "8"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("-0x10", "-16"),
            ("1_000", "1000"),
            ("1e3", "1000"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("1.", "1"),
            ("1.0", "1"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("99999999999999999999", "1e+20"),
            ("1e999", "\"1e999\""),
            ("2001-01-01", "\"2001-01-01\""),
            ("1.2.3", "\"1.2.3\""),
            ("100m", "\"100m\""),
            ("0x", "\"0x\""),
            ("--1", "\"--1\""),
            ("+", "\"+\""),
            (".", "\".\""),
            ("e3", "\"e3\""),
            ("_1", "\"_1\""),
            ("é", "\"é\""),
        ] {
            let value = Node {
                at: Position::default(),
                last: 0,
                value: resolve(text),
            };
            assert_eq!(value.to_json().to_string(), json, "{text:?}");
        }
    }

    #[test]
    fn strings_that_are_quoted() {
        for text in [
            "",
            "no",
            "1",
            "1e3",
            "2001-01-01",
            "2024-05-01T10:00:00Z",
            "1:30",
            "12:30:45",
            "<<",
            ".inf",
            "null",
            "0x1f",
        ] {
            assert!(needs_double_quotes(text), "{text:?}");
        }
        for text in [
            "a",
            "nope",
            "1.2.3",
            "100m",
            "2001-01-01x",
            "1:60",
            "1:",
            "a:30",
            "-.infx",
        ] {
            assert!(!needs_double_quotes(text), "{text:?}");
        }
    }
}
