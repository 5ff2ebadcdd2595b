//! Changing a scheme's policy: drafted by the controller, agreed to by somebody else of the board, in force from a day
//! on (POL-5, SEC-6). What a change would do is [`crate::policy::changing`]'s.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, OrgId, PolicyChangeId},
    scope::{InOrg, Scope},
};
use jiff::civil::Date;
use std::str::FromStr;
use uuid::Uuid;

/// How far a change has come. Whether it is in force is no state: the clock says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeState {
    /// The controller writes it.
    Draft,
    /// It waits for a second person.
    Proposed,
    /// Somebody of the board has agreed to it.
    Authorised,
    /// The board has refused it.
    Refused,
    /// It was taken back before it took effect.
    Withdrawn,
}

impl ChangeState {
    const ALL: [Self; 5] = [Self::Draft, Self::Proposed, Self::Authorised, Self::Refused, Self::Withdrawn];

    /// The name by which data knows it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Authorised => "authorised",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
    /// Whether it has still to be decided on.
    #[must_use]
    pub fn is_undecided(self) -> bool {
        matches!(self, Self::Draft | Self::Proposed)
    }
}

impl FromStr for ChangeState {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState)
    }
}

/// A stored state that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such state")]
pub struct UnknownState;

/// A change of policy as the target of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneChange(pub PolicyChangeId);

impl Target for OneChange {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What must be known of a change before anything is done with it.
#[derive(Clone, Debug)]
pub struct ChangeFacts {
    /// The change.
    pub change: PolicyChangeId,
    /// How far it has come.
    pub state: ChangeState,
    /// Who wrote it; none for the console.
    pub author: Option<AccountId>,
    /// Everybody who wrote at it or put it before the board.
    pub writers: Vec<AccountId>,
    /// The day on which it takes effect, as far as one is named.
    pub effective_on: Option<Date>,
    /// The organisation, with the policy that is in force.
    pub scope: Scope,
}

impl ChangeFacts {
    /// Whether it is what the scheme does by now.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.state == ChangeState::Authorised && self.effective_on.is_some_and(|day| day <= self.scope.today)
    }
    /// The day from which it would hold if it were agreed to now: never one that is past.
    #[must_use]
    pub fn takes_effect(&self) -> Date {
        self.effective_on.unwrap_or(self.scope.today).max(self.scope.today)
    }
}

impl Facts for ChangeFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// The board reads what it is asked to agree to, and not what somebody is still writing.
fn readable(standing: &Standing, _: &OneChange, facts: &ChangeFacts) -> bool {
    standing.is(Role::Controller) || standing.machine || facts.state != ChangeState::Draft
}

fn drafted(_: &Standing, _: &OneChange, facts: &ChangeFacts) -> bool {
    facts.state == ChangeState::Draft
}

fn undecided(standing: &Standing, target: &OneChange, facts: &ChangeFacts) -> bool {
    facts.state.is_undecided() && readable(standing, target, facts)
}

/// A second person decides: nobody who wrote at it does, in whatever role (SEC-6).
fn by_another(standing: &Standing, _: &OneChange, facts: &ChangeFacts) -> bool {
    let is_another = |account| facts.author != Some(account) && !facts.writers.contains(&account);
    facts.state == ChangeState::Proposed && standing.account.is_some_and(is_another)
}

fn still_to_come(_: &Standing, _: &OneChange, facts: &ChangeFacts) -> bool {
    facts.state.is_undecided() || (facts.state == ChangeState::Authorised && !facts.is_in_force())
}

crate::gate::actions! {
    /// The versions of the policy and the changes under way.
    ListChanges = "policies.list", Unrecorded, [Role::Controller, Role::Board], InOrg => Scope;
    /// Begin a change, from the policy in force.
    DraftChange = "policies.draft", Change, [Role::Controller], InOrg => Scope, machine;
    /// Read a change: its text, its reason, and what it would do in numbers.
    OpenChange = "policies.open", Look, [Role::Controller, Role::Board], OneChange => ChangeFacts, readable, machine;
    /// The people to whom a change would do something, while it has yet to.
    ListAffected = "policies.affected", Look, [Role::Controller], OneChange => ChangeFacts, still_to_come;
    /// Write at a change that is still a draft.
    EditChange = "policies.edit", Change, [Role::Controller], OneChange => ChangeFacts, drafted, machine;
    /// Ask what a change would do to the data as it stands.
    TryChange = "policies.try", Change, [Role::Controller, Role::Board], OneChange => ChangeFacts, undecided, machine;
    /// Work a part of that out: dates and ids, no personal data.
    MeasureChange = "policies.measure", Unrecorded, [], OneChange => ChangeFacts, undecided, machine;
    /// Put a change before the board.
    ProposeChange = "policies.propose", Change, [Role::Controller], OneChange => ChangeFacts, drafted, machine;
    /// Agree to a change, as a second person (SEC-6).
    AuthoriseChange = "policies.authorise", Change, [Role::Board], OneChange => ChangeFacts, by_another;
    /// Refuse one, with the reason.
    RefuseChange = "policies.refuse", Change, [Role::Board], OneChange => ChangeFacts, by_another;
    /// Take a change back before it takes effect.
    WithdrawChange = "policies.withdraw", Change, [Role::Controller], OneChange => ChangeFacts, still_to_come, machine;
    /// Work records out again under a policy that came into force (RET-10).
    ApplyPolicy = "policies.apply", Change, [], InOrg => Scope, machine;
}

/// What of it concerns nobody's card: only what applies a policy does.
pub const CONCERN_NOBODY: &[&str] = &[
    <DraftChange as crate::gate::Action>::NAME,
    <EditChange as crate::gate::Action>::NAME,
    <TryChange as crate::gate::Action>::NAME,
    <ProposeChange as crate::gate::Action>::NAME,
    <AuthoriseChange as crate::gate::Action>::NAME,
    <RefuseChange as crate::gate::Action>::NAME,
    <WithdrawChange as crate::gate::Action>::NAME,
];
