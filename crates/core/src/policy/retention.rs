//! The parameters of the retention rules: one set for each [`Column`] of a policy (RET-1 to RET-8).
use serde::{Deserialize, Serialize};

/// The set of retention parameters that applies to a subject on the day of a report.
///
/// Under 14 goes before under 18, under 18 before unknown, unknown before known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Adult, and named.
    Known,
    /// Adult or of unknown age, and not named.
    Unknown,
    /// Under 18 on the day of the report.
    Under18,
    /// Under 14 on the day of the report.
    Under14,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 4] = [Self::Known, Self::Unknown, Self::Under18, Self::Under14];

    /// The name by which data knows it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::Under18 => "under_18",
            Self::Under14 => "under_14",
        }
    }
}

impl std::str::FromStr for Column {
    type Err = UnknownColumn;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|column| column.as_str() == text).ok_or(UnknownColumn)
    }
}

/// A stored column that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such column")]
pub struct UnknownColumn;

/// What an exclusion does to the end of circulation (RET-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionEffect {
    /// The end of circulation is the later of what reports give and the exclusion's own end.
    Extends,
    /// A scheme-wide exclusion made after a further report sets the end; any other extends it.
    Replaces,
    /// An exclusion never outlives what the reports give.
    None,
}

/// Whether a subject may be held at all (SUB-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Admit {
    /// Yes, above the policy's minimum age.
    Yes,
    /// Only with significant public interest and the agreement of police and board.
    WithAgreement,
}

/// The retention parameters of one column. All periods are whole calendar months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Circulation after a first report.
    pub first: u32,
    /// Circulation from a further report made while circulating.
    pub repeat: u32,
    /// Controller only, after withdrawal.
    pub hold: u32,
    /// A subject with one report is deleted this long after it.
    pub single_report_delete: Option<u32>,
    /// Deleted at the latest this long after the latest report.
    pub cap: Option<u32>,
    /// What an exclusion does to the end of circulation.
    pub exclusion: ExclusionEffect,
    /// Months for which a record of the deleted profile is kept, if the person was identified; none if `None`.
    pub stub: Option<u32>,
    /// An incident is deleted this long after the day on which it happened.
    pub incident: Option<u32>,
    /// An image is deleted this long after its report if the person is still unidentified.
    pub unidentified_image: Option<u32>,
    /// Whether such a subject may be held at all.
    pub admit: Admit,
}

/// The retention rules of a policy: everything that [`crate::clocks`] asks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Nobody under this age, in years, on the day of a report may be held; none if `None`.
    pub minimum_age: Option<u8>,
    /// Adult, and named.
    pub known: Rules,
    /// Adult or of unknown age, and not named.
    pub unknown: Rules,
    /// Under 18 on the day of the report.
    pub under_18: Rules,
    /// Under 14 on the day of the report.
    pub under_14: Rules,
}

impl Retention {
    /// The parameters of one column.
    #[must_use]
    pub fn rules(&self, column: Column) -> &Rules {
        match column {
            Column::Known => &self.known,
            Column::Unknown => &self.unknown,
            Column::Under18 => &self.under_18,
            Column::Under14 => &self.under_14,
        }
    }
}
