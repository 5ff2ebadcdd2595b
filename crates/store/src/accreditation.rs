//! What the records of a scheme show of each standard of the accreditation: counts and days alone (POL-7).
use crate::{
    certifications,
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    meetings, registers, sweep,
};
use fairwatch_core::{
    accreditation::{Facts, Meetings, Of, ShowAccreditation, year_before},
    registers::{Kind, Subject, reviewable},
    scope::Scope,
    today::is_signed,
    world::{london, london_date},
};
use jiff::{Timestamp, civil::Date};

/// What the records show today.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn facts(tx: &mut Tx<ShowAccreditation>) -> Result<(Scope, Facts), StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let kept = registers::kept(inner, &scope).await?;
    let certified = certifications::of_scheme(inner, &scope).await?;
    let review = reviewable(&scope.policy, &kept.known);
    let old_data = kept.known.last.get(&Subject::old_data()).copied();
    let mut facts = Facts {
        policy: (scope.policy_version, Some(kept.known.in_force)),
        certified: Of {
            n: certified.iter().filter(|one| one.certified).count() as u64,
            of: certified.len() as u64,
        },
        agreements: in_register(&scope, &kept, Kind::Agreement),
        processors: in_register(&scope, &kept, Kind::Processor),
        registration: kept
            .entries
            .iter()
            .find(|entry| entry.kind == Kind::Registration && entry.ended_on.is_none())
            .and_then(|entry| entry.expires_on),
        reviewed: Of {
            n: review.iter().filter(|one| one.due >= scope.today).count() as u64,
            of: review.len() as u64,
        },
        past: sweep::due(inner, &scope).await?.losses(),
        old_data,
        meetings: meetings(inner, &scope, year_before(scope.today)).await?,
        ..Facts::default()
    };
    people(inner, &scope, &mut facts).await?;
    decisions(inner, &scope, &mut facts).await?;
    machinery(inner, &scope, &mut facts).await?;
    Ok((scope, facts))
}

/// Meetings that were held since a day. How many were invited is not kept, and so not said.
async fn meetings(inner: &mut Inner, scope: &Scope, since: Date) -> Result<Meetings, StoreError> {
    let held = meetings::held(inner, scope.org, since).await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Meetings {
        minutes: Of { n: count(held.with_minutes), of: count(held.meetings) },
        last_agm: held.last_agm,
        came: count(held.attended),
    })
}

/// Of what the policy names of a kind how much is in the register, and has not run out.
fn in_register(scope: &Scope, kept: &registers::Kept, kind: Kind) -> Of {
    let named = kind.named(&scope.policy).unwrap_or_default();
    let holds = |key: &str| {
        let entry = kept
            .entries
            .iter()
            .find(|entry| entry.kind == kind && entry.key == key && entry.ended_on.is_none());
        entry.is_some_and(|entry| {
            let end = kind.policy_end(&scope.policy, key).or(entry.expires_on);
            end.is_none_or(|end| end > scope.today)
        })
    };
    Of { n: named.iter().filter(|(key, _)| holds(key)).count() as u64, of: named.len() as u64 }
}

fn count(row: &Row, column: &str) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.int(column)?).unwrap_or(0))
}

async fn people(inner: &mut Inner, scope: &Scope, facts: &mut Facts) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT COUNT(CASE WHEN role = 'board' THEN 1 END) AS board, COUNT(CASE WHEN role = 'controller' THEN 1 END) AS controllers \
         FROM memberships WHERE org_id = $1 AND state = 'active' AND account_id IS NOT NULL"
    );
    let row = inner.one(text, args![scope.org]).await?;
    (facts.board, facts.controllers) = (count(&row, "board")?, count(&row, "controllers")?);
    let text = sql!("SELECT COUNT(*) AS n FROM members WHERE org_id = $1 AND state = 'active'");
    facts.members = count(&inner.one(text, args![scope.org]).await?, "n")?;
    Ok(())
}

/// The first instant of a day in London.
fn begins(day: Date) -> Timestamp {
    day.to_zoned(london().clone()).map_or(Timestamp::MIN, |begins| begins.timestamp())
}

/// What was decided and answered in the last year, and how.
async fn decisions(inner: &mut Inner, scope: &Scope, facts: &mut Facts) -> Result<(), StoreError> {
    let since = year_before(scope.today);
    // A warning is the controller's own; an exclusion needs as many as the policy says.
    let text = sql!(
        "SELECT COUNT(*) AS of_all, COUNT(CASE WHEN (SELECT COUNT(*) FROM proposal_votes v WHERE v.proposal_id = p.id \
         AND v.counted = 1) >= 2 THEN 1 END) AS n FROM proposals p WHERE p.org_id = $1 AND p.kind = 'exclusion' \
         AND p.state IN ('authorised', 'refused') AND p.decided_on >= $2"
    );
    let row = inner.one(text, args![scope.org, since]).await?;
    facts.decided = Of { n: count(&row, "n")?, of: count(&row, "of_all")? };
    let text = sql!(
        "SELECT COUNT(*) AS of_all, COUNT(CASE WHEN decided_on <= decide_by THEN 1 END) AS n FROM appeals \
         WHERE org_id = $1 AND ((state = 'decided' AND decided_on >= $2) OR (state = 'open' AND decide_by < $3))"
    );
    let row = inner.one(text, args![scope.org, since, scope.today]).await?;
    facts.appeals = Of { n: count(&row, "n")?, of: count(&row, "of_all")? };
    let text = sql!(
        "SELECT COUNT(*) AS of_all, COUNT(CASE WHEN authorised_by IS NOT NULL THEN 1 END) AS n FROM policies \
         WHERE org_id = $1 AND version > 1"
    );
    let row = inner.one(text, args![scope.org]).await?;
    facts.changes = Of { n: count(&row, "n")?, of: count(&row, "of_all")? };
    // What came due or was answered within the year; one that waits and is late counts as not in time.
    let text = sql!(
        "SELECT answer_by, answered_at FROM enquiries WHERE org_id = $1 AND (answered_at >= $2 OR answer_by < $3)"
    );
    for row in inner.rows(text, args![scope.org, begins(since), scope.today]).await? {
        let by = row.date("answer_by")?;
        let answered = row.opt_instant("answered_at")?.map(london_date);
        if answered.is_some_and(|on| on < since) {
            continue;
        }
        facts.answered.of += 1;
        facts.answered.n += u64::from(answered.is_some_and(|on| on <= by));
    }
    Ok(())
}

/// How the sweep and the audit stand.
async fn machinery(inner: &mut Inner, scope: &Scope, facts: &mut Facts) -> Result<(), StoreError> {
    let text = sql!("SELECT MAX(finished_at) AS at FROM sweep_runs WHERE state = 'finished'");
    facts.swept_on = inner.one(text, args![]).await?.opt_instant("at")?.map(london_date);
    let chain = crate::today::chain(inner, scope).await?;
    let today = london_date(inner.ctx.real_now());
    facts.signed_lately = chain.signed_on.is_some_and(|on| is_signed(on, today));
    facts.audit = (u64::try_from(chain.entries).unwrap_or(0), chain.signed_on);
    Ok(())
}
