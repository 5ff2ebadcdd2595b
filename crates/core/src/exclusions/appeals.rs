//! Appeals: what somebody says against a warning or an exclusion, and what people who did not decide it make of it
//! (EXC-5).
use super::{Kind, ProposalFacts};
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, AppealId, MemberId, OrgId},
    incidents::words,
    policy::Policy,
    scope::{InOrg, Scope, ends},
    subjects::{OneSubject, SubjectFacts, viewer},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

words! {
    /// What became of an appeal.
    AppealState {
        /// It waits for those who hear it.
        Open = "open",
        /// It was decided.
        Decided = "decided",
        /// Whoever made it took it back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How an appeal was decided.
    Outcome {
        /// What was decided stands.
        Upheld = "upheld",
        /// The exclusion ends earlier.
        Shortened = "shortened",
        /// It is from fewer premises.
        Narrowed = "narrowed",
        /// It is over, or the warning counts no more.
        Lifted = "lifted",
    }
}

impl Outcome {
    /// What there is to decide of a warning or an exclusion.
    #[must_use]
    pub fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Warning => &[Self::Upheld, Self::Lifted],
            Kind::Exclusion => &[Self::Upheld, Self::Shortened, Self::Narrowed, Self::Lifted],
        }
    }
}

/// A decision on an appeal, with what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What was decided stands.
    Uphold,
    /// The exclusion is over on this day.
    Shorten(Date),
    /// It is from these premises alone.
    Narrow(Vec<MemberId>),
    /// It is over, or the warning counts no more.
    Lift,
}

impl Decision {
    /// In a word.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Uphold => Outcome::Upheld,
            Self::Shorten(_) => Outcome::Shortened,
            Self::Narrow(_) => Outcome::Narrowed,
            Self::Lift => Outcome::Lifted,
        }
    }
}

/// What somebody says; sealed under them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// Who appeals, where that is not the person alone: a parent, a solicitor.
    pub by: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they say, for those who hear it: where they decide without knowing on whom, without what tells them.
    pub says: String,
    /// Why it is heard although it came late, where it did.
    #[serde(default)]
    pub late: Option<String>,
    /// Who wrote it down.
    pub entered_by: String,
    /// Why it was decided as it was, in words that the person can read.
    #[serde(default)]
    pub reason: Option<String>,
    /// Who decided, by name.
    #[serde(default)]
    pub decided_by: Option<String>,
}

/// An appeal as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneAppeal(pub AppealId);

impl Target for OneAppeal {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an appeal, loaded in the transaction that acts on it.
#[derive(Clone, Debug)]
pub struct AppealFacts {
    /// The decision against which it is.
    pub proposal: ProposalFacts,
    /// The appeal.
    pub appeal: AppealId,
    /// What became of it.
    pub state: AppealState,
    /// Who had a part in that decision, by proposing, voting or reporting, and so hears no appeal against it.
    pub had_a_part: BTreeSet<AccountId>,
}

impl Facts for AppealFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.proposal.scope.org)
    }
}

/// Who hears appeals, by policy. Whatever it says, police and agencies never do (EXC-8).
#[must_use]
pub fn hearers(policy: &Policy) -> Vec<Role> {
    let named = &policy.exclusions.appeal_heard_by.viewers;
    [Role::Board, Role::Controller]
        .into_iter()
        .filter(|role| viewer(*role).is_some_and(|who| named.contains(&who)))
        .collect()
}

/// The last day on which somebody can appeal without saying why they are late, once they were served.
#[must_use]
pub fn in_time_until(policy: &Policy, served: Date) -> Date {
    ends(served, policy.exclusions.appeal.length)
}

fn alive(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.stage.is_live()
}

fn reads(standing: &Standing, _: &OneAppeal, facts: &AppealFacts) -> bool {
    facts.proposal.subject.stage.is_live() && hears_or_keeps(standing, &facts.proposal.scope)
}

fn lists(standing: &Standing, _: &InOrg, scope: &Scope) -> bool {
    hears_or_keeps(standing, scope)
}

/// The controller keeps the records; others read what they may be asked to hear.
fn hears_or_keeps(standing: &Standing, scope: &Scope) -> bool {
    match standing.role {
        Some(Role::Controller) => true,
        Some(role) => hearers(&scope.policy).contains(&role),
        None => false,
    }
}

/// Those whom the policy names. Whoever had a part in the decision is told so by the hearing itself.
fn hears(standing: &Standing, _: &OneAppeal, facts: &AppealFacts) -> bool {
    facts.state == AppealState::Open
        && facts.proposal.subject.stage.is_live()
        && standing.role.is_some_and(|role| hearers(&facts.proposal.scope.policy).contains(&role))
}

fn open(_: &Standing, _: &OneAppeal, facts: &AppealFacts) -> bool {
    facts.state == AppealState::Open && facts.proposal.subject.stage.is_live()
}

crate::gate::actions! {
    /// Ask for the form in which an appeal is written down: what there is to appeal against.
    AskAppeal = "appeals.ask", Look, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Write an appeal down that came (EXC-5).
    ReceiveAppeal = "appeals.receive", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Appeals that wait, and those that were decided.
    ListAppeals = "appeals.list", Look, [Role::Controller, Role::Board], InOrg => Scope, lists;
    /// An appeal, with the decision against which it is.
    ShowAppeal = "appeals.show", Look, [Role::Controller, Role::Board], OneAppeal => AppealFacts, reads;
    /// Decide on an appeal (EXC-5). Neither police nor agencies can (EXC-8).
    DecideAppeal = "appeals.decide", Change, [Role::Controller, Role::Board], OneAppeal => AppealFacts, hears;
    /// Record that an appeal was taken back.
    WithdrawAppeal = "appeals.withdraw", Change, [Role::Controller], OneAppeal => AppealFacts, open;
}
