//! What is known of the person at the outset, and what becomes known (SUB-2, SUB-4).
use super::calendar::age;
use crate::policy::retention::Column;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How old a person looks; it serves while the date of birth is unknown (SUB-4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeBand {
    /// 18 or over.
    #[default]
    Adult,
    /// Under 18.
    #[serde(rename = "under_18")]
    Under18,
    /// Under 14.
    #[serde(rename = "under_14")]
    Under14,
}

/// What is known of a person before the first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The date of birth, if known.
    pub born: Option<Date>,
    /// The age band that serves while the date of birth is unknown.
    pub apparent_age: AgeBand,
    /// Whether the person is named.
    pub identified: bool,
}

impl Default for Facts {
    fn default() -> Self {
        Self { born: None, apparent_age: AgeBand::Adult, identified: true }
    }
}

/// The facts as they stand at some point of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) born: Option<Date>,
    apparent_age: AgeBand,
    identified: bool,
    identified_on: Option<Date>,
}

impl Person {
    pub(super) fn new(facts: Facts) -> Self {
        let Facts { born, apparent_age, identified } = facts;
        Self { born, apparent_age, identified, identified_on: None }
    }

    pub(super) fn is_identified(&self) -> bool {
        self.identified
    }

    pub(super) fn identify(&mut self, on: Date) {
        self.identified = true;
        self.identified_on = Some(on);
    }

    /// Whether the person was named before that day began.
    pub(super) fn identified_before(&self, day: Date) -> bool {
        self.identified && self.identified_on.is_none_or(|on| on < day)
    }

    /// The column that applies to a report of that day, by what is known now.
    pub(super) fn column(&self, on: Date) -> Column {
        let (under_14, under_18) = match (self.born, self.apparent_age) {
            (Some(born), _) => (age(born, on) < 14, age(born, on) < 18),
            (None, AgeBand::Under14) => (true, true),
            (None, AgeBand::Under18) => (false, true),
            (None, AgeBand::Adult) => (false, false),
        };
        match (under_14, under_18, self.identified) {
            (true, ..) => Column::Under14,
            (_, true, _) => Column::Under18,
            (.., false) => Column::Unknown,
            (.., true) => Column::Known,
        }
    }

    /// Whether nobody of this age may be held at all. A band counts only where all of it lies below.
    pub(super) fn is_below(&self, minimum: Option<u8>, on: Date) -> bool {
        let Some(minimum) = minimum.map(i32::from) else { return false };
        match (self.born, self.apparent_age) {
            (Some(born), _) => age(born, on) < minimum,
            (None, AgeBand::Under14) => minimum >= 14,
            (None, AgeBand::Under18) => minimum >= 18,
            (None, AgeBand::Adult) => false,
        }
    }
}
