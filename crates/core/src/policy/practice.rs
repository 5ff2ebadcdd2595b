//! What the scheme does: exclusions, pictures, statistics, and the words in which incidents are reported.
use super::{
    category::{Answer, Audience, Viewer},
    period::{Months, Term},
    text::{Id, Text},
};
use crate::gate::Role;
use schemars::JsonSchema;
use serde::Deserialize;

/// The exclusion scheme (EXC-1, EXC-2, EXC-5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusions {
    /// Who authorises, and may refuse.
    pub authorised_by: Vec<Viewer>,
    /// How many of them must agree.
    pub votes: u32,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
    /// By when a person can appeal, from service.
    pub appeal: Term,
    /// Who hears appeals: of them, those who had no part in the decision (EXC-5).
    pub appeal_heard_by: Audience,
    /// By when an appeal is decided, from its receipt.
    pub appeal_decided: Term,
    /// For how long a report, a warning or an exclusion counts towards the next step.
    pub counts: Months,
    /// Within which time those who authorise decide; after it a proposal lapses.
    pub decide_within: Term,
    /// Whether they decide without knowing on whom: no name, no picture, no protected characteristic.
    pub pseudonymised: Answer,
    /// What somebody who is excluded must mind, line by line, for the notice.
    pub rules: Lines,
    /// The graduated response, mildest first.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// Lines of text that are read to people as they stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<Text>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// What a step of the graduated response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A letter that warns.
    Warning,
    /// An exclusion from premises.
    Exclusion,
}

/// From where a person is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All members' premises.
    Scheme,
    /// Some members' premises.
    Some,
}

/// One step of the graduated response (EXC-1).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What records name it by.
    pub id: Id,
    /// What people read.
    pub label: Text,
    /// A warning or an exclusion.
    pub kind: StepKind,
    /// From how many counted incidents on it may be taken.
    pub after_incidents: u32,
    /// From how many serious ones on, where that comes sooner.
    pub after_serious: Option<u32>,
    /// From how many breaches of an exclusion on, where that comes sooner.
    pub after_breaches: Option<u32>,
    /// From where it may exclude; empty for a warning.
    #[serde(default)]
    pub scopes: Vec<Scope>,
    /// The period that is usual, in months.
    pub months: Option<u32>,
    /// The longest period, in months.
    pub longest_months: Option<u32>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// What a mark over a picture says (VIS-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkPart {
    /// Who looks.
    Viewer,
    /// For which member.
    Member,
    /// At which scheme.
    Scheme,
    /// When.
    Time,
}

/// Pictures shown to members (VIS-8).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// What the visible mark says.
    pub mark: Vec<MarkPart>,
    /// What stands beside galleries: that copying on is forbidden.
    pub notice: Text,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// Who gives a second factor beside those who always do, such as controllers, the board and the police (SEC-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlsoTwo {
    /// The people of members.
    Member,
    /// Authorised personnel of the scheme.
    Staff,
}

impl AlsoTwo {
    /// The role.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Member => Role::MemberUser,
            Self::Staff => Role::Staff,
        }
    }
}

/// How people sign in (SEC-2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Who gives a second factor beside those who always do.
    pub second_factor: Vec<AlsoTwo>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// De-personalised statistics (RET-14).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Numbers smaller than this are not shown.
    pub suppress_below: u32,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// A word of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// What records name it by; never changed once used.
    pub id: Id,
    /// What people read.
    pub label: Text,
    /// Whether an incident of this category is serious, for the steps of the graduated response (EXC-1).
    #[serde(default)]
    pub serious: bool,
}

/// The category of a report that somebody was where they are excluded from (EXC-6). Every scheme that excludes has it.
pub const BREACH: &str = "breach";

/// The words in which incidents are reported (INC-7). A scheme adds its own to the lists.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// What happened.
    pub categories: Vec<Word>,
    /// What was taken or damaged.
    pub items: Vec<Word>,
    /// How it ended.
    pub outcomes: Vec<Word>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}
