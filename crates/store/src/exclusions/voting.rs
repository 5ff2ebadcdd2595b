//! Votes on proposals, counted in the transaction in which one is cast (EXC-2, EXC-8).
use super::{Decided, proposals, proposals::Held};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents::reporting,
    keys,
};
use fairwatch_core::{
    clocks::plus_months,
    exclusions::{
        Asked, Choice, Conflict, Count, OneProposal, ProposalFacts, ProposalState, Scope, Verdict, Vote,
        VoteOnCase, deciders, tariff::tariff,
    },
    ids::{AccountId, IncidentId, MemberId, ProposalId, SubjectId, VoteId},
    scope::Scope as OrgScope,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A vote as it is held.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Whose.
    pub account: AccountId,
    /// What they said.
    pub choice: Choice,
    /// When.
    pub at: Timestamp,
    /// Why, and who they are.
    pub says: Vote,
    /// Whether it counts: whoever was suspended, or has no part, counts no more.
    pub counts: bool,
    /// Whether it counted when it was decided.
    counted: bool,
}

/// How the votes on a proposal stand.
#[derive(Clone, Debug)]
pub struct Votes {
    /// Every vote, in order.
    pub cast: Vec<Cast>,
    /// What they come to.
    pub count: Count,
    /// What the asker said.
    pub own: Option<(Choice, String)>,
}

/// Whoever may vote: those with a role that decides which is in force today, but those who have no part.
pub(super) async fn may_vote(
    inner: &mut Inner,
    scope: &OrgScope,
    kept_out: &BTreeMap<AccountId, Conflict>,
) -> Result<BTreeSet<AccountId>, StoreError> {
    let mut may = BTreeSet::new();
    for role in deciders(&scope.policy) {
        let text = sql!(
            "SELECT m.account_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
             WHERE m.org_id = $1 AND m.role = $2 AND m.state = 'active' AND a.state = 'active'"
        );
        for row in inner.rows(text, args![scope.org, role.name()]).await? {
            let account: AccountId = row.id("account_id")?;
            if !kept_out.contains_key(&account) {
                may.insert(account);
            }
        }
    }
    Ok(may)
}

async fn cast(
    inner: &mut Inner,
    subject: SubjectId,
    proposal: ProposalId,
    may: &BTreeSet<AccountId>,
) -> Result<Vec<Cast>, StoreError> {
    let text = sql!("SELECT * FROM proposal_votes WHERE proposal_id = $1 ORDER BY voted_at, id");
    let rows = inner.rows(text, args![proposal]).await?;
    let key = inner.key(subject.0).await?;
    rows.iter()
        .map(|row| {
            let (id, account): (VoteId, AccountId) = (row.id("id")?, row.id("account_id")?);
            Ok(Cast {
                account,
                choice: row.word("choice")?,
                at: row.instant("voted_at")?,
                says: keys::open(&key, "proposal_votes", "sealed", id.0, &row.bytes("sealed")?)?,
                counts: may.contains(&account),
                counted: row.int("counted")? == 1,
            })
        })
        .collect()
}

fn count(cast: &[Cast], may: &BTreeSet<AccountId>) -> Count {
    let of = |choice: Choice| {
        let counted = cast.iter().filter(|vote| vote.counts && vote.choice == choice).count();
        u32::try_from(counted).unwrap_or(u32::MAX)
    };
    Count {
        may: u32::try_from(may.len()).unwrap_or(u32::MAX),
        authorise: of(Choice::Authorise),
        refuse: of(Choice::Refuse),
        abstain: of(Choice::Abstain),
    }
}

/// How the votes on a proposal stand today. Once it is decided, those count that did when it was.
pub(super) async fn votes(
    inner: &mut Inner,
    facts: &ProposalFacts,
    held: &Held,
    asker: Option<AccountId>,
) -> Result<Votes, StoreError> {
    let may = may_vote(inner, &facts.scope, &facts.kept_out).await?;
    let mut cast = cast(inner, facts.subject.subject, held.id, &may).await?;
    if held.state != ProposalState::Open {
        cast.iter_mut().for_each(|vote| vote.counts = vote.counted);
    }
    let own = cast.iter().find(|vote| Some(vote.account) == asker);
    let own = own.map(|vote| (vote.choice, vote.says.reason.clone()));
    Ok(Votes { count: count(&cast, &may), cast, own })
}

/// Says something to the proposal that was allowed; as soon as enough agree, the person is excluded, in this transaction,
/// and as soon as too many refuse, it is refused. Both are kept (EXC-2).
///
/// # Errors
/// [`StoreError::Refused`] for whoever has no part in it, and where what it rests on is no longer there.
pub async fn vote(
    tx: &mut Tx<VoteOnCase>,
    choice: Choice,
    reason: &str,
) -> Result<ProposalState, StoreError> {
    let OneProposal(id) = *tx.permit.target();
    let facts = tx.permit.facts().clone();
    let (scope, subject) = (facts.scope.clone(), facts.subject.subject);
    let account = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    if let Some(conflict) = facts.kept_out.get(&account) {
        return Err(StoreError::refused(conflict.sentence()));
    }
    let says = Vote { reason: reason.to_owned(), by: reporting::reporter(tx).await?.profile.name };
    let inner = &mut tx.inner;
    let row = inner.one(sql!("SELECT * FROM proposals WHERE id = $1"), args![id]).await?;
    let held = proposals::read(inner, &row, &scope, facts.subject.stage).await?;
    put(inner, subject, id, account, choice, &says).await?;
    let may = may_vote(inner, &scope, &facts.kept_out).await?;
    let cast = cast(inner, subject, id, &may).await?;
    let verdict = count(&cast, &may).verdict(held.votes_needed);
    // Any vote can be the one by which it is authorised: whoever was suspended counts again once that is over.
    if choice == Choice::Authorise || verdict == Verdict::Authorised {
        still_rests(inner, &scope, subject, &held).await?;
    }
    let state = match verdict {
        Verdict::Open => ProposalState::Open,
        Verdict::Refused => ProposalState::Refused,
        Verdict::Authorised => ProposalState::Authorised,
    };
    if state != ProposalState::Open {
        let now = inner.ctx.now();
        let text = sql!("UPDATE proposals SET state = $2, decided_on = $3, decided_at = $4 WHERE id = $1");
        inner.exec(text, args![id, state.name(), scope.today, now]).await?;
        for vote in cast.iter().filter(|vote| !vote.counts) {
            let text =
                sql!("UPDATE proposal_votes SET counted = 0 WHERE proposal_id = $1 AND account_id = $2");
            inner.exec(text, args![id, vote.account]).await?;
        }
    }
    if state == ProposalState::Authorised {
        let months = held.months.unwrap_or(0);
        let ends_on = plus_months(scope.today, months).ok_or_else(|| StoreError::corrupt("a period"))?;
        let premises = held.premises.iter().map(|(member, _)| *member).collect::<Vec<MemberId>>();
        let decided = Decided {
            proposal: id,
            number: held.number,
            scope: held.scope.unwrap_or(Scope::Some),
            ends_on,
            premises: &premises,
            reason: because(inner, &scope, subject, &held.says.evidence).await?,
        };
        super::exclude(inner, &scope, subject, decided).await?;
    }
    tx.because(subject.0, reason);
    Ok(state)
}

async fn put(
    inner: &mut Inner,
    subject: SubjectId,
    proposal: ProposalId,
    account: AccountId,
    choice: Choice,
    says: &Vote,
) -> Result<(), StoreError> {
    let before = sql!("DELETE FROM proposal_votes WHERE proposal_id = $1 AND account_id = $2");
    inner.exec(before, args![proposal, account]).await?;
    let id: VoteId = inner.ctx.new_id();
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "proposal_votes", "sealed", id.0, says)?;
    let text = sql!(
        "INSERT INTO proposal_votes (id, proposal_id, account_id, choice, voted_at, sealed) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, proposal, account, choice.name(), now, sealed]).await?;
    Ok(())
}

/// What was reported may have been taken away since it was proposed: nobody is excluded for what is not there any more.
/// It is asked as of the day of the proposal, so that no incident grows too old while it is decided.
async fn still_rests(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    held: &Held,
) -> Result<(), StoreError> {
    let gone = |why: &str| {
        StoreError::Refused(format!(
            "This cannot be authorised any more: {why} The controller can propose anew."
        ))
    };
    let mut stands = false;
    for incident in &held.says.evidence {
        stands |= proposals::is_theirs(inner, scope, subject, *incident).await?;
    }
    if !stands {
        return Err(gone("what it rests on is not held of this person any more."));
    }
    let ledger = proposals::ledger_of(inner, subject).await?;
    let history = super::counting::history(inner, subject, &ledger).await?;
    let asked = Asked { step: held.step.clone(), scope: held.scope, months: held.months };
    match tariff(&scope.policy, &history, held.opened_on).fits(&scope.policy, &asked) {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(gone("the tariff no longer allows it, since a report was taken away or the policy changed."))
        }
    }
}

/// What somebody is excluded for, in words that they can read.
async fn because(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    evidence: &[IncidentId],
) -> Result<String, StoreError> {
    let mut told = Vec::new();
    for incident in evidence {
        if !proposals::is_theirs(inner, scope, subject, *incident).await? {
            continue;
        }
        let text = sql!("SELECT category, occurred_on FROM incidents WHERE id = $1");
        let row = inner.one(text, args![*incident]).await?;
        let (id, on) = (row.text("category")?, row.date("occurred_on")?);
        let word = scope.policy.incidents.categories.iter().find(|word| *word.id == *id);
        let label = word.map_or_else(|| "Incident".to_owned(), |word| word.label.to_string());
        told.push((on, format!("{label}, {}", on.strftime("%-d %B %Y"))));
    }
    told.sort();
    Ok(told.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; "))
}
