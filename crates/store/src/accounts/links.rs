//! Links with which the owner of an account sets its password: random, stored hashed, for one purpose, used
//! once, at an end after three days. One that anybody can have mailed ends after an hour, and leaves those that were
//! handed over at the console as they are.
use super::{
    attempts::{self, Attempt},
    factors, passwords,
    sessions::{self, Which},
    token::{Login, Token},
};
use crate::{
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{Profile, Recover},
    gate::{Ctx, Hidden},
    ids::AccountId,
    mail,
};
use jiff::{SignedDuration, Timestamp};

/// A link can be used for so long: over a weekend, and not much more.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_hours(72);

/// A link that was mailed to whoever forgot their password can be used for so long.
const RESET_LIFE: SignedDuration = SignedDuration::from_hours(1);

const PURPOSE: &str = "set_password";
/// Of a link that was asked for by somebody who is not signed in.
const RESET: &str = "reset_password";
pub(super) const SPENT: &str = "This link has been used or is no longer valid. Ask for a new one.";

/// What is behind a link, for the page that asks for the new password.
#[derive(Clone, Debug)]
pub struct LinkView {
    /// Whose password it sets.
    pub account: AccountId,
    /// Who they are.
    pub profile: Profile,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// Makes a link for an account. Links that were made before end, those in mails that wait as well: the newest one alone
/// is good.
pub(super) async fn make(inner: &mut Inner, account: AccountId) -> Result<Token, StoreError> {
    end(inner, account).await?;
    put(inner, account, PURPOSE, LINK_LIFE).await
}

/// Ends the links of an account, and takes back the mails that hold one and still wait.
pub(super) async fn end(inner: &mut Inner, account: AccountId) -> Result<(), StoreError> {
    end_resets(inner, account).await?;
    let text = sql!("DELETE FROM links WHERE account_id = $1 AND purpose = $2");
    inner.exec(text, args![account, PURPOSE]).await?;
    Ok(())
}

async fn end_resets(inner: &mut Inner, account: AccountId) -> Result<(), StoreError> {
    let text = sql!("DELETE FROM links WHERE account_id = $1 AND purpose = $2");
    inner.exec(text, args![account, RESET]).await?;
    // One that waited longer holds a link that has ended by itself.
    let turn = turn(inner);
    for turn in turn - RESET_LIFE.as_secs() / ONE_RESET_IN.as_secs() - 1..=turn {
        crate::mail::take_back_once(inner, account, &once(account, turn)).await?;
    }
    Ok(())
}

/// Which stretch of [`ONE_RESET_IN`] it is.
fn turn(inner: &Inner) -> i64 {
    inner.ctx.real_now().as_second() / ONE_RESET_IN.as_secs()
}

/// What the mail with a link is called, of which one goes out in a turn.
fn once(account: AccountId, turn: i64) -> String {
    format!("reset {account} {turn}")
}

async fn put(
    inner: &mut Inner,
    account: AccountId,
    purpose: &str,
    life: SignedDuration,
) -> Result<Token, StoreError> {
    let token = Token::fresh(inner.ctx.randomness());
    let now = inner.ctx.real_now();
    let text = sql!(
        "INSERT INTO links (token, purpose, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let hash = hashed(inner, &token);
    inner.exec(text, args![hash, purpose, account, now, now + life]).await?;
    Ok(token)
}

/// A new link for somebody who cannot sign in any more, at the console. Until it is used nothing else opens the account:
/// its password, its factors and its sessions end with this (SEC-2).
///
/// # Errors
/// The engine's.
pub async fn recover(tx: &mut Tx<Recover>) -> Result<Token, StoreError> {
    let account = tx.permit.target().0;
    let profile = super::profile(&mut tx.inner, account).await?;
    for login in logins(&profile) {
        attempts::forget(&mut tx.inner, &login).await?;
    }
    // Whoever lost the telephone with the codes lost the way in: the console is trusted with that, and it is on record.
    factors::forget(&mut tx.inner, account).await?;
    // So the old password opens nothing any more: without a second factor it would set up another one.
    passwords::forget(&mut tx.inner, account).await?;
    let ended = sessions::end_of(&mut tx.inner, account, Which::All).await?;
    tx.saw(ended.into_iter().map(Into::into));
    make(&mut tx.inner, account).await
}

/// What the audit calls it when somebody asks for a link to choose a new password.
pub(super) const RESET_ASKED: &str = "accounts.ask_reset";
/// Somebody who asks again and again gets one mail in so long, or anybody could fill anybody's box.
const ONE_RESET_IN: SignedDuration = SignedDuration::from_mins(10);

/// Sends the owner of an account a link to choose a new password, if an account bears what was typed and has an
/// address. Nothing that is given back tells whether there is one.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn ask_reset(
    store: &Store,
    ctx: &Ctx,
    login: &Login,
    network: &str,
    address: impl Fn(&Token) -> String,
) -> Result<Attempt, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    if let wait @ Attempt::Wait(_) = attempts::count_message(&mut inner, network).await? {
        return Ok(wait);
    }
    // What was counted stays counted, whatever becomes of the rest.
    inner.db.commit().await?;
    let mut inner = store.machinery(ctx).await?;
    let text = sql!(
        "SELECT a.id FROM account_logins l JOIN accounts a ON a.id = l.account_id \
         WHERE l.lookup = $1 AND a.state = 'active'"
    );
    let lookup = login.hashed(&inner.store.keys);
    let Some(row) = inner.opt(text, args![lookup]).await? else { return Ok(Attempt::Go) };
    let account: AccountId = row.id("id")?;
    let profile = super::profile(&mut inner, account).await?;
    let Some(to) = profile.email else { return Ok(Attempt::Go) };
    let now = inner.ctx.real_now();
    let text = sql!("DELETE FROM links WHERE account_id = $1 AND purpose = $2");
    inner.exec(text, args![account, RESET]).await?;
    let link = put(&mut inner, account, RESET, RESET_LIFE).await?;
    let letter = mail::reset(&to, &profile.name, &address(&link), now + RESET_LIFE);
    let once = once(account, turn(&inner));
    if crate::mail::queue(&mut inner, account, Some(&once), &letter).await? {
        super::note(&mut inner, RESET_ASKED, Some(account)).await?;
        inner.db.commit().await?;
    }
    Ok(Attempt::Go)
}

/// What is behind a link, if it can be used.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn look(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<LinkView>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT l.account_id, l.expires_at, a.sealed FROM links l JOIN accounts a ON a.id = l.account_id \
         WHERE l.token = $1 AND l.purpose IN ($2, $4) AND l.used_at IS NULL AND l.expires_at > $3 AND a.state = 'active'"
    );
    let values = args![hashed(&inner, token), PURPOSE, ctx.real_now(), RESET];
    let Some(row) = inner.opt(text, values).await? else { return Ok(None) };
    let account: AccountId = row.id("account_id")?;
    let key = inner.key(account.0).await?;
    let profile = open(&key, "accounts", "sealed", account.0, &row.bytes("sealed")?)?;
    Ok(Some(LinkView { account, profile, expires_at: row.instant("expires_at")? }))
}

/// Sets a password by its link, once, and ends every session of the account: whoever had the old password is
/// out.
///
/// # Errors
/// [`StoreError::Refused`] where the link was used or has ended; the engine's.
pub async fn set_password(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    hash: &str,
) -> Result<AccountId, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let now = ctx.real_now();
    let text = sql!(
        "UPDATE links SET used_at = $3 WHERE token = $1 AND purpose IN ($2, $4) AND used_at IS NULL AND expires_at > $3 \
         RETURNING account_id"
    );
    let token = hashed(&inner, token);
    let row = inner
        .opt(text, args![token, PURPOSE, now, RESET])
        .await?
        .ok_or_else(|| StoreError::refused(SPENT))?;
    let account: AccountId = row.id("account_id")?;
    let live = sql!("SELECT id FROM accounts WHERE id = $1 AND state = 'active'");
    inner.opt(live, args![account]).await?.ok_or_else(|| StoreError::refused(SPENT))?;
    passwords::put(&mut inner, account, hash).await?;
    end_others(&mut inner, account).await?;
    sessions::end_of(&mut inner, account, Which::All).await?;
    let profile = super::profile(&mut inner, account).await?;
    for login in logins(&profile) {
        attempts::forget(&mut inner, &login).await?;
    }
    super::note(&mut inner, "accounts.set_password", Some(account)).await?;
    inner.db.commit().await?;
    Ok(account)
}

/// Ends the links of an account that nobody used: one of them has done what they are for.
async fn end_others(inner: &mut Inner, account: AccountId) -> Result<(), StoreError> {
    let text = sql!("DELETE FROM links WHERE account_id = $1 AND purpose IN ($2, $3) AND used_at IS NULL");
    inner.exec(text, args![account, PURPOSE, RESET]).await?;
    Ok(())
}

/// The account of a login, for the console, which is to give somebody a new link.
///
/// # Errors
/// [`StoreError::Hidden`] where there is none; the engine's.
pub async fn account_of(store: &Store, ctx: &Ctx, login: &Login) -> Result<AccountId, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let lookup = login.hashed(&inner.store.keys);
    let text = sql!("SELECT account_id FROM account_logins WHERE lookup = $1");
    inner.opt(text, args![lookup]).await?.ok_or(Hidden)?.id("account_id")
}

fn hashed(inner: &Inner, token: &Token) -> [u8; 32] {
    token.hashed(&inner.store.keys, "set password link")
}

fn logins(profile: &Profile) -> Vec<Login> {
    [&profile.email, &profile.user_name].into_iter().flatten().map(|text| Login::new(text)).collect()
}
