//! What needs somebody today (DOC-4).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{gate::Ctx, ids::OrgId, scope::InOrg, today::ShowToday};
use fairwatch_store::{Tx, today};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::today::{Chain, Day};

/// What needs whoever asks, the most urgent first, with what they start from.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, org: OrgId) -> Result<Day, AppError> {
    let show = async |tx: &mut Tx<ShowToday>| today::show(tx).await;
    Ok(app.store.read::<ShowToday, _>(ctx, InOrg(org), show).await?)
}
