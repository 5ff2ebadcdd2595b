//! What the controller does with a report: read it, approve it into an incident, or reject it (INC-2).
use super::{Held, held, org};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    ledger::{Happening, Recorded},
    pictures, subjects,
};
use fairwatch_core::{
    clocks::AgeBand,
    ids::{IncidentId, OrgId, PersonId, PictureId, ReportId, SubjectId},
    incidents::{
        ApproveReport, Incident, OneReport, OpenReport, Piece, RejectReport, Report, ReviewQueue, pieces,
        tell,
    },
    policy::Category,
    scope::Scope,
    subjects::{Field, Source},
};
use jiff::{Timestamp, civil::Date};

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

/// The report that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open(tx: &mut Tx<OpenReport>) -> Result<Held, StoreError> {
    let OneReport(id) = *tx.permit.target();
    held(&mut tx.inner, id).await?.ok_or_else(|| StoreError::corrupt("a report"))
}

/// To whom review links a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A subject that is held already.
    Existing(SubjectId),
    /// A new subject.
    New,
    /// Not directly involved, or sharing is not necessary.
    LeftOut,
}

/// What review decides of a person in a report.
#[derive(Clone, Debug)]
pub struct PersonDecision {
    /// The person.
    pub person: PersonId,
    /// To whom they are linked.
    pub link: Link,
    /// The name that is held; empty where unidentified.
    pub name: String,
    /// What they look like, as it is held.
    pub description: String,
    /// The date of birth, where known.
    pub born: Option<Date>,
    /// How old they look.
    pub apparent_age: AgeBand,
    /// Why it is necessary to hold somebody so young, where the policy asks for that (SUB-4).
    pub necessity: String,
}

/// What review found in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// One person: the picture becomes that subject's, as a copy.
    One(PersonId),
    /// Several people: it stays with the report.
    Several,
    /// Nobody: it stays with the report.
    Nobody,
}

/// What review decides of a report.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The incident that it joins, or a new one.
    pub joins: Option<IncidentId>,
    /// The kind, an id of the policy's vocabulary.
    pub category: String,
    /// Where.
    pub place: String,
    /// What members may read: people stand in it by slot.
    pub narrative: String,
    /// A few words for the card, such as 'Theft, spirits'.
    pub activity: String,
    /// The people.
    pub people: Vec<PersonDecision>,
    /// The pictures.
    pub pictures: Vec<(PictureId, Shows)>,
}

/// What an approval led to.
pub struct Approved {
    /// The incident.
    pub incident: IncidentId,
    /// The subjects that were linked.
    pub subjects: Vec<SubjectId>,
    /// Pictures that are to be copied to subjects before the commit.
    pub copies: Vec<pictures::Copy>,
}

/// Approves a report: it counts from the day on which it was submitted (INC-2, RET-8).
///
/// # Errors
/// [`StoreError::Refused`] with words where a link is not possible: a person under the minimum age, a subject
/// that was past its end when the report was made.
pub async fn approve(tx: &mut Tx<ApproveReport>, decision: &Decision) -> Result<Approved, StoreError> {
    let facts = tx.permit.facts().clone();
    let OneReport(report) = *tx.permit.target();
    let scope = facts.scope.clone();
    let inner = &mut tx.inner;
    let held = held(inner, report).await?.ok_or_else(|| StoreError::corrupt("a report"))?;
    let (incident, number) = incident(inner, &scope, &held, decision).await?;
    let reference = scope.reference(held.number);
    let incident_reference = scope.reference(number);
    let images = |person: PersonId| {
        let shown = decision.pictures.iter().filter(|(_, shows)| *shows == Shows::One(person)).count();
        u32::try_from(shown).unwrap_or(u32::MAX)
    };
    // The incident that is joined stays while its people are decided on, even if the last of the others goes.
    release(inner, &held, incident, decision).await?;
    let mut linked = Vec::new();
    let mut is_anyone_gone = false;
    for decided in &decision.people {
        let person = held.people.iter().find(|p| p.id == decided.person).ok_or_else(|| stale("person"))?;
        let happened = Happening {
            on: held.submitted_on,
            what: Recorded::Report {
                reference: reference.clone(),
                incident: incident_reference.clone(),
                occurred: held.occurred_on,
                images: images(person.id),
            },
            report: Some(report),
            incident: Some(incident),
        };
        let additions = additions(&scope, &held, incident, decided);
        let subject = match &decided.link {
            Link::LeftOut => {
                continue;
            }
            Link::Existing(subject) if linked.iter().any(|(_, other)| other == subject) => {
                return Err(StoreError::refused(
                    "Two people of this report are linked to the same record. Link each to their own.",
                ));
            }
            Link::Existing(subject) => {
                subjects::linking::existing(
                    inner,
                    &scope,
                    *subject,
                    &happened,
                    decided,
                    additions,
                    &decision.activity,
                )
                .await?
            }
            Link::New => {
                subjects::linking::new(inner, &scope, &happened, decided, additions, &decision.activity)
                    .await?
            }
        };
        let Some(subject) = subject else {
            super::gone(inner, person.id).await?;
            is_anyone_gone = true;
            continue;
        };
        let link = sql!("UPDATE people SET state = 'linked', subject_id = $2 WHERE id = $1");
        inner.exec(link, args![person.id, subject]).await?;
        linked.push((person.id, subject));
    }
    let rest = sql!("UPDATE people SET state = 'left_out' WHERE report_id = $1 AND state = 'waiting'");
    inner.exec(rest, args![report]).await?;
    super::settle(inner, &scope, incident).await?;
    let copies = place_pictures(inner, &held, decision, &linked).await?;
    let text = sql!(
        "UPDATE reports SET state = 'approved', incident_id = $2, decided_at = $3, decided_by = $4 WHERE id = $1"
    );
    let (now, by) = (inner.ctx.now(), tx.permit.standing().account);
    tx.inner.exec(text, args![report, incident, now, by]).await?;
    if is_anyone_gone {
        super::close_over(&mut tx.inner, incident, report).await?;
    }
    let subjects = linked.iter().map(|(_, subject)| *subject).collect::<Vec<_>>();
    tx.saw([incident.0]);
    tx.saw(subjects.iter().map(|subject| subject.0));
    Ok(Approved { incident, subjects, copies })
}

fn stale(what: &str) -> StoreError {
    StoreError::Refused(format!("This {what} has changed since you opened the page. Open the report again."))
}

/// What the report adds to what is held of a subject, as far as the policy lets it be held at all (SUB-1).
fn additions(scope: &Scope, held: &Held, incident: IncidentId, decided: &PersonDecision) -> Vec<Field> {
    let field = |category: Category, value: &str| {
        let value = value.trim();
        (!value.is_empty() && scope.policy.holds(category)).then(|| Field {
            category,
            value: value.to_owned(),
            source: Source::Report { report: held.id, incident },
            since: held.submitted_on,
        })
    };
    [field(Category::Name, &decided.name), field(Category::Description, &decided.description)]
        .into_iter()
        .flatten()
        .collect()
}

/// The incident of the report: a new one under the report's own number, or the one that it joins.
async fn incident(
    inner: &mut Inner,
    scope: &Scope,
    held: &Held,
    decision: &Decision,
) -> Result<(IncidentId, i64), StoreError> {
    if let Some(id) = decision.joins {
        let text = sql!("SELECT number FROM incidents WHERE id = $1 AND org_id = $2");
        let row = inner.opt(text, args![id, scope.org]).await?.ok_or_else(|| stale("incident"))?;
        return Ok((id, row.int("number")?));
    }
    let id: IncidentId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "incident").await?;
    let sealed = inner.seal(&key, "incidents", "sealed", id.0, &Incident::default())?;
    let delete_on = subjects::incident_ends(scope, held.occurred_on);
    let text = sql!(
        "INSERT INTO incidents (id, org_id, number, category, occurred_on, delete_on, sealed, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let now = inner.ctx.now();
    let category = decision.category.as_str();
    inner
        .exec(text, args![id, scope.org, held.number, category, held.occurred_on, delete_on, sealed, now])
        .await?;
    Ok((id, held.number))
}

/// Brings the people of a report into its incident, each under a slot that nobody else has there, and releases the
/// text with the same slots. What a joined incident says already stays: members have read it, and its slots are
/// those of its own people.
async fn release(
    inner: &mut Inner,
    held: &Held,
    incident: IncidentId,
    decision: &Decision,
) -> Result<(), StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM incidents WHERE id = $1"), args![incident]).await?;
    let key = inner.key(incident.0).await?;
    let mut words: Incident = keys::open(&key, "incidents", "sealed", incident.0, &row.bytes("sealed")?)?;
    let top = sql!("SELECT MAX(slot) AS top FROM people WHERE incident_id = $1");
    let top = inner.one(top, args![incident]).await?.opt_int("top")?.unwrap_or(0);
    // The text may name a slot whose person went with another report: it is nobody else's.
    let named = pieces(&words.narrative).into_iter().map(|piece| match piece {
        Piece::Slot(slot) => slot,
        Piece::Text(_) => 0,
    });
    let top = u32::try_from(top).map_err(|_| StoreError::corrupt("a slot"))?.max(named.max().unwrap_or(0));
    let enter = sql!("UPDATE people SET incident_id = $2, slot = slot + $3 WHERE report_id = $1");
    inner.exec(enter, args![held.id, incident, top]).await?;
    let text = tell(&decision.narrative, |slot| format!("{{{}}}", slot.saturating_add(top)));
    if words.narrative.is_empty() {
        words.narrative = text;
        words.place.clone_from(&decision.place);
    } else {
        words.narrative = format!("{} {text}", words.narrative);
    }
    words.loss_pence = words.loss_pence.or(held.report.loss_pence);
    let sealed = inner.seal(&key, "incidents", "sealed", incident.0, &words)?;
    inner.exec(sql!("UPDATE incidents SET sealed = $2 WHERE id = $1"), args![incident, sealed]).await?;
    Ok(())
}

/// Notes whom each picture shows, and plans the copies that subjects get of those that show them alone.
async fn place_pictures(
    inner: &mut Inner,
    held: &Held,
    decision: &Decision,
    linked: &[(PersonId, SubjectId)],
) -> Result<Vec<pictures::Copy>, StoreError> {
    let mut copies = Vec::new();
    for (picture, shows) in &decision.pictures {
        if !held.pictures.iter().any(|p| p.id == *picture) {
            return Err(stale("picture"));
        }
        let several = *shows == Shows::Several;
        let text = sql!("UPDATE pictures SET several = $2 WHERE id = $1");
        inner.exec(text, args![*picture, several]).await?;
        let Shows::One(person) = shows else { continue };
        let note =
            sql!("INSERT INTO picture_people (picture_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        inner.exec(note, args![*picture, *person]).await?;
        let Some((_, subject)) = linked.iter().find(|(other, _)| other == person) else { continue };
        copies.push(copy(inner, *picture, *subject, held.id, held.submitted_on).await?);
    }
    Ok(copies)
}

pub(crate) async fn copy(
    inner: &mut Inner,
    picture: PictureId,
    subject: SubjectId,
    report: ReportId,
    added_on: Date,
) -> Result<pictures::Copy, StoreError> {
    let from = pictures::open(inner, picture).await?;
    Ok(pictures::Copy {
        from,
        to: inner.ctx.new_id(),
        subject,
        key: inner.key(subject.0).await?,
        report,
        added_on,
    })
}

/// Rejects a report with a reason that the reporter sees; it is erased when the policy says (RET-15).
///
/// # Errors
/// The engine's.
pub async fn reject(tx: &mut Tx<RejectReport>, reason: &str) -> Result<(), StoreError> {
    let OneReport(report) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let key = inner.key(report.0).await?;
    let decision = inner.seal(&key, "reports", "decision", report.0, reason)?;
    let erase_on = subjects::rejected_ends(&scope);
    let text = sql!(
        "UPDATE reports SET state = 'rejected', decision = $2, erase_on = $3, decided_at = $4, decided_by = $5 WHERE id = $1"
    );
    let (now, by) = (inner.ctx.now(), tx.permit.standing().account);
    tx.inner.exec(text, args![report, decision, erase_on, now, by]).await?;
    tx.because(report.0, reason);
    Ok(())
}

/// Whom a subject's page shows as possibly the same incident: those of the days around a report, for joining.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn near(tx: &mut Tx<OpenReport>) -> Result<Vec<super::Whole>, StoreError> {
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
        found.push(super::whole(&mut tx.inner, row.id("id")?).await?);
    }
    tx.saw(found.iter().map(|incident| incident.id.0));
    Ok(found)
}
