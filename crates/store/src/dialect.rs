//! The two engines behind one small surface: the only module that knows which of them it talks to.
//!
//! Everything else in the crate is written once, as one SQL text with `$1` placeholders, over [`Connection`],
//! [`Value`] and [`Row`]. The engine is chosen by a value and not by a type parameter: dispatch costs some
//! nanoseconds for a statement, and neither use cases nor pages become generic, nor compile twice.
use crate::error::StoreError;
use sqlx::{ColumnIndex, Decode, Postgres, Row as _, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};
use std::str::FromStr;
use uuid::Uuid;

mod connection;
mod pools;

pub(crate) use connection::Connection;
pub(crate) use pools::Pools;

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
    fairwatch_core::ids::FactorId => Id, v => v.0;
    fairwatch_core::ids::DeviceId => Id, v => v.0;
    fairwatch_core::ids::RequestId => Id, v => v.0;
    fairwatch_core::ids::SubjectId => Id, v => v.0;
    fairwatch_core::ids::IncidentId => Id, v => v.0;
    fairwatch_core::ids::ReportId => Id, v => v.0;
    fairwatch_core::ids::PersonId => Id, v => v.0;
    fairwatch_core::ids::PictureId => Id, v => v.0;
    fairwatch_core::ids::EvidenceId => Id, v => v.0;
    fairwatch_core::ids::DraftId => Id, v => v.0;
    fairwatch_core::ids::PolicyId => Id, v => v.0;
    fairwatch_core::ids::PolicyChangeId => Id, v => v.0;
    fairwatch_core::ids::SweepId => Id, v => v.0;
    fairwatch_core::ids::HoldId => Id, v => v.0;
    fairwatch_core::ids::StubId => Id, v => v.0;
    fairwatch_core::ids::PickId => Id, v => v.0;
    fairwatch_core::ids::TipId => Id, v => v.0;
    fairwatch_core::ids::SightingId => Id, v => v.0;
    fairwatch_core::ids::MergeId => Id, v => v.0;
    fairwatch_core::ids::AssociationId => Id, v => v.0;
    fairwatch_core::ids::LetterId => Id, v => v.0;
    fairwatch_core::ids::AttemptId => Id, v => v.0;
    fairwatch_core::ids::ExemptionId => Id, v => v.0;
    fairwatch_core::ids::DocumentId => Id, v => v.0;
    fairwatch_core::ids::DocumentVersionId => Id, v => v.0;
    fairwatch_core::ids::CertificationId => Id, v => v.0;
    fairwatch_core::ids::EntryId => Id, v => v.0;
    fairwatch_core::ids::ExportId => Id, v => v.0;
    fairwatch_core::ids::ImportId => Id, v => v.0;
    fairwatch_core::ids::ConductId => Id, v => v.0;
    fairwatch_core::ids::ReviewId => Id, v => v.0;
    fairwatch_core::ids::OldAuditId => Id, v => v.0;
    fairwatch_core::ids::BreachId => Id, v => v.0;
    fairwatch_core::ids::RequestAboutDataId => Id, v => v.0;
    fairwatch_core::ids::GroupId => Id, v => v.0;
    fairwatch_core::ids::PostId => Id, v => v.0;
    fairwatch_core::ids::MeetingId => Id, v => v.0;
    fairwatch_core::ids::FeeId => Id, v => v.0;
    fairwatch_core::ids::EnquiryId => Id, v => v.0;
    fairwatch_core::ids::ApplicationId => Id, v => v.0;
    fairwatch_core::ids::MailId => Id, v => v.0;
    fairwatch_core::ids::AppealId => Id, v => v.0;
    fairwatch_core::ids::ProposalId => Id, v => v.0;
    fairwatch_core::ids::VoteId => Id, v => v.0;
    fairwatch_core::ids::GivenId => Id, v => v.0;
    fairwatch_core::ids::ExclusionId => Id, v => v.0;
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

/// A statement for SQLite alone; its twin for the other engine stands beside it.
macro_rules! sqlite_sql {
    ($text:literal) => {
        $text
    };
}
pub(crate) use sqlite_sql;

/// A statement for PostgreSQL alone; its twin for the other engine stands beside it.
macro_rules! postgres_sql {
    ($text:literal) => {
        $text
    };
}
pub(crate) use postgres_sql;

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
    pub(crate) fn opt_instant(&self, column: &str) -> Result<Option<jiff::Timestamp>, StoreError> {
        let at = self.opt_int(column)?.map(jiff::Timestamp::from_microsecond);
        at.transpose().map_err(|_| StoreError::corrupt("an instant"))
    }
    /// A stored word that stands for one of a closed set.
    pub(crate) fn word<T: FromStr>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::corrupt("a state"))
    }
    pub(crate) fn opt_word<T: FromStr>(&self, column: &str) -> Result<Option<T>, StoreError> {
        let word = self.opt_text(column)?;
        word.map(|word| word.parse().map_err(|_| StoreError::corrupt("a state"))).transpose()
    }
}
