//! How a letter reached a person, or did not (EXC-4, NOT-1). Sealed under the letter's key.
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys, pictures,
};
use fairwatch_core::{
    gate::Hidden,
    ids::{AttemptId, LetterId},
    letters::{
        OneAttempt, OneLetter, RecordService, ShowProof,
        service::{How, Outcome, Said, ways},
    },
    scope::ends,
};
use fairwatch_vault::{DataKey, Place};
use jiff::{Timestamp, civil::Date};

/// An attempt as it is held.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The attempt.
    pub id: AttemptId,
    /// The day.
    pub on: Date,
    /// How it ended.
    pub outcome: Outcome,
    /// How, and what is said of it; none once that is past its end (RET-15).
    pub said: Option<(How, Said)>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whether there is a photograph or a signature.
    pub has_proof: bool,
}

/// The place to which the picture of a service is bound.
#[must_use]
pub fn place(attempt: AttemptId) -> Place<'static> {
    Place { table: "service_attempts", column: "file", row: attempt.0 }
}

/// The attempts of a letter, newest first.
pub(super) async fn of(
    inner: &mut Inner,
    letter: LetterId,
    key: &DataKey,
) -> Result<Vec<Attempt>, StoreError> {
    let text = sql!(
        "SELECT * FROM service_attempts WHERE letter_id = $1 ORDER BY attempted_on DESC, recorded_at DESC, id DESC"
    );
    let rows = inner.rows(text, args![letter]).await?;
    rows.iter()
        .map(|row| {
            let id: AttemptId = row.id("id")?;
            let said = match row.opt_bytes("sealed")? {
                Some(sealed) => {
                    let said = keys::open(key, "service_attempts", "sealed", id.0, &sealed)?;
                    Some((row.word("how")?, said))
                }
                None => None,
            };
            Ok(Attempt {
                id,
                on: row.date("attempted_on")?,
                outcome: row.word("outcome")?,
                said,
                recorded_at: row.instant("recorded_at")?,
                has_proof: row.opt_text("file")?.is_some(),
            })
        })
        .collect()
}

/// An attempt to be recorded.
#[derive(Clone, Debug)]
pub struct NewAttempt {
    /// The attempt.
    pub id: AttemptId,
    /// How.
    pub how: How,
    /// The day.
    pub on: Date,
    /// How it ended.
    pub outcome: Outcome,
    /// What is said of it.
    pub said: Said,
    /// The name of the file that will hold a photograph or a signature.
    pub file: Option<String>,
}

/// Records an attempt; gives the key under which its picture is to be sealed, before the commit.
///
/// # Errors
/// [`StoreError::Refused`] for a way that the scheme may not use (O31 3.3), a day that is not, and a letter that was
/// served already.
pub async fn record(tx: &mut Tx<RecordService>, new: NewAttempt) -> Result<DataKey, StoreError> {
    let OneLetter(letter) = *tx.permit.target();
    let facts = tx.permit.facts();
    let (scope, made_on) = (facts.scope.clone(), facts.made_on);
    let by = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    if !ways(&scope.policy).contains(&new.how) {
        return Err(StoreError::refused(
            "The police take part in serving letters only for schemes that are accredited, or work towards it.",
        ));
    }
    if new.on > scope.today {
        return Err(StoreError::refused("That day is still to come."));
    }
    if new.on < made_on {
        return Err(StoreError::refused("That day is before the letter was made."));
    }
    let inner = &mut tx.inner;
    let served = sql!("SELECT id FROM service_attempts WHERE letter_id = $1 AND outcome = 'served'");
    if inner.opt(served, args![letter]).await?.is_some() {
        return Err(StoreError::refused("This letter was served already."));
    }
    let key = inner.key(letter.0).await?;
    let sealed = inner.seal(&key, "service_attempts", "sealed", new.id.0, &new.said)?;
    let ends_on = ends(new.on, scope.policy.keep.service_record.length);
    let text = sql!(
        "INSERT INTO service_attempts (id, letter_id, how, attempted_on, outcome, recorded_at, recorded_by, ends_on, file, \
         sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let now = inner.ctx.now();
    let values =
        args![new.id, letter, new.how.name(), new.on, new.outcome.name(), now, by, ends_on, new.file, sealed];
    inner.exec(text, values).await?;
    let subject = tx.permit.facts().subject.subject;
    tx.saw([new.id.0, subject.0]);
    Ok(key)
}

/// What shows that a letter was served: the name of the file, and the key that opens it.
///
/// # Errors
/// [`StoreError::Hidden`] where there is none.
pub async fn proof(tx: &mut Tx<ShowProof>) -> Result<(AttemptId, String, DataKey), StoreError> {
    let OneAttempt(id) = *tx.permit.target();
    let letter = tx.permit.facts().letter;
    let inner = &mut tx.inner;
    let text = sql!("SELECT file FROM service_attempts WHERE id = $1");
    let file = inner.opt(text, args![id]).await?.ok_or(Hidden)?.opt_text("file")?.ok_or(Hidden)?;
    Ok((id, file, inner.key(letter.0).await?))
}

/// Destroys what is said of an attempt that is past its end, with its file. That one failed goes with it; that a letter was
/// served, or could not be, and on which day, stays with the person (NOT-1).
pub(super) async fn end(inner: &mut Inner, attempt: AttemptId) -> Result<(), StoreError> {
    let row =
        inner.one(sql!("SELECT file, outcome FROM service_attempts WHERE id = $1"), args![attempt]).await?;
    if let Some(file) = row.opt_text("file")? {
        pictures::queue_file(inner, &file).await?;
    }
    let text = match row.word("outcome")? {
        Outcome::Failed => sql!("DELETE FROM service_attempts WHERE id = $1"),
        Outcome::Served | Outcome::Endeavoured => sql!(
            "UPDATE service_attempts SET how = NULL, recorded_by = NULL, file = NULL, sealed = NULL WHERE id = $1"
        ),
    };
    inner.exec(text, args![attempt]).await?;
    Ok(())
}
