//! Command line flags as spf13/pflag reads them: `--flag value`, `--flag=value`, `-n value`, `-nvalue`, `-Aw`, `--` and words in between.
//!
//! One table a command says which flags it has; the values are looked up by name later.

use crate::api::go::{self, quote};
use crate::kubectl::error::Failure;
use crate::sim::map::Map;
use crate::sim::time::SimDuration;

/// The value that a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Bool,
    Text,
    /// May be given several times; the values are kept apart.
    List,
    Int,
    Duration,
    /// A text with this value when only the name is given; a value needs `=`.
    Optional(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub struct Flag {
    pub name: &'static str,
    pub short: Option<char>,
    pub value: Takes,
    pub default: &'static str,
    /// The values that Tab offers, if they are known.
    pub values: &'static [&'static str],
}

impl Flag {
    /// The flag with the values that Tab offers.
    pub const fn one_of(self, values: &'static [&'static str]) -> Flag {
        Flag { values, ..self }
    }
}

pub const fn flag(name: &'static str, value: Takes, default: &'static str) -> Flag {
    Flag {
        name,
        short: None,
        value,
        default,
        values: &[],
    }
}

pub const fn short(name: &'static str, letter: char, value: Takes, default: &'static str) -> Flag {
    Flag {
        name,
        short: Some(letter),
        value,
        default,
        values: &[],
    }
}

/// Flags that every command has. Those that choose a cluster or a user are read and have no effect here.
pub const GLOBAL: &[Flag] = &[
    short("namespace", 'n', Takes::Text, ""),
    short("help", 'h', Takes::Bool, "false"),
    flag("as", Takes::Text, ""),
    flag("as-group", Takes::List, ""),
    flag("as-uid", Takes::Text, ""),
    flag("cache-dir", Takes::Text, ""),
    flag("certificate-authority", Takes::Text, ""),
    flag("client-certificate", Takes::Text, ""),
    flag("client-key", Takes::Text, ""),
    flag("cluster", Takes::Text, ""),
    flag("context", Takes::Text, ""),
    flag("disable-compression", Takes::Bool, "false"),
    flag("insecure-skip-tls-verify", Takes::Bool, "false"),
    flag("kubeconfig", Takes::Text, ""),
    flag("kuberc", Takes::Text, ""),
    flag("log-flush-frequency", Takes::Duration, "5s"),
    flag("match-server-version", Takes::Bool, "false"),
    flag("password", Takes::Text, ""),
    flag("profile", Takes::Text, "none"),
    flag("profile-output", Takes::Text, "profile.pprof"),
    flag("request-timeout", Takes::Text, "0"),
    short("server", 's', Takes::Text, ""),
    flag("tls-server-name", Takes::Text, ""),
    flag("token", Takes::Text, ""),
    flag("user", Takes::Text, ""),
    flag("username", Takes::Text, ""),
    short("v", 'v', Takes::Int, "0"),
    flag("vmodule", Takes::Text, ""),
    flag("warnings-as-errors", Takes::Bool, "false"),
];

/// The flags that were given.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    given: Map<&'static str, Vec<String>>,
    defaults: Map<&'static str, &'static str>,
}

impl Flags {
    /// Was the flag on the command line?
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// The last value given, or the default.
    pub fn text(&self, name: &str) -> &str {
        match self.given.get(name).and_then(|values| values.last()) {
            Some(value) => value,
            None => self.defaults.get(name).copied().unwrap_or(""),
        }
    }

    pub fn bool(&self, name: &str) -> bool {
        matches!(self.text(name), "1" | "t" | "T" | "TRUE" | "true" | "True")
    }

    pub fn int(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or(0)
    }

    pub fn list(&self, name: &str) -> &[String] {
        self.given.get(name).map_or(&[], Vec::as_slice)
    }

    /// Values of a list flag that may also be joined by commas.
    pub fn words(&self, name: &str) -> Vec<String> {
        let parts = self.list(name).iter().flat_map(|value| value.split(','));
        parts
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    pub fn duration(&self, name: &str) -> SimDuration {
        parse_duration(self.text(name)).unwrap_or(SimDuration::ZERO)
    }
}

/// Splits arguments into flags and words. The error is pflag's text without kubectl's frame.
pub fn parse(args: &[String], tables: &[&'static [Flag]]) -> Result<(Flags, Vec<String>), String> {
    let all = || tables.iter().flat_map(|table| table.iter());
    let mut flags = Flags {
        defaults: all().map(|flag| (flag.name, flag.default)).collect(),
        given: Map::new(),
    };
    let mut words = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        if arg == "--" {
            words.extend(rest.cloned());
            break;
        }
        if let Some(long) = arg.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            };
            if name.is_empty() || name.starts_with('-') {
                return Err(format!("bad flag syntax: {arg}"));
            }
            let Some(flag) = all().find(|flag| flag.name == name) else {
                return Err(format!("unknown flag: --{name}"));
            };
            let value = match (value, flag.value) {
                (Some(value), _) => value.to_owned(),
                (None, Takes::Bool) => "true".to_owned(),
                (None, Takes::Optional(implied)) => implied.to_owned(),
                (None, _) => rest
                    .next()
                    .ok_or_else(|| format!("flag needs an argument: --{name}"))?
                    .clone(),
            };
            set(&mut flags, flag, value)?;
        } else if arg.len() > 1 && arg.starts_with('-') {
            shorthands(&mut flags, arg, &mut rest, &all)?;
        } else {
            words.push(arg.clone());
        }
    }
    Ok((flags, words))
}

fn shorthands<'a, I: Iterator<Item = &'static Flag>>(
    flags: &mut Flags,
    arg: &str,
    rest: &mut impl Iterator<Item = &'a String>,
    all: &impl Fn() -> I,
) -> Result<(), String> {
    let mut letters = arg.get(1..).unwrap_or("");
    while let Some(letter) = letters.chars().next() {
        let after = letters.get(letter.len_utf8()..).unwrap_or("");
        let Some(flag) = all().find(|flag| flag.short == Some(letter)) else {
            return Err(format!(
                "unknown shorthand flag: {} in -{letters}",
                quote_letter(letter)
            ));
        };
        if let Some(value) = after.strip_prefix('=') {
            return set(flags, flag, value.to_owned());
        }
        match flag.value {
            Takes::Bool => set(flags, flag, "true".to_owned())?,
            Takes::Optional(implied) => set(flags, flag, implied.to_owned())?,
            _ if !after.is_empty() => return set(flags, flag, after.to_owned()),
            _ => {
                let value = rest.next();
                let value = value.ok_or_else(|| {
                    format!(
                        "flag needs an argument: {} in -{letters}",
                        quote_letter(letter)
                    )
                })?;
                return set(flags, flag, value.clone());
            }
        }
        letters = after;
    }
    Ok(())
}

fn quote_letter(letter: char) -> String {
    format!("'{letter}'")
}

fn set(flags: &mut Flags, flag: &'static Flag, value: String) -> Result<(), String> {
    let bad = match flag.value {
        Takes::Bool => {
            let known = [
                "1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False",
            ];
            (!known.contains(&value.as_str())).then(|| {
                format!(
                    "strconv.ParseBool: parsing {}: invalid syntax",
                    quote(&value)
                )
            })
        }
        Takes::Int => value.parse::<i64>().err().map(|error| {
            let why = go::number_error(error.kind());
            format!("strconv.ParseInt: parsing {}: {why}", quote(&value))
        }),
        Takes::Duration => parse_duration(&value).err(),
        _ => None,
    };
    if let Some(why) = bad {
        let name = match flag.short {
            Some(letter) => format!("-{letter}, --{}", flag.name),
            None => format!("--{}", flag.name),
        };
        return Err(format!(
            "invalid argument {} for {} flag: {why}",
            quote(&value),
            quote(&name)
        ));
    }
    let values = flags.given.or_default(flag.name);
    if flag.value != Takes::List {
        values.clear();
    }
    values.push(value);
    Ok(())
}

/// Go's time.ParseDuration, in whole milliseconds: `1m30s`, `500ms`, `1.5h`; a negative one counts as its amount.
pub fn parse_duration(text: &str) -> Result<SimDuration, String> {
    let bad = || format!("time: invalid duration {}", quote(text));
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(SimDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(bad());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (whole, after) = rest.split_at(digits);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(
                after
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(after.len()),
            ),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(bad());
        }
        let unit = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let micros: u64 = match unit {
            "ns" => 0,
            "us" | "µs" | "μs" => 1,
            "ms" => 1_000,
            "s" => 1_000_000,
            "m" => 60_000_000,
            "h" => 3_600_000_000,
            "" => return Err(format!("time: missing unit in duration {}", quote(text))),
            other => {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    quote(other),
                    quote(text)
                ));
            }
        };
        let whole: u64 = if whole.is_empty() {
            0
        } else {
            whole.parse().map_err(|_| bad())?
        };
        total = total.saturating_add(whole.saturating_mul(micros));
        let mut scale = micros;
        for digit in fraction.bytes() {
            scale /= 10;
            total = total.saturating_add(u64::from(digit - b'0').saturating_mul(scale));
        }
        rest = after;
    }
    Ok(SimDuration::millis(total / 1000))
}

/// pflag's complaint as kubectl frames it.
pub fn usage_failure(path: &str, message: String) -> Failure {
    Failure::Text(format!("{message}\nSee '{path} --help' for usage."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    const TABLE: &[Flag] = &[
        short("output", 'o', Takes::Text, ""),
        short("watch", 'w', Takes::Bool, "false"),
        flag("replicas", Takes::Int, "0"),
        flag("timeout", Takes::Duration, "0s"),
        flag("cascade", Takes::Optional("background"), "background"),
        short("filename", 'f', Takes::List, ""),
    ];

    #[track_caller]
    fn check(line: &str, expect: Expect) {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let text = match parse(&args, &[TABLE, GLOBAL]) {
            Ok((flags, words)) => format!("{words:?} {:?}", flags.given),
            Err(error) => error,
        };
        expect.assert_eq(&text);
    }

    #[test]
    fn flags_and_words() {
        check(
            "ds -o wide x --watch",
            expect![[r#"["ds", "x"] {"output": ["wide"], "watch": ["true"]}"#]],
        );
        check(
            "-owide -n=a --watch=false",
            expect![[r#"[] {"namespace": ["a"], "output": ["wide"], "watch": ["false"]}"#]],
        );
        check(
            "-wo yaml -f a -f b",
            expect![[r#"[] {"filename": ["a", "b"], "output": ["yaml"], "watch": ["true"]}"#]],
        );
        check(
            "--cascade x --cascade=orphan",
            expect![[r#"["x"] {"cascade": ["orphan"]}"#]],
        );
        check("a -- -o b", expect![[r#"["a", "-o", "b"] {}"#]]);
        check("-f - x", expect![[r#"["x"] {"filename": ["-"]}"#]]);
    }

    #[test]
    fn complaints() {
        check("-x=y", expect!["unknown shorthand flag: 'x' in -x=y"]);
        check("-wz", expect!["unknown shorthand flag: 'z' in -z"]);
        check("--nope", expect!["unknown flag: --nope"]);
        check("--output", expect!["flag needs an argument: --output"]);
        check("-wo", expect!["flag needs an argument: 'o' in -o"]);
        check("--=x", expect!["bad flag syntax: --=x"]);
        check(
            "--replicas=x",
            expect![[
                r#"invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax"#
            ]],
        );
        check(
            "-w=x",
            expect![[
                r#"invalid argument "x" for "-w, --watch" flag: strconv.ParseBool: parsing "x": invalid syntax"#
            ]],
        );
        check(
            "--timeout=5",
            expect![[
                r#"invalid argument "5" for "--timeout" flag: time: missing unit in duration "5""#
            ]],
        );
    }

    #[test]
    fn durations() {
        for (text, ms) in [
            ("0", 0),
            ("1s", 1000),
            ("1m30s", 90_000),
            ("1.5h", 5_400_000),
            ("250ms", 250),
            ("-1s", 1000),
        ] {
            assert_eq!(parse_duration(text), Ok(SimDuration::millis(ms)), "{text}");
        }
        for text in ["", "x", "5", "1x", "s", "."] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
