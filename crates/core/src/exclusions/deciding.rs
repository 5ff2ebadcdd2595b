//! Who decides, and when a decision has fallen (EXC-2). Pure: the store counts those who may vote in the transaction
//! in which a vote is cast.
use crate::incidents::words;
use serde::{Deserialize, Serialize};

words! {
    /// What somebody says to a proposal.
    Choice {
        /// Yes.
        Authorise = "authorise",
        /// No.
        Refuse = "refuse",
        /// They take no part, such as for a conflict of interest that they declare.
        Abstain = "abstain",
    }
}

/// Why somebody has no part in a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conflict {
    /// They reported an incident that is named as evidence.
    Reported,
    /// The business to which they belong did.
    TheirBusiness,
    /// They made the proposal.
    Proposed,
    /// They act for the police or a public body, here or elsewhere (EXC-8).
    Police,
}

impl Conflict {
    /// Why, said to whom it is about.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Reported => {
                "You reported an incident that is named as evidence, so you take no part in this decision."
            }
            Self::TheirBusiness => {
                "Your business reported an incident that is named as evidence, so you take no part in this decision."
            }
            Self::Police => "You act for the police or a public body, so you take no part in this decision.",
            Self::Proposed => "You made this proposal, so you take no part in this decision.",
        }
    }
}

/// Votes as they stand, of those who may vote today. Whoever was suspended, or has no part, counts for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Who may vote, whether or not they have.
    pub may: u32,
    /// Yes.
    pub authorise: u32,
    /// No.
    pub refuse: u32,
    /// They take no part.
    pub abstain: u32,
}

/// What the votes come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not yet decided.
    Open,
    /// Enough agree.
    Authorised,
    /// So many refuse or abstain that not enough can agree any more.
    Refused,
}

impl Count {
    /// What the votes come to, where so many must agree.
    #[must_use]
    pub fn verdict(self, needed: u32) -> Verdict {
        if self.authorise >= needed.max(1) {
            return Verdict::Authorised;
        }
        let can_agree = self.may.saturating_sub(self.refuse).saturating_sub(self.abstain);
        if can_agree < needed && self.refuse.saturating_add(self.abstain) > 0 {
            Verdict::Refused
        } else {
            Verdict::Open
        }
    }
}
