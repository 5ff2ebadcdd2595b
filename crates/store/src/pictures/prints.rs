//! What pictures look like as wholes, for finding one that was sent before (INC-2).
//!
//! A print is sealed under the owner of its picture and goes with it. The store knows bytes alone: what makes two prints
//! alike is `imaging`'s. No face is measured or compared in them.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts,
    subjects::{self, pages},
};
use fairwatch_core::{
    finding::IndexScheme,
    ids::{IncidentId, PictureId, ReportId, SubjectId},
    incidents::{ReportFacts, ReportState},
    scope::Scope,
    subjects::MatchSubjects,
};
use fairwatch_vault::Place;
use jiff::civil::Date;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The place to which a print is bound.
#[must_use]
pub fn place(picture: PictureId) -> Place<'static> {
    Place { table: "pictures", column: "print", row: picture.0 }
}

/// The print of a picture that is with a report or a subject.
pub struct Print {
    /// The picture.
    pub picture: PictureId,
    /// The report or subject whose it is: with them it goes.
    pub owner: Uuid,
    /// The report with which it came.
    pub report: Option<ReportId>,
    /// What it looks like.
    pub bytes: Vec<u8>,
}

fn read(inner: &Inner, row: &Row) -> Result<Print, StoreError> {
    let (picture, owner) = (row.id("id")?, row.id("owner_id")?);
    let key = inner.unwrap_key(owner, row)?;
    Ok(Print {
        picture,
        owner,
        report: row.opt_id("report_id")?,
        bytes: key.open(place(picture), &row.bytes("print")?)?.to_vec(),
    })
}

/// The prints of what was sent to an organisation, so many after a picture; drafts are their writers' own.
pub(crate) async fn after(
    tx: &mut Tx<IndexScheme>,
    picture: Uuid,
    most: i64,
) -> Result<Vec<Print>, StoreError> {
    let text = sql!(
        "SELECT p.id, p.owner_id, p.report_id, p.print, k.epoch, k.wrapped FROM pictures p \
         JOIN data_keys k ON k.owner_id = p.owner_id \
         WHERE p.org_id = $1 AND p.id > $2 AND p.owner_kind <> 'draft' ORDER BY p.id LIMIT $3"
    );
    let rows = tx.inner.rows(text, args![tx.permit.target().0, picture, most]).await?;
    rows.iter().map(|row| read(&tx.inner, row)).collect()
}

/// The prints of an owner's pictures; none where it is a draft, or gone.
pub(crate) async fn of(tx: &mut Tx<IndexScheme>, owner: Uuid) -> Result<Vec<Print>, StoreError> {
    let text = sql!(
        "SELECT p.id, p.owner_id, p.report_id, p.print, k.epoch, k.wrapped FROM pictures p \
         JOIN data_keys k ON k.owner_id = p.owner_id WHERE p.owner_id = $1 AND p.org_id = $2 AND p.owner_kind <> 'draft' \
         ORDER BY p.id"
    );
    let rows = tx.inner.rows(text, args![owner, tx.permit.target().0]).await?;
    rows.iter().map(|row| read(&tx.inner, row)).collect()
}

/// A report with which a picture was sent before.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The report.
    pub id: ReportId,
    /// Its number, which is its reference.
    pub number: i64,
    /// The day on which it was sent.
    pub submitted_on: Date,
    /// What became of it.
    pub state: ReportState,
    /// The incident that it was approved into.
    pub incident: Option<IncidentId>,
}

impl From<ReportFacts> for Earlier {
    fn from(facts: ReportFacts) -> Self {
        Self {
            id: facts.report,
            number: facts.number,
            submitted_on: facts.submitted_on,
            state: facts.state,
            incident: facts.incident,
        }
    }
}

/// Where a picture is known from, as far as the controller may see that today.
#[derive(Clone, Debug)]
pub struct Known {
    /// The report with which it came.
    pub report: Option<Earlier>,
    /// Whom it shows, as review said.
    pub people: BTreeSet<SubjectId>,
}

/// Where a picture of the organisation is known from; none where nobody may see it any more, whether or not the sweep
/// has come by (VIS-4, RET-10).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn known(tx: &mut Tx<MatchSubjects>, picture: PictureId) -> Result<Option<Known>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!("SELECT owner_id, owner_kind, report_id FROM pictures WHERE id = $1 AND org_id = $2");
    let Some(row) = inner.opt(text, args![picture, scope.org]).await? else { return Ok(None) };
    let mut report = None;
    if let Some(id) = row.opt_id::<ReportId>("report_id")? {
        report = facts::report_locked(inner, id, None).await?;
    }
    let mut people = BTreeSet::new();
    if row.text("owner_kind")? == "subject" {
        let subject = SubjectId(row.id("owner_id")?);
        if !is_shown(inner, &scope, subject, picture).await? {
            return Ok(None);
        }
        people.insert(subject);
    } else {
        let Some(facts) = &report else { return Ok(None) };
        if !crate::incidents::may_show(inner, facts.incident, picture).await? {
            return Ok(None);
        }
        let text = sql!(
            "SELECT DISTINCT pe.subject_id FROM picture_people pp JOIN people pe ON pe.id = pp.person_id \
             WHERE pp.picture_id = $1 AND pe.subject_id IS NOT NULL ORDER BY pe.subject_id"
        );
        for row in inner.rows(text, args![picture]).await? {
            let subject: SubjectId = row.id("subject_id")?;
            if facts::subject(inner, subject, None).await?.is_some_and(|facts| facts.stage.is_live()) {
                people.insert(subject);
            }
        }
    }
    tx.saw(report.iter().map(|facts| facts.report.0));
    Ok(Some(Known { report: report.map(Earlier::from), people }))
}

/// Whether a subject's picture is shown to the controller today.
async fn is_shown(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    picture: PictureId,
) -> Result<bool, StoreError> {
    Ok(pages::one(inner, scope, subject).await?.is_some()
        && facts::subject(inner, subject, None).await?.is_some_and(|facts| facts.stage.is_live())
        && subjects::is_current(inner, scope, subject, picture).await?)
}
