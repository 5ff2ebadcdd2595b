//! Schemes, and people of every role in them.
use super::World;
use fairwatch_core::{
    accounts::{AddMember, AddOrg, Business, GiveRole, Profile, factors::step_at},
    gate::{Caller, Ctx, Role},
    ids::{AccountId, MemberId, MembershipId, OrgId, SessionId},
    scope::{InOrg, Installation},
};
use fairwatch_store::{
    accounts::{self, Attempted, Device, Invitation, Login, Token, factors},
    orgs::{self, Kind},
};
use std::sync::atomic::Ordering;

const GENERIC: &str = include_str!("../../../../policies/generic.toml");

/// A scheme that a test made.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// The organisation.
    pub org: OrgId,
    /// Its name in addresses.
    pub slug: String,
}

/// Somebody with a role and a live session.
#[derive(Clone)]
pub struct Person {
    /// The context in which they ask, under their role. Its request id is one; [`Person::again`] makes others.
    pub ctx: Ctx,
    /// What their browser's cookie holds.
    pub cookie: Token,
    /// What they sign in with. They have no password until a test sets one by `link`.
    pub login: String,
    /// With which they can set a password.
    pub link: Option<Token>,
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
    /// The role's id.
    pub membership: MembershipId,
    /// The role.
    pub role: Role,
    /// The business, for a member user.
    pub member: Option<MemberId>,
}

impl Person {
    /// The context of another request of theirs.
    #[must_use]
    pub fn again(&self, world: &World) -> Ctx {
        world.ctx(self.ctx.caller())
    }
    /// The context of a request outside any organisation.
    #[must_use]
    pub fn outside(&self, world: &World) -> Ctx {
        world.ctx(Caller::User { session: self.session, account: self.account, membership: None })
    }
}

impl World {
    /// Makes the database an installation, if no test did so before: a real one.
    ///
    /// # Panics
    /// Where the store fails, as all of these: a test cannot go on.
    pub async fn found(&self) {
        self.found_as(Kind::Real).await;
    }

    /// Makes the database an installation of this kind, unless it is one already.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn found_as(&self, kind: Kind) {
        let ctx = self.console();
        if orgs::installation(&self.store, &ctx).await.expect("the installation can be asked for").is_none() {
            orgs::found(&self.store, &ctx, kind, "https://fairwatch.example").await.expect("it is founded");
        }
    }

    /// A scheme with the generic policy under a name in addresses of its own.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn scheme(&self, slug: &str) -> Scheme {
        self.scheme_with(slug, |policy| policy).await
    }

    /// A scheme whose policy is the generic one, changed as the test needs it.
    ///
    /// # Panics
    /// Where the store refuses the changed policy.
    pub async fn scheme_with(&self, slug: &str, change: impl FnOnce(String) -> String) -> Scheme {
        let named = GENERIC.replacen("slug = \"northgate\"", &format!("slug = \"{slug}\""), 1);
        self.scheme_from("test.toml", &change(named)).await
    }

    /// A scheme with the policy of a text.
    ///
    /// # Panics
    /// Where the store refuses it.
    pub async fn scheme_from(&self, file_name: &str, policy: &str) -> Scheme {
        self.found().await;
        let ctx = self.console();
        let add = self
            .store
            .write::<AddOrg, _>(&ctx, Installation, async |tx| orgs::add(tx, file_name, policy).await);
        let org = add.await.expect("the scheme is made");
        let scopes = orgs::all(&self.store, &ctx).await.expect("schemes are listed");
        let slug = scopes.into_iter().find(|scope| scope.org == org).expect("the scheme is there").slug;
        Scheme { org, slug }
    }

    /// A business of a scheme.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn business(&self, scheme: &Scheme) -> MemberId {
        let number = self.number();
        let business = Business {
            name: format!("Corner Shop {number}"),
            premises: format!("{number} Market Square"),
            area: "market_square".into(),
            trade: "Convenience".into(),
        };
        let ctx = self.console();
        let add = self
            .store
            .write::<AddMember, _>(&ctx, InOrg(scheme.org), async move |tx| {
                accounts::add_member(tx, &business).await
            })
            .await;
        add.expect("the business is made")
    }

    /// Somebody new with a role in a scheme, signed in with both factors; a member user with a business of their own.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn person(&self, scheme: &Scheme, role: Role) -> Person {
        let member = if role == Role::MemberUser { Some(self.business(scheme).await) } else { None };
        self.person_of(scheme, role, member).await
    }

    /// Somebody new with a role in a scheme, signed in, who has agreed to nothing yet (MEM-3).
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn newcomer(&self, scheme: &Scheme, role: Role) -> Person {
        let member = if role == Role::MemberUser { Some(self.business(scheme).await) } else { None };
        self.newcomer_of(scheme, role, member).await
    }

    /// Somebody new with a role in a scheme, signed in, of this business.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn person_of(&self, scheme: &Scheme, role: Role, member: Option<MemberId>) -> Person {
        let person = self.newcomer_of(scheme, role, member).await;
        self.certify(person.membership).await;
        person
    }

    async fn newcomer_of(&self, scheme: &Scheme, role: Role, member: Option<MemberId>) -> Person {
        let login = format!("{}{}@{}.example", role.name().replace('_', "."), self.number(), scheme.slug);
        let profile = Profile {
            name: format!("{} Example", role.label()),
            email: Some(login.clone()),
            user_name: None,
        };
        let invitation = Invitation { profile, role, member };
        let ctx = self.console();
        let give = self
            .store
            .write::<GiveRole, _>(&ctx, InOrg(scheme.org), async move |tx| {
                accounts::give_role(tx, &invitation).await
            })
            .await;
        let given = give.expect("they are given it");
        let device = Device::new("Test browser", "192.0.2.1");
        let session = accounts::open_session(&self.store, &self.nobody(), given.account, None, &device, accounts::Proof::Both).await;
        let session = session.expect("the store answers").expect("they may sign in");
        let caller = Caller::User {
            session: session.session,
            account: given.account,
            membership: Some(given.membership),
        };
        Person {
            ctx: self.ctx(caller),
            cookie: session.token,
            login,
            link: given.link,
            account: given.account,
            session: session.session,
            membership: given.membership,
            role,
            member,
        }
    }

    /// Somebody who has a role here already, in another one beside it.
    ///
    /// # Panics
    /// Where the store fails.
    pub async fn role_of(&self, scheme: &Scheme, person: &Person, role: Role) -> Person {
        let name = format!("{} Example", role.label());
        let profile = Profile { name, email: Some(person.login.clone()), user_name: None };
        let invitation = Invitation { profile, role, member: None };
        let ctx = self.console();
        let give = self
            .store
            .write::<GiveRole, _>(&ctx, InOrg(scheme.org), async move |tx| {
                accounts::give_role(tx, &invitation).await
            })
            .await;
        let membership = give.expect("they are given it").membership;
        self.certify(membership).await;
        let caller =
            Caller::User { session: person.session, account: person.account, membership: Some(membership) };
        Person { ctx: self.ctx(caller), membership, role, member: None, ..person.clone() }
    }

    /// Everybody whom a test makes has agreed to whatever asks, for ever: a test about that takes it away again.
    async fn certify(&self, membership: MembershipId) {
        let certified = fairwatch_store::testing::certify_for_ever(&self.store, &self.console(), membership).await;
        certified.expect("they are certified");
    }

    /// The token of a session of both factors, out of one that may be half a session: whoever has no second factor yet
    /// sets up codes, and whoever has gives one of the recovery codes that they got then.
    ///
    /// # Panics
    /// Where the store fails, or the factor was set up somewhere else.
    pub async fn whole(&self, token: &Token) -> Token {
        let ctx = self.nobody();
        let Some(half) = factors::half(&self.store, &ctx, token).await.expect("the store answers") else {
            return token.clone();
        };
        let login = Login::new("nobody counts these");
        let attempted = Attempted { login: &login, network: "test" };
        if half.has_any() {
            let code = self.recovery.lock().expect("nobody panicked").get_mut(&half.account).and_then(Vec::pop);
            let code = code.expect("this person has recovery codes left");
            let given = factors::give(&self.store, &ctx, token, &code, attempted).await;
            return given.expect("the store answers").expect("the code is good").token;
        }
        let secret = factors::enrolment(&self.store, &ctx, token).await.expect("the store answers");
        let code = secret.expect("they may set it up").code(step_at(ctx.real_now()));
        let done = factors::confirm(&self.store, &ctx, token, &code, attempted).await;
        let (session, codes) = done.expect("the store answers").expect("the code is good");
        self.recovery.lock().expect("nobody panicked").insert(half.account, codes);
        session.token
    }

    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}
