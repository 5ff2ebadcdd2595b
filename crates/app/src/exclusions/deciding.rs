//! Proposals as those see them who decide, and what they say (EXC-2).
use super::reason_given;
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    exclusions::{
        Choice, Conflict, InForce, ListCases, OneProposal, ProposalState, ShowCase, VoteOnCase, WithdrawCase,
    },
    gate::{Ctx, Role},
    ids::{IncidentId, OrgId, ProposalId, SubjectId},
    incidents::{Piece, pieces},
    policy::{Category, Viewer},
    scope::{InOrg, Scope as OrgScope},
    subjects::{sight, viewer},
};
use fairwatch_store::{
    Tx,
    exclusions::{
        cases::{self, Listed, Named},
        giving,
        proposals::{self, Held},
        voting::{self, Votes},
    },
};
use uuid::Uuid;

/// Of whom a proposal is, for those who may know.
#[derive(Clone, Debug)]
pub struct Whom {
    /// The record.
    pub id: SubjectId,
    /// Its number, which is its reference.
    pub number: i64,
    /// The name, where there is one and the viewer sees it.
    pub name: Option<String>,
}

/// A proposal with only what the viewer may know.
pub struct Case {
    /// The organisation, its policy and today.
    pub scope: OrgScope,
    /// The proposal, with “the person” where the person stands. What it says holds nothing of whom it is where the viewer
    /// must not know.
    pub held: Held,
    /// Of whom; none for those who decide without knowing.
    pub whom: Option<Whom>,
    /// The incidents that are named as evidence.
    pub evidence: Vec<Named>,
    /// What police and agencies gave; it may name the person, so it is for those who may know alone.
    pub given: Vec<giving::Held>,
    /// How the votes stand.
    pub votes: Votes,
    /// Why the viewer has no part in the decision, where that is so.
    pub conflict: Option<Conflict>,
    /// Whether members are shown the person: nobody decides on one who is restricted.
    pub members_see: bool,
}

/// A proposal in a list.
pub struct Line {
    /// The proposal.
    pub listed: Listed,
    /// Of whom; none for those who decide without knowing.
    pub whom: Option<Whom>,
}

/// Proposals, and who is excluded.
pub struct Cases {
    /// The organisation, its policy and today.
    pub scope: OrgScope,
    /// The proposals, the newest first.
    pub lines: Vec<Line>,
    /// The number before which the next page begins.
    pub next: Option<i64>,
    /// Everybody who is excluded today, for the controller alone.
    pub excluded: Vec<(Whom, InForce)>,
}

/// So many proposals stand on a page.
const PAGE: u32 = 50;

/// The controller keeps the records. Whoever else decides knows of whom only where the policy lets them.
fn may_know(scope: &OrgScope, role: Option<Role>) -> bool {
    role == Some(Role::Controller) || !scope.policy.exclusions.pseudonymised.is
}

/// What stands for a text that was written for people who knew on whom they decided.
const NOT_FOR_YOU: &str = "This was written when those who decide knew on whom, so it is not shown to you.";

/// Takes what people wrote who knew on whom out of votes that those read who must not know (EXC-2).
fn blind_votes(held: &Held, votes: &mut Votes) {
    if !held.was_blind {
        votes.cast.iter_mut().for_each(|vote| vote.says.reason = NOT_FOR_YOU.to_owned());
    }
}

/// Takes out of a proposal what leads to whom it is of.
fn blind(held: &mut Held) {
    if !held.was_blind {
        let says = &mut held.says;
        let texts = [&mut says.necessity, &mut says.proportionality, &mut says.account];
        let others = says.departs.iter_mut().chain(&mut says.overturned);
        texts.into_iter().chain(others).for_each(|text| *text = NOT_FOR_YOU.to_owned());
    }
    held.says.given.clear();
    held.says.counted.clear();
    held.says.evidence.clear();
    // Why it was taken back was written for the record.
    held.says.withdrawn = None;
}

/// Takes out of a case what leads to whom it is of, for those who decide, or hear an appeal, without knowing (EXC-2).
pub(super) fn blind_case(case: &mut cases::Case) {
    (case.name, case.subject_number) = (None, 0);
    case.given.clear();
    blind(&mut case.held);
    blind_votes(&case.held, &mut case.votes);
    for named in &mut case.evidence {
        (named.incident, named.number) = (IncidentId(Uuid::nil()), 0);
    }
}

/// Reads a proposal out: the person stands in it by a slot, as in a narrative.
pub(super) fn told(held: &mut Held) {
    let says = &mut held.says;
    let texts = [&mut says.necessity, &mut says.proportionality, &mut says.account];
    for text in texts.into_iter().chain(&mut says.departs) {
        let mut said = String::with_capacity(text.len());
        for piece in pieces(text) {
            let begins = said.trim_end().chars().next_back().is_none_or(|last| ".!?".contains(last));
            said.push_str(match piece {
                Piece::Text(words) => words,
                Piece::Slot(1) if begins => "The person",
                Piece::Slot(1) => "the person",
                Piece::Slot(_) if begins => "Another person",
                Piece::Slot(_) => "another person",
            });
        }
        *text = said;
    }
}

fn whom(
    scope: &OrgScope,
    role: Option<Role>,
    id: SubjectId,
    number: i64,
    name: Option<String>,
) -> Option<Whom> {
    let who = role.and_then(viewer).unwrap_or(Viewer::Member);
    let name = name.filter(|_| sight::sees(&scope.policy, who, Category::Name));
    may_know(scope, role).then_some(Whom { id, number, name })
}

/// Proposals that wait and that were decided; for the controller, who is excluded.
///
/// # Errors
/// [`AppError::Hidden`] for those who do not decide.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId, before: Option<i64>) -> Result<Cases, AppError> {
    let look = async move |tx: &mut Tx<ListCases>| {
        let scope = tx.permit().facts().clone();
        let role = tx.permit().standing().role;
        let listed = cases::list(tx, before.unwrap_or(i64::MAX), PAGE).await?;
        let next = listed.get(PAGE as usize - 1).map(|one| one.held.number);
        let lines = listed
            .into_iter()
            .map(|mut listed| {
                let (id, number) = listed.subject;
                let whom = whom(&scope, role, id, number, listed.name.take());
                if whom.is_none() {
                    listed.subject = (SubjectId(uuid::Uuid::nil()), 0);
                    blind(&mut listed.held);
                }
                told(&mut listed.held);
                Line { listed, whom }
            })
            .collect();
        let excluded = if role == Some(Role::Controller) { cases::excluded(tx).await? } else { Vec::new() };
        let excluded = excluded
            .into_iter()
            .map(|(id, number, name, in_force)| (Whom { id, number, name }, in_force))
            .collect();
        Ok(Cases { scope, lines, next, excluded })
    };
    Ok(app.store.read::<ListCases, _>(ctx, InOrg(org), look).await?)
}

/// A proposal, with what it rests on and how it stands. Whoever decides without knowing on whom is given no name, no
/// picture and no reference, neither of the person nor of an incident, under which they could look it up (EXC-2).
///
/// # Errors
/// [`AppError::Hidden`] where there is none, the person's time is over, or it is not for them.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, id: ProposalId) -> Result<Case, AppError> {
    let look = async move |tx: &mut Tx<ShowCase>| {
        let scope = tx.permit().facts().scope.clone();
        let subject = tx.permit().facts().subject.subject;
        let members_see = tx.permit().facts().subject.members_see;
        let role = tx.permit().standing().role;
        let account = tx.permit().standing().account;
        let mut case = cases::show(tx).await?;
        let whom = whom(&scope, role, subject, case.subject_number, case.name.take());
        if whom.is_none() {
            blind_case(&mut case);
        }
        // Until it is decided nobody reads how others voted, who could be led by it.
        if role != Some(Role::Controller) && case.held.state == ProposalState::Open {
            case.votes.cast.retain(|vote| Some(vote.account) == account);
        }
        told(&mut case.held);
        Ok(Case {
            scope,
            held: case.held,
            whom,
            evidence: case.evidence,
            given: case.given,
            votes: case.votes,
            conflict: case.conflict,
            members_see,
        })
    };
    Ok(app.store.read::<ShowCase, _>(ctx, OneProposal(id), look).await?)
}

/// Says something to a proposal; what became of it with that.
///
/// # Errors
/// [`AppError::Refused`] for whoever has no part in it; [`AppError::Hidden`] where it is decided, or not for them.
#[boxed]
pub async fn vote(
    app: &App,
    ctx: &Ctx,
    id: ProposalId,
    choice: Choice,
    reason: &str,
) -> Result<ProposalState, AppError> {
    let reason = reason_given(reason)?;
    let work = async move |tx: &mut Tx<VoteOnCase>| voting::vote(tx, choice, &reason).await;
    Ok(app.store.write::<VoteOnCase, _>(ctx, OneProposal(id), work).await?)
}

/// Takes a proposal back that is not decided.
///
/// # Errors
/// [`AppError::Hidden`] where it is decided.
#[boxed]
pub async fn withdraw(app: &App, ctx: &Ctx, id: ProposalId, reason: &str) -> Result<(), AppError> {
    let reason = reason_given(reason)?;
    let work = async move |tx: &mut Tx<WithdrawCase>| proposals::withdraw(tx, &reason).await;
    Ok(app.store.write::<WithdrawCase, _>(ctx, OneProposal(id), work).await?)
}
