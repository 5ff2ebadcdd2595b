//! What the office did, counted from its entries in the audit (SEC-6).
use crate::{
    certifications,
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
};
use fairwatch_core::{
    gate::{AuditClass, Role},
    ids::{AccountId, ReportId},
    oversight::{BEFORE, ShowOversight, Topic, WEEKS, Weeks},
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
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
    /// Its number, while there is such a report.
    pub number: Option<i64>,
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

/// The approvals of the weeks that are told of whose report the same account had sent: both stand in the chain, also where the
/// report is gone by now.
async fn own_approvals(
    inner: &mut Inner,
    scope: &Scope,
    since: Timestamp,
) -> Result<Vec<OwnApproval>, StoreError> {
    let text = sql!(
        "SELECT actor, at, about FROM audit_entries WHERE chain = $1 AND action = 'reports.approve' AND at > $2 \
         ORDER BY position DESC"
    );
    let mut approved: BTreeMap<AccountId, Vec<(Uuid, Timestamp)>> = BTreeMap::new();
    for row in inner.rows(text, args![scope.org, since]).await? {
        let Ok(by) = row.text("actor")?.parse::<AccountId>() else { continue };
        // The report is what the entry is about first; whom it shows come after.
        if let Some(report) = ids(&row.bytes("about")?).next() {
            approved.entry(by).or_default().push((report, row.instant("at")?));
        }
    }
    let sent =
        sql!("SELECT about FROM audit_entries WHERE chain = $1 AND action = 'reports.submit' AND actor = $2");
    let mut own = Vec::new();
    for (by, approved) in approved {
        let rows = inner.rows(sent, args![scope.org, by.to_string()]).await?;
        let mut theirs = HashSet::new();
        for row in &rows {
            theirs.extend(ids(&row.bytes("about")?));
        }
        for (report, at) in approved.into_iter().filter(|(report, _)| theirs.contains(report)) {
            let report = ReportId(report);
            let number = inner.opt(sql!("SELECT number FROM reports WHERE id = $1"), args![report]).await?;
            let number = number.map(|row| row.int("number")).transpose()?;
            own.push(OwnApproval { report, number, by, at });
        }
    }
    own.sort_by_key(|one| std::cmp::Reverse((one.at, one.report)));
    Ok(own)
}

/// The ids of an entry.
fn ids(about: &[u8]) -> impl Iterator<Item = Uuid> + use<'_> {
    about.chunks_exact(16).filter_map(|id| Uuid::from_slice(id).ok())
}

/// What controller and staff did in the weeks that are compared, worked out from the chain when it is asked for: nothing of
/// it is stored, so nothing can be left out of it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowOversight>) -> Result<Overseen, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let now = inner.ctx.now();
    let weeks = |n: usize| SignedDuration::from_hours(24 * 7) * i32::try_from(n).unwrap_or(12);
    let since = now - weeks(WEEKS + BEFORE);
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
    let own = own_approvals(inner, &scope, now - weeks(WEEKS)).await?;
    let mut people = seen.keys().chain(done.keys().map(|(_, _, by)| by)).chain(own.iter().map(|one| &one.by));
    let mut ids = people.by_ref().map(|by| by.0).collect::<Vec<_>>();
    ids.sort_unstable();
    ids.dedup();
    let names = certifications::names(inner, &ids).await?;
    let done =
        done.into_iter().map(|((topic, action, by), weeks)| Done { topic, action, by, weeks }).collect();
    Ok(Overseen { scope, done, seen, own, names })
}
