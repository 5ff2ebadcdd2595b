//! What the controller does with a report: read it, approve it into an incident, or reject it (INC-2).
mod queue;

pub use queue::{Around, Waiting, around, near, queue};

use super::{Held, held};
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    ledger::{Happening, Recorded},
    pictures, subjects,
};
use fairwatch_core::{
    clocks::{AgeBand, Event, Facts, Refused, What, refusal},
    gate::Ctx,
    ids::{IncidentId, PersonId, PictureId, ReportId, SubjectId},
    incidents::{ApproveReport, Incident, OneReport, OpenReport, Person, Piece, RejectReport, pieces, tell},
    policy::Category,
    scope::Scope,
    subjects::{Field, Profile, Source},
};
use jiff::civil::Date;

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
    /// Those among them whom the reporter did not list, with their slots.
    pub added: Vec<(PersonId, u32)>,
    /// The vehicle, in the words in which it is held, and the person whose it is.
    pub vehicle: Option<(PersonId, String)>,
    /// The pictures.
    pub pictures: Vec<(PictureId, Shows)>,
}

/// Somebody whom no text that is shared may name.
#[derive(Clone, Debug)]
pub struct Named {
    /// The person of the report; none for somebody of the incident that it joins.
    pub person: Option<PersonId>,
    /// The slot that stands for them in the text.
    pub slot: u32,
    /// By what names they are known.
    pub names: Vec<String>,
}

/// Whom a decision is about, and what the incident says that it joins.
#[derive(Clone, Debug)]
pub struct Naming {
    /// Everybody of the report, and of the incident that it joins.
    pub people: Vec<Named>,
    /// What that incident says already.
    pub joined: Option<Incident>,
    /// The business that reported, whose name may be part of the place.
    pub business: Option<String>,
}

/// Brings those into the report whom its reporter did not list and review found in it.
///
/// # Errors
/// [`StoreError::Refused`] where a slot is another's already; the engine's.
pub async fn add_people(tx: &mut Tx<ApproveReport>, decision: &Decision) -> Result<(), StoreError> {
    let OneReport(report) = *tx.permit.target();
    let inner = &mut tx.inner;
    lock_linked(inner, decision).await?;
    for (person, slot) in &decision.added {
        let taken = sql!("SELECT id FROM people WHERE report_id = $1 AND slot = $2");
        if inner.opt(taken, args![report, *slot]).await?.is_some() {
            return Err(stale("report"));
        }
        let key = inner.key(report.0).await?;
        let sealed = inner.seal(&key, "people", "sealed", person.0, &Person::default())?;
        let text = sql!(
            "INSERT INTO people (id, report_id, incident_id, slot, state, proposed_id, subject_id, sealed) \
             VALUES ($1, $2, NULL, $3, 'waiting', NULL, NULL, $4)"
        );
        inner.exec(text, args![*person, report, *slot, sealed]).await?;
    }
    Ok(())
}

/// By what names those are known whom a decision is about: as the reporter named them, as review does, and as their
/// records do (INC-9). The records stay as they are until the approval is through.
///
/// # Errors
/// The engine's, a damaged record, or a person that is not of this report.
pub async fn naming(tx: &mut Tx<ApproveReport>, decision: &Decision) -> Result<Naming, StoreError> {
    let scope = tx.permit.facts().scope.clone();
    let OneReport(report) = *tx.permit.target();
    let inner = &mut tx.inner;
    lock_linked(inner, decision).await?;
    let held = held(inner, report).await?.ok_or_else(|| StoreError::corrupt("a report"))?;
    let mut people = Vec::new();
    for person in &held.people {
        let mut names = person.person.iter().map(|said| said.name.clone()).collect::<Vec<_>>();
        if let Some(decided) = decision.people.iter().find(|decided| decided.person == person.id) {
            names.push(decided.name.clone());
            if let Link::Existing(subject) = decided.link {
                names.extend(known_as(inner, &scope, subject).await?);
            }
        }
        people.push(Named { person: Some(person.id), slot: person.slot, names });
    }
    let mut joined = None;
    if let Some(incident) = decision.joins {
        joinable(inner, &scope, incident).await?;
        joined = Some(words_of(inner, incident).await?);
        let text = sql!("SELECT id, subject_id, sealed, report_id FROM people WHERE incident_id = $1");
        for row in inner.rows(text, args![incident]).await? {
            let (person, of): (PersonId, ReportId) = (row.id("id")?, row.id("report_id")?);
            let mut names = Vec::new();
            if let Some(sealed) = row.opt_bytes("sealed")? {
                let key = inner.key(of.0).await?;
                names.push(keys::open::<Person>(&key, "people", "sealed", person.0, &sealed)?.name);
            }
            if let Some(subject) = row.opt_id("subject_id")? {
                names.extend(known_as(inner, &scope, subject).await?);
            }
            people.push(Named { person: None, slot: 0, names });
        }
    }
    for named in &mut people {
        named.names.retain(|name| !name.trim().is_empty());
    }
    Ok(Naming { people, joined, business: held.report.business })
}

/// The names and aliases of a subject.
async fn known_as(inner: &mut Inner, scope: &Scope, subject: SubjectId) -> Result<Vec<String>, StoreError> {
    let text = sql!("SELECT sealed FROM subjects WHERE id = $1 AND org_id = $2");
    let Some(row) = inner.opt(text, args![subject, scope.org]).await? else { return Ok(Vec::new()) };
    let key = inner.key(subject.0).await?;
    let profile: Profile = keys::open(&key, "subjects", "sealed", subject.0, &row.bytes("sealed")?)?;
    let is_name = |field: &Field| matches!(field.category, Category::Name | Category::Alias);
    Ok(profile.fields.into_iter().filter(is_name).map(|field| field.value).collect())
}

/// Locks the subjects that a decision links to, in the order of their ids, so that two approvals that name the same
/// people in another order wait for each other and neither fails.
async fn lock_linked(inner: &mut Inner, decision: &Decision) -> Result<(), StoreError> {
    let mut linked = decision
        .people
        .iter()
        .filter_map(|decided| match decided.link {
            Link::Existing(subject) => Some(subject),
            Link::New | Link::LeftOut => None,
        })
        .collect::<Vec<_>>();
    linked.sort_unstable_by_key(|subject| subject.0);
    linked.dedup();
    for subject in linked {
        let text = sql!("SELECT id FROM subjects WHERE id = $1");
        inner.db.opt_locked(text, args![subject], Lock::Update).await?;
    }
    Ok(())
}

/// What an approval led to.
pub struct Approved {
    /// The incident.
    pub incident: IncidentId,
    /// The subjects that were linked.
    pub subjects: Vec<SubjectId>,
    /// Pictures that are to be copied to subjects before the commit.
    pub copies: Vec<pictures::Copy>,
    /// Pictures of the report that show several people, of whom some were linked.
    pub to_crop: Vec<PictureId>,
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
    lock_linked(inner, decision).await?;
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
    let mut is_child_left_out = false;
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
        let vehicle = decision.vehicle.as_ref().filter(|(whose, _)| *whose == person.id);
        let vehicle = vehicle.map_or("", |(_, vehicle)| vehicle);
        let additions = additions(&inner.ctx, &scope, &held, incident, decided, vehicle);
        let subject = match &decided.link {
            Link::LeftOut => {
                if is_under_minimum_age(&scope, held.submitted_on, person.person.as_ref(), decided) {
                    super::gone(inner, person.id).await?;
                    is_child_left_out = true;
                }
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
    if is_child_left_out {
        say_nothing_of_children(inner, &held, decision, &linked).await?;
    }
    let text = sql!(
        "UPDATE reports SET state = 'approved', incident_id = $2, decided_at = $3, decided_by = $4, news = 'approved', \
         news_at = $3 WHERE id = $1"
    );
    let (now, by) = (inner.ctx.now(), tx.permit.standing().account);
    tx.inner.exec(text, args![report, incident, now, by]).await?;
    if is_anyone_gone {
        super::close_over(&mut tx.inner, incident, report).await?;
    }
    let subjects = linked.iter().map(|(_, subject)| *subject).collect::<Vec<_>>();
    tx.saw([incident.0]);
    tx.saw(subjects.iter().map(|subject| subject.0));
    let several = sql!("SELECT id FROM pictures WHERE owner_id = $1 AND several = 1 ORDER BY position, id");
    let several = tx.inner.rows(several, args![report]).await?;
    let to_crop = several.iter().filter(|_| !subjects.is_empty()).map(|row| row.id("id"));
    let to_crop = to_crop.collect::<Result<_, _>>()?;
    Ok(Approved { incident, subjects, copies, to_crop })
}

/// Whether the scheme may not hold anything about somebody whom a decision leaves out: the clock's own answer, of what
/// is known now.
fn is_under_minimum_age(scope: &Scope, on: Date, said: Option<&Person>, decided: &PersonDecision) -> bool {
    let facts = Facts {
        born: decided.born.or(said.and_then(|said| said.born)),
        apparent_age: decided.apparent_age,
        identified: !decided.name.trim().is_empty(),
    };
    let report = Event { on, what: What::Report { id: None, incident: None, occurred: on, images: 0 } };
    refusal(&scope.policy.retention(), facts, &[], &report) == Some(Refused::UnderMinimumAge)
}

/// Destroys what of a report may name or show a child who may not be held (SUB-4): the sentence, what was said of
/// the others, whose records hold what review took over of it, all evidence, and each picture that shows nobody who was linked.
async fn say_nothing_of_children(
    inner: &mut Inner,
    held: &Held,
    decision: &Decision,
    linked: &[(PersonId, SubjectId)],
) -> Result<(), StoreError> {
    let mut words = held.report.clone();
    words.say_nothing();
    let key = inner.key(held.id.0).await?;
    let sealed = inner.seal(&key, "reports", "sealed", held.id.0, &words)?;
    inner.exec(sql!("UPDATE reports SET sealed = $2 WHERE id = $1"), args![held.id, sealed]).await?;
    inner.exec(sql!("UPDATE people SET sealed = NULL WHERE report_id = $1"), args![held.id]).await?;
    crate::evidence::destroy_all(inner, held.id.0).await?;
    for picture in &held.pictures {
        let is_of_linked = decision.pictures.iter().any(|(id, shows)| {
            *id == picture.id
                && matches!(shows, Shows::One(person) if linked.iter().any(|(other, _)| other == person))
        });
        if !is_of_linked {
            pictures::destroy(inner, picture.id).await?;
        }
    }
    Ok(())
}

fn stale(what: &str) -> StoreError {
    StoreError::Refused(format!("This {what} has changed since you opened the page. Open the report again."))
}

/// What the report adds to what is held of a subject, as far as the policy lets it be held at all (SUB-1).
fn additions(
    ctx: &Ctx,
    scope: &Scope,
    held: &Held,
    incident: IncidentId,
    decided: &PersonDecision,
    vehicle: &str,
) -> Vec<Field> {
    let field = |category: Category, value: &str| {
        let value = value.trim();
        let source = Source::Report { report: held.id, incident };
        (!value.is_empty() && scope.policy.holds(category))
            .then(|| Field::new(ctx.new_id(), category, value, source, held.submitted_on))
    };
    [
        field(Category::Name, &decided.name),
        field(Category::Description, &decided.description),
        field(Category::Vehicles, vehicle),
    ]
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
        return joinable(inner, scope, id).await;
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

/// An incident that a report may join: of this organisation, and not past its end, whether or not the sweep has come by
/// (INC-8, RET-10).
async fn joinable(inner: &mut Inner, scope: &Scope, id: IncidentId) -> Result<(IncidentId, i64), StoreError> {
    let text = sql!(
        "SELECT number FROM incidents WHERE id = $1 AND org_id = $2 AND (delete_on IS NULL OR delete_on > $3)"
    );
    let row = inner.db.opt_locked(text, args![id, scope.org, scope.today], Lock::Update).await?;
    Ok((id, row.ok_or_else(|| stale("incident"))?.int("number")?))
}

/// What an incident says.
async fn words_of(inner: &mut Inner, incident: IncidentId) -> Result<Incident, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM incidents WHERE id = $1"), args![incident]).await?;
    let key = inner.key(incident.0).await?;
    keys::open(&key, "incidents", "sealed", incident.0, &row.bytes("sealed")?)
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
    let mut words = words_of(inner, incident).await?;
    let key = inner.key(incident.0).await?;
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
    for item in &held.report.items {
        if !words.items.contains(item) {
            words.items.push(item.clone());
        }
    }
    words.outcome = words.outcome.or_else(|| held.report.outcome.clone());
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
        copies.push(pictures::copy(inner, *picture, *subject, held.id, held.submitted_on).await?);
    }
    Ok(copies)
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
        "UPDATE reports SET state = 'rejected', decision = $2, erase_on = $3, ended_on = $6, decided_at = $4, decided_by = $5, \
         news = 'rejected', news_at = $4 WHERE id = $1"
    );
    let (now, by) = (inner.ctx.now(), tx.permit.standing().account);
    tx.inner.exec(text, args![report, decision, erase_on, now, by, scope.today]).await?;
    tx.because(report.0, reason);
    Ok(())
}
