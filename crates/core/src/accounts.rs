//! People who sign in, the businesses that they belong to, and their roles.
pub mod factors;
pub mod own;

use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, DeviceId, MemberId, MembershipId, OrgId},
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
    /// The business, for a member user.
    pub member: Option<MemberId>,
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

/// What changes how somebody signs in is done at a device of one's own: whoever has a PIN on a shared one has shown too
/// little (INC-10).
fn own_desk(standing: &Standing, target: &OneAccount, facts: &AccountFacts) -> bool {
    own(standing, target, facts) && standing.device.is_none()
}

fn manages(standing: &Standing, _: &InOrg, _: &Scope) -> bool {
    standing.manages && standing.member.is_some() && standing.device.is_none()
}

fn of_a_member(_: &Standing, _: &OneMembership, facts: &MembershipFacts) -> bool {
    facts.role == Role::MemberUser && facts.state == MembershipState::Active
}

fn has_told(_: &Standing, _: &OneMembership, facts: &MembershipFacts) -> bool {
    matches!(facts.state, MembershipState::Active | MembershipState::Suspended)
}

/// A shared device of a member as a target (INC-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneDevice(pub DeviceId);

impl Target for OneDevice {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// Whose device it is.
#[derive(Clone, Copy, Debug)]
pub struct DeviceFacts {
    /// The organisation.
    pub org: OrgId,
    /// The business.
    pub member: MemberId,
}

impl Facts for DeviceFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.org)
    }
}

fn of_own_member(standing: &Standing, _: &OneDevice, facts: &DeviceFacts) -> bool {
    standing.manages && standing.member == Some(facts.member) && standing.device.is_none()
}

crate::gate::actions! {
    /// Set up one-time codes, a passkey or recovery codes of one's own, or take them away (SEC-2).
    ChangeFactors = "accounts.change_factors", Change, Role::ALL, OneAccount => AccountFacts, own_desk, uncertified;
    /// Choose the PIN by which one signs in on a shared device of one's business (INC-10).
    SetPin = "accounts.set_pin", Change, [Role::MemberUser], OneAccount => AccountFacts, own_desk, uncertified;
    /// Correct what one's account holds about oneself (MEM-2).
    CorrectAccount = "accounts.correct_own", Change, Role::ALL, OneAccount => AccountFacts, own_desk, uncertified;
    /// Say which messages one wants (MEM-2).
    SetPreferences = "accounts.preferences", Change, Role::ALL, OneAccount => AccountFacts, own_desk, uncertified;
    /// Ask for the deletion of all that is held about oneself, or take that back (MEM-2).
    AskDeletion = "accounts.ask_deletion", Change, Role::ALL, OneAccount => AccountFacts, own_desk, uncertified;
    /// Correct what the scheme was told of a user, on their behalf (MEM-2).
    CorrectUser = "accounts.correct", Change, [Role::Controller], OneMembership => MembershipFacts, has_told;
    /// Make a user of a member its manager, or end that (INC-10).
    SetManager = "accounts.set_manager", Change, [Role::Controller], OneMembership => MembershipFacts, of_a_member;
    /// See the users and shared devices of the business that one manages (INC-10).
    ListColleagues = "accounts.colleagues", Look, [Role::MemberUser], InOrg => Scope, manages;
    /// Invite somebody to the business that one manages (INC-10).
    InviteColleague = "accounts.invite_colleague", Change, [Role::MemberUser], InOrg => Scope, manages;
    /// Make this browser a shared device of the business that one manages (INC-10).
    EnrolDevice = "devices.enrol", Change, [Role::MemberUser], InOrg => Scope, manages;
    /// End a shared device of the business that one manages: whoever is signed in on it is out (INC-10).
    EndDevice = "devices.end", Change, [Role::MemberUser], OneDevice => DeviceFacts, of_own_member;
    /// See what is held about oneself (MEM-2).
    ShowAccount = "accounts.show", Unrecorded, Role::ALL, OneAccount => AccountFacts, own, uncertified;
    /// End all of one's sessions, or one of them (SEC-2).
    EndSessions = "accounts.end_sessions", Change, Role::ALL, OneAccount => AccountFacts, own, uncertified;
    /// Change one's own password.
    ChangePassword = "accounts.change_password", Change, Role::ALL, OneAccount => AccountFacts, own_desk, uncertified;
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
