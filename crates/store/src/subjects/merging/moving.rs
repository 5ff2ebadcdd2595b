//! What belongs to a subject beside its row and its ledger, and how it goes over to another: each kind of record in
//! one place, so that merging and taking back do the same both ways. What is sealed is sealed anew under the key of
//! whom it belongs to, since that is destroyed with them (RET-9).
mod decisions;
mod letters;

use crate::{
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    ledger::Line,
    pictures::{self, Handover},
};
use fairwatch_core::ids::{
    AssociationId, HoldId, MemberId, MergeId, PersonId, PickId, PictureId, ReportId, RequestAboutDataId,
    SightingId, SubjectId, TipId,
};
use fairwatch_vault::{DataKey, Place};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// The tables that name a subject, each of which is moved here, or said why not. A test compares them with the schema.
#[cfg(test)]
pub(super) const TABLES: &[(&str, &str)] = &[
    ("subject_events", "the ledger: `union`"),
    ("appeals", "moved"),
    ("holds", "moved"),
    ("intelligence", "moved"),
    ("sightings", "moved"),
    ("people", "moved"),
    ("associations", "moved"),
    ("merges", "moved"),
    ("picks", "moved"),
    ("pictures", "moved"),
    ("audit_reasons", "moved"),
    ("policy_effects", "taken back: what a dry run said of two says nothing of one"),
    ("exclusions", "moved"),
    ("letters", "moved whole: they have keys of their own"),
    ("notice_exemptions", "moved"),
    ("proposals", "moved, and their votes"),
    ("given_evidence", "moved"),
    ("requests", "the link is moved: they have keys of their own"),
];

/// Between whom records move: from one subject, whose key opens them, to another.
pub(super) struct Way {
    pub(super) from: SubjectId,
    pub(super) to: SubjectId,
    pub(super) old: Arc<DataKey>,
    pub(super) new: Arc<DataKey>,
}

impl Way {
    fn reseal(
        &self,
        inner: &Inner,
        table: &'static str,
        column: &str,
        row: Uuid,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let place = || Place { table, column, row };
        let open = self.old.open(place(), sealed)?;
        Ok(self.new.seal(place(), &open, inner.ctx.randomness()))
    }
}

/// A sighting that was one with another: the same user saw both on the same day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Twice {
    id: SightingId,
    account: Uuid,
    at: i64,
    on: String,
    seen: fairwatch_core::intelligence::Seen,
}

/// A pick that was one with another: the same member was picked for both.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PickedTwice {
    id: PickId,
    member: MemberId,
    on: Date,
    ends: Option<Date>,
    reason: String,
}

/// What a report's sender had not seen before a merge told them of a name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    report: ReportId,
    news: Option<String>,
    at: Option<i64>,
}

/// Everything that belongs to a subject, by id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Belongings {
    pub(super) people: Vec<PersonId>,
    pub(super) proposed: Vec<PersonId>,
    pub(super) pictures: Vec<(PictureId, i64)>,
    pub(super) holds: Vec<HoldId>,
    pub(super) tips: Vec<TipId>,
    picks: Vec<PickId>,
    /// Picks of members who were picked for both, put aside: reason, and the rest of the row.
    picked_twice: Vec<PickedTwice>,
    sightings: Vec<SightingId>,
    twice: Vec<Twice>,
    reasons: Vec<(Uuid, i64)>,
    pub(super) merges: Vec<MergeId>,
    from: Vec<AssociationId>,
    to: Vec<AssociationId>,
    told: Vec<Told>,
    #[serde(default)]
    decisions: decisions::Decisions,
    #[serde(default)]
    letters: letters::Letters,
    #[serde(default)]
    requests: Vec<RequestAboutDataId>,
}

impl Belongings {
    /// What is recorded of whom they act with.
    pub(super) fn links(&self) -> impl Iterator<Item = &AssociationId> {
        self.from.iter().chain(&self.to)
    }
}

/// Whether a decision on the other record was changed, heard or told since the merge; a sentence where it was (EXC-5).
pub(super) async fn decided_since(
    inner: &mut Inner,
    owner: SubjectId,
    kept: &Belongings,
    other: &Belongings,
    since: &[Line],
) -> Result<Option<&'static str>, StoreError> {
    let known = [&kept.decisions, &other.decisions];
    if decisions::touched_since(inner, owner, &other.decisions, known, since).await? {
        return Ok(Some(
            "What was proposed or decided of the other record was decided, changed, lifted or appealed against since.",
        ));
    }
    if letters::told_since(inner, owner, &other.decisions, [&kept.letters, &other.letters]).await? {
        return Ok(Some("A letter was made since of what was decided of the other record."));
    }
    Ok(None)
}

async fn ids<T: From<Uuid>>(
    inner: &mut Inner,
    text: &'static str,
    id: SubjectId,
) -> Result<Vec<T>, StoreError> {
    inner.rows(text, args![id]).await?.iter().map(|row| row.id("id")).collect()
}

/// What belongs to a subject now.
pub(super) async fn of(inner: &mut Inner, id: SubjectId) -> Result<Belongings, StoreError> {
    let pictures = sql!("SELECT id, position FROM pictures WHERE owner_id = $1 ORDER BY position, id");
    let pictures = inner.rows(pictures, args![id]).await?;
    let reasons = sql!("SELECT chain, position FROM audit_reasons WHERE owner_id = $1 ORDER BY position");
    let reasons = inner.rows(reasons, args![id]).await?;
    Ok(Belongings {
        people: ids(inner, sql!("SELECT id FROM people WHERE subject_id = $1 ORDER BY id"), id).await?,
        proposed: ids(inner, sql!("SELECT id FROM people WHERE proposed_id = $1 ORDER BY id"), id).await?,
        pictures: pictures
            .iter()
            .map(|row| Ok((row.id("id")?, row.int("position")?)))
            .collect::<Result<_, StoreError>>()?,
        holds: ids(inner, sql!("SELECT id FROM holds WHERE subject_id = $1 ORDER BY id"), id).await?,
        tips: ids(inner, sql!("SELECT id FROM intelligence WHERE subject_id = $1 ORDER BY id"), id).await?,
        sightings: ids(inner, sql!("SELECT id FROM sightings WHERE subject_id = $1 ORDER BY id"), id).await?,
        picks: ids(inner, sql!("SELECT id FROM picks WHERE subject_id = $1 ORDER BY id"), id).await?,
        picked_twice: Vec::new(),
        twice: Vec::new(),
        reasons: reasons
            .iter()
            .map(|row| Ok((row.id("chain")?, row.int("position")?)))
            .collect::<Result<_, StoreError>>()?,
        merges: ids(inner, sql!("SELECT id FROM merges WHERE owner_id = $1 ORDER BY position"), id).await?,
        from: ids(inner, sql!("SELECT id FROM associations WHERE subject_id = $1 ORDER BY id"), id).await?,
        to: ids(inner, sql!("SELECT id FROM associations WHERE other_id = $1 ORDER BY id"), id).await?,
        told: Vec::new(),
        decisions: decisions::of(inner, id).await?,
        letters: letters::of(inner, id).await?,
        requests: ids(inner, sql!("SELECT id FROM requests WHERE subject_id = $1 ORDER BY id"), id).await?,
    })
}

/// Notes what the senders of a subject's reports have not seen yet, before a merge gives them a name.
pub(super) async fn note_news(
    inner: &mut Inner,
    id: SubjectId,
    into: &mut Belongings,
) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT id, news, news_at FROM reports WHERE state = 'approved' \
         AND id IN (SELECT report_id FROM people WHERE subject_id = $1 AND state = 'linked') ORDER BY id"
    );
    for row in inner.rows(text, args![id]).await? {
        let told = Told { report: row.id("id")?, news: row.opt_text("news")?, at: row.opt_int("news_at")? };
        into.told.push(told);
    }
    Ok(())
}

/// Takes news of a name back that a merge gave at an instant and nobody has seen.
pub(super) async fn take_news_back(
    inner: &mut Inner,
    belongings: &Belongings,
    at: jiff::Timestamp,
) -> Result<(), StoreError> {
    for told in &belongings.told {
        let text = sql!(
            "UPDATE reports SET news = $2, news_at = $3 WHERE id = $1 AND news = 'named' AND news_at = $4"
        );
        let before = told.at.and_then(|at| jiff::Timestamp::from_microsecond(at).ok());
        inner.exec(text, args![told.report, told.news.clone(), before, at]).await?;
    }
    Ok(())
}

/// Moves what belongs to one subject to another. Whatever is gone meanwhile, a sighting taken back or a link whose
/// other end was deleted, stays gone.
pub(super) async fn move_all(
    inner: &mut Inner,
    way: &Way,
    belongings: &mut Belongings,
) -> Result<(), StoreError> {
    for person in &belongings.people {
        let text = sql!("UPDATE people SET subject_id = $2 WHERE id = $1 AND subject_id = $3");
        inner.exec(text, args![*person, way.to, way.from]).await?;
    }
    for person in &belongings.proposed {
        let text = sql!("UPDATE people SET proposed_id = $2 WHERE id = $1 AND proposed_id = $3");
        inner.exec(text, args![*person, way.to, way.from]).await?;
    }
    for hold in &belongings.holds {
        let text = sql!("SELECT sealed FROM holds WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*hold, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "holds", "sealed", hold.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE holds SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*hold, way.to, sealed]).await?;
    }
    for tip in &belongings.tips {
        let text = sql!("SELECT sealed, decision FROM intelligence WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*tip, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "intelligence", "sealed", tip.0, &row.bytes("sealed")?)?;
        let decision = row
            .opt_bytes("decision")?
            .map(|decision| way.reseal(inner, "intelligence", "decision", tip.0, &decision))
            .transpose()?;
        let text = sql!("UPDATE intelligence SET subject_id = $2, sealed = $3, decision = $4 WHERE id = $1");
        inner.exec(text, args![*tip, way.to, sealed, decision]).await?;
    }
    move_sightings(inner, way, belongings).await?;
    move_picks(inner, way, belongings).await?;
    for (chain, position) in &belongings.reasons {
        let text =
            sql!("SELECT sealed FROM audit_reasons WHERE chain = $1 AND position = $2 AND owner_id = $3");
        let Some(row) = inner.opt(text, args![*chain, *position, way.from]).await? else { continue };
        let column = position.to_string();
        let sealed = way.reseal(inner, "audit_reasons", &column, *chain, &row.bytes("sealed")?)?;
        let text =
            sql!("UPDATE audit_reasons SET owner_id = $3, sealed = $4 WHERE chain = $1 AND position = $2");
        inner.exec(text, args![*chain, *position, way.to, sealed]).await?;
    }
    for merge in &belongings.merges {
        let text = sql!("SELECT sealed FROM merges WHERE id = $1 AND owner_id = $2");
        let Some(row) = inner.opt(text, args![*merge, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "merges", "sealed", merge.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE merges SET owner_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*merge, way.to, sealed]).await?;
    }
    for link in &belongings.from {
        let text = sql!("SELECT sealed FROM associations WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*link, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "associations", "sealed", link.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE associations SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*link, way.to, sealed]).await?;
    }
    decisions::move_all(inner, way, &belongings.decisions).await?;
    letters::move_all(inner, way, &belongings.letters).await?;
    for request in &belongings.requests {
        let text = sql!("UPDATE requests SET subject_id = $2 WHERE id = $1 AND subject_id = $3");
        inner.exec(text, args![*request, way.to, way.from]).await?;
    }
    for link in &belongings.to {
        let text = sql!("UPDATE associations SET other_id = $2 WHERE id = $1 AND other_id = $3");
        inner.exec(text, args![*link, way.to, way.from]).await?;
    }
    Ok(())
}

/// Whoever says twice that they saw somebody says it once; the second is kept apart, for when they are two again.
async fn move_sightings(inner: &mut Inner, way: &Way, belongings: &mut Belongings) -> Result<(), StoreError> {
    for twice in std::mem::take(&mut belongings.twice) {
        // Whoever took back that they saw the one took back both.
        let stands =
            sql!("SELECT id FROM sightings WHERE subject_id = $1 AND account_id = $2 AND seen_on = $3");
        if inner.opt(stands, args![way.from, twice.account, twice.on.as_str()]).await?.is_none() {
            continue;
        }
        let sealed = inner.seal(&way.new, "sightings", "sealed", twice.id.0, &twice.seen)?;
        let text = sql!(
            "INSERT INTO sightings (id, subject_id, account_id, seen_at, seen_on, sealed) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING"
        );
        inner.exec(text, args![twice.id, way.to, twice.account, twice.at, twice.on, sealed]).await?;
    }
    let mut kept_apart = Vec::new();
    for sighting in &belongings.sightings {
        let text = sql!("SELECT * FROM sightings WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*sighting, way.from]).await? else { continue };
        let (account, on): (Uuid, String) = (row.id("account_id")?, row.text("seen_on")?);
        let sealed = row.bytes("sealed")?;
        let same =
            sql!("SELECT id FROM sightings WHERE subject_id = $1 AND account_id = $2 AND seen_on = $3");
        if inner.opt(same, args![way.to, account, on.as_str()]).await?.is_some() {
            let seen = crate::keys::open(&way.old, "sightings", "sealed", sighting.0, &sealed)?;
            kept_apart.push(Twice { id: *sighting, account, at: row.int("seen_at")?, on, seen });
            inner.exec(sql!("DELETE FROM sightings WHERE id = $1"), args![*sighting]).await?;
            continue;
        }
        let sealed = way.reseal(inner, "sightings", "sealed", sighting.0, &sealed)?;
        let text = sql!("UPDATE sightings SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*sighting, way.to, sealed]).await?;
    }
    belongings.sightings.retain(|one| !kept_apart.iter().any(|twice| twice.id == *one));
    belongings.twice = kept_apart;
    Ok(())
}

/// A member who was picked for one of two that are one person is picked for that person; who was picked for both is so
/// once, as they were for the one that stays, and the second is kept apart (SUB-6).
async fn move_picks(inner: &mut Inner, way: &Way, belongings: &mut Belongings) -> Result<(), StoreError> {
    for twice in std::mem::take(&mut belongings.picked_twice) {
        // What was ended of the one that both were is ended.
        let stands = sql!("SELECT id FROM picks WHERE subject_id = $1 AND member_id = $2");
        if inner.opt(stands, args![way.from, twice.member]).await?.is_none() {
            continue;
        }
        let sealed = inner.seal(&way.new, "picks", "sealed", twice.id.0, &twice.reason)?;
        let text = sql!(
            "INSERT INTO picks (id, subject_id, member_id, picked_on, ends_on, sealed) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING"
        );
        inner.exec(text, args![twice.id, way.to, twice.member, twice.on, twice.ends, sealed]).await?;
        belongings.picks.push(twice.id);
    }
    // One that is over stands in nobody's way.
    let over = sql!("DELETE FROM picks WHERE subject_id = $1 AND ends_on <= $2");
    let today = inner.ctx.today();
    inner.exec(over, args![way.to, today]).await?;
    let mut kept_apart = Vec::new();
    for pick in &belongings.picks {
        let text = sql!("SELECT * FROM picks WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*pick, way.from]).await? else { continue };
        let (member, sealed): (MemberId, _) = (row.id("member_id")?, row.bytes("sealed")?);
        let same = sql!("SELECT id FROM picks WHERE subject_id = $1 AND member_id = $2");
        if inner.opt(same, args![way.to, member]).await?.is_some() {
            let reason = crate::keys::open(&way.old, "picks", "sealed", pick.0, &sealed)?;
            let (on, ends) = (row.date("picked_on")?, row.opt_date("ends_on")?);
            kept_apart.push(PickedTwice { id: *pick, member, on, ends, reason });
            inner.exec(sql!("DELETE FROM picks WHERE id = $1"), args![*pick]).await?;
            continue;
        }
        let sealed = way.reseal(inner, "picks", "sealed", pick.0, &sealed)?;
        let text = sql!("UPDATE picks SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*pick, way.to, sealed]).await?;
    }
    belongings.picks.retain(|one| !kept_apart.iter().any(|twice| twice.id == *one));
    belongings.picked_twice = kept_apart;
    Ok(())
}

/// Moves pictures. Their rows go now, after those that are there; their files are sealed anew before the commit.
pub(super) async fn move_pictures(
    inner: &mut Inner,
    way: &Way,
    pictures: &[(PictureId, i64)],
    to_end: bool,
) -> Result<Vec<Handover>, StoreError> {
    let last = sql!("SELECT MAX(position) AS last FROM pictures WHERE owner_id = $1");
    let after = inner.one(last, args![way.to]).await?.opt_int("last")?.map_or(0, |last| last + 1);
    let mut handovers = Vec::with_capacity(pictures.len());
    for (picture, position) in pictures {
        let position = if to_end { position + after } else { *position };
        handovers.push(pictures::hand_over(inner, *picture, way.to, position, &way.new).await?);
    }
    Ok(handovers)
}

#[cfg(test)]
mod tests {
    use super::TABLES;

    /// SUB-2: a table that names subjects is moved when two become one, or the build fails.
    #[test]
    fn every_table_that_names_a_subject_is_moved() {
        let schema = include_str!("../../../migrations/0001_the_ground.sql");
        for part in schema.split("CREATE TABLE ").skip(1) {
            let (name, rest) = part.split_once(' ').unwrap_or((part, ""));
            let body = rest.split("\n);").next().unwrap_or_default();
            let names = body.lines().any(|line| {
                line.contains("REFERENCES subjects") || line.trim_start().starts_with("subject_id ")
            });
            assert!(
                !names || TABLES.iter().any(|(table, _)| *table == name),
                "{name} names subjects: say in `moving` how it goes over when two of them are merged"
            );
        }
    }
}
