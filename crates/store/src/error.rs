//! What can go wrong in the store.
use fairwatch_core::gate::Hidden;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It does not exist, or it is not for them: one answer for both (VIS-7).
    #[error(transparent)]
    Hidden(#[from] Hidden),
    /// It was so when the page was made and is so no longer, or the rules do not allow it. The sentence is for
    /// the user.
    #[error("{0}")]
    Refused(String),
    /// The same about one control of the form: its name, and the sentence.
    #[error("{1}")]
    RefusedAt(&'static str, String),
    /// The database, its address, its version or the key file does not fit. The sentence is for the operator.
    #[error("{0}")]
    Setup(String),
    /// A stored value is not what this version writes, or cannot be opened with these keys.
    #[error("a stored record is damaged: {0}")]
    Corrupt(String),
    /// The engine failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    pub(crate) fn corrupt(what: &str) -> Self {
        Self::Corrupt(format!("{what} could not be read"))
    }
    /// A refusal in words for the user.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }
    /// Whether trying again may help: the engine was busy or gave up a lock.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(e)) => {
                matches!(e.code().as_deref(), Some("40001" | "40P01" | "55P03" | "5" | "6" | "517" | "261"))
            }
            _ => false,
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as M;
        match error {
            M::VersionMissing(version) => Self::Setup(format!(
                "the database was written by a newer version of Fairwatch (schema {version}); run that version, or restore a backup"
            )),
            M::VersionMismatch(version) => Self::Setup(format!(
                "the database's schema {version} differs from this version's; it was made by another build of Fairwatch"
            )),
            M::Execute(error) | M::ExecuteMigration(error, _) => Self::Database(error),
            other => Self::Setup(format!("the database could not be brought up to date: {other}")),
        }
    }
}

impl From<fairwatch_vault::Unreadable> for StoreError {
    fn from(_: fairwatch_vault::Unreadable) -> Self {
        Self::corrupt("a sealed value")
    }
}
