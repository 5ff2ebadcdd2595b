//! Links with which the owner of an account sets its password: random, stored hashed, for one purpose, used
//! once, at an end after three days.
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

const PURPOSE: &str = "set_password";
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

/// Makes a link for an account. Links that were made before end: the newest one alone is good.
pub(super) async fn make(inner: &mut Inner, account: AccountId) -> Result<Token, StoreError> {
    let token = Token::fresh(inner.ctx.randomness());
    let now = inner.ctx.real_now();
    inner
        .exec(sql!("DELETE FROM links WHERE account_id = $1 AND purpose = $2"), args![account, PURPOSE])
        .await?;
    let text = sql!(
        "INSERT INTO links (token, purpose, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let hash = hashed(inner, &token);
    inner.exec(text, args![hash, PURPOSE, account, now, now + LINK_LIFE]).await?;
    Ok(token)
}

/// A new link for somebody who cannot sign in any more, at the console.
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
    let link = make(&mut inner, account).await?;
    let letter = mail::reset(&to, &profile.name, &address(&link), now + LINK_LIFE);
    let once = format!("reset {account} {}", now.as_second() / ONE_RESET_IN.as_secs());
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
         WHERE l.token = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.expires_at > $3 AND a.state = 'active'"
    );
    let values = args![hashed(&inner, token), PURPOSE, ctx.real_now()];
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
        "UPDATE links SET used_at = $3 WHERE token = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 \
         RETURNING account_id"
    );
    let token = hashed(&inner, token);
    let row = inner.opt(text, args![token, PURPOSE, now]).await?.ok_or_else(|| StoreError::refused(SPENT))?;
    let account: AccountId = row.id("account_id")?;
    let live = sql!("SELECT id FROM accounts WHERE id = $1 AND state = 'active'");
    inner.opt(live, args![account]).await?.ok_or_else(|| StoreError::refused(SPENT))?;
    passwords::put(&mut inner, account, hash).await?;
    sessions::end_of(&mut inner, account, Which::All).await?;
    let profile = super::profile(&mut inner, account).await?;
    for login in logins(&profile) {
        attempts::forget(&mut inner, &login).await?;
    }
    super::note(&mut inner, "accounts.set_password", Some(account)).await?;
    inner.db.commit().await?;
    Ok(account)
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
