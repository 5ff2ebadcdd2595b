//! Members who are picked for a person: those most likely to be affected, to whom targeted data is shown (SUB-6).
use super::given;
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::ListMembers,
    gate::Ctx,
    ids::{MemberId, OrgId, PickId, SubjectId},
    scope::InOrg,
    subjects::{EndPick, OneSubject, PickMember},
};
use fairwatch_store::{Tx, accounts, subjects::picks};
use jiff::civil::Date;

/// The businesses that can be picked, by name.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn businesses(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<(MemberId, String)>, AppError> {
    let look = app.store.read::<ListMembers, _>(ctx, InOrg(org), async |tx| accounts::members(tx).await);
    let named = look.await?.into_iter();
    Ok(named
        .map(|view| (view.member, format!("{}, {}", view.business.name, view.business.premises)))
        .collect())
}

/// Picks a member for a person, with the reason, until a day or until that is ended; at once and on every server.
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done.
#[boxed]
pub async fn pick(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    member: MemberId,
    ends_on: Option<Date>,
    reason: &str,
) -> Result<PickId, AppError> {
    let reason = given(reason)?;
    if ends_on.is_some_and(|end| end <= ctx.today()) {
        return Err(AppError::in_field("ends", "Choose a day after today, or none."));
    }
    let pick = app
        .store
        .write::<PickMember, _>(ctx, OneSubject(id), async move |tx: &mut Tx<PickMember>| {
            picks::pick(tx, member, ends_on, &reason).await
        })
        .await?;
    Ok(pick)
}

/// Ends a pick.
///
/// # Errors
/// [`AppError::Refused`] where it has ended already.
#[boxed]
pub async fn end(app: &App, ctx: &Ctx, id: SubjectId, pick: PickId) -> Result<(), AppError> {
    app.store
        .write::<EndPick, _>(ctx, OneSubject(id), async move |tx: &mut Tx<EndPick>| {
            picks::end(tx, pick).await
        })
        .await?;
    Ok(())
}
