//! The audit chains in the database (AUD-1, AUD-2).
//!
//! One chain for each organisation, and one, with the nil id, for what belongs to none. A chain's head is read
//! and advanced in the last statements before commit, never cached: the command line is another process, and
//! another server another one again.
use crate::{
    dialect::{Lock, Row, args, postgres_sql, sql, sqlite_sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts,
};
use fairwatch_core::{
    audit::{Entry, ExportAudit, ListAudit, ROOT, SignHeads, VerifyAudit},
    clocks::Stage,
    duties,
    gate::{Action, AuditClass, Caller, Facts as _, Permit, Target as _},
    ids::{ReportId, SubjectId},
    subjects::{PlanSweep, concerns_subjects},
};
use fairwatch_vault::{Place, commit};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The hash of an entry, given the hash of the one before it.
#[must_use]
pub fn link(before: &[u8; 32], entry: &Entry) -> [u8; 32] {
    fairwatch_vault::chain(before, &entry.bytes())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) async fn append<A: Action>(inner: &mut Inner, permit: &Permit<A>) -> Result<(), StoreError> {
    let chain = permit.facts().org().map_or(Uuid::nil(), |org| org.0);
    let mut about = permit.target().about();
    // What was changed beside the target may be the target.
    inner.seen.retain(|id| !about.contains(id));
    about.append(&mut inner.seen);
    let standing = permit.standing();
    let actor = match inner.ctx.caller() {
        Caller::Nobody => "nobody".to_owned(),
        Caller::User { account, .. } | Caller::Lapsed { account, .. } => account.to_string(),
        Caller::Job(name) => name.to_owned(),
        Caller::Console => "console".to_owned(),
    };
    let role = standing.role.map_or(String::new(), |role| role.name().to_owned());
    record(inner, chain, actor, role, A::NAME, A::CLASS, about).await
}

/// Appends an entry to a chain. The head's row is what serialises writers: it is the last that a transaction
/// takes, so nobody waits behind somebody's work.
pub(crate) async fn record(
    inner: &mut Inner,
    chain: Uuid,
    actor: String,
    role: String,
    action: &'static str,
    class: AuditClass,
    about: Vec<Uuid>,
) -> Result<(), StoreError> {
    let (position, before) = match inner.head.take().filter(|(of, ..)| *of == chain) {
        Some((_, position, hash)) => (position + 1, hash),
        None => locked_head(inner, chain).await?,
    };
    let mut commitment = None;
    if let Some((owner, reason)) = inner.reason.take() {
        let mut salt = [0; 16];
        inner.ctx.randomness().fill(&mut salt);
        commitment = Some(hex(&commit(&salt, &reason)));
        // Where the action destroyed the owner, the reason goes with it and the commitment alone is left.
        if let Some(key) = inner.key_if_any(owner).await? {
            // The position stands in the place too, so that two reasons of one owner cannot be swapped.
            let place = Place { table: "audit_reasons", column: &position.to_string(), row: chain };
            let sealed = key
                .seal_json(place, &(salt, &reason), inner.ctx.randomness())
                .map_err(|_| StoreError::corrupt("a reason"))?;
            let keep =
                sql!("INSERT INTO audit_reasons (chain, position, owner_id, sealed) VALUES ($1, $2, $3, $4)");
            inner.exec(keep, args![chain, position, owner, sealed]).await?;
        }
    }
    let mut entry = Entry {
        chain,
        position: u64::try_from(position).map_err(|_| StoreError::corrupt("a position"))?,
        at: inner.ctx.now(),
        actor,
        role,
        action: action.to_owned(),
        class,
        about,
        request: inner.ctx.request().0,
        commitment,
        hash: String::new(),
    };
    // The database keeps microseconds; the hash must be of what can be read back.
    entry.at = Timestamp::from_microsecond(entry.at.as_microsecond()).unwrap_or(entry.at);
    let hash = link(&before, &entry);
    entry.hash = hex(&hash);
    // One way to the engine and back in place of two: this is under every look. SQLite takes two statements in one text,
    // PostgreSQL one that holds the other.
    let text = if inner.db.has_row_locks() {
        postgres_sql!(
            "WITH entry AS (INSERT INTO audit_entries (chain, position, at, actor, role, action, class, about, request, \
             commitment, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)) UPDATE audit_heads \
             SET position = $2, hash = $11, changed = COALESCE($12, changed), \
             moved = COALESCE($13, moved) WHERE chain = $1"
        )
    } else {
        sqlite_sql!(
            "INSERT INTO audit_entries (chain, position, at, actor, role, action, class, about, request, commitment, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11); \
             UPDATE audit_heads SET position = $2, hash = $11, changed = COALESCE($12, changed), \
             moved = COALESCE($13, moved) WHERE chain = $1"
        )
    };
    let about = entry.about.iter().flat_map(|id| *id.as_bytes()).collect::<Vec<u8>>();
    let commitment = entry.commitment.map(String::into_bytes);
    let changed = (class == AuditClass::Change && concerns_subjects(action)).then_some(position);
    let moved = (class == AuditClass::Change && duties::moves(action)).then_some(position);
    let values = args![
        chain,
        position,
        entry.at,
        entry.actor,
        entry.role,
        action,
        class.name(),
        about,
        entry.request,
        commitment,
        hash,
        changed,
        moved
    ];
    inner.exec(text, values).await?;
    crate::evidence::note(inner, position).await
}

/// The position of the next entry of a chain and the hash of the last, kept from everybody else until the commit.
async fn locked_head(inner: &mut Inner, chain: Uuid) -> Result<(i64, [u8; 32]), StoreError> {
    let text = sql!("SELECT position, hash FROM audit_heads WHERE chain = $1");
    let row = match inner.db.opt_locked(text, args![chain], Lock::Update).await? {
        Some(row) => row,
        None => {
            let begin = sql!(
                "INSERT INTO audit_heads (chain, position, changed, hash) VALUES ($1, 0, 0, $2) ON CONFLICT DO NOTHING"
            );
            inner.exec(begin, args![chain, ROOT]).await?;
            let row = inner.db.opt_locked(text, args![chain], Lock::Update).await?;
            row.ok_or_else(|| StoreError::corrupt("the head of a chain"))?
        }
    };
    Ok((row.int("position")? + 1, hash_of(row.bytes("hash")?)?))
}

fn hash_of(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::corrupt("the head of a chain"))
}

/// Keeps the head of a chain that was read in the statement that found out who asks, where nobody else can advance it
/// meanwhile: SQLite's writer has the database to itself.
pub(crate) fn remember_head(inner: &mut Inner, chain: Uuid, row: &Row) -> Result<(), StoreError> {
    if let Some(position) = row.opt_int("position")?.filter(|_| inner.db.is_alone())
        && let Some(hash) = row.opt_bytes("hash")?
    {
        inner.head = Some((chain, position, hash_of(hash)?));
    }
    Ok(())
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let about = row.bytes("about")?;
    Ok(Entry {
        chain: row.id("chain")?,
        position: u64::try_from(row.int("position")?).map_err(|_| StoreError::corrupt("a position"))?,
        at: row.instant("at")?,
        actor: row.text("actor")?,
        role: row.text("role")?,
        action: row.text("action")?,
        class: match row.text("class")?.as_str() {
            "look" => AuditClass::Look,
            "change" => AuditClass::Change,
            _ => AuditClass::Unrecorded,
        },
        about: about.chunks_exact(16).map(|id| Uuid::from_slice(id).unwrap_or_default()).collect(),
        request: row.id("request")?,
        commitment: row.opt_bytes("commitment")?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        hash: hex(&row.bytes("hash")?),
    })
}

/// Which entries of a chain are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Looks alone, or changes alone.
    pub class: Option<AuditClass>,
    /// From this instant on.
    pub from: Timestamp,
    /// Before this one.
    pub until: Timestamp,
    /// Of one account alone.
    pub actor: Option<Uuid>,
    /// Of one action alone.
    pub action: Option<&'static str>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { class: None, from: Timestamp::MIN, until: Timestamp::MAX, actor: None, action: None }
    }
}

/// A page of an organisation's chain, newest first, before a position.
///
/// # Errors
/// The engine's.
pub async fn page(
    tx: &mut Tx<ListAudit>,
    wanted: Wanted,
    before: Option<u64>,
    size: u32,
) -> Result<Vec<Entry>, StoreError> {
    let chain = tx.permit().target().0.0;
    let before = before.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX);
    let text = sql!(
        "SELECT * FROM audit_entries WHERE chain = $1 AND position < $2 AND ($4 = '' OR class = $4) \
         AND at >= $5 AND at < $6 AND ($7 = '' OR actor = $7) AND ($8 = '' OR action = $8) \
         ORDER BY position DESC LIMIT $3"
    );
    let class = wanted.class.map_or("", AuditClass::name);
    let actor = wanted.actor.map(|id| id.to_string()).unwrap_or_default();
    let action = wanted.action.unwrap_or_default();
    let values = args![chain, before, size, class, wanted.from, wanted.until, actor, action];
    let rows = tx.inner.rows(text, values).await?;
    rows.iter().map(entry).collect()
}

/// Entries of an organisation's own chain from a position on, oldest first, to verify them.
///
/// # Errors
/// The engine's.
pub async fn own_entries(tx: &mut Tx<VerifyAudit>, from: u64, size: u32) -> Result<Vec<Entry>, StoreError> {
    let chain = tx.permit().target().0.0;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let text =
        sql!("SELECT * FROM audit_entries WHERE chain = $1 AND position >= $2 ORDER BY position LIMIT $3");
    let rows = tx.inner.rows(text, args![chain, from, size]).await?;
    rows.iter().map(entry).collect()
}

/// The head of an organisation's own chain, if it has begun, and the heads of it that were signed.
///
/// # Errors
/// The engine's.
pub async fn own_head(tx: &mut Tx<VerifyAudit>) -> Result<(Option<Head>, Vec<Signed>), StoreError> {
    let chain = tx.permit().target().0.0;
    let text = sql!("SELECT chain, position, hash FROM audit_heads WHERE chain = $1");
    let found = tx.inner.opt(text, args![chain]).await?.as_ref().map(head).transpose()?;
    let text = sql!(
        "SELECT chain, position, hash, signature FROM audit_signatures WHERE chain = $1 ORDER BY position"
    );
    let rows = tx.inner.rows(text, args![chain]).await?;
    Ok((found, rows.iter().map(signed).collect::<Result<_, _>>()?))
}

fn signed(row: &Row) -> Result<Signed, StoreError> {
    let signature = row.bytes("signature")?.try_into().map_err(|_| StoreError::corrupt("a signature"))?;
    Ok((head(row)?, signature))
}

/// The head of a chain: its length, its last hash, and the newest signature over an earlier or the same head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The chain.
    pub chain: Uuid,
    /// The number of entries.
    pub position: u64,
    /// The hash of the last one.
    pub hash: [u8; 32],
}

impl Head {
    /// The bytes that are signed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"fairwatch audit head 1".to_vec();
        bytes.extend_from_slice(self.chain.as_bytes());
        bytes.extend_from_slice(&self.position.to_le_bytes());
        bytes.extend_from_slice(&self.hash);
        bytes
    }
}

fn head(row: &Row) -> Result<Head, StoreError> {
    Ok(Head {
        chain: row.id("chain")?,
        position: u64::try_from(row.int("position")?).map_err(|_| StoreError::corrupt("a position"))?,
        hash: row.bytes("hash")?.try_into().map_err(|_| StoreError::corrupt("a hash"))?,
    })
}

/// The heads of all chains, in a stable order.
///
/// # Errors
/// The engine's.
pub async fn heads<A>(tx: &mut Tx<A>) -> Result<Vec<Head>, StoreError>
where
    A: Action<Target = fairwatch_core::scope::Installation>,
{
    let rows =
        tx.inner.rows(sql!("SELECT chain, position, hash FROM audit_heads ORDER BY chain"), args![]).await?;
    rows.iter().map(head).collect()
}

/// The heads of all chains, each with the position of the last entry that is there: the same, unless somebody put
/// entries behind the head.
///
/// # Errors
/// The engine's.
pub async fn extents(tx: &mut Tx<ExportAudit>) -> Result<Vec<(Head, u64)>, StoreError> {
    // In one statement, so that an entry of a moment ago is in both or in neither.
    let text = sql!(
        "SELECT h.chain, h.position, h.hash, (SELECT MAX(e.position) FROM audit_entries e WHERE e.chain = h.chain) AS top \
         FROM audit_heads h ORDER BY h.chain"
    );
    let rows = tx.inner.rows(text, args![]).await?;
    rows.iter()
        .map(|row| Ok((head(row)?, u64::try_from(row.opt_int("top")?.unwrap_or(0)).unwrap_or(0))))
        .collect()
}

/// Entries of a chain from a position on, oldest first.
///
/// # Errors
/// The engine's.
pub async fn entries(
    tx: &mut Tx<ExportAudit>,
    chain: Uuid,
    from: u64,
    size: u32,
) -> Result<Vec<Entry>, StoreError> {
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let text =
        sql!("SELECT * FROM audit_entries WHERE chain = $1 AND position >= $2 ORDER BY position LIMIT $3");
    let rows = tx.inner.rows(text, args![chain, from, size]).await?;
    rows.iter().map(entry).collect()
}

/// A head that was signed, and its signature.
pub type Signed = (Head, [u8; 64]);

/// The signatures over heads of all chains.
///
/// # Errors
/// The engine's.
pub async fn signatures(tx: &mut Tx<ExportAudit>) -> Result<Vec<Signed>, StoreError> {
    let text = sql!("SELECT chain, position, hash, signature FROM audit_signatures ORDER BY chain, position");
    let rows = tx.inner.rows(text, args![]).await?;
    rows.iter().map(signed).collect()
}

/// Signs the heads of all chains with the key that lives outside the database: only that shows a cut tail or a
/// chain that was rewritten as a whole.
///
/// # Errors
/// The engine's.
pub async fn sign_heads(tx: &mut Tx<SignHeads>) -> Result<(), StoreError> {
    for head in heads(tx).await? {
        let signature = tx.inner.store.keys.sign(&head.bytes());
        let text = sql!(
            "INSERT INTO audit_signatures (chain, position, hash, signed_at, signature) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
        );
        let position = i64::try_from(head.position).map_err(|_| StoreError::corrupt("a position"))?;
        let now = tx.inner.ctx.real_now();
        tx.inner.exec(text, args![head.chain, position, head.hash, now, signature.to_vec()]).await?;
    }
    Ok(())
}

/// The newest instant in any chain, by which the sweep judges whether the clock has run away.
///
/// A look at what is due, and one at the chains, do not count: whoever is asked about the clock takes them before
/// they answer, and the sweep itself does, so the second try would find the clock right.
///
/// # Errors
/// The engine's.
pub async fn newest(
    store: &Store,
    ctx: &fairwatch_core::gate::Ctx,
) -> Result<Option<jiff::Timestamp>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT MAX(e.at) AS at FROM audit_heads h JOIN audit_entries e ON e.chain = h.chain AND e.position = \
         (SELECT MAX(p.position) FROM audit_entries p WHERE p.chain = h.chain AND p.action NOT IN ($1, $2))"
    );
    let row = inner.one(text, args![PlanSweep::NAME, ExportAudit::NAME]).await?;
    row.opt_int("at")?
        .map(|at| Timestamp::from_microsecond(at).map_err(|_| StoreError::corrupt("an instant")))
        .transpose()
}

/// The reasons behind entries of a page, by position, where their owners still live: of a person who has come to
/// their end, or whom a hold alone keeps, nothing is read here, whether or not the sweep has come by (RET-10, RET-11).
/// Whose they are is noted in the entry of the look.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn reasons(tx: &mut Tx<ListAudit>, from: u64, to: u64) -> Result<HashMap<u64, String>, StoreError> {
    let chain = tx.permit().target().0.0;
    let text = sql!(
        "SELECT position, owner_id, sealed FROM audit_reasons WHERE chain = $1 AND position >= $2 AND position <= $3"
    );
    let (from, to) = (i64::try_from(from).unwrap_or(i64::MAX), i64::try_from(to).unwrap_or(i64::MAX));
    let rows = tx.inner.rows(text, args![chain, from, to]).await?;
    let mut owners = rows.iter().map(|row| row.id("owner_id")).collect::<Result<Vec<Uuid>, _>>()?;
    // In one order, since reading them waits for whoever changes them.
    owners.sort_unstable();
    owners.dedup();
    let mut live = Vec::with_capacity(owners.len());
    for owner in owners {
        if is_live(&mut tx.inner, owner).await? {
            live.push(owner);
        }
    }
    let mut found = HashMap::new();
    let mut read = BTreeSet::new();
    for row in rows {
        let owner: Uuid = row.id("owner_id")?;
        if !live.contains(&owner) {
            continue;
        }
        if let Some(key) = tx.inner.key_if_any(owner).await? {
            let sealed = row.bytes("sealed")?;
            let position = row.int("position")?;
            let place = Place { table: "audit_reasons", column: &position.to_string(), row: chain };
            let (_, reason): ([u8; 16], String) = key.open_json(place, &sealed)?;
            found.insert(u64::try_from(row.int("position")?).unwrap_or(0), reason);
            read.insert(owner);
        }
    }
    tx.saw(read);
    Ok(found)
}

/// Whether what is sealed under an owner may be read: not of a person or a report past the end.
async fn is_live(inner: &mut Inner, owner: Uuid) -> Result<bool, StoreError> {
    let subject = sql!("SELECT id FROM subjects WHERE id = $1");
    if inner.opt(subject, args![owner]).await?.is_some() {
        let facts = facts::subject(inner, SubjectId(owner), None).await?;
        return Ok(facts
            .is_some_and(|facts| matches!(facts.stage, Stage::Pending | Stage::Circulating | Stage::Held)));
    }
    let report = sql!("SELECT id FROM reports WHERE id = $1");
    if inner.opt(report, args![owner]).await?.is_some() {
        return Ok(facts::report(inner, ReportId(owner), false).await?.is_some());
    }
    Ok(true)
}
