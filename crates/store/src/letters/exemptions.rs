//! Why a privacy notice need not be served for now (NOT-1). Sealed under the person.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    ids::{ExemptionId, SubjectId},
    letters::{
        EndExemption, ExemptNotice, OneExemption, ReviewExemption,
        due::Exempt,
        exemptions::{Exempted, Ground},
    },
    scope::{Scope, ends},
    subjects::OneSubject,
};
use jiff::civil::Date;

/// An exemption as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The exemption.
    pub id: ExemptionId,
    /// Its ground.
    pub ground: Ground,
    /// Since when.
    pub since: Date,
    /// When it is looked at again.
    pub review: Date,
    /// The day on which it was ended.
    pub ended: Option<Date>,
    /// What is said of it.
    pub said: Exempted,
}

/// The exemption that stands, from a row.
pub(super) fn standing(row: &Row) -> Result<Option<Exempt>, StoreError> {
    if row.opt_text("ended_on")?.is_some() {
        return Ok(None);
    }
    Ok(Some(Exempt { id: row.id("id")?, since: row.date("since_on")?, review: row.date("review_on")? }))
}

/// All exemptions of a person, newest first.
pub(super) async fn all(inner: &mut Inner, subject: SubjectId) -> Result<Vec<Held>, StoreError> {
    let text = sql!("SELECT * FROM notice_exemptions WHERE subject_id = $1 ORDER BY since_on DESC, id DESC");
    let rows = inner.rows(text, args![subject]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = inner.key(subject.0).await?;
    rows.iter()
        .map(|row| {
            let id: ExemptionId = row.id("id")?;
            Ok(Held {
                id,
                ground: row.word("ground")?,
                since: row.date("since_on")?,
                review: row.date("review_on")?,
                ended: row.opt_date("ended_on")?,
                said: keys::open(&key, "notice_exemptions", "sealed", id.0, &row.bytes("sealed")?)?,
            })
        })
        .collect()
}

fn next_review(scope: &Scope) -> Date {
    ends(scope.today, scope.policy.reviews.notice_exemptions.length)
}

/// Records an exemption (NOT-1).
///
/// # Errors
/// [`StoreError::Refused`] where one stands already.
pub async fn exempt(
    tx: &mut Tx<ExemptNotice>,
    ground: Ground,
    reason: &str,
) -> Result<ExemptionId, StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let stands = sql!("SELECT id FROM notice_exemptions WHERE subject_id = $1 AND ended_on IS NULL");
    if inner.opt(stands, args![subject]).await?.is_some() {
        return Err(StoreError::refused("An exemption is recorded already. Review it, or end it."));
    }
    let id: ExemptionId = inner.ctx.new_id();
    let key = inner.key(subject.0).await?;
    let said = Exempted { reason: reason.to_owned(), reviews: Vec::new() };
    let sealed = inner.seal(&key, "notice_exemptions", "sealed", id.0, &said)?;
    let text = sql!(
        "INSERT INTO notice_exemptions (id, org_id, subject_id, ground, since_on, review_on, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    inner
        .exec(text, args![id, scope.org, subject, ground.name(), scope.today, next_review(&scope), sealed])
        .await?;
    tx.because(subject.0, reason);
    tx.saw([id.0]);
    Ok(id)
}

/// Goes on with an exemption until its next review, with what was found.
///
/// # Errors
/// The engine's.
pub async fn review(tx: &mut Tx<ReviewExemption>, found: &str) -> Result<(), StoreError> {
    let OneExemption(id) = *tx.permit.target();
    let facts = tx.permit.facts();
    let (scope, subject) = (facts.scope.clone(), facts.subject.subject);
    let inner = &mut tx.inner;
    let key = inner.key(subject.0).await?;
    let row = inner.one(sql!("SELECT sealed FROM notice_exemptions WHERE id = $1"), args![id]).await?;
    let mut said: Exempted = keys::open(&key, "notice_exemptions", "sealed", id.0, &row.bytes("sealed")?)?;
    said.reviews.push((scope.today, found.to_owned()));
    let sealed = inner.seal(&key, "notice_exemptions", "sealed", id.0, &said)?;
    let text = sql!("UPDATE notice_exemptions SET review_on = $2, sealed = $3 WHERE id = $1");
    inner.exec(text, args![id, next_review(&scope), sealed]).await?;
    tx.because(subject.0, found);
    tx.saw([subject.0]);
    Ok(())
}

/// Ends an exemption: the notice is to be served.
///
/// # Errors
/// The engine's.
pub async fn end(tx: &mut Tx<EndExemption>) -> Result<(), StoreError> {
    let OneExemption(id) = *tx.permit.target();
    let (today, subject) = (tx.permit.facts().scope.today, tx.permit.facts().subject.subject);
    let text = sql!("UPDATE notice_exemptions SET ended_on = $2 WHERE id = $1");
    tx.inner.exec(text, args![id, today]).await?;
    tx.saw([subject.0]);
    Ok(())
}
