//! The scheme's own lists of members (MEM-4).
use crate::{
    App,
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    groups::{AddGroup, EditGroup, EndGroup, ListGroups, OneGroup, ShowGroup},
    ids::{GroupId, MemberId, OrgId},
    scope::InOrg,
};
use fairwatch_store::{Tx, groups};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::groups::{Group, Listed};

fn name(typed: &str) -> Result<String, AppError> {
    let name = tidy(typed).trim().to_owned();
    let mut check = Check::default();
    check.want(!name.is_empty(), "name", "Give the list a name.");
    check.want(is_within(&name, words::FEW), "name", format!("{}.", too_long("The name", words::FEW)));
    check.done()?;
    Ok(name)
}

/// The scheme's lists, by name.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Group>, AppError> {
    let read = async |tx: &mut Tx<ListGroups>| groups::list(tx).await;
    Ok(app.store.read::<ListGroups, _>(ctx, InOrg(org), read).await?)
}

/// A list, and who is on it.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, id: GroupId) -> Result<Listed, AppError> {
    let read = async |tx: &mut Tx<ShowGroup>| groups::show(tx).await;
    Ok(app.store.read::<ShowGroup, _>(ctx, OneGroup(id), read).await?)
}

/// Makes a list, with nobody on it.
///
/// # Errors
/// [`AppError::Refused`] without a name.
#[boxed]
pub async fn add(app: &App, ctx: &Ctx, org: OrgId, typed: &str) -> Result<GroupId, AppError> {
    let name = name(typed)?;
    let add = async move |tx: &mut Tx<AddGroup>| groups::add(tx, &name).await;
    Ok(app.store.write::<AddGroup, _>(ctx, InOrg(org), add).await?)
}

/// Says what a list is called, and who is on it.
///
/// # Errors
/// [`AppError::Refused`] without a name.
#[boxed]
pub async fn edit(
    app: &App,
    ctx: &Ctx,
    id: GroupId,
    typed: &str,
    members: &[MemberId],
) -> Result<(), AppError> {
    let (name, members) = (name(typed)?, members.to_vec());
    let edit = async move |tx: &mut Tx<EditGroup>| groups::edit(tx, &name, &members).await;
    Ok(app.store.write::<EditGroup, _>(ctx, OneGroup(id), edit).await?)
}

/// Ends a list.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn end(app: &App, ctx: &Ctx, id: GroupId) -> Result<(), AppError> {
    let end = async |tx: &mut Tx<EndGroup>| groups::end(tx).await;
    Ok(app.store.write::<EndGroup, _>(ctx, OneGroup(id), end).await?)
}
