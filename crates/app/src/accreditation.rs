//! What an assessor of the accreditation reads (POL-7).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accreditation::{Evidence, ShowAccreditation, evidence},
    gate::Ctx,
    ids::OrgId,
    scope::{InOrg, Scope},
};
use fairwatch_store::{Tx, accreditation};

/// The evidence for each standard, as the records show it today.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, org: OrgId) -> Result<(Scope, Vec<Evidence>), AppError> {
    let read = async |tx: &mut Tx<ShowAccreditation>| accreditation::facts(tx).await;
    let (scope, facts) = app.store.read::<ShowAccreditation, _>(ctx, InOrg(org), read).await?;
    let found = evidence(&scope.policy, &facts, scope.today);
    Ok((scope, found))
}
