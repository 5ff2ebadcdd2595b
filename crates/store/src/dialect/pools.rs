//! The connections of a store, and what a whole database is asked for.
use super::{Connection, Engine, Row};
use crate::error::StoreError;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor, Row as _,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

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

    /// A connection that only reads. Its first statement stands alone; a second begins a transaction.
    pub(crate) async fn read(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Connection::sqlite_reader(readers.acquire().await?),
            Self::Postgres(pool) => Connection::postgres_reader(pool.acquire().await?),
        })
    }

    /// Brings the schema up to this version's.
    pub(crate) async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = Migrator::with_migrations(migrations(self.engine()));
        match self {
            Self::Sqlite { writer, .. } => migrator.run(writer).await?,
            Self::Postgres(pool) => {
                migrator.run(pool).await?;
                no_samples(pool).await?;
            }
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
                     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) \
                     WHERE table_type = 'BASE TABLE' AND table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'";
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

/// Has PostgreSQL keep no samples of sealed values and wrapped keys: its statistics would hold those of the deleted
/// until the next ANALYZE, and what lies there no VACUUM of ours reaches (RET-9, SEC-1). Nothing is selected by them
/// but by equality with a hash that is unique.
async fn no_samples(pool: &PgPool) -> Result<(), StoreError> {
    let sampled = "SELECT CAST(format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 0', c.relname, a.attname) AS TEXT) AS change \
                   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
                   WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped \
                   AND a.atttypid = 'bytea'::regtype AND COALESCE(a.attstattarget, -1) <> 0";
    for row in pool.fetch_all(sampled).await? {
        pool.execute(AssertSqlSafe(row.try_get::<String, _>("change")?)).await?;
    }
    Ok(())
}

/// The migrations, one text each for both engines: only the names of two column types differ, so the schemas
/// cannot drift apart. An applied migration is never edited; its checksum is kept.
fn migrations(engine: Engine) -> Vec<Migration> {
    const TEXTS: &[(i64, &str, &str)] =
        &[(1, "the ground", include_str!("../../migrations/0001_the_ground.sql"))];
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
