//! The scheme's own lists of members (MEM-4).
use crate::{
    accounts::{MemberView, members},
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, orgs,
};
use fairwatch_core::{
    groups::{AddGroup, EditGroup, EndGroup, GroupFacts, ListGroups, OneGroup, ShowGroup},
    ids::{GroupId, MemberId, OrgId},
};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Load<OneGroup> for GroupFacts {
    async fn load(inner: &mut Inner, target: &OneGroup, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!("SELECT org_id FROM member_groups WHERE id = $1 AND org_id = COALESCE($2, org_id)");
        let lock = Some(crate::facts::lock(acting));
        let Some(row) = crate::facts::row(inner, text, target.0.0, lock).await? else { return Ok(None) };
        Ok(orgs::scope(inner, row.id("org_id")?).await?.map(|scope| Self { scope }))
    }
}

/// A list of members.
#[derive(Clone, Debug)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// How many are on it.
    pub members: u64,
}

/// The scheme's lists, by name.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListGroups>) -> Result<Vec<Group>, StoreError> {
    let org = tx.permit.target().0;
    let text = sql!(
        "SELECT COUNT(*) AS n FROM group_members g JOIN members m ON m.id = g.member_id \
         WHERE g.group_id = $1 AND m.state = 'active'"
    );
    let mut groups = Vec::new();
    for (id, name) in names(&mut tx.inner, org).await? {
        let n = tx.inner.one(text, args![id]).await?.int("n")?;
        groups.push(Group { id, name, members: u64::try_from(n).unwrap_or(0) });
    }
    Ok(groups)
}

/// The scheme's lists, by name, without who is on them.
pub(crate) async fn names(inner: &mut Inner, org: OrgId) -> Result<Vec<(GroupId, String)>, StoreError> {
    let text = sql!("SELECT id, sealed FROM member_groups WHERE org_id = $1");
    let rows = inner.rows(text, args![org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let known = inner.keys_of(&ids).await?;
    let mut groups = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: GroupId = row.id("id")?;
        let key = known.get(&id.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        groups.push((id, keys::open::<String>(key, "member_groups", "sealed", id.0, &row.bytes("sealed")?)?));
    }
    groups.sort_by_cached_key(|(id, name)| (name.to_lowercase(), *id));
    Ok(groups)
}

/// A list, and each member of the scheme with whether it is on it, by name.
#[derive(Clone, Debug)]
pub struct Listed {
    /// What it is called.
    pub name: String,
    /// The members.
    pub members: Vec<(MemberView, bool)>,
}

/// A list, and who is on it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowGroup>) -> Result<Listed, StoreError> {
    let OneGroup(id) = *tx.permit.target();
    let org = tx.permit.facts().scope.org;
    let inner = &mut tx.inner;
    let row = inner.one(sql!("SELECT sealed FROM member_groups WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    let name = keys::open(&key, "member_groups", "sealed", id.0, &row.bytes("sealed")?)?;
    let text = sql!("SELECT member_id FROM group_members WHERE group_id = $1");
    let rows = inner.rows(text, args![id]).await?;
    let on = rows.iter().map(|row| row.id("member_id")).collect::<Result<BTreeSet<MemberId>, _>>()?;
    let mut all = members::all(inner, org).await?;
    all.sort_by_cached_key(|view| (view.business.name.to_lowercase(), view.member));
    let seen =
        all.iter().filter(|view| on.contains(&view.member)).map(|view| view.member.0).collect::<Vec<_>>();
    let members = all.into_iter().map(|view| (on.contains(&view.member), view)).map(|(on, view)| (view, on));
    let listed = Listed { name, members: members.collect() };
    tx.saw(seen);
    Ok(listed)
}

/// Makes a list, with nobody on it.
///
/// # Errors
/// The engine's.
pub async fn add(tx: &mut Tx<AddGroup>, name: &str) -> Result<GroupId, StoreError> {
    let org = tx.permit.target().0;
    let inner = &mut tx.inner;
    let id: GroupId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "group").await?;
    let sealed = inner.seal(&key, "member_groups", "sealed", id.0, name)?;
    let text = sql!("INSERT INTO member_groups (id, org_id, created_at, sealed) VALUES ($1, $2, $3, $4)");
    let now = inner.ctx.now();
    inner.exec(text, args![id, org, now, sealed]).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// Says what a list is called, and who is on it. Members of another scheme, and such as have left, are not.
///
/// # Errors
/// The engine's.
pub async fn edit(tx: &mut Tx<EditGroup>, name: &str, members: &[MemberId]) -> Result<(), StoreError> {
    let OneGroup(id) = *tx.permit.target();
    let org = tx.permit.facts().scope.org;
    let inner = &mut tx.inner;
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "member_groups", "sealed", id.0, name)?;
    inner.exec(sql!("UPDATE member_groups SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
    inner.exec(sql!("DELETE FROM group_members WHERE group_id = $1"), args![id]).await?;
    let text = sql!(
        "INSERT INTO group_members (group_id, member_id) SELECT g.id, m.id FROM member_groups g \
         JOIN members m ON m.org_id = g.org_id WHERE g.id = $1 AND m.id = $2 AND m.org_id = $3 AND m.state = 'active' \
         ON CONFLICT DO NOTHING"
    );
    for member in members {
        inner.exec(text, args![id, *member, org]).await?;
    }
    Ok(())
}

/// Ends a list. What was for it and for nobody else concerns nobody any more.
///
/// # Errors
/// The engine's.
pub async fn end(tx: &mut Tx<EndGroup>) -> Result<(), StoreError> {
    let OneGroup(id) = *tx.permit.target();
    let inner = &mut tx.inner;
    inner.exec(sql!("DELETE FROM group_members WHERE group_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM member_groups WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}
