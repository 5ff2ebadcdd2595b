//! All of a scheme's data, read in parts (SEC-6): each part passes the door and leaves its entry, so that whoever is suspended in
//! the middle gets no more.
mod tables;
pub use tables::{File, TABLES, Table};

use crate::{
    certifications,
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, orgs,
};
use fairwatch_core::{
    exporting::{
        AskExport, Asked, DecideExport, ExportFacts, ExportState, FinishExport, ListExports, OneExport,
        ReadExport, WithdrawExport, closes_on, erased_on, fetch_until,
    },
    ids::{AccountId, ExportId, OrgId},
    scope::Scope,
};
use fairwatch_vault::DataKey;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

impl Load<OneExport> for ExportFacts {
    async fn load(inner: &mut Inner, target: &OneExport, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, state, asked_by, asked_on, decided_on FROM exports WHERE id = $1 AND org_id = COALESCE($2, org_id)"
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
        }))
    }
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
    /// The first day on which nobody can decide any more.
    pub closes_on: Date,
    /// The first day on which it cannot be fetched any more.
    pub fetch_until: Option<Date>,
}

/// The exports that were asked for, the latest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListExports>) -> Result<Vec<Held>, StoreError> {
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
            closes_on: closes_on(asked_on),
            fetch_until: decided_on.map(|on| fetch_until(&scope.policy, on)),
        });
    }
    tx.saw(ids);
    Ok(all)
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
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let mut object = Map::new();
        for column in &columns {
            object.insert(column.name.to_owned(), value(row, table, column, id, &keys)?);
        }
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
