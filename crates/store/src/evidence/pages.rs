//! Evidence on pages of other records, for those who may see it there.
use super::{HeldEvidence, of};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts,
};
use fairwatch_core::{
    evidence::{EvidenceFacts, ListEvidence, OneEvidence, Owner, sees},
    gate::Action,
    ids::{IncidentId, ReportId, SubjectId},
    incidents::ReportState,
    policy::Viewer,
    scope::Scope,
    subjects::{OneSubject, SubjectFacts},
};

/// A piece of evidence on a page.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The report that it came with.
    pub report: ReportId,
    /// The number of that report.
    pub number: i64,
    /// The incident that the report was approved into.
    pub incident: Option<IncidentId>,
    /// What is held of it.
    pub held: HeldEvidence,
}

/// Whether whoever looks as this may see evidence of a report, by the very rule by which its own page opens.
async fn may_see(inner: &mut Inner, who: Viewer, held: &HeldEvidence) -> Result<bool, StoreError> {
    let facts = facts::evidence(inner, OneEvidence(held.id), None).await?;
    Ok(facts.is_some_and(|facts: EvidenceFacts| match &facts.owner {
        Owner::Draft(_) => false,
        Owner::Report(report) => {
            who == Viewer::Controller || (report.state == ReportState::Approved && sees(who, &facts))
        }
    }))
}

/// The evidence of the incidents of the person that was allowed, as far as whoever looks as this may see it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn of_subject<A>(tx: &mut Tx<A>, who: Viewer) -> Result<Vec<Listed>, StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let OneSubject(subject) = *tx.permit.target();
    let found = incidents_of(&mut tx.inner, subject, &tx.permit.facts().scope).await?;
    let listed = listed(&mut tx.inner, who, found).await?;
    tx.saw(listed.iter().map(|listed| listed.held.id.0));
    Ok(listed)
}

type Found = (ReportId, i64, Option<IncidentId>);

async fn incidents_of(
    inner: &mut Inner,
    subject: SubjectId,
    scope: &Scope,
) -> Result<Vec<Found>, StoreError> {
    let text = sql!(
        "SELECT DISTINCT r.id, r.number, r.incident_id, r.submitted_at FROM people p JOIN reports r ON r.incident_id = p.incident_id \
         JOIN incidents i ON i.id = r.incident_id JOIN evidence e ON e.owner_id = r.id \
         WHERE p.subject_id = $1 AND (i.delete_on IS NULL OR i.delete_on > $2) ORDER BY r.submitted_at DESC, r.id"
    );
    inner.rows(text, args![subject, scope.today]).await?.iter().map(found).collect()
}

fn found(row: &crate::dialect::Row) -> Result<Found, StoreError> {
    Ok((row.id("id")?, row.int("number")?, row.opt_id("incident_id")?))
}

async fn listed(inner: &mut Inner, who: Viewer, found: Vec<Found>) -> Result<Vec<Listed>, StoreError> {
    let mut all = Vec::new();
    for (report, number, incident) in found {
        // It may have gone since it was found; then its key is gone, too.
        if inner.key_if_any(report.0).await?.is_none() {
            continue;
        }
        for held in of(inner, report.0).await? {
            if may_see(inner, who, &held).await? {
                all.push(Listed { report, number, incident, held });
            }
        }
    }
    Ok(all)
}

/// The evidence of a scheme's approved reports, newest first, as far as whoever looks as this may see it: for those who
/// see no records, such as the board.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn all(
    tx: &mut Tx<ListEvidence>,
    who: Viewer,
    before: Option<i64>,
    size: u32,
) -> Result<(Vec<Listed>, Option<i64>), StoreError> {
    let org = tx.permit.target().0;
    let text = sql!(
        "SELECT DISTINCT r.id, r.number, r.incident_id FROM reports r JOIN evidence e ON e.owner_id = r.id \
         WHERE r.org_id = $1 AND r.state = 'approved' AND r.number < $2 ORDER BY r.number DESC LIMIT $3"
    );
    let rows = tx.inner.rows(text, args![org, before.unwrap_or(i64::MAX), size]).await?;
    let found = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    let next = found.last().filter(|_| found.len() == size as usize).map(|(_, number, _)| *number);
    let listed = listed(&mut tx.inner, who, found).await?;
    tx.saw(listed.iter().map(|listed| listed.held.id.0));
    Ok((listed, next))
}
