//! What the office did, counted from its entries in the audit (SEC-6).
use crate::{
    certifications,
    dialect::{args, sql},
    door::Tx,
    error::StoreError,
};
use fairwatch_core::{
    gate::{AuditClass, Role},
    ids::{AccountId, ReportId},
    oversight::{BEFORE, ShowOversight, Topic, Weeks},
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What one person did of one kind.
#[derive(Clone, Debug)]
pub struct Done {
    /// Of what it is a part.
    pub topic: Topic,
    /// The action's stable name.
    pub action: String,
    /// By whom.
    pub by: AccountId,
    /// How often, week by week.
    pub weeks: Weeks,
}

/// A report that was approved by whoever had sent it.
#[derive(Clone, Debug)]
pub struct OwnApproval {
    /// The report.
    pub report: ReportId,
    /// Its number.
    pub number: i64,
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// What the board is shown.
#[derive(Clone, Debug)]
pub struct Overseen {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What was done, by person and action.
    pub done: Vec<Done>,
    /// The records that each person saw, week by week.
    pub seen: BTreeMap<AccountId, Weeks>,
    /// What was approved by whoever had sent it.
    pub own: Vec<OwnApproval>,
    /// What people are called, while they have an account.
    pub names: HashMap<Uuid, String>,
}

const WEEK: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// What controller and staff did in the weeks that are compared, worked out from the chain when it is asked for: nothing of
/// it is stored, so nothing can be left out of it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowOversight>) -> Result<Overseen, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let now = inner.ctx.now();
    let since = now - SignedDuration::from_hours(24 * 7) * i32::try_from(BEFORE + 1).unwrap_or(9);
    let text = sql!(
        "SELECT actor, action, class, ($2 - at) / $4 AS week, COUNT(*) AS n, \
         CAST(SUM(LENGTH(about) / 16) AS BIGINT) AS records FROM audit_entries \
         WHERE chain = $1 AND at > $3 AND at <= $2 AND role IN ($5, $6) GROUP BY actor, action, class, week"
    );
    let (controller, staff) = (Role::Controller.name(), Role::Staff.name());
    let rows = inner.rows(text, args![scope.org, now, since, WEEK, controller, staff]).await?;
    let mut done: BTreeMap<(Topic, String, AccountId), Weeks> = BTreeMap::new();
    let mut seen: BTreeMap<AccountId, Weeks> = BTreeMap::new();
    for row in &rows {
        let Ok(by) = row.text("actor")?.parse::<AccountId>() else { continue };
        let (action, class) = (row.text("action")?, row.text("class")?);
        let class = if class == AuditClass::Look.name() { AuditClass::Look } else { AuditClass::Change };
        let Some(topic) = Topic::of(&action, class) else { continue };
        let number = |column| Ok::<_, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
        let week = usize::try_from(row.int("week")?).unwrap_or(usize::MAX);
        if matches!(topic, Topic::Looks | Topic::Exports) {
            *seen.entry(by).or_default().0.entry(week).or_default() += number("records")?;
        }
        *done.entry((topic, action, by)).or_default().0.entry(week).or_default() += number("n")?;
    }
    let text = sql!(
        "SELECT id, number, decided_by, decided_at FROM reports WHERE org_id = $1 AND decided_by = account_id \
         AND state IN ('approved', 'removed') AND decided_at > $2 ORDER BY decided_at DESC LIMIT 200"
    );
    let mut own = Vec::new();
    for row in inner.rows(text, args![scope.org, since]).await? {
        own.push(OwnApproval {
            report: row.id("id")?,
            number: row.int("number")?,
            by: row.id("decided_by")?,
            at: row.instant("decided_at")?,
        });
    }
    let mut people = seen.keys().chain(done.keys().map(|(_, _, by)| by)).chain(own.iter().map(|one| &one.by));
    let mut ids = people.by_ref().map(|by| by.0).collect::<Vec<_>>();
    ids.sort_unstable();
    ids.dedup();
    let names = certifications::names(inner, &ids).await?;
    let done =
        done.into_iter().map(|((topic, action, by), weeks)| Done { topic, action, by, weeks }).collect();
    Ok(Overseen { scope, done, seen, own, names })
}
