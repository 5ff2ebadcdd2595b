//! What a user typed and uploaded but has not sent: sealed, theirs alone, for 24 hours. It survives an error and
//! an expired session.
use super::org;
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    pictures::{self, Files, NewPicture},
};
use fairwatch_core::{
    gate::Action,
    ids::{AccountId, DraftId, PictureId},
    incidents::{KeepDraft, RemovePicture},
    pictures::AddPicture,
    scope::{InOrg, Scope},
};
use fairwatch_vault::DataKey;
use jiff::{SignedDuration, Timestamp};

/// How long a draft is kept, by the scheme's policy (RET-15).
fn kept(scope: &Scope) -> SignedDuration {
    SignedDuration::from_hours(i64::try_from(scope.policy.keep.draft.length.at_most_hours()).unwrap_or(24))
}

/// At most so many pictures come with one report.
pub const MOST_PICTURES: i64 = 8;

/// A draft and what was typed in it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The draft.
    pub id: DraftId,
    /// The form's fields as JSON.
    pub content: String,
    /// Its pictures.
    pub pictures: Vec<PictureId>,
    /// When it was begun.
    pub created_at: Timestamp,
}

fn account<A: Action<Target = InOrg>>(tx: &Tx<A>) -> Result<AccountId, StoreError> {
    tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))
}

/// The draft of a form that this user has here, if it is not past its time.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn find(tx: &mut Tx<KeepDraft>, form: &str) -> Result<Option<Draft>, StoreError> {
    let (account, org) = (account(tx)?, org(tx));
    let text = sql!(
        "SELECT id, sealed, created_at FROM drafts WHERE account_id = $1 AND org_id = $2 AND form = $3 AND expires_at > $4 \
         ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    let now = tx.inner.ctx.real_now();
    let Some(row) = tx.inner.opt(text, args![account, org, form, now]).await? else { return Ok(None) };
    let id: DraftId = row.id("id")?;
    let key = tx.inner.key(id.0).await?;
    let content = keys::open(&key, "drafts", "sealed", id.0, &row.bytes("sealed")?)?;
    let pictures = pictures::of(&mut tx.inner, id.0).await?;
    Ok(Some(Draft { id, content, pictures, created_at: row.instant("created_at")? }))
}

/// Keeps what was typed, in the draft that there is or a new one.
///
/// # Errors
/// The engine's.
pub async fn keep(tx: &mut Tx<KeepDraft>, form: &str, content: &str) -> Result<DraftId, StoreError> {
    let (account, scope) = (account(tx)?, tx.permit.facts().clone());
    ensure(&mut tx.inner, account, &scope, form, Some(content)).await
}

/// Throws the draft of a form away, with its pictures.
///
/// # Errors
/// The engine's.
pub async fn discard(tx: &mut Tx<KeepDraft>, form: &str) -> Result<(), StoreError> {
    if let Some(draft) = find(tx, form).await? {
        destroy(&mut tx.inner, draft.id).await?;
    }
    Ok(())
}

async fn ensure(
    inner: &mut Inner,
    account: AccountId,
    scope: &Scope,
    form: &str,
    content: Option<&str>,
) -> Result<DraftId, StoreError> {
    let (now, org) = (inner.ctx.real_now(), scope.org);
    let text = sql!(
        "SELECT id FROM drafts WHERE account_id = $1 AND org_id = $2 AND form = $3 AND expires_at > $4 ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    let expires = now + kept(scope);
    if let Some(row) = inner.opt(text, args![account, org, form, now]).await? {
        let id: DraftId = row.id("id")?;
        if let Some(content) = content {
            let key = inner.key(id.0).await?;
            let sealed = inner.seal(&key, "drafts", "sealed", id.0, content)?;
            let update = sql!("UPDATE drafts SET sealed = $2, expires_at = $3 WHERE id = $1");
            inner.exec(update, args![id, sealed, expires]).await?;
        }
        return Ok(id);
    }
    let id: DraftId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "draft").await?;
    let sealed = inner.seal(&key, "drafts", "sealed", id.0, content.unwrap_or("{}"))?;
    let insert = sql!(
        "INSERT INTO drafts (id, account_id, org_id, form, sealed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    inner.exec(insert, args![id, account, org, form, sealed, now, expires]).await?;
    Ok(id)
}

/// The draft to which a picture will be added, and the key under which it is to be sealed.
///
/// # Errors
/// [`StoreError::Refused`] where there are as many as a report can carry.
pub async fn room(tx: &mut Tx<AddPicture>, form: &str) -> Result<(DraftId, DataKey), StoreError> {
    let (account, scope) = (account(tx)?, tx.permit.facts().clone());
    let draft = ensure(&mut tx.inner, account, &scope, form, None).await?;
    let count = sql!("SELECT COUNT(*) AS n FROM pictures WHERE owner_id = $1");
    if tx.inner.one(count, args![draft]).await?.int("n")? >= MOST_PICTURES {
        return Err(StoreError::refused(format!(
            "A report can carry {MOST_PICTURES} pictures. Take one away before you add another."
        )));
    }
    let key = tx.inner.key(draft.0).await?;
    Ok((draft, key))
}

/// Records an uploaded picture whose sealed files have been written.
///
/// # Errors
/// The engine's.
pub async fn add(
    tx: &mut Tx<AddPicture>,
    draft: DraftId,
    id: PictureId,
    files: &Files,
) -> Result<(), StoreError> {
    let (org, added_on) = (org(tx), tx.inner.ctx.today());
    let new = NewPicture {
        id,
        org,
        owner: draft.0,
        owner_kind: "draft",
        report: None,
        source: None,
        added_on,
        files,
    };
    pictures::insert(&mut tx.inner, new).await?;
    tx.saw([id.0]);
    Ok(())
}

/// Takes an uploaded picture out of one's own draft.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx<RemovePicture>, form: &str, picture: PictureId) -> Result<(), StoreError> {
    let (account, org) = (account(tx)?, org(tx));
    let text = sql!(
        "SELECT p.id FROM pictures p JOIN drafts d ON d.id = p.owner_id \
         WHERE p.id = $1 AND d.account_id = $2 AND d.org_id = $3 AND d.form = $4"
    );
    if tx.inner.opt(text, args![picture, account, org, form]).await?.is_some() {
        pictures::destroy(&mut tx.inner, picture).await?;
        tx.saw([picture.0]);
    }
    Ok(())
}

pub(crate) async fn destroy(inner: &mut Inner, draft: DraftId) -> Result<(), StoreError> {
    pictures::destroy_all(inner, draft.0).await?;
    inner.exec(sql!("DELETE FROM drafts WHERE id = $1"), args![draft]).await?;
    inner.destroy_key(draft.0).await
}
