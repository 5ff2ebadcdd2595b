//! Data keys in the database: made with their owner, destroyed with it in the same transaction.
use crate::{
    dialect::{Row, Value, args, sql},
    door::Inner,
    error::StoreError,
};
use fairwatch_vault::{DataKey, Place, Wrapped};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;
use uuid::Uuid;

impl Inner {
    /// Makes the data key of a new owner.
    pub(crate) async fn new_key(&mut self, owner: Uuid, kind: &'static str) -> Result<DataKey, StoreError> {
        let key = self.store.keys.new_data_key(self.ctx.randomness());
        let wrapped = self.store.keys.wrap(&key, owner, self.ctx.randomness());
        let text = sql!("INSERT INTO data_keys (owner_id, kind, epoch, wrapped) VALUES ($1, $2, $3, $4)");
        self.exec(text, args![owner, kind, wrapped.epoch, wrapped.bytes]).await?;
        Ok(key)
    }

    /// Whether there is a data key of this owner, of whatever kind.
    pub(crate) async fn has_key(&mut self, owner: Uuid) -> Result<bool, StoreError> {
        let text = sql!("SELECT owner_id FROM data_keys WHERE owner_id = $1");
        Ok(self.opt(text, args![owner]).await?.is_some())
    }

    /// The data key of an owner; none once it was destroyed.
    pub(crate) async fn key_if_any(&mut self, owner: Uuid) -> Result<Option<DataKey>, StoreError> {
        let text = sql!("SELECT epoch, wrapped FROM data_keys WHERE owner_id = $1");
        let Some(row) = self.opt(text, args![owner]).await? else { return Ok(None) };
        self.unwrap_key(owner, &row).map(Some)
    }

    /// The data key that stands wrapped in a row.
    pub(crate) fn unwrap_key(&self, owner: Uuid, row: &Row) -> Result<DataKey, StoreError> {
        let epoch = u32::try_from(row.int("epoch")?).map_err(|_| StoreError::corrupt("an epoch"))?;
        let wrapped = Wrapped { epoch, bytes: row.bytes("wrapped")? };
        Ok(self.store.keys.unwrap(&wrapped, owner)?)
    }

    /// The data key of an owner that must have one.
    pub(crate) async fn key(&mut self, owner: Uuid) -> Result<DataKey, StoreError> {
        self.key_if_any(owner).await?.ok_or_else(|| StoreError::corrupt("a data key"))
    }

    /// The data keys of many owners.
    pub(crate) async fn keys_of(&mut self, owners: &[Uuid]) -> Result<HashMap<Uuid, DataKey>, StoreError> {
        let text = sql!("SELECT owner_id, epoch, wrapped FROM data_keys WHERE owner_id IN ({ids})");
        let mut keys = HashMap::with_capacity(owners.len());
        for row in self.rows_in(text, owners).await? {
            let owner: Uuid = row.id("owner_id")?;
            keys.insert(owner, self.unwrap_key(owner, &row)?);
        }
        Ok(keys)
    }

    /// The rows of a table of which each is sealed under a key of its own, opened; with their ids, for the audit entry.
    pub(crate) async fn sealed_under_themselves<T>(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
        open: impl Fn(&Row, &DataKey) -> Result<T, StoreError>,
    ) -> Result<(Vec<Uuid>, Vec<T>), StoreError> {
        let rows = self.rows(text, values).await?;
        let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
        let keys = self.keys_of(&ids).await?;
        let key = |id| keys.get(id).ok_or_else(|| StoreError::corrupt("a data key"));
        let opened = rows.iter().zip(&ids).map(|(row, id)| open(row, key(id)?));
        let opened = opened.collect::<Result<Vec<_>, _>>()?;
        Ok((ids, opened))
    }

    /// Destroys an owner's data key: from this commit on, nothing sealed under it can be read (SEC-1, RET-9).
    /// The reasons that audit entries commit to go with it (AUD-2), and what was to be sent to them by mail.
    pub(crate) async fn destroy_key(&mut self, owner: Uuid) -> Result<(), StoreError> {
        self.exec(sql!("DELETE FROM audit_reasons WHERE owner_id = $1"), args![owner]).await?;
        self.exec(sql!("DELETE FROM mails WHERE owner_id = $1"), args![owner]).await?;
        self.exec(sql!("DELETE FROM data_keys WHERE owner_id = $1"), args![owner]).await?;
        Ok(())
    }

    pub(crate) fn seal<T: Serialize + ?Sized>(
        &self,
        key: &DataKey,
        table: &'static str,
        column: &'static str,
        row: Uuid,
        value: &T,
    ) -> Result<Vec<u8>, StoreError> {
        key.seal_json(Place { table, column, row }, value, self.ctx.randomness())
            .map_err(|_| StoreError::corrupt("a value to be sealed"))
    }
}

pub(crate) fn open<T: DeserializeOwned>(
    key: &DataKey,
    table: &'static str,
    column: &'static str,
    row: Uuid,
    sealed: &[u8],
) -> Result<T, StoreError> {
    Ok(key.open_json(Place { table, column, row }, sealed)?)
}
