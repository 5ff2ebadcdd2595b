//! Proposals as pages show them: those that wait and that were decided, and one with all that it rests on (EXC-2).
use super::{
    giving,
    proposals::{Held, is_kept, is_theirs, read},
    voting,
};
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts, orgs, subjects,
};
use fairwatch_core::{
    exclusions::{Choice, Conflict, InForce, ListCases, ProposalFacts, ShowCase, decide_alike},
    gate::Role,
    ids::{AccountId, IncidentId, SubjectId},
    scope::{InOrg, Scope as OrgScope},
};
use jiff::civil::Date;

/// A proposal in a list: whoever decides without knowing on whom is told no more.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The proposal.
    pub held: Held,
    /// Of whom, by id and number.
    pub subject: (SubjectId, i64),
    /// By name, where there is one.
    pub name: Option<String>,
    /// What the asker has said to it.
    pub own: Option<Choice>,
}

/// Proposals of an organisation: those that wait, and then those that were decided, the newest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListCases>, before: i64, size: u32) -> Result<Vec<Listed>, StoreError> {
    let InOrg(org) = *tx.permit.target();
    let scope = tx.permit.facts().clone();
    let account = tx.permit.standing().account;
    // What others decide of somebody is theirs to see; what the controller does alone, a warning, is not.
    let warnings = tx.permit.standing().is(Role::Controller);
    let text = sql!(
        "SELECT p.*, s.number AS subject_number FROM proposals p JOIN subjects s ON s.id = p.subject_id \
         WHERE p.org_id = $1 AND p.number < $3 AND s.stage <> 'frozen' AND (s.delete_on IS NULL OR s.delete_on > $2) \
         AND ($4 = 1 OR p.kind = 'exclusion') ORDER BY p.number DESC LIMIT $5"
    );
    let mut found = Vec::new();
    let mut rows = Vec::new().into_iter();
    let mut before = before;
    // What is not kept any more, but still there until the sweep comes by, must not make a page end early.
    while found.len() < size as usize {
        let Some(row) = rows.next() else {
            let more = tx.inner.rows(text, args![org, scope.today, before, warnings, size]).await?;
            let Some(last) = more.last() else { break };
            before = last.int("number")?;
            rows = more.into_iter();
            continue;
        };
        let row: &Row = &row;
        if !is_kept(&mut tx.inner, &scope, row).await? {
            continue;
        }
        let subject: SubjectId = row.id("subject_id")?;
        let Some(facts) = facts::subject(&mut tx.inner, subject, None).await? else { continue };
        let held = read(&mut tx.inner, row, &scope, facts.stage).await?;
        let text = sql!("SELECT choice FROM proposal_votes WHERE proposal_id = $1 AND account_id = $2");
        let own = tx.inner.opt(text, args![held.id, account]).await?;
        found.push(Listed {
            name: subjects::profile(&mut tx.inner, subject).await?.name().map(str::to_owned),
            subject: (subject, row.int("subject_number")?),
            own: own.map(|row| row.word("choice")).transpose()?,
            held,
        });
    }
    tx.saw(found.iter().map(|one| one.held.id.0));
    Ok(found)
}

/// Everybody who is excluded today, with number and name, by the day on which it ends.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn excluded(
    tx: &mut Tx<ListCases>,
) -> Result<Vec<(SubjectId, i64, Option<String>, InForce)>, StoreError> {
    let scope = tx.permit.facts().clone();
    let all = super::all_in_force(&mut tx.inner, &scope).await?;
    let mut found = Vec::with_capacity(all.len());
    for (subject, in_force) in all {
        let row = tx.inner.one(sql!("SELECT number FROM subjects WHERE id = $1"), args![subject]).await?;
        let name = subjects::profile(&mut tx.inner, subject).await?.name().map(str::to_owned);
        found.push((subject, row.int("number")?, name, in_force));
    }
    found.sort_by_key(|(_, number, _, in_force)| (in_force.ends_on, *number));
    tx.saw(found.iter().map(|(subject, ..)| subject.0));
    Ok(found)
}

/// How many proposals wait for a decision today.
pub(crate) async fn waiting(inner: &mut Inner, scope: &OrgScope) -> Result<i64, StoreError> {
    let text = sql!(
        "SELECT p.policy_id, COUNT(*) AS n FROM proposals p JOIN subjects s ON s.id = p.subject_id \
         WHERE p.org_id = $1 AND p.state = 'open' AND p.closes_on > $2 AND s.stage = 'circulating' AND s.ends_on > $2 \
         GROUP BY p.policy_id"
    );
    let mut waiting = 0;
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        let then = orgs::policy_of(inner, row.id("policy_id")?).await?;
        if decide_alike(&then, &scope.policy) {
            waiting += row.int("n")?;
        }
    }
    Ok(waiting)
}

/// An incident that is named as evidence, as far as it is still there.
#[derive(Clone, Debug)]
pub struct Named {
    /// The incident.
    pub incident: IncidentId,
    /// Its number.
    pub number: i64,
    /// What happened, by the policy's vocabulary.
    pub category: String,
    /// When.
    pub occurred_on: Date,
    /// Whether it is of that person still.
    pub stands: bool,
}

/// A proposal with what it rests on and how it stands.
pub struct Case {
    /// The proposal.
    pub held: Held,
    /// Of whom, by number.
    pub subject_number: i64,
    /// By name, where there is one.
    pub name: Option<String>,
    /// The incidents that are named as evidence.
    pub evidence: Vec<Named>,
    /// What police and agencies gave that is named as evidence.
    pub given: Vec<giving::Held>,
    /// How the votes stand.
    pub votes: voting::Votes,
    /// Why the asker has no part in the decision, where that is so.
    pub conflict: Option<Conflict>,
}

/// The proposal that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowCase>) -> Result<Case, StoreError> {
    let facts = tx.permit.facts().clone();
    let account = tx.permit.standing().account;
    case(&mut tx.inner, &facts, account).await
}

/// A proposal with what it rests on, for whoever asks.
pub(super) async fn case(
    inner: &mut Inner,
    facts: &ProposalFacts,
    account: Option<AccountId>,
) -> Result<Case, StoreError> {
    let (scope, subject, id) = (facts.scope.clone(), facts.subject.subject, facts.proposal);
    let row = inner.one(sql!("SELECT * FROM proposals WHERE id = $1"), args![id]).await?;
    let held = read(inner, &row, &scope, facts.subject.stage).await?;
    let mut evidence = Vec::new();
    for incident in &held.says.evidence {
        let text = sql!(
            "SELECT number, category, occurred_on FROM incidents WHERE id = $1 AND (delete_on IS NULL OR delete_on > $2)"
        );
        let Some(row) = inner.opt(text, args![*incident, scope.today]).await? else { continue };
        evidence.push(Named {
            incident: *incident,
            number: row.int("number")?,
            category: row.text("category")?,
            occurred_on: row.date("occurred_on")?,
            stands: is_theirs(inner, &scope, subject, *incident).await?,
        });
    }
    let mut given = giving::of_subject(inner, subject).await?;
    given.retain(|one| held.says.given.contains(&one.id));
    let number = inner.one(sql!("SELECT number FROM subjects WHERE id = $1"), args![subject]).await?;
    Ok(Case {
        subject_number: number.int("number")?,
        name: subjects::profile(inner, subject).await?.name().map(str::to_owned),
        votes: voting::votes(inner, facts, &held, account).await?,
        conflict: account.and_then(|account| facts.kept_out.get(&account).copied()),
        held,
        evidence,
        given,
    })
}
