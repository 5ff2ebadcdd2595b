//! A policy that came into force, and what is stored of the answers of the one before (RET-10).
//!
//! Stages and days in rows are an index of what the clock said under one version of the policy. On the day of another,
//! the first who asks anything in the organisation notices, and before they are answered
//!
//! 1. everybody's index is emptied in one transaction, so that members see nobody whom it has not been worked out for,
//!    and what ends by a day alone (incidents, rejected reports) gets its new day;
//! 2. the index is worked out again, some at a time, each part a transaction with an entry of its own, so that
//!    whoever is killed loses nothing and anybody goes on. Whoever asks waits for a few parts only; the server's job
//!    does the rest.
//!
//! Nothing is destroyed here. Who is past their end under the new policy is hidden and due; the sweep finds them,
//! and stops and asks where they are many.
use crate::{
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    enquiries,
    error::StoreError,
    incidents, joining, leases,
    subjects::{self, ending::stub_ends},
};
use fairwatch_core::{
    gate::{Action as _, Caller, Ctx},
    ids::{OrgId, SubjectId},
    policies::ApplyPolicy,
    policy::retention::Column,
    scope::{InOrg, Scope, ends},
    world::london_date,
};
use jiff::{SignedDuration, civil::Date};
use std::{future::Future, pin::Pin};
use uuid::Uuid;

/// So many parts at most are worked out while somebody waits for their page.
pub const PATIENCE: usize = 10;
/// So many people are worked out in one transaction.
const PART: i64 = 100;
/// For how long whoever does not say that they live keeps others from going on.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How far records have been worked out by the policy in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Everybody who is held.
    pub people: u64,
    /// Those who have yet to be worked out, and whom nobody sees until then.
    pub left: u64,
    /// Those whose record is damaged and could not be worked out: nobody sees them, and no sweep finds them.
    pub damaged: u64,
}

/// How far it has come.
///
/// # Errors
/// The engine's.
pub async fn progress(store: &Store, ctx: &Ctx, org: OrgId) -> Result<Progress, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let Some(scope) = crate::orgs::scope(&mut inner, org).await? else {
        return Ok(Progress { people: 0, left: 0, damaged: 0 });
    };
    let text = sql!(
        "SELECT COUNT(*) AS people, COUNT(CASE WHEN policy_version <> $2 THEN 1 END) AS behind, \
         COUNT(CASE WHEN policy_version = $2 AND stage = 'unsettled' THEN 1 END) AS damaged FROM subjects WHERE org_id = $1"
    );
    let row = inner.one(text, args![org, scope.policy_version]).await?;
    let count = |column| Ok::<_, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
    Ok(Progress { people: count("people")?, left: count("behind")?, damaged: count("damaged")? })
}

/// Works records out by the policy in force, at most so many parts of them; whether all are done. Where another
/// process is at it, that one goes on, and what it has not come to is hidden.
///
/// Boxed, since the doors call it and it goes through one.
pub fn catch_up<'a>(
    store: &'a Store,
    ctx: &'a Ctx,
    org: OrgId,
    most: Option<usize>,
) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>> {
    Box::pin(async move {
        let job = ctx.clone().with_caller(Caller::Job("policy")).confined_to(&[ApplyPolicy::NAME]);
        let (behind, left) = state(store, &job, org).await?;
        if behind {
            store
                .write::<ApplyPolicy, _>(&job, InOrg(org), async |tx: &mut Tx<ApplyPolicy>| switch(tx).await)
                .await?;
        }
        if !behind && !left {
            return Ok(true);
        }
        let Some(lease) = leases::take(store, &job, &name(org), LEASE).await? else { return Ok(false) };
        let done = parts(store, &job, org, most, lease).await;
        leases::give_back(store, &job, lease).await?;
        done
    })
}

/// Whether the index is another version's, and whether somebody's has yet to be worked out.
async fn state(store: &Store, ctx: &Ctx, org: OrgId) -> Result<(bool, bool), StoreError> {
    let mut inner = store.glance(ctx).await?;
    let Some(scope) = crate::orgs::scope(&mut inner, org).await? else { return Ok((false, false)) };
    let text = sql!("SELECT version, is_done FROM policy_index WHERE org_id = $1");
    let row = inner.one(text, args![org]).await?;
    // Somebody who was settled just before midnight, and came to be written after the others.
    let stray = sql!("SELECT id FROM subjects WHERE org_id = $1 AND policy_version < $2 LIMIT 1");
    let stray = inner.opt(stray, args![org, scope.policy_version]).await?.is_some();
    Ok((row.int("version")? < scope.policy_version, !row.flag("is_done")? || stray))
}

/// Whether days in rows are still those of another version: then nothing is destroyed by them.
pub(crate) async fn is_behind(inner: &mut Inner, scope: &Scope) -> Result<bool, StoreError> {
    let text = sql!("SELECT version FROM policy_index WHERE org_id = $1");
    Ok(inner.one(text, args![scope.org]).await?.int("version")? != scope.policy_version)
}

/// Has everything read by the policy in force from this commit on (RET-10). Doing it twice is doing it once.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn switch(tx: &mut Tx<ApplyPolicy>) -> Result<(), StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    // Versions only go up: a server whose clock is some seconds behind changes nothing back.
    let text = sql!("UPDATE policy_index SET version = $2, is_done = 0 WHERE org_id = $1 AND version < $2");
    if inner.exec(text, args![scope.org, scope.policy_version]).await? == 0 {
        return Ok(());
    }
    // In the order of their ids, as everybody locks them.
    let text = sql!("SELECT id FROM subjects WHERE org_id = $1 AND policy_version < $2 ORDER BY id");
    inner.db.rows_locked(text, args![scope.org, scope.policy_version]).await?;
    let text = sql!(
        "UPDATE subjects SET stage = 'unsettled', ends_on = NULL, delete_on = $3, next_on = $3 \
         WHERE org_id = $1 AND policy_version < $2 AND stage <> 'frozen'"
    );
    inner.exec(text, args![scope.org, scope.policy_version, scope.today]).await?;
    incidents_end(inner, &scope).await?;
    others_end(inner, &scope).await
}

/// Incidents end by the day on which they happened and by whether anybody is linked to them (INC-8, RET-15).
async fn incidents_end(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM incidents WHERE org_id = $1 ORDER BY id");
    inner.db.rows_locked(text, args![scope.org]).await?;
    for (occurred, linked, _) in incidents::by_day(inner, scope.org).await? {
        let end = incidents::end_of(&scope.policy, occurred, !linked);
        let text = sql!(
            "UPDATE incidents SET delete_on = $3 WHERE org_id = $1 AND occurred_on = $2 AND $4 = \
             (CASE WHEN EXISTS (SELECT 1 FROM people p WHERE p.incident_id = incidents.id AND p.state = 'linked') THEN 1 ELSE 0 END)"
        );
        inner.exec(text, args![scope.org, occurred, end, linked]).await?;
    }
    Ok(())
}

/// What else ends on a day that the policy sets (RET-7, RET-15).
async fn others_end(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    for (day, _) in rejected_by_day(inner, scope.org).await? {
        let text = sql!(
            "UPDATE reports SET erase_on = $3 WHERE org_id = $1 AND ended_on = $2 AND erase_on IS NOT NULL"
        );
        inner.exec(text, args![scope.org, day, ends(day, scope.policy.keep.rejected_report.length)]).await?;
    }
    for (id, day) in rejected_tips(inner, scope.org).await? {
        let end = ends(day, scope.policy.keep.rejected_report.length);
        inner.exec(sql!("UPDATE intelligence SET erase_on = $2 WHERE id = $1"), args![id, end]).await?;
    }
    for (day, _) in letters_by_day(inner, scope.org).await? {
        let text =
            sql!("UPDATE letters SET ends_on = $3 WHERE org_id = $1 AND made_on = $2 AND sealed IS NOT NULL");
        inner.exec(text, args![scope.org, day, ends(day, scope.policy.keep.letter.length)]).await?;
    }
    for (day, _) in service_by_day(inner, scope.org).await? {
        let text = sql!(
            "UPDATE service_attempts SET ends_on = $3 WHERE attempted_on = $2 AND sealed IS NOT NULL \
             AND letter_id IN (SELECT l.id FROM letters l WHERE l.org_id = $1)"
        );
        inner.exec(text, args![scope.org, day, ends(day, scope.policy.keep.service_record.length)]).await?;
    }
    for (day, column, _) in stubs_by_day(inner, scope.org).await? {
        let text =
            sql!("UPDATE stubs SET ends_on = $4 WHERE org_id = $1 AND deleted_on = $2 AND period = $3");
        let end = stub_ends(&scope.policy, column, day);
        inner.exec(text, args![scope.org, day, column.as_str(), end]).await?;
    }
    enquiries::follow(inner, scope).await?;
    joining::follow(inner, scope).await?;
    crate::requests::follow(inner, scope).await?;
    crate::breaches::follow(inner, scope).await
}

/// The days on which reports were rejected or taken away, with how many.
pub(super) async fn rejected_by_day(inner: &mut Inner, org: OrgId) -> Result<Vec<(Date, u64)>, StoreError> {
    let text = sql!(
        "SELECT ended_on AS day, COUNT(*) AS n FROM reports WHERE org_id = $1 AND ended_on IS NOT NULL \
         AND erase_on IS NOT NULL GROUP BY ended_on"
    );
    days(inner, text, org).await
}

/// The days on which profiles were deleted of which a record is kept, with how many.
pub(super) async fn stubs_by_day(
    inner: &mut Inner,
    org: OrgId,
) -> Result<Vec<(Date, Column, u64)>, StoreError> {
    let text = sql!(
        "SELECT deleted_on AS day, period, COUNT(*) AS n FROM stubs WHERE org_id = $1 GROUP BY deleted_on, period"
    );
    let rows = inner.rows(text, args![org]).await?;
    rows.iter()
        .map(|row| Ok((row.date("day")?, row.word("period")?, u64::try_from(row.int("n")?).unwrap_or(0))))
        .collect()
}

/// The days on which letters were made, with how many.
pub(super) async fn letters_by_day(inner: &mut Inner, org: OrgId) -> Result<Vec<(Date, u64)>, StoreError> {
    let text = sql!(
        "SELECT made_on AS day, COUNT(*) AS n FROM letters WHERE org_id = $1 AND sealed IS NOT NULL GROUP BY made_on"
    );
    days(inner, text, org).await
}

/// The days on which letters were served, or that was tried, with how many times.
pub(super) async fn service_by_day(inner: &mut Inner, org: OrgId) -> Result<Vec<(Date, u64)>, StoreError> {
    let text = sql!(
        "SELECT a.attempted_on AS day, COUNT(*) AS n FROM service_attempts a JOIN letters l ON l.id = a.letter_id \
         WHERE l.org_id = $1 AND a.sealed IS NOT NULL GROUP BY a.attempted_on"
    );
    days(inner, text, org).await
}

async fn days(inner: &mut Inner, text: &'static str, org: OrgId) -> Result<Vec<(Date, u64)>, StoreError> {
    let rows = inner.rows(text, args![org]).await?;
    rows.iter().map(|row| Ok((row.date("day")?, u64::try_from(row.int("n")?).unwrap_or(0)))).collect()
}

/// The names that were not taken over, each with the day of that decision.
pub(super) async fn rejected_tips(inner: &mut Inner, org: OrgId) -> Result<Vec<(Uuid, Date)>, StoreError> {
    let text = sql!(
        "SELECT id, decided_at FROM intelligence WHERE org_id = $1 AND state = 'rejected' AND decided_at IS NOT NULL ORDER BY id"
    );
    let rows = inner.rows(text, args![org]).await?;
    rows.iter().map(|row| Ok((row.id("id")?, london_date(row.instant("decided_at")?)))).collect()
}

async fn parts(
    store: &Store,
    job: &Ctx,
    org: OrgId,
    most: Option<usize>,
    lease: Uuid,
) -> Result<bool, StoreError> {
    let mut after = Uuid::nil();
    let mut done = 0;
    while most.is_none_or(|most| done < most) {
        let from = after;
        let last = store
            .write::<ApplyPolicy, _>(job, InOrg(org), async move |tx: &mut Tx<ApplyPolicy>| {
                part(tx, from, PART).await
            })
            .await?;
        match last {
            Some(last) => after = last,
            None => return Ok(true),
        }
        done += 1;
        if done.is_multiple_of(10) {
            leases::keep(store, job, lease, LEASE).await?;
        }
    }
    Ok(false)
}

/// Works out the next people by the policy in force; the last of them, or none at the end.
///
/// # Errors
/// The engine's.
pub async fn part(tx: &mut Tx<ApplyPolicy>, after: Uuid, size: i64) -> Result<Option<Uuid>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT id FROM subjects WHERE org_id = $1 AND policy_version < $2 AND id > $3 ORDER BY id LIMIT $4"
    );
    let rows = inner.db.rows_locked(text, args![scope.org, scope.policy_version, after, size]).await?;
    for row in &rows {
        let id: SubjectId = row.id("id")?;
        match subjects::reindex(inner, &scope, id).await {
            Ok(()) => {}
            // One damaged record keeps nobody else from being worked out; it stays hidden.
            Err(StoreError::Corrupt(error)) => {
                tracing::error!(%error, subject = %id, "a record could not be worked out by the new policy");
                let text = sql!("UPDATE subjects SET policy_version = $2 WHERE id = $1");
                inner.exec(text, args![id, scope.policy_version]).await?;
            }
            Err(error) => return Err(error),
        }
    }
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) < size {
        let text = sql!("UPDATE policy_index SET is_done = 1 WHERE org_id = $1 AND version = $2");
        inner.exec(text, args![scope.org, scope.policy_version]).await?;
        return Ok(None);
    }
    rows.last().map(|row| row.id("id")).transpose()
}

fn name(org: OrgId) -> String {
    format!("policy {org}")
}
