//! Signing in: one answer and one duration for whatever is wrong (SEC-2, VIS-7).
use super::{Password, forms};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{gate::Ctx, ids::AccountId};
use fairwatch_store::{
    StoreError,
    accounts::{self as store, Attempt, Attempted, Credentials, Device, NewSession, Proof},
    orgs::{self, Kind},
};
use jiff::SignedDuration;
use std::net::{IpAddr, Ipv6Addr};

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// No such account, the wrong password, no password yet, or suspended: one answer.
    #[error("These details do not match. Check what you sign in with, and the password.")]
    Wrong,
    /// Too many tries; the next one after so long.
    #[error("{}", wait_sentence(*.0))]
    Wait(SignedDuration),
    /// Too many people at once, or the program failed.
    #[error(transparent)]
    Failed(#[from] AppError),
}

impl From<StoreError> for SignInRefused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SignInRefused> for AppError {
    fn from(refused: SignInRefused) -> Self {
        match refused {
            SignInRefused::Failed(error) => error,
            other => Self::refused(other.to_string()),
        }
    }
}

pub(crate) fn wait_sentence(wait: SignedDuration) -> String {
    // A part of a second is a second to whoever waits.
    let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    format!("There were too many tries. Wait {seconds} {unit}, then try again.")
}

/// The part of an address under which attempts are counted: of IPv6 the first half, since whoever has one
/// address there has all that share it.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

/// Signs somebody in with an e-mail address or user name and a password. `browser` is what it says of itself.
///
/// A password is always hashed: for nobody's login it is compared with nothing, in the same time. Where a second factor is
/// needed, the session is half of one ([`NewSession::half`]); whoever does not know the password does not learn of it.
///
/// # Errors
/// [`SignInRefused`], whose words are for the user.
#[boxed]
pub async fn sign_in(
    app: &App,
    ctx: &Ctx,
    login: &str,
    password: &Password,
    browser: &str,
    address: IpAddr,
) -> Result<NewSession, SignInRefused> {
    // The queue comes first: whoever is sent away by a full one has not tried.
    let place = app.passwords.queue()?;
    let login = forms::login(login);
    let network = network(address);
    let attempted = Attempted { login: &login, network: &network };
    if let Attempt::Wait(wait) = store::count_attempt(&app.store, ctx, attempted).await? {
        return Err(SignInRefused::Wait(wait));
    }
    let (account, hash) = match store::credentials(&app.store, ctx, &login).await? {
        Some(Credentials { account, hash }) => (Some(account), hash),
        None => (None, None),
    };
    if place.verify(password, hash).await?
        && let Some(account) = account
    {
        let device = Device::new(browser, &address.to_canonical().to_string());
        if let Some(session) =
            store::open_session(&app.store, ctx, account, Some(attempted), &device, Proof::Password).await?
        {
            return Ok(session);
        }
    }
    store::sign_in_refused(&app.store, ctx, account).await?;
    Err(SignInRefused::Wrong)
}

/// Signs in as an invented person, without a password and without a second factor: one click stands for both. In an installation that was not born a demo this does
/// not exist, whatever the routes say.
///
/// # Errors
/// [`AppError::Hidden`] there, and where there is no such account.
#[boxed]
pub async fn sign_in_as(
    app: &App,
    ctx: &Ctx,
    account: AccountId,
    browser: &str,
    address: IpAddr,
) -> Result<NewSession, AppError> {
    let installation = orgs::installation(&app.store, ctx).await?.ok_or(AppError::Hidden)?;
    if installation.kind != Kind::Demo {
        return Err(AppError::Hidden);
    }
    let device = Device::new(browser, &address.to_canonical().to_string());
    store::open_session(&app.store, ctx, account, None, &device, Proof::Both).await?.ok_or(AppError::Hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_2_attempts_are_counted_by_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    #[test]
    fn a_wait_is_said_in_whole_seconds() {
        assert!(wait_sentence(SignedDuration::from_millis(400)).contains("Wait 1 second,"));
        assert!(wait_sentence(SignedDuration::from_secs(32)).contains("Wait 32 seconds,"));
    }
}
