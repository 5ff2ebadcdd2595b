//! Letters to a subject, and why its notice need not be served for now. A letter has a key of its own, so it goes over
//! without being opened, with its file and its record of service.
use super::{Way, decisions::Decisions};
use crate::{
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
};
use fairwatch_core::ids::{ExemptionId, LetterId, SubjectId};
use serde::{Deserialize, Serialize};

/// All of it, by id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Letters {
    letters: Vec<LetterId>,
    exemptions: Vec<ExemptionId>,
}

pub(super) async fn of(inner: &mut Inner, id: SubjectId) -> Result<Letters, StoreError> {
    let letters = sql!("SELECT id FROM letters WHERE subject_id = $1 ORDER BY id");
    let exemptions = sql!("SELECT id FROM notice_exemptions WHERE subject_id = $1 ORDER BY id");
    Ok(Letters {
        letters: super::ids(inner, letters, id).await?,
        exemptions: super::ids(inner, exemptions, id).await?,
    })
}

/// Whether a letter was made since two were merged that is about what was decided of one of them.
pub(super) async fn told_since(
    inner: &mut Inner,
    owner: SubjectId,
    others: &Decisions,
    known: [&Letters; 2],
) -> Result<bool, StoreError> {
    let text = sql!("SELECT id, proposal_id, exclusion_id, appeal_id FROM letters WHERE subject_id = $1");
    for row in inner.rows(text, args![owner]).await? {
        let id: LetterId = row.id("id")?;
        if !known.iter().any(|known| known.letters.contains(&id)) && others.are_told(&row)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whatever ended meanwhile stays gone.
pub(super) async fn move_all(inner: &mut Inner, way: &Way, all: &Letters) -> Result<(), StoreError> {
    for letter in &all.letters {
        let text = sql!("UPDATE letters SET subject_id = $2 WHERE id = $1 AND subject_id = $3");
        inner.exec(text, args![*letter, way.to, way.from]).await?;
    }
    for exemption in &all.exemptions {
        let text = sql!("SELECT sealed FROM notice_exemptions WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*exemption, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "notice_exemptions", "sealed", exemption.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE notice_exemptions SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*exemption, way.to, sealed]).await?;
    }
    Ok(())
}
