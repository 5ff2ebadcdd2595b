//! The businesses of a scheme.
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{AddMember, Business, ListMembers},
    ids::{MemberId, OrgId},
};
use serde::Serialize;

/// Makes a business of the scheme; sealed under a key of its own.
///
/// # Errors
/// The engine's.
pub async fn add_member(tx: &mut Tx<AddMember>, business: &Business) -> Result<MemberId, StoreError> {
    let org = tx.permit.target().0;
    let member = make(&mut tx.inner, org, business).await?;
    tx.saw([member.0]);
    Ok(member)
}

/// A business, sealed under a key of its own.
pub(crate) async fn make(inner: &mut Inner, org: OrgId, business: &Business) -> Result<MemberId, StoreError> {
    let member: MemberId = inner.ctx.new_id();
    let now = inner.ctx.now();
    let key = inner.new_key(member.0, "member").await?;
    let sealed = inner.seal(&key, "members", "sealed", member.0, business)?;
    let text =
        sql!("INSERT INTO members (id, org_id, state, sealed, created_at) VALUES ($1, $2, 'active', $3, $4)");
    inner.exec(text, args![member, org, sealed, now]).await?;
    Ok(member)
}

/// A business of the scheme.
#[derive(Clone, Debug, Serialize)]
pub struct MemberView {
    /// The business.
    pub member: MemberId,
    /// What is known of it.
    pub business: Business,
}

/// The businesses of a scheme that have not left, by name.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn members(tx: &mut Tx<ListMembers>) -> Result<Vec<MemberView>, StoreError> {
    let org = tx.permit.target().0;
    let mut members = all(&mut tx.inner, org).await?;
    members.sort_by_cached_key(|view| (view.business.name.to_lowercase(), view.member));
    tx.saw(members.iter().map(|view| view.member.0));
    Ok(members)
}

/// The businesses of a scheme that have not left, in no order.
pub(crate) async fn all(inner: &mut Inner, org: OrgId) -> Result<Vec<MemberView>, StoreError> {
    let rows = inner
        .rows(sql!("SELECT id, sealed FROM members WHERE org_id = $1 AND state = 'active'"), args![org])
        .await?;
    let owners = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<_>, _>>()?;
    let keys = inner.keys_of(&owners).await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in &rows {
        let member: MemberId = row.id("id")?;
        let key = keys.get(&member.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let business = open(key, "members", "sealed", member.0, &row.bytes("sealed")?)?;
        members.push(MemberView { member, business });
    }
    Ok(members)
}
