//! Two records of one person made one, and taken apart again (SUB-2).
use super::given;
use crate::{App, error::AppError, pictures};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{OrgId, SubjectId},
    scope::{InOrg, Scope},
    subjects::{
        OneSubject, TwoSubjects,
        merging::{Chosen, FollowMerge, MergeSubjects, PreviewMerge, PreviewUndo, UndoMerge},
    },
};
use fairwatch_store::{Tx, subjects::merging};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::subjects::merging::{Preview, Undoing};

/// What merging would do, before it is done.
///
/// # Errors
/// [`AppError::Hidden`] where either is not there, or kept by a hold alone.
#[boxed]
pub async fn preview(
    app: &App,
    ctx: &Ctx,
    kept: SubjectId,
    other: SubjectId,
    chosen: Chosen,
) -> Result<(Scope, Preview), AppError> {
    let look = async move |tx: &mut Tx<PreviewMerge>| {
        let scope = tx.permit().facts().from.scope.clone();
        Ok((scope, merging::preview(tx, chosen).await?))
    };
    Ok(app.store.read::<PreviewMerge, _>(ctx, TwoSubjects(kept, other), look).await?)
}

/// Makes two records one; the first stays (SUB-2).
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done.
#[boxed]
pub async fn merge(
    app: &App,
    ctx: &Ctx,
    kept: SubjectId,
    other: SubjectId,
    chosen: Chosen,
    reason: &str,
) -> Result<(), AppError> {
    let reason = given(reason)?;
    let own = app.clone();
    let work = async move |tx: &mut Tx<MergeSubjects>| {
        let handovers = merging::merge(tx, chosen, &reason).await?;
        pictures::hand_over_all(&own, tx, handovers).await
    };
    app.store.write::<MergeSubjects, _>(ctx, TwoSubjects(kept, other), work).await?;
    pictures::collect(app, ctx).await?;
    Ok(())
}

/// What taking the latest merge back would do; none where nothing was merged.
///
/// # Errors
/// [`AppError::Hidden`] where the record is not there, or kept by a hold alone.
#[boxed]
pub async fn preview_undo(
    app: &App,
    ctx: &Ctx,
    kept: SubjectId,
) -> Result<(Scope, Option<Undoing>), AppError> {
    let look = async |tx: &mut Tx<PreviewUndo>| {
        let scope = tx.permit().facts().scope.clone();
        Ok((scope, merging::preview_undo(tx).await?))
    };
    Ok(app.store.read::<PreviewUndo, _>(ctx, OneSubject(kept), look).await?)
}

/// Takes the latest merge into a record back; the record that is one of its own again.
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done any more.
#[boxed]
pub async fn undo(app: &App, ctx: &Ctx, kept: SubjectId, reason: &str) -> Result<SubjectId, AppError> {
    let reason = given(reason)?;
    let own = app.clone();
    let work = async move |tx: &mut Tx<UndoMerge>| {
        let (other, handovers) = merging::undo(tx, &reason).await?;
        pictures::hand_over_all(&own, tx, handovers).await?;
        Ok(other)
    };
    let other = app.store.write::<UndoMerge, _>(ctx, OneSubject(kept), work).await?;
    pictures::collect(app, ctx).await?;
    Ok(other)
}

/// Where a record went that was merged, for whoever may see it there today; none for everybody else (VIS-7).
///
/// # Errors
/// The store's.
#[boxed]
pub async fn follow(app: &App, ctx: &Ctx, org: OrgId, id: SubjectId) -> Result<Option<SubjectId>, AppError> {
    let look = async move |tx: &mut Tx<FollowMerge>| merging::follow(tx, id).await;
    Ok(app.store.read::<FollowMerge, _>(ctx, InOrg(org), look).await?)
}
