//! What was decided of a subject, or is to be: proposals with their votes, exclusions, and what police gave as evidence.
use super::Way;
use crate::{
    dialect::{Row, args, sql},
    door::Inner,
    error::StoreError,
    ledger::{Line, Recorded},
};
use fairwatch_core::ids::{AppealId, ExclusionId, GivenId, ProposalId, SubjectId, VoteId};
use serde::{Deserialize, Serialize};

/// All of it, by id. Votes and premises go with what they are of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Decisions {
    proposals: Vec<ProposalId>,
    exclusions: Vec<ExclusionId>,
    given: Vec<GivenId>,
    #[serde(default)]
    appeals: Vec<AppealId>,
}

pub(super) async fn of(inner: &mut Inner, id: SubjectId) -> Result<Decisions, StoreError> {
    let proposals = sql!("SELECT id FROM proposals WHERE subject_id = $1 ORDER BY id");
    let exclusions = sql!("SELECT id FROM exclusions WHERE subject_id = $1 ORDER BY id");
    let given = sql!("SELECT id FROM given_evidence WHERE subject_id = $1 ORDER BY id");
    Ok(Decisions {
        proposals: super::ids(inner, proposals, id).await?,
        exclusions: super::ids(inner, exclusions, id).await?,
        given: super::ids(inner, given, id).await?,
        appeals: super::ids(inner, sql!("SELECT id FROM appeals WHERE subject_id = $1 ORDER BY id"), id)
            .await?,
    })
}

/// Whether something was decided since two were merged, or said of it, that concerns what was decided of one of them: what
/// follows from it stays with the kept record, and must not stand there without what it follows from. `known` are both as
/// they were.
pub(super) async fn touched_since(
    inner: &mut Inner,
    owner: SubjectId,
    others: &Decisions,
    known: [&Decisions; 2],
    since: &[Line],
) -> Result<bool, StoreError> {
    let is_changed = |line: &Line| match &line.what {
        Recorded::Excluded { exclusion, .. } | Recorded::ExclusionLifted { exclusion } => {
            others.exclusions.contains(exclusion)
        }
        _ => false,
    };
    if since.iter().any(is_changed) {
        return Ok(true);
    }
    let exclusions = sql!("SELECT id, proposal_id FROM exclusions WHERE subject_id = $1");
    for row in inner.rows(exclusions, args![owner]).await? {
        let id: ExclusionId = row.id("id")?;
        let is_known = known.iter().any(|known| known.exclusions.contains(&id));
        if !is_known && others.proposals.contains(&row.id("proposal_id")?) {
            return Ok(true);
        }
    }
    let appeals = sql!("SELECT id, proposal_id FROM appeals WHERE subject_id = $1");
    for row in inner.rows(appeals, args![owner]).await? {
        let id: AppealId = row.id("id")?;
        let is_known = known.iter().any(|known| known.appeals.contains(&id));
        if !is_known && others.proposals.contains(&row.id("proposal_id")?) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Decisions {
    /// Whether a letter is about any of it.
    pub(super) fn are_told(&self, letter: &Row) -> Result<bool, StoreError> {
        Ok(letter.opt_id("proposal_id")?.is_some_and(|id| self.proposals.contains(&id))
            || letter.opt_id("exclusion_id")?.is_some_and(|id| self.exclusions.contains(&id))
            || letter.opt_id("appeal_id")?.is_some_and(|id| self.appeals.contains(&id)))
    }
}

/// Whatever is gone meanwhile, since the policy keeps votes no longer, stays gone.
pub(super) async fn move_all(inner: &mut Inner, way: &Way, all: &Decisions) -> Result<(), StoreError> {
    for proposal in &all.proposals {
        let text = sql!("SELECT sealed FROM proposals WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*proposal, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "proposals", "sealed", proposal.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE proposals SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*proposal, way.to, sealed]).await?;
        let text = sql!("SELECT id, sealed FROM proposal_votes WHERE proposal_id = $1 ORDER BY id");
        for row in inner.rows(text, args![*proposal]).await? {
            let vote: VoteId = row.id("id")?;
            let sealed = way.reseal(inner, "proposal_votes", "sealed", vote.0, &row.bytes("sealed")?)?;
            let text = sql!("UPDATE proposal_votes SET sealed = $2 WHERE id = $1");
            inner.exec(text, args![vote, sealed]).await?;
        }
    }
    for exclusion in &all.exclusions {
        let text = sql!("SELECT sealed FROM exclusions WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*exclusion, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "exclusions", "sealed", exclusion.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE exclusions SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*exclusion, way.to, sealed]).await?;
    }
    for appeal in &all.appeals {
        let text = sql!("SELECT sealed FROM appeals WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*appeal, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "appeals", "sealed", appeal.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE appeals SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*appeal, way.to, sealed]).await?;
    }
    for given in &all.given {
        let text = sql!("SELECT sealed FROM given_evidence WHERE id = $1 AND subject_id = $2");
        let Some(row) = inner.opt(text, args![*given, way.from]).await? else { continue };
        let sealed = way.reseal(inner, "given_evidence", "sealed", given.0, &row.bytes("sealed")?)?;
        let text = sql!("UPDATE given_evidence SET subject_id = $2, sealed = $3 WHERE id = $1");
        inner.exec(text, args![*given, way.to, sealed]).await?;
    }
    Ok(())
}
