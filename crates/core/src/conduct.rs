//! Breaches of the rules by a member or one of its users, what follows from them, and suspending a whole member (MEM-8).
//!
//! A record of conduct has a key of its own: it outlives the account of somebody who was removed, since a reason that
//! goes with whom it concerns is none, and ends when the policy says ([`crate::policy::keeping::Keep::conduct`]), or with
//! the business. Of somebody who asked to be deleted nothing is kept here.
use crate::{
    gate::{AuditClass, Role, Standing},
    incidents::words,
    leaving::{MemberFacts, OneMember},
    scope::{InOrg, Scope, ends},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

words! {
    /// What is recorded.
    Kind {
        /// The rules were broken.
        Breach = "breach",
        /// A user was suspended.
        UserSuspended = "user_suspended",
        /// A user was let back in.
        UserLetIn = "user_let_in",
        /// A user was removed.
        UserRemoved = "user_removed",
        /// A whole business was suspended.
        MemberSuspended = "member_suspended",
        /// Its suspension was looked at again.
        MemberReviewed = "member_reviewed",
        /// It was let back in.
        MemberLetIn = "member_let_in",
    }
}

impl Kind {
    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Breach => "Rules broken",
            Self::UserSuspended => "User suspended",
            Self::UserLetIn => "User let back in",
            Self::UserRemoved => "User removed",
            Self::MemberSuspended => "Business suspended",
            Self::MemberReviewed => "Suspension reviewed",
            Self::MemberLetIn => "Business let back in",
        }
    }
}

words! {
    /// What follows from a breach.
    Measure {
        /// They are warned.
        Warning = "warning",
        /// They are asked to be trained.
        Training = "training",
        /// They are suspended, at once.
        Suspension = "suspension",
        /// They are removed, at once.
        Removal = "removal",
    }
}

impl Measure {
    /// Every measure, from the lightest on.
    pub const ALL: [Self; 4] = [Self::Warning, Self::Training, Self::Suspension, Self::Removal];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Warning => "Warning",
            Self::Training => "Training asked",
            Self::Suspension => "Suspension",
            Self::Removal => "Removal",
        }
    }
}

/// What a record of conduct says; sealed under a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The business, as it was called then; nothing for somebody of the scheme itself.
    pub business: String,
    /// Whom of its people it concerns, as they were called then.
    pub person: Option<String>,
    /// Which rule was broken; nothing where none was.
    pub rule: String,
    /// What happened, or why it was done.
    pub text: String,
}

/// That a business is suspended: none of its people gets in, from the moment on which it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Since when.
    pub began_on: Date,
    /// The day by which it is looked at again.
    pub review_on: Date,
    /// The first day on which it is over, where one was said.
    pub ends_on: Option<Date>,
}

impl Suspension {
    /// Whether it holds on a day: an end that has come needs nobody to note it.
    #[must_use]
    pub fn holds(&self, today: Date) -> bool {
        self.ends_on.is_none_or(|end| today < end)
    }
}

/// The day on which a record of conduct is deleted.
#[must_use]
pub fn erased_on(scope: &Scope) -> Date {
    ends(scope.today, scope.policy.keep.conduct.length)
}

fn concerned(standing: &Standing, _: &OneMember, facts: &MemberFacts) -> bool {
    !standing.is(Role::MemberUser) || facts.is_spoken_for_by(standing)
}

fn is_in(_: &Standing, _: &OneMember, facts: &MemberFacts) -> bool {
    facts.suspended.is_none()
}

fn is_out(_: &Standing, _: &OneMember, facts: &MemberFacts) -> bool {
    facts.suspended.is_some()
}

crate::gate::actions! {
    /// The register of conduct: what was recorded of members and their users, and who is suspended (MEM-8).
    ListConduct = "conduct.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
    /// What of it concerns one business and its people; its managers see that (MEM-2, MEM-8).
    ShowConduct = "conduct.show", Look, [Role::MemberUser, Role::Controller, Role::Board], OneMember => MemberFacts, concerned;
    /// Record that the rules were broken, and take a measure (MEM-8).
    RecordBreach = "conduct.record", Change, [Role::Controller], OneMember => MemberFacts;
    /// Suspend a whole business: all its people are out at once, on every server (MEM-8).
    SuspendMember = "conduct.suspend", Change, [Role::Controller, Role::Board], OneMember => MemberFacts, is_in;
    /// Look at a suspension again, and say until when it goes on.
    ReviewSuspension = "conduct.review", Change, [Role::Controller, Role::Board], OneMember => MemberFacts, is_out;
    /// Let a business back in.
    LetMemberIn = "conduct.let_in", Change, [Role::Controller, Role::Board], OneMember => MemberFacts, is_out;
}

/// What changes nobody's card in the gallery.
pub const CONCERN_NOBODY: [&str; 4] =
    ["conduct.record", "conduct.suspend", "conduct.review", "conduct.let_in"];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn mem_8_a_suspension_is_over_on_its_last_day_without_anybody_noting_it() {
        let until =
            |ends_on| Suspension { began_on: date(2026, 1, 31), review_on: date(2026, 2, 14), ends_on };
        assert!(until(None).holds(date(2036, 1, 1)));
        assert!(until(Some(date(2026, 2, 28))).holds(date(2026, 2, 27)));
        assert!(!until(Some(date(2026, 2, 28))).holds(date(2026, 2, 28)));
    }
}
