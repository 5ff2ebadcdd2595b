//! Two records of one person made one, and taken apart again (SUB-2).
//!
//! Merging leaves one subject: the other's row and key go at once, and all that was sealed under it is sealed under the
//! kept one's key, so that the end of that destroys both (RET-9). The ledger of the kept one becomes the union of both,
//! from which the clocks work out everything as ever. What both were before is kept with the merge, sealed under the same
//! key, for as long as it can be put back: until the merged record comes to the end of a stage, or anything that
//! belonged to either is destroyed or replaced. Then it is emptied, and the merge stands; the other's reference goes on
//! leading here.
mod moving;
mod undoing;
mod union;

pub(in crate::subjects) use undoing::close_if_over;
pub use undoing::{Undoing, preview_undo, undo};

use super::{Life, Open, load, profile, reseal, settle};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    ledger::{self, Ledger, Line, Recorded},
    pictures::Handover,
};
use fairwatch_core::{
    clocks::Stage,
    gate::Action,
    ids::{IncidentId, MergeId, OrgId, SubjectId},
    policy::Category,
    scope::{InOrg, Scope},
    subjects::{
        Profile, SubjectFacts, TwoSubjects, may_see,
        merging::{Chosen, FollowMerge, Joining, MergeSubjects, PreviewMerge, asks_born, join},
    },
};
use jiff::civil::Date;
use moving::{Belongings, Way};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// A record as it was before a merge.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Before {
    number: i64,
    created_at: i64,
    /// Since when it is shown, if it is.
    shown_at: Option<i64>,
    profile: Profile,
    lines: Vec<Line>,
    belongings: Belongings,
}

/// What a merge keeps so that it can be taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Snapshot {
    kept: Before,
    other: Before,
    /// The profile as it was joined.
    then: Profile,
    /// The last line of the joined ledger.
    last: i64,
    /// What was recorded between the two.
    between: Vec<Between>,
}

/// An association of the two with each other, which a merge ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Between {
    id: fairwatch_core::ids::AssociationId,
    is_kepts: bool,
    report: Option<fairwatch_core::ids::ReportId>,
    at: i64,
    association: fairwatch_core::subjects::associates::Association,
}

/// What stands sealed in the row of a merge.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored {
    Open(Box<Snapshot>),
    /// Why it cannot be taken back any more.
    Over(String),
}

async fn before(inner: &mut Inner, id: SubjectId) -> Result<Before, StoreError> {
    let row =
        inner.one(sql!("SELECT number, created_at, shown_at FROM subjects WHERE id = $1"), args![id]).await?;
    Ok(Before {
        number: row.int("number")?,
        created_at: row.int("created_at")?,
        shown_at: row.opt_int("shown_at")?,
        profile: profile(inner, id).await?,
        lines: ledger::lines(inner, id).await?,
        belongings: moving::of(inner, id).await?,
    })
}

/// Nobody is new to members because two records of them became one, or two again.
async fn shown_since(inner: &mut Inner, id: SubjectId, at: Option<i64>) -> Result<(), StoreError> {
    if let Some(at) = at {
        let text = sql!("UPDATE subjects SET shown_at = $2 WHERE id = $1 AND shown_from IS NOT NULL");
        inner.exec(text, args![id, at]).await?;
    }
    Ok(())
}

/// What two records are as one.
struct Joined {
    profile: Profile,
    lines: Vec<Line>,
    life: Life,
}

fn joined(scope: &Scope, kept: &Before, other: &Before, chosen: Chosen) -> Result<Joined, StoreError> {
    if asks_born(&kept.profile, &other.profile) && chosen.born.is_none() {
        return Err(StoreError::refused("The two give different dates of birth. Choose which one counts."));
    }
    let days = union::days([&kept.lines, &other.lines]);
    let profile = join(
        &kept.profile,
        &other.profile,
        &Joining {
            chosen,
            first: union::first(&kept.lines, &other.lines),
            holds_aliases: scope.policy.holds(Category::Alias),
            number: other.number,
            day: &|report| days.get(&report).copied().unwrap_or(Date::MIN),
        },
    );
    let mut lines = union::union((&kept.profile, &kept.lines), (&other.profile, &other.lines));
    let mut life = Ledger::of(&profile, &lines).life(scope, scope.today);
    let is_restricted =
        |one: &Before| Ledger::of(&one.profile, &one.lines).life(scope, scope.today).restricted;
    if !life.restricted && (is_restricted(kept) || is_restricted(other)) {
        // One was restricted while the restriction of the other ended: whoever is restricted stays so (RET-16).
        push(&mut lines, scope.today, Recorded::Restricted);
        life = Ledger::of(&profile, &lines).life(scope, scope.today);
    }
    let ended = |stage: Stage| matches!(stage, Stage::Deleted | Stage::Frozen | Stage::Refused);
    let end = life.segments.iter().find(|segment| !segment.is_planned && ended(segment.stage));
    if !life.stage.is_live() || end.is_some() {
        return Err(StoreError::Refused(format!(
            "By the clocks, a part of what they hold would have come to its end already, if it is one person{}. Merging \
             destroys nothing: erase what must go, or correct what is wrong, and merge then.",
            end.map_or_else(String::new, |segment| format!(" (on {})", words_of(segment.from)))
        )));
    }
    push(&mut lines, scope.today, Recorded::Merged { reference: scope.reference(other.number) });
    Ok(Joined { profile, lines, life })
}

fn words_of(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn push(lines: &mut Vec<Line>, on: Date, what: Recorded) {
    let last = lines.last().map_or((0, 0), |line| (line.position, line.at));
    let at = lines.iter().map(|line| line.at).max().unwrap_or(last.1);
    lines.push(Line { position: last.0 + 1, on, at, what, report: None, incident: None });
}

/// What two records would be as one: shown before it is done.
pub struct Preview {
    /// The record that stays.
    pub kept: Open,
    /// The record that goes into it.
    pub other: Open,
    /// What would be held; none where the controller has to choose first, or it cannot be done.
    pub joined: Result<(Profile, Life), String>,
    /// Whether the two give different dates of birth.
    pub asks_born: bool,
    /// How many associations are recorded of both.
    pub associations: usize,
}

/// What merging would do; it changes nothing.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn preview(tx: &mut Tx<PreviewMerge>, chosen: Chosen) -> Result<Preview, StoreError> {
    let TwoSubjects(kept, other) = *tx.permit.target();
    let scope = tx.permit.facts().from.scope.clone();
    let inner = &mut tx.inner;
    let (one, two) = (before(inner, kept).await?, before(inner, other).await?);
    let asks_born = asks_born(&one.profile, &two.profile);
    let joined = match joined(&scope, &one, &two, chosen) {
        Ok(Joined { profile, life, .. }) => Ok((profile, life)),
        Err(StoreError::Refused(why)) => Err(why),
        Err(error) => return Err(error),
    };
    let (linked_one, linked_two) =
        (super::associates::linked(inner, kept).await?, super::associates::linked(inner, other).await?);
    let links = linked_one.iter().chain(&linked_two).filter(|link| link.with != kept && link.with != other);
    let associations = links.count();
    Ok(Preview {
        kept: load(inner, &scope, kept).await?,
        other: load(inner, &scope, other).await?,
        joined,
        asks_born,
        associations,
    })
}

/// Locks the incidents of two subjects before their people are touched, in the order of their ids.
async fn lock_incidents(inner: &mut Inner, one: SubjectId, two: SubjectId) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT DISTINCT incident_id FROM people WHERE incident_id IS NOT NULL \
         AND (subject_id = $1 OR subject_id = $2 OR proposed_id = $1 OR proposed_id = $2)"
    );
    let rows = inner.rows(text, args![one, two]).await?;
    let incidents = rows.iter().map(|row| row.id::<IncidentId>("incident_id"));
    for incident in incidents.collect::<Result<BTreeSet<_>, _>>()? {
        crate::incidents::lock(inner, incident).await?;
    }
    Ok(())
}

/// Makes two records one. The pictures that are handed over are sealed anew before the commit.
///
/// # Errors
/// [`StoreError::Refused`] in words where it cannot be done.
pub async fn merge(
    tx: &mut Tx<MergeSubjects>,
    chosen: Chosen,
    reason: &str,
) -> Result<Vec<Handover>, StoreError> {
    let TwoSubjects(kept, other) = *tx.permit.target();
    let scope = tx.permit.facts().from.scope.clone();
    let by = tx.permit.standing().account;
    let inner = &mut tx.inner;
    lock_incidents(inner, kept, other).await?;
    for id in [kept, other] {
        // What had reached its end before the person was named does not come back (RET-6).
        crate::sweep::drop_old_pictures(inner, &scope, id).await?;
    }
    let (mut one, mut two) = (before(inner, kept).await?, before(inner, other).await?);
    let Joined { profile, lines, life } = joined(&scope, &one, &two, chosen)?;
    if profile.name().is_some() && life.stage == Stage::Circulating {
        for (id, side) in [(kept, &mut one), (other, &mut two)] {
            if side.profile.name().is_none() {
                moving::note_news(inner, id, &mut side.belongings).await?;
                crate::incidents::reporting::tell_of_name(inner, id, by).await?;
            }
        }
    }
    let way = Way {
        from: other,
        to: kept,
        old: Arc::new(inner.key(other.0).await?),
        new: Arc::new(inner.key(kept.0).await?),
    };
    let between = end_between(inner, kept, other).await?;
    moving::move_all(inner, &way, &mut two.belongings).await?;
    let handovers = moving::move_pictures(inner, &way, &two.belongings.pictures, true).await?;
    inner.exec(sql!("DELETE FROM subject_events WHERE subject_id = $1"), args![other]).await?;
    let foretold = sql!("DELETE FROM policy_effects WHERE subject_id = $1 OR subject_id = $2");
    inner.exec(foretold, args![kept, other]).await?;
    inner.exec(sql!("DELETE FROM subjects WHERE id = $1"), args![other]).await?;
    inner.destroy_key(other.0).await?;
    let last = lines.last().map_or(0, |line| line.position);
    ledger::replace(inner, kept, &lines).await?;
    reseal(inner, kept, &profile).await?;
    let shown_at = [one.shown_at, two.shown_at].into_iter().flatten().min();
    let snapshot = Snapshot { kept: one, other: two, then: profile, last, between };
    note(inner, &scope, kept, other, snapshot).await?;
    settle(inner, &scope, kept).await?;
    shown_since(inner, kept, shown_at).await?;
    inner.touched(other.0);
    tx.because(kept.0, reason);
    Ok(handovers)
}

/// Writes down what was merged, and what both were.
async fn note(
    inner: &mut Inner,
    scope: &Scope,
    kept: SubjectId,
    other: SubjectId,
    snapshot: Snapshot,
) -> Result<(), StoreError> {
    let id: MergeId = inner.ctx.new_id();
    let number = snapshot.other.number;
    let last = sql!("SELECT MAX(position) AS last FROM merges WHERE org_id = $1");
    let position = inner.one(last, args![scope.org]).await?.opt_int("last")?.unwrap_or(0) + 1;
    let key = inner.key(kept.0).await?;
    let sealed = inner.seal(&key, "merges", "sealed", id.0, &Stored::Open(Box::new(snapshot)))?;
    let text = sql!(
        "INSERT INTO merges (id, org_id, kept_id, owner_id, other_id, other_number, position, merged_at, merged_on, \
         is_open, sealed) VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, 1, $9)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, scope.org, kept, other, number, position, now, scope.today, sealed]).await?;
    Ok(())
}

/// Nobody is associated with themselves: what was recorded between the two is kept for taking the merge back.
async fn end_between(
    inner: &mut Inner,
    kept: SubjectId,
    other: SubjectId,
) -> Result<Vec<Between>, StoreError> {
    let text = sql!(
        "SELECT * FROM associations WHERE (subject_id = $1 AND other_id = $2) OR (subject_id = $2 AND other_id = $1) \
         ORDER BY recorded_at, id"
    );
    let mut between = Vec::new();
    for row in inner.rows(text, args![kept, other]).await? {
        let (id, owner): (fairwatch_core::ids::AssociationId, SubjectId) =
            (row.id("id")?, row.id("subject_id")?);
        let key = inner.key(owner.0).await?;
        between.push(Between {
            id,
            is_kepts: owner == kept,
            report: row.opt_id("report_id")?,
            at: row.int("recorded_at")?,
            association: keys::open(&key, "associations", "sealed", id.0, &row.bytes("sealed")?)?,
        });
        inner.exec(sql!("DELETE FROM associations WHERE id = $1"), args![id]).await?;
    }
    Ok(between)
}

/// Where a record went that was merged, whoever may see it; itself where it was not.
pub(crate) async fn where_to(inner: &mut Inner, org: OrgId, id: SubjectId) -> Result<SubjectId, StoreError> {
    let text = sql!("SELECT owner_id FROM merges WHERE other_id = $1 AND org_id = $2");
    let row = inner.opt(text, args![id, org]).await?;
    row.map_or(Ok(id), |row| row.id("owner_id"))
}

/// The record into which another was merged, where the asker may see it today (VIS-7).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn follow(tx: &mut Tx<FollowMerge>, id: SubjectId) -> Result<Option<SubjectId>, StoreError> {
    let InOrg(org) = *tx.permit.target();
    let to = where_to(&mut tx.inner, org, id).await?;
    if to == id {
        return Ok(None);
    }
    let facts = crate::facts::subject(&mut tx.inner, to, None).await?;
    let standing = tx.permit.standing();
    Ok(facts.filter(|facts: &SubjectFacts| may_see(standing, facts)).map(|facts| facts.subject))
}

/// The record into which one of a number was merged, for whoever lists all.
///
/// # Errors
/// The engine's.
pub async fn of_number<A: Action<Target = InOrg>>(
    tx: &mut Tx<A>,
    number: i64,
) -> Result<Option<SubjectId>, StoreError> {
    let InOrg(org) = *tx.permit.target();
    let text = sql!("SELECT owner_id FROM merges WHERE org_id = $1 AND other_number = $2");
    tx.inner.opt(text, args![org, number]).await?.map(|row| row.id("owner_id")).transpose()
}
