//! IntOrString: `1` or `"25%"`.

use super::go;
use crate::api::go::quote;
use crate::api::json::FromJson;
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use std::fmt;

/// intstr.IntOrString
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum IntOrString {
    Int(i32),
    String(String),
}

impl FromJson for IntOrString {
    fn from_json(value: serde_json::Value) -> Result<Self, serde_json::Error> {
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        match (number, value) {
            (Some(number), _) => Ok(IntOrString::Int(number)),
            (None, serde_json::Value::String(text)) => Ok(IntOrString::String(text)),
            _ => Err(serde_json::Error::custom(
                "data did not match any variant of untagged enum IntOrString",
            )),
        }
    }
}

impl IntOrString {
    /// The number, and whether it is a percentage.
    ///
    /// Models: k8s.io/apimachinery/pkg/util/intstr, getIntOrPercentValueSafely.
    pub fn parse(&self) -> Result<(i64, bool), String> {
        match self {
            IntOrString::Int(n) => Ok((i64::from(*n), false)),
            IntOrString::String(text) => {
                let number = text
                    .strip_suffix('%')
                    .ok_or("invalid type: string is not a percentage")?;
                match number.parse::<i64>() {
                    Ok(n) => Ok((n, true)),
                    Err(error) => {
                        let why = go::number_error(error.kind());
                        Err(format!(
                            "invalid value {text}: strconv.Atoi: parsing {number}: {why}",
                            text = quote(text),
                            number = quote(number)
                        ))
                    }
                }
            }
        }
    }

    /// The number itself, or the percentage of `total`.
    ///
    /// Models: intstr.GetScaledValueFromIntOrPercent.
    pub fn scaled(&self, total: i32, round_up: bool) -> Result<i32, String> {
        let (number, percent) = self
            .parse()
            .map_err(|error| format!("invalid value for IntOrString: {error}"))?;
        if !percent {
            return Ok(number as i32);
        }
        let product = i128::from(number) * i128::from(total);
        // Rust's division rounds towards zero; we want up or down.
        let scaled = if round_up {
            -(-product).div_euclid(100)
        } else {
            product.div_euclid(100)
        };
        Ok(scaled.clamp(i128::from(i32::MIN), i128::from(i32::MAX)) as i32)
    }
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IntOrString::Int(n) => n.fmt(f),
            IntOrString::String(s) => f.write_str(s),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(text: &str) -> IntOrString {
        IntOrString::String(text.to_owned())
    }

    #[test]
    fn scales_up_and_down() {
        for (value, total, up, down) in [
            (percent("25%"), 4, 1, 1),
            (percent("25%"), 5, 2, 1),
            (percent("50%"), 3, 2, 1),
            (percent("0%"), 10, 0, 0),
            (percent("100%"), 7, 7, 7),
            (percent("-10%"), 5, 0, -1),
            (IntOrString::Int(3), 1, 3, 3),
            (percent("999999999999%"), i32::MAX, i32::MAX, i32::MAX),
        ] {
            assert_eq!(value.scaled(total, true), Ok(up), "{value} of {total}");
            assert_eq!(value.scaled(total, false), Ok(down), "{value} of {total}");
        }
    }

    #[test]
    fn refuses_what_is_no_percentage() {
        for (text, error) in [
            ("10", "invalid type: string is not a percentage"),
            (
                "%",
                "invalid value \"%\": strconv.Atoi: parsing \"\": invalid syntax",
            ),
            (
                "1.5%",
                "invalid value \"1.5%\": strconv.Atoi: parsing \"1.5\": invalid syntax",
            ),
            (
                "99999999999999999999%",
                "invalid value \"99999999999999999999%\": strconv.Atoi: parsing \"99999999999999999999\": value out of range",
            ),
        ] {
            assert_eq!(percent(text).parse(), Err(error.to_owned()));
            assert!(percent(text).scaled(10, true).is_err());
        }
    }
}
