//! What members tell beside reports: who somebody is, and that they saw them; and what the controller does with it
//! (INC-4).
use crate::{
    App,
    error::AppError,
    incidents::words::{self, tidy},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    clocks::Stage,
    gate::Ctx,
    ids::{OrgId, SubjectId, TipId},
    incidents::{ListOwnReports, ReviewQueue},
    intelligence::{AcceptTip, Grading, Knowledge, OneTip, OpenTip, RejectTip, SaySeen, SendTip, UndoSeen},
    scope::{InOrg, Scope},
    subjects::OneSubject,
};
use fairwatch_store::{Tx, intelligence};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::intelligence::{Held, Sighting};

/// Says that one saw somebody today at one's own premises. No clock counts it.
///
/// # Errors
/// [`AppError::Hidden`] where members do not see that person.
#[boxed]
pub async fn say_seen(app: &App, ctx: &Ctx, subject: SubjectId) -> Result<(), AppError> {
    app.store
        .write::<SaySeen, _>(ctx, OneSubject(subject), async |tx: &mut Tx<SaySeen>| {
            intelligence::say_seen(tx).await
        })
        .await?;
    Ok(())
}

/// Takes back what one said today.
///
/// # Errors
/// [`AppError::Hidden`] where members do not see that person.
#[boxed]
pub async fn undo_seen(app: &App, ctx: &Ctx, subject: SubjectId) -> Result<(), AppError> {
    app.store
        .write::<UndoSeen, _>(ctx, OneSubject(subject), async |tx: &mut Tx<UndoSeen>| {
            intelligence::undo_seen(tx).await
        })
        .await?;
    Ok(())
}

/// Sends a name for somebody who has none.
///
/// # Errors
/// [`AppError::Refused`] where something is missing, or the person has a name by now.
#[boxed]
pub async fn send(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    name: &str,
    how: &str,
    knowledge: Knowledge,
) -> Result<TipId, AppError> {
    let [name, how] = [name, how].map(|text| tidy(text).trim().to_owned());
    if name.is_empty() || how.is_empty() {
        return Err(AppError::refused("Say who it is, and how you know."));
    }
    words::short("The name", &name, words::LINE)?;
    words::short("How you know", &how, words::PARAGRAPH)?;
    let said = intelligence::NewTip { name, how, knowledge };
    let tip = app
        .store
        .write::<SendTip, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<SendTip>| {
            intelligence::send(tx, said).await
        })
        .await?;
    Ok(tip)
}

/// One's own tips, newest first; what became of them is seen with that.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn mine(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Held>, AppError> {
    let own = app
        .store
        .write::<ListOwnReports, _>(ctx, InOrg(org), async |tx: &mut Tx<ListOwnReports>| {
            intelligence::own(tx).await
        })
        .await?;
    Ok(own)
}

/// Tips that wait for the controller, oldest first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn queue(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Held>, AppError> {
    let waiting = app
        .store
        .read::<ReviewQueue, _>(ctx, InOrg(org), async |tx: &mut Tx<ReviewQueue>| {
            intelligence::waiting(tx).await
        })
        .await?;
    Ok(waiting)
}

/// A tip with the person whom it is about.
pub struct Opened {
    /// The organisation and its policy.
    pub scope: Scope,
    /// The tip.
    pub tip: Held,
    /// The person.
    pub open: fairwatch_store::subjects::Open,
}

/// Reads a tip to decide on it.
///
/// # Errors
/// [`AppError::Hidden`] where none waits.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, tip: TipId) -> Result<Opened, AppError> {
    let opened = app
        .store
        .read::<OpenTip, _>(ctx, OneTip(tip), async |tx: &mut Tx<OpenTip>| {
            let scope = tx.permit().facts().scope.clone();
            let (tip, open) = intelligence::open(tx).await?;
            Ok(Opened { scope, tip, open })
        })
        .await?;
    Ok(opened)
}

/// Takes a name over, as the controller writes it, with its grading as the source (INC-4).
///
/// # Errors
/// [`AppError::Refused`] without a name, or where the person was named meanwhile.
#[boxed]
pub async fn accept(
    app: &App,
    ctx: &Ctx,
    tip: TipId,
    name: &str,
    grading: Grading,
) -> Result<Stage, AppError> {
    let name = tidy(name).trim().to_owned();
    if name.is_empty() {
        return Err(AppError::refused("Write the name as it is to be held."));
    }
    words::short("The name", &name, words::LINE)?;
    let stage = app
        .store
        .write::<AcceptTip, _>(ctx, OneTip(tip), async move |tx: &mut Tx<AcceptTip>| {
            intelligence::accept(tx, &name, grading).await
        })
        .await?;
    crate::pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Rejects a tip with a reason that its sender sees.
///
/// # Errors
/// [`AppError::Refused`] where there is no reason.
#[boxed]
pub async fn reject(app: &App, ctx: &Ctx, tip: TipId, reason: &str) -> Result<(), AppError> {
    let reason = tidy(reason).trim().to_owned();
    words::short("The reason", &reason, words::REASON)?;
    if reason.is_empty() {
        return Err(AppError::refused("Say why, so that whoever sent it knows."));
    }
    app.store
        .write::<RejectTip, _>(ctx, OneTip(tip), async move |tx: &mut Tx<RejectTip>| {
            intelligence::reject(tx, &reason).await
        })
        .await?;
    Ok(())
}
