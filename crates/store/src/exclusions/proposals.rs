//! Proposals to warn or exclude somebody: what they rest on, and what became of them (EXC-1, EXC-2).
use super::{appeals, businesses, counting};
use crate::{
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::{self, Load},
    incidents::reporting,
    keys,
    ledger::{self, Ledger, Life},
    orgs, subjects,
};
use fairwatch_core::{
    accounts::Business,
    clocks::Stage,
    exclusions::{
        AskTariff, Asked, Conflict, Kind, OneProposal, Proposal, ProposalFacts, ProposalState, Propose,
        Scope, Tariff, WithdrawCase, decide_alike, is_alone, scope_name, scope_named, state_on,
        tariff::{Fit, tariff},
    },
    ids::{AccountId, GivenId, IncidentId, MemberId, PolicyId, ProposalId, SubjectId},
    scope::{Scope as OrgScope, ends},
    subjects::OneSubject,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A proposal as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The proposal.
    pub id: ProposalId,
    /// The number by which those who decide know it.
    pub number: i64,
    /// The step of the tariff, by its id.
    pub step: String,
    /// A warning or an exclusion.
    pub kind: Kind,
    /// From where; none for a warning.
    pub scope: Option<Scope>,
    /// For how many months; none for a warning.
    pub months: Option<u32>,
    /// What became of it by today.
    pub state: ProposalState,
    /// How many must agree.
    pub votes_needed: u32,
    /// The day on which it was made.
    pub opened_on: Date,
    /// The first day on which nobody can decide on it.
    pub closes_on: Date,
    /// The day on which it was decided.
    pub decided_on: Option<Date>,
    /// Who made it.
    pub proposed_by: AccountId,
    /// What it says.
    pub says: Proposal,
    /// From whose premises, where not from all.
    pub premises: Vec<(MemberId, Business)>,
    /// Whether it was written, and voted on, for people who were not to know on whom.
    pub was_blind: bool,
}

/// What became of a proposal by today, and whether it was written for people who were not to know on whom.
async fn stands(
    inner: &mut Inner,
    row: &Row,
    scope: &OrgScope,
    stage: Stage,
) -> Result<(ProposalState, bool), StoreError> {
    let then = orgs::policy_of(inner, row.id("policy_id")?).await?;
    let by_same_rules = decide_alike(&then, &scope.policy);
    let (state, kind) = (row.word("state")?, row.word("kind")?);
    let state = state_on(state, kind, row.date("closes_on")?, stage, scope.today, by_same_rules);
    Ok((state, then.exclusions.pseudonymised.is))
}

/// Whether the policy still keeps a decided proposal with its votes: for its period, and for as long as an exclusion or an
/// appeal rests on it. Asked when it is read, whether or not the sweep has come by (RET-10, RET-15).
pub(super) async fn is_kept(inner: &mut Inner, scope: &OrgScope, row: &Row) -> Result<bool, StoreError> {
    let closes_on = row.date("closes_on")?;
    let ran_out = (closes_on <= scope.today).then_some(closes_on);
    let Some(decided) = row.opt_date("decided_on")?.or(ran_out) else { return Ok(true) };
    if ends(decided, scope.policy.keep.vote.length) > scope.today {
        return Ok(true);
    }
    let id: ProposalId = row.id("id")?;
    let text = sql!(
        "SELECT id FROM exclusions WHERE proposal_id = $1 AND state = 'in_force' AND ends_on > $2 LIMIT 1"
    );
    if inner.opt(text, args![id, scope.today]).await?.is_some() {
        return Ok(true);
    }
    appeals::keep(inner, scope, id).await
}

pub(super) async fn read(
    inner: &mut Inner,
    row: &Row,
    scope: &OrgScope,
    stage: Stage,
) -> Result<Held, StoreError> {
    let (id, subject): (ProposalId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
    let key = inner.key(subject.0).await?;
    let from = row.opt_text("scope")?;
    let from =
        from.map(|name| scope_named(&name).ok_or_else(|| StoreError::corrupt("a scope"))).transpose()?;
    let text = sql!("SELECT member_id FROM proposal_premises WHERE proposal_id = $1 ORDER BY member_id");
    let rows = inner.rows(text, args![id]).await?;
    let members = rows.iter().map(|row| row.id("member_id")).collect::<Result<Vec<_>, _>>()?;
    let (state, was_blind) = stands(inner, row, scope, stage).await?;
    let number = |n: i64| u32::try_from(n).map_err(|_| StoreError::corrupt("a number"));
    Ok(Held {
        id,
        number: row.int("number")?,
        step: row.text("step")?,
        kind: row.word("kind")?,
        scope: from,
        months: row.opt_int("months")?.map(number).transpose()?,
        state,
        votes_needed: number(row.int("votes_needed")?)?,
        opened_on: row.date("opened_on")?,
        closes_on: row.date("closes_on")?,
        decided_on: row.opt_date("decided_on")?,
        proposed_by: row.id("proposed_by")?,
        says: keys::open(&key, "proposals", "sealed", id.0, &row.bytes("sealed")?)?,
        premises: businesses(inner, &members).await?,
        was_blind,
    })
}

/// All proposals of somebody, the newest first.
pub(crate) async fn of_subject(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    stage: Stage,
) -> Result<Vec<Held>, StoreError> {
    let text = sql!("SELECT * FROM proposals WHERE subject_id = $1 ORDER BY number DESC");
    let mut found = Vec::new();
    for row in inner.rows(text, args![subject]).await? {
        if is_kept(inner, scope, &row).await? {
            found.push(read(inner, &row, scope, stage).await?);
        }
    }
    Ok(found)
}

impl Load<OneProposal> for ProposalFacts {
    async fn load(inner: &mut Inner, target: &OneProposal, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT id, subject_id, policy_id, kind, state, closes_on, decided_on, proposed_by, sealed FROM proposals \
             WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let values = || args![target.0, inner_within(inner)];
        // Subjects are locked before what belongs to them.
        let first = values();
        let Some(found) = inner.opt(text, first).await? else { return Ok(None) };
        let lock = if acting { Lock::Update } else { Lock::Share };
        let Some(subject) = facts::subject(inner, found.id("subject_id")?, Some(lock)).await? else {
            return Ok(None);
        };
        let again = args![target.0, inner_within(inner)];
        let Some(row) = inner.db.opt_locked(text, again, lock).await? else { return Ok(None) };
        // It may have gone over to another record that is the same person's.
        if row.id::<SubjectId>("subject_id")? != subject.subject {
            return Ok(None);
        }
        let key = inner.key(subject.subject.0).await?;
        let says: Proposal = keys::open(&key, "proposals", "sealed", target.0.0, &row.bytes("sealed")?)?;
        let scope = subject.scope.clone();
        if !is_kept(inner, &scope, &row).await? {
            return Ok(None);
        }
        let kept_out = kept_out(inner, &scope, row.id("proposed_by")?, &says.evidence).await?;
        let (state, _) = stands(inner, &row, &scope, subject.stage).await?;
        Ok(Some(Self { scope, proposal: target.0, kind: row.word("kind")?, subject, state, kept_out }))
    }
}

fn inner_within(inner: &Inner) -> Option<fairwatch_core::ids::OrgId> {
    inner.within
}

/// Who has no part in a decision, worked out from what is there now: whoever reported what it rests on, whoever belongs to
/// the business that did, whoever proposed it, and whoever acts for the police (EXC-2, EXC-8).
async fn kept_out(
    inner: &mut Inner,
    scope: &OrgScope,
    proposed_by: AccountId,
    evidence: &[IncidentId],
) -> Result<BTreeMap<AccountId, Conflict>, StoreError> {
    let mut kept: BTreeMap<AccountId, Conflict> = BTreeMap::new();
    let text = sql!(
        "SELECT DISTINCT account_id FROM memberships WHERE account_id IS NOT NULL AND state = 'active' \
         AND role IN ('police', 'aic')"
    );
    for row in inner.rows(text, args![]).await? {
        kept.insert(row.id("account_id")?, Conflict::Police);
    }
    for incident in evidence {
        let text =
            sql!("SELECT DISTINCT account_id, member_id FROM reports WHERE incident_id = $1 AND org_id = $2");
        for row in inner.rows(text, args![*incident, scope.org]).await? {
            kept.entry(row.id("account_id")?).or_insert(Conflict::Reported);
            let member: Option<MemberId> = row.opt_id("member_id")?;
            let Some(member) = member else { continue };
            let text = sql!(
                "SELECT DISTINCT account_id FROM memberships WHERE org_id = $1 AND member_id = $2 AND account_id IS NOT NULL"
            );
            for row in inner.rows(text, args![scope.org, member]).await? {
                kept.entry(row.id("account_id")?).or_insert(Conflict::TheirBusiness);
            }
        }
    }
    // Where the controller decides alone, nobody else is there to propose.
    if !is_alone(&scope.policy) {
        kept.entry(proposed_by).or_insert(Conflict::Proposed);
    }
    Ok(kept)
}

/// What the tariff says of the subject today, and what was given as evidence.
pub struct Before {
    /// The tariff.
    pub tariff: Tariff,
    /// What police and agencies gave.
    pub given: Vec<super::giving::Held>,
    /// A proposal that is open already.
    pub open: Option<ProposalId>,
    /// How many could vote if every incident of the person were named as evidence.
    pub deciders: u32,
}

/// What a proposal would rest on (EXC-1).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn before(tx: &mut Tx<AskTariff>) -> Result<(subjects::Open, Before), StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let (scope, stage) = (tx.permit.facts().scope.clone(), tx.permit.facts().stage);
    let inner = &mut tx.inner;
    let open = subjects::load(inner, &scope, subject).await?;
    let ledger = ledger_of(inner, subject).await?;
    let history = counting::history(inner, subject, &ledger).await?;
    let by = tx.permit.standing().account.unwrap_or(AccountId(uuid::Uuid::nil()));
    let kept = kept_out(inner, &scope, by, &[]).await?;
    let before = Before {
        tariff: tariff(&scope.policy, &history, scope.today),
        given: super::giving::of_subject(inner, subject).await?,
        open: open_of(inner, &scope, subject, stage).await?,
        deciders: super::voting::may_vote(inner, &scope, &kept).await?.len().try_into().unwrap_or(u32::MAX),
    };
    Ok((open, before))
}

pub(super) async fn ledger_of(inner: &mut Inner, subject: SubjectId) -> Result<Ledger, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![subject]).await?;
    Ok(ledger::load(inner, subject, &row.bytes("sealed")?).await?.1)
}

async fn open_of(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    stage: Stage,
) -> Result<Option<ProposalId>, StoreError> {
    let text = sql!(
        "SELECT id, policy_id, kind, state, closes_on FROM proposals WHERE subject_id = $1 AND state = 'open' ORDER BY number"
    );
    for row in inner.rows(text, args![subject]).await? {
        if stands(inner, &row, scope, stage).await?.0 == ProposalState::Open {
            return Ok(Some(row.id("id")?));
        }
    }
    Ok(None)
}

/// A proposal as it is made.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// The step of the tariff, by its id.
    pub step: String,
    /// From where; none for a warning.
    pub scope: Option<Scope>,
    /// For how many months; none for a warning.
    pub months: Option<u32>,
    /// From whose premises, where not from all.
    pub premises: Vec<MemberId>,
    /// The incidents that are named as evidence.
    pub evidence: Vec<IncidentId>,
    /// What police or an agency gave that is named as evidence.
    pub given: Vec<GivenId>,
    /// Why nothing milder will do.
    pub necessity: String,
    /// Why it is no more than is called for.
    pub proportionality: String,
    /// What happened, for those who decide.
    pub account: String,
    /// Why it departs from the tariff, where it does.
    pub departs: Option<String>,
}

/// Warns the subject, which is the controller's alone, or proposes to exclude them, which others decide (EXC-1, EXC-2).
///
/// # Errors
/// [`StoreError::Refused`] in words: more than the tariff says, no evidence, one that is open already, nobody to decide.
pub async fn propose(tx: &mut Tx<Propose>, new: New) -> Result<(ProposalId, ProposalState), StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let facts = tx.permit.facts();
    let (scope, stage, members_see) = (facts.scope.clone(), facts.stage, facts.members_see);
    let by = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let name = reporting::reporter(tx).await?.profile.name;
    let inner = &mut tx.inner;
    let exclusions = &scope.policy.exclusions;
    let ledger = ledger_of(inner, subject).await?;
    let says = tariff(&scope.policy, &counting::history(inner, subject, &ledger).await?, scope.today);
    let asked = Asked { step: new.step.clone(), scope: new.scope, months: new.months };
    let fit = says.fits(&scope.policy, &asked).map_err(|(field, why)| StoreError::RefusedAt(field, why))?;
    if fit == Fit::Departs && new.departs.is_none() {
        let why = "This is not what the tariff says. Say why it is called for here.";
        return Err(StoreError::RefusedAt("departs", why.into()));
    }
    let step = exclusions.steps.iter().find(|step| *step.id == *new.step);
    let kind = Kind::from(step.ok_or_else(|| StoreError::refused("Choose a step of the tariff."))?.kind);
    if kind == Kind::Exclusion && stage != Stage::Circulating {
        return Err(StoreError::RefusedAt(
            "step",
            "Only somebody who is shown to members can be excluded. This person can be warned.".into(),
        ));
    }
    if kind == Kind::Exclusion && !members_see {
        return Err(StoreError::RefusedAt(
            "step",
            "Members are not shown this person while they are restricted, so nobody could mind an exclusion. End the \
             restriction first, or warn them."
                .into(),
        ));
    }
    if open_of(inner, &scope, subject, stage).await?.is_some() {
        return Err(StoreError::refused(
            "A proposal about this person waits for a decision. Take it back before you make another.",
        ));
    }
    if kind == Kind::Exclusion && new.scope == Some(Scope::Some) {
        if new.premises.is_empty() {
            return Err(StoreError::RefusedAt("premises", "Choose from whose premises.".into()));
        }
        super::known_members(inner, &scope, &new.premises).await?;
    }
    named(inner, &scope, subject, &new).await?;
    let votes = exclusions.votes;
    if kind == Kind::Exclusion {
        let kept = kept_out(inner, &scope, by, &new.evidence).await?;
        let may =
            u32::try_from(super::voting::may_vote(inner, &scope, &kept).await?.len()).unwrap_or(u32::MAX);
        if may < votes {
            return Err(StoreError::RefusedAt("evidence", nobody_decides(may, votes)));
        }
    }
    let id: ProposalId = inner.ctx.new_id();
    let text = sql!(
        "UPDATE orgs SET next_proposal = next_proposal + 1 WHERE id = $1 RETURNING next_proposal - 1 AS number"
    );
    let row = inner.one(text, args![scope.org]).await?;
    let (number, policy): (i64, PolicyId) = (row.int("number")?, scope.policy_id);
    let is_warning = kind == Kind::Warning;
    let proposal = Proposal {
        necessity: new.necessity,
        proportionality: new.proportionality,
        account: new.account,
        evidence: new.evidence.clone(),
        given: new.given,
        counted: says.counted,
        tariff: says.why,
        departs: new.departs.filter(|_| fit == Fit::Departs),
        by: name,
        withdrawn: None,
        overturned: None,
    };
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "proposals", "sealed", id.0, &proposal)?;
    let closes_on = ends(scope.today, exclusions.decide_within.length);
    // A warning is the controller's own.
    let (state, needed) =
        if is_warning { (ProposalState::Authorised, 1) } else { (ProposalState::Open, votes) };
    let text = sql!(
        "INSERT INTO proposals (id, org_id, subject_id, number, step, kind, scope, months, state, policy_id, votes_needed, \
         opened_on, closes_on, decided_on, decided_at, proposed_by, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    );
    let now = inner.ctx.now();
    let values = args![
        id,
        scope.org,
        subject,
        number,
        new.step,
        kind.name(),
        new.scope.filter(|_| !is_warning).map(|scope| scope_name(scope).to_owned()),
        new.months.filter(|_| !is_warning),
        state.name(),
        policy,
        needed,
        scope.today,
        closes_on,
        is_warning.then_some(scope.today),
        is_warning.then_some(now),
        by,
        sealed
    ];
    inner.exec(text, values).await?;
    if new.scope == Some(Scope::Some) && !is_warning {
        for member in new.premises.iter().collect::<BTreeSet<_>>() {
            let text = sql!("INSERT INTO proposal_premises (proposal_id, member_id) VALUES ($1, $2)");
            inner.exec(text, args![id, *member]).await?;
        }
    }
    tx.saw([id.0]);
    tx.saw(new.evidence.iter().map(|incident| incident.0));
    Ok((id, state))
}

fn nobody_decides(may: u32, votes: u32) -> String {
    let who = match may {
        0 => "nobody is left who can vote".to_owned(),
        1 => "one person is left who can vote".to_owned(),
        n => format!("{n} are left who can vote"),
    };
    format!(
        "The policy asks for {votes} to agree, and {who}: whoever reported what is named as evidence, or belongs to the \
         business that did, takes no part. Name other evidence, or invite more who decide."
    )
}

/// Evidence is an incident of this person that is still held, and what was given about this person.
async fn named(inner: &mut Inner, scope: &OrgScope, subject: SubjectId, new: &New) -> Result<(), StoreError> {
    if new.evidence.is_empty() {
        return Err(StoreError::RefusedAt("evidence", "Choose at least one incident as evidence.".into()));
    }
    for incident in &new.evidence {
        if !is_theirs(inner, scope, subject, *incident).await? {
            let why = "One of these incidents is not held of this person any more. Look at the list again.";
            return Err(StoreError::RefusedAt("evidence", why.into()));
        }
    }
    for given in &new.given {
        let text = sql!("SELECT id FROM given_evidence WHERE id = $1 AND subject_id = $2");
        if inner.opt(text, args![*given, subject]).await?.is_none() {
            return Err(StoreError::RefusedAt(
                "given",
                "One of these is not held of this person any more.".into(),
            ));
        }
    }
    Ok(())
}

pub(super) async fn is_theirs(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    incident: IncidentId,
) -> Result<bool, StoreError> {
    let text = sql!(
        "SELECT p.id FROM people p JOIN incidents i ON i.id = p.incident_id WHERE p.subject_id = $1 AND i.id = $2 \
         AND p.state = 'linked' AND (i.delete_on IS NULL OR i.delete_on > $3) LIMIT 1"
    );
    Ok(inner.opt(text, args![subject, incident, scope.today]).await?.is_some())
}

/// Takes a proposal back that is not decided.
///
/// # Errors
/// The engine's.
pub async fn withdraw(tx: &mut Tx<WithdrawCase>, reason: &str) -> Result<(), StoreError> {
    let OneProposal(id) = *tx.permit.target();
    let (subject, today) = (tx.permit.facts().subject.subject, tx.permit.facts().scope.today);
    let inner = &mut tx.inner;
    let row = inner.one(sql!("SELECT sealed FROM proposals WHERE id = $1"), args![id]).await?;
    let key = inner.key(subject.0).await?;
    let mut says: Proposal = keys::open(&key, "proposals", "sealed", id.0, &row.bytes("sealed")?)?;
    says.withdrawn = Some(reason.to_owned());
    let sealed = inner.seal(&key, "proposals", "sealed", id.0, &says)?;
    let text = sql!("UPDATE proposals SET state = 'withdrawn', decided_on = $2, sealed = $3 WHERE id = $1");
    inner.exec(text, args![id, today, sealed]).await?;
    tx.because(subject.0, reason);
    Ok(())
}

/// Destroys a proposal with its votes.
pub(super) async fn destroy(inner: &mut Inner, id: ProposalId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM proposal_votes WHERE proposal_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM proposal_premises WHERE proposal_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM proposals WHERE id = $1"), args![id]).await?;
    Ok(())
}

/// Writes down what lapsed, and destroys what the policy keeps no longer: votes end before the person does (RET-15), but
/// not before an exclusion that rests on them.
pub(crate) async fn sweep(inner: &mut Inner, scope: &OrgScope) -> Result<(), StoreError> {
    let lapse = sql!(
        "UPDATE proposals SET state = 'lapsed', decided_on = closes_on WHERE org_id = $1 AND state = 'open' AND closes_on <= $2"
    );
    inner.exec(lapse, args![scope.org, scope.today]).await?;
    let open = sql!(
        "SELECT id, policy_id, kind, state, closes_on FROM proposals WHERE org_id = $1 AND state = 'open' ORDER BY id"
    );
    for row in inner.rows(open, args![scope.org]).await? {
        if stands(inner, &row, scope, Stage::Circulating).await?.0 == ProposalState::Lapsed {
            lapse_one(inner, scope, row.id("id")?).await?;
        }
    }
    let text = sql!(
        "SELECT id, closes_on, decided_on FROM proposals WHERE org_id = $1 AND decided_on IS NOT NULL ORDER BY id"
    );
    for row in inner.rows(text, args![scope.org]).await? {
        if !is_kept(inner, scope, &row).await? {
            destroy(inner, row.id("id")?).await?;
        }
    }
    Ok(())
}

async fn lapse_one(inner: &mut Inner, scope: &OrgScope, id: ProposalId) -> Result<(), StoreError> {
    let text =
        sql!("UPDATE proposals SET state = 'lapsed', decided_on = $2 WHERE id = $1 AND state = 'open'");
    inner.exec(text, args![id, scope.today]).await?;
    Ok(())
}

/// Lets proposals of somebody lapse that nobody can decide on any more: others decide by now, or the person was, since it
/// was made, not shown to members. Whoever is shown again afterwards is so for something else.
pub(super) async fn lapse(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    life: &Life,
) -> Result<(), StoreError> {
    let text =
        sql!("SELECT * FROM proposals WHERE subject_id = $1 AND state = 'open' AND kind = 'exclusion'");
    for row in inner.rows(text, args![subject]).await? {
        let opened_on = row.date("opened_on")?;
        let mut segments = life.segments.iter().filter(|segment| !segment.is_planned);
        let was_out = segments.any(|segment| segment.stage != Stage::Circulating && segment.from > opened_on);
        if was_out || stands(inner, &row, scope, life.stage).await?.0 == ProposalState::Lapsed {
            lapse_one(inner, scope, row.id("id")?).await?;
        }
    }
    Ok(())
}
