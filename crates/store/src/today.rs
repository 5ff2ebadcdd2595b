//! What needs somebody today: where they start (DOC-4).
//!
//! Worked out from the calendar that is kept in memory, from the gallery that is, and from a handful of rows of their
//! own. It opens nobody's record.
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    duties,
    error::StoreError,
    news,
    subjects::gallery::{self, Counts},
};
use fairwatch_core::{
    gate::Role,
    leaving::Leaving,
    scope::Scope,
    today::{Need, Own, ShowToday, has_gallery, is_signed, needs},
    world::london_date,
};
use jiff::{Timestamp, civil::Date};

/// Where somebody starts.
#[derive(Clone, Debug)]
pub struct Day {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What needs them, the most urgent first.
    pub needs: Vec<Need>,
    /// How many are in the gallery, for those who have one.
    pub gallery: Option<Counts>,
    /// How the audit stands, for whoever audits.
    pub audit: Option<Chain>,
}

/// How the audit chain of a scheme stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// How many entries it has.
    pub entries: i64,
    /// When its head was last signed.
    pub signed_on: Option<Date>,
}

/// What needs whoever asks.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowToday>) -> Result<Day, StoreError> {
    let (scope, standing) = (tx.permit.facts().clone(), tx.permit.standing().clone());
    let duties = duties::of_role(&mut tx.inner, &scope, standing.role).await?;
    let audit = if standing.is(Role::Auditor) { Some(chain(&mut tx.inner, &scope).await?) } else { None };
    let own = Own {
        draft: draft(tx, &scope).await?,
        alerts: alerts(tx, &scope).await?,
        leaving: leaving(tx, &scope).await?,
        unsigned: audit.and_then(|chain| unsigned(chain, london_date(tx.inner.ctx.real_now()))),
    };
    let gallery =
        if has_gallery(&standing, &scope) { Some(gallery::numbers(tx, &scope).await?) } else { None };
    Ok(Day { needs: needs(&duties, &own, scope.today), scope, gallery, audit })
}

/// Until when a report is kept that they began and have not sent. On a device that others use as well, too: it is under
/// their own name.
async fn draft(tx: &mut Tx<ShowToday>, scope: &Scope) -> Result<Option<Timestamp>, StoreError> {
    let text = sql!(
        "SELECT expires_at FROM drafts WHERE account_id = $1 AND org_id = $2 AND form = 'report' AND expires_at > $3"
    );
    let (account, now) = (tx.permit.standing().account, tx.inner.ctx.real_now());
    let row = tx.inner.opt(text, args![account, scope.org, now]).await?;
    row.map(|row| row.instant("expires_at")).transpose()
}

/// How many alerts they have not read, for those whom alerts are for.
async fn alerts(tx: &mut Tx<ShowToday>, scope: &Scope) -> Result<usize, StoreError> {
    match tx.permit.standing().role {
        Some(Role::MemberUser | Role::Staff) => news::unread(tx, scope).await,
        _ => Ok(0),
    }
}

/// Up to when a manager can say that their business leaves, where the scheme asked (MEM-6).
async fn leaving(tx: &mut Tx<ShowToday>, scope: &Scope) -> Result<Option<Date>, StoreError> {
    let standing = tx.permit.standing();
    let Some(member) = standing.member.filter(|_| standing.manages && standing.device.is_none()) else {
        return Ok(None);
    };
    let text = sql!("SELECT asked_on FROM leavings WHERE member_id = $1 AND confirmed_on IS NULL");
    let row = tx.inner.opt(text, args![member]).await?;
    row.map(|row| Ok(Leaving::new(scope, row.date("asked_on")?, None).board_from)).transpose()
}

/// How the audit chain of a scheme stands.
pub(crate) async fn chain(inner: &mut Inner, scope: &Scope) -> Result<Chain, StoreError> {
    let text = sql!(
        "SELECT h.position, (SELECT MAX(s.signed_at) FROM audit_signatures s WHERE s.chain = h.chain) AS signed_at \
         FROM audit_heads h WHERE h.chain = $1"
    );
    let row = inner.opt(text, args![scope.org]).await?;
    Ok(Chain {
        entries: row.as_ref().map(|row| row.int("position")).transpose()?.unwrap_or(0),
        signed_on: row.map(|row| row.opt_instant("signed_at")).transpose()?.flatten().map(london_date),
    })
}

/// Since when nobody has signed the heads, where that is too long. A chain that was never signed is a new one's.
fn unsigned(chain: Chain, today: Date) -> Option<Date> {
    chain.signed_on.filter(|signed| !is_signed(*signed, today))
}
