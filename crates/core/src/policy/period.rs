//! Periods and ages as a policy writes them, each with the clause that it comes from.
use super::text::Text;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use std::{borrow::Cow, fmt};

/// A number, or the word `"none"`: no such limit.
///
/// Leaving a limit out by mistake must not mean that there is none, so the file says it in so many words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub Option<u32>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrNone;
        impl de::Visitor<'_> for NumberOrNone {
            type Value = Limit;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 0, or \"none\"")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Limit, E> {
                u32::try_from(number)
                    .map(|number| Limit(Some(number)))
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Limit, E> {
                u32::try_from(number)
                    .map(|number| Limit(Some(number)))
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Limit, E> {
                if word == "none" {
                    Ok(Limit(None))
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(word), &self))
                }
            }
        }
        deserializer.deserialize_any(NumberOrNone)
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "const": "none" }] })
    }
}

/// A number of whole calendar months (RET-8).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Months {
    /// How many months.
    pub months: u32,
    /// Why it is longer than is usual, where it is.
    pub why: Option<Text>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// A number of whole calendar months, or none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthsLimit {
    /// How many months, or `"none"` where the policy sets no such limit.
    pub months: Limit,
    /// Why it is longer than is usual, where it is.
    pub why: Option<Text>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// An age in years, or none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Age {
    /// The age in years, attained on the birthday, or `"none"`.
    pub years: Limit,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

impl Age {
    /// The age in years. One that is beyond a human life was refused when the file was read.
    #[must_use]
    pub fn years(&self) -> Option<u8> {
        self.years.0.map(|years| u8::try_from(years).unwrap_or(u8::MAX))
    }
}

/// How long something lasts, in the one unit in which the policy gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Hours from an instant.
    Hours(u32),
    /// Calendar days.
    Days(u32),
    /// Calendar months.
    Months(u32),
}

impl Length {
    /// About how many hours, to compare lengths of different units; months are taken as 31 days, so that
    /// a length is never thought shorter than it can be.
    #[must_use]
    pub fn at_most_hours(self) -> u64 {
        match self {
            Self::Hours(n) => u64::from(n),
            Self::Days(n) => u64::from(n) * 24,
            Self::Months(n) => u64::from(n) * 31 * 24,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, unit) = match self {
            Self::Hours(n) => (n, "hour"),
            Self::Days(n) => (n, "day"),
            Self::Months(n) => (n, "month"),
        };
        write!(f, "{number} {unit}{}", if *number == 1 { "" } else { "s" })
    }
}

/// A period in hours, days or months, with its clause: `{ days = 28, clause = "..." }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawTerm")]
pub struct Term {
    /// How long.
    pub length: Length,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// [`Term`] as the file writes it: exactly one of the three units.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Term")]
struct RawTerm {
    /// Hours from an instant.
    hours: Option<u32>,
    /// Calendar days.
    days: Option<u32>,
    /// Calendar months.
    months: Option<u32>,
    /// Where the document says so, or `Decision: ...`.
    clause: Text,
}

impl JsonSchema for Term {
    fn schema_name() -> Cow<'static, str> {
        RawTerm::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        RawTerm::json_schema(generator)
    }
}

impl TryFrom<RawTerm> for Term {
    type Error = &'static str;
    fn try_from(raw: RawTerm) -> Result<Self, Self::Error> {
        let length = match (raw.hours, raw.days, raw.months) {
            (Some(n), None, None) => Length::Hours(n),
            (None, Some(n), None) => Length::Days(n),
            (None, None, Some(n)) => Length::Months(n),
            _ => return Err("give exactly one of `hours`, `days` and `months`"),
        };
        Ok(Self { length, clause: raw.clause })
    }
}
