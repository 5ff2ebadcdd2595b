//! Members who were picked for a person, to whom targeted data is shown (SUB-6). Sealed under the person, and gone with
//! them.
use super::changes::of;
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    accounts::Business,
    ids::{MemberId, PickId, SubjectId},
    subjects::{
        EndPick, PickMember,
        picks::{self, Pick},
    },
};
use jiff::civil::Date;

/// A pick as the controller sees it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Who is picked, and until when.
    pub pick: Pick,
    /// The business.
    pub business: Business,
    /// Since when.
    pub picked_on: Date,
    /// Why this one.
    pub reason: String,
}

pub(crate) fn read(row: &Row) -> Result<Pick, StoreError> {
    Ok(Pick { id: row.id("id")?, member: row.id("member_id")?, ends_on: row.opt_date("ends_on")? })
}

/// Everybody who was picked for a person, whether or not it still counts.
pub(crate) async fn all(inner: &mut Inner, id: SubjectId) -> Result<Vec<Pick>, StoreError> {
    let text = sql!("SELECT id, member_id, ends_on FROM picks WHERE subject_id = $1 ORDER BY id");
    inner.rows(text, args![id]).await?.iter().map(read).collect()
}

/// Those whose pick counts today, with why, in the order in which they were picked.
pub(super) async fn held(inner: &mut Inner, id: SubjectId) -> Result<Vec<Held>, StoreError> {
    let text = sql!(
        "SELECT k.id, k.member_id, k.ends_on, k.picked_on, k.sealed, m.sealed AS business FROM picks k \
         JOIN members m ON m.id = k.member_id WHERE k.subject_id = $1 AND (k.ends_on IS NULL OR k.ends_on > $2) \
         ORDER BY k.picked_on, k.id"
    );
    let today = inner.ctx.today();
    let rows = inner.rows(text, args![id, today]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let pick = read(row)?;
        let key = inner.key(id.0).await?;
        let reason = keys::open(&key, "picks", "sealed", pick.id.0, &row.bytes("sealed")?)?;
        let key = inner.key(pick.member.0).await?;
        let business = keys::open(&key, "members", "sealed", pick.member.0, &row.bytes("business")?)?;
        found.push(Held { pick, business, picked_on: row.date("picked_on")?, reason });
    }
    Ok(found)
}

/// Picks a member for the person: from now on its people see what the policy targets.
///
/// # Errors
/// [`StoreError::Refused`] where the policy targets nothing, or it is picked already.
pub async fn pick(
    tx: &mut Tx<PickMember>,
    member: MemberId,
    ends_on: Option<Date>,
    reason: &str,
) -> Result<PickId, StoreError> {
    let (id, scope) = of(tx);
    if picks::targeted(&scope.policy).is_empty() {
        return Err(StoreError::refused("This scheme\u{2019}s policy shows picked members nothing more."));
    }
    let inner = &mut tx.inner;
    let known = sql!("SELECT id FROM members WHERE id = $1 AND org_id = $2 AND state = 'active'");
    if inner.opt(known, args![member, scope.org]).await?.is_none() {
        return Err(StoreError::RefusedAt("business", "Choose a business of this scheme.".into()));
    }
    // One that is over makes room for the next.
    let over = sql!("DELETE FROM picks WHERE subject_id = $1 AND member_id = $2 AND ends_on <= $3");
    inner.exec(over, args![id, member, scope.today]).await?;
    let pick: PickId = inner.ctx.new_id();
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "picks", "sealed", pick.0, reason)?;
    let text = sql!(
        "INSERT INTO picks (id, subject_id, member_id, picked_on, ends_on, sealed) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING"
    );
    if inner.exec(text, args![pick, id, member, scope.today, ends_on, sealed]).await? == 0 {
        return Err(StoreError::RefusedAt("business", "This business is picked already.".into()));
    }
    tx.because(id.0, reason);
    tx.saw([pick.0, member.0]);
    Ok(pick)
}

/// Ends a pick: from now on its people see what any member does.
///
/// # Errors
/// [`StoreError::Refused`] where it has ended already.
pub async fn end(tx: &mut Tx<EndPick>, pick: PickId) -> Result<(), StoreError> {
    let (id, _) = of(tx);
    let text = sql!("DELETE FROM picks WHERE id = $1 AND subject_id = $2");
    if tx.inner.exec(text, args![pick, id]).await? == 0 {
        return Err(StoreError::refused("This has ended already."));
    }
    tx.saw([pick.0]);
    Ok(())
}
