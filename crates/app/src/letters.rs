//! Letters to people who were reported: looked at, made, taken a copy of (EXC-3, EXC-7).
//!
//! - `writing` puts a letter together from what was decided.
//! - `service` records how it reached the person, `exemptions` why a notice need not (EXC-4, NOT-1).
//! - `many` makes all that are due.
pub mod exemptions;
pub mod many;
pub mod service;
mod writing;

pub use writing::{Draft, Order};

use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_blobs::BlobName;
use fairwatch_core::{
    gate::Ctx,
    ids::{LetterId, OrgId, SubjectId},
    letters::{
        DownloadLetter, Kind, LetterFacts, ListOutstanding, MakeLetter, OneLetter, OpenLetter, PreviewLetter,
        Reference, ShowLetters,
    },
    scope::{InOrg, Scope},
    subjects::OneSubject,
};
use fairwatch_store::{StoreError, Tx, letters, orgs};
use std::sync::Arc;
use uuid::Uuid;
use writing::Written;

pub use fairwatch_store::letters::{
    Held, Listed, Record, exemptions::Held as HeldExemption, service::Attempt,
};

/// A letter as it is to be looked at before it is made bears this in place of a reference.
const NOT_YET: &str = "NOT-YET-MADE";

/// Everything that is outstanding in a scheme, soonest first (NOT-5).
///
/// # Errors
/// The store's.
#[boxed]
pub async fn outstanding(app: &App, ctx: &Ctx, org: OrgId) -> Result<(Scope, Vec<Listed>), AppError> {
    let found = app
        .store
        .read::<ListOutstanding, _>(ctx, InOrg(org), async |tx: &mut Tx<ListOutstanding>| {
            Ok((tx.permit().facts().clone(), letters::outstanding(tx).await?))
        })
        .await?;
    Ok(found)
}

/// What is known of a person's letters, with the person's name and number.
pub struct Letters {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// Their number, which is their reference.
    pub number: i64,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// The letters, how each was served, and what is outstanding.
    pub record: Record,
}

/// The letters of a person (EXC-3, NOT-1).
///
/// # Errors
/// [`AppError::Hidden`] where they are past their end or do not exist.
#[boxed]
pub async fn of_subject(app: &App, ctx: &Ctx, subject: SubjectId) -> Result<Letters, AppError> {
    let found = app
        .store
        .read::<ShowLetters, _>(ctx, OneSubject(subject), async |tx: &mut Tx<ShowLetters>| {
            let record = letters::of_subject(tx).await?;
            let (number, name) = letters::of_whom(tx).await?;
            Ok(Letters { scope: tx.permit().facts().scope.clone(), number, name, record })
        })
        .await?;
    Ok(found)
}

async fn material(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    kind: Kind,
    about: Option<Uuid>,
) -> Result<letters::matter::Material, AppError> {
    let found = app
        .store
        .read::<PreviewLetter, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<PreviewLetter>| {
            letters::matter::material(tx, kind, about).await
        })
        .await?;
    Ok(found)
}

/// What a letter of a kind would say, to be looked over before it is made.
///
/// # Errors
/// [`AppError::Refused`] where nothing was decided of which it could tell.
#[boxed]
pub async fn draft(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    kind: Kind,
    about: Option<Uuid>,
) -> Result<Draft, AppError> {
    Ok(Draft::of(&material(app, ctx, subject, kind, about).await?, kind))
}

async fn base(app: &App, ctx: &Ctx) -> Result<String, AppError> {
    let record = orgs::installation(&app.store, ctx).await?;
    Ok(record.map_or_else(String::new, |record| record.base_address.trim_end_matches('/').to_owned()))
}

/// A letter as it would be made, to be looked at; nothing is kept of it.
///
/// # Errors
/// [`AppError::Refused`] with what is missing.
#[boxed]
pub async fn preview(app: &App, ctx: &Ctx, subject: SubjectId, order: &Order) -> Result<Vec<u8>, AppError> {
    let order = order.checked()?;
    let material = material(app, ctx, subject, order.kind, order.about).await?;
    let Written { letter, picture, .. } =
        writing::write(app, ctx, &material, &order, NOT_YET, &base(app, ctx).await?).await?;
    app.documents.letter(letter, picture).await
}

/// Makes a letter: set, sealed and kept, with a reference that was never given before (EXC-3).
///
/// # Errors
/// [`AppError::Refused`] with what is missing, before anything is made; or where what it tells of has changed meanwhile.
#[boxed]
pub async fn make(app: &App, ctx: &Ctx, subject: SubjectId, order: &Order) -> Result<LetterId, AppError> {
    let order = order.checked()?;
    let material = material(app, ctx, subject, order.kind, order.about).await?;
    let reference = Reference::new(ctx.randomness());
    let Written { letter, picture, written } =
        writing::write(app, ctx, &material, &order, &reference.to_string(), &base(app, ctx).await?).await?;
    // Set before the door is opened: it may take as long as a client may pause inside a transaction.
    let pdf = app.documents.letter(letter, picture).await?;
    let new = letters::NewLetter {
        kind: order.kind,
        about: material.about,
        written,
        reference,
        with_notice: order.with_notice,
    };
    let file = BlobName::new(ctx.randomness());
    let own = app.clone();
    let made = app
        .store
        .write::<MakeLetter, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<MakeLetter>| {
            let (id, key) = letters::make(tx, &new, &file.to_string()).await?;
            let sealed = key.seal(letters::place(id), &pdf, tx.ctx().randomness());
            keep(&own, file, sealed).await?;
            Ok(id)
        })
        .await?;
    Ok(made)
}

/// Writes and flushes a sealed file before the commit of the row that names it: a crash leaves a file without a row, never
/// a row without its file.
async fn keep(app: &App, file: BlobName, sealed: Vec<u8>) -> Result<(), StoreError> {
    let blobs = Arc::clone(&app.blobs);
    crate::blocking(move || Ok(blobs.put(file, &sealed)?))
        .await
        .map_err(|_| StoreError::refused("The file could not be kept. Try again."))
}

async fn read(app: &App, file: &str) -> Result<Vec<u8>, AppError> {
    let name: BlobName = file.parse().map_err(|_| AppError::Hidden)?;
    let blobs = Arc::clone(&app.blobs);
    crate::blocking(move || Ok(blobs.get(name)?)).await
}

/// A letter with its record of service, and the person to whom it goes.
pub struct Opened {
    /// The organisation, its policy and today; what the gate knows.
    pub facts: LetterFacts,
    /// The letter.
    pub held: Held,
    /// The number of the person.
    pub number: i64,
    /// The name of the person, where it is known.
    pub name: Option<String>,
}

/// The record of a letter.
///
/// # Errors
/// [`AppError::Hidden`] where it is past its end or does not exist.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, letter: LetterId) -> Result<Opened, AppError> {
    let opened = app
        .store
        .read::<OpenLetter, _>(ctx, OneLetter(letter), async |tx: &mut Tx<OpenLetter>| {
            let letters::Opened { held, number, name, .. } = letters::open(tx).await?;
            Ok(Opened { facts: tx.permit().facts().clone(), held, number, name })
        })
        .await?;
    Ok(opened)
}

/// A copy of a letter, and its reference for the name of the file; each copy is recorded.
///
/// # Errors
/// As [`open`].
#[boxed]
pub async fn download(app: &App, ctx: &Ctx, letter: LetterId) -> Result<(String, Vec<u8>), AppError> {
    let opened = app
        .store
        .read::<DownloadLetter, _>(ctx, OneLetter(letter), async |tx: &mut Tx<DownloadLetter>| {
            letters::open(tx).await
        })
        .await?;
    let sealed = read(app, &opened.file).await?;
    let pdf = opened.key.open(letters::place(letter), &sealed).map_err(StoreError::from)?;
    Ok((opened.held.written.reference, pdf.to_vec()))
}
