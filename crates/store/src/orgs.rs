//! Organisations, their policies, and the installation itself.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
};
use fairwatch_core::{
    accounts::AddOrg,
    gate::Ctx,
    ids::{OrgId, PolicyId},
    policy::Policy,
    scope::Scope,
};
use jiff::civil::Date;
use std::sync::Arc;
use uuid::Uuid;

/// Whether an installation holds real people: decided at birth, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Real people: `serve` alone opens it.
    Real,
    /// Invented people: `demo` alone opens it.
    Demo,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Demo => "demo",
        }
    }
}

/// What a database says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationRecord {
    /// Its id, the same as its key file's.
    pub id: Uuid,
    /// Real or demo.
    pub kind: Kind,
    /// The address under which links are made.
    pub base_address: String,
}

/// The installation that this database belongs to, if it has been initialised, with its key file checked.
///
/// # Errors
/// [`StoreError::Setup`] where the key file is another installation's.
pub async fn installation(store: &Store, ctx: &Ctx) -> Result<Option<InstallationRecord>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT id, kind, key_fingerprint, base_address FROM installation");
    let Some(row) = inner.opt(text, args![]).await? else { return Ok(None) };
    store.keys.check_fingerprint(&row.bytes("key_fingerprint")?).map_err(|_| {
        StoreError::Setup(
            "the key file belongs to another installation than this database; give the right one with --keys"
                .into(),
        )
    })?;
    let kind = if row.text("kind")? == "demo" { Kind::Demo } else { Kind::Real };
    Ok(Some(InstallationRecord { id: row.id("id")?, kind, base_address: row.text("base_address")? }))
}

/// Makes a new database this installation's.
///
/// # Errors
/// [`StoreError::Setup`] where it is somebody's already.
pub async fn found(store: &Store, ctx: &Ctx, kind: Kind, base_address: &str) -> Result<(), StoreError> {
    if installation(store, ctx).await?.is_some() {
        return Err(StoreError::Setup("this database is already initialised".into()));
    }
    let mut inner = store.machinery(ctx).await?;
    let text = sql!(
        "INSERT INTO installation (id, kind, key_fingerprint, base_address, created_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let values =
        args![store.keys.installation(), kind.name(), store.keys.fingerprint(), base_address, ctx.real_now()];
    inner.exec(text, values).await?;
    inner.db.commit().await
}

/// An organisation with its policy, if it exists.
pub(crate) async fn scope(inner: &mut Inner, org: OrgId) -> Result<Option<Scope>, StoreError> {
    if let Some(scope) = inner.scope.as_ref().filter(|scope| scope.org == org) {
        return Ok(Some(scope.clone()));
    }
    let text = sql!(
        "SELECT o.id AS org_id, o.slug, p.id AS policy_id, p.version FROM orgs o \
         JOIN policies p ON p.org_id = o.id AND p.version = \
         (SELECT COALESCE(MAX(q.version), 1) FROM policies q WHERE q.org_id = o.id AND q.effective_on <= $2) \
         WHERE o.id = $1"
    );
    let Some(row) = inner.opt(text, args![org, inner.ctx.today()]).await? else { return Ok(None) };
    told(inner, &row).await.map(Some)
}

/// The organisation that a row tells of (`org_id`, `slug`, `policy_id`, `version`). The text of a policy is read
/// once: a changed policy is another row.
pub(crate) async fn told(inner: &mut Inner, row: &Row) -> Result<Scope, StoreError> {
    if remember(inner, row)?.is_none() {
        read_policy(inner, row.id("policy_id")?).await?;
    }
    remember(inner, row)?.ok_or_else(|| StoreError::corrupt("a stored policy"))
}

async fn read_policy(inner: &mut Inner, id: PolicyId) -> Result<(), StoreError> {
    let text = sql!("SELECT file_name, body FROM policies WHERE id = $1");
    let body = inner.one(text, args![id]).await?;
    inner.store.parse_policy(id, &body.text("file_name")?, &body.text("body")?)
}

/// The policy that was in force on a day: what was promised then.
pub(crate) async fn policy_on(inner: &mut Inner, org: OrgId, day: Date) -> Result<Arc<Policy>, StoreError> {
    let text = sql!(
        "SELECT id FROM policies WHERE org_id = $1 AND (effective_on <= $2 OR version = 1) ORDER BY version DESC LIMIT 1"
    );
    let id: PolicyId = inner.one(text, args![org, day]).await?.id("id")?;
    policy_of(inner, id).await
}

/// A policy by the id of its version.
pub(crate) async fn policy_of(inner: &mut Inner, id: PolicyId) -> Result<Arc<Policy>, StoreError> {
    if inner.store.parsed_policy(id).is_none() {
        read_policy(inner, id).await?;
    }
    inner.store.parsed_policy(id).ok_or_else(|| StoreError::corrupt("a stored policy"))
}

/// Keeps the organisation that a row tells of for the rest of this transaction, if its policy has been read before.
pub(crate) fn remember(inner: &mut Inner, row: &Row) -> Result<Option<Scope>, StoreError> {
    let Some(id) = row.opt_id("policy_id")? else { return Ok(None) };
    let Some(policy) = inner.store.parsed_policy(id) else { return Ok(None) };
    let scope = Scope {
        org: row.id("org_id")?,
        slug: row.text("slug")?,
        policy,
        policy_id: id,
        policy_version: row.int("version")?,
        today: inner.ctx.today(),
    };
    inner.scope = Some(scope.clone());
    Ok(Some(scope))
}

/// Makes an organisation with its first policy (POL-1).
///
/// # Errors
/// [`StoreError::Refused`] where the policy is no policy, or its short name is taken.
pub async fn add(tx: &mut Tx<AddOrg>, file_name: &str, text: &str) -> Result<OrgId, StoreError> {
    let policy = Policy::parse(file_name, text).map_err(|findings| {
        StoreError::Refused(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let org: OrgId = tx.inner.ctx.new_id();
    let policy_id: PolicyId = tx.inner.ctx.new_id();
    let now = tx.inner.ctx.now();
    let today: Date = tx.inner.ctx.today();
    let make = sql!(
        "INSERT INTO orgs (id, slug, kind, next_subject, next_incident, created_at) \
         VALUES ($1, $2, 'scheme', 1, 1, $3) ON CONFLICT DO NOTHING"
    );
    if tx.inner.exec(make, args![org, &*policy.scheme.slug, now]).await? == 0 {
        return Err(StoreError::refused(format!(
            "there is already a scheme with the short name {}",
            &*policy.scheme.slug
        )));
    }
    let keep = sql!(
        "INSERT INTO policies (id, org_id, version, file_name, body, author_id, reason, certify, effective_on, created_at) \
         VALUES ($1, $2, 1, $3, $4, $5, $6, 0, $7, $8)"
    );
    let author = tx.permit.standing().account;
    let reason = "The scheme begins with it";
    tx.inner.exec(keep, args![policy_id, org, file_name, text, author, reason, today, now]).await?;
    let index = sql!("INSERT INTO policy_index (org_id, version, is_done) VALUES ($1, 1, 1)");
    tx.inner.exec(index, args![org]).await?;
    tx.saw([org.0]);
    Ok(org)
}

/// The organisation with a short name, and its policy. What a scheme publishes is public; so is this. What no short
/// name can be is not asked of the engine, which may not take it as text at all.
///
/// # Errors
/// The engine's.
pub async fn by_slug(store: &Store, ctx: &Ctx, slug: &str) -> Result<Option<Scope>, StoreError> {
    let is_fitting = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=64).contains(&slug.len()) || !slug.bytes().all(is_fitting) {
        return Ok(None);
    }
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT o.id AS org_id, o.slug, p.id AS policy_id, p.version FROM orgs o \
         JOIN policies p ON p.org_id = o.id AND p.version = \
         (SELECT COALESCE(MAX(q.version), 1) FROM policies q WHERE q.org_id = o.id AND q.effective_on <= $2) \
         WHERE o.slug = $1"
    );
    let Some(row) = inner.opt(text, args![slug, ctx.today()]).await? else { return Ok(None) };
    told(&mut inner, &row).await.map(Some)
}

/// Every organisation with its policy, by short name.
///
/// # Errors
/// The engine's.
pub async fn all(store: &Store, ctx: &Ctx) -> Result<Vec<Scope>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let mut scopes = Vec::new();
    for row in inner.rows(sql!("SELECT id FROM orgs ORDER BY slug"), args![]).await? {
        scopes.extend(scope(&mut inner, row.id("id")?).await?);
    }
    Ok(scopes)
}

/// The next number of an organisation's subjects: gapless, since its row is locked until the commit.
pub(crate) async fn next_subject(inner: &mut Inner, org: OrgId) -> Result<i64, StoreError> {
    let text = sql!(
        "UPDATE orgs SET next_subject = next_subject + 1 WHERE id = $1 RETURNING next_subject - 1 AS number"
    );
    inner.one(text, args![org]).await?.int("number")
}

/// The next number of an organisation's incidents.
pub(crate) async fn next_incident(inner: &mut Inner, org: OrgId) -> Result<i64, StoreError> {
    let text = sql!(
        "UPDATE orgs SET next_incident = next_incident + 1 WHERE id = $1 RETURNING next_incident - 1 AS number"
    );
    inner.one(text, args![org]).await?.int("number")
}

/// The next number of an organisation's breaches of personal data.
pub(crate) async fn next_breach(inner: &mut Inner, org: OrgId) -> Result<i64, StoreError> {
    let text = sql!(
        "UPDATE orgs SET next_breach = next_breach + 1 WHERE id = $1 RETURNING next_breach - 1 AS number"
    );
    inner.one(text, args![org]).await?.int("number")
}
