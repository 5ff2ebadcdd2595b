//! The clocks of what people ask about their data, and of breaches of it: pure functions of dated events (SAR-1, SAR-6 to
//! SAR-9, BRE-2).
//!
//! Two clocks run for a request, and the earlier one says when it is due.
//!
//! *The scheme's promise*: so many days from receipt, never paused.
//!
//! *The statutory month* (UK GDPR Articles 12(3) and 12A): the corresponding day of the next month, or that month's last
//! day where there is none; where that is a weekend or a bank holiday of the nation whose law applies, the next working
//! day (Regulation 1182/71, Article 3(4), as the Commissioner's guidance has it). It begins with the request, or with
//! what was reasonably asked for to know who somebody is. It is paused while an answer is awaited without which nobody
//! can know what an access request is about: the day on which that was asked and the day on which the answer came do
//! not count, nor what lies between. It is extended by two months where the person was told so, with reasons, while the
//! first month ran.
//!
//! Where the texts leave room, the earlier day is taken: the day of receipt, which is not counted, is not taken out a
//! second time; what was asked once the time was over changes nothing; and the 30 days within which a complaint is
//! acknowledged (Data Protection Act 2018, section 164A) count the day of receipt and are not moved by a weekend.
use crate::{
    clocks::plus_months,
    incidents::words,
    policy::{period::Length, scheme::Nation},
    scope::ends,
};
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub mod holidays;

words! {
    /// What somebody asks for about their data.
    Right {
        /// What is held of them, and a copy of it (UK GDPR Article 15).
        Access = "access",
        /// That something is put right (Article 16).
        Correction = "correction",
        /// That something is deleted (Article 17).
        Erasure = "erasure",
        /// That nothing more is done with it for now (Article 18).
        Restriction = "restriction",
        /// They object to the processing (Article 21).
        Objection = "objection",
        /// They complain about how their data is handled (DPA 2018 s.164A).
        Complaint = "complaint",
    }
}

impl Right {
    /// Every right, in the order of forms.
    pub const ALL: [Self; 6] =
        [Self::Access, Self::Correction, Self::Erasure, Self::Restriction, Self::Objection, Self::Complaint];

    /// What pages call a request of it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Access => "Access request",
            Self::Correction => "Correction",
            Self::Erasure => "Erasure",
            Self::Restriction => "Restriction",
            Self::Objection => "Objection",
            Self::Complaint => "Data protection complaint",
        }
    }

    /// Whether waiting for a clarification pauses its month: Article 12A speaks of access requests alone.
    #[must_use]
    pub fn pauses(self) -> bool {
        self == Self::Access
    }
}

/// Something that the person was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Asked {
    /// The day on which they were asked.
    pub on: Date,
    /// The day on which it came.
    pub came_on: Option<Date>,
}

/// What has happened to a request so far, by its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// What is asked for.
    pub right: Right,
    /// The nation whose law applies.
    pub nation: Nation,
    /// The day on which it was received.
    pub received_on: Date,
    /// What the scheme promises.
    pub promise: Length,
    /// That they were reasonably asked who they are.
    pub identity: Option<Asked>,
    /// What was asked to know what the request is about.
    pub clarifications: Vec<Asked>,
    /// The day on which they were told that it takes two months more.
    pub extended_on: Option<Date>,
}

/// The last day of the statutory time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastDay {
    /// The day.
    pub day: Date,
    /// Where the time ends by itself: on a weekend or a holiday it goes on until [`LastDay::day`].
    pub counted: Date,
    /// Whether bank holidays about it are not known: then weekends alone are taken into account.
    pub beyond: bool,
}

/// How the statutory clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statute {
    /// It runs, and ends with that day.
    Runs(LastDay),
    /// It has not begun: since that day it is awaited who asks.
    NotBegun(Date),
    /// It stands still: since that day it is awaited what is asked.
    Paused(Date),
}

impl Statute {
    /// The last day, while it runs.
    #[must_use]
    pub fn last_day(self) -> Option<LastDay> {
        match self {
            Self::Runs(last) => Some(last),
            Self::NotBegun(_) | Self::Paused(_) => None,
        }
    }
}

/// Both clocks of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// The last day of the scheme's promise.
    pub promise: Date,
    /// The statutory clock.
    pub statute: Statute,
    /// The earlier one: when the request is due.
    pub due: Date,
    /// Whether the two months more count: they were told in time.
    pub extended: bool,
    /// By when the person would have to be told of two months more; none while the month has not begun or stands still,
    /// and where it is extended already.
    pub extend_by: Option<Date>,
    /// For how many days the month stood still.
    pub paused_days: i32,
}

fn days(date: Date, more: i32) -> Date {
    date.saturating_add(Span::new().days(more))
}

fn last_day(nation: Nation, counted: Date) -> LastDay {
    let day = holidays::working_day_from(nation, counted);
    LastDay { day, counted, beyond: !holidays::is_known(day) }
}

impl Course {
    /// Both clocks.
    #[must_use]
    pub fn clocks(&self) -> Clocks {
        let promise = ends(self.received_on, self.promise);
        let begun = self.begun();
        let (month, first_days) = self.after(begun, 1);
        let told = self.extended_on.is_some_and(|told| self.is_in_first_month(month, told));
        let (statute, paused_days) = if told { self.after(begun, 3) } else { (month, first_days) };
        let due = statute.last_day().map_or(promise, |last| last.day.min(promise));
        let extend_by = month.last_day().filter(|_| !told).map(|last| last.day);
        Clocks { promise, statute, due, extended: told, extend_by, paused_days }
    }

    /// The day on which the month begins, or since when it is awaited who asks.
    fn begun(&self) -> Result<Date, Date> {
        // Who is asked only once the month is over is not asked in time.
        let in_time = |asked: &&Asked| Some(asked.on) <= plus_months(self.received_on, 1);
        match self.identity.as_ref().filter(in_time) {
            Some(asked) => asked.came_on.map(|came| came.max(self.received_on)).ok_or(asked.on),
            None => Ok(self.received_on),
        }
    }

    /// Where so many months end that begin on a day, and for how many days they stood still.
    fn after(&self, begun: Result<Date, Date>, months: u32) -> (Statute, i32) {
        let begun = match begun {
            Ok(begun) => begun,
            Err(since) => return (Statute::NotBegun(since), 0),
        };
        let mut end = plus_months(begun, months).unwrap_or(Date::MAX);
        let mut paused = 0;
        // The day on which it begins is not counted, and so not taken out.
        let mut from = days(begun, 1);
        let mut asked = if self.right.pauses() { self.clarifications.clone() } else { Vec::new() };
        asked.sort();
        for one in asked.into_iter().filter(|one| one.came_on.is_none_or(|came| came >= begun)) {
            if one.on > end {
                continue;
            }
            let Some(came) = one.came_on else {
                return (Statute::Paused(one.on.max(begun)), paused);
            };
            // Days that two questions share stood still once.
            let still = (came - one.on.max(from)).get_days() + 1;
            if still > 0 {
                (end, paused, from) = (days(end, still), paused + still, days(came, 1));
            }
        }
        (Statute::Runs(last_day(self.nation, end)), paused)
    }

    fn is_in_first_month(&self, month: Statute, told: Date) -> bool {
        told >= self.received_on && month.last_day().is_none_or(|last| told <= last.day)
    }

    /// Whether it can be extended by telling them on a day; not a complaint, which has no month.
    #[must_use]
    pub fn may_extend(&self, on: Date) -> bool {
        let (month, _) = self.after(self.begun(), 1);
        self.right != Right::Complaint && self.extended_on.is_none() && self.is_in_first_month(month, on)
    }
}

/// So many days a data protection complaint may take to be acknowledged, the day of receipt among them (DPA 2018
/// s.164A(3)).
const ACKNOWLEDGED: i32 = 30;

/// The last day on which a data protection complaint is acknowledged in time: the law's, or an earlier one that the
/// scheme promises (SAR-8). Both count the day of receipt.
#[must_use]
pub fn acknowledge_by(received_on: Date, promise: Length) -> Date {
    let promised = match promise {
        Length::Days(n) => days(received_on, i32::try_from(n).unwrap_or(i32::MAX).saturating_sub(1).max(0)),
        other => ends(received_on, other),
    };
    promised.min(days(received_on, ACKNOWLEDGED - 1))
}

/// The law's longest time from becoming aware of a breach to telling the Commissioner (UK GDPR Article 33(1)).
const BREACH: SignedDuration = SignedDuration::from_hours(72);

/// By when a breach is told of, from becoming aware of it: hours that pass, whatever day it is and however the clocks
/// are changed; the law's 72, or fewer that the policy sets (BRE-2).
#[must_use]
pub fn breach_by(aware_at: Timestamp, promise: Length) -> Timestamp {
    let promised = SignedDuration::from_hours(i64::try_from(promise.at_most_hours()).unwrap_or(i64::MAX));
    aware_at.saturating_add(promised.min(BREACH)).unwrap_or(Timestamp::MAX)
}
