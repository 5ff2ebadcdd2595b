//! The two engines behind one small surface: the only module that knows which of them it talks to.
//!
//! Everything else in the crate is written once, as one SQL text with `$1` placeholders, over [`Connection`],
//! [`Value`] and [`Row`]. The engine is chosen by a value and not by a type parameter: dispatch costs some
//! nanoseconds for a statement, and neither use cases nor pages become generic, nor compile twice.
use crate::error::StoreError;
use sqlx::{
    AssertSqlSafe, ColumnIndex, ConnectOptions as _, Decode, Executor, Postgres, Row as _, Sqlite,
    Transaction, Type,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};
use std::{path::Path, str::FromStr, time::Duration};
use uuid::Uuid;

/// Which engine a store runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, the default: WAL, foreign keys, `secure_delete`, `synchronous=FULL`.
    Sqlite,
    /// For several servers on one database.
    Postgres,
}

/// How a row that is read is kept from changing until the transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Somebody is about to act on what was read.
    Update,
    /// What was read must still hold when the entry is appended, but others may read it too.
    Share,
}

/// A bound value. An absent one keeps its type, which PostgreSQL asks for.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A count, an instant in microseconds, or a yes or no as 1 or 0.
    Int(Option<i64>),
    /// A state, a name in the clear or an ISO date.
    Text(Option<String>),
    /// A sealed value or a hash.
    Bytes(Option<Vec<u8>>),
    /// An id.
    Id(Option<Uuid>),
}

macro_rules! values {
    ($($from:ty => $variant:ident, $name:ident => $make:expr;)+) => {$(
        impl From<$from> for Value { fn from($name: $from) -> Self { Self::$variant(Some($make)) } }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self { Self::$variant(value.map(|$name| $make)) }
        }
    )+};
}
values! {
    i64 => Int, v => v;
    i32 => Int, v => i64::from(v);
    u32 => Int, v => i64::from(v);
    bool => Int, v => i64::from(v);
    jiff::Timestamp => Int, v => v.as_microsecond();
    String => Text, v => v;
    &str => Text, v => v.to_owned();
    jiff::civil::Date => Text, v => v.to_string();
    Vec<u8> => Bytes, v => v;
    &[u8] => Bytes, v => v.to_vec();
    [u8; 32] => Bytes, v => v.to_vec();
    Uuid => Id, v => v;
    fairwatch_core::ids::OrgId => Id, v => v.0;
    fairwatch_core::ids::AccountId => Id, v => v.0;
    fairwatch_core::ids::MembershipId => Id, v => v.0;
    fairwatch_core::ids::MemberId => Id, v => v.0;
    fairwatch_core::ids::SessionId => Id, v => v.0;
    fairwatch_core::ids::RequestId => Id, v => v.0;
    fairwatch_core::ids::SubjectId => Id, v => v.0;
    fairwatch_core::ids::IncidentId => Id, v => v.0;
    fairwatch_core::ids::ReportId => Id, v => v.0;
    fairwatch_core::ids::PersonId => Id, v => v.0;
    fairwatch_core::ids::PictureId => Id, v => v.0;
    fairwatch_core::ids::DraftId => Id, v => v.0;
    fairwatch_core::ids::PolicyId => Id, v => v.0;
    fairwatch_core::ids::SweepId => Id, v => v.0;
    fairwatch_core::ids::HoldId => Id, v => v.0;
    fairwatch_core::ids::StubId => Id, v => v.0;
}

/// Bound values, in the order of their placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::dialect::Value::from($value)),*] };
}
pub(crate) use args;

/// A statement's text. A test finds every use of this macro and prepares its text on both engines.
macro_rules! sql {
    ($text:literal) => {
        $text
    };
}
pub(crate) use sql;

/// A row of a result, of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    fn get<'r, T>(&'r self, column: &str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
        for<'a> &'a str: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
    pub(crate) fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.get(column)
    }
    pub(crate) fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }
    pub(crate) fn text(&self, column: &str) -> Result<String, StoreError> {
        self.get(column)
    }
    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }
    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }
    pub(crate) fn opt_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(column)
    }
    pub(crate) fn id<T: From<Uuid>>(&self, column: &str) -> Result<T, StoreError> {
        Ok(T::from(self.get::<Uuid>(column)?))
    }
    pub(crate) fn opt_id<T: From<Uuid>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        Ok(self.get::<Option<Uuid>>(column)?.map(T::from))
    }
    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }
    pub(crate) fn date(&self, column: &str) -> Result<jiff::civil::Date, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::corrupt("a date"))
    }
    pub(crate) fn opt_date(&self, column: &str) -> Result<Option<jiff::civil::Date>, StoreError> {
        self.opt_text(column)?.map(|text| text.parse().map_err(|_| StoreError::corrupt("a date"))).transpose()
    }
    pub(crate) fn instant(&self, column: &str) -> Result<jiff::Timestamp, StoreError> {
        jiff::Timestamp::from_microsecond(self.int(column)?).map_err(|_| StoreError::corrupt("an instant"))
    }
    /// A stored word that stands for one of a closed set.
    pub(crate) fn word<T: FromStr>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::corrupt("a state"))
    }
}

/// A transaction that owns its connection; dropped without [`Connection::commit`], it rolls back.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
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
    /// Runs a statement; the number of rows that it touched.
    pub(crate) async fn exec(&mut self, text: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                sqlx::query_with(text, sqlite_arguments(values)?).execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => {
                sqlx::query_with(text, postgres_arguments(values)?).execute(&mut **tx).await?.rows_affected()
            }
        })
    }
    /// All rows of a statement.
    pub(crate) async fn rows(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = sqlx::query_with(text, sqlite_arguments(values)?).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = sqlx::query_with(text, postgres_arguments(values)?).fetch_all(&mut **tx).await?;
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
            match self {
                Self::Sqlite(tx) => {
                    let found =
                        sqlx::query_with(full, sqlite_arguments(padded)?).fetch_all(&mut **tx).await?;
                    rows.extend(found.into_iter().map(Row::Sqlite));
                }
                Self::Postgres(tx) => {
                    let found =
                        sqlx::query_with(full, postgres_arguments(padded)?).fetch_all(&mut **tx).await?;
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
        let Self::Postgres(tx) = self else { return self.opt(text, values).await };
        let suffix = match lock {
            Lock::Update => " FOR UPDATE",
            Lock::Share => " FOR SHARE",
        };
        let full = AssertSqlSafe(format!("{text}{suffix}"));
        let row = sqlx::query_with(full, postgres_arguments(values)?).fetch_optional(&mut **tx).await?;
        Ok(row.map(Row::Postgres))
    }
    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The connections of a store.
#[derive(Clone, Debug)]
pub(crate) enum Pools {
    /// One connection writes; the others read what needs no entry in the audit chain.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Pools {
    /// Opens an embedded database file, making it if there is none.
    pub(crate) async fn sqlite(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A look must be durable before data leaves, so a commit waits for the disk.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(256)
            // What is deleted is overwritten, not merely unlinked (RET-9).
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-16000")
            // A log of statements says nothing to the operator, and a slow migration is no warning.
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Connects to PostgreSQL.
    pub(crate) async fn postgres(address: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(address)
            .map_err(|_| {
                StoreError::Setup(
                    "the database address is malformed; write postgres://user@host/database".into(),
                )
            })?
            .application_name("fairwatch")
            .statement_cache_capacity(256)
            // A client that pauses while it holds the head of a chain would stop everyone else.
            .options([("idle_in_transaction_session_timeout", "2s"), ("lock_timeout", "5s")])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// A transaction that may write. On SQLite it begins IMMEDIATE: one that reads first and writes later
    /// fails at once with 'database is locked'.
    pub(crate) async fn write(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Connection::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Connection::Postgres(pool.begin().await?),
        })
    }

    /// A transaction that only reads.
    pub(crate) async fn read(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Connection::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.begin().await?),
        })
    }

    /// Brings the schema up to this version's.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = Migrator::with_migrations(migrations(self.engine()));
        match self {
            Self::Sqlite { writer, .. } => migrator.run(writer).await?,
            Self::Postgres(pool) => migrator.run(pool).await?,
        }
        Ok(())
    }

    /// Overwrites what deleted rows left in the engine's own files: a truncating checkpoint, or VACUUM and the data
    /// keys written anew (RET-9). Runs outside any transaction, at the end of a sweep.
    pub(crate) async fn scrub(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { writer, .. } => {
                writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            }
            Self::Postgres(pool) => {
                pool.execute("VACUUM").await?;
                // VACUUM gives the room of a deleted row back but leaves its bytes in the free part of the page. The
                // keys are few and short: written anew, into fresh pages, nothing of the old ones is left. Nobody
                // reads a key meanwhile, for some milliseconds; where somebody reads for longer, it is tried again.
                let mut attempts = 0;
                while let Err(error) = pool.execute("VACUUM FULL data_keys").await {
                    attempts += 1;
                    let is_waiting =
                        error.as_database_error().and_then(|e| e.code()).as_deref() == Some("55P03");
                    if !is_waiting || attempts == 3 {
                        return Err(error.into());
                    }
                }
                // Pages that were dropped from the heap may still lie in shared buffers' files until a
                // checkpoint writes the scrubbed ones. An ordinary user may not ask for one; then the
                // server's own schedule does it.
                let _ = pool.execute("CHECKPOINT").await;
            }
        }
        Ok(())
    }

    /// Has PostgreSQL write its shared buffers to the files; SQLite keeps none. For tests that read the files.
    pub(crate) async fn checkpoint(&self) -> Result<(), StoreError> {
        if let Self::Postgres(pool) = self {
            pool.execute("CHECKPOINT").await?;
        }
        Ok(())
    }

    /// How far the database's clock is from this one, in seconds; SQLite has none of its own.
    pub(crate) async fn clock_difference(&self, now: jiff::Timestamp) -> Result<Option<i64>, StoreError> {
        let Self::Postgres(pool) = self else { return Ok(None) };
        let row =
            pool.fetch_one("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT) AS seconds").await?;
        Ok(Some(row.try_get::<i64, _>("seconds")? - now.as_second()))
    }

    /// Every column of the schema as `table.column`, sorted, for the tests that compare engines and coverage.
    pub(crate) async fn columns(&self) -> Result<Vec<String>, StoreError> {
        let rows = match self {
            Self::Sqlite { readers, .. } => {
                let text = "SELECT m.name || '.' || c.name AS place FROM sqlite_master m, pragma_table_info(m.name) c \
                     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
                readers.fetch_all(text).await?.into_iter().map(Row::Sqlite).collect::<Vec<_>>()
            }
            Self::Postgres(pool) => {
                let text = "SELECT CAST(table_name || '.' || column_name AS TEXT) AS place \
                     FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'";
                pool.fetch_all(text).await?.into_iter().map(Row::Postgres).collect()
            }
        };
        let mut columns = rows.iter().map(|row| row.text("place")).collect::<Result<Vec<_>, _>>()?;
        columns.sort();
        Ok(columns)
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&self, text: String) -> Result<(), StoreError> {
        use sqlx::SqlSafeStr as _;
        let text = AssertSqlSafe(text).into_sql_str();
        match self {
            Self::Sqlite { readers, .. } => drop(readers.prepare(text).await?),
            Self::Postgres(pool) => drop(pool.prepare(text).await?),
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// The migrations, one text each for both engines: only the names of two column types differ, so the schemas
/// cannot drift apart. An applied migration is never edited; its checksum is kept.
fn migrations(engine: Engine) -> Vec<Migration> {
    const TEXTS: &[(i64, &str, &str)] =
        &[(1, "the ground", include_str!("../migrations/0001_the_ground.sql"))];
    let (bytes, id) = match engine {
        Engine::Sqlite => ("BLOB", "BLOB"),
        Engine::Postgres => ("BYTEA", "UUID"),
    };
    TEXTS
        .iter()
        .map(|(version, name, text)| {
            use sqlx::SqlSafeStr as _;
            let text = AssertSqlSafe(text.replace("{bytes}", bytes).replace("{id}", id)).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, text, false)
        })
        .collect()
}
