//! Warnings and exclusions: what the tariff says, who decides on what, and from where somebody is excluded until when
//! (EXC-1, EXC-2, EXC-8).
//!
//! - `tariff` says, purely, which step of the policy is reached by what was reported, and what of it may be proposed.
//! - `blind` finds what must not be told to those who decide without knowing on whom.
//! - `deciding` counts votes, and says who has no part in one.
//! - `appeals` are heard by people who did not decide.
//! - `telling` is what members learn of it.
//!
//! Whether an exclusion is in force is the clock's answer ([`crate::clocks`]); what stands in rows is a record of it.
pub mod appeals;
pub mod blind;
pub mod deciding;
pub mod tariff;
pub mod telling;

pub use crate::clocks::Scope;
pub use deciding::{Choice, Conflict, Count, Verdict};
pub use tariff::{Asked, Counted, Earlier, History, Tariff};
pub use telling::{Ended, Told};

use crate::{
    clocks::Stage,
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, ExclusionId, IncidentId, MemberId, OrgId, ProposalId},
    incidents::words,
    policy::{Policy, Viewer, practice::StepKind},
    scope::{InOrg, Scope as OrgScope},
    subjects::{OneSubject, SubjectFacts, by_policy, viewer},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// An exclusion that is in force on the day on which it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The exclusion.
    pub id: ExclusionId,
    /// From all members' premises, or from some.
    pub scope: Scope,
    /// The first day.
    pub starts_on: Date,
    /// The first day on which it is over.
    pub ends_on: Date,
    /// From whose premises, where not from all.
    pub premises: Vec<MemberId>,
}

impl InForce {
    /// Whether that member's premises are meant. Whoever belongs to no member asks for the whole scheme.
    #[must_use]
    pub fn reaches(&self, member: Option<MemberId>) -> bool {
        match self.scope {
            Scope::Scheme => true,
            Scope::Some => member.is_some_and(|member| self.premises.contains(&member)),
        }
    }
}

words! {
    /// A warning or an exclusion.
    Kind {
        /// A letter that warns. The clocks know nothing of it.
        Warning = "warning",
        /// An exclusion from premises.
        Exclusion = "exclusion",
    }
}

impl From<StepKind> for Kind {
    fn from(kind: StepKind) -> Self {
        match kind {
            StepKind::Warning => Self::Warning,
            StepKind::Exclusion => Self::Exclusion,
        }
    }
}

words! {
    /// What became of a proposal.
    ProposalState {
        /// It waits for those who decide.
        Open = "open",
        /// Enough of them agreed.
        Authorised = "authorised",
        /// Too many of them refused. That is kept (EXC-2).
        Refused = "refused",
        /// The time was over, the person is shown to members no longer, or the policy lets others decide.
        Lapsed = "lapsed",
        /// The controller took it back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What became of an exclusion.
    ExclusionState {
        /// In force.
        InForce = "in_force",
        /// Its time was over.
        Expired = "expired",
        /// Ended before its time.
        Lifted = "lifted",
        /// A further exclusion took its place.
        Replaced = "replaced",
        /// A report on which it rested was taken away, and without that it could not have been made.
        Void = "void",
    }
}

/// The name of a scope, as stored.
#[must_use]
pub fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Scheme => "scheme",
        Scope::Some => "some",
    }
}

/// The scope of a stored name.
#[must_use]
pub fn scope_named(name: &str) -> Option<Scope> {
    [Scope::Scheme, Scope::Some].into_iter().find(|scope| scope_name(*scope) == name)
}

/// What a proposal says; sealed under the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Why nothing milder will do.
    pub necessity: String,
    /// Why it is no more than is called for.
    pub proportionality: String,
    /// What happened, for those who decide: where they decide without knowing on whom, it says nothing by which they
    /// could. The person stands in it as `{1}`.
    pub account: String,
    /// The incidents that are named as evidence.
    pub evidence: Vec<IncidentId>,
    /// What police or an agency gave that is named as evidence.
    #[serde(default)]
    pub given: Vec<crate::ids::GivenId>,
    /// What counted on the day, in words that name incidents.
    pub counted: String,
    /// What the tariff said of that, in words that name none.
    pub tariff: Vec<String>,
    /// Why it departs from what the tariff says, where it does.
    #[serde(default)]
    pub departs: Option<String>,
    /// By whom it was proposed, by name.
    pub by: String,
    /// Why it was taken back, where it was.
    #[serde(default)]
    pub withdrawn: Option<String>,
    /// Why those who heard an appeal took it back, where they did (EXC-5).
    #[serde(default)]
    pub overturned: Option<String>,
}

/// A vote; sealed under the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Why.
    pub reason: String,
    /// Whose it is, by name.
    pub by: String,
}

/// What police or an agency gave as evidence; sealed under the person (EXC-8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// What they say.
    pub text: String,
    /// Who says it, by name.
    pub by: String,
    /// For which organisation they say it.
    pub organisation: String,
}

/// What is kept with an exclusion for its notice; sealed under the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What the person must mind, as the policy said when it was made.
    pub rules: Vec<String>,
    /// Why it was made, in words that the person can read.
    pub reason: String,
    /// What was changed since, newest last.
    #[serde(default)]
    pub changes: Vec<Variation>,
}

/// A change of an exclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variation {
    /// The day.
    pub on: Date,
    /// What was done, in words.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// A proposal as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneProposal(pub ProposalId);

impl Target for OneProposal {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a proposal, loaded in the transaction that acts on it.
#[derive(Clone, Debug)]
pub struct ProposalFacts {
    /// The organisation, its policy and today.
    pub scope: OrgScope,
    /// The proposal.
    pub proposal: ProposalId,
    /// Of whom it is.
    pub subject: SubjectFacts,
    /// A warning or an exclusion.
    pub kind: Kind,
    /// What became of it, by today.
    pub state: ProposalState,
    /// Who has no part in the decision, and why (EXC-2).
    pub kept_out: BTreeMap<AccountId, Conflict>,
}

impl Facts for ProposalFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

impl ProposalFacts {
    /// Whether those who decide may know on whom.
    #[must_use]
    pub fn is_pseudonymised(&self) -> bool {
        self.scope.policy.exclusions.pseudonymised.is
    }
}

/// The roles that decide, by policy. Whatever it says, police and agencies never do (EXC-8).
#[must_use]
pub fn deciders(policy: &Policy) -> Vec<Role> {
    let named = &policy.exclusions.authorised_by;
    DECIDERS.iter().copied().filter(|role| viewer(*role).is_some_and(|who| named.contains(&who))).collect()
}

/// Those who can ever be named to decide.
const DECIDERS: [Role; 3] = [Role::Board, Role::Controller, Role::Staff];

/// Whether the controller decides without anybody else.
#[must_use]
pub fn is_alone(policy: &Policy) -> bool {
    policy.exclusions.authorised_by == [Viewer::Controller]
}

/// Whether two policies let the same people decide, with as many who must agree and the same that they may know.
#[must_use]
pub fn decide_alike(one: &Policy, other: &Policy) -> bool {
    let votes = |policy: &Policy| (policy.exclusions.votes, policy.exclusions.pseudonymised.is);
    deciders(one) == deciders(other) && votes(one) == votes(other)
}

/// What becomes of an open proposal by a day: after its time nobody decides on it, nobody is excluded who is not shown to
/// members (RET-3), and nobody by other rules than those under which it was proposed (EXC-2).
#[must_use]
pub fn state_on(
    state: ProposalState,
    kind: Kind,
    closes_on: Date,
    stage: Stage,
    today: Date,
    by_same_rules: bool,
) -> ProposalState {
    let is_over =
        closes_on <= today || (kind == Kind::Exclusion && !(stage == Stage::Circulating && by_same_rules));
    if state == ProposalState::Open && is_over { ProposalState::Lapsed } else { state }
}

/// A warning is made of somebody who is shown or held, an exclusion only of somebody who is shown: which of the two it is
/// stands in what is proposed.
fn proposable(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    matches!(facts.stage, Stage::Circulating | Stage::Held)
}

fn alive(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.stage.is_live()
}

/// Those whom the policy names, while it is open. Whoever has a conflict of interest is told so by the vote itself.
fn decides(standing: &Standing, _: &OneProposal, facts: &ProposalFacts) -> bool {
    facts.state == ProposalState::Open
        && facts.kind == Kind::Exclusion
        && facts.subject.members_see
        && standing.role.is_some_and(|role| deciders(&facts.scope.policy).contains(&role))
}

/// The controller, staff who may see the record, and those who decide.
fn reads(standing: &Standing, _: &OneProposal, facts: &ProposalFacts) -> bool {
    facts.subject.stage.is_live()
        && match standing.role {
            Some(Role::Controller) => true,
            Some(role) => deciders(&facts.scope.policy).contains(&role),
            None => false,
        }
}

fn lists(standing: &Standing, _: &InOrg, scope: &OrgScope) -> bool {
    match standing.role {
        Some(Role::Controller) => true,
        Some(role) => deciders(&scope.policy).contains(&role),
        None => false,
    }
}

fn open(_: &Standing, _: &OneProposal, facts: &ProposalFacts) -> bool {
    facts.state == ProposalState::Open
}

/// Police and agencies speak of those whom they are shown (VIS-5, EXC-8).
fn speaks(standing: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.members_see && by_policy(standing, &InOrg(facts.scope.org), &facts.scope)
}

crate::gate::actions! {
    /// What the tariff says of somebody, before anything is proposed (EXC-1).
    AskTariff = "exclusions.tariff", Look, [Role::Controller], OneSubject => SubjectFacts, proposable;
    /// Warn somebody, or propose to exclude them (EXC-1, EXC-2).
    Propose = "exclusions.propose", Change, [Role::Controller], OneSubject => SubjectFacts, proposable;
    /// Proposals that wait, and those that were decided.
    ListCases = "exclusions.list", Look, [Role::Controller, Role::Staff, Role::Board], InOrg => OrgScope, lists;
    /// A proposal, with what it rests on and how it stands (EXC-2).
    ShowCase = "exclusions.case", Look, [Role::Controller, Role::Staff, Role::Board], OneProposal => ProposalFacts, reads;
    /// Agree to a proposal, refuse it, or take no part (EXC-2). Neither police nor agencies can (EXC-8).
    VoteOnCase = "exclusions.vote", Change, [Role::Controller, Role::Staff, Role::Board],
        OneProposal => ProposalFacts, decides;
    /// Take a proposal back that is not decided.
    WithdrawCase = "exclusions.withdraw", Change, [Role::Controller], OneProposal => ProposalFacts, open;
    /// Shorten an exclusion, or take premises out of it.
    VaryExclusion = "exclusions.vary", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// End an exclusion before its time.
    LiftExclusion = "exclusions.lift", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Ask for the form in which evidence is given.
    AskEvidence = "exclusions.ask_evidence", Unrecorded, [Role::Police, Role::Aic], OneSubject => SubjectFacts, speaks;
    /// Give evidence for a decision in which one has no part (EXC-8).
    GiveEvidence = "exclusions.give_evidence", Change, [Role::Police, Role::Aic], OneSubject => SubjectFacts, speaks;
}
