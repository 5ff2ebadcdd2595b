//! Proposals to warn or exclude somebody: what they rest on, and what became of them (EXC-1, EXC-2).
use super::businesses;
use crate::{
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::{self, Load},
    incidents::reporting,
    keys,
    ledger::{self, Ledger},
    subjects,
};
use fairwatch_core::{
    accounts::Business,
    exclusions::{
        AskTariff, Asked, Conflict, Counted, Earlier, History, InForce, Kind, ListCases, OneProposal,
        Proposal, ProposalFacts, ProposalState, Propose, Scope, ShowCase, Tariff, WithdrawCase, is_alone,
        scope_name, scope_named, state_on,
        tariff::{Fit, tariff},
    },
    gate::Role,
    ids::{AccountId, GivenId, IncidentId, MemberId, PolicyId, ProposalId, SubjectId},
    scope::{InOrg, Scope as OrgScope, ends},
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
}

pub(super) async fn read(
    inner: &mut Inner,
    row: &Row,
    scope: &OrgScope,
    stage: fairwatch_core::clocks::Stage,
) -> Result<Held, StoreError> {
    let (id, subject): (ProposalId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
    let key = inner.key(subject.0).await?;
    let from = row.opt_text("scope")?;
    let from =
        from.map(|name| scope_named(&name).ok_or_else(|| StoreError::corrupt("a scope"))).transpose()?;
    let text = sql!("SELECT member_id FROM proposal_premises WHERE proposal_id = $1 ORDER BY member_id");
    let rows = inner.rows(text, args![id]).await?;
    let members = rows.iter().map(|row| row.id("member_id")).collect::<Result<Vec<_>, _>>()?;
    let (kind, closes_on): (Kind, Date) = (row.word("kind")?, row.date("closes_on")?);
    let number = |n: i64| u32::try_from(n).map_err(|_| StoreError::corrupt("a number"));
    Ok(Held {
        id,
        number: row.int("number")?,
        step: row.text("step")?,
        kind,
        scope: from,
        months: row.opt_int("months")?.map(number).transpose()?,
        state: state_on(row.word("state")?, kind, closes_on, stage, scope.today),
        votes_needed: number(row.int("votes_needed")?)?,
        opened_on: row.date("opened_on")?,
        closes_on,
        decided_on: row.opt_date("decided_on")?,
        proposed_by: row.id("proposed_by")?,
        says: keys::open(&key, "proposals", "sealed", id.0, &row.bytes("sealed")?)?,
        premises: businesses(inner, &members).await?,
    })
}

/// All proposals of somebody, the newest first.
pub(crate) async fn of_subject(
    inner: &mut Inner,
    scope: &OrgScope,
    subject: SubjectId,
    stage: fairwatch_core::clocks::Stage,
) -> Result<Vec<Held>, StoreError> {
    let text = sql!("SELECT * FROM proposals WHERE subject_id = $1 ORDER BY number DESC");
    let mut found = Vec::new();
    for row in inner.rows(text, args![subject]).await? {
        found.push(read(inner, &row, scope, stage).await?);
    }
    Ok(found)
}

impl Load<OneProposal> for ProposalFacts {
    async fn load(inner: &mut Inner, target: &OneProposal, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT id, subject_id, kind, state, closes_on, proposed_by, sealed FROM proposals \
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
        let kind: Kind = row.word("kind")?;
        let scope = subject.scope.clone();
        let kept_out = kept_out(inner, &scope, row.id("proposed_by")?, &says.evidence).await?;
        let state = state_on(row.word("state")?, kind, row.date("closes_on")?, subject.stage, scope.today);
        Ok(Some(Self { scope, proposal: target.0, subject, kind, state, kept_out }))
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

/// What counts of somebody: reports that stand, as the ledger knows them, and what was done before.
pub(crate) async fn history(
    inner: &mut Inner,
    subject: SubjectId,
    ledger: &Ledger,
) -> Result<History, StoreError> {
    let standing: BTreeSet<String> =
        ledger.standing_reports().map(|(_, reference)| reference.to_owned()).collect();
    let text = sql!(
        "SELECT e.happened_on, e.recorded_at, e.detail, r.member_id, r.occurred_on, i.category FROM subject_events e \
         LEFT JOIN reports r ON r.id = e.report_id LEFT JOIN incidents i ON i.id = r.incident_id \
         WHERE e.subject_id = $1 AND e.kind = 'report' ORDER BY e.position"
    );
    let mut incidents = Vec::new();
    let spans = spans(inner, subject).await?;
    for row in inner.rows(text, args![subject]).await? {
        let what = serde_json::from_str(&row.text("detail")?).map_err(|_| StoreError::corrupt("an event"))?;
        let ledger::Recorded::Report { reference, incident, occurred, .. } = what else { continue };
        if !standing.contains(&reference) {
            continue;
        }
        let member: Option<MemberId> = row.opt_id("member_id")?;
        incidents.push(Counted {
            reference: incident,
            on: row.date("happened_on")?,
            at: row.instant("recorded_at")?,
            category: row.opt_text("category")?,
            breach: spans.iter().any(|span| span.reaches(member, occurred)),
        });
    }
    let text = sql!(
        "SELECT step, kind, decided_on, decided_at FROM proposals WHERE subject_id = $1 AND state = 'authorised' \
         AND decided_on IS NOT NULL AND decided_at IS NOT NULL ORDER BY number"
    );
    let rows = inner.rows(text, args![subject]).await?;
    let earlier = rows
        .iter()
        .map(|row| {
            Ok(Earlier {
                step: row.text("step")?,
                kind: row.word("kind")?,
                on: row.date("decided_on")?,
                at: row.instant("decided_at")?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(History { incidents, earlier })
}

/// When and from where somebody was excluded: what happened there then is a breach.
struct Span {
    from: Date,
    to: Date,
    /// None is everywhere.
    premises: Option<Vec<MemberId>>,
}

impl Span {
    fn reaches(&self, member: Option<MemberId>, day: Date) -> bool {
        // On the day on which it began nobody can say which came first.
        let is_within = self.from < day && day < self.to;
        is_within
            && self.premises.as_ref().is_none_or(|premises| member.is_some_and(|one| premises.contains(&one)))
    }
}

async fn spans(inner: &mut Inner, subject: SubjectId) -> Result<Vec<Span>, StoreError> {
    let text = sql!(
        "SELECT id, scope, starts_on, ends_on, ended_on FROM exclusions WHERE subject_id = $1 AND state <> 'void' ORDER BY id"
    );
    let mut spans = Vec::new();
    for row in inner.rows(text, args![subject]).await? {
        let (from, ends_on) = (row.date("starts_on")?, row.date("ends_on")?);
        let to = row.opt_date("ended_on")?.map_or(ends_on, |ended| ended.min(ends_on));
        let premises = match row.text("scope")?.as_str() {
            "scheme" => None,
            _ => Some(super::premises(inner, row.id("id")?).await?),
        };
        spans.push(Span { from, to, premises });
    }
    Ok(spans)
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
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let open = subjects::load(inner, &scope, subject).await?;
    let ledger = ledger_of(inner, subject).await?;
    let history = history(inner, subject, &ledger).await?;
    let by = tx.permit.standing().account.unwrap_or(AccountId(uuid::Uuid::nil()));
    let kept = kept_out(inner, &scope, by, &[]).await?;
    let before = Before {
        tariff: tariff(&scope.policy, &history, scope.today),
        given: super::giving::of_subject(inner, subject).await?,
        open: open_of(inner, &scope, subject).await?,
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
) -> Result<Option<ProposalId>, StoreError> {
    let text = sql!("SELECT id FROM proposals WHERE subject_id = $1 AND state = 'open' AND closes_on > $2");
    inner.opt(text, args![subject, scope.today]).await?.map(|row| row.id("id")).transpose()
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
    let (scope, stage) = (tx.permit.facts().scope.clone(), tx.permit.facts().stage);
    let by = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let name = reporting::reporter(tx).await?.profile.name;
    let inner = &mut tx.inner;
    let exclusions = &scope.policy.exclusions;
    let ledger = ledger_of(inner, subject).await?;
    let says = tariff(&scope.policy, &history(inner, subject, &ledger).await?, scope.today);
    let asked = Asked { step: new.step.clone(), scope: new.scope, months: new.months };
    let fit = says.fits(&scope.policy, &asked).map_err(|(field, why)| StoreError::RefusedAt(field, why))?;
    if fit == Fit::Departs && new.departs.is_none() {
        let why = "This is not what the tariff says. Say why it is called for here.";
        return Err(StoreError::RefusedAt("departs", why.into()));
    }
    let step = exclusions.steps.iter().find(|step| *step.id == *new.step);
    let kind = Kind::from(step.ok_or_else(|| StoreError::refused("Choose a step of the tariff."))?.kind);
    if kind == Kind::Exclusion && stage != fairwatch_core::clocks::Stage::Circulating {
        return Err(StoreError::RefusedAt(
            "step",
            "Only somebody who is shown to members can be excluded. This person can be warned.".into(),
        ));
    }
    if open_of(inner, &scope, subject).await?.is_some() {
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
    pub own: Option<fairwatch_core::exclusions::Choice>,
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
    let rows = tx.inner.rows(text, args![org, scope.today, before, warnings, size]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
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
        "SELECT COUNT(*) AS n FROM proposals p JOIN subjects s ON s.id = p.subject_id \
         WHERE p.org_id = $1 AND p.state = 'open' AND p.closes_on > $2 AND s.stage = 'circulating' AND s.ends_on > $2"
    );
    inner.one(text, args![scope.org, scope.today]).await?.int("n")
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
    pub given: Vec<super::giving::Held>,
    /// How the votes stand.
    pub votes: super::voting::Votes,
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
    let mut given = super::giving::of_subject(inner, subject).await?;
    given.retain(|one| held.says.given.contains(&one.id));
    let number = inner.one(sql!("SELECT number FROM subjects WHERE id = $1"), args![subject]).await?;
    Ok(Case {
        subject_number: number.int("number")?,
        name: subjects::profile(inner, subject).await?.name().map(str::to_owned),
        votes: super::voting::votes(inner, facts, &held, account).await?,
        conflict: account.and_then(|account| facts.kept_out.get(&account).copied()),
        held,
        evidence,
        given,
    })
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
    let text = sql!(
        "SELECT id, decided_on FROM proposals WHERE org_id = $1 AND decided_on IS NOT NULL AND id NOT IN \
         (SELECT e.proposal_id FROM exclusions e WHERE e.org_id = $1 AND e.state = 'in_force' AND e.ends_on > $2)"
    );
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        if ends(row.date("decided_on")?, scope.policy.keep.vote.length) <= scope.today {
            destroy(inner, row.id("id")?).await?;
        }
    }
    Ok(())
}
