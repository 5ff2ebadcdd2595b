//! Organisations and what they publish: public, and so through no door.
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{gate::Ctx, scope::Scope};

/// The organisation with a short name, its policy in force, and today.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn by_slug(app: &App, ctx: &Ctx, slug: &str) -> Result<Option<Scope>, AppError> {
    Ok(fairwatch_store::orgs::by_slug(&app.store, ctx, slug).await?)
}

/// Every organisation, by short name.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn all(app: &App, ctx: &Ctx) -> Result<Vec<Scope>, AppError> {
    Ok(fairwatch_store::orgs::all(&app.store, ctx).await?)
}
