//! What the clocks say of a day.
use crate::policy::retention::Column;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$item_doc])* $item),+ }
        impl $name {
            /// The name by which data knows it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

named! {
    /// Where a subject stands in its life.
    Stage {
        /// Nobody was reported.
        None = "none",
        /// A child whose agreements are not complete: the controller alone (SUB-4).
        Pending = "pending",
        /// Under the minimum age: nothing is stored but the fact (SUB-4).
        Refused = "refused",
        /// Members see the subject, unless it is restricted (RET-1).
        Circulating = "circulating",
        /// Withdrawn from members; the controller alone (RET-4).
        Held = "held",
        /// Deletion fell due while a hold was open: nobody, but for the hold's purpose (RET-11).
        Frozen = "frozen",
        /// Gone (RET-9).
        Deleted = "deleted",
    }
}

impl Stage {
    /// Whether there is a subject that reports, holds and exclusions can reach.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Circulating | Self::Held)
    }
}

named! {
    /// The rule that set the end of a stage (RET-12).
    Rule {
        /// Circulation after a first report.
        First = "first",
        /// Circulation from a further report.
        Repeat = "repeat",
        /// An exclusion in force.
        Exclusion = "exclusion",
        /// The day on which an exclusion was lifted.
        Lifted = "lifted",
        /// Controller only, after withdrawal.
        Hold = "hold",
        /// A subject with one report.
        SingleReport = "single_report",
        /// At the latest this long after the latest report.
        Cap = "cap",
        /// A child whose agreements are not complete.
        AwaitingAgreement = "awaiting_agreement",
        /// A legal hold, an open access request or a running proceeding.
        LegalHold = "legal_hold",
    }
}

/// A change of stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    /// The day from which the stage holds.
    pub on: Date,
    /// The stage.
    pub stage: Stage,
}

/// An exclusion that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Excluded {
    /// Which of the exclusions that could be taken it is, in their order, from 1.
    pub number: u32,
    /// The first day on which it is over.
    pub ends: Date,
}

/// What holds on a day, after the day's events, knowing nothing later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State<'a> {
    /// The day.
    pub on: Date,
    /// Where the subject stands.
    pub stage: Stage,
    /// Circulating and not restricted (VIS-1).
    pub members_see: bool,
    /// Whether members are shut out by a restriction (RET-16).
    pub restricted: bool,
    /// The day on which the stage ends if nothing more happens.
    pub until: Option<Date>,
    /// The rule that set [`until`](Self::until).
    pub rule: Option<Rule>,
    /// Why, in words that a person can read (RET-12).
    pub because: String,
    /// The set of parameters that applies, while there is a live subject.
    pub column: Option<Column>,
    /// How many incidents are in use.
    pub incidents: u64,
    /// How many images are in use.
    pub images: u64,
    /// The police items that are open to recipients, sorted (DIS-12).
    pub police_items: Vec<&'a str>,
    /// Whether a record of a deleted profile is kept on that day (RET-7).
    pub stub: bool,
    /// Whether a frozen record is kept on that day, be it this subject or an earlier one (RET-11).
    pub frozen: bool,
    /// The day on which deletion falls due if nothing more happens, while there is a live subject.
    pub deletion: Option<Date>,
    /// Whether a record of the deleted profile is due then, by what is known now (RET-7).
    pub stub_due: bool,
    /// The exclusion that is in force, while there is a live subject (RET-3).
    pub excluded: Option<Excluded>,
}
