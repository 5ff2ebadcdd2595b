//! Incidents, the reports that members send of them, and the people whom they describe.
//!
//! A report is sealed under its own key, from the draft on: the draft's id becomes the report's, so that an
//! upload is sealed once. Review makes an incident of it or joins it to one.
pub mod drafts;
pub mod reporting;
pub mod review;

use crate::{
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    clocks::{self, Facts},
    gate::Action,
    ids::{IncidentId, OrgId, PersonId, PictureId, ReportId, SubjectId},
    incidents::{Incident, News, OneIncident, OpenIncident, Person, PersonState, Report, ReportState},
    policy::Policy,
    scope::{Scope, ends},
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

/// A report as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The report.
    pub id: ReportId,
    /// Its number, which is its reference.
    pub number: i64,
    /// What became of it.
    pub state: ReportState,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The London day of that.
    pub submitted_on: Date,
    /// The day on which it happened.
    pub occurred_on: Date,
    /// The incident that it was approved into.
    pub incident: Option<IncidentId>,
    /// What was sent.
    pub report: Report,
    /// The reason for a rejection.
    pub decision: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// What became of it since its sender last looked.
    pub news: Option<News>,
    /// The people in it.
    pub people: Vec<HeldPerson>,
    /// Its pictures.
    pub pictures: Vec<HeldPicture>,
    /// Its evidence.
    pub evidence: Vec<crate::evidence::HeldEvidence>,
}

/// A person in a report.
#[derive(Clone, Debug)]
pub struct HeldPerson {
    /// The person.
    pub id: PersonId,
    /// The slot that stands for them in the narrative.
    pub slot: u32,
    /// What became of them.
    pub state: PersonState,
    /// Whom the reporter took them for.
    pub proposed: Option<SubjectId>,
    /// To whom review linked them.
    pub subject: Option<SubjectId>,
    /// What was said of them; none once gone.
    pub person: Option<Person>,
}

/// A picture of a report.
#[derive(Clone, Debug)]
pub struct HeldPicture {
    /// The picture.
    pub id: PictureId,
    /// Whether review found several people in it.
    pub several: bool,
    /// Whom it shows, as review said.
    pub shows: Vec<PersonId>,
}

/// Who of those that are linked to an incident is still there today.
#[derive(Default)]
pub(crate) struct Present {
    living: Vec<PersonId>,
    gone: Vec<PersonId>,
}

impl Present {
    /// Whether everybody is past their end, or frozen, and the incident out of use with them.
    pub(crate) fn is_nobody(&self) -> bool {
        self.living.is_empty() && !self.gone.is_empty()
    }
    /// Whether anybody who was linked is there no more.
    pub(crate) fn is_anybody_gone(&self) -> bool {
        !self.gone.is_empty()
    }
    /// Whether somebody who was linked is there no more.
    pub(crate) fn is_gone(&self, person: PersonId) -> bool {
        self.gone.contains(&person)
    }
    /// Whether a picture of the incident's reports shows living people and nobody else, where somebody is gone.
    pub(crate) fn may_show(&self, picture: &HeldPicture) -> bool {
        self.gone.is_empty()
            || (!picture.several
                && !picture.shows.is_empty()
                && picture.shows.iter().all(|person| self.living.contains(person)))
    }
}

/// Asks the clock, not an index, who is still there. It locks nobody: a change locks subjects before incidents, and
/// who asks holds the incident or a report of it already.
pub(crate) async fn present(inner: &mut Inner, incident: Option<IncidentId>) -> Result<Present, StoreError> {
    let mut present = Present::default();
    let Some(incident) = incident else { return Ok(present) };
    let text = sql!(
        "SELECT id, state, subject_id, proposed_id FROM people WHERE incident_id = $1 ORDER BY slot, id"
    );
    for row in inner.rows(text, args![incident]).await? {
        let linked: Option<SubjectId> = row.opt_id("subject_id")?;
        // Who was taken out of a report is still the one whom it took them for.
        let is_left_out = row.word::<PersonState>("state")? == PersonState::LeftOut;
        let proposed = if is_left_out { row.opt_id("proposed_id")? } else { None };
        let Some(subject) = linked.or(proposed) else { continue };
        let facts = crate::facts::subject(inner, subject, None).await?;
        if !facts.is_some_and(|facts| facts.stage.is_live()) {
            present.gone.push(row.id("id")?);
        } else if linked.is_some() {
            present.living.push(row.id("id")?);
        }
    }
    Ok(present)
}

/// Whether a report's picture may be shown: not where it may show somebody who is gone (INC-9, RET-10).
pub(crate) async fn may_show(
    inner: &mut Inner,
    incident: Option<IncidentId>,
    picture: PictureId,
) -> Result<bool, StoreError> {
    let present = present(inner, incident).await?;
    let row = inner.opt(sql!("SELECT several FROM pictures WHERE id = $1"), args![picture]).await?;
    let Some(row) = row else { return Ok(false) };
    let shows = crate::pictures::shows(inner, picture).await?;
    Ok(present.may_show(&HeldPicture { id: picture, several: row.flag("several")?, shows }))
}

pub(crate) async fn held(inner: &mut Inner, id: ReportId) -> Result<Option<Held>, StoreError> {
    let Some(row) = inner.opt(sql!("SELECT * FROM reports WHERE id = $1"), args![id]).await? else {
        return Ok(None);
    };
    let key = inner.key(id.0).await?;
    let report: Report = keys::open(&key, "reports", "sealed", id.0, &row.bytes("sealed")?)?;
    let decision = row
        .opt_bytes("decision")?
        .map(|sealed| keys::open::<String>(&key, "reports", "decision", id.0, &sealed))
        .transpose()?;
    let mut people = Vec::new();
    for row in
        inner.rows(sql!("SELECT * FROM people WHERE report_id = $1 ORDER BY slot, id"), args![id]).await?
    {
        let person: PersonId = row.id("id")?;
        people.push(HeldPerson {
            id: person,
            slot: u32::try_from(row.int("slot")?).map_err(|_| StoreError::corrupt("a slot"))?,
            state: row.word("state")?,
            proposed: row.opt_id("proposed_id")?,
            subject: row.opt_id("subject_id")?,
            person: row
                .opt_bytes("sealed")?
                .map(|sealed| keys::open(&key, "people", "sealed", person.0, &sealed))
                .transpose()?,
        });
    }
    let mut pictures = Vec::new();
    let text = sql!("SELECT id, several FROM pictures WHERE owner_id = $1 ORDER BY position, id");
    for row in inner.rows(text, args![id]).await? {
        let picture: PictureId = row.id("id")?;
        let shows = crate::pictures::shows(inner, picture).await?;
        pictures.push(HeldPicture { id: picture, several: row.flag("several")?, shows });
    }
    let mut evidence = crate::evidence::of(inner, id.0).await?;
    let incident: Option<IncidentId> = row.opt_id("incident_id")?;
    let mut report = report;
    let present = present(inner, incident).await?;
    if !present.gone.is_empty() {
        // What the sweep will do ([`forget`]) holds on reading already (RET-10).
        report.say_nothing();
        for person in &mut people {
            person.person = None;
            if present.gone.contains(&person.id) {
                (person.state, person.subject, person.proposed) = (PersonState::Gone, None, None);
            }
        }
        pictures.retain(|picture| present.may_show(picture));
        evidence.clear();
    }
    Ok(Some(Held {
        id,
        number: row.int("number")?,
        state: row.word("state")?,
        submitted_at: row.instant("submitted_at")?,
        submitted_on: row.date("submitted_on")?,
        occurred_on: row.date("occurred_on")?,
        incident,
        report,
        decision,
        news: row.opt_word("news")?,
        decided_at: row.opt_int("decided_at")?.and_then(|at| Timestamp::from_microsecond(at).ok()),
        people,
        pictures,
        evidence,
    }))
}

/// An incident as the controller sees it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The incident.
    pub id: IncidentId,
    /// Its number, which is its reference.
    pub number: i64,
    /// The kind, an id of the policy's vocabulary.
    pub category: String,
    /// The day on which it happened.
    pub occurred_on: Date,
    /// The day on which it goes whatever its subjects do.
    pub delete_on: Option<Date>,
    /// What was released.
    pub incident: Incident,
    /// The reports that were joined in it.
    pub reports: Vec<Held>,
}

pub(crate) async fn whole(inner: &mut Inner, id: IncidentId) -> Result<Whole, StoreError> {
    let row = inner.one(sql!("SELECT * FROM incidents WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    let incident = keys::open(&key, "incidents", "sealed", id.0, &row.bytes("sealed")?)?;
    let mut reports = Vec::new();
    let of = sql!("SELECT id FROM reports WHERE incident_id = $1 ORDER BY submitted_at, id");
    for report in inner.rows(of, args![id]).await? {
        reports.extend(held(inner, report.id("id")?).await?);
    }
    Ok(Whole {
        id,
        number: row.int("number")?,
        category: row.text("category")?,
        occurred_on: row.date("occurred_on")?,
        delete_on: row.opt_date("delete_on")?,
        incident,
        reports,
    })
}

/// The incident that was allowed, with its reports.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open(tx: &mut Tx<OpenIncident>) -> Result<Whole, StoreError> {
    let OneIncident(id) = *tx.permit.target();
    let whole = whole(&mut tx.inner, id).await?;
    tx.saw(whole.reports.iter().map(|report| report.id.0));
    Ok(whole)
}

/// Destroys a report: its people, its evidence, its pictures and the copies of them that subjects have, its key. What its events
/// left in ledgers are dates and ids.
pub(crate) async fn destroy_report(inner: &mut Inner, report: ReportId) -> Result<(), StoreError> {
    // Who looks at evidence holds the report first.
    let text = sql!("SELECT id FROM reports WHERE id = $1");
    inner.db.opt_locked(text, args![report], Lock::Update).await?;
    crate::evidence::destroy_all(inner, report.0).await?;
    crate::pictures::destroy_all(inner, report.0).await?;
    for row in inner.rows(sql!("SELECT id FROM pictures WHERE report_id = $1"), args![report]).await? {
        crate::pictures::destroy(inner, row.id("id")?).await?;
    }
    crate::subjects::associates::forget_report(inner, report, None).await?;
    inner.exec(sql!("DELETE FROM people WHERE report_id = $1"), args![report]).await?;
    inner.exec(sql!("DELETE FROM reports WHERE id = $1"), args![report]).await?;
    inner.destroy_key(report.0).await
}

/// Locks an incident before anything of it is touched; none where it is gone. Whoever changes who is in incidents
/// locks the subjects first, then the incidents in the order of their ids, then touches people, reports and pictures:
/// so two such changes wait for one another, but never both.
pub(crate) async fn lock(inner: &mut Inner, incident: IncidentId) -> Result<Option<OrgId>, StoreError> {
    let text = sql!("SELECT org_id FROM incidents WHERE id = $1");
    let row = inner.db.opt_locked(text, args![incident], Lock::Update).await?;
    row.map(|row| row.id("org_id")).transpose()
}

/// Destroys an incident with all its reports (INC-8).
pub(crate) async fn destroy(inner: &mut Inner, incident: IncidentId) -> Result<(), StoreError> {
    inner.touched(incident.0);
    lock(inner, incident).await?;
    for row in inner.rows(sql!("SELECT id FROM reports WHERE incident_id = $1"), args![incident]).await? {
        destroy_report(inner, row.id("id")?).await?;
    }
    inner.exec(sql!("DELETE FROM incidents WHERE id = $1"), args![incident]).await?;
    inner.destroy_key(incident.0).await
}

/// Sets the day on which an incident goes: the policy's period, or sooner where nobody is linked to it (INC-8,
/// RET-15).
pub(crate) async fn settle(inner: &mut Inner, scope: &Scope, incident: IncidentId) -> Result<(), StoreError> {
    let row = inner.one(sql!("SELECT occurred_on FROM incidents WHERE id = $1"), args![incident]).await?;
    let occurred = row.date("occurred_on")?;
    let linked = sql!("SELECT COUNT(*) AS n FROM people WHERE incident_id = $1 AND state = 'linked'");
    let alone = inner.one(linked, args![incident]).await?.int("n")? == 0;
    let delete_on = end_of(&scope.policy, occurred, alone);
    inner.exec(sql!("UPDATE incidents SET delete_on = $2 WHERE id = $1"), args![incident, delete_on]).await?;
    Ok(())
}

/// The day on which an incident of a day goes under a policy, whatever its subjects do; sooner where it has none.
pub(crate) fn end_of(policy: &Policy, occurred: Date, alone: bool) -> Option<Date> {
    let without = alone.then(|| ends(occurred, policy.keep.incident_without_subject.length));
    let all = clocks::incident_ends(&policy.retention(), Facts::default(), occurred, occurred);
    [all, without].into_iter().flatten().min()
}

/// The days on which incidents of an organisation happened, whether anybody is linked to them, and how many.
pub(crate) async fn by_day(inner: &mut Inner, org: OrgId) -> Result<Vec<(Date, bool, u64)>, StoreError> {
    let text = sql!(
        "SELECT d.occurred_on, d.linked, COUNT(*) AS n FROM (SELECT i.occurred_on, CAST(CASE WHEN EXISTS \
         (SELECT 1 FROM people p WHERE p.incident_id = i.id AND p.state = 'linked') THEN 1 ELSE 0 END AS BIGINT) AS linked \
         FROM incidents i WHERE i.org_id = $1) d GROUP BY d.occurred_on, d.linked ORDER BY d.occurred_on, d.linked"
    );
    let rows = inner.rows(text, args![org]).await?;
    let count = |row: &Row| Ok::<_, StoreError>(u64::try_from(row.int("n")?).unwrap_or(0));
    rows.iter().map(|row| Ok((row.date("occurred_on")?, row.flag("linked")?, count(row)?))).collect()
}

/// Takes a person who was deleted out of an incident, so that what is left identifies nobody (INC-9): the
/// reporter's own words go, since they may name anyone; so does each picture that may show the person. Where
/// nobody else is left in the incident, it goes as a whole. A report that was taken away from them, or in which they
/// were left out, may still tell of them: it is closed over as well (RET-9).
pub(crate) async fn forget(inner: &mut Inner, subject: SubjectId) -> Result<(), StoreError> {
    let theirs = sql!(
        "SELECT id, report_id, incident_id FROM people \
         WHERE subject_id = $1 OR (proposed_id = $1 AND state = 'left_out') ORDER BY id"
    );
    let mut incidents = BTreeSet::new();
    for row in inner.rows(theirs, args![subject]).await? {
        incidents.extend(row.opt_id::<IncidentId>("incident_id")?);
    }
    // All of them before the first person is touched: see `lock`.
    for incident in &incidents {
        lock(inner, *incident).await?;
    }
    // Somebody else who was erased meanwhile may have taken some of them along.
    let mut left = std::collections::BTreeMap::new();
    for row in inner.rows(theirs, args![subject]).await? {
        gone(inner, row.id("id")?).await?;
        if let Some(incident) = row.opt_id::<IncidentId>("incident_id")? {
            left.insert(incident, row.id::<ReportId>("report_id")?);
        }
    }
    for (incident, report) in left {
        close_over(inner, incident, report).await?;
    }
    inner.exec(sql!("UPDATE people SET proposed_id = NULL WHERE proposed_id = $1"), args![subject]).await?;
    Ok(())
}

/// Leaves of a person nothing but the slot.
pub(crate) async fn gone(inner: &mut Inner, person: PersonId) -> Result<(), StoreError> {
    let text = sql!(
        "UPDATE people SET state = 'gone', subject_id = NULL, proposed_id = NULL, sealed = NULL WHERE id = $1"
    );
    inner.exec(text, args![person]).await?;
    Ok(())
}

/// What is left of an incident once a person of it is gone: nothing that may show or name them, or nothing at all.
pub(crate) async fn close_over(
    inner: &mut Inner,
    incident: IncidentId,
    report: ReportId,
) -> Result<(), StoreError> {
    // Two who go at once would each count the other as still there.
    let Some(org) = lock(inner, incident).await? else { return Ok(()) };
    let others =
        sql!("SELECT COUNT(*) AS n FROM people WHERE incident_id = $1 AND state IN ('linked', 'waiting')");
    if inner.one(others, args![incident]).await?.int("n")? == 0 {
        return destroy(inner, incident).await;
    }
    empty_words(inner, report).await?;
    drop_pictures(inner, incident).await?;
    crate::evidence::drop_of_incident(inner, incident).await?;
    match crate::orgs::scope(inner, org).await? {
        Some(scope) => settle(inner, &scope, incident).await,
        None => Ok(()),
    }
}

/// Replaces the words of a report by nothing, keeping what names no subject. Every report of the incident may
/// speak of the person, so every one is emptied.
async fn empty_words(inner: &mut Inner, report: ReportId) -> Result<(), StoreError> {
    let of = sql!(
        "SELECT id, sealed FROM reports WHERE incident_id = (SELECT incident_id FROM reports WHERE id = $1)"
    );
    for row in inner.rows(of, args![report]).await? {
        let id: ReportId = row.id("id")?;
        let key = inner.key(id.0).await?;
        let mut words: Report = keys::open(&key, "reports", "sealed", id.0, &row.bytes("sealed")?)?;
        words.say_nothing();
        let sealed = inner.seal(&key, "reports", "sealed", id.0, &words)?;
        inner.exec(sql!("UPDATE reports SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
        // So may what the reporter said of the others; what is held of them stands in their own records.
        let others =
            sql!("UPDATE people SET sealed = NULL WHERE report_id = $1 AND state IN ('linked', 'left_out')");
        inner.exec(others, args![id]).await?;
    }
    Ok(())
}

/// Destroys the pictures of an incident, but those that show living subjects and nobody else.
async fn drop_pictures(inner: &mut Inner, incident: IncidentId) -> Result<(), StoreError> {
    let of = sql!(
        "SELECT p.id, p.several FROM pictures p JOIN reports r ON r.id = p.owner_id WHERE r.incident_id = $1"
    );
    for row in inner.rows(of, args![incident]).await? {
        let picture: PictureId = row.id("id")?;
        let shown = sql!(
            "SELECT COUNT(*) AS all_of, COUNT(pe.subject_id) AS living \
             FROM picture_people pp JOIN people pe ON pe.id = pp.person_id WHERE pp.picture_id = $1"
        );
        let counts = inner.one(shown, args![picture]).await?;
        let only_living = counts.int("all_of")? > 0 && counts.int("all_of")? == counts.int("living")?;
        if row.flag("several")? || !only_living {
            crate::pictures::destroy(inner, picture).await?;
        }
    }
    Ok(())
}

/// The scope of a target in one organisation.
pub(crate) fn org<A: Action<Target = fairwatch_core::scope::InOrg>>(tx: &Tx<A>) -> OrgId {
    tx.permit.target().0
}
