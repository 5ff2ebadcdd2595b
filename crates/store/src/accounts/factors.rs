//! Second factors: one-time codes, passkeys and recovery codes (SEC-2).
//!
//! What gives or sets up a factor on half a session has no permit to show: the functions that take a [`Token`] reach the
//! account of that session and nothing else. What changes the factors of somebody who is signed in passes the door. What a
//! passkey says and is asked is `app`'s to make and to check; here it is text, sealed under the account.
use super::{
    attempts::{self, Attempted},
    sessions::{self, NewSession, SessionView},
    token::Token,
};
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{
        ChangeFactors, ShowAccount,
        factors::{FactorKind, Secret, Typed, read, recovery_codes},
    },
    gate::{Caller, Ctx, Hidden},
    ids::{AccountId, FactorId, SessionId},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub(super) use fairwatch_core::accounts::factors::required as is_required_for;

/// Nobody has more than so many keys to keep track of.
const MOST: usize = 10;

/// What setting up waits for is worth nothing after so long: a screen that was left open shows no secret, and whoever goes
/// on gives the password again.
pub const SETUP_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What stands sealed in a factor's row.
#[derive(Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) name: String,
    pub(super) codes: Option<Secret>,
    pub(super) passkey: Option<String>,
}

/// What setting a factor up, or being asked for one, waits for; sealed in the session's row.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Since when; what was begun a while ago is as good as never begun.
    since: Option<Timestamp>,
    codes: Option<Secret>,
    pub(super) register: Option<String>,
    pub(super) answer: Option<String>,
}

impl Pending {
    /// Something begins to wait now.
    pub(super) fn begin(&mut self, ctx: &Ctx) {
        self.since = Some(ctx.real_now());
    }
}

/// Half a session, for the page that asks for the second factor.
#[derive(Clone, Debug)]
pub struct HalfView {
    /// The session.
    pub session: SessionId,
    /// Whose.
    pub account: AccountId,
    /// Whether they have an app that shows codes.
    pub codes: bool,
    /// Whether they have a passkey.
    pub passkeys: bool,
    /// What an app or a key is to call the account.
    pub login: String,
}

impl HalfView {
    /// Whether there is a factor to give; otherwise the first is to be set up now.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.codes || self.passkeys
    }
}

/// A factor of one's own.
#[derive(Clone, Debug, Serialize)]
pub struct FactorView {
    /// The factor.
    pub factor: FactorId,
    /// What it is.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// When it was given last.
    pub used_at: Option<Timestamp>,
}

/// The second factors of one's own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OwnFactors {
    /// Apps and keys, the oldest first.
    pub factors: Vec<FactorView>,
    /// How many recovery codes are left; of themselves hashes alone are kept.
    pub recovery_codes_left: i64,
}

/// A passkey that signed.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The factor.
    pub factor: FactorId,
    /// Whose.
    pub account: AccountId,
    /// What is known of it, as `app` wrote it.
    pub passkey: String,
}

/// Whether an account has a second factor.
pub(super) async fn any(inner: &mut Inner, account: AccountId) -> Result<bool, StoreError> {
    let text = sql!("SELECT id FROM factors WHERE account_id = $1 LIMIT 1");
    Ok(inner.opt(text, args![account]).await?.is_some())
}

/// Half a session, if the cookie is one's.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn half(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<HalfView>, StoreError> {
    let Some(view) = sessions::half(store, ctx, token).await? else { return Ok(None) };
    let mut inner = store.glance(ctx).await?;
    let kinds = kinds(&mut inner, view.account).await?;
    let profile = super::profile(&mut inner, view.account).await?;
    Ok(Some(HalfView {
        session: view.session,
        account: view.account,
        codes: kinds.contains(&FactorKind::Codes),
        passkeys: kinds.contains(&FactorKind::Passkey),
        login: profile.email.or(profile.user_name).unwrap_or(profile.name),
    }))
}

async fn kinds(inner: &mut Inner, account: AccountId) -> Result<Vec<FactorKind>, StoreError> {
    let rows = inner.rows(sql!("SELECT kind FROM factors WHERE account_id = $1"), args![account]).await?;
    rows.iter().map(|row| row.word("kind")).collect()
}

/// A transaction over half a session, with its account locked: two browsers that give or set up at once come one after
/// the other.
pub(super) async fn enter(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
) -> Result<Option<(Inner, SessionView)>, StoreError> {
    let Some(view) = sessions::half(store, ctx, token).await? else { return Ok(None) };
    let mut inner = store.machinery(ctx).await?;
    let live = sql!("SELECT id FROM accounts WHERE id = $1 AND state = 'active'");
    if inner.db.opt_locked(live, args![view.account], Lock::Update).await?.is_none() {
        return Ok(None);
    }
    let text = sql!("SELECT id FROM sessions WHERE id = $1 AND ended_at IS NULL AND expires_at > $2");
    let still = inner.opt(text, args![view.session, ctx.real_now()]).await?;
    Ok(still.map(|_| (inner, view)))
}

/// The secret that somebody who has no factor yet is to put into an app; the same until it is confirmed. None where there
/// is a factor already: half a session sets up the first and no other.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn enrolment(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<Secret>, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(None) };
    if any(&mut inner, view.account).await? {
        return Ok(None);
    }
    let mut pending = waiting(&mut inner, view.session, view.account).await?;
    if let Some(secret) = pending.codes {
        return Ok(Some(secret));
    }
    let secret = Secret::fresh(ctx.randomness());
    pending.begin(ctx);
    pending.codes = Some(secret.clone());
    wait(&mut inner, view.session, view.account, &pending).await?;
    inner.db.commit().await?;
    Ok(Some(secret))
}

/// Sets up the first factor of half a session by a code from the app, and makes the session whole; with the recovery
/// codes, to be shown once. None where the code is wrong, or there is nothing to set up.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn confirm(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    typed: &str,
    attempted: Attempted<'_>,
) -> Result<Option<(NewSession, Vec<String>)>, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(None) };
    if any(&mut inner, view.account).await? {
        return Ok(None);
    }
    if !add_codes(&mut inner, view.session, view.account, typed).await? {
        return Ok(None);
    }
    let codes = new_recovery_codes(&mut inner, view.account).await?;
    attempts::forgive(&mut inner, attempted).await?;
    let session = sessions::complete(&mut inner, view.session, view.account).await?;
    super::note(&mut inner, "accounts.change_factors", Some(view.account)).await?;
    inner.db.commit().await?;
    Ok(Some((session, codes)))
}

/// Makes half a session whole by a one-time code or a recovery code; either is used up by it. None where it is wrong.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn give(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    typed: &str,
    attempted: Attempted<'_>,
) -> Result<Option<NewSession>, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(None) };
    let account = view.account;
    let right = match read(typed) {
        Typed::Code(code) => use_code(&mut inner, account, &code).await?,
        Typed::Recovery(code) => use_recovery_code(&mut inner, account, &code).await?,
        Typed::Neither => false,
    };
    if !right {
        return Ok(None);
    }
    attempts::forgive(&mut inner, attempted).await?;
    let session = sessions::complete(&mut inner, view.session, account).await?;
    inner.db.commit().await?;
    Ok(Some(session))
}

/// Records that a second factor was wrong.
///
/// # Errors
/// The engine's.
pub async fn refused(store: &Store, ctx: &Ctx, account: AccountId) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    super::note(&mut inner, super::CODE_REFUSED, Some(account)).await?;
    inner.db.commit().await
}

async fn use_code(inner: &mut Inner, account: AccountId, code: &str) -> Result<bool, StoreError> {
    let text = sql!("SELECT id, last_step, sealed FROM factors WHERE account_id = $1 AND kind = 'codes'");
    let (rows, now) = (inner.rows(text, args![account]).await?, inner.ctx.real_now());
    let key = inner.key(account.0).await?;
    for row in &rows {
        let factor: FactorId = row.id("id")?;
        let held: Held = open(&key, "factors", "sealed", factor.0, &row.bytes("sealed")?)?;
        let last = row.opt_int("last_step")?;
        let Some(step) = held.codes.and_then(|secret| secret.step_of(code, now, last)) else { continue };
        // Whoever looked over a shoulder, or two browsers at once: the step is used up by one of them.
        let text = sql!(
            "UPDATE factors SET last_step = $2, used_at = $3 WHERE id = $1 AND COALESCE(last_step, -1) < $2"
        );
        return Ok(inner.exec(text, args![factor, step, now]).await? == 1);
    }
    Ok(false)
}

async fn use_recovery_code(inner: &mut Inner, account: AccountId, code: &str) -> Result<bool, StoreError> {
    let text = sql!(
        "UPDATE recovery_codes SET used_at = $3 WHERE lookup = $1 AND account_id = $2 AND used_at IS NULL"
    );
    let lookup = recovery_lookup(inner, account, code);
    let now = inner.ctx.real_now();
    Ok(inner.exec(text, args![lookup, account, now]).await? == 1)
}

fn recovery_lookup(inner: &Inner, account: AccountId, code: &str) -> [u8; 32] {
    inner.store.keys.lookup("recovery code", &format!("{account} {code}"))
}

/// Makes new recovery codes; those before are worth nothing any more. Shown once, since hashes alone are kept.
pub(super) async fn new_recovery_codes(
    inner: &mut Inner,
    account: AccountId,
) -> Result<Vec<String>, StoreError> {
    inner.exec(sql!("DELETE FROM recovery_codes WHERE account_id = $1"), args![account]).await?;
    let codes = recovery_codes(inner.ctx.randomness());
    let now = inner.ctx.real_now();
    for code in &codes {
        let Typed::Recovery(plain) = read(code) else { continue };
        let lookup = recovery_lookup(inner, account, &plain);
        let text = sql!("INSERT INTO recovery_codes (lookup, account_id, created_at) VALUES ($1, $2, $3)");
        inner.exec(text, args![lookup, account, now]).await?;
    }
    Ok(codes)
}

pub(super) async fn waiting(
    inner: &mut Inner,
    session: SessionId,
    account: AccountId,
) -> Result<Pending, StoreError> {
    let text = sql!("SELECT pending FROM sessions WHERE id = $1 AND account_id = $2");
    let Some(row) = inner.opt(text, args![session, account]).await? else { return Ok(Pending::default()) };
    let Some(sealed) = row.opt_bytes("pending")? else { return Ok(Pending::default()) };
    let key = inner.key(account.0).await?;
    let pending: Pending = open(&key, "sessions", "pending", session.0, &sealed)?;
    let is_fresh = pending.since.is_some_and(|since| inner.ctx.real_now().duration_since(since) < SETUP_LIFE);
    Ok(if is_fresh { pending } else { Pending::default() })
}

pub(super) async fn wait(
    inner: &mut Inner,
    session: SessionId,
    account: AccountId,
    pending: &Pending,
) -> Result<(), StoreError> {
    let key = inner.key(account.0).await?;
    let sealed = inner.seal(&key, "sessions", "pending", session.0, pending)?;
    let text = sql!("UPDATE sessions SET pending = $2 WHERE id = $1");
    inner.exec(text, args![session, sealed]).await?;
    Ok(())
}

/// Keeps an app whose code is right for the secret that waits; another app of the account's gives way.
async fn add_codes(
    inner: &mut Inner,
    session: SessionId,
    account: AccountId,
    typed: &str,
) -> Result<bool, StoreError> {
    let Typed::Code(code) = read(typed) else { return Ok(false) };
    let mut pending = waiting(inner, session, account).await?;
    let Some(secret) = pending.codes.take() else { return Ok(false) };
    let Some(step) = secret.step_of(&code, inner.ctx.real_now(), None) else { return Ok(false) };
    inner.exec(sql!("DELETE FROM factors WHERE account_id = $1 AND kind = 'codes'"), args![account]).await?;
    let held = Held { name: "Authenticator app".into(), codes: Some(secret), passkey: None };
    insert(inner, account, FactorKind::Codes, None, Some(step), &held).await?;
    wait(inner, session, account, &pending).await?;
    Ok(true)
}

pub(super) async fn insert(
    inner: &mut Inner,
    account: AccountId,
    kind: FactorKind,
    lookup: Option<[u8; 32]>,
    step: Option<i64>,
    held: &Held,
) -> Result<FactorId, StoreError> {
    let text = sql!("SELECT COUNT(*) AS has FROM factors WHERE account_id = $1");
    if inner.one(text, args![account]).await?.int("has")? >= MOST as i64 {
        return Err(StoreError::refused("You have many already. Take one away first."));
    }
    let factor: FactorId = inner.ctx.new_id();
    let now = inner.ctx.real_now();
    let key = inner.key(account.0).await?;
    let sealed = inner.seal(&key, "factors", "sealed", factor.0, held)?;
    let text = sql!(
        "INSERT INTO factors (id, account_id, kind, lookup, last_step, created_at, used_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ON CONFLICT DO NOTHING"
    );
    if inner.exec(text, args![factor, account, kind.name(), lookup, step, now, sealed]).await? == 0 {
        return Err(StoreError::refused("This key is set up already."));
    }
    Ok(factor)
}

/// The session of whoever asks, as the door found it.
pub(super) fn session_of(inner: &Inner) -> Result<SessionId, StoreError> {
    match inner.ctx.caller() {
        Caller::User { session, .. } => Ok(session),
        _ => Err(Hidden.into()),
    }
}

/// The second factors of one's own.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own(tx: &mut Tx<ShowAccount>) -> Result<OwnFactors, StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT id, kind, created_at, used_at, sealed FROM factors WHERE account_id = $1 ORDER BY created_at, id"
    );
    let rows = inner.rows(text, args![account]).await?;
    let key = inner.key(account.0).await?;
    let mut factors = Vec::with_capacity(rows.len());
    for row in &rows {
        let factor: FactorId = row.id("id")?;
        let held: Held = open(&key, "factors", "sealed", factor.0, &row.bytes("sealed")?)?;
        factors.push(FactorView {
            factor,
            kind: row.word("kind")?,
            name: held.name,
            since: row.instant("created_at")?,
            used_at: row.opt_instant("used_at")?,
        });
    }
    let text = sql!("SELECT COUNT(*) AS has FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL");
    let left = inner.one(text, args![account]).await?.int("has")?;
    Ok(OwnFactors { factors, recovery_codes_left: left })
}

/// The secret that waits to be confirmed by somebody who is signed in.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own_enrolment(tx: &mut Tx<ShowAccount>) -> Result<Option<Secret>, StoreError> {
    let account = tx.permit.target().0;
    let session = session_of(&tx.inner)?;
    Ok(waiting(&mut tx.inner, session, account).await?.codes)
}

/// Begins to set up codes for somebody who is signed in.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn begin_codes(tx: &mut Tx<ChangeFactors>) -> Result<Secret, StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let session = session_of(inner)?;
    let mut pending = waiting(inner, session, account).await?;
    let secret = Secret::fresh(inner.ctx.randomness());
    pending.begin(&inner.ctx);
    pending.codes = Some(secret.clone());
    wait(inner, session, account, &pending).await?;
    Ok(secret)
}

/// Sets codes up for somebody who is signed in; with recovery codes where there were none.
///
/// # Errors
/// [`StoreError::Refused`] where the code is wrong; the engine's.
pub async fn confirm_codes(tx: &mut Tx<ChangeFactors>, typed: &str) -> Result<Vec<String>, StoreError> {
    let account = tx.permit.target().0;
    let session = session_of(&tx.inner)?;
    if !add_codes(&mut tx.inner, session, account, typed).await? {
        return Err(StoreError::RefusedAt("code", WRONG_CODE.into()));
    }
    settled(&mut tx.inner, session, account).await
}

/// What is said of a code that is wrong, used, or too old.
pub const WRONG_CODE: &str = "This code is not right. Wait for the next one in your app, and check that the telephone's clock is right.";

/// A factor was set up by somebody who is signed in: they have just given it, and are to have recovery codes.
pub(super) async fn settled(
    inner: &mut Inner,
    session: SessionId,
    account: AccountId,
) -> Result<Vec<String>, StoreError> {
    let text = sql!("UPDATE sessions SET second_at = $2 WHERE id = $1");
    let now = inner.ctx.real_now();
    inner.exec(text, args![session, now]).await?;
    let text = sql!("SELECT COUNT(*) AS has FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL");
    if inner.one(text, args![account]).await?.int("has")? > 0 {
        return Ok(Vec::new());
    }
    new_recovery_codes(inner, account).await
}

/// Makes new recovery codes for somebody who is signed in.
///
/// # Errors
/// [`StoreError::Refused`] where there is nothing that they could stand for; the engine's.
pub async fn renew_recovery_codes(tx: &mut Tx<ChangeFactors>) -> Result<Vec<String>, StoreError> {
    let account = tx.permit.target().0;
    if !any(&mut tx.inner, account).await? {
        return Err(StoreError::refused("Set up an app or a passkey first."));
    }
    new_recovery_codes(&mut tx.inner, account).await
}

/// Takes a factor away; with the last of them the recovery codes go.
///
/// # Errors
/// [`StoreError::Refused`] where a role needs one and this is the last; [`StoreError::Hidden`] where it is not theirs; the
/// engine's.
pub async fn remove(tx: &mut Tx<ChangeFactors>, factor: FactorId) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!("DELETE FROM factors WHERE id = $1 AND account_id = $2");
    if inner.exec(text, args![factor, account]).await? == 0 {
        return Err(Hidden.into());
    }
    if !any(inner, account).await? {
        let roles = sessions::roles_of(inner, account).await?;
        if sessions::is_required(inner, &roles).await? {
            return Err(StoreError::refused(
                "Your role needs a second factor. Set up another one before you take this away.",
            ));
        }
        inner.exec(sql!("DELETE FROM recovery_codes WHERE account_id = $1"), args![account]).await?;
    }
    tx.saw([factor.0]);
    Ok(())
}

/// Takes all of an account's factors away: whoever is let back in at the console sets up others (SEC-2).
pub(super) async fn forget(inner: &mut Inner, account: AccountId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM factors WHERE account_id = $1"), args![account]).await?;
    inner.exec(sql!("DELETE FROM recovery_codes WHERE account_id = $1"), args![account]).await?;
    Ok(())
}

/// Takes away the questions that no passkey answered in time.
pub(super) async fn forget_challenges(inner: &mut Inner) -> Result<u64, StoreError> {
    let now = inner.ctx.real_now();
    inner.exec(sql!("DELETE FROM challenges WHERE expires_at <= $1"), args![now]).await
}
