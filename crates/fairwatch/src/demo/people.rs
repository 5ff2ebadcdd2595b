//! Who signs in to the demonstration: one person for each role of each scheme, and the users of its members.
use super::seed::Seeding;
use crate::commands::Failure;
use fairwatch_app::{
    accounts::{self, NewUser},
    certifications,
};
use fairwatch_core::{
    accounts::Business,
    gate::{Caller, Ctx, Role},
    ids::{AccountId, MemberId, MembershipId, OrgId},
};
use fairwatch_testkit::people as invented;
use std::net::{IpAddr, Ipv4Addr};

/// Somebody with a role in a scheme.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) org: OrgId,
    pub(crate) account: AccountId,
    pub(crate) membership: MembershipId,
    /// The business of a member user.
    pub(crate) business: Option<invented::Business>,
    /// The same, as the scheme knows it.
    pub(crate) member: Option<MemberId>,
    /// Which of those with this role, from 1.
    pub(crate) number: usize,
    /// They have agreed to nothing yet: the demonstration shows what asks them to (MEM-3).
    pub(crate) asked: bool,
}

/// The people of one scheme.
pub(crate) struct Staffing {
    pub(crate) controller: User,
    pub(crate) users: Vec<User>,
    /// Those of the board.
    pub(crate) board: Vec<User>,
    pub(crate) all: Vec<User>,
}

/// Businesses in each scheme.
const MEMBERS: usize = 7;

/// The user of this business reports, and has agreed to nothing yet.
const ASKED: usize = 4;

/// On each board that decides by votes sit so many; the last also works in a shop.
const BOARD: usize = 4;

/// Makes the businesses and users of a scheme.
pub(crate) async fn staff(
    seeding: &Seeding,
    org: OrgId,
    slug: &str,
    number: usize,
) -> Result<Staffing, Failure> {
    let ctx = seeding.ctx(Caller::Console);
    let areas = seeding.areas(org).await?;
    let mut users = Vec::new();
    for n in 0..MEMBERS {
        let business = invented::Business::number(number * MEMBERS + n);
        let typed = Business {
            name: business.name.clone(),
            premises: business.address.clone(),
            area: areas.get(n % areas.len().max(1)).cloned().unwrap_or_default(),
            trade: business.trade.to_owned(),
        };
        let member = accounts::add_member(&seeding.app, &ctx, org, &typed).await?;
        let seed = (number * 1000 + n) as u64;
        let mut user = NewUser {
            name: person_name(seed),
            email: Some(format!("user{n}@{slug}.example")),
            role: Some(Role::MemberUser),
            member: Some(member),
            ..NewUser::default()
        };
        // Shared tills often have no address of their own (INC-10).
        if n == MEMBERS - 1 {
            user.email = None;
            user.user_name = Some(format!("till-{slug}"));
        }
        users.push(invite(seeding, &ctx, org, user, Some(business), 1).await?);
    }
    let mut all = vec![users[0].clone()];
    let newest = &mut users[ASKED];
    (newest.asked, newest.number) = (true, 2);
    let newest = newest.clone();
    let others =
        [Role::Controller, Role::Staff, Role::Board, Role::Police, Role::Aic, Role::Auditor, Role::Operator];
    for (n, role) in others.into_iter().enumerate() {
        let user = NewUser {
            name: person_name((number * 1000 + 500 + n) as u64),
            email: Some(format!("{}@{slug}.example", role.name().replace('_', "-"))),
            role: Some(role),
            ..NewUser::default()
        };
        all.push(invite(seeding, &ctx, org, user, None, 1).await?);
    }
    let mut board = all.iter().filter(|user| user.role == Role::Board).cloned().collect::<Vec<_>>();
    for n in 2..=seats(seeding, org).await? {
        let mut user = NewUser {
            name: person_name((number * 1000 + 600 + n) as u64),
            email: Some(format!("board{n}@{slug}.example")),
            role: Some(Role::Board),
            ..NewUser::default()
        };
        let seated = invite(seeding, &ctx, org, user.clone(), None, n).await?;
        if n == BOARD {
            (user.role, user.member) = (Some(Role::MemberUser), users[1].member);
            accounts::give_role(&seeding.app, &ctx, org, &user).await?;
        }
        all.insert(all.len() - 4, seated.clone());
        board.push(seated);
    }
    let controller = all[1].clone();
    all.insert(1, newest);
    Ok(Staffing { controller, users, board, all })
}

/// How many sit on the board: several where the policy has them vote.
async fn seats(seeding: &Seeding, org: OrgId) -> Result<usize, Failure> {
    let scopes = fairwatch_store::orgs::all(&seeding.app.store, &seeding.ctx(Caller::Console)).await?;
    let votes = scopes.iter().find(|scope| scope.org == org).map_or(1, |scope| scope.policy.exclusions.votes);
    Ok(if votes > 1 { BOARD } else { 1 })
}

pub(crate) fn person_name(seed: u64) -> String {
    invented::Person::from_seed(seed ^ 0x5eed_0fac_e000_0000, jiff::civil::date(2026, 1, 1)).name()
}

async fn invite(
    seeding: &Seeding,
    ctx: &Ctx,
    org: OrgId,
    user: NewUser,
    business: Option<invented::Business>,
    number: usize,
) -> Result<User, Failure> {
    let (name, role) = (user.name.clone(), user.role.unwrap_or(Role::MemberUser));
    let member = user.member;
    let invited = accounts::give_role(&seeding.app, ctx, org, &user).await?;
    Ok(User {
        name,
        role,
        org,
        account: invited.account,
        membership: invited.membership,
        business,
        member,
        number,
        asked: false,
    })
}

impl User {
    /// A context in which this user acts, signed in as the demonstration signs people in.
    pub(crate) async fn acts(&self, seeding: &Seeding) -> Result<Ctx, Failure> {
        let ctx = seeding.ctx(Caller::Console);
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let session = accounts::sign_in_as(
            &seeding.app,
            &ctx,
            self.account,
            "the demonstration's own history",
            address,
        )
        .await?;
        let caller = Caller::User {
            session: session.session,
            account: self.account,
            membership: Some(self.membership),
        };
        let ctx = seeding.ctx(caller);
        if !self.asked {
            agree(seeding, &ctx, self.org).await?;
        }
        Ok(ctx)
    }
}

/// Reads and agrees to whatever asks on that day, as people do before they go on.
pub(crate) async fn agree(seeding: &Seeding, ctx: &Ctx, org: OrgId) -> Result<(), Failure> {
    let owed = certifications::owed(&seeding.app, ctx, org).await?;
    if owed.asked.is_empty() {
        return Ok(());
    }
    let shown =
        owed.asked.iter().map(|asks| certifications::shown(asks.text, asks.version)).collect::<Vec<_>>();
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    certifications::agree(&seeding.app, ctx, org, &shown, address).await?;
    Ok(())
}
