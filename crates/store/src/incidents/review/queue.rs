//! The review queue: the reports that wait, where one stands among them, and the incidents around it (INC-2).
use crate::{
    dialect::{args, sql},
    door::Tx,
    error::StoreError,
    incidents::{Whole, org, whole},
    keys, pictures,
};
use fairwatch_core::{
    ids::{OrgId, PictureId, ReportId},
    incidents::{OpenReport, Report, ReviewQueue},
};
use jiff::Timestamp;

/// A line of the review queue.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The report.
    pub id: ReportId,
    /// Its reference number.
    pub number: i64,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// What was sent.
    pub report: Report,
    /// How many people are in it.
    pub people: i64,
    /// Its first picture.
    pub picture: Option<PictureId>,
}

/// Reports that wait, oldest first, and how many there are.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn queue(
    tx: &mut Tx<ReviewQueue>,
    after: Option<i64>,
    size: u32,
) -> Result<(Vec<Waiting>, i64), StoreError> {
    let org = org(tx);
    let count = sql!("SELECT COUNT(*) AS n FROM reports WHERE org_id = $1 AND state = 'waiting'");
    let total = tx.inner.one(count, args![org]).await?.int("n")?;
    let text = sql!(
        "SELECT id, number, submitted_at, sealed FROM reports WHERE org_id = $1 AND state = 'waiting' AND number > $2 \
         ORDER BY number LIMIT $3"
    );
    let rows = tx.inner.rows(text, args![org, after.unwrap_or(0), size]).await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for row in rows {
        let id: ReportId = row.id("id")?;
        let key = tx.inner.key(id.0).await?;
        let people = sql!("SELECT COUNT(*) AS n FROM people WHERE report_id = $1");
        waiting.push(Waiting {
            id,
            number: row.int("number")?,
            submitted_at: row.instant("submitted_at")?,
            report: keys::open(&key, "reports", "sealed", id.0, &row.bytes("sealed")?)?,
            people: tx.inner.one(people, args![id]).await?.int("n")?,
            picture: pictures::of(&mut tx.inner, id.0).await?.first().copied(),
        });
    }
    tx.saw(waiting.iter().map(|report| report.id.0));
    Ok((waiting, total))
}

/// The waiting reports around one: where it stands in the queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around {
    /// The one before it.
    pub before: Option<ReportId>,
    /// The one after it.
    pub after: Option<ReportId>,
    /// The oldest of the others.
    pub first: Option<ReportId>,
    /// How many wait before it.
    pub ahead: i64,
    /// How many wait in all.
    pub all: i64,
}

/// The waiting reports around the one that was allowed.
///
/// # Errors
/// The engine's.
pub async fn around(tx: &mut Tx<OpenReport>) -> Result<Around, StoreError> {
    let (org, number) = (tx.permit.facts().scope.org, tx.permit.facts().number);
    let text = sql!(
        "SELECT COUNT(*) AS n, COUNT(CASE WHEN number < $2 THEN 1 END) AS ahead FROM reports \
         WHERE org_id = $1 AND state = 'waiting'"
    );
    let counts = tx.inner.one(text, args![org, number]).await?;
    let before = sql!(
        "SELECT id FROM reports WHERE org_id = $1 AND state = 'waiting' AND number < $2 ORDER BY number DESC LIMIT 1"
    );
    let after = sql!(
        "SELECT id FROM reports WHERE org_id = $1 AND state = 'waiting' AND number > $2 ORDER BY number LIMIT 1"
    );
    let first = sql!(
        "SELECT id FROM reports WHERE org_id = $1 AND state = 'waiting' AND number <> $2 ORDER BY number LIMIT 1"
    );
    let mut found = [None; 3];
    for (text, found) in [before, after, first].into_iter().zip(&mut found) {
        *found = tx.inner.opt(text, args![org, number]).await?.map(|row| row.id("id")).transpose()?;
    }
    let [before, after, first] = found;
    Ok(Around { before, after, first, ahead: counts.int("ahead")?, all: counts.int("n")? })
}

/// Whom a subject's page shows as possibly the same incident: those of the days around a report, for joining.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn near(tx: &mut Tx<OpenReport>) -> Result<Vec<Whole>, StoreError> {
    let facts = tx.permit.facts().clone();
    let org: OrgId = facts.scope.org;
    let day = jiff::Span::new().days(2);
    let from = facts.occurred_on.saturating_sub(day);
    let to = facts.occurred_on.saturating_add(day);
    let today = facts.scope.today;
    let text = sql!(
        "SELECT id FROM incidents WHERE org_id = $1 AND occurred_on >= $2 AND occurred_on <= $3 \
         AND (delete_on IS NULL OR delete_on > $4) ORDER BY number DESC LIMIT 8"
    );
    let rows = tx.inner.rows(text, args![org, from, to, today]).await?;
    let mut found = Vec::new();
    for row in rows {
        found.push(whole(&mut tx.inner, row.id("id")?).await?);
    }
    tx.saw(found.iter().map(|incident| incident.id.0));
    Ok(found)
}
