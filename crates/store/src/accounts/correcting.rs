//! Correcting what is held of somebody who signs in: by themselves, or by a scheme's controller on their behalf (MEM-2).
use super::{links, token::Login, users::claim};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{CorrectAccount, CorrectUser, Profile},
    gate::Hidden,
    ids::{AccountId, MembershipId},
};
use fairwatch_vault::DataKey;

/// What is said where somebody else signs in with that.
const TAKEN: &str = "This cannot be used to sign in. Choose another.";

/// Corrects one's own name, and with what one signs in. Whatever led to the account and is given up leads nowhere.
///
/// # Errors
/// [`StoreError::RefusedAt`] where somebody else signs in with it; the engine's.
pub async fn correct_own(tx: &mut Tx<CorrectAccount>, profile: &Profile) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let former = super::profile(inner, account).await?;
    for (field, now, before) in
        [("email", &profile.email, &former.email), ("user_name", &profile.user_name, &former.user_name)]
    {
        let (now, before) = (login(now.as_ref()), login(before.as_ref()));
        if now == before {
            continue;
        }
        // A link that went to what led here before does not lead here any more.
        links::end(inner, account).await?;
        if let Some(before) = before {
            let lookup = before.hashed(&inner.store.keys);
            let text = sql!("DELETE FROM account_logins WHERE lookup = $1 AND account_id = $2");
            inner.exec(text, args![lookup, account]).await?;
        }
        if let Some(now) = now
            && !claim(inner, account, &now).await?
        {
            return Err(StoreError::RefusedAt(field, TAKEN.into()));
        }
    }
    put(inner, account, profile).await
}

fn login(text: Option<&String>) -> Option<Login> {
    text.map(|text| Login::new(text))
}

async fn put(inner: &mut Inner, account: AccountId, profile: &Profile) -> Result<(), StoreError> {
    let key = inner.key(account.0).await?;
    let sealed = inner.seal(&key, "accounts", "sealed", account.0, profile)?;
    inner.exec(sql!("UPDATE accounts SET sealed = $2 WHERE id = $1"), args![account, sealed]).await?;
    Ok(())
}

/// Corrects what one of one's schemes knows of oneself.
///
/// # Errors
/// [`StoreError::Hidden`] where one has no role there by that id; the engine's.
pub async fn correct_told(
    tx: &mut Tx<CorrectAccount>,
    membership: MembershipId,
    name: &str,
    email: Option<&str>,
) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    let text = sql!(
        "SELECT id FROM memberships WHERE id = $1 AND account_id = $2 AND state IN ('active', 'suspended')"
    );
    tx.inner.opt(text, args![membership, account]).await?.ok_or(Hidden)?;
    tell(&mut tx.inner, membership, name, email).await?;
    tx.saw([membership.0]);
    Ok(())
}

/// Corrects what the scheme knows of one of its users. Their account is theirs; where no other organisation knows it,
/// the name on it is corrected as well. With what they sign in nobody changes but themselves.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn correct_user(
    tx: &mut Tx<CorrectUser>,
    name: &str,
    email: Option<&str>,
    reason: &str,
) -> Result<(), StoreError> {
    let (membership, facts) = (tx.permit.target().0, *tx.permit.facts());
    let account = facts.account.ok_or(Hidden)?;
    tell(&mut tx.inner, membership, name, email).await?;
    let text = sql!("SELECT id FROM memberships WHERE account_id = $1 AND org_id <> $2 LIMIT 1");
    if tx.inner.opt(text, args![account, facts.org]).await?.is_none() {
        let profile = super::profile(&mut tx.inner, account).await?;
        put(&mut tx.inner, account, &Profile { name: name.to_owned(), ..profile }).await?;
    }
    tx.because(account.0, reason);
    tx.saw([account.0]);
    Ok(())
}

async fn tell(
    inner: &mut Inner,
    membership: MembershipId,
    name: &str,
    email: Option<&str>,
) -> Result<(), StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM memberships WHERE id = $1"), args![membership]).await?;
    let key: DataKey = inner.key(membership.0).await?;
    let told: Profile = open(&key, "memberships", "sealed", membership.0, &row.bytes("sealed")?)?;
    let told = Profile { name: name.to_owned(), email: email.map(str::to_owned), ..told };
    let sealed = inner.seal(&key, "memberships", "sealed", membership.0, &told)?;
    inner.exec(sql!("UPDATE memberships SET sealed = $2 WHERE id = $1"), args![membership, sealed]).await?;
    Ok(())
}
