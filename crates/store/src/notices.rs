//! What a scheme publishes, by version, and to whom of its people it was served (POL-4, NOT-2, NOT-3).
use crate::{
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    orgs, policies,
};
use fairwatch_core::{
    accounts::{AddOrg, ListMembers},
    gate::Ctx,
    ids::{MembershipId, OrgId, PolicyId},
    notices::{Notice, Prose},
    policy::Policy,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::{collections::HashMap, sync::Arc};

/// A version of what a scheme publishes.
#[derive(Clone, Debug)]
pub struct Published {
    /// The scheme's name in addresses.
    pub slug: String,
    /// The policy.
    pub id: PolicyId,
    /// Its number.
    pub version: i64,
    /// From when it holds, or held.
    pub in_force: Date,
    /// What it says.
    pub policy: Arc<Policy>,
    /// What was written beside it.
    pub prose: Prose,
    /// Every version that is or was in force, the newest first, with the day on which it began.
    pub versions: Vec<(i64, Date)>,
}

/// What a scheme publishes: the version in force, or a former one by its number. None where there is no such scheme, or
/// the version has yet to take effect. It is public, so this passes no door.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn published(
    store: &Store,
    ctx: &Ctx,
    slug: &str,
    version: Option<i64>,
) -> Result<Option<Published>, StoreError> {
    let Some(scope) = orgs::by_slug(store, ctx, slug).await? else { return Ok(None) };
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT id, version, prose, effective_on FROM policies WHERE org_id = $1 AND effective_on <= $2 \
         ORDER BY version DESC"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    let wanted = version.unwrap_or(scope.policy_version);
    let mut versions = Vec::with_capacity(rows.len());
    let mut found = None;
    for row in &rows {
        let (number, from): (i64, Date) = (row.int("version")?, row.date("effective_on")?);
        if number > scope.policy_version {
            continue;
        }
        versions.push((number, from));
        if number == wanted {
            found = Some((row.id("id")?, from, row.text("prose")?));
        }
    }
    drop(inner);
    let Some((id, in_force, prose)) = found else { return Ok(None) };
    let policy = policies::text(store, ctx, scope.org, wanted).await?;
    let (_, policy) = policy.ok_or_else(|| StoreError::corrupt("a stored policy"))?;
    let prose =
        Prose::from_json(&prose).ok_or_else(|| StoreError::corrupt("what is kept beside a policy"))?;
    Ok(Some(Published { slug: scope.slug, id, version: wanted, in_force, policy, prose, versions }))
}

/// What was written beside a version of a scheme's policy.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn prose(store: &Store, ctx: &Ctx, org: OrgId, version: i64) -> Result<Prose, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT prose FROM policies WHERE org_id = $1 AND version = $2");
    let Some(row) = inner.opt(text, args![org, version]).await? else { return Ok(Prose::default()) };
    Prose::from_json(&row.text("prose")?).ok_or_else(|| StoreError::corrupt("what is kept beside a policy"))
}

/// Keeps what was written beside the first policy of a scheme that is being made.
///
/// # Errors
/// The engine's.
pub async fn keep_prose(tx: &mut Tx<AddOrg>, org: OrgId, prose: &Prose) -> Result<(), StoreError> {
    let text = sql!("UPDATE policies SET prose = $2 WHERE org_id = $1 AND version = 1");
    tx.inner.exec(text, args![org, prose.to_json()]).await?;
    Ok(())
}

/// That somebody was served a text (NOT-3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Served {
    /// Which, by its name in addresses.
    pub notice: String,
    /// Of which version of the policy.
    pub version: i64,
    /// When.
    pub at: Timestamp,
}

/// Records that whoever accepts a role was served the members' notice of the version in force (NOT-3).
pub(crate) async fn serve(
    inner: &mut Inner,
    membership: MembershipId,
    version: i64,
) -> Result<(), StoreError> {
    let text = sql!(
        "INSERT INTO notices_served (membership_id, notice, version, served_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![membership, Notice::Members.name(), version, now]).await?;
    Ok(())
}

/// What was served under a role goes with it.
pub(crate) async fn forget(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM notices_served WHERE membership_id = $1"), args![membership]).await?;
    Ok(())
}

/// What was served under a role, the latest first.
pub(crate) async fn served(inner: &mut Inner, membership: MembershipId) -> Result<Vec<Served>, StoreError> {
    let text = sql!(
        "SELECT notice, version, served_at FROM notices_served WHERE membership_id = $1 \
         ORDER BY served_at DESC, version DESC"
    );
    inner.rows(text, args![membership]).await?.iter().map(told).collect()
}

/// What was served last under each role of a scheme, for its directory.
///
/// # Errors
/// The engine's.
pub async fn served_in(tx: &mut Tx<ListMembers>) -> Result<HashMap<MembershipId, Served>, StoreError> {
    let org = tx.permit.target().0;
    let text = sql!(
        "SELECT s.membership_id, s.notice, s.version, s.served_at FROM notices_served s \
         JOIN memberships m ON m.id = s.membership_id WHERE m.org_id = $1 ORDER BY s.served_at, s.version"
    );
    let mut latest = HashMap::new();
    for row in &tx.inner.rows(text, args![org]).await? {
        latest.insert(row.id("membership_id")?, told(row)?);
    }
    Ok(latest)
}

fn told(row: &crate::dialect::Row) -> Result<Served, StoreError> {
    Ok(Served { notice: row.text("notice")?, version: row.int("version")?, at: row.instant("served_at")? })
}
