//! Resource quantities: `100m`, `1.5Gi`, `2e3`; exact, and printed as the API server prints them.

use crate::api::json::FromJson;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;

const NANO: i128 = 1_000_000_000;
/// Upstream caps every quantity at ±(2^63 − 1).
const MAX_NANO: i128 = i64::MAX as i128 * NANO;

const FORMAT_WRONG: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG: &str = "unable to parse quantity's suffix";
const NUMBER_WRONG: &str = "unable to parse numeric part of quantity";

/// The family of suffixes that a quantity was written with, and is printed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    /// `n u m k M G T P E`
    #[default]
    DecimalSi,
    /// `Ki Mi Gi Ti Pi Ei`
    BinarySi,
    /// `e3`
    DecimalExponent,
}

/// An exact amount in billionths.
///
/// Models: k8s.io/apimachinery/pkg/api/resource, Quantity.
/// Differs: the text is always canonical; upstream keeps the original text of a quantity that isn't in a ResourceList.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quantity {
    nano: i128,
    format: Format,
}

impl Quantity {
    /// Reads a quantity; the error is upstream's text.
    ///
    /// Models: resource.ParseQuantity. Finer than a billionth is rounded up, beyond ±(2^63 − 1) is cut off.
    pub fn parse(text: &str) -> Result<Quantity, String> {
        if text.is_empty() {
            return Err(FORMAT_WRONG.to_owned());
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = unsigned.split_at(digits(unsigned));
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", rest),
        };
        check_suffix_form(suffix)?;
        let (base, exponent, format) = interpret(suffix).ok_or(SUFFIX_WRONG)?;
        if whole.is_empty() && fraction.is_empty() {
            return Err(NUMBER_WRONG.to_owned());
        }
        let nano = scaled_nano(whole, fraction, base, exponent);
        let nano = if negative { -nano } else { nano };
        Ok(Quantity { nano, format })
    }

    pub fn from_i64(value: i64) -> Quantity {
        Quantity {
            nano: i128::from(value) * NANO,
            format: Format::DecimalSi,
        }
    }

    pub fn from_milli(value: i64) -> Quantity {
        Quantity {
            nano: i128::from(value) * (NANO / 1000),
            format: Format::DecimalSi,
        }
    }

    /// In thousandths, rounded up (away from zero), saturating.
    pub fn milli_value(&self) -> i64 {
        saturate(div_up(self.nano, NANO / 1000))
    }

    /// In whole units, rounded up (away from zero), saturating.
    pub fn value(&self) -> i64 {
        saturate(div_up(self.nano, NANO))
    }

    pub fn is_zero(&self) -> bool {
        self.nano == 0
    }

    pub fn is_negative(&self) -> bool {
        self.nano < 0
    }

    /// Which is more, whatever the suffixes.
    pub fn compare(&self, other: &Quantity) -> Ordering {
        self.nano.cmp(&other.nano)
    }

    /// Both together, in the suffix family of the first.
    pub fn plus(&self, other: &Quantity) -> Quantity {
        let sum = self.nano.saturating_add(other.nano);
        Quantity {
            nano: sum.clamp(-MAX_NANO, MAX_NANO),
            format: if self.is_zero() {
                other.format
            } else {
                self.format
            },
        }
    }

    /// Rounded up to thousandths, as every amount in a ResourceList is.
    ///
    /// Models: pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList.
    pub fn rounded_up_to_milli(&self) -> Quantity {
        Quantity {
            nano: div_up(self.nano, NANO / 1000) * (NANO / 1000),
            format: self.format,
        }
    }

    /// Is it a multiple of `unit` whole units?
    pub fn is_multiple_of(&self, unit: i64) -> bool {
        unit > 0 && self.nano % (i128::from(unit) * NANO) == 0
    }
}

/// Letters of a suffix, then perhaps a sign and digits; anything behind that is a format error.
fn check_suffix_form(suffix: &str) -> Result<(), String> {
    let rest =
        suffix.trim_start_matches(['e', 'E', 'i', 'n', 'u', 'm', 'k', 'K', 'M', 'G', 'T', 'P']);
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    if rest.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(FORMAT_WRONG.to_owned())
    }
}

/// Base and exponent that a suffix stands for.
fn interpret(suffix: &str) -> Option<(u32, i32, Format)> {
    let decimal = |exponent| Some((10, exponent, Format::DecimalSi));
    let binary = |exponent| Some((2, exponent, Format::BinarySi));
    match suffix {
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "" => decimal(0),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let digits = suffix.strip_prefix(['e', 'E'])?;
            let exponent: i64 = digits.parse().ok()?;
            // Far outside of what can matter, the exact exponent is of no interest.
            Some((
                10,
                exponent.clamp(-100_000, 100_000) as i32,
                Format::DecimalExponent,
            ))
        }
    }
}

/// `whole.fraction × base^exponent` in billionths: rounded up, at most MAX_NANO.
fn scaled_nano(whole: &str, fraction: &str, base: u32, exponent: i32) -> i128 {
    let digits: String = whole.chars().chain(fraction.chars()).collect();
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return 0;
    }
    // The value is `digits × 10^scale`, times 2^exponent for the binary suffixes.
    let decimal_exponent = if base == 10 { i64::from(exponent) } else { 0 };
    let scale = decimal_exponent - i64::try_from(fraction.len()).unwrap_or(i64::MAX) + 9;
    // More digits than these can't be in range or can't be seen: keep some, remember that there was more.
    const KEPT: usize = 19 + 9 + 1;
    let (head, tail) = digits.split_at(digits.len().min(KEPT));
    let scale = scale.saturating_add(tail.len() as i64);
    let mut dropped = tail.bytes().any(|b| b != b'0');
    let mut value: i128 = head.parse().unwrap_or(MAX_NANO);
    // First multiply, so that nothing is rounded too early: 29 digits and 2^60 could overflow, then the value is beyond the cap anyway unless the scale is negative.
    let mut scale = scale;
    if base == 2 {
        let factor = 1_i128 << exponent;
        while value.checked_mul(factor).is_none() && scale < 0 {
            dropped |= value % 10 != 0;
            value /= 10;
            scale += 1;
        }
        value = value.saturating_mul(factor);
    }
    while scale > 0 && value <= MAX_NANO {
        value = value.saturating_mul(10);
        scale -= 1;
    }
    while scale < 0 && value > 0 {
        dropped |= value % 10 != 0;
        value /= 10;
        scale += 1;
    }
    value.saturating_add(i128::from(dropped)).min(MAX_NANO)
}

fn div_up(nano: i128, unit: i128) -> i128 {
    let away = i128::from(nano % unit != 0);
    nano / unit + if nano < 0 { -away } else { away }
}

fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

impl fmt::Display for Quantity {
    /// Canonical: no fraction, the largest suffix that keeps a whole number.
    ///
    /// Models: resource.Quantity.CanonicalizeBytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        let whole = self.nano % NANO == 0;
        if self.format == Format::BinarySi && whole && self.nano.abs() >= 1024 * NANO {
            let mut value = self.nano / NANO;
            let mut power = 0;
            while value % 1024 == 0 && power < 6 {
                value /= 1024;
                power += 1;
            }
            return write!(
                f,
                "{value}{}",
                ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]
            );
        }
        let (mut value, mut thousands) = (self.nano, 0_usize);
        while value % 1000 == 0 && thousands < 9 {
            value /= 1000;
            thousands += 1;
        }
        if self.format == Format::DecimalExponent {
            let exponent = thousands as i32 * 3 - 9;
            return match exponent {
                0 => write!(f, "{value}"),
                _ => write!(f, "{value}e{exponent}"),
            };
        }
        write!(
            f,
            "{value}{}",
            ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][thousands]
        )
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromJson for Quantity {
    /// A string, or a number whose text is read as one.
    fn from_json(value: serde_json::Value) -> Result<Self, serde_json::Error> {
        let text = match value {
            serde_json::Value::String(s) => s,
            serde_json::Value::Null => return Ok(Quantity::default()),
            other => other.to_string(),
        };
        Quantity::parse(text.trim()).map_err(serde_json::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Quantity::from_json(value).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, canonical: &str, milli: i64, value: i64) {
        let quantity = Quantity::parse(text).unwrap();
        assert_eq!(quantity.to_string(), canonical, "{text}");
        assert_eq!(
            (quantity.milli_value(), quantity.value()),
            (milli, value),
            "{text}"
        );
        let again = Quantity::parse(canonical).unwrap();
        assert_eq!(again.compare(&quantity), Ordering::Equal, "{text}");
        assert_eq!(again.to_string(), canonical, "{text}");
    }

    #[test]
    fn prints_canonically() {
        check("0", "0", 0, 0);
        check("0.0Gi", "0", 0, 0);
        check("100m", "100m", 100, 1);
        check("1000m", "1", 1000, 1);
        check("0.5", "500m", 500, 1);
        check("1.5Gi", "1536Mi", 1_610_612_736_000, 1_610_612_736);
        check("1024Mi", "1Gi", 1_073_741_824_000, 1_073_741_824);
        check("512", "512", 512_000, 512);
        check("0.5Ki", "512", 512_000, 512);
        check("1000", "1k", 1_000_000, 1000);
        check("1500", "1500", 1_500_000, 1500);
        check("2e3", "2e3", 2_000_000, 2000);
        check("2E3", "2e3", 2_000_000, 2000);
        check("1E", "1E", i64::MAX, 1_000_000_000_000_000_000);
        check("+1", "1", 1000, 1);
        check("-1", "-1", -1000, -1);
        check("-1.5Gi", "-1536Mi", -1_610_612_736_000, -1_610_612_736);
        check("007", "7", 7000, 7);
        check("1.", "1", 1000, 1);
        check(".5", "500m", 500, 1);
        check("1.1Ki", "1126400m", 1_126_400, 1127);
    }

    #[test]
    fn rounds_up_and_saturates() {
        check("1n", "1n", 1, 1);
        check("0.1n", "1n", 1, 1);
        check("1e-9999999999", "1e-9", 1, 1);
        check("-1u", "-1u", -1, -1);
        let max = i64::MAX;
        check("9223372036854775807", &max.to_string(), max, max);
        check(
            "99999999999999999999999999999999999999999999",
            &max.to_string(),
            max,
            max,
        );
        check("1e9999999999", "9223372036854775807", max, max);
        check("8Ei", "9223372036854775807", max, max);
        check(&format!("0.{}1", "0".repeat(5000)), "1n", 1, 1);
        check("100u", "100u", 1, 1);
        assert_eq!(
            Quantity::parse("100u")
                .unwrap()
                .rounded_up_to_milli()
                .to_string(),
            "1m"
        );
    }

    #[test]
    fn refuses_with_upstreams_words() {
        for (text, error) in [
            ("", FORMAT_WRONG),
            ("1 ", FORMAT_WRONG),
            ("1.1.1", FORMAT_WRONG),
            ("one", FORMAT_WRONG),
            ("--1", SUFFIX_WRONG),
            ("1é", FORMAT_WRONG),
            ("1K", SUFFIX_WRONG),
            ("1kk", SUFFIX_WRONG),
            ("1mi", SUFFIX_WRONG),
            ("1e", SUFFIX_WRONG),
            ("1m5", SUFFIX_WRONG),
            ("m", NUMBER_WRONG),
            ("-", NUMBER_WRONG),
            (".", NUMBER_WRONG),
        ] {
            assert_eq!(Quantity::parse(text), Err(error.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn reads_json_numbers() {
        for (json, text) in [
            ("2", "2"),
            ("0.5", "500m"),
            ("\"64Mi\"", "64Mi"),
            ("1e3", "1k"),
        ] {
            let quantity: Quantity = serde_json::from_str(json).unwrap();
            assert_eq!(quantity.to_string(), text, "{json}");
        }
        assert!(serde_json::from_str::<Quantity>("true").is_err());
    }

    #[test]
    fn adds_and_compares() {
        let q = |text: &str| Quantity::parse(text).unwrap();
        assert_eq!(q("1Gi").plus(&q("512Mi")).to_string(), "1536Mi");
        assert_eq!(q("500m").plus(&q("0.5")).to_string(), "1");
        assert_eq!(q("1Gi").compare(&q("1G")), Ordering::Greater);
        assert_eq!(q("1000Ki").compare(&q("1Mi")), Ordering::Less);
        assert_eq!(q("1000m").compare(&Quantity::from_i64(1)), Ordering::Equal);
        assert_eq!(Quantity::from_milli(1500).to_string(), "1500m");
        assert!(q("4Mi").is_multiple_of(2 << 20) && !q("3Mi").is_multiple_of(2 << 20));
    }
}
