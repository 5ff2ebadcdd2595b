//! What can befall a subject, and why an event may be refused.
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One line of a subject's ledger. Ids are borrowed, and appear in the words as they are: human references
/// such as `CS-0231` read best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The London date on which it counts (RET-8).
    pub on: Date,
    /// What happened.
    pub what: What<'a>,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// A member's report that the controller approved, on the day of its submission (RET-1, RET-2).
    Report {
        /// Its reference; without one it cannot be removed.
        id: Option<&'a str>,
        /// The incident that it is of; reports of one incident count once. Without one, its own.
        incident: Option<&'a str>,
        /// The day on which it happened.
        occurred: Date,
        /// How many images it brought.
        images: u32,
    },
    /// A report was rejected, moved to another person, or joined to the wrong incident (RET-16).
    ReportRemoved {
        /// The report.
        id: &'a str,
    },
    /// The person was named (SUB-2).
    Identified,
    /// The date of birth became known (SUB-4).
    BornKnown {
        /// The date of birth.
        born: Date,
    },
    /// Significant public interest in holding a child was recorded (SUB-4).
    PublicInterest,
    /// Police or board agreed that a child be held (SUB-4).
    Agreement {
        /// Who agreed.
        by: Agreeing,
    },
    /// The person was excluded (RET-3).
    Exclusion {
        /// The first day on which the exclusion is no longer in force.
        ends: Date,
        /// From where.
        scope: Scope,
    },
    /// The exclusion in force was lifted (RET-3).
    ExclusionLifted,
    /// A legal hold, an open access request or a running proceeding began (RET-11).
    Hold {
        /// The hold.
        id: &'a str,
        /// The first day on which it no longer counts, where that is planned.
        ends: Option<Date>,
    },
    /// A hold ended.
    HoldEnded {
        /// The hold.
        id: &'a str,
    },
    /// Members were shut out while the clocks run on (RET-16).
    Restricted,
    /// The restriction ended.
    RestrictionEnded,
    /// The subject was erased before its time (RET-16).
    Erased,
    /// A police item was authorised for sharing (DIS-12).
    PoliceItem {
        /// The item.
        id: &'a str,
    },
    /// A police item was reviewed (DIS-12).
    PoliceReview {
        /// The item.
        id: &'a str,
        /// What the review said.
        outcome: Outcome,
    },
}

/// Whose agreement a child needs besides the public interest (SUB-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreeing {
    /// The police.
    Police,
    /// The scheme's board.
    Board,
}

/// From where a person is excluded (EXC-1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The premises of all members.
    #[default]
    Scheme,
    /// The premises of some members.
    Some,
}

/// What the review of a police item said (DIS-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is authorised anew from the day of the review.
    Keep,
    /// It is gone for good.
    Withdraw,
}

/// Why an event cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// SUB-4: nothing is stored but the fact.
    #[error("the person is under the policy's minimum age on the day of the report")]
    UnderMinimumAge,
    /// A report of something that had not happened yet.
    #[error("it is said to have happened after the day of the report")]
    OccurredAfterReport,
    /// Ids are unique, those of removed and refused reports included.
    #[error("a report with this id was made before")]
    ReportRepeated,
    /// Only a report on a living subject can be removed.
    #[error("there is no such report on a subject that is pending, circulating or held")]
    NoSuchReport,
    /// Named twice.
    #[error("the person is already identified")]
    AlreadyIdentified,
    /// Born twice.
    #[error("the date of birth is already known")]
    BirthAlreadyKnown,
    /// Born after the day of the event.
    #[error("the date of birth lies in the future")]
    BirthInFuture,
    /// RET-3: only a circulating subject can be excluded.
    #[error("the subject does not circulate")]
    NotCirculating,
    /// An exclusion that would end before it began.
    #[error("the exclusion does not end later than the day on which it is made")]
    ExclusionEndsTooSoon,
    /// Nothing to lift.
    #[error("no exclusion is in force")]
    NoExclusion,
    /// There is nobody to hold, restrict or erase.
    #[error("the subject is not pending, circulating or held")]
    NoSubject,
    /// Ids of holds are unique.
    #[error("a hold with this id was made before")]
    HoldRepeated,
    /// A hold that would end before it began.
    #[error("the hold does not end later than the day on which it is made")]
    HoldEndsTooSoon,
    /// Nothing to end.
    #[error("there is no such hold, or it has already ended")]
    NoHold,
    /// Restricted twice.
    #[error("the subject is already restricted")]
    AlreadyRestricted,
    /// Nothing to end.
    #[error("the subject is not restricted")]
    NotRestricted,
    /// Ids of police items are unique.
    #[error("a police item with this id was authorised before")]
    PoliceItemRepeated,
    /// Nothing to review.
    #[error("there is no such police item, or it was withdrawn")]
    NoPoliceItem,
}
