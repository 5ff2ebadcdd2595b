//! Passkeys: keys in devices that sign what they are asked (SEC-2). What is asked and what is signed is `app`'s to make and
//! to check; here it is text. A question is taken out before it is looked at, so that no answer serves twice.
use super::{
    factors::{
        Credential, Held, Pending, enter, insert, new_recovery_codes, session_of, settled, wait, waiting,
    },
    sessions::{self, NewSession},
    token::Token,
};
use crate::{
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{ChangeFactors, ShowAccount, factors::FactorKind},
    gate::Ctx,
    ids::{AccountId, FactorId},
};
use jiff::SignedDuration;

/// So long somebody has to press their finger on a key.
pub const QUESTION_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// A passkey that is new.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// By which it is found.
    pub credential: String,
    /// What is known of it, as `app` reads it.
    pub passkey: String,
}

/// What a passkey is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// To be set up.
    Register,
    /// To show that it is there.
    Answer,
}

impl Question {
    fn of(self, pending: &mut Pending) -> &mut Option<String> {
        match self {
            Self::Register => &mut pending.register,
            Self::Answer => &mut pending.answer,
        }
    }
}

fn lookup(inner: &Inner, credential: &str) -> [u8; 32] {
    inner.store.keys.lookup("passkey", credential)
}

async fn all(inner: &mut Inner, account: AccountId) -> Result<Vec<Credential>, StoreError> {
    let text = sql!("SELECT id, sealed FROM factors WHERE account_id = $1 AND kind = 'passkey' ORDER BY id");
    let rows = inner.rows(text, args![account]).await?;
    let key = inner.key(account.0).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let factor: FactorId = row.id("id")?;
        let held: Held = open(&key, "factors", "sealed", factor.0, &row.bytes("sealed")?)?;
        found.extend(held.passkey.map(|passkey| Credential { factor, account, passkey }));
    }
    Ok(found)
}

/// The passkeys of whoever is half signed in; none where the cookie is of no half session.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn of_half(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<Vec<Credential>>, StoreError> {
    let Some(view) = sessions::half(store, ctx, token).await? else { return Ok(None) };
    let mut inner = store.glance(ctx).await?;
    Ok(Some(all(&mut inner, view.account).await?))
}

/// Keeps what a passkey was asked with half a session; false where there is none.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn ask_half(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    question: Question,
    state: String,
) -> Result<bool, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(false) };
    let mut pending = waiting(&mut inner, view.session, view.account).await?;
    pending.begin(ctx);
    *question.of(&mut pending) = Some(state);
    wait(&mut inner, view.session, view.account, &pending).await?;
    inner.db.commit().await?;
    Ok(true)
}

/// Takes out what a passkey was asked with half a session.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn asked_half(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    question: Question,
) -> Result<Option<String>, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(None) };
    let mut pending = waiting(&mut inner, view.session, view.account).await?;
    let state = question.of(&mut pending).take();
    wait(&mut inner, view.session, view.account, &pending).await?;
    inner.db.commit().await?;
    Ok(state)
}

/// Sets up a passkey as the first factor of half a session, which it makes whole; with the recovery codes. None where
/// there is a factor already, or no half session.
///
/// # Errors
/// [`StoreError::Refused`] where the key is set up already; the engine's.
pub async fn confirm_half(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    new: &NewPasskey,
) -> Result<Option<(NewSession, Vec<String>)>, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(None) };
    if super::factors::any(&mut inner, view.account).await? {
        return Ok(None);
    }
    keep(&mut inner, view.account, new).await?;
    let codes = new_recovery_codes(&mut inner, view.account).await?;
    let session = sessions::complete(&mut inner, view.session, view.account).await?;
    super::note(&mut inner, "accounts.change_factors", Some(view.account)).await?;
    inner.db.commit().await?;
    Ok(Some((session, codes)))
}

/// Makes half a session whole by a passkey of its account that signed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn give_half(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    signed: &Credential,
) -> Result<Option<NewSession>, StoreError> {
    let Some((mut inner, view)) = enter(store, ctx, token).await? else { return Ok(None) };
    if view.account != signed.account || !used(&mut inner, signed).await? {
        return Ok(None);
    }
    let session = sessions::complete(&mut inner, view.session, view.account).await?;
    inner.db.commit().await?;
    Ok(Some(session))
}

async fn keep(inner: &mut Inner, account: AccountId, new: &NewPasskey) -> Result<FactorId, StoreError> {
    let held = Held { name: new.name.clone(), codes: None, passkey: Some(new.passkey.clone()) };
    let lookup = lookup(inner, &new.credential);
    insert(inner, account, FactorKind::Passkey, Some(lookup), None, &held).await
}

/// Writes down that a passkey was used, and what it counts by now; false where it was taken away meanwhile.
async fn used(inner: &mut Inner, signed: &Credential) -> Result<bool, StoreError> {
    let text = sql!("SELECT sealed FROM factors WHERE id = $1 AND account_id = $2");
    let Some(row) = inner.opt(text, args![signed.factor, signed.account]).await? else { return Ok(false) };
    let key = inner.key(signed.account.0).await?;
    let mut held: Held = open(&key, "factors", "sealed", signed.factor.0, &row.bytes("sealed")?)?;
    held.passkey = Some(signed.passkey.clone());
    let sealed = inner.seal(&key, "factors", "sealed", signed.factor.0, &held)?;
    let now = inner.ctx.real_now();
    let text = sql!("UPDATE factors SET sealed = $2, used_at = $3 WHERE id = $1");
    Ok(inner.exec(text, args![signed.factor, sealed, now]).await? == 1)
}

/// The passkeys of somebody who is signed in.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own(tx: &mut Tx<ShowAccount>) -> Result<Vec<Credential>, StoreError> {
    let account = tx.permit.target().0;
    all(&mut tx.inner, account).await
}

/// Keeps what a passkey of somebody who is signed in was asked, to be set up.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn ask(tx: &mut Tx<ChangeFactors>, state: String) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let session = session_of(inner)?;
    let mut pending = waiting(inner, session, account).await?;
    pending.begin(&inner.ctx);
    pending.register = Some(state);
    wait(inner, session, account, &pending).await
}

/// What a passkey of somebody who is signed in was asked.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn asked(tx: &mut Tx<ShowAccount>) -> Result<Option<String>, StoreError> {
    let account = tx.permit.target().0;
    let session = session_of(&tx.inner)?;
    Ok(waiting(&mut tx.inner, session, account).await?.register)
}

/// Sets up a passkey for somebody who is signed in, as the answer to `asked`; with recovery codes where there were none.
///
/// # Errors
/// [`StoreError::Refused`] where it was answered already, or the key is set up; the engine's.
pub async fn confirm(
    tx: &mut Tx<ChangeFactors>,
    asked: &str,
    new: &NewPasskey,
) -> Result<Vec<String>, StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let session = session_of(inner)?;
    let mut pending = waiting(inner, session, account).await?;
    if pending.register.take().as_deref() != Some(asked) {
        return Err(StoreError::refused("This was answered already. Try again."));
    }
    wait(inner, session, account, &pending).await?;
    let factor = keep(inner, account, new).await?;
    let codes = settled(inner, session, account).await?;
    tx.saw([factor.0]);
    Ok(codes)
}

/// Keeps what a passkey is asked before anybody is known, for five minutes; what the page holds to find it again.
///
/// # Errors
/// The engine's.
pub async fn ask_anybody(store: &Store, ctx: &Ctx, state: &str) -> Result<Token, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let token = Token::fresh(ctx.randomness());
    let lookup = token.hashed(&inner.store.keys, "passkey question");
    let text = sql!("INSERT INTO challenges (lookup, state, expires_at) VALUES ($1, $2, $3)");
    inner.exec(text, args![lookup, state, ctx.real_now() + QUESTION_LIFE]).await?;
    inner.db.commit().await?;
    Ok(token)
}

/// Takes out what a passkey was asked before anybody was known.
///
/// # Errors
/// The engine's.
pub async fn asked_anybody(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<String>, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let lookup = token.hashed(&inner.store.keys, "passkey question");
    let text = sql!("DELETE FROM challenges WHERE lookup = $1 AND expires_at > $2 RETURNING state");
    let row = inner.opt(text, args![lookup, ctx.real_now()]).await?;
    let state = row.map(|row| row.text("state")).transpose()?;
    inner.db.commit().await?;
    Ok(state)
}

/// The passkey of this name, whosever it is.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn named(store: &Store, ctx: &Ctx, credential: &str) -> Result<Option<Credential>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let lookup = lookup(&inner, credential);
    let text = sql!("SELECT id, account_id, sealed FROM factors WHERE lookup = $1");
    let Some(row) = inner.opt(text, args![lookup]).await? else { return Ok(None) };
    let (factor, account): (FactorId, AccountId) = (row.id("id")?, row.id("account_id")?);
    let key = inner.key(account.0).await?;
    let held: Held = open(&key, "factors", "sealed", factor.0, &row.bytes("sealed")?)?;
    Ok(held.passkey.map(|passkey| Credential { factor, account, passkey }))
}

/// Writes down that a passkey signed somebody in; false where it was taken away meanwhile.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn signed_in(store: &Store, ctx: &Ctx, signed: &Credential) -> Result<bool, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let still = used(&mut inner, signed).await?;
    inner.db.commit().await?;
    Ok(still)
}
