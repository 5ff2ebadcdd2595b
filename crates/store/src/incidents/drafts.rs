//! What a user typed and uploaded but has not sent: sealed, theirs alone, for 24 hours. It survives an error and
//! an expired session.
use super::org;
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    evidence::{self, HeldEvidence},
    keys,
    pictures::{self, Files, NewPicture},
};
use fairwatch_core::{
    gate::Action,
    ids::{AccountId, DraftId, OrgId, PictureId},
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
    /// Its evidence.
    pub evidence: Vec<HeldEvidence>,
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
        "SELECT id, sealed, created_at FROM drafts WHERE account_id = $1 AND org_id = $2 AND form = $3 AND expires_at > $4"
    );
    let now = tx.inner.ctx.real_now();
    let Some(row) = tx.inner.opt(text, args![account, org, form, now]).await? else { return Ok(None) };
    let id: DraftId = row.id("id")?;
    let key = tx.inner.key(id.0).await?;
    let content = keys::open(&key, "drafts", "sealed", id.0, &row.bytes("sealed")?)?;
    let pictures = pictures::of(&mut tx.inner, id.0).await?;
    let evidence = evidence::of(&mut tx.inner, id.0).await?;
    Ok(Some(Draft { id, content, pictures, evidence, created_at: row.instant("created_at")? }))
}

/// Keeps what was typed, in the draft that there is or a new one.
///
/// # Errors
/// The engine's.
pub async fn keep(tx: &mut Tx<KeepDraft>, form: &str, content: &str) -> Result<DraftId, StoreError> {
    let (account, scope) = (account(tx)?, tx.permit.facts().clone());
    ensure(&mut tx.inner, account, &scope, form, Some(content)).await
}

/// The draft of a form to which files are added: the one that there is, or a new one.
pub(crate) async fn ensured<A>(tx: &mut Tx<A>, form: &str) -> Result<DraftId, StoreError>
where
    A: Action<Target = InOrg, Facts = Scope>,
{
    let (account, scope) = (account(tx)?, tx.permit.facts().clone());
    ensure(&mut tx.inner, account, &scope, form, None).await
}

/// One's own draft of a form, locked, if there is one.
pub(crate) async fn own<A>(tx: &mut Tx<A>, form: &str) -> Result<Option<DraftId>, StoreError>
where
    A: Action<Target = InOrg>,
{
    let (account, org) = (account(tx)?, org(tx));
    Ok(locked(&mut tx.inner, account, org, form).await?.map(|(draft, _)| draft))
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

/// The draft of a form, locked: everything that happens to a draft happens to it one after the other, and whoever
/// comes after it was sent or thrown away finds none.
async fn locked(
    inner: &mut Inner,
    account: AccountId,
    org: OrgId,
    form: &str,
) -> Result<Option<(DraftId, Timestamp)>, StoreError> {
    let text = sql!("SELECT id, expires_at FROM drafts WHERE account_id = $1 AND org_id = $2 AND form = $3");
    let row = inner.db.opt_locked(text, args![account, org, form], Lock::Update).await?;
    row.map(|row| Ok((row.id("id")?, row.instant("expires_at")?))).transpose()
}

async fn ensure(
    inner: &mut Inner,
    account: AccountId,
    scope: &Scope,
    form: &str,
    content: Option<&str>,
) -> Result<DraftId, StoreError> {
    let (now, org) = (inner.ctx.real_now(), scope.org);
    let expires = now + kept(scope);
    loop {
        match locked(inner, account, org, form).await? {
            Some((id, ends)) if ends > now => {
                if let Some(content) = content {
                    let key = inner.key(id.0).await?;
                    let sealed = inner.seal(&key, "drafts", "sealed", id.0, content)?;
                    let update = sql!("UPDATE drafts SET sealed = $2, expires_at = $3 WHERE id = $1");
                    inner.exec(update, args![id, sealed, expires]).await?;
                }
                return Ok(id);
            }
            Some((expired, _)) => destroy(inner, expired).await?,
            None => {}
        }
        let id: DraftId = inner.ctx.new_id();
        let key = inner.new_key(id.0, "draft").await?;
        let sealed = inner.seal(&key, "drafts", "sealed", id.0, content.unwrap_or("{}"))?;
        let insert = sql!(
            "INSERT INTO drafts (id, account_id, org_id, form, sealed, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        );
        if inner.exec(insert, args![id, account, org, form, sealed, now, expires]).await? == 1 {
            return Ok(id);
        }
        // Another request of the same user made one just now.
        inner.destroy_key(id.0).await?;
    }
}

/// The draft to which a picture will be added, and the key under which it is to be sealed.
///
/// # Errors
/// [`StoreError::Refused`] where there are as many as a report can carry.
pub async fn room(tx: &mut Tx<AddPicture>, form: &str) -> Result<(DraftId, DataKey), StoreError> {
    let (account, scope) = (account(tx)?, tx.permit.facts().clone());
    let draft = ensure(&mut tx.inner, account, &scope, form, None).await?;
    refuse_if_full(&mut tx.inner, draft).await?;
    let key = tx.inner.key(draft.0).await?;
    Ok((draft, key))
}

async fn refuse_if_full(inner: &mut Inner, draft: DraftId) -> Result<(), StoreError> {
    let count = sql!("SELECT COUNT(*) AS n FROM pictures WHERE owner_id = $1");
    if inner.one(count, args![draft]).await?.int("n")? >= MOST_PICTURES {
        return Err(StoreError::refused(format!(
            "A report can carry {MOST_PICTURES} pictures. Take one away before you add another."
        )));
    }
    Ok(())
}

/// Records an uploaded picture whose sealed files have been written. Since [`room`] was found, the draft may have
/// been filled, sent or thrown away; then the files are collected as those of an upload that was never committed.
///
/// # Errors
/// [`StoreError::Refused`] where the draft is full or no longer there.
pub async fn add(
    tx: &mut Tx<AddPicture>,
    draft: DraftId,
    id: PictureId,
    files: &Files,
    print: Vec<u8>,
) -> Result<(), StoreError> {
    let (account, org, added_on) = (account(tx)?, org(tx), tx.inner.ctx.today());
    let text =
        sql!("SELECT id FROM drafts WHERE id = $1 AND account_id = $2 AND org_id = $3 AND expires_at > $4");
    let values = args![draft, account, org, tx.inner.ctx.real_now()];
    if tx.inner.db.opt_locked(text, values, Lock::Update).await?.is_none() {
        return Err(StoreError::refused(
            "The report was sent or thrown away before the picture had arrived. Open a new report and upload the picture again.",
        ));
    }
    refuse_if_full(&mut tx.inner, draft).await?;
    let new = NewPicture {
        id,
        org,
        owner: draft.0,
        owner_kind: "draft",
        report: None,
        source: None,
        added_on,
        files,
        print,
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
    let Some((draft, _)) = locked(&mut tx.inner, account, org, form).await? else { return Ok(()) };
    if pictures::of(&mut tx.inner, draft.0).await?.contains(&picture) {
        pictures::destroy(&mut tx.inner, picture).await?;
        tx.saw([picture.0]);
    }
    Ok(())
}

/// Destroys a draft; not where it became a report meanwhile, whose pictures and key would be the same.
pub(crate) async fn destroy(inner: &mut Inner, draft: DraftId) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM drafts WHERE id = $1");
    if inner.db.opt_locked(text, args![draft], Lock::Update).await?.is_none() {
        return Ok(());
    }
    pictures::destroy_all(inner, draft.0).await?;
    evidence::destroy_all(inner, draft.0).await?;
    inner.exec(sql!("DELETE FROM drafts WHERE id = $1"), args![draft]).await?;
    inner.destroy_key(draft.0).await
}
