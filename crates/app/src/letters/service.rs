//! How a letter reached a person, or did not (EXC-4, NOT-1, O31 3.3).
use super::{keep, read};
use crate::{
    App,
    error::{AppError, Check},
};
use async_recursion::async_recursion as boxed;
use fairwatch_blobs::BlobName;
use fairwatch_core::{
    gate::Ctx,
    ids::{AttemptId, LetterId},
    letters::{
        OneAttempt, OneLetter, RecordService, ShowProof,
        service::{How, Outcome, Said, Shows},
    },
};
use fairwatch_imaging::{Limits, prepare};
use fairwatch_store::{
    StoreError, Tx,
    letters::service::{self, NewAttempt, place},
};
use jiff::civil::Date;

/// An attempt as it was entered.
#[derive(Clone, Debug)]
pub struct Entered {
    /// How.
    pub how: How,
    /// The day.
    pub on: Date,
    /// How it ended.
    pub outcome: Outcome,
    /// Where.
    pub place: String,
    /// Who served it or tried to.
    pub by: String,
    /// What happened.
    pub note: String,
    /// A photograph or a signature, as it was uploaded.
    pub proof: Option<(Shows, Vec<u8>)>,
}

/// Records an attempt to serve a letter; its picture passes the same way in as any other.
///
/// # Errors
/// [`AppError::Refused`] in words: what is missing, a way that the scheme may not use, a letter that was served already.
#[boxed]
pub async fn record(app: &App, ctx: &Ctx, letter: LetterId, entered: Entered) -> Result<AttemptId, AppError> {
    let mut check = Check::default();
    let short = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
    check.want(short(&entered.place, 200), "place", "Say where, in 200 characters or fewer.");
    check.want(short(&entered.by, 200), "by", "Say who served it or tried to, in 200 characters or fewer.");
    let asks = entered.outcome != Outcome::Served;
    let note = entered.note.trim();
    check.want(!asks || !note.is_empty(), "note", "Say what happened, or what was done to reach the person.");
    check.want(note.chars().count() <= 2000, "note", "Use 2,000 characters or fewer.");
    check.done()?;
    let id: AttemptId = ctx.new_id();
    let picture = match entered.proof {
        Some((shows, bytes)) => {
            let _turn = app.decoding.acquire().await.map_err(|_| AppError::busy())?;
            let prepared = crate::blocking(move || {
                prepare(&bytes, &Limits::default())
                    .map_err(|refused| AppError::in_field("proof", refused.to_string()))
            })
            .await?;
            Some((shows, prepared.large.bytes))
        }
        None => None,
    };
    let file = picture.as_ref().map(|_| BlobName::new(ctx.randomness()));
    let said = Said {
        place: entered.place.trim().to_owned(),
        by: entered.by.trim().to_owned(),
        note: note.to_owned(),
        shows: picture.as_ref().map(|(shows, _)| *shows),
    };
    let new = NewAttempt {
        id,
        how: entered.how,
        on: entered.on,
        outcome: entered.outcome,
        said,
        file: file.map(|name| name.to_string()),
    };
    let own = app.clone();
    app.store
        .write::<RecordService, _>(ctx, OneLetter(letter), async move |tx: &mut Tx<RecordService>| {
            let key = service::record(tx, new).await?;
            if let (Some(file), Some((_, bytes))) = (file, picture) {
                let sealed = key.seal(place(id), &bytes, tx.ctx().randomness());
                keep(&own, file, sealed).await?;
            }
            Ok(())
        })
        .await?;
    Ok(id)
}

/// What shows that a letter was served, as JPEG; each look is recorded.
///
/// # Errors
/// [`AppError::Hidden`] where there is nothing.
#[boxed]
pub async fn proof(app: &App, ctx: &Ctx, attempt: AttemptId) -> Result<Vec<u8>, AppError> {
    let (id, file, key) = app
        .store
        .read::<ShowProof, _>(ctx, OneAttempt(attempt), async |tx: &mut Tx<ShowProof>| {
            service::proof(tx).await
        })
        .await?;
    let sealed = read(app, &file).await?;
    Ok(key.open(place(id), &sealed).map_err(StoreError::from)?.to_vec())
}
