//! Why a privacy notice need not be served for now (NOT-1).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{ExemptionId, SubjectId},
    letters::{EndExemption, ExemptNotice, OneExemption, ReviewExemption, exemptions::Ground},
    subjects::OneSubject,
};
use fairwatch_store::{Tx, letters::exemptions};

fn given(reason: &str) -> Result<String, AppError> {
    match reason.trim() {
        "" => Err(AppError::in_field("reason", "Say why. It is kept, and read when this is reviewed.")),
        text if text.chars().count() > 2000 => {
            Err(AppError::in_field("reason", "Give the reason in 2,000 characters or fewer."))
        }
        text => Ok(text.to_owned()),
    }
}

/// Records an exemption; the policy says when it is reviewed.
///
/// # Errors
/// [`AppError::Refused`] without a reason, or where one stands.
#[boxed]
pub async fn exempt(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    ground: Ground,
    reason: &str,
) -> Result<ExemptionId, AppError> {
    let reason = given(reason)?;
    let id = app
        .store
        .write::<ExemptNotice, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<ExemptNotice>| {
            exemptions::exempt(tx, ground, &reason).await
        })
        .await?;
    Ok(id)
}

/// Goes on with an exemption, with what the review found.
///
/// # Errors
/// [`AppError::Refused`] without words.
#[boxed]
pub async fn review(app: &App, ctx: &Ctx, exemption: ExemptionId, found: &str) -> Result<(), AppError> {
    let found = given(found)?;
    app.store
        .write::<ReviewExemption, _>(
            ctx,
            OneExemption(exemption),
            async move |tx: &mut Tx<ReviewExemption>| exemptions::review(tx, &found).await,
        )
        .await?;
    Ok(())
}

/// Ends an exemption: the notice is to be served.
///
/// # Errors
/// [`AppError::Hidden`] where it has ended.
#[boxed]
pub async fn end(app: &App, ctx: &Ctx, exemption: ExemptionId) -> Result<(), AppError> {
    app.store
        .write::<EndExemption, _>(ctx, OneExemption(exemption), async |tx: &mut Tx<EndExemption>| {
            exemptions::end(tx).await
        })
        .await?;
    Ok(())
}
