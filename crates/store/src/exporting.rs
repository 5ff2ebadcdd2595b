//! All of a scheme's data, read in parts (SEC-6): each part passes the door and leaves its entry, so that whoever is suspended in
//! the middle gets no more.
mod shielding;
mod tables;
pub use tables::{File, TABLES, Table};

use crate::{
    certifications,
    dialect::{Lock, Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts::Load,
    keys, leases, orgs,
};
use fairwatch_core::{
    exporting::{
        AskExport, Asked, DecideExport, ExportFacts, ExportState, FetchExport, FinishExport, ListExports,
        OneExport, ReadExport, WithdrawExport, closes_on, erased_on, fetch_until,
    },
    gate::Ctx,
    ids::{AccountId, ExportId, OrgId},
    scope::Scope,
};
use fairwatch_vault::{DataKey, Place};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

impl Load<OneExport> for ExportFacts {
    async fn load(inner: &mut Inner, target: &OneExport, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, state, asked_by, asked_on, decided_on, begun FROM exports WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = crate::facts::row(inner, text, target.0.0, Some(crate::facts::lock(acting))).await?
        else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        Ok(Some(Self {
            scope,
            state: row.word("state")?,
            asked_by: row.id("asked_by")?,
            asked_on: row.date("asked_on")?,
            decided_on: row.opt_date("decided_on")?,
            begun: begun(&row)?,
        }))
    }
}

fn begun(row: &Row) -> Result<u32, StoreError> {
    u32::try_from(row.int("begun")?).map_err(|_| StoreError::corrupt("a count"))
}

/// An export, as it is kept.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub id: ExportId,
    /// What became of it.
    pub state: ExportState,
    /// What was said of it.
    pub asked: Asked,
    /// Who asked.
    pub asked_by: AccountId,
    /// What they are called, while they have an account.
    pub asker: Option<String>,
    /// When.
    pub asked_on: Date,
    /// Who of the board decided.
    pub decider: Option<String>,
    /// When.
    pub decided_on: Option<Date>,
    /// When it was fetched.
    pub fetched_on: Option<Date>,
    /// How often somebody began to fetch it.
    pub begun: u32,
    /// The last time.
    pub begun_at: Option<Timestamp>,
    /// The first day on which nobody can decide any more.
    pub closes_on: Date,
    /// The first day on which it cannot be fetched any more.
    pub fetch_until: Option<Date>,
}

/// The exports of a scheme.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Those that were asked for, the latest first.
    pub exports: Vec<Held>,
    /// How many people would go out whose record is restricted: it may be stored, and hardly anything else (SAR-8).
    pub restricted: u64,
}

/// The exports that were asked for, and what whoever decides must know.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListExports>) -> Result<Listed, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!("SELECT * FROM exports WHERE org_id = $1 ORDER BY asked_on DESC, id DESC LIMIT 100");
    let rows = inner.rows(text, args![scope.org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    let mut people = Vec::new();
    for row in &rows {
        people.push(row.id::<Uuid>("asked_by")?);
        people.extend(row.opt_id::<Uuid>("decided_by")?);
    }
    people.sort_unstable();
    people.dedup();
    let names = certifications::names(inner, &people).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: ExportId = row.id("id")?;
        let key = keys.get(&id.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let (asked_by, asked_on): (AccountId, Date) = (row.id("asked_by")?, row.date("asked_on")?);
        let decided_on = row.opt_date("decided_on")?;
        all.push(Held {
            id,
            state: row.word("state")?,
            asked: keys::open(key, "exports", "sealed", id.0, &row.bytes("sealed")?)?,
            asked_by,
            asker: names.get(&asked_by.0).cloned(),
            asked_on,
            decider: row.opt_id::<Uuid>("decided_by")?.and_then(|by| names.get(&by).cloned()),
            decided_on,
            fetched_on: row.opt_date("fetched_on")?,
            begun: begun(row)?,
            begun_at: row.opt_instant("begun_at")?,
            closes_on: closes_on(asked_on),
            fetch_until: decided_on.map(|on| fetch_until(&scope.policy, on)),
        });
    }
    let text = sql!(
        "SELECT COUNT(*) AS n FROM subjects WHERE org_id = $1 AND restricted = 1 AND stage <> 'frozen' \
         AND (stage = 'unsettled' OR delete_on IS NULL OR delete_on > $2)"
    );
    let restricted =
        u64::try_from(inner.one(text, args![scope.org, scope.today]).await?.int("n")?).unwrap_or(0);
    tx.saw(ids);
    Ok(Listed { exports: all, restricted })
}

/// The exports that wait for the board, for the calendar of duties.
pub(crate) async fn waiting(inner: &mut Inner, scope: &Scope) -> Result<Vec<(ExportId, Date)>, StoreError> {
    let text = sql!("SELECT id, asked_on FROM exports WHERE org_id = $1 AND state = 'asked' ORDER BY id");
    let rows = inner.rows(text, args![scope.org]).await?;
    let all = rows.iter().map(|row| Ok((row.id("id")?, closes_on(row.date("asked_on")?))));
    let all = all.collect::<Result<Vec<_>, StoreError>>()?;
    Ok(all.into_iter().filter(|(_, closes)| scope.today < *closes).collect())
}

/// Asks for an export. One at a time is on its way.
///
/// # Errors
/// [`StoreError::Refused`] where another is on its way; the engine's.
pub async fn ask(tx: &mut Tx<AskExport>, asked: &Asked) -> Result<ExportId, StoreError> {
    let scope = tx.permit.facts().clone();
    let account = tx.permit.standing().account.ok_or(fairwatch_core::gate::Hidden)?;
    let inner = &mut tx.inner;
    // Two who ask at the same moment ask one after the other.
    inner.db.opt_locked(sql!("SELECT id FROM orgs WHERE id = $1"), args![scope.org], Lock::Update).await?;
    let text = sql!(
        "SELECT state, asked_on, decided_on FROM exports WHERE org_id = $1 AND state IN ('asked', 'agreed')"
    );
    for row in inner.rows(text, args![scope.org]).await? {
        let ends = match row.opt_date("decided_on")? {
            Some(on) => fetch_until(&scope.policy, on),
            None => closes_on(row.date("asked_on")?),
        };
        if scope.today < ends {
            return Err(StoreError::refused(
                "One export is on its way. Take it back, or wait until it is over.",
            ));
        }
    }
    let id: ExportId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "export").await?;
    let sealed = inner.seal(&key, "exports", "sealed", id.0, asked)?;
    let text = sql!(
        "INSERT INTO exports (id, org_id, state, asked_by, asked_on, sealed) VALUES ($1, $2, 'asked', $3, $4, $5)"
    );
    inner.exec(text, args![id, scope.org, account, scope.today, sealed]).await?;
    tx.because(id.0, &asked.reason);
    tx.saw([id.0]);
    Ok(id)
}

/// Takes it back.
///
/// # Errors
/// The engine's.
pub async fn withdraw(tx: &mut Tx<WithdrawExport>) -> Result<(), StoreError> {
    let id = tx.permit.target().0;
    tx.inner.exec(sql!("UPDATE exports SET state = 'withdrawn' WHERE id = $1"), args![id]).await?;
    Ok(())
}

/// The board's decision, with the reason.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn decide(tx: &mut Tx<DecideExport>, agrees: bool, reason: &str) -> Result<(), StoreError> {
    let (id, today) = (tx.permit.target().0, tx.permit.facts().scope.today);
    let account = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let row = inner.one(sql!("SELECT sealed FROM exports WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    let mut asked: Asked = keys::open(&key, "exports", "sealed", id.0, &row.bytes("sealed")?)?;
    asked.decision = reason.to_owned();
    let sealed = inner.seal(&key, "exports", "sealed", id.0, &asked)?;
    let state = if agrees { ExportState::Agreed } else { ExportState::Refused };
    let text = sql!(
        "UPDATE exports SET state = $2, decided_by = $3, decided_on = $4, sealed = $5 WHERE id = $1 AND state = 'asked'"
    );
    inner.exec(text, args![id, state.name(), account, today, sealed]).await?;
    tx.because(id.0, reason);
    Ok(())
}

/// A download that has not said for so long that it goes on is over.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Notes that somebody begins to fetch it: from then on it may have left. One at a time, and not while people are being worked out
/// again, who would not be in it.
///
/// # Errors
/// [`StoreError::Refused`] in words; the engine's.
pub async fn begin(tx: &mut Tx<FetchExport>) -> Result<Uuid, StoreError> {
    let (id, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let inner = &mut tx.inner;
    all_are_settled(inner, &scope).await?;
    let Some(lease) = leases::take_within(inner, &format!("export {id}"), LEASE).await? else {
        return Err(StoreError::refused("It is being fetched already. Wait until that has ended."));
    };
    let now = inner.ctx.now();
    inner
        .exec(sql!("UPDATE exports SET begun = begun + 1, begun_at = $2 WHERE id = $1"), args![id, now])
        .await?;
    Ok(lease)
}

/// Says that a download goes on; false where another has begun since.
///
/// # Errors
/// The engine's.
pub async fn goes_on(store: &Store, ctx: &Ctx, lease: Uuid) -> Result<bool, StoreError> {
    leases::keep(store, ctx, lease, LEASE).await
}

/// Says that a download is over, whether or not it came to its end.
///
/// # Errors
/// The engine's.
pub async fn is_over(store: &Store, ctx: &Ctx, lease: Uuid) -> Result<(), StoreError> {
    leases::give_back(store, ctx, lease).await
}

/// Nobody vanishes from an export since a new policy has yet to say how long they are held.
async fn all_are_settled(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT COUNT(*) AS n FROM subjects WHERE org_id = $1 AND (stage = 'unsettled' OR policy_version <> $2)"
    );
    let left = inner.one(text, args![scope.org, scope.policy_version]).await?.int("n")?;
    if left == 0 {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "Records are being worked out by the new policy, {left} are left. Fetch it when that is done."
    )))
}

/// Notes that all of it was handed over.
///
/// # Errors
/// The engine's.
pub async fn finish(tx: &mut Tx<FinishExport>) -> Result<(), StoreError> {
    let (id, today) = (tx.permit.target().0, tx.permit.facts().scope.today);
    let text =
        sql!("UPDATE exports SET state = 'fetched', fetched_on = $2 WHERE id = $1 AND state = 'agreed'");
    tx.inner.exec(text, args![id, today]).await?;
    Ok(())
}

/// Where the next part begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor(Option<Uuid>);

/// A part of a table.
pub struct Part {
    /// Its rows, with what is sealed opened.
    pub rows: Vec<Value>,
    /// The files of its rows: what each is, under which name it is kept, and the key that opens it.
    pub files: Vec<SealedFile>,
    /// Where the next part begins; none where this was the last.
    pub next: Option<Cursor>,
}

/// A file that belongs to a row.
pub struct SealedFile {
    /// Of what it is.
    pub kind: File,
    /// The row.
    pub id: Uuid,
    /// The name under which it is kept.
    pub name: String,
    /// The key that opens it.
    pub key: DataKey,
    /// What is known of it, as the row says.
    pub about: Value,
}

/// Reads a part of a table.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn read(tx: &mut Tx<ReadExport>, table: &'static Table, from: Cursor) -> Result<Part, StoreError> {
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let after = from.0.unwrap_or(Uuid::nil());
    let values = match table.dated {
        true => args![scope.org, after, scope.today],
        false => args![scope.org, after],
    };
    all_are_settled(inner, &scope).await?;
    let rows = inner.rows(table.text, values).await?;
    let columns = table.columns();
    let mut owners = Vec::new();
    for row in &rows {
        for column in &columns {
            if let Some(owner) = column.owner {
                owners.extend(row.opt_id::<Uuid>(owner)?);
            }
        }
    }
    owners.sort_unstable();
    owners.dedup();
    let keys = inner.keys_of(&owners).await?;
    let mut part = Part { rows: Vec::with_capacity(rows.len()), files: Vec::new(), next: None };
    let mut shielding = shielding::Shielding::new(scope);
    let mut seen = Vec::new();
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let mut object = Map::new();
        for column in &columns {
            object.insert(column.name.to_owned(), value(row, table, column, id, &keys)?);
        }
        if !shielding.passes(inner, table.shield, row, &mut object).await? {
            continue;
        }
        seen.extend(shielding::seen(table.shield, row, &object)?);
        let about = Value::Object(object);
        if let Some((kind, column, owner)) = table.file
            && let Some(Value::String(name)) = about.get(column)
            && let Some(owner) = row.opt_id::<Uuid>(owner)?
            && let Some(key) = inner.key_if_any(owner).await?
        {
            part.files.push(SealedFile { kind, id, name: name.clone(), key, about: about.clone() });
        }
        part.rows.push(about);
    }
    part.next = rows.last().map(|row| row.id("id").map(|id| Cursor(Some(id)))).transpose()?;
    seen.sort_unstable();
    seen.dedup();
    tx.saw(seen);
    Ok(part)
}

fn value(
    row: &Row,
    table: &Table,
    column: &tables::Column,
    id: Uuid,
    keys: &HashMap<Uuid, DataKey>,
) -> Result<Value, StoreError> {
    let text = |text: Option<String>| text.map_or(Value::Null, Value::String);
    Ok(match column.kind {
        'i' => text(row.opt_id::<Uuid>(column.name)?.map(|id| id.to_string())),
        't' => text(row.opt_text(column.name)?),
        'n' => row.opt_int(column.name)?.map_or(Value::Null, Value::from),
        'b' => row.opt_int(column.name)?.map_or(Value::Null, |n| Value::Bool(n != 0)),
        'm' => text(row.opt_instant(column.name)?.map(|at| at.to_string())),
        _ => {
            let owner = column.owner.map(|owner| row.opt_id::<Uuid>(owner)).transpose()?.flatten();
            let sealed = row.opt_bytes(column.name)?.filter(|sealed| !sealed.is_empty());
            match (owner.and_then(|owner| keys.get(&owner)), sealed) {
                // The words of a step are bound to its position.
                (Some(key), Some(sealed)) if column.kind == 'p' => {
                    let position = row.int("position")?.to_string();
                    key.open_json(Place { table: table.sealed_as, column: &position, row: id }, &sealed)?
                }
                (Some(key), Some(sealed)) => keys::open(key, table.sealed_as, column.name, id, &sealed)?,
                // What was emptied, or whose key is gone, is nothing.
                _ => Value::Null,
            }
        }
    })
}

/// Forgets the records of exports whose time is over (RET-15).
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!("SELECT id, asked_on, fetched_on FROM exports WHERE org_id = $1 ORDER BY id");
    for row in inner.rows(text, args![scope.org]).await? {
        let last = row.opt_date("fetched_on")?.unwrap_or(row.date("asked_on")?);
        if erased_on(&scope.policy, last) <= scope.today {
            let id: ExportId = row.id("id")?;
            inner.exec(sql!("DELETE FROM exports WHERE id = $1"), args![id]).await?;
            inner.destroy_key(id.0).await?;
        }
    }
    Ok(())
}

/// The scheme of an export, for the head of its file.
#[must_use]
pub fn scheme(tx: &Tx<ReadExport>) -> (OrgId, String) {
    let scope = &tx.permit.facts().scope;
    (scope.org, scope.policy.scheme.name.to_string())
}
