//! Parts of pictures that show several people, each kept with the one whom it shows (INC-9).
//!
//! A part is that subject's picture: sealed under its key, and gone with it. It came with the report, and goes when that
//! is taken away. The original stays with the incident, and goes as soon as anybody of the incident does.
use super::{Files, NewPicture, Opened, destroy, insert, open};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents, ledger,
    subjects::{picture_ends, settle},
};
use fairwatch_core::{
    gate::{Action, Hidden},
    ids::{IncidentId, PictureId, ReportId, SubjectId},
    pictures::{CropPicture, PrepareCrop, ShowCrops, UndoCrop},
    scope::Scope,
    subjects::{OneSubject, SubjectFacts},
};
use fairwatch_vault::DataKey;
use jiff::civil::Date;

/// A picture that shows several people.
#[derive(Clone, Debug)]
pub struct Several {
    /// The picture.
    pub picture: PictureId,
    /// Its width in pixels, and its height.
    pub size: (u32, u32),
    /// The report with which it came.
    pub report: ReportId,
    /// That report's number.
    pub number: i64,
    /// The incident.
    pub incident: IncidentId,
    /// The people whom that report brought into the incident.
    pub people: Vec<SubjectId>,
    /// The parts that were kept, and with whom.
    pub parts: Vec<(PictureId, SubjectId)>,
    /// The report's next picture that shows several people.
    pub next: Option<PictureId>,
}

/// The picture that was allowed, where it shows several people.
///
/// # Errors
/// [`StoreError::Hidden`] where it does not; the engine's.
pub async fn several(tx: &mut Tx<ShowCrops>) -> Result<Several, StoreError> {
    let (picture, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT p.width, p.height, p.position, r.id AS report, r.number, r.incident_id FROM pictures p \
         JOIN reports r ON r.id = p.owner_id JOIN incidents i ON i.id = r.incident_id \
         WHERE p.id = $1 AND p.several = 1 AND (i.delete_on IS NULL OR i.delete_on > $2)"
    );
    let row = inner.opt(text, args![picture, scope.today]).await?.ok_or(Hidden)?;
    let report: ReportId = row.id("report")?;
    let side = |n: i64| u32::try_from(n).map_err(|_| StoreError::corrupt("a picture's size"));
    let linked = sql!(
        "SELECT subject_id FROM people WHERE report_id = $1 AND state = 'linked' AND subject_id IS NOT NULL \
         ORDER BY slot, id"
    );
    let people = inner.rows(linked, args![report]).await?;
    let parts = sql!(
        "SELECT id, owner_id FROM pictures WHERE source_id = $1 AND owner_kind = 'subject' ORDER BY added_at, id"
    );
    let parts = inner.rows(parts, args![picture]).await?;
    let next = sql!(
        "SELECT id FROM pictures WHERE owner_id = $1 AND several = 1 AND position > $2 ORDER BY position, id LIMIT 1"
    );
    let next = inner.opt(next, args![report, row.int("position")?]).await?;
    let several = Several {
        picture,
        size: (side(row.int("width")?)?, side(row.int("height")?)?),
        report,
        number: row.int("number")?,
        incident: row.id("incident_id")?,
        people: people.iter().map(|row| row.id("subject_id")).collect::<Result<_, _>>()?,
        parts: parts
            .iter()
            .map(|row| Ok((row.id("id")?, row.id("owner_id")?)))
            .collect::<Result<_, StoreError>>()?,
        next: next.map(|row| row.id("id")).transpose()?,
    };
    tx.saw([several.report.0]);
    tx.saw(several.people.iter().map(|subject| subject.0));
    Ok(several)
}

/// The parts that a subject has of a report's pictures, also of one that has gone since.
pub(crate) async fn of(
    inner: &mut Inner,
    subject: SubjectId,
    report: ReportId,
) -> Result<Vec<PictureId>, StoreError> {
    let text = sql!(
        "SELECT p.id FROM pictures p LEFT JOIN pictures o ON o.id = p.source_id \
         WHERE p.owner_id = $1 AND p.report_id = $2 AND COALESCE(o.several, 1) = 1 ORDER BY p.position, p.id"
    );
    inner.rows(text, args![subject, report]).await?.iter().map(|row| row.id("id")).collect()
}

/// The report of a picture of which the subject that was allowed may get a part: one that shows several people, that
/// came with a report by which this subject is linked, and in whose incident nobody is gone.
async fn source<A>(tx: &mut Tx<A>, picture: PictureId) -> Result<(ReportId, Date, IncidentId), StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let (subject, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT r.id, r.submitted_on, r.incident_id FROM pictures p JOIN reports r ON r.id = p.owner_id \
         JOIN incidents i ON i.id = r.incident_id JOIN people pe ON pe.report_id = r.id \
         WHERE p.id = $1 AND p.org_id = $2 AND p.several = 1 AND r.state = 'approved' AND pe.subject_id = $3 \
         AND pe.state = 'linked' AND (i.delete_on IS NULL OR i.delete_on > $4)"
    );
    let row = inner.opt(text, args![picture, scope.org, subject, scope.today]).await?.ok_or(Hidden)?;
    let (report, on, incident) = (row.id("id")?, row.date("submitted_on")?, row.id("incident_id")?);
    if !incidents::may_show(inner, Some(incident), picture).await? {
        return Err(Hidden.into());
    }
    refuse_if_over(inner, &scope, subject, on).await?;
    Ok((report, on, incident))
}

/// A picture of somebody whom nobody has named has an end of its own (RET-6).
async fn refuse_if_over(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    added_on: Date,
) -> Result<(), StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![subject]).await?;
    let (profile, ledger) = ledger::load(inner, subject, &row.bytes("sealed")?).await?;
    let life = ledger.life(scope, scope.today);
    match picture_ends(scope, &profile, &life, added_on) {
        Some(end) if end <= scope.today => Err(StoreError::refused(
            "Pictures of people whom nobody has named are kept for a time, and that of this one is over. Name the person \
             first.",
        )),
        _ => Ok(()),
    }
}

/// The picture, and the key of the subject under which a part of it will be sealed.
///
/// # Errors
/// [`StoreError::Hidden`] where it is none of which this subject may get a part.
pub async fn prepare(tx: &mut Tx<PrepareCrop>, picture: PictureId) -> Result<(Opened, DataKey), StoreError> {
    source(tx, picture).await?;
    let subject = tx.permit.target().0;
    let opened = open(&mut tx.inner, picture).await?;
    Ok((opened, tx.inner.key(subject.0).await?))
}

/// Keeps a part of a picture, whose files have been written, with the subject that was allowed.
///
/// # Errors
/// As [`prepare`].
pub async fn keep(
    tx: &mut Tx<CropPicture>,
    picture: PictureId,
    id: PictureId,
    files: &Files,
    print: Vec<u8>,
) -> Result<(), StoreError> {
    // The subject first, which the door did, then the incident: the order in which everybody locks.
    let (.., incident) = source(tx, picture).await?;
    incidents::lock(&mut tx.inner, incident).await?.ok_or(Hidden)?;
    // Whoever ended somebody else of the incident meanwhile took the picture along.
    let (report, added_on, _) = source(tx, picture).await?;
    let (subject, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let new = NewPicture {
        id,
        org: scope.org,
        owner: subject.0,
        owner_kind: "subject",
        report: Some(report),
        source: Some(picture),
        added_on,
        files,
        print,
    };
    insert(&mut tx.inner, new).await?;
    settle(&mut tx.inner, &scope, subject).await?;
    tx.saw([report.0]);
    Ok(())
}

/// Takes such a part away from the subject that was allowed. One that is not there is gone already.
///
/// # Errors
/// The engine's.
pub async fn undo(tx: &mut Tx<UndoCrop>, part: PictureId) -> Result<(), StoreError> {
    let (subject, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let text = sql!(
        "SELECT p.id FROM pictures p JOIN pictures o ON o.id = p.source_id \
         WHERE p.id = $1 AND p.owner_id = $2 AND o.several = 1"
    );
    if tx.inner.opt(text, args![part, subject]).await?.is_some() {
        destroy(&mut tx.inner, part).await?;
        settle(&mut tx.inner, &scope, subject).await?;
    }
    Ok(())
}
