//! IntOrString: `1` or `"25%"`. (stub: scaling comes from the api branch)

use serde::{Deserialize, Serialize};
use std::fmt;

/// intstr.IntOrString
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum IntOrString {
    Int(i32),
    String(String),
}

impl IntOrString {
    /// The number itself, or the percentage of `total`.
    ///
    /// Models: k8s.io/apimachinery/pkg/util/intstr, GetScaledValueFromIntOrPercent.
    pub fn scaled(&self, total: i32, round_up: bool) -> Result<i32, String> {
        match self {
            IntOrString::Int(n) => Ok(*n),
            IntOrString::String(s) => {
                let percent: i64 = s
                    .strip_suffix('%')
                    .and_then(|p| p.parse().ok())
                    .ok_or("invalid")?;
                let product = percent * i64::from(total);
                Ok((if round_up {
                    (product + 99).div_euclid(100)
                } else {
                    product.div_euclid(100)
                }) as i32)
            }
        }
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
