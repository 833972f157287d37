//! Resource quantities: `100m`, `1.5Gi`, `2e3`. (stub: the real one comes from the api branch)

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quantity {
    text: String,
}

impl Quantity {
    pub fn parse(text: &str) -> Result<Quantity, String> {
        Ok(Quantity {
            text: text.to_owned(),
        })
    }

    /// In thousandths, rounded up, saturating.
    pub fn milli_value(&self) -> i64 {
        if let Some(m) = self.text.strip_suffix('m') {
            m.parse().unwrap_or(0)
        } else {
            self.value() * 1000
        }
    }

    /// In whole units, rounded up, saturating.
    pub fn value(&self) -> i64 {
        let (digits, factor) = match self.text.strip_suffix("Gi") {
            Some(d) => (d, 1 << 30),
            None => match self.text.strip_suffix("Mi") {
                Some(d) => (d, 1 << 20),
                None => (self.text.as_str(), 1),
            },
        };
        digits.parse::<i64>().unwrap_or(0) * factor
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = match value {
            serde_json::Value::String(s) => s,
            other => other.to_string(),
        };
        Quantity::parse(&text).map_err(D::Error::custom)
    }
}
