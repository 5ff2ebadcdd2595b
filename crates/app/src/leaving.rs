//! Businesses that leave: saying so, and the end of their membership (MEM-6, INC-3).
use crate::{App, error::AppError, mail};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::MemberId,
    leaving::{EndMember, OneMember, SayLeaving, ShowLeaving, TakeBackLeaving},
};
use fairwatch_store::leaving as store;

pub use fairwatch_store::leaving::{Extent, Left, Standing};

/// How a member stands: whether it is to leave, and what that would end.
///
/// # Errors
/// [`AppError::Hidden`] where there is no such member, or it is not theirs to speak for.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, member: MemberId) -> Result<Standing, AppError> {
    let one = OneMember(member);
    Ok(app.store.read::<ShowLeaving, _>(ctx, one, async |tx| store::show(tx).await).await?)
}

/// Says that a member leaves. Where somebody of it does, it is confirmed with that; where the scheme writes it down, its
/// managers are asked by mail.
///
/// # Errors
/// [`AppError::Hidden`] where it is said already, or not theirs to say.
#[boxed]
pub async fn say(app: &App, ctx: &Ctx, member: MemberId) -> Result<(), AppError> {
    let base = mail::base(app, ctx).await?;
    let link = move |slug: &str| format!("{base}/o/{slug}/leave");
    let say =
        app.store.write::<SayLeaving, _>(ctx, OneMember(member), async move |tx| store::say(tx, &link).await);
    Ok(say.await?)
}

/// Takes that back.
///
/// # Errors
/// [`AppError::Hidden`] where nothing was said.
#[boxed]
pub async fn take_back(app: &App, ctx: &Ctx, member: MemberId) -> Result<(), AppError> {
    let one = OneMember(member);
    Ok(app.store.write::<TakeBackLeaving, _>(ctx, one, async |tx| store::take_back(tx).await).await?)
}

/// Ends its membership, once it is confirmed or the policy's time for that is over. What is given back is what the
/// confirmation says: it is told once, since nothing of it is kept.
///
/// # Errors
/// [`AppError::Hidden`] before that, and for everybody but the board.
#[boxed]
pub async fn end(app: &App, ctx: &Ctx, member: MemberId) -> Result<Left, AppError> {
    Ok(app.store.write::<EndMember, _>(ctx, OneMember(member), async |tx| store::end(tx).await).await?)
}
