//! The board's view of what the controller and the office do (SEC-6).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{gate::Ctx, ids::OrgId, oversight::ShowOversight, scope::InOrg};
use fairwatch_store::oversight as store;

pub use fairwatch_store::oversight::{Done, Overseen, OwnApproval};

/// What the office did lately, beside what it did before.
///
/// # Errors
/// [`AppError::Hidden`] for everybody but the board.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, org: OrgId) -> Result<Overseen, AppError> {
    Ok(app.store.read::<ShowOversight, _>(ctx, InOrg(org), async |tx| store::show(tx).await).await?)
}
