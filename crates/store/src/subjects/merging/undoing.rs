//! A merge taken back while it can be, and emptied once it cannot (SUB-2, RET-9).
use super::{
    Snapshot, Stored, lock_incidents,
    moving::{self, Way},
    shown_since, words_of,
};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    ledger::{self, Ledger, Line, Recorded},
    pictures::Handover,
    subjects::{Life, Open, load, profile, reseal, settle},
};
use fairwatch_core::{
    ids::{AssociationId, HoldId, MergeId, PictureId, ReportId, SubjectId},
    scope::Scope,
    subjects::{
        OneSubject, Profile, Source,
        merging::{PreviewUndo, UndoMerge, part},
    },
};
use jiff::{Timestamp, civil::Date};
use std::{collections::BTreeSet, sync::Arc};

/// A merge that may be taken back.
struct Latest {
    id: MergeId,
    other: SubjectId,
    number: i64,
    at: Timestamp,
    on: Date,
    stored: Stored,
}

/// The latest merge into a subject: the one that is taken back first.
async fn latest(inner: &mut Inner, owner: SubjectId) -> Result<Option<Latest>, StoreError> {
    let text = sql!(
        "SELECT id, other_id, other_number, merged_at, merged_on, sealed FROM merges WHERE owner_id = $1 \
         ORDER BY position DESC LIMIT 1"
    );
    let Some(row) = inner.opt(text, args![owner]).await? else { return Ok(None) };
    let id: MergeId = row.id("id")?;
    let key = inner.key(owner.0).await?;
    Ok(Some(Latest {
        id,
        other: row.id("other_id")?,
        number: row.int("other_number")?,
        at: row.instant("merged_at")?,
        on: row.date("merged_on")?,
        stored: keys::open(&key, "merges", "sealed", id.0, &row.bytes("sealed")?)?,
    }))
}

/// The two as they are when a merge is taken back.
struct Apart {
    kept: (Profile, Vec<Line>),
    other: (Profile, Vec<Line>),
    /// Holds that were made since: they stand for both.
    holds: Vec<HoldId>,
    lives: (Life, Life),
}

/// Takes apart what is held now, or says why that cannot be: nothing that was destroyed is brought back.
async fn apart(
    inner: &mut Inner,
    scope: &Scope,
    owner: SubjectId,
    merge: &Latest,
    now: &Profile,
    life: &Life,
) -> Result<Result<Apart, String>, StoreError> {
    let snapshot = match &merge.stored {
        Stored::Open(snapshot) => snapshot,
        Stored::Over(why) => return Ok(Err(why.clone())),
    };
    let ended = life.segments.iter().find(|segment| !segment.is_planned && segment.from > merge.on);
    if let Some(segment) = ended {
        let on = words_of(segment.from);
        return Ok(Err(format!("The merged record came to the end of a stage on {on}.")));
    }
    if let Some(why) = destroyed(inner, owner, snapshot).await? {
        return Ok(Err(why.to_owned()));
    }
    let tips = &snapshot.other.belongings.tips;
    let is_others =
        |source: &Source| matches!(source, Source::Intelligence { tip, .. } if tips.contains(tip));
    let before = (&snapshot.kept.profile, &snapshot.other.profile);
    let Ok(parted) = part(&snapshot.then, now, before, &is_others) else {
        return Ok(Err("What was held of one of them was corrected or taken away since.".to_owned()));
    };
    let lines = ledger::lines(inner, owner).await?;
    let since = lines.into_iter().filter(|line| line.position > snapshot.last).collect::<Vec<_>>();
    let (mut kept, mut other) = (snapshot.kept.lines.clone(), snapshot.other.lines.clone());
    let mut holds = Vec::new();
    for line in &since {
        let ends = |id: HoldId| since.iter().any(|l| l.what == Recorded::HoldEnded { id });
        let (to_kept, to_other) = match &line.what {
            Recorded::HoldEnded { id } => {
                let is_others = snapshot.other.belongings.holds.contains(id);
                (!is_others, is_others)
            }
            Recorded::Hold { id, ends: end } => {
                let is_open = !ends(*id) && end.is_none_or(|end| end > scope.today);
                holds.extend(is_open.then_some(*id));
                (true, is_open)
            }
            // What protects the person still stands for both; all else stays with the kept record.
            Recorded::Restricted => (true, life.restricted),
            Recorded::Identified if line.report.is_none() => {
                (parted.names_kept || !parted.names_other, parted.names_other)
            }
            _ => (true, false),
        };
        for (is_wanted, list) in [(to_kept, &mut kept), (to_other, &mut other)] {
            if is_wanted {
                let position = list.iter().map(|line| line.position).max().unwrap_or(0) + 1;
                list.push(Line { position, ..line.clone() });
            }
        }
    }
    let of = |profile: &Profile, lines: &[Line]| Ledger::of(profile, lines).life(scope, scope.today);
    let lives = (of(&parted.kept, &kept), of(&parted.other, &other));
    for (life, number) in [(&lives.0, snapshot.kept.number), (&lives.1, snapshot.other.number)] {
        if !life.stage.is_live() {
            let reference = scope.reference(number);
            return Ok(Err(format!("By itself, {reference} would have come to its end by now.")));
        }
    }
    Ok(Ok(Apart { kept: (parted.kept, kept), other: (parted.other, other), holds, lives }))
}

/// Whether something of the kept record came since from a report that is the other's alone: with the kept one it would
/// show or say of somebody what is another's, and no longer go with its report (INC-9, RET-16). It can be taken out.
async fn mixed(
    inner: &mut Inner,
    owner: SubjectId,
    snapshot: &Snapshot,
    kept: &Profile,
) -> Result<Option<&'static str>, StoreError> {
    let since = ledger::lines(inner, owner).await?;
    let since = since.into_iter().filter(|line| line.position > snapshot.last).collect::<Vec<_>>();
    let (own, others) = (&snapshot.kept.belongings, &snapshot.other.belongings);
    if let Some(why) = moving::decided_since(inner, owner, own, others, &since).await? {
        return Ok(Some(why));
    }
    let mut reports = [BTreeSet::new(), BTreeSet::new()];
    for (reports, side) in reports.iter_mut().zip([&snapshot.kept, &snapshot.other]) {
        for person in &side.belongings.people {
            let text = sql!("SELECT report_id FROM people WHERE id = $1");
            for row in inner.rows(text, args![*person]).await? {
                reports.insert(row.id::<ReportId>("report_id")?);
            }
        }
    }
    let [own, others] = reports;
    let others = others.difference(&own).copied().collect::<BTreeSet<_>>();
    let is_others = |source: &Source| source.report().is_some_and(|report| others.contains(&report));
    let fields = kept.fields.iter().flat_map(|field| std::iter::once(&field.source).chain(&field.also));
    let births = kept.births.iter().map(|birth| &birth.origin.source);
    if fields.chain(births).any(is_others) {
        return Ok(Some(
            "Something was entered since from a report of the other record. Remove it, and try again.",
        ));
    }
    let both = [&snapshot.kept.belongings, &snapshot.other.belongings];
    for report in others {
        let text = sql!("SELECT id FROM pictures WHERE owner_id = $1 AND report_id = $2");
        for row in inner.rows(text, args![owner, report]).await? {
            let picture: PictureId = row.id("id")?;
            if !both.iter().any(|belongings| belongings.pictures.iter().any(|(known, _)| *known == picture)) {
                return Ok(Some(
                    "A part of a picture from a report of the other record was kept since. Take it away, and try again.",
                ));
            }
        }
        let text =
            sql!("SELECT id FROM associations WHERE report_id = $2 AND (subject_id = $1 OR other_id = $1)");
        for row in inner.rows(text, args![owner, report]).await? {
            let link: AssociationId = row.id("id")?;
            if !both.iter().any(|belongings| belongings.links().any(|known| *known == link)) {
                return Ok(Some(
                    "Somebody was recorded as an associate since, from a report of the other record. Remove that, and try \
                     again.",
                ));
            }
        }
    }
    Ok(None)
}

/// Whether anything that belonged to either is there no more, or no longer theirs.
async fn destroyed(
    inner: &mut Inner,
    owner: SubjectId,
    snapshot: &Snapshot,
) -> Result<Option<&'static str>, StoreError> {
    let both = [&snapshot.kept.belongings, &snapshot.other.belongings];
    for person in both.iter().flat_map(|belongings| &belongings.people) {
        let text = sql!("SELECT id FROM people WHERE id = $1 AND subject_id = $2");
        if inner.opt(text, args![*person, owner]).await?.is_none() {
            return Ok(Some("A report of theirs was taken away, moved or deleted since."));
        }
    }
    for (picture, _) in both.iter().flat_map(|belongings| &belongings.pictures) {
        let text = sql!("SELECT id FROM pictures WHERE id = $1 AND owner_id = $2");
        if inner.opt(text, args![*picture, owner]).await?.is_none() {
            return Ok(Some("A picture of theirs was deleted since."));
        }
    }
    for tip in both.iter().flat_map(|belongings| &belongings.tips) {
        let text = sql!("SELECT id FROM intelligence WHERE id = $1 AND subject_id = $2");
        if inner.opt(text, args![*tip, owner]).await?.is_none() {
            return Ok(Some("A name that was sent for one of them was deleted since."));
        }
    }
    Ok(None)
}

/// Empties what is kept for taking merges back, once that cannot be any more: what was destroyed or corrected must not
/// live on there (RET-9, RET-16). Asked whenever a subject is settled.
pub(in crate::subjects) async fn close_if_over(
    inner: &mut Inner,
    scope: &Scope,
    owner: SubjectId,
    now: &Profile,
    life: &Life,
) -> Result<(), StoreError> {
    let open = sql!("SELECT id FROM merges WHERE owner_id = $1 AND is_open = 1 ORDER BY position DESC");
    let open = inner.rows(open, args![owner]).await?;
    if open.is_empty() {
        return Ok(());
    }
    let Some(merge) = latest(inner, owner).await? else { return Ok(()) };
    let Err(why) = apart(inner, scope, owner, &merge, now, life).await? else { return Ok(()) };
    let key = inner.key(owner.0).await?;
    for row in open {
        let id: MergeId = row.id("id")?;
        let sealed = inner.seal(&key, "merges", "sealed", id.0, &Stored::Over(why.clone()))?;
        let text = sql!("UPDATE merges SET is_open = 0, sealed = $2 WHERE id = $1");
        inner.exec(text, args![id, sealed]).await?;
    }
    Ok(())
}

/// A merge that could be taken back, or why not.
pub struct Undoing {
    /// The kept record as it is now.
    pub open: Open,
    /// The number of the record that would be one of its own again.
    pub number: i64,
    /// The day of the merge.
    pub on: Date,
    /// The names of both and what the clocks would say of them; or why it cannot be done.
    pub apart: Result<[(Option<String>, Life); 2], String>,
}

/// What taking the latest merge back would do; none where nothing was merged. It changes nothing.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn preview_undo(tx: &mut Tx<PreviewUndo>) -> Result<Option<Undoing>, StoreError> {
    let OneSubject(owner) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let Some(merge) = latest(inner, owner).await? else { return Ok(None) };
    let open = load(inner, &scope, owner).await?;
    let mut apart = apart(inner, &scope, owner, &merge, &open.profile, &open.life).await?;
    if let (Ok(parted), Stored::Open(snapshot)) = (&apart, &merge.stored)
        && let Some(why) = mixed(inner, owner, snapshot, &parted.kept.0).await?
    {
        apart = Err(why.to_owned());
    }
    let apart = apart.map(|apart| {
        let name = |profile: &Profile| profile.name().map(str::to_owned);
        [(name(&apart.kept.0), apart.lives.0), (name(&apart.other.0), apart.lives.1)]
    });
    Ok(Some(Undoing { open, number: merge.number, on: merge.on, apart }))
}

/// Takes the latest merge into a subject back; the record that is one of its own again, and its pictures, which are
/// sealed anew before the commit.
///
/// # Errors
/// [`StoreError::Refused`] in words where it cannot be done.
pub async fn undo(tx: &mut Tx<UndoMerge>, reason: &str) -> Result<(SubjectId, Vec<Handover>), StoreError> {
    let OneSubject(owner) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let merge = latest(inner, owner)
        .await?
        .ok_or_else(|| StoreError::refused("Nothing was merged into this record."))?;
    lock_incidents(inner, owner, merge.other).await?;
    let now = profile(inner, owner).await?;
    let life = Ledger::of(&now, &ledger::lines(inner, owner).await?).life(&scope, scope.today);
    let apart = apart(inner, &scope, owner, &merge, &now, &life).await?;
    let apart =
        apart.map_err(|why| StoreError::Refused(format!("This merge cannot be taken back. {why}")))?;
    let Stored::Open(mut snapshot) = merge.stored else { return Err(StoreError::corrupt("a merge")) };
    if let Some(why) = mixed(inner, owner, &snapshot, &apart.kept.0).await? {
        return Err(StoreError::Refused(format!("This merge cannot be taken back now. {why}")));
    }
    let other = merge.other;
    let key = inner.new_key(other.0, "subject").await?;
    let sealed = inner.seal(&key, "subjects", "sealed", other.0, &apart.other.0)?;
    let text = sql!(
        "INSERT INTO subjects (id, org_id, number, stage, restricted, identified, next_event, latest_on, sealed, created_at) \
         VALUES ($1, $2, $3, 'none', 0, 0, 1, $4, $5, $6)"
    );
    let (number, created_at) = (snapshot.other.number, snapshot.other.created_at);
    inner.exec(text, args![other, scope.org, number, scope.today, sealed, created_at]).await?;
    let way = Way { from: owner, to: other, old: Arc::new(inner.key(owner.0).await?), new: Arc::new(key) };
    let mut lines = apart.other.1;
    copy_holds(inner, &way, &apart.holds, &mut lines).await?;
    ledger::replace(inner, other, &lines).await?;
    ledger::replace(inner, owner, &apart.kept.1).await?;
    reseal(inner, owner, &apart.kept.0).await?;
    moving::move_all(inner, &way, &mut snapshot.other.belongings).await?;
    let handovers = moving::move_pictures(inner, &way, &snapshot.other.belongings.pictures, false).await?;
    for side in [&snapshot.kept, &snapshot.other] {
        moving::take_news_back(inner, &side.belongings, merge.at).await?;
    }
    for between in &snapshot.between {
        let (one, two, key) =
            if between.is_kepts { (owner, other, &way.old) } else { (other, owner, &way.new) };
        let sealed = inner.seal(key, "associations", "sealed", between.id.0, &between.association)?;
        let text = sql!(
            "INSERT INTO associations (id, org_id, subject_id, other_id, report_id, recorded_at, sealed) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        );
        inner.exec(text, args![between.id, scope.org, one, two, between.report, between.at, sealed]).await?;
    }
    inner.exec(sql!("DELETE FROM merges WHERE id = $1"), args![merge.id]).await?;
    for (id, side) in [(owner, &snapshot.kept), (other, &snapshot.other)] {
        settle(inner, &scope, id).await?;
        shown_since(inner, id, side.shown_at).await?;
    }
    tx.because(owner.0, reason);
    Ok((other, handovers))
}

/// A hold that was made of the merged record names what belonged to both, so it stands for both (RET-11).
async fn copy_holds(
    inner: &mut Inner,
    way: &Way,
    holds: &[HoldId],
    lines: &mut [Line],
) -> Result<(), StoreError> {
    for hold in holds {
        let text = sql!("SELECT owner_id, review_on, ends_on, created_at, sealed FROM holds WHERE id = $1");
        let row = inner.one(text, args![*hold]).await?;
        let reason: String = keys::open(&way.old, "holds", "sealed", hold.0, &row.bytes("sealed")?)?;
        let copy: HoldId = inner.ctx.new_id();
        let sealed = inner.seal(&way.new, "holds", "sealed", copy.0, &reason)?;
        let text = sql!(
            "INSERT INTO holds (id, subject_id, owner_id, review_on, ends_on, sealed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        );
        let owner: uuid::Uuid = row.id("owner_id")?;
        let (review_on, ends_on) = (row.date("review_on")?, row.opt_date("ends_on")?);
        let made = row.int("created_at")?;
        inner.exec(text, args![copy, way.to, owner, review_on, ends_on, sealed, made]).await?;
        for line in lines.iter_mut() {
            if let Recorded::Hold { id, .. } = &mut line.what
                && id == hold
            {
                *id = copy;
            }
        }
    }
    Ok(())
}
