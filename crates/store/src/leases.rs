//! Leases: what one process alone does at a time, on whichever server it runs. Whoever has not
//! said for too long that they live loses theirs to the next.
use crate::{
    dialect::{args, sql},
    door::{Inner, Store},
    error::StoreError,
};
use fairwatch_core::gate::Ctx;
use jiff::SignedDuration;
use uuid::Uuid;

/// Takes a lease for so long, unless somebody else holds it; under the id it is kept and given back.
pub(crate) async fn take(
    store: &Store,
    ctx: &Ctx,
    name: &str,
    length: SignedDuration,
) -> Result<Option<Uuid>, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let taken = take_within(&mut inner, name, length).await?;
    inner.db.commit().await?;
    Ok(taken)
}

/// Takes it with whatever else a transaction changes.
pub(crate) async fn take_within(
    inner: &mut Inner,
    name: &str,
    length: SignedDuration,
) -> Result<Option<Uuid>, StoreError> {
    let (holder, now): (Uuid, _) = (inner.ctx.new_id(), inner.ctx.real_now());
    let text = sql!(
        "INSERT INTO leases (name, holder, ends_at) VALUES ($1, $2, $3) \
         ON CONFLICT (name) DO UPDATE SET holder = $2, ends_at = $3 WHERE leases.ends_at <= $4"
    );
    let taken = inner.exec(text, args![name, holder, now + length, now]).await? > 0;
    Ok(taken.then_some(holder))
}

/// Says that its holder lives; false where somebody else has taken it.
pub(crate) async fn keep(
    store: &Store,
    ctx: &Ctx,
    holder: Uuid,
    length: SignedDuration,
) -> Result<bool, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let text = sql!("UPDATE leases SET ends_at = $2 WHERE holder = $1");
    let kept = inner.exec(text, args![holder, ctx.real_now() + length]).await? > 0;
    inner.db.commit().await?;
    Ok(kept)
}

/// Gives it back.
pub(crate) async fn give_back(store: &Store, ctx: &Ctx, holder: Uuid) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    inner.exec(sql!("DELETE FROM leases WHERE holder = $1"), args![holder]).await?;
    inner.db.commit().await
}
