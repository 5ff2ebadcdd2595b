//! The second factor: giving it at the sign-in, and setting it up (SEC-2).
//!
//! Whoever typed a wrong password is told so and nothing else: whether there is a second factor is asked after the
//! password alone. Tries are counted like those at passwords, by account and by network.
use super::{
    Password, me,
    sign_in::{SignInRefused, network},
};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::{
        ChangeFactors, OneAccount, ShowAccount,
        factors::{Secret, Typed, read},
    },
    gate::Ctx,
    ids::{AccountId, FactorId},
};
use fairwatch_store::accounts::{
    self as store, Attempt, Attempted, Login, NewSession, Token,
    factors::{self, HalfView, WRONG_CODE},
};
use std::net::IpAddr;

/// What an app calls this installation.
const ISSUER: &str = "Fairwatch";

/// What somebody puts into an app that shows codes.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// For whoever types it.
    pub typed: String,
    /// For whoever scans it.
    pub address: String,
}

impl Enrolment {
    fn of(secret: &Secret, login: &str) -> Self {
        Self { typed: secret.typed(), address: secret.address(ISSUER, login) }
    }
}

/// Under what tries at an account's codes are counted: apart from those at its password, which anybody can make.
pub(super) fn counted_under(account: AccountId) -> Login {
    // With an @ in front it is nobody's login.
    Login::new(&format!("@code {account}"))
}

/// Half a session, if the cookie is one's: the password was right, and nothing opens yet.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn half_session(app: &App, ctx: &Ctx, cookie: &str) -> Result<Option<HalfView>, AppError> {
    let Some(token) = Token::parse(cookie) else { return Ok(None) };
    Ok(factors::half(&app.store, ctx, &token).await?)
}

/// What whoever has no second factor yet puts into an app, to be confirmed by a code.
///
/// # Errors
/// [`AppError::Hidden`] where there is no such half session, or a factor already.
#[boxed]
pub async fn first_enrolment(app: &App, ctx: &Ctx, cookie: &str) -> Result<Enrolment, AppError> {
    let token = Token::parse(cookie).ok_or(AppError::Hidden)?;
    let half = factors::half(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    let secret = factors::enrolment(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    Ok(Enrolment::of(&secret, &half.login))
}

/// Sets up the first second factor by a code from the app, which makes the session whole. The recovery codes are handed
/// out here and nowhere else.
///
/// # Errors
/// [`SignInRefused`], whose words are for the user.
#[boxed]
pub async fn confirm_first(
    app: &App,
    ctx: &Ctx,
    cookie: &str,
    typed: &str,
    address: IpAddr,
) -> Result<(NewSession, Vec<String>), SignInRefused> {
    let network = network(address);
    let (token, half) = counted(app, ctx, cookie, &network).await?;
    let login = counted_under(half.account);
    let attempted = Attempted { login: &login, network: &network };
    match factors::confirm(&app.store, ctx, &token, typed, attempted).await? {
        Some(done) => Ok(done),
        None => Err(wrong(app, ctx, half.account).await),
    }
}

/// Gives a one-time code or a recovery code, which makes the session whole.
///
/// # Errors
/// [`SignInRefused`], whose words are for the user.
#[boxed]
pub async fn give_code(
    app: &App,
    ctx: &Ctx,
    cookie: &str,
    typed: &str,
    address: IpAddr,
) -> Result<NewSession, SignInRefused> {
    let network = network(address);
    let (token, half) = counted(app, ctx, cookie, &network).await?;
    let login = counted_under(half.account);
    let attempted = Attempted { login: &login, network: &network };
    match factors::give(&app.store, ctx, &token, typed, attempted).await? {
        Some(session) => Ok(session),
        None => Err(wrong(app, ctx, half.account).await),
    }
}

/// Half a session whose try counts as failed until it is made whole.
async fn counted(
    app: &App,
    ctx: &Ctx,
    cookie: &str,
    network: &str,
) -> Result<(Token, HalfView), SignInRefused> {
    let token = Token::parse(cookie).ok_or(AppError::Hidden)?;
    let half = factors::half(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    let login = counted_under(half.account);
    let attempted = Attempted { login: &login, network };
    match store::count_attempt(&app.store, ctx, attempted).await? {
        Attempt::Go => Ok((token, half)),
        Attempt::Wait(wait) => Err(SignInRefused::Wait(wait)),
    }
}

async fn wrong(app: &App, ctx: &Ctx, account: AccountId) -> SignInRefused {
    match factors::refused(&app.store, ctx, account).await {
        Ok(()) => SignInRefused::Failed(AppError::in_field("code", WRONG_CODE)),
        Err(error) => error.into(),
    }
}

/// Begins to set up an app that shows codes, for somebody who is signed in and gives their password once more: a screen
/// that was left open does not become somebody else's way in. The route must name `accounts.show` and
/// `accounts.change_factors`, as for all of these.
///
/// # Errors
/// [`AppError::Refused`] at the field `password`; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn begin_codes(app: &App, ctx: &Ctx, password: &Password) -> Result<Enrolment, AppError> {
    let profile = super::password_again(app, ctx, password).await?;
    let begin = app
        .store
        .write::<ChangeFactors, _>(ctx, OneAccount(me(ctx)?), async |tx| factors::begin_codes(tx).await);
    let secret = begin.await?;
    Ok(Enrolment::of(&secret, &login_of(profile)))
}

/// What was begun and is not confirmed yet.
///
/// # Errors
/// [`AppError::Hidden`] for nobody, and where nothing was begun.
#[boxed]
pub async fn own_enrolment(app: &App, ctx: &Ctx) -> Result<Enrolment, AppError> {
    let read = app.store.read::<ShowAccount, _>(ctx, OneAccount(me(ctx)?), async |tx| {
        Ok((factors::own_enrolment(tx).await?, store::own_profile(tx).await?))
    });
    let (secret, profile) = read.await?;
    Ok(Enrolment::of(&secret.ok_or(AppError::Hidden)?, &login_of(profile)))
}

/// Sets the app up by one of its codes; with recovery codes where there were none.
///
/// # Errors
/// [`AppError::Refused`] at the field `code`; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn confirm_codes(app: &App, ctx: &Ctx, typed: &str) -> Result<Vec<String>, AppError> {
    let account = me(ctx)?;
    if !matches!(read(typed), Typed::Code(_)) {
        return Err(AppError::in_field("code", "Enter the six digits that the app shows."));
    }
    let typed = typed.to_owned();
    let confirm = app.store.write::<ChangeFactors, _>(ctx, OneAccount(account), async move |tx| {
        factors::confirm_codes(tx, &typed).await
    });
    Ok(confirm.await?)
}

/// Makes new recovery codes; those before are worth nothing any more.
///
/// # Errors
/// [`AppError::Refused`] at the field `password`, or where there is no factor; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn renew_recovery_codes(
    app: &App,
    ctx: &Ctx,
    password: &Password,
) -> Result<Vec<String>, AppError> {
    super::password_again(app, ctx, password).await?;
    let renew = app.store.write::<ChangeFactors, _>(ctx, OneAccount(me(ctx)?), async |tx| {
        factors::renew_recovery_codes(tx).await
    });
    Ok(renew.await?)
}

/// Takes a factor away.
///
/// # Errors
/// [`AppError::Refused`] at the field `password`, or where a role needs it; [`AppError::Hidden`] where it is not theirs.
#[boxed]
pub async fn remove_factor(
    app: &App,
    ctx: &Ctx,
    password: &Password,
    factor: FactorId,
) -> Result<(), AppError> {
    super::password_again(app, ctx, password).await?;
    let remove = app.store.write::<ChangeFactors, _>(ctx, OneAccount(me(ctx)?), async move |tx| {
        factors::remove(tx, factor).await
    });
    Ok(remove.await?)
}

fn login_of(profile: fairwatch_core::accounts::Profile) -> String {
    profile.email.or(profile.user_name).unwrap_or(profile.name)
}
