//! People who sign in, the businesses that they belong to, and their roles.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, MembershipId, OrgId},
    scope::{InOrg, Installation, Scope},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use uuid::Uuid;

/// What is known of a person who signs in; sealed under their account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Their name, as colleagues know it.
    pub name: String,
    /// Where mail reaches them; people at shared tills may have none (INC-10).
    pub email: Option<String>,
    /// What they type instead of an e-mail address.
    pub user_name: Option<String>,
}

/// What is known of a member business; sealed under the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Business {
    /// The name over the door.
    pub name: String,
    /// Its premises: the 'where' of a report unless the reporter says otherwise.
    pub premises: String,
    /// The part of town, by which the gallery can be filtered.
    pub area: String,
    /// What it trades in.
    pub trade: String,
}

/// An account as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneAccount(pub AccountId);

impl Target for OneAccount {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// Whose account it is.
#[derive(Clone, Copy, Debug)]
pub struct AccountFacts {
    /// The account.
    pub account: AccountId,
}

impl Facts for AccountFacts {
    fn org(&self) -> Option<OrgId> {
        None
    }
}

fn own(standing: &Standing, target: &OneAccount, _: &AccountFacts) -> bool {
    standing.account == Some(target.0)
}

/// What became of somebody's role in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipState {
    /// Offered by a controller, and not accepted: it belongs to no account yet and gives nobody anything (VIS-6).
    Invited,
    /// In force.
    Active,
    /// Out for now (MEM-8).
    Suspended,
    /// Out for good; a new invitation begins it again.
    Ended,
}

impl MembershipState {
    /// The stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }
}

impl FromStr for MembershipState {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Invited, Self::Active, Self::Suspended, Self::Ended]
            .into_iter()
            .find(|state| state.name() == text)
            .ok_or(UnknownState)
    }
}

/// A stored state that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such state")]
pub struct UnknownState;

/// Somebody's role in an organisation as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneMembership(pub MembershipId);

impl Target for OneMembership {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// Whose role it is, and where.
#[derive(Clone, Copy, Debug)]
pub struct MembershipFacts {
    /// The organisation.
    pub org: OrgId,
    /// Whose; nobody's while it is an invitation.
    pub account: Option<AccountId>,
    /// The role.
    pub role: Role,
    /// What became of it.
    pub state: MembershipState,
}

impl Facts for MembershipFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.org)
    }
}

/// Nobody suspends or ends a role of their own: a scheme's only controller could not undo it. An invitation is none
/// yet: it is accepted by whoever has the link, and by nobody else.
fn somebody_else(standing: &Standing, _: &OneMembership, facts: &MembershipFacts) -> bool {
    facts.account.is_some() && standing.account != facts.account
}

fn not_accepted(_: &Standing, _: &OneMembership, facts: &MembershipFacts) -> bool {
    facts.state == MembershipState::Invited
}

crate::gate::actions! {
    /// See what is held about oneself (MEM-2).
    ShowAccount = "accounts.show", Unrecorded, Role::ALL, OneAccount => AccountFacts, own, uncertified;
    /// End all of one's sessions, or one of them (SEC-2).
    EndSessions = "accounts.end_sessions", Change, Role::ALL, OneAccount => AccountFacts, own, uncertified;
    /// Change one's own password.
    ChangePassword = "accounts.change_password", Change, Role::ALL, OneAccount => AccountFacts, own, uncertified;
    /// The businesses and users of the scheme.
    ListMembers = "accounts.members", Look, [Role::Controller, Role::Staff, Role::Board], InOrg => Scope;
    /// Give somebody a role at once, with an account if they have none, at the console.
    GiveRole = "accounts.give_role", Change, [], InOrg => Scope, machine;
    /// Offer somebody a role here, by a link with which they accept it (VIS-6).
    InviteUser = "accounts.invite", Change, [Role::Controller], InOrg => Scope;
    /// Make a new link for an invitation; the one before ends.
    RenewInvitation = "accounts.renew_invitation", Change, [Role::Controller], OneMembership => MembershipFacts, not_accepted;
    /// Take an invitation back, with what was typed about the person.
    RevokeInvitation = "accounts.revoke_invitation", Change, [Role::Controller], OneMembership => MembershipFacts, not_accepted;
    /// Make a business of the scheme.
    AddMember = "accounts.add_member", Change, [Role::Controller], InOrg => Scope, machine;
    /// Suspend a user's role here, end it, or let them back in: out at once, on every server (SEC-2, MEM-8).
    SuspendUser = "accounts.suspend", Change, [Role::Controller], OneMembership => MembershipFacts, somebody_else;
    /// Make an organisation with its first policy.
    AddOrg = "accounts.add_org", Change, [], Installation => Installation, machine;
    /// Let a locked-out controller back in, at the console.
    Recover = "accounts.recover", Change, [], OneAccount => AccountFacts, machine;
}
