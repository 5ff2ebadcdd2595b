//! The register of governing documents (DOC-1).
use crate::{
    App,
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    governing::{
        AddDocument, Audience, Content, Kind, ListDocuments, MOST_BYTES, OneDocument, ReadDocument,
        ReviseDocument, WithdrawDocument,
    },
    ids::{DocumentId, OrgId},
    scope::InOrg,
};
use fairwatch_store::{
    Tx,
    governing::{self, NewDocument, NewVersion},
};
use jiff::civil::Date;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::governing::{Document, Version};

/// So long a text may be: rules of fifty pages.
const LONGEST: usize = 150_000;

/// A version as it was entered.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    /// The text; nothing where a PDF came.
    pub text: String,
    /// What is different.
    pub changed: String,
    /// The PDF, as it was uploaded.
    pub pdf: Option<Vec<u8>>,
    /// From when it holds; today where nothing is said.
    pub from: Option<Date>,
    /// Whether its readers certify again.
    pub asks: bool,
}

/// Notes what is wrong with a PDF that was uploaded as `file`.
pub(crate) fn check_pdf(check: &mut Check, pdf: &[u8]) {
    check.want(pdf.len() <= MOST_BYTES, "file", "This file is larger than 5 MB. Choose a smaller one.");
    check.want(pdf.starts_with(b"%PDF-"), "file", "This is no PDF. Choose a PDF, or type the text.");
}

fn version(check: &mut Check, ctx: &Ctx, entered: Entered, revises: bool) -> NewVersion {
    // Lines matter in a text: only its ends are tidied.
    let text = entered.text.replace("\r\n", "\n").trim().to_owned();
    let changed = tidy(&entered.changed).trim().to_owned();
    match &entered.pdf {
        Some(pdf) => {
            check.want(text.is_empty(), "text", "Type a text or choose a PDF, not both.");
            check_pdf(check, pdf);
        }
        None => {
            check.want(!text.is_empty(), "text", "Type the text, or choose a PDF.");
            check.want(is_within(&text, LONGEST), "text", format!("{}.", too_long("The text", LONGEST)));
        }
    }
    check.want(!revises || !changed.is_empty(), "changed", "Say what is different from the version before.");
    check.want(is_within(&changed, words::TEXT), "changed", format!("{}.", too_long("This", words::TEXT)));
    check.want(
        entered.from.is_none_or(|day| day >= ctx.today()),
        "from",
        "A version cannot take effect in the past. Choose today or a later day.",
    );
    NewVersion {
        content: Content { text, changed },
        pdf: entered.pdf,
        effective_on: entered.from,
        asks: entered.asks,
    }
}

/// The register: every document with its versions.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Document>, AppError> {
    let read = async |tx: &mut Tx<ListDocuments>| governing::list(tx).await;
    Ok(app.store.read::<ListDocuments, _>(ctx, InOrg(org), read).await?)
}

/// A document, with the versions that the reader may have.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn read(app: &App, ctx: &Ctx, id: DocumentId) -> Result<Document, AppError> {
    let read = async |tx: &mut Tx<ReadDocument>| governing::read(tx).await;
    Ok(app.store.read::<ReadDocument, _>(ctx, OneDocument(id), read).await?)
}

/// The PDF of a version that the reader may have.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn pdf(app: &App, ctx: &Ctx, id: DocumentId, version: i64) -> Result<Vec<u8>, AppError> {
    let read = async move |tx: &mut Tx<ReadDocument>| governing::pdf(tx, version).await;
    Ok(app.store.read::<ReadDocument, _>(ctx, OneDocument(id), read).await?)
}

/// Enters a document.
///
/// # Errors
/// [`AppError::Refused`] in words, for each field that will not do.
#[boxed]
pub async fn add(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    (kind, audience, title): (Option<Kind>, Option<Audience>, &str),
    entered: Entered,
) -> Result<DocumentId, AppError> {
    let mut check = Check::default();
    let title = tidy(title).trim().to_owned();
    check.want(kind.is_some(), "kind", "Choose what it is.");
    check.want(!title.is_empty(), "title", "Give its title.");
    check.want(is_within(&title, words::LINE), "title", format!("{}.", too_long("The title", words::LINE)));
    check.want(audience.is_some(), "audience", "Choose for whom it is.");
    let version = version(&mut check, ctx, entered, false);
    check.done()?;
    let (Some(kind), Some(audience)) = (kind, audience) else { return Err(AppError::Hidden) };
    let new = NewDocument { kind, audience, title, version };
    let add = async move |tx: &mut Tx<AddDocument>| governing::add(tx, &new).await;
    Ok(app.store.write::<AddDocument, _>(ctx, InOrg(org), add).await?)
}

/// Enters another version; the former ones are kept.
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where there is no such document in force.
#[boxed]
pub async fn revise(app: &App, ctx: &Ctx, id: DocumentId, entered: Entered) -> Result<i64, AppError> {
    let mut check = Check::default();
    let version = version(&mut check, ctx, entered, true);
    check.done()?;
    let revise = async move |tx: &mut Tx<ReviseDocument>| governing::revise(tx, &version).await;
    Ok(app.store.write::<ReviseDocument, _>(ctx, OneDocument(id), revise).await?)
}

/// Withdraws a document.
///
/// # Errors
/// [`AppError::Refused`] without a reason; [`AppError::Hidden`] where there is no such document in force.
#[boxed]
pub async fn withdraw(app: &App, ctx: &Ctx, id: DocumentId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    let withdraw = async move |tx: &mut Tx<WithdrawDocument>| governing::withdraw(tx, &reason).await;
    app.store.write::<WithdrawDocument, _>(ctx, OneDocument(id), withdraw).await?;
    Ok(())
}

/// A reason that was given.
pub(crate) fn given(reason: &str) -> Result<String, AppError> {
    let reason = tidy(reason).trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::in_field("reason", "Say why. It is kept with the audit entry."));
    }
    if !is_within(&reason, words::TEXT) {
        return Err(AppError::in_field("reason", format!("{}.", too_long("The reason", words::TEXT))));
    }
    Ok(reason)
}
