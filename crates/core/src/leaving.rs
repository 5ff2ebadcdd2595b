//! Businesses that leave, and the end of what is held about them and their people (MEM-6, INC-3).
//!
//! Whoever leaves says so: a manager of the member in the product, or to the scheme, which writes it down and asks the
//! member to confirm. The board ends the membership once it is confirmed, or when the policy's time for that is over.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{MemberId, MembershipId, OrgId},
    scope::{Scope, ends},
};
use jiff::civil::Date;
use uuid::Uuid;

/// A member business as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneMember(pub MemberId);

impl Target for OneMember {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// That a member is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// The day on which the scheme learned of it.
    pub asked_on: Date,
    /// The day on which the member confirmed it, if it did.
    pub confirmed_on: Option<Date>,
    /// The day from which the board need not wait for that.
    pub board_from: Date,
}

impl Leaving {
    /// What follows from the days that are stored.
    #[must_use]
    pub fn new(scope: &Scope, asked_on: Date, confirmed_on: Option<Date>) -> Self {
        Self { asked_on, confirmed_on, board_from: ends(asked_on, scope.policy.deadlines.leaving.length) }
    }

    /// Whether the board may end it on a day.
    #[must_use]
    pub fn can_end(&self, today: Date) -> bool {
        self.confirmed_on.is_some() || self.board_from <= today
    }
}

/// What the gate must know about a member.
#[derive(Clone, Debug)]
pub struct MemberFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The member.
    pub member: MemberId,
    /// Whether it is to leave.
    pub leaving: Option<Leaving>,
    /// Whether it is suspended (MEM-8).
    pub suspended: Option<crate::conduct::Suspension>,
    /// Those who speak for it (INC-10).
    pub managers: Vec<MembershipId>,
}

impl Facts for MemberFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

impl MemberFacts {
    /// Whether somebody speaks for this member: a manager of it, at a device of their own.
    #[must_use]
    pub fn is_spoken_for_by(&self, standing: &Standing) -> bool {
        standing.member == Some(self.member)
            && standing.device.is_none()
            && standing.membership.is_some_and(|membership| self.managers.contains(&membership))
    }
}

fn concerned(standing: &Standing, _: &OneMember, facts: &MemberFacts) -> bool {
    !standing.is(Role::MemberUser) || facts.is_spoken_for_by(standing)
}

fn may_say(standing: &Standing, target: &OneMember, facts: &MemberFacts) -> bool {
    let open = match facts.leaving {
        None => true,
        // What the scheme wrote down, the member confirms.
        Some(leaving) => standing.is(Role::MemberUser) && leaving.confirmed_on.is_none(),
    };
    open && concerned(standing, target, facts)
}

fn is_leaving(standing: &Standing, target: &OneMember, facts: &MemberFacts) -> bool {
    facts.leaving.is_some() && concerned(standing, target, facts)
}

fn can_end(_: &Standing, _: &OneMember, facts: &MemberFacts) -> bool {
    facts.leaving.is_some_and(|leaving| leaving.can_end(facts.scope.today))
}

crate::gate::actions! {
    /// See whether a member is to leave, and what that would end.
    ShowLeaving = "leaving.show", Look, [Role::MemberUser, Role::Controller, Role::Board], OneMember => MemberFacts, concerned;
    /// Say that it leaves, or confirm that (MEM-6).
    SayLeaving = "leaving.say", Change, [Role::MemberUser, Role::Controller, Role::Board], OneMember => MemberFacts, may_say;
    /// Take that back.
    TakeBackLeaving = "leaving.take_back", Change, [Role::MemberUser, Role::Controller, Role::Board], OneMember => MemberFacts, is_leaving;
    /// End its membership, and destroy what is held about it and its people (MEM-6).
    EndMember = "leaving.end", Change, [Role::Board], OneMember => MemberFacts, can_end;
}

/// What changes nobody's card in the gallery. The end of a member does: who was picked for it, and for whom it is named.
pub const CONCERN_NOBODY: [&str; 2] = ["leaving.say", "leaving.take_back"];
