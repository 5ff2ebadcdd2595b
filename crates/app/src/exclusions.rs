//! Warnings and exclusions: what the tariff says, proposals and who decides on them, and how an exclusion ends before its
//! time (EXC-1, EXC-2, EXC-8).
//!
//! - `proposing` is the controller's form, `deciding` what those see and say who decide.
//! - `appeals` are heard by people who had no part in that.
pub mod appeals;
pub mod deciding;
pub mod proposing;

use crate::{
    App,
    error::AppError,
    incidents::words::{self, tidy},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    exclusions::{AskEvidence, GiveEvidence, LiftExclusion, VaryExclusion},
    gate::Ctx,
    ids::SubjectId,
    subjects::OneSubject,
};
use fairwatch_store::{
    Tx,
    exclusions::{self, giving},
};

/// What the use cases give back and take, so that their callers need not know the store.
pub use fairwatch_store::exclusions::{
    Change, Held as Exclusion,
    cases::{Listed, Named},
    giving::Held as Given,
    proposals::{Before, Held as Proposed},
    voting::{Cast, Votes},
};

pub(crate) fn reason_given(reason: &str) -> Result<String, AppError> {
    let reason = tidy(reason).trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::in_field("reason", "Say why. It is kept with the record."));
    }
    if !words::is_within(&reason, words::REASON) {
        return Err(AppError::in_field("reason", words::too_long("The reason", words::REASON)));
    }
    Ok(reason)
}

/// Shortens the exclusion that is in force of somebody, or takes premises out of it; at once and on every server.
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done.
#[boxed]
pub async fn vary(app: &App, ctx: &Ctx, id: SubjectId, change: Change, reason: &str) -> Result<(), AppError> {
    let reason = reason_given(reason)?;
    let work = async move |tx: &mut Tx<VaryExclusion>| exclusions::vary(tx, &change, &reason).await;
    Ok(app.store.write::<VaryExclusion, _>(ctx, OneSubject(id), work).await?)
}

/// Ends the exclusion that is in force of somebody, with the reason; at once and on every server.
///
/// # Errors
/// [`AppError::Refused`] where none is in force.
#[boxed]
pub async fn lift(app: &App, ctx: &Ctx, id: SubjectId, reason: &str) -> Result<(), AppError> {
    let reason = reason_given(reason)?;
    let work = async move |tx: &mut Tx<LiftExclusion>| exclusions::end(tx, &reason).await;
    app.store.write::<LiftExclusion, _>(ctx, OneSubject(id), work).await?;
    crate::pictures::collect(app, ctx).await?;
    Ok(())
}

/// Whether police may give evidence about somebody today.
///
/// # Errors
/// [`AppError::Hidden`] where they are not shown that person.
#[boxed]
pub async fn ask_evidence(app: &App, ctx: &Ctx, id: SubjectId) -> Result<(), AppError> {
    Ok(app.store.read::<AskEvidence, _>(ctx, OneSubject(id), async |_: &mut Tx<AskEvidence>| Ok(())).await?)
}

/// Gives evidence about somebody, for a decision in which whoever gives it has no part (EXC-8).
///
/// # Errors
/// [`AppError::Refused`] where something is missing; [`AppError::Hidden`] where they are not shown that person.
#[boxed]
pub async fn give_evidence(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    text: &str,
    organisation: &str,
) -> Result<(), AppError> {
    let [text, organisation] = [text, organisation].map(|text| tidy(text).trim().to_owned());
    let mut check = crate::error::Check::default();
    check.want(!text.is_empty(), "text", "Say what you know, and how you know it.");
    check.want(words::is_within(&text, words::TEXT), "text", words::too_long("What you say", words::TEXT));
    check.want(!organisation.is_empty(), "organisation", "Enter for which force or agency you say it.");
    let fits = words::is_within(&organisation, words::LINE);
    check.want(fits, "organisation", words::too_long("The name", words::LINE));
    check.done()?;
    let work = async move |tx: &mut Tx<GiveEvidence>| giving::give(tx, &text, &organisation).await;
    app.store.write::<GiveEvidence, _>(ctx, OneSubject(id), work).await?;
    Ok(())
}
