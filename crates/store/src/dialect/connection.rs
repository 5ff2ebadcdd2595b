//! One connection, as a door uses it.
use super::{Lock, Row, Value};
use crate::error::StoreError;
use sqlx::{
    AssertSqlSafe, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection,
    postgres::PgArguments, sqlite::SqliteArguments,
};
use uuid::Uuid;

/// A connection with its transaction; dropped without [`Connection::commit`], it rolls back.
///
/// One that only reads begins its transaction with its second statement: most looks at a session, and most small
/// pictures, ask for one thing alone, and a transaction around that would triple what it costs.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    SqliteReader { idle: Option<PoolConnection<Sqlite>>, asked: bool },
    PostgresReader { idle: Option<PoolConnection<Postgres>>, asked: bool },
}

/// Where a statement goes.
enum To<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

macro_rules! arguments {
    ($($name:ident => $bound:ty;)+) => {$(
        fn $name(values: Vec<Value>) -> Result<$bound, StoreError> {
            use sqlx::Arguments as _;
            let mut bound = <$bound>::default();
            for value in values {
                match value {
                    Value::Int(v) => bound.add(v),
                    Value::Text(v) => bound.add(v),
                    Value::Bytes(v) => bound.add(v),
                    Value::Id(v) => bound.add(v),
                }
                .map_err(sqlx::Error::Encode)?;
            }
            Ok(bound)
        }
    )+};
}
arguments! {
    sqlite_arguments => SqliteArguments;
    postgres_arguments => PgArguments;
}

impl Connection {
    pub(super) fn sqlite_reader(connection: PoolConnection<Sqlite>) -> Self {
        Self::SqliteReader { idle: Some(connection), asked: false }
    }
    pub(super) fn postgres_reader(connection: PoolConnection<Postgres>) -> Self {
        Self::PostgresReader { idle: Some(connection), asked: false }
    }

    /// Whether this transaction has the database to itself: SQLite's, when it may write.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Whether this is PostgreSQL, which has locks on rows.
    pub(crate) fn has_row_locks(&self) -> bool {
        matches!(self, Self::Postgres(_) | Self::PostgresReader { .. })
    }

    async fn to(&mut self) -> Result<To<'_>, StoreError> {
        match self {
            Self::SqliteReader { idle, asked: true } if idle.is_some() => {
                let connection = idle.take().ok_or(sqlx::Error::PoolClosed)?;
                *self = Self::Sqlite(Transaction::begin(connection, None).await?);
            }
            Self::PostgresReader { idle, asked: true } if idle.is_some() => {
                let connection = idle.take().ok_or(sqlx::Error::PoolClosed)?;
                *self = Self::Postgres(Transaction::begin(connection, None).await?);
            }
            _ => {}
        }
        Ok(match self {
            Self::Sqlite(tx) => To::Sqlite(tx),
            Self::Postgres(tx) => To::Postgres(tx),
            // It could not begin its transaction, and is asked again: the connection went with the failure.
            Self::SqliteReader { idle, asked } => {
                *asked = true;
                To::Sqlite(idle.as_mut().ok_or(sqlx::Error::PoolClosed)?)
            }
            Self::PostgresReader { idle, asked } => {
                *asked = true;
                To::Postgres(idle.as_mut().ok_or(sqlx::Error::PoolClosed)?)
            }
        })
    }

    /// Runs a statement; the number of rows that it touched.
    pub(crate) async fn exec(&mut self, text: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self.to().await? {
            To::Sqlite(to) => {
                sqlx::query_with(text, sqlite_arguments(values)?).execute(to).await?.rows_affected()
            }
            To::Postgres(to) => {
                sqlx::query_with(text, postgres_arguments(values)?).execute(to).await?.rows_affected()
            }
        })
    }
    /// All rows of a statement.
    pub(crate) async fn rows(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self.to().await? {
            To::Sqlite(to) => {
                let rows = sqlx::query_with(text, sqlite_arguments(values)?).fetch_all(to).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            To::Postgres(to) => {
                let rows = sqlx::query_with(text, postgres_arguments(values)?).fetch_all(to).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }
    /// Rows for a set of ids: `{ids}` in the text becomes as many placeholders, from `$1` on, so that other
    /// values cannot be bound beside them.
    pub(crate) async fn rows_in(&mut self, text: &'static str, ids: &[Uuid]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        // Both engines cap the number of parameters; few texts keep the statement caches warm.
        for chunk in ids.chunks(500) {
            let width = chunk.len().next_power_of_two();
            let holes = (1..=width).map(|n| format!("${n}")).collect::<Vec<_>>().join(",");
            let full = AssertSqlSafe(text.replace("{ids}", &holes));
            let padded = (0..width).map(|n| Value::Id(chunk.get(n).or(chunk.last()).copied())).collect();
            match self.to().await? {
                To::Sqlite(to) => {
                    let found = sqlx::query_with(full, sqlite_arguments(padded)?).fetch_all(to).await?;
                    rows.extend(found.into_iter().map(Row::Sqlite));
                }
                To::Postgres(to) => {
                    let found = sqlx::query_with(full, postgres_arguments(padded)?).fetch_all(to).await?;
                    rows.extend(found.into_iter().map(Row::Postgres));
                }
            }
        }
        Ok(rows)
    }
    /// The first row, if there is one.
    pub(crate) async fn opt(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(text, values).await?.into_iter().next())
    }
    /// The first row.
    pub(crate) async fn one(&mut self, text: &'static str, values: Vec<Value>) -> Result<Row, StoreError> {
        self.opt(text, values).await?.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
    }
    /// The first row, kept from changing until this transaction ends. SQLite writes hold the whole database
    /// already; PostgreSQL locks the row.
    pub(crate) async fn opt_locked(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
        lock: Lock,
    ) -> Result<Option<Row>, StoreError> {
        if !self.has_row_locks() {
            return self.opt(text, values).await;
        }
        let To::Postgres(to) = self.to().await? else { return Ok(None) };
        let suffix = match lock {
            Lock::Update => " FOR UPDATE",
            Lock::Share => " FOR SHARE",
        };
        let full = AssertSqlSafe(format!("{text}{suffix}"));
        let row = sqlx::query_with(full, postgres_arguments(values)?).fetch_optional(to).await?;
        Ok(row.map(Row::Postgres))
    }
    /// All rows, kept from changing until this transaction ends, in the order in which the statement gives them.
    pub(crate) async fn rows_locked(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        if !self.has_row_locks() {
            return self.rows(text, values).await;
        }
        let To::Postgres(to) = self.to().await? else { return Ok(Vec::new()) };
        let full = AssertSqlSafe(format!("{text} FOR UPDATE"));
        let rows = sqlx::query_with(full, postgres_arguments(values)?).fetch_all(to).await?;
        Ok(rows.into_iter().map(Row::Postgres).collect())
    }
    /// Makes everything durable. What only read has nothing to make so.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
            Self::SqliteReader { .. } | Self::PostgresReader { .. } => {}
        }
        Ok(())
    }
}
