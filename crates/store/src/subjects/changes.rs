//! What the controller does to a subject. Each is an event in its ledger; the clocks are worked out again from
//! what remains, and what is due is due at once (RET-16).
use super::{reseal, settle};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    ledger::{self, Happening, Recorded},
    pictures,
};
use fairwatch_core::{
    clocks::Stage,
    gate::Action,
    ids::{HoldId, IncidentId, PersonId, PictureId, ReportId, SubjectId},
    scope::Scope,
    subjects::{
        AgreeSubject, EndHold, EraseSubject, HoldSubject, MoveReport, OneSubject, RemoveReport,
        RestrictSubject, SubjectFacts, TwoSubjects,
    },
};
use jiff::civil::Date;

/// Records an event on the subject that was allowed, if the clocks take it, and settles the subject.
pub(crate) async fn happen(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    what: Recorded,
) -> Result<Stage, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![subject]).await?;
    let (_, ledger) = ledger::load(inner, subject, &row.bytes("sealed")?).await?;
    if let Some(why) = ledger.refuses(scope, scope.today, what.clone()) {
        return Err(StoreError::Refused(format!("This cannot be done: {why}.")));
    }
    if what == Recorded::Identified {
        // A picture that had reached its end before the person was named does not come back (RET-6).
        crate::sweep::drop_old_pictures(inner, scope, subject).await?;
    }
    ledger::append(inner, subject, &Happening::new(scope.today, what)).await?;
    settle(inner, scope, subject).await
}

pub(super) fn of<A: Action<Target = OneSubject, Facts = SubjectFacts>>(tx: &Tx<A>) -> (SubjectId, Scope) {
    (tx.permit.target().0, tx.permit.facts().scope.clone())
}

/// Hides a subject from members, or ends that (RET-16).
///
/// # Errors
/// [`StoreError::Refused`] where it is so already.
pub async fn restrict(
    tx: &mut Tx<RestrictSubject>,
    restricted: bool,
    reason: &str,
) -> Result<(), StoreError> {
    let (id, scope) = of(tx);
    tx.because(id.0, reason);
    let what = if restricted { Recorded::Restricted } else { Recorded::RestrictionEnded };
    happen(&mut tx.inner, &scope, id, what).await?;
    Ok(())
}

/// Deletes a subject before its time; it is frozen instead where a hold is open (RET-16).
///
/// The reason is sealed under the subject and goes with it: what remains is that it was erased, when, by whom.
///
/// # Errors
/// The engine's.
pub async fn erase(tx: &mut Tx<EraseSubject>) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    happen(&mut tx.inner, &scope, id, Recorded::Erased).await
}

/// Keeps a subject from being destroyed while a proceeding runs (RET-11).
///
/// # Errors
/// [`StoreError::Refused`] where the end is not later than today.
pub async fn hold(
    tx: &mut Tx<HoldSubject>,
    reason: &str,
    review_on: Date,
    ends: Option<Date>,
) -> Result<HoldId, StoreError> {
    let (id, scope) = of(tx);
    let owner = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let hold: HoldId = tx.inner.ctx.new_id();
    let key = tx.inner.key(id.0).await?;
    let sealed = tx.inner.seal(&key, "holds", "sealed", hold.0, reason)?;
    let text = sql!(
        "INSERT INTO holds (id, subject_id, owner_id, review_on, ends_on, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let now = tx.inner.ctx.now();
    tx.inner.exec(text, args![hold, id, owner, review_on, ends, sealed, now]).await?;
    happen(&mut tx.inner, &scope, id, Recorded::Hold { id: hold, ends }).await?;
    tx.because(id.0, reason);
    tx.saw([hold.0]);
    Ok(hold)
}

/// Ends a hold. Where it was the last on a frozen subject, that is destroyed at once (RET-11).
///
/// # Errors
/// [`StoreError::Refused`] where it has ended already.
pub async fn end_hold(tx: &mut Tx<EndHold>, hold: HoldId) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    let text = sql!("UPDATE holds SET ended_on = $3 WHERE id = $1 AND subject_id = $2 AND ended_on IS NULL");
    if tx.inner.exec(text, args![hold, id, scope.today]).await? == 0 {
        return Err(StoreError::refused("This hold has already ended."));
    }
    tx.saw([hold.0]);
    happen(&mut tx.inner, &scope, id, Recorded::HoldEnded { id: hold }).await
}

/// What is recorded for a child under 14 (SUB-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// There is significant public interest.
    PublicInterest,
    /// The police agree.
    Police,
    /// The board agrees.
    Board,
}

/// Records significant public interest, or the agreement of police or board (SUB-4).
///
/// # Errors
/// The engine's.
pub async fn agree(
    tx: &mut Tx<AgreeSubject>,
    agreement: Agreement,
    reason: &str,
) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    tx.because(id.0, reason);
    let what = match agreement {
        Agreement::PublicInterest => Recorded::PublicInterest,
        Agreement::Police => Recorded::Agreement { by: "police".into() },
        Agreement::Board => Recorded::Agreement { by: "board".into() },
    };
    happen(&mut tx.inner, &scope, id, what).await
}

/// A report of a subject, as it stands in its ledger and in the incident.
struct Standing {
    /// The people of the report who are this subject: two, where two records of one person were merged.
    people: Vec<PersonId>,
    incident: IncidentId,
    /// By which the subject's ledger knows it.
    reference: String,
    number: i64,
    submitted_on: Date,
    occurred_on: Date,
    incident_number: i64,
}

async fn standing(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    report: ReportId,
) -> Result<Standing, StoreError> {
    let text = sql!(
        "SELECT p.id, r.number, r.submitted_on, r.occurred_on, i.id AS incident, i.number AS incident_number \
         FROM people p JOIN reports r ON r.id = p.report_id JOIN incidents i ON i.id = p.incident_id \
         WHERE p.subject_id = $1 AND p.report_id = $2 AND (i.delete_on IS NULL OR i.delete_on > $3)"
    );
    let rows = inner.rows(text, args![subject, report, scope.today]).await?;
    let row =
        rows.first().ok_or_else(|| StoreError::refused("This report is no longer linked to this record."))?;
    // The name by which the ledger knows it: a report that was moved away and came back has another than its own.
    let noted = sql!(
        "SELECT detail FROM subject_events WHERE subject_id = $1 AND report_id = $2 AND kind = 'report' \
         ORDER BY position DESC LIMIT 1"
    );
    let noted = inner.one(noted, args![subject, report]).await?.text("detail")?;
    let Ok(Recorded::Report { reference, .. }) = serde_json::from_str(&noted) else {
        return Err(StoreError::corrupt("an event"));
    };
    Ok(Standing {
        people: rows.iter().map(|row| row.id("id")).collect::<Result<_, _>>()?,
        incident: row.id("incident")?,
        reference,
        number: row.int("number")?,
        submitted_on: row.date("submitted_on")?,
        occurred_on: row.date("occurred_on")?,
        incident_number: row.int("incident_number")?,
    })
}

/// Takes a report away from a subject: it is worked out again as if the report had never been made, and what is
/// due is due at once (`retention.md`, rule 8).
///
/// # Errors
/// [`StoreError::Refused`] where the report is not linked to it.
pub async fn remove_report(
    tx: &mut Tx<RemoveReport>,
    report: ReportId,
    reason: &str,
) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    let report_of = standing(&mut tx.inner, &scope, id, report).await?;
    // Subjects first, then incidents, then people: the order in which everybody locks.
    crate::incidents::lock(&mut tx.inner, report_of.incident).await?;
    tx.saw([report.0]);
    // It still speaks of this subject, and goes with it if that ends first (RET-9).
    let text = sql!(
        "UPDATE people SET state = 'left_out', proposed_id = subject_id, subject_id = NULL WHERE id = $1"
    );
    for person in &report_of.people {
        tx.inner.exec(text, args![*person]).await?;
    }
    retire(&mut tx.inner, &scope, report, report_of.incident).await?;
    tx.because(id.0, reason);
    take_away(&mut tx.inner, &scope, id, report, &report_of).await
}

/// A report that is linked to nobody any more ends as a rejected one does, and its incident with it (RET-15).
async fn retire(
    inner: &mut Inner,
    scope: &Scope,
    report: ReportId,
    incident: IncidentId,
) -> Result<(), StoreError> {
    let linked = sql!("SELECT COUNT(*) AS n FROM people WHERE report_id = $1 AND state = 'linked'");
    if inner.one(linked, args![report]).await?.int("n")? == 0 {
        let text = sql!(
            "UPDATE reports SET state = 'removed', erase_on = $2, ended_on = $4, news = 'removed', news_at = $3 WHERE id = $1"
        );
        let values = args![report, super::rejected_ends(scope), inner.ctx.now(), scope.today];
        inner.exec(text, values).await?;
    }
    crate::incidents::settle(inner, scope, incident).await
}

/// Takes from a subject all that a report brought. Whether it can be taken is asked of the ledger as it was until
/// now; then name, date of birth and all else that came with it count no more.
async fn take_away(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    report: ReportId,
    report_of: &Standing,
) -> Result<Stage, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (mut held, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let what = Recorded::ReportRemoved { reference: report_of.reference.clone() };
    if let Some(why) = ledger.refuses(scope, scope.today, what.clone()) {
        return Err(StoreError::Refused(format!("This cannot be done: {why}.")));
    }
    super::drop_pictures_of_report(inner, id, report).await?;
    super::associates::forget_report(inner, report, Some(id)).await?;
    held.forget_report(report);
    reseal(inner, id, &held).await?;
    let removed =
        Happening { on: scope.today, what, report: Some(report), incident: Some(report_of.incident) };
    ledger::append(inner, id, &removed).await?;
    settle(inner, scope, id).await
}

/// Moves a report from one subject to another; both are worked out again. The pictures that showed the person
/// alone are copied to the other before the commit.
///
/// # Errors
/// [`StoreError::Refused`] where the report is not linked to the first, or the second cannot take it.
pub async fn move_report(
    tx: &mut Tx<MoveReport>,
    report: ReportId,
    reason: &str,
) -> Result<(Stage, Vec<pictures::Copy>), StoreError> {
    let TwoSubjects(from, to) = *tx.permit.target();
    let scope = tx.permit.facts().from.scope.clone();
    let inner = &mut tx.inner;
    let report_of = standing(inner, &scope, from, report).await?;
    crate::incidents::lock(inner, report_of.incident).await?;
    let text = sql!("SELECT picture_id FROM picture_people WHERE person_id = $1");
    let mut shown = Vec::new();
    for person in &report_of.people {
        shown.extend(inner.rows(text, args![*person]).await?);
    }
    let images = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let parts = pictures::crops::of(inner, from, report).await?;
    let event = Happening {
        on: report_of.submitted_on,
        what: Recorded::Report {
            reference: unused(inner, to, &scope.reference(report_of.number)).await?,
            incident: scope.reference(report_of.incident_number),
            occurred: report_of.occurred_on,
            images,
        },
        report: Some(report),
        incident: Some(report_of.incident),
    };
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![to]).await?;
    let (_, ledger) = ledger::load(inner, to, &row.bytes("sealed")?).await?;
    let live_then = ledger.life(&scope, event.on).stage;
    if !live_then.is_live() && live_then != Stage::None {
        return Err(StoreError::refused("The other record had reached its end when this report was made."));
    }
    if let Some(why) = ledger.refuses(&scope, event.on, event.what.clone()) {
        return Err(StoreError::Refused(format!("The report cannot be moved there: {why}.")));
    }
    ledger::append(inner, to, &event).await?;
    let relink = sql!("UPDATE people SET subject_id = $2 WHERE id = $1");
    for person in &report_of.people {
        inner.exec(relink, args![*person, to]).await?;
    }
    settle(inner, &scope, to).await?;
    let mut copies = Vec::new();
    for row in shown {
        let picture: PictureId = row.id("picture_id")?;
        copies.push(pictures::copy(inner, picture, to, report, report_of.submitted_on).await?);
    }
    for part in parts {
        copies.push(pictures::copy(inner, part, to, report, report_of.submitted_on).await?);
    }
    let stage = take_away(inner, &scope, from, report, &report_of).await?;
    tx.because(to.0, reason);
    tx.saw([report.0]);
    Ok((stage, copies))
}

/// A reference that the ledger has not seen: a report that was moved away and comes back needs a new one, since
/// the clocks keep the ids of removed reports.
async fn unused(inner: &mut Inner, subject: SubjectId, reference: &str) -> Result<String, StoreError> {
    let text = sql!("SELECT detail FROM subject_events WHERE subject_id = $1 AND kind = 'report'");
    let taken = inner
        .rows(text, args![subject])
        .await?
        .iter()
        .map(|row| row.text("detail"))
        .collect::<Result<Vec<_>, _>>()?;
    let is_taken = |candidate: &str| {
        let quoted = format!("\"reference\":\"{candidate}\"");
        taken.iter().any(|detail| detail.contains(&quoted))
    };
    let mut candidate = reference.to_owned();
    let mut again = 2;
    while is_taken(&candidate) {
        candidate = format!("{reference} ({again})");
        again += 1;
    }
    Ok(candidate)
}
