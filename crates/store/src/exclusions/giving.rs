//! What police and agencies give as evidence for a decision in which they have no part (EXC-8). It goes to the
//! controller, who may name it in a proposal.
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents::reporting,
    keys,
};
use fairwatch_core::{
    exclusions::{GiveEvidence, Given},
    ids::{GivenId, SubjectId},
    subjects::OneSubject,
};
use jiff::civil::Date;

/// What was given.
#[derive(Clone, Debug)]
pub struct Held {
    /// It.
    pub id: GivenId,
    /// When.
    pub on: Date,
    /// What it says, and who says it.
    pub given: Given,
}

/// What was given about somebody, the newest first.
pub(crate) async fn of_subject(inner: &mut Inner, subject: SubjectId) -> Result<Vec<Held>, StoreError> {
    let text =
        sql!("SELECT * FROM given_evidence WHERE subject_id = $1 ORDER BY given_at DESC, id DESC LIMIT 100");
    let rows = inner.rows(text, args![subject]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = inner.key(subject.0).await?;
    rows.iter()
        .map(|row| {
            let id: GivenId = row.id("id")?;
            Ok(Held {
                id,
                on: row.date("given_on")?,
                given: keys::open(&key, "given_evidence", "sealed", id.0, &row.bytes("sealed")?)?,
            })
        })
        .collect()
}

/// Gives evidence about the subject that was allowed.
///
/// # Errors
/// The engine's.
pub async fn give(tx: &mut Tx<GiveEvidence>, text: &str, organisation: &str) -> Result<GivenId, StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let account = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let by = reporting::reporter(tx).await?.profile.name;
    let given = Given { text: text.to_owned(), by, organisation: organisation.to_owned() };
    let inner = &mut tx.inner;
    let id: GivenId = inner.ctx.new_id();
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "given_evidence", "sealed", id.0, &given)?;
    let text = sql!(
        "INSERT INTO given_evidence (id, org_id, subject_id, account_id, given_at, given_on, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, scope.org, subject, account, now, scope.today, sealed]).await?;
    tx.saw([id.0]);
    Ok(id)
}
