//! Subjects: pages of them, one of them, and what is done to one.
pub mod associates;
pub mod changes;
pub(crate) mod circulating;
pub mod ending;
pub mod fields;
pub mod gallery;
pub mod linking;
pub mod merging;
pub mod pages;
pub mod picks;

pub use circulating::let_go;

use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents,
    intelligence::{self, Sighting},
    keys,
    ledger::{self, Life, Recorded},
    pictures,
};
use fairwatch_core::{
    clocks::{self, Facts, Stage},
    exclusions::InForce,
    gate::Action,
    ids::{HoldId, IncidentId, PictureId, ReportId, SubjectId},
    incidents::Incident,
    scope::{Scope, ends},
    subjects::{OneSubject, Profile, ShowSubject, SubjectFacts},
};
use jiff::{Timestamp, civil::Date};

/// A subject with its life, as the controller sees it.
#[derive(Clone, Debug)]
pub struct Open {
    /// The subject.
    pub id: SubjectId,
    /// Its number, which is its reference.
    pub number: i64,
    /// What is held.
    pub profile: Profile,
    /// What the clock says of it today.
    pub life: Life,
    /// The incidents that it is linked to.
    pub involved: Vec<Involved>,
    /// Its pictures.
    pub pictures: Vec<PictureId>,
    /// The first day on which one of them goes before the record does (RET-6, INC-8).
    pub pictures_end: Option<Date>,
    /// The members who were picked for it (SUB-6).
    pub picks: Vec<picks::Held>,
    /// Its holds.
    pub holds: Vec<Hold>,
    /// Its exclusions, the newest first (EXC-1).
    pub exclusions: Vec<crate::exclusions::Held>,
    /// The one that is in force today (EXC-6).
    pub excluded: Option<InForce>,
    /// Appeals against what was decided, the newest first (EXC-5).
    pub appeals: Vec<crate::exclusions::appeals::Held>,
    /// What was proposed, the newest first (EXC-2).
    pub proposals: Vec<crate::exclusions::proposals::Held>,
    /// What happened to it, newest first.
    pub happened: Vec<(Date, Recorded)>,
    /// Who saw it where, newest first.
    pub sightings: Vec<Sighting>,
}

/// An incident in which a subject was involved.
#[derive(Clone, Debug)]
pub struct Involved {
    /// The incident.
    pub incident: IncidentId,
    /// Its number.
    pub number: i64,
    /// The report by which the subject was linked to it.
    pub report: ReportId,
    /// That report's number.
    pub report_number: i64,
    /// The kind, an id of the policy's vocabulary.
    pub category: String,
    /// The day on which it happened.
    pub occurred_on: Date,
    /// The slot that stands for the subject in the narrative.
    pub slot: u32,
    /// What was released.
    pub words: Incident,
    /// The other people of the narrative: slot, and the subject where one is linked.
    pub others: Vec<(u32, Option<SubjectId>)>,
}

/// A hold on a subject (RET-11).
#[derive(Clone, Debug)]
pub struct Hold {
    /// The hold.
    pub id: HoldId,
    /// Why.
    pub reason: String,
    /// The day on which it is reviewed.
    pub review_on: Date,
    /// The first day on which it no longer counts, where planned.
    pub ends_on: Option<Date>,
    /// The day on which it was ended.
    pub ended_on: Option<Date>,
    /// When it was made.
    pub created_at: Timestamp,
}

pub(crate) async fn load(inner: &mut Inner, scope: &Scope, id: SubjectId) -> Result<Open, StoreError> {
    let row = inner.one(sql!("SELECT number, sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (profile, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let life = ledger.life(scope, scope.today);
    let mut happened = ledger.happened();
    happened.reverse();
    let pictures = current_pictures(inner, scope, id, &profile, &life).await?;
    let pictures_end = pictures.iter().filter_map(|(_, end)| *end).min();
    let exclusions = crate::exclusions::of_subject(inner, scope, id, &ledger, &life).await?;
    Ok(Open {
        id,
        number: row.int("number")?,
        excluded: exclusions.iter().find_map(crate::exclusions::Held::in_force),
        involved: involved(inner, scope, id).await?,
        holds: holds(inner, id).await?,
        exclusions,
        appeals: crate::exclusions::appeals::of_subject(inner, scope, id).await?,
        proposals: crate::exclusions::proposals::of_subject(inner, scope, id, life.stage).await?,
        sightings: intelligence::sightings(inner, id).await?,
        picks: picks::held(inner, id).await?,
        pictures: pictures.into_iter().map(|(picture, _)| picture).collect(),
        pictures_end,
        profile,
        life,
        happened,
    })
}

/// The subject that was allowed, as the controller sees it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open<A>(tx: &mut Tx<A>) -> Result<Open, StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let OneSubject(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    load(&mut tx.inner, &scope, id).await
}

/// The subject that was allowed, as members see it: the caller shows of it what the policy gives the viewer.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowSubject>) -> Result<Open, StoreError> {
    let OneSubject(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    load(&mut tx.inner, &scope, id).await
}

/// The pictures that may still be shown, each with the day on which it goes before the record does: those of an unidentified person have an end of their own (RET-6), and all
/// go with the incident that brought them (INC-8). Both hold on reading, whether or not the sweep has come by
/// (RET-10).
async fn current_pictures(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    profile: &Profile,
    life: &Life,
) -> Result<Vec<(PictureId, Option<Date>)>, StoreError> {
    let text = sql!(
        "SELECT p.id, p.added_on, (SELECT i.delete_on FROM reports r JOIN incidents i ON i.id = r.incident_id \
         WHERE r.id = p.report_id) AS over_on FROM pictures p WHERE p.owner_id = $1 \
         ORDER BY p.added_on DESC, p.position DESC, p.id"
    );
    let mut shown = Vec::new();
    for row in inner.rows(text, args![id]).await? {
        let ends = [picture_ends(scope, profile, life, row.date("added_on")?), row.opt_date("over_on")?];
        let end = ends.into_iter().flatten().min();
        if end.is_none_or(|end| scope.today < end) {
            shown.push((row.id("id")?, end));
        }
    }
    Ok(shown)
}

/// Whether a picture of a subject may still be shown.
pub(crate) async fn is_current(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    picture: PictureId,
) -> Result<bool, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (profile, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let life = ledger.life(scope, scope.today);
    let current = current_pictures(inner, scope, id, &profile, &life).await?;
    Ok(current.iter().any(|(shown, _)| *shown == picture))
}

/// The day on which a picture of a person who is still unidentified goes.
pub(crate) fn picture_ends(scope: &Scope, profile: &Profile, life: &Life, added_on: Date) -> Option<Date> {
    if life.identified {
        return None;
    }
    let facts = Facts { born: profile.born(), apparent_age: profile.apparent_age, identified: false };
    clocks::image_ends(&scope.policy.retention(), facts, added_on)
}

/// The day on which an incident of a day goes whatever its subjects do (INC-8).
pub(crate) fn incident_ends(scope: &Scope, occurred: Date) -> Option<Date> {
    clocks::incident_ends(&scope.policy.retention(), Facts::default(), occurred, occurred)
}

/// The day on which a report that is rejected today is erased (RET-15).
pub(crate) fn rejected_ends(scope: &Scope) -> Date {
    ends(scope.today, scope.policy.keep.rejected_report.length)
}

async fn involved(inner: &mut Inner, scope: &Scope, id: SubjectId) -> Result<Vec<Involved>, StoreError> {
    let text = sql!(
        "SELECT p.slot, p.report_id, r.number AS report_number, i.id, i.number, i.category, i.occurred_on, i.sealed \
         FROM people p JOIN incidents i ON i.id = p.incident_id JOIN reports r ON r.id = p.report_id \
         WHERE p.subject_id = $1 AND (i.delete_on IS NULL OR i.delete_on > $2) ORDER BY i.occurred_on DESC, i.number DESC"
    );
    let mut found = Vec::new();
    for row in inner.rows(text, args![id, scope.today]).await? {
        let incident: IncidentId = row.id("id")?;
        let key = inner.key(incident.0).await?;
        let others = sql!("SELECT slot, subject_id FROM people WHERE incident_id = $1 ORDER BY slot");
        let others = inner.rows(others, args![incident]).await?;
        let slot = |n: i64| u32::try_from(n).map_err(|_| StoreError::corrupt("a slot"));
        found.push(Involved {
            incident,
            number: row.int("number")?,
            report: row.id("report_id")?,
            report_number: row.int("report_number")?,
            category: row.text("category")?,
            occurred_on: row.date("occurred_on")?,
            slot: slot(row.int("slot")?)?,
            words: keys::open(&key, "incidents", "sealed", incident.0, &row.bytes("sealed")?)?,
            others: others
                .iter()
                .map(|other| Ok((slot(other.int("slot")?)?, other.opt_id("subject_id")?)))
                .collect::<Result<_, StoreError>>()?,
        });
    }
    Ok(found)
}

async fn holds(inner: &mut Inner, id: SubjectId) -> Result<Vec<Hold>, StoreError> {
    let key = inner.key(id.0).await?;
    let text = sql!("SELECT * FROM holds WHERE subject_id = $1 ORDER BY created_at DESC, id");
    let rows = inner.rows(text, args![id]).await?;
    rows.iter()
        .map(|row| {
            let hold: HoldId = row.id("id")?;
            Ok(Hold {
                id: hold,
                reason: keys::open(&key, "holds", "sealed", hold.0, &row.bytes("sealed")?)?,
                review_on: row.date("review_on")?,
                ends_on: row.opt_date("ends_on")?,
                ended_on: row.opt_date("ended_on")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect()
}

/// Brings a subject's index columns into line with what the clock says today, and destroys it where it is due:
/// what an event makes due happens at once (`retention.md`, rule 8).
pub(crate) async fn settle(inner: &mut Inner, scope: &Scope, id: SubjectId) -> Result<Stage, StoreError> {
    inner.touched(id.0);
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (profile, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let life = ledger.life(scope, scope.today);
    if is_over(&life) {
        ending::destroy(inner, scope, id, &profile, &life, &ledger).await?;
        return Ok(Stage::Deleted);
    }
    index(inner, scope, id, &profile, &ledger, &life).await?;
    merging::close_if_over(inner, scope, id, &profile, &life).await?;
    Ok(life.stage)
}

/// Brings a subject's index columns into line with what the clock says today under a policy that came into force
/// (POL-5). Whoever is past their end by now is hidden, and due: destroying is the sweep's, which stops and asks.
pub(crate) async fn reindex(inner: &mut Inner, scope: &Scope, id: SubjectId) -> Result<(), StoreError> {
    inner.touched(id.0);
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (profile, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let life = ledger.life(scope, scope.today);
    if is_over(&life) {
        let text = sql!(
            "UPDATE subjects SET stage = 'held', ends_on = $2, delete_on = $2, next_on = $2, shown_from = NULL, \
             policy_version = $3 WHERE id = $1"
        );
        inner.exec(text, args![id, scope.today, scope.policy_version]).await?;
        return Ok(());
    }
    index(inner, scope, id, &profile, &ledger, &life).await?;
    merging::close_if_over(inner, scope, id, &profile, &life).await
}

/// Whether there is nobody any more.
fn is_over(life: &Life) -> bool {
    matches!(life.stage, Stage::Deleted | Stage::None | Stage::Refused)
}

/// Writes down what the clock says, for pages and the sweep.
async fn index(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    profile: &Profile,
    ledger: &ledger::Ledger,
    life: &Life,
) -> Result<(), StoreError> {
    let pictures = sql!("SELECT MIN(added_on) AS first FROM pictures WHERE owner_id = $1");
    let first = inner.one(pictures, args![id]).await?.opt_date("first")?;
    let picture_end = first.and_then(|added| picture_ends(scope, profile, life, added));
    // A picture that is past its end already is the sweep's; it must not keep this subject in its list for ever.
    let excluded_until = life.excluded.map(|excluded| excluded.ends_on);
    let next_on = [life.until, picture_end, excluded_until].into_iter().flatten().min();
    crate::exclusions::follow(inner, scope, id, ledger, life).await?;
    let text = sql!(
        "UPDATE subjects SET stage = $2, ends_on = $3, delete_on = $4, next_on = $5, restricted = $6, identified = $7, \
         latest_on = $8, shown_from = $9, policy_version = $11, \
         shown_at = CASE WHEN shown_from = $9 THEN shown_at ELSE $10 END WHERE id = $1"
    );
    let latest = ledger.latest_report().unwrap_or(scope.today);
    let shown_from =
        life.segments.iter().rev().find(|s| s.stage == Stage::Circulating && !s.is_planned).map(|s| s.from);
    let values = args![
        id,
        life.stage.as_str(),
        life.until,
        life.deletion,
        next_on,
        life.restricted,
        life.identified,
        latest,
        shown_from,
        inner.ctx.now(),
        scope.policy_version
    ];
    inner.exec(text, values).await?;
    Ok(())
}

pub(crate) async fn reseal(inner: &mut Inner, id: SubjectId, profile: &Profile) -> Result<(), StoreError> {
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "subjects", "sealed", id.0, profile)?;
    inner.exec(sql!("UPDATE subjects SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
    Ok(())
}

pub(crate) async fn profile(inner: &mut Inner, id: SubjectId) -> Result<Profile, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    keys::open(&key, "subjects", "sealed", id.0, &row.bytes("sealed")?)
}

/// The people by whom a narrative on an allowed page shows its slots: those who are still there today, by name
/// where they have one. Who is past their end, or frozen, is named nowhere (INC-9, RET-10).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn names<A: Action>(
    tx: &mut Tx<A>,
    ids: &[SubjectId],
) -> Result<std::collections::HashMap<SubjectId, Option<String>>, StoreError> {
    let mut names = std::collections::HashMap::new();
    for id in ids {
        let facts = crate::facts::subject(&mut tx.inner, *id, None).await?;
        if facts.is_some_and(|facts| facts.stage.is_live()) {
            match profile(&mut tx.inner, *id).await {
                Ok(profile) => names.insert(*id, profile.name().map(str::to_owned)),
                Err(_) if crate::facts::is_gone(&mut tx.inner, *id).await? => None,
                Err(error) => return Err(error),
            };
        }
    }
    Ok(names)
}

pub(crate) async fn drop_pictures_of_report(
    inner: &mut Inner,
    subject: SubjectId,
    report: ReportId,
) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM pictures WHERE owner_id = $1 AND report_id = $2");
    for row in inner.rows(text, args![subject, report]).await? {
        pictures::destroy(inner, row.id("id")?).await?;
    }
    Ok(())
}

pub(crate) use incidents::forget;
