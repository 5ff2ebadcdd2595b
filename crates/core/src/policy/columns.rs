//! The retention table as the file writes it: each parameter with its clause (RET-1 to RET-8).
use super::{
    period::{Months, MonthsLimit},
    retention::{Admit, Column, ExclusionEffect, Rules},
    text::{Id, Text},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use std::borrow::Cow;

/// The parameters of one column, as the file writes them. [`Rules`] is what the clocks take from it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnRules {
    /// Circulation after a first report.
    pub first: Months,
    /// Circulation from a further report made while circulating.
    pub repeat: Months,
    /// Controller only, after withdrawal; 0 where the subject is deleted at once.
    pub hold: Months,
    /// A subject with one report is deleted this long after it.
    pub single_report_delete: MonthsLimit,
    /// Deleted at the latest this long after the latest report.
    pub cap: MonthsLimit,
    /// What an exclusion does to the end of circulation.
    pub exclusion: ExclusionRule,
    /// For how long a record of the deleted profile is kept, if the person was identified (RET-7).
    pub stub: MonthsLimit,
    /// An incident is deleted this long after the day on which it happened.
    pub incident: MonthsLimit,
    /// An image is deleted this long after its report if the person is still unidentified.
    pub unidentified_image: MonthsLimit,
    /// Whether such a subject may be held at all.
    pub admit: AdmitRule,
}

/// What an exclusion does to the end of circulation, and where that is stated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionRule {
    /// What it does.
    pub effect: ExclusionEffect,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// Whether such a subject may be held at all, and where that is stated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmitRule {
    /// `yes` or `with_agreement`.
    pub held: Admit,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

impl ColumnRules {
    /// The bare numbers, for the clocks.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules {
            first: self.first.months,
            repeat: self.repeat.months,
            hold: self.hold.months,
            single_report_delete: self.single_report_delete.months.0,
            cap: self.cap.months.0,
            exclusion: self.exclusion.effect,
            stub: self.stub.months.0,
            incident: self.incident.months.0,
            unidentified_image: self.unidentified_image.months.0,
            admit: self.admit.held,
        }
    }
}

/// The four columns: one table for all of them, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawColumns")]
pub enum Columns {
    /// The scheme makes no difference by age or identity above its minimum age.
    All(Box<ColumnRules>),
    /// The scheme differs by age and identity.
    ByColumn(Box<ByColumn>),
}

/// A table for each column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByColumn {
    /// Adult, and named.
    pub known: ColumnRules,
    /// Adult or of unknown age, and not named.
    pub unknown: ColumnRules,
    /// Under 18 on the day of the report.
    pub under_18: ColumnRules,
    /// Under 14 on the day of the report.
    pub under_14: ColumnRules,
}

impl Columns {
    /// What the file says for one column.
    #[must_use]
    pub fn column(&self, column: Column) -> &ColumnRules {
        match self {
            Self::All(rules) => rules,
            Self::ByColumn(by) => match column {
                Column::Known => &by.known,
                Column::Unknown => &by.unknown,
                Column::Under18 => &by.under_18,
                Column::Under14 => &by.under_14,
            },
        }
    }

    /// The tables that the file has, each with the name that it bears there.
    #[must_use]
    pub fn tables(&self) -> Vec<(&'static str, &ColumnRules)> {
        match self {
            Self::All(rules) => vec![("all", rules)],
            Self::ByColumn(by) => vec![
                ("known", &by.known),
                ("unknown", &by.unknown),
                ("under_18", &by.under_18),
                ("under_14", &by.under_14),
            ],
        }
    }
}

/// [`Columns`] as the file writes them: `[retention.all]`, or the four others and not `all`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Columns")]
struct RawColumns {
    /// For all, where the scheme makes no difference by age or identity.
    all: Option<ColumnRules>,
    /// Adult, and named.
    known: Option<ColumnRules>,
    /// Adult or of unknown age, and not named.
    unknown: Option<ColumnRules>,
    /// Under 18 on the day of the report.
    under_18: Option<ColumnRules>,
    /// Under 14 on the day of the report.
    under_14: Option<ColumnRules>,
}

impl JsonSchema for Columns {
    fn schema_name() -> Cow<'static, str> {
        RawColumns::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        RawColumns::json_schema(generator)
    }
}

impl TryFrom<RawColumns> for Columns {
    type Error = &'static str;
    fn try_from(raw: RawColumns) -> Result<Self, Self::Error> {
        match raw {
            RawColumns { all: Some(all), known: None, unknown: None, under_18: None, under_14: None } => {
                Ok(Self::All(Box::new(all)))
            }
            RawColumns {
                all: None,
                known: Some(known),
                unknown: Some(unknown),
                under_18: Some(under_18),
                under_14: Some(under_14),
            } => Ok(Self::ByColumn(Box::new(ByColumn { known, unknown, under_18, under_14 }))),
            _ => Err("give either `[retention.all]` alone, or all four of `[retention.known]`, \
                 `[retention.unknown]`, `[retention.under_18]` and `[retention.under_14]`"),
        }
    }
}

/// Two sentences of a scheme's that cannot both be kept, and which one is (POL-3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// What records name it by.
    pub id: Id,
    /// The place in this file that the choice sets, such as `retention.known.repeat`.
    pub about: Text,
    /// One sentence.
    pub first: Quote,
    /// The other.
    pub second: Quote,
    /// What is done.
    pub choice: Text,
    /// Why: as a rule, that the stricter promise wins.
    pub why: Text,
}

/// A sentence, word for word, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The sentence.
    pub says: Text,
    /// Where it stands.
    pub clause: Text,
}

/// Something that a document says, or leaves out, that is unlawful or out of date today (POL-2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// What the document says; `Nothing ...` where it leaves out what the law asks for.
    pub says: Text,
    /// Where it stands.
    pub clause: Text,
    /// Why it cannot stay.
    pub why: Text,
    /// What is done, and said, instead.
    pub instead: Text,
}
