//! For tests alone: the schema as it is, and what somebody who holds the database's file or password could do to it
//! past every door. It opens a connection of its own and knows no keys, so it gives nobody more than they have.
use crate::{
    Address, Store,
    dialect::{Pools, Row, args, sql},
    error::StoreError,
};
use fairwatch_core::{
    gate::Ctx,
    ids::{CertificationId, MembershipId},
};

/// Every column of the schema as `table.column`, sorted.
///
/// # Errors
/// The engine's.
pub async fn columns(store: &Store) -> Result<Vec<String>, StoreError> {
    store.pools.columns().await
}

/// Prepares a statement without running it.
///
/// # Errors
/// The engine's, where it does not understand the statement.
pub async fn prepare(store: &Store, text: &str) -> Result<(), StoreError> {
    store.pools.prepare(text.to_owned()).await
}

/// Certifies somebody for whatever will ever ask, for tests of everything else: they see what their role may see however
/// far the clock is moved.
///
/// # Errors
/// The engine's.
pub async fn certify_for_ever(store: &Store, ctx: &Ctx, membership: MembershipId) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let put = sql!(
        "INSERT INTO certifications (id, membership_id, version, agreed_on, agreed_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let id: CertificationId = ctx.new_id();
    inner.exec(put, args![id, membership, i64::MAX, "9000-01-01", 0_i64]).await?;
    inner.db.commit().await
}

/// A connection past the doors.
pub struct Burglar(Pools);

impl Burglar {
    /// Breaks in.
    ///
    /// # Errors
    /// The engine's.
    pub async fn at(address: &Address) -> Result<Self, StoreError> {
        Ok(Self(match address {
            Address::File(file) => Pools::sqlite(file).await?,
            Address::Postgres(url) => Pools::postgres(url).await?,
        }))
    }

    /// Runs a statement; the number of rows that it touched.
    ///
    /// # Errors
    /// The engine's.
    pub async fn run(&self, text: &'static str) -> Result<u64, StoreError> {
        let mut db = self.0.write().await?;
        let touched = db.exec(text, Vec::new()).await?;
        db.commit().await?;
        Ok(touched)
    }

    /// The bytes in the column `bytes` of all rows.
    ///
    /// # Errors
    /// The engine's.
    pub async fn bytes(&self, text: &'static str) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut db = self.0.read().await?;
        db.rows(text, Vec::new()).await?.iter().map(|row: &Row| row.bytes("bytes")).collect()
    }

    /// The number in the column `n` of the first row.
    ///
    /// # Errors
    /// The engine's.
    pub async fn number(&self, text: &'static str) -> Result<i64, StoreError> {
        self.0.read().await?.one(text, Vec::new()).await?.int("n")
    }

    /// Has the server write what it holds in memory.
    ///
    /// # Errors
    /// The engine's.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        self.0.checkpoint().await
    }

    /// Leaves.
    pub async fn leave(self) {
        self.0.close().await;
    }
}
