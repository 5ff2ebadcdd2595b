//! Accounts: signing in and out, passwords, inviting and suspending, one's own data (SEC-2, MEM-2, MEM-8, INC-10).
pub mod correcting;
pub mod devices;
pub mod factors;
pub(crate) mod forms;
mod invitations;
pub mod passkeys;
mod passwords;
mod reset;
mod sign_in;

pub use fairwatch_store::accounts::devices::DeviceFront;
pub use fairwatch_store::accounts::{
    ACCEPTED, Accepted, CODE_REFUSED, DECLINED, Device, Given, HALF_WAY, InvitationView, Invited, LAPSE,
    MemberView, MembershipView, NewSession, OwnCopy, OwnSession, Proof, SessionView, Token, UserView, Which,
};
pub use forms::NewUser;
pub use invitations::{
    Offered, accept_as_new, accept_invitation, behind_invitation, decline_invitation, invite,
    renew_invitation, revoke_invitation,
};
pub use passwords::{LONGEST, Password, Passwords, Place, SHORTEST};
pub use reset::ask_reset;
pub use sign_in::{SignInRefused, sign_in, sign_in_as};
pub(crate) use sign_in::{network, wait_sentence};

use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::{
        AddMember, AddOrg, Business, ChangePassword, EndSessions, GiveRole, ListMembers, MembershipState,
        OneAccount, OneMembership, Profile, Recover, ShowAccount, SuspendUser,
    },
    conduct::Suspension,
    gate::{Caller, Ctx, Role},
    ids::{AccountId, MemberId, MembershipId, OrgId, SessionId},
    leaving::Leaving,
    notices::Prose,
    scope::{InOrg, Installation},
};
use fairwatch_store::{
    StoreError,
    accounts::{self as store, Attempt, Attempted},
    notices::Served,
    orgs::{self, Kind},
};
use fairwatch_vault::Zeroizing;
use std::collections::HashMap;

/// Where links to set a password lie under the base address; what follows is the token.
pub const LINK_PATH: &str = "/set-password/";
/// Where invitations lie under the base address; what follows is the token.
pub const INVITATION_PATH: &str = "/invitation/";

/// The address to give to somebody who is to set a password. Whoever has it can use it, once.
#[must_use]
pub fn link_address(base_address: &str, token: &Token) -> String {
    format!("{}{LINK_PATH}{}", base_address.trim_end_matches('/'), token.reveal())
}

/// The address to give to somebody who is invited. Whoever has it can use it, once.
#[must_use]
pub fn invitation_address(base_address: &str, token: &Token) -> String {
    format!("{}{INVITATION_PATH}{}", base_address.trim_end_matches('/'), token.reveal())
}

/// What stands for a cookie where the cookie itself must not be kept.
#[must_use]
pub fn cookie_hash(app: &App, cookie: &str) -> [u8; 32] {
    app.store.keys().lookup("recent session", cookie)
}

/// The live session of a cookie, if it is one.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn session(app: &App, ctx: &Ctx, cookie: &str) -> Result<Option<SessionView>, AppError> {
    let Some(token) = Token::parse(cookie) else { return Ok(None) };
    Ok(store::find_session(&app.store, ctx, &token).await?)
}

/// The session of a cookie that ended by itself a while ago: what its browser sends may still go into its owner's
/// draft, and shows nobody anything (see [`Caller::Lapsed`]).
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn lapsed_session(app: &App, ctx: &Ctx, cookie: &str) -> Result<Option<SessionView>, AppError> {
    let Some(token) = Token::parse(cookie) else { return Ok(None) };
    Ok(store::lapsed_session(&app.store, ctx, &token).await?)
}

/// Ends the session of a cookie; one that has ended already is no fault.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn sign_out(app: &App, ctx: &Ctx, cookie: &str) -> Result<(), AppError> {
    let Some(token) = Token::parse(cookie) else { return Ok(()) };
    Ok(store::sign_out(&app.store, ctx, &token).await?)
}

/// Whose password a link sets, for the page that asks for it; none where the link cannot be used.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn behind_link(app: &App, ctx: &Ctx, link: &str) -> Result<Option<Profile>, AppError> {
    let Some(token) = Token::parse(link) else { return Ok(None) };
    Ok(store::look_at_link(&app.store, ctx, &token).await?.map(|view| view.profile))
}

/// Sets a password by a link, once. Every session of the account ends; the owner signs in with the new password.
///
/// # Errors
/// [`AppError::Refused`] where the link or the password will not do.
#[boxed]
pub async fn set_password(
    app: &App,
    ctx: &Ctx,
    link: &str,
    password: &Password,
) -> Result<AccountId, AppError> {
    let spent = || AppError::refused("This link has been used or is no longer valid. Ask for a new one.");
    let token = Token::parse(link).ok_or_else(spent)?;
    let profile = store::look_at_link(&app.store, ctx, &token).await?.ok_or_else(spent)?.profile;
    passwords::check(password, &logins(&profile))?;
    let hash = app.passwords.queue()?.hash(password, ctx.randomness()).await?;
    Ok(store::set_password(&app.store, ctx, &token, &hash).await?)
}

/// Changes one's own password and ends one's other sessions. Wrong tries wait like those at sign-in, so that a
/// screen that was left open does not give the password away. The route must name both `accounts.show` and
/// `accounts.change_password`.
///
/// # Errors
/// [`AppError::Refused`] at the field `current` or `password`; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn change_password(
    app: &App,
    ctx: &Ctx,
    current: &Password,
    new: &Password,
) -> Result<(), AppError> {
    let account = me(ctx)?;
    let (profile, former) = password_known(app, ctx, current, "current").await?;
    passwords::check(new, &logins(&profile))?;
    let former = former.ok_or(AppError::Hidden)?;
    let hash = app.passwords.queue()?.hash(new, ctx.randomness()).await?;
    let change = app.store.write::<ChangePassword, _>(ctx, OneAccount(account), async move |tx| {
        store::change_password(tx, &former, &hash).await
    });
    Ok(change.await?)
}

/// Whether somebody who is signed in knows their password; at which field it is said that they do not. Wrong tries wait
/// like those at sign-in. Nobody without a password gets as far as this but in a demonstration: there is nothing to know.
async fn password_known(
    app: &App,
    ctx: &Ctx,
    password: &Password,
    field: &'static str,
) -> Result<(Profile, Option<Zeroizing<String>>), AppError> {
    let account = me(ctx)?;
    let place = app.passwords.queue()?;
    let known = app.store.read::<ShowAccount, _>(ctx, OneAccount(account), async |tx| {
        Ok((store::own_profile(tx).await?, store::own_hash(tx).await?))
    });
    let (profile, hash) = known.await?;
    if hash.is_none() {
        return Ok((profile, hash));
    }
    let tried = store::change_counts_under(account);
    let attempted = Attempted { login: &tried, network: &format!("password change {account}") };
    if let Attempt::Wait(wait) = store::count_attempt(&app.store, ctx, attempted).await? {
        return Err(AppError::in_field(field, sign_in::wait_sentence(wait)));
    }
    if !place.verify(password, hash.clone()).await? {
        return Err(AppError::in_field(field, "This is not your current password."));
    }
    store::password_was_right(&app.store, ctx, attempted).await?;
    Ok((profile, hash))
}

/// The profile of whoever is signed in and gives their password once more.
async fn password_again(app: &App, ctx: &Ctx, password: &Password) -> Result<Profile, AppError> {
    Ok(password_known(app, ctx, password, "password").await?.0)
}

/// Everything that is held about oneself in the account (MEM-2).
///
/// # Errors
/// [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn own_copy(app: &App, ctx: &Ctx) -> Result<OwnCopy, AppError> {
    let me = OneAccount(me(ctx)?);
    Ok(app.store.read::<ShowAccount, _>(ctx, me, async |tx| store::own_copy(tx).await).await?)
}

/// One's own live sessions.
///
/// # Errors
/// [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn own_sessions(app: &App, ctx: &Ctx) -> Result<Vec<OwnSession>, AppError> {
    let me = OneAccount(me(ctx)?);
    Ok(app.store.read::<ShowAccount, _>(ctx, me, async |tx| store::own_sessions(tx).await).await?)
}

/// Ends one of one's own sessions, or with none named every one: sign out everywhere. How many there were.
///
/// # Errors
/// [`AppError::Hidden`] where it is not theirs or not live.
#[boxed]
pub async fn end_sessions(app: &App, ctx: &Ctx, session: Option<SessionId>) -> Result<usize, AppError> {
    let me = OneAccount(me(ctx)?);
    let which = session.map_or(Which::All, Which::One);
    let end =
        app.store.write::<EndSessions, _>(ctx, me, async move |tx| store::end_sessions(tx, which).await);
    Ok(end.await?)
}

/// The businesses and users of a scheme.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The businesses that have not left, by name.
    pub members: Vec<MemberView>,
    /// The users whose role has not ended, by name.
    pub users: Vec<UserView>,
    /// Which notice was served to each of them last, where one was (NOT-3).
    pub served: HashMap<MembershipId, Served>,
    /// How many businesses want to join.
    pub applications: i64,
    /// The businesses that are to leave (MEM-6).
    pub leaving: HashMap<MemberId, Leaving>,
    /// The businesses that are suspended (MEM-8).
    pub suspended: HashMap<MemberId, Suspension>,
}

/// The businesses and users of a scheme, as one look.
///
/// # Errors
/// [`AppError::Hidden`].
#[boxed]
pub async fn directory(app: &App, ctx: &Ctx, org: OrgId) -> Result<Directory, AppError> {
    let look = app.store.read::<ListMembers, _>(ctx, InOrg(org), async |tx| {
        Ok(Directory {
            members: store::members(tx).await?,
            users: store::users(tx).await?,
            served: fairwatch_store::notices::served_in(tx).await?,
            applications: fairwatch_store::joining::waiting(tx).await?,
            leaving: fairwatch_store::leaving::all(tx).await?,
            suspended: fairwatch_store::conduct::all(tx).await?,
        })
    });
    Ok(look.await?)
}

/// Makes a business of the scheme.
///
/// # Errors
/// [`AppError::Refused`] at a field; [`AppError::Hidden`].
#[boxed]
pub async fn add_member(app: &App, ctx: &Ctx, org: OrgId, typed: &Business) -> Result<MemberId, AppError> {
    let business = forms::business(typed)?;
    let add = app
        .store
        .write::<AddMember, _>(ctx, InOrg(org), async move |tx| store::add_member(tx, &business).await);
    Ok(add.await?)
}

/// Gives somebody a role at once, at the console, and makes their account if they have none. The link is to be handed
/// to them.
///
/// # Errors
/// [`AppError::Refused`] with a sentence; [`AppError::Hidden`].
#[boxed]
pub async fn give_role(app: &App, ctx: &Ctx, org: OrgId, user: &NewUser) -> Result<Given, AppError> {
    let invitation = user.invitation()?;
    let give = app
        .store
        .write::<GiveRole, _>(ctx, InOrg(org), async move |tx| store::give_role(tx, &invitation).await);
    Ok(give.await?)
}

/// Suspends somebody's role, ends it, or lets them back in, with the reason, which the register of conduct keeps as long as the policy says, whatever becomes of the account (MEM-8).
///
/// # Errors
/// [`AppError::Refused`] at the field `reason`, or where it is so already; [`AppError::Hidden`].
#[boxed]
pub async fn set_membership(
    app: &App,
    ctx: &Ctx,
    membership: MembershipId,
    to: MembershipState,
    reason: &str,
) -> Result<(), AppError> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::in_field(
            "reason",
            "Say why. The reason is kept under Conduct for as long as the policy says, also after they are removed.",
        ));
    }
    let set = app.store.write::<SuspendUser, _>(ctx, OneMembership(membership), async move |tx| {
        store::set_state(tx, to, &reason).await
    });
    Ok(set.await?)
}

/// A new installation.
#[derive(Clone)]
pub struct Founding<'a> {
    /// Real or demo, for ever.
    pub kind: Kind,
    /// The address under which links are made.
    pub base_address: &'a str,
    /// What findings call the policy file.
    pub policy_name: &'a str,
    /// The first scheme's policy.
    pub policy: &'a str,
    /// What was written beside it.
    pub prose: Prose,
    /// Its data controller.
    pub controller: NewUser,
}

/// A new installation, founded.
#[derive(Clone, Debug)]
pub struct Founded {
    /// The first scheme.
    pub org: OrgId,
    /// Its controller, with the link.
    pub controller: Given,
}

/// Makes a new database an installation with one scheme and its controller (`fairwatch init`). One that was cut
/// off before the controller existed goes on where it stopped.
///
/// # Errors
/// [`AppError::Setup`] where the database is somebody's already; [`AppError::Refused`] where the policy or the
/// controller's name and address will not do, before anything is written.
#[boxed]
pub async fn init_installation(app: &App, ctx: &Ctx, founding: &Founding<'_>) -> Result<Founded, AppError> {
    let controller = NewUser { role: Some(Role::Controller), member: None, ..founding.controller.clone() };
    controller.profile()?;
    match orgs::installation(&app.store, ctx).await? {
        None => {
            // What is wrong with the policy is said before the database is anybody's.
            crate::notices::fit(founding.policy_name, founding.policy, &founding.prose).map_err(
                |findings| {
                    AppError::refused(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
                },
            )?;
            orgs::found(&app.store, ctx, founding.kind, founding.base_address).await?;
        }
        Some(record) if record.kind != founding.kind || store::any(&app.store, ctx).await? => {
            return Err(AppError::Setup(
                "this database is already initialised; `fairwatch recover` makes a new link for its controller".into(),
            ));
        }
        Some(_) => {}
    }
    let org = match orgs::all(&app.store, ctx).await?.first() {
        Some(scope) => scope.org,
        None => {
            let (name, policy) = (founding.policy_name.to_owned(), founding.policy.to_owned());
            let prose = founding.prose.clone();
            let add = app.store.write::<AddOrg, _>(ctx, Installation, async move |tx| {
                let org = orgs::add(tx, &name, &policy).await?;
                fairwatch_store::notices::keep_prose(tx, org, &prose).await?;
                Ok(org)
            });
            add.await?
        }
    };
    let controller = give_role(app, ctx, org, &controller).await?;
    Ok(Founded { org, controller })
}

/// A new link for somebody who cannot sign in any more, at the console (`fairwatch recover`); audited.
///
/// # Errors
/// [`AppError::Refused`] where nobody signs in with that; [`AppError::Hidden`] anywhere but at the console.
#[boxed]
pub async fn recover(app: &App, ctx: &Ctx, login: &str) -> Result<Token, AppError> {
    if ctx.caller() != Caller::Console {
        return Err(AppError::Hidden);
    }
    let account = match store::account_of(&app.store, ctx, &forms::login(login)).await {
        Err(StoreError::Hidden(_)) => return Err(AppError::refused("Nobody signs in with that.")),
        other => other?,
    };
    let recover =
        app.store.write::<Recover, _>(ctx, OneAccount(account), async |tx| store::recover(tx).await);
    Ok(recover.await?)
}

fn me(ctx: &Ctx) -> Result<AccountId, AppError> {
    match ctx.caller() {
        Caller::User { account, .. } => Ok(account),
        _ => Err(AppError::Hidden),
    }
}

fn logins(profile: &Profile) -> Vec<&str> {
    [&profile.email, &profile.user_name].into_iter().flatten().map(String::as_str).collect()
}
