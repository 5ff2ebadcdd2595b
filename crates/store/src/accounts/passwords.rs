//! Passwords at rest: an argon2id hash, sealed under the account. `app` makes and checks the hashes.
use super::{
    attempts, links,
    sessions::{self, Which},
    token::Login,
};
use crate::{
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{ChangePassword, Profile, ShowAccount},
    gate::{Caller, Ctx, Hidden},
    ids::AccountId,
};
use fairwatch_vault::Zeroizing;
use std::fmt;

/// What is needed to check a password.
pub struct Credentials {
    /// Whose.
    pub account: AccountId,
    /// The hash; none until the first link was used.
    pub hash: Option<Zeroizing<String>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What is needed to check a password for a login, whatever the state of its account: that is asked when the
/// session is opened, so that a suspended one takes as long as any.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn credentials(store: &Store, ctx: &Ctx, login: &Login) -> Result<Option<Credentials>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let lookup = login.hashed(&inner.store.keys);
    let text = sql!("SELECT account_id FROM account_logins WHERE lookup = $1");
    let Some(row) = inner.opt(text, args![lookup]).await? else { return Ok(None) };
    let account: AccountId = row.id("account_id")?;
    Ok(Some(Credentials { account, hash: get(&mut inner, account).await? }))
}

/// The hash of one's own password, to check the current one before a change. Whoever signed in by a PIN on a device that
/// others use as well may change nothing by it, and is not told either whether they know it (INC-10).
///
/// # Errors
/// [`StoreError::Hidden`] there; the engine's, or a damaged record.
pub async fn own_hash(tx: &mut Tx<ShowAccount>) -> Result<Option<Zeroizing<String>>, StoreError> {
    if tx.permit.standing().device.is_some() {
        return Err(Hidden.into());
    }
    let account = tx.permit.target().0;
    get(&mut tx.inner, account).await
}

/// One's own profile, by which a new password is judged.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own_profile(tx: &mut Tx<ShowAccount>) -> Result<Profile, StoreError> {
    let account = tx.permit.target().0;
    super::profile(&mut tx.inner, account).await
}

/// Under what tries at one's current password are counted when it is changed: by account, apart from those at
/// sign-in, which others can make.
#[must_use]
pub fn change_counts_under(account: AccountId) -> Login {
    // With an @ in front it is nobody's login.
    Login::new(&format!("@change {account}"))
}

/// Changes one's own password and ends the other sessions. `former` is the hash that was checked: where
/// somebody else changed the password meanwhile, nothing happens.
///
/// # Errors
/// [`StoreError::Refused`] where the password is another one by now; the engine's.
pub async fn change(tx: &mut Tx<ChangePassword>, former: &str, hash: &str) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    // The account's row is locked since the facts were loaded.
    let current = get(&mut tx.inner, account).await?;
    if current.as_ref().map(|hash| hash.as_str()) != Some(former) {
        return Err(StoreError::refused("Your password was changed somewhere else a moment ago."));
    }
    put(&mut tx.inner, account, hash).await?;
    links::end(&mut tx.inner, account).await?;
    attempts::forget(&mut tx.inner, &change_counts_under(account)).await?;
    let which = match tx.inner.ctx.caller() {
        Caller::User { session, .. } => Which::AllBut(session),
        _ => Which::All,
    };
    let ended = sessions::end_of(&mut tx.inner, account, which).await?;
    tx.saw(ended.into_iter().map(Into::into));
    Ok(())
}

async fn get(inner: &mut Inner, account: AccountId) -> Result<Option<Zeroizing<String>>, StoreError> {
    let row = inner.one(sql!("SELECT password FROM accounts WHERE id = $1"), args![account]).await?;
    let Some(sealed) = row.opt_bytes("password")? else { return Ok(None) };
    let key = inner.key(account.0).await?;
    let hash: String = open(&key, "accounts", "password", account.0, &sealed)?;
    Ok(Some(Zeroizing::new(hash)))
}

/// The hash of an account's PIN for shared devices (INC-10).
pub(super) async fn pin(
    inner: &mut Inner,
    account: AccountId,
) -> Result<Option<Zeroizing<String>>, StoreError> {
    let row = inner.one(sql!("SELECT pin FROM accounts WHERE id = $1"), args![account]).await?;
    let Some(sealed) = row.opt_bytes("pin")? else { return Ok(None) };
    let key = inner.key(account.0).await?;
    let hash: String = open(&key, "accounts", "pin", account.0, &sealed)?;
    Ok(Some(Zeroizing::new(hash)))
}

pub(super) async fn put_pin(inner: &mut Inner, account: AccountId, hash: &str) -> Result<(), StoreError> {
    let key = inner.key(account.0).await?;
    let sealed = inner.seal(&key, "accounts", "pin", account.0, hash)?;
    inner.exec(sql!("UPDATE accounts SET pin = $2 WHERE id = $1"), args![account, sealed]).await?;
    Ok(())
}

/// Takes an account's password away: a link sets the next one.
pub(super) async fn forget(inner: &mut Inner, account: AccountId) -> Result<(), StoreError> {
    inner.exec(sql!("UPDATE accounts SET password = NULL WHERE id = $1"), args![account]).await?;
    Ok(())
}

pub(super) async fn put(inner: &mut Inner, account: AccountId, hash: &str) -> Result<(), StoreError> {
    let key = inner.key(account.0).await?;
    let sealed = inner.seal(&key, "accounts", "password", account.0, hash)?;
    inner.exec(sql!("UPDATE accounts SET password = $2 WHERE id = $1"), args![account, sealed]).await?;
    Ok(())
}
