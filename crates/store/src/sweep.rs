//! What is due, and its end: subject by subject, each in a transaction of its own, so that a sweep that is killed
//! goes on where it was (RET-11).
use crate::{
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    incidents, ledger, pictures, policies,
    subjects::{self, settle},
};
use fairwatch_core::{
    clocks::Stage,
    gate::Ctx,
    ids::{OrgId, PictureId, SubjectId, SweepId},
    policy::changing::Other,
    scope::{Scope, ends},
    subjects::{OneSubject, PlanSweep, Profile, SweepInstallation, SweepScheme, SweepSubject},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// A subject for which the sweep has something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The subject.
    pub subject: SubjectId,
    /// Its reference.
    pub reference: String,
    /// The stage that the index says.
    pub from: String,
    /// The stage that holds today.
    pub to: String,
    /// The rule that set the day.
    pub rule: Option<String>,
    /// A report that waits names it, so deletion is put off for a few days.
    pub put_off: bool,
}

/// What is due in one scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Subjects whose stage changes, or who have a picture past its end.
    pub subjects: Vec<Due>,
    /// Everybody that the scheme holds today, by which the share that goes is judged.
    pub held: u64,
    /// What else would be destroyed, of how much of its kind.
    pub others: Vec<Loss>,
}

/// How much of one kind of record would be destroyed in a run, and how much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// The kind.
    pub kind: Other,
    /// How much of it is due.
    pub due: u64,
    /// How much there is.
    pub of: u64,
}

impl Plan {
    /// How many subjects would be destroyed.
    #[must_use]
    pub fn deletions(&self) -> usize {
        self.subjects.iter().filter(|due| due.to == Stage::Deleted.as_str() && !due.put_off).count()
    }

    /// How much of one kind of other record would be.
    #[must_use]
    pub fn due(&self, kind: Other) -> u64 {
        self.others.iter().filter(|loss| loss.kind == kind).map(|loss| loss.due).sum()
    }

    /// How many records would be destroyed, subjects and others: what a sweep that stops asks for.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.deletions() as u64 + self.others.iter().map(|loss| loss.due).sum::<u64>()
    }
}

/// What is due today, in words of ids and dates (RET-11).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn plan(tx: &mut Tx<PlanSweep>) -> Result<Plan, StoreError> {
    let scope = tx.permit.facts().clone();
    let plan = due(&mut tx.inner, &scope).await?;
    tx.saw(plan.subjects.iter().map(|due| due.subject.0).collect::<Vec<_>>());
    Ok(plan)
}

/// What is due in a scheme today.
pub(crate) async fn due(inner: &mut Inner, scope: &Scope) -> Result<Plan, StoreError> {
    let text = sql!(
        "SELECT id, number, stage, sealed FROM subjects WHERE org_id = $1 AND next_on <= $2 \
         AND stage <> 'unsettled' ORDER BY next_on, number"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    let mut plan = Plan::default();
    let mut pictures = 0;
    for row in rows {
        let subject: SubjectId = row.id("id")?;
        let (profile, ledger) = ledger::load(inner, subject, &row.bytes("sealed")?).await?;
        let life = ledger.life(scope, scope.today);
        let due = Due {
            subject,
            reference: scope.reference(row.int("number")?),
            from: row.text("stage")?,
            to: life.stage.as_str().to_owned(),
            rule: life.rule.map(|rule| rule.as_str().to_owned()),
            put_off: life.stage == Stage::Deleted && is_waited_for(inner, scope, subject).await?,
        };
        if life.stage != Stage::Deleted {
            pictures += old_pictures(inner, scope, subject, &profile, &life).await?.len() as u64;
        }
        plan.subjects.push(due);
    }
    let count =
        |row: &crate::dialect::Row, column| Ok::<_, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
    for (kind, text) in others() {
        let row = inner.one(text, args![scope.org, scope.today]).await?;
        let due = if kind == Other::Pictures { pictures } else { count(&row, "due")? };
        plan.others.push(Loss { kind, due, of: count(&row, "held")? });
    }
    let text = sql!("SELECT COUNT(*) AS n FROM subjects WHERE org_id = $1");
    plan.held = count(&inner.one(text, args![scope.org]).await?, "n")?;
    Ok(plan)
}

/// How much of each kind there is, and how much of it is past its end. Which pictures are, the ledgers say.
fn others() -> [(Other, &'static str); 11] {
    [
        (
            Other::Incidents,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN delete_on <= $2 THEN 1 END) AS due FROM incidents WHERE org_id = $1"
            ),
        ),
        (
            Other::Pictures,
            sql!(
                "SELECT COUNT(CASE WHEN added_on <= $2 THEN 1 END) AS held FROM pictures WHERE org_id = $1 AND owner_kind = 'subject'"
            ),
        ),
        (
            Other::Reports,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN erase_on <= $2 THEN 1 END) AS due FROM reports WHERE org_id = $1 AND erase_on IS NOT NULL"
            ),
        ),
        (
            Other::Tips,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN erase_on <= $2 THEN 1 END) AS due FROM intelligence WHERE org_id = $1 AND erase_on IS NOT NULL"
            ),
        ),
        (
            Other::Letters,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN ends_on <= $2 THEN 1 END) AS due FROM letters WHERE org_id = $1"
            ),
        ),
        (
            Other::Service,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN a.ends_on <= $2 THEN 1 END) AS due FROM service_attempts a \
                 JOIN letters l ON l.id = a.letter_id WHERE l.org_id = $1"
            ),
        ),
        (
            Other::Enquiries,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN erase_on <= $2 THEN 1 END) AS due FROM enquiries WHERE org_id = $1"
            ),
        ),
        (
            Other::Applications,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN erase_on <= $2 THEN 1 END) AS due FROM applications WHERE org_id = $1"
            ),
        ),
        (
            Other::Requests,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN erase_on <= $2 THEN 1 END) AS due FROM requests WHERE org_id = $1"
            ),
        ),
        (
            Other::Breaches,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN erase_on <= $2 THEN 1 END) AS due FROM breaches WHERE org_id = $1"
            ),
        ),
        (
            Other::Stubs,
            sql!(
                "SELECT COUNT(*) AS held, COUNT(CASE WHEN ends_on <= $2 THEN 1 END) AS due FROM stubs WHERE org_id = $1"
            ),
        ),
    ]
}

/// Whether a report that waits for review names the subject, and is recent enough to put its deletion off
/// (`retention.md`, rule 11). It is hidden all the same.
async fn is_waited_for(inner: &mut Inner, scope: &Scope, subject: SubjectId) -> Result<bool, StoreError> {
    let text = sql!(
        "SELECT r.submitted_on FROM people p JOIN reports r ON r.id = p.report_id \
         WHERE p.proposed_id = $1 AND r.state = 'waiting' ORDER BY r.submitted_on DESC LIMIT 1"
    );
    let Some(row) = inner.opt(text, args![subject]).await? else { return Ok(false) };
    let last = ends(row.date("submitted_on")?, scope.policy.keep.review_delay.length);
    Ok(scope.today < last)
}

/// Does what is due for one subject: withdraws, freezes, or destroys it, and drops pictures past their end. Doing
/// it twice is doing it once.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn subject(tx: &mut Tx<SweepSubject>) -> Result<Stage, StoreError> {
    let OneSubject(id) = *tx.permit.target();
    let facts = tx.permit.facts();
    let (scope, stage) = (facts.scope.clone(), facts.stage);
    if stage == Stage::Deleted && is_waited_for(&mut tx.inner, &scope, id).await? {
        return Ok(Stage::Held);
    }
    if stage != Stage::Deleted {
        drop_old_pictures(&mut tx.inner, &scope, id).await?;
    }
    settle(&mut tx.inner, &scope, id).await
}

/// Destroys the pictures of a person who was not named in time (RET-6).
pub(crate) async fn drop_old_pictures(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
) -> Result<(), StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (profile, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let life = ledger.life(scope, scope.today);
    for (picture, source) in old_pictures(inner, scope, id, &profile, &life).await? {
        // The report's original shows the same unidentified person.
        if let Some(source) = source {
            pictures::destroy(inner, source).await?;
        }
        pictures::destroy(inner, picture).await?;
    }
    Ok(())
}

/// The pictures of a person who was not named in time, each with the report's of which it is a copy.
async fn old_pictures(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    profile: &Profile,
    life: &ledger::Life,
) -> Result<Vec<(PictureId, Option<PictureId>)>, StoreError> {
    let mut old = Vec::new();
    let of = sql!("SELECT id, source_id, added_on FROM pictures WHERE owner_id = $1");
    for row in inner.rows(of, args![id]).await? {
        let end = subjects::picture_ends(scope, profile, life, row.date("added_on")?);
        if end.is_some_and(|end| end <= scope.today) {
            old.push((row.id("id")?, row.opt_id("source_id")?));
        }
    }
    Ok(old)
}

/// What a sweep of a scheme's other records did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// Incidents destroyed.
    pub incidents: u64,
    /// Rejected reports erased.
    pub reports: u64,
    /// Records of deleted profiles that ended.
    pub stubs: u64,
}

/// Destroys what is due in a scheme and belongs to no subject (INC-8, RET-7, RET-15).
///
/// # Errors
/// The engine's.
pub async fn scheme(tx: &mut Tx<SweepScheme>) -> Result<Rest, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    if policies::applying::is_behind(inner, &scope).await? {
        return Err(StoreError::refused("Another policy has just come into force. Sweep again in a moment."));
    }
    policies::changes::forget_old(inner, &scope).await?;
    let due = || args![scope.org, scope.today];
    let old = inner
        .rows(sql!("SELECT id FROM incidents WHERE org_id = $1 AND delete_on <= $2 ORDER BY id"), due())
        .await?;
    for row in &old {
        incidents::destroy(inner, row.id("id")?).await?;
    }
    let rejected =
        inner.rows(sql!("SELECT id FROM reports WHERE org_id = $1 AND erase_on <= $2"), due()).await?;
    for row in &rejected {
        incidents::destroy_report(inner, row.id("id")?).await?;
    }
    let tips = sql!("DELETE FROM intelligence WHERE org_id = $1 AND erase_on <= $2");
    inner.exec(tips, due()).await?;
    let picks = sql!(
        "DELETE FROM picks WHERE ends_on <= $2 AND subject_id IN (SELECT s.id FROM subjects s WHERE s.org_id = $1)"
    );
    inner.exec(picks, due()).await?;
    crate::enquiries::destroy_due(inner, scope.org, scope.today).await?;
    crate::joining::destroy_due(inner, scope.org, scope.today).await?;
    crate::requests::destroy_due(inner, scope.org, scope.today).await?;
    crate::breaches::destroy_due(inner, scope.org, scope.today).await?;
    crate::governing::forget_old(inner, &scope).await?;
    crate::certifications::forget_old(inner, &scope).await?;
    crate::registers::forget_old(inner, &scope).await?;
    crate::old_data::forget_old(inner, &scope).await?;
    crate::duties::forget_old(inner, &scope).await?;
    crate::conduct::forget_old(inner, &scope).await?;
    crate::importing::forget_old(inner, &scope).await?;
    crate::news::forget_old(inner, &scope).await?;
    crate::meetings::forget_old(inner, &scope).await?;
    crate::exporting::forget_old(inner, &scope).await?;
    // Whoever decides an appeal locks the proposal first.
    crate::exclusions::proposals::sweep(inner, &scope).await?;
    crate::exclusions::appeals::sweep(inner, &scope).await?;
    crate::letters::sweep(inner, scope.org, scope.today).await?;
    let stubs = inner.exec(sql!("DELETE FROM stubs WHERE org_id = $1 AND ends_on <= $2"), due()).await?;
    Ok(Rest { incidents: old.len() as u64, reports: rejected.len() as u64, stubs })
}

/// Destroys what is due and belongs to no scheme: drafts and old runs (RET-15). Sessions, links and attempts are
/// [`crate::accounts::forget`]'s.
///
/// # Errors
/// The engine's.
pub async fn installation(tx: &mut Tx<SweepInstallation>) -> Result<u64, StoreError> {
    let inner = &mut tx.inner;
    let drafts = incidents::reporting::expire_drafts(inner).await?;
    pictures::destroy_lost(inner).await?;
    crate::evidence::destroy_lost(inner).await?;
    let old =
        inner.ctx.real_now().checked_sub(SignedDuration::from_hours(24 * 731)).unwrap_or(Timestamp::MIN);
    let runs = sql!("DELETE FROM sweep_runs WHERE started_at <= $1");
    inner.exec(runs, args![old]).await?;
    Ok(drafts)
}

/// A run of the sweep.
#[derive(Clone, Debug)]
pub struct Run {
    /// The run.
    pub id: SweepId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if it did.
    pub finished_at: Option<Timestamp>,
    /// `running`, `finished` or `stopped`.
    pub state: String,
    /// Its report as JSON: counts and ids.
    pub report: String,
}

/// Begins a run, if no other holds the lease (RET-11).
///
/// # Errors
/// [`StoreError::Refused`] while another process sweeps.
pub async fn begin(store: &Store, ctx: &Ctx) -> Result<SweepId, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let id: SweepId = ctx.new_id();
    let now = ctx.real_now();
    let until = now + LEASE;
    let take = sql!(
        "INSERT INTO leases (name, holder, ends_at) VALUES ('sweep', $1, $2) \
         ON CONFLICT (name) DO UPDATE SET holder = $1, ends_at = $2 WHERE leases.ends_at <= $3"
    );
    if inner.exec(take, args![id, until, now]).await? == 0 {
        return Err(StoreError::refused(
            "Another process is sweeping this database. Try again when it has finished.",
        ));
    }
    // A run that was killed never said so.
    inner.exec(sql!("UPDATE sweep_runs SET state = 'stopped' WHERE state = 'running'"), args![]).await?;
    let text =
        sql!("INSERT INTO sweep_runs (id, started_at, state, report) VALUES ($1, $2, 'running', '{}')");
    inner.exec(text, args![id, ctx.now()]).await?;
    inner.db.commit().await?;
    Ok(id)
}

/// For how long a sweep that says nothing keeps others away.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Says that a run is alive, and what it has done so far.
///
/// # Errors
/// [`StoreError::Refused`] where another process has taken the lease.
pub async fn progress(store: &Store, ctx: &Ctx, id: SweepId, report: &str) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let text = sql!("UPDATE leases SET ends_at = $2 WHERE name = 'sweep' AND holder = $1");
    if inner.exec(text, args![id, ctx.real_now() + LEASE]).await? == 0 {
        return Err(StoreError::refused("Another process took the sweep over."));
    }
    inner.exec(sql!("UPDATE sweep_runs SET report = $2 WHERE id = $1"), args![id, report]).await?;
    inner.db.commit().await
}

/// Ends a run.
///
/// # Errors
/// The engine's.
pub async fn finish(
    store: &Store,
    ctx: &Ctx,
    id: SweepId,
    finished: bool,
    report: &str,
) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let state = if finished { "finished" } else { "stopped" };
    let text = sql!("UPDATE sweep_runs SET state = $2, finished_at = $3, report = $4 WHERE id = $1");
    inner.exec(text, args![id, state, ctx.now(), report]).await?;
    inner.exec(sql!("DELETE FROM leases WHERE name = 'sweep' AND holder = $1"), args![id]).await?;
    inner.db.commit().await
}

/// The latest runs: counts and ids, no personal data.
///
/// # Errors
/// The engine's.
pub async fn runs(store: &Store, ctx: &Ctx, size: u32) -> Result<Vec<Run>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let rows =
        inner.rows(sql!("SELECT * FROM sweep_runs ORDER BY started_at DESC LIMIT $1"), args![size]).await?;
    rows.iter()
        .map(|row| {
            Ok(Run {
                id: row.id("id")?,
                started_at: row.instant("started_at")?,
                finished_at: row.opt_int("finished_at")?.and_then(|at| Timestamp::from_microsecond(at).ok()),
                state: row.text("state")?,
                report: row.text("report")?,
            })
        })
        .collect()
}

/// Overwrites what deleted rows left in the engine's own files (RET-9).
///
/// # Errors
/// The engine's.
pub async fn scrub(store: &Store) -> Result<(), StoreError> {
    store.pools.scrub().await
}

/// How far the database's clock is from this one, in seconds; nothing where it has none of its own.
///
/// # Errors
/// The engine's.
pub async fn clock_difference(store: &Store, ctx: &Ctx) -> Result<Option<i64>, StoreError> {
    store.pools.clock_difference(ctx.real_now()).await
}

/// The organisations to sweep.
///
/// # Errors
/// The engine's.
pub async fn schemes(store: &Store, ctx: &Ctx) -> Result<Vec<(OrgId, Date)>, StoreError> {
    Ok(crate::orgs::all(store, ctx).await?.into_iter().map(|scope| (scope.org, scope.today)).collect())
}
