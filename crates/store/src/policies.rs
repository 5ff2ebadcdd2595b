//! The versions of a scheme's policy, changing it, and what follows when another takes effect (POL-5, RET-10).
//!
//! Which version is in force is no column and no job's doing: it is the latest whose day has come, in every statement
//! that asks ([`crate::orgs`]). What other tables keep of a policy's answers, stages and days of ending, is an index,
//! which [`applying`] works out anew.
pub mod applying;
pub mod changes;
pub mod trying;

use crate::{
    dialect::{Row, args, sql},
    door::Store,
    error::StoreError,
};
use fairwatch_core::{
    gate::Ctx,
    ids::{AccountId, OrgId, PolicyId},
    policy::Policy,
};
use jiff::{Timestamp, civil::Date};
use std::sync::Arc;

/// A version of a scheme's policy, as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Which.
    pub id: PolicyId,
    /// Its number, from 1.
    pub version: i64,
    /// What the file was called.
    pub file_name: String,
    /// From when it holds, or held.
    pub effective_on: Date,
    /// Who wrote it; none for the console.
    pub author: Option<AccountId>,
    /// Who agreed to it; none for the first.
    pub authorised_by: Option<AccountId>,
    /// Why.
    pub reason: String,
    /// Whether members are asked to certify again from that day (MEM-3).
    pub certify: bool,
    /// When it became a version.
    pub created_at: Timestamp,
}

fn version(row: &Row) -> Result<Version, StoreError> {
    Ok(Version {
        id: row.id("id")?,
        version: row.int("version")?,
        file_name: row.text("file_name")?,
        effective_on: row.date("effective_on")?,
        author: row.opt_id("author_id")?,
        authorised_by: row.opt_id("authorised_by")?,
        reason: row.text("reason")?,
        certify: row.flag("certify")?,
        created_at: row.instant("created_at")?,
    })
}

/// All versions, the newest first; one that was agreed to and has yet to take effect among them. Policies are
/// published, so this passes no door.
///
/// # Errors
/// The engine's.
pub async fn versions(store: &Store, ctx: &Ctx, org: OrgId) -> Result<Vec<Version>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT id, version, file_name, effective_on, author_id, authorised_by, reason, certify, created_at \
         FROM policies WHERE org_id = $1 ORDER BY version DESC"
    );
    inner.rows(text, args![org]).await?.iter().map(version).collect()
}

/// The text of a version, and what it says.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn text(
    store: &Store,
    ctx: &Ctx,
    org: OrgId,
    number: i64,
) -> Result<Option<(String, Arc<Policy>)>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT id, file_name, body FROM policies WHERE org_id = $1 AND version = $2");
    let Some(row) = inner.opt(text, args![org, number]).await? else { return Ok(None) };
    let (id, body): (PolicyId, String) = (row.id("id")?, row.text("body")?);
    if store.parsed_policy(id).is_none() {
        store.parse_policy(id, &row.text("file_name")?, &body)?;
    }
    let policy = store.parsed_policy(id).ok_or_else(|| StoreError::corrupt("a stored policy"))?;
    Ok(Some((body, policy)))
}
