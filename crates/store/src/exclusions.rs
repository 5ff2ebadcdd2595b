//! Exclusions: what is in force, what became of each, and how one is made, shortened, narrowed and lifted (EXC-1, RET-3).
//!
//! The clock decides whether an exclusion is in force, from the events in the ledger. The rows are a record of it, with
//! what a notice needs, and an index for pages of many: they follow the clock whenever a subject is settled.
//!
//! - `proposals` are what is proposed, `counting` what counts towards the tariff, `voting` how it is decided, `cases` what
//!   pages show of it; `giving` is what police and agencies say. `appeals` are heard by others, `telling` is members'.
pub mod appeals;
pub mod cases;
mod counting;
pub mod giving;
pub mod proposals;
pub(crate) mod telling;
pub mod voting;

use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    ledger::{self, Excluded, Ledger, Life, Recorded},
    subjects::changes,
};
use fairwatch_core::{
    accounts::Business,
    clocks::Stage,
    exclusions::{
        ExclusionState, InForce, LiftExclusion, Scope, Terms, Variation, VaryExclusion, scope_name,
        scope_named,
    },
    ids::{ExclusionId, MemberId, ProposalId, SubjectId},
    scope::Scope as OrgScope,
    subjects::OneSubject,
};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};

/// An exclusion as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The exclusion.
    pub id: ExclusionId,
    /// The proposal on which it was decided, by id and number.
    pub proposal: (ProposalId, i64),
    /// From where.
    pub scope: Scope,
    /// The first day.
    pub starts_on: Date,
    /// The first day on which it is over, or would have been.
    pub ends_on: Date,
    /// What became of it by today.
    pub state: ExclusionState,
    /// The day on which it ended.
    pub ended_on: Option<Date>,
    /// What stands in its notice.
    pub terms: Terms,
    /// From whose premises, where not from all.
    pub premises: Vec<(MemberId, Business)>,
}

impl Held {
    /// What it is while it is in force.
    #[must_use]
    pub fn in_force(&self) -> Option<InForce> {
        (self.state == ExclusionState::InForce).then(|| InForce {
            id: self.id,
            scope: self.scope,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            premises: self.premises.iter().map(|(member, _)| *member).collect(),
        })
    }
}

fn scope_of(row: &Row) -> Result<Scope, StoreError> {
    scope_named(&row.text("scope")?).ok_or_else(|| StoreError::corrupt("a scope"))
}

pub(crate) async fn premises(inner: &mut Inner, exclusion: ExclusionId) -> Result<Vec<MemberId>, StoreError> {
    let text = sql!("SELECT member_id FROM exclusion_premises WHERE exclusion_id = $1 ORDER BY member_id");
    inner.rows(text, args![exclusion]).await?.iter().map(|row| row.id("member_id")).collect()
}

/// Businesses by name and premises.
pub(crate) async fn businesses(
    inner: &mut Inner,
    members: &[MemberId],
) -> Result<Vec<(MemberId, Business)>, StoreError> {
    let mut found = Vec::with_capacity(members.len());
    for member in members {
        let row = inner.one(sql!("SELECT sealed FROM members WHERE id = $1"), args![*member]).await?;
        // A member that has left is named by nobody any more (MEM-6).
        let Some(key) = inner.key_if_any(member.0).await? else { continue };
        found.push((*member, keys::open(&key, "members", "sealed", member.0, &row.bytes("sealed")?)?));
    }
    found.sort_by_cached_key(|(member, business): &(MemberId, Business)| {
        (business.name.to_lowercase(), *member)
    });
    Ok(found)
}

async fn clock(inner: &mut Inner, scope: &OrgScope, subject: SubjectId) -> Result<Life, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![subject]).await?;
    ledger::life(inner, scope, subject, &row.bytes("sealed")?).await
}

/// The exclusion that is in force of somebody today, by the clock.
///
/// # Errors
/// The engine's, or a damaged record.
pub(crate) async fn in_force(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
) -> Result<Option<InForce>, StoreError> {
    match clock(inner, scope, subject).await?.excluded {
        Some(excluded) => by_clock(inner, excluded).await.map(Some),
        None => Ok(None),
    }
}

/// What is kept of an exclusion that is in force by the clock.
pub(crate) async fn by_clock(inner: &mut Inner, excluded: Excluded) -> Result<InForce, StoreError> {
    let text = sql!("SELECT scope, starts_on FROM exclusions WHERE id = $1");
    let row = inner.one(text, args![excluded.exclusion]).await?;
    Ok(InForce {
        id: excluded.exclusion,
        scope: scope_of(&row)?,
        starts_on: row.date("starts_on")?,
        ends_on: excluded.ends_on,
        premises: premises(inner, excluded.exclusion).await?,
    })
}

/// Everybody of an organisation who is excluded today, for pages of many: by the index, with the days compared, so that
/// nobody is in it whose own time is over (RET-10).
///
/// # Errors
/// The engine's, or a damaged record.
pub(crate) async fn all_in_force(
    inner: &mut Inner,
    scope: &OrgScope,
) -> Result<HashMap<SubjectId, InForce>, StoreError> {
    let text = sql!(
        "SELECT e.id, e.subject_id, e.scope, e.starts_on, e.ends_on, p.member_id FROM exclusions e \
         JOIN subjects s ON s.id = e.subject_id LEFT JOIN exclusion_premises p ON p.exclusion_id = e.id \
         WHERE e.org_id = $1 AND e.state = 'in_force' AND e.ends_on > $2 AND s.stage <> 'frozen' \
         AND (s.delete_on IS NULL OR s.delete_on > $2) ORDER BY e.id, p.member_id"
    );
    let mut found: HashMap<SubjectId, InForce> = HashMap::new();
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        let (subject, id): (SubjectId, ExclusionId) = (row.id("subject_id")?, row.id("id")?);
        let known = found.get(&subject).is_some_and(|known| known.id == id);
        if !known {
            let (starts_on, ends_on) = (row.date("starts_on")?, row.date("ends_on")?);
            let scope = scope_of(&row)?;
            found.insert(subject, InForce { id, scope, starts_on, ends_on, premises: Vec::new() });
        }
        if let (Some(one), Some(member)) = (found.get_mut(&subject), row.opt_id("member_id")?) {
            one.premises.push(member);
        }
    }
    Ok(found)
}

/// All exclusions of somebody, the newest first, with what became of them by the clock.
pub(crate) async fn of_subject(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    ledger: &Ledger,
    life: &Life,
) -> Result<Vec<Held>, StoreError> {
    let text = sql!("SELECT * FROM exclusions WHERE subject_id = $1 ORDER BY starts_on DESC, number DESC");
    let rows = inner.rows(text, args![subject]).await?;
    let became = ledger.became(life, scope.today);
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: ExclusionId = row.id("id")?;
        let key = inner.key(subject.0).await?;
        let (mut state, mut ends_on, mut ended_on) =
            (row.word("state")?, row.date("ends_on")?, row.opt_date("ended_on")?);
        if let Some(now) = became.iter().find(|one| one.exclusion == id)
            && is_news(state, now.state, life)
        {
            (state, ends_on, ended_on) = (now.state, now.ends_on, now.ended_on.or(ended_on));
        }
        let members = premises(inner, id).await?;
        found.push(Held {
            id,
            proposal: (row.id("proposal_id")?, row.int("number")?),
            scope: scope_of(row)?,
            starts_on: row.date("starts_on")?,
            ends_on,
            state,
            ended_on,
            terms: keys::open(&key, "exclusions", "sealed", id.0, &row.bytes("sealed")?)?,
            premises: businesses(inner, &members).await?,
        });
    }
    Ok(found)
}

/// Whether what the clock says is to stand in the row. One that became void does not expire later, and of somebody who is
/// only kept for a hold the clock says nothing but that time goes by.
fn is_news(stood: ExclusionState, now: ExclusionState, life: &Life) -> bool {
    match (stood, now) {
        (ExclusionState::Void, ExclusionState::Expired) => false,
        (_, ExclusionState::Void) => life.stage.is_live(),
        _ => true,
    }
}

/// Brings the rows into line with the clock, and lets proposals lapse that nobody can decide on any more. Asked whenever
/// a subject is settled.
pub(crate) async fn follow(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    ledger: &Ledger,
    life: &Life,
) -> Result<(), StoreError> {
    proposals::lapse(inner, scope, subject, life).await?;
    for now in ledger.became(life, scope.today) {
        let text = sql!("SELECT state, ends_on, ended_on FROM exclusions WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![now.exclusion, subject]).await? else { continue };
        let stood: ExclusionState = row.word("state")?;
        if !is_news(stood, now.state, life) {
            continue;
        }
        let ended_on = match now.state {
            ExclusionState::InForce => None,
            ExclusionState::Void => row.opt_date("ended_on")?.or(Some(scope.today)),
            _ => now.ended_on,
        };
        let text = sql!("UPDATE exclusions SET state = $2, ends_on = $3, ended_on = $4 WHERE id = $1");
        inner.exec(text, args![now.exclusion, now.state.name(), now.ends_on, ended_on]).await?;
    }
    Ok(())
}

/// An exclusion that has been decided.
pub(crate) struct Decided<'a> {
    pub(crate) proposal: ProposalId,
    pub(crate) number: i64,
    pub(crate) scope: Scope,
    pub(crate) ends_on: Date,
    pub(crate) premises: &'a [MemberId],
    pub(crate) reason: String,
}

/// Excludes somebody from today on: the event, the row and the premises, or none of them. A further exclusion replaces the
/// one before.
pub(crate) async fn exclude(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    decided: Decided<'_>,
) -> Result<ExclusionId, StoreError> {
    let id: ExclusionId = inner.ctx.new_id();
    let rules = scope.policy.exclusions.rules.lines.iter().map(ToString::to_string).collect();
    let terms = Terms { rules, reason: decided.reason, changes: Vec::new() };
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "exclusions", "sealed", id.0, &terms)?;
    let text = sql!(
        "INSERT INTO exclusions (id, org_id, subject_id, proposal_id, number, scope, starts_on, ends_on, state, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'in_force', $9)"
    );
    let values = args![
        id,
        scope.org,
        subject,
        decided.proposal,
        decided.number,
        scope_name(decided.scope),
        scope.today,
        decided.ends_on,
        sealed
    ];
    inner.exec(text, values).await?;
    for member in decided.premises {
        let text = sql!("INSERT INTO exclusion_premises (exclusion_id, member_id) VALUES ($1, $2)");
        inner.exec(text, args![id, *member]).await?;
    }
    let what = Recorded::Excluded { exclusion: id, ends: decided.ends_on, scope: decided.scope };
    changes::happen(inner, scope, subject, what).await?;
    inner.touched(id.0);
    Ok(id)
}

/// Whose exclusion it is, where it is in force by the clock.
async fn in_force_of(
    inner: &mut Inner,
    scope: &OrgScope,
    exclusion: ExclusionId,
) -> Result<(SubjectId, InForce), StoreError> {
    let text = sql!("SELECT subject_id FROM exclusions WHERE id = $1 AND org_id = $2");
    let over = || StoreError::refused("This exclusion is not in force any more.");
    let row = inner.opt(text, args![exclusion, scope.org]).await?.ok_or_else(over)?;
    let subject: SubjectId = row.id("subject_id")?;
    let now = in_force(inner, scope, subject).await?.filter(|now| now.id == exclusion).ok_or_else(over)?;
    Ok((subject, now))
}

/// Lets an exclusion end earlier than it would; the subject must be locked.
///
/// # Errors
/// [`StoreError::Refused`] where it is not in force, or would not be shorter by that; what the clocks refuse.
pub(crate) async fn change_end(
    inner: &mut Inner,
    scope: &OrgScope,
    exclusion: ExclusionId,
    ends_on: Date,
) -> Result<(), StoreError> {
    let (subject, now) = in_force_of(inner, scope, exclusion).await?;
    if ends_on >= now.ends_on {
        return Err(StoreError::RefusedAt(
            "ends",
            "Choose a day before the one on which it ends now.".into(),
        ));
    }
    if ends_on <= scope.today {
        return Err(StoreError::RefusedAt("ends", "Choose a day after today, or lift the exclusion.".into()));
    }
    let life = clock(inner, scope, subject).await?;
    if life.stage != Stage::Circulating {
        return Err(StoreError::refused(
            "This person is not shown to members any more, so the exclusion can be lifted and not shortened.",
        ));
    }
    let what = Recorded::Excluded { exclusion, ends: ends_on, scope: now.scope };
    changes::happen(inner, scope, subject, what).await?;
    Ok(())
}

/// Takes premises out of an exclusion: what is left of them. The clocks ask only whether it is for the whole scheme.
///
/// # Errors
/// [`StoreError::Refused`] where it is not in force, nothing would be left, or it would be from where it is not now.
pub(crate) async fn narrow(
    inner: &mut Inner,
    scope: &OrgScope,
    exclusion: ExclusionId,
    left: &[MemberId],
) -> Result<(), StoreError> {
    let left = left.iter().copied().collect::<BTreeSet<_>>();
    let (subject, now) = in_force_of(inner, scope, exclusion).await?;
    if left.is_empty() {
        return Err(StoreError::RefusedAt(
            "premises",
            "Choose from where they stay excluded, or lift it.".into(),
        ));
    }
    if left.iter().any(|member| !now.reaches(Some(*member))) {
        return Err(StoreError::RefusedAt(
            "premises",
            "An exclusion can be narrowed, and not widened.".into(),
        ));
    }
    if now.scope == Scope::Some && now.premises.len() == left.len() {
        return Err(StoreError::RefusedAt("premises", "Nothing would change by that.".into()));
    }
    known_members(inner, scope, &left.iter().copied().collect::<Vec<_>>()).await?;
    inner.exec(sql!("DELETE FROM exclusion_premises WHERE exclusion_id = $1"), args![exclusion]).await?;
    for member in left {
        let text = sql!("INSERT INTO exclusion_premises (exclusion_id, member_id) VALUES ($1, $2)");
        inner.exec(text, args![exclusion, member]).await?;
    }
    if now.scope == Scope::Scheme {
        if clock(inner, scope, subject).await?.stage != Stage::Circulating {
            return Err(StoreError::refused(
                "This person is not shown to members any more, so the exclusion can be lifted and not narrowed.",
            ));
        }
        let text = sql!("UPDATE exclusions SET scope = 'some' WHERE id = $1");
        inner.exec(text, args![exclusion]).await?;
        let what = Recorded::Excluded { exclusion, ends: now.ends_on, scope: Scope::Some };
        changes::happen(inner, scope, subject, what).await?;
    }
    inner.touched(subject.0);
    Ok(())
}

/// Ends an exclusion today; the subject must be locked.
///
/// # Errors
/// [`StoreError::Refused`] where it is not in force.
pub(crate) async fn lift(
    inner: &mut Inner,
    scope: &OrgScope,
    exclusion: ExclusionId,
) -> Result<(), StoreError> {
    let (subject, _) = in_force_of(inner, scope, exclusion).await?;
    changes::happen(inner, scope, subject, Recorded::ExclusionLifted { exclusion }).await?;
    Ok(())
}

/// Writes down what was changed of an exclusion, and why, for its record and its letters.
pub(crate) async fn note(
    inner: &mut Inner,
    exclusion: ExclusionId,
    change: Variation,
) -> Result<(), StoreError> {
    let text = sql!("SELECT subject_id, sealed FROM exclusions WHERE id = $1");
    let Some(row) = inner.opt(text, args![exclusion]).await? else { return Ok(()) };
    let subject: SubjectId = row.id("subject_id")?;
    // What was just ended may have ended the subject as well.
    let Some(key) = inner.key_if_any(subject.0).await? else { return Ok(()) };
    let mut terms: Terms = keys::open(&key, "exclusions", "sealed", exclusion.0, &row.bytes("sealed")?)?;
    terms.changes.push(change);
    let sealed = inner.seal(&key, "exclusions", "sealed", exclusion.0, &terms)?;
    inner.exec(sql!("UPDATE exclusions SET sealed = $2 WHERE id = $1"), args![exclusion, sealed]).await?;
    Ok(())
}

/// Premises that are meant must be this scheme's.
pub(crate) async fn known_members(
    inner: &mut Inner,
    scope: &OrgScope,
    members: &[MemberId],
) -> Result<(), StoreError> {
    for member in members {
        let text = sql!("SELECT id FROM members WHERE id = $1 AND org_id = $2 AND state = 'active'");
        if inner.opt(text, args![*member, scope.org]).await?.is_none() {
            return Err(StoreError::RefusedAt("premises", "Choose members of this scheme.".into()));
        }
    }
    Ok(())
}

/// How an exclusion is changed.
#[derive(Clone, Debug)]
pub struct Change {
    /// The first day on which it is over, where that is sooner than before.
    pub ends_on: Option<Date>,
    /// From whose premises they stay excluded, where not from all that were meant.
    pub premises: Option<Vec<MemberId>>,
}

/// The exclusion that is in force of the subject that was allowed.
async fn current(
    inner: &mut Inner,
    scope: &OrgScope,
    OneSubject(subject): OneSubject,
) -> Result<InForce, StoreError> {
    let now = in_force(inner, scope, subject).await?;
    now.ok_or_else(|| StoreError::refused("No exclusion is in force of this person."))
}

/// Shortens the exclusion that is in force, or takes premises out of it.
///
/// # Errors
/// [`StoreError::Refused`] in words where it cannot be done.
pub async fn vary(tx: &mut Tx<VaryExclusion>, change: &Change, reason: &str) -> Result<(), StoreError> {
    let (target, scope) = (*tx.permit.target(), tx.permit.facts().scope.clone());
    let now = current(&mut tx.inner, &scope, target).await?;
    let mut what = Vec::new();
    if let Some(left) = &change.premises {
        narrow(&mut tx.inner, &scope, now.id, left).await?;
        what.push("narrowed to fewer premises".to_owned());
    }
    if let Some(ends_on) = change.ends_on {
        change_end(&mut tx.inner, &scope, now.id, ends_on).await?;
        what.push(format!("shortened: over on {}", ends_on.strftime("%-d %B %Y")));
    }
    if what.is_empty() {
        return Err(StoreError::refused("Choose an earlier end, or fewer premises."));
    }
    let change = Variation { on: scope.today, what: what.join(", "), reason: reason.to_owned() };
    note(&mut tx.inner, now.id, change).await?;
    tx.because(target.0.0, reason);
    tx.saw([now.id.0]);
    Ok(())
}

/// Lifts the exclusion that is in force, with the reason; the stage that holds afterwards.
///
/// # Errors
/// [`StoreError::Refused`] where none is in force.
pub async fn end(tx: &mut Tx<LiftExclusion>, reason: &str) -> Result<(), StoreError> {
    let (target, scope) = (*tx.permit.target(), tx.permit.facts().scope.clone());
    let now = current(&mut tx.inner, &scope, target).await?;
    let change = Variation { on: scope.today, what: "lifted".to_owned(), reason: reason.to_owned() };
    note(&mut tx.inner, now.id, change).await?;
    lift(&mut tx.inner, &scope, now.id).await?;
    if tx.inner.key_if_any(target.0.0).await?.is_some() {
        tx.because(target.0.0, reason);
    }
    tx.saw([now.id.0]);
    Ok(())
}

/// Destroys what belongs to somebody who goes.
pub(crate) async fn destroy(inner: &mut Inner, subject: SubjectId) -> Result<(), StoreError> {
    let of_exclusions = sql!(
        "DELETE FROM exclusion_premises WHERE exclusion_id IN (SELECT e.id FROM exclusions e WHERE e.subject_id = $1)"
    );
    inner.exec(of_exclusions, args![subject]).await?;
    inner.exec(sql!("DELETE FROM exclusions WHERE subject_id = $1"), args![subject]).await?;
    let text = sql!("SELECT id FROM proposals WHERE subject_id = $1");
    for row in inner.rows(text, args![subject]).await? {
        proposals::destroy(inner, row.id("id")?).await?;
    }
    inner.exec(sql!("DELETE FROM given_evidence WHERE subject_id = $1"), args![subject]).await?;
    appeals::destroy(inner, subject).await
}
