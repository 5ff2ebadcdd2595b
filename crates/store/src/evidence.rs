//! Evidence: rows here, sealed bytes in the blob folder. Its report's key seals it, so it goes with the report (VIS-3).
use crate::{
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents::drafts,
    keys,
};
use fairwatch_core::{
    evidence::{
        AddEvidence, AttachEvidence, Evidence, MOST_FILES, OneEvidence, PrepareAttached, PrepareEvidence,
        RELEASED_FOR, ReleaseEvidence, RemoveEvidence, ShareEvidence, TakeBackEvidence,
    },
    gate::{Action, Hidden},
    ids::{AccountId, DraftId, EvidenceId, IncidentId, OrgId, ReportId},
    policy::Viewer,
};
use fairwatch_vault::{DataKey, Place};
use jiff::{Span, Timestamp, civil::Date};
use uuid::Uuid;

mod custody;
mod pages;
pub(crate) use custody::note;
pub use custody::{Entry, custody};
pub use pages::{Listed, all, of_subject};

/// A piece of evidence as it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEvidence {
    /// The evidence.
    pub id: EvidenceId,
    /// Who uploaded it.
    pub added_by: AccountId,
    /// When.
    pub added_at: Timestamp,
    /// Whether the controller has let those see it whom the policy names.
    pub shared: bool,
    /// What is held of it.
    pub evidence: Evidence,
}

/// Evidence that may be looked at: its file and the key that opens it.
pub struct Opened {
    /// What is held of it.
    pub held: HeldEvidence,
    /// The name of its file.
    pub file: String,
    /// The key of its owner.
    pub key: DataKey,
    /// The report that it belongs to; none while it is in a draft.
    pub report: Option<ReportId>,
    /// The number of that report.
    pub number: Option<i64>,
    /// The incident that the report was approved into.
    pub incident: Option<IncidentId>,
    /// The first day on which a release to the board no longer holds, where there is one.
    pub released_until: Option<Date>,
}

/// The place to which the bytes of evidence are bound.
#[must_use]
pub fn place(evidence: EvidenceId) -> Place<'static> {
    Place { table: "evidence", column: "file", row: evidence.0 }
}

fn read(row: &Row, key: &DataKey) -> Result<HeldEvidence, StoreError> {
    let id: EvidenceId = row.id("id")?;
    Ok(HeldEvidence {
        id,
        added_by: row.id("added_by")?,
        added_at: row.instant("added_at")?,
        shared: row.opt_int("shared_at")?.is_some(),
        evidence: keys::open(key, "evidence", "sealed", id.0, &row.bytes("sealed")?)?,
    })
}

/// The evidence of a draft or a report, in order.
pub(crate) async fn of(inner: &mut Inner, owner: Uuid) -> Result<Vec<HeldEvidence>, StoreError> {
    let text = sql!(
        "SELECT id, added_by, added_at, shared_at, sealed FROM evidence WHERE owner_id = $1 ORDER BY position, id"
    );
    let rows = inner.rows(text, args![owner]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = inner.key(owner).await?;
    rows.iter().map(|row| read(row, &key)).collect()
}

/// The evidence that was allowed. Unless it is a piece of a look that is recorded already, its chain of custody gets
/// an entry with this transaction's.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open<A: Action<Target = OneEvidence>>(tx: &mut Tx<A>) -> Result<Opened, StoreError> {
    let OneEvidence(id) = *tx.permit.target();
    tx.inner.custody.push(id.0);
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT e.id, e.owner_id, e.owner_kind, e.added_by, e.added_at, e.shared_at, e.file, e.sealed, r.number, \
         r.incident_id FROM evidence e LEFT JOIN reports r ON r.id = e.owner_id WHERE e.id = $1"
    );
    // It may have gone since it was allowed.
    let row = inner.opt(text, args![id]).await?.ok_or(Hidden)?;
    let owner: Uuid = row.id("owner_id")?;
    let key = inner.key(owner).await?;
    let number = row.opt_int("number")?;
    let until =
        sql!("SELECT MAX(ends_on) AS until FROM evidence_releases WHERE evidence_id = $1 AND ends_on > $2");
    let today = inner.ctx.today();
    let released_until = inner.one(until, args![id, today]).await?.opt_date("until")?;
    Ok(Opened {
        held: read(&row, &key)?,
        file: row.text("file")?,
        key,
        report: number.map(|_| ReportId(owner)),
        number,
        incident: row.opt_id("incident_id")?,
        released_until,
    })
}

/// The key of the draft to which evidence will be added.
///
/// # Errors
/// [`StoreError::Refused`] where there are as many files as a report can carry.
pub async fn room(tx: &mut Tx<PrepareEvidence>, form: &str) -> Result<(DraftId, DataKey), StoreError> {
    let draft = drafts::ensured(tx, form).await?;
    refuse_if_full(&mut tx.inner, draft.0).await?;
    let key = tx.inner.key(draft.0).await?;
    Ok((draft, key))
}

/// The key of the report that was allowed, to which evidence will be added.
///
/// # Errors
/// As [`room`].
pub async fn room_in_report(tx: &mut Tx<PrepareAttached>) -> Result<DataKey, StoreError> {
    let report = tx.permit.target().0;
    refuse_if_full(&mut tx.inner, report.0).await?;
    tx.inner.key(report.0).await
}

async fn refuse_if_full(inner: &mut Inner, owner: Uuid) -> Result<(), StoreError> {
    let count = sql!("SELECT COUNT(*) AS n FROM evidence WHERE owner_id = $1");
    if inner.one(count, args![owner]).await?.int("n")? >= MOST_FILES {
        return Err(StoreError::refused(format!("A report can carry {MOST_FILES} files of evidence.")));
    }
    Ok(())
}

/// A file that was written and flushed before the row that names it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The evidence.
    pub id: EvidenceId,
    /// The name of its file.
    pub file: String,
    /// What is held of it.
    pub evidence: Evidence,
}

async fn insert(
    inner: &mut Inner,
    org: OrgId,
    owner: Uuid,
    owner_kind: &'static str,
    by: AccountId,
    new: &Written,
) -> Result<(), StoreError> {
    refuse_if_full(inner, owner).await?;
    let after = sql!("SELECT COALESCE(MAX(position), 0) AS n FROM evidence WHERE owner_id = $1");
    let position = inner.one(after, args![owner]).await?.int("n")? + 1;
    let key = inner.key(owner).await?;
    let sealed = inner.seal(&key, "evidence", "sealed", new.id.0, &new.evidence)?;
    let text = sql!(
        "INSERT INTO evidence (id, org_id, owner_id, owner_kind, position, added_by, added_at, shared_at, file, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, $9)"
    );
    let now = inner.ctx.now();
    let values = args![new.id, org, owner, owner_kind, position, by, now, new.file.as_str(), sealed];
    inner.exec(text, values).await?;
    inner.seen.push(new.id.0);
    inner.custody.push(new.id.0);
    Ok(())
}

/// Records evidence in a draft. Since [`room`] was found, the draft may have been filled, sent or thrown away; then
/// the file is collected as that of an upload that was never committed.
///
/// # Errors
/// [`StoreError::Refused`] where the draft is full or no longer there.
pub async fn add(tx: &mut Tx<AddEvidence>, draft: DraftId, new: &Written) -> Result<(), StoreError> {
    let by = account(tx)?;
    let org = tx.permit.target().0;
    let text =
        sql!("SELECT id FROM drafts WHERE id = $1 AND account_id = $2 AND org_id = $3 AND expires_at > $4");
    let values = args![draft, by, org, tx.inner.ctx.real_now()];
    if tx.inner.db.opt_locked(text, values, Lock::Update).await?.is_none() {
        return Err(StoreError::refused(
            "The report was sent or thrown away before the file had arrived. Add the file to the report under My reports.",
        ));
    }
    insert(&mut tx.inner, org, draft.0, "draft", by, new).await
}

/// Records evidence in the report that was allowed.
///
/// # Errors
/// [`StoreError::Refused`] where the report is full.
pub async fn attach(tx: &mut Tx<AttachEvidence>, new: &Written) -> Result<(), StoreError> {
    let by = account(tx)?;
    let (report, org) = (tx.permit.target().0, tx.permit.facts().scope.org);
    insert(&mut tx.inner, org, report.0, "report", by, new).await
}

fn account<A: Action>(tx: &Tx<A>) -> Result<AccountId, StoreError> {
    tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))
}

/// Takes uploaded evidence out of one's own draft.
///
/// # Errors
/// The engine's.
pub async fn take_back(
    tx: &mut Tx<TakeBackEvidence>,
    form: &str,
    evidence: EvidenceId,
) -> Result<(), StoreError> {
    let Some(draft) = drafts::own(tx, form).await? else { return Ok(()) };
    let theirs = sql!("SELECT id FROM evidence WHERE id = $1 AND owner_id = $2");
    if tx.inner.opt(theirs, args![evidence, draft]).await?.is_some() {
        destroy(&mut tx.inner, evidence).await?;
        tx.saw([evidence.0]);
    }
    Ok(())
}

/// Lets those see it whom the policy names, or ends that.
///
/// # Errors
/// The engine's.
pub async fn share(tx: &mut Tx<ShareEvidence>, is_shared: bool) -> Result<(), StoreError> {
    let OneEvidence(id) = *tx.permit.target();
    let at = is_shared.then(|| tx.inner.ctx.now().as_microsecond());
    tx.inner.exec(sql!("UPDATE evidence SET shared_at = $2 WHERE id = $1"), args![id, at]).await?;
    tx.inner.custody.push(id.0);
    Ok(())
}

/// Releases it to the board, for the reason given (VIS-3).
///
/// # Errors
/// The engine's.
pub async fn release(tx: &mut Tx<ReleaseEvidence>, reason: &str) -> Result<(), StoreError> {
    let OneEvidence(id) = *tx.permit.target();
    let inner = &mut tx.inner;
    let ends_on = inner.ctx.today().saturating_add(Span::new().days(RELEASED_FOR));
    let row: Uuid = inner.ctx.new_id();
    let text = sql!(
        "INSERT INTO evidence_releases (id, evidence_id, viewer, ends_on, released_at) VALUES ($1, $2, 'board', $3, $4)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![row, id, ends_on, now]).await?;
    inner.custody.push(id.0);
    let owner = owner(inner, id).await?;
    tx.because(owner, reason);
    Ok(())
}

/// To whom evidence is released today.
pub(crate) async fn released(inner: &mut Inner, id: EvidenceId) -> Result<Vec<Viewer>, StoreError> {
    let text = sql!("SELECT viewer FROM evidence_releases WHERE evidence_id = $1 AND ends_on > $2");
    let today = inner.ctx.today();
    let rows = inner.rows(text, args![id, today]).await?;
    let known = rows.iter().map(|row| row.text("viewer")).collect::<Result<Vec<_>, _>>()?;
    Ok(known.iter().filter(|viewer| *viewer == "board").map(|_| Viewer::Board).collect())
}

async fn owner(inner: &mut Inner, id: EvidenceId) -> Result<Uuid, StoreError> {
    let row = inner.opt(sql!("SELECT owner_id FROM evidence WHERE id = $1"), args![id]).await?;
    row.ok_or(Hidden)?.id("owner_id")
}

/// Destroys it before its report; the reason stays with the report.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx<RemoveEvidence>, reason: &str) -> Result<(), StoreError> {
    let OneEvidence(id) = *tx.permit.target();
    let owner = owner(&mut tx.inner, id).await?;
    destroy(&mut tx.inner, id).await?;
    tx.because(owner, reason);
    Ok(())
}

/// Destroys evidence: its row now, its file by the job that the row in `blob_removals` asks for (RET-9). What the audit
/// chain says of it are ids.
async fn destroy(inner: &mut Inner, id: EvidenceId) -> Result<(), StoreError> {
    let Some(row) = inner.opt(sql!("SELECT file FROM evidence WHERE id = $1"), args![id]).await? else {
        return Ok(());
    };
    let now = inner.ctx.real_now();
    let queue = sql!("INSERT INTO blob_removals (name, queued_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    inner.exec(queue, args![row.text("file")?, now]).await?;
    inner.exec(sql!("DELETE FROM evidence_releases WHERE evidence_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM evidence_custody WHERE evidence_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM evidence WHERE id = $1"), args![id]).await?;
    Ok(())
}

/// Destroys all evidence of a draft or a report; whether there was any. The owner is locked before: who looks at
/// evidence holds its report first, too.
pub(crate) async fn destroy_all(inner: &mut Inner, owner: Uuid) -> Result<bool, StoreError> {
    let rows =
        inner.rows(sql!("SELECT id FROM evidence WHERE owner_id = $1 ORDER BY id"), args![owner]).await?;
    for row in &rows {
        destroy(inner, row.id("id")?).await?;
    }
    Ok(!rows.is_empty())
}

/// Destroys all evidence of an incident of which somebody is gone. Nobody said of a clip whom it shows, so it may show
/// them (INC-9).
pub(crate) async fn drop_of_incident(inner: &mut Inner, incident: IncidentId) -> Result<(), StoreError> {
    let of = sql!("SELECT id FROM reports WHERE incident_id = $1 ORDER BY id");
    for row in inner.rows(of, args![incident]).await? {
        destroy_all(inner, row.id("id")?).await?;
    }
    Ok(())
}

/// Destroys evidence that nobody can open any more, since the key of its owner is gone.
pub(crate) async fn destroy_lost(inner: &mut Inner) -> Result<(), StoreError> {
    let lost = sql!(
        "SELECT e.id FROM evidence e WHERE NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.owner_id = e.owner_id) ORDER BY e.id"
    );
    for row in inner.rows(lost, args![]).await? {
        destroy(inner, row.id("id")?).await?;
    }
    Ok(())
}
