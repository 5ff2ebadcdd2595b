//! Reading and agreeing to what asks for it, and who has yet to (MEM-3).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    certifications::{Certify, ListCertifications, ShowOwed, Text},
    gate::Ctx,
    ids::OrgId,
    scope::InOrg,
};
use fairwatch_store::{Tx, certifications};
use std::net::IpAddr;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::certifications::{Agreed, Asks, Certified, MOST_NAMED, Outstanding, Owed};

/// What one is asked to agree to in an organisation, and has agreed to.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn owed(app: &App, ctx: &Ctx, org: OrgId) -> Result<Owed, AppError> {
    let read = async |tx: &mut Tx<ShowOwed>| certifications::owed(tx).await;
    Ok(app.store.read::<ShowOwed, _>(ctx, InOrg(org), read).await?)
}

/// How a form names a version of a text that was shown.
#[must_use]
pub fn shown(text: Text, version: i64) -> String {
    match text {
        Text::Notice => format!("notice:{version}"),
        Text::Document(id) => format!("{id}:{version}"),
    }
}

fn read(shown: &str) -> Option<(Text, i64)> {
    let (text, version) = shown.split_once(':')?;
    let text = if text == "notice" { Text::Notice } else { Text::Document(text.parse().ok()?) };
    Some((text, version.parse().ok()?))
}

/// Records that one has read and agreed to all that is asked, in the versions that were shown.
///
/// # Errors
/// [`AppError::Refused`] where not all of it was agreed to, or a text was revised since.
#[boxed]
pub async fn agree(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    ticked: &[String],
    address: IpAddr,
) -> Result<(), AppError> {
    let ticked = ticked.iter().filter_map(|one| read(one)).collect::<Vec<_>>();
    let address = address.to_string();
    let work = async move |tx: &mut Tx<Certify>| certifications::agree(tx, &ticked, &address).await;
    app.store.write::<Certify, _>(ctx, InOrg(org), work).await?;
    Ok(())
}

/// Who of the scheme's people has yet to agree.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn outstanding(app: &App, ctx: &Ctx, org: OrgId) -> Result<Certified, AppError> {
    let read = async |tx: &mut Tx<ListCertifications>| certifications::outstanding(tx).await;
    Ok(app.store.read::<ListCertifications, _>(ctx, InOrg(org), read).await?)
}
