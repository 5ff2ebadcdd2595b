//! Businesses and their users from a file (MEM-1): looked at, taken whole or not at all, undone.
mod planning;
mod reading;

use crate::{App, accounts::invitation_address, error::AppError, mail};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{ImportId, OrgId},
    importing::{InviteImported, ListImports, OneImport, PreviewImport, TakeImport, UndoImport},
    scope::InOrg,
};
use fairwatch_store::{StoreError, importing as store};

use tokio::sync::Semaphore;

pub use fairwatch_store::importing::{How, Import, InvitedMany, ToPrint};
pub use planning::{Fault, Plan};

/// A file that was looked at. Nothing of it is kept here: the page carries its rows until it is taken.
#[derive(Clone, Debug)]
pub struct Preview {
    /// What it would bring.
    pub plan: Plan,
    /// Its rows, as [`take`] wants them.
    pub rows: String,
}

/// Rows as a page carries them between preview and taking.
type Rows = Vec<(usize, Vec<String>)>;

/// Reads a file on a thread of its own. It is foreign: a fault of its reader ends that thread, and is said like any other.
async fn read(bytes: Vec<u8>) -> Result<Rows, AppError> {
    // One at a time: whoever sends many waits for themselves alone.
    static READING: Semaphore = Semaphore::const_new(1);
    let turn = READING.acquire().await.map_err(|_| AppError::busy())?;
    let rows = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        reading::rows(&bytes)
    })
    .await;
    match rows {
        Ok(rows) => rows.map_err(|reading::Unreadable(said)| AppError::in_field("file", said)),
        Err(_) => Err(AppError::in_field(
            "file",
            "This file cannot be read. Save it again as CSV (UTF-8), and choose that file.",
        )),
    }
}

/// Looks at a file, and says what it would bring.
///
/// # Errors
/// [`AppError::Refused`] at the field `file` where it cannot be read; [`AppError::Hidden`].
#[boxed]
pub async fn preview(app: &App, ctx: &Ctx, org: OrgId, bytes: Vec<u8>) -> Result<Preview, AppError> {
    let rows = read(bytes).await?;
    let known =
        app.store.read::<PreviewImport, _>(ctx, InOrg(org), async |tx| store::preview(tx).await).await?;
    let plan = planning::plan(&rows, &known);
    Ok(Preview { plan, rows: serde_json::to_string(&rows).map_err(AppError::internal)? })
}

/// Takes a file that was looked at, by its rows. They are looked at again beside what the scheme has at this moment.
///
/// # Errors
/// [`AppError::Refused`] where something about it is wrong by now; [`AppError::Hidden`].
#[boxed]
pub async fn take(app: &App, ctx: &Ctx, org: OrgId, rows: &str) -> Result<ImportId, AppError> {
    let gone = "The file was not sent whole. Choose it again.";
    let rows: Rows = serde_json::from_str(rows).map_err(|_| AppError::in_field("file", gone))?;
    if rows.len() > fairwatch_core::importing::MOST_LINES + 1 {
        return Err(AppError::in_field("file", gone));
    }
    let take = app.store.write::<TakeImport, _>(ctx, InOrg(org), async move |tx| {
        store::take(tx, |known| {
            let plan = planning::plan(&rows, known);
            match plan.faults.first() {
                Some(Fault { line, sentence }) => Err(StoreError::RefusedAt(
                    "file",
                    format!("Line {line}: {sentence} Choose the file again."),
                )),
                None if !plan.is_good() => {
                    Err(StoreError::RefusedAt("file", "All of this file is in the scheme already.".into()))
                }
                None => Ok(plan.members),
            }
        })
        .await
    });
    Ok(take.await?)
}

/// What was taken lately.
///
/// # Errors
/// [`AppError::Hidden`].
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Import>, AppError> {
    Ok(app.store.read::<ListImports, _>(ctx, InOrg(org), async |tx| store::list(tx).await).await?)
}

/// Invites those whom a file named and who have no invitation yet.
///
/// # Errors
/// [`AppError::Hidden`] where there is no such import.
#[boxed]
pub async fn invite(app: &App, ctx: &Ctx, id: ImportId, how: How) -> Result<InvitedMany, AppError> {
    let base = mail::base(app, ctx).await?;
    let invite = app.store.write::<InviteImported, _>(ctx, OneImport(id), async move |tx| {
        store::invite(tx, how, |link| invitation_address(&base, link)).await
    });
    Ok(invite.await?)
}

/// Takes an import back, with all that it brought.
///
/// # Errors
/// [`AppError::Hidden`] once somebody of it was invited, or something refers to its businesses.
#[boxed]
pub async fn undo(app: &App, ctx: &Ctx, id: ImportId) -> Result<(), AppError> {
    Ok(app.store.write::<UndoImport, _>(ctx, OneImport(id), async |tx| store::undo(tx).await).await?)
}
