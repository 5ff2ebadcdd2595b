//! What was done about a request or a breach, step by step: added, never changed, sealed under what it is about, and gone
//! with it (SAR-1, BRE-2).
use crate::{
    certifications,
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    keys,
};
use fairwatch_core::{ids::AccountId, world::london_date};
use fairwatch_vault::DataKey;
use jiff::{Timestamp, civil::Date};
use serde::{Serialize, de::DeserializeOwned};
use std::str::FromStr;
use uuid::Uuid;

/// A step to be added.
pub(crate) struct New<'a, W: ?Sized> {
    pub(crate) kind: &'static str,
    pub(crate) yes: bool,
    pub(crate) at: Timestamp,
    /// The day, where no more is known; else that of the instant.
    pub(crate) on: Option<Date>,
    /// Who writes it down; none where the program does.
    pub(crate) by: Option<AccountId>,
    pub(crate) words: &'a W,
}

/// A step as it stands.
pub(crate) struct Kept<K, W> {
    pub(crate) kind: K,
    pub(crate) yes: bool,
    pub(crate) at: Timestamp,
    pub(crate) on: Date,
    pub(crate) words: W,
    pub(crate) by: Option<String>,
}

/// What binds the words of a step to their place.
fn column(position: i64) -> String {
    position.to_string()
}

/// Adds a step.
pub(crate) async fn put<W: Serialize + ?Sized>(
    inner: &mut Inner,
    owner: Uuid,
    key: &DataKey,
    new: New<'_, W>,
) -> Result<(), StoreError> {
    let text = sql!("SELECT COALESCE(MAX(position), 0) AS n FROM steps WHERE owner_id = $1");
    let position = inner.one(text, args![owner]).await?.int("n")? + 1;
    let place = fairwatch_vault::Place { table: "steps", column: &column(position), row: owner };
    let sealed = key
        .seal_json(place, new.words, inner.ctx.randomness())
        .map_err(|_| StoreError::corrupt("a value to be sealed"))?;
    let text = sql!(
        "INSERT INTO steps (owner_id, position, kind, yes, happened_on, happened_at, recorded_at, account_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let on = new.on.unwrap_or_else(|| london_date(new.at));
    let now = inner.ctx.now();
    inner.exec(text, args![owner, position, new.kind, new.yes, on, new.at, now, new.by, sealed]).await?;
    Ok(())
}

/// Every step of an owner with its words, in the order in which they were written down.
pub(crate) async fn all<K: FromStr, W: DeserializeOwned>(
    inner: &mut Inner,
    owner: Uuid,
    key: &DataKey,
) -> Result<Vec<Kept<K, W>>, StoreError> {
    let rows =
        inner.rows(sql!("SELECT * FROM steps WHERE owner_id = $1 ORDER BY position"), args![owner]).await?;
    let mut authors = Vec::with_capacity(rows.len());
    for row in &rows {
        authors.extend(row.opt_id::<Uuid>("account_id")?);
    }
    authors.sort_unstable();
    authors.dedup();
    let names = certifications::names(inner, &authors).await?;
    rows.iter()
        .map(|row| {
            let column = column(row.int("position")?);
            let place = fairwatch_vault::Place { table: "steps", column: &column, row: owner };
            let by: Option<Uuid> = row.opt_id("account_id")?;
            Ok(Kept {
                kind: row.word("kind")?,
                yes: row.flag("yes")?,
                at: row.instant("happened_at")?,
                on: row.date("happened_on")?,
                words: key.open_json(place, &row.bytes("sealed")?)?,
                // Whoever has left is named no more.
                by: by.map(|by| names.get(&by).cloned().unwrap_or_else(|| "somebody who has left".into())),
            })
        })
        .collect()
}

/// A step without its words.
pub(crate) struct Bare<K> {
    pub(crate) owner: Uuid,
    pub(crate) kind: K,
    pub(crate) yes: bool,
    pub(crate) at: Timestamp,
    pub(crate) on: Date,
}

/// The steps of many owners without their words, in the order in which they were written down.
pub(crate) async fn bare<K: FromStr>(inner: &mut Inner, owners: &[Uuid]) -> Result<Vec<Bare<K>>, StoreError> {
    let text = sql!(
        "SELECT owner_id, position, kind, yes, happened_on, happened_at FROM steps WHERE owner_id IN ({ids})"
    );
    let rows = inner.rows_in(text, owners).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let bare = Bare {
            owner: row.id("owner_id")?,
            kind: row.word("kind")?,
            yes: row.flag("yes")?,
            at: row.instant("happened_at")?,
            on: row.date("happened_on")?,
        };
        found.push((row.int("position")?, bare));
    }
    found.sort_by_key(|(position, bare)| (bare.owner, *position));
    Ok(found.into_iter().map(|(_, bare)| bare).collect())
}

/// They go with what they are about, and its key with them.
pub(crate) async fn destroy(inner: &mut Inner, owner: Uuid) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM steps WHERE owner_id = $1"), args![owner]).await?;
    inner.destroy_key(owner).await
}

/// What is sealed of an owner under itself.
pub(crate) async fn content<T: DeserializeOwned>(
    inner: &mut Inner,
    table: &'static str,
    owner: Uuid,
    sealed: &[u8],
) -> Result<(DataKey, T), StoreError> {
    let key = inner.key(owner).await?;
    let content = keys::open(&key, table, "sealed", owner, sealed)?;
    Ok((key, content))
}
