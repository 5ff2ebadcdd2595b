//! What the controller does to a subject. Each is an event in its ledger; the clocks are worked out again from
//! what remains, and what is due is due at once (RET-16).
use super::{profile, reseal, settle};
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
    policy::Category,
    scope::Scope,
    subjects::{
        AgreeSubject, Brought, CorrectSubject, EndHold, EraseSubject, Field, HoldSubject, MoveReport,
        OneSubject, RemoveReport, RestrictSubject, Source, SubjectFacts, TwoSubjects,
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

fn of<A: Action<Target = OneSubject, Facts = SubjectFacts>>(tx: &Tx<A>) -> (SubjectId, Scope) {
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

/// What the controller corrects (RET-16).
#[derive(Clone, Debug, Default)]
pub struct Correction {
    /// A name, where there was none or it was wrong.
    pub name: Option<String>,
    /// The date of birth, where it was unknown.
    pub born: Option<Date>,
    /// A description.
    pub description: Option<String>,
    /// Where it comes from; none where the controller found it out (INC-5).
    pub source: Option<Source>,
    /// Whether whoever records it confirms that anybody could see it: asked of social media (INC-6).
    pub was_public: bool,
}

/// Names a person, learns a date of birth, or corrects a field. A name that replaces another leaves the old one as
/// an alias where the policy holds aliases; otherwise the old one goes.
///
/// # Errors
/// [`StoreError::Refused`] where the policy does not hold such data, or the date of birth is known already.
pub async fn correct(
    tx: &mut Tx<CorrectSubject>,
    correction: &Correction,
    reason: &str,
) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    let mut held = profile(&mut tx.inner, id).await?;
    let mut events = Vec::new();
    let since = scope.today;
    let source = correction.source.clone().unwrap_or(Source::Controller);
    if !source.is_accepted(&scope.policy) {
        return Err(StoreError::refused("This scheme's policy does not take data from there."));
    }
    let field = |category, value: &str| Field {
        category,
        value: value.to_owned(),
        source: source.clone(),
        since,
        also: Vec::new(),
    };
    if let Some(name) = &correction.name {
        if !scope.policy.holds(Category::Name) {
            return Err(StoreError::refused("This scheme's policy does not hold names."));
        }
        events.push(Recorded::Identified);
        for old in held.fields.iter_mut().filter(|field| field.category == Category::Name) {
            old.category = Category::Alias;
        }
        if !scope.policy.holds(Category::Alias) {
            held.fields.retain(|field| field.category != Category::Alias);
        }
        held.fields.retain(|field| field.category != Category::Alias || field.value != *name);
        held.fields.push(field(Category::Name, name));
    }
    if let Some(description) = &correction.description {
        if !scope.policy.holds(Category::Description) {
            return Err(StoreError::refused("This scheme's policy does not hold descriptions."));
        }
        held.fields.retain(|field| field.category != Category::Description);
        held.fields.push(field(Category::Description, description));
    }
    if let Some(born) = correction.born {
        if !scope.policy.holds(Category::DateOfBirth) {
            return Err(StoreError::refused("This scheme's policy does not hold dates of birth."));
        }
        if held.born().is_some() {
            return Err(StoreError::refused("The date of birth is known already."));
        }
        held.births.push(Brought { value: born, report: None });
        events.push(Recorded::BornKnown);
    }
    reseal(&mut tx.inner, id, &held).await?;
    tx.because(id.0, reason);
    let names = correction.name.is_some();
    let row = tx.inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (_, ledger) = ledger::load(&mut tx.inner, id, &row.bytes("sealed")?).await?;
    let was_named = ledger.life(&scope, scope.today).identified;
    let mut stage = None;
    for event in events {
        if event == Recorded::Identified && was_named {
            // It changes nothing now. Should the report that named them be taken away, the controller's name stays.
            ledger::append(&mut tx.inner, id, &Happening::new(scope.today, event)).await?;
            continue;
        }
        stage = Some(happen(&mut tx.inner, &scope, id, event).await?);
        if stage == Some(Stage::Deleted) {
            break;
        }
    }
    let stage = match stage {
        Some(stage) => stage,
        None => settle(&mut tx.inner, &scope, id).await?,
    };
    if names && !was_named && stage == Stage::Circulating {
        let by = tx.permit.standing().account;
        crate::incidents::reporting::tell_of_name(&mut tx.inner, id, by).await?;
    }
    Ok(stage)
}

/// A report of a subject, as it stands in its ledger and in the incident.
struct Standing {
    person: PersonId,
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
    let row = inner
        .opt(text, args![subject, report, scope.today])
        .await?
        .ok_or_else(|| StoreError::refused("This report is no longer linked to this record."))?;
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
        person: row.id("id")?,
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
    tx.inner.exec(text, args![report_of.person]).await?;
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
            "UPDATE reports SET state = 'removed', erase_on = $2, news = 'removed', news_at = $3 WHERE id = $1"
        );
        inner.exec(text, args![report, super::rejected_ends(scope), inner.ctx.now()]).await?;
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
    let shown = sql!("SELECT picture_id FROM picture_people WHERE person_id = $1");
    let shown = inner.rows(shown, args![report_of.person]).await?;
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
    inner.exec(relink, args![report_of.person, to]).await?;
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
